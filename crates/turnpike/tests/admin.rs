//! The operator's commands as people and scripts run them: the real binary on directories of its own.
#![cfg(test)]

mod kit;

#[path = "admin/api.rs"]
mod api;
#[path = "admin/backup.rs"]
mod backup;
#[path = "admin/check.rs"]
mod check;
#[path = "admin/local.rs"]
mod local;
