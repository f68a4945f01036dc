//! Logging in and out (contract section 8): name and password, then the second factor where there is one.

use crate::audit::{self, Actor, Note};
use crate::customers::{self, Customer};
use crate::people::{Origin, Person};
use crate::{State, auth, codes, factors, logins, register};
use http::Method;
use serde::Serialize;
use turnpike_base::{Code, CustomerId, Fault, Result, Secret, Text};
use turnpike_web::{Call, Endpoint, Visit, field, params, with};
use utoipa::ToSchema;

/// Second factors at login.
const METHODS: &[&str] = &["totp", "recovery"];

params! {
    /// What `user/login` takes: one of `account`, `email`, `phone` and `username`.
    pub struct Enter {
        account: Option<String> = field::optional(field::text(1, 254)), "邮箱、手机号或用户名", "E-mail address, telephone or user name";
        email: Option<String> = field::optional(field::text(1, 254)), "邮箱", "E-mail address";
        phone: Option<String> = field::optional(field::text(1, 32)), "手机号", "Telephone";
        username: Option<String> = field::optional(field::text(1, 64)), "用户名", "User name";
        password: String = field::required(field::text(1, 128)), "密码", "Password";
        verify_type: Option<&'static str> = field::optional(field::choice(METHODS)), "多因素验证方式：totp 或 recovery", "Second factor: totp or recovery";
        verify_code: Option<String> = field::optional(field::text(1, 32)), "多因素验证码", "Code of the second factor";
    }
}

/// A fresh login.
#[derive(Serialize, ToSchema)]
pub(crate) struct Entered {
    /// For `Authorization: Bearer`; browsers have it as a cookie too and need not keep it.
    access_token: String,
    token_type: &'static str,
    /// In the site's time zone.
    expires_at: String,
    /// Seconds until then.
    expires_in: i64,
}

pub(crate) fn routes(s: &State) -> Vec<Endpoint> {
    const TAG: &str = "user";
    let text = ("登录", "Logs in: name and password, then the second factor after code 348");
    vec![
        Endpoint::open(Method::POST, "user/login", TAG, text, with(s, login))
            .codes(&[Code::SecondFactor, Code::CodeWrong]),
        Endpoint::post("user/logout", TAG, "退出登录", "Ends this login", with(s, logout))
            .codes(&[])
            .console()
            .reads(),
    ]
}

async fn login(state: State, visit: Visit, input: Enter) -> Result<Entered> {
    let token = enter(&state, &visit, input).await?;
    let seconds = logins::seconds(Person::Customer(CustomerId(0)));
    visit.cookies.keep(&token, seconds);
    Ok(Entered {
        access_token: token.expose().to_owned(),
        token_type: "Bearer",
        expires_at: visit.site.show(visit.now.plus_seconds(seconds)),
        expires_in: seconds,
    })
}

async fn logout(state: State, call: Call, (): ()) -> Result<()> {
    call.cookies.forget();
    let Some(login) = call.login() else { return Ok(()) };
    let tx = state.store.write().await?;
    logins::end(&tx, Person::Customer(call.customer), login, call.now).await?;
    Ok(tx.commit().await?)
}

/// Checks everything, then opens a login with a token of its own: whatever the browser carried before is no part
/// of it.
async fn enter(state: &State, visit: &Visit, input: Enter) -> Result<Secret> {
    let name = input.account.or(input.email).or(input.phone).or(input.username).ok_or_else(no_name)?;
    let subject = format!("customer:{}:{}", visit.site.id, name.trim().to_lowercase());
    tokio::time::sleep(state.codes.gate.knock(&subject, visit.client, visit.now)?).await;
    let found = customers::by_login(&state.store.read().await?, visit.site.id, &name).await?;
    let (customer, hash) = found.unzip();
    let right = state.codes.gate.check(Secret::new(input.password), hash.flatten()).await?;
    let (Some(customer), true) = (customer.as_ref(), right) else {
        note(state, visit, customer.as_ref(), &name, "login_refused").await?;
        return Err(refused());
    };
    check_state(state, visit, customer).await?;
    let second = input.verify_code.map(|code| (input.verify_type.unwrap_or("totp"), code));
    let tx = state.store.write().await?;
    let person = Person::Customer(customer.id);
    if factors::is_on(&tx, person).await? {
        let Some((method, code)) = second else { return Err(codes::second_factor()) };
        if !factors::check(&tx, &state.vault, person, method, &code, visit.now).await? {
            drop(tx);
            note(state, visit, Some(customer), &name, "code_wrong").await?;
            return Err(codes::wrong());
        }
    }
    let from = Origin { client: visit.client, agent: visit.agent.clone() };
    let token = logins::begin(&tx, &state.vault, person, &from, visit.now).await?;
    audit::note(&tx, &said(visit, Some(customer), &name, "ok"), visit.now).await?;
    tx.commit().await?;
    state.codes.gate.welcome(&subject, visit.client);
    Ok(token)
}

/// Only who knew the password is told why he may not enter.
async fn check_state(state: &State, visit: &Visit, customer: &Customer) -> Result<()> {
    if customer.disabled {
        return Err(auth::disabled());
    }
    if customer.email_pending {
        register::send_link(state, visit, customer.id).await?;
        return Err(Fault::new(Code::Forbidden, "email_unverified").say(Text::new(
            "请先打开验证邮件中的链接；上一封邮件超过一分钟时已重新发送",
            "Open the link in the verification mail first; if the last one is older than a minute, it was sent again",
        )));
    }
    Ok(())
}

fn said(visit: &Visit, customer: Option<&Customer>, name: &str, outcome: &str) -> Note {
    Note {
        actor: customer.map_or(Actor::Visitor, |customer| Actor::Customer(customer.id)),
        action: "user/login".into(),
        detail: format!("{name} {}", visit.agent),
        outcome: outcome.into(),
        client: Some(visit.client),
        customer: customer.map(|customer| customer.id),
    }
}

async fn note(
    state: &State,
    visit: &Visit,
    customer: Option<&Customer>,
    name: &str,
    outcome: &str,
) -> Result<()> {
    let tx = state.store.write().await?;
    audit::note(&tx, &said(visit, customer, name, outcome), visit.now).await?;
    Ok(tx.commit().await?)
}

fn no_name() -> Fault {
    Fault::parameter("account", Text::new("必填", "is required"))
}

/// The same for a name that is not there and a password that is wrong.
pub(crate) fn refused() -> Fault {
    Fault::new(Code::Forbidden, "login_refused")
        .say(Text::new("账号或密码错误", "The name or the password is wrong"))
}
