//! Records for tests, made the way the engine makes them.

use std::sync::{Arc, Mutex, PoisonError};

use rheostat_core::flow::{Chunk, Draft, Head, Hub, Route, RouteField, RouteHandle, Scrub};
use rheostat_core::ledger::{Cause, Entry};
use rheostat_core::sink::Tap;
use rheostat_core::{Callsite, CallsiteId, CallsiteKind, Value};
use rheostat_policy::model::Level;
use rheostat_policy::vocabulary::RecordClass;

/// All tests of a process share the rings: one at a time, or a drain by one
/// would take half of what another just wrote.
static TURN: Mutex<()> = Mutex::new(());

/// A tap that keeps the chunks it is handed.
#[derive(Default)]
pub(crate) struct Caught(Mutex<Vec<Chunk>>);

impl Tap for Caught {
    fn admit(&self) -> Result<(), Cause> {
        Ok(())
    }
    fn lost(&self, _cause: Cause, _records: u64) {}
    fn accept(&self, chunk: Chunk) {
        self.0.lock().unwrap().push(chunk);
    }
}

/// A route of an event at `shop` with the fields `a` and `b`.
pub(crate) fn route(tap: Arc<dyn Tap>) -> Route {
    let fields = ["a", "b"];
    Route {
        callsite: Callsite {
            id: CallsiteId(0),
            kind: CallsiteKind::Event,
            name: "event src/db.rs:41".into(),
            target: "shop::db".into(),
            module: Some("shop::db".into()),
            file: Some("src/db.rs".into()),
            line: Some(41),
            level: Level::Info,
            fields: Box::new(fields),
            metadata: None,
        },
        level: Level::Info,
        class: None,
        rule: "orders".into(),
        record: RecordClass::Events,
        fields: fields
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
        max_value: 4096,
        raw_value_cap: 0,
        max_record: 65536,
        scrub: Scrub::default(),
        durable: false,
        tap,
        account: Arc::new(Entry::new("orders", "sink")),
    }
}

/// The head of a record at a moment.
pub(crate) fn at(time: u64, seq: u64) -> Head {
    Head {
        time,
        seq,
        ..Head::default()
    }
}

/// One record of a route, changed as wanted.
pub(crate) fn one(change: impl FnOnce(&mut Route), mut write: impl FnMut(&mut Draft<'_>)) -> Chunk {
    let caught = Arc::new(Caught::default());
    let mut route = route(caught.clone());
    change(&mut route);
    let handle = RouteHandle::new(route);
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    handle.offer(|draft, _| write(draft)).unwrap();
    Hub::global().drain();
    caught.0.lock().unwrap().remove(0)
}

/// So many records, numbered in the field `a`, and the account they are kept in.
pub(crate) fn numbered(numbers: std::ops::Range<u64>) -> (Chunk, Arc<Entry>) {
    let caught = Arc::new(Caught::default());
    let handle = RouteHandle::new(route(caught.clone()));
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    for number in numbers {
        handle
            .offer(|draft, seq| {
                draft.head(&at(number, seq), None);
                draft.field(0, Value::U64(number));
            })
            .unwrap();
    }
    Hub::global().drain();
    let mut chunks = caught.0.lock().unwrap();
    assert_eq!(chunks.len(), 1, "few enough for one chunk");
    (chunks.remove(0), handle.route().account.clone())
}
