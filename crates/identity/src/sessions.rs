//! A customer's open logins, and what was done in his name.

use crate::people::Person;
use crate::{State, audit, logins};
use serde::Serialize;
use turnpike_base::{Code, Fault, LoginId, Page, PageOf, Result, Text};
use turnpike_web::{Call, Endpoint, Listed, Paged, field, params, with};
use utoipa::ToSchema;

params! {
    /// What `user/end-session` takes.
    pub struct Which {
        id: i64 = field::required(field::int(1, i64::MAX, "")), "会话 ID", "Id of the session";
    }
}
params! {
    /// What `user/activity` takes.
    pub struct Part {
        page: i64 = field::or(field::int(1, 1_000_000, ""), 1), "页码", "Page, from 1";
        size: i64 = field::or(field::int(1, 1_000_000, ""), 20), "每页条数，最多 200", "Rows a page; more than 200 are 200";
    }
}

/// One open login.
#[derive(Serialize, ToSchema)]
struct SessionRow {
    id: i64,
    /// The address it was opened from.
    ip: String,
    /// What the program calls itself.
    agent: String,
    created_at: String,
    /// Last use, to 5 minutes.
    seen_at: String,
    expires_at: String,
    /// Whether it is the one that asks.
    current: bool,
}

/// One thing done.
#[derive(Serialize, ToSchema)]
struct ActivityRow {
    id: i64,
    created_at: String,
    /// `customer`, `operator`, `token`, `command` or `visitor`.
    actor: String,
    /// The endpoint or command.
    action: String,
    detail: String,
    /// `ok`, or the slug of the refusal.
    outcome: String,
    ip: String,
}

#[rustfmt::skip] // One endpoint a line reads as the table it is.
pub(crate) fn routes(s: &State) -> Vec<Endpoint> {
    const TAG: &str = "user";
    vec![
        Endpoint::get("user/sessions", TAG, "登录会话列表", "Open logins of the customer", with(s, list)).codes(&[]).console(),
        Endpoint::post("user/end-session", TAG, "结束一个登录会话", "Ends one login", with(s, end)).codes(&[Code::NotFound]).console(),
        Endpoint::post("user/end-other-sessions", TAG, "结束其他登录会话", "Ends every login but this one", with(s, end_others)).codes(&[]).console(),
        Endpoint::get("user/activity", TAG, "操作记录", "What was done in the customer's name, the newest first", with(s, activity)).codes(&[]).console(),
    ]
}

async fn list(state: State, call: Call, (): ()) -> Result<Listed<SessionRow>> {
    let found = logins::list(&state.store.read().await?, Person::Customer(call.customer), call.now).await?;
    let row = |login: logins::Login| SessionRow {
        id: login.id.0,
        current: call.login() == Some(login.id),
        ip: login.client,
        agent: login.agent,
        created_at: call.site.show(login.created_at),
        seen_at: call.site.show(login.seen_at),
        expires_at: call.site.show(login.expires_at),
    };
    Ok(Listed { list: found.into_iter().map(row).collect() })
}

async fn end(state: State, call: Call, input: Which) -> Result<()> {
    let tx = state.store.write().await?;
    if !logins::end(&tx, Person::Customer(call.customer), LoginId(input.id), call.now).await? {
        return Err(Fault::new(Code::NotFound, "session_unknown")
            .say(Text::new("会话不存在", "There is no such session")));
    }
    Ok(tx.commit().await?)
}

async fn end_others(state: State, call: Call, (): ()) -> Result<()> {
    let tx = state.store.write().await?;
    logins::end_others(&tx, Person::Customer(call.customer), call.login(), call.now).await?;
    Ok(tx.commit().await?)
}

async fn activity(state: State, call: Call, input: Part) -> Result<Paged<ActivityRow>> {
    let page = Page::new(input.page, input.size);
    let wanted =
        audit::Wanted { customer: Some(call.customer), without_looks: true, ..audit::Wanted::default() };
    // What an operator noted beside what he did, and where he was, is for operators.
    let own = |kind: &str| matches!(kind, "customer" | "visitor");
    let found = audit::list(&state.store.read().await?, &wanted, page).await?;
    let row = |note: audit::Kept| ActivityRow {
        id: note.id,
        created_at: call.site.show(note.at),
        detail: if own(&note.actor_kind) { note.detail } else { String::new() },
        ip: if own(&note.actor_kind) { note.client } else { String::new() },
        actor: note.actor_kind,
        action: note.action,
        outcome: note.outcome,
    };
    Ok(PageOf { page: found.page, total: found.total, rows: found.rows.into_iter().map(row).collect() }
        .into())
}
