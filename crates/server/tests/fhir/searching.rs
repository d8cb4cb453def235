//! What a search finds, and how its pages follow one another.
//!
//! Witness for dates: FHIR R4, search, 3.1.1.4.5 and 3.1.1.4.6.

use crate::fhir::clinic::{BEGAN, Clinic, LOINC, by_monitor, entries, id_of, link, moment, pair};
use clinical::vital_signs::Source;
use units::Span;

/// A baseline, at 23:25 by the clinic's clock: a pressure and three other signs.
const BASELINE: usize = 4;

#[test]
fn observations_are_found_by_whose_they_are_and_what_they_are() {
    let clinic = Clinic::open();
    clinic.chart(clinic.session, 5, by_monitor(), [134, 79, 81, 97]);
    let (rosa, other) = (clinic.rosa, clinic.other);
    let count = |query: &str| clinic.count(&format!("Observation?{query}"));
    let hers = BASELINE + 3;
    let waiting = BASELINE;
    for (query, expected) in [
        (format!("patient={rosa}"), hers),
        (format!("patient=Patient/{rosa}"), hers),
        (format!("subject=Patient/{rosa}"), hers),
        (format!("patient:Patient={rosa}"), hers),
        (format!("patient={rosa},{other}"), hers + waiting),
        (format!("patient={rosa},Patient/{other}&code=8867-4"), 3),
        (format!("patient={rosa}&patient={other}"), 0),
        ("patient=nobody".to_owned(), 0),
        (format!("encounter={}", clinic.session), hers),
        (
            format!(
                "encounter=Encounter/{},{}",
                clinic.session, clinic.other_session
            ),
            hers + waiting,
        ),
        (format!("patient={rosa}&code=8867-4"), 2),
        (
            format!(
                "patient={rosa}&{}",
                pair("code", &format!("{LOINC}|8867-4"))
            ),
            2,
        ),
        (
            format!(
                "patient={rosa}&{}",
                pair("code", "http://example.org|8867-4")
            ),
            0,
        ),
        (format!("patient={rosa}&code=8867-4,59408-5"), 4),
        (
            format!("patient={rosa}&code=8867-4,59408-5,2708-6,85354-9"),
            6,
        ),
        (format!("patient={rosa}&code=8480-6"), 0),
        (format!("patient={rosa}&component-code=8480-6"), 2),
        (format!("patient={rosa}&category=vital-signs"), hers),
        (
            format!("patient={rosa}&category=vital-signs&code=8867-4&status=final"),
            2,
        ),
        (format!("patient={rosa}&category=laboratory"), 0),
        ("device=Device/none".to_owned(), 0),
    ] {
        assert_eq!(count(&query), expected, "{query}");
    }
    let device = clinic.ids("Device?device-name=monitor%20room");
    assert_eq!(count(&format!("device={}", device[0])), 3);
    let ids = clinic.ids(&format!("Observation?patient={rosa}&code=8867-4"));
    assert_eq!(
        clinic.ids(&format!("Observation?_id={}", ids.join(","))),
        ids
    );
    assert_eq!(
        clinic.count(&format!("Observation?_id={}&patient={other}", ids[0])),
        0
    );
}

