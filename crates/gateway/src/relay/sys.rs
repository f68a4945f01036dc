//! The one place with `unsafe`: what no safe interface here offers.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Lets the kernel choose the source port at connect time, by the whole four-tuple: without it a source
/// address has 28,000 ports for all destinations together (IP_BIND_ADDRESS_NO_PORT, Linux 4.2).
pub(crate) fn bind_address_no_port(socket: &impl AsRawFd) -> io::Result<()> {
    let on: libc::c_int = 1;
    let length = libc::socklen_t::try_from(size_of::<libc::c_int>()).unwrap_or(4);
    // SAFETY: the descriptor is open as long as `socket` is borrowed; the pointer is to a live c_int of
    // exactly the length given, which the kernel only reads during the call.
    let done = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::IPPROTO_IP,
            libc::IP_BIND_ADDRESS_NO_PORT,
            std::ptr::from_ref(&on).cast(),
            length,
        )
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Watches a descriptor that becomes readable, on the loop of this thread.
pub(crate) fn readable(source: BorrowedFd<'_>) -> io::Result<AsyncFd<BorrowedFd<'_>>> {
    // SAFETY: a borrowed descriptor stays open as long as the borrow, which the watcher holds; it gives the
    // same number whenever it is asked.
    let watched = unsafe { AsyncFd::register_with_interest(source, Interest::READABLE) };
    watched.map_err(io::Error::from)
}
