//! Control: puts the domains together. It answers gateways ([`turnpike_wire::Control`]), serves the customer
//! API and the operator API, publishes changes and runs jobs.

mod admission;
mod articles;
mod bus;
pub mod console;
mod contained;
mod expiry;
mod explain;
mod jobs;
mod live;
pub mod operator;
mod outbox;
mod overview;
mod publish;
mod reference;
mod strangers;
#[cfg(test)]
mod tests;
mod trial;

use std::sync::Arc;
use tokio::sync::broadcast;
use tokio::task::AbortHandle;
use turnpike_base::{Clock, Result};
use turnpike_commerce::payments::{self, Payments};
use turnpike_identity::{Directory, api_keys};
use turnpike_metering::Meter;
use turnpike_network::exits;
use turnpike_network::roster::Roster;
use turnpike_network::sessions::Pins;
use turnpike_store::{Store, Vault};
use turnpike_web::{App, Balancers, Endpoint, Once};
use turnpike_wire::{AskConnections, Numbered};

pub use outbox::Couriers;
pub use trial::Trial;
pub use turnpike_courier::{CourierError, Smtp, Webhook};
pub use turnpike_network::Entry;
pub use turnpike_network::truth::{DatabaseError, Policy};

/// Changes that a gateway may lag behind before it has to read everything anew.
const FEED: usize = 16_384;

/// The control plane of one process; cheap to clone.
#[derive(Clone)]
pub struct Control(Arc<Inner>);

struct Inner {
    store: Store,
    vault: Vault,
    clock: Arc<dyn Clock>,
    directory: Arc<Directory>,
    meter: Meter,
    roster: Arc<Roster>,
    network: turnpike_network::State,
    pins: Arc<Pins>,
    balancers: Balancers,
    payments: Payments,
    feed: broadcast::Sender<Arc<Numbered>>,
    published: publish::Sequence,
    identity: turnpike_identity::State,
    couriers: arc_swap::ArcSwap<Couriers>,
    live: live::Hub,
    once: Once,
    settings: arc_swap::ArcSwap<serde_json::Value>,
    trial: arc_swap::ArcSwap<Option<Trial>>,
}

/// What control does beside answering; ends when dropped.
#[derive(Debug)]
pub struct Work(Vec<AbortHandle>);

impl Drop for Work {
    fn drop(&mut self) {
        self.0.iter().for_each(AbortHandle::abort);
    }
}

impl Control {
    /// A control plane over a store.
    pub async fn open(store: Store, vault: Vault, clock: Arc<dyn Clock>) -> Result<Self> {
        Self::open_with(store, vault, clock, Payments::default()).await
    }

    /// The same with payment methods that have settings.
    pub async fn open_with(
        store: Store,
        vault: Vault,
        clock: Arc<dyn Clock>,
        payments: Payments,
    ) -> Result<Self> {
        let directory = Arc::new(Directory::open(store.clone(), vault.clone()).await?);
        let pins = Pins::load(&store, clock.now()).await?;
        let roster = Arc::new(exits::flow::roster(&store.read().await?, &vault).await?);
        let once = Once::new(store.clone(), vault.clone());
        let identity = turnpike_identity::State::new(store.clone(), vault.clone(), Arc::clone(&directory));
        Ok(Self(Arc::new(Inner {
            meter: Meter::new(store.clone(), Arc::clone(&directory)),
            network: turnpike_network::State::new(store.clone(), vault.clone(), Arc::clone(&roster)),
            roster,
            feed: broadcast::Sender::new(FEED),
            published: publish::Sequence::default(),
            store,
            vault,
            clock,
            directory,
            pins: Arc::new(pins),
            balancers: Balancers::default(),
            payments,
            identity,
            couriers: arc_swap::ArcSwap::default(),
            live: live::Hub::default(),
            once,
            settings: arc_swap::ArcSwap::from_pointee(serde_json::Value::Array(Vec::new())),
            trial: arc_swap::ArcSwap::default(),
        })))
    }

