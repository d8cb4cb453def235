//! What is counted of sessions: how they ended, what went wrong in them, how long until leaving.

use crate::course::reporting::Reporting;
use crate::course::screening::person::Product;
use crate::course::session::{
    Criterion, Degree, Session, SessionEvent, Severity, Side, Stage, Stop,
};
use crate::statistics::Quartiles;
use crate::words::words;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use units::Moment;

words!(
    /// What was seen in a session without a report of its own.
    Seen {
        /// An advisory.
        HighPressure = "high-pressure" says "notice of high blood pressure",
        /// A look after the drug, or a rating in the room.
        Nausea = "nausea" says "nausea",
    }
);

/// An adverse event of a session: an emergency card that was opened in it, with what was signed of
/// it, or one that staff entered afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventFact {
    /// What kind of event: the card's title, or how it was entered.
    pub title: String,
    /// How severe; none while nobody has completed the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// What makes it serious; empty: it was checked and is not.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub serious: BTreeSet<Criterion>,
}

/// What lists keep of a session in which a drug was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionFact {
    /// When the first drug went in.
    pub first_drug: Moment,
    /// What.
    pub product: Product,
    /// Why it ended; none while it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<Stop>,
    /// Whole minutes from the end of the drug until the person left; none where one of them is not
    /// known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaving: Option<i64>,
    /// The person has left.
    pub is_over: bool,
    /// What happened: one for each card that was opened and not by mistake.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventFact>,
    /// What was seen besides.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub seen: BTreeSet<Seen>,
    /// Somebody looked or asked for nausea.
    pub asked_nausea: bool,
}

/// The conditions of notices that speak of a high pressure.
const HIGH: [&str; 4] = [
    "systolic-high",
    "diastolic-high",
    "systolic-rise",
    "diastolic-rise",
];

/// From so much on a rating of 0 to 10 says that there was nausea: anything above none.
const SOME: u8 = 1;

impl SessionFact {
    /// Of a session as it stands; none before the first drug, and none where giving has ended and
    /// nothing that went in stands any more. An amount that nobody knows is something.
    pub fn of(session: &Session) -> Option<Self> {
        let first_drug = session.first_drug_at()?;
        if session.gave_nothing() {
            return None;
        }
        let ended = session.drug_ended();
        let mut fact = Self {
            first_drug,
            product: session.product(),
            stop: ended.map(|(_, why)| why),
            leaving: None,
            is_over: matches!(session.stage, Stage::Discharged | Stage::Signed),
            events: Vec::new(),
            seen: BTreeSet::new(),
            asked_nausea: false,
        };
        let mut left: Option<Moment> = None;
        for entry in &session.entries {
            let Some(event) = entry.standing() else {
                continue;
            };
            match &*event {
                SessionEvent::PatientDischarged { .. } => left = Some(entry.occurred_at),
                SessionEvent::RecoveryChecked { check } => {
                    fact.nausea(check.nausea != Degree::Minimal);
                }
                SessionEvent::ExperienceRated {
                    side: Side::Nausea,
                    rating,
                    ..
                } => fact.nausea(rating.points() >= SOME),
                _other => {}
            }
        }
        fact.leaving = ended
            .zip(left)
            .map(|((ended, _), left)| (left - ended).minutes())
            .filter(|minutes| *minutes >= 0);
        let is_high = |word: &str| HIGH.contains(&word);
        if session
            .advisories
            .values()
            .any(|advisory| is_high(&advisory.notice.condition))
        {
            fact.seen.insert(Seen::HighPressure);
        }
        fact.events = session
            .cards()
            .into_iter()
            .filter(|card| card.adverse_event.is_some() || card.adverse_event_is_missing())
            .map(|card| {
                let report = card.adverse_event;
                EventFact {
                    title: card.card.title,
                    severity: report.as_ref().map(|report| report.severity),
                    serious: report.map(|report| report.serious).unwrap_or_default(),
                }
            })
            .collect();
        Some(fact)
    }

