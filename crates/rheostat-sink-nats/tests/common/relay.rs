//! A relay of bytes before a server, which stops, swallows answers, and goes away as asked.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

const MOMENT: Duration = Duration::from_millis(2);

/// Everything goes through.
pub const PASS: u8 = 0;
/// Nothing does.
pub const STOP: u8 = 1;
/// The server hears, and what it says is thrown away.
pub const DEAF: u8 = 2;
/// One byte at a time, with a moment between them, of what the server says.
pub const DRIP: u8 = 3;

pub struct Relay {
    pub address: String,
    upstream: String,
    mode: Arc<AtomicU8>,
    connections: Arc<AtomicU64>,
    accepting: Option<(Arc<AtomicBool>, JoinHandle<()>)>,
}

impl Relay {
    pub fn before(upstream: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let mut relay = Self {
            address: free.expect("a port is free").to_string(),
            upstream: upstream.to_owned(),
            mode: Arc::default(),
            connections: Arc::default(),
            accepting: None,
        };
        relay.come_back();
        relay
    }

    pub fn set(&self, mode: u8) {
        self.mode.store(mode, Ordering::Relaxed);
    }

    /// How many connections were made.
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// Resets all connections; nobody can be reached from now on.
    pub fn leave(&mut self) {
        if let Some((gone, accepting)) = self.accepting.take() {
            gone.store(true, Ordering::Relaxed);
            accepting.join().expect("the relay does not panic");
        }
    }

    /// It is there again, at the same place.
    pub fn come_back(&mut self) {
        let listener = TcpListener::bind(&self.address).expect("the port is still free");
        listener
            .set_nonblocking(true)
            .expect("a listener can be asked");
        let gone = Arc::new(AtomicBool::new(false));
        let (upstream, mode, seen) = (self.upstream.clone(), self.mode.clone(), gone.clone());
        let connections = self.connections.clone();
        let accepting = std::thread::spawn(move || {
            let mut open = Vec::new();
            while !seen.load(Ordering::Relaxed) {
                let Ok((client, _)) = listener.accept() else {
                    std::thread::sleep(MOMENT);
                    continue;
                };
                connections.fetch_add(1, Ordering::Relaxed);
                let _blocking = client.set_nonblocking(false);
                if let Ok(server) = TcpStream::connect(&upstream) {
                    carry(&client, &server, &mode, &seen, false);
                    carry(&server, &client, &mode, &seen, true);
                    open.extend([client, server]);
                }
            }
            for stream in open {
                let _closed_already = stream.shutdown(Shutdown::Both);
            }
        });
        self.accepting = Some((gone, accepting));
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Carries bytes one way, on a thread that ends with the connection.
fn carry(
    from: &TcpStream,
    to: &TcpStream,
    mode: &Arc<AtomicU8>,
    gone: &Arc<AtomicBool>,
    is_answer: bool,
) {
    let (Ok(mut from), Ok(mut to)) = (from.try_clone(), to.try_clone()) else {
        return;
    };
    let (mode, gone) = (mode.clone(), gone.clone());
    std::thread::spawn(move || {
        let mut room = [0; 16 * 1024];
        loop {
            while mode.load(Ordering::Relaxed) == STOP && !gone.load(Ordering::Relaxed) {
                std::thread::sleep(MOMENT);
            }
            let read = from.read(&mut room).unwrap_or(0);
            if read == 0 {
                let _closed_already = to.shutdown(Shutdown::Both);
                return;
            }
            // What was read while it stopped waits as well.
            while mode.load(Ordering::Relaxed) == STOP && !gone.load(Ordering::Relaxed) {
                std::thread::sleep(MOMENT);
            }
            let written = match mode.load(Ordering::Relaxed) {
                DEAF if is_answer => Ok(()),
                DRIP if is_answer => room[..read].iter().try_for_each(|byte| {
                    std::thread::sleep(Duration::from_micros(100));
                    to.write_all(&[*byte])
                }),
                _ => to.write_all(&room[..read]),
            };
            if written.is_err() {
                let _closed_already = from.shutdown(Shutdown::Both);
                return;
            }
        }
    });
}
