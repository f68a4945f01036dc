//! Warnings about packages: 80 % used, used up, expiring, about to renew, renewal failed. Each is told once
//! for an expiry, as a signed webhook event through the outbox.

pub mod flow;
mod queries;
pub mod rules;
#[cfg(test)]
mod tests;

pub use rules::Kind;
