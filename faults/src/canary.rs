//! A program with a secret, which shows all that it can show.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "what it shows is searched"
)]

use std::error::Error;
use std::fmt::Debug;
use std::path::Path;
use std::time::Duration;

use rheostat_policy::MapEnvironment;
use rheostat_testkit::secrets::{CANARY, VARIABLE};
use rheostat_testkit::{Kit, Mount};
use tracing::dispatcher;

/// What it says when it has shown all, and waits to be killed.
pub const SHOWN: &str = "all is shown";
/// What it says when its policy is in force.
pub const IN_FORCE: &str = "the policy is in force";
const MOMENT: Duration = Duration::from_millis(300);

/// Runs the policy of this folder by hand, and as programs do; then waits where it is told to.
///
/// # Panics
///
/// Where there is no policy.
pub fn main(folder: &Path, wait: bool) {
    let path = folder.join("policy.toml");
    let text = std::fs::read_to_string(&path).expect("the parent wrote it");
    by_hand(&text);
    match rheostat::builder().policy(&path).init() {
        Err(error) => {
            show("what was in the way", &error);
            chain(&error);
        }
        Ok(guard) => {
            println!("{IN_FORCE}");
            let handle = guard.handle();
            fire();
            show("flushed", &handle.flush(MOMENT));
            println!("{}", handle.flush(MOMENT));
            show("guard", &guard);
            show("status", &handle.status());
            show("reloaded", &handle.reload("version = 1\nnonsense"));
            if let Err(refusal) = handle.reload(&text.replace("type =", "typ =")) {
                println!("{refusal}");
                chain(&refusal);
            }
            println!("{}\n{}", handle.scrape(), handle.vocabulary());
            if !wait {
                let report = guard.shutdown(MOMENT);
                println!("{report} {report:?}");
                return;
            }
            println!("{SHOWN}");
            std::thread::park();
        }
    }
}

/// The same with the parts that programs do not see, and all that is known of the policy.
fn by_hand(text: &str) {
    let kit = Kit::new(crate::table::factories());
    let environment = MapEnvironment::new().with_var(VARIABLE, CANARY);
    show("environment", &environment);
    let known = rheostat_policy::first_party::vocabulary();
    let checked = rheostat_policy::check(text.as_bytes(), "policy.toml", &known, &environment);
    show("policy", &checked);
    println!("{}", checked.diagnostics);
    if let Err(found) = kit.apply_in(text, &environment) {
        println!("{found} {found:?}");
    }
    let dispatch = Mount::Subscriber.dispatch(kit.engine().clone());
    dispatcher::with_default(&dispatch, || {
        kit.engine().installed();
        fire();
    });
    show("flushed", &kit.flush(MOMENT));
    show("statuses", &kit.queues().status());
    show("kit", &kit);
    show("ledger", &kit.engine().ledger().lines());
    show("shut down", &kit.shutdown(MOMENT));
}

fn fire() {
    for number in 0..20_u64 {
        tracing::info!(target: "faults", number, "order placed");
    }
}

fn show(what: &str, value: &dyn Debug) {
    println!("{what}: {value:?}\n{value:#?}");
}

fn chain(error: &dyn Error) {
    let mut next = Some(error);
    while let Some(error) = next {
        println!("{error} {error:?}");
        next = error.source();
    }
}
