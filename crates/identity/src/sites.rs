//! Sites: the brands of an installation.

use crate::brands::Look;
use crate::place_names;
use jiff::tz::TimeZone;
use std::sync::Arc;
use turnpike_base::{Code, Currency, Fault, Lang, Result, SiteId, Text, Timestamp, all_of, naming};
use turnpike_store::{Read, Row, StoreError, WriteTx, args};
use turnpike_web::Site;

/// A site as an operator describes it; what he leaves out has the contract's defaults.
#[derive(Clone, Debug)]
pub struct NewSite {
    /// 1 to 64 characters, unique.
    pub name: String,
    /// Path prefixes of the API, each with a leading slash.
    pub prefixes: Vec<String>,
    /// Language of texts when a request names none.
    pub lang: Lang,
    /// IANA time zone.
    pub zone: String,
    /// What it settles in.
    pub currency: Currency,
    /// Goes before account names on the proxy entry: up to 32 letters, digits, `-` and `.`; empty is none.
    pub account_prefix: Option<String>,
    /// Private and loopback addresses may be allowlisted.
    pub allow_private_clients: bool,
    /// Accounts need a verified customer.
    pub demands_verification: bool,
}

impl Default for NewSite {
    fn default() -> Self {
        Self {
            name: "default".into(),
            prefixes: vec!["/gateway".into()],
            lang: Lang::Zh,
            zone: "UTC".into(),
            currency: Currency::Cny,
            account_prefix: None,
            allow_private_clients: false,
            demands_verification: false,
        }
    }
}

/// Requests a second and key (contract section 1, "Rate limit").
const REQUESTS_PER_SECOND: i64 = 100;
/// Requests at once and key.
const REQUEST_BURST: i64 = 300;
/// Allowlisted addresses per customer and type (contract section 3).
const ALLOWLIST_CAP: i64 = 200;

/// Adds a site.
pub async fn create(tx: &WriteTx, new: &NewSite, now: Timestamp) -> Result<SiteId> {
    check(new)?;
    let sql = "INSERT INTO sites (name, prefixes, lang, zone, currency, account_prefix, allow_private_clients, \
        demands_verification, requests_per_second, request_burst, allowlist_cap, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (name) DO NOTHING RETURNING id";
    let args = args![
        &new.name,
        new.prefixes.join(","),
        new.lang.tag(),
        &new.zone,
        new.currency.code(),
        new.account_prefix.as_ref(),
        new.allow_private_clients,
        new.demands_verification,
        REQUESTS_PER_SECOND,
        REQUEST_BURST,
        ALLOWLIST_CAP,
        now
    ];
    let row = tx.row(sql, args).await?.ok_or_else(|| {
        Fault::new(Code::Conflict, "site_taken").say(Text::made(
            format!("站点 {} 已存在", new.name),
            format!("There is a site {} already", new.name),
        ))
    })?;
    Ok(row.get("id")?)
}

/// All that is wrong with a site to be, before anything is written.
pub fn check(new: &NewSite) -> Result<()> {
    let names = check_name(&new.name).and_then(|()| naming::check("name", &new.name));
    all_of([names, check_prefixes(&new.prefixes), check_account_prefix(new), check_zone(&new.zone)])
}

/// It stands in headers of mails where the brand has no other name.
fn check_name(name: &str) -> Result<()> {
    if (1..=64).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        return Ok(());
    }
    Err(Fault::parameter(
        "name",
        Text::new(
            "应为 1 到 64 个字符，不含控制字符",
            "must be 1 to 64 characters, none of them a control character",
        ),
    ))
}

fn check_account_prefix(new: &NewSite) -> Result<()> {
    if new.account_prefix.as_deref().is_none_or(is_account_prefix) {
        return Ok(());
    }
    Err(Fault::parameter(
        "account_prefix",
        Text::new("应为最多 32 个字母、数字、- 和 .", "must be at most 32 letters, digits, - and ."),
    ))
}

fn check_zone(zone: &str) -> Result<()> {
    if TimeZone::get(zone).is_ok() {
        return Ok(());
    }
    let text = Text::made(format!("“{zone}”不是 IANA 时区"), format!("\"{zone}\" is no IANA time zone"));
    Err(Fault::parameter("zone", text))
}

fn check_prefixes(prefixes: &[String]) -> Result<()> {
    let shapeless = prefixes.iter().find(|prefix| !is_prefix(prefix)).map(String::as_str);
    if let Some(prefix) = shapeless.or(prefixes.is_empty().then_some("")) {
        return Err(Fault::parameter(
            "prefixes",
            Text::made(
                format!("“{prefix}”应以 / 开头，由小写字母、数字、- 和 _ 组成，最多 32 个字符"),
                format!("\"{prefix}\" must be a slash and up to 31 lower-case letters, digits, - or _"),
            ),
        ));
    }
    let taken = |prefix: &&String| TAKEN.contains(&prefix.as_str());
    let Some(prefix) = prefixes.iter().find(taken) else { return Ok(()) };
    Err(Fault::parameter(
        "prefixes",
        Text::made(
            format!("“{prefix}”已被控制台或产品自身使用，请换一个"),
            format!("\"{prefix}\" is served by the console or the product itself; take another one"),
        ),
    ))
}

/// The gateways cut a username at `_` and credentials at `:`, so neither can stand in front of a name.
fn is_account_prefix(text: &str) -> bool {
    text.len() <= 32 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
}

