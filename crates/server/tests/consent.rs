//! Consent over HTTP, against the real server: read and signed on the phone in both languages,
//! explained and signed by the prescriber, asked once more at the door, and taken back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person, nurse, order};
use crate::stranger::http::{Answer, Connection, get, post};
use clinical::course::consent::{Consents, InForce, Reason};
use clinical::course::screening::person::Product;
use clinical::course::session::Command;
use clinical::leaflet::Language;
use clinical::patient::{Patient, PatientEvent, Sex};
use clinical::policy::{Quantity, Unit};
use clinical::record::{CommandId, EventId, PatientId, SessionId};
use jiff::tz::TimeZone;
use server::clock::{Clock, Hand};
use server::configuration::Configuration;
use server::consent::{self, ConsentStanding};
use server::identity::{Way, let_in};
use server::journey::{Change, change, read};
use server::preparation::follow_the_book;
use server::web::respond::Refused;
use sha2::{Digest, Sha256};
use std::path::Path;
use store::CourseRow;
use units::{Decimal, Moment, Span};
use uuid::Uuid;

/// 20 November 2026, 09:00 UTC.
const BEGAN: Moment = Moment::from_microseconds(1_795_165_200_000_000);
/// The same day, 13:00 UTC.
const STARTS: Moment = Moment::from_microseconds(1_795_179_600_000_000);
const PATH: &str = "/my/consent/racemic-ketamine";

struct Clinic {
    house: House,
    hand: Hand,
    visits: u32,
}

/// Somebody who was let in.
struct Own {
    patient: PatientId,
    visit: SessionId,
    cookie: String,
}

fn wish(id: Uuid, patient: Option<PatientId>) -> Change<'static> {
    Change {
        command_id: CommandId(Uuid::now_v7()),
        actor: nurse(),
        at: None,
        id,
        patient,
        session: None,
        action: "set up",
        wanted: String::new(),
    }
}

impl Clinic {
    fn new() -> Self {
        Self::of(House::telling(TimeZone::UTC, BEGAN))
    }

    fn of((house, hand): (House, Hand)) -> Self {
        Self {
            house,
            hand,
            visits: 0,
        }
    }

    /// A person born on a day, with a visit at 13:00 today, let in on their phone.
    fn person(&mut self, born: &str, language: Language, way: Way) -> Own {
        self.visits += 1;
        let patient = PatientId(Uuid::now_v7());
        let registered = PatientEvent::PatientRegistered {
            patient,
            record_number: format!("0042-{}", self.visits),
            family_name: format!("QUILL{}", self.visits),
            given_name: "Rosa".to_owned(),
            birth_date: born.parse().unwrap(),
            sex: Sex::Female,
        };
        let done = server::patients::register(
            self.house.application(),
            CommandId(Uuid::now_v7()),
            nurse(),
            patient,
            vec![registered],
            |_| EventId(Uuid::now_v7()),
            BEGAN,
        );
        self.house.wait_for(done).unwrap();
        let visit = SessionId(Uuid::now_v7());
        let plan = Command::PlanSession {
            patient,
            room: self.visits.to_string(),
            planned_for: STARTS,
            earlier_sessions: 1,
            order: order(),
            rules: Vec::new(),
        };
        self.house.tell(visit, BEGAN, plan).unwrap();
        self.house
            .wait_for(follow_the_book(self.house.application()))
            .unwrap();
        let secret = self
            .house
            .wait_for(let_in(self.house.application(), patient, way, language))
            .unwrap();
        Own {
            patient,
            visit,
            cookie: format!("evenkeel-own={}", secret.reveal()),
        }
    }

    fn adult(&mut self, language: Language) -> Own {
        self.person("1979-08-21", language, Way::Link)
    }

    fn page(&self, own: &Own, path: &str) -> Answer {
        let mut connection = Connection::open(self.house.http()).unwrap();
        let headers = [("cookie", own.cookie.as_str()), ("accept", "text/html")];
        connection.send(&get(path, &headers)).unwrap()
    }

