//! Codes that people type and links that they open: short-lived, kept as keyed hashes, good once.
//!
//! [`Codes::demand`] stands before whatever a customer wants verified (contract section 3): without a code one is
//! sent and the answer is 286, a wrong one is 287.

use crate::gate::Gate;
use crate::people::Person;
use crate::{channels, factors};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use turnpike_base::fault::detail::Value;
use turnpike_base::{Code, CustomerId, Fault, Result, Text, Timestamp};
use turnpike_store::{Read, Store, Vault, WriteTx, args};

const PURPOSE: &str = "code";
/// How long a code that is typed is good, in minutes.
pub const MINUTES: i64 = 10;
/// Wrong tries that end a code.
const TRIES: i64 = 5;
/// A code is not sent again before, in milliseconds.
const PAUSE_MS: i64 = 60_000;

/// What sends and checks codes.
#[derive(Clone, Debug)]
pub struct Codes {
    /// The store.
    pub store: Store,
    /// Makes the hashes.
    pub vault: Vault,
    /// Slows guesses down.
    pub gate: Arc<Gate>,
    /// Whether the operator configured an outgoing webhook, for `phone` and `wechat`.
    pub webhook: Arc<AtomicBool>,
}

/// A customer who has to prove himself.
#[derive(Clone, Copy, Debug)]
pub struct Proof<'a> {
    /// Who.
    pub customer: CustomerId,
    /// For what; a code for one thing is no good for another.
    pub purpose: &'static str,
    /// `email`, `totp`, `phone` or `wechat`; `None`: TOTP where he has it, else e-mail.
    pub channel: Option<&'a str>,
    /// What he typed.
    pub code: Option<&'a str>,
    /// From where.
    pub client: IpAddr,
}

impl Codes {
    /// Codes over a store, without an outgoing webhook.
    pub fn new(store: Store, vault: Vault) -> Self {
        Self { store, vault, gate: Arc::default(), webhook: Arc::default() }
    }

    /// Passes only with a right code. Fails with 286 (a code is needed, and was sent where it can be), 287 (wrong
    /// or expired), 403 (a channel that is not there) and 429 (too many guesses).
    pub async fn demand(&self, proof: &Proof<'_>, now: Timestamp) -> Result<()> {
        let person = Person::Customer(proof.customer);
        let name = format!("{}:{}:{}", person.realm(), person.id(), proof.purpose);
        if proof.code.is_some() {
            // A turn is taken without waiting: whoever guesses on is told to come later. Fresh codes don't make
            // guesses cheaper: the turns count over all of them.
            self.gate.knock(&name, proof.client, now)?;
        }
        let tx = self.store.write().await?;
        let has_totp = factors::is_on(&tx, person).await?;
        let channel = proof.channel.unwrap_or(if has_totp { "totp" } else { "email" });
        self.check_channel(channel, has_totp)?;
        let Some(code) = proof.code else {
            if channel != "totp" {
                self.send(&tx, proof, channel, now).await?;
            }
            tx.commit().await?;
            return Err(required(channel, has_totp));
        };
        let right = if channel == "totp" {
            factors::check(&tx, &self.vault, person, "totp", code, now).await?
        } else {
            take_number(&tx, &self.vault, person, proof.purpose, code, now).await?
        };
        tx.commit().await?;
        if !right {
            return Err(wrong());
        }
        self.gate.welcome(&name, proof.client);
        Ok(())
    }

    fn check_channel(&self, channel: &str, has_totp: bool) -> Result<()> {
        match channel {
            "email" => Ok(()),
            "totp" if has_totp => Ok(()),
            "phone" | "wechat" if self.webhook.load(Ordering::Relaxed) => Ok(()),
            _ => Err(no_channel(channel)),
        }
    }

    async fn send(&self, tx: &WriteTx, proof: &Proof<'_>, channel: &str, now: Timestamp) -> Result<()> {
        let person = Person::Customer(proof.customer);
        if is_fresh(tx, person, proof.purpose, now).await? {
            return Ok(());
        }
        let number = format!("{:06}", rand::random_range(0..1_000_000_u32));
        mint(tx, &self.vault, person, proof.purpose, &number, MINUTES, now).await?;
        channels::send(tx, &self.vault, proof.customer, channel, &number, now).await
    }
}

fn mark(vault: &Vault, person: Option<Person>, purpose: &str, code: &str) -> String {
    let whose = person.map_or_else(String::new, |p| format!("{}:{}", p.realm(), p.id()));
    vault.fingerprint(PURPOSE, &format!("{whose}:{purpose}:{code}"))
}

/// Whether a code for this purpose was made within the last minute: another message would only be a nuisance.
pub(crate) async fn is_fresh(tx: &impl Read, person: Person, purpose: &str, now: Timestamp) -> Result<bool> {
    let sql = "SELECT 1 AS one FROM codes WHERE realm = $1 AND person_id = $2 AND purpose = $3 AND created_at > $4 AND tries < $5";
    let args = args![person.realm(), person.id(), purpose, now.plus_ms(-PAUSE_MS), TRIES];
    Ok(tx.row(sql, args).await?.is_some())
}

/// Keeps a code that is typed; earlier ones for the same purpose are no good any more.
pub async fn mint(
    tx: &WriteTx,
    vault: &Vault,
    person: Person,
    purpose: &str,
    code: &str,
    minutes: i64,
    now: Timestamp,
) -> Result<()> {
    keep(tx, person, purpose, mark(vault, Some(person), purpose, code), now.plus_minutes(minutes), now).await
}

