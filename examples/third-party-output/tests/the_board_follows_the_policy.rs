//! The board at work: linked into a program, spoken of in a policy, changed by a reload.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use rheostat_example_output::{Board, BoardOutput};

const QUEUE: &str = r#"
version = 1

[[rules]]
match = { target = "post_office", event = "*" }
board = { slot = "queue", of = "length", where = "counter == 'stamps'" }
"#;

#[test]
fn the_board_follows_the_policy() {
    let board = Board::default();
    let output = BoardOutput(board.clone());
    let telemetry = rheostat::builder()
        .policy_text(QUEUE)
        .output(output)
        .init()
        .unwrap();
    let report = |counter: &str, length: u64| {
        tracing::info!(target: "post_office", counter, length, "people waiting");
    };

    report("stamps", 7);
    report("parcels", 40);
    assert_eq!(board.last("queue"), Some(7.0));

    telemetry
        .handle()
        .reload(&QUEUE.replace("stamps", "parcels"))
        .unwrap();
    report("stamps", 8);
    report("parcels", 41);
    assert_eq!(board.last("queue"), Some(41.0));

    let refusal = telemetry
        .handle()
        .reload(&QUEUE.replace("of =", "off ="))
        .unwrap_err();
    assert!(refusal.to_string().contains("`off`"), "{refusal}");
    report("parcels", 42);
    assert_eq!(
        board.last("queue"),
        Some(42.0),
        "a refused policy changes nothing"
    );
}
