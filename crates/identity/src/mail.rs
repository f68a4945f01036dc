//! Mail to people: composed in their language under their brand's name, plain and HTML, and written into the outbox
//! with what causes it. What it says is sealed there, because it may hold a code.

use crate::{brands, customers, events, sites};
use serde::{Deserialize, Serialize};
use turnpike_base::{Code, CustomerId, Fault, Lang, Result, Text, Timestamp};
use turnpike_store::{Read, Row, Vault, WriteTx, args, outbox};

/// The kind of these messages in the outbox.
pub const KIND: &str = "mail";

/// What is to be said.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Its subject.
    pub subject: Text,
    /// Its paragraphs.
    pub lines: Vec<Text>,
    /// What a button says, and where it leads.
    pub action: Option<(Text, String)>,
    /// After so many minutes it is of no use and is not sent any more.
    pub minutes: i64,
}

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
    to: String,
    expires_at: Timestamp,
    sealed: String,
}

/// A mail as the operator sees it.
#[derive(Debug)]
pub struct Seen {
    /// Its number.
    pub id: i64,
    /// Whom to; unknown once it was sent.
    pub to: Option<String>,
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
    let brand = brands::look(tx, site.id).await?.title(&site.name).to_owned();
    post(tx, vault, compose(&found.email, &brand, letter, lang), letter.minutes, now).await
}

/// Writes a composed mail.
pub async fn post(tx: &WriteTx, vault: &Vault, mail: Mail, minutes: i64, now: Timestamp) -> Result<()> {
    let text = serde_json::to_string(&mail).map_err(|e| Fault::internal("mail_unprintable", e))?;
    let sealed = events::seal(vault, KIND, text)?;
    let waiting = Waiting { to: mail.to, expires_at: now.plus_minutes(minutes), sealed };
    Ok(outbox::post(tx, KIND, &waiting, now).await?)
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

const COLUMNS: &str = "id, payload, attempts, last_error, sent_at, created_at";

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
    Ok(Seen {
        id: row.get("id")?,
        mail: waiting.as_ref().map(|waiting| unseal(vault, waiting)).transpose()?,
        to: waiting.map(|waiting| waiting.to),
        created_at: row.get("created_at")?,
        sent_at: row.opt("sent_at")?,
        attempts: row.get("attempts")?,
        last_error: row.opt("last_error")?,
    })
}

/// Writes a letter down in a language, under a brand's name.
pub fn compose(to: &str, brand: &str, letter: &Letter, lang: Lang) -> Mail {
    let lines: Vec<&str> = letter.lines.iter().map(|line| line.get(lang)).collect();
    let mut text = lines.join("\n\n");
    let mut html: String = lines.iter().map(|line| format!("<p>{}</p>", escaped(line))).collect();
    if let Some((label, url)) = &letter.action {
        text.push_str(&format!("\n\n{}:\n{url}", label.get(lang)));
        html.push_str(&format!(
            "<p><a href=\"{0}\" style=\"display:inline-block;padding:10px 18px;border-radius:6px;background:#1c5d99;\
             color:#fff;text-decoration:none\">{1}</a></p><p style=\"color:#667\">{0}</p>",
            escaped(url),
            escaped(label.get(lang))
        ));
    }
    let html = format!(
        "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\"><body style=\"font-family:sans-serif;line-height:1.6;\
         max-width:36rem;margin:2rem auto;color:#223\"><h2>{}</h2>{html}<hr><p style=\"color:#667\">{}</p></body></html>",
        lang.tag(),
        escaped(letter.subject.get(lang)),
        escaped(brand)
    );
    let subject = format!("[{brand}] {}", letter.subject.get(lang)).replace(['\r', '\n'], " ");
    Mail {
        to: to.to_owned(),
        from_name: brand.to_owned(),
        subject,
        text: format!("{text}\n\n-- \n{brand}\n"),
        html,
    }
}

/// Text inside HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            subject: Text::new("主题", "Subject"),
            lines: vec![Text::new("一行", "a <b>line</b>")],
            action: Some((Text::new("打开", "Open"), "https://x.example/?a=1&b=\"".into())),
            minutes: 10,
        }
    }

    #[test]
    fn a_mail_is_written_in_the_readers_language() {
        let zh = compose("a@b.c", "Brand", &letter(), Lang::Zh);
        assert!(zh.subject == "[Brand] 主题" && zh.text.contains("一行") && zh.html.contains("lang=\"zh\""));
        let en = compose("a@b.c", "Brand", &letter(), Lang::En);
        assert!(en.subject == "[Brand] Subject" && en.text.contains("https://x.example/?a=1&b="));
    }

    #[test]
    fn nothing_in_a_mail_becomes_markup() {
        let mail = compose("a@b.c", "<script>\r\nBcc: x", &letter(), Lang::En);
        assert!(mail.html.contains("a &lt;b&gt;line") && !mail.html.contains("<script>"), "{}", mail.html);
        assert!(mail.html.contains("b=&quot;") && !mail.subject.contains(['\r', '\n']));
    }
}
