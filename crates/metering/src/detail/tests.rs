//! The detailed log on both engines.

use super::queries::{self, Line, Wanted};
use turnpike_base::{CustomerId, Timestamp};
use turnpike_store::{Store, args, both_engines};

const WHO: CustomerId = CustomerId(7);

async fn seed(store: &Store) {
    let tx = store.write().await.unwrap();
    for (account, quarter, up) in [(1_i64, 4_i64, 100_i64), (1, 8, 50), (0, 5, 30)] {
        let sql = "INSERT INTO usage_quarters (customer_id, account_id, product_type, quarter, up, down, connections) \
            VALUES (7, $1, 9, $2, $3, 1, 2)";
        tx.exec(sql, args![account, quarter, up]).await.unwrap();
    }
    for (country, bytes) in [("US", 5_i64), ("DE", 9)] {
        let sql = "INSERT INTO usage_countries (customer_id, account_id, product_type, hour, country, up, down) \
            VALUES (7, 1, 9, 1, $1, $2, 0)";
        tx.exec(sql, args![country, bytes]).await.unwrap();
    }
    let sql = "INSERT INTO usage_hosts (customer_id, account_id, product_type, day, host, bytes, connections) \
        VALUES (7, 1, 9, 0, 'example.com', 77, 3)";
    tx.exec(sql, args![]).await.unwrap();
    let sql = "INSERT INTO accounts (id, customer_id, username, username_key, sealed_password, product_type, remark, created_at) \
        VALUES (1, 7, 'User01', 'user01', $1, 9, '', 0)";
    tx.exec(sql, args![vec![0_u8]]).await.unwrap();
    tx.commit().await.unwrap();
}

fn of(customer: CustomerId) -> Wanted<'static> {
    Wanted { customer, accounts: None, product: None, from: Timestamp(0), to: Timestamp(0).plus_days(1) }
}

fn line(key: &str, bytes: i64, connections: Option<i64>) -> Line {
    Line { key: key.into(), bytes, connections }
}

both_engines! {
    async fn every_view_adds_up(store: Store) {
        seed(&store).await;
        let tx = store.read().await.unwrap();
        let quarters = queries::quarters(&tx, &of(WHO)).await.unwrap();
        let told: Vec<_> = quarters.iter().map(|q| (q.number, q.bytes, q.connections)).collect();
        assert_eq!(told, [(8, 51, 2), (5, 31, 2), (4, 101, 2)]);
        let accounts = queries::accounts(&tx, &of(WHO)).await.unwrap();
        assert_eq!(accounts, [line("User01", 152, Some(4)), line("", 31, Some(2))]);
        let countries = queries::countries(&tx, &of(WHO)).await.unwrap();
        assert_eq!(countries, [line("DE", 9, None), line("US", 5, None)]);
        assert_eq!(queries::hosts(&tx, &of(WHO)).await.unwrap(), [line("example.com", 77, Some(3))]);
        let short = Wanted { to: Timestamp(0).plus_minutes(90), ..of(WHO) };
        assert_eq!(queries::quarters(&tx, &short).await.unwrap().len(), 2);
        let nobody = Wanted { accounts: Some(&[]), ..of(WHO) };
        assert!(queries::hosts(&tx, &nobody).await.unwrap().is_empty());
        assert!(queries::accounts(&tx, &of(CustomerId(8))).await.unwrap().is_empty());
    }
}
