//! The book over HTTP: rooms and hours are set, courses proposed and booked, and two desks never
//! get the same chair.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person, json};
use crate::stranger::http::Answer;
use clinical::course::booking::day_id;
use clinical::patient::CivilDate;
use clinical::record::{PatientId, SessionId, StreamId, StreamKind};
use icalendar::{CalendarComponent, Component};
use server::book::{self, BookedVisit};
use server::clock::Hand;
use std::collections::BTreeSet;
use std::sync::{Arc, Barrier};
use units::{Moment, Span};
use uuid::Uuid;

/// Monday 2 November 2026, nine in the morning in New York: the clocks were put back the day
/// before.
const NOW: &str = "2026-11-02T14:00:00Z";

/// A clinic in New York with two rooms of two chairs, open on every day from eight until six.
fn open_clinic(at: &str) -> (House, Hand) {
    let zone = jiff::tz::TimeZone::get("America/New_York").unwrap();
    let (house, hand) = House::telling(zone, Moment::parse(at).unwrap());
    let mut director = house.person("medical-director");
    for room in ["1", "2"] {
        sets(&mut director, &[("what", "room"), ("room", room)]);
        sets(
            &mut director,
            &[("what", "chairs"), ("room", room), ("chairs", "2")],
        );
    }
    for day in [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ] {
        sets(
            &mut director,
            &[
                ("what", "weekday"),
                ("weekday", day),
                ("from", "00:00"),
                ("until", "20:00"),
                ("staff", "4"),
            ],
        );
    }
    (house, hand)
}

fn sets(person: &mut Person, fields: &[(&str, &str)]) {
    let answer = sends(person, "/clinic", fields);
    assert_eq!(answer.status, 303, "{}", answer.text());
}

/// Sends a form with a number of its own.
fn sends(person: &mut Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    let id = Uuid::new_v4().to_string();
    let mut all = vec![("command_id", id.as_str())];
    all.extend_from_slice(fields);
    person.send(path, &all)
}

fn booking_fields<'a>(
    visit: &'a str,
    date: &'a str,
    time: &'a str,
    place: &'a str,
) -> [(&'a str, &'a str); 7] {
    [
        ("product", "racemic-ketamine"),
        ("route", "intravenous"),
        ("visit", visit),
        ("date", date),
        ("time", time),
        ("place", place),
        ("which", ""),
    ]
}

fn books(person: &mut Person, who: PatientId, date: &str, time: &str, place: &str) -> Answer {
    let visit = Uuid::now_v7().to_string();
    let path = format!("/patients/{who}/course");
    sends(person, &path, &booking_fields(&visit, date, time, place))
}

fn course(house: &House, who: PatientId) -> Vec<BookedVisit> {
    house
        .wait_for(book::course_of(house.application(), who))
        .unwrap()
}

fn refusal(answer: &Answer) -> String {
    assert_eq!(answer.status, 409, "{}", answer.text());
    json(answer)["refused"].as_str().unwrap().to_owned()
}

fn problem(answer: &Answer) -> String {
    assert_eq!(answer.status, 422, "{}", answer.text());
    json(answer)["problem"].as_str().unwrap().to_owned()
}

fn people(house: &House, count: usize) -> Vec<PatientId> {
    let now = house.application().clock.now();
    (0..count)
        .map(|number| house.register(&format!("B-{number}"), now))
        .collect()
}

#[test]
fn of_many_desks_that_want_the_same_chair_at_once_exactly_one_gets_it() {
    // Hazard: H55
    const DESKS: usize = 24;
    let (house, _hand) = open_clinic(NOW);
    let people = people(&house, DESKS);
    let desk = house.person("front-desk");
    let gate = Arc::new(Barrier::new(DESKS));
    let answers: Vec<(u16, String)> = std::thread::scope(|scope| {
        let desks: Vec<_> = people
            .iter()
            .enumerate()
            .map(|(number, who)| {
                let gate = Arc::clone(&gate);
                let mut desk = desk.again();
                scope.spawn(move || {
                    // Half of them begin half an hour later: the visits overlap either way round.
                    let time = ["09:00", "09:30"][number % 2];
                    gate.wait();
                    let answer = books(&mut desk, *who, "2026-11-05", time, "1.1");
                    (answer.status, answer.text().to_string())
                })
            })
            .collect();
        desks.into_iter().map(|desk| desk.join().unwrap()).collect()
    });
    let won = answers.iter().filter(|(status, _)| *status == 303).count();
    assert_eq!(won, 1, "{answers:?}");
    for (_, said) in answers.iter().filter(|(status, _)| *status != 303) {
        assert!(said.contains("1, chair 1 is taken from"), "{said}");
    }
    let booked: usize = people.iter().map(|who| course(&house, *who).len()).sum();
    assert_eq!(booked, 1);
}

