//! Warnings about packages: 80 % used, used up, expiring, about to renew, renewal failed. Each is told once for an
//! expiry, through the outbox: as a signed event to the operator's webhook, and as the customer chose by mail and to a
//! webhook of his own ([`hooks`]).

mod api;
mod error;
pub mod flow;
pub mod hooks;
mod queries;
pub mod rules;
#[cfg(test)]
mod tests;

pub use rules::Kind;

use crate::State;
use turnpike_base::Code;
use turnpike_web::{Endpoint, with};

#[rustfmt::skip] // One endpoint a line reads as the table it is.
pub(crate) fn routes(s: &State) -> Vec<Endpoint> {
    const TAG: &str = "warnings";
    vec![
        Endpoint::get("warning/list", TAG, "提醒设置", "Which warnings come by mail and to the customer's webhook", with(s, api::list)).codes(&[]).console(),
        Endpoint::post("warning/set", TAG, "修改提醒设置", "Switches a warning by mail or webhook on or off", with(s, api::set)).codes(&[]).console(),
        Endpoint::post("warning/set-webhook", TAG, "设置提醒的 Webhook", "Says where the customer's own server takes warnings; a new secret signs them", with(s, api::set_webhook)).codes(&[]).console(),
        Endpoint::post("warning/test-webhook", TAG, "测试 Webhook", "Sends a trial event to the customer's webhook", with(s, api::test_webhook)).codes(&[Code::NotFound, Code::Conflict]).console(),
    ]
}
