//! What can come next for one person: where they stand, what was given, every alternative with what it
//! rests on and what the record says to it, and what prescribers decided.

use super::around::Around;
use super::clock_face::ClockFace;
use super::identity_strip::IdentityStrip;
use super::outcomes::{PersonOutcomes, amount_says, days_say, rise_says};
use crate::outcomes::Told as Scales;
use askama::Template;
use clinical::course::booking::BookingRules;
use clinical::course::outcomes::next_step::{Fact, Known, NextStep, NextStepRules, Stands, facts};
use clinical::course::outcomes::{Course, RELAPSE_SCALE};
use clinical::instrument::{Library, Points};
use clinical::record::PatientId;
use units::Moment;

/// When something was told, and what of it, in words.
pub type Told = (Moment, Vec<String>);

/// One person's.
pub struct NextStepPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who.
    pub strip: IdentityStrip,
    /// Whose.
    pub patient: PatientId,
    /// Their scales and sessions.
    pub told: &'a Scales,
    /// The scales that are known.
    pub library: &'a Library,
    /// The rules about it, with the alternatives.
    pub rules: &'a NextStepRules,
    /// The rules of a series.
    pub booking: &'a BookingRules,
    /// What stands against giving anything.
    pub holds: Option<String>,
    /// What the person told after sessions, in order of time.
    pub reports: Vec<Told>,
    /// The next visit that is booked.
    pub next_visit: Option<Moment>,
    /// The reader decides.
    pub may_decide: bool,
    /// Why the last form was not saved.
    pub refused: Option<String>,
    /// What was typed, where it was not saved.
    pub typed: Option<(Option<NextStep>, String)>,
}

#[derive(Template)]
#[template(path = "next_step.html")]
struct Page<'a> {
    around: Around<'a>,
    strip: IdentityStrip,
    patient: PatientId,
    chart: String,
    facts: Vec<FactShown>,
    given: Vec<GivenRow>,
    scale: &'a str,
    next_visit: String,
    alternatives: Vec<Offer>,
    decided: Vec<DecidedShown>,
    steps: Vec<(&'static str, &'static str, bool)>,
    why: String,
    may_decide: bool,
    refused: Option<String>,
}

/// A fact as it is read.
struct FactShown {
    about: &'static str,
    says: String,
    mark: &'static str,
    is_rule: bool,
}

/// An alternative with what the record says to it.
struct Offer {
    says: String,
    basis: String,
    source: String,
    unverified: bool,
    facts: Vec<FactShown>,
}

/// A session as it was given.
struct GivenRow {
    number: usize,
    to: String,
    day: String,
    since: String,
    what: String,
    ended: String,
    score: String,
    told: String,
}

struct DecidedShown {
    step: &'static str,
    why: String,
    soft: String,
}

impl FactShown {
    fn of(fact: &Fact) -> Self {
        Self {
            about: fact.about.says(),
            says: fact.says.clone(),
            mark: match fact.stands {
                Stands::Plain => "",
                Stands::Rule => "a rule of the clinic",
                Stands::Unknown => "not known",
            },
            is_rule: fact.stands == Stands::Rule,
        }
    }
}

