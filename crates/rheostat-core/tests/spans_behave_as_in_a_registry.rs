//! The same random scripts of spans run on a Registry with a layer and on our own root; what
//! encloses what, what is current, and what closes when must be the same.

mod common;

use std::fmt;
use std::sync::{Arc, Mutex};

use common::{World, policy};
use rheostat_core::mount::{Root, layer};
use rheostat_core::sink::NoTaps;
use tracing::dispatcher::with_default;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Dispatch, Event, Span, Subscriber};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::{LookupSpan, Scope};

const POLICY: &str = r#"
    [[rules]]
    name = "event"
    match = { target = "app", event = "*" }
    count = { metric = "events_total", labels = ["a", "b"] }
    [[rules]]
    name = "span a"
    match = { target = "app", span = "a" }
    count = { metric = "a_total", labels = ["a"] }
    [[rules]]
    name = "span b"
    match = { target = "app", span = "b" }
    count = { metric = "b_total", labels = ["b"] }
"#;

/// Tells the same lines as the policy does, from what a Registry knows.
#[derive(Clone, Default)]
struct Model(Arc<Mutex<Vec<String>>>);

impl Model {
    fn lines(&self) -> Vec<String> {
        let mut lines = self.0.lock().expect("nobody panicked with it");
        std::mem::take(&mut *lines)
    }
}

struct Number(String);

