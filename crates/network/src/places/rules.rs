//! From what a pool offers to the lists that customers read. Pure.

use crate::roster::{Offer, Spot};
use std::sync::Arc;
use turnpike_places::{Catalogue, Country};
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
    pub(super) name: String,
    /// By name.
    pub(super) cities: Vec<Arc<str>>,
}

/// Groups an offer, which is sorted by country and state.
pub(super) fn group(offer: &Offer) -> Vec<Area> {
    let by_country = offer.spots.chunk_by(|(a, _), (b, _)| a.country == b.country);
    by_country.filter_map(|spots| Some(area(spots.first()?.0.country, spots))).collect()
}

fn area(code: CountryCode, spots: &[(Spot, usize)]) -> Area {
    let by_state = spots.chunk_by(|(a, _), (b, _)| a.state == b.state);
    let mut states: Vec<StateOf> = by_state.filter_map(|spots| state(code, spots)).collect();
    states.sort_by(|a, b| (&a.name, &a.code).cmp(&(&b.name, &b.code)));
    Area { code, states }
}

/// `None`: exits of which only the country is known.
fn state(country: CountryCode, spots: &[(Spot, usize)]) -> Option<StateOf> {
    let code = spots.first()?.0.state.as_deref().unwrap_or_default();
    let mut cities: Vec<Arc<str>> = spots.iter().filter_map(|(spot, _)| spot.city.clone()).collect();
    cities.sort_unstable();
    cities.dedup();
    let nowhere = code.is_empty() && cities.is_empty();
    let name = state_name(country.as_str(), code);
    (!nowhere).then(|| StateOf { code: code.to_owned(), name, cities })
}

/// What customers call a state: its name, where that name leads back to it, else its code.
pub(crate) fn state_name(country: &str, code: &str) -> String {
    let world = Catalogue::get();
    let named = world.state_by_code(code).map(|state| state.name);
    let leads_back = |name: &&str| world.state(country, name).is_some_and(|found| found.code == code);
    named.filter(leads_back).unwrap_or(code).to_owned()
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
