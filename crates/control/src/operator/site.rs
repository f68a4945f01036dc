//! Sites.

use super::{Paging, as_seen, listed};
use crate::Control;
use serde::Deserialize;
use serde_json::{Value, json};
use turnpike_base::{Currency, Fault, Lang, Result, SiteId, Text, all_of};
use turnpike_identity::brands::{self, Look};
use turnpike_identity::sites::{self, Changes, NewSite};
use turnpike_network::entries;
use turnpike_store::Read;
use turnpike_web::Site;

/// What `site create` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Create {
    name: String,
    #[serde(default)]
    prefixes: Vec<String>,
    lang: Option<String>,
    zone: Option<String>,
    currency: Option<String>,
    account_prefix: Option<String>,
    #[serde(default)]
    allow_private_clients: bool,
    #[serde(default)]
    demands_verification: bool,
    /// Host names under which the console shows this brand.
    #[serde(default)]
    hosts: Vec<String>,
    #[serde(default)]
    look: Look,
}

/// What `site change` takes; what is left out stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    name: String,
    prefixes: Option<Vec<String>>,
    lang: Option<String>,
    zone: Option<String>,
    account_prefix: Option<String>,
    demands_verification: Option<bool>,
    /// All of them: those not named go.
    hosts: Option<Vec<String>>,
    #[serde(default)]
    look: Look,
    /// What `site show` gave when the writer looked: another site by now is not overwritten.
    seen: Option<Value>,
}

fn lang_of(tag: &str) -> Result<Lang> {
    Lang::from_tag(tag)
        .ok_or_else(|| Fault::parameter("lang", Text::new("应为 zh 或 en", "must be zh or en")))
}

/// Changes a site and how it shows itself. Fails with `edit_stale`.
pub(super) async fn change(control: &Control, input: Change) -> Result<Value> {
    let changes = Changes {
        prefixes: input.prefixes.filter(|prefixes| !prefixes.is_empty()),
        lang: input.lang.as_deref().map(lang_of).transpose()?,
        zone: input.zone,
        account_prefix: input.account_prefix,
        demands_verification: input.demands_verification,
    };
    let tx = control.store().write().await?;
    let site = sites::find(&tx, Some(&input.name)).await?;
    let new = sites::changed(&site, changes);
    let hosts = input.hosts.as_deref().unwrap_or_default();
    all_of([sites::check(&new), input.look.check(), brands::check_hosts(hosts)])?;
    as_seen(input.seen.as_ref(), Some(&whole(&tx, &site).await?))?;
    sites::change(&tx, &site, &new).await?;
    brands::change(&tx, site.id, input.look).await?;
    if let Some(hosts) = &input.hosts {
        brands::set_hosts(&tx, site.id, hosts).await?;
    }
    tx.commit().await?;
    control.directory().reload().await?;
    Ok(json!({"id": site.id, "name": site.name}))
}

/// What `site entry` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    /// What `ep` names.
    name: String,
    /// What customers dial; without one the entry is forgotten.
    host: Option<String>,
    /// The first site if none is named.
    site: Option<String>,
}

/// Names an entry of a site; gives all of them.
pub(super) async fn entry(control: &Control, input: Named) -> Result<Value> {
    let tx = control.store().write().await?;
    let site = sites::find(&tx, input.site.as_deref()).await?.id;
    entries::set(&tx, site, &input.name, input.host.as_deref()).await?;
    let all = entries::list(&tx, site).await?;
    tx.commit().await?;
    let rows = all.into_iter().map(|(name, host)| json!({"name": name, "host": host})).collect::<Vec<_>>();
    Ok(listed(i64::try_from(rows.len()).unwrap_or(0), rows))
}

pub(super) async fn create(control: &Control, input: Create) -> Result<Value> {
    let usual = NewSite::default();
    let wrong = |name: &str, zh: &'static str, en: &'static str| Fault::parameter(name, Text::new(zh, en));
    let lang = input.lang.map_or(Some(usual.lang), |tag| Lang::from_tag(&tag));
    let currency = input.currency.map_or(Some(usual.currency), |code| Currency::parse(&code));
    let new = NewSite {
        name: input.name,
        prefixes: if input.prefixes.is_empty() { usual.prefixes } else { input.prefixes },
        lang: lang.ok_or_else(|| wrong("lang", "应为 zh 或 en", "must be zh or en"))?,
        zone: input.zone.unwrap_or(usual.zone),
        currency: currency
            .ok_or_else(|| wrong("currency", "应为 CNY、USD 或 HKD", "must be CNY, USD or HKD"))?,
        account_prefix: input.account_prefix,
        allow_private_clients: input.allow_private_clients,
        demands_verification: input.demands_verification,
    };
    all_of([sites::check(&new), input.look.check(), brands::check_hosts(&input.hosts)])?;
    let tx = control.store().write().await?;
    let id = sites::create(&tx, &new, control.0.clock.now()).await?;
    brands::change(&tx, id, input.look).await?;
    brands::set_hosts(&tx, id, &input.hosts).await?;
    tx.commit().await?;
    control.directory().reload().await?;
    Ok(json!({"id": id, "name": new.name}))
}

fn row(site: &Site, look: &Look, hosts: &[(String, SiteId)]) -> Value {
    let own = hosts.iter().filter(|(_, id)| *id == site.id).map(|(host, _)| host).collect::<Vec<_>>();
    json!({"id": site.id, "name": site.name, "title": look.title(&site.name), "colour": look.colour,
        "prefixes": site.prefixes, "lang": site.lang, "zone": site.zone.iana_name(), "currency": site.currency.code(),
        "account_prefix": site.account_prefix, "allow_private_clients": site.allow_private_clients,
        "demands_verification": site.demands_verification, "hosts": own})
}

pub(super) async fn list(control: &Control, _: Paging) -> Result<Value> {
    let tx = control.store().read().await?;
    let hosts = brands::hosts(&tx).await?;
    let mut rows = Vec::new();
    for site in sites::all(&tx).await? {
        rows.push(row(&site, &brands::look(&tx, site.id).await?, &hosts));
    }
    Ok(listed(i64::try_from(rows.len()).unwrap_or(0), rows))
}

/// What `site show` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    name: Option<String>,
}

/// A site with all that its brand says, its entries and its shop.
pub(super) async fn show(control: &Control, input: Which) -> Result<Value> {
    let tx = control.store().read().await?;
    let site = sites::find(&tx, input.name.as_deref()).await?;
    whole(&tx, &site).await
}

async fn whole(tx: &impl Read, site: &Site) -> Result<Value> {
    let look = brands::look(tx, site.id).await?;
    let mut shown = row(site, &look, &brands::hosts(tx).await?);
    let entries = entries::list(tx, site.id).await?;
    shown["look"] = json!(look);
    shown["entries"] = entries.into_iter().map(|(name, host)| json!({"name": name, "host": host})).collect();
    Ok(shown)
}
