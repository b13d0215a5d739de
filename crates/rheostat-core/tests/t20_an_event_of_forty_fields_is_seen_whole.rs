//! T20: an event may have more than 32 fields.

mod common;

use common::everywhere;

const POLICY: &str = r#"
    [[rules]]
    name = "seen"
    match = { target = "app", event = "*" }
    count = { metric = "seen_total", labels = ["f00", "f39"] }
"#;

#[test]
fn an_event_of_forty_fields_is_seen_whole() {
    everywhere("an_event_of_forty_fields_is_seen_whole", |_, world| {
        world.apply(POLICY);
        tracing::info!(
            target: "app",
            f00 = 0, f01 = 1, f02 = 2, f03 = 3, f04 = 4, f05 = 5, f06 = 6, f07 = 7, f08 = 8, f09 = 9,
            f10 = 0, f11 = 1, f12 = 2, f13 = 3, f14 = 4, f15 = 5, f16 = 6, f17 = 7, f18 = 8, f19 = 9,
            f20 = 0, f21 = 1, f22 = 2, f23 = 3, f24 = 4, f25 = 5, f26 = 6, f27 = 7, f28 = 8, f29 = 9,
            f30 = 0, f31 = 1, f32 = 2, f33 = 3, f34 = 4, f35 = 5, f36 = 6, f37 = 7, f38 = 8, f39 = 39,
        );
        assert_eq!(world.heard(), ["seen f00=0 f39=39"]);
    });
}
