//! Granting: what a paid order gives, inside the transaction that pays it.

use super::model::{Given, GivenKind};
use super::queries;
use crate::State;
use crate::orders::{Order, What, error};
use crate::renewals::rules as dates;
use jiff::tz::TimeZone;
use turnpike_access::packages::{self, Grant, change};
use turnpike_base::{CustomerId, PackageId, Result, Timestamp};
use turnpike_network::statics::hold;
use turnpike_store::{Read, WriteTx};

/// Whether an order can still be granted; what was held for it can. Fails with what is missing.
pub async fn possible(tx: &impl Read, order: &Order, now: Timestamp) -> Result<()> {
    match &order.goods.what {
        What::Addon { .. } => match addon_target(tx, order.customer, now).await? {
            Some(_) => Ok(()),
            None => Err(error::no_bucket()),
        },
        What::Renewal { packages, .. } => {
            for package in packages {
                let held = hold::by_package(tx, *package).await?;
                if held.is_none_or(|held| held.ended) {
                    return Err(error::not_renewable(package.0));
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The bucket that type 24 adds to: the active 16 or 21 one that expires last.
pub async fn addon_target(tx: &impl Read, customer: CustomerId, now: Timestamp) -> Result<Option<PackageId>> {
    queries::addon_target(tx, customer, now).await
}

/// Grants what an order is for. Recharges and rests are money, and granted where it is booked.
pub async fn grant(tx: &WriteTx, state: &State, order: &Order, now: Timestamp) -> Result<()> {
    let zone = state.directory.site(order.site).map_or(TimeZone::UTC, |site| site.zone.clone());
    let until = |days| dates::after_days(now, days, &zone);
    match &order.goods.what {
        What::Balance { .. } | What::Rest { .. } => Ok(()),
        What::Bucket { bytes, days } => {
            one(tx, order, GivenKind::Bucket, *bytes, None, until(*days), now).await
        }
        What::Count { uses, days } => one(tx, order, GivenKind::Count, *uses, None, until(*days), now).await,
        What::Caps { bandwidth, concurrency, days } => {
            let caps = Some((*bandwidth, *concurrency));
            one(tx, order, GivenKind::Caps, 0, caps, until(*days), now).await
        }
        What::Addresses { days, .. } => addresses(tx, order, until(*days), now).await,
        What::Renewal { packages, duration, days } => {
            for (n, package) in packages.iter().enumerate() {
                let term = dates::Term { duration: *duration, days: days.get(n).copied(), zone: &zone };
                renew(tx, order, *package, &term, now).await?;
            }
            Ok(())
        }
        What::Addon { bytes } => addon(tx, order, *bytes, now).await,
    }
}

/// The package of an order.
fn package(
    order: &Order,
    total: i64,
    caps: Option<(i64, i64)>,
    expires_at: Timestamp,
    now: Timestamp,
) -> Grant {
    Grant {
        customer: order.customer,
        product: order.product_type,
        title: order.title.clone(),
        trade_no: order.trade_no.clone(),
        ordered_at: order.created_at,
        paid_at: now,
        total,
        bandwidth: caps.map(|(bandwidth, _)| bandwidth),
        concurrency: caps.map(|(_, concurrency)| concurrency),
        expires_at,
    }
}

fn given(
    order: &Order,
    kind: GivenKind,
    package: PackageId,
    quantity: i64,
    time: (Timestamp, Timestamp),
) -> Given {
    let (starts_at, ends_at) = time;
    Given { id: 0, customer: order.customer, kind, package, quantity, taken: 0, starts_at, ends_at }
}

async fn one(
    tx: &WriteTx,
    order: &Order,
    kind: GivenKind,
    total: i64,
    caps: Option<(i64, i64)>,
    until: Timestamp,
    now: Timestamp,
) -> Result<()> {
    let id = packages::flow::grant(tx, &package(order, total, caps, until, now), now).await?;
    queries::insert(tx, &order.trade_no, &given(order, kind, id, total, (now, until)), now).await
}

/// One package per address that was held.
async fn addresses(tx: &WriteTx, order: &Order, until: Timestamp, now: Timestamp) -> Result<()> {
    let mut ids = Vec::new();
    for _ in 0..order.amount {
        let id = packages::flow::grant(tx, &package(order, 0, None, until, now), now).await?;
        queries::insert(tx, &order.trade_no, &given(order, GivenKind::Address, id, 0, (now, until)), now)
            .await?;
        ids.push(id);
    }
    let settled = hold::settle(tx, &order.trade_no, &ids, until, now).await?;
    if settled == ids.len() { Ok(()) } else { Err(error::unheld(&order.trade_no)) }
}

async fn renew(
    tx: &WriteTx,
    order: &Order,
    id: PackageId,
    term: &dates::Term<'_>,
    now: Timestamp,
) -> Result<()> {
    let missing = || error::not_renewable(id.0);
    // Locked before it is read: renewals that are paid at the same time follow each other.
    let package = change::lock(tx, id).await?.ok_or_else(missing)?;
    let from = dates::begin(package.expires_at, now);
    let until = term.end(from);
    hold::renew(tx, id, until, now).await?;
    change::expire_at(tx, &package, until, now).await?;
    queries::insert(tx, &order.trade_no, &given(order, GivenKind::Renewal, id, 0, (from, until)), now).await
}

async fn addon(tx: &WriteTx, order: &Order, bytes: i64, now: Timestamp) -> Result<()> {
    let id = addon_target(tx, order.customer, now).await?.ok_or_else(error::no_bucket)?;
    let target = change::lock(tx, id).await?.ok_or_else(error::no_bucket)?;
    change::add(tx, &target, bytes, now).await?;
    let time = (now, target.expires_at);
    queries::insert(tx, &order.trade_no, &given(order, GivenKind::Addon, id, bytes, time), now).await
}