impl Visit for Number {
    fn record_u64(&mut self, _: &Field, value: u64) {
        self.0 = value.to_string();
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

fn nearest<'a, S: LookupSpan<'a>>(scope: Option<Scope<'a, S>>, name: &str) -> String {
    scope
        .into_iter()
        .flatten()
        .find(|span| span.name() == name)
        .and_then(|span| {
            span.extensions()
                .get::<Number>()
                .map(|number| number.0.clone())
        })
        .unwrap_or_default()
}

impl<S: Subscriber + for<'span> LookupSpan<'span>> Layer<S> for Model {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut number = Number(String::new());
        attributes.record(&mut number);
        let span = context.span(id).expect("it was just made");
        span.extensions_mut().insert(number);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target() == "rheostat::canary" {
            return;
        }
        let a = nearest(context.event_scope(event), "a");
        let b = nearest(context.event_scope(event), "b");
        self.0
            .lock()
            .expect("nobody panicked with it")
            .push(format!("event a={a} b={b}"));
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let span = context.span(&id).expect("it is closing");
        let number = nearest(context.span_scope(&id), span.name());
        let name = span.name();
        let line = format!("span {name} close {name}={number}");
        self.0.lock().expect("nobody panicked with it").push(line);
    }
}

/// A small generator: the same script for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

fn open(dice: &mut Dice, number: u64, known: &[Span]) -> Span {
    let parent = match dice.roll(4) {
        0 if !known.is_empty() => Some(known[dice.roll(known.len() as u64) as usize].id()),
        1 => Some(None),
        _ => None,
    };
    match (dice.roll(2), parent) {
        (0, None) => tracing::info_span!(target: "app", "a", a = number),
        (0, Some(parent)) => tracing::info_span!(target: "app", parent: parent, "a", a = number),
        (_, None) => tracing::info_span!(target: "app", "b", b = number),
        (_, Some(parent)) => tracing::info_span!(target: "app", parent: parent, "b", b = number),
    }
}

/// One script; tells what is current after each step.
fn script(seed: u64) -> Vec<String> {
    let mut dice = Dice(seed * 2_654_435_761 + 1);
    let mut spans: Vec<Span> = Vec::new();
    let mut entered: Vec<Span> = Vec::new();
    let mut currents = Vec::new();
    for step in 0..60 {
        match dice.roll(9) {
            0 | 1 => {
                let span = open(&mut dice, step, &spans);
                spans.push(span);
            }
            2 | 3 if !spans.is_empty() => {
                let span = spans[dice.roll(spans.len() as u64) as usize].clone();
                span.with_subscriber(|(id, dispatch)| dispatch.enter(id));
                entered.push(span);
            }
            4 if !entered.is_empty() => {
                // Mostly the last one, but out of order too.
                let last = entered.len() - 1;
                let at = if dice.roll(3) == 0 {
                    dice.roll(last as u64 + 1) as usize
                } else {
                    last
                };
                let span = entered.remove(at);
                span.with_subscriber(|(id, dispatch)| dispatch.exit(id));
            }
            5 if !spans.is_empty() => {
                let at = dice.roll(spans.len() as u64) as usize;
                spans.swap_remove(at);
            }
            6 if !spans.is_empty() => {
                let parent = spans[dice.roll(spans.len() as u64) as usize].id();
                tracing::info!(target: "app", parent: parent, "explicit");
            }
            7 => tracing::info!(target: "app", parent: None, "root"),
            _ => tracing::info!(target: "app", "contextual"),
        }
        let current = Span::current();
        currents.push(
            current
                .metadata()
                .map_or("-", |metadata| metadata.name())
                .to_owned(),
        );
    }
    while let Some(span) = entered.pop() {
        span.with_subscriber(|(id, dispatch)| dispatch.exit(id));
    }
    currents
}

/// Runs the scripts on a Registry and on another dispatcher, whose lines must be the same.
fn compare(other: &Dispatch, told: impl Fn() -> Vec<Vec<String>>) {
    let model = Model::default();
    let registry = Dispatch::new(tracing_subscriber::registry().with(model.clone()));
    for seed in 1..400 {
        let expected = with_default(&registry, || script(seed));
        let actual = with_default(other, || script(seed));
        assert_eq!(actual, expected, "what was current, seed {seed}");
        let expected = model.lines();
        for told in told() {
            assert_eq!(told, expected, "what was told, seed {seed}");
        }
    }
}

#[test]
fn spans_behave_as_in_a_registry() {
    let engine = World::engine();
    let root = Dispatch::new(Root::subscriber(engine.clone()));
    assert!(engine.apply(policy(POLICY), &NoTaps).is_ok());
    compare(&root, || vec![engine.outputs().lines()]);
    assert_eq!(engine.status().open_spans, 0);
}

#[test]
fn spans_behave_so_around_a_registry_and_inside_it() {
    let engine = World::engine();
    let inside = Model::default();
    let inner = tracing_subscriber::registry().with(inside.clone());
    let root = Dispatch::new(Root::over(engine.clone(), inner));
    assert!(engine.apply(policy(POLICY), &NoTaps).is_ok());
    compare(&root, || vec![engine.outputs().lines(), inside.lines()]);
    assert_eq!(engine.status().open_spans, 0);
}

#[test]
fn spans_behave_so_in_a_layer_beside_others() {
    let engine = World::engine();
    let beside = Model::default();
    let stack = tracing_subscriber::registry()
        .with(beside.clone())
        .with(layer(engine.clone()));
    let stack = Dispatch::new(stack);
    assert!(engine.apply(policy(POLICY), &NoTaps).is_ok());
    compare(&stack, || vec![engine.outputs().lines(), beside.lines()]);
    assert_eq!(engine.status().open_spans, 0);
}

#[test]
fn spans_behave_so_where_the_inner_stack_keeps_only_some() {
    let engine = World::engine();
    let inside = Model::default();
    let some = filter_fn(|metadata| metadata.name() != "b");
    let inner = tracing_subscriber::registry().with(inside.clone().with_filter(some));
    let root = Dispatch::new(Root::over(engine.clone(), inner));
    assert!(engine.apply(policy(POLICY), &NoTaps).is_ok());
    // The inner stack has a tree of its own, without the spans that it does not want, and closes
    // by that one; so when something closes may differ, what is told may not.
    let model = Model::default();
    let registry = Dispatch::new(tracing_subscriber::registry().with(model.clone()));
    for seed in 1..400 {
        let expected = with_default(&registry, || script(seed));
        let actual = with_default(&root, || script(seed));
        assert_eq!(actual, expected, "what was current, seed {seed}");
        let (mut expected, mut told) = (model.lines(), engine.outputs().lines());
        expected.sort();
        told.sort();
        assert_eq!(told, expected, "what was told, seed {seed}");
    }
    assert_eq!(engine.status().open_spans, 0);
    let inside = inside.lines();
    assert!(inside.iter().any(|line| line.starts_with("span a")));
    assert!(!inside.iter().any(|line| line.starts_with("span b")));
}