    /// Begins to publish changes, to watch expiries and to run jobs.
    pub fn start(&self) -> Work {
        let workers = (0..jobs::WORKERS).map(|n| tokio::spawn(jobs::run(self.clone(), n)).abort_handle());
        Work(
            [
                tokio::spawn(publish::run(self.clone())).abort_handle(),
                tokio::spawn(expiry::run(self.clone())).abort_handle(),
                tokio::spawn(outbox::run(self.clone())).abort_handle(),
            ]
            .into_iter()
            .chain(workers)
            .collect(),
        )
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Who calls.
    pub fn directory(&self) -> &Arc<Directory> {
        &self.0.directory
    }

    /// Every endpoint of the customer API.
    pub fn endpoints(&self) -> Vec<Endpoint> {
        let access = turnpike_access::State::new(self.0.identity.codes.clone());
        let mut all = [
            turnpike_access::routes(&access),
            turnpike_network::routes(&self.0.network, &self.0.pins),
            turnpike_metering::routes(&self.0.meter),
            explain::routes(self),
            articles::routes(self),
            trial::routes(self),
            turnpike_commerce::routes(&self.commerce()),
        ]
        .concat();
        all.extend(self.key_routes(&all));
        // Keys never open these: what they do is a person's.
        all.extend(turnpike_identity::routes(&self.0.identity));
        all.extend(console::routes(self));
        all
    }

    /// What the API reference says beyond the endpoints; without it if it can't be read, which a test finds.
    pub fn book(&self) -> turnpike_web::reference::Book {
        reference::book().unwrap_or_else(|fault| {
            tracing::error!(%fault, "the reference has no examples");
            turnpike_web::reference::Book::default()
        })
    }

    /// The endpoints of keys; their scopes name the features of all endpoints that keys open.
    fn key_routes(&self, others: &[Endpoint]) -> Vec<Endpoint> {
        let mut features: Vec<&'static str> =
            others.iter().filter(|endpoint| !endpoint.is_console()).map(|endpoint| endpoint.tag).collect();
        features.push(api_keys::TAG);
        features.sort_unstable();
        features.dedup();
        api_keys::routes(&api_keys::State {
            store: self.0.store.clone(),
            vault: self.0.vault.clone(),
            features: Arc::new(features),
        })
    }

    /// Believes these load balancers about where requests come from, from now on.
    pub fn set_balancers(&self, blocks: Vec<ipnet::IpNet>) {
        self.0.balancers.set(blocks);
    }

    /// Tells where the console is, for links in mails to customers of sites without a host name.
    pub fn set_public_url(&self, url: String) {
        self.0.identity.public_url.store(Arc::new(url));
    }

    /// What the commerce domain works on.
    pub(crate) fn commerce(&self) -> turnpike_commerce::State {
        turnpike_commerce::State {
            store: self.0.store.clone(),
            vault: self.0.vault.clone(),
            directory: Arc::clone(&self.0.directory),
            payments: self.0.payments.clone(),
            rest: self.0.network.rest.clone(),
        }
    }

    /// Tells how the process was set up, for operators to read: a list of `{name, value, origin, help}`, without
    /// secrets.
    pub fn set_settings(&self, shown: serde_json::Value) {
        self.0.settings.store(Arc::new(shown));
    }

    /// Tells where customers dial: once the gateways' ports are known, and when a setting changed.
    pub fn set_entry(&self, entry: Entry) {
        self.0.network.set_entry(entry);
    }

    /// Names the gateway of this process: customers' running connections are asked of it. Until then none is listed.
    pub fn set_connections(&self, ask: AskConnections) {
        self.0.network.set_connections(ask);
    }

    /// Tells what tests of usernames go through and to.
    pub fn set_trial(&self, trial: Trial) {
        self.0.trial.store(Arc::new(Some(trial)));
    }

    /// Sets how long static addresses rest between two holders, in milliseconds.
    pub fn set_static_rest(&self, rest: i64) {
        self.0.network.rest.set_ms(rest);
    }

    /// Measures exits with these databases of addresses, and withholds as the policy says, from now on.
    ///
    /// # Errors
    /// A file can't be read as MMDB; then everything stays as it was.
    pub fn set_truth(&self, files: &[std::path::PathBuf], policy: Policy) -> Result<(), DatabaseError> {
        self.0.network.truth.set(files, policy)
    }

    /// Looks up the exits that never were, as far as the policy withholds: at the start, before anything is sold.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn meet_exits(&self) -> Result<()> {
        turnpike_network::truth::flow::meet_all(&self.0.network, self.0.clock.now()).await
    }

    /// The customer API with its reference, the flags, and the operator API, which answers to who bears a token, as one router.
    pub fn router(&self, operator_tokens: Vec<turnpike_base::Secret>) -> axum::Router {
        let auth = Arc::clone(&self.0.directory);
        let app = App::new(self.endpoints(), auth, Arc::clone(&self.0.clock), self.0.store.clone())
            .explained(self.book())
            .behind(self.0.balancers.clone())
            .sealed(self.0.vault.clone());
        operator::router(self.clone(), operator_tokens)
            .merge(live::router(self.clone()))
            .merge(turnpike_network::flags_router())
            .merge(payments::open_router(&self.commerce(), Arc::clone(&self.0.clock)))
            .merge(app.router())
    }

    /// Saves what is only in memory yet.
    pub async fn flush(&self) -> Result<()> {
        self.0.directory.flush().await?;
        self.0.pins.save(&self.0.store, self.0.clock.now()).await
    }
}
