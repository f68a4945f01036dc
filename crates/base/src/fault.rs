//! What can go wrong, told twice: a stable code and a sentence in both languages for people, the
//! cause for the log. Features make faults; only the request kit knows how they travel over HTTP.

use crate::text::{Lang, Text};
use std::collections::BTreeMap;

/// The result of anything that can fail with a [`Fault`].
pub type Result<T, E = Fault> = std::result::Result<T, E>;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $n:literal, $zh:literal, $en:literal;)*) => {
        /// The business codes of the contract (section 1). The number goes out in `code`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* $name),* }

        impl Code {
            /// Every code, for the API reference.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// The number that goes out.
            pub const fn number(self) -> i64 { match self { $(Self::$name => $n),* } }
            /// What the code says when nothing more exact is known.
            pub const fn text(self) -> Text { match self { $(Self::$name => Text::new($zh, $en)),* } }
        }
    };
}

codes! {
    /// Success.
    Ok = 200, "请求成功", "Success";
    /// The app_key (or login) is missing, malformed, unknown, revoked or contradicts itself.
    BadKey = 3, "app_key 无效", "The app_key is invalid";
    /// The site demands real-name verification and the customer has not passed it.
    NotVerified = 156, "账号尚未通过实名认证", "The account has not passed real-name verification";
    /// The calling address is not in the allowlist.
    AddressNotAllowed = 202, "当前 IP 不在白名单中", "The calling address is not in the allowlist";
    /// A verification code is required.
    CodeRequired = 286, "需要验证码", "A verification code is required";
    /// The verification code is wrong or expired.
    CodeWrong = 287, "验证码错误或已过期", "The verification code is wrong or has expired";
    /// A second factor is due at login.
    SecondFactor = 348, "需要多因素验证", "A multi-factor code is required";
    /// Parameter error.
    Parameter = 400, "参数错误", "Parameter error";
    /// Balance too low.
    BalanceTooLow = 402, "余额不足", "The balance is too low";
    /// Not allowed for this key, customer or product.
    Forbidden = 403, "无权执行此操作", "This is not allowed";
    /// The thing does not exist or is not yours.
    NotFound = 404, "资源不存在", "It does not exist";
    /// Name taken, or the state does not allow it.
    Conflict = 409, "当前状态不允许此操作", "The present state does not allow this";
    /// Nothing left of what was asked for.
    OutOfStock = 410, "资源不足", "Nothing is left of what was asked for";
    /// A precondition is missing.
    Precondition = 412, "没有可用的套餐", "There is no active package";
    /// Too many requests.
    TooMany = 429, "请求过于频繁", "Too many requests";
    /// Our fault.
    Internal = 500, "服务器内部错误", "Internal error";
    /// Not just now.
    Unavailable = 503, "服务暂时不可用", "The service is unavailable for the moment";
}

/// A failure: what to tell (code, sentence, field errors) and what to log (cause).
///
/// ```
/// # use turnpike_base::{Fault, Code, Text};
/// let fault = Fault::new(Code::NotFound, "account_unknown").say(Text::new("账号不存在", "No such account"));
/// assert_eq!(fault.to_string(), "account_unknown: No such account");
/// ```
#[derive(Debug)]
pub struct Fault {
    /// The contract's code.
    pub code: Code,
    /// Stable, snake_case; what programs and logs name the fault by.
    pub slug: &'static str,
    /// The sentence for people.
    pub text: Text,
    /// Per field the reasons, for [`Code::Parameter`].
    pub errors: BTreeMap<String, Vec<Text>>,
    /// Something a client can use to go on (for instance `{"methods": [...]}` with code 348).
    pub data: Option<Box<detail::Value>>,
    /// The language of the site that refused, where the caller was known far enough: he reads it unless he asks
    /// for another.
    pub lang: Option<Lang>,
    /// For the log only.
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What a fault may carry as data: a small tree without floats.
pub mod detail {
    /// A JSON-like value.
    #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
    #[serde(untagged)]
    pub enum Value {
        /// A number.
        Int(i64),
        /// A text.
        Text(String),
        /// A list.
        List(Vec<Value>),
        /// An object.
        Object(std::collections::BTreeMap<String, Value>),
    }
}

impl Fault {
    /// A fault with the code's own sentence.
    pub fn new(code: Code, slug: &'static str) -> Self {
        Self { code, slug, text: code.text(), errors: BTreeMap::new(), data: None, lang: None, cause: None }
    }

    /// With a more exact sentence.
    #[must_use]
    pub fn say(mut self, text: Text) -> Self {
        self.text = text;
        self
    }

    /// With one more reason for a field.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, reason: Text) -> Self {
        self.errors.entry(name.into()).or_default().push(reason);
        self
    }

    /// With what another one says of fields.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for (name, reasons) in other.errors {
            self.errors.entry(name).or_default().extend(reasons);
        }
        self
    }

    /// Told by a site of this language.
    #[must_use]
    pub fn of_site(mut self, lang: Lang) -> Self {
        self.lang = Some(lang);
        self
    }

    /// With the cause, which goes to the log only.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// With data for the client.
    #[must_use]
    pub fn with_data(mut self, data: detail::Value) -> Self {
        self.data = Some(Box::new(data));
        self
    }

    /// A parameter error of one field.
    pub fn parameter(name: impl Into<String>, reason: Text) -> Self {
        Self::new(Code::Parameter, "bad_parameter").field(name, reason)
    }

    /// Our own failure.
    pub fn internal(slug: &'static str, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(Code::Internal, slug).because(cause)
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.slug, self.text.en)?;
        for (field, reasons) in &self.errors {
            for reason in reasons {
                write!(f, "; {field}: {}", reason.en)?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|c| c as &(dyn std::error::Error + 'static))
    }
}

/// Fails with what is wrong with each of these, all fields at once; the first one says what it is called.
pub fn all_of<const N: usize>(checks: [Result<()>; N]) -> Result<()> {
    checks.into_iter().filter_map(Result::err).reduce(Fault::and).map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_speaks_both_languages() {
        for code in Code::ALL {
            assert!(!code.text().zh.is_ascii() && !code.text().en.is_empty(), "{code:?}");
        }
    }

    #[test]
    fn the_cause_stays_out_of_the_sentence() {
        let fault = Fault::internal("store_failed", "password=hunter2");
        assert!(!fault.to_string().contains("hunter2"));
    }
}
