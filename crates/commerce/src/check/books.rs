//! Orders, and what the ledger has of them.

use super::Proof;

pub(super) const PROOFS: &[Proof] = &[
    (
        "a paid order was not paid in full",
        "SELECT trade_no AS name FROM orders WHERE status IN (1, 3) \
         AND received <> gross - discount_fee + handling_fee",
    ),
    (
        // Of a top-up the goods are balance. The kinds are named so that SQLite takes the index of those that an order has once.
        "what is booked as an order's price and fee is not what the order says",
        "SELECT o.trade_no AS name FROM orders o \
         LEFT JOIN ledger_entries e ON e.trade_no = o.trade_no AND e.kind IN ('payment', 'recharge', 'gift') AND e.kind <> 'gift' \
         LEFT JOIN ledger_lines l ON l.entry_id = e.id WHERE o.product_type <> 26 GROUP BY o.id \
         HAVING SUM(CASE WHEN l.account = 'revenue' OR (l.account = 'balance' AND e.kind = 'recharge') THEN l.amount ELSE 0 END) \
         <> CASE WHEN o.status IN (1, 3) THEN o.gross - o.discount_fee ELSE 0 END \
         OR SUM(CASE WHEN l.account = 'fees' THEN l.amount ELSE 0 END) \
         <> CASE WHEN o.status IN (1, 3) THEN o.handling_fee ELSE 0 END",
    ),
    (
        "what is booked as the rest of an order is not what the order of that rest says",
        "WITH rests AS (SELECT e.trade_no AS trade_no, \
         SUM(CASE WHEN l.account = 'held' AND l.amount > 0 THEN l.amount ELSE 0 END) AS goods, \
         SUM(CASE WHEN l.account = 'fees' THEN l.amount ELSE 0 END) AS fee \
         FROM ledger_entries e JOIN ledger_lines l ON l.entry_id = e.id WHERE e.kind = 'completed' GROUP BY e.trade_no) \
         SELECT o.trade_no AS name FROM orders o LEFT JOIN rests r ON r.trade_no = o.trade_no WHERE o.product_type = 26 \
         AND (COALESCE(r.goods, 0) <> CASE WHEN o.status IN (1, 3) THEN o.gross - o.discount_fee ELSE 0 END \
         OR COALESCE(r.fee, 0) <> CASE WHEN o.status IN (1, 3) THEN o.handling_fee ELSE 0 END)",
    ),
    (
        // What a paid rest brought is held for the order that it completes. Without the cast SQLite would make no index of it.
        "what is held for an order is not what came for it",
        "WITH held AS (SELECT CAST(CASE WHEN r.status IN (1, 3) AND r.completes <> '' THEN r.completes ELSE e.trade_no END AS TEXT) AS trade_no, \
         SUM(l.amount) AS amount FROM ledger_lines l JOIN ledger_entries e ON e.id = l.entry_id \
         LEFT JOIN orders r ON r.trade_no = e.trade_no WHERE l.account = 'held' GROUP BY 1) \
         SELECT o.trade_no AS name FROM orders o LEFT JOIN held h ON h.trade_no = o.trade_no \
         WHERE COALESCE(h.amount, 0) <> CASE WHEN o.status = 0 THEN o.received ELSE 0 END",
    ),
    (
        "what came for a closed order is not what went to the balance",
        "WITH back AS (SELECT e.trade_no AS trade_no, SUM(l.amount) AS amount FROM ledger_lines l \
         JOIN ledger_entries e ON e.id = l.entry_id WHERE l.account = 'held' AND e.kind = 'returned' GROUP BY e.trade_no) \
         SELECT o.trade_no AS name FROM orders o LEFT JOIN back b ON b.trade_no = o.trade_no \
         WHERE o.status = 2 AND o.received <> -COALESCE(b.amount, 0)",
    ),
    (
        // What a payer's bank took for good counts as paid back, and stands on another account.
        "what is booked as paid back of an order is not what the order says",
        "WITH back AS (SELECT e.trade_no AS trade_no, SUM(l.amount) AS amount FROM ledger_lines l \
         JOIN ledger_entries e ON e.id = l.entry_id WHERE l.account = 'refunds' GROUP BY e.trade_no), \
         called AS (SELECT CASE WHEN o.completes <> '' THEN o.completes ELSE o.trade_no END AS trade_no FROM payment_disputes d \
         JOIN payments p ON p.id = d.payment_id JOIN orders o ON o.trade_no = p.trade_no WHERE d.status = 'lost') \
         SELECT o.trade_no AS name FROM orders o LEFT JOIN back b ON b.trade_no = o.trade_no WHERE o.product_type <> 3 \
         AND o.refund_fee <> -COALESCE(b.amount, 0) AND (o.refund_fee < -COALESCE(b.amount, 0) \
         OR o.trade_no NOT IN (SELECT c.trade_no FROM called c))",
    ),
    (
        // It leaves the balance; so do its gift, against its own account, and what goes back without being a refund of the order.
        "what is booked as paid back of a top-up is not what the order says",
        "WITH moves AS (SELECT e.trade_no AS trade_no, -l.amount AS amount FROM ledger_entries e JOIN ledger_lines l ON l.entry_id = e.id \
         JOIN orders o ON o.trade_no = e.trade_no WHERE e.kind = 'refund' AND o.product_type = 3 AND l.account = 'balance' AND l.amount < 0 \
         AND NOT EXISTS (SELECT 1 FROM ledger_lines g WHERE g.entry_id = e.id AND g.account = 'gifts') \
         UNION ALL SELECT trade_no, -amount FROM payment_refunds WHERE beside = 1), \
         back AS (SELECT trade_no, SUM(amount) AS amount FROM moves GROUP BY trade_no), \
         called AS (SELECT CASE WHEN o.completes <> '' THEN o.completes ELSE o.trade_no END AS trade_no FROM payment_disputes d \
         JOIN payments p ON p.id = d.payment_id JOIN orders o ON o.trade_no = p.trade_no WHERE d.status = 'lost') \
         SELECT o.trade_no AS name FROM orders o LEFT JOIN back b ON b.trade_no = o.trade_no WHERE o.product_type = 3 \
         AND o.refund_fee <> COALESCE(b.amount, 0) AND (o.refund_fee < COALESCE(b.amount, 0) \
         OR o.trade_no NOT IN (SELECT c.trade_no FROM called c))",
    ),
    (
        "an order was refunded beyond its goods",
        "SELECT trade_no AS name FROM orders WHERE refund_fee > gross - discount_fee OR refund_fee < 0",
    ),
    (
        "an order's status is not that of what was paid back of it",
        "SELECT trade_no AS name FROM orders WHERE (status = 3 AND refund_fee = 0 AND gross <> discount_fee) OR (status IN (0, 2) AND refund_fee <> 0) \
         OR (status = 1 AND refund_fee <> 0 AND refund_fee = gross - discount_fee)",
    ),
    (
        "an invoice has a number and is not issued, or the other way round",
        "SELECT CAST(id AS TEXT) AS name FROM invoices WHERE (status = 2 AND COALESCE(number, '') = '') \
         OR (status <> 2 AND COALESCE(number, '') <> '')",
    ),
    (
        "an entry of the books is about no order of its customer",
        "SELECT CAST(e.id AS TEXT) AS name FROM ledger_entries e WHERE e.kind <> 'credit' \
         AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.trade_no = e.trade_no AND o.customer_id = e.customer_id)",
    ),
];
