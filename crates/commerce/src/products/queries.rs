//! All SQL of the catalogue.

use super::model::{Item, Product, Sku, SkuKind};
use turnpike_base::{Fault, ProductId, Result, SiteId, Timestamp};
use turnpike_store::{Read, Row, WriteTx, args};

/// The product with this id, withdrawn or not.
pub async fn by_id(tx: &impl Read, id: ProductId) -> Result<Option<Product>> {
    let Some(row) = tx.row("SELECT * FROM products WHERE id = $1", args![id]).await? else { return Ok(None) };
    let mut product = read(&row)?;
    let lists = SkuKind::ALL.iter().any(|kind| !product.item.choices(*kind).is_empty());
    if lists {
        let sql = "SELECT id, product_id, kind, value FROM product_skus WHERE product_id = $1";
        attach(&mut product, &tx.rows(sql, args![id]).await?)?;
    }
    Ok(Some(product))
}

/// Every product of a site in its order, withdrawn ones too.
pub(super) async fn all(tx: &impl Read, site: SiteId) -> Result<Vec<Product>> {
    let rows =
        tx.rows("SELECT * FROM products WHERE site_id = $1 ORDER BY position, id", args![site]).await?;
    let sql = "SELECT s.id, s.product_id, s.kind, s.value FROM product_skus s JOIN products p ON p.id = s.product_id \
        WHERE p.site_id = $1";
    let skus = tx.rows(sql, args![site]).await?;
    let mut products = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    for product in &mut products {
        attach(product, &skus)?;
    }
    Ok(products)
}

fn read(row: &Row) -> Result<Product> {
    let item: Item = serde_json::from_str(&row.get::<String>("spec")?)
        .map_err(|e| Fault::internal("product_unreadable", e))?;
    Ok(Product {
        id: row.get("id")?,
        site: row.get("site_id")?,
        taken: row.get("taken")?,
        item,
        skus: Vec::new(),
    })
}

/// Gives a product the choices that it offers, in its own order.
fn attach(product: &mut Product, rows: &[Row]) -> Result<()> {
    for kind in SkuKind::ALL {
        for choice in product.item.choices(kind) {
            for row in rows {
                let same = row.get::<ProductId>("product_id")? == product.id
                    && row.get::<String>("kind")? == kind.name()
                    && row.get::<i64>("value")? == choice.value;
                if same {
                    product.skus.push(Sku { id: row.get("id")?, kind, choice: choice.clone() });
                }
            }
        }
    }
    Ok(())
}

/// Writes a product under its code; what was sold of it stays counted.
pub(super) async fn save(
    tx: &WriteTx,
    site: SiteId,
    item: &Item,
    position: i64,
    now: Timestamp,
) -> Result<()> {
    let spec = serde_json::to_string(item).map_err(|e| Fault::internal("product_unprintable", e))?;
    let sql = "INSERT INTO products (site_id, code, product_type, status, stock, position, spec, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (site_id, code) DO UPDATE SET status = excluded.status, \
        stock = excluded.stock, position = excluded.position, spec = excluded.spec RETURNING id";
    let args = args![site, &item.code, item.product, !item.withdrawn, item.stock, position, spec, now];
    let Some(row) = tx.row(sql, args).await? else { return Ok(()) };
    let id: ProductId = row.get("id")?;
    for kind in SkuKind::ALL {
        for choice in item.choices(kind) {
            let sql = "INSERT INTO product_skus (product_id, kind, value) VALUES ($1, $2, $3) \
                ON CONFLICT (product_id, kind, value) DO NOTHING";
            tx.exec(sql, args![id, kind.name(), choice.value]).await?;
        }
    }
    Ok(())
}

/// Numbers products in this order.
pub(super) async fn set_positions(tx: &WriteTx, ids: &[ProductId]) -> Result<()> {
    for (position, id) in (0_i64..).zip(ids) {
        tx.exec("UPDATE products SET position = $2 WHERE id = $1", args![*id, position]).await?;
    }
    Ok(())
}

/// Takes `amount` out of a limited stock; `false`: not so many are left.
pub async fn take(tx: &WriteTx, product: &Product, amount: i64) -> Result<bool> {
    if product.item.stock == 0 {
        return Ok(true);
    }
    let sql = "UPDATE products SET taken = taken + $2 WHERE id = $1 AND (stock = 0 OR taken + $2 <= stock)";
    Ok(tx.exec(sql, args![product.id, amount]).await? == 1)
}

pub(super) async fn lock(tx: &WriteTx, site: SiteId) -> Result<()> {
    tx.lock("SELECT id FROM products WHERE site_id = $1 ORDER BY id", args![site]).await?;
    Ok(())
}

/// Puts back what [`take`] took out of a limited stock, whatever its limit is by now.
pub async fn put_back(tx: &WriteTx, id: ProductId, amount: i64) -> Result<()> {
    let sql = "UPDATE products SET taken = taken - $2 WHERE id = $1 AND taken >= $2";
    tx.exec(sql, args![id, amount]).await?;
    Ok(())
}
