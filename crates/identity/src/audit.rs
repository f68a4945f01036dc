//! The audit: who did what, when, from where, and how it ended. Rows are added; only an outcome is told later.

use crate::logins;
use std::net::IpAddr;
use turnpike_base::{CustomerId, LoginId, OperatorId, Page, PageOf, Result, Timestamp};
use turnpike_store::{Conditions, Read, Row, StoreError, WriteTx, args};
use turnpike_web::Written;

/// The longest detail that is kept, in characters.
const DETAIL: usize = 1_000;
/// How long it is kept, in days.
const DAYS: i64 = 400;

/// What operators read that is private: documents, letters, who went where. Each look is kept here, for every customer
/// whom it showed; it is no deed in the customer's name and does not stand in his own activity, which would tell whom an
/// abuse report is about.
pub const LOOKS: &[&str] = &["customer/waiting", "mail/list", "mail/show", "order/proofs", "usage/trace"];

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A customer.
    Customer(CustomerId),
    /// An operator in the console.
    Operator(OperatorId),
    /// Who bears the operator token.
    Token,
    /// The command line on the data directory, or the installation itself.
    Command,
    /// Somebody who is not known.
    Visitor,
}

impl Actor {
    /// As rows name the kind.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Customer(_) => "customer",
            Self::Operator(_) => "operator",
            Self::Token => "token",
            Self::Command => "command",
            Self::Visitor => "visitor",
        }
    }

    const fn id(self) -> i64 {
        match self {
            Self::Customer(id) => id.0,
            Self::Operator(id) => id.0,
            _ => 0,
        }
    }
}

/// One thing done.
#[derive(Clone, Debug)]
pub struct Note {
    /// By whom.
    pub actor: Actor,
    /// What: the endpoint or command.
    pub action: String,
    /// More of it, without secrets.
    pub detail: String,
    /// `ok`, or the slug of the refusal.
    pub outcome: String,
    /// From where.
    pub client: Option<IpAddr>,
    /// Whom it concerns.
    pub customer: Option<CustomerId>,
}

/// A note as it was kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// The kind of who did it.
    pub actor_kind: String,
    /// And which one.
    pub actor_id: i64,
    /// What.
    pub action: String,
    /// More of it.
    pub detail: String,
    /// How it ended.
    pub outcome: String,
    /// From where.
    pub client: String,
    /// Whom it concerns.
    pub customer: Option<CustomerId>,
}

/// Adds a note to the transaction of what it tells.
pub async fn note(tx: &WriteTx, note: &Note, now: Timestamp) -> Result<()> {
    begin(tx, note, now).await.map(drop)
}

/// Adds a note of something whose outcome is told later; gives its number.
pub async fn begin(tx: &WriteTx, note: &Note, now: Timestamp) -> Result<i64> {
    let sql = "INSERT INTO audit (at, actor_kind, actor_id, action, detail, outcome, client, customer_id) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
    let detail: String = note.detail.chars().take(DETAIL).collect();
    let client = note.client.map_or_else(String::new, |client| client.to_string());
    let args = args![
        now,
        note.actor.kind(),
        note.actor.id(),
        &note.action,
        detail,
        &note.outcome,
        client,
        note.customer
    ];
    let row = tx.row(sql, args).await?;
    Ok(row.map(|row| row.get("id")).transpose()?.unwrap_or(0))
}

/// Tells how something ended.
pub async fn end(tx: &WriteTx, id: i64, outcome: &str) -> Result<()> {
    tx.exec("UPDATE audit SET outcome = $2 WHERE id = $1", args![id, outcome]).await?;
    Ok(())
}

/// Adds what a customer wrote through the API; gives the note's number.
pub async fn written(tx: &WriteTx, one: &Written) -> Result<i64> {
    let by = if one.key < 0 { format!("login {}", -one.key) } else { format!("key {}", one.key) };
    let viewer = if one.key < 0 { logins::viewer(tx, LoginId(-one.key)).await? } else { None };
    let said = Note {
        // What an operator does in a login to see as the customer is the operator's deed.
        actor: viewer.map_or(Actor::Customer(one.customer), Actor::Operator),
        action: one.path.to_owned(),
        detail: by,
        outcome: "ok".into(),
        client: Some(one.client),
        customer: Some(one.customer),
    };
    begin(tx, &said, one.at).await
}

/// Which notes are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// That concern this customer.
    pub customer: Option<CustomerId>,
    /// Of this kind of doer: see [`Actor::kind`].
    pub kind: Option<String>,
    /// Of this operator.
    pub operator: Option<OperatorId>,
    /// Of this endpoint or command, or of all that begin with it.
    pub action: Option<String>,
    /// Without [`LOOKS`].
    pub without_looks: bool,
}

fn conditions(wanted: &Wanted) -> Conditions {
    let mut all = Conditions::default();
    if let Some(customer) = wanted.customer {
        all.add("customer_id = ?", args![customer]);
    }
    if let Some(kind) = &wanted.kind {
        all.add("actor_kind = ?", args![kind]);
    }
    if let Some(operator) = wanted.operator {
        all.add("actor_kind = 'operator' AND actor_id = ?", args![operator]);
    }
    if let Some(action) = wanted.action.as_deref().filter(|action| !action.is_empty()) {
        // `~` sorts after everything that an action is made of.
        all.add("action >= ? AND action < ?", args![action, format!("{action}~")]);
    }
    if wanted.without_looks {
        for look in LOOKS {
            all.add("action <> ?", args![*look]);
        }
    }
    all
}

/// A page of notes, the newest first.
pub async fn list(tx: &impl Read, wanted: &Wanted, page: Page) -> Result<PageOf<Kept>> {
    let wanted = conditions(wanted);
    let count = tx.row(&format!("SELECT COUNT(*) AS n FROM audit {}", wanted.sql()), wanted.args()).await?;
    let total = count.map(|row| row.get("n")).transpose()?.unwrap_or(0);
    let (limit, args) = wanted.page(page);
    let rows =
        tx.rows(&format!("SELECT * FROM audit {} ORDER BY id DESC {limit}", wanted.sql()), args).await?;
    Ok(PageOf { page, total, rows: rows.iter().map(read).collect::<Result<_, _>>()? })
}

/// Forgets what is older than 400 days.
pub async fn prune(tx: &WriteTx, now: Timestamp) -> Result<()> {
    tx.exec("DELETE FROM audit WHERE at < $1", args![now.plus_days(-DAYS)]).await?;
    Ok(())
}

fn read(row: &Row) -> Result<Kept, StoreError> {
    Ok(Kept {
        id: row.get("id")?,
        at: row.get("at")?,
        actor_kind: row.get("actor_kind")?,
        actor_id: row.get("actor_id")?,
        action: row.get("action")?,
        detail: row.get("detail")?,
        outcome: row.get("outcome")?,
        client: row.get("client")?,
        customer: row.opt("customer_id")?,
    })
}
