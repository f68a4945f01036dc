//! Blocked hosts: form of input, and every intention on both engines.

use super::{MOST, flow, of_customer, rules};
use turnpike_base::{Code, CustomerId, Timestamp};
use turnpike_store::{Store, both_engines, changes};
use turnpike_wire::Change;

const NOW: Timestamp = Timestamp(1_000_000_000);
const WHO: CustomerId = CustomerId(7);
const OTHER: CustomerId = CustomerId(8);

fn some(hosts: &[&str]) -> Vec<String> {
    hosts.iter().map(ToString::to_string).collect()
}

async fn blocked(store: &Store, who: CustomerId) -> Vec<String> {
    of_customer(&store.read().await.unwrap(), who).await.unwrap()
}

#[test]
fn hosts_are_read_into_the_form_that_gateways_compare() {
    let read =
        rules::hosts("Ads.Example.COM., *.tracker.example\n1.2.3.4 ::ffff:5.6.7.8,[2001:DB8::1],x").unwrap();
    assert_eq!(read, ["1.2.3.4", "2001:db8::1", "5.6.7.8", "ads.example.com", "tracker.example", "x"]);
    for bad in ["", " , ", "a..b", ".example", "http://a.example", "a.example:443", "münchen.example", "a/b"]
    {
        let fault = rules::hosts(bad).unwrap_err();
        assert!(fault.errors.contains_key("hosts"), "{bad}");
    }
    for bad in ["127.1", "0x7f.1", "0x7F000001", "2130706433", "1.2.3.256", "1.2.3.4:80", "fe80::1%eth0"] {
        assert_eq!(rules::host(bad), None, "{bad} is no address, and no name");
    }
    for (item, form) in [("1.2.3.4.", "1.2.3.4"), ("a1.0xample", "a1.0xample")] {
        assert_eq!(rules::host(item).as_deref(), Some(form));
    }
    assert!(rules::hosts(&format!("{}.example", "a".repeat(64))).is_err());
    assert!(rules::hosts(&vec!["abcdefghi"; 26].join(".")).is_err(), "259 characters");
}

both_engines! {
    async fn what_a_customer_blocks_is_his_alone(store: Store) {
        flow::add(&store, WHO, &some(&["a.example", "b.example"]), NOW).await.unwrap();
        flow::add(&store, WHO, &some(&["b.example"]), NOW).await.unwrap();
        assert_eq!(blocked(&store, WHO).await, ["a.example", "b.example"]);
        assert!(blocked(&store, OTHER).await.is_empty());
        let theirs = flow::delete(&store, OTHER, &some(&["a.example"]), NOW).await.unwrap_err();
        assert_eq!((theirs.code, theirs.slug), (Code::NotFound, "blocked_host_unknown"));
        let half = flow::delete(&store, WHO, &some(&["a.example", "c.example"]), NOW).await.unwrap_err();
        assert!(half.text.en.contains("c.example"));
        assert_eq!(blocked(&store, WHO).await.len(), 2, "all or nothing");
        flow::delete(&store, WHO, &some(&["a.example"]), NOW).await.unwrap();
        assert_eq!(blocked(&store, WHO).await, ["b.example"]);
        let told: Vec<(i64, Change)> = changes::pending(&store.read().await.unwrap(), 10).await.unwrap();
        let expected = [&["a.example", "b.example"][..], &["b.example"], &[]];
        let expected = expected.map(|hosts| Change::Blocked { customer: WHO, hosts: some(hosts) });
        assert_eq!(told.into_iter().map(|(_, change)| change).collect::<Vec<_>>(), expected);
    }

    async fn so_many_and_no_more(store: Store) {
        let many: Vec<String> = (0..=MOST).map(|n| format!("h{n}.example")).collect();
        let fault = flow::add(&store, WHO, &many, NOW).await.unwrap_err();
        assert!(fault.errors["hosts"][0].en.contains("at most 200"));
        assert!(blocked(&store, WHO).await.is_empty());
        flow::add(&store, WHO, &many[1..], NOW).await.unwrap();
    }
}
