//! Datagrams: one record each.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rheostat_core::sink::{Answer, Around, Batch, Failure, Refusal, Sink, Verdict};
use rheostat_policy::Diagnostic;
use rheostat_policy::model;
use tokio::net::{UdpSocket, UnixDatagram};
use tokio::time::timeout;

use crate::factory::text;
use crate::frames::{Encoding, Frames};
use crate::journald::pass_sealed;

/// Whom to send to.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    Udp(String),
    Unix(PathBuf),
    /// The journal's, which takes larger records in another way.
    Journal(PathBuf),
}

#[derive(Debug)]
pub(crate) enum Socket {
    Udp(UdpSocket),
    Unix(UnixDatagram),
    Journal(UnixDatagram),
}

#[derive(Debug)]
pub(crate) struct DatagramSink {
    target: Target,
    frames: Frames,
    timeout: Duration,
    socket: Option<Socket>,
}

impl DatagramSink {
    pub(crate) fn new(target: Target, encoding: Encoding, timeout: Duration) -> Self {
        Self {
            target,
            frames: Frames::new(encoding),
            timeout,
            socket: None,
        }
    }

    async fn deliver_batch(&mut self, batch: &Batch) -> Verdict {
        self.frames.encode(batch);
        let mut sent = 0;
        let mut refused = Vec::new();
        match self.send_all(&mut sent, &mut refused).await {
            Ok(()) if refused.is_empty() => Verdict::Delivered,
            Ok(()) => Verdict::Refused(refused),
            Err(error) => {
                self.socket = None;
                Verdict::RetryAfter {
                    // What was refused can only be told of at the end, so from
                    // there on all is sent again.
                    delivered: refused.first().map_or(sent, |refusal| refusal.record),
                    after: None,
                    why: Failure::because(format!("cannot send to {}", self.target.shown()), error),
                }
            }
        }
    }

    async fn send_all(&mut self, sent: &mut usize, refused: &mut Vec<Refusal>) -> io::Result<()> {
        let socket = match self.socket.take() {
            Some(socket) => socket,
            None => timeout(self.timeout, self.target.open())
                .await
                .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??,
        };
        let gap = usize::from(self.frames.has_gap());
        for (at, datagram) in self.frames.datagrams().enumerate() {
            let sending = timeout(self.timeout, socket.send(datagram)).await;
            match sending.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))? {
                Ok(()) => {}
                Err(error) if is_too_long(&error) && at >= gap => refused.push(Refusal {
                    record: at - gap,
                    why: Failure::because(
                        format!("a record of {} bytes is no datagram", datagram.len()),
                        error,
                    ),
                }),
                Err(error) if is_too_long(&error) => {}
                Err(error) => return Err(error),
            }
            *sent = (at + 1).saturating_sub(gap);
        }
        self.socket = Some(socket);
        Ok(())
    }
}

impl Sink for DatagramSink {
    fn deliver<'a>(&'a mut self, batch: &'a Batch) -> Answer<'a, Verdict> {
        Box::pin(self.deliver_batch(batch))
    }
}

impl Target {
    /// Where the policy says: `address`, or else `path`.
    pub(crate) fn of(sink: &model::Sink, around: &Around<'_>) -> Result<Self, Box<Diagnostic>> {
        match sink.args.text("address") {
            Some(address) => Ok(Self::Udp(address.to_string())),
            None => Ok(Self::Unix(around.path(text(sink, "path")?))),
        }
    }

    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Udp(address) => address.clone(),
            Self::Unix(path) | Self::Journal(path) => path.display().to_string(),
        }
    }

    pub(crate) async fn open(&self) -> io::Result<Socket> {
        match self {
            Self::Udp(address) => {
                let mut tried = io::Error::from(io::ErrorKind::AddrNotAvailable);
                for to in tokio::net::lookup_host(address).await? {
                    match connected(to).await {
                        Ok(socket) => return Ok(Socket::Udp(socket)),
                        Err(error) => tried = error,
                    }
                }
                Err(tried)
            }
            Self::Unix(path) => unix(path).map(Socket::Unix),
            Self::Journal(path) => unix(path).map(Socket::Journal),
        }
    }
}

fn unix(path: &Path) -> io::Result<UnixDatagram> {
    let socket = UnixDatagram::unbound()?;
    socket.connect(path)?;
    Ok(socket)
}

async fn connected(to: SocketAddr) -> io::Result<UdpSocket> {
    let any = match to {
        SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(to).await?;
    Ok(socket)
}

impl Socket {
    pub(crate) async fn send(&self, datagram: &[u8]) -> io::Result<()> {
        let sent = match self {
            Self::Udp(socket) => socket.send(datagram).await?,
            Self::Unix(socket) => socket.send(datagram).await?,
            Self::Journal(socket) => match socket.send(datagram).await {
                Err(error) if is_too_long(&error) || has_no_room(&error) => {
                    pass_sealed(socket, datagram).await?;
                    datagram.len()
                }
                sent => sent?,
            },
        };
        debug_assert_eq!(
            sent,
            datagram.len(),
            "a datagram is sent whole or not at all"
        );
        Ok(())
    }
}

pub(crate) fn is_too_long(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::MSGSIZE.raw_os_error())
}

/// What a Unix socket says of a datagram that the system has no memory for in one piece.
fn has_no_room(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::NOBUFS.raw_os_error())
}
