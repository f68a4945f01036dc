//! The network side with the real binary: extraction, static addresses, UDP. Customers are told apart by their
//! addresses, 127.0.0.1 and 127.0.0.21 on.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed assumption here is the failing test"
)]

#[path = "network/client.rs"]
mod client;
mod common;
#[path = "network/extraction.rs"]
mod extraction;
#[path = "network/places.rs"]
mod places;
#[path = "network/statics.rs"]
mod statics;
#[path = "network/truth.rs"]
mod truth;
#[path = "network/udp.rs"]
mod udp;
