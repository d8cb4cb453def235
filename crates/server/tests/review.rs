//! Letters from outside and the review, as staff use them: over HTTP, against the real server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person};
use crate::stranger::http::Answer;
use clinical::record::PatientId;
use units::{Moment, Span};
use uuid::Uuid;

/// A letter's first bytes. Witness: ISO 32000 7.5.2.
const PDF: &[u8] = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";

/// 2 March 2026, noon, at the clinic.
fn noon() -> Moment {
    Moment::parse("2026-03-02T12:00:00Z").unwrap()
}

fn clinic() -> (House, crate::house::Hand) {
    House::telling(jiff::tz::TimeZone::UTC, noon())
}

/// Asks primary care about hypertension; says under which id.
fn ask(person: &mut Person, patient: PatientId) -> (Uuid, Answer) {
    let id = Uuid::new_v4();
    let answer = person.post(
        &format!("/patients/{patient}/clearances"),
        &[("accept", "text/html")],
        &[
            ("csrf", &person.csrf()),
            ("command_id", &id.to_string()),
            ("act", "request"),
            ("about", "C01"),
            ("from", "primary care"),
            ("recipient", "Dr Lena Ott"),
            ("product", "racemic-ketamine"),
            ("route", "intravenous"),
        ],
    );
    (id, answer)
}

fn act(person: &mut Person, patient: PatientId, fields: &[(&str, &str)]) -> Answer {
    let (csrf, id) = (person.csrf(), Uuid::new_v4().to_string());
    let mut all = vec![("csrf", csrf.as_str()), ("command_id", id.as_str())];
    all.extend_from_slice(fields);
    let path = format!("/patients/{patient}/clearances");
    person.post(&path, &[("accept", "text/html")], &all)
}

/// Sends a file as a browser does.
fn upload(
    person: &mut Person,
    patient: PatientId,
    letter: Uuid,
    name: &str,
    bytes: &[u8],
    dated: &str,
) -> Answer {
    let boundary = "----evenkeel-test";
    let mut body = Vec::new();
    for (field, value) in [
        ("csrf", person.csrf()),
        ("command_id", Uuid::new_v4().to_string()),
        ("dated", dated.to_owned()),
        ("signed_by", "Dr Lena Ott".to_owned()),
        ("words", String::new()),
    ] {
        body.extend_from_slice(
            format!(
                "--{boundary}\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"
            )
            .as_bytes(),
        );
    }
    body.extend_from_slice(
        format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; \
             filename=\"{name}\"\r\ncontent-type: application/pdf\r\n\r\n"
        )
        .as_bytes(),
    );
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    let mut request = format!(
        "POST /patients/{patient}/clearances/{letter}/paper HTTP/1.1\r\nhost: localhost\r\n\
         cookie: {}\r\naccept: text/html\r\n\
         content-type: multipart/form-data; boundary={boundary}\r\ncontent-length: {}\r\n\r\n",
        person.cookie,
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(&body);
    person.raw(&request)
}

fn letters(person: &mut Person, patient: PatientId) -> String {
    let page = person.page(&format!("/patients/{patient}/clearances"));
    assert_eq!(page.status, 200);
    page.text()
}

#[test]
fn a_letter_is_asked_for_comes_as_a_file_and_is_accepted() {
    let (house, _hand) = clinic();
    let patient = house.register("0042-118", noon());
    let (mut nurse, mut prescriber) = (house.person("nurse"), house.person("prescriber"));
    let (letter, asked) = ask(&mut nurse, patient);
    assert_eq!(asked.status, 303, "{}", asked.text());
    let pdf = nurse.page(&format!(
        "/patients/{patient}/clearances/{letter}/letter.pdf"
    ));
    assert_eq!(pdf.status, 200);
    assert!(pdf.body.starts_with(b"%PDF-"));
    let name = letter.to_string();
    let sent = [
        ("act", "sent"),
        ("clearance", name.as_str()),
        ("way", "fax"),
        ("on", "2026-03-02"),
    ];
    assert_eq!(act(&mut nurse, patient, &sent).status, 303);
    assert!(letters(&mut nurse, patient).contains("to be asked again from 9 Mar 2026"));
    let came = upload(&mut nurse, patient, letter, "letter.pdf", PDF, "2026-03-01");
    assert_eq!(came.status, 303, "{}", came.text());
    let accept = [
        ("act", "accept"),
        ("clearance", name.as_str()),
        ("statement", "I have read it."),
    ];
    assert_eq!(act(&mut nurse, patient, &accept).status, 409);
    assert_eq!(act(&mut prescriber, patient, &accept).status, 303);
    assert!(letters(&mut prescriber, patient).contains("Holds until 30 May 2026."));
}

