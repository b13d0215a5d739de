//! A peer that reads lines, and can be told to stop, to go away and to come back.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// Reads what connects to it.
pub struct Reader {
    seen: Arc<Mutex<Vec<String>>>,
    stopped: Arc<AtomicBool>,
    gone: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

trait Shut {
    fn shut(&self);
}

impl Shut for std::net::TcpStream {
    fn shut(&self) {
        self.set_read_timeout(Some(std::time::Duration::from_millis(5)))
            .expect("a timeout");
    }
}

impl Shut for std::os::unix::net::UnixStream {
    fn shut(&self) {
        self.set_read_timeout(Some(std::time::Duration::from_millis(5)))
            .expect("a timeout");
    }
}

impl Reader {
    /// Listens on a port of the system's choice, or on the one given.
    pub fn tcp(address: &str) -> (Self, String) {
        let listener = TcpListener::bind(address).expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        listener.set_nonblocking(true).expect("flags");
        (Self::of(Listener::Tcp(listener)), address)
    }

    pub fn unix(path: &Path) -> Self {
        let listener = UnixListener::bind(path).expect("a socket");
        listener.set_nonblocking(true).expect("flags");
        Self::of(Listener::Unix(listener))
    }

    fn of(listener: Listener) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let stopped = Arc::new(AtomicBool::new(false));
        let gone = Arc::new(AtomicBool::new(false));
        let thread = {
            let (seen, stopped, gone) = (seen.clone(), stopped.clone(), gone.clone());
            std::thread::spawn(move || {
                while !gone.load(Ordering::Relaxed) {
                    match &listener {
                        Listener::Tcp(listener) => match listener.accept() {
                            Ok((stream, _)) => read(stream, &seen, &stopped, &gone),
                            Err(_) => breathe(),
                        },
                        Listener::Unix(listener) => match listener.accept() {
                            Ok((stream, _)) => read(stream, &seen, &stopped, &gone),
                            Err(_) => breathe(),
                        },
                    }
                }
            })
        };
        Self {
            seen,
            stopped,
            gone,
            thread: Some(thread),
        }
    }

    /// The lines read so far.
    pub fn lines(&self) -> Vec<String> {
        self.seen.lock().expect("the lines").clone()
    }

    /// Stops reading, connected as it is; or goes on.
    pub fn stop(&self, stopped: bool) {
        self.stopped.store(stopped, Ordering::Relaxed);
    }

    /// Closes everything and returns what was read.
    pub fn go(mut self) -> Vec<String> {
        self.gone.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the reader ends well");
        }
        self.lines()
    }
}

fn breathe() {
    std::thread::park_timeout(std::time::Duration::from_millis(1));
}

fn read(
    stream: impl Read + Shut,
    seen: &Mutex<Vec<String>>,
    stopped: &AtomicBool,
    gone: &AtomicBool,
) {
    stream.shut();
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    while !gone.load(Ordering::Relaxed) {
        if stopped.load(Ordering::Relaxed) {
            breathe();
            continue;
        }
        match reader.read_until(b'\n', &mut line) {
            Ok(0) => return,
            Ok(_) if line.ends_with(b"\n") => {
                let text = String::from_utf8(std::mem::take(&mut line)).expect("UTF-8");
                seen.lock().expect("the lines").push(text);
            }
            // Half a line, or none yet.
            Ok(_) | Err(_) => {}
        }
    }
}

/// A path for a socket, short enough for one.
pub fn socket_path(folder: &super::Folder) -> PathBuf {
    folder.at("s")
}
