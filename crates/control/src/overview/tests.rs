//! Alarms over one store, on both engines.

use crate::Control;
use std::sync::Arc;
use turnpike_base::Timestamp;
use turnpike_base::time::ManualClock;
use turnpike_store::{Vault, both_engines, outbox};

const LONG_AGO: Timestamp = Timestamp(1_700_000_000_000);

async fn stuck(control: &Control) -> i64 {
    let tx = control.store().read().await.unwrap();
    let alarms = super::trouble(control, &tx, LONG_AGO.plus_days(1)).await.unwrap();
    alarms.iter().find(|alarm| alarm.slug == "messages_stuck").map_or(0, |alarm| alarm.count)
}

both_engines! {
    async fn events_without_a_webhook_are_no_alarm_and_mails_are(store: Store) {
        let control = Control::open(store.clone(), Vault::new([7; 32]), Arc::new(ManualClock::default())).await.unwrap();
        let tx = store.write().await.unwrap();
        outbox::post(&tx, "webhook", &1, LONG_AGO).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(stuck(&control).await, 0);
        let tx = store.write().await.unwrap();
        outbox::post(&tx, "mail", &1, LONG_AGO).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(stuck(&control).await, 1);
    }
}
