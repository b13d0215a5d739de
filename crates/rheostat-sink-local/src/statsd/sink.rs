//! The sink behind `statsd`: lines in datagrams, one after the other.

use std::io;
use std::time::Duration;

use rheostat_core::sink::{Answer, Batch, Failure, Refusal, Report, Sink, Verdict};
use tokio::time::timeout;

use super::Lines;
use crate::datagram::{Socket, Target, is_too_long};

#[derive(Debug)]
pub(crate) struct StatsdSink {
    target: Target,
    lines: Lines,
    /// What a datagram holds at most, unless one line is longer.
    room: usize,
    timeout: Duration,
    socket: Option<Socket>,
    begun: Begun,
}

/// A series some of whose lines were sent: repeating those would count twice.
#[derive(Debug, Default)]
struct Begun {
    lines: Vec<u8>,
    sent: usize,
}

/// How far a report came.
#[derive(Debug, Default)]
struct Progress {
    /// The points all of whose lines were sent.
    points: usize,
    refused: Vec<Refusal>,
}

impl StatsdSink {
    pub(crate) fn new(target: Target, lines: Lines, room: usize, timeout: Duration) -> Self {
        Self {
            target,
            lines,
            room,
            timeout,
            socket: None,
            begun: Begun::default(),
        }
    }

    async fn send_report(&mut self, report: &Report) -> Verdict {
        self.lines.encode(report);
        let mut progress = Progress::default();
        let limit = self.timeout;
        let sent = timeout(limit, self.send_all(&mut progress)).await;
        match sent.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
            Ok(()) => match self.refused(progress.refused, report.len()) {
                refused if refused.is_empty() => Verdict::Delivered,
                refused => Verdict::Refused(refused),
            },
            Err(error) => {
                self.socket = None;
                let doing = format!("cannot send to {}", self.target.shown());
                Verdict::Partly {
                    refused: self.refused(progress.refused, progress.points),
                    again: (progress.points..report.len()).collect(),
                    after: None,
                    why: Failure::because(doing, error),
                }
            }
        }
    }

    /// What is refused of the first points, each once.
    fn refused(&self, mut refused: Vec<Refusal>, points: usize) -> Vec<Refusal> {
        refused.extend(self.lines.unfit().iter().map(|point| Refusal {
            record: *point,
            why: Failure::new("StatsD has no way to write a value that is not a finite number"),
        }));
        refused.retain(|refusal| refusal.record < points);
        refused.sort_by_key(|refusal| refusal.record);
        refused.dedup_by_key(|refusal| refusal.record);
        refused
    }

    async fn send_all(&mut self, progress: &mut Progress) -> io::Result<()> {
        let socket = match self.socket.take() {
            Some(socket) => socket,
            None => self.target.open().await?,
        };
        let all: Vec<(&[u8], usize)> = self.lines.iter().collect();
        let mut next = self.begun.resume(&all);
        let mut datagram = Vec::with_capacity(self.room);
        while next < all.len() {
            let end = next + fitting(&all[next..], self.room);
            datagram.clear();
            for (line, _) in &all[next..end] {
                datagram.extend_from_slice(line);
                datagram.push(b'\n');
            }
            datagram.pop();
            match socket.send(&datagram).await {
                Ok(()) => {}
                Err(error) if is_too_long(&error) => {
                    progress.refused.extend(too_long(&all[next..end], &error));
                }
                Err(error) => return Err(error),
            }
            next = end;
            progress.points = all.get(next).map_or(0, |(_, point)| *point);
            self.begun.remember(&all, next);
        }
        self.socket = Some(socket);
        Ok(())
    }
}

/// How many lines go into the next datagram: the lines of one point together,
/// where they fit; one line at least.
fn fitting(lines: &[(&[u8], usize)], room: usize) -> usize {
    let mut size = 0;
    let mut whole = 0;
    for (at, (line, point)) in lines.iter().enumerate() {
        if at > 0 && lines[at - 1].1 != *point {
            whole = at;
        }
        size += line.len() + usize::from(at > 0);
        if size > room {
            return if whole > 0 { whole } else { at.max(1) };
        }
    }
    lines.len()
}

fn too_long(lines: &[(&[u8], usize)], error: &io::Error) -> Vec<Refusal> {
    lines
        .iter()
        .map(|(line, point)| Refusal {
            record: *point,
            why: Failure::because(
                format!("its line of {} bytes is no datagram", line.len()),
                io::Error::from(error.kind()),
            ),
        })
        .collect()
}

impl Begun {
    /// How many of the first lines were sent already.
    fn resume(&mut self, lines: &[(&[u8], usize)]) -> usize {
        let begun = std::mem::take(self);
        if begun.sent > 0 && of_point(lines, 0) == begun.lines {
            begun.sent
        } else {
            0
        }
    }

    /// Remembers that the lines before this one were sent.
    fn remember(&mut self, lines: &[(&[u8], usize)], next: usize) {
        let point = lines.get(next).map(|(_, point)| *point);
        let first = lines.partition_point(|(_, of)| Some(*of) < point);
        if point.is_some() && first < next {
            self.lines = of_point(lines, first);
            self.sent = next - first;
        } else {
            *self = Self::default();
        }
    }
}

/// All lines of the point whose first line stands there.
fn of_point(lines: &[(&[u8], usize)], first: usize) -> Vec<u8> {
    let Some((_, point)) = lines.get(first) else {
        return Vec::new();
    };
    let own = lines[first..].iter().take_while(|(_, of)| of == point);
    own.flat_map(|(line, _)| line.iter().copied().chain([b'\n']))
        .collect()
}

impl Sink for StatsdSink {
    fn deliver<'a>(&'a mut self, _batch: &'a Batch) -> Answer<'a, Verdict> {
        let why = Failure::new("StatsD takes nothing but metrics");
        Box::pin(std::future::ready(Verdict::Misconfigured(why)))
    }

    fn report<'a>(&'a mut self, report: &'a Report) -> Answer<'a, Verdict> {
        Box::pin(self.send_report(report))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [(&[u8], usize); 5] = [
        (b"aaaa", 0),
        (b"bb", 1),
        (b"bb", 1),
        (b"cccc", 2),
        (b"dddddddddddd", 3),
    ];

    #[test]
    fn a_datagram_ends_where_a_series_does() {
        assert_eq!(fitting(&LINES, 11), 3);
        assert_eq!(
            fitting(&LINES, 9),
            1,
            "the lines of the second stay together"
        );
        assert_eq!(fitting(&LINES[3..], 100), 2);
    }

    #[test]
    fn a_line_that_is_too_long_goes_alone_and_a_long_series_is_divided() {
        assert_eq!(fitting(&LINES[4..], 5), 1);
        assert_eq!(fitting(&LINES[1..], 3), 1);
    }

    #[test]
    fn lines_of_a_series_that_were_sent_are_not_sent_again() {
        let mut begun = Begun::default();
        begun.remember(&LINES, 2);
        assert_eq!(begun.resume(&LINES[1..]), 1);
        assert_eq!(begun.resume(&LINES[1..]), 0, "it is only told once");
    }

    #[test]
    fn another_series_begins_with_its_first_line() {
        let mut begun = Begun::default();
        begun.remember(&LINES, 2);
        assert_eq!(begun.resume(&LINES[3..]), 0);
        begun.remember(&LINES, 3);
        assert_eq!(begun.resume(&LINES[3..]), 0);
    }
}
