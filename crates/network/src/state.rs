//! What the features of this domain work on.

use crate::Entry;
use crate::places::Lists;
use crate::roster::Roster;
use crate::truth::Truth;
use arc_swap::ArcSwap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
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
    /// Where exits really are.
    pub truth: Arc<Truth>,
    pub(crate) lists: Arc<Lists>,
    entry: Arc<ArcSwap<Entry>>,
    rest_ms: Arc<AtomicI64>,
}

/// How long an address rests after its expiry where nothing else is set: three days, in milliseconds.
const USUAL_REST_MS: i64 = 3 * 86_400_000;

impl State {
    /// A state whose entry is not known yet.
    pub fn new(store: Store, vault: Vault, roster: Arc<Roster>) -> Self {
        Self {
            store,
            vault,
            roster,
            truth: Arc::default(),
            lists: Arc::default(),
            entry: Arc::default(),
            rest_ms: Arc::new(AtomicI64::new(USUAL_REST_MS)),
        }
    }

    /// How long a static address rests after its holder let it go or let it expire, in milliseconds.
    pub fn rest_ms(&self) -> i64 {
        self.rest_ms.load(Ordering::Relaxed)
    }

    /// Sets how long static addresses rest.
    pub fn set_rest_ms(&self, rest: i64) {
        self.rest_ms.store(rest, Ordering::Relaxed);
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
