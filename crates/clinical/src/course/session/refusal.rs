//! The rules' no, in words that a nurse can read.

use super::state::Stage;
use super::vocabulary::{ImpossibleVitalSigns, Line};
use crate::course::wishes::Touch;
use crate::policy::Verdict;
use serde::{Deserialize, Serialize};
use units::{Milligrams, Moment};

/// Why a command was not done. A closed list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "kebab-case")]
pub enum Refusal {
    /// The session does not stand where this can be done.
    NotNow {
        /// What was wanted.
        command: String,
        /// Where the session stands.
        stage: String,
    },
    /// Requirements of the gate are unmet or unknown.
    GateClosed {
        /// The gate's whole answer.
        verdict: Verdict,
    },
    /// An override was tried that this role may not give, or nobody may.
    MayNotOverride {
        /// The gate's whole answer.
        verdict: Verdict,
    },
    /// The rule asks for a second clinician, another than the one who overrides.
    SecondClinicianNeeded {
        /// The gate's whole answer.
        verdict: Verdict,
    },
    /// The entry's time has not come yet.
    InTheFuture {
        /// The time given.
        at: Moment,
    },
    /// The entry's time lies before the act that it must follow.
    TooEarly {
        /// The time given.
        at: Moment,
        /// The earliest time it could have.
        not_before: Moment,
    },
    /// The order does not add up.
    OrderDoesNotAddUp {
        /// In words.
        why: String,
    },
    /// Only a prescriber orders.
    NotAPrescriber,
    /// The order that was to be changed does not stand any more.
    OrderMovedOn,
    /// The order stands like that already.
    SameOrder,
    /// The set of vital signs cannot be.
    ImpossibleVitalSigns {
        /// Why.
        why: ImpossibleVitalSigns,
    },
    /// Fewer than two different identifiers.
    TwoIdentifiersNeeded,
    /// Lines of the time-out were not confirmed.
    LinesMissing {
        /// Which.
        lines: Vec<Line>,
    },
    /// A reason or text is missing.
    WordsMissing,
    /// A rate of nothing is a pause.
    PauseInstead,
    /// The drug of this session is given in another way.
    OtherWay {
        /// What was wanted.
        command: String,
        /// The way, in words.
        way: String,
    },
    /// It was not ordered to be given like this.
    OtherPortion {
        /// The way, in words.
        way: String,
    },
    /// Every dose that was ordered has been given.
    EveryDoseGiven {
        /// How many there were.
        number: u8,
    },
    /// More than one dose of the order.
    MoreThanOrdered {
        /// What one dose is.
        each: Milligrams,
    },
    /// A device is given whole; one that failed says so.
    WholeDevice {
        /// What one device holds.
        each: Milligrams,
    },
    /// It was said that everything ordered was given, and it was not.
    DosesLeft {
        /// How many were not.
        left: u8,
    },
    /// A bolus of nothing is no bolus.
    NothingGiven,
    /// The same bolus was charted a moment ago.
    JustGiven {
        /// When.
        at: Moment,
        /// How much.
        amount: Milligrams,
    },
    /// The bag does not hold that much any more.
    MoreThanRemains {
        /// What it holds.
        remaining: Milligrams,
    },
    /// No such entry in this session.
    NoSuchEntry,
    /// This entry cannot be corrected in this way.
    DoesNotFit,
    /// No such advisory, or it is dealt with already.
    NoSuchAdvisory,
    /// The same condition stands already with the same priority.
    AlreadyRaised,
    /// Something was drawn for the session and is not accounted for.
    SyringesOpen {
        /// How many syringes; none where nobody has looked.
        count: Option<u32>,
    },
    /// Advisories still stand unseen.
    AdvisoriesUnseen {
        /// Their numbers.
        numbers: Vec<u32>,
    },
    /// The same card stands open.
    CardStandsOpen {
        /// Its title.
        title: String,
    },
    /// No such card was opened here, or it is closed.
    NoSuchCard,
    /// The card has no such step.
    NoSuchStep,
    /// Somebody ticked the step already.
    StepDone,
    /// The same medicine was charted a moment ago.
    MedicineJustGiven {
        /// Which.
        medicine: String,
        /// How much, in words.
        dose: String,
    },
    /// A card with a medicine that was given was not opened by mistake.
    SomethingWasGiven,
    /// Emergency cards stand open.
    CardsOpen {
        /// Their titles.
        titles: Vec<String>,
    },
    /// Adverse events of closed cards are not completed.
    AdverseEventsMissing {
        /// The titles of the cards.
        titles: Vec<String>,
    },
    /// What is said of severity or outcome makes it serious, and that was not said.
    SeriousnessContradicts,
    /// It needs the whole record in view.
    OnlyWithContact {
        /// What was wanted.
        command: String,
    },
    /// Entries that were recorded later have not been looked at.
    LateEntriesWait {
        /// How many.
        count: usize,
    },
    /// Only the advisory engine raises advisories.
    NotForPeople,
    /// Only a person says this.
    OnlyAPerson,
    /// The device is not this session's signal.
    NotTheSignal,
    /// No device is connected as the patient's signal.
    NoSignalConnected,
    /// No test of the signal arrived that could have been seen.
    NoTestArrived,
    /// What is asked today was not asked whole, or is not clear.
    NotAllClear,
    /// Nobody is named.
    NobodyNamed,
    /// Touch is charted only as it was agreed.
    TouchNotAgreed {
        /// What stands; none where nobody has said.
        stands: Option<Touch>,
    },
    /// The medicine of this note was confirmed already.
    PhraseCharted,
    /// Whoever takes over the room has it.
    HasRoomAlready,
    /// Only people have a room.
    NotForMachines,
}

