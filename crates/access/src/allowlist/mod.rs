//! The IP allowlist: addresses that let connections in without credentials (contract section 3).

mod api;
mod error;
pub mod flow;
mod model;
mod queries;
mod rules;
#[cfg(test)]
mod tests;

pub use model::{Entry, NewEntries};
pub use queries::entries_of;

use crate::State;
use turnpike_base::Code;
use turnpike_web::{Endpoint, with};

#[rustfmt::skip] // One endpoint a line reads as the table it is.
pub(crate) fn routes(s: &State) -> Vec<Endpoint> {
    const TAG: &str = "allowlist";
    vec![
        Endpoint::get("proxy-ip/list", TAG, "IP 白名单列表", "Allowlisted addresses of the customer", with(s, api::list)).codes(&[]),
        Endpoint::post("proxy-ip/add", TAG, "添加 IP 白名单", "Allowlists addresses, all or none", with(s, api::add)).codes(&[]),
        Endpoint::post("proxy-ip/delete", TAG, "删除 IP 白名单", "Removes addresses; their connections are reset", with(s, api::delete)).codes(&[Code::NotFound, Code::CodeRequired, Code::CodeWrong]),
    ]
}
