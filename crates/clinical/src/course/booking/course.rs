//! The visits of one person, judged together: how they follow each other, and what expires.

use super::rules::{BookingRules, days};
use super::vocabulary::Visit;
use crate::record::SessionId;
use serde::{Deserialize, Serialize};
use units::{Moment, Span};

/// Something that a person needs on the day, and until when it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiry {
    /// What, as a page says it: `the consent`, `the clearance by a cardiologist`.
    pub what: String,
    /// It holds before this moment.
    pub at: Moment,
}

/// What a person should know before they book or move. A closed list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "warning", rename_all = "kebab-case")]
pub enum Warning {
    /// Two visits follow each other too soon.
    TooClose {
        /// The earlier one.
        first: SessionId,
        /// The later one.
        second: SessionId,
        /// When the later one begins.
        starts: Moment,
        /// From one beginning to the next.
        gap: Span,
        /// What it should be at the least.
        least: Span,
    },
    /// Two visits of the series lie too far apart.
    TooFar {
        /// The earlier one.
        first: SessionId,
        /// The later one.
        second: SessionId,
        /// When the later one begins.
        starts: Moment,
        /// From one beginning to the next.
        gap: Span,
        /// What it should be at the most.
        most: Span,
    },
    /// Something will have expired by then.
    Expired {
        /// The visit.
        visit: SessionId,
        /// When it begins.
        starts: Moment,
        /// What expires.
        what: String,
        /// When.
        at: Moment,
    },
}

impl Warning {
    /// In one plain sentence; `day` writes a moment as the clinic's day and time.
    pub fn says(&self, day: impl Fn(Moment) -> String) -> String {
        match self {
            Self::TooClose {
                starts, gap, least, ..
            } => format!(
                "The visit on {} begins {gap} after the one before; at least {least} are wanted.",
                day(*starts)
            ),
            Self::TooFar {
                starts, gap, most, ..
            } => format!(
                "The visit on {} begins {gap} after the one before; at most {most} are wanted.",
                day(*starts)
            ),
            Self::Expired {
                starts, what, at, ..
            } => format!(
                "On {} {what} no longer holds: it ends on {}.",
                day(*starts),
                day(*at)
            ),
        }
    }

    /// The visits that it is about.
    pub fn concerns(&self, asked: SessionId) -> bool {
        match self {
            Self::TooClose { first, second, .. } | Self::TooFar { first, second, .. } => {
                *first == asked || *second == asked
            }
            Self::Expired { visit, .. } => *visit == asked,
        }
    }
}

/// What is to be said about the visits of one person, in order of time.
///
/// Gaps are counted in time that passes: a clock that is put forward in between shortens none.
/// Source: policy `booking`, from clinical reference 3.5 and 13.
pub fn judge(visits: &[Visit], expiries: &[Expiry], rules: &BookingRules) -> Vec<Warning> {
    let mut ordered: Vec<&Visit> = visits.iter().collect();
    ordered.sort_by_key(|visit| (visit.starts, visit.visit));
    let mut warnings = Vec::new();
    for pair in ordered.windows(2) {
        let [first, second] = pair else { continue };
        let Some(series) = rules.series(second.product) else {
            continue;
        };
        let gap = second.starts - first.starts;
        if gap < series.least_gap {
            warnings.push(Warning::TooClose {
                first: first.visit,
                second: second.visit,
                starts: second.starts,
                gap,
                least: series.least_gap,
            });
        } else if gap > series.most_gap {
            warnings.push(Warning::TooFar {
                first: first.visit,
                second: second.visit,
                starts: second.starts,
                gap,
                most: series.most_gap,
            });
        }
    }
    for visit in ordered {
        let expired = expiries.iter().filter(|expiry| visit.starts >= expiry.at);
        warnings.extend(expired.map(|expiry| Warning::Expired {
            visit: visit.visit,
            starts: visit.starts,
            what: expiry.what.clone(),
            at: expiry.at,
        }));
    }
    warnings
}

/// The beginning of the first visit that is one too many in seven days, with how many are allowed.
///
/// Of visits with different products the strictest limit counts. Seven days are 168 hours that
/// pass; a visit exactly seven days later is outside.
// Hazard: H55
pub fn too_many(visits: &[Visit], rules: &BookingRules) -> Option<(Moment, u32)> {
    let mut ordered: Vec<&Visit> = visits.iter().collect();
    ordered.sort_by_key(|visit| (visit.starts, visit.visit));
    ordered.iter().enumerate().find_map(|(last, visit)| {
        let week: Vec<&&Visit> = ordered[..=last]
            .iter()
            .filter(|earlier| visit.starts - earlier.starts < days(7))
            .collect();
        let limit = week
            .iter()
            .filter_map(|known| rules.series(known.product))
            .map(|series| series.in_seven_days)
            .min()?;
        let limit_of_visits = usize::try_from(limit).unwrap_or(usize::MAX);
        (week.len() > limit_of_visits).then_some((visit.starts, limit))
    })
}
