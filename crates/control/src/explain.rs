//! `proxy-account/explain`: what a proxy username would select, or why it would be refused; by the grammar
//! and the admission that gateways go by.

use crate::{Control, admission};
use serde::Serialize;
use std::net::{Ipv4Addr, SocketAddr};
use turnpike_access::accounts::{self, Account};
use turnpike_base::{Code, Result};
use turnpike_metering::leases::preview;
use turnpike_network::told::Told;
use turnpike_proxyproto::username::{Username, WrongUsername};
use turnpike_store::ReadTx;
use turnpike_web::{Call, Endpoint, field, params, with};
use turnpike_wire::{Admission, CountryCode, Credentials, Permit, Reason, Refusal, Targeting};
use utoipa::ToSchema;

params! {
    /// What `proxy-account/explain` takes.
    pub struct Explain {
        username: String = field::required(field::text(1, 512)), "完整的代理用户名，例如 user01_area-US_session-a1_life-15", "A whole proxy username, such as user01_area-US_session-a1_life-15";
    }
}

/// What a username means.
#[derive(Debug, Serialize, ToSchema)]
struct Explained {
    /// Whether a connection would be let in right now.
    allowed: bool,
    /// The account it names.
    account: String,
    product_type: i64,
    /// The pool that would serve; null if it is refused before.
    pool: Option<String>,
    /// ISO 3166-1 alpha-2; null: any.
    country_code: Option<String>,
    /// What the site calls the country; null: any.
    country_name: Option<String>,
    /// As the lists of places name it; null: any.
    state: Option<String>,
    /// As the lists of places name it; null: any.
    city: Option<String>,
    /// Autonomous system number; null: any.
    asn: Option<i64>,
    /// Null: every connection takes a fresh exit.
    session: Option<String>,
    /// Minutes; null: the session ends after 10 idle minutes.
    life: Option<i64>,
    /// `strict` or `flex`.
    mode: String,
    /// 1: UDP ASSOCIATE is on.
    udp: i64,
    /// Exits that could serve right now.
    exits: i64,
    /// Null: it would be let in.
    refusal: Option<Refused>,
}

/// Why it would be refused.
#[derive(Debug, Serialize, ToSchema)]
struct Refused {
    /// The slug, as in `X-Proxy-Error`.
    reason: String,
    http_status: i64,
    /// The sentence.
    text: String,
}

pub(crate) fn routes(control: &Control) -> Vec<Endpoint> {
    vec![
        Endpoint::get(
            "proxy-account/explain",
            "accounts",
            "解释代理用户名：将选择什么出口，或为何被拒绝",
            "What a proxy username would select, or why it would be refused",
            with(control, explain),
        )
        .codes(&[Code::NotFound]),
    ]
}

async fn explain(control: Control, call: Call, input: Explain) -> Result<Explained> {
    let tx = control.store().read().await?;
    let parsed = Username::parse(input.username.trim());
    let first = input.username.trim().split('_').next().unwrap_or_default();
    let name = admission::account_name(first);
    let account = accounts::flow::own(&tx, &control.0.vault, call.customer, name).await?;
    let parsed = match parsed {
        Ok(parsed) => parsed,
        Err(wrong) => return Ok(shown(&call, &account, &Username::default(), Err(wrong_username(&wrong)))),
    };
    let ask = ask_of(&parsed, &call);
    let outcome = match admission::preview(&control.0, &tx, account.clone(), &ask, call.now).await? {
        Ok(permit) => usable(&control, &tx, &account, permit, &call).await?,
        Err(refusal) => Err(refusal),
    };
    Ok(shown(&call, &account, &parsed, outcome))
}

fn ask_of(name: &Username, call: &Call) -> Admission {
    Admission {
        client: call.client,
        dialled: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
        at_endpoint: false,
        credentials: Some(Credentials { account: name.account.clone(), password: String::new() }),
        targeting: Targeting {
            country: name.country.clone(),
            state: name.state.clone(),
            city: name.city.clone(),
            asn: name.asn,
            ip: name.ip.clone(),
        },
    }
}

fn wrong_username(wrong: &WrongUsername) -> Refusal {
    let nobody = *wrong == WrongUsername::NoAccount;
    let reason = if nobody { Reason::BadCredentials } else { Reason::UnknownParameter };
    Refusal::new(reason).say(turnpike_base::Text::made(wrong.in_chinese(), wrong.to_string()))
}

/// A permit is worth nothing without exits and without something to pay with.
async fn usable(
    control: &Control,
    tx: &ReadTx,
    account: &Account,
    permit: Permit,
    call: &Call,
) -> Result<Result<(Permit, usize), Refusal>> {
    if let Some(reason) = preview::refusal(&control.0.meter, tx, account, call.now).await? {
        return Ok(Err(reason.into()));
    }
    let roster = &control.0.roster;
    let exits = match &permit.owned {
        Some(owned) => owned.iter().filter(|one| roster.serves(one.exit)).count(),
        None => roster.count(permit.pool, &permit.place),
    };
    Ok(if exits == 0 { Err(Reason::NoExit.into()) } else { Ok((permit, exits)) })
}

fn shown(
    call: &Call,
    account: &Account,
    name: &Username,
    outcome: Result<(Permit, usize), Refusal>,
) -> Explained {
    let (permit, exits, refusal) = match outcome {
        Ok((permit, exits)) => (Some(permit), exits, None),
        Err(refusal) => (None, 0, Some(refusal)),
    };
    let place = permit.as_ref().map(|permit| permit.place.clone()).unwrap_or_default();
    let country = place.country.as_ref().map(CountryCode::as_str).unwrap_or_default();
    let told = Told::new(call, country, place.state.as_deref(), place.city.as_deref());
    Explained {
        allowed: refusal.is_none(),
        account: account.username.clone(),
        product_type: account.product.number(),
        pool: permit.map(|permit| permit.pool.name().to_owned()),
        country_code: place.country.map(|code| code.to_string()),
        country_name: place.country.map(|_| told.country),
        state: place.state.map(|_| told.state),
        city: place.city.map(|_| told.city),
        asn: place.asn.map(i64::from),
        session: name.session.clone(),
        life: name.life.map(i64::from),
        mode: if name.strict { "strict" } else { "flex" }.to_owned(),
        udp: i64::from(account.udp && account.product.takes_udp()),
        exits: i64::try_from(exits).unwrap_or(i64::MAX),
        refusal: refusal.map(|refusal| Refused {
            reason: refusal.reason.slug().to_owned(),
            http_status: i64::from(refusal.reason.http_status()),
            text: refusal.text().get(call.lang).to_owned(),
        }),
    }
}
