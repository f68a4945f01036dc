//! All SQL of warnings.

use super::hooks::{Failure, Hook};
use super::rules::{Choice, Choices, Kind, SOON_DAYS};
use turnpike_access::packages;
use turnpike_base::{CustomerId, PackageId, ProductType, Result, Timestamp};
use turnpike_store::{Read, StoreError, Vault, WriteTx, args};

const PURPOSE: &str = "warning_hook";

/// Running packages with something to warn of that was not told yet, after the one with this id. Where nothing is drawn a
/// total of 0 is no bound; of what is drawn, nothing is left of it. What was paid back whole ends without a word.
pub(super) async fn candidates(
    tx: &impl Read,
    after: PackageId,
    now: Timestamp,
    most: i64,
) -> Result<Vec<PackageId>> {
    let drawn = ProductType::ALL.iter().filter(|(_, product)| packages::rules::draws(*product));
    let drawn = drawn.map(|(number, _)| number.to_string()).collect::<Vec<_>>().join(", ");
    let told = |kinds: &str| {
        format!(
            "NOT EXISTS (SELECT 1 FROM warnings w WHERE w.package_id = p.id AND w.expires_at = p.expires_at AND w.kind IN ({kinds}))"
        )
    };
    let sql = format!(
        "SELECT p.id FROM packages p WHERE p.expires_at > $1 AND p.id > $3 AND (\
         (p.total > 0 AND p.used >= p.total AND {}) OR \
         (p.total > 0 AND p.used < p.total AND p.used >= p.total - p.total / 5 AND {}) OR \
         (p.expires_at <= $2 AND p.expires_at > p.paid_at + $5 AND (p.used < p.total OR p.product_type NOT IN ({drawn})) AND {})) \
         AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.trade_no = p.trade_no AND o.status = 3) ORDER BY p.id LIMIT $4",
        told("'used_100'"),
        told("'used_80'"),
        told("'expires', 'renews'")
    );
    let rows = tx
        .rows(&sql, args![now, now.plus_days(SOON_DAYS), after, most, Timestamp(0).plus_days(SOON_DAYS).0])
        .await?;
    Ok(rows.iter().map(|row| row.get("id")).collect::<Result<_, StoreError>>()?)
}

/// Remembers that it is told; `false`: it was before.
pub(super) async fn remember(
    tx: &WriteTx,
    package: PackageId,
    kind: Kind,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let sql = "INSERT INTO warnings (package_id, kind, expires_at, created_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (package_id, kind, expires_at) DO NOTHING";
    Ok(tx.exec(sql, args![package, kind.name(), expires_at, now]).await? == 1)
}

/// What a customer chose.
pub(super) async fn choices(tx: &impl Read, customer: CustomerId) -> Result<Choices> {
    let sql = "SELECT kind, mail, webhook FROM warning_choices WHERE customer_id = $1 ORDER BY kind";
    let mut choices = Choices::default();
    for row in &tx.rows(sql, args![customer]).await? {
        let choice = Choice { mail: row.get("mail")?, webhook: row.get("webhook")? };
        choices.set(&row.get::<String>("kind")?, choice);
    }
    Ok(choices)
}

/// Writes down what a customer chose; `None`: as it was, on where nothing was said.
pub(super) async fn choose(
    tx: &WriteTx,
    customer: CustomerId,
    kind: Kind,
    (mail, webhook): (Option<bool>, Option<bool>),
) -> Result<()> {
    let sql = "INSERT INTO warning_choices (customer_id, kind, mail, webhook) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (customer_id, kind) DO NOTHING";
    let args = args![customer, kind.name(), mail.unwrap_or(true), webhook.unwrap_or(true)];
    if tx.exec(sql, args).await? == 1 {
        return Ok(());
    }
    for (column, on) in [("mail", mail), ("webhook", webhook)] {
        if let Some(on) = on {
            let sql =
                format!("UPDATE warning_choices SET {column} = $3 WHERE customer_id = $1 AND kind = $2");
            tx.exec(&sql, args![customer, kind.name(), on]).await?;
        }
    }
    Ok(())
}

/// A customer's webhook.
pub(super) async fn hook(tx: &impl Read, vault: &Vault, customer: CustomerId) -> Result<Option<Hook>> {
    let sql = "SELECT url, sealed_secret, tried_at, failure FROM warning_hooks WHERE customer_id = $1";
    let Some(row) = tx.row(sql, args![customer]).await? else { return Ok(None) };
    Ok(Some(Hook {
        url: row.get("url")?,
        secret: vault.open(PURPOSE, &row.get::<Vec<u8>>("sealed_secret")?)?,
        tried_at: row.opt("tried_at")?,
        failure: row.opt::<String>("failure")?.map(|name| Failure::of(&name)),
    }))
}

/// Writes it down in place of the one before.
pub(super) async fn put_hook(tx: &WriteTx, vault: &Vault, customer: CustomerId, hook: &Hook) -> Result<()> {
    let sql = "INSERT INTO warning_hooks (customer_id, url, sealed_secret) VALUES ($1, $2, $3) \
        ON CONFLICT (customer_id) DO UPDATE SET url = excluded.url, sealed_secret = excluded.sealed_secret, \
        tried_at = NULL, failure = NULL";
    tx.exec(sql, args![customer, &hook.url, vault.seal(PURPOSE, &hook.secret)?]).await?;
    Ok(())
}

/// Forgets it.
pub(super) async fn delete_hook(tx: &WriteTx, customer: CustomerId) -> Result<()> {
    tx.exec("DELETE FROM warning_hooks WHERE customer_id = $1", args![customer]).await?;
    Ok(())
}

/// Notes that a trial begins; `false` where there is no webhook, or one began after `before`.
pub(super) async fn begin_test(
    tx: &WriteTx,
    customer: CustomerId,
    now: Timestamp,
    before: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE warning_hooks SET tested_at = $2 WHERE customer_id = $1 AND tested_at <= $3";
    Ok(tx.exec(sql, args![customer, now, before]).await? == 1)
}

/// Notes how a try ended.
pub(super) async fn tried(
    tx: &WriteTx,
    customer: CustomerId,
    url: &str,
    failure: Option<Failure>,
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE warning_hooks SET tried_at = $3, failure = $4 WHERE customer_id = $1 AND url = $2";
    tx.exec(sql, args![customer, url, now, failure.map(Failure::name)]).await?;
    Ok(())
}
