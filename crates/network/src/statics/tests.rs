//! Static addresses on both engines.

use super::{Filter, Stock, Wish, hold, parse, rules, stock};
use crate::exits;
use turnpike_base::{Code, CustomerId, ExitId, PackageId, Page, ProductType, Result, Timestamp};
use turnpike_store::{Store, Vault, both_engines, changes};
use turnpike_wire::{Change, CountryCode, ExitHealth, PlaceFilter, Pool, Revocation};

const NOW: Timestamp = Timestamp(10_000_000_000);
const ALICE: CustomerId = CustomerId(1);
const BOB: CustomerId = CustomerId(2);
const STOCK: &str = "address,type,country,state,city,asn,isp,sharing,holders
127.0.9.1,25,US,California,Los Angeles,AS7922,Comcast,exclusive,
127.0.9.2,25,US,NY,New York,7922,Comcast,shared,2
127.0.9.3,14,DE,,Berlin,24940,\"Hetzner, Online\",,
";

fn vault() -> Vault {
    Vault::new([7; 32])
}

async fn stocked(store: &Store) {
    stock::import(&crate::testing::state(store), parse(STOCK).unwrap(), NOW).await.unwrap();
}

fn wish(customer: CustomerId, count: i64) -> Wish {
    let country = CountryCode::parse("US").unwrap();
    Wish { customer, product: ProductType::StaticResidential, country, asn: None, count }
}

fn end() -> Timestamp {
    NOW.plus_days(30)
}

/// Buys addresses in the US for 30 days; packages are numbered from `first`.
async fn buy(store: &Store, customer: CustomerId, count: i64, first: i64) -> Result<Vec<String>> {
    let tx = store.write().await?;
    let packages: Vec<PackageId> = (first..first + count).map(PackageId).collect();
    let trade = first.to_string();
    let got = hold::allocate(&tx, &vault(), &wish(customer, count), &trade, &packages, end(), NOW).await?;
    tx.commit().await?;
    Ok(got.into_iter().map(|a| a.address).collect())
}

async fn free(store: &Store, customer: CustomerId, exclusive: bool) -> i64 {
    let tx = store.read().await.unwrap();
    let product = Some(ProductType::StaticResidential);
    let found = hold::available(&tx, customer, product, exclusive, NOW).await.unwrap();
    found.iter().map(|a| a.number).sum()
}

async fn owned(store: &Store, customer: CustomerId, now: Timestamp) -> Vec<String> {
    let tx = store.read().await.unwrap();
    let found = hold::owned(&tx, customer, ProductType::StaticResidential, now).await.unwrap();
    found.into_iter().map(|o| o.address).collect()
}

/// The exit of what Alice owns.
async fn owned_exit(store: &Store) -> ExitId {
    let tx = store.read().await.unwrap();
    hold::owned(&tx, ALICE, ProductType::StaticResidential, NOW).await.unwrap()[0].exit
}

async fn statuses(store: &Store, status: Option<i64>, now: Timestamp) -> Vec<i64> {
    let tx = store.read().await.unwrap();
    let filter = Filter { status, ..Filter::default() };
    let page = hold::held(&tx, ALICE, &filter, Page::default(), now).await.unwrap();
    assert_eq!(page.total, i64::try_from(page.rows.len()).unwrap());
    page.rows.iter().map(|held| rules::status(held, now)).collect()
}

/// The exit that stands for an address.
async fn by_target(store: &Store, address: &str) -> ExitId {
    let wanted = exits::Wanted { search: Some(address.into()), ..exits::Wanted::default() };
    let tx = store.read().await.unwrap();
    exits::flow::list(&tx, &vault(), &wanted, Page::default()).await.unwrap().rows[0].id
}

fn seen(exit: ExitId, healthy: bool) -> ExitHealth {
    ExitHealth { exit, healthy, latency_us: 0, public: None, error: None, at: NOW }
}

async fn told(store: &Store) -> Vec<Change> {
    let tx = store.write().await.unwrap();
    let pending: Vec<(i64, Change)> = changes::pending(&tx, 1_000).await.unwrap();
    pending.into_iter().map(|(_, change)| change).collect()
}

