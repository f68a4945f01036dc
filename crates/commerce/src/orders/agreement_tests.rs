//! `order/check` and `order/create` agree, to the cent and to the refusal; what they refuse names its field
//! and writes nothing.

use super::quote::quote;
use super::*;
use crate::fields::Region;
use crate::renewals::Duration;
use crate::testing::Shop;
use rand::RngExt;
use rand::rngs::StdRng;
use turnpike_base::{Money, Timestamp};
use turnpike_store::testing;

/// 2026-11-24 12:00:00 UTC.
const NOW: Timestamp = Timestamp(1_795_521_600_000);
const BODIES: usize = 10_000;

const CODES: &[&str] =
    &["recharge", "bucket", "unmetered", "static-dc", "rotating", "extract", "renew-dc", "exchange", "addon"];

/// A random body that the shop may take.
async fn body(shop: &Shop, random: &mut StdRng, skus: &[Vec<i64>; 3], owned: &[i64]) -> Request {
    let code = CODES[random.random_range(0..CODES.len())];
    let mut ask = Request::plain(shop.pid(code).await, if random.random_bool(0.5) { 7 } else { 0 });
    ask.amount = random.random_range(1..5);
    ask.etd = if code == "bucket" { random.random_range(1..4) } else { 1 };
    let pick = |random: &mut StdRng, from: &[i64]| from[random.random_range(0..from.len())];
    match code {
        "recharge" => {
            ask.pm_id = 0;
            ask.recharge_amount = Some(Money(random.random_range(100..1_000_000)));
        }
        "unmetered" => {
            ask.product_sku_bandwidth_id = Some(pick(random, &skus[0]));
            ask.product_sku_concurrency_id = Some(pick(random, &skus[1]));
            ask.product_sku_duration_id = random.random_bool(0.5).then(|| pick(random, &skus[2]));
        }
        "static-dc" => {
            let region = |count, asn| Region { country: "US".into(), count, asn };
            ask.region_list = Some(vec![region(random.random_range(1..3), None), region(1, Some(701))]);
        }
        "renew-dc" => {
            let all = [Duration::OneMonth, Duration::TwoMonths, Duration::EndOfNextMonth];
            ask.renew_duration = all[random.random_range(0..3)];
            ask.upids = Some(owned[..random.random_range(1..=owned.len())].to_vec());
        }
        _ => {}
    }
    ask
}

#[tokio::test]
async fn check_and_create_agree_over_random_bodies() {
    let test = testing::sqlite().await;
    let shop = Shop::open(&test.store, 99_000_000_000, NOW).await;
    let mut ask = Request::plain(shop.pid("static-dc").await, 7);
    ask.region_list = Some(vec![Region { country: "US".into(), count: 3, asn: Some(7922) }]);
    flow::create(&shop.state, &shop.buyer(NOW), &ask).await.unwrap();
    let tx = test.store.write().await.unwrap();
    let bought = list(&tx, &Filter::default(), Page::default()).await.unwrap();
    let given = crate::grants::of_order(&tx, &bought.rows[0].trade_no).await.unwrap();
    let owned: Vec<i64> = given.iter().map(|given| given.package.0).collect();
    let product = crate::products::by_id(&tx, turnpike_base::ProductId(shop.pid("unmetered").await))
        .await
        .unwrap()
        .unwrap();
    let of = |kind| product.skus.iter().filter(|sku| sku.kind == kind).map(|sku| sku.id).collect::<Vec<_>>();
    let skus = crate::products::SkuKind::ALL.map(of);
    let mut random: StdRng = rand::make_rng();
    let mut made = 0;
    for _ in 0..BODIES {
        let ask = body(&shop, &mut random, &skus, &owned).await;
        let seen = quote(&tx, &shop.state, &shop.buyer(NOW), &ask).await;
        let outcome = flow::create_in(&tx, &shop.state, &shop.buyer(NOW), &ask).await;
        match (seen, outcome) {
            (Ok(seen), Ok(order)) => {
                made += 1;
                let f = seen.figures;
                let shown =
                    (order.gross, order.discount_fee, order.handling_fee, order.pay_fee(), order.total_fee());
                assert_eq!(
                    (f.gross, f.discount_fee, f.handling_fee, f.pay_fee(), f.total_fee()),
                    shown,
                    "{ask:?}"
                );
                assert_eq!((seen.plan.unit, seen.plan.amount), (order.unit_price, order.amount), "{ask:?}");
            }
            (Err(seen), Err(outcome)) => assert_eq!(seen.slug, outcome.slug, "{ask:?}"),
            (seen, outcome) => {
                panic!("{ask:?}: {:?} and {:?}", seen.map(|s| s.figures), outcome.map(|o| o.trade_no))
            }
        }
    }
    assert!(made > BODIES / 2, "{made}");
    let found = crate::check::differences(&tx).await.unwrap();
    assert!(found.is_empty(), "{found:?}");
}
