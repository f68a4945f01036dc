//! Cards with the real binary, against a strict stand-in for Stripe: whatever happens to notices, each payment
//! is booked once.

use crate::buyer::buyer;
use crate::client::Customer;
use crate::common::{Demo, eventually};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Barrier;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::runtime::Runtime;
use turnpike_stand_in::{Clock, KEY, Stripe, WEBHOOK_SECRET, signed};

/// `pm_id` of cards.
const CARD: i64 = 1;
const COMPLETED: &str = "checkout.session.completed";
const TITLE: &str = "Residential 20 GB";

/// A demo that takes cards, a stand-in that charges them, and somebody who has one.
struct Scene {
    stripe: Stripe,
    demo: Demo,
    me: Customer,
    /// The stand-in lives as long as this.
    _runtime: Runtime,
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed()
}

/// Delivers a notice; gives the HTTP status and what was answered.
fn deliver(demo: &Demo, (signature, body): &(String, Vec<u8>)) -> (u16, Value) {
    let host = demo.text("/api").trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&host).unwrap();
    let head = format!(
        "POST /notices/stripe HTTP/1.1\r\nHost: {host}\r\nStripe-Signature: {signature}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}

impl Scene {
    fn open(email: &str, from: &'static str) -> Self {
        let runtime = Runtime::new().unwrap();
        let stripe = runtime.block_on(Stripe::start("127.0.0.1:0", Clock::System)).unwrap();
        let api = stripe.address().to_owned();
        let cards =
            ["--stripe-api", &api, "--stripe-secret-key", KEY, "--stripe-webhook-secret", WEBHOOK_SECRET];
        let demo = Demo::start(&[&["--endpoint-ports", "0+1"], &cards[..]].concat());
        demo.operator("payment-method/set", json!({"id": CARD}));
        let me = buyer(&demo, email, from, "0");
        Self { stripe, demo, me, _runtime: runtime }
    }

    /// An order whose page is open, and the page's name.
    fn begin(&self, title: &str) -> (Value, String) {
        let order = self.me.order(&self.demo, title, CARD, &json!({}))["data"].clone();
        assert_eq!(order["status"], 0, "{order}");
        let begun = self.me.good(&self.demo, "pay", json!({"trade_no": order["trade_no"]}));
        let url = begun["pay_url"].as_str().unwrap_or_else(|| panic!("{begun}"));
        assert!(url.starts_with(self.stripe.address()), "{url}");
        let session = self.stripe.session_of(order["trade_no"].as_str().unwrap()).unwrap();
        assert!(url.ends_with(&session), "{url}");
        (order, session)
    }

    fn status(&self, order: &Value) -> Value {
        self.me.info(&self.demo, order)["status"].clone()
    }

    fn outcome(&self, kind: &str, object: &Value) -> String {
        let (status, told) = deliver(&self.demo, &self.stripe.notice(kind, object, now()));
        assert_eq!(status, 200, "{told}");
        told["outcome"].as_str().unwrap().to_owned()
    }

    /// Bought once: one package, and the books agree.
    fn proves(&self, order: &Value) {
        assert_eq!(self.status(order), 1);
        assert_eq!(self.me.packages(&self.demo, order).len(), 1);
        let checked = self.demo.operator("ledger/check", json!({}));
        assert_eq!(checked["ok"], true, "{checked}");
    }
}

#[test]
fn a_notice_a_hundred_times_at_once_pays_and_grants_once() {
    let scene = Scene::open("cards@example.com", "127.0.1.20");
    let (order, session) = scene.begin(TITLE);
    let paid = scene.stripe.pay(&session, None);
    let notice = scene.stripe.notice(COMPLETED, &paid, now());
    let together = Barrier::new(100);
    let outcomes: Vec<String> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..100)
            .map(|_| {
                scope.spawn(|| {
                    together.wait();
                    let (status, told) = deliver(&scene.demo, &notice);
                    assert_eq!(status, 200, "{told}");
                    told["outcome"].as_str().unwrap().to_owned()
                })
            })
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "paid").count(), 1, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "again").count(), 99, "{outcomes:?}");
    // The page's end and another event about the same payment come later than they were sent.
    let mut ended = paid.clone();
    ended["status"] = json!("expired");
    ended["payment_status"] = json!("unpaid");
    scene.outcome("checkout.session.expired", &ended);
    assert_eq!(scene.outcome(COMPLETED, &paid), "again");
    scene.proves(&order);
    scene.me.account(&scene.demo, "cards09", 9);
    assert!(scene.demo.seen_address("cards09", "pass").starts_with("127.0.0."), "before the browser is back");
}

