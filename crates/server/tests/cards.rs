//! When something goes wrong: a card is approved or is not, opened by hand and from a notice,
//! ticked, given by, closed, and its adverse event signed. Over HTTP, as people do it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person};
use clinical::advisory::Priority;
use clinical::course::session::{AdvisoryNotice, Command};
use clinical::record::{Actor, CommandId, SessionId};
use server::command::{Order, execute};
use uuid::Uuid;

const NOT_APPROVED: &str = "Not approved by this clinic’s medical director";

fn pressure_is_high(house: &House, session: SessionId) {
    let now = house.application().clock.now();
    let order = Order {
        command_id: CommandId(Uuid::now_v7()),
        session,
        actor: Actor::System {
            part: "advisories".to_owned(),
        },
        command: Command::RaiseAdvisory {
            notice: AdvisoryNotice {
                condition: "systolic-high".to_owned(),
                says: "Systolic pressure high: repeat by hand".to_owned(),
                priority: Priority::Medium,
                technical: false,
                measured: Some("188\u{a0}mmHg".to_owned()),
                limit: Some("≥ 180\u{a0}mmHg".to_owned()),
                since: now,
            },
        },
        at: None,
    };
    house
        .wait_for(execute(house.application(), order))
        .map_err(|refused| refused.says())
        .unwrap();
}

