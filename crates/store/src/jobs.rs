//! Jobs: rows that say what is to be done when. Any number of control processes look for them; exactly
//! one runs a job at a time, a failed one is tried again later and later, none is lost.

use crate::{Engine, Read, Row, StoreError, WriteTx, args, changes};
use serde::Serialize;
use turnpike_base::{Page, PageOf, Timestamp};

/// A job that this process may run until `locked_until`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its row.
    pub id: i64,
    /// What kind of work.
    pub kind: String,
    /// Which piece of it; unique within the kind.
    pub key: String,
    /// JSON that the kind understands.
    pub payload: String,
    /// When it was due.
    pub run_at: Timestamp,
    /// From 1.
    pub attempts: i64,
    /// Nobody else takes it before; finish or fail it until then.
    pub locked_until: Timestamp,
    /// How often it was planned again. What is planned while it runs comes after it.
    pub plans: i64,
}

/// A job as an operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The job.
    pub job: Job,
    /// Why it failed last, if it did.
    pub last_error: Option<String>,
}

/// The time in `$3`, unless the job was planned again since it was claimed with the plans in `$4`.
const UNLESS_PLANNED: &str = "CASE WHEN plans = $4 THEN $3 ELSE run_at END";

/// The longest wait between two attempts, in seconds.
const LONGEST_WAIT: i64 = 3_600;

/// Plans a job in the transaction that makes it necessary. One that is planned already under the same
/// kind and key moves to the new time; one that runs comes again then.
pub async fn plan(
    tx: &WriteTx,
    kind: &str,
    key: &str,
    payload: &impl Serialize,
    run_at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let payload = changes::encode(payload)?;
    tx.exec(
        "INSERT INTO jobs (kind, job_key, payload, run_at, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (kind, job_key) DO UPDATE SET payload = excluded.payload, run_at = excluded.run_at, attempts = 0,
             plans = jobs.plans + 1",
        args![kind, key, payload, run_at, now],
    )
    .await?;
    Ok(())
}

/// Plans a job unless it is planned already. For work that repeats.
pub async fn plan_once(
    tx: &WriteTx,
    kind: &str,
    key: &str,
    run_at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(
        "INSERT INTO jobs (kind, job_key, payload, run_at, created_at) VALUES ($1, $2, 'null', $3, $4)
         ON CONFLICT (kind, job_key) DO NOTHING",
        args![kind, key, run_at, now],
    )
    .await?;
    Ok(())
}

/// Takes the job that is due longest, for `lock_seconds`.
pub async fn claim(tx: &WriteTx, now: Timestamp, lock_seconds: i64) -> Result<Option<Job>, StoreError> {
    let skip = if tx.engine() == Engine::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE jobs SET attempts = attempts + 1, locked_until = $2 WHERE id =
            (SELECT id FROM jobs WHERE run_at <= $1 AND locked_until <= $1 ORDER BY run_at, id LIMIT 1 {skip})
         RETURNING id, kind, job_key, payload, run_at, attempts, locked_until, plans"
    );
    tx.row(&sql, args![now, now.plus_seconds(lock_seconds)]).await?.map(|row| read(&row)).transpose()
}

fn read(row: &Row) -> Result<Job, StoreError> {
    Ok(Job {
        id: row.get("id")?,
        kind: row.get("kind")?,
        key: row.get("job_key")?,
        payload: row.get("payload")?,
        run_at: row.get("run_at")?,
        attempts: row.get("attempts")?,
        locked_until: row.get("locked_until")?,
        plans: row.get("plans")?,
    })
}

/// Keeps a job's lock until then; `false` if it was lost: then its work must not go on.
pub async fn extend(tx: &WriteTx, job: &Job, until: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE jobs SET locked_until = $3 WHERE id = $1 AND locked_until = $2";
    Ok(tx.exec(sql, args![job.id, job.locked_until, until]).await? == 1)
}

/// The job is done: its row goes, in the transaction that did the work, unless it was planned again meanwhile. `false` if
/// the lock was lost; then the transaction must not be committed.
pub async fn finish(tx: &WriteTx, job: &Job) -> Result<bool, StoreError> {
    let sql = "DELETE FROM jobs WHERE id = $1 AND locked_until = $2 AND plans = $3";
    if tx.exec(sql, args![job.id, job.locked_until, job.plans]).await? == 1 {
        return Ok(true);
    }
    let sql = "UPDATE jobs SET locked_until = 0, last_error = NULL WHERE id = $1 AND locked_until = $2";
    Ok(tx.exec(sql, args![job.id, job.locked_until]).await? == 1)
}

/// The job is done for this time and comes again at `run_at`, or when it was planned for meanwhile.
pub async fn repeat(tx: &WriteTx, job: &Job, run_at: Timestamp) -> Result<bool, StoreError> {
    let sql = format!(
        "UPDATE jobs SET run_at = {UNLESS_PLANNED}, attempts = 0, locked_until = 0, last_error = NULL \
         WHERE id = $1 AND locked_until = $2"
    );
    Ok(tx.exec(&sql, args![job.id, job.locked_until, run_at, job.plans]).await? == 1)
}

/// The job failed: it is tried again after 1, 2, 4, … seconds, an hour at most, or when it was planned for meanwhile.
pub async fn fail(tx: &WriteTx, job: &Job, error: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE jobs SET run_at = {UNLESS_PLANNED}, locked_until = 0, last_error = $5 WHERE id = $1 AND locked_until = $2"
    );
    let again = now.plus_seconds(wait(job.attempts));
    tx.exec(&sql, args![job.id, job.locked_until, again, job.plans, error]).await?;
    Ok(())
}

/// Makes a job that waits due now; `false`: there is none, or it runs.
pub async fn hurry(tx: &WriteTx, id: i64, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE jobs SET run_at = $2, attempts = 0 WHERE id = $1 AND locked_until <= $2";
    Ok(tx.exec(sql, args![id, now]).await? == 1)
}

/// Jobs that wait or run, the one that is due first before the others, and how many there are.
pub async fn list(tx: &impl Read, page: Page) -> Result<PageOf<Waiting>, StoreError> {
    let count = tx.row("SELECT COUNT(*) AS n FROM jobs", args![]).await?;
    let total = count.map_or(Ok(0), |row| row.get("n"))?;
    let sql = "SELECT id, kind, job_key, payload, run_at, attempts, locked_until, plans, last_error FROM jobs \
        ORDER BY run_at, id LIMIT $1 OFFSET $2";
    let rows = tx.rows(sql, args![page.size, page.offset()]).await?;
    let waiting = |row: &Row| Ok(Waiting { job: read(row)?, last_error: row.opt("last_error")? });
    Ok(PageOf { page, total, rows: rows.iter().map(waiting).collect::<Result<_, StoreError>>()? })
}

/// Seconds to wait after the given number of attempts.
pub fn wait(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.saturating_sub(1).clamp(0, 20)).unwrap_or(20);
    2_i64.pow(doublings).min(LONGEST_WAIT)
}
