//! `type = "journald"`.

use rheostat_core::sink::{Around, Failure, Sink, SinkFactory};
use rheostat_policy::Diagnostic;
use rheostat_policy::first_party::journald_sink_def;
use rheostat_policy::model;
use rheostat_policy::vocabulary::SinkDef;
use rheostat_queue::{Settings, cannot_open};

use super::Journal;
use crate::datagram::{DatagramSink, Target};
use crate::factory::text;
use crate::frames::Encoding;
use crate::syslog::program;

/// `type = "journald"`
#[derive(Clone, Copy, Debug, Default)]
pub struct JournaldSinks;

impl SinkFactory for JournaldSinks {
    fn definition(&self) -> SinkDef {
        journald_sink_def()
    }

    fn stage(
        &self,
        sink: &model::Sink,
        around: &Around<'_>,
    ) -> Result<Box<dyn Sink>, Box<Diagnostic>> {
        let target = Target::Journal(around.path(text(sink, "path")?));
        let prefix = text(sink, "prefix")?;
        let fits = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        let begins = prefix.starts_with(|first: char| first.is_ascii_uppercase());
        if !begins || prefix.len() > 32 || !prefix.bytes().all(fits) {
            let failure = Failure::new(
                "its `prefix` is not a capital, and then capitals, digits and `_`, 32 at most",
            );
            return Err(Box::new(cannot_open(sink, &failure)));
        }
        let identifier = sink.args.text("identifier");
        let journal = Journal {
            identifier: identifier.map_or_else(|| program().into(), |name| (**name).into()),
            prefix: prefix.into(),
        };
        let timeout = Settings::of(sink).timeout;
        let encoding = Encoding::Journal(journal);
        Ok(Box::new(DatagramSink::new(target, encoding, timeout)))
    }
}
