//! Lines of the reference's tables, read out of the document's schemas.

use crate::field::unit_in_chinese;
use serde_json::Value;
use turnpike_base::Lang;

/// A parameter, or a field of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// How deep it lies.
    pub(super) depth: usize,
    pub(super) name: String,
    pub(super) required: bool,
    pub(super) kind: String,
    pub(super) bounds: String,
    pub(super) text: String,
}

/// No schema of ours is deeper; one that refers to itself ends here.
const DEEPEST: usize = 8;

/// The text of something in a language; the other one where it lacks.
pub(super) fn said(thing: &Value, lang: Lang) -> String {
    let text = |key: &str| thing.get(key).and_then(Value::as_str);
    let found = match lang {
        Lang::Zh => text("x-description-zh").or_else(|| text("description")),
        Lang::En => text("description"),
    };
    found.unwrap_or_default().to_owned()
}

/// The parameters of an operation in its query or its body.
pub(super) fn parameters(operation: &Value, lang: Lang) -> Vec<Row> {
    let row = |name: &str, required: bool, schema: &Value, told: &Value| Row {
        depth: 0,
        name: name.to_owned(),
        required,
        kind: kind(schema),
        bounds: bounds(schema, lang),
        text: said(told, lang),
    };
    let Some(body) = operation.pointer("/requestBody/content/application~1json/schema") else {
        let list = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
        let name = |doc: &Value| doc["name"].as_str().unwrap_or_default().to_owned();
        return list.map(|doc| row(&name(doc), doc["required"] == true, &doc["schema"], doc)).collect();
    };
    let needed = |name: &str| body["required"].as_array().is_some_and(|all| all.iter().any(|n| n == name));
    let fields = body["properties"].as_object().into_iter().flatten();
    fields.map(|(name, schema)| row(name, needed(name), schema, schema)).collect()
}

/// The fields of the data that an operation answers.
pub(super) fn answer(document: &Value, operation: &Value, lang: Lang) -> Vec<Row> {
    let pointer = "/responses/200/content/application~1json/schema/anyOf/0/properties/data";
    let mut rows = Vec::new();
    if let Some(data) = operation.pointer(pointer) {
        gather(document, data, 0, lang, &mut rows);
    }
    rows
}

/// Where a schema refers to.
fn followed<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|name| document.pointer(&name[1..]));
    target.unwrap_or(schema)
}

fn gather(document: &Value, schema: &Value, depth: usize, lang: Lang, rows: &mut Vec<Row>) {
    if depth > DEEPEST {
        return;
    }
    let schema = followed(document, schema);
    for part in ["oneOf", "anyOf", "allOf"] {
        for inner in schema.get(part).and_then(Value::as_array).into_iter().flatten() {
            gather(document, inner, depth, lang, rows);
        }
    }
    if let Some(items) = schema.get("items") {
        gather(document, items, depth, lang, rows);
    }
    for (name, field) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let target = followed(document, field);
        let text = said(field, lang);
        rows.push(Row {
            depth,
            name: name.clone(),
            required: true,
            kind: kind(target),
            bounds: String::new(),
            text: if text.is_empty() { said(target, lang) } else { text },
        });
        gather(document, field, depth + 1, lang, rows);
    }
}

fn kind(schema: &Value) -> String {
    let of_items = || schema.get("items").map(kind).filter(|kind| !kind.is_empty()).unwrap_or_default();
    match &schema["type"] {
        Value::String(one) if one == "array" => format!("array<{}>", of_items()).replace("<>", ""),
        Value::String(one) => one.clone(),
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | "),
        _ => alternatives(schema),
    }
}

fn alternatives(schema: &Value) -> String {
    let parts = ["oneOf", "anyOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
    let mut kinds: Vec<String> =
        parts.map(kind).map(|k| if k.is_empty() { "object".into() } else { k }).collect();
    kinds.dedup();
    kinds.join(" | ")
}

fn bounds(schema: &Value, lang: Lang) -> String {
    let mut parts = Vec::new();
    let words = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if let Some(all) = schema.get("enum").and_then(Value::as_array) {
        parts.push(all.iter().map(words).collect::<Vec<_>>().join(", "));
    }
    match (schema.get("minimum"), schema.get("maximum")) {
        (Some(min), Some(max)) => parts.push(format!("{min} – {max}")),
        (Some(min), None) => parts.push(format!("≥ {min}")),
        (None, Some(max)) => parts.push(format!("≤ {max}")),
        (None, None) => {}
    }
    if let Some(unit) = schema.get("x-unit").and_then(Value::as_str) {
        parts.push(match lang {
            Lang::Zh => unit_in_chinese(unit).to_owned(),
            Lang::En => unit.to_owned(),
        });
    }
    if let Some(most) = schema.get("maxLength") {
        let least = schema.get("minLength").cloned().unwrap_or(Value::from(0));
        parts.push(match lang {
            Lang::Zh => format!("{least} – {most} 个字符"),
            Lang::En => format!("{least} – {most} characters"),
        });
    }
    for inner in schema.get("anyOf").and_then(Value::as_array).into_iter().flatten() {
        parts.push(bounds(inner, lang));
    }
    if let Some(example) = schema.pointer("/examples/0") {
        parts.push(match lang {
            Lang::Zh => format!("例如 {}", words(example)),
            Lang::En => format!("such as {}", words(example)),
        });
    }
    if let Some(default) = schema.get("default") {
        parts.push(match lang {
            Lang::Zh => format!("默认 {}", words(default)),
            Lang::En => format!("default {}", words(default)),
        });
    }
    parts.retain(|part| !part.is_empty());
    parts.join("; ")
}
