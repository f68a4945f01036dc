//! Leases (design notes, section 3): every byte is reserved at a package, an account's limit and its limit of
//! the day before a gateway may spend it.

pub mod flow;
mod model;
pub mod preview;
pub(crate) mod queries;
mod rules;
