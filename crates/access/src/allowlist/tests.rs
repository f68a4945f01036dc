//! The allowlist: form of input, and every intention on both engines.

use super::{NewEntries, entries_of, flow, rules};
use crate::State;
use crate::packages::{self, Grant};
use turnpike_base::{Code, CustomerId, Fault, PackageId, ProductType, Timestamp};
use turnpike_store::{Store, Vault, both_engines};

const NOW: Timestamp = Timestamp(1_000_000_000);
const WHO: CustomerId = CustomerId(7);
const OTHER: CustomerId = CustomerId(8);

fn state(store: &Store) -> State {
    State::over(store.clone(), Vault::new([7; 32]))
}

fn new(ips: &str, product: ProductType) -> NewEntries {
    let addresses = rules::addresses(ips, false).unwrap();
    NewEntries { addresses, product, package: None, remark: "office".into(), cap: 3 }
}

async fn add(store: &Store, who: CustomerId, ips: &str) -> Result<(), Fault> {
    flow::add(&state(store), who, &new(ips, ProductType::Dynamic), NOW).await
}

async fn listed(store: &Store, who: CustomerId) -> Vec<String> {
    let found = flow::list(&store.read().await.unwrap(), who, None, None).await.unwrap();
    found.into_iter().map(|entry| entry.address).collect()
}

#[test]
fn addresses_are_read_into_one_form() {
    let read =
        |text| rules::addresses(text, false).map(|a| a.iter().map(ToString::to_string).collect::<Vec<_>>());
    let found = read("1.1.1.1,2.2.2.2\n3.3.3.3 ::ffff:1.1.1.1, 2001:DB8:0::1").unwrap();
    assert_eq!(found, ["1.1.1.1", "2.2.2.2", "3.3.3.3", "2001:db8::1"]);
    for bad in ["", " , ", "1.1.1", "1.1.1.0/24", "example.com", "01.1.1.1"] {
        assert!(read(bad).unwrap_err().errors.contains_key("ips"), "{bad}");
    }
    for private in [
        "10.0.0.1",
        "127.0.0.1",
        "169.254.1.1",
        "224.0.0.1",
        "100.64.0.1",
        "::1",
        "fd00::1",
        "fe80::1",
        "ff02::1",
        "0.0.0.0",
    ] {
        assert!(read(private).unwrap_err().errors["ips"][0].en.contains("not a public address"), "{private}");
    }
    assert!(rules::addresses("127.0.0.1", true).is_ok() && rules::addresses("0.0.0.0", true).is_err());
}

both_engines! {
    async fn an_address_belongs_to_one_customer(store: Store) {
        add(&store, WHO, "1.1.1.1").await.unwrap();
        let fault = add(&store, OTHER, "2.2.2.2,1.1.1.1").await.unwrap_err();
        assert_eq!((fault.code, fault.slug), (Code::Conflict, "address_taken"));
        assert!(listed(&store, OTHER).await.is_empty(), "all or nothing");
        let unmetered = new("1.1.1.1", ProductType::Datacenter);
        assert_eq!(flow::add(&state(&store), OTHER, &unmetered, NOW).await.unwrap_err().slug, "address_taken");
        flow::add(&state(&store), WHO, &unmetered, NOW).await.unwrap();
        let found = entries_of(&store.read().await.unwrap(), "::ffff:1.1.1.1".parse().unwrap()).await.unwrap();
        assert_eq!(found.len(), 2);
        flow::delete(&state(&store), WHO, &unmetered.addresses, None, NOW).await.unwrap();
        add(&store, OTHER, "1.1.1.1").await.unwrap();
    }

    async fn adding_again_updates_the_remark(store: Store) {
        add(&store, WHO, "1.1.1.1").await.unwrap();
        let again = NewEntries { remark: "home".into(), ..new("1.1.1.1", ProductType::Dynamic) };
        flow::add(&state(&store), WHO, &again, NOW).await.unwrap();
        let found = flow::list(&store.read().await.unwrap(), WHO, None, None).await.unwrap();
        assert_eq!((found.len(), found[0].remark.as_str()), (1, "home"));
    }

    async fn so_many_and_no_more(store: Store) {
        add(&store, WHO, "1.1.1.1,2.2.2.2,3.3.3.3").await.unwrap();
        let fault = add(&store, WHO, "4.4.4.4").await.unwrap_err();
        assert!(fault.errors["ips"][0].en.contains("at most 3"));
        assert_eq!(listed(&store, WHO).await.len(), 3);
    }

    async fn removal_is_by_type_or_of_all(store: Store) {
        add(&store, WHO, "1.1.1.1").await.unwrap();
        let other = new("1.1.1.1", ProductType::Datacenter);
        flow::add(&state(&store), WHO, &other, NOW).await.unwrap();
        let one = Some(ProductType::Dynamic);
        flow::delete(&state(&store), WHO, &other.addresses, one, NOW).await.unwrap();
        assert_eq!(listed(&store, WHO).await, ["1.1.1.1"]);
        let fault = flow::delete(&state(&store), WHO, &other.addresses, one, NOW).await.unwrap_err();
        assert_eq!(fault.slug, "address_unknown");
        let fault = flow::delete(&state(&store), OTHER, &other.addresses, None, NOW).await.unwrap_err();
        assert_eq!(fault.code, Code::NotFound);
    }

    async fn type_11_is_bound_to_a_package(store: Store) {
        let mut entry = new("1.1.1.1", ProductType::DynamicUnmetered);
        let fault = flow::add(&state(&store), WHO, &entry, NOW).await.unwrap_err();
        assert!(fault.errors["user_product_id"][0].en.contains("required"));
        entry.package = Some(PackageId(99));
        let fault = flow::add(&state(&store), WHO, &entry, NOW).await.unwrap_err();
        assert!(fault.errors["user_product_id"][0].en.contains("active"));
        let grant = Grant {
            customer: WHO, product: ProductType::DynamicUnmetered, title: turnpike_base::Text::new("t", "t"), trade_no: "1".into(),
            ordered_at: NOW, paid_at: NOW, total: 0, bandwidth: None, concurrency: None, expires_at: NOW.plus_days(1),
        };
        let tx = store.write().await.unwrap();
        entry.package = Some(packages::flow::grant(&tx, &grant, NOW).await.unwrap());
        tx.commit().await.unwrap();
        flow::add(&state(&store), WHO, &entry, NOW).await.unwrap();
        assert_eq!(flow::add(&state(&store), OTHER, &entry, NOW).await.unwrap_err().errors.len(), 1);
    }
}
