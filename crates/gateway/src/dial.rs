//! Reaching a destination through an exit.

use crate::exits::Exit;
use crate::open::may_reach;
use crate::relay::sys;
use crate::shared::Shared;
use crate::{destination, upstream};
use socket2::SockRef;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::{TcpSocket, TcpStream};
use turnpike_proxyproto::HostPort;
use turnpike_wire::{Bind, ExitKind, Permit, Reason, Resolve};

/// Why a dial failed, and whose fault it was.
#[derive(Debug)]
pub(crate) enum DialError {
    /// The destination's: another exit would not help.
    Destination(Reason),
    /// The exit's: another one may do.
    Exit(String),
    /// A parent took the request and said nothing: its fault or the destination's.
    Silent,
}

impl DialError {
    /// What an operator is told.
    pub(crate) fn into_text(self) -> String {
        match self {
            Self::Destination(reason) => reason.slug().to_owned(),
            Self::Exit(why) => why,
            Self::Silent => "the parent does not answer".to_owned(),
        }
    }
}

impl From<Reason> for DialError {
    fn from(reason: Reason) -> Self {
        Self::Destination(reason)
    }
}

/// Connects to a destination that `permit` may reach through an exit. `salt` chooses the address where the exit is
/// a block.
pub(crate) async fn dial(
    shared: &Arc<Shared>,
    permit: &Permit,
    exit: &Exit,
    to: &HostPort,
    salt: u64,
) -> Result<TcpStream, DialError> {
    let attempt = async {
        match &exit.record.kind {
            ExitKind::Local { bind } => dial_local(shared, permit, bind, to, salt).await,
            ExitKind::Upstream { resolve, .. } => {
                let to = target_for_parent(shared, permit, to, *resolve).await?;
                upstream::connect(shared, &exit.record.kind, &to).await
            }
        }
    };
    tokio::time::timeout(shared.config.timeouts.connect, attempt).await.unwrap_or(Err(Reason::Timeout.into()))
}

async fn dial_local(
    shared: &Shared,
    permit: &Permit,
    bind: &Bind,
    to: &HostPort,
    salt: u64,
) -> Result<TcpStream, DialError> {
    connect_from(bind, checked(shared, permit, to).await?, salt).await
}

/// Connects to a page of the operator's own through an exit: what is closed to customers is not closed to it.
pub(crate) async fn dial_for_operator(
    shared: &Arc<Shared>,
    exit: &Exit,
    to: &HostPort,
) -> Result<TcpStream, DialError> {
    match &exit.record.kind {
        ExitKind::Local { bind } => {
            let all = shared.resolver.addresses(&to.host).await?;
            let addresses = all.into_iter().map(|ip| SocketAddr::new(ip.to_canonical(), to.port));
            connect_from(bind, addresses.collect(), 0).await
        }
        ExitKind::Upstream { .. } => upstream::connect(shared, &exit.record.kind, to).await,
    }
}

/// Connects to the first of these addresses that can be reached.
async fn connect_from(bind: &Bind, addresses: Vec<SocketAddr>, salt: u64) -> Result<TcpStream, DialError> {
    let mut failure = DialError::Destination(Reason::DestinationFailed);
    for address in addresses {
        let socket = match socket_for(bind, address.is_ipv4(), salt) {
            Ok(Some(socket)) => socket,
            Ok(None) => continue,
            Err(error) => return Err(DialError::Exit(error.to_string())),
        };
        match socket.connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = blame(&error),
        }
    }
    Err(failure)
}

/// A source address that is gone is the exit's fault; everything else the destination's.
fn blame(error: &io::Error) -> DialError {
    match error.kind() {
        io::ErrorKind::AddrNotAvailable | io::ErrorKind::NetworkDown => DialError::Exit(error.to_string()),
        io::ErrorKind::TimedOut => Reason::Timeout.into(),
        _ => Reason::DestinationFailed.into(),
    }
}

/// The destination's addresses that may be dialled.
async fn checked(shared: &Shared, permit: &Permit, to: &HostPort) -> Result<Vec<SocketAddr>, Reason> {
    let all = shared.resolver.addresses(&to.host).await?;
    // A v4 address in v6 clothes is the v4 address.
    let all = all.into_iter().map(|ip| ip.to_canonical());
    let all = all.map(|ip| SocketAddr::new(ip, to.port));
    let addresses: Vec<_> = all.filter(|at| may_reach(shared, permit, *at)).collect();
    if addresses.is_empty() { Err(Reason::DestinationDenied) } else { Ok(addresses) }
}

