//! Lists of orders: whole, in order, and found in indexes however many orders there are.

use super::queries::{counting, reading};
use super::{Filter, list};
use turnpike_base::{CustomerId, Page, ProductType, Timestamp, Walk};
use turnpike_store::{Read, Store, args, both_engines, testing};

const WHO: CustomerId = CustomerId(77);

/// Orders of two customers, several made in the same instant.
async fn fill(store: &Store) {
    let tx = store.write().await.unwrap();
    let sql = "INSERT INTO orders (site_id, customer_id, trade_no, product_id, product_type, amount, currency, unit_price, \
        gross, discount_fee, handling_fee, pm_id, status, title_zh, title_en, goods, created_at, expire_at, paid_at, outside) \
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120) \
        SELECT 1, CASE WHEN i % 7 = 0 THEN 78 ELSE 77 END, 'T' || i, 2, CASE i % 3 WHEN 0 THEN 12 ELSE 9 END, 1, 'CNY', 100, 100, 0, 0, \
        CASE i % 5 WHEN 0 THEN 7 ELSE 2 END, i % 4, '', '', \
        '{\"what\":{\"kind\":\"bucket\",\"bytes\":1,\"days\":7},\"balance_gift\":0,\"detail\":{\"zh\":\"\",\"en\":\"\"},\
        \"regions\":\"\",\"choices\":{\"bandwidth\":null,\"concurrency\":null,\"duration\":null,\"etd\":1}}', \
        1000 + i / 10, 0, CASE i % 2 WHEN 1 THEN 1000 END, CASE i % 5 WHEN 0 THEN 0 ELSE 100 END FROM n";
    tx.exec(sql, args![]).await.unwrap();
    tx.commit().await.unwrap();
}

fn filters() -> Vec<Filter> {
    let of = |status, product, invoice| Filter {
        customer: Some(WHO),
        status,
        product,
        invoice,
        ..Filter::default()
    };
    vec![
        of(None, None, 0),
        of(Some(2), None, 0),
        of(None, Some(ProductType::Datacenter), 0),
        of(Some(2), Some(ProductType::Dynamic), 0),
        of(None, None, -1),
        Filter { from: Some(Timestamp(1_003)), to: Some(Timestamp(1_009)), ..of(None, None, 0) },
    ]
}

both_engines! {
    async fn pages_hold_every_order_once_the_newest_first(store: Store) {
        fill(&store).await;
        let tx = store.read().await.unwrap();
        for filter in filters() {
            let whole = list(&tx, &filter, Page::new(1, 200)).await.unwrap();
            let keys: Vec<_> = whole.rows.iter().map(|order| (order.created_at, order.id)).collect();
            assert!(keys.is_sorted_by(|a, b| a > b) && !keys.is_empty(), "{filter:?}");
            assert!(whole.rows.iter().all(|order| order.customer == WHO));
            let mut pieces = Vec::new();
            for number in 1..=keys.len().div_ceil(7) + 1 {
                let page = Page::new(i64::try_from(number).unwrap(), 7);
                let found = list(&tx, &filter, page).await.unwrap();
                assert_eq!(found.total, i64::try_from(keys.len()).unwrap());
                pieces.extend(found.rows.iter().map(|order| (order.created_at, order.id)));
            }
            assert_eq!(pieces, keys, "{filter:?}");
        }
    }
}

#[tokio::test]
async fn no_list_reads_the_orders_that_it_passes_over() {
    let test = testing::sqlite().await;
    let tx = test.store.read().await.unwrap();
    let walk = |backwards| Walk { backwards, take: 20, skip: 40 };
    for filter in filters() {
        for (sql, args) in [counting(&filter), reading(&filter, walk(false)), reading(&filter, walk(true))] {
            let plan = tx.rows(&format!("EXPLAIN QUERY PLAN {sql}"), args).await.unwrap();
            let steps: Vec<String> = plan.iter().map(|row| row.get("detail").unwrap()).collect();
            let reads = steps.iter().filter(|step| step.starts_with("SEARCH") || step.starts_with("SCAN"));
            let by_index = |step: &&String| step.contains("COVERING INDEX") || step.contains("PRIMARY KEY");
            assert!(reads.clone().all(|step| by_index(&step)) && reads.count() > 0, "{filter:?}: {steps:?}");
        }
    }
}
