//! A person takes their record with them: the book, the file, and what neither holds.

use crate::house::House;
use crate::stranger::http::{Answer, get};
use clinical::course::keepsake::Form;
use clinical::course::session::{Command, Stop};
use clinical::leaflet::Language;
use clinical::record::{CommandId, PatientId, SessionId};
use fhirkit::r4;
use server::identity::{Own, Way, let_in};
use server::keepsakes;
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use std::process::{Command as Process, Stdio};
use units::Span;
use uuid::Uuid;

/// Words of the person, and words that staff wrote for staff.
const KEPT: &str = "marzipan-harbour-elevenfold";
const OF_STAFF: &str = "zinnia-lagoon-sevenfold";

/// The words on the pages of a PDF, by poppler.
pub fn words(pdf: &[u8]) -> String {
    assert!(pdf.starts_with(b"%PDF-"));
    let mut reader = Process::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext is missing: install poppler-utils");
    let mut into = reader.stdin.take().unwrap();
    let bytes = pdf.to_vec();
    let writing = std::thread::spawn(move || into.write_all(&bytes));
    let output = reader.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn files(zip: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut files = BTreeMap::new();
    for number in 0..archive.len() {
        let mut file = archive.by_index(number).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.insert(file.name().to_owned(), bytes);
    }
    files
}

/// Somebody whose session has ended, with a note of staff, and something kept of it.
fn treated(house: &House) -> (PatientId, SessionId) {
    let (patient, session) = house.ready_session("4711", "Room 1");
    let now = house.application().clock.now();
    let start = Command::StartInfusion {
        override_reason: None,
        second_clinician: None,
    };
    house
        .tell(session, now - Span::from_minutes(1), start)
        .unwrap();
    let note = [("act", "note"), ("text", OF_STAFF)];
    let answer = house.person("nurse").act(house, session, &note);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let stop = Command::StopInfusion {
        why: Stop::Completed,
        note: String::new(),
    };
    let now = house.application().clock.now();
    house.tell(session, now, stop).unwrap();
    let own = Own {
        patient,
        name: "Rosa Quill".to_owned(),
        language: Language::English,
        csrf: String::new(),
        way: Way::Link,
        login: [0; 32],
    };
    let id = CommandId(Uuid::new_v4());
    let kind = (Form::Word, "text/plain; charset=utf-8");
    let keep = keepsakes::keep(house.application(), &own, id, kind, KEPT.as_bytes(), None);
    house.wait_for(keep).unwrap();
    (patient, session)
}

fn by(house: &House, patient: PatientId, way: Way, language: Language, path: &str) -> Answer {
    let secret = let_in(house.application(), patient, way, language);
    let secret = house.wait_for(secret).unwrap();
    let cookie = format!("evenkeel-own={}", secret.reveal());
    house.anyone(&get(path, &[("cookie", &cookie), ("accept", "text/html")]))
}

fn hand_out(house: &House, patient: PatientId, role: &str, fields: &[(&str, &str)]) -> Answer {
    let id = patient.to_string();
    let mut all = vec![("patient", id.as_str())];
    all.extend_from_slice(fields);
    house
        .person(role)
        .send(&format!("/patients/{patient}/record"), &all)
}

#[test]
fn the_book_holds_what_the_person_kept_and_was_given_and_no_word_that_staff_wrote() {
    // Hazard: H45, H72
    let house = House::staffed(|_| {});
    let (patient, session) = treated(&house);
    let answer = by(&house, patient, Way::Link, Language::English, "/my/book");
    assert_eq!(answer.status, 200, "{}", answer.text());
    let own = words(&answer.body);
    assert!(house.session(session).drug_ended_at().is_some());
    for text in [
        "My journey",
        "You had this made on",
        "Contents",
        "What you wished",
        "Session 1,",
        "You were given",
        "of ketamine into a vein, from",
        "Staff have not signed the record of this session yet",
        KEPT,
        "only you see this",
        "What is not in this book",
    ] {
        assert!(own.contains(text), "{text:?} is not in: {own}");
    }
    assert!(!own.contains(OF_STAFF), "{own}");
    let spanish = by(&house, patient, Way::Account, Language::Spanish, "/my/book");
    let spanish = words(&spanish.body);
    assert!(spanish.contains("Mi camino") && spanish.contains("en una vena"));
    // Printed by staff it has nothing that only the person sees, and says who had it made.
    let mut nurse = house.person("nurse");
    let printed = nurse.page(&format!("/patients/{patient}/book.pdf"));
    let printed = words(&printed.body);
    assert!(printed.contains("Nora Lindqvist had this made for you"));
    assert!(!printed.contains(KEPT) && !printed.contains(OF_STAFF));
}

#[test]
fn the_file_holds_the_book_and_what_programs_read_of_this_person_alone() {
    // Hazard: H45, H72
    let house = House::staffed(|_| {});
    let (patient, _) = treated(&house);
    let (other, _) = house.ready_session("4712", "Room 2");
    let answer = by(
        &house,
        patient,
        Way::Link,
        Language::Spanish,
        "/my/record.zip",
    );
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(
        answer
            .header("content-disposition")
            .unwrap()
            .starts_with("attachment")
    );
    let files = files(&answer.body);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(names, ["book.pdf", "read-me.txt", "record.fhir.json"]);
    let read_me = String::from_utf8(files["read-me.txt"].clone()).unwrap();
    assert!(read_me.contains("Su expediente") && !read_me.contains("kept-"));
    assert!(words(&files["book.pdf"]).contains(KEPT));
    // The stranger that reads what programs are sent reads it whole.
    let text = String::from_utf8(files["record.fhir.json"].clone()).unwrap();
    let (resource, issues) = fhirkit::from_json::<r4::Resource>(&text).unwrap();
    assert!(issues.is_empty(), "{issues:?}");
    assert!(resource.is_some());
    let bundle: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(bundle["resourceType"], "Bundle");
    assert_eq!(bundle["type"], "collection");
    let kinds: Vec<&str> = bundle["entry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["resource"]["resourceType"].as_str().unwrap())
        .collect();
    for kind in ["Patient", "Encounter", "MedicationAdministration"] {
        assert!(kinds.contains(&kind), "{kind} is not among {kinds:?}");
    }
    assert_eq!(kinds.iter().filter(|kind| **kind == "Patient").count(), 1);
    assert!(text.contains(&patient.to_string()) && !text.contains(&other.to_string()));
    assert!(!text.contains(KEPT) && !text.contains(OF_STAFF));
}

#[test]
fn nothing_is_saved_on_the_clinics_tablet_and_a_taking_is_noted_for_the_person() {
    // Hazard: H72
    let house = House::staffed(|_| {});
    let (patient, _) = treated(&house);
    for path in ["/my/book", "/my/record.zip"] {
        let answer = by(&house, patient, Way::Tablet, Language::English, path);
        assert_eq!(answer.status, 409);
        assert!(answer.text().contains("This tablet is the clinic"));
    }
    let page = by(
        &house,
        patient,
        Way::Tablet,
        Language::English,
        "/my/record",
    )
    .text();
    assert!(!page.contains("record.zip"));
    // Staff make it for who asks in person, and only when they say that they checked who asks.
    assert_eq!(hand_out(&house, patient, "nurse", &[]).status, 422);
    assert_eq!(
        hand_out(&house, patient, "front-desk", &[("checked", "yes")]).status,
        403
    );
    let made = hand_out(&house, patient, "nurse", &[("checked", "yes")]);
    assert_eq!(made.status, 200);
    let files = files(&made.body);
    assert!(!words(&files["book.pdf"]).contains(KEPT));
    let readers = by(&house, patient, Way::Link, Language::English, "/my/readers").text();
    assert!(
        readers.contains("made your whole record as a file, because you asked"),
        "{readers}"
    );
    assert!(
        !readers.contains("took the book"),
        "what was refused was not taken"
    );
}

#[test]
fn the_paper_for_a_payer_names_what_is_missing_and_makes_nothing_up() {
    // Hazard: H72
    let house = House::staffed(|_| {});
    let (patient, _) = house.ready_session("4711", "Room 1");
    let mut prescriber = house.person("prescriber");
    let path = format!("/patients/{patient}/prior-authorisation");
    let page = prescriber.page(&path).text();
    let paper = prescriber.page(&format!("{path}.pdf"));
    assert_eq!(paper.status, 200, "{}", paper.text());
    let paper = words(&paper.body);
    for text in [
        "Request for prior authorisation",
        "What the treatment is for",
        "Earlier antidepressants",
        "Not in the record",
        "The code of the diagnosis: this record holds none of its own.",
        "Prescriber, name and signature:",
        "Put together from the record by",
        "Not signed.",
        // The order of the house's story: 36 mg.
        "36 mg",
        "Nothing was given here yet.",
    ] {
        assert!(paper.contains(text), "{text:?} is not in: {paper}");
    }
    assert!(page.contains("this record holds none of its own"), "{page}");
    // No code of a diagnosis stands anywhere.
    assert!(!paper.contains("F33") && !paper.contains("F32"), "{paper}");
}
