//! What a change of the pump would come to: arithmetic that somebody asked for, and no advice.

use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::identity_strip::IdentityStrip;
use super::pages::supposed::SupposedPage;
use super::respond::Refused;
use super::room::opened;
use crate::application::Application;
use crate::identity::Viewer;
use crate::prediction;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Html;
use clinical::record::SessionId;
use std::sync::Arc;

/// The page, worked out when it is opened: it stands still, and says of when it is.
// Hazard: H69
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let (session, person) = opened(&application, &viewer, id).await?;
    let predicted = prediction::of_changes(&application, &session, &person).await?;
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let around = asked.around(Here::Session, false);
    let page = SupposedPage {
        strip: IdentityStrip::of(&person, around.now, around.zone),
        around,
        session: &session,
        predicted: predicted.as_ref(),
    };
    Ok(html(page.html()))
}
