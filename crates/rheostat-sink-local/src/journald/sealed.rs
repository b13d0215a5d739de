//! Entries that no datagram takes: in a sealed file in memory, whose descriptor is passed.

use std::io;

use tokio::net::UnixDatagram;

/// Passes an entry so.
#[cfg(target_os = "linux")]
pub(crate) async fn pass_sealed(socket: &UnixDatagram, entry: &[u8]) -> io::Result<()> {
    use std::io::{IoSlice, Write as _};
    use std::mem::MaybeUninit;
    use std::os::fd::AsFd as _;

    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
    use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
    use tokio::io::Interest;

    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let mut file = std::fs::File::from(memfd_create("rheostat-journal-entry", flags)?);
    file.write_all(entry)?;
    // journald reads nothing that could change under its eyes.
    let seals = SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE | SealFlags::SEAL;
    fcntl_add_seals(&file, seals)?;
    let pass = || {
        let mut room = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut room);
        let descriptors = [file.as_fd()];
        let fits = control.push(SendAncillaryMessage::ScmRights(&descriptors));
        debug_assert!(fits, "there is room for one");
        let nothing = [IoSlice::new(&[])];
        sendmsg(socket, &nothing, &mut control, SendFlags::NOSIGNAL)?;
        Ok(())
    };
    socket.async_io(Interest::WRITABLE, pass).await
}

/// Nobody but Linux has a journal.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn pass_sealed(_socket: &UnixDatagram, _entry: &[u8]) -> io::Result<()> {
    Err(rustix::io::Errno::MSGSIZE.into())
}
