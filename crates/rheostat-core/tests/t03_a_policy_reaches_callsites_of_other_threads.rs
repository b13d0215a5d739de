//! T3: with one dispatcher alive, `tracing` asks the default of the thread that computes interests
//! anew. A policy is applied on a thread of its own, whose default is none; callsites that fired
//! before anything was installed are `never` until they are asked about again.

mod common;

use common::everywhere;

const POLICY: &str = r#"
    [[rules]]
    name = "seen"
    match = { target = "app", event = "*" }
    count = { metric = "seen_total", labels = ["n"] }
"#;

fn fire(n: u64) {
    tracing::info!(target: "app", n);
}

#[test]
fn a_policy_reaches_callsites_of_other_threads() {
    // Before anything is installed: cached as `never`.
    fire(0);
    everywhere(
        "a_policy_reaches_callsites_of_other_threads",
        |case, world| {
            assert_eq!(world.engine.is_global_default(), case.global);
            fire(1);
            std::thread::scope(|scope| {
                scope.spawn(|| world.apply(POLICY));
            });
            fire(2);
            std::thread::scope(|scope| {
                scope.spawn(|| world.apply(&format!("{POLICY}\n# edited")));
            });
            fire(3);
            assert_eq!(world.heard(), ["seen n=2", "seen n=3"]);
            std::thread::scope(|scope| {
                scope.spawn(|| world.apply(""));
            });
            fire(4);
            assert_eq!(world.heard(), [""; 0]);
        },
    );
}
