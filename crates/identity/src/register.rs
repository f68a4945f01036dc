//! Registering: the answer is the same whether an address is known or not; what differs goes by mail.

use crate::audit::{self, Actor, Note};
use crate::mail::{self, Letter};
use crate::people::Person;
use crate::{State, brands, codes, customers, invitations, keys};
use http::Method;
use serde::Serialize;
use turnpike_base::{Code, CustomerId, Fault, Result, Secret, Text};
use turnpike_store::{Read, WriteTx, args};
use turnpike_web::{Endpoint, Visit, field, params, with};
use utoipa::ToSchema;

const PURPOSE: &str = "verify_email";
/// Marks when a customer was last told that he is registered already.
const TOLD: &str = "told_known";
/// How long a mailed link is good, in minutes: a day.
const MINUTES: i64 = 1_440;

params! {
    /// What `user/register` takes.
    pub struct Register {
        email: String = field::required(field::text(3, 254)), "邮箱", "E-mail address";
        password: String = field::required(field::text(8, 128)), "密码，8 到 128 个字符", "Password, 8 to 128 characters";
        invite_code: Option<String> = field::optional(field::text(1, 32)), "邀请码", "Code of who invited";
    }
}
params! {
    /// What `user/verify-email` takes.
    pub struct Verify {
        code: String = field::required(field::text(1, 64)), "邮件链接中的验证码", "The code of the mailed link";
    }
}

/// What happens next.
#[derive(Serialize, ToSchema)]
pub(crate) struct Sent {
    /// Where a mail goes.
    email: String,
}

pub(crate) fn routes(s: &State) -> Vec<Endpoint> {
    const TAG: &str = "user";
    let register =
        ("注册", "Registers; a mailed link verifies the address. The answer is the same for known addresses");
    let verify = ("验证邮箱", "Opens the mailed link of a registration");
    vec![
        Endpoint::open(Method::POST, "user/register", TAG, register, with(s, begin)).codes(&[]),
        Endpoint::open(Method::POST, "user/verify-email", TAG, verify, with(s, finish))
            .codes(&[Code::CodeWrong]),
    ]
}

async fn begin(state: State, visit: Visit, input: Register) -> Result<Sent> {
    customers::check_email(&input.email)?;
    await_turn(&state, &visit, &input.email).await?;
    let hash = state.codes.gate.hash(Secret::new(input.password)).await?;
    let tx = state.store.write().await?;
    if brands::look(&tx, visit.site.id).await?.closed.unwrap_or(false) {
        return Err(Fault::new(Code::Forbidden, "registration_closed")
            .say(Text::new("本站未开放注册", "This site takes no registrations")));
    }
    let inviter = invitations::inviter(&tx, visit.site.id, input.invite_code.as_deref()).await?;
    if has_mail(&tx, &visit, &input.email).await? {
        return Ok(Sent { email: input.email });
    }
    let (id, known) = put(&tx, &visit, &input.email, &hash, inviter).await?;
    if known {
        tell_known(&state, &tx, &visit, id).await?;
    } else {
        if keys::newest(&tx, &state.vault, id).await?.is_none() {
            keys::issue(&tx, &state.vault, id, visit.now).await?;
        }
        mail_link(&state, &tx, &visit, id, &hash).await?;
    }
    let note = Note {
        actor: Actor::Visitor,
        action: "user/register".into(),
        detail: input.email.clone(),
        outcome: if known { "email_taken" } else { "ok" }.into(),
        client: Some(visit.client),
        customer: Some(id),
    };
    audit::note(&tx, &note, visit.now).await?;
    tx.commit().await?;
    Ok(Sent { email: input.email })
}

/// Waits for a turn to have a mail sent: strangers neither fill boxes nor wear the mail server out.
pub(crate) async fn await_turn(state: &State, visit: &Visit, email: &str) -> Result<()> {
    let to = format!("{}:{}", visit.site.id, email.trim().to_lowercase());
    tokio::time::sleep(state.codes.gate.knock_for_mail(&to, visit.client, visit.now)?).await;
    Ok(())
}

/// Whether a mail for this address is a minute old at most: nobody fills a stranger's box, and the password of the
/// registration that was mailed last stays the one that its link confirms.
async fn has_mail(tx: &WriteTx, visit: &Visit, email: &str) -> Result<bool> {
    let found = customers::by_email(tx, visit.site.id, email).await?;
    let Some(customer) = found else { return Ok(false) };
    let purpose = if customer.email_pending { PURPOSE } else { TOLD };
    codes::is_fresh(tx, Person::Customer(customer.id), purpose, visit.now).await
}

