//! Doors that open to a token: the operator API and the metrics.

use http::{HeaderMap, header};
use turnpike_base::Secret;

/// Whether a request carries one of the tokens as its bearer (RFC 6750 section 2.1); never where there is none.
pub fn bears(headers: &HeaderMap, tokens: &[Secret]) -> bool {
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(sent) = sent.and_then(|text| text.strip_prefix("Bearer ")).map(Secret::new) else {
        return false;
    };
    // Every token is compared, so that the time tells nothing about which one was close.
    tokens.iter().fold(false, |found, token| found | (*token == sent))
}
