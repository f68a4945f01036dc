//! Places by name: what operators claim for exits and what customers ask for, in catalogue terms.

use serde::Serialize;
use turnpike_base::{Fault, Lang, Result, Text};
use turnpike_places::{Catalogue, City, Country, Kind, Names, PlaceKey, State};
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
    pub nearest: Vec<Text>,
    /// The largest that there are, where no name is near.
    pub examples: Vec<Text>,
    /// A state or city came without a country.
    pub needs_country: bool,
    /// Where a city of this name is, if not in the state it was asked for in.
    pub elsewhere: Option<Elsewhere>,
    /// Some of the states that have a city of this name, where one has to be named.
    pub among: Vec<Text>,
}

/// A city that exists, but in other states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// The state it was asked for in.
    pub asked: Text,
    /// The states that have one, the one with the largest first.
    pub found: Vec<Text>,
}

impl UnknownPlace {
    fn new(names: &Names, field: &'static str, name: &str, kind: Kind<'_>) -> Self {
        let nearest = names.nearest(kind, name, SUGGESTIONS);
        let examples = if nearest.is_empty() { names.largest(kind, SUGGESTIONS) } else { Vec::new() };
        Self {
            field,
            name: shown(name),
            nearest,
            examples,
            needs_country: false,
            elsewhere: None,
            among: Vec::new(),
        }
    }

    fn in_another_state(names: &Names, name: &str, asked: &'static State, found: &[&'static City]) -> Self {
        let found = states_of(names, found);
        let elsewhere = Some(Elsewhere { asked: names.text(asked.into()), found });
        Self {
            field: "city",
            name: shown(name),
            nearest: Vec::new(),
            examples: Vec::new(),
            needs_country: false,
            elsewhere,
            among: Vec::new(),
        }
    }

    fn ambiguous(names: &Names, name: &str, found: &[&'static City]) -> Self {
        let among = states_of(names, found);
        Self {
            field: "state",
            name: shown(name),
            nearest: Vec::new(),
            examples: Vec::new(),
            needs_country: false,
            elsewhere: None,
            among,
        }
    }

    fn alone(field: &'static str, name: &str) -> Self {
        Self {
            field,
            name: shown(name),
            nearest: Vec::new(),
            examples: Vec::new(),
            needs_country: true,
            elsewhere: None,
            among: Vec::new(),
        }
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
            let found = joined(found);
            return Text::made(
                format!("{} 没有城市“{}”，同名城市位于：{}", asked.zh, self.name, found.zh),
                format!("There is no city \"{}\" in {}; there is one in {}", self.name, asked.en, found.en),
            );
        }
        if !self.among.is_empty() {
            let among = joined(&self.among);
            return Text::made(
                format!("多个州/省有城市“{}”，请指定其一：{}", self.name, among.zh),
                format!("Several states have a city \"{}\"; name one, such as {}", self.name, among.en),
            );
        }
        let (mut chinese, mut english) =
            (format!("{zh}“{}”不存在", self.name), format!("There is no {en} \"{}\"", self.name));
        if !self.nearest.is_empty() {
            let nearest = joined(&self.nearest);
            chinese.push_str(&format!("，您是否要找：{}", nearest.zh));
            english.push_str(&format!("; did you mean {}?", nearest.en));
        }
        if !self.examples.is_empty() {
            let some = joined(&self.examples);
            chinese.push_str(&format!("，可选的有：{}", some.zh));
            english.push_str(&format!("; some that there are: {}", some.en));
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

/// What the site calls the states of these cities, some of them.
fn states_of(names: &Names, cities: &[&'static City]) -> Vec<Text> {
    let states = cities.iter().map(|city| PlaceKey { city: None, ..PlaceKey::from(*city) });
    states.filter(|place| place.state.is_some()).map(|state| names.text(state)).take(SUGGESTIONS).collect()
}

fn joined(names: &[Text]) -> Text {
    let all = |lang: Lang| names.iter().map(move |name| name.get(lang)).collect::<Vec<_>>();
    Text::made(all(Lang::Zh).join("、"), all(Lang::En).join(", "))
}

/// What a stranger typed, short enough to be shown to him.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(64).collect()
}

fn non_empty(name: Option<&str>) -> Option<&str> {
    name.map(str::trim).filter(|n| !n.is_empty())
}

fn find_country(names: &Names, name: &str) -> Result<&'static Country, UnknownPlace> {
    names.country(name).ok_or_else(|| UnknownPlace::new(names, "country", name, Kind::Country))
}

fn find_state(names: &Names, country: &str, name: &str) -> Result<&'static State, UnknownPlace> {
    let unknown = || UnknownPlace::new(names, "state", name, Kind::State(country));
    names.state(country, name).ok_or_else(unknown)
}

