//! Signing in and out, the theme of a device, and the front door.

use super::form::Fields;
use super::guard::check_csrf;
use super::page::{Asked, THEME, html};
use super::pages::around::{Here, Theme};
use super::pages::sign_in::SignIn as SignInPage;
use super::respond::Refused;
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::{SignIn, Viewer};
use anyhow::Context;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::record::Role;
use serde::Deserialize;
use std::sync::Arc;

/// Leads to where the viewer works; a patient to their own pages.
pub async fn front_door(viewer: Option<Extension<Viewer>>) -> Redirect {
    Redirect::to(match viewer {
        Some(Extension(viewer)) => home(viewer.role),
        None => "/sign-in",
    })
}

const fn home(role: Role) -> &'static str {
    match role {
        Role::Patient => "/my",
        Role::FrontDesk
        | Role::Nurse
        | Role::Prescriber
        | Role::Therapist
        | Role::MedicalDirector
        | Role::Owner
        | Role::Auditor
        | Role::IntegrationClient => "/board",
    }
}

/// Says that the server answers.
pub async fn health() -> &'static str {
    "ok"
}

/// Where to go after signing in.
#[derive(Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

/// The sign-in page.
pub async fn page(
    State(application): State<Arc<Application>>,
    Query(next): Query<Next>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    form(&application, &headers, &uri, None, "", &next.next)
}

fn form(
    application: &Application,
    headers: &HeaderMap,
    uri: &Uri,
    refused: Option<&str>,
    username: &str,
    next: &str,
) -> Response {
    let asked = Asked::new(application, None, headers, uri);
    let page = SignInPage {
        around: asked.around(Here::Elsewhere, false),
        refused,
        username,
        next,
    };
    let status = if refused.is_some() {
        StatusCode::UNAUTHORIZED
    } else {
        StatusCode::OK
    };
    (status, html(page.html())).into_response()
}

/// Tries to sign in.
pub async fn sign_in(
    State(application): State<Arc<Application>>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Fault> {
    let username = fields.text("username").to_owned();
    // The password is taken as typed: a space at its end may belong to it.
    let password = fields
        .0
        .iter()
        .find(|(name, _)| name == "password")
        .map(|(_, value)| value.clone())
        .unwrap_or_default();
    let next = fields.text("next");
    match SignIn::attempt(&application, &username, password).await? {
        SignIn::Welcome(secret, role) => {
            let to = if next.starts_with('/') && !next.starts_with("//") {
                next
            } else {
                home(role)
            };
            let value = set_cookie(&application, secret.reveal(), "43200")?;
            Ok(([(header::SET_COOKIE, value)], Redirect::to(to)).into_response())
        }
        SignIn::Wrong => {
            let says = "Name and password do not belong together.";
            Ok(form(
                &application,
                &headers,
                &uri,
                Some(says),
                &username,
                next,
            ))
        }
        SignIn::Wait(wait) => {
            let says = format!("Too many tries for this name. Try again in {wait}.");
            Ok(form(
                &application,
                &headers,
                &uri,
                Some(&says),
                &username,
                next,
            ))
        }
    }
}

/// The cookie of a member of staff; an age of 0 takes it away.
pub(super) fn set_cookie(
    application: &Application,
    secret: &str,
    age: &str,
) -> Result<HeaderValue, Fault> {
    named_cookie(application, application.cookie_name(), secret, age)
}

/// A cookie that no script reads and no other site sends.
pub(super) fn named_cookie(
    application: &Application,
    name: &str,
    secret: &str,
    age: &str,
) -> Result<HeaderValue, Fault> {
    let secure = if application.base_url.starts_with("https://") {
        "; Secure"
    } else {
        ""
    };
    HeaderValue::from_str(&format!(
        "{name}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}"
    ))
    .context("writing a cookie")
    .map_err(Fault)
}

/// Signs out.
pub async fn sign_out(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    application
        .store
        .end_login(application.tenant, &viewer.login)
        .await
        .context("ending a sign-in")
        .map_err(Fault)?;
    application.private_keys.close(&viewer.login);
    let value = set_cookie(&application, "", "0")?;
    Ok(([(header::SET_COOKIE, value)], Redirect::to("/sign-in")).into_response())
}

/// Switches this device between day and dim.
pub async fn theme(fields: Fields) -> Response {
    let theme = Theme::from_word(fields.text("theme")).unwrap_or_default();
    let back = fields.text("back");
    let to = if back.starts_with('/') && !back.starts_with("//") {
        back
    } else {
        "/"
    };
    let cookie = format!(
        "{THEME}={}; Path=/; Max-Age=31536000; SameSite=Lax",
        theme.word()
    );
    match HeaderValue::from_str(&cookie) {
        Ok(value) => ([(header::SET_COOKIE, value)], Redirect::to(to)).into_response(),
        Err(_) => Redirect::to(to).into_response(),
    }
}
