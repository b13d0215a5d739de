#![cfg(not(loom))]

use std::sync::{Arc, Mutex};

use rheostat_policy::model::{Level, RedactionWith};
use rheostat_policy::vocabulary::RecordClass;

use super::*;
use crate::callsite::{Callsite, CallsiteId, CallsiteKind};
use crate::ledger::{self, Cause};
use crate::names::NameId;
use crate::sink::Tap;
use crate::value::Value;

/// A tap that keeps what it is handed.
#[derive(Default)]
struct Kept {
    chunks: Mutex<Vec<Chunk>>,
    lost: Mutex<Vec<Cause>>,
    closed: std::sync::atomic::AtomicBool,
}

impl Tap for Kept {
    fn admit(&self) -> Result<(), Cause> {
        if self.closed.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(Cause::Closed);
        }
        Ok(())
    }
    fn lost(&self, cause: Cause, _records: u64) {
        self.lost.lock().unwrap().push(cause);
    }
    fn accept(&self, chunk: Chunk) {
        self.chunks.lock().unwrap().push(chunk);
    }
}

impl Kept {
    fn shown(&self) -> Vec<String> {
        let chunks = self.chunks.lock().unwrap();
        chunks
            .iter()
            .flat_map(Chunk::records)
            .map(|view| show(&view))
            .collect()
    }
}

fn show(view: &RecordView<'_>) -> String {
    let mut line = format!("{} {} seq={}", view.time(), view.thread(), view.seq());
    if let Some(message) = view.message() {
        line += &format!(" {message:?}");
    }
    for (name, value) in view.fields() {
        line += &format!(" {name}={value:?}");
    }
    for span in view.spans() {
        line += &format!(" [{} {}", span.name, span.id);
        for (name, value) in span.fields() {
            line += &format!(" {name}={value:?}");
        }
        line += "]";
    }
    line
}

fn hub(rings: usize, bytes: usize) -> &'static Hub {
    Box::leak(Box::new(Hub::new(rings, bytes)))
}

fn route(tap: &Arc<Kept>) -> Route {
    Route {
        callsite: Callsite {
            id: CallsiteId(0),
            kind: CallsiteKind::Event,
            name: "event".into(),
            target: "shop".into(),
            module: None,
            file: None,
            line: None,
            level: Level::Info,
            fields: Box::new(["a", "b"]),
            metadata: None,
        },
        level: Level::Info,
        class: None,
        rule: "rule".into(),
        record: RecordClass::Events,
        fields: ["a", "b"]
            .into_iter()
            .enumerate()
            .map(|(index, name)| RouteField {
                index,
                name: name.into(),
                hide: None,
            })
            .collect(),
        message: None,
        labels: Vec::new(),
        max_value: 1000,
        raw_value_cap: 0,
        max_record: 10_000,
        scrub: Scrub::default(),
        durable: false,
        tap: tap.clone(),
        account: Arc::new(ledger::Entry::new("rule", "sink")),
    }
}

fn at(time: u64, seq: u64) -> Head {
    Head {
        time,
        seq,
        ..Head::default()
    }
}

#[test]
fn a_record_arrives_with_everything_it_carries() {
    let (tap, hub) = (Arc::new(Kept::default()), hub(1, 4096));
    let handle = RouteHandle::with_hub(hub, route(&tap));
    let mut producer = hub.producer();
    handle
        .offer_by(&mut producer, |draft, seq| {
            draft.head(&at(5, seq), Some(Value::Formatted("hello")));
            draft.field(1, Value::U64(7));
            draft.field(0, Value::Text("x"));
            draft.span(1, "outer");
            draft.span_field(NameId::of("tenant"), Value::Text("acme"));
            draft.span(2, "inner");
        })
        .unwrap();
    assert_eq!(hub.waiting(), 1);
    assert_eq!(hub.drain(), 1);
    let thread = format!(
        "flow::tests::a_record_arrives_with_everything_it_carries#{}",
        crate::record::thread_number()
    );
    assert_eq!(
        tap.shown(),
        [format!(
            "5 {thread} seq=1 Formatted(\"hello\") b=U64(7) a=Text(\"x\") \
             [outer 1 tenant=Text(\"acme\")] [inner 2]"
        )]
    );
    assert_eq!(hub.waiting(), 0);
}