#[test]
fn many_desks_that_want_different_chairs_and_times_of_one_day_all_get_them() {
    let (house, _hand) = open_clinic(NOW);
    let wanted: Vec<(&str, &str)> = ["08:00", "10:30", "13:00", "15:30"]
        .into_iter()
        .flat_map(|time| ["1.1", "2.1", "1.2", "2.2"].map(|place| (time, place)))
        .collect();
    let people = people(&house, wanted.len());
    let desk = house.person("front-desk");
    let statuses: Vec<(u16, String)> = std::thread::scope(|scope| {
        let desks: Vec<_> = wanted
            .iter()
            .zip(&people)
            .map(|((time, place), who)| {
                let mut desk = desk.again();
                scope.spawn(move || {
                    let answer = books(&mut desk, *who, "2026-11-05", time, place);
                    (answer.status, answer.text().to_string())
                })
            })
            .collect();
        desks.into_iter().map(|desk| desk.join().unwrap()).collect()
    });
    assert!(
        statuses.iter().all(|(status, _)| *status == 303),
        "{statuses:?}"
    );
}

#[test]
fn of_two_courses_that_cross_on_one_day_one_is_booked_whole_and_nothing_of_the_other() {
    // Hazard: H55
    let (house, _hand) = open_clinic(NOW);
    let people = people(&house, 2);
    let desk = house.person("front-desk");
    let gate = Arc::new(Barrier::new(2));
    // The two name the contested day first and last: whichever order they are written in.
    let courses = [
        [("2026-11-05", "09:00"), ("2026-11-09", "09:00")],
        [("2026-11-12", "09:00"), ("2026-11-05", "09:00")],
    ];
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let desks: Vec<_> = courses
            .iter()
            .zip(&people)
            .map(|(days, who)| {
                let gate = Arc::clone(&gate);
                let mut desk = desk.again();
                scope.spawn(move || {
                    let ids = [Uuid::now_v7().to_string(), Uuid::now_v7().to_string()];
                    let mut fields =
                        vec![("product", "racemic-ketamine"), ("route", "intravenous")];
                    for (id, (date, time)) in ids.iter().zip(days) {
                        fields.extend([
                            ("visit", id.as_str()),
                            ("date", *date),
                            ("time", *time),
                            ("place", "1.1"),
                            ("which", ""),
                        ]);
                    }
                    gate.wait();
                    sends(&mut desk, &format!("/patients/{who}/course"), &fields).status
                })
            })
            .collect();
        desks.into_iter().map(|desk| desk.join().unwrap()).collect()
    });
    let mut sorted = statuses.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [303, 409]);
    for (who, status) in people.iter().zip(&statuses) {
        let expected = if *status == 303 { 2 } else { 0 };
        assert_eq!(course(&house, *who).len(), expected);
    }
}

#[test]
fn a_form_that_is_sent_twice_books_once() {
    // Hazard: H21
    let (house, _hand) = open_clinic(NOW);
    let who = people(&house, 1)[0];
    let mut desk = house.person("front-desk");
    let visit = Uuid::now_v7().to_string();
    let id = Uuid::new_v4().to_string();
    let mut fields = vec![("command_id", id.as_str())];
    fields.extend(booking_fields(&visit, "2026-11-05", "09:00", "1.1"));
    for _ in 0..2 {
        let answer = desk.send(&format!("/patients/{who}/course"), &fields);
        assert_eq!(answer.status, 303, "{}", answer.text());
    }
    assert_eq!(course(&house, who).len(), 1);
}

#[test]
fn a_time_over_which_the_clock_is_put_forward_is_asked_about() {
    // Witness: in New York the clock is put forward on 14 March 2027 from 02:00 to 03:00.
    let (house, _hand) = open_clinic("2027-03-10T14:00:00Z");
    let who = people(&house, 1)[0];
    let mut desk = house.person("front-desk");
    let answer = books(&mut desk, who, "2027-03-14", "02:30", "1.1");
    assert!(problem(&answer).contains("02:30 does not exist on 2027-03-14"));
    let answer = books(&mut desk, who, "2027-03-14", "03:00", "1.1");
    assert_eq!(answer.status, 303, "{}", answer.text());
    let starts = course(&house, who)[0].visit.starts;
    assert_eq!(starts, Moment::parse("2027-03-14T07:00:00Z").unwrap());
}

