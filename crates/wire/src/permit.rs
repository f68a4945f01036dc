//! Admission: what a gateway asks about a connection and what it may then do for it.

use crate::exit::{CountryCode, Pool};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};
use turnpike_base::{AccountId, CustomerId, ExitId, ProductType, Timestamp};

/// Whom to count: the key of budgets, usage rows and limits.
///
/// Traffic that an address authenticated has no account; it is logged with an empty username.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Subject {
    /// Who pays.
    pub customer: CustomerId,
    /// The proxy account, if one authenticated.
    pub account: Option<AccountId>,
    /// What the traffic is drawn from or logged under.
    pub product: ProductType,
}

/// Name and password as typed, with everything else of the username already parsed off.
#[derive(Clone, Serialize, Deserialize)]
pub struct Credentials {
    /// The account part of the username, as typed: `[site prefix -] account`.
    pub account: String,
    /// The password as typed.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("account", &self.account).finish_non_exhaustive()
    }
}

/// Which exits the username asks for, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Targeting {
    /// `area` or `country`.
    pub country: Option<String>,
    /// `state`.
    pub state: Option<String>,
    /// `city`.
    pub city: Option<String>,
    /// `asn`.
    pub asn: Option<u32>,
    /// `ip`: an owned static address or its id.
    pub ip: Option<String>,
}

/// A connection that wants in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Admission {
    /// The customer's address (after PROXY protocol, v4-mapped addresses unmapped).
    pub client: IpAddr,
    /// What the customer dialled: tells the common entry, an endpoint's port, an owned static address.
    pub dialled: SocketAddr,
    /// The dialled port is one of extracted endpoints: source address and port say everything.
    pub at_endpoint: bool,
    /// Absent: the address has to be enough.
    pub credentials: Option<Credentials>,
    /// Wishes of the username; empty without one.
    pub targeting: Targeting,
}

/// Which exits may serve, in catalogue terms. Empty fields mean any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PlaceFilter {
    /// ISO 3166-1 alpha-2.
    pub country: Option<CountryCode>,
    /// The exit's `state_key`: an ISO 3166-2 code, or a folded name where the place has none.
    pub state: Option<String>,
    /// The exit's `city_key`: the folded name.
    pub city: Option<String>,
    /// Autonomous system number.
    pub asn: Option<u32>,
}

/// A static address the customer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OwnedExit {
    /// The exit that stands for the address.
    pub exit: ExitId,
    /// When the holding ends; running connections end with it.
    pub until: Timestamp,
}

/// An extracted endpoint: the session its port stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Endpoint {
    /// The exit it is bound to for its life.
    pub exit: ExitId,
    /// When its life ends: new connections are refused from then on.
    pub until: Timestamp,
}

impl Endpoint {
    /// The name under which its session is pinned once its exit died. No session of a username begins so.
    pub fn session(&self, port: u16) -> String {
        format!("@{port}@{}", self.until.0)
    }
}

/// Caps that all connections of a customer's entitlement share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Caps {
    /// Bytes per second, both directions together.
    pub bandwidth: Option<u64>,
    /// Connections at once.
    pub concurrency: Option<u32>,
}

/// What a gateway may do for an admitted connection. Cached by gateways until `valid_until` or until
/// a change names its subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permit {
    /// Whom to count.
    pub subject: Subject,
    /// The account's name as its owner wrote it; empty for address-authenticated traffic.
    pub username: String,
    /// Which pool serves, unless `owned` or `endpoint` say otherwise.
    pub pool: Pool,
    /// Where the exit has to be.
    pub place: PlaceFilter,
    /// Only these exits: the matching static addresses of the customer. `None`: the pool.
    pub owned: Option<Vec<OwnedExit>>,
    /// Set on an endpoint's port.
    pub endpoint: Option<Endpoint>,
    /// Set where the product caps use. Shared by all subjects of the same customer and product.
    pub caps: Option<Caps>,
    /// Whether UDP ASSOCIATE is on.
    pub udp: bool,
    /// Hosts (and everything below them) that the customer blocks for himself, lower case.
    pub blocked_hosts: Vec<String>,
    /// Not to be used later than this without asking again; at most 60 s away.
    pub valid_until: Timestamp,
}
