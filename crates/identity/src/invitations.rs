//! Invitations: every customer has a code; who registers with it counts as invited by him.

use crate::{State, keys};
use serde::Serialize;
use turnpike_base::{CustomerId, Fault, Result, SiteId, Text};
use turnpike_store::{Read, StoreError, WriteTx, args};
use turnpike_web::{Call, Endpoint, with};
use utoipa::ToSchema;

/// Characters of a code.
const LENGTH: usize = 10;

/// A customer's code, and whom it brought.
#[derive(Serialize, ToSchema)]
struct InvitationsView {
    invite_code: String,
    /// Customers who registered with it.
    total: i64,
    /// The newest 200 of them.
    list: Vec<Invited>,
}

/// One invited customer.
#[derive(Serialize, ToSchema)]
struct Invited {
    /// Shortened: `a***@example.com`.
    email: String,
    created_at: String,
}

pub(crate) fn routes(s: &State) -> Vec<Endpoint> {
    vec![
        Endpoint::get(
            "user/invitations",
            "user",
            "邀请",
            "The customer's code and whom it brought",
            with(s, show),
        )
        .codes(&[])
        .console(),
    ]
}

async fn show(state: State, call: Call, (): ()) -> Result<InvitationsView> {
    let code = code_of(&state, call.customer).await?;
    let tx = state.store.read().await?;
    let sql = "SELECT COUNT(*) AS n FROM customers WHERE invited_by = $1 AND email_pending = 0";
    let total = tx.row(sql, args![call.customer]).await?.map(|row| row.get("n")).transpose()?.unwrap_or(0);
    let sql = "SELECT email, created_at FROM customers WHERE invited_by = $1 AND email_pending = 0 ORDER BY id DESC LIMIT 200";
    let rows = tx.rows(sql, args![call.customer]).await?;
    let row = |row: &turnpike_store::Row| {
        Ok::<_, StoreError>(Invited {
            email: shortened(&row.get::<String>("email")?),
            created_at: call.site.show(row.get("created_at")?),
        })
    };
    let list = rows.iter().map(row).collect::<Result<_, _>>()?;
    Ok(InvitationsView { invite_code: code, total, list })
}

fn shortened(email: &str) -> String {
    let (name, host) = email.split_once('@').unwrap_or((email, ""));
    format!("{}***@{host}", name.chars().take(1).collect::<String>())
}

/// A customer's code; made when he first asks for it.
async fn code_of(state: &State, customer: CustomerId) -> Result<String> {
    let sql = "SELECT invite_code FROM customers WHERE id = $1";
    let known = state.store.read().await?.row(sql, args![customer]).await?;
    if let Some(code) = known.map(|row| row.opt("invite_code")).transpose()?.flatten() {
        return Ok(code);
    }
    let tx = state.store.write().await?;
    let fresh = keys::random_text(LENGTH)?;
    let sql =
        "UPDATE customers SET invite_code = COALESCE(invite_code, $2) WHERE id = $1 RETURNING invite_code";
    let row = tx.row(sql, args![customer, fresh]).await?;
    let code = row.map(|row| row.get("invite_code")).transpose()?.unwrap_or_default();
    tx.commit().await?;
    Ok(code)
}

/// Who invited with this code, on this site.
pub(crate) async fn inviter(tx: &WriteTx, site: SiteId, code: Option<&str>) -> Result<Option<CustomerId>> {
    let Some(code) = code else { return Ok(None) };
    let sql = "SELECT id FROM customers WHERE invite_code = $1 AND site_id = $2";
    match tx.row(sql, args![code.trim(), site]).await? {
        Some(row) => Ok(Some(row.get("id")?)),
        None => Err(Fault::parameter("invite_code", Text::new("邀请码不存在", "is no code of this site"))),
    }
}
