//! Endpoints of static addresses (contract section 6).

use super::model::{Availability, Filter, Held};
use super::{hold, rules};
use crate::told::Told;
use crate::{Entry, State, flags, place};
use serde::Serialize;
use std::collections::HashMap;
use std::collections::hash_map::Entry::Vacant;
use turnpike_access::accounts::{self, Account};
use turnpike_base::{CustomerId, Page, ProductType, Result, Text};
use turnpike_places::Catalogue;
use turnpike_store::Read;
use turnpike_web::{Call, Listed, Paged, field, params};
use utoipa::ToSchema;

/// Types whose packages are addresses.
const TYPES: &[i64] = &[14, 25];

params! {
    /// What `ip/get-static-ip` takes.
    pub struct Mine {
        country_code: Option<String> = field::optional(field::text(1, 128)), "国家或地区代码", "Country, ISO 3166-1 alpha-2 or name";
        product_type: Option<ProductType> = field::optional(field::product(TYPES)), "14 数据中心，25 住宅", "14 data center, 25 residential";
        trade_no: Option<String> = field::optional(field::text(1, 64)), "订单号，完整匹配", "Order number, matched whole";
        page: i64 = field::or(field::int(1, 1_000_000_000, ""), 1), "页码", "Page, from 1";
        size: i64 = field::or(field::int(1, 1_000_000_000, ""), Page::DEFAULT_SIZE), "每页条数，最多 200", "Rows a page; more than 200 are 200";
        status: Option<i64> = field::optional(field::int(1, 4, "")), "1 有效，2 失效，3 七天内到期，4 维护中", "1 valid, 2 expired, 3 expires within 7 days, 4 under maintenance";
    }
}
params! {
    /// What `ip/static-ip-region` takes.
    pub struct Stock {
        isp: Option<bool> = field::optional(field::switch()), "0 数据中心，1 住宅；不传则不筛选", "0 data center, 1 residential; both if not sent";
        asn: bool = field::or(field::switch(), false), "1 返回 ASN 分组", "1: also by autonomous system";
        exclusive: bool = field::or(field::switch(), false), "1 仅统计无人持有的 IP", "1: only addresses that nobody holds; 0: all that you could still buy";
    }
}

/// One static address of the caller.
#[derive(Serialize, ToSchema)]
pub(super) struct StaticRow {
    /// What `upids` takes.
    id: i64,
    ip: String,
    /// Port of the proxy entry, on the address itself or on the common entry.
    port: i64,
    /// ISO 3166-1 alpha-2.
    country_code: String,
    state: String,
    city: String,
    isp: String,
    /// Autonomous system number.
    asn: Option<i64>,
    /// 14 data center, 25 residential.
    product_type: i64,
    /// 1 valid, 2 expired, 3 expires within 7 days, 4 under maintenance.
    status: i64,
    /// 1: renews by itself.
    auto_renew: i64,
    remark: String,
    trade_no: String,
    created_at: String,
    expired_at: String,
    country: CountryOf,
    /// Of your newest enabled account of the type.
    username: Option<String>,
    /// See `username`.
    password: Option<String>,
}

/// A country for people.
#[derive(Serialize, ToSchema)]
pub(super) struct CountryOf {
    name_zh_cn: String,
    name_en: String,
    /// URL of the round flag.
    flag: String,
    /// URL of the square flag.
    square_flag: String,
}

/// How many addresses of a country can be had.
#[derive(Serialize, ToSchema)]
pub(super) struct StockRow {
    /// ISO 3166-1 alpha-2.
    code: String,
    number: i64,
    /// With `asn=1` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    asns: Option<Vec<AsnRow>>,
}

/// How many of them are in an autonomous system.
#[derive(Serialize, ToSchema)]
pub(super) struct AsnRow {
    asn: i64,
    /// Who runs it.
    name: String,
    number: i64,
}

