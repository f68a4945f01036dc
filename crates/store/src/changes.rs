//! The changes gateways must know: written with what they report, read in order by the publisher.

use crate::{Read, StoreError, WriteTx, args};
use serde::Serialize;
use serde::de::DeserializeOwned;
use turnpike_base::Timestamp;

/// Writes a change into the transaction that makes it. It is published after the commit.
pub async fn tell(tx: &WriteTx, change: &impl Serialize, now: Timestamp) -> Result<(), StoreError> {
    let payload = encode(change)?;
    tx.exec("INSERT INTO changes (payload, created_at) VALUES ($1, $2)", args![payload, now]).await?;
    Ok(())
}

/// Writes a change unless the same one waits to be published already.
pub async fn tell_once(tx: &WriteTx, change: &impl Serialize, now: Timestamp) -> Result<(), StoreError> {
    let payload = encode(change)?;
    let sql = "INSERT INTO changes (payload, created_at) SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM changes WHERE payload = $1)";
    tx.exec(sql, args![payload, now]).await?;
    Ok(())
}

/// Changes not yet published, oldest first, with their numbers.
pub async fn pending<T: DeserializeOwned>(tx: &impl Read, most: i64) -> Result<Vec<(i64, T)>, StoreError> {
    let rows = tx.rows("SELECT id, payload FROM changes ORDER BY id LIMIT $1", args![most]).await?;
    rows.iter().map(|row| Ok((row.get("id")?, decode(&row.get::<String>("payload")?)?))).collect()
}

/// Forgets a published change.
pub async fn published(tx: &WriteTx, id: i64) -> Result<(), StoreError> {
    tx.exec("DELETE FROM changes WHERE id = $1", args![id]).await?;
    Ok(())
}

pub(crate) fn encode(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Broken(sea_orm::DbErr::Json(e.to_string())))
}

pub(crate) fn decode<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::Broken(sea_orm::DbErr::Json(e.to_string())))
}
