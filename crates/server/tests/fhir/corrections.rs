//! What is sent of an entry, and what becomes of it when the entry was wrong.

use crate::fhir::clinic::{BEGAN, Clinic, MONITOR, by_monitor, moment, values};
use crate::stranger::mllp::{Line, Numbers, message};
use clinical::course::session::{Command, Correction};
use clinical::record::EventId;
use clinical::vital_signs::Source;
use serde_json::Value;
use std::time::Duration;
use units::{Decimal, Milligrams, Span};

/// The last entry of the session.
fn last(clinic: &Clinic) -> EventId {
    let session = clinic.house.session(clinic.session);
    session.entries.last().unwrap().event_id
}

fn correct(clinic: &Clinic, minute: i64, entry: EventId, correction: Correction) {
    let at = moment(BEGAN) + Span::from_minutes(minute);
    let command = Command::CorrectEntry {
        entry,
        correction,
        reason: "Read from the wrong patient".to_owned(),
    };
    clinic.tell(clinic.session, at, command);
}

fn version(resource: &Value) -> u64 {
    resource["meta"]["versionId"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

#[test]
fn a_blood_pressure_of_the_monitor_is_one_us_core_panel() {
    let clinic = Clinic::open();
    clinic.chart(clinic.session, 5, by_monitor(), [134, 79, 81, 97]);
    let pressure = clinic.read(&format!(
        "/fhir/Observation/{}-blood-pressure",
        last(&clinic)
    ));
    assert_eq!(pressure["status"], "final");
    assert_eq!(
        pressure["meta"]["profile"][0],
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-blood-pressure"
    );
    assert_eq!(pressure["category"][0]["coding"][0]["code"], "vital-signs");
    assert_eq!(pressure["code"]["coding"][0]["code"], "85354-9");
    assert!(pressure.get("valueQuantity").is_none());
    let parts: Vec<_> = pressure["component"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| {
            let quantity = &part["valueQuantity"];
            assert_eq!(quantity["system"], "http://unitsofmeasure.org");
            (
                part["code"]["coding"][0]["code"].as_str().unwrap(),
                quantity["value"].to_string(),
                quantity["code"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        parts,
        [
            ("8480-6", "134".to_owned(), "mm[Hg]"),
            ("8462-4", "79".to_owned(), "mm[Hg]")
        ]
    );
    // Five minutes after the beginning, with the offset.
    assert_eq!(pressure["effectiveDateTime"], "2026-11-04T04:35:00Z");
    assert_eq!(
        pressure["subject"]["reference"],
        format!("Patient/{}", clinic.rosa)
    );
    assert_eq!(
        pressure["encounter"]["reference"],
        format!("Encounter/{}", clinic.session)
    );
    // What each reference points to can be read.
    let device = pressure["device"]["reference"].as_str().unwrap();
    for reference in [
        device,
        pressure["subject"]["reference"].as_str().unwrap(),
        pressure["encounter"]["reference"].as_str().unwrap(),
    ] {
        clinic.read(&format!("/fhir/{reference}"));
    }
    clinic.chart(clinic.session, 6, Source::Hand, [134, 79, 81, 97]);
    let by_hand = clinic.read(&format!("/fhir/Observation/{}-heart-rate", last(&clinic)));
    assert_eq!(by_hand["performer"][0]["display"], "Nora Lindqvist");
    assert!(by_hand.get("device").is_none());
    assert_eq!(by_hand["valueQuantity"]["code"], "/min");
}

#[test]
fn a_corrected_reading_says_so_with_a_later_version_and_is_found_by_its_change() {
    // Hazard: H42
    let clinic = Clinic::open();
    clinic.chart(clinic.session, 5, Source::Hand, [134, 79, 181, 97]);
    let entry = last(&clinic);
    let path = format!("/fhir/Observation/{entry}-heart-rate");
    let before = clinic.read(&path);
    let untouched = clinic.read(&format!("/fhir/Observation/{entry}-blood-pressure"));
    let right = Correction::VitalSigns {
        values: values([134, 79, 81, 97]),
    };
    correct(&clinic, 10, entry, right);
    let after = clinic.read(&path);
    assert_eq!(before["status"], "final");
    assert_eq!(after["status"], "corrected");
    assert_eq!(after["valueQuantity"]["value"], 81);
    assert!(version(&after) > version(&before));
    assert_eq!(after["meta"]["lastUpdated"], "2026-11-04T04:40:00Z");
    assert_eq!(after["effectiveDateTime"], before["effectiveDateTime"]);
    let note = after["note"][0]["text"].as_str().unwrap();
    assert!(
        note.contains("181") && note.contains("wrong patient"),
        "{note}"
    );
    // The pressure of the same entry was right.
    let pressure = clinic.read(&format!("/fhir/Observation/{entry}-blood-pressure"));
    assert_eq!(pressure, untouched);
    let new = clinic.ids("Observation?_lastUpdated=ge2026-11-04T04:40:00Z");
    assert_eq!(new, [format!("{entry}-heart-rate")]);
    assert_eq!(clinic.ids("Observation?status=corrected"), new);
    let tag = format!("W/\"{}\"", version(&before));
    assert_eq!(clinic.ask(&path, &[("if-none-match", &tag)]).status, 200);
}

#[test]
fn a_struck_reading_stays_and_is_entered_in_error() {
    // Hazard: H42
    let clinic = Clinic::open();
    clinic.chart(clinic.session, 5, Source::Hand, [134, 79, 181, 97]);
    let entry = last(&clinic);
    let before = clinic.count(&format!("Observation?patient={}", clinic.rosa));
    correct(&clinic, 10, entry, Correction::Struck);
    for sign in ["blood-pressure", "heart-rate", "oxygen-saturation"] {
        let struck = clinic.read(&format!("/fhir/Observation/{entry}-{sign}"));
        assert_eq!(struck["status"], "entered-in-error", "{sign}");
        assert_eq!(struck["meta"]["lastUpdated"], "2026-11-04T04:40:00Z");
    }
    assert_eq!(
        clinic.count(&format!("Observation?patient={}", clinic.rosa)),
        before
    );
    let finals = clinic.ids(&format!("Observation?patient={}&status=final", clinic.rosa));
    assert!(finals.iter().all(|id| !id.starts_with(&entry.to_string())));
}

#[test]
fn a_preliminary_pressure_of_the_monitor_is_never_sent_as_final() {
    // Hazard: H42
    let clinic = Clinic::open();
    let began = moment(BEGAN);
    clinic.house.serve(clinic.monitor, clinic.session, began);
    let mut line = Line::open(clinic.house.mllp()).unwrap();
    let mut tell = |minute: i64, pressure: (u32, u32), status: &str| {
        let at = began + Span::from_minutes(minute);
        clinic.hand.advance_to(at);
        let numbers = Numbers {
            heart_rate: 80,
            saturation: 97,
            respiratory_rate: 14,
            // The same cycle each time.
            cuff: Some((pressure.0, pressure.1, began.milliseconds() + 60_000)),
            twelve: false,
            temperature_tenths: 0,
        };
        let control = format!("c{minute}");
        let text = message(MONITOR, &control, at.milliseconds(), &numbers);
        let text = text.replace("|||||R|||", &format!("|||||{status}|||"));
        assert_eq!(line.send(&text).unwrap().0, "CA");
    };
    let pressures = || {
        let search = format!(
            "Observation?patient={}&code=85354-9&_sort=date",
            clinic.rosa
        );
        clinic.ids(&search)
    };
    tell(1, (140, 90), "P");
    // A later frame is read after an earlier one.
    tell(2, (140, 90), "P");
    assert!(
        !clinic
            .house
            .becomes(Duration::from_secs(2), |_| pressures().len() > 1),
        "a preliminary pressure was charted"
    );
    tell(3, (140, 90), "F");
    assert!(
        clinic
            .house
            .becomes(Duration::from_secs(10), |_| pressures().len() == 2)
    );
    let charted = clinic.read(&format!("/fhir/Observation/{}", pressures()[1]));
    assert_eq!(charted["status"], "final");
    assert_eq!(charted["component"][0]["valueQuantity"]["value"], 140);
}

#[test]
fn an_infusion_says_its_dose_when_it_has_ended_and_a_struck_bolus_is_entered_in_error() {
    // Hazard: H42
    let clinic = Clinic::open();
    let running = clinic.ids("MedicationAdministration?status=in-progress");
    let path = format!("/fhir/MedicationAdministration/{}", running[0]);
    let before = clinic.read(&path);
    assert_eq!(before["effectivePeriod"]["start"], BEGAN);
    assert!(before["effectivePeriod"].get("end").is_none());
    assert!(before["dosage"].get("dose").is_none());
    let bolus = Command::GiveBolus {
        amount: Milligrams::new(Decimal::from(2)).unwrap(),
        again: false,
    };
    let at = moment(BEGAN) + Span::from_minutes(10);
    clinic.tell(clinic.session, at, bolus);
    let bolus = last(&clinic);
    correct(&clinic, 20, bolus, Correction::Struck);
    let struck = clinic.read(&format!("/fhir/MedicationAdministration/{bolus}"));
    assert_eq!(struck["status"], "entered-in-error");
    assert_eq!(struck["dosage"]["dose"]["value"], 2);
    assert_eq!(clinic.count("MedicationAdministration?status=completed"), 0);
    clinic.end();
    let after = clinic.read(&path);
    assert_eq!(after["status"], "completed");
    assert_eq!(after["effectivePeriod"]["end"], "2026-11-04T05:30:00Z");
    // 60 mL/h of 0.6 mg/mL for an hour.
    let dose = &after["dosage"]["dose"];
    assert_eq!(
        (dose["value"].as_f64(), dose["code"].as_str()),
        (Some(36.0), Some("mg"))
    );
    assert!(version(&after) > version(&before));
}
