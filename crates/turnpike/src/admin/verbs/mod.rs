//! Nouns and verbs of `turnpike admin`. Each verb's arguments serialise to the very input of the
//! operator's command of the same name, so the command line and the operator API can't drift apart.

mod articles;
mod money;
mod network;
mod operators;
mod people;
mod places;
mod shop;
#[cfg(test)]
mod tests;
mod usage;

use super::secrets;
use anyhow::{Context, Result};
use articles::Article;
use clap::{Args, Subcommand};
use money::{Invoice, Job, Ledger, Payment, PaymentMethod};
use network::{Exit, Rule, StaticIp};
use operators::{Audit, Mail, Operator};
use people::{Account, Customer, Package, Site};
use places::Place;
use serde::Serialize;
use serde_json::Value;
use shop::{Coupon, Order, Product};
use usage::Usage;

/// What there is to run an installation by.
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Noun {
    /// Brands: prefixes of the API, language, time zone, currency
    #[command(subcommand)]
    Site(Site),
    /// What a site calls countries, states and cities, beside the catalogue's names
    #[command(subcommand)]
    Place(Place),
    /// Customers and their app_keys
    #[command(subcommand)]
    Customer(Customer),
    /// People who run the installation, with their roles
    #[command(subcommand)]
    Operator(Operator),
    /// Who did what, when, from where
    #[command(subcommand)]
    Audit(Audit),
    /// Mails to people: what waits, what went out
    #[command(subcommand)]
    Mail(Mail),
    /// What customers may use: traffic buckets, unmetered use, counts
    #[command(subcommand)]
    Package(Package),
    /// Proxy accounts of customers
    #[command(subcommand)]
    Account(Account),
    /// Ways out: local addresses and upstream proxies
    #[command(subcommand)]
    Exit(Exit),
    /// Destinations closed to every customer
    #[command(subcommand)]
    Rule(Rule),
    /// Static addresses in stock and in customers' hands
    #[command(subcommand)]
    StaticIp(StaticIp),
    /// Ways to pay, site by site
    #[command(subcommand)]
    PaymentMethod(PaymentMethod),
    /// Payments, refunds that wait
    #[command(subcommand)]
    Payment(Payment),
    /// Work that waits or runs
    #[command(subcommand)]
    Job(Job),
    /// Invoices that customers asked for
    #[command(subcommand)]
    Invoice(Invoice),
    /// The catalogue: what is sold, for how much
    #[command(subcommand)]
    Product(Product),
    /// Help articles that customers read in the console
    #[command(subcommand)]
    Article(Article),
    /// What makes orders cheaper
    #[command(subcommand)]
    Coupon(Coupon),
    /// What customers bought
    #[command(subcommand)]
    Order(Order),
    /// The books: entries, accounts, their proof
    #[command(subcommand)]
    Ledger(Ledger),
    /// Traffic: what customers used, and who used an exit
    #[command(subcommand)]
    Usage(Usage),
}

/// Which part of a list.
#[derive(Args, Debug, Serialize)]
pub(crate) struct Paging {
    /// Page, from 1 [default: 1]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    page: Option<i64>,
    /// Rows of a page, up to 200 [default: 200]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    size: Option<i64>,
}

/// A command to run: what stands behind `/operator/`, and its input.
#[derive(Debug, PartialEq)]
pub(super) struct Call {
    /// `noun/verb`.
    pub path: String,
    /// A JSON object.
    pub input: Value,
}

impl Noun {
    /// Reads what is to come from files, the standard input or a person, and makes the call.
    ///
    /// # Errors
    /// Something of it can't be read.
    pub(super) fn call(mut self) -> Result<Call> {
        match &mut self {
            Self::Customer(customer) => customer.ask()?,
            Self::Operator(operator) => operator.ask()?,
            Self::Site(site) => site.read()?,
            Self::Place(place) => place.read()?,
            Self::Exit(exit) => exit.ask()?,
            Self::StaticIp(address) => address.read()?,
            Self::Product(product) => product.read()?,
            Self::Article(article) => article.read()?,
            _ => {}
        }
        self.into_call()
    }

    /// The names of the variants are the names of the command: `{"exit": {"add": {…}}}` is `exit/add`.
    fn into_call(self) -> Result<Call> {
        let (noun, verb) = peel(serde_json::to_value(self)?)?;
        let (verb, mut input) = peel(verb)?;
        if let Value::Object(fields) = &mut input {
            // What was not said is left out: the command knows its defaults.
            fields.retain(|_, value| !value.is_null());
        }
        Ok(Call { path: format!("{noun}/{verb}"), input })
    }
}

/// The one field of an object.
fn peel(value: Value) -> Result<(String, Value)> {
    let Value::Object(fields) = value else { anyhow::bail!("a command without a name") };
    fields.into_iter().next().context("a command without a name")
}

/// Replaces `-` by what the standard input says.
fn ask(value: &mut String, read: impl FnOnce() -> Result<String>) -> Result<()> {
    if value == secrets::STDIN {
        *value = read()?;
    }
    Ok(())
}
