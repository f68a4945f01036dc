//! What statements read of the ledger beside its entries.

use turnpike_base::{CustomerId, Money, Timestamp};
use turnpike_store::{Read, StoreError, args};

/// The balance just before an instant.
pub(super) async fn balance_before(
    tx: &impl Read,
    customer: CustomerId,
    at: Timestamp,
) -> Result<Money, StoreError> {
    let sql = "SELECT l.balance_after AS amount FROM ledger_lines l JOIN ledger_entries e ON e.id = l.entry_id \
        WHERE l.customer_id = $1 AND l.account = 'balance' AND e.created_at < $2 ORDER BY l.id DESC LIMIT 1";
    let row = tx.row(sql, args![customer, at]).await?;
    row.map_or(Ok(Money::ZERO), |row| Ok(row.opt("amount")?.unwrap_or(Money::ZERO)))
}

/// When the customer's first entry was written.
pub(super) async fn first_entry(
    tx: &impl Read,
    customer: CustomerId,
) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT MIN(created_at) AS first FROM ledger_entries WHERE customer_id = $1";
    tx.row(sql, args![customer]).await?.map_or(Ok(None), |row| row.opt("first"))
}
