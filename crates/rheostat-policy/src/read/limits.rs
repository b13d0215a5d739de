//! `sample`, `every` and `rate`.

use super::Reader;
use super::keys::Read;
use super::moment::is_at_open;
use crate::codes::sinks::{BAD_LIMIT, IDLE_KEEP};
use crate::diagnostic::Report;
use crate::expr::{BuiltIn, Expr, ExprKind, Ref};
use crate::model::{Arg, Args, Every, Limits, Rate, Sample};
use crate::vocabulary::ActionDef;

impl Reader<'_> {
    pub(crate) fn limits(&mut self, def: &ActionDef, read: &Read<'_>) -> Limits {
        let args = &read.args;
        let limits = Limits {
            sample: sample(args),
            every: every(args),
            rate: rate(args),
        };
        if limits
            .every
            .as_ref()
            .is_some_and(|every| every.period.is_zero())
        {
            self.bad_limit(read, "every", "a period of zero never ends", "\"1s\"");
        }
        if limits
            .sample
            .as_ref()
            .is_some_and(|sample| sample.ratio == 0.0)
            // What is kept is shipped whatever the share.
            && read.entry("keep").is_none()
        {
            self.bad_limit(
                read,
                "sample",
                "a share of zero lets nothing through",
                "0.01",
            );
        }
        self.keys_of_limits(read);
        self.idle_keep(read, &limits);
        if is_at_open(def)
            && let Some(sample) = &limits.sample
        {
            self.sampled_by_trace(read, sample);
        }
        limits
    }

    fn keys_of_limits(&mut self, read: &Read<'_>) {
        for key in ["sample", "every", "rate"] {
            let by = read
                .entry(key)
                .and_then(|entry| entry.node.as_table()?.get("by"));
            if let Some(by) = by {
                self.not_empty(&by.node);
            }
        }
    }

    /// `keep` where all is shipped anyway.
    fn idle_keep(&mut self, read: &Read<'_>, limits: &Limits) {
        let limited = limits.every.is_some() || limits.rate.is_some();
        let sampled = limits.sample.as_ref().is_some_and(|one| one.ratio < 1.0);
        let Some(keep) = read.entry("keep").filter(|_| !limited && !sampled) else {
            return;
        };
        // What was not understood was reported, and may be a limit.
        let written = ["sample", "every", "rate"];
        if written
            .iter()
            .any(|key| read.entry(key).is_some() && limits.sample.is_none())
        {
            return;
        }
        self.report(
            Report::new(
                &IDLE_KEEP,
                keep.key_place,
                "all traces are shipped, so `keep` chooses none",
            )
            .under("what it keeps is shipped besides what is sampled")
            .help("to ship only what it keeps, add `sample = 0`; to ship a share besides, `sample = 0.05`"),
        );
    }

    /// A trace is sampled as a whole, from its id: another key would tear it apart.
    fn sampled_by_trace(&mut self, read: &Read<'_>, sample: &Sample) {
        let id = ExprKind::Ref(Ref::BuiltIn(BuiltIn::TraceId));
        let Some(other) = sample.by.iter().find(|expr| expr.kind != id) else {
            return;
        };
        let Some(entry) = read.entry("sample") else {
            return;
        };
        let ratio = sample.ratio;
        self.report(
            Report::new(
                &BAD_LIMIT,
                other.place,
                "a trace is sampled as a whole, by its id and by nothing else",
            )
            .under("not a key of a trace")
            .fix(
                format!("leave `by` out: `sample = {ratio}`"),
                entry.node.place,
                ratio.to_string(),
            )
            .help("to keep more of some traces, write rules with conditions, or `keep`"),
        );
    }

    fn bad_limit(&mut self, read: &Read<'_>, key: &str, message: &str, instead: &str) {
        let Some(entry) = read.entry(key) else {
            return;
        };
        let node = match entry.node.as_table() {
            Some(table) => table
                .get(if key == "sample" { "ratio" } else { key })
                .map_or(&entry.node, |entry| &entry.node),
            None => &entry.node,
        };
        self.report(
            Report::new(&BAD_LIMIT, node.place, message)
                .under("nothing would pass")
                .fix(format!("write `{instead}`"), node.place, instead)
                .help("to switch the action off, set `enabled = false` on its rule"),
        );
    }
}

fn by(table: &Args) -> Vec<Expr> {
    table.exprs("by").cloned().unwrap_or_default()
}

fn sample(args: &Args) -> Option<Sample> {
    match args.get("sample")? {
        Arg::Float(ratio) => Some(Sample {
            ratio: *ratio,
            by: Vec::new(),
        }),
        Arg::Table(table) => Some(Sample {
            ratio: *table.float("ratio")?,
            by: by(table),
        }),
        _ => None,
    }
}

fn every(args: &Args) -> Option<Every> {
    match args.get("every")? {
        Arg::Duration(period) => Some(Every {
            period: *period,
            by: Vec::new(),
        }),
        Arg::Table(table) => Some(Every {
            period: *table.duration("every")?,
            by: by(table),
        }),
        _ => None,
    }
}

fn rate(args: &Args) -> Option<Rate> {
    let (per_second, burst, by) = match args.get("rate")? {
        Arg::Float(per_second) => (*per_second, None, Vec::new()),
        Arg::Table(table) => (
            *table.float("rate")?,
            table.integer("burst").copied(),
            by(table),
        ),
        _ => return None,
    };
    #[expect(clippy::cast_precision_loss, reason = "a burst beyond 2^53 is none")]
    let burst = burst.map_or(per_second, |burst| burst as f64).max(1.0);
    Some(Rate {
        per_second,
        burst,
        by,
    })
}
