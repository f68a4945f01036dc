//! All SQL of notices, disputes and comparisons.

use super::driver::Notice;
use super::listing::Place;
use super::model::Refund;
use super::notices::{Kept, Waiting};
use super::parts::Part;
use super::queries;
use super::reconcile::Reconciliation;
use crate::orders::Order;
use turnpike_base::{Money, Timestamp};
use turnpike_store::{Read, Row, StoreError, WriteTx, args};

/// Keeps a notice as it came, with the time of its next turn; a repeat is kept once.
pub(super) async fn keep_notice(
    tx: &WriteTx,
    from: Kept,
    notice: &Notice,
    body: &str,
    next_at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO payment_notices (pm_id, event, kind, body, received_at, next_at) VALUES ($1, $2, $3, $4, $5, $6) \
        ON CONFLICT (pm_id, event) DO NOTHING";
    let args = args![from.pm_id, &notice.event, &notice.kind, body, from.received_at, next_at];
    tx.exec(sql, args).await.map(drop)
}

/// Notices that are not applied and whose turn has come, those that wait longest for it first.
pub(super) async fn unapplied(tx: &impl Read, now: Timestamp, most: i64) -> Result<Vec<Waiting>, StoreError> {
    let sql = "SELECT id, pm_id, body, received_at, tries FROM payment_notices WHERE applied_at IS NULL AND next_at <= $1 \
        ORDER BY next_at, id LIMIT $2";
    let read = |row: &Row| {
        let from = Kept { pm_id: row.get("pm_id")?, received_at: row.get("received_at")? };
        Ok(Waiting { id: row.get("id")?, from, body: row.get("body")?, tries: row.get("tries")? })
    };
    tx.rows(sql, args![now, most]).await?.iter().map(read).collect()
}

/// The next turn of a notice, should this one come to nothing.
pub(super) async fn put_off_notice(tx: &WriteTx, id: i64, next_at: Timestamp) -> Result<(), StoreError> {
    let sql =
        "UPDATE payment_notices SET tries = tries + 1, next_at = $2 WHERE id = $1 AND applied_at IS NULL";
    tx.exec(sql, args![id, next_at]).await.map(drop)
}

pub(super) async fn notice_applied(
    tx: &WriteTx,
    pm_id: i64,
    event: &str,
    outcome: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE payment_notices SET applied_at = $3, outcome = $4 WHERE pm_id = $1 AND event = $2 AND applied_at IS NULL";
    tx.exec(sql, args![pm_id, event, now, outcome]).await.map(drop)
}

/// A dispute over nothing yet, unless it is known.
pub(super) async fn insert_dispute(
    tx: &WriteTx,
    dispute: &str,
    payment: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO payment_disputes (dispute, payment_id, amount, status, created_at) VALUES ($1, $2, 0, 'open', $3) \
        ON CONFLICT (dispute) DO NOTHING";
    tx.exec(sql, args![dispute, payment, now]).await.map(drop)
}

/// A dispute is over so much more, which takes this part.
pub(super) async fn grow_dispute(
    tx: &WriteTx,
    dispute: &str,
    amount: Money,
    part: Part,
) -> Result<(), StoreError> {
    let sql = "UPDATE payment_disputes SET amount = amount + $2, ordered = ordered + $3, beside = beside + $4 WHERE dispute = $1";
    tx.exec(sql, args![dispute, amount, part.ordered, part.beside]).await.map(drop)
}

/// Of what a dispute is over, so much more was given on top, and so much more was the fee of a top-up.
pub(super) async fn hold(tx: &WriteTx, dispute: &str, gift: Money, fee: Money) -> Result<(), StoreError> {
    let sql = "UPDATE payment_disputes SET gift = gift + $2, fee = fee + $3 WHERE dispute = $1";
    tx.exec(sql, args![dispute, gift, fee]).await.map(drop)
}

/// What disputes that are not won took of an order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Called {
    /// Of what was given on top.
    pub gift: Money,
    /// Of what was paid for it and its rests, by those that are open; of a top-up, its fee is not.
    pub held: Money,
}

