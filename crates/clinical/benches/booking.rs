//! How long it takes to propose a course of six visits in a clinic of 20 chairs with 5,000 visits.
//!
//! `cargo xtask bench booking`. Figures, not verdicts: the promise is 50 ms.

#![allow(clippy::expect_used)]

use clinical::clinic::Room;
use clinical::course::booking::{
    BookingRules, CalendarEvent, Constraints, Context, Day, DayBook, Place, Stretch, Visit,
    propose_course,
};
use clinical::course::screening::person::{Product, Route};
use clinical::patient::CivilDate;
use clinical::record::{PatientId, SessionId};
use std::hint::black_box;
use std::time::Instant;
use units::{Moment, Span};
use uuid::Uuid;

const CHAIRS: u8 = 20;
const VISITS: usize = 5_000;
const DAYS: i32 = 70;
const ROUNDS: u32 = 50;

fn main() {
    let rules = BookingRules::shipped().expect("the shipped rules are readable");
    let rooms = [Room {
        name: "hall".to_owned(),
        position: 1,
        chairs: CHAIRS,
    }];
    let first: CivilDate = "2026-11-02".parse().expect("a date");
    let midnight = Moment::parse("2026-11-02T00:00:00Z").expect("a moment");
    let day = |number: i32, hour: i64| midnight + Span::from_hours(i64::from(number) * 24 + hour);
    let open: Vec<[Stretch; 1]> = (0..DAYS)
        .map(|number| {
            [Stretch {
                from: day(number, 8),
                until: day(number, 18),
            }]
        })
        .collect();
    let mut books: Vec<DayBook> = (0..DAYS).map(|_| DayBook::default()).collect();
    let times = rules
        .times(Product::Racemic, Route::Intravenous)
        .expect("ketamine is given into a vein");
    let mut booked = 0;
    // Four visits fill a chair's day of ten hours: every chair but the last few of each day.
    'filling: for (number, book) in (0..).zip(&mut books) {
        for chair in 1..=CHAIRS {
            for start in [8, 11, 13, 16] {
                if booked == VISITS || (chair == CHAIRS && number % 2 == 0) {
                    continue 'filling;
                }
                booked += 1;
                let visit = Visit {
                    visit: SessionId(Uuid::from_u128(booked as u128)),
                    patient: PatientId(Uuid::from_u128(booked as u128)),
                    place: Place {
                        room: "hall".to_owned(),
                        chair,
                    },
                    product: Product::Racemic,
                    route: Route::Intravenous,
                    starts: day(number, start),
                    treatment: times.treatment,
                    recovery: times.recovery,
                };
                book.apply(&CalendarEvent::VisitBooked { visit });
            }
        }
    }
    let days: Vec<Day<'_>> = (0..DAYS)
        .zip(&open)
        .zip(&books)
        .map(|((number, open), book)| Day {
            date: first.plus_days(number),
            whole: Stretch {
                from: day(number, 0),
                until: day(number, 24),
            },
            open: Some(open),
            staff: Some(CHAIRS),
            book,
        })
        .collect();
    let context = Context {
        now: midnight,
        days: &days,
        rooms: &rooms,
        rules: &rules,
        course: &[],
        expiries: &[],
    };
    let wanted = Constraints {
        patient: PatientId(Uuid::from_u128(u128::MAX)),
        product: Product::Racemic,
        route: Route::Intravenous,
        visits: (0..6)
            .map(|number| SessionId(Uuid::from_u128(u128::MAX - number)))
            .collect(),
        not_before: midnight,
        series: rules.series(Product::Racemic).expect("a series"),
        weekdays: Vec::new(),
        preferred: Vec::new(),
        chair: None,
    };
    let began = Instant::now();
    let mut found = 0;
    for _ in 0..ROUNDS {
        found = propose_course(black_box(&wanted), black_box(&context))
            .visits
            .len();
    }
    let each = began.elapsed() / ROUNDS;
    println!(
        "booking, six visits in {CHAIRS} chairs with {booked} visits (promise: 50 ms): \
         {:.2} ms, {found} found",
        each.as_secs_f64() * 1e3
    );
}
