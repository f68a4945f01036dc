//! The customer API as one axum router: routes, keys, limits, retries, envelope.

use crate::answer::Reply;
use crate::authority::Authority;
use crate::endpoint::Handler;
use crate::idempotency::{Claim, Memory, Name, idempotency_key};
use crate::intake::{self, Intake};
use crate::noted::Noted;
use crate::rate::Limits;
use crate::reference::Book;
use crate::{
    Access, Authenticator, Balancers, Call, Cookies, Door, Endpoint, Principal, Visit, Written, client,
    console, envelope, lang, reference,
};
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use http::request::Parts;
use http::uri::Scheme;
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::sync::Arc;
use turnpike_base::{Clock, Code, Fault, Lang, Text};
use turnpike_store::along::{self, Companion};
use turnpike_store::{Store, Vault};

/// The API of all sites.
pub struct App {
    endpoints: HashMap<&'static str, Vec<Endpoint>>,
    auth: Arc<dyn Authenticator>,
    clock: Arc<dyn Clock>,
    limits: Limits,
    memory: Memory,
    balancers: Balancers,
    all: Vec<Endpoint>,
    book: Book,
}

/// Marks the answer for an address that is under no prefix of the API.
#[derive(Clone, Copy, Debug)]
pub struct Nowhere;

/// The longest name of a program that is kept, in characters.
const LONGEST_AGENT: usize = 200;
/// Requests a second, and at once, from an address without a key or a login.
const VISITOR_RATE: (u32, u32) = (10, 100);

impl App {
    /// An API of these endpoints.
    pub fn new(
        endpoints: Vec<Endpoint>,
        auth: Arc<dyn Authenticator>,
        clock: Arc<dyn Clock>,
        store: Store,
    ) -> Self {
        let mut by_path: HashMap<&'static str, Vec<Endpoint>> = HashMap::new();
        for endpoint in &endpoints {
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
            balancers: Balancers::default(),
            all: endpoints,
            book: Book::default(),
        }
    }

    /// Behind these load balancers.
    #[must_use]
    pub fn behind(mut self, balancers: Balancers) -> Self {
        self.balancers = balancers;
        self
    }

    /// With what the reference says beyond the endpoints' own declarations.
    #[must_use]
    pub fn explained(mut self, book: Book) -> Self {
        self.book = book;
        self
    }

    /// Seals the answers that are remembered: some hold a secret that is shown once.
    #[must_use]
    pub fn sealed(mut self, vault: Vault) -> Self {
        self.memory.seal(vault);
        self
    }

    /// The router: the reference at `/docs`, `/openapi.json`, and every endpoint under every prefix and for the
    /// console.
    pub fn router(self) -> Router {
        let reference = reference::router(&self.all, &self.book, &self.auth);
        Router::new().fallback(serve).with_state(Arc::new(self)).merge(reference)
    }
}

async fn serve(State(app): State<Arc<App>>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    app.balancers.mark(&mut parts);
    let (endpoint, prefix) = match app.find(&parts) {
        Ok((endpoint, prefix)) => (endpoint.clone(), prefix.to_owned()),
        Err(response) => return response(app.language_of(&parts).await),
    };
    let intake = match intake::read(&parts, body).await {
        Ok(intake) => intake,
        Err((status, fault)) => {
            return envelope::http_failure(status, &fault, app.language_of(&parts).await);
        }
    };
    let language = lang::of_head(&parts).unwrap_or_default();
    // A task of its own: a caller who hangs up must not leave a write half told. What was begun ends, and
    // is remembered under its Idempotency-Key for the caller's next try.
    let work = tokio::spawn(async move {
        match &endpoint.handler {
            Handler::Customer(_) => app.answer(&endpoint, prefix, &parts, intake).await,
            Handler::Visitor(_) => app.answer_visitor(&endpoint, &parts, intake).await,
        }
    });
    work.await.unwrap_or_else(|error| failed(&Fault::internal("request_broke", error.to_string()), language))
}

type Refuse = Box<dyn FnOnce(Lang) -> Response + Send>;

