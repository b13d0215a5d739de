//! `durable = true`: whether what is asked for can be kept.

use super::Reader;
use super::keys::Read;
use crate::codes::sinks::{DURABLE_LIMITED, DURABLE_SINK};
use crate::diagnostic::Report;
use crate::first_party::no_trail;
use crate::model::{Action, Sink};
use crate::place::Place;

impl Reader<'_> {
    /// Reports what stands in the way of records that are not to be lost.
    pub(crate) fn durable(&mut self, action: &Action, read: &Read<'_>, sink: &Sink) {
        let asked = read.args.bool("durable").copied().unwrap_or(false);
        let Some(entry) = read.entry("durable").filter(|_| asked) else {
            return;
        };
        let place = entry.key_place;
        for limit in ["sample", "every", "rate"] {
            if let Some(limited) = read.entry(limit) {
                self.report(
                    Report::new(
                        &DURABLE_LIMITED,
                        limited.key_place,
                        format!(
                            "a durable `{}` takes no `{limit}`: its trail has no holes",
                            action.name
                        ),
                    )
                    .under("would leave records out")
                    .also(place, "asks for every record")
                    .help("take it out, or narrow the action with `where`"),
                );
            }
        }
        self.durable_sink(sink, place);
    }

    fn durable_sink(&mut self, sink: &Sink, place: Place) {
        let name = &sink.name;
        let report = |message: String| {
            Report::new(&DURABLE_SINK, place, message)
                .under("asks for records that survive")
                .also(sink.place, format!("a sink of type `{}`", sink.ty))
        };
        if let Some(why) = no_trail(sink) {
            self.report(report(format!("no trail can end at the sink `{name}`: {why}")).help(
                "name a sink that says what it has, such as one of type `file`, `elasticsearch` or `nats` with `jetstream`",
            ));
            return;
        }
        if let Some(format) = sink.format.filter(|format| *format != "json") {
            self.report(
                report(format!(
                    "the sink `{name}` writes `{format}`, which nothing can verify"
                ))
                .help("let that sink write `format = \"json\"`"),
            );
        }
        let buffer = sink.common.table("buffer");
        if buffer.and_then(|buffer| buffer.size("disk")).is_none() {
            self.report(
                report(format!("the sink `{name}` keeps nothing on disk")).help(
                    "give that sink a spool: `buffer = { disk = \"1GiB\", dir = \"var/spool\" }`",
                ),
            );
        }
        if sink
            .common
            .text("full")
            .is_none_or(|full| &**full != "block")
        {
            self.report(
                report(format!(
                    "the sink `{name}` drops records when its spool is full"
                ))
                .help(
                    "let it hold the program up instead, for at most a second: `full = \"block\"`",
                ),
            );
        }
    }
}
