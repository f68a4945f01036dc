//! The username grammar: `[site prefix -] account { _key-value }` (contract section 9).

/// A username taken apart. Values are as typed; places are looked up later.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Username {
    /// `[site prefix -] account`, as typed.
    pub account: String,
    /// `area` or `country`.
    pub country: Option<String>,
    /// `state`.
    pub state: Option<String>,
    /// `city`.
    pub city: Option<String>,
    /// `asn`, with or without `AS` before the number.
    pub asn: Option<u32>,
    /// `life` in minutes, 1 to 1,440.
    pub life: Option<u32>,
    /// `session` or `sid`: 1 to 64 letters, digits, dots, hyphens, tildes.
    pub session: Option<String>,
    /// `mode-strict` (`true`) or `mode-flex` (`false`, the default).
    pub strict: bool,
    /// `ip`: an owned static address or its id.
    pub ip: Option<String>,
}

/// What a value may be, in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

const PLACE: Bounds = Bounds { zh: "1 到 128 字节的文本", en: "1 to 128 bytes" };
const ASN: Bounds = Bounds { zh: "1 到 4294967295 的整数", en: "a number from 1 to 4294967295" };
const LIFE: Bounds = Bounds { zh: "1 到 1440 的整数，单位为分钟", en: "1 to 1440 minutes" };
const SESSION: Bounds = Bounds {
    zh: "1 到 64 个字母、数字、点号、连字符或波浪号",
    en: "1 to 64 letters, digits, '.', '-' or '~'",
};
const MODE: Bounds = Bounds { zh: "strict 或 flex", en: "strict or flex" };

/// Why a username is refused. The sentence names the key, never the rest of the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrongUsername {
    /// No such key.
    UnknownKey(String),
    /// The same key twice.
    Twice(&'static str),
    /// The value is out of the key's bounds.
    Value(&'static str, Bounds),
    /// The first key means nothing without the second.
    Needs(&'static str, &'static str),
    /// There is no account before the keys.
    NoAccount,
}

impl WrongUsername {
    /// The sentence in Chinese; `Display` says it in English.
    pub fn in_chinese(&self) -> String {
        match self {
            Self::UnknownKey(key) => format!("未知的用户名参数 {key}"),
            Self::Twice(key) => format!("用户名参数 {key} 重复"),
            Self::Value(key, bounds) => format!("用户名参数 {key} 的值无效，应为 {}", bounds.zh),
            Self::Needs(key, other) => format!("用户名参数 {key} 需与 {other} 一起使用"),
            Self::NoAccount => "用户名中缺少账号".to_owned(),
        }
    }
}

impl std::fmt::Display for WrongUsername {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownKey(key) => write!(f, "unknown username parameter {key:?}"),
            Self::Twice(key) => write!(f, "username parameter {key} is given twice"),
            Self::Value(key, bounds) => write!(f, "username parameter {key} must be {}", bounds.en),
            Self::Needs(key, other) => write!(f, "username parameter {key} needs {other}"),
            Self::NoAccount => f.write_str("the username has no account name"),
        }
    }
}

/// The longest username read, in bytes.
pub const LONGEST: usize = 512;
/// The longest session name.
const LONGEST_SESSION: usize = 64;
/// The longest `life` in minutes.
const LONGEST_LIFE: u32 = 1_440;

impl Username {
    /// Takes a username apart.
    ///
    /// ```
    /// # use turnpike_proxyproto::username::Username;
    /// let name = Username::parse("acme-user01_area-US_session-a1_life-15").unwrap();
    /// assert_eq!((name.account.as_str(), name.country.as_deref(), name.life), ("acme-user01", Some("US"), Some(15)));
    /// ```
    pub fn parse(text: &str) -> Result<Self, WrongUsername> {
        let mut parts = text.split('_');
        let account = parts.next().unwrap_or_default();
        if account.is_empty() || text.len() > LONGEST {
            return Err(WrongUsername::NoAccount);
        }
        let mut name = Self { account: account.to_owned(), ..Self::default() };
        let mut mode_seen = false;
        for part in parts {
            let (key, value) = part.split_once('-').ok_or_else(|| WrongUsername::UnknownKey(shown(part)))?;
            name.set(key, value, &mut mode_seen)?;
        }
        if name.life.is_some() && name.session.is_none() {
            return Err(WrongUsername::Needs("life", "session"));
        }
        Ok(name)
    }

    fn set(&mut self, key: &str, value: &str, mode_seen: &mut bool) -> Result<(), WrongUsername> {
        match key.to_ascii_lowercase().as_str() {
            "area" | "country" => once(&mut self.country, "area", place(value, "area")?),
            "state" => once(&mut self.state, "state", place(value, "state")?),
            "city" => once(&mut self.city, "city", place(value, "city")?),
            "asn" => once(&mut self.asn, "asn", asn(value)?),
            "life" => once(&mut self.life, "life", life(value)?),
            "session" | "sid" => once(&mut self.session, "session", session(value)?),
            "ip" => once(&mut self.ip, "ip", place(value, "ip")?),
            "mode" if *mode_seen => Err(WrongUsername::Twice("mode")),
            "mode" => {
                *mode_seen = true;
                self.strict = mode(value)?;
                Ok(())
            }
            _ => Err(WrongUsername::UnknownKey(shown(key))),
        }
    }
}

fn shown(key: &str) -> String {
    key.chars().take(32).collect()
}

fn once<T>(slot: &mut Option<T>, key: &'static str, value: T) -> Result<(), WrongUsername> {
    if slot.replace(value).is_some() { Err(WrongUsername::Twice(key)) } else { Ok(()) }
}

fn place(value: &str, key: &'static str) -> Result<String, WrongUsername> {
    let fits = !value.trim().is_empty() && value.len() <= 128 && !value.chars().any(char::is_control);
    if fits { Ok(value.trim().to_owned()) } else { Err(WrongUsername::Value(key, PLACE)) }
}

fn asn(value: &str) -> Result<u32, WrongUsername> {
    let digits = value.get(..2).filter(|p| p.eq_ignore_ascii_case("as")).map_or(value, |_| &value[2..]);
    number(digits).filter(|n| *n > 0).ok_or(WrongUsername::Value("asn", ASN))
}

fn life(value: &str) -> Result<u32, WrongUsername> {
    let fits = |n: &u32| (1..=LONGEST_LIFE).contains(n);
    number(value).filter(fits).ok_or(WrongUsername::Value("life", LIFE))
}

fn number(digits: &str) -> Option<u32> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) { None } else { digits.parse().ok() }
}

fn session(value: &str) -> Result<String, WrongUsername> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'~');
    let fits = (1..=LONGEST_SESSION).contains(&value.len()) && value.bytes().all(plain);
    if fits { Ok(value.to_owned()) } else { Err(WrongUsername::Value("session", SESSION)) }
}

fn mode(value: &str) -> Result<bool, WrongUsername> {
    match value.to_ascii_lowercase().as_str() {
        "strict" => Ok(true),
        "flex" => Ok(false),
        _ => Err(WrongUsername::Value("mode", MODE)),
    }
}
