//! The methods' pictures, served by the product itself: `/payment-logos/stripe.svg`.

use super::Payments;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};

/// Where a method's picture is.
pub(super) fn path(slug: &str) -> String {
    format!("/payment-logos/{slug}.svg")
}

/// The route of all pictures. It is open: they are part of public pages.
pub(super) fn router(payments: Payments) -> Router {
    Router::new().route("/payment-logos/{file}", get(serve)).with_state(payments)
}

async fn serve(State(payments): State<Payments>, Path(file): Path<String>) -> Response {
    let slug = file.strip_suffix(".svg");
    let about = payments.drivers().map(|driver| driver.about()).find(|about| Some(about.slug) == slug);
    let Some(about) = about else {
        return (StatusCode::NOT_FOUND, "there is no such picture\n").into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
    ];
    (headers, about.logo).into_response()
}
