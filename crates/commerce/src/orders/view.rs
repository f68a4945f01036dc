//! Orders as customers see them: the document's fields.

use super::model::Order;
use super::quote::Quote;
use crate::payments::Method;
use serde::Serialize;
use serde_json::Value;
use turnpike_base::{Money, Text};
use turnpike_network::flags;
use turnpike_web::Call;
use utoipa::ToSchema;

/// An order. Amounts are in the site's currency.
#[derive(Serialize, ToSchema)]
pub(super) struct OrderRow {
    id: i64,
    /// 28 digits.
    trade_no: String,
    /// The payment provider's number; empty when none.
    out_trade_no: String,
    product_id: i64,
    product_type: i64,
    amount: i64,
    #[schema(value_type = f64)]
    unit_price: Money,
    /// Before the discount, with the handling fee.
    #[schema(value_type = f64)]
    total_fee: Money,
    /// After the discount, without the handling fee.
    #[schema(value_type = f64)]
    goods_fee: Money,
    /// What is to be paid.
    #[schema(value_type = f64)]
    pay_fee: Money,
    #[schema(value_type = f64)]
    discount_fee: Money,
    #[schema(value_type = f64)]
    handling_fee: Money,
    #[schema(value_type = f64)]
    refund_fee: Money,
    /// 0: chosen when paying.
    pm_id: i64,
    pm_title: String,
    pm_logo: String,
    /// 0 unpaid, 1 paid, 2 closed, 3 refunded.
    status: i64,
    title: String,
    detail: String,
    region_desc: String,
    /// When it was paid, null before.
    pay_at: Option<String>,
    /// The same in seconds since 1970, 0 before.
    pay_timestamp: i64,
    created_at: String,
    /// It closes by itself then, unless it is paid.
    expire_at: String,
    /// 0 exact, 1 too much came, 2 too little.
    pay_fee_status: i64,
    /// What has come so far.
    #[schema(value_type = f64)]
    received_fee: Money,
    currency: &'static str,
    /// `{}` when there is none.
    #[schema(value_type = Object)]
    invoice: Value,
}

pub(super) fn row(order: &Order, methods: &[Method], invoice: Value, call: &Call) -> OrderRow {
    let method = methods.iter().find(|method| method.id == order.pm_id);
    OrderRow {
        id: order.id.0,
        trade_no: order.trade_no.clone(),
        out_trade_no: order.out_trade_no.clone(),
        product_id: order.product.0,
        product_type: order.product_type.number(),
        amount: order.amount,
        unit_price: order.unit_price,
        total_fee: order.total_fee(),
        goods_fee: order.goods_fee(),
        pay_fee: order.pay_fee(),
        discount_fee: order.discount_fee,
        handling_fee: order.handling_fee,
        refund_fee: order.refund_fee,
        pm_id: order.pm_id,
        pm_title: method.map(|m| m.title.get(call.lang).to_owned()).unwrap_or_default(),
        pm_logo: method.map(|m| format!("{}{}", call.base_url, m.logo)).unwrap_or_default(),
        status: order.status as i64,
        title: order.title.get(call.lang).to_owned(),
        detail: order.goods.detail.get(call.lang).to_owned(),
        region_desc: order.goods.regions.clone(),
        pay_at: order.paid_at.map(|at| call.site.show(at)),
        pay_timestamp: order.paid_at.map_or(0, |at| at.0 / 1_000),
        created_at: call.site.show(order.created_at),
        expire_at: call.site.show(order.expire_at),
        pay_fee_status: order.pay_fee_status,
        received_fee: order.received,
        currency: order.currency.code(),
        invoice,
    }
}

/// What an order would cost.
#[derive(Serialize, ToSchema)]
pub(super) struct Checked {
    product_id: i64,
    product_type: i64,
    amount: i64,
    #[schema(value_type = f64)]
    unit_price: Money,
    #[schema(value_type = f64)]
    discount_fee: Money,
    #[schema(value_type = f64)]
    goods_fee: Money,
    #[schema(value_type = f64)]
    handling_fee: Money,
    #[schema(value_type = f64)]
    total_fee: Money,
    #[schema(value_type = f64)]
    pay_fee: Money,
    title: String,
    detail: String,
    region_desc: String,
    /// Renewals: each address before and after; empty else.
    #[schema(inline)]
    ip_result: Vec<IpRow>,
}

/// An address that would be renewed.
#[derive(Serialize, ToSchema)]
struct IpRow {
    /// Its package.
    id: i64,
    ip: String,
    #[schema(value_type = f64)]
    price: Money,
    country_code: String,
    /// It expires then.
    current_time: String,
    /// It would expire then.
    renewal_time: String,
    #[schema(inline)]
    country: CountryOf,
}

/// A country and its flags.
#[derive(Serialize, ToSchema)]
struct CountryOf {
    name_zh_cn: String,
    name_en: String,
    /// Round.
    flag: String,
    square_flag: String,
}

pub(super) fn checked(quote: &Quote, call: &Call) -> Checked {
    let item = &quote.product.item;
    let figures = &quote.figures;
    let address = |one: &crate::renewals::preview::Preview| IpRow {
        id: one.package.0,
        ip: one.ip.clone(),
        price: one.price,
        country_code: one.country.clone(),
        current_time: call.site.show(one.current),
        renewal_time: call.site.show(one.renewed),
        country: country(&one.country, call),
    };
    Checked {
        product_id: quote.product.id.0,
        product_type: item.product.number(),
        amount: quote.plan.amount,
        unit_price: quote.plan.unit,
        discount_fee: figures.discount_fee,
        goods_fee: figures.goods_fee(),
        handling_fee: figures.handling_fee,
        total_fee: figures.total_fee(),
        pay_fee: figures.pay_fee(),
        title: item.title.get(call.lang).to_owned(),
        detail: item.detail.get(call.lang).to_owned(),
        region_desc: quote.plan.regions.clone(),
        ip_result: quote.plan.previews.iter().map(address).collect(),
    }
}

fn country(code: &str, call: &Call) -> CountryOf {
    let named = turnpike_places::Catalogue::get().country(code);
    let name = named.map_or_else(|| Text::made(code, code), |country| call.site.places.text(country.into()));
    let [flag, square_flag] = flags::urls(&call.base_url, code);
    CountryOf { name_zh_cn: name.zh.into_owned(), name_en: name.en.into_owned(), flag, square_flag }
}
