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
    customer_of(store, &NewSite::default(), now).await
}

async fn customer_of(store: &Store, site: &NewSite, now: Timestamp) -> CustomerId {
    let tx = store.write().await.unwrap();
    sites::create(&tx, site, now).await.unwrap();
    tx.commit().await.unwrap();
    let new = NewCustomer { email: "buyer@example.com".into(), password: None, site: None };
    customers::create(store, &vault(), new, now).await.unwrap().id
}

/// A catalogue with a product of every sort.
pub(crate) const CATALOGUE: &str = r#"
[shop]
order_minutes = 30
most_unpaid = 100000
invitation_basis_points = 1000
gifts = [{min = "100.00", max = "0", ratio = 10, gift = "1.00"}]

[[product]]
code = "recharge"
type = 3
title = {zh = "余额充值", en = "Recharge"}

[[product]]
code = "bucket"
type = 9
title = {zh = "动态 10 GB", en = "Dynamic 10 GB"}
gb = 10
gift_gb = 1
days = 30
extensions = [2, 3]
extension_basis_points = 8000
price = {cny = "99.99"}

[[product]]
code = "unmetered"
type = 11
title = {zh = "不限量", en = "Unmetered"}
bandwidth = [{value = 100, price = {cny = "10"}}, {value = 200, price = {cny = "18"}}]
concurrency = [{value = 50, price = {cny = "5"}}]
duration = [{value = 30, price = {cny = "100"}}, {value = 7, price = {cny = "30"}}]

[[product]]
code = "static-dc"
type = 14
title = {zh = "静态机房 IP", en = "Static data center"}
days = 30
price = {cny = "20.00"}

[[product]]
code = "rotating"
type = 16
title = {zh = "静态轮换", en = "Rotating static"}
gb = 5
days = 30
price = {cny = "40"}

[[product]]
code = "extract"
type = 17
title = {zh = "提取额度", en = "Extraction quota"}
count = 100
days = 30
price = {cny = "8"}

[[product]]
code = "renew-dc"
type = 19
title = {zh = "续费", en = "Renewal"}
renews = 14
price = {cny = "20.00"}

[[product]]
code = "exchange"
type = 20
title = {zh = "更换", en = "Exchanges"}
count = 2
days = 30
price = {cny = "6"}

[[product]]
code = "addon"
type = 24
title = {zh = "加油包", en = "Add-on"}
gb = 1
price = {cny = "9"}

[[product]]
code = "rest"
type = 26
title = {zh = "补款", en = "Rest"}

[[product]]
code = "limited"
type = 9
title = {zh = "限量", en = "Limited"}
stock = 3
gb = 1
days = 1
price = {cny = "1"}

[[product]]
code = "gifted"
type = 9
title = {zh = "送余额", en = "With balance"}
gb = 1
days = 30
balance_gift = {cny = "5.00"}
price = {cny = "20.00"}

[[product]]
code = "custom"
type = 9
show_type = 3
title = {zh = "定制", en = "Custom"}
gb = 1
days = 1
price = {cny = "1"}

[[product]]
code = "trial"
type = 9
show_type = 4
title = {zh = "试用", en = "Trial"}
gb = 1
days = 1
price = {cny = "0"}
"#;

/// Eight exclusive addresses in the US, two of them of another network.
pub(crate) const STOCK: &str = "address,type,country,asn
127.0.9.1,14,US,7922\n127.0.9.2,14,US,7922\n127.0.9.3,14,US,7922\n127.0.9.4,14,US,7922
127.0.9.5,14,US,7922\n127.0.9.6,14,US,7922\n127.0.9.7,14,US,701\n127.0.9.8,14,US,701\n";

/// A shop with a customer who has some balance.
pub(crate) struct Shop {
    pub(crate) state: crate::State,
    pub(crate) site: std::sync::Arc<turnpike_web::Site>,
    pub(crate) customer: CustomerId,
}

impl Shop {
    /// Opens it; the balance is in minor units.
    pub(crate) async fn open(store: &Store, balance: i64, now: Timestamp) -> Self {
        Self::open_in(store, "UTC", balance, now).await
    }

    /// The same in a time zone.
    pub(crate) async fn open_in(store: &Store, zone: &str, balance: i64, now: Timestamp) -> Self {
        use crate::products::{file::Catalogue, flow};
        let site = NewSite { zone: zone.into(), ..NewSite::default() };
        let customer = customer_of(store, &site, now).await;
        let directory = turnpike_identity::Directory::open(store.clone(), vault()).await.unwrap();
        let site = directory.sites().remove(0);
        let directory = std::sync::Arc::new(directory);
        let tx = store.write().await.unwrap();
        flow::load(&tx, site.id, &Catalogue::read(CATALOGUE).unwrap(), now).await.unwrap();
        if balance > 0 {
            let amount = turnpike_base::Money(balance);
            crate::ledger::credit_by_operator(&tx, site.id, customer, amount, "test", now).await.unwrap();
        }
        tx.commit().await.unwrap();
        let stock = turnpike_network::statics::parse(STOCK).unwrap();
        let network = turnpike_network::State::new(store.clone(), vault(), std::sync::Arc::default());
        turnpike_network::statics::stock::import(&network, stock, now).await.unwrap();
        let state = crate::State {
            store: store.clone(),
            vault: vault(),
            directory,
            payments: crate::payments::Payments::default(),
            rest: network.rest,
        };
        Self { state, site, customer }
    }

    /// Makes a coupon of so many basis points off from that price on, good for a day, once per customer.
    pub(crate) async fn coupon(&self, code: &str, basis_points: i64, minimum: i64, now: Timestamp) {
        use crate::coupons::{Coupon, Spec, Value, flow};
        let spec = Spec {
            name: turnpike_base::Text::new("优惠", "Discount"),
            value: Value::BasisPoints(basis_points),
            minimum: crate::amount::Amount(turnpike_base::Money(minimum)),
            types: Vec::new(),
            starts_at: now,
            per_customer: 1,
            total: 5,
        };
        let coupon = Coupon {
            id: 0,
            site: self.site.id,
            code: code.into(),
            customer: None,
            used: 0,
            disabled: false,
            ends_at: now.plus_days(1),
            spec,
        };
        let tx = self.state.store.write().await.unwrap();
        flow::create(&tx, &coupon, now).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The id of a product by its code.
    pub(crate) async fn pid(&self, code: &str) -> i64 {
        let tx = self.state.store.read().await.unwrap();
        let all = crate::products::flow::all(&tx, self.site.id).await.unwrap();
        all.into_iter().find(|product| product.item.code == code).unwrap().id.0
    }

    /// Who buys now.
    pub(crate) fn buyer(&self, now: Timestamp) -> crate::orders::Buyer<'_> {
        crate::orders::Buyer { customer: self.customer, site: &self.site, now }
    }
}
