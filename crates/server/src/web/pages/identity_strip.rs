//! Who is this? The strip that stands on every page with a form that writes. `Hazard: H02`.

use super::around::Around;
use super::clock_face::{civil_date, today};
use crate::web::access::{AUDIT, CHART, PEOPLE, RECEPTION, ROOM, Roles};
use clinical::patient::{Allergies, Patient, Sex};
use jiff::tz::TimeZone;
use units::Moment;

/// The person in words; nothing in it is ever blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityStrip {
    /// `MORENO, Ana`.
    pub name: String,
    /// `9 May 1996`.
    pub born: String,
    /// `29 y`.
    pub age: String,
    /// The clinic's number.
    pub number: String,
    /// In words.
    pub sex: &'static str,
    /// `72 kg, 12 days ago`.
    pub weight: String,
    /// Allergies in words.
    pub allergies: String,
    /// True when somebody must look or ask: allergies are listed, or nobody has asked.
    pub allergies_stand_out: bool,
    /// The record's own address; empty for somebody who is not registered.
    pub own: String,
}

/// A way from one page of a record to another.
pub struct Way {
    /// Where to.
    pub to: String,
    /// In words.
    pub says: &'static str,
    /// True on the page itself.
    pub here: bool,
}

impl IdentityStrip {
    /// Of a person at a moment.
    pub fn of(patient: &Patient, now: Moment, zone: &TimeZone) -> Self {
        let who = patient.registration.as_ref();
        let clock = super::clock_face::ClockFace { zone, now };
        let allergies = match &patient.allergies {
            Allergies::NotAsked => "not asked".to_owned(),
            Allergies::NotSure => "asked, not sure".to_owned(),
            Allergies::NoneKnown => "no known allergies".to_owned(),
            Allergies::List(list) if list.is_empty() => "recorded, none named".to_owned(),
            Allergies::List(_) => patient
                .allergies
                .to_string()
                .trim_start_matches("Allergies: ")
                .to_owned(),
        };
        Self {
            name: patient
                .banner_name()
                .unwrap_or_else(|| "Name not recorded".to_owned()),
            born: who.map_or_else(
                || "not recorded".to_owned(),
                |who| civil_date(who.birth_date),
            ),
            age: today(now, zone)
                .and_then(|today| patient.age(today))
                .map_or_else(
                    || "age not known".to_owned(),
                    |years| format!("{years}\u{a0}y"),
                ),
            number: who.map_or_else(
                || "not recorded".to_owned(),
                |who| who.record_number.clone(),
            ),
            sex: who.map_or("sex not recorded", |who| match who.sex {
                Sex::Female => "female",
                Sex::Male => "male",
                Sex::Other => "other sex",
                Sex::Unknown => "sex not known",
            }),
            weight: patient.body_weight().map_or_else(
                || "not measured".to_owned(),
                |weight| format!("{}, {}", weight.kilograms, clock.ago(weight.at)),
            ),
            allergies,
            allergies_stand_out: !matches!(patient.allergies, Allergies::NoneKnown),
            own: who.map_or_else(String::new, |who| format!("/patients/{}", who.patient)),
        }
    }

    /// The pages of this record that the viewer's role opens.
    pub fn ways(&self, around: &Around<'_>) -> Vec<Way> {
        let role = around.viewer.map(|viewer| viewer.role);
        let ways: [(&str, &str, Roles); 17] = [
            ("", "Chart", CHART),
            ("/history", "History", CHART),
            ("/review", "Review", CHART),
            ("/clearances", "Letters", CHART),
            ("/consent", "Consent", CHART),
            ("/wishes", "Wishes", CHART),
            ("/keepsakes", "Shared", CHART),
            ("/follow-up", "After", CHART),
            ("/integration", "Integration", CHART),
            ("/outcomes", "Outcomes", ROOM),
            ("/next-step", "Next step", ROOM),
            ("/programme", "Programme", CHART),
            ("/course", "Visits", RECEPTION),
            ("/details", "Details", PEOPLE),
            ("/link", "Let in", RECEPTION),
            ("/record", "Papers", ROOM),
            // The medical director comes to it from the papers.
            ("/readers", "Who has read", AUDIT),
        ];
        ways.into_iter()
            .filter(|(_, _, roles)| role.is_some_and(|role| roles.include(role)))
            .map(|(page, says, _)| {
                let to = format!("{}{page}", self.own);
                Way {
                    here: around.path == to,
                    to,
                    says,
                }
            })
            .collect()
    }
}

/// Invented people of the samples.
pub mod sample {
    use super::super::around::sample::NOW;
    use clinical::patient::{Allergies, CivilDate, Patient, PatientEvent, Sex};
    use clinical::record::PatientId;
    use units::{Decimal, Kilograms, Span};
    use uuid::Uuid;

    /// Somebody registered, asked about allergies or not, and weighed.
    pub fn person(
        number: u128,
        family: &str,
        given: &str,
        allergies: Option<Allergies>,
    ) -> Patient {
        let mut events = vec![PatientEvent::PatientRegistered {
            patient: PatientId(Uuid::from_u128(number)),
            record_number: format!("0042-{number}"),
            family_name: family.to_owned(),
            given_name: given.to_owned(),
            birth_date: birth(1984),
            sex: Sex::Female,
        }];
        if let Some(allergies) = allergies {
            events.push(PatientEvent::AllergiesRecorded {
                allergies,
                at: NOW,
                by: "Nora Quist".to_owned(),
            });
        }
        if let Ok(kilograms) = Kilograms::new(Decimal::from(72)) {
            let at = NOW - Span::from_hours(24 * 12);
            events.push(PatientEvent::BodyWeightMeasured {
                kilograms,
                at,
                by: "Nora Quist".to_owned(),
            });
        }
        Patient::fold(&events)
    }

    fn birth(year: i16) -> CivilDate {
        CivilDate::new(year, 5, 9).unwrap_or_else(|_| birth(1990))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_nobody_knows_yet_has_words_in_every_place() {
        // Hazard: H02
        let strip = IdentityStrip::of(
            &Patient::default(),
            super::super::around::sample::NOW,
            &TimeZone::UTC,
        );
        assert_eq!(strip.name, "Name not recorded");
        assert_eq!(strip.allergies, "not asked");
        assert_eq!(strip.weight, "not measured");
        assert!(strip.allergies_stand_out);
    }
}
