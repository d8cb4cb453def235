//! What was recorded without contact with the server, or on paper, and entered afterwards.
//!
//! What happened in the room happened, whatever a gate would have said of it: nothing of it is
//! dropped and no time is changed. What the rules would have refused is marked, and a person looks
//! at it. Where two people charted what cannot both be so, the later to arrive is held beside the
//! record until a person has decided.

use super::event::SessionEvent;
use super::state::{Entry, Session, Stage};
use crate::record::Actor;
use serde::{Deserialize, Serialize};
use units::Moment;

/// How something reached the record after it had happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HowLater {
    /// A tablet kept it while it had no contact.
    WithoutContact,
    /// It was written on the printed session pack.
    FromPaper,
}

impl HowLater {
    /// In words, as the record shows it.
    pub const fn says(self) -> &'static str {
        match self {
            Self::WithoutContact => "recorded offline",
            Self::FromPaper => "recorded later, from paper",
        }
    }
}

/// What is known of an entry that reached the record later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Later {
    /// How.
    pub how: HowLater,
    /// The tablet, by its own number; empty for paper.
    pub tablet: String,
    /// When it was entered, by the tablet's own clock.
    pub tablet_at: Option<Moment>,
    /// Why the rules would have said no; nothing where they would not have.
    pub against: Option<String>,
}

/// What a person decided about an entry that the rules would have refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LateOutcome {
    /// It stands as it was charted.
    Stands,
    /// A held act did happen and counts, at its own time.
    Counts,
    /// A held act does not count; it stays readable.
    SetAside,
}

impl LateOutcome {
    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Stands => "stands as charted",
            Self::Counts => "happened, and counts at its own time",
            Self::SetAside => "does not count",
        }
    }
}

/// A person's look at such an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LateReview {
    /// What was decided.
    pub outcome: LateOutcome,
    /// In words; may be empty where it stands.
    pub note: String,
    /// Who.
    pub actor: Actor,
    /// When.
    pub at: Moment,
}

impl SessionEvent {
    /// Where the session stands after this; nothing where it stays where it was.
    pub const fn leads_to(&self) -> Option<Stage> {
        match self {
            Self::SessionPlanned { .. } => Some(Stage::Planned),
            Self::PatientCheckedIn { .. } => Some(Stage::Preparation),
            Self::DosingStarted { .. } | Self::InfusionResumed {} => Some(Stage::Infusion),
            Self::InfusionPaused { .. } => Some(Stage::Paused),
            Self::InfusionStopped { .. } | Self::DosingEnded { .. } => Some(Stage::Stopped),
            Self::ObservationBegun {} => Some(Stage::Observation),
            Self::PatientDischarged { .. } => Some(Stage::Discharged),
            Self::SessionCancelled { .. } => Some(Stage::Cancelled),
            Self::SessionSigned { .. } => Some(Stage::Signed),
            Self::SessionMoved { .. }
            | Self::OrderChanged { .. }
            | Self::FastingAnswered { .. }
            | Self::IdentityConfirmed { .. }
            | Self::VitalSignsCharted { .. }
            | Self::SedationScored { .. }
            | Self::DistressScored { .. }
            | Self::RecoveryChecked { .. }
            | Self::TimeOutCompleted { .. }
            | Self::InfusionRateChanged { .. }
            | Self::BolusGiven { .. }
            | Self::DoseGiven { .. }
            | Self::NoteWritten { .. }
            | Self::StartChecked { .. }
            | Self::SignalNoted { .. }
            | Self::SupportGiven { .. }
            | Self::SupportEffectSeen { .. }
            | Self::MomentMarked { .. }
            | Self::ExperienceRated { .. }
            | Self::TouchSaid { .. }
            | Self::MedicineGiven { .. }
            | Self::RoomTaken { .. }
            | Self::AdvisoryRaised { .. }
            | Self::AdvisoryEscalated { .. }
            | Self::AdvisoryAcknowledged { .. }
            | Self::AdvisoryResolved { .. }
            | Self::CardOpened { .. }
            | Self::CardStepDone { .. }
            | Self::CardMedicineGiven { .. }
            | Self::CardClosed { .. }
            | Self::AdverseEventRecorded { .. }
            | Self::EntryCorrected { .. }
            | Self::RecordedLater { .. }
            | Self::ActHeld { .. }
            | Self::LateEntryReviewed { .. } => None,
        }
    }

    /// Whether this can follow while a session stands there; what leads nowhere always can, but a
    /// change of rate, which needs a pump that runs.
    pub(super) const fn can_follow(&self, stage: Stage) -> bool {
        match self.leads_to() {
            None => match self {
                Self::InfusionRateChanged { .. } => matches!(stage, Stage::Infusion),
                _ => true,
            },
            Some(to) => match to {
                Stage::NotPlanned => false,
                Stage::Planned => matches!(stage, Stage::NotPlanned),
                Stage::Preparation => matches!(stage, Stage::Planned),
                Stage::Infusion => match self {
                    Self::InfusionResumed {} => matches!(stage, Stage::Paused),
                    _ => matches!(stage, Stage::Preparation),
                },
                Stage::Paused => matches!(stage, Stage::Infusion),
                Stage::Stopped => stage.is_dosing(),
                Stage::Observation => matches!(stage, Stage::Stopped),
                Stage::Discharged => matches!(stage, Stage::Observation),
                Stage::Cancelled => matches!(stage, Stage::Planned | Stage::Preparation),
                Stage::Signed => matches!(stage, Stage::Discharged | Stage::Cancelled),
            },
        }
    }
}

impl Entry {
    /// The event that counts here: for a held act that a person let count, the act.
    pub fn counted(&self) -> &SessionEvent {
        match (&self.event, &self.review) {
            (
                SessionEvent::ActHeld { act, .. },
                Some(LateReview {
                    outcome: LateOutcome::Counts,
                    ..
                }),
            ) => act,
            (event, _) => event,
        }
    }

    /// True when a person should look at it and nobody has.
    pub fn waits_for_review(&self) -> bool {
        if self.review.is_some() {
            return false;
        }
        let marked = self.later.as_ref();
        matches!(self.event, SessionEvent::ActHeld { .. })
            || marked.is_some_and(|later| later.against.is_some())
    }
}

impl Session {
    /// Entries that the rules would have refused and that nobody has looked at.
    pub fn waiting_for_review(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.waits_for_review())
    }

    /// Where the session stood at a moment and since when, by the order of time and not of arrival;
    /// what happened at the moment itself has happened.
    pub fn stood_at(&self, at: Option<Moment>) -> (Stage, Option<Moment>) {
        self.in_time()
            .into_iter()
            .take_while(|entry| at.is_none_or(|at| entry.occurred_at <= at))
            .filter_map(|entry| Some((entry.counted().leads_to()?, Some(entry.occurred_at))))
            .last()
            .unwrap_or((Stage::NotPlanned, None))
    }

    /// The entries in order of time; those of the same moment as they were recorded.
    pub fn in_time(&self) -> Vec<&Entry> {
        let mut ordered: Vec<_> = self.entries.iter().collect();
        ordered.sort_by_key(|entry| (entry.occurred_at, entry.version));
        ordered
    }
}
