//! Customers: who buys.

use crate::{keys, passwords, sites};
use std::collections::HashMap;
use turnpike_base::{Code, CustomerId, Fault, Lang, Page, PageOf, Result, Secret, SiteId, Text, Timestamp};
use turnpike_store::conditions::anywhere;
use turnpike_store::{Conditions, Read, Row, Store, StoreError, Vault, WriteTx, args};

/// A customer.
#[derive(Clone, Debug)]
pub struct Customer {
    /// His id.
    pub id: CustomerId,
    /// His brand.
    pub site: SiteId,
    /// As he wrote it.
    pub email: String,
    /// Whether real-name verification is passed.
    pub verified: bool,
    /// Whether everything of his is refused.
    pub disabled: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// His telephone, if the operator or he said it.
    pub phone: Option<String>,
    /// Another name to log in with, lower case.
    pub username: Option<String>,
    /// He registered and has not opened the mailed link yet.
    pub email_pending: bool,
    /// Deletions ask for a code.
    pub verify_before_delete: bool,
    /// The language he reads, if he said so.
    pub lang: Option<Lang>,
}

/// A customer to be.
#[derive(Clone, Debug)]
pub struct NewCustomer {
    /// Unique within the site, compared without case.
    pub email: String,
    /// For the console; without one he can't log in.
    pub password: Option<Secret>,
    /// The site's name; `None`: the first one.
    pub site: Option<String>,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Created {
    /// His id.
    pub id: CustomerId,
    /// His first key.
    pub app_key: Secret,
}

/// Adds a customer with a key. Fails with `email_taken`, and with parameter errors for the address and
/// the password.
pub async fn create(store: &Store, vault: &Vault, new: NewCustomer, now: Timestamp) -> Result<Created> {
    check_email(&new.email)?;
    let hash = match new.password {
        Some(password) => {
            passwords::check(&password)?;
            Some(passwords::hash(password).await?)
        }
        None => None,
    };
    let tx = store.write().await?;
    let site = sites::find(&tx, new.site.as_deref()).await?;
    let sql = "INSERT INTO customers (site_id, email, email_key, password_hash, created_at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (site_id, email_key) DO NOTHING RETURNING id";
    let row = tx.row(sql, args![site.id, &new.email, new.email.to_lowercase(), hash, now]).await?;
    let id: CustomerId = row.ok_or_else(|| email_taken(&new.email))?.get("id")?;
    let app_key = keys::issue(&tx, vault, id, now).await?;
    tx.commit().await?;
    Ok(Created { id, app_key })
}

/// Something before and after one `@`, no blanks, at most 254 characters (RFC 5321 section 4.5.3.1.3).
pub(crate) fn check_email(email: &str) -> Result<()> {
    let parts = email.split_once('@').filter(|(name, host)| {
        !name.is_empty()
            && host.contains('.')
            && !host.contains('@')
            && !host.starts_with('.')
            && !host.ends_with('.')
    });
    let plain = email.len() <= 254 && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    if parts.is_some() && plain {
        return Ok(());
    }
    Err(Fault::parameter(
        "email",
        Text::new(
            "应为电子邮件地址，例如 name@example.com，最多 254 个字符",
            "must be an e-mail address such as name@example.com, at most 254 characters",
        ),
    ))
}

fn email_taken(email: &str) -> Fault {
    Fault::new(Code::Conflict, "email_taken")
        .say(Text::made(format!("{email} 已被注册"), format!("{email} is registered already")))
}

const COLUMNS: &str = "id, site_id, email, verified, disabled, created_at, phone, username, email_pending, \
    verify_before_delete, lang";

/// The customer with this id.
pub async fn by_id(tx: &impl Read, id: CustomerId) -> Result<Customer> {
    let sql = format!("SELECT {COLUMNS} FROM customers WHERE id = $1");
    match tx.row(&sql, args![id]).await? {
        Some(row) => Ok(read(&row)?),
        None => Err(Fault::new(Code::NotFound, "customer_unknown")),
    }
}

/// Whom an e-mail address, a user name or a telephone names on a site, and the hash of his password.
pub(crate) async fn by_login(
    tx: &impl Read,
    site: SiteId,
    name: &str,
) -> Result<Option<(Customer, Option<String>)>> {
    let sql = format!(
        "SELECT {COLUMNS}, password_hash FROM customers WHERE site_id = $1 AND (email_key = $2 OR username = $2 OR phone = $2) \
         ORDER BY CASE WHEN email_key = $2 THEN 0 ELSE 1 END, id LIMIT 1"
    );
    let row = tx.row(&sql, args![site, name.trim().to_lowercase()]).await?;
    Ok(row.map(|row| Ok::<_, StoreError>((read(&row)?, row.opt("password_hash")?))).transpose()?)
}

/// The customer of an address on a site.
pub(crate) async fn by_email(tx: &impl Read, site: SiteId, email: &str) -> Result<Option<Customer>> {
    let sql = format!("SELECT {COLUMNS} FROM customers WHERE site_id = $1 AND email_key = $2");
    let row = tx.row(&sql, args![site, email.trim().to_lowercase()]).await?;
    Ok(row.map(|row| read(&row)).transpose()?)
}

/// The hash of a customer's password.
pub(crate) async fn hash_of(tx: &impl Read, id: CustomerId) -> Result<Option<String>> {
    let row = tx.row("SELECT password_hash FROM customers WHERE id = $1", args![id]).await?;
    Ok(row.map(|row| row.opt("password_hash")).transpose()?.flatten())
}

/// Sets the hash of a customer's password.
pub(crate) async fn set_hash(tx: &WriteTx, id: CustomerId, hash: &str) -> Result<()> {
    tx.exec("UPDATE customers SET password_hash = $2 WHERE id = $1", args![id, hash]).await?;
    Ok(())
}

/// A customer's telephone. Fails with `phone_unknown` where he has none.
pub(crate) async fn phone(tx: &impl Read, id: CustomerId) -> Result<String> {
    by_id(tx, id).await?.phone.ok_or_else(|| {
        Fault::new(Code::Forbidden, "phone_unknown").say(Text::new(
            "您尚未登记手机号",
            "There is no telephone on your account; ask the operator to record it",
        ))
    })
}

/// Whether a customer wants deletions to ask for a code.
pub async fn verifies_deletes(tx: &impl Read, id: CustomerId) -> Result<bool> {
    Ok(by_id(tx, id).await?.verify_before_delete)
}

/// Sets a customer's telephone (digits, with an optional `+`), or forgets it. Fails with `phone_taken`.
pub async fn set_phone(tx: &WriteTx, id: CustomerId, phone: Option<&str>) -> Result<()> {
    let plain = |text: &str| {
        let digits = text.strip_prefix('+').unwrap_or(text);
        (5..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    };
    if phone.is_some_and(|phone| !plain(phone)) {
        return Err(Fault::parameter(
            "phone",
            Text::new("应为 5 到 15 位数字，可带 +", "must be 5 to 15 digits, with an optional +"),
        ));
    }
    match tx.exec("UPDATE customers SET phone = $2 WHERE id = $1", args![id, phone]).await {
        Err(error) if error.is_duplicate() => Err(Fault::new(Code::Conflict, "phone_taken")
            .say(Text::new("该手机号已被使用", "The telephone belongs to another customer of this site"))),
        other => Ok(other.map(drop)?),
    }
}

/// The customer with this id (`7`, `#7`) or address. Sites share addresses: one that names several customers is refused as
/// `customer_ambiguous`, with their ids, since a guess would act on the wrong one.
pub async fn find(tx: &impl Read, name: &str) -> Result<Customer> {
    let name = name.trim();
    let sql =
        format!("SELECT {COLUMNS} FROM customers WHERE email_key = $1 OR id = $2 ORDER BY id LIMIT 100");
    let id = name.trim_start_matches('#').parse::<i64>().unwrap_or(0);
    let rows = tx.rows(&sql, args![name.to_lowercase(), id]).await?;
    match rows.as_slice() {
        [row] => Ok(read(row)?),
        [] => Err(Fault::new(Code::NotFound, "customer_unknown")
            .say(Text::made(format!("客户 {name} 不存在"), format!("There is no customer {name}")))),
        several => Err(ambiguous(name, several)?),
    }
}

fn ambiguous(name: &str, rows: &[Row]) -> Result<Fault> {
    let ids: Vec<String> = rows
        .iter()
        .map(|row| Ok::<_, StoreError>(row.get::<i64>("id")?.to_string()))
        .collect::<Result<_, _>>()?;
    let ids = ids.join(", ");
    Ok(Fault::new(Code::Conflict, "customer_ambiguous").say(Text::made(
        format!("{name} 在多个站点注册，对应客户 {ids}；请使用客户编号"),
        format!("{name} is registered on several sites, as customers {ids}; name the one you mean by its id"),
    )))
}

/// Keeps other transactions that lock this customer waiting until this one ends.
pub async fn lock(tx: &WriteTx, id: CustomerId) -> Result<()> {
    tx.lock("SELECT id FROM customers WHERE id = $1 ORDER BY id", args![id]).await?;
    Ok(())
}

/// Which customers are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// With this in the address, or exactly this user name, telephone or id.
    pub search: Option<String>,
    /// Of this brand.
    pub site: Option<SiteId>,
    /// Disabled ones, or the others.
    pub disabled: Option<bool>,
    /// With real-name verification passed, or without.
    pub verified: Option<bool>,
}

fn conditions(wanted: &Wanted) -> Conditions {
    let mut all = Conditions::default();
    if let Some(text) = wanted.search.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        let exact = text.to_lowercase();
        let id = text.trim_start_matches('#').parse::<i64>().unwrap_or(0);
        let part = "email_key LIKE ? ESCAPE '\\' OR username = ? OR phone = ? OR id = ?";
        all.add(part, args![anywhere(text), &exact, &exact, id]);
    }
    if let Some(site) = wanted.site {
        all.add("site_id = ?", args![site]);
    }
    if let Some(disabled) = wanted.disabled {
        all.add("disabled = ?", args![disabled]);
    }
    if let Some(verified) = wanted.verified {
        all.add("verified = ?", args![verified]);
    }
    all
}

