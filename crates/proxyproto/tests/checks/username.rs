//! Usernames: what is accepted can be written out plainly and then means the same.

use turnpike_proxyproto::basic;
use turnpike_proxyproto::username::{LONGEST, Username};

/// Checks the bytes as a username, and as the value of `Proxy-Authorization`.
pub(crate) fn check(input: &[u8]) {
    if let Ok((name, password)) = basic::decode(input) {
        assert!(!name.contains(':'));
        assert_eq!(basic::decode(basic::encode(&name, &password).as_bytes()), Ok((name, password)));
    }
    let Ok(text) = std::str::from_utf8(input) else { return };
    match Username::parse(text) {
        Ok(name) => {
            assert!(text.len() <= LONGEST && text.starts_with(&name.account));
            assert!(!name.account.is_empty() && !name.account.contains('_'));
            assert!(name.life.is_none_or(|life| (1..=1_440).contains(&life)));
            assert!(name.session.as_ref().is_none_or(|session| (1..=64).contains(&session.len())));
            let plain = written(&name);
            assert_eq!(Username::parse(&plain).as_ref(), Ok(&name), "{plain}");
        }
        // The sentence goes to the client: it must not carry everything the client sent.
        Err(wrong) => assert!(wrong.to_string().chars().count() <= 512, "{wrong}"),
    }
}

/// The plainest way to write a username; the shortest key, so that it stays short enough.
fn written(name: &Username) -> String {
    let mut out = name.account.clone();
    let texts = [
        ("area", &name.country),
        ("state", &name.state),
        ("city", &name.city),
        ("sid", &name.session),
        ("ip", &name.ip),
    ];
    for (key, value) in texts {
        out.extend(value.iter().map(|value| format!("_{key}-{value}")));
    }
    out.extend(name.asn.map(|number| format!("_asn-{number}")));
    out.extend(name.life.map(|minutes| format!("_life-{minutes}")));
    out.push_str(if name.strict { "_mode-strict" } else { "" });
    out
}
