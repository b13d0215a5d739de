//! A server that wants none of it, and quotes whatever it was told.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// What it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// Nothing: nobody listens.
    Nothing,
    /// It hears a part, and resets the connection.
    Reset,
    /// It does not know who that is.
    Denied,
    /// It cannot read that.
    Bad,
}

/// The server, on a port of its own, for HTTP, NATS and PostgreSQL.
pub struct Echo {
    /// Host and port.
    pub address: String,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Echo {
    /// Starts it.
    ///
    /// # Panics
    ///
    /// Where no port is free.
    pub fn start(says: Says) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it listens").to_string();
        let ended = Arc::new(AtomicBool::new(false));
        let seen = ended.clone();
        let thread = (says != Says::Nothing).then(|| {
            std::thread::spawn(move || {
                for stream in listener.incoming().flatten() {
                    if seen.load(Ordering::Relaxed) {
                        return;
                    }
                    std::thread::spawn(move || {
                        let _ended = serve(&stream, says);
                        let _closed_already = stream.shutdown(Shutdown::Both);
                    });
                }
            })
        });
        Self {
            address,
            ended,
            thread,
        }
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // Wakes it, so that it sees that it is to end.
            drop(TcpStream::connect(&self.address));
            thread.join().expect("it does not panic");
        }
    }
}

fn serve(mut stream: &TcpStream, says: Says) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_millis(100)))?;
    let mut heard = vec![0; 64 * 1024];
    let mut read = stream.read(&mut heard).unwrap_or(0);
    if read == 0 {
        // Who waits for us to begin speaks NATS.
        stream.write_all(
            b"INFO {\"server_id\":\"x\",\"version\":\"2.9.10\",\"max_payload\":1048576,\"headers\":true,\"auth_required\":true,\"nonce\":\"abcdefghijk\"}\r\n",
        )?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        read = stream.read(&mut heard)?;
    }
    if says == Says::Reset {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&heard[..read]).into_owned();
    if text.starts_with("CONNECT") {
        let said = text.replace(['\r', '\n', '\''], " ");
        return stream.write_all(format!("-ERR 'Authorization Violation: {said}'\r\n").as_bytes());
    }
    if heard[..read].get(4..8) == Some(&[0, 3, 0, 0]) {
        return postgres(stream, &mut heard);
    }
    http(stream, &text, says)
}

/// Asks for the password, and quotes it.
fn postgres(mut stream: &TcpStream, heard: &mut [u8]) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    stream.write_all(&[b'R', 0, 0, 0, 8, 0, 0, 0, 3])?;
    let read = stream.read(heard)?;
    let password = String::from_utf8_lossy(&heard[5.min(read)..read]).replace('\0', "");
    let said = format!(
        "SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed: {password}\0DThe password was {password}\0\0"
    );
    let length = u32::try_from(said.len() + 4).unwrap_or(0).to_be_bytes();
    stream.write_all(&[&b"E"[..], &length, said.as_bytes()].concat())
}

/// Quotes the whole head, and what the login says in plain text, in headers and body.
fn http(mut stream: &TcpStream, head: &str, says: Says) -> io::Result<()> {
    let head = head.split("\r\n\r\n").next().unwrap_or_default();
    let login = head.lines().find_map(|line| line.split_once("asic "));
    let login = login.map(|(_, login)| decoded(login)).unwrap_or_default();
    let said = format!("not so: {head} which is {login}");
    let header = said.replace(['\r', '\n'], " ");
    let status = if says == Says::Bad {
        "400 Bad Request"
    } else {
        "401 Unauthorized"
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\nWWW-Authenticate: Basic realm=\"{header}\"\r\nContent-Type: text/plain\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{said}",
        said.len()
    );
    stream.write_all(answer.as_bytes())?;
    // What was not read yet would make a reset of the end.
    let mut rest = [0; 4096];
    while stream.read(&mut rest).is_ok_and(|read| read > 0) {}
    Ok(())
}

/// What base 64 says.
fn decoded(text: &str) -> String {
    let digit = |char: u8| match char {
        b'A'..=b'Z' => Some(char - b'A'),
        b'a'..=b'z' => Some(char - b'a' + 26),
        b'0'..=b'9' => Some(char - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for digit in text.bytes().filter_map(digit) {
        bits = bits << 6 | u32::from(digit);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
