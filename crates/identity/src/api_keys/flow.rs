//! What customers do with their keys.

use super::model::{ApiKey, Change, NewKey};
use super::{State, error, queries, rules};
use crate::keys;
use turnpike_base::{CustomerId, Fault, Result, Secret, Timestamp};
use turnpike_store::{Read, Vault};

/// A customer's keys, the newest first.
pub async fn list(tx: &impl Read, vault: &Vault, customer: CustomerId) -> Result<Vec<ApiKey>> {
    queries::of_customer(tx, vault, customer).await
}

/// Makes a key. Fails with `too_many_keys`.
pub async fn add(state: &State, customer: CustomerId, new: &NewKey, now: Timestamp) -> Result<ApiKey> {
    let key = Secret::new(keys::random_text(keys::LENGTH)?);
    let tx = state.store.write().await?;
    if queries::count(&tx, customer).await? >= rules::MOST_KEYS {
        return Err(error::too_many());
    }
    queries::insert(&tx, &state.vault, customer, &key, new, now).await?;
    let made = queries::of_customer(&tx, &state.vault, customer).await?;
    tx.commit().await?;
    let mine = made.into_iter().find(|one| one.key == key);
    mine.ok_or_else(|| Fault::internal("key_lost", "a key that was inserted is not there"))
}

/// Changes what is sent. Fails with `key_unknown` and, where more than the name of the classic key is to
/// change, with `key_is_classic`.
pub async fn change(state: &State, customer: CustomerId, id: i64, change: &Change) -> Result<()> {
    if change.is_empty() {
        return Err(error::nothing_to_change());
    }
    let tx = state.store.write().await?;
    let key = queries::lock(&tx, &state.vault, customer, id).await?.ok_or_else(|| error::unknown(id))?;
    if key.classic && change.restricts() {
        return Err(error::classic());
    }
    queries::update(&tx, &key, change).await?;
    Ok(tx.commit().await?)
}

/// Revokes a key. Fails with `key_unknown`, and with `key_is_classic` for the one the customer was born with.
pub async fn delete(state: &State, customer: CustomerId, id: i64, now: Timestamp) -> Result<()> {
    let tx = state.store.write().await?;
    let key = queries::lock(&tx, &state.vault, customer, id).await?.ok_or_else(|| error::unknown(id))?;
    if key.classic {
        return Err(error::classic());
    }
    queries::revoke(&tx, id, now).await?;
    Ok(tx.commit().await?)
}
