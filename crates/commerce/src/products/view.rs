//! A product as customers see it: the document's fields.

use super::model::{Product, Sku, SkuKind};
use serde::{Serialize, Serializer};
use turnpike_base::{Currency, Lang, Money, ProductType};
use utoipa::ToSchema;

/// Basis points, out as a factor (8,000 is 0.8).
#[derive(Clone, Copy, Debug)]
pub(super) struct Factor(i64);

impl Serialize for Factor {
    #[allow(clippy::float_arithmetic, clippy::cast_precision_loss)]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / 10_000.0)
    }
}

/// A product.
#[derive(Serialize, ToSchema)]
pub(super) struct ProductRow {
    /// What `pid` takes.
    id: i64,
    title: String,
    #[serde(rename = "type")]
    kind: i64,
    /// 1 ordinary, 2 recommended, 3 on request only, 4 trial: once per customer.
    show_type: i64,
    /// 1: for sale.
    status: i64,
    /// CNY.
    #[schema(value_type = f64)]
    price: Money,
    #[schema(value_type = f64)]
    usd_price: Money,
    #[schema(value_type = f64)]
    price_hkd: Money,
    #[schema(value_type = f64)]
    original_price: Money,
    #[schema(value_type = f64)]
    original_usd_price: Money,
    #[schema(value_type = f64)]
    original_price_hkd: Money,
    /// In the currency that the site settles in.
    #[schema(value_type = f64)]
    local_price: Money,
    #[schema(value_type = f64)]
    local_original_price: Money,
    /// What the site settles in.
    preferred_currency: &'static str,
    /// Lower case, separated by commas.
    support_currencies: String,
    /// Traffic in GB, or uses of countable types (17, 18, 20, 27, 28).
    flow_value: i64,
    /// Traffic on top, in GB.
    flow_give: i64,
    /// Balance on top, in the site's currency.
    #[schema(value_type = f64)]
    balance_give: Money,
    /// Type 3: the smallest recharge.
    #[schema(value_type = f64)]
    balance_value: Money,
    /// Validity in days.
    time_validity: i64,
    /// Price of one address, types 14, 19 and 25.
    #[schema(value_type = f64)]
    time_price: Money,
    /// Validity in days.
    time_days: i64,
    tip1: String,
    tip2: String,
    introduce: Vec<String>,
    region_list_id: i64,
    /// Types 14 and 25: the products that renew it. Type 19: the products it renews. Ids, separated by commas.
    renew_product_list: String,
    /// Type 19: 14 or 25. Else 0.
    parent_product_type: i64,
    /// 0: any number.
    total_count: i64,
    remain_count: i64,
    /// What `etd` takes beside 1.
    extension_of_time_days: Vec<i64>,
    /// The price is multiplied by `1 + (etd - 1) x` this.
    #[schema(value_type = f64)]
    time_days_price_rate: Factor,
    #[schema(inline)]
    desc: Description,
    #[schema(inline)]
    sku: Skus,
}

/// Words and figures of a product once more, as the document has it.
#[derive(Serialize, ToSchema)]
struct Description {
    subtitle: String,
    flow_value: i64,
    flow_give: i64,
    #[schema(value_type = f64)]
    balance_give: Money,
    time_validity: i64,
    #[schema(value_type = f64)]
    time_price: Money,
    tip1: String,
    tip2: String,
    introduce: Vec<String>,
}

/// What to choose from, type 11; empty lists else.
#[derive(Serialize, ToSchema)]
struct Skus {
    /// Mbit/s.
    #[schema(inline)]
    bandwidth_list: Vec<SkuRow>,
    /// Days.
    #[schema(inline)]
    duration_list: Vec<SkuRow>,
    /// Connections at once.
    #[schema(inline)]
    concurrency_list: Vec<SkuRow>,
}

