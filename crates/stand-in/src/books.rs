//! What the stand-in remembers, and what payers do. No network.

use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A refusal: HTTP status, code, sentence.
pub(crate) type Outcome = Result<Value, (u16, &'static str, String)>;

/// A request's path and body, and the answer that it got.
pub(crate) type Kept = (String, u16, Value);

#[derive(Debug, Default)]
pub(crate) struct Books {
    sessions: BTreeMap<String, Value>,
    intents: BTreeMap<String, Value>,
    refunds: BTreeMap<String, Value>,
    disputes: BTreeMap<String, Value>,
    /// Most rows of one answer of a list, if fewer than asked for.
    pub(crate) most_listed: Option<usize>,
    pub(crate) kept: BTreeMap<String, Kept>,
    pub(crate) lose: usize,
    /// So many requests are served before it is away; `None`: all.
    pub(crate) serves: Option<usize>,
    pub(crate) refuses_refunds: bool,
    pub(crate) carried: usize,
    /// Where notices go; `None`: they are lost.
    pub(crate) notices: Option<String>,
    events: u64,
}

pub(crate) fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

pub(crate) fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or(0)
}

pub(crate) fn missing(id: &str) -> (u16, &'static str, String) {
    (404, "resource_missing", format!("No such object: {id}"))
}

fn refuse<T>(code: &'static str, message: &str) -> Result<T, (u16, &'static str, String)> {
    Err((400, code, message.to_owned()))
}

impl Books {
    /// Ends the sessions whose time is over; gives them.
    pub(crate) fn pass(&mut self, now: i64) -> Vec<Value> {
        let over = |it: &&mut Value| it["status"] == "open" && number(&it["expires_at"]) <= now;
        let ended = self.sessions.values_mut().filter(over);
        ended
            .map(|it| {
                it["status"] = json!("expired");
                it.clone()
            })
            .collect()
    }

    pub(crate) fn session(&self, id: &str) -> Option<&Value> {
        self.sessions.get(id)
    }

    pub(crate) fn session_of(&self, trade_no: &str) -> Option<String> {
        let fits = |it: &&Value| it["client_reference_id"] == trade_no;
        let newest = self.sessions.values().filter(fits).max_by_key(|it| number(&it["created"]));
        newest.map(|it| text(it, "id"))
    }

    /// A session is made; `form` was checked.
    pub(crate) fn open(&mut self, form: &BTreeMap<String, String>, address: &str, expires: i64) -> Value {
        let field = |name: &str| form.get(name).cloned().unwrap_or_default();
        let count = self.sessions.len() + 1;
        let id = format!("cs_test_{count}");
        let session = json!({"id": id, "object": "checkout.session", "url": format!("{address}/pay/{id}"),
            "status": "open", "payment_status": "unpaid", "payment_intent": null, "expires_at": expires,
            "created": count, "amount_total": field("line_items[0][price_data][unit_amount]").parse().unwrap_or(0),
            "currency": field("line_items[0][price_data][currency]"), "success_url": field("success_url"),
            "cancel_url": field("cancel_url"), "client_reference_id": field("client_reference_id"),
            "metadata": {"payment": field("metadata[payment]")}});
        self.sessions.insert(id, session.clone());
        session
    }

    pub(crate) fn found(&self, id: &str) -> Outcome {
        self.sessions.get(id).cloned().ok_or_else(|| missing(id))
    }

    pub(crate) fn intent(&self, id: &str) -> Outcome {
        self.intents.get(id).cloned().ok_or_else(|| missing(id))
    }

    /// The shop takes a page away.
    pub(crate) fn expire(&mut self, id: &str) -> Outcome {
        let it = self.sessions.get_mut(id).ok_or_else(|| missing(id))?;
        if it["status"] != "open" {
            return refuse("session_not_open", "Only Checkout Sessions with a status of open can be expired");
        }
        it["status"] = json!("expired");
        Ok(it.clone())
    }

    /// What a list has, by its path.
    pub(crate) fn rows(&self, path: &str) -> Vec<&Value> {
        let rows = match path.rsplit('/').next() {
            Some("payment_intents") => &self.intents,
            Some("refunds") => &self.refunds,
            _ => &self.disputes,
        };
        rows.values().collect()
    }

