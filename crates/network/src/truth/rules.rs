//! What differs between a claim and what was found, and what follows from it. Pure.

use super::Found;
use crate::exits::Exit;
use std::net::IpAddr;
use turnpike_places::{Catalogue, fold};
use turnpike_wire::{Bind, ExitKind};

/// From which difference on an exit is not sold as the place that it claims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// None: differences are told, no more.
    #[default]
    Never,
    /// Another country.
    Country,
    /// Another country or state.
    State,
    /// Another country, state, city or autonomous system.
    Any,
}

impl Policy {
    /// The words that operators write.
    pub const WORDS: [&'static str; 4] = ["never", "country", "state", "any"];

    /// Reads one of [`Self::WORDS`].
    pub fn parse(word: &str) -> Option<Self> {
        let all = [Self::Never, Self::Country, Self::State, Self::Any];
        Self::WORDS.iter().position(|known| *known == word).and_then(|at| all.get(at).copied())
    }

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Country => "country",
            Self::State => "state",
            Self::Any => "any",
        }
    }

    /// Whether these differences keep an exit from being sold.
    pub(super) fn withholds(self, differences: &Differences) -> bool {
        let Differences { country, state, city, asn } = differences;
        match self {
            Self::Never => false,
            Self::Country => country.is_some(),
            Self::State => country.is_some() || state.is_some(),
            Self::Any => [country, state, city, asn].iter().any(|part| part.is_some()),
        }
    }
}

/// What differs, each part as `claimed, found`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Differences {
    country: Option<(String, String)>,
    state: Option<(String, String)>,
    city: Option<(String, String)>,
    asn: Option<(String, String)>,
}

impl Differences {
    /// In words; `None`: nothing differs.
    pub(super) fn told(&self) -> Option<String> {
        let parts =
            [("country", &self.country), ("state", &self.state), ("city", &self.city), ("asn", &self.asn)];
        let told = parts.into_iter().filter_map(|(name, part)| {
            part.as_ref().map(|(claimed, found)| format!("{name}: claims {claimed}, is {found}"))
        });
        let told: Vec<String> = told.collect();
        (!told.is_empty()).then(|| told.join("; "))
    }
}

/// Compares. What either side does not say, or the catalogue does not know, differs in nothing; within another
/// country neither states nor cities are compared.
pub(super) fn compare(exit: &Exit, found: &Found) -> Differences {
    let claimed = exit.place.country.as_str();
    let mut differences = Differences::default();
    let differ = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
    if let (Some(asn), Some(other)) = (exit.asn, found.asn)
        && asn != other
    {
        differences.asn = differ(&asn.to_string(), &other.to_string());
    }
    let Some(country) = &found.country else { return differences };
    if !country.eq_ignore_ascii_case(claimed) {
        differences.country = differ(claimed, country);
        return differences;
    }
    let known = found.state.as_deref().and_then(|name| Catalogue::get().state(claimed, name));
    if let (Some(state), Some(other)) = (exit.place.state.as_deref(), known)
        && state != other.code
    {
        differences.state = differ(state, other.code);
    }
    let known = found.city.as_deref().map(|name| {
        let named = Catalogue::get().city(claimed, None, name);
        named.map_or_else(|| (fold(name), name.to_owned()), |city| (city.key.clone(), city.name.to_owned()))
    });
    if let (Some(key), Some((other, name))) = (exit.place.city_key.as_deref(), known)
        && key != other
    {
        differences.city = differ(exit.place.city.as_deref().unwrap_or(key), &name);
    }
    differences
}

/// The public address of an exit: what a probe saw, else the one that a local exit leaves from.
pub(super) fn address_of(exit: &Exit) -> Option<IpAddr> {
    let seen = exit.health.public.as_deref().and_then(|text| text.parse().ok());
    seen.or(match &exit.kind {
        ExitKind::Local { bind: Bind::Address(address) | Bind::Block { network: address, .. } } => {
            Some(*address)
        }
        _ => None,
    })
}
