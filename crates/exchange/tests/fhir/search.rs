//! Searches. Witness for dates: FHIR R4, search, 3.1.1.4.5 and 3.1.1.4.6.

use crate::story::{PATIENT, SESSION, Story, at, by_hand, full_set};
use clinical::record::PatientId;
use exchange::fhir::search::{Handling, Search, SortBy, parse, speaks};
use exchange::fhir::{Issue, IssueType, Resource, ResourceKind, patient};
use jiff::tz::TimeZone;
use units::Moment;
use uuid::Uuid;

fn ask(kind: ResourceKind, query: &str) -> Search {
    parse(kind, query, Handling::Lenient, &TimeZone::UTC).unwrap()
}

fn observation(query: &str) -> Search {
    ask(ResourceKind::Observation, query)
}

fn refused(query: &str) -> Vec<Issue> {
    let handling = Handling::Lenient;
    parse(ResourceKind::Observation, query, handling, &TimeZone::UTC).unwrap_err()
}

fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

/// A resource that holds for one instant.
fn instant(text: &str) -> Resource {
    period(text, Some(text))
}

fn period(from: &str, until: Option<&str>) -> Resource {
    Resource {
        kind: ResourceKind::Observation,
        id: "a".to_owned(),
        patient: Some(PATIENT),
        session: Some(SESSION),
        codes: Vec::new(),
        tokens: Vec::new(),
        effective: Some(moment(from)),
        effective_until: until.map(moment),
        updated: moment(from),
        version: 1,
        json: Vec::new(),
    }
}

#[test]
fn a_date_is_as_wide_as_it_was_written() {
    // Prefix and date; then at one microsecond before the width, its first moment, its last
    // microsecond, and the first moment after it.
    let widths = [
        (
            "2026",
            "2025-12-31T23:59:59.999999Z",
            "2026-01-01T00:00:00Z",
            "2026-12-31T23:59:59.999999Z",
            "2027-01-01T00:00:00Z",
        ),
        (
            "2026-02",
            "2026-01-31T23:59:59.999999Z",
            "2026-02-01T00:00:00Z",
            "2026-02-28T23:59:59.999999Z",
            "2026-03-01T00:00:00Z",
        ),
        (
            "2026-11-03",
            "2026-11-02T23:59:59.999999Z",
            "2026-11-03T00:00:00Z",
            "2026-11-03T23:59:59.999999Z",
            "2026-11-04T00:00:00Z",
        ),
        (
            "2026-11-03T10:15Z",
            "2026-11-03T10:14:59.999999Z",
            "2026-11-03T10:15:00Z",
            "2026-11-03T10:15:59.999999Z",
            "2026-11-03T10:16:00Z",
        ),
        (
            "2026-11-03T10:15:30Z",
            "2026-11-03T10:15:29.999999Z",
            "2026-11-03T10:15:30Z",
            "2026-11-03T10:15:30.999999Z",
            "2026-11-03T10:15:31Z",
        ),
        (
            "2026-11-03T10:15:30.5Z",
            "2026-11-03T10:15:30.499999Z",
            "2026-11-03T10:15:30.5Z",
            "2026-11-03T10:15:30.599999Z",
            "2026-11-03T10:15:30.6Z",
        ),
    ];
    // Just below, exactly (first), exactly (last), just above.
    let prefixes = [
        ("", [false, true, true, false]),
        ("eq", [false, true, true, false]),
        ("ne", [true, false, false, true]),
        ("gt", [false, false, false, true]),
        ("sa", [false, false, false, true]),
        ("ge", [false, true, true, true]),
        ("lt", [true, false, false, false]),
        ("eb", [true, false, false, false]),
        ("le", [true, true, true, false]),
        ("ap", [false, true, true, false]),
    ];
    for (date, below, first, last, above) in widths {
        for (prefix, expected) in prefixes {
            let search = observation(&format!("date={prefix}{date}"));
            for (text, expected) in [below, first, last, above].into_iter().zip(expected) {
                assert_eq!(
                    search.matches(&instant(text)),
                    expected,
                    "date={prefix}{date} at {text}"
                );
            }
        }
    }
}