#[test]
fn a_time_that_comes_twice_is_asked_about_and_then_is_the_one_that_was_meant() {
    // Witness: in New York the clock is put back on 1 November 2026 from 02:00 to 01:00, so that
    // 01:30 is 05:30Z first and 06:30Z second.
    for (which, moment) in [
        ("first", "2026-11-01T05:30:00Z"),
        ("second", "2026-11-01T06:30:00Z"),
    ] {
        let (house, _hand) = open_clinic("2026-10-30T14:00:00Z");
        let who = people(&house, 1)[0];
        let mut desk = house.person("front-desk");
        let answer = books(&mut desk, who, "2026-11-01", "01:30", "1.1");
        assert!(problem(&answer).contains("01:30 comes twice on 2026-11-01"));
        let visit = Uuid::now_v7().to_string();
        let mut fields = booking_fields(&visit, "2026-11-01", "01:30", "1.1");
        fields[6] = ("which", which);
        let answer = sends(&mut desk, &format!("/patients/{who}/course"), &fields);
        assert_eq!(answer.status, 303, "{}", answer.text());
        let starts = course(&house, who)[0].visit.starts;
        assert_eq!(starts, Moment::parse(moment).unwrap());
    }
}

#[test]
fn days_of_23_and_25_hours_and_a_leap_day_have_their_own_length_and_hours() {
    // Witness: the rules of New York's clocks.
    let zone = jiff::tz::TimeZone::get("America/New_York").unwrap();
    let clinic = clinical::clinic::Clinic::default();
    for (date, hours) in [
        ("2027-03-14", 23),
        ("2026-11-01", 25),
        ("2028-02-29", 24),
        ("2026-12-31", 24),
    ] {
        let date: CivilDate = date.parse().unwrap();
        let frame = book::DayFrame::of(&clinic, &zone, date);
        assert_eq!(
            frame.whole.until - frame.whole.from,
            Span::from_hours(hours),
            "{date}"
        );
        let next = book::DayFrame::of(&clinic, &zone, date.plus_days(1));
        assert_eq!(frame.whole.until, next.whole.from, "{date}");
    }
}

#[test]
fn a_proposed_course_can_be_booked_as_it_stands() {
    let (house, _hand) = open_clinic(NOW);
    let who = people(&house, 1)[0];
    let mut desk = house.person("front-desk");
    let page = desk.page(&format!(
        "/patients/{who}/course?propose=yes&treatment=racemic-ketamine+intravenous&visits=6\
         &from=2026-11-03&after=09%3A00&before=12%3A00&weekday=tuesday&weekday=friday"
    ));
    assert_eq!(page.status, 200);
    let text = page.text().to_string();
    let form = text.split("name=\"product\"").nth(1).unwrap();
    let form = form.split("</form>").next().unwrap();
    let values = |name: &str| -> Vec<String> {
        form.split(&format!("name=\"{name}\" value=\""))
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect()
    };
    let (visits, dates, times) = (values("visit"), values("date"), values("time"));
    // Tuesday 3 November and every Friday and Tuesday after it.
    assert_eq!(
        dates,
        [
            "2026-11-03",
            "2026-11-06",
            "2026-11-10",
            "2026-11-13",
            "2026-11-17",
            "2026-11-20"
        ]
    );
    let mut fields = vec![("product", "racemic-ketamine"), ("route", "intravenous")];
    for number in 0..6 {
        fields.extend([
            ("visit", visits[number].as_str()),
            ("date", dates[number].as_str()),
            ("time", times[number].as_str()),
            ("place", "1.1"),
            ("which", ""),
        ]);
    }
    let answer = sends(&mut desk, &format!("/patients/{who}/course"), &fields);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let booked = course(&house, who);
    assert_eq!(booked.len(), 6);
    assert!(booked.iter().all(BookedVisit::is_booked));
}

