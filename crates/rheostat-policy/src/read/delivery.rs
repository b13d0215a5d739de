//! What a sink says of its delivery, judged as a whole: retries, and how much can wait.

use super::Reader;
use crate::codes::sinks as codes;
use crate::diagnostic::Report;
use crate::literal;
use crate::model::Args;
use crate::toml::{Entry, Table};

impl Reader<'_> {
    pub(crate) fn delivery(&mut self, entry: &Entry, table: &Table, args: &Args, max_record: u64) {
        self.retry_order(entry, table, args);
        self.rotation(table, args);
        self.room(entry, table, args, max_record);
    }

    fn retry_order(&mut self, entry: &Entry, table: &Table, args: &Args) {
        let Some(retry) = args.table("retry") else {
            return;
        };
        let (Some(first), Some(max)) = (retry.duration("first"), retry.duration("max")) else {
            return;
        };
        if first <= max {
            return;
        }
        let place = table
            .get("retry")
            .map_or(entry.key_place, |entry| entry.node.place);
        self.report(
            Report::new(
                &codes::RETRY_ORDER,
                place,
                "the first pause is longer than the longest",
            )
            .under("`first` is more than `max`")
            .help("swap the two, or raise `max`"),
        );
    }

    fn rotation(&mut self, table: &Table, args: &Args) {
        if let Some(written) = table.get("rotate")
            && let Some(rotate) = args.table("rotate")
            && rotate.get("size").is_none()
            && rotate.get("every").is_none()
            // Another key may have been meant as one of them, and was reported.
            && written
                .node
                .as_table()
                .is_some_and(|table| table.entries.iter().all(|entry| &*entry.key == "keep"))
        {
            self.report(
                Report::new(
                    &codes::NEVER_ROTATES,
                    written.key_place,
                    "nothing says when a new file begins",
                )
                .under("neither `size` nor `every`")
                .help("add `size = \"100MB\"`, or `every = \"24h\"`"),
            );
        }
    }

    /// Whether at least one record can wait.
    fn room(&mut self, entry: &Entry, table: &Table, args: &Args, max_record: u64) {
        let Some(buffer) = args.table("buffer") else {
            return;
        };
        let place = |key| {
            table
                .get("buffer")
                .and_then(|buffer| buffer.node.as_table()?.get(key))
                .map_or(entry.key_place, |entry| entry.node.place)
        };
        let sizes = [("memory", LEAST_MEMORY), ("disk", LEAST_DISK)];
        let mut most = 0;
        for (key, least) in sizes {
            let Some(size) = buffer.size(key).copied() else {
                continue;
            };
            most = most.max(size);
            if size < least {
                let least = literal::format_size(least);
                self.report(
                    Report::new(
                        &codes::TINY_BUFFER,
                        place(key),
                        format!("hardly a record fits into {}", literal::format_size(size)),
                    )
                    .under("nearly all records would be dropped")
                    .fix(
                        format!("write `{least}` or more"),
                        place(key),
                        format!("\"{least}\""),
                    ),
                );
                return;
            }
        }
        // A cap that was not understood is none.
        if most < max_record && max_record < u64::MAX {
            let max_record = literal::format_size(max_record);
            self.report(
                Report::new(
                    &codes::SMALL_BUFFER,
                    place("memory"),
                    format!("a record of {max_record} does not fit into the buffer"),
                )
                .under("such a record is always dropped")
                .help(format!(
                    "write `{max_record}` or more, or make `max_record` of [defaults] smaller"
                )),
            );
        }
    }
}

/// Less memory than this holds no batch of any use.
const LEAST_MEMORY: u64 = 4 * 1024;
/// Less disk than this holds no file of a spool.
const LEAST_DISK: u64 = 64 * 1024;
