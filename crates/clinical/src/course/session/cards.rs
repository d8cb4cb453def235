//! Emergency cards in a session: what was opened, ticked, given and closed, and the adverse event
//! that is written of it.

use super::event::SessionEvent;
use super::state::{Entry, Session};
use super::vocabulary::{Correction, SedationScore};
use crate::clinic::Clinic;
use crate::emergency::Card;
use crate::record::Actor;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use units::Moment;

/// A card as it was opened: what is in the record stays readable whatever becomes of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedCard {
    /// The card's name.
    pub id: String,
    /// The letter that staff know it by.
    pub letter: String,
    /// The version of its file.
    pub version: u32,
    /// The SHA-256 of the files that it was read from.
    pub digest: String,
    /// Its title.
    pub title: String,
    /// The medical director who had approved exactly these words; none: nobody had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// Its steps, in order.
    pub steps: Vec<CardStep>,
}

/// A step of a card as it was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardStep {
    /// Its name on the card.
    pub id: String,
    /// In one line.
    pub says: String,
}

impl OpenedCard {
    /// A card as the clinic has it now.
    pub fn of(card: &Card, clinic: &Clinic) -> Self {
        Self {
            id: card.id.clone(),
            letter: card.letter.clone(),
            version: card.version,
            digest: card.digest.clone(),
            title: card.title.clone(),
            approved_by: clinic
                .approval(card)
                .map(|approval| approval.signed_by.clone()),
            steps: card
                .steps
                .iter()
                .map(|step| CardStep {
                    id: step.id.clone(),
                    says: step.line(),
                })
                .collect(),
        }
    }

    /// The step in one line; its name where the card has no such step.
    pub fn step_says<'a>(&'a self, step: &'a str) -> &'a str {
        self.steps
            .iter()
            .find(|known| known.id == step)
            .map_or(step, |known| &known.says)
    }

    /// `card H, High blood pressure, version 1, not approved by the medical director`.
    pub fn says(&self) -> String {
        let approved = self.approved_by.as_ref().map_or_else(
            || "not approved by the medical director".to_owned(),
            |name| format!("approved by {name}"),
        );
        format!(
            "card {}, {}, version {}, {approved}",
            self.letter, self.title, self.version
        )
    }
}

/// Why a card was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Because {
    /// Somebody opened it.
    Hand,
    /// An advisory offered it.
    Advisory {
        /// Which.
        advisory: u32,
    },
    /// A responsiveness score offered it.
    Sedation {
        /// MOAA/S.
        score: SedationScore,
    },
}

impl Because {
    /// In words.
    pub fn says(self) -> String {
        match self {
            Self::Hand => "by hand".to_owned(),
            Self::Advisory { advisory } => format!("because of notice {advisory}"),
            Self::Sedation { score } => format!("because of MOAA/S {}", score.points()),
        }
    }
}

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepAnswer {
    /// It was done.
    Done,
    /// Everything it asks was answered with no.
    NoToAll,
    /// Something it asks was answered with yes.
    AnyYes,
}

impl StepAnswer {
    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::NoToAll => "no to all",
            Self::AnyYes => "yes to one or more",
        }
    }
}

/// How a card ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardOutcome {
    /// The person is well again.
    Settled,
    /// It goes on, and is watched.
    GoesOn,
    /// Emergency services, or another clinic, have taken over.
    TakenOver,
    /// The person died.
    Died,
    /// It was opened by mistake: nothing had happened.
    OpenedByMistake,
}

impl CardOutcome {
    /// Every outcome.
    pub const ALL: [Self; 5] = [
        Self::Settled,
        Self::GoesOn,
        Self::TakenOver,
        Self::Died,
        Self::OpenedByMistake,
    ];

    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Settled => "settled",
            Self::GoesOn => "goes on, and is watched",
            Self::TakenOver => "taken over by emergency services or another clinic",
            Self::Died => "the person died",
            Self::OpenedByMistake => "opened by mistake, nothing had happened",
        }
    }
}

/// What makes an adverse event serious. Source: clinical reference 6.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Criterion {
    /// Death.
    Death,
    /// Life-threatening.
    LifeThreatening,
    /// Hospitalisation, new or prolonged.
    Hospitalisation,
    /// Disability or permanent damage.
    Disability,
    /// Congenital anomaly or birth defect.
    CongenitalAnomaly,
    /// Another important medical event, or an intervention needed to prevent these.
    OtherImportant,
}

impl Criterion {
    /// Every criterion.
    pub const ALL: [Self; 6] = [
        Self::Death,
        Self::LifeThreatening,
        Self::Hospitalisation,
        Self::Disability,
        Self::CongenitalAnomaly,
        Self::OtherImportant,
    ];

    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Death => "death",
            Self::LifeThreatening => "life-threatening",
            Self::Hospitalisation => "hospitalisation, new or prolonged",
            Self::Disability => "disability or permanent damage",
            Self::CongenitalAnomaly => "congenital anomaly or birth defect",
            Self::OtherImportant => {
                "another important medical event, or an intervention needed to prevent these"
            }
        }
    }
}

