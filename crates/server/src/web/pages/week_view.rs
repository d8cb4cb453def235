//! A week of the book: how full every chair is on every day.

use super::around::Around;
use super::clock_face::civil_date;
use crate::book::WholeDay;
use askama::Template;
use clinical::clinic::{Room, Weekday};
use clinical::course::booking::Place;
use clinical::patient::CivilDate;

/// A week, as the page is given it.
pub struct WeekView<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Its seven days, from Monday.
    pub days: &'a [WholeDay],
    /// The clinic's rooms.
    pub rooms: &'a [Room],
}

#[derive(Template)]
#[template(path = "week_view.html")]
struct Page<'a> {
    around: Around<'a>,
    first: String,
    before: String,
    after: String,
    days: Vec<DayHead>,
    rows: Vec<Row>,
}

struct DayHead {
    date: CivilDate,
    says: String,
    hours: String,
}

struct Row {
    name: String,
    cells: Vec<Cell>,
}

struct Cell {
    date: CivilDate,
    visits: usize,
    percent: i64,
    closed: bool,
    says: &'static str,
}

impl WeekView<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let first = self.days.first().map(|day| day.frame.date);
        let later = |days| first.map_or_else(String::new, |date| date.plus_days(days).to_string());
        super::written(&Page {
            around: self.around,
            first: first.map_or_else(String::new, civil_date),
            before: later(-7),
            after: later(7),
            days: self.days.iter().map(|day| self.head(day)).collect(),
            rows: Place::all(self.rooms)
                .iter()
                .map(|place| Row {
                    name: format!("Room {}", place.name_in(self.rooms)),
                    cells: self.days.iter().map(|day| cell(day, place)).collect(),
                })
                .collect(),
        })
    }

    fn head(&self, day: &WholeDay) -> DayHead {
        let clock = self.around.clock();
        let whole = day.frame.whole;
        let hours = match day.frame.open.as_deref() {
            None => "hours not set".to_owned(),
            Some([]) => "closed".to_owned(),
            Some([only]) if only.until - only.from >= whole.until - whole.from => {
                "all day".to_owned()
            }
            Some([first, .., last]) => {
                format!("{}–{}", clock.time(first.from), clock.time(last.until))
            }
            Some([only]) => format!("{}–{}", clock.time(only.from), clock.time(only.until)),
        };
        DayHead {
            date: day.frame.date,
            says: format!(
                "{} {}",
                Weekday::of(day.frame.date).says(),
                day.frame.date.day()
            ),
            hours,
        }
    }
}

fn cell(day: &WholeDay, place: &Place) -> Cell {
    let here: Vec<_> = day
        .book
        .standing()
        .filter(|visit| visit.place == *place)
        .collect();
    let taken: i64 = here
        .iter()
        .map(|visit| (visit.treatment + visit.recovery).minutes())
        .sum();
    let open = day.frame.open.iter().flatten();
    let minutes: i64 = open.map(|open| (open.until - open.from).minutes()).sum();
    Cell {
        date: day.frame.date,
        visits: here.len(),
        percent: if minutes == 0 {
            0
        } else {
            taken * 100 / minutes
        },
        closed: minutes == 0,
        says: match day.frame.open {
            None => "not set",
            Some(_) => "closed",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::day_view::sample;
    use super::*;
    use clinical::course::booking::{CalendarEvent, DayBook};

    #[test]
    fn a_chair_says_how_many_visits_it_has_and_how_much_of_the_day_they_take() {
        let mut book = DayBook::default();
        book.apply(&CalendarEvent::VisitBooked {
            visit: sample::visit(),
        });
        let days = [WholeDay {
            frame: sample::frame().unwrap(),
            book,
        }];
        let rooms = [Room {
            name: "1".to_owned(),
            position: 1,
            chairs: 1,
        }];
        let html = WeekView {
            around: super::super::around::sample::around("/calendar/week"),
            days: &days,
            rooms: &rooms,
        }
        .html();
        // 115 of 600 minutes.
        assert!(
            html.contains("1 visit<") && html.contains("19&nbsp;%"),
            "{html}"
        );
    }
}
