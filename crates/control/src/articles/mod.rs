//! Help articles: short texts in both languages. Some are shipped with the product; a site's operators change them or
//! add their own. Customers read them with the site's own host, port and API address in them, and with their own account
//! and key in commands, so that these work as they stand.

mod error;
pub(crate) mod flow;
mod queries;
pub(crate) mod rules;
#[cfg(test)]
mod tests;

use crate::Control;
use serde::Serialize;
use turnpike_access::accounts::{self, Search};
use turnpike_base::{Page, ProductType, Result, Secret, Text};
use turnpike_identity::keys;
use turnpike_store::{Read, Vault};
use turnpike_web::{Call, Endpoint, Listed, with};
use utoipa::ToSchema;

/// Slug, Chinese, English; in reading order. The first line of each is its title.
#[rustfmt::skip] // One article a line reads as the table it is.
const SHIPPED: &[(&str, Text)] = &[
    ("first-steps", Text::new(include_str!("zh/first-steps.md"), include_str!("en/first-steps.md"))),
    ("places-and-sessions", Text::new(include_str!("zh/places-and-sessions.md"), include_str!("en/places-and-sessions.md"))),
    ("without-a-password", Text::new(include_str!("zh/without-a-password.md"), include_str!("en/without-a-password.md"))),
    ("static-addresses", Text::new(include_str!("zh/static-addresses.md"), include_str!("en/static-addresses.md"))),
    ("refused-connections", Text::new(include_str!("zh/refused-connections.md"), include_str!("en/refused-connections.md"))),
];

/// A help article.
#[derive(Debug, Serialize, ToSchema)]
struct ArticleRow {
    id: String,
    title: String,
    /// Markdown.
    content: String,
}

pub(crate) fn routes(control: &Control) -> Vec<Endpoint> {
    let (zh, en) = ("帮助文章列表", "Help articles");
    vec![Endpoint::get("article/list", "articles", zh, en, with(control, list)).codes(&[])]
}

async fn list(control: Control, call: Call, (): ()) -> Result<Listed<ArticleRow>> {
    let tx = control.store().read().await?;
    let words = words(&control, &call, &own(&tx, &control.0.vault, &call).await?);
    let all = flow::all(&tx, call.site.id).await?;
    let rows = all.iter().filter(|article| !article.hidden).map(|article| {
        let (title, content) = rules::parts(article.text.get(call.lang));
        let content = rules::filled(content, &words);
        ArticleRow { id: article.slug.clone(), title: title.to_owned(), content }
    });
    Ok(Listed { list: rows.collect() })
}

/// What stands in the place of each word in braces.
fn words(control: &Control, call: &Call, own: &Own) -> [(&'static str, String); 7] {
    let entry = control.0.network.entry();
    let said = |zh: &'static str, en: &'static str| Text::new(zh, en).get(call.lang).to_owned();
    let or = |known: &Option<String>, word: String| known.clone().unwrap_or(word);
    let prefix = call.site.prefixes.first().map_or("/gateway", String::as_str);
    [
        ("host", entry.host_of(None, &call.base_url)),
        ("port", entry.port.to_string()),
        ("api", format!("{}{prefix}", call.base_url)),
        ("sample", entry.sample_url.clone()),
        ("username", or(&own.username, said("用户名", "USERNAME"))),
        ("password", or(&own.password, said("密码", "PASSWORD"))),
        ("key", or(&own.key, said("您的密钥", "YOUR_KEY"))),
    ]
}

/// What commands need of the reader's own.
#[derive(Default)]
struct Own {
    username: Option<String>,
    password: Option<String>,
    key: Option<String>,
}

/// Of a person alone: a key that may read articles need not be one that may read passwords. Who looks at another's
/// console is shown no secrets.
async fn own(tx: &impl Read, vault: &Vault, call: &Call) -> Result<Own> {
    if call.login().is_none() {
        return Ok(Own::default());
    }
    let shown = |secret: &Secret| Some(call.secret(secret)).filter(|text| !text.is_empty());
    let wish = Search {
        keyword: String::new(),
        product: Some(ProductType::Dynamic),
        enabled: Some(true),
        page: Page::new(1, 1),
    };
    let accounts = accounts::flow::search(tx, vault, call.customer, &wish).await?;
    let account = accounts.rows.first();
    let name = |username: &str| match &call.site.account_prefix {
        Some(prefix) => format!("{prefix}-{username}"),
        None => username.to_owned(),
    };
    Ok(Own {
        username: account.map(|account| name(&account.username)),
        password: account.and_then(|account| shown(&account.password)),
        key: keys::newest(tx, vault, call.customer).await?.as_ref().and_then(shown),
    })
}