    fn nausea(&mut self, there_was: bool) {
        self.asked_nausea = true;
        if there_was {
            self.seen.insert(Seen::Nausea);
        }
    }
}

/// What kind an adverse event is that staff entered: nobody sorts what happens after a session.
const ENTERED: &str = "entered after the session";

/// The adverse events that staff entered of a session and that stand. Those of cards are in the
/// session's own fact.
pub fn reported_of(reporting: &Reporting) -> Vec<EventFact> {
    reporting
        .noted
        .values()
        .filter(|known| known.struck.is_none())
        .map(|known| EventFact {
            title: ENTERED.to_owned(),
            severity: Some(known.noted.severity),
            serious: known.noted.serious.clone(),
        })
        .collect()
}

/// Counts over sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionTally {
    /// Sessions in which a drug was given, those under way too.
    pub sessions: u32,
    /// Sessions that have begun and from which nobody has left yet.
    pub under_way: u32,
    /// In how many sessions each kind of event happened.
    pub events: BTreeMap<String, u32>,
    /// In how many sessions any was.
    pub with_event: u32,
    /// Events that were reported, and are not serious.
    pub not_serious: u32,
    /// Events that are serious.
    pub serious: u32,
    /// Events whose report nobody has completed: whether they are serious is not known.
    pub unreported: u32,
    /// Serious events by what makes them so; one event may have several.
    pub criteria: BTreeMap<Criterion, u32>,
    /// Sessions with a notice of high pressure.
    pub high_pressure: u32,
    /// Sessions with nausea.
    pub nausea: u32,
    /// Sessions in which somebody looked or asked for it.
    pub asked_nausea: u32,
    /// Sessions whose drug ended before all of it was given, by why.
    pub stopped_early: BTreeMap<&'static str, u32>,
    /// From the end of the drug until leaving, in minutes.
    pub leaving: Option<Quartiles>,
    /// Sessions whose time until leaving is not known.
    pub leaving_unknown: u32,
}

impl SessionTally {
    /// Of sessions in any order. One that is under way counts for what went wrong in it, so that
    /// whoever is taken to hospital from the chair is not left out.
    pub fn of<'a>(sessions: impl Iterator<Item = &'a SessionFact>) -> Self {
        let mut tally = Self::default();
        let mut minutes = Vec::new();
        for one in sessions {
            if !one.is_over {
                tally.under_way += 1;
            }
            tally.sessions += 1;
            tally.event(one);
            tally.high_pressure += u32::from(one.seen.contains(&Seen::HighPressure));
            tally.nausea += u32::from(one.seen.contains(&Seen::Nausea));
            tally.asked_nausea += u32::from(one.asked_nausea);
            match one.stop {
                Some(Stop::Completed) | None => {}
                Some(stop @ (Stop::Safety | Stop::PersonAsked | Stop::Other)) => {
                    *tally.stopped_early.entry(stop.says()).or_default() += 1;
                }
            }
            match one.leaving {
                Some(leaving) if one.is_over => minutes.push(leaving),
                Some(_) | None => tally.leaving_unknown += u32::from(one.is_over),
            }
        }
        tally.leaving = Quartiles::of(&mut minutes);
        tally
    }

    fn event(&mut self, one: &SessionFact) {
        if one.events.is_empty() {
            return;
        }
        self.with_event += 1;
        let kinds: BTreeSet<&str> = one
            .events
            .iter()
            .map(|event| event.title.as_str())
            .collect();
        for kind in kinds {
            match self.events.get_mut(kind) {
                Some(count) => *count += 1,
                None => {
                    self.events.insert(kind.to_owned(), 1);
                }
            }
        }
        for event in &one.events {
            match (event.severity, event.serious.is_empty()) {
                (None, _) => self.unreported += 1,
                (Some(_), true) => self.not_serious += 1,
                (Some(_), false) => self.serious += 1,
            }
            for criterion in &event.serious {
                *self.criteria.entry(*criterion).or_default() += 1;
            }
        }
    }
}
