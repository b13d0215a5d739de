//! The reading end of a datagram socket, which stalls, leaves and comes back when it is told to.

use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use rheostat_testkit::contract::{MetricsPeer, Peer};
use tempfile::TempDir;

/// How long a read takes at most.
const MOMENT: Duration = Duration::from_millis(2);

/// A reader of datagrams with a record each.
pub(crate) struct DatagramPeer {
    ty: &'static str,
    numbers: Arc<Mutex<Vec<u64>>>,
    stalled: Arc<AtomicBool>,
    reader: Option<(Arc<AtomicBool>, JoinHandle<()>)>,
    folder: TempDir,
}

impl DatagramPeer {
    /// Of sinks of this type, which has a key `path`.
    pub(crate) fn new(ty: &'static str) -> Self {
        let mut peer = Self {
            ty,
            numbers: Arc::default(),
            stalled: Arc::default(),
            reader: None,
            folder: TempDir::new().expect("a folder can be made"),
        };
        Peer::come_back(&mut peer);
        peer
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("socket")
    }
}

impl Peer for DatagramPeer {
    fn keys(&self) -> String {
        format!("type = '{}'\npath = '{}'", self.ty, self.path().display())
    }

    fn arrived(&mut self) -> Vec<u64> {
        let numbers = self.numbers.lock().expect("the reader does not panic");
        numbers.clone()
    }

    fn stall(&mut self) {
        self.stalled.store(true, Ordering::Relaxed);
    }

    fn resume(&mut self) {
        self.stalled.store(false, Ordering::Relaxed);
    }

    fn leave(&mut self) {
        if let Some((gone, reader)) = self.reader.take() {
            gone.store(true, Ordering::Relaxed);
            reader.join().expect("the reader does not panic");
        }
        std::fs::remove_file(self.path()).expect("the socket is there");
    }

    fn come_back(&mut self) {
        let socket = UnixDatagram::bind(self.path()).expect("a socket can be bound");
        let limited = socket.set_read_timeout(Some(MOMENT));
        limited.expect("a read can be limited");
        let gone = Arc::new(AtomicBool::new(false));
        let (numbers, stalled, seen) = (self.numbers.clone(), self.stalled.clone(), gone.clone());
        let reader = std::thread::spawn(move || {
            let mut room = vec![0; 1 << 20];
            while !seen.load(Ordering::Relaxed) {
                if stalled.load(Ordering::Relaxed) {
                    std::thread::sleep(MOMENT);
                } else if let Ok(read) = socket.recv(&mut room) {
                    let text = String::from_utf8_lossy(&room[..read]);
                    let number = super::number_of(&text).or_else(|| counted_in(&text));
                    numbers
                        .lock()
                        .expect("nobody panics with it")
                        .extend(number);
                }
            }
        });
        self.reader = Some((gone, reader));
    }
}

impl Drop for DatagramPeer {
    fn drop(&mut self) {
        if let Some((gone, _)) = &self.reader {
            gone.store(true, Ordering::Relaxed);
        }
    }
}

/// What a datagram of StatsD adds to the counter of the contract.
fn counted_in(text: &str) -> Option<u64> {
    let mut lines = text.lines();
    let count = lines.find_map(|line| line.strip_prefix("contract_total:")?.strip_suffix("|c"));
    count?.parse().ok()
}

impl MetricsPeer for DatagramPeer {
    fn keys(&self) -> String {
        Peer::keys(self)
    }

    fn counted(&mut self) -> u64 {
        self.arrived().iter().sum()
    }

    fn leave(&mut self) {
        Peer::leave(self);
    }

    fn come_back(&mut self) {
        Peer::come_back(self);
    }
}
