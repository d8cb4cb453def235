//! What can become true in a session. A closed list.

use super::cards::{AdverseEvent, Because, CardOutcome, OpenedCard, StepAnswer};
use super::vocabulary::{
    AdvisoryNotice, Correction, DeviceTiming, DistressScore, FastingAnswers, Identifier, Line,
    Monitoring, Order, Override, SedationScore, Stop, SupportKind, VitalSigns,
};
use crate::policy::{RulesInForce, Verdict};
use crate::record::{EventId, PatientId, Recorded};
use crate::vital_signs::Source;
use serde::{Deserialize, Serialize};
use units::{Milligrams, MillilitresPerHour, Moment};

/// A session's event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum SessionEvent {
    /// A visit was planned for this person, with this order, under these rules.
    SessionPlanned {
        /// The person.
        patient: PatientId,
        /// The room, by name.
        room: String,
        /// When it should begin.
        planned_for: Moment,
        /// How many sessions this person had before.
        earlier_sessions: u32,
        /// What was ordered and prepared.
        order: Order,
        /// The rules this session keeps.
        rules: Vec<RulesInForce>,
    },
    /// The visit was given another room or time before the person came.
    SessionMoved {
        /// The room, by name.
        room: String,
        /// When it should begin now.
        planned_for: Moment,
    },
    /// Something else was ordered before anything was given. A time-out that was complete is to be
    /// done again: it confirmed another order.
    OrderChanged {
        /// What is ordered now.
        order: Order,
        /// What was ordered until then.
        instead_of: Order,
        /// Why.
        because: String,
    },
    /// The person arrived, and said when they last ate and drank.
    PatientCheckedIn {
        /// Fasting answers; unknown stays unknown.
        fasting: FastingAnswers,
        /// Who takes the person home, by name and telephone, if known.
        escort: Option<String>,
    },
    /// A fasting answer came later or changed.
    FastingAnswered {
        /// All three answers as they now stand.
        fasting: FastingAnswers,
    },
    /// Two identifiers were confirmed in the room.
    IdentityConfirmed {
        /// Which.
        identifiers: Vec<Identifier>,
    },
    /// Vital signs were charted.
    VitalSignsCharted {
        /// The values.
        values: VitalSigns,
        /// By hand or by which device.
        source: Source,
        /// The three times, for a device.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        timing: Option<DeviceTiming>,
    },
    /// Responsiveness was scored.
    SedationScored {
        /// MOAA/S.
        score: SedationScore,
    },
    /// Distress was scored.
    DistressScored {
        /// 0 to 10.
        score: DistressScore,
    },
    /// The time-out was read aloud and every line confirmed.
    TimeOutCompleted {
        /// The lines.
        lines: Vec<Line>,
        /// How vital signs will arrive.
        monitoring: Monitoring,
    },
    /// The first drug.
    DosingStarted {
        /// The rate at the start.
        rate: MillilitresPerHour,
        /// The gate's answer that allowed it.
        verdict: Verdict,
        /// Who let it pass, where the gate was closed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        overridden: Option<Override>,
    },
    /// The pump was set to another rate.
    InfusionRateChanged {
        /// The new rate.
        rate: MillilitresPerHour,
        /// Why, in words; may be empty.
        reason: String,
        /// The gate's answer, when the rate was raised.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        verdict: Option<Verdict>,
        /// Who let it pass, where the gate was closed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        overridden: Option<Override>,
    },
    /// An amount was given at once.
    BolusGiven {
        /// How much.
        amount: Milligrams,
    },
    /// The pump was paused.
    InfusionPaused {
        /// Why, in words; may be empty.
        reason: String,
    },
    /// The pump runs again at its last rate.
    InfusionResumed {},
    /// The infusion ended for good.
    InfusionStopped {
        /// Why.
        why: Stop,
        /// In words; may be empty.
        note: String,
    },
    /// A note.
    NoteWritten {
        /// The words.
        text: String,
    },
    /// Support was given.
    SupportGiven {
        /// Which.
        kind: SupportKind,
        /// In words; may be empty.
        note: String,
    },
    /// A clinic limit was passed, or a signal was lost.
    AdvisoryRaised {
        /// Counts up in the session.
        advisory: u32,
        /// What.
        notice: AdvisoryNotice,
    },
    /// Someone saw it.
    AdvisoryAcknowledged {
        /// Which.
        advisory: u32,
    },
    /// The condition ended, or was dealt with.
    AdvisoryResolved {
        /// Which.
        advisory: u32,
        /// What was done, or how it ended.
        how: String,
    },
    /// An emergency card was opened.
    CardOpened {
        /// Counts up in the session.
        opening: u32,
        /// The card as it was.
        card: OpenedCard,
        /// Why.
        because: Because,
    },
    /// A step of a card was done.
    CardStepDone {
        /// Which opening.
        opening: u32,
        /// The step's name on the card.
        step: String,
        /// The step in one line, as the card had it.
        says: String,
        /// What came of it.
        answer: StepAnswer,
        /// In words; may be empty.
        note: String,
    },
    /// A medicine of a card, or another one, was given in the emergency.
    CardMedicineGiven {
        /// Which opening.
        opening: u32,
        /// The step that named it, if one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<String>,
        /// Its name.
        medicine: String,
        /// The dose as it was typed.
        dose: String,
        /// The route; may be empty.
        route: String,
    },
    /// A card was closed.
    CardClosed {
        /// Which opening.
        opening: u32,
        /// How it ended.
        outcome: CardOutcome,
        /// In words; may be empty.
        note: String,
    },
    /// The adverse event of a card was completed and signed; the last one stands.
    AdverseEventRecorded {
        /// Which opening.
        opening: u32,
        /// What happened.
        report: AdverseEvent,
    },
    /// An entry was wrong; both stay.
    EntryCorrected {
        /// The wrong entry.
        entry: EventId,
        /// What should stand.
        correction: Correction,
        /// Why.
        reason: String,
    },
    /// The person is watched until fit to leave.
    ObservationBegun {},
    /// The person left.
    PatientDischarged {
        /// Who took them home.
        escort: String,
        /// The gate's answer.
        verdict: Verdict,
        /// Who let it pass, where the gate was closed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        overridden: Option<Override>,
    },
    /// The visit ended without drug.
    SessionCancelled {
        /// Why.
        reason: String,
    },
    /// A clinician signed the record of this session.
    SessionSigned {
        /// What the signature says.
        statement: String,
    },
}