#[test]
fn a_letter_is_given_back_whole_to_staff_and_never_opened_inside_a_page() {
    let (house, _hand) = clinic();
    let patient = house.register("0042-118", noon());
    let mut nurse = house.person("nurse");
    let (letter, _) = ask(&mut nurse, patient);
    upload(
        &mut nurse,
        patient,
        letter,
        "\u{202e}fdp.<script>.pdf",
        PDF,
        "",
    );
    let path = format!("/patients/{patient}/clearances/{letter}/papers/0");
    let answer = nurse.page(&path);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, PDF);
    assert_eq!(answer.header("content-type"), Some("application/pdf"));
    assert_eq!(
        answer.header("content-disposition"),
        Some(format!("attachment; filename=\"letter-{letter}-1.pdf\"").as_str())
    );
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert!(
        answer
            .header("content-security-policy")
            .unwrap()
            .starts_with("sandbox")
    );
    // Somebody else's letter is not found under this person.
    let other = house.register("0042-119", noon());
    let elsewhere = format!("/patients/{other}/clearances/{letter}/papers/0");
    assert_eq!(nurse.page(&elsewhere).status, 404);
    assert_eq!(house.person("front-desk").page(&path).status, 403);
    assert_eq!(house.person("patient").page(&path).status, 403);
}

#[test]
fn a_file_that_is_not_what_it_claims_is_told_so_and_nothing_typed_is_lost() {
    let (house, _hand) = clinic();
    let patient = house.register("0042-118", noon());
    let mut nurse = house.person("nurse");
    let (letter, _) = ask(&mut nurse, patient);
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice();
    for (name, bytes, says) in [
        ("letter.pdf", b"MZ\x90\0".as_slice(), "no PDF, PNG or JPEG"),
        (
            "letter.pdf",
            b"<html><script>alert(1)</script>",
            "no PDF, PNG or JPEG",
        ),
        ("letter.pdf", png, "is called a PDF and is a PNG picture"),
        ("letter.pdf", b"", "The file is empty"),
    ] {
        let answer = upload(&mut nurse, patient, letter, name, bytes, "2026-03-01");
        assert_eq!(answer.status, 422);
        let text = answer.text();
        assert!(text.contains(says), "{says}: {text}");
        assert!(text.contains("value=\"Dr Lena Ott\""));
        assert!(text.contains("value=\"2026-03-01\""));
    }
    assert!(letters(&mut nurse, patient).contains("It has not gone out yet."));
}

#[test]
fn a_letter_larger_than_any_form_is_taken_and_one_that_is_too_large_is_told_so() {
    let (house, _hand) = clinic();
    let patient = house.register("0042-118", noon());
    let mut nurse = house.person("nurse");
    let (letter, _) = ask(&mut nurse, patient);
    let mut bytes = PDF.to_vec();
    bytes.resize(10 * 1024 * 1024 + 1, b'\n');
    let answer = upload(&mut nurse, patient, letter, "a.pdf", &bytes, "2026-03-01");
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("larger than 10"));
    assert!(answer.text().contains("value=\"Dr Lena Ott\""));
    bytes.truncate(2 * 1024 * 1024);
    let answer = upload(&mut nurse, patient, letter, "a.pdf", &bytes, "2026-03-01");
    assert_eq!(answer.status, 303, "{}", answer.text());
}