#[test]
fn what_has_no_time_is_found_by_no_date() {
    let mut unknown = instant("2026-11-03T10:00:00Z");
    unknown.effective = None;
    unknown.effective_until = None;
    for prefix in ["eq", "ne", "gt", "ge", "lt", "le", "sa", "eb", "ap"] {
        assert!(!observation(&format!("date={prefix}2026")).matches(&unknown));
    }
    assert!(observation("").matches(&unknown));
}

#[test]
fn a_date_without_a_zone_is_one_in_the_clinics_zone() {
    let zone = TimeZone::get("America/New_York").unwrap();
    let search = parse(
        ResourceKind::Observation,
        "date=2026-11-03",
        Handling::Lenient,
        &zone,
    )
    .unwrap();
    // Eastern standard time in November: five hours behind universal time.
    assert!(!search.matches(&instant("2026-11-03T04:59:59Z")));
    assert!(search.matches(&instant("2026-11-03T05:00:00Z")));
    assert!(search.matches(&instant("2026-11-04T04:59:59Z")));
    assert!(!search.matches(&instant("2026-11-04T05:00:00Z")));
}

#[test]
fn a_zone_is_read_also_when_its_plus_sign_was_not_encoded() {
    for query in [
        "date=ge2026-11-03T11:00:00%2B01:00",
        "date=ge2026-11-03T11:00:00+01:00",
        "date=ge2026-11-03T05:00:00-05:00",
        "date=ge2026-11-03T10:00:00Z",
    ] {
        let search = observation(query);
        assert!(
            !search.matches(&instant("2026-11-03T09:59:59.999999Z")),
            "{query}"
        );
        assert!(search.matches(&instant("2026-11-03T10:00:00Z")), "{query}");
    }
}

#[test]
fn a_range_is_two_dates() {
    let search = observation("date=ge2026-11-03&date=lt2026-11-05");
    assert!(!search.matches(&instant("2026-11-02T23:59:59Z")));
    assert!(search.matches(&instant("2026-11-03T00:00:00Z")));
    assert!(search.matches(&instant("2026-11-04T23:59:59Z")));
    assert!(!search.matches(&instant("2026-11-05T00:00:00Z")));
    assert_eq!(
        search.effective.instant(),
        (
            Some(moment("2026-11-03T00:00:00Z")),
            Some(moment("2026-11-05T00:00:00Z"))
        )
    );
}

#[test]
fn a_period_is_equal_to_a_date_only_when_it_lies_within_it() {
    let within = period("2026-11-03T10:00:00Z", Some("2026-11-03T11:00:00Z"));
    let across = period("2026-11-03T23:00:00Z", Some("2026-11-04T01:00:00Z"));
    let open = period("2026-11-03T10:00:00Z", None);
    let eq = observation("date=2026-11-03");
    assert!(eq.matches(&within) && !eq.matches(&across) && !eq.matches(&open));
    let later = observation("date=gt2026-11-03");
    assert!(!later.matches(&within) && later.matches(&across) && later.matches(&open));
    let wholly_later = observation("date=sa2026-11-03");
    assert!(!wholly_later.matches(&across) && !wholly_later.matches(&open));
    let wholly_before = observation("date=eb2026-11-04");
    assert!(wholly_before.matches(&within) && !wholly_before.matches(&across));
    assert!(!wholly_before.matches(&open));
    let apart = observation("date=ne2026-11-03");
    assert!(!apart.matches(&within) && apart.matches(&across) && apart.matches(&open));
}

#[test]
fn a_period_that_overlaps_a_day_is_found_by_ap_and_by_ge_with_le() {
    for query in ["date=ap2026-11-03", "date=ge2026-11-03&date=le2026-11-03"] {
        let search = observation(query);
        for (from, until, expected) in [
            ("2026-11-02T22:00:00Z", Some("2026-11-02T23:59:59Z"), false),
            ("2026-11-02T23:00:00Z", Some("2026-11-03T00:00:00Z"), true),
            ("2026-11-03T10:00:00Z", Some("2026-11-03T11:00:00Z"), true),
            ("2026-11-02T23:00:00Z", Some("2026-11-04T01:00:00Z"), true),
            ("2026-11-03T23:59:59Z", None, true),
            ("2026-11-02T10:00:00Z", None, true),
            ("2026-11-04T00:00:00Z", None, false),
        ] {
            assert_eq!(
                search.matches(&period(from, until)),
                expected,
                "{query}: {from} to {until:?}"
            );
        }
    }
}

