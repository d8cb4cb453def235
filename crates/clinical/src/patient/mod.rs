//! Who is treated: the least that every screen must show to name a person safely.

mod age;
mod contacts;
mod enrolment;
mod likeness;
mod merge;
mod record;
mod record_number;

pub use age::{CivilDate, NotADate, age_in_years};
pub use contacts::{Channel, Companion, Contacts, WritingHours};
pub use enrolment::{Enrolment, EnrolmentSaid};
pub use likeness::{Known, Likeness, folded, keys, likeness};
pub use merge::{MergeCommand, MergeProposal, MergeRefused, Merged, Pair, decide_merge};
pub use record::{Allergies, Allergy, BodyWeight, Patient, PatientEvent, Registration, Sex};
pub use record_number::{NumberTaken, RecordNumber, RecordNumberEvent, compared};
