//! What is owed: which contact, about which session, in which window, and how it stands.

use super::rules::IntegrationRules;
use super::state::Integration;
use super::vocabulary::ContactKind;
use crate::record::SessionId;
use units::Moment;
use uuid::Uuid;

/// A session in which a drug was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// Which.
    pub session: SessionId,
    /// When the drug ended.
    pub ended: Moment,
    /// When the person left; none while they are here.
    pub left: Option<Moment>,
}

/// The next visit with a drug, of somebody who had none yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// When it begins.
    pub starts: Moment,
}

/// A contact that is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owed {
    /// Which.
    pub kind: ContactKind,
    /// About which session; none before the first.
    pub session: Option<SessionId>,
    /// From when it can be held.
    pub opens: Moment,
    /// By when it should be.
    pub aim: Moment,
    /// From when it is late; none while that is not known.
    pub closes: Option<Moment>,
}

/// How it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was held, and somebody wrote it down.
    Held {
        /// The note.
        note: Uuid,
        /// When it was held.
        at: Moment,
        /// The note is signed.
        signed: bool,
    },
    /// It is not held any more.
    Missed {
        /// Why.
        reason: String,
        /// Who said so.
        by: String,
        /// When.
        at: Moment,
    },
    /// A day is agreed, and it has not come yet.
    Booked {
        /// Which booking.
        booking: Uuid,
        /// When.
        at: Moment,
    },
    /// Its time has not come.
    Ahead,
    /// It is due.
    Due,
    /// Its time has passed.
    Late,
}

/// A contact that is owed, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// What is owed.
    pub owed: Owed,
    /// How it stands.
    pub standing: Standing,
}

/// Everything that is owed to a person with these sessions, in the order in which it opens.
///
/// A series is a run of sessions without a longer gap than the rules say. Its first session owes the
/// first contact; each later week of it in which there was a session owes one, about the first of
/// that week; the last session owes the review. All windows are time that passes: what a clock shows
/// moves where clocks are changed. Source: clinical reference 9.
pub fn owed(given: &[Given], next: Option<Visit>, rules: &IntegrationRules) -> Vec<Owed> {
    let mut sorted = given.to_vec();
    sorted.sort_by_key(|one| (one.ended, one.session));
    let mut all = Vec::new();
    if let (Some(visit), true) = (next, sorted.is_empty()) {
        all.push(Owed {
            kind: ContactKind::Preparation,
            session: None,
            opens: visit.starts - rules.preparation_within,
            aim: visit.starts,
            closes: Some(visit.starts),
        });
    }
    for one in &sorted {
        all.push(Owed {
            kind: ContactKind::Check,
            session: Some(one.session),
            opens: one.ended,
            aim: one.left.unwrap_or(one.ended),
            closes: one.left,
        });
    }
    let series = sorted.chunk_by(|before, after| after.ended - before.ended <= rules.series_gap);
    for run in series {
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            continue;
        };
        let mut newest = None;
        for one in run {
            let week = (one.ended - first.ended).microseconds() / rules.week.microseconds().max(1);
            if newest == Some(week) {
                continue;
            }
            newest = Some(week);
            all.push(Owed {
                kind: if week == 0 {
                    ContactKind::First
                } else {
                    ContactKind::Weekly
                },
                session: Some(one.session),
                opens: one.ended + rules.opens,
                aim: one.ended + rules.aim,
                closes: Some(one.ended + rules.closes),
            });
        }
        let review = last.ended + rules.review;
        all.push(Owed {
            kind: ContactKind::Review,
            session: Some(last.session),
            opens: review - rules.review_window,
            aim: review,
            closes: Some(review + rules.review_window),
        });
    }
    all.sort_by_key(|one| (one.opens, one.kind));
    all
}

/// What is owed, and how each stands.
///
/// A contact is held by a note of its kind about its session. A review that was held for an earlier
/// session of the same series does not hold for a later one.
// Hazard: H68
pub fn plan(
    given: &[Given],
    next: Option<Visit>,
    known: &Integration,
    rules: &IntegrationRules,
    now: Moment,
) -> Vec<Planned> {
    owed(given, next, rules)
        .into_iter()
        .map(|owed| Planned {
            standing: stands(&owed, known, now),
            owed,
        })
        .collect()
}

fn stands(owed: &Owed, known: &Integration, now: Moment) -> Standing {
    let about = (owed.kind, owed.session);
    let held = known
        .notes
        .iter()
        .filter(|one| (one.note.kind, one.note.session) == about)
        .min_by_key(|one| one.note.held_at);
    if let Some(held) = held {
        return Standing::Held {
            note: held.id,
            at: held.note.held_at,
            signed: held.signed.is_some(),
        };
    }
    let missed = known
        .missed
        .iter()
        .rev()
        .find(|one| (one.kind, one.session) == about);
    if let Some(missed) = missed {
        return Standing::Missed {
            reason: missed.reason.clone(),
            by: missed.by.clone(),
            at: missed.at,
        };
    }
    // A day that was agreed and has passed without a note agrees nothing any more.
    let booked = known
        .bookings
        .iter()
        .find(|one| (one.kind, one.session) == about && one.cancelled.is_none() && one.at > now);
    if let Some(booked) = booked {
        return Standing::Booked {
            booking: booked.booking,
            at: booked.at,
        };
    }
    if now < owed.opens {
        Standing::Ahead
    } else if owed.closes.is_some_and(|closes| now > closes) {
        Standing::Late
    } else {
        Standing::Due
    }
}

impl Planned {
    /// Somebody has something to do about it: it is due, or its time has passed.
    pub const fn is_open(&self) -> bool {
        match self.standing {
            Standing::Due | Standing::Late => true,
            Standing::Held { .. }
            | Standing::Missed { .. }
            | Standing::Booked { .. }
            | Standing::Ahead => false,
        }
    }
}