    /// Sends a form of the patient's under a command id.
    fn send_as(&self, own: &Own, path: &str, id: Uuid, fields: &[(&str, &str)]) -> Answer {
        let (_, secret) = own.cookie.split_once('=').unwrap();
        let csrf = hex::encode(server::identity::digest(&format!("form {secret}")));
        let id = id.to_string();
        let mut all = vec![("csrf", csrf.as_str()), ("command_id", id.as_str())];
        all.extend_from_slice(fields);
        let headers = [("cookie", own.cookie.as_str()), ("accept", "text/html")];
        let mut connection = Connection::open(self.house.http()).unwrap();
        connection.send(&post(path, &headers, &all)).unwrap()
    }

    fn send(&self, own: &Own, fields: &[(&str, &str)]) -> Answer {
        self.send_as(own, PATH, Uuid::new_v4(), fields)
    }

    /// Signs the text that the page shows.
    fn sign(&self, own: &Own) -> Answer {
        let text = hidden(&self.page(own, PATH).text(), "text");
        self.send(own, &signing(&text))
    }

    fn staff(&self, person: &mut Person, own: &Own, fields: &[(&str, &str)]) -> Answer {
        let (csrf, id) = (person.csrf(), Uuid::new_v4().to_string());
        let mut all = vec![
            ("csrf", csrf.as_str()),
            ("command_id", id.as_str()),
            ("product", "racemic-ketamine"),
        ];
        all.extend_from_slice(fields);
        let path = format!("/patients/{}/consent", own.patient);
        person.post(&path, &[("accept", "text/html")], &all)
    }

    fn password(&self) -> String {
        let users = &self.house.credentials.as_ref().unwrap().users;
        users[0].password.clone()
    }

    /// The prescriber signs under the text that is signed.
    fn countersign(&self, own: &Own, text: &str) -> Answer {
        let password = self.password();
        let mut prescriber = self.house.person("prescriber");
        let fields = clinician(text, &password);
        self.staff(&mut prescriber, own, &fields)
    }

    /// At the door: do they still want this?
    fn at_the_door(&self, own: &Own, said: &str) -> Answer {
        let mut nurse = self.house.person("nurse");
        let (csrf, id) = (nurse.csrf(), Uuid::new_v4().to_string());
        let fields = [
            ("csrf", csrf.as_str()),
            ("command_id", id.as_str()),
            ("wish", said),
        ];
        let path = format!("/visits/{}/consent", own.visit);
        nurse.post(&path, &[("accept", "text/html")], &fields)
    }

    fn standing(&self, own: &Own, at_dose: bool) -> ConsentStanding {
        let application = self.house.application();
        let now = application.clock.now();
        let found = consent::standing(application, own.patient, Product::Racemic, now, at_dose);
        self.house.wait_for(found).unwrap()
    }

    fn unmet(&self, own: &Own, at_dose: bool) -> Vec<Reason> {
        match self.standing(own, at_dose).in_force {
            InForce::Unmet(reasons) => reasons,
            other => panic!("{other:?}"),
        }
    }

    fn consents(&self, own: &Own) -> Consents {
        let kept = read::<Consents>(self.house.application(), own.patient.0);
        self.house.wait_for(kept).unwrap().state
    }

    fn row(&self, own: &Own) -> CourseRow {
        let application = self.house.application();
        let rows = application
            .store
            .course_rows_of(application.tenant, own.patient);
        let rows = self.house.wait_for(rows).unwrap();
        rows.into_iter().find(|row| row.part == "consent").unwrap()
    }

    /// Everything is signed, by whoever must.
    fn given(&self, own: &Own) -> String {
        let signed = self.sign(own);
        assert_eq!(signed.status, 303, "{}", signed.text());
        let text = self.consents(own).newest[0]
            .patient
            .clone()
            .unwrap()
            .shown
            .text;
        let done = self.countersign(own, &text);
        assert_eq!(done.status, 303, "{}", done.text());
        text
    }
}

fn signing(text: &str) -> [(&str, &str); 5] {
    [
        ("act", "sign"),
        ("text", text),
        ("typed_name", "Rosa Quill"),
        ("could_ask", "yes"),
        ("agrees", "yes"),
    ]
}

