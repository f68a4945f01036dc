//! `Proxy-Authorization: Basic` (RFC 7617).

use crate::Malformed;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Reads the value of the header into name and password.
pub fn decode(value: &[u8]) -> Result<(String, String), Malformed> {
    const WRONG: Malformed = Malformed::new(
        "Proxy-Authorization 应为 Basic 格式的 用户名:密码",
        "Proxy-Authorization is not Basic with name:password",
    );
    let text = std::str::from_utf8(value).map_err(|_| WRONG)?.trim();
    let (scheme, encoded) = text.split_once(' ').ok_or(WRONG)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(WRONG);
    }
    let plain = STANDARD.decode(encoded.trim()).map_err(|_| WRONG)?;
    let plain = String::from_utf8(plain).map_err(|_| WRONG)?;
    let (name, password) = plain.split_once(':').ok_or(WRONG)?;
    Ok((name.to_owned(), password.to_owned()))
}

/// Writes the value of the header.
pub fn encode(name: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{password}")))
}
