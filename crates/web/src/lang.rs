//! Which language a caller reads: parameter, `Language`, `Accept-Language`, the site's default
//! (contract section 1, "Language").

use http::HeaderMap;
use http::request::Parts;
use turnpike_base::Lang;

/// The language a request asks for.
pub(crate) fn asked(parameter: Option<&str>, headers: &HeaderMap) -> Option<Lang> {
    let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    parameter
        .and_then(Lang::from_tag)
        .or_else(|| header("language").and_then(Lang::from_tag))
        .or_else(|| header("accept-language").and_then(preferred))
}

/// The language that a request's headers ask for; Chinese where they ask for none of ours.
pub fn of_headers(headers: &HeaderMap) -> Lang {
    asked(None, headers).unwrap_or_default()
}

/// The language that a request asks for before its body is read.
pub(crate) fn of_head(parts: &Parts) -> Option<Lang> {
    let query = crate::intake::pairs(parts.uri.query().unwrap_or_default().as_bytes());
    let parameter = query.iter().find(|(name, _)| name == "language").map(|(_, value)| value.as_str());
    asked(parameter, &parts.headers)
}

/// The first language of ours by weight (RFC 9110 section 12.5.4). Weights are compared as thousandths.
fn preferred(list: &str) -> Option<Lang> {
    let weighed = list.split(',').filter_map(|item| {
        let (tag, rest) = item.split_once(';').unwrap_or((item, ""));
        let weight = rest.trim().strip_prefix("q=").map_or(1_000, thousandths);
        Lang::from_tag(tag).filter(|_| weight > 0).map(|lang| (weight, lang))
    });
    // `max_by_key` takes the last of equals: count from the end to take the first.
    weighed.collect::<Vec<_>>().into_iter().rev().max_by_key(|(weight, _)| *weight).map(|(_, lang)| lang)
}

fn thousandths(weight: &str) -> u32 {
    let (whole, part) = weight.split_once('.').unwrap_or((weight, ""));
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    whole.parse::<u32>().unwrap_or(0) * 1_000 + part.parse::<u32>().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_language_of_ours_wins() {
        assert_eq!(preferred("fr, en;q=0.8, zh;q=0.9"), Some(Lang::Zh));
        assert_eq!(preferred("en-GB,zh"), Some(Lang::En));
        assert_eq!(preferred("zh;q=0, en;q=0.1"), Some(Lang::En));
        assert_eq!(preferred("fr"), None);
    }

    #[test]
    fn a_parameter_goes_before_headers() {
        let mut headers = HeaderMap::new();
        headers.insert("accept-language", "en".parse().unwrap());
        assert_eq!(asked(None, &headers), Some(Lang::En));
        headers.insert("language", "zh-CN".parse().unwrap());
        assert_eq!(asked(None, &headers), Some(Lang::Zh));
        assert_eq!(asked(Some("en"), &headers), Some(Lang::En));
        assert_eq!(asked(Some("xx"), &headers), Some(Lang::Zh));
    }
}
