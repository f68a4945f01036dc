//! The shop with the real binary: what is bought works at the gateway, what is wrong is refused and leaves no trace.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed assumption here is the failing test"
)]

#[path = "shop/buyer.rs"]
mod buyer;
#[path = "shop/caps.rs"]
mod caps;
#[allow(dead_code, reason = "not every test needs every helper")]
#[path = "network/client.rs"]
mod client;
mod common;
#[path = "shop/counted.rs"]
mod counted;
#[path = "shop/fields.rs"]
mod fields;
#[allow(dead_code, reason = "not every test needs every helper")]
#[path = "security/mailbox.rs"]
mod mailbox;
#[path = "shop/money.rs"]
mod money;
#[path = "shop/statics.rs"]
mod statics;
#[path = "shop/stock.rs"]
mod stock;
#[path = "shop/stripe.rs"]
mod stripe;
#[path = "shop/traffic.rs"]
mod traffic;
#[path = "shop/warnings.rs"]
mod warnings;
