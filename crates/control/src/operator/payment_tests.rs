//! What operators say of payments, their terms and coupons, on both engines.

use super::tests::room;
use crate::operator;
use serde_json::{Value, json};
use turnpike_base::Code;
use turnpike_store::both_engines;

both_engines! {
    async fn one_term_of_a_method_changes_alone(store: Store) {
        let control = room(&store).await.control;
        let shown = async || {
            let all = operator::run(&control, "payment-method/list", json!({})).await.unwrap();
            all["list"].as_array().unwrap().iter().find(|row| row["id"] == 2).cloned()
        };
        let set = async |input: Value| operator::run(&control, "payment-method/set", input).await.unwrap();
        set(json!({"id": 2, "note_zh": "账户一", "note_en": "Account 1", "min": "5", "max": "900"})).await;
        let before = shown().await.unwrap();
        set(json!({"id": 2, "rate": 250, "fee": "1.00"})).await;
        let mut wanted = before.clone();
        wanted["rate"] = json!(250);
        wanted["fee"] = json!(1);
        assert_eq!(shown().await.unwrap(), wanted);
        set(json!({"id": 2, "off": true})).await;
        assert!(shown().await.is_none());
        set(json!({"id": 2})).await;
        assert_eq!(shown().await.unwrap(), wanted, "as it was");
        set(json!({"id": 2, "note_en": "", "max": "0"})).await;
        let bare = shown().await.unwrap();
        assert_eq!((&bare["note"], &bare["note_zh"], &bare["max"]), (&json!(""), &json!("账户一"), &json!(0)));
        for (field, input) in [
            ("id", json!({"id": 99})),
            ("rate", json!({"id": 2, "rate": 10_001})),
            ("rate", json!({"id": 2, "rate": "0"})),
            ("fee", json!({"id": 2, "fee": "-1"})),
            ("fee", json!({"id": 2, "fee": 1})),
        ] {
            let refused = operator::run(&control, "payment-method/set", input).await.unwrap_err();
            assert_eq!(refused.errors.keys().collect::<Vec<_>>(), [field], "{refused}");
        }
    }

    async fn what_can_not_be_read_is_told_at_its_field(store: Store) {
        let control = room(&store).await.control;
        for (path, input, field) in [
            ("coupon/create", json!({"percent": 10}), "percent"),
            ("invoice/issue", json!({"id": "x", "number": "1"}), "id"),
            ("coupon/create", json!([]), "body"),
            ("coupon/invite", json!({"customer": []}), "customer"),
        ] {
            let refused = operator::run(&control, path, input.clone()).await.unwrap_err();
            assert_eq!(refused.errors.keys().collect::<Vec<_>>(), [field], "{path} {input}: {refused}");
            assert!(refused.errors[field][0].zh.contains("无法识别"), "{refused}");
        }
    }

    async fn what_is_of_an_unknown_order_is_unknown_and_a_reference_is_a_text(store: Store) {
        let control = room(&store).await.control;
        for path in ["order/proofs", "payment/refunds"] {
            let refused = operator::run(&control, path, json!({"trade_no": "1"})).await.unwrap_err();
            assert_eq!((refused.code, refused.slug), (Code::NotFound, "order_unknown"), "{path}");
        }
        for reference in ["", "  ", &"9".repeat(141)] {
            let refused = operator::run(&control, "payment/refunded", json!({"id": 1, "reference": reference})).await.unwrap_err();
            assert!(refused.errors.contains_key("reference"), "{refused}");
        }
    }

    async fn a_transfer_of_nothing_is_told_as_such(store: Store) {
        let control = room(&store).await.control;
        for nothing in ["0", "0.00", "-1"] {
            let input = json!({"trade_no": "1", "reference": "R", "amount": nothing});
            let fault = operator::run(&control, "order/confirm", input).await.unwrap_err();
            assert!(fault.code == Code::Parameter && fault.errors.contains_key("amount"), "{nothing}: {fault}");
        }
    }

    async fn what_came_late_is_returned_by_its_order(store: Store) {
        let control = room(&store).await.control;
        let run = async |path: &str, input: Value| operator::run(&control, path, input).await;
        let item = json!({"code": "a", "type": 9, "title": {"zh": "甲", "en": "A"}, "gb": 1, "days": 1, "price": {"cny": "5"}});
        run("product/save", json!({"item": item, "site": "one"})).await.unwrap();
        let made = run("order/create", json!({"customer": "ann@example.com", "product": "a"})).await.unwrap();
        let trade_no = &made["trade_no"];
        let came = json!({"trade_no": trade_no, "amount": "5.00", "reference": "T-1"});
        assert_eq!(run("order/confirm", came).await.unwrap()["outcome"], "late");
        for (field, input) in [
            ("id", json!({})),
            ("id", json!({"id": 1, "trade_no": trade_no})),
            ("amount", json!({"id": 1, "amount": "1"})),
            ("amount", json!({"trade_no": trade_no, "amount": "0"})),
            ("amount", json!({"trade_no": trade_no, "amount": "5.01"})),
            ("reference", json!({"trade_no": trade_no, "reference": "T-2"})),
        ] {
            let fault = run("payment/return", input.clone()).await.unwrap_err();
            assert!(fault.errors.contains_key(field), "{input}: {fault}");
        }
        let back = run("payment/return", json!({"trade_no": trade_no, "amount": "2"})).await.unwrap();
        assert_eq!((&back["total"], &back["list"][0]["amount"]), (&json!(1), &json!(2)));
        assert_eq!(run("payment/refunds", json!({})).await.unwrap()["list"], back["list"]);
    }

    async fn a_coupon_that_nobody_could_use_is_refused(store: Store) {
        let control = room(&store).await.control;
        for (field, said) in [
            ("amount", json!({"amount": "0"})),
            ("types", json!({"percent": "5", "types": [3]})),
            ("types", json!({"percent": "5", "types": [99]})),
            ("days", json!({"percent": "5", "days": -5})),
            ("total", json!({"percent": "5", "total": -1})),
            ("per_customer", json!({"percent": "5", "per_customer": -1})),
        ] {
            let mut input = said;
            input["code"] = json!("SAVE");
            let fault = operator::run(&control, "coupon/create", input).await.unwrap_err();
            assert!(fault.errors.contains_key(field), "{field}: {fault}");
        }
        let good = json!({"code": "SAVE", "amount": "0.01", "days": 1, "types": [9], "per_customer": 0});
        operator::run(&control, "coupon/create", good).await.unwrap();
    }
}
