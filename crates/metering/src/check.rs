//! The proof that everything counted adds up to the byte.

use turnpike_base::Result;
use turnpike_store::{Read, args};

/// One sum and where it has to be found again. Each query gives a row per difference.
const SUMS: &[(&str, &str)] = &[
    (
        "what an account used is what the log says of it",
        "WITH log AS (SELECT account_id, SUM(bytes) AS bytes FROM (
             SELECT account_id, up + down AS bytes FROM usage_quarters
             UNION ALL SELECT account_id, up + down FROM usage_carried) AS every_row GROUP BY account_id)
         SELECT a.id AS id, a.used AS kept, CAST(COALESCE(log.bytes, 0) AS BIGINT) AS counted
         FROM accounts a LEFT JOIN log ON log.account_id = a.id WHERE a.used <> COALESCE(log.bytes, 0)",
    ),
    (
        "what everybody used in a quarter-hour is the sum over all",
        "WITH log AS (SELECT quarter, SUM(up + down) AS bytes FROM usage_quarters GROUP BY quarter)
         SELECT COALESCE(log.quarter, t.quarter) AS id, CAST(COALESCE(t.up + t.down, 0) AS BIGINT) AS kept,
             CAST(COALESCE(log.bytes, 0) AS BIGINT) AS counted
         FROM log FULL OUTER JOIN usage_totals t ON t.quarter = log.quarter
         WHERE COALESCE(log.bytes, 0) <> COALESCE(t.up + t.down, 0)",
    ),
    (
        "what packages gave is what the log says of their type",
        "WITH log AS (SELECT customer_id, product_type, SUM(bytes) AS bytes FROM (
             SELECT customer_id, product_type, up + down AS bytes FROM usage_quarters
             UNION ALL SELECT customer_id, product_type, up + down FROM usage_carried) AS every_row
             WHERE product_type IN (9, 12, 13, 15, 16, 21) GROUP BY customer_id, product_type),
         drawn AS (SELECT customer_id, product_type, SUM(used) AS bytes FROM packages
             WHERE product_type IN (9, 12, 13, 15, 16, 21) GROUP BY customer_id, product_type)
         SELECT COALESCE(log.customer_id, drawn.customer_id) AS id, CAST(COALESCE(drawn.bytes, 0) AS BIGINT) AS kept,
             CAST(COALESCE(log.bytes, 0) AS BIGINT) AS counted
         FROM log FULL OUTER JOIN drawn ON drawn.customer_id = log.customer_id AND drawn.product_type = log.product_type
         WHERE COALESCE(log.bytes, 0) <> COALESCE(drawn.bytes, 0)",
    ),
    (
        "what is reserved of a package is what open leases hold",
        "WITH held AS (SELECT package_id, SUM(CASE WHEN bytes > used THEN bytes - used ELSE 0 END) AS bytes FROM leases
             WHERE closed_at IS NULL AND package_id IS NOT NULL GROUP BY package_id)
         SELECT p.id AS id, p.reserved AS kept, CAST(COALESCE(held.bytes, 0) AS BIGINT) AS counted
         FROM packages p LEFT JOIN held ON held.package_id = p.id WHERE p.reserved <> COALESCE(held.bytes, 0)",
    ),
    (
        "what is reserved of an account is what open leases hold",
        "WITH held AS (SELECT account_id, SUM(CASE WHEN bytes > used THEN bytes - used ELSE 0 END) AS bytes FROM leases
             WHERE closed_at IS NULL AND account_id IS NOT NULL GROUP BY account_id)
         SELECT a.id AS id, a.reserved AS kept, CAST(COALESCE(held.bytes, 0) AS BIGINT) AS counted
         FROM accounts a LEFT JOIN held ON held.account_id = a.id WHERE a.reserved <> COALESCE(held.bytes, 0)",
    ),
];

/// Every difference, as a sentence for operators; empty when all is right. Read in one transaction, so that
/// it may run beside a working server.
pub async fn differences(tx: &impl Read) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (promise, sql) in SUMS {
        for row in tx.rows(sql, args![]).await? {
            let (id, kept, counted): (i64, i64, i64) =
                (row.get("id")?, row.get("kept")?, row.get("counted")?);
            found.push(format!("{promise}: for {id} it is {kept} bytes against {counted}"));
        }
    }
    Ok(found)
}
