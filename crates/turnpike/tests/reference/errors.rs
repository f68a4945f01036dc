//! Every operation with everything wrong that the document forbids, one at a time: code 400 that names the field,
//! in Chinese unless English is asked for.

use crate::common::Demo;
use crate::walk::{is_chinese, query};
use serde_json::{Value, json};

/// Calls each operation without a key, and with each parameter missing or out of its bounds.
pub(crate) fn walk(demo: &Demo, document: &Value, login: &str) {
    // The point is not how fast a customer may ask.
    let mut asked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let open = operation["security"] == json!([]);
            let bearer = match path.starts_with("/web_v1") {
                true if open => String::new(),
                true => login.to_owned(),
                false => demo.text("/app_key"),
            };
            let call = Call { demo, path, method, bearer };
            if !open {
                let nobody = Call { bearer: String::new(), ..call.clone() };
                nobody.fails(&json!({}), 3, None);
            }
            // A visitor's requests are few a second; the login of the demo itself proves these.
            if open {
                continue;
            }
            for (name, required, schema) in parameters(operation) {
                if required {
                    call.fails(&json!({}), 400, Some(&name));
                }
                for bad in wrong(&schema) {
                    call.fails(&json!({ name.as_str(): bad }), 400, Some(&name));
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 100, "{asked} wrong requests");
}

#[derive(Clone)]
struct Call<'a> {
    demo: &'a Demo,
    path: &'a str,
    method: &'a str,
    bearer: String,
}

impl Call<'_> {
    fn fails(&self, input: &Value, code: i64, field: Option<&str>) {
        for (headers, chinese) in
            [(&[][..], true), (&["Language: en"][..], false), (&["Accept-Language: en-GB"], false)]
        {
            let answer = self.ask(input, headers);
            let about = format!("{} {} {input}: {answer}", self.method, self.path);
            assert_eq!(answer["code"], code, "{about}");
            assert!(answer["msg"] == answer["message"] && answer["data"].is_null(), "{about}");
            let mut texts = vec![answer["msg"].as_str().unwrap()];
            if let Some(field) = field {
                let reasons = answer["errors"][field].as_array().unwrap_or_else(|| panic!("{about}"));
                texts.extend(reasons.iter().filter_map(Value::as_str));
                assert!(texts.len() > 1, "{about}");
            }
            assert!(texts.iter().all(|text| !text.is_empty() && is_chinese(text) == chinese), "{about}");
        }
    }

    fn ask(&self, input: &Value, headers: &[&str]) -> Value {
        loop {
            let (status, answer) = if self.method == "get" {
                let path = format!("{}?{}", self.path, query(input));
                self.demo.request(&path, &self.bearer, None, headers)
            } else {
                self.demo.request(self.path, &self.bearer, Some(input), headers)
            };
            if status == 429 {
                // The limit of the key, which refills within a second.
                std::thread::sleep(std::time::Duration::from_millis(50));
                continue;
            }
            assert_eq!(status, 200, "{} {}: {answer}", self.method, self.path);
            return answer;
        }
    }
}

/// Name, whether it has to be sent, schema.
fn parameters(operation: &Value) -> Vec<(String, bool, Value)> {
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    if body.is_null() {
        let name = |p: &Value| p["name"].as_str().unwrap().to_owned();
        let list = operation["parameters"].as_array().unwrap().iter();
        return list.map(|p| (name(p), p["required"] == true, p["schema"].clone())).collect();
    }
    let needed = |name: &str| body["required"].as_array().unwrap().iter().any(|n| n == name);
    let fields = body["properties"].as_object().unwrap().iter();
    fields.map(|(name, schema)| (name.clone(), needed(name), schema.clone())).collect()
}

/// Values that a schema forbids.
fn wrong(schema: &Value) -> Vec<Value> {
    let mut bad = Vec::new();
    if schema.get("enum").is_some() || schema["type"] == "integer" || schema["type"] == "number" {
        bad.push(json!("§"));
    }
    if let Some(most) = schema["maximum"].as_i64() {
        bad.extend(most.checked_add(1).map(Value::from));
    }
    if let Some(least) = schema["minimum"].as_i64() {
        bad.extend(least.checked_sub(1).map(Value::from));
    }
    if let Some(most) = schema["maxLength"].as_u64().filter(|most| *most <= 100_000) {
        bad.push(json!("x".repeat(usize::try_from(most).unwrap() + 1)));
    }
    bad
}
