//! Hours out of quarter-hours, and CSV. Pure.

use super::queries::{Line, Quarter};
use crate::usage::queries::QUARTER_MS;
use jiff::tz::TimeZone;
use turnpike_base::{Bytes, Timestamp};

/// What rows stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Hour,
    Account,
    Country,
    Host,
}

impl By {
    /// Reads a word of the parameter.
    pub(super) fn parse(word: &str) -> Self {
        match word {
            "account" => Self::Account,
            "country" => Self::Country,
            "host" => Self::Host,
            _ => Self::Hour,
        }
    }

    const fn column(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Account => "username",
            Self::Country => "country_code",
            Self::Host => "host",
        }
    }
}

/// Sums quarter-hours (newest first) into the zone's hours.
pub(super) fn hours(quarters: &[Quarter], zone: &TimeZone) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for quarter in quarters {
        let at = Timestamp(quarter.number * QUARTER_MS).zoned(zone);
        let key = at.strftime("%Y-%m-%d %H:00:00").to_string();
        match lines.last_mut().filter(|line| line.key == key) {
            Some(line) => {
                line.bytes += quarter.bytes;
                line.connections = line.connections.map(|n| n + quarter.connections);
            }
            None => {
                lines.push(Line { key, bytes: quarter.bytes, connections: Some(quarter.connections) });
            }
        }
    }
    lines
}

/// CSV (RFC 4180) with a head line.
pub(super) fn csv(by: By, lines: &[Line]) -> String {
    let mut text = format!("{},flow_kb,connections\r\n", by.column());
    for line in lines {
        let connections = line.connections.map_or_else(String::new, |n| n.to_string());
        text += &format!("{},{},{connections}\r\n", cell(&line.key), Bytes(line.bytes).to_kb_up().0);
    }
    text
}

/// A cell. Hosts come from strangers: one that a spreadsheet would take for a formula is disarmed.
fn cell(text: &str) -> String {
    let armed = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if armed { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_of_an_hour_add_up_in_the_zone() {
        let quarter = |number| Quarter { number, bytes: 600, connections: 1 };
        let zone = TimeZone::get("Asia/Kolkata").unwrap();
        // 00:15 UTC is 05:45 there.
        let lines = hours(&[quarter(5), quarter(4), quarter(2), quarter(1)], &zone);
        let told: Vec<_> = lines.iter().map(|l| (l.key.as_str(), l.bytes, l.connections)).collect();
        assert_eq!(told, [("1970-01-01 06:00:00", 1_800, Some(3)), ("1970-01-01 05:00:00", 600, Some(1))]);
    }

    #[test]
    fn cells_can_not_break_out() {
        let line = |key: &str| Line { key: key.into(), bytes: 1_025, connections: None };
        let lines = [line("=cmd()"), line("a,b"), line("say \"hi\""), line("example.com")];
        let text = csv(By::Host, &lines);
        assert_eq!(
            text,
            "host,flow_kb,connections\r\n'=cmd(),2,\r\n\"a,b\",2,\r\n\"say \"\"hi\"\"\",2,\r\nexample.com,2,\r\n"
        );
    }
}
