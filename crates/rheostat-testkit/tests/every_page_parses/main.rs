//! Whatever a policy says and whatever the program records beside it, what is exposed is read by Prometheus's
//! own checker, by Python's strict reader of OpenMetrics, and by Google's decoder of protobuf; and the last two
//! read the same numbers.
//!
//! `RHEOSTAT_PAGES` sets the number of pages.
#![allow(clippy::expect_used, reason = "a test that cannot go on says why")]
#![allow(
    dead_code,
    reason = "the random policies and programs are those of the comparison with the interpreter"
)]

mod dress;
#[path = "../plan_equals_interpreter/fire.rs"]
mod fire;
#[path = "../plan_equals_interpreter/generate/mod.rs"]
mod generate;
mod page;
mod real;
#[path = "../plan_equals_interpreter/world.rs"]
mod world;

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

use crate::page::{Case, Page};

#[test]
fn promtool_reads_the_classic_text_of_every_policy() {
    if !real::have_promtool("promtool_reads_the_classic_text_of_every_policy") {
        return;
    }
    each_page(|pages| {
        for page in pages {
            let (code, said) = real::promtool(&page.text);
            // 3: it reads the page, and would have named something otherwise.
            assert!(
                matches!(code, Some(0 | 3)) && !said.contains("no help text"),
                "promtool: {said}\n{}\n{}",
                page.text,
                page.of
            );
        }
    });
}

#[test]
fn python_reads_openmetrics_and_protobuf_of_every_policy_alike() {
    if !real::have_readers("python_reads_openmetrics_and_protobuf_of_every_policy_alike") {
        return;
    }
    each_page(|pages| {
        if let Some((at, why)) = real::python(pages) {
            panic!("{why}\n{}\n{}", pages[at].openmetrics, pages[at].of);
        }
    });
}

/// Runs a check on the pages of random policies, some at a time.
fn each_page(check: impl Fn(&[Page]) + Send + 'static) {
    let wanted = std::env::var("RHEOSTAT_PAGES").ok();
    let wanted: usize = wanted.and_then(|pages| pages.parse().ok()).unwrap_or(200);
    // The trees of random policies are deep, and debug builds put them on the stack.
    let roomy = std::thread::Builder::new()
        .stack_size(64 << 20)
        .spawn(move || {
            let (strategy, mut runner) = (page::case(), TestRunner::default());
            let (mut refused, mut made) = (0, 0);
            while made < wanted {
                let mut pages = Vec::new();
                while pages.len() < 50.min(wanted - made) {
                    let case: Case = strategy.new_tree(&mut runner).expect("a case").current();
                    match Page::of(case) {
                        Some(page) => pages.push(page),
                        None => refused += 1,
                    }
                    assert!(refused < wanted + 50, "most of the policies were refused");
                }
                check(&pages);
                made += pages.len();
            }
        });
    if let Err(panic) = roomy.expect("a thread can be had").join() {
        std::panic::resume_unwind(panic);
    }
}
