//! Operators: who runs the installation, and what each may do.

use crate::{customers, passwords};
use turnpike_base::{Code, Fault, OperatorId, Result, Secret, Text, Timestamp};
use turnpike_store::{Read, Row, Store, StoreError, WriteTx, args};

/// What an operator may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Owner,
    /// Orders, payments, prices, ledger.
    Finance,
    /// Customers and what they hold.
    Support,
    /// Exits, static addresses, gateways.
    Network,
    /// Look at everything that is no secret.
    ReadOnly,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [Self::Owner, Self::Finance, Self::Support, Self::Network, Self::ReadOnly];

    /// As rows and the API name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Finance => "finance",
            Self::Support => "support",
            Self::Network => "network",
            Self::ReadOnly => "read-only",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name).ok_or_else(|| {
            let all = Self::ALL.map(Self::name).join(", ");
            Fault::parameter("role", Text::made(format!("应为 {all} 之一"), format!("must be one of {all}")))
        })
    }
}

/// An operator.
#[derive(Clone, Debug)]
pub struct Operator {
    /// His id.
    pub id: OperatorId,
    /// As he wrote it.
    pub email: String,
    /// What he may do.
    pub role: Role,
    /// Whether he is kept out.
    pub disabled: bool,
    /// Since when.
    pub created_at: Timestamp,
}

/// Adds an operator. Fails with `email_taken`, and with parameter errors for the address and the password.
pub async fn create(
    store: &Store,
    email: &str,
    password: Secret,
    role: Role,
    now: Timestamp,
) -> Result<OperatorId> {
    customers::check_email(email)?;
    passwords::check(&password)?;
    let hash = passwords::hash(password).await?;
    let tx = store.write().await?;
    let sql = "INSERT INTO operators (email, email_key, password_hash, role, created_at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (email_key) DO NOTHING RETURNING id";
    let row = tx.row(sql, args![email, email.to_lowercase(), hash, role.name(), now]).await?;
    let row = row.ok_or_else(|| {
        Fault::new(Code::Conflict, "email_taken")
            .say(Text::made(format!("{email} 已存在"), format!("There is an operator {email} already")))
    })?;
    let id = row.get("id")?;
    tx.commit().await?;
    Ok(id)
}

const COLUMNS: &str = "id, email, role, disabled, created_at";

/// The operator with this address or id.
pub async fn find(tx: &impl Read, name: &str) -> Result<Operator> {
    let sql = format!("SELECT {COLUMNS} FROM operators WHERE email_key = $1 OR id = $2 ORDER BY id LIMIT 1");
    let id = name.parse::<i64>().unwrap_or(0);
    match tx.row(&sql, args![name.to_lowercase(), id]).await? {
        Some(row) => read(&row),
        None => Err(Fault::new(Code::NotFound, "operator_unknown")
            .say(Text::made(format!("操作员 {name} 不存在"), format!("There is no operator {name}")))),
    }
}

/// The operator with this id, if he may enter.
pub async fn active(tx: &impl Read, id: OperatorId) -> Result<Option<Operator>> {
    let sql = format!("SELECT {COLUMNS} FROM operators WHERE id = $1 AND disabled = 0");
    tx.row(&sql, args![id]).await?.map(|row| read(&row)).transpose()
}

/// Whom an address names, with the hash of his password.
pub async fn by_login(tx: &impl Read, email: &str) -> Result<Option<(Operator, String)>> {
    let sql = format!("SELECT {COLUMNS}, password_hash FROM operators WHERE email_key = $1 AND disabled = 0");
    let row = tx.row(&sql, args![email.trim().to_lowercase()]).await?;
    row.map(|row| Ok((read(&row)?, row.get("password_hash")?))).transpose()
}

/// Every operator.
pub async fn list(tx: &impl Read) -> Result<Vec<Operator>> {
    let rows = tx.rows(&format!("SELECT {COLUMNS} FROM operators ORDER BY id"), args![]).await?;
    rows.iter().map(read).collect()
}

/// Changes a role, or keeps somebody out. The last owner stays one: `last_owner`.
pub async fn change(tx: &WriteTx, id: OperatorId, role: Role, disabled: bool) -> Result<()> {
    // Every row is locked, so that two owners can't leave at once.
    tx.lock("SELECT id FROM operators ORDER BY id", args![]).await?;
    let sql = "UPDATE operators SET role = $2, disabled = $3 WHERE id = $1";
    tx.exec(sql, args![id, role.name(), disabled]).await?;
    let sql = "SELECT 1 AS one FROM operators WHERE role = 'owner' AND disabled = 0 LIMIT 1";
    if tx.row(sql, args![]).await?.is_some() {
        return Ok(());
    }
    Err(Fault::new(Code::Conflict, "last_owner")
        .say(Text::new("至少保留一个启用的 owner", "The last owner can't leave")))
}

/// Sets the hash of a password.
pub async fn set_hash(tx: &WriteTx, id: OperatorId, hash: &str) -> Result<()> {
    tx.exec("UPDATE operators SET password_hash = $2 WHERE id = $1", args![id, hash]).await?;
    Ok(())
}

fn read(row: &Row) -> Result<Operator> {
    let name: String = row.get("role")?;
    let fields = |role| {
        Ok::<_, StoreError>(Operator {
            id: row.get("id")?,
            email: row.get("email")?,
            role,
            disabled: row.get("disabled")?,
            created_at: row.get("created_at")?,
        })
    };
    Ok(fields(Role::parse(&name)?)?)
}
