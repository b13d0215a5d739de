//! The sink behind `tcp`, and `unix` without `datagram`.

use std::io;
use std::time::Duration;

use rheostat_core::sink::{Answer, Batch, Failure, Sink, Verdict};
use tokio::time::timeout;

use super::stream::{Connection, Peer};
use crate::frames::{Begun, Encoding, Frames};

#[derive(Debug)]
pub(crate) struct SocketSink {
    peer: Peer,
    frames: Frames,
    begun: Begun,
    timeout: Duration,
    connection: Option<Connection>,
}

impl SocketSink {
    pub(crate) fn new(peer: Peer, encoding: Encoding, timeout: Duration) -> Self {
        Self {
            peer,
            frames: Frames::new(encoding),
            begun: Begun::default(),
            timeout,
            connection: None,
        }
    }

    async fn deliver_batch(&mut self, batch: &Batch) -> Verdict {
        self.frames.encode(batch);
        if let Err(error) = self.connected().await {
            let doing = format!("cannot connect to {}", self.peer.shown());
            return Verdict::retry(Failure::because(doing, error));
        }
        let mut written = 0;
        match self.write(&mut written).await {
            Ok(()) => Verdict::Delivered,
            Err(error) => {
                if error.kind() != io::ErrorKind::TimedOut {
                    self.connection = None;
                    self.begun.forget();
                }
                Verdict::RetryAfter {
                    delivered: self.frames.complete(written),
                    after: None,
                    why: Failure::because(format!("cannot write to {}", self.peer.shown()), error),
                }
            }
        }
    }

    async fn connected(&mut self) -> io::Result<()> {
        let is_closed = self.connection.as_mut().is_some_and(Connection::is_closed);
        if is_closed || self.begun.is_in_the_way_of(&self.frames) {
            self.connection = None;
            self.begun.forget();
        }
        if self.connection.is_none() {
            let connecting = timeout(self.timeout, self.peer.connect());
            self.connection = Some(connecting.await.map_err(|_| timed_out())??);
        }
        Ok(())
    }

    async fn write(&mut self, written: &mut usize) -> io::Result<()> {
        let Some(connection) = &mut self.connection else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        *written = self.begun.resume(&mut self.frames);
        let (frames, begun) = (&self.frames, &mut self.begun);
        let remember = |written| begun.stopped(frames, written);
        put(connection, frames.bytes(), written, self.timeout, remember).await
    }
}

/// Writes from `written` to the end; `remember` is told each step at once, for
/// this may be dropped at any wait.
async fn put(
    connection: &mut Connection,
    bytes: &[u8],
    written: &mut usize,
    limit: Duration,
    mut remember: impl FnMut(usize),
) -> io::Result<()> {
    while *written < bytes.len() {
        *written += timeout(limit, connection.write(&bytes[*written..]))
            .await
            .map_err(|_| timed_out())??;
        remember(*written);
    }
    timeout(limit, connection.flush())
        .await
        .map_err(|_| timed_out())?
}

fn timed_out() -> io::Error {
    io::ErrorKind::TimedOut.into()
}

impl Sink for SocketSink {
    fn deliver<'a>(&'a mut self, batch: &'a Batch) -> Answer<'a, Verdict> {
        Box::pin(self.deliver_batch(batch))
    }
}
