//! The shop as a program: one line of Rheostat, then business.
#![allow(
    clippy::print_stdout,
    reason = "the start-up message is this program's output"
)]

use std::error::Error;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use shop::{Banner, Running, Settings};

fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_env()?;
    std::fs::create_dir_all(&settings.out)?;
    let telemetry = rheostat::init(&settings.policy)?;
    let metrics = telemetry.handle().metrics_address();
    tokio::runtime::Runtime::new()?.block_on(open(&settings, metrics))
}

async fn open(
    settings: &Settings,
    metrics: Option<std::net::SocketAddr>,
) -> Result<(), Box<dyn Error>> {
    let running = Running::start(settings).await?;
    let banner = Banner {
        shop: running.address(),
        metrics,
        policy: &settings.policy,
        out: &settings.out,
    };
    // Asked once before anybody is told of Ctrl-C: the first poll is what installs the handler.
    let mut interrupt = pin!(tokio::signal::ctrl_c());
    if poll_fn(|context| Poll::Ready(interrupt.as_mut().poll(context).is_pending())).await {
        println!("{banner}");
        interrupt.await?;
    }
    running.stop().await;
    Ok(())
}
