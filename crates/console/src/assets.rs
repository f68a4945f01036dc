//! Files of the app. Those under `assets/` carry a hash in their name and are kept for ever.

use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};

const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");
const GZIP: HeaderValue = HeaderValue::from_static("gzip");

#[derive(RustEmbed)]
#[folder = "app/dist"]
struct Dist;

/// A file of the app by its path, if the build made it.
pub(crate) fn find(path: &str) -> Option<EmbeddedFile> {
    Dist::get(path)
}

pub(crate) async fn hashed(Path(name): Path<String>, headers: HeaderMap) -> Response {
    // An escaped slash or a parent's name would lead out of the folder.
    if name.contains(['/', '\\']) || name.starts_with('.') {
        return StatusCode::NOT_FOUND.into_response();
    }
    serve(&format!("assets/{name}"), &headers, FOREVER)
}

pub(crate) async fn favicon(headers: HeaderMap) -> Response {
    serve("favicon.svg", &headers, A_DAY)
}

fn serve(path: &str, asked: &HeaderMap, cache: HeaderValue) -> Response {
    let small = if takes_gzip(asked) { find(&format!("{path}.gz")) } else { None };
    let is_small = small.is_some();
    let Some(file) = small.or_else(|| find(path)) else { return StatusCode::NOT_FOUND.into_response() };
    let mut response = Body::from(file.data.into_owned()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(path)));
    headers.insert(header::CACHE_CONTROL, cache);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if is_small {
        headers.insert(header::CONTENT_ENCODING, GZIP);
    }
    response
}

/// Whether `Accept-Encoding` names gzip without refusing it (RFC 9110 section 12.5.3).
pub(crate) fn takes_gzip(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|part| {
        let mut words = part.split(';').map(str::trim);
        let named = words.next().is_some_and(|coding| coding.eq_ignore_ascii_case("gzip"));
        named && !words.any(|word| matches!(word, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "woff2" => "font/woff2",
        "png" => "image/png",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_who_takes_it() {
        let asked = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(text));
            takes_gzip(&headers)
        };
        assert!(asked("gzip") && asked("br, GZIP;q=0.5"));
        assert!(!asked("br") && !asked("gzip;q=0, br") && !asked("") && !takes_gzip(&HeaderMap::new()));
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_is_not_found() {
        for name in ["none.js", "..", "../index.html", "../../Cargo.toml"] {
            let answer = hashed(Path(name.to_owned()), HeaderMap::new()).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{name}");
        }
    }
}
