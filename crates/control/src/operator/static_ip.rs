//! Static addresses: stock, and what grants them until they are bought.

use super::{Paging, country, listed, named_country, package, time};
use crate::Control;
use serde::Deserialize;
use serde_json::{Value, json};
use turnpike_access::packages::{self, Grant, change, rules};
use turnpike_base::{PackageId, ProductType, Result};
use turnpike_commerce::renewals;
use turnpike_identity::customers;
use turnpike_network::statics::{self, Address, Stock, StockState, Wish};
use turnpike_store::retrying;
use turnpike_wire::CountryCode;

/// What `static-ip import` takes: the text of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Import {
    file: String,
}

/// What `static-ip list` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    /// With this in the address, the network's name or the city.
    search: Option<String>,
    #[serde(rename = "type")]
    product: Option<i64>,
    country: Option<String>,
    state: Option<StockState>,
    page: Option<i64>,
    size: Option<i64>,
}

/// What `static-ip maintain` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Maintain {
    address: String,
    #[serde(default)]
    off: bool,
}

/// What `static-ip remove` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Remove {
    address: String,
}

/// What `static-ip grant` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Give {
    customer: String,
    #[serde(rename = "type")]
    product: i64,
    country: String,
    asn: Option<u32>,
    count: Option<i64>,
    days: Option<i64>,
}

/// What `static-ip release` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Release {
    /// The package that stands for the holding.
    package: i64,
}

/// Ends a holding at once; the address rests before it is given out again.
pub(super) async fn release(control: &Control, input: Release) -> Result<Value> {
    let now = control.0.clock.now();
    let (package, rests_until) = (PackageId(input.package), control.0.network.rest.until(now));
    retrying(|| async {
        let tx = control.store().write().await?;
        statics::hold::release(&tx, &control.0.vault, package, rests_until, now).await?;
        // What stands for the address ends with it, and is not renewed.
        if let Some(held) = change::lock(&tx, package).await? {
            renewals::flow::stop(&tx, &held).await?;
            if held.expires_at > now {
                change::expire_at(&tx, &held, now, now).await?;
            }
        }
        tx.commit().await?;
        Ok(json!({"package": package, "rests_until": time(rests_until)}))
    })
    .await
}

pub(super) async fn import(control: &Control, input: Import) -> Result<Value> {
    let new = statics::parse(&input.file)?;
    let count = statics::stock::import(&control.0.network, new, control.0.clock.now()).await?;
    Ok(json!({"imported": count}))
}

fn row(address: &Address) -> Value {
    json!({"id": address.id, "address": address.address, "type": address.product, "country": address.country,
        "state": address.state, "city": address.city, "asn": address.asn, "isp": address.isp,
        "holders": address.taken, "most_holders": address.most_holders, "maintenance": address.maintenance,
        "rests_until": (address.rests_until.0 > 0).then(|| time(address.rests_until))})
}

pub(super) async fn list(control: &Control, input: List) -> Result<Value> {
    let product = match input.product {
        Some(number) => Some(package::product(number, ProductType::is_static)?),
        None => None,
    };
    let country = country(input.country.as_deref())?;
    let wanted = Stock { search: input.search, product, country, state: input.state };
    let page = Paging { page: input.page, size: input.size }.page();
    let now = control.0.clock.now();
    let found = statics::stock::list(&control.store().read().await?, &wanted, page, now).await?;
    Ok(listed(found.total, found.rows.iter().map(row).collect()))
}

pub(super) async fn maintain(control: &Control, input: Maintain) -> Result<Value> {
    let (on, now) = (!input.off, control.0.clock.now());
    statics::stock::maintain(control.store(), &control.0.vault, &input.address, on, now).await?;
    Ok(json!({"address": input.address, "maintenance": on}))
}

/// Takes an address that nobody holds out of stock.
pub(super) async fn remove(control: &Control, input: Remove) -> Result<Value> {
    statics::stock::remove(control.store(), &input.address, control.0.clock.now()).await?;
    Ok(json!({"address": input.address}))
}

/// Grants addresses of a country: one package each.
pub(super) async fn grant(control: &Control, input: Give) -> Result<Value> {
    let product = package::product(input.product, ProductType::is_static)?;
    let country = named_country(&input.country)?;
    retrying(|| grant_once(control, &input, product, country)).await
}

async fn grant_once(
    control: &Control,
    input: &Give,
    product: ProductType,
    country: CountryCode,
) -> Result<Value> {
    let count = package::bounded("count", input.count, 1_000, "addresses")?.unwrap_or(1);
    let days = package::bounded("days", input.days, 3_660, "days")?.unwrap_or(30);
    let now = control.0.clock.now();
    let expires_at = now.plus_days(days);
    let tx = control.store().write().await?;
    let customer = customers::find(&tx, &input.customer).await?;
    let trade_no = rules::trade_no(now, &super::package::zone_of(control, &customer), rand::random());
    let mut ids = Vec::new();
    for _ in 0..count {
        let new = Grant {
            customer: customer.id,
            product,
            title: super::package::GRANTED,
            trade_no: trade_no.clone(),
            ordered_at: now,
            paid_at: now,
            total: 0,
            bandwidth: None,
            concurrency: None,
            expires_at,
        };
        ids.push(packages::flow::grant(&tx, &new, now).await?);
    }
    let wish = Wish { customer: customer.id, product, country, asn: input.asn, count };
    let given =
        statics::hold::allocate(&tx, &control.0.vault, &wish, &trade_no, &ids, expires_at, now).await?;
    tx.commit().await?;
    let addresses: Vec<&str> = given.iter().map(|address| address.address.as_str()).collect();
    Ok(json!({"packages": ids, "addresses": addresses, "expires_at": time(expires_at)}))
}
