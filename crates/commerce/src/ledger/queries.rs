//! All SQL of the ledger.

use super::model::{Account, Posting, Written};
use std::collections::{BTreeMap, HashMap};
use turnpike_base::{CustomerId, Money, Page, PageOf, SiteId, Timestamp};
use turnpike_store::{Args, Read, Row, StoreError, WriteTx, args};

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

/// What of an order's money went to the balance because nothing was bought by it.
pub(crate) async fn returned(
    tx: &impl Read,
    customer: CustomerId,
    trade_no: &str,
) -> Result<Money, StoreError> {
    let sql = "SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) AS n FROM ledger_entries e JOIN ledger_lines l ON l.entry_id = e.id \
        WHERE e.customer_id = $1 AND e.kind = 'returned' AND e.trade_no = $2 AND l.account = 'balance'";
    tx.row(sql, args![customer, trade_no]).await?.map_or(Ok(Money::ZERO), |row| row.get("n"))
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

/// Only conditions that are meant stand there, so that the engine takes the index that fits.
fn conditions(wanted: Wanted) -> (String, Args) {
    let (mut parts, mut args) = (Vec::new(), Vec::new());
    let mut add = |part: &str, value: Args| {
        args.extend(value);
        parts.push(format!("{part} ${}", args.len()));
    };
    if let Some(customer) = wanted.customer {
        add("e.customer_id =", args![customer]);
    }
    if let Some(from) = wanted.from {
        add("e.created_at >=", args![from]);
    }
    if let Some(until) = wanted.until {
        add("e.created_at <", args![until]);
    }
    let all = if parts.is_empty() { String::new() } else { format!("WHERE {}", parts.join(" AND ")) };
    (all, args)
}

pub(super) async fn page(tx: &impl Read, wanted: Wanted, page: Page) -> Result<PageOf<Written>, StoreError> {
    let (wanted, args) = conditions(wanted);
    let count = format!("SELECT COUNT(*) AS n FROM ledger_entries e {wanted}");
    let total = tx.row(&count, args.clone()).await?.map_or(Ok(0), |row| row.get("n"))?;
    let n = args.len();
    let sql = format!(
        "SELECT e.id, e.customer_id, e.kind, e.trade_no, e.memo, e.currency, e.created_at, l.account, l.amount, l.balance_after \
         FROM (SELECT e.* FROM ledger_entries e {wanted} ORDER BY e.id DESC LIMIT ${} OFFSET ${}) e \
         JOIN ledger_lines l ON l.entry_id = e.id ORDER BY e.id DESC, l.id",
        n + 1,
        n + 2
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

/// What is kept of old lines, and the younger lines themselves. CROSS JOIN tells SQLite to begin with those few lines,
/// not with all entries of the site.
pub(super) const SUMS: &str = "SELECT account, CAST(SUM(amount) AS BIGINT) AS amount, CAST(SUM(n) AS BIGINT) AS n FROM \
    (SELECT account, amount, lines AS n FROM ledger_sums WHERE site_id = $1 \
     UNION ALL SELECT l.account, l.amount, 1 AS n FROM ledger_lines l CROSS JOIN ledger_entries e \
     WHERE e.id = l.entry_id AND e.site_id = $1 AND l.id > (SELECT MAX(line_id) FROM ledger_folded)) parts \
    GROUP BY account ORDER BY account";

pub(super) async fn accounts(tx: &impl Read, site: SiteId) -> Result<Vec<AccountSum>, StoreError> {
    let rows = tx.rows(SUMS, args![site]).await?;
    let read = |row: &Row| {
        Ok(AccountSum { account: row.get("account")?, amount: row.get("amount")?, lines: row.get("n")? })
    };
    rows.iter().map(read).collect()
}

/// The last line that is in the sums of old lines; who asks is the only one to add to them until he commits.
pub(super) async fn lock_folded(tx: &WriteTx) -> Result<i64, StoreError> {
    let rows = tx.lock("SELECT line_id FROM ledger_folded ORDER BY line_id", args![]).await?;
    rows.first().map_or(Ok(0), |row| row.get("line_id"))
}

/// The last of the next lines, `most` of them, that is of an entry made before; `None` where none is.
pub(super) async fn last_before(
    tx: &impl Read,
    after: i64,
    before: Timestamp,
    most: i64,
) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT MAX(CASE WHEN e.created_at < $2 THEN l.id END) AS id FROM \
        (SELECT id, entry_id FROM ledger_lines WHERE id > $1 ORDER BY id LIMIT $3) l \
        CROSS JOIN ledger_entries e WHERE e.id = l.entry_id";
    tx.row(sql, args![after, before, most]).await?.map_or(Ok(None), |row| row.opt("id"))
}

/// Adds the lines after one, up to another, to the sums of old lines.
pub(super) async fn fold(tx: &WriteTx, after: i64, last: i64) -> Result<(), StoreError> {
    let sql = "INSERT INTO ledger_sums (site_id, account, amount, lines) \
        SELECT e.site_id, l.account, CAST(SUM(l.amount) AS BIGINT), COUNT(*) FROM ledger_lines l \
        CROSS JOIN ledger_entries e WHERE e.id = l.entry_id AND l.id > $1 AND l.id <= $2 GROUP BY e.site_id, l.account \
        ON CONFLICT (site_id, account) DO UPDATE SET amount = ledger_sums.amount + excluded.amount, \
        lines = ledger_sums.lines + excluded.lines";
    tx.exec(sql, args![after, last]).await?;
    tx.exec("UPDATE ledger_folded SET line_id = $1", args![last]).await.map(drop)
}
