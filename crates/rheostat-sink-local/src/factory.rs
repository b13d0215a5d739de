//! What the policy names: one factory for each type of local sink.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rheostat_core::sink::{Around, Failure, Sink, SinkFactory};
use rheostat_policy::Diagnostic;
use rheostat_policy::first_party::{
    file_sink_def, stderr_sink_def, stdout_sink_def, tcp_sink_def, udp_sink_def, unix_sink_def,
};
use rheostat_policy::model;
use rheostat_policy::vocabulary::SinkDef;
use rheostat_queue::format::Format;
use rheostat_queue::{Settings, cannot_open};

use crate::datagram::{DatagramSink, Target};
use crate::file::{FileSink, Rotation};
use crate::frames::Encoding;
use crate::journald::JournaldSinks;
use crate::socket::{Peer, SocketSink};
use crate::standard::{Standard, Stream};
use crate::statsd::StatsdSinks;
use crate::syslog::SyslogSinks;

type Staged = Result<Box<dyn Sink>, Box<Diagnostic>>;

/// All local sink types.
pub fn all() -> Vec<Arc<dyn SinkFactory>> {
    vec![
        Arc::new(StdoutSinks),
        Arc::new(StderrSinks),
        Arc::new(FileSinks),
        Arc::new(UnixSinks),
        Arc::new(TcpSinks),
        Arc::new(UdpSinks),
        Arc::new(StatsdSinks),
        Arc::new(SyslogSinks),
        Arc::new(JournaldSinks),
    ]
}

/// `type = "stdout"`
#[derive(Clone, Copy, Debug, Default)]
pub struct StdoutSinks;

/// `type = "stderr"`
#[derive(Clone, Copy, Debug, Default)]
pub struct StderrSinks;

/// `type = "file"`
#[derive(Clone, Copy, Debug, Default)]
pub struct FileSinks;

/// `type = "unix"`
#[derive(Clone, Copy, Debug, Default)]
pub struct UnixSinks;

/// `type = "tcp"`
#[derive(Clone, Copy, Debug, Default)]
pub struct TcpSinks;

/// `type = "udp"`
#[derive(Clone, Copy, Debug, Default)]
pub struct UdpSinks;

impl SinkFactory for StdoutSinks {
    fn definition(&self) -> SinkDef {
        stdout_sink_def()
    }

    fn stage(&self, sink: &model::Sink, _around: &Around<'_>) -> Staged {
        let (format, timeout) = common(sink);
        Ok(Box::new(Standard::new(Stream::Out, format, timeout)))
    }
}

impl SinkFactory for StderrSinks {
    fn definition(&self) -> SinkDef {
        stderr_sink_def()
    }

    fn stage(&self, sink: &model::Sink, _around: &Around<'_>) -> Staged {
        let (format, timeout) = common(sink);
        Ok(Box::new(Standard::new(Stream::Error, format, timeout)))
    }
}

impl SinkFactory for FileSinks {
    fn definition(&self) -> SinkDef {
        file_sink_def()
    }

    fn stage(&self, sink: &model::Sink, around: &Around<'_>) -> Staged {
        let (format, _) = common(sink);
        let path = around.path(text(sink, "path")?);
        let mode = sink.args.text("mode").map_or("0640", |mode| &**mode);
        let mode = u32::from_str_radix(mode, 8)
            .ok()
            .filter(|mode| *mode <= 0o7777);
        let Some(mode) = mode else {
            let failure = Failure::new("its `mode` is no octal number such as \"0640\"");
            return Err(Box::new(cannot_open(sink, &failure)));
        };
        let rotate = sink.args.table("rotate");
        let keep = rotate.and_then(|rotate| rotate.integer("keep")).copied();
        let rotation = Rotation {
            size: rotate.and_then(|rotate| rotate.size("size")).copied(),
            every: rotate.and_then(|rotate| rotate.duration("every")).copied(),
            keep: keep
                .and_then(|keep| usize::try_from(keep).ok())
                .unwrap_or(7),
        };
        let shown = path.display().to_string();
        match FileSink::open(path, mode, rotation, format) {
            Ok(sink) => Ok(Box::new(sink)),
            Err(error) => Err(cannot_open_path(sink, &shown, error)),
        }
    }
}

impl SinkFactory for UnixSinks {
    fn definition(&self) -> SinkDef {
        unix_sink_def()
    }

    fn stage(&self, sink: &model::Sink, around: &Around<'_>) -> Staged {
        let (format, timeout) = common(sink);
        let format = Encoding::Format(format);
        let path = around.path(text(sink, "path")?);
        if sink.args.bool("datagram").copied().unwrap_or(false) {
            let target = Target::Unix(path);
            return Ok(Box::new(DatagramSink::new(target, format, timeout)));
        }
        Ok(Box::new(SocketSink::new(Peer::Unix(path), format, timeout)))
    }
}

impl SinkFactory for TcpSinks {
    fn definition(&self) -> SinkDef {
        tcp_sink_def()
    }

    fn stage(&self, sink: &model::Sink, _around: &Around<'_>) -> Staged {
        let (format, timeout) = common(sink);
        let peer = Peer::Tcp(text(sink, "address")?.to_owned());
        Ok(Box::new(SocketSink::new(
            peer,
            Encoding::Format(format),
            timeout,
        )))
    }
}

impl SinkFactory for UdpSinks {
    fn definition(&self) -> SinkDef {
        udp_sink_def()
    }

    fn stage(&self, sink: &model::Sink, _around: &Around<'_>) -> Staged {
        let (format, timeout) = common(sink);
        let target = Target::Udp(text(sink, "address")?.to_owned());
        let encoding = Encoding::Format(format);
        Ok(Box::new(DatagramSink::new(target, encoding, timeout)))
    }
}

fn common(sink: &model::Sink) -> (Format, Duration) {
    let format = sink.format.and_then(Format::named).unwrap_or(Format::Json);
    (format, Settings::of(sink).timeout)
}

/// A key that the checked policy always has.
pub(crate) fn text<'s>(sink: &'s model::Sink, key: &str) -> Result<&'s str, Box<Diagnostic>> {
    sink.args.text(key).map(|text| &**text).ok_or_else(|| {
        let failure = Failure::new(format!("it has no `{key}`"));
        Box::new(cannot_open(sink, &failure))
    })
}

fn cannot_open_path(sink: &model::Sink, path: &str, error: io::Error) -> Box<Diagnostic> {
    let failure = Failure::because(format!("cannot open {path}"), error);
    Box::new(cannot_open(sink, &failure))
}