/// The cities of a name, in a state or in all of a country: the largest, and those that share its name.
fn find_cities(
    names: &Names,
    country: &str,
    state: Option<&'static State>,
    name: &str,
) -> Result<(&'static City, Vec<&'static City>), UnknownPlace> {
    let found = names.cities_named(country, name);
    // A city whose state the catalogue does not know is not refused for the state.
    let fits = |c: &&City| state.is_none_or(|s| c.state.is_none_or(|code| code == s.code));
    let fitting: Vec<&City> = found.iter().copied().filter(fits).collect();
    match (fitting.first(), state) {
        (Some(first), _) => Ok((first, fitting)),
        (None, Some(state)) if !found.is_empty() => {
            Err(UnknownPlace::in_another_state(names, name, state, &found))
        }
        (None, Some(state)) => Err(UnknownPlace::new(names, "city", name, Kind::CityIn(country, state.code))),
        (None, None) => Err(UnknownPlace::new(names, "city", name, Kind::City(country))),
    }
}

/// Whether these are all the cities that the catalogue calls the same.
fn is_whole(cities: &[&City]) -> bool {
    let world = Catalogue::get();
    cities.first().is_none_or(|city| world.cities_named(city.country, &city.key).len() == cities.len())
}

/// What a customer asks for as a filter over exits (contract sections 6 and 9), by the names of his site. Blank names
/// count as absent.
pub fn filter(
    names: &Names,
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
    let country = find_country(names, country)?.code;
    let state = state.map(|name| find_state(names, country, name)).transpose()?;
    let found = city.map(|name| find_cities(names, country, state, name)).transpose()?;
    // Without a state all cities of that name are meant, if the name is theirs alike; a site's name for some of them
    // means the largest of those. Where one is meant, its state is told too: however a place is written, it is one
    // filter, and a session for it one session.
    let only =
        found.as_ref().and_then(|(first, all)| first.state.filter(|_| all.len() == 1 || !is_whole(all)));
    Ok(PlaceFilter {
        country: CountryCode::parse(country),
        state: state.map(|s| s.code).or(only).map(str::to_owned),
        city: found.map(|(first, _)| first.key.clone()),
        asn,
    })
}

/// The filter of a proxy username, or the refusal that says which name is unknown and what is near.
pub fn target(names: &Names, wish: &Targeting) -> Result<PlaceFilter, Refusal> {
    let (country, state, city) = (wish.country.as_deref(), wish.state.as_deref(), wish.city.as_deref());
    Ok(filter(names, country, state, city, wish.asn)?)
}

/// The country that an operator means, by the catalogue: a code, a name or an alias.
pub fn country(name: &str) -> Result<CountryCode, UnknownPlace> {
    claim(name, None, None).map(|place| place.country)
}

