//! Headers that every answer of the process carries, unless the answer says otherwise itself: nothing is guessed,
//! nobody frames it, what it links to does not learn where people came from, and it runs nothing.

use axum::response::Response;
use http::{HeaderName, HeaderValue, header};

/// Styles may stand in the page itself: statements are one file.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// Adds the headers that are missing. Pages with scripts have a policy of their own.
pub async fn harden(mut response: Response) -> Response {
    let all: [(HeaderName, &'static str); 4] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    for (name, value) in all {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    #[tokio::test]
    async fn what_an_answer_says_itself_stays() {
        let own = HeaderValue::from_static("default-src 'self'");
        let mut response = Response::new(Body::empty());
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, own.clone());
        let hard = harden(response).await;
        assert_eq!(hard.headers()["content-security-policy"], own);
        assert_eq!(hard.headers()["x-frame-options"], "DENY");
        let bare = harden(Response::new(Body::empty())).await;
        assert!(
            bare.headers()["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'")
        );
    }
}
