//! The command `turnpike`: settings, data directory, and the wiring of all parts into one process.

pub mod admin;
pub mod backup;
pub mod check;
pub mod cli;
pub mod data_dir;
pub mod demo;
pub mod echo;
pub mod limits;
pub mod logs;
pub mod server;
pub mod settings;
pub mod terminal;
pub mod up;
