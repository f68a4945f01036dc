//! How an operator enters: name and password, then the second factor. It is mandatory outside the demo: who has none
//! yet is given one after his password, and enters with its first code.

use crate::Control;
use http::header;
use http::request::Parts;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use turnpike_base::fault::detail;
use turnpike_base::{Code, Fault, Result, Secret, Text, Timestamp};
use turnpike_identity::audit::{self, Actor, Note};
use turnpike_identity::operators::{self, Operator};
use turnpike_identity::people::{Origin, Person};
use turnpike_identity::{factors, logins};
use turnpike_store::{Read, WriteTx, args};
use turnpike_web::{Cookies, client_of};

/// What `/operator_v1/login` takes.
#[derive(Deserialize)]
pub(super) struct Enter {
    email: String,
    password: Secret,
    /// `totp` (default) or `recovery`.
    verify_type: Option<String>,
    verify_code: Option<String>,
}

pub(super) async fn enter(
    control: &Control,
    input: Enter,
    parts: &Parts,
    cookies: &Cookies,
) -> Result<Value> {
    let (now, client) = (control.0.clock.now(), client_of(parts));
    let gate = &control.0.identity.codes.gate;
    let subject = format!("operator:{}", input.email.trim().to_lowercase());
    tokio::time::sleep(gate.knock(&subject, client, now)?).await;
    let found = operators::by_login(&control.store().read().await?, &input.email).await?;
    let (operator, hash) = found.unzip();
    let right = gate.check(input.password.clone(), hash).await?;
    let (Some(operator), true) = (operator.as_ref(), right) else {
        note(control, operator.as_ref(), &input.email, "login_refused", parts, now).await?;
        return Err(Fault::new(Code::Forbidden, "login_refused")
            .say(Text::new("账号或密码错误", "The address or the password is wrong")));
    };
    let tx = control.store().write().await?;
    let person = Person::Operator(operator.id);
    let recovery = match second(control, &tx, operator, &input, now).await? {
        Second::Passed(recovery) => recovery,
        Second::Wrong => {
            drop(tx);
            note(control, Some(operator), &input.email, "code_wrong", parts, now).await?;
            return Err(Fault::new(Code::CodeWrong, "code_wrong"));
        }
        Second::Due(fault) => {
            tx.commit().await?;
            return Err(fault);
        }
    };
    let agent = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let from = Origin { client, agent: agent.chars().take(200).collect() };
    let token = logins::begin(&tx, &control.0.vault, person, &from, now).await?;
    audit::note(&tx, &said(Some(operator), &input.email, "ok", parts), now).await?;
    tx.commit().await?;
    gate.welcome(&subject, client);
    let seconds = logins::seconds(person);
    cookies.keep(&token, seconds);
    let codes: Vec<&str> = recovery.iter().map(Secret::expose).collect();
    Ok(json!({"access_token": token.expose(), "expires_in": seconds, "recovery_codes": codes,
        "role": operator.role.name()}))
}

enum Second {
    /// With the recovery codes of a factor that was confirmed just now.
    Passed(Vec<Secret>),
    Wrong,
    Due(Fault),
}

async fn second(
    control: &Control,
    tx: &WriteTx,
    operator: &Operator,
    input: &Enter,
    now: Timestamp,
) -> Result<Second> {
    let (vault, person) = (&control.0.vault, Person::Operator(operator.id));
    let is_on = factors::is_on(tx, person).await?;
    if !is_on && is_demo(tx).await? {
        return Ok(Second::Passed(Vec::new()));
    }
    match (&input.verify_code, is_on) {
        (None, true) => Ok(Second::Due(due(None))),
        (None, false) => {
            let made = factors::enrol(tx, vault, person, ("Turnpike", &operator.email), now).await?;
            Ok(Second::Due(due(Some(&made))))
        }
        (Some(code), true) => {
            let method = input.verify_type.as_deref().unwrap_or("totp");
            let right = factors::check(tx, vault, person, method, code, now).await?;
            Ok(if right { Second::Passed(Vec::new()) } else { Second::Wrong })
        }
        (Some(code), false) => {
            let made = factors::confirm(tx, vault, person, code, now).await?;
            Ok(made.map_or(Second::Wrong, Second::Passed))
        }
    }
}

/// The fact that the demo leaves in its store.
async fn is_demo(tx: &impl Read) -> Result<bool> {
    Ok(tx.row("SELECT 1 AS one FROM facts WHERE name = 'demo'", args![]).await?.is_some())
}

fn due(enrolment: Option<&factors::Enrolment>) -> Fault {
    let text = |s: &str| detail::Value::Text(s.to_owned());
    let methods = if enrolment.is_some() { vec!["totp"] } else { vec!["totp", "recovery"] };
    let methods = detail::Value::List(methods.into_iter().map(text).collect());
    let mut data = BTreeMap::from([("methods".to_owned(), methods)]);
    if let Some(made) = enrolment {
        let enrol = BTreeMap::from([
            ("secret".to_owned(), text(made.secret.expose())),
            ("url".to_owned(), text(made.url.expose())),
        ]);
        data.insert("enrol".to_owned(), detail::Value::Object(enrol));
    }
    Fault::new(Code::SecondFactor, "second_factor").with_data(detail::Value::Object(data))
}

fn said(operator: Option<&Operator>, email: &str, outcome: &str, parts: &Parts) -> Note {
    Note {
        actor: operator.map_or(Actor::Visitor, |operator| Actor::Operator(operator.id)),
        action: "operator/login".into(),
        detail: email.to_owned(),
        outcome: outcome.into(),
        client: Some(client_of(parts)),
        customer: None,
    }
}

async fn note(
    control: &Control,
    operator: Option<&Operator>,
    email: &str,
    outcome: &str,
    parts: &Parts,
    now: Timestamp,
) -> Result<()> {
    let tx = control.store().write().await?;
    audit::note(&tx, &said(operator, email, outcome, parts), now).await?;
    Ok(tx.commit().await?)
}
