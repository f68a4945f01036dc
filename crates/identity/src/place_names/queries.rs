//! All SQL of places' names.

use std::collections::HashMap;
use turnpike_base::SiteId;
use turnpike_places::{Named, Names, PlaceKey};
use turnpike_store::{Read, Row, StoreError, WriteTx, args};

/// Keeps other transactions that change names of this site waiting until this one ends.
pub(super) async fn lock(tx: &WriteTx, site: SiteId) -> Result<(), StoreError> {
    tx.lock("SELECT id FROM sites WHERE id = $1 ORDER BY id", args![site]).await?;
    Ok(())
}

/// What a site calls places.
pub(crate) async fn of(tx: &impl Read, site: SiteId) -> Result<Names, StoreError> {
    let sql = "SELECT * FROM place_names WHERE site_id = $1 ORDER BY country, state_key, city_key";
    let mut names = Names::default();
    for row in tx.rows(sql, args![site]).await? {
        take(&mut names, &row)?;
    }
    Ok(names)
}

/// What every site calls places.
pub(crate) async fn all(tx: &impl Read) -> Result<HashMap<SiteId, Names>, StoreError> {
    let sql = "SELECT * FROM place_names ORDER BY site_id, country, state_key, city_key";
    let mut names: HashMap<SiteId, Names> = HashMap::new();
    for row in tx.rows(sql, args![]).await? {
        take(names.entry(row.get("site_id")?).or_default(), &row)?;
    }
    Ok(names)
}

/// A later catalogue may have lost a place: then its names mean nothing.
fn take(names: &mut Names, row: &Row) -> Result<(), StoreError> {
    let (country, state, city) =
        (row.get::<String>("country")?, row.get::<String>("state_key")?, row.get::<String>("city_key")?);
    let some = |code: &'_ String| (!code.is_empty()).then(|| code.clone());
    let place = PlaceKey::find(&country, some(&state).as_deref(), some(&city).as_deref());
    match place {
        Some(place) => names.set(place, Named { zh: row.opt("name_zh")?, en: row.opt("name_en")? }),
        None => tracing::warn!(country, state, city, "a site names a place that the catalogue lacks"),
    }
    Ok(())
}

/// Writes what a site calls a place; nothing where it has no names.
pub(super) async fn put(
    tx: &WriteTx,
    site: SiteId,
    place: &PlaceKey,
    named: &Named,
) -> Result<(), StoreError> {
    let (state, city) = (place.state.unwrap_or_default(), place.city.unwrap_or_default());
    if named.iter().next().is_none() {
        let sql = "DELETE FROM place_names WHERE site_id = $1 AND country = $2 AND state_key = $3 AND city_key = $4";
        tx.exec(sql, args![site, place.country, state, city]).await?;
        return Ok(());
    }
    let sql = "INSERT INTO place_names (site_id, country, state_key, city_key, name_zh, name_en) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (site_id, country, state_key, city_key) \
        DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en";
    let (zh, en) = (named.zh.as_ref(), named.en.as_ref());
    tx.exec(sql, args![site, place.country, state, city, zh, en]).await?;
    Ok(())
}

/// Forgets all names of a site.
pub(super) async fn delete_all(tx: &WriteTx, site: SiteId) -> Result<u64, StoreError> {
    tx.exec("DELETE FROM place_names WHERE site_id = $1", args![site]).await
}