#[test]
fn a_form_sent_twice_asks_once() {
    // Hazard: H21
    let (house, _hand) = clinic();
    let patient = house.register("0042-118", noon());
    let mut nurse = house.person("nurse");
    let id = Uuid::new_v4().to_string();
    let csrf = nurse.csrf();
    let fields = [
        ("csrf", csrf.as_str()),
        ("command_id", id.as_str()),
        ("act", "request"),
        ("about", "C01"),
        ("from", "primary care"),
        ("recipient", "Dr Lena Ott"),
        ("product", "racemic-ketamine"),
        ("route", "intravenous"),
    ];
    let path = format!("/patients/{patient}/clearances");
    for _ in 0..2 {
        let answer = nurse.post(&path, &[("accept", "text/html")], &fields);
        assert_eq!(answer.status, 303, "{}", answer.text());
    }
    let page = letters(&mut nurse, patient);
    assert_eq!(page.matches("It has not gone out yet.").count(), 1);
}

#[test]
fn what_lists_show_of_letters_is_rebuilt_to_the_same_bytes() {
    let (house, _hand) = clinic();
    let patient = house.register("0042-118", noon());
    let (mut nurse, mut prescriber) = (house.person("nurse"), house.person("prescriber"));
    let (letter, _) = ask(&mut nurse, patient);
    upload(&mut nurse, patient, letter, "a.pdf", PDF, "2026-03-01");
    let name = letter.to_string();
    let accept = [
        ("act", "accept"),
        ("clearance", name.as_str()),
        ("statement", "I have read it."),
    ];
    assert_eq!(act(&mut prescriber, patient, &accept).status, 303);
    let application = house.application();
    let digest = || {
        house
            .wait_for(application.store.projection_digest(application.tenant))
            .unwrap()
    };
    let live = digest();
    house
        .wait_for(server::projection::rebuild(application))
        .unwrap();
    assert_eq!(digest(), live);
}

fn review(person: &mut Person, patient: PatientId) -> String {
    let page = person.page(&format!("/patients/{patient}/review"));
    assert_eq!(page.status, 200);
    page.text()
}

/// The moment of the answer that a page shows, as its form carries it.
fn seen(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("name=\"seen\" value=\"")?;
    Some(rest.split('"').next()?.to_owned())
}

fn decide(person: &mut Person, patient: PatientId, fields: &[(&str, &str)]) -> Answer {
    let (csrf, id) = (person.csrf(), Uuid::new_v4().to_string());
    let mut all = vec![("csrf", csrf.as_str()), ("command_id", id.as_str())];
    let password = person.password.clone();
    if !fields.iter().any(|(name, _)| *name == "password") {
        all.push(("password", &password));
    }
    all.extend_from_slice(fields);
    let path = format!("/patients/{patient}/review");
    person.post(&path, &[("accept", "text/html")], &all)
}

const PLAN: [(&str, &str); 5] = [
    ("act", "ask"),
    ("product", "racemic-ketamine"),
    ("route", "intravenous"),
    ("phase", "series"),
    ("on", "2026-03-09"),
];

#[test]
fn of_somebody_who_was_asked_nothing_everything_is_missing_and_nobody_can_accept_them() {
    // Hazard: H24
    let (house, _hand) = clinic();
    let patient = house.register("0042-118", noon());
    let mut prescriber = house.person("prescriber");
    assert!(review(&mut prescriber, patient).contains("was never asked"));
    assert_eq!(decide(&mut prescriber, patient, &PLAN).status, 303);
    let page = review(&mut prescriber, patient);
    assert!(page.contains("Schizophrenia, schizoaffective or delusional disorder"));
    assert!(page.contains("Cannot be accepted while these block"));
    // The registration is known, and by whom it was made.
    assert!(page.contains("X01") && page.contains("not asked"));
    // Whoever sends the form all the same is told which rules block.
    let confirm = [
        ("act", "confirm"),
        ("seen", "1"),
        ("statement", "I have read it."),
    ];
    let answer = decide(&mut prescriber, patient, &confirm);
    assert_eq!(answer.status, 409);
    assert!(
        answer
            .text()
            .contains("have changed since this page was shown")
    );
}

