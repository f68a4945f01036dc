//! All SQL of pins.

use super::{Key, Pin};
use crate::told::Told;
use std::collections::HashMap;
use turnpike_base::{AccountId, ExitId, Result, Timestamp};
use turnpike_store::{Read, Row, Store, StoreError, args};
use turnpike_web::Call;
use turnpike_wire::Subject;

/// So many pins that ended are dropped at a time: who else writes waits no longer than for those. More than come at
/// a time, so that none stays for ever.
pub(super) const DROPS: i64 = 2_000;

/// Pins that end after a time.
pub(super) async fn all(tx: &impl Read, after: Timestamp) -> Result<Vec<(Key, Pin)>> {
    let sql = "SELECT customer_id, account_id, product, name, exit_id, created_at, ends_at FROM sessions WHERE ends_at > $1";
    let rows = tx.rows(sql, args![after]).await?;
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

fn read(row: &Row) -> Result<(Key, Pin), StoreError> {
    let account: AccountId = row.get("account_id")?;
    let subject = Subject {
        customer: row.get("customer_id")?,
        account: (account.0 != 0).then_some(account),
        product: row.get("product")?,
    };
    let pin =
        Pin { exit: row.get("exit_id")?, until: row.get("ends_at")?, created_at: row.get("created_at")? };
    Ok(((subject, row.get::<String>("name")?.into_boxed_str()), pin))
}

/// Names of accounts, deleted ones included.
pub(crate) async fn usernames(
    tx: &impl Read,
    accounts: impl Iterator<Item = AccountId>,
) -> Result<HashMap<AccountId, String>, StoreError> {
    let ids: Vec<String> = accounts.map(|id| id.to_string()).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!("SELECT id, username FROM accounts WHERE id IN ({})", ids.join(", "));
    let rows = tx.rows(&sql, args![]).await?;
    rows.iter().map(|row| Ok((row.get("id")?, row.get("username")?))).collect()
}

/// Where an exit is.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlaceOf {
    pub(crate) country: String,
    pub(crate) state: String,
    pub(crate) city: String,
}

impl PlaceOf {
    /// In the words of the caller's site.
    pub(crate) fn told(&self, call: &Call) -> Told {
        Told::new(call, &self.country, Some(&self.state), Some(&self.city))
    }
}

/// Where exits are, as far as they are known.
pub(crate) async fn places(
    tx: &impl Read,
    exits: impl Iterator<Item = ExitId>,
) -> Result<HashMap<ExitId, PlaceOf>, StoreError> {
    let ids: Vec<String> = exits.map(|id| id.to_string()).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "SELECT id, country, COALESCE(state_key, '') AS state, COALESCE(city, '') AS city FROM exits WHERE id IN ({})",
        ids.join(", ")
    );
    let place = |row: &Row| {
        Ok::<_, StoreError>(PlaceOf {
            country: row.get("country")?,
            state: row.get("state")?,
            city: row.get("city")?,
        })
    };
    tx.rows(&sql, args![]).await?.iter().map(|row| Ok((row.get("id")?, place(row)?))).collect()
}

/// Writes pins, sorted by key, and drops some of those that ended by a time: what is left of them nobody reads.
pub(super) async fn save(store: &Store, pins: &[(Key, Pin)], ended: Timestamp) -> Result<()> {
    let tx = store.write().await?;
    let row = |((subject, name), pin): &(Key, Pin)| {
        let account = subject.account.map_or(0, AccountId::get);
        args![subject.customer, account, subject.product, &**name, pin.exit, pin.created_at, pin.until]
    };
    tx.insert_all(
        "INSERT INTO sessions (customer_id, account_id, product, name, exit_id, created_at, ends_at)",
        "ON CONFLICT (customer_id, account_id, product, name) DO UPDATE SET exit_id = excluded.exit_id, \
         created_at = excluded.created_at, ends_at = excluded.ends_at",
        pins.iter().map(row).collect(),
    )
    .await?;
    let sql = "DELETE FROM sessions WHERE (customer_id, account_id, product, name) IN \
        (SELECT customer_id, account_id, product, name FROM sessions WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2)";
    tx.exec(sql, args![ended, DROPS]).await?;
    Ok(tx.commit().await?)
}
