//! A customer's password, second factor and recovery codes, and the switch that makes deletions ask for a code.

use crate::codes::Proof;
use crate::notices::{self, Change};
use crate::people::Person;
use crate::{State, codes, customers, factors, logins};
use serde::Serialize;
use turnpike_base::{Code, Fault, Result, Secret, Text};
use turnpike_store::{WriteTx, args};
use turnpike_web::{Call, Endpoint, field, params, with};
use utoipa::ToSchema;

/// How codes reach a customer.
pub(crate) const CHANNELS: &[&str] = &["email", "totp", "phone", "wechat"];

params! {
    /// What `user/change-password` takes.
    pub struct NewPassword {
        old_password: String = field::required(field::text(1, 128)), "原密码", "The present password";
        password: String = field::required(field::text(8, 128)), "新密码，8 到 128 个字符", "New password, 8 to 128 characters";
    }
}
params! {
    /// What `user/totp-confirm` takes.
    pub struct Confirm {
        code: String = field::required(field::text(6, 8)), "身份验证器中的 6 位验证码", "The authenticator's 6-digit code";
    }
}
params! {
    /// A password and a code.
    pub struct Proven {
        password: String = field::required(field::text(1, 128)), "密码", "Password";
        verify_type: &'static str = field::or(field::choice(&["totp", "recovery"]), "totp"), "totp 或 recovery", "totp or recovery";
        verify_code: String = field::required(field::text(1, 32)), "验证码", "Code of the second factor";
    }
}
params! {
    /// What `user/totp-enrol` takes.
    pub struct Enrol {
        password: String = field::required(field::text(1, 128)), "密码", "Password";
    }
}
params! {
    /// What `user/verify-before-delete` takes.
    pub struct Switch {
        enabled: bool = field::required(field::switch()), "1 启用，0 停用", "1 on, 0 off";
        verify_type: Option<&'static str> = field::optional(field::choice(CHANNELS)), "停用时的验证方式", "Channel of the code, to switch it off";
        verify_code: Option<String> = field::optional(field::text(1, 16)), "停用时的验证码", "The code, to switch it off";
    }
}

/// What an authenticator needs.
#[derive(Serialize, ToSchema)]
struct EnrolmentView {
    /// Base 32, for people who type.
    secret: String,
    /// `otpauth://…`, for a QR code.
    url: String,
}

/// Recovery codes; they are shown this once.
#[derive(Serialize, ToSchema)]
struct Recovery {
    recovery_codes: Vec<String>,
}

/// How a customer is protected.
#[derive(Serialize, ToSchema)]
struct SecurityView {
    totp: bool,
    /// Recovery codes that are left.
    recovery_codes: i64,
    verify_before_delete: bool,
}

#[rustfmt::skip] // One endpoint a line reads as the table it is.
pub(crate) fn routes(s: &State) -> Vec<Endpoint> {
    const TAG: &str = "user";
    vec![
        Endpoint::get("user/security", TAG, "安全设置", "Second factor, recovery codes, verification before deleting", with(s, show)).codes(&[]).console(),
        Endpoint::post("user/change-password", TAG, "修改密码", "Changes the password; every other login ends", with(s, change_password)).codes(&[]).console(),
        Endpoint::post("user/totp-enrol", TAG, "开始启用身份验证器", "Begins to switch an authenticator on", with(s, enrol)).codes(&[]).console(),
        Endpoint::post("user/totp-confirm", TAG, "确认身份验证器", "Switches the authenticator on with its first code; gives recovery codes", with(s, confirm)).codes(&[Code::CodeWrong]).console(),
        Endpoint::post("user/totp-disable", TAG, "停用身份验证器", "Switches the authenticator off", with(s, disable)).codes(&[Code::CodeWrong]).console(),
        Endpoint::post("user/recovery-codes", TAG, "重新生成恢复码", "New recovery codes in place of the old ones", with(s, renew)).codes(&[Code::CodeWrong]).console(),
        Endpoint::post("user/verify-before-delete", TAG, "删除前验证", "Switches verification before deleting on or off", with(s, switch)).codes(&[Code::CodeRequired, Code::CodeWrong]).console(),
    ]
}

async fn show(state: State, call: Call, (): ()) -> Result<SecurityView> {
    let tx = state.store.read().await?;
    let person = Person::Customer(call.customer);
    Ok(SecurityView {
        totp: factors::is_on(&tx, person).await?,
        recovery_codes: factors::recovery_left(&tx, person).await?,
        verify_before_delete: customers::verifies_deletes(&tx, call.customer).await?,
    })
}