#[test]
fn weight_timings_and_trace_ids_come_through() {
    let (tap, hub) = (Arc::new(Kept::default()), hub(1, 4096));
    let handle = RouteHandle::with_hub(hub, route(&tap));
    let head = Head {
        time: 1,
        seq: 9,
        weight: 2.5,
        moment: Moment::Close,
        timings: Some(Timings {
            duration: Some(10),
            busy: Some(7),
            idle: None,
        }),
        trace: Some(Trace {
            trace: u128::MAX - 1,
            span: 77,
        }),
    };
    let mut producer = hub.producer();
    handle
        .offer_by(&mut producer, |draft, _| draft.head(&head, None))
        .unwrap();
    hub.drain();
    let chunks = tap.chunks.lock().unwrap();
    let view = chunks[0].records().next().unwrap();
    assert_eq!(*view.head(), head);
}

#[test]
fn threads_are_merged_by_time_and_each_keeps_its_order() {
    let (tap, hub) = (Arc::new(Kept::default()), hub(3, 4096));
    let handle = RouteHandle::with_hub(hub, route(&tap));
    let mut producers = [hub.producer(), hub.producer(), hub.producer()];
    // The third thread's clock goes back once: its order holds nevertheless.
    for (producer, times) in producers.iter_mut().zip([[1, 4, 7], [2, 5, 8], [9, 3, 6]]) {
        for time in times {
            handle
                .offer_by(producer, |draft, seq| draft.head(&at(time, seq), None))
                .unwrap();
        }
    }
    hub.drain();
    let chunks = tap.chunks.lock().unwrap();
    let times: Vec<u64> = chunks
        .iter()
        .flat_map(Chunk::records)
        .map(|view| view.time())
        .collect();
    assert_eq!(times, [1, 2, 4, 5, 7, 8, 9, 3, 6]);
}

#[test]
fn a_full_ring_refuses_and_counts() {
    let (tap, hub) = (Arc::new(Kept::default()), hub(1, 256));
    let handle = RouteHandle::with_hub(hub, route(&tap));
    let mut producer = hub.producer();
    let mut refused = 0;
    for time in 0..20 {
        let offered = handle.offer_by(&mut producer, |draft, seq| draft.head(&at(time, seq), None));
        refused += u64::from(offered == Err(Cause::RingFull));
    }
    assert!(refused > 0);
    assert_eq!(handle.route().account.get(Cause::RingFull), refused);
    assert_eq!(tap.lost.lock().unwrap().len() as u64, refused);
    assert_eq!(hub.drain() as u64, 20 - refused);
}

#[test]
fn a_record_that_no_ring_can_hold_is_too_large() {
    let (tap, hub) = (Arc::new(Kept::default()), hub(1, 256));
    let handle = RouteHandle::with_hub(hub, route(&tap));
    let offered = handle.offer_by(&mut hub.producer(), |draft, seq| {
        draft.head(&at(0, seq), Some(Value::Text(&"x".repeat(400))));
    });
    assert_eq!(offered, Err(Cause::TooLarge));
}

#[test]
fn a_closed_tap_is_offered_nothing() {
    let (tap, hub) = (Arc::new(Kept::default()), hub(1, 256));
    tap.closed.store(true, std::sync::atomic::Ordering::Relaxed);
    let handle = RouteHandle::with_hub(hub, route(&tap));
    let offered = handle.offer_by(&mut hub.producer(), |_, _| unreachable!());
    assert_eq!(offered, Err(Cause::Closed));
    assert_eq!(handle.route().account.get(Cause::Closed), 1);
}

#[test]
fn what_a_thread_wrote_outlives_it_and_its_ring_is_leased_again() {
    let (tap, hub) = (Arc::new(Kept::default()), hub(1, 4096));
    let handle = RouteHandle::with_hub(hub, route(&tap));
    for _ in 0..3 {
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut producer = hub.producer();
                assert!(producer.writer.is_some(), "the one ring is free again");
                handle
                    .offer_by(&mut producer, |draft, seq| draft.head(&at(0, seq), None))
                    .unwrap();
                hub.give_back(producer);
            });
        });
    }
    hub.drain();
    let chunks = tap.chunks.lock().unwrap();
    let threads: Vec<_> = chunks[0]
        .records()
        .map(|view| view.thread().to_owned())
        .collect();
    assert_eq!(threads.len(), 3);
    assert!(
        threads[0] != threads[1] && threads[1] != threads[2],
        "{threads:?}"
    );
}

