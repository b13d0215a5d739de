//! Requests and their answers, one after the other.

use std::io::{self, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::bytes::drip;
use super::{Mode, Shared, Taken, lock};

const TOO_LARGE: &str = "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\n\r\n";

/// Serves until either side goes.
pub(super) fn serve(
    client: &TcpStream,
    shared: &Arc<Shared>,
    gone: &Arc<AtomicBool>,
) -> io::Result<()> {
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
        shared.hang(gone);
        let mode = shared.mode();
        let instead = match &mode {
            Mode::Answer(answer) => Some(answer.as_str()),
            Mode::TooLarge(most) if body.len() > *most => Some(TOO_LARGE),
            _ => None,
        };
        if let Some(answer) = instead {
            (&*client).write_all(answer.as_bytes())?;
            continue;
        }
        let (status, answer) = pass(&shared.upstream, &head, &body)?;
        if (200..300).contains(&status) {
            lock(&shared.taken).push(Taken { head, body });
        }
        match mode {
            Mode::ResetBeforeAnswer => return client.shutdown(Shutdown::Both),
            Mode::Drip(every) => drip(client, &answer, every)?,
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
