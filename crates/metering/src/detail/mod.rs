//! The traffic log in detail: by hour, account, country or destination host, as JSON or CSV (contract
//! section 8).

mod api;
mod queries;
mod rules;
#[cfg(test)]
mod tests;

use crate::Meter;
use turnpike_web::{Endpoint, with};

pub(crate) fn routes(meter: &Meter) -> Vec<Endpoint> {
    vec![
        Endpoint::get(
            "user-usage-flow/detail",
            "usage",
            "按小时、账号、国家或目标域名统计流量",
            "Traffic by hour, account, country or destination host",
            with(meter, api::detail),
        )
        .codes(&[])
        .in_plain("text/csv"),
    ]
}
