//! What all loops of a gateway share.

use crate::admit::{PermitCache, Throttle};
use crate::budget::Budget;
use crate::caps::CapState;
use crate::config::Config;
use crate::destination::Rules;
use crate::endpoints::Moved;
use crate::exits::{Index, Joined};
use crate::metrics::Metrics;
use crate::own::Own;
use crate::pending::Pending;
use crate::resolve::Resolver;
use crate::sessions::Sessions;
use crate::statics::Statics;
use arc_swap::ArcSwap;
use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Instant;
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;
use turnpike_base::{Clock, CustomerId, ExitId, ProductType, Shards};
use turnpike_wire::{Admission, Caps, Control, Permit, Subject};

/// See the module.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) control: Arc<dyn Control>,
    pub(crate) clock: Arc<dyn Clock>,
    /// The runtime beside the loops: everything that talks to control or to name servers.
    pub(crate) aux: Handle,
    pub(crate) resolver: Resolver,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) rules: ArcSwap<Rules>,
    pub(crate) tls: ArcSwap<Option<Arc<rustls::ServerConfig>>>,
    /// Rises with every change that was taken in.
    pub(crate) changes_seen: AtomicI64,
    /// Budgets that want a lease.
    pub(crate) wishes: UnboundedSender<Arc<Budget>>,
    pub(crate) permits: PermitCache,
    pub(crate) sessions: Sessions,
    pub(crate) throttle: Mutex<Throttle>,
    pub(crate) pending: Mutex<Pending>,
    /// Exits that failed and are to be probed before others.
    pub(crate) suspects: Mutex<BTreeSet<ExitId>>,
    /// Exits that nobody looked at yet.
    pub(crate) joined: Joined,
    /// Endpoints that left their exit.
    pub(crate) moved: Mutex<Moved>,
    pub(crate) statics: Mutex<Statics>,
    own: ArcSwap<Own>,
    entry: ArcSwap<Vec<SocketAddr>>,
    exits: RwLock<Index>,
    budgets: Shards<HashMap<Subject, Arc<Budget>>>,
    caps: Mutex<HashMap<(CustomerId, ProductType), Arc<CapState>>>,
}

/// A lock whose holder panicked guards plain data that is still sound here.
pub(crate) fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn new(
        config: Config,
        control: Arc<dyn Control>,
        clock: Arc<dyn Clock>,
        aux: Handle,
        wishes: UnboundedSender<Arc<Budget>>,
    ) -> Self {
        let tls = config.tls.clone();
        Self {
            resolver: Resolver::new(aux.clone()),
            config,
            control,
            clock,
            aux,
            metrics: Arc::default(),
            rules: ArcSwap::default(),
            tls: ArcSwap::from_pointee(tls),
            changes_seen: AtomicI64::new(0),
            wishes,
            permits: PermitCache::default(),
            sessions: Sessions::default(),
            throttle: Mutex::default(),
            pending: Mutex::default(),
            suspects: Mutex::default(),
            joined: Joined::default(),
            moved: Mutex::default(),
            statics: Mutex::default(),
            own: ArcSwap::default(),
            entry: ArcSwap::default(),
            exits: RwLock::default(),
            budgets: Shards::default(),
            caps: Mutex::default(),
        }
    }

    pub(crate) fn exits(&self) -> RwLockReadGuard<'_, Index> {
        self.exits.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn exits_mut(&self) -> RwLockWriteGuard<'_, Index> {
        self.exits.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The budgets that are wanted, as they are one after the other.
    pub(crate) fn budgets(&self, wanted: impl Fn(&Subject) -> bool) -> Vec<Arc<Budget>> {
        let mut found = Vec::new();
        for part in self.budgets.each() {
            found.extend(part.values().filter(|budget| wanted(&budget.subject)).cloned());
        }
        found
    }

    /// Forgets budgets that hold nothing and that no connection uses; gives back how many are left.
    pub(crate) fn forget_unused_budgets(&self) -> usize {
        let left = |mut part: MutexGuard<'_, HashMap<Subject, Arc<Budget>>>| {
            part.retain(|_, budget| Arc::strong_count(budget) > 1 || !budget.is_empty());
            part.len()
        };
        self.budgets.each().map(left).sum()
    }

    /// Where this gateway and the rest of the installation listen.
    pub(crate) fn own(&self) -> arc_swap::Guard<Arc<Own>> {
        self.own.load()
    }

    /// Some of that changed.
    pub(crate) fn change_own(&self, change: impl Fn(&mut Own)) {
        self.own.rcu(|own| {
            let mut own = Own::clone(own);
            change(&mut own);
            own
        });
    }

    /// Where the common entry listens.
    pub(crate) fn entry(&self) -> Arc<Vec<SocketAddr>> {
        self.entry.load_full()
    }

    pub(crate) fn set_own(&self, entry: Vec<SocketAddr>, endpoints: &[u16]) {
        let mut own = Own::new(&entry, endpoints);
        self.config.destinations.closed.iter().for_each(|other| own.add(*other));
        self.own.store(Arc::new(own));
        self.entry.store(Arc::new(entry));
    }

    /// The budget all connections of a subject spend.
    pub(crate) fn budget(&self, subject: Subject) -> Arc<Budget> {
        Arc::clone(self.budgets.of(&subject).entry(subject).or_insert_with(|| Arc::new(Budget::new(subject))))
    }

    /// The caps a permit stands under, brought up to date.
    pub(crate) fn caps(&self, permit: &Permit, ask: &Arc<Admission>) -> Option<Arc<CapState>> {
        let caps: Caps = permit.caps?;
        let key = (permit.subject.customer, permit.subject.product);
        let fresh = || Arc::new(CapState::new(caps, Instant::now()));
        let state = Arc::clone(held(&self.caps).entry(key).or_insert_with(fresh));
        state.set(caps);
        state.remember(Arc::clone(ask));
        Some(state)
    }

    /// The caps of a customer's running connections.
    pub(crate) fn running_caps(&self, customer: CustomerId, product: ProductType) -> Option<Arc<CapState>> {
        held(&self.caps).get(&(customer, product)).map(Arc::clone)
    }

    /// Forgets caps that no connection stands under.
    pub(crate) fn forget_unused_caps(&self) {
        held(&self.caps).retain(|_, state| Arc::strong_count(state) > 1);
    }

    /// Wishes for a lease unless one is on its way.
    pub(crate) fn ask(&self, budget: &Arc<Budget>) {
        // The keeper lives as long as the gateway; a closed channel means that it is stopping.
        let _ = self.wishes.send(Arc::clone(budget));
    }
}
