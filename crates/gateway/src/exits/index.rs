//! Finds an exit for a pool and a place in constant time, for a million exits.
//!
//! Each exit stands in one bucket for every filter it meets (at most ten). A bucket is a list for random
//! picks and a ring of hashes for sessions: the same session proposes the same exit on every gateway.

use super::Exit;
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use turnpike_base::ExitId;
use turnpike_wire::{ExitRecord, PlaceFilter, Pool};

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Index {
    exits: HashMap<ExitId, Entry>,
    /// Numbers of buckets; apart by pool, so that a look-up copies nothing.
    names: HashMap<Pool, HashMap<PlaceFilter, u32>>,
    buckets: Vec<Bucket>,
}

#[derive(Debug)]
struct Entry {
    exit: Arc<Exit>,
    /// Where it stands: bucket and position in its list. Empty while it does not serve.
    stands: Vec<(u32, u32)>,
}

#[derive(Debug, Default)]
struct Bucket {
    list: Vec<Arc<Exit>>,
    ring: BTreeMap<u64, Arc<Exit>>,
    /// How many of them are addresses of this machine.
    locals: usize,
}

/// A hash that is the same on every gateway and in every life of it.
pub(crate) fn stable_hash(value: &impl Hash) -> u64 {
    // DefaultHasher::new() is SipHash with fixed keys.
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl Index {
    /// An index of these exits, all healthy. Rings are made from what is sorted already, many times faster than one
    /// exit after the other.
    pub(crate) fn of(records: Vec<ExitRecord>) -> Self {
        let mut index = Self::default();
        let mut rings: Vec<Vec<(u64, Arc<Exit>)>> = Vec::new();
        let mut sorted: Vec<(u64, Arc<Exit>)> = records
            .into_iter()
            .map(|record| (stable_hash(&record.id), Arc::new(Exit::new(record))))
            .collect();
        sorted.sort_unstable_by_key(|(hash, _)| *hash);
        for (hash, exit) in sorted {
            let mut stands = Vec::new();
            let serves = exit.serves();
            for (pool, place) in names(&exit.record).into_iter().filter(|_| serves) {
                let fresh = u32::try_from(rings.len()).unwrap_or(u32::MAX);
                let number = *index.names.entry(pool).or_default().entry(place).or_insert(fresh);
                if number == fresh {
                    rings.push(Vec::new());
                }
                let ring = &mut rings[number as usize];
                stands.push((number, u32::try_from(ring.len()).unwrap_or(u32::MAX)));
                ring.push((hash, Arc::clone(&exit)));
            }
            index.exits.insert(exit.record.id, Entry { exit, stands });
        }
        let bucket = |ring: Vec<(u64, Arc<Exit>)>| Bucket {
            locals: ring.iter().filter(|(_, exit)| exit.is_local()).count(),
            list: ring.iter().map(|(_, exit)| Arc::clone(exit)).collect(),
            ring: ring.into_iter().collect(),
        };
        index.buckets = rings.into_iter().map(bucket).collect();
        index
    }

    /// Whether it knows no exit.
    pub(crate) fn is_empty(&self) -> bool {
        self.exits.is_empty()
    }

    /// The exit with this id, whether it serves or not.
    pub(crate) fn get(&self, id: ExitId) -> Option<Arc<Exit>> {
        self.exits.get(&id).map(|e| Arc::clone(&e.exit))
    }

    /// Every exit.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Exit>> {
        self.exits.values().map(|e| &e.exit)
    }

    /// Takes in an exit, or a new description of one.
    pub(crate) fn put(&mut self, record: ExitRecord) {
        let id = record.id;
        self.withdraw(id);
        let exit = match self.exits.get(&id) {
            Some(known) => known.exit.renewed(record),
            None => Exit::new(record),
        };
        self.exits.insert(id, Entry { exit: Arc::new(exit), stands: Vec::new() });
        self.refresh(id);
    }

    /// Forgets an exit.
    pub(crate) fn remove(&mut self, id: ExitId) {
        self.withdraw(id);
        self.exits.remove(&id);
    }

    /// Puts an exit into its buckets or takes it out, as its state now says.
    pub(crate) fn refresh(&mut self, id: ExitId) {
        self.withdraw(id);
        let Some(entry) = self.exits.get_mut(&id).filter(|e| e.exit.serves()) else { return };
        let hash = stable_hash(&id);
        for (pool, place) in names(&entry.exit.record) {
            let fresh = u32::try_from(self.buckets.len()).unwrap_or(u32::MAX);
            let number = *self.names.entry(pool).or_default().entry(place).or_insert(fresh);
            if number == fresh {
                self.buckets.push(Bucket::default());
            }
            let bucket = &mut self.buckets[number as usize];
            entry.stands.push((number, u32::try_from(bucket.list.len()).unwrap_or(u32::MAX)));
            bucket.list.push(Arc::clone(&entry.exit));
            bucket.ring.insert(hash, Arc::clone(&entry.exit));
            bucket.locals += usize::from(entry.exit.is_local());
        }
    }

    fn withdraw(&mut self, id: ExitId) {
        let Some(entry) = self.exits.get_mut(&id) else { return };
        let hash = stable_hash(&id);
        let local = usize::from(entry.exit.is_local());
        for (number, at) in std::mem::take(&mut entry.stands) {
            let bucket = &mut self.buckets[number as usize];
            bucket.ring.remove(&hash);
            bucket.list.swap_remove(at as usize);
            bucket.locals -= local;
            // The last of the list moved here: it stands elsewhere now.
            let Some(moved) = bucket.list.get(at as usize).map(|e| e.record.id) else { continue };
            let stands = self.exits.get_mut(&moved).map(|e| &mut e.stands);
            if let Some(stand) = stands.and_then(|s| s.iter_mut().find(|(n, _)| *n == number)) {
                stand.1 = at;
            }
        }
    }

    fn bucket(&self, pool: Pool, place: &PlaceFilter) -> Option<&Bucket> {
        let number = self.names.get(&pool)?.get(place)?;
        self.buckets.get(*number as usize).filter(|b| !b.list.is_empty())
    }

    /// The less loaded of two random candidates, none of `avoid`.
    pub(crate) fn pick(
        &self,
        pool: Pool,
        place: &PlaceFilter,
        avoid: &[ExitId],
        random: u64,
    ) -> Option<Arc<Exit>> {
        let bucket = self.bucket(pool, place)?;
        let count = bucket.list.len() as u64;
        let at = |n: u64| &bucket.list[usize::try_from(n % count).unwrap_or(0)];
        let (one, two) = (at(random), at(random.rotate_left(32)));
        let better =
            if two.load.load(Ordering::Relaxed) < one.load.load(Ordering::Relaxed) { two } else { one };
        if avoid.contains(&better.record.id) { bucket.next(random, avoid) } else { Some(Arc::clone(better)) }
    }

    /// The exit that a session's hash proposes, none of `avoid`.
    pub(crate) fn pick_by_hash(
        &self,
        pool: Pool,
        place: &PlaceFilter,
        avoid: &[ExitId],
        hash: u64,
    ) -> Option<Arc<Exit>> {
        self.bucket(pool, place)?.next(hash, avoid)
    }

    /// The same among those that carry datagrams. They may be few among many: this takes longer than constant time.
    pub(crate) fn pick_local_by_hash(
        &self,
        pool: Pool,
        place: &PlaceFilter,
        avoid: &[ExitId],
        hash: u64,
    ) -> Option<Arc<Exit>> {
        let bucket = self.bucket(pool, place).filter(|bucket| bucket.locals > 0)?;
        let fits = |exit: &&Arc<Exit>| exit.is_local() && !avoid.contains(&exit.record.id);
        bucket.around(hash).find(fits).map(Arc::clone)
    }
}

