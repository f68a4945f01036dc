//! What customers do with their accounts. Every change reaches the gateways through the outbox of the
//! transaction that makes it.

use super::model::{Account, Change, NewAccount, Pair, Search};
use super::{error, queries};
use crate::State;
use turnpike_base::{AccountId, CustomerId, Page, PageOf, ProductType, Result, Timestamp};
use turnpike_store::{Read, Vault, WriteTx, changes};
use turnpike_wire::Revocation;

/// Adds accounts, all or none. Fails with `account_taken`, and with a parameter error beyond the cap.
pub async fn add(
    state: &State,
    customer: CustomerId,
    pairs: &[Pair],
    new: &NewAccount,
    now: Timestamp,
) -> Result<Vec<AccountId>> {
    let tx = state.store.write().await?;
    let (mut ids, mut taken) = (Vec::with_capacity(pairs.len()), Vec::new());
    for pair in pairs {
        match queries::insert(&tx, &state.vault, customer, pair, new, now).await? {
            Some(id) => ids.push(id),
            None => taken.push(pair.username.as_str()),
        }
    }
    if !taken.is_empty() {
        return Err(error::taken(&taken));
    }
    if queries::count_of(&tx, customer, new.product).await? > new.cap {
        return Err(error::too_many(new.cap));
    }
    tx.commit().await?;
    Ok(ids)
}

/// Part of a customer's accounts, the newest first; `part` absent: all.
pub async fn list(
    tx: &impl Read,
    vault: &Vault,
    customer: CustomerId,
    product: Option<ProductType>,
    part: Option<Page>,
) -> Result<Vec<Account>> {
    queries::of_customer(tx, vault, customer, product, part).await
}

/// One page of a customer's accounts that fit, the newest first.
pub async fn search(
    tx: &impl Read,
    vault: &Vault,
    customer: CustomerId,
    wish: &Search,
) -> Result<PageOf<Account>> {
    queries::search(tx, vault, customer, wish).await
}

/// How many accounts a customer has.
pub async fn count(tx: &impl Read, customer: CustomerId) -> Result<i64> {
    queries::count(tx, customer).await
}

/// The account of a name in the whole installation: the living one, else the one deleted last.
pub async fn find(tx: &impl Read, vault: &Vault, name: &str) -> Result<Account> {
    let found = queries::by_name(tx, vault, &name.to_ascii_lowercase()).await?;
    found.ok_or_else(|| error::unknown(name))
}

/// A customer's living account of this name, compared without case.
pub async fn own(tx: &impl Read, vault: &Vault, customer: CustomerId, name: &str) -> Result<Account> {
    let found = queries::by_name(tx, vault, &name.to_ascii_lowercase()).await?;
    let mine = found.filter(|account| account.customer == customer && account.deleted_at.is_none());
    mine.ok_or_else(|| error::unknown(name))
}

/// Every account a customer ever had under a name, compared without case: usage stays with deleted ones.
pub async fn ids_of_name(tx: &impl Read, customer: CustomerId, name: &str) -> Result<Vec<AccountId>> {
    queries::ids_of_name(tx, customer, &name.to_ascii_lowercase()).await
}

/// Deletes accounts, all or none; their connections are reset.
pub async fn delete(state: &State, customer: CustomerId, names: &[String], now: Timestamp) -> Result<()> {
    let tx = state.store.write().await?;
    for name in names {
        let account = owned(&tx, &state.vault, customer, name).await?;
        queries::delete(&tx, account.id, now).await?;
        tell(&tx, account.id, Revocation::Reset, now).await?;
    }
    Ok(tx.commit().await?)
}

/// Switches accounts on or off, all or none; the connections of those switched off are reset.
pub async fn set_enabled(
    state: &State,
    customer: CustomerId,
    names: &[String],
    enabled: bool,
    now: Timestamp,
) -> Result<()> {
    let tx = state.store.write().await?;
    let change = Change { enabled: Some(enabled), ..Change::default() };
    for name in names {
        let account = owned(&tx, &state.vault, customer, name).await?;
        apply(&tx, &state.vault, &account, &change, now).await?;
    }
    Ok(tx.commit().await?)
}

/// Changes what is sent.
pub async fn change(
    state: &State,
    customer: CustomerId,
    name: &str,
    change: &Change,
    now: Timestamp,
) -> Result<()> {
    let tx = state.store.write().await?;
    let account = owned(&tx, &state.vault, customer, &name.to_ascii_lowercase()).await?;
    if change.udp.is_some() && !account.product.takes_udp() {
        return Err(error::no_udp());
    }
    apply(&tx, &state.vault, &account, change, now).await?;
    Ok(tx.commit().await?)
}

async fn owned(tx: &WriteTx, vault: &Vault, customer: CustomerId, name: &str) -> Result<Account> {
    queries::lock(tx, vault, customer, name).await?.ok_or_else(|| error::unknown(name))
}

async fn apply(
    tx: &WriteTx,
    vault: &Vault,
    account: &Account,
    change: &Change,
    now: Timestamp,
) -> Result<()> {
    queries::update(tx, vault, account.id, change).await?;
    let running = if change.enabled == Some(false) { Revocation::Reset } else { Revocation::Renew };
    let remark_only = Change { remark: None, ..change.clone() }.is_empty();
    if remark_only { Ok(()) } else { tell(tx, account.id, running, now).await }
}

async fn tell(tx: &WriteTx, account: AccountId, running: Revocation, now: Timestamp) -> Result<()> {
    Ok(changes::tell(tx, &turnpike_wire::Change::Account { account, running }, now).await?)
}
