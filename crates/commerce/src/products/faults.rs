//! What can be wrong with a product, whoever wrote it: each fault names its field.

use super::model::{Choice, Item, LEAST_RECHARGE};
use std::collections::HashSet;
use turnpike_base::{Currency, Money, ProductType, Text, naming};

/// A field that is wrong, and what it has to be; the text names the field, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// As the catalogue file names it.
    pub field: &'static str,
    /// What it has to be.
    pub text: Text,
}

impl Wrong {
    /// Such a field.
    pub const fn of(field: &'static str, zh: &'static str, en: &'static str) -> Self {
        Self { field, text: Text::new(zh, en) }
    }
}

/// Largest GB or count of a product, and most to choose from.
const MOST: i64 = 10_000_000;
/// Longest validity, in days.
const LONGEST: i64 = 3_660;

const UNSEEN: (&str, &str) = (
    "名称不能包含控制字符、零宽字符或改变文字方向的字符",
    "title must not contain control characters, characters without width or marks that turn the direction of text",
);
const DEAR_GIFT: (&str, &str) = (
    "赠送余额不能高于同币种售价（类型 3：recharge_min；类型 11：最便宜的组合；类型 26：0）",
    "balance_gift must not be above the price in its currency (type 3: recharge_min, type 11: the cheapest choice, type 26: 0)",
);

/// The first thing that is wrong with a product.
pub(super) fn of(item: &Item) -> Option<Wrong> {
    texts(item)
        .or_else(|| numbers(item))
        .or_else(|| lists(item))
        .or_else(|| money(item))
        .or_else(|| needs(item))
}

/// The first of these that does not fit.
fn first<const N: usize>(checks: [(bool, &'static str, &'static str, &'static str); N]) -> Option<Wrong> {
    checks.into_iter().find(|check| !check.0).map(|(_, field, zh, en)| Wrong::of(field, zh, en))
}

fn texts(item: &Item) -> Option<Wrong> {
    let code = (1..=64).contains(&item.code.len())
        && item.code.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    let title = |text: &str| (1..=200).contains(&text.chars().count());
    let seen = naming::is_seen(&item.title.zh) && naming::is_seen(&item.title.en);
    first([
        (
            code,
            "code",
            "代码应为 1 到 64 个字母、数字、- _ 或 .",
            "code must be 1 to 64 letters, digits, - _ or .",
        ),
        (
            title(&item.title.zh) && title(&item.title.en),
            "title",
            "名称在两种语言中都应为 1 到 200 个字符",
            "title must be 1 to 200 characters in both languages",
        ),
        (seen, "title", UNSEEN.0, UNSEEN.1),
        ((1..=4).contains(&item.show_type), "show_type", "展示类型应为 1 到 4", "show_type must be 1 to 4"),
    ])
}

fn numbers(item: &Item) -> Option<Wrong> {
    let fits = |n: i64| (0..=MOST).contains(&n);
    first([
        (fits(item.stock), "stock", "库存应为 0 到 10,000,000", "stock must be 0 to 10,000,000"),
        (fits(item.gb), "gb", "流量应为 0 到 10,000,000 GB", "gb must be 0 to 10,000,000"),
        (fits(item.gift_gb), "gift_gb", "赠送流量应为 0 到 10,000,000 GB", "gift_gb must be 0 to 10,000,000"),
        (fits(item.count), "count", "次数应为 0 到 10,000,000", "count must be 0 to 10,000,000"),
        ((0..=LONGEST).contains(&item.days), "days", "有效天数应为 0 到 3,660", "days must be 0 to 3,660"),
    ])
}

fn lists(item: &Item) -> Option<Wrong> {
    const TWICE: &str = "同一选项不能重复出现";
    first([
        (
            item.extensions.iter().all(|n| (1..=120).contains(n)),
            "extensions",
            "时长倍数应为 1 到 120",
            "extensions must be 1 to 120",
        ),
        (
            item.extensions.is_empty() || extends(item.product),
            "extensions",
            "时长倍数延长有效期，而类型 3、19、24、26 没有有效期：请留空",
            "extensions multiply a validity, which types 3, 19, 24 and 26 have none of: leave them out",
        ),
        (
            item.extensions.iter().collect::<HashSet<_>>().len() == item.extensions.len(),
            "extensions",
            TWICE,
            "extensions must not name a multiple twice",
        ),
        (differ(&item.bandwidth), "bandwidth", TWICE, "bandwidth must not name a value twice"),
        (differ(&item.concurrency), "concurrency", TWICE, "concurrency must not name a value twice"),
        (differ(&item.duration), "duration", TWICE, "duration must not name a value twice"),
    ])
}

fn money(item: &Item) -> Option<Wrong> {
    let given = Currency::ALL.into_iter().all(|currency| gives_less(item, currency));
    first([
        (
            ascends(item),
            "recharge_min",
            "最低充值金额不能高于最高充值金额",
            "recharge_min must not be above recharge_max",
        ),
        (
            (0..=100_000).contains(&item.extension_basis_points),
            "extension_basis_points",
            "时长倍率应为 0 到 100,000 基点",
            "extension_basis_points must be 0 to 100,000",
        ),
        (given, "balance_gift", DEAR_GIFT.0, DEAR_GIFT.1),
    ])
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

/// What a type needs.
fn needs(item: &Item) -> Option<Wrong> {
    let in_days = item.product.is_bucket() || item.product.is_countable() || item.product.is_static();
    let list = |choices: &[Choice]| {
        !choices.is_empty() && choices.iter().all(|choice| (1..=MOST).contains(&choice.value))
    };
    let choices = item.product == ProductType::DynamicUnmetered;
    let gb = item.product.is_bucket() || item.product == ProductType::StaticTrafficAddon;
    let short = item.duration.iter().all(|choice| choice.value <= LONGEST);
    let renews = item.renews.is_some_and(ProductType::is_static);
    first([
        (
            !choices || list(&item.bandwidth),
            "bandwidth",
            "需要可选带宽（Mbit/s）",
            "needs bandwidth to choose from, in Mbit/s",
        ),
        (
            !choices || list(&item.concurrency),
            "concurrency",
            "需要可选并发数",
            "needs concurrency to choose from, in connections",
        ),
        (
            !choices || (list(&item.duration) && short),
            "duration",
            "需要可选时长（天，最长 3,660）",
            "needs duration to choose from, in days, 3,660 at most",
        ),
        (!gb || item.gb > 0, "gb", "需要流量（GB）", "needs gb, the traffic that it grants"),
        (!item.product.is_countable() || item.count > 0, "count", "需要次数", "needs count"),
        (!in_days || item.days > 0, "days", "需要有效天数", "needs days"),
        (
            item.product != ProductType::Renewal || renews,
            "renews",
            "需要 renews：14 或 25",
            "needs renews = 14 or 25",
        ),
        (is_priced(item), "price", "至少需要一种货币的售价", "needs a price in one currency at least"),
    ])
}

/// Whether it can be sold for any currency; what customers name the sum of needs no price.
fn is_priced(item: &Item) -> bool {
    matches!(item.product, ProductType::Recharge | ProductType::Supplement | ProductType::DynamicUnmetered)
        || Currency::ALL.into_iter().any(|currency| item.sells_for(currency))
}