fn room(person: &mut Person, session: SessionId) -> String {
    let answer = person.page(&format!("/sessions/{session}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text().to_owned()
}

fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap_or_else(|| panic!("{name}: {page}"));
    rest.split_once('"').unwrap().0.to_owned()
}

fn saved(answer: &crate::stranger::http::Answer) {
    assert_eq!(answer.status, 200, "{}", answer.text());
}

const ADVERSE: [(&str, &str); 9] = [
    ("act", "adverse-event"),
    ("opening", "1"),
    ("description", "Pressure 188/104, settled after labetalol."),
    ("serious", "no"),
    ("severity", "moderate"),
    ("relatedness", "probable"),
    ("outcome", "recovered"),
    ("statement", "I have checked this."),
    ("ended", ""),
];

#[test]
fn a_card_is_worked_through_in_the_room_and_everything_stands_in_the_record() {
    // Hazard: H56
    let house = House::staffed(|_| {});
    let (_, session) = house.ready_session("4711", "Room 1");
    let mut nurse = house.person("nurse");

    // One tap away, every card, and that nobody has approved them.
    let page = room(&mut nurse, session);
    assert!(page.contains("data-opens=\"act-emergency\""));
    for card in house.application().cards().all() {
        let button = format!("name=\"card\" value=\"{}\"", card.id);
        assert!(page.contains(&button), "{}", card.id);
    }

    // A notice that has a card offers it; it is opened from there.
    assert!(!page.contains("Open card H"));
    pressure_is_high(&house, session);
    assert!(room(&mut nurse, session).contains("Open card H"));
    let open = [
        ("act", "open-card"),
        ("card", "hypertension"),
        ("advisory", "1"),
    ];
    saved(&nurse.act(&house, session, &open));
    let page = room(&mut nurse, session);
    assert!(page.contains("Card H is open") && page.contains("because of notice 1"));
    assert!(page.contains(NOT_APPROVED));
    assert!(page.contains("Clonidine 0.1 mg, oral"));

    // One amount is filled in to be saved or changed; a range is for a person to say.
    let field = |step: &str, value: &str| {
        format!("id=\"act-card-1-{step}-dose\" name=\"dose\" value=\"{value}\"")
    };
    assert!(page.contains(&field("clonidine", "0.1 mg")));
    assert!(page.contains(&field("labetalol", "")));

    // Opened twice it stands once.
    let again = nurse.act(&house, session, &open);
    assert_eq!(again.status, 409, "{}", again.text());

    // A tick, an answer, and a medicine that differs from what the card names.
    let step = |step: &'static str, answer: &'static str| {
        [
            ("act", "card-step"),
            ("opening", "1"),
            ("step", step),
            ("answer", answer),
            ("yes", "Chest pain"),
        ]
    };
    saved(&nurse.act(&house, session, &step("ask-symptoms", "any-yes")));
    let tick = [
        ("act", "card-step"),
        ("opening", "1"),
        ("step", "start-call-for-help"),
        ("answer", "done"),
    ];
    saved(&nurse.act(&house, session, &tick));
    let given = [
        ("act", "card-medicine"),
        ("opening", "1"),
        ("step", "labetalol"),
        ("medicine", "Labetalol"),
        ("dose", "15 mg"),
        ("route", "IV over 2 min"),
    ];
    saved(&nurse.act(&house, session, &given));
    let twice = nurse.act(&house, session, &given);
    assert!(twice.text().contains("less than a minute ago"), "H21");
    let unnamed = nurse.act(
        &house,
        session,
        &[
            ("act", "card-medicine"),
            ("opening", "1"),
            ("medicine", "x"),
        ],
    );
    assert!(unnamed.text().contains("with its unit"));

    // Closed: the draft is there, with what is known and without what only a person can say.
    let close = [
        ("act", "card-close"),
        ("opening", "1"),
        ("outcome", "settled"),
        ("note", "calm again"),
    ];
    saved(&nurse.act(&house, session, &close));
    let page = room(&mut nurse, session);
    let draft = page.split("name=\"description\"").nth(1).unwrap();
    let draft = draft.split("</textarea>").next().unwrap();
    for known in [
        "High blood pressure",
        "188",
        "122/76",
        "yes to one or more: Chest pain · Ask",
        "Labetalol 15 mg",
        "settled: calm again",
    ] {
        assert!(draft.contains(known), "{known}: {draft}");
    }
    assert!(page.contains("Complete the adverse event"));
    assert!(!page.contains("name=\"serious\" value=\"no\" required checked"));

    // What was not answered is asked about; then it is signed.
    let began = hidden(&page, "began");
    let whole: Vec<(&str, &str)> = ADVERSE
        .into_iter()
        .chain([("began", began.as_str())])
        .collect();
    let without: Vec<_> = whole
        .iter()
        .copied()
        .filter(|(name, _)| *name != "serious")
        .collect();
    let asked = nurse.act(&house, session, &without);
    assert_eq!(asked.status, 422, "{}", asked.text());
    saved(&nurse.act(&house, session, &whole));

    // All of it stands in the record, and the record can be printed.
    let page = room(&mut nurse, session);
    let record = page.split("id=\"room-entries\"").nth(1).unwrap();
    for line in [
        "1, opened because of notice 1: card H, High blood pressure, version 1, not approved",
        "1, done · Call for help.",
        "1, yes to one or more: Chest pain · Ask, and look for:",
        "1, Labetalol 15 mg, IV over 2 min",
        "1, closed: settled: calm again",
        "Pressure 188/104, settled after labetalol.",
        "not serious",
    ] {
        assert!(record.contains(line), "{line}");
    }
    assert!(!page.contains("Complete the adverse event"));
    let pdf = nurse.page(&format!("/sessions/{session}/record.pdf"));
    assert_eq!(pdf.status, 200);
    let printed = printed(&pdf.body);
    for line in [
        "card H, High blood pressure, version 1, not approved",
        "Labetalol 15 mg, IV over 2 min",
        "Adverse event",
        "not serious",
        "outcome: recovered",
    ] {
        assert!(printed.contains(line), "“{line}” is not in: {printed}");
    }
}

/// The words of a PDF, as another program reads them.
fn printed(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("record.pdf");
    std::fs::write(&file, pdf).unwrap();
    let read_by = std::process::Command::new("pdftotext")
        .args([file.as_os_str(), "-".as_ref()])
        .output()
        .expect("pdftotext is missing; install poppler-utils");
    let text = String::from_utf8(read_by.stdout).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_card_is_opened_by_hand_and_by_a_score_and_only_by_whoever_acts_in_a_room() {
    // Hazard: H56
    let house = House::staffed(|_| {});
    let (_, session) = house.ready_session("4712", "Room 1");
    let mut nurse = house.person("nurse");
    let open = [("act", "open-card"), ("card", "anaphylaxis")];
    for role in ["front-desk", "auditor", "owner"] {
        let refused = house.person(role).act(&house, session, &open);
        assert_eq!(refused.status, 403, "{role}: {}", refused.text());
    }
    assert!(house.session(session).cards().is_empty());
    saved(&nurse.act(&house, session, &open));
    let page = room(&mut nurse, session);
    assert!(page.contains("open since") && page.contains("by hand"));
    assert!(page.contains("IM mid-outer thigh") && page.contains("Another medicine"));

    saved(&nurse.act(&house, session, &[("act", "sedation"), ("score", "4")]));
    assert!(!room(&mut nurse, session).contains("MOAA/S 4: open card"));
    saved(&nurse.act(&house, session, &[("act", "sedation"), ("score", "3")]));
    assert!(room(&mut nurse, session).contains("MOAA/S 3: open card S"));
    let offered = [
        ("act", "open-card"),
        ("card", "over-sedation"),
        ("sedation", "3"),
    ];
    saved(&nurse.act(&house, session, &offered));
    assert!(room(&mut nurse, session).contains("because of MOAA/S 3"));
    assert_eq!(house.session(session).cards().len(), 2);

    // Without scripts the same form is answered by going back to the room.
    let csrf = nurse.csrf();
    let patient = house.session(session).patient.unwrap().to_string();
    let (id, command) = (session.to_string(), Uuid::new_v4().to_string());
    let plain = nurse.post(
        &format!("/sessions/{session}/acts"),
        &[],
        &[
            ("csrf", csrf.as_str()),
            ("command_id", command.as_str()),
            ("session", id.as_str()),
            ("patient", patient.as_str()),
            ("act", "card-close"),
            ("opening", "2"),
            ("outcome", "opened-by-mistake"),
        ],
    );
    assert_eq!(plain.status, 303, "{}", plain.text());
    let cards = house.session(session).cards();
    assert!(cards[1].closed.is_some() && !cards[1].adverse_event_is_missing());
    assert!(
        nurse
            .act(&house, session, &[("act", "open-card"), ("card", "x")])
            .status
            == 422
    );
}

#[test]
fn the_medical_director_approves_a_card_and_the_room_says_so() {
    // Hazard: H56
    let house = House::staffed(|_| {});
    let (_, session) = house.ready_session("4713", "Room 1");
    let users = &house.credentials.as_ref().unwrap().users;
    let director = users.iter().find(|user| user.role == "medical-director");
    let password = director.unwrap().password.clone();
    let mut director = house.person("medical-director");
    let mut nurse = house.person("nurse");
    assert_eq!(
        nurse.page("/cards").text().matches("not approved").count(),
        15
    );

    let page = director.page("/cards/panic").text().to_owned();
    assert!(page.contains(NOT_APPROVED));
    assert!(
        !nurse
            .page("/cards/panic")
            .text()
            .contains("name=\"password\"")
    );
    let (id, digest) = (hidden(&page, "command_id"), hidden(&page, "digest"));
    let form = |password: &str| {
        [
            ("command_id", id.clone()),
            ("digest", digest.clone()),
            ("signed_as", "Dr Maria Okonkwo".to_owned()),
            ("statement", "I approve this card.".to_owned()),
            ("password", password.to_owned()),
        ]
    };
    let send = |person: &mut Person, fields: &[(&str, String)]| {
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        person.send("/cards/panic/approve", &fields)
    };
    assert_eq!(send(&mut nurse, &form(&password)).status, 403);
    let wrong = send(&mut director, &form("guessed"));
    assert!(wrong.text().contains("not your password"));
    let other = [("digest", "00".to_owned())];
    let mut changed = form(&password).to_vec();
    changed.retain(|(name, _)| *name != "digest");
    changed.extend(other);
    assert!(send(&mut director, &changed).text().contains("has changed"));
    assert_eq!(send(&mut director, &form(&password)).status, 303);
    // Sent twice it is one approval.
    assert_eq!(send(&mut director, &form(&password)).status, 303);
    assert_eq!(house.application().clinic().approvals.len(), 1);

    let page = nurse.page("/cards/panic").text().to_owned();
    assert!(page.contains("by Dr Maria Okonkwo") && !page.contains(NOT_APPROVED));
    saved(&nurse.act(&house, session, &[("act", "open-card"), ("card", "panic")]));
    let page = room(&mut nurse, session);
    assert!(page.contains("Approved by Dr Maria Okonkwo") && !page.contains(NOT_APPROVED));
    assert_eq!(nurse.page("/cards/no-such-card").status, 404);
}
