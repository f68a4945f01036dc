//! The proof that orders, what they granted, and packages agree; `turnpike check` and a nightly job tell
//! what differs.

use turnpike_base::Result;
use turnpike_store::{Read, args};

/// What is looked for: a sentence, and the rows that prove it.
const PROOFS: &[(&str, &str)] = &[
    (
        "a paid order granted nothing",
        "SELECT o.trade_no AS name FROM orders o WHERE o.status IN (1, 3) AND o.product_type NOT IN (3, 26) \
         AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.trade_no = o.trade_no)",
    ),
    (
        "an unpaid order granted something",
        "SELECT DISTINCT o.trade_no AS name FROM orders o JOIN grants g ON g.trade_no = o.trade_no WHERE o.status IN (0, 2)",
    ),
    (
        "a grant names no package",
        "SELECT g.trade_no AS name FROM grants g WHERE NOT EXISTS (SELECT 1 FROM packages p WHERE p.id = g.package_id)",
    ),
    (
        "a package's total is not what orders granted",
        "SELECT p.trade_no AS name FROM packages p JOIN (SELECT package_id, SUM(quantity - taken) AS n, \
         MAX(CASE WHEN kind IN ('bucket', 'count') THEN 1 ELSE 0 END) AS bought FROM grants \
         WHERE kind IN ('bucket', 'count', 'addon') GROUP BY package_id) g ON g.package_id = p.id \
         WHERE g.bought = 1 AND g.n <> p.total",
    ),
    (
        "a package ends before the time that orders granted it",
        "SELECT p.trade_no AS name FROM packages p JOIN (SELECT package_id, MIN(starts_at) AS begins, \
         SUM(ends_at - starts_at - taken) AS time FROM grants WHERE kind IN ('caps', 'address', 'renewal') \
         GROUP BY package_id) g ON g.package_id = p.id WHERE p.expires_at < g.begins + g.time \
         AND NOT EXISTS (SELECT 1 FROM static_holdings h WHERE h.package_id = p.id AND h.state = 'ended')",
    ),
    (
        "a paid order was not paid in full",
        "SELECT trade_no AS name FROM orders WHERE status IN (1, 3) \
         AND received <> gross - discount_fee + handling_fee",
    ),
    (
        "an order was refunded beyond its goods",
        "SELECT trade_no AS name FROM orders WHERE refund_fee > gross - discount_fee OR refund_fee < 0",
    ),
    (
        "a closed order still holds addresses",
        "SELECT DISTINCT o.trade_no AS name FROM orders o JOIN static_holdings h ON h.trade_no = o.trade_no \
         WHERE h.state = 'reserved' AND o.status <> 0",
    ),
    (
        "an address is held by an order that does not exist",
        "SELECT DISTINCT h.trade_no AS name FROM static_holdings h WHERE h.state = 'reserved' \
         AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.trade_no = h.trade_no)",
    ),
    (
        "an address's holders are not counted right",
        "SELECT a.address AS name FROM static_addresses a WHERE a.taken <> \
         (SELECT COUNT(*) FROM static_holdings h WHERE h.static_id = a.id AND h.state <> 'ended')",
    ),
    (
        "a static package and its address expire at different times",
        "SELECT p.trade_no AS name FROM packages p JOIN static_holdings h ON h.package_id = p.id \
         WHERE h.state = 'owned' AND h.expires_at <> p.expires_at",
    ),
    (
        "a limited product is not counted right",
        "SELECT p.code AS name FROM products p WHERE p.stock > 0 AND p.taken < \
         (SELECT COALESCE(SUM(o.amount), 0) FROM orders o WHERE o.product_id = p.id AND o.status = 0)",
    ),
    (
        "a coupon's uses are not counted right",
        "SELECT c.code AS name FROM coupons c WHERE c.used <> \
         (SELECT COUNT(*) FROM coupon_uses u WHERE u.coupon_id = c.id)",
    ),
];

/// Examples told of each.
const EXAMPLES: i64 = 5;

/// What does not agree, a sentence each; empty: everything does.
pub async fn differences(tx: &impl Read) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (sentence, sql) in PROOFS {
        for row in tx.rows(&format!("{sql} LIMIT $1"), args![EXAMPLES]).await? {
            found.push(format!("{sentence}: {}", row.get::<String>("name")?));
        }
    }
    Ok(found)
}
