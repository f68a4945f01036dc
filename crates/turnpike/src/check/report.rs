//! What a check found, for people and for programs.

use crate::terminal::{Look, Terminal};
use serde::Serialize;
use serde_json::{Value, json};

/// Something that was looked at.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Item {
    item: &'static str,
    ok: bool,
    /// What was seen; for people.
    detail: String,
    /// What is wrong; empty if nothing.
    faults: Vec<String>,
}

impl Item {
    /// An item with what is wrong about it.
    pub(super) fn new(item: &'static str, detail: impl Into<String>, faults: Vec<String>) -> Self {
        Self { item, ok: faults.is_empty(), detail: detail.into(), faults }
    }

    /// An item that can't be looked at.
    pub(super) fn unseen(item: &'static str, error: &anyhow::Error) -> Self {
        Self::new(item, "", vec![format!("{error:#}")])
    }

    /// One line; more faults than one follow it, each on its own.
    fn line(&self, terminal: Terminal) -> String {
        let (verdict, look) = if self.ok { ("ok   ", Look::Good) } else { ("FAULT", Look::Bad) };
        let head = format!("{}  {:<13}  ", terminal.paint(look, verdict), self.item);
        match self.faults.as_slice() {
            [] => format!("{head}{}", self.detail),
            [one] => format!("{head}{one}"),
            many => format!("{head}{} faults\n         {}", many.len(), many.join("\n         ")),
        }
    }
}

/// Whether nothing is wrong.
pub(super) fn clean(items: &[Item]) -> bool {
    items.iter().all(|item| item.ok)
}

/// For people.
pub(super) fn text(items: &[Item], terminal: Terminal) -> String {
    items.iter().map(|item| item.line(terminal)).collect::<Vec<_>>().join("\n")
}

/// For programs.
pub(super) fn document(items: &[Item]) -> Value {
    json!({"ok": clean(items), "items": items})
}