impl Recorded for SessionEvent {
    const SCHEMA_VERSION: u16 = 1;

    fn name(&self) -> &'static str {
        match self {
            Self::SessionPlanned { .. } => "SessionPlanned",
            Self::SessionMoved { .. } => "SessionMoved",
            Self::OrderChanged { .. } => "OrderChanged",
            Self::PatientCheckedIn { .. } => "PatientCheckedIn",
            Self::FastingAnswered { .. } => "FastingAnswered",
            Self::IdentityConfirmed { .. } => "IdentityConfirmed",
            Self::VitalSignsCharted { .. } => "VitalSignsCharted",
            Self::SedationScored { .. } => "SedationScored",
            Self::DistressScored { .. } => "DistressScored",
            Self::TimeOutCompleted { .. } => "TimeOutCompleted",
            Self::DosingStarted { .. } => "DosingStarted",
            Self::InfusionRateChanged { .. } => "InfusionRateChanged",
            Self::BolusGiven { .. } => "BolusGiven",
            Self::InfusionPaused { .. } => "InfusionPaused",
            Self::InfusionResumed {} => "InfusionResumed",
            Self::InfusionStopped { .. } => "InfusionStopped",
            Self::NoteWritten { .. } => "NoteWritten",
            Self::SupportGiven { .. } => "SupportGiven",
            Self::AdvisoryRaised { .. } => "AdvisoryRaised",
            Self::AdvisoryAcknowledged { .. } => "AdvisoryAcknowledged",
            Self::AdvisoryResolved { .. } => "AdvisoryResolved",
            Self::CardOpened { .. } => "CardOpened",
            Self::CardStepDone { .. } => "CardStepDone",
            Self::CardMedicineGiven { .. } => "CardMedicineGiven",
            Self::CardClosed { .. } => "CardClosed",
            Self::AdverseEventRecorded { .. } => "AdverseEventRecorded",
            Self::EntryCorrected { .. } => "EntryCorrected",
            Self::ObservationBegun {} => "ObservationBegun",
            Self::PatientDischarged { .. } => "PatientDischarged",
            Self::SessionCancelled { .. } => "SessionCancelled",
            Self::SessionSigned { .. } => "SessionSigned",
        }
    }
}
