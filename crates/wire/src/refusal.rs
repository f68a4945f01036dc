//! Why a gateway says no (contract section 9, the table of slugs).

use serde::{Deserialize, Serialize};
use turnpike_base::Text;

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $slug:literal, $status:literal, $zh:literal, $en:literal;)*) => {
        /// The reason of a refusal or of the end of a running connection.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Reason { $($(#[$doc])* #[serde(rename = $slug)] $name),* }

        impl Reason {
            /// Every reason, for metrics and the API reference.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// The stable name, as in `X-Proxy-Error`.
            pub const fn slug(self) -> &'static str { match self { $(Self::$name => $slug),* } }
            /// The HTTP status that carries it.
            pub const fn http_status(self) -> u16 { match self { $(Self::$name => $status),* } }
            /// The sentence for people.
            pub const fn text(self) -> Text { match self { $(Self::$name => Text::new($zh, $en)),* } }
        }
    };
}

reasons! {
    /// Name or password wrong, or none given where some are needed.
    BadCredentials = "bad_credentials", 407, "用户名或密码错误", "The username or password is wrong";
    /// The account is disabled or deleted; told only to who knows its password.
    AccountDisabled = "account_disabled", 407, "代理账号已禁用或已删除", "The proxy account is disabled or deleted";
    /// The request breaks the protocol.
    BadRequest = "bad_request", 400, "请求格式错误", "The request is malformed";
    /// A key of the username is unknown or its value is out of bounds.
    UnknownParameter = "unknown_parameter", 400, "用户名中含有未知或无效的参数", "The username has an unknown or invalid parameter";
    /// The place does not exist.
    UnknownPlace = "unknown_place", 400, "地区不存在", "The place does not exist";
    /// The destination is closed to customers.
    DestinationDenied = "destination_denied", 403, "不允许访问该目标", "The destination is not allowed";
    /// Not allowed for this account or address.
    NotAllowed = "not_allowed", 403, "无权使用", "This is not allowed";
    /// No package is left to pay from.
    PackageEmpty = "package_empty", 402, "套餐已用完或已过期", "The package is used up or expired";
    /// The account's own limit is reached.
    AccountLimit = "account_limit", 402, "已达到账号流量上限", "The account's traffic limit is reached";
    /// The account's limit of the day is reached.
    DailyLimit = "daily_limit", 402, "已达到账号每日流量上限", "The account's daily traffic limit is reached";
    /// More connections than bought.
    TooManyConnections = "too_many_connections", 429, "并发连接数超过上限", "Too many concurrent connections";
    /// The exit failed.
    ExitFailed = "exit_failed", 502, "出口故障", "The exit failed";
    /// The destination refused or broke the connection.
    DestinationFailed = "destination_failed", 502, "目标连接失败", "The destination could not be reached";
    /// The destination's name has no address.
    NameNotFound = "name_not_found", 502, "目标域名无法解析", "The destination's name does not resolve";
    /// The destination did not answer in time.
    Timeout = "timeout", 504, "连接目标超时", "The destination timed out";
    /// No exit matches just now.
    NoExit = "no_exit", 503, "没有符合条件的出口", "No exit matches the request";
    /// The control plane does not answer and nothing is cached.
    ControlAway = "control_away", 503, "控制服务暂时不可用", "The control service is unavailable";
}

impl Reason {
    /// Whether the login failed: anybody who dials can cause that as often as he likes.
    pub const fn is_of_login(self) -> bool {
        matches!(self, Self::BadCredentials | Self::AccountDisabled)
    }
}

/// A refusal: the reason and, where there is more to say, a sentence that says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}: {}", reason.slug(), self.text().en)]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// More exact than the reason's own sentence, for instance with the nearest place names.
    pub detail: Option<Text>,
    /// Who was refused, or whose account somebody tried: the refusal shows among his recent ones, and never goes to
    /// the caller.
    pub subject: Option<crate::Subject>,
}

impl Refusal {
    /// A refusal with the reason's own sentence.
    pub const fn new(reason: Reason) -> Self {
        Self { reason, detail: None, subject: None }
    }

    /// With a more exact sentence.
    #[must_use]
    pub fn say(mut self, detail: Text) -> Self {
        self.detail = Some(detail);
        self
    }

    /// Told to a known subject.
    #[must_use]
    pub fn to(mut self, subject: crate::Subject) -> Self {
        self.subject = Some(subject);
        self
    }

    /// The sentence to show.
    pub fn text(&self) -> Text {
        self.detail.clone().unwrap_or_else(|| self.reason.text())
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self::new(reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_unique_and_spoken_in_both_languages() {
        let mut slugs: Vec<_> = Reason::ALL.iter().map(|r| r.slug()).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), Reason::ALL.len());
        assert!(Reason::ALL.iter().all(|r| !r.text().zh.is_ascii()));
    }
}
