//! What tests of this domain begin with.

use turnpike_base::{CustomerId, Timestamp};
use turnpike_identity::customers::{self, NewCustomer};
use turnpike_identity::sites::{self, NewSite};
use turnpike_store::{Store, Vault};

/// The key of test installations.
pub(crate) fn vault() -> Vault {
    Vault::new([7; 32])
}

/// A site that settles in CNY, and its first customer.
pub(crate) async fn customer(store: &Store, now: Timestamp) -> CustomerId {
    let tx = store.write().await.unwrap();
    sites::create(&tx, &NewSite::default(), now).await.unwrap();
    tx.commit().await.unwrap();
    let new = NewCustomer { email: "buyer@example.com".into(), password: None, site: None };
    customers::create(store, &vault(), new, now).await.unwrap().id
}