/// A page of customers, the newest first.
pub async fn list(tx: &impl Read, wanted: &Wanted, page: Page) -> Result<PageOf<Customer>> {
    let wanted = conditions(wanted);
    let count =
        tx.row(&format!("SELECT COUNT(*) AS n FROM customers {}", wanted.sql()), wanted.args()).await?;
    let total = count.map(|row| row.get("n")).transpose()?.unwrap_or(0);
    let (limit, args) = wanted.page(page);
    let sql =
        format!("SELECT {COLUMNS} FROM customers {} ORDER BY created_at DESC, id DESC {limit}", wanted.sql());
    let rows = tx.rows(&sql, args).await?;
    Ok(PageOf { page, total, rows: rows.iter().map(read).collect::<Result<_, _>>()? })
}

/// The addresses of several customers.
pub async fn emails(tx: &impl Read, ids: &[CustomerId]) -> Result<HashMap<CustomerId, String>> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!("SELECT id, email FROM customers WHERE id IN ({})", ids.join(", "));
    let rows = tx.rows(&sql, args![]).await?;
    let pair = |row: &Row| Ok::<_, StoreError>((row.get("id")?, row.get("email")?));
    Ok(rows.iter().map(pair).collect::<Result<_, _>>()?)
}

/// Records that real-name verification is passed.
pub async fn verify(tx: &WriteTx, id: CustomerId) -> Result<()> {
    tx.exec("UPDATE customers SET verified = 1 WHERE id = $1", args![id]).await?;
    Ok(())
}

/// Refuses or allows everything of a customer. The caller tells the gateways.
pub async fn set_disabled(tx: &WriteTx, id: CustomerId, disabled: bool) -> Result<()> {
    tx.exec("UPDATE customers SET disabled = $2 WHERE id = $1", args![id, disabled]).await?;
    Ok(())
}

fn read(row: &Row) -> Result<Customer, StoreError> {
    Ok(Customer {
        id: row.get("id")?,
        site: row.get("site_id")?,
        email: row.get("email")?,
        verified: row.get("verified")?,
        disabled: row.get("disabled")?,
        created_at: row.get("created_at")?,
        phone: row.opt("phone")?,
        username: row.opt("username")?,
        email_pending: row.get("email_pending")?,
        verify_before_delete: row.get("verify_before_delete")?,
        lang: row.opt::<String>("lang")?.and_then(|tag| Lang::from_tag(&tag)),
    })
}
