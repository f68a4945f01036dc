//! Who calls: finds the customer behind an app_key, and the brand he belongs to.

use crate::{api_keys, audit, brands, customers, keys, logins, sites};
use arc_swap::ArcSwap;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use turnpike_base::{Code, CustomerId, Fault, Result, Secret, SiteId, Timestamp};
use turnpike_store::{Store, Vault, WriteTx};
use turnpike_web::{Authenticator, BoxFuture, Principal, Scopes, Site, Written, blocks, console};

/// Notes of the audit that may wait to be written.
const NOTES: usize = 100_000;
/// Writes that make no note: they change nothing.
const READS: &[&str] = &["order/check", "pay/pay-check", "pay", "proxy-account/explain"];

/// Keys are looked up in the store for every request, so that a revoked one fails at once; sites are
/// kept in memory and read anew with [`Directory::reload`].
#[derive(Debug)]
pub struct Directory {
    store: Store,
    vault: Vault,
    sites: ArcSwap<Sites>,
    /// When and from where keys were used since the last flush.
    uses: Mutex<BTreeMap<i64, (Timestamp, IpAddr)>>,
    notes: Mutex<Vec<Written>>,
}

#[derive(Debug, Default)]
struct Sites {
    all: Vec<Arc<Site>>,
    prefixes: Arc<Vec<String>>,
    hosts: HashMap<String, SiteId>,
}

impl Directory {
    /// A directory of what the store holds now.
    pub async fn open(store: Store, vault: Vault) -> Result<Self> {
        let directory =
            Self { store, vault, sites: ArcSwap::default(), uses: Mutex::default(), notes: Mutex::default() };
        directory.reload().await?;
        Ok(directory)
    }

    /// Reads the sites anew.
    pub async fn reload(&self) -> Result<()> {
        let tx = self.store.read().await?;
        let all = sites::all(&tx).await?;
        let hosts = brands::hosts(&tx).await?.into_iter().collect();
        let mut prefixes: Vec<String> = all.iter().flat_map(|site| site.prefixes.clone()).collect();
        prefixes.sort();
        prefixes.dedup();
        self.sites.store(Arc::new(Sites { all, prefixes: Arc::new(prefixes), hosts }));
        Ok(())
    }

    /// The site with this id.
    pub fn site(&self, id: SiteId) -> Option<Arc<Site>> {
        self.sites.load().all.iter().find(|site| site.id == id).cloned()
    }

    /// Whether a site shows itself under a host name.
    pub fn is_host_of(&self, host: &str, site: SiteId) -> bool {
        self.sites.load().hosts.get(&host.to_ascii_lowercase()) == Some(&site)
    }

    /// A host name of a site, where it has one.
    pub fn host_of(&self, site: SiteId) -> Option<String> {
        let sites = self.sites.load();
        sites.hosts.iter().filter(|(_, id)| **id == site).map(|(host, _)| host.clone()).min()
    }

    /// Writes down what customers did, without a transaction, since the last time.
    async fn write_notes(&self) -> Result<()> {
        let waiting = std::mem::take(&mut *self.notes.lock().unwrap_or_else(PoisonError::into_inner));
        if waiting.is_empty() {
            return Ok(());
        }
        let outcome = async {
            let tx = self.store.write().await?;
            for written in &waiting {
                audit::written(&tx, written).await?;
            }
            Ok(tx.commit().await?)
        };
        let outcome = outcome.await;
        if outcome.is_err() {
            // They are tried again, before those that came meanwhile.
            self.notes.lock().unwrap_or_else(PoisonError::into_inner).splice(0..0, waiting);
        }
        outcome
    }

    async fn tell_end(&self, note: i64, slug: &str) -> Result<()> {
        let tx = self.store.write().await?;
        audit::end(&tx, note, slug).await?;
        Ok(tx.commit().await?)
    }

