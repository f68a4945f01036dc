//! What a site calls places: names of its own, beside the catalogue's.

use crate::{Catalogue, City, Country, State, fold};
use std::collections::HashMap;
use turnpike_base::{Lang, Text};

/// A place of the catalogue by its codes: a country, a state or a city.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlaceKey {
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    /// ISO 3166-2; `None` for countries, and for cities whose state the catalogue does not know.
    pub state: Option<&'static str>,
    /// The city's folded name.
    pub city: Option<&'static str>,
}

impl From<&'static Country> for PlaceKey {
    fn from(country: &'static Country) -> Self {
        Self { country: country.code, state: None, city: None }
    }
}

impl From<&'static State> for PlaceKey {
    fn from(state: &'static State) -> Self {
        Self { country: state.country, state: Some(state.code), city: None }
    }
}

impl From<&'static City> for PlaceKey {
    fn from(city: &'static City) -> Self {
        Self { country: city.country, state: city.state, city: Some(&city.key) }
    }
}

impl PlaceKey {
    /// The place of these codes: alpha-2, ISO 3166-2, folded city name; `None` where the catalogue has none.
    pub fn find(country: &str, state: Option<&str>, city: Option<&str>) -> Option<Self> {
        let world = Catalogue::get();
        let country = world.country(country).filter(|found| found.code == country)?;
        let Some(city) = city else {
            let Some(state) = state else { return Some(country.into()) };
            return world.state_by_code(state).filter(|found| found.country == country.code).map(Self::from);
        };
        let named = world.cities_named(country.code, city);
        named.iter().find(|found| found.key == city && found.state == state).map(Self::from)
    }

    /// Whether it is a whole country.
    pub const fn is_country(&self) -> bool {
        self.state.is_none() && self.city.is_none()
    }

    /// What the catalogue calls it.
    pub fn catalogue_name(&self) -> Text {
        let world = Catalogue::get();
        let one = |name: &'static str| Text::new(name, name);
        let found = match (self.city, self.state) {
            (Some(key), state) => {
                let named = world.cities_named(self.country, key);
                named.iter().find(|city| city.state == state).map(|city| one(city.name))
            }
            (None, Some(code)) => world.state_by_code(code).map(|state| one(state.name)),
            (None, None) => {
                world.country(self.country).map(|country| Text::new(country.name_zh_cn, country.name_en))
            }
        };
        found.unwrap_or_else(|| one(self.city.or(self.state).unwrap_or(self.country)))
    }
}

/// What a site calls a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// In Chinese; `None`: as without it.
    pub zh: Option<String>,
    /// In English; `None`: the catalogue's name.
    pub en: Option<String>,
}

impl Named {
    /// Both names, those that there are.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        [&self.zh, &self.en].into_iter().filter_map(Option::as_deref)
    }
}

