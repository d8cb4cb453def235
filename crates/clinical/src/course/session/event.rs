//! What can become true in a session. A closed list.

use super::cards::{AdverseEvent, Because, CardOutcome, OpenedCard, StepAnswer};
use super::doses::Portion;
use super::experience::{Effect, Rating, Side, SupportDetail};
use super::later::{HowLater, LateOutcome};
use super::recovery::RecoveryCheck;
use super::signal::SignalEvent;
use super::start::StartCheck;
use super::vocabulary::{
    AdvisoryNotice, Correction, DeviceTiming, DistressScore, FastingAnswers, Identifier, Line,
    Monitoring, Order, Override, SedationScore, Stop, SupportKind, VitalSigns,
};
use crate::course::wishes::Touch;
use crate::policy::{RulesInForce, Verdict};
use crate::record::{EventId, PatientId, Recorded};
use crate::vital_signs::Source;
use serde::{Deserialize, Serialize};
use units::{Milligrams, MillilitresPerHour, Moment};

/// A session's event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::large_enum_variant,
    reason = "the largest has two orders and is rare; a box would stand in every reader"
)]
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
    /// Somebody looked how far the person has come back.
    RecoveryChecked {
        /// What was seen.
        check: RecoveryCheck,
    },
    /// The time-out was read aloud and every line confirmed.
    TimeOutCompleted {
        /// The lines.
        lines: Vec<Line>,
        /// How vital signs will arrive.
        monitoring: Monitoring,
    },
    /// Something that the start needs was said in the room.
    StartChecked {
        /// What.
        check: StartCheck,
    },
    /// Something of the patient's signal.
    SignalNoted {
        /// What.
        happened: SignalEvent,
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
    /// One dose or device was given. The first one follows on `DosingStarted`, which has the
    /// verdict that allowed it.
    DoseGiven {
        /// The first one is 1.
        number: u8,
        /// How much; where it is not known, the most that it can be.
        amount: Milligrams,
        /// In which form.
        portion: Portion,
        /// The gate's answer, for a further one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        verdict: Option<Verdict>,
        /// Who let it pass, where the gate was closed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        overridden: Option<Override>,
    },
    /// No more doses were given.
    DosingEnded {
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
        /// What else was given, how the person seemed, and their words.
        #[serde(default, skip_serializing_if = "is_nothing_more")]
        detail: SupportDetail,
    },
    /// Somebody looked again at what support has done.
    SupportEffectSeen {
        /// The entry of the support.
        support: EventId,
        /// What it has done.
        effect: Effect,
        /// In words; may be empty.
        note: String,
    },
    /// A moment was marked.
    MomentMarked {
        /// In words; may be empty.
        note: String,
    },
    /// A side of the experience was rated.
    ExperienceRated {
        /// Which side.
        side: Side,
        /// 0 to 10.
        rating: Rating,
        /// The note in whose words it was recognised, if it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<EventId>,
    },
    /// The person said what is agreed about touch from now on.
    TouchSaid {
        /// What is agreed.
        touch: Touch,
    },
    /// A medicine was given beside the ordered drug.
    MedicineGiven {
        /// Its name.
        medicine: String,
        /// The dose as it was typed.
        dose: String,
        /// The route; may be empty.
        route: String,
        /// What for; may be empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        because: String,
        /// The note in whose words it was recognised, if it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<EventId>,
    },
    /// Somebody has the room from now on.
    RoomTaken {
        /// Who had it until then, by name; none where nobody had said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        /// What was open, as it was shown.
        open: Vec<String>,
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
    /// Nobody had acknowledged it for as long as the clinic's rules allow: a second person was told.
    AdvisoryEscalated {
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
    /// The entries of the same command were recorded without contact with the server, or on paper,
    /// and reached it later.
    RecordedLater {
        /// How.
        how: HowLater,
        /// The tablet, by its own number; empty for paper.
        tablet: String,
        /// When it was entered, by the tablet's own clock.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tablet_at: Option<Moment>,
        /// Why the rules would have said no; nothing where they would not have.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        against: Option<String>,
    },
    /// An act that was recorded later cannot stand beside what the record says; it waits for a
    /// person, and counts only if they say so.
    ActHeld {
        /// What would have been charted.
        act: Box<SessionEvent>,
        /// Why it was not, in one sentence.
        because: String,
    },
    /// A person looked at an entry that was recorded later.
    LateEntryReviewed {
        /// Which.
        entry: EventId,
        /// What was decided.
        outcome: LateOutcome,
        /// In words; may be empty where it stands.
        note: String,
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

/// Support of which nothing more was said is stored as it always was.
fn is_nothing_more(detail: &SupportDetail) -> bool {
    *detail == SupportDetail::default()
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
            Self::RecoveryChecked { .. } => "RecoveryChecked",
            Self::TimeOutCompleted { .. } => "TimeOutCompleted",
            Self::StartChecked { .. } => "StartChecked",
            Self::SignalNoted { .. } => "SignalNoted",
            Self::DosingStarted { .. } => "DosingStarted",
            Self::InfusionRateChanged { .. } => "InfusionRateChanged",
            Self::BolusGiven { .. } => "BolusGiven",
            Self::InfusionPaused { .. } => "InfusionPaused",
            Self::InfusionResumed {} => "InfusionResumed",
            Self::InfusionStopped { .. } => "InfusionStopped",
            Self::DoseGiven { .. } => "DoseGiven",
            Self::DosingEnded { .. } => "DosingEnded",
            Self::NoteWritten { .. } => "NoteWritten",
            Self::SupportGiven { .. } => "SupportGiven",
            Self::SupportEffectSeen { .. } => "SupportEffectSeen",
            Self::MomentMarked { .. } => "MomentMarked",
            Self::ExperienceRated { .. } => "ExperienceRated",
            Self::TouchSaid { .. } => "TouchSaid",
            Self::MedicineGiven { .. } => "MedicineGiven",
            Self::RoomTaken { .. } => "RoomTaken",
            Self::AdvisoryRaised { .. } => "AdvisoryRaised",
            Self::AdvisoryAcknowledged { .. } => "AdvisoryAcknowledged",
            Self::AdvisoryEscalated { .. } => "AdvisoryEscalated",
            Self::AdvisoryResolved { .. } => "AdvisoryResolved",
            Self::CardOpened { .. } => "CardOpened",
            Self::CardStepDone { .. } => "CardStepDone",
            Self::CardMedicineGiven { .. } => "CardMedicineGiven",
            Self::CardClosed { .. } => "CardClosed",
            Self::AdverseEventRecorded { .. } => "AdverseEventRecorded",
            Self::EntryCorrected { .. } => "EntryCorrected",
            Self::RecordedLater { .. } => "RecordedLater",
            Self::ActHeld { .. } => "ActHeld",
            Self::LateEntryReviewed { .. } => "LateEntryReviewed",
            Self::ObservationBegun {} => "ObservationBegun",
            Self::PatientDischarged { .. } => "PatientDischarged",
            Self::SessionCancelled { .. } => "SessionCancelled",
            Self::SessionSigned { .. } => "SessionSigned",
        }
    }
}
