//! The way to a collector, and what becomes of spans when it does not go well.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rheostat_core::ledger::Cause;
use tracing::info_span;
use tracing::subscriber::with_default;

use super::collector::{Collector, Reply};
use super::mini::{Mini, connection};
use crate::pipe::Settings;

const LONG: Duration = Duration::from_secs(30);

/// The keys of a sink whose spans go to a collector by gRPC or HTTP.
pub(super) fn by(grpc: bool, collector: &Collector) -> String {
    let protocol = if grpc { "grpc" } else { "http" };
    let address = collector.address;
    format!("endpoint = 'http://{address}'\nprotocol = '{protocol}'\n")
}

/// A bridge whose spans go to a collector by gRPC or HTTP, with settings changed like this.
fn mini(grpc: bool, collector: &Collector, change: impl FnOnce(&mut Settings)) -> Mini {
    let mut mini = Mini::to(Some(&by(grpc, collector)));
    change(&mut mini.settings);
    reload(&mini);
    mini
}

/// The settings of the sink come into force.
fn reload(mini: &Mini) {
    let in_force = [(Arc::clone(&mini.pipe), mini.settings.clone())];
    mini.service.commit(&in_force).expect("a thread");
}

fn ship(mini: &Mini, spans: usize) {
    with_default(mini.root(mini.action()), || {
        (0..spans).for_each(|_| drop(info_span!("span")))
    });
}

#[test]
fn spans_arrive_by_grpc_and_by_http_with_their_headers() {
    for grpc in [true, false] {
        let collector = Collector::start(Vec::new());
        let keys = format!("{}headers = {{ x-tenant = 'shop' }}", by(grpc, &collector));
        let mini = Mini::to(Some(&keys));
        ship(&mini, 3);
        assert!(mini.service.flush(LONG));
        assert_eq!(collector.spans().len(), 3);
        assert_eq!(mini.account.get(Cause::Delivered), 3);
        let (path, headers) = collector.requests().remove(0);
        assert_eq!(headers["x-tenant"], "shop");
        let expected = if grpc {
            "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
        } else {
            "/v1/traces"
        };
        assert_eq!(path, expected);
    }
}

#[test]
fn a_collector_that_is_busy_is_asked_again() {
    for (grpc, busy) in [(true, 14), (false, 503)] {
        let collector = Collector::start(vec![Reply::Fail(busy), Reply::Fail(busy)]);
        let mini = mini(grpc, &collector, |_| {});
        ship(&mini, 2);
        assert!(mini.service.flush(LONG));
        assert_eq!(
            (collector.spans().len(), collector.requests().len()),
            (2, 3)
        );
        assert_eq!(mini.account.get(Cause::Delivered), 2);
        assert_eq!(mini.told.lock().expect("no panic inside").len(), 1);
        let sink = mini.service.stats().sinks.remove(0);
        assert_eq!((sink.up, sink.failures, sink.delivered), (true, 2, 2));
    }
}

#[test]
fn what_a_collector_refuses_is_counted_and_not_tried_again() {
    for (grpc, wrong) in [(true, 3), (false, 400)] {
        let collector = Collector::start(vec![Reply::Fail(wrong); 3]);
        let mini = mini(grpc, &collector, |_| {});
        ship(&mini, 2);
        assert!(mini.service.flush(LONG));
        assert_eq!(collector.requests().len(), 3, "the two, and each alone");
        assert_eq!(mini.account.get(Cause::Destination), 2);
        let told = mini.told.lock().expect("no panic inside").clone();
        assert!(
            told[0].starts_with("sink `sink` cannot ship spans to http://127.0.0.1:"),
            "{told:?}"
        );
    }
}

#[test]
fn a_part_that_a_collector_refuses_is_counted() {
    for grpc in [true, false] {
        let collector = Collector::start(vec![Reply::TakeBut(2)]);
        let mini = mini(grpc, &collector, |_| {});
        ship(&mini, 5);
        assert!(mini.service.flush(LONG));
        assert_eq!(mini.account.get(Cause::Destination), 2);
        assert_eq!(mini.account.get(Cause::Delivered), 3);
        let told = mini.told.lock().expect("no panic inside").clone();
        assert!(
            told[0].ends_with("refused 2 of 5 and did not say which: too old"),
            "{told:?}"
        );
    }
}

#[test]
fn a_collector_that_hangs_is_left_after_the_timeout() {
    for grpc in [true, false] {
        let collector = Collector::start(vec![Reply::Hang]);
        let keys = format!("{}timeout = '100ms'", by(grpc, &collector));
        let mini = Mini::to(Some(&keys));
        ship(&mini, 1);
        assert!(mini.service.flush(LONG));
        assert_eq!(mini.account.get(Cause::Delivered), 1);
        let told = mini.told.lock().expect("no panic inside").clone();
        assert!(told[0].ends_with("did not answer within 0.1 s"), "{told:?}");
    }
}

