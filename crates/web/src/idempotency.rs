//! `Idempotency-Key`: the same request again gets the first successful answer again (contract section 1,
//! "Retries"). A twin that arrives meanwhile waits for the first.
//!
//! The first transaction of the request claims the key, so that neither a crash nor a twin on another process does
//! anything twice; endpoints that make things hand over their answer in the same transaction
//! ([`WriteTx::commit_with`]), the others' is added when it is known.

use http::HeaderMap;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use turnpike_base::{Code, CustomerId, Fault, Secret, Text, Timestamp};
use turnpike_store::along::{Companion, Joined};
use turnpike_store::{Read, Store, StoreError, Vault, WriteTx, args};

/// How long an answer is remembered.
const HOURS: i64 = 24;
const PURPOSE: &str = "remembered_answer";
/// Longest key, in characters.
pub(crate) const LONGEST_KEY: usize = 255;
/// How often a request is begun whose twin elsewhere fails.
const TURNS: usize = 4;
/// How often a twin looks whether another process has answered, and how long.
const LOOK: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_secs(5);

/// The key of a request, if it has one. Fails naming the header where it is no 1 to 255 visible characters.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Fault> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| !key.is_empty() && key.len() <= LONGEST_KEY);
    key.map(Some).ok_or_else(|| {
        let reason = Text::new("应为 1 到 255 个可见字符", "must be 1 to 255 visible characters");
        Fault::parameter("Idempotency-Key", reason)
    })
}

/// Names one request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    pub(crate) customer: CustomerId,
    pub(crate) path: String,
    pub(crate) key: String,
}

/// A request's turn among its twins. It ends when this is dropped: at the request's end, or where its caller hangs up.
struct Turn<'a> {
    memory: &'a Memory,
    name: &'a Name,
    held: Option<tokio::sync::OwnedMutexGuard<()>>,
}

impl Drop for Turn<'_> {
    /// Forgets the lock unless a twin waits for it.
    fn drop(&mut self) {
        drop(self.held.take());
        let mut running = self.memory.all();
        if running.get(self.name).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            running.remove(self.name);
        }
    }
}

/// Remembers answers.
pub(crate) struct Memory {
    store: Store,
    vault: Option<Vault>,
    running: Mutex<HashMap<Name, Arc<tokio::sync::Mutex<()>>>>,
}

