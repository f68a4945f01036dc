//! What a request writes together with its deed: rows that are only true if what the request does is done, and
//! that must not be missing when it is. For instance the claim of an Idempotency-Key, and the note of the audit.
//!
//! [`with`] sets companions for a piece of work. The first transaction of it that commits carries them; one that
//! rolls back leaves none behind. Work that is spawned elsewhere has no companions.

use crate::{StoreError, WriteTx};
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a companion does in a transaction.
pub type Joined<'a> = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>>;

/// Writes rows into a transaction that is not its own.
pub trait Companion: Debug + Send + Sync {
    /// Writes into a transaction that has just begun. Runs again for the next one until one has committed.
    fn join<'a>(&'a self, tx: &'a WriteTx) -> Joined<'a>;

    /// The transaction that it joined last has committed.
    fn committed(&self);

    /// Is told, inside the transaction, the answer (JSON) that goes out when it commits.
    fn answered<'a>(&'a self, _tx: &'a WriteTx, _answer: &'a str) -> Joined<'a> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// The companions of one piece of work.
#[derive(Debug)]
pub(crate) struct Party {
    companions: Vec<Arc<dyn Companion>>,
    committed: AtomicBool,
}

tokio::task_local! {
    static PARTY: Arc<Party>;
}

/// Runs work with companions.
pub async fn with<F: Future>(companions: Vec<Arc<dyn Companion>>, work: F) -> F::Output {
    PARTY.scope(Arc::new(Party { companions, committed: AtomicBool::new(false) }), work).await
}

impl Party {
    /// The companions of the work that asks.
    pub(crate) fn present() -> Option<Arc<Self>> {
        PARTY.try_with(Arc::clone).ok()
    }

    pub(crate) async fn join(&self, tx: &WriteTx) -> Result<(), StoreError> {
        if self.committed.load(Ordering::Acquire) {
            return Ok(());
        }
        for companion in &self.companions {
            companion.join(tx).await?;
        }
        Ok(())
    }

    pub(crate) async fn answered(&self, tx: &WriteTx, answer: &str) -> Result<(), StoreError> {
        for companion in &self.companions {
            companion.answered(tx, answer).await?;
        }
        Ok(())
    }

    pub(crate) fn committed(&self) {
        if !self.committed.swap(true, Ordering::AcqRel) {
            self.companions.iter().for_each(|companion| companion.committed());
        }
    }
}
