//! Packages: what grants them until they are bought.

use super::{Paging, listed, time};
use crate::Control;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};
use turnpike_access::packages::{self, Grant, Package, rules};
use turnpike_base::{Bytes, Fault, ProductType, Result, Text, naming};
use turnpike_commerce::counted::{self, Served};
use turnpike_identity::customers::{self, Customer};
use turnpike_store::retrying;

/// Most GB, uses, Mbit/s or connections of one grant.
const MOST: i64 = 10_000_000;
/// Longest grant, in days.
const MOST_DAYS: i64 = 3_660;

/// What `package grant` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    customer: String,
    #[serde(rename = "type")]
    product: i64,
    /// Traffic types.
    gb: Option<i64>,
    /// Countable types.
    count: Option<i64>,
    /// Type 11, in Mbit/s.
    bandwidth: Option<i64>,
    /// Type 11.
    concurrency: Option<i64>,
    days: Option<i64>,
    /// In place of `days`, for short trials.
    seconds: Option<i64>,
    title: Option<String>,
}

/// What `package list` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    customer: String,
    page: Option<i64>,
    size: Option<i64>,
}

/// What a package without an order is called.
pub(super) const GRANTED: Text = Text::new("由运营方发放", "Granted by the operator");

/// A whole number from 1 to `most`, where one was said.
pub(super) fn bounded(name: &str, value: Option<i64>, most: i64, unit: &str) -> Result<Option<i64>> {
    match value {
        Some(n) if !(1..=most).contains(&n) => {
            Err(Fault::parameter(name, turnpike_web::field::out_of_bounds(1, most, unit)))
        }
        value => Ok(value),
    }
}

/// The zone that a customer's days are in.
pub(super) fn zone_of(control: &Control, customer: &Customer) -> TimeZone {
    control.directory().site(customer.site).map_or(TimeZone::UTC, |site| site.zone.clone())
}

/// The product type with this number, out of those that are granted like this.
pub(super) fn product(number: i64, fits: fn(ProductType) -> bool) -> Result<ProductType> {
    ProductType::from_number(number).filter(|p| fits(*p)).ok_or_else(|| {
        let all = ProductType::ALL.iter().filter(|(_, p)| fits(*p)).map(|(n, _)| n.to_string());
        let list = all.collect::<Vec<_>>().join(", ");
        Fault::parameter("type", Text::made(format!("应为 {list} 之一"), format!("must be one of {list}")))
    })
}

fn needed(name: &str) -> Fault {
    Fault::parameter(name, Text::new("此类型必填", "is required for this type"))
}

pub(super) async fn grant(control: &Control, input: New) -> Result<Value> {
    let fits = |p: ProductType| p.is_bucket() || p.is_countable() || p == ProductType::DynamicUnmetered;
    let product = product(input.product, fits)?;
    let gb = bounded("gb", input.gb, MOST, "GB")?;
    let count = bounded("count", input.count, MOST, "")?;
    let total = match product {
        p if p.is_bucket() => Bytes::from_gb(gb.ok_or_else(|| needed("gb"))?).0,
        p if p.is_countable() => count.ok_or_else(|| needed("count"))?,
        _ => 0,
    };
    let now = control.0.clock.now();
    let seconds = match bounded("seconds", input.seconds, MOST_DAYS * 86_400, "s")? {
        Some(seconds) => seconds,
        None => bounded("days", input.days, MOST_DAYS, "days")?.unwrap_or(30) * 86_400,
    };
    naming::check("title", input.title.as_deref().unwrap_or_default())?;
    let tx = control.store().write().await?;
    let customer = customers::find(&tx, &input.customer).await?;
    let new = Grant {
        customer: customer.id,
        product,
        title: input.title.map_or(GRANTED, |title| Text::made(title.clone(), title)),
        trade_no: rules::trade_no(now, &zone_of(control, &customer), rand::random()),
        ordered_at: now,
        paid_at: now,
        total,
        bandwidth: bounded("bandwidth", input.bandwidth, MOST, "Mbit/s")?.map(|n| n * rules::MEGABIT),
        concurrency: bounded("concurrency", input.concurrency, MOST, "")?,
        expires_at: now.plus_seconds(seconds),
    };
    let id = packages::flow::grant(&tx, &new, now).await?;
    tx.commit().await?;
    Ok(json!({"id": id, "customer": customer.id, "type": product, "expires_at": time(new.expires_at)}))
}

pub(super) async fn list(control: &Control, input: List) -> Result<Value> {
    let tx = control.store().read().await?;
    let customer = customers::find(&tx, &input.customer).await?;
    let page = Paging { page: input.page, size: input.size }.page();
    let found = packages::flow::list(&tx, customer.id, packages::Wanted::default(), page).await?;
    let now = control.0.clock.now();
    let row = |package: &Package| {
        let figures = rules::figures(package);
        json!({"id": package.id, "type": package.product, "title": package.title.en,
            "title_zh": package.title.zh,
            "status": rules::status(package, now) as i64, "total": figures.total, "used": figures.used,
            "left": figures.left, "expires_at": time(package.expires_at)})
    };
    Ok(listed(found.total, found.rows.iter().map(row).collect()))
}

/// What `package take` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Take {
    customer: String,
    #[serde(rename = "type")]
    product: i64,
    count: Option<i64>,
    /// The service's own name of the call: the same one takes once.
    reference: Option<String>,
}

/// Longest reference, in characters.
const LONGEST: usize = 140;

/// A counted service of the operator's (types 18, 27, 28) served a customer.
pub(super) async fn take(control: &Control, input: Take) -> Result<Value> {
    let product = product(input.product, counted::is_counted)?;
    let count = bounded("count", input.count, MOST, "")?.unwrap_or(1);
    let reference = input.reference.as_deref().map(str::trim);
    if reference.is_some_and(|text| !(1..=LONGEST).contains(&text.chars().count())) {
        let text =
            Text::made(format!("应为 1 到 {LONGEST} 个字符"), format!("must be 1 to {LONGEST} characters"));
        return Err(Fault::parameter("reference", text));
    }
    let now = control.0.clock.now();
    retrying(|| async {
        let tx = control.store().write().await?;
        let customer = customers::find(&tx, &input.customer).await?.id;
        let left = counted::serve(&tx, &Served { customer, product, uses: count, reference }, now).await?;
        tx.commit().await?;
        Ok(json!({"customer": customer, "type": product, "taken": count, "left": left}))
    })
    .await
}
