//! The store: SQLite (default) and PostgreSQL behind one code path.
//!
//! SQL is written once: `$1` placeholders, every integer a BIGINT, texts as TEXT. Reading and writing
//! are two transaction types; what a write transaction changes, its changes for gateways, its jobs and
//! its messages are rows of the same transaction.

pub mod along;
mod args;
mod batch;
pub mod beside;
pub mod changes;
pub mod conditions;
mod connect;
mod error;
pub mod held;
pub mod jobs;
mod migrate;
pub mod outbox;
mod retry;
mod row;
mod snapshot;
mod tx;
pub mod vault;

pub use args::{Arg, Args};
pub use conditions::Conditions;
pub use connect::{Engine, Store};
pub use error::StoreError;
pub use retry::{is_duplicate, retrying};
pub use row::{Column, Row};
pub use tx::{Read, ReadTx, WriteTx};
pub use vault::Vault;

#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
