//! The operators' door: `/operator_v1`, for people. A login with a second factor opens the very commands of the
//! operator API, each within the person's role and written down.
//!
//! ```text
//! POST /operator_v1/login            {"email", "password", "verify_code"}   200 {"data": {"access_token", …}}
//! POST /operator_v1/{noun}/{verb}    as /operator/{noun}/{verb}
//! GET  /operator_v1/me, /sessions;   POST /logout, /password, /end-session
//! ```

use super::entry::{self, Enter};
use super::{Caller, api, failed, reason, roles, run_once};
use crate::Control;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::header;
use http::request::Parts;
use http::uri::Scheme;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use turnpike_base::{Code, Fault, LoginId, OperatorId, Result, Secret, Text};
use turnpike_identity::audit::{self, Actor, Note};
use turnpike_identity::operators::{self, Operator};
use turnpike_identity::people::Person;
use turnpike_identity::{logins, passwords};
use turnpike_web::{Cookies, client_of, console, language};

const PREFIX: &str = "/operator_v1";
/// The largest body of a request whose sender is not known yet, in bytes.
const SMALL: usize = 64 << 10;
const COOKIE: &str = "turnpike_operator";
/// The longest name of a refused command that the audit keeps, in characters.
const ACTION: usize = 64;

/// Who is at the door.
#[derive(Debug)]
pub(crate) struct Entered {
    pub(crate) operator: Operator,
    pub(crate) login: LoginId,
}

pub(crate) fn router(control: Control) -> Router {
    Router::new()
        .route("/operator_v1/login", post(login))
        .route("/operator_v1/logout", post(logout))
        .route("/operator_v1/me", get(me))
        .route("/operator_v1/password", post(password))
        .route("/operator_v1/sessions", get(sessions))
        .route("/operator_v1/end-session", post(end_session))
        .route("/operator_v1/{noun}/{verb}", post(command))
        .with_state(control)
}

/// The operator behind a request; other sites' pages and tokens in URLs are refused.
pub(crate) async fn who(control: &Control, parts: &Parts) -> Result<Entered> {
    let missing = || Fault::new(Code::BadKey, "login_required").say(console::LOGIN_NEEDED);
    console::check_url(parts)?;
    let (token, by_cookie) = console::token(&parts.headers, COOKIE).ok_or_else(missing)?;
    console::check_origin(&parts.method, &parts.headers, by_cookie)?;
    let now = control.0.clock.now();
    let tx = control.store().read().await?;
    let login = logins::find(&tx, &control.0.vault, "operator", &token, now).await?.ok_or_else(missing)?;
    let operator = operators::active(&tx, OperatorId(login.person)).await?.ok_or_else(missing)?;
    drop(tx);
    if login.is_stale(now) {
        let tx = control.store().write().await?;
        logins::seen(&tx, login.id, now).await?;
        tx.commit().await?;
    }
    Ok(Entered { operator, login: login.id })
}

/// The head of a request, with the mark of where it comes from.
fn head(control: &Control, request: Request) -> (Parts, axum::body::Body) {
    let (mut parts, body) = request.into_parts();
    control.0.balancers.mark(&mut parts);
    (parts, body)
}

/// The head, and the small body that strangers may send.
async fn split<T: DeserializeOwned>(control: &Control, request: Request) -> (Parts, Result<T>) {
    let (parts, body) = head(control, request);
    let read = json_of(body, SMALL).await;
    (parts, read)
}

/// Reads a body as JSON; an empty one is an empty object.
async fn json_of<T: DeserializeOwned>(body: axum::body::Body, most: usize) -> Result<T> {
    let bytes = axum::body::to_bytes(body, most).await.map_err(|e| unreadable(&e.to_string()))?;
    let bytes = if bytes.is_empty() { b"{}".as_slice().into() } else { bytes };
    serde_json::from_slice(&bytes).map_err(|e| unreadable(&e.to_string()))
}

