//! Operators: who runs the installation.

use crate::{customers, passwords};
use turnpike_base::{Code, Fault, OperatorId, Result, Secret, Text, Timestamp};
use turnpike_store::{Read, Store, args};

/// Adds an operator. Fails with `email_taken`, and with parameter errors for the address and the password.
pub async fn create(store: &Store, email: &str, password: Secret, now: Timestamp) -> Result<OperatorId> {
    customers::check_email(email)?;
    passwords::check(&password)?;
    let hash = passwords::hash(password).await?;
    let tx = store.write().await?;
    let sql = "INSERT INTO operators (email, email_key, password_hash, created_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (email_key) DO NOTHING RETURNING id";
    let row = tx.row(sql, args![email, email.to_lowercase(), hash, now]).await?.ok_or_else(|| {
        Fault::new(Code::Conflict, "email_taken")
            .say(Text::made(format!("{email} 已存在"), format!("There is an operator {email} already")))
    })?;
    let id = row.get("id")?;
    tx.commit().await?;
    Ok(id)
}
