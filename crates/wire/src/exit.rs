//! Exits as gateways know them.

use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use turnpike_base::{ExitId, Timestamp};

/// ISO 3166-1 alpha-2, upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// Reads two letters in any case.
    pub fn parse(text: &str) -> Option<Self> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Some(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("ZZ")
    }
}

impl std::fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
impl std::fmt::Display for CountryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
impl From<CountryCode> for String {
    fn from(c: CountryCode) -> Self {
        c.as_str().to_owned()
    }
}
impl TryFrom<String> for CountryCode {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("{text:?} is not an ISO 3166-1 alpha-2 code"))
    }
}

/// The exits that serve a product type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pool {
    /// Rotating residential (9, 11, 17).
    Residential,
    /// Rotating data center (12).
    Datacenter,
    /// Rotating ISP (15).
    Isp,
    /// Rotating static (16, 21), and every static address by its owner (14, 25).
    Static,
    /// Residential static addresses nobody holds (13).
    StaticUnsold,
}

impl Pool {
    /// Every pool.
    pub const ALL: [Self; 5] =
        [Self::Residential, Self::Datacenter, Self::Isp, Self::Static, Self::StaticUnsold];

    /// The name operators write.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Residential => "residential",
            Self::Datacenter => "datacenter",
            Self::Isp => "isp",
            Self::Static => "static",
            Self::StaticUnsold => "static_unsold",
        }
    }

    /// Reads an operator's name of a pool.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.name() == text)
    }
}

/// What a local exit binds to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bind {
    /// One source address.
    Address(IpAddr),
    /// Whatever address the named interface gives.
    Interface(String),
    /// A whole block: each session takes an address of it.
    Block {
        /// First address of the block.
        network: IpAddr,
        /// Prefix length in bits.
        prefix: u8,
    },
}

/// What a parent proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum ParentProtocol {
    Http,
    Socks5,
}

/// Who resolves names for an upstream exit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolve {
    /// The parent: it gets the name.
    #[default]
    Exit,
    /// The gateway: the parent gets the address that was checked.
    Gateway,
}

/// How an exit is reached.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExitKind {
    /// A source address of the gateway's machine.
    Local {
        /// What to bind to.
        bind: Bind,
    },
    /// A parent proxy.
    Upstream {
        /// What it speaks.
        protocol: ParentProtocol,
        /// Name or address.
        host: String,
        /// Port.
        port: u16,
        /// Credentials (user, password), if it wants some.
        credentials: Option<(String, String)>,
        /// Who resolves names.
        resolve: Resolve,
    },
}

impl std::fmt::Debug for ExitKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Local { bind } => f.debug_struct("Local").field("bind", bind).finish(),
            Self::Upstream { protocol, host, port, .. } => f
                .debug_struct("Upstream")
                .field("protocol", protocol)
                .field("host", host)
                .field("port", port)
                .finish_non_exhaustive(),
        }
    }
}

/// Whether an exit takes new connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExitStatus {
    /// Yes.
    Enabled,
    /// Running ones go on, no new ones.
    Draining,
    /// None; running ones are reset.
    Disabled,
}

/// An exit as control describes it to gateways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExitRecord {
    /// Its id.
    pub id: ExitId,
    /// How it is reached.
    pub kind: ExitKind,
    /// Which pools it serves in.
    pub pools: Vec<Pool>,
    /// Where it is.
    pub country: CountryCode,
    /// ISO 3166-2 code, or a folded name where the place has none.
    pub state_key: Option<String>,
    /// Folded city name.
    pub city_key: Option<String>,
    /// City name for people, by the catalogue, as `X-Proxy-Exit` shows it.
    pub city: Option<String>,
    /// Autonomous system number.
    pub asn: Option<u32>,
    /// Whether it serves.
    pub status: ExitStatus,
}

impl ExitRecord {
    /// The address, if customers may dial it themselves: a static one of a gateway's machine. Such an exit
    /// serves in the static pools, or, while somebody holds it for himself, in none.
    pub fn dialled(&self) -> Option<IpAddr> {
        let ExitKind::Local { bind: Bind::Address(address) } = self.kind else { return None };
        let held = |pool: &Pool| matches!(pool, Pool::Static | Pool::StaticUnsold);
        self.pools.iter().all(held).then_some(address)
    }
}

/// What a gateway saw of an exit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExitHealth {
    /// Which one.
    pub exit: ExitId,
    /// Whether it is in the index.
    pub healthy: bool,
    /// Smoothed connect time in microseconds, 0 if unknown.
    pub latency_us: u64,
    /// The public address that a probe saw.
    pub public: Option<IpAddr>,
    /// Why it is out, for the operator.
    pub error: Option<String>,
    /// When this was seen.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn country_codes_are_two_letters() {
        assert_eq!(CountryCode::parse("us").map(|c| c.to_string()).as_deref(), Some("US"));
        assert!(["", "u", "usa", "u1", "é"].iter().all(|bad| CountryCode::parse(bad).is_none()));
    }

    #[test]
    fn an_upstream_does_not_print_its_password() {
        let kind = ExitKind::Upstream {
            protocol: ParentProtocol::Http,
            host: "parent".into(),
            port: 3128,
            credentials: Some(("u".into(), "hunter2".into())),
            resolve: Resolve::Exit,
        };
        assert!(!format!("{kind:?}").contains("hunter2"));
    }
}
