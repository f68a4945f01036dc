//! What a gateway is told at its start.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use turnpike_wire::GatewayId;

/// Settings of one gateway.
#[derive(Clone, Debug)]
pub struct Config {
    /// Its stable name.
    pub id: GatewayId,
    /// Which life of it; has to rise with every start (milliseconds of the clock do).
    pub start: i64,
    /// Where it listens. Port 0 takes a free one, the same for every loop.
    pub listen: Vec<SocketAddr>,
    /// Ports that stand for extracted endpoints, on the same addresses.
    pub endpoint_ports: EndpointPorts,
    /// Event loops; one per core is right.
    pub loops: usize,
    /// Set: connections may begin with TLS.
    pub tls: Option<Arc<rustls::ServerConfig>>,
    /// Connections from these addresses begin with a PROXY protocol header. Empty: off.
    pub balancers: Vec<IpAddr>,
    /// What customers may reach.
    pub destinations: Destinations,
    /// How long things may take.
    pub timeouts: Timeouts,
    /// Where batches wait that control did not take. `None`: in memory only.
    pub journal: Option<PathBuf>,
    /// The address that customers are told for UDP, where they reach this machine through another one than it has
    /// itself (NAT). `None`: the one that they reached.
    pub udp_address: Option<IpAddr>,
    /// Where exits' public addresses are learned. `None`: nowhere.
    pub address_page: Option<crate::AddressPage>,
    /// Idle exits probed per second.
    pub probes_per_second: u32,
}

/// Ports that stand for extracted endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndpointPorts {
    /// These; one that can't be had stops the start.
    These(Vec<u16>),
    /// Those of these that are free; where none is, the start stops.
    Among(Vec<u16>),
    /// So many free ones of the system's choice.
    Free {
        /// How many.
        count: u16,
        /// Those an earlier life had: taken again as far as they are free.
        before: Vec<u16>,
    },
}

impl Default for EndpointPorts {
    fn default() -> Self {
        Self::These(Vec::new())
    }
}

/// What customers may reach beyond the public internet.
#[derive(Clone, Debug, Default)]
pub struct Destinations {
    /// Private, loopback, link-local and other special addresses too. For laboratories.
    pub allow_private: bool,
    /// Just these, for instance a demo's own origin.
    pub exempt: Vec<SocketAddr>,
    /// What else of the installation listens, and stays closed in a laboratory too: the API.
    pub closed: Vec<SocketAddr>,
}

/// How long things may take (contract section 9).
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// From accept to the end of the proxy handshake.
    pub handshake: Duration,
    /// Name resolution and connect together.
    pub connect: Duration,
    /// Without a byte in either direction.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(600),
        }
    }
}
