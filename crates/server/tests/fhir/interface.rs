//! What the interface says of itself, reading by id, formats and versions.

use crate::fhir::clinic::{Clinic, entries, id_of, link, moment, outcome, pair, witnessed};
use crate::stranger::http::{get, post};
use clinical::record::TenantId;
use serde_json::Value;
use store::{ProjectionWrite, ResourceRow};
use uuid::Uuid;

/// A value of each parameter's type that is read without complaint.
fn sample(kind: &str) -> &'static str {
    match kind {
        "date" => "ge2026-11-03",
        "reference" => "00000000-0000-0000-0000-000000000001",
        "string" | "token" => "x",
        other => panic!("{other}"),
    }
}

#[test]
fn the_statement_names_what_is_served_and_each_parameter_is_accepted() {
    let clinic = Clinic::open();
    let statement = witnessed(&clinic.send(&get("/fhir/metadata", &[])));
    assert_eq!(statement["fhirVersion"], "4.0.1");
    let resources = statement["rest"][0]["resource"].as_array().unwrap();
    assert_eq!(resources.len(), 5);
    let strict = [("prefer", "handling=strict")];
    for resource in resources {
        let kind = resource["type"].as_str().unwrap();
        let mut every = Vec::new();
        for parameter in resource["searchParam"].as_array().unwrap() {
            let name = parameter["name"].as_str().unwrap();
            let asked = pair(name, sample(parameter["type"].as_str().unwrap()));
            let answer = clinic.ask(&format!("/fhir/{kind}?{asked}"), &strict);
            assert_eq!(answer.status, 200, "{kind} {name}: {}", answer.text());
            let page = witnessed(&answer);
            assert_eq!(
                link(&page, "self"),
                Some(format!("/fhir/{kind}?{asked}")).map(decoded)
            );
            every.push(asked);
        }
        let all = clinic.ask(&format!("/fhir/{kind}?{}", every.join("&")), &strict);
        assert_eq!(all.status, 200, "{kind}: {}", all.text());
        let modes: Vec<_> = resource["interaction"].as_array().unwrap().iter().collect();
        assert_eq!(modes.len(), 2, "{modes:?}");
        assert_eq!(clinic.ask(&format!("/fhir/{kind}/none"), &[]).status, 404);
    }
    for parameter in statement["rest"][0]["searchParam"].as_array().unwrap() {
        let name = parameter["name"].as_str().unwrap();
        let value = match name {
            "_sort" => "_lastUpdated",
            "_count" => "3",
            "_summary" => "count",
            "_total" => "accurate",
            "_format" => "json",
            other => panic!("{other}"),
        };
        let answer = clinic.ask(&format!("/fhir/Observation?{name}={value}"), &strict);
        assert_eq!(answer.status, 200, "{name}");
    }
}

/// Colons and commas may stand in a query as they are.
fn decoded(path: String) -> String {
    path.replace("%3A", ":").replace("%2C", ",")
}

