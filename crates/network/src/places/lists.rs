//! Groups of places by pool, kept until a place comes or goes.

use super::rules::{Area, group};
use crate::roster::Roster;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use turnpike_wire::Pool;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Lists(Mutex<HashMap<Pool, Kept>>);

#[derive(Debug)]
struct Kept {
    /// [`Roster::version`] before the offer was read: a change in between makes it stale at once.
    version: u64,
    areas: Arc<Vec<Area>>,
}

impl Lists {
    /// What a pool offers now, and whether that was kept from before.
    pub(super) fn of(&self, roster: &Roster, pool: Pool) -> (Arc<Vec<Area>>, bool) {
        let version = roster.version();
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept().get(&pool).filter(|known| known.version == version) {
            return (Arc::clone(&known.areas), true);
        }
        let areas = Arc::new(group(&roster.offer(pool)));
        kept().insert(pool, Kept { version, areas: Arc::clone(&areas) });
        (areas, false)
    }
}
