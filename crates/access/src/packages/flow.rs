//! What is done with packages.

use super::model::{Grant, Package, Wanted};
use super::{queries, rules};
use turnpike_base::{CustomerId, PackageId, Page, PageOf, ProductType, Result, Timestamp};
use turnpike_store::{Read, WriteTx, changes};
use turnpike_wire::Change;

/// Grants a package inside the transaction of what caused it; the gateways hear of it after the commit.
pub async fn grant(tx: &WriteTx, new: &Grant, now: Timestamp) -> Result<PackageId> {
    let id = queries::insert(tx, new, now).await?;
    tell(tx, new.customer, new.product, now).await?;
    Ok(id)
}

/// Tells the gateways that a customer's packages of a type changed.
pub async fn tell(tx: &WriteTx, customer: CustomerId, product: ProductType, now: Timestamp) -> Result<()> {
    Ok(changes::tell(tx, &Change::Package { customer, product }, now).await?)
}

/// A page of a customer's packages, the newest first.
pub async fn list(
    tx: &impl Read,
    customer: CustomerId,
    wanted: Wanted<'_>,
    page: Page,
) -> Result<PageOf<Package>> {
    let (total, rows) = queries::page(tx, customer, wanted, page).await?;
    Ok(PageOf { page, total, rows })
}

/// Sums over a customer's packages of a type.
pub async fn summary(
    tx: &impl Read,
    customer: CustomerId,
    product: ProductType,
    now: Timestamp,
) -> Result<rules::Summary> {
    let packages = queries::of_product(tx, customer, product).await?;
    Ok(rules::summary(&packages, now))
}
