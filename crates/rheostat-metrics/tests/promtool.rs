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
                std::env::var_os("RHEOSTAT_TEST_INSTALL").is_none(),
                "promtool was to be installed: {missing}"
            );
            println!("skipped: promtool is not installed");
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
