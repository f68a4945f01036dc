//! What a site calls countries, states and cities.

use super::{Paging, listed};
use crate::Control;
use serde::Deserialize;
use serde_json::{Value, json};
use turnpike_base::table::{self, Columns, Line, Table};
use turnpike_base::{Fault, Result};
use turnpike_identity::place_names::flow::{self, Edit, Said};
use turnpike_identity::sites;
use turnpike_network::place;
use turnpike_places::{Named, PlaceKey};
use turnpike_store::{WriteTx, changes};
use turnpike_wire::Change;

/// What `place set` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Set {
    country: String,
    state: Option<String>,
    city: Option<String>,
    /// Left out: as it was; empty: the catalogue's again.
    zh: Option<String>,
    /// Left out: as it was; empty: the catalogue's again.
    en: Option<String>,
    /// The first site if none is named.
    site: Option<String>,
}

/// What `place clear` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Clear {
    country: String,
    state: Option<String>,
    city: Option<String>,
    /// The first site if none is named.
    site: Option<String>,
}

/// What `place clear-all` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClearAll {
    /// The first site if none is named.
    site: Option<String>,
}

/// What `place list` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    /// The first site if none is named.
    site: Option<String>,
    page: Option<i64>,
    size: Option<i64>,
}

/// What `place import` takes: the text of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Import {
    file: String,
    /// The first site if none is named.
    site: Option<String>,
}

/// The one place that is meant.
fn which(country: &str, state: Option<&str>, city: Option<&str>) -> Result<PlaceKey> {
    place::exact(country, state, city).map_err(|unknown| unknown.fault(["country", "state", "city"]))
}

fn row(place: PlaceKey, named: &Named) -> Value {
    let usual = place.catalogue_name();
    json!({"country": place.country, "state": place.state, "city": place.city, "zh": named.zh, "en": named.en,
        "catalogue_zh": usual.zh, "catalogue_en": usual.en})
}

/// Commits; then the site shows the new names, and gateways forget what came from the old ones.
async fn done(control: &Control, tx: WriteTx) -> Result<()> {
    changes::tell_once(&tx, &Change::PlaceNames, control.0.clock.now()).await?;
    tx.commit().await?;
    control.directory().reload().await
}

pub(super) async fn set(control: &Control, input: Set) -> Result<Value> {
    let place = which(&input.country, input.state.as_deref(), input.city.as_deref())?;
    let tx = control.store().write().await?;
    let site = sites::find(&tx, input.site.as_deref()).await?;
    let named = Edit::begin(&tx, site.id).await?.say(place, &Said { zh: input.zh, en: input.en }).await?;
    done(control, tx).await?;
    Ok(row(place, &named))
}

pub(super) async fn clear(control: &Control, input: Clear) -> Result<Value> {
    let place = which(&input.country, input.state.as_deref(), input.city.as_deref())?;
    let tx = control.store().write().await?;
    let site = sites::find(&tx, input.site.as_deref()).await?;
    Edit::begin(&tx, site.id).await?.forget(place).await?;
    done(control, tx).await?;
    Ok(row(place, &Named::default()))
}

/// Every place of the site is called as in the catalogue again.
pub(super) async fn clear_all(control: &Control, input: ClearAll) -> Result<Value> {
    let tx = control.store().write().await?;
    let site = sites::find(&tx, input.site.as_deref()).await?;
    let cleared = Edit::begin(&tx, site.id).await?.forget_all().await?;
    done(control, tx).await?;
    Ok(json!({"cleared": cleared}))
}

pub(super) async fn list(control: &Control, input: List) -> Result<Value> {
    let page = Paging { page: input.page, size: input.size }.page();
    let tx = control.store().read().await?;
    let site = sites::find(&tx, input.site.as_deref()).await?;
    let found = flow::list(&tx, site.id, page).await?;
    Ok(listed(found.total, found.rows.iter().map(|(place, named)| row(*place, named)).collect()))
}

const COLUMNS: Columns<'_> = Columns { needed: &["country", "zh", "en"], optional: &["state", "city"] };

/// Names the places of a file, all or none: `country`, as wanted `state` and `city`, `zh`, `en`. An empty name is
/// the catalogue's again.
pub(super) async fn import(control: &Control, input: Import) -> Result<Value> {
    let Table { rows, mut faults } = table::read(&input.file, COLUMNS, line)?;
    let tx = control.store().write().await?;
    let site = sites::find(&tx, input.site.as_deref()).await?;
    let mut edit = Edit::begin(&tx, site.id).await?;
    edit.say_all(&rows, &mut faults).await?;
    faults.end()?;
    done(control, tx).await?;
    Ok(json!({"imported": rows.len()}))
}

fn line(line: &Line<'_>) -> Result<(PlaceKey, Said), Fault> {
    let place = which(line.needed("country")?, line.cell("state"), line.cell("city"))?;
    let name = |column| Some(line.cell(column).unwrap_or_default().to_owned());
    Ok((place, Said { zh: name("zh"), en: name("en") }))
}