/// How severe it was, which is not the same as serious. Source: clinical reference 7.2, grades
/// that the reference marks as general knowledge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Grade 1: aware, no action.
    Mild,
    /// Grade 2: interferes, treated.
    Moderate,
    /// Grade 3: stops activity, medical review.
    Severe,
    /// Grade 4.
    LifeThreatening,
    /// Grade 5.
    Death,
}

impl Severity {
    /// Every grade.
    pub const ALL: [Self; 5] = [
        Self::Mild,
        Self::Moderate,
        Self::Severe,
        Self::LifeThreatening,
        Self::Death,
    ];

    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Mild => "grade 1, mild: aware, no action",
            Self::Moderate => "grade 2, moderate: interferes, treated",
            Self::Severe => "grade 3, severe: stops activity, medical review",
            Self::LifeThreatening => "grade 4, life-threatening",
            Self::Death => "grade 5, death",
        }
    }
}

/// Whether the medicine caused it. Source: clinical reference 7.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relatedness {
    /// Not.
    Unrelated,
    /// Hardly.
    Unlikely,
    /// It may be.
    Possible,
    /// It seems so.
    Probable,
    /// Without a doubt.
    Certain,
}

impl Relatedness {
    /// Every answer.
    pub const ALL: [Self; 5] = [
        Self::Unrelated,
        Self::Unlikely,
        Self::Possible,
        Self::Probable,
        Self::Certain,
    ];

    /// In a word.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Unrelated => "unrelated",
            Self::Unlikely => "unlikely",
            Self::Possible => "possible",
            Self::Probable => "probable",
            Self::Certain => "certain",
        }
    }
}

/// What became of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AdverseOutcome {
    /// Well again.
    Recovered,
    /// On the way.
    Recovering,
    /// Not yet.
    NotRecovered,
    /// Well again, but for something that stays.
    LastingEffects,
    /// Died.
    Died,
    /// Nobody knows yet.
    NotKnown,
}

impl AdverseOutcome {
    /// Every outcome.
    pub const ALL: [Self; 6] = [
        Self::Recovered,
        Self::Recovering,
        Self::NotRecovered,
        Self::LastingEffects,
        Self::Died,
        Self::NotKnown,
    ];

    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Recovered => "recovered",
            Self::Recovering => "recovering",
            Self::NotRecovered => "not recovered",
            Self::LastingEffects => "recovered with lasting effects",
            Self::Died => "died",
            Self::NotKnown => "not known yet",
        }
    }
}

/// An adverse event as a person has completed and signed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdverseEvent {
    /// What happened, in words.
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
    /// Whether the medicine caused it.
    pub relatedness: Relatedness,
    /// What became of the person.
    pub outcome: AdverseOutcome,
    /// What the signature says.
    pub statement: String,
}

impl AdverseEvent {
    /// `serious: hospitalisation, new or prolonged`, or `not serious`.
    pub fn serious_says(&self) -> String {
        if self.serious.is_empty() {
            return "not serious".to_owned();
        }
        let criteria: Vec<&str> = self.serious.iter().map(|one| one.says()).collect();
        format!("SERIOUS: {}", criteria.join("; "))
    }

    /// In one line; `when` writes a time.
    pub fn says(&self, when: impl Fn(Moment) -> String) -> String {
        let ended = self.ended_at.map_or_else(|| "not ended".to_owned(), &when);
        format!(
            "{} · began {}, ended: {ended} · {} · {} · cause: {} · outcome: {} · signed: {}",
            self.description.replace('\n', " "),
            when(self.began_at),
            self.serious_says(),
            self.severity.says(),
            self.relatedness.says(),
            self.outcome.says(),
            self.statement
        )
    }
}

/// A step that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepDone {
    /// Its name on the card.
    pub step: String,
    /// What came of it.
    pub answer: StepAnswer,
    /// In words; may be empty.
    pub note: String,
    /// When.
    pub at: Moment,
    /// Who.
    pub by: Actor,
}

/// A medicine that was given, in the words in which it was charted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MedicineGiven {
    /// The step that named it, if one did.
    pub step: Option<String>,
    /// Its name.
    pub medicine: String,
    /// The dose as it was typed.
    pub dose: String,
    /// The route.
    pub route: String,
    /// When.
    pub at: Moment,
    /// Who.
    pub by: Actor,
}

