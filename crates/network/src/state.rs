//! What the features of this domain work on.

use crate::Entry;
use crate::places::Lists;
use crate::roster::Roster;
use arc_swap::ArcSwap;
use std::sync::Arc;
use turnpike_store::{Store, Vault};

/// See the module; cheap to clone.
#[derive(Clone, Debug)]
pub struct State {
    /// The store.
    pub store: Store,
    /// Opens passwords that are shown.
    pub vault: Vault,
    /// Which exits can serve right now.
    pub roster: Arc<Roster>,
    pub(crate) lists: Arc<Lists>,
    entry: Arc<ArcSwap<Entry>>,
}

impl State {
    /// A state whose entry is not known yet.
    pub fn new(store: Store, vault: Vault, roster: Arc<Roster>) -> Self {
        Self { store, vault, roster, lists: Arc::default(), entry: Arc::default() }
    }

    /// Where customers dial.
    pub fn entry(&self) -> Arc<Entry> {
        self.entry.load_full()
    }

    /// Tells where customers dial: at the start, when the gateways' ports are known, and after a reload.
    pub fn set_entry(&self, entry: Entry) {
        self.entry.store(Arc::new(entry));
    }
}
