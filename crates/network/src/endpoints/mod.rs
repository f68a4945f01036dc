//! Extraction: endpoints `host:port` of the entry, each a sticky session on an exit for its life (contract
//! section 6). A row says which customer's which port leads where until when; the gateways find it by the
//! source address of a connection and the port that was dialled.

mod api;
pub mod error;
pub mod flow;
mod queries;
mod rules;
mod running;
#[cfg(test)]
mod tests;

pub(crate) use queries::Running;
pub use queries::{Leased, at};

use crate::State;
use crate::sessions::Pins;
use std::sync::Arc;
use turnpike_base::Code;
use turnpike_web::{Endpoint, with};

#[rustfmt::skip] // One endpoint a line reads as the table it is.
pub(crate) fn routes(s: &State, pins: &Arc<Pins>) -> Vec<Endpoint> {
    let mut all = vec![
        Endpoint::get("ip/v3", "endpoints", "提取代理 IP", "Leases endpoints of the entry, usable without a password", with(s, api::extract)).codes(&[Code::NotVerified, Code::AddressNotAllowed, Code::OutOfStock, Code::Precondition]).also(&["ip/get-ip-v3"]).writes(),
    ];
    all.extend(running::routes(s, pins));
    all
}
