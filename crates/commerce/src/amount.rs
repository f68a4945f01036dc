//! Amounts in files and stored specifications: `"12.50"` or a whole number, never a float.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use turnpike_base::{Currency, Money};

/// Money as an operator writes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount(pub Money);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Whole(u32),
            Text(String),
        }
        let wrong = || serde::de::Error::custom("must be an amount such as \"12.50\" or 12");
        match Written::deserialize(deserializer).map_err(|_| wrong())? {
            Written::Whole(units) => Ok(Self(Money(i64::from(units) * 100))),
            Written::Text(text) => Money::parse(&text).filter(|m| *m <= MOST).map(Self).ok_or_else(wrong),
        }
    }
}

/// The largest amount a catalogue may name: what is multiplied by it never overflows.
pub const MOST: Money = Money(100_000_000_000);

/// A price in each currency it is sold for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// Renminbi.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cny: Option<Amount>,
    /// US dollars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usd: Option<Amount>,
    /// Hong Kong dollars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hkd: Option<Amount>,
}

impl Prices {
    /// The price in a currency; `None`: not sold for it.
    pub fn in_currency(&self, currency: Currency) -> Option<Money> {
        let amount = match currency {
            Currency::Cny => self.cny,
            Currency::Usd => self.usd,
            Currency::Hkd => self.hkd,
        };
        amount.map(|amount| amount.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_texts_or_whole_numbers_and_never_floats() {
        let read = |json: &str| serde_json::from_str::<Amount>(json).ok().map(|a| a.0);
        assert_eq!((read("\"12.5\""), read("12")), (Some(Money(1_250)), Some(Money(1_200))));
        for bad in ["12.5", "-1", "\"-1\"", "\"1.234\"", "\"99999999999\"", "null", "true"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