fn unreadable(why: &str) -> Fault {
    Fault::parameter(
        "body",
        Text::made(format!("不是可识别的 JSON：{why}"), format!("is no JSON that fits: {why}")),
    )
}

fn reply(outcome: Result<Value>, parts: &Parts) -> Response {
    match outcome {
        Ok(data) => ([(header::CACHE_CONTROL, "no-store")], Json(json!({"data": data}))).into_response(),
        Err(fault) => failed(&fault, language(&parts.headers)),
    }
}

async fn login(State(control): State<Control>, request: Request) -> Response {
    let (parts, input) = split::<Enter>(&control, request).await;
    let cookies = Cookies::default();
    let outcome = async {
        console::check_url(&parts)?;
        console::check_origin(&parts.method, &parts.headers, false)?;
        entry::enter(&control, input?, &parts, &cookies).await
    };
    let mut response = reply(outcome.await, &parts);
    set_cookie(&mut response, &cookies, &parts);
    response
}

fn set_cookie(response: &mut Response, cookies: &Cookies, parts: &Parts) {
    add_cookie(response, cookies, (COOKIE, PREFIX), parts);
}

fn add_cookie(response: &mut Response, cookies: &Cookies, (name, path): (&str, &str), parts: &Parts) {
    let tls = parts.extensions.get::<Scheme>() == Some(&Scheme::HTTPS);
    if let Some(value) = cookies.header(name, path, tls) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

async fn logout(State(control): State<Control>, request: Request) -> Response {
    let (parts, _) = head(&control, request);
    let outcome = async {
        let entered = who(&control, &parts).await?;
        end(&control, &entered, entered.login, deed(&entered, "operator/logout", &parts)).await
    };
    let mut response = reply(outcome.await, &parts);
    let cookies = Cookies::default();
    cookies.forget();
    set_cookie(&mut response, &cookies, &parts);
    response
}

/// A note of what an operator did at the door itself.
fn deed(entered: &Entered, action: &str, parts: &Parts) -> Note {
    Note {
        actor: Actor::Operator(entered.operator.id),
        action: action.to_owned(),
        detail: String::new(),
        outcome: "ok".into(),
        client: Some(client_of(parts)),
        customer: None,
    }
}

/// Passes where the operator's role may run a command; a refusal stands in the audit.
async fn check_role(control: &Control, entered: &Entered, path: &str, parts: &Parts) -> Result<()> {
    let Err(fault) = roles::check(entered.operator.role, path) else { return Ok(()) };
    let action: String = path.chars().take(ACTION).collect();
    let note = Note { outcome: fault.slug.to_owned(), ..deed(entered, &action, parts) };
    let tx = control.store().write().await?;
    audit::note(&tx, &note, control.0.clock.now()).await?;
    tx.commit().await?;
    Err(fault)
}

async fn end(control: &Control, entered: &Entered, login: LoginId, note: Note) -> Result<Value> {
    let tx = control.store().write().await?;
    let person = Person::Operator(entered.operator.id);
    if !logins::end(&tx, person, login, control.0.clock.now()).await? {
        return Err(Fault::new(Code::NotFound, "session_unknown")
            .say(Text::new("会话不存在", "There is no such session")));
    }
    audit::note(&tx, &note, control.0.clock.now()).await?;
    tx.commit().await?;
    Ok(Value::Null)
}

async fn me(State(control): State<Control>, request: Request) -> Response {
    let (parts, _) = head(&control, request);
    let view = |entered: Entered| {
        let Operator { id, email, role, created_at, .. } = entered.operator;
        json!({"id": id, "email": email, "role": role.name(), "created_at": super::time(created_at)})
    };
    reply(who(&control, &parts).await.map(view), &parts)
}

async fn sessions(State(control): State<Control>, request: Request) -> Response {
    let (parts, _) = head(&control, request);
    let outcome = async {
        let entered = who(&control, &parts).await?;
        let person = Person::Operator(entered.operator.id);
        let found = logins::list(&control.store().read().await?, person, control.0.clock.now()).await?;
        let row = |login: &logins::Login| {
            json!({"id": login.id, "ip": login.client, "agent": login.agent, "created_at": super::time(login.created_at),
                "seen_at": super::time(login.seen_at), "expires_at": super::time(login.expires_at),
                "current": login.id == entered.login})
        };
        Ok(json!({"list": found.iter().map(row).collect::<Vec<_>>()}))
    };
    reply(outcome.await, &parts)
}

/// What `/operator_v1/end-session` takes.
#[derive(Deserialize)]
struct Which {
    id: LoginId,
}

async fn end_session(State(control): State<Control>, request: Request) -> Response {
    let (parts, input) = split::<Which>(&control, request).await;
    let outcome = async {
        let (entered, input) = (who(&control, &parts).await?, input?);
        let note =
            Note { detail: format!("login {}", input.id), ..deed(&entered, "operator/end-session", &parts) };
        end(&control, &entered, input.id, note).await
    };
    reply(outcome.await, &parts)
}

/// What `/operator_v1/password` takes.
#[derive(Deserialize)]
struct NewPassword {
    old_password: Secret,
    password: Secret,
}

async fn password(State(control): State<Control>, request: Request) -> Response {
    let (parts, input) = split::<NewPassword>(&control, request).await;
    let outcome = async { change_password(&control, &who(&control, &parts).await?, input?, &parts).await };
    reply(outcome.await, &parts)
}

async fn change_password(
    control: &Control,
    entered: &Entered,
    input: NewPassword,
    parts: &Parts,
) -> Result<Value> {
    let (now, gate) = (control.0.clock.now(), &control.0.identity.codes.gate);
    let subject = format!("operator-password:{}", entered.operator.id);
    tokio::time::sleep(gate.knock(&subject, client_of(parts), now)?).await;
    let known = operators::by_login(&control.store().read().await?, &entered.operator.email).await?;
    if !gate.check(input.old_password, known.map(|(_, hash)| hash)).await? {
        return Err(Fault::parameter("old_password", Text::new("密码错误", "is not the present password")));
    }
    gate.welcome(&subject, client_of(parts));
    passwords::check(&input.password)?;
    let hash = gate.hash(input.password).await?;
    let tx = control.store().write().await?;
    operators::set_hash(&tx, entered.operator.id, &hash).await?;
    logins::end_others(&tx, Person::Operator(entered.operator.id), Some(entered.login), now).await?;
    audit::note(&tx, &deed(entered, "operator/password", parts), now).await?;
    tx.commit().await?;
    Ok(Value::Null)
}

async fn command(
    State(control): State<Control>,
    Path((noun, verb)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (parts, body) = head(&control, request);
    let path = format!("{noun}/{verb}");
    let outcome = async {
        let entered = who(&control, &parts).await?;
        check_role(&control, &entered, &path, &parts).await?;
        // Files are large: nobody sends one before it is known who he is.
        let input = json_of(body, api::LARGEST).await?;
        reason::demand(&path, &input)?;
        let actor = Actor::Operator(entered.operator.id);
        let caller = Caller { actor, client: Some(client_of(&parts)) };
        run_once(&control, caller, &parts.headers, &path, input).await
    };
    let outcome = outcome.await;
    let view = outcome.as_ref().ok().filter(|_| path == "customer/see-as").cloned();
    let mut response = reply(outcome, &parts);
    if let Some(token) = view.as_ref().and_then(|view| view["access_token"].as_str()) {
        // The same browser shows the customer's console next.
        let cookies = Cookies::default();
        cookies.keep(&Secret::new(token), logins::VIEW_SECONDS);
        add_cookie(&mut response, &cookies, (console::COOKIE, console::PREFIX), &parts);
    }
    response
}
