//! What can go wrong with extraction.

use std::net::IpAddr;
use turnpike_base::{Code, Fault, ProductType, Text};

/// The caller's address is not one of his allowlist.
pub fn not_allowlisted(address: IpAddr) -> Fault {
    Fault::new(Code::AddressNotAllowed, "address_not_allowlisted").say(Text::made(
        format!("当前 IP {address} 不在白名单中"),
        format!("The calling address {address} is not in the allowlist"),
    ))
}

/// No package can be used.
pub fn no_package(product: ProductType) -> Fault {
    let number = product.number();
    Fault::new(Code::Precondition, "no_active_package").say(Text::made(
        format!("没有可用的类型 {number} 套餐"),
        format!("There is no active package of type {number}"),
    ))
}

/// Counted packages hold fewer endpoints than were asked for.
pub fn too_few_left(wanted: i64, left: i64) -> Fault {
    Fault::new(Code::Precondition, "too_few_left").say(Text::made(
        format!("需要 {wanted} 个，套餐仅剩 {left} 个"),
        format!("{wanted} were asked for and the packages hold {left} more"),
    ))
}

/// None of the named ports has a running endpoint.
pub fn none_runs() -> Fault {
    Fault::new(Code::NotFound, "endpoint_unknown")
        .say(Text::new("这些端口上没有有效的提取端点", "No endpoint runs at these ports"))
}

/// What stands where ports should.
pub fn bad_port(item: &str) -> Fault {
    let item: String = item.chars().filter(|c| !c.is_control()).take(16).collect();
    let reason = Text::made(
        format!("“{item}”不是端口，应为 1 到 65535 的整数"),
        format!("\"{item}\" is no port: whole numbers from 1 to 65535"),
    );
    Fault::parameter("ports", reason)
}

/// More ports than one call takes.
pub fn too_many_ports(most: usize) -> Fault {
    Fault::parameter(
        "ports",
        Text::made(format!("最多 {most} 个端口"), format!("must be at most {most} ports")),
    )
}

/// No exit meets the wish.
pub fn no_exit() -> Fault {
    Fault::new(Code::OutOfStock, "no_exit")
        .say(Text::new("所选地区暂无可用出口", "No exit of this place is available"))
}

/// The customer holds too many ports; `free` are left, and the next one frees at `next` (site's time).
pub fn no_port(free: usize, next: Option<&str>) -> Fault {
    let (mut zh, mut en) = (
        format!("可用端口不足，剩余 {free} 个"),
        format!("Not enough ports are free for you: {free} are left"),
    );
    if let Some(next) = next {
        zh.push_str(&format!("，下一个将于 {next} 释放"));
        en.push_str(&format!(", and the next one frees at {next}"));
    }
    Fault::new(Code::OutOfStock, "no_free_port").say(Text::made(zh, en))
}

/// The site names no such entry.
pub fn unknown_entry(name: &str, known: &[String]) -> Fault {
    let name: String = name.chars().take(64).collect();
    let known = if known.is_empty() { "-".to_owned() } else { known.join(", ") };
    Fault::parameter(
        "ep",
        Text::made(
            format!("入口“{name}”不存在，可用：{known}"),
            format!("there is no entry \"{name}\"; there are: {known}"),
        ),
    )
}
