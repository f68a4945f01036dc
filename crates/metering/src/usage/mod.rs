//! Usage: batches of gateways are applied exactly once; customers read the traffic log.

pub(crate) mod api;
mod error;
pub mod flow;
pub(crate) mod queries;
mod rules;
#[cfg(test)]
mod tests;

use crate::Meter;
use turnpike_web::{Endpoint, with};

#[rustfmt::skip] // One endpoint a line reads as the table it is.
pub(crate) fn routes(meter: &Meter) -> Vec<Endpoint> {
    vec![
        Endpoint::get("user-usage-flow/total", "usage", "按天统计流量", "Traffic by day, zero days included", with(meter, api::total)).codes(&[]),
        Endpoint::get("user-usage-flow/flow-total", "usage", "时间段内的流量合计", "Traffic of a range in one figure", with(meter, api::flow_total)).codes(&[]),
    ]
}