impl App {
    /// The endpoint that is asked for, and under which prefix.
    fn find<'p>(&self, parts: &'p Parts) -> Result<(&Endpoint, &'p str), Refuse> {
        let path = parts.uri.path();
        let in_console = path.strip_prefix(console::PREFIX).and_then(|rest| rest.strip_prefix('/'));
        let found = match in_console {
            Some(rest) => Some((&path[..console::PREFIX.len()], rest)),
            None => split(path, &self.auth.prefixes()),
        };
        let Some((prefix, path)) = found else { return Err(Box::new(nowhere)) };
        let here = |endpoint: &&Endpoint| in_console.is_some() || !endpoint.console_only;
        let candidates: Vec<_> = self.endpoints.get(path).into_iter().flatten().filter(here).collect();
        if candidates.is_empty() {
            return Err(Box::new(not_found));
        }
        match candidates.iter().find(|e| e.method == parts.method) {
            Some(endpoint) => Ok((endpoint, prefix)),
            None => {
                let allowed = candidates.iter().map(|e| e.method.as_str()).collect::<Vec<_>>().join(", ");
                Err(Box::new(move |language| wrong_method(&allowed, language)))
            }
        }
    }

    /// The language of a request that fails before it is understood: the one it asks for, else that of the site of who
    /// sent it, as far as the query, a header or his login tell.
    async fn language_of(&self, parts: &Parts) -> Lang {
        if let Some(asked) = lang::of_head(parts) {
            return asked;
        }
        let in_console =
            parts.uri.path().strip_prefix(console::PREFIX).is_some_and(|rest| rest.starts_with('/'));
        let known = if in_console {
            self.log_in(parts).await
        } else {
            self.by_key(&intake::keys_of_head(parts), client::of(parts)).await
        };
        known.map_or_else(|fault| fault.lang.unwrap_or_default(), |principal| principal.site.lang)
    }

    async fn answer(&self, endpoint: &Endpoint, prefix: String, parts: &Parts, intake: Intake) -> Response {
        let asked = lang::asked(intake.values.text("language"), &parts.headers);
        let client = client::of(parts);
        let principal = match self.authenticate(&prefix, &intake, client, parts).await {
            Ok(principal) => principal,
            Err(fault) => return failed(&fault, asked.or(fault.lang).unwrap_or_default()),
        };
        let language = asked.unwrap_or(principal.site.lang);
        let site = &principal.site;
        if let Err(wait) = self.limits.check(principal.key, site.requests_per_second, site.request_burst) {
            return too_many(wait, language);
        }
        if !principal.scopes.allow(endpoint.tag, endpoint.access) {
            let fault = if principal.view_only { view_only() } else { out_of_scope(endpoint) };
            return failed(&fault, language);
        }
        let (key, cookies) = (principal.key, Cookies::default());
        let call = Call {
            customer: principal.customer,
            verified: principal.verified,
            site: principal.site,
            lang: language,
            now: self.clock.now(),
            key,
            prefix,
            client,
            base_url: base_url(parts),
            door: principal.login.map_or(Door::Key, Door::Console),
            view_only: principal.view_only,
            agent: agent_of(parts),
            cookies: cookies.clone(),
        };
        let (customer, at) = (call.customer, call.now);
        let written = Written { customer, key, path: endpoint.path, at, client };
        let noted = (!parts.method.is_safe()).then(|| Noted::new(Arc::clone(&self.auth), written));
        let along: Vec<Arc<dyn Companion>> =
            noted.iter().map(|noted| Arc::clone(noted) as Arc<dyn Companion>).collect();
        let idem = if parts.method == Method::POST { idempotency_key(&parts.headers) } else { Ok(None) };
        let outcome = match idem {
            Err(fault) => Err(fault),
            Ok(Some(idem)) => self.once(endpoint, parts, intake, call, idem, along).await,
            Ok(None) => along::with(along, endpoint.run(call, &intake.values)).await,
        };
        if let Some(noted) = noted {
            noted.ended(outcome.as_ref().err()).await;
        }
        notice_undocumented(endpoint, &outcome);
        with_cookie(reply(outcome, language), &cookies, parts)
    }

    /// Answers somebody who need not be known.
    async fn answer_visitor(&self, endpoint: &Endpoint, parts: &Parts, intake: Intake) -> Response {
        let asked = lang::asked(intake.values.text("language"), &parts.headers);
        let client = client::of(parts);
        let Some(site) = self.auth.site_of_host(Authority::of(parts).map_or("", |asked| asked.host)) else {
            return no_site(asked.unwrap_or_default());
        };
        let language = asked.unwrap_or(site.lang);
        let checked = console::check_url(parts)
            .and_then(|()| console::check_origin(&parts.method, &parts.headers, false));
        if let Err(fault) = checked {
            return failed(&fault, language);
        }
        if let Err(wait) = self.limits.check(visitor_key(client), VISITOR_RATE.0, VISITOR_RATE.1) {
            return too_many(wait, language);
        }
        let cookies = Cookies::default();
        let visit = Visit {
            site,
            lang: language,
            now: self.clock.now(),
            client,
            base_url: base_url(parts),
            agent: agent_of(parts),
            cookies: cookies.clone(),
        };
        let outcome = match &endpoint.handler {
            Handler::Visitor(handler) => handler(visit, &intake.values).await,
            Handler::Customer(_) => Err(Fault::new(Code::NotFound, "route_unknown")),
        };
        notice_undocumented(endpoint, &outcome);
        with_cookie(reply(outcome, language), &cookies, parts)
    }

    async fn authenticate(
        &self,
        prefix: &str,
        intake: &Intake,
        client: IpAddr,
        parts: &Parts,
    ) -> Result<Principal, Fault> {
        if prefix == console::PREFIX {
            return self.log_in(parts).await;
        }
        let principal = self.by_key(&intake.keys, client).await?;
        // The key decides the site; another site's prefix is not there for it.
        let mine = principal.site.prefixes.iter().any(|known| known == prefix);
        let nowhere = || Fault::new(Code::NotFound, "route_unknown").of_site(principal.site.lang);
        if mine { Ok(principal) } else { Err(nowhere()) }
    }

    async fn log_in(&self, parts: &Parts) -> Result<Principal, Fault> {
        let token = console::login(parts)?;
        self.auth.log_in(&token, client::of(parts), self.clock.now()).await
    }

    async fn by_key(&self, keys: &[String], client: IpAddr) -> Result<Principal, Fault> {
        let bad = || Fault::new(Code::BadKey, "bad_key");
        let (first, others) = keys.split_first().ok_or_else(bad)?;
        let well_formed = first.len() == 32 && first.bytes().all(|b| b.is_ascii_alphanumeric());
        if !well_formed || others.iter().any(|other| other != first) {
            return Err(bad());
        }
        self.auth.authenticate(first, client, self.clock.now()).await
    }

    /// Runs a request at most once per Idempotency-Key.
    async fn once(
        &self,
        endpoint: &Endpoint,
        parts: &Parts,
        intake: Intake,
        call: Call,
        key: &str,
        mut along: Vec<Arc<dyn Companion>>,
    ) -> Result<Reply, Fault> {
        let name = Name { customer: call.customer, path: endpoint.path.to_owned(), key: key.to_owned() };
        let request = [parts.uri.query().unwrap_or_default().as_bytes(), b"\0", &intake.body].concat();
        let claim = self.memory.claim(name, &request, endpoint.silent, call.now);
        if !endpoint.idempotent {
            along.insert(0, Arc::clone(&claim) as Arc<dyn Companion>);
        }
        let run = || async {
            let outcome = along::with(along.clone(), endpoint.run(call.clone(), &intake.values)).await;
            if outcome.as_ref().is_err_and(|fault| fault.slug == "idempotency_twin") {
                return outcome;
            }
            self.remember(&claim, outcome).await
        };
        let known = |answer| {
            let data = RawValue::from_string(answer);
            data.map(Reply::Data).map_err(|e| Fault::internal("answer_unreadable", e))
        };
        self.memory.once(&claim, run, known).await
    }

    async fn remember(&self, claim: &Claim, outcome: Result<Reply, Fault>) -> Result<Reply, Fault> {
        match &outcome {
            Ok(Reply::Data(data)) => self.memory.keep(claim, data.get()).await?,
            // Texts are for endpoints that read: asking again does nothing twice.
            Ok(Reply::Plain(_)) | Err(_) => self.memory.release(claim).await?,
        }
        outcome
    }
}

