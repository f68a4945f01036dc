//! Places as customers read them beside what is theirs: sessions, endpoints, usernames. The words are those of the
//! caller's site in his language, as in the lists of places (contract section 6).

use crate::places::{self, Words};
use turnpike_places::{Catalogue, City, Names, PlaceKey};
use turnpike_web::Call;

/// A place in words; empty where nothing is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// What the site calls the country.
    pub country: String,
    /// What the site calls the state, where that name leads back to it, else its ISO 3166-2 code.
    pub state: String,
    /// What the site calls the city.
    pub city: String,
}

impl Told {
    /// The words for a country (alpha-2), a state (ISO 3166-2) and a city (its name or its folded name).
    pub fn new(call: &Call, country: &str, state: Option<&str>, city: Option<&str>) -> Self {
        let words = Words::from(call);
        let known = |text: &&str| !text.is_empty();
        let (state, city) = (state.filter(known), city.filter(known));
        let named = PlaceKey::find(country, None, None);
        Self {
            country: named.map_or_else(|| country.to_owned(), |key| words.names.name(key, words.lang)),
            state: state.map(|code| places::state_name(country, code, words)).unwrap_or_default(),
            city: city.map(|city| city_name(country, state, city, words)).unwrap_or_default(),
        }
    }
}

/// A name that several cities share is the catalogue's, for none of them is meant alone.
fn city_name(country: &str, state: Option<&str>, city: &str, words: Words<'_>) -> String {
    let there = |one: &&City| state.zip(one.state).is_none_or(|(wanted, own)| wanted == own);
    let mut found = Catalogue::get().cities_named(country, city).iter().filter(there);
    match (found.next(), found.next()) {
        (Some(one), None) => words.names.name(one.into(), words.lang),
        (Some(one), Some(_)) => Names::catalogue().name(one.into(), words.lang),
        (None, _) => city.to_owned(),
    }
}
