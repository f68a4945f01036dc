//! The API reference against the real binary: every operation is called, in both languages; what it answers is what
//! the reference shows. `UPDATE_REFERENCE=1 cargo test -p turnpike --test reference` takes the answers into the
//! reference's examples.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed assumption here is the failing test"
)]

#[path = "reference/client.rs"]
mod client;
mod common;
#[path = "reference/errors.rs"]
mod errors;
#[path = "reference/examples.rs"]
mod examples;
#[path = "reference/fields.rs"]
mod fields;
#[path = "reference/person.rs"]
mod person;
#[path = "reference/walk.rs"]
mod walk;

use common::Demo;
use walk::Walk;

#[test]
fn every_operation_answers_as_the_reference_says() {
    let demo = Demo::start(&["--endpoint-ports", "0+30"]);
    let document = demo.request("/openapi.json", "", None, &[]).1;
    let mut walk = Walk::new(&demo, &document);
    walk.all();
    walk.finish();
    examples::compare(&demo, walk.told());
    fields::check(walk.told());
    walk.prefixes();
    errors::walk(&demo, &document, &walk.login);
}
