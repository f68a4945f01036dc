//! Datagram sockets on exits and towards customers.

use crate::dial::source_in;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::task::{Context, Poll, ready};
use tokio::io::ReadBuf;
use tokio::net::UdpSocket;
use turnpike_wire::Bind;

/// A socket on an exit; `None` if it can't reach the address family. `salt` chooses the address where the
/// exit is a block.
pub(super) fn on_exit(bind: &Bind, v4: bool, salt: u64) -> io::Result<Option<UdpSocket>> {
    let source = source_in(bind, salt);
    if source.is_some_and(|ip| ip.is_ipv4() != v4) {
        return Ok(None);
    }
    let any = if v4 { IpAddr::from(Ipv4Addr::UNSPECIFIED) } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = fresh(v4)?;
    if let Bind::Interface(name) = bind {
        socket.bind_device(Some(name.as_bytes()))?;
    }
    if matches!(bind, Bind::Block { .. }) {
        if v4 { socket.set_freebind_v4(true)? } else { socket.set_freebind_v6(true)? }
    }
    bound(socket, source.unwrap_or(any)).map(Some)
}

/// The relay port of an association, on the address that its customer dialled.
pub(super) fn for_customer(ip: IpAddr) -> io::Result<UdpSocket> {
    bound(fresh(ip.is_ipv4())?, ip)
}

fn fresh(v4: bool) -> io::Result<Socket> {
    let domain = if v4 { Domain::IPV4 } else { Domain::IPV6 };
    let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
    if !v4 {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn bound(socket: Socket, ip: IpAddr) -> io::Result<UdpSocket> {
    socket.bind(&SockAddr::from(SocketAddr::new(ip, 0)))?;
    UdpSocket::from_std(socket.into())
}

/// Receives through a shared buffer; what came is copied, so that waiting costs nothing.
pub(super) fn poll_receive(
    socket: &UdpSocket,
    cx: &mut Context<'_>,
    buffer: &mut [u8],
) -> Poll<io::Result<(Vec<u8>, SocketAddr)>> {
    let mut space = ReadBuf::new(buffer);
    let from = ready!(socket.poll_recv_from(cx, &mut space))?;
    Poll::Ready(Ok((space.filled().to_vec(), from)))
}
