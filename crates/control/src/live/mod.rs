//! Live figures: one stream of server-sent events per page. All streams of a customer share one look at the store
//! a second; what did not change is not sent.

mod hub;
mod queries;

pub(crate) use hub::Hub;
use hub::{Listener, Seat};

use crate::{Control, operator, overview};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::{Stream, StreamExt, stream};
use http::request::Parts;
use http::{HeaderValue, header};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::time::Duration;
use turnpike_base::{CustomerId, Result, Timestamp};
use turnpike_commerce::ledger;
use turnpike_identity::people::Person;
use turnpike_identity::{customers, factors};
use turnpike_web::{Authenticator, client_of, console, failure, language};

/// A stream ends after so long; browsers begin anew.
const LONGEST: Duration = Duration::from_secs(300);
/// Whether the login behind a stream is still good is looked at so often; a stream ends with its login.
const LOGIN: Duration = Duration::from_secs(5);
/// A sign of life, so that nobody on the way takes the stream for dead.
const PULSE: Duration = Duration::from_secs(15);

/// Whose figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Whose {
    Customer(CustomerId),
    Installation,
}

/// `GET /web_v1/live` for customers, `GET /operator_v1/live` for operators.
pub(crate) fn router(control: Control) -> Router {
    Router::new()
        .route("/web_v1/live", get(customer))
        .route("/operator_v1/live", get(installation))
        .with_state(control)
}

async fn customer(State(control): State<Control>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    control.0.balancers.mark(&mut parts);
    match who(&control, &parts).await.and_then(|listener| control.0.live.join(&control, listener)) {
        Ok(seat) => {
            let ended = async move {
                let mut beat = beat();
                while who(&control, &parts).await.is_ok() {
                    beat.tick().await;
                }
            };
            answer(seat, ended)
        }
        Err(fault) => failure(&fault, language(&parts.headers)),
    }
}

async fn who(control: &Control, parts: &Parts) -> Result<Listener> {
    let token = console::login(parts)?;
    let found = control.directory().log_in(&token, client_of(parts), control.0.clock.now()).await?;
    Ok(Listener::Customer(found.customer))
}

async fn installation(State(control): State<Control>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    control.0.balancers.mark(&mut parts);
    let joined = match operator::door::who(&control, &parts).await {
        Ok(entered) => control.0.live.join(&control, Listener::Operator(entered.login)),
        Err(fault) => Err(fault),
    };
    match joined {
        Ok(seat) => {
            let ended = async move {
                let mut beat = beat();
                while operator::door::who(&control, &parts).await.is_ok() {
                    beat.tick().await;
                }
            };
            answer(seat, ended)
        }
        Err(fault) => operator::failed(&fault, language(&parts.headers)),
    }
}

fn beat() -> tokio::time::Interval {
    tokio::time::interval_at(tokio::time::Instant::now() + LOGIN, LOGIN)
}

fn answer(seat: Seat, ended: impl Future<Output = ()> + Send + 'static) -> Response {
    let mut response = Body::from_stream(events(seat).take_until(Box::pin(ended))).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Reverse proxies that collect answers are asked not to (nginx).
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// What is known at once, then whatever changes, with a sign of life between.
fn events(mut seat: Seat) -> impl Stream<Item = Result<String, Infallible>> {
    seat.news.mark_changed();
    let until = tokio::time::Instant::now() + LONGEST;
    stream::unfold(seat, move |mut seat| async move {
        loop {
            let changed = tokio::time::timeout(PULSE, seat.news.changed());
            let Ok(changed) = tokio::time::timeout_at(until, changed).await else { return None };
            match changed {
                Err(_) => return Some((":\n\n".to_owned(), seat)),
                Ok(Err(_)) => return None,
                Ok(Ok(())) => {
                    let text = seat.news.borrow_and_update().clone();
                    // The first look at the store is not done yet.
                    if !text.is_empty() {
                        return Some((format!("event: figures\ndata: {text}\n\n"), seat));
                    }
                }
            }
        }
    })
    .map(Ok)
}

/// The figures of now.
pub(crate) async fn look(control: &Control, whose: Whose, now: Timestamp) -> Result<Value> {
    match whose {
        Whose::Customer(customer) => of_customer(control, customer, now).await,
        Whose::Installation => of_installation(control, now).await,
    }
}

async fn of_customer(control: &Control, id: CustomerId, now: Timestamp) -> Result<Value> {
    let tx = control.store().read().await?;
    let customer = customers::by_id(&tx, id).await?;
    let site = control.directory().site(customer.site);
    let zone = site.as_ref().map_or(jiff::tz::TimeZone::UTC, |site| site.zone.clone());
    let midnight = now.plus_days(-1).next_midnight(&zone);
    let today = queries::traffic(&tx, Some(id), midnight).await?;
    let demanded = site.is_some_and(|site| site.demands_verification);
    let mut notices = Vec::new();
    if demanded && !customer.verified {
        notices.push("real_name_due");
    }
    if !factors::is_on(&tx, Person::Customer(id)).await? {
        notices.push("totp_off");
    }
    Ok(json!({"today_flow": today.bytes.to_kb_up(), "today_connections": today.connections,
        "balance": ledger::balance(&tx, id).await?, "notices": notices}))
}

async fn of_installation(control: &Control, now: Timestamp) -> Result<Value> {
    let tx = control.store().read().await?;
    let midnight = now.plus_days(-1).next_midnight(&jiff::tz::TimeZone::UTC);
    let today = queries::traffic(&tx, None, midnight).await?;
    let counts = queries::counts(&tx, now).await?;
    let alarms = overview::trouble(control, &tx, now).await?;
    Ok(
        json!({"today_flow": today.bytes.to_kb_up(), "today_bytes": today.bytes, "today_connections": today.connections,
        "gateways": control.0.feed.receiver_count(), "alarms": alarms,
        "exits": counts.exits, "customers": counts.customers, "real_names_waiting": counts.real_names,
        "messages_waiting": counts.messages}),
    )
}
