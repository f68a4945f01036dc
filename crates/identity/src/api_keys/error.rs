//! What can go wrong with keys.

use super::rules::{MOST_KEYS, MOST_SOURCES};
use ipnet::IpNet;
use jiff::tz::TimeZone;
use turnpike_base::{Code, Fault, Text, Timestamp};
use turnpike_web::{Scopes, blocks};

fn field(name: &str, zh: impl Into<String>, en: impl Into<String>) -> Fault {
    Fault::parameter(name, Text::made(zh, en))
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(64).collect()
}

pub(super) fn bad_scope(word: &str, features: &[&str]) -> Fault {
    let (word, features) = (shown(word), features.join(", "));
    field(
        "scopes",
        format!("“{word}”不是权限；可用：*、read、write，或 功能、功能:read、功能:write（功能：{features}）"),
        format!(
            "\"{word}\" is no scope; there are *, read, write, and FEATURE, FEATURE:read, FEATURE:write of {features}"
        ),
    )
}

pub(super) fn no_scope(features: &[&str]) -> Fault {
    let features = features.join(", ");
    field(
        "scopes",
        format!(
            "至少需要一个权限；可用：*（全部）、read、write，或 功能、功能:read、功能:write（功能：{features}）"
        ),
        format!(
            "at least one scope is required; there are * (everything), read, write, and FEATURE, FEATURE:read, \
             FEATURE:write of {features}"
        ),
    )
}

pub(super) fn bad_source(item: &str) -> Fault {
    let item = shown(item);
    field(
        "sources",
        format!("“{item}”不是 IP 地址或网段，例如 192.0.2.1 或 10.0.0.0/8"),
        format!("\"{item}\" is neither an address nor a block such as 10.0.0.0/8"),
    )
}

pub(super) fn too_many_sources() -> Fault {
    field(
        "sources",
        format!("最多 {MOST_SOURCES} 个地址或网段"),
        format!("must be at most {MOST_SOURCES} addresses or blocks"),
    )
}

pub(super) fn past_expiry() -> Fault {
    field("expired_at", "应晚于当前时间", "must lie in the future")
}

/// A limited key gives nothing beyond itself; the field, and what it may be at most.
fn beyond(name: &str, most: &str) -> Fault {
    let reason = Text::made(
        format!("不能超出当前 app_key 的限制（{most}）"),
        format!("must not go beyond the calling app_key: {most}"),
    );
    let fault = Fault::new(Code::Forbidden, "key_beyond").say(Text::new(
        "受限的 app_key 只能创建或修改不超出自身限制的 app_key；请使用主 app_key 或登录控制台",
        "A limited app_key can make and change only keys within its own limits; use the classic app_key or log in",
    ));
    fault.field(name, reason)
}

pub(super) fn wider_scopes(own: &Scopes) -> Fault {
    beyond("scopes", &own.to_string())
}

pub(super) fn wider_sources(own: &[IpNet]) -> Fault {
    beyond("sources", &own.iter().map(blocks::shown).collect::<Vec<_>>().join(", "))
}

pub(super) fn longer_life(end: Timestamp) -> Fault {
    beyond("expired_at", &format!("{} UTC", end.wall(&TimeZone::UTC)))
}

pub(super) fn nothing_to_change() -> Fault {
    field(
        "id",
        "至少需要修改一项：name、scopes、sources 或 expired_at",
        "at least one of name, scopes, sources and expired_at must be sent",
    )
}

pub(super) fn unknown(id: i64) -> Fault {
    Fault::new(Code::NotFound, "key_unknown")
        .say(Text::made(format!("app_key {id} 不存在"), format!("There is no key {id}")))
}

/// The key the customer was born with stays as it is.
pub(super) fn classic() -> Fault {
    Fault::new(Code::Conflict, "key_is_classic").say(Text::new(
        "主 app_key 不能被限制或删除，只能改名；如需更换，请登录控制台",
        "The classic app_key can be renamed, but neither limited nor deleted; log in to replace it",
    ))
}

pub(super) fn too_many() -> Fault {
    Fault::new(Code::Conflict, "too_many_keys").say(Text::made(
        format!("最多 {MOST_KEYS} 个 app_key"),
        format!("There may be at most {MOST_KEYS} keys"),
    ))
}

/// The key is not for the calling address.
pub(crate) fn wrong_source(client: std::net::IpAddr) -> Fault {
    Fault::new(Code::Forbidden, "key_source").say(Text::made(
        format!("该 app_key 不允许从 {client} 使用"),
        format!("This app_key may not be used from {client}"),
    ))
}
