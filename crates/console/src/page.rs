//! The page: one for all screens, with a nonce of its own in each answer.

use crate::{Protect, assets};
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use turnpike_base::{Fault, Result};

/// Addresses of the app's screens, a JSON array; the app's router has the same ones (a test of the app holds that).
pub const SCREENS: &str = include_str!("../app/screens.json");

/// What the build writes where the nonce belongs.
const NONCE: &str = "__NONCE__";

/// What is said where the build found no Node.
const ABSENT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
    content=\"width=device-width\"><title>Console</title><h1>控制台未包含在此构建中 · The console is not part of this build</h1>\
    <p lang=\"zh\">安装 Node.js 20 或更新版本（Debian：<code>apt-get install nodejs npm</code>，或 https://nodejs.org），然后重新运行 \
    <code>cargo build</code>。API 与代理不受影响。</p><p>Install Node.js 20 or newer (Debian: <code>apt-get install nodejs \
    npm</code>, else https://nodejs.org), then run <code>cargo build</code> again. The API and the proxy work without it.</p></html>";

/// The addresses in [`SCREENS`], as routes: `$name` of the app is `{name}` here.
pub(crate) fn screens() -> Result<Vec<String>> {
    let all: Vec<String> =
        serde_json::from_str(SCREENS).map_err(|e| Fault::internal("screens_unreadable", e))?;
    Ok(all.iter().map(|path| as_route(path)).collect())
}

fn as_route(path: &str) -> String {
    let parts = path.split('/').map(|part| match part.strip_prefix('$') {
        Some(name) => format!("{{{name}}}"),
        None => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

/// The page under an address that no screen has; the app says so.
pub(crate) fn lost(protect: &Protect) -> Response {
    let mut response = page(protect);
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

pub(crate) async fn show(State(protect): State<Protect>) -> Response {
    page(&protect)
}

fn page(protect: &Protect) -> Response {
    let Ok((nonce, headers)) = protect() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let mut response = match assets::find("index.html") {
        Some(file) => Html(String::from_utf8_lossy(&file.data).replace(NONCE, &nonce)).into_response(),
        None => (StatusCode::NOT_IMPLEMENTED, Html(ABSENT)).into_response(),
    };
    response.headers_mut().extend(headers);
    // The nonce is good for this answer only.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use http::{HeaderMap, Request};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tower::ServiceExt;

    fn app() -> axum::Router {
        let count = AtomicU32::new(0);
        crate::router(Arc::new(move || {
            let nonce = format!("nonce{}", count.fetch_add(1, Ordering::Relaxed));
            let mut headers = HeaderMap::new();
            headers.insert("content-security-policy", nonce.parse().unwrap());
            Ok((nonce, headers))
        }))
        .unwrap()
    }

    async fn get(app: axum::Router, path: &str) -> (StatusCode, HeaderMap, String) {
        let answer = app.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap();
        (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn every_screen_answers_with_the_page_and_a_nonce_of_its_own() {
        let app = app();
        let paths = screens().unwrap();
        assert!(paths.len() > 2, "{paths:?}");
        for path in paths {
            let path = path.replace(['{', '}'], "");
            let (status, headers, body) = get(app.clone(), &path).await;
            assert!([StatusCode::OK, StatusCode::NOT_IMPLEMENTED].contains(&status), "{path}: {status}");
            assert_eq!(headers["cache-control"], "no-store");
            let nonce = headers["content-security-policy"].to_str().unwrap();
            if status == StatusCode::OK {
                assert!(body.contains(nonce) && !body.contains(NONCE), "{path}: {body}");
            }
        }
    }

    #[tokio::test]
    async fn other_addresses_are_not_the_page() {
        for path in ["/nowhere", "/index.html", "/accounts/1/2/3", "/assets", "/assets/none.js"] {
            assert_eq!(get(app(), path).await.0, StatusCode::NOT_FOUND, "{path}");
        }
    }
}
