//! Customers: who buys.

use crate::{keys, passwords, sites};
use turnpike_base::{Code, CustomerId, Fault, Page, PageOf, Result, Secret, SiteId, Text, Timestamp};
use turnpike_store::{Read, Row, Store, StoreError, Vault, WriteTx, args};

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
            "应为电子邮件地址,例如 name@example.com,最多 254 个字符",
            "must be an e-mail address such as name@example.com, at most 254 characters",
        ),
    ))
}

fn email_taken(email: &str) -> Fault {
    Fault::new(Code::Conflict, "email_taken")
        .say(Text::made(format!("{email} 已被注册"), format!("{email} is registered already")))
}

const COLUMNS: &str = "id, site_id, email, verified, disabled, created_at";

/// The customer with this address (of any site; the oldest first) or this id.
pub async fn find(tx: &impl Read, name: &str) -> Result<Customer> {
    let sql = format!("SELECT {COLUMNS} FROM customers WHERE email_key = $1 OR id = $2 ORDER BY id LIMIT 1");
    let id = name.parse::<i64>().unwrap_or(0);
    match tx.row(&sql, args![name.to_lowercase(), id]).await? {
        Some(row) => Ok(read(&row)?),
        None => Err(Fault::new(Code::NotFound, "customer_unknown")
            .say(Text::made(format!("客户 {name} 不存在"), format!("There is no customer {name}")))),
    }
}

/// Keeps other transactions that lock this customer waiting until this one ends.
pub async fn lock(tx: &WriteTx, id: CustomerId) -> Result<()> {
    tx.lock("SELECT id FROM customers WHERE id = $1 ORDER BY id", args![id]).await?;
    Ok(())
}

/// A page of customers, the newest first.
pub async fn list(tx: &impl Read, page: Page) -> Result<PageOf<Customer>> {
    let count = tx.row("SELECT COUNT(*) AS n FROM customers", args![]).await?;
    let total = count.map(|row| row.get("n")).transpose()?.unwrap_or(0);
    let sql = format!("SELECT {COLUMNS} FROM customers ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2");
    let rows = tx.rows(&sql, args![page.size, page.offset()]).await?;
    Ok(PageOf { page, total, rows: rows.iter().map(read).collect::<Result<_, _>>()? })
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
    })
}
