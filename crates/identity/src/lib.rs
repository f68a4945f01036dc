//! The identity domain: sites (brands), customers, their app_keys, operators.
//!
//! [`Directory`] answers the request kit's question "who calls" for every API request; [`api_keys`] are the
//! further keys that customers make for themselves.

pub mod api_keys;
mod auth;
pub mod customers;
pub mod keys;
pub mod operators;
pub mod passwords;
pub mod sites;

pub use auth::Directory;

#[cfg(test)]
mod tests;
