//! A new app_key in the place of the one that a customer was born with. A login alone does it, with the password and,
//! where he has something more to prove himself with, a code: whoever found the key must not lock its owner out.

use crate::codes::Proof;
use crate::notices::{self, Change};
use crate::people::Person;
use crate::{State, customers, factors, keys, security};
use serde::Serialize;
use turnpike_base::{Code, Result};
use turnpike_web::{Call, Endpoint, field, params, with};
use utoipa::ToSchema;

params! {
    /// What `user/rotate-key` takes.
    pub struct Rotate {
        password: String = field::required(field::text(1, 128)), "密码", "Password";
        verify_type: Option<&'static str> = field::optional(field::choice(security::CHANNELS)), "验证方式；已启用身份验证器或删除前验证时需要验证码", "Channel of the code, which is due where an authenticator or verification before deleting is on";
        verify_code: Option<String> = field::optional(field::text(1, 16)), "验证码", "The code";
    }
}

/// The key that is good from now on.
#[derive(Serialize, ToSchema)]
struct Rotated {
    /// The new app_key.
    app_key: String,
}

pub(crate) fn routes(s: &State) -> Vec<Endpoint> {
    let zh = "更换主 app_key，旧密钥立即失效";
    let en = "Puts a new app_key in the place of the main one, which is refused at once; other keys stay";
    vec![
        Endpoint::post("user/rotate-key", "user", zh, en, with(s, rotate))
            .codes(&[Code::CodeRequired, Code::CodeWrong])
            .console(),
    ]
}

async fn rotate(state: State, call: Call, input: Rotate) -> Result<Rotated> {
    security::prove(&state, &call, "password", input.password).await?;
    if asks_for_code(&state, &call).await? {
        let proof = Proof {
            customer: call.customer,
            purpose: "rotate_key",
            channel: input.verify_type,
            code: input.verify_code.as_deref(),
            client: call.client,
        };
        state.codes.demand(&proof, call.now).await?;
    }
    let tx = state.store.write().await?;
    let key = keys::replace(&tx, &state.vault, call.customer, call.now).await?;
    notices::tell(&tx, &state, call.customer, Change::Key, (&call).into(), call.now).await?;
    let rotated = Rotated { app_key: key.expose().to_owned() };
    tx.commit_with(&rotated).await?;
    Ok(rotated)
}

/// Whether the customer wants more than his password asked.
async fn asks_for_code(state: &State, call: &Call) -> Result<bool> {
    let tx = state.store.read().await?;
    Ok(factors::is_on(&tx, Person::Customer(call.customer)).await?
        || customers::verifies_deletes(&tx, call.customer).await?)
}
