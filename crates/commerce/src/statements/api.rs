//! Endpoints of statements.

use super::rules::{self, Month};
use super::{queries, render};
use crate::State;
use crate::ledger::{self, Wanted};
use serde::Serialize;
use std::collections::HashMap;
use turnpike_base::{CustomerId, Fault, Lang, Money, Page, Result, Text};
use turnpike_identity::customers;
use turnpike_store::Read;
use turnpike_web::{Answer, Call, Listed, Plain, Site, field, params};
use utoipa::ToSchema;

/// Entries of a month that are shown; more are in the next page of the ledger, which nobody has reached.
const MOST: i64 = 100_000;
/// Months listed.
const MONTHS: usize = 60;

params! {
    /// What `statement/month` takes.
    pub struct Which {
        month: String = field::required(field::text(7, 7)), "月份，YYYY-MM，按站点时区", "Month as YYYY-MM, in the site's time zone";
        format: Option<String> = field::optional(field::text(3, 4)), "json（默认）、csv 或 html", "json (default), csv or html";
    }
}

/// A month.
#[derive(Serialize, ToSchema)]
pub(super) struct MonthRow {
    /// YYYY-MM.
    month: String,
}

/// A month's statement.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Statement {
    pub(super) month: String,
    pub(super) currency: String,
    /// Balance before the month.
    #[schema(value_type = f64)]
    pub(super) opening: Money,
    /// Balance at its end, or now.
    #[schema(value_type = f64)]
    pub(super) closing: Money,
    /// Oldest first.
    #[schema(inline)]
    pub(super) list: Vec<LineRow>,
}

/// A line of a statement.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct LineRow {
    pub(super) created_at: String,
    pub(super) kind: String,
    pub(super) trade_no: String,
    pub(super) memo: String,
    /// What was paid from outside; negative: paid back there.
    #[schema(value_type = f64)]
    pub(super) paid: Money,
    /// What it did to the balance.
    #[schema(value_type = f64)]
    pub(super) change: Money,
    /// The balance afterwards.
    #[schema(value_type = f64)]
    pub(super) balance: Money,
}

pub(super) async fn list(state: State, call: Call, _: ()) -> Result<Listed<MonthRow>> {
    let first = queries::first_entry(&state.store.read().await?, call.customer).await?;
    let Some(first) = first else { return Ok(Listed { list: Vec::new() }) };
    let (first, now) = (Month::of(first, &call.site.zone), Month::of(call.now, &call.site.zone));
    let months = std::iter::successors(Some(now), |month| Some(month.before()));
    let months = months.take_while(|month| *month >= first).take(MONTHS);
    Ok(Listed { list: months.map(|month| MonthRow { month: month.to_string() }).collect() })
}

/// What an order is called in the reader's language, where the entry is about it; else as it was written.
fn told(titles: &HashMap<String, Text>, trade_no: &str, memo: String, lang: Lang) -> String {
    let title = titles.get(trade_no).filter(|title| title.en == memo);
    title.map_or(memo, |title| title.get(lang).to_owned())
}

/// Builds a statement.
pub(super) async fn statement(
    tx: &impl Read,
    site: &Site,
    customer: CustomerId,
    month: Month,
    lang: Lang,
) -> Result<Statement> {
    let (from, until) = month.range(&site.zone);
    let opening = queries::balance_before(tx, customer, from).await?;
    let wanted = Wanted { customer: Some(customer), from: Some(from), until: Some(until) };
    let mut entries = ledger::list(tx, wanted, Page { number: 1, size: MOST }).await?.rows;
    entries.reverse();
    let titles = queries::titles(tx, customer, from, until).await?;
    let mut balance = opening;
    let mut list = Vec::with_capacity(entries.len());
    for entry in &entries {
        let line = rules::line(entry, lang);
        balance = entry.balance.unwrap_or(balance);
        let row = LineRow {
            created_at: site.show(line.at),
            kind: line.kind,
            memo: told(&titles, &line.trade_no, line.memo, lang),
            trade_no: line.trade_no,
            paid: line.outside,
            change: line.change,
            balance,
        };
        list.push(row);
    }
    let currency = site.currency.code().to_owned();
    Ok(Statement { month: month.to_string(), currency, opening, closing: balance, list })
}

pub(super) async fn month(state: State, call: Call, input: Which) -> Result<Answer<Statement>> {
    let wrong = || {
        Fault::parameter("month", Text::new("应为 YYYY-MM，例如 2026-11", "must be YYYY-MM, such as 2026-11"))
    };
    let month = Month::parse(&input.month).ok_or_else(wrong)?;
    let statement =
        statement(&state.store.read().await?, &call.site, call.customer, month, call.lang).await?;
    match input.format.as_deref() {
        None | Some("json") => Ok(Answer::Data(statement)),
        Some("csv") => {
            let text = render::csv(&statement, call.lang);
            Ok(Answer::Plain(Plain { kind: "text/csv; charset=utf-8", text }))
        }
        Some("html") => {
            let owner = customers::by_id(&state.store.read().await?, call.customer).await?.email;
            let text = render::html(&statement, &call.site.title, &owner, call.lang);
            Ok(Answer::Plain(Plain { kind: "text/html; charset=utf-8", text }))
        }
        Some(_) => {
            let text = Text::new("应为 json、csv 或 html", "must be json, csv or html");
            Err(Fault::parameter("format", text))
        }
    }
}
