//! The reading end of a socket, which stalls, leaves and comes back when it is told to.

use std::io::{ErrorKind, Read};
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use rheostat_testkit::contract::Peer;
use tempfile::TempDir;

/// How long a read or a look at the flags takes at most.
const MOMENT: Duration = Duration::from_millis(2);

/// Where it listens.
#[derive(Clone)]
enum Address {
    Unix(PathBuf),
    Tcp(String),
    Syslog(String),
}

/// A reader of lines.
pub(crate) struct SocketPeer {
    address: Address,
    numbers: Arc<Mutex<Vec<u64>>>,
    stalled: Arc<AtomicBool>,
    reader: Option<(Arc<AtomicBool>, JoinHandle<()>)>,
    _folder: TempDir,
}

impl SocketPeer {
    pub(crate) fn unix() -> Self {
        let folder = TempDir::new().expect("a folder can be made");
        Self::at(Address::Unix(folder.path().join("socket")), folder)
    }

    pub(crate) fn tcp() -> Self {
        let folder = TempDir::new().expect("a folder can be made");
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        Self::at(
            Address::Tcp(free.expect("a port is free").to_string()),
            folder,
        )
    }

    pub(crate) fn syslog() -> Self {
        let mut peer = Self::tcp();
        if let Address::Tcp(address) = peer.address.clone() {
            peer.address = Address::Syslog(address);
        }
        peer.leave();
        peer.come_back();
        peer
    }

    fn at(address: Address, folder: TempDir) -> Self {
        let mut peer = Self {
            address,
            numbers: Arc::default(),
            stalled: Arc::default(),
            reader: None,
            _folder: folder,
        };
        peer.come_back();
        peer
    }
}

impl Peer for SocketPeer {
    fn keys(&self) -> String {
        match &self.address {
            Address::Unix(path) => format!("type = 'unix'\npath = '{}'", path.display()),
            Address::Tcp(address) => format!("type = 'tcp'\naddress = '{address}'"),
            Address::Syslog(address) => {
                format!("type = 'syslog'\naddress = '{address}'\nprotocol = 'tcp'")
            }
        }
    }

    fn arrived(&mut self) -> Vec<u64> {
        self.numbers
            .lock()
            .expect("the reader does not panic")
            .clone()
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
        if let Address::Unix(path) = &self.address {
            std::fs::remove_file(path).expect("the socket is there");
        }
    }

    fn come_back(&mut self) {
        let gone = Arc::new(AtomicBool::new(false));
        let reading = Reading {
            numbers: self.numbers.clone(),
            stalled: self.stalled.clone(),
            gone: gone.clone(),
            counted: matches!(self.address, Address::Syslog(_)),
        };
        let reader = match &self.address {
            Address::Unix(path) => {
                let listener = UnixListener::bind(path).expect("a socket can be bound");
                listener
                    .set_nonblocking(true)
                    .expect("a listener can be asked");
                std::thread::spawn(move || {
                    reading.serve(|| {
                        let (connection, _) = listener.accept()?;
                        connection.set_nonblocking(true).map(|()| connection)
                    });
                })
            }
            Address::Tcp(address) | Address::Syslog(address) => {
                let listener = TcpListener::bind(address).expect("the port is still free");
                listener
                    .set_nonblocking(true)
                    .expect("a listener can be asked");
                std::thread::spawn(move || {
                    reading.serve(|| {
                        let (connection, _) = listener.accept()?;
                        connection.set_nonblocking(true).map(|()| connection)
                    });
                })
            }
        };
        self.reader = Some((gone, reader));
    }
}

impl Drop for SocketPeer {
    fn drop(&mut self) {
        if let Some((gone, _)) = &self.reader {
            gone.store(true, Ordering::Relaxed);
        }
    }
}

/// What the reader's thread works with.
struct Reading {
    numbers: Arc<Mutex<Vec<u64>>>,
    stalled: Arc<AtomicBool>,
    gone: Arc<AtomicBool>,
    /// Whether a record has its length before it, in place of a line feed behind it.
    counted: bool,
}

impl Reading {
    /// Takes one connection after another, until it is to go.
    fn serve<C: Read>(&self, accept: impl Fn() -> std::io::Result<C>) {
        while !self.gone.load(Ordering::Relaxed) {
            match accept() {
                Ok(connection) => self.read(connection),
                Err(_) => std::thread::sleep(MOMENT),
            }
        }
    }

    fn read(&self, mut connection: impl Read) {
        let mut line = Vec::new();
        let mut some = [0; 4096];
        while !self.gone.load(Ordering::Relaxed) {
            if self.stalled.load(Ordering::Relaxed) {
                std::thread::sleep(MOMENT);
                continue;
            }
            match connection.read(&mut some) {
                Ok(0) => return,
                Ok(read) => self.take(&some[..read], &mut line),
                Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::sleep(MOMENT),
                Err(_) => return,
            }
        }
    }

    fn take(&self, bytes: &[u8], line: &mut Vec<u8>) {
        if self.counted {
            line.extend_from_slice(bytes);
            while let Some(record) = first_counted(line) {
                let number = super::number_of(&String::from_utf8_lossy(&record));
                self.numbers
                    .lock()
                    .expect("nobody panics with it")
                    .extend(number);
            }
            return;
        }
        for byte in bytes {
            if *byte == b'\n' {
                let number = super::number_of(&String::from_utf8_lossy(line));
                self.numbers
                    .lock()
                    .expect("nobody panics with it")
                    .extend(number);
                line.clear();
            } else {
                line.push(*byte);
            }
        }
    }
}

/// Takes the first record off, if it is whole.
fn first_counted(bytes: &mut Vec<u8>) -> Option<Vec<u8>> {
    let space = bytes.iter().position(|byte| *byte == b' ')?;
    let length = std::str::from_utf8(&bytes[..space]).ok();
    let length: usize = length
        .and_then(|length| length.parse().ok())
        .expect("a record begins with its length");
    let end = space + 1 + length;
    if bytes.len() < end {
        return None;
    }
    let record = bytes[space + 1..end].to_vec();
    bytes.drain(..end);
    Some(record)
}
