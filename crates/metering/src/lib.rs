//! The metering domain: traffic is leased before it is spent, reported in numbered batches, applied
//! exactly once, and adds up to the byte.
//!
//! [`leases`] reserve, [`usage`] applies reports and answers the traffic log, [`check`] proves the sums,
//! [`prune`] forgets what has grown old, [`traces`] answers abuse reports.

pub mod check;
mod detail;
pub mod leases;
pub mod prune;
mod refusals;
pub mod traces;
pub mod usage;

use jiff::tz::TimeZone;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use turnpike_base::{CustomerId, Result, SiteId, Timestamp};
use turnpike_identity::Directory;
use turnpike_store::{Read, Store, args};
use turnpike_wire::Subject;

/// What metering works on.
#[derive(Clone, Debug)]
pub struct Meter {
    /// The store.
    pub store: Store,
    directory: Arc<Directory>,
    /// A customer never changes his site.
    sites: Arc<RwLock<HashMap<CustomerId, SiteId>>>,
    /// Whose leases were asked back when, so that an asker who waits does not ask ten times a second.
    recalls: Arc<Mutex<HashMap<Subject, Timestamp>>>,
}

/// How long a recall is given to bring leases back, in milliseconds.
const RECALL_MS: i64 = 1_000;
/// Recalls remembered before old ones are forgotten.
const MOST_RECALLS: usize = 10_000;

impl Meter {
    /// A meter over a store; the directory knows the sites' time zones.
    pub fn new(store: Store, directory: Arc<Directory>) -> Self {
        Self { store, directory, sites: Arc::default(), recalls: Arc::default() }
    }

    /// The zone that a customer's days are in.
    pub(crate) async fn zone(&self, tx: &impl Read, customer: CustomerId) -> Result<TimeZone> {
        let known = self.sites.read().unwrap_or_else(PoisonError::into_inner).get(&customer).copied();
        let site = match known {
            Some(site) => Some(site),
            None => self.find_site(tx, customer).await?,
        };
        Ok(site.and_then(|id| self.directory.site(id)).map_or(TimeZone::UTC, |site| site.zone.clone()))
    }

    async fn find_site(&self, tx: &impl Read, customer: CustomerId) -> Result<Option<SiteId>> {
        let row = tx.row("SELECT site_id FROM customers WHERE id = $1", args![customer]).await?;
        let Some(site) = row.map(|row| row.get::<SiteId>("site_id")).transpose()? else { return Ok(None) };
        self.sites.write().unwrap_or_else(PoisonError::into_inner).insert(customer, site);
        Ok(Some(site))
    }

    /// Whether it is time to ask for leases to come back.
    pub(crate) fn may_recall(&self, subject: Subject, now: Timestamp) -> bool {
        let mut recalls = self.recalls.lock().unwrap_or_else(PoisonError::into_inner);
        if recalls.len() > MOST_RECALLS {
            recalls.retain(|_, at| now.since(*at) < RECALL_MS);
        }
        let due = recalls.get(&subject).is_none_or(|at| now.since(*at) >= RECALL_MS);
        if due {
            recalls.insert(subject, now);
        }
        due
    }

    /// The customer's day at an instant, in days since 1970-01-01.
    pub(crate) async fn day(&self, tx: &impl Read, customer: CustomerId, at: Timestamp) -> Result<i64> {
        Ok(at.day(&self.zone(tx, customer).await?))
    }
}

/// The endpoints of this domain.
pub fn routes(meter: &Meter) -> Vec<turnpike_web::Endpoint> {
    [usage::routes(meter), detail::routes(meter), refusals::routes(meter)].concat()
}
