//! Destinations that the operator closed to every customer: hosts with all that is below them, and ports.
//! One fact of the store; gateways read it when they say hello, and anew at each change.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use turnpike_base::{Fault, Result, Timestamp};
use turnpike_store::{Read, Row, Store, args, changes};
use turnpike_wire::Change;

/// The fact's name.
const FACT: &str = "closed_destinations";

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// Names or addresses, lower case.
    pub hosts: BTreeSet<String>,
    /// Ports, beside 25, which is always closed.
    pub ports: BTreeSet<u16>,
}

fn read(row: Option<&Row>) -> Result<Closed> {
    let Some(row) = row else { return Ok(Closed::default()) };
    let text: String = row.get("value")?;
    serde_json::from_str(&text).map_err(|error| Fault::internal("closed_destinations_unreadable", error))
}

/// What is closed now.
///
/// # Errors
/// The store does not answer.
pub async fn now(tx: &impl Read) -> Result<Closed> {
    read(tx.row("SELECT value FROM facts WHERE name = $1", args![FACT]).await?.as_ref())
}

/// Closes or opens some, tells the gateways, and gives what is closed from now on.
///
/// # Errors
/// The store does not answer.
pub async fn change(store: &Store, edit: impl FnOnce(&mut Closed), at: Timestamp) -> Result<Closed> {
    let tx = store.write().await?;
    let rows = tx.lock("SELECT value FROM facts WHERE name = $1 ORDER BY name", args![FACT]).await?;
    let mut closed = read(rows.first())?;
    edit(&mut closed);
    let text =
        serde_json::to_string(&closed).map_err(|error| Fault::internal("closed_destinations", error))?;
    let sql = "INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    tx.exec(sql, args![FACT, text]).await?;
    changes::tell_once(&tx, &Change::Rules, at).await?;
    tx.commit().await?;
    Ok(closed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use turnpike_store::both_engines;

    both_engines! {
        async fn what_is_closed_stays_closed_until_it_is_opened(store: Store) {
            let at = Timestamp(1);
            assert_eq!(now(&store.read().await.unwrap()).await.unwrap(), Closed::default());
            change(&store, |closed| closed.hosts.extend(["bad.example".into()]), at).await.unwrap();
            let both = change(&store, |closed| closed.ports.extend([6667]), at).await.unwrap();
            assert_eq!((both.hosts.len(), both.ports.len()), (1, 1));
            let tx = store.read().await.unwrap();
            assert_eq!(now(&tx).await.unwrap(), both);
            let told: Vec<(i64, Change)> = changes::pending(&tx, 10).await.unwrap();
            assert!(matches!(told.as_slice(), [(_, Change::Rules)]), "{told:?}");
            drop(tx);
            let none = change(&store, |closed| *closed = Closed::default(), at).await.unwrap();
            assert_eq!(now(&store.read().await.unwrap()).await.unwrap(), none);
        }
    }
}
