//! Commands that are no endpoints run at most once per `Idempotency-Key`, too.

use crate::idempotency::{Claim, Memory, Name};
use serde_json::Value;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use turnpike_base::{CustomerId, Fault, Timestamp};
use turnpike_store::along::{self, Companion};
use turnpike_store::{Store, Vault};

/// Remembers what commands answered, sealed, for 24 hours.
pub struct Once(Memory);

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Once")
    }
}

/// A command that is to be done once.
#[derive(Clone, Copy, Debug)]
pub struct Deed<'a> {
    /// Who commands: customers' ids are above 0, others have ids up to 0.
    pub caller: i64,
    /// What.
    pub path: &'a str,
    /// The key that he gave it.
    pub key: &'a str,
    /// All that is asked for: another request under the same key is a conflict.
    pub request: &'a [u8],
    /// When.
    pub now: Timestamp,
}

impl Once {
    /// Remembers in a store.
    pub fn new(store: Store, vault: Vault) -> Self {
        let mut memory = Memory::new(store);
        memory.seal(vault);
        Self(memory)
    }

    /// Runs `work`, or gives its first successful answer again. Fails with `idempotency_key_reused`, and with
    /// `idempotency_unfinished` where what was begun has no known end.
    pub async fn run<F>(&self, deed: Deed<'_>, work: impl Fn() -> F) -> Result<Value, Fault>
    where
        F: Future<Output = Result<Value, Fault>>,
    {
        let Deed { caller, path, key, request, now } = deed;
        let name = Name { customer: CustomerId(caller), path: path.to_owned(), key: key.to_owned() };
        let claim = self.0.claim(name, request, false, now);
        let along = || vec![Arc::clone(&claim) as Arc<dyn Companion>];
        let run = || async {
            match along::with(along(), work()).await {
                Err(fault) if fault.slug == "idempotency_twin" => Err(fault),
                outcome => self.remember(&claim, outcome).await,
            }
        };
        let known = |answer: String| {
            serde_json::from_str(&answer).map_err(|e| Fault::internal("answer_unreadable", e))
        };
        self.0.once(&claim, run, known).await
    }

    async fn remember(&self, claim: &Claim, outcome: Result<Value, Fault>) -> Result<Value, Fault> {
        match &outcome {
            Ok(answer) => self.0.keep(claim, &answer.to_string()).await?,
            Err(_) => self.0.release(claim).await?,
        }
        outcome
    }
}
