//! What became true of a container.

use super::command::{Found, Witness};
use super::product::{Drug, Form, Strength};
use crate::patient::CivilDate;
use crate::record::{PatientId, Recorded, SessionId, SyringeId};
use serde::{Deserialize, Serialize};
use units::{Micrograms, Microlitres, Moment};

/// What stands on a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The drug.
    pub drug: Drug,
    /// What it comes in.
    pub form: Form,
    /// How strong, as base.
    pub strength: Strength,
    /// What it holds by its label.
    pub fill: Microlitres,
    /// The number of the trade item or the national drug code; empty where none was read.
    pub code: String,
    /// The lot.
    pub lot: String,
    /// Its last day.
    pub expires: CivilDate,
    /// Its own number; empty where it has none.
    pub serial: String,
}

impl Label {
    /// All that it holds by its label.
    pub fn holds(&self) -> Micrograms {
        self.strength.holds(self.fill)
    }
}

/// What is written of a container's delivery and may be set right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The lot.
    pub lot: String,
    /// Its last day.
    pub expires: CivilDate,
    /// The number of the trade item or the national drug code; empty where none was read.
    pub code: String,
    /// Its own number; empty where it has none.
    pub serial: String,
    /// From whom.
    pub supplier: String,
    /// The number of the invoice.
    pub invoice: String,
    /// The day on which it came.
    pub received_on: CivilDate,
}

/// Why a container goes to another registrant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Entries from before anybody was asked.
    #[default]
    Unsaid,
    /// Back to whom it came from.
    SupplierReturn,
    /// To another clinic, which has its own registration.
    OtherClinic,
    /// To a reverse distributor, to be destroyed.
    ReverseDistributor,
}

impl Purpose {
    /// Those that a form offers.
    pub const OFFERED: [Self; 3] = [
        Self::ReverseDistributor,
        Self::SupplierReturn,
        Self::OtherClinic,
    ];

    /// The word of forms and records.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unsaid => "unsaid",
            Self::SupplierReturn => "supplier-return",
            Self::OtherClinic => "other-clinic",
            Self::ReverseDistributor => "reverse-distributor",
        }
    }

    /// As people read it.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Unsaid => "to another registrant",
            Self::SupplierReturn => "back to the supplier",
            Self::OtherClinic => "to another clinic",
            Self::ReverseDistributor => "to a reverse distributor",
        }
    }
}

/// How something was wasted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Into a container that makes it unusable.
    DisposalContainer,
    /// Onto something that soaks it up, into the pharmaceutical waste.
    Absorbed,
}

impl Method {
    /// Every way.
    pub const ALL: [Self; 2] = [Self::DisposalContainer, Self::Absorbed];

    /// The word of forms and records.
    pub const fn word(self) -> &'static str {
        match self {
            Self::DisposalContainer => "disposal-container",
            Self::Absorbed => "absorbed",
        }
    }

    /// As people read it.
    pub const fn says(self) -> &'static str {
        match self {
            Self::DisposalContainer => "into the drug disposal container",
            Self::Absorbed => "soaked up, into pharmaceutical waste",
        }
    }
}

