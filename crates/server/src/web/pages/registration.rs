//! Who a person is and how they are reached: registering, correcting, and two records of one.

use super::around::Around;
use super::clock_face::civil_date;
use askama::Template;
use clinical::leaflet::Language;
use clinical::patient::{Likeness, Patient, Registration};
use clinical::record::{PatientId, Role};

/// What stands in a field of the form, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Typed<'a> {
    /// The field's name.
    pub name: &'static str,
    /// What was typed.
    pub text: &'a str,
}

/// The page.
pub struct RegistrationPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Whose details; `None` for somebody new.
    pub person: Option<(PatientId, u64, &'a Patient)>,
    /// The record that this one led here from.
    pub opened_by: Option<String>,
    /// What stands in each field.
    pub typed: Vec<Typed<'a>>,
    /// What is wrong with a field, or with the whole.
    pub problem: Option<(&'a str, String)>,
    /// Who may be the same person, and why.
    pub alike: Vec<(&'a Registration, &'a [Likeness])>,
    /// The numbers of the records that lead to this one, and which.
    pub took_in: Vec<(PatientId, String)>,
    /// True for who may change something here.
    pub may_change: bool,
}

#[derive(Template)]
#[template(path = "registration.html")]
struct Page<'a> {
    around: Around<'a>,
    title: String,
    action: String,
    id: Option<String>,
    version: u64,
    opened_by: Option<&'a str>,
    fields: Vec<Field<'a>>,
    sexes: Vec<Choice>,
    languages: Vec<Choice>,
    problem: Option<String>,
    alike: Vec<AlikeLine>,
    proposal: Option<ProposalLine>,
    took_in: Vec<(String, String)>,
    may_change: bool,
    may_confirm: bool,
    may_open_chart: bool,
}

struct Field<'a> {
    name: &'static str,
    says: &'static str,
    kind: &'static str,
    hint: &'static str,
    required: bool,
    text: &'a str,
    problem: Option<String>,
}

struct Choice {
    word: &'static str,
    says: &'static str,
    chosen: bool,
}

struct AlikeLine {
    id: String,
    name: String,
    born: String,
    number: String,
    why: String,
}

struct ProposalLine {
    from: String,
    into: String,
    who: String,
    when: String,
    reason: String,
}

/// Name, label, type, hint, needed.
const FIELDS: [(&str, &str, &str, &str, bool); 7] = [
    ("family_name", "Family name", "text", "", true),
    ("given_name", "Given name", "text", "", true),
    (
        "birth_date",
        "Date of birth",
        "date",
        "year-month-day: 1984-03-02",
        true,
    ),
    (
        "record_number",
        "Record number",
        "text",
        "empty: the next free one",
        false,
    ),
    ("email", "E-mail", "email", "", false),
    (
        "mobile",
        "Mobile telephone",
        "tel",
        "with the country code: +57 310 555 0142",
        false,
    ),
    (
        "zone",
        "Time zone",
        "text",
        "empty: the clinic’s; otherwise as America/Bogota",
        false,
    ),
];

/// Word and words of each sex.
pub const SEXES: [(&str, &str); 4] = [
    ("female", "female"),
    ("male", "male"),
    ("other", "other"),
    ("unknown", "not known"),
];

impl RegistrationPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let text = |name: &str| {
            let typed = self.typed.iter().find(|typed| typed.name == name);
            typed.map_or("", |typed| typed.text)
        };
        let fields = FIELDS
            .iter()
            .map(|(name, says, kind, hint, required)| Field {
                name,
                says,
                kind,
                hint,
                required: *required,
                text: text(name),
                problem: self
                    .problem
                    .as_ref()
                    .filter(|(field, _)| field == name)
                    .map(|(_, says)| says.clone()),
            })
            .collect();
        let choice = |name: &str, word: &'static str, says| Choice {
            word,
            says,
            chosen: text(name) == word,
        };
        let patient = self.person.map(|(_, _, patient)| patient);
        let role = self.around.viewer.map(|viewer| viewer.role);
        let clinical = matches!(
            role,
            Some(Role::Nurse | Role::Prescriber | Role::MedicalDirector)
        );
        super::written(&Page {
            around: self.around,
            title: patient.and_then(Patient::banner_name).map_or_else(
                || "Register a person".to_owned(),
                |name| format!("Details of {name}"),
            ),
            action: self.person.map_or_else(
                || "/patients/new".to_owned(),
                |(id, _, _)| format!("/patients/{id}/details"),
            ),
            id: self.person.map(|(id, _, _)| id.to_string()),
            version: self.person.map_or(0, |(_, version, _)| version),
            opened_by: self.opened_by.as_deref(),
            fields,
            sexes: SEXES.map(|(word, says)| choice("sex", word, says)).into(),
            languages: Language::ALL
                .map(|language| choice("language", language.tag(), language.says()))
                .into(),
            problem: self.problem.as_ref().map(|(_, says)| says.clone()),
            alike: self.alike.iter().map(alike_line).collect(),
            proposal: patient
                .and_then(|patient| patient.merge_proposed.as_ref())
                .map(|proposal| ProposalLine {
                    from: proposal.from.to_string(),
                    into: proposal.into.to_string(),
                    who: proposal.name.clone(),
                    when: self.around.clock().when(proposal.at),
                    reason: proposal.reason.clone(),
                }),
            took_in: self
                .took_in
                .iter()
                .map(|(id, number)| (id.to_string(), number.clone()))
                .collect(),
            may_change: self.may_change,
            may_confirm: clinical,
            may_open_chart: clinical || matches!(role, Some(Role::Therapist | Role::Auditor)),
        })
    }
}

impl Page<'_> {
    /// True while nobody has chosen: then nothing is chosen for them.
    fn unsaid(&self, choices: &[Choice]) -> bool {
        !choices.iter().any(|choice| choice.chosen)
    }
}

fn alike_line((registration, why): &(&Registration, &[Likeness])) -> AlikeLine {
    let why: Vec<&str> = why.iter().map(|why| why.says()).collect();
    AlikeLine {
        id: registration.patient.to_string(),
        name: format!(
            "{}, {}",
            registration.family_name.to_uppercase(),
            registration.given_name
        ),
        born: civil_date(registration.birth_date),
        number: registration.record_number.clone(),
        why: why.join("; "),
    }
}

/// Somebody new, of whom nothing was typed yet.
pub fn sample() -> RegistrationPage<'static> {
    RegistrationPage {
        around: super::around::sample::around("/patients/new"),
        person: None,
        opened_by: None,
        typed: Vec::new(),
        problem: None,
        alike: Vec::new(),
        took_in: Vec::new(),
        may_change: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_stands_there_again_beside_what_is_wrong_with_it() {
        let html = RegistrationPage {
            typed: vec![Typed {
                name: "birth_date",
                text: "1985-02-29",
            }],
            problem: Some(("birth_date", "There is no 29 February in 1985.".to_owned())),
            ..sample()
        }
        .html();
        assert!(html.contains("value=\"1985-02-29\""));
        assert!(html.contains("id=\"birth_date-problem\""));
    }
}
