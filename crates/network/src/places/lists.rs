//! Groups of places by pool and by whose words they are told in, kept until a place comes, goes or is named.

use super::rules::{Area, Words, group};
use crate::roster::Roster;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use turnpike_base::{Lang, SiteId};
use turnpike_places::Names;
use turnpike_web::Call;
use turnpike_wire::Pool;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Lists(Mutex<HashMap<(Pool, Whose), Kept>>);

/// In whose words: those of a site in a language; `None`: the catalogue's, for all sites without names of their own.
type Whose = Option<(SiteId, Lang)>;

#[derive(Debug)]
struct Kept {
    /// [`Roster::version`] before the offer was read: a change in between makes it stale at once.
    version: u64,
    names: Arc<Names>,
    areas: Arc<Vec<Area>>,
}

impl Lists {
    /// What a pool offers the caller now, and whether that was kept from before.
    pub(super) fn of(&self, roster: &Roster, pool: Pool, call: &Call) -> (Arc<Vec<Area>>, bool) {
        let version = roster.version();
        let names = &call.site.places;
        let key = (pool, (!names.is_empty()).then_some((call.site.id, call.lang)));
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |known: &&Kept| known.version == version && known.names == *names;
        if let Some(known) = kept().get(&key).filter(fresh) {
            return (Arc::clone(&known.areas), true);
        }
        let areas = Arc::new(group(&roster.offer(pool), Words::from(call)));
        kept().insert(key, Kept { version, names: Arc::clone(names), areas: Arc::clone(&areas) });
        (areas, false)
    }
}
