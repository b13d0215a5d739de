//! Visits of real events: what is formatted, when, and what a panic costs.

use std::cell::Cell;
use std::fmt;

use tracing_core::callsite::{Callsite as _, DefaultCallsite, Identifier};
use tracing_core::field::FieldSet;
use tracing_core::metadata::Kind;
use tracing_core::{Event, Level, Metadata};

use super::visit::Stage;
use super::{CaptureBuilder, Fields, Scratch, capture, debug_panics};
use crate::testing::event;
use crate::value::Value;

static CALLSITE: DefaultCallsite = DefaultCallsite::new(&META);
static META: Metadata<'static> = Metadata::new(
    "event",
    "app",
    Level::INFO,
    None,
    None,
    None,
    FieldSet::new(&["a", "b"], Identifier(&CALLSITE)),
    Kind::EVENT,
);

/// Captures field `b` of an event whose fields are both `value`, and shows it.
fn captured(value: &dyn tracing_core::field::Value, limit: usize) -> String {
    let site = event("app", rheostat_policy::model::Level::Info, &["a", "b"]);
    let mut builder = CaptureBuilder::new(&site);
    builder.slot(&site, 1);
    let plan = builder.finish(limit);
    let fields = CALLSITE.metadata().fields();
    let mut names = fields.iter();
    let (a, b) = (names.next().expect("a"), names.next().expect("b"));
    let values = [(&a, Some(value)), (&b, Some(value))];
    let values = fields.value_set(&values);
    let event = Event::new(CALLSITE.metadata(), &values);
    let scratch = Scratch::new();
    let slots = capture(&plan, Fields::Event(&event), Stage::All, &scratch);
    format!("{:?}", slots[0])
}

thread_local! {
    static FORMATTED: Cell<u32> = const { Cell::new(0) };
}

struct Counting;

impl fmt::Debug for Counting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        FORMATTED.set(FORMATTED.get() + 1);
        f.write_str("counted")
    }
}

struct Panicking;

impl fmt::Debug for Panicking {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        std::panic::panic_any("a Debug that panics")
    }
}

#[test]
fn values_keep_their_types() {
    let text = String::from("x");
    assert_eq!(captured(&1_i64, 9), format!("{:?}", Value::I64(1)));
    assert_eq!(captured(&1_u8, 9), format!("{:?}", Value::U64(1)));
    assert_eq!(captured(&1_u128, 9), format!("{:?}", Value::U128(1)));
    assert_eq!(captured(&1.5_f64, 9), format!("{:?}", Value::F64(1.5)));
    assert_eq!(captured(&true, 9), format!("{:?}", Value::Bool(true)));
    assert_eq!(captured(&text, 9), format!("{:?}", Value::Text("x")));
    let debug = tracing_core::field::debug("a");
    assert_eq!(
        captured(&debug, 9),
        format!("{:?}", Value::Formatted("\"a\""))
    );
    let display = tracing_core::field::display("a");
    assert_eq!(
        captured(&display, 9),
        format!("{:?}", Value::Formatted("a"))
    );
    let error: &(dyn std::error::Error + 'static) = &fmt::Error;
    let shown = fmt::Error.to_string();
    assert_eq!(captured(&error, 99), format!("{:?}", Value::Error(&shown)));
}

#[test]
fn only_fields_that_are_captured_are_formatted() {
    FORMATTED.set(0);
    captured(&tracing_core::field::debug(Counting), 99);
    assert_eq!(FORMATTED.get(), 1, "field `a` was left alone");
}

#[test]
fn long_values_are_cut_between_characters() {
    assert_eq!(
        captured(&"caf\u{e9}s", 4),
        format!("{:?}", Value::Text("caf"))
    );
    let debug = tracing_core::field::display("caf\u{e9}s");
    assert_eq!(
        captured(&debug, 5),
        format!("{:?}", Value::Formatted("caf\u{e9}"))
    );
}

#[test]
fn a_debug_that_panics_is_missing_and_counted() {
    let before = debug_panics();
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let value = captured(&tracing_core::field::debug(Panicking), 99);
    std::panic::set_hook(hook);
    assert_eq!(value, format!("{:?}", Value::Missing));
    assert!(debug_panics() > before);
}