#[test]
fn every_prefix_finds_what_the_specification_says() {
    let clinic = Clinic::open();
    let session = clinic.session;
    // The heart rate at 23:25, 23:45 and 00:15 by the clinic's clock.
    clinic.chart(session, 15, Source::Hand, [130, 78, 80, 97]);
    clinic.chart(session, 45, Source::Hand, [131, 78, 82, 97]);
    let count = |date: &str| {
        let query = format!("Observation?patient={}&code=8867-4&{date}", clinic.rosa);
        clinic.count(&query)
    };
    for (date, expected) in [
        // Days of the clinic: its midnight is 05:00 in universal time.
        ("date=2026-11-03", 2),
        ("date=eq2026-11-04", 1),
        ("date=ne2026-11-03", 1),
        ("date=gt2026-11-03", 1),
        ("date=sa2026-11-03", 1),
        ("date=ge2026-11-03", 3),
        ("date=lt2026-11-04", 2),
        ("date=eb2026-11-04", 2),
        ("date=le2026-11-03", 2),
        ("date=ap2026-11-04", 1),
        // As wide as written.
        ("date=2026", 3),
        ("date=2026-11", 3),
        ("date=ge2027", 0),
        ("date=2026-11-03T23:45", 1),
        ("date=2026-11-03T23:45:00-05:00", 1),
        ("date=2026-11-04T04:45:00Z", 1),
        ("date=2026-11-04T05:45:00%2B01:00", 1),
        ("date=gt2026-11-04T04:45:00Z", 1),
        ("date=ge2026-11-04T04:45:00Z", 2),
        ("date=lt2026-11-04T04:45:00Z", 1),
        ("date=ne2026-11-04T04:45:00Z", 2),
        // A range is two.
        ("date=ge2026-11-03T23:30&date=lt2026-11-04", 1),
        ("date=ne2026-11-03&date=ne2026-11-04", 0),
        ("date=le9999-12-31", 3),
    ] {
        assert_eq!(count(date), expected, "{date}");
    }
    // By form and with the change: recorded when charted.
    assert_eq!(count("_lastUpdated=ge2026-11-04T04:45:00Z"), 2);
    assert_eq!(count("_lastUpdated=ne2026-11-04T04:45:00Z"), 2);
}

#[test]
fn an_infusion_and_a_visit_are_found_by_the_whole_time_that_they_lasted() {
    let clinic = Clinic::open();
    let count = |query: &str| clinic.count(&format!("MedicationAdministration?{query}"));
    // While it runs it has no end: no day holds the whole of it.
    for (date, expected) in [
        ("eq2026-11-03", 0),
        ("ap2026-11-03", 1),
        ("ap2026-11-04", 1),
        ("gt2026-11-04", 1),
        ("eb2026-11-05", 0),
        ("ne2026-11-03", 1),
    ] {
        assert_eq!(
            count(&format!("effective-time={date}")),
            expected,
            "running: {date}"
        );
    }
    clinic.end();
    // From 23:30 to 00:30 by the clinic's clock.
    for (date, expected) in [
        ("eq2026-11-03", 0),
        ("eq2026-11-04", 0),
        ("eq2026-11", 1),
        ("ne2026-11-04", 1),
        ("ne2026-11", 0),
        ("ap2026-11-03", 1),
        ("ap2026-11-04", 1),
        ("ap2026-11-05", 0),
        ("gt2026-11-03", 1),
        ("gt2026-11-04", 0),
        ("ge2026-11-04", 1),
        ("ge2026-11-05", 0),
        ("lt2026-11-04", 1),
        ("le2026-11-03", 1),
        ("lt2026-11-03", 0),
        ("sa2026-11-03", 0),
        ("sa2026-11-02", 1),
        ("eb2026-11-04", 0),
        ("eb2026-11-05", 1),
    ] {
        assert_eq!(
            count(&format!("effective-time={date}")),
            expected,
            "ended: {date}"
        );
    }
    // Overlap without ap: both ends.
    assert_eq!(
        count("effective-time=ge2026-11-04&effective-time=le2026-11-04"),
        1
    );
    assert_eq!(
        count(&format!(
            "patient={},{}&status=completed",
            clinic.rosa, clinic.other
        )),
        1
    );
    // Rosa's visit has begun and not ended; the other's has too.
    let visits = |query: &str| clinic.count(&format!("Encounter?{query}"));
    assert_eq!(
        visits(&format!("patient={},{}", clinic.rosa, clinic.other)),
        2
    );
    assert_eq!(visits("date=ap2026-11-04"), 2);
    assert_eq!(visits("date=eq2026-11-03"), 0);
    assert_eq!(visits("date=lt2026-11-03"), 0);
    assert_eq!(visits("status=in-progress"), 1);
    assert_eq!(visits("class=AMB&date=sa2026-11-02"), 2);
}

