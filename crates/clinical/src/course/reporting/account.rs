//! Adverse events of a session in one shape, wherever they were entered: from an emergency card in
//! the room, or by staff afterwards.

use super::state::Reporting;
use crate::course::session::{
    AdverseOutcome, Criterion, Relatedness, Session, SessionEvent, Severity,
};
use crate::record::SessionId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use units::Moment;
use uuid::Uuid;

/// How long one field of words may be, in characters. A limit of the form.
pub const LONGEST_WORDS: usize = 2_000;

/// Whether the person went to an emergency department. A visit without admission is not by itself a
/// hospitalisation, and may be serious by another heading. Source: clinical reference 6.4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmergencyVisit {
    /// Nobody has said.
    #[default]
    NotKnown,
    /// They did not.
    None,
    /// They did, and went home again.
    WithoutAdmission,
    /// They did, and were admitted.
    Admitted,
}

impl EmergencyVisit {
    /// Every answer.
    pub const ALL: [Self; 4] = [
        Self::None,
        Self::WithoutAdmission,
        Self::Admitted,
        Self::NotKnown,
    ];

    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::NotKnown => "not known",
            Self::None => "no",
            Self::WithoutAdmission => "yes, and went home again",
            Self::Admitted => "yes, and was admitted",
        }
    }
}

/// Whether an effect stands in the product's list. Source: clinical reference 7.2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expectation {
    /// Nobody has looked.
    #[default]
    NotKnown,
    /// It does.
    Listed,
    /// It does not.
    NotListed,
}

impl Expectation {
    /// Every answer.
    pub const ALL: [Self; 3] = [Self::Listed, Self::NotListed, Self::NotKnown];

    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::NotKnown => "nobody has looked",
            Self::Listed => "in the product’s list",
            Self::NotListed => "not in the product’s list",
        }
    }
}

/// Who told of it. Source: clinical reference 7.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToldBy {
    /// The person themselves.
    Patient,
    /// Whoever took them home.
    Escort,
    /// Staff saw it.
    Staff,
    /// Another clinic, or a hospital.
    AnotherClinic,
}

impl ToldBy {
    /// Every answer.
    pub const ALL: [Self; 4] = [
        Self::Patient,
        Self::Escort,
        Self::Staff,
        Self::AnotherClinic,
    ];

    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Patient => "the person",
            Self::Escort => "their escort",
            Self::Staff => "staff",
            Self::AnotherClinic => "another clinic",
        }
    }
}

/// An adverse event as staff enter it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    /// What happened.
    pub description: String,
    /// When it began.
    pub began_at: Moment,
    /// When it ended; none: it goes on, or nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Moment>,
    /// How severe.
    pub severity: Severity,
    /// What makes it serious; empty: it was checked and is not.
    pub serious: BTreeSet<Criterion>,
    /// Whether the person went to an emergency department.
    pub emergency_visit: EmergencyVisit,
    /// Whether it is in the product's list.
    pub expected: Expectation,
    /// Whether the medicine caused it.
    pub relatedness: Relatedness,
    /// What became of the person.
    pub outcome: AdverseOutcome,
    /// What was done; may be empty.
    pub treatment: String,
    /// Who told of it.
    pub told_by: ToldBy,
    /// What the person reported after the session that it was entered from, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Uuid>,
}

/// Where an adverse event was entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// From an emergency card in the room; it is changed there.
    Card {
        /// Which opening.
        opening: u32,
        /// The card's title.
        title: String,
    },
    /// By staff, after the session or beside it.
    Staff,
}

/// An adverse event as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its identity.
    pub event: Uuid,
    /// Of which session.
    pub session: SessionId,
    /// Where it was entered.
    pub origin: Origin,
    /// What happened.
    pub noted: Noted,
    /// Who entered it.
    pub by: String,
    /// When it was entered first, as serious as it is: whoever is told is told within days of it.
    pub at: Moment,
    /// When what is said of it was entered last.
    pub changed_at: Moment,
    /// Why it counts no more.
    pub struck: Option<String>,
}

impl Account {
    /// Serious by at least one criterion.
    pub fn is_serious(&self) -> bool {
        !self.noted.serious.is_empty()
    }

