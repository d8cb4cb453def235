//! The printed session pack: what staff go on with when everything is down.

use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::identity_strip::IdentityStrip;
use super::pages::session_pack::SessionPack;
use super::respond::Refused;
use crate::application::Application;
use crate::identity::Viewer;
use crate::wishes;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Html;
use clinical::record::SessionId;
use std::sync::Arc;

/// The pack of a session.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let (session, person) = super::room::opened(&application, &viewer, id).await?;
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let rules = application.rules_of(&session)?;
    let wishes = wishes::of(&application, session.patient.ok_or(Refused::NotFound)?)
        .await?
        .state;
    Ok(html(
        SessionPack {
            around: asked.around(Here::Session, false),
            strip: IdentityStrip::of(&person, asked.now(), &application.zone),
            session: &session,
            rules: &rules,
            wishes: &wishes,
            cards: application.cards(),
            clinic: &application.clinic(),
        }
        .html(),
    ))
}