pub(super) async fn mine(state: State, call: Call, input: Mine) -> Result<Paged<StaticRow>> {
    let country = place::filter(&call.site.places, input.country_code.as_deref(), None, None, None)
        .map_err(|unknown| unknown.fault(["country_code", "state", "city"]))?
        .country;
    let filter = Filter {
        country: country.map(|code| code.to_string()),
        product: input.product_type,
        trade_no: input.trade_no,
        status: input.status,
    };
    let tx = state.store.read().await?;
    let found = hold::held(&tx, call.customer, &filter, Page::new(input.page, input.size), call.now).await?;
    let mut logins = HashMap::new();
    for held in &found.rows {
        if let Vacant(unknown) = logins.entry(held.address.product) {
            unknown.insert(newest_login(&state, &tx, call.customer, held.address.product).await?);
        }
    }
    let entry = state.entry();
    let login = |held: &Held| logins.get(&held.address.product).and_then(Option::as_ref);
    Ok(found.map(|held| row(&held, login(&held), &entry, &call)).into())
}

/// The customer's newest enabled account of a type.
async fn newest_login(
    state: &State,
    tx: &impl Read,
    customer: CustomerId,
    product: ProductType,
) -> Result<Option<Account>> {
    let mut page = Page::default();
    loop {
        let accounts = accounts::flow::list(tx, &state.vault, customer, Some(product), Some(page)).await?;
        let seen = i64::try_from(accounts.len()).unwrap_or(0);
        let enabled = accounts.into_iter().find(|account| account.enabled);
        if enabled.is_some() || seen < page.size {
            return Ok(enabled);
        }
        page.number += 1;
    }
}

fn row(held: &Held, login: Option<&Account>, entry: &Entry, call: &Call) -> StaticRow {
    let address = &held.address;
    let told = Told::new(call, &address.country, address.state.as_deref(), address.city.as_deref());
    StaticRow {
        id: held.package.0,
        ip: address.address.clone(),
        port: i64::from(entry.port),
        country_code: address.country.clone(),
        state: told.state,
        city: told.city,
        isp: address.isp.clone(),
        asn: address.asn,
        product_type: address.product.number(),
        status: rules::status(held, call.now),
        auto_renew: i64::from(held.auto_renew),
        remark: held.remark.clone(),
        trade_no: held.trade_no.clone(),
        created_at: call.site.show(held.created_at),
        expired_at: call.site.show(held.expires_at),
        country: country(&address.country, call),
        username: login.map(|account| account.username.clone()),
        password: login.map(|account| call.secret(&account.password)),
    }
}

fn country(code: &str, call: &Call) -> CountryOf {
    let name = Catalogue::get().country(code).map(|country| call.site.places.text(country.into()));
    let name = name.unwrap_or_else(|| Text::made(code, code));
    let [flag, square_flag] = flags::urls(&call.base_url, code);
    CountryOf { name_zh_cn: name.zh.into_owned(), name_en: name.en.into_owned(), flag, square_flag }
}

pub(super) async fn stock(state: State, call: Call, input: Stock) -> Result<Listed<StockRow>> {
    let product = input.isp.map(|residential| {
        if residential { ProductType::StaticResidential } else { ProductType::StaticDatacenter }
    });
    let tx = state.store.read().await?;
    let found = hold::available(&tx, call.customer, product, input.exclusive, call.now).await?;
    let by_country = found.chunk_by(|a, b| a.country == b.country);
    Ok(Listed { list: by_country.filter_map(|rows| stock_row(rows, input.asn)).collect() })
}

fn stock_row(rows: &[Availability], by_asn: bool) -> Option<StockRow> {
    let asn = |row: &Availability| Some(AsnRow { asn: row.asn?, name: row.isp.clone(), number: row.number });
    Some(StockRow {
        code: rows.first()?.country.clone(),
        number: rows.iter().map(|row| row.number).sum(),
        asns: by_asn.then(|| rows.iter().filter_map(asn).collect()),
    })
}
