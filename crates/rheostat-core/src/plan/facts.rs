//! What a policy wants of each span callsite, found by the callsite's number.
//!
//! Read on the hot path for each span around a record: a few loads. Filled when
//! a callsite is planned; a reader that comes first fills the place itself, and
//! nobody waits for another: of two that fill a place at once, one was for nothing.

use once_cell::race::OnceBox;

use super::keep::SpanFacts;
use crate::callsite::CallsiteId;

/// Callsites 0 to 63, the next 128, the next 256, and so on.
const FIRST: u32 = 64;
const ROWS: usize = 26;

type Row = Box<[OnceBox<SpanFacts>]>;

/// Facts by callsite.
#[derive(Debug)]
pub(crate) struct FactsTable {
    rows: [OnceBox<Row>; ROWS],
}

impl FactsTable {
    pub(crate) fn new() -> Self {
        Self {
            rows: [const { OnceBox::new() }; ROWS],
        }
    }

    /// The facts of a callsite, made now if nobody asked before.
    #[inline]
    pub(crate) fn get(&self, id: CallsiteId, make: impl FnOnce() -> SpanFacts) -> &SpanFacts {
        let (row, at) = place(id);
        let row = self.rows[row].get_or_init(|| Box::new(empty_row(row)));
        row[at].get_or_init(|| Box::new(make()))
    }
}

fn empty_row(row: usize) -> Row {
    (0..(FIRST as usize) << row)
        .map(|_| OnceBox::new())
        .collect()
}

/// Row r holds 64·2^r callsites and starts at 64·(2^r - 1).
fn place(id: CallsiteId) -> (usize, usize) {
    let shifted = u64::from(id.0) + u64::from(FIRST);
    let row = (63 - shifted.leading_zeros()) - FIRST.trailing_zeros();
    let start = u64::from(FIRST) << row;
    ((row as usize).min(ROWS - 1), (shifted - start) as usize)
}

#[cfg(test)]
mod tests {
    use super::{FactsTable, place};
    use crate::callsite::CallsiteId;
    use crate::plan::keep::SpanFacts;

    #[test]
    fn every_callsite_has_its_own_place() {
        let places: Vec<_> = (0..1_000).map(|id| place(CallsiteId(id))).collect();
        assert_eq!(places[0], (0, 0));
        assert_eq!(places[63], (0, 63));
        assert_eq!(places[64], (1, 0));
        assert_eq!(places[191], (1, 127));
        assert_eq!(places[192], (2, 0));
    }

    #[test]
    fn facts_are_made_once() {
        let table = FactsTable::new();
        let mut made = 0;
        for _ in 0..2 {
            table.get(CallsiteId(70), || {
                made += 1;
                SpanFacts::default()
            });
        }
        assert_eq!(made, 1);
    }
}