/// A card that was opened, and what became of it; derived from the entries that stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardInUse {
    /// Counts up in the session.
    pub opening: u32,
    /// The card.
    pub card: OpenedCard,
    /// Why.
    pub because: Because,
    /// When.
    pub opened_at: Moment,
    /// Who.
    pub opened_by: Actor,
    /// The steps that were done, in the order in which they were charted.
    pub done: Vec<StepDone>,
    /// The medicines that were given, in the order in which they were charted.
    pub medicines: Vec<MedicineGiven>,
    /// How it ended, in words too, and when.
    pub closed: Option<(CardOutcome, String, Moment)>,
    /// The adverse event as it was signed last.
    pub adverse_event: Option<AdverseEvent>,
}

impl CardInUse {
    /// The step, if it was done.
    pub fn step(&self, step: &str) -> Option<&StepDone> {
        self.done.iter().find(|done| done.step == step)
    }

    /// True when it is closed and nobody has completed its adverse event.
    pub fn adverse_event_is_missing(&self) -> bool {
        let happened = self
            .closed
            .as_ref()
            .is_some_and(|(outcome, _, _)| *outcome != CardOutcome::OpenedByMistake);
        happened && self.adverse_event.is_none()
    }
}

impl SessionEvent {
    /// What an event about an emergency card is, and what it says, as the record and its document
    /// write it; `when` writes a time. `None` for every other event.
    pub fn card_says(&self, when: impl Fn(Moment) -> String) -> Option<(&'static str, String)> {
        let with = |says: String, note: &str| match note {
            "" => says,
            note => format!("{says}: {note}"),
        };
        match self {
            Self::CardOpened {
                opening,
                card,
                because,
            } => Some((
                "Emergency",
                format!("{opening}, opened {}: {}", because.says(), card.says()),
            )),
            Self::CardStepDone {
                opening,
                says,
                answer,
                note,
                ..
            } => Some((
                "Emergency step",
                // What was found stands before what was asked, so that neither is read as the other.
                format!(
                    "{opening}, {} · {says}",
                    with(answer.says().to_owned(), note)
                ),
            )),
            Self::CardMedicineGiven {
                opening,
                medicine,
                dose,
                route,
                ..
            } => Some((
                "Emergency medicine",
                match route.as_str() {
                    "" => format!("{opening}, {medicine} {dose}"),
                    route => format!("{opening}, {medicine} {dose}, {route}"),
                },
            )),
            Self::CardClosed {
                opening,
                outcome,
                note,
            } => Some((
                "Emergency",
                with(format!("{opening}, closed: {}", outcome.says()), note),
            )),
            Self::AdverseEventRecorded { opening, report } => {
                Some(("Adverse event", format!("{opening}, {}", report.says(when))))
            }
            _other => None,
        }
    }
}

impl Session {
    /// Every card that was opened, in that order.
    pub fn cards(&self) -> Vec<CardInUse> {
        let mut cards: Vec<CardInUse> = Vec::new();
        for entry in self.entries.iter().filter(|entry| !is_struck(entry)) {
            let (at, by) = (entry.occurred_at, &entry.actor);
            let mut of = |opening: u32, change: &mut dyn FnMut(&mut CardInUse)| {
                if let Some(known) = cards.iter_mut().find(|known| known.opening == opening) {
                    change(known);
                }
            };
            match &entry.event {
                SessionEvent::CardOpened {
                    opening,
                    card,
                    because,
                } => cards.push(CardInUse {
                    opening: *opening,
                    card: card.clone(),
                    because: *because,
                    opened_at: at,
                    opened_by: by.clone(),
                    done: Vec::new(),
                    medicines: Vec::new(),
                    closed: None,
                    adverse_event: None,
                }),
                SessionEvent::CardStepDone {
                    opening,
                    step,
                    says: _,
                    answer,
                    note,
                } => of(*opening, &mut |known| {
                    known.done.push(StepDone {
                        step: step.clone(),
                        answer: *answer,
                        note: note.clone(),
                        at,
                        by: by.clone(),
                    });
                }),
                SessionEvent::CardMedicineGiven {
                    opening,
                    step,
                    medicine,
                    dose,
                    route,
                } => of(*opening, &mut |known| {
                    known.medicines.push(MedicineGiven {
                        step: step.clone(),
                        medicine: medicine.clone(),
                        dose: dose.clone(),
                        route: route.clone(),
                        at,
                        by: by.clone(),
                    });
                }),
                SessionEvent::CardClosed {
                    opening,
                    outcome,
                    note,
                } => of(*opening, &mut |known| {
                    known.closed = Some((*outcome, note.clone(), at));
                }),
                SessionEvent::AdverseEventRecorded { opening, report } => {
                    of(*opening, &mut |known| {
                        known.adverse_event = Some(report.clone());
                    });
                }
                _other => {}
            }
        }
        cards
    }

    /// One card that was opened.
    pub fn card(&self, opening: u32) -> Option<CardInUse> {
        self.cards().into_iter().find(|one| one.opening == opening)
    }
}

fn is_struck(entry: &Entry) -> bool {
    let last = entry.corrections.last();
    last.is_some_and(|corrected| corrected.correction == Correction::Struck)
}