#[test]
fn people_and_devices_are_found_by_what_they_are_called_by() {
    let clinic = Clinic::open();
    let people = |query: &str| clinic.count(&format!("Patient?{query}"));
    let person = clinic.read(&format!("/fhir/Patient/{}", clinic.rosa));
    let number = &person["identifier"][0];
    let whole = format!(
        "{}|{}",
        number["system"].as_str().unwrap(),
        number["value"].as_str().unwrap()
    );
    for (query, expected) in [
        ("identifier=0042-118", 1),
        ("identifier=0042", 0),
        ("name=qui", 2),
        ("name=ROSA", 2),
        ("family=quill&given=ro", 2),
        ("name=uill", 0),
        ("birthdate=1979-08-21", 2),
        ("birthdate=1979", 2),
        ("birthdate=ne1979-08-21", 0),
        ("birthdate=lt1979-08-21", 0),
        ("birthdate=ge1979-08-21&birthdate=lt1979-08-22", 2),
        ("gender=female", 2),
        ("gender=male", 0),
        ("gender=male,female", 2),
        (
            "identifier=0042-119&name=quill&gender=female&birthdate=1979-08-21",
            1,
        ),
    ] {
        assert_eq!(people(query), expected, "{query}");
    }
    assert_eq!(people(&pair("identifier", &whole)), 1);
    let gender = pair("gender", "http://hl7.org/fhir/administrative-gender|female");
    assert_eq!(people(&gender), 2);
    assert_eq!(
        clinic.ids(&format!("Patient?_id={}", clinic.rosa)),
        [clinic.rosa.to_string()]
    );
    assert_eq!(clinic.count("Device?identifier=0200E5FFFEAB0001"), 1);
    assert_eq!(clinic.count("Device?identifier=0200E5FFFEAB0002"), 0);
    assert_eq!(clinic.count("Device?status=active"), 1);
}

#[test]
fn a_search_is_ordered_and_counted_as_asked() {
    let clinic = Clinic::open();
    let session = clinic.session;
    clinic.chart(session, 20, Source::Hand, [130, 78, 80, 97]);
    clinic.chart(session, 40, Source::Hand, [131, 78, 82, 97]);
    let asked = |more: &str| {
        clinic.ids(&format!(
            "Observation?patient={}&code=8867-4{more}",
            clinic.rosa
        ))
    };
    let newest = asked("");
    assert_eq!(newest.len(), 3);
    let oldest: Vec<String> = newest.iter().rev().cloned().collect();
    assert_eq!(asked("&_sort=-date"), newest);
    assert_eq!(asked("&_sort=date"), oldest);
    assert_eq!(asked("&_sort=_lastUpdated"), oldest);
    assert_eq!(asked("&_sort=-_lastUpdated&_count=1"), newest);
    for (kind, sort) in [
        ("Encounter", "-date"),
        ("Encounter", "_lastUpdated"),
        ("MedicationAdministration", "effective-time"),
        ("MedicationAdministration", "-_lastUpdated"),
        ("Patient", "_lastUpdated"),
        ("Device", "-_lastUpdated"),
    ] {
        assert!(
            clinic.count(&format!("{kind}?_sort={sort}&_count=1")) > 0,
            "{kind} {sort}"
        );
    }
    let page = |more: &str| {
        clinic.read(&format!(
            "/fhir/Observation?patient={}&code=8867-4{more}",
            clinic.rosa
        ))
    };
    for counted in ["&_summary=count", "&_count=0"] {
        let page = page(counted);
        assert_eq!(
            (page["total"].as_u64(), entries(&page).len()),
            (Some(3), 0),
            "{counted}"
        );
        assert_eq!(link(&page, "next"), None);
    }
    assert_eq!(page("&_total=accurate&_count=1")["total"], 3);
    assert_eq!(page("&_total=estimate&_count=1")["total"], 3);
    assert!(page("&_total=none").get("total").is_none());
    assert_eq!(page("&_total=accurate&status=final")["total"], 3);
    let used = page("&_count=1000000000");
    assert!(link(&used, "self").unwrap().ends_with("_count=1000"));
}

