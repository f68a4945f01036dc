//! What strangers, other customers, other sites' pages and small roles try against the real binary.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed assumption here is the failing test"
)]

#[path = "security/blocked.rs"]
mod blocked;
mod common;
#[path = "security/doors.rs"]
mod doors;
#[path = "security/http.rs"]
mod http;
#[path = "security/mailbox.rs"]
mod mailbox;
#[path = "security/operators.rs"]
mod operators;
#[path = "security/others.rs"]
mod others;
#[path = "security/people.rs"]
mod people;
#[path = "security/small.rs"]
mod small;
