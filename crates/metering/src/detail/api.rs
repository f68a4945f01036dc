//! The endpoint of the detailed log.

use super::queries::{self, Line};
use super::rules::{self, By};
use crate::Meter;
use crate::usage::api::range;
use serde::Serialize;
use turnpike_access::accounts;
use turnpike_base::{Bytes, Page, PageOf, ProductType, Result};
use turnpike_places::Catalogue;
use turnpike_web::{Answer, Call, End, Paged, Plain, Range, field, params};
use utoipa::ToSchema;

const TYPES: &[i64] = &[9, 11, 12, 13, 14, 15, 16, 17, 21, 25];
const GROUPS: &[&str] = &["hour", "account", "country", "host"];
const FORMATS: &[&str] = &["json", "csv"];

params! {
    /// What `user-usage-flow/detail` takes.
    pub struct Detail {
        group_by: &'static str = field::or(field::choice(GROUPS), "hour"), "统计方式：hour 小时（默认）、account 账号、country 国家或地区、host 目标域名", "By hour (the default), account, country, or host (destination)";
        start_time: Option<End> = field::optional(Range), "开始时间（含），默认最近 7 天", "Start, inclusive; the last 7 days by default";
        end_time: Option<End> = field::optional(Range), "结束时间（不含），默认现在；只有日期时含当天", "End, exclusive; now by default; a bare date includes its day";
        username: Option<String> = field::optional(field::text(1, 64)), "代理账号名，含已删除的同名账号", "Username, deleted accounts of the same name included";
        product_type: Option<ProductType> = field::optional(field::product(TYPES)), "套餐类型", "Product type";
        format: &'static str = field::or(field::choice(FORMATS), "json"), "json（默认）或 csv；csv 返回全部行", "json (the default) or csv; csv has every row";
        page: i64 = field::or(field::int(1, 1_000_000_000, ""), 1), "页码", "Page, from 1";
        size: i64 = field::or(field::int(1, 1_000_000_000, ""), Page::DEFAULT_SIZE), "每页条数，最多 200", "Rows a page; more than 200 are 200";
    }
}

/// One row; which of the first fields is there follows `group_by`.
#[derive(Serialize, ToSchema)]
pub(super) struct Row {
    /// The hour's start in the site's zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    hour: Option<String>,
    /// Empty: traffic that an allowlisted address authenticated.
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    /// Where the exits were, ISO 3166-1 alpha-2; ZZ: unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    country_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_zh_cn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_en: Option<String>,
    /// The destination's host.
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    /// KB, a started one counted whole.
    flow: i64,
    /// Connections; null by country, where they are not counted.
    connections: Option<i64>,
}

pub(super) async fn detail(meter: Meter, call: Call, input: Detail) -> Result<Answer<Paged<Row>>> {
    let by = By::parse(input.group_by);
    let (from, to) = range(input.start_time, input.end_time, &call.site, call.now)?;
    let tx = meter.store.read().await?;
    let accounts = match &input.username {
        Some(name) => Some(accounts::flow::ids_of_name(&tx, call.customer, name).await?),
        None => None,
    };
    let wanted = queries::Wanted {
        customer: call.customer,
        accounts: accounts.as_deref(),
        product: input.product_type,
        from,
        to,
    };
    let lines = match by {
        By::Hour => rules::hours(&queries::quarters(&tx, &wanted).await?, &call.site.zone),
        By::Account => queries::accounts(&tx, &wanted).await?,
        By::Country => queries::countries(&tx, &wanted).await?,
        By::Host => queries::hosts(&tx, &wanted).await?,
    };
    if input.format == "csv" {
        return Ok(Answer::Plain(Plain { kind: "text/csv; charset=utf-8", text: rules::csv(by, &lines) }));
    }
    let page = Page::new(input.page, input.size);
    let total = i64::try_from(lines.len()).unwrap_or(i64::MAX);
    let skip = usize::try_from(page.offset()).unwrap_or(usize::MAX);
    let rows =
        lines.into_iter().skip(skip).take(usize::try_from(page.size).unwrap_or(0)).map(|l| row(by, l, &call));
    Ok(Answer::Data(PageOf { page, total, rows: rows.collect() }.into()))
}

fn row(by: By, line: Line, call: &Call) -> Row {
    let country = (by == By::Country).then(|| Catalogue::get().country(&line.key)).flatten();
    let country = country.map(|found| call.site.places.text(found.into()));
    let key = |of: By| (by == of).then(|| line.key.clone());
    Row {
        hour: key(By::Hour),
        username: key(By::Account),
        country_code: key(By::Country),
        name_zh_cn: country.as_ref().map(|name| name.zh.to_string()),
        name_en: country.map(|name| name.en.into_owned()),
        host: key(By::Host),
        flow: Bytes(line.bytes).to_kb_up().0,
        connections: line.connections,
    }
}