/// What disputes took of an order, and of its rests.
pub async fn called(tx: &impl Read, order: &Order) -> Result<Called, StoreError> {
    let sql = "SELECT CAST(COALESCE(SUM(d.gift), 0) AS BIGINT) AS gift, \
            CAST(COALESCE(SUM(CASE WHEN d.status = 'open' THEN d.ordered - d.fee ELSE 0 END), 0) AS BIGINT) AS held \
        FROM payments p JOIN payment_disputes d ON d.payment_id = p.id WHERE d.status <> 'won' AND (p.trade_no = $1 \
        OR p.trade_no IN (SELECT trade_no FROM orders WHERE customer_id = $2 AND product_type = 26 AND completes = $1))";
    let row = tx.row(sql, args![&order.trade_no, order.customer]).await?;
    row.map_or(Ok(Called::default()), |row| Ok(Called { gift: row.get("gift")?, held: row.get("held")? }))
}

/// A dispute that is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct OpenDispute {
    /// What it is over.
    pub(super) amount: Money,
    /// What it took of it.
    pub(super) part: Part,
    /// What it holds of what was given on top.
    pub(super) gift: Money,
    /// What of the ordered part was the fee of a top-up.
    pub(super) fee: Money,
}

pub(super) async fn lock_open_dispute(
    tx: &WriteTx,
    dispute: &str,
) -> Result<Option<OpenDispute>, StoreError> {
    let sql = "SELECT * FROM payment_disputes WHERE dispute = $1 AND status = 'open' ORDER BY dispute";
    let read = |row: &Row| {
        let part = Part { ordered: row.get("ordered")?, beside: row.get("beside")? };
        Ok(OpenDispute { amount: row.get("amount")?, part, gift: row.get("gift")?, fee: row.get("fee")? })
    };
    tx.lock(sql, args![dispute]).await?.first().map(read).transpose()
}

/// A refund of just this amount of a payment that is promised and not made; the oldest.
pub(super) async fn promised(
    tx: &WriteTx,
    payment: i64,
    amount: Money,
) -> Result<Option<Refund>, StoreError> {
    let sql = "SELECT id FROM payment_refunds WHERE payment_id = $1 AND amount = $2 AND status = 'promised' ORDER BY id LIMIT 1";
    match tx.row(sql, args![payment, amount]).await? {
        Some(row) => queries::lock_refund(tx, row.get("id")?).await,
        None => Ok(None),
    }
}

/// The open disputes of a payment, and what each took of what was ordered.
pub(super) async fn open_disputes(tx: &impl Read, payment: i64) -> Result<Vec<(String, Money)>, StoreError> {
    let sql = "SELECT dispute, ordered FROM payment_disputes WHERE payment_id = $1 AND status = 'open' ORDER BY dispute";
    let rows = tx.rows(sql, args![payment]).await?;
    rows.iter().map(|row| Ok((row.get("dispute")?, row.get("ordered")?))).collect()
}

/// The payment of a dispute, open or over.
pub(super) async fn disputed_payment(tx: &impl Read, dispute: &str) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT payment_id FROM payment_disputes WHERE dispute = $1";
    tx.row(sql, args![dispute]).await?.map(|row| row.get("payment_id")).transpose()
}

/// What a dispute that is not won costs beyond what it took of its payment.
pub(super) struct Loss {
    /// The provider's name of it.
    pub(super) dispute: String,
    /// How much.
    pub(super) amount: Money,
    /// It is lost.
    pub(super) is_final: bool,
}

/// What disputes of a payment cost beyond what they took of it.
pub(super) async fn losses(tx: &WriteTx, payment: i64) -> Result<Vec<Loss>, StoreError> {
    let sql = "SELECT * FROM payment_disputes WHERE payment_id = $1 AND status <> 'won' AND amount > ordered + beside ORDER BY dispute";
    let read = |row: &Row| {
        let (amount, ordered, beside): (Money, Money, Money) =
            (row.get("amount")?, row.get("ordered")?, row.get("beside")?);
        let amount = Money(amount.0 - ordered.0 - beside.0);
        let is_final = row.get::<String>("status")? == "lost";
        Ok(Loss { dispute: row.get("dispute")?, amount, is_final })
    };
    tx.lock(sql, args![payment]).await?.iter().map(read).collect()
}

