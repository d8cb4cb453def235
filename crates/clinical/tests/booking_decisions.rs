//! The book, decided: chairs, hours, staff, people, gaps, and every edge of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::booking_book::{Book, at, booking, chair, date, minutes, person, session, visit};
use clinical::course::booking::{
    CalendarEvent, Command, Expiry, Refusal, Standing, Stretch, Visit, Waiting, WaitingId, Warning,
    day_id,
};
use clinical::course::screening::person::{Product, Route};
use units::{Moment, Span};
use uuid::Uuid;

// With the shipped 15 minutes of cleaning a visit of two hours from 09:00 holds its chair until
// 11:15.

#[test]
fn a_visit_that_begins_when_the_chair_is_clean_is_booked_and_a_minute_earlier_is_not() {
    // Hazard: H55
    let mut book = Book::new(1, 2);
    book.book(visit(1, 1, at(0, "09:00"))).unwrap();
    let refused = book.book(visit(2, 1, at(0, "11:14"))).unwrap_err();
    assert_eq!(
        refused,
        Refusal::ChairTaken {
            place: chair(1),
            taken: Stretch {
                from: at(0, "09:00"),
                until: at(0, "11:15"),
            },
        }
    );
    assert_eq!(book.book(visit(2, 1, at(0, "11:15"))), Ok(()));
}

#[test]
fn the_chair_is_clean_before_the_next_visit_whichever_of_the_two_was_booked_first() {
    // Hazard: H55
    let mut book = Book::new(1, 2);
    book.book(visit(1, 1, at(0, "11:15"))).unwrap();
    assert_eq!(book.book(visit(2, 1, at(0, "09:00"))), Ok(()));
    let mut book = Book::new(1, 2);
    book.book(visit(1, 1, at(0, "11:14"))).unwrap();
    let refused = book.book(visit(2, 1, at(0, "09:00")));
    assert!(
        matches!(refused, Err(Refusal::ChairTaken { .. })),
        "{refused:?}"
    );
}

#[test]
fn another_chair_is_free_at_the_same_time() {
    let mut book = Book::new(1, 2);
    book.book(visit(1, 1, at(0, "09:00"))).unwrap();
    assert_eq!(book.book(visit(2, 2, at(0, "09:00"))), Ok(()));
}