#[test]
fn only_prescribers_decide_and_the_front_desk_does_not_even_read() {
    // Clinical reference 10.3.
    let (house, _hand) = clinic();
    let patient = house.register("0042-118", noon());
    for role in ["front-desk", "patient", "owner"] {
        for path in [
            "/review".to_owned(),
            format!("/patients/{patient}/review"),
            format!("/patients/{patient}/clearances"),
        ] {
            assert_eq!(house.person(role).page(&path).status, 403, "{role} {path}");
        }
    }
    let mut nurse = house.person("nurse");
    assert_eq!(decide(&mut nurse, patient, &PLAN).status, 303);
    let decline = [("act", "decline"), ("reason", "not now")];
    assert_eq!(decide(&mut nurse, patient, &decline).status, 409);
    let mut prescriber = house.person("prescriber");
    assert_eq!(decide(&mut prescriber, patient, &decline).status, 303);
    assert!(review(&mut nurse, patient).contains("Declined by Dr Petra Ivanova"));
}

#[test]
fn a_plan_that_cannot_be_is_told_so_before_any_rule_is_asked() {
    let (house, _hand) = clinic();
    let patient = house.register("0042-118", noon());
    let mut nurse = house.person("nurse");
    for (field, value, says) in [
        (
            "product",
            "esketamine",
            "esketamine is not given into a vein",
        ),
        ("on", "2026-02-30", "is not a date of the calendar"),
        ("on", "2026-03-01", "is over"),
        ("route", "by-post", "Choose one of the list"),
    ] {
        let fields = PLAN.map(|(name, plan)| (name, if name == field { value } else { plan }));
        let answer = decide(&mut nurse, patient, &fields);
        assert_eq!(answer.status, 422, "{value}");
        assert!(answer.text().contains(says), "{says}");
    }
    assert!(seen(&review(&mut nurse, patient)).is_none());
}

#[test]
fn the_list_says_whose_letter_is_overdue_and_who_is_to_be_reviewed() {
    let (house, hand) = clinic();
    let patient = house.register("0042-118", noon());
    let mut nurse = house.person("nurse");
    assert_eq!(decide(&mut nurse, patient, &PLAN).status, 303);
    let (letter, _) = ask(&mut nurse, patient);
    let name = letter.to_string();
    let sent = [
        ("act", "sent"),
        ("clearance", name.as_str()),
        ("way", "post"),
        ("on", "2026-03-02"),
    ];
    assert_eq!(act(&mut nurse, patient, &sent).status, 303);
    let list = |person: &mut Person| person.page("/review").text();
    let page = list(&mut nurse);
    assert!(page.contains("QUILL, Rosa"), "{page}");
    assert!(page.contains("Waiting for primary care about C01, until 9 Mar 2026."));
    assert!(!page.contains("Letters that need somebody"));
    hand.advance(Span::from_hours(24 * 7));
    // A sign-in ends in the meantime.
    let mut nurse = house.person("nurse");
    let page = list(&mut nurse);
    assert!(page.contains("Letters that need somebody (1)"), "{page}");
    assert!(page.contains("overdue since 9 Mar 2026"));
}

