//! Readers of ours.

use std::path::PathBuf;
use std::process::Command;

use rheostat_testkit::real::{Running, free_port};
use tempfile::TempDir;

use crate::peer::number_in;
use crate::place::Place;

/// Where a reader reads, and what for.
pub(crate) struct Reader {
    running: Running,
    kind: &'static str,
    sink: &'static str,
    place: String,
}

impl Reader {
    /// One that reads at a place of the caller's choice, or of its own.
    pub(crate) fn start(kind: &'static str, sink: &'static str, place: Option<String>) -> Self {
        let folder = TempDir::new().expect("a folder can be made");
        let place = place.unwrap_or_else(|| match kind {
            "tcp" | "udp" => format!("127.0.0.1:{}", free_port()),
            _ => folder.path().join("socket").display().to_string(),
        });
        if kind == "pipe" {
            let made = rustix::fs::mknodat(
                rustix::fs::CWD,
                place.as_str(),
                rustix::fs::FileType::Fifo,
                rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
                0,
            );
            made.expect("a pipe can be made");
        }
        let this = crate::run::this();
        let mut command = Command::new(this);
        command.args(["peer", kind, &place]).arg(folder.path());
        let ready = folder.path().join("ready");
        let running = Running::start(place.clone(), command, folder, move || ready.exists());
        Self {
            running,
            kind,
            sink,
            place,
        }
    }

    /// What it wrote down.
    pub(crate) fn notes(&self) -> String {
        let text = std::fs::read_to_string(self.running.file("arrived")).unwrap_or_default();
        // The last line may be half written.
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        text[..whole].to_owned()
    }
}

fn reader(kind: &'static str, sink: &'static str) -> Box<dyn Place> {
    Box::new(Reader::start(kind, sink, None))
}

pub(crate) fn tcp() -> Box<dyn Place> {
    reader("tcp", "tcp")
}

pub(crate) fn unix() -> Box<dyn Place> {
    reader("unix", "unix")
}

pub(crate) fn udp() -> Box<dyn Place> {
    reader("udp", "udp")
}

pub(crate) fn statsd_udp() -> Box<dyn Place> {
    reader("udp", "statsd")
}

pub(crate) fn statsd_unix() -> Box<dyn Place> {
    reader("unixgram", "statsd")
}

pub(crate) fn standard_output() -> Box<dyn Place> {
    reader("pipe", "stdout")
}

impl Place for Reader {
    fn address(&self) -> Option<String> {
        matches!(self.kind, "tcp" | "udp").then(|| self.place.clone())
    }

    fn keys(&self, at: &str) -> String {
        match self.kind {
            "pipe" => format!("type = '{}'\nformat = 'json'", self.sink),
            "tcp" | "udp" => format!("type = '{}'\naddress = '{at}'", self.sink),
            _ => format!("type = '{}'\npath = '{}'", self.sink, self.place),
        }
    }

    fn server(&mut self) -> Option<&mut Running> {
        Some(&mut self.running)
    }

    fn arrived(&mut self) -> Vec<u64> {
        self.notes()
            .lines()
            .filter_map(|line| line.parse().ok())
            .collect()
    }

    /// `faults_total.run.7:12|c`: so many more.
    fn counted(&mut self, run: u64) -> u64 {
        let start = format!("faults_total.run.{run}:");
        let notes = self.notes();
        let of = |line: &str| {
            line.strip_prefix(&start)?
                .strip_suffix("|c")?
                .parse::<u64>()
                .ok()
        };
        notes.lines().filter_map(of).sum()
    }

    fn standard_output(&self) -> Option<PathBuf> {
        (self.kind == "pipe").then(|| PathBuf::from(&self.place))
    }

    fn thrown_away(&self) -> u64 {
        if self.kind == "udp" {
            thrown_away(&self.place)
        } else {
            0
        }
    }
}

/// What the system threw away of what it took for a UDP socket.
pub(crate) fn thrown_away(address: &str) -> u64 {
    let port = address
        .rsplit_once(':')
        .and_then(|(_, port)| port.parse::<u16>().ok());
    let local = format!("0100007F:{:04X}", port.unwrap_or(0));
    let sockets = std::fs::read_to_string("/proc/net/udp").unwrap_or_default();
    let mut lines = sockets.lines().map(|line| line.split_whitespace());
    let found = lines.find(|words| words.clone().nth(1) == Some(&*local));
    found
        .and_then(|words| words.last()?.parse().ok())
        .unwrap_or(0)
}

/// The numbers in lines of any format.
pub(crate) fn numbers(text: &str) -> Vec<u64> {
    text.lines().filter_map(number_in).collect()
}