#[test]
fn a_visit_may_end_when_the_clinic_closes_and_not_a_minute_later() {
    let mut book = Book::new(1, 2);
    assert_eq!(book.book(visit(1, 1, at(0, "16:00"))), Ok(()));
    let refused = book.book(visit(2, 2, at(0, "16:01")));
    assert!(
        matches!(refused, Err(Refusal::OutsideHours { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_visit_may_begin_when_the_clinic_opens_and_not_a_minute_earlier() {
    let mut book = Book::new(1, 2);
    assert_eq!(book.book(visit(1, 1, at(0, "08:00"))), Ok(()));
    let refused = book.book(visit(2, 2, at(0, "07:59")));
    assert!(
        matches!(refused, Err(Refusal::OutsideHours { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_visit_does_not_run_through_the_hours_at_noon_in_which_the_clinic_is_closed() {
    let mut book = Book::new(1, 2);
    book.days[0].open = Some(vec![
        Stretch {
            from: at(0, "08:00"),
            until: at(0, "12:00"),
        },
        Stretch {
            from: at(0, "13:00"),
            until: at(0, "18:00"),
        },
    ]);
    let refused = book.book(visit(1, 1, at(0, "11:00")));
    assert!(
        matches!(refused, Err(Refusal::OutsideHours { .. })),
        "{refused:?}"
    );
    assert_eq!(book.book(visit(1, 1, at(0, "10:00"))), Ok(()));
}

#[test]
fn hours_that_nobody_set_are_not_open_and_not_closed() {
    let mut book = Book::new(1, 2);
    book.days[0].open = None;
    let date = date(crate::booking_book::MONDAY);
    assert_eq!(
        book.book(visit(1, 1, at(0, "09:00"))),
        Err(Refusal::HoursNotSet { date })
    );
    book.days[0].open = Some(Vec::new());
    assert_eq!(
        book.book(visit(1, 1, at(0, "09:00"))),
        Err(Refusal::Closed { date })
    );
}

#[test]
fn a_day_on_which_nobody_said_who_is_on_duty_takes_no_visit() {
    // Hazard: H55
    let mut book = Book::new(1, 2);
    book.days[0].staff = None;
    let date = date(crate::booking_book::MONDAY);
    assert_eq!(
        book.book(visit(1, 1, at(0, "09:00"))),
        Err(Refusal::StaffNotSet { date })
    );
}

#[test]
fn as_many_people_as_those_on_duty_may_look_after_are_booked_and_not_one_more() {
    // Hazard: H55
    let mut book = Book::new(1, 4);
    book.days[0].staff = Some(2);
    book.book(visit(1, 1, at(0, "09:00"))).unwrap();
    assert_eq!(book.book(visit(2, 2, at(0, "10:00"))), Ok(()));
    assert_eq!(
        book.book(visit(3, 3, at(0, "10:59"))),
        Err(Refusal::TooFewStaff {
            from: at(0, "10:59"),
            people: 3,
            most: 2,
        })
    );
    // At eleven the first one leaves: people are counted while they are there, chairs are cleaned
    // after.
    assert_eq!(book.book(visit(3, 3, at(0, "11:00"))), Ok(()));
}

#[test]
fn two_who_are_never_there_together_count_as_one() {
    // Hazard: H55
    let mut book = Book::new(1, 4);
    book.days[0].staff = Some(2);
    book.book(visit(1, 1, at(0, "08:00"))).unwrap();
    book.book(visit(2, 2, at(0, "10:00"))).unwrap();
    assert_eq!(book.book(visit(3, 3, at(0, "09:00"))), Ok(()));
}

#[test]
fn nobody_has_two_visits_on_one_day() {
    // Hazard: H55
    let mut book = Book::new(1, 2);
    book.book(visit(1, 1, at(0, "08:00"))).unwrap();
    let again = Visit {
        visit: session(9),
        ..visit(1, 2, at(0, "15:00"))
    };
    assert_eq!(
        book.book(again),
        Err(Refusal::SamePerson {
            starts: at(0, "08:00"),
        })
    );
}

fn course(days: &[(i32, &str)]) -> Vec<Visit> {
    (0..)
        .zip(days)
        .map(|(number, (day, clock))| Visit {
            visit: session(number),
            patient: person(1),
            ..visit(1, 1, at(*day, clock))
        })
        .collect()
}

#[test]
fn a_course_is_booked_whole_or_not_at_all() {
    // Hazard: H55
    let mut book = Book::new(14, 1);
    book.book(Visit {
        patient: person(7),
        ..visit(77, 1, at(7, "09:00"))
    })
    .unwrap();
    let wanted = course(&[(0, "09:00"), (3, "09:00"), (7, "09:00")]);
    let refused = book.decide(&booking(wanted)).unwrap_err();
    assert!(matches!(refused, Refusal::ChairTaken { .. }), "{refused:?}");
    let wanted = course(&[(0, "09:00"), (3, "09:00"), (8, "09:00")]);
    assert_eq!(book.decide(&booking(wanted)).unwrap().len(), 3);
}

#[test]
fn two_visits_of_one_act_do_not_take_the_same_chair() {
    // Hazard: H55
    let book = Book::new(14, 1);
    let mut wanted = course(&[(0, "09:00"), (3, "09:00")]);
    wanted[1].starts = at(0, "10:00");
    let refused = book.decide(&booking(wanted)).unwrap_err();
    assert!(matches!(refused, Refusal::ChairTaken { .. }), "{refused:?}");
}

#[test]
fn visits_47_hours_apart_are_warned_about_and_48_are_fine() {
    // Witness: clinical reference 13, "last session 47 h ago -> gap warning".
    let book = Book::new(14, 1);
    let close = course(&[(0, "10:00"), (2, "09:00")]);
    assert_eq!(
        book.decide(&booking(close.clone())),
        Err(Refusal::Warned {
            warnings: vec![Warning::TooClose {
                first: session(0),
                second: session(1),
                starts: at(2, "09:00"),
                gap: Span::from_hours(47),
                least: Span::from_hours(48),
            }],
        })
    );
    let despite = Command::BookVisits {
        visits: close,
        despite_warnings: true,
    };
    assert!(book.decide(&despite).is_ok());
    let fine = course(&[(0, "10:00"), (2, "10:00")]);
    assert!(book.decide(&booking(fine)).is_ok());
}

#[test]
fn the_gap_is_counted_in_hours_that_pass_when_the_clock_is_put_forward_or_back() {
    // Witness: clinical reference 13, "DST change during 24 h rule -> use absolute time". From
    // Saturday 10:00 to Monday 10:00 by the wall clock 47 hours pass in spring, 49 in autumn.
    let book = Book::new(14, 1);
    for (later, fine) in [("09:00", false), ("11:00", true)] {
        let wanted = course(&[(0, "10:00"), (2, later)]);
        assert_eq!(book.decide(&booking(wanted)).is_ok(), fine, "{later}");
    }
}

#[test]
fn the_third_esketamine_in_seven_days_is_refused_and_one_a_week_later_is_not() {
    // Witness: clinical reference 13: Monday, Thursday, then Saturday is blocked.
    // Hazard: H55
    let book = Book::new(14, 1);
    let spray = |days: &[(i32, &str)]| -> Vec<Visit> {
        course(days)
            .into_iter()
            .map(|visit| Visit {
                product: Product::Esketamine,
                route: Route::Intranasal,
                ..visit
            })
            .collect()
    };
    assert_eq!(
        book.decide(&booking(spray(&[(0, "09:00"), (3, "09:00"), (5, "09:00")]))),
        Err(Refusal::TooManyInSevenDays {
            starts: at(5, "09:00"),
            most: 2,
        })
    );
    let week_later = spray(&[(0, "09:00"), (3, "09:00"), (7, "09:00")]);
    assert!(book.decide(&booking(week_later)).is_ok());
    let minute_less = spray(&[(0, "09:01"), (3, "09:00"), (7, "09:00")]);
    assert!(book.decide(&booking(minute_less)).is_err());
}

#[test]
fn nobody_passes_the_limit_of_seven_days_by_saying_that_it_shall_be_so() {
    // Hazard: H55
    let book = Book::new(14, 1);
    let despite = Command::BookVisits {
        visits: course(&[(0, "09:00"), (2, "09:00"), (4, "09:00"), (6, "09:00")]),
        despite_warnings: true,
    };
    assert_eq!(
        book.decide(&despite),
        Err(Refusal::TooManyInSevenDays {
            starts: at(6, "09:00"),
            most: 3,
        })
    );
}

#[test]
fn a_consent_that_ends_before_the_visit_is_warned_about_to_the_minute() {
    for (ends, warned) in [("08:59", true), ("09:00", true), ("09:01", false)] {
        let mut book = Book::new(2, 1);
        book.expiries = vec![Expiry {
            what: "the consent".to_owned(),
            at: at(0, ends),
        }];
        let decided = book.decide(&booking(vec![visit(1, 1, at(0, "09:00"))]));
        assert_eq!(
            matches!(decided, Err(Refusal::Warned { .. })),
            warned,
            "{ends}"
        );
    }
}

#[test]
fn a_visit_that_has_moved_frees_its_chair_and_holds_the_new_one() {
    let mut book = Book::new(8, 1);
    book.book(visit(1, 1, at(0, "09:00"))).unwrap();
    let away = Command::MoveVisit {
        visit: session(1),
        place: chair(1),
        starts: at(3, "09:00"),
        reason: String::new(),
        despite_warnings: false,
    };
    book.act(&away).unwrap();
    let standing = &book.days[0].book.visits[&session(1)].standing;
    assert_eq!(
        *standing,
        Standing::MovedAway {
            to: book.days[3].date
        }
    );
    assert_eq!(book.book(visit(2, 1, at(0, "09:00"))), Ok(()));
    let refused = book.book(visit(3, 1, at(3, "10:00")));
    assert!(
        matches!(refused, Err(Refusal::ChairTaken { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_visit_moved_by_a_quarter_of_an_hour_does_not_stand_in_its_own_way() {
    let mut book = Book::new(1, 1);
    book.days[0].staff = Some(1);
    book.book(visit(1, 1, at(0, "09:00"))).unwrap();
    let later = Command::MoveVisit {
        visit: session(1),
        place: chair(1),
        starts: at(0, "09:15"),
        reason: String::new(),
        despite_warnings: false,
    };
    assert!(book.decide(&later).is_ok());
}

#[test]
fn moving_one_visit_says_which_gaps_break() {
    let mut book = Book::new(14, 1);
    book.act(&booking(course(&[
        (0, "09:00"),
        (3, "09:00"),
        (7, "09:00"),
    ])))
    .unwrap();
    let nearer = Command::MoveVisit {
        visit: session(1),
        place: chair(1),
        starts: at(6, "09:00"),
        reason: String::new(),
        despite_warnings: false,
    };
    assert_eq!(
        book.decide(&nearer),
        Err(Refusal::Warned {
            warnings: vec![Warning::TooClose {
                first: session(1),
                second: session(2),
                starts: at(7, "09:00"),
                gap: Span::from_hours(24),
                least: Span::from_hours(48),
            }],
        })
    );
}

#[test]
fn a_cancelled_visit_frees_its_chair_and_needs_a_reason() {
    let mut book = Book::new(1, 1);
    book.book(visit(1, 1, at(0, "09:00"))).unwrap();
    let cancel = |reason: &str| Command::CancelVisit {
        visit: session(1),
        reason: reason.to_owned(),
    };
    assert_eq!(book.act(&cancel(" ")), Err(Refusal::WordsMissing));
    book.act(&cancel("has a cold")).unwrap();
    assert_eq!(book.act(&cancel("again")), Err(Refusal::NoSuchVisit));
    assert_eq!(book.book(visit(2, 1, at(0, "09:00"))), Ok(()));
}

#[test]
fn nothing_is_booked_in_the_past_and_nothing_is_missed_before_it_begins() {
    let mut book = Book::new(1, 1);
    book.book(visit(1, 1, at(0, "09:00"))).unwrap();
    let missed = Command::MarkMissed { visit: session(1) };
    assert_eq!(
        book.decide(&missed),
        Err(Refusal::NotYet {
            starts: at(0, "09:00"),
        })
    );
    book.now = at(0, "09:30");
    assert!(book.decide(&missed).is_ok());
    let refused = book.book(visit(2, 1, at(0, "09:29")));
    assert!(
        matches!(refused, Err(Refusal::InThePast { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_chair_that_does_not_exist_is_refused() {
    let mut book = Book::new(1, 2);
    for number in [0, 3] {
        let refused = book.book(visit(1, number, at(0, "09:00")));
        assert!(
            matches!(refused, Err(Refusal::NoSuchPlace { .. })),
            "{refused:?}"
        );
    }
}

fn waiter(number: u128, from: Moment, until: Moment) -> Waiting {
    Waiting {
        entry: WaitingId(Uuid::from_u128(number)),
        patient: person(number),
        product: Product::Racemic,
        route: Route::Intravenous,
        treatment: minutes(60),
        recovery: minutes(60),
        could_come: Stretch { from, until },
    }
}

fn offer(number: u128, starts: Moment, answer_by: Moment) -> Command {
    Command::OfferChair {
        entry: WaitingId(Uuid::from_u128(number)),
        visit: session(100 + number),
        place: chair(1),
        starts,
        answer_by,
    }
}

#[test]
fn an_offered_chair_is_kept_until_the_answer_is_due_and_then_free_again() {
    // Hazard: H55
    let mut book = Book::new(1, 1);
    book.act(&Command::Wait {
        waiting: waiter(5, at(0, "08:00"), at(0, "12:00")),
    })
    .unwrap();
    book.act(&offer(5, at(0, "09:00"), at(-7, "14:00")))
        .unwrap();
    let refused = book.book(visit(1, 1, at(0, "09:00")));
    assert_eq!(
        refused,
        Err(Refusal::ChairKept {
            place: chair(1),
            answer_by: at(-7, "14:00"),
        })
    );
    book.now = at(-7, "14:00");
    let entry = WaitingId(Uuid::from_u128(5));
    assert_eq!(
        book.decide(&Command::AcceptOffer { entry }),
        Err(Refusal::NoOpenOffer)
    );
    assert_eq!(book.book(visit(1, 1, at(0, "09:00"))), Ok(()));
}

#[test]
fn an_accepted_offer_is_a_booking_under_the_identity_that_was_offered() {
    let mut book = Book::new(1, 1);
    book.act(&Command::Wait {
        waiting: waiter(5, at(0, "08:00"), at(0, "12:00")),
    })
    .unwrap();
    book.act(&offer(5, at(0, "09:00"), at(-7, "14:00")))
        .unwrap();
    let entry = WaitingId(Uuid::from_u128(5));
    book.act(&Command::AcceptOffer { entry }).unwrap();
    let booked = book.days[0].book.booked(session(105)).unwrap();
    assert_eq!((booked.patient, booked.starts), (person(5), at(0, "09:00")));
    assert_eq!(book.days[0].book.waiters().count(), 0);
}

#[test]
fn who_says_no_waits_on_and_the_chair_is_free() {
    let mut book = Book::new(1, 1);
    book.act(&Command::Wait {
        waiting: waiter(5, at(0, "08:00"), at(0, "12:00")),
    })
    .unwrap();
    book.act(&offer(5, at(0, "09:00"), at(-7, "14:00")))
        .unwrap();
    let entry = WaitingId(Uuid::from_u128(5));
    book.act(&Command::DeclineOffer { entry }).unwrap();
    assert_eq!(book.days[0].book.waiters().count(), 1);
    assert_eq!(book.book(visit(1, 1, at(0, "09:00"))), Ok(()));
}

#[test]
fn a_chair_is_offered_only_when_they_could_come() {
    let mut book = Book::new(1, 1);
    book.act(&Command::Wait {
        waiting: waiter(5, at(0, "08:00"), at(0, "12:00")),
    })
    .unwrap();
    let late = offer(5, at(0, "10:01"), at(-7, "14:00"));
    assert_eq!(book.decide(&late), Err(Refusal::CouldNotCome));
    assert!(
        book.decide(&offer(5, at(0, "10:00"), at(-7, "14:00")))
            .is_ok()
    );
}

#[test]
fn someone_who_could_come_for_less_than_a_visit_cannot_wait() {
    let book = Book::new(1, 1);
    let short = Command::Wait {
        waiting: waiter(5, at(0, "08:00"), at(0, "09:59")),
    };
    assert_eq!(book.decide(&short), Err(Refusal::TooShort));
}

#[test]
fn every_day_has_a_stream_of_its_own_and_always_the_same() {
    // Witness: another implementation of RFC 4122 names of version 5. A changed name would hide
    // every booking that stands.
    let leap_day = day_id(date("2028-02-29"));
    assert_eq!(
        leap_day,
        Uuid::parse_str("e6ed63f1-2a6b-5f43-a1de-ed0c4ba7244b").unwrap()
    );
    let around = ["2028-02-28", "2028-03-01", "2027-02-28"];
    assert!(around.iter().all(|other| day_id(date(other)) != leap_day));
}

#[test]
fn every_event_is_read_back_as_it_was_written() {
    use clinical::record::Recorded;
    let mut book = Book::new(8, 1);
    let waiting = waiter(5, at(0, "08:00"), at(0, "12:00"));
    let events = [
        CalendarEvent::VisitBooked {
            visit: visit(1, 1, at(0, "09:00")),
        },
        CalendarEvent::WaitingBegun { waiting },
    ];
    for event in events {
        let body = serde_json::to_vec(&event).unwrap();
        assert_eq!(
            CalendarEvent::read_body(1, event.name(), 1, &body),
            Ok(event.clone())
        );
        book.days[0].book.apply(&event);
    }
}
