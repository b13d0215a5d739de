//! A relay before a server, which spoils what goes through it and goes away as asked.
//!
//! [`Relay::http`] knows requests from answers, and keeps those that the server
//! took. [`Relay::bytes`] knows nothing but who speaks: it is for all else
//! that runs over TCP.

mod bytes;
mod http;

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::real::eventually;

const MOMENT: Duration = Duration::from_millis(2);

/// What becomes of what goes through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It is passed on.
    #[default]
    Pass,
    /// It waits until the mode is another one.
    Hang,
    /// HTTP: a request is answered with this, head and all, and not passed on.
    Answer(String),
    /// HTTP: a part of a request is read. Bytes: whatever comes next is passed on by half. Then the connection is reset.
    ResetMidBody,
    /// It is passed on, and the connection is reset with the first of the answer.
    ResetBeforeAnswer,
    /// Bytes: the server hears, and what it says is thrown away.
    Deaf,
    /// It is passed on, and the answer comes byte by byte.
    Drip(Duration),
    /// Bytes: what goes to the server goes byte by byte.
    Trickle(Duration),
    /// HTTP: a request with a larger body is answered with 413 and not passed on.
    TooLarge(usize),
}

/// A request that a server took.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Request line and headers.
    pub head: String,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Taken {
    /// What stands behind the method.
    pub fn path(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }
}

#[derive(Default)]
struct Shared {
    upstream: String,
    mode: Mutex<Mode>,
    taken: Mutex<Vec<Taken>>,
    seen: AtomicU64,
    connections: AtomicU64,
}

impl Shared {
    fn mode(&self) -> Mode {
        lock(&self.mode).clone()
    }

    /// Waits for as long as the mode is to hang.
    fn hang(&self, gone: &AtomicBool) {
        while *lock(&self.mode) == Mode::Hang && !gone.load(Ordering::Relaxed) {
            std::thread::sleep(MOMENT);
        }
    }
}

/// How one connection is served. It gives those of its own to close when the relay leaves.
type Serve = fn(&TcpStream, &Arc<Shared>, &Arc<AtomicBool>) -> io::Result<()>;

/// The relay, on a port of its own.
pub struct Relay {
    /// Host and port of its own.
    pub address: String,
    serve: Serve,
    shared: Arc<Shared>,
    accepting: Option<(Arc<AtomicBool>, JoinHandle<()>)>,
}

impl Relay {
    /// Before a server of HTTP at this address. Requests that ask for something go wrong like any other.
    ///
    /// # Panics
    ///
    /// Where no port is free.
    pub fn http(upstream: &str) -> Self {
        Self::before(upstream, http::serve)
    }

    /// Before any server at this address.
    ///
    /// # Panics
    ///
    /// Where no port is free.
    pub fn bytes(upstream: &str) -> Self {
        Self::before(upstream, bytes::serve)
    }

    fn before(upstream: &str, serve: Serve) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let mut relay = Self {
            address: free.expect("a port is free").to_string(),
            serve,
            shared: Arc::new(Shared {
                upstream: upstream.to_owned(),
                ..Shared::default()
            }),
            accepting: None,
        };
        relay.come_back();
        relay
    }

    /// What becomes of everything from now on, also of what hangs.
    pub fn set(&self, mode: Mode) {
        *lock(&self.shared.mode) = mode;
    }

    /// The requests that the server took so far.
    pub fn taken(&self) -> Vec<Taken> {
        lock(&self.shared.taken).clone()
    }

    /// How many requests came, whatever became of them.
    pub fn seen(&self) -> u64 {
        self.shared.seen.load(Ordering::Relaxed)
    }

    /// How many connections were made.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// Resets all connections; nobody can be reached from now on.
    ///
    /// # Panics
    ///
    /// Where the relay did.
    pub fn leave(&mut self) {
        if let Some((gone, accepting)) = self.accepting.take() {
            gone.store(true, Ordering::Relaxed);
            accepting.join().expect("the relay does not panic");
        }
    }

    /// It is there again, at the same place.
    ///
    /// # Panics
    ///
    /// Where somebody else took the place.
    pub fn come_back(&mut self) {
        let mut listening = None;
        eventually("the relay's port is free", || {
            listening = TcpListener::bind(&self.address).ok();
            listening.is_some()
        });
        let listener = listening.expect("it listens");
        let nonblocking = listener.set_nonblocking(true);
        nonblocking.expect("a listener can be asked");
        let gone = Arc::new(AtomicBool::new(false));
        let (serve, shared, seen) = (self.serve, self.shared.clone(), gone.clone());
        let accepting = std::thread::spawn(move || accept(&listener, serve, &shared, &seen));
        self.accepting = Some((gone, accepting));
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.leave();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn accept(listener: &TcpListener, serve: Serve, shared: &Arc<Shared>, gone: &Arc<AtomicBool>) {
    let mut open: Vec<TcpStream> = Vec::new();
    while !gone.load(Ordering::Relaxed) {
        let Ok((stream, _)) = listener.accept() else {
            std::thread::sleep(MOMENT);
            continue;
        };
        shared.connections.fetch_add(1, Ordering::Relaxed);
        let copy = stream
            .set_nonblocking(false)
            .and_then(|()| stream.try_clone());
        open.extend(copy);
        let (shared, gone) = (shared.clone(), gone.clone());
        std::thread::spawn(move || {
            // A connection that breaks is what many tests are about.
            let _ended = serve(&stream, &shared, &gone);
            let _closed_already = stream.shutdown(Shutdown::Both);
        });
    }
    for stream in open {
        let _closed_already = stream.shutdown(Shutdown::Both);
    }
}
