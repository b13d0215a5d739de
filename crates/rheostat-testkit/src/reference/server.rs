//! The server: what it took, and how it goes wrong.

use std::collections::HashSet;
use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::fault::Fault;
use super::serve::serve;
use crate::contract::Peer;

/// A server for sinks of type `reference`, on a port of its own.
#[derive(Debug)]
pub struct ReferenceServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: Option<Listening>,
}

/// What the server took.
#[derive(Clone, Debug, Default)]
pub struct Took {
    /// The `number` fields, in order of their first arrival.
    pub numbers: Vec<u64>,
    /// The first thousand records as JSON, in the same order.
    pub lines: Vec<String>,
    /// How many records came that it had already, told by their ids.
    pub repeats: u64,
    /// What it was told of records that went missing, as JSON.
    pub gaps: Vec<String>,
    /// Points of metrics, a line each.
    pub points: Vec<String>,
    /// How many requests with records came.
    pub requests: u64,
    pub(super) ids: HashSet<String>,
}

#[derive(Debug, Default)]
pub(super) struct Shared {
    fault: Mutex<Fault>,
    pub(super) took: Mutex<Took>,
    connections: Mutex<Vec<TcpStream>>,
    /// The server has left.
    pub(super) gone: AtomicBool,
}

#[derive(Debug)]
struct Listening {
    thread: JoinHandle<()>,
}

impl Shared {
    pub(super) fn fault(&self) -> Fault {
        *lock(&self.fault)
    }
}

impl ReferenceServer {
    /// A server that takes everything.
    ///
    /// # Panics
    ///
    /// If this machine gives no port.
    pub fn start() -> Self {
        let mut server = Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            shared: Arc::default(),
            listening: None,
        };
        server.listen().expect("a local port can be listened on");
        server
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Goes wrong like this from now on.
    pub fn fault(&self, fault: Fault) {
        *lock(&self.shared.fault) = fault;
    }

    /// What it took so far.
    pub fn took(&self) -> Took {
        lock(&self.shared.took).clone()
    }

    /// How many different records it took so far.
    pub fn count(&self) -> usize {
        lock(&self.shared.took).numbers.len()
    }

    fn listen(&mut self) -> io::Result<()> {
        let listener = TcpListener::bind(self.address)?;
        self.address = listener.local_addr()?;
        self.shared.gone.store(false, Ordering::Release);
        let shared = self.shared.clone();
        let thread = std::thread::spawn(move || accept(&listener, &shared));
        self.listening = Some(Listening { thread });
        Ok(())
    }

    fn stop(&mut self) {
        self.shared.gone.store(true, Ordering::Release);
        for connection in lock(&self.shared.connections).drain(..) {
            // One that is closed already needs no closing.
            let _either_way = connection.shutdown(Shutdown::Both);
        }
        if let Some(listening) = self.listening.take() {
            // Wakes the thread, which sees then that it is to end.
            drop(TcpStream::connect(self.address));
            let _ended = listening.thread.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.gone.load(Ordering::Acquire) {
            return;
        }
        let Ok(stream) = stream else { continue };
        if let Ok(copy) = stream.try_clone() {
            lock(&shared.connections).push(copy);
        }
        let shared = shared.clone();
        std::thread::spawn(move || {
            // A connection that breaks is what this is about.
            let _ended = serve(&stream, &shared);
            let _closed = stream.shutdown(Shutdown::Both);
        });
    }
}

impl Drop for ReferenceServer {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Peer for ReferenceServer {
    fn keys(&self) -> String {
        format!("type = 'reference'\naddress = '{}'", self.address)
    }

    fn arrived(&mut self) -> Vec<u64> {
        self.took().numbers
    }

    fn stall(&mut self) {
        self.fault(Fault::Hang);
    }

    fn resume(&mut self) {
        self.fault(Fault::None);
    }

    fn leave(&mut self) {
        self.stop();
    }

    fn come_back(&mut self) {
        // The port may be in use by the connections that just closed.
        let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while let Err(error) = self.listen() {
            assert!(
                std::time::Instant::now() < until,
                "cannot come back: {error}"
            );
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
