//! What is done with profiles and invoices.

use super::model::{Invoice, Profile, Status};
use super::{error, queries, rules};
use crate::State;
use crate::orders::{self, Order};
use serde_json::Value;
use std::collections::HashMap;
use turnpike_base::{CustomerId, Fault, Money, Page, PageOf, Result, SiteId, Text, Timestamp};
use turnpike_store::{Read, WriteTx, retrying};

/// Profiles of a customer.
const MOST_PROFILES: i64 = 20;
/// Longest number of an invoice, and longest reason.
const LONGEST: (usize, usize) = (64, 200);

pub(super) async fn add_profile(
    state: &State,
    customer: CustomerId,
    profile: &Profile,
    now: Timestamp,
) -> Result<i64> {
    rules::check_country(&profile.address_country)?;
    let tx = state.store.write().await?;
    let count = queries::profiles(&tx, customer).await?.len();
    if count >= usize::try_from(MOST_PROFILES).unwrap_or(0) {
        return Err(error::too_many_profiles(MOST_PROFILES));
    }
    let id = queries::insert_profile(&tx, customer, profile, now).await?;
    tx.commit().await?;
    Ok(id)
}

pub(super) async fn delete_profile(state: &State, customer: CustomerId, id: i64) -> Result<()> {
    let tx = state.store.write().await?;
    if !queries::delete_profile(&tx, customer, id).await? {
        return Err(error::unknown("profile", id));
    }
    Ok(tx.commit().await?)
}

/// Asks for an invoice over orders; all of them, or none.
pub(super) async fn request(
    state: &State,
    site: SiteId,
    customer: CustomerId,
    profile: i64,
    trade_nos: &[String],
    now: Timestamp,
) -> Result<Invoice> {
    retrying(|| request_once(state, site, customer, profile, trade_nos, now)).await
}

async fn request_once(
    state: &State,
    site: SiteId,
    customer: CustomerId,
    profile: i64,
    trade_nos: &[String],
    now: Timestamp,
) -> Result<Invoice> {
    let tx = state.store.write().await?;
    let profiles = queries::profiles(&tx, customer).await?;
    let (_, profile) = profiles
        .into_iter()
        .find(|(id, _)| *id == profile)
        .ok_or_else(|| error::unknown("profile", profile))?;
    let mut parts = Vec::with_capacity(trade_nos.len());
    for trade_no in trade_nos {
        // A refund at the same time comes before, or finds the order on the invoice.
        orders::lock(&tx, trade_no).await?;
        let order = queries::invoiceable_one(&tx, customer, trade_no).await?;
        parts.push(order.ok_or_else(|| error::not_invoiceable(trade_no))?);
    }
    let id = queries::insert(&tx, site, customer, &profile, &parts, now).await?;
    let invoice = queries::by_id(&tx, id).await?.ok_or_else(|| error::unknown("invoice", id))?;
    tx.commit().await?;
    Ok(invoice)
}

/// An invoice that is asked for, locked after its orders: so does whoever pays one of them back.
async fn requested(tx: &WriteTx, id: i64, customer: Option<CustomerId>) -> Result<Invoice> {
    queries::lock_orders(tx, id).await?;
    let invoice = queries::lock(tx, id).await?;
    let mine = invoice.filter(|invoice| customer.is_none_or(|customer| invoice.customer == customer));
    let invoice = mine.ok_or_else(|| error::unknown("invoice", id))?;
    if invoice.status == Status::Requested { Ok(invoice) } else { Err(error::ended(id)) }
}

pub(super) async fn cancel(state: &State, customer: CustomerId, id: i64, now: Timestamp) -> Result<()> {
    retrying(|| async {
        let tx = state.store.write().await?;
        let invoice = requested(&tx, id, Some(customer)).await?;
        queries::set_over(&tx, &invoice, Status::Cancelled, "", now).await?;
        Ok(tx.commit().await?)
    })
    .await
}

fn bounded(field: &'static str, text: &str, most: usize) -> Result<()> {
    if (1..=most).contains(&text.chars().count()) {
        return Ok(());
    }
    let reason = Text::made(format!("应为 1 到 {most} 个字符"), format!("must be 1 to {most} characters"));
    Err(Fault::parameter(field, reason))
}

/// The operator issues an invoice under his number. Fails with `invoice_unknown`, `invoice_ended`,
/// `invoice_number_taken`, and `invoice_empty` where all of it was paid back meanwhile.
pub async fn issue(state: &State, id: i64, number: &str, now: Timestamp) -> Result<Invoice> {
    bounded("number", number, LONGEST.0)?;
    retrying(|| issue_once(state, id, number, now)).await
}

