//! Entries that a site names: the parameter `ep` of extraction chooses one, and customers then dial its host.

use crate::State;
use crate::endpoints::error;
use serde::Serialize;
use turnpike_base::{Fault, Result, SiteId, Text};
use turnpike_store::{Read, StoreError, WriteTx, args};
use turnpike_web::{Call, Endpoint, with};
use utoipa::ToSchema;

/// Where this customer dials, and from where he asks.
#[derive(Debug, Serialize, ToSchema)]
struct EntryView {
    /// Host of the common entry, an IPv6 address in brackets.
    host: String,
    port: u16,
    /// What stands before account names on the common entry, without the dash; empty: nothing.
    account_prefix: String,
    /// A web address that answers, for samples of code.
    sample_url: String,
    /// Entries that `ep` of extraction names.
    list: Vec<NamedEntry>,
    /// The address that this request came from.
    client: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct NamedEntry {
    name: String,
    host: String,
}

pub(crate) fn routes(state: &State) -> Vec<Endpoint> {
    let (zh, en) = ("代理入口与本机地址", "Where to dial, and the address that the request came from");
    vec![Endpoint::get("entry", "endpoints", zh, en, with(state, show)).codes(&[]).console()]
}

async fn show(state: State, call: Call, (): ()) -> Result<EntryView> {
    let named = list(&state.store.read().await?, call.site.id).await?;
    let entry = state.entry();
    Ok(EntryView {
        host: entry.host_of(None, &call.base_url),
        port: entry.port,
        account_prefix: call.site.account_prefix.clone().unwrap_or_default(),
        sample_url: entry.sample_url.clone(),
        list: named.into_iter().map(|(name, host)| NamedEntry { name, host }).collect(),
        client: call.client.to_canonical().to_string(),
    })
}

/// The host of a site's entry; an unknown name is told with those that there are.
pub(crate) async fn host(tx: &impl Read, site: SiteId, name: &str) -> Result<String> {
    let all = list(tx, site).await?;
    let key = name.trim().to_ascii_lowercase();
    match all.iter().find(|(known, _)| *known == key) {
        Some((_, host)) => Ok(host.clone()),
        None => {
            let known: Vec<String> = all.into_iter().map(|(name, _)| name).collect();
            Err(error::unknown_entry(name, &known))
        }
    }
}

/// Names and hosts of a site's entries, by name.
pub async fn list(tx: &impl Read, site: SiteId) -> Result<Vec<(String, String)>> {
    let rows =
        tx.rows("SELECT name, host FROM entries WHERE site_id = $1 ORDER BY name", args![site]).await?;
    let read = rows.iter().map(|row| Ok((row.get("name")?, row.get("host")?)));
    Ok(read.collect::<Result<_, StoreError>>()?)
}

/// Names an entry of a site, or gives it another host; without a host it is forgotten.
pub async fn set(tx: &WriteTx, site: SiteId, name: &str, host: Option<&str>) -> Result<()> {
    let key = name.trim().to_ascii_lowercase();
    check("name", &key, 32)?;
    let Some(host) = host else {
        tx.exec("DELETE FROM entries WHERE site_id = $1 AND name = $2", args![site, key]).await?;
        return Ok(());
    };
    check("host", host, 253)?;
    let sql = "INSERT INTO entries (site_id, name, host) VALUES ($1, $2, $3) \
               ON CONFLICT (site_id, name) DO UPDATE SET host = excluded.host";
    tx.exec(sql, args![site, key, host]).await?;
    Ok(())
}

/// Letters, digits and what names and addresses have between them.
fn check(field: &str, text: &str, most: usize) -> Result<()> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._:".contains(&b);
    if (1..=most).contains(&text.len()) && text.bytes().all(plain) {
        return Ok(());
    }
    Err(Fault::parameter(
        field,
        Text::made(
            format!("应为 1 到 {most} 个字母、数字、点、横线或冒号"),
            format!("must be 1 to {most} letters, digits, dots, dashes or colons"),
        ),
    ))
}
