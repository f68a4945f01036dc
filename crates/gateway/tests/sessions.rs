//! Sessions stick, rotation rotates, lives end, strict stays and flex moves (contract section 9).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed assumption is the failing test"
)]

mod common;

use common::{Account, Lab, Origin, Setup};
use std::collections::HashSet;
use turnpike_base::{AccountId, CustomerId, ExitId, Timestamp};
use turnpike_wire::{Change, ExitRecord, ExitStatus, OwnedExit, Pool};

/// The address that a fresh connection of a username leaves from.
async fn exit(lab: &Lab, username: &str, origin: &Origin) -> String {
    let got = lab.dial().await.ask(username, origin.address, "/", "").await;
    assert_eq!(got.status, 200, "{got:?}");
    got.body.lines().next().unwrap().to_owned()
}

/// Its last number is the exit's id here.
fn id(address: &str) -> ExitId {
    ExitId(address.rsplit('.').next().unwrap().parse().unwrap())
}

#[tokio::test]
async fn rotation_rotates_and_a_session_sticks() {
    let origin = Origin::mirror().await;
    let lab = Lab::at(&origin).await;
    let (mut rotating, mut sticky) = (HashSet::new(), HashSet::new());
    for _ in 0..40 {
        rotating.insert(exit(&lab, "alice", &origin).await);
        sticky.insert(exit(&lab, "alice_session-a1_area-US", &origin).await);
    }
    assert_eq!((rotating.len(), sticky.len()), (3, 1));
    let mut names = HashSet::new();
    for n in 0..40 {
        names.insert(exit(&lab, &format!("alice_sid-n{n}"), &origin).await);
    }
    assert_eq!(names.len(), 3, "names spread over the exits");
}

#[tokio::test]
async fn a_session_outlives_its_gateway() {
    let origin = Origin::mirror().await;
    let setup = Setup::new(&[origin.address]);
    let config = setup.config.clone();
    let lab = setup.start().await;
    let mut before = Vec::new();
    for n in 0..10 {
        // A second turn: what the hash proposes first is not where it is now.
        let name = format!("alice_session-s{n}");
        exit(&lab, &name, &origin).await;
    }
    lab.control.clock.forward(11);
    for n in 0..10 {
        before.push(exit(&lab, &format!("alice_session-s{n}"), &origin).await);
    }
    // In use for longer than an idle session lasts.
    for _ in 0..2 {
        lab.control.clock.forward(9);
        for n in 0..10 {
            exit(&lab, &format!("alice_session-s{n}"), &origin).await;
        }
    }
    let heard = || lab.control.pins().values().filter(|p| p.until > lab.now().plus_minutes(8)).count() == 10;
    common::eventually("control heard of all", heard).await;
    let (control, clock) = (lab.control.clone(), lab.control.clock.clone());
    lab.gateway.drain(std::time::Duration::ZERO).await;
    let lab = Lab::resume(control, config, clock).await;
    for (n, before) in before.iter().enumerate() {
        assert_eq!(exit(&lab, &format!("alice_session-s{n}"), &origin).await, *before);
    }
}

#[tokio::test]
async fn a_session_that_ended_gets_another_exit_over_a_restart_too() {
    let origin = Origin::mirror().await;
    let setup = Setup::new(&[origin.address]);
    let config = setup.config.clone();
    let lab = setup.start().await;
    let name = |n: i32| format!("alice_session-s{n}_life-5");
    let mut before = Vec::new();
    for n in 0..6 {
        before.push(exit(&lab, &name(n), &origin).await);
    }
    let (control, clock) = (lab.control.clone(), lab.control.clock.clone());
    lab.gateway.drain(std::time::Duration::ZERO).await;
    clock.forward(5);
    let lab = Lab::resume(control, config, clock).await;
    for (n, before) in (0..).zip(before) {
        let now = exit(&lab, &name(n), &origin).await;
        assert_ne!(now, before);
        assert_eq!(exit(&lab, &name(n), &origin).await, now);
        let strict = format!("{}_mode-strict", name(n));
        assert_eq!(exit(&lab, &strict, &origin).await, now);
    }
    let pins = lab.control.pins();
    assert!(pins.len() == 6 && pins.values().all(|pin| pin.until > lab.now()), "control knows of all");
}

