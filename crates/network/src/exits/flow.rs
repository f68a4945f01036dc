//! What is done with exits. Each change is written with what the gateways are told about it.

use super::model::{Exit, Measured, NewExit, Wanted};
use super::{error, import, queries, rules};
use crate::roster::Roster;
use crate::truth::{Settled, flow as truth};
use crate::{State, place};
use turnpike_base::table::Table;
use turnpike_base::{ExitId, Page, PageOf, Result, Timestamp};
use turnpike_store::{Read, Store, Vault, WriteTx, changes};
use turnpike_wire::{Change, ExitHealth, ExitRecord, ExitStatus, Proven};

/// Rows read at a time where all exits are wanted.
const BATCH: i64 = 10_000;

/// Adds exits, all or none. Fails with `exit_taken` if one is there already, and with parameter errors
/// for places, pools and targets that can't be read.
pub async fn add(state: &State, new: &[NewExit], now: Timestamp) -> Result<Vec<ExitId>> {
    let settled = state.truth.settled();
    let tx = state.store.write().await?;
    let mut ids = Vec::with_capacity(new.len());
    for exit in new {
        ids.push(add_in(&tx, &state.vault, &settled, exit, now).await?);
    }
    tx.commit().await?;
    Ok(ids)
}

/// Adds one exit inside a transaction of the caller. It is looked up at once: nobody is told of it before it is known
/// whether it is to be withheld.
pub async fn add_in(
    tx: &WriteTx,
    vault: &Vault,
    settled: &Settled,
    new: &NewExit,
    now: Timestamp,
) -> Result<ExitId> {
    let kind = rules::kind_of(&new.target, new.resolve)?;
    let place = place::claim(&new.country, new.state.as_deref(), new.city.as_deref())
        .map_err(|unknown| unknown.fault(["country", "state", "city"]))?;
    if new.pools.is_empty() {
        return Err(error::no_pool());
    }
    let target = rules::target_of(&kind);
    let fresh =
        queries::Fresh { target: &target, kind: &kind, pools: &new.pools, place: &place, asn: new.asn };
    let id = queries::insert(tx, vault, &fresh, now).await?.ok_or_else(|| error::taken(&target))?;
    truth::meet(tx, vault, settled, id, now).await?;
    tell(tx, vault, id, now).await?;
    Ok(id)
}

/// Adds the exits of an import file, all or none; every line that can't be taken is named by its number.
pub async fn import(state: &State, file: &str, now: Timestamp) -> Result<usize> {
    let Table { rows, mut faults } = import::parse(file)?;
    let settled = state.truth.settled();
    let tx = state.store.write().await?;
    for (line, exit) in &rows {
        if let Err(fault) = add_in(&tx, &state.vault, &settled, exit, now).await {
            faults.note(*line, fault)?;
        }
    }
    faults.end()?;
    tx.commit().await?;
    Ok(rows.len())
}

/// A page of exits, the newest first.
pub async fn list(tx: &impl Read, vault: &Vault, wanted: &Wanted, page: Page) -> Result<PageOf<Exit>> {
    let (total, rows) = queries::page(tx, vault, wanted, page).await?;
    Ok(PageOf { page, total, rows })
}

/// Every exit as gateways know them, for [`turnpike_wire::Welcome`].
pub async fn records(tx: &impl Read, vault: &Vault) -> Result<Vec<ExitRecord>> {
    let mut all = Vec::new();
    let mut last = ExitId(0);
    loop {
        let batch = queries::after(tx, vault, last, BATCH).await?;
        let Some(newest) = batch.last() else { return Ok(all) };
        last = newest.id;
        all.extend(batch.iter().map(Exit::record));
    }
}

/// What can serve, as far as the store knows: at the start, before gateways tell.
pub async fn roster(tx: &impl Read, vault: &Vault) -> Result<Roster> {
    Ok(Roster::known(&records(tx, vault).await?, &queries::dead(tx).await?))
}

/// Exits that gateways last saw working.
pub async fn proven(tx: &impl Read) -> Result<Vec<Proven>> {
    Ok(queries::proven(tx).await?)
}

/// Lets an exit serve, drains it (running connections go on) or disables it (they are reset).
pub async fn set_status(
    store: &Store,
    vault: &Vault,
    id: ExitId,
    status: ExitStatus,
    now: Timestamp,
) -> Result<()> {
    let tx = store.write().await?;
    if !queries::set_status(&tx, id, status).await? {
        return Err(error::unknown(id));
    }
    tell(&tx, vault, id, now).await?;
    Ok(tx.commit().await?)
}

/// Takes an exit out of new use; running connections go on.
pub async fn drain(store: &Store, vault: &Vault, id: ExitId, now: Timestamp) -> Result<()> {
    set_status(store, vault, id, ExitStatus::Draining, now).await
}

/// Removes an exit; its connections are reset. One that stands for a static address stays.
pub async fn remove(store: &Store, vault: &Vault, id: ExitId, now: Timestamp) -> Result<()> {
    let tx = store.write().await?;
    let exit = queries::by_id(&tx, vault, id).await?.ok_or_else(|| error::unknown(id))?;
    if exit.static_id.is_some() {
        return Err(error::is_static(id));
    }
    remove_in(&tx, id, now).await?;
    Ok(tx.commit().await?)
}

/// Removes an exit that nothing keeps, inside a transaction of the caller.
pub(crate) async fn remove_in(tx: &WriteTx, id: ExitId, now: Timestamp) -> Result<()> {
    queries::delete(tx, id).await?;
    Ok(changes::tell(tx, &Change::ExitGone(id), now).await?)
}

/// Asks the gateways to probe an exit now.
pub async fn probe(store: &Store, vault: &Vault, id: ExitId, now: Timestamp) -> Result<()> {
    let tx = store.write().await?;
    queries::by_id(&tx, vault, id).await?.ok_or_else(|| error::unknown(id))?;
    changes::tell(&tx, &Change::Probe(id), now).await?;
    Ok(tx.commit().await?)
}

/// Keeps what gateways saw. Callers leave out what says nothing new. Whose public address is new is looked up at once.
pub async fn health(state: &State, seen: &[ExitHealth]) -> Result<()> {
    let settled = state.truth.settled();
    let tx = state.store.write().await?;
    for one in seen {
        if queries::set_health(&tx, one).await?
            && truth::meet(&tx, &state.vault, &settled, one.exit, one.at).await?
        {
            tell(&tx, &state.vault, one.exit, one.at).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Keeps where an exit was measured to be, and whether it is withheld for it, which gateways hear of.
pub(crate) async fn keep_measured(
    tx: &WriteTx,
    vault: &Vault,
    before: &Exit,
    measured: &Measured,
    withheld: bool,
) -> Result<()> {
    queries::set_measured(tx, before.id, measured, withheld).await?;
    if before.withheld == withheld { Ok(()) } else { tell(tx, vault, before.id, measured.at).await }
}

/// Tells the gateways how an exit is now.
pub(crate) async fn tell(tx: &WriteTx, vault: &Vault, id: ExitId, now: Timestamp) -> Result<()> {
    if let Some(exit) = queries::by_id(tx, vault, id).await? {
        changes::tell(tx, &Change::Exit(Box::new(exit.record())), now).await?;
    }
    Ok(())
}
