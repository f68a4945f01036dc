//! `proxy-account/test`: one real connection through the proxy entry, as the customer's own program would make it,
//! and what came of it. Its few bytes are counted like any others.

use crate::{Control, admission};
use axum::body::Body;
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, Method, Request, Response, Uri, header};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use turnpike_access::accounts;
use turnpike_base::{Code, Fault, Result, Text};
use turnpike_network::told::Told;
use turnpike_web::{Call, Endpoint, field, params, with};
use turnpike_wire::Reason;
use utoipa::ToSchema;

/// A test waits no longer.
const PATIENCE: Duration = Duration::from_secs(20);
/// What of an answer is read.
const MOST: usize = 16 * 1024;

/// What a test goes through and to.
#[derive(Clone, Debug)]
pub struct Trial {
    /// A proxy entry that this process reaches.
    pub proxy: SocketAddr,
    /// An `http://` address that answers; one that answers `{"ip": "…"}` tells the exit's public address, too.
    pub url: String,
}

params! {
    /// What `proxy-account/test` takes.
    pub struct Test {
        username: String = field::required(field::text(1, 512)), "完整的代理用户名，例如 user01_area-US", "A whole proxy username, such as user01_area-US";
    }
}

/// What came of it.
#[derive(Debug, Default, Serialize, ToSchema)]
struct Tried {
    /// Whether the destination answered.
    ok: bool,
    /// HTTP status of the destination, or of the refusal; 0: none came.
    status: i64,
    /// From the first packet to the answer.
    milliseconds: i64,
    /// Id of the exit; 0 if none was chosen.
    exit: i64,
    /// ISO 3166-1 alpha-2; empty if unknown.
    country_code: String,
    city: String,
    /// The exit's address as the destination saw it; empty if it does not tell.
    ip: String,
    /// The slug of the refusal, as in `X-Proxy-Error`; empty if none.
    reason: String,
    /// The sentence.
    text: String,
}

pub(crate) fn routes(control: &Control) -> Vec<Endpoint> {
    let (zh, en) = ("实时测试：经由代理真实连接一次", "Live test: one real connection through the proxy");
    vec![
        Endpoint::post("proxy-account/test", "accounts", zh, en, with(control, test))
            .console()
            .codes(&[Code::NotFound, Code::Unavailable]),
    ]
}

async fn test(control: Control, call: Call, input: Test) -> Result<Tried> {
    let trial = control.0.trial.load_full();
    let trial = trial.as_ref().as_ref().ok_or_else(unready)?;
    let username = input.username.trim();
    let name = admission::account_name(username.split('_').next().unwrap_or_default());
    let tx = control.store().read().await?;
    let account = accounts::flow::own(&tx, &control.0.vault, call.customer, name).await?;
    drop(tx);
    let secret = BASE64_STANDARD.encode(format!("{username}:{}", account.password.expose()));
    let begun = Instant::now();
    let mut tried = match tokio::time::timeout(PATIENCE, run(trial, &secret, &call)).await {
        Ok(Ok(tried)) => tried,
        Ok(Err(cause)) => broken(&call, &cause),
        Err(_) => broken(&call, &"timeout"),
    };
    tried.milliseconds = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
    Ok(tried)
}

fn unready() -> Fault {
    Fault::new(Code::Unavailable, "no_trial").say(Text::new(
        "代理入口尚未就绪，请稍后再试",
        "The proxy entry is not ready yet; try again in a moment",
    ))
}

/// The connection broke without a reason from the proxy.
fn broken(call: &Call, cause: &dyn std::fmt::Display) -> Tried {
    tracing::debug!(%cause, "a test through the proxy broke off");
    let text = Text::new("连接中断或超时", "The connection broke off or timed out");
    Tried {
        reason: Reason::Timeout.slug().to_owned(),
        text: text.get(call.lang).to_owned(),
        ..Tried::default()
    }
}

type Broken = Box<dyn std::error::Error + Send + Sync>;

