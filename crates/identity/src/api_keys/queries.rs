//! All SQL of keys.

use super::model::{ApiKey, Change, NewKey};
use crate::keys;
use ipnet::IpNet;
use std::collections::BTreeMap;
use std::net::IpAddr;
use turnpike_base::{CustomerId, Result, Secret, SiteId, Timestamp};
use turnpike_store::{Read, Row, StoreError, Vault, WriteTx, args};
use turnpike_web::{Scopes, blocks};

const COLUMNS: &str =
    "id, sealed, name, scopes, sources, classic, created_at, expires_at, last_used_at, last_used_from";

fn read(row: &Row, vault: &Vault) -> Result<ApiKey> {
    Ok(ApiKey {
        id: row.get("id")?,
        key: vault.open(keys::PURPOSE, &row.get::<Vec<u8>>("sealed")?)?,
        name: row.get("name")?,
        scopes: scopes_of(row)?,
        sources: sources_of(row)?,
        classic: row.get("classic")?,
        created_at: row.get("created_at")?,
        expires_at: row.opt("expires_at")?,
        last_used_at: row.opt("last_used_at")?,
        last_used_from: row.opt("last_used_from")?,
    })
}

/// Words were checked when they were written; one that nobody knows any more allows nothing.
fn scopes_of(row: &Row) -> Result<Scopes, StoreError> {
    let text: String = row.get("scopes")?;
    Ok(Scopes::parse(&text, |_| true).unwrap_or_else(|_| Scopes::none()))
}

fn sources_of(row: &Row) -> Result<Vec<IpNet>, StoreError> {
    let text: String = row.get("sources")?;
    Ok(text.split(',').filter_map(blocks::block).collect())
}

fn written(sources: &[IpNet]) -> String {
    sources.iter().map(blocks::shown).collect::<Vec<_>>().join(",")
}

/// What a request's key says about its caller.
pub(crate) struct Found {
    pub(crate) key: i64,
    pub(crate) scopes: Scopes,
    pub(crate) sources: Vec<IpNet>,
    pub(crate) customer: CustomerId,
    pub(crate) site: SiteId,
    pub(crate) verified: bool,
    pub(crate) disabled: bool,
}

/// The key with this fingerprint that is neither revoked nor expired.
pub(crate) async fn by_fingerprint(
    tx: &impl Read,
    fingerprint: String,
    now: Timestamp,
) -> Result<Option<Found>, StoreError> {
    let sql = "SELECT k.id AS key_id, k.scopes, k.sources, c.id, c.site_id, c.verified, c.disabled FROM app_keys k \
        JOIN customers c ON c.id = k.customer_id WHERE k.fingerprint = $1 AND k.revoked_at IS NULL \
        AND (k.expires_at IS NULL OR k.expires_at > $2)";
    let Some(row) = tx.row(sql, args![fingerprint, now]).await? else { return Ok(None) };
    Ok(Some(Found {
        key: row.get("key_id")?,
        scopes: scopes_of(&row)?,
        sources: sources_of(&row)?,
        customer: row.get("id")?,
        site: row.get("site_id")?,
        verified: row.get("verified")?,
        disabled: row.get("disabled")?,
    }))
}

/// Keeps when and from where keys were used last.
pub(crate) async fn used(tx: &WriteTx, uses: &BTreeMap<i64, (Timestamp, IpAddr)>) -> Result<(), StoreError> {
    for (id, (at, from)) in uses {
        let sql = "UPDATE app_keys SET last_used_at = $2, last_used_from = $3 WHERE id = $1";
        tx.exec(sql, args![*id, *at, from.to_string()]).await?;
    }
    Ok(())
}

/// A customer's keys, the newest first.
pub(super) async fn of_customer(tx: &impl Read, vault: &Vault, customer: CustomerId) -> Result<Vec<ApiKey>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM app_keys WHERE customer_id = $1 AND revoked_at IS NULL ORDER BY created_at DESC, id DESC"
    );
    tx.rows(&sql, args![customer]).await?.iter().map(|row| read(row, vault)).collect()
}

/// A customer's key, locked.
pub(super) async fn lock(
    tx: &WriteTx,
    vault: &Vault,
    customer: CustomerId,
    id: i64,
) -> Result<Option<ApiKey>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM app_keys WHERE customer_id = $1 AND id = $2 AND revoked_at IS NULL ORDER BY id"
    );
    let rows = tx.lock(&sql, args![customer, id]).await?;
    rows.first().map(|row| read(row, vault)).transpose()
}

/// How many keys a customer made. The customer's row is locked, so that two adds count one after the other.
pub(super) async fn count(tx: &WriteTx, customer: CustomerId) -> Result<i64, StoreError> {
    tx.lock("SELECT id FROM customers WHERE id = $1 ORDER BY id", args![customer]).await?;
    let sql =
        "SELECT COUNT(*) AS n FROM app_keys WHERE customer_id = $1 AND revoked_at IS NULL AND classic = 0";
    let row = tx.row(sql, args![customer]).await?;
    Ok(row.map(|row| row.get("n")).transpose()?.unwrap_or(0))
}

pub(super) async fn insert(
    tx: &WriteTx,
    vault: &Vault,
    customer: CustomerId,
    key: &Secret,
    new: &NewKey,
    now: Timestamp,
) -> Result<()> {
    let sql = "INSERT INTO app_keys (customer_id, fingerprint, sealed, name, scopes, sources, expires_at, classic, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)";
    let args = args![
        customer,
        keys::fingerprint(vault, key.expose()),
        vault.seal(keys::PURPOSE, key)?,
        &new.name,
        new.scopes.to_string(),
        written(&new.sources),
        new.expires_at,
        now
    ];
    tx.exec(sql, args).await?;
    Ok(())
}

pub(super) async fn update(tx: &WriteTx, key: &ApiKey, change: &Change) -> Result<(), StoreError> {
    let sql = "UPDATE app_keys SET name = $2, scopes = $3, sources = $4, expires_at = $5 WHERE id = $1";
    let args = args![
        key.id,
        change.name.as_ref().unwrap_or(&key.name),
        change.scopes.as_ref().unwrap_or(&key.scopes).to_string(),
        written(change.sources.as_ref().unwrap_or(&key.sources)),
        change.expires_at.unwrap_or(key.expires_at)
    ];
    tx.exec(sql, args).await?;
    Ok(())
}

pub(super) async fn revoke(tx: &WriteTx, id: i64, now: Timestamp) -> Result<(), StoreError> {
    tx.exec("UPDATE app_keys SET revoked_at = $2 WHERE id = $1", args![id, now]).await?;
    Ok(())
}
