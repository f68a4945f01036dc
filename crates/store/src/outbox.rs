//! Messages to the outside world (mail, webhooks, provider calls): written with what causes them, sent
//! after the commit, tried again until they are taken.

use crate::{Engine, Read, StoreError, WriteTx, args, changes, jobs};
use serde::Serialize;
use turnpike_base::Timestamp;

/// A message that this process may send until `locked_until`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its row.
    pub id: i64,
    /// Which sender it needs (`mail`, `webhook`, …).
    pub kind: String,
    /// JSON that the sender understands.
    pub payload: String,
    /// From 1.
    pub attempts: i64,
    /// Nobody else takes it before.
    pub locked_until: Timestamp,
}

/// Writes a message into the transaction that causes it.
pub async fn post(
    tx: &WriteTx,
    kind: &str,
    payload: &impl Serialize,
    now: Timestamp,
) -> Result<(), StoreError> {
    let payload = changes::encode(payload)?;
    let sql = "INSERT INTO outbox (kind, payload, send_at, created_at) VALUES ($1, $2, $3, $3)";
    tx.exec(sql, args![kind, payload, now]).await?;
    Ok(())
}

/// Whether a message of a kind waits to be taken: a look that needs no writer.
pub async fn is_due(tx: &impl Read, kind: &str, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "SELECT 1 AS one FROM outbox WHERE sent_at IS NULL AND send_at <= $1 AND locked_until <= $1 AND kind = $2 \
        LIMIT 1";
    Ok(tx.row(sql, args![now, kind]).await?.is_some())
}

/// Takes the oldest unsent message of these kinds, for `lock_seconds`.
pub async fn claim(
    tx: &WriteTx,
    kinds: &[&str],
    now: Timestamp,
    lock_seconds: i64,
) -> Result<Option<Message>, StoreError> {
    let skip = if tx.engine() == Engine::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let places: Vec<String> = (3..kinds.len() + 3).map(|n| format!("${n}")).collect();
    let sql = format!(
        "UPDATE outbox SET attempts = attempts + 1, locked_until = $2 WHERE id =
            (SELECT id FROM outbox WHERE sent_at IS NULL AND send_at <= $1 AND locked_until <= $1 AND kind IN ({}) \
             ORDER BY send_at, id LIMIT 1 {skip})
         RETURNING id, kind, payload, attempts, locked_until",
        places.join(", ")
    );
    let mut args = args![now, now.plus_seconds(lock_seconds)];
    args.extend(kinds.iter().map(|kind| crate::Arg::value(*kind)));
    let Some(row) = tx.row(&sql, args).await? else { return Ok(None) };
    Ok(Some(Message {
        id: row.get("id")?,
        kind: row.get("kind")?,
        payload: row.get("payload")?,
        attempts: row.get("attempts")?,
        locked_until: row.get("locked_until")?,
    }))
}

/// The message was taken. Its row stays as a record; the payload, which may hold a code, does not.
pub async fn sent(tx: &WriteTx, message: &Message, now: Timestamp) -> Result<(), StoreError> {
    let sql =
        "UPDATE outbox SET sent_at = $2, locked_until = 0, payload = 'null', last_error = NULL WHERE id = $1";
    tx.exec(sql, args![message.id, now]).await?;
    Ok(())
}

/// The message was not taken: it is tried again later and later.
pub async fn fail(tx: &WriteTx, message: &Message, error: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE outbox SET send_at = $2, locked_until = 0, last_error = $3 WHERE id = $1";
    tx.exec(sql, args![message.id, now.plus_seconds(jobs::wait(message.attempts)), error]).await?;
    Ok(())
}

/// The message is of no use any more: it is not tried again, and what it said goes.
pub async fn give_up(tx: &WriteTx, message: &Message, error: &str) -> Result<(), StoreError> {
    let sql =
        "UPDATE outbox SET send_at = $2, locked_until = 0, payload = 'null', last_error = $3 WHERE id = $1";
    tx.exec(sql, args![message.id, Timestamp::FAR, error]).await?;
    Ok(())
}

/// Forgets messages, sent or not, that were written before.
pub async fn prune(tx: &WriteTx, before: Timestamp) -> Result<u64, StoreError> {
    tx.exec("DELETE FROM outbox WHERE created_at < $1", args![before]).await
}
