//! The proof that no money is invoiced twice.

use crate::ledger::check::breaches;
use turnpike_base::Result;
use turnpike_store::Read;

/// One promise and the query that gives a row for each breach of it.
const PROMISES: &[(&str, &str)] = &[
    (
        "what a customer's orders say came from outside is what his payments say",
        "WITH moves AS (SELECT customer_id, received - refunded AS amount FROM payments WHERE status = 'paid'
             UNION ALL SELECT p.customer_id, -(d.ordered + d.beside) FROM payment_disputes d JOIN payments p ON p.id = d.payment_id
             WHERE d.status = 'lost'),
         here AS (SELECT customer_id, CAST(SUM(amount) AS BIGINT) AS amount FROM moves GROUP BY customer_id),
         kept AS (SELECT customer_id, CAST(SUM(outside) AS BIGINT) AS amount FROM orders WHERE outside <> 0 GROUP BY customer_id)
         SELECT COALESCE(here.customer_id, kept.customer_id) AS id, COALESCE(kept.amount, 0) AS kept,
             COALESCE(here.amount, 0) AS counted
         FROM here FULL OUTER JOIN kept ON kept.customer_id = here.customer_id
         WHERE COALESCE(kept.amount, 0) <> COALESCE(here.amount, 0)",
    ),
    (
        "what of an order stands on invoices is the sum of its parts, less corrections",
        "WITH parts AS (SELECT trade_no, amount FROM invoice_parts
             UNION ALL SELECT trade_no, -amount FROM invoice_corrections),
         sums AS (SELECT trade_no, CAST(SUM(amount) AS BIGINT) AS amount FROM parts GROUP BY trade_no)
         SELECT o.id AS id, o.invoiced AS kept, COALESCE(s.amount, 0) AS counted FROM orders o
         LEFT JOIN sums s ON s.trade_no = o.trade_no WHERE o.invoiced <> COALESCE(s.amount, 0)",
    ),
    (
        "no more of an order is invoiced than came for it from outside",
        "SELECT id, invoiced AS kept, outside AS counted FROM orders WHERE (invoiced > outside AND invoiced > 0) OR invoiced < 0",
    ),
    (
        "the amount of an invoice is the sum of its orders",
        "SELECT i.id AS id, i.amount AS kept, CAST(COALESCE(SUM(p.amount), 0) AS BIGINT) AS counted FROM invoices i
         LEFT JOIN invoice_parts p ON p.invoice_id = i.id WHERE i.status IN (1, 2) GROUP BY i.id, i.amount
         HAVING i.amount <> COALESCE(SUM(p.amount), 0)",
    ),
];

/// Every breach, as a sentence for operators; empty when all is right. Amounts are minor units.
pub async fn differences(tx: &impl Read) -> Result<Vec<String>> {
    breaches(tx, PROMISES).await
}