fn clinician<'a>(text: &'a str, password: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("act", "clinician"),
        ("text", text),
        ("way", "in-person"),
        ("interpreting", "not-needed"),
        ("signed_as", "Dr Petra Ivanova"),
        ("password", password),
    ]
}

/// The value of a hidden field of the form that signs.
fn hidden(page: &str, name: &str) -> String {
    let begins = format!("name=\"{name}\" value=\"");
    let (_, rest) = page
        .split_once(&begins)
        .unwrap_or_else(|| panic!("{name}: {page}"));
    rest.split('"').next().unwrap().to_owned()
}

// Hazard: H25
#[test]
fn it_is_read_signed_explained_and_confirmed_in_both_languages() {
    let mut clinic = Clinic::new();
    for (language, to_sign, today, digest_word) in [
        (
            Language::English,
            "Please read it and sign.",
            "Do you still want this today?",
            "Check number of the exact text",
        ),
        (
            Language::Spanish,
            "Léalo y fírmelo",
            "¿Todavía lo quiere hoy?",
            "Número de control del texto exacto",
        ),
    ] {
        let own = clinic.adult(language);
        assert_eq!(clinic.unmet(&own, true), [Reason::NotSigned]);
        assert!(clinic.page(&own, "/my").text().contains("/my/consent"));
        assert!(clinic.page(&own, "/my/consent").text().contains(to_sign));
        let signed = clinic.sign(&own);
        assert_eq!(signed.status, 303, "{}", signed.text());
        assert_eq!(
            signed.header("location"),
            Some("/my/consent/racemic-ketamine/copy")
        );
        assert_eq!(clinic.row(&own).state, "to-countersign");
        let known = clinic.consents(&own).newest[0].patient.clone().unwrap();
        assert_eq!(known.shown.language, language);
        // The exact text is kept: its bytes have the digest that was signed.
        let application = clinic.house.application();
        let mut digest = [0; 32];
        hex::decode_to_slice(&known.shown.text, &mut digest).unwrap();
        let document = application.store.document(application.tenant, &digest);
        let document = clinic.house.wait_for(document).unwrap().unwrap();
        assert_eq!(
            hex::encode(Sha256::digest(&document.bytes)),
            known.shown.text
        );
        let copy = clinic.page(&own, &format!("{PATH}/copy")).text();
        for words in [digest_word, &known.shown.text, "Rosa Quill"] {
            assert!(copy.contains(words), "{words}: {copy}");
        }
        assert_eq!(
            clinic.unmet(&own, true),
            [Reason::ClinicianMissing, Reason::NotReconfirmed]
        );
        let done = clinic.countersign(&own, &known.shown.text);
        assert_eq!(done.status, 303, "{}", done.text());
        assert_eq!(clinic.unmet(&own, true), [Reason::NotReconfirmed]);
        // The patient is asked on their own page too; the door may be quicker.
        assert!(clinic.page(&own, "/my/consent").text().contains(today));
        assert_eq!(clinic.at_the_door(&own, "yes").status, 303);
        // Witness: twelve months after 20 November 2026 (clinical.md §10.2).
        let until = "2027-11-20".parse().unwrap();
        assert_eq!(clinic.standing(&own, true).in_force, InForce::Met(until));
        let row = clinic.row(&own);
        assert_eq!(row.state, "given");
        assert_eq!(
            row.due,
            Some(Moment::parse("2027-11-21T00:00:00Z").unwrap())
        );
        let copy = clinic.page(&own, &format!("{PATH}/copy")).text();
        assert!(copy.contains("Dr Petra Ivanova"), "{copy}");
    }
}

