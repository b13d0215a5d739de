//! The classic text, read by Prometheus's own checker where it is installed.

use std::io::Write;
use std::process::{Command, Stdio};

use rheostat_metrics::{Bounds, Format, Identity, ManualClock, Metric, Registry, Settings};

fn metric(registry: &Registry, identity: &Identity) -> Metric {
    registry.prepare(identity, &Settings::default())
}

#[test]
fn promtool_reads_a_page_of_every_kind_without_a_help_or_a_lint() {
    let registry = Registry::with(2, ManualClock::new());
    let hits = metric(&registry, &Identity::counter("hits_total", &["status"]));
    let took = Identity::histogram("request_duration_seconds", &["status"], Bounds::usual());
    let took = metric(&registry, &took);
    let depth = metric(&registry, &Identity::gauge("queue_depth", &[]));
    registry.apply([&hits, &took, &depth].map(|metric| (metric.clone(), Settings::default())));
    for status in ["200", "a \"b\" \\ \n c", "größer"] {
        let mut labels = registry.labels();
        labels.push(status);
        hits.add_float(&labels, 0.5).expect("fine");
        took.record(&labels, 0.3).expect("finite");
    }
    depth.set(&registry.labels(), -1e300).expect("finite");

    let spawned = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut promtool = match spawned {
        Ok(promtool) => promtool,
        Err(missing) => {
            assert!(
                std::env::var_os("CI").is_none(),
                "CI skips nothing, and promtool is missing: {missing}"
            );
            skipped("promtool reads the page: apt-get install prometheus");
            return;
        }
    };
    let page = Format::Text.render(&registry.snapshot());
    let mut stdin = promtool.stdin.take().expect("it was asked for");
    stdin.write_all(&page).expect("it reads");
    drop(stdin);
    let said = promtool.wait_with_output().expect("it ends");
    let said_text = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(
        said.status.success(),
        "{said_text}\n{}",
        String::from_utf8_lossy(&page)
    );
}

/// Names what is left out, for the account of the run.
#[allow(clippy::print_stdout, reason = "a person who runs the test reads it")]
fn skipped(line: &str) {
    println!("SKIP {line}");
    if let Some(account) = std::env::var_os("RHEOSTAT_SKIPPED") {
        let file = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(account);
        let written = file.and_then(|mut file| writeln!(file, "{line}"));
        written.expect("the account of skipped tests can be written");
    }
}
