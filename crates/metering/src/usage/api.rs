//! Endpoints of the traffic log (contract section 4).

use super::flow::{self, Day, Wanted};
use super::{error, rules};
use crate::Meter;
use serde::Serialize;
use turnpike_base::{ProductType, Result, Timestamp};
use turnpike_web::{Call, End, Listed, Range, Site, field, params, parse_end, parse_time};
use utoipa::ToSchema;

const TYPES: &[i64] = &[9, 11, 12, 13, 14, 15, 16, 17, 21, 25];

params! {
    /// What `user-usage-flow/total` takes.
    pub struct Total {
        start_time: Option<End> = field::optional(Range), "开始时间（含），默认最近 7 天", "Start, inclusive; the last 7 days by default";
        end_time: Option<End> = field::optional(Range), "结束时间（不含），默认现在；只有日期时含当天", "End, exclusive; now by default; a bare date includes its day";
        username: Option<String> = field::optional(field::text(1, 64)), "代理账号名，含已删除的同名账号", "Username, deleted accounts of the same name included";
        product_type: Option<ProductType> = field::optional(field::product(TYPES)), "套餐类型", "Product type";
    }
}

/// One day.
#[derive(Serialize, ToSchema)]
pub(super) struct DayRow {
    /// `YYYY-MM-DD` in the site's zone.
    day: String,
    /// KB.
    flow: i64,
}

pub(super) async fn total(meter: Meter, call: Call, input: Total) -> Result<Listed<DayRow>> {
    let (from, to) = range(input.start_time, input.end_time, &call.site, call.now)?;
    let wanted = Wanted { username: input.username, product: input.product_type };
    let tx = meter.store.read().await?;
    let days = flow::days(&tx, call.customer, &wanted, from, to, &call.site.zone).await?;
    Ok(Listed {
        list: days.into_iter().map(|Day { name, flow }| DayRow { day: name, flow: flow.0 }).collect(),
    })
}

/// What `user-usage-flow/flow-total` answers.
#[derive(Serialize, ToSchema)]
pub(super) struct Sum {
    /// Inclusive, widened to the quarter-hour.
    start_time: String,
    /// Exclusive.
    end_time: String,
    /// KB: the sum of what `user-usage-flow/total` says of the same range.
    flow: i64,
}

pub(super) async fn flow_total(meter: Meter, call: Call, input: Total) -> Result<Sum> {
    let (from, to) = range(input.start_time, input.end_time, &call.site, call.now)?;
    let wanted = Wanted { username: input.username, product: input.product_type };
    let tx = meter.store.read().await?;
    let days = flow::days(&tx, call.customer, &wanted, from, to, &call.site.zone).await?;
    let flow = days.iter().map(|day| day.flow.0).sum();
    Ok(Sum { start_time: call.site.show(from), end_time: call.site.show(to), flow })
}

/// The last seven days up to now where nothing is sent; the seven days before an end that stands alone.
pub(crate) fn range(
    start: Option<End>,
    end: Option<End>,
    site: &Site,
    now: Timestamp,
) -> Result<(Timestamp, Timestamp)> {
    let zone = &site.zone;
    let to = end.map_or(now.plus_ms(1), |end| parse_end(end, zone));
    let first_midnight = |days: i64| to.plus_ms(-1).plus_days(-days).next_midnight(zone);
    let from = start.map_or_else(|| first_midnight(rules::USUAL_DAYS), |start| parse_time(start, zone));
    if from >= to {
        return Err(error::backwards());
    }
    if to.since(from) > (rules::MOST_DAYS * 24 + 1) * 3_600_000 {
        return Err(error::too_long());
    }
    Ok((from, to))
}