async fn run(trial: &Trial, secret: &str, call: &Call) -> Result<Tried, Broken> {
    let to: Uri = trial.url.parse()?;
    let host = to.authority().ok_or("the test's address has no host")?;
    let authority = format!("{}:{}", host.host(), host.port_u16().unwrap_or(80));
    let mut tasks = JoinSet::new();
    let stream = TokioIo::new(tokio::net::TcpStream::connect(trial.proxy).await?);
    let connect = Request::builder()
        .method(Method::CONNECT)
        .uri(&authority)
        .header(header::HOST, &authority)
        .header(header::PROXY_AUTHORIZATION, format!("Basic {secret}"))
        .body(Body::empty())?;
    let tunnel = send(&mut tasks, stream, connect).await?;
    let mut tried = exit_of(tunnel.headers());
    tried.city = Told::new(call, &tried.country_code, None, Some(&tried.city)).city;
    tried.status = i64::from(tunnel.status().as_u16());
    if !tunnel.status().is_success() {
        return refused(tried, tunnel, call).await;
    }
    let path = to.path_and_query().map_or("/", |path| path.as_str());
    let get = Request::get(path)
        .header(header::HOST, host.as_str())
        .header(header::USER_AGENT, "turnpike-test")
        .header(header::CONNECTION, "close")
        .body(Body::empty())?;
    let answer = send(&mut tasks, hyper::upgrade::on(tunnel).await?, get).await?;
    tried.status = i64::from(answer.status().as_u16());
    tried.ok = true;
    tried.ip = seen_ip(&axum::body::to_bytes(Body::new(answer.into_body()), MOST).await.unwrap_or_default());
    Ok(tried)
}

/// One request over a connection, which a task drives until the test is over.
async fn send<I>(tasks: &mut JoinSet<()>, io: I, request: Request<Body>) -> Result<Response<Incoming>, Broken>
where
    I: Read + Write + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(io).await?;
    tasks.spawn(async move {
        // How it ended is told by the request.
        let _ended = connection.with_upgrades().await;
    });
    Ok(sender.send_request(request).await?)
}

async fn refused(mut tried: Tried, answer: Response<Incoming>, call: &Call) -> Result<Tried, Broken> {
    let slug = answer.headers().get("x-proxy-error").and_then(|value| value.to_str().ok());
    tried.reason = slug.unwrap_or_default().to_owned();
    let body = axum::body::to_bytes(Body::new(answer.into_body()), MOST).await?;
    let told: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let key = if call.lang == turnpike_base::Lang::Zh { "message_zh" } else { "message" };
    tried.text = told[key].as_str().unwrap_or_default().to_owned();
    Ok(tried)
}

/// `X-Proxy-Exit: id=7; country=US; city="Los Angeles"`.
fn exit_of(headers: &HeaderMap) -> Tried {
    let text = headers.get("x-proxy-exit").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut tried = Tried::default();
    for (key, value) in text.split("; ").filter_map(|part| part.split_once('=')) {
        match key {
            "id" => tried.exit = value.parse().unwrap_or(0),
            "country" => value.clone_into(&mut tried.country_code),
            "city" => value.trim_matches('"').clone_into(&mut tried.city),
            _ => {}
        }
    }
    tried
}

/// The address in `{"ip": "…"}`; empty where the answer is something else.
fn seen_ip(body: &[u8]) -> String {
    let told: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let ip = told["ip"].as_str().and_then(|text| text.parse::<std::net::IpAddr>().ok());
    ip.map(|ip| ip.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_is_read_from_the_answers_head() {
        let mut headers = HeaderMap::new();
        headers.insert("x-proxy-exit", "id=7; country=US; city=\"Los Angeles\"".parse().unwrap());
        let tried = exit_of(&headers);
        assert_eq!((tried.exit, &*tried.country_code, &*tried.city), (7, "US", "Los Angeles"));
        assert_eq!(exit_of(&HeaderMap::new()).exit, 0);
    }

    #[test]
    fn an_address_is_taken_from_json_alone() {
        assert_eq!(seen_ip(br#"{"ip": "127.0.0.9"}"#), "127.0.0.9");
        assert_eq!(seen_ip(b"<html>"), "");
        assert_eq!(seen_ip(br#"{"ip": "<b>"}"#), "");
    }
}
