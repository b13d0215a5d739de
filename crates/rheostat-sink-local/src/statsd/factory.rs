//! `type = "statsd"`.

use rheostat_core::sink::{Around, Failure, Sink, SinkFactory};
use rheostat_policy::Diagnostic;
use rheostat_policy::first_party::statsd_sink_def;
use rheostat_policy::model;
use rheostat_policy::vocabulary::SinkDef;
use rheostat_queue::{Settings, cannot_open};

use super::{Dialect, Distributions, Lines, StatsdSink};
use crate::datagram::Target;

/// Fits into one packet on any Ethernet, IPv6 and tunnels included.
const UDP_ROOM: usize = 1432;
/// What agents read at once from a socket.
const UNIX_ROOM: usize = 8192;
/// The most that UDP takes at all.
const MOST: usize = 65_507;

/// `type = "statsd"`
#[derive(Clone, Copy, Debug, Default)]
pub struct StatsdSinks;

impl SinkFactory for StatsdSinks {
    fn definition(&self) -> SinkDef {
        statsd_sink_def()
    }

    fn stage(
        &self,
        sink: &model::Sink,
        around: &Around<'_>,
    ) -> Result<Box<dyn Sink>, Box<Diagnostic>> {
        let target = Target::of(sink, around)?;
        let prefix = sink.args.text("prefix").map_or("", |prefix| &**prefix);
        let fits = |char: char| char.is_ascii_alphanumeric() || "_-.".contains(char);
        if !prefix.chars().all(fits) {
            let failure =
                Failure::new("its `prefix` has other characters than letters, digits, `_-.`");
            return Err(Box::new(cannot_open(sink, &failure)));
        }
        let is = |key, word| sink.args.text(key).is_some_and(|text| &**text == word);
        let dialect = if is("dialect", "dogstatsd") {
            Dialect::DogStatsd
        } else {
            Dialect::Plain
        };
        let distributions = if is("histograms", "timers") {
            Distributions::Timers
        } else {
            Distributions::Counters
        };
        let usual = match target {
            Target::Udp(_) => UDP_ROOM,
            Target::Unix(_) | Target::Journal(_) => UNIX_ROOM,
        };
        let room = sink.args.size("max_datagram").copied();
        let room = room.map_or(usual, |room| {
            usize::try_from(room).map_or(MOST, |room| room.min(MOST))
        });
        let lines = Lines::new(dialect, distributions, prefix.to_owned());
        let timeout = Settings::of(sink).timeout;
        Ok(Box::new(StatsdSink::new(target, lines, room, timeout)))
    }
}
