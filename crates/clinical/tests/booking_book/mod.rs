//! A clinic of a few chairs, its days, and people to be booked.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each user of this module needs another part of it"
)]

use clinical::clinic::Room;
use clinical::course::booking::{
    BookingRules, CalendarEvent, Command, Context, Day, DayBook, Expiry, Place, Refusal, Stretch,
    Visit, decide,
};
use clinical::course::screening::person::{Product, Route};
use clinical::patient::CivilDate;
use clinical::record::{PatientId, SessionId};
use units::{Moment, Span};
use uuid::Uuid;

/// Monday 2 November 2026, midnight in universal time.
pub const MONDAY: &str = "2026-11-02";

pub fn date(text: &str) -> CivilDate {
    text.parse().unwrap()
}

/// A moment of a day in universal time: `at(0, "09:00")` is nine on the first Monday.
pub fn at(day: i32, clock: &str) -> Moment {
    let date = date(MONDAY).plus_days(day);
    Moment::parse(&format!("{date}T{clock}:00Z")).unwrap()
}

pub fn minutes(count: i64) -> Span {
    Span::from_minutes(count)
}

/// A day without its borrowed book.
#[derive(Clone)]
pub struct Page {
    pub date: CivilDate,
    pub whole: Stretch,
    pub open: Option<Vec<Stretch>>,
    pub staff: Option<u8>,
    pub book: DayBook,
}

impl Page {
    /// Open from eight until six, with ten on duty.
    pub fn new(day: i32) -> Self {
        let date = date(MONDAY).plus_days(day);
        Self {
            date,
            whole: Stretch {
                from: at(day, "00:00"),
                until: at(day + 1, "00:00"),
            },
            open: Some(vec![Stretch {
                from: at(day, "08:00"),
                until: at(day, "18:00"),
            }]),
            staff: Some(10),
            book: DayBook::default(),
        }
    }
}

/// The clinic's days in a row, and what a decision knows.
pub struct Book {
    pub days: Vec<Page>,
    pub rooms: Vec<Room>,
    pub rules: BookingRules,
    pub now: Moment,
    pub course: Vec<Visit>,
    pub expiries: Vec<Expiry>,
}

impl Book {
    /// So many days from Monday on; one room with this many chairs.
    pub fn new(days: i32, chairs: u8) -> Self {
        Self {
            days: (0..days).map(Page::new).collect(),
            rooms: vec![Room {
                name: "1".to_owned(),
                position: 1,
                chairs,
            }],
            rules: BookingRules::shipped().unwrap(),
            now: at(-7, "12:00"),
            course: Vec::new(),
            expiries: Vec::new(),
        }
    }

    pub fn with<T>(&self, ask: impl FnOnce(&Context<'_>) -> T) -> T {
        let days: Vec<Day<'_>> = self
            .days
            .iter()
            .map(|page| Day {
                date: page.date,
                whole: page.whole,
                open: page.open.as_deref(),
                staff: page.staff,
                book: &page.book,
            })
            .collect();
        ask(&Context {
            now: self.now,
            days: &days,
            rooms: &self.rooms,
            rules: &self.rules,
            course: &self.course,
            expiries: &self.expiries,
        })
    }

    pub fn decide(&self, command: &Command) -> Result<Vec<(CivilDate, CalendarEvent)>, Refusal> {
        self.with(|context| decide(command, context))
    }

    /// Decides, and lets the days take in what came of it.
    pub fn act(&mut self, command: &Command) -> Result<(), Refusal> {
        let events = self.decide(command)?;
        for (date, event) in &events {
            let page = self.days.iter_mut().find(|page| page.date == *date);
            page.unwrap().book.apply(event);
        }
        Ok(())
    }

    pub fn book(&mut self, visit: Visit) -> Result<(), Refusal> {
        self.act(&booking(vec![visit]))
    }
}

pub fn booking(visits: Vec<Visit>) -> Command {
    Command::BookVisits {
        visits,
        despite_warnings: false,
    }
}

pub fn person(number: u128) -> PatientId {
    PatientId(Uuid::from_u128(number))
}

pub fn session(number: u128) -> SessionId {
    SessionId(Uuid::from_u128(0xb00c_0000 + number))
}

pub fn chair(number: u8) -> Place {
    Place {
        room: "1".to_owned(),
        chair: number,
    }
}

/// An infusion of ketamine for one person: an hour of treatment and an hour of recovery.
pub fn visit(number: u128, chair_number: u8, starts: Moment) -> Visit {
    Visit {
        visit: session(number),
        patient: person(number),
        place: chair(chair_number),
        product: Product::Racemic,
        route: Route::Intravenous,
        starts,
        treatment: minutes(60),
        recovery: minutes(60),
    }
}
