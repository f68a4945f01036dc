//! What the API reference tells beside the endpoints: the guide, words for fields, answers that were really given.

use turnpike_base::{Lang, Result, Text};
use turnpike_web::reference::Book;
use turnpike_wire::Reason;

/// The book of the product's reference.
pub(crate) fn book() -> Result<Book> {
    let fill = |guide: &str, lang| guide.replace("{REASONS}", &reasons(lang));
    let guide = Text::made(
        fill(include_str!("../reference/guide.zh.html"), Lang::Zh),
        fill(include_str!("../reference/guide.en.html"), Lang::En),
    );
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
