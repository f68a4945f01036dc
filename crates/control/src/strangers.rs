//! Registrations that nobody confirmed are forgotten: whose address it was never opened the mailed link, and anybody can
//! write another's address. Who holds something, by an operator's doing, stays.

use crate::Control;
use turnpike_base::{CustomerId, Result, Timestamp};
use turnpike_store::{Read, StoreError, args};

/// How long a registration waits; its links are good for a day.
const DAYS: i64 = 7;
/// Of so many in one transaction.
const PORTION: i64 = 500;

/// Who may be forgotten: no link of his is good any more, and nothing is his.
const FORGOTTEN: &str = "email_pending = 1 AND verified = 0 AND disabled = 0 AND created_at < $1 \
    AND NOT EXISTS (SELECT 1 FROM codes WHERE realm = 'customer' AND person_id = customers.id AND expires_at > $2) \
    AND NOT EXISTS (SELECT 1 FROM logins WHERE realm = 'customer' AND person_id = customers.id) \
    AND NOT EXISTS (SELECT 1 FROM packages WHERE customer_id = customers.id) \
    AND NOT EXISTS (SELECT 1 FROM accounts WHERE customer_id = customers.id) \
    AND NOT EXISTS (SELECT 1 FROM allowlist WHERE customer_id = customers.id) \
    AND NOT EXISTS (SELECT 1 FROM orders WHERE customer_id = customers.id) \
    AND id NOT IN (SELECT customer_id FROM coupons WHERE customer_id IS NOT NULL) \
    AND NOT EXISTS (SELECT 1 FROM ledger_entries WHERE customer_id = customers.id) \
    AND NOT EXISTS (SELECT 1 FROM balances WHERE customer_id = customers.id) \
    AND NOT EXISTS (SELECT 1 FROM real_names WHERE customer_id = customers.id) \
    AND NOT EXISTS (SELECT 1 FROM warning_choices WHERE customer_id = customers.id) \
    AND NOT EXISTS (SELECT 1 FROM warning_hooks WHERE customer_id = customers.id) \
    AND NOT EXISTS (SELECT 1 FROM customers AS invited WHERE invited.invited_by = customers.id)";

/// Forgets some of them; whether there may be more.
pub(crate) async fn forget(control: &Control, now: Timestamp) -> Result<bool> {
    let tx = control.store().write().await?;
    let sql = format!("SELECT id FROM customers WHERE {FORGOTTEN} ORDER BY id LIMIT {PORTION}");
    let rows = tx.rows(&sql, args![now.plus_days(-DAYS), now]).await?;
    let all: Vec<CustomerId> = rows.iter().map(|row| row.get("id")).collect::<Result<_, StoreError>>()?;
    for customer in &all {
        tx.exec("DELETE FROM codes WHERE realm = 'customer' AND person_id = $1", args![*customer]).await?;
        tx.exec("DELETE FROM app_keys WHERE customer_id = $1", args![*customer]).await?;
        tx.exec("DELETE FROM customers WHERE id = $1", args![*customer]).await?;
    }
    tx.commit().await?;
    Ok(i64::try_from(all.len()).unwrap_or(0) == PORTION)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator;
    use serde_json::json;
    use std::sync::Arc;
    use turnpike_base::time::ManualClock;
    use turnpike_store::{Vault, both_engines};

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    async fn register(control: &Control, email: &str, at: Timestamp) {
        let tx = control.store().write().await.unwrap();
        let sql = "INSERT INTO customers (site_id, email, email_key, created_at, email_pending) VALUES (1, $1, $1, $2, 1) RETURNING id";
        let id: CustomerId = tx.row(sql, args![email, at]).await.unwrap().unwrap().get("id").unwrap();
        turnpike_identity::keys::issue(&tx, &control.0.vault, id, at).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn link(control: &Control, email: &str, until: Timestamp) {
        let tx = control.store().write().await.unwrap();
        let sql = "INSERT INTO codes (realm, person_id, purpose, fingerprint, created_at, expires_at) \
            SELECT 'customer', id, 'verify_email', email, $2, $2 FROM customers WHERE email = $1";
        tx.exec(sql, args![email, until]).await.unwrap();
        tx.commit().await.unwrap();
    }

    both_engines! {
        async fn registrations_that_nobody_confirmed_are_forgotten_and_nobody_else(store: Store) {
            let clock = Arc::new(ManualClock::at(NOW));
            let control = Control::open(store.clone(), Vault::new([7; 32]), clock).await.unwrap();
            operator::run(&control, "site/create", json!({"name": "s"})).await.unwrap();
            for email in ["old@a.b", "again@a.b", "paid@a.b"] {
                register(&control, email, NOW.plus_days(-8)).await;
            }
            register(&control, "young@a.b", NOW.plus_days(-6)).await;
            link(&control, "old@a.b", NOW.plus_days(-7)).await;
            link(&control, "again@a.b", NOW.plus_minutes(5)).await;
            operator::run(&control, "customer/create", json!({"email": "own@a.b"})).await.unwrap();
            operator::run(&control, "customer/credit", json!({"email": "paid@a.b", "amount": "5"})).await.unwrap();
            assert!(!forget(&control, NOW).await.unwrap(), "nothing is left for another time");
            let rows = store.read().await.unwrap().rows("SELECT email FROM customers ORDER BY email", args![]).await.unwrap();
            let left: Vec<String> = rows.iter().map(|row| row.get("email").unwrap()).collect();
            assert_eq!(left, ["again@a.b", "own@a.b", "paid@a.b", "young@a.b"]);
            register(&control, "old@a.b", NOW).await;
        }
    }
}