#[test]
fn the_end_of_time_that_programs_write_is_a_date() {
    for query in [
        "date=le9999-12-31",
        "date=lt9999-12-31T23:59:59Z",
        "date=le9999",
    ] {
        assert!(
            observation(query).matches(&instant("2026-11-03T10:00:00Z")),
            "{query}"
        );
    }
    assert!(!observation("date=ge9999-12-31").matches(&instant("2026-11-03T10:00:00Z")));
}

#[test]
fn a_text_that_is_no_date_is_refused() {
    for date in [
        "yesterday",
        "20261103",
        "2026-13",
        "2026-02-30",
        "2026-11-03T10",
        "2026-11-03T25:00Z",
        "2026-11T10:00Z",
        "2026-11-03T10:00:61Z",
        "2026-11-03T10:00:00+1:00",
        "xx2026",
        "ge",
        "2026-11-03T10:00:00.Z",
        "-2026",
        "2026-11-03T10:00:00Z2026",
        "2026-11-03,2026-11-04",
    ] {
        assert_eq!(refused(&format!("date={date}")).len(), 1, "{date}");
    }
}

fn charted() -> Vec<Resource> {
    let mut story = Story::started();
    story.tell(at(5), by_hand(full_set())).unwrap();
    story.resources()
}

fn found(resources: &[Resource], search: &Search) -> usize {
    resources.iter().filter(|one| search.matches(one)).count()
}

#[test]
fn observations_are_found_by_person_code_category_visit_and_status() {
    // Baseline: pressure, heart rate, saturation. Then a full set of six.
    let resources = charted();
    for (query, expected) in [
        (format!("patient={PATIENT}"), 9),
        (format!("patient=Patient/{PATIENT}"), 9),
        (
            format!("subject=https://clinic.test/fhir/Patient/{PATIENT}"),
            9,
        ),
        (format!("subject:Patient={PATIENT}"), 9),
        ("patient=00000000-0000-0000-0000-000000000009".to_owned(), 0),
        ("patient=nobody".to_owned(), 0),
        (format!("encounter={SESSION}"), 9),
        (
            format!("patient={PATIENT}&encounter=Encounter/{SESSION}"),
            9,
        ),
        ("code=8867-4".to_owned(), 2),
        ("code=http://loinc.org|8867-4".to_owned(), 2),
        ("code=http%3A%2F%2Floinc.org%7C8867-4".to_owned(), 2),
        ("code=http://example.org|8867-4".to_owned(), 0),
        ("code=8867-4,http://loinc.org|8310-5".to_owned(), 3),
        ("code=59408-5&code=2708-6".to_owned(), 2),
        ("code=59408-5&code=8867-4".to_owned(), 0),
        ("component-code=8480-6".to_owned(), 2),
        ("category=vital-signs".to_owned(), 9),
        ("category=exam".to_owned(), 0),
        ("status=final".to_owned(), 9),
        ("status=corrected,entered-in-error".to_owned(), 0),
        (
            "category=vital-signs&code=8310-5&date=ge2026-11-03T10:05Z".to_owned(),
            1,
        ),
        ("_lastUpdated=gt2026-11-03T10:00Z".to_owned(), 6),
    ] {
        assert_eq!(found(&resources, &observation(&query)), expected, "{query}");
    }
    let visits = ask(
        ResourceKind::Encounter,
        "status=in-progress&class=AMB&date=2026-11-03",
    );
    // It has not ended, so that no day holds the whole of it.
    assert_eq!(found(&resources, &visits), 0);
    let visits = ask(
        ResourceKind::Encounter,
        "status=in-progress&class=AMB&date=ge2026-11-03",
    );
    assert_eq!(found(&resources, &visits), 1);
    let given = ask(ResourceKind::MedicationAdministration, "status=in-progress");
    assert_eq!(found(&resources, &given), 1);
}

