//! Renewals: more time for static addresses, by order or by themselves.

pub(crate) mod preview;
pub mod rules;

pub use rules::Duration;