// Hazard: H25
#[test]
fn what_changes_the_text_must_be_signed_again_and_what_does_not_need_not() {
    let mut clinic = Clinic::new();
    let own = clinic.adult(Language::English);
    clinic.given(&own);
    let hours = |value| Quantity {
        value: Decimal::from(value),
        unit: Unit::Hours,
    };
    // The text says nothing of when reminders go out.
    clinic
        .house
        .adopts("preparation", "first_reminder", hours(96));
    assert!(matches!(
        clinic.standing(&own, false).in_force,
        InForce::Met(_)
    ));
    // It says for how long nobody drives.
    clinic.house.adopts("preparation", "no_driving", hours(48));
    assert_eq!(clinic.unmet(&own, false), [Reason::OtherText]);
    let list = clinic.page(&own, "/my/consent").text();
    assert!(list.contains("The text has changed"), "{list}");
    // What was signed can still be read, by the patient and by staff.
    let old = clinic.consents(&own).newest[0]
        .patient
        .clone()
        .unwrap()
        .shown
        .text;
    let copy = clinic.page(&own, &format!("{PATH}/copy"));
    assert!(copy.text().contains(&old));
    let path = format!("/patients/{}/consent/texts/{old}", own.patient);
    let paper = clinic.house.person("auditor").page(&path);
    assert!(
        paper.text().contains("as it was signed"),
        "{}",
        paper.text()
    );
    clinic.given(&own);
    assert!(matches!(
        clinic.standing(&own, false).in_force,
        InForce::Met(_)
    ));
}

