//! Bytes, one way and the other.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::{Mode, Shared};

/// Serves until either side goes.
pub(super) fn serve(
    client: &TcpStream,
    shared: &Arc<Shared>,
    gone: &Arc<AtomicBool>,
) -> io::Result<()> {
    let server = TcpStream::connect(&shared.upstream)?;
    let (from, to) = (server.try_clone()?, client.try_clone()?);
    let (answers, seen) = (shared.clone(), gone.clone());
    std::thread::spawn(move || {
        let _ended = carry(&from, &to, &answers, &seen, true);
        close(&from, &to);
    });
    let ended = carry(client, &server, shared, gone, false);
    close(client, &server);
    ended
}

fn close(one: &TcpStream, other: &TcpStream) {
    for stream in [one, other] {
        let _closed_already = stream.shutdown(Shutdown::Both);
    }
}

/// Carries bytes one way, until there are no more.
fn carry(
    mut from: &TcpStream,
    mut to: &TcpStream,
    shared: &Shared,
    gone: &AtomicBool,
    is_answer: bool,
) -> io::Result<()> {
    let mut room = [0; 16 * 1024];
    loop {
        shared.hang(gone);
        let read = from.read(&mut room)?;
        if read == 0 {
            return Ok(());
        }
        // What was read while it stopped waits as well.
        shared.hang(gone);
        match shared.mode() {
            Mode::Deaf if is_answer => {}
            Mode::ResetBeforeAnswer if is_answer => return Ok(()),
            Mode::ResetMidBody if !is_answer => return to.write_all(&room[..read / 2]),
            Mode::Drip(every) if is_answer => drip(to, &room[..read], every)?,
            Mode::Trickle(_) if !is_answer => trickle(to, &room[..read], shared)?,
            _ => to.write_all(&room[..read])?,
        }
    }
}

/// One byte at a time.
pub(super) fn drip(mut to: &TcpStream, bytes: &[u8], every: Duration) -> io::Result<()> {
    for byte in bytes {
        std::thread::sleep(every);
        to.write_all(&[*byte])?;
    }
    Ok(())
}

/// One byte at a time, for as long as the mode says so.
fn trickle(mut to: &TcpStream, bytes: &[u8], shared: &Shared) -> io::Result<()> {
    for (at, byte) in bytes.iter().enumerate() {
        let Mode::Trickle(every) = shared.mode() else {
            return to.write_all(&bytes[at..]);
        };
        std::thread::sleep(every);
        to.write_all(&[*byte])?;
    }
    Ok(())
}
