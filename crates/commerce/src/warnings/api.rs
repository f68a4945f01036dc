//! Endpoints of what a customer wants to hear.

use super::hooks::{self, Hook};
use super::{Kind, error, flow};
use crate::State;
use serde::Serialize;
use turnpike_base::Result;
use turnpike_web::{Call, field, params};
use utoipa::ToSchema;

const KINDS: &[&str] = &["used_80", "used_100", "expires", "renews", "renewal_failed"];

params! {
    /// What `warning/set` takes; what is not sent stays.
    pub(super) struct Set {
        kind: &'static str = field::required(field::choice(KINDS)), "提醒类型", "Which warning";
        mail: Option<bool> = field::optional(field::switch()), "1 通过邮件提醒，0 不提醒", "1: by mail, 0: not";
        webhook: Option<bool> = field::optional(field::switch()), "1 发送到您的 Webhook，0 不发送", "1: to your webhook, 0: not";
    }
}

params! {
    /// What `warning/set-webhook` takes.
    pub(super) struct Where {
        url: String = field::or(field::text(0, hooks::LONGEST), String::new()), "接收地址；留空则删除", "Where events go; empty: nowhere any more";
    }
}

/// What a customer hears.
#[derive(Serialize, ToSchema)]
pub(super) struct WarningsView {
    list: Vec<WarningRow>,
    /// Null where there is none.
    webhook: Option<HookView>,
}

/// One kind of warning.
#[derive(Serialize, ToSchema)]
struct WarningRow {
    /// `used_80`, `used_100`, `expires` (within 3 days), `renews` or `renewal_failed`.
    kind: &'static str,
    /// 1: it comes by mail.
    mail: i64,
    /// 1: it goes to the webhook, where there is one.
    webhook: i64,
}

/// A customer's own webhook.
#[derive(Serialize, ToSchema)]
pub(super) struct HookView {
    /// Where events go.
    url: String,
    /// Signs them; empty where an operator looks.
    secret: String,
    /// The last try; null before.
    tried_at: Option<String>,
    /// Why it failed, in words; empty where it was taken.
    failure: String,
}

fn view(hook: &Hook, call: &Call) -> HookView {
    HookView {
        url: hook.url.clone(),
        secret: call.secret(&hook.secret),
        tried_at: hook.tried_at.map(|at| call.site.show(at)),
        failure: hook.failure.map(|why| why.text().get(call.lang).to_owned()).unwrap_or_default(),
    }
}

pub(super) async fn list(state: State, call: Call, (): ()) -> Result<WarningsView> {
    let tx = state.store.read().await?;
    let choices = flow::choices(&tx, call.customer).await?;
    let row = |kind: Kind| {
        let choice = choices.get(kind);
        WarningRow { kind: kind.name(), mail: i64::from(choice.mail), webhook: i64::from(choice.webhook) }
    };
    let hook = hooks::of(&tx, &state.vault, call.customer).await?;
    Ok(WarningsView {
        list: Kind::ALL.into_iter().map(row).collect(),
        webhook: hook.map(|hook| view(&hook, &call)),
    })
}

pub(super) async fn set(state: State, call: Call, input: Set) -> Result<()> {
    if input.mail.is_none() && input.webhook.is_none() {
        return Err(error::nothing_said());
    }
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == input.kind);
    let Some(kind) = kind else { return Ok(()) };
    flow::choose(&state, call.customer, kind, (input.mail, input.webhook)).await
}

pub(super) async fn set_webhook(state: State, call: Call, input: Where) -> Result<Option<HookView>> {
    let made = hooks::set(&state, call.customer, input.url.trim(), call.now).await?;
    Ok(made.map(|hook| view(&hook, &call)))
}

pub(super) async fn test_webhook(state: State, call: Call, (): ()) -> Result<()> {
    hooks::test(&state, call.customer, call.now).await
}
