//! Admission: who is on the other end, and what he may do (contract section 9).

mod endpoint;
mod statics;
#[cfg(test)]
mod tests;

use crate::Inner;
use std::sync::Arc;
use turnpike_access::accounts::{self, Account};
use turnpike_access::{allowlist, blocked_hosts, packages};
use turnpike_base::{CustomerId, ProductType, Result, Secret, SiteId, Text, Timestamp};
use turnpike_network::{place, pool_of};
use turnpike_store::{Read, ReadTx, args};
use turnpike_wire::{Admission, Caps, Credentials, Permit, Reason, Refusal, Subject};

/// How long a permit may be kept, in seconds: bounds what a missed change can do.
const PERMIT_SECONDS: i64 = 60;

/// Who was let in, before anything about exits.
struct Visitor {
    subject: Subject,
    site: SiteId,
    username: String,
    udp: bool,
}

type Answer<T> = Result<T, Refusal>;

/// Answers a gateway. The outer result is our own failure.
pub(crate) async fn admit(control: &Inner, ask: &Admission) -> Result<Answer<Permit>> {
    let now = control.clock.now();
    let tx = control.store.read().await?;
    if ask.at_endpoint {
        return endpoint::admit(control, &tx, ask, now).await;
    }
    let visitor = match &ask.credentials {
        Some(credentials) => by_credentials(control, &tx, credentials).await?,
        None => by_address(&tx, ask).await?,
    };
    let visitor = match visitor {
        Ok(visitor) => visitor,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let subject = visitor.subject;
    Ok(permit(control, &tx, ask, visitor, now).await?.map_err(|refusal| refusal.to(subject)))
}

/// What a gateway would be answered for an account of the customer's own, whatever the password.
pub(crate) async fn preview(
    control: &Inner,
    tx: &ReadTx,
    account: Account,
    ask: &Admission,
    now: Timestamp,
) -> Result<Answer<Permit>> {
    if !account.enabled {
        return Ok(Err(Reason::AccountDisabled.into()));
    }
    let prefix = ask.credentials.as_ref().and_then(|sent| split(&sent.account).0);
    match enter(control, tx, account, prefix).await? {
        Ok(visitor) => permit(control, tx, ask, visitor, now).await,
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// The account's name of a username's first part.
pub(crate) fn account_name(account: &str) -> &str {
    split(account).1
}

/// The brand of a customer, unless he is disabled.
async fn customer(tx: &ReadTx, id: CustomerId) -> Result<Option<SiteId>> {
    let row = tx.row("SELECT site_id, disabled FROM customers WHERE id = $1", args![id]).await?;
    let Some(row) = row.filter(|row| matches!(row.get::<bool>("disabled"), Ok(false))) else {
        return Ok(None);
    };
    Ok(Some(row.get("site_id")?))
}

/// `[site prefix -] account` and its password. A prefix has to be the one of the account's own site.
async fn by_credentials(control: &Inner, tx: &ReadTx, sent: &Credentials) -> Result<Answer<Visitor>> {
    let (prefix, name) = split(&sent.account);
    let password = Secret::new(sent.password.as_str());
    match accounts::admit::check(tx, &control.vault, name, &password).await? {
        Ok(account) => enter(control, tx, account, prefix).await,
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// `[site prefix -] account`.
fn split(account: &str) -> (Option<&str>, &str) {
    match account.split_once('-') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, account),
    }
}

/// What an account whose password was right is let in as.
async fn enter(
    control: &Inner,
    tx: &ReadTx,
    account: Account,
    prefix: Option<&str>,
) -> Result<Answer<Visitor>> {
    let Some(site) = customer(tx, account.customer).await? else {
        return Ok(Err(Reason::AccountDisabled.into()));
    };
    let own = control.directory.site(site).and_then(|site| site.account_prefix.clone());
    let subject = Subject { customer: account.customer, account: Some(account.id), product: account.product };
    if prefix.is_some_and(|prefix| !own.is_some_and(|own| own.eq_ignore_ascii_case(prefix))) {
        return Ok(Err(Refusal::new(Reason::BadCredentials).to(subject)));
    }
    let udp = account.udp && account.product.takes_udp();
    Ok(Ok(Visitor { subject, site, username: account.username, udp }))
}

/// The customer whose allowlist names the address; his package is chosen as in `ip/v3`.
async fn by_address(tx: &ReadTx, ask: &Admission) -> Result<Answer<Visitor>> {
    let entries = allowlist::entries_of(tx, ask.client).await?;
    let Some(first) = entries.first() else { return Ok(Err(Reason::BadCredentials.into())) };
    let Some(site) = customer(tx, first.customer).await? else {
        return Ok(Err(Reason::AccountDisabled.into()));
    };
    let has = |product| entries.iter().any(|entry| entry.product == product);
    // Bound to an unmetered package before the bucket; whatever it is allowlisted for where it is for neither.
    let usual = [ProductType::DynamicUnmetered, ProductType::Dynamic].into_iter().find(|p| has(*p));
    let product = usual.unwrap_or(first.product);
    let subject = Subject { customer: first.customer, account: None, product };
    Ok(Ok(Visitor { subject, site, username: String::new(), udp: false }))
}

async fn permit(
    control: &Inner,
    tx: &ReadTx,
    ask: &Admission,
    visitor: Visitor,
    now: Timestamp,
) -> Result<Answer<Permit>> {
    let subject = visitor.subject;
    let names = control.directory.site(visitor.site).map(|site| Arc::clone(&site.places)).unwrap_or_default();
    let place = match place::target(&names, &ask.targeting) {
        Ok(place) => place,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if ask.targeting.ip.is_some() && !subject.product.is_static() {
        return Ok(Err(ip_needs_static()));
    }
    let owned = match statics::owned(control, tx, ask, subject, &place, now).await? {
        Ok(owned) => owned,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let caps = match caps(tx, subject, now).await? {
        Ok(caps) => caps,
        Err(refusal) => return Ok(Err(refusal)),
    };
    // What is owned ends to the second: nobody goes on with a permit from before.
    let ends = owned.iter().flatten().map(|one| one.until).min().unwrap_or(Timestamp::FAR);
    Ok(Ok(Permit {
        subject,
        username: visitor.username,
        pool: pool_of(subject.product),
        place,
        owned,
        endpoint: None,
        caps,
        udp: visitor.udp,
        blocked_hosts: blocked_hosts::of_customer(tx, subject.customer).await?,
        valid_until: now.plus_seconds(PERMIT_SECONDS).min(ends),
    }))
}

fn ip_needs_static() -> Refusal {
    Refusal::new(Reason::UnknownParameter).say(Text::new(
        "用户名参数 ip 仅适用于静态 IP 账号（类型 14、25）",
        "The username key ip works with accounts of static addresses only (types 14 and 25)",
    ))
}

/// The caps of type 11: those of several active packages add up, one without a cap lifts it.
async fn caps(tx: &ReadTx, subject: Subject, now: Timestamp) -> Result<Answer<Option<Caps>>> {
    if subject.product != ProductType::DynamicUnmetered {
        return Ok(Ok(None));
    }
    let usable = packages::usable(tx, subject.customer, subject.product, now).await?;
    if usable.is_empty() {
        return Ok(Err(Reason::PackageEmpty.into()));
    }
    let sum = |cap: fn(&packages::Package) -> Option<i64>| -> Option<u64> {
        usable.iter().map(|p| cap(p).and_then(|n| u64::try_from(n).ok())).sum()
    };
    Ok(Ok(Some(Caps {
        bandwidth: sum(|p| p.bandwidth),
        concurrency: sum(|p| p.concurrency).map(|n| u32::try_from(n).unwrap_or(u32::MAX)),
    })))
}
