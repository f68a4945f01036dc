//! How a brand shows itself: what pages need before anybody has logged in, found by the host name.

use crate::State;
use http::Method;
use serde::{Deserialize, Serialize};
use turnpike_base::{Code, Fault, Lang, Result, SiteId, Text, naming};
use turnpike_places::{Names, PlaceKey};
use turnpike_store::{Read, WriteTx, args};
use turnpike_web::{Authority, Call, Endpoint, Site, Visit, with};
use utoipa::ToSchema;

/// The longest logo, in characters of its data URL.
const LOGO: usize = 200_000;
/// The longest text of a brand, in characters.
const TEXT: usize = 4_000;
/// The longest text that stands in one line (the name, what is under it, whom to ask), in characters.
const LINE: usize = 200;

/// What an operator says of a brand; everything may be left out, and an empty text takes back what was said.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Look {
    /// The name people read; the site's own name where it is left out.
    pub title: Option<String>,
    /// `#rrggbb`, of buttons and links.
    pub colour: Option<String>,
    /// `#rrggbb`, beside it.
    pub accent: Option<String>,
    /// A `data:image/…;base64,` URL.
    pub logo: Option<String>,
    /// One line under the name, Chinese.
    pub tagline_zh: Option<String>,
    /// One line under the name, English.
    pub tagline_en: Option<String>,
    /// Whom to ask for help: an address or a sentence.
    pub support: Option<String>,
    /// Terms of use, Chinese.
    pub terms_zh: Option<String>,
    /// Terms of use, English.
    pub terms_en: Option<String>,
    /// Strangers can't register.
    pub closed: Option<bool>,
}

impl Look {
    /// The name people read.
    pub fn title<'a>(&'a self, name: &'a str) -> &'a str {
        self.title.as_deref().unwrap_or(name)
    }

    /// What is said in `other` replaces what was said before; an empty text takes it back.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        let either =
            |new: Option<String>, old: Option<String>| new.or(old).filter(|text| !text.trim().is_empty());
        Self {
            title: either(other.title, self.title),
            colour: either(other.colour, self.colour),
            accent: either(other.accent, self.accent),
            logo: either(other.logo, self.logo),
            tagline_zh: either(other.tagline_zh, self.tagline_zh),
            tagline_en: either(other.tagline_en, self.tagline_en),
            support: either(other.support, self.support),
            terms_zh: either(other.terms_zh, self.terms_zh),
            terms_en: either(other.terms_en, self.terms_en),
            closed: other.closed.or(self.closed),
        }
    }

    /// What is wrong with it, before anything is written.
    pub fn check(&self) -> Result<()> {
        let colours = [("colour", &self.colour), ("accent", &self.accent)];
        let said = |(name, value): (&'static str, &'_ Option<String>)| {
            value.clone().filter(|value| !value.is_empty()).map(|value| (name, value))
        };
        for (name, value) in colours.into_iter().filter_map(said) {
            let digits = value.strip_prefix('#').unwrap_or_default();
            if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(Fault::parameter(
                    name,
                    Text::new("应为 #rrggbb 形式的颜色", "must be a colour such as #1c5d99"),
                ));
            }
        }
        let kinds = ["png", "svg+xml", "webp", "jpeg"];
        let fits = |logo: &String| {
            let kind = logo.strip_prefix("data:image/").and_then(|rest| rest.split_once(";base64,"));
            let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
            logo.is_empty()
                || logo.len() <= LOGO
                    && kind.is_some_and(|(kind, data)| kinds.contains(&kind) && data.bytes().all(plain))
        };
        if !self.logo.as_ref().is_none_or(fits) {
            return Err(Fault::parameter(
                "logo",
                Text::made(
                    format!(
                        "应为 data:image/TYPE;base64 形式（TYPE 为 png、svg+xml、webp 或 jpeg），最多 {LOGO} 个字符"
                    ),
                    format!(
                        "must be a data:image/png (svg+xml, webp, jpeg);base64 URL of at most {LOGO} characters"
                    ),
                ),
            ));
        }
        let lines = [
            ("title", &self.title),
            ("tagline_zh", &self.tagline_zh),
            ("tagline_en", &self.tagline_en),
            ("support", &self.support),
        ];
        // Headers of mails are made of them, where a line break would begin another header.
        let is_broken = |text: &String| text.chars().any(char::is_control);
        if let Some((name, _)) = lines.iter().find(|(_, text)| text.as_ref().is_some_and(is_broken)) {
            return Err(Fault::parameter(
                *name,
                Text::new("应为一行文字，不含控制字符", "must be one line without control characters"),
            ));
        }
        for (name, text) in &lines {
            naming::check(name, text.as_deref().unwrap_or_default())?;
        }
        check_length(&lines, LINE)?;
        check_length(&[("terms_zh", &self.terms_zh), ("terms_en", &self.terms_en)], TEXT)
    }
}

