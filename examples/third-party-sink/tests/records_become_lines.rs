//! The sink at work: linked into a program, named by a policy, read back.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use rheostat_example_sink::CsvFactory;

#[test]
fn records_become_lines_of_comma_separated_values() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.csv");
    let policy = format!(
        r#"
        version = 1

        [sinks.table]
        type = "csv"
        path = "{}"

        [[rules]]
        match = {{ target = "till", event = "*" }}
        stream = {{ sink = "table" }}
        "#,
        file.display()
    );
    let telemetry = rheostat::builder()
        .policy_text(policy)
        .sink(CsvFactory)
        .init()
        .unwrap();

    tracing::info!(target: "till", cents = 250, item = "bread, sliced", "sold");
    tracing::warn!(target: "till", "drawer open");
    let report = telemetry.shutdown(Duration::from_secs(10));
    assert!(report.is_complete(), "{report:?}");

    let text = std::fs::read_to_string(file).unwrap();
    // Each line begins with the time, which is not ours to foretell.
    let lines: Vec<&str> = text
        .lines()
        .filter_map(|line| Some(line.split_once(',')?.1))
        .collect();
    assert_eq!(
        lines,
        [
            r#"info,till,sold,"cents=250 item=bread, sliced""#,
            "warn,till,drawer open,"
        ]
    );
}
