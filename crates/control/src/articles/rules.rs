//! What an article is, and what it may say. Pure.

use super::{SHIPPED, error};
use turnpike_base::{Result, Text, Timestamp};

/// The longest article in one language, in characters.
pub(crate) const LONGEST: usize = 20_000;
/// The longest title, in characters.
pub(crate) const TITLE: usize = 120;
/// Between two shipped articles, so that others fit in between.
const STEP: i64 = 10;
/// The last place that an article may have.
pub(crate) const LAST: i64 = 10_000;

/// Where an article comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// It came with the product.
    Shipped,
    /// It came with the product, and operators changed it.
    Changed,
    /// Operators wrote it.
    Own,
}

impl Source {
    /// As operators' programs read it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Shipped => "shipped",
            Self::Changed => "changed",
            Self::Own => "own",
        }
    }
}

/// An article.
#[derive(Clone, Debug)]
pub(crate) struct Article {
    /// Names it within the site.
    pub(crate) slug: String,
    /// Markdown; the first line of each language is the title.
    pub(crate) text: Text,
    /// Where it stands among the others, from the least.
    pub(crate) position: i64,
    /// Customers don't see it.
    pub(crate) hidden: bool,
    /// Counts its saves; 0: it was never changed.
    pub(crate) version: i64,
    /// When it was saved last.
    pub(crate) changed_at: Option<Timestamp>,
}

impl Article {
    /// Where it comes from.
    pub(crate) fn source(&self) -> Source {
        match (self.version, is_shipped(&self.slug)) {
            (0, _) => Source::Shipped,
            (_, true) => Source::Changed,
            (_, false) => Source::Own,
        }
    }
}

/// Whether an article of this name comes with the product.
pub(crate) fn is_shipped(slug: &str) -> bool {
    SHIPPED.iter().any(|(name, _)| *name == slug)
}

/// The shipped articles with what operators saved in their place and beside them, in reading order.
pub(super) fn merged(saved: Vec<Article>) -> Vec<Article> {
    let own = |slug: &str| saved.iter().any(|article| article.slug == slug);
    let shipped = SHIPPED.iter().zip(1..).filter(|((slug, _), _)| !own(slug));
    let mut all: Vec<Article> = shipped
        .map(|((slug, text), n)| Article {
            slug: (*slug).to_owned(),
            text: text.clone(),
            position: n * STEP,
            hidden: false,
            version: 0,
            changed_at: None,
        })
        .collect();
    all.extend(saved);
    all.sort_by(|a, b| (a.position, &a.slug).cmp(&(b.position, &b.slug)));
    all
}

/// Title and content of an article.
pub(crate) fn parts(text: &str) -> (&str, &str) {
    let (title, content) = text.split_once('\n').unwrap_or((text, ""));
    (title.trim_start_matches("# ").trim(), content.trim())
}

/// A text with what stands in the place of each `{word}`; braces around others stay.
pub(super) fn filled(text: &str, words: &[(&str, String)]) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        whole.push_str(before);
        let known = words.iter().find_map(|(word, value)| {
            Some((value, after.strip_prefix(word).and_then(|rest| rest.strip_prefix('}'))?))
        });
        rest = match known {
            Some((value, rest)) => {
                whole.push_str(value);
                rest
            }
            None => {
                whole.push('{');
                after
            }
        };
    }
    whole + rest
}

/// Checks what is to be saved.
pub(super) fn check(slug: &str, zh: &str, en: &str, position: Option<i64>) -> Result<()> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if !(2..=64).contains(&slug.len()) || !slug.bytes().all(plain) {
        return Err(error::bad_slug());
    }
    if position.is_some_and(|position| !(0..=LAST).contains(&position)) {
        return Err(error::bad_position());
    }
    for (field, text) in [("zh", zh), ("en", en)] {
        let (title, content) = parts(text);
        let titled = text.starts_with("# ") && (1..=TITLE).contains(&title.chars().count());
        if !titled || content.is_empty() || text.chars().count() > LONGEST {
            return Err(error::bad_text(field));
        }
    }
    Ok(())
}
