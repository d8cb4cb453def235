//! Why something was not done with a container, in words that staff can read.

use super::product::{Drug, Strength};
use crate::patient::CivilDate;
use serde::{Deserialize, Serialize};
use units::{Micrograms, Microlitres};

/// Why a command was not done. A closed list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "kebab-case")]
pub enum Refusal {
    /// Only nurses, prescribers and the medical director handle controlled drugs.
    NotTheirs,
    /// It was received before.
    ReceivedBefore,
    /// There is no such container in the clinic.
    NotHere,
    /// Something that must have words has none.
    WordsMissing {
        /// What it is.
        what: String,
    },
    /// A day that has not come yet.
    InTheFuture,
    /// Its last day is past.
    Expired {
        /// Its last day.
        last_day: CivilDate,
    },
    /// It was set apart.
    SetApart {
        /// Why.
        reason: String,
    },
    /// It is not set apart.
    NotSetApart,
    /// A count found another amount than the ledger has, and nobody has explained it.
    Unexplained,
    /// Nobody named a session that may be given a drug.
    NoSession,
    /// The order is for another drug.
    AnotherDrug {
        /// What is in the container.
        here: Drug,
    },
    /// The order was worked out for another strength.
    AnotherStrength {
        /// What the order was worked out for, in milligrams in a millilitre.
        ordered: String,
        /// What this is.
        here: Strength,
    },
    /// Nothing was to be drawn, given or wasted.
    Nothing,
    /// The syringe was drawn before.
    DrawnBefore,
    /// There is less in it.
    NotEnough {
        /// What there is.
        there_is: Microlitres,
        /// What may be drawn at most, with a reason.
        at_most: Microlitres,
    },
    /// It is more than was ordered, or more than the label says, and nobody said why.
    ReasonMissing {
        /// What may be drawn for the order without a reason.
        ordered: Micrograms,
        /// What would have been drawn with this.
        drawn: Micrograms,
    },
    /// More than the label comes out only with a reason.
    BeyondLabel {
        /// What there is by the label.
        there_is: Microlitres,
    },
    /// There is no such syringe.
    NoSuchSyringe,
    /// All of the syringe is accounted for.
    Accounted,
    /// It was said before what of it was given.
    GivenBefore,
    /// It was checked before.
    CheckedBefore,
    /// Whoever drew it does not check it.
    OwnCheck,
    /// The second entry is not the first.
    CheckDiffers,
    /// More than is left in the syringe.
    MoreThanLeft {
        /// What is left.
        left: Micrograms,
    },
    /// What was to be wasted is not what is left.
    NotAllThatIsLeft {
        /// What is left.
        left: String,
    },
    /// Nobody wastes before a container was opened.
    NeverOpened,
    /// The witness is whoever acts.
    OwnWitness,
    /// The witness does not work with patients.
    NoWitness,
    /// A sealed container holds what its label says: opened ones are measured.
    OpenedAlready,
    /// An opened container cannot be found sealed; a sealed one is counted as sealed.
    StillSealed,
    /// No count has found a difference.
    NoDifference,
    /// Whoever counted does not explain the difference.
    OwnCount,
    /// Only a prescriber, the medical director or the owner explains a difference.
    NotAnApprover,
    /// No loss waits to be told, or for its form.
    NoOpenLoss,
    /// Something is still in a syringe.
    SyringeOpen,
    /// It was handed out for a session before.
    IssuedBefore,
    /// It was handed out for another session.
    IssuedElsewhere,
    /// It was not handed out.
    NotIssued,
    /// Nothing of it was entered otherwise.
    NothingToCorrect,
    /// It was opened: what was taken in by mistake is struck only while nobody has used it.
    UsedAlready,
    /// Nobody chose what it leaves for.
    PurposeMissing,
}

