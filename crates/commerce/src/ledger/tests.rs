//! The ledger's promises, on both engines.

use super::{
    Account, AccountSum, Kind, Posting, Wanted, accounts, balance, check, credit_by_operator, fold, list,
    post, queries,
};
use crate::testing::customer;
use proptest::prelude::*;
use turnpike_base::{Code, CustomerId, Money, Page, Result, SiteId, Timestamp};
use turnpike_store::{Read, Store, WriteTx, args, both_engines, testing};

const NOW: Timestamp = Timestamp(1_800_000_000_000);
const SITE: SiteId = SiteId(1);

fn posting<'a>(who: CustomerId, kind: Kind, trade_no: &'a str, lines: &'a [(Account, Money)]) -> Posting<'a> {
    Posting { site: SITE, customer: who, kind, trade_no, memo: "", lines, overdraw: false }
}

async fn purchase(tx: &WriteTx, who: CustomerId, trade_no: &str, amount: i64) -> Result<()> {
    let lines = [(Account::Balance(who), Money(-amount)), (Account::Revenue, Money(amount))];
    post(tx, &posting(who, Kind::Payment, trade_no, &lines), NOW).await
}

async fn give(store: &Store, who: CustomerId, amount: i64) {
    let tx = store.write().await.unwrap();
    credit_by_operator(&tx, SITE, who, Money(amount), "test", NOW).await.unwrap();
    tx.commit().await.unwrap();
}

/// Buys in a transaction of its own; the code of the refusal.
async fn buy(store: Store, who: CustomerId, trade_no: String, amount: i64) -> Option<Code> {
    let tx = store.write().await.unwrap();
    match purchase(&tx, who, &trade_no, amount).await {
        Ok(()) => tx.commit().await.map(|()| None).unwrap(),
        Err(fault) => Some(fault.code),
    }
}

