//! What a change of the score over time means, by each published definition.
//!
//! Pure: readings in order of time and the moment of the first drug in, findings out. Whoever has no
//! score before the first session has no baseline; what is measured against it is then unknown, and
//! never "no change". Source: clinical reference 8.5.

use super::reading::{Reading, Score};
use crate::instrument::{ChangeRule, Holds, Instrument, Points, change_since};
use units::{Moment, Span};

/// The change rule of a scale's file that says what remission is.
pub const REMISSION: &str = "remission";

/// The scale by which relapse is defined.
pub const RELAPSE_SCALE: &str = "phq-9";

/// From so many points on a score speaks of relapse. Source: clinical reference 8.5, unverified.
pub const RELAPSE_AT_LEAST: i32 = 10;

/// The two scores lie at least so far apart. Source: clinical reference 8.5, unverified.
pub const RELAPSE_APART: Span = Span::from_hours(7 * 24);

/// The definition of relapse in words.
pub const RELAPSE_SAYS: &str =
    "After remission, 10 or more twice, at least 7 days apart, with no remission in between.";

/// Where it comes from.
pub const RELAPSE_SOURCE: &str = "clinical reference §8.5, a default of the project; that a remission in between begins it anew is the project's reading";

/// What everything is measured against: the last complete score before the first drug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaselineScore {
    /// There was no session yet: every score is before it.
    NoSession,
    /// Nobody knows how the person was before the first session.
    Unknown,
    /// The score.
    Known {
        /// When.
        at: Moment,
        /// Its points.
        points: Points,
        /// A missing answer counts as the mean of the others.
        estimated: bool,
    },
}

impl BaselineScore {
    /// The points, of a baseline that there is.
    pub const fn points(self) -> Option<Points> {
        match self {
            Self::Known { points, .. } => Some(points),
            Self::NoSession | Self::Unknown => None,
        }
    }
}

/// Why it cannot be said whether a definition is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// There was no session yet.
    NoSession,
    /// There is no complete score before the first session.
    NoBaseline,
    /// There is no complete score since the first session.
    NoScoreSince,
    /// A part of nothing cannot be reckoned: the baseline is 0.
    BaselineOfZero,
}

/// Whether a definition is met by the newest score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Now {
    /// Met, or not.
    Known(bool),
    /// It cannot be said.
    Unknown(Missing),
}

/// When a definition was met for the first time since the first session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// By no score so far.
    NotYet,
    /// By this one.
    At {
        /// When.
        at: Moment,
        /// By which score.
        points: Points,
        /// How long after the first drug.
        after: Span,
    },
    /// It cannot be said.
    Unknown(Missing),
}

/// What one definition has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The definition's id, such as `response`.
    pub id: String,
    /// In words.
    pub says: String,
    /// Where it comes from.
    pub source: String,
    /// True where no source that was read says it.
    pub unverified: bool,
    /// By the newest score.
    pub now: Now,
    /// For the first time.
    pub first: First,
    /// The baseline met it already: reaching it is then no change.
    pub at_baseline: bool,
}

/// Whether there was a relapse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relapse {
    /// There is no definition for this scale.
    NotDefined,
    /// There was no remission that could be lost.
    NoRemission,
    /// None since the remission.
    NoneSince {
        /// When remission was reached.
        remission: Moment,
    },
    /// One score speaks of it; a second one is needed.
    OneScore {
        /// When remission was reached.
        remission: Moment,
        /// The score.
        at: Moment,
        /// From when on a second one would confirm it.
        confirmed_from: Moment,
    },
    /// A relapse.
    Relapsed {
        /// When remission was reached.
        remission: Moment,
        /// The first of the two scores.
        began: Moment,
        /// The second of them.
        confirmed: Moment,
        /// From the remission to the second score.
        after: Span,
    },
}

/// One scale of one person over time.
#[derive(Clone, Debug)]
pub struct Course<'a> {
    instrument: &'a Instrument,
    /// Complete scores in order of time.
    scores: Vec<(Moment, Points, bool)>,
    first_drug: Option<Moment>,
}

impl<'a> Course<'a> {
    /// Of readings in any order, and the moment of the person's first drug.
    pub fn of(
        instrument: &'a Instrument,
        readings: &[Reading],
        first_drug: Option<Moment>,
    ) -> Self {
        let mut scores: Vec<(Moment, Points, bool)> = readings
            .iter()
            .filter_map(|reading| match reading.score {
                Score::Complete { points, estimated } => Some((reading.at, points, estimated)),
                Score::Answered | Score::Incomplete { .. } | Score::Declined => None,
            })
            .collect();
        scores.sort_by_key(|(at, ..)| *at);
        Self {
            instrument,
            scores,
            first_drug,
        }
    }

