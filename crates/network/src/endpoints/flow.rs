//! Leasing endpoints, and forgetting those long over.

use super::queries::Fresh;
use super::rules::Short;
use super::{error, queries, rules};
use crate::{State, pool_of};
use std::net::IpAddr;
use turnpike_access::{allowlist, packages};
use turnpike_base::{CustomerId, ExitId, ProductType, Result, Timestamp};
use turnpike_identity::customers;
use turnpike_store::{Read, Store, WriteTx, changes};
use turnpike_wire::{Change, PlaceFilter, Revocation};

/// How long an endpoint that is over is remembered, so that its port can say so, in days.
const REMEMBERED_DAYS: i64 = 7;

/// What a customer wants.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Who.
    pub customer: CustomerId,
    /// From where he calls.
    pub client: IpAddr,
    /// Which package pays; `None`: the usual one of his address.
    pub product: Option<ProductType>,
    /// How many endpoints.
    pub count: usize,
    /// Where their exits have to be.
    pub place: PlaceFilter,
    /// How long they live, in minutes.
    pub life: i64,
}

/// Why there are no endpoints; how it is told depends on the site's time zone.
#[derive(Debug)]
pub enum NoLease {
    /// Not enough ports: so many are free, the next one frees then.
    Ports(usize, Option<Timestamp>),
    /// Anything else.
    Fault(turnpike_base::Fault),
}

impl<F: Into<turnpike_base::Fault>> From<F> for NoLease {
    fn from(fault: F) -> Self {
        Self::Fault(fault.into())
    }
}

/// Leases endpoints, all or none; gives their ports, ascending. A running endpoint is never taken over.
pub async fn lease(state: &State, wish: &Wish, random: u64, now: Timestamp) -> Result<Vec<u16>, NoLease> {
    let tx = state.store.write().await?;
    let product = product_of(&tx, wish).await?;
    // Two extractions of a customer would see the same ports free: one after the other.
    customers::lock(&tx, wish.customer).await?;
    pay(&tx, wish, product, now).await?;
    let exits = state.roster.choose(pool_of(product), &wish.place, wish.count, random);
    if exits.is_empty() {
        return Err(error::no_exit().into());
    }
    let ends = queries::ends(&tx, wish.customer).await?;
    let mut ports = rules::ports(&state.entry().endpoint_ports, &ends, wish.count, now)
        .map_err(|Short { free, next }| NoLease::Ports(free, next))?;
    let leased: Vec<(u16, ExitId)> = ports.iter().copied().zip(exits.into_iter().cycle()).collect();
    let until = now.plus_minutes(wish.life);
    let fresh = Fresh { customer: wish.customer, product, place: &wish.place, until };
    queries::put(&tx, &fresh, leased, now).await?;
    tx.commit().await?;
    ports.sort_unstable();
    Ok(ports)
}

/// Which package pays: what was named, else 11 where the address is bound to one, else 9.
async fn product_of(tx: &impl Read, wish: &Wish) -> Result<ProductType> {
    let entries = allowlist::entries_of(tx, wish.client).await?;
    let mut own = entries.iter().filter(|entry| entry.customer == wish.customer).peekable();
    if own.peek().is_none() {
        return Err(error::not_allowlisted(wish.client));
    }
    let is_bound = own.any(|entry| entry.product == ProductType::DynamicUnmetered);
    let usual = if is_bound { ProductType::DynamicUnmetered } else { ProductType::Dynamic };
    Ok(wish.product.unwrap_or(usual))
}

/// Sees that a package is there, and takes from those that count endpoints.
async fn pay(tx: &WriteTx, wish: &Wish, product: ProductType, now: Timestamp) -> Result<()> {
    if !product.is_countable() {
        let usable = packages::usable(tx, wish.customer, product, now).await?;
        return if usable.is_empty() { Err(error::no_package(product)) } else { Ok(()) };
    }
    let usable = packages::meter::lock_usable(tx, wish.customer, product, now).await?;
    if usable.is_empty() {
        return Err(error::no_package(product));
    }
    let wanted = i64::try_from(wish.count).unwrap_or(i64::MAX);
    let mut missing = wanted;
    for package in &usable {
        let taken = missing.min(package.total - package.used);
        if taken > 0 {
            packages::meter::book(tx, package.id, taken, 0).await?;
        }
        missing -= taken;
    }
    if missing > 0 { Err(error::too_few_left(wanted, wanted - missing)) } else { Ok(()) }
}

/// Ends endpoints of a customer at these ports (`None`: all) before their time; gives back how many. Their
/// ports are free at once, and refuse until they are leased again. Fails with `endpoint_unknown` where ports
/// are named and none of them runs.
pub async fn end(store: &Store, customer: CustomerId, ports: Option<&[u16]>, now: Timestamp) -> Result<i64> {
    let tx = store.write().await?;
    let ended = queries::end(&tx, customer, ports, now).await?;
    if ended == 0 {
        return if ports.is_some() { Err(error::none_runs()) } else { Ok(0) };
    }
    // Gateways keep permits of these ports; what runs goes on.
    changes::tell(&tx, &Change::Customer { customer, running: Revocation::Renew }, now).await?;
    tx.commit().await?;
    Ok(i64::try_from(ended).unwrap_or(i64::MAX))
}

/// Forgets endpoints that are long over. A job runs it.
pub async fn forget(store: &Store, now: Timestamp) -> Result<()> {
    let tx = store.write().await?;
    queries::forget(&tx, now.plus_days(-REMEMBERED_DAYS)).await?;
    Ok(tx.commit().await?)
}
