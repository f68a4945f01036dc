//! All SQL of coupons and invitations.

use super::model::{Coupon, Spec};
use turnpike_base::{CustomerId, Fault, Page, Result, SiteId, Timestamp};
use turnpike_store::{Read, Row, WriteTx, args};

fn read(row: &Row) -> Result<Coupon> {
    let spec: Spec = serde_json::from_str(&row.get::<String>("spec")?)
        .map_err(|e| Fault::internal("coupon_unreadable", e))?;
    Ok(Coupon {
        id: row.get("id")?,
        site: row.get("site_id")?,
        code: row.get("code")?,
        customer: row.opt("customer_id")?,
        used: row.get("used")?,
        disabled: row.get("disabled")?,
        ends_at: row.get("ends_at")?,
        spec,
    })
}

pub(super) async fn by_code(tx: &impl Read, site: SiteId, code: &str) -> Result<Option<Coupon>> {
    let sql = "SELECT * FROM coupons WHERE site_id = $1 AND code_key = $2";
    tx.row(sql, args![site, code.trim().to_uppercase()]).await?.map(|row| read(&row)).transpose()
}

/// The same, locked: two orders can't take its last use.
pub(super) async fn lock(tx: &WriteTx, id: i64) -> Result<Option<Coupon>> {
    let rows = tx.lock("SELECT * FROM coupons WHERE id = $1 ORDER BY id", args![id]).await?;
    rows.first().map(read).transpose()
}

pub(super) async fn insert(tx: &WriteTx, coupon: &Coupon, now: Timestamp) -> Result<bool> {
    let spec = serde_json::to_string(&coupon.spec).map_err(|e| Fault::internal("coupon_unprintable", e))?;
    let sql = "INSERT INTO coupons (site_id, code, code_key, customer_id, ends_at, spec, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (site_id, code_key) DO NOTHING";
    let key = coupon.code.to_uppercase();
    let args = args![coupon.site, &coupon.code, key, coupon.customer, coupon.ends_at, spec, now];
    Ok(tx.exec(sql, args).await? == 1)
}

pub(super) async fn set_disabled(tx: &WriteTx, id: i64, disabled: bool) -> Result<()> {
    tx.exec("UPDATE coupons SET disabled = $2 WHERE id = $1", args![id, disabled]).await?;
    Ok(())
}

pub(super) async fn uses_of(tx: &impl Read, id: i64, customer: CustomerId) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM coupon_uses WHERE coupon_id = $1 AND customer_id = $2";
    Ok(tx.row(sql, args![id, customer]).await?.map(|row| row.get("n")).transpose()?.unwrap_or(0))
}

pub(super) async fn hold(
    tx: &WriteTx,
    id: i64,
    customer: CustomerId,
    trade_no: &str,
    now: Timestamp,
) -> Result<()> {
    let sql =
        "INSERT INTO coupon_uses (trade_no, coupon_id, customer_id, created_at) VALUES ($1, $2, $3, $4)";
    tx.exec(sql, args![trade_no, id, customer, now]).await?;
    tx.exec("UPDATE coupons SET used = used + 1 WHERE id = $1", args![id]).await?;
    Ok(())
}

pub(super) async fn release(tx: &WriteTx, trade_no: &str) -> Result<()> {
    let sql = "DELETE FROM coupon_uses WHERE trade_no = $1 RETURNING coupon_id";
    if let Some(row) = tx.row(sql, args![trade_no]).await? {
        let id: i64 = row.get("coupon_id")?;
        tx.exec("UPDATE coupons SET used = used - 1 WHERE id = $1", args![id]).await?;
    }
    Ok(())
}

/// Coupons of a site that are not over, anybody's and the customer's own.
pub(super) async fn open(
    tx: &impl Read,
    site: SiteId,
    customer: CustomerId,
    now: Timestamp,
) -> Result<Vec<Coupon>> {
    let sql = "SELECT * FROM coupons WHERE site_id = $1 AND disabled = 0 AND ends_at > $3 \
        AND (customer_id IS NULL OR customer_id = $2) ORDER BY id DESC LIMIT 1000";
    tx.rows(sql, args![site, customer, now]).await?.iter().map(read).collect()
}

pub(super) async fn page(tx: &impl Read, page: Page) -> Result<(i64, Vec<Coupon>)> {
    let total = tx.row("SELECT COUNT(*) AS n FROM coupons", args![]).await?;
    let total = total.map(|row| row.get("n")).transpose()?.unwrap_or(0);
    let sql = "SELECT * FROM coupons ORDER BY id DESC LIMIT $1 OFFSET $2";
    let rows = tx.rows(sql, args![page.size, page.offset()]).await?;
    Ok((total, rows.iter().map(read).collect::<Result<_>>()?))
}

/// Gives a customer the invitation discount.
pub(super) async fn invite(tx: &WriteTx, customer: CustomerId, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO invitations (customer_id, created_at) VALUES ($1, $2) ON CONFLICT (customer_id) DO NOTHING";
    tx.exec(sql, args![customer, now]).await?;
    Ok(())
}

/// Whether the discount waits to be used.
pub(super) async fn invited(tx: &impl Read, customer: CustomerId) -> Result<bool> {
    let sql = "SELECT 1 AS n FROM invitations WHERE customer_id = $1 AND trade_no IS NULL";
    Ok(tx.row(sql, args![customer]).await?.is_some())
}

/// Uses it for an order; `false`: somebody was faster.
pub(super) async fn spend_invitation(tx: &WriteTx, customer: CustomerId, trade_no: &str) -> Result<bool> {
    let sql = "UPDATE invitations SET trade_no = $2 WHERE customer_id = $1 AND trade_no IS NULL";
    Ok(tx.exec(sql, args![customer, trade_no]).await? == 1)
}

pub(super) async fn restore_invitation(tx: &WriteTx, customer: CustomerId, trade_no: &str) -> Result<()> {
    let sql = "UPDATE invitations SET trade_no = NULL WHERE customer_id = $1 AND trade_no = $2";
    tx.exec(sql, args![customer, trade_no]).await?;
    Ok(())
}
