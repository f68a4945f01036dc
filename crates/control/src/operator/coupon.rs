//! Coupons and the invitation discount.

use super::{Paging, listed, time};
use crate::Control;
use serde::Deserialize;
use serde_json::{Value, json};
use turnpike_base::{CustomerId, Fault, Money, ProductType, Result, Text, naming};
use turnpike_commerce::amount::{Amount, MOST};
use turnpike_commerce::coupons::rules::takes_discount;
use turnpike_commerce::coupons::{Coupon, Spec, Value as Off, flow};
use turnpike_identity::{customers, sites};

/// Most uses that can be allowed.
const MOST_USES: i64 = 1_000_000_000;

/// What `coupon create` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Create {
    code: String,
    name: Option<String>,
    /// Percent of the price, such as 12.5.
    percent: Option<String>,
    /// An amount in the site's currency.
    amount: Option<String>,
    minimum: Option<String>,
    #[serde(default)]
    types: Vec<i64>,
    days: Option<i64>,
    per_customer: Option<i64>,
    total: Option<i64>,
    customer: Option<String>,
    site: Option<String>,
}

/// Which one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    code: String,
    #[serde(default)]
    off: bool,
    site: Option<String>,
}

/// Who was invited.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Who {
    customer: String,
}

fn wrong(field: &str, zh: &'static str, en: &'static str) -> Fault {
    Fault::parameter(field, Text::new(zh, en))
}

fn money(field: &str, text: &str) -> Result<Money> {
    Money::parse(text).ok_or_else(|| wrong(field, "应为金额，例如 12.50", "must be an amount such as 12.50"))
}

/// An amount that a stored coupon can hold, `least` or more.
fn amount(field: &str, text: &str, least: Money) -> Result<Amount> {
    let amount = money(field, text)?;
    if (least..=MOST).contains(&amount) {
        return Ok(Amount(amount));
    }
    Err(Fault::parameter(
        field,
        Text::made(
            format!("应为 {least} 到 {MOST} 之间的金额（站点货币）"),
            format!("must be an amount from {least} to {MOST} in the site's currency"),
        ),
    ))
}

/// What it takes off: hundredths of a percent are basis points, as fen are of a yuan.
fn off(input: &Create) -> Result<Off> {
    match (&input.percent, &input.amount) {
        (Some(percent), None) => match money("percent", percent)? {
            Money(points @ 1..=10_000) => Ok(Off::BasisPoints(points)),
            _ => Err(wrong("percent", "应为 0.01 到 100", "must be from 0.01 to 100")),
        },
        (None, Some(text)) => Ok(Off::Amount(amount("amount", text, Money(1))?)),
        _ => Err(wrong("percent", "percent 与 amount 须二选一", "either percent or amount has to be given")),
    }
}

/// The types that it is for; empty: all that take discounts.
fn types(numbers: &[i64]) -> Result<Vec<ProductType>> {
    let known = |n: &i64| {
        let known = ProductType::from_number(*n).filter(|product| takes_discount(*product));
        known.ok_or_else(|| {
            wrong(
                "types",
                "含未知或不支持优惠的套餐类型",
                "names a product type that is unknown or takes no discount",
            )
        })
    };
    numbers.iter().map(known).collect()
}

/// A number that is said, within its bounds, or what holds where none is.
fn number(
    field: &str,
    said: Option<i64>,
    default: i64,
    (least, most): (i64, i64),
    unit: &Text,
) -> Result<i64> {
    let number = said.unwrap_or(default);
    if (least..=most).contains(&number) {
        return Ok(number);
    }
    let (zh, en) = (&unit.zh, &unit.en);
    let text =
        Text::made(format!("应为 {least} 到 {most} {zh}"), format!("must be from {least} to {most} {en}"));
    Err(Fault::parameter(field, text))
}

