//! A customer who buys through the customer API, and the operator who sees his money come.

use crate::client::Customer;
use crate::common::Demo;
use serde_json::{Value, json};

/// `pm_id` of the balance, and of bank transfers.
pub(crate) const BALANCE: i64 = 7;
pub(crate) const BANK: i64 = 2;
const PASSWORD: &str = "a good Password 1";

/// A new customer with a balance, allowlisted at `from`; he has bought nothing yet.
pub(crate) fn buyer(demo: &Demo, email: &str, from: &'static str, balance: &str) -> Customer {
    let made = demo.operator("customer/create", json!({"email": email, "password": PASSWORD}));
    let key = made["app_key"].as_str().unwrap().to_owned();
    if balance != "0" {
        demo.operator("customer/credit", json!({"email": email, "amount": balance, "reason": "test"}));
    }
    let customer = Customer { email: email.to_owned(), key, from };
    customer.good(demo, "proxy-ip/add", json!({"ips": from}));
    customer
}

impl Customer {
    /// What a call that has to succeed gives.
    pub(crate) fn good(&self, demo: &Demo, path: &str, body: Value) -> Value {
        let answer = self.api(demo, path, Some(body));
        assert_eq!(answer["code"], 200, "{path}: {answer}");
        answer["data"].clone()
    }

    /// What a question that has to succeed gives.
    pub(crate) fn seen(&self, demo: &Demo, path: &str) -> Value {
        let answer = self.api(demo, path, None);
        assert_eq!(answer["code"], 200, "{path}: {answer}");
        answer["data"].clone()
    }

    /// The product with this English title.
    pub(crate) fn product(&self, demo: &Demo, title: &str) -> Value {
        let all = self.seen(demo, "product");
        let found = all.as_array().unwrap().iter().find(|product| product["title"] == title);
        found.cloned().unwrap_or_else(|| panic!("no product {title}: {all}"))
    }

    /// Orders a product by its title; the answer may be a refusal.
    pub(crate) fn order(&self, demo: &Demo, title: &str, pm_id: i64, more: &Value) -> Value {
        let mut body = json!({"pid": self.product(demo, title)["id"], "pm_id": pm_id});
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        self.api(demo, "order/create", Some(body))
    }

    /// Buys from the balance; gives the paid order.
    pub(crate) fn buy(&self, demo: &Demo, title: &str, more: &Value) -> Value {
        let answer = self.order(demo, title, BALANCE, more);
        assert_eq!((&answer["code"], &answer["data"]["status"]), (&json!(200), &json!(1)), "{answer}");
        answer["data"].clone()
    }

    /// Orders by bank transfer; gives the order that waits for it.
    pub(crate) fn begin(&self, demo: &Demo, title: &str, more: &Value) -> Value {
        let answer = self.order(demo, title, BANK, more);
        assert_eq!((&answer["code"], &answer["data"]["status"]), (&json!(200), &json!(0)), "{answer}");
        answer["data"].clone()
    }

    /// The order as it is now.
    pub(crate) fn info(&self, demo: &Demo, order: &Value) -> Value {
        self.seen(demo, &format!("order/info?trade_no={}", order["trade_no"].as_str().unwrap()))
    }

    /// The packages that an order made.
    pub(crate) fn packages(&self, demo: &Demo, order: &Value) -> Vec<Value> {
        let product = &order["product_type"];
        let all = self.seen(demo, &format!("user-product/list?product_type={product}"));
        let all = all["list"].as_array().unwrap();
        all.iter().filter(|package| package["trade_no"] == order["trade_no"]).cloned().collect()
    }

    /// The sums over the packages of a type; they have to add up.
    pub(crate) fn summary(&self, demo: &Demo, product: i64) -> Value {
        let sums = self.seen(demo, &format!("user-product/summary?product_type={product}"));
        let n = |name: &str| sums[name].as_i64().unwrap_or_else(|| panic!("{name}: {sums}"));
        assert_eq!(n("total"), n("used") + n("effective") + n("expired"), "{sums}");
        assert_eq!(n("effective_total"), n("effective") + n("effective_used"), "{sums}");
        assert!(n("temporary") <= n("effective"), "{sums}");
        assert!(n("total_count") >= n("effective_count") + n("expired_count"), "{sums}");
        sums
    }

    /// Makes an account with the password `pass`.
    pub(crate) fn account(&self, demo: &Demo, name: &str, product: i64) {
        let body = json!({"accounts": format!("{name}:pass"), "product_type": product});
        self.good(demo, "whitelist-account/add", body);
    }

    /// His static addresses of a type.
    pub(crate) fn addresses(&self, demo: &Demo, product: i64) -> Vec<Value> {
        let all = self.seen(demo, &format!("ip/get-static-ip?product_type={product}"));
        all["list"].as_array().unwrap().clone()
    }

    /// Logs in as the console does; gives the token.
    pub(crate) fn login(&self, demo: &Demo) -> String {
        let login =
            demo.ask("/web_v1/user/login", "", Some(json!({"email": self.email, "password": PASSWORD})));
        login["data"]["access_token"].as_str().unwrap_or_else(|| panic!("{login}")).to_owned()
    }

    /// What the console asks the same router under `/web_v1`, with his login.
    pub(crate) fn at_the_console(&self, demo: &Demo, path: &str) -> Value {
        demo.ask(&format!("/web_v1/{path}"), &self.login(demo), None)["data"].clone()
    }

    /// The balance that he sees.
    pub(crate) fn balance(&self, demo: &Demo) -> Value {
        self.at_the_console(demo, "user/info")["balance"].clone()
    }
}

/// The operator saw a transfer of `amount` on the bank's account.
pub(crate) fn transfer(demo: &Demo, order: &Value, reference: &str, amount: &str) -> Value {
    let seen = json!({"trade_no": order["trade_no"], "reference": reference, "amount": amount});
    demo.operator("order/confirm", seen)
}

/// KB that a download of so many bytes has to cost at least.
pub(crate) const fn kb(bytes: u64) -> i64 {
    (bytes / 1_024).cast_signed()
}
