//! Endpoints of orders.

use super::queries::{self, Filter};
use super::quote::{self, Buyer};
use super::request::Request;
use super::view::{self, Checked, OrderRow};
use super::{error, flow, model::Order};
use crate::{State, invoices, payments};
use serde::Serialize;
use serde_json::json;
use turnpike_base::{Page, ProductType, Result};
use turnpike_store::{Read, retrying};
use turnpike_web::{Call, End, Range, field, params, parse_end, parse_time};
use utoipa::ToSchema;

const TYPES: &[i64] = &[3, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 24, 25, 26, 27, 28];

params! {
    /// What `order/list` takes.
    pub(super) struct List {
        page_no: i64 = field::or(field::int(1, 1_000_000_000, ""), 1), "页码", "Page, from 1";
        page_size: i64 = field::or(field::int(1, 1_000_000_000, ""), Page::DEFAULT_SIZE), "每页条数，最多 200", "Rows a page; more than 200 are 200";
        trade_no: Option<String> = field::optional(field::text(1, 64)), "订单号，完整匹配", "Order number, matched whole";
        start_time: Option<End> = field::optional(Range), "创建时间起（含）", "Made from then on";
        end_time: Option<End> = field::optional(Range), "创建时间止（不含）", "Made before";
        status: Option<i64> = field::optional(field::int(0, 3, "")), "订单状态", "0 unpaid, 1 paid, 2 closed, 3 refunded";
        product_type: Option<ProductType> = field::optional(field::product(TYPES)), "套餐类型", "Product type";
        invoice: i64 = field::or(field::int(-1, 1, ""), 0), "发票：0 不限，1 已开，-1 未开可开", "0 any, 1 issued, -1 not issued but issuable";
        pay_fee_status: Option<i64> = field::optional(field::int(1, 2, "")), "1 多付，2 少付", "1 too much came, 2 too little";
    }
}

params! {
    /// What `order/info` and `order/close` take.
    pub(super) struct Which {
        trade_no: String = field::required(field::text(1, 64)), "订单号", "Order number";
    }
}

/// Which page, and of how many.
#[derive(Serialize, ToSchema)]
pub(super) struct Pagination {
    total: i64,
    page_no: i64,
    page_size: i64,
    total_pages: i64,
}

/// A page of orders.
#[derive(Serialize, ToSchema)]
pub(super) struct Orders {
    #[schema(inline)]
    list: Vec<OrderRow>,
    #[schema(inline)]
    pagination: Pagination,
}

fn buyer(call: &Call) -> Buyer<'_> {
    Buyer { customer: call.customer, site: &call.site, now: call.now }
}

async fn shown(tx: &impl Read, state: &State, orders: &[Order], call: &Call) -> Result<Vec<OrderRow>> {
    let methods = payments::methods(tx, state, &call.site).await?;
    let invoices = invoices::shown(tx, orders).await?;
    let row = |order: &Order| {
        let invoice = order.invoice_id.and_then(|id| invoices.get(&id).cloned());
        view::row(order, &methods, invoice.unwrap_or_else(|| json!({})), call)
    };
    Ok(orders.iter().map(row).collect())
}

async fn one(tx: &impl Read, state: &State, order: &Order, call: &Call) -> Result<OrderRow> {
    let mut rows = shown(tx, state, std::slice::from_ref(order), call).await?;
    rows.pop().ok_or_else(|| error::unknown(&order.trade_no))
}

pub(super) async fn check(state: State, call: Call, input: Request) -> Result<Checked> {
    let tx = state.store.read().await?;
    let quote = quote::quote(&tx, &state, &buyer(&call), &input).await?;
    Ok(view::checked(&quote, &call))
}

pub(super) async fn create(state: State, call: Call, input: Request) -> Result<OrderRow> {
    retrying(|| create_once(&state, &call, &input)).await
}

/// The order and its answer are one transaction: a retry under the same Idempotency-Key finds both or neither.
async fn create_once(state: &State, call: &Call, input: &Request) -> Result<OrderRow> {
    let tx = state.store.write().await?;
    let order = flow::create_in(&tx, state, &buyer(call), input).await?;
    let row = one(&tx, state, &order, call).await?;
    tx.commit_with(&row).await?;
    Ok(row)
}

pub(super) async fn list(state: State, call: Call, input: List) -> Result<Orders> {
    let filter = Filter {
        customer: Some(call.customer),
        trade_no: input.trade_no,
        from: input.start_time.map(|at| parse_time(at, &call.site.zone)),
        to: input.end_time.map(|at| parse_end(at, &call.site.zone)),
        status: input.status,
        product: input.product_type,
        invoice: input.invoice,
        fee_status: input.pay_fee_status,
        proven: false,
    };
    let page = Page::new(input.page_no, input.page_size);
    let tx = state.store.read().await?;
    let found = super::list(&tx, &filter, page).await?;
    Ok(Orders {
        list: shown(&tx, &state, &found.rows, &call).await?,
        pagination: Pagination {
            total: found.total,
            page_no: page.number,
            page_size: page.size,
            total_pages: page.pages(found.total),
        },
    })
}

pub(super) async fn info(state: State, call: Call, input: Which) -> Result<OrderRow> {
    let tx = state.store.read().await?;
    let order = queries::by_trade_no(&tx, &input.trade_no).await?.filter(|o| o.customer == call.customer);
    one(&tx, &state, &order.ok_or_else(|| error::unknown(&input.trade_no))?, &call).await
}

pub(super) async fn close(state: State, call: Call, input: Which) -> Result<()> {
    flow::close(&state, &buyer(&call), &input.trade_no).await
}
