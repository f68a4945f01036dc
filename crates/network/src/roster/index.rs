//! Exits in lists by place and pool. A slot is small and places are shared: a million exits fit in
//! some 60 MB, and each change costs a few moves.

use super::offer::{Offer, Spot};
use std::collections::HashMap;
use turnpike_base::ExitId;
use turnpike_wire::{CountryCode, ExitRecord, ExitStatus, PlaceFilter, Pool};

const POOLS: usize = Pool::ALL.len();

#[derive(Debug, Default)]
pub(super) struct Index {
    slots: HashMap<ExitId, Slot>,
    places: Vec<Place>,
    numbers: HashMap<Spot, u32>,
    by_country: HashMap<CountryCode, Vec<u32>>,
}

#[derive(Debug)]
struct Slot {
    place: u32,
    asn: Option<u32>,
    enabled: bool,
    healthy: bool,
    /// Position in the place's list of each pool it stands in.
    at: [Option<u32>; POOLS],
    pools: [bool; POOLS],
}

#[derive(Debug)]
struct Place {
    spot: Spot,
    lists: [Vec<ExitId>; POOLS],
}

fn number(pool: Pool) -> usize {
    Pool::ALL.iter().position(|p| *p == pool).unwrap_or(0)
}

impl Index {
    /// Takes in an exit or a new description of one. True if a place came or went.
    pub(super) fn put(&mut self, record: &ExitRecord) -> bool {
        let healthy = self.slots.get(&record.id).is_none_or(|slot| slot.healthy);
        let went = self.remove(record.id);
        let spot = Spot {
            country: record.country,
            state: record.state_key.as_deref().map(Into::into),
            city: record.city.as_deref().or(record.city_key.as_deref()).map(Into::into),
            city_key: record.city_key.as_deref().map(Into::into),
        };
        let slot = Slot {
            place: self.place(spot),
            asn: record.asn,
            enabled: record.status == ExitStatus::Enabled,
            healthy,
            at: [None; POOLS],
            pools: std::array::from_fn(|n| Pool::ALL.get(n).is_some_and(|p| record.pools.contains(p))),
        };
        self.slots.insert(record.id, slot);
        let came = self.refresh(record.id);
        went || came
    }

    fn place(&mut self, spot: Spot) -> u32 {
        if let Some(known) = self.numbers.get(&spot) {
            return *known;
        }
        let fresh = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        self.by_country.entry(spot.country).or_default().push(fresh);
        self.places.push(Place { spot: spot.clone(), lists: Default::default() });
        self.numbers.insert(spot, fresh);
        fresh
    }

    /// Forgets an exit. True if a place went with it.
    pub(super) fn remove(&mut self, id: ExitId) -> bool {
        let went = self.withdraw(id);
        self.slots.remove(&id);
        went
    }

    /// True if a place came or went.
    pub(super) fn set_health(&mut self, id: ExitId, healthy: bool) -> bool {
        match self.slots.get_mut(&id) {
            Some(slot) if slot.healthy != healthy => slot.healthy = healthy,
            _ => return false,
        }
        if healthy { self.refresh(id) } else { self.withdraw(id) }
    }

    pub(super) fn serves(&self, id: ExitId) -> bool {
        self.slots.get(&id).is_some_and(|slot| slot.enabled && slot.healthy)
    }

    /// Puts a serving exit into its lists. True if one of them was empty.
    fn refresh(&mut self, id: ExitId) -> bool {
        let Some(slot) = self.slots.get_mut(&id).filter(|s| s.enabled && s.healthy) else { return false };
        let Some(place) = self.places.get_mut(slot.place as usize) else { return false };
        let mut came = false;
        for ((list, at), wanted) in place.lists.iter_mut().zip(&mut slot.at).zip(slot.pools) {
            if wanted && at.is_none() {
                came |= list.is_empty();
                *at = u32::try_from(list.len()).ok();
                list.push(id);
            }
        }
        came
    }

