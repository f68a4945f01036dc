//! Requests of our own to other servers: one connection, one request, one whole answer, with limits on
//! time and size. For payment providers, webhooks and the operator API of a running server.

mod address;
mod error;
mod send;
mod trust;

pub use address::Address;
pub use error::FetchError;
pub use send::{Answer, Limits, send, send_where};
