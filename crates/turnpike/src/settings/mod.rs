//! Settings: flags over environment (`TURNPIKE_…`) over a TOML file over defaults. Every fault is
//! reported at once, with the place where it was said.

mod fault;
mod flags;
mod load;
mod show;
mod source;
mod spec;
#[cfg(test)]
mod tests;
pub mod value;

pub use fault::{SettingFault, SettingFaults};
pub use flags::SettingFlags;
pub use load::{Resolved, resolve};
pub use show::{Shown, show};
pub use source::{File, Origin};
pub use spec::{ALL, Spec};

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use turnpike_base::Secret;
use value::{EndpointPorts, LogFormat};

/// Certificate and key, both PEM files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The chain, leaf first.
    pub cert: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// A mail server.
#[derive(Clone, Debug)]
pub struct MailServer {
    /// `smtp://…` or `smtps://…`.
    pub url: Secret,
    /// Mails come from this address.
    pub from: String,
}

/// Where signed events go.
#[derive(Clone, Debug)]
pub struct EventHook {
    /// `https://…`.
    pub url: String,
    /// Signs them.
    pub secret: Secret,
}

/// Everything an operator can set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the data live.
    pub data_dir: PathBuf,
    /// PostgreSQL in place of SQLite.
    pub database_url: Option<Secret>,
    /// Where the API listens.
    pub api_listen: SocketAddr,
    /// Where the proxy entry listens.
    pub proxy_listen: SocketAddr,
    /// Where the demo's echo origin listens.
    pub echo_listen: SocketAddr,
    /// Ports of extracted endpoints.
    pub endpoint_ports: EndpointPorts,
    /// What customers dial, as extraction tells it.
    pub proxy_host: Option<String>,
    /// How long a static address rests after its holder.
    pub static_rest_hours: u32,
    /// Where exits' public addresses are learned.
    pub address_page: Option<turnpike_gateway::AddressPage>,
    /// What customers are told for UDP; `None`: the address that they reached.
    pub udp_address: Option<std::net::IpAddr>,
    /// Databases of addresses that exits are measured with.
    pub place_databases: Vec<PathBuf>,
    /// Which exits are not sold for what was measured.
    pub withhold_misplaced: turnpike_control::Policy,
    /// Whether customers may reach private addresses.
    pub allow_private_destinations: bool,
    /// TLS of the API.
    pub api_tls: Option<TlsFiles>,
    /// TLS of the proxy entry.
    pub proxy_tls: Option<TlsFiles>,
    /// Whose PROXY protocol is read; `None` if it is off.
    pub proxy_protocol: Option<Vec<IpAddr>>,
    /// Load balancers before the API that are believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// Where the console's live test goes.
    pub test_url: String,
    /// Where people reach the console.
    pub public_url: Option<String>,
    /// Carries mail; without one mails wait.
    pub smtp: Option<MailServer>,
    /// Takes signed events.
    pub webhook: Option<EventHook>,
    /// Opens the operator API.
    pub operator_token: Option<Secret>,
    /// Opens /metrics.
    pub metrics_token: Option<Secret>,
    /// Name under which this gateway reports.
    pub gateway_name: String,
    /// How long a drain lasts, in seconds.
    pub drain_seconds: u32,
    /// Stripe, where its keys were said.
    pub stripe: Option<turnpike_commerce::payments::stripe::Settings>,
    /// How much is logged.
    pub log_level: tracing::Level,
    /// How it looks.
    pub log_format: LogFormat,
}
