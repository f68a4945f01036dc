//! The catalogue file: TOML or JSON, to load and to export. Loading what was exported changes nothing.
//!
//! ```toml
//! [shop]
//! order_minutes = 30
//!
//! [[product]]
//! code = "residential-10"
//! type = 9
//! title = {zh = "动态住宅 10 GB", en = "Residential 10 GB"}
//! gb = 10
//! days = 30
//! price = {cny = "99.00", usd = "14.90"}
//! ```

use super::error;
use super::model::{Choice, Item, LEAST_RECHARGE};
use crate::shop::{Change, Shop};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use turnpike_base::{Currency, Fault, Money, ProductType, Result, naming};

/// A whole catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// How the shop works; what is left out, or all of it: as before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shop: Option<Change>,
    /// What is sold, in the order it is shown.
    #[serde(rename = "product", default)]
    pub products: Vec<Item>,
}

/// Largest GB or count of a product, and most to choose from.
const MOST: i64 = 10_000_000;
/// Longest validity, in days.
const LONGEST: i64 = 3_660;

impl Catalogue {
    /// Reads a file, TOML or JSON. Fails with `bad_parameter` on `file`, naming the line.
    pub fn read(text: &str) -> Result<Self> {
        let read = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|e| e.to_string())
        } else {
            toml::from_str(text).map_err(|e| e.to_string())
        };
        read.map_err(|reason| error::bad_file(&[reason]))
    }

    /// As a TOML file.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string(self).map_err(|e| Fault::internal("catalogue_unprintable", e))
    }

    /// What is wrong with it, for whoever wrote it: with the shop, and with each product.
    pub fn faults(&self) -> Vec<String> {
        let mut codes = HashSet::new();
        let of_item = |item: &Item| {
            let twice = (!codes.insert(item.code.clone())).then(|| "the code stands twice".to_owned());
            twice.or_else(|| fault_of(item)).map(|reason| format!("product {}: {reason}", item.code))
        };
        // No setting's bounds depend on another one.
        let of_shop = self.shop.clone().and_then(|change| change.of(Shop::default()).fault());
        of_shop.into_iter().chain(self.products.iter().filter_map(of_item)).collect()
    }
}

fn fault_of(item: &Item) -> Option<String> {
    let code = (1..=64).contains(&item.code.len())
        && item.code.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    let title = |text: &str| (1..=200).contains(&text.chars().count());
    let checks = [
        (code, "code must be 1 to 64 letters, digits, - _ or ."),
        (
            title(&item.title.zh) && title(&item.title.en),
            "title must be 1 to 200 characters in both languages",
        ),
        (
            naming::is_seen(&item.title.zh) && naming::is_seen(&item.title.en),
            "title must not contain control characters, characters without width or marks that turn the direction of text",
        ),
        ((1..=4).contains(&item.show_type), "show_type must be 1 to 4"),
        (
            within(&[item.stock, item.gb, item.gift_gb, item.count]),
            "stock, gb, gift_gb and count must be 0 to 10,000,000",
        ),
        ((0..=LONGEST).contains(&item.days), "days must be 0 to 3,660"),
        (item.extensions.iter().all(|n| (1..=120).contains(n)), "extensions must be 1 to 120"),
        (
            item.extensions.is_empty() || extends(item.product),
            "extensions multiply a validity, which types 3, 19, 24 and 26 have none of: leave them out",
        ),
        (ascends(item), "recharge_min must not be above recharge_max"),
        (
            [&item.bandwidth, &item.concurrency, &item.duration].into_iter().all(|list| differ(list)),
            "bandwidth, concurrency and duration must not name a value twice",
        ),
        ((0..=100_000).contains(&item.extension_basis_points), "extension_basis_points must be 0 to 100,000"),
        (
            Currency::ALL.into_iter().all(|currency| gives_less(item, currency)),
            "balance_gift must not be above the price in its currency (type 3: recharge_min, type 11: the cheapest choice, type 26: 0)",
        ),
    ];
    let wrong = checks.iter().find(|(fits, _)| !fits).map(|(_, reason)| (*reason).to_owned());
    wrong.or_else(|| needs(item))
}

/// Whether a product of this type has a validity to multiply.
const fn extends(product: ProductType) -> bool {
    !matches!(
        product,
        ProductType::Recharge
            | ProductType::Renewal
            | ProductType::StaticTrafficAddon
            | ProductType::Supplement
    )
}

fn ascends(item: &Item) -> bool {
    !matches!((&item.recharge_min, &item.recharge_max), (Some(min), Some(max)) if min.0 > max.0)
}

/// Whoever buys pays at least what he is given on top: else a balance grows by buying.
fn gives_less(item: &Item, currency: Currency) -> bool {
    let least = match item.product {
        ProductType::Recharge => item.recharge_min.map_or(LEAST_RECHARGE, |amount| amount.0),
        ProductType::Supplement => Money::ZERO,
        _ => item.list_price(currency),
    };
    item.balance_gift.in_currency(currency).is_none_or(|gift| gift <= least)
}

fn differ(choices: &[Choice]) -> bool {
    let mut seen = HashSet::new();
    choices.iter().all(|choice| seen.insert(choice.value))
}

fn within(numbers: &[i64]) -> bool {
    numbers.iter().all(|n| (0..=MOST).contains(n))
}

/// What a type needs.
fn needs(item: &Item) -> Option<String> {
    let list =
        |choices: &[Choice]| !choices.is_empty() && choices.iter().all(|c| (1..=MOST).contains(&c.value));
    let (bucket, count) = (item.product.is_bucket(), item.product.is_countable());
    let fits = match item.product {
        ProductType::Recharge | ProductType::Supplement => return None,
        ProductType::DynamicUnmetered => {
            let days = item.duration.iter().all(|choice| choice.value <= LONGEST);
            let all = list(&item.bandwidth) && list(&item.concurrency) && list(&item.duration) && days;
            return (!all).then(|| "needs bandwidth, concurrency and duration (days) to choose from".into());
        }
        ProductType::StaticTrafficAddon => item.gb > 0,
        ProductType::Renewal => item.renews.is_some_and(ProductType::is_static),
        _ if bucket => item.gb > 0 && item.days > 0,
        _ if count => item.count > 0 && item.days > 0,
        _ => item.days > 0,
    };
    if !fits {
        return Some(match item.product {
            ProductType::Renewal => "needs renews = 14 or 25".into(),
            ProductType::StaticTrafficAddon => "needs gb".into(),
            _ if bucket => "needs gb and days".into(),
            _ if count => "needs count and days".into(),
            _ => "needs days".to_owned(),
        });
    }
    let priced = Currency::ALL.into_iter().any(|currency| item.sells_for(currency));
    (!priced).then(|| "needs a price in one currency at least".into())
}
