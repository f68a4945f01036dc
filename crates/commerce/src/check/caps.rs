//! What unmetered packages are capped at, and what their orders bought.

use super::EXAMPLES;
use crate::orders::{Goods, What};
use turnpike_base::{Fault, Result};
use turnpike_store::{Read, args};

/// So many at a time.
const PAGE: i64 = 1_000;

const SENTENCE: &str = "a package is capped otherwise than its order bought";

/// Packages with other caps than their order's goods tell; renewals of an order have packages of their own.
pub(super) async fn differences(tx: &impl Read) -> Result<Vec<String>> {
    let sql = "SELECT p.id AS id, o.trade_no AS name, o.goods AS goods, p.bandwidth AS bandwidth, p.concurrency AS concurrency \
        FROM packages p JOIN orders o ON o.trade_no = p.trade_no WHERE p.product_type = 11 AND o.product_type = 11 \
        AND p.id > $1 ORDER BY p.id LIMIT $2";
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let rows = tx.rows(sql, args![after, PAGE]).await?;
        let Some(last) = rows.last() else { return Ok(found) };
        after = last.get::<i64>("id")?;
        for row in &rows {
            let goods: Goods = serde_json::from_str(&row.get::<String>("goods")?)
                .map_err(|e| Fault::internal("order_unreadable", e))?;
            let is = (row.opt::<i64>("bandwidth")?, row.opt::<i64>("concurrency")?);
            let bought = matches!(goods.what, What::Caps { bandwidth, concurrency, .. } if is == (Some(bandwidth), Some(concurrency)));
            if !bought {
                found.push(format!("{SENTENCE}: {}", row.get::<String>("name")?));
            }
        }
        if found.len() >= usize::try_from(EXAMPLES).unwrap_or(usize::MAX) {
            return Ok(found);
        }
    }
}
