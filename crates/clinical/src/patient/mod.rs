//! Who is treated: the least that every screen must show to name a person safely.

mod age;
mod contacts;
mod record;

pub use age::{CivilDate, NotADate, age_in_years};
pub use contacts::{Channel, Companion, Contacts, WritingHours};
pub use record::{Allergies, Allergy, BodyWeight, Patient, PatientEvent, Registration, Sex};