/// Splits a path into a known prefix and the endpoint's own path.
fn split<'p>(path: &'p str, prefixes: &[String]) -> Option<(&'p str, &'p str)> {
    let below = |prefix: &String| {
        path.strip_prefix(prefix.as_str())?.strip_prefix('/').map(|rest| (&path[..prefix.len()], rest))
    };
    prefixes.iter().find_map(below)
}

/// A code that the endpoint does not declare is missing from the API reference: a fault of ours, which tests
/// are to find.
fn notice_undocumented(endpoint: &Endpoint, outcome: &Result<Reply, Fault>) {
    let (Err(fault), Some(known)) = (outcome, endpoint.answers()) else { return };
    if !known.contains(&fault.code) {
        tracing::error!(path = endpoint.path, slug = fault.slug, "undocumented code");
    }
    debug_assert!(
        known.contains(&fault.code),
        "{} answers {:?} ({}), which its `.codes(…)` do not name",
        endpoint.path,
        fault.code,
        fault.slug
    );
}

fn out_of_scope(endpoint: &Endpoint) -> Fault {
    let access = if endpoint.access == Access::Read { "read" } else { "write" };
    let scope = format!("{}:{access}", endpoint.tag);
    Fault::new(Code::Forbidden, "key_scope").say(Text::made(
        format!("该 app_key 没有权限 {scope}"),
        format!("This app_key lacks the scope {scope}"),
    ))
}

