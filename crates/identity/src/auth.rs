//! Who calls: finds the customer behind an app_key, and the brand he belongs to.

use crate::{keys, sites};
use arc_swap::ArcSwap;
use std::net::IpAddr;
use std::sync::Arc;
use turnpike_base::{Code, Fault, Result, SiteId};
use turnpike_store::{Read, Store, Vault, args};
use turnpike_web::{Authenticator, BoxFuture, Principal, Site};

/// Keys are looked up in the store for every request, so that a revoked one fails at once; sites are
/// kept in memory and read anew with [`Directory::reload`].
#[derive(Debug)]
pub struct Directory {
    store: Store,
    vault: Vault,
    sites: ArcSwap<Sites>,
}

#[derive(Debug, Default)]
struct Sites {
    all: Vec<Arc<Site>>,
    prefixes: Arc<Vec<String>>,
}

impl Directory {
    /// A directory of what the store holds now.
    pub async fn open(store: Store, vault: Vault) -> Result<Self> {
        let directory = Self { store, vault, sites: ArcSwap::default() };
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

    async fn find(&self, app_key: &str) -> Result<Principal> {
        let bad = || Fault::new(Code::BadKey, "bad_key");
        let tx = self.store.read().await?;
        let sql = "SELECT k.id AS key_id, c.id, c.site_id, c.verified, c.disabled FROM app_keys k \
            JOIN customers c ON c.id = k.customer_id WHERE k.fingerprint = $1 AND k.revoked_at IS NULL";
        let fingerprint = keys::fingerprint(&self.vault, app_key);
        let row = tx.row(sql, args![fingerprint]).await?.ok_or_else(bad)?;
        if row.get("disabled")? {
            return Err(Fault::new(Code::Forbidden, "customer_disabled").say(turnpike_base::Text::new(
                "该客户已被停用,请联系客服",
                "The customer is disabled; contact the operator",
            )));
        }
        Ok(Principal {
            customer: row.get("id")?,
            verified: row.get("verified")?,
            key: row.get("key_id")?,
            login: None,
            site: self.site(row.get("site_id")?).ok_or_else(bad)?,
        })
    }
}

impl Authenticator for Directory {
    fn authenticate<'a>(&'a self, app_key: &'a str, _: IpAddr) -> BoxFuture<'a, Result<Principal, Fault>> {
        Box::pin(self.find(app_key))
    }

    fn prefixes(&self) -> Arc<Vec<String>> {
        Arc::clone(&self.sites.load().prefixes)
    }
}
