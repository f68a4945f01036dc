//! How the shop's own kinds of parameters are read: amounts, lists, regions, durations.

use crate::renewals::Duration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use turnpike_base::{Money, Text};
use turnpike_web::Values;
use turnpike_web::field::{Field, Kind, whole};

/// An amount in the site's currency with at most two decimals, from `min` to `max`.
pub(crate) struct Amount {
    pub(crate) min: Money,
    pub(crate) max: Money,
}

impl Kind for Amount {
    type Out = Money;
    fn parse(&self, value: &Value) -> Result<Money, Text> {
        let read = match value {
            Value::Number(number) => Money::parse(&number.to_string()),
            Value::String(text) => Money::parse(text.trim()),
            _ => None,
        };
        read.filter(|amount| (self.min..=self.max).contains(amount)).ok_or_else(|| {
            Text::made(
                format!("应为 {} 到 {} 之间的金额（站点货币），最多两位小数", self.min, self.max),
                format!(
                    "must be an amount from {} to {} in the site's currency, with two decimals at most",
                    self.min, self.max
                ),
            )
        })
    }
    fn schema(&self) -> Value {
        // Decimals as they are printed: no float on the way.
        let shown = |amount: Money| serde_json::from_str::<Value>(&amount.to_string()).unwrap_or_default();
        json!({"type": "number", "minimum": shown(self.min), "maximum": shown(self.max),
            "x-unit": "site currency"})
    }
}

/// The whole numbers of a value: `30`, `"30,90"`, `"[30,90]"` or `[30, 90]`.
fn numbers(value: &Value) -> Option<Vec<i64>> {
    match value {
        Value::Number(_) => whole(value).map(|n| vec![n]),
        Value::Array(values) => {
            values.iter().map(numbers).collect::<Option<Vec<_>>>().map(|all| all.concat())
        }
        Value::String(text) => {
            let text = text.trim();
            let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
            inner.split(',').map(|part| part.trim().parse().ok()).collect()
        }
        _ => None,
    }
}

/// A filter of whole numbers, each from `min` to `max`; may be repeated, may be missing.
pub(crate) struct Ints {
    pub(crate) min: i64,
    pub(crate) max: i64,
}

impl Field<Vec<i64>> for Ints {
    fn read(&self, values: &Values, name: &str) -> Result<Vec<i64>, Text> {
        let (min, max) = (self.min, self.max);
        let read: Option<Vec<Vec<i64>>> = values.all(name).into_iter().map(numbers).collect();
        let fits = |all: &Vec<i64>| all.len() <= 100 && all.iter().all(|n| (min..=max).contains(n));
        read.map(|all| all.concat()).filter(fits).ok_or_else(|| {
            Text::made(
                format!("应为 {min} 到 {max} 之间的整数，或其列表，例如 30,90"),
                format!("must be a whole number from {min} to {max}, or a list of them such as 30,90"),
            )
        })
    }
    fn is_required(&self) -> bool {
        false
    }
    fn schema(&self) -> Value {
        let list = r"^\[?[0-9]{1,18}(,[0-9]{1,18}){0,99}\]?$";
        json!({"anyOf": [{"type": "integer", "minimum": self.min, "maximum": self.max},
            {"type": "string", "pattern": list, "maxLength": 2_000, "examples": ["30,90", "[30,90]"]}]})
    }
}

/// Package ids, separated by commas, each once; 1 to 200.
pub(crate) struct Ids;

const MOST_IDS: usize = 200;

impl Kind for Ids {
    type Out = Vec<i64>;
    fn reads_lists(&self) -> bool {
        true
    }
    fn parse(&self, value: &Value) -> Result<Vec<i64>, Text> {
        let once = |all: &Vec<i64>| {
            let mut sorted = all.clone();
            sorted.sort_unstable();
            sorted.windows(2).all(|pair| matches!(pair, [a, b] if a != b))
        };
        let fits = |all: &Vec<i64>| (1..=MOST_IDS).contains(&all.len()) && all.iter().all(|n| *n > 0);
        numbers(value).filter(fits).filter(once).ok_or_else(|| {
            Text::made(
                format!("应为以逗号分隔的套餐 id，1 到 {MOST_IDS} 个，不可重复"),
                format!("must be 1 to {MOST_IDS} package ids separated by commas, each once"),
            )
        })
    }
    fn schema(&self) -> Value {
        json!({"type": "string", "pattern": "^[0-9]{1,18}(,[0-9]{1,18}){0,199}$", "maxLength": 3_800,
            "examples": ["1,2,3"]})
    }
}

/// A country, how many addresses of it, and in which network if that matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// How many.
    pub count: i64,
    /// Autonomous system number.
    pub asn: Option<u32>,
}

/// `CC,quantity[,ASN]|…`.
pub(crate) struct Regions;

/// Most addresses of one order.
const MOST_ADDRESSES: i64 = 1_000;
/// Most regions of one order.
const MOST_REGIONS: usize = 100;

