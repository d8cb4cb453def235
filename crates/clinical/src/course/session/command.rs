//! What someone may want in a session. A closed list.

use super::cards::{AdverseEvent, Because, CardOutcome, OpenedCard, StepAnswer};
use super::doses::Portion;
use super::experience::{Effect, Rating, Side, SupportDetail};
use super::later::LateOutcome;
use super::recovery::RecoveryCheck;
use super::signal::SignalAct;
use super::start::StartCheck;
use super::vocabulary::{
    AdvisoryNotice, Correction, DeviceTiming, DistressScore, FastingAnswers, Identifier, Line,
    Monitoring, Order, SedationScore, Stop, SupportKind, VitalSigns,
};
use crate::course::wishes::Touch;
use crate::policy::RulesInForce;
use crate::record::{EventId, PatientId};
use crate::vital_signs::Source;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use units::{Milligrams, MillilitresPerHour, Moment};

/// A command to a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command")]
pub enum Command {
    /// Plan a visit.
    PlanSession {
        /// The person.
        patient: PatientId,
        /// The room, by name.
        room: String,
        /// When it should begin.
        planned_for: Moment,
        /// How many sessions this person had before.
        earlier_sessions: u32,
        /// What is ordered and prepared.
        order: Order,
        /// The rules this session keeps.
        rules: Vec<RulesInForce>,
    },
    /// Give a planned visit another room or time; the order and its rules stay.
    MoveSession {
        /// The room, by name.
        room: String,
        /// When it should begin.
        planned_for: Moment,
    },
    /// Order something else, before anything is given; only a prescriber does.
    ChangeOrder {
        /// What is ordered now. Whoever changes it is its prescriber.
        order: Order,
        /// The entry of the order that its author saw and means to change.
        instead_of: EventId,
        /// Why.
        because: String,
    },
    /// The person is here.
    CheckIn {
        /// Fasting answers.
        fasting: FastingAnswers,
        /// Who takes the person home.
        escort: Option<String>,
    },
    /// Answer the fasting questions again.
    AnswerFasting {
        /// All three answers as they now stand.
        fasting: FastingAnswers,
    },
    /// Confirm who this is.
    ConfirmIdentity {
        /// At least two, different.
        identifiers: Vec<Identifier>,
    },
    /// Chart vital signs.
    ChartVitalSigns {
        /// The values.
        values: VitalSigns,
        /// By hand or by which device.
        source: Source,
        /// The three times, for a device.
        #[serde(default)]
        timing: Option<DeviceTiming>,
    },
    /// Score responsiveness.
    ScoreSedation {
        /// MOAA/S.
        score: SedationScore,
    },
    /// Score distress.
    ScoreDistress {
        /// 0 to 10.
        score: DistressScore,
    },
    /// Look how far the person has come back.
    CheckRecovery {
        /// What was seen.
        check: RecoveryCheck,
    },
    /// Complete the time-out.
    CompleteTimeOut {
        /// The confirmed lines.
        lines: Vec<Line>,
        /// How vital signs will arrive.
        monitoring: Monitoring,
    },
    /// Say what is asked before the start.
    CheckForStart {
        /// What.
        check: StartCheck,
    },
    /// Something of the patient's signal.
    UseSignal {
        /// What.
        act: SignalAct,
    },
    /// Begin the infusion at the ordered rate.
    StartInfusion {
        /// Why the gate is passed although closed.
        #[serde(default)]
        override_reason: Option<String>,
        /// The second clinician, where the rule asks for one.
        #[serde(default)]
        second_clinician: Option<String>,
    },
    /// Set another rate.
    ChangeRate {
        /// The new rate.
        rate: MillilitresPerHour,
        /// Why, in words; may be empty.
        reason: String,
        /// Why the gate is passed although closed.
        #[serde(default)]
        override_reason: Option<String>,
    },
    /// Give an amount at once.
    GiveBolus {
        /// How much.
        amount: Milligrams,
        /// Said after the warning that the same was charted just before.
        #[serde(default)]
        again: bool,
    },
    /// Pause the pump.
    PauseInfusion {
        /// Why, in words; may be empty.
        reason: String,
    },
    /// Run again at the last rate.
    ResumeInfusion,
    /// End the infusion for good.
    StopInfusion {
        /// Why.
        why: Stop,
        /// In words; may be empty.
        note: String,
    },
    /// Give one dose or device; the first one starts the dosing.
    GiveDose {
        /// How much.
        amount: Milligrams,
        /// In which form.
        portion: Portion,
        /// Why the gate is passed although closed.
        #[serde(default)]
        override_reason: Option<String>,
        /// The second clinician, where the rule asks for one.
        #[serde(default)]
        second_clinician: Option<String>,
    },
    /// Give no more doses, and watch from here on.
    EndDosing {
        /// Why.
        why: Stop,
        /// In words; may be empty.
        note: String,
    },
    /// Write a note.
    WriteNote {
        /// The words.
        text: String,
    },
    /// Chart support.
    GiveSupport {
        /// Which.
        kind: SupportKind,
        /// In words; may be empty.
        note: String,
        /// What else was given, how the person seemed, and their words.
        #[serde(default)]
        detail: SupportDetail,
    },
    /// Say what support has done.
    SeeSupportEffect {
        /// The entry of the support.
        support: EventId,
        /// What it has done.
        effect: Effect,
        /// In words; may be empty.
        note: String,
    },
    /// Mark a moment.
    MarkMoment {
        /// In words; may be empty.
        note: String,
    },
    /// Rate a side of the experience.
    RateExperience {
        /// Which side.
        side: Side,
        /// 0 to 10.
        rating: Rating,
        /// The note in whose words it was recognised, if it was.
        #[serde(default)]
        note: Option<EventId>,
    },
    /// Chart what the person says now about touch.
    SayTouch {
        /// What is agreed from now on.
        touch: Touch,
    },
    /// Chart a medicine that was given beside the ordered drug.
    GiveMedicine {
        /// Its name.
        medicine: String,
        /// The dose in words.
        dose: String,
        /// The route; may be empty.
        route: String,
        /// What for; may be empty.
        #[serde(default)]
        because: String,
        /// The note in whose words it was recognised, if it was.
        #[serde(default)]
        note: Option<EventId>,
        /// Said after the warning that the same was charted just before.
        #[serde(default)]
        again: bool,
    },
    /// Take over the room.
    TakeRoom,
    /// Raise an advisory; only the advisory engine does.
    RaiseAdvisory {
        /// What.
        notice: AdvisoryNotice,
    },
    /// Say that they were seen: one or several of the same cause, together.
    AcknowledgeAdvisories {
        /// Which.
        advisories: BTreeSet<u32>,
    },
    /// Tell a second person, because nobody has acknowledged it; only the clinic's rules do.
    EscalateAdvisory {
        /// Which.
        advisory: u32,
    },
    /// Say what was done, or that it ended.
    ResolveAdvisories {
        /// Which.
        advisories: BTreeSet<u32>,
        /// What was done, or how it ended.
        how: String,
    },
    /// Open an emergency card.
    OpenCard {
        /// The card as the clinic has it; the server fills it in.
        card: OpenedCard,
        /// Why.
        because: Because,
    },
    /// Tick a step of a card.
    DoCardStep {
        /// Which opening.
        opening: u32,
        /// The step's name on the card.
        step: String,
        /// What came of it.
        answer: StepAnswer,
        /// In words; may be empty.
        note: String,
    },
    /// Chart a medicine that was given in the emergency.
    GiveCardMedicine {
        /// Which opening.
        opening: u32,
        /// The step that named it, if one did.
        #[serde(default)]
        step: Option<String>,
        /// Its name.
        medicine: String,
        /// The dose in words.
        dose: String,
        /// The route; may be empty.
        route: String,
        /// Said after the warning that the same was charted just before.
        #[serde(default)]
        again: bool,
    },
    /// Close a card.
    CloseCard {
        /// Which opening.
        opening: u32,
        /// How it ended.
        outcome: CardOutcome,
        /// In words; may be empty.
        note: String,
    },
    /// Complete and sign the adverse event of a card.
    RecordAdverseEvent {
        /// Which opening.
        opening: u32,
        /// What happened.
        report: AdverseEvent,
    },
    /// Correct an entry.
    CorrectEntry {
        /// The wrong entry.
        entry: EventId,
        /// What should stand.
        correction: Correction,
        /// Why.
        reason: String,
    },
    /// Say what becomes of an entry that was recorded later and that the rules would have refused.
    ReviewLateEntry {
        /// Which.
        entry: EventId,
        /// What was decided.
        outcome: LateOutcome,
        /// In words; may be empty where it stands.
        note: String,
    },
    /// Watch until fit to leave.
    BeginObservation,
    /// Let the person leave.
    Discharge {
        /// Who takes them home.
        escort: String,
        /// The instructions for the way home and the night were given to both.
        #[serde(default)]
        instructions_given: bool,
        /// A clinician says that the person is stable; asked where the product's programme asks.
        #[serde(default)]
        stable: bool,
        /// Why the gate is passed although closed.
        #[serde(default)]
        override_reason: Option<String>,
    },
    /// End the visit without drug.
    CancelSession {
        /// Why.
        reason: String,
    },
    /// Sign the record.
    Sign {
        /// What the signature says.
        statement: String,
    },
}

