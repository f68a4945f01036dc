//! Logins: sessions of people in the console. A token is 40 random characters, made at login and nowhere else, so
//! that nobody can prepare one for another; it is found by a keyed hash and kept nowhere.

use crate::keys;
use crate::people::{Origin, Person};
use turnpike_base::{CustomerId, LoginId, OperatorId, Result, Secret, Timestamp};
use turnpike_store::{Read, Row, StoreError, Vault, WriteTx, args};

const PURPOSE: &str = "login";
/// Characters of a token.
const LENGTH: usize = 40;
/// A sign of life is written down when the last one is so old, in milliseconds.
const STALE_MS: i64 = 300_000;
/// How long an operator looks through a customer's login, in seconds.
pub const VIEW_SECONDS: i64 = 3_600;

/// How long a login lasts, in seconds: a customer's 30 days, an operator's 12 hours.
pub const fn seconds(person: Person) -> i64 {
    match person {
        Person::Customer(_) => 30 * 86_400,
        Person::Operator(_) => 12 * 3_600,
    }
}

/// A login.
#[derive(Clone, Debug)]
pub struct Login {
    /// Its id.
    pub id: LoginId,
    /// Whose, by the number of the realm.
    pub person: i64,
    /// From where it was opened.
    pub client: String,
    /// With what program.
    pub agent: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used, to 5 minutes.
    pub seen_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// The operator who looks through a customer's login; it only reads. 0: whoever has the operator token.
    pub viewer: Option<OperatorId>,
}

impl Login {
    /// Whether its last use has to be written down.
    pub const fn is_stale(&self, now: Timestamp) -> bool {
        now.since(self.seen_at) > STALE_MS
    }
}

/// Opens a login; gives its token.
pub async fn begin(
    tx: &WriteTx,
    vault: &Vault,
    person: Person,
    from: &Origin,
    now: Timestamp,
) -> Result<Secret> {
    open(tx, vault, person, from, None, now).await
}

/// Opens a login of a customer's for an operator who looks: it lasts an hour, and only reads.
pub async fn begin_view(
    tx: &WriteTx,
    vault: &Vault,
    customer: CustomerId,
    viewer: OperatorId,
    from: &Origin,
    now: Timestamp,
) -> Result<Secret> {
    open(tx, vault, Person::Customer(customer), from, Some(viewer), now).await
}

async fn open(
    tx: &WriteTx,
    vault: &Vault,
    person: Person,
    from: &Origin,
    viewer: Option<OperatorId>,
    now: Timestamp,
) -> Result<Secret> {
    let token = Secret::new(keys::random_text(LENGTH)?);
    let sql = "INSERT INTO logins (realm, person_id, fingerprint, client, agent, created_at, seen_at, expires_at, operator_id) \
        VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8)";
    let fingerprint = vault.fingerprint(PURPOSE, token.expose());
    let until = now.plus_seconds(if viewer.is_some() { VIEW_SECONDS } else { seconds(person) });
    let client = from.client.to_string();
    let args = args![person.realm(), person.id(), fingerprint, client, &from.agent, now, until, viewer];
    tx.exec(sql, args).await?;
    Ok(token)
}

const COLUMNS: &str = "id, person_id, client, agent, created_at, seen_at, expires_at, operator_id";

/// The login with this token, if it is valid.
pub async fn find(
    tx: &impl Read,
    vault: &Vault,
    realm: &str,
    token: &Secret,
    now: Timestamp,
) -> Result<Option<Login>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM logins WHERE fingerprint = $1 AND realm = $2 AND revoked_at IS NULL AND expires_at > $3"
    );
    let fingerprint = vault.fingerprint(PURPOSE, token.expose());
    let row = tx.row(&sql, args![fingerprint, realm, now]).await?;
    Ok(row.as_ref().map(read).transpose()?)
}

/// Writes down that a login is in use.
pub async fn seen(tx: &WriteTx, id: LoginId, now: Timestamp) -> Result<()> {
    tx.exec("UPDATE logins SET seen_at = $2 WHERE id = $1", args![id, now]).await?;
    Ok(())
}

/// The valid logins of somebody, the newest first.
pub async fn list(tx: &impl Read, person: Person, now: Timestamp) -> Result<Vec<Login>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM logins WHERE realm = $1 AND person_id = $2 AND revoked_at IS NULL AND expires_at > $3 \
         ORDER BY id DESC LIMIT 200"
    );
    let rows = tx.rows(&sql, args![person.realm(), person.id(), now]).await?;
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// Ends one login of somebody; whether he had it.
pub async fn end(tx: &WriteTx, person: Person, id: LoginId, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE logins SET revoked_at = $4 WHERE id = $1 AND realm = $2 AND person_id = $3 AND revoked_at IS NULL";
    Ok(tx.exec(sql, args![id, person.realm(), person.id(), now]).await? == 1)
}

/// The operator who looks at a customer's console through this login.
pub(crate) async fn viewer(tx: &impl Read, id: LoginId) -> Result<Option<OperatorId>> {
    let row = tx.row("SELECT operator_id FROM logins WHERE id = $1", args![id]).await?;
    Ok(row.map(|row| row.opt("operator_id")).transpose()?.flatten())
}

/// Ends every login of somebody but one.
pub async fn end_others(tx: &WriteTx, person: Person, but: Option<LoginId>, now: Timestamp) -> Result<()> {
    let sql = "UPDATE logins SET revoked_at = $4 WHERE realm = $1 AND person_id = $2 AND id <> $3 AND revoked_at IS NULL";
    tx.exec(sql, args![person.realm(), person.id(), but.unwrap_or(LoginId(0)), now]).await?;
    Ok(())
}

/// Forgets logins that ended a month ago, and codes that are no good any more.
pub async fn prune(tx: &WriteTx, now: Timestamp) -> Result<()> {
    let old = now.plus_days(-30);
    tx.exec("DELETE FROM logins WHERE expires_at < $1 OR revoked_at < $1", args![old]).await?;
    tx.exec("DELETE FROM codes WHERE expires_at < $1", args![now.plus_days(-1)]).await?;
    Ok(())
}

fn read(row: &Row) -> Result<Login, StoreError> {
    Ok(Login {
        id: row.get("id")?,
        person: row.get("person_id")?,
        client: row.get("client")?,
        agent: row.get("agent")?,
        created_at: row.get("created_at")?,
        seen_at: row.get("seen_at")?,
        expires_at: row.get("expires_at")?,
        viewer: row.opt("operator_id")?,
    })
}