/// A booked visit and the prescriber's order for it: 31 mg for 62 kg in 50 mL over 40 minutes.
/// Source: clinical reference 3.7, second example.
fn ordered(house: &House, who: PatientId) -> SessionId {
    let mut desk = house.person("front-desk");
    let answer = books(&mut desk, who, "2026-11-05", "09:00", "1.1");
    assert_eq!(answer.status, 303, "{}", answer.text());
    let visit = course(house, who)[0].visit.visit;
    // Witness: clinical reference 3.7: 62 kg at 0.5 mg/kg from 50 mg/mL in 50 mL over 40 minutes.
    let order = [
        ("per_weight", "0.5"),
        ("vial", "50"),
        ("volume", "50"),
        ("minutes", "40"),
        ("weight", "62"),
        ("seen", "31"),
    ];
    let path = format!("/visits/{visit}/order");
    assert_eq!(sends(&mut desk, &path, &order).status, 403);
    let mut prescriber = house.person("prescriber");
    // The page proposes the beginning, and works it out once everything is there.
    let page = prescriber.page(&path).text();
    assert!(page.contains("name=\"per_weight\"") && page.contains("value=\"0.5\""));
    assert!(page.contains("nobody was weighed here yet"), "{page}");
    let asked = "asked=yes&per_weight=0.5&vial=50&volume=50&minutes=40&weight=62";
    let page = prescriber.page(&format!("{path}?{asked}")).text();
    for says in [
        "0.5\u{a0}mg/kg × 62\u{a0}kg",
        "31\u{a0}mg ÷ 50\u{a0}mg/mL",
        "0.62\u{a0}mL",
        "49.38\u{a0}mL",
        "75\u{a0}mL/h",
        "12.5\u{a0}µg/kg/min",
        "Every requirement is met.",
    ] {
        assert!(page.contains(says), "{says}: {page}");
    }
    // Ten times as much is said before it is sent, and refused when it is sent all the same.
    let tenfold = asked.replace("0.5", "5");
    let page = prescriber.page(&format!("{path}?{tenfold}")).text();
    assert!(page.contains("cannot be ordered here by anybody"), "{page}");
    let mut slip = order;
    slip[0] = ("per_weight", "5");
    slip[5] = ("seen", "310");
    let answer = sends(&mut prescriber, &path, &slip);
    assert_eq!(answer.status, 409, "{}", answer.text());
    assert!(answer.text().contains("What you typed is kept below"));
    assert!(house.session_if_any(visit).is_none());
    // What was not read is not signed: the page showed another dose.
    slip[0] = ("per_weight", "0.6");
    slip[5] = ("seen", "31");
    let answer = sends(&mut prescriber, &path, &slip);
    assert_eq!(answer.status, 422, "{}", answer.text());
    assert!(answer.text().contains("worked out anew"));
    let answer = sends(&mut prescriber, &path, &order);
    assert_eq!(answer.status, 303, "{}", answer.text());
    visit
}

#[test]
fn the_order_plans_the_session_under_the_visits_identity_and_the_session_follows_the_visit() {
    let (house, _hand) = open_clinic(NOW);
    let who = people(&house, 1)[0];
    let visit = ordered(&house, who);
    let session = house.session(visit);
    assert_eq!(session.patient, Some(who));
    assert_eq!(session.room, "1, chair 1");
    assert_eq!(
        session.planned_for,
        Some(Moment::parse("2026-11-05T14:00:00Z").unwrap())
    );
    let order = session.order.clone().unwrap();
    assert_eq!(order.rate.value(), units::Decimal::from(75));
    let made = order.reckoned.clone().unwrap();
    assert_eq!(made.drawn.value(), units::Decimal::new(62, 2));
    assert_eq!(made.vial.value(), units::Decimal::from(50));
    let mut desk = house.person("front-desk");
    let answer = sends(
        &mut desk,
        &format!("/visits/{visit}/move"),
        &[("date", "2026-11-06"), ("time", "10:15"), ("place", "2.2")],
    );
    assert_eq!(answer.status, 303, "{}", answer.text());
    let session = house.session(visit);
    assert_eq!(session.room, "2, chair 2");
    assert_eq!(
        session.planned_for,
        Some(Moment::parse("2026-11-06T15:15:00Z").unwrap())
    );
    assert_eq!(session.order, Some(order));
    let mut prescriber = house.person("prescriber");
    let page = prescriber.page(&format!("/visits/{visit}"));
    assert!(page.text().contains("= 0.5\u{a0}mg/kg"), "{}", page.text());
    let answer = sends(
        &mut desk,
        &format!("/visits/{visit}/cancel"),
        &[("reason", "moved house")],
    );
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(house.session(visit).stage.says(), "cancelled");
}

/// A visit of one product by one route, booked.
fn booked_by(house: &House, product: &str, route: &str) -> SessionId {
    let who = people(house, 1)[0];
    let visit = Uuid::now_v7().to_string();
    let mut fields = booking_fields(&visit, "2026-11-05", "09:00", "1.1");
    fields[0] = ("product", product);
    fields[1] = ("route", route);
    let mut desk = house.person("front-desk");
    let answer = sends(&mut desk, &format!("/patients/{who}/course"), &fields);
    assert_eq!(answer.status, 303, "{}", answer.text());
    course(house, who)[0].visit.visit
}

