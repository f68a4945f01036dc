//! Help articles: short texts in both languages. Some are shipped with the product; a site's operators change them or
//! add their own. Customers read them with the site's own host, port and API address in them.

mod error;
pub(crate) mod flow;
mod queries;
pub(crate) mod rules;
#[cfg(test)]
mod tests;

use crate::Control;
use serde::Serialize;
use turnpike_base::{Result, Text};
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
    let entry = control.0.network.entry();
    let api = format!("{}{}", call.base_url, call.site.prefixes.first().map_or("/gateway", String::as_str));
    let fill = |text: &str| {
        text.replace("{host}", &entry.host_of(None, &call.base_url))
            .replace("{port}", &entry.port.to_string())
            .replace("{api}", &api)
    };
    let all = flow::all(&control.store().read().await?, call.site.id).await?;
    let rows = all.iter().filter(|article| !article.hidden).map(|article| {
        let (title, content) = rules::parts(article.text.get(call.lang));
        ArticleRow { id: article.slug.clone(), title: title.to_owned(), content: fill(content) }
    });
    Ok(Listed { list: rows.collect() })
}