/// Where an exit is, as an operator names it: by the catalogue, for exits serve every site. A city without a state
/// gets the catalogue's, the largest city's where several share the name.
pub fn claim(country: &str, state: Option<&str>, city: Option<&str>) -> Result<Place, UnknownPlace> {
    let names = Names::catalogue();
    let country = find_country(names, country)?;
    let state = non_empty(state).map(|name| find_state(names, country.code, name)).transpose()?;
    let city = non_empty(city).map(|name| find_cities(names, country.code, state, name)).transpose()?;
    let city = city.map(|(largest, _)| largest);
    let code = CountryCode::parse(country.code);
    Ok(Place {
        country: code.ok_or_else(|| UnknownPlace::new(names, "country", country.code, Kind::Country))?,
        state: state.map(|s| s.code).or_else(|| city.and_then(|c| c.state)).map(str::to_owned),
        city_key: city.map(|c| c.key.clone()),
        city: city.map(|c| c.name.to_owned()),
    })
}

/// The one place that an operator means, by the catalogue. A city's name that several share needs its state.
pub fn exact(country: &str, state: Option<&str>, city: Option<&str>) -> Result<PlaceKey, UnknownPlace> {
    let names = Names::catalogue();
    let country = find_country(names, country)?;
    let state = non_empty(state).map(|name| find_state(names, country.code, name)).transpose()?;
    let Some(name) = non_empty(city) else {
        return Ok(state.map_or_else(|| country.into(), PlaceKey::from));
    };
    match find_cities(names, country.code, state, name)? {
        (_, several) if state.is_none() && several.len() > 1 => {
            Err(UnknownPlace::ambiguous(names, name, &several))
        }
        (city, _) => Ok(city.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(country: &str, state: &str, city: &str) -> Result<PlaceFilter, UnknownPlace> {
        filter(Names::catalogue(), Some(country), Some(state), Some(city), None)
    }

    /// The nearest name that is told, in English.
    fn nearest(unknown: &UnknownPlace) -> &str {
        unknown.nearest.first().map_or("", |name| name.en.as_ref())
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
    fn a_city_that_is_alone_of_its_name_is_one_place_with_its_state_and_without() {
        let with = wish("US", "CA", "Los Angeles").unwrap();
        assert_eq!((with.state.as_deref(), wish("US", "", "losangeles")), (Some("US-CA"), Ok(with.clone())));
    }

    #[test]
    fn a_city_without_a_state_means_all_of_that_name() {
        let found = wish("US", "", "Portland").unwrap();
        assert_eq!((found.state, found.city.as_deref()), (None, Some("portland")));
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_nearest() {
        let unknown = wish("US", "", "Los Angelas").unwrap_err();
        assert_eq!((unknown.field, nearest(&unknown)), ("city", "Los Angeles"));
        let refusal = Refusal::from(unknown);
        assert_eq!(refusal.reason, Reason::UnknownPlace);
        assert!(refusal.text().en.contains("Los Angeles") && refusal.text().zh.contains("城市"));
        let germany = wish("Germny", "", "").unwrap_err();
        assert!(nearest(&germany) == "Germany" && germany.text().zh.contains("德国"));
        assert_eq!(nearest(&wish("US", "Califronia", "").unwrap_err()), "California");
    }

    #[test]
    fn where_nothing_is_near_the_largest_are_told() {
        for (country, state, city, told) in [
            ("DE", "Xyzzyplugh", "", "North Rhine-Westphalia"),
            ("US", "", "Xyzzyplughxyzzy", "New York City"),
            ("US", "CA", "Xyzzyplughxyzzy", "Los Angeles"),
            ("Xyzzyplugh", "", "", "China"),
        ] {
            let unknown = wish(country, state, city).unwrap_err();
            let text = unknown.text();
            assert!(text.en.contains(&format!("; some that there are: {told}")), "{}", text.en);
            assert!(text.zh.contains("，可选的有：") && unknown.nearest.is_empty(), "{}", text.zh);
        }
        assert!(wish("US", "Califronia", "").unwrap_err().examples.is_empty());
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
        let near = wish("US", "NY", "Bufalo").unwrap_err();
        assert_eq!(nearest(&near), "Buffalo");
        assert!(near.nearest.iter().all(|name| wish("US", "NY", &name.en).is_ok()), "{near:?}");
    }

    #[test]
    fn a_state_or_city_needs_a_country() {
        for (state, city) in [(Some("CA"), None), (None, Some("Berlin"))] {
            let unknown = filter(Names::catalogue(), None, state, city, None).unwrap_err();
            assert!(unknown.needs_country);
            assert!(unknown.fault(["cc", "state", "city"]).errors.contains_key("cc"));
        }
        assert_eq!(filter(Names::catalogue(), None, None, None, Some(7922)).unwrap().asn, Some(7922));
    }

    #[test]
    fn an_exit_in_a_city_is_in_its_state() {
        let place = claim("de", None, Some("München")).unwrap();
        assert_eq!((place.state.as_deref(), place.city.as_deref()), (Some("DE-BY"), Some("Munich")));
    }

    #[test]
    fn a_sites_name_of_a_city_means_that_one_alone() {
        let oregon = exact("US", Some("OR"), Some("Portland")).unwrap();
        let own = turnpike_places::Named { zh: Some("玫瑰城".into()), en: Some("Rose City".into()) };
        let names = Names::new([(oregon, own)]);
        let asked = |state, city| filter(&names, Some("US"), state, Some(city), None);
        for name in ["Rose City", "rosecity", "玫瑰城"] {
            let found = asked(None, name).unwrap();
            assert_eq!((found.state.as_deref(), found.city.as_deref()), (Some("US-OR"), Some("portland")));
        }
        assert_eq!(asked(None, "Portland").unwrap().state, None);
        assert_eq!(asked(None, "Rose City"), asked(Some("OR"), "Portland"), "one place, one session");
        assert_eq!(asked(Some("ME"), "Rose City").unwrap_err().field, "city");
        assert!(wish("US", "", "Rose City").is_err(), "the catalogue knows nothing of it");
    }

    #[test]
    fn a_sites_name_of_all_cities_of_a_name_is_read_as_the_catalogues() {
        let own = turnpike_places::Named { zh: Some("波特兰".into()), en: None };
        let all = Catalogue::get().cities_named("US", "Portland");
        let names = Names::new(all.iter().map(|city| (PlaceKey::from(city), own.clone())));
        for state in [None, Some("OR"), Some("ME"), Some("NY")] {
            let asked = |name| filter(&names, Some("US"), state, Some(name), None);
            let (ours, usual) = (asked("波特兰"), asked("Portland"));
            assert_eq!(ours.is_ok(), usual.is_ok(), "{state:?}");
            assert_eq!(ours.ok(), usual.ok(), "{state:?}");
        }
    }

    #[test]
    fn a_sites_name_of_some_of_several_cities_means_the_largest_of_those() {
        let own = turnpike_places::Named { zh: None, en: Some("Twin Fields".into()) };
        let place = |state| exact("US", Some(state), Some("Springfield")).unwrap();
        let names = Names::new(["MA", "IL"].map(|state| (place(state), own.clone())));
        let asked = |state, name| filter(&names, Some("US"), state, Some(name), None).unwrap();
        assert_eq!(asked(None, "Springfield").state, None, "there are more of them");
        assert_eq!(asked(None, "Twin Fields"), asked(Some("MA"), "Springfield"));
        assert_eq!(asked(Some("IL"), "Twin Fields"), asked(Some("IL"), "Springfield"));
    }

    #[test]
    fn an_operator_names_one_place() {
        let several = exact("US", None, Some("Portland")).unwrap_err();
        assert_eq!(several.field, "state");
        assert!(several.text().en.contains("Oregon") && several.text().zh.contains("Oregon"));
        assert_eq!(exact("US", Some("ME"), Some("portland")).unwrap().state, Some("US-ME"));
        assert_eq!(exact("日本", None, None).unwrap().country, "JP");
        assert_eq!(
            exact("us", Some("ca"), Some(" ")).unwrap(),
            PlaceKey { country: "US", state: Some("US-CA"), city: None }
        );
    }
}
