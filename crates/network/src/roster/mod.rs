//! The roster: which exits can serve right now, by pool and place, in memory.
//!
//! It is loaded from the store, follows the same changes the gateways follow, and hears of health. It
//! answers what a place offers (never a place without a healthy exit) and picks exits for endpoints.

mod index;
mod offer;

pub use index::Pick;
pub use offer::{Offer, Spot};

use index::Index;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use turnpike_base::{ExitId, Timestamp};
use turnpike_wire::{Change, ExitHealth, ExitRecord, PlaceFilter, Pool};

/// How often an unchanged state of health is worth a row, in milliseconds.
const HEALTH_EVERY_MS: i64 = 60_000;

/// See the module.
#[derive(Debug, Default)]
pub struct Roster {
    index: RwLock<Index>,
    /// Rises when a place begins or ceases to be offered.
    places: AtomicU64,
    /// What was last saved of each exit's health.
    saved: RwLock<HashMap<ExitId, (bool, Timestamp)>>,
}

impl Roster {
    /// A roster of these exits, all healthy until told otherwise. Gateways look at once at whatever joins.
    pub fn new(records: &[ExitRecord]) -> Self {
        Self::known(records, &[])
    }

    /// A roster of these exits, all healthy but those that gateways last saw dead.
    pub fn known(records: &[ExitRecord], dead: &[ExitId]) -> Self {
        let roster = Self::default();
        {
            let mut index = roster.write();
            for record in records {
                index.put(record);
            }
            for id in dead {
                index.set_health(*id, false);
            }
        }
        roster
    }

    fn read(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Follows a change; those that are not about exits are ignored.
    pub fn follow(&self, change: &Change) {
        let moved = match change {
            Change::Exit(record) => self.write().put(record),
            Change::ExitGone(id) => self.write().remove(*id),
            _ => false,
        };
        self.note(moved);
    }

    /// Takes in what gateways saw; gives back what is worth saving (a state that changed, or one that
    /// was not saved for a minute).
    pub fn observe(&self, seen: Vec<ExitHealth>) -> Vec<ExitHealth> {
        let mut saved = self.saved.write().unwrap_or_else(PoisonError::into_inner);
        let mut news = Vec::new();
        for one in seen {
            let moved = self.write().set_health(one.exit, one.healthy);
            self.note(moved);
            let known = saved.get(&one.exit);
            if known
                .is_none_or(|(healthy, at)| *healthy != one.healthy || one.at.since(*at) >= HEALTH_EVERY_MS)
            {
                saved.insert(one.exit, (one.healthy, one.at));
                news.push(one);
            }
        }
        news
    }

    fn note(&self, moved: bool) {
        if moved {
            self.places.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Rises whenever a place begins or ceases to be offered: what was computed before is stale.
    pub fn version(&self) -> u64 {
        self.places.load(Ordering::Acquire)
    }

    /// What a pool offers, in the order of country code, state and city.
    pub fn offer(&self, pool: Pool) -> Offer {
        self.read().offer(pool)
    }

    /// How many exits of a pool meet the filter.
    pub fn count(&self, pool: Pool, place: &PlaceFilter) -> usize {
        self.read().pick(pool, place).len()
    }

    /// `n` exits of a pool that meet the filter, as different as there are; empty if there is none.
    pub fn choose(&self, pool: Pool, place: &PlaceFilter, n: usize, random: u64) -> Vec<ExitId> {
        self.read().pick(pool, place).take(n, random)
    }

    /// Whether an exit serves (enabled and healthy).
    pub fn serves(&self, id: ExitId) -> bool {
        self.read().serves(id)
    }
}

#[cfg(test)]
mod tests;