impl Memory {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, vault: None, running: Mutex::default() }
    }

    /// Seals what is remembered from now on.
    pub(crate) fn seal(&mut self, vault: Vault) {
        self.vault = Some(vault);
    }

    /// Runs what a claim is for, unless its answer is known: `work` is given the companions of its transactions.
    pub(crate) async fn once<T, F>(
        &self,
        claim: &Arc<Claim>,
        work: impl Fn() -> F,
        known: impl Fn(String) -> Result<T, Fault>,
    ) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, Fault>>,
    {
        let _turn = self.turn(&claim.name).await;
        // A twin on another process may fail after all; then it is this one's turn.
        for _ in 0..TURNS {
            if let Some(answer) = self.wait(claim).await? {
                return known(answer);
            }
            match work().await {
                Err(fault) if fault.slug == "idempotency_twin" => {}
                outcome => return outcome,
            }
        }
        Err(Fault::new(Code::Unavailable, "store_busy"))
    }

    /// Whose turn it is: twins wait here.
    async fn turn<'a>(&'a self, name: &'a Name) -> Turn<'a> {
        let lock = Arc::clone(self.all().entry(name.clone()).or_default());
        // Made before the wait: who hangs up while he waits leaves nothing behind either.
        let mut turn = Turn { memory: self, name, held: None };
        turn.held = Some(lock.lock_owned().await);
        turn
    }

    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<Name, Arc<tokio::sync::Mutex<()>>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of a request; a different request under the same key is a conflict.
    async fn recall(&self, claim: &Claim) -> Result<Known, Fault> {
        let tx = self.store.read().await?;
        let sql = "SELECT request_hash, answer FROM idempotency WHERE customer_id = $1 AND path = $2 AND idem_key = $3 AND created_at > $4";
        let name = &claim.name;
        let Some(row) = tx.row(sql, args![name.customer, &name.path, &name.key, claim.since()]).await? else {
            return Ok(Known::Nothing);
        };
        if row.get::<String>("request_hash")? != claim.request {
            return Err(reused());
        }
        let answer: String = row.get("answer")?;
        if answer == NONE_YET { Ok(Known::Begun) } else { claim.opened(answer).map(Known::Answer) }
    }

    /// The same, and waits a while for what another process has begun. Fails with `idempotency_unfinished`.
    async fn wait(&self, claim: &Claim) -> Result<Option<String>, Fault> {
        let mut looks = tokio::time::interval(LOOK);
        for _ in 0..PATIENCE.as_millis() / LOOK.as_millis() {
            looks.tick().await;
            match self.recall(claim).await? {
                Known::Nothing => return Ok(None),
                Known::Answer(answer) => return Ok(Some(answer)),
                Known::Begun => {}
            }
        }
        Err(unfinished())
    }

    /// The claim of a request on its name; of one without data the answer is known beforehand.
    pub(crate) fn claim(&self, name: Name, request: &[u8], silent: bool, at: Timestamp) -> Arc<Claim> {
        Arc::new(Claim {
            name,
            request: hex(&Sha256::digest(request)),
            silent,
            at,
            vault: self.vault.clone(),
            committed: AtomicBool::new(false),
            told: AtomicBool::new(false),
        })
    }

    /// Remembers an answer that no transaction carried.
    pub(crate) async fn keep(&self, claim: &Claim, answer: &str) -> Result<(), Fault> {
        if claim.is_answered() {
            return Ok(());
        }
        let tx = self.store.write().await?;
        let sql = "INSERT INTO idempotency (customer_id, path, idem_key, request_hash, answer, created_at)
                   VALUES ($1, $2, $3, $4, $5, $6)
                   ON CONFLICT (customer_id, path, idem_key) DO UPDATE SET answer = excluded.answer
                   WHERE idempotency.answer = '' AND idempotency.request_hash = excluded.request_hash";
        let Name { customer, path, key } = &claim.name;
        tx.exec(sql, args![*customer, path, key, &claim.request, claim.sealed(answer)?, claim.at]).await?;
        Ok(tx.commit().await?)
    }

    /// Gives up a claim that a transaction carried, of a request that then failed: failures are not remembered.
    pub(crate) async fn release(&self, claim: &Claim) -> Result<(), Fault> {
        if !claim.committed.load(Ordering::Acquire) || claim.told.load(Ordering::Acquire) {
            return Ok(());
        }
        let tx = self.store.write().await?;
        let sql = "DELETE FROM idempotency WHERE customer_id = $1 AND path = $2 AND idem_key = $3";
        tx.exec(sql, args![claim.name.customer, &claim.name.path, &claim.name.key]).await?;
        Ok(tx.commit().await?)
    }
}

/// Forgets answers that are older than a day.
pub async fn forget_answers(tx: &WriteTx, now: Timestamp) -> Result<(), Fault> {
    tx.exec("DELETE FROM idempotency WHERE created_at <= $1", args![now.plus_minutes(-HOURS * 60)]).await?;
    Ok(())
}

/// What is known of a request.
enum Known {
    Nothing,
    /// Something of it is done; its answer isn't known.
    Begun,
    Answer(String),
}

/// In the place of an answer that isn't known yet.
const NONE_YET: &str = "";

/// A request's claim on its name.
pub(crate) struct Claim {
    name: Name,
    request: String,
    silent: bool,
    at: Timestamp,
    vault: Option<Vault>,
    committed: AtomicBool,
    /// The answer is written, in the transaction that joined last.
    told: AtomicBool,
}