fn check_length(texts: &[(&'static str, &Option<String>)], most: usize) -> Result<()> {
    let long = texts.iter().find(|(_, text)| text.as_ref().is_some_and(|text| text.chars().count() > most));
    match long {
        Some((name, _)) => Err(Fault::parameter(
            *name,
            Text::made(format!("最多 {most} 个字符"), format!("must have at most {most} characters")),
        )),
        None => Ok(()),
    }
}

/// What was said of a site.
pub async fn look(tx: &impl Read, site: SiteId) -> Result<Look> {
    let row = tx.row("SELECT look FROM brands WHERE site_id = $1", args![site]).await?;
    match row {
        Some(row) => serde_json::from_str(&row.get::<String>("look")?)
            .map_err(|e| Fault::internal("brand_unreadable", e)),
        None => Ok(Look::default()),
    }
}

/// Says more of a site.
pub async fn change(tx: &WriteTx, site: SiteId, said: Look) -> Result<()> {
    said.check()?;
    let whole = look(tx, site).await?.with(said);
    let text = serde_json::to_string(&whole).map_err(|e| Fault::internal("brand_unprintable", e))?;
    let sql = "INSERT INTO brands (site_id, look) VALUES ($1, $2) ON CONFLICT (site_id) DO UPDATE SET look = excluded.look";
    tx.exec(sql, args![site, text]).await?;
    Ok(())
}

/// What is wrong with host names, before anything is written.
pub fn check_hosts(hosts: &[String]) -> Result<()> {
    if hosts.iter().all(|host| Authority::parse(&plain(host)).is_some()) {
        return Ok(());
    }
    let text =
        Text::new("应为主机名，例如 proxy.example.com", "must be host names such as proxy.example.com");
    Err(Fault::parameter("hosts", text))
}

fn plain(host: &str) -> String {
    host.trim().to_ascii_lowercase()
}

/// The host names a site answers to, in place of those it had. Fails with `host_taken`.
pub async fn set_hosts(tx: &WriteTx, site: SiteId, hosts: &[String]) -> Result<()> {
    check_hosts(hosts)?;
    tx.exec("DELETE FROM site_hosts WHERE site_id = $1", args![site]).await?;
    for host in hosts.iter().map(|host| plain(host)) {
        let sql = "INSERT INTO site_hosts (host, site_id) VALUES ($1, $2) ON CONFLICT (host) DO NOTHING";
        if tx.exec(sql, args![&host, site]).await? == 0 {
            let taken = Text::made(
                format!("主机名 {host} 已属于其他站点"),
                format!("The host name {host} belongs to another site"),
            );
            return Err(Fault::new(Code::Conflict, "host_taken").say(taken.clone()).field("hosts", taken));
        }
    }
    Ok(())
}

/// Every host name, with its site.
pub async fn hosts(tx: &impl Read) -> Result<Vec<(String, SiteId)>> {
    let rows = tx.rows("SELECT host, site_id FROM site_hosts ORDER BY host", args![]).await?;
    let read = |row: &turnpike_store::Row| Ok((row.get("host")?, row.get("site_id")?));
    Ok(rows.iter().map(read).collect::<Result<_, turnpike_store::StoreError>>()?)
}

/// The brand of a host name.
#[derive(Debug, Serialize, ToSchema)]
struct Brand {
    name: String,
    /// `#rrggbb`; empty: the product's own.
    colour: String,
    /// `#rrggbb`; empty: the product's own.
    accent: String,
    /// A data URL; empty: none.
    logo: String,
    tagline: String,
    support: String,
    terms: String,
    /// ISO 4217 code.
    currency: &'static str,
    /// The language of texts where nobody asked for one.
    language: &'static str,
    languages: Vec<&'static str>,
    /// IANA name.
    time_zone: String,
    /// Path prefix of the API for app_keys.
    prefix: String,
    /// Countries that the brand calls otherwise than the catalogue does.
    country_names: Vec<CountryName>,
    features: Features,
}

/// What a brand calls a country.
#[derive(Debug, Serialize, ToSchema)]
struct CountryName {
    /// ISO 3166-1 alpha-2.
    country_code: &'static str,
    name_zh_cn: String,
    name_en: String,
}

fn country_names(names: &Names) -> Vec<CountryName> {
    let countries = names.iter().map(|(place, _)| *place).filter(PlaceKey::is_country);
    let named = |place: PlaceKey| {
        let name = names.text(place);
        CountryName {
            country_code: place.country,
            name_zh_cn: name.zh.into_owned(),
            name_en: name.en.into_owned(),
        }
    };
    let mut all: Vec<CountryName> = countries.map(named).collect();
    all.sort_by_key(|one| one.country_code);
    all
}

/// What the brand offers.
#[derive(Debug, Serialize, ToSchema)]
struct Features {
    /// Strangers may register.
    registration: bool,
    /// Proxy accounts need real-name verification.
    demands_verification: bool,
    /// Codes may come by telephone and WeChat.
    phone: bool,
}

pub(crate) fn routes(state: &State) -> Vec<Endpoint> {
    let text = ("站点品牌信息", "The brand of this host name: name, colours, texts, features");
    let own = ("当前客户所属站点的品牌信息", "The brand of who is logged in, whatever the host name");
    vec![
        Endpoint::open(Method::GET, "site", "site", text, with(state, show)).codes(&[]),
        Endpoint::get("user/site", "site", own.0, own.1, with(state, show_own)).codes(&[]).console(),
    ]
}

async fn show(state: State, visit: Visit, (): ()) -> Result<Brand> {
    brand(&state, &visit.site, visit.lang).await
}

async fn show_own(state: State, call: Call, (): ()) -> Result<Brand> {
    brand(&state, &call.site, call.lang).await
}

async fn brand(state: &State, site: &Site, lang: Lang) -> Result<Brand> {
    let look = look(&state.store.read().await?, site.id).await?;
    let texts = |zh: &Option<String>, en: &Option<String>| {
        Text::made(zh.clone().unwrap_or_default(), en.clone().unwrap_or_default()).get(lang).to_owned()
    };
    Ok(Brand {
        name: look.title(&site.name).to_owned(),
        colour: look.colour.clone().unwrap_or_default(),
        accent: look.accent.clone().unwrap_or_default(),
        logo: look.logo.clone().unwrap_or_default(),
        tagline: texts(&look.tagline_zh, &look.tagline_en),
        support: look.support.clone().unwrap_or_default(),
        terms: texts(&look.terms_zh, &look.terms_en),
        currency: site.currency.code(),
        language: site.lang.tag(),
        languages: vec!["zh", "en"],
        time_zone: site.zone.iana_name().unwrap_or("UTC").to_owned(),
        prefix: site.prefixes.first().cloned().unwrap_or_default(),
        country_names: country_names(&site.places),
        features: Features {
            registration: !look.closed.unwrap_or(false),
            demands_verification: site.demands_verification,
            phone: state.codes.webhook.load(std::sync::atomic::Ordering::Relaxed),
        },
    })
}
