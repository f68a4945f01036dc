//! All SQL of payments and refunds.

use super::driver::{Page, Receipt};
use super::methods::Terms;
use super::model::{Attempt, Payment, Refund, Status};
use super::parts::Parts;
use super::reconcile::Settled;
use crate::orders::Order;
use turnpike_base::{Money, SiteId, Timestamp};
use turnpike_store::{Read, Row, StoreError, WriteTx, args};

pub(super) async fn terms(tx: &impl Read, site: SiteId) -> Result<Vec<(i64, Terms)>, StoreError> {
    let rows = tx.rows("SELECT * FROM payment_methods WHERE site_id = $1 ORDER BY id", args![site]).await?;
    let read = |row: &Row| {
        let terms = Terms {
            enabled: row.get("enabled")?,
            handling_rate: row.get("handling_rate")?,
            handling_fee: row.get("handling_fee")?,
            min: row.get("min_amount")?,
            max: row.get("max_amount")?,
            note_zh: row.get("note_zh")?,
            note_en: row.get("note_en")?,
        };
        Ok((row.get("id")?, terms))
    };
    rows.iter().map(read).collect()
}

pub(super) async fn set_terms(tx: &WriteTx, site: SiteId, id: i64, terms: &Terms) -> Result<(), StoreError> {
    let sql = "INSERT INTO payment_methods (site_id, id, enabled, handling_rate, handling_fee, min_amount, max_amount, \
        note_zh, note_en) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (site_id, id) DO UPDATE SET \
        enabled = excluded.enabled, handling_rate = excluded.handling_rate, handling_fee = excluded.handling_fee, \
        min_amount = excluded.min_amount, max_amount = excluded.max_amount, note_zh = excluded.note_zh, \
        note_en = excluded.note_en";
    let args = args![
        site,
        id,
        terms.enabled,
        terms.handling_rate,
        terms.handling_fee,
        terms.min,
        terms.max,
        &terms.note_zh,
        &terms.note_en
    ];
    tx.exec(sql, args).await.map(drop)
}

fn read_payment(row: &Row) -> Result<Payment, StoreError> {
    Ok(Payment {
        id: row.get("id")?,
        site: row.get("site_id")?,
        customer: row.get("customer_id")?,
        trade_no: row.get("trade_no")?,
        pm_id: row.get("pm_id")?,
        amount: row.get("amount")?,
        currency: row.get("currency")?,
        status: Status::parse(&row.get::<String>("status")?),
        session: row.opt("session")?,
        intent: row.opt("intent")?,
        page_url: row.opt::<String>("page_url")?.filter(|url| !url.is_empty()),
        received: row.get("received")?,
        refunded: row.get("refunded")?,
        beside: row.get("beside")?,
        title: row.get("title")?,
        return_url: row.get("return_url")?,
        created_at: row.get("created_at")?,
    })
}

fn first(rows: &[Row]) -> Result<Option<Payment>, StoreError> {
    rows.first().map(read_payment).transpose()
}

pub(super) async fn payment(tx: &impl Read, id: i64) -> Result<Option<Payment>, StoreError> {
    first(&tx.rows("SELECT * FROM payments WHERE id = $1", args![id]).await?)
}

/// Attempts of an order that nothing came of yet, oldest first.
pub(super) async fn open_of(tx: &impl Read, trade_no: &str) -> Result<Vec<Payment>, StoreError> {
    let sql = "SELECT * FROM payments WHERE trade_no = $1 AND status = 'open' ORDER BY id";
    tx.rows(sql, args![trade_no]).await?.iter().map(read_payment).collect()
}

/// Those of which nothing came in another currency either: their pages can still be paid.
pub(super) async fn payable_of(tx: &impl Read, trade_no: &str) -> Result<Vec<Payment>, StoreError> {
    let sql = "SELECT * FROM payments p WHERE trade_no = $1 AND status = 'open' \
        AND NOT EXISTS (SELECT 1 FROM payment_unmatched u WHERE u.payment_id = p.id) ORDER BY id";
    tx.rows(sql, args![trade_no]).await?.iter().map(read_payment).collect()
}

/// Payments of an order, and of the rests that completed it, of which not all went back; locked, newest first.
pub(super) async fn refundable(tx: &WriteTx, order: &Order) -> Result<Vec<Payment>, StoreError> {
    let sql = "SELECT * FROM payments WHERE (trade_no = $1 OR trade_no IN (SELECT trade_no FROM orders \
        WHERE customer_id = $2 AND completes = $1 AND status = 1)) AND status = 'paid' AND received > refunded ORDER BY id DESC";
    tx.lock(sql, args![&order.trade_no, order.customer]).await?.iter().map(read_payment).collect()
}

