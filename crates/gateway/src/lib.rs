//! The data plane: listens, admits, chooses an exit, relays, counts and reports.
//!
//! A gateway knows only [`turnpike_wire::Control`]; it never learns a price, a name or a table. One event
//! loop per core accepts with SO_REUSEPORT and keeps its connections for life ([`serve`]); what loops
//! share ([`shared`]) is short-locked maps and atomics. Everything that talks to control runs beside
//! them on the caller's runtime: leases ([`lease`]), usage ([`report`]), changes ([`changes`]), health.

mod admit;
mod budget;
mod caps;
mod changes;
pub mod config;
mod conn;
mod destination;
mod dial;
mod doors;
mod endpoints;
mod entry;
mod exits;
#[cfg(test)]
mod figures;
mod journal;
mod lease;
mod listen;
mod listing;
pub mod metrics;
mod open;
mod own;
mod pending;
mod purse;
mod refuse;
mod relay;
mod report;
mod resolve;
mod running;
mod serve;
mod sessions;
mod shared;
mod signal;
mod statics;
mod udp;
mod upstream;

pub use config::{Config, Destinations, EndpointPorts, Timeouts};
pub use exits::AddressPage;
pub use metrics::Metrics;
pub use running::{Gateway, Running, StartError};
