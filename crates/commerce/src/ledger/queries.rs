//! All SQL of the ledger.

use super::model::{Account, Posting, Written};
use std::collections::{BTreeMap, HashMap};
use turnpike_base::{CustomerId, Money, Page, PageOf, SiteId, Timestamp};
use turnpike_store::{Read, Row, StoreError, WriteTx, args};

/// Which entries are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Only of this customer.
    pub customer: Option<CustomerId>,
    /// Only from then on.
    pub from: Option<Timestamp>,
    /// Only before then.
    pub until: Option<Timestamp>,
}

/// What stands on an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSum {
    /// The account's name.
    pub account: String,
    /// Credits minus debits.
    pub amount: Money,
    /// How many lines.
    pub lines: i64,
}

pub(super) async fn open_balance(
    tx: &WriteTx,
    customer: CustomerId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO balances (customer_id, amount, updated_at) SELECT id, 0, $2 FROM customers WHERE id = $1 \
        ON CONFLICT (customer_id) DO NOTHING";
    tx.exec(sql, args![customer, now]).await?;
    Ok(())
}

/// The new balance; `None` where it would fall below zero and must not, or there is no such customer.
pub(super) async fn shift_balance(
    tx: &WriteTx,
    customer: CustomerId,
    change: Money,
    overdraw: bool,
    now: Timestamp,
) -> Result<Option<Money>, StoreError> {
    let sql = "UPDATE balances SET amount = amount + $2, updated_at = $4 \
        WHERE customer_id = $1 AND (amount + $2 >= 0 OR $3 = 1) RETURNING amount";
    tx.row(sql, args![customer, change, overdraw, now]).await?.map(|row| row.get("amount")).transpose()
}

pub(super) async fn balance(tx: &impl Read, customer: CustomerId) -> Result<Money, StoreError> {
    let row = tx.row("SELECT amount FROM balances WHERE customer_id = $1", args![customer]).await?;
    row.map_or(Ok(Money::ZERO), |row| row.get("amount"))
}

/// The balances of several customers; who has none is left out.
pub async fn balances(
    tx: &impl Read,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, Money>, StoreError> {
    let ids: Vec<String> = customers.iter().map(ToString::to_string).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!("SELECT customer_id, amount FROM balances WHERE customer_id IN ({})", ids.join(", "));
    tx.rows(&sql, args![])
        .await?
        .iter()
        .map(|row| Ok((row.get("customer_id")?, row.get("amount")?)))
        .collect()
}

pub(super) async fn recharged(tx: &impl Read, customer: CustomerId) -> Result<Money, StoreError> {
    let sql = "SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) AS n FROM ledger_entries e JOIN ledger_lines l ON l.entry_id = e.id \
        WHERE e.customer_id = $1 AND e.kind = 'recharge' AND l.customer_id = $1 AND l.account = 'balance'";
    tx.row(sql, args![customer]).await?.map_or(Ok(Money::ZERO), |row| row.get("n"))
}

/// The entry's row; `None` where the order has one of this kind that it may have once only.
pub(super) async fn insert_entry(
    tx: &WriteTx,
    posting: &Posting<'_>,
    now: Timestamp,
) -> Result<Option<i64>, StoreError> {
    let sql = "INSERT INTO ledger_entries (site_id, customer_id, currency, kind, trade_no, memo, created_at) \
        SELECT id, $2, currency, $3, $4, $5, $6 FROM sites WHERE id = $1 ON CONFLICT DO NOTHING RETURNING id";
    let args =
        args![posting.site, posting.customer, posting.kind.slug(), posting.trade_no, posting.memo, now];
    tx.row(sql, args).await?.map(|row| row.get("id")).transpose()
}

pub(super) async fn insert_lines(
    tx: &WriteTx,
    id: i64,
    posting: &Posting<'_>,
    after: &BTreeMap<CustomerId, Money>,
) -> Result<(), StoreError> {
    let row = |(account, amount): &(Account, Money)| {
        let balance = match account {
            Account::Balance(customer) => after.get(customer).copied(),
            _ => None,
        };
        args![id, account.owner().unwrap_or(posting.customer), account.name(), *amount, balance]
    };
    let lines = posting.lines.iter().filter(|(_, amount)| *amount != Money::ZERO);
    let head = "INSERT INTO ledger_lines (entry_id, customer_id, account, amount, balance_after)";
    tx.insert_all(head, "", lines.map(row).collect()).await
}

const WANTED: &str = "($1 = 0 OR e.customer_id = $1) AND e.created_at >= $2 AND e.created_at < $3";

pub(super) async fn page(tx: &impl Read, wanted: Wanted, page: Page) -> Result<PageOf<Written>, StoreError> {
    let args = args![
        wanted.customer.map_or(0, CustomerId::get),
        wanted.from.unwrap_or(Timestamp(i64::MIN)),
        wanted.until.unwrap_or(Timestamp(i64::MAX))
    ];
    let count = format!("SELECT COUNT(*) AS n FROM ledger_entries e WHERE {WANTED}");
    let total = tx.row(&count, args.clone()).await?.map_or(Ok(0), |row| row.get("n"))?;
    let sql = format!(
        "SELECT e.id, e.customer_id, e.kind, e.trade_no, e.memo, e.currency, e.created_at, l.account, l.amount, l.balance_after \
         FROM (SELECT e.* FROM ledger_entries e WHERE {WANTED} ORDER BY e.id DESC LIMIT $4 OFFSET $5) e \
         JOIN ledger_lines l ON l.entry_id = e.id ORDER BY e.id DESC, l.id"
    );
    let rows = tx.rows(&sql, [args, args![page.size, page.offset()]].concat()).await?;
    Ok(PageOf { page, total, rows: gather(&rows)? })
}

/// Rows of lines, entry by entry, into entries.
fn gather(rows: &[Row]) -> Result<Vec<Written>, StoreError> {
    let mut entries: Vec<Written> = Vec::new();
    for row in rows {
        let id: i64 = row.get("id")?;
        if entries.last().is_none_or(|last| last.id != id) {
            entries.push(Written {
                id,
                customer: row.get("customer_id")?,
                kind: row.get("kind")?,
                trade_no: row.get("trade_no")?,
                memo: row.get("memo")?,
                currency: row.get("currency")?,
                created_at: row.get("created_at")?,
                lines: Vec::new(),
                balance: None,
            });
        }
        if let Some(last) = entries.last_mut() {
            last.lines.push((row.get("account")?, row.get("amount")?));
            last.balance = last.balance.or(row.opt("balance_after")?);
        }
    }
    Ok(entries)
}

pub(super) async fn accounts(tx: &impl Read, site: SiteId) -> Result<Vec<AccountSum>, StoreError> {
    let sql = "SELECT l.account AS account, CAST(SUM(l.amount) AS BIGINT) AS amount, COUNT(*) AS n FROM ledger_lines l \
        JOIN ledger_entries e ON e.id = l.entry_id WHERE e.site_id = $1 GROUP BY l.account ORDER BY l.account";
    let rows = tx.rows(sql, args![site]).await?;
    let read = |row: &Row| {
        Ok(AccountSum { account: row.get("account")?, amount: row.get("amount")?, lines: row.get("n")? })
    };
    rows.iter().map(read).collect()
}
