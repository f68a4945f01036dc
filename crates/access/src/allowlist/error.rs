//! What can go wrong with the allowlist.

use std::net::IpAddr;
use turnpike_base::{Code, Fault, Text};

fn field(name: &str, zh: impl Into<String>, en: impl Into<String>) -> Fault {
    Fault::parameter(name, Text::made(zh, en))
}

pub(super) fn no_address() -> Fault {
    field("ips", "至少需要一个 IP 地址", "at least one IP address is required")
}

pub(super) fn no_such_form(item: &str) -> Fault {
    let item: String = item.chars().take(64).collect();
    field(
        "ips",
        format!("“{item}”不是单个 IPv4 或 IPv6 地址"),
        format!("\"{item}\" is not a single IPv4 or IPv6 address"),
    )
}

pub(super) fn not_public(address: IpAddr) -> Fault {
    field("ips", format!("{address} 不是公网地址"), format!("{address} is not a public address"))
}

pub(super) fn package_required() -> Fault {
    field("user_product_id", "套餐类型 11 必须指定套餐", "is required for product type 11")
}

pub(super) fn package_unusable() -> Fault {
    field(
        "user_product_id",
        "应为您的一个有效的类型 11 套餐",
        "must be an active package of type 11 of yours",
    )
}

pub(super) fn too_many(cap: i64) -> Fault {
    field(
        "ips",
        format!("每种套餐类型最多 {cap} 个 IP 地址"),
        format!("at most {cap} addresses per product type"),
    )
}

/// The address belongs to another customer of the installation.
pub(super) fn taken(address: IpAddr) -> Fault {
    Fault::new(Code::Conflict, "address_taken").say(Text::made(
        format!("{address} 已被其他客户添加"),
        format!("{address} is allowlisted by another customer"),
    ))
}

pub(super) fn unknown(address: IpAddr) -> Fault {
    Fault::new(Code::NotFound, "address_unknown")
        .say(Text::made(format!("{address} 不在白名单中"), format!("{address} is not in the allowlist")))
}