/// Whoever holds a login still has to know the password for what follows.
pub(crate) async fn prove(state: &State, call: &Call, field: &str, password: String) -> Result<()> {
    let subject = format!("password:{}", call.customer);
    tokio::time::sleep(state.codes.gate.knock(&subject, call.client, call.now)?).await;
    let hash = customers::hash_of(&state.store.read().await?, call.customer).await?;
    if !state.codes.gate.check(Secret::new(password), hash).await? {
        return Err(Fault::parameter(field, Text::new("密码错误", "is not the present password")));
    }
    state.codes.gate.welcome(&subject, call.client);
    Ok(())
}

async fn change_password(state: State, call: Call, input: NewPassword) -> Result<()> {
    prove(&state, &call, "old_password", input.old_password).await?;
    let hash = state.codes.gate.hash(Secret::new(input.password)).await?;
    let tx = state.store.write().await?;
    customers::set_hash(&tx, call.customer, &hash).await?;
    logins::end_others(&tx, Person::Customer(call.customer), call.login(), call.now).await?;
    tell(&tx, &state, &call, Change::Password).await?;
    Ok(tx.commit().await?)
}

/// The customer hears of what was changed, in case that it was not him.
async fn tell(tx: &WriteTx, state: &State, call: &Call, change: Change) -> Result<()> {
    notices::tell(tx, state, call.customer, change, call.into(), call.now).await
}

async fn enrol(state: State, call: Call, input: Enrol) -> Result<EnrolmentView> {
    prove(&state, &call, "password", input.password).await?;
    let tx = state.store.write().await?;
    let person = Person::Customer(call.customer);
    if factors::is_on(&tx, person).await? {
        return Err(factors::already_on());
    }
    let email = customers::by_id(&tx, call.customer).await?.email;
    let made = factors::enrol(&tx, &state.vault, person, (&call.site.title, &email), call.now).await?;
    tx.commit().await?;
    Ok(EnrolmentView { secret: made.secret.expose().to_owned(), url: made.url.expose().to_owned() })
}

async fn confirm(state: State, call: Call, input: Confirm) -> Result<Recovery> {
    let subject = format!("totp:{}", call.customer);
    tokio::time::sleep(state.codes.gate.knock(&subject, call.client, call.now)?).await;
    let tx = state.store.write().await?;
    let person = Person::Customer(call.customer);
    let made = factors::confirm(&tx, &state.vault, person, &input.code, call.now).await?;
    let made = made.ok_or_else(codes::wrong)?;
    logins::end_others(&tx, person, call.login(), call.now).await?;
    tell(&tx, &state, &call, Change::FactorOn).await?;
    tx.commit().await?;
    state.codes.gate.welcome(&subject, call.client);
    Ok(recovery(&made))
}

fn recovery(codes: &[Secret]) -> Recovery {
    Recovery { recovery_codes: codes.iter().map(|code| code.expose().to_owned()).collect() }
}

/// Takes the password and a code of the second factor.
async fn prove_both(state: &State, call: &Call, input: Proven) -> Result<WriteTx> {
    prove(state, call, "password", input.password).await?;
    let subject = format!("totp:{}", call.customer);
    tokio::time::sleep(state.codes.gate.knock(&subject, call.client, call.now)?).await;
    let tx = state.store.write().await?;
    let person = Person::Customer(call.customer);
    let right = factors::check(&tx, &state.vault, person, input.verify_type, &input.verify_code, call.now);
    if !right.await? {
        return Err(codes::wrong());
    }
    state.codes.gate.welcome(&subject, call.client);
    Ok(tx)
}

async fn disable(state: State, call: Call, input: Proven) -> Result<()> {
    let tx = prove_both(&state, &call, input).await?;
    factors::disable(&tx, Person::Customer(call.customer)).await?;
    tell(&tx, &state, &call, Change::FactorOff).await?;
    Ok(tx.commit().await?)
}

async fn renew(state: State, call: Call, input: Proven) -> Result<Recovery> {
    let tx = prove_both(&state, &call, input).await?;
    let made = factors::renew_recovery(&tx, &state.vault, Person::Customer(call.customer)).await?;
    tell(&tx, &state, &call, Change::RecoveryCodes).await?;
    tx.commit().await?;
    Ok(recovery(&made))
}

async fn switch(state: State, call: Call, input: Switch) -> Result<()> {
    let is_on = customers::verifies_deletes(&state.store.read().await?, call.customer).await?;
    if is_on && !input.enabled {
        let proof = Proof {
            customer: call.customer,
            purpose: "verify_before_delete",
            channel: input.verify_type,
            code: input.verify_code.as_deref(),
            client: call.client,
        };
        state.codes.demand(&proof, call.now).await?;
    }
    let tx = state.store.write().await?;
    let sql = "UPDATE customers SET verify_before_delete = $2 WHERE id = $1";
    tx.exec(sql, args![call.customer, input.enabled]).await?;
    Ok(tx.commit().await?)
}
