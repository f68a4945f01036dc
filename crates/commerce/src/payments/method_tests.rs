//! A method that the shop has never heard of, as its one file would say it: everything else follows.

use super::driver::About;
use super::scene::{NOW, Scene};
use super::*;
use crate::orders::Status as Stand;
use turnpike_base::{Code, Lang, Money, Text};
use turnpike_store::both_engines;

const CHEQUE: i64 = 40;

static ABOUT: About = About {
    id: CHEQUE,
    slug: "cheque",
    group: "paper",
    title: Text::new("支票", "Cheque"),
    logo: include_str!("logos/bank.svg"),
    offered_by_default: false,
};

struct Cheque;

impl Driver for Cheque {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn takes_proofs(&self) -> bool {
        true
    }

    fn is_confirmed_by_operator(&self) -> bool {
        true
    }

    fn instructions(&self, trade_no: &str) -> Option<Text> {
        Some(Text::made(trade_no.to_owned(), format!("Write {trade_no} on its back")))
    }
}

fn proof() -> Proof {
    Proof { id: 0, reference: "N 1".into(), kind: String::new(), file: Vec::new(), created_at: NOW }
}

both_engines! {
    async fn a_method_that_operators_confirm_is_one_file(store: Store) {
        let scene = Scene::open_with(&store, 0, Some(Arc::new(Cheque))).await;
        let state = &scene.shop.state;
        let order = scene.order("bucket", CHEQUE, None).await;
        assert_eq!(scene.pay(&order, CHEQUE).await.unwrap().payment.unwrap().page_url, None);
        proofs::keep(state, order.customer, &order.trade_no, proof()).await.unwrap();
        let seen = Seen { trade_no: &order.trade_no, amount: None, reference: "N 1" };
        let (paid, outcome) = confirm(state, &seen, NOW).await.unwrap();
        assert_eq!((paid.status, paid.pm_id, outcome), (Stand::Paid, CHEQUE, "paid"));
        let transfer = scene.order("bucket", BANK, None).await;
        let elsewhere = Seen { trade_no: &transfer.trade_no, ..seen };
        assert_eq!(confirm(state, &elsewhere, NOW).await.unwrap().0.pm_id, BANK, "the same number at a bank is another one");
        scene.refund(&order, None).await.unwrap();
        scene.work(NOW).await;
        let waits = refunds(&store.read().await.unwrap(), None).await.unwrap();
        assert_eq!(waits.iter().map(|refund| (refund.pm_id, refund.amount)).collect::<Vec<_>>(), [(CHEQUE, Money(9_999))]);
        made_by_hand(state, waits[0].id, "N 2", NOW).await.unwrap();
        scene.proves().await;
    }

    async fn a_card_takes_no_proofs_and_what_came_otherwise_is_the_operators_method(store: Store) {
        let scene = Scene::open_with(&store, 0, Some(Arc::new(Cheque))).await;
        let (order, _) = scene.begun("bucket", None).await;
        let state = &scene.shop.state;
        let refused = proofs::keep(state, order.customer, &order.trade_no, proof()).await.unwrap_err();
        assert_eq!((refused.code, refused.slug), (Code::Conflict, "order_no_transfer"));
        let seen = Seen { trade_no: &order.trade_no, amount: None, reference: "N 1" };
        assert_eq!(confirm(state, &seen, NOW).await.unwrap().0.pm_id, CHEQUE, "the first of them");
        scene.proves().await;
    }

    async fn instructions_are_the_methods_own(store: Store) {
        let scene = Scene::open_with(&store, 0, Some(Arc::new(Cheque))).await;
        let tx = store.read().await.unwrap();
        let shown = async |pm_id: i64| {
            let method = method(&tx, &scene.shop.state, &scene.shop.site, pm_id).await.unwrap();
            api::instructions(&scene.shop.state, &method, "T 1", Lang::En)
        };
        assert_eq!(shown(CHEQUE).await.unwrap(), "Account 1\nWrite T 1 on its back");
        assert_eq!(shown(BANK).await.unwrap(), "Account 1\nWrite the order number on the transfer: T 1");
        assert_eq!(shown(scene::STRIPE).await, None, "its page says all");
    }
}
