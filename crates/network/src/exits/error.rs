//! What can go wrong with exits.

use turnpike_base::{Code, ExitId, Fault, Text};

/// There is no such exit.
pub fn unknown(id: ExitId) -> Fault {
    Fault::new(Code::NotFound, "exit_unknown")
        .say(Text::made(format!("出口 {id} 不存在"), format!("There is no exit {id}")))
}

/// Another exit is reached the same way.
pub fn taken(target: &str) -> Fault {
    Fault::new(Code::Conflict, "exit_taken")
        .say(Text::made(format!("出口 {target} 已存在"), format!("An exit {target} exists already")))
}

/// The exit stands for a static address in stock.
pub fn is_static(id: ExitId) -> Fault {
    Fault::new(Code::Conflict, "exit_is_static").say(Text::made(
        format!("出口 {id} 属于静态 IP 库存，不能单独删除；请用 static-ip remove 将该地址移出库存"),
        format!(
            "Exit {id} stands for a static address in stock and can't be removed alone; static-ip remove takes that \
             address out of stock"
        ),
    ))
}

/// The description of how it is reached can't be read.
pub fn bad_target(target: &str) -> Fault {
    Fault::parameter(
        "target",
        Text::made(
            format!(
                "无法识别出口“{target}”，应为 IP、网段、interface:网卡名、http://主机:端口 或 socks5://主机:端口"
            ),
            format!(
                "\"{target}\" is no exit: an address, a block like 10.0.0.0/24, interface:NAME, \
                 http://host:port or socks5://host:port is expected"
            ),
        ),
    )
}

/// It serves in no pool.
pub fn no_pool() -> Fault {
    Fault::parameter("pools", Text::new("至少需要一个资源池", "At least one pool is required"))
}
