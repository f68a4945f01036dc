//! A statement as CSV and as a page to print.

use super::api::{LineRow, Statement};
use turnpike_base::{Lang, Text};

const COLUMNS: [Text; 7] = [
    Text::new("时间", "Time"),
    Text::new("类型", "Kind"),
    Text::new("订单号", "Order"),
    Text::new("说明", "Details"),
    Text::new("外部收支", "Paid from outside"),
    Text::new("余额变动", "Change of balance"),
    Text::new("余额", "Balance"),
];

fn cells(row: &LineRow) -> [String; 7] {
    let LineRow { created_at, kind, trade_no, memo, paid, change, balance } = row;
    let texts = [created_at, kind, trade_no, memo].map(Clone::clone);
    let [a, b, c, d] = texts;
    [a, b, c, d, paid.to_string(), change.to_string(), balance.to_string()]
}

/// RFC 4180, with the mark by which spreadsheets know UTF-8.
pub(super) fn csv(statement: &Statement, lang: Lang) -> String {
    let head = COLUMNS.each_ref().map(|column| column.get(lang).to_owned());
    let rows = std::iter::once(head).chain(statement.list.iter().map(cells));
    let lines = rows.map(|row| row.map(|cell| field(&cell)).join(","));
    format!("\u{feff}{}\r\n", lines.collect::<Vec<_>>().join("\r\n"))
}

/// A field; one that a spreadsheet would take for a formula is made a text. Amounts may be negative.
fn field(text: &str) -> String {
    let number = text.strip_prefix('-').unwrap_or(text).bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let formula = !number && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// A page to print: whose it is, from whom, and each line.
pub(super) fn html(statement: &Statement, site: &str, owner: &str, lang: Lang) -> String {
    let title = Text::new("账单", "Statement");
    let names = [Text::new("期初余额", "Opening balance"), Text::new("期末余额", "Closing balance")];
    let [opening, closing] = names.each_ref().map(|name| name.get(lang));
    let cell = |tag: &str, text: &str| format!("<{tag}>{}</{tag}>", escaped(text));
    let head: String = COLUMNS.iter().map(|column| cell("th", column.get(lang))).collect();
    let row = |row: &LineRow| {
        format!("<tr>{}</tr>\n", cells(row).iter().map(|text| cell("td", text)).collect::<String>())
    };
    let rows: String = statement.list.iter().map(row).collect();
    format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<meta charset=\"utf-8\">\n<title>{site} {title} {month}</title>\n<style>{STYLE}</style>\n\
         <h1>{site} · {title} {month}</h1>\n<p>{owner}</p>\n<p>{opening} {open} {currency} · {closing} {close} {currency}</p>\n\
         <table>\n<tr>{head}</tr>\n{rows}</table>\n</html>\n",
        lang = lang.tag(),
        site = escaped(site),
        owner = escaped(owner),
        title = title.get(lang),
        month = statement.month,
        open = statement.opening,
        close = statement.closing,
        currency = statement.currency,
    )
}

const STYLE: &str = "body{font:14px/1.5 system-ui,sans-serif;margin:2em;color:#111}table{border-collapse:collapse;width:100%}\
    th,td{border-bottom:1px solid #ccc;padding:.3em .6em;text-align:left}td:nth-child(n+5),th:nth-child(n+5){text-align:right;\
    font-variant-numeric:tabular-nums}tr{break-inside:avoid}";

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_is_a_formula_and_every_field_stays_one() {
        let fields = ["-12.50", "=1+1", "-x", "a,b", "say \"hi\"", "12"].map(field);
        assert_eq!(fields, ["-12.50", "'=1+1", "'-x", "\"a,b\"", "\"say \"\"hi\"\"\"", "12"]);
    }

    #[test]
    fn what_others_wrote_is_no_markup() {
        assert_eq!(escaped("<b>\"&\"</b>"), "&lt;b&gt;&quot;&amp;&quot;&lt;/b&gt;");
    }
}