#[test]
fn an_injection_is_ordered_with_what_is_drawn_and_a_slip_of_the_point_by_nobody() {
    // Hazard: H19, H20
    let (house, _hand) = open_clinic(NOW);
    let visit = booked_by(&house, "racemic-ketamine", "intramuscular");
    let path = format!("/visits/{visit}/order");
    let mut prescriber = house.person("prescriber");
    let page = prescriber.page(&path).text();
    assert!(page.contains("Strength of the vial") && !page.contains("Final volume"));
    // Witness: clinical reference 3.7: 80 kg × 0.7 = 56 mg from 100 mg/mL, 0.56 mL.
    let asked = "asked=yes&per_weight=0.7&vial=100&number=1&weight=80";
    let page = prescriber.page(&format!("{path}?{asked}")).text();
    for says in [
        "0.7\u{a0}mg/kg × 80\u{a0}kg",
        "56\u{a0}mg ÷ 100\u{a0}mg/mL",
        "0.56\u{a0}mL",
        "Every requirement is met.",
    ] {
        assert!(page.contains(says), "{says}: {page}");
    }
    let tenfold = asked.replace("0.7", "7");
    let page = prescriber.page(&format!("{path}?{tenfold}")).text();
    assert!(page.contains("cannot be ordered here by anybody"), "{page}");
    let order = [
        ("per_weight", "0.7"),
        ("vial", "100"),
        ("number", "1"),
        ("weight", "80"),
        ("seen", "56"),
        ("medicine", "ondansetron"),
        ("medicine_dose", "4 mg"),
        ("medicine_route", "by mouth"),
        ("medicine_when", "if sick"),
        ("what_if", "sick"),
        ("what_then", "sit up, basin"),
    ];
    let answer = sends(&mut prescriber, &path, &order);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let order = house.session(visit).order.clone().unwrap();
    assert_eq!(order.way.route.word(), "intramuscular");
    assert_eq!(
        order.alongside.medicines[0].says(),
        "ondansetron, 4 mg, by mouth, if sick"
    );
    // Before anything is given it may become an injection under the skin, by its own protocol.
    let change = format!("/sessions/{visit}/order");
    let page = prescriber
        .page(&format!("{change}?way=racemic-ketamine/subcutaneous"))
        .text();
    assert!(
        page.contains("name=\"vial\"") && page.contains("sit up, basin"),
        "{page}"
    );
    // By weight it is saved only once what it comes to was read. By hand: 0.5 mg/kg × 80 kg = 40 mg.
    // Hazard: H26
    let stands = house.session(visit).ordered().unwrap().0.event_id;
    let stands = stands.to_string();
    let patient = house.session(visit).patient.unwrap().to_string();
    let session = visit.to_string();
    let by_weight = |seen| {
        vec![
            ("way", "racemic-ketamine/subcutaneous"),
            ("session", session.as_str()),
            ("patient", patient.as_str()),
            ("instead_of", stands.as_str()),
            ("per_weight", "0.5"),
            ("number", "1"),
            ("vial", "100"),
            ("weight", "80"),
            ("weight_kind", "actual"),
            ("because", "under the skin is gentler"),
            ("seen", seen),
        ]
    };
    for seen in ["", "56"] {
        let answer = sends(&mut prescriber, &change, &by_weight(seen));
        assert_eq!(answer.status, 422, "{}", answer.text());
        let page = answer.text();
        assert!(
            page.contains("Not saved yet.") && page.contains("= 40\u{a0}mg"),
            "{page}"
        );
        assert!(page.contains("name=\"seen\" value=\"40\""), "{page}");
        let ordered = house.session(visit).order.clone().unwrap();
        assert_eq!(ordered.way.route.word(), "intramuscular");
    }
    let answer = sends(&mut prescriber, &change, &by_weight("40"));
    assert_eq!(answer.status, 303, "{}", answer.text());
    let ordered = house.session(visit).order.clone().unwrap();
    assert_eq!(ordered.way.route.word(), "subcutaneous");
    assert_eq!(ordered.dose.to_string(), "40\u{a0}mg");
}

#[test]
fn esketamine_is_ordered_in_devices_and_what_nobody_asked_needs_a_reason() {
    // Hazard: H20, H24
    let (house, _hand) = open_clinic(NOW);
    let visit = booked_by(&house, "esketamine", "intranasal");
    let path = format!("/visits/{visit}/order");
    let mut prescriber = house.person("prescriber");
    let page = prescriber.page(&path).text();
    assert!(page.contains("Devices to open") && !page.contains("Strength of the vial"));
    let page = prescriber
        .page(&format!("{path}?asked=yes&devices=2&weight=70"))
        .text();
    // 2 × 28 mg = 56 mg. Nobody has asked about the liver.
    for says in ["56\u{a0}mg", "The liver is not severely impaired."] {
        assert!(page.contains(says), "{says}: {page}");
    }
    let order = [("devices", "2"), ("weight", "70"), ("seen", "56")];
    let answer = sends(&mut prescriber, &path, &order);
    assert_eq!(answer.status, 409, "{}", answer.text());
    let mut because = order.to_vec();
    because.push(("beyond", "no liver disease by last week's letter"));
    let answer = sends(&mut prescriber, &path, &because);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let order = house.session(visit).order.clone().unwrap();
    assert_eq!(
        order.way.doses_say().unwrap(),
        "2 devices of 28\u{a0}mg into the nose"
    );
    assert!(order.beyond.is_some());
}

