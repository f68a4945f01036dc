//! Many parts instead of one, each behind a lock of its own: who walks through all of them holds up only those who
//! want the part it stands at, and a part that grows moves few rows.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So many that of a million rows each part has about 2,000: a walk through one takes well below a millisecond.
const PARTS: usize = 512;

/// Parts of a table, found by the key of the row that is wanted.
#[derive(Debug)]
pub struct Shards<T> {
    parts: Box<[Mutex<T>]>,
    /// Seeded at random: nobody outside can choose names that all fall into one part.
    hasher: RandomState,
}

impl<T: Default> Default for Shards<T> {
    fn default() -> Self {
        Self { parts: (0..PARTS).map(|_| Mutex::default()).collect(), hasher: RandomState::new() }
    }
}

/// A lock whose holder panicked guards plain data that is still sound.
fn held<T>(part: &Mutex<T>) -> MutexGuard<'_, T> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T> Shards<T> {
    /// The part that a key belongs to, locked.
    pub fn of(&self, key: &impl Hash) -> MutexGuard<'_, T> {
        // Below the number of parts, which fits.
        let at = self.hasher.hash_one(key) % self.parts.len() as u64;
        held(&self.parts[usize::try_from(at).unwrap_or(0)])
    }

    /// Every part in turn, locked while it is looked at: whoever goes on to the next has to let go of the last.
    pub fn each(&self) -> impl Iterator<Item = MutexGuard<'_, T>> {
        self.parts.iter().map(held)
    }

    /// One of `slices` slices of the parts, each slice about as long as the others; `slice` counts on for ever.
    pub fn slice(&self, slice: usize, slices: usize) -> impl Iterator<Item = MutexGuard<'_, T>> {
        self.parts.iter().skip(slice % slices).step_by(slices).map(held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_spread_over_the_parts_and_are_found_again() {
        let shards: Shards<Vec<u32>> = Shards::default();
        (0..100_000_u32).for_each(|n| shards.of(&n).push(n));
        assert!((0..100_000_u32).all(|n| shards.of(&n).contains(&n)));
        let longest = shards.each().map(|part| part.len()).max().unwrap();
        assert!((1..1_000).contains(&longest), "{longest}");
    }

    #[test]
    fn who_stands_at_one_part_holds_up_no_other() {
        let shards: Shards<Vec<u32>> = Shards::default();
        let first = shards.each().next();
        let others = shards.parts.iter().filter(|part| part.try_lock().is_ok()).count();
        assert_eq!((first.is_some(), others), (true, PARTS - 1));
    }

    #[test]
    fn slices_meet_every_part_once() {
        let shards: Shards<u32> = Shards::default();
        for n in 0..7 {
            shards.slice(n, 7).for_each(|mut part| *part += 1);
        }
        assert!(shards.each().all(|part| *part == 1));
        assert_eq!(shards.slice(9, 7).count(), shards.slice(2, 7).count());
    }
}
