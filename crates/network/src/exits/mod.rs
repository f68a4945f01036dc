//! Exits: the ways out that an operator points the installation at.
//!
//! [`flow`] adds, lists, drains and removes them; each change reaches the gateways through the outbox of
//! the same transaction. [`Exit::record`] is what a gateway is told, [`flow::records`] all of them.

pub mod error;
pub mod flow;
mod import;
mod model;
pub(crate) mod queries;
pub(crate) mod rules;

pub use model::{Exit, Health, Measured, NewExit, Wanted};
pub(crate) use queries::set_pools;
pub use queries::{by_id, countries};
pub use rules::{kind_of, target_of};

#[cfg(test)]
mod tests;
