//! Sessions' pins: which exit a session leaves from, the same on every gateway until it ends.
//!
//! They live in memory, are saved in batches and read back at the start; one that is lost is proposed anew
//! by the gateways, by the same hash.

mod queries;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use turnpike_base::{ExitId, Result, Timestamp};
use turnpike_store::Store;
use turnpike_wire::{PinAnswer, PinAsk, Subject};

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
    pins: HashMap<Key, Pin>,
    unsaved: HashSet<Key>,
}

impl Pins {
    /// The pins that were saved and still hold.
    pub async fn load(store: &Store, now: Timestamp) -> Result<Self> {
        let pins = queries::all(&store.read().await?, now).await?;
        Ok(Self(Mutex::new(State { pins, unsaved: HashSet::new() })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers a pin, unless one holds already that is not the one to be replaced; that one may last longer
    /// then.
    pub fn pin(&self, ask: PinAsk, now: Timestamp) -> PinAnswer {
        let mut state = self.state();
        let key = (ask.subject, ask.session);
        let holds = |pin: &&mut Pin| now < pin.until && ask.instead_of != Some(pin.exit);
        if let Some(pin) = state.pins.get_mut(&key).filter(holds) {
            let later = ask.prolongs && pin.until < ask.until;
            if later {
                pin.until = ask.until;
            }
            let answer = PinAnswer { exit: pin.exit, until: pin.until };
            if later {
                state.unsaved.insert(key);
            }
            return answer;
        }
        let pin = Pin { exit: ask.exit, until: ask.until, created_at: now };
        state.pins.insert(key.clone(), pin);
        state.unsaved.insert(key);
        PinAnswer { exit: pin.exit, until: pin.until }
    }

    /// Where a session leaves from, if it is pinned.
    pub fn held(&self, subject: Subject, session: &str, now: Timestamp) -> Option<ExitId> {
        let state = self.state();
        let pin = state.pins.get(&(subject, session.to_owned()))?;
        (now < pin.until).then_some(pin.exit)
    }

    /// Saves what is new and forgets what ended.
    pub async fn save(&self, store: &Store, now: Timestamp) -> Result<()> {
        let (fresh, keys) = {
            let mut state = self.state();
            let keys = std::mem::take(&mut state.unsaved);
            let mut fresh: Vec<(Key, Pin)> =
                keys.iter().filter_map(|key| state.pins.get(key).map(|pin| (key.clone(), *pin))).collect();
            fresh.sort_by(|(a, _), (b, _)| a.cmp(b));
            state.pins.retain(|_, pin| now < pin.until);
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
