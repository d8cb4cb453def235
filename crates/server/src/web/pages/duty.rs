//! Who is told of warning signs, and when somebody watches.

use super::around::Around;
use super::follow_up::Choice;
use crate::web::duty::MOST_ON_DUTY;
use crate::web::form::Fields;
use askama::Template;
use clinical::clinic::{Duty, Weekday};
use clinical::record::{Role, StaffId};

/// The form.
#[derive(Template)]
#[template(path = "follow_up_duty.html")]
pub struct DutyPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// What stands.
    pub duty: &'a Duty,
    /// What is in the form: what stands, or what was typed and not saved.
    pub fields: &'a Fields,
    /// Why it was not saved.
    pub refused: Option<&'a str>,
    /// Who may be chosen.
    pub staff: &'a [(StaffId, String, Role)],
    /// A mail server is set up.
    pub mail: bool,
    /// A service for text messages is set up.
    pub text_messages: bool,
}

/// A place in the list of duty.
pub struct Place {
    number: usize,
    people: Vec<Choice>,
    email: String,
    mobile: String,
}

/// The form as it stands before anybody types.
pub fn filled_in(duty: &Duty) -> Fields {
    let mut fields = Vec::new();
    for (person, place) in duty.people.iter().zip(1_usize..) {
        let reached = |way: &Option<String>| way.clone().unwrap_or_default();
        fields.push((format!("staff-{place}"), person.staff.to_string()));
        fields.push((format!("email-{place}"), reached(&person.email)));
        fields.push((format!("mobile-{place}"), reached(&person.mobile)));
    }
    for (day, hours) in &duty.hours {
        if let Some(hours) = hours.first() {
            fields.push((format!("from-{}", day.word()), hours.from().to_string()));
            fields.push((format!("until-{}", day.word()), hours.until().to_string()));
        }
    }
    Fields(fields)
}

impl DutyPage<'_> {
    fn text(&self, name: &str) -> String {
        self.fields.text(name).to_owned()
    }

    fn places(&self) -> Vec<Place> {
        (1..=MOST_ON_DUTY)
            .map(|number| {
                let chosen = self.text(&format!("staff-{number}"));
                let may = self.staff.iter().map(|(id, name, role)| {
                    let says = format!("{name}, {}", super::around::role_says(*role));
                    (id.to_string(), says)
                });
                // Whoever stands in the list and may not be chosen any more does not vanish from it.
                let gone = self.duty.people.iter().filter_map(|person| {
                    let known = self.staff.iter().any(|(id, ..)| *id == person.staff);
                    let says = format!("{}, account ended", person.name);
                    (!known).then(|| (person.staff.to_string(), says))
                });
                Place {
                    number,
                    people: may
                        .chain(gone)
                        .map(|(id, says)| {
                            let is_chosen = id == chosen;
                            (id, says, is_chosen)
                        })
                        .collect(),
                    email: self.text(&format!("email-{number}")),
                    mobile: self.text(&format!("mobile-{number}")),
                }
            })
            .collect()
    }

    /// Each day: its word, what it says, from, until.
    fn days(&self) -> Vec<(&'static str, &'static str, String, String)> {
        Weekday::ALL
            .into_iter()
            .map(|day| {
                let time = |end: &str| self.text(&format!("{end}-{}", day.word()));
                (day.word(), day.says(), time("from"), time("until"))
            })
            .collect()
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}
