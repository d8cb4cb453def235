//! Registering people, who may be registered twice, and two records of one person: over HTTP, as
//! the front desk and a nurse do it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person};
use crate::stranger::http::Answer;
use clinical::record::PatientId;
use server::patients;
use std::collections::BTreeSet;
use uuid::Uuid;

const ANA: [(&str, &str); 9] = [
    ("family_name", "Moreno"),
    ("given_name", "Ana"),
    ("birth_date", "1984-03-02"),
    ("record_number", ""),
    ("email", "ana@example.org"),
    ("mobile", "+57 310 555 0142"),
    ("zone", "America/Bogota"),
    ("sex", "female"),
    ("language", "es"),
];

/// Ana's form with some fields otherwise.
fn form<'a>(other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = ANA
        .into_iter()
        .filter(|(name, _)| other.iter().all(|(given, _)| given != name));
    kept.chain(other.iter().copied()).collect()
}

fn register(person: &mut Person, other: &[(&str, &str)]) -> Answer {
    let id = Uuid::new_v4().to_string();
    let mut fields = form(other);
    if !other.iter().any(|(name, _)| *name == "command_id") {
        fields.push(("command_id", &id));
    }
    person.send("/patients/new", &fields)
}

/// The person whose details an answer leads to.
fn led_to(answer: &Answer) -> PatientId {
    assert_eq!(answer.status, 303, "{}", answer.text());
    let to = answer.header("location").unwrap();
    let id = to.trim_start_matches("/patients/");
    id.trim_end_matches("/details").parse().unwrap()
}

fn number(house: &House, id: PatientId) -> String {
    let read = house.wait_for(patients::read(house.application(), id));
    read.unwrap().unwrap().registration.unwrap().record_number
}

#[test]
fn impossible_birth_dates_and_addresses_get_a_sentence_and_nothing_typed_is_lost() {
    let house = House::staffed(|_| {});
    let mut desk = house.person("front-desk");
    for (field, typed, says) in [
        ("birth_date", "2999-01-01", "has not come yet"),
        (
            "birth_date",
            "1985-02-29",
            "There is no 29 February in 1985",
        ),
        ("birth_date", "1899-12-31", "before 1900"),
        ("birth_date", "02/03/1984", "year-month-day"),
        ("birth_date", "", "Enter the date of birth"),
        ("email", "ana at example", "is not an e-mail address"),
        ("mobile", "0142", "is not a telephone number"),
        ("zone", "Bogota", "is no time zone"),
        ("family_name", "", "Enter the family name"),
    ] {
        let answer = register(&mut desk, &[(field, typed)]);
        assert_eq!(answer.status, 422, "{field} {typed}");
        assert!(answer.text().contains(says), "{says}: {}", answer.text());
        for (name, text) in form(&[(field, typed)]).iter().take(7) {
            let shown = text.replace('+', "&#43;");
            let kept = answer.text().contains(&format!("value=\"{text}\""))
                || answer.text().contains(&format!("value=\"{shown}\""));
            assert!(kept, "{name} after {field}");
        }
    }
    // A leap day that the calendar has, and somebody of 126 years, are people like any other.
    let leap = register(&mut desk, &[("birth_date", "1984-02-29")]);
    assert_eq!(leap.status, 303, "{}", leap.text());
}

#[test]
fn whoever_may_be_registered_already_is_shown_with_the_reason_before_anything_is_saved() {
    // Hazard: H02
    let house = House::staffed(|_| {});
    let mut desk = house.person("front-desk");
    let ana = led_to(&register(&mut desk, &[]));
    let none = [("email", ""), ("mobile", "")];
    for (other, says) in [
        (vec![("given_name", "ANÁ")], "the same name"),
        (
            vec![("family_name", "Ana"), ("given_name", "Moreno")],
            "the other way round",
        ),
        (
            vec![("birth_date", "1984-02-03")],
            "day and month the other way round",
        ),
    ] {
        let fields: Vec<_> = other.into_iter().chain(none).collect();
        let answer = register(&mut desk, &fields);
        assert_eq!(answer.status, 409, "{says}");
        assert!(answer.text().contains(says), "{says}: {}", answer.text());
        assert!(answer.text().contains(&format!("/patients/{ana}/details")));
    }
    let sister = [
        ("given_name", "Eva"),
        ("birth_date", "1990-01-01"),
        ("email", ""),
        ("mobile", "(310) 555-0142"),
    ];
    let asked = register(&mut desk, &sister);
    assert_eq!(asked.status, 409);
    assert!(asked.text().contains("the same telephone number"));
    // Somebody looked, and it is another person: that is saved, and stands in the record.
    let looked_at = ana.to_string();
    let mut fields = sister.to_vec();
    fields.push(("another", &looked_at));
    let eva = led_to(&register(&mut desk, &fields));
    let read = house.wait_for(patients::read(house.application(), eva));
    assert_eq!(read.unwrap().unwrap().told_apart, [ana]);
}