#[test]
fn pages_follow_without_gap_or_repetition_while_new_data_arrive() {
    let clinic = Clinic::open();
    let session = clinic.session;
    let mut minute = 1;
    let mut chart = |clinic: &Clinic, times: i64| {
        for _ in 0..times {
            clinic.chart(
                session,
                minute,
                Source::Hand,
                [130, 78, 80 + minute % 9, 97],
            );
            minute += 1;
        }
    };
    chart(&clinic, 6);
    for (sort, all_are_seen) in [
        ("-date", false),
        ("date", true),
        ("_lastUpdated", true),
        ("-_lastUpdated", false),
    ] {
        let search = format!("Observation?code=8867-4&_sort={sort}");
        let before = clinic.ids(&search);
        let mut path = format!("/fhir/{search}&_count=2");
        let mut seen = Vec::new();
        loop {
            let page = clinic.read(&path);
            seen.extend(entries(&page).iter().map(id_of));
            // One more while the program turns the page, as long as it has not seen what was there.
            if seen.len() < before.len() {
                chart(&clinic, 1);
            }
            match link(&page, "next") {
                Some(next) => path = next,
                None => break,
            }
        }
        let mut once = seen.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), seen.len(), "{sort}: seen twice");
        assert!(before.iter().all(|id| seen.contains(id)), "{sort}: a gap");
        let after = clinic.count(&search);
        if all_are_seen {
            assert_eq!(seen.len(), after, "{sort}");
        } else {
            assert_eq!(seen, before, "{sort}");
        }
    }
}

#[test]
fn a_program_that_asks_for_what_is_new_misses_nothing() {
    let clinic = Clinic::open();
    let session = clinic.session;
    clinic.chart(session, 10, Source::Hand, [130, 78, 80, 97]);
    let since = moment(BEGAN) + Span::from_minutes(10);
    let search = format!("Observation?_lastUpdated=gt{}", since.timestamp());
    assert_eq!(clinic.count(&search), 0);
    clinic.chart(session, 20, Source::Hand, [131, 79, 82, 98]);
    clinic.chart(session, 30, Source::Hand, [132, 79, 83, 98]);
    let found = clinic.ids(&format!("{search}&code=8867-4&_count=1"));
    let in_order = clinic.ids("Observation?code=8867-4&_sort=date&date=ge2026-11-03T23:45");
    assert_eq!(found, in_order);
    assert_eq!(found.len(), 2);
}

#[test]
fn both_stores_find_the_same() {
    let clinics = [None, Some(store::throwaway::database().unwrap())].map(|store| {
        let clinic = Clinic::open_on(store);
        clinic.chart(clinic.session, 15, by_monitor(), [130, 78, 80, 97]);
        clinic.chart(clinic.session, 45, Source::Hand, [131, 78, 82, 97]);
        clinic.end();
        clinic
    });
    for (query, expected) in [
        ("Observation?code=8867-4&date=2026-11-03", 3),
        (
            "Observation?code=8867-4,59408-5&date=ne2026-11-03&_count=1",
            2,
        ),
        (
            "Observation?category=vital-signs&status=final&code=8867-4&_count=1",
            4,
        ),
        (
            "Observation?_lastUpdated=ge2026-11-04T04:45:00Z&code=8867-4&_count=1",
            2,
        ),
        (
            "Observation?_lastUpdated=ne2026-11-04T04:45:00Z&code=8867-4",
            3,
        ),
        ("Observation?_sort=-_lastUpdated&code=8867-4&_count=1", 4),
        ("MedicationAdministration?effective-time=ap2026-11-04", 1),
        ("MedicationAdministration?effective-time=eq2026-11-04", 0),
        (
            "MedicationAdministration?effective-time=ne2026-11-04&_sort=_lastUpdated",
            1,
        ),
        ("Encounter?date=ap2026-11-03&status=in-progress", 1),
        (
            "Patient?name=quill&gender=female&birthdate=ne1980&_count=1",
            2,
        ),
        ("Patient?name=%25", 0),
        ("Device?identifier=0200E5FFFEAB0001", 1),
    ] {
        for clinic in &clinics {
            assert_eq!(clinic.count(query), expected, "{query}");
            let path = format!("/fhir/{query}&_total=accurate");
            assert_eq!(clinic.read(&path)["total"], expected, "{query}");
        }
    }
}