#[test]
fn an_acceptance_stands_only_as_long_as_the_answers_it_was_given_for_are_known() {
    // Hazard: H24. What was accepted is Ana of the scenarios; nobody has asked this person
    // anything, so that every rule she met is open again at her visit.
    use clinical::course::screening::case::read;
    use clinical::course::screening::{
        Acceptance, Command, Context, Refusal, ScreeningRules, decide,
    };
    use clinical::policy::Outcome;
    use server::journey::{self, Change};
    let (house, _hand) = clinic();
    let application = house.application();
    let patient = house.register("0042-118", noon());
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/screening");
    let case = read(&std::fs::read_to_string(folder.join("1-ana.toml")).unwrap()).unwrap();
    let stands = || {
        let found = server::standing::standing(application, patient, &case.visit);
        house.wait_for(found).unwrap().unwrap()
    };
    assert_eq!(stands().outcome, Outcome::Unknown);
    assert_eq!(
        stands().says,
        "No prescriber has accepted this person for treatment yet."
    );
    let rules = ScreeningRules::shipped().unwrap();
    let prescriber = clinical::record::Actor::Person {
        id: clinical::record::StaffId(Uuid::from_u128(12)),
        name: "Dr Petra Ivanova".to_owned(),
        role: clinical::record::Role::Prescriber,
    };
    for command in [
        Command::AskRules {
            visit: case.visit,
            gate: case.gate,
        },
        Command::ConfirmEligibility {
            plans: Vec::new(),
            passed: Vec::new(),
            statement: "I have read it.".to_owned(),
        },
    ] {
        let change = Change {
            command_id: clinical::record::CommandId(Uuid::new_v4()),
            actor: prescriber.clone(),
            at: None,
            id: patient.0,
            patient: Some(patient),
            session: None,
            action: "test",
            wanted: String::new(),
        };
        let saved = journey::change::<Acceptance, Refusal>(application, change, |acceptance, _| {
            let context = Context {
                at: case.at,
                actor: &prescriber,
                person: &case.person,
                rules: &rules,
            };
            decide(acceptance, command.clone(), &context)
        });
        house.wait_for(saved).unwrap();
    }
    let stands = stands();
    assert_eq!(stands.outcome, Outcome::Unknown);
    assert!(stands.requirement.is_some() && !stands.remedy.is_empty());
    let stranger = PatientId(Uuid::new_v4());
    let nobody = server::standing::standing(application, stranger, &case.visit);
    assert!(house.wait_for(nobody).unwrap().is_none());
}

/// Puts everything that a scenario's person has said into their history.
fn tell(house: &House, patient: PatientId, person: &clinical::course::screening::Person) {
    use clinical::course::intake::{
        IntakeEvent, Intolerant, Item, PastTrial, Said, TakenMedicine, Through,
    };
    use clinical::course::screening::person::{Answer, Scored};
    use clinical::record::{CommandId, EventId, Recorded as _, StreamId, StreamKind};
    let mut events = Vec::new();
    macro_rules! say {
        ($item:expr, $answer:expr, $said:expr) => {
            if let Answer::Said(value, by) = $answer {
                events.push(IntakeEvent::AnswerGiven {
                    item: $item,
                    answer: Box::new($said(value.clone())),
                    witness: by.as_ref().clone(),
                    through: Through::Staff,
                });
            }
        };
    }
    for (question, answer) in &person.questions {
        say!(Item::Question(*question), answer, Said::Yes);
    }
    say!(Item::Height, &person.height, Said::Height);
    say!(Item::Weight, &person.weight, Said::Weight);
    say!(Item::Pressures, &person.pressures, Said::Pressures);
    say!(Item::Indication, &person.indication, Said::Indication);
    say!(Item::AcuteEvent, &person.acute_event, Said::AcuteEvent);
    say!(Item::Liver, &person.liver, Said::Liver);
    say!(Item::SuicideRisk, &person.suicide_risk, Said::SuicideRisk);
    for (substance, answer) in &person.substances {
        say!(Item::LastUse(*substance), answer, Said::LastUse);
    }
    for (test, answer) in &person.tests {
        say!(Item::Test(*test), answer, Said::Test);
    }
    for (scale, answer) in &person.scales {
        say!(Item::Scale(*scale), answer, |scored| Said::Points(
            match scored {
                Scored::NotDone => None,
                Scored::Points(points) => Some(points),
            }
        ));
    }
    say!(Item::Trials, &person.trials, |all: Vec<_>| Said::Trials {
        list: all
            .into_iter()
            .map(|trial| PastTrial {
                trial,
                dose: String::new(),
            })
            .collect(),
        whole: true,
    });
    say!(Item::Medicines, &person.medicines, |all: Vec<_>| {
        Said::Medicines {
            list: all
                .into_iter()
                .map(|medicine| TakenMedicine {
                    medicine,
                    how: String::new(),
                })
                .collect(),
            whole: true,
        }
    });
    say!(Item::Intolerances, &person.intolerances, |all: Vec<_>| {
        Said::Intolerances {
            list: all
                .into_iter()
                .map(|intolerance| Intolerant {
                    intolerance,
                    happened: String::new(),
                })
                .collect(),
            whole: true,
        }
    });
    let application = house.application();
    let at = application.clock.now();
    let decision = store::Decision {
        tenant: application.tenant,
        command_id: CommandId(Uuid::now_v7()),
        actor: crate::house::nurse(),
        recorded_at: at,
        appends: vec![store::Append {
            stream: StreamId::of(StreamKind::Intake, patient.0),
            expected_version: 0,
            events: events
                .iter()
                .map(|event| event.to_new_event(EventId(Uuid::now_v7()), at))
                .collect(),
        }],
        projections: Vec::new(),
        audit: Vec::new(),
        answer: b"{}".to_vec(),
    };
    house.wait_for(application.store.commit(decision)).unwrap();
}

