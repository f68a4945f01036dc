//! Who calls: finds the customer behind an app_key, and the brand he belongs to.

use crate::{api_keys, keys, sites};
use arc_swap::ArcSwap;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use turnpike_base::{Code, Fault, Result, SiteId, Timestamp};
use turnpike_store::{Store, Vault};
use turnpike_web::{Authenticator, BoxFuture, Principal, Site, blocks};

/// Keys are looked up in the store for every request, so that a revoked one fails at once; sites are
/// kept in memory and read anew with [`Directory::reload`].
#[derive(Debug)]
pub struct Directory {
    store: Store,
    vault: Vault,
    sites: ArcSwap<Sites>,
    /// When and from where keys were used since the last flush.
    uses: Mutex<BTreeMap<i64, (Timestamp, IpAddr)>>,
}

#[derive(Debug, Default)]
struct Sites {
    all: Vec<Arc<Site>>,
    prefixes: Arc<Vec<String>>,
}

impl Directory {
    /// A directory of what the store holds now.
    pub async fn open(store: Store, vault: Vault) -> Result<Self> {
        let directory = Self { store, vault, sites: ArcSwap::default(), uses: Mutex::default() };
        directory.reload().await?;
        Ok(directory)
    }

    /// Reads the sites anew.
    pub async fn reload(&self) -> Result<()> {
        let all = sites::all(&self.store.read().await?).await?;
        let mut prefixes: Vec<String> = all.iter().flat_map(|site| site.prefixes.clone()).collect();
        prefixes.sort();
        prefixes.dedup();
        self.sites.store(Arc::new(Sites { all, prefixes: Arc::new(prefixes) }));
        Ok(())
    }

    /// The site with this id.
    pub fn site(&self, id: SiteId) -> Option<Arc<Site>> {
        self.sites.load().all.iter().find(|site| site.id == id).cloned()
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
        if found.disabled {
            return Err(Fault::new(Code::Forbidden, "customer_disabled").say(turnpike_base::Text::new(
                "该客户已被停用,请联系客服",
                "The customer is disabled; contact the operator",
            )));
        }
        if !found.sources.is_empty() && !blocks::hold(&found.sources, client) {
            return Err(api_keys::wrong_source(client));
        }
        self.uses.lock().unwrap_or_else(PoisonError::into_inner).insert(found.key, (now, client));
        Ok(Principal {
            customer: found.customer,
            verified: found.verified,
            key: found.key,
            login: None,
            scopes: found.scopes,
            site: self.site(found.site).ok_or_else(bad)?,
        })
    }

    /// Saves when keys were used last.
    pub async fn flush(&self) -> Result<()> {
        let uses = std::mem::take(&mut *self.uses.lock().unwrap_or_else(PoisonError::into_inner));
        if uses.is_empty() {
            return Ok(());
        }
        let tx = self.store.write().await?;
        api_keys::used(&tx, &uses).await?;
        Ok(tx.commit().await?)
    }
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

    fn prefixes(&self) -> Arc<Vec<String>> {
        Arc::clone(&self.sites.load().prefixes)
    }
}
