//! A reader of ours for sinks without a server: a program of its own, so that it can be stopped and killed.
//!
//! It writes down the number of each record as it comes, or each line of
//! StatsD, one a line; and it says that it is ready by a file `ready`.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::Path;
use std::sync::{Arc, Mutex};

use socket2::{Domain, Socket, Type};

/// What a socket holds for us while we do not read, in bytes.
const HELD: usize = 64 << 20;

/// Where it writes.
#[derive(Clone)]
struct Notes(Arc<Mutex<File>>);

/// Reads until it is killed.
///
/// # Panics
///
/// Where it cannot.
pub fn main(kind: &str, place: &str, folder: &Path) {
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join("arrived"));
    let notes = Notes(Arc::new(Mutex::new(file.expect("notes can be made"))));
    let ready = || {
        File::create(folder.join("ready"))
            .map(drop)
            .expect("a file can be made")
    };
    match kind {
        "tcp" => {
            let listener = TcpListener::bind(place).expect("the place is free");
            ready();
            for stream in listener.incoming().flatten() {
                lines(stream, &notes);
            }
        }
        "unix" => {
            std::fs::remove_file(place).unwrap_or_default();
            let listener = UnixListener::bind(place).expect("the place is free");
            ready();
            for stream in listener.incoming().flatten() {
                lines(stream, &notes);
            }
        }
        "udp" => {
            let address: std::net::SocketAddr = place.parse().expect("an address");
            let socket = Socket::new(Domain::IPV4, Type::DGRAM, None).expect("a socket");
            // As much as we may have.
            let _ignored = socket.set_recv_buffer_size(HELD);
            socket.bind(&address.into()).expect("the place is free");
            ready();
            datagrams(
                |room| std::net::UdpSocket::recv(&to_udp(&socket), room),
                &notes,
            );
        }
        "unixgram" => {
            std::fs::remove_file(place).unwrap_or_default();
            let socket = UnixDatagram::bind(place).expect("the place is free");
            ready();
            datagrams(|room| socket.recv(room), &notes);
        }
        "pipe" => {
            // For writing too, so that it does not end when a writer does.
            let pipe = OpenOptions::new().read(true).write(true).open(place);
            let pipe = pipe.expect("the pipe is there");
            ready();
            lines(pipe, &notes).join().expect("it reads for ever");
        }
        "nats" => subscribed(place, &notes, ready),
        other => panic!("{other} is nothing to read from"),
    }
}

fn to_udp(socket: &Socket) -> std::net::UdpSocket {
    socket.try_clone().expect("a socket can be cloned").into()
}

impl Notes {
    /// Writes down what stands in these lines, at once.
    fn keep(&self, text: &[u8]) {
        let mut found = Vec::new();
        for line in text.split(|byte| *byte == b'\n') {
            let line = String::from_utf8_lossy(line);
            if line.contains("faults_total") {
                found.extend_from_slice(line.as_bytes());
                found.push(b'\n');
            } else if let Some(number) = number_in(&line) {
                found.extend_from_slice(format!("{number}\n").as_bytes());
            }
        }
        let mut file = self.0.lock().expect("nobody panics with it");
        file.write_all(&found).expect("notes can be written");
    }
}

/// The field `number` of a record, however it is written.
pub(crate) fn number_in(line: &str) -> Option<u64> {
    let mut rest = line;
    loop {
        let at = rest.find("number")?;
        rest = &rest[at + "number".len()..];
        let digits = rest.trim_start_matches(['"', ':', '=', '\\', ' ']);
        let end = digits.find(|char: char| !char.is_ascii_digit());
        if let Ok(number) = digits[..end.unwrap_or(digits.len())].parse() {
            return Some(number);
        }
    }
}

/// Whole lines of a connection, on a thread of its own; half a line at its end is none.
fn lines(mut stream: impl Read + Send + 'static, notes: &Notes) -> std::thread::JoinHandle<()> {
    let notes = notes.clone();
    std::thread::spawn(move || {
        let mut held = Vec::new();
        let mut room = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = stream.read(&mut room) {
            held.extend_from_slice(&room[..read]);
            if let Some(end) = held.iter().rposition(|byte| *byte == b'\n') {
                notes.keep(&held[..end]);
                held.drain(..=end);
            }
        }
    })
}

fn datagrams(receive: impl Fn(&mut [u8]) -> std::io::Result<usize>, notes: &Notes) {
    let mut room = vec![0; 1 << 20];
    loop {
        if let Ok(read) = receive(&mut room) {
            notes.keep(&room[..read]);
        }
    }
}

/// A subscriber of NATS, which comes back when its server does.
fn subscribed(place: &str, notes: &Notes, ready: impl Fn()) {
    loop {
        if let Ok(mut stream) = TcpStream::connect(place) {
            let hello = "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true}\r\nSUB faults 1\r\nPING\r\n";
            let mut reader = BufReader::new(stream.try_clone().expect("a socket can be cloned"));
            let mut line = Vec::new();
            let said = stream.write_all(hello.as_bytes());
            while said.is_ok()
                && reader
                    .read_until(b'\n', &mut line)
                    .is_ok_and(|read| read > 0)
            {
                match line.as_slice() {
                    b"PONG\r\n" => ready(),
                    b"PING\r\n" if stream.write_all(b"PONG\r\n").is_ok() => {}
                    // Payloads are objects on a line, whatever stands around them.
                    other => notes.keep(other),
                }
                line.clear();
            }
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[cfg(test)]
mod tests {
    use super::number_in;

    #[test]
    fn a_number_is_found_in_each_format() {
        for line in [
            r#"{"fields":{"number":17,"cents":5}}"#,
            r#"events number=17i,cents=5i 1"#,
            r#"[fields@32473 number="17"]"#,
            r#"{"msg":"[f number=\"17\"]"}"#,
            "F_NUMBER=1 number: 17",
        ] {
            assert_eq!(number_in(line), Some(17), "{line}");
        }
        assert_eq!(number_in("no numbers here"), None);
    }
}
