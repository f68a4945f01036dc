//! Mail to people: composed in their language as their brand looks, plain and HTML, and written into the outbox with
//! what causes it. What it says is sealed there, because it may hold a code.

use crate::{brands, customers, events, sites};
use serde::{Deserialize, Serialize};
use turnpike_base::{Code, CustomerId, Fault, Result, Text, Timestamp};
use turnpike_store::{Read, Row, Vault, WriteTx, args, outbox};

pub use crate::letters::Letter;
use crate::letters::{Sender, compose};

/// The kind of these messages in the outbox.
pub const KIND: &str = "mail";

/// A composed mail.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mail {
    /// Whom to.
    pub to: String,
    /// In whose name.
    pub from_name: String,
    /// Its subject.
    pub subject: String,
    /// As text.
    pub text: String,
    /// As HTML.
    pub html: String,
}

/// As it waits in the outbox.
#[derive(Debug, Serialize, Deserialize)]
struct Waiting {
    expires_at: Timestamp,
    sealed: String,
}

/// What stays of a mail once it was sent. Its text may hold a code; its subject tells only what it is about.
#[derive(Debug, Serialize, Deserialize)]
pub struct Record {
    /// Whom to.
    pub to: String,
    /// Its subject.
    pub subject: String,
}

/// A mail as the operator sees it.
#[derive(Debug)]
pub struct Seen {
    /// Its number.
    pub id: i64,
    /// Whom to, and under which subject.
    pub record: Option<Record>,
    /// What it says; unknown once it was sent.
    pub mail: Option<Mail>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// Times it was tried.
    pub attempts: i64,
    /// Why the last try failed.
    pub last_error: Option<String>,
}

/// Writes a mail to a customer.
pub async fn to_customer(
    tx: &WriteTx,
    vault: &Vault,
    customer: CustomerId,
    letter: &Letter,
    now: Timestamp,
) -> Result<()> {
    let found = customers::by_id(tx, customer).await?;
    let site = sites::by_id(tx, found.site).await?;
    let lang = found.lang.unwrap_or(site.lang);
    let sender = Sender::new(&brands::look(tx, site.id).await?, &site.name);
    post(tx, vault, compose(&found.email, &sender, letter, lang), letter.minutes, now).await
}

/// Writes a composed mail.
pub async fn post(tx: &WriteTx, vault: &Vault, mail: Mail, minutes: i64, now: Timestamp) -> Result<()> {
    let text = serde_json::to_string(&mail).map_err(|e| Fault::internal("mail_unprintable", e))?;
    let sealed = events::seal(vault, KIND, text)?;
    let record = Record { to: mail.to, subject: mail.subject };
    let waiting = Waiting { expires_at: now.plus_minutes(minutes), sealed };
    Ok(outbox::post_with_record(tx, KIND, &waiting, &record, now).await?)
}

/// The mail of an outbox row; `None` once it is too late for it.
pub fn open(vault: &Vault, payload: &str, now: Timestamp) -> Result<Option<Mail>> {
    let broken = |e: serde_json::Error| Fault::internal("mail_unreadable", e);
    let waiting: Waiting = serde_json::from_str(payload).map_err(broken)?;
    if waiting.expires_at <= now {
        return Ok(None);
    }
    unseal(vault, &waiting).map(Some)
}

fn unseal(vault: &Vault, waiting: &Waiting) -> Result<Mail> {
    let text = events::unseal(vault, KIND, &waiting.sealed)?;
    serde_json::from_str(text.expose()).map_err(|e| Fault::internal("mail_unreadable", e))
}

const COLUMNS: &str = "id, payload, record, attempts, last_error, sent_at, created_at";

/// The newest mails, sent or not.
pub async fn list(tx: &impl Read, vault: &Vault, most: i64) -> Result<Vec<Seen>> {
    let sql = format!("SELECT {COLUMNS} FROM outbox WHERE kind = $1 ORDER BY id DESC LIMIT $2");
    tx.rows(&sql, args![KIND, most]).await?.iter().map(|row| seen(row, vault)).collect()
}

/// One mail.
pub async fn find(tx: &impl Read, vault: &Vault, id: i64) -> Result<Seen> {
    let sql = format!("SELECT {COLUMNS} FROM outbox WHERE kind = $1 AND id = $2");
    let row = tx.row(&sql, args![KIND, id]).await?.ok_or_else(|| {
        Fault::new(Code::NotFound, "mail_unknown")
            .say(Text::made(format!("邮件 {id} 不存在"), format!("There is no mail {id}")))
    })?;
    seen(&row, vault)
}

fn seen(row: &Row, vault: &Vault) -> Result<Seen> {
    let waiting: Option<Waiting> = serde_json::from_str(&row.get::<String>("payload")?).ok();
    let record: Option<String> = row.opt("record")?;
    Ok(Seen {
        id: row.get("id")?,
        mail: waiting.as_ref().map(|waiting| unseal(vault, waiting)).transpose()?,
        record: record.and_then(|text| serde_json::from_str(&text).ok()),
        created_at: row.get("created_at")?,
        sent_at: row.opt("sent_at")?,
        attempts: row.get("attempts")?,
        last_error: row.opt("last_error")?,
    })
}
