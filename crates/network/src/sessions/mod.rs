//! Sessions' pins: which exit a session leaves from, the same on every gateway until it ends.
//!
//! They live in memory, are saved in batches and read back at the start; one that is lost is proposed anew
//! by the gateways, by the same hash.

mod api;
mod queries;
#[cfg(test)]
mod tests;

use crate::endpoints::Running;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use turnpike_base::{AccountId, CustomerId, ExitId, ProductType, Result, Timestamp};
use turnpike_store::Store;
use turnpike_wire::{Endpoint, PinAnswer, PinAsk, Subject};

pub(crate) use api::routes;
pub(crate) use queries::places;

/// Whose session, and its name as the gateway gives it.
pub(crate) type Key = (Subject, String);

/// Where a session leaves from until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pin {
    pub(crate) exit: ExitId,
    pub(crate) until: Timestamp,
    pub(crate) created_at: Timestamp,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Pins(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// By customer, so that who lists or ends his own does not hold up all others.
    pins: HashMap<CustomerId, HashMap<Key, Pin>>,
    unsaved: HashSet<Key>,
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

impl Pins {
    /// The pins that were saved and still hold.
    pub async fn load(store: &Store, now: Timestamp) -> Result<Self> {
        let mut pins: HashMap<CustomerId, HashMap<Key, Pin>> = HashMap::new();
        for (key, pin) in queries::all(&store.read().await?, now).await? {
            pins.entry(key.0.customer).or_default().insert(key, pin);
        }
        Ok(Self(Mutex::new(State { pins, unsaved: HashSet::new() })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers a pin, unless one holds already that is not the one to be replaced; that one may last longer
    /// then.
    pub fn pin(&self, ask: PinAsk, now: Timestamp) -> PinAnswer {
        let mut state = self.state();
        let State { pins, unsaved } = &mut *state;
        let own = pins.entry(ask.subject.customer).or_default();
        let key = (ask.subject, ask.session);
        let holds = |pin: &&mut Pin| now < pin.until && ask.instead_of != Some(pin.exit);
        if let Some(pin) = own.get_mut(&key).filter(holds) {
            let later = ask.prolongs && pin.until < ask.until;
            if later {
                pin.until = ask.until;
            }
            let answer = PinAnswer { exit: pin.exit, until: pin.until };
            if later {
                unsaved.insert(key);
            }
            return answer;
        }
        let pin = Pin { exit: ask.exit, until: ask.until, created_at: now };
        own.insert(key.clone(), pin);
        unsaved.insert(key);
        PinAnswer { exit: pin.exit, until: pin.until }
    }

    /// Where a session leaves from, if it is pinned.
    pub fn held(&self, subject: Subject, session: &str, now: Timestamp) -> Option<ExitId> {
        let state = self.state();
        let pin = state.pins.get(&subject.customer)?.get(&(subject, session.to_owned()))?;
        (now < pin.until).then_some(pin.exit)
    }

    /// Where an extracted endpoint leaves from since its first exit died.
    pub(crate) fn of_endpoint(&self, customer: CustomerId, one: &Running, now: Timestamp) -> Option<ExitId> {
        let subject = Subject { customer, account: None, product: one.product };
        self.held(subject, &Endpoint { exit: one.exit, until: one.until }.session(one.port), now)
    }

    /// A customer's running sessions, the newest first.
    pub(crate) fn of_customer(&self, customer: CustomerId, now: Timestamp) -> Vec<Listing> {
        let state = self.state();
        let own = state.pins.get(&customer).into_iter().flatten().filter(|(_, pin)| now < pin.until);
        let mut list: Vec<Listing> = own
            .filter_map(|((of, name), pin)| {
                Some(Listing {
                    account: of.account?,
                    product: of.product,
                    name: own_name(name).to_owned(),
                    exit: pin.exit,
                    created_at: pin.created_at,
                    until: pin.until,
                })
            })
            .collect();
        list.sort_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| a.name.cmp(&b.name)));
        list
    }

    /// Ends the sessions of a name; gives back how many ran.
    pub(crate) fn end(&self, customer: CustomerId, account: AccountId, name: &str, now: Timestamp) -> i64 {
        let mut state = self.state();
        let State { pins, unsaved } = &mut *state;
        let mut ended = 0;
        for (key, pin) in pins.get_mut(&customer).into_iter().flatten().filter(|(_, pin)| now < pin.until) {
            if key.0.account == Some(account) && own_name(&key.1) == name {
                pin.until = now;
                unsaved.insert(key.clone());
                ended += 1;
            }
        }
        ended
    }

    /// Saves what is new and forgets what ended.
    pub async fn save(&self, store: &Store, now: Timestamp) -> Result<()> {
        let (fresh, keys) = {
            let mut state = self.state();
            let keys = std::mem::take(&mut state.unsaved);
            let mut fresh: Vec<(Key, Pin)> = keys
                .iter()
                .filter_map(|key| Some((key.clone(), *state.pins.get(&key.0.customer)?.get(key)?)))
                .collect();
            fresh.sort_by(|(a, _), (b, _)| a.cmp(b));
            state.pins.retain(|_, own| {
                own.retain(|_, pin| now < pin.until);
                !own.is_empty()
            });
            (fresh, keys)
        };
        if fresh.is_empty() {
            return Ok(());
        }
        let saved = queries::save(store, fresh, now).await;
        if saved.is_err() {
            self.state().unsaved.extend(keys);
        }
        saved
    }
}
