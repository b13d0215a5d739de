//! The kinds of connection, as one.

use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

use super::tls::{Secured, Trust};

/// Whom to connect to.
#[derive(Clone, Debug)]
pub(crate) enum Peer {
    Tcp(String),
    Tls(String, Trust),
    Unix(PathBuf),
}

impl Peer {
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Tcp(address) | Self::Tls(address, _) => address.clone(),
            Self::Unix(path) => path.display().to_string(),
        }
    }

    pub(crate) async fn connect(&self) -> io::Result<Connection> {
        Ok(match self {
            Self::Tcp(address) => Connection::Tcp(connected(address).await?),
            Self::Tls(address, trust) => {
                let stream = connected(address).await?;
                Connection::Tls(Box::new(trust.secure(address, stream).await?))
            }
            Self::Unix(path) => Connection::Unix(UnixStream::connect(path).await?),
        })
    }
}

async fn connected(address: &str) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    // Batches are written whole; waiting for more only delays them.
    stream.set_nodelay(true)?;
    Ok(stream)
}

#[derive(Debug)]
pub(crate) enum Connection {
    Tcp(TcpStream),
    Tls(Box<Secured>),
    Unix(UnixStream),
}

impl Connection {
    /// Writes some of it, and says how much. Nothing is written where it is dropped at the wait.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match self {
            Self::Tcp(stream) => stream.write(bytes).await?,
            Self::Tls(stream) => stream.write(bytes).await?,
            Self::Unix(stream) => stream.write(bytes).await?,
        };
        match written {
            0 => Err(io::ErrorKind::WriteZero.into()),
            written => Ok(written),
        }
    }

    /// Waits until what was written left us.
    pub(crate) async fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Tls(stream) => stream.flush().await,
            // They keep nothing back.
            Self::Tcp(_) | Self::Unix(_) => Ok(()),
        }
    }

    /// Whether the peer has closed it. What a peer says is not for us, and is thrown away.
    pub(crate) fn is_closed(&mut self) -> bool {
        match self {
            Self::Tcp(stream) => has_ended(stream),
            Self::Tls(stream) => has_ended(&mut **stream),
            Self::Unix(stream) => has_ended(stream),
        }
    }
}

fn has_ended(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> bool {
    let mut room = [0; 256];
    loop {
        let mut read = ReadBuf::new(&mut room);
        // Nobody waits for what a peer says, so nobody is to be woken.
        let mut context = Context::from_waker(Waker::noop());
        match Pin::new(&mut *stream).poll_read(&mut context, &mut read) {
            Poll::Pending => return false,
            Poll::Ready(Ok(())) if read.filled().is_empty() => return true,
            Poll::Ready(Ok(())) => {}
            Poll::Ready(Err(_)) => return true,
        }
    }
}
