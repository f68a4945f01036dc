//! app_keys: 32 characters `[A-Za-z0-9]`, found by a keyed hash, kept sealed (contract section 1).

use crate::customers;
use turnpike_base::{CustomerId, Fault, Result, Secret, Timestamp};
use turnpike_store::{Read, Vault, WriteTx, args};

/// Characters of an app_key.
pub const LENGTH: usize = 32;
const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
pub(crate) const PURPOSE: &str = "app_key";

/// `length` random characters out of letters and digits, each equally likely.
pub fn random_text(length: usize) -> Result<String> {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let mut bytes = [0_u8; 64];
        getrandom::fill(&mut bytes).map_err(|e| Fault::internal("no_randomness", e.to_string()))?;
        // 248 is the largest multiple of 62 in a byte: above it a remainder would favour some letters.
        let fair = bytes.iter().filter(|b| **b < 248).map(|b| char::from(ALPHABET[usize::from(b % 62)]));
        text.extend(fair.take(length - text.len()));
    }
    Ok(text)
}

/// Gives a customer a new key; older ones stay valid until they are revoked.
pub async fn issue(tx: &WriteTx, vault: &Vault, customer: CustomerId, now: Timestamp) -> Result<Secret> {
    insert(tx, vault, customer, "", now).await
}

async fn insert(
    tx: &WriteTx,
    vault: &Vault,
    customer: CustomerId,
    name: &str,
    now: Timestamp,
) -> Result<Secret> {
    let key = Secret::new(random_text(LENGTH)?);
    let sql = "INSERT INTO app_keys (customer_id, fingerprint, sealed, name, created_at) VALUES ($1, $2, $3, $4, $5)";
    let fingerprint = vault.fingerprint(PURPOSE, key.expose());
    tx.exec(sql, args![customer, fingerprint, vault.seal(PURPOSE, &key)?, name, now]).await?;
    Ok(key)
}

/// Puts a new key in the place of the customer's classic one, under the same name. The old one is unknown to the
/// next request after the commit; the keys that he made himself stay.
pub async fn replace(tx: &WriteTx, vault: &Vault, customer: CustomerId, now: Timestamp) -> Result<Secret> {
    // Two at once come one after the other: one key is left.
    customers::lock(tx, customer).await?;
    let sql = "UPDATE app_keys SET revoked_at = $2 WHERE customer_id = $1 AND classic = 1 AND revoked_at IS NULL \
        RETURNING name";
    let old = tx.row(sql, args![customer, now]).await?;
    let name: String = old.map(|row| row.get("name")).transpose()?.unwrap_or_default();
    insert(tx, vault, customer, &name, now).await
}

/// Revokes every key of a customer.
pub async fn revoke_all(tx: &WriteTx, customer: CustomerId, now: Timestamp) -> Result<()> {
    let sql = "UPDATE app_keys SET revoked_at = $2 WHERE customer_id = $1 AND revoked_at IS NULL";
    tx.exec(sql, args![customer, now]).await?;
    Ok(())
}

/// The customer's newest classic key: the one that may do everything and is shown again.
pub async fn newest(tx: &impl Read, vault: &Vault, customer: CustomerId) -> Result<Option<Secret>> {
    let sql = "SELECT sealed FROM app_keys WHERE customer_id = $1 AND revoked_at IS NULL AND classic = 1 ORDER BY id DESC LIMIT 1";
    let Some(row) = tx.row(sql, args![customer]).await? else { return Ok(None) };
    vault.open(PURPOSE, &row.get::<Vec<u8>>("sealed")?).map(Some)
}

/// Under what a key is found.
pub(crate) fn fingerprint(vault: &Vault, key: &str) -> String {
    vault.fingerprint(PURPOSE, key)
}