/// What became true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum ContainerEvent {
    /// It was delivered and taken in.
    ContainerReceived {
        /// What stands on it.
        label: Label,
        /// The clinic's own mark on it.
        mark: String,
        /// From whom.
        supplier: String,
        /// The number of the invoice.
        invoice: String,
        /// The day on which it came.
        received_on: CivilDate,
        /// Where it is kept.
        place: String,
    },
    /// It was put elsewhere.
    ContainerMoved {
        /// Where it is now.
        to: String,
    },
    /// It was handed out of the safe for a session.
    ContainerIssued {
        /// For which.
        session: SessionId,
        /// Of whom.
        patient: PatientId,
        /// Into which room.
        to: String,
    },
    /// What was handed out was put back.
    ContainerReturned {
        /// Where it is kept.
        to: String,
    },
    /// It was opened.
    ContainerOpened,
    /// Something was drawn from it.
    DrugDrawn {
        /// Into which syringe.
        syringe: SyringeId,
        /// For which session.
        session: SessionId,
        /// Of whom.
        patient: PatientId,
        /// How much.
        volume: Microlitres,
        /// How much of that is beyond what the label says it holds.
        beyond_label: Microlitres,
        /// Why more than the label, or more than was ordered; else empty.
        reason: String,
    },
    /// A second person entered the same as the first, without seeing it.
    DrugChecked {
        /// Which syringe.
        syringe: SyringeId,
        /// Who.
        checker: Witness,
    },
    /// The patient got some of a syringe.
    DrugGiven {
        /// Of which.
        syringe: SyringeId,
        /// How much.
        amount: Micrograms,
    },
    /// What was left in a syringe was wasted.
    SyringeWasted {
        /// Of which.
        syringe: SyringeId,
        /// How much.
        amount: Micrograms,
        /// How.
        method: Method,
        /// Who looked on.
        witness: Witness,
    },
    /// What was left in the container was wasted.
    RestWasted {
        /// How much.
        volume: Microlitres,
        /// How.
        method: Method,
        /// Why.
        reason: String,
        /// Who looked on.
        witness: Witness,
    },
    /// It was set apart and is not used.
    ContainerSetApart {
        /// Why.
        reason: String,
    },
    /// It is used again.
    ContainerTakenBack {
        /// Why.
        reason: String,
    },
    /// It was handed to another registrant.
    ContainerSent {
        /// What for; events from before it was asked have none.
        #[serde(default)]
        purpose: Purpose,
        /// To whom.
        to: String,
        /// Their registration.
        registration: String,
        /// The paper that went with it.
        document: String,
    },
    /// It broke or was spilled.
    ContainerBroken {
        /// What happened.
        note: String,
        /// Who saw it.
        witness: Witness,
    },
    /// What was written of its delivery was wrong; both stay.
    DeliveryCorrected {
        /// As it stood.
        before: Delivery,
        /// As it should stand.
        now: Delivery,
        /// Why.
        reason: String,
    },
    /// It was never delivered, or taken in as another product.
    ReceiptStruck {
        /// Why.
        reason: String,
        /// Who looked on.
        witness: Witness,
    },
    /// What was written of a syringe was wrong; both stay.
    SyringeCorrected {
        /// Which syringe.
        syringe: SyringeId,
        /// How much was drawn.
        volume: Microlitres,
        /// How much the patient got; none where nobody had said.
        given: Option<Micrograms>,
        /// How much was wasted; none where nothing was said to be.
        wasted: Option<Micrograms>,
        /// Why.
        reason: String,
        /// Who looked on.
        witness: Witness,
    },
    /// It was counted blind.
    ContainerCounted {
        /// What was found.
        found: Found,
        /// How much the ledger had, which whoever counted did not see.
        expected: Microlitres,
    },
    /// Somebody who had not counted explained a difference; the ledger goes on with what was found.
    DifferenceExplained {
        /// What it was.
        explanation: String,
        /// How much the ledger had.
        expected: Microlitres,
        /// How much there is.
        found: Microlitres,
    },
    /// What is missing was called a theft or a loss; the ledger goes on with what was found.
    LossCalled {
        /// When it was discovered.
        discovered_at: Moment,
        /// What is known.
        note: String,
        /// How much the ledger had.
        expected: Microlitres,
        /// How much there is.
        found: Microlitres,
    },
    /// The authority was told of the loss in writing.
    LossTold {
        /// Whom, and how.
        to: String,
    },
    /// The form about the loss was filed.
    LossFiled {
        /// Its number.
        reference: String,
    },
}

impl Recorded for ContainerEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::ContainerReceived { .. } => "ContainerReceived",
            Self::ContainerMoved { .. } => "ContainerMoved",
            Self::ContainerIssued { .. } => "ContainerIssued",
            Self::ContainerReturned { .. } => "ContainerReturned",
            Self::ContainerOpened => "ContainerOpened",
            Self::DrugDrawn { .. } => "DrugDrawn",
            Self::DrugChecked { .. } => "DrugChecked",
            Self::DrugGiven { .. } => "DrugGiven",
            Self::SyringeWasted { .. } => "SyringeWasted",
            Self::RestWasted { .. } => "RestWasted",
            Self::ContainerSetApart { .. } => "ContainerSetApart",
            Self::ContainerTakenBack { .. } => "ContainerTakenBack",
            Self::ContainerSent { .. } => "ContainerSent",
            Self::ContainerBroken { .. } => "ContainerBroken",
            Self::DeliveryCorrected { .. } => "DeliveryCorrected",
            Self::ReceiptStruck { .. } => "ReceiptStruck",
            Self::SyringeCorrected { .. } => "SyringeCorrected",
            Self::ContainerCounted { .. } => "ContainerCounted",
            Self::DifferenceExplained { .. } => "DifferenceExplained",
            Self::LossCalled { .. } => "LossCalled",
            Self::LossTold { .. } => "LossTold",
            Self::LossFiled { .. } => "LossFiled",
        }
    }
}
