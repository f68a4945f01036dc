//! The shipped articles, and what may stand in their place.

use super::rules::{Article, LONGEST, Source, check, filled, merged, parts};
use super::{SHIPPED, error};
use turnpike_base::{Lang, Text, Timestamp};

#[test]
fn every_article_has_a_title_and_a_text_in_both_languages() {
    let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    for (slug, text) in SHIPPED {
        for lang in [Lang::Zh, Lang::En] {
            let whole = text.get(lang);
            let (title, content) = parts(whole);
            assert!(whole.starts_with("# ") && content.len() > 200, "{slug}");
            assert_eq!(is_chinese(title), lang == Lang::Zh, "{slug}: {title}");
        }
        assert!(check(slug, &text.zh, &text.en, None).is_ok(), "{slug} can be saved as it is");
    }
}

fn saved(slug: &str, position: i64) -> Article {
    Article {
        slug: slug.into(),
        text: Text::new("# 标题\n正文", "# Title\ntext"),
        position,
        hidden: false,
        version: 1,
        changed_at: Some(Timestamp(0)),
    }
}

#[test]
fn saved_articles_stand_in_place_of_the_shipped_ones_and_among_them() {
    let all = merged(vec![saved(SHIPPED[0].0, 15), saved("own", 25), saved("first", 0)]);
    let seen: Vec<(&str, Source)> = all.iter().map(|a| (a.slug.as_str(), a.source())).collect();
    assert_eq!(
        seen[..5],
        [
            ("first", Source::Own),
            (SHIPPED[0].0, Source::Changed),
            (SHIPPED[1].0, Source::Shipped),
            ("own", Source::Own),
            (SHIPPED[2].0, Source::Shipped),
        ]
    );
    assert_eq!(all.len(), SHIPPED.len() + 2);
}

#[test]
fn an_article_has_a_name_a_title_and_a_text() {
    let good = "# Title\n\ntext";
    let fault = |slug: &str, zh: &str, en: &str, position| check(slug, zh, en, position).unwrap_err();
    for slug in ["", "a", "Upper", "with blank", "ü-x", &"x".repeat(65)] {
        assert!(fault(slug, good, good, None).errors.contains_key("slug"), "{slug}");
    }
    let long = format!("# Title\n{}", "x".repeat(LONGEST));
    for text in ["", "Title\ntext", "# \ntext", "# Title", "# Title\n \n", &long] {
        assert!(fault("own", text, good, None).errors.contains_key("zh"), "{text}");
        assert!(fault("own", good, text, None).errors.contains_key("en"), "{text}");
    }
    for position in [-1, 10_001] {
        assert!(fault("own", good, good, Some(position)).errors.contains_key("position"), "{position}");
    }
    assert_eq!(fault("a", good, good, None).errors, error::bad_slug().errors);
}

#[test]
fn known_words_in_braces_are_filled_once_and_others_stay() {
    let words = [("host", "gate.example".to_owned()), ("password", "{host}".to_owned())];
    for (text, whole) in [
        ("dial {host}:{port}", "dial gate.example:{port}"),
        ("{password}{host}", "{host}gate.example"),
        ("{{host} {host {} 主机", "{gate.example {host {} 主机"),
    ] {
        assert_eq!(filled(text, &words), whole);
    }
}
