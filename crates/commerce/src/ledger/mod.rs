//! The ledger: double entry, append only, in minor units. Whatever moves money posts an entry in the very
//! transaction that does what the entry tells of; balances are sums of lines, kept beside them and checked.
//!
//! Credits are positive (what the installation owes or has earned grows), debits negative; the lines of an
//! entry sum to nothing. [`post`] writes, [`balance`] reads, [`check`] proves.

pub mod check;
mod error;
mod flow;
mod model;
pub(crate) mod queries;
mod rules;
#[cfg(test)]
mod tests;

pub use flow::{balance, credit_by_operator, fold, post, recharged};
pub use model::{Account, Kind, Posting, Written};
pub use queries::{AccountSum, Wanted, balances};

use turnpike_base::{Page, PageOf, Result, SiteId};
use turnpike_store::Read;

/// A page of entries with their lines, the newest first.
pub async fn list(tx: &impl Read, wanted: Wanted, page: Page) -> Result<PageOf<Written>> {
    Ok(queries::page(tx, wanted, page).await?)
}

/// What stands on each account of a site; the sums sum to nothing.
pub async fn accounts(tx: &impl Read, site: SiteId) -> Result<Vec<AccountSum>> {
    Ok(queries::accounts(tx, site).await?)
}
