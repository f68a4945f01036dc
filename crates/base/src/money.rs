//! Money: integers in minor units (fen, cent), two decimals outside (contract section 1, "Money").

use serde::{Deserialize, Serialize, Serializer};

/// The currencies a site can settle in. All have two decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs)]
pub enum Currency {
    Cny,
    Usd,
    Hkd,
}

impl Currency {
    /// Every currency, in the order the API names them.
    pub const ALL: [Self; 3] = [Self::Cny, Self::Usd, Self::Hkd];

    /// ISO 4217 code, upper case.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cny => "CNY",
            Self::Usd => "USD",
            Self::Hkd => "HKD",
        }
    }

    /// Reads an ISO 4217 code in any case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.code().eq_ignore_ascii_case(text))
    }
}

/// An amount in minor units. May be negative (a posting, a debt).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(transparent)]
pub struct Money(pub i64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// `self + other`, `None` on overflow.
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// `self - other`, `None` on overflow.
    pub fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// `self x numerator / denominator`, rounded half up once (contract section 1). `None` on overflow
    /// or a denominator that is not positive.
    ///
    /// ```
    /// # use turnpike_base::Money;
    /// assert_eq!(Money(105).ratio(1, 10), Some(Money(11)));
    /// ```
    pub fn ratio(self, numerator: i64, denominator: i64) -> Option<Self> {
        if denominator <= 0 {
            return None;
        }
        let d = i128::from(denominator);
        let n = i128::from(self.0) * i128::from(numerator);
        i64::try_from((2 * n + d).div_euclid(2 * d)).ok().map(Self)
    }

    /// Reads `12`, `12.3` or `12.34`; no sign, no more than two decimals.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || part.len() > 2 || !digits(whole) || !digits(part) || text.ends_with('.') {
            return None;
        }
        let cents: i64 = format!("{part:0<2}").parse().ok()?;
        whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents).map(Self)
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }
}

/// As a JSON number with up to two decimals. The one place where an amount becomes a float, on its
/// way out: every amount below 2^53 minor units prints exactly.
impl Serialize for Money {
    #[allow(clippy::float_arithmetic, clippy::cast_precision_loss)]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 100 == 0 {
            serializer.serialize_i64(self.0 / 100)
        } else {
            serializer.serialize_f64(self.0 as f64 / 100.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_round_up() {
        assert_eq!(Money(5).ratio(1, 10), Some(Money(1)));
        assert_eq!(Money(4).ratio(1, 10), Some(Money(0)));
        assert_eq!(Money(-5).ratio(1, 10), Some(Money(0)));
    }

    #[test]
    fn refuses_amounts_that_are_not_money() {
        for bad in ["", ".", "1.", ".5", "1.234", "-1", "1e3", " 1", "99999999999999999999"] {
            assert_eq!(Money::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn prints_what_it_reads(minor in 0i64..1_000_000_000_000) {
            prop_assert_eq!(Money::parse(&Money(minor).to_string()), Some(Money(minor)));
            let json = serde_json::to_string(&Money(minor)).unwrap();
            prop_assert_eq!(Money::parse(&json), Some(Money(minor)));
        }
    }
}