#[test]
fn from_a_history_to_an_acceptance_and_until_the_letter_that_lifted_a_rule_expires() {
    // Hazard: H24. The letter is dated 5 October 2026 and holds 90 days: until 3 January 2027.
    use clinical::course::screening::case::read;
    use clinical::policy::Outcome;
    let noon = Moment::parse("2026-11-20T15:00:00Z").unwrap();
    let (house, hand) = House::telling(jiff::tz::TimeZone::UTC, noon);
    let patient = house.register("0042-118", noon);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/screening");
    let text = std::fs::read_to_string(folder.join("hypertension-cleared.toml")).unwrap();
    let case = read(&text).unwrap();
    tell(&house, patient, &case.person);
    let (mut nurse, mut prescriber) = (house.person("nurse"), house.person("prescriber"));
    let plan = PLAN.map(|(name, value)| (name, if name == "on" { "2026-11-24" } else { value }));
    assert_eq!(decide(&mut nurse, patient, &plan).status, 303);
    let page = review(&mut prescriber, patient);
    assert!(page.contains("Cannot be accepted while these block: C01."));
    assert!(page.contains("Tom Ruiz, patient"), "who answered");

    let (letter, _) = ask(&mut nurse, patient);
    let came = upload(&mut nurse, patient, letter, "letter.pdf", PDF, "2026-10-05");
    assert_eq!(came.status, 303);
    let name = letter.to_string();
    let accept = [
        ("act", "accept"),
        ("clearance", name.as_str()),
        ("statement", "I have read it."),
    ];
    assert_eq!(act(&mut prescriber, patient, &accept).status, 303);

    // The letter changed the answer: it is asked for again, then each caution gets its plan.
    assert_eq!(decide(&mut prescriber, patient, &plan).status, 303);
    let page = review(&mut prescriber, patient);
    let seen = seen(&page).unwrap();
    let plans: Vec<String> = page
        .split("name=\"plan:")
        .skip(1)
        .map(|rest| format!("plan:{}", rest.split('"').next().unwrap()))
        .collect();
    assert!(plans.contains(&"plan:C01".to_owned()), "{plans:?}");
    let mut confirm = vec![
        ("act", "confirm"),
        ("seen", seen.as_str()),
        ("statement", "I accept."),
    ];
    let unplanned = decide(&mut prescriber, patient, &confirm);
    assert_eq!(unplanned.status, 409);
    assert!(unplanned.text().contains("write a plan for"));
    confirm.extend(plans.iter().map(|plan| (plan.as_str(), "watched closely")));
    assert_eq!(decide(&mut nurse, patient, &confirm).status, 409);
    // Whoever sits down at a screen that somebody left cannot sign there.
    let mut left = confirm.clone();
    left.push(("password", "not mine"));
    let unsigned = decide(&mut prescriber, patient, &left);
    assert_eq!(unsigned.status, 422, "{}", unsigned.text());
    assert!(unsigned.text().contains("this is not your password"));
    assert!(unsigned.text().contains("watched closely"));
    assert!(!unsigned.text().contains("not mine"));
    let done = decide(&mut prescriber, patient, &confirm);
    assert_eq!(done.status, 303, "{}", done.text());
    assert!(review(&mut nurse, patient).contains("Accepted by Dr Petra Ivanova"));

    let application = house.application();
    let stands = |on: &str| {
        let at = Moment::parse(&format!("{on}T15:00:00Z")).unwrap();
        let plan = case.visit;
        let visit =
            server::standing::visit(application, at, plan.product, plan.route, plan.phase).unwrap();
        let found = server::standing::standing(application, patient, &visit);
        house.wait_for(found).unwrap().unwrap()
    };
    // Days ahead it is known which visit the letter covers and which it does not.
    assert_eq!(stands("2027-01-03").outcome, Outcome::Met);
    let gone = stands("2027-01-04");
    assert_eq!(gone.outcome, Outcome::Unmet);
    assert_eq!(gone.requirement.as_deref(), Some("C01"));
    assert!(gone.says.contains("held until 2027-01-03"), "{}", gone.says);
    // And when the day has come, the page and the list say so.
    hand.advance_to(Moment::parse("2027-01-04T15:00:00Z").unwrap());
    let mut nurse = house.person("nurse");
    let page = review(&mut nurse, patient);
    assert!(page.contains("a prescriber must decide anew"));
    assert!(page.contains("held until 3 Jan 2027"));
    let list = nurse.page("/review").text();
    assert!(
        list.contains("Was accepted; the letter of primary care about C01 held until 3 Jan 2027.")
    );
}

