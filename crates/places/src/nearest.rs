//! "Did you mean": the names nearest to one that nobody knows.

use crate::{Catalogue, City, Country, Names, PlaceKey, State, fold};
use turnpike_base::Text;

/// Which names are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// Countries.
    Country,
    /// States of a country (in any spelling).
    State(&'a str),
    /// Cities of a country (in any spelling).
    City(&'a str),
    /// Cities of a country (in any spelling) that are, or may be, in the state with this ISO 3166-2 code.
    CityIn(&'a str, &'a str),
}

impl Kind<'_> {
    /// Whether a place is one of them.
    fn has(self, place: &PlaceKey) -> bool {
        let code = |country: &str| Catalogue::get().country(country).map(|found| found.code);
        match self {
            Self::Country => place.is_country(),
            Self::State(of) => {
                place.state.is_some() && place.city.is_none() && Some(place.country) == code(of)
            }
            Self::City(of) => place.city.is_some() && Some(place.country) == code(of),
            Self::CityIn(of, state) => {
                Self::City(of).has(place) && place.state.is_none_or(|code| code == state)
            }
        }
    }
}

impl Names {
    /// At most `n` names near to `name`, as the site calls them, the nearest first, the larger city first among
    /// equals. Names that differ in more than a third of their letters (and at least two) are not near.
    pub fn nearest(&self, kind: Kind<'_>, name: &str, n: usize) -> Vec<Text> {
        let wanted: Vec<char> = fold(name).chars().collect();
        let most = (wanted.len() / 3).max(2);
        let mut found: Vec<(usize, u32, String, PlaceKey)> = Vec::new();
        let mut offer = |key: &str, weight: u32, place: PlaceKey| {
            if let Some(distance) = distance(&wanted, key, most) {
                let name = self.text(place).en.into_owned();
                found.push((distance, u32::MAX - weight, name, place));
            }
        };
        self.own_names().filter(|(_, place)| kind.has(place)).for_each(|(name, place)| offer(name, 0, place));
        offer_all(kind, &mut offer);
        found.sort_unstable();
        let mut names: Vec<Text> = Vec::new();
        for (_, _, _, place) in found {
            let name = self.text(place);
            if !names.contains(&name) {
                names.push(name);
            }
            if names.len() == n {
                break;
            }
        }
        names
    }
}

impl Names {
    /// The `n` largest of a kind by how many people live in their cities, as the site calls them: examples for who
    /// wrote a name that nothing is near to.
    pub fn largest(&self, kind: Kind<'_>, n: usize) -> Vec<Text> {
        let mut all = weighed(kind);
        all.sort_by_key(|(people, _)| std::cmp::Reverse(*people));
        let mut names: Vec<Text> = Vec::new();
        for name in all.into_iter().map(|(_, place)| self.text(place)) {
            if names.len() < n && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

/// What the catalogue has of a kind, with the people in its cities.
fn weighed(kind: Kind<'_>) -> Vec<(u64, PlaceKey)> {
    let world = Catalogue::get();
    let people = |city: &City| u64::from(city.population);
    match kind {
        Kind::Country => {
            let sum = |country: &Country| world.cities_of(country.code).iter().map(people).sum();
            world.countries().iter().map(|country| (sum(country), country.into())).collect()
        }
        Kind::State(country) => {
            let cities = world.cities_of(country);
            let inside = |code| cities.iter().filter(move |city| city.state == Some(code));
            let sum = |state: &State| inside(state.code).map(people).sum();
            world.states_of(country).iter().map(|state| (sum(state), state.into())).collect()
        }
        Kind::City(country) => {
            world.cities_of(country).iter().map(|city| (people(city), city.into())).collect()
        }
        Kind::CityIn(country, state) => {
            let inside = world.cities_of(country).iter().filter(|city| city.state == Some(state));
            inside.map(|city| (people(city), city.into())).collect()
        }
    }
}

/// Offers what the catalogue has of a kind: folded name, people, place.
fn offer_all(kind: Kind<'_>, offer: &mut impl FnMut(&str, u32, PlaceKey)) {
    let world = Catalogue::get();
    match kind {
        Kind::Country => world.countries().iter().for_each(|c| {
            offer(&fold(c.name_en), 0, c.into());
            offer(c.name_zh_cn, 0, c.into());
        }),
        Kind::State(country) => {
            world.states_of(country).iter().for_each(|s| offer(&fold(s.name), 0, s.into()));
        }
        Kind::City(country) => {
            world.cities_of(country).iter().for_each(|c| offer(&c.key, c.population, c.into()));
        }
        Kind::CityIn(country, state) => {
            let inside = |c: &&City| c.state.is_none_or(|code| code == state);
            let cities = world.cities_of(country).iter().filter(inside);
            cities.for_each(|c| offer(&c.key, c.population, c.into()));
        }
    }
}

/// Edits between two folded names, `None` if more than `most` or nothing is in common.
fn distance(a: &[char], b: &str, most: usize) -> Option<usize> {
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) > most || a.is_empty() {
        return None;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut least = left;
        for (cell, y) in row.iter_mut().skip(1).zip(&b) {
            let swapped = diagonal + usize::from(x != y);
            diagonal = *cell;
            left = swapped.min(*cell + 1).min(left + 1);
            *cell = left;
            least = least.min(left);
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        if least > most {
            return None;
        }
    }
    row.last().copied().filter(|d| *d <= most && *d < a.len().max(b.len()))
}