impl Refusal {
    /// What stood in the way and what to do, in one plain sentence.
    pub fn says(&self) -> String {
        match self {
            Self::NotNow { command, stage } => {
                format!("Not done: one cannot {command} while the session is at “{stage}”.")
            }
            Self::GateClosed { verdict } => {
                let open = verdict.open();
                let first = open.first().map_or_else(String::new, |finding| {
                    format!(
                        " {} Needed {}, found {}.",
                        finding.says, finding.needed, finding.found
                    )
                });
                match open.len() {
                    0 | 1 => format!("Not done: one requirement is open.{first}"),
                    n => format!("Not done: {n} requirements are open. The gravest:{first}"),
                }
            }
            Self::MayNotOverride { .. } => {
                "Not done: your role may not override every requirement that is open.".to_owned()
            }
            Self::SecondClinicianNeeded { .. } => {
                "Not done: this override needs a second clinician, by name, other than you."
                    .to_owned()
            }
            Self::InTheFuture { .. } => {
                "Not saved: the time given has not come yet; check the time.".to_owned()
            }
            Self::TooEarly { .. } => {
                "Not saved: the time given lies before what it must follow; check the time."
                    .to_owned()
            }
            Self::OrderDoesNotAddUp { why } => format!("Not ordered: {why}"),
            Self::NotAPrescriber => {
                "Not ordered: only a prescriber changes an order; ask the one on duty.".to_owned()
            }
            Self::OrderMovedOn => {
                "Not ordered: somebody changed this order meanwhile; read the one that stands now, \
                 and decide again."
                    .to_owned()
            }
            Self::SameOrder => {
                "Not ordered: the order stands like that already; nothing would change.".to_owned()
            }
            Self::ImpossibleVitalSigns { why } => match why {
                ImpossibleVitalSigns::Empty => {
                    "Not saved: no value was entered; enter at least one.".to_owned()
                }
                ImpossibleVitalSigns::HalfAPressure => {
                    "Not saved: a blood pressure needs both numbers.".to_owned()
                }
                ImpossibleVitalSigns::DiastolicNotBelowSystolic => {
                    "Not saved: diastolic is not below systolic; check the two numbers.".to_owned()
                }
            },
            Self::TwoIdentifiersNeeded => {
                "Not done: confirm at least two different identifiers.".to_owned()
            }
            Self::LinesMissing { lines } => format!(
                "Not done: {} of the time-out not confirmed: {}",
                if lines.len() == 1 {
                    "a line is"
                } else {
                    "some lines are"
                },
                lines
                    .iter()
                    .map(|line| line.says())
                    .collect::<Vec<_>>()
                    .join(" ")
            ),
            Self::WordsMissing => "Not saved: write the reason or the text.".to_owned(),
            Self::PauseInstead => "Not done: a rate of 0 is a pause; use Pause.".to_owned(),
            Self::OtherWay { command, way } => format!(
                "Not done: one cannot {command} in this session; it was ordered as {way}."
            ),
            Self::OtherPortion { way } => format!(
                "Not saved: it was ordered as {way}; say how it went in."
            ),
            Self::EveryDoseGiven { number: 1 } => {
                "Not saved: the dose that was ordered has been given; more needs another order on \
                 another day."
                    .to_owned()
            }
            Self::EveryDoseGiven { number } => format!(
                "Not saved: all {number} that were ordered have been given; nothing more is given \
                 today."
            ),
            Self::MoreThanOrdered { each } => format!(
                "Not saved: one dose of this order is {each}; look at the decimal point."
            ),
            Self::WholeDevice { each } => format!(
                "Not saved: a device is {each}; if it failed, say what happened to it."
            ),
            Self::DosesLeft { left } => format!(
                "Not ended: {left} that {} ordered {} not been given; say why it ends early.",
                if *left == 1 { "was" } else { "were" },
                if *left == 1 { "has" } else { "have" }
            ),
            Self::NothingGiven => {
                "Not saved: a bolus of 0 mg is none; enter what was given.".to_owned()
            }
            Self::JustGiven { amount, .. } => format!(
                "Not saved: a bolus of {amount} was charted less than a minute ago; \
                 if this is a second one, say so."
            ),
            Self::MoreThanRemains { remaining } => {
                format!("Not saved: the bag holds only {remaining} any more.")
            }
            Self::NoSuchEntry => "Not corrected: there is no such entry here.".to_owned(),
            Self::DoesNotFit => {
                "Not corrected: this entry cannot be corrected that way.".to_owned()
            }
            Self::NoSuchAdvisory => "That notice has been dealt with already.".to_owned(),
            Self::AlreadyRaised => "That notice stands already.".to_owned(),
            Self::AdvisoriesUnseen { numbers } => format!(
                "Not signed: {} of the notices {} not been acknowledged.",
                numbers.len(),
                if numbers.len() == 1 { "has" } else { "have" }
            ),
            Self::SyringesOpen { count: Some(1) } => {
                "Not signed: a syringe that was drawn for this session is not accounted for. Say under “Drug” what was given, and waste the rest before a witness."
                    .to_owned()
            }
            Self::SyringesOpen { count: Some(count) } => format!(
                "Not signed: {count} syringes that were drawn for this session are not accounted for. Say under “Drug” what was given, and waste the rest before a witness."
            ),
            Self::SyringesOpen { count: None } => {
                "Not signed: it is not known whether everything that was drawn is accounted for. Try again."
                    .to_owned()
            }
            Self::CardStandsOpen { title } => {
                format!("The card “{title}” stands open already; go on with it.")
            }
            Self::NoSuchCard => {
                "Not saved: this card is not open here; reload the page.".to_owned()
            }
            Self::NoSuchStep => "Not saved: the card has no such step; reload the page.".to_owned(),
            Self::StepDone => "This step was ticked already; its first time stands.".to_owned(),
            Self::MedicineJustGiven { medicine, dose } => format!(
                "Not saved: {medicine} {dose} was charted less than a minute ago; \
                 if this is a second one, say so."
            ),
            Self::SomethingWasGiven => {
                "Not closed: a medicine was given, so this card was not opened by mistake; \
                 choose how it ended."
                    .to_owned()
            }
            Self::CardsOpen { titles } => format!(
                "Not done: close the emergency card first: {}.",
                titles.join(", ")
            ),
            Self::AdverseEventsMissing { titles } => format!(
                "Not signed: the adverse event is not completed yet: {}.",
                titles.join(", ")
            ),
            Self::SeriousnessContradicts => {
                "Not saved: what you chose for severity or outcome is serious; tick why it is \
                 serious."
                    .to_owned()
            }
            Self::OnlyWithContact { command } => format!(
                "Not done: one cannot {command} without contact; do it when the tablet is connected again."
            ),
            Self::LateEntriesWait { count } => format!(
                "Not signed: {count} of the entries that were recorded offline or on paper wait for somebody to look at them; open “Recorded later”."
            ),
            Self::NotForPeople => "Not done: notices are raised by the rules alone.".to_owned(),
            Self::OnlyAPerson => "Not done: only a person can say this.".to_owned(),
            Self::NotTheSignal => {
                "Not saved: this device is not the signal of a session any more. Call out, and \
                 ask for it to be connected again."
                    .to_owned()
            }
            Self::NoSignalConnected => {
                "Not done: no device is connected as the patient's signal; connect one first."
                    .to_owned()
            }
            Self::NoTestArrived => {
                "Not saved: that test has not arrived here; let the person try again.".to_owned()
            }
            Self::NotAllClear => {
                "Not saved: every line must have been asked and be clear. If one is not, ask the \
                 prescriber."
                    .to_owned()
            }
            Self::NobodyNamed => "Not saved: name at least one person in the room.".to_owned(),
            Self::TouchNotAgreed { stands: None } => {
                "Not saved: nothing was agreed about touch. Ask, and chart the answer under “Wishes” first."
                    .to_owned()
            }
            Self::TouchNotAgreed {
                stands: Some(touch),
            } => format!(
                "Not saved: this touch was not agreed; what stands is “{}”. If the person said otherwise since, chart that under “Wishes” first.",
                touch.says()
            ),
            Self::PhraseCharted => {
                "This medicine was charted from the note already; it stands once.".to_owned()
            }
            Self::HasRoomAlready => "You have the room already.".to_owned(),
            Self::NotForMachines => "Not done: only a person has a room.".to_owned(),
        }
    }

