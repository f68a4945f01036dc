//! Mails about how a customer, or a program of his, gets in: who did not change it himself learns of it at once, and what to do.

use crate::mail::{self, Letter};
use crate::{State, customers, sites};
use std::net::IpAddr;
use turnpike_base::{CustomerId, Result, Text, Timestamp};
use turnpike_store::WriteTx;
use turnpike_web::{Call, Site, Visit};

/// A mail that waits longer comes too late to help.
const MINUTES: i64 = 3 * 1_440;

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The password, by who knew the old one.
    Password,
    /// The password, by a mailed link.
    PasswordReset,
    /// An authenticator was switched on.
    FactorOn,
    /// It was switched off.
    FactorOff,
    /// An operator switched it off at the customer's request.
    FactorReset,
    /// There are new recovery codes.
    RecoveryCodes,
    /// The main app_key was replaced.
    Key,
    /// An operator replaced every app_key.
    KeysReplaced,
}

impl Change {
    const fn subject(self) -> Text {
        match self {
            Self::Password => Text::new("您的密码已修改", "Your password was changed"),
            Self::PasswordReset => Text::new("您的密码已重设", "Your password was reset"),
            Self::FactorOn => Text::new("身份验证器已启用", "Your authenticator was switched on"),
            Self::FactorOff | Self::FactorReset => {
                Text::new("身份验证器已停用", "Your authenticator was switched off")
            }
            Self::RecoveryCodes => Text::new("恢复码已更新", "Your recovery codes were replaced"),
            Self::Key | Self::KeysReplaced => Text::new("您的 app_key 已更换", "Your app_key was replaced"),
        }
    }

    const fn line(self) -> Text {
        match self {
            Self::Password => Text::new(
                "您账户的密码已修改，其他登录均已结束。",
                "The password of your account was changed, and every other login ended.",
            ),
            Self::PasswordReset => Text::new(
                "您账户的密码已通过邮件链接重设，所有登录均已结束。",
                "The password of your account was reset with a mailed link, and every login ended.",
            ),
            Self::FactorOn => Text::new(
                "您的账户已启用身份验证器，登录时除密码外还需输入验证码。其他登录均已结束。",
                "An authenticator was switched on for your account: logging in takes a code beside the password from now on. Every other login ended.",
            ),
            Self::FactorOff => Text::new(
                "您账户的身份验证器已停用，今后仅凭密码即可登录。",
                "The authenticator of your account was switched off: the password alone logs in from now on.",
            ),
            Self::FactorReset => Text::new(
                "应您的请求，客服已停用您的身份验证器，所有登录均已结束。请用密码登录后重新启用。",
                "At your request the authenticator of your account was switched off, and every login ended. Log in with your password and set one up again.",
            ),
            Self::RecoveryCodes => Text::new(
                "您账户的恢复码已重新生成，旧的恢复码全部失效。",
                "New recovery codes were made for your account; the old ones are void.",
            ),
            Self::Key => Text::new(
                "您账户的主 app_key 已更换，旧密钥立即失效；仍在使用旧密钥的程序会被拒绝。您自己创建的其他密钥不受影响。",
                "The main app_key of your account was replaced. The old one is refused, also to programs that still use it; keys that you made yourself stay.",
            ),
            Self::KeysReplaced => Text::new(
                "客服已更换您账户的 app_key，旧密钥全部失效；仍在使用旧密钥的程序会被拒绝。新密钥见控制台。",
                "An operator replaced the app_key of your account. Every old key is refused, also to programs that still use it; the console shows the new one.",
            ),
        }
    }
}

/// Where a change came from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin<'a> {
    /// The address, if it was the customer's own doing.
    pub client: Option<IpAddr>,
    /// Scheme and authority as the caller wrote them; empty where nobody did.
    pub base_url: &'a str,
}

impl<'a> From<&'a Call> for Origin<'a> {
    fn from(call: &'a Call) -> Self {
        Self { client: Some(call.client), base_url: &call.base_url }
    }
}

impl<'a> From<&'a Visit> for Origin<'a> {
    fn from(visit: &'a Visit) -> Self {
        Self { client: Some(visit.client), base_url: &visit.base_url }
    }
}

/// Tells a customer of a change, in the transaction that makes it.
pub async fn tell(
    tx: &WriteTx,
    state: &State,
    customer: CustomerId,
    change: Change,
    from: Origin<'_>,
    now: Timestamp,
) -> Result<()> {
    let site = sites::by_id(tx, customers::by_id(tx, customer).await?.site).await?;
    let letter = Letter {
        subject: change.subject(),
        lines: vec![change.line(), occasion(&site, from.client, now), otherwise()],
        action: Some((
            Text::new("重设密码", "Reset the password"),
            state.page(&site, from.base_url, "forgot"),
        )),
        minutes: MINUTES,
    };
    mail::to_customer(tx, &state.vault, customer, &letter, now).await
}

/// When it was, in the site's time, and from where.
fn occasion(site: &Site, client: Option<IpAddr>, now: Timestamp) -> Text {
    let (at, zone) = (site.show(now), site.zone.iana_name().unwrap_or("UTC").to_owned());
    let (zh, en) = client.map_or_else(Default::default, |client| {
        (format!("；来源 IP：{client}"), format!(", from the address {client}"))
    });
    Text::made(format!("时间：{at}（{zone}）{zh}。"), format!("When: {at} ({zone}){en}."))
}

const fn otherwise() -> Text {
    Text::new(
        "如果不是您本人操作，请立即重设密码并联系我们。",
        "If it was not you, reset your password at once and tell us.",
    )
}
