//! Answers that are no page of their own, not found, not permitted, not done: a browser gets a
//! page that says so, a script gets the same words as data.

use super::leaflets::{Told as Spoken, language};
use super::page::Asked;
use super::pages::answer::Answer;
use super::pages::around::Here;
use super::pages::my_answer::MyAnswer;
use super::respond::{Refused, Told};
use crate::application::Application;
use crate::identity::{Viewer, own_of, viewer_of};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// There is no such page.
pub async fn not_found() -> Response {
    Refused::NotFound.into_response()
}

/// The viewer's role may not.
pub fn forbidden(_application: &Application, _viewer: Option<&Viewer>) -> Response {
    Refused::Forbidden("Your role may not use this page. Nothing was changed.").into_response()
}

/// Turns what was told into a page, for a browser that asked for one.
pub async fn told_as_page(
    State(application): State<Arc<Application>>,
    request: Request,
    next: Next,
) -> Response {
    let (headers, uri) = (request.headers().clone(), request.uri().clone());
    let response = next.run(request).await;
    let wants_page = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    let Some(told) = response
        .extensions()
        .get::<Told>()
        .filter(|_| wants_page)
        .cloned()
    else {
        return response;
    };
    if uri.path().starts_with("/my") || uri.path() == "/p" || uri.path().starts_with("/p/") {
        return told_to_a_patient(&application, &headers, &uri, response.status(), &told).await;
    }
    // Whoever cannot be read just now is shown the page as if nobody were signed in.
    let viewer = viewer_of(&application, &headers).await.ok().flatten();
    let asked = Asked::new(&application, viewer.as_ref(), &headers, &uri);
    let page = Answer {
        around: asked.around(Here::Elsewhere, false),
        kind: told.kind,
        says: &told.says,
        strip: None,
        verdict: told.verdict.as_ref(),
        back: "/board",
    };
    (response.status(), super::page::html(page.html())).into_response()
}

/// The same on a patient's page, in their language.
async fn told_to_a_patient(
    application: &Application,
    headers: &HeaderMap,
    uri: &Uri,
    status: StatusCode,
    told: &Told,
) -> Response {
    let viewer = viewer_of(application, headers).await.ok().flatten();
    let own = own_of(application, headers, viewer.as_ref())
        .await
        .ok()
        .flatten();
    let asked = Asked::new(application, None, headers, uri);
    let frame = own.as_ref().map_or_else(
        || asked.door_frame(language(&Spoken::default(), headers)),
        |own| asked.own_frame(own),
    );
    let page = MyAnswer {
        frame,
        kind: told.kind,
        says: &told.says,
    };
    (status, super::page::html(page.html())).into_response()
}
