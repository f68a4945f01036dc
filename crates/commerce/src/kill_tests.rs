//! kill -9 at random points of a mixed load of orders, payments, refunds and closings: whatever was under way,
//! the books are exact, nothing is half granted, and what closed orders held is free.
//!
//! The test starts itself again as the process that is killed. 20 times; `TURNPIKE_KILL_ROUNDS` says otherwise.

use crate::orders::{self, Order, Request, Status};
use crate::payments::{self, BALANCE, BANK, Seen, Terms};
use crate::testing::{Shop, vault};
use crate::{State, ledger};
use rand::RngExt;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use turnpike_base::{Clock, CustomerId, Money, time::SystemClock};
use turnpike_identity::Directory;
use turnpike_store::{Read, Store, args};

const NAME: &str = "kill_tests::money_stays_exact_however_often_the_process_is_killed";
const DIR: &str = "TURNPIKE_KILL_DIR";
/// Work at once.
const TASKS: usize = 6;

async fn reopen(dir: &Path) -> Shop {
    let store = Store::open_sqlite(dir).await.unwrap();
    let directory = Directory::open(store.clone(), vault()).await.unwrap();
    let site = directory.sites().remove(0);
    let payments = payments::Payments::default();
    let state = State {
        store,
        vault: vault(),
        directory: Arc::new(directory),
        payments,
        rest: turnpike_network::Rest::default(),
    };
    Shop { state, site, customer: CustomerId(1) }
}

fn request(pid: i64, pm_id: i64, code: &str) -> Request {
    let region = crate::fields::Region { country: "US".into(), count: 1, asn: None };
    Request {
        pid,
        upids: None,
        amount: 1,
        pm_id,
        region_list: (code == "static-dc").then(|| vec![region]),
        coupon_sn: None,
        use_invitation_registration_discount: false,
        renew_duration: crate::renewals::Duration::OneMonth,
        product_sku_bandwidth_id: None,
        product_sku_concurrency_id: None,
        product_sku_duration_id: None,
        etd: 1,
        recharge_amount: (code == "recharge").then_some(Money(20_000)),
        trade_no: None,
    }
}

async fn confirm(shop: &Shop, order: &Order, amount: Option<Money>) {
    let seen = Seen { trade_no: &order.trade_no, amount, reference: &order.trade_no };
    let _ = payments::confirm(&shop.state, &seen, SystemClock.now()).await;
}

async fn refund(shop: &Shop, order: &Order) {
    let tx = shop.state.store.write().await.unwrap();
    let refunded = orders::flow::refund(&tx, &shop.state, &order.trade_no, None, SystemClock.now()).await;
    if refunded.is_ok() {
        tx.commit().await.unwrap();
    }
}

/// One thing that a customer or the operator does; a refusal (sold out, too little money) is one too.
async fn step(shop: &Shop) {
    const CODES: [&str; 5] = ["bucket", "extract", "static-dc", "limited", "recharge"];
    let (code, what) = {
        let mut random = rand::rng();
        (CODES[random.random_range(0..CODES.len())], random.random_range(0..6))
    };
    let now = SystemClock.now();
    let pm_id = if what < 2 && code != "recharge" { BALANCE } else { BANK };
    let ask = request(shop.pid(code).await, pm_id, code);
    let Ok(order) = orders::flow::create(&shop.state, &shop.buyer(now), &ask).await else { return };
    match what {
        1 | 2 => {
            confirm(shop, &order, None).await;
            refund(shop, &order).await;
        }
        3 => confirm(shop, &order, None).await,
        4 => {
            confirm(shop, &order, Some(Money(1))).await;
            let _ = orders::flow::close(&shop.state, &shop.buyer(now), &order.trade_no).await;
        }
        5 => drop(orders::flow::close(&shop.state, &shop.buyer(now), &order.trade_no).await),
        _ => {}
    }
}

