//! Endpoints of sessions (contract section 8).

use super::{Listing, Pins, queries};
use crate::State;
use serde::Serialize;
use std::sync::Arc;
use turnpike_base::{Page, PageOf, Result};
use turnpike_store::changes;
use turnpike_web::{Call, Endpoint, Paged, field, params, with};
use turnpike_wire::Change;
use utoipa::ToSchema;

params! {
    /// What `session/list` takes.
    pub struct List {
        username: Option<String> = field::optional(field::text(1, 64)), "代理账号名", "Username";
        page: i64 = field::or(field::int(1, 1_000_000_000, ""), 1), "页码", "Page, from 1";
        size: i64 = field::or(field::int(1, 1_000_000_000, ""), Page::DEFAULT_SIZE), "每页条数，最多 200", "Rows a page; more than 200 are 200";
    }
}
params! {
    /// What `session/end` takes.
    pub struct End {
        username: String = field::required(field::text(1, 64)), "代理账号名", "Username";
        session: String = field::required(field::text(1, 64)), "会话名（用户名参数 session 的值）", "The session's name: the value of the username key session";
    }
}

/// One running session.
#[derive(Serialize, ToSchema)]
struct SessionRow {
    /// The value of the username key `session`.
    session: String,
    username: String,
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
    /// When it ends; without a life in the username each use puts it off.
    expired_at: String,
}

/// How many sessions ended.
#[derive(Serialize, ToSchema)]
struct Ended {
    /// The same name in different places is a session in each.
    ended: i64,
}

#[derive(Clone)]
struct Feature {
    network: State,
    pins: Arc<Pins>,
}

/// The endpoints of sessions.
#[rustfmt::skip] // One endpoint a line reads as the table it is.
pub(crate) fn routes(network: &State, pins: &Arc<Pins>) -> Vec<Endpoint> {
    use turnpike_base::Code::NotFound;
    let feature = Feature { network: network.clone(), pins: Arc::clone(pins) };
    vec![
        Endpoint::get("session/list", "sessions", "进行中的会话", "Running sessions, the newest first", with(&feature, list)).codes(&[]),
        Endpoint::post("session/end", "sessions", "结束会话，之后的连接使用新出口", "Ends a session: new connections take a fresh exit, running ones stay", with(&feature, end)).codes(&[NotFound]),
    ]
}

async fn list(feature: Feature, call: Call, input: List) -> Result<Paged<SessionRow>> {
    let mut running = feature.pins.of_customer(call.customer, call.now);
    let tx = feature.network.store.read().await?;
    if let Some(wanted) = &input.username {
        let ids = turnpike_access::accounts::flow::ids_of_name(&tx, call.customer, wanted).await?;
        running.retain(|one| ids.contains(&one.account));
    }
    let page = Page::new(input.page, input.size);
    let total = i64::try_from(running.len()).unwrap_or(i64::MAX);
    let skip = usize::try_from(page.offset()).unwrap_or(usize::MAX);
    let most = usize::try_from(page.size).unwrap_or(0);
    let part: Vec<Listing> = running.into_iter().skip(skip).take(most).collect();
    // A customer may have 100,000 accounts: only the page's names are read.
    let names = queries::usernames(&tx, part.iter().map(|one| one.account)).await?;
    let exits = queries::places(&tx, part.iter().map(|one| one.exit)).await?;
    let rows = part.into_iter().map(|one| {
        let place = exits.get(&one.exit).cloned().unwrap_or_default();
        let told = place.told(&call);
        SessionRow {
            username: names.get(&one.account).cloned().unwrap_or_default(),
            session: one.name,
            product_type: one.product.number(),
            exit_id: one.exit.0,
            country_code: place.country,
            country_name: told.country,
            state: told.state,
            city: told.city,
            created_at: call.site.show(one.created_at),
            expired_at: call.site.show(one.until),
        }
    });
    Ok(PageOf { page, total, rows: rows.collect() }.into())
}

async fn end(feature: Feature, call: Call, input: End) -> Result<Ended> {
    let tx = feature.network.store.write().await?;
    let account = turnpike_access::accounts::flow::own(
        &tx,
        &feature.network.vault,
        call.customer,
        input.username.trim(),
    )
    .await?
    .id;
    let change = Change::SessionEnded { customer: call.customer, account, session: input.session.clone() };
    changes::tell(&tx, &change, call.now).await?;
    // Before the gateways hear of it: the session that they begin then is not the one that ends.
    let ended = feature.pins.end(call.customer, account, &input.session, call.now);
    tx.commit().await?;
    Ok(Ended { ended })
}