#[test]
fn the_session_and_the_book_are_put_right_after_a_crash_came_between_them() {
    use clinical::course::booking::{CalendarEvent, Place};
    use clinical::record::{CommandId, EventId, Recorded};
    let (house, _hand) = open_clinic(NOW);
    let who = people(&house, 1)[0];
    let visit = ordered(&house, who);
    // The book alone is written, as if the server had stopped before the session followed.
    let application = house.application();
    let day = day_id("2026-11-05".parse().unwrap());
    let moved = CalendarEvent::VisitMoved {
        visit,
        place: Place {
            room: "2".to_owned(),
            chair: 1,
        },
        starts: Moment::parse("2026-11-05T16:00:00Z").unwrap(),
        reason: String::new(),
    };
    let at = application.clock.now();
    let decision = store::Decision {
        tenant: application.tenant,
        command_id: CommandId(Uuid::now_v7()),
        actor: crate::house::nurse(),
        recorded_at: at,
        appends: vec![store::Append {
            stream: StreamId::of(StreamKind::Calendar, day),
            expected_version: 1,
            events: vec![moved.to_new_event(EventId(Uuid::now_v7()), at)],
        }],
        projections: Vec::new(),
        audit: Vec::new(),
        answer: b"{}".to_vec(),
    };
    house.wait_for(application.store.commit(decision)).unwrap();
    house
        .wait_for(server::projection::rebuild(application))
        .unwrap();
    house.wait_for(book::put_right(application)).unwrap();
    assert_eq!(house.session(visit).room, "2, chair 1");
}

#[test]
fn the_lists_of_the_book_are_the_same_when_they_are_rebuilt() {
    let (house, _hand) = open_clinic(NOW);
    let people = people(&house, 2);
    ordered(&house, people[0]);
    let mut desk = house.person("front-desk");
    waits(&mut desk, people[1], "2026-11-05");
    let application = house.application();
    let digest = || {
        let digest = application.store.projection_digest(application.tenant);
        house.wait_for(digest).unwrap()
    };
    let before = digest();
    house
        .wait_for(server::projection::rebuild(application))
        .unwrap();
    assert_eq!(digest(), before);
}

fn waits(desk: &mut Person, who: PatientId, date: &str) -> String {
    let entry = Uuid::new_v4().to_string();
    let answer = sends(
        desk,
        &format!("/patients/{who}/waiting"),
        &[
            ("entry", &entry),
            ("treatment", "racemic-ketamine intravenous"),
            ("date", date),
            ("from", "08:00"),
            ("until", "13:00"),
        ],
    );
    assert_eq!(answer.status, 303, "{}", answer.text());
    entry
}

/// The patient's own page, opened as their link opens it.
fn own_cookie(house: &House, who: PatientId) -> String {
    use clinical::leaflet::Language;
    use server::identity::{Way, let_in, own_cookie_name};
    let application = house.application();
    let secret = house
        .wait_for(let_in(application, who, Way::Link, Language::Spanish))
        .unwrap();
    format!("{}={}", own_cookie_name(application), secret.reveal())
}

