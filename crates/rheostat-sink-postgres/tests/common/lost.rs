//! A relay that loses the answer to `COMMIT`: the server did it, and nobody hears of it.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;

/// The relay, on a port of its own.
pub struct Losing {
    pub address: String,
    left: Arc<AtomicI64>,
}

impl Losing {
    /// Loses so many answers.
    pub fn before(upstream: &str, answers: i64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it listens").to_string();
        let left = Arc::new(AtomicI64::new(answers));
        let (seen, upstream) = (left.clone(), upstream.to_owned());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(&upstream) else {
                    continue;
                };
                let left = seen.clone();
                thread::spawn(move || serve(client, server, &left));
            }
        });
        Self { address, left }
    }

    /// Whether all were lost that should be.
    pub fn is_done(&self) -> bool {
        self.left.load(Ordering::SeqCst) <= 0
    }
}

fn serve(mut client: TcpStream, mut server: TcpStream, left: &AtomicI64) {
    let (from, to) = (server.try_clone(), client.try_clone());
    let (Ok(mut from), Ok(mut to)) = (from, to) else {
        return;
    };
    let answers = thread::spawn(move || {
        let _ended = std::io::copy(&mut from, &mut to);
        let _closed_already = to.shutdown(Shutdown::Both);
    });
    let mut room = [0; 16 * 1024];
    while let Ok(read @ 1..) = client.read(&mut room) {
        let is_commit = room[..read].windows(6).any(|part| part == b"COMMIT");
        if is_commit && left.fetch_sub(1, Ordering::SeqCst) > 0 {
            // Nothing goes back any more, but the server gets to hear it.
            let _closed_already = client.shutdown(Shutdown::Both);
        }
        if server.write_all(&room[..read]).is_err() {
            break;
        }
    }
    let _closed_already = server.shutdown(Shutdown::Write);
    let _ended = answers.join();
}
