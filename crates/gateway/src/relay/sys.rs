//! The one place with `unsafe`: a socket option that no safe interface here offers.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::AsRawFd;

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