#[test]
fn a_cancelled_chair_is_offered_in_one_tap_and_the_patient_takes_it_on_their_phone() {
    let (house, _hand) = open_clinic(NOW);
    let people = people(&house, 3);
    let mut desk = house.person("front-desk");
    let answer = books(&mut desk, people[0], "2026-11-05", "09:00", "1.1");
    assert_eq!(answer.status, 303);
    let entry = waits(&mut desk, people[1], "2026-11-05");
    let visit = course(&house, people[0])[0].visit.visit;
    let answer = sends(
        &mut desk,
        &format!("/visits/{visit}/cancel"),
        &[("reason", "has a cold")],
    );
    assert_eq!(answer.status, 303);
    let day = desk.page("/calendar?day=2026-11-05").text().to_string();
    assert!(
        day.contains(&format!("/waiting/{entry}/offer")),
        "who fits is listed"
    );
    let answer = sends(
        &mut desk,
        &format!("/waiting/{entry}/offer"),
        &[
            ("patient", &people[1].to_string()),
            ("place", "1.1"),
            ("starts", "2026-11-05T14:00:00Z"),
        ],
    );
    assert_eq!(answer.status, 303, "{}", answer.text());
    // Kept for them: nobody else gets it meanwhile.
    let answer = books(&mut desk, people[2], "2026-11-05", "09:00", "1.1");
    assert!(refusal(&answer).contains("is kept until"));

    let cookie = own_cookie(&house, people[1]);
    let mut own = desk.again();
    own.cookie.clone_from(&cookie);
    let page = own.page("/my/visits").text().to_string();
    assert!(
        page.contains("Sí, iré") && page.contains("jueves 5 de noviembre"),
        "{page}"
    );
    let answer = sends(
        &mut own,
        "/my/visits",
        &[("entry", &entry), ("answer", "yes")],
    );
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert!(course(&house, people[1])[0].is_booked());
    let offers = house
        .wait_for(book::offers_of(house.application(), people[1]))
        .unwrap();
    assert_eq!(offers[0].state, "accepted");
}

#[test]
fn nobody_takes_the_chair_that_was_offered_to_somebody_else() {
    // Hazard: H45
    let (house, _hand) = open_clinic(NOW);
    let people = people(&house, 2);
    let mut desk = house.person("front-desk");
    let entry = waits(&mut desk, people[0], "2026-11-05");
    let answer = sends(
        &mut desk,
        &format!("/waiting/{entry}/offer"),
        &[
            ("patient", &people[0].to_string()),
            ("place", "1.1"),
            ("starts", "2026-11-05T14:00:00Z"),
        ],
    );
    assert_eq!(answer.status, 303, "{}", answer.text());
    let mut other = desk.again();
    other.cookie = own_cookie(&house, people[1]);
    let answer = sends(
        &mut other,
        "/my/visits",
        &[("entry", &entry), ("answer", "yes")],
    );
    assert_eq!(answer.status, 404);
    assert!(course(&house, people[0]).is_empty());
}

#[test]
fn an_offer_ends_when_its_time_is_over() {
    let (house, hand) = open_clinic(NOW);
    let people = people(&house, 1);
    let mut desk = house.person("front-desk");
    let entry = waits(&mut desk, people[0], "2026-11-05");
    sends(
        &mut desk,
        &format!("/waiting/{entry}/offer"),
        &[
            ("patient", &people[0].to_string()),
            ("place", "1.1"),
            ("starts", "2026-11-05T14:00:00Z"),
        ],
    );
    let mut own = desk.again();
    // The policy keeps an offered chair for 120 minutes.
    hand.advance(Span::from_minutes(120));
    own.cookie = own_cookie(&house, people[0]);
    let answer = sends(
        &mut own,
        "/my/visits",
        &[("entry", &entry), ("answer", "yes")],
    );
    assert!(refusal(&answer).contains("its time is over"));
}

fn events_of(text: &str) -> Vec<icalendar::Event> {
    let calendar: icalendar::Calendar = text.parse().unwrap();
    calendar
        .components
        .into_iter()
        .filter_map(|component| match component {
            CalendarComponent::Event(event) => Some(event),
            _ => None,
        })
        .collect()
}