#[test]
fn a_person_is_found_by_number_name_and_birth_date() {
    let registration = clinical::patient::Registration {
        patient: PATIENT,
        record_number: "0042-118".to_owned(),
        family_name: "Moreno".to_owned(),
        given_name: "Ana María".to_owned(),
        birth_date: "1984-03-02".parse().unwrap(),
        sex: clinical::patient::Sex::Female,
    };
    let person = patient(&exchange::fhir::PatientFacts {
        tenant: crate::story::TENANT,
        patient: PATIENT,
        registration: Some(&registration),
        version: 1,
        updated: at(0),
    });
    for (query, expected) in [
        ("identifier=0042-118", true),
        (
            "identifier=urn:uuid:00000000-0000-0000-0000-00000000007e|0042-118",
            true,
        ),
        (
            "identifier=urn:uuid:00000000-0000-0000-0000-00000000007f|0042-118",
            false,
        ),
        ("family=MOR", true),
        ("family=oreno", false),
        ("given=mar%C3%ADa", true),
        ("name=ana", true),
        ("name=smith,moreno", true),
        ("birthdate=1984-03-01", false),
        ("birthdate=1984-03-02", true),
        ("birthdate=1984-03", true),
        ("birthdate=lt1984-03-02", false),
        ("birthdate=le1984-03-02", true),
        ("birthdate=gt1984-03-02", false),
        ("birthdate=gt1984-03-01", true),
        ("birthdate=ne1984-03-02", false),
        ("birthdate=ne1984-03-01", true),
        ("birthdate=ap1984-03", true),
        ("birthdate=1984-03-02T10:00", false),
        ("birthdate=ge1984-03-02T10:00", true),
        ("birthdate=sa1984-03-02T10:00", false),
        ("birthdate=lt1984-03-02T10:00", true),
        ("birthdate=eb1984-03-02T10:00", false),
        (
            "gender=http://hl7.org/fhir/administrative-gender|female",
            true,
        ),
        ("gender=male", false),
        ("gender=female", true),
    ] {
        let search = ask(ResourceKind::Patient, query);
        assert!(search.ignored.is_empty(), "{query}");
        assert_eq!(search.matches(&person), expected, "{query}");
        if search.birth_date.is_open() {
            continue;
        }
        // The bounds that an index uses find the same.
        let born = moment("1984-03-02T00:00:00Z");
        let day = search.birth_date.day();
        let within = day.from.is_none_or(|from| born >= from)
            && day.before.is_none_or(|before| born < before)
            && (day.outside.iter()).all(|(from, before)| born < *from || born >= *before);
        assert_eq!(within, expected, "{query}: {day:?}");
    }
}

#[test]
fn an_unknown_parameter_is_left_out_and_named_or_refused_when_the_client_is_strict() {
    let search = observation("colour=blue&code=8867-4");
    assert_eq!(search.ignored, ["colour"]);
    assert_eq!(search.self_query(), "code=8867-4");
    let strict = Handling::of_prefer(Some("respond-async, handling=strict"));
    let kind = ResourceKind::Observation;
    assert!(parse(kind, "colour=blue", strict, &TimeZone::UTC).is_err());
    assert_eq!(Handling::of_prefer(None), Handling::Lenient);
}

#[test]
fn a_condition_that_we_know_but_cannot_keep_is_refused_and_never_left_out() {
    // Left out, each of these would find more than was asked for. Hazard: H42
    for query in [
        "patient.name=moreno",
        "code:not=8867-4",
        "code:text=heart",
        "subject:Group=1",
        "code=http://loinc.org|",
        "_sort=code",
        "_format=xml",
        "_count=many",
        "_total=all",
        "_summary=some",
        "_page=!!",
        "date=soon",
        "_count=-1",
        "_count=1e9",
        "_count=1.5",
        "_count=99999999999999999999",
        "code=,",
        "patient=,,",
        "code=%00",
        "code=status%09final",
        "_count=1&_count=2",
        "_sort=date&_sort=-date",
    ] {
        assert_eq!(refused(query).len(), 1, "{query}");
    }
    assert_eq!(refused("date=soon&code:not=1").len(), 2);
    assert_eq!(refused("code=%zz").len(), 1);
}

#[test]
fn a_page_is_as_long_as_asked_between_one_and_a_thousand() {
    assert_eq!(observation("").count, 50);
    assert_eq!(observation("_count=1").count, 1);
    assert_eq!(observation("_count=1000").count, 1_000);
    assert_eq!(observation("_count=1001").count, 1_000);
    assert!(observation("_count=0").count_only);
    assert!(observation("_summary=count").count_only);
    let used = observation("_count=1000000&code=8867-4");
    assert_eq!(used.self_query(), "_count=1000&code=8867-4");
}

