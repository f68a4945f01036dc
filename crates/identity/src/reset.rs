//! A forgotten password: a mailed link sets a new one and ends every login.

use crate::audit::{self, Actor, Note};
use crate::mail::{self, Letter};
use crate::notices::{self, Change};
use crate::people::Person;
use crate::register::{await_turn, demand_brand, link_bad, opened};
use crate::{State, codes, customers, logins};
use http::Method;
use turnpike_base::{Code, CustomerId, Result, Secret, Text};
use turnpike_web::{Endpoint, Visit, field, params, with};

const PURPOSE: &str = "reset_password";
/// How long a mailed link is good, in minutes.
const MINUTES: i64 = 60;

params! {
    /// What `user/forgot-password` takes.
    pub struct Forgot {
        email: String = field::required(field::text(3, 254)), "邮箱", "E-mail address";
    }
}
params! {
    /// What `user/reset-password` takes.
    pub struct Reset {
        code: String = field::required(field::text(1, 64)), "邮件链接中的验证码", "The code of the mailed link";
        password: String = field::required(field::text(8, 128)), "新密码，8 到 128 个字符", "New password, 8 to 128 characters";
    }
}

pub(crate) fn routes(s: &State) -> Vec<Endpoint> {
    const TAG: &str = "user";
    let forgot =
        ("忘记密码", "Mails a link that sets a new password. The answer is the same for unknown addresses");
    let reset = ("重设密码", "Sets a new password with the mailed link; every login ends");
    vec![
        Endpoint::open(Method::POST, "user/forgot-password", TAG, forgot, with(s, ask)).codes(&[]),
        Endpoint::open(Method::POST, "user/reset-password", TAG, reset, with(s, set))
            .codes(&[Code::CodeWrong]),
    ]
}

async fn ask(state: State, visit: Visit, input: Forgot) -> Result<()> {
    await_turn(&state, &visit, &input.email).await?;
    let tx = state.store.write().await?;
    let Some(customer) = customers::by_email(&tx, visit.site.id, &input.email).await? else { return Ok(()) };
    let person = Person::Customer(customer.id);
    // A second mail within a minute would only be a nuisance; the answer is the same.
    if !codes::is_fresh(&tx, person, PURPOSE, visit.now).await? {
        let code = codes::mint_link(&tx, &state.vault, person, PURPOSE, MINUTES, visit.now).await?;
        let url = state.link(&visit.site, &visit.base_url, "reset-password", &code);
        let letter = Letter {
            subject: Text::new("重设密码", "Reset your password"),
            lines: vec![Text::new(
                "请打开下面的链接设置新密码，链接 60 分钟内有效。如果不是您本人申请，请忽略本邮件。",
                "Open the link below to set a new password; it is good for 60 minutes. If you did not ask for it, ignore this mail.",
            )],
            action: Some((Text::new("设置新密码", "Set a new password"), url)),
            minutes: MINUTES,
        };
        mail::to_customer(&tx, &state.vault, customer.id, &letter, visit.now).await?;
        note(&tx, &visit, customer.id, "user/forgot-password").await?;
    }
    Ok(tx.commit().await?)
}

async fn set(state: State, visit: Visit, input: Reset) -> Result<()> {
    let hash = state.codes.gate.hash(Secret::new(input.password)).await?;
    let tx = state.store.write().await?;
    let taken = codes::take_link(&tx, &state.vault, "customer", PURPOSE, &input.code, visit.now).await?;
    let customer = CustomerId(taken.ok_or_else(link_bad)?.person);
    demand_brand(&state, &tx, &visit, customer).await?;
    customers::set_hash(&tx, customer, &hash).await?;
    opened(&tx, customer).await?;
    logins::end_others(&tx, Person::Customer(customer), None, visit.now).await?;
    notices::tell(&tx, &state, customer, Change::PasswordReset, (&visit).into(), visit.now).await?;
    note(&tx, &visit, customer, "user/reset-password").await?;
    Ok(tx.commit().await?)
}

async fn note(tx: &turnpike_store::WriteTx, visit: &Visit, customer: CustomerId, action: &str) -> Result<()> {
    let note = Note {
        actor: Actor::Visitor,
        action: action.into(),
        detail: String::new(),
        outcome: "ok".into(),
        client: Some(visit.client),
        customer: Some(customer),
    };
    audit::note(tx, &note, visit.now).await
}
