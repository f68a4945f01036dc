//! The store suite: the same promises on both engines.

use crate::along::{self, Companion, Joined};
use crate::{
    Engine, Read, Store, StoreError, Vault, WriteTx, args, both_engines, changes, jobs, outbox, retrying,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Barrier;
use turnpike_base::{Secret, Timestamp};

const NOW: Timestamp = Timestamp(1_000_000);

/// Writes a fact along with the first transaction, and the answer into it.
#[derive(Debug, Default)]
struct Fact(AtomicBool);

impl Companion for Fact {
    fn join<'a>(&'a self, tx: &'a WriteTx) -> Joined<'a> {
        let sql = "INSERT INTO facts (name, value) VALUES ('along', '') ON CONFLICT (name) DO NOTHING";
        Box::pin(async { if tx.exec(sql, args![]).await? == 1 { Ok(()) } else { Err(StoreError::Twin) } })
    }

    fn committed(&self) {
        assert!(!self.0.swap(true, Ordering::SeqCst), "told once");
    }

    fn answered<'a>(&'a self, tx: &'a WriteTx, answer: &'a str) -> Joined<'a> {
        let sql = "UPDATE facts SET value = $1 WHERE name = 'along'";
        Box::pin(async move { tx.exec(sql, args![answer]).await.map(drop) })
    }
}

async fn along_is(store: &Store) -> Option<String> {
    let row = store.read().await.unwrap().row("SELECT value FROM facts WHERE name = 'along'", args![]).await;
    row.unwrap().map(|row| row.get("value").unwrap())
}

