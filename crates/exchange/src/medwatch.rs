//! What the regulator's voluntary form for clinicians asks of one adverse event, as named fields.
//!
//! Source: clinical reference 6.4 (MedWatch, voluntary for clinicians; what makes an event serious).
//! How the form is divided, and its headings, are general knowledge of form FDA 3500 and not read
//! from the form itself: each data set says so. The words are our own. The person is named by a code
//! that is made for this event alone, as the form asks for one that is not their name.

use clinical::course::reporting::{Account, EmergencyVisit};
use clinical::course::session::Criterion;
use clinical::patient::{CivilDate, Sex};
use serde::Serialize;
use uuid::Uuid;

/// The form.
pub const FORM: &str = "MedWatch, form FDA 3500 (voluntary)";

/// What of this data set is not read from the form itself.
pub const UNVERIFIED: &str = "The division and the headings are general knowledge. Compare them with the form that is in force before you send it.";

/// What is known of the event and its circumstances. What is none is missing.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The event.
    pub account: &'a Account,
    /// When it began, as a date.
    pub began_on: CivilDate,
    /// When it ended, as a date.
    pub ended_on: Option<CivilDate>,
    /// Today.
    pub today: CivilDate,
    /// Completed years at the event.
    pub age: Option<u16>,
    /// Administrative sex.
    pub sex: Option<Sex>,
    /// The newest weight with its unit.
    pub weight: Option<String>,
    /// The product in words.
    pub product: String,
    /// What was given with its unit; none where it is not known.
    pub given: Option<String>,
    /// How.
    pub route: String,
    /// On which day.
    pub given_on: Option<CivilDate>,
    /// The lots.
    pub lots: Vec<String>,
    /// Other medicines; none where nobody told any, or that there are none.
    pub medicines: Option<Vec<String>>,
    /// The clinic and its address.
    pub setting: Option<String>,
    /// Whoever prepares the report, with their role.
    pub reporter: String,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Its name.
    pub field: &'static str,
    /// What it asks, in our words.
    pub asks: &'static str,
    /// Its value; none where it is missing.
    pub value: Option<String>,
    /// What to do where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<&'static str>,
}

/// The fields of one event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DataSet {
    /// Which form.
    pub form: &'static str,
    /// What is not read from the form itself.
    pub unverified: &'static str,
    /// In the order of the form.
    pub fields: Vec<Field>,
}

/// A code for the person that leads back to them in this clinic alone, another one for each event.
pub fn code_of(patient: Uuid, event: Uuid) -> String {
    let code = Uuid::new_v5(&event, patient.as_bytes())
        .simple()
        .to_string();
    let short: String = code.chars().take(8).collect();
    format!("EK-{}", short.to_uppercase())
}

/// The data set of one event; `code` stands for the person.
pub fn data_set(facts: &Facts<'_>, code: &str) -> DataSet {
    let has = |value: &str| Some(value.trim().to_owned()).filter(|value| !value.is_empty());
    let fields = vec![
        with(
            "a-1-patient-identifier",
            "A code for the person, not their name",
            has(code),
            "",
        ),
        with(
            "a-2-age",
            "Age at the event",
            facts.age.map(|years| format!("{years} years")),
            "the date of birth is not known",
        ),
        with(
            "a-3-sex",
            "Sex",
            facts.sex.and_then(|sex| match sex {
                Sex::Female => Some("female".to_owned()),
                Sex::Male => Some("male".to_owned()),
                Sex::Other => Some("other".to_owned()),
                Sex::Unknown => None,
            }),
            "ask, and correct the registration",
        ),
        with(
            "a-4-weight",
            "Weight",
            facts.weight.clone(),
            "weigh the person, or leave it",
        ),
        with(
            "b-1-kind",
            "Adverse event, or a problem of the product",
            has("adverse event"),
            "",
        ),
        with(
            "b-2-outcomes",
            "What made it serious",
            Some(criteria(facts.account)),
            "",
        ),
        with(
            "b-3-date-of-event",
            "Date of the event",
            Some(facts.began_on.to_string()),
            "",
        ),
        with(
            "b-4-date-of-report",
            "Date of this report",
            Some(facts.today.to_string()),
            "",
        ),
        with(
            "b-5-description",
            "What happened",
            Some(description(facts)),
            "",
        ),
        with(
            "b-6-tests",
            "Tests that bear on it",
            None,
            "write those that you have, or that there were none",
        ),
        with(
            "b-7-history",
            "Other history that bears on it",
            None,
            "write it from the person’s history",
        ),
        with(
            "c-1-product",
            "The product that is suspected",
            has(&facts.product),
            "",
        ),
        with(
            "c-2-dose-route",
            "How much, and how",
            facts
                .given
                .as_ref()
                .map(|given| format!("{given} {}", facts.route)),
            "how much went in is not known: say so",
        ),
        with(
            "c-3-dates",
            "When it was given",
            facts.given_on.map(|on| on.to_string()),
            "nothing was given",
        ),
        with(
            "c-4-reason",
            "What for",
            None,
            "write the diagnosis that the prescriber treats",
        ),
        with(
            "c-5-lot",
            "Lots",
            has(&facts.lots.join(", ")),
            "the ledger gave out nothing for this session",
        ),
        with(
            "c-6-abated",
            "Whether it abated after the product was stopped",
            // What became of the person does not say whether the product was stopped.
            None,
            "say whether it was stopped, and whether it abated then",
        ),
        with(
            "c-7-reappeared",
            "Whether it came again with the product",
            None,
            "write it after the next session, or that there was none",
        ),
        with(
            "d-other-products",
            "Other medicines at the time",
            facts.medicines.as_ref().map(|all| match all.as_slice() {
                [] => "none".to_owned(),
                all => all.join(", "),
            }),
            "nobody has asked about medicines: ask, under History",
        ),
        with("e-1-reporter", "Who reports", has(&facts.reporter), ""),
        with(
            "e-2-address",
            "Clinic and address",
            facts.setting.clone(),
            "say under Programme how the clinic names itself",
        ),
        with(
            "e-3-also-reported",
            "Who else was told",
            None,
            "say whether the maker or the safety programme was told",
        ),
    ];
    DataSet {
        form: FORM,
        unverified: UNVERIFIED,
        fields,
    }
}

