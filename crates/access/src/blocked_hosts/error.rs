//! What can go wrong with blocked hosts.

use turnpike_base::{Code, Fault, Text};

fn field(zh: impl Into<String>, en: impl Into<String>) -> Fault {
    Fault::parameter("hosts", Text::made(zh, en))
}

pub(super) fn no_host() -> Fault {
    field("至少需要一个域名或 IP 地址", "at least one name or address is required")
}

pub(super) fn no_such_form(item: &str) -> Fault {
    let item: String = item.chars().take(64).collect();
    field(
        format!("“{item}”不是域名或 IP 地址（域名最多 253 个字符，中文域名请使用 xn-- 形式）"),
        format!(
            "\"{item}\" is no name or address (at most 253 characters; other scripts in their xn-- form)"
        ),
    )
}

pub(super) fn too_many(most: i64) -> Fault {
    field(format!("最多屏蔽 {most} 个主机"), format!("at most {most} hosts can be blocked"))
}

pub(super) fn unknown(host: &str) -> Fault {
    Fault::new(Code::NotFound, "blocked_host_unknown")
        .say(Text::made(format!("{host} 不在屏蔽列表中"), format!("{host} is not blocked")))
}