#[test]
fn desks_that_register_at_once_never_give_one_number_twice() {
    // Hazard: H02, H26
    let house = House::staffed(|_| {});
    let desk = house.person("front-desk");
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let desks: Vec<_> = (0..8)
            .map(|desk_number| {
                let mut desk = desk.again();
                scope.spawn(move || {
                    let family = format!("Person{desk_number}");
                    let born = format!("19{}0-01-01", desk_number + 1);
                    let born = if desk_number == 0 {
                        "1911-01-01".to_owned()
                    } else {
                        born
                    };
                    let fields = [
                        ("family_name", family.as_str()),
                        ("birth_date", &born),
                        ("email", ""),
                        ("mobile", ""),
                    ];
                    register(&mut desk, &fields)
                })
            })
            .collect();
        desks.into_iter().map(|desk| desk.join().unwrap()).collect()
    });
    let numbers: BTreeSet<String> = answers
        .iter()
        .map(|answer| number(&house, led_to(answer)))
        .collect();
    assert_eq!(numbers.len(), answers.len());
    // The same number by hand, by two desks at once: one has it, the other is told.
    let statuses: BTreeSet<u16> = std::thread::scope(|scope| {
        let desks: Vec<_> = ["Alpha", "Beta"]
            .into_iter()
            .map(|family| {
                let mut desk = desk.again();
                let born = if family == "Alpha" {
                    "1971-05-05"
                } else {
                    "1972-06-06"
                };
                scope.spawn(move || {
                    let fields = [
                        ("family_name", family),
                        ("birth_date", born),
                        ("record_number", "A-7"),
                        ("email", ""),
                        ("mobile", ""),
                    ];
                    register(&mut desk, &fields).status
                })
            })
            .collect();
        desks.into_iter().map(|desk| desk.join().unwrap()).collect()
    });
    assert_eq!(statuses, BTreeSet::from([303, 422]));
}

#[test]
fn a_form_that_is_sent_twice_registers_one_person() {
    // Hazard: H21
    let house = House::staffed(|_| {});
    let mut desk = house.person("front-desk");
    let id = Uuid::new_v4().to_string();
    let first = led_to(&register(&mut desk, &[("command_id", &id)]));
    assert_eq!(led_to(&register(&mut desk, &[("command_id", &id)])), first);
    let other = [("command_id", id.as_str()), ("given_name", "Eva")];
    assert_eq!(register(&mut desk, &other).status, 422);
}

#[test]
fn a_correction_is_saved_and_a_page_that_has_grown_old_overwrites_nothing() {
    // Hazard: H26
    let house = House::staffed(|_| {});
    let mut desk = house.person("front-desk");
    let ana = led_to(&register(&mut desk, &[]));
    let correct = |person: &mut Person, given: &str| {
        let id = Uuid::new_v4().to_string();
        let mut fields = form(&[("given_name", given)]);
        fields.extend([("command_id", id.as_str()), ("version", "2")]);
        person.send(&format!("/patients/{ana}/details"), &fields)
    };
    assert_eq!(correct(&mut desk, "Ana María").status, 303);
    let stale = correct(&mut desk, "Anna");
    assert_eq!(stale.status, 409);
    assert!(stale.text().contains("value=\"Anna\""), "{}", stale.text());
    let read = house.wait_for(patients::read(house.application(), ana));
    let registration = read.unwrap().unwrap().registration.unwrap();
    assert_eq!(registration.given_name, "Ana María");
}

fn act(person: &mut Person, from: PatientId, into: PatientId, what: &str) -> Answer {
    let (id, into) = (Uuid::new_v4().to_string(), into.to_string());
    person.send(
        &format!("/patients/{from}/merge"),
        &[
            ("command_id", &id),
            ("into", &into),
            ("act", what),
            ("reason", "looked at the passport"),
        ],
    )
}

