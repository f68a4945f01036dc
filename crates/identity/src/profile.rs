//! What a customer may change of himself: the name he logs in with, the language of his mails.

use crate::State;
use serde::Serialize;
use turnpike_base::{Code, Fault, Result, Text};
use turnpike_store::{WriteTx, args};
use turnpike_web::{Call, Endpoint, field, params, with};
use utoipa::ToSchema;

params! {
    /// What `user/change-profile` takes; only what is sent changes.
    pub struct Change {
        username: Option<String> = field::optional(field::text(3, 32)), "用户名：字母开头，3 到 32 个字母、数字、- 或 _", "User name: a letter, then letters, digits, - or _; 3 to 32 in all";
        lang: Option<&'static str> = field::optional(field::choice(&["zh", "en"])), "邮件语言", "Language of mails";
    }
}

/// The document's User, and what the console needs besides.
#[derive(Serialize, ToSchema)]
pub struct UserView {
    /// The customer's number.
    pub id: i64,
    /// E-mail address.
    pub email: String,
    /// Telephone; empty if there is none.
    pub phone: String,
    /// Another name to log in with; empty if there is none.
    pub username: String,
    /// What he may spend, in the site's currency.
    #[schema(value_type = f64)]
    pub balance: turnpike_base::Money,
    /// What he ever topped up, in the site's currency.
    #[schema(value_type = f64)]
    pub total_recharge_fee: turnpike_base::Money,
    /// 1 active, 0 disabled.
    pub status: i64,
    /// Whether real-name verification is passed.
    pub is_real_name: bool,
    /// Whether a second factor is on.
    pub totp: bool,
    /// Whether deletions ask for a code.
    pub verify_before_delete: bool,
    /// Language of mails.
    pub language: &'static str,
    /// In the site's time zone.
    pub created_at: String,
    /// The app_key; empty where an operator looks.
    pub openid: String,
    /// An operator looks through this login; nothing can be changed.
    pub view_only: bool,
}

pub(crate) fn routes(s: &State) -> Vec<Endpoint> {
    vec![
        Endpoint::post(
            "user/change-profile",
            "user",
            "修改资料",
            "Changes user name or language",
            with(s, change),
        )
        .codes(&[])
        .console(),
    ]
}

async fn change(state: State, call: Call, input: Change) -> Result<()> {
    let tx = state.store.write().await?;
    if let Some(name) = &input.username {
        set_username(&tx, &call, name).await?;
    }
    if let Some(lang) = input.lang {
        tx.exec("UPDATE customers SET lang = $2 WHERE id = $1", args![call.customer, lang]).await?;
    }
    Ok(tx.commit().await?)
}

async fn set_username(tx: &WriteTx, call: &Call, name: &str) -> Result<()> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    if !name.bytes().all(fits) || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(Fault::parameter(
            "username",
            Text::new(
                "应以字母开头，由字母、数字、- 和 _ 组成",
                "must begin with a letter and be of letters, digits, - and _",
            ),
        ));
    }
    let sql = "UPDATE customers SET username = $2 WHERE id = $1";
    match tx.exec(sql, args![call.customer, name.to_lowercase()]).await {
        Err(error) if error.is_duplicate() => Err(Fault::new(Code::Conflict, "username_taken")
            .say(Text::made(format!("用户名 {name} 已被使用"), format!("The user name {name} is taken")))),
        other => Ok(other.map(drop)?),
    }
}
