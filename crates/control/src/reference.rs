//! What the API reference tells beside the endpoints: the guide, words for fields, answers that were really given.

use turnpike_base::{Lang, Result, Text};
use turnpike_web::reference::Book;
use turnpike_wire::Reason;

/// Chinese and English.
const GUIDES: [&str; 2] =
    [include_str!("../reference/guide.zh.html"), include_str!("../reference/guide.en.html")];

/// The book of the product's reference.
pub(crate) fn book() -> Result<Book> {
    let fill = |guide: &str, lang| guide.replace("{REASONS}", &reasons(lang));
    let guide = Text::made(fill(GUIDES[0], Lang::Zh), fill(GUIDES[1], Lang::En));
    Book::new(include_str!("../reference/words.tsv"), include_str!("../reference/examples.json"), guide)
}

/// The table of what the proxy entry refuses with.
fn reasons(lang: Lang) -> String {
    let row = |reason: &Reason| {
        let (slug, status, text) = (reason.slug(), reason.http_status(), reason.text());
        format!("<tr><td><code>{slug}</code></td><td>{status}</td><td>{}</td></tr>\n", text.get(lang))
    };
    Reason::ALL.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_with_a_client_finds_his_part() {
        for guide in GUIDES {
            assert!(guide.contains("href=\"#migrating\"") && guide.contains("id=\"migrating\""));
            assert!(guide.contains("endpoint/end") && guide.contains("<code>~</code>"));
        }
        assert_eq!(GUIDES[0].matches("<li>").count(), GUIDES[1].matches("<li>").count());
    }
}
