//! `Policy` with outputs of the program's choice, on each mount.
#![cfg(all(feature = "metrics", feature = "stream", feature = "log"))]

mod support;

use std::path::Path;
use std::time::Duration;

use rheostat::{Guard, InitError, Logs, Metrics, Policy, Streams};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Registry, fmt};

const COUNT: &str = "version = 1\n[[rules]]\nmatch.target = \"shop\"\n\
    count = { metric = \"orders_total\", labels = [\"tenant\"] }\n";

/// One action into a file.
fn into_file(folder: &Path, action: &str, format: &str) -> String {
    let path = folder.join("out");
    format!(
        "version = 1\n[sinks.out]\ntype = \"file\"\npath = \"{}\"\nformat = \"{format}\"\n\
         [[rules]]\nmatch.target = \"shop\"\n{action}.sink = \"out\"\n",
        path.display()
    )
}

fn order() {
    let _inside = tracing::info_span!(target: "shop", "order", tenant = "acme").entered();
    tracing::info!(target: "shop", items = 3, "order placed");
}

fn metrics_alone() -> Result<Guard, InitError> {
    Policy::from_text(COUNT)?.subscriber(Metrics::new()).init()
}

fn streams_alone(folder: &Path) -> Result<Guard, InitError> {
    let policy = Policy::from_text(&into_file(folder, "stream", "json"))?;
    policy.subscriber(Streams::new()).init()
}

fn logs_alone(folder: &Path) -> Result<Guard, InitError> {
    let policy = Policy::from_text(&into_file(folder, "log", "logfmt"))?;
    policy.subscriber(Logs::new()).init()
}

fn over_a_stack(folder: &Path) -> Result<Guard, InitError> {
    let file = folder.join("rheostat.toml");
    std::fs::write(&file, COUNT).expect("the folder is ours");
    let policy = Policy::watch(&file)?;
    let own = Registry::default().with(fmt::layer().with_writer(std::io::stderr));
    let guard = policy
        .over((Metrics::new(), Streams::new(), Logs::new()), own)
        .init()?;
    assert_eq!(policy.status().generation, 1);
    let other = COUNT.replace("orders_total", "placed_total");
    assert_eq!(policy.reload(&other).expect("it is fine"), 2);
    let again = policy.over(Metrics::new(), Registry::default()).try_build();
    assert!(matches!(again, Err(InitError::Misused(_))));
    Ok(guard)
}

fn as_a_layer() -> Result<Guard, InitError> {
    let policy = Policy::from_text("version = 1")?;
    assert_eq!(policy.reload(COUNT).expect("not mounted yet"), 0);
    let (layer, guard) = policy.layer(Metrics::new())?;
    tracing::subscriber::set_global_default(Registry::default().with(layer))
        .expect("this process has no other");
    guard.installed();
    Ok(guard)
}

fn child(case: &str, folder: &Path) {
    let guard = match case {
        "metrics" => metrics_alone(),
        "streams" => streams_alone(folder),
        "logs" => logs_alone(folder),
        "over" => over_a_stack(folder),
        _ => as_a_layer(),
    };
    let guard = guard.expect("it mounts");
    order();
    std::fs::write(folder.join("page"), guard.handle().scrape()).expect("the folder is ours");
    let report = guard.shutdown(Duration::from_secs(20));
    assert!(report.waiting.is_empty(), "{report:?}");
}

#[test]
fn each_output_alone_is_enough() {
    const TEST: &str = "each_output_alone_is_enough";
    if let Some((case, folder)) = support::case() {
        return child(&case, &folder);
    }
    for (case, expected) in [
        ("metrics", "orders_total{tenant=\"acme\"} 1"),
        ("streams", "\"message\":\"order placed\""),
        ("logs", "message=\"order placed\""),
        ("over", "placed_total{tenant=\"acme\"} 1"),
        ("layer", "orders_total{tenant=\"acme\"} 1"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let output = support::run(TEST, case, folder.path());
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{case}: {stderr}");
        let written = |name| std::fs::read_to_string(folder.path().join(name)).unwrap_or_default();
        let shown = written("page") + &written("out");
        assert!(
            shown.contains(expected),
            "{case}: no {expected} in\n{shown}"
        );
        assert_eq!(case == "over", stderr.contains("order placed"), "{stderr}");
    }
}

#[test]
fn an_action_whose_output_is_missing_is_refused_by_name() {
    let policy = Policy::from_text(COUNT).expect("it is a text");
    let Err(error) = policy.subscriber(Logs::new()).try_build() else {
        panic!("nobody counts");
    };
    assert!(error.to_string().contains("`count`"), "{error}");
}

#[test]
fn a_text_that_is_no_policy_is_refused_before_anything_is_mounted() {
    for text in ["", "version = ", "# nothing\n"] {
        assert!(matches!(Policy::from_text(text), Err(InitError::Policy(_))));
    }
}
