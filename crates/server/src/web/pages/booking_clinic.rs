//! The clinic's chairs, its opening hours, and how many are on duty.

use super::around::Around;
use super::clock_face::civil_date;
use askama::Template;
use clinical::clinic::{Clinic, Hours, Room, Weekday};
use clinical::patient::CivilDate;
use std::collections::BTreeSet;

/// The settings, as the page is given them.
pub struct ClinicPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The clinic.
    pub clinic: &'a Clinic,
    /// Today: earlier dates are not shown.
    pub today: CivilDate,
}

#[derive(Template)]
#[template(path = "booking_clinic.html")]
struct Page<'a> {
    around: Around<'a>,
    rooms: &'a [Room],
    wall_names: bool,
    days: Vec<DayLine>,
    dates: Vec<DateLine>,
}

struct DayLine {
    word: &'static str,
    says: &'static str,
    hours: String,
    staff: String,
    from: String,
    until: String,
    count: String,
}

struct DateLine {
    date: CivilDate,
    says: String,
    excepted: bool,
}

impl ClinicPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let clinic = self.clinic;
        let dated: BTreeSet<CivilDate> = clinic
            .excepted
            .keys()
            .chain(clinic.staff_on_dates.keys())
            .copied()
            .filter(|date| *date >= self.today)
            .collect();
        super::written(&Page {
            around: self.around,
            rooms: &clinic.rooms,
            wall_names: clinic.wall_names,
            days: Weekday::ALL.into_iter().map(|day| self.day(day)).collect(),
            dates: dated.into_iter().map(|date| self.date(date)).collect(),
        })
    }

    fn day(&self, day: Weekday) -> DayLine {
        let hours = self.clinic.opening.get(&day);
        let staff = self.clinic.staff.get(&day);
        let first = hours.and_then(|hours| hours.first());
        let last = hours.and_then(|hours| hours.last());
        DayLine {
            word: day.word(),
            says: day.says(),
            hours: hours.map_or_else(
                || "not set: nothing can be booked".to_owned(),
                |hours| hours_say(hours),
            ),
            staff: staff.map_or_else(
                || "on duty: not set, nothing can be booked".to_owned(),
                |count| format!("on duty: {count}"),
            ),
            from: first.map_or_else(String::new, |hours| hours.from().to_string()),
            until: last.map_or_else(String::new, |hours| hours.until().to_string()),
            count: staff.map_or_else(String::new, u8::to_string),
        }
    }

    fn date(&self, date: CivilDate) -> DateLine {
        let mut said = Vec::new();
        let excepted = self.clinic.excepted.get(&date);
        if let Some(day) = excepted {
            said.push(format!("{} ({})", hours_say(&day.hours), day.reason));
        }
        if let Some(count) = self.clinic.staff_on_dates.get(&date) {
            said.push(format!("on duty: {count}"));
        }
        DateLine {
            date,
            says: format!(
                "{} {}: {}",
                Weekday::of(date).says(),
                civil_date(date),
                said.join(" · ")
            ),
            excepted: excepted.is_some(),
        }
    }
}

fn hours_say(hours: &[Hours]) -> String {
    match hours {
        [] => "closed".to_owned(),
        hours => hours
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" and "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_never_set_is_neither_open_nor_closed() {
        let html = ClinicPage {
            around: super::super::around::sample::around("/clinic"),
            clinic: &Clinic::default(),
            today: "2026-11-23".parse().unwrap(),
        }
        .html();
        assert_eq!(html.matches("not set: nothing can be booked").count(), 7);
        assert!(!html.contains(">closed<"));
    }
}
