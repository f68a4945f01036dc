//! The proof that the books are right.

use turnpike_base::Result;
use turnpike_store::{Read, args};

/// One promise and the query that gives a row for each breach of it.
const PROMISES: &[(&str, &str)] = &[
    (
        "the lines of a ledger entry sum to nothing",
        "SELECT e.id AS id, 0 AS kept, CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) AS counted FROM ledger_entries e
         LEFT JOIN ledger_lines l ON l.entry_id = e.id GROUP BY e.id
         HAVING COALESCE(SUM(l.amount), 0) <> 0 OR COUNT(l.id) < 2",
    ),
    (
        "a customer's balance is the sum of its lines",
        "WITH booked AS (SELECT customer_id, CAST(SUM(amount) AS BIGINT) AS amount FROM ledger_lines
             WHERE account = 'balance' GROUP BY customer_id)
         SELECT COALESCE(b.customer_id, booked.customer_id) AS id, COALESCE(b.amount, 0) AS kept,
             COALESCE(booked.amount, 0) AS counted
         FROM balances b FULL OUTER JOIN booked ON booked.customer_id = b.customer_id
         WHERE COALESCE(b.amount, 0) <> COALESCE(booked.amount, 0)",
    ),
    (
        "a customer's balance is what its last line says",
        "SELECT b.customer_id AS id, b.amount AS kept, l.balance_after AS counted FROM balances b
         JOIN ledger_lines l ON l.id = (SELECT MAX(id) FROM ledger_lines
             WHERE customer_id = b.customer_id AND account = 'balance')
         WHERE b.amount <> l.balance_after",
    ),
    (
        "what is kept of old lines is their sum",
        "WITH folded AS (SELECT e.site_id, l.account, CAST(SUM(l.amount) AS BIGINT) AS amount FROM ledger_lines l
             JOIN ledger_entries e ON e.id = l.entry_id WHERE l.id <= (SELECT MAX(line_id) FROM ledger_folded)
             GROUP BY e.site_id, l.account)
         SELECT COALESCE(s.site_id, f.site_id) AS id, COALESCE(s.amount, 0) AS kept, COALESCE(f.amount, 0) AS counted
         FROM ledger_sums s FULL OUTER JOIN folded f ON f.site_id = s.site_id AND f.account = s.account
         WHERE COALESCE(s.amount, 0) <> COALESCE(f.amount, 0)",
    ),
    (
        "a balance is below zero only by a dispute",
        "SELECT b.customer_id AS id, b.amount AS kept, CAST(0 AS BIGINT) AS counted FROM balances b WHERE b.amount < 0
         AND NOT EXISTS (SELECT 1 FROM ledger_entries e WHERE e.customer_id = b.customer_id AND e.kind = 'dispute')",
    ),
];

/// Every breach, as a sentence for operators; empty when all is right. Amounts are minor units.
pub async fn differences(tx: &impl Read) -> Result<Vec<String>> {
    breaches(tx, PROMISES).await
}

/// Runs promises of this form; each query gives `id`, `kept` and `counted` per breach.
pub(crate) async fn breaches(tx: &impl Read, promises: &[(&str, &str)]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (promise, sql) in promises {
        for row in tx.rows(sql, args![]).await? {
            let (id, kept, counted): (i64, i64, i64) =
                (row.get("id")?, row.get("kept")?, row.get("counted")?);
            found.push(format!("{promise}: for {id} it is {kept} against {counted}"));
        }
    }
    Ok(found)
}
