//! The operator's side of static addresses: import, maintenance, listing, removal.

use super::model::{Address, NewStatic, Stock};
use super::{error, queries, rules};
use crate::exits::{self, NewExit};
use crate::truth::Settled;
use crate::{State, place};
use std::net::IpAddr;
use turnpike_base::table::{Table, wrong};
use turnpike_base::{Code, Fault, Page, PageOf, Result, StaticId, Text, Timestamp};
use turnpike_store::{Read, Store, Vault, WriteTx, changes, retrying};
use turnpike_wire::{Change, Pool, Resolve, Revocation};

/// How many addresses one transaction brings back from their rest.
const ROUND: i64 = 200;

/// Takes the addresses of an import file into stock, all or none; each gets an exit that stands for it. Every line
/// that can't be taken is named by its number.
pub async fn import(state: &State, new: Table<NewStatic>, now: Timestamp) -> Result<usize> {
    let Table { rows, mut faults } = new;
    let settled = state.truth.settled();
    let tx = state.store.write().await?;
    for (line, one) in &rows {
        if let Err(fault) = add(&tx, &state.vault, &settled, one, now).await {
            faults.note(*line, naming(one, fault))?;
        }
    }
    faults.end()?;
    tx.commit().await?;
    Ok(rows.len())
}

/// What is wrong with an address, beginning with it.
fn naming(one: &NewStatic, fault: Fault) -> Fault {
    if fault.code == Code::Internal {
        return fault;
    }
    let reason = fault.errors.into_values().flatten().next().unwrap_or(fault.text);
    let (zh, en) = (&reason.zh, &reason.en);
    wrong(Text::made(format!("{}：{zh}", one.address), format!("{}: {en}", one.address)))
}

async fn add(tx: &WriteTx, vault: &Vault, settled: &Settled, new: &NewStatic, now: Timestamp) -> Result<()> {
    let address = new.address.to_canonical().to_string();
    let exit = NewExit {
        target: new.via.clone().unwrap_or_else(|| address.clone()),
        resolve: Resolve::Exit,
        pools: rules::pools(new.product, new.holders, false, false),
        country: new.country.clone(),
        state: new.state.clone(),
        city: new.city.clone(),
        asn: new.asn,
    };
    let place = place::claim(&new.country, new.state.as_deref(), new.city.as_deref())
        .map_err(|unknown| unknown.fault(["country", "state", "city"]))?;
    let exit = exits::flow::add_in(tx, vault, settled, &exit, now).await?;
    let (product, asn, isp, holders) = (new.product, new.asn, new.isp.as_str(), new.holders);
    let fresh = queries::Fresh { exit, address: address.clone(), product, place: &place, asn, isp, holders };
    if !queries::insert(tx, &fresh, now).await? {
        return Err(error::in_stock(&address));
    }
    // One that was taken out of stock while it rested comes back so.
    match queries::by_text(tx, &address).await?.filter(|back| back.is_in_use(now)) {
        Some(resting) => serve(tx, vault, &resting, now).await,
        None => Ok(()),
    }
}

/// A page of the stock, the newest first.
pub async fn list(tx: &impl Read, wanted: &Stock, page: Page, now: Timestamp) -> Result<PageOf<Address>> {
    let (total, rows) = queries::page(tx, wanted, page, now).await?;
    Ok(PageOf { page, total, rows })
}

/// Whether an address is one of the stock, whoever holds it.
pub async fn is_known(tx: &impl Read, address: &str) -> Result<bool> {
    Ok(queries::by_text(tx, address).await?.is_some())
}

/// The address, in any spelling.
async fn in_stock(tx: &impl Read, address: &str) -> Result<Address> {
    let spelled = address.trim();
    let canonical =
        spelled.parse().map_or_else(|_| spelled.to_owned(), |ip: IpAddr| ip.to_canonical().to_string());
    queries::by_text(tx, &canonical).await?.ok_or_else(|| error::not_in_stock(spelled))
}

/// Puts an address under maintenance (its holders' connections end, it is not sold) or back to use.
pub async fn maintain(store: &Store, vault: &Vault, address: &str, on: bool, now: Timestamp) -> Result<()> {
    let tx = store.write().await?;
    let found = in_stock(&tx, address).await?;
    queries::set_maintenance(&tx, found.id, on).await?;
    serve(&tx, vault, &Address { maintenance: on, ..found.clone() }, now).await?;
    let running = if on { Revocation::Close } else { Revocation::Renew };
    for customer in queries::holders(&tx, found.id).await? {
        changes::tell(&tx, &Change::Holding { customer, exit: found.exit, running }, now).await?;
    }
    Ok(tx.commit().await?)
}

/// Takes an address out of stock, with the exit that stands for it; connections through it are reset. Those who held
/// it still read so, and it can be imported again. Fails with `static_not_in_stock`, and with `static_is_held` while
/// somebody holds it.
pub async fn remove(store: &Store, address: &str, now: Timestamp) -> Result<()> {
    let tx = store.write().await?;
    let found = in_stock(&tx, address).await?;
    // As it is once nobody else changes it: an order may have taken it meanwhile.
    let found = queries::lock_address(&tx, found.id).await?.filter(|now| now.exit == found.exit);
    let found = found.ok_or_else(|| error::not_in_stock(address))?;
    if found.taken > 0 {
        return Err(error::is_held(address, found.taken));
    }
    queries::part_from_exit(&tx, found.id).await?;
    exits::flow::remove_in(&tx, found.exit, now).await?;
    Ok(tx.commit().await?)
}

/// Books one holder more or less and brings the exit's pools up to date.
pub(super) async fn book(
    tx: &WriteTx,
    vault: &Vault,
    id: StaticId,
    by: i64,
    rests_until: Timestamp,
    now: Timestamp,
) -> Result<()> {
    let Some(before) = queries::lock_address(tx, id).await? else { return Ok(()) };
    queries::take(tx, id, by, rests_until).await?;
    let after = Address {
        taken: before.taken + by,
        rests_until: before.rests_until.max(rests_until),
        ..before.clone()
    };
    if pools(&after, now) == pools(&before, now) { Ok(()) } else { serve(tx, vault, &after, now).await }
}

fn pools(address: &Address, now: Timestamp) -> Vec<Pool> {
    rules::pools(address.product, address.most_holders, address.is_in_use(now), address.maintenance)
}

/// Brings the pools of an address's exit up to date, and tells gateways.
async fn serve(tx: &WriteTx, vault: &Vault, address: &Address, now: Timestamp) -> Result<()> {
    exits::set_pools(tx, address.exit, &pools(address, now)).await?;
    exits::flow::tell(tx, vault, address.exit, now).await
}

/// Brings addresses that have rested back to the pools they rotate in; gives back how many. A job runs it.
pub async fn end_rests(store: &Store, vault: &Vault, now: Timestamp) -> Result<usize> {
    retrying(|| end_rests_once(store, vault, now)).await
}

async fn end_rests_once(store: &Store, vault: &Vault, now: Timestamp) -> Result<usize> {
    let tx = store.write().await?;
    let rested = queries::lock_rested(&tx, now, ROUND).await?;
    for address in &rested {
        queries::end_rest(&tx, address.id).await?;
        serve(&tx, vault, address, now).await?;
    }
    tx.commit().await?;
    Ok(rested.len())
}
