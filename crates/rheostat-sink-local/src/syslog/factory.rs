//! `type = "syslog"`.

use rheostat_core::sink::{Around, Sink, SinkFactory};
use rheostat_policy::Diagnostic;
use rheostat_policy::first_party::syslog_sink_def;
use rheostat_policy::model;
use rheostat_policy::vocabulary::SinkDef;
use rheostat_queue::{Settings, cannot_open};

use super::Syslog;
use super::origin::{facility, origin};
use crate::datagram::{DatagramSink, Target};
use crate::factory::text;
use crate::frames::Encoding;
use crate::socket::{Peer, SocketSink, Trust};

/// What every receiver of datagrams should take.
const DATAGRAM: usize = 2048;
/// What receivers of streams usually take.
const STREAM: usize = 8192;

/// `type = "syslog"`
#[derive(Clone, Copy, Debug, Default)]
pub struct SyslogSinks;

impl SinkFactory for SyslogSinks {
    fn definition(&self) -> SinkDef {
        syslog_sink_def()
    }

    fn stage(
        &self,
        sink: &model::Sink,
        around: &Around<'_>,
    ) -> Result<Box<dyn Sink>, Box<Diagnostic>> {
        let timeout = Settings::of(sink).timeout;
        let word = |key| sink.args.text(key).map(|text| &**text);
        let peer = match word("protocol") {
            Some("tcp") => Peer::Tcp(text(sink, "address")?.to_owned()),
            Some("tls") => {
                let trust = Trust::read(sink.args.table("tls"), around);
                let trust = trust.map_err(|failure| Box::new(cannot_open(sink, &failure)))?;
                Peer::Tls(text(sink, "address")?.to_owned(), trust)
            }
            _ => {
                let target = Target::of(sink, around)?;
                let encoding = Encoding::Syslog(syslog(sink, false));
                return Ok(Box::new(DatagramSink::new(target, encoding, timeout)));
            }
        };
        let encoding = Encoding::Syslog(syslog(sink, true));
        Ok(Box::new(SocketSink::new(peer, encoding, timeout)))
    }
}

fn syslog(sink: &model::Sink, counted: bool) -> Syslog {
    let word = |key| sink.args.text(key).map(|text| &**text);
    let usual = if counted { STREAM } else { DATAGRAM };
    let most = sink.args.size("max_size").copied();
    Syslog {
        // The definition has no other names.
        facility: word("facility").and_then(facility).unwrap_or(1),
        origin: origin(word("hostname"), word("app_name")).into(),
        enterprise: sink.args.integer("enterprise").copied().unwrap_or(32_473),
        most: most.map_or(usual, |most| usize::try_from(most).unwrap_or(usize::MAX)),
        counted,
    }
}
