//! What an order of each type costs and grants, before discounts and fees. Reads, and writes nothing.

use super::error;
use super::model::{Choices, SHORT, Status, What};
use super::queries;
use super::quote::Buyer;
use super::request::Request;
use crate::fields::Region;
use crate::prices::rules;
use crate::products::{LEAST_RECHARGE, Product, Sku, SkuKind};
use crate::renewals::preview::{self, Preview};
use crate::renewals::rules::{added_days, begin};
use crate::{grants, shop};
use turnpike_access::packages::rules::MEGABIT;
use turnpike_base::{Bytes, Money, PackageId, ProductType, Result};
use turnpike_network::statics::{self, Availability};
use turnpike_store::Read;
use turnpike_wire::CountryCode;

/// Price and goods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) unit: Money,
    pub(crate) amount: i64,
    pub(crate) gross: Money,
    pub(crate) what: What,
    pub(crate) regions: String,
    pub(crate) choices: Choices,
    pub(crate) previews: Vec<Preview>,
}

/// The largest recharge where the product names none.
const MOST_RECHARGE: Money = Money(100_000_000);

/// Most that one order grants, in bytes: what one product at its bounds holds, 20,000,000 GB. Sums of hundreds of such orders
/// still fit.
const MOST_BYTES: i64 = Bytes::from_gb(20_000_000).0;
/// Most uses, connections or Mbit/s that one order grants.
const MOST_COUNTED: i64 = 1_000_000_000_000;

/// Plans an order of a product.
pub(crate) async fn plan(
    tx: &impl Read,
    buyer: &Buyer<'_>,
    product: &Product,
    ask: &Request,
) -> Result<Plan> {
    let etd = ask.etd;
    if etd != 1 && !product.item.extensions.contains(&etd) {
        return Err(error::no_multiple(&product.item.extensions));
    }
    match product.item.product {
        ProductType::Recharge => recharge(tx, buyer, product, ask).await,
        ProductType::Supplement => rest(tx, buyer, ask).await,
        ProductType::DynamicUnmetered => caps(buyer, product, ask),
        ProductType::Renewal => renewal(tx, buyer, product, ask).await,
        kind if kind.is_static() => addresses(tx, buyer, product, ask).await,
        ProductType::StaticTrafficAddon => {
            if grants::flow::addon_target(tx, buyer.customer, buyer.now).await?.is_none() {
                return Err(error::no_bucket());
            }
            let bytes = times(product.item.bytes().0, ask.amount, MOST_BYTES)?;
            simple(buyer, product, ask, ask.amount, What::Addon { bytes })
        }
        kind if kind.is_countable() => {
            let uses = times(product.item.count, ask.amount, MOST_COUNTED)?;
            simple(buyer, product, ask, ask.amount, What::Count { uses, days: product.item.days * etd })
        }
        _ => {
            let bytes = times(product.item.bytes().0, ask.amount, MOST_BYTES)?;
            simple(buyer, product, ask, ask.amount, What::Bucket { bytes, days: product.item.days * etd })
        }
    }
}

/// So many times what one grants. Fails naming `amount` where that is more than `most`.
fn times(each: i64, amount: i64, most: i64) -> Result<i64> {
    let all = each.checked_mul(amount).filter(|all| *all <= most);
    all.ok_or_else(|| error::grants_too_much(most.checked_div(each).unwrap_or(0)))
}

/// The price of one times the amount, with the product's own extension.
fn simple(buyer: &Buyer<'_>, product: &Product, ask: &Request, amount: i64, what: What) -> Result<Plan> {
    let unit = product.item.list_price(buyer.site.currency);
    let rate = product.item.extension_basis_points;
    let gross = rules::gross(unit, amount, ask.etd, rate).ok_or_else(error::too_much)?;
    let choices = Choices { etd: ask.etd, ..Choices::default() };
    Ok(Plan { unit, amount, gross, what, regions: String::new(), choices, previews: Vec::new() })
}

async fn recharge(tx: &impl Read, buyer: &Buyer<'_>, product: &Product, ask: &Request) -> Result<Plan> {
    let unit = ask
        .recharge_amount
        .filter(|amount| *amount > Money::ZERO)
        .ok_or_else(|| error::needed("recharge_amount"))?;
    let min = product.item.recharge_min.map_or(LEAST_RECHARGE, |a| a.0);
    let max = product.item.recharge_max.map_or(MOST_RECHARGE, |a| a.0);
    if !(min..=max).contains(&unit) {
        return Err(error::recharge_bounds(min, max));
    }
    let gift = shop::of(tx, buyer.site.id).await?.gift(unit);
    let what = What::Balance { amount: unit.0, gift: gift.0 };
    Ok(Plan {
        unit,
        amount: 1,
        gross: unit,
        what,
        regions: String::new(),
        choices: Choices::default(),
        previews: Vec::new(),
    })
}

async fn rest(tx: &impl Read, buyer: &Buyer<'_>, ask: &Request) -> Result<Plan> {
    let trade_no = ask.trade_no.clone().ok_or_else(|| error::needed("trade_no"))?;
    let order = queries::by_trade_no(tx, &trade_no).await?.filter(|o| o.customer == buyer.customer);
    let order = order.ok_or_else(|| error::unknown_rest(&trade_no))?;
    if order.status != Status::Unpaid || order.pay_fee_status != SHORT {
        return Err(error::not_short(&trade_no));
    }
    // A short rest is paid on as any short order; one of a rest would be held for nobody.
    if matches!(order.goods.what, What::Rest { .. }) {
        return Err(error::is_rest(&trade_no));
    }
    let unit = order.missing();
    let what = What::Rest { trade_no };
    Ok(Plan {
        unit,
        amount: 1,
        gross: unit,
        what,
        regions: String::new(),
        choices: Choices::default(),
        previews: Vec::new(),
    })
}