impl Refusal {
    /// One plain sentence.
    pub fn says(&self) -> String {
        let says = match self {
            Self::NotTheirs => {
                "only nurses, prescribers and the medical director handle controlled drugs."
            }
            Self::ReceivedBefore => "this container was received before.",
            Self::NotHere => "this container is not in the clinic.",
            Self::WordsMissing { what } => return format!("Not saved: write {what}."),
            Self::InTheFuture => "this day or time has not come yet.",
            Self::Expired { last_day } => {
                return format!(
                    "Not saved: it expired, its last day was {last_day}. Set it apart and take another."
                );
            }
            Self::SetApart { reason } => {
                return format!("Not saved: it is set apart ({reason}). Take another.");
            }
            Self::NotSetApart => "it is not set apart.",
            Self::Unexplained => {
                "a count found another amount in it than the ledger has. Take another until that is explained."
            }
            Self::NoSession => "no session that may be given a drug was named.",
            Self::AnotherDrug { here } => {
                return format!(
                    "Not saved: this is {}, which was not ordered. Take what was ordered.",
                    here.says()
                );
            }
            Self::AnotherStrength { ordered, here } => {
                return format!(
                    "Not saved: this holds {here}, and the order was worked out for {ordered} mg/mL. Take a container of that strength, or have the order worked out again."
                );
            }
            Self::Nothing => "the amount is nothing.",
            Self::DrawnBefore => "this syringe was drawn before.",
            Self::NotEnough { there_is, at_most } => {
                return format!(
                    "Not saved: there is {there_is} in it by the ledger; at most {at_most} can come out. Count it if it holds more."
                );
            }
            Self::ReasonMissing { ordered, drawn } => {
                return format!(
                    "Not saved: with this, {drawn} would be drawn for this session; without a reason it is at most {ordered}. Check the volume, or write why."
                );
            }
            Self::BeyondLabel { there_is } => {
                return format!(
                    "Not saved: by its label there is {there_is} in it. Check the volume, or write why more comes out."
                );
            }
            Self::NoSuchSyringe => "there is no such syringe.",
            Self::GivenBefore => "it was said before what of this syringe was given.",
            Self::CheckedBefore => "this syringe was checked before.",
            Self::OwnCheck => "whoever drew it does not check it; the check is another person’s.",
            Self::CheckDiffers => {
                "the check does not agree with the first entry. Look at the syringe and the container together before anything is given."
            }
            Self::Accounted => "all of this syringe is accounted for.",
            Self::MoreThanLeft { left } => {
                return format!("Not saved: only {left} is left in this syringe.");
            }
            Self::NotAllThatIsLeft { left } => {
                return format!(
                    "Not saved: {left} is left. Waste all of it together, before one witness."
                );
            }
            Self::NeverOpened => {
                "it was never opened; a sealed container is not wasted but sent away."
            }
            Self::OwnWitness => "the witness must be another person than you.",
            Self::NoWitness => {
                "the witness must be a nurse, a prescriber, a therapist or the medical director."
            }
            Self::OpenedAlready => "this container was opened: measure how much is in it.",
            Self::StillSealed => {
                "by the ledger nobody has opened this container. If it is open, write so in a note of the difference: count it as not here."
            }
            Self::NoDifference => "no count has found a difference in it.",
            Self::OwnCount => {
                "whoever counted it does not explain the difference; ask somebody else."
            }
            Self::NotAnApprover => {
                "only a prescriber, the medical director or the owner explains a difference."
            }
            Self::NoOpenLoss => "no loss of it waits for this.",
            Self::SyringeOpen => "something is still in a syringe.",
            Self::IssuedBefore => {
                "it was handed out for a session before. Put it back first, or draw from it there."
            }
            Self::IssuedElsewhere => {
                "it was handed out for another session. Take another, or have it put back first."
            }
            Self::NotIssued => "it was not handed out for a session.",
            Self::NothingToCorrect => "nothing would be different from what stands there.",
            Self::UsedAlready => {
                "it was opened. Correct what was drawn from it, or count it; only what nobody has used is struck."
            }
            Self::PurposeMissing => "choose what it leaves the clinic for.",
        };
        format!("Not saved: {says}")
    }
}
