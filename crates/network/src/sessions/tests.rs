//! Pins on both engines.

use super::{Pins, queries};
use turnpike_base::{AccountId, CustomerId, ExitId, ProductType, Timestamp};
use turnpike_store::{args, both_engines};
use turnpike_wire::{PinAsk, Subject};

const NOW: Timestamp = Timestamp(1_000_000);

fn ask(exit: i64, instead_of: Option<i64>) -> PinAsk {
    let subject =
        Subject { customer: CustomerId(1), account: Some(AccountId(2)), product: ProductType::Dynamic };
    let until = NOW.plus_minutes(10);
    PinAsk {
        subject,
        session: "s@US".into(),
        exit: ExitId(exit),
        until,
        instead_of: instead_of.map(ExitId),
        prolongs: false,
    }
}

both_engines! {
    async fn the_first_to_pin_wins_until_the_end(store: Store) {
        let pins = Pins::default();
        assert_eq!(pins.pin(ask(1, None), NOW).exit, ExitId(1));
        assert_eq!(pins.pin(ask(2, None), NOW).exit, ExitId(1));
        let held = |at| pins.held(ask(1, None).subject, "s@US", at);
        assert_eq!((held(NOW), held(NOW.plus_minutes(10))), (Some(ExitId(1)), None));
        assert_eq!(pins.pin(ask(3, Some(1)), NOW).exit, ExitId(3), "its exit died");
        assert_eq!(pins.pin(ask(4, Some(1)), NOW).exit, ExitId(3), "another gateway replaced it already");
        pins.save(&store, NOW).await.unwrap();
        let pins = Pins::load(&store, NOW).await.unwrap();
        assert_eq!(pins.pin(ask(5, None), NOW).exit, ExitId(3), "a restart keeps it");
        let later = NOW.plus_minutes(10);
        assert_eq!(pins.pin(PinAsk { until: later.plus_minutes(1), ..ask(6, None) }, later).exit, ExitId(6));
        pins.save(&store, later).await.unwrap();
        let pins = Pins::load(&store, later).await.unwrap();
        assert_eq!(pins.pin(ask(7, None), later).exit, ExitId(6));
    }

    async fn use_prolongs_a_pin_that_idleness_ends(store: Store) {
        let pins = Pins::default();
        let (early, late) = (NOW.plus_minutes(9), NOW.plus_minutes(18));
        pins.pin(ask(1, None), NOW);
        assert_eq!(pins.pin(PinAsk { until: late, ..ask(2, None) }, early).until, NOW.plus_minutes(10), "a life is fixed");
        assert_eq!(pins.pin(PinAsk { until: late, prolongs: true, ..ask(2, None) }, early).until, late);
        pins.save(&store, early).await.unwrap();
        let pins = Pins::load(&store, early).await.unwrap();
        assert_eq!(pins.pin(ask(3, None), NOW.plus_minutes(17)).exit, ExitId(1));
    }

    async fn only_the_names_asked_for_are_read(store: Store) {
        let tx = store.write().await.unwrap();
        for id in 1..=3_i64 {
            let sql = "INSERT INTO accounts (id, customer_id, username, username_key, sealed_password, product_type, \
                remark, created_at) VALUES ($1, 1, $2, $2, $3, 9, '', 0)";
            tx.exec(sql, args![id, format!("user{id}"), vec![0_u8]]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let tx = store.read().await.unwrap();
        let names = queries::usernames(&tx, [AccountId(2), AccountId(2), AccountId(9)].into_iter()).await.unwrap();
        assert_eq!((names.len(), names[&AccountId(2)].as_str()), (1, "user2"));
        assert!(queries::usernames(&tx, std::iter::empty()).await.unwrap().is_empty());
    }

    async fn a_customers_pins_are_found_without_those_of_others(store: Store) {
        let pins = Pins::default();
        let of = |customer: i64| {
            let one = ask(customer, None);
            PinAsk { subject: Subject { customer: CustomerId(customer), ..one.subject }, ..one }
        };
        for customer in 1..=50 {
            pins.pin(of(customer), NOW);
        }
        let shelves = |pins: &Pins| pins.state().pins.len();
        let is_sorted = |pins: &Pins| {
            let all = pins.state();
            all.pins.iter().all(|(who, own)| own.keys().all(|key| key.0.customer == *who))
        };
        assert!(shelves(&pins) == 50 && is_sorted(&pins));
        pins.save(&store, NOW).await.unwrap();
        let again = Pins::load(&store, NOW).await.unwrap();
        assert!(shelves(&again) == 50 && is_sorted(&again));
        assert_eq!(again.end(CustomerId(7), AccountId(2), "s", NOW), 1);
        assert_eq!(again.of_customer(CustomerId(8), NOW).len(), 1);
        again.save(&store, NOW).await.unwrap();
        assert_eq!(shelves(&again), 49, "who has none left takes no room");
    }

    async fn an_ended_session_is_gone_over_a_restart(store: Store) {
        let pins = Pins::default();
        pins.pin(ask(1, None), NOW);
        pins.save(&store, NOW).await.unwrap();
        let own = pins.of_customer(CustomerId(1), NOW);
        assert_eq!((own.len(), own[0].name.as_str(), own[0].exit), (1, "s", ExitId(1)));
        assert!(pins.of_customer(CustomerId(2), NOW).is_empty());
        assert_eq!(pins.end(CustomerId(2), AccountId(2), "s", NOW), 0);
        assert_eq!(pins.end(CustomerId(1), AccountId(2), "s", NOW), 1);
        assert!(pins.of_customer(CustomerId(1), NOW).is_empty());
        pins.save(&store, NOW).await.unwrap();
        let pins = Pins::load(&store, NOW.plus_ms(-1)).await.unwrap();
        assert!(pins.of_customer(CustomerId(1), NOW).is_empty());
        assert_eq!(pins.pin(ask(5, Some(1)), NOW).exit, ExitId(5));
    }
}
