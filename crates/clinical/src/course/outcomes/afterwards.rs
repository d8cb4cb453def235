//! The hours and days after each session, as the person told them: an answer is about now, so that
//! how long something lasts is seen where weeks would hide it.

use crate::course::follow_up::{ContactKind, ContactStanding, FollowUp, Mood};
use crate::record::SessionId;
use units::{Moment, Span};

/// For so long after a session an answer is told of it: through the contact of a week, and a day for
/// its answer. Source: the project's choice.
pub const AFTERWARDS: Span = Span::from_hours(8 * 24);

/// What was told after one session, before the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Afterwards {
    /// Which.
    pub session: SessionId,
    /// When it ended.
    pub ended: Moment,
    /// How long after it, and how they were compared with before; in order of time.
    pub told: Vec<(Span, Mood)>,
    /// The contacts of these days that were made and not answered.
    pub silent: Vec<ContactKind>,
}

/// Each session of a person with what was told after it, the oldest first. An answer is told of the
/// last session before it, and of none where that is longer ago than [`AFTERWARDS`].
pub fn afterwards(follow_up: &FollowUp) -> Vec<Afterwards> {
    let mut sessions: Vec<(Moment, SessionId)> = follow_up
        .sessions
        .iter()
        .map(|(session, ended)| (*ended, *session))
        .collect();
    sessions.sort();
    let next = |at: usize| sessions.get(at + 1).map(|(ended, _)| *ended);
    sessions
        .iter()
        .enumerate()
        .map(|(place, &(ended, session))| {
            let is_of_it = |at: Moment| {
                at >= ended && at < ended + AFTERWARDS && next(place).is_none_or(|next| at < next)
            };
            let mut told: Vec<(Span, Mood)> = follow_up
                .reports
                .iter()
                .filter(|report| is_of_it(report.at))
                .filter_map(|report| Some((report.at - ended, report.said.mood?)))
                .collect();
            told.sort_by_key(|(after, _)| *after);
            let silent = follow_up
                .in_order()
                .into_iter()
                .filter(|contact| contact.session == session && is_in_days(contact.kind))
                .filter(|contact| matches!(contact.standing, ContactStanding::Made { .. }))
                .map(|contact| contact.kind)
                .collect();
            Afterwards {
                session,
                ended,
                told,
                silent,
            }
        })
        .collect()
}

const fn is_in_days(kind: ContactKind) -> bool {
    match kind {
        ContactKind::Evening
        | ContactKind::NextDay
        | ContactKind::ThreeDays
        | ContactKind::Week => true,
        ContactKind::Month | ContactKind::Quarter(_) => false,
    }
}
