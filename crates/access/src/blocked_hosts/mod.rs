//! Hosts that a customer blocks for himself: his proxy accounts and addresses can't reach them (design notes,
//! section 3, "Destinations"). Permits carry the list, so that every gateway refuses by itself.

mod api;
mod error;
pub mod flow;
mod queries;
mod rules;
#[cfg(test)]
mod tests;

pub use queries::of_customer;
pub use rules::host;

use crate::State;
use turnpike_base::Code;
use turnpike_web::{Endpoint, with};

/// Hosts that a customer may block; every permit of his carries them.
const MOST: i64 = 200;

#[rustfmt::skip] // One endpoint a line reads as the table it is.
pub(crate) fn routes(s: &State) -> Vec<Endpoint> {
    const TAG: &str = "blocked-host";
    vec![
        Endpoint::get("blocked-host/list", TAG, "目标屏蔽列表", "Hosts that the customer blocks for himself", with(s, api::list)).codes(&[]),
        Endpoint::post("blocked-host/add", TAG, "屏蔽目标主机", "Blocks hosts and all that is below them; connections to them end", with(s, api::add)).codes(&[]),
        Endpoint::post("blocked-host/delete", TAG, "取消屏蔽目标主机", "Opens hosts again, all or none", with(s, api::delete)).codes(&[Code::NotFound]),
    ]
}