impl Bucket {
    /// The first on the ring from `hash` on that is not to be avoided.
    fn next(&self, hash: u64, avoid: &[ExitId]) -> Option<Arc<Exit>> {
        self.around(hash).find(|exit| !avoid.contains(&exit.record.id)).map(Arc::clone)
    }

    /// All of the ring, from `hash` on.
    fn around(&self, hash: u64) -> impl Iterator<Item = &Arc<Exit>> {
        self.ring.range(hash..).chain(self.ring.range(..hash)).map(|(_, exit)| exit)
    }
}

/// Every filter the exit meets, for each of its pools.
fn names(record: &ExitRecord) -> Vec<(Pool, PlaceFilter)> {
    let country = PlaceFilter { country: Some(record.country), ..PlaceFilter::default() };
    let mut places = vec![PlaceFilter::default(), country.clone()];
    if let Some(state) = &record.state_key {
        places.push(PlaceFilter { state: Some(state.clone()), ..country.clone() });
    }
    if let Some(city) = &record.city_key {
        places.push(PlaceFilter { city: Some(city.clone()), ..country.clone() });
        if let Some(state) = &record.state_key {
            places.push(PlaceFilter { state: Some(state.clone()), city: Some(city.clone()), ..country });
        }
    }
    if let Some(asn) = record.asn {
        let with_asn: Vec<_> = places.iter().map(|p| PlaceFilter { asn: Some(asn), ..p.clone() }).collect();
        places.extend(with_asn);
    }
    let of_pool = |pool: &Pool| places.iter().map(|place| (*pool, place.clone())).collect::<Vec<_>>();
    record.pools.iter().flat_map(of_pool).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use turnpike_wire::{Bind, CountryCode, ExitKind, ExitStatus};

    fn record(id: i64, country: &str, city: &str) -> ExitRecord {
        ExitRecord {
            id: ExitId(id),
            kind: ExitKind::Local { bind: Bind::Address("127.0.0.2".parse().unwrap()) },
            pools: vec![Pool::Residential],
            country: CountryCode::parse(country).unwrap(),
            state_key: None,
            city_key: Some(city.into()),
            city: None,
            asn: Some(7922),
            status: ExitStatus::Enabled,
        }
    }

    fn index() -> Index {
        let mut index = Index::default();
        for (id, country, city) in
            [(1, "US", "losangeles"), (2, "US", "newyork"), (3, "DE", "berlin"), (4, "US", "losangeles")]
        {
            index.put(record(id, country, city));
        }
        index
    }

    fn us() -> PlaceFilter {
        PlaceFilter { country: CountryCode::parse("US"), ..PlaceFilter::default() }
    }

    fn picks(index: &Index, place: &PlaceFilter) -> Vec<i64> {
        let random = |n: u64| stable_hash(&n);
        let found = (0..200).filter_map(|n| index.pick(Pool::Residential, place, &[], random(n)));
        let mut ids: Vec<i64> = found.map(|e| e.record.id.0).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    #[test]
    fn exits_are_found_by_every_part_of_their_place() {
        let index = index();
        assert_eq!(picks(&index, &PlaceFilter::default()), [1, 2, 3, 4]);
        assert_eq!(picks(&index, &us()), [1, 2, 4]);
        let city = PlaceFilter { city: Some("losangeles".into()), asn: Some(7922), ..us() };
        assert_eq!(picks(&index, &city), [1, 4]);
        assert!(index.pick(Pool::Isp, &us(), &[], 0).is_none());
        assert!(index.pick(Pool::Residential, &us(), &[ExitId(1), ExitId(2), ExitId(4)], 0).is_none());
    }

    #[test]
    fn an_index_made_at_once_is_the_one_made_in_steps() {
        let all =
            [(1, "US", "losangeles"), (2, "US", "newyork"), (3, "DE", "berlin"), (4, "US", "losangeles")];
        let mut records: Vec<ExitRecord> =
            all.into_iter().map(|(id, country, city)| record(id, country, city)).collect();
        records.push(ExitRecord { status: ExitStatus::Disabled, ..record(5, "US", "newyork") });
        let (mut one, mut other) = (index(), Index::of(records));
        for round in 0..2 {
            assert_eq!(picks(&one, &us()), picks(&other, &us()), "round {round}");
            for hash in (0_u64..100).map(|n| stable_hash(&n)) {
                let of = |i: &Index| i.pick_by_hash(Pool::Residential, &us(), &[], hash).map(|e| e.record.id);
                assert_eq!(of(&one), of(&other));
            }
            one.remove(ExitId(4));
            other.remove(ExitId(4));
        }
        assert!(other.get(ExitId(5)).is_some_and(|exit| !exit.serves()));
    }

    #[test]
    fn a_failing_exit_leaves_and_comes_back() {
        let mut index = index();
        let exit = index.get(ExitId(1)).unwrap();
        assert!(!exit.succeeded(0), "it was in");
        assert_eq!([exit.failed("x"), exit.failed("x"), exit.failed("x")], [false, false, true]);
        index.refresh(ExitId(1));
        assert_eq!(picks(&index, &us()), [2, 4]);
        index.put(record(1, "US", "losangeles"));
        assert_eq!(picks(&index, &us()), [2, 4], "described anew, it is as ill as before");
        assert!(index.get(ExitId(1)).unwrap().succeeded(10));
        index.refresh(ExitId(1));
        assert_eq!(picks(&index, &us()), [1, 2, 4]);
        let fresh = index.get(ExitId(2)).unwrap();
        assert_eq!([fresh.failed("x"), fresh.failed("x")], [true, false], "it never worked");
    }

    #[test]
    fn removing_one_leaves_the_others_where_they_are_found() {
        let mut index = index();
        index.remove(ExitId(1));
        assert_eq!(picks(&index, &us()), [2, 4]);
        index.remove(ExitId(4));
        assert_eq!(picks(&index, &us()), [2]);
        index.remove(ExitId(2));
        assert!(picks(&index, &us()).is_empty());
    }

    #[test]
    fn a_hash_always_proposes_the_same_exit() {
        let (one, mut two) = (index(), Index::default());
        for id in [4, 3, 2, 1] {
            two.put(record(
                id,
                if id == 3 { "DE" } else { "US" },
                if id == 2 { "newyork" } else { "losangeles" },
            ));
        }
        for hash in (0_u64..100).map(|n| stable_hash(&n)) {
            let of =
                |index: &Index| index.pick_by_hash(Pool::Residential, &us(), &[], hash).map(|e| e.record.id);
            assert_eq!(of(&one), of(&two));
        }
    }
}
