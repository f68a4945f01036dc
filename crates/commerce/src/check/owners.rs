//! Whose things are: an order, and everything that came of it, is one customer's.

use super::Proof;

pub(super) const PROOFS: &[Proof] = &[
    (
        "an order granted to another customer than its own",
        "SELECT o.trade_no AS name FROM grants g JOIN orders o ON o.trade_no = g.trade_no WHERE g.customer_id <> o.customer_id",
    ),
    (
        "a package is not of the customer to whom it was granted",
        "SELECT p.trade_no AS name FROM grants g JOIN packages p ON p.id = g.package_id WHERE p.customer_id <> g.customer_id",
    ),
    (
        "an address is not held by the customer of its package",
        "SELECT p.trade_no AS name FROM static_holdings h JOIN packages p ON p.id = h.package_id \
         WHERE h.customer_id <> p.customer_id",
    ),
    (
        "an address is held for an order of another customer",
        "SELECT o.trade_no AS name FROM static_holdings h JOIN orders o ON o.trade_no = h.trade_no \
         WHERE h.customer_id <> o.customer_id",
    ),
    (
        "a payment is not of its order's customer",
        "SELECT p.trade_no AS name FROM payments p WHERE NOT EXISTS (SELECT 1 FROM orders o \
         WHERE o.trade_no = p.trade_no AND o.customer_id = p.customer_id)",
    ),
    (
        "a line of the books is not of its entry's customer",
        "SELECT CAST(e.id AS TEXT) AS name FROM ledger_lines l JOIN ledger_entries e ON e.id = l.entry_id \
         WHERE l.customer_id <> e.customer_id",
    ),
];
