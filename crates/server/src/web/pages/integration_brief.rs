//! What happened, for whoever talks with the person afterwards: what the sessions' records hold, and
//! of the person's own things what they share now, and nothing else.

use super::around::Around;
use super::clock_face::{ClockFace, since_start};
use super::identity_strip::IdentityStrip;
use crate::integration::Whole;
use askama::Template;
use clinical::course::integration::Answer;
use clinical::course::session::experience::{Side, medicine_says, support_says};
use clinical::course::session::{Session, SessionEvent};
use clinical::course::wishes::Wishes;
use clinical::record::{PatientId, SessionId};
use std::collections::BTreeMap;
use units::Moment;
use uuid::Uuid;

/// Something that the person shares.
pub struct SharedItem {
    /// Its name.
    pub id: Uuid,
    /// In which record it lies.
    pub record: PatientId,
    /// Of which session.
    pub session: SessionId,
    /// When it was kept.
    pub at: Moment,
    /// The question that it answers, in words.
    pub prompt: Option<String>,
    /// It says what has changed.
    pub changes: bool,
    /// Its words, where it is words.
    pub words: Option<String>,
    /// It is a drawing; otherwise, without words, a voice.
    pub is_drawing: bool,
}

/// The brief.
#[derive(Template)]
#[template(path = "integration_brief.html")]
pub struct Brief<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who.
    pub strip: IdentityStrip,
    /// Whose.
    pub patient: PatientId,
    /// Everything about their integration.
    pub whole: &'a Whole,
    /// What they wish.
    pub wishes: &'a Wishes,
    /// What they share now, newest first.
    pub shared: Vec<SharedItem>,
}

/// A session in the brief.
pub struct SessionShown {
    number: usize,
    day: String,
    link: String,
    dose: String,
    ratings: Vec<String>,
    events: Vec<(String, &'static str, String)>,
    phrases: Vec<String>,
    shared: Vec<ItemShown>,
}

/// A shared item.
pub struct ItemShown {
    at: String,
    prompt: String,
    words: Option<String>,
    address: String,
    is_drawing: bool,
}

impl Brief<'_> {
    fn sessions(&self) -> Vec<SessionShown> {
        let clock = self.around.clock();
        let numbered = self.whole.sessions.iter().zip(&self.whole.given).zip(1..);
        let mut sessions: Vec<SessionShown> = numbered
            .map(|((session, given), number)| SessionShown {
                number,
                day: clock.date(given.ended),
                link: format!("/sessions/{}", session.id),
                dose: self.dose(session),
                ratings: ratings(session),
                events: events(session, &clock),
                phrases: phrases(session),
                shared: self
                    .shared
                    .iter()
                    .filter(|item| item.session == session.id && !item.changes)
                    .map(|item| shown(item, &clock))
                    .collect(),
            })
            .collect();
        sessions.reverse();
        sessions
    }

    fn dose(&self, session: &Session) -> String {
        let drug = session.order.as_ref().map_or_else(String::new, |order| {
            format!(" of {} {}", order.dose, order.drug)
        });
        match session.given(self.around.now) {
            Some(given) => format!("{}{drug}, {}", given.rounded(1), session.route().says()),
            None => format!("how much went in is not known{drug}"),
        }
    }

    /// What has changed, in the person's words, over all sessions.
    fn changes(&self) -> Vec<ItemShown> {
        let clock = self.around.clock();
        self.shared
            .iter()
            .filter(|item| item.changes)
            .map(|item| shown(item, &clock))
            .collect()
    }

    fn intention(&self) -> Option<String> {
        let clock = self.around.clock();
        self.wishes
            .intention
            .as_ref()
            .map(|said| format!("{} ({})", said.what, clock.date(said.at)))
    }

    fn homework(&self) -> Vec<String> {
        let clock = self.around.clock();
        self.whole
            .known
            .homework
            .iter()
            .rev()
            .map(|set| match set.answers.last() {
                None => format!("{}: no answer yet", set.words),
                Some((at, Answer::Done)) => format!("✓ {}: done, {}", set.words, clock.when(*at)),
                Some((at, answer)) => {
                    format!("{}: {}, {}", set.words, answer.says(), clock.when(*at))
                }
            })
            .collect()
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

fn shown(item: &SharedItem, clock: &ClockFace<'_>) -> ItemShown {
    ItemShown {
        at: clock.full(item.at),
        prompt: item.prompt.clone().unwrap_or_default(),
        words: item.words.clone(),
        address: format!("/patients/{}/keepsakes/{}", item.record, item.id),
        is_drawing: item.is_drawing,
    }
}

/// Each side of the experience with its ratings in order of time.
fn ratings(session: &Session) -> Vec<String> {
    let mut sides: BTreeMap<Side, Vec<String>> = BTreeMap::new();
    for (_, side, rating) in session.ratings() {
        let known = sides.entry(side).or_default();
        known.push(rating.points().to_string());
    }
    sides
        .into_iter()
        .map(|(side, points)| format!("{} {} of 10", side.says(), points.join(", ")))
        .collect()
}

/// What was marked, and how the person was supported, in order of time; with the time since the
/// first drug.
fn events(session: &Session, clock: &ClockFace<'_>) -> Vec<(String, &'static str, String)> {
    let first = session.first_drug_at();
    let mut events: Vec<(Moment, &'static str, String)> = Vec::new();
    for entry in &session.entries {
        let Some(standing) = entry.standing() else {
            continue;
        };
        let told = match &*standing {
            SessionEvent::SupportGiven { kind, note, detail } => {
                Some(("Support", support_says(*kind, detail, note)))
            }
            SessionEvent::MedicineGiven {
                medicine,
                dose,
                route,
                because,
                ..
            } => Some(("Medicine", medicine_says(medicine, dose, route, because))),
            SessionEvent::MomentMarked { .. }
            | SessionEvent::SupportEffectSeen { .. }
            | SessionEvent::TouchSaid { .. } => standing.experience_says(),
            SessionEvent::CardOpened { .. } => Some((
                "Emergency card",
                "one was opened: see the session".to_owned(),
            )),
            _another => None,
        };
        events.extend(told.map(|(what, says)| (entry.occurred_at, what, says)));
    }
    events.sort_by_key(|(at, ..)| *at);
    events
        .into_iter()
        .map(|(at, what, says)| {
            let when = first.map_or_else(
                || clock.time(at),
                |first| format!("{} · {}", clock.time(at), since_start(at - first)),
            );
            (when, what, says)
        })
        .collect()
}

/// What the person said in the room, as it was charted with support.
fn phrases(session: &Session) -> Vec<String> {
    session
        .entries
        .iter()
        .filter_map(|entry| match &*entry.standing()? {
            SessionEvent::SupportGiven { detail, .. } if !detail.said.is_empty() => {
                Some(detail.said.clone())
            }
            _another => None,
        })
        .collect()
}
