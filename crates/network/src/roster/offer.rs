//! What a pool offers: places with a healthy exit, and how many there are.

use std::sync::Arc;
use turnpike_wire::CountryCode;

/// One place as exits claim it. Ordered by country, state, city.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// ISO 3166-1 alpha-2.
    pub country: CountryCode,
    /// ISO 3166-2.
    pub state: Option<Arc<str>>,
    /// City name for people.
    pub city: Option<Arc<str>>,
    /// Folded city name.
    pub city_key: Option<Arc<str>>,
}

/// The places of a pool with the number of healthy exits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// Sorted, without places that have none.
    pub spots: Vec<(Spot, usize)>,
}

impl Offer {
    /// Countries with their numbers of exits, by code.
    pub fn countries(&self) -> Vec<(CountryCode, usize)> {
        let mut countries: Vec<(CountryCode, usize)> = Vec::new();
        for (spot, count) in &self.spots {
            match countries.last_mut() {
                Some((country, sum)) if *country == spot.country => *sum += count,
                _ => countries.push((spot.country, *count)),
            }
        }
        countries
    }

    /// The places of one country.
    pub fn of_country(&self, country: CountryCode) -> &[(Spot, usize)] {
        let from = self.spots.partition_point(|(spot, _)| spot.country < country);
        let to = self.spots.partition_point(|(spot, _)| spot.country <= country);
        self.spots.get(from..to).unwrap_or_default()
    }
}
