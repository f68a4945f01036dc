//! What can go wrong with a customer's choices.

use turnpike_base::{Code, Fault, Text};

/// Neither mail nor webhook was named.
pub(super) fn nothing_said() -> Fault {
    Fault::parameter("mail", Text::new("mail 与 webhook 至少需要一项", "or webhook must be sent"))
}

/// No place for events.
pub(super) fn bad_url(most: usize) -> Fault {
    Fault::parameter(
        "url",
        Text::made(
            format!("应为 https:// 或 http:// 开头的地址，不含用户名和密码，最多 {most} 个字符"),
            format!(
                "must be a URL such as https://example.com/hook without user and password, at most {most} characters"
            ),
        ),
    )
}

/// The customer has none.
pub(super) fn no_webhook() -> Fault {
    Fault::new(Code::NotFound, "webhook_unknown")
        .say(Text::new("尚未设置 Webhook", "There is no webhook yet"))
}

/// One trial after the other.
pub(super) fn tested_just_now(seconds: i64) -> Fault {
    Fault::new(Code::Conflict, "webhook_busy").say(Text::made(
        format!("刚刚测试过，请 {seconds} 秒后再试"),
        format!("A trial was sent just now; try again in {seconds} s"),
    ))
}
