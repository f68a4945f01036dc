//! Messages to the outside world (mail, webhooks, provider calls): written with what causes them, sent
//! after the commit, tried again until they are taken. Those of a lane go one after the other: the next one waits until
//! the one before it was taken or given up.

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

/// What may be taken at `$1` of the kind in `$2`: nothing behind another one of its lane, nor beside one that is on its
/// way.
fn takeable() -> String {
    format!(
        "o.sent_at IS NULL AND o.send_at <= $1 AND o.locked_until <= $1 AND o.kind = $2 AND NOT EXISTS \
         (SELECT 1 FROM outbox b WHERE b.kind = o.kind AND b.lane = o.lane AND b.sent_at IS NULL \
         AND b.send_at < {} AND (b.id < o.id OR b.locked_until > $1))",
        Timestamp::FAR.0
    )
}

/// Writes a message into the transaction that causes it.
pub async fn post(
    tx: &WriteTx,
    kind: &str,
    payload: &impl Serialize,
    now: Timestamp,
) -> Result<(), StoreError> {
    put(tx, kind, None, payload, None, now).await
}

/// The same, with what stays readable of it once it is sent.
pub async fn post_with_record(
    tx: &WriteTx,
    kind: &str,
    payload: &impl Serialize,
    record: &impl Serialize,
    now: Timestamp,
) -> Result<(), StoreError> {
    put(tx, kind, None, payload, Some(changes::encode(record)?), now).await
}

/// Writes a message that goes after those of its lane that were written before.
pub async fn post_in_lane(
    tx: &WriteTx,
    kind: &str,
    lane: &str,
    payload: &impl Serialize,
    now: Timestamp,
) -> Result<(), StoreError> {
    put(tx, kind, Some(lane), payload, None, now).await
}

async fn put(
    tx: &WriteTx,
    kind: &str,
    lane: Option<&str>,
    payload: &impl Serialize,
    record: Option<String>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let payload = changes::encode(payload)?;
    let sql = "INSERT INTO outbox (kind, lane, payload, record, send_at, created_at) VALUES ($1, $2, $3, $4, $5, $5)";
    tx.exec(sql, args![kind, lane, payload, record, now]).await?;
    Ok(())
}

/// Whether a message of a kind waits to be taken: a look that needs no writer.
pub async fn is_due(tx: &impl Read, kind: &str, now: Timestamp) -> Result<bool, StoreError> {
    let sql = format!("SELECT 1 AS one FROM outbox o WHERE {} LIMIT 1", takeable());
    Ok(tx.row(&sql, args![now, kind]).await?.is_some())
}

/// Takes the unsent message of a kind that waits longest, for `lock_seconds`.
pub async fn claim(
    tx: &WriteTx,
    kind: &str,
    now: Timestamp,
    lock_seconds: i64,
) -> Result<Option<Message>, StoreError> {
    let skip = if tx.engine() == Engine::Postgres { "FOR UPDATE OF o SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE outbox SET attempts = attempts + 1, locked_until = $3 WHERE id =
            (SELECT o.id FROM outbox o WHERE {} ORDER BY o.send_at, o.id LIMIT 1 {skip})
         RETURNING id, kind, payload, attempts, locked_until",
        takeable()
    );
    let Some(row) = tx.row(&sql, args![now, kind, now.plus_seconds(lock_seconds)]).await? else {
        return Ok(None);
    };
    Ok(Some(Message {
        id: row.get("id")?,
        kind: row.get("kind")?,
        payload: row.get("payload")?,
        attempts: row.get("attempts")?,
        locked_until: row.get("locked_until")?,
    }))
}

/// The message was taken. Its row stays as a record; the payload, which may hold a code, does not. Who lost the lock to
/// another process changes nothing, here and below.
pub async fn sent(tx: &WriteTx, message: &Message, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE outbox SET sent_at = $3, locked_until = 0, payload = 'null', last_error = NULL \
        WHERE id = $1 AND locked_until = $2";
    tx.exec(sql, args![message.id, message.locked_until, now]).await?;
    Ok(())
}

/// The message was not taken: it is tried again later and later.
pub async fn fail(tx: &WriteTx, message: &Message, error: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE outbox SET send_at = $3, locked_until = 0, last_error = $4 \
        WHERE id = $1 AND locked_until = $2";
    let again = now.plus_seconds(jobs::wait(message.attempts));
    tx.exec(sql, args![message.id, message.locked_until, again, error]).await?;
    Ok(())
}

/// The message is of no use any more: it is not tried again, and what it said goes.
pub async fn give_up(tx: &WriteTx, message: &Message, error: &str) -> Result<(), StoreError> {
    let sql = "UPDATE outbox SET send_at = $3, locked_until = 0, payload = 'null', last_error = $4 \
        WHERE id = $1 AND locked_until = $2";
    tx.exec(sql, args![message.id, message.locked_until, Timestamp::FAR, error]).await?;
    Ok(())
}

/// Gives up what waits in a lane and is not on its way.
pub async fn clear(tx: &WriteTx, kind: &str, lane: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE outbox SET send_at = $4, payload = 'null', last_error = 'replaced' \
        WHERE kind = $1 AND lane = $2 AND sent_at IS NULL AND locked_until <= $3";
    tx.exec(sql, args![kind, lane, now, Timestamp::FAR]).await?;
    Ok(())
}

/// What waits in a lane for its next try is due now.
pub async fn hurry(tx: &WriteTx, kind: &str, lane: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE outbox SET send_at = $3 WHERE kind = $1 AND lane = $2 AND sent_at IS NULL \
        AND send_at > $3 AND send_at < $4 AND locked_until <= $3";
    tx.exec(sql, args![kind, lane, now, Timestamp::FAR]).await?;
    Ok(())
}

/// Forgets messages, sent or not, that were written before.
pub async fn prune(tx: &WriteTx, before: Timestamp) -> Result<u64, StoreError> {
    tx.exec("DELETE FROM outbox WHERE created_at < $1", args![before]).await
}
