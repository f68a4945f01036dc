//! What an entry has to be. Pure.

use super::error;
use super::model::{Account, Posting};
use std::collections::BTreeMap;
use turnpike_base::{CustomerId, Money, Result};

/// What an entry does to balances, customer by customer; fails unless its lines sum to nothing.
pub(super) fn balance_changes(posting: &Posting<'_>) -> Result<BTreeMap<CustomerId, Money>> {
    let wrong = || error::unbalanced(format!("{posting:?}"));
    let total: i128 = posting.lines.iter().map(|(_, amount)| i128::from(amount.0)).sum();
    if total != 0 || posting.lines.iter().all(|(_, amount)| *amount == Money::ZERO) {
        return Err(wrong());
    }
    let mut changes: BTreeMap<CustomerId, Money> = BTreeMap::new();
    for (account, amount) in posting.lines {
        if let Account::Balance(customer) = account {
            let change = changes.entry(*customer).or_default();
            *change = change.plus(*amount).ok_or_else(wrong)?;
        }
    }
    changes.retain(|_, change| *change != Money::ZERO);
    Ok(changes)
}
