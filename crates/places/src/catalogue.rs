//! The catalogue and its look-ups by every spelling.

use crate::{fold, parse};
use std::collections::HashMap;
use std::sync::LazyLock;

/// A country of ISO 3166-1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Country {
    /// Alpha-2, upper case.
    pub code: &'static str,
    /// English name.
    pub name_en: &'static str,
    /// Simplified Chinese name.
    pub name_zh_cn: &'static str,
    /// `AF`, `AN`, `AS`, `EU`, `NA`, `OC` or `SA`.
    pub continent: &'static str,
}

/// A state, province or what a country divides itself into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// ISO 3166-2, for instance `US-CA`.
    pub code: &'static str,
    /// Its country's alpha-2.
    pub country: &'static str,
    /// English name.
    pub name: &'static str,
}

/// A city of at least 15,000 people, or a seat of government.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct City {
    /// Its country's alpha-2.
    pub country: &'static str,
    /// Its state's ISO 3166-2 code, where the sources join.
    pub state: Option<&'static str>,
    /// English name, or the local one where English has none.
    pub name: &'static str,
    /// The folded name; with country and state it is unique.
    pub key: String,
    /// People.
    pub population: u32,
}

/// All places. Immutable; made once at first use.
#[derive(Debug)]
pub struct Catalogue {
    /// In English order.
    pub(crate) countries: Vec<Country>,
    /// By code.
    pub(crate) states: Vec<State>,
    /// By country, folded name, and population from the most.
    pub(crate) cities: Vec<City>,
    pub(crate) country_names: HashMap<String, usize>,
    /// Country code, then the folded name or code.
    pub(crate) state_names: HashMap<&'static str, HashMap<String, usize>>,
    /// Country code and folded alias, to the folded name.
    pub(crate) city_aliases: HashMap<(&'static str, String), String>,
}

static WORLD: LazyLock<Catalogue> = LazyLock::new(parse::world);

impl Catalogue {
    /// The catalogue. The first call reads the embedded tables (some 10 ms).
    pub fn get() -> &'static Self {
        &WORLD
    }

    /// Every country, in English order.
    pub fn countries(&self) -> &[Country] {
        &self.countries
    }

    /// A country by alpha-2 code, English or Chinese name, or alias (`UK`, `USA`).
    pub fn country(&self, name: &str) -> Option<&Country> {
        self.countries.get(*self.country_names.get(&fold(name))?)
    }

    /// The states of a country (alpha-2), by code.
    pub fn states_of(&self, country: &str) -> &[State] {
        let Some(country) = self.country(country) else { return &[] };
        let from = self.states.partition_point(|s| s.country < country.code);
        let to = self.states.partition_point(|s| s.country <= country.code);
        self.states.get(from..to).unwrap_or_default()
    }

    /// A state of a country by ISO 3166-2 code with or without the country's part, or by name.
    pub fn state(&self, country: &str, name: &str) -> Option<&State> {
        let names = self.state_names.get(self.country(country)?.code)?;
        self.states.get(*names.get(&fold(name))?)
    }

    /// A state by its whole ISO 3166-2 code as the tables write it (`US-CA`).
    pub fn state_by_code(&self, code: &str) -> Option<&State> {
        let at = self.states.binary_search_by(|s| s.code.cmp(code)).ok()?;
        self.states.get(at)
    }

    /// The cities of a country, by folded name.
    pub fn cities_of(&self, country: &str) -> &[City] {
        let Some(country) = self.country(country) else { return &[] };
        let from = self.cities.partition_point(|c| c.country < country.code);
        let to = self.cities.partition_point(|c| c.country <= country.code);
        self.cities.get(from..to).unwrap_or_default()
    }

    /// All cities of that name in a country, the largest first.
    pub fn cities_named(&self, country: &str, name: &str) -> &[City] {
        let Some(country) = self.country(country) else { return &[] };
        let own = self.cities_keyed(country.code, &fold(name));
        if !own.is_empty() {
            return own;
        }
        match self.city_aliases.get(&(country.code, fold(name))) {
            Some(key) => self.cities_keyed(country.code, key),
            None => &[],
        }
    }

    /// A city by name; with a state (in any spelling) the one in it, without one the largest.
    pub fn city(&self, country: &str, state: Option<&str>, name: &str) -> Option<&City> {
        let named = self.cities_named(country, name);
        let Some(state) = state else { return named.first() };
        let code = self.state(country, state)?.code;
        named.iter().find(|c| c.state == Some(code))
    }

    fn cities_keyed(&self, country: &str, key: &str) -> &[City] {
        let place = |c: &City| (c.country, c.key.as_str()).cmp(&(country, key));
        let from = self.cities.partition_point(|c| place(c).is_lt());
        let to = self.cities.partition_point(|c| place(c).is_le());
        self.cities.get(from..to).unwrap_or_default()
    }
}
