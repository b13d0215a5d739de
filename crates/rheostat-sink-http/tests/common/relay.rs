//! A relay before a server: it passes requests on, keeps what the server took, and goes wrong as asked.

use std::io::{self, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

const MOMENT: Duration = Duration::from_millis(2);

/// What becomes of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It is passed on.
    #[default]
    Pass,
    /// It is read, and nothing more happens until the mode is another one.
    Hang,
    /// It is answered with this, head and all, and not passed on.
    Answer(String),
    /// A part of it is read, and the connection is reset.
    ResetMidBody,
    /// It is passed on, and the connection is reset before the answer.
    ResetBeforeAnswer,
    /// It is passed on, and the answer comes byte by byte.
    Drip(Duration),
}

/// A request that the server took.
#[derive(Clone, Debug)]
pub struct Taken {
    pub head: String,
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

/// The relay. Requests that ask for something (`GET`, small bodies) go wrong like any other.
pub struct Relay {
    pub address: String,
    shared: Arc<Shared>,
    accepting: Option<(Arc<AtomicBool>, JoinHandle<()>)>,
}

impl Relay {
    /// Before a server at this address.
    pub fn before(upstream: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let mut relay = Self {
            address: free.expect("a port is free").to_string(),
            shared: Arc::new(Shared {
                upstream: upstream.to_owned(),
                ..Shared::default()
            }),
            accepting: None,
        };
        relay.come_back();
        relay
    }

    /// What becomes of requests from now on, also of those that hang.
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

    /// Nobody can be reached from now on.
    pub fn leave(&mut self) {
        if let Some((gone, accepting)) = self.accepting.take() {
            gone.store(true, Ordering::Relaxed);
            accepting.join().expect("the relay does not panic");
        }
    }

    /// It is there again, at the same place.
    pub fn come_back(&mut self) {
        let listener = TcpListener::bind(&self.address).expect("the port is still free");
        let nonblocking = listener.set_nonblocking(true);
        nonblocking.expect("a listener can be asked");
        let gone = Arc::new(AtomicBool::new(false));
        let (shared, seen) = (self.shared.clone(), gone.clone());
        let accepting = std::thread::spawn(move || accept(&listener, &shared, &seen));
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

fn accept(listener: &TcpListener, shared: &Arc<Shared>, gone: &Arc<AtomicBool>) {
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
        // A connection that breaks is what many tests are about.
        std::thread::spawn(move || drop(serve(&stream, &shared, &gone)));
    }
    for stream in open {
        let _closed_already = stream.shutdown(Shutdown::Both);
    }
}

fn serve(client: &TcpStream, shared: &Shared, gone: &AtomicBool) -> io::Result<()> {
    let mut reader = BufReader::new(client);
    loop {
        let head = head(&mut reader)?;
        if head.is_empty() {
            return Ok(());
        }
        shared.seen.fetch_add(1, Ordering::Relaxed);
        let mut body = vec![0; length(&head)];
        if *lock(&shared.mode) == Mode::ResetMidBody {
            let part = body.len() / 2;
            reader.read_exact(&mut body[..part])?;
            return client.shutdown(Shutdown::Both);
        }
        reader.read_exact(&mut body)?;
        while *lock(&shared.mode) == Mode::Hang && !gone.load(Ordering::Relaxed) {
            std::thread::sleep(MOMENT);
        }
        let mode = lock(&shared.mode).clone();
        if let Mode::Answer(answer) = &mode {
            (&*client).write_all(answer.as_bytes())?;
            continue;
        }
        let (status, answer) = pass(&shared.upstream, &head, &body)?;
        if (200..300).contains(&status) {
            lock(&shared.taken).push(Taken { head, body });
        }
        match mode {
            Mode::ResetBeforeAnswer => return client.shutdown(Shutdown::Both),
            Mode::Drip(every) => {
                for byte in answer {
                    (&*client).write_all(&[byte])?;
                    std::thread::sleep(every);
                }
            }
            _ => (&*client).write_all(&answer)?,
        }
    }
}

/// Passes a request on over a connection of its own, and gives the whole answer.
fn pass(upstream: &str, head: &str, body: &[u8]) -> io::Result<(u16, Vec<u8>)> {
    let mut server = TcpStream::connect(upstream)?;
    server.write_all(head.as_bytes())?;
    server.write_all(body)?;
    let mut reader = BufReader::new(server);
    let mut answer = self::head(&mut reader)?;
    let status = answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let status = status.unwrap_or(0);
    let mut body = Vec::new();
    if answer.to_lowercase().contains("transfer-encoding: chunked") {
        while let Some(size) = chunk(&mut reader, &mut body)? {
            debug_assert!(size > 0);
        }
        answer = answer.replace(
            "Transfer-Encoding: chunked",
            &format!("Content-Length: {}", body.len()),
        );
    } else if status != 204 {
        body = vec![0; length(&answer)];
        reader.read_exact(&mut body)?;
    }
    let mut all = answer.into_bytes();
    all.extend(body);
    Ok((status, all))
}

fn chunk(reader: &mut impl io::BufRead, body: &mut Vec<u8>) -> io::Result<Option<usize>> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let size = usize::from_str_radix(line.trim(), 16).map_err(|_| io::ErrorKind::InvalidData)?;
    let start = body.len();
    body.resize(start + size, 0);
    reader.read_exact(&mut body[start..])?;
    reader.read_line(&mut String::new())?;
    Ok((size > 0).then_some(size))
}

/// All up to and with the empty line; empty where the connection ended.
fn head(reader: &mut impl io::BufRead) -> io::Result<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(String::new());
        }
    }
    Ok(head)
}

fn length(head: &str) -> usize {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let mut found = lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    found
        .next()
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(0)
}
