//! Endpoints of proxy accounts (contract section 2).

use super::model::{Account, Change, NewAccount, Search};
use super::{error, flow, rules};
use crate::{State, lists};
use serde::Serialize;
use turnpike_base::{Bytes, Code, Fault, Page, ProductType, Result, bytes::GB};
use turnpike_web::{Call, Listed, Paged, field, params};
use utoipa::ToSchema;

/// Types that take accounts.
pub(crate) const TYPES: &[i64] = &[9, 11, 12, 13, 14, 15, 16, 21, 25];
/// The largest limit, in GB.
const MOST_GB: i64 = 102_400;
/// The longest list of accounts, in characters: a thousand pairs with room for blanks.
const LIST: usize = 100_000;

params! {
    /// What `whitelist-account/list` takes.
    pub struct List {
        product_type: Option<ProductType> = field::optional(field::product(TYPES)), "套餐类型", "Product type";
        page: Option<i64> = field::optional(field::int(1, 1_000_000_000, "")), "页码；不传则返回全部", "Page, from 1; everything if neither page nor size is sent";
        size: Option<i64> = field::optional(field::int(1, 1_000_000_000, "")), "每页条数，最多 200", "Rows a page; more than 200 are 200";
    }
}
params! {
    /// What `whitelist-account/search` takes.
    pub struct Find {
        keyword: Option<String> = field::optional(field::text(0, 64)), "账号名或备注中的文字", "Text in the name or the remark";
        product_type: Option<ProductType> = field::optional(field::product(TYPES)), "套餐类型", "Product type";
        status: Option<bool> = field::optional(field::switch()), "1 启用，0 禁用", "1 enabled, 0 disabled";
        page: i64 = field::or(field::int(1, 1_000_000_000, ""), 1), "页码", "Page, from 1";
        size: i64 = field::or(field::int(1, 1_000_000_000, ""), Page::DEFAULT_SIZE), "每页条数，最多 200", "Rows a page; more than 200 are 200";
    }
}
params! {
    /// What `whitelist-account/add` takes.
    pub struct Add {
        accounts: String = field::commas(LIST), "账号:密码，多个用逗号分隔，最多 1000 个", "username:password, separated by commas, at most 1,000";
        remark: Option<String> = field::optional(field::text(0, 1_000)), "备注，最多 64 列（汉字占 2 列）", "Remark, at most 64 columns (a CJK character takes 2)";
        product_type: ProductType = field::or(field::product(TYPES), ProductType::Dynamic), "套餐类型，默认 9", "Product type, 9 by default";
        limit: i64 = field::or(field::int(0, MOST_GB, "GB"), 0), "流量上限，GB，0 为不限", "Traffic limit in GB, 0: none";
        daily_limit: i64 = field::or(field::int(0, MOST_GB, "GB"), 0), "每日流量上限，GB，0 为不限", "Daily traffic limit in GB, 0: none";
    }
}
params! {
    /// What `whitelist-account/delete`, `disable` and `enable` take.
    pub struct Names {
        accounts: String = field::commas(LIST), "账号名，多个用逗号分隔", "Usernames, separated by commas";
    }
}
params! {
    /// What `whitelist-account/change-password` takes.
    pub struct NewPassword {
        account: String = field::required(field::text(1, 64)), "账号名", "Username";
        password: String = field::required(field::text(1, 256)), "新密码，4 到 32 个字母或数字", "New password, 4 to 32 letters and digits";
    }
}
params! {
    /// What `whitelist-account/change-remark` takes.
    pub struct NewRemark {
        account: String = field::required(field::text(1, 64)), "账号名", "Username";
        remark: Option<String> = field::optional(field::text(0, 1_000)), "新备注，最多 64 列（汉字占 2 列）；空则清除", "New remark, at most 64 columns (a CJK character takes 2); blank clears it";
    }
}
params! {
    /// What `whitelist-account/change-limit` takes.
    pub struct NewLimit {
        account: String = field::required(field::text(1, 64)), "账号名", "Username";
        limit: i64 = field::required(field::int(0, MOST_GB, "GB")), "流量上限，GB，0 为不限", "Traffic limit in GB, 0: none";
    }
}
params! {
    /// What `proxy-account/change` takes; only what is sent changes.
    pub struct NewSettings {
        account: String = field::required(field::text(1, 64)), "账号名", "Username";
        password: Option<String> = field::optional(field::text(1, 256)), "新密码，6 到 16 个字母或数字", "New password, 6 to 16 letters and digits";
        remark: Option<String> = field::clearable(field::text(0, 1_000)), "新备注；空则清除", "New remark; blank clears it";
        limit: Option<i64> = field::optional(field::int(0, MOST_GB, "GB")), "流量上限，GB，0 为不限", "Traffic limit in GB, 0: none";
        daily_limit: Option<i64> = field::optional(field::int(0, MOST_GB, "GB")), "每日流量上限，GB，0 为不限", "Daily traffic limit in GB, 0: none";
        status: Option<bool> = field::optional(field::switch()), "1 启用，0 禁用", "1 on, 0 off";
        udp: Option<bool> = field::optional(field::switch()), "UDP 开关，仅套餐类型 14、16、21、25", "UDP switch, product types 14, 16, 21 and 25 only";
    }
}

