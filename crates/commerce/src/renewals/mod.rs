//! Renewals: more time for static addresses by order, and whatever is to go on by itself.
//!
//! [`rules`] are the dates, `preview` the prices of addresses, [`flow`] the renewals that come by themselves:
//! paid from the balance before the expiry, logged, tried again when they fail.

mod api;
pub mod error;
pub mod flow;
pub(crate) mod preview;
mod queries;
pub mod rules;
#[cfg(test)]
mod tests;

pub use queries::Log;
pub use rules::Duration;

use crate::{State, warnings};
use turnpike_access::packages::Package;
use turnpike_base::{Code, Fault, Result, Timestamp};
use turnpike_store::WriteTx;
use turnpike_web::{Endpoint, with};

#[rustfmt::skip] // One endpoint a line reads as the table it is.
pub(crate) fn routes(s: &State) -> Vec<Endpoint> {
    const TAG: &str = "renewals";
    vec![
        Endpoint::get("user-product/get-auto-renewal", TAG, "自动续费设置", "How packages renew by themselves", with(s, api::get)).codes(&[Code::NotFound]),
        Endpoint::post("user-product/set-auto-renewal", TAG, "设置自动续费", "Switch renewals by themselves on or off", with(s, api::set)).codes(&[Code::NotFound]),
        Endpoint::get("user-product/auto-renewal-logs", TAG, "自动续费记录", "What came of renewals by themselves", with(s, api::logs)).codes(&[]),
    ]
}

/// A customer hears once that a renewal failed, and why.
async fn warned(tx: &WriteTx, state: &State, package: &Package, fault: &Fault, now: Timestamp) -> Result<()> {
    warnings::flow::tell(tx, state, package, warnings::Kind::RenewalFailed, Some(fault.slug), now).await
}
