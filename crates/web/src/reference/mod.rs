//! The API reference for people at `/docs`: pages made from the OpenAPI document, in Chinese and English, with
//! examples that were really answered. Nothing in them runs, nothing comes from elsewhere.

mod pages;
mod rows;
mod serve;
#[cfg(test)]
mod tests;
mod words;

use serde_json::{Map, Value};
use turnpike_base::{Fault, Lang, Result, Text};
use words::Words;

pub(crate) use serve::router;

/// What the reference says beyond the endpoints' own declarations.
#[derive(Clone, Debug, Default)]
pub struct Book {
    words: Words,
    examples: Map<String, Value>,
    guide: Option<Text>,
}

impl Book {
    /// A book of words (lines with tabs, see the file itself), of examples by method and path, and of a guide: two
    /// pieces of HTML, ours, that open the reference.
    ///
    /// # Errors
    /// The examples are no JSON object.
    pub fn new(words: &str, examples: &str, guide: Text) -> Result<Self> {
        let examples =
            serde_json::from_str(examples).map_err(|e| Fault::internal("examples_unreadable", e))?;
        Ok(Self { words: Words::read(words), examples, guide: Some(guide) })
    }

    /// The title of a group of endpoints; its tag where nobody wrote one.
    pub fn group(&self, tag: &str) -> Text {
        self.words.group(tag)
    }

    /// What of a document's answer fields is said in one language only, by path or schema.
    pub fn untold(&self, document: &Value) -> Vec<String> {
        self.words.untold(document)
    }

    pub(crate) fn guide(&self, lang: Lang) -> &str {
        self.guide.as_ref().map_or("", |guide| guide.get(lang))
    }

    /// Adds descriptions to answer fields that have none, and Chinese to those that have.
    pub(crate) fn annotate(&self, document: &mut Value) {
        self.words.annotate(document);
    }

    /// Puts the example into an operation, if there is one.
    pub(crate) fn illustrate(&self, method: &str, path: &str, operation: &mut Value) {
        let Some(example) = self.examples.get(&format!("{method} {path}")) else { return };
        if let Some(request) = example.get("body")
            && let Some(media) = operation.pointer_mut("/requestBody/content/application~1json")
        {
            media["example"] = request.clone();
        }
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            let sent = parameter["name"].as_str().and_then(|name| example["query"].get(name)).cloned();
            if let Some(sent) = sent {
                parameter["example"] = sent;
            }
        }
        if let Some(answer) = example.get("answer")
            && let Some(media) = operation.pointer_mut("/responses/200/content/application~1json")
        {
            media["example"] = answer.clone();
        }
    }
}
