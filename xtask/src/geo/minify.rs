//! A minifier for flags: drops comments, declarations, metadata, blanks between tags, and digits that
//! nobody sees.

/// Elements whose content is not drawn.
const UNSEEN: [&str; 4] = ["metadata", "title", "desc", "sodipodi:namedview"];

/// Documents above this many bytes draw small emblems with many points: one decimal is enough there.
const LARGE: usize = 16 * 1024;

/// The document without what is not drawn.
pub(super) fn svg(source: &str) -> String {
    let precision = if source.len() > LARGE { 1 } else { 2 };
    let mut text = without(source, "<!--", "-->");
    text = without(&text, "<?", "?>");
    text = without(&text, "<!", ">");
    for name in UNSEEN {
        text = without(&text, &format!("<{name}"), &format!("</{name}>"));
    }
    let mut out = String::with_capacity(text.len());
    for tag in text.split('<').skip(1) {
        let inside = tag.split_once('>').map_or(tag, |(inside, _)| inside);
        out.push('<');
        out.push_str(&attributes(inside, precision));
        out.push('>');
    }
    out
}

fn without(text: &str, from: &str, to: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(from) {
        out.push_str(before);
        rest = after.split_once(to).map_or("", |(_, behind)| behind);
    }
    out.push_str(rest);
    out
}

/// One tag's inside: single blanks between attributes, fewer digits in paths and points.
fn attributes(inside: &str, precision: usize) -> String {
    let mut out = String::with_capacity(inside.len());
    for (at, part) in inside.split('"').enumerate() {
        if at % 2 == 0 {
            let blank = if part.starts_with([' ', '\n', '\t', '\r']) && at > 0 { " " } else { "" };
            out.push_str(blank);
            out.push_str(&part.split_whitespace().collect::<Vec<_>>().join(" "));
        } else {
            let drawn = out.ends_with(" d=") || out.ends_with(" points=");
            let value = part.split_whitespace().collect::<Vec<_>>().join(" ");
            out.push('"');
            out.push_str(&if drawn { numbers(&value, precision) } else { value });
            out.push('"');
        }
    }
    out.replace("\" /", "\"/")
}

/// Path data with `precision` decimals; numbers below one keep three digits that count.
fn numbers(data: &str, precision: usize) -> String {
    let mut out = String::with_capacity(data.len());
    let mut digits = String::new();
    for c in data.chars() {
        if c.is_ascii_digit() || (c == '.' && !digits.contains('.')) {
            digits.push(c);
        } else {
            out.push_str(&shorter(&digits, precision));
            digits.clear();
            if c == '.' { digits.push(c) } else { out.push(c) }
        }
    }
    out.push_str(&shorter(&digits, precision));
    out
}

/// Rounds decimals. What stands before the point is left alone, since an arc's flags may be glued to it;
/// where rounding would reach it, the digits are cut.
fn shorter(number: &str, precision: usize) -> String {
    let Some((whole, decimals)) = number.split_once('.') else { return number.to_owned() };
    let zeros = decimals.len() - decimals.trim_start_matches('0').len();
    let keep = if whole.trim_start_matches('0').is_empty() { zeros + 3 } else { precision };
    let Some((kept, rest)) = decimals.split_at_checked(keep) else { return number.to_owned() };
    let up = u64::from(rest.as_bytes().first().is_some_and(|digit| *digit >= b'5'));
    let rounded = kept.parse::<u64>().map_or(0, |n| n + up);
    let rounded = format!("{rounded:0keep$}");
    let kept = if rounded.len() > keep { kept } else { rounded.as_str() };
    format!("{whole}.{kept}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_drawn_goes() {
        let source = "<?xml version=\"1.0\"?>\n<!-- by hand --><svg  viewBox=\"0 0 5 5\">\n <title>x</title>\n \
                      <path d=\"M1.23456 0.123456-.5.25 9.996z\" />\n</svg>\n";
        assert_eq!(svg(source), "<svg viewBox=\"0 0 5 5\"><path d=\"M1.23 0.123-.5.25 9.99z\"/></svg>");
    }
}