#[tokio::test]
async fn a_life_ends_on_time_and_running_connections_stay() {
    let origin = Origin::mirror().await;
    let lab = Lab::at(&origin).await;
    let name = "alice_session-a_life-15";
    let first = exit(&lab, name, &origin).await;
    let mut running = lab.dial().await;
    running.ask(name, origin.address, "/", "").await;
    lab.control.clock.forward(14);
    assert_eq!(exit(&lab, name, &origin).await, first, "use does not prolong a life, nor does it end early");
    lab.control.clock.forward(1);
    let second = exit(&lab, name, &origin).await;
    assert_ne!(second, first);
    assert_eq!(exit(&lab, name, &origin).await, second);
    let kept = running.ask(name, origin.address, "/", "").await;
    assert!(kept.body.starts_with(&format!("{first}\n")), "{kept:?}");
}

#[tokio::test]
async fn without_a_life_ten_idle_minutes_end_it() {
    let origin = Origin::mirror().await;
    let lab = Lab::at(&origin).await;
    let first = exit(&lab, "alice_session-a", &origin).await;
    for _ in 0..3 {
        lab.control.clock.forward(9);
        assert_eq!(exit(&lab, "alice_session-a", &origin).await, first);
    }
    lab.control.clock.forward(10);
    assert_ne!(exit(&lab, "alice_session-a", &origin).await, first);
}

#[tokio::test]
async fn a_session_in_use_outlives_what_control_heard_of_it() {
    let origin = Origin::mirror().await;
    let lab = Lab::at(&origin).await;
    let first = exit(&lab, "alice_session-a", &origin).await;
    // Control hears of use once a minute at most.
    lab.control.clock.forward_seconds(50);
    exit(&lab, "alice_session-a", &origin).await;
    lab.control.clock.forward_seconds(9 * 60 + 30);
    assert_eq!(exit(&lab, "alice_session-a", &origin).await, first);
    let runs = || lab.control.pins().values().all(|pin| pin.exit == id(&first) && pin.until > lab.now());
    common::eventually("control knows that it runs on", runs).await;
}

#[tokio::test]
async fn a_session_that_lost_its_exit_moves_once_or_refuses() {
    let origin = Origin::mirror().await;
    let lab = Lab::at(&origin).await;
    let first = exit(&lab, "alice_session-a", &origin).await;
    let strict = "alice_session-a_mode-strict";
    assert_eq!(exit(&lab, strict, &origin).await, first);
    let mut record = common::control::local_exit(id(&first).0, first.parse().unwrap());
    record.status = ExitStatus::Disabled;
    lab.tell(Change::Exit(Box::new(record.clone()))).await;
    let got = lab.dial().await.ask(strict, origin.address, "/", "").await;
    assert_eq!((got.status, got.field("x-proxy-error")), (503, Some("no_exit")));
    let second = exit(&lab, "alice_session-a", &origin).await;
    assert_ne!(second, first);
    record.status = ExitStatus::Enabled;
    lab.tell(Change::Exit(Box::new(record))).await;
    assert_eq!(exit(&lab, "alice_session-a", &origin).await, second, "it moves once");
}

#[tokio::test]
async fn strict_holds_over_a_restart_and_a_move_holds_everywhere() {
    let origin = Origin::mirror().await;
    let setup = Setup::new(&[origin.address]);
    let config = setup.config.clone();
    let lab = setup.start().await;
    let name = "alice_session-a_life-60";
    let strict = &format!("{name}_mode-strict");
    let first = exit(&lab, name, &origin).await;
    let ends = lab.control.pins().values().next().unwrap().until;
    let (control, clock) = (lab.control.clone(), lab.control.clock.clone());
    lab.gateway.drain(std::time::Duration::ZERO).await;
    let mut record = common::control::local_exit(id(&first).0, first.parse().unwrap());
    record.status = ExitStatus::Disabled;
    control.put_exit(record);
    clock.forward(5);
    let lab = Lab::resume(control.clone(), config.clone(), clock.clone()).await;
    for _ in 0..2 {
        let got = lab.dial().await.ask(strict, origin.address, "/", "").await;
        assert_eq!((got.status, got.field("x-proxy-error")), (503, Some("no_exit")));
    }
    lab.gateway.drain(std::time::Duration::ZERO).await;
    let lab = Lab::resume(control.clone(), config.clone(), clock.clone()).await;
    let second = exit(&lab, name, &origin).await;
    assert_ne!(second, first);
    let pins: Vec<_> = control.pins().values().map(|pin| (pin.exit, pin.until)).collect();
    assert_eq!(pins, [(id(&second), ends)], "control knows of the move, and the life is what it was");
    lab.gateway.drain(std::time::Duration::ZERO).await;
    let lab = Lab::resume(control, config, clock).await;
    assert_eq!(exit(&lab, strict, &origin).await, second);
}