/// A choice; the prices of the three choices add up.
#[derive(Serialize, ToSchema)]
struct SkuRow {
    id: i64,
    value: i64,
    #[schema(value_type = f64)]
    price: Money,
    #[schema(value_type = f64)]
    price_usd: Money,
    #[schema(value_type = f64)]
    price_hkd: Money,
}

fn sku(sku: &Sku) -> SkuRow {
    let price = |currency| sku.choice.price.in_currency(currency).unwrap_or_default();
    SkuRow {
        id: sku.id,
        value: sku.choice.value,
        price: price(Currency::Cny),
        price_usd: price(Currency::Usd),
        price_hkd: price(Currency::Hkd),
    }
}

/// The products that renew this one, or that this one renews.
fn partners(product: &Product, all: &[Product]) -> String {
    let item = &product.item;
    let fits = |other: &&Product| match item.product {
        ProductType::Renewal => Some(other.item.product) == item.renews,
        own if own.is_static() => other.item.renews == Some(own),
        _ => false,
    };
    all.iter().filter(fits).map(|p| p.id.to_string()).collect::<Vec<_>>().join(",")
}

pub(super) fn row(product: &Product, all: &[Product], currency: Currency, lang: Lang) -> ProductRow {
    let item = &product.item;
    let words = |text: &turnpike_base::Text| text.get(lang).to_owned();
    let original =
        |currency| item.original_price.in_currency(currency).unwrap_or(product.item.list_price(currency));
    let per_address = item.product.is_static() || item.product == ProductType::Renewal;
    let time_price = if per_address { product.item.list_price(currency) } else { Money::ZERO };
    let flow_value = if item.product.is_countable() { item.count } else { item.gb };
    let days = item.duration.iter().map(|choice| choice.value).min().unwrap_or(item.days);
    let balance_give = item.balance_gift.in_currency(currency).unwrap_or_default();
    let introduce: Vec<String> = item.introduce.iter().map(words).collect();
    let sold_for = Currency::ALL.into_iter().filter(|c| item.sells_for(*c));
    let skus = |kind| product.skus.iter().filter(|s| s.kind == kind).map(sku).collect();
    ProductRow {
        id: product.id.0,
        title: words(&item.title),
        kind: item.product.number(),
        show_type: item.show_type,
        status: i64::from(!item.withdrawn),
        price: product.item.list_price(Currency::Cny),
        usd_price: product.item.list_price(Currency::Usd),
        price_hkd: product.item.list_price(Currency::Hkd),
        original_price: original(Currency::Cny),
        original_usd_price: original(Currency::Usd),
        original_price_hkd: original(Currency::Hkd),
        local_price: product.item.list_price(currency),
        local_original_price: original(currency),
        preferred_currency: currency.code(),
        support_currencies: sold_for.map(|c| c.code().to_ascii_lowercase()).collect::<Vec<_>>().join(","),
        flow_value,
        flow_give: item.gift_gb,
        balance_give,
        balance_value: item.recharge_min.unwrap_or_default().0,
        time_validity: days,
        time_price,
        time_days: days,
        tip1: words(&item.tip1),
        tip2: words(&item.tip2),
        introduce: introduce.clone(),
        region_list_id: 0,
        renew_product_list: partners(product, all),
        parent_product_type: item.renews.map_or(0, ProductType::number),
        total_count: item.stock,
        remain_count: product.remaining().unwrap_or(0),
        extension_of_time_days: item.extensions.clone(),
        time_days_price_rate: Factor(item.extension_basis_points),
        desc: Description {
            subtitle: words(&item.subtitle),
            flow_value,
            flow_give: item.gift_gb,
            balance_give,
            time_validity: days,
            time_price,
            tip1: words(&item.tip1),
            tip2: words(&item.tip2),
            introduce,
        },
        sku: Skus {
            bandwidth_list: skus(SkuKind::Bandwidth),
            duration_list: skus(SkuKind::Duration),
            concurrency_list: skus(SkuKind::Concurrency),
        },
    }
}
