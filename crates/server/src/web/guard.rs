//! What stands before every route: who is asking, may they, and does the request come from us.

use super::access::Access;
use super::form::{Fields, Problem};
use super::respond::Refused;
use crate::application::Application;
use crate::identity::{Own, Proof, Viewer, is_same, own_of, prove_again, viewer_of};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;

/// The route's own access rule, put into the router with the route.
#[derive(Clone)]
pub struct Guard {
    /// The application.
    pub application: Arc<Application>,
    /// Who may use the route.
    pub access: Access,
}

/// Lets a request through to its handler, or answers it here.
pub async fn guard(State(guard): State<Guard>, mut request: Request, next: Next) -> Response {
    if request.method() == Method::POST && is_cross_site(request.headers()) {
        return Refused::Forbidden("This form did not come from a page of this clinic.")
            .into_response();
    }
    let viewer = match viewer_of(&guard.application, request.headers()).await {
        Ok(viewer) => viewer,
        Err(fault) => return fault.into_response(),
    };
    match (guard.access, &viewer) {
        (Access::Public(_) | Access::Programs, _) => {}
        (Access::People(roles), Some(viewer)) if roles.include(viewer.role) => {}
        (Access::People(_), Some(_)) => {
            return super::pages_out::forbidden(&guard.application, viewer.as_ref());
        }
        (Access::People(_), None) => return sign_in_first(&request),
        (Access::Own, viewer) => {
            let own = own_of(&guard.application, request.headers(), viewer.as_ref()).await;
            match own {
                Ok(Some(own)) => {
                    request.extensions_mut().insert(own);
                }
                Ok(None) if viewer.is_some() => {
                    return super::pages_out::forbidden(&guard.application, viewer.as_ref());
                }
                Ok(None) => return open_door_first(&request),
                Err(fault) => return fault.into_response(),
            }
        }
    }
    if let Some(viewer) = viewer {
        request.extensions_mut().insert(viewer);
    }
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    // A browser that goes away in mid-saving must not stop us between the durable write and the
    // telling of everybody else: the work is finished, whoever waits for it.
    match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(error) => Refused::Fault(error.into()).into_response(),
    }
}

fn wants_page(request: &Request) -> bool {
    request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// A patient whose time is over is told so, whatever they were doing: what they had entered is
/// saved page by page.
fn open_door_first(request: &Request) -> Response {
    if wants_page(request) {
        Redirect::to("/p").into_response()
    } else {
        (
            StatusCode::UNAUTHORIZED,
            "Open your link again. What you saved before is kept.",
        )
            .into_response()
    }
}

fn sign_in_first(request: &Request) -> Response {
    if request.method() == Method::GET && wants_page(request) {
        Redirect::to("/sign-in").into_response()
    } else {
        (
            StatusCode::UNAUTHORIZED,
            "Sign in first. Nothing was saved.",
        )
            .into_response()
    }
}

/// A browser says where a form came from; a form from another site is never ours.
///
/// Source: Fetch Metadata. A client that says nothing is not a browser, and has no cookie that
/// another site could ride on unless it put it there itself; the form's own token still counts.
fn is_cross_site(headers: &HeaderMap) -> bool {
    match headers
        .get("sec-fetch-site")
        .and_then(|site| site.to_str().ok())
    {
        Some("same-origin" | "none") => false,
        Some(_) => true,
        None => false,
    }
}

/// Headers on every answer.
pub async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let put = |headers: &mut HeaderMap, name: &'static str, value: &'static str| {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    put(
        headers,
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; media-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'",
    );
    put(headers, "x-content-type-options", "nosniff");
    put(headers, "x-frame-options", "DENY");
    put(headers, "referrer-policy", "same-origin");
    put(headers, "cross-origin-opener-policy", "same-origin");
    put(headers, "cross-origin-resource-policy", "same-origin");
    put(
        headers,
        "permissions-policy",
        "camera=(), microphone=(self), geolocation=()",
    );
    put(headers, "cache-control", "no-store");
    response
}

/// Checks the form's own token against the sign-in that the cookie belongs to.
pub fn check_csrf(viewer: &Viewer, given: &str) -> Result<(), Refused> {
    check_token(&viewer.csrf, given)
}

/// A signature that binds the clinic is given with the password once more.
pub async fn check_password(
    application: &Application,
    viewer: &Viewer,
    fields: &Fields,
) -> Result<(), Refused> {
    // The password is taken as typed: a space at its end may belong to it.
    let password = fields.0.iter().find(|(name, _)| name == "password");
    let password = password.map(|(_, value)| value.clone()).unwrap_or_default();
    match prove_again(application, viewer, password).await? {
        Proof::Right(_) => Ok(()),
        Proof::Wrong => {
            let says = "Not signed: this is not your password. Type it once more.";
            Err(Problem::new("password", says).into())
        }
        Proof::Wait(wait) => {
            let says = format!("Not signed: too many wrong passwords. Try again in {wait}.");
            Err(Problem::new("password", says).into())
        }
    }
}

/// The same for a patient's form.
pub fn check_own(own: &Own, given: &str) -> Result<(), Refused> {
    check_token(&own.csrf, given)
}

fn check_token(token: &str, given: &str) -> Result<(), Refused> {
    if is_same(token, given) {
        Ok(())
    } else {
        Err(Refused::Forbidden(
            "Not saved: this page is older than your sign-in. Reload it and try again.",
        ))
    }
}