both_engines! {
    async fn the_first_commit_carries_what_comes_along(store: Store) {
        let fact = Arc::new(Fact::default());
        let work = async {
            drop(store.write().await.unwrap());
            assert_eq!(along_is(&store).await, None, "what is rolled back leaves none");
            assert!(!fact.0.load(Ordering::SeqCst));
            store.write().await.unwrap().commit().await.unwrap();
            assert_eq!(along_is(&store).await.as_deref(), Some(""));
            // The second transaction doesn't write it again, and may still tell the answer.
            store.write().await.unwrap().commit_with(&7).await.unwrap();
        };
        along::with(vec![Arc::clone(&fact) as Arc<dyn Companion>], work).await;
        assert!(fact.0.load(Ordering::SeqCst));
        assert_eq!(along_is(&store).await.as_deref(), Some("7"));
        store.write().await.unwrap().commit_with(&8).await.unwrap();
        assert_eq!(along_is(&store).await.as_deref(), Some("7"), "nobody goes along outside");
    }

    async fn a_twin_begins_nothing(store: Store) {
        let begin = || along::with(vec![Arc::new(Fact::default()) as Arc<dyn Companion>], store.write());
        let first = begin().await.unwrap();
        let (second, ()) = tokio::join!(begin(), async { first.commit_with(&1).await.unwrap() });
        assert!(matches!(second, Err(StoreError::Twin)), "{second:?}");
    }

    async fn a_dropped_write_leaves_nothing(store: Store) {
        let tx = store.write().await.unwrap();
        tx.exec("INSERT INTO facts (name, value) VALUES ($1, $2)", args!["a", "1"]).await.unwrap();
        drop(tx);
        let tx = store.read().await.unwrap();
        assert!(tx.row("SELECT name FROM facts", args![]).await.unwrap().is_none());
    }

    async fn a_reader_sees_one_state_whoever_commits_meanwhile(store: Store) {
        let write = async |name: &str| {
            let tx = store.write().await.unwrap();
            tx.exec("INSERT INTO facts (name, value) VALUES ($1, $2)", args![name, "1"]).await.unwrap();
            tx.commit().await.unwrap();
        };
        let count = async |tx: &crate::ReadTx| -> i64 {
            tx.row("SELECT COUNT(*) AS n FROM facts", args![]).await.unwrap().unwrap().get("n").unwrap()
        };
        write("a").await;
        let reader = store.read().await.unwrap();
        assert_eq!(count(&reader).await, 1);
        write("b").await;
        assert_eq!(reader.rows("SELECT name FROM facts", args![]).await.unwrap().len(), 1, "what came later is not there");
        assert_eq!(count(&store.read().await.unwrap()).await, 2, "who begins now sees it");
    }

    async fn a_reader_writes_nothing(store: Store) {
        let reader = store.read().await.unwrap();
        let sql = "INSERT INTO facts (name, value) VALUES ('a', '1') RETURNING name";
        assert!(matches!(reader.row(sql, args![]).await, Err(StoreError::Broken(_))));
        drop(reader);
        let found = store.read().await.unwrap().rows("SELECT name FROM facts", args![]).await.unwrap();
        assert!(found.is_empty(), "and its connection reads on");
    }

    async fn a_reader_binds_every_kind_of_value(store: Store) {
        let tx = store.read().await.unwrap();
        let sql = "SELECT CAST($1 AS BIGINT) AS n, CAST($2 AS TEXT) AS t, CAST($3 AS BIGINT) AS no, CAST($4 AS TEXT) AS blank";
        let bound = args![i64::MIN, "中文", None::<i64>, None::<String>];
        let row = tx.row(sql, bound).await.unwrap().unwrap();
        assert_eq!((row.get::<i64>("n").unwrap(), row.get::<String>("t").unwrap()), (i64::MIN, "中文".to_owned()));
        assert_eq!((row.opt::<i64>("no").unwrap(), row.opt::<String>("blank").unwrap()), (None, None));
        let found = tx.rows("SELECT name FROM facts WHERE CAST($1 AS TEXT) = 'x'", args!["y"]).await.unwrap();
        assert!(found.is_empty());
    }

    async fn a_duplicate_is_told_apart(store: Store) {
        let tx = store.write().await.unwrap();
        let sql = "INSERT INTO facts (name, value) VALUES ($1, $2)";
        tx.exec(sql, args!["a", "1"]).await.unwrap();
        assert!(tx.exec(sql, args!["a", "2"]).await.unwrap_err().is_duplicate());
    }

    async fn values_come_back_as_they_were_bound(store: Store) {
        let tx = store.write().await.unwrap();
        let sql = "SELECT CAST($1 AS BIGINT) AS n, CAST($2 AS TEXT) AS t, CAST($3 AS BIGINT) AS empty_one";
        let row = tx.row(sql, args![i64::MAX, "中文", None::<i64>]).await.unwrap().unwrap();
        assert_eq!(row.get::<i64>("n").unwrap(), i64::MAX);
        assert_eq!(row.get::<String>("t").unwrap(), "中文");
        assert_eq!(row.opt::<i64>("empty_one").unwrap(), None);
        assert!(row.get::<i64>("empty_one").is_err());
    }

    async fn changes_come_in_order_and_once(store: Store) {
        let tx = store.write().await.unwrap();
        changes::tell(&tx, &"first", NOW).await.unwrap();
        changes::tell(&tx, &"second", NOW).await.unwrap();
        tx.commit().await.unwrap();
        let tx = store.write().await.unwrap();
        let pending: Vec<(i64, String)> = changes::pending(&tx, 10).await.unwrap();
        assert_eq!(pending.iter().map(|(_, c)| c.as_str()).collect::<Vec<_>>(), ["first", "second"]);
        changes::published(&tx, pending[0].0).await.unwrap();
        let rest: Vec<(i64, String)> = changes::pending(&tx, 10).await.unwrap();
        assert_eq!(rest.len(), 1);
    }

    async fn two_workers_never_hold_the_same_job(store: Store) {
        let tx = store.write().await.unwrap();
        jobs::plan(&tx, "expire", "1", &1, NOW, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let (one, two) = tokio::join!(claim(&store, NOW), claim(&store, NOW));
        assert_eq!(i32::from(one.is_some()) + i32::from(two.is_some()), 1);
        let later = claim(&store, NOW.plus_seconds(31)).await.unwrap();
        assert_eq!(later.attempts, 2, "a job whose worker died is taken again");
        let tx = store.write().await.unwrap();
        let lost = one.or(two).unwrap();
        assert!(!jobs::finish(&tx, &lost).await.unwrap(), "who lost the lock can't finish");
        assert!(jobs::finish(&tx, &later).await.unwrap());
    }

    async fn a_failed_job_waits_longer_each_time(store: Store) {
        let tx = store.write().await.unwrap();
        jobs::plan(&tx, "expire", "1", &1, NOW, NOW).await.unwrap();
        let job = jobs::claim(&tx, NOW, 30).await.unwrap().unwrap();
        jobs::fail(&tx, &job, "no luck", NOW).await.unwrap();
        assert!(jobs::claim(&tx, NOW, 30).await.unwrap().is_none());
        assert_eq!(jobs::claim(&tx, NOW.plus_seconds(1), 30).await.unwrap().unwrap().attempts, 2);
        assert_eq!([jobs::wait(1), jobs::wait(2), jobs::wait(5), jobs::wait(1_000)], [1, 2, 16, 3_600]);
    }

    async fn a_sent_message_is_not_sent_again_and_keeps_no_secret(store: Store) {
        let tx = store.write().await.unwrap();
        outbox::post_with_record(&tx, "mail", &"code 123456", &"to Ann", NOW).await.unwrap();
        let message = outbox::claim(&tx, "mail", NOW, 30).await.unwrap().unwrap();
        assert!(outbox::claim(&tx, "webhook", NOW, 30).await.unwrap().is_none());
        outbox::fail(&tx, &message, "refused", NOW).await.unwrap();
        let message = outbox::claim(&tx, "mail", NOW.plus_seconds(1), 30).await.unwrap().unwrap();
        outbox::sent(&tx, &message, NOW).await.unwrap();
        assert!(outbox::claim(&tx, "mail", NOW.plus_days(1), 30).await.unwrap().is_none());
        let row = tx.row("SELECT payload, record FROM outbox", args![]).await.unwrap().unwrap();
        assert_eq!(row.get::<String>("payload").unwrap(), "null");
        assert_eq!(row.get::<String>("record").unwrap(), "\"to Ann\"", "what it was stays readable");
    }

    async fn messages_of_a_lane_go_one_after_the_other(store: Store) {
        let tx = store.write().await.unwrap();
        for (lane, text) in [("a", "a1"), ("a", "a2"), ("b", "b1")] {
            outbox::post_in_lane(&tx, "hook", lane, &text, NOW).await.unwrap();
        }
        let claim = async |now: Timestamp| outbox::claim(&tx, "hook", now, 30).await.unwrap();
        let (a1, b1) = (claim(NOW).await.unwrap(), claim(NOW).await.unwrap());
        assert_eq!([&a1.payload, &b1.payload], ["\"a1\"", "\"b1\""]);
        assert!(claim(NOW).await.is_none() && !outbox::is_due(&tx, "hook", NOW).await.unwrap(), "a2 waits for a1");
        outbox::fail(&tx, &a1, "no answer", NOW).await.unwrap();
        assert!(claim(NOW).await.is_none(), "a2 does not overtake a1");
        outbox::hurry(&tx, "hook", "a", NOW).await.unwrap();
        let again = claim(NOW).await.unwrap();
        assert_eq!((again.id, again.attempts), (a1.id, 2), "the receiver is back");
        outbox::sent(&tx, &again, NOW).await.unwrap();
        assert_eq!(claim(NOW).await.unwrap().payload, "\"a2\"");
        outbox::give_up(&tx, &b1, "too late").await.unwrap();
        outbox::post_in_lane(&tx, "hook", "b", &"b2", NOW).await.unwrap();
        outbox::clear(&tx, "hook", "b", NOW).await.unwrap();
        outbox::post_in_lane(&tx, "hook", "b", &"b3", NOW).await.unwrap();
        assert_eq!(claim(NOW).await.unwrap().payload, "\"b3\"", "what was given up holds nobody up");
    }

    async fn who_lost_a_message_to_another_process_changes_nothing(store: Store) {
        let tx = store.write().await.unwrap();
        outbox::post(&tx, "mail", &"hello", NOW).await.unwrap();
        let lost = outbox::claim(&tx, "mail", NOW, 30).await.unwrap().unwrap();
        let later = NOW.plus_seconds(31);
        let taken = outbox::claim(&tx, "mail", later, 30).await.unwrap().unwrap();
        outbox::fail(&tx, &lost, "no answer", later).await.unwrap();
        outbox::give_up(&tx, &lost, "no answer").await.unwrap();
        outbox::sent(&tx, &lost, later).await.unwrap();
        assert!(outbox::claim(&tx, "mail", later.plus_seconds(9), 30).await.unwrap().is_none(), "it is on its way");
        outbox::sent(&tx, &taken, later).await.unwrap();
        assert!(outbox::claim(&tx, "mail", NOW.plus_days(1), 30).await.unwrap().is_none());
    }

    async fn what_is_planned_while_it_runs_comes_after_it(store: Store) {
        let tx = store.write().await.unwrap();
        let plan = |seconds: i64| {
            let tx = &tx;
            async move { jobs::plan(tx, "refund", "1", &seconds, NOW.plus_seconds(seconds), NOW).await.unwrap() }
        };
        for (round, end) in ["finish", "repeat", "fail"].into_iter().enumerate() {
            let now = NOW.plus_seconds(100 * i64::try_from(round).unwrap());
            plan(0).await;
            let job = jobs::claim(&tx, now, 30).await.unwrap().unwrap();
            plan(100 * (i64::try_from(round).unwrap() + 1)).await;
            assert!(jobs::claim(&tx, now.plus_seconds(1), 30).await.unwrap().is_none(), "it runs");
            match end {
                "finish" => assert!(jobs::finish(&tx, &job).await.unwrap()),
                "repeat" => assert!(jobs::repeat(&tx, &job, NOW.plus_days(1)).await.unwrap()),
                _ => jobs::fail(&tx, &job, "no luck", now).await.unwrap(),
            }
            assert!(jobs::claim(&tx, now.plus_seconds(99), 30).await.unwrap().is_none(), "{end}: not yet");
            let again = jobs::claim(&tx, now.plus_seconds(100), 30).await.unwrap().unwrap();
            assert!(jobs::finish(&tx, &again).await.unwrap());
            assert!(jobs::claim(&tx, NOW.plus_days(2), 30).await.unwrap().is_none(), "{end}: once");
        }
    }

    async fn two_that_wait_for_each_other_both_get_through(store: Store) {
        let tx = store.write().await.unwrap();
        tx.exec("INSERT INTO facts (name, value) VALUES ('a', '0'), ('b', '0')", args![]).await.unwrap();
        tx.commit().await.unwrap();
        // SQLite has one writer: there nobody can meet.
        let meet = Arc::new(Barrier::new(if store.engine() == Engine::Postgres { 2 } else { 1 }));
        let both = [("a", "b"), ("b", "a")].map(|names| tokio::spawn(crossed(store.clone(), names, Arc::clone(&meet))));
        for one in both {
            one.await.unwrap().unwrap();
        }
        let rows = store.read().await.unwrap().rows("SELECT value FROM facts WHERE name IN ('a', 'b')", args![]).await.unwrap();
        assert!(rows.iter().all(|row| row.get::<String>("value").unwrap() == "00"), "each wrote once");
    }

    async fn concurrent_debits_stop_at_zero(store: Store) {
        let tx = store.write().await.unwrap();
        tx.exec("INSERT INTO facts (name, value) VALUES ('left', '10')", args![]).await.unwrap();
        tx.commit().await.unwrap();
        let tasks: Vec<_> = (0..40).map(|_| tokio::spawn(debit(store.clone()))).collect();
        let mut won = 0;
        for task in tasks {
            won += i32::from(task.await.unwrap());
        }
        assert_eq!(won, 10);
    }
}

/// Locks one row, waits until another one locked the other, and goes for that.
async fn crossed(
    store: Store,
    names: (&'static str, &'static str),
    meet: Arc<Barrier>,
) -> turnpike_base::Result<()> {
    let met = AtomicBool::new(false);
    retrying(|| async {
        let tx = store.write().await?;
        for name in [names.0, names.1] {
            tx.lock("SELECT name FROM facts WHERE name = $1 ORDER BY name", args![name]).await?;
            if !met.swap(true, Ordering::Relaxed) {
                meet.wait().await;
            }
        }
        tx.exec("UPDATE facts SET value = value || '0' WHERE name = $1", args![names.0]).await?;
        Ok(tx.commit().await?)
    })
    .await
}

async fn claim(store: &Store, now: Timestamp) -> Option<jobs::Job> {
    let tx = store.write().await.unwrap();
    let job = jobs::claim(&tx, now, 30).await.unwrap();
    tx.commit().await.unwrap();
    job
}

async fn debit(store: Store) -> bool {
    let tx = store.write().await.unwrap();
    let rows = tx.lock("SELECT value FROM facts WHERE name = 'left' ORDER BY name", args![]).await.unwrap();
    let left: i64 = rows[0].get::<String>("value").unwrap().parse().unwrap();
    if left == 0 {
        return false;
    }
    tx.exec("UPDATE facts SET value = $1 WHERE name = 'left'", args![(left - 1).to_string()]).await.unwrap();
    tx.commit().await.unwrap();
    true
}

#[test]
fn a_secret_opens_only_for_its_purpose_and_key() {
    let vault = Vault::new([7; 32]);
    let sealed = vault.seal("account", &Secret::new("pass")).unwrap();
    assert_eq!(vault.open("account", &sealed).unwrap().expose(), "pass");
    assert!(vault.open("app_key", &sealed).is_err());
    assert!(Vault::new([8; 32]).open("account", &sealed).is_err());
    assert!(vault.open("account", &sealed[..10]).is_err());
    assert_ne!(
        sealed,
        vault.seal("account", &Secret::new("pass")).unwrap(),
        "each sealing has its own nonce"
    );
}

#[test]
fn fingerprints_depend_on_purpose_and_key() {
    let vault = Vault::new([7; 32]);
    assert_eq!(vault.fingerprint("a", "x"), vault.fingerprint("a", "x"));
    assert_ne!(vault.fingerprint("a", "x"), vault.fingerprint("b", "x"));
    assert_ne!(vault.fingerprint("a", "x"), Vault::new([8; 32]).fingerprint("a", "x"));
}

#[tokio::test]
async fn a_copy_beside_a_writer_is_whole_and_looking_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_sqlite(dir.path()).await.unwrap();
    let tx = store.write().await.unwrap();
    tx.exec("INSERT INTO facts (name, value) VALUES ('a', '1')", args![]).await.unwrap();
    tx.commit().await.unwrap();
    let open = store.write().await.unwrap();
    open.exec("INSERT INTO facts (name, value) VALUES ('b', '2')", args![]).await.unwrap();
    let copies = tempfile::tempdir().unwrap();
    let file = copies.path().join(crate::beside::FILE);
    crate::beside::copy_sqlite(dir.path(), &file).await.unwrap();
    assert!(crate::beside::copy_sqlite(dir.path(), &file).await.is_err(), "a backup is not overwritten");
    let copy = Store::look_sqlite(copies.path()).await.unwrap();
    let rows = copy.read().await.unwrap().rows("SELECT name FROM facts", args![]).await.unwrap();
    assert_eq!(rows.len(), 1, "what is not committed is not in the copy");
    assert!(copy.damage().await.unwrap().is_empty() && copy.schema_gap().await.unwrap().is_empty());
    assert!(copy.write().await.is_err());
}
