//! Who signed a notice: HMAC-SHA256 over `time.body`, compared in constant time, before anything is parsed.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use turnpike_base::{Code, Fault, Result, Secret, Text, Timestamp};

/// A signature older or younger than this is not believed, in seconds.
const TOLERANCE: i64 = 300;

/// Checks `t=…,v1=…[,v1=…]`: one of the signatures has to hold, and the time has to be near.
pub(super) fn verify(secret: &Secret, header: &str, body: &[u8], now: Timestamp) -> Result<()> {
    let bad = |why: &'static str| {
        let text = Text::new("通知签名无效", "The notice's signature does not hold");
        Fault::new(Code::Forbidden, "notice_unsigned").say(text).because(why)
    };
    let field = |name: &'static str| {
        header.split(',').filter_map(move |part| part.trim().split_once('=').filter(|(key, _)| *key == name))
    };
    let time = field("t").next().and_then(|(_, value)| value.parse::<i64>().ok());
    let time = time.ok_or_else(|| bad("no time"))?;
    let right = Secret::new(sign(secret, time, body));
    // Every signature is compared, so that the time tells nothing about which one was close.
    let held = field("v1").fold(false, |held, (_, sent)| held | (Secret::new(sent) == right));
    if !held {
        return Err(bad("no signature holds"));
    }
    if (now.0 / 1_000).saturating_sub(time).saturating_abs() > TOLERANCE {
        return Err(bad("signed too long ago"));
    }
    Ok(())
}

/// The signature of a body at a time (seconds), in hex.
pub(super) fn sign(secret: &Secret, time: i64, body: &[u8]) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()) else {
        return String::new();
    };
    mac.update(time.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn header(secret: &str, time: i64, body: &[u8]) -> String {
        format!("t={time},v1={}", sign(&Secret::new(secret), time, body))
    }

    #[test]
    fn a_signature_holds_for_its_secret_body_and_time() {
        let secret = Secret::new("whsec_a");
        let now = NOW.0 / 1_000;
        let good = header("whsec_a", now, b"{}");
        assert!(verify(&secret, &good, b"{}", NOW).is_ok());
        assert!(
            verify(&secret, &format!("t={now},v1=00,{}", &good[good.find("v1").unwrap()..]), b"{}", NOW)
                .is_ok()
        );
        assert!(verify(&secret, &good, b"{ }", NOW).is_err(), "another body");
        assert!(verify(&secret, &header("whsec_b", now, b"{}"), b"{}", NOW).is_err(), "another secret");
        let moved = good.replace(&format!("t={now}"), &format!("t={}", now + 1));
        assert!(verify(&secret, &moved, b"{}", NOW).is_err(), "another time");
    }

    #[test]
    fn an_old_signature_is_not_believed() {
        let secret = Secret::new("whsec_a");
        for (age, holds) in [(300, true), (301, false), (-300, true), (-301, false)] {
            let old = header("whsec_a", NOW.0 / 1_000 - age, b"{}");
            assert_eq!(verify(&secret, &old, b"{}", NOW).is_ok(), holds, "{age}");
        }
    }

    #[test]
    fn what_is_no_signature_is_refused() {
        let extreme = format!("t={},v1=", i64::MIN);
        for bad in ["", "t=", "v1=aa", "t=1800000000", "t=x,v1=y", "t=1800000000,v0=aa", extreme.as_str()] {
            assert!(verify(&Secret::new("whsec_a"), bad, b"{}", NOW).is_err(), "{bad}");
        }
    }
}
