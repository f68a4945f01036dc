//! Headers of pages: nothing from elsewhere runs in them, nobody frames them, nothing is guessed, and where people
//! came from stays with us.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use turnpike_base::{Fault, Result};
use turnpike_identity::keys;

/// A nonce for one answer: 128 bits and more, never used again.
pub fn nonce() -> Result<String> {
    keys::random_text(24)
}

/// Sets the headers of a page whose scripts and styles carry this nonce.
pub fn protect(headers: &mut HeaderMap, nonce: &str) -> Result<()> {
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    let policy = HeaderValue::from_str(&policy).map_err(|e| Fault::internal("policy_unprintable", e))?;
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    let rest: [(HeaderName, &'static str); 5] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in rest {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_runs_nothing_of_others_and_is_not_framed() {
        let (one, other) = (nonce().unwrap(), nonce().unwrap());
        assert_ne!(one, other);
        let mut headers = HeaderMap::new();
        protect(&mut headers, &one).unwrap();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains(&format!("script-src 'self' 'nonce-{one}'"))
                && policy.contains("frame-ancestors 'none'")
        );
        assert!(!policy.contains("unsafe") && !policy.contains('*'));
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
    }
}
