//! Places by name: what operators claim for exits and what customers ask for, in catalogue terms.

use serde::Serialize;
use turnpike_base::{Fault, Result, Text};
use turnpike_places::{Catalogue, City, Country, Kind, State};
use turnpike_wire::{CountryCode, PlaceFilter, Reason, Refusal, Targeting};

/// How many names a "did you mean" offers.
const SUGGESTIONS: usize = 3;

/// A place of the catalogue: a country, and as much more as is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// ISO 3166-1 alpha-2.
    pub country: CountryCode,
    /// ISO 3166-2 code.
    pub state: Option<String>,
    /// Folded city name.
    pub city_key: Option<String>,
    /// City name for people.
    pub city: Option<String>,
}

/// A name that stands for no place, or one that needs another beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPlace {
    /// `country`, `state` or `city`.
    pub field: &'static str,
    /// As it was typed.
    pub name: String,
    /// The nearest names that exist, nearest first.
    pub nearest: Vec<&'static str>,
    /// A state or city came without a country.
    pub needs_country: bool,
    /// Where a city of this name is, if not in the state it was asked for in.
    pub elsewhere: Option<Elsewhere>,
}

/// A city that exists, but in other states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// The state it was asked for in.
    pub asked: &'static str,
    /// The states that have one, the one with the largest first.
    pub found: Vec<&'static str>,
}

impl UnknownPlace {
    fn new(field: &'static str, name: &str, kind: Kind<'_>) -> Self {
        let nearest = Catalogue::get().nearest(kind, name, SUGGESTIONS);
        Self { field, name: shown(name), nearest, needs_country: false, elsewhere: None }
    }

    fn in_another_state(name: &str, asked: &'static State, found: &[City]) -> Self {
        let state_of = |city: &City| Catalogue::get().state_by_code(city.state?).map(|state| state.name);
        let found = found.iter().filter_map(state_of).take(SUGGESTIONS).collect();
        let elsewhere = Some(Elsewhere { asked: asked.name, found });
        Self { field: "city", name: shown(name), nearest: Vec::new(), needs_country: false, elsewhere }
    }

    fn alone(field: &'static str, name: &str) -> Self {
        Self { field, name: shown(name), nearest: Vec::new(), needs_country: true, elsewhere: None }
    }

    /// The sentence for people.
    pub fn text(&self) -> Text {
        let (zh, en) = match self.field {
            "country" => ("国家或地区", "country"),
            "state" => ("州/省", "state"),
            _ => ("城市", "city"),
        };
        if self.needs_country {
            return Text::made(
                format!("指定{zh}时必须同时指定国家或地区"),
                format!("A {en} needs a country beside it"),
            );
        }
        if let Some(Elsewhere { asked, found }) = &self.elsewhere {
            return Text::made(
                format!("{asked} 没有城市“{}”，同名城市位于：{}", self.name, found.join("、")),
                format!(
                    "There is no city \"{}\" in {asked}; there is one in {}",
                    self.name,
                    found.join(", ")
                ),
            );
        }
        let (mut chinese, mut english) =
            (format!("{zh}“{}”不存在", self.name), format!("There is no {en} \"{}\"", self.name));
        if !self.nearest.is_empty() {
            chinese.push_str(&format!("，您是否要找：{}", self.nearest.join("、")));
            english.push_str(&format!("; did you mean {}?", self.nearest.join(", ")));
        }
        Text::made(chinese, english)
    }

    /// As a parameter error of the API; `names` says what the caller calls country, state and city.
    pub fn fault(&self, names: [&'static str; 3]) -> Fault {
        let [country, state, city] = names;
        let field = match self.field {
            "country" => country,
            "state" => state,
            _ => city,
        };
        Fault::parameter(if self.needs_country { country } else { field }, self.text())
    }
}

impl From<UnknownPlace> for Refusal {
    fn from(unknown: UnknownPlace) -> Self {
        Self::new(Reason::UnknownPlace).say(unknown.text())
    }
}

/// What a stranger typed, short enough to be shown to him.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(64).collect()
}

fn non_empty(name: Option<&str>) -> Option<&str> {
    name.map(str::trim).filter(|n| !n.is_empty())
}

fn find_country(name: &str) -> Result<&'static Country, UnknownPlace> {
    Catalogue::get().country(name).ok_or_else(|| UnknownPlace::new("country", name, Kind::Country))
}

fn find_state(country: &str, name: &str) -> Result<&'static State, UnknownPlace> {
    let unknown = || UnknownPlace::new("state", name, Kind::State(country));
    Catalogue::get().state(country, name).ok_or_else(unknown)
}

fn find_city(
    country: &str,
    state: Option<&'static State>,
    name: &str,
) -> Result<&'static City, UnknownPlace> {
    let found = Catalogue::get().cities_named(country, name);
    // A city whose state the catalogue does not know is not refused for the state.
    let fits = |c: &&City| state.is_none_or(|s| c.state.is_none_or(|code| code == s.code));
    found.iter().find(fits).ok_or_else(|| match state {
        Some(state) if !found.is_empty() => UnknownPlace::in_another_state(name, state, found),
        Some(state) => UnknownPlace::new("city", name, Kind::CityIn(country, state.code)),
        None => UnknownPlace::new("city", name, Kind::City(country)),
    })
}

