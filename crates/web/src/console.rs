//! The console's door: the same endpoints under `/web_v1`, with a login in place of an app_key.
//!
//! A login travels as a bearer token, or as a cookie that scripts can't read and other sites can't send. A
//! request that writes by cookie has to prove that a page of this origin made it: by a header that forms can't
//! set, and by its `Origin` (RFC 6454 section 7). A token is never taken from a URL.

use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, header};
use std::sync::{Arc, Mutex, PoisonError};
use turnpike_base::{Code, Fault, Secret, Text};

/// The path prefix of the console's API.
pub const PREFIX: &str = "/web_v1";
/// The cookie of a customer's login.
pub const COOKIE: &str = "turnpike_login";
/// What a page's own requests carry; its value does not matter.
pub const OWN: &str = "x-turnpike-console";

/// What a handler wants done with the caller's cookie.
#[derive(Clone, Debug, Default)]
pub struct Cookies(Arc<Mutex<Option<Wish>>>);

#[derive(Clone, Debug)]
enum Wish {
    Keep(Secret, i64),
    Forget,
}

impl Cookies {
    /// The browser is to keep this token for so many seconds.
    pub fn keep(&self, token: &Secret, seconds: i64) {
        self.wish(Wish::Keep(token.clone(), seconds));
    }

    /// The browser is to forget its token.
    pub fn forget(&self) {
        self.wish(Wish::Forget);
    }

    fn wish(&self, wish: Wish) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(wish);
    }

    /// The `Set-Cookie` header (RFC 6265 section 4.1) for what was wished, if anything.
    pub fn header(&self, name: &str, path: &str, secure: bool) -> Option<HeaderValue> {
        let wish = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let (value, age) = match &wish {
            Wish::Keep(token, seconds) => (token.expose(), *seconds),
            Wish::Forget => ("", 0),
        };
        let secure = if secure { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path={path}; Max-Age={age}; HttpOnly; SameSite=Strict{secure}");
        HeaderValue::from_str(&text).ok()
    }
}

/// The token that a request carries, and whether it came as a cookie.
pub fn token(headers: &HeaderMap, cookie: &str) -> Option<(Secret, bool)> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = bearer.and_then(|text| text.split_once(' '));
    if let Some((_, token)) = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) {
        return Some((Secret::new(token.trim()), false));
    }
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(name, value)| *name == cookie && !value.is_empty())
        .map(|(_, value)| (Secret::new(value), true))
}

/// Refuses a request that another site's page may have made. `by_cookie`: the browser sent the login of its own
/// accord.
pub fn check_origin(method: &Method, headers: &HeaderMap, by_cookie: bool) -> Result<(), Fault> {
    if method.is_safe() {
        return Ok(());
    }
    let text = |name: &header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let same = text(&header::ORIGIN).map(|origin| {
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        authority.is_some() && authority == text(&header::HOST)
    });
    let fits = if by_cookie { headers.contains_key(OWN) && same == Some(true) } else { same != Some(false) };
    if fits { Ok(()) } else { Err(cross_site()) }
}

fn cross_site() -> Fault {
    Fault::new(Code::Forbidden, "cross_site").say(Text::new(
        "请求来自其他网站，或缺少 X-Turnpike-Console 请求头",
        "The request comes from another site, or lacks the header X-Turnpike-Console",
    ))
}

/// Refuses a request with a token in its URL: URLs end up in logs and histories.
pub fn check_url(parts: &Parts) -> Result<(), Fault> {
    let query = parts.uri.query().unwrap_or_default();
    let named = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    if !["access_token", "app_key", "token"].into_iter().any(named) {
        return Ok(());
    }
    Err(Fault::new(Code::BadKey, "token_in_url").say(Text::new(
        "登录令牌不能放在 URL 中，请使用 Authorization 请求头",
        "A login token must not be part of the URL; send it as Authorization: Bearer",
    )))
}

/// A login of the console: nothing of the parameters counts as one.
pub fn login(parts: &Parts) -> Result<Secret, Fault> {
    check_url(parts)?;
    let missing = || Fault::new(Code::BadKey, "bad_login").say(LOGIN_NEEDED);
    let (token, by_cookie) = token(&parts.headers, COOKIE).ok_or_else(missing)?;
    check_origin(&parts.method, &parts.headers, by_cookie)?;
    Ok(token)
}

/// What is said to who has no login.
pub const LOGIN_NEEDED: Text = Text::new("请先登录", "Log in first");
