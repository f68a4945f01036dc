//! The import file: comma-separated lines under a line of column names.
//!
//! Columns, in any order: `address`, `type` (14 or 25), `country`; optional `state`, `city`, `asn`, `isp`,
//! `sharing` (`exclusive`, the default, or `shared`), `holders` (2 to 100, for shared ones) and `via` (the
//! parent proxy that leaves from the address). Lines that begin with `#` are left out.

use super::model::NewStatic;
use crate::exits::rules::is_a_hosts;
use turnpike_base::table::{self, Columns, Line, Table, wrong};
use turnpike_base::{Fault, ProductType, Result, Text};

/// A shared address without a number takes this many.
const DEFAULT_HOLDERS: i64 = 3;
const MOST_HOLDERS: i64 = 100;

const COLUMNS: Columns<'_> = Columns {
    needed: &["address", "type", "country"],
    optional: &["state", "city", "asn", "isp", "sharing", "holders", "via"],
};

/// Reads a file; what is wrong with its lines is kept beside those that could be read.
pub fn parse(text: &str) -> Result<Table<NewStatic>> {
    table::read(text, COLUMNS, row)
}

fn row(line: &Line<'_>) -> Result<NewStatic> {
    let address = line.cell("address").and_then(|a| a.parse().ok()).filter(is_a_hosts);
    let product = line.cell("type").and_then(|t| ProductType::from_number(t.parse().ok()?));
    Ok(NewStatic {
        address: address
            .ok_or_else(|| bad("address 不是一台主机的 IP", "address is no IP address of a host"))?,
        via: line.cell("via").map(str::to_owned),
        product: product
            .filter(|p| p.is_static())
            .ok_or_else(|| bad("type 应为 14 或 25", "type must be 14 or 25"))?,
        country: line.needed("country")?.to_owned(),
        state: line.cell("state").map(str::to_owned),
        city: line.cell("city").map(str::to_owned),
        asn: table::asn(line)?,
        isp: line.cell("isp").unwrap_or_default().to_owned(),
        holders: holders(line)?,
    })
}

fn bad(zh: &'static str, en: &'static str) -> Fault {
    wrong(Text::new(zh, en))
}

fn holders(line: &Line<'_>) -> Result<i64> {
    let (sharing, number) = (line.cell("sharing"), line.cell("holders"));
    let number = match number {
        Some(text) => Some(
            text.parse()
                .ok()
                .filter(|n| (1..=MOST_HOLDERS).contains(n))
                .ok_or_else(|| bad("holders 应为 1 到 100", "holders must be 1 to 100"))?,
        ),
        None => None,
    };
    match (sharing, number) {
        (None, number) => Ok(number.unwrap_or(1)),
        (Some("exclusive"), None | Some(1)) => Ok(1),
        (Some("shared"), number) => Ok(number.unwrap_or(DEFAULT_HOLDERS)),
        (Some("exclusive"), Some(_)) => {
            Err(bad("独享 IP 只能有一个持有者", "an exclusive address has one holder"))
        }
        (Some(_), _) => Err(bad("sharing 应为 exclusive 或 shared", "sharing must be exclusive or shared")),
    }
}
