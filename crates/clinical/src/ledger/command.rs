//! What someone wants done with a container.

use super::event::{Delivery, Label, Method, Purpose};
use super::product::Strength;
use crate::patient::CivilDate;
use crate::record::{Role, StaffId, SyringeId};
use serde::{Deserialize, Serialize};
use units::{Micrograms, Microlitres, Moment};

/// The second person, who proved who they are at that moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    /// Their account.
    pub id: StaffId,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
}

/// What is wasted of a syringe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waste {
    /// How much, as whoever wastes it sees it.
    pub amount: Micrograms,
    /// How.
    pub method: Method,
    /// The second person.
    pub witness: Witness,
}

/// What somebody found who counted without seeing what ought to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "found", rename_all = "kebab-case")]
pub enum Found {
    /// The container, never opened.
    Sealed,
    /// The container, opened, with so much in it.
    Opened {
        /// How much.
        volume: Microlitres,
    },
    /// No such container.
    Nothing,
}

/// What someone wants. A closed list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// To take in a container that was delivered.
    Receive {
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
    /// To put it elsewhere: into a room, back under lock.
    Move {
        /// Where it goes.
        to: String,
    },
    /// To hand it out of the safe, for the session that the circumstances name.
    Issue {
        /// Into which room.
        to: String,
    },
    /// To put back what was handed out for a session.
    Return {
        /// Where it is kept.
        to: String,
    },
    /// To draw from it into a syringe, for the session that the circumstances name.
    Draw {
        /// The syringe's identity.
        syringe: SyringeId,
        /// How much.
        volume: Microlitres,
        /// Why more than its label says comes out of it, or more is drawn than was ordered.
        reason: String,
    },
    /// To check what was drawn: a second person enters what they see, without the first entry.
    Check {
        /// Which.
        syringe: SyringeId,
        /// How much they see in it.
        volume: Microlitres,
        /// Which strength they read on the container.
        strength: Strength,
        /// The second person.
        checker: Witness,
    },
    /// To say what of a syringe the patient got.
    Give {
        /// Which.
        syringe: SyringeId,
        /// How much, by the record of the session.
        amount: Micrograms,
    },
    /// To say what of a syringe the patient got, and to waste the rest in the same act: both are
    /// written, or neither.
    Account {
        /// Which.
        syringe: SyringeId,
        /// How much the patient got, by the record of the session.
        given: Micrograms,
        /// The rest; none where it is wasted later, or nothing is left.
        waste: Option<Waste>,
    },
    /// To waste all that is left in a syringe, with a second person looking on.
    WasteSyringe {
        /// Which.
        syringe: SyringeId,
        /// How much that is, as whoever wastes it sees it.
        amount: Micrograms,
        /// How.
        method: Method,
        /// The second person.
        witness: Witness,
    },
    /// To waste what is left in an opened container, with a second person looking on.
    WasteRest {
        /// How much that is, as whoever wastes it sees it.
        volume: Microlitres,
        /// How.
        method: Method,
        /// Why.
        reason: String,
        /// The second person.
        witness: Witness,
    },
    /// To set it apart: expired, damaged, recalled.
    SetApart {
        /// Why.
        reason: String,
    },
    /// To use it again after it was set apart.
    TakeBack {
        /// Why.
        reason: String,
    },
    /// To hand it to another registrant: back to the supplier, to another clinic, to a reverse
    /// distributor.
    Send {
        /// What for.
        purpose: Purpose,
        /// To whom, with their address.
        to: String,
        /// Their registration.
        registration: String,
        /// The number of the paper that goes with it.
        document: String,
    },
    /// It broke or was spilled, and a second person saw it: that is no loss.
    Break {
        /// What happened.
        note: String,
        /// The second person.
        witness: Witness,
    },
    /// To set right what was written of its delivery. Drug and strength are not corrected: what was
    /// taken in as another product is struck, and taken in again.
    CorrectDelivery {
        /// As it should stand.
        now: Delivery,
        /// Why.
        reason: String,
    },
    /// To strike what was never delivered, or was taken in as another product; never opened.
    Strike {
        /// Why.
        reason: String,
        /// The second person.
        witness: Witness,
    },
    /// To set right what was written of a syringe. What was wasted follows from the two others.
    CorrectSyringe {
        /// Which.
        syringe: SyringeId,
        /// How much was drawn.
        volume: Microlitres,
        /// How much the patient got; none where nobody has said yet.
        given: Option<Micrograms>,
        /// Why.
        reason: String,
        /// The second person.
        witness: Witness,
    },
    /// To count it blind.
    Count {
        /// What was found.
        found: Found,
    },
    /// To explain a difference that a count found.
    Explain {
        /// What it was.
        explanation: String,
    },
    /// To call what is missing a theft or a loss.
    CallLost {
        /// When it was discovered.
        discovered_at: Moment,
        /// What is known.
        note: String,
    },
    /// The authority was told in writing.
    NoteTold {
        /// Whom, and how.
        to: String,
    },
    /// The form about it was filed.
    NoteFiled {
        /// Its number.
        reference: String,
    },
}
