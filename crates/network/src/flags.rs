//! The countries' flags, served by the product itself: `/flags/round/us.svg`, `/flags/square/us.svg`.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode, header};
use sha2::{Digest, Sha256};
use turnpike_places::{Shape, flag};

/// Flags hardly ever change: a browser may keep one for 30 days, and asks then with its ETag.
const CACHE: &str = "public, max-age=2592000";
/// An SVG opened by itself runs nothing and loads nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// Absolute URLs of a country's flag, round and square; `base_url` without a slash at its end.
pub fn urls(base_url: &str, country: &str) -> [String; 2] {
    let code = country.to_ascii_lowercase();
    Shape::ALL.map(|shape| format!("{base_url}/flags/{}/{code}.svg", shape.name()))
}

/// The route of all flags. It is open: flags are part of public pages.
pub fn router() -> Router {
    Router::new().route("/flags/{shape}/{file}", get(serve))
}

async fn serve(Path((shape, file)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let svg = Shape::parse(&shape).zip(file.strip_suffix(".svg")).and_then(|(s, code)| flag(code, s));
    let Some(svg) = svg else { return (StatusCode::NOT_FOUND, "there is no such flag\n").into_response() };
    let tag = tag(svg);
    let kept = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, CACHE.to_owned())];
    if headers.get_all(header::IF_NONE_MATCH).iter().any(|v| v.to_str().is_ok_and(|v| matches(v, &tag))) {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    let kind = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    (kept, kind, svg).into_response()
}

/// A strong ETag of the content.
fn tag(svg: &[u8]) -> String {
    let hex: String = Sha256::digest(svg).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

/// Whether an If-None-Match names the tag; weak comparison (RFC 9110 section 13.1.2).
fn matches(list: &str, tag: &str) -> bool {
    list.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use http::Request;
    use tower::ServiceExt;

    async fn ask(path: &str, tag: Option<&str>) -> (StatusCode, HeaderMap, Vec<u8>) {
        let mut request = Request::get(path);
        if let Some(tag) = tag {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        let response = router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, axum::body::to_bytes(body, 1 << 20).await.unwrap().to_vec())
    }

    #[tokio::test]
    async fn every_url_handed_out_is_served_and_can_be_kept() {
        for country in turnpike_places::Catalogue::get().countries() {
            for url in urls("", country.code) {
                let (status, headers, body) = ask(&url, None).await;
                assert_eq!(status, StatusCode::OK, "{url}");
                assert_eq!(headers[header::CONTENT_TYPE], "image/svg+xml");
                assert!(headers[header::CACHE_CONTROL].to_str().unwrap().contains("max-age=2592000"));
                assert!(body.starts_with(b"<svg"), "{url}");
            }
        }
    }

    #[tokio::test]
    async fn a_kept_flag_is_not_sent_again() {
        let (_, headers, _) = ask("/flags/round/us.svg", None).await;
        let tag = headers[header::ETAG].to_str().unwrap();
        let (status, again, body) = ask("/flags/round/us.svg", Some(&format!("\"x\", W/{tag}"))).await;
        assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0));
        assert_eq!(again[header::ETAG], tag);
        assert_eq!(ask("/flags/square/us.svg", Some(tag)).await.0, StatusCode::OK, "another picture");
    }

    #[tokio::test]
    async fn what_is_no_flag_is_not_found() {
        for path in ["/flags/round/xx.svg", "/flags/oval/us.svg", "/flags/round/us.png", "/flags/round/us"] {
            assert_eq!(ask(path, None).await.0, StatusCode::NOT_FOUND, "{path}");
        }
    }
}
