//! Running connections, as the gateway that carries them tells of them when it is asked.

use crate::{BoxFuture, Subject};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::sync::Arc;
use turnpike_base::{Bytes, CustomerId, ExitId, Timestamp};

/// How a customer asked for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionKind {
    /// A forwarded request; also while it is kept for the next one, and what became of it by an upgrade.
    Http,
    /// A tunnel by CONNECT.
    Connect,
    /// SOCKS4 or SOCKS4a.
    Socks4,
    /// SOCKS5, command CONNECT.
    Socks5,
    /// What an association of SOCKS5 exchanges with one destination.
    Udp,
}

impl ConnectionKind {
    /// Its name, lower case, as APIs tell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Connect => "connect",
            Self::Socks4 => "socks4",
            Self::Socks5 => "socks5",
            Self::Udp => "udp",
        }
    }
}

/// A connection that ran when its gateway was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningConnection {
    /// Who.
    pub subject: Subject,
    /// How it was asked for.
    pub kind: ConnectionKind,
    /// From where.
    pub client: IpAddr,
    /// Which way out.
    pub exit: ExitId,
    /// `host:port` as asked for.
    pub destination: String,
    /// Since when.
    pub opened: Timestamp,
    /// Bytes from the customer so far.
    pub up: Bytes,
    /// Bytes to the customer so far.
    pub down: Bytes,
}

/// Asks a gateway for a customer's running connections: the newest first, at most 1,000 of each of its event loops.
pub type AskConnections = Arc<dyn Fn(CustomerId) -> BoxFuture<'static, Vec<RunningConnection>> + Send + Sync>;
