//! Everybody whose review is open, and every letter that somebody must act on.

use super::around::Around;
use super::clearances::{mail_trouble, standing_says};
use super::clock_face::civil_date;
use askama::Template;
use clinical::course::clearance::{Lifts, Request, Standing, Times};
use clinical::patient::CivilDate;
use clinical::record::PatientId;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The list of reviews.
pub struct ReviewList<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Everybody on it.
    pub people: BTreeMap<PatientId, ReviewRow>,
    /// Answers that need a person today and that nobody has seen to.
    pub calls: Vec<CallRow>,
    /// Their letters.
    pub letters: Vec<LetterRow>,
}

/// Somebody whose answer needs a person today.
#[derive(Clone, Debug)]
pub struct CallRow {
    /// Who.
    pub patient: PatientId,
    /// As the banner says it.
    pub name: String,
    /// What was answered.
    pub says: String,
    /// Since when.
    pub since: String,
}

/// One person on the list.
#[derive(Clone, Debug, Default)]
pub struct ReviewRow {
    /// As the banner says it.
    pub name: String,
    /// The history was sent in and waits for its reader.
    pub submitted: bool,
    /// How the answer of the rules stands; `None` when they were not asked yet.
    pub screening: Option<String>,
    /// What the list shows of it.
    pub summary: Summary,
}

/// What the projection keeps of an answer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Summary {
    blocking: Vec<String>,
    until: Option<CivilDate>,
}

/// One letter on the list.
#[derive(Clone, Debug)]
pub struct LetterRow {
    patient: PatientId,
    codes: String,
    from: String,
    standing: Standing,
    mail_trouble: Option<&'static str>,
}

impl LetterRow {
    /// Of a request, on a day.
    pub fn of(patient: PatientId, request: &Request, today: CivilDate, times: Times) -> Self {
        let codes: Vec<&str> = request.asked.about.iter().map(Lifts::short).collect();
        Self {
            patient,
            codes: codes.join(", "),
            from: request.asked.from.clone(),
            standing: request.standing(today, times),
            mail_trouble: mail_trouble(request),
        }
    }
}

#[derive(Template)]
#[template(path = "review_list.html")]
struct Page<'a> {
    around: Around<'a>,
    calls: Vec<Line>,
    groups: Vec<Group>,
    letters: Vec<LetterLine>,
}

struct Group {
    id: &'static str,
    heading: &'static str,
    lines: Vec<Line>,
}

struct Line {
    link: String,
    name: String,
    says: String,
}

struct LetterLine {
    link: String,
    name: String,
    what: String,
    state: &'static str,
    says: String,
}

/// Where a person stands on the list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    ToReview,
    Waiting,
    Blocked,
    Accepted,
    Declined,
}

const PLACES: [(Place, &str, &str); 5] = [
    (Place::ToReview, "to-review", "To review"),
    (Place::Waiting, "waiting", "Waiting for a letter"),
    (Place::Blocked, "blocked", "Blocked"),
    (Place::Accepted, "accepted", "Accepted"),
    (Place::Declined, "declined", "Declined"),
];

impl ReviewList<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let groups = PLACES
            .into_iter()
            .filter_map(|(place, id, heading)| {
                let lines: Vec<Line> = self
                    .people
                    .iter()
                    .filter_map(|(patient, row)| {
                        let (found, says) = self.place(*patient, row);
                        (found == place).then(|| Line {
                            link: format!("/patients/{patient}/review"),
                            name: row.name.clone(),
                            says,
                        })
                    })
                    .collect();
                (!lines.is_empty()).then_some(Group { id, heading, lines })
            })
            .collect();
        let letters = self
            .letters
            .iter()
            .filter_map(|letter| {
                let (state, says, calls) = standing_says(letter.standing);
                let name = self.people.get(&letter.patient)?.name.clone();
                let says = match letter.mail_trouble {
                    None => says,
                    Some(trouble) => format!("{says} {trouble}"),
                };
                (calls || letter.mail_trouble.is_some()).then(|| LetterLine {
                    link: format!("/patients/{}/clearances", letter.patient),
                    name,
                    what: format!("{}: {}", letter.codes, letter.from),
                    state,
                    says,
                })
            })
            .collect();
        let calls = self
            .calls
            .iter()
            .map(|call| Line {
                link: format!("/patients/{}/review", call.patient),
                name: call.name.clone(),
                says: format!("{} Since {}.", call.says, call.since),
            })
            .collect();
        super::written(&Page {
            around: self.around,
            calls,
            groups,
            letters,
        })
    }

    fn place(&self, patient: PatientId, row: &ReviewRow) -> (Place, String) {
        let blocking = row.summary.blocking.join(", ");
        let expired = self
            .letters
            .iter()
            .find_map(|letter| match letter.standing {
                Standing::Expired { until } if letter.patient == patient => Some((letter, until)),
                _ => None,
            });
        match row.screening.as_deref() {
            Some("accepted") => match expired {
                Some((letter, until)) => (
                    Place::Blocked,
                    format!(
                        "Was accepted; the letter of {} about {} held until {}.",
                        letter.from,
                        letter.codes,
                        civil_date(until)
                    ),
                ),
                None => (
                    Place::Accepted,
                    row.summary.until.map_or_else(
                        || "Accepted for treatment.".to_owned(),
                        |until| format!("Accepted; a letter holds until {}.", civil_date(until)),
                    ),
                ),
            },
            Some("declined") => (Place::Declined, "A prescriber declined.".to_owned()),
            Some("to-decide") => (
                Place::ToReview,
                "Nothing blocks: a prescriber decides.".to_owned(),
            ),
            Some(_) => match self.waited_for(patient) {
                Some(says) => (Place::Waiting, says),
                None => (Place::Blocked, format!("Blocked by {blocking}.")),
            },
            None if row.submitted => (
                Place::ToReview,
                "The history was sent in; the rules were not asked yet.".to_owned(),
            ),
            None => (Place::ToReview, "The rules were not asked yet.".to_owned()),
        }
    }

    /// The letters that are waited for, in one sentence.
    fn waited_for(&self, patient: PatientId) -> Option<String> {
        let parts: Vec<String> = self
            .letters
            .iter()
            .filter(|letter| letter.patient == patient)
            .filter_map(|letter| match letter.standing {
                Standing::Waiting { chase_on } => Some(format!(
                    "{} about {}, until {}",
                    letter.from,
                    letter.codes,
                    civil_date(chase_on)
                )),
                Standing::ToChase { since } => Some(format!(
                    "{} about {}, overdue since {}",
                    letter.from,
                    letter.codes,
                    civil_date(since)
                )),
                Standing::ToSend
                | Standing::ToTakeIn
                | Standing::Undated
                | Standing::ToReview
                | Standing::Rejected
                | Standing::Holds { .. }
                | Standing::ToRenew { .. }
                | Standing::Expired { .. }
                | Standing::Withdrawn => None,
            })
            .collect();
        (!parts.is_empty()).then(|| format!("Waiting for {}.", parts.join("; ")))
    }
}
