//! What tests of payments begin with: a shop that offers every method, and a strict stand-in for Stripe.

use super::*;
use crate::ledger;
use crate::orders::{self, Order};
use crate::testing::Shop;
use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt;
use turnpike_base::time::ManualClock;
use turnpike_base::{Fault, Lang, Money, Secret, Timestamp};
use turnpike_fetch::Address;
use turnpike_stand_in::{Clock as Time, KEY, Stripe as StandIn, WEBHOOK_SECRET};
use turnpike_store::{Read, Store, args, jobs as rows};

/// 2026-11-24 12:00:00 UTC.
pub(super) const NOW: Timestamp = Timestamp(1_795_521_600_000);
pub(super) const SECONDS: i64 = NOW.0 / 1_000;
pub(super) const STRIPE: i64 = 1;

pub(super) struct Scene {
    pub(super) shop: Shop,
    pub(super) stripe: StandIn,
    router: axum::Router,
}

impl Scene {
    /// A shop that offers every method.
    pub(super) async fn open(store: &Store, balance: i64) -> Self {
        Self::open_with(store, balance, None).await
    }

    /// The same, with another method before those that there are.
    pub(super) async fn open_with(store: &Store, balance: i64, more: Option<Arc<dyn Driver>>) -> Self {
        let mut shop = Shop::open(store, balance, NOW).await;
        let stripe = StandIn::start("127.0.0.1:0", Time::Fixed(SECONDS)).await.unwrap();
        let settings = stripe::Settings {
            api: Address::parse(stripe.address()).unwrap(),
            secret_key: Secret::new(KEY),
            webhook_secret: Secret::new(WEBHOOK_SECRET),
        };
        let drivers = more.into_iter().chain(drivers::all(Some(settings))).collect();
        shop.state.payments = Payments(Arc::new(drivers));
        let tx = store.write().await.unwrap();
        let terms = Terms { enabled: true, note_en: "Account 1".into(), ..Terms::default() };
        for driver in shop.state.payments.drivers() {
            set_method(&tx, &shop.state.payments, &shop.site, driver.about().id, &terms).await.unwrap();
        }
        tx.commit().await.unwrap();
        let router = open_router(&shop.state, Arc::new(ManualClock::at(NOW)));
        Self { shop, stripe, router }
    }