#[tokio::test]
async fn a_session_that_its_customer_ended_takes_a_fresh_exit() {
    let origin = Origin::mirror().await;
    let lab = Lab::at(&origin).await;
    let first = exit(&lab, "alice_session-a", &origin).await;
    let (customer, account) = (CustomerId(1), AccountId(1));
    lab.tell(Change::SessionEnded { customer, account, session: "a".into() }).await;
    assert_ne!(exit(&lab, "alice_session-a", &origin).await, first);
}

#[tokio::test]
async fn before_the_first_byte_other_exits_are_tried_unless_strict() {
    let origin = Origin::mirror().await;
    let mut setup = Setup::new(&[origin.address]);
    // A probe would take the bad one out before it is tried.
    setup.config.probes_per_second = 0;
    setup.control.drop_exits();
    setup.control.put_exit(common::control::local_exit(2, "127.0.0.2".parse().unwrap()));
    // An address that this machine does not have (RFC 5737).
    setup.control.put_exit(common::control::local_exit(9, "192.0.2.9".parse().unwrap()));
    let lab = setup.start().await;
    for n in 0..20 {
        assert_eq!(exit(&lab, &format!("alice_session-x{n}"), &origin).await, "127.0.0.2");
    }
    let mut setup = Setup::new(&[origin.address]);
    setup.config.probes_per_second = 0;
    setup.control.drop_exits();
    setup.control.put_exit(common::control::local_exit(9, "192.0.2.9".parse().unwrap()));
    let lab = setup.start().await;
    let got = lab.dial().await.ask("alice_mode-strict", origin.address, "/", "").await;
    assert_eq!((got.status, got.field("x-proxy-error")), (502, Some("exit_failed")));
}

#[tokio::test]
async fn an_exit_that_worked_before_the_start_is_not_out_at_its_first_failure() {
    let origin = Origin::mirror().await;
    for (proven, slugs) in [
        (true, ["exit_failed", "exit_failed", "exit_failed", "no_exit"]),
        (false, ["exit_failed", "no_exit", "no_exit", "no_exit"]),
    ] {
        let mut setup = Setup::new(&[origin.address]);
        // Each failure here is a customer's.
        setup.config.probes_per_second = 0;
        setup.control.drop_exits();
        // An address that this machine does not have (RFC 5737).
        setup.control.put_exit(common::control::local_exit(9, "192.0.2.9".parse().unwrap()));
        if proven {
            setup.control.prove(ExitId(9));
        }
        let lab = setup.start().await;
        for slug in slugs {
            let got = lab.dial().await.ask("alice", origin.address, "/", "").await;
            assert_eq!(got.field("x-proxy-error"), Some(slug), "proven: {proven}");
        }
    }
}

#[tokio::test]
async fn a_kept_alive_connection_leaves_no_more_from_an_address_that_is_lost() {
    let (one, two) = (Origin::mirror().await, Origin::mirror().await);
    let setup = Setup::new(&[one.address, two.address]);
    let mut owner = Account::new(5);
    let owned = |id: i64| OwnedExit { exit: ExitId(id), until: Timestamp::FAR };
    owner.permit.owned = Some(vec![owned(2)]);
    setup.control.put_account("owner", owner);
    let lab = setup.start().await;
    let mut wire = lab.dial().await;
    assert!(wire.ask("owner", one.address, "/", "").await.body.starts_with("127.0.0.2\n"));
    lab.control.edit("owner", |account| account.permit.owned = Some(vec![owned(3)]));
    let (customer, running) = (CustomerId(5), turnpike_wire::Revocation::Renew);
    lab.tell(Change::Holding { customer, exit: ExitId(2), running }).await;
    assert!(wire.ask("owner", two.address, "/", "").await.body.starts_with("127.0.0.3\n"));
}

