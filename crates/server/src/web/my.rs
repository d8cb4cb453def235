//! A patient's own page: what is next, and the way to everything else that is theirs.

use super::history;
use super::page::{Asked, html};
use super::pages::consent_own::ToSign;
use super::pages::my_home::{Card, HistoryState, MyHome};
use super::preparing::still_open_for;
use super::respond::Refused;
use crate::application::Application;
use crate::book;
use crate::identity::{Own, Way};
use crate::integration::{self, together};
use crate::{keepsakes, wishes};
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Html;
use std::sync::Arc;

/// For so long after the drug has ended, keeping something of it comes first.
const FIRST_HOUR: units::Span = units::Span::from_hours(1);

/// The page.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let next = book::next_visit(&application, own.patient, asked.now()).await?;
    let offered = !book::offers_of(&application, own.patient).await?.is_empty();
    let consents = super::consent::lines(&application, own.patient, asked.now()).await?;
    let to_sign = consents
        .iter()
        .any(|line| line.to_sign != ToSign::Nothing || line.asked_today);
    let mut cards = Vec::new();
    let session = keepsakes::session_of(&application, own.patient).await?;
    let first_hour = session.is_some_and(|(_, ended)| asked.now() - ended <= FIRST_HOUR);
    let kept = keepsakes::of(&application, own.patient).await?.state;
    // Whoever was given something today, or was asked how they are, is asked first.
    let after = crate::follow_up::of(&application, own.patient).await?.state;
    let flagged = !after.open_flags().is_empty();
    let asked_how = after.silent_at().is_some();
    if flagged || asked_how {
        cards.push(Card::FollowUp { flagged });
    }
    if super::going_home::counts(&application, own.patient, asked.now()).await? {
        cards.push(Card::GoingHome);
    }
    let scales = crate::outcomes::open(&application, own.patient).await?;
    if scales.is_some() {
        cards.push(Card::Scales);
    }
    if first_hour {
        cards.push(Card::Keepsakes);
    }
    if offered {
        cards.push(Card::Offer);
    }
    let far = history::how_far(&application, own.patient).await?;
    let state = match (far.questions, far.submitted, far.begun, far.open) {
        (1.., _, _, _) => HistoryState::Asked,
        (0, true, _, _) => HistoryState::HandedIn,
        (0, false, false, _) => HistoryState::NotBegun,
        (0, false, true, 0) => HistoryState::ToHandIn,
        (0, false, true, open) => HistoryState::Open(open),
    };
    // What is done stands below what is next.
    if state != HistoryState::HandedIn {
        cards.push(Card::History(state));
    }
    if let Some(starts) = next {
        let open = still_open_for(&application, &own).await?;
        cards.push(Card::Preparation { starts, open });
    }
    let said = !wishes::of(&application, own.patient)
        .await?
        .state
        .is_empty();
    cards.push(Card::Wishes { said });
    if !first_hour && (session.is_some() || !kept.all.is_empty()) {
        cards.push(Card::Keepsakes);
    }
    if to_sign {
        cards.push(Card::ConsentToSign);
    }
    if !flagged && !asked_how && !after.sessions.is_empty() {
        cards.push(Card::FollowUp { flagged: false });
    }
    let taken_home = together(&integration::records(&application, own.patient).await?).homework;
    if session.is_some() || !taken_home.is_empty() {
        let homework = taken_home.iter().any(|set| set.answer().is_none());
        cards.push(Card::Integration { homework });
    }
    if !after.sessions.is_empty() {
        cards.push(Card::Journey);
    }
    cards.push(Card::Visits);
    if !to_sign && !consents.is_empty() {
        cards.push(Card::Consent);
    }
    if state == HistoryState::HandedIn {
        cards.push(Card::History(state));
    }
    cards.push(Card::Leaflets);
    cards.push(Card::Record);
    // On the clinic's tablet nobody types a password of their own.
    if own.way != Way::Tablet {
        cards.push(Card::Account);
    }
    let page = MyHome {
        frame: asked.own_frame(&own),
        cards,
    };
    Ok(html(page.html()))
}