    async fn find_login(&self, token: &Secret, now: Timestamp) -> Result<Principal> {
        let bad = || Fault::new(Code::BadKey, "bad_login").say(console::LOGIN_NEEDED);
        let tx = self.store.read().await?;
        let login = logins::find(&tx, &self.vault, "customer", token, now).await?.ok_or_else(bad)?;
        let customer = customers::by_id(&tx, CustomerId(login.person)).await?;
        drop(tx);
        let site = self.site(customer.site).ok_or_else(bad)?;
        if customer.disabled {
            return Err(disabled().of_site(site.lang));
        }
        if login.is_stale(now) {
            let tx = self.store.write().await?;
            logins::seen(&tx, login.id, now).await?;
            tx.commit().await?;
        }
        Ok(Principal {
            customer: customer.id,
            verified: customer.verified,
            key: -login.id.0,
            login: Some(login.id),
            view_only: login.viewer.is_some(),
            scopes: if login.viewer.is_some() { Scopes::reads() } else { Scopes::all() },
            site,
        })
    }

    /// Every site.
    pub fn sites(&self) -> Vec<Arc<Site>> {
        self.sites.load().all.clone()
    }

    async fn find(&self, app_key: &str, client: IpAddr, now: Timestamp) -> Result<Principal> {
        let bad = || Fault::new(Code::BadKey, "bad_key");
        let tx = self.store.read().await?;
        let fingerprint = keys::fingerprint(&self.vault, app_key);
        let found = api_keys::by_fingerprint(&tx, fingerprint, now).await?.ok_or_else(bad)?;
        let site = self.site(found.site).ok_or_else(bad)?;
        if found.disabled {
            return Err(disabled().of_site(site.lang));
        }
        if !found.sources.is_empty() && !blocks::hold(&found.sources, client) {
            return Err(api_keys::wrong_source(client).of_site(site.lang));
        }
        self.uses.lock().unwrap_or_else(PoisonError::into_inner).insert(found.key, (now, client));
        Ok(Principal {
            customer: found.customer,
            verified: found.verified,
            key: found.key,
            login: None,
            view_only: false,
            scopes: found.scopes,
            site,
        })
    }

    /// Saves when keys were used last, and what customers did.
    pub async fn flush(&self) -> Result<()> {
        self.write_notes().await?;
        let uses = std::mem::take(&mut *self.uses.lock().unwrap_or_else(PoisonError::into_inner));
        if uses.is_empty() {
            return Ok(());
        }
        let tx = self.store.write().await?;
        api_keys::used(&tx, &uses).await?;
        Ok(tx.commit().await?)
    }
}

pub(crate) fn disabled() -> Fault {
    Fault::new(Code::Forbidden, "customer_disabled").say(turnpike_base::Text::new(
        "该客户已被停用，请联系客服",
        "The customer is disabled; contact the operator",
    ))
}

impl Authenticator for Directory {
    fn authenticate<'a>(
        &'a self,
        app_key: &'a str,
        client: IpAddr,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Principal, Fault>> {
        Box::pin(self.find(app_key, client, now))
    }

    fn log_in<'a>(
        &'a self,
        token: &'a Secret,
        _: IpAddr,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Principal, Fault>> {
        Box::pin(self.find_login(token, now))
    }

    /// The site of a host name; the first one where no site claims it.
    fn site_of_host(&self, host: &str) -> Option<Arc<Site>> {
        let id = self.sites.load().hosts.get(&host.to_ascii_lowercase()).copied();
        id.and_then(|id| self.site(id)).or_else(|| self.sites.load().all.first().cloned())
    }

    fn note<'a>(&'a self, tx: &'a WriteTx, written: &'a Written) -> BoxFuture<'a, Result<i64>> {
        Box::pin(async move {
            if READS.contains(&written.path) { Ok(0) } else { audit::written(tx, written).await }
        })
    }

    fn refused<'a>(&'a self, note: i64, slug: &'static str) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            if let Err(fault) = self.tell_end(note, slug).await {
                tracing::error!(note, slug, %fault, "the audit can't be told how a request ended");
            }
        })
    }

    fn wrote(&self, written: Written) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        if READS.contains(&written.path) {
            return;
        }
        if notes.len() >= NOTES {
            tracing::error!(path = written.path, customer = %written.customer, "the audit can't keep up");
            return;
        }
        notes.push(written);
    }

    fn prefixes(&self) -> Arc<Vec<String>> {
        Arc::clone(&self.sites.load().prefixes)
    }
}
