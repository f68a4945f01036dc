//! All SQL of warnings.

use super::rules::{Kind, SOON_DAYS};
use turnpike_base::{PackageId, Result, Timestamp};
use turnpike_store::{Read, StoreError, WriteTx, args};

/// Running packages with something to warn of that was not told yet.
pub(super) async fn candidates(tx: &impl Read, now: Timestamp, most: i64) -> Result<Vec<PackageId>> {
    let told = |kinds: &str| {
        format!(
            "NOT EXISTS (SELECT 1 FROM warnings w WHERE w.package_id = p.id AND w.expires_at = p.expires_at AND w.kind IN ({kinds}))"
        )
    };
    let sql = format!(
        "SELECT p.id FROM packages p WHERE p.expires_at > $1 AND (\
         (p.total > 0 AND p.used >= p.total AND {}) OR \
         (p.total > 0 AND p.used < p.total AND p.used >= p.total / 5 * 4 + 4 AND {}) OR \
         (p.expires_at <= $2 AND (p.total = 0 OR p.used < p.total) AND {})) ORDER BY p.id LIMIT $3",
        told("'used_100'"),
        told("'used_80'"),
        told("'expires', 'renews'")
    );
    let rows = tx.rows(&sql, args![now, now.plus_days(SOON_DAYS), most]).await?;
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
