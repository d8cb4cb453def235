//! How a tablet comes to trust this server: the root of the clinic's own authority, scanned and
//! installed once. Open to everybody: a root is no secret.

use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::qr_code::picture;
use super::pages::trust::TrustPage;
use super::respond::Refused;
use crate::application::Application;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use std::sync::Arc;

/// The edge of the drawn code at the least, in pixels.
const CODE_PIXELS: u32 = 240;

/// The page: the code to scan, what to compare, and what to do on each kind of tablet.
pub async fn page(
    State(application): State<Arc<Application>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let root = application
        .certificates
        .as_ref()
        .and_then(|known| known.root());
    // In the clear: who does not trust us yet cannot ask otherwise. The fingerprint is compared.
    let clear = application.base_url.replacen("https://", "http://", 1);
    let link = format!("{clear}/trust/root.crt");
    let page = TrustPage {
        around: asked.around(Here::Elsewhere, false),
        code: root.map(|_| picture(&link, CODE_PIXELS, "#ffffff")),
        fingerprint: root.map(|root| root.fingerprint()),
        encrypted: application.base_url.starts_with("https://"),
        link: &link,
        base_url: &application.base_url,
    };
    Ok(html(page.html()))
}

/// The root itself.
pub async fn root(State(application): State<Arc<Application>>) -> Result<Response, Refused> {
    let root = application
        .certificates
        .as_ref()
        .and_then(|known| known.root());
    let root = root.ok_or(Refused::NotFound)?;
    Ok((
        [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/x-x509-ca-cert"),
            ),
            (
                header::CONTENT_DISPOSITION,
                HeaderValue::from_static("attachment; filename=\"evenkeel-root.crt\""),
            ),
        ],
        root.der.clone(),
    )
        .into_response())
}
