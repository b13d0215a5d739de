//! The two kinds of connection, as one.

use std::io;
use std::path::PathBuf;

use tokio::net::{TcpStream, UnixStream};

/// Whom to connect to.
#[derive(Clone, Debug)]
pub(crate) enum Peer {
    Tcp(String),
    Unix(PathBuf),
}

impl Peer {
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Tcp(address) => address.clone(),
            Self::Unix(path) => path.display().to_string(),
        }
    }

    pub(crate) async fn connect(&self) -> io::Result<Connection> {
        Ok(match self {
            Self::Tcp(address) => {
                let stream = TcpStream::connect(address).await?;
                // Batches are written whole; waiting for more only delays them.
                stream.set_nodelay(true)?;
                Connection::Tcp(stream)
            }
            Self::Unix(path) => Connection::Unix(UnixStream::connect(path).await?),
        })
    }
}

#[derive(Debug)]
pub(crate) enum Connection {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Connection {
    pub(crate) async fn writable(&self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.writable().await,
            Self::Unix(stream) => stream.writable().await,
        }
    }

    pub(crate) fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.try_write(bytes),
            Self::Unix(stream) => stream.try_write(bytes),
        }
    }

    /// Whether the peer has closed it. What a peer says is not for us, and is thrown away.
    pub(crate) fn is_closed(&self) -> bool {
        let mut room = [0; 256];
        loop {
            let read = match self {
                Self::Tcp(stream) => stream.try_read(&mut room),
                Self::Unix(stream) => stream.try_read(&mut room),
            };
            match read {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) => return error.kind() != io::ErrorKind::WouldBlock,
            }
        }
    }
}
