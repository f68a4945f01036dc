//! Reads the embedded tables: tab-separated lines, aliases separated by `|`.

use crate::catalogue::{Catalogue, City, Country, State};
use crate::fold;
use std::collections::HashMap;

pub(crate) const COUNTRIES: &str = include_str!("../data/countries.tsv");
pub(crate) const STATES: &str = include_str!("../data/states.tsv");
pub(crate) const CITIES: &str = include_str!("../data/cities.tsv");
/// Our own writing: `country` or `city`, country code, alias, what it stands for.
const ALIASES: &str = include_str!("../data/aliases.tsv");

fn fields<const N: usize>(line: &'static str) -> [&'static str; N] {
    let mut parts = line.split('\t');
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

pub(crate) fn world() -> Catalogue {
    let (countries, mut country_names) = countries();
    let (states, state_names) = states();
    let mut city_aliases = HashMap::new();
    for [kind, country, alias, target] in ALIASES.lines().filter(|l| !l.starts_with('#')).map(fields) {
        if kind == "city" {
            city_aliases.insert((country, fold(alias)), fold(target));
        } else if let Some(at) = country_names.get(&fold(target)).copied() {
            country_names.entry(fold(alias)).or_insert(at);
        }
    }
    Catalogue { countries, states, cities: cities(), country_names, state_names, city_aliases }
}

fn countries() -> (Vec<Country>, HashMap<String, usize>) {
    let mut rows: Vec<[&str; 5]> = COUNTRIES.lines().map(fields).collect();
    rows.sort_by_cached_key(|[_, name, ..]| fold(name));
    let mut names = HashMap::new();
    for (at, [code, ..]) in rows.iter().enumerate() {
        names.insert(fold(code), at);
    }
    for (at, [_, en, zh, _, aliases]) in rows.iter().enumerate() {
        for name in [*en, *zh].into_iter().chain(aliases.split('|')).filter(|n| !n.is_empty()) {
            names.entry(fold(name)).or_insert(at);
        }
    }
    let country = |[code, name_en, name_zh_cn, continent, _]: &[&'static str; 5]| Country {
        code,
        name_en,
        name_zh_cn,
        continent,
    };
    (rows.iter().map(country).collect(), names)
}

type Names = HashMap<&'static str, HashMap<String, usize>>;

fn states() -> (Vec<State>, Names) {
    let rows: Vec<[&str; 3]> = STATES.lines().map(fields).collect();
    let mut names = Names::new();
    for (at, [code, ..]) in rows.iter().enumerate() {
        let (country, short) = code.split_once('-').unwrap_or((code, ""));
        let of_country = names.entry(country).or_default();
        of_country.insert(fold(code), at);
        of_country.insert(fold(short), at);
    }
    // Codes first, then the names as the table orders them: first-level divisions before others.
    for nested in [false, true] {
        for (at, [code, name, aliases]) in rows.iter().enumerate() {
            let of_country = names.entry(code.get(..2).unwrap_or_default()).or_default();
            let (nested_row, aliases) = match aliases.strip_prefix('~') {
                Some(rest) => (true, rest),
                None => (false, *aliases),
            };
            if nested_row == nested {
                for name in std::iter::once(*name).chain(aliases.split('|')).filter(|n| !n.is_empty()) {
                    of_country.entry(fold(name)).or_insert(at);
                }
            }
        }
    }
    let state = |[code, name, _]: &[&'static str; 3]| State {
        code,
        country: code.get(..2).unwrap_or_default(),
        name,
    };
    (rows.iter().map(state).collect(), names)
}

fn cities() -> Vec<City> {
    let mut cities: Vec<City> = CITIES
        .lines()
        .map(|line| {
            let [country, state, name, population] = fields(line);
            let state = (!state.is_empty()).then_some(state);
            City { country, state, name, key: fold(name), population: population.parse().unwrap_or(0) }
        })
        .collect();
    cities.sort_by(|a, b| {
        (a.country, &a.key, std::cmp::Reverse(a.population), a.state).cmp(&(
            b.country,
            &b.key,
            std::cmp::Reverse(b.population),
            b.state,
        ))
    });
    cities
}
