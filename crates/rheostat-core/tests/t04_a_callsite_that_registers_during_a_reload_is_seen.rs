//! T4: a callsite may compute its interest from the policy before and store it after the interests
//! were computed anew. It must not stay dark.

mod common;

use std::sync::Barrier;

use common::on;

macro_rules! fires {
    ($($n:literal)*) => { [$(|| tracing::info!(target: "app", n = $n)),*] };
}

const POLICY: &str = r#"
    [[rules]]
    name = "seen"
    match = { target = "app", event = "*" }
    count = { metric = "seen_total", labels = ["n"] }
"#;

#[test]
fn a_callsite_that_registers_during_a_reload_is_seen() {
    let name = "a_callsite_that_registers_during_a_reload_is_seen";
    on(
        name,
        |case| case.global,
        |case, world| {
            let fires: [fn(); 48] = fires!(
                0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23
                24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47
            );
            let ready = Barrier::new(3);
            std::thread::scope(|scope| {
                for half in fires.chunks(24) {
                    let ready = &ready;
                    scope.spawn(move || {
                        ready.wait();
                        half.iter().for_each(|fire| fire());
                    });
                }
                ready.wait();
                world.apply(POLICY);
            });
            world.engine.tick();
            world.heard();
            fires.iter().for_each(|fire| fire());
            let heard = world.heard();
            let dark: Vec<usize> = (0..48)
                .filter(|n| !heard.contains(&format!("seen n={n}")))
                .collect();
            assert_eq!(dark, [0; 0], "{:?}", case.mount);
            assert_eq!(heard.len(), 48);
        },
    );
}
