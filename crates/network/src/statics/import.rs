//! The import file: comma-separated lines under a line of column names.
//!
//! Columns, in any order: `address`, `type` (14 or 25), `country`; optional `state`, `city`, `asn`, `isp`,
//! `sharing` (`exclusive`, the default, or `shared`), `holders` (2 to 100, for shared ones) and `via` (the
//! parent proxy that leaves from the address). Lines that begin with `#` are left out.

use super::error;
use super::model::NewStatic;
use turnpike_base::{Fault, ProductType, Result, Text};

/// A shared address without a number takes this many.
const DEFAULT_HOLDERS: i64 = 3;
const MOST_HOLDERS: i64 = 100;

/// Reads a file; a wrong line is named by its number.
pub fn parse(text: &str) -> Result<Vec<NewStatic>> {
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let (at, header) = lines.next().ok_or_else(|| wrong(1, "文件为空", "the file is empty"))?;
    let columns: Vec<String> = cells(header).into_iter().map(|c| c.to_ascii_lowercase()).collect();
    for needed in ["address", "type", "country"] {
        if !columns.iter().any(|c| c == needed) {
            return Err(made(at, format!("缺少列 {needed}"), format!("the column {needed} is missing")));
        }
    }
    lines.map(|(at, line)| row(at, &columns, &cells(line))).collect()
}

/// The cells of a line; quotes keep commas.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => {
                if let Some(cell) = cells.last_mut() {
                    cell.push(c);
                }
            }
        }
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

fn wrong(line: usize, zh: &'static str, en: &'static str) -> Fault {
    error::bad_line(line, Text::new(zh, en))
}

fn made(line: usize, zh: String, en: String) -> Fault {
    error::bad_line(line, Text::made(zh, en))
}

fn row(at: usize, columns: &[String], cells: &[String]) -> Result<NewStatic> {
    let cell = |name: &str| {
        let number = columns.iter().position(|c| c == name)?;
        cells.get(number).map(String::as_str).filter(|cell| !cell.is_empty())
    };
    let address = cell("address").and_then(|a| a.parse().ok());
    let product = cell("type").and_then(|t| ProductType::from_number(t.parse().ok()?));
    let asn = |text: &str| text.trim_start_matches(['A', 'a', 'S', 's']).parse().ok();
    Ok(NewStatic {
        address: address.ok_or_else(|| wrong(at, "address 不是有效的 IP", "address is no IP address"))?,
        via: cell("via").map(str::to_owned),
        product: product
            .filter(|p| p.is_static())
            .ok_or_else(|| wrong(at, "type 应为 14 或 25", "type must be 14 or 25"))?,
        country: cell("country").ok_or_else(|| wrong(at, "缺少 country", "country is missing"))?.to_owned(),
        state: cell("state").map(str::to_owned),
        city: cell("city").map(str::to_owned),
        asn: match cell("asn") {
            Some(text) => Some(asn(text).ok_or_else(|| wrong(at, "asn 应为数字", "asn must be a number"))?),
            None => None,
        },
        isp: cell("isp").unwrap_or_default().to_owned(),
        holders: holders(at, cell("sharing"), cell("holders"))?,
    })
}

fn holders(at: usize, sharing: Option<&str>, number: Option<&str>) -> Result<i64> {
    let number = match number {
        Some(text) => Some(
            text.parse()
                .ok()
                .filter(|n| (1..=MOST_HOLDERS).contains(n))
                .ok_or_else(|| wrong(at, "holders 应为 1 到 100", "holders must be 1 to 100"))?,
        ),
        None => None,
    };
    match (sharing, number) {
        (None, number) => Ok(number.unwrap_or(1)),
        (Some("exclusive"), None | Some(1)) => Ok(1),
        (Some("shared"), number) => Ok(number.unwrap_or(DEFAULT_HOLDERS)),
        (Some("exclusive"), Some(_)) => {
            Err(wrong(at, "独享 IP 只能有一个持有者", "an exclusive address has one holder"))
        }
        (Some(_), _) => {
            Err(wrong(at, "sharing 应为 exclusive 或 shared", "sharing must be exclusive or shared"))
        }
    }
}
