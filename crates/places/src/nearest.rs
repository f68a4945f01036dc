//! "Did you mean": the names nearest to one that nobody knows.

use crate::{Catalogue, City, fold};

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

impl Catalogue {
    /// At most `n` names near to `name`, the nearest first, the larger city first among equals. Names
    /// that differ in more than a third of their letters (and at least two) are not near.
    pub fn nearest(&self, kind: Kind<'_>, name: &str, n: usize) -> Vec<&'static str> {
        let wanted: Vec<char> = fold(name).chars().collect();
        let most = (wanted.len() / 3).max(2);
        let mut found: Vec<(usize, u32, &'static str)> = Vec::new();
        let mut offer = |key: &str, weight: u32, shown: &'static str| {
            if let Some(distance) = distance(&wanted, key, most) {
                found.push((distance, u32::MAX - weight, shown));
            }
        };
        match kind {
            Kind::Country => {
                self.countries.iter().for_each(|c| {
                    offer(&fold(c.name_en), 0, c.name_en);
                    offer(c.name_zh_cn, 0, c.name_en);
                });
            }
            Kind::State(country) => {
                self.states_of(country).iter().for_each(|s| offer(&fold(s.name), 0, s.name));
            }
            Kind::City(country) => {
                self.cities_of(country).iter().for_each(|c| offer(&c.key, c.population, c.name));
            }
            Kind::CityIn(country, state) => {
                let inside = |c: &&City| c.state.is_none_or(|code| code == state);
                let cities = self.cities_of(country).iter().filter(inside);
                cities.for_each(|c| offer(&c.key, c.population, c.name));
            }
        }
        found.sort_unstable();
        let mut names: Vec<&'static str> = Vec::new();
        for (_, _, shown) in found {
            if !names.contains(&shown) {
                names.push(shown);
            }
            if names.len() == n {
                break;
            }
        }
        names
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
