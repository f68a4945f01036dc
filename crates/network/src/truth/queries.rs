//! All SQL of measuring: the fact that tells with what exits were measured.

use turnpike_base::Timestamp;
use turnpike_store::{Read, StoreError, WriteTx, args};

/// The fact's name; its value is a time, a blank, and a print of files and policy.
const FACT: &str = "places_measured_with";

/// Since when this print holds; `None`: another one did.
pub(super) async fn since(tx: &impl Read, print: &str) -> Result<Option<Timestamp>, StoreError> {
    let row = tx.row("SELECT value FROM facts WHERE name = $1", args![FACT]).await?;
    let kept: Option<String> = row.map(|row| row.get("value")).transpose()?;
    let known = kept.as_deref().and_then(|text| text.split_once(' ')).filter(|(_, known)| *known == print);
    Ok(known.and_then(|(at, _)| at.parse().ok()).map(Timestamp))
}

/// This print holds from now on.
pub(super) async fn begin(tx: &WriteTx, print: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    tx.exec(sql, args![FACT, format!("{} {print}", now.0)]).await?;
    Ok(())
}