/// A static address as the gateway hears of it: in the rotating pools, or in none once it is sold, rests or is maintained.
fn of_stock(id: i64, pools: &[Pool]) -> ExitRecord {
    let ip = format!("127.0.0.{id}").parse().unwrap();
    ExitRecord { pools: pools.to_vec(), ..common::control::local_exit(id, ip) }
}

#[tokio::test]
async fn what_rotates_over_the_stock_leaves_an_address_that_is_sold() {
    let (origin, echo) = (Origin::mirror().await, Origin::echo().await);
    for pool in [Pool::Static, Pool::StaticUnsold] {
        let setup = Setup::new(&[origin.address, echo.address]);
        let config = setup.config.clone();
        (2..=4).for_each(|id| setup.control.put_exit(of_stock(id, &[pool])));
        let mut account = Account::new(5);
        account.permit.pool = pool;
        setup.control.put_account("rotating", account.clone());
        let mut holder = Account::new(6);
        holder.permit.pool = Pool::Static;
        let owned = |id: i64| OwnedExit { exit: ExitId(id), until: Timestamp::FAR };
        holder.permit.owned = Some((2..=4).map(owned).collect());
        setup.control.put_account("holder", holder);
        let lab = setup.start().await;
        let name = "rotating_session-a_life-60";
        let first = exit(&lab, name, &origin).await;
        let sold = id(&first);
        let mut kept = lab.dial().await;
        kept.ask(name, origin.address, "/", "").await;
        let mut running = lab.tunnel(name, echo.address).await;
        let mut owners = Vec::new();
        for _ in 0..12 {
            let mut wire = lab.dial().await;
            assert_eq!(wire.connect_to("holder", echo.address).await.status, 200);
            owners.push(wire);
        }
        lab.tell(Change::Exit(Box::new(of_stock(sold.0, &[])))).await;
        assert_eq!(running.rest().await.1, common::client::End::Rst, "an exclusive one never has two");
        assert_eq!(kept.rest().await.1, common::client::End::Rst);
        for wire in &mut owners {
            wire.send("on").await;
            wire.expect("on").await;
        }
        let strict = lab.dial().await.ask(&format!("{name}_mode-strict"), origin.address, "/", "").await;
        assert_eq!((strict.status, strict.field("x-proxy-error")), (503, Some("no_exit")));
        let second = exit(&lab, name, &origin).await;
        assert_ne!(second, first);
        lab.tell(Change::Exit(Box::new(of_stock(sold.0, &[pool])))).await;
        assert_eq!(exit(&lab, name, &origin).await, second, "it moves once");
        // Sold while no gateway ran: control's pin still names the address.
        let (control, clock) = (lab.control.clone(), lab.control.clock.clone());
        lab.gateway.drain(std::time::Duration::ZERO).await;
        control.put_exit(of_stock(id(&second).0, &[]));
        let lab = Lab::resume(control, config, clock).await;
        assert_ne!(exit(&lab, name, &origin).await, second);
    }
}

#[tokio::test]
async fn from_other_pools_a_session_moves_and_what_runs_stays() {
    let (origin, echo) = (Origin::mirror().await, Origin::echo().await);
    let lab = Setup::new(&[origin.address, echo.address]).start().await;
    let first = exit(&lab, "alice_session-a", &origin).await;
    let mut running = lab.tunnel("alice_session-a", echo.address).await;
    lab.tell(Change::Exit(Box::new(of_stock(id(&first).0, &[])))).await;
    assert_ne!(exit(&lab, "alice_session-a", &origin).await, first, "the exit is withheld");
    running.send("on").await;
    running.expect("on").await;
}
