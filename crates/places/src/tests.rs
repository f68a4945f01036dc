//! What the tables promise, and look-ups in all spellings.

use crate::{Catalogue, Kind, Named, Names, PlaceKey, Shape, flag, fold, parse};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use turnpike_base::{Lang, Text};

/// Changes whenever `cargo xtask geo` makes other bytes: then look at the difference, and write it down.
const TABLES: [(&str, &str); 3] = [
    (parse::COUNTRIES, "65adb81c449c11a6ef33920b2e68b9509802c2246f018c2f7e7f18aae7c6be68"),
    (parse::STATES, "574159224a793b5dc1eb2c0c2eeca5b01883d81820c02b48ea0aa6fbeec1114b"),
    (parse::CITIES, "2e16016754ee24cc7b45b07f6a5adc089bf9d1e7e96d3f921d7e4856f228949e"),
];

fn world() -> &'static Catalogue {
    Catalogue::get()
}

#[test]
fn the_tables_are_the_recorded_ones() {
    for (table, recorded) in TABLES {
        let hash: String = Sha256::digest(table).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hash, recorded);
    }
}

#[test]
fn the_tables_are_sorted() {
    for (table, _) in TABLES {
        let mut seen = HashSet::new();
        assert!(table.lines().all(|line| seen.insert(line)));
    }
    assert!(parse::COUNTRIES.lines().is_sorted());
    assert!(world().states.is_sorted_by_key(|s| s.code));
}

#[test]
fn every_iso_country_has_names_continent_and_both_flags() {
    assert_eq!(world().countries().len(), 249);
    for c in world().countries() {
        assert!(c.code.len() == 2 && c.code.bytes().all(|b| b.is_ascii_uppercase()), "{c:?}");
        assert!(!c.name_en.is_empty() && !c.name_zh_cn.is_ascii(), "{c:?}");
        assert!(["AF", "AN", "AS", "EU", "NA", "OC", "SA"].contains(&c.continent), "{c:?}");
        for shape in Shape::ALL {
            let svg = std::str::from_utf8(flag(c.code, shape).unwrap()).unwrap();
            assert!(svg.starts_with("<svg") && svg.ends_with("</svg>"), "{} {shape:?}", c.code);
            let lower = svg.to_lowercase();
            assert!(!lower.contains("<script") && !lower.contains("href=\"http") && !lower.contains(" on"));
        }
    }
    assert!(flag("xk", Shape::Round).is_none() && world().country("XK").is_none());
}

#[test]
fn countries_come_in_english_order() {
    assert!(world().countries().is_sorted_by_key(|c| fold(c.name_en)));
    assert_eq!(world().countries().first().map(|c| c.code), Some("AF"));
}

#[test]
fn every_state_code_is_well_formed_and_of_a_country() {
    for s in &world().states {
        let (country, rest) = s.code.split_once('-').unwrap();
        assert_eq!(country, s.country);
        assert!((1..=3).contains(&rest.len()), "{s:?}");
        assert!(rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()), "{s:?}");
        assert!(world().country(country).is_some() && !fold(s.name).is_empty(), "{s:?}");
    }
}

#[test]
fn every_city_has_its_country_and_a_known_state() {
    for c in &world().cities {
        assert!(world().countries().iter().any(|k| k.code == c.country), "{c:?}");
        if let Some(code) = c.state {
            assert_eq!(world().state_by_code(code).map(|s| s.country), Some(c.country), "{c:?}");
        }
        assert!(!c.key.is_empty() && c.key == fold(c.name), "{c:?}");
    }
}

#[test]
fn names_are_unique_within_country_and_state() {
    let mut seen = HashSet::new();
    assert!(world().cities.iter().all(|c| seen.insert((c.country, c.state, c.key.as_str()))));
}

#[test]
fn few_cities_are_without_state() {
    let without = world().cities.iter().filter(|c| c.state.is_none()).count();
    assert!(without * 40 < world().cities.len(), "{without} of {}", world().cities.len());
}

#[test]
fn well_known_cities_are_in_their_states() {
    for (state, city) in [
        ("US-CA", "Los Angeles"),
        ("US-NY", "New York"),
        ("US-TX", "Houston"),
        ("US-IL", "Chicago"),
        ("US-DC", "Washington"),
        ("CA-ON", "Toronto"),
        ("CA-QC", "Montreal"),
        ("BR-SP", "Sao Paulo"),
        ("MX-CMX", "Mexico City"),
        ("GB-ENG", "London"),
        ("GB-SCT", "Edinburgh"),
        ("FR-IDF", "Paris"),
        ("DE-BY", "Munich"),
        ("DE-BE", "Berlin"),
        ("DE-HE", "Frankfurt"),
        ("ES-MD", "Madrid"),
        ("ES-CT", "Barcelona"),
        ("IT-62", "Rome"),
        ("CZ-10", "Prague"),
        ("UA-30", "Kiev"),
        ("RU-MOW", "Moscow"),
        ("TR-34", "Istanbul"),
        ("IN-MH", "Mumbai"),
        ("CN-SH", "Shanghai"),
        ("CN-BJ", "Beijing"),
        ("CN-GD", "Shenzhen"),
        ("JP-13", "Tokyo"),
        ("JP-27", "Osaka"),
        ("KR-11", "Seoul"),
        ("VN-SG", "Ho Chi Minh City"),
        ("ID-JK", "Jakarta"),
        ("PH-00", "Manila"),
        ("TH-10", "Bangkok"),
        ("AU-NSW", "Sydney"),
        ("ZA-WC", "Cape Town"),
        ("EG-C", "Cairo"),
        ("NG-LA", "Lagos"),
    ] {
        let country = state.split_once('-').unwrap().0;
        assert_eq!(world().city(country, None, city).and_then(|c| c.state), Some(state), "{city}");
    }
}