#[test]
fn threads_beyond_the_rings_share_one() {
    let (tap, hub) = (Arc::new(Kept::default()), hub(1, 4096));
    let handle = RouteHandle::with_hub(hub, route(&tap));
    let mut producers = [hub.producer(), hub.producer(), hub.producer()];
    for producer in &mut producers {
        handle
            .offer_by(producer, |draft, seq| draft.head(&at(0, seq), None))
            .unwrap();
    }
    assert!(producers[2].writer.is_none());
    assert_eq!(hub.drain(), 3);
    assert_eq!(hub.memory(), 2 * 4096);
}

#[test]
fn a_route_is_freed_by_the_pass_after_its_plan_and_not_earlier() {
    let (tap, hub) = (Arc::new(Kept::default()), hub(1, 4096));
    let handle = RouteHandle::with_hub(hub, route(&tap));
    let number = handle.number();
    let mut producer = hub.producer();
    handle
        .offer_by(&mut producer, |draft, seq| draft.head(&at(0, seq), None))
        .unwrap();
    drop(handle);
    assert!(
        hub.routes().get(number).is_some(),
        "the ring still names it"
    );
    assert_eq!(hub.drain(), 1);
    assert!(hub.routes().get(number).is_none());
    assert_eq!(tap.shown().len(), 1);
}

#[test]
fn records_from_a_thread_local_destructor_go_through_the_shared_ring() {
    struct Late(RouteHandle);
    impl Drop for Late {
        fn drop(&mut self) {
            self.0
                .offer(|draft, seq| draft.head(&at(3, seq), None))
                .unwrap();
        }
    }
    thread_local! {
        static FIRST: std::cell::RefCell<Option<Late>> = const { std::cell::RefCell::new(None) };
    }
    let tap = Arc::new(Kept::default());
    let handle = RouteHandle::new(route(&tap));
    std::thread::spawn(move || {
        // Registered before the flow's own thread-local, so destroyed after it.
        FIRST.with_borrow_mut(|first| *first = Some(Late(handle)));
        let early = FIRST.with_borrow(|first| {
            let Late(handle) = first.as_ref().unwrap();
            handle.offer(|draft, seq| draft.head(&at(2, seq), None))
        });
        early.unwrap();
    })
    .join()
    .unwrap();
    Hub::global().drain();
    assert_eq!(tap.shown().len(), 2);
}

