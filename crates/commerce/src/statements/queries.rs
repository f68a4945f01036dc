//! What statements read of the ledger beside its entries.

use std::collections::HashMap;
use turnpike_base::{CustomerId, Money, Text, Timestamp};
use turnpike_store::{Read, Row, StoreError, args};

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

/// What the orders are called that entries of a time are about, by their numbers.
pub(super) async fn titles(
    tx: &impl Read,
    customer: CustomerId,
    from: Timestamp,
    until: Timestamp,
) -> Result<HashMap<String, Text>, StoreError> {
    let sql = "SELECT trade_no, title_zh, title_en FROM orders WHERE trade_no IN (SELECT trade_no FROM ledger_entries \
        WHERE customer_id = $1 AND created_at >= $2 AND created_at < $3)";
    let read = |row: &Row| {
        let title = Text::made(row.get::<String>("title_zh")?, row.get::<String>("title_en")?);
        Ok((row.get("trade_no")?, title))
    };
    tx.rows(sql, args![customer, from, until]).await?.iter().map(read).collect()
}
