//! All SQL of invoices.

use super::model::{Invoice, Invoiceable, Place, Profile, Status};
use std::collections::HashMap;
use turnpike_base::{CustomerId, Money, Page, PageOf, SiteId, Timestamp};
use turnpike_store::{Args, Read, Row, StoreError, WriteTx, args};

/// Which orders can be invoiced: those that are over or paid, with money from outside that stands on no invoice. The words are
/// those of the index of such orders.
pub(crate) const INVOICEABLE: &str = "status <> 0 AND outside > invoiced";
const AMOUNT: &str = "outside - invoiced";

/// Those of a customer.
pub(super) fn invoiceable_of() -> String {
    format!("FROM orders WHERE customer_id = $1 AND {INVOICEABLE}")
}

fn json<T: serde::de::DeserializeOwned + Default>(text: &str) -> T {
    // Written by us; a row that can't be read shows empty rather than hiding the others.
    serde_json::from_str(text).unwrap_or_default()
}

fn text(profile: &Profile) -> String {
    serde_json::to_string(profile).unwrap_or_default()
}

pub(super) async fn profiles(
    tx: &impl Read,
    customer: CustomerId,
) -> Result<Vec<(i64, Profile)>, StoreError> {
    let sql = "SELECT id, spec FROM invoice_profiles WHERE customer_id = $1 ORDER BY id DESC";
    let rows = tx.rows(sql, args![customer]).await?;
    rows.iter().map(|row| Ok((row.get("id")?, json(&row.get::<String>("spec")?)))).collect()
}

pub(super) async fn insert_profile(
    tx: &WriteTx,
    customer: CustomerId,
    profile: &Profile,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let sql = "INSERT INTO invoice_profiles (customer_id, spec, created_at) VALUES ($1, $2, $3) RETURNING id";
    let row = tx.row(sql, args![customer, text(profile), now]).await?;
    row.map_or(Ok(0), |row| row.get("id"))
}

pub(super) async fn delete_profile(tx: &WriteTx, customer: CustomerId, id: i64) -> Result<bool, StoreError> {
    let sql = "DELETE FROM invoice_profiles WHERE id = $1 AND customer_id = $2";
    Ok(tx.exec(sql, args![id, customer]).await? == 1)
}

fn read_invoiceable(row: &Row) -> Result<Invoiceable, StoreError> {
    Ok(Invoiceable {
        trade_no: row.get("trade_no")?,
        product_type: row.get("product_type")?,
        title_zh: row.get("title_zh")?,
        title_en: row.get("title_en")?,
        currency: row.get("currency")?,
        amount: row.get("amount")?,
        paid_at: row.get("paid_at")?,
    })
}

fn invoiceable_columns() -> String {
    format!(
        "SELECT trade_no, product_type, title_zh, title_en, currency, {AMOUNT} AS amount, \
         COALESCE(paid_at, created_at) AS paid_at"
    )
}

pub(super) async fn invoiceable(
    tx: &impl Read,
    customer: CustomerId,
    page: Page,
) -> Result<PageOf<Invoiceable>, StoreError> {
    let all = invoiceable_of();
    let count = tx.row(&format!("SELECT COUNT(*) AS n {all}"), args![customer]).await?;
    let total = count.map_or(Ok(0), |row| row.get("n"))?;
    let Some(walk) = page.walk(total) else { return Ok(PageOf { page, total, rows: Vec::new() }) };
    let way = if walk.backwards { "ASC" } else { "DESC" };
    // The page is found in the index alone: rows that are passed over are never read.
    let sql = format!(
        "{} FROM orders WHERE id IN (SELECT id {all} ORDER BY created_at {way}, id {way} LIMIT $2 OFFSET $3) \
         ORDER BY created_at DESC, id DESC",
        invoiceable_columns()
    );
    let rows = tx.rows(&sql, args![customer, walk.take, walk.skip]).await?;
    Ok(PageOf { page, total, rows: rows.iter().map(read_invoiceable).collect::<Result<_, _>>()? })
}

pub(super) async fn invoiceable_one(
    tx: &impl Read,
    customer: CustomerId,
    trade_no: &str,
) -> Result<Option<Invoiceable>, StoreError> {
    let sql = format!("{} {} AND trade_no = $2", invoiceable_columns(), invoiceable_of());
    let row = tx.row(&sql, args![customer, trade_no]).await?;
    row.map(|row| read_invoiceable(&row)).transpose()
}