impl Kind for Regions {
    type Out = Vec<Region>;
    fn reads_lists(&self) -> bool {
        true
    }
    fn parse(&self, value: &Value) -> Result<Vec<Region>, Text> {
        let all = match value {
            Value::Array(items) => {
                items.iter().map(|item| item.as_str().unwrap_or_default()).collect::<Vec<_>>().join("|")
            }
            one => one.as_str().unwrap_or_default().to_owned(),
        };
        let text = all.trim().trim_end_matches('|');
        let read: Option<Vec<Region>> = text.split('|').map(region).collect();
        let fits = |all: &Vec<Region>| {
            all.len() <= MOST_REGIONS && all.iter().map(|r| r.count).sum::<i64>() <= MOST_ADDRESSES
        };
        read.filter(fits).ok_or(Text::new(
            "应为 国家代码,数量[,ASN]|…，例如 JP,15,333|DE,10，最多 100 个地区、共 1000 个 IP",
            "must be CC,quantity[,ASN]|… such as JP,15,333|DE,10: at most 100 regions and 1,000 addresses",
        ))
    }
    fn schema(&self) -> Value {
        let one = "[A-Za-z]{2},[0-9]{1,4}(,[0-9]{1,10})?";
        json!({"type": "string", "pattern": format!(r"^{one}(\|{one}){{0,99}}$"), "maxLength": 2_000,
            "examples": ["JP,15,333|DE,10"]})
    }
}

fn region(text: &str) -> Option<Region> {
    let mut parts = text.split(',').map(str::trim);
    // In any of its spellings; everything behind this knows codes only.
    let country = turnpike_places::Catalogue::get().country(parts.next()?)?.code.to_owned();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let count =
        parts.next().filter(|p| digits(p))?.parse().ok().filter(|n| (1..=MOST_ADDRESSES).contains(n))?;
    let asn = match parts.next() {
        None | Some("") => None,
        Some(part) => Some(part).filter(|p| digits(p))?.parse().ok().filter(|n: &u32| *n > 0).map(Some)?,
    };
    parts.next().is_none().then_some(Region { country, count, asn })
}

/// `1m`, `2m` or `em`; 1 and 2 mean `1m` and `2m`.
pub(crate) struct Durations;

impl Kind for Durations {
    type Out = Duration;
    fn parse(&self, value: &Value) -> Result<Duration, Text> {
        let text = match value {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.trim().to_ascii_lowercase(),
            _ => String::new(),
        };
        Duration::parse(&text).ok_or(Text::new("应为 1m、2m 或 em", "must be 1m, 2m or em"))
    }
    fn schema(&self) -> Value {
        json!({"enum": ["1m", "2m", "em", 1, 2]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_in_many_forms() {
        for form in [json!(30), json!("30"), json!("[30]"), json!([30]), json!(["30"])] {
            assert_eq!(numbers(&form), Some(vec![30]), "{form}");
        }
        assert_eq!(numbers(&json!("[30, 90]")), Some(vec![30, 90]));
        for bad in [json!("a"), json!("30,,90"), json!(1.5), json!(null), json!({})] {
            assert_eq!(numbers(&bad), None, "{bad}");
        }
    }

    #[test]
    fn regions_are_read_strictly() {
        let jp = Region { country: "JP".into(), count: 15, asn: Some(333) };
        let de = Region { country: "DE".into(), count: 10, asn: None };
        assert_eq!(Regions.parse(&json!("jp,15,333|DE,10")), Ok(vec![jp.clone(), de.clone()]));
        assert_eq!(Regions.parse(&json!("Japan,15,333|Germany,10")), Ok(vec![jp, de]));
        let uk = Regions.parse(&json!("UK,1")).unwrap();
        assert_eq!(uk[0].country, "GB", "what is stored is the code");
        for bad in [
            "",
            "JP",
            "JP,0",
            "JP,-1",
            "JP,x",
            "JP,1,x",
            "JP,1,2,3",
            "XX,1",
            "JP,1|",
            "JP,1001",
            "JP,1||DE,1",
        ] {
            let read = Regions.parse(&json!(bad));
            assert!(read.is_err() || bad == "JP,1|", "{bad}");
        }
        assert_eq!(Regions.parse(&json!(["JP,1", "DE,2"])).map(|all| all.len()), Ok(2));
        assert!(Regions.parse(&json!(5)).is_err() && Regions.parse(&json!([5])).is_err());
    }

    #[test]
    fn ids_are_positive_and_each_once() {
        for form in [json!("3,1"), json!([3, 1]), json!(["3", "1"])] {
            assert_eq!(Ids.parse(&form), Ok(vec![3, 1]), "{form}");
        }
        for bad in [json!("1,1"), json!("0"), json!("-1"), json!("a"), json!("")] {
            assert!(Ids.parse(&bad).is_err(), "{bad}");
        }
    }
}