#[test]
fn a_change_of_a_rule_names_first_whose_consent_would_no_longer_be_in_force() {
    // Hazard: H27
    let mut clinic = Clinic::new();
    let (signed, half, taken_back) = (
        clinic.adult(Language::English),
        clinic.adult(Language::Spanish),
        clinic.adult(Language::English),
    );
    clinic.given(&signed);
    // Nobody has signed under this one yet: it is not in force as it is.
    assert_eq!(clinic.sign(&half).status, 303);
    clinic.given(&taken_back);
    assert_eq!(clinic.send(&taken_back, &[("act", "withdraw")]).status, 303);
    let mut director = clinic.house.person("medical-director");
    let mut look = |address: &str| {
        for _ in 0..100 {
            let page = director.page(address);
            assert_eq!(page.status, 200, "{}", page.text());
            if !page.text().contains("Look again") {
                return page.text();
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        panic!("nobody was asked about");
    };
    // The text says for how long nobody drives, and nothing of when reminders go out.
    let page = look("/rules/preparation/change?no_driving=48");
    assert!(
        page.contains("1 consent would no longer be in force"),
        "{page}"
    );
    assert!(page.contains("The text of the consent has changed since it was signed."));
    assert!(page.contains(&format!("/patients/{}/consent", signed.patient)));
    assert!(!page.contains(&half.patient.to_string()));
    assert!(!page.contains(&taken_back.patient.to_string()));
    assert!(!page.contains("Nobody."), "{page}");
    let page = look("/rules/preparation/change?first_reminder=96");
    assert!(
        page.contains("Every consent that is in force stays so."),
        "{page}"
    );
    assert!(page.contains("Nobody."));
    // Looking has changed nothing.
    assert!(matches!(
        clinic.standing(&signed, false).in_force,
        InForce::Met(_)
    ));
}

// Hazard: H25
#[test]
fn a_question_blocks_the_clinicians_signature_until_the_patient_can_read_the_answer() {
    let mut clinic = Clinic::new();
    let own = clinic.adult(Language::English);
    let asked = clinic.send(
        &own,
        &[
            ("act", "ask"),
            ("about", "Food and drink"),
            ("words", "May I have <coffee>?"),
        ],
    );
    assert_eq!(asked.status, 303, "{}", asked.text());
    assert_eq!(clinic.row(&own).state, "question");
    clinic.sign(&own);
    let text = clinic.consents(&own).newest[0]
        .patient
        .clone()
        .unwrap()
        .shown
        .text;
    let refused = clinic.countersign(&own, &text);
    assert_eq!(refused.status, 409);
    assert!(
        refused
            .text()
            .contains("one question of the patient is open")
    );
    // It is the question's own words that staff read, and nothing in them is code.
    assert!(
        refused.text().contains("May I have &#60;coffee&#62;?"),
        "{}",
        refused.text()
    );
    let mut nurse = clinic.house.person("nurse");
    let answer = [
        ("act", "answer"),
        ("question", "1"),
        ("words", "Black, until two hours before."),
    ];
    assert_eq!(clinic.staff(&mut nurse, &own, &answer).status, 303);
    assert!(
        clinic
            .page(&own, PATH)
            .text()
            .contains("Black, until two hours before.")
    );
    assert_eq!(clinic.countersign(&own, &text).status, 303);
    let empty = clinic.send(&own, &[("act", "ask"), ("words", " ")]);
    assert_eq!(empty.status, 409);
    assert!(empty.text().contains("write your question"));
}

// Hazard: H25
#[test]
fn taken_back_is_taken_back_at_once_by_the_patient_and_through_staff() {
    let mut clinic = Clinic::new();
    let own = clinic.adult(Language::Spanish);
    let text = clinic.given(&own);
    clinic.at_the_door(&own, "yes");
    assert!(matches!(
        clinic.standing(&own, true).in_force,
        InForce::Met(_)
    ));
    let back = clinic.send(&own, &[("act", "withdraw"), ("words", "Tengo miedo")]);
    assert_eq!(back.status, 303, "{}", back.text());
    assert_eq!(clinic.unmet(&own, true)[0], Reason::Withdrawn);
    assert_eq!(clinic.row(&own).state, "withdrawn");
    let chart = format!("/patients/{}", own.patient);
    let mut prescriber = clinic.house.person("prescriber");
    let chart = prescriber.page(&chart).text();
    assert!(chart.contains("Consent outstanding"), "{chart}");
    // Nobody brings it back for the patient.
    assert_eq!(clinic.countersign(&own, &text).status, 409);
    assert_eq!(clinic.at_the_door(&own, "yes").status, 409);
    clinic.given(&own);
    let mut therapist = clinic.house.person("therapist");
    let noted = clinic.staff(&mut therapist, &own, &[("act", "withdraw"), ("words", "")]);
    assert_eq!(noted.status, 303, "{}", noted.text());
    assert_eq!(clinic.unmet(&own, false), [Reason::Withdrawn]);
}

// Hazard: H25
#[test]
fn not_sure_and_no_stop_the_dose_and_another_day_asks_again() {
    let mut clinic = Clinic::new();
    let own = clinic.adult(Language::English);
    clinic.given(&own);
    for (said, reason) in [("not-sure", Reason::NotSureToday), ("no", Reason::NotToday)] {
        assert_eq!(clinic.at_the_door(&own, said).status, 303);
        assert_eq!(clinic.unmet(&own, true), [reason]);
    }
    let own_answer = clinic.send(&own, &[("act", "today"), ("wish", "yes")]);
    assert_eq!(own_answer.status, 303);
    assert!(matches!(
        clinic.standing(&own, true).in_force,
        InForce::Met(_)
    ));
    assert_eq!(clinic.at_the_door(&own, "maybe").status, 422);
    clinic.hand.advance(Span::from_hours(24));
    assert_eq!(clinic.unmet(&own, true), [Reason::NotReconfirmed]);
    assert!(matches!(
        clinic.standing(&own, false).in_force,
        InForce::Met(_)
    ));
}

// Hazard: H25
#[test]
fn a_forged_or_outdated_digest_signs_nothing_and_what_was_typed_is_kept() {
    let mut clinic = Clinic::new();
    let own = clinic.adult(Language::English);
    let forged = "0".repeat(64);
    for text in [forged.as_str(), "", "not a digest"] {
        let refused = clinic.send(&own, &signing(text));
        assert_eq!(refused.status, 409, "{text}");
        let page = refused.text();
        assert!(page.contains("the text has changed"), "{page}");
        assert!(page.contains("value=\"Rosa Quill\""));
    }
    let mut fields = signing(&forged).to_vec();
    let text = hidden(&clinic.page(&own, PATH).text(), "text");
    fields[1] = ("text", &text);
    for (left_out, says) in [
        ("agrees", "tick the box"),
        ("could_ask", "could ask your questions"),
    ] {
        let some: Vec<_> = fields
            .iter()
            .copied()
            .filter(|(name, _)| *name != left_out)
            .collect();
        let refused = clinic.send(&own, &some);
        assert_eq!(refused.status, 409);
        assert!(refused.text().contains(says), "{}", refused.text());
    }
    assert!(clinic.consents(&own).newest.is_empty());
    assert_eq!(clinic.page(&own, &format!("{PATH}/copy")).status, 404);
    assert_eq!(clinic.page(&own, "/my/consent/aspirin").status, 404);
}

// Hazard: H21
#[test]
fn a_form_that_is_sent_twice_is_signed_once() {
    let mut clinic = Clinic::new();
    let own = clinic.adult(Language::English);
    let text = hidden(&clinic.page(&own, PATH).text(), "text");
    let id = Uuid::new_v4();
    for _ in 0..2 {
        let signed = clinic.send_as(&own, PATH, id, &signing(&text));
        assert_eq!(signed.status, 303, "{}", signed.text());
    }
    assert_eq!(clinic.consents(&own).history.len(), 1);
    let mut other = signing(&text);
    other[2] = ("typed_name", "Somebody Else");
    assert_eq!(clinic.send_as(&own, PATH, id, &other).status, 422);
    assert_eq!(clinic.consents(&own).history.len(), 1);
}

#[test]
fn the_clinician_signs_with_the_password_and_the_name_of_the_account() {
    let mut clinic = Clinic::new();
    let own = clinic.adult(Language::English);
    clinic.sign(&own);
    let text = clinic.consents(&own).newest[0]
        .patient
        .clone()
        .unwrap()
        .shown
        .text;
    let password = clinic.password();
    let mut prescriber = clinic.house.person("prescriber");
    for (field, value, status, says) in [
        ("password", "another", 422, "not your password"),
        ("signed_as", "Somebody Else", 409, "Dr Petra Ivanova"),
        ("way", "", 409, "in person or by video"),
        ("interpreting", "", 409, "whether an interpreter was needed"),
        ("interpreting", "by", 409, "the interpreter&#39;s name"),
    ] {
        let mut fields = clinician(&text, &password);
        for known in &mut fields {
            if known.0 == field {
                known.1 = value;
            }
        }
        let refused = clinic.staff(&mut prescriber, &own, &fields);
        assert_eq!(refused.status, status, "{field}: {}", refused.text());
        assert!(refused.text().contains(says), "{field}: {}", refused.text());
    }
    let mut nurse = clinic.house.person("nurse");
    let refused = clinic.staff(&mut nurse, &own, &clinician(&text, &password));
    assert_eq!(refused.status, 409);
    assert_eq!(clinic.unmet(&own, false), [Reason::ClinicianMissing]);
    let mut fields = clinician(&text, &password).to_vec();
    fields[3] = ("interpreting", "by");
    fields.extend([
        ("interpreter", "Teo Ruiz"),
        ("attests", "I interpreted everything."),
    ]);
    let done = clinic.staff(&mut prescriber, &own, &fields);
    assert_eq!(done.status, 303, "{}", done.text());
    let page = prescriber.page(&format!("/patients/{}/consent", own.patient));
    assert!(
        page.text().contains("interpreted by Teo Ruiz"),
        "{}",
        page.text()
    );
    assert!(
        clinic
            .page(&own, &format!("{PATH}/copy"))
            .text()
            .contains("Teo Ruiz")
    );
}

// Hazard: H25
#[test]
fn a_minor_is_refused_while_the_programme_is_off_and_needs_guardian_and_own_word_when_it_is_on() {
    let mut clinic = Clinic::new();
    // Sixteen on the day.
    let own = clinic.person("2010-05-01", Language::English, Way::Tablet);
    let adult = clinic.adult(Language::English);
    let full = hidden(&clinic.page(&adult, PATH).text(), "text");
    assert_eq!(clinic.unmet(&own, false)[0], Reason::MinorsNotTreated);
    let page = clinic.page(&own, PATH).text();
    assert!(!page.contains("id=\"sign\""), "{page}");
    let refused = clinic.send(&own, &signing(&full));
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("under 18"), "{}", refused.text());
    let guardian = [
        ("act", "guardian"),
        ("text", full.as_str()),
        ("typed_name", "Maria Quill"),
        ("relationship", "mother"),
    ];
    let mut nurse = clinic.house.person("nurse");
    assert_eq!(clinic.staff(&mut nurse, &own, &guardian).status, 409);
    let on = Quantity {
        value: Decimal::ONE,
        unit: Unit::Switch,
    };
    clinic
        .house
        .adopts("eligibility", "adolescent_programme", on);
    assert_eq!(
        clinic.unmet(&own, false),
        [Reason::GuardianMissing, Reason::AssentMissing]
    );
    // The text of the consent as it is now: a guardian signs it, the young person does not.
    let full = hidden(&clinic.page(&adult, PATH).text(), "text");
    assert_eq!(clinic.send(&own, &signing(&full)).status, 409);
    let guardian = [
        guardian[0],
        ("text", full.as_str()),
        guardian[2],
        guardian[3],
    ];
    let done = clinic.staff(&mut nurse, &own, &guardian);
    assert_eq!(done.status, 303, "{}", done.text());
    let page = clinic.page(&own, PATH).text();
    let text = hidden(&page, "text");
    assert_ne!(text, full);
    // The long text can be read here too, and not be signed.
    assert!(page.contains("?text=full"));
    let long = clinic.page(&own, &format!("{PATH}?text=full"));
    assert_eq!(long.status, 200);
    assert!(!long.text().contains("id=\"sign\""), "{}", long.text());
    let assent = [
        ("act", "assent"),
        ("text", text.as_str()),
        ("typed_name", "Rosa Quill"),
        ("agrees", "yes"),
    ];
    let done = clinic.send(&own, &assent);
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(clinic.unmet(&own, false), [Reason::ClinicianMissing]);
    let done = clinic.countersign(&own, &full);
    assert_eq!(done.status, 303, "{}", done.text());
    assert!(matches!(
        clinic.standing(&own, false).in_force,
        InForce::Met(_)
    ));
    assert_eq!(clinic.row(&own).state, "given");
    let copy = clinic.page(&own, &format!("{PATH}/copy")).text();
    for words in [
        "Maria Quill",
        "Rosa Quill",
        "Dr Petra Ivanova",
        &full,
        &text,
    ] {
        assert!(copy.contains(words), "{words}");
    }
}

// Hazard: H45
#[test]
fn nobody_reads_or_signs_anothers_consent() {
    let mut clinic = Clinic::new();
    let (ana, ben) = (
        clinic.adult(Language::English),
        clinic.adult(Language::English),
    );
    let text = clinic.given(&ana);
    // The same address is another person's own: nothing was signed there.
    assert_eq!(clinic.page(&ben, &format!("{PATH}/copy")).status, 404);
    assert!(clinic.consents(&ben).history.is_empty());
    let theirs = format!("/patients/{}/consent", ana.patient);
    for path in [theirs.clone(), format!("{theirs}/texts/{text}")] {
        let answer = clinic.page(&ben, &path);
        assert_ne!(answer.status, 200, "{path}");
        assert!(!answer.text().contains("QUILL1"));
    }
    let answer = clinic.send_as(&ben, &theirs, Uuid::new_v4(), &[("act", "withdraw")]);
    assert_ne!(answer.status, 303);
    assert!(matches!(
        clinic.standing(&ana, false).in_force,
        InForce::Met(_)
    ));
    // A text that this person never signed and that is not of today is nobody's to open.
    let mut nurse = clinic.house.person("nurse");
    let none = "0".repeat(64);
    assert_eq!(nurse.page(&format!("{theirs}/texts/{none}")).status, 404);
}

// Hazard: H25
#[test]
fn what_was_taken_back_in_a_record_that_was_merged_stays_taken_back_until_it_is_signed_again() {
    let mut clinic = Clinic::new();
    let other = clinic.adult(Language::English);
    let own = clinic.adult(Language::English);
    clinic.given(&other);
    clinic.given(&own);
    clinic.hand.advance(Span::from_minutes(10));
    let back = clinic.send(&other, &[("act", "withdraw"), ("words", "")]);
    assert_eq!(back.status, 303);
    assert!(matches!(
        clinic.standing(&own, false).in_force,
        InForce::Met(_)
    ));
    let merged = PatientEvent::PatientMerged {
        from: other.patient,
        into: own.patient,
        at: BEGAN,
        by: "Nora Lindqvist".to_owned(),
    };
    for id in [other.patient, own.patient] {
        let done = change(
            clinic.house.application(),
            wish(id.0, Some(id)),
            |_: &Patient, _| Ok::<_, Refused>(vec![merged.clone()]),
        );
        clinic.house.wait_for(done).unwrap();
    }
    for record in [&own, &other] {
        assert_eq!(clinic.unmet(record, false), [Reason::Withdrawn]);
    }
    clinic.hand.advance(Span::from_minutes(10));
    clinic.given(&own);
    assert!(matches!(
        clinic.standing(&other, false).in_force,
        InForce::Met(_)
    ));
}

#[test]
fn lists_are_the_same_when_they_are_made_again_from_the_log() {
    let mut clinic = Clinic::new();
    let own = clinic.adult(Language::English);
    clinic.given(&own);
    let application = clinic.house.application();
    let digest = || {
        let digest = application.store.projection_digest(application.tenant);
        clinic.house.wait_for(digest).unwrap()
    };
    let before = digest();
    let rebuilt = server::projection::rebuild(application);
    clinic.house.wait_for(rebuilt).unwrap();
    assert_eq!(digest(), before);
}

/// A folder with the clinic's own consent, the shipped one with other words about costs.
fn with_costs(folder: &Path, english: &str) {
    let shipped = include_str!("../../../consents/consent.toml");
    let (before, costs) = shipped.split_once("element = \"costs\"").unwrap();
    let (begins, rest) = costs.split_once("en = { heading").unwrap();
    let (_, rest) = rest.split_once('\n').unwrap();
    let ours = format!(
        "{before}element = \"costs\"{begins}en = {{ heading = \"What it costs\", paragraphs = \
         [\"{english}\"] }}\n{rest}"
    );
    std::fs::write(folder.join("consent.toml"), ours).unwrap();
}

#[test]
fn the_clinics_own_text_is_signed_and_stays_readable_after_its_file_has_changed() {
    // Hazard: H25
    let folder = tempfile::tempdir().unwrap();
    with_costs(
        folder.path(),
        "Ask us what you pay. It is on a list at the desk.",
    );
    let mut store = String::new();
    let open = |store: &mut String, staffed: bool| {
        let (clock, hand) = Clock::starting_at(BEGAN);
        let change = |configuration: &mut Configuration| {
            configuration.clock = clock;
            configuration.consents = Some(folder.path().to_owned());
            if store.is_empty() {
                store.clone_from(&configuration.store);
            } else {
                configuration.store.clone_from(store);
            }
        };
        let house = if staffed {
            House::staffed(change)
        } else {
            House::empty(change)
        };
        Clinic::of((house, hand))
    };
    let mut clinic = open(&mut store, true);
    let own = clinic.adult(Language::English);
    let page = clinic.page(&own, PATH);
    assert!(page.text().contains("It is on a list at the desk."));
    let text = clinic.given(&own);
    assert!(matches!(
        clinic.standing(&own, false).in_force,
        InForce::Met(_)
    ));
    clinic.house.stop();

    with_costs(folder.path(), "Ask us what you pay. We give you a list.");
    let changed = open(&mut store, false);
    let page = changed.page(&own, PATH);
    assert!(page.text().contains("We give you a list."));
    assert!(!page.text().contains("It is on a list at the desk."));
    assert!(changed.unmet(&own, false).contains(&Reason::OtherText));
    let kept = changed.page(&own, &format!("{PATH}/copy"));
    assert_eq!(kept.status, 200);
    assert!(kept.text().contains("It is on a list at the desk."));
    assert!(kept.text().contains(&text));
}