    /// Not possible at this stage.
    pub(super) fn not_now(command: &str, stage: Stage) -> Self {
        Self::NotNow {
            command: command.to_owned(),
            stage: stage.says().to_owned(),
        }
    }

    /// The gate's answer, where a gate refused.
    pub const fn verdict(&self) -> Option<&Verdict> {
        match self {
            Self::GateClosed { verdict }
            | Self::MayNotOverride { verdict }
            | Self::SecondClinicianNeeded { verdict } => Some(verdict),
            Self::NotNow { .. }
            | Self::InTheFuture { .. }
            | Self::TooEarly { .. }
            | Self::OrderDoesNotAddUp { .. }
            | Self::NotAPrescriber
            | Self::OrderMovedOn
            | Self::SameOrder
            | Self::ImpossibleVitalSigns { .. }
            | Self::TwoIdentifiersNeeded
            | Self::LinesMissing { .. }
            | Self::WordsMissing
            | Self::PauseInstead
            | Self::OtherWay { .. }
            | Self::OtherPortion { .. }
            | Self::EveryDoseGiven { .. }
            | Self::MoreThanOrdered { .. }
            | Self::WholeDevice { .. }
            | Self::DosesLeft { .. }
            | Self::NothingGiven
            | Self::JustGiven { .. }
            | Self::MoreThanRemains { .. }
            | Self::NoSuchEntry
            | Self::DoesNotFit
            | Self::NoSuchAdvisory
            | Self::AlreadyRaised
            | Self::AdvisoriesUnseen { .. }
            | Self::SyringesOpen { .. }
            | Self::CardStandsOpen { .. }
            | Self::NoSuchCard
            | Self::NoSuchStep
            | Self::StepDone
            | Self::MedicineJustGiven { .. }
            | Self::SomethingWasGiven
            | Self::CardsOpen { .. }
            | Self::AdverseEventsMissing { .. }
            | Self::SeriousnessContradicts
            | Self::OnlyWithContact { .. }
            | Self::LateEntriesWait { .. }
            | Self::NotForPeople
            | Self::OnlyAPerson
            | Self::NotTheSignal
            | Self::NoSignalConnected
            | Self::NoTestArrived
            | Self::NotAllClear
            | Self::NobodyNamed
            | Self::TouchNotAgreed { .. }
            | Self::PhraseCharted
            | Self::HasRoomAlready
            | Self::NotForMachines => None,
        }
    }
}