/// What the parent is asked for. A name goes to it unresolved unless the exit says otherwise; what is
/// literally private, or local by name, goes nowhere.
async fn target_for_parent(
    shared: &Shared,
    permit: &Permit,
    to: &HostPort,
    resolve: Resolve,
) -> Result<HostPort, Reason> {
    let is_address = to.host.parse::<IpAddr>().is_ok();
    if is_address || resolve == Resolve::Gateway {
        let first = checked(shared, permit, to).await?.first().copied().ok_or(Reason::DestinationDenied)?;
        return Ok(HostPort { host: first.ip().to_string(), port: to.port });
    }
    let local = destination::is_local_name(&to.host) && !shared.config.destinations.allow_private;
    if local { Err(Reason::DestinationDenied) } else { Ok(to.clone()) }
}

/// The source address of an exit; `None`: whatever its interface gives.
pub(crate) fn source_in(bind: &Bind, salt: u64) -> Option<IpAddr> {
    match bind {
        Bind::Address(ip) => Some(*ip),
        Bind::Block { network, prefix } => Some(address_in(*network, *prefix, salt)),
        Bind::Interface(_) => None,
    }
}

/// A socket bound as the exit says; `None` if it can't reach the address family.
fn socket_for(bind: &Bind, v4: bool, salt: u64) -> io::Result<Option<TcpSocket>> {
    let source = source_in(bind, salt);
    if source.is_some_and(|ip| ip.is_ipv4() != v4) {
        return Ok(None);
    }
    let socket = if v4 { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_nodelay(true)?;
    if let Bind::Interface(name) = bind {
        SockRef::from(&socket).bind_device(Some(name.as_bytes()))?;
    }
    if matches!(bind, Bind::Block { .. }) {
        let socket = SockRef::from(&socket);
        if v4 { socket.set_freebind_v4(true)? } else { socket.set_freebind_v6(true)? }
    }
    if let Some(ip) = source {
        sys::bind_address_no_port(&socket)?;
        socket.bind(SocketAddr::new(ip, 0))?;
    }
    Ok(Some(socket))
}

/// An address of a block, the same for the same salt.
fn address_in(network: IpAddr, prefix: u8, salt: u64) -> IpAddr {
    match network {
        IpAddr::V4(ip) => {
            let mask = u32::MAX.checked_shr(u32::from(prefix.min(32))).unwrap_or(0);
            let host = u32::try_from(salt & u64::from(mask)).unwrap_or(0);
            Ipv4Addr::from((u32::from(ip) & !mask) | host).into()
        }
        IpAddr::V6(ip) => {
            let mask = u128::MAX.checked_shr(u32::from(prefix.min(128))).unwrap_or(0);
            let wide = u128::from(salt) << 64 | u128::from(salt.rotate_left(17));
            Ipv6Addr::from((u128::from(ip) & !mask) | (wide & mask)).into()
        }
    }
}

/// Whether the exit could serve: its address can be bound, or its parent answers.
pub(crate) async fn probe(shared: &Arc<Shared>, exit: &Exit) -> Result<(), String> {
    match &exit.record.kind {
        ExitKind::Local { bind } => {
            let v4 =
                !matches!(bind, Bind::Address(IpAddr::V6(_)) | Bind::Block { network: IpAddr::V6(_), .. });
            socket_for(bind, v4, 0).map(|_| ()).map_err(|e| e.to_string())
        }
        kind @ ExitKind::Upstream { .. } => upstream::probe(shared, kind).await.map_err(DialError::into_text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_gives_addresses_of_the_block_only() {
        for salt in [0, 1, u64::MAX, 0x1234_5678_9abc_def0] {
            let IpAddr::V4(v4) = address_in("127.1.2.0".parse().unwrap(), 24, salt) else { panic!("v4") };
            assert_eq!(v4.octets()[..3], [127, 1, 2]);
            let IpAddr::V6(v6) = address_in("2001:db8:1:2::".parse().unwrap(), 64, salt) else {
                panic!("v6")
            };
            assert_eq!(v6.segments()[..4], [0x2001, 0xdb8, 1, 2]);
        }
        assert_eq!(address_in("1.2.3.4".parse().unwrap(), 32, 99), "1.2.3.4".parse::<IpAddr>().unwrap());
        assert_ne!(
            address_in("127.1.2.0".parse().unwrap(), 24, 1),
            address_in("127.1.2.0".parse().unwrap(), 24, 2)
        );
    }
}
