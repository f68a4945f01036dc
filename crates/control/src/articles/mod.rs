//! Help articles: short texts in both languages, shipped with the product, with the site's own host and port in them.

use crate::Control;
use serde::Serialize;
use turnpike_base::{Result, Text};
use turnpike_web::{Call, Endpoint, Listed, with};
use utoipa::ToSchema;

/// Slug, Chinese, English; in reading order. The first line of each is its title.
#[rustfmt::skip] // One article a line reads as the table it is.
const ARTICLES: &[(&str, Text)] = &[
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
    let rows = ARTICLES.iter().map(|(slug, text)| {
        let (title, content) = parts(text.get(call.lang));
        ArticleRow { id: (*slug).to_owned(), title: title.to_owned(), content: fill(content) }
    });
    Ok(Listed { list: rows.collect() })
}

fn parts(text: &str) -> (&str, &str) {
    let (title, content) = text.split_once('\n').unwrap_or((text, ""));
    (title.trim_start_matches("# "), content.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use turnpike_base::Lang;

    #[test]
    fn every_article_has_a_title_and_a_text_in_both_languages() {
        let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        for (slug, text) in ARTICLES {
            for lang in [Lang::Zh, Lang::En] {
                let whole = text.get(lang);
                let (title, content) = parts(whole);
                assert!(whole.starts_with("# ") && content.len() > 200, "{slug}");
                assert_eq!(is_chinese(title), lang == Lang::Zh, "{slug}: {title}");
            }
        }
    }
}
