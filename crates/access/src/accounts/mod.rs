//! Proxy accounts: username and password pairs that gateways accept, bound to a product type.
//!
//! [`flow`] is what customers do with them, [`admit`] what a gateway's question is answered from, [`meter`]
//! what metering counts on.

pub mod admit;
pub(crate) mod api;
mod error;
pub mod flow;
pub mod meter;
mod model;
mod queries;
mod rules;
#[cfg(test)]
mod tests;

pub use model::{Account, Change, NewAccount, Pair, Search};

use crate::State;
use turnpike_base::Code;
use turnpike_web::{Endpoint, with};

#[rustfmt::skip] // One endpoint a line reads as the table it is.
pub(crate) fn routes(s: &State) -> Vec<Endpoint> {
    const TAG: &str = "accounts";
    vec![
        Endpoint::get("whitelist-account/list", TAG, "代理账号列表", "Proxy accounts of the customer", with(s, api::list)).codes(&[]),
        Endpoint::get("whitelist-account/search", TAG, "查找代理账号", "Proxy accounts whose name or remark holds a text, by page", with(s, api::search)).console().codes(&[]),
        Endpoint::post("whitelist-account/add", TAG, "添加代理账号", "Adds proxy accounts, all or none", with(s, api::add)).codes(&[Code::NotVerified]),
        Endpoint::post("whitelist-account/delete", TAG, "删除代理账号", "Deletes accounts; their connections are reset", with(s, api::delete)).codes(&[Code::NotFound]),
        Endpoint::post("whitelist-account/disable", TAG, "禁用代理账号", "Disables accounts; their connections are reset", with(s, api::disable)).codes(&[Code::NotFound]),
        Endpoint::post("whitelist-account/enable", TAG, "启用代理账号", "Enables accounts", with(s, api::enable)).codes(&[Code::NotFound]),
        Endpoint::post("whitelist-account/change-password", TAG, "修改代理账号密码", "Changes a password; new connections need it at once", with(s, api::change_password)).codes(&[Code::NotFound]),
        Endpoint::post("whitelist-account/change-remark", TAG, "修改代理账号备注", "Changes a remark", with(s, api::change_remark)).codes(&[Code::NotFound]),
        Endpoint::post("whitelist-account/change-limit", TAG, "修改代理账号流量上限", "Changes a traffic limit", with(s, api::change_limit)).codes(&[Code::NotFound]),
        Endpoint::post("proxy-account/change", TAG, "修改代理账号信息", "Changes what is sent, at least one field", with(s, api::change)).codes(&[Code::NotFound])
            .also(&["whitelist-account/change"]),
    ]
}
