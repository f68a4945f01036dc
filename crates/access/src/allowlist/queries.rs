//! All SQL of the allowlist.

use super::model::{Entry, NewEntries};
use std::net::IpAddr;
use turnpike_base::{CustomerId, Page, ProductType, Result, Timestamp};
use turnpike_store::{Read, Row, StoreError, WriteTx, args};

const COLUMNS: &str = "id, customer_id, address, product_type, package_id, remark, created_at";

fn read(row: &Row) -> Result<Entry, StoreError> {
    Ok(Entry {
        id: row.get("id")?,
        customer: row.get("customer_id")?,
        address: row.get("address")?,
        product: row.get("product_type")?,
        package: row.opt("package_id")?,
        remark: row.get("remark")?,
        created_at: row.get("created_at")?,
    })
}

/// The customer an address belongs to: this one, unless another was first.
pub(super) async fn claim(
    tx: &WriteTx,
    address: IpAddr,
    customer: CustomerId,
) -> Result<CustomerId, StoreError> {
    let sql = "INSERT INTO allowlist_owners (address, customer_id) VALUES ($1, $2) ON CONFLICT (address) DO NOTHING";
    tx.exec(sql, args![address.to_string(), customer]).await?;
    let sql = "SELECT customer_id FROM allowlist_owners WHERE address = $1 ORDER BY address";
    let rows = tx.lock(sql, args![address.to_string()]).await?;
    rows.first().map_or(Ok(customer), |row| row.get("customer_id"))
}

/// Lets go of an address that no entry names any more.
pub(super) async fn unclaim(tx: &WriteTx, address: IpAddr) -> Result<(), StoreError> {
    let sql = "DELETE FROM allowlist_owners WHERE address = $1 AND NOT EXISTS \
        (SELECT 1 FROM allowlist a WHERE a.address = allowlist_owners.address)";
    tx.exec(sql, args![address.to_string()]).await?;
    Ok(())
}

pub(super) async fn put(
    tx: &WriteTx,
    address: IpAddr,
    customer: CustomerId,
    new: &NewEntries,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO allowlist (customer_id, address, product_type, package_id, remark, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (address, product_type) DO UPDATE SET \
        remark = excluded.remark, package_id = excluded.package_id";
    tx.exec(sql, args![customer, address.to_string(), new.product, new.package, &new.remark, now]).await?;
    Ok(())
}

pub(super) async fn count(
    tx: &impl Read,
    customer: CustomerId,
    product: ProductType,
) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM allowlist WHERE customer_id = $1 AND product_type = $2";
    let row = tx.row(sql, args![customer, product]).await?;
    Ok(row.map(|row| row.get("n")).transpose()?.unwrap_or(0))
}

/// Removes an address of a customer for one type, or for all; gives back how many entries went.
pub(super) async fn remove(
    tx: &WriteTx,
    customer: CustomerId,
    address: IpAddr,
    product: Option<ProductType>,
) -> Result<u64, StoreError> {
    let sql =
        "DELETE FROM allowlist WHERE customer_id = $1 AND address = $2 AND ($3 = 0 OR product_type = $3)";
    tx.exec(sql, args![customer, address.to_string(), product.map_or(0, ProductType::number)]).await
}

/// Part of a customer's entries, the newest first.
pub(super) async fn of_customer(
    tx: &impl Read,
    customer: CustomerId,
    product: Option<ProductType>,
    part: Option<Page>,
) -> Result<Vec<Entry>, StoreError> {
    let (limit, offset) = crate::lists::window(part);
    let sql = format!(
        "SELECT {COLUMNS} FROM allowlist WHERE customer_id = $1 AND ($2 = 0 OR product_type = $2) \
         ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4"
    );
    let args = args![customer, product.map_or(0, ProductType::number), limit, offset];
    tx.rows(&sql, args).await?.iter().map(read).collect()
}

/// Everything an address is allowlisted for; all of it belongs to one customer.
pub async fn entries_of(tx: &impl Read, address: IpAddr) -> Result<Vec<Entry>> {
    let sql = format!("SELECT {COLUMNS} FROM allowlist WHERE address = $1 ORDER BY product_type");
    let rows = tx.rows(&sql, args![address.to_canonical().to_string()]).await?;
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}
