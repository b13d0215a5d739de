//! The way to a collector, and what becomes of spans when it does not go well.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rheostat_core::ledger::Cause;
use tracing::info_span;
use tracing::subscriber::with_default;

use super::collector::{Collector, Reply};
use super::mini::{Mini, settings};
use crate::pipe::{Headers, Settings, Target};

const LONG: Duration = Duration::from_secs(30);

fn by(grpc: bool, collector: &Collector) -> Target {
    let url = format!("http://{}", collector.address);
    if grpc {
        Target::Grpc(url)
    } else {
        Target::Http(url)
    }
}

/// A bridge whose spans go to a collector by gRPC or HTTP, with settings changed like this.
fn mini(grpc: bool, collector: &Collector, change: impl FnOnce(&mut Settings)) -> Mini {
    let mut mini = Mini::to(Some(by(grpc, collector)));
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
        let mini = mini(grpc, &collector, |settings| {
            settings.headers = Headers(vec![("x-tenant".to_owned(), "shop".to_owned())]);
        });
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
        let collector = Collector::start(vec![Reply::Fail(wrong)]);
        let mini = mini(grpc, &collector, |_| {});
        ship(&mini, 2);
        assert!(mini.service.flush(LONG));
        assert_eq!(collector.requests().len(), 1);
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
        assert!(told[0].ends_with("2 spans refused: too old"), "{told:?}");
    }
}

#[test]
fn a_collector_that_hangs_is_left_after_the_timeout() {
    for grpc in [true, false] {
        let collector = Collector::start(vec![Reply::Hang]);
        let mini = mini(grpc, &collector, |settings| {
            settings.timeout = Duration::from_millis(100)
        });
        ship(&mini, 1);
        assert!(mini.service.flush(LONG));
        assert_eq!(mini.account.get(Cause::Delivered), 1);
        let told = mini.told.lock().expect("no panic inside").clone();
        assert!(told[0].ends_with("no answer within 100 ms"), "{told:?}");
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
    mini.settings.target = by(false, &collector);
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
    let Target::File(path) = &mini.settings.target else {
        unreachable!("the sink is a file")
    };
    let moved = path.with_extension("1");
    std::fs::rename(path, &moved).expect("moved");
    ship(&mini, 2);
    assert_eq!(mini.spans().len(), 2);
    std::fs::remove_file(moved).expect("removed");
}

#[test]
fn what_cannot_be_an_address_is_refused_before_it_is_used() {
    let none = Headers::default();
    assert!(crate::export::check_http("http://127.0.0.1:4318", &none).is_ok());
    assert!(crate::export::check_grpc("http://127.0.0.1:4317", &none).is_ok());
    assert!(crate::export::check_http("ftp://127.0.0.1", &none).is_err());
    assert!(crate::export::check_grpc("not an address", &none).is_err());
    let bad = Headers(vec![("x-a".to_owned(), "canary\n".to_owned())]);
    let error = crate::export::check_grpc("http://127.0.0.1:4317", &bad).expect_err("a bad value");
    assert!(
        !error.contains("canary") && !format!("{bad:?}").contains("canary"),
        "{error}"
    );
    let secure = crate::export::check_grpc("https://127.0.0.1:4317", &none);
    assert_eq!(secure.is_ok(), cfg!(feature = "tls"));
}

#[test]
fn settings_of_a_test_are_those_of_the_sink() {
    let mini = Mini::new();
    assert_eq!(
        *mini.pipe.settings(),
        settings(mini.settings.target.clone())
    );
}

fn wait(holds: impl Fn() -> bool) {
    let end = Instant::now() + LONG;
    while !holds() {
        assert!(Instant::now() < end, "it never came to that");
        std::thread::yield_now();
    }
}
