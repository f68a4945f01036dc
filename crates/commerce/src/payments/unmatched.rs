//! Money that a provider has and that fits no order, because it came in another currency. It is booked on no account; the
//! operator sees it, and sends it back by the provider or says how he returned it himself.

use super::driver::{Receipt, RefundStanding};
use super::model::{Payment, Refund};
use super::{jobs, queries};
use crate::State;
use turnpike_base::{Code, Fault, Money, Result, Text, Timestamp};
use turnpike_store::{Read, Row, StoreError, WriteTx, args, retrying};

/// Such money.
#[derive(Clone, Debug)]
pub struct Unmatched {
    /// Its row.
    pub id: i64,
    /// The attempt that it came for.
    pub payment: i64,
    /// Whose.
    pub customer: i64,
    /// For which order.
    pub trade_no: String,
    /// By which method.
    pub pm_id: i64,
    /// The provider's payment.
    pub intent: String,
    /// How much, minor units of its own currency.
    pub amount: Money,
    /// ISO 4217, as the provider told.
    pub currency: String,
    /// open, returning, returned
    pub status: String,
    /// Why it could not be returned, or how it was.
    pub note: String,
    /// When it came.
    pub created_at: Timestamp,
}

const SELECT: &str = "SELECT u.*, p.customer_id, p.trade_no, p.pm_id FROM payment_unmatched u \
    JOIN payments p ON p.id = u.payment_id";
/// Rows of one answer.
const MOST: i64 = 1_000;

fn read(row: &Row) -> Result<Unmatched, StoreError> {
    Ok(Unmatched {
        id: row.get("id")?,
        payment: row.get("payment_id")?,
        customer: row.get("customer_id")?,
        trade_no: row.get("trade_no")?,
        pm_id: row.get("pm_id")?,
        intent: row.get("intent")?,
        amount: row.get("amount")?,
        currency: row.get("currency")?,
        status: row.get("status")?,
        note: row.get("note")?,
        created_at: row.get("created_at")?,
    })
}

/// Keeps what came, once.
pub(super) async fn keep(tx: &WriteTx, payment: &Payment, came: &Receipt, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO payment_unmatched (payment_id, intent, amount, currency, status, created_at) \
        VALUES ($1, $2, $3, $4, 'open', $5) ON CONFLICT (intent) DO NOTHING";
    tx.exec(sql, args![payment.id, &came.intent, came.amount, &came.currency, now]).await?;
    tracing::error!(payment = payment.id, got = came.currency, "a payment came in another currency");
    Ok(())
}

/// What came and fits no order, what waits for the operator first, else the newest first.
pub async fn list(tx: &impl Read) -> Result<Vec<Unmatched>> {
    let sql = format!(
        "{SELECT} ORDER BY CASE u.status WHEN 'open' THEN 0 WHEN 'returning' THEN 1 ELSE 2 END, u.id DESC LIMIT $1"
    );
    Ok(tx.rows(&sql, args![MOST]).await?.iter().map(read).collect::<Result<_, _>>()?)
}

async fn by_id(tx: &impl Read, id: i64) -> Result<Option<Unmatched>> {
    let sql = format!("{SELECT} WHERE u.id = $1");
    Ok(tx.row(&sql, args![id]).await?.map(|row| read(&row)).transpose()?)
}

/// From one status to another; whether it was in the first.
async fn step(tx: &WriteTx, id: i64, steps: (&str, &str), note: &str, now: Timestamp) -> Result<bool> {
    let (from, to) = steps;
    let sql =
        "UPDATE payment_unmatched SET status = $3, note = $4, ended_at = $5 WHERE id = $1 AND status = $2";
    Ok(tx.exec(sql, args![id, from, to, note, now]).await? == 1)
}

/// Sends such money back: the provider is asked by a job. With a `reference` the operator did it himself. Fails with
/// `unmatched_unknown`, and with `unmatched_ended` where it went back, or is on its way.
pub async fn give_back(state: &State, id: i64, reference: Option<&str>, now: Timestamp) -> Result<Unmatched> {
    retrying(|| async {
        let tx = state.store.write().await?;
        by_id(&tx, id).await?.ok_or_else(|| unknown(id))?;
        let to = if reference.is_some() { "returned" } else { "returning" };
        if !step(&tx, id, ("open", to), reference.unwrap_or_default(), now).await? {
            return Err(ended(id));
        }
        if reference.is_none() {
            jobs::plan(&tx, jobs::RETURN, id, now, now).await?;
        }
        let found = by_id(&tx, id).await?.ok_or_else(|| unknown(id))?;
        tx.commit().await?;
        Ok(found)
    })
    .await
}

/// Asks the provider; when to ask again, if it has not returned the money yet.
pub(super) async fn make(state: &State, id: i64, now: Timestamp) -> Result<Option<Timestamp>> {
    let tx = state.store.read().await?;
    let Some(found) = by_id(&tx, id).await?.filter(|found| found.status == "returning") else {
        return Ok(None);
    };
    let payment = queries::payment(&tx, found.payment).await?;
    drop(tx);
    let driver = state.payments.driver(found.pm_id).filter(|driver| driver.has_provider());
    let (Some(payment), Some(driver)) = (payment, driver) else { return Ok(None) };
    let payment = Payment { intent: Some(found.intent.clone()), ..payment };
    let outcome = driver.refund(&payment, &refund(&found, &payment)).await?;
    let (to, note) = match outcome {
        RefundStanding::Made(reference) => ("returned", reference),
        RefundStanding::Refused(why) => ("open", why),
        RefundStanding::Pending => return Ok(Some(now.plus_minutes(10))),
    };
    retrying(|| async {
        let tx = state.store.write().await?;
        step(&tx, id, ("returning", to), &note, now).await?;
        Ok(tx.commit().await?)
    })
    .await?;
    Ok(None)
}

/// The refund as a provider is asked for it, under a name that no refund of an order has.
fn refund(found: &Unmatched, payment: &Payment) -> Refund {
    Refund {
        id: found.id,
        payment: payment.id,
        site: payment.site,
        customer: payment.customer,
        trade_no: format!("unmatched-{}", found.trade_no),
        pm_id: found.pm_id,
        amount: found.amount,
        currency: found.currency.clone(),
        beside: false,
        status: "promised".into(),
        created_at: found.created_at,
    }
}

fn unknown(id: i64) -> Fault {
    Fault::new(Code::NotFound, "unmatched_unknown")
        .say(Text::made(format!("未匹配款项 {id} 不存在"), format!("There is no unmatched payment {id}")))
}

fn ended(id: i64) -> Fault {
    Fault::new(Code::Conflict, "unmatched_ended").say(Text::made(
        format!("未匹配款项 {id} 已退回或正在退回"),
        format!("The unmatched payment {id} went back, or is on its way"),
    ))
}
