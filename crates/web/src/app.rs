//! The customer API as one axum router: routes, keys, limits, retries, envelope.

use crate::answer::Reply;
use crate::idempotency::{Memory, Name};
use crate::intake::{self, Intake};
use crate::rate::Limits;
use crate::{Authenticator, Call, Endpoint, Principal, envelope, lang, openapi};
use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use axum::routing::get;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use turnpike_base::{Clock, Code, Fault, Lang, Text};
use turnpike_store::Store;

/// The API of all sites.
pub struct App {
    endpoints: HashMap<&'static str, Vec<Endpoint>>,
    auth: Arc<dyn Authenticator>,
    clock: Arc<dyn Clock>,
    limits: Limits,
    memory: Memory,
    document: String,
}

/// The longest Idempotency-Key.
const LONGEST_KEY: usize = 255;

impl App {
    /// An API of these endpoints.
    pub fn new(
        endpoints: Vec<Endpoint>,
        auth: Arc<dyn Authenticator>,
        clock: Arc<dyn Clock>,
        store: Store,
    ) -> Self {
        let document = openapi::document(&endpoints).to_string();
        let mut by_path: HashMap<&'static str, Vec<Endpoint>> = HashMap::new();
        for endpoint in endpoints {
            for path in std::iter::once(endpoint.path).chain(endpoint.aliases.iter().copied()) {
                by_path.entry(path).or_default().push(endpoint.clone());
            }
        }
        Self {
            endpoints: by_path,
            auth,
            clock,
            limits: Limits::default(),
            memory: Memory::new(store),
            document,
        }
    }

    /// The router: `/openapi.json`, and every endpoint under every prefix.
    pub fn router(self) -> Router {
        let app = Arc::new(self);
        Router::new().route("/openapi.json", get(document)).fallback(serve).with_state(app)
    }
}

async fn document(State(app): State<Arc<App>>) -> Response {
    envelope::raw(StatusCode::OK, app.document.clone())
}

async fn serve(State(app): State<Arc<App>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let language = lang::asked(None, &parts.headers).unwrap_or_default();
    let endpoint = match app.find(&parts) {
        Ok(endpoint) => endpoint.clone(),
        Err(response) => return response(language),
    };
    match intake::read(&parts, body).await {
        Ok(intake) => app.answer(&endpoint, &parts, intake).await,
        Err((status, fault)) => envelope::http_failure(status, &fault, language),
    }
}

type Refuse = Box<dyn FnOnce(Lang) -> Response + Send>;

impl App {
    fn find(&self, parts: &Parts) -> Result<&Endpoint, Refuse> {
        let Some((_, path)) = split(parts.uri.path(), &self.auth.prefixes()) else {
            return Err(Box::new(not_found));
        };
        let Some(candidates) = self.endpoints.get(path) else { return Err(Box::new(not_found)) };
        match candidates.iter().find(|e| e.method == parts.method) {
            Some(endpoint) => Ok(endpoint),
            None => {
                let allowed = candidates.iter().map(|e| e.method.as_str()).collect::<Vec<_>>().join(", ");
                Err(Box::new(move |language| wrong_method(&allowed, language)))
            }
        }
    }

    async fn answer(&self, endpoint: &Endpoint, parts: &Parts, intake: Intake) -> Response {
        let asked = lang::asked(intake.values.text("language"), &parts.headers);
        let client = client_of(parts);
        let principal = match self.authenticate(&intake, client, parts).await {
            Ok(principal) => principal,
            Err(fault) => return failed(&fault, asked.unwrap_or_default()),
        };
        let language = asked.unwrap_or(principal.site.lang);
        let site = &principal.site;
        if let Err(wait) = self.limits.check(principal.key, site.requests_per_second, site.request_burst) {
            return too_many(wait, language);
        }
        let call = Call {
            customer: principal.customer,
            verified: principal.verified,
            site: principal.site,
            lang: language,
            now: self.clock.now(),
            prefix: prefix_of(parts, &self.auth.prefixes()),
            client,
            base_url: base_url(parts),
        };
        let key = parts.headers.get("idempotency-key").filter(|_| parts.method == Method::POST);
        let outcome = match key {
            Some(key) => self.once(endpoint, parts, intake, call, key).await,
            None => (endpoint.handler)(call, &intake.values).await,
        };
        match outcome {
            Ok(Reply::Data(data)) => envelope::success(&data, language),
            Ok(Reply::Plain(plain)) => envelope::plain(StatusCode::OK, plain.kind, plain.text),
            Err(fault) => failed(&fault, language),
        }
    }