/// The customer of an address, and whether he was there before. One who has not opened his link yet begins anew. Each
/// link carries the password that it was mailed for: who registers a stranger's address sets no password there.
async fn put(
    tx: &WriteTx,
    visit: &Visit,
    email: &str,
    hash: &str,
    inviter: Option<CustomerId>,
) -> Result<(CustomerId, bool)> {
    let sql = "INSERT INTO customers (site_id, email, email_key, password_hash, created_at, email_pending, invited_by, lang) \
        VALUES ($1, $2, $3, $4, $5, 1, $6, $7) ON CONFLICT (site_id, email_key) DO UPDATE SET \
        password_hash = CASE WHEN customers.email_pending = 1 THEN excluded.password_hash ELSE customers.password_hash END, \
        invited_by = CASE WHEN customers.email_pending = 1 THEN excluded.invited_by ELSE customers.invited_by END \
        RETURNING id, email_pending";
    let args = args![visit.site.id, email, email.to_lowercase(), hash, visit.now, inviter, visit.lang.tag()];
    let row = tx.row(sql, args).await?.ok_or_else(|| Fault::internal("register_lost", "no row came back"))?;
    Ok((row.get("id")?, !row.get::<bool>("email_pending")?))
}

/// Sends the link of a registration again, unless that was done just now.
pub(crate) async fn send_link(state: &State, visit: &Visit, customer: CustomerId) -> Result<()> {
    let tx = state.store.write().await?;
    let hash = customers::hash_of(&tx, customer).await?.unwrap_or_default();
    if !codes::is_fresh(&tx, Person::Customer(customer), PURPOSE, visit.now).await? {
        mail_link(state, &tx, visit, customer, &hash).await?;
    }
    Ok(tx.commit().await?)
}

async fn mail_link(
    state: &State,
    tx: &WriteTx,
    visit: &Visit,
    customer: CustomerId,
    hash: &str,
) -> Result<()> {
    let person = Person::Customer(customer);
    let code = codes::add_link(tx, &state.vault, person, PURPOSE, hash, MINUTES, visit.now).await?;
    let url = state.link(&visit.site, &visit.base_url, "verify-email", &code);
    let letter = Letter {
        subject: Text::new("请验证您的邮箱", "Verify your e-mail address"),
        lines: vec![Text::new(
            "感谢注册。请打开下面的链接以验证您的邮箱，链接 24 小时内有效。",
            "Thank you for registering. Open the link below to verify your address; it is good for 24 hours.",
        )],
        action: Some((Text::new("验证邮箱", "Verify the address"), url)),
        minutes: MINUTES,
    };
    mail::to_customer(tx, &state.vault, customer, &letter, visit.now).await
}

async fn tell_known(state: &State, tx: &WriteTx, visit: &Visit, customer: CustomerId) -> Result<()> {
    let letter = Letter {
        subject: Text::new("您已经注册过", "You are registered already"),
        lines: vec![Text::new(
            "有人用这个邮箱注册，但它已有账号。如果是您本人，请直接登录，或重设密码；否则无需理会。",
            "Somebody registered with this address, which has an account already. If it was you, log in or reset the \
             password; if not, there is nothing to do.",
        )],
        action: Some((
            Text::new("前往登录", "Go to the log-in"),
            state.page(&visit.site, &visit.base_url, "login"),
        )),
        minutes: MINUTES,
    };
    // The code that stands behind this mark is told to nobody.
    codes::mint_link(tx, &state.vault, Person::Customer(customer), TOLD, 1, visit.now).await?;
    mail::to_customer(tx, &state.vault, customer, &letter, visit.now).await
}

async fn finish(state: State, visit: Visit, input: Verify) -> Result<()> {
    let tx = state.store.write().await?;
    let taken = codes::take_link(&tx, &state.vault, "customer", PURPOSE, &input.code, visit.now).await?;
    let taken = taken.ok_or_else(link_bad)?;
    let customer = CustomerId(taken.person);
    demand_brand(&state, &tx, &visit, customer).await?;
    if let Some(hash) = taken.carries.filter(|hash| !hash.is_empty()) {
        customers::set_hash(&tx, customer, &hash).await?;
    }
    opened(&tx, customer).await?;
    let note = Note {
        actor: Actor::Customer(customer),
        action: "user/verify-email".into(),
        detail: String::new(),
        outcome: "ok".into(),
        client: Some(visit.client),
        customer: Some(customer),
    };
    audit::note(&tx, &note, visit.now).await?;
    Ok(tx.commit().await?)
}

/// The address is proven: by the link of the registration, or by one that resets the password.
pub(crate) async fn opened(tx: &WriteTx, customer: CustomerId) -> Result<()> {
    tx.exec("UPDATE customers SET email_pending = 0 WHERE id = $1", args![customer]).await?;
    codes::forget(tx, Person::Customer(customer), PURPOSE).await
}

/// A brand's link is no good under another brand's name. A brand without a host name of its own shares the installation's.
pub(crate) async fn demand_brand(
    state: &State,
    tx: &WriteTx,
    visit: &Visit,
    customer: CustomerId,
) -> Result<()> {
    let site = customers::by_id(tx, customer).await?.site;
    if site == visit.site.id || state.directory.host_of(site).is_none() { Ok(()) } else { Err(link_bad()) }
}

pub(crate) fn link_bad() -> Fault {
    Fault::new(Code::CodeWrong, "link_expired")
        .say(Text::new("链接无效或已过期，请重新申请", "The link is not valid any more; ask for a new one"))
}
