//! Opening listening sockets: the entry once per loop, each port of extracted endpoints on one loop only.

use crate::config::{Config, EndpointPorts};
use crate::running::StartError;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};

const BACKLOG: i32 = 4_096;
/// How often a free port of the first address may be taken on another one before the start fails.
const TRIES: usize = 100;

/// Whether other sockets may listen beside one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beside {
    /// Those of the other loops.
    Loops,
    /// None: another process that wants the port is told so.
    Nobody,
}

/// A listening socket that does not block.
pub(crate) fn listen(address: SocketAddr, beside: Beside) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    if beside == Beside::Loops {
        socket.set_reuse_port(true)?;
    }
    // Every accepted socket inherits it.
    socket.set_tcp_nodelay(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.bind(&SockAddr::from(address))?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// Where the entry listens, and for each loop its listeners.
pub(crate) type Entry = (Vec<SocketAddr>, Vec<Vec<TcpListener>>);

/// Opens the entry: every address once per loop. Reports every address that can't be listened on.
pub(crate) fn entry(config: &Config) -> Result<Entry, StartError> {
    let mut faults = Vec::new();
    let mut addresses = Vec::new();
    let mut per_loop: Vec<Vec<_>> = (0..config.loops.max(1)).map(|_| Vec::new()).collect();
    for wanted in &config.listen {
        let mut address = *wanted;
        for listeners in &mut per_loop {
            match listen(address, Beside::Loops).and_then(|l| Ok((l.local_addr()?, l))) {
                Ok((bound, listener)) => {
                    address = bound;
                    listeners.push(listener);
                }
                Err(error) => {
                    faults.push((*wanted, error));
                    break;
                }
            }
        }
        addresses.push(address);
    }
    if faults.is_empty() { Ok((addresses, per_loop)) } else { Err(StartError::Listen(faults)) }
}

/// The ports of endpoints, ascending, and for each loop its listeners.
pub(crate) type Endpoints = (Vec<u16>, Vec<Vec<TcpListener>>);

/// Opens the ports of endpoints on every address that the entry listens on.
pub(crate) fn endpoints(config: &Config, entry: &[SocketAddr]) -> Result<Endpoints, StartError> {
    let mut hosts: Vec<IpAddr> = entry.iter().map(SocketAddr::ip).collect();
    hosts.sort_unstable();
    hosts.dedup();
    let mut opened = match &config.endpoint_ports {
        EndpointPorts::These(ports) => these(&hosts, ports)?,
        EndpointPorts::Among(ports) => among(&hosts, ports)?,
        EndpointPorts::Free { count, before } => free(&hosts, usize::from(*count), before)?,
    };
    opened.sort_unstable_by_key(|(port, _)| *port);
    let loops = config.loops.max(1);
    let mut ports = Vec::with_capacity(opened.len());
    let mut per_loop: Vec<Vec<_>> = (0..loops).map(|_| Vec::new()).collect();
    for (at, (port, listeners)) in opened.into_iter().enumerate() {
        ports.push(port);
        per_loop[at % loops].extend(listeners);
    }
    Ok((ports, per_loop))
}

/// A port and its listeners, one for each host.
type Opened = (u16, Vec<TcpListener>);

/// An address that can't be listened on, and why.
type Fault = (SocketAddr, io::Error);

fn these(hosts: &[IpAddr], ports: &[u16]) -> Result<Vec<Opened>, StartError> {
    let (opened, faults) = open_each(hosts, ports);
    if faults.is_empty() { Ok(opened) } else { Err(StartError::Listen(faults)) }
}

fn among(hosts: &[IpAddr], ports: &[u16]) -> Result<Vec<Opened>, StartError> {
    let (opened, faults) = open_each(hosts, ports);
    match faults.first() {
        Some(_) if opened.is_empty() => return Err(StartError::Listen(faults)),
        Some((first, error)) => {
            tracing::warn!(%first, %error, taken = faults.len(), "ports of endpoints are taken by others");
        }
        None => {}
    }
    Ok(opened)
}

fn open_each(hosts: &[IpAddr], ports: &[u16]) -> (Vec<Opened>, Vec<Fault>) {
    let (mut opened, mut faults) = (Vec::with_capacity(ports.len()), Vec::new());
    for port in ports {
        match open(hosts, *port) {
            Ok(one) => opened.push(one),
            Err(fault) => faults.push(fault),
        }
    }
    (opened, faults)
}

/// Free ports of the system's choice, those of before first: endpoints that were handed out stand for them.
fn free(hosts: &[IpAddr], count: usize, before: &[u16]) -> Result<Vec<Opened>, StartError> {
    let mut opened = Vec::with_capacity(count);
    for port in before.iter().take(count) {
        match open(hosts, *port) {
            Ok(one) => opened.push(one),
            Err((address, error)) => {
                tracing::warn!(%address, %error, "a port of endpoints is taken by others")
            }
        }
    }
    let mut tries = 0;
    while opened.len() < count && !hosts.is_empty() {
        match open(hosts, 0) {
            Ok(one) => opened.push(one),
            Err(_) if tries < TRIES => tries += 1,
            Err(fault) => return Err(StartError::Listen(vec![fault])),
        }
    }
    Ok(opened)
}

/// Listens on a port of every host; port 0: one that is free on the first.
fn open(hosts: &[IpAddr], port: u16) -> Result<Opened, Fault> {
    let mut port = port;
    let mut listeners = Vec::with_capacity(hosts.len());
    for host in hosts {
        let address = SocketAddr::new(*host, port);
        let listener = listen(address, Beside::Nobody).map_err(|error| (address, error))?;
        port = listener.local_addr().map_err(|error| (address, error))?.port();
        listeners.push(listener);
    }
    Ok((port, listeners))
}
