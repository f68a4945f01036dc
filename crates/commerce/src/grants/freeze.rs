//! A dispute freezes what an order gave: it can't be used until the dispute is over.

use super::queries;
use crate::orders::Order;
use turnpike_access::packages::change;
use turnpike_base::{Result, Timestamp};
use turnpike_network::statics::hold;
use turnpike_store::WriteTx;

/// Stops everything that an order gave. Doing it twice does nothing.
pub async fn freeze(tx: &WriteTx, order: &Order, now: Timestamp) -> Result<()> {
    for given in queries::of_order(tx, &order.trade_no).await? {
        let Some(package) = change::lock(tx, given.package).await? else { continue };
        let running = package.expires_at > now;
        if running && queries::freeze(tx, package.id, &order.trade_no, package.expires_at, now).await? {
            change::expire_at(tx, &package, now, now).await?;
            if package.product.is_static() {
                hold::renew(tx, package.id, now, now).await?;
            }
        }
    }
    Ok(())
}

/// Lets it be used again, until it would have expired. An address that somebody else got meanwhile stays
/// lost.
pub async fn unfreeze(tx: &WriteTx, order: &Order, now: Timestamp) -> Result<()> {
    for (id, expires_at) in queries::thaw(tx, &order.trade_no).await? {
        let Some(package) = change::lock(tx, id).await? else { continue };
        if package.product.is_static() {
            let held = hold::by_package(tx, id).await?;
            if held.is_none_or(|held| held.ended) {
                continue;
            }
            hold::renew(tx, id, expires_at, now).await?;
        }
        change::expire_at(tx, &package, expires_at, now).await?;
    }
    Ok(())
}
