//! Without spans: nothing stands inside the root.

use std::time::Duration;

use tracing_core::subscriber::NoSubscriber;

use crate::linked::nothing::Nothing;

pub(crate) type Part = Nothing;

/// What stands inside the root where the host brings nothing: no subscriber.
pub(crate) type Inner = NoSubscriber;

pub(crate) fn part() -> Part {
    Nothing
}

pub(crate) fn inner(_part: &Part) -> Inner {
    NoSubscriber::new()
}

pub(crate) fn flush(_part: &Part, _limit: Duration) {}

pub(crate) fn shutdown(_part: &Part, _limit: Duration) {}