#[test]
fn countries_are_found_by_code_name_and_alias() {
    for spelling in ["us", "US", "United States", "united-states", "USA", "美国", "United States of America"]
    {
        assert_eq!(world().country(spelling).map(|c| c.code), Some("US"), "{spelling}");
    }
    for (spelling, code) in [("UK", "GB"), ("英国", "GB"), ("Côte d’Ivoire", "CI"), ("cotedivoire", "CI")]
    {
        assert_eq!(world().country(spelling).map(|c| c.code), Some(code), "{spelling}");
    }
    for nobody in ["", "zz", "Atlantis", "-"] {
        assert_eq!(world().country(nobody), None, "{nobody}");
    }
}

#[test]
fn states_are_found_by_code_and_name() {
    for spelling in ["newyork", "NY", "US-NY", "us_ny", "New York", "NEW YORK"] {
        assert_eq!(world().state("usa", spelling).map(|s| s.code), Some("US-NY"), "{spelling}");
    }
    for (country, spelling, code) in [
        ("KR", "Jeollanam-do", "KR-46"),
        ("KR", "South Jeolla", "KR-46"),
        ("ES", "Madrid", "ES-MD"),
        ("CN", "Inner Mongolia", "CN-NM"),
        ("DE", "Bavaria", "DE-BY"),
        ("JP", "27", "JP-27"),
    ] {
        assert_eq!(world().state(country, spelling).map(|s| s.code), Some(code), "{spelling}");
    }
    assert_eq!(world().state("US", "Bavaria"), None);
}

#[test]
fn a_city_of_many_states_is_found_in_each() {
    let portlands = world().cities_named("US", "portland");
    assert!(portlands.len() >= 2 && portlands.is_sorted_by_key(|c| std::cmp::Reverse(c.population)));
    assert_eq!(world().city("US", Some("Maine"), "Portland").and_then(|c| c.state), Some("US-ME"));
    assert_eq!(world().city("US", Some("OR"), "Portland").and_then(|c| c.state), Some("US-OR"));
    assert_eq!(world().city("US", Some("Bavaria"), "Portland"), None);
    assert_eq!(world().city("US", Some("CA"), "LosAngeles").map(|c| c.name), Some("Los Angeles"));
}

#[test]
fn every_alias_stands_for_something() {
    for ((country, alias), target) in &world().city_aliases {
        let found = world().cities_named(country, alias).first();
        assert_eq!(found.map(|c| &c.key), Some(target), "{country} {alias}");
    }
}

#[test]
fn near_misses_are_told() {
    let nearest = |kind, name| Names::catalogue().nearest(kind, name, 3);
    let first = |kind, name| nearest(kind, name).first().map(|text| text.en.to_string());
    assert_eq!(first(Kind::City("US"), "Los Angelas").as_deref(), Some("Los Angeles"));
    assert_eq!(first(Kind::State("US"), "Califronia").as_deref(), Some("California"));
    assert_eq!(nearest(Kind::Country, "Germny").first(), Some(&Text::new("德国", "Germany")));
    assert!(nearest(Kind::Country, "").is_empty());
    assert!(nearest(Kind::City("US"), "qqqqqqqqqqqqqqq").is_empty());
}

fn named(zh: &str, en: &str) -> Named {
    let some = |name: &str| (!name.is_empty()).then(|| name.to_owned());
    Named { zh: some(zh), en: some(en) }
}

fn place<'a>(country: &str, state: &'a str, city: &'a str) -> PlaceKey {
    let some = |code| Some(code).filter(|code: &&str| !code.is_empty());
    PlaceKey::find(country, some(state), some(city)).unwrap()
}