    /// Takes an exit out of its lists. True if one of them is empty now.
    fn withdraw(&mut self, id: ExitId) -> bool {
        let Some(slot) = self.slots.get_mut(&id) else { return false };
        let (place, stood) = (slot.place as usize, std::mem::take(&mut slot.at));
        let Some(place) = self.places.get_mut(place) else { return false };
        let mut went = false;
        for (pool, (list, at)) in place.lists.iter_mut().zip(stood).enumerate() {
            let Some(at) = at else { continue };
            list.swap_remove(at as usize);
            went |= list.is_empty();
            // The last of the list moved here: it stands elsewhere now.
            if let Some(moved) = list.get(at as usize).and_then(|m| self.slots.get_mut(m))
                && let Some(stand) = moved.at.get_mut(pool)
            {
                *stand = Some(at);
            }
        }
        went
    }

    /// What a pool offers, sorted.
    pub(super) fn offer(&self, pool: Pool) -> Offer {
        let counted = |place: &Place| {
            let count = place.lists.get(number(pool)).map_or(0, Vec::len);
            (count > 0).then(|| (place.spot.clone(), count))
        };
        let mut spots: Vec<(Spot, usize)> = self.places.iter().filter_map(counted).collect();
        spots.sort_unstable();
        Offer { spots }
    }

    /// The lists that meet a filter.
    pub(super) fn pick(&self, pool: Pool, filter: &PlaceFilter) -> Pick<'_> {
        let pool = number(pool);
        let fits = |place: &&Place| {
            let spot = &place.spot;
            filter.state.as_deref().is_none_or(|s| spot.state.as_deref() == Some(s))
                && filter.city.as_deref().is_none_or(|c| spot.city_key.as_deref() == Some(c))
        };
        let of_country =
            filter.country.map(|c| self.by_country.get(&c).map(Vec::as_slice).unwrap_or_default());
        let places: Vec<&Place> = match of_country {
            Some(numbers) => {
                numbers.iter().filter_map(|n| self.places.get(*n as usize)).filter(fits).collect()
            }
            None => self.places.iter().filter(fits).collect(),
        };
        let lists = places.into_iter().filter_map(|p| p.lists.get(pool)).map(Vec::as_slice);
        let lists: Vec<&[ExitId]> = lists.filter(|l| !l.is_empty()).collect();
        match filter.asn {
            None => Pick::Lists(lists),
            Some(asn) => {
                let of_asn = |id: &&ExitId| self.slots.get(*id).is_some_and(|s| s.asn == Some(asn));
                Pick::Few(lists.into_iter().flatten().filter(of_asn).copied().collect())
            }
        }
    }
}

/// Exits that meet a filter.
#[derive(Debug)]
pub enum Pick<'a> {
    /// All of several lists.
    Lists(Vec<&'a [ExitId]>),
    /// These.
    Few(Vec<ExitId>),
}

impl Pick<'_> {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Self::Lists(lists) => lists.iter().map(|l| l.len()).sum(),
            Self::Few(ids) => ids.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `n` of them in a random order, each once before one comes again.
    pub fn take(&self, n: usize, random: u64) -> Vec<ExitId> {
        let count = self.len() as u64;
        if count == 0 {
            return Vec::new();
        }
        let starts = self.starts();
        let (start, step) = (random % count, stride(random.rotate_left(32), count));
        let nth = |i: usize| (u128::from(start) + u128::from(step) * i as u128) % u128::from(count);
        (0..n).filter_map(|i| self.get(&starts, usize::try_from(nth(i)).ok()?)).collect()
    }

    /// The number of exits before each list.
    fn starts(&self) -> Vec<usize> {
        let Self::Lists(lists) = self else { return Vec::new() };
        let before = lists.iter().scan(0, |sum, list| {
            let start = *sum;
            *sum += list.len();
            Some(start)
        });
        before.collect()
    }

    fn get(&self, starts: &[usize], n: usize) -> Option<ExitId> {
        match self {
            Self::Few(ids) => ids.get(n).copied(),
            Self::Lists(lists) => {
                let list = starts.partition_point(|s| *s <= n).checked_sub(1)?;
                lists.get(list)?.get(n - starts.get(list)?).copied()
            }
        }
    }
}

/// A step that visits all of `count` before it comes back.
fn stride(random: u64, count: u64) -> u64 {
    let gcd = |mut a: u64, mut b: u64| {
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    let mut step = random % count + 1;
    while gcd(step, count) != 1 {
        step += 1;
    }
    step
}
