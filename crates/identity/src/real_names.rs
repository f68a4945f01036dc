//! Real-name verification: the customer submits, the operator decides (contract code 156).

use crate::mail::{self, Letter};
use crate::{State, customers};
use serde::Serialize;
use turnpike_base::{Code, CustomerId, Fault, Result, Secret, Text, Timestamp};
use turnpike_places::Catalogue;
use turnpike_store::{Read, Row, StoreError, Vault, WriteTx, args};
use turnpike_web::{Call, Endpoint, field, params, with};
use utoipa::ToSchema;

const PURPOSE: &str = "real_name";
const DOCUMENTS: &[&str] = &["id_card", "passport", "company"];

params! {
    /// What `user/submit-real-name` takes.
    pub struct Submit {
        name: String = field::required(field::name(2, 100)), "真实姓名或公司名称", "Name of the person or company";
        country: String = field::required(field::text(2, 2)), "国家代码（ISO 3166-1）", "Country code (ISO 3166-1 alpha-2)";
        document_type: &'static str = field::required(field::choice(DOCUMENTS)), "证件类型：id_card、passport 或 company", "Document: id_card, passport or company";
        document_number: String = field::required(field::text(4, 64)), "证件号码", "Number of the document";
    }
}

/// How far it is.
#[derive(Serialize, ToSchema)]
struct RealNameView {
    /// `none`, `pending`, `passed` or `refused`.
    status: String,
    /// Whether this site demands it.
    demanded: bool,
    /// As submitted; empty before.
    name: String,
    /// Why it was refused; empty else.
    reason: String,
    /// Null before.
    submitted_at: Option<String>,
    /// Null before.
    decided_at: Option<String>,
}

/// A submission as the operator reads it.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Whose.
    pub customer: CustomerId,
    /// His address.
    pub email: String,
    /// Name of the person or company.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// `id_card`, `passport` or `company`.
    pub document_type: String,
    /// Its number.
    pub document_number: Secret,
    /// `pending`, `passed` or `refused`.
    pub status: String,
    /// Why it was refused.
    pub reason: Option<String>,
    /// When.
    pub submitted_at: Timestamp,
    /// When the operator decided.
    pub decided_at: Option<Timestamp>,
    /// Goes up with each submission and each decision, from 1.
    pub version: i64,
}

#[rustfmt::skip] // One endpoint a line reads as the table it is.
pub(crate) fn routes(s: &State) -> Vec<Endpoint> {
    const TAG: &str = "user";
    vec![
        Endpoint::get("user/real-name", TAG, "实名认证状态", "How far real-name verification is", with(s, show)).codes(&[]).console(),
        Endpoint::post("user/submit-real-name", TAG, "提交实名认证", "Submits real-name verification; the operator decides", with(s, submit)).codes(&[]).console(),
    ]
}

async fn show(state: State, call: Call, (): ()) -> Result<RealNameView> {
    let tx = state.store.read().await?;
    let found = of(&tx, &state.vault, call.customer).await?;
    let status = match &found {
        _ if call.verified => "passed".to_owned(),
        Some(found) => found.status.clone(),
        None => "none".to_owned(),
    };
    let found = found.as_ref();
    Ok(RealNameView {
        status,
        demanded: call.site.demands_verification,
        name: found.map(|f| f.name.clone()).unwrap_or_default(),
        reason: found.and_then(|f| f.reason.clone()).unwrap_or_default(),
        submitted_at: found.map(|f| call.site.show(f.submitted_at)),
        decided_at: found.and_then(|f| f.decided_at).map(|at| call.site.show(at)),
    })
}

/// The country of a code, as it is kept.
fn country(code: &str) -> Result<&'static str> {
    let known = Catalogue::get().country(code).filter(|country| country.code.eq_ignore_ascii_case(code));
    known.map(|country| country.code).ok_or_else(|| {
        Fault::parameter(
            "country",
            Text::new(
                "应为 ISO 3166-1 的两位国家代码，例如 CN",
                "must be a country code of ISO 3166-1, two letters such as GB",
            ),
        )
    })
}