fn view_only() -> Fault {
    Fault::new(Code::Forbidden, "view_only").say(Text::new(
        "运营人员正以只读方式查看此账户，不能修改",
        "An operator looks through this login; nothing can be changed",
    ))
}

/// Scheme and authority as the caller wrote them; a `Host` that is none is not repeated.
fn base_url(parts: &Parts) -> String {
    address(parts).unwrap_or_else(|| "http://localhost".to_owned())
}

/// Where the caller came to; `None` where his `Host` is no authority.
pub(crate) fn address(parts: &Parts) -> Option<String> {
    let scheme = if is_tls(parts) { "https" } else { "http" };
    Authority::of(parts).map(|asked| format!("{scheme}://{asked}"))
}

/// The server says how the caller came.
fn is_tls(parts: &Parts) -> bool {
    parts.extensions.get::<Scheme>() == Some(&Scheme::HTTPS)
}

fn agent_of(parts: &Parts) -> String {
    let said = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    said.chars().take(LONGEST_AGENT).collect()
}

/// Under which number the limiter counts an address; an IPv6 network of 64 bits is one. Keys count from 1, logins
/// from -1: these lie far beyond either.
fn visitor_key(client: IpAddr) -> i64 {
    let mut hasher = DefaultHasher::new();
    match client {
        IpAddr::V4(address) => address.hash(&mut hasher),
        IpAddr::V6(address) => address.segments()[..4].hash(&mut hasher),
    }
    i64::MIN | hasher.finish().cast_signed()
}

fn with_cookie(mut response: Response, cookies: &Cookies, parts: &Parts) -> Response {
    if let Some(value) = cookies.header(console::COOKIE, console::PREFIX, is_tls(parts)) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

fn reply(outcome: Result<Reply, Fault>, language: Lang) -> Response {
    match outcome {
        Ok(Reply::Data(data)) => envelope::success(&data, language),
        Ok(Reply::Plain(plain)) => envelope::plain(StatusCode::OK, plain.kind, plain.text),
        Err(fault) => failed(&fault, language),
    }
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

/// The installation is fresh: visitors come to a site, and there is none.
fn no_site(language: Lang) -> Response {
    let fault = Fault::new(Code::NotFound, "site_missing").say(Text::new(
        "此安装还没有站点，请先运行 turnpike admin site create，或在控制室中创建",
        "This installation has no site yet; make one with `turnpike admin site create` or in the control room",
    ));
    envelope::http_failure(StatusCode::NOT_FOUND, &fault, language)
}

/// An address under no prefix: nobody's, so that who serves pages may answer in this one's place.
fn nowhere(language: Lang) -> Response {
    let mut response = not_found(language);
    response.extensions_mut().insert(Nowhere);
    response
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