pub(super) async fn end_dispute(
    tx: &WriteTx,
    dispute: &str,
    won: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE payment_disputes SET status = $2, ended_at = $3 WHERE dispute = $1";
    tx.exec(sql, args![dispute, if won { "won" } else { "lost" }, now]).await.map(drop)
}

pub(super) async fn insert_reconciliation(tx: &WriteTx, found: &Reconciliation) -> Result<(), StoreError> {
    let sql = "INSERT INTO payment_reconciliations (pm_id, since_at, until_at, compared, differences, place, listed, \
        created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let told = found.differences.join("\n");
    let place = Place::text(found.place.as_ref());
    let args =
        args![found.pm_id, found.since, found.until, found.compared, told, place, found.listed, found.at];
    tx.exec(sql, args).await.map(drop)
}

fn reconciliation(row: &Row) -> Result<Reconciliation, StoreError> {
    let told: String = row.get("differences")?;
    Ok(Reconciliation {
        pm_id: row.get("pm_id")?,
        since: row.get("since_at")?,
        until: row.get("until_at")?,
        compared: row.get("compared")?,
        place: Place::parse(&row.get::<String>("place")?),
        listed: row.get("listed")?,
        differences: told.lines().map(str::to_owned).collect(),
        at: row.get("created_at")?,
    })
}

/// The order that a provider's payment brought money for, whether it fitted or not.
pub(super) async fn brought(tx: &impl Read, intent: &str) -> Result<Option<String>, StoreError> {
    let sql = "SELECT trade_no FROM payments WHERE intent = $1 UNION ALL SELECT p.trade_no FROM payment_unmatched u \
        JOIN payments p ON p.id = u.payment_id WHERE u.intent = $1 LIMIT 1";
    tx.row(sql, args![intent]).await?.map(|row| row.get("trade_no")).transpose()
}

/// A refund by the provider's name of it: how much, and how it stands. What fits no order went back whole.
pub(super) async fn booked_refund(
    tx: &impl Read,
    refund: &str,
) -> Result<Option<(Money, String)>, StoreError> {
    let sql = "SELECT amount, status FROM payment_refunds WHERE provider_ref = $1 UNION ALL \
        SELECT amount, 'made' AS status FROM payment_unmatched WHERE status = 'returned' AND note = $1 LIMIT 1";
    tx.row(sql, args![refund]).await?.map(|row| Ok((row.get("amount")?, row.get("status")?))).transpose()
}

/// A dispute: how much, and how it stands.
pub(super) async fn booked_dispute(
    tx: &impl Read,
    dispute: &str,
) -> Result<Option<(Money, String)>, StoreError> {
    let sql = "SELECT amount, status FROM payment_disputes WHERE dispute = $1";
    tx.row(sql, args![dispute]).await?.map(|row| Ok((row.get("amount")?, row.get("status")?))).transpose()
}

/// The newest comparisons.
pub async fn reconciliations(tx: &impl Read, most: i64) -> Result<Vec<Reconciliation>, StoreError> {
    let sql = "SELECT * FROM payment_reconciliations ORDER BY id DESC LIMIT $1";
    tx.rows(sql, args![most]).await?.iter().map(reconciliation).collect()
}

/// The newest comparison of a method.
pub(super) async fn last_reconciliation(
    tx: &impl Read,
    pm_id: i64,
) -> Result<Option<Reconciliation>, StoreError> {
    let sql = "SELECT * FROM payment_reconciliations WHERE pm_id = $1 ORDER BY id DESC LIMIT 1";
    tx.row(sql, args![pm_id]).await?.map(|row| reconciliation(&row)).transpose()
}
