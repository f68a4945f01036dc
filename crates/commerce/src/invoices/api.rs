//! Endpoints of invoices.

use super::model::{Invoice, Invoiceable, Profile, Status};
use super::{flow, queries};
use crate::State;
use serde::Serialize;
use turnpike_base::{Fault, Money, Page, Result, Text};
use turnpike_web::{Call, Listed, Paged, field, params};
use utoipa::ToSchema;

params! {
    /// What `user-invoice/add` takes.
    pub struct NewProfile {
        name: String = field::required(field::name(1, 100)), "抬头名称", "Name on the invoice";
        org_name: String = field::or(field::name(0, 100), String::new()), "公司名称", "Company";
        first_name: String = field::or(field::name(0, 60), String::new()), "名", "First name";
        last_name: String = field::or(field::name(0, 60), String::new()), "姓", "Last name";
        phone: String = field::or(field::text(0, 32), String::new()), "电话", "Phone";
        email: String = field::required(field::text(3, 254)), "接收邮箱", "Where the invoice goes";
        role_type: i64 = field::or(field::int(1, 2, ""), 1), "1 个人，2 企业", "1 person, 2 company";
        vat_id: String = field::or(field::text(0, 40), String::new()), "税号，企业必填", "Tax number; companies need it";
        address_country: String = field::or(field::text(0, 60), String::new()), "国家", "Country";
        address_city: String = field::or(field::text(0, 60), String::new()), "城市", "City";
        address_line1: String = field::or(field::text(0, 200), String::new()), "地址", "Address";
        address_line2: String = field::or(field::text(0, 200), String::new()), "地址（续）", "Address, second line";
        address_postal_code: String = field::or(field::text(0, 20), String::new()), "邮编", "Postal code";
    }
}

params! {
    /// What names a profile or an invoice.
    pub struct Which {
        id: i64 = field::required(field::int(1, i64::MAX, "")), "id", "Id";
    }
}

params! {
    /// What `user-invoice/record-list` takes.
    pub struct Records {
        status: i64 = field::or(field::int(0, 4, ""), 0), "0 全部，1 处理中，2 已开，3 已驳回，4 已取消", "0 any, 1 asked for, 2 issued, 3 rejected, 4 cancelled";
        page: i64 = field::or(field::int(1, 1_000_000_000, ""), 1), "页码", "Page, from 1";
        size: i64 = field::or(field::int(1, 1_000_000_000, ""), Page::DEFAULT_SIZE), "每页条数，最多 200", "Rows a page; more than 200 are 200";
    }
}

params! {
    /// What `user-invoice/invoiceable-orders` takes.
    pub struct Orders {
        page: i64 = field::or(field::int(1, 1_000_000_000, ""), 1), "页码", "Page, from 1";
        size: i64 = field::or(field::int(1, 1_000_000_000, ""), Page::DEFAULT_SIZE), "每页条数，最多 200", "Rows a page; more than 200 are 200";
    }
}

params! {
    /// What `user-invoice/request` takes.
    pub struct Ask {
        profile_id: i64 = field::required(field::int(1, i64::MAX, "")), "发票抬头 id", "Id of the profile";
        trade_nos: String = field::required(field::text(1, 4_000)), "订单号，逗号分隔，最多 100 个", "Order numbers, separated by commas, at most 100";
    }
}

/// A profile with its id.
#[derive(Serialize, ToSchema)]
pub(super) struct ProfileRow {
    id: i64,
    #[serde(flatten)]
    #[schema(inline)]
    profile: Profile,
}

/// What was made.
#[derive(Serialize, ToSchema)]
pub(super) struct Made {
    id: i64,
}

/// An invoice.
#[derive(Serialize, ToSchema)]
pub(super) struct InvoiceRow {
    id: i64,
    /// The operator's number; empty until it is issued.
    number: String,
    /// 1 asked for, 2 issued, 3 rejected, 4 cancelled.
    status: i64,
    #[schema(value_type = f64)]
    amount: Money,
    #[schema(value_type = f64)]
    corrected: Money,
    #[schema(value_type = f64)]
    to_correct: Money,
    credit_notes: Vec<String>,
    currency: String,
    trade_nos: Vec<String>,
    #[schema(inline)]
    profile: Profile,
    /// Why it was rejected.
    reason: String,
    created_at: String,
    /// When it was issued, rejected or cancelled; null before.
    ended_at: Option<String>,
}

/// An order that can be invoiced.
#[derive(Serialize, ToSchema)]
pub(super) struct OrderRow {
    trade_no: String,
    product_type: i64,
    title: String,
    currency: String,
    /// What came for it from outside, was not paid back and stands on no invoice.
    #[schema(value_type = f64)]
    amount: Money,
    /// When it was paid; where it never was, when it was made.
    pay_at: String,
}