pub(super) async fn create(control: &Control, input: Create) -> Result<Value> {
    let now = control.0.clock.now();
    let plain =
        !input.code.is_empty() && input.code.len() <= 64 && input.code.bytes().all(|b| b.is_ascii_graphic());
    if !plain {
        return Err(wrong("code", "应为 1 到 64 个可见字符", "must be 1 to 64 visible characters"));
    }
    let types = types(&input.types)?;
    let days = number("days", input.days, 30, (1, 3_660), &Text::new("天", "days"))?;
    let uses = Text::new("次，0 为不限", "uses, 0 for any number");
    let per_customer = number("per_customer", input.per_customer, 1, (0, MOST_USES), &uses)?;
    let total = number("total", input.total, 0, (0, MOST_USES), &uses)?;
    let value = off(&input)?;
    let minimum = input.minimum.as_deref().map(|text| amount("minimum", text, Money::ZERO)).transpose()?;
    let tx = control.store().write().await?;
    let owner = match &input.customer {
        Some(name) => Some(customers::find(&tx, name).await?.id),
        None => None,
    };
    let name = input.name.unwrap_or_else(|| input.code.clone());
    naming::check("name", &name)?;
    let coupon = Coupon {
        id: 0,
        site: sites::find(&tx, input.site.as_deref()).await?.id,
        code: input.code,
        customer: owner,
        used: 0,
        disabled: false,
        ends_at: now.plus_days(days),
        spec: Spec {
            name: Text::made(name.clone(), name),
            value,
            minimum: minimum.unwrap_or_default(),
            types,
            starts_at: now,
            per_customer,
            total,
        },
    };
    flow::create(&tx, &coupon, now).await?;
    tx.commit().await?;
    Ok(row(control, &coupon))
}

fn row(control: &Control, coupon: &Coupon) -> Value {
    let (percent, amount) = match coupon.spec.value {
        Off::BasisPoints(points) => (Some(Money(points).to_string()), None),
        Off::Amount(amount) => (None, Some(amount.0.to_string())),
    };
    let site = control.directory().site(coupon.site);
    json!({"code": coupon.code, "site": site.as_ref().map(|site| &site.name),
        "currency": site.as_ref().map(|site| site.currency.code()), "name": coupon.spec.name.en, "percent": percent, "amount": amount,
        "minimum": coupon.spec.minimum, "types": coupon.spec.types, "customer": coupon.customer, "used": coupon.used,
        "total": coupon.spec.total, "per_customer": coupon.spec.per_customer, "disabled": coupon.disabled,
        "ends_at": time(coupon.ends_at)})
}

pub(super) async fn list(control: &Control, input: Paging) -> Result<Value> {
    let tx = control.store().read().await?;
    let found = flow::list(&tx, input.page()).await?;
    let owners: Vec<CustomerId> = found.rows.iter().filter_map(|coupon| coupon.customer).collect();
    let emails = customers::emails(&tx, &owners).await?;
    let full = |coupon: &Coupon| {
        let mut shown = row(control, coupon);
        shown["email"] = json!(coupon.customer.and_then(|owner| emails.get(&owner)));
        shown
    };
    Ok(listed(found.total, found.rows.iter().map(full).collect()))
}

pub(super) async fn disable(control: &Control, input: Which) -> Result<Value> {
    let tx = control.store().write().await?;
    let site = sites::find(&tx, input.site.as_deref()).await?;
    flow::set_disabled(&tx, site.id, &input.code, !input.off).await?;
    tx.commit().await?;
    Ok(json!({"code": input.code, "disabled": !input.off}))
}

/// Gives a customer the invitation discount of his site's shop.
pub(super) async fn invite(control: &Control, input: Who) -> Result<Value> {
    let tx = control.store().write().await?;
    let customer = customers::find(&tx, &input.customer).await?;
    flow::invite(&tx, customer.id, control.0.clock.now()).await?;
    tx.commit().await?;
    Ok(json!({"customer": customer.id, "email": customer.email}))
}
