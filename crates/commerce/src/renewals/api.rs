//! Endpoints of renewals by themselves.

use super::flow;
use super::queries::Log;
use super::rules::Duration;
use crate::State;
use crate::fields::{Durations, Ids};
use crate::orders::Buyer;
use serde::Serialize;
use turnpike_access::packages::Package;
use turnpike_base::{Money, Page, Result, Timestamp};
use turnpike_store::retrying;
use turnpike_web::{Call, Listed, Paged, field, params};
use utoipa::ToSchema;

params! {
    /// What `user-product/get-auto-renewal` takes.
    pub(super) struct Which {
        upids: Option<Vec<i64>> = field::optional(Ids), "套餐 id，逗号分隔，默认全部生效中的", "Package ids separated by commas; all running ones by default";
    }
}

params! {
    /// What `user-product/set-auto-renewal` takes.
    pub(super) struct Set {
        upids: Vec<i64> = field::required(Ids), "套餐 id，逗号分隔", "Package ids separated by commas";
        auto_renew: bool = field::required(field::switch()), "1 开启，0 关闭", "1 on, 0 off";
        renew_duration: Duration = field::or(Durations, Duration::OneMonth), "静态 IP 续费时长，默认 1m", "How far addresses renew, 1m by default";
    }
}

params! {
    /// What `user-product/auto-renewal-logs` takes.
    pub(super) struct Logs {
        page: i64 = field::or(field::int(1, 1_000_000_000, ""), 1), "页码", "Page, from 1";
        size: i64 = field::or(field::int(1, 1_000_000_000, ""), Page::DEFAULT_SIZE), "每页条数，最多 200", "Rows a page; more than 200 are 200";
    }
}

/// How a package renews.
#[derive(Serialize, ToSchema)]
pub(super) struct SettingRow {
    /// The package.
    id: i64,
    product_type: i64,
    title: String,
    /// 1: renews by itself, from the balance.
    auto_renew: i64,
    /// `1m`, `2m` or `em` for addresses; null where the same purchase is made again, or when off.
    renew_duration: Option<&'static str>,
    expired_at: String,
    /// When it renews next; null when off.
    renew_at: Option<String>,
}

/// What came of a renewal.
#[derive(Serialize, ToSchema)]
pub(super) struct LogRow {
    id: i64,
    /// The package.
    user_product_id: i64,
    product_type: i64,
    /// 1 renewed, 2 failed.
    status: i64,
    /// Empty where no order was made.
    trade_no: String,
    #[schema(value_type = f64)]
    fee: Money,
    /// Why it failed, a stable word such as `balance_too_low`; empty when it went well.
    reason: String,
    created_at: String,
}

fn row(package: &Package, setting: Option<(Duration, Timestamp)>, call: &Call) -> SettingRow {
    let site = &call.site;
    let duration = setting.filter(|_| package.product.is_static()).map(|(duration, _)| duration.name());
    SettingRow {
        id: package.id.0,
        product_type: package.product.number(),
        title: package.title.get(call.lang).to_owned(),
        auto_renew: i64::from(setting.is_some()),
        renew_duration: duration,
        expired_at: site.show(package.expires_at),
        renew_at: setting.map(|(_, at)| site.show(at)),
    }
}

pub(super) async fn get(state: State, call: Call, input: Which) -> Result<Listed<SettingRow>> {
    let tx = state.store.read().await?;
    let found = flow::of_customer(&tx, call.customer, input.upids.as_deref(), call.now).await?;
    Ok(Listed { list: found.iter().map(|(package, setting)| row(package, *setting, &call)).collect() })
}

pub(super) async fn set(state: State, call: Call, input: Set) -> Result<()> {
    let (on, duration) = (input.auto_renew, input.renew_duration);
    let who = Buyer { customer: call.customer, site: &call.site, now: call.now };
    retrying(|| async {
        let tx = state.store.write().await?;
        flow::set(&tx, &who, &input.upids, on, duration).await?;
        Ok(tx.commit().await?)
    })
    .await
}

pub(super) async fn logs(state: State, call: Call, input: Logs) -> Result<Paged<LogRow>> {
    let page = Page::new(input.page, input.size);
    let found = flow::logs(&state.store.read().await?, call.customer, page).await?;
    let row = |log: Log| LogRow {
        id: log.id,
        user_product_id: log.package.0,
        product_type: log.product.number(),
        status: if log.renewed { 1 } else { 2 },
        trade_no: log.trade_no,
        fee: log.fee,
        reason: log.reason,
        created_at: call.site.show(log.at),
    };
    Ok(found.map(row).into())
}