/// Works until it is killed; a line for every step that is done.
async fn work(dir: &Path) {
    let shop = Arc::new(reopen(dir).await);
    let mut tasks = tokio::task::JoinSet::<()>::new();
    for _ in 0..TASKS {
        let shop = Arc::clone(&shop);
        tasks.spawn(async move {
            loop {
                step(&shop).await;
                let _ = writeln!(std::io::stdout(), "step");
            }
        });
    }
    tasks.join_all().await;
}

/// Lets a process work for some steps and kills it, whatever it is in the middle of.
fn kill_after(dir: &Path, steps: usize) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([NAME, "--exact", "--nocapture"])
        .env(DIR, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let done = lines.map_while(Result::ok).filter(|line| line.ends_with("step")).take(steps).count();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(done, steps, "it ended by itself");
}

async fn count(tx: &impl Read, sql: &str) -> i64 {
    tx.row(&format!("SELECT COUNT(*) AS n FROM {sql}"), args![]).await.unwrap().unwrap().get("n").unwrap()
}

async fn proves(dir: &Path) {
    let shop = reopen(dir).await;
    let store = &shop.state.store;
    let tx = store.read().await.unwrap();
    assert_eq!(ledger::check::differences(&tx).await.unwrap(), Vec::<String>::new());
    assert_eq!(payments::check::differences(&tx).await.unwrap(), Vec::<String>::new());
    for (promise, sql) in [
        (
            "every paid order granted",
            "orders o WHERE o.status IN (1, 3) AND o.product_type <> 3 AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.trade_no = o.trade_no)",
        ),
        (
            "no other order did",
            "grants g JOIN orders o ON o.trade_no = g.trade_no WHERE o.status NOT IN (1, 3)",
        ),
        (
            "every paid order is booked",
            "orders o WHERE o.status IN (1, 3) AND NOT EXISTS (SELECT 1 FROM ledger_entries e \
            WHERE e.trade_no = o.trade_no AND e.kind IN ('payment', 'recharge'))",
        ),
        (
            "stock that is taken is what open and paid orders hold",
            "products p WHERE p.stock > 0 AND p.taken <> \
            (SELECT COUNT(*) FROM orders o WHERE o.product_id = p.id AND o.status <> 2 \
            AND (o.refund_fee = 0 OR o.refund_fee < o.gross - o.discount_fee))",
        ),
    ] {
        assert_eq!(count(&tx, sql).await, 0, "{promise}");
    }
    drop(tx);
    store.close().await.unwrap();
}

async fn setup(dir: &Path) {
    let store = Store::open_sqlite(dir).await.unwrap();
    let shop = Shop::open(&store, 500_000, SystemClock.now()).await;
    let tx = store.write().await.unwrap();
    let terms = Terms { enabled: true, ..Terms::default() };
    payments::set_method(&tx, &shop.state.payments, &shop.site, BANK, &terms).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn money_stays_exact_however_often_the_process_is_killed() {
    if let Some(dir) = std::env::var_os(DIR) {
        return work(Path::new(&dir)).await;
    }
    let rounds = std::env::var("TURNPIKE_KILL_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(20);
    let dir = tempfile::tempdir().unwrap();
    setup(dir.path()).await;
    for _ in 0..rounds {
        let steps = rand::rng().random_range(1..40);
        let path = dir.path().to_owned();
        tokio::task::spawn_blocking(move || kill_after(&path, steps)).await.unwrap();
        proves(dir.path()).await;
    }
    // Whatever waits closes by itself and holds nothing afterwards.
    let shop = reopen(dir.path()).await;
    let later = SystemClock.now().plus_days(2);
    while orders::flow::expire(&shop.state, later).await.unwrap() > 0 {}
    proves(dir.path()).await;
    let tx = shop.state.store.read().await.unwrap();
    assert_eq!(count(&tx, &format!("orders WHERE status = {}", Status::Unpaid as i64)).await, 0);
    assert!(count(&tx, "orders WHERE status = 1").await > 0, "the load bought something");
}