/// One proxy account.
#[derive(Serialize, ToSchema)]
pub(super) struct AccountRow {
    id: i64,
    username: String,
    /// Empty where an operator looks.
    password: String,
    created_at: String,
    remark: String,
    product_type: i64,
    /// KB used since it was added.
    usage_flow: i64,
    /// GB; 0: no limit.
    limit_flow: i64,
    /// 1 enabled, 0 disabled.
    status: i64,
    /// As `limit_flow`.
    limit: i64,
    /// As `usage_flow`.
    used: i64,
    /// GB a day; 0: no limit.
    daily_limit_flow: i64,
    /// KB used today in the site's zone.
    daily_usage_flow: i64,
    /// 1: UDP ASSOCIATE is on.
    udp: i64,
}

fn row(account: Account, call: &Call) -> AccountRow {
    let used = account.used.to_kb_up().0;
    let limit = account.limit.0 / GB;
    let today = account.day == call.now.day(&call.site.zone);
    AccountRow {
        id: account.id.0,
        password: call.secret(&account.password),
        username: account.username,
        created_at: call.site.show(account.created_at),
        remark: account.remark,
        product_type: account.product.number(),
        usage_flow: used,
        limit_flow: limit,
        status: i64::from(account.enabled),
        limit,
        used,
        daily_limit_flow: account.daily_limit.0 / GB,
        daily_usage_flow: if today { account.day_used.to_kb_up().0 } else { 0 },
        udp: i64::from(account.udp),
    }
}

/// Writing needs a verified customer where the site demands it.
fn verified(call: &Call) -> Result<()> {
    if call.site.demands_verification && !call.verified {
        return Err(Fault::new(Code::NotVerified, "not_verified"));
    }
    Ok(())
}

pub(super) async fn list(state: State, call: Call, input: List) -> Result<Listed<AccountRow>> {
    let part = lists::part(input.page, input.size);
    let tx = state.store.read().await?;
    let found = flow::list(&tx, &state.vault, call.customer, input.product_type, part).await?;
    Ok(Listed { list: found.into_iter().map(|account| row(account, &call)).collect() })
}

pub(super) async fn search(state: State, call: Call, input: Find) -> Result<Paged<AccountRow>> {
    let wish = Search {
        keyword: input.keyword.unwrap_or_default().trim().to_owned(),
        product: input.product_type,
        enabled: input.status,
        page: Page::new(input.page, input.size),
    };
    let tx = state.store.read().await?;
    let found = flow::search(&tx, &state.vault, call.customer, &wish).await?;
    Ok(found.map(|account| row(account, &call)).into())
}

pub(super) async fn add(state: State, call: Call, input: Add) -> Result<()> {
    verified(&call)?;
    let new = NewAccount {
        product: input.product_type,
        remark: rules::remark(&input.remark.unwrap_or_default())?,
        limit: Bytes::from_gb(input.limit),
        daily_limit: Bytes::from_gb(input.daily_limit),
        cap: call.site.account_cap,
    };
    flow::add(&state, call.customer, &rules::pairs(&input.accounts)?, &new, call.now).await?;
    Ok(())
}

pub(super) async fn delete(state: State, call: Call, input: Names) -> Result<()> {
    verified(&call)?;
    flow::delete(&state, call.customer, &rules::names(&input.accounts)?, call.now).await
}

pub(super) async fn disable(state: State, call: Call, input: Names) -> Result<()> {
    verified(&call)?;
    flow::set_enabled(&state, call.customer, &rules::names(&input.accounts)?, false, call.now).await
}

pub(super) async fn enable(state: State, call: Call, input: Names) -> Result<()> {
    verified(&call)?;
    flow::set_enabled(&state, call.customer, &rules::names(&input.accounts)?, true, call.now).await
}

pub(super) async fn change_password(state: State, call: Call, input: NewPassword) -> Result<()> {
    verified(&call)?;
    let password = rules::password(&input.password, &rules::PASSWORD)?;
    let change = Change { password: Some(password), ..Change::default() };
    flow::change(&state, call.customer, input.account.trim(), &change, call.now).await
}

pub(super) async fn change_remark(state: State, call: Call, input: NewRemark) -> Result<()> {
    verified(&call)?;
    let remark = rules::remark(&input.remark.unwrap_or_default())?;
    let change = Change { remark: Some(remark), ..Change::default() };
    flow::change(&state, call.customer, input.account.trim(), &change, call.now).await
}

pub(super) async fn change_limit(state: State, call: Call, input: NewLimit) -> Result<()> {
    verified(&call)?;
    let change = Change { limit: Some(Bytes::from_gb(input.limit)), ..Change::default() };
    flow::change(&state, call.customer, input.account.trim(), &change, call.now).await
}

pub(super) async fn change(state: State, call: Call, input: NewSettings) -> Result<()> {
    verified(&call)?;
    let change = Change {
        password: input.password.map(|text| rules::password(&text, &rules::NEW_PASSWORD)).transpose()?,
        remark: input.remark.map(|text| rules::remark(&text)).transpose()?,
        limit: input.limit.map(Bytes::from_gb),
        daily_limit: input.daily_limit.map(Bytes::from_gb),
        enabled: input.status,
        udp: input.udp,
    };
    if change.is_empty() {
        return Err(error::nothing_to_change());
    }
    flow::change(&state, call.customer, input.account.trim(), &change, call.now).await
}
