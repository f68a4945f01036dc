//! From what a pool offers to the lists that customers read. Pure.

use crate::roster::{Offer, Spot};
use std::sync::Arc;
use turnpike_base::Lang;
use turnpike_places::{Catalogue, Country, Names, PlaceKey};
use turnpike_web::Call;
use turnpike_wire::CountryCode;

/// A country with its states and cities.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) code: CountryCode,
    /// By name; cities outside of any state stand under a blank name, before the others.
    pub(super) states: Vec<StateOf>,
}

/// A state and its cities.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct StateOf {
    /// ISO 3166-2, blank where there is none.
    pub(super) code: String,
    /// What customers call it, blank where there is none.
    pub(super) name: Arc<str>,
    /// By name.
    pub(super) cities: Vec<Arc<str>>,
}

/// In whose words places are told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words<'n> {
    /// The site's.
    pub(crate) names: &'n Names,
    /// The caller's.
    pub(crate) lang: Lang,
}

impl<'n> From<&'n Call> for Words<'n> {
    fn from(call: &'n Call) -> Self {
        Self { names: &call.site.places, lang: call.lang }
    }
}

/// Groups an offer, which is sorted by country and state.
pub(super) fn group(offer: &Offer, words: Words<'_>) -> Vec<Area> {
    let by_country = offer.spots.chunk_by(|(a, _), (b, _)| a.country == b.country);
    by_country.filter_map(|spots| Some(area(spots.first()?.0.country, spots, words))).collect()
}

fn area(code: CountryCode, spots: &[(Spot, usize)], words: Words<'_>) -> Area {
    let by_state = spots.chunk_by(|(a, _), (b, _)| a.state == b.state);
    let mut states: Vec<StateOf> = by_state.filter_map(|spots| state(code, spots, words)).collect();
    states.sort_by(|a, b| (&a.name, &a.code).cmp(&(&b.name, &b.code)));
    Area { code, states }
}

/// `None`: exits of which only the country is known.
fn state(country: CountryCode, spots: &[(Spot, usize)], words: Words<'_>) -> Option<StateOf> {
    let code = spots.first()?.0.state.as_deref().unwrap_or_default();
    let mut cities: Vec<Arc<str>> = spots.iter().filter_map(|(spot, _)| city(spot, words)).collect();
    cities.sort_unstable();
    cities.dedup();
    let nowhere = code.is_empty() && cities.is_empty();
    let name = state_name(country.as_str(), code, words).into();
    (!nowhere).then(|| StateOf { code: code.to_owned(), name, cities })
}

/// What customers call the city of a spot.
fn city(spot: &Spot, words: Words<'_>) -> Option<Arc<str>> {
    let known = spot.city.clone()?;
    let named = own_city(spot.country.as_str(), spot.state.as_deref(), &known, words);
    Some(named.map_or(known, Into::into))
}

/// What customers call a state: its name, where that name leads back to it, else its code.
pub(crate) fn state_name(country: &str, code: &str, words: Words<'_>) -> String {
    let key = PlaceKey::find(country, Some(code), None);
    let named = key.map(|state| words.names.name(state, words.lang));
    let leads_back = |name: &String| words.names.state(country, name).is_some_and(|found| found.code == code);
    named.filter(leads_back).unwrap_or_else(|| code.to_owned())
}

/// The site's own name of a city, where it has one.
fn own_city(country: &str, state: Option<&str>, city: &str, words: Words<'_>) -> Option<String> {
    if words.names.is_empty() {
        return None;
    }
    let key = PlaceKey::find(country, state, Some(&turnpike_places::fold(city)))?;
    words.names.own(&key).map(|_| words.names.name(key, words.lang))
}

/// The countries of the catalogue with what belongs to them, in English order.
pub(super) fn in_english_order<T>(
    of: impl IntoIterator<Item = (CountryCode, T)>,
) -> Vec<(&'static Country, T)> {
    let mut named: Vec<(&'static Country, T)> =
        of.into_iter().filter_map(|(code, t)| Some((Catalogue::get().country(code.as_str())?, t))).collect();
    // The catalogue's own order is the English one; names are compared folded there.
    named.sort_by_cached_key(|(country, _)| turnpike_places::fold(country.name_en));
    named
}