/// Keeps the code of a link; who opens it need not say who he is. Earlier ones are no good any more.
pub async fn mint_link(
    tx: &WriteTx,
    vault: &Vault,
    person: Person,
    purpose: &str,
    minutes: i64,
    now: Timestamp,
) -> Result<String> {
    let code = crate::keys::random_text(40)?;
    keep(tx, person, purpose, mark(vault, None, purpose, &code), now.plus_minutes(minutes), now).await?;
    Ok(code)
}

/// Keeps the code of a link beside earlier ones; whoever takes it is told what it carries.
pub(crate) async fn add_link(
    tx: &WriteTx,
    vault: &Vault,
    person: Person,
    purpose: &str,
    carries: &str,
    minutes: i64,
    now: Timestamp,
) -> Result<String> {
    let code = crate::keys::random_text(40)?;
    let mark = mark(vault, None, purpose, &code);
    put(tx, person, purpose, mark, Some(carries), now.plus_minutes(minutes), now).await?;
    Ok(code)
}

async fn keep(
    tx: &WriteTx,
    person: Person,
    purpose: &str,
    mark: String,
    until: Timestamp,
    now: Timestamp,
) -> Result<()> {
    forget(tx, person, purpose).await?;
    put(tx, person, purpose, mark, None, until, now).await
}

async fn put(
    tx: &WriteTx,
    person: Person,
    purpose: &str,
    mark: String,
    carries: Option<&str>,
    until: Timestamp,
    now: Timestamp,
) -> Result<()> {
    let sql = "INSERT INTO codes (realm, person_id, purpose, fingerprint, created_at, expires_at, carries) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    tx.exec(sql, args![person.realm(), person.id(), purpose, mark, now, until, carries]).await?;
    Ok(())
}

/// Ends every code of somebody for a purpose.
pub async fn forget(tx: &WriteTx, person: Person, purpose: &str) -> Result<()> {
    let sql = "DELETE FROM codes WHERE realm = $1 AND person_id = $2 AND purpose = $3";
    tx.exec(sql, args![person.realm(), person.id(), purpose]).await?;
    Ok(())
}

/// Takes a code that was typed; whether it was right. A wrong one counts: the fifth ends the code.
pub async fn take_number(
    tx: &WriteTx,
    vault: &Vault,
    person: Person,
    purpose: &str,
    code: &str,
    now: Timestamp,
) -> Result<bool> {
    let sql = "DELETE FROM codes WHERE realm = $1 AND person_id = $2 AND purpose = $3 AND fingerprint = $4 AND expires_at > $5 AND tries < $6";
    let mark = mark(vault, Some(person), purpose, code.trim());
    let args = args![person.realm(), person.id(), purpose, mark, now, TRIES];
    if tx.exec(sql, args).await? == 1 {
        return Ok(true);
    }
    let sql = "UPDATE codes SET tries = tries + 1 WHERE realm = $1 AND person_id = $2 AND purpose = $3";
    tx.exec(sql, args![person.realm(), person.id(), purpose]).await?;
    Ok(false)
}

/// A link that was opened.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Whose it was, by the number of his realm.
    pub person: i64,
    /// What it carried.
    pub carries: Option<String>,
}

/// Takes the code of a link.
pub async fn take_link(
    tx: &WriteTx,
    vault: &Vault,
    realm: &str,
    purpose: &str,
    code: &str,
    now: Timestamp,
) -> Result<Option<Taken>> {
    let sql = "DELETE FROM codes WHERE realm = $1 AND purpose = $2 AND fingerprint = $3 AND expires_at > $4 \
        RETURNING person_id, carries";
    let row = tx.row(sql, args![realm, purpose, mark(vault, None, purpose, code.trim()), now]).await?;
    let read = |row: turnpike_store::Row| {
        Ok::<_, turnpike_store::StoreError>(Taken {
            person: row.get("person_id")?,
            carries: row.opt("carries")?,
        })
    };
    Ok(row.map(read).transpose()?)
}

fn methods(names: &[&str]) -> Value {
    let list = names.iter().map(|name| Value::Text((*name).to_owned())).collect();
    Value::Object(BTreeMap::from([("methods".to_owned(), Value::List(list))]))
}

fn required(channel: &str, has_totp: bool) -> Fault {
    let text = if channel == "totp" {
        Text::new(
            "请输入身份验证器中的 6 位验证码",
            "Send the 6-digit code of the authenticator as verify_code",
        )
    } else {
        Text::made(
            format!("验证码已通过 {channel} 发送，{MINUTES} 分钟内有效"),
            format!("A code was sent by {channel}; it is good for {MINUTES} minutes"),
        )
    };
    let names: &[&str] = if has_totp { &["totp", "email"] } else { &["email"] };
    Fault::new(Code::CodeRequired, "code_required").say(text).with_data(methods(names))
}

/// 348: the second factor is due.
pub(crate) fn second_factor() -> Fault {
    let text = Text::new(
        "请提供多因素验证码（verify_type、verify_code）",
        "Send the second factor as verify_type and verify_code",
    );
    Fault::new(Code::SecondFactor, "second_factor").say(text).with_data(methods(&["totp", "recovery"]))
}

pub(crate) fn wrong() -> Fault {
    Fault::new(Code::CodeWrong, "code_wrong")
}

fn no_channel(channel: &str) -> Fault {
    let channel: String = channel.chars().take(16).collect();
    Fault::new(Code::Forbidden, "channel_unavailable").say(match channel.as_str() {
        "totp" => Text::new("您尚未启用身份验证器", "You have not switched an authenticator on"),
        _ => Text::made(
            format!("本站未开通 {channel} 验证，请使用 email 或 totp"),
            format!("This installation has no verification by {channel}; use email or totp"),
        ),
    })
}