    /// The last complete score before the first drug. A score of that very moment is not before it.
    pub fn baseline(&self) -> BaselineScore {
        let Some(first) = self.first_drug else {
            return BaselineScore::NoSession;
        };
        self.scores
            .iter()
            .rev()
            .find(|(at, ..)| *at < first)
            .map_or(BaselineScore::Unknown, |(at, points, estimated)| {
                BaselineScore::Known {
                    at: *at,
                    points: *points,
                    estimated: *estimated,
                }
            })
    }

    /// Complete scores since the first drug.
    fn since(&self) -> impl Iterator<Item = (Moment, Points)> + Clone {
        let first = self.first_drug;
        self.scores
            .iter()
            .filter(move |(at, ..)| first.is_some_and(|first| *at >= first))
            .map(|(at, points, _)| (*at, *points))
    }

    /// What every definition of the scale about its principal score has found, in the order of the
    /// scale's file.
    pub fn findings(&self) -> Vec<Finding> {
        let principal = self.instrument.principal.as_deref();
        self.instrument
            .changes
            .iter()
            .filter(|rule| principal.is_some() && self.instrument.compared_by(rule) == principal)
            .map(|rule| self.finding(rule))
            .collect()
    }

    fn finding(&self, rule: &ChangeRule) -> Finding {
        let baseline = self.baseline().points();
        let met: Vec<(Moment, Points, Holds)> = self
            .since()
            .map(|(at, points)| (at, points, self.met(rule, points)))
            .collect();
        let why = self.why_unknown();
        let now = met
            .last()
            .map_or(Now::Unknown(why), |(.., holds)| match holds {
                Holds::Yes => Now::Known(true),
                Holds::No => Now::Known(false),
                Holds::Unknown => Now::Unknown(why),
            });
        let reached = met.iter().find(|(.., holds)| *holds == Holds::Yes);
        let first = match (reached, self.first_drug) {
            (Some((at, points, _)), Some(began)) => First::At {
                at: *at,
                points: *points,
                after: *at - began,
            },
            _ if met.is_empty() || met.iter().any(|(.., holds)| *holds == Holds::Unknown) => {
                First::Unknown(why)
            }
            _ => First::NotYet,
        };
        Finding {
            id: rule.id.clone(),
            says: rule.says.clone(),
            source: rule.source.clone(),
            unverified: rule.unverified,
            now,
            first,
            at_baseline: baseline.is_some_and(|points| self.met(rule, points) == Holds::Yes),
        }
    }

    fn met(&self, rule: &ChangeRule, now: Points) -> Holds {
        let baseline = self.baseline().points();
        let principal = self.instrument.principal.as_deref().unwrap_or_default();
        change_since(self.instrument, principal, baseline, now)
            .into_iter()
            .find(|finding| finding.id == rule.id)
            .map_or(Holds::Unknown, |finding| finding.met)
    }

    /// Why what cannot be said cannot be said: the first reason that holds.
    fn why_unknown(&self) -> Missing {
        match self.baseline() {
            BaselineScore::NoSession => Missing::NoSession,
            BaselineScore::Unknown if self.since().next().is_some() => Missing::NoBaseline,
            BaselineScore::Known { .. } if self.since().next().is_some() => Missing::BaselineOfZero,
            BaselineScore::Unknown | BaselineScore::Known { .. } => Missing::NoScoreSince,
        }
    }

    /// Whether the person has relapsed: the first relapse, if there were several.
    ///
    /// After the first remission since the first session, [`RELAPSE_AT_LEAST`] points or more twice,
    /// at least [`RELAPSE_APART`] apart. A remission in between begins it anew. Scores that are
    /// lower, and no remission, take nothing back.
    // Hazard: H65
    pub fn relapse(&self) -> Relapse {
        if self.instrument.id != RELAPSE_SCALE {
            return Relapse::NotDefined;
        }
        let Some(rule) = self
            .instrument
            .changes
            .iter()
            .find(|rule| rule.id == REMISSION)
        else {
            return Relapse::NotDefined;
        };
        let limit = Points::whole(RELAPSE_AT_LEAST);
        let mut remission: Option<Moment> = None;
        let mut high: Option<Moment> = None;
        for (at, points) in self.since() {
            if self.met(rule, points) == Holds::Yes {
                remission = remission.or(Some(at));
                high = None;
                continue;
            }
            let Some(reached) = remission else { continue };
            if limit.is_none_or(|limit| points < limit) {
                continue;
            }
            match high {
                Some(began) if at - began >= RELAPSE_APART => {
                    return Relapse::Relapsed {
                        remission: reached,
                        began,
                        confirmed: at,
                        after: at - reached,
                    };
                }
                Some(_) => {}
                None => high = Some(at),
            }
        }
        match (remission, high) {
            (None, _) => Relapse::NoRemission,
            (Some(remission), None) => Relapse::NoneSince { remission },
            (Some(remission), Some(at)) => Relapse::OneScore {
                remission,
                at,
                confirmed_from: at + RELAPSE_APART,
            },
        }
    }
}
