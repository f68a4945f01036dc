//! Endpoints of packages (contract section 5).

use super::model::{Package, Wanted};
use super::rules::{self, Summary};
use super::{flow, rules::Figures};
use crate::State;
use serde::Serialize;
use turnpike_base::{Page, ProductType, Result};
use turnpike_web::{Call, Paged, field, params};
use utoipa::ToSchema;

const EVERY: &[i64] = &[9, 11, 12, 13, 14, 15, 16, 17, 18, 20, 21, 25, 27, 28];
const DRAWN: &[i64] = &[9, 12, 13, 15, 16, 17, 18, 20, 21, 27, 28];

params! {
    /// What `user-product/list` takes.
    pub struct List {
        trade_no: Option<String> = field::optional(field::text(1, 64)), "订单号，完整匹配", "Order number, matched whole";
        product_type: Option<ProductType> = field::optional(field::product(EVERY)), "套餐类型", "Product type";
        status: Option<i64> = field::optional(field::int(1, 3, "")), "状态：1 有效，2 已用完，3 已过期；不传则不限", "State: 1 active, 2 used up, 3 expired; any if it is not sent";
        page: i64 = field::or(field::int(1, 1_000_000_000, ""), 1), "页码", "Page, from 1";
        size: i64 = field::or(field::int(1, 1_000_000_000, ""), Page::DEFAULT_SIZE), "每页条数，最多 200", "Rows a page; more than 200 are 200";
    }
}

params! {
    /// What `user-product/summary` takes.
    pub struct Sum {
        product_type: ProductType = field::or(field::product(DRAWN), ProductType::Dynamic), "套餐类型，默认 9", "Product type, 9 by default";
    }
}

/// One package. Traffic is in KB; countable types (17, 18, 20, 27, 28) count uses.
#[derive(Serialize, ToSchema)]
pub(super) struct PackageRow {
    id: i64,
    /// Since when it can be used.
    created_at: String,
    /// Until when.
    expired_at: String,
    product_type: i64,
    trade_no: String,
    order: OrderOf,
    title: String,
    /// 1 active, 2 used up, 3 expired.
    status: i64,
    /// KB or uses granted; 0 where nothing is drawn.
    total: i64,
    /// KB or uses gone.
    used: i64,
    /// KB or uses left.
    left: i64,
    /// 1: renews by itself.
    auto_renew: i64,
    /// Mbit/s, type 11 only.
    #[serde(skip_serializing_if = "Option::is_none")]
    bandwidth: Option<i64>,
    /// Connections at once, type 11 only.
    #[serde(skip_serializing_if = "Option::is_none")]
    concurrency: Option<i64>,
}

/// The order behind a package.
#[derive(Serialize, ToSchema)]
pub(super) struct OrderOf {
    created_at: String,
    pay_at: String,
    title: String,
}

fn row(package: &Package, call: &Call) -> PackageRow {
    let (site, now) = (&call.site, call.now);
    let Figures { total, used, left } = rules::figures(package);
    PackageRow {
        id: package.id.0,
        created_at: site.show(package.created_at),
        expired_at: site.show(package.expires_at),
        product_type: package.product.number(),
        trade_no: package.trade_no.clone(),
        order: OrderOf {
            created_at: site.show(package.ordered_at),
            pay_at: site.show(package.paid_at),
            title: package.title.get(call.lang).to_owned(),
        },
        title: package.title.get(call.lang).to_owned(),
        status: rules::status(package, now) as i64,
        total,
        used,
        left,
        auto_renew: i64::from(package.auto_renew),
        bandwidth: package.bandwidth.map(|bytes| bytes / rules::MEGABIT),
        concurrency: package.concurrency,
    }
}

pub(super) async fn list(state: State, call: Call, input: List) -> Result<Paged<PackageRow>> {
    let tx = state.store.read().await?;
    let page = Page::new(input.page, input.size);
    let wanted = Wanted {
        product: input.product_type,
        trade_no: input.trade_no.as_deref(),
        status: input.status.and_then(rules::Status::from_number).map(|status| (status, call.now)),
    };
    let found = flow::list(&tx, call.customer, wanted, page).await?;
    Ok(found.map(|package| row(&package, &call)).into())
}

pub(super) async fn summary(state: State, call: Call, input: Sum) -> Result<Summary> {
    flow::summary(&state.store.read().await?, call.customer, input.product_type, call.now).await
}
