//! What orders granted, and the packages that stand for it.

use super::Proof;

pub(super) const PROOFS: &[Proof] = &[
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
        // What operators give on their own names no order.
        "a package of an order was granted by none",
        "SELECT p.trade_no AS name FROM packages p JOIN orders o ON o.trade_no = p.trade_no \
         WHERE NOT EXISTS (SELECT 1 FROM grants g WHERE g.package_id = p.id)",
    ),
    (
        // What renews a package or adds to it is of a type of its own.
        "a package is of another type than the order that made it",
        "SELECT p.trade_no AS name FROM packages p JOIN orders o ON o.trade_no = p.trade_no \
         WHERE o.product_type NOT IN (19, 24) AND o.product_type <> p.product_type",
    ),
    (
        "a package's total is not what orders granted",
        "SELECT p.trade_no AS name FROM packages p JOIN (SELECT package_id, SUM(quantity - taken) AS n, \
         MAX(CASE WHEN kind IN ('bucket', 'count') THEN 1 ELSE 0 END) AS bought FROM grants \
         WHERE kind IN ('bucket', 'count', 'addon') GROUP BY package_id) g ON g.package_id = p.id \
         WHERE g.bought = 1 AND g.n <> p.total",
    ),
    (
        "more or fewer uses were taken of a package than it has",
        "SELECT p.trade_no AS name FROM packages p WHERE p.product_type IN (17, 18, 20, 27, 28) \
         AND (p.used < 0 OR p.used > p.total)",
    ),
    (
        "a customer's packages tell of fewer uses than services took by a reference",
        "SELECT CAST(t.customer_id AS TEXT) AS name FROM counted_takes t GROUP BY t.customer_id, t.product_type \
         HAVING SUM(t.uses) > (SELECT COALESCE(SUM(p.used), 0) FROM packages p \
         WHERE p.customer_id = t.customer_id AND p.product_type = t.product_type)",
    ),
];
