//! What has rows: a batch of records, a report of metrics.

use std::collections::HashSet;

use crate::cells::Cells;
use crate::connection::Plans;
use crate::dialect::Dialect;
use crate::plan::{Plan, Source, Target};
use crate::setup::Setup;
use crate::sink::Doubts;

/// Rows that go into one table.
pub(crate) trait Rows: Sync {
    /// Where the values of its columns come from.
    type Source: Source;

    /// The table as it should be.
    fn target(setup: &Setup) -> Target<'_>;

    /// What is known of it.
    fn plan(plans: &mut Plans) -> &mut Option<Plan<Self::Source>>;

    /// Whether the last attempt may have been taken though nobody said so.
    fn doubt(doubts: &mut Doubts) -> &mut bool;

    /// Numbers that attempts with the same rows share, and others hardly ever.
    fn locks(&self) -> Vec<i64>;

    /// What each row has in `id`, the same at each attempt.
    fn ids(&self) -> Vec<String>;

    /// What the row that tells of missing records has in `id`, if there is one.
    fn gap(&self) -> Option<String> {
        None
    }

    /// The first and the last of what the rows have in `time`.
    fn between(&self) -> (u64, u64);

    /// How much memory the rows will take, about.
    fn size(&self) -> usize;

    /// Writes all rows but those with these `id`s.
    fn encode(
        &self,
        plan: &Plan<Self::Source>,
        dialect: Dialect,
        but: &HashSet<String>,
        cells: &mut Cells,
    );
}
