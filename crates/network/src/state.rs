//! What the features of this domain work on.

use crate::Entry;
use crate::connections::Asked;
use crate::places::Lists;
use crate::roster::Roster;
use crate::truth::Truth;
use arc_swap::ArcSwap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use turnpike_base::Timestamp;
use turnpike_store::{Store, Vault};
use turnpike_wire::AskConnections;

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
    pub(crate) connections: Arc<Asked>,
    /// How long static addresses rest between two holders.
    pub rest: Rest,
}

/// How long a static address rests after its holder let it go, lost it or let it expire; one setting, however often it
/// is cloned.
#[derive(Clone, Debug)]
pub struct Rest(Arc<AtomicI64>);

/// Where nothing else is set: three days, in milliseconds.
const USUAL_REST_MS: i64 = 3 * 86_400_000;

impl Default for Rest {
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(USUAL_REST_MS)))
    }
}

impl Rest {
    /// In milliseconds.
    pub fn ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Sets it, in milliseconds.
    pub fn set_ms(&self, rest: i64) {
        self.0.store(rest, Ordering::Relaxed);
    }

    /// Until when an address rests that is free now.
    pub fn until(&self, now: Timestamp) -> Timestamp {
        now.plus_ms(self.ms())
    }
}

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
            connections: Arc::default(),
            rest: Rest::default(),
        }
    }

    /// Where customers dial.
    pub fn entry(&self) -> Arc<Entry> {
        self.entry.load_full()
    }

    /// Tells where customers dial: at the start, when the gateways' ports are known, and after a reload.
    pub fn set_entry(&self, entry: Entry) {
        self.entry.store(Arc::new(entry));
    }

    /// Names the gateway of this process, which is asked for running connections from now on.
    pub fn set_connections(&self, ask: AskConnections) {
        self.connections.set(ask);
    }
}