impl std::fmt::Debug for Claim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Claim").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Claim {
    /// What is from before that is forgotten.
    fn since(&self) -> Timestamp {
        self.at.plus_minutes(-HOURS * 60)
    }

    /// A transaction that has committed holds the answer.
    fn is_answered(&self) -> bool {
        self.committed.load(Ordering::Acquire) && (self.silent || self.told.load(Ordering::Acquire))
    }

    fn sealed(&self, answer: &str) -> Result<String, Fault> {
        let Some(vault) = &self.vault else { return Ok(answer.to_owned()) };
        Ok(hex(&vault.seal(PURPOSE, &Secret::new(answer))?))
    }

    fn opened(&self, kept: String) -> Result<String, Fault> {
        let Some(vault) = &self.vault else { return Ok(kept) };
        Ok(vault.open(PURPOSE, &bytes_of(&kept))?.expose().to_owned())
    }

    async fn insert(&self, tx: &WriteTx) -> Result<(), StoreError> {
        let Name { customer, path, key } = &self.name;
        let forget = "DELETE FROM idempotency WHERE customer_id = $1 AND path = $2 AND idem_key = $3 AND created_at <= $4";
        tx.exec(forget, args![*customer, path, key, self.since()]).await?;
        let sql = "INSERT INTO idempotency (customer_id, path, idem_key, request_hash, answer, created_at)
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (customer_id, path, idem_key) DO NOTHING";
        self.told.store(false, Ordering::Release);
        let answer =
            if self.silent { self.sealed("null").map_err(StoreError::companion)? } else { NONE_YET.into() };
        // PostgreSQL waits here for a twin's transaction.
        let mine = tx.exec(sql, args![*customer, path, key, &self.request, answer, self.at]).await? == 1;
        if mine { Ok(()) } else { Err(StoreError::Twin) }
    }

    async fn fill(&self, tx: &WriteTx, answer: &str) -> Result<(), StoreError> {
        let sql = "UPDATE idempotency SET answer = $4 WHERE customer_id = $1 AND path = $2 AND idem_key = $3";
        let Name { customer, path, key } = &self.name;
        let sealed = self.sealed(answer).map_err(StoreError::companion)?;
        tx.exec(sql, args![*customer, path, key, sealed]).await?;
        self.told.store(true, Ordering::Release);
        Ok(())
    }
}

impl Companion for Claim {
    fn join<'a>(&'a self, tx: &'a WriteTx) -> Joined<'a> {
        Box::pin(self.insert(tx))
    }

    fn committed(&self) {
        self.committed.store(true, Ordering::Release);
    }

    fn answered<'a>(&'a self, tx: &'a WriteTx, answer: &'a str) -> Joined<'a> {
        Box::pin(self.fill(tx, answer))
    }
}

fn reused() -> Fault {
    Fault::new(Code::Conflict, "idempotency_key_reused").say(Text::new(
        "Idempotency-Key 已用于不同的请求",
        "The Idempotency-Key was used for a different request",
    ))
}

fn unfinished() -> Fault {
    Fault::new(Code::Conflict, "idempotency_unfinished").say(Text::new(
        "该 Idempotency-Key 的首个请求已开始执行，但结果未知；请先查询是否已生效，再用新的 key 重试",
        "The first request with this Idempotency-Key was begun and its answer is not known; see whether it took effect before you try again with a new key",
    ))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks_exact(2);
    digits.filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use turnpike_store::both_engines;

    both_engines! {
        async fn nothing_is_left_of_those_who_hung_up(store: Store) {
            let memory = Memory::new(store);
            let name = Name { customer: CustomerId(1), path: "t/make".into(), key: "k".into() };
            let first = memory.turn(&name).await;
            assert!(tokio::time::timeout(Duration::ZERO, memory.turn(&name)).await.is_err(), "it waits");
            assert_eq!(memory.all().len(), 1, "the first still has its turn");
            drop(first);
            assert!(memory.all().is_empty());
        }
    }
}