async fn issue_once(state: &State, id: i64, number: &str, now: Timestamp) -> Result<Invoice> {
    let tx = state.store.write().await?;
    let invoice = requested(&tx, id, None).await?;
    if invoice.amount <= Money::ZERO {
        return Err(error::empty(id));
    }
    if queries::number_exists(&tx, invoice.site, number).await? {
        return Err(error::number_taken(number));
    }
    queries::set_issued(&tx, &invoice, number, now).await?;
    let issued = queries::by_id(&tx, id).await?.ok_or_else(|| error::unknown("invoice", id))?;
    tx.commit().await?;
    Ok(issued)
}

/// The operator rejects a request; its orders can be asked for again.
pub async fn reject(state: &State, id: i64, reason: &str, now: Timestamp) -> Result<Invoice> {
    bounded("reason", reason, LONGEST.1)?;
    retrying(|| async {
        let tx = state.store.write().await?;
        let invoice = requested(&tx, id, None).await?;
        queries::set_over(&tx, &invoice, Status::Rejected, reason, now).await?;
        tx.commit().await?;
        Ok(Invoice { status: Status::Rejected, reason: reason.to_owned(), ended_at: Some(now), ..invoice })
    })
    .await
}

/// The operator issues a credit note (“红字发票”) over all that was paid back of an issued invoice and has none yet. Fails
/// with `invoice_unknown`, `invoice_right` where nothing waits for one, and `invoice_number_taken`.
pub async fn correct(state: &State, id: i64, number: &str, now: Timestamp) -> Result<Invoice> {
    bounded("number", number, LONGEST.0)?;
    retrying(|| async {
        let tx = state.store.write().await?;
        let invoice = queries::lock(&tx, id).await?.ok_or_else(|| error::unknown("invoice", id))?;
        if invoice.to_correct == Money::ZERO {
            return Err(error::right(id));
        }
        if queries::number_exists(&tx, invoice.site, number).await? {
            return Err(error::number_taken(number));
        }
        queries::set_credited(&tx, id, number, now).await?;
        let corrected = queries::by_id(&tx, id).await?.ok_or_else(|| error::unknown("invoice", id))?;
        tx.commit().await?;
        Ok(corrected)
    })
    .await
}

/// Money from outside came for an order, or what was to go back of it stays after all: so much more can be invoiced.
pub(crate) async fn came(tx: &WriteTx, trade_no: &str, amount: Money) -> Result<()> {
    Ok(queries::add_outside(tx, trade_no, amount).await?)
}

/// Money from outside that came for an order goes back to its payer, or his bank took it; the order is locked. What of it
/// stands on no invoice goes first; then an invoice that is only asked for becomes so much smaller, and one that is issued
/// has to be corrected.
pub(crate) async fn went(tx: &WriteTx, trade_no: &str, amount: Money, now: Timestamp) -> Result<()> {
    let mut beyond = queries::take_outside(tx, trade_no, amount).await?;
    if beyond <= Money::ZERO {
        return Ok(());
    }
    for place in queries::places_of(tx, trade_no).await? {
        let part = beyond.min(place.left);
        if part <= Money::ZERO {
            continue;
        }
        match place.status {
            Status::Requested => queries::shrink(tx, place.invoice, trade_no, part).await?,
            Status::Issued => queries::insert_correction(tx, place.invoice, trade_no, part, now).await?,
            Status::Rejected | Status::Cancelled => continue,
        }
        queries::add_invoiced(tx, trade_no, Money(-part.0)).await?;
        beyond.0 -= part.0;
    }
    Ok(())
}

/// Invoices, the newest first: of a customer or all, of a status (0: any), or only those that wait for a credit note.
pub async fn list(
    tx: &impl Read,
    customer: Option<CustomerId>,
    status: i64,
    to_correct: bool,
    page: Page,
) -> Result<PageOf<Invoice>> {
    Ok(queries::page(tx, customer, status, to_correct, page).await?)
}

/// What orders show as their `invoice`, by the invoice's id (contract section 7): as whom it was issued.
pub async fn shown(tx: &impl Read, orders: &[Order]) -> Result<HashMap<i64, Value>> {
    let ids: Vec<i64> = orders.iter().filter_map(|order| order.invoice_id).collect();
    let printed = |(id, profile): (i64, Profile)| {
        let value = serde_json::to_value(profile).map_err(|e| Fault::internal("invoice_unprintable", e))?;
        Ok((id, value))
    };
    queries::profiles_of(tx, &ids).await?.into_iter().map(printed).collect()
}
