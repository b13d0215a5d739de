//! Two listeners at one port for a moment, so that neither a change that fails nor one that succeeds loses a
//! connection.
//!
//! `127.0.0.1:9464` and `0.0.0.0:9464` exclude each other, unless both say that
//! they share the port. They say so only while one is bound beside the other:
//! a listener that always shared would let a second program take half of the
//! scrapes unseen.

use std::io;
use std::net::{TcpListener, ToSocketAddrs as _};

use socket2::{Domain, SockRef, Socket, Type};

/// How many connections may wait to be accepted; as the standard library has it.
const BACKLOG: i32 = 128;

/// An address that is ours, at the port of a listener of ours; nobody can connect there yet.
pub(super) struct Bound(Socket);

/// Binds an address at the port of a listener of ours, which goes on listening.
///
/// # Errors
///
/// The address is not ours, or somebody else has a part of it.
pub(super) fn beside(listener: &TcpListener, address: &str) -> io::Result<Bound> {
    shared(listener, || bind(address))
}

impl Bound {
    /// Listens, beside the listener that it was bound beside.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub(super) fn listen(self, beside: &TcpListener) -> io::Result<TcpListener> {
        shared(beside, || self.0.listen(BACKLOG))?;
        share(&SockRef::from(&self.0), false)?;
        Ok(self.0.into())
    }
}

/// Does something while a listener shares its port.
fn shared<T>(listener: &TcpListener, job: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let listener = SockRef::from(listener);
    share(&listener, true)?;
    let done = job();
    share(&listener, false)?;
    done
}

fn bind(address: &str) -> io::Result<Bound> {
    let mut trouble = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in address.to_socket_addrs()? {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        if cfg!(unix) {
            // As the standard library does there: connections that linger do not keep the port.
            socket.set_reuse_address(true)?;
        }
        share(&SockRef::from(&socket), true)?;
        match socket.bind(&address.into()) {
            Ok(()) => return Ok(Bound(socket)),
            Err(error) => trouble = error,
        }
    }
    Err(trouble)
}

#[cfg(unix)]
fn share(socket: &SockRef<'_>, shares: bool) -> io::Result<()> {
    socket.set_reuse_port(shares)
}

#[cfg(not(unix))]
fn share(_socket: &SockRef<'_>, _shares: bool) -> io::Result<()> {
    Err(io::ErrorKind::AddrInUse.into())
}

/// Makes a listener deaf to who begins to connect: they try again after a second, and find the one beside it.
/// Those that began before go on.
///
/// # Errors
///
/// What the system says.
#[cfg(target_os = "linux")]
pub(super) fn refuse_newcomers(listener: &TcpListener) -> io::Result<()> {
    use socket2::SockFilter;
    const LOAD_BYTE: u16 = 0x30;
    const AND: u16 = 0x54;
    const JUMP_IF_EQUAL: u16 = 0x15;
    const RETURN: u16 = 0x06;
    const FLAGS_OF_TCP: u32 = 13;
    const SYN: u32 = 0x02;
    const SYN_OR_ACK: u32 = 0x12;
    SockRef::from(listener).attach_filter(&[
        SockFilter::new(LOAD_BYTE, 0, 0, FLAGS_OF_TCP),
        SockFilter::new(AND, 0, 0, SYN_OR_ACK),
        SockFilter::new(JUMP_IF_EQUAL, 0, 1, SYN),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, u32::MAX),
    ])
}

#[cfg(not(target_os = "linux"))]
pub(super) fn refuse_newcomers(_listener: &TcpListener) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