#[test]
fn what_would_take_long_is_refused_before_anything_is_read() {
    let kind_of = |query: &str| refused(query)[0].kind;
    let people = |count: usize| {
        let ids: Vec<_> = (0..count)
            .map(|n| Uuid::from_u128(n as u128).to_string())
            .collect();
        ids.join(",")
    };
    let list = |count: usize| vec!["8867-4"; count].join(",");
    assert_eq!(
        kind_of(&format!("code={}", ",".repeat(1_000))),
        IssueType::TooCostly
    );
    assert_eq!(
        kind_of(&format!("code={}", list(201))),
        IssueType::TooCostly
    );
    assert_eq!(
        observation(&format!("code={}", list(200))).codes[0].len(),
        200
    );
    assert_eq!(kind_of(&"date=ge2026&".repeat(65)), IssueType::TooCostly);
    let both = format!("patient={}&code={}", people(15), list(14));
    assert_eq!(kind_of(&both), IssueType::TooCostly);
    assert_eq!(
        kind_of(&format!("code={}", "a".repeat(17_000))),
        IssueType::TooLong
    );
}

#[test]
fn what_is_asked_for_by_its_change_comes_in_the_order_of_the_changes() {
    for query in ["_lastUpdated=ge2026-11-03", "_sort=_lastUpdated"] {
        let sort = observation(query).sort;
        assert_eq!(
            (sort.by, sort.descending),
            (SortBy::Updated, false),
            "{query}"
        );
    }
    let asked = observation("_lastUpdated=ge2026-11-03&_sort=-date").sort;
    assert_eq!((asked.by, asked.descending), (SortBy::Effective, true));
    let person = ask(ResourceKind::Patient, "").sort;
    assert_eq!((person.by, person.descending), (SortBy::Updated, false));
}

#[test]
fn json_of_this_release_is_spoken_and_nothing_else() {
    for format in [
        "json",
        "application/json",
        "application/fhir+json",
        "application/fhir json",
        "Application/FHIR+JSON; fhirVersion=4.0; charset=utf-8",
    ] {
        assert!(speaks(format), "{format}");
    }
    for format in [
        "xml",
        "application/fhir+xml",
        "application/fhir+json; fhirVersion=3.0",
        "text/html",
        "",
    ] {
        assert!(!speaks(format), "{format}");
    }
}

#[test]
fn pages_follow_one_another_without_a_gap_or_a_duplicate_in_every_order() {
    let resources = charted();
    for order in ["date", "-date", "_lastUpdated", "-_lastUpdated"] {
        let whole = observation(&format!("_sort={order}"));
        let mut expected: Vec<&Resource> =
            resources.iter().filter(|one| whole.matches(one)).collect();
        expected.sort_by(|a, b| whole.order(a, b));
        let mut query = format!("_sort={order}&_count=2");
        let mut seen = Vec::new();
        loop {
            let search = observation(&query);
            let mut page: Vec<&Resource> = resources
                .iter()
                .filter(|one| search.matches(one) && search.is_after(one))
                .collect();
            page.sort_by(|a, b| search.order(a, b));
            page.truncate(2);
            let Some(last) = page.last() else {
                break;
            };
            query = search.next_query(&search.place(last));
            seen.extend(page.iter().map(|one| one.id.clone()));
        }
        let expected: Vec<_> = expected.iter().map(|one| one.id.clone()).collect();
        assert_eq!(seen, expected, "{order}");
        assert_eq!(seen.len(), 9);
    }
}

#[test]
fn the_newest_comes_first_unless_asked_otherwise() {
    let resources = charted();
    let search = observation("");
    let mut found: Vec<_> = resources.iter().filter(|one| search.matches(one)).collect();
    found.sort_by(|a, b| search.order(a, b));
    assert_eq!(found[0].effective, Some(at(5)));
    assert_eq!(found[8].effective, Some(at(-5)));
}

#[test]
fn several_persons_are_or_and_a_repeated_parameter_is_and() {
    let other = PatientId(Uuid::from_u128(9));
    let both = observation(&format!("patient={PATIENT},{other}"));
    assert_eq!(both.patients, Some(vec![PATIENT, other]));
    let neither = observation(&format!("patient={PATIENT}&patient={other}"));
    assert_eq!(neither.patients, Some(vec![]));
}
