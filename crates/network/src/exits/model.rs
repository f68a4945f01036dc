//! What is known of an exit.

use crate::place::Place;
use turnpike_base::{ExitId, StaticId, Timestamp};
use turnpike_wire::{CountryCode, ExitKind, ExitRecord, ExitStatus, Pool, Resolve};

/// An exit as an operator describes it.
#[derive(Clone, Debug)]
pub struct NewExit {
    /// How it is reached: an address, a block (`10.0.0.0/24`), `interface:eth0`, or a parent
    /// (`http://user:password@host:port`, `socks5://host:port`).
    pub target: String,
    /// Who resolves names, for parents.
    pub resolve: Resolve,
    /// Which pools it serves in.
    pub pools: Vec<Pool>,
    /// Country by code or name.
    pub country: String,
    /// State by code or name.
    pub state: Option<String>,
    /// City by name.
    pub city: Option<String>,
    /// Autonomous system number.
    pub asn: Option<u32>,
}

/// Which exits are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// With this in the target or the city, or exactly this public address or id.
    pub search: Option<String>,
    /// In this country, as claimed.
    pub country: Option<CountryCode>,
    /// That serve in this pool.
    pub pool: Option<Pool>,
    /// Of this status.
    pub status: Option<ExitStatus>,
    /// That answer, or those that don't.
    pub healthy: Option<bool>,
    /// Whose measured place differs from the claim, or those without a difference.
    pub mismatched: Option<bool>,
}

/// An exit.
#[derive(Clone, Debug)]
pub struct Exit {
    /// Its id.
    pub id: ExitId,
    /// How it is reached.
    pub kind: ExitKind,
    /// Which pools it serves in.
    pub pools: Vec<Pool>,
    /// Where it is, as claimed.
    pub place: Place,
    /// Autonomous system number, as claimed.
    pub asn: Option<u32>,
    /// Whether it serves.
    pub status: ExitStatus,
    /// Its place is not what it claims, and the policy is not to sell it.
    pub withheld: bool,
    /// What gateways saw.
    pub health: Health,
    /// What its public address says about its place.
    pub measured: Option<Measured>,
    /// The static address it stands for.
    pub static_id: Option<StaticId>,
    /// When it was added.
    pub created_at: Timestamp,
}

/// What gateways saw of an exit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Whether it serves.
    pub healthy: bool,
    /// Smoothed connect time in microseconds, 0 if unknown.
    pub latency_us: i64,
    /// Why it is out.
    pub error: Option<String>,
    /// When it was last seen.
    pub seen_at: Option<Timestamp>,
    /// The public address that a probe saw.
    pub public: Option<String>,
}

/// Where an exit is according to the operator's database of addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// ISO 3166-2, or the database's name for it.
    pub state: Option<String>,
    /// The database's name.
    pub city: Option<String>,
    /// Autonomous system number.
    pub asn: Option<i64>,
    /// When.
    pub at: Timestamp,
    /// What differs from the claim; `None`: nothing.
    pub mismatch: Option<String>,
}

impl Exit {
    /// What a gateway is told. A withheld exit serves in no pool.
    pub fn record(&self) -> ExitRecord {
        ExitRecord {
            id: self.id,
            kind: self.kind.clone(),
            pools: if self.withheld { Vec::new() } else { self.pools.clone() },
            country: self.place.country,
            state_key: self.place.state.clone(),
            city_key: self.place.city_key.clone(),
            city: self.place.city.clone(),
            asn: self.asn,
            status: self.status,
        }
    }
}