impl NextStepPage<'_> {
    fn facts(&self, clock: &ClockFace<'_>) -> Vec<Fact> {
        let Some(scale) = self.library.named(RELAPSE_SCALE) else {
            return Vec::new();
        };
        let sessions: Vec<(Moment, bool)> = self
            .told
            .sessions
            .iter()
            .map(|(at, session)| (*at, session.ended_early().is_some()))
            .collect();
        let newest_given = self.told.sessions.last();
        let series = newest_given.and_then(|(_, session)| self.booking.series(session.product()));
        let readings = self.told.readings(scale);
        let course = Course::of(scale, &readings, self.told.first_drug());
        let since = self.told.first_drug();
        let newest = readings
            .iter()
            .rev()
            .filter(|reading| since.is_some_and(|first| reading.at >= first))
            .find_map(|reading| Some((reading.at, reading.points()?)));
        let risen = self
            .told
            .sheets
            .rise(scale)
            .map(|rise| rise_says(&rise, scale, clock));
        let known = Known {
            sessions: &sessions,
            series,
            scale: &scale.title,
            baseline: course.baseline(),
            newest,
            relapse: course.relapse(),
            risen: risen.as_deref(),
            holds: self.holds.as_deref(),
            decided: self.told.sheets.next_step().map(|decided| decided.at),
            now: self.around.now,
        };
        facts(&known, self.rules)
    }

    fn given(&self, clock: &ClockFace<'_>) -> Vec<GivenRow> {
        let all = &self.told.sessions;
        let scale = self.library.named(RELAPSE_SCALE);
        let readings = scale.map_or_else(Vec::new, |scale| self.told.readings(scale));
        let mut rows: Vec<GivenRow> = Vec::new();
        for (place, (at, session)) in all.iter().enumerate() {
            let until = all.get(place + 1).map(|(next, _)| *next);
            let between = |moment: Moment| moment >= *at && until.is_none_or(|next| moment < next);
            let scores: Vec<(Moment, Points)> = readings
                .iter()
                .filter(|reading| between(reading.at))
                .filter_map(|reading| Some((reading.at, reading.points()?)))
                .collect();
            let dated =
                |(at, points): &(Moment, Points)| format!("{points} on {}", clock.date(*at));
            let mut told: Vec<&str> = Vec::new();
            for (_, words) in self.reports.iter().filter(|(at, _)| between(*at)) {
                for word in words {
                    if !told.contains(&word.as_str()) {
                        told.push(word);
                    }
                }
            }
            let answered = self.reports.iter().any(|(at, _)| between(*at));
            let before = place.checked_sub(1).and_then(|before| all.get(before));
            let amount = session.given(self.around.now);
            let weight = session.order.as_ref().map(|order| order.dosing_weight);
            let per_kilogram = amount
                .zip(weight)
                .and_then(|(amount, weight)| amount.per_kilogram(weight).ok());
            rows.push(GivenRow {
                number: place + 1,
                to: format!("/sessions/{}", session.id),
                day: clock.date(*at),
                since: before.map_or_else(String::new, |(before, _)| days_say(*at - *before)),
                what: match per_kilogram {
                    Some(dose) => format!(
                        "{}, {} ({dose})",
                        amount_says(session, amount),
                        session.route().says()
                    ),
                    None => format!(
                        "{}, {}",
                        amount_says(session, amount),
                        session.route().says()
                    ),
                },
                ended: session
                    .ended_early()
                    .map_or_else(String::new, |stop| stop.says().to_owned()),
                // The first says what came of the session; the newest what became of it.
                score: match (scores.first(), scores.last()) {
                    (Some(first), Some(newest)) if first != newest => {
                        format!("{}; {}", dated(first), dated(newest))
                    }
                    (Some(only), _) => dated(only),
                    (None, _) => String::new(),
                },
                told: match (told.is_empty(), answered) {
                    (false, _) => told.join("; "),
                    (true, true) => "none told".to_owned(),
                    (true, false) => "nobody answered".to_owned(),
                },
            });
        }
        rows.reverse();
        rows
    }

    /// The page.
    pub fn html(&self) -> String {
        let clock = self.around.clock();
        let facts = self.facts(&clock);
        let outcomes = PersonOutcomes {
            around: self.around,
            strip: self.strip.clone(),
            patient: self.patient,
            told: self.told,
            library: self.library,
            refused: None,
        };
        let (chosen, why) = self.typed.clone().unwrap_or_else(|| (None, String::new()));
        super::written(&Page {
            around: self.around,
            strip: self.strip.clone(),
            patient: self.patient,
            chart: outcomes.picture(),
            facts: facts.iter().map(FactShown::of).collect(),
            given: self.given(&clock),
            scale: self
                .library
                .named(RELAPSE_SCALE)
                .map_or("score", |scale| scale.title.as_str()),
            next_visit: match self.next_visit {
                Some(at) => format!("The next visit is booked: {}.", clock.full(at)),
                None => "No visit is booked.".to_owned(),
            },
            alternatives: self
                .rules
                .alternatives
                .all()
                .iter()
                .map(|one| Offer {
                    says: one.says.clone(),
                    basis: one.basis.clone(),
                    source: one.source.clone(),
                    unverified: one.unverified,
                    facts: facts
                        .iter()
                        .filter(|fact| one.looks_at.contains(&fact.about))
                        .map(FactShown::of)
                        .collect(),
                })
                .collect(),
            decided: self
                .told
                .sheets
                .decided
                .iter()
                .rev()
                .map(|one| DecidedShown {
                    step: one.step.says(),
                    why: one.why.clone(),
                    soft: format!("{}, {}", one.by.name().to_owned(), clock.when(one.at)),
                })
                .collect(),
            steps: NextStep::ALL
                .iter()
                .map(|one| (one.word(), one.says(), chosen == Some(*one)))
                .collect(),
            why,
            may_decide: self.may_decide,
            refused: self.refused.clone(),
        })
    }
}
