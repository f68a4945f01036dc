//! How values are read, and what is said of those that can't be.

use crate::field::*;
use crate::params::Values;
use serde_json::{Value, json};
use turnpike_base::naming;

fn values(sent: &[Value]) -> Values {
    let mut values = Values::default();
    sent.iter().for_each(|value| values.add("x", value.clone()));
    values
}

#[test]
fn a_list_is_one_text_or_many() {
    for sent in [&[json!("a,b")][..], &[json!("a"), json!("b")], &[json!("a"), json!(""), json!("b")]] {
        assert_eq!(commas(3).read(&values(sent), "x").unwrap(), "a,b");
    }
    for bad in [&[][..], &[json!(" ")], &[json!("ab"), json!("cd")], &[json!({"a": 1})]] {
        assert!(commas(3).read(&values(bad), "x").is_err(), "{bad:?}");
    }
}

#[test]
fn a_number_is_a_number_or_digits_and_no_list() {
    let read = |value: &Value| {
        let mut values = Values::default();
        match value.clone() {
            Value::Array(items) => values.add_array("x", items),
            one => values.add("x", one),
        }
        required(int(1, 9, "")).read(&values, "x")
    };
    for good in [json!(2), json!(2.0), json!("2"), json!(" 2 ")] {
        assert_eq!(read(&good), Ok(2), "{good}");
    }
    for bad in [
        json!([2]),
        json!([2, 3]),
        json!([]),
        json!([null]),
        json!(2.5),
        json!("2.0"),
        json!("+2"),
        json!(true),
        json!({"x": 2}),
        json!(1e30),
    ] {
        assert!(read(&bad).is_err(), "{bad}");
    }
}

#[test]
fn an_empty_list_is_no_value() {
    let mut values = Values::default();
    values.add_array("x", vec![]);
    assert!(or(int(1, 9, ""), 1).read(&values, "x").is_err());
    assert!(or(switch(), false).read(&values, "x").is_err());
    assert!(optional(text(1, 9)).read(&values, "x").is_err());
    assert_eq!(joined(9).read(&values, "x"), Ok(None), "a list of nothing");
}

#[test]
fn bounds_are_told_in_the_units_of_each_language() {
    let told = int(1, 1_440, "min").parse(&json!(0)).unwrap_err();
    assert_eq!(
        (&*told.zh, &*told.en),
        ("应为 1 到 1440 之间的整数（单位：分钟）", "must be a whole number from 1 to 1440 min")
    );
    assert_eq!(int(1, 2, "").parse(&json!(0)).unwrap_err().zh, "应为 1 到 2 之间的整数");
}

#[test]
fn a_name_holds_nothing_unseen() {
    let read = |text: &str| name(1, 9).parse(&json!(text));
    assert_eq!(read("张 Ann"), Ok("张 Ann".into()));
    assert_eq!(read("a\u{200b}b"), Err(naming::UNSEEN));
    assert!(read("0123456789").unwrap_err().en.contains("1 to 9"));
    assert!(text(1, 9).parse(&json!("a\u{200b}b")).is_ok(), "not every text is a name");
}

#[test]
fn a_blank_that_was_sent_clears() {
    let field = clearable(text(0, 3));
    assert_eq!(field.read(&values(&[]), "x").unwrap(), None);
    assert_eq!(field.read(&values(&[Value::Null]), "x").unwrap(), None);
    assert_eq!(field.read(&values(&[json!("")]), "x").unwrap().as_deref(), Some(""));
    assert!(field.read(&values(&[json!("long")]), "x").is_err());
}