#[test]
fn a_calendar_programme_reads_the_visits_and_no_name_and_no_word_about_health() {
    // Hazard: H45
    let (house, _hand) = open_clinic(NOW);
    let who = people(&house, 1)[0];
    let visit = ordered(&house, who);
    let mut nurse = house.person("nurse");
    let made = nurse.send("/calendar/feed", &[]).text().to_string();
    let path = |page: &str| {
        let from = page.find("/calendar/feed/").unwrap();
        let until = page[from..].find(".ics").unwrap() + from + 4;
        page[from..until].to_owned()
    };
    let staff_feed = path(&made);
    let answer = house.anyone(&crate::stranger::http::get(&staff_feed, &[]));
    assert_eq!(answer.status, 200);
    let text = answer.text().to_string();
    let events = events_of(&text);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].get_summary(), Some("R.Q. · room 1, chair 1"));
    assert!(
        events[0]
            .get_url()
            .unwrap()
            .ends_with(&format!("/visits/{visit}"))
    );
    let starts = events[0].get_start().unwrap();
    let nine_in_new_york = "2026-11-05T14:00:00Z".parse::<jiff::Timestamp>().unwrap();
    match starts {
        icalendar::DatePerhapsTime::DateTime(icalendar::CalendarDateTime::Utc(at)) => {
            assert_eq!(at.timestamp(), nine_in_new_york.as_second());
        }
        other => panic!("{other:?}"),
    }
    assert!(!text.contains("QUILL") && !text.contains("Rosa"));

    let mut own = nurse.again();
    own.cookie = own_cookie(&house, who);
    let mine = own.page("/my/visits.ics").text().to_string();
    let shown: BTreeSet<String> = events_of(&mine)
        .iter()
        .filter_map(|event| event.get_summary().map(str::to_owned))
        .collect();
    assert_eq!(shown, BTreeSet::from(["Cita".to_owned()]));
    let made = sends(&mut own, "/my/visits", &[("answer", "feed")])
        .text()
        .to_string();
    let own_feed = path(&made);
    let text = house
        .anyone(&crate::stranger::http::get(&own_feed, &[]))
        .text()
        .to_lowercase();
    for word in [
        "ketamin", "infusion", "clinic", "treat", "quill", "rosa", "room",
    ] {
        assert!(!text.contains(word), "{word} in {text}");
    }
    // A new address stops the one before, and a made-up one opens nothing.
    sends(&mut own, "/my/visits", &[("answer", "feed")]);
    for path in [
        own_feed.as_str(),
        "/calendar/feed/made-up.ics",
        "/calendar/feed/.ics",
    ] {
        let answer = house.anyone(&crate::stranger::http::get(path, &[]));
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[test]
fn a_visit_under_way_is_moved_by_nobody() {
    use clinical::course::session::{Answer as Fasting, Command, FastingAnswers};
    let (house, hand) = open_clinic(NOW);
    let who = people(&house, 1)[0];
    let visit = ordered(&house, who);
    hand.advance_to(Moment::parse("2026-11-05T14:05:00Z").unwrap());
    let answers = FastingAnswers {
        clear_liquid: Fasting::NoneSuch,
        light_meal: Fasting::NoneSuch,
        heavy_meal: Fasting::NoneSuch,
    };
    let check_in = Command::CheckIn {
        fasting: answers,
        escort: None,
    };
    let now = house.application().clock.now();
    house.tell(visit, now, check_in).unwrap();
    let mut desk = house.person("front-desk");
    let answer = sends(
        &mut desk,
        &format!("/visits/{visit}/move"),
        &[("date", "2026-11-06"), ("time", "10:15"), ("place", "2.2")],
    );
    assert!(refusal(&answer).contains("this visit has begun"));
}

#[test]
fn hours_and_chairs_are_set_by_the_medical_director_or_the_owner_and_a_holiday_closes_the_day() {
    let (house, _hand) = open_clinic(NOW);
    let who = people(&house, 1)[0];
    let mut owner = house.person("owner");
    sets(
        &mut owner,
        &[
            ("what", "date"),
            ("date", "2026-11-26"),
            ("reason", "Thanksgiving"),
        ],
    );
    let mut desk = house.person("front-desk");
    let answer = books(&mut desk, who, "2026-11-26", "09:00", "1.1");
    assert!(refusal(&answer).contains("the clinic is closed on 2026-11-26"));
    let page = desk.page("/calendar?day=2026-11-26").text().to_string();
    assert!(page.contains("The clinic is closed."));
    assert_eq!(
        sends(&mut desk, "/clinic", &[("what", "room"), ("room", "9")]).status,
        403
    );
    sets(&mut owner, &[("what", "lift"), ("date", "2026-11-26")]);
    let answer = books(&mut desk, who, "2026-11-26", "09:00", "1.1");
    assert_eq!(answer.status, 303, "{}", answer.text());
}

#[test]
fn every_page_of_the_book_opens() {
    let (house, _hand) = open_clinic(NOW);
    let who = people(&house, 1)[0];
    let visit = ordered(&house, who);
    let mut prescriber = house.person("prescriber");
    for path in [
        "/calendar".to_owned(),
        "/calendar?day=2026-11-05".to_owned(),
        "/calendar/week?of=2026-11-05".to_owned(),
        "/calendar/slot?day=2026-11-05&time=12%3A00&chair=1.1&q=QUI".to_owned(),
        "/calendar/feed".to_owned(),
        format!("/patients/{who}/course?one=2026-11-09T12:00&chair=1.1"),
        format!("/visits/{visit}"),
    ] {
        let answer = prescriber.page(&path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }
    for path in [
        "/calendar?day=2026-02-30",
        "/calendar?day=9999-12-31",
        "/calendar?day=x",
    ] {
        assert_eq!(prescriber.page(path).status, 422, "{path}");
    }
    let mut director = house.person("medical-director");
    assert_eq!(director.page("/clinic").status, 200);
}