fn caps(buyer: &Buyer<'_>, product: &Product, ask: &Request) -> Result<Plan> {
    let currency = buyer.site.currency;
    let chosen = |kind, id: Option<i64>, field| -> Result<&Sku> {
        let id = id.ok_or_else(|| error::needed(field))?;
        product.sku(kind, id).ok_or_else(|| error::no_choice(field))
    };
    let bandwidth =
        chosen(SkuKind::Bandwidth, said(ask.product_sku_bandwidth_id), "product_sku_bandwidth_id")?;
    let concurrency =
        chosen(SkuKind::Concurrency, said(ask.product_sku_concurrency_id), "product_sku_concurrency_id")?;
    let durations = product.skus.iter().filter(|sku| sku.kind == SkuKind::Duration);
    let shortest = durations.min_by_key(|sku| sku.choice.value).map(|sku| sku.id);
    let duration =
        chosen(SkuKind::Duration, said(ask.product_sku_duration_id).or(shortest), "product_sku_duration_id")?;
    let price = |sku: &Sku| sku.choice.price.in_currency(currency).unwrap_or(Money::ZERO).0;
    let unit = Money(price(bandwidth) + price(concurrency) + price(duration));
    let rate = product.item.extension_basis_points;
    let gross = rules::gross(unit, ask.amount, ask.etd, rate).ok_or_else(error::too_much)?;
    let what = What::Caps {
        bandwidth: times(bandwidth.choice.value, ask.amount, MOST_COUNTED)? * MEGABIT,
        concurrency: times(concurrency.choice.value, ask.amount, MOST_COUNTED)?,
        days: duration.choice.value * ask.etd,
    };
    let choices = Choices {
        bandwidth: Some(bandwidth.id),
        concurrency: Some(concurrency.id),
        duration: Some(duration.id),
        etd: ask.etd,
    };
    Ok(Plan { unit, amount: ask.amount, gross, what, regions: String::new(), choices, previews: Vec::new() })
}

async fn addresses(tx: &impl Read, buyer: &Buyer<'_>, product: &Product, ask: &Request) -> Result<Plan> {
    let regions = ask.region_list.clone().ok_or_else(|| error::needed("region_list"))?;
    let amount = regions.iter().map(|region| region.count).sum();
    let kind = Some(product.item.product);
    let stock = statics::hold::available(tx, buyer.customer, kind, false, buyer.now).await?;
    if let Some(region) = lacking(&regions, &stock)
        && let Some(country) = CountryCode::parse(&region.country)
    {
        return Err(statics::error::out_of_stock(country));
    }
    let words = regions.iter().map(words).collect::<Vec<_>>().join(", ");
    let what = What::Addresses { regions, days: product.item.days * ask.etd };
    let plan = simple(buyer, product, ask, amount, what)?;
    Ok(Plan { regions: words, ..plan })
}

/// An id; 0, as the document's example has it, is none.
fn said(id: Option<i64>) -> Option<i64> {
    id.filter(|id| *id != 0)
}

/// The first region that the stock can't serve, all regions of its country taken together.
fn lacking<'r>(regions: &'r [Region], stock: &[Availability]) -> Option<&'r Region> {
    let there = |country: &str, asn: Option<u32>| -> i64 {
        let fits =
            |a: &&Availability| a.country == country && asn.is_none_or(|n| a.asn == Some(i64::from(n)));
        stock.iter().filter(fits).map(|a| a.number).sum()
    };
    let wanted = |country: &str, asn: Option<u32>| -> i64 {
        let fits = |r: &&Region| r.country == country && (asn.is_none() || r.asn == asn);
        regions.iter().filter(fits).map(|r| r.count).sum()
    };
    regions.iter().find(|r| {
        wanted(&r.country, None) > there(&r.country, None)
            || (r.asn.is_some() && wanted(&r.country, r.asn) > there(&r.country, r.asn))
    })
}

fn words(region: &Region) -> String {
    let asn = region.asn.map(|asn| format!(" AS{asn}")).unwrap_or_default();
    format!("{}{asn} x {}", region.country, region.count)
}

async fn renewal(tx: &impl Read, buyer: &Buyer<'_>, product: &Product, ask: &Request) -> Result<Plan> {
    let ids = ask.upids.as_ref().ok_or_else(|| error::needed("upids"))?;
    let duration = ask.renew_duration;
    let monthly = product.item.list_price(buyer.site.currency);
    let renewable = preview::Renewable { customer: buyer.customer, of: product.item.renews };
    let held = preview::held(tx, &renewable, ids).await?;
    let amount = i64::try_from(held.len()).unwrap_or(i64::MAX);
    let zone = &buyer.site.zone;
    let (unit, gross, previews) =
        preview::prices(&held, monthly, duration, zone, buyer.now).ok_or_else(error::too_much)?;
    let packages: Vec<PackageId> = held.iter().map(|h| h.package).collect();
    let days = match duration.months() {
        Some(_) => Vec::new(),
        None => held.iter().map(|h| added_days(begin(h.expires_at, buyer.now), zone)).collect(),
    };
    let what = What::Renewal { packages, duration, days };
    let choices = Choices { etd: 1, ..Choices::default() };
    Ok(Plan { unit, amount, gross, what, regions: String::new(), choices, previews })
}
