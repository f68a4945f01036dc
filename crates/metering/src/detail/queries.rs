//! All SQL of the detailed log.

use crate::usage::queries::{DAY_MS, HOUR_MS, QUARTER_MS, only};
use turnpike_base::{AccountId, CustomerId, ProductType, Timestamp};
use turnpike_store::{Args, Read, Row, StoreError, args};

/// Which part of the log is wanted.
pub(super) struct Wanted<'a> {
    pub(super) customer: CustomerId,
    /// `None`: all.
    pub(super) accounts: Option<&'a [AccountId]>,
    pub(super) product: Option<ProductType>,
    /// Inclusive, widened to what rows are kept by.
    pub(super) from: Timestamp,
    /// Exclusive.
    pub(super) to: Timestamp,
}

impl Wanted<'_> {
    /// Customer, first unit, first unit after, product; units of so many milliseconds.
    fn args(&self, unit: i64) -> Args {
        let end = self.to.0.saturating_add(unit - 1).div_euclid(unit);
        let product = self.product.map_or(0, ProductType::number);
        args![self.customer, self.from.0.div_euclid(unit), end, product]
    }
}

/// A sum under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) key: String,
    pub(super) bytes: i64,
    /// `None` where they are not counted.
    pub(super) connections: Option<i64>,
}

/// What moved in a quarter-hour.
pub(super) struct Quarter {
    pub(super) number: i64,
    pub(super) bytes: i64,
    pub(super) connections: i64,
}

/// By quarter-hour, newest first.
pub(super) async fn quarters(tx: &impl Read, wanted: &Wanted<'_>) -> Result<Vec<Quarter>, StoreError> {
    let sql = format!(
        "SELECT quarter, CAST(SUM(up + down) AS BIGINT) AS bytes, CAST(SUM(connections) AS BIGINT) AS n \
         FROM usage_quarters WHERE customer_id = $1 AND quarter >= $2 AND quarter < $3 \
         AND ($4 = 0 OR product_type = $4) {} GROUP BY quarter ORDER BY quarter DESC",
        only(wanted.accounts)
    );
    let read = |row: &Row| {
        Ok(Quarter { number: row.get("quarter")?, bytes: row.get("bytes")?, connections: row.get("n")? })
    };
    tx.rows(&sql, wanted.args(QUARTER_MS)).await?.iter().map(read).collect()
}

/// By account, the most first; accounts of the same name are one.
pub(super) async fn accounts(tx: &impl Read, wanted: &Wanted<'_>) -> Result<Vec<Line>, StoreError> {
    let sql = format!(
        "WITH log AS (SELECT account_id, SUM(up + down) AS bytes, SUM(connections) AS n FROM usage_quarters \
         WHERE customer_id = $1 AND quarter >= $2 AND quarter < $3 AND ($4 = 0 OR product_type = $4) {} \
         GROUP BY account_id) \
         SELECT COALESCE(MAX(a.username), '') AS line, CAST(SUM(log.bytes) AS BIGINT) AS bytes, \
         CAST(SUM(log.n) AS BIGINT) AS n FROM log LEFT JOIN accounts a ON a.id = log.account_id \
         GROUP BY COALESCE(a.username_key, '') ORDER BY bytes DESC, line",
        only(wanted.accounts)
    );
    tx.rows(&sql, wanted.args(QUARTER_MS)).await?.iter().map(counted).collect()
}

/// By country of the exit, the most first.
pub(super) async fn countries(tx: &impl Read, wanted: &Wanted<'_>) -> Result<Vec<Line>, StoreError> {
    let sql = format!(
        "SELECT country AS line, CAST(SUM(up + down) AS BIGINT) AS bytes FROM usage_countries \
         WHERE customer_id = $1 AND hour >= $2 AND hour < $3 AND ($4 = 0 OR product_type = $4) {} \
         GROUP BY country ORDER BY bytes DESC, line",
        only(wanted.accounts)
    );
    let read = |row: &Row| Ok(Line { key: row.get("line")?, bytes: row.get("bytes")?, connections: None });
    tx.rows(&sql, wanted.args(HOUR_MS)).await?.iter().map(read).collect()
}

/// By destination host, the most first. Days are those of UTC.
pub(super) async fn hosts(tx: &impl Read, wanted: &Wanted<'_>) -> Result<Vec<Line>, StoreError> {
    let sql = format!(
        "SELECT host AS line, CAST(SUM(bytes) AS BIGINT) AS bytes, CAST(SUM(connections) AS BIGINT) AS n \
         FROM usage_hosts WHERE customer_id = $1 AND day >= $2 AND day < $3 AND ($4 = 0 OR product_type = $4) {} \
         GROUP BY host ORDER BY 2 DESC, line",
        only(wanted.accounts)
    );
    tx.rows(&sql, wanted.args(DAY_MS)).await?.iter().map(counted).collect()
}

fn counted(row: &Row) -> Result<Line, StoreError> {
    Ok(Line { key: row.get("line")?, bytes: row.get("bytes")?, connections: Some(row.get("n")?) })
}
