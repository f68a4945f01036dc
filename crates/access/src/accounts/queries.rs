//! All SQL of accounts but the meter's.

use super::model::{Account, Change, NewAccount, Pair, Search};
use turnpike_base::{AccountId, CustomerId, Page, PageOf, ProductType, Result, Timestamp};
use turnpike_store::{Read, Row, Vault, WriteTx, args};

const PURPOSE: &str = "account_password";

pub(super) const COLUMNS: &str = "id, customer_id, username, sealed_password, product_type, remark, enabled, udp, limit_bytes, \
    daily_limit_bytes, used, day, day_used, created_at, deleted_at";

pub(super) fn read(row: &Row, vault: &Vault) -> Result<Account> {
    Ok(Account {
        id: row.get("id")?,
        customer: row.get("customer_id")?,
        username: row.get("username")?,
        password: vault.open(PURPOSE, &row.get::<Vec<u8>>("sealed_password")?)?,
        product: row.get("product_type")?,
        remark: row.get("remark")?,
        enabled: row.get("enabled")?,
        udp: row.get("udp")?,
        limit: row.get("limit_bytes")?,
        daily_limit: row.get("daily_limit_bytes")?,
        used: row.get("used")?,
        day: row.get("day")?,
        day_used: row.get("day_used")?,
        created_at: row.get("created_at")?,
        deleted_at: row.opt("deleted_at")?,
    })
}

/// Writes an account; `None` if its name is taken.
pub(super) async fn insert(
    tx: &WriteTx,
    vault: &Vault,
    customer: CustomerId,
    pair: &Pair,
    new: &NewAccount,
    now: Timestamp,
) -> Result<Option<AccountId>> {
    let sql = "INSERT INTO accounts (customer_id, username, username_key, sealed_password, product_type, remark, \
        limit_bytes, daily_limit_bytes, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
        ON CONFLICT (username_key) WHERE deleted_at IS NULL DO NOTHING RETURNING id";
    let args = args![
        customer,
        &pair.username,
        pair.username.to_ascii_lowercase(),
        vault.seal(PURPOSE, &pair.password)?,
        new.product,
        &new.remark,
        new.limit,
        new.daily_limit,
        now
    ];
    Ok(tx.row(sql, args).await?.map(|row| row.get("id")).transpose()?)
}

/// Part of a customer's accounts, the newest first.
pub(super) async fn of_customer(
    tx: &impl Read,
    vault: &Vault,
    customer: CustomerId,
    product: Option<ProductType>,
    part: Option<Page>,
) -> Result<Vec<Account>> {
    let (limit, offset) = crate::lists::window(part);
    let only = if product.is_some() { "AND product_type = $4" } else { "" };
    let sql = format!(
        "SELECT {COLUMNS} FROM accounts WHERE customer_id = $1 AND deleted_at IS NULL {only} \
         ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3"
    );
    let product = product.map(|product| args![product]).unwrap_or_default();
    let args = [args![customer, limit, offset], product].concat();
    tx.rows(&sql, args).await?.iter().map(|row| read(row, vault)).collect()
}

/// One page of a customer's accounts whose name or remark holds a text, and how many there are: the one of just this name,
/// then the newest first.
pub(super) async fn search(
    tx: &impl Read,
    vault: &Vault,
    customer: CustomerId,
    wish: &Search,
) -> Result<PageOf<Account>> {
    let mut filter = "WHERE customer_id = $1 AND deleted_at IS NULL".to_owned();
    let mut values = args![customer];
    if let Some(product) = wish.product {
        values.extend(args![product]);
        filter.push_str(&format!(" AND product_type = ${}", values.len()));
    }
    if let Some(enabled) = wish.enabled {
        values.extend(args![enabled]);
        filter.push_str(&format!(" AND enabled = ${}", values.len()));
    }
    let keyword = wish.keyword.to_lowercase();
    if !keyword.is_empty() {
        let literal = keyword.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        values.extend(args![format!("%{literal}%")]);
        let n = values.len();
        filter.push_str(&format!(
            " AND (username_key LIKE ${n} ESCAPE '\\' OR LOWER(remark) LIKE ${n} ESCAPE '\\')"
        ));
    }
    let counted = tx.row(&format!("SELECT COUNT(*) AS n FROM accounts {filter}"), values.clone()).await?;
    let total = counted.map(|row| row.get("n")).transpose()?.unwrap_or(0);
    let (exact, limit, offset) = (values.len() + 1, values.len() + 2, values.len() + 3);
    let sql = format!(
        "SELECT {COLUMNS} FROM accounts {filter} ORDER BY CASE WHEN username_key = ${exact} THEN 0 ELSE 1 END, \
         created_at DESC, id DESC LIMIT ${limit} OFFSET ${offset}"
    );
    values.extend(args![keyword, wish.page.size, wish.page.offset()]);
    let rows = tx.rows(&sql, values).await?;
    let rows = rows.iter().map(|row| read(row, vault)).collect::<Result<_>>()?;
    Ok(PageOf { page: wish.page, total, rows })
}