#[test]
fn an_answer_that_needs_a_person_stands_first_until_somebody_says_what_was_done() {
    // Hazard: H40
    use clinical::course::intake::{Command, Item, Said, Through};
    use clinical::instrument::Answer;
    let (house, _hand) = clinic();
    let patient = house.register("0042-118", noon());
    let speaker = server::history::Speaker {
        actor: server::demo::admission::patient(patient, "Rosa Quill"),
        through: Through::OwnDevice,
        language: clinical::leaflet::Language::English,
    };
    let says = |_: &_| {
        vec![Command::Say {
            item: Item::OfScale {
                instrument: "phq-9".to_owned(),
                item: "9".to_owned(),
            },
            answer: Said::OfScale(Answer::Chosen("nearly-every-day".to_owned())),
        }]
    };
    let id = clinical::record::CommandId(Uuid::now_v7());
    let application = house.application();
    let said = server::history::change(application, id, &speaker, patient, String::new(), says);
    house.wait_for(said).unwrap();
    // They stopped in the middle of the questions: nothing was handed in.
    let mut nurse = house.person("nurse");
    let list = nurse.page("/review").text().to_string();
    assert!(list.contains("Needs a person today (1)"), "{list}");
    assert!(list.contains("QUILL"));
    let page = review(&mut nurse, patient);
    let attention = page
        .split(r#"name="attention" value=""#)
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap()
        .to_owned();
    let seen = [
        ("act", "acknowledge"),
        ("attention", attention.as_str()),
        ("note", "Spoke with her by telephone; safety plan made."),
    ];
    let mut desk = house.person("front-desk");
    assert_eq!(decide(&mut desk, patient, &seen).status, 403);
    assert_eq!(decide(&mut nurse, patient, &seen).status, 303);
    assert!(
        !nurse
            .page("/review")
            .text()
            .contains("Needs a person today")
    );
    assert!(!review(&mut nurse, patient).contains("Needs a person today"));
}

#[test]
fn a_question_is_put_to_the_patient_by_one_tap_and_is_said_to_wait() {
    let (house, _hand) = clinic();
    let patient = house.register("0042-118", noon());
    let (mut nurse, mut desk) = (house.person("nurse"), house.person("front-desk"));
    let plan = PLAN;
    assert_eq!(decide(&mut nurse, patient, &plan).status, 303);
    assert!(review(&mut nurse, patient).contains("Ask the patient"));
    let asks = [
        ("act", "ask-patient"),
        ("question", "condition.sleep-apnoea"),
    ];
    assert_eq!(decide(&mut desk, patient, &asks).status, 403);
    assert_eq!(decide(&mut nurse, patient, &asks).status, 303);
    assert!(review(&mut nurse, patient).contains("The patient was asked."));
    let judged = [("act", "ask-patient"), ("question", "suicide-risk")];
    assert_eq!(decide(&mut nurse, patient, &judged).status, 422);
}