    /// The payer's bank calls so much of a payment back.
    pub(crate) fn dispute(&mut self, intent: &str, amount: i64, now: i64) -> Option<Value> {
        let currency = self.intents.get(intent)?["currency"].clone();
        let id = format!("dp_{}", self.disputes.len() + 1);
        let made = json!({"id": id, "object": "dispute", "amount": amount, "currency": currency, "created": now,
            "payment_intent": intent, "status": "needs_response"});
        self.disputes.insert(id, made.clone());
        Some(made)
    }

    /// It is over another amount, or stands otherwise.
    pub(crate) fn change_dispute(&mut self, id: &str, amount: i64, status: &str) -> Option<Value> {
        let it = self.disputes.get_mut(id)?;
        it["amount"] = json!(amount);
        it["status"] = json!(status);
        Some(it.clone())
    }

    fn is_disputed(&self, intent: &str) -> bool {
        self.disputes.values().any(|it| it["payment_intent"] == intent && it["status"] != "won")
    }

    pub(crate) fn refund(&mut self, id: &str, amount: i64, now: i64) -> Outcome {
        if self.refuses_refunds || self.is_disputed(id) {
            return refuse("charge_disputed", "This charge can't be refunded");
        }
        let count = self.refunds.len() + 1;
        let intent = self.intents.get_mut(id).ok_or_else(|| missing(id))?;
        let back = number(&intent["latest_charge"]["amount_refunded"]).saturating_add(amount);
        if amount < 1 || back > number(&intent["amount_received"]) {
            return refuse("amount_too_large", "Refund amount is greater than unrefunded amount on charge");
        }
        intent["latest_charge"]["amount_refunded"] = json!(back);
        let (of, id) = (id, format!("re_{count}"));
        let made = json!({"id": id, "object": "refund", "amount": amount, "status": "succeeded", "created": now,
            "payment_intent": of, "currency": intent["currency"]});
        self.refunds.insert(id, made.clone());
        Ok(made)
    }

    pub(crate) fn sessions(&self) -> usize {
        self.sessions.len()
    }

    pub(crate) fn refunds(&self) -> Vec<i64> {
        self.refunds.values().map(|refund| number(&refund["amount"])).collect()
    }

    /// The payer pays.
    pub(crate) fn pay(&mut self, session: &str, amount: Option<i64>, now: i64) -> Option<Value> {
        let id = format!("pi_{}", self.intents.len() + 1);
        let it = self.sessions.get_mut(session)?;
        let amount = amount.unwrap_or_else(|| number(&it["amount_total"]));
        it["amount_total"] = json!(amount);
        it["status"] = json!("complete");
        it["payment_status"] = json!("paid");
        it["payment_intent"] = json!(id);
        let paid = it.clone();
        let charge = json!({"amount_refunded": 0});
        let intent = json!({"id": id, "object": "payment_intent", "amount_received": amount, "latest_charge": charge,
            "created": now, "currency": paid["currency"], "status": "succeeded",
            "metadata": {"trade_no": paid["client_reference_id"]}});
        self.intents.insert(id, intent);
        Some(paid)
    }

    /// A payment without a session, and without a shop's marks.
    pub(crate) fn take_elsewhere(&mut self, amount: i64, now: i64) -> Value {
        let id = format!("pi_{}", self.intents.len() + 1);
        let intent = json!({"id": id, "object": "payment_intent", "amount_received": amount, "created": now,
            "latest_charge": {"amount_refunded": 0}, "currency": "usd", "status": "succeeded", "metadata": {}});
        self.intents.insert(id, intent.clone());
        intent
    }

    /// The payer's method failed after the page was left.
    pub(crate) fn fail(&mut self, session: &str) -> Option<Value> {
        let it = self.sessions.get_mut(session)?;
        it["status"] = json!("complete");
        Some(it.clone())
    }

    pub(crate) fn time_out(&mut self, session: &str) -> Option<Value> {
        let it = self.sessions.get_mut(session)?;
        it["status"] = json!("expired");
        Some(it.clone())
    }

    /// An event with a fresh name.
    pub(crate) fn event(&mut self, kind: &str, object: &Value) -> Value {
        self.events += 1;
        json!({"id": format!("evt_{}", self.events), "object": "event", "type": kind, "data": {"object": object}})
    }
}
