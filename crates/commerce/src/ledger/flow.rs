//! Posting and reading.

use super::model::{Account, Kind, Posting};
use super::{error, queries, rules};
use std::collections::BTreeMap;
use turnpike_base::{CustomerId, Money, Result, SiteId, Timestamp};
use turnpike_store::{Read, Store, WriteTx};

/// Lines of entries that were made so long ago are old, in minutes: no transaction lasts so long, so none can still
/// add a line before them.
const OLD_MINUTES: i64 = 60;
/// So many lines are folded in one transaction: who else writes waits no longer than for those.
const FOLD: i64 = 10_000;

/// Posts an entry inside the transaction of what it tells of.
///
/// Fails with `balance_too_low` (402) where a balance would fall below zero, unless it may, and with
/// `entry_posted` (409) where an order would be paid, topped up or gifted twice; then the transaction is
/// not to be committed.
pub async fn post(tx: &WriteTx, posting: &Posting<'_>, now: Timestamp) -> Result<()> {
    let mut after = BTreeMap::new();
    for (customer, change) in rules::balance_changes(posting)? {
        after.insert(customer, shift(tx, customer, change, posting.overdraw, now).await?);
    }
    let id = queries::insert_entry(tx, posting, now).await?.ok_or_else(error::posted_already)?;
    Ok(queries::insert_lines(tx, id, posting, &after).await?)
}

/// Changes a kept balance. Its row stays locked until the transaction ends, so entries of a customer
/// stand one after another.
async fn shift(
    tx: &WriteTx,
    customer: CustomerId,
    change: Money,
    overdraw: bool,
    now: Timestamp,
) -> Result<Money> {
    queries::open_balance(tx, customer, now).await?;
    // What comes in is taken also while a dispute keeps the balance below zero.
    match queries::shift_balance(tx, customer, change, overdraw || change > Money::ZERO, now).await? {
        Some(after) => Ok(after),
        None => Err(error::too_low(Money(change.0.saturating_neg()), balance(tx, customer).await?)),
    }
}

/// A customer's balance.
pub async fn balance(tx: &impl Read, customer: CustomerId) -> Result<Money> {
    Ok(queries::balance(tx, customer).await?)
}

/// What a customer ever topped up, gifts not counted.
pub async fn recharged(tx: &impl Read, customer: CustomerId) -> Result<Money> {
    Ok(queries::recharged(tx, customer).await?)
}

/// The operator gives (or, with a negative amount, takes) by hand.
pub async fn credit_by_operator(
    tx: &WriteTx,
    site: SiteId,
    customer: CustomerId,
    amount: Money,
    reason: &str,
    now: Timestamp,
) -> Result<()> {
    let against = Money(amount.0.saturating_neg());
    let lines = [(Account::Adjustments, against), (Account::Balance(customer), amount)];
    let posting = Posting {
        site,
        customer,
        kind: Kind::Credit,
        trade_no: "",
        memo: reason,
        lines: &lines,
        overdraw: false,
    };
    post(tx, &posting, now).await
}

/// Adds lines that have grown old to the sums that are kept of such, so that a look at the books reads few. A job
/// runs it.
pub async fn fold(store: &Store, now: Timestamp) -> Result<()> {
    while fold_some(store, now.plus_minutes(-OLD_MINUTES)).await? {}
    Ok(())
}

async fn fold_some(store: &Store, before: Timestamp) -> Result<bool> {
    let tx = store.write().await?;
    let after = queries::lock_folded(&tx).await?;
    let Some(last) = queries::last_before(&tx, after, before, FOLD).await? else { return Ok(false) };
    queries::fold(&tx, after, last).await?;
    tx.commit().await?;
    Ok(true)
}