/// Sum and number of what can be invoiced.
pub(super) async fn invoiceable_sum(
    tx: &impl Read,
    customer: CustomerId,
) -> Result<(Money, i64), StoreError> {
    let all = invoiceable_of();
    let sql = format!("SELECT CAST(COALESCE(SUM({AMOUNT}), 0) AS BIGINT) AS amount, COUNT(*) AS n {all}");
    let row = tx.row(&sql, args![customer]).await?;
    row.map_or(Ok((Money::ZERO, 0)), |row| Ok((row.get("amount")?, row.get("n")?)))
}

/// Sum and number of invoices of a status; what was paid back since does not count.
pub(super) async fn sum_of(
    tx: &impl Read,
    customer: CustomerId,
    status: Status,
) -> Result<(Money, i64), StoreError> {
    let sql = "SELECT CAST(COALESCE(SUM(i.amount - COALESCE((SELECT SUM(c.amount) FROM invoice_corrections c \
        WHERE c.invoice_id = i.id), 0)), 0) AS BIGINT) AS amount, COUNT(*) AS n FROM invoices i \
        WHERE i.customer_id = $1 AND i.status = $2";
    let row = tx.row(sql, args![customer, status as i64]).await?;
    row.map_or(Ok((Money::ZERO, 0)), |row| Ok((row.get("amount")?, row.get("n")?)))
}

/// What was paid back of issued invoices of a customer and has no credit note yet.
pub(super) async fn to_correct_of(tx: &impl Read, customer: CustomerId) -> Result<Money, StoreError> {
    let sql = "SELECT CAST(COALESCE(SUM(c.amount), 0) AS BIGINT) AS amount FROM invoice_corrections c \
        JOIN invoices i ON i.id = c.invoice_id WHERE i.customer_id = $1 AND c.number IS NULL";
    tx.row(sql, args![customer]).await?.map_or(Ok(Money::ZERO), |row| row.get("amount"))
}

/// A new request, with its orders, which are locked.
pub(super) async fn insert(
    tx: &WriteTx,
    site: SiteId,
    customer: CustomerId,
    profile: &Profile,
    orders: &[Invoiceable],
    now: Timestamp,
) -> Result<i64, StoreError> {
    let amount: i64 = orders.iter().map(|order| order.amount.0).sum();
    let currency = orders.first().map_or("", |order| order.currency.as_str());
    let sql = "INSERT INTO invoices (site_id, customer_id, status, amount, currency, profile, created_at) \
        VALUES ($1, $2, 1, $3, $4, $5, $6) RETURNING id";
    let row = tx.row(sql, args![site, customer, amount, currency, text(profile), now]).await?;
    let id: i64 = row.map_or(Ok(0), |row| row.get("id"))?;
    for order in orders {
        let sql = "INSERT INTO invoice_parts (trade_no, invoice_id, amount) VALUES ($1, $2, $3)";
        tx.exec(sql, args![&order.trade_no, id, order.amount]).await?;
        add_invoiced(tx, &order.trade_no, order.amount).await?;
    }
    Ok(id)
}

/// More (or, below nothing, less) of an order stands on invoices.
pub(super) async fn add_invoiced(tx: &WriteTx, trade_no: &str, amount: Money) -> Result<(), StoreError> {
    let sql = "UPDATE orders SET invoiced = invoiced + $2 WHERE trade_no = $1";
    tx.exec(sql, args![trade_no, amount]).await.map(drop)
}

/// Money from outside came for an order, or what was to go back of it stays.
pub(super) async fn add_outside(tx: &WriteTx, trade_no: &str, amount: Money) -> Result<(), StoreError> {
    let sql = "UPDATE orders SET outside = outside + $2 WHERE trade_no = $1";
    tx.exec(sql, args![trade_no, amount]).await.map(drop)
}

/// Money from outside went back; how much more stands on invoices than is there.
pub(super) async fn take_outside(tx: &WriteTx, trade_no: &str, amount: Money) -> Result<Money, StoreError> {
    let sql =
        "UPDATE orders SET outside = outside - $2 WHERE trade_no = $1 RETURNING invoiced - outside AS beyond";
    tx.row(sql, args![trade_no, amount]).await?.map_or(Ok(Money::ZERO), |row| row.get("beyond"))
}

