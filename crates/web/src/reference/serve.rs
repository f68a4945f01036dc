//! Serves the pages and the OpenAPI files, each with the reader's own address in it.

use super::Book;
use super::pages::{Pages, Reader};
use crate::app::address;
use crate::authority::Authority;
use crate::openapi::{self, SERVER};
use crate::{Authenticator, Endpoint, envelope, lang};
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use axum::routing::get;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use std::sync::Arc;

const STYLE: &str = include_str!("style.css");
const HTML: &str = "text/html; charset=utf-8";
/// Pages run nothing and load their own sheet alone.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// The prefix of a site that was given none.
const PREFIX: &str = "/gateway";

struct Library {
    pages: Pages,
    document: String,
    console_document: String,
    auth: Arc<dyn Authenticator>,
}

type Shared = State<Arc<Library>>;

/// `/docs` and what is below it, `/openapi.json` and the console's.
pub(crate) fn router(endpoints: &[Endpoint], book: &Book, auth: &Arc<dyn Authenticator>) -> Router {
    let document = openapi::document(endpoints, book);
    let library = Library {
        document: document.to_string(),
        console_document: openapi::console_document(endpoints, book).to_string(),
        pages: Pages::new(document, book.clone()),
        auth: Arc::clone(auth),
    };
    Router::new()
        .route("/openapi.json", get(file))
        .route("/web_v1/openapi.json", get(console_file))
        .route("/docs", get(overview))
        .route("/docs/", get(overview))
        .route("/docs/style.css", get(style))
        .route("/docs/{*path}", get(page))
        .with_state(Arc::new(library))
}

async fn file(State(library): Shared, request: Request) -> Response {
    with_address(&library.document, request)
}

async fn console_file(State(library): Shared, request: Request) -> Response {
    with_address(&library.console_document, request)
}

fn with_address(document: &str, request: Request) -> Response {
    let parts = request.into_parts().0;
    envelope::raw(StatusCode::OK, document.replace(SERVER, &base(&parts)))
}

/// Where the reader came to.
fn base(parts: &Parts) -> String {
    address(parts).unwrap_or_else(|| SERVER.to_owned())
}

async fn style() -> Response {
    let mut response = envelope::plain(StatusCode::OK, "text/css; charset=utf-8", STYLE.to_owned());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("max-age=3600"));
    protect(response)
}

async fn overview(State(library): Shared, request: Request) -> Response {
    library.answer("", &request.into_parts().0)
}

async fn page(State(library): Shared, Path(path): Path<String>, request: Request) -> Response {
    library.answer(&path, &request.into_parts().0)
}

impl Library {
    fn answer(&self, path: &str, parts: &Parts) -> Response {
        let reader = self.reader(parts);
        let (status, text) = match self.pages.page(path, &reader) {
            Some(page) => (StatusCode::OK, page),
            None => (StatusCode::NOT_FOUND, self.pages.page("", &reader).unwrap_or_default()),
        };
        let mut response = envelope::plain(status, HTML, text);
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept-Language, Language"));
        protect(response)
    }

    fn reader(&self, parts: &Parts) -> Reader {
        let site = self.auth.site_of_host(Authority::of(parts).map_or("", |asked| asked.host));
        let theirs = site.as_ref().map(|site| site.lang).unwrap_or_default();
        Reader {
            lang: lang::of_head(parts).unwrap_or(theirs),
            base: base(parts),
            brand: site.as_ref().map_or_else(|| "Turnpike".to_owned(), |site| site.title.clone()),
            prefix: site.and_then(|site| site.prefixes.first().cloned()).unwrap_or_else(|| PREFIX.to_owned()),
        }
    }
}

fn protect(mut response: Response) -> Response {
    let headers: &mut HeaderMap = response.headers_mut();
    let rest: [(HeaderName, &'static str); 4] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in rest {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