/// What an operator changes of a site; what he leaves out stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// See [`NewSite::prefixes`].
    pub prefixes: Option<Vec<String>>,
    /// See [`NewSite::lang`].
    pub lang: Option<Lang>,
    /// See [`NewSite::zone`].
    pub zone: Option<String>,
    /// See [`NewSite::account_prefix`].
    pub account_prefix: Option<String>,
    /// See [`NewSite::demands_verification`].
    pub demands_verification: Option<bool>,
}

/// A site as it would be. Its currency stays: its ledger is in it.
pub fn changed(site: &Site, changes: Changes) -> NewSite {
    NewSite {
        name: site.name.clone(),
        prefixes: changes.prefixes.unwrap_or_else(|| site.prefixes.clone()),
        lang: changes.lang.unwrap_or(site.lang),
        zone: changes.zone.unwrap_or_else(|| site.zone.iana_name().unwrap_or("UTC").to_owned()),
        account_prefix: changes.account_prefix.or_else(|| site.account_prefix.clone()),
        demands_verification: changes.demands_verification.unwrap_or(site.demands_verification),
        ..NewSite::default()
    }
}

/// Changes a site to what [`changed`] made of it.
pub async fn change(tx: &WriteTx, site: &Site, new: &NewSite) -> Result<()> {
    check(new)?;
    let sql = "UPDATE sites SET prefixes = $2, lang = $3, zone = $4, account_prefix = $5, demands_verification = $6 WHERE id = $1";
    let args = args![
        site.id,
        new.prefixes.join(","),
        new.lang.tag(),
        &new.zone,
        new.account_prefix.as_ref(),
        new.demands_verification
    ];
    tx.exec(sql, args).await?;
    Ok(())
}

/// A site, and what its brand says.
const SELECT: &str = "SELECT s.*, b.look FROM sites s LEFT JOIN brands b ON b.site_id = s.id";

/// The site with this id.
pub async fn by_id(tx: &impl Read, id: SiteId) -> Result<Site> {
    let row = tx.row(&format!("{SELECT} WHERE s.id = $1"), args![id]).await?;
    match row {
        Some(row) => Ok(Site { places: Arc::new(place_names::of(tx, id).await?), ..read(&row)? }),
        None => Err(Fault::internal("site_lost", format!("no site {id}"))),
    }
}

/// First path segments that the product or a screen of its console answers under; an API there would never be asked.
/// Tests hold the console's screens to this list.
#[rustfmt::skip] // By who serves them.
const TAKEN: &[&str] = &[
    "/web_v1", "/operator", "/operator_v1", "/flags", "/docs", "/metrics", "/healthz", "/readyz",
    "/notices", "/pay", "/payment-logos", "/stand-in",
    "/assets", "/control",
    "/login", "/register", "/verify-email", "/forgot", "/reset-password",
    "/generator", "/accounts", "/allowlist", "/statics", "/connections", "/packages", "/usage",
    "/shop", "/orders", "/invoices", "/keys", "/settings", "/help",
];

fn is_prefix(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    text.len() <= 32 && text.strip_prefix('/').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(fits))
}

/// Every site, by id.
pub async fn all(tx: &impl Read) -> Result<Vec<Arc<Site>>> {
    let rows = tx.rows(&format!("{SELECT} ORDER BY s.id"), args![]).await?;
    let mut names = place_names::all(tx).await?;
    let mut site = |row: &Row| {
        let site = read(row)?;
        let places = Arc::new(names.remove(&site.id).unwrap_or_default());
        Ok(Arc::new(Site { places, ..site }))
    };
    Ok(rows.iter().map(&mut site).collect::<Result<_, StoreError>>()?)
}

/// The site with this name, or the first one where none is named.
pub async fn find(tx: &impl Read, name: Option<&str>) -> Result<Arc<Site>> {
    let sites = all(tx).await?;
    let found = sites.into_iter().find(|site| name.is_none_or(|name| site.name == name));
    found.ok_or_else(|| {
        Fault::new(Code::NotFound, "site_unknown")
            .say(Text::new("站点不存在", "There is no such site; `site create` makes one"))
    })
}

fn read(row: &Row) -> Result<Site, StoreError> {
    let count = |name| Ok::<_, StoreError>(u32::try_from(row.get::<i64>(name)?).unwrap_or(0));
    let name: String = row.get("name")?;
    // A brand that can't be read is told where it is asked for; here its site goes by its own name.
    let look = row.opt::<String>("look")?.and_then(|text| serde_json::from_str::<Look>(&text).ok());
    Ok(Site {
        id: row.get("id")?,
        title: look.unwrap_or_default().title(&name).to_owned(),
        name,
        prefixes: row.get::<String>("prefixes")?.split(',').map(str::to_owned).collect(),
        lang: Lang::from_tag(&row.get::<String>("lang")?).unwrap_or_default(),
        zone: TimeZone::get(&row.get::<String>("zone")?).unwrap_or(TimeZone::UTC),
        currency: Currency::parse(&row.get::<String>("currency")?).unwrap_or(Currency::Cny),
        account_prefix: row.opt("account_prefix")?,
        allow_private_clients: row.get("allow_private_clients")?,
        demands_verification: row.get("demands_verification")?,
        requests_per_second: count("requests_per_second")?,
        request_burst: count("request_burst")?,
        allowlist_cap: row.get("allowlist_cap")?,
        account_cap: row.get("account_cap")?,
        places: Arc::default(),
    })
}