    /// Not in the product's list, or above grade 2; what nobody has looked up counts as not in it.
    /// Source: clinical reference 7.2.
    pub const fn is_unexpected(&self) -> bool {
        let listed = matches!(self.noted.expected, Expectation::Listed);
        let grave = match self.noted.severity {
            Severity::Mild | Severity::Moderate => false,
            Severity::Severe | Severity::LifeThreatening | Severity::Death => true,
        };
        !listed || grave
    }

    /// `serious: hospitalisation, new or prolonged`, or `not serious`.
    pub fn serious_says(&self) -> String {
        if self.noted.serious.is_empty() {
            return "not serious".to_owned();
        }
        format!("serious: {}", self.criteria_say())
    }

    /// The criteria in words.
    pub fn criteria_say(&self) -> String {
        let criteria: Vec<&str> = self.noted.serious.iter().map(|one| one.says()).collect();
        criteria.join("; ")
    }
}

/// The identity of the adverse event of a card: the same however often it is read.
pub fn card_event(session: SessionId, opening: u32) -> Uuid {
    Uuid::new_v5(
        &session.0,
        format!("adverse event of card {opening}").as_bytes(),
    )
}

/// Every adverse event of a session, in the order in which they began; struck ones too.
///
/// One of a card stands in the session's own record and is read there; what a clinician said of it
/// afterwards stands here.
// Hazard: H67
pub fn accounts(session: &Session, reporting: &Reporting) -> Vec<Account> {
    let mut all: Vec<Account> = session
        .cards()
        .into_iter()
        .filter_map(|card| {
            let report = card.adverse_event?;
            let recorded: Vec<_> = session
                .entries
                .iter()
                .filter_map(|entry| match &*entry.standing()? {
                    SessionEvent::AdverseEventRecorded { opening, report }
                        if *opening == card.opening =>
                    {
                        Some((entry, !report.serious.is_empty()))
                    }
                    _other => None,
                })
                .collect();
            let (newest, _) = recorded.last()?;
            let is_serious = !report.serious.is_empty();
            let first = recorded
                .iter()
                .find(|(_, serious)| *serious || !is_serious)
                .map_or(newest.recorded_at, |(entry, _)| entry.recorded_at);
            let treated: Vec<String> = card
                .medicines
                .iter()
                .map(|given| {
                    let words = [given.medicine.trim(), given.dose.trim(), given.route.trim()];
                    let said: Vec<&str> =
                        words.into_iter().filter(|word| !word.is_empty()).collect();
                    said.join(" ")
                })
                .collect();
            Some(Account {
                event: card_event(session.id, card.opening),
                session: session.id,
                origin: Origin::Card {
                    opening: card.opening,
                    title: card.card.title.clone(),
                },
                noted: Noted {
                    description: report.description,
                    began_at: report.began_at,
                    ended_at: report.ended_at,
                    severity: report.severity,
                    serious: report.serious,
                    emergency_visit: EmergencyVisit::NotKnown,
                    expected: Expectation::NotKnown,
                    relatedness: report.relatedness,
                    outcome: report.outcome,
                    treatment: treated.join("; "),
                    told_by: ToldBy::Staff,
                    report: None,
                },
                by: newest.actor.name().to_owned(),
                at: first,
                changed_at: newest
                    .corrections
                    .iter()
                    .map(|corrected| corrected.at)
                    .fold(newest.recorded_at, Moment::max),
                struck: None,
            })
        })
        .collect();
    all.extend(reporting.noted.iter().map(|(event, known)| Account {
        event: *event,
        session: session.id,
        origin: Origin::Staff,
        noted: known.noted.clone(),
        by: known.by.clone(),
        at: known.at,
        changed_at: known.changed_at,
        struck: known.struck.clone(),
    }));
    for account in &mut all {
        // What was entered since the look is newer than what was said at it.
        let review = reporting.review(account.event);
        if let Some(review) = review.filter(|review| review.at >= account.changed_at) {
            account.noted.expected = review.learned.expected;
            account.noted.emergency_visit = review.learned.emergency_visit;
        }
    }
    all.sort_by_key(|one| (one.noted.began_at, one.event));
    all
}
