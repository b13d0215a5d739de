//! Peers that write lines.

use std::any::Any;

use tracing_subscriber::layer::SubscriberExt;

use crate::cases::{Case, calls, case, global};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("stream", "fmt json", fmt_json, calls::record),
        case(
            "stream",
            "fmt json, non_blocking",
            fmt_json_elsewhere,
            calls::record,
        ),
    ]
}

fn fmt_json() -> Box<dyn Any> {
    let layer = tracing_subscriber::fmt::layer()
        .json()
        .with_writer(std::io::sink);
    global(tracing_subscriber::registry().with(layer))
}

fn fmt_json_elsewhere() -> Box<dyn Any> {
    let (writer, guard) = tracing_appender::non_blocking(std::io::sink());
    let layer = tracing_subscriber::fmt::layer().json().with_writer(writer);
    global(tracing_subscriber::registry().with(layer));
    Box::new(guard)
}
