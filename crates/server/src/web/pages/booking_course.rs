//! One person's visits: what is booked, a course proposed in one act, and what they wait for.

use super::around::Around;
use super::clock_face::today;
use super::day_view::{drug_says, place_value};
use crate::book::BookedVisit;
use askama::Template;
use clinical::clinic::{Room, Weekday};
use clinical::course::booking::{Place, Proposal, Waiting, Warning};
use clinical::course::screening::person::{Product, Route};
use clinical::patient::CivilDate;
use clinical::record::PatientId;
use jiff::tz::TimeZone;
use units::Moment;
use uuid::Uuid;

/// What was asked of the proposal, as it stands in the form.
#[derive(Clone, Debug)]
pub struct AskedFor {
    /// What and how.
    pub treatment: (Product, Route),
    /// How many.
    pub visits: usize,
    /// Not before.
    pub from: Option<CivilDate>,
    /// From this time of day on, as typed.
    pub after: String,
    /// Beginning before this time of day, as typed.
    pub before: String,
    /// Weekdays that suit.
    pub weekdays: Vec<Weekday>,
}

/// A person's visits, as the page is given them.
pub struct CoursePage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who.
    pub patient: PatientId,
    /// Their name.
    pub name: &'a str,
    /// Their number and date of birth.
    pub about: &'a str,
    /// Every visit, in order of time.
    pub visits: &'a [BookedVisit],
    /// What is to be said about them.
    pub warnings: &'a [Warning],
    /// The clinic's rooms.
    pub rooms: &'a [Room],
    /// What was asked.
    pub asked: &'a AskedFor,
    /// What is proposed, if something was asked.
    pub proposal: Option<&'a Proposal>,
    /// What they wait for.
    pub waiting: &'a [Waiting],
    /// How visits follow each other, in words.
    pub rule: &'a str,
}

#[derive(Template)]
#[template(path = "booking_course.html")]
struct Page<'a> {
    around: Around<'a>,
    id: PatientId,
    name: &'a str,
    about: &'a str,
    warnings: Vec<String>,
    lines: Vec<Line>,
    heading: String,
    missing: Option<String>,
    proposal_warnings: Vec<String>,
    proposed: Vec<ProposedLine>,
    product: &'static str,
    route: &'static str,
    places: Vec<(String, String)>,
    treatments: Vec<(String, String)>,
    treatment: String,
    visits: usize,
    from: String,
    after: &'a str,
    before: &'a str,
    weekdays: Vec<(&'static str, &'static str, bool)>,
    rule: &'a str,
    waits: Vec<(String, String)>,
    entry: Uuid,
}

struct Line {
    link: String,
    when: String,
    place: String,
    what: String,
    state: String,
}

struct ProposedLine {
    number: usize,
    visit: String,
    says: String,
    note: String,
    date: String,
    time: String,
    place: String,
    which: &'static str,
}

impl CoursePage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let clock = self.around.clock();
        let day = |at: Moment| format!("{}, {}", clock.weekday(at), clock.time(at));
        let (product, route) = self.asked.treatment;
        let say = |warnings: &[Warning]| warnings.iter().map(|one| one.says(day)).collect();
        let proposed = self.proposal.map_or(&[][..], |proposal| &proposal.visits);
        super::written(&Page {
            around: self.around,
            id: self.patient,
            name: self.name,
            about: self.about,
            warnings: say(self.warnings),
            lines: self
                .visits
                .iter()
                .map(|booked| Line {
                    link: format!("/visits/{}", booked.visit.visit),
                    when: day(booked.visit.starts),
                    place: format!("Room {}", booked.visit.place.name_in(self.rooms)),
                    what: drug_says(&booked.visit),
                    state: booked.state.clone(),
                })
                .collect(),
            heading: match proposed.len() {
                0 => "No visit could be proposed".to_owned(),
                1 => "Proposed: one visit. Not booked yet.".to_owned(),
                count => format!("Proposed: {count} visits. Not booked yet."),
            },
            missing: self
                .proposal
                .filter(|proposal| proposal.missing > 0)
                .map(|proposal| {
                    format!(
                        "{} of {} visits have no room in the next weeks, with these hours, chairs \
                         and staff. Ask for fewer, for later, or without wishes for days and \
                         times.",
                        proposal.missing,
                        proposal.missing + proposal.visits.len()
                    )
                }),
            proposal_warnings: self
                .proposal
                .map_or_else(Vec::new, |proposal| say(&proposal.warnings)),
            proposed: (1..)
                .zip(proposed)
                .map(|(number, one)| {
                    let at = one.visit.starts;
                    let mut notes = Vec::new();
                    if !one.weekday_suits {
                        notes.push("not on a weekday that suits");
                    }
                    if !one.time_suits {
                        notes.push("not at a time that suits");
                    }
                    ProposedLine {
                        number,
                        visit: one.visit.visit.to_string(),
                        says: day(at),
                        note: notes.join(", "),
                        date: today(at, self.around.zone)
                            .map_or_else(String::new, |date| date.to_string()),
                        time: clock.time(at),
                        place: place_value(&one.visit.place),
                        which: which_of_two(self.around.zone, at),
                    }
                })
                .collect(),
            product: product.word(),
            route: route.word(),
            places: places(self.rooms),
            treatments: treatments(),
            treatment: format!("{} {}", product.word(), route.word()),
            visits: self.asked.visits,
            from: self
                .asked
                .from
                .map_or_else(String::new, |date| date.to_string()),
            after: &self.asked.after,
            before: &self.asked.before,
            weekdays: Weekday::ALL
                .into_iter()
                .map(|day| {
                    let chosen = self.asked.weekdays.contains(&day);
                    (day.word(), day.says(), chosen)
                })
                .collect(),
            rule: self.rule,
            waits: self
                .waiting
                .iter()
                .map(|waiting| {
                    let from = waiting.could_come.from;
                    let date = today(from, self.around.zone)
                        .map_or_else(String::new, |date| date.to_string());
                    let until = clock.time(waiting.could_come.until);
                    (
                        format!("/calendar?day={date}"),
                        format!("waits: {} until {until}", day(from)),
                    )
                })
                .collect(),
            entry: self.around.command_id("entry").0,
        })
    }
}