#[test]
fn a_batch_is_given_up_when_it_was_tried_long_enough() {
    let mut collector = Collector::start(Vec::new());
    collector.stop();
    let mini = mini(true, &collector, |settings| {
        settings.retry_for = Duration::from_millis(50)
    });
    ship(&mini, 4);
    assert!(mini.service.flush(LONG));
    assert_eq!(mini.account.get(Cause::RetryLimit), 4);
    assert_eq!(mini.account.queued(), 0);
    let sink = mini.service.stats().sinks.remove(0);
    assert!(!sink.up && sink.failures > 0 && sink.last_failure.is_some());
    assert_eq!((sink.records, sink.bytes, sink.lost), (0, 0, 4));
}

#[test]
fn a_reload_sends_what_waits_to_the_new_address() {
    let (mut gone, collector) = (Collector::start(Vec::new()), Collector::start(Vec::new()));
    gone.stop();
    let mut mini = mini(true, &gone, |settings| {
        settings.retry_first = Duration::from_secs(3600);
        settings.retry_max = Duration::from_secs(3600);
        settings.retry_for = Duration::from_secs(7200);
    });
    ship(&mini, 3);
    wait(|| !mini.told.lock().expect("no panic inside").is_empty());
    mini.settings.connection = connection(&by(false, &collector)).expect("an address");
    reload(&mini);
    assert!(mini.service.flush(LONG));
    assert_eq!(collector.spans().len(), 3);
    assert_eq!(mini.account.get(Cause::Delivered), 3);
}

#[test]
fn a_sink_that_is_gone_still_ships_what_waits() {
    let collector = Collector::start(Vec::new());
    let mini = mini(false, &collector, |settings| {
        settings.batch_every = Duration::from_secs(3600)
    });
    ship(&mini, 3);
    mini.service.commit(&[]).expect("a thread");
    wait(|| collector.spans().len() == 3);
    ship(&mini, 1);
    assert_eq!(mini.account.get(Cause::Closed), 1);
}

#[test]
fn a_shutdown_that_cannot_ship_says_what_is_lost_and_is_in_time() {
    let collector = Collector::start(vec![Reply::Hang; 100]);
    let mini = mini(true, &collector, |_| {});
    ship(&mini, 3);
    wait(|| !collector.requests().is_empty());
    ship(&mini, 2);
    let began = Instant::now();
    assert_eq!(mini.service.shutdown(Duration::from_millis(50)), 5);
    assert!(began.elapsed() < LONG);
    assert_eq!(mini.account.get(Cause::Shutdown), 5);
    assert_eq!(mini.account.queued(), 0);
}

#[test]
fn a_file_that_is_moved_away_is_made_anew() {
    let mini = Mini::new();
    ship(&mini, 1);
    assert_eq!(mini.spans().len(), 1);
    let path = &mini.path;
    let moved = path.with_extension("1");
    std::fs::rename(path, &moved).expect("moved");
    ship(&mini, 2);
    assert_eq!(mini.spans().len(), 2);
    std::fs::remove_file(moved).expect("removed");
}

#[test]
fn what_cannot_be_an_address_is_refused_before_it_is_used() {
    let stage = |keys: &str| connection(keys).map(drop);
    for protocol in ["grpc", "http"] {
        let at = |place: &str| stage(&format!("endpoint = '{place}'\nprotocol = '{protocol}'"));
        assert_eq!(at("http://127.0.0.1:4317"), Ok(()));
        assert_eq!(at("https://127.0.0.1:4317"), Ok(()));
        assert!(at("ftp://127.0.0.1").is_err());
    }
    let with_path = stage("endpoint = 'http://127.0.0.1:4317/v1/traces'").unwrap_err();
    assert!(
        with_path.contains("gRPC has paths of its own"),
        "{with_path}"
    );
    let bad = "endpoint = 'http://h:1'\nheaders = { x-a = \"canary\\n\" }";
    let error = stage(bad).unwrap_err();
    assert!(
        error.contains("x-a") && !error.contains("canary"),
        "{error}"
    );
    let kept = connection("endpoint = 'http://h:1'\nheaders = { x-a = 'canary' }");
    assert!(!format!("{kept:?}").contains("canary"));
}

#[test]
fn a_batch_that_is_too_large_is_halved() {
    for (grpc, too_large) in [(true, 8), (false, 413)] {
        let collector = Collector::start(vec![Reply::Fail(too_large), Reply::Fail(too_large)]);
        let mini = mini(grpc, &collector, |_| {});
        ship(&mini, 4);
        assert!(mini.service.flush(LONG));
        assert_eq!(collector.spans().len(), 4);
        assert_eq!(mini.account.get(Cause::Delivered), 4);
    }
}

fn wait(holds: impl Fn() -> bool) {
    let end = Instant::now() + LONG;
    while !holds() {
        assert!(Instant::now() < end, "it never came to that");
        std::thread::yield_now();
    }
}
