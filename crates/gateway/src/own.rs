//! Where this gateway and the rest of the installation listen: never a destination, and the ports that stand for endpoints.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr, UdpSocket};

/// See the module.
#[derive(Clone, Debug, Default)]
pub(crate) struct Own {
    hosts: HashMap<u16, Vec<IpAddr>>,
    endpoints: HashSet<u16>,
}

impl Own {
    /// Listeners of the entry, and ports of endpoints on the same hosts.
    pub(crate) fn new(entry: &[SocketAddr], endpoints: &[u16]) -> Self {
        let mut own = Self { endpoints: endpoints.iter().copied().collect(), ..Self::default() };
        entry.iter().for_each(|address| own.add(*address));
        for host in entry.iter().map(SocketAddr::ip) {
            endpoints.iter().for_each(|port| own.add(SocketAddr::new(host, *port)));
        }
        own
    }

    /// One listener more.
    pub(crate) fn add(&mut self, address: SocketAddr) {
        let hosts = self.hosts.entry(address.port()).or_default();
        if !hosts.contains(&address.ip()) {
            hosts.push(address.ip());
        }
    }

    /// One listener less.
    pub(crate) fn remove(&mut self, address: SocketAddr) {
        if let Some(hosts) = self.hosts.get_mut(&address.port()) {
            hosts.retain(|host| *host != address.ip());
        }
    }

    /// Whether an address leads to one of the listeners. "Any address" means this machine; who listens on it
    /// hears all addresses of this machine, and only those.
    pub(crate) fn is_here(&self, address: SocketAddr) -> bool {
        let to = address.ip();
        let meets = |host: &IpAddr| {
            *host == to || to.is_unspecified() || host.is_unspecified() && is_of_this_machine(to)
        };
        self.hosts.get(&address.port()).is_some_and(|hosts| hosts.iter().any(meets))
    }

    /// Whether a port stands for endpoints.
    pub(crate) fn is_endpoint(&self, port: u16) -> bool {
        self.endpoints.contains(&port)
    }
}

/// Only a machine's own addresses can be bound.
fn is_of_this_machine(ip: IpAddr) -> bool {
    UdpSocket::bind((ip, 0)).is_ok()
}
