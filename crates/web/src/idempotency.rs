//! `Idempotency-Key`: the same request again gets the first successful answer again (contract section 1,
//! "Retries"). A twin that arrives meanwhile waits for the first.

use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use turnpike_base::{Code, CustomerId, Fault, Secret, Text, Timestamp};
use turnpike_store::{Read, Store, Vault, args};

/// How long an answer is remembered.
const HOURS: i64 = 24;
const PURPOSE: &str = "remembered_answer";

/// Names one request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    pub(crate) customer: CustomerId,
    pub(crate) path: String,
    pub(crate) key: String,
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

    fn sealed(&self, answer: &str) -> Result<String, Fault> {
        let Some(vault) = &self.vault else { return Ok(answer.to_owned()) };
        Ok(hex(&vault.seal(PURPOSE, &Secret::new(answer))?))
    }

    fn opened(&self, kept: String) -> Result<String, Fault> {
        let Some(vault) = &self.vault else { return Ok(kept) };
        Ok(vault.open(PURPOSE, &bytes_of(&kept))?.expose().to_owned())
    }

    /// Whose turn it is: twins wait here.
    pub(crate) async fn turn(&self, name: &Name) -> tokio::sync::OwnedMutexGuard<()> {
        let lock = Arc::clone(self.all().entry(name.clone()).or_default());
        lock.lock_owned().await
    }

    /// The request is done; forgets the lock unless a twin waits for it.
    pub(crate) fn done(&self, name: &Name, turn: tokio::sync::OwnedMutexGuard<()>) {
        drop(turn);
        let mut running = self.all();
        if running.get(name).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            running.remove(name);
        }
    }

    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<Name, Arc<tokio::sync::Mutex<()>>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The remembered answer; a different request under the same key is a conflict.
    pub(crate) async fn recall(
        &self,
        name: &Name,
        request: &[u8],
        now: Timestamp,
    ) -> Result<Option<String>, Fault> {
        let tx = self.store.read().await?;
        let sql = "SELECT request_hash, answer FROM idempotency WHERE customer_id = $1 AND path = $2 AND idem_key = $3 AND created_at > $4";
        let since = now.plus_minutes(-HOURS * 60);
        let Some(row) = tx.row(sql, args![name.customer, &name.path, &name.key, since]).await? else {
            return Ok(None);
        };
        if row.get::<String>("request_hash")? == hash(request) {
            return Ok(Some(self.opened(row.get("answer")?)?));
        }
        let text = Text::new(
            "Idempotency-Key 已用于不同的请求",
            "The Idempotency-Key was used for a different request",
        );
        Err(Fault::new(Code::Conflict, "idempotency_key_reused").say(text))
    }

    /// Remembers an answer, and forgets old ones.
    pub(crate) async fn keep(
        &self,
        name: &Name,
        request: &[u8],
        answer: &str,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let tx = self.store.write().await?;
        tx.exec("DELETE FROM idempotency WHERE created_at <= $1", args![now.plus_minutes(-HOURS * 60)])
            .await?;
        let sql = "INSERT INTO idempotency (customer_id, path, idem_key, request_hash, answer, created_at)
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (customer_id, path, idem_key) DO NOTHING";
        tx.exec(sql, args![name.customer, &name.path, &name.key, hash(request), self.sealed(answer)?, now])
            .await?;
        Ok(tx.commit().await?)
    }
}

fn hash(request: &[u8]) -> String {
    hex(&Sha256::digest(request))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks_exact(2);
    digits.filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