    pub(super) fn payer(&self) -> flow::Payer<'_> {
        let (customer, site) = (self.shop.customer, &*self.shop.site);
        flow::Payer { customer, site, lang: Lang::En, now: NOW, base_url: "http://shop.example" }
    }

    pub(super) async fn order(&self, code: &str, pm_id: i64, recharge: Option<i64>) -> Order {
        let ask = orders::Request {
            pid: self.shop.pid(code).await,
            upids: None,
            amount: 1,
            pm_id,
            region_list: None,
            coupon_sn: None,
            use_invitation_registration_discount: false,
            renew_duration: crate::renewals::Duration::OneMonth,
            product_sku_bandwidth_id: None,
            product_sku_concurrency_id: None,
            product_sku_duration_id: None,
            etd: 1,
            recharge_amount: recharge.map(Money),
            trade_no: None,
        };
        orders::flow::create(&self.shop.state, &self.shop.buyer(NOW), &ask).await.unwrap()
    }

    pub(super) async fn pay(&self, order: &Order, pm_id: i64) -> Result<flow::Begun, Fault> {
        flow::pay(&self.shop.state, &self.payer(), &order.trade_no, Some(pm_id)).await
    }

    /// The same at another time.
    pub(super) async fn pay_at(&self, order: &Order, now: Timestamp) -> Result<flow::Begun, Fault> {
        let payer = flow::Payer { now, ..self.payer() };
        flow::pay(&self.shop.state, &payer, &order.trade_no, Some(STRIPE)).await
    }

    /// An order for the rest of one that was paid short, and its page.
    pub(super) async fn rest(&self, whole: &Order) -> (Order, String) {
        let ask = orders::Request {
            trade_no: Some(whole.trade_no.clone()),
            ..orders::Request::plain(self.shop.pid("rest").await, STRIPE)
        };
        let rest = orders::flow::create(&self.shop.state, &self.shop.buyer(NOW), &ask).await.unwrap();
        let begun = self.pay(&rest, STRIPE).await.unwrap();
        (rest, begun.payment.unwrap().session.unwrap())
    }

    /// An order whose page is open, and the page's name.
    pub(super) async fn begun(&self, code: &str, recharge: Option<i64>) -> (Order, String) {
        let order = self.order(code, STRIPE, recharge).await;
        let begun = self.pay(&order, STRIPE).await.unwrap();
        (begun.order, begun.payment.unwrap().session.unwrap())
    }

    pub(super) async fn tell(&self, (signature, body): (String, Vec<u8>)) -> (StatusCode, Value) {
        let request = Request::post("/notices/stripe").header("stripe-signature", signature);
        let request = request.body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    pub(super) async fn paid(&self, session: &str, amount: Option<i64>) -> Value {
        let object = self.stripe.pay(session, amount);
        let (status, told) =
            self.tell(self.stripe.notice("checkout.session.completed", &object, SECONDS)).await;
        assert_eq!(status, StatusCode::OK, "{told}");
        told["outcome"].clone()
    }

    pub(super) async fn now(&self, order: &Order) -> Order {
        let tx = self.shop.state.store.read().await.unwrap();
        orders::by_trade_no(&tx, &order.trade_no).await.unwrap().unwrap()
    }

    pub(super) async fn balance(&self) -> i64 {
        ledger::balance(&self.shop.state.store.read().await.unwrap(), self.shop.customer).await.unwrap().0
    }

    /// An operator gives or takes; gives the balance afterwards.
    pub(super) async fn credit(&self, amount: i64) -> i64 {
        let (tx, site, customer) =
            (self.shop.state.store.write().await.unwrap(), self.shop.site.id, self.shop.customer);
        ledger::credit_by_operator(&tx, site, customer, Money(amount), "test", NOW).await.unwrap();
        tx.commit().await.unwrap();
        self.balance().await
    }

    pub(super) async fn count(&self, what: &str) -> i64 {
        let tx = self.shop.state.store.read().await.unwrap();
        let row = tx.row(&format!("SELECT COUNT(*) AS n FROM {what}"), args![]).await.unwrap();
        row.unwrap().get("n").unwrap()
    }

    /// Runs due jobs about payments, also those that a failure put off.
    pub(super) async fn work(&self, now: Timestamp) -> Vec<String> {
        let mut done = Vec::new();
        loop {
            let tx = self.shop.state.store.write().await.unwrap();
            let job = rows::claim(&tx, now, 60).await.unwrap();
            tx.commit().await.unwrap();
            let Some(job) = job else { return done };
            let outcome = run_job(&self.shop.state, &job, now).await;
            let tx = self.shop.state.store.write().await.unwrap();
            done.push(format!("{} {}", job.kind, if outcome.is_ok() { "done" } else { "failed" }));
            match outcome {
                Ok(Some(at)) => drop(rows::repeat(&tx, &job, at).await.unwrap()),
                Ok(None) => drop(rows::finish(&tx, &job).await.unwrap()),
                Err(fault) => rows::fail(&tx, &job, &fault.to_string(), now).await.unwrap(),
            }
            tx.commit().await.unwrap();
        }
    }

    pub(super) async fn refund(&self, order: &Order, amount: Option<i64>) -> Result<Order, Fault> {
        let tx = self.shop.state.store.write().await.unwrap();
        let refunded =
            orders::flow::refund(&tx, &self.shop.state, &order.trade_no, amount.map(Money), NOW).await?;
        tx.commit().await.unwrap();
        Ok(refunded)
    }

    /// Every promise about money holds.
    pub(super) async fn proves(&self) {
        let tx = self.shop.state.store.read().await.unwrap();
        assert_eq!(ledger::check::differences(&tx).await.unwrap(), Vec::<String>::new());
        assert_eq!(check::differences(&tx).await.unwrap(), Vec::<String>::new());
        assert_eq!(crate::check::differences(&tx).await.unwrap(), Vec::<String>::new());
        assert_eq!(crate::invoices::check::differences(&tx).await.unwrap(), Vec::<String>::new());
    }
}