pub(super) async fn count(tx: &impl Read, customer: CustomerId) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM accounts WHERE customer_id = $1 AND deleted_at IS NULL";
    let row = tx.row(sql, args![customer]).await?;
    Ok(row.map(|row| row.get("n")).transpose()?.unwrap_or(0))
}

/// How many accounts of a type a customer has.
pub(super) async fn count_of(tx: &impl Read, customer: CustomerId, product: ProductType) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM accounts WHERE customer_id = $1 AND product_type = $2 AND deleted_at IS NULL";
    let row = tx.row(sql, args![customer, product]).await?;
    Ok(row.map(|row| row.get("n")).transpose()?.unwrap_or(0))
}

/// A customer's account of this name, locked. `name` is in lower case.
pub(super) async fn lock(
    tx: &WriteTx,
    vault: &Vault,
    customer: CustomerId,
    name: &str,
) -> Result<Option<Account>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM accounts WHERE username_key = $1 AND customer_id = $2 AND deleted_at IS NULL ORDER BY id"
    );
    let rows = tx.lock(&sql, args![name, customer]).await?;
    rows.first().map(|row| read(row, vault)).transpose()
}

/// The account of this name: the living one, else the one deleted last. `name` is in lower case.
pub(super) async fn by_name(tx: &impl Read, vault: &Vault, name: &str) -> Result<Option<Account>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM accounts WHERE username_key = $1 \
         ORDER BY CASE WHEN deleted_at IS NULL THEN 0 ELSE 1 END, id DESC LIMIT 1"
    );
    tx.row(&sql, args![name]).await?.map(|row| read(&row, vault)).transpose()
}

pub(super) async fn update(tx: &WriteTx, vault: &Vault, id: AccountId, change: &Change) -> Result<()> {
    let sealed = change.password.as_ref().map(|password| vault.seal(PURPOSE, password)).transpose()?;
    let sql = "UPDATE accounts SET sealed_password = COALESCE($2, sealed_password), remark = COALESCE($3, remark), \
        limit_bytes = COALESCE($4, limit_bytes), daily_limit_bytes = COALESCE($5, daily_limit_bytes), \
        enabled = COALESCE($6, enabled), udp = COALESCE($7, udp) WHERE id = $1";
    let args = args![
        id,
        sealed,
        change.remark.as_ref(),
        change.limit,
        change.daily_limit,
        change.enabled,
        change.udp
    ];
    tx.exec(sql, args).await?;
    Ok(())
}

pub(super) async fn delete(tx: &WriteTx, id: AccountId, now: Timestamp) -> Result<()> {
    tx.exec("UPDATE accounts SET deleted_at = $2 WHERE id = $1", args![id, now]).await?;
    Ok(())
}

/// Every account a customer ever had under a name. `name` is in lower case.
pub(super) async fn ids_of_name(tx: &impl Read, customer: CustomerId, name: &str) -> Result<Vec<AccountId>> {
    let sql = "SELECT id FROM accounts WHERE username_key = $1 AND customer_id = $2 ORDER BY id";
    let rows = tx.rows(sql, args![name, customer]).await?;
    Ok(rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?)
}
