//! The proof that payments and the ledger agree.

use crate::ledger::check::breaches;
use turnpike_base::Result;
use turnpike_store::Read;

/// One promise and the query that gives a row for each breach of it.
const PROMISES: &[(&str, &str)] = &[
    (
        "what a method brought to a customer is what his payments say",
        "WITH came AS (SELECT customer_id, 'cash:' || CAST(pm_id AS TEXT) AS account, SUM(received) AS amount FROM payments
             WHERE status = 'paid' GROUP BY customer_id, pm_id),
         booked AS (SELECT l.customer_id AS customer_id, l.account AS account, -SUM(l.amount) AS amount FROM ledger_lines l
             JOIN ledger_entries e ON e.id = l.entry_id WHERE l.account LIKE 'cash:%'
             AND e.kind IN ('payment', 'recharge', 'short', 'completed', 'surplus', 'late') GROUP BY l.customer_id, l.account)
         SELECT COALESCE(came.customer_id, booked.customer_id) AS id, CAST(COALESCE(booked.amount, 0) AS BIGINT) AS kept,
             CAST(COALESCE(came.amount, 0) AS BIGINT) AS counted
         FROM came FULL OUTER JOIN booked ON booked.customer_id = came.customer_id AND booked.account = came.account
         WHERE COALESCE(came.amount, 0) <> COALESCE(booked.amount, 0)",
    ),
    (
        "refunds that are due to a customer are those that wait",
        "WITH waits AS (SELECT customer_id, SUM(amount) AS amount FROM payment_refunds WHERE status = 'promised' GROUP BY customer_id),
         booked AS (SELECT customer_id, SUM(amount) AS amount FROM ledger_lines WHERE account LIKE 'due:%' GROUP BY customer_id)
         SELECT COALESCE(waits.customer_id, booked.customer_id) AS id, CAST(COALESCE(booked.amount, 0) AS BIGINT) AS kept,
             CAST(COALESCE(waits.amount, 0) AS BIGINT) AS counted
         FROM waits FULL OUTER JOIN booked ON booked.customer_id = waits.customer_id
         WHERE COALESCE(waits.amount, 0) <> COALESCE(booked.amount, 0)",
    ),
    (
        "what went back of a payment is the sum of its refunds, and no more than came",
        "WITH back AS (SELECT payment_id, SUM(amount) AS amount FROM payment_refunds WHERE status <> 'failed' GROUP BY payment_id)
         SELECT p.id AS id, p.refunded AS kept, CAST(COALESCE(back.amount, 0) AS BIGINT) AS counted FROM payments p
         LEFT JOIN back ON back.payment_id = p.id WHERE p.refunded <> COALESCE(back.amount, 0) OR p.refunded > p.received",
    ),
    (
        "what went back of a payment and what was called back of it is no more than came",
        "WITH called AS (SELECT payment_id, SUM(ordered + beside) AS amount FROM payment_disputes WHERE status <> 'won' GROUP BY payment_id)
         SELECT p.id AS id, p.received AS kept, CAST(p.refunded + called.amount AS BIGINT) AS counted FROM payments p
         JOIN called ON called.payment_id = p.id WHERE p.refunded + called.amount > p.received",
    ),
    (
        "what disputes cost is what they took of no balance",
        "WITH told AS (SELECT p.customer_id AS customer_id, SUM(d.amount - d.beside - CASE WHEN w.product_type = 3 THEN d.ordered - d.fee ELSE 0 END) AS amount
             FROM payment_disputes d JOIN payments p ON p.id = d.payment_id JOIN orders o ON o.trade_no = p.trade_no
             JOIN orders w ON w.trade_no = CASE WHEN o.completes <> '' THEN o.completes ELSE o.trade_no END
             WHERE d.status <> 'won' GROUP BY p.customer_id),
         booked AS (SELECT customer_id, -SUM(amount) AS amount FROM ledger_lines WHERE account = 'disputes' GROUP BY customer_id)
         SELECT COALESCE(told.customer_id, booked.customer_id) AS id, CAST(COALESCE(booked.amount, 0) AS BIGINT) AS kept,
             CAST(COALESCE(told.amount, 0) AS BIGINT) AS counted
         FROM told FULL OUTER JOIN booked ON booked.customer_id = told.customer_id
         WHERE COALESCE(told.amount, 0) <> COALESCE(booked.amount, 0)",
    ),
];

/// Every breach, as a sentence for operators; empty when all is right. Amounts are minor units.
pub async fn differences(tx: &impl Read) -> Result<Vec<String>> {
    breaches(tx, PROMISES).await
}
