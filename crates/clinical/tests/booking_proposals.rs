//! A proposed course, whatever the book looks like: it can be booked as it stands.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::booking_book::{Book, at, booking, chair, person, session, visit};
use clinical::clinic::Weekday;
use clinical::course::booking::{
    BOOKING, BookingRules, Constraints, Proposal, Stretch, Visit, Warning, judge, propose_course,
};
use clinical::course::screening::person::{Product, Route};
use clinical::record::SessionId;
use proptest::prelude::*;
use serde::Deserialize;
use units::{Moment, Span};
use uuid::Uuid;

fn wanted(book: &Book, count: u128) -> Constraints {
    Constraints {
        patient: person(1_000),
        product: Product::Racemic,
        route: Route::Intravenous,
        visits: (0..count)
            .map(|number| SessionId(Uuid::from_u128(0xffff_0000 + number)))
            .collect(),
        not_before: at(0, "00:00"),
        series: book.rules.series(Product::Racemic).unwrap(),
        weekdays: Vec::new(),
        preferred: Vec::new(),
        chair: None,
    }
}

fn propose(book: &Book, wanted: &Constraints) -> Proposal {
    book.with(|context| propose_course(wanted, context))
}

fn visits(proposal: &Proposal) -> Vec<Visit> {
    let proposed = proposal.visits.iter();
    proposed.map(|proposed| proposed.visit.clone()).collect()
}

#[test]
fn six_visits_in_an_empty_book_stay_in_one_chair_and_within_three_weeks() {
    // Witness: clinical reference 3.5: six infusions over two to three weeks, two a week.
    let book = Book::new(49, 3);
    let proposal = propose(&book, &wanted(&book, 6));
    let visits = visits(&proposal);
    assert_eq!((visits.len(), proposal.missing), (6, 0));
    assert!(visits.iter().all(|visit| visit.place == visits[0].place));
    let lasts = visits[5].starts - visits[0].starts;
    assert!(lasts >= Span::from_hours(24 * 14) && lasts <= Span::from_hours(24 * 21));
    assert_eq!(proposal.warnings, []);
}

#[test]
fn weekdays_and_times_that_suit_are_kept_where_they_have_room() {
    let book = Book::new(49, 1);
    let mut wanted = wanted(&book, 6);
    wanted.weekdays = vec![Weekday::Monday, Weekday::Thursday];
    wanted.preferred = (0..49)
        .map(|day| Stretch {
            from: at(day, "13:00"),
            until: at(day, "15:00"),
        })
        .collect();
    let proposal = propose(&book, &wanted);
    let starts: Vec<Moment> = visits(&proposal).iter().map(|visit| visit.starts).collect();
    let expected = [0, 3, 7, 10, 14, 17].map(|day| at(day, "13:00"));
    assert_eq!(starts, expected);
    assert!(
        proposal
            .visits
            .iter()
            .all(|one| one.weekday_suits && one.time_suits)
    );
}

#[test]
fn a_book_without_room_gives_what_there_is_and_says_how_many_are_missing() {
    let mut book = Book::new(49, 1);
    for page in book.days.iter_mut().skip(8) {
        page.open = Some(Vec::new());
    }
    let proposal = propose(&book, &wanted(&book, 6));
    // At most three visits in any seven days, so four where the eighth day is open too.
    assert!(proposal.visits.len() < 6);
    assert_eq!(proposal.missing, 6 - proposal.visits.len());
    for page in &mut book.days {
        page.staff = None;
    }
    assert_eq!(propose(&book, &wanted(&book, 6)).missing, 6);
}

#[test]
fn the_person_is_not_proposed_a_day_on_which_they_come_already() {
    let mut book = Book::new(49, 2);
    book.book(Visit {
        patient: person(1_000),
        ..visit(1, 1, at(2, "09:00"))
    })
    .unwrap();
    let proposal = propose(&book, &wanted(&book, 6));
    for proposed in visits(&proposal) {
        let gap = (proposed.starts - at(2, "09:00")).absolute();
        assert!(gap >= Span::from_hours(48), "{gap}");
    }
}

#[derive(Deserialize)]
struct Cases {
    case: Vec<Lasts>,
    gap: Vec<Gap>,
}

#[derive(Deserialize)]
struct Lasts {
    product: String,
    route: String,
    treatment: i64,
    recovery: i64,
}

#[derive(Deserialize)]
struct Gap {
    row: String,
    minutes: i64,
    expect: String,
}

#[test]
fn every_case_beside_the_policy_of_booking_holds() {
    let cases: Cases = toml::from_str(BOOKING.cases).unwrap();
    let rules = BookingRules::shipped().unwrap();
    assert_eq!(cases.case.len(), 7);
    for case in cases.case {
        let product = Product::of_word(&case.product).unwrap();
        let route = Route::of_word(&case.route).unwrap();
        let times = rules.times(product, route).unwrap();
        assert_eq!(
            (times.treatment.minutes(), times.recovery.minutes()),
            (case.treatment, case.recovery),
            "{} {}",
            case.product,
            case.route
        );
    }
    for gap in cases.gap {
        let first = visit(1, 1, at(0, "09:00"));
        let second = Visit {
            visit: session(2),
            starts: first.starts + Span::from_minutes(gap.minutes),
            ..first.clone()
        };
        let said = judge(&[first, second], &[], &rules);
        let found = match said.as_slice() {
            [] => "fine",
            [Warning::TooClose { .. }] => "too-close",
            [Warning::TooFar { .. }] => "too-far",
            _ => "something else",
        };
        assert_eq!(found, gap.expect, "{}", gap.row);
    }
}

#[test]
fn esketamine_has_no_rule_for_another_way_than_the_nose() {
    let rules = BookingRules::shipped().unwrap();
    assert_eq!(rules.times(Product::Esketamine, Route::Oral), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever is booked, whoever is on duty and whichever days are closed: what is proposed is
    /// booked without a refusal and without a warning, and keeps the gaps of the series.
    #[test]
    fn whatever_is_proposed_can_be_booked_as_it_stands(
        chairs in 1_u8..4,
        staff in proptest::collection::vec(0_u8..4, 35),
        closed in proptest::collection::vec(any::<bool>(), 35),
        others in proptest::collection::vec((0_i32..35, 0_i64..40, 1_u8..4), 0..60),
        count in 1_u128..7,
    ) {
        // Hazard: H55
        let mut book = Book::new(35, chairs);
        for (page, (staff, closed)) in book.days.iter_mut().zip(staff.iter().zip(&closed)) {
            page.staff = Some(*staff);
            if *closed {
                page.open = Some(Vec::new());
            }
        }
        for (number, (day, quarter, place)) in (1_u128..).zip(others) {
            let starts = at(day, "08:00") + Span::from_minutes(quarter * 15);
            // Those that have no room are refused, and the rest fills the book.
            let _refused = book.book(Visit { place: chair(place), ..visit(number, 1, starts) });
        }
        let wanted = wanted(&book, count);
        let proposal = propose(&book, &wanted);
        let proposed = visits(&proposal);
        prop_assert_eq!(proposed.len() + proposal.missing, wanted.visits.len());
        for pair in proposed.windows(2) {
            let gap = pair[1].starts - pair[0].starts;
            prop_assert!(gap >= wanted.series.least_gap && gap <= wanted.series.most_gap);
        }
        if !proposed.is_empty() {
            let decided = book.decide(&booking(proposed.clone()));
            prop_assert_eq!(decided.map(|events| events.len()), Ok(proposed.len()));
        }
    }
}