#[test]
fn an_undeclared_parameter_is_refused_when_strict_and_otherwise_left_out_aloud() {
    // Hazard: H42
    let clinic = Clinic::open();
    let path = format!("/fhir/Observation?patient={}&colour=blue", clinic.rosa);
    let strict = clinic.ask(&path, &[("prefer", "handling=strict")]);
    assert_eq!(strict.status, 400);
    assert_eq!(outcome(&strict)["issue"][0]["code"], "not-supported");
    for headers in [&[][..], &[("prefer", "handling=lenient")]] {
        let page = witnessed(&clinic.ask(&path, headers));
        assert_eq!(
            link(&page, "self"),
            Some(format!("/fhir/Observation?patient={}", clinic.rosa))
        );
        let last = page["entry"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(last["search"]["mode"], "outcome");
        assert_eq!(last["resource"]["issue"][0]["severity"], "warning");
        assert!(
            last["resource"]["issue"][0]["diagnostics"]
                .as_str()
                .unwrap()
                .contains("colour")
        );
    }
    // What is known and cannot be kept would find more when left out.
    for asked in ["code:not=8867-4", "patient.name=quill", "_sort=code"] {
        clinic.refused(&format!("/fhir/Observation?{asked}"), 400);
    }
}

#[test]
fn a_resource_is_read_with_its_version_and_asked_for_again_only_when_it_changed() {
    let clinic = Clinic::open();
    let path = format!("/fhir/Patient/{}", clinic.rosa);
    let answer = clinic.ask(&path, &[]);
    let patient = witnessed(&answer);
    let version = patient["meta"]["versionId"].as_str().unwrap();
    let tag = answer.header("etag").unwrap();
    assert_eq!(tag, format!("W/\"{version}\""));
    // Registered two hours before the beginning.
    assert_eq!(patient["meta"]["lastUpdated"], "2026-11-04T02:30:00Z");
    assert_eq!(
        answer.header("last-modified"),
        Some("Wed, 04 Nov 2026 02:30:00 GMT")
    );
    let again = clinic.ask(&path, &[("if-none-match", tag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(
        clinic.ask(&path, &[("if-none-match", "W/\"99\"")]).status,
        200
    );
    for missing in [
        "Patient/none",
        "Patient/not%20an%20id",
        "Patient/%00",
        "Medication/x",
    ] {
        clinic.refused(&format!("/fhir/{missing}"), 404);
    }
}

#[test]
fn only_json_is_spoken() {
    let clinic = Clinic::open();
    let patient = format!("/fhir/Patient/{}", clinic.rosa);
    for path in [patient.as_str(), "/fhir/Patient", "/fhir/metadata"] {
        for (more, accept, status) in [
            ("", "application/fhir+json", 200),
            ("", "application/json;q=0.9, */*;q=0.1", 200),
            ("", "*/*", 200),
            ("", "application/fhir+json; fhirVersion=4.0", 200),
            ("", "application/fhir+xml", 406),
            ("", "application/fhir+json; fhirVersion=3.0", 406),
            ("", "text/html", 406),
            ("?_format=json", "application/fhir+xml", 200),
            ("?_format=application/fhir%2Bjson", "", 200),
            ("?_format=application/fhir+json", "", 200),
            ("?_format=xml", "application/fhir+json", 406),
        ] {
            let answer = clinic.ask(&format!("{path}{more}"), &[("accept", accept)]);
            assert_eq!(answer.status, status, "{path}{more} {accept}");
            if status == 406 {
                outcome(&answer);
            } else {
                witnessed(&answer);
            }
        }
    }
}

#[test]
fn what_is_not_served_is_refused_as_an_outcome() {
    let clinic = Clinic::open();
    for (request, status) in [
        (post("/fhir/Patient", &[], &[]), 405),
        (post("/fhir/Patient/x", &[], &[]), 405),
        (get("/fhir/Patient/x/_history/1", &[]), 404),
        (get("/fhir/Patient/x/$everything", &[]), 404),
        (get("/fhir/%FF/x", &[]), 400),
        (
            b"DELETE /fhir/Patient/x HTTP/1.1\r\nhost: localhost\r\n\r\n".to_vec(),
            405,
        ),
    ] {
        let answer = clinic.send(&request);
        assert_eq!(
            answer.status,
            status,
            "{}",
            String::from_utf8_lossy(&request)
        );
        outcome(&answer);
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
}

#[test]
fn a_program_never_sees_another_clinics_resources() {
    // Hazard: H02
    let clinic = Clinic::open();
    let application = clinic.house.application();
    let elsewhere = TenantId(Uuid::from_u128(0xe15e));
    for kind in [
        "Patient",
        "Observation",
        "Encounter",
        "MedicationAdministration",
        "Device",
    ] {
        let row = ResourceRow {
            kind: kind.to_owned(),
            id: "elsewhere".to_owned(),
            patient: Some(clinic.rosa),
            session: Some(clinic.session),
            codes: vec!["8867-4".to_owned(), "family\tquill".to_owned()],
            effective: Some(moment("2026-11-04T04:30:00Z")),
            effective_until: Some(moment("2026-11-04T04:30:00Z")),
            updated: moment("2026-11-04T04:30:00Z"),
            version: 1,
            json: format!("{{\"resourceType\":\"{kind}\",\"id\":\"elsewhere\"}}").into_bytes(),
        };
        let write = vec![ProjectionWrite::PutResource(row)];
        clinic
            .house
            .wait_for(application.store.write_projections(elsewhere, write))
            .unwrap();
        clinic.refused(&format!("/fhir/{kind}/elsewhere"), 404);
        for asked in [
            "",
            "_id=elsewhere",
            "_sort=_lastUpdated",
            "_lastUpdated=ge2000",
        ] {
            let found = clinic.ids(&format!("{kind}?{asked}"));
            assert!(!found.contains(&"elsewhere".to_owned()), "{kind}?{asked}");
        }
    }
    let coded = clinic.ids("Observation?code=8867-4&_summary=false");
    assert!(!coded.is_empty() && !coded.contains(&"elsewhere".to_owned()));
}

#[test]
fn each_type_is_searched_by_form_as_by_address() {
    let clinic = Clinic::open();
    let rosa = clinic.rosa.to_string();
    for (kind, name, value) in [
        ("Patient", "identifier", "0042-118"),
        ("Encounter", "patient", rosa.as_str()),
        ("Observation", "code", "http://loinc.org|8867-4"),
        ("MedicationAdministration", "status", "in-progress"),
        ("Device", "device-name", "monitor"),
    ] {
        let by_address = clinic.read(&format!("/fhir/{kind}?{}", pair(name, value)));
        let answer = clinic.ask_by_form(&format!("/fhir/{kind}/_search"), &[(name, value)]);
        assert_eq!(answer.status, 200, "{kind}: {}", answer.text());
        let by_form = witnessed(&answer);
        let ids = |page: &Value| entries(page).iter().map(id_of).collect::<Vec<_>>();
        assert!(!ids(&by_form).is_empty(), "{kind}");
        assert_eq!(ids(&by_form), ids(&by_address), "{kind}");
        assert_eq!(link(&by_form, "self"), link(&by_address, "self"));
    }
    let both = format!("/fhir/Observation/_search?{}", pair("patient", &rosa));
    let answer = clinic.ask_by_form(&both, &[("code", "8867-4"), ("_count", "1")]);
    let page = witnessed(&answer);
    assert_eq!(entries(&page).len(), 1);
    assert!(
        entries(&page)[0]["subject"]["reference"]
            .as_str()
            .unwrap()
            .ends_with(&rosa)
    );
}
