//! What is done with the catalogue.

use super::faults::{self, Wrong};
use super::file::{Catalogue, of_product};
use super::model::{Item, Product, Sku, SkuKind};
use super::{error, queries, view};
use crate::shop;
use turnpike_base::{Currency, Fault, Lang, ProductId, ProductType, Result, SiteId, Timestamp};
use turnpike_store::{Read, WriteTx};

/// Which products a customer wants to see.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this type.
    pub product: Option<ProductType>,
    /// Renewals of this type.
    pub parent: Option<ProductType>,
    /// Valid for one of these numbers of days; empty: any.
    pub days: Vec<i64>,
    /// Of one of these display types; empty: any.
    pub show: Vec<i64>,
}

/// Where it is sold.
#[derive(Clone, Copy, Debug)]
pub struct Counter {
    /// The brand.
    pub site: SiteId,
    /// What the brand settles in: what has no price in it is not sold there.
    pub currency: Currency,
}

/// What a site sells, in the operator's order.
pub async fn offered(tx: &impl Read, at: Counter, filter: &Filter) -> Result<Vec<Product>> {
    let mut products = queries::all(tx, at.site).await?;
    let sold = |item: &Item| !item.withdrawn && (item.show_type == 3 || item.sells_for(at.currency));
    products.retain(|product| sold(&product.item) && fits(product, filter));
    Ok(products)
}

fn fits(product: &Product, filter: &Filter) -> bool {
    let item = &product.item;
    let days = |n: &i64| item.days == *n || item.duration.iter().any(|choice| choice.value == *n);
    filter.product.is_none_or(|wanted| wanted == item.product)
        && filter.parent.is_none_or(|parent| item.renews == Some(parent))
        && (filter.days.is_empty() || filter.days.iter().any(days))
        && (filter.show.is_empty() || filter.show.contains(&item.show_type))
}

/// Every product of a site, withdrawn ones too.
pub async fn all(tx: &impl Read, site: SiteId) -> Result<Vec<Product>> {
    queries::all(tx, site).await
}

/// The same, locked: nobody else writes them before the transaction ends.
pub async fn lock_all(tx: &WriteTx, site: SiteId) -> Result<Vec<Product>> {
    queries::lock(tx, site).await?;
    queries::all(tx, site).await
}

/// Applies a catalogue file to a site: products are found by their code; those it does not name stay as
/// they are. Fails with all that is wrong about the file, and then changes nothing. Gives how many it names.
pub async fn load(tx: &WriteTx, site: SiteId, catalogue: &Catalogue, now: Timestamp) -> Result<usize> {
    let mut faults = catalogue.faults();
    for known in queries::all(tx, site).await? {
        let same = catalogue.products.iter().find(|item| item.code == known.item.code);
        if same.is_some_and(|item| item.product != known.item.product) {
            faults.push(of_product(&known.item.code, &error::TYPE_STAYS.text));
        }
    }
    if !faults.is_empty() {
        return Err(error::bad_file(&faults));
    }
    if let Some(change) = &catalogue.shop {
        let settings = change.clone().of(shop::of(tx, site).await?);
        shop::set(tx, site, &settings).await?;
    }
    for (position, item) in catalogue.products.iter().enumerate() {
        queries::save(tx, site, item, i64::try_from(position).unwrap_or(i64::MAX), now).await?;
    }
    Ok(catalogue.products.len())
}

/// The catalogue of a site as a file.
pub async fn export(tx: &impl Read, site: SiteId) -> Result<Catalogue> {
    let products = queries::all(tx, site).await?.into_iter().map(|product| product.item).collect();
    Ok(Catalogue { shop: Some(shop::of(tx, site).await?.into()), products })
}

/// The product of a site with this code, withdrawn or not.
pub async fn by_code(tx: &impl Read, site: SiteId, code: &str) -> Result<Product> {
    let all = queries::all(tx, site).await?;
    all.into_iter().find(|product| product.item.code == code).ok_or_else(|| error::unknown_code(code))
}

/// What is wrong with a product, for whoever wrote it.
pub fn fault(item: &Item) -> Option<Wrong> {
    faults::of(item)
}

/// Writes one product under its code, where it stands in the catalogue; a new one comes last.
pub async fn save(tx: &WriteTx, site: SiteId, item: &Item, now: Timestamp) -> Result<()> {
    if let Some(wrong) = fault(item) {
        return Err(error::bad_item(wrong));
    }
    let all = queries::all(tx, site).await?;
    let known = all.iter().position(|product| product.item.code == item.code);
    if known.is_some_and(|at| all[at].item.product != item.product) {
        return Err(error::bad_item(error::TYPE_STAYS));
    }
    let position = i64::try_from(known.unwrap_or(all.len())).unwrap_or(i64::MAX);
    queries::set_positions(tx, &all.iter().map(|product| product.id).collect::<Vec<_>>()).await?;
    queries::save(tx, site, item, position, now).await
}

/// Puts the products of a site in this order; those not named come after them, as they stood.
pub async fn sort(tx: &WriteTx, site: SiteId, codes: &[String]) -> Result<()> {
    let mut all = queries::all(tx, site).await?;
    for code in codes {
        if !all.iter().any(|product| product.item.code == *code) {
            return Err(error::unknown_code(code));
        }
    }
    let rank = |product: &Product| codes.iter().position(|code| *code == product.item.code);
    all.sort_by_key(|product| rank(product).unwrap_or(usize::MAX));
    queries::set_positions(tx, &all.iter().map(|product| product.id).collect::<Vec<_>>()).await
}

/// A product as customers of a site would see it, before it is saved.
pub fn preview(site: SiteId, item: &Item, currency: Currency, lang: Lang) -> Result<serde_json::Value> {
    let sku = |kind: SkuKind| {
        let numbered = item.choices(kind).iter().zip(1..);
        numbered.map(move |(choice, id)| Sku { id, kind, choice: choice.clone() })
    };
    let skus = SkuKind::ALL.into_iter().flat_map(sku).collect();
    let product = Product { id: ProductId(0), site, taken: 0, item: item.clone(), skus };
    serde_json::to_value(view::row(&product, &[], currency, lang))
        .map_err(|e| Fault::internal("product_unprintable", e))
}
