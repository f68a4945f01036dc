//! What is known of a product.

use crate::amount::{Amount, Prices};
use serde::{Deserialize, Serialize};
use turnpike_base::{Bytes, Currency, Money, ProductId, ProductType, SiteId, Text};

/// A product as the operator describes it: a table of the catalogue file, and as JSON in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The operator's own name for it, unique in the site.
    pub code: String,
    /// The number of its type.
    #[serde(rename = "type")]
    pub product: ProductType,
    /// Its name.
    pub title: Text,
    /// 1 ordinary, 2 recommended, 3 not for sale (on request), 4 trial: once per customer.
    #[serde(default = "one")]
    pub show_type: i64,
    /// Withdrawn: not shown and not sold.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
    /// How many may be sold; 0: any number.
    #[serde(default)]
    pub stock: i64,
    /// Traffic in GB (types 9, 12, 13, 15, 16, 21, 24).
    #[serde(default)]
    pub gb: i64,
    /// Traffic on top, in GB.
    #[serde(default)]
    pub gift_gb: i64,
    /// Uses (types 17, 18, 20, 27, 28).
    #[serde(default)]
    pub count: i64,
    /// How long it is valid, in days.
    #[serde(default)]
    pub days: i64,
    /// What validities can be multiplied by; 1 always.
    #[serde(default)]
    pub extensions: Vec<i64>,
    /// What one more multiple costs, in basis points of the price.
    #[serde(default)]
    pub extension_basis_points: i64,
    /// Type 19: renews addresses of type 14 or 25.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renews: Option<ProductType>,
    /// Type 3: the smallest recharge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recharge_min: Option<Amount>,
    /// Type 3: the largest recharge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recharge_max: Option<Amount>,
    /// Below its name.
    #[serde(default = "nothing")]
    pub subtitle: Text,
    /// What it is, in a sentence.
    #[serde(default = "nothing")]
    pub detail: Text,
    /// A label.
    #[serde(default = "nothing")]
    pub tip1: Text,
    /// Another one.
    #[serde(default = "nothing")]
    pub tip2: Text,
    /// Lines that describe it.
    #[serde(default)]
    pub introduce: Vec<Text>,
    /// Price of one, per address for types 14, 25 and 19. Types 3, 11 and 26 have none of their own.
    #[serde(default)]
    pub price: Prices,
    /// The price that is crossed out.
    #[serde(default)]
    pub original_price: Prices,
    /// Balance on top of a purchase.
    #[serde(default)]
    pub balance_gift: Prices,
    /// Type 11: Mbit/s to choose from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bandwidth: Vec<Choice>,
    /// Type 11: connections at once to choose from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub concurrency: Vec<Choice>,
    /// Type 11: days to choose from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duration: Vec<Choice>,
}

const fn one() -> i64 {
    1
}

const fn nothing() -> Text {
    Text::new("", "")
}

/// A choice of type 11.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Mbit/s, connections or days.
    pub value: i64,
    /// What it adds to the price.
    pub price: Prices,
}

/// The smallest recharge (type 3) where the product names none.
pub const LEAST_RECHARGE: Money = Money(100);

/// Which list a choice stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkuKind {
    /// Mbit/s.
    Bandwidth,
    /// Connections at once.
    Concurrency,
    /// Days.
    Duration,
}

impl SkuKind {
    /// Every list.
    pub const ALL: [Self; 3] = [Self::Bandwidth, Self::Concurrency, Self::Duration];

    /// As it is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bandwidth => "bandwidth",
            Self::Concurrency => "concurrency",
            Self::Duration => "duration",
        }
    }
}

/// A choice with its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sku {
    /// What `product_sku_…_id` takes.
    pub id: i64,
    /// Which list it stands in.
    pub kind: SkuKind,
    /// Value and price.
    pub choice: Choice,
}

/// A product in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// What `pid` takes.
    pub id: ProductId,
    /// Whose catalogue it is in.
    pub site: SiteId,
    /// How many were sold, unpaid orders included.
    pub taken: i64,
    /// The rest.
    pub item: Item,
    /// The choices of type 11, in the order of the lists.
    pub skus: Vec<Sku>,
}

impl Item {
    /// The choices of a list.
    pub fn choices(&self, kind: SkuKind) -> &[Choice] {
        match kind {
            SkuKind::Bandwidth => &self.bandwidth,
            SkuKind::Concurrency => &self.concurrency,
            SkuKind::Duration => &self.duration,
        }
    }

    /// Bytes that one grants, gift included.
    pub const fn bytes(&self) -> Bytes {
        Bytes::from_gb(self.gb.saturating_add(self.gift_gb))
    }

    /// Whether it can be sold for a currency.
    pub fn sells_for(&self, currency: Currency) -> bool {
        let all = |choices: &[Choice]| choices.iter().all(|c| c.price.in_currency(currency).is_some());
        match self.product {
            ProductType::Recharge | ProductType::Supplement => true,
            ProductType::DynamicUnmetered => SkuKind::ALL.into_iter().all(|kind| all(self.choices(kind))),
            _ => self.price.in_currency(currency).is_some(),
        }
    }

    /// What the cheapest way to buy it costs: what lists show. Nothing where that is up to the buyer.
    pub fn list_price(&self, currency: Currency) -> Money {
        if self.product != ProductType::DynamicUnmetered {
            return self.price.in_currency(currency).unwrap_or(Money::ZERO);
        }
        let least = |kind| {
            let prices = self.choices(kind).iter().filter_map(|c| c.price.in_currency(currency));
            prices.min().unwrap_or(Money::ZERO)
        };
        Money(SkuKind::ALL.into_iter().map(|kind| least(kind).0).sum())
    }
}

impl Product {
    /// The choice with this id in a list.
    pub fn sku(&self, kind: SkuKind, id: i64) -> Option<&Sku> {
        self.skus.iter().find(|sku| sku.kind == kind && sku.id == id)
    }

    /// How many are left; `None`: any number.
    pub fn remaining(&self) -> Option<i64> {
        (self.item.stock > 0).then(|| (self.item.stock - self.taken).max(0))
    }
}
