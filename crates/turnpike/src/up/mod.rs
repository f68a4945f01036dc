//! `turnpike up`: every part in one process.

pub mod health;
pub mod metrics;
