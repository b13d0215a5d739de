//! T2: a callsite that no rule wants is left to the others, and is off where they do not want it.

mod common;

use common::{Mount, Telling, World, everywhere};
use rheostat_core::mount::{Root, layer};
use tracing::callsite::DefaultCallsite;
use tracing::subscriber::Interest;
use tracing::{Dispatch, Level, Metadata};
use tracing_core::{Kind, metadata};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

static CALLSITE: DefaultCallsite = DefaultCallsite::new(&METADATA);
static METADATA: Metadata<'static> = metadata! {
    name: "of nobody", target: "app", level: Level::TRACE, fields: &["a"], callsite: &CALLSITE, kind: Kind::EVENT
};

const NOT_THAT: &str = r#"
    [[rules]]
    name = "other"
    match = { target = "other", event = "*" }
    count = { metric = "others_total" }
"#;

fn interest(dispatch: &Dispatch) -> Interest {
    dispatch.register_callsite(&METADATA)
}

fn with_policy() -> std::sync::Arc<rheostat_core::Engine<Telling>> {
    let engine = World::engine();
    let applied = engine.apply(common::policy(NOT_THAT), &rheostat_core::sink::NoTaps);
    assert!(applied.is_ok());
    engine
}

#[test]
fn a_callsite_that_nobody_wants_is_never_asked_about() {
    for engine in [World::engine(), with_policy()] {
        let root = Dispatch::new(Root::subscriber(engine));
        assert!(interest(&root).is_never());
    }
    for engine in [World::engine(), with_policy()] {
        let quiet = common::Neighbour::new().0.with_filter(LevelFilter::WARN);
        let inner = tracing_subscriber::registry().with(quiet);
        assert!(interest(&Dispatch::new(Root::over(engine, inner))).is_never());
    }
    for engine in [World::engine(), with_policy()] {
        let quiet = common::Neighbour::new().0.with_filter(LevelFilter::WARN);
        let stack = tracing_subscriber::registry()
            .with(quiet)
            .with(layer(engine));
        assert!(interest(&Dispatch::new(stack)).is_never());
    }
}

#[test]
fn what_only_the_inner_stack_wants_keeps_its_own_interest() {
    let inner = tracing_subscriber::registry().with(common::Neighbour::new().0);
    let root = Dispatch::new(Root::over(with_policy(), inner));
    assert!(interest(&root).is_always());
}

#[test]
fn a_neighbour_sees_what_we_do_not_want() {
    everywhere("a_neighbour_sees_what_we_do_not_want", |case, world| {
        for policy in ["", NOT_THAT] {
            world.apply(policy);
            tracing::trace!(target: "app", "hello");
            let told = world.neighbour.lines();
            if case.mount != Mount::Subscriber && !case.second_dispatcher {
                let hello = told.iter().filter(|line| line.contains("hello"));
                assert_eq!(hello.count(), 1, "{told:?}");
            }
            assert_eq!(world.heard(), [""; 0]);
        }
    });
}