/// Payments that came for an order and of which not all went back; locked, newest first.
pub(super) async fn paid_of(tx: &WriteTx, trade_no: &str) -> Result<Vec<Payment>, StoreError> {
    tx.lock(PAID_OF, args![trade_no]).await?.iter().map(read_payment).collect()
}

/// The same for who only looks: nothing is locked.
pub(super) async fn seen_of(tx: &impl Read, trade_no: &str) -> Result<Vec<Payment>, StoreError> {
    tx.rows(PAID_OF, args![trade_no]).await?.iter().map(read_payment).collect()
}

const PAID_OF: &str =
    "SELECT * FROM payments WHERE trade_no = $1 AND status = 'paid' AND received > refunded ORDER BY id DESC";

/// What came by a payment, and what of it went again. The payment is locked.
pub(super) async fn parts(tx: &impl Read, payment: &Payment) -> Result<Parts, StoreError> {
    let sql = "SELECT CAST(COALESCE((SELECT SUM(amount) FROM payment_refunds \
            WHERE payment_id = $1 AND status <> 'failed' AND beside = 1), 0) AS BIGINT) AS back_beside, \
        CAST(COALESCE(SUM(ordered), 0) AS BIGINT) AS called, CAST(COALESCE(SUM(beside), 0) AS BIGINT) AS called_beside \
        FROM payment_disputes WHERE payment_id = $1 AND status <> 'won'";
    let Payment { received, beside, refunded: back, .. } = *payment;
    let Some(row) = tx.row(sql, args![payment.id]).await? else {
        return Ok(Parts { received, beside, back, ..Parts::default() });
    };
    let (back_beside, called, called_beside) =
        (row.get("back_beside")?, row.get("called")?, row.get("called_beside")?);
    Ok(Parts { received, beside, back, back_beside, called, called_beside })
}

pub(super) async fn by_session(tx: &impl Read, session: &str) -> Result<Option<Payment>, StoreError> {
    first(&tx.rows("SELECT * FROM payments WHERE session = $1", args![session]).await?)
}

pub(super) async fn by_intent(tx: &impl Read, intent: &str) -> Result<Option<Payment>, StoreError> {
    first(&tx.rows("SELECT * FROM payments WHERE intent = $1 ORDER BY id LIMIT 1", args![intent]).await?)
}

pub(super) async fn lock_payment(tx: &WriteTx, id: i64) -> Result<Option<Payment>, StoreError> {
    first(&tx.lock("SELECT * FROM payments WHERE id = $1 ORDER BY id", args![id]).await?)
}

/// An attempt to pay an order, of which nothing came yet.
pub(super) async fn insert(
    tx: &WriteTx,
    order: &Order,
    new: &Attempt<'_>,
    now: Timestamp,
) -> Result<Payment, StoreError> {
    let sql = "INSERT INTO payments (site_id, customer_id, trade_no, pm_id, amount, currency, status, title, return_url, \
        created_at) VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8, $9) RETURNING *";
    let Order { site, customer, ref trade_no, currency, .. } = *order;
    let Attempt { pm_id, amount, title, return_url } = *new;
    let args = args![site, customer, trade_no, pm_id, amount, currency.code(), title, return_url, now];
    let row = tx.row(sql, args).await?;
    let row = row.map(|row| read_payment(&row)).transpose()?;
    row.ok_or_else(|| StoreError::Config("a payment was not written".into()))
}

pub(super) async fn set_page(tx: &WriteTx, id: i64, page: &Page) -> Result<(), StoreError> {
    let sql = "UPDATE payments SET session = $2, page_url = $3 WHERE id = $1";
    tx.exec(sql, args![id, &page.session, &page.url]).await.map(drop)
}

pub(super) async fn set_paid(
    tx: &WriteTx,
    id: i64,
    receipt: &Receipt,
    (outcome, beside): (&str, Money),
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE payments SET status = 'paid', intent = $2, received = $3, outcome = $4, beside = $5, settled_at = $6 \
        WHERE id = $1";
    tx.exec(sql, args![id, &receipt.intent, receipt.amount, outcome, beside, now]).await.map(drop)
}

pub(super) async fn set_gone(tx: &WriteTx, id: i64) -> Result<(), StoreError> {
    tx.exec("UPDATE payments SET status = 'gone' WHERE id = $1 AND status = 'open'", args![id])
        .await
        .map(drop)
}

