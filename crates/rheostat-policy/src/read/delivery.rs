//! What a sink says of its delivery, judged as a whole: retries, and what waits where.

use super::Reader;
use crate::codes::sinks as codes;
use crate::diagnostic::Report;
use crate::model::Args;
use crate::place::Place;
use crate::toml::{Entry, Table};

impl Reader<'_> {
    pub(crate) fn delivery(&mut self, entry: &Entry, table: &Table, args: &Args) {
        self.retry_order(entry, table, args);
        if let Some(buffer) = table.get("buffer") {
            self.spool(buffer);
        }
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
            .under("`first` is more than `max`"),
        );
    }

    /// `disk` and `dir` need each other, and `fsync` needs both.
    fn spool(&mut self, buffer: &Entry) {
        let Some(table) = buffer.node.as_table() else {
            return;
        };
        let (disk, dir) = (table.get("disk"), table.get("dir"));
        let (alone, wants) = match (disk, dir, table.get("fsync")) {
            (Some(disk), None, _) => (disk, "`dir`, the folder: `dir = \"var/spool\"`"),
            (None, Some(dir), _) => (dir, "`disk`, how much it may hold: `disk = \"1GiB\"`"),
            (None, None, Some(fsync)) => (
                fsync,
                "a place on disk: `disk = \"1GiB\", dir = \"var/spool\"`",
            ),
            _ => return,
        };
        self.half_a_spool(alone.key_place, &alone.key, wants);
    }

    fn half_a_spool(&mut self, place: Place, key: &str, wants: &str) {
        self.report(
            Report::new(
                &codes::HALF_A_SPOOL,
                place,
                format!("`{key}` alone keeps nothing on disk"),
            )
            .under("as it stands, records wait in memory only")
            .help(format!("add {wants}")),
        );
    }
}