fn read(row: &Row) -> Result<Invoice, StoreError> {
    Ok(Invoice {
        id: row.get("id")?,
        site: row.get("site_id")?,
        customer: row.get("customer_id")?,
        number: row.opt("number")?,
        status: Status::from_number(row.get("status")?),
        amount: row.get("amount")?,
        currency: row.get("currency")?,
        corrected: Money::ZERO,
        to_correct: Money::ZERO,
        credit_notes: Vec::new(),
        profile: json(&row.get::<String>("profile")?),
        reason: row.get("reason")?,
        trade_nos: Vec::new(),
        created_at: row.get("created_at")?,
        ended_at: row.opt("ended_at")?,
    })
}

fn corrected(mut invoice: Invoice, corrections: &[Row]) -> Result<Invoice, StoreError> {
    for row in corrections {
        let amount: Money = row.get("amount")?;
        invoice.corrected.0 += amount.0;
        match row.opt::<String>("number")? {
            None => invoice.to_correct.0 += amount.0,
            Some(number) if !invoice.credit_notes.contains(&number) => invoice.credit_notes.push(number),
            Some(_) => {}
        }
    }
    Ok(invoice)
}

async fn with_orders(tx: &impl Read, rows: &[Row]) -> Result<Vec<Invoice>, StoreError> {
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let invoice = read(row)?;
        let sql = "SELECT trade_no FROM invoice_parts WHERE invoice_id = $1 ORDER BY trade_no";
        let orders = tx.rows(sql, args![invoice.id]).await?;
        let trade_nos = orders.iter().map(|row| row.get("trade_no")).collect::<Result<_, _>>()?;
        let sql = "SELECT amount, number FROM invoice_corrections WHERE invoice_id = $1 ORDER BY id";
        let corrections = tx.rows(sql, args![invoice.id]).await?;
        found.push(corrected(Invoice { trade_nos, ..invoice }, &corrections)?);
    }
    Ok(found)
}

pub(super) async fn page(
    tx: &impl Read,
    customer: Option<CustomerId>,
    status: i64,
    to_correct: bool,
    page: Page,
) -> Result<PageOf<Invoice>, StoreError> {
    let wanted = "FROM invoices WHERE ($1 = 0 OR customer_id = $1) AND ($2 = 0 OR status = $2) AND ($3 = 0 OR id IN \
        (SELECT invoice_id FROM invoice_corrections WHERE number IS NULL))";
    let args: Args = args![customer.map_or(0, CustomerId::get), status, to_correct];
    let count = tx.row(&format!("SELECT COUNT(*) AS n {wanted}"), args.clone()).await?;
    let total = count.map_or(Ok(0), |row| row.get("n"))?;
    let sql = format!("SELECT * {wanted} ORDER BY id DESC LIMIT $4 OFFSET $5");
    let rows = tx.rows(&sql, [args, args![page.size, page.offset()]].concat()).await?;
    Ok(PageOf { page, total, rows: with_orders(tx, &rows).await? })
}

/// The profiles that these invoices were issued with.
pub(super) async fn profiles_of(tx: &impl Read, ids: &[i64]) -> Result<HashMap<i64, Profile>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    let sql = format!("SELECT id, profile FROM invoices WHERE id IN ({})", ids.join(", "));
    let rows = tx.rows(&sql, args![]).await?;
    rows.iter().map(|row| Ok((row.get("id")?, json(&row.get::<String>("profile")?)))).collect()
}

pub(super) async fn by_id(tx: &impl Read, id: i64) -> Result<Option<Invoice>, StoreError> {
    let rows = tx.rows("SELECT * FROM invoices WHERE id = $1", args![id]).await?;
    Ok(with_orders(tx, &rows).await?.pop())
}

/// Locks an invoice.
pub(super) async fn lock(tx: &WriteTx, id: i64) -> Result<Option<Invoice>, StoreError> {
    let rows = tx.lock("SELECT * FROM invoices WHERE id = $1 ORDER BY id", args![id]).await?;
    Ok(with_orders(tx, &rows).await?.pop())
}

/// Locks the orders of an invoice: always before the invoice itself, in the order of their numbers.
pub(super) async fn lock_orders(tx: &WriteTx, id: i64) -> Result<(), StoreError> {
    let sql = "SELECT id FROM orders WHERE trade_no IN (SELECT trade_no FROM invoice_parts WHERE invoice_id = $1) \
        ORDER BY trade_no";
    tx.lock(sql, args![id]).await.map(drop)
}

