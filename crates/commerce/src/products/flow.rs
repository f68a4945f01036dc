//! What is done with the catalogue.

use super::file::Catalogue;
use super::model::Product;
use super::{error, queries};
use crate::shop;
use turnpike_base::{ProductType, Result, SiteId, Timestamp};
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

/// What a site sells, in the operator's order.
pub async fn offered(tx: &impl Read, site: SiteId, filter: &Filter) -> Result<Vec<Product>> {
    let mut products = queries::all(tx, site).await?;
    products.retain(|product| !product.item.withdrawn && fits(product, filter));
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

/// Applies a catalogue file to a site: products are found by their code; those it does not name stay as
/// they are. Fails with what is wrong about the file, and then changes nothing. Gives how many it names.
pub async fn load(tx: &WriteTx, site: SiteId, catalogue: &Catalogue, now: Timestamp) -> Result<usize> {
    if let Some(reason) = catalogue.fault() {
        return Err(error::bad_file(&reason));
    }
    for known in queries::all(tx, site).await? {
        let same = catalogue.products.iter().find(|item| item.code == known.item.code);
        if same.is_some_and(|item| item.product != known.item.product) {
            return Err(error::bad_file(&format!("product {}: its type can't change", known.item.code)));
        }
    }
    if let Some(settings) = &catalogue.shop {
        shop::set(tx, site, settings).await?;
    }
    for (position, item) in catalogue.products.iter().enumerate() {
        queries::save(tx, site, item, i64::try_from(position).unwrap_or(i64::MAX), now).await?;
    }
    Ok(catalogue.products.len())
}

/// The catalogue of a site as a file.
pub async fn export(tx: &impl Read, site: SiteId) -> Result<Catalogue> {
    let products = queries::all(tx, site).await?.into_iter().map(|product| product.item).collect();
    Ok(Catalogue { shop: Some(shop::of(tx, site).await?), products })
}