both_engines! {
    async fn money_for_three_pays_three_of_twelve(store: Store) {
        let who = customer(&store, NOW).await;
        give(&store, who, 3_000).await;
        let buyers: Vec<_> =
            (0..12).map(|n| tokio::spawn(buy(store.clone(), who, format!("t{n}"), 1_000))).collect();
        let mut refused = Vec::new();
        for buyer in buyers {
            refused.extend(buyer.await.unwrap());
        }
        assert_eq!(refused, [Code::BalanceTooLow; 9]);
        let tx = store.read().await.unwrap();
        assert_eq!(balance(&tx, who).await.unwrap(), Money::ZERO);
        assert_eq!(check::differences(&tx).await.unwrap(), Vec::<String>::new());
    }

    async fn an_order_is_paid_once_however_many_try(store: Store) {
        let who = customer(&store, NOW).await;
        give(&store, who, 5_000).await;
        let twins: Vec<_> = (0..8).map(|_| tokio::spawn(buy(store.clone(), who, "same".into(), 100))).collect();
        let mut refused = 0;
        for twin in twins {
            refused += i32::from(twin.await.unwrap() == Some(Code::Conflict));
        }
        assert_eq!(refused, 7);
        assert_eq!(balance(&store.read().await.unwrap(), who).await.unwrap(), Money(4_900));
    }

    async fn only_who_may_overdraw_takes_a_balance_below_zero(store: Store) {
        let who = customer(&store, NOW).await;
        give(&store, who, 50).await;
        assert_eq!(buy(store.clone(), who, "t".into(), 51).await, Some(Code::BalanceTooLow));
        let tx = store.write().await.unwrap();
        let lines = [(Account::Balance(who), Money(-80)), (Account::Cash(1), Money(80))];
        let dispute = Posting { overdraw: true, ..posting(who, Kind::Dispute, "d1", &lines) };
        post(&tx, &dispute, NOW).await.unwrap();
        assert_eq!(balance(&tx, who).await.unwrap(), Money(-30));
        tx.commit().await.unwrap();
        give(&store, who, 10).await;
        let tx = store.read().await.unwrap();
        assert_eq!(balance(&tx, who).await.unwrap(), Money(-20));
        assert!(check::differences(&tx).await.unwrap().is_empty());
    }

    async fn lines_that_do_not_sum_to_nothing_are_refused(store: Store) {
        let who = customer(&store, NOW).await;
        let tx = store.write().await.unwrap();
        for lines in [&[(Account::Revenue, Money(1))][..], &[], &[(Account::Revenue, Money(0))]] {
            let fault = post(&tx, &posting(who, Kind::Payment, "t", lines), NOW).await.unwrap_err();
            assert_eq!(fault.slug, "entry_unbalanced");
        }
    }

    async fn what_is_written_can_be_neither_changed_nor_taken_away(store: Store) {
        let who = customer(&store, NOW).await;
        give(&store, who, 100).await;
        for sql in ["UPDATE ledger_lines SET amount = 1", "DELETE FROM ledger_lines",
            "UPDATE ledger_entries SET memo = 'x'", "DELETE FROM ledger_entries"] {
            let tx = store.write().await.unwrap();
            assert!(tx.exec(sql, args![]).await.is_err(), "{sql}");
        }
    }

    async fn a_balance_that_was_tampered_with_is_found(store: Store) {
        let who = customer(&store, NOW).await;
        give(&store, who, 100).await;
        let tx = store.write().await.unwrap();
        tx.exec("UPDATE balances SET amount = amount + 1", args![]).await.unwrap();
        let found = check::differences(&tx).await.unwrap();
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("for 1 it is 101 against 100"), "{found:?}");
    }

    async fn old_lines_are_folded_and_young_ones_counted(store: Store) {
        let who = customer(&store, NOW).await;
        give(&store, who, 1_000).await;
        let all = async || accounts(&store.read().await.unwrap(), SITE).await.unwrap();
        let kept = async || {
            let tx = store.read().await.unwrap();
            let row = tx.row("SELECT CAST(COALESCE(SUM(lines), 0) AS BIGINT) AS n FROM ledger_sums", args![]).await;
            row.unwrap().unwrap().get::<i64>("n").unwrap()
        };
        let before = all().await;
        fold(&store, NOW.plus_minutes(60)).await.unwrap();
        assert_eq!((kept().await, all().await), (0, before.clone()), "an hour old is not older than an hour");
        let later = NOW.plus_minutes(61);
        fold(&store, later).await.unwrap();
        assert_eq!((kept().await, all().await), (2, before));
        assert_eq!(buy(store.clone(), who, "t1".into(), 300).await, None);
        let sum = |sums: &[AccountSum], name: &str| {
            sums.iter().find(|sum| sum.account == name).map(|sum| (sum.amount.0, sum.lines))
        };
        let now = all().await;
        assert_eq!((sum(&now, "balance"), sum(&now, "revenue")), (Some((700, 2)), Some((300, 1))));
        for _ in 0..2 {
            fold(&store, later).await.unwrap();
            assert_eq!((kept().await, all().await), (4, now.clone()), "each line once");
        }
        assert!(check::differences(&store.read().await.unwrap()).await.unwrap().is_empty());
        let tx = store.write().await.unwrap();
        tx.exec("UPDATE ledger_sums SET amount = amount + 1 WHERE account = 'revenue'", args![]).await.unwrap();
        let found = check::differences(&tx).await.unwrap();
        assert!(found.len() == 1 && found[0].contains("it is 301 against 300"), "{found:?}");
    }

    async fn entries_are_listed_whole_and_newest_first(store: Store) {
        let who = customer(&store, NOW).await;
        give(&store, who, 100).await;
        assert_eq!(buy(store.clone(), who, "t1".into(), 30).await, None);
        let tx = store.read().await.unwrap();
        let found = list(&tx, Wanted { customer: Some(who), ..Wanted::default() }, Page::new(1, 1)).await.unwrap();
        assert_eq!((found.total, found.rows.len()), (2, 1));
        assert_eq!(found.rows[0].lines, [("balance".into(), Money(-30)), ("revenue".into(), Money(30))]);
        assert_eq!(found.rows[0].balance, Some(Money(70)));
        let sums = accounts(&tx, SITE).await.unwrap();
        assert_eq!(sums.iter().map(|s| s.amount.0).sum::<i64>(), 0);
        assert_eq!(sums.iter().map(|s| s.account.as_str()).collect::<Vec<_>>(), ["adjustments", "balance", "revenue"]);
    }
}

#[tokio::test]
async fn sums_begin_with_the_lines_that_are_not_folded() {
    let test = testing::sqlite().await;
    let tx = test.store.read().await.unwrap();
    let plan = tx.rows(&format!("EXPLAIN QUERY PLAN {}", queries::SUMS), args![SITE]).await.unwrap();
    let steps: Vec<String> = plan.iter().map(|row| row.get("detail").unwrap()).collect();
    let of_lines = steps.iter().find(|step| step.contains(" l ")).unwrap();
    assert!(of_lines.contains("PRIMARY KEY (rowid>?)"), "{steps:?}");
}

proptest! {
    #[test]
    fn an_entry_made_of_pairs_always_balances(amounts in prop::collection::vec(1i64..1 << 40, 1..20)) {
        let who = CustomerId(1);
        let pair = |n: &i64| [(Account::Balance(who), Money(-n)), (Account::Revenue, Money(*n))];
        let lines: Vec<_> = amounts.iter().flat_map(pair).collect();
        let changes = super::rules::balance_changes(&posting(who, Kind::Payment, "t", &lines)).unwrap();
        prop_assert_eq!(changes[&who].0, -amounts.iter().sum::<i64>());
    }
}