    async fn authenticate(&self, intake: &Intake, client: IpAddr, parts: &Parts) -> Result<Principal, Fault> {
        let bad = || Fault::new(Code::BadKey, "bad_key");
        let (first, others) = intake.keys.split_first().ok_or_else(bad)?;
        let well_formed = first.len() == 32 && first.bytes().all(|b| b.is_ascii_alphanumeric());
        if !well_formed || others.iter().any(|other| other != first) {
            return Err(bad());
        }
        let principal = self.auth.authenticate(first, client).await?;
        // The key decides the site; another site's prefix is not there for it.
        let mine = split(parts.uri.path(), &principal.site.prefixes).is_some();
        if mine { Ok(principal) } else { Err(Fault::new(Code::NotFound, "route_unknown")) }
    }

    /// Runs a request at most once per Idempotency-Key.
    async fn once(
        &self,
        endpoint: &Endpoint,
        parts: &Parts,
        intake: Intake,
        call: Call,
        key: &HeaderValue,
    ) -> Result<Reply, Fault> {
        let key = key.to_str().ok().filter(|k| !k.is_empty() && k.len() <= LONGEST_KEY).ok_or_else(|| {
            Fault::parameter(
                "Idempotency-Key",
                Text::new("应为 1 到 255 个可见字符", "must be 1 to 255 visible characters"),
            )
        })?;
        let name = Name { customer: call.customer, path: endpoint.path.to_owned(), key: key.to_owned() };
        let request = [parts.uri.query().unwrap_or_default().as_bytes(), b"\0", &intake.body].concat();
        let turn = self.memory.turn(&name).await;
        let outcome = self.recall_or_run(endpoint, &name, &request, &intake, call).await;
        self.memory.done(&name, turn);
        outcome
    }

    async fn recall_or_run(
        &self,
        endpoint: &Endpoint,
        name: &Name,
        request: &[u8],
        intake: &Intake,
        call: Call,
    ) -> Result<Reply, Fault> {
        let now = call.now;
        if let Some(answer) = self.memory.recall(name, request, now).await? {
            let data = serde_json::from_str(&answer).map_err(|e| Fault::internal("answer_unreadable", e));
            return data.map(Reply::Data);
        }
        let reply = (endpoint.handler)(call, &intake.values).await?;
        // Texts are for endpoints that read: asking again does nothing twice.
        if let Reply::Data(data) = &reply {
            self.memory.keep(name, request, &data.to_string(), now).await?;
        }
        Ok(reply)
    }
}

/// Splits a path into a known prefix and the endpoint's own path.
fn split<'p>(path: &'p str, prefixes: &[String]) -> Option<(&'p str, &'p str)> {
    let below = |prefix: &String| {
        path.strip_prefix(prefix.as_str())?.strip_prefix('/').map(|rest| (&path[..prefix.len()], rest))
    };
    prefixes.iter().find_map(below)
}

fn prefix_of(parts: &Parts, prefixes: &[String]) -> String {
    split(parts.uri.path(), prefixes).map_or_else(String::new, |(prefix, _)| prefix.to_owned())
}

fn client_of(parts: &Parts) -> IpAddr {
    let info = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    info.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(from)| from.ip().to_canonical())
}

fn base_url(parts: &Parts) -> String {
    let host = parts.headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or("localhost");
    format!("http://{host}")
}

fn failed(fault: &Fault, language: Lang) -> Response {
    if matches!(fault.code, Code::Internal | Code::Unavailable) {
        tracing::error!(
            slug = fault.slug,
            cause = fault.cause.as_ref().map(tracing::field::display),
            "request failed"
        );
    }
    if fault.slug == "route_unknown" { not_found(language) } else { envelope::failure(fault, language) }
}

fn not_found(language: Lang) -> Response {
    let fault =
        Fault::new(Code::NotFound, "route_unknown").say(Text::new("接口不存在", "There is no such endpoint"));
    envelope::http_failure(StatusCode::NOT_FOUND, &fault, language)
}

fn wrong_method(allowed: &str, language: Lang) -> Response {
    let fault = Fault::new(Code::Parameter, "wrong_method")
        .say(Text::new("请求方法不被允许", "The method is not allowed here"));
    let mut response = envelope::http_failure(StatusCode::METHOD_NOT_ALLOWED, &fault, language);
    if let Ok(value) = HeaderValue::from_str(allowed) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}

fn too_many(wait: std::time::Duration, language: Lang) -> Response {
    let mut response = envelope::failure(&Fault::new(Code::TooMany, "too_many_requests"), language);
    let seconds = wait.as_secs() + 1;
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}