async fn submit(state: State, call: Call, input: Submit) -> Result<()> {
    let country = country(&input.country)?;
    let tx = state.store.write().await?;
    // Who is being passed meanwhile submits nothing more.
    customers::lock(&tx, call.customer).await?;
    if customers::by_id(&tx, call.customer).await?.verified {
        return Err(Fault::new(Code::Conflict, "real_name_passed")
            .say(Text::new("已通过实名认证", "Real-name verification is passed already")));
    }
    let sealed = state.vault.seal(PURPOSE, &Secret::new(input.document_number))?;
    let sql = "INSERT INTO real_names (customer_id, name, country, document_type, sealed_number, status, submitted_at) \
        VALUES ($1, $2, $3, $4, $5, 'pending', $6) ON CONFLICT (customer_id) DO UPDATE SET name = excluded.name, \
        country = excluded.country, document_type = excluded.document_type, sealed_number = excluded.sealed_number, \
        status = 'pending', reason = NULL, submitted_at = excluded.submitted_at, decided_at = NULL, \
        version = real_names.version + 1";
    tx.exec(sql, args![call.customer, input.name, country, input.document_type, sealed, call.now]).await?;
    Ok(tx.commit().await?)
}

const SELECT: &str = "SELECT r.*, c.email FROM real_names r JOIN customers c ON c.id = r.customer_id";

/// A customer's submission.
pub async fn of(tx: &impl Read, vault: &Vault, customer: CustomerId) -> Result<Option<Submission>> {
    let row = tx.row(&format!("{SELECT} WHERE r.customer_id = $1"), args![customer]).await?;
    row.map(|row| read(&row, vault)).transpose()
}

/// Submissions that wait for the operator, the oldest first.
pub async fn waiting(tx: &impl Read, vault: &Vault, most: i64) -> Result<Vec<Submission>> {
    let sql = format!("{SELECT} WHERE r.status = 'pending' ORDER BY r.submitted_at LIMIT $1");
    tx.rows(&sql, args![most]).await?.iter().map(|row| read(row, vault)).collect()
}

/// Fails with `real_name_changed` where a customer's submission is no longer the one that an operator `seen`: it was
/// submitted again, or decided. 0: he saw that nothing was submitted; `None`: he does not say what he saw. The
/// submission stays as it is until the transaction ends.
pub async fn check_seen(tx: &WriteTx, customer: CustomerId, seen: Option<i64>) -> Result<()> {
    customers::lock(tx, customer).await?;
    let row = tx.row("SELECT version FROM real_names WHERE customer_id = $1", args![customer]).await?;
    let version: i64 = row.map(|row| row.get("version")).transpose()?.unwrap_or(0);
    if seen.is_none_or(|seen| seen == version) {
        return Ok(());
    }
    Err(Fault::new(Code::Conflict, "real_name_changed").say(Text::new(
        "实名资料已重新提交或已被处理，请刷新后再决定",
        "The real name was submitted again or decided meanwhile; look at it again and then decide",
    )))
}

/// The operator decides; the customer hears of it by mail. `reason`: why he is refused, `None`: he passes.
pub async fn decide(
    tx: &WriteTx,
    vault: &Vault,
    customer: CustomerId,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let status = if reason.is_some() { "refused" } else { "passed" };
    let sql = "UPDATE real_names SET status = $2, reason = $3, decided_at = $4, version = version + 1 \
        WHERE customer_id = $1";
    tx.exec(sql, args![customer, status, reason, now]).await?;
    let sql = "UPDATE customers SET verified = $2 WHERE id = $1";
    tx.exec(sql, args![customer, reason.is_none()]).await?;
    let line = match reason {
        None => Text::new("您的实名认证已通过。", "Your real-name verification is passed."),
        Some(reason) => Text::made(
            format!("您的实名认证未通过：{reason}"),
            format!("Your real-name verification was refused: {reason}"),
        ),
    };
    let letter = Letter {
        subject: Text::new("实名认证结果", "Real-name verification"),
        lines: vec![line],
        action: None,
        minutes: 3 * 1_440,
    };
    mail::to_customer(tx, vault, customer, &letter, now).await
}

fn read(row: &Row, vault: &Vault) -> Result<Submission> {
    let number = vault.open(PURPOSE, &row.get::<Vec<u8>>("sealed_number")?)?;
    let rest = |row: &Row| {
        Ok::<_, StoreError>(Submission {
            customer: row.get("customer_id")?,
            email: row.get("email")?,
            name: row.get("name")?,
            country: row.get("country")?,
            document_type: row.get("document_type")?,
            document_number: number,
            status: row.get("status")?,
            reason: row.opt("reason")?,
            submitted_at: row.get("submitted_at")?,
            decided_at: row.opt("decided_at")?,
            version: row.get("version")?,
        })
    };
    Ok(rest(row)?)
}
