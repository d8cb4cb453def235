//! People under treatment: the list that leads to each chart.

use super::around::Around;
use super::clock_face::civil_date;
use askama::Template;
use clinical::patient::{CivilDate, age_in_years};
use clinical::record::{PatientId, SessionId};

/// One person of the list.
pub struct PersonRow<'a> {
    /// Who.
    pub patient: PatientId,
    /// The clinic's number.
    pub record_number: &'a str,
    /// Family name.
    pub family_name: &'a str,
    /// Given name.
    pub given_name: &'a str,
    /// Birth date; `None` when it is not recorded.
    pub birth_date: Option<CivilDate>,
    /// A visit that is planned or under way: which, its stage in words, its room.
    pub visit: Option<(SessionId, &'a str, &'a str)>,
    /// How far they have come on the way to treatment, in words; empty when nothing was begun.
    pub stage: String,
}

/// The list of people.
pub struct People<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Those who are shown.
    pub people: Vec<PersonRow<'a>>,
    /// What was searched for.
    pub searched: &'a str,
    /// True when there are more than are shown.
    pub more: bool,
    /// True for who registers people.
    pub may_register: bool,
    /// True for who reads charts; others are led to who somebody is.
    pub opens_charts: bool,
}

#[derive(Template)]
#[template(path = "people.html")]
struct Page<'a> {
    around: Around<'a>,
    searched: &'a str,
    more: bool,
    may_register: bool,
    opens_charts: bool,
    lines: Vec<PersonLine<'a>>,
}

struct PersonLine<'a> {
    link: String,
    name: String,
    born: String,
    number: &'a str,
    visit: Option<(String, String)>,
    stage: String,
    send: String,
}

impl People<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let today = super::clock_face::today(self.around.now, self.around.zone);
        let lines = self
            .people
            .iter()
            .map(|person| PersonLine {
                link: if self.opens_charts {
                    format!("/patients/{}", person.patient)
                } else {
                    format!("/patients/{}/details", person.patient)
                },
                stage: person.stage.clone(),
                send: format!("/patients/{}/link", person.patient),
                name: format!(
                    "{}, {}",
                    person.family_name.to_uppercase(),
                    person.given_name
                ),
                born: match person.birth_date {
                    None => "not recorded".to_owned(),
                    Some(birth) => {
                        let age = today.and_then(|today| age_in_years(birth, today));
                        let age = age.map_or_else(
                            || "age not known".to_owned(),
                            |age| format!("{age}\u{a0}y"),
                        );
                        format!("{} ({age})", civil_date(birth))
                    }
                },
                number: person.record_number,
                visit: person.visit.map(|(session, stage, room)| {
                    (
                        format!("/sessions/{session}"),
                        format!("{stage}, room {room}"),
                    )
                }),
            })
            .collect();
        super::written(&Page {
            around: self.around,
            searched: self.searched,
            more: self.more,
            may_register: self.may_register,
            opens_charts: self.opens_charts,
            lines,
        })
    }
}

/// Two invented people.
pub fn sample() -> People<'static> {
    use uuid::Uuid;
    let person = |number: u128, record_number, family_name, given_name, visit| PersonRow {
        patient: PatientId(Uuid::from_u128(number)),
        record_number,
        family_name,
        given_name,
        birth_date: CivilDate::new(1984, 5, 9).ok(),
        visit,
        stage: String::new(),
    };
    let session = super::session_room::sample::SESSION;
    People {
        around: Around {
            here: super::around::Here::Patients,
            ..super::around::sample::around("/patients")
        },
        people: vec![
            person(
                118,
                "0042-118",
                "Moreno",
                "Ana",
                Some((session, "infusion", "2")),
            ),
            PersonRow {
                birth_date: None,
                ..person(207, "0042-207", "Sato", "Ken", None)
            },
        ],
        searched: "",
        more: false,
        may_register: true,
        opens_charts: true,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_birth_date_that_nobody_recorded_is_said_and_not_left_blank() {
        // Hazard: H02
        let html = super::sample().html();
        assert!(html.contains("SATO, Ken"));
        assert!(html.contains("not recorded"));
        assert!(html.contains("infusion, room 2"));
    }
}