/// A refund that is promised: of what was ordered, or of what went to the balance `beside` it.
pub(super) async fn insert_refund(
    tx: &WriteTx,
    payment: &Payment,
    (amount, beside): (Money, bool),
    now: Timestamp,
) -> Result<i64, StoreError> {
    tx.exec("UPDATE payments SET refunded = refunded + $2 WHERE id = $1", args![payment.id, amount]).await?;
    let sql = "INSERT INTO payment_refunds (payment_id, site_id, customer_id, trade_no, pm_id, amount, beside, status, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'promised', $8) RETURNING id";
    let Payment { id, site, customer, ref trade_no, pm_id, .. } = *payment;
    let row = tx.row(sql, args![id, site, customer, trade_no, pm_id, amount, beside, now]).await?;
    row.map_or(Ok(0), |row| row.get("id"))
}

/// Refunds, each with the currency of its payment.
const REFUNDS: &str =
    "SELECT r.*, (SELECT currency FROM payments WHERE id = r.payment_id) AS currency FROM payment_refunds r";

fn read_refund(row: &Row) -> Result<Refund, StoreError> {
    Ok(Refund {
        id: row.get("id")?,
        payment: row.get("payment_id")?,
        site: row.get("site_id")?,
        customer: row.get("customer_id")?,
        trade_no: row.get("trade_no")?,
        pm_id: row.get("pm_id")?,
        amount: row.get("amount")?,
        currency: row.get("currency")?,
        beside: row.get("beside")?,
        status: row.get("status")?,
        created_at: row.get("created_at")?,
    })
}

pub(super) async fn refund(tx: &impl Read, id: i64) -> Result<Option<Refund>, StoreError> {
    let row = tx.row(&format!("{REFUNDS} WHERE id = $1"), args![id]).await?;
    row.map(|row| read_refund(&row)).transpose()
}

pub(super) async fn lock_refund(tx: &WriteTx, id: i64) -> Result<Option<Refund>, StoreError> {
    let rows = tx.lock(&format!("{REFUNDS} WHERE id = $1 ORDER BY id"), args![id]).await?;
    rows.first().map(read_refund).transpose()
}

pub(super) async fn end_refund(
    tx: &WriteTx,
    id: i64,
    status: &str,
    reference: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE payment_refunds SET status = $2, provider_ref = COALESCE(NULLIF($3, ''), provider_ref), \
        ended_at = $4 WHERE id = $1";
    tx.exec(sql, args![id, status, reference, now]).await.map(drop)
}

/// What was to go back of a payment did not: it is on the balance, beside what was ordered.
pub(super) async fn give_back(tx: &WriteTx, refund: &Refund) -> Result<(), StoreError> {
    let sql = "UPDATE payments SET refunded = refunded - $2, beside = beside + $3 WHERE id = $1";
    let beside = if refund.beside { Money::ZERO } else { refund.amount };
    tx.exec(sql, args![refund.payment, refund.amount, beside]).await.map(drop)
}

/// Refunds of an order, or all that wait for somebody, oldest first.
pub async fn refunds(tx: &impl Read, trade_no: Option<&str>) -> Result<Vec<Refund>, StoreError> {
    let (wanted, args) = match trade_no {
        // Those of its rests, too.
        Some(trade_no) => (
            "trade_no = $1 OR trade_no IN (SELECT r.trade_no FROM orders o JOIN orders r ON r.customer_id = o.customer_id \
             AND r.product_type = 26 AND r.completes = o.trade_no WHERE o.trade_no = $1)",
            args![trade_no],
        ),
        None => ("status = 'promised'", args![]),
    };
    let sql = format!("{REFUNDS} WHERE {wanted} ORDER BY id LIMIT 1000");
    tx.rows(&sql, args).await?.iter().map(read_refund).collect()
}

pub(super) async fn refund_by_reference(
    tx: &impl Read,
    reference: &str,
) -> Result<Option<Refund>, StoreError> {
    let row = tx.row(&format!("{REFUNDS} WHERE provider_ref = $1"), args![reference]).await?;
    row.map(|row| read_refund(&row)).transpose()
}

/// Payments booked after the one at a place, oldest first, with what of them went back for certain.
pub(super) async fn settled(
    tx: &impl Read,
    pm_id: i64,
    (at, id): (Timestamp, i64),
    until: Timestamp,
    most: i64,
) -> Result<Vec<Settled>, StoreError> {
    let sql = "SELECT p.*, CAST(COALESCE((SELECT SUM(r.amount) FROM payment_refunds r WHERE r.payment_id = p.id \
        AND r.status = 'made'), 0) AS BIGINT) AS back FROM payments p WHERE p.pm_id = $1 AND p.settled_at <= $2 \
        AND (p.settled_at > $3 OR (p.settled_at = $3 AND p.id > $4)) ORDER BY p.settled_at, p.id LIMIT $5";
    let read = |row: &Row| {
        Ok(Settled { payment: read_payment(row)?, refunded: row.get("back")?, at: row.get("settled_at")? })
    };
    tx.rows(sql, args![pm_id, until, at, id, most]).await?.iter().map(read).collect()
}
