//! What customers do with their allowlist.

use super::model::{Entry, NewEntries};
use super::{error, queries};
use crate::{State, packages};
use std::net::IpAddr;
use turnpike_base::{CustomerId, Page, ProductType, Result, Timestamp};
use turnpike_store::{Read, WriteTx, changes};
use turnpike_wire::{Change, Revocation};

/// Allowlists addresses, all or none. One that is there already gets the new remark. Fails with
/// `address_taken` for another customer's.
pub async fn add(state: &State, customer: CustomerId, new: &NewEntries, now: Timestamp) -> Result<()> {
    let tx = state.store.write().await?;
    check_package(&tx, customer, new, now).await?;
    for address in &new.addresses {
        if queries::claim(&tx, *address, customer).await? != customer {
            return Err(error::taken(*address));
        }
        queries::put(&tx, *address, customer, new, now).await?;
        tell(&tx, customer, *address, Revocation::Renew, now).await?;
    }
    if queries::count(&tx, customer, new.product).await? > new.cap {
        return Err(error::too_many(new.cap));
    }
    Ok(tx.commit().await?)
}

async fn check_package(tx: &WriteTx, customer: CustomerId, new: &NewEntries, now: Timestamp) -> Result<()> {
    if new.product != ProductType::DynamicUnmetered {
        return Ok(());
    }
    let id = new.package.ok_or_else(error::package_required)?;
    let found = packages::by_id(tx, id).await?;
    let fits = |p: &packages::Package| {
        p.customer == customer && p.product == ProductType::DynamicUnmetered && p.expires_at > now
    };
    if found.as_ref().is_some_and(fits) { Ok(()) } else { Err(error::package_unusable()) }
}

/// Removes addresses, all or none, for one type or for all; their connections are reset.
pub async fn delete(
    state: &State,
    customer: CustomerId,
    addresses: &[IpAddr],
    product: Option<ProductType>,
    now: Timestamp,
) -> Result<()> {
    let tx = state.store.write().await?;
    for address in addresses {
        if queries::remove(&tx, customer, *address, product).await? == 0 {
            return Err(error::unknown(*address));
        }
        queries::unclaim(&tx, *address).await?;
        tell(&tx, customer, *address, Revocation::Reset, now).await?;
    }
    Ok(tx.commit().await?)
}

/// Part of a customer's entries, the newest first; `part` absent: all.
pub async fn list(
    tx: &impl Read,
    customer: CustomerId,
    product: Option<ProductType>,
    part: Option<Page>,
) -> Result<Vec<Entry>> {
    Ok(queries::of_customer(tx, customer, product, part).await?)
}

async fn tell(
    tx: &WriteTx,
    customer: CustomerId,
    client: IpAddr,
    running: Revocation,
    now: Timestamp,
) -> Result<()> {
    Ok(changes::tell(tx, &Change::Address { customer, client, running }, now).await?)
}
