//! The reference as its readers see it.

use super::Book;
use super::pages::{Pages, Reader};
use crate::{Call, Endpoint, field, openapi, params};
use serde_json::{Value, json};
use turnpike_base::{Code, Fault, Lang, Text};

params! {
    /// Test input.
    struct Lease {
        num: i64 = field::or(field::int(1, 1_000, ""), 1), "数量", "How many";
        life: i64 = field::required(field::int(1, 1_440, "min")), "有效期", "How long <b>they</b> live";
    }
}

#[derive(serde::Serialize, utoipa::ToSchema)]
struct Leased {
    id: i64,
    /// Told in English.
    until: Option<String>,
}

async fn lease(_: Call, input: Lease) -> Result<Leased, Fault> {
    Ok(Leased { id: input.num + input.life, until: None })
}

const WORDS: &str = "# a comment\n#demo\tDemo things\t演示\n@id\tNumber\t编号\nTold in English.\t中文说明\n";

fn made() -> (Value, Book) {
    let examples = json!({"post /gateway/demo/lease": {"body": {"life": 5}, "answer": {"code": 200, "message": "Success", "msg": "Success", "data": {"id": 7}}}});
    let guide = Text::new("<p>指南 {PREFIX}</p>", "<p>Guide {PREFIX}</p>");
    let book = Book::new(WORDS, &examples.to_string(), guide).unwrap();
    let endpoints = [Endpoint::post("demo/lease", "demo", "租用", "Leases", lease)
        .codes(&[Code::OutOfStock])
        .also(&["demo/rent"])];
    (openapi::document(&endpoints, &book), book)
}

fn reader(lang: Lang) -> Reader {
    Reader { lang, base: "http://shop.example".into(), brand: "<Shop>".into(), prefix: "/openapi".into() }
}

#[test]
fn a_page_tells_parameters_bounds_codes_and_what_was_answered() {
    let (document, book) = made();
    let pages = Pages::new(document, book);
    let page = pages.page("demo/lease", &reader(Lang::En)).unwrap();
    for told in [
        "/openapi/demo/lease",
        "/gateway/demo/rent",
        "demo:write",
        "1 – 1440; min",
        "1 – 1000; default 1",
        "How long &lt;b&gt;they&lt;/b&gt; live",
        "Told in English.",
        "Nothing is left of what was asked for",
        "header Idempotency-Key",
        "curl 'http://shop.example/openapi/demo/lease'",
        "&quot;id&quot;: 7",
        "&lt;Shop&gt;",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(!page.contains("<script") && !page.contains("Balance"), "{page}");
    let page = pages.page("demo/lease", &reader(Lang::Zh)).unwrap();
    assert!(
        page.contains("请求成功") && !page.contains("Success"),
        "an example speaks the reader's language"
    );
    assert!(
        page.contains("租用") && page.contains("编号") && page.contains("中文说明") && page.contains("分钟")
    );
    assert!(pages.page("demo/other", &reader(Lang::Zh)).is_none());
    let overview = pages.page("", &reader(Lang::Zh)).unwrap();
    assert!(overview.contains("<p>指南 /openapi</p>") && overview.contains("演示"), "{overview}");
}

#[test]
fn what_is_not_told_in_both_languages_is_found() {
    let (document, book) = made();
    assert_eq!(book.untold(&document), Vec::<String>::new());
    let (document, _) = made();
    assert_eq!(
        Book::default().untold(&document),
        ["#demo"],
        "the fields were told when the document was made"
    );
    let endpoints = [Endpoint::post("demo/lease", "demo", "租用", "Leases", lease)];
    let bare = openapi::document(&endpoints, &Book::default());
    assert_eq!(Book::default().untold(&bare), ["#demo", "@id", "Told in English."]);
}

#[test]
fn an_endpoint_documents_its_codes_and_no_others() {
    let (document, _) = made();
    let operation = &document["paths"]["/gateway/demo/lease"]["post"];
    assert_eq!(operation["x-codes"], json!([3, 200, 400, 403, 409, 410, 429, 500, 503]));
    let failure = &operation["responses"]["200"]["content"]["application/json"]["schema"]["anyOf"][1];
    assert_eq!(
        failure["allOf"][1]["properties"]["code"]["enum"],
        json!([3, 400, 403, 409, 410, 429, 500, 503])
    );
}

#[test]
fn the_document_names_the_header_that_makes_writes_safe_to_repeat() {
    let endpoints = [
        Endpoint::post("demo/lease", "demo", "租用", "Leases", lease),
        Endpoint::get("demo/look", "demo", "查看", "Looks", lease),
    ];
    let document = openapi::document(&endpoints, &Book::default());
    let post = &document["paths"]["/gateway/demo/lease"]["post"]["parameters"];
    assert_eq!(post, &json!([{"$ref": "#/components/parameters/Idempotency-Key"}]));
    let header = &document["components"]["parameters"]["Idempotency-Key"];
    assert_eq!((&header["in"], &header["schema"]["maxLength"]), (&json!("header"), &json!(255)));
    let get = document["paths"]["/gateway/demo/look"]["get"]["parameters"].as_array().unwrap();
    assert!(get.iter().all(|parameter| parameter["in"] == "query"), "{get:?}");
}
