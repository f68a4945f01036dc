//! All SQL of packages but the meter's.

use super::model::{Grant, Package, Wanted};
use super::rules::{self, Status};
use turnpike_base::{CustomerId, PackageId, Page, ProductType, Result, Text, Timestamp};
use turnpike_store::{Read, Row, StoreError, WriteTx, args};

const COLUMNS: &str = "id, customer_id, product_type, title_zh, title, trade_no, ordered_at, paid_at, total, used, reserved, \
    bandwidth, concurrency, auto_renew, created_at, expires_at";

pub(super) fn read(row: &Row) -> Result<Package, StoreError> {
    Ok(Package {
        id: row.get("id")?,
        customer: row.get("customer_id")?,
        product: row.get("product_type")?,
        title: Text::made(row.get::<String>("title_zh")?, row.get::<String>("title")?),
        trade_no: row.get("trade_no")?,
        ordered_at: row.get("ordered_at")?,
        paid_at: row.get("paid_at")?,
        total: row.get("total")?,
        used: row.get("used")?,
        reserved: row.get("reserved")?,
        bandwidth: row.opt("bandwidth")?,
        concurrency: row.opt("concurrency")?,
        auto_renew: row.get("auto_renew")?,
        created_at: row.get("created_at")?,
        expires_at: row.get("expires_at")?,
    })
}

pub(super) async fn insert(tx: &WriteTx, new: &Grant, now: Timestamp) -> Result<PackageId, StoreError> {
    let sql = "INSERT INTO packages (customer_id, product_type, title_zh, title, trade_no, ordered_at, paid_at, total, bandwidth, \
        concurrency, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id";
    let args = args![
        new.customer,
        new.product,
        new.title.zh.as_ref(),
        new.title.en.as_ref(),
        &new.trade_no,
        new.ordered_at,
        new.paid_at,
        new.total,
        new.bandwidth,
        new.concurrency,
        now,
        new.expires_at
    ];
    match tx.row(sql, args).await? {
        Some(row) => row.get("id"),
        None => Ok(PackageId(0)),
    }
}

/// The package with this id.
pub async fn by_id(tx: &impl Read, id: PackageId) -> Result<Option<Package>> {
    let row = tx.row(&format!("SELECT {COLUMNS} FROM packages WHERE id = $1"), args![id]).await?;
    Ok(row.map(|row| read(&row)).transpose()?)
}

/// The customer's packages of a type that can be used now, the one that expires first before the others.
pub async fn usable(
    tx: &impl Read,
    customer: CustomerId,
    product: ProductType,
    now: Timestamp,
) -> Result<Vec<Package>> {
    let left = if rules::draws(product) { "AND used < total" } else { "" };
    let sql = format!(
        "SELECT {COLUMNS} FROM packages WHERE customer_id = $1 AND product_type = $2 AND expires_at > $3 {left} \
         ORDER BY expires_at, id"
    );
    let rows = tx.rows(&sql, args![customer, product, now]).await?;
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// What [`rules::status`] says at `$4`, as a condition.
fn in_state(status: Status) -> String {
    let drawn: Vec<String> =
        ProductType::ALL.iter().filter(|(_, t)| rules::draws(*t)).map(|(n, _)| n.to_string()).collect();
    let used_up = format!("(product_type IN ({}) AND used >= total)", drawn.join(", "));
    match status {
        Status::Active => format!("NOT {used_up} AND expires_at > $4"),
        // Expired or not: the instant is asked for all the same, since every place takes its argument.
        Status::UsedUp => format!("{used_up} AND $4 = $4"),
        Status::Expired => format!("NOT {used_up} AND expires_at <= $4"),
    }
}

/// A page of a customer's packages, the newest first.
pub(super) async fn page(
    tx: &impl Read,
    customer: CustomerId,
    wanted: Wanted<'_>,
    page: Page,
) -> Result<(i64, Vec<Package>), StoreError> {
    let args = args![
        customer,
        wanted.product.map_or(0, ProductType::number),
        wanted.trade_no.unwrap_or_default(),
        wanted.status.map_or(Timestamp(0), |(_, now)| now)
    ];
    let state = wanted.status.map_or_else(|| "$4 = 0".to_owned(), |(status, _)| in_state(status));
    let wanted = format!(
        "WHERE customer_id = $1 AND ($2 = 0 OR product_type = $2) AND ($3 = '' OR trade_no = $3) AND {state}"
    );
    let count = tx.row(&format!("SELECT COUNT(*) AS n FROM packages {wanted}"), args.clone()).await?;
    let total = count.map(|row| row.get("n")).transpose()?.unwrap_or(0);
    let sql = format!(
        "SELECT {COLUMNS} FROM packages {wanted} ORDER BY created_at DESC, id DESC LIMIT $5 OFFSET $6"
    );
    let rows = tx.rows(&sql, [args, args![page.size, page.offset()]].concat()).await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}

/// Every package of a customer's product.
pub(super) async fn of_product(
    tx: &impl Read,
    customer: CustomerId,
    product: ProductType,
) -> Result<Vec<Package>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM packages WHERE customer_id = $1 AND product_type = $2 ORDER BY id");
    tx.rows(&sql, args![customer, product]).await?.iter().map(read).collect()
}