async fn pools(store: &Store, at: usize) -> Vec<Pool> {
    let tx = store.read().await.unwrap();
    exits::flow::records(&tx, &vault()).await.unwrap()[at].pools.clone()
}

both_engines! {
    async fn an_address_leaves_the_stock_with_its_exit_once_nobody_holds_it(store: Store) {
        stocked(&store).await;
        buy(&store, ALICE, 1, 10).await.unwrap();
        let remove = async |address| stock::remove(&store, address, NOW).await;
        let held = remove("127.0.9.1").await.unwrap_err();
        assert!(held.slug == "static_is_held" && held.code == Code::Conflict, "{held}");
        assert!(held.text.en.contains("1 holders") && held.text.en.contains("static-ip release"), "{held}");
        assert_eq!(remove("127.0.9.77").await.unwrap_err().slug, "static_not_in_stock");
        let exit = owned_exit(&store).await;
        let fault = exits::flow::remove(&store, &vault(), exit, NOW).await.unwrap_err();
        assert!(fault.slug == "exit_is_static" && fault.text.en.contains("static-ip remove"), "{fault}");
        let tx = store.write().await.unwrap();
        hold::release(&tx, &vault(), PackageId(10), NOW.plus_days(1), NOW).await.unwrap();
        tx.commit().await.unwrap();
        remove(" ::ffff:127.0.9.1").await.unwrap();
        assert!(told(&store).await.contains(&Change::ExitGone(exit)));
        assert_eq!(remove("127.0.9.1").await.unwrap_err().slug, "static_not_in_stock");
        let tx = store.read().await.unwrap();
        assert!(exits::flow::records(&tx, &vault()).await.unwrap().iter().all(|record| record.id != exit));
        let left = stock::list(&tx, &Stock::default(), Page::default(), NOW).await.unwrap();
        assert_eq!((left.total, left.rows.len()), (2, 2));
        assert!(!stock::is_known(&tx, "127.0.9.1").await.unwrap());
        drop(tx);
        assert_eq!(free(&store, BOB, true).await, 1);
        // Who held it reads so still, and it may come back as what it is then, no sooner than it has rested.
        assert_eq!(statuses(&store, None, NOW).await, [2]);
        let again = "address,type,country,holders\n127.0.9.1,25,US,5\n";
        assert_eq!(stock::import(&crate::testing::state(&store), parse(again).unwrap(), NOW).await.unwrap(), 1);
        let back = stock::list(&store.read().await.unwrap(), &Stock::default(), Page::default(), NOW).await.unwrap();
        let back = back.rows.iter().find(|one| one.address == "127.0.9.1").unwrap();
        assert_eq!((back.most_holders, back.city.as_deref(), back.rests_until), (5, None, NOW.plus_days(1)));
        assert!(stock::import(&crate::testing::state(&store), parse(again).unwrap(), NOW).await.is_err(), "it is in stock");
        assert_eq!(buy(&store, ALICE, 1, 20).await.unwrap(), ["127.0.9.2"]);
    }

    async fn a_free_address_is_sold_before_a_shared_one(store: Store) {
        stocked(&store).await;
        assert_eq!((free(&store, ALICE, false).await, free(&store, ALICE, true).await), (2, 2));
        assert_eq!(buy(&store, ALICE, 1, 10).await.unwrap(), ["127.0.9.1"]);
        assert_eq!(buy(&store, BOB, 1, 20).await.unwrap(), ["127.0.9.2"]);
        assert_eq!((free(&store, ALICE, false).await, free(&store, ALICE, true).await), (1, 0));
        assert_eq!(free(&store, BOB, false).await, 0, "his own share is not offered to him again");
        assert_eq!(buy(&store, ALICE, 1, 11).await.unwrap(), ["127.0.9.2"]);
        assert_eq!(owned(&store, ALICE, NOW).await, ["127.0.9.1", "127.0.9.2"]);
        assert_eq!(owned(&store, BOB, NOW).await, ["127.0.9.2"]);
        let fault = buy(&store, CustomerId(3), 1, 30).await.unwrap_err();
        assert_eq!((fault.code, fault.slug), (Code::OutOfStock, "static_out_of_stock"));
    }

    async fn too_large_an_order_takes_nothing(store: Store) {
        stocked(&store).await;
        assert_eq!(buy(&store, ALICE, 3, 10).await.unwrap_err().code, Code::OutOfStock);
        assert_eq!(free(&store, ALICE, false).await, 2);
    }

    async fn n_in_stock_are_sold_exactly_n_times_to_many_at_once(store: Store) {
        let lines: String = (1..=5).map(|n| format!("127.0.9.{n},25,US\n")).collect();
        stock::import(&crate::testing::state(&store), parse(&format!("address,type,country\n{lines}")).unwrap(), NOW).await.unwrap();
        let mut buyers = tokio::task::JoinSet::new();
        for n in 0..11 {
            let store = store.clone();
            buyers.spawn(async move { buy(&store, CustomerId(n), 1, 100 + n).await });
        }
        let outcomes = buyers.join_all().await;
        let mut sold: Vec<String> = outcomes.into_iter().filter_map(Result::ok).flatten().collect();
        sold.sort();
        assert_eq!(sold, ["127.0.9.1", "127.0.9.2", "127.0.9.3", "127.0.9.4", "127.0.9.5"]);
    }

    async fn an_unpaid_order_holds_its_stock_until_cancelled(store: Store) {
        stocked(&store).await;
        let tx = store.write().await.unwrap();
        hold::reserve(&tx, &vault(), &wish(ALICE, 2), "t1", NOW.plus_minutes(30), NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((free(&store, BOB, true).await, owned(&store, ALICE, NOW).await.len()), (0, 0));
        assert!(statuses(&store, None, NOW).await.is_empty(), "what waits for payment is not his yet");
        let tx = store.write().await.unwrap();
        hold::cancel(&tx, &vault(), "t1", NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(free(&store, BOB, true).await, 2);
    }

    async fn an_expired_holding_stops_serving_at_once_and_rests_before_it_is_sold(store: Store) {
        stocked(&store).await;
        buy(&store, ALICE, 1, 10).await.unwrap();
        assert_eq!(owned(&store, ALICE, end().plus_ms(-1)).await.len(), 1);
        assert!(owned(&store, ALICE, end()).await.is_empty());
        let day = 86_400_000;
        assert_eq!(hold::sweep(&store, &vault(), day, end().plus_ms(day - 1)).await.unwrap(), 0);
        let tx = store.write().await.unwrap();
        hold::renew(&tx, PackageId(10), end().plus_days(2), NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(owned(&store, ALICE, end()).await.len(), 1, "its holder may renew while it rests");
        assert_eq!(hold::sweep(&store, &vault(), day, end().plus_days(3)).await.unwrap(), 1);
        assert_eq!(free(&store, BOB, true).await, 2);
        let tx = store.write().await.unwrap();
        let fault = hold::renew(&tx, PackageId(10), end().plus_days(9), NOW).await.unwrap_err();
        assert_eq!((fault.code, fault.slug), (Code::Conflict, "static_ended"));
    }

    async fn a_released_address_rests_and_its_connections_are_reset(store: Store) {
        stocked(&store).await;
        buy(&store, ALICE, 1, 10).await.unwrap();
        let tx = store.write().await.unwrap();
        hold::release(&tx, &vault(), PackageId(10), NOW.plus_days(1), NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((free(&store, BOB, true).await, owned(&store, ALICE, NOW).await.len()), (1, 0));
        assert!(told(&store).await.iter().any(|c| matches!(c, Change::Holding { customer: ALICE, running: Revocation::Reset, .. })));
        let tx = store.write().await.unwrap();
        let fault = hold::release(&tx, &vault(), PackageId(77), NOW, NOW).await.unwrap_err();
        assert_eq!((fault.code, fault.slug), (Code::NotFound, "static_unknown"));
    }

    async fn an_exchange_keeps_package_and_expiry(store: Store) {
        stocked(&store).await;
        buy(&store, ALICE, 1, 10).await.unwrap();
        let tx = store.write().await.unwrap();
        let new = hold::exchange(&tx, &vault(), PackageId(10), NOW.plus_days(1), NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((new.address.as_str(), owned(&store, ALICE, NOW).await), ("127.0.9.2", vec!["127.0.9.2".to_owned()]));
        let tx = store.read().await.unwrap();
        let held = hold::by_package(&tx, PackageId(10)).await.unwrap().unwrap();
        assert_eq!((held.expires_at, held.address.address.as_str()), (end(), "127.0.9.2"));
        drop(tx);
        let tx = store.write().await.unwrap();
        let fault = hold::exchange(&tx, &vault(), PackageId(10), NOW, NOW).await.unwrap_err();
        assert_eq!(fault.code, Code::OutOfStock, "the old one rests");
    }

    async fn a_sold_address_leaves_the_pool_of_unsold_ones(store: Store) {
        stocked(&store).await;
        assert_eq!(pools(&store, 0).await, [Pool::Static, Pool::StaticUnsold]);
        buy(&store, ALICE, 2, 10).await.unwrap();
        assert!(pools(&store, 0).await.is_empty(), "an exclusive one serves its holder alone");
        assert_eq!(pools(&store, 1).await, [Pool::Static]);
        assert_eq!(pools(&store, 2).await, [Pool::Static], "a data-center address is in no unsold pool");
    }

    async fn an_address_that_rests_rotates_again_once_it_has(store: Store) {
        stocked(&store).await;
        buy(&store, ALICE, 2, 10).await.unwrap();
        let tx = store.write().await.unwrap();
        for package in [10, 11] {
            hold::release(&tx, &vault(), PackageId(package), NOW.plus_days(1), NOW).await.unwrap();
        }
        tx.commit().await.unwrap();
        let resting = (Vec::new(), vec![Pool::Static]);
        let both = async || (pools(&store, 0).await, pools(&store, 1).await);
        assert_eq!(both().await, resting, "as while they were held: only a shared one is anybody's beside its holders");
        stock::maintain(&store, &vault(), "127.0.9.1", true, NOW).await.unwrap();
        stock::maintain(&store, &vault(), "127.0.9.1", false, NOW).await.unwrap();
        assert_eq!(both().await, resting, "maintenance ends no rest");
        assert_eq!(stock::end_rests(&store, &vault(), NOW.plus_days(1).plus_ms(-1)).await.unwrap(), 0);
        assert_eq!(stock::end_rests(&store, &vault(), NOW.plus_days(1)).await.unwrap(), 2);
        let rotating = vec![Pool::Static, Pool::StaticUnsold];
        assert_eq!(both().await, (rotating.clone(), rotating.clone()));
        let last = told(&store).await.pop().unwrap();
        assert!(matches!(last, Change::Exit(record) if record.pools == rotating), "gateways hear of it");
        assert_eq!(stock::end_rests(&store, &vault(), NOW.plus_days(9)).await.unwrap(), 0, "once");
        // Taken out of stock while it rests, and imported again.
        let tx = store.write().await.unwrap();
        let mine = Wish { customer: BOB, ..wish(BOB, 1) };
        hold::allocate(&tx, &vault(), &mine, "20", &[PackageId(20)], end(), NOW).await.unwrap();
        hold::release(&tx, &vault(), PackageId(20), NOW.plus_days(1), NOW).await.unwrap();
        tx.commit().await.unwrap();
        stock::remove(&store, "127.0.9.1", NOW).await.unwrap();
        let again = parse("address,type,country\n127.0.9.1,25,US\n").unwrap();
        stock::import(&crate::testing::state(&store), again, NOW).await.unwrap();
        assert_eq!(pools(&store, 2).await, [], "it comes back resting");
        assert_eq!(stock::end_rests(&store, &vault(), NOW.plus_days(1)).await.unwrap(), 1);
        assert_eq!(pools(&store, 2).await, rotating);
    }

    async fn maintenance_takes_an_address_out_of_use_and_sale(store: Store) {
        stocked(&store).await;
        buy(&store, ALICE, 1, 10).await.unwrap();
        for (on, serving, status) in [(true, 0, 4), (false, 1, 1)] {
            stock::maintain(&store, &vault(), "127.0.9.1", on, NOW).await.unwrap();
            assert_eq!(owned(&store, ALICE, NOW).await.len(), serving);
            assert_eq!(statuses(&store, Some(status), NOW).await, [status]);
        }
        stock::maintain(&store, &vault(), "127.0.9.2", true, NOW).await.unwrap();
        assert_eq!(free(&store, BOB, true).await, 0);
        let fault = stock::maintain(&store, &vault(), "127.0.9.99", true, NOW).await.unwrap_err();
        assert_eq!((fault.code, fault.slug), (Code::NotFound, "static_not_in_stock"));
    }

    async fn an_address_whose_exit_serves_nobody_is_not_given_out(store: Store) {
        use turnpike_wire::ExitStatus::{Disabled, Draining, Enabled};
        stocked(&store).await;
        buy(&store, ALICE, 1, 10).await.unwrap();
        let other = by_target(&store, "127.0.9.2").await;
        let vault = vault();
        let counted = async || (free(&store, BOB, true).await, free(&store, BOB, false).await);
        let refused = async || {
            let fault = buy(&store, BOB, 1, 20).await.unwrap_err();
            let tx = store.write().await.unwrap();
            let exchange = hold::exchange(&tx, &vault, PackageId(10), NOW.plus_days(1), NOW).await.unwrap_err();
            assert_eq!([fault.code, exchange.code], [Code::OutOfStock; 2]);
        };
        for status in [Disabled, Draining] {
            exits::flow::set_status(&store, &vault, other, status, NOW).await.unwrap();
            assert_eq!(counted().await, (0, 0), "{status:?}");
            refused().await;
        }
        exits::flow::set_status(&store, &vault, other, Enabled, NOW).await.unwrap();
        assert_eq!(counted().await, (1, 1), "nobody looked at it yet");
        exits::flow::health(&crate::testing::state(&store), &[seen(other, false)]).await.unwrap();
        assert_eq!(counted().await, (0, 0));
        refused().await;
        exits::flow::health(&crate::testing::state(&store), &[seen(other, true)]).await.unwrap();
        assert_eq!((counted().await, buy(&store, BOB, 1, 20).await.unwrap()), ((1, 1), vec!["127.0.9.2".to_owned()]));
    }

    async fn statuses_follow_the_time_left(store: Store) {
        stocked(&store).await;
        buy(&store, ALICE, 1, 10).await.unwrap();
        for (now, status) in [(NOW, 1), (end().plus_days(-7), 3), (end(), 2)] {
            assert_eq!(statuses(&store, None, now).await, [status]);
            assert_eq!(statuses(&store, Some(status), now).await, [status]);
            for other in (1..=4).filter(|s| *s != status) {
                assert!(statuses(&store, Some(other), now).await.is_empty(), "{status} {other}");
            }
        }
    }

    async fn notes_and_renewal_are_the_holders_own(store: Store) {
        stocked(&store).await;
        buy(&store, ALICE, 1, 10).await.unwrap();
        let tx = store.write().await.unwrap();
        hold::remark(&tx, ALICE, PackageId(10), "mail").await.unwrap();
        hold::auto_renew(&tx, ALICE, PackageId(10), true).await.unwrap();
        assert_eq!(hold::remark(&tx, BOB, PackageId(10), "x").await.unwrap_err().code, Code::NotFound);
        assert_eq!(hold::auto_renew(&tx, BOB, PackageId(10), true).await.unwrap_err().code, Code::NotFound);
        let held = hold::by_package(&tx, PackageId(10)).await.unwrap().unwrap();
        assert_eq!((held.remark.as_str(), held.auto_renew), ("mail", true));
    }

    async fn an_import_is_all_or_nothing_and_names_every_wrong_line(store: Store) {
        let file = "# our stock\naddress,type,country,city,via\n127.0.9.1,25,US,,\n127.0.9.2,26,US,,\n\n\
            127.0.9.1,25,US,,http://203.0.113.5:80\n127.0.9.1,25,US,,\n127.0.9.4,25,US,Los Angelas,\nx,25,US,,\n";
        let fault = stock::import(&crate::testing::state(&store), parse(file).unwrap(), NOW).await.unwrap_err();
        let told: Vec<&str> = fault.errors["file"].iter().map(|text| text.en.as_ref()).collect();
        assert_eq!(told.len(), 5, "{told:?}");
        let starts = [
            "line 4: type must be", "line 6: 127.0.9.1: 127.0.9.1 is in stock already",
            "line 7: 127.0.9.1: An exit 127.0.9.1 exists", "line 8: 127.0.9.4: There is no city", "line 9: address is no IP",
        ];
        told.iter().zip(starts).for_each(|(told, start)| assert!(told.starts_with(start), "{told}"));
        assert!(told[3].contains("Los Angeles"));
        assert!(fault.errors["file"].iter().all(|text| text.zh.starts_with('第')));
        assert_eq!(free(&store, ALICE, true).await, 0);
        assert!(crate::exits::flow::records(&store.read().await.unwrap(), &vault()).await.unwrap().is_empty());
    }
}

#[test]
fn an_import_file_is_read_by_its_column_names() {
    let of = |text: &str| parse(text).unwrap().rows.into_iter().map(|(_, row)| row).collect::<Vec<_>>();
    let read = of(STOCK);
    let marked = of(&format!("\u{feff}{STOCK}"));
    assert_eq!(marked.len(), read.len(), "a byte order mark is no part of a name");
    assert_eq!(read.iter().map(|r| r.holders).collect::<Vec<_>>(), [1, 2, 1]);
    assert_eq!((read[0].asn, read[2].isp.as_str()), (Some(7922), "Hetzner, Online"));
    assert_eq!(read[2].city.as_deref(), Some("Berlin"));
}

#[test]
fn a_wrong_line_is_named() {
    for (text, line) in [
        ("", "line 1"),
        ("address,type\n", "line 1"),
        ("# stock\naddress,type,country\nnowhere,25,US\n", "line 3"),
        ("address,type,country\n1.1.1.1,9,US\n", "line 2"),
        ("address,type,country\n1.1.1.1,25,\n", "line 2"),
        ("address,type,country,asn\n1.1.1.1,25,US,x\n", "line 2"),
        ("address,type,country,holders\n1.1.1.1,25,US,0\n", "line 2"),
        ("address,type,country,sharing\n1.1.1.1,25,US,maybe\n", "line 2"),
        ("address,type,country,sharing,holders\n1.1.1.1,25,US,exclusive,2\n", "line 2"),
    ] {
        let fault = parse(text).and_then(|table| table.faults.end()).unwrap_err();
        assert!(fault.errors["file"][0].en.starts_with(line), "{text:?}: {fault}");
    }
}

#[test]
fn a_username_picks_by_address_package_and_place() {
    let one = |n: i64, city: &str| super::Owned {
        package: PackageId(n),
        exit: turnpike_base::ExitId(n),
        address: format!("127.0.9.{n}"),
        country: "US".into(),
        state: None,
        city: Some(city.into()),
        asn: Some(7922),
        until: end(),
    };
    let owned = [one(1, "Los Angeles"), one(2, "New York City")];
    let found = |place: &PlaceFilter, ip| {
        rules::matching(&owned, place, ip).iter().map(|o| o.exit.0).collect::<Vec<_>>()
    };
    let anywhere = PlaceFilter::default();
    assert_eq!(found(&anywhere, None), [1, 2]);
    assert_eq!((found(&anywhere, Some("127.0.9.2")), found(&anywhere, Some("1"))), (vec![2], vec![1]));
    assert!(found(&anywhere, Some("127.0.9.3")).is_empty());
    let city = PlaceFilter { city: Some("losangeles".into()), ..PlaceFilter::default() };
    assert_eq!((found(&city, None), found(&city, Some("2"))), (vec![1], vec![]));
}
