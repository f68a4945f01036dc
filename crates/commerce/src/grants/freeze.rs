//! A dispute holds back what the disputed money paid for, as far as it is unused: a grant's bytes, uses or time. What
//! other orders put into the same package or address stays.

use super::model::{Given, GivenKind};
use super::{back, queries};
use crate::State;
use crate::orders::Order;
use turnpike_access::packages::{Package, change};
use turnpike_base::{Money, Result, Timestamp};
use turnpike_network::statics::hold;
use turnpike_store::WriteTx;

/// Takes away what `amount` of the order's price paid for, as far as the dispute has not taken it yet, until it is over: one
/// that grows takes more, and so does one that is asked again after running traffic gave back what it had on lease. Whether
/// that may come to something later.
pub async fn freeze(
    tx: &WriteTx,
    order: &Order,
    dispute: &str,
    amount: Money,
    now: Timestamp,
) -> Result<bool> {
    let held = queries::frozen_by(tx, dispute).await?;
    let mut waits = false;
    for given in queries::of_order(tx, &order.trade_no).await? {
        let has = held.iter().find(|(one, _)| one.id == given.id).map_or(0, |(_, frozen)| *frozen);
        let missing = back::up(given.size(), amount.0, order.pay_fee().0) - has;
        let frozen = missing.min(back::left(tx, &given, now).await?);
        let Some(package) = change::lock(tx, given.package).await? else { continue };
        waits |= given.kind.is_drawn() && missing > frozen && package.reserved > 0;
        if frozen <= 0 {
            continue;
        }
        if is_address(&given) {
            // It may come back: until then, and as long as its time would last, nobody else gets it.
            hold::keep(tx, package.id, package.expires_at).await?;
        }
        change_by(tx, &given, &package, -frozen, now).await?;
        queries::take(tx, given.id, frozen).await?;
        queries::freeze(tx, dispute, given.id, frozen, now).await?;
    }
    Ok(waits)
}

/// The dispute was withdrawn: what it held comes back, an address as well unless it was given up meanwhile.
pub async fn thaw(tx: &WriteTx, dispute: &str, now: Timestamp) -> Result<()> {
    for (given, frozen) in queries::frozen_by(tx, dispute).await? {
        let Some(package) = change::lock(tx, given.package).await? else { continue };
        if is_address(&given) && !back::is_held(tx, package.id).await? {
            continue;
        }
        change_by(tx, &given, &package, frozen, now).await?;
        queries::take(tx, given.id, -frozen).await?;
    }
    queries::forget_freezes(tx, dispute).await
}

/// The dispute was lost: what it held is taken back for good, and an address without time is given up, unless another
/// dispute may still give it some.
pub async fn forfeit(tx: &WriteTx, state: &State, dispute: &str, now: Timestamp) -> Result<()> {
    let held = queries::frozen_by(tx, dispute).await?;
    queries::forget_freezes(tx, dispute).await?;
    for (given, _) in held {
        let Some(package) = change::lock(tx, given.package).await? else { continue };
        let over = is_address(&given) && package.expires_at <= now;
        if over && !queries::is_frozen(tx, package.id).await? && back::is_held(tx, package.id).await? {
            back::give_up(tx, state, package.id, now).await?;
        }
    }
    Ok(())
}

const fn is_address(given: &Given) -> bool {
    matches!(given.kind, GivenKind::Address | GivenKind::Renewal)
}

/// More or less of what the grant is: bytes, uses or milliseconds.
async fn change_by(tx: &WriteTx, given: &Given, package: &Package, by: i64, now: Timestamp) -> Result<()> {
    if given.kind.is_drawn() && by < 0 {
        return back::draw_less(tx, given, package, -by, now).await;
    }
    if given.kind.is_drawn() {
        return change::add(tx, package, by, now).await;
    }
    let until = package.expires_at.plus_ms(by);
    back::move_expiry(tx, package, until, now).await?;
    if is_address(given) { hold::renew(tx, package.id, until, now).await } else { Ok(()) }
}
