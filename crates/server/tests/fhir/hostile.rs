//! What a careless or hostile program sends: a refusal in words, quickly, and never a fault.

use crate::fhir::clinic::{Clinic, outcome, witnessed};
use crate::stranger::http::{Connection, encoded, get};
use std::time::{Duration, Instant};

/// Long for one search of an almost empty clinic, on a machine that does other things too.
const SOON: Duration = Duration::from_secs(2);

#[test]
fn what_cannot_be_served_is_refused_quickly_and_in_words() {
    let clinic = Clinic::open();
    let commas = ",".repeat(1_000);
    let many = vec!["8867-4"; 1_000].join(",");
    let ids = vec!["x"; 500].join(",");
    let people: Vec<String> = (0..150)
        .map(|n| format!("00000000-0000-0000-0000-{n:012}"))
        .collect();
    let people = people.join(",");
    for query in [
        "_count=-1".to_owned(),
        "_count=1e9".to_owned(),
        "_count=abc".to_owned(),
        "_count=99999999999999999999".to_owned(),
        "_count=1&_count=2".to_owned(),
        "_sort=date&_sort=-date".to_owned(),
        "_page=x".to_owned(),
        "_page=1.'%20OR%201=1".to_owned(),
        "_page=99999999999999999999.a".to_owned(),
        "code=%zz".to_owned(),
        "code=%F".to_owned(),
        "code=%FF%FE".to_owned(),
        "code=%00".to_owned(),
        "date=%00".to_owned(),
        "date=2026-02-30".to_owned(),
        "date=99999".to_owned(),
        "date=ge".to_owned(),
        "date=%F0%9F%92%89".to_owned(),
        "date=2026-11-03T10:00:00%2B99:00".to_owned(),
        "code=,".to_owned(),
        "category=,,,".to_owned(),
        "patient=,".to_owned(),
        format!("code={commas}"),
        format!("patient={commas}"),
        format!("_id={commas}"),
        format!("date={commas}"),
        format!("code={many}"),
        format!("_id={ids}"),
        format!("patient={people}&code=8867-4,59408-5"),
        format!("code={}", "a".repeat(20_000)),
        "code=8867-4&".repeat(100),
    ] {
        let began = Instant::now();
        let shown: String = query.chars().take(60).collect();
        let answer = clinic.ask(&format!("/fhir/Observation?{query}"), &[]);
        assert!(
            (400..500).contains(&answer.status),
            "{shown}: {}",
            answer.status
        );
        outcome(&answer);
        assert!(began.elapsed() < SOON, "{shown}: {:?}", began.elapsed());
    }
}

#[test]
fn odd_values_find_nothing_and_hurt_nothing() {
    let clinic = Clinic::open();
    for value in [
        "' OR 1=1 --",
        "\"; DROP TABLE resource; --",
        "%",
        "_",
        "\\",
        "\\,",
        "💉",
        "\u{202e}ketamine",
        "e\u{301}",
        "<script>",
        "status\tfinal",
        "|8867-4",
        "$1",
    ] {
        for asked in ["code", "category", "_id", "patient", "device", "encounter"] {
            let path = format!("/fhir/Observation?{asked}={}", encoded(value));
            let answer = clinic.ask(&path, &[]);
            if answer.status == 200 {
                let page = witnessed(&answer);
                assert!(page.get("entry").is_none(), "{asked}={value}");
            } else {
                assert_eq!(answer.status, 400, "{asked}={value}: {}", answer.text());
                outcome(&answer);
            }
        }
        for asked in ["name", "family", "identifier", "gender"] {
            let path = format!("/fhir/Patient?{asked}={}", encoded(value));
            assert!(
                matches!(clinic.ask(&path, &[]).status, 200 | 400),
                "{asked}={value}"
            );
        }
        clinic.refused(
            &format!("/fhir/Patient/{}", encoded(value).replace("%2F", "-")),
            404,
        );
    }
    assert_eq!(clinic.count("Patient?name=quill"), 2);
}

#[test]
fn a_page_token_of_our_own_making_but_from_nowhere_is_only_a_place() {
    let clinic = Clinic::open();
    for place in [
        "9223372036854775807.zz",
        "-9223372036854775808.a",
        "0.a",
        ".a",
    ] {
        for sort in ["date", "-date", "_lastUpdated", "-_lastUpdated"] {
            let path = format!("/fhir/Observation?_sort={sort}&_page={place}");
            let answer = clinic.ask(&path, &[]);
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            witnessed(&answer);
        }
    }
}

#[test]
fn a_request_beyond_all_measure_is_refused_before_it_is_read() {
    let clinic = Clinic::open();
    let far_too_long = format!("/fhir/Observation?code={}", "a".repeat(100_000));
    let mut connection = Connection::open(clinic.house.http()).unwrap();
    let answer = connection.send(&get(&far_too_long, &[])).unwrap();
    assert!((400..500).contains(&answer.status), "{}", answer.status);
    let body = [("code", "a".repeat(20_000))];
    let body = body.each_ref().map(|(name, value)| (*name, value.as_str()));
    let answer = clinic.ask_by_form("/fhir/Observation/_search", &body);
    assert!((400..500).contains(&answer.status), "{}", answer.status);
    outcome(&answer);
    let answer = clinic.ask_by_form("/fhir/Observation/_search", &[("code", "8867-4")]);
    assert_eq!(answer.status, 200);
}
