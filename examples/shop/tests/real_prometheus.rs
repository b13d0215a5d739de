//! A real Prometheus scrapes the shop and answers questions with exactly the
//! load generator's numbers.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::process::{Command, Stdio};

use serde_json::Value;
use shop::load::Report;
use support::process::Running;
use support::real::{self, Need};
use support::shop::Shop;
use support::{expected, http, wait};

const PROMETHEUS: Need = Need::Program("prometheus", "prometheus");
const PROMTOOL: Need = Need::Program("promtool", "prometheus");

#[test]
fn prometheus_answers_five_questions_with_the_load_generators_numbers() {
    if !real::have("prometheus_answers_five_questions", &[PROMETHEUS]) {
        return;
    }
    let shop = Shop::open();
    let server = Server::scraping(&shop);
    let report = shop.load("--visits 1000 --at-once 16 --seed 11");
    shop.scrape("text/plain");

    for (question, answer) in questions(&report) {
        wait::wait_for(
            &format!("{question} = {answer}, not {:?}", server.ask(&question)),
            || {
                let answered = server.ask(&question)?;
                ((answered - answer).abs() <= 1e-9 * answer.abs()).then_some(())
            },
        );
    }
    shop.close();
}

/// A counter by status, a histogram's count and quantile, a gauge, a counter of
/// the program's own, and a label from an enclosing span.
fn questions(report: &Report) -> Vec<(String, f64)> {
    let created = report.count(|request| request.status == 201);
    let reads = report.count(|request| request.method == "GET" && request.status == 200);
    let owed = report.cents(|_| true) - report.cents_paid;
    let of_acme = report.orders(|order| order.tenant == "acme");
    vec![
        (
            r#"sum(http_requests_total{status="201"})"#.into(),
            created as f64,
        ),
        (
            r#"http_request_duration_seconds_count{method="GET",class="2xx"}"#.into(),
            reads as f64,
        ),
        (
            "histogram_quantile(0.9, shop_order_cents_bucket)".into(),
            expected::order_quantile(report, 0.9),
        ),
        ("shop_owed_cents".into(), owed as f64),
        (
            "shop_orders_placed_total".into(),
            report.orders(|_| true) as f64,
        ),
        (r#"shop_orders_total{tenant="acme"}"#.into(), of_acme as f64),
    ]
}

#[test]
fn promtool_finds_nothing_to_say_about_the_classic_text() {
    if !real::have("promtool_finds_nothing_to_say", &[PROMTOOL]) {
        return;
    }
    let shop = Shop::open();
    shop.load("--visits 300 --seed 11");
    let text = shop.scrape("text/plain").body;
    let file = shop.file("metrics.txt");
    std::fs::write(&file, &text).unwrap();
    let input = std::fs::File::open(&file).unwrap();
    let output = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(input)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}\n{text}", output.status);
    shop.close();
}

/// A Prometheus of the test's own.
struct Server {
    address: String,
    _process: Running,
    _data: tempfile::TempDir,
}

impl Server {
    /// Starts one that looks at this shop five times a second.
    fn scraping(shop: &Shop) -> Self {
        let data = tempfile::tempdir().unwrap();
        let config = data.path().join("prometheus.yml");
        let metrics = &shop.metrics;
        let text = format!(
            "global: {{ scrape_interval: 200ms, scrape_timeout: 200ms }}\n\
             scrape_configs: [{{ job_name: shop, static_configs: [{{ targets: ['{metrics}'] }}] }}]\n"
        );
        std::fs::write(&config, text).unwrap();
        let address = format!("127.0.0.1:{}", real::free_port());
        let mut command = Command::new("prometheus");
        command.arg(format!("--config.file={}", config.display()));
        command.arg(format!(
            "--storage.tsdb.path={}",
            data.path().join("data").display()
        ));
        command.arg(format!("--web.listen-address={address}"));
        let mut process = Running::start(command.stdout(Stdio::null()).stderr(Stdio::null()));
        wait::wait_for("Prometheus to be ready", || {
            assert!(process.ended().is_none(), "Prometheus ended at once");
            http::get(&format!("http://{address}/-/ready"), "*/*")
                .filter(|answer| answer.status == 200)
        });
        Self {
            address,
            _process: process,
            _data: data,
        }
    }

    /// The one value of an instant query, if there is one yet.
    fn ask(&self, question: &str) -> Option<f64> {
        let mut url =
            reqwest::Url::parse(&format!("http://{}/api/v1/query", self.address)).unwrap();
        url.query_pairs_mut().append_pair("query", question);
        let answer: Value = serde_json::from_str(&http::get(url.as_str(), "*/*")?.body).unwrap();
        assert_eq!(answer["status"], "success", "{question}: {answer}");
        let results = answer["data"]["result"].as_array()?;
        assert!(
            results.len() <= 1,
            "{question} has several answers: {answer}"
        );
        results.first()?["value"][1].as_str()?.parse().ok()
    }
}
