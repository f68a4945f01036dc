//! What the console needs from several domains at once: who is logged in, and the headers of its pages.

pub mod headers;

use crate::Control;
use turnpike_base::Result;
use turnpike_commerce::ledger;
use turnpike_identity::people::Person;
use turnpike_identity::profile::UserView;
use turnpike_identity::{customers, factors, keys};
use turnpike_web::{Call, Endpoint, with};

pub(crate) fn routes(control: &Control) -> Vec<Endpoint> {
    vec![
        Endpoint::get(
            "user/info",
            "user",
            "用户信息",
            "Who is logged in, with balance and app_key",
            with(control, info),
        )
        .codes(&[])
        .console(),
    ]
}

async fn info(control: Control, call: Call, (): ()) -> Result<UserView> {
    let tx = control.store().read().await?;
    let customer = customers::by_id(&tx, call.customer).await?;
    // A key does everything its customer may; who only looks does not get it.
    let key = keys::newest(&tx, &control.0.vault, call.customer).await?;
    Ok(UserView {
        id: customer.id.0,
        phone: customer.phone.unwrap_or_default(),
        username: customer.username.unwrap_or_default(),
        balance: ledger::balance(&tx, customer.id).await?,
        total_recharge_fee: ledger::recharged(&tx, customer.id).await?,
        status: i64::from(!customer.disabled),
        is_real_name: customer.verified,
        totp: factors::is_on(&tx, Person::Customer(customer.id)).await?,
        verify_before_delete: customer.verify_before_delete,
        language: customer.lang.unwrap_or(call.site.lang).tag(),
        created_at: call.site.show(customer.created_at),
        email: customer.email,
        openid: key.map(|key| call.secret(&key)).unwrap_or_default(),
        view_only: call.view_only,
    })
}
