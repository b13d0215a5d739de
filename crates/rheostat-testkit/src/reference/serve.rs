//! One connection of the server.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::fault::Fault;
use super::server::{Shared, Took, lock};

/// So many records are kept as they came.
const KEPT: usize = 1_000;
/// How often one that hangs looks whether it still should.
const STEP: Duration = Duration::from_millis(2);

/// Serves until either side goes.
pub(super) fn serve(stream: &TcpStream, shared: &Arc<Shared>) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut password = String::new();
    loop {
        while shared.fault() == Fault::Hang && !shared.gone.load(Ordering::Acquire) {
            std::thread::sleep(STEP);
        }
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let (kind, rest) = line.trim_end().split_once(' ').unwrap_or((&*line, ""));
        match kind {
            "password" => password = rest.to_owned(),
            "gap" => lock(&shared.took).gaps.push(rest.to_owned()),
            "records" | "points" => {
                let lines = rest.parse().unwrap_or(0);
                if shared.fault() == Fault::ResetMidBatch {
                    let mut some = vec![0; 100];
                    let _read = reader.read(&mut some)?;
                    return reset(stream);
                }
                let lines = read(&mut reader, lines)?;
                let answer = if kind == "records" {
                    records(shared, &lines, &password)
                } else {
                    points(shared, lines, &password)
                };
                if shared.fault() == Fault::ResetBeforeAnswer {
                    return reset(stream);
                }
                say(stream, shared, &answer)?;
            }
            other => {
                let text = format!("denied {other} is no request\n");
                say(stream, shared, &text)?;
            }
        }
    }
}

fn read(reader: &mut BufReader<&TcpStream>, lines: usize) -> io::Result<Vec<String>> {
    let line = |_| {
        let mut line = String::new();
        match reader.read_line(&mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    };
    (0..lines).map(line).collect()
}

/// Closes so that the other side sees a reset, not an end.
fn reset(stream: &TcpStream) -> io::Result<()> {
    // What was sent and never read makes the system say so.
    stream.shutdown(std::net::Shutdown::Both)
}

fn say(mut stream: &TcpStream, shared: &Shared, answer: &str) -> io::Result<()> {
    let Fault::Drip(every) = shared.fault() else {
        return stream.write_all(answer.as_bytes());
    };
    for byte in answer.as_bytes() {
        stream.write_all(&[*byte])?;
        std::thread::sleep(every);
    }
    Ok(())
}

fn points(shared: &Shared, lines: Vec<String>, password: &str) -> String {
    match shared.fault() {
        Fault::Broken => "later - 500: out of order\n".into(),
        Fault::TooMany(wait) => format!("later {} 429: too many requests\n", wait.as_millis()),
        Fault::Deny => format!("denied 403: `{password}` is not known here\n"),
        _ => {
            lock(&shared.took).points.extend(lines);
            "ok\n".into()
        }
    }
}

fn records(shared: &Shared, lines: &[String], password: &str) -> String {
    let numbers: Vec<u64> = lines.iter().map(|line| number(line)).collect();
    let bad = |divisor: u64| move |number: &u64| number.is_multiple_of(divisor.max(1));
    let mut took = lock(&shared.took);
    took.requests += 1;
    match shared.fault() {
        Fault::Broken => "later - 500: out of order\n".into(),
        Fault::TooMany(wait) => format!("later {} 429: too many requests\n", wait.as_millis()),
        Fault::Deny => format!("denied 403: `{password}` is not known here\n"),
        Fault::TooLarge(most) if lines.len() > most => "refused 413: too large\n".into(),
        Fault::RefuseWhole(divisor) if numbers.iter().any(bad(divisor)) => {
            "refused 400: cannot be parsed\n".into()
        }
        Fault::RefuseSome(divisor) => some(&mut took, lines, &numbers, &bad(divisor), |_| false),
        Fault::Partly(divisor) => some(&mut took, lines, &numbers, &bad(divisor), |at| at % 2 == 1),
        _ => {
            take(&mut took, lines.iter().zip(&numbers));
            "ok\n".into()
        }
    }
}

/// Takes what is neither refused nor wanted later.
fn some(
    took: &mut Took,
    lines: &[String],
    numbers: &[u64],
    bad: &impl Fn(&u64) -> bool,
    later: impl Fn(usize) -> bool,
) -> String {
    let all = 0..lines.len();
    let refused: Vec<usize> = all.clone().filter(|at| bad(&numbers[*at])).collect();
    let again: Vec<usize> = all
        .clone()
        .filter(|at| later(*at) && !refused.contains(at))
        .collect();
    let kept = all.filter(|at| !refused.contains(at) && !again.contains(at));
    take(took, kept.map(|at| (&lines[at], &numbers[at])));
    let list = |positions: &[usize]| {
        let texts: Vec<String> = positions.iter().map(usize::to_string).collect();
        if texts.is_empty() {
            "-".to_owned()
        } else {
            texts.join(",")
        }
    };
    format!(
        "partly {} {} not all of them\n",
        list(&refused),
        list(&again)
    )
}

fn take<'l>(took: &mut Took, records: impl Iterator<Item = (&'l String, &'l u64)>) {
    for (line, number) in records {
        let (id, record) = line.split_once(' ').unwrap_or(("", line));
        if took.ids.insert(id.to_owned()) {
            took.numbers.push(*number);
            if took.lines.len() < KEPT {
                took.lines.push(record.to_owned());
            }
        } else {
            took.repeats += 1;
        }
    }
}

/// The field `number` of a record.
fn number(line: &str) -> u64 {
    let mark = "\"number\":";
    let digits = line.find(mark).map_or("", |at| &line[at + mark.len()..]);
    let end = digits
        .find(|char: char| !char.is_ascii_digit())
        .unwrap_or(digits.len());
    digits[..end].parse().unwrap_or(u64::MAX)
}