/// Amounts in the site's currency.
#[derive(Serialize, ToSchema)]
pub(super) struct Statistics {
    currency: String,
    #[schema(value_type = f64)]
    invoiceable: Money,
    invoiceable_count: i64,
    #[schema(value_type = f64)]
    processing: Money,
    processing_count: i64,
    #[schema(value_type = f64)]
    invoiced: Money,
    invoiced_count: i64,
    #[schema(value_type = f64)]
    to_correct: Money,
}

fn row(invoice: Invoice, call: &Call) -> InvoiceRow {
    InvoiceRow {
        id: invoice.id,
        number: invoice.number.unwrap_or_default(),
        status: invoice.status as i64,
        amount: invoice.amount,
        corrected: invoice.corrected,
        to_correct: invoice.to_correct,
        credit_notes: invoice.credit_notes,
        currency: invoice.currency,
        trade_nos: invoice.trade_nos,
        profile: invoice.profile,
        reason: invoice.reason,
        created_at: call.site.show(invoice.created_at),
        ended_at: invoice.ended_at.map(|at| call.site.show(at)),
    }
}

fn order_row(order: Invoiceable, call: &Call) -> OrderRow {
    OrderRow {
        title: Text::made(order.title_zh, order.title_en).get(call.lang).to_owned(),
        trade_no: order.trade_no,
        product_type: order.product_type,
        currency: order.currency,
        amount: order.amount,
        pay_at: call.site.show(order.paid_at),
    }
}

pub(super) async fn profiles(state: State, call: Call, _: ()) -> Result<Listed<ProfileRow>> {
    let found = queries::profiles(&state.store.read().await?, call.customer).await?;
    Ok(Listed { list: found.into_iter().map(|(id, profile)| ProfileRow { id, profile }).collect() })
}

pub(super) async fn add(state: State, call: Call, input: NewProfile) -> Result<Made> {
    if !input.email.contains('@') {
        return Err(Fault::parameter("email", Text::new("应为电子邮件地址", "must be an e-mail address")));
    }
    if input.role_type == 2 && input.vat_id.is_empty() {
        return Err(Fault::parameter("vat_id", Text::new("企业抬头必填", "is required for companies")));
    }
    let NewProfile { name, org_name, first_name, last_name, phone, email, role_type, vat_id, .. } = input;
    let profile = Profile {
        name,
        org_name,
        first_name,
        last_name,
        phone,
        email,
        role_type,
        vat_id,
        address_country: input.address_country,
        address_city: input.address_city,
        address_line1: input.address_line1,
        address_line2: input.address_line2,
        address_postal_code: input.address_postal_code,
    };
    Ok(Made { id: flow::add_profile(&state, call.customer, &profile, call.now).await? })
}

pub(super) async fn delete(state: State, call: Call, input: Which) -> Result<()> {
    flow::delete_profile(&state, call.customer, input.id).await
}

pub(super) async fn records(state: State, call: Call, input: Records) -> Result<Paged<InvoiceRow>> {
    let tx = state.store.read().await?;
    let page = Page::new(input.page, input.size);
    let found = flow::list(&tx, Some(call.customer), input.status, false, page).await?;
    Ok(found.map(|invoice| row(invoice, &call)).into())
}

pub(super) async fn statistics(state: State, call: Call, _: ()) -> Result<Statistics> {
    let tx = state.store.read().await?;
    let (invoiceable, invoiceable_count) = queries::invoiceable_sum(&tx, call.customer).await?;
    let (processing, processing_count) = queries::sum_of(&tx, call.customer, Status::Requested).await?;
    let (invoiced, invoiced_count) = queries::sum_of(&tx, call.customer, Status::Issued).await?;
    let currency = call.site.currency.code().to_owned();
    Ok(Statistics {
        currency,
        invoiceable,
        invoiceable_count,
        processing,
        processing_count,
        invoiced,
        invoiced_count,
        to_correct: queries::to_correct_of(&tx, call.customer).await?,
    })
}

pub(super) async fn orders(state: State, call: Call, input: Orders) -> Result<Paged<OrderRow>> {
    let page = Page::new(input.page, input.size);
    let found = queries::invoiceable(&state.store.read().await?, call.customer, page).await?;
    Ok(found.map(|order| order_row(order, &call)).into())
}

pub(super) async fn request(state: State, call: Call, input: Ask) -> Result<InvoiceRow> {
    let split = |c: char| c == ',' || c.is_whitespace();
    let mut wanted: Vec<String> =
        input.trade_nos.split(split).filter(|part| !part.is_empty()).map(str::to_owned).collect();
    wanted.sort();
    wanted.dedup();
    if !(1..=100).contains(&wanted.len()) {
        let text = Text::new("应为 1 到 100 个订单号", "must be 1 to 100 order numbers");
        return Err(Fault::parameter("trade_nos", text));
    }
    let invoice =
        flow::request(&state, call.site.id, call.customer, input.profile_id, &wanted, call.now).await?;
    Ok(row(invoice, &call))
}

pub(super) async fn cancel(state: State, call: Call, input: Which) -> Result<()> {
    flow::cancel(&state, call.customer, input.id, call.now).await
}
