//! What can go wrong with articles.

use super::rules::{LAST, LONGEST, TITLE};
use turnpike_base::{Code, Fault, Text};

/// The name can't be used.
pub(super) fn bad_slug() -> Fault {
    Fault::parameter(
        "slug",
        Text::new("应为 2 到 64 个小写字母、数字或 -", "must be 2 to 64 lower-case letters, digits or -"),
    )
}

/// The place is beyond what there is.
pub(super) fn bad_position() -> Fault {
    Fault::parameter(
        "position",
        Text::made(format!("应为 0 到 {LAST} 的整数"), format!("must be a whole number from 0 to {LAST}")),
    )
}

/// A text is no article.
pub(super) fn bad_text(field: &str) -> Fault {
    Fault::parameter(
        field,
        Text::made(
            format!("首行应为“# 标题”（1 到 {TITLE} 个字符），其后为正文；总长最多 {LONGEST} 个字符"),
            format!(
                "must begin with a line \"# Title\" (1 to {TITLE} characters) that a text follows; at most {LONGEST} characters in all"
            ),
        ),
    )
}

/// There is no such article.
pub(super) fn unknown(slug: &str) -> Fault {
    let slug: String = slug.chars().take(64).collect();
    Fault::new(Code::NotFound, "article_unknown")
        .say(Text::made(format!("文章 {slug} 不存在"), format!("There is no article {slug}")))
}

/// A shipped article is as it was shipped.
pub(super) fn unchanged(slug: &str) -> Fault {
    Fault::new(Code::Conflict, "article_unchanged").say(Text::made(
        format!("文章 {slug} 是内置文章且未修改；不需要时可隐藏"),
        format!(
            "The article {slug} comes with the product and was not changed; hide it where it is not wanted"
        ),
    ))
}

/// Somebody saved it meanwhile.
pub(super) fn changed() -> Fault {
    Fault::new(Code::Conflict, "article_changed").say(Text::new(
        "文章已被他人修改，请刷新后再保存",
        "Somebody else saved the article meanwhile; load it again before you save",
    ))
}

/// The site has as many as it can have.
pub(super) fn too_many(most: usize) -> Fault {
    Fault::new(Code::Conflict, "too_many_articles")
        .say(Text::made(format!("每个站点最多 {most} 篇文章"), format!("A site has at most {most} articles")))
}
