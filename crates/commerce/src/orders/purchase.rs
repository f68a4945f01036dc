//! Orders in the operator's words: products by code, choices by value.

use super::request::Request;
use crate::fields::Regions;
use crate::products::{self, Product, SkuKind, error};
use crate::renewals::Duration;
use turnpike_base::{Fault, Result, SiteId, Text};
use turnpike_store::Read;
use turnpike_web::field::Kind;

/// What is to be bought.
#[derive(Clone, Copy, Debug)]
pub struct Purchase<'a> {
    /// The product's code.
    pub code: &'a str,
    /// How many.
    pub amount: i64,
    /// Types 14 and 25: `CC,quantity[,ASN]|…`.
    pub regions: Option<&'a str>,
    /// Type 11: Mbit/s.
    pub bandwidth: Option<i64>,
    /// Type 11: connections.
    pub concurrency: Option<i64>,
    /// Type 11: days.
    pub days: Option<i64>,
}

impl Request {
    /// An order of one of a product, with nothing chosen.
    pub fn plain(pid: i64, pm_id: i64) -> Self {
        Self {
            pid,
            upids: None,
            amount: 1,
            pm_id,
            region_list: None,
            coupon_sn: None,
            use_invitation_registration_discount: false,
            renew_duration: Duration::OneMonth,
            product_sku_bandwidth_id: None,
            product_sku_concurrency_id: None,
            product_sku_duration_id: None,
            etd: 1,
            recharge_amount: None,
            trade_no: None,
        }
    }
}

/// The order that such a purchase is. Fails with `product_unknown`, and naming what can't be chosen.
pub async fn purchase(tx: &impl Read, site: SiteId, wish: &Purchase<'_>, pm_id: i64) -> Result<Request> {
    let all = products::flow::all(tx, site).await?;
    let product = all.into_iter().find(|product| product.item.code == wish.code);
    let product = product.ok_or_else(|| error::unknown_code(wish.code))?;
    if !(1..=100_000).contains(&wish.amount) {
        return Err(Fault::parameter("amount", Text::new("应为 1 到 100000", "must be from 1 to 100,000")));
    }
    let regions = match wish.regions {
        Some(text) => {
            let read = Regions.parse(&serde_json::json!(text));
            Some(read.map_err(|reason| Fault::parameter("regions", reason))?)
        }
        None => None,
    };
    Ok(Request {
        amount: wish.amount,
        region_list: regions,
        product_sku_bandwidth_id: choice(&product, SkuKind::Bandwidth, wish.bandwidth)?,
        product_sku_concurrency_id: choice(&product, SkuKind::Concurrency, wish.concurrency)?,
        product_sku_duration_id: choice(&product, SkuKind::Duration, wish.days)?,
        ..Request::plain(product.id.0, pm_id)
    })
}

fn choice(product: &Product, kind: SkuKind, value: Option<i64>) -> Result<Option<i64>> {
    let Some(value) = value else { return Ok(None) };
    let found = product.skus.iter().find(|sku| sku.kind == kind && sku.choice.value == value);
    let reason = Text::new("不是该套餐的规格", "is no choice of this product");
    found.map(|sku| Some(sku.id)).ok_or_else(|| Fault::parameter(kind.name(), reason))
}
