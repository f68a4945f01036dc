//! Who holds which static address until when. The functions that take a [`WriteTx`] run inside the
//! caller's transaction: n addresses in stock are sold exactly n times, however many buy at once.

use super::model::{Address, Availability, Filter, Held, Owned, Reserved, Stand, Wish};
use super::queries::Holding;
use super::{error, queries, stock};
use turnpike_base::{CustomerId, PackageId, Page, PageOf, ProductType, Result, Timestamp};
use turnpike_store::{Read, Store, Vault, WriteTx, changes, retrying};
use turnpike_wire::{Change, CountryCode, Revocation};

/// How many expired holdings one transaction ends.
const SWEEP: i64 = 200;

/// Takes addresses for an unpaid order, free ones first, then shared ones that the customer lacks. They
/// wait until [`settle`] or [`cancel`]. Fails with `static_out_of_stock` and then takes none, if the
/// caller drops the transaction.
pub async fn reserve(
    tx: &WriteTx,
    vault: &Vault,
    wish: &Wish,
    trade_no: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<Vec<Address>> {
    let mut taken: Vec<Address> = Vec::new();
    let count = usize::try_from(wish.count).unwrap_or(0);
    while taken.len() < count {
        let missing = wish.count - i64::try_from(taken.len()).unwrap_or(wish.count);
        let free = queries::lock_free(tx, wish, missing, None, now).await?;
        if free.is_empty() {
            return Err(error::out_of_stock(wish.country));
        }
        for address in free {
            queries::reserve(tx, address.id, wish.customer, trade_no, until, now).await?;
            stock::book(tx, vault, address.id, 1, Timestamp(0), now).await?;
            taken.push(address);
        }
    }
    Ok(taken)
}

/// Gives a paid order what it reserved: one address for each package, until `expires_at`. Gives back how
/// many there were; packages beyond that got none.
pub async fn settle(
    tx: &WriteTx,
    trade_no: &str,
    packages: &[PackageId],
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<usize> {
    let reserved = queries::reserved(tx, trade_no).await?;
    for (holding, package) in reserved.iter().zip(packages) {
        queries::own(tx, holding.id, *package, expires_at, now).await?;
        tell(tx, holding, Revocation::Renew, now).await?;
    }
    Ok(reserved.len().min(packages.len()))
}

/// Takes and gives in one step: for orders that are paid at once, and for grants.
pub async fn allocate(
    tx: &WriteTx,
    vault: &Vault,
    wish: &Wish,
    trade_no: &str,
    packages: &[PackageId],
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<Vec<Address>> {
    let addresses = reserve(tx, vault, wish, trade_no, expires_at, now).await?;
    settle(tx, trade_no, packages, expires_at, now).await?;
    Ok(addresses)
}

/// Frees what an unpaid order held; nobody used it, so it does not rest.
pub async fn cancel(tx: &WriteTx, vault: &Vault, trade_no: &str, now: Timestamp) -> Result<()> {
    for holding in queries::reserved(tx, trade_no).await? {
        queries::forget(tx, holding.id).await?;
        stock::book(tx, vault, holding.address, -1, Timestamp(0), now).await?;
    }
    Ok(())
}

/// Extends a holding to `expires_at`. One that ended can't be had back.
pub async fn renew(tx: &WriteTx, package: PackageId, expires_at: Timestamp, now: Timestamp) -> Result<()> {
    let holding = live(tx, package).await?;
    queries::extend(tx, holding.id, expires_at).await?;
    tell(tx, &holding, Revocation::Renew, now).await
}

/// Keeps an address for its holder until then, however early the holding expires: a dispute may give its time back.
pub async fn keep(tx: &WriteTx, package: PackageId, until: Timestamp) -> Result<()> {
    let holding = live(tx, package).await?;
    Ok(queries::keep(tx, holding.id, until).await?)
}

/// Ends a holding at once (refund, dispute): connections are reset, the address rests until `rests_until`.
pub async fn release(
    tx: &WriteTx,
    vault: &Vault,
    package: PackageId,
    rests_until: Timestamp,
    now: Timestamp,
) -> Result<()> {
    let holding = live(tx, package).await?;
    end(tx, vault, &holding, rests_until, now).await
}

/// Exchanges an address for another one of the same country and type, same package and expiry; the old
/// one rests.
pub async fn exchange(
    tx: &WriteTx,
    vault: &Vault,
    package: PackageId,
    rests_until: Timestamp,
    now: Timestamp,
) -> Result<Address> {
    let holding = live(tx, package).await?;
    let old = queries::lock_address(tx, holding.address).await?.ok_or_else(|| error::unknown(package))?;
    let country = CountryCode::parse(&old.country).ok_or_else(|| error::unknown(package))?;
    let wish = Wish { customer: holding.customer, product: old.product, country, asn: None, count: 1 };
    let new = queries::lock_free(tx, &wish, 1, Some(old.id), now).await?;
    let new = new.into_iter().next().ok_or_else(|| error::out_of_stock(country))?;
    queries::move_to(tx, holding.id, new.id).await?;
    stock::book(tx, vault, old.id, -1, rests_until, now).await?;
    stock::book(tx, vault, new.id, 1, Timestamp(0), now).await?;
    tell(tx, &holding, Revocation::Reset, now).await?;
    let moved = Holding { address: new.id, ..holding };
    tell(tx, &moved, Revocation::Renew, now).await?;
    Ok(new)
}

/// Ends what expired longer than the quarantine ago, and is kept for nobody; gives back how many. A job runs it.
pub async fn sweep(store: &Store, vault: &Vault, quarantine_ms: i64, now: Timestamp) -> Result<usize> {
    retrying(|| sweep_once(store, vault, quarantine_ms, now)).await
}

async fn sweep_once(store: &Store, vault: &Vault, quarantine_ms: i64, now: Timestamp) -> Result<usize> {
    let tx = store.write().await?;
    let expired = queries::lock_expired(&tx, now.plus_ms(-quarantine_ms), now, SWEEP).await?;
    for holding in &expired {
        end(&tx, vault, holding, Timestamp(0), now).await?;
    }
    tx.commit().await?;
    Ok(expired.len())
}

async fn live(tx: &WriteTx, package: PackageId) -> Result<Holding> {
    match queries::of_package(tx, package).await? {
        None => Err(error::unknown(package)),
        Some((_, true)) => Err(error::ended(package)),
        Some((holding, false)) => Ok(holding),
    }
}

async fn end(
    tx: &WriteTx,
    vault: &Vault,
    holding: &Holding,
    rests_until: Timestamp,
    now: Timestamp,
) -> Result<()> {
    queries::end(tx, holding.id, now).await?;
    stock::book(tx, vault, holding.address, -1, rests_until, now).await?;
    tell(tx, holding, Revocation::Reset, now).await
}

async fn tell(tx: &WriteTx, holding: &Holding, running: Revocation, now: Timestamp) -> Result<()> {
    let Some(address) = queries::lock_address(tx, holding.address).await? else { return Ok(()) };
    let change = Change::Holding { customer: holding.customer, exit: address.exit, running };
    Ok(changes::tell(tx, &change, now).await?)
}

/// What a customer's accounts of type 14 or 25 may leave from now; [`super::rules::matching`] picks.
pub async fn owned(
    tx: &impl Read,
    customer: CustomerId,
    product: ProductType,
    now: Timestamp,
) -> Result<Vec<Owned>> {
    Ok(queries::owned(tx, customer, product, now).await?)
}

/// Whether a customer holds addresses of a type that only maintenance keeps him from.
pub async fn is_maintained(
    tx: &impl Read,
    customer: CustomerId,
    product: ProductType,
    now: Timestamp,
) -> Result<bool> {
    Ok(queries::is_maintained(tx, customer, product, now).await?)
}

/// How a customer stands to an address (by itself or by package id) that he can't use.
pub async fn stand(
    tx: &impl Read,
    customer: CustomerId,
    product: ProductType,
    ip: &str,
    now: Timestamp,
) -> Result<Stand> {
    let id = ip.parse().map_or(PackageId(0), PackageId);
    let found = queries::newest_holding(tx, customer, product, ip, id).await?;
    Ok(match found {
        None => Stand::Foreign,
        Some(held) if held.ended || held.expires_at <= now => Stand::Expired,
        Some(held) if held.address.maintenance => Stand::Maintained,
        Some(_) => Stand::Held,
    })
}

/// A page of a customer's holdings, the newest first.
pub async fn held(
    tx: &impl Read,
    customer: CustomerId,
    filter: &Filter,
    page: Page,
    now: Timestamp,
) -> Result<PageOf<Held>> {
    let (total, rows) = queries::held(tx, customer, filter, page, now).await?;
    Ok(PageOf { page, total, rows })
}

/// The holding a package stands for, ended or not.
pub async fn by_package(tx: &impl Read, package: PackageId) -> Result<Option<Held>> {
    Ok(queries::held_by_package(tx, package).await?)
}

/// What can be had now, by country and ASN.
pub async fn available(
    tx: &impl Read,
    customer: CustomerId,
    product: Option<ProductType>,
    exclusive: bool,
    now: Timestamp,
) -> Result<Vec<Availability>> {
    Ok(queries::available(tx, customer, product, exclusive, now).await?)
}

/// What the customer's unpaid orders hold of every country and type of which this order holds some.
pub async fn reserved_beside(
    tx: &impl Read,
    customer: CustomerId,
    trade_no: &str,
    now: Timestamp,
) -> Result<Vec<Reserved>> {
    Ok(queries::reserved_beside(tx, customer, trade_no, now).await?)
}

/// Writes the customer's note on a holding.
pub async fn remark(tx: &WriteTx, customer: CustomerId, package: PackageId, remark: &str) -> Result<()> {
    let known = queries::set_remark(tx, customer, package, remark).await?;
    if known { Ok(()) } else { Err(error::unknown(package)) }
}

/// Switches the renewal by itself on or off.
pub async fn auto_renew(tx: &WriteTx, customer: CustomerId, package: PackageId, on: bool) -> Result<()> {
    let known = queries::set_auto_renew(tx, customer, package, on).await?;
    if known { Ok(()) } else { Err(error::unknown(package)) }
}
