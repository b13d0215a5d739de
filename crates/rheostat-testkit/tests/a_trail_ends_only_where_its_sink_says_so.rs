//! What no check of a text can know of a sink of somebody's own: whether a trail may end there.

use rheostat_testkit::{Kit, mock};

#[test]
fn a_sink_that_says_nothing_of_trails_gets_none_and_the_place_is_shown() {
    let (audit, seen) = mock::sink("audit").build();
    let kit = Kit::new([audit]);
    let spool = tempfile::tempdir().expect("a folder");
    let text = |durable: bool| {
        format!(
            "version = 1
[sinks.own]
type = 'audit'
buffer = {{ disk = '1MiB', dir = '{}' }}
full = 'block'
[[rules]]
match = {{ target = 'shop' }}
stream = {{ sink = 'own', durable = {durable} }}",
            spool.path().display()
        )
    };
    let refused = kit
        .apply(&text(true))
        .expect_err("it must not begin")
        .to_string();
    for part in [
        "error[RH533 durable-sink]: no trail can end at the sink `own`",
        ":8:1",
        "help: name a sink",
    ] {
        assert!(refused.contains(part), "no {part:?} in\n{refused}");
    }
    kit.must_apply(&text(false));
    // The same sink goes on, and a policy that asks too much of it is refused all the same.
    kit.apply(&text(true)).expect_err("it must not begin");
    seen.assert_finished();
}
