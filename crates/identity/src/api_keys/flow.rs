//! What customers do with their keys.

use super::model::{ApiKey, By, Change, NewKey};
use super::rules::Limits;
use super::{State, error, queries, rules};
use crate::keys;
use turnpike_base::{Code, CustomerId, Fault, Result, Secret, Timestamp};
use turnpike_store::{Read, Vault, WriteTx};

/// A customer's keys, the newest first.
pub async fn list(tx: &impl Read, vault: &Vault, customer: CustomerId) -> Result<Vec<ApiKey>> {
    queries::of_customer(tx, vault, customer).await
}

/// The key that does it, locked; `None`: a login does.
async fn maker(tx: &WriteTx, state: &State, customer: CustomerId, by: By) -> Result<Option<ApiKey>> {
    let By::Key(id) = by else { return Ok(None) };
    let key = queries::lock(tx, &state.vault, customer, id).await?;
    // Revoked since the request came in.
    key.map(Some).ok_or_else(|| Fault::new(Code::BadKey, "bad_key"))
}

fn within(maker: Option<&ApiKey>, made: Limits<'_>) -> Result<()> {
    maker.map_or(Ok(()), |maker| rules::within(maker, made))
}

/// Makes a key. Fails with `too_many_keys`, and with `key_beyond` where it may more than the key that makes it.
pub async fn add(
    tx: &WriteTx,
    state: &State,
    customer: CustomerId,
    by: By,
    new: &NewKey,
    now: Timestamp,
) -> Result<ApiKey> {
    let key = Secret::new(keys::random_text(keys::LENGTH)?);
    within(maker(tx, state, customer, by).await?.as_ref(), new.limits())?;
    if queries::count(tx, customer).await? >= rules::MOST_KEYS {
        return Err(error::too_many());
    }
    queries::insert(tx, &state.vault, customer, &key, new, now).await?;
    let made = queries::of_customer(tx, &state.vault, customer).await?;
    let mine = made.into_iter().find(|one| one.key == key);
    mine.ok_or_else(|| Fault::internal("key_lost", "a key that was inserted is not there"))
}

/// Changes what is sent. Fails with `key_unknown`; where more than the name of the classic key is to change,
/// with `key_is_classic`; where the key is or would be more than the one that changes it, with `key_beyond`.
pub async fn change(state: &State, customer: CustomerId, by: By, id: i64, change: &Change) -> Result<()> {
    if change.is_empty() {
        return Err(error::nothing_to_change());
    }
    let tx = state.store.write().await?;
    let maker = maker(&tx, state, customer, by).await?;
    let key = queries::lock(&tx, &state.vault, customer, id).await?.ok_or_else(|| error::unknown(id))?;
    within(maker.as_ref(), key.limits())?;
    if key.classic && change.restricts() {
        return Err(error::classic());
    }
    within(maker.as_ref(), change.limits(&key))?;
    queries::update(&tx, &key, change).await?;
    Ok(tx.commit().await?)
}

/// Revokes a key. Fails with `key_unknown`, with `key_is_classic` for the one the customer was born with, and
/// with `key_beyond` for one that is more than the key that revokes it.
pub async fn delete(state: &State, customer: CustomerId, by: By, id: i64, now: Timestamp) -> Result<()> {
    let tx = state.store.write().await?;
    let maker = maker(&tx, state, customer, by).await?;
    let key = queries::lock(&tx, &state.vault, customer, id).await?.ok_or_else(|| error::unknown(id))?;
    within(maker.as_ref(), key.limits())?;
    if key.classic {
        return Err(error::classic());
    }
    queries::revoke(&tx, id, now).await?;
    Ok(tx.commit().await?)
}