#[test]
fn forged_and_old_signatures_are_refused_and_logged() {
    let scene = Scene::open("forged@example.com", "127.0.1.21");
    let (order, session) = scene.begin(TITLE);
    let object = scene.stripe.pay(&session, None);
    let (_, body) = scene.stripe.notice(COMPLETED, &object, now());
    let (good, mut changed) = scene.stripe.notice(COMPLETED, &object, now());
    changed.push(b' ');
    for notice in [
        (signed("whsec_of_somebody", now(), &body), body.clone()),
        (signed(WEBHOOK_SECRET, now() - 400, &body), body.clone()),
        (good, changed),
        (String::new(), body.clone()),
    ] {
        let (status, told) = deliver(&scene.demo, &notice);
        assert_eq!((status, &told["error"]), (400, &json!("notice_unsigned")), "{}", notice.0);
    }
    assert_eq!(scene.status(&order), 0, "nothing is booked for it");
    let logged = || scene.demo.log().matches("a notice is refused").count() == 4;
    assert!(eventually(Duration::from_secs(10), logged), "{}", scene.demo.log());
    let log = scene.demo.log();
    assert!(!log.contains(WEBHOOK_SECRET) && !log.contains(KEY), "secrets are no news");
    assert_eq!(scene.outcome(COMPLETED, &object), "paid");
    scene.proves(&order);
}

#[test]
fn a_lost_notice_is_found_and_one_that_meets_a_killed_server_is_late() {
    let mut scene = Scene::open("lost@example.com", "127.0.1.22");
    let (late, session) = scene.begin(TITLE);
    let notice = scene.stripe.notice(COMPLETED, &scene.stripe.pay(&session, None), now());
    scene.demo.kill();
    scene.demo.restart();
    assert_eq!(scene.status(&late), 0);
    assert_eq!(deliver(&scene.demo, &notice).1["outcome"], "paid");
    scene.proves(&late);
    let (lost, session) = scene.begin("Data center 50 GB");
    scene.stripe.pay(&session, None);
    // Nobody tells; the first question comes after half a minute.
    assert!(eventually(Duration::from_secs(300), || scene.status(&lost) == 1));
    scene.proves(&lost);
}

#[test]
fn pages_end_with_their_orders_and_refunds_go_back_to_the_card_once() {
    let scene = Scene::open("ends@example.com", "127.0.1.23");
    let (closed, session) = scene.begin(TITLE);
    scene.me.good(&scene.demo, "order/close", json!({"trade_no": closed["trade_no"]}));
    let expired = || scene.stripe.status_of(&session) == "expired";
    assert!(eventually(Duration::from_secs(60), expired), "nobody can pay for a closed order");
    let (failed, session) = scene.begin(TITLE);
    assert_eq!(
        scene.outcome("checkout.session.async_payment_failed", &scene.stripe.fail(&session)),
        "nothing"
    );
    assert_eq!(scene.status(&failed), 0);
    let (order, session) = scene.begin(TITLE);
    assert_eq!(scene.outcome(COMPLETED, &scene.stripe.pay(&session, None)), "paid");
    scene.stripe.lose_answers(1);
    let refund = |amount: &str| json!({"trade_no": order["trade_no"], "amount": amount});
    scene.demo.operator("order/refund", refund("80.00"));
    let made = |count: usize| {
        let refunds = scene.demo.operator("payment/refunds", json!({"trade_no": order["trade_no"]}));
        let list = refunds["list"].as_array().unwrap().clone();
        list.len() == count && list.iter().all(|refund| refund["status"] == "made")
    };
    assert!(eventually(Duration::from_secs(120), || made(1)), "its answer was lost, and it is asked again");
    assert_eq!(scene.stripe.refunds(), [8_000]);
    let much = scene.demo.refused("order/refund", refund("100.01"));
    assert!(much["error"]["errors"]["amount"].is_array(), "{much}");
    scene.demo.operator("order/refund", refund("100.00"));
    assert!(eventually(Duration::from_secs(120), || made(2)));
    assert_eq!(scene.stripe.refunds(), [8_000, 10_000]);
    assert_eq!(scene.status(&order), 3);
    let left = scene.me.packages(&scene.demo, &order)[0]["left"].clone();
    assert_eq!(left, 0, "what was paid back is taken back");
}
