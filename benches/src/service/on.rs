//! The shop with the telemetry of one build, and its load.

use std::any::Any;
use std::io::{BufRead as _, Write as _, stdin, stdout};
use std::net::SocketAddr;
use std::path::Path;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, SpanData, SpanExporter};
use shop::load::Arguments;
use shop::{Running, Settings};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::cases::global;

/// The production policy.
const POLICY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/service.toml");

/// What the peer keeps: what the policy acts on, and no more.
const KEPT: &str = "off,tower_http=debug,axum::rejection=trace,sqlx::query=debug,shop=debug,\
                    hyper_util::client::legacy::pool=debug";

/// Serves until standard input ends; the first line of the answer is the address.
///
/// # Errors
///
/// An unknown build, or whatever the shop could not have.
pub(crate) fn serve(build: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let telemetry = installed(build, folder.path())?;
    let settings = Settings {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        policy: POLICY.into(),
        out: folder.path().to_owned(),
        pricing: None,
    };
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let running = runtime
        .block_on(Running::start(&settings))
        .map_err(|error| error.to_string())?;
    println!("{}", running.address());
    stdout().flush().map_err(|error| error.to_string())?;
    // Whoever asked for the shop has gone, or wants no more.
    let _ = stdin().lock().lines().last();
    runtime.block_on(running.stop());
    drop(telemetry);
    Ok(())
}

fn installed(build: &str, folder: &Path) -> Result<Box<dyn Any>, String> {
    let said = |error: rheostat::InitError| error.to_string();
    match build {
        "none" | "none again" => Ok(Box::new(())),
        "empty" => {
            let built = rheostat::builder().policy_text("version = 1").init();
            Ok(Box::new(built.map_err(said)?))
        }
        "full" => {
            let text =
                std::fs::read_to_string(POLICY).map_err(|error| format!("{POLICY}: {error}"))?;
            let text = text.replace("${OUT}", &folder.display().to_string());
            let built = rheostat::builder().policy_text(text).init();
            Ok(Box::new(built.map_err(said)?))
        }
        "peer" => peer(folder),
        other => Err(format!("no build of the service is called `{other}`")),
    }
}

/// Takes spans and forgets them: cheaper than any exporter that is of use.
#[derive(Debug)]
struct Discard;

impl SpanExporter for Discard {
    async fn export(&self, _spans: Vec<SpanData>) -> OTelSdkResult {
        Ok(())
    }
}

fn peer(folder: &Path) -> Result<Box<dyn Any>, String> {
    let provider = SdkTracerProvider::builder()
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(
            0.05,
        ))))
        .with_batch_exporter(Discard)
        .build();
    let file = tracing_appender::rolling::never(folder, "log.jsonl");
    let (writer, worker) = tracing_appender::non_blocking(file);
    let lines = tracing_subscriber::fmt::layer().json().with_writer(writer);
    let spans = tracing_opentelemetry::layer().with_tracer(provider.tracer("shop"));
    let kept = || EnvFilter::new(KEPT);
    global(
        tracing_subscriber::registry()
            .with(lines.with_filter(kept()))
            .with(spans.with_filter(kept())),
    );
    Ok(Box::new((provider, worker)))
}

/// Makes visits, and answers with one line of JSON.
///
/// # Errors
///
/// A word that is no number, a run that could not be made, or visits without an answer.
pub(crate) fn load(address: &str, visits: &str, seed: &str) -> Result<(), String> {
    let number = |word: &str| {
        word.parse()
            .map_err(|_| format!("`{word}` is not a number"))
    };
    let arguments = Arguments {
        to: address.to_owned(),
        visits: number(visits)?,
        seed: number(seed)?,
        no_waits: true,
        ..Arguments::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let report = runtime
        .block_on(shop::load::run(&arguments))
        .map_err(|error| error.to_string())?;
    if let Some(failure) = report.failures.first() {
        return Err(format!("a visit was cut short: {failure}"));
    }
    let (rate, latency) = (report.answered as f64 / report.seconds, report.latency);
    println!(
        "{} {rate} {} {}",
        report.answered,
        latency.p50 * 1e3,
        latency.p99 * 1e3
    );
    Ok(())
}
