//! What was measured on, and how busy it was.

use std::process::Command;

/// Processor, threads, compiler, and the load of the last minute.
pub(crate) fn shown() -> String {
    let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("an unknown processor", |(_, model)| model);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let rustc = Command::new("rustc").arg("-V").output();
    let rustc = rustc.map_or_else(
        |_| "an unknown rustc".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    );
    format!("{model}, {threads} hardware threads, {rustc}, {}", load())
}

/// How many threads ran or wanted to, on average over the last minute.
pub(crate) fn load() -> String {
    let averages = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let last = averages.split(' ').next().unwrap_or("unknown");
    format!("load {last}")
}
