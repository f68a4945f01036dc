//! Taking back what an order gave, as far as it is unused.

use super::model::{Given, GivenKind};
use super::queries;
use crate::orders::Order;
use crate::prices::rules::share;
use crate::{State, renewals};
use turnpike_access::packages::{Package, change};
use turnpike_base::{Money, PackageId, Result, Timestamp};
use turnpike_network::statics::hold;
use turnpike_store::WriteTx;

/// How much of an order's goods nobody used, in the order's money, whether it was taken back before or not: so
/// refunds in pieces add up to what the whole would have been, to the cent.
pub async fn unused(tx: &WriteTx, order: &Order, now: Timestamp) -> Result<Money> {
    let mut sum = (0_i64, 0_i64);
    for given in queries::of_order(tx, &order.trade_no).await? {
        // What a dispute holds is nobody's to pay back.
        let frozen = queries::frozen_of(tx, given.id).await?;
        let unused = left(tx, &given, now).await? + given.taken - frozen;
        let (left, size) = scale(unused, given.size());
        sum = (sum.0 + left, sum.1 + size);
    }
    Ok(share(order.goods_fee(), sum.0, sum.1))
}

/// Millionths of one thing: things of an order weigh the same, however many bytes each has.
fn scale(left: i64, size: i64) -> (i64, i64) {
    const ONE: i64 = 1_000_000;
    if size <= 0 {
        return (0, 0);
    }
    let part = i128::from(left.clamp(0, size)) * i128::from(ONE) / i128::from(size);
    (i64::try_from(part).unwrap_or(0), ONE)
}

/// What of a grant can be taken back: bytes or uses nobody drew, or the time that is still to come. What a package was
/// given first is used first, so what is there belongs to its newest grants.
pub(super) async fn left(tx: &WriteTx, given: &Given, now: Timestamp) -> Result<i64> {
    let Some(package) = change::lock(tx, given.package).await? else { return Ok(0) };
    if package.expires_at <= now {
        return Ok(0);
    }
    let there = if given.kind.is_drawn() {
        package.total - package.used - package.reserved
    } else {
        package.expires_at.since(now)
    };
    let newer = queries::given_after(tx, given).await?;
    Ok((there - newer).min(given.size() - given.taken).max(0))
}

/// Whether something that an order gave is not there to be taken back now, and may be later: a dispute holds it, or running
/// traffic has it on lease.
pub async fn is_held_back(tx: &WriteTx, order: &Order) -> Result<bool> {
    for given in queries::of_order(tx, &order.trade_no).await? {
        if queries::frozen_of(tx, given.id).await? > 0 {
            return Ok(true);
        }
        let leased = given.kind.is_drawn()
            && given.taken < given.size()
            && change::lock(tx, given.package).await?.is_some_and(|package| package.reserved > 0);
        if leased {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes back `part` of `whole` of what is unused; the whole where both are equal. `false`: nothing was unused.
pub async fn take(
    tx: &WriteTx,
    state: &State,
    order: &Order,
    part: Money,
    whole: Money,
    now: Timestamp,
) -> Result<bool> {
    let mut took = false;
    for given in queries::of_order(tx, &order.trade_no).await? {
        let left = left(tx, &given, now).await?;
        let taken = if part >= whole { left } else { up(left, part.0, whole.0) };
        let Some(package) = change::lock(tx, given.package).await?.filter(|_| taken > 0) else { continue };
        if given.kind.is_drawn() {
            draw_less(tx, &given, &package, taken, now).await?;
        } else {
            shorten(tx, state, &given, &package, taken, now).await?;
        }
        queries::take(tx, given.id, taken).await?;
        took = true;
    }
    Ok(took)
}

/// Takes bytes or uses away. What has none left of those it was bought with is not bought again by itself.
pub(super) async fn draw_less(
    tx: &WriteTx,
    given: &Given,
    package: &Package,
    taken: i64,
    now: Timestamp,
) -> Result<()> {
    change::add(tx, package, -taken, now).await?;
    if given.kind != GivenKind::Addon && package.total - taken <= package.used + package.reserved {
        renewals::flow::stop(tx, package).await?;
    }
    Ok(())
}

/// `left x part / whole`, rounded up.
pub(super) fn up(left: i64, part: i64, whole: i64) -> i64 {
    let whole = i128::from(whole.max(1));
    let taken = (i128::from(left) * i128::from(part) + whole - 1) / whole;
    i64::try_from(taken).unwrap_or(left).min(left)
}

async fn shorten(
    tx: &WriteTx,
    state: &State,
    given: &Given,
    package: &Package,
    taken: i64,
    now: Timestamp,
) -> Result<()> {
    let until = package.expires_at.plus_ms(-taken);
    move_expiry(tx, package, until, now).await?;
    if !matches!(given.kind, GivenKind::Address | GivenKind::Renewal) {
        return Ok(());
    }
    // What a dispute holds may come back to it.
    if until > now || queries::is_frozen(tx, package.id).await? {
        return hold::renew(tx, package.id, until, now).await;
    }
    give_up(tx, state, package.id, now).await
}

/// Moves a package's expiry, and with it the day it renews by itself.
pub(super) async fn move_expiry(
    tx: &WriteTx,
    package: &Package,
    until: Timestamp,
    now: Timestamp,
) -> Result<()> {
    change::expire_at(tx, package, until, now).await?;
    renewals::flow::moved(tx, &Package { expires_at: until, ..package.clone() }, now).await
}

/// Whether a package's address is still held for it.
pub(super) async fn is_held(tx: &WriteTx, package: PackageId) -> Result<bool> {
    Ok(hold::by_package(tx, package).await?.is_some_and(|held| !held.ended))
}

/// Gives an address up; it rests before somebody else gets it.
pub(super) async fn give_up(tx: &WriteTx, state: &State, package: PackageId, now: Timestamp) -> Result<()> {
    hold::release(tx, &state.vault, package, state.rest.until(now), now).await
}
