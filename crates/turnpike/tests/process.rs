//! The process from its start to its end: which stores a demo takes, certificates read anew, what a SIGTERM does,
//! and how soon running connections end with what let them in.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed assumption here is the failing test"
)]

#[path = "process/closing.rs"]
mod closing;
mod common;
#[path = "process/drain.rs"]
mod drain;
#[path = "process/starts.rs"]
mod starts;
#[path = "process/tls.rs"]
mod tls;
