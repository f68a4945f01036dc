//! Payments against a strict stand-in for Stripe, on both engines: whatever gets lost or repeated, each payment is
//! booked once and the books agree.

use super::scene::{NOW, SECONDS, STRIPE, Scene};
use super::*;
use crate::{grants, orders};
use http::StatusCode;
use std::sync::Arc;
use turnpike_base::{Code, Money};
use turnpike_store::both_engines;

/// A proof without a file.
pub(super) fn told(now: turnpike_base::Timestamp) -> Proof {
    Proof { id: 0, reference: "junk".into(), kind: String::new(), file: Vec::new(), created_at: now }
}

both_engines! {
    async fn a_hundred_notices_at_once_make_one_payment_and_one_grant(store: Store) {
        let scene = Arc::new(Scene::open(&store, 0).await);
        let (order, session) = scene.begun("bucket", None).await;
        let object = scene.stripe.pay(&session, None);
        // Two notices of the provider tell the same; each comes fifty times, the later one first.
        let kinds = ["checkout.session.async_payment_succeeded", "checkout.session.completed"];
        let notices = kinds.map(|kind| scene.stripe.notice(kind, &object, SECONDS));
        let told: Vec<_> = (0..100).map(|n| {
            let (scene, notice) = (Arc::clone(&scene), notices[n % 2].clone());
            tokio::spawn(async move { scene.tell(notice).await })
        }).collect();
        let mut outcomes = Vec::new();
        for one in told {
            let (status, told) = one.await.unwrap();
            assert_eq!(status, StatusCode::OK, "{told}");
            outcomes.push(told["outcome"].as_str().unwrap().to_owned());
        }
        assert_eq!(outcomes.iter().filter(|outcome| *outcome == "paid").count(), 1, "{outcomes:?}");
        assert_eq!(outcomes.iter().filter(|outcome| *outcome == "again").count(), 99);
        let counts = (scene.count("payments WHERE status = 'paid'").await, scene.count("grants").await,
            scene.count("payment_notices WHERE applied_at IS NOT NULL").await, scene.count("packages").await);
        assert_eq!(counts, (1, 1, 2, 1));
        assert_eq!(scene.now(&order).await.status, orders::Status::Paid);
        scene.proves().await;
    }

    async fn a_lost_notice_is_found_by_the_poller(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        assert_eq!(scene.work(NOW.plus_seconds(31)).await, ["payment_poll done"]);
        assert_eq!(scene.now(&order).await.status, orders::Status::Unpaid);
        scene.stripe.pay(&session, None);
        assert_eq!(scene.work(NOW.plus_seconds(62)).await, ["payment_poll done"]);
        assert_eq!(scene.now(&order).await.status, orders::Status::Paid);
        assert_eq!(scene.count("jobs WHERE kind = 'payment_poll'").await, 0, "nobody asks any more");
        scene.proves().await;
    }

    async fn money_that_is_too_much_too_little_or_late_goes_where_it_belongs(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (over, session) = scene.begun("bucket", None).await;
        assert_eq!(scene.paid(&session, Some(10_999)).await, "over");
        assert_eq!((scene.now(&over).await.pay_fee_status, scene.balance().await), (orders::OVER, 1_000));
        let (short, session) = scene.begun("bucket", None).await;
        assert_eq!(scene.paid(&session, Some(9_000)).await, "short");
        let short = scene.now(&short).await;
        assert_eq!((short.pay_fee_status, short.status, short.missing()), (orders::SHORT, orders::Status::Unpaid, Money(999)));
        let (late, session) = scene.begun("bucket", None).await;
        orders::flow::close(&scene.shop.state, &scene.shop.buyer(NOW), &late.trade_no).await.unwrap();
        assert_eq!(scene.work(NOW).await, ["payment_close done"]);
        assert_eq!(scene.stripe.status_of(&session), "expired", "nobody can pay for a closed order");
        assert_eq!(scene.paid(&session, None).await, "late");
        assert_eq!(scene.balance().await, 1_000 + 9_999);
        scene.proves().await;
    }

    async fn a_refund_whose_answer_is_lost_is_made_once(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        scene.paid(&session, None).await;
        let refunded = scene.refund(&order, Some(4_000)).await.unwrap();
        assert_eq!(refunded.refund_fee, Money(4_000));
        let waits = super::refunds(&store.read().await.unwrap(), None).await.unwrap();
        assert_eq!((waits[0].amount, waits[0].currency.as_str()), (Money(4_000), "CNY"));
        assert_eq!(scene.stripe.refunds(), Vec::<i64>::new(), "nothing is sent inside the transaction");
        scene.stripe.lose_answers(2);
        scene.work(NOW).await;
        assert_eq!(scene.stripe.refunds(), [4_000], "carried out, and not known yet");
        assert_eq!(scene.count("payment_refunds WHERE status = 'promised'").await, 1);
        scene.work(NOW.plus_seconds(1)).await;
        scene.work(NOW.plus_seconds(10)).await;
        assert_eq!((scene.stripe.refunds(), scene.count("payment_refunds WHERE status = 'made'").await), (vec![4_000], 1));
        scene.proves().await;
    }

    async fn a_refund_that_can_not_be_made_goes_to_the_balance(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        scene.paid(&session, None).await;
        scene.refund(&order, None).await.unwrap();
        scene.stripe.refuse_refunds();
        scene.work(NOW).await;
        assert_eq!((scene.balance().await, scene.stripe.refunds().len()), (9_999, 0));
        scene.proves().await;
    }

    async fn a_recharge_gives_its_gift_back_before_money(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("recharge", Some(10_000)).await;
        assert_eq!(scene.paid(&session, None).await, "paid");
        // 10 % and 1.00 on top.
        assert_eq!(scene.balance().await, 11_100);
        scene.order("bucket", BALANCE, None).await;
        assert_eq!(scene.balance().await, 1_101);
        let refunded = scene.refund(&order, None).await.unwrap();
        assert_eq!((refunded.refund_fee, scene.balance().await), (Money(1), 0));
        scene.work(NOW).await;
        assert_eq!(scene.stripe.refunds(), [1]);
        scene.proves().await;
    }

    async fn a_dispute_freezes_and_only_so_a_balance_falls_below_zero(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (_, session) = scene.begun("recharge", Some(5_000)).await;
        scene.paid(&session, None).await;
        let (bucket, session) = scene.begun("bucket", None).await;
        scene.paid(&session, None).await;
        scene.order("extract", BALANCE, None).await;
        assert_eq!(scene.balance().await, 4_200);
        let dispute = |id: &str, intent: &str, amount: i64, status: &str| {
            serde_json::json!({"id": id, "payment_intent": intent, "amount": amount, "status": status})
        };
        for (kind, object, outcome) in [
            ("charge.dispute.created", dispute("dp_1", "pi_1", 5_000, "needs_response"), "disputed"),
            ("charge.dispute.created", dispute("dp_1", "pi_1", 5_000, "needs_response"), "again"),
            ("charge.dispute.created", dispute("dp_2", "pi_2", 9_999, "needs_response"), "disputed"),
            ("charge.dispute.created", dispute("dp_3", "pi_9", 1, "needs_response"), "unknown"),
            ("charge.dispute.created", dispute("dp_4", "pi_2", 0, "needs_response"), "nothing"),
            ("charge.dispute.closed", dispute("dp_4", "pi_2", 0, "won"), "nothing"),
        ] {
            let (_, told) = scene.tell(scene.stripe.notice(kind, &object, SECONDS)).await;
            assert_eq!(told["outcome"], outcome, "{object}");
        }
        assert_eq!(scene.balance().await, -800);
        let tx = store.read().await.unwrap();
        let given = grants::of_order(&tx, &bucket.trade_no).await.unwrap()[0].package;
        let total = |package: turnpike_access::packages::Package| package.total;
        let frozen = turnpike_access::packages::by_id(&tx, given).await.unwrap().map(total);
        drop(tx);
        assert_eq!(frozen, Some(0), "the unused grant is frozen");
        let won = scene.stripe.notice("charge.dispute.closed", &dispute("dp_2", "pi_2", 9_999, "won"), SECONDS);
        assert_eq!(scene.tell(won.clone()).await.1["outcome"], "dispute_won");
        assert_eq!(scene.tell(won).await.1["outcome"], "again", "it is over");
        let tx = store.read().await.unwrap();
        let thawed = turnpike_access::packages::by_id(&tx, given).await.unwrap().map(total);
        assert_eq!(thawed, Some(11 << 30));
        drop(tx);
        scene.proves().await;
    }

    async fn a_transfer_that_two_book_at_once_is_booked_once(store: Store) {
        let scene = Scene::open(&store, 0).await;
        for round in 0..5 {
            let reference = format!("T-{round}");
            let both = [scene.order("bucket", BANK, None).await, scene.order("bucket", BANK, None).await];
            let booked = both.each_ref().map(|order| {
                let (state, trade_no, reference) = (scene.shop.state.clone(), order.trade_no.clone(), reference.clone());
                tokio::spawn(async move {
                    let seen = Seen { trade_no: &trade_no, amount: None, reference: &reference };
                    confirm(&state, &seen, NOW).await.map(|(_, outcome)| outcome).map_err(|fault| fault.slug)
                })
            });
            let mut outcomes = Vec::new();
            for one in booked {
                outcomes.push(one.await.unwrap());
            }
            assert!(outcomes.contains(&Ok("paid")) && outcomes.contains(&Err("transfer_booked")), "{outcomes:?}");
        }
        scene.proves().await;
    }

    async fn the_page_of_an_order_that_was_paid_otherwise_is_closed(store: Store) {
        let scene = Scene::open(&store, 20_000).await;
        let (order, session) = scene.begun("bucket", None).await;
        scene.pay(&order, BALANCE).await.unwrap();
        assert_eq!(scene.now(&order).await.status, orders::Status::Paid);
        scene.work(NOW).await;
        assert_eq!(scene.stripe.status_of(&session), "expired");
        scene.proves().await;
    }

    async fn a_transfer_is_booked_once_by_its_reference(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let order = scene.order("bucket", BANK, None).await;
        let begun = scene.pay(&order, BANK).await.unwrap();
        assert_eq!(begun.payment.unwrap().page_url, None);
        let seen = Seen { trade_no: &order.trade_no, amount: None, reference: "T-1" };
        let (paid, outcome) = confirm(&scene.shop.state, &seen, NOW).await.unwrap();
        assert_eq!((paid.status, outcome), (orders::Status::Paid, "paid"));
        let again = confirm(&scene.shop.state, &seen, NOW).await.unwrap_err();
        assert_eq!(again.slug, "transfer_booked");
        let other = scene.order("bucket", BANK, None).await;
        let elsewhere = Seen { trade_no: &other.trade_no, ..seen.clone() };
        assert_eq!(confirm(&scene.shop.state, &elsewhere, NOW).await.unwrap_err().slug, "transfer_booked");
        let nothing = confirm(&scene.shop.state, &Seen { reference: "T-2", ..seen.clone() }, NOW).await.unwrap_err();
        assert_eq!(nothing.code, Code::Conflict);
        let more = Seen { reference: "T-2", amount: Some(Money(5)), ..seen };
        assert_eq!(confirm(&scene.shop.state, &more, NOW).await.unwrap().1, "late");
        assert_eq!(scene.balance().await, 5);
        scene.refund(&order, None).await.unwrap();
        let waiting = refunds(&store.read().await.unwrap(), None).await.unwrap();
        assert_eq!(waiting.iter().map(|refund| refund.amount.0).collect::<Vec<_>>(), [9_999], "the 5 are on the balance");
        for refund in &waiting {
            made_by_hand(&scene.shop.state, refund.id, "R-1", NOW).await.unwrap();
        }
        scene.proves().await;
    }

    async fn twins_of_pay_get_one_page(store: Store) {
        let scene = Arc::new(Scene::open(&store, 0).await);
        let order = scene.order("bucket", 0, None).await;
        let twins: Vec<_> = (0..8).map(|_| {
            let (scene, order) = (Arc::clone(&scene), order.clone());
            tokio::spawn(async move { scene.pay(&order, STRIPE).await.unwrap().payment.unwrap().page_url })
        }).collect();
        let mut pages = Vec::new();
        for twin in twins {
            pages.push(twin.await.unwrap().unwrap());
        }
        pages.dedup();
        assert_eq!((pages.len(), scene.stripe.carried(), scene.count("payments").await), (1, 1, 1));
    }

    async fn the_balance_pays_an_open_order_once(store: Store) {
        let scene = Arc::new(Scene::open(&store, 15_000).await);
        let order = scene.order("bucket", 0, None).await;
        let twins: Vec<_> = (0..8).map(|_| {
            let (scene, order) = (Arc::clone(&scene), order.clone());
            tokio::spawn(async move { scene.pay(&order, BALANCE).await.unwrap().order.status })
        }).collect();
        for twin in twins {
            assert_eq!(twin.await.unwrap(), orders::Status::Paid);
        }
        assert_eq!((scene.balance().await, scene.count("grants").await), (5_001, 1));
        let poor = scene.order("bucket", 0, None).await;
        assert_eq!(scene.pay(&poor, BALANCE).await.unwrap_err().code, Code::BalanceTooLow);
        assert_eq!(scene.now(&poor).await.pm_id, 0, "nothing is kept of it");
        scene.proves().await;
    }

    async fn money_in_another_currency_is_the_operators_to_return(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (order, session) = scene.begun("bucket", None).await;
        let mut object = scene.stripe.pay(&session, None);
        object["currency"] = "usd".into();
        for outcome in ["currency", "currency"] {
            let (_, told) = scene.tell(scene.stripe.notice("checkout.session.completed", &object, SECONDS)).await;
            assert_eq!(told["outcome"], outcome);
        }
        assert_eq!(scene.now(&order).await.status, orders::Status::Unpaid);
        let waiting = unmatched(&store.read().await.unwrap()).await.unwrap();
        let shown: Vec<_> = waiting.iter().map(|it| (it.amount, it.currency.as_str(), it.status.as_str())).collect();
        assert_eq!(shown, [(Money(9_999), "USD", "open")], "once");
        let id = waiting[0].id;
        assert_eq!(give_back(&scene.shop.state, id, None, NOW).await.unwrap().status, "returning");
        assert_eq!(give_back(&scene.shop.state, id, None, NOW).await.unwrap_err().slug, "unmatched_ended");
        let again = scene.pay(&order, STRIPE).await.unwrap().payment.unwrap();
        assert_ne!(again.session.unwrap(), session, "who pays again gets a page that can be paid");
        scene.work(NOW).await;
        assert_eq!(scene.stripe.refunds(), [9_999]);
        assert_eq!(unmatched(&store.read().await.unwrap()).await.unwrap()[0].status, "returned");
        scene.proves().await;
    }

    async fn junk_proofs_hold_no_longer_than_one(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let order = scene.order("limited", BANK, None).await;
        let proof = |hours: i64| {
            let (state, order) = (&scene.shop.state, &order);
            let sent = told(NOW.plus_minutes(60 * hours));
            async move { proofs::keep(state, order.customer, &order.trade_no, sent).await }
        };
        let until = NOW.plus_days(1);
        assert_eq!((proof(0).await.unwrap(), proof(48).await.unwrap()), (until, until), "the second one adds nothing");
        assert_eq!(scene.now(&order).await.expire_at, until);
        let sold = scene.count("products WHERE code = 'limited' AND taken = 1").await;
        orders::flow::reject(&scene.shop.state, &order.trade_no, NOW).await.unwrap();
        let free = scene.count("products WHERE code = 'limited' AND taken = 0").await;
        assert_eq!((sold, free), (1, 1));
        assert_eq!(proof(1).await.unwrap_err().slug, "order_not_unpaid", "and it is not held again");
        let order = scene.order("bucket", BANK, None).await;
        let file = Proof { kind: "application/pdf".into(), file: b"%PDF-".to_vec(), ..told(NOW) };
        let until = proofs::keep(&scene.shop.state, order.customer, &order.trade_no, file).await.unwrap();
        assert_eq!(until, NOW.plus_days(3), "a file makes it wait for the site's days");
    }

    async fn a_proof_keeps_no_more_of_what_is_scarce_than_it_leaves(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let (state, soon) = (&scene.shop.state, NOW.plus_minutes(30));
        let until = async |order: &crate::orders::Order| {
            proofs::keep(state, order.customer, &order.trade_no, told(NOW)).await.unwrap()
        };
        let order = async |code: &str, amount: i64, regions: Option<i64>| {
            let of = |count| vec![crate::fields::Region { country: "US".into(), count, asn: None }];
            let ask = orders::Request { amount, region_list: regions.map(of), ..orders::Request::plain(scene.shop.pid(code).await, BANK) };
            orders::flow::create(state, &scene.shop.buyer(NOW), &ask).await.unwrap()
        };
        let close = async |order: crate::orders::Order| {
            orders::flow::close(state, &scene.shop.buyer(NOW), &order.trade_no).await.unwrap();
        };
        // Three are there of the limited product, eight addresses.
        let all = order("limited", 3, None).await;
        assert_eq!((until(&all).await, scene.now(&all).await.expire_at), (soon, soon), "one customer holds them all");
        close(all).await;
        let one = order("limited", 1, None).await;
        assert_eq!(until(&one).await, NOW.plus_days(1));
        let second = order("limited", 1, None).await;
        assert_eq!(until(&second).await, soon, "both are more than the one that is left");
        let (half, more) = (order("static-dc", 1, Some(4)).await, order("static-dc", 1, Some(1)).await);
        assert_eq!(until(&more).await, soon, "five of eight");
        close(more).await;
        assert_eq!(until(&half).await, NOW.plus_days(1));
    }

    async fn proofs_of_orders_that_nobody_paid_are_bounded_and_forgotten(store: Store) {
        let scene = Scene::open(&store, 0).await;
        let state = &scene.shop.state;
        let prove = async |order: &crate::orders::Order, now| {
            proofs::keep(state, order.customer, &order.trade_no, told(now)).await
        };
        for _ in 0..6 {
            let order = scene.order("bucket", BANK, None).await;
            for _ in 0..5 {
                prove(&order, NOW).await.unwrap();
            }
            assert_eq!(prove(&order, NOW).await.unwrap_err().slug, "proofs_enough");
            orders::flow::close(state, &scene.shop.buyer(NOW), &order.trade_no).await.unwrap();
        }
        let order = scene.order("bucket", BANK, None).await;
        let refused = prove(&order, NOW).await.unwrap_err();
        assert!(refused.slug == "proofs_enough" && refused.text.en.contains("30 proofs"), "{refused}");
        let later = NOW.plus_days(30).plus_ms(1);
        proofs::forget(&store, NOW.plus_days(30)).await.unwrap();
        assert_eq!(scene.count("payment_proofs").await, 30, "a transfer may come after all");
        proofs::forget(&store, later).await.unwrap();
        assert_eq!(scene.count("payment_proofs").await, 0);
        prove(&order, later).await.unwrap();
        proofs::forget(&store, later.plus_days(90)).await.unwrap();
        assert_eq!(scene.count("payment_proofs").await, 1, "what waits is kept");
    }
}