impl Command {
    /// The command in words, for refusals.
    pub const fn says(&self) -> &'static str {
        match self {
            Self::PlanSession { .. } => "plan a session",
            Self::MoveSession { .. } => "move the session",
            Self::ChangeOrder { .. } => "change the order",
            Self::CheckIn { .. } => "check in",
            Self::AnswerFasting { .. } => "answer the fasting questions",
            Self::ConfirmIdentity { .. } => "confirm identity",
            Self::ChartVitalSigns { .. } => "chart vital signs",
            Self::ScoreSedation { .. } => "score responsiveness",
            Self::ScoreDistress { .. } => "score distress",
            Self::CheckRecovery { .. } => "check the recovery",
            Self::CompleteTimeOut { .. } => "complete the time-out",
            Self::CheckForStart { .. } => "confirm what the start needs",
            Self::UseSignal { .. } => "use the patient's signal",
            Self::StartInfusion { .. } => "start the infusion",
            Self::ChangeRate { .. } => "change the rate",
            Self::GiveBolus { .. } => "give a bolus",
            Self::PauseInfusion { .. } => "pause the infusion",
            Self::ResumeInfusion => "resume the infusion",
            Self::StopInfusion { .. } => "end the infusion",
            Self::GiveDose { .. } => "give a dose",
            Self::EndDosing { .. } => "end the dosing",
            Self::WriteNote { .. } => "write a note",
            Self::GiveSupport { .. } => "chart support",
            Self::SeeSupportEffect { .. } => "say what support has done",
            Self::MarkMoment { .. } => "mark a moment",
            Self::RateExperience { .. } => "rate the experience",
            Self::SayTouch { .. } => "chart what is agreed about touch",
            Self::GiveMedicine { .. } => "chart a medicine",
            Self::TakeRoom => "take over the room",
            Self::RaiseAdvisory { .. } => "raise an advisory",
            Self::AcknowledgeAdvisories { .. } => "acknowledge an advisory",
            Self::EscalateAdvisory { .. } => "tell a second person",
            Self::ResolveAdvisories { .. } => "resolve an advisory",
            Self::OpenCard { .. } => "open an emergency card",
            Self::DoCardStep { .. } => "tick a step",
            Self::GiveCardMedicine { .. } => "chart a medicine",
            Self::CloseCard { .. } => "close an emergency card",
            Self::RecordAdverseEvent { .. } => "record an adverse event",
            Self::CorrectEntry { .. } => "correct an entry",
            Self::ReviewLateEntry { .. } => "review an entry that was recorded later",
            Self::BeginObservation => "begin the observation",
            Self::Discharge { .. } => "discharge",
            Self::CancelSession { .. } => "cancel the session",
            Self::Sign { .. } => "sign",
        }
    }
}
