//! What paid orders grant, for every type of the contract's section 5, and how it is taken back.
//!
//! [`flow`] grants inside the payment's transaction, [`back`] takes back what is unused, [`freeze`] holds
//! it while a payment is disputed. Each grant leaves a row that says what it gave, so that [`crate::check`]
//! can prove that packages and orders agree.

pub mod back;
pub mod flow;
pub mod freeze;
#[cfg(test)]
mod freeze_tests;
mod model;
mod queries;

pub use model::{Given, GivenKind};
pub use queries::of_order;
