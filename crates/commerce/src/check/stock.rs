//! What there is a limited number of: addresses, products, coupons.

use super::Proof;

pub(super) const PROOFS: &[Proof] = &[
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
        // Which orders took from a limit stands in their goods: whoever bought while there was none took nothing.
        "a limited product is not counted right",
        "SELECT p.code AS name FROM products p WHERE (p.stock > 0 OR p.taken <> 0) AND p.taken <> \
         (SELECT COALESCE(SUM(o.amount), 0) FROM orders o WHERE o.product_id = p.id AND o.status IN (0, 1) \
         AND o.goods LIKE '%\"limited\":true%')",
    ),
    (
        "a coupon's uses are not counted right",
        "SELECT c.code AS name FROM coupons c WHERE c.used <> \
         (SELECT COUNT(*) FROM coupon_uses u WHERE u.coupon_id = c.id)",
    ),
    (
        "a coupon is used for no order of its customer",
        "SELECT u.trade_no AS name FROM coupon_uses u WHERE NOT EXISTS (SELECT 1 FROM orders o \
         WHERE o.trade_no = u.trade_no AND o.customer_id = u.customer_id AND o.status <> 2)",
    ),
    (
        "an invitation is used for no order of its customer that took it",
        "SELECT i.trade_no AS name FROM invitations i WHERE i.trade_no IS NOT NULL AND NOT EXISTS (SELECT 1 FROM orders o \
         WHERE o.trade_no = i.trade_no AND o.customer_id = i.customer_id AND o.invited = 1 AND o.status <> 2)",
    ),
];
