//! What fields of answers and groups of endpoints are called in both languages. The code describes fields in
//! English; a file has the Chinese, and both where a field's name says it all.

use serde_json::{Value, json};
use std::collections::HashMap;
use turnpike_base::Text;

#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    chinese: HashMap<String, String>,
    names: HashMap<String, Text>,
    groups: HashMap<String, Text>,
}

/// On one line.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Fields of the envelope, which the guide explains.
const ENVELOPE: [&str; 5] = ["code", "msg", "message", "data", "errors"];

impl Words {
    /// Reads the file: see its first lines.
    pub(super) fn read(file: &str) -> Self {
        let mut words = Self::default();
        for line in file.lines().filter(|line| !line.starts_with("# ")) {
            let mut parts = line.split('\t').map(str::to_owned);
            let (Some(first), Some(second)) = (parts.next(), parts.next()) else { continue };
            match (first.chars().next(), parts.next()) {
                (Some('@'), Some(zh)) => words.names.insert(first[1..].to_owned(), Text::made(zh, second)),
                (Some('#'), Some(zh)) => words.groups.insert(first[1..].to_owned(), Text::made(zh, second)),
                _ => {
                    words.chinese.insert(first, second);
                    None
                }
            };
        }
        words
    }

    pub(super) fn group(&self, tag: &str) -> Text {
        self.groups.get(tag).cloned().unwrap_or_else(|| Text::made(tag.to_owned(), tag.to_owned()))
    }

    /// Every field of answers: a description in both languages, as far as it is known.
    pub(super) fn annotate(&self, document: &mut Value) {
        each_field(document, &mut |name, schema| {
            let said = schema.get("description").and_then(Value::as_str).map(plain);
            let text = match said {
                Some(en) => self.chinese.get(&en).map(|zh| Text::made(zh.clone(), en)),
                None => self.names.get(name).cloned(),
            };
            if let (Some(text), Some(schema)) = (text, schema.as_object_mut()) {
                schema.insert("description".into(), json!(text.en));
                schema.insert("x-description-zh".into(), json!(text.zh));
            }
        });
    }

    /// Fields that an annotated document does not describe in both languages, and groups without a title.
    pub(super) fn untold(&self, document: &Value) -> Vec<String> {
        let mut document = document.clone();
        let mut untold = Vec::new();
        each_field(&mut document, &mut |name, schema| {
            if schema.get("x-description-zh").is_none() {
                let said = schema.get("description").and_then(Value::as_str).map(plain);
                untold.push(said.unwrap_or_else(|| format!("@{name}")));
            }
        });
        let tags = document["tags"].as_array().into_iter().flatten().filter_map(|tag| tag["name"].as_str());
        untold.extend(tags.filter(|tag| !self.groups.contains_key(*tag)).map(|tag| format!("#{tag}")));
        untold.sort();
        untold.dedup();
        untold
    }
}

/// Calls for each property of an answer's schema, with its name.
fn each_field(document: &mut Value, see: &mut dyn FnMut(&str, &mut Value)) {
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        schemas.values_mut().for_each(|schema| walk(schema, see));
    }
    let items = document.get_mut("paths").and_then(Value::as_object_mut);
    for item in items.into_iter().flat_map(|paths| paths.values_mut()) {
        for operation in item.as_object_mut().into_iter().flat_map(|methods| methods.values_mut()) {
            if let Some(answer) = operation.pointer_mut("/responses/200/content/application~1json/schema") {
                walk(answer, see);
            }
        }
    }
}

fn walk(schema: &mut Value, see: &mut dyn FnMut(&str, &mut Value)) {
    match schema {
        Value::Object(map) => {
            let properties = map.get_mut("properties").and_then(Value::as_object_mut);
            let is_envelope =
                properties.as_ref().is_some_and(|fields| fields.contains_key("msg") || is_code(fields));
            for (name, field) in properties.into_iter().flatten() {
                if !(is_envelope && ENVELOPE.contains(&name.as_str())) {
                    see(name, field);
                }
            }
            map.values_mut().for_each(|inner| walk(inner, see));
        }
        Value::Array(list) => list.iter_mut().for_each(|inner| walk(inner, see)),
        _ => {}
    }
}

/// The half of a failure that names the endpoint's codes.
fn is_code(fields: &serde_json::Map<String, Value>) -> bool {
    fields.len() == 1 && fields.get("code").is_some_and(|code| code.get("enum").is_some())
}
