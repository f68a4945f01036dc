//! Usage: batches of gateways are applied exactly once; customers read the traffic log.

mod api;
mod error;
pub mod flow;
pub(crate) mod queries;
mod rules;
#[cfg(test)]
mod tests;

use crate::Meter;
use turnpike_web::{Endpoint, with};

pub(crate) fn routes(meter: &Meter) -> Vec<Endpoint> {
    vec![Endpoint::get(
        "user-usage-flow/total",
        "usage",
        "按天统计流量",
        "Traffic by day, zero days included",
        with(meter, api::total),
    )]
}