#[test]
fn a_site_names_countries_states_and_cities_and_finds_them_by_it() {
    let (tw, ca) = (place("TW", "", ""), place("US", "US-CA", ""));
    let la = place("US", "US-CA", "losangeles");
    let own = [(tw, named("宝岛", "Formosa")), (ca, named("", "Golden State")), (la, named("天使之城", ""))];
    let names = Names::new(own);
    assert_eq!(names.text(tw), Text::new("宝岛", "Formosa"));
    assert_eq!(names.text(ca), Text::new("Golden State", "Golden State"));
    assert_eq!(names.text(la), Text::new("天使之城", "Los Angeles"));
    assert_eq!(names.country("FORMOSA").map(|c| c.code), Some("TW"));
    assert_eq!(names.state("US", "golden-state").map(|s| s.code), Some("US-CA"));
    assert_eq!(names.cities_named("US", "天使之城").len(), 1);
    // What was known before stays known, and the catalogue itself knows nothing of it.
    assert_eq!(names.country("TW"), names.country("宝岛"));
    assert_eq!(names.state("US", "California"), names.state("US", "ca"));
    assert!(Names::catalogue().country("Formosa").is_none());
    assert!(Names::catalogue().cities_named("US", "天使之城").is_empty());
}

#[test]
fn a_name_that_means_another_place_is_taken() {
    let (maine, oregon) = (place("US", "US-ME", "portland"), place("US", "US-OR", "portland"));
    let names = Names::new([(oregon, named("", "Rose City"))]);
    let la = place("US", "US-CA", "losangeles");
    assert_eq!(names.taken(&la, "rose city"), Some(oregon), "the site says so");
    assert!(names.taken(&maine, "Los Angeles").is_some(), "the catalogue says so");
    assert_eq!(names.taken(&oregon, "ROSE CITY"), None);
    // A name that several share stays shared.
    assert_eq!(names.taken(&maine, "PORTLAND"), None);
    assert_eq!(names.cities_named("US", "portland").len(), world().cities_named("US", "portland").len());
    assert_eq!(names.taken(&place("US", "US-CA", ""), "NY"), Some(place("US", "US-NY", "")));
    assert_eq!(names.taken(&place("DE", "", ""), "法国"), Some(place("FR", "", "")));
    assert_eq!(names.taken(&place("DE", "", ""), "Rose City"), None, "a country is no city");
}

#[test]
fn cities_of_one_name_share_another() {
    let (maine, oregon) = (place("US", "US-ME", "portland"), place("US", "US-OR", "portland"));
    let mut names = Names::new([(maine, named("波特兰", ""))]);
    assert_eq!(names.taken(&oregon, "波特兰"), None);
    assert_eq!(
        names.taken(&place("US", "US-CA", "losangeles"), "波特兰"),
        Some(maine),
        "that one is called otherwise"
    );
    names.set(oregon, named("波特兰", ""));
    let states = |names: &Names| -> Vec<_> {
        names.cities_named("US", "波特兰").iter().map(|city| city.state.unwrap()).collect()
    };
    assert_eq!(states(&names), ["US-OR", "US-ME"], "the largest first, as in the catalogue");
    assert_eq!(
        (names.name(maine, Lang::Zh), names.name(oregon, Lang::Zh)),
        ("波特兰".into(), "波特兰".into())
    );
    names.set(oregon, Named::default());
    assert_eq!(states(&names), ["US-ME"]);
    assert_eq!(names, Names::new([(maine, named("波特兰", ""))]));
}

#[test]
fn near_misses_are_told_in_the_sites_words() {
    let names = Names::new([(place("DE", "", ""), named("德意志", "Teutonia"))]);
    assert_eq!(names.nearest(Kind::Country, "Teutnia", 1), [Text::new("德意志", "Teutonia")]);
    assert_eq!(names.nearest(Kind::Country, "Germny", 1), [Text::new("德意志", "Teutonia")]);
}

#[test]
fn folding_forgets_case_accents_blanks_and_punctuation() {
    for (spelling, folded) in [
        ("Los Ángeles", "losangeles"),
        ("LOS-ANGELES", "losangeles"),
        ("St. Louis", "stlouis"),
        ("Łódź", "lodz"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("Nukuʻalofa", "nukualofa"),
        ("Xi’an", "xian"),
        ("东京 ", "东京"),
        ("Ｏｓａｋａ", "osaka"),
    ] {
        assert_eq!(fold(spelling), folded);
    }
}

/// Every text, proven by every character: folding keeps or drops each on its own, so a text folds to
/// what its characters fold to, and twice is once if it is so for each.
#[test]
fn folding_twice_changes_nothing() {
    let mut whole = String::new();
    for c in '\0'..=char::MAX {
        let once = fold(c.encode_utf8(&mut [0; 4]));
        assert_eq!(fold(&once), once, "{c:?} U+{:04X}", u32::from(c));
        whole.push_str(&once);
    }
    assert_eq!(fold(&('\0'..=char::MAX).collect::<String>()), whole);
}

proptest! {
    #[test]
    fn no_name_breaks_a_look_up(country in "\\PC{0,8}", state in "\\PC{0,8}", city in "\\PC{0,12}") {
        world().city(&country, Some(&state), &city);
        Names::catalogue().nearest(Kind::Country, &city, 3);
    }
}
