//! All SQL of endpoints.

use std::collections::HashMap;
use turnpike_base::{CustomerId, ExitId, ProductType, Result, Timestamp};
use turnpike_store::{Read, Row, StoreError, WriteTx, args};
use turnpike_wire::{CountryCode, PlaceFilter};

/// An endpoint as a row keeps it, running or over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leased {
    /// What its traffic is drawn from or logged under.
    pub product: ProductType,
    /// Where it leaves from, unless that exit died.
    pub exit: ExitId,
    /// Where another exit would have to be.
    pub place: PlaceFilter,
    /// When its life ends.
    pub until: Timestamp,
}

/// An endpoint whose life is not over.
#[derive(Clone, Debug)]
pub(crate) struct Running {
    pub(crate) port: u16,
    pub(crate) product: ProductType,
    /// The exit it was leased with.
    pub(crate) exit: ExitId,
    pub(crate) created_at: Timestamp,
    pub(crate) until: Timestamp,
}

/// Endpoints to be written alike.
#[derive(Clone, Debug)]
pub(super) struct Fresh<'a> {
    pub(super) customer: CustomerId,
    pub(super) product: ProductType,
    pub(super) place: &'a PlaceFilter,
    pub(super) until: Timestamp,
}

/// What a customer's port stands for; it may be over.
pub async fn at(tx: &impl Read, customer: CustomerId, port: u16) -> Result<Option<Leased>> {
    let sql = "SELECT product, exit_id, country, state_key, city_key, expires_at FROM endpoints \
               WHERE customer_id = $1 AND port = $2";
    let row = tx.row(sql, args![customer, i64::from(port)]).await?;
    Ok(row.map(|row| read(&row)).transpose()?)
}

fn read(row: &Row) -> Result<Leased, StoreError> {
    let country = row.opt::<String>("country")?.and_then(|code| CountryCode::parse(&code));
    Ok(Leased {
        product: row.get("product")?,
        exit: row.get("exit_id")?,
        place: PlaceFilter { country, state: row.opt("state_key")?, city: row.opt("city_key")?, asn: None },
        until: row.get("expires_at")?,
    })
}

/// When a customer's endpoints end, by port.
pub(super) async fn ends(
    tx: &impl Read,
    customer: CustomerId,
) -> Result<HashMap<u16, Timestamp>, StoreError> {
    let sql = "SELECT port, expires_at FROM endpoints WHERE customer_id = $1";
    let rows = tx.rows(sql, args![customer]).await?;
    let one = |row: &Row| {
        let port = u16::try_from(row.get::<i64>("port")?).unwrap_or(0);
        Ok((port, row.get("expires_at")?))
    };
    rows.iter().map(one).collect()
}

/// Writes endpoints: port and exit.
pub(super) async fn put(
    tx: &WriteTx,
    fresh: &Fresh<'_>,
    mut leased: Vec<(u16, ExitId)>,
    now: Timestamp,
) -> Result<(), StoreError> {
    leased.sort_unstable();
    let PlaceFilter { country, state, city, .. } = fresh.place;
    let row = |(port, exit): (u16, ExitId)| {
        args![
            fresh.customer,
            i64::from(port),
            fresh.product,
            exit,
            country.map(|code| code.to_string()),
            state.as_ref(),
            city.as_ref(),
            now,
            fresh.until
        ]
    };
    tx.insert_all(
        "INSERT INTO endpoints (customer_id, port, product, exit_id, country, state_key, city_key, created_at, expires_at)",
        "ON CONFLICT (customer_id, port) DO UPDATE SET product = excluded.product, exit_id = excluded.exit_id, \
         country = excluded.country, state_key = excluded.state_key, city_key = excluded.city_key, \
         created_at = excluded.created_at, expires_at = excluded.expires_at",
        leased.into_iter().map(row).collect(),
    )
    .await
}

/// A customer's running endpoints, the newest first; one a port at most.
pub(super) async fn running(
    tx: &impl Read,
    customer: CustomerId,
    now: Timestamp,
) -> Result<Vec<Running>, StoreError> {
    let sql = "SELECT port, product, exit_id, created_at, expires_at FROM endpoints \
               WHERE customer_id = $1 AND expires_at > $2 ORDER BY created_at DESC, port";
    let one = |row: &Row| {
        Ok(Running {
            port: u16::try_from(row.get::<i64>("port")?).unwrap_or(0),
            product: row.get("product")?,
            exit: row.get("exit_id")?,
            created_at: row.get("created_at")?,
            until: row.get("expires_at")?,
        })
    };
    tx.rows(sql, args![customer, now]).await?.iter().map(one).collect()
}

/// Ends running endpoints at some ports of a customer, or at all of them; gives back how many.
pub(super) async fn end(
    tx: &WriteTx,
    customer: CustomerId,
    ports: Option<&[u16]>,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let mut sql =
        "UPDATE endpoints SET expires_at = $2 WHERE customer_id = $1 AND expires_at > $2".to_owned();
    if let Some(ports) = ports {
        let list: Vec<String> = ports.iter().map(u16::to_string).collect();
        sql.push_str(&format!(" AND port IN ({})", list.join(", ")));
    }
    tx.exec(&sql, args![customer, now]).await
}

/// Forgets endpoints that ended before an instant.
pub(super) async fn forget(tx: &WriteTx, before: Timestamp) -> Result<u64, StoreError> {
    tx.exec("DELETE FROM endpoints WHERE expires_at < $1", args![before]).await
}