/// Which of two a time is that comes twice; empty where it comes once.
fn which_of_two(zone: &TimeZone, at: Moment) -> &'static str {
    let civil = |moment: Moment| moment.timestamp().to_zoned(zone.clone()).datetime();
    let here = civil(at);
    match zone.to_ambiguous_timestamp(here).offset() {
        jiff::tz::AmbiguousOffset::Unambiguous { .. } | jiff::tz::AmbiguousOffset::Gap { .. } => "",
        jiff::tz::AmbiguousOffset::Fold { before, .. } => {
            let offset = zone.to_offset(at.timestamp());
            if offset == before { "first" } else { "second" }
        }
    }
}

/// Every chair, as a form's choices.
pub fn places(rooms: &[Room]) -> Vec<(String, String)> {
    Place::all(rooms)
        .iter()
        .map(|place| (place_value(place), format!("Room {}", place.name_in(rooms))))
        .collect()
}

/// Every product by every route, as a form's choices.
pub fn treatments() -> Vec<(String, String)> {
    Product::ALL
        .iter()
        .flat_map(|product| Route::ALL.iter().map(move |route| (*product, *route)))
        .filter(|(product, route)| product.is_given_by(*route))
        .map(|(product, route)| {
            let says = match product {
                Product::Racemic => "Ketamine",
                Product::Esketamine => "Esketamine",
            };
            (
                format!("{} {}", product.word(), route.word()),
                format!("{says}, {}", route.word()),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::day_view::sample;
    use super::*;
    use clinical::course::booking::Proposed;

    #[test]
    fn a_proposal_says_that_nothing_is_booked_yet_and_every_visit_can_be_adjusted() {
        let rooms = [Room {
            name: "1".to_owned(),
            position: 1,
            chairs: 1,
        }];
        let proposal = Proposal {
            visits: vec![Proposed {
                visit: sample::visit(),
                weekday_suits: true,
                time_suits: false,
            }],
            missing: 1,
            warnings: Vec::new(),
        };
        let asked = AskedFor {
            treatment: (Product::Racemic, Route::Intravenous),
            visits: 2,
            from: None,
            after: String::new(),
            before: String::new(),
            weekdays: vec![Weekday::Friday],
        };
        let html = CoursePage {
            around: super::super::around::sample::around("/patients/x/course"),
            patient: sample::visit().patient,
            name: "MORENO, Ana",
            about: "",
            visits: &[],
            warnings: &[],
            rooms: &rooms,
            asked: &asked,
            proposal: Some(&proposal),
            waiting: &[],
            rule: "",
        }
        .html();
        assert!(html.contains("Not booked yet"));
        assert!(html.contains("1 of 2 visits have no room"));
        assert!(html.contains("not at a time that suits"));
        assert!(html.contains("value=\"2025-11-21\"") && html.contains("value=\"09:00\""));
        assert!(html.contains("value=\"friday\" checked"));
    }

    #[test]
    fn of_a_time_that_comes_twice_the_form_keeps_which_one_it_is() {
        // Witness: in New York 01:30 on 1 November 2026 is 05:30Z first, and 06:30Z second.
        let zone = TimeZone::get("America/New_York").unwrap();
        let at = |text| Moment::parse(text).unwrap();
        assert_eq!(which_of_two(&zone, at("2026-11-01T05:30:00Z")), "first");
        assert_eq!(which_of_two(&zone, at("2026-11-01T06:30:00Z")), "second");
        assert_eq!(which_of_two(&zone, at("2026-11-01T15:00:00Z")), "");
    }
}
