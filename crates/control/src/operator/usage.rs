//! Traffic: days of a customer, and who used an exit at a time.

use super::{listed, time};
use crate::Control;
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::IpAddr;
use turnpike_base::{Fault, Result, Text, Timestamp};
use turnpike_identity::customers;
use turnpike_metering::traces::{self, Finished};
use turnpike_metering::usage::flow::{Wanted, days as by_day};

/// A connection that was open within so many milliseconds of the time asked for is shown.
const SLACK_MS: i64 = 60_000;
/// Connections in one answer.
const MOST: i64 = 1_000;

/// What `usage days` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Days {
    customer: String,
    days: Option<i64>,
    username: Option<String>,
}

/// What `usage trace` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Trace {
    exit: IpAddr,
    at: String,
}

pub(super) async fn days(control: &Control, input: Days) -> Result<Value> {
    let tx = control.store().read().await?;
    let customer = customers::find(&tx, &input.customer).await?;
    let site = control.directory().site(customer.site);
    let zone = site.map_or(jiff::tz::TimeZone::UTC, |site| site.zone.clone());
    let to = control.0.clock.now().plus_ms(1);
    let from = to.plus_ms(-1).plus_days(-input.days.unwrap_or(7).clamp(1, 400)).next_midnight(&zone);
    let wanted = Wanted { username: input.username, product: None };
    let found = by_day(&tx, customer.id, &wanted, from, to, &zone).await?;
    let rows: Vec<Value> =
        found.into_iter().map(|day| json!({"day": day.name, "flow_kb": day.flow})).collect();
    Ok(listed(i64::try_from(rows.len()).unwrap_or(0), rows))
}

pub(super) async fn trace(control: &Control, input: Trace) -> Result<Value> {
    let at: jiff::Timestamp = input.at.parse().map_err(|_| {
        Fault::parameter(
            "at",
            Text::new(
                "应为 RFC 3339 时间，例如 2026-11-24T12:00:00Z",
                "must be an RFC 3339 time such as 2026-11-24T12:00:00Z",
            ),
        )
    })?;
    let tx = control.store().read().await?;
    let found = traces::around(&tx, input.exit.to_canonical(), Timestamp::from(at), SLACK_MS, MOST).await?;
    let row = |one: &Finished| {
        json!({"customer": one.customer, "username": one.username, "type": one.product, "client": one.client,
            "exit": one.exit, "destination": one.destination, "opened_at": time(one.opened),
            "closed_at": time(one.closed), "up_bytes": one.up, "down_bytes": one.down, "ending": one.ending})
    };
    Ok(listed(i64::try_from(found.len()).unwrap_or(0), found.iter().map(row).collect()))
}
