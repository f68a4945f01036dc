//! The operator's first screen: traffic, revenue, how often exits succeed, gateways, and what is wrong.
//!
//! ```text
//! POST /operator_v1/overview/show   {}   200 {"data": {"traffic": {…}, "revenue": […], "alarms": […], …}}
//! ```

mod queries;
mod rules;
#[cfg(test)]
mod tests;

pub(crate) use rules::alarms;

use crate::Control;
use crate::operator::time;
use serde_json::{Value, json};
use turnpike_base::{Result, Timestamp};
use turnpike_store::Read;

/// Hours of traffic shown, and over which exits are judged by.
const HOURS: i64 = 48;
/// Over which success is counted.
const JUDGED_HOURS: i64 = 24;
/// Days of traffic and revenue shown, the present one included.
const DAYS: i64 = 30;
/// Exits shown: those that failed most.
const WORST: i64 = 10;
/// Places shown: those with most traffic.
const PLACES: i64 = 40;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 86_400_000;

/// Everything of the screen, as of now. Days are UTC's.
pub(crate) async fn show(control: &Control) -> Result<Value> {
    let now = control.0.clock.now();
    let tx = control.store().read().await?;
    let alarms = trouble(control, &tx, now).await?;
    Ok(json!({
        "now": time(now),
        "traffic": {"hours": hours(&tx, now).await?, "days": days(&tx, now).await?},
        "revenue": revenue(&tx, now).await?,
        "success": success(&tx, now).await?,
        "gateways": gateways(control, &tx).await?,
        "alarms": alarms,
    }))
}

/// What is wrong.
pub(crate) async fn trouble(control: &Control, tx: &impl Read, now: Timestamp) -> Result<Vec<rules::Alarm>> {
    Ok(alarms(&queries::trouble(tx, control.has_webhook(), now).await?))
}

async fn hours(tx: &impl Read, now: Timestamp) -> Result<Vec<Value>> {
    let last = now.0.div_euclid(HOUR_MS);
    let first = last - HOURS + 1;
    let found = queries::traffic(tx, first * HOUR_MS, HOUR_MS).await?;
    let row = |hour: i64| {
        let moved = found.get(&hour).copied().unwrap_or_default();
        json!({"at": time(Timestamp(hour * HOUR_MS)), "up": moved.up, "down": moved.down,
            "connections": moved.connections})
    };
    Ok((first..=last).map(row).collect())
}

async fn days(tx: &impl Read, now: Timestamp) -> Result<Vec<Value>> {
    let last = now.0.div_euclid(DAY_MS);
    let first = last - DAYS + 1;
    let found = queries::traffic(tx, first * DAY_MS, DAY_MS).await?;
    let row = |day: i64| {
        let moved = found.get(&day).copied().unwrap_or_default();
        json!({"day": date(day), "bytes": moved.up + moved.down, "connections": moved.connections})
    };
    Ok((first..=last).map(row).collect())
}

/// `YYYY-MM-DD` of a day since 1970-01-01.
fn date(day: i64) -> String {
    time(Timestamp(day * DAY_MS)).chars().take(10).collect()
}

/// Per currency: what was sold and topped up on each day, less what was given back.
async fn revenue(tx: &impl Read, now: Timestamp) -> Result<Vec<Value>> {
    let last = now.0.div_euclid(DAY_MS);
    let first = last - DAYS + 1;
    let found = queries::revenue(tx, Timestamp(first * DAY_MS)).await?;
    let one = |(currency, by_day): (&String, &queries::ByDay)| {
        let row = |day: i64| {
            let sold = by_day.get(&day).copied().unwrap_or_default();
            json!({"day": date(day), "sales": sold.sales, "topups": sold.topups, "orders": sold.orders})
        };
        json!({"currency": currency, "days": (first..=last).map(row).collect::<Vec<_>>()})
    };
    Ok(found.iter().map(one).collect())
}

async fn success(tx: &impl Read, now: Timestamp) -> Result<Value> {
    let since = now.0.div_euclid(HOUR_MS) - JUDGED_HOURS + 1;
    let places = queries::by_place(tx, since, PLACES).await?;
    let exits = queries::worst(tx, since, WORST).await?;
    let place = |one: &queries::Place| {
        json!({"country": one.country, "exits": one.exits, "connections": one.uses.connections,
            "failures": one.uses.failures, "bytes": one.uses.bytes})
    };
    let exit = |one: &queries::Judged| {
        json!({"id": one.id, "target": one.target, "country": one.country, "connections": one.uses.connections,
            "failures": one.uses.failures, "bytes": one.uses.bytes})
    };
    Ok(json!({"hours": JUDGED_HOURS, "places": places.iter().map(place).collect::<Vec<_>>(),
        "exits": exits.iter().map(exit).collect::<Vec<_>>()}))
}

/// Gateways that ever reported within a week, and how many follow the changes of this process.
async fn gateways(control: &Control, tx: &impl Read) -> Result<Value> {
    let row = |one: &queries::Life| {
        json!({"name": one.gateway, "started_at": time(Timestamp(one.start)), "reported_at": time(one.seen_at),
            "batches": one.batches})
    };
    let lives = queries::lives(tx).await?;
    Ok(
        json!({"connected": control.0.feed.receiver_count(), "list": lives.iter().map(row).collect::<Vec<_>>()}),
    )
}

/// Exits by country, for the map: how many there are, how many serve, and what left through them in a day.
pub(crate) async fn map(control: &Control) -> Result<Vec<Value>> {
    let since = control.0.clock.now().0.div_euclid(HOUR_MS) - JUDGED_HOURS + 1;
    let tx = control.store().read().await?;
    let used = queries::by_place(&tx, since, i64::MAX).await?;
    let row = |one: &queries::Stand| {
        let uses = used.iter().find(|place| place.country == one.country).map(|p| p.uses).unwrap_or_default();
        json!({"country": one.country, "exits": one.exits, "serving": one.serving, "draining": one.draining,
            "failing": one.failing, "connections": uses.connections, "failures": uses.failures, "bytes": uses.bytes})
    };
    Ok(queries::stand(&tx).await?.iter().map(row).collect())
}

/// What some exits did within the last day, by their ids.
pub(crate) async fn uses_of(
    control: &Control,
    tx: &impl Read,
    ids: &[i64],
) -> Result<std::collections::HashMap<i64, queries::Uses>> {
    let since = control.0.clock.now().0.div_euclid(HOUR_MS) - JUDGED_HOURS + 1;
    Ok(queries::uses_of(tx, since, ids).await?)
}
