//! A stand-in for Stripe in tests, as strict as the real one: Checkout Sessions that expire, refunds never above the
//! payment, idempotency keys that refuse another body, unknown parameters refused, signed notices, lists in pages.
//!
//! In a test: [`Stripe::start`], hand [`Stripe::address`], [`KEY`] and [`WEBHOOK_SECRET`] to the shop, let the payer
//! act ([`Stripe::pay`], [`Stripe::fail`], [`Stripe::time_out`]) and deliver what [`Stripe::notice`] makes: once,
//! a hundred times, late, never.
//!
//! As a program, for a browser: `stripe-stand-in [--listen 127.0.0.1:0]` prints one line of JSON,
//! `{"api", "secret_key", "webhook_secret"}`, for `--stripe-api`, `--stripe-secret-key` and `--stripe-webhook-secret`.
//! Sessions have a page with buttons to pay, to fail and to go back. `POST /stand-in/notices` with the shop's
//! `http://HOST:PORT/notices/stripe` as its body delivers notices there from then on; with an empty body they are lost.

mod api;
mod books;
mod delivery;
mod lists;
mod page;
mod signature;

pub use signature::signed;

use books::Books;
use serde_json::Value;
use std::io;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// The secret key that it knows.
pub const KEY: &str = "sk_test_stand_in_key";
/// What it signs notices with.
pub const WEBHOOK_SECRET: &str = "whsec_stand_in_secret";

/// What time it is there.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// Always this one, in seconds since 1970.
    Fixed(i64),
    /// The machine's.
    System,
}

impl Clock {
    fn seconds(self) -> i64 {
        match self {
            Self::Fixed(seconds) => seconds,
            Self::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                since.as_secs().cast_signed()
            }
        }
    }
}

/// See the module; cheap to clone, gone with the runtime that started it.
#[derive(Clone, Debug)]
pub struct Stripe {
    books: Arc<Mutex<Books>>,
    clock: Clock,
    /// Seconds that its clock was moved on.
    moved: Arc<AtomicI64>,
    address: String,
    /// Notices for the delivery: kind and object.
    told: mpsc::UnboundedSender<(&'static str, Value)>,
}

impl Stripe {
    /// Starts it.
    ///
    /// # Errors
    /// The address can't be listened on.
    pub async fn start(listen: &str, clock: Clock) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = format!("http://{}", listener.local_addr()?);
        let (told, events) = mpsc::unbounded_channel();
        let it = Self { books: Arc::default(), clock, moved: Arc::default(), address, told };
        let router = api::router(&it).merge(page::router(&it));
        tokio::spawn(async move { axum::serve(listener, router).await });
        tokio::spawn(delivery::run(it.clone(), events));
        Ok(it)
    }

    /// Where it is, `http://127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What time it is there, in seconds since 1970.
    pub(crate) fn seconds(&self) -> i64 {
        self.clock.seconds() + self.moved.load(Ordering::Relaxed)
    }

    /// Moves its clock on.
    pub fn skip(&self, seconds: i64) {
        self.moved.fetch_add(seconds, Ordering::Relaxed);
    }

    /// It answers nothing and carries nothing out, or does so again.
    pub fn go_away(&self, away: bool) {
        self.books().serves = away.then_some(0);
    }

    /// It serves so many requests more, then it is away.
    pub fn go_away_after(&self, requests: usize) {
        self.books().serves = Some(requests);
    }

    /// How many sessions were made.
    pub fn sessions(&self) -> usize {
        self.books().sessions()
    }

    /// Delivers notices of what happens on pages there from now on, `None`: to nobody.
    pub fn deliver_to(&self, url: Option<String>) {
        self.books().notices = url;
    }

    /// The answers to so many requests get lost after they were carried out.
    pub fn lose_answers(&self, count: usize) {
        self.books().lose = count;
    }

    /// No refund can be made from now on.
    pub fn refuse_refunds(&self) {
        self.books().refuses_refunds = true;
    }

    /// Requests that were carried out and not answered from memory.
    pub fn carried(&self) -> usize {
        self.books().carried
    }

    /// The amounts of all refunds, in minor units.
    pub fn refunds(&self) -> Vec<i64> {
        self.books().refunds()
    }

    /// `open`, `complete` or `expired`; empty for a session that is not known.
    pub fn status_of(&self, session: &str) -> String {
        let mut books = self.books();
        books.pass(self.seconds());
        books.session(session).map_or_else(String::new, |it| books::text(it, "status"))
    }

    /// The session that an order's number was written on; the newest one.
    pub fn session_of(&self, trade_no: &str) -> Option<String> {
        self.books().session_of(trade_no)
    }

    /// The payer pays on the page; `amount` other than asked for is what a real Stripe would not do, but a method
    /// might. Gives the session as it is then, null where there is none.
    pub fn pay(&self, session: &str, amount: Option<i64>) -> Value {
        let now = self.seconds();
        self.books().pay(session, amount, now).unwrap_or(Value::Null)
    }

    /// Another shop takes so much by the same account; gives the payment.
    pub fn take_elsewhere(&self, amount: i64) -> Value {
        let now = self.seconds();
        self.books().take_elsewhere(amount, now)
    }

    /// Somebody pays back on Stripe's own page, so that no shop asked for it. Gives the refund, null where it can't be made.
    pub fn refund(&self, intent: &str, amount: i64) -> Value {
        let now = self.seconds();
        self.books().refund(intent, amount, now).unwrap_or(Value::Null)
    }

    /// The payer's bank calls so much of a payment back. Gives the dispute, null where there is no such payment.
    pub fn dispute(&self, intent: &str, amount: i64) -> Value {
        let now = self.seconds();
        self.books().dispute(intent, amount, now).unwrap_or(Value::Null)
    }

    /// A dispute is over another amount by now, or stands otherwise (`under_review`, `won`, `lost`, `warning_closed`).
    pub fn change_dispute(&self, dispute: &str, amount: i64, status: &str) -> Value {
        self.books().change_dispute(dispute, amount, status).unwrap_or(Value::Null)
    }

    /// A list gives so many rows at once, however many are asked for.
    pub fn list_at_most(&self, rows: usize) {
        self.books().most_listed = Some(rows);
    }

    /// The payer chose a method that answers later, and it failed.
    pub fn fail(&self, session: &str) -> Value {
        self.books().fail(session).unwrap_or(Value::Null)
    }

    /// The page's time is over.
    pub fn time_out(&self, session: &str) -> Value {
        self.books().time_out(session).unwrap_or(Value::Null)
    }

    /// A notice with a fresh name: its `Stripe-Signature` made at `at` (seconds since 1970), and its body.
    pub fn notice(&self, kind: &str, object: &Value, at: i64) -> (String, Vec<u8>) {
        let body = self.books().event(kind, object).to_string().into_bytes();
        (signed(WEBHOOK_SECRET, at, &body), body)
    }
}
