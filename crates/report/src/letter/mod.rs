//! The letter that asks another clinician for a clearance: what is planned, which rules ask for
//! it, what to answer, by which patient and which clinic.
//!
//! Like the record it knows no clock: the same request gives the same bytes.

pub mod telling;
#[cfg(test)]
mod tests;

use crate::document::Fault;
use crate::press::{self, Job};
use clinical::course::clearance::Request;
use clinical::patient::{CivilDate, Registration};
use jiff::tz::TimeZone;
use serde::Serialize;

/// What a letter is set from: owned, so that it may be set on another thread.
#[derive(Clone, Debug, Serialize)]
pub struct LetterInput {
    clinic: String,
    to: String,
    from: String,
    patient: Patient,
    plan: String,
    asks: Vec<Asks>,
    question: String,
    holds: String,
    asked_by: String,
    asked_on: String,
    reference: String,
    software: String,
    day: (i32, u8, u8),
}

#[derive(Clone, Debug, Serialize)]
struct Patient {
    name: String,
    born: String,
    number: String,
}

/// One rule that asks for the letter.
#[derive(Clone, Debug, Serialize)]
struct Asks {
    code: String,
    says: String,
    attach: Option<String>,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `2 March 1984`.
fn day(date: CivilDate) -> String {
    let month = MONTHS
        .get(usize::from(date.month()).saturating_sub(1))
        .unwrap_or(&"");
    format!("{} {month} {}", date.day(), date.year())
}

/// What a rule's remedy wants attached, if it says so: `attach: an ECG.`
///
/// The rest of a remedy is spoken to the clinic and not to whom it writes to.
fn attached(remedy: &str) -> Option<String> {
    let (_, wanted) = remedy.split_once("attach: ")?;
    let sentence = wanted.split_once(". ").map_or(wanted, |(first, _)| first);
    Some(sentence.trim_end_matches('.').to_owned())
}

impl LetterInput {
    /// Reads a request.
    ///
    /// `clinic` is the house's name, `holds_days` how many days a letter holds by the rules in
    /// force; the date is shown on the clinic's calendar.
    pub fn from_request(
        request: &Request,
        patient: &Registration,
        clinic: &str,
        holds_days: i32,
        zone: &TimeZone,
    ) -> Self {
        let asked = &request.asked;
        let on = request.by.at.timestamp().to_zoned(zone.clone());
        let count = |number: i8| u8::try_from(number).unwrap_or(1);
        Self {
            clinic: clinic.to_owned(),
            to: asked.recipient.name.clone(),
            from: asked.from.clone(),
            patient: Patient {
                name: format!("{} {}", patient.given_name, patient.family_name),
                born: day(patient.birth_date),
                number: patient.record_number.clone(),
            },
            plan: format!("{}, {}", asked.product.says(), asked.route.says()),
            asks: asked
                .about
                .iter()
                .map(|lifts| Asks {
                    code: lifts.short().to_owned(),
                    says: lifts.says.clone(),
                    attach: attached(&lifts.remedy),
                })
                .collect(),
            question: asked.question.clone(),
            holds: format!("{holds_days} days"),
            asked_by: request.by.name.clone(),
            asked_on: on.strftime("%-d %B %Y").to_string(),
            reference: request.id.to_string(),
            software: format!("Evenkeel {}", env!("CARGO_PKG_VERSION")),
            day: (i32::from(on.year()), count(on.month()), count(on.day())),
        }
    }
}

/// The letter as PDF/UA-1 bytes.
pub fn clearance_letter(input: &LetterInput) -> Result<Vec<u8>, Fault> {
    press::set(&Job {
        template: include_str!("letter.typ"),
        data: input,
        day: input.day,
        identity: format!("evenkeel-letter-{}", input.reference),
        software: &input.software,
    })
}