#[test]
fn eight_threads_lose_nothing_and_each_keeps_its_order() {
    const EACH: u64 = 20_000;
    let (tap, hub) = (Arc::new(Kept::default()), hub(4, 1 << 22));
    let handle = Arc::new(RouteHandle::with_hub(hub, route(&tap)));
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let handle = handle.clone();
            std::thread::spawn(move || {
                let mut producer = hub.producer();
                for number in 0..EACH {
                    let offer = |draft: &mut Draft<'_>, seq| {
                        draft.head(&at(number, seq), None);
                        draft.field(0, Value::U64(number));
                    };
                    while handle.offer_by(&mut producer, offer).is_err() {
                        hub.drain();
                    }
                }
                hub.give_back(producer);
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    hub.drain();
    let mut next = std::collections::HashMap::new();
    let chunks = tap.chunks.lock().unwrap();
    for view in chunks.iter().flat_map(Chunk::records) {
        let expected = next.entry(view.thread().to_owned()).or_insert(0);
        assert_eq!(view.fields().next(), Some(("a", Value::U64(*expected))));
        *expected += 1;
    }
    assert_eq!(next.len(), 8);
    assert!(next.values().all(|records| *records == EACH));
}

#[test]
fn a_record_over_its_cap_keeps_its_names_and_marks_its_values() {
    let (tap, hub) = (Arc::new(Kept::default()), hub(1, 4096));
    let mut route = route(&tap);
    route.max_record = 100;
    let handle = RouteHandle::with_hub(hub, route);
    handle
        .offer_by(&mut hub.producer(), |draft, seq| {
            draft.head(&at(0, seq), Some(Value::Text(&"m".repeat(90))));
            draft.field(0, Value::Text("aaaaaaaaaaaaaaaa"));
            draft.field(1, Value::U64(1));
        })
        .unwrap();
    hub.drain();
    let shown = tap.shown().remove(0);
    assert!(shown.ends_with("a=Text(\"…\") b=U64(1)"), "{shown}");
}

#[test]
fn const_labels_stand_behind_the_fields_and_never_over_them() {
    let (tap, hub) = (Arc::new(Kept::default()), hub(1, 4096));
    let mut route = route(&tap);
    route.labels = vec![("service".into(), "shop".into()), ("a".into(), "no".into())];
    let handle = RouteHandle::with_hub(hub, route);
    handle
        .offer_by(&mut hub.producer(), |draft, seq| {
            draft.head(&at(0, seq), None);
            draft.field(0, Value::U64(1));
        })
        .unwrap();
    hub.drain();
    assert!(tap.shown()[0].ends_with("seq=1 a=U64(1) service=Text(\"shop\")"));
}

#[test]
fn chunks_are_taken_apart_from_the_front() {
    let (tap, hub) = (Arc::new(Kept::default()), hub(1, 4096));
    let handle = RouteHandle::with_hub(hub, route(&tap));
    let mut producer = hub.producer();
    for time in 0..5 {
        handle
            .offer_by(&mut producer, |draft, seq| draft.head(&at(time, seq), None))
            .unwrap();
    }
    hub.drain();
    let mut chunk = tap.chunks.lock().unwrap().remove(0);
    let times = |chunk: &Chunk| chunk.records().map(|view| view.time()).collect::<Vec<_>>();
    let front = chunk.split_front(2, usize::MAX);
    assert_eq!((times(&front), times(&chunk)), (vec![0, 1], vec![2, 3, 4]));
    assert!(chunk.drop_front().is_some());
    assert!(
        chunk.split_front(9, 1).is_empty(),
        "nothing that is too large"
    );
    assert_eq!(times(&chunk.split_front(1, usize::MAX)), [3]);
    assert_eq!(times(&chunk.split_front(9, usize::MAX)), [4]);
    assert!(chunk.is_empty());
}

mod hiding {
    use super::*;
    use rheostat_policy::model::Redaction;

    fn scrub(redactions: &[Redaction], hashes_own: bool) -> Scrub {
        Scrub::new(Hiding {
            redactions: redactions.iter().collect(),
            hashes_own,
            hash: Arc::new(|text| format!("hash of {} bytes", text.len())),
        })
    }

    fn pattern(regex: &str, with: &str) -> Redaction {
        let regex = regex::Regex::new(regex).unwrap();
        Redaction::Pattern(rheostat_policy::expr::Pattern(regex), with.into())
    }

    fn written(route: Route, tap: &Arc<Kept>) -> String {
        let hub = hub(1, 4096);
        let handle = RouteHandle::with_hub(hub, route);
        handle
            .offer_by(&mut hub.producer(), |draft, seq| {
                draft.head(&at(0, seq), Some(Value::Formatted("card 4111 paid")));
                draft.field(0, Value::Text("card 4111"));
                draft.field(1, Value::U64(4111));
                draft.span(1, "request");
                draft.span_field(NameId::of("card"), Value::Text("4111"));
            })
            .unwrap();
        hub.drain();
        tap.shown()[0].split_once("seq=1 ").unwrap().1.to_owned()
    }

    #[test]
    fn patterns_are_replaced_in_messages_values_numbers_and_spans() {
        let tap = Arc::new(Kept::default());
        let mut route = route(&tap);
        route.scrub = scrub(&[pattern(r"\d{4}", "****")], false);
        assert_eq!(
            written(route, &tap),
            "Formatted(\"card **** paid\") a=Text(\"card ****\") b=Text(\"****\") \
             [request 1 card=Text(\"****\")]"
        );
    }

    #[test]
    fn own_fields_are_hidden_by_text_and_by_hash() {
        let tap = Arc::new(Kept::default());
        let mut route = route(&tap);
        route.fields[0].hide = Some(RedactionWith::Text("[redacted]".into()));
        route.fields[1].hide = Some(RedactionWith::Hash);
        route.scrub = scrub(&[], true);
        assert!(
            written(route, &tap).contains("a=Text(\"[redacted]\") b=Text(\"hash of 4 bytes\")")
        );
    }

    #[test]
    fn a_value_is_cut_only_after_the_patterns_saw_it() {
        let tap = Arc::new(Kept::default());
        let mut route = route(&tap);
        route.max_value = 8;
        route.scrub = scrub(&[pattern(r"card \d{4}", "x")], false);
        assert!(written(route, &tap).starts_with("Formatted(\"x paid\") a=Text(\"x\")"));
    }
}