pub(super) async fn number_exists(tx: &impl Read, site: SiteId, number: &str) -> Result<bool, StoreError> {
    let sql = "SELECT i.id FROM invoices i WHERE i.site_id = $1 AND (i.number = $2 OR EXISTS \
        (SELECT 1 FROM invoice_corrections c WHERE c.invoice_id = i.id AND c.number = $2)) LIMIT 1";
    Ok(tx.row(sql, args![site, number]).await?.is_some())
}

/// Where an order stands on invoices, the order being locked: on those that are only asked for first, then on the newest.
pub(super) async fn places_of(tx: &WriteTx, trade_no: &str) -> Result<Vec<Place>, StoreError> {
    let sql = "SELECT p.invoice_id, i.status, p.amount - CAST(COALESCE((SELECT SUM(c.amount) FROM invoice_corrections c \
        WHERE c.invoice_id = p.invoice_id AND c.trade_no = p.trade_no), 0) AS BIGINT) AS amount FROM invoice_parts p \
        JOIN invoices i ON i.id = p.invoice_id WHERE p.trade_no = $1 ORDER BY i.status, p.invoice_id DESC";
    let read = |row: &Row| {
        let status = Status::from_number(row.get("status")?);
        Ok(Place { invoice: row.get("invoice_id")?, status, left: row.get("amount")? })
    };
    tx.rows(sql, args![trade_no]).await?.iter().map(read).collect()
}

/// An order makes so much less of an invoice that is asked for.
pub(super) async fn shrink(
    tx: &WriteTx,
    invoice: i64,
    trade_no: &str,
    amount: Money,
) -> Result<(), StoreError> {
    let sql = "UPDATE invoice_parts SET amount = amount - $3 WHERE invoice_id = $1 AND trade_no = $2";
    tx.exec(sql, args![invoice, trade_no, amount]).await?;
    let sql = "UPDATE invoices SET amount = amount - $2 WHERE id = $1";
    tx.exec(sql, args![invoice, amount]).await.map(drop)
}

pub(super) async fn insert_correction(
    tx: &WriteTx,
    invoice: i64,
    trade_no: &str,
    amount: Money,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO invoice_corrections (invoice_id, trade_no, amount, created_at) VALUES ($1, $2, $3, $4)";
    tx.exec(sql, args![invoice, trade_no, amount, now]).await.map(drop)
}

/// A credit note covers everything of an invoice that waits for one.
pub(super) async fn set_credited(
    tx: &WriteTx,
    invoice: i64,
    number: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql =
        "UPDATE invoice_corrections SET number = $2, issued_at = $3 WHERE invoice_id = $1 AND number IS NULL";
    tx.exec(sql, args![invoice, number, now]).await.map(drop)
}

pub(super) async fn set_issued(
    tx: &WriteTx,
    invoice: &Invoice,
    number: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE invoices SET status = 2, number = $2, ended_at = $3 WHERE id = $1";
    tx.exec(sql, args![invoice.id, number, now]).await?;
    // What was paid back whole is not on it.
    tx.exec("DELETE FROM invoice_parts WHERE invoice_id = $1 AND amount <= 0", args![invoice.id]).await?;
    let sql = "UPDATE orders SET invoice_id = $1 WHERE trade_no IN \
        (SELECT trade_no FROM invoice_parts WHERE invoice_id = $1)";
    tx.exec(sql, args![invoice.id]).await.map(drop)
}

/// The request is over; its orders can be asked for again.
pub(super) async fn set_over(
    tx: &WriteTx,
    invoice: &Invoice,
    status: Status,
    reason: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE invoices SET status = $2, reason = $3, ended_at = $4 WHERE id = $1";
    tx.exec(sql, args![invoice.id, status as i64, reason, now]).await?;
    let sql = "UPDATE orders SET invoiced = invoiced - (SELECT p.amount FROM invoice_parts p WHERE p.invoice_id = $1 \
        AND p.trade_no = orders.trade_no) WHERE trade_no IN (SELECT trade_no FROM invoice_parts WHERE invoice_id = $1)";
    tx.exec(sql, args![invoice.id]).await?;
    tx.exec("DELETE FROM invoice_parts WHERE invoice_id = $1", args![invoice.id]).await.map(drop)
}
