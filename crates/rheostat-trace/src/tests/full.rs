//! What happens to a span that finds its sink's pipe full.

use std::sync::Arc;
use std::time::Duration;

use rheostat_core::internal;
use rheostat_core::ledger::Cause;
use tracing::info_span;
use tracing::subscriber::with_default;

use super::collector::Collector;
use super::export::by;
use super::mini::{Mini, attribute};
use crate::pipe::{Full, Settings};

const LONG: Duration = Duration::from_secs(30);

/// Room for a few spans, which go when there is no room for another.
fn small(mini: &Mini, full: Full) {
    holding(mini, full, 4000);
}

fn holding(mini: &Mini, full: Full, memory: usize) {
    let settings = Settings {
        full,
        batch_every: LONG,
        memory,
        ..mini.settings.clone()
    };
    mini.pipe.set(settings);
}

/// A bridge to a collector that is not there, whose pipe is full.
fn filled() -> Mini {
    let mut collector = Collector::start(Vec::new());
    collector.stop();
    let mini = Mini::to(Some(&by(false, &collector)));
    small(&mini, Full::Block);
    ship(&mini, 1);
    // Room for one, whatever its number and its thread are called, and not for two.
    holding(&mini, Full::Block, mini.pipe.bytes() * 3 / 2);
    mini
}

fn ship(mini: &Mini, spans: usize) {
    with_default(mini.root(mini.action()), || {
        (0..spans).for_each(|n| drop(info_span!("span", n)));
    });
}

#[test]
fn a_full_pipe_drops_and_counts() {
    for (full, first) in [(Full::DropNew, "0"), (Full::DropOld, "7")] {
        let mini = Mini::new();
        small(&mini, full);
        ship(&mini, 20);
        let spans = mini.spans();
        let lost = mini.account.get(Cause::QueueFull);
        assert_eq!(spans.len() as u64 + lost, 20);
        assert!(lost > 0 && !spans.is_empty());
        let oldest = attribute(&spans[0], "n").unwrap_or_default();
        assert_eq!(oldest == "0", first == "0", "{oldest}");
    }
}

#[test]
fn block_waits_for_room_and_loses_nothing() {
    let mini = Mini::new();
    small(&mini, Full::Block);
    ship(&mini, 200);
    assert_eq!(mini.spans().len(), 200);
    assert_eq!(mini.account.get(Cause::Delivered), 200);
}

#[test]
fn block_gives_up_in_the_end_and_counts_it() {
    let mini = filled();
    // The first of them waits in vain, and for that the others do not wait at all.
    ship(&mini, 200);
    assert_eq!(mini.account.get(Cause::BlockLimit), 200);
}

#[test]
fn block_ends_when_the_sink_does() {
    let mini = Arc::new(filled());
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| ship(&mini, 1));
        mini.pipe.close();
        waiting.join().expect("it does not panic");
    });
    assert_eq!(mini.account.get(Cause::Closed), 1);
}

#[test]
fn block_never_holds_up_a_thread_of_ours_nor_one_that_ends() {
    let mini = filled();
    std::thread::scope(|scope| {
        let own = scope.spawn(|| {
            internal::mark_own_thread();
            ship(&mini, 1);
        });
        own.join().expect("it does not panic");
        let unwinds = scope.spawn(|| {
            let _ends_in_the_unwinding =
                with_default(mini.root(mini.action()), || info_span!("span"));
            std::panic::resume_unwind(Box::new(()));
        });
        assert!(unwinds.join().is_err());
    });
    assert_eq!(mini.account.get(Cause::QueueFull), 2);
    assert_eq!(mini.account.get(Cause::BlockLimit), 0);
}
