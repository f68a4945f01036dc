//! What a customer sees of his running endpoints, and how he ends them before their time.

use super::{flow, queries, rules};
use crate::State;
use crate::sessions::Pins;
use serde::Serialize;
use std::sync::Arc;
use turnpike_base::{Page, PageOf, Result};
use turnpike_web::{Call, Endpoint, Paged, field, params, with};
use utoipa::ToSchema;

params! {
    /// What `endpoint/list` takes.
    pub struct List {
        page: i64 = field::or(field::int(1, 1_000_000_000, ""), 1), "页码", "Page, from 1";
        size: i64 = field::or(field::int(1, 1_000_000_000, ""), Page::DEFAULT_SIZE), "每页条数，最多 200", "Rows a page; more than 200 are 200";
    }
}
params! {
    /// What `endpoint/end` takes.
    pub struct End {
        ports: String = field::commas(8_000), "端口，用逗号分隔，最多 1000 个；* 表示全部", "Ports, separated by commas, at most 1,000; *: all of them";
    }
}

/// One running endpoint.
#[derive(Serialize, ToSchema)]
struct EndpointRow {
    /// The host of the common entry; the port is good at the others, too.
    host: String,
    port: i64,
    /// Which package pays.
    product_type: i64,
    /// The exit it leaves from.
    exit_id: i64,
    /// Where that exit is, ISO 3166-1 alpha-2.
    country_code: String,
    /// What the site calls it, in the language of the answer.
    country_name: String,
    /// As the lists of places name it; empty where it is not known.
    state: String,
    /// As the lists of places name it; empty where it is not known.
    city: String,
    created_at: String,
    expired_at: String,
    /// Seconds until it ends.
    seconds_left: i64,
}

/// How many endpoints ended.
#[derive(Serialize, ToSchema)]
struct Ended {
    ended: i64,
}

#[derive(Clone)]
struct Feature {
    network: State,
    pins: Arc<Pins>,
}

/// The endpoints of this module.
#[rustfmt::skip] // One endpoint a line reads as the table it is.
pub(crate) fn routes(network: &State, pins: &Arc<Pins>) -> Vec<Endpoint> {
    use turnpike_base::Code::NotFound;
    let feature = Feature { network: network.clone(), pins: Arc::clone(pins) };
    vec![
        Endpoint::get("endpoint/list", "endpoints", "有效期内的提取端点", "Extracted endpoints that run, the newest first", with(&feature, list)).codes(&[]),
        Endpoint::post("endpoint/end", "endpoints", "提前结束提取的端点，端口立即释放", "Ends extracted endpoints: their ports are free at once, running connections stay", with(&feature, end)).codes(&[NotFound]),
    ]
}

async fn list(feature: Feature, call: Call, input: List) -> Result<Paged<EndpointRow>> {
    let page = Page::new(input.page, input.size);
    let tx = feature.network.store.read().await?;
    let entry = feature.network.entry();
    let mut running = queries::running(&tx, call.customer, call.now).await?;
    // On a port that nobody listens on any more, since other ports were set, nothing runs.
    running.retain(|one| entry.endpoint_ports.contains(one.port));
    let total = i64::try_from(running.len()).unwrap_or(i64::MAX);
    let mut running = page_of(running, page);
    for one in &mut running {
        // Its first exit may have died.
        one.exit = feature.pins.of_endpoint(call.customer, one, call.now).unwrap_or(one.exit);
    }
    let host = entry.host_of(None, &call.base_url);
    let exits = crate::sessions::places(&tx, running.iter().map(|one| one.exit)).await?;
    let rows = running.into_iter().map(|one| {
        let place = exits.get(&one.exit).cloned().unwrap_or_default();
        let told = place.told(&call);
        EndpointRow {
            host: host.clone(),
            port: i64::from(one.port),
            product_type: one.product.number(),
            exit_id: one.exit.0,
            country_code: place.country,
            country_name: told.country,
            state: told.state,
            city: told.city,
            created_at: call.site.show(one.created_at),
            expired_at: call.site.show(one.until),
            seconds_left: one.until.since(call.now) / 1_000,
        }
    });
    Ok(PageOf { page, total, rows: rows.collect() }.into())
}

/// The rows of a page.
fn page_of<T>(all: Vec<T>, page: Page) -> Vec<T> {
    let [offset, size] =
        [page.offset(), page.size].map(|number| usize::try_from(number).unwrap_or(usize::MAX));
    all.into_iter().skip(offset).take(size).collect()
}

async fn end(feature: Feature, call: Call, input: End) -> Result<Ended> {
    let which = rules::which(&input.ports)?;
    let ended = flow::end(&feature.network.store, call.customer, which.as_deref(), call.now).await?;
    Ok(Ended { ended })
}
