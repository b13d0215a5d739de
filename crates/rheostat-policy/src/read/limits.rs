//! `sample`, `every` and `rate`.

use super::Reader;
use super::keys::Read;
use crate::codes::sinks::BAD_LIMIT;
use crate::diagnostic::Report;
use crate::expr::Expr;
use crate::model::{Arg, Args, Every, Limits, Rate, Sample};

impl Reader<'_> {
    pub(crate) fn limits(&mut self, read: &Read<'_>) -> Limits {
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
        {
            self.bad_limit(
                read,
                "sample",
                "a share of zero lets nothing through",
                "0.01",
            );
        }
        limits
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
