//! What a site calls countries, states and cities: names of its own beside the world catalogue's, shown in its
//! answers and found like any other spelling.
//!
//! Rows become the [`turnpike_places::Names`] of [`turnpike_web::Site::places`] when sites are read.

mod error;
pub mod flow;
mod queries;
mod rules;
#[cfg(test)]
mod tests;

pub(crate) use queries::{all, of};
pub use rules::{LONGEST, MOST};
