//! Lists that are told in one text, and the page of a list that is otherwise told whole.

use turnpike_base::Page;

/// The items of a list, blanks around them trimmed, empty ones dropped.
pub(crate) fn items(text: &str, is_separator: fn(char) -> bool) -> Vec<&str> {
    text.split(is_separator).map(str::trim).filter(|item| !item.is_empty()).collect()
}

/// The wanted part of a list that the document shows without paging: everything, unless asked for less.
pub(crate) fn part(page: Option<i64>, size: Option<i64>) -> Option<Page> {
    (page.is_some() || size.is_some())
        .then(|| Page::new(page.unwrap_or(1), size.unwrap_or(Page::DEFAULT_SIZE)))
}

/// LIMIT and OFFSET of a part.
pub(crate) fn window(part: Option<Page>) -> (i64, i64) {
    part.map_or((i64::MAX, 0), |page| (page.size, page.offset()))
}