/// What a customer asks for as a filter over exits (contract sections 6 and 9). Blank names count as absent.
pub fn filter(
    country: Option<&str>,
    state: Option<&str>,
    city: Option<&str>,
    asn: Option<u32>,
) -> Result<PlaceFilter, UnknownPlace> {
    let (state, city) = (non_empty(state), non_empty(city));
    let Some(country) = non_empty(country) else {
        return match (state, city) {
            (Some(name), _) => Err(UnknownPlace::alone("state", name)),
            (None, Some(name)) => Err(UnknownPlace::alone("city", name)),
            (None, None) => Ok(PlaceFilter { asn, ..PlaceFilter::default() }),
        };
    };
    let country = find_country(country)?.code;
    let state = state.map(|name| find_state(country, name)).transpose()?;
    let city = city.map(|name| find_city(country, state, name)).transpose()?;
    Ok(PlaceFilter {
        country: CountryCode::parse(country),
        state: state.map(|s| s.code.to_owned()),
        city: city.map(|c| c.key.clone()),
        asn,
    })
}

/// The filter of a proxy username, or the refusal that says which name is unknown and what is near.
pub fn target(wish: &Targeting) -> Result<PlaceFilter, Refusal> {
    Ok(filter(wish.country.as_deref(), wish.state.as_deref(), wish.city.as_deref(), wish.asn)?)
}

/// Where an exit is, as an operator names it. A city without a state gets the catalogue's, the largest
/// city's where several share the name.
pub fn claim(country: &str, state: Option<&str>, city: Option<&str>) -> Result<Place, UnknownPlace> {
    let country = find_country(country)?;
    let state = non_empty(state).map(|name| find_state(country.code, name)).transpose()?;
    let city = non_empty(city).map(|name| find_city(country.code, state, name)).transpose()?;
    let code = CountryCode::parse(country.code);
    Ok(Place {
        country: code.ok_or_else(|| UnknownPlace::new("country", country.code, Kind::Country))?,
        state: state.map(|s| s.code).or_else(|| city.and_then(|c| c.state)).map(str::to_owned),
        city_key: city.map(|c| c.key.clone()),
        city: city.map(|c| c.name.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(country: &str, state: &str, city: &str) -> Result<PlaceFilter, UnknownPlace> {
        filter(Some(country), Some(state), Some(city), None)
    }

    #[test]
    fn every_spelling_means_the_same_place() {
        let wanted = PlaceFilter {
            country: CountryCode::parse("US"),
            state: Some("US-CA".into()),
            city: Some("losangeles".into()),
            asn: None,
        };
        for (country, state, city) in [
            ("us", "CA", "LosAngeles"),
            ("USA", "US-CA", "los angeles"),
            ("美国", "california", "Los-Angeles"),
            ("United States", "California", "洛杉矶"),
        ] {
            assert_eq!(wish(country, state, city), Ok(wanted.clone()), "{country} {state} {city}");
        }
    }

    #[test]
    fn a_city_without_a_state_means_all_of_that_name() {
        let found = wish("US", "", "Portland").unwrap();
        assert_eq!((found.state, found.city.as_deref()), (None, Some("portland")));
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_nearest() {
        let unknown = wish("US", "", "Los Angelas").unwrap_err();
        assert_eq!((unknown.field, unknown.nearest.first()), ("city", Some(&"Los Angeles")));
        let refusal = Refusal::from(unknown);
        assert_eq!(refusal.reason, Reason::UnknownPlace);
        assert!(refusal.text().en.contains("Los Angeles") && refusal.text().zh.contains("城市"));
        assert_eq!(wish("Germny", "", "").unwrap_err().nearest.first(), Some(&"Germany"));
        assert_eq!(wish("US", "Califronia", "").unwrap_err().nearest.first(), Some(&"California"));
    }

    #[test]
    fn a_city_of_another_state_is_unknown() {
        let unknown = wish("US", "NY", "losangeles").unwrap_err();
        assert_eq!((unknown.field, unknown.nearest.len()), ("city", 0));
        assert_eq!(
            unknown.text().en,
            "There is no city \"losangeles\" in New York; there is one in California"
        );
        assert!(unknown.text().zh.contains("New York") && unknown.text().zh.contains("California"));
        // What is near lies in the state that was asked for.
        let near = wish("US", "NY", "Bufalo").unwrap_err().nearest;
        assert_eq!(near.first(), Some(&"Buffalo"));
        assert!(near.iter().all(|name| wish("US", "NY", name).is_ok()), "{near:?}");
    }

    #[test]
    fn a_state_or_city_needs_a_country() {
        for (state, city) in [(Some("CA"), None), (None, Some("Berlin"))] {
            let unknown = filter(None, state, city, None).unwrap_err();
            assert!(unknown.needs_country);
            assert!(unknown.fault(["cc", "state", "city"]).errors.contains_key("cc"));
        }
        assert_eq!(filter(None, None, None, Some(7922)).unwrap().asn, Some(7922));
    }

    #[test]
    fn an_exit_in_a_city_is_in_its_state() {
        let place = claim("de", None, Some("München")).unwrap();
        assert_eq!((place.state.as_deref(), place.city.as_deref()), (Some("DE-BY"), Some("Munich")));
    }
}
