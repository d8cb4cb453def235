//! Words and numbers as the chart and the document write them.

use clinical::record::{Actor, Role};
use jiff::tz::TimeZone;
use units::{MillimetresOfMercury, Moment};

/// The clinic's clock, four digits: `10:04`.
pub(crate) fn clock(at: Moment, zone: &TimeZone) -> String {
    at.timestamp()
        .to_zoned(zone.clone())
        .strftime("%H:%M")
        .to_string()
}

/// Who, in words: a person with their role, a device by its name, Evenkeel by its part.
pub(crate) fn actor(actor: &Actor) -> String {
    match actor {
        Actor::Person { name, role, .. } => format!("{name} ({})", role_says(*role)),
        Actor::Device { name } => name.clone(),
        Actor::System { part } => format!("Evenkeel ({part})"),
    }
}

/// A role in words.
pub(crate) const fn role_says(role: Role) -> &'static str {
    match role {
        Role::Patient => "patient",
        Role::FrontDesk => "front desk",
        Role::Nurse => "nurse",
        Role::Prescriber => "prescriber",
        Role::Therapist => "therapist",
        Role::MedicalDirector => "medical director",
        Role::Owner => "owner",
        Role::Auditor => "auditor",
        Role::IntegrationClient => "integration",
    }
}

/// `124/78 mmHg`.
pub(crate) fn pressure(systolic: MillimetresOfMercury, diastolic: MillimetresOfMercury) -> String {
    format!("{}/{diastolic}", systolic.value())
}

/// Text for the inside of an element or of an attribute in double quotes. Characters that XML
/// cannot carry are left out.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\t' => safe.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            control if control.is_control() => {}
            plain => safe.push(plain),
        }
    }
    safe
}