/// The names of a site. The empty one knows the catalogue alone; with names of its own each place is found by
/// them, too.
///
/// ```
/// # use turnpike_places::{Named, Names, PlaceKey};
/// # use turnpike_base::Lang;
/// let lisbon = PlaceKey::find("PT", Some("PT-11"), Some("lisbon")).unwrap();
/// let own = Named { zh: Some("里斯本".into()), en: Some("Lisboa Metro".into()) };
/// let names = Names::new([(lisbon, own)]);
/// assert_eq!(names.name(lisbon, Lang::En), "Lisboa Metro");
/// assert_eq!(names.cities_named("PT", "lisboametro")[0].name, "Lisbon");
/// assert_eq!(names.cities_named("PT", "lisbon")[0].name, "Lisbon");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    own: HashMap<PlaceKey, Named>,
    /// By folded name.
    countries: HashMap<String, &'static Country>,
    /// By country and folded name.
    states: HashMap<(&'static str, String), &'static State>,
    /// By country and folded name, the largest first; several where cities of one name share another.
    cities: HashMap<(&'static str, String), Vec<&'static City>>,
}

static CATALOGUE_ONLY: std::sync::LazyLock<Names> = std::sync::LazyLock::new(Names::default);

impl Names {
    /// The names of a site. Where two places have one name the first one is found by it; [`Names::taken`] keeps it
    /// from coming to that. Cities of one name in different states may share another: they are told apart by state.
    pub fn new(own: impl IntoIterator<Item = (PlaceKey, Named)>) -> Self {
        let mut names = Self::default();
        own.into_iter().for_each(|(place, named)| names.set(place, named));
        names
    }

    /// Names a place, in place of what it was called before; without any name it is as in the catalogue.
    pub fn set(&mut self, place: PlaceKey, named: Named) {
        let old = self.own.remove(&place).unwrap_or_default();
        old.iter().for_each(|name| self.lead_no_more(fold(name), place));
        named.iter().for_each(|name| self.lead(fold(name), place));
        if named != Named::default() {
            self.own.insert(place, named);
        }
    }

    fn lead_no_more(&mut self, name: String, place: PlaceKey) {
        if self.countries.get(&name).is_some_and(|at| PlaceKey::from(*at) == place) {
            self.countries.remove(&name);
        }
        let name = (place.country, name);
        if self.states.get(&name).is_some_and(|at| PlaceKey::from(*at) == place) {
            self.states.remove(&name);
        }
        if let Some(cities) = self.cities.get_mut(&name) {
            cities.retain(|at| PlaceKey::from(*at) != place);
            if cities.is_empty() {
                self.cities.remove(&name);
            }
        }
    }

    /// The catalogue's names alone: what operators go by.
    pub fn catalogue() -> &'static Self {
        &CATALOGUE_ONLY
    }

    /// Lets a folded name lead to a place, unless the catalogue does already.
    fn lead(&mut self, name: String, place: PlaceKey) {
        let world = Catalogue::get();
        if meant(&place, &name).contains(&place) {
            return;
        }
        match (place.city, place.state) {
            (Some(key), state) => {
                let named = world.cities_named(place.country, key);
                if let Some(city) = named.iter().find(|city| city.state == state) {
                    let cities = self.cities.entry((place.country, name)).or_default();
                    if cities.first().is_none_or(|first| first.key == city.key) && !cities.contains(&city) {
                        cities.push(city);
                        cities.sort_by_key(|city| (std::cmp::Reverse(city.population), city.state));
                    }
                }
            }
            (None, Some(code)) => {
                if let Some(state) = world.state_by_code(code) {
                    self.states.entry((place.country, name)).or_insert(state);
                }
            }
            (None, None) => {
                if let Some(country) = world.country(place.country) {
                    self.countries.entry(name).or_insert(country);
                }
            }
        }
    }

    /// Whether there are none beside the catalogue's.
    pub fn is_empty(&self) -> bool {
        self.own.is_empty()
    }

    /// How many places the site names.
    pub fn len(&self) -> usize {
        self.own.len()
    }

    /// Every place that the site names, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&PlaceKey, &Named)> {
        self.own.iter()
    }

    /// The site's own name of a place.
    pub fn own(&self, place: &PlaceKey) -> Option<&Named> {
        self.own.get(place)
    }

    /// Which other place a name means already: in the catalogue, or by this site's word. Names are told apart
    /// among countries, among the states of a country, and among its cities; cities that the catalogue calls the
    /// same are told apart by their states, so they may share a name of the site's, too.
    pub fn taken(&self, place: &PlaceKey, name: &str) -> Option<PlaceKey> {
        let name = fold(name);
        let known = meant(place, &name);
        if known.contains(place) {
            return None;
        }
        let own = match (place.city, place.state) {
            (Some(key), _) => {
                let others = self.cities.get(&(place.country, name));
                others
                    .and_then(|cities| cities.iter().find(|city| city.key != key))
                    .map(|city| (*city).into())
            }
            (None, Some(_)) => self.states.get(&(place.country, name)).map(|state| PlaceKey::from(*state)),
            (None, None) => self.countries.get(&name).map(|country| PlaceKey::from(*country)),
        };
        known.first().copied().or(own).filter(|other| other != place)
    }

    /// As [`Catalogue::country`].
    pub fn country(&self, name: &str) -> Option<&'static Country> {
        if let Some(own) = self.countries.get(&fold(name)) {
            return Some(own);
        }
        Catalogue::get().country(name)
    }

    /// As [`Catalogue::state`].
    pub fn state(&self, country: &str, name: &str) -> Option<&'static State> {
        let country = self.country(country)?.code;
        if let Some(own) = self.states.get(&(country, fold(name))) {
            return Some(own);
        }
        Catalogue::get().state(country, name)
    }

    /// As [`Catalogue::cities_named`]; a name of the site's own means those cities alone that the site calls so.
    pub fn cities_named(&self, country: &str, name: &str) -> Vec<&'static City> {
        let Some(country) = self.country(country) else { return Vec::new() };
        if let Some(own) = self.cities.get(&(country.code, fold(name))) {
            return own.clone();
        }
        Catalogue::get().cities_named(country.code, name).iter().collect()
    }

    /// What the site calls a place, in both languages. A state or city has one name in the catalogue: where the
    /// site names it in English only, that is its name in Chinese, too.
    pub fn text(&self, place: PlaceKey) -> Text {
        let usual = place.catalogue_name();
        let Some(own) = self.own.get(&place) else { return usual };
        let zh = own.zh.as_ref().or(own.en.as_ref().filter(|_| !place.is_country()));
        let or = |own: Option<&String>, usual: &str| own.map_or_else(|| usual.to_owned(), Clone::clone);
        Text::made(or(zh, &usual.zh), or(own.en.as_ref(), &usual.en))
    }

    /// The same in one language.
    pub fn name(&self, place: PlaceKey, lang: Lang) -> String {
        self.text(place).get(lang).to_owned()
    }

    /// Every folded name of the site's own beside the catalogue's, with its place.
    pub(crate) fn own_names(&self) -> impl Iterator<Item = (&str, PlaceKey)> {
        let countries = self.countries.iter().map(|(name, at)| (name.as_str(), PlaceKey::from(*at)));
        let states = self.states.iter().map(|((_, name), at)| (name.as_str(), PlaceKey::from(*at)));
        let cities = self.cities.iter().flat_map(|((_, name), cities)| {
            cities.iter().map(move |at| (name.as_str(), PlaceKey::from(*at)))
        });
        countries.chain(states).chain(cities)
    }
}

/// The places of the catalogue, of the same kind and country as `place`, that a folded name means.
fn meant(place: &PlaceKey, name: &str) -> Vec<PlaceKey> {
    let world = Catalogue::get();
    match (place.city, place.state) {
        (Some(_), _) => world.cities_named(place.country, name).iter().map(PlaceKey::from).collect(),
        (None, Some(_)) => world.state(place.country, name).map(PlaceKey::from).into_iter().collect(),
        (None, None) => world.country(name).map(PlaceKey::from).into_iter().collect(),
    }
}
