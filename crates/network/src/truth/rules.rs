//! What differs between a claim and what was found, and what follows from it. Pure.

use super::Found;
use crate::exits::Exit;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
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

/// Addresses of a block that are looked up, evenly spread over it, the first and the last among them.
const SAMPLES: u128 = 64;

/// The public addresses of an exit: what a probe saw, else those that a local exit leaves from. Of a block some
/// stand for all, unless a probe saw that it leaves from elsewhere.
pub(super) fn addresses_of(exit: &Exit) -> Vec<IpAddr> {
    let seen: Option<IpAddr> = exit.health.public.as_deref().and_then(|text| text.parse().ok());
    match (&exit.kind, seen) {
        (ExitKind::Local { bind: Bind::Block { network, prefix } }, seen)
            if seen.is_none_or(|seen| holds(*network, *prefix, seen)) =>
        {
            samples(*network, *prefix)
        }
        (_, Some(seen)) => vec![seen],
        (ExitKind::Local { bind: Bind::Address(address) }, None) => vec![*address],
        _ => Vec::new(),
    }
}

fn holds(network: IpAddr, prefix: u8, address: IpAddr) -> bool {
    let (first, span) = range(network, prefix);
    let at = bits(address);
    network.is_ipv4() == address.is_ipv4() && (first..=first + span).contains(&at)
}

fn samples(network: IpAddr, prefix: u8) -> Vec<IpAddr> {
    let (first, span) = range(network, prefix);
    let last = span.min(SAMPLES - 1);
    // Divided first: a block of IPv6 times a number does not fit.
    let step = |n: u128| span / last.max(1) * n + span % last.max(1) * n / last.max(1);
    (0..=last).map(|n| address(first + step(n), network.is_ipv4())).collect()
}

/// The first address of a block, and how far the last one is from it.
fn range(network: IpAddr, prefix: u8) -> (u128, u128) {
    let width = if network.is_ipv4() { 32 } else { 128 };
    let free = width - u32::from(prefix).min(width);
    let span = u128::MAX.checked_shr(128 - free).unwrap_or(0);
    (bits(network) & !span, span)
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

fn address(bits: u128, v4: bool) -> IpAddr {
    match u32::try_from(bits) {
        Ok(bits) if v4 => Ipv4Addr::from_bits(bits).into(),
        _ => Ipv6Addr::from_bits(bits).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(network: &str, prefix: u8) -> (usize, String, String) {
        let all = samples(network.parse().unwrap(), prefix);
        let mut apart = all.clone();
        apart.dedup();
        assert_eq!(apart, all, "each once");
        (all.len(), all.first().unwrap().to_string(), all.last().unwrap().to_string())
    }

    #[test]
    fn samples_span_a_block_of_any_size() {
        assert_eq!(ends("192.0.2.0", 24), (64, "192.0.2.0".into(), "192.0.2.255".into()));
        assert_eq!(ends("192.0.2.8", 29), (8, "192.0.2.8".into(), "192.0.2.15".into()));
        assert_eq!(ends("192.0.2.8", 32), (1, "192.0.2.8".into(), "192.0.2.8".into()));
        assert_eq!(ends("0.0.0.0", 0), (64, "0.0.0.0".into(), "255.255.255.255".into()));
        assert_eq!(ends("2001:db8::", 64), (64, "2001:db8::".into(), "2001:db8::ffff:ffff:ffff:ffff".into()));
        assert_eq!(ends("::", 0).0, 64);
    }

    #[test]
    fn a_block_holds_its_own_addresses_alone() {
        let inside = |text: &str| holds("192.0.2.0".parse().unwrap(), 24, text.parse().unwrap());
        assert!(
            inside("192.0.2.0") && inside("192.0.2.255") && !inside("192.0.3.0") && !inside("::c000:200")
        );
    }
}