fn with(
    field: &'static str,
    asks: &'static str,
    value: Option<String>,
    missing: &'static str,
) -> Field {
    let missing = value.is_none().then_some(missing);
    Field {
        field,
        asks,
        value,
        missing,
    }
}

fn criteria(account: &Account) -> String {
    if account.noted.serious.is_empty() {
        return "none: it was checked and is not serious".to_owned();
    }
    let words: Vec<&str> = account
        .noted
        .serious
        .iter()
        .map(|criterion| match criterion {
            Criterion::Death => "death",
            Criterion::LifeThreatening => "life-threatening",
            Criterion::Hospitalisation => "hospitalisation, first or prolonged",
            Criterion::Disability => "disability or permanent damage",
            Criterion::CongenitalAnomaly => "congenital anomaly or birth defect",
            Criterion::OtherImportant => "other serious, or needed intervention",
        })
        .collect();
    words.join("; ")
}

fn description(facts: &Facts<'_>) -> String {
    let noted = &facts.account.noted;
    let mut parts = vec![noted.description.trim().replace('\n', " ")];
    if !noted.treatment.trim().is_empty() {
        parts.push(format!("Treatment: {}", noted.treatment.trim()));
    }
    parts.push(format!("Outcome: {}", noted.outcome.says()));
    parts.push(match facts.ended_on {
        Some(on) => format!("Ended: {on}"),
        None => "Ended: not, or not known".to_owned(),
    });
    parts.push(format!(
        "Emergency department: {}",
        visit(noted.emergency_visit)
    ));
    parts.push(format!(
        "Caused by the product: {}",
        noted.relatedness.says()
    ));
    parts.join(". ")
}

const fn visit(visit: EmergencyVisit) -> &'static str {
    match visit {
        EmergencyVisit::NotKnown => "not known",
        EmergencyVisit::None => "no",
        EmergencyVisit::WithoutAdmission => "yes, not admitted",
        EmergencyVisit::Admitted => "yes, admitted",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical::course::reporting::{Expectation, Noted, Origin, ToldBy};
    use clinical::course::session::{AdverseOutcome, Relatedness, Severity};
    use clinical::record::SessionId;
    use units::{Moment, Span};

    fn account() -> Account {
        let began_at = Moment::from_microseconds(1_790_000_000_000_000);
        Account {
            event: Uuid::from_u128(0xae),
            session: SessionId(Uuid::from_u128(1)),
            origin: Origin::Staff,
            noted: Noted {
                description: "fell at home".to_owned(),
                began_at,
                ended_at: Some(began_at + Span::from_minutes(10)),
                severity: Severity::Severe,
                serious: [Criterion::Hospitalisation, Criterion::OtherImportant].into(),
                emergency_visit: EmergencyVisit::Admitted,
                expected: Expectation::NotListed,
                relatedness: Relatedness::Possible,
                outcome: AdverseOutcome::Recovering,
                treatment: "stitches".to_owned(),
                told_by: ToldBy::Patient,
                report: None,
            },
            by: "Nora".to_owned(),
            at: began_at,
            changed_at: began_at,
            struck: None,
        }
    }

    fn facts(account: &Account) -> Facts<'_> {
        Facts {
            account,
            began_on: "2026-09-21".parse().unwrap(),
            ended_on: None,
            today: "2026-09-24".parse().unwrap(),
            age: Some(46),
            sex: Some(Sex::Unknown),
            weight: None,
            product: "esketamine".to_owned(),
            given: None,
            route: "into the nose".to_owned(),
            given_on: Some("2026-09-21".parse().unwrap()),
            lots: vec!["LOT-7".to_owned()],
            medicines: None,
            setting: None,
            reporter: "Nora Lindqvist, nurse".to_owned(),
        }
    }

    #[test]
    fn what_is_not_known_is_named_as_missing_with_what_to_do_and_never_filled() {
        // Hazard: H67
        let account = account();
        let set = data_set(&facts(&account), "EK-1");
        for field in [
            "a-3-sex",
            "a-4-weight",
            "c-2-dose-route",
            "d-other-products",
        ] {
            let found = set.fields.iter().find(|one| one.field == field).unwrap();
            assert_eq!(found.value, None, "{field}");
            assert!(
                found.missing.is_some_and(|says| !says.is_empty()),
                "{field}"
            );
        }
        let no_reason = set
            .fields
            .iter()
            .filter(|one| one.value.is_none())
            .all(|one| one.missing.is_some_and(|says| !says.is_empty()));
        assert!(no_reason);
    }

    #[test]
    fn several_criteria_stand_together() {
        let account = account();
        let set = data_set(&facts(&account), "EK-1");
        let found = set.fields.iter().find(|one| one.field == "b-2-outcomes");
        assert_eq!(
            found.unwrap().value.as_deref(),
            Some("hospitalisation, first or prolonged; other serious, or needed intervention")
        );
    }

    #[test]
    fn the_code_of_a_person_is_another_one_for_each_event() {
        let (person, one, other) = (Uuid::from_u128(7), Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(code_of(person, one), code_of(person, one));
        assert_ne!(code_of(person, one), code_of(person, other));
        assert!(!code_of(person, one).contains("0042"));
    }
}
