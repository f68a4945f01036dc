//! The import file of exits: comma-separated lines under a line of column names.
//!
//! Columns, in any order: `target`, `pools` (names with `;`, `|` or blanks between them), `country`; optional
//! `state`, `city`, `asn` and `resolve` (`exit`, the default, or `gateway`). Lines that begin with `#` are left out.

use super::NewExit;
use turnpike_base::table::{self, Columns, Line, Table, wrong};
use turnpike_base::{Result, Text};
use turnpike_wire::{Pool, Resolve};

const COLUMNS: Columns<'_> =
    Columns { needed: &["target", "pools", "country"], optional: &["state", "city", "asn", "resolve"] };

/// Reads a file; what is wrong with its lines is kept beside those that could be read.
pub(super) fn parse(text: &str) -> Result<Table<NewExit>> {
    table::read(text, COLUMNS, row)
}

fn row(line: &Line<'_>) -> Result<NewExit> {
    Ok(NewExit {
        target: line.needed("target")?.to_owned(),
        resolve: match line.cell("resolve") {
            None | Some("exit") => Resolve::Exit,
            Some("gateway") => Resolve::Gateway,
            Some(_) => {
                let text = Text::new("resolve 应为 exit 或 gateway", "resolve must be exit or gateway");
                return Err(wrong(text));
            }
        },
        pools: pools(line.needed("pools")?)?,
        country: line.needed("country")?.to_owned(),
        state: line.cell("state").map(str::to_owned),
        city: line.cell("city").map(str::to_owned),
        asn: table::asn(line)?,
    })
}

fn pools(text: &str) -> Result<Vec<Pool>> {
    let names = text.split([';', '|', ' ']).filter(|name| !name.is_empty());
    let read = names.map(Pool::parse).collect::<Option<Vec<_>>>();
    read.filter(|pools| !pools.is_empty()).ok_or_else(|| {
        let all = Pool::ALL.map(Pool::name).join(", ");
        wrong(Text::made(format!("pools 应为 {all} 之一"), format!("pools must be some of {all}")))
    })
}
