//! Sessions' pins: which exit a session leaves from, the same on every gateway until it ends.
//!
//! They live in memory, are saved in batches and read back at the start; one that is lost is proposed anew
//! by the gateways, by the same hash.

mod api;
mod queries;
mod shelf;
#[cfg(test)]
mod tests;

use crate::endpoints::Running;
use shelf::Shelf;
use std::sync::atomic::{AtomicUsize, Ordering};
use turnpike_base::{AccountId, CustomerId, ExitId, ProductType, Result, Shards, Timestamp};
use turnpike_store::Store;
use turnpike_wire::{Endpoint, PinAnswer, PinAsk, Subject};

pub(crate) use api::routes;
pub(crate) use queries::{places, usernames};

/// Whose session, and its name as the gateway gives it.
pub(crate) type Key = (Subject, Box<str>);

/// Where a session leaves from until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pin {
    pub(crate) exit: ExitId,
    pub(crate) until: Timestamp,
    pub(crate) created_at: Timestamp,
}

/// A pin that ended is remembered so long, in minutes: its session, begun anew, is to leave from another exit, and the
/// gateway that would know may have been started anew.
const MEMORY_MINUTES: i64 = 10;
/// So many pins are saved in one transaction: who else writes waits no longer than for those.
const BATCH: usize = 1_000;
/// Each time pins are saved, one of so many parts of them is looked through for what ended.
const SLICES: usize = 16;

/// See the module.
#[derive(Debug, Default)]
pub struct Pins {
    shelves: Shards<Shelf>,
    /// Who saves: an older pin must not be written over a newer one.
    saving: tokio::sync::Mutex<()>,
    /// Which part is looked through next.
    next: AtomicUsize,
}

/// A running session, for its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listing {
    pub(crate) account: AccountId,
    pub(crate) product: ProductType,
    pub(crate) name: String,
    pub(crate) exit: ExitId,
    pub(crate) created_at: Timestamp,
    pub(crate) until: Timestamp,
}

/// The name a customer gave, out of the one that gateways register: what stands before the place.
fn own_name(registered: &str) -> &str {
    registered.split_once('@').map_or(registered, |(name, _)| name)
}

/// What ended by then is remembered no more.
fn forgotten(now: Timestamp) -> Timestamp {
    now.plus_minutes(-MEMORY_MINUTES)
}

impl Pins {
    /// The pins that were saved and still hold, or ended just now.
    pub async fn load(store: &Store, now: Timestamp) -> Result<Self> {
        let pins = Self::default();
        for (key, pin) in queries::all(&store.read().await?, forgotten(now)).await? {
            pins.shelves.of(&key).pins.insert(key, pin);
        }
        Ok(pins)
    }

    /// Registers a pin, unless one holds already that is not the one to be replaced; that one may last longer
    /// then. Where the exit is the one that the session had when it ended, that end is the answer: another exit has to
    /// be proposed, or this one instead of itself.
    pub fn pin(&self, ask: PinAsk, now: Timestamp) -> PinAnswer {
        let key = (ask.subject, ask.session.into_boxed_str());
        let mut shelf = self.shelves.of(&key);
        let holds = |pin: &&mut Pin| now < pin.until && ask.instead_of != Some(pin.exit);
        if let Some(pin) = shelf.pins.get_mut(&key).filter(holds) {
            let later = ask.prolongs && pin.until < ask.until;
            if later {
                pin.until = ask.until;
            }
            let answer = PinAnswer { exit: pin.exit, until: pin.until };
            if later {
                shelf.unsaved.insert(key);
            }
            return answer;
        }
        if let Some(ended) = shelf.pins.get(&key)
            && ended.exit == ask.exit
            && ask.instead_of != Some(ended.exit)
            && forgotten(now) < ended.until
        {
            return PinAnswer { exit: ended.exit, until: ended.until };
        }
        let pin = Pin { exit: ask.exit, until: ask.until, created_at: now };
        shelf.pins.insert(key.clone(), pin);
        shelf.unsaved.insert(key);
        PinAnswer { exit: pin.exit, until: pin.until }
    }

    /// Where a session leaves from, if it is pinned.
    pub fn held(&self, subject: Subject, session: &str, now: Timestamp) -> Option<ExitId> {
        let key = (subject, session.into());
        let pin = self.shelves.of(&key).pins.get(&key).copied()?;
        (now < pin.until).then_some(pin.exit)
    }

    /// Where an extracted endpoint leaves from since its first exit died.
    pub(crate) fn of_endpoint(&self, customer: CustomerId, one: &Running, now: Timestamp) -> Option<ExitId> {
        let subject = Subject { customer, account: None, product: one.product };
        self.held(subject, &Endpoint { exit: one.exit, until: one.until }.session(one.port), now)
    }

    /// A customer's running sessions, the newest first.
    pub(crate) fn of_customer(&self, customer: CustomerId, now: Timestamp) -> Vec<Listing> {
        let listing = |((of, name), pin): (&Key, &Pin)| {
            let (account, product, name) = (of.account?, of.product, own_name(name).to_owned());
            let Pin { exit, until, created_at } = *pin;
            (now < until).then_some(Listing { account, product, name, exit, created_at, until })
        };
        let mut list = Vec::new();
        for shelf in self.shelves.each() {
            list.extend(shelf.of(customer).filter_map(listing));
        }
        list.sort_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| a.name.cmp(&b.name)));
        list
    }

    /// Ends the sessions of a name; gives back how many ran.
    pub(crate) fn end(&self, customer: CustomerId, account: AccountId, name: &str, now: Timestamp) -> i64 {
        let ended = |mut shelf: std::sync::MutexGuard<'_, Shelf>| shelf.end(customer, account, name, now);
        self.shelves.each().map(ended).sum()
    }

    /// Saves what is new, and forgets some of what ended.
    pub async fn save(&self, store: &Store, now: Timestamp) -> Result<()> {
        let _turn = self.saving.lock().await;
        let mut batch = Vec::new();
        for fresh in self.shelves.each().map(|shelf| shelf.fresh()) {
            batch.extend(fresh);
            if batch.len() >= BATCH {
                self.write(store, std::mem::take(&mut batch), now).await?;
            }
        }
        self.write(store, batch, now).await?;
        self.sweep(now);
        Ok(())
    }

    /// Writes pins; those that did not change meanwhile are then no longer new.
    async fn write(&self, store: &Store, mut batch: Vec<(Key, Pin)>, now: Timestamp) -> Result<()> {
        if batch.is_empty() {
            return Ok(());
        }
        batch.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        queries::save(store, &batch, forgotten(now)).await?;
        for (key, pin) in &batch {
            self.shelves.of(key).saved(key, pin);
        }
        Ok(())
    }

    /// Looks through the next part for what ended.
    fn sweep(&self, now: Timestamp) {
        let slice = self.next.fetch_add(1, Ordering::Relaxed);
        self.shelves.slice(slice, SLICES).for_each(|mut shelf| shelf.sweep(forgotten(now)));
    }
}
