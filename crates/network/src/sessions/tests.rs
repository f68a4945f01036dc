//! Pins on both engines.

use super::{MEMORY_MINUTES, Pins, SLICES, queries};
use turnpike_base::{AccountId, CustomerId, ExitId, ProductType, Timestamp};
use turnpike_store::{Read, args, both_engines};
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

    async fn a_session_that_ended_is_not_begun_anew_on_the_same_exit(store: Store) {
        let (end, begun) = (NOW.plus_minutes(10), NOW.plus_minutes(30));
        let anew = |exit, instead_of| PinAsk { until: begun, ..ask(exit, instead_of) };
        let saved = async || {
            let pins = Pins::default();
            pins.pin(ask(1, None), NOW);
            pins.save(&store, NOW).await.unwrap();
            Pins::load(&store, end).await.unwrap()
        };
        let pins = saved().await;
        let told = pins.pin(anew(1, None), end);
        assert_eq!((told.exit, told.until), (ExitId(1), end), "its end is told");
        assert_eq!(pins.held(ask(1, None).subject, "s@US", end), None);
        let other = pins.pin(anew(2, Some(1)), end);
        assert_eq!((other.exit, other.until), (ExitId(2), begun));
        let pins = saved().await;
        assert_eq!(pins.pin(anew(1, Some(1)), end).until, begun, "there is no other exit");
        let pins = saved().await;
        assert_eq!(pins.pin(anew(1, None), end.plus_minutes(MEMORY_MINUTES)).until, begun, "long ago");
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
        let kept = |pins: &Pins| pins.shelves.each().map(|shelf| shelf.pins.len()).sum::<usize>();
        let of = |pins: &Pins, customer| {
            pins.shelves.each().map(|shelf| shelf.of(CustomerId(customer)).count()).sum::<usize>()
        };
        assert!(kept(&pins) == 50 && (1..=50).all(|customer| of(&pins, customer) == 1));
        pins.save(&store, NOW).await.unwrap();
        let again = Pins::load(&store, NOW).await.unwrap();
        assert!(kept(&again) == 50 && (1..=50).all(|customer| of(&again, customer) == 1));
        assert_eq!(again.end(CustomerId(7), AccountId(2), "s", NOW), 1);
        assert_eq!(again.of_customer(CustomerId(8), NOW).len(), 1);
        for (at, left) in [(NOW.plus_minutes(MEMORY_MINUTES).plus_ms(-1), 50), (NOW.plus_minutes(MEMORY_MINUTES), 49)] {
            (0..SLICES).for_each(|_| again.sweep(at));
            assert_eq!(kept(&again), left, "what ended takes no room for long");
            again.save(&store, NOW).await.unwrap();
        }
    }

    async fn many_pins_are_saved_in_turns_and_dropped_when_they_end(store: Store) {
        let many = |session: i64| PinAsk { session: format!("s{session}@US"), ..ask(session, None) };
        let pins = Pins::default();
        for session in 0..2_500 {
            pins.pin(many(session), NOW);
        }
        pins.save(&store, NOW).await.unwrap();
        assert!(pins.shelves.each().all(|shelf| shelf.unsaved.is_empty()));
        let longest = pins.shelves.each().map(|shelf| shelf.pins.len()).max().unwrap();
        assert!(longest < 100, "{longest} of 2,500 behind one lock");
        let again = Pins::load(&store, NOW).await.unwrap();
        assert_eq!(again.of_customer(CustomerId(1), NOW).len(), 2_500);
        let rows = async || {
            let row = store.read().await.unwrap().row("SELECT COUNT(*) AS n FROM sessions", args![]).await;
            row.unwrap().unwrap().get::<i64>("n").unwrap()
        };
        let later = NOW.plus_minutes(10 + MEMORY_MINUTES);
        for session in 1..=2 {
            again.pin(PinAsk { until: later.plus_minutes(10), ..many(10_000 + session) }, later);
            again.save(&store, later).await.unwrap();
            assert_eq!(rows().await, (2_500 - session * queries::DROPS).max(0) + session);
        }
    }

    async fn what_changes_while_it_is_saved_is_saved_again(store: Store) {
        let pins = Pins::default();
        pins.pin(ask(1, None), NOW);
        let key = (ask(1, None).subject, "s@US".into());
        let fresh = pins.shelves.of(&key).fresh();
        pins.pin(ask(2, Some(1)), NOW);
        pins.shelves.of(&key).saved(&key, &fresh[0].1);
        pins.save(&store, NOW).await.unwrap();
        let pins = Pins::load(&store, NOW).await.unwrap();
        assert_eq!(pins.held(key.0, "s@US", NOW), Some(ExitId(2)));
    }

    async fn a_pin_that_ended_is_kept_until_the_store_knows(store: Store) {
        let pins = Pins::default();
        pins.pin(ask(1, None), NOW);
        pins.save(&store, NOW).await.unwrap();
        pins.end(CustomerId(1), AccountId(2), "s", NOW);
        (0..SLICES).for_each(|_| pins.sweep(NOW.plus_minutes(MEMORY_MINUTES)));
        pins.save(&store, NOW).await.unwrap();
        let again = Pins::load(&store, NOW).await.unwrap();
        assert!(again.of_customer(CustomerId(1), NOW).is_empty());
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
