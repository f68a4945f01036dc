//! The note of a request for the audit, written together with what the request does.

use crate::{Authenticator, Written};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use turnpike_base::Fault;
use turnpike_store::along::{Companion, Joined};
use turnpike_store::{StoreError, WriteTx};

/// Goes along with a request that may change something.
pub(crate) struct Noted {
    auth: Arc<dyn Authenticator>,
    written: Written,
    /// The number of the note in the transaction that it joined last.
    id: AtomicI64,
    committed: AtomicBool,
}

impl fmt::Debug for Noted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Noted").field("written", &self.written).finish_non_exhaustive()
    }
}

impl Noted {
    pub(crate) fn new(auth: Arc<dyn Authenticator>, written: Written) -> Arc<Self> {
        Arc::new(Self { auth, written, id: AtomicI64::new(0), committed: AtomicBool::new(false) })
    }

    /// The request has ended. What no transaction carried is noted now; a note that says that all went well is set
    /// right when it did not.
    pub(crate) async fn ended(&self, refused: Option<&Fault>) {
        let carried = self.committed.load(Ordering::Acquire);
        match refused {
            None if !carried => self.auth.wrote(self.written.clone()),
            Some(fault) if carried => self.auth.refused(self.id.load(Ordering::Acquire), fault.slug).await,
            _ => {}
        }
    }

    async fn insert(&self, tx: &WriteTx) -> Result<(), StoreError> {
        let id = self.auth.note(tx, &self.written).await.map_err(StoreError::companion)?;
        self.id.store(id, Ordering::Release);
        Ok(())
    }
}

impl Companion for Noted {
    fn join<'a>(&'a self, tx: &'a WriteTx) -> Joined<'a> {
        Box::pin(self.insert(tx))
    }

    fn committed(&self) {
        self.committed.store(true, Ordering::Release);
    }
}