#[test]
fn two_records_are_merged_by_two_people_read_as_one_and_taken_apart_again() {
    // Hazard: H02
    let house = House::staffed(|_| {});
    let (mut desk, mut nurse) = (house.person("front-desk"), house.person("nurse"));
    let stays = led_to(&register(&mut desk, &[]));
    let known = stays.to_string();
    let again = [("record_number", "T-2"), ("another", known.as_str())];
    let twice = led_to(&register(&mut desk, &again));
    assert_eq!(act(&mut desk, twice, stays, "propose").status, 303);
    // The desk does not confirm, nor does an auditor.
    assert_eq!(act(&mut desk, twice, stays, "confirm").status, 409);
    let mut auditor = house.person("auditor");
    assert_eq!(act(&mut auditor, twice, stays, "confirm").status, 403);
    let application = house.application();
    let link =
        server::identity::patient_link(application, twice, "/my", units::Span::from_hours(24));
    let link = house.wait_for(link).unwrap();
    assert_eq!(act(&mut nurse, twice, stays, "confirm").status, 303);
    // Whoever opens the record that leads elsewhere is shown the one that stays, and told so.
    let page = nurse.page(&format!("/patients/{twice}/details"));
    assert!(
        page.text().contains("You opened No. T-2"),
        "{}",
        page.text()
    );
    let chart = nurse.page(&format!("/patients/{twice}"));
    assert_eq!(chart.status, 303);
    assert_eq!(number(&house, twice), number(&house, stays));
    // What was sent to it opens nothing any more.
    let path = link
        .split_once("/p/")
        .map(|(_, token)| format!("/p/{token}"));
    let door = house.anyone(&crate::stranger::http::post(
        &path.unwrap(),
        &[],
        &[
            ("birth_date", "1984-03-02"),
            ("day", "2"),
            ("month", "3"),
            ("year", "1984"),
        ],
    ));
    assert!(door.header("set-cookie").is_none(), "{}", door.text());
    // Nothing was rewritten: apart again, each is as it was.
    assert_eq!(act(&mut nurse, twice, stays, "undo").status, 303);
    assert_eq!(number(&house, twice), "T-2");
    let page = nurse.page(&format!("/patients/{twice}/details"));
    assert!(!page.text().contains("You opened"));
}

#[test]
fn a_record_that_was_taken_for_somebody_elses_is_still_merged_by_its_number() {
    // Hazard: H02
    let house = House::staffed(|_| {});
    let (mut desk, mut nurse) = (house.person("front-desk"), house.person("nurse"));
    let stays = led_to(&register(&mut desk, &[]));
    let known = stays.to_string();
    let again = [("record_number", "T-2"), ("another", known.as_str())];
    let twice = led_to(&register(&mut desk, &again));
    let mut propose = |wanted: &str| {
        let id = Uuid::new_v4().to_string();
        desk.send(
            &format!("/patients/{stays}/merge"),
            &[
                ("command_id", &id),
                ("number", wanted),
                ("act", "propose"),
                ("reason", "one passport"),
            ],
        )
    };
    let nobody = propose("T-3");
    assert_eq!(nobody.status, 422);
    assert!(nobody.text().contains("no record has the number T-3"));
    assert_eq!(propose(&number(&house, stays)).status, 409, "with itself");
    assert_eq!(propose(" t-2 ").status, 303);
    assert_eq!(act(&mut nurse, twice, stays, "confirm").status, 303);
    assert_eq!(number(&house, twice), number(&house, stays));
}

#[test]
fn what_lists_show_of_people_is_made_again_to_the_same_bytes() {
    let house = House::staffed(|_| {});
    let (mut desk, mut nurse) = (house.person("front-desk"), house.person("nurse"));
    let stays = led_to(&register(&mut desk, &[]));
    let known = stays.to_string();
    let twice = led_to(&register(&mut desk, &[("another", &known), ("email", "")]));
    assert_eq!(act(&mut desk, twice, stays, "propose").status, 303);
    assert_eq!(act(&mut nurse, twice, stays, "confirm").status, 303);
    let application = house.application();
    let digest = || {
        let digest = application.store.projection_digest(application.tenant);
        house.wait_for(digest).unwrap()
    };
    let live = digest();
    house
        .wait_for(server::projection::rebuild(application))
        .unwrap();
    assert_eq!(digest(), live);
}
