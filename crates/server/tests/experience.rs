//! The person's wishes and experience, over HTTP: said on the phone, held to in the room, rated,
//! recognised, handed over, and in every document.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person};
use crate::stranger::http::{Answer, Connection, get, post};
use clinical::course::keepsake::Form;
use clinical::course::session::{Command, Session, SessionEvent, Stop};
use clinical::leaflet::Language;
use clinical::record::{CommandId, EventId, PatientId, SessionId};
use server::identity::{Own, Way, let_in};
use server::keepsakes;
use server::web::respond::Refused;
use units::Span;
use uuid::Uuid;

/// The phone of somebody who is let in.
struct Phone {
    connection: Connection,
    cookie: String,
    csrf: String,
}

impl Phone {
    fn of(house: &House, patient: PatientId, language: Language) -> Self {
        let secret = let_in(house.application(), patient, Way::Link, language);
        let secret = house.wait_for(secret).unwrap();
        let secret = secret.reveal();
        Self {
            connection: Connection::open(house.http()).unwrap(),
            cookie: format!("evenkeel-own={secret}"),
            csrf: hex::encode(server::identity::digest(&format!("form {secret}"))),
        }
    }

    fn page(&mut self, path: &str) -> String {
        let headers = [("cookie", self.cookie.as_str()), ("accept", "text/html")];
        let answer = self.connection.send(&get(path, &headers)).unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.text().to_owned()
    }

    fn say(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let command = Uuid::new_v4().to_string();
        let mut all = vec![
            ("csrf", self.csrf.as_str()),
            ("command_id", command.as_str()),
        ];
        all.extend_from_slice(fields);
        let headers = [("cookie", self.cookie.as_str()), ("accept", "text/html")];
        self.connection.send(&post(path, &headers, &all)).unwrap()
    }
}

fn room(person: &mut Person, session: SessionId) -> String {
    let answer = person.page(&format!("/sessions/{session}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text().to_owned()
}

fn saved(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn last(session: &Session, is: impl Fn(&SessionEvent) -> bool) -> EventId {
    let entry = session.entries.iter().rev().find(|entry| is(&entry.event));
    entry.unwrap().event_id
}

#[test]
fn what_is_wished_on_the_phone_stands_in_the_room_and_touch_is_held_to_it() {
    // Hazard: H61
    let house = House::staffed(|_| {});
    let (patient, session) = house.ready_session("4711", "Room 1");
    let mut nurse = house.person("nurse");

    // Nobody has asked: the room says so, and no touch is charted.
    assert!(room(&mut nurse, session).contains("nobody has asked"));
    let hand = [("act", "support"), ("kind", "hand")];
    let refused = nurse.act(&house, session, &hand);
    assert_eq!(refused.status, 409);
    assert!(
        refused.text().contains("nothing was agreed about touch"),
        "{}",
        refused.text()
    );

    // In her own words, in her language.
    let mut phone = Phone::of(&house, patient, Language::Spanish);
    assert!(phone.page("/my").contains("/my/wishes"));
    let intention = "volver a dormir";
    let next = phone.say("/my/wishes/intention", &[("words", intention)]);
    assert_eq!(next.header("location"), Some("/my/wishes/touch"));
    let missing = phone.say("/my/wishes/touch", &[]);
    assert_eq!(missing.status, 422);
    assert!(missing.text().contains("Elija una respuesta."));
    phone.say("/my/wishes/touch", &[("choice", "hand")]);
    phone.say(
        "/my/wishes/music",
        &[("choice", "own"), ("words", "el violonchelo")],
    );
    assert!(
        phone
            .page("/my/wishes")
            .contains("Mi propia música: el violonchelo")
    );

    let shown = room(&mut nurse, session);
    for says in [
        intention,
        "a hand may be held",
        "their own music: el violonchelo",
    ] {
        assert!(shown.contains(says), "{says}");
    }
    saved(&nurse.act(&house, session, &hand));
    let shoulder = [("act", "support"), ("kind", "shoulder")];
    assert_eq!(nurse.act(&house, session, &shoulder).status, 409);

    // One word in the room, and it holds everywhere.
    saved(&nurse.act(&house, session, &[("act", "touch"), ("touch", "no-touch")]));
    assert_eq!(nurse.act(&house, session, &hand).status, 409);
    assert!(phone.page("/my/wishes").contains("Sin contacto"));
    assert!(
        house
            .session(session)
            .entries
            .iter()
            .any(|entry| matches!(entry.event, SessionEvent::TouchSaid { .. }))
    );

    // What is charted late is judged by what held then; the same word twice is one command.
    let staff = format!("/patients/{patient}/wishes");
    let page = nurse.page(&staff).text().to_owned();
    assert!(page.contains("No touch, please") && page.contains(intention));
}

#[test]
fn staff_enter_a_wish_with_the_person_and_only_on_that_persons_page() {
    // Hazard: H02
    let house = House::staffed(|_| {});
    let (patient, _) = house.ready_session("4711", "Room 1");
    let (other, _) = house.ready_session("4712", "Room 2");
    let mut nurse = house.person("nurse");
    let path = format!("/patients/{patient}/wishes");
    let mut send = |whose: PatientId| {
        let (id, whose) = (Uuid::new_v4().to_string(), whose.to_string());
        let fields = [
            ("command_id", id.as_str()),
            ("patient", whose.as_str()),
            ("wish", "helps"),
            ("words", "the name of her dog"),
        ];
        nurse.send(&path, &fields).status
    };
    assert_eq!(send(other), 422);
    assert_eq!(send(patient), 303);
    assert!(nurse.page(&path).text().contains("the name of her dog"));
    let mut phone = Phone::of(&house, patient, Language::English);
    assert!(phone.page("/my/wishes").contains("the name of her dog"));
    let mut stranger = Phone::of(&house, other, Language::English);
    assert!(!stranger.page("/my/wishes").contains("the name of her dog"));
}

#[test]
fn a_note_that_names_a_medicine_offers_it_and_it_is_charted_once_when_confirmed() {
    // Hazard: H21
    let house = House::staffed(|_| {});
    let (_, session) = house.ready_session("4711", "Room 1");
    let mut nurse = house.person("nurse");
    let note = [
        ("act", "note"),
        ("text", "nausea 6/10, ondansetron 4 mg IV"),
    ];
    saved(&nurse.act(&house, session, &note));
    let shown = room(&mut nurse, session);
    let says = "ondansetron 4 mg, IV, for nausea";
    assert!(
        shown.contains(says) && shown.contains("nausea 6 of 10"),
        "{shown}"
    );
    let given = |house: &House| {
        let session = house.session(session);
        let medicines = session.medicines_given().count();
        (medicines, session.ratings().len())
    };
    // Read and offered, and nothing is charted.
    assert_eq!(given(&house), (0, 0));

    let written = last(&house.session(session), |event| {
        matches!(event, SessionEvent::NoteWritten { .. })
    });
    let written = written.to_string();
    let confirm = |place: &'static str, says: &'static str| {
        [
            ("act", "phrase"),
            ("phrase", written.as_str()),
            ("place", place),
            ("says", says),
        ]
    };
    // What the page did not show is not confirmed.
    let other = nurse.act(
        &house,
        session,
        &confirm("1", "ondansetron 8 mg, IV, for nausea"),
    );
    assert_eq!(other.status, 422);
    saved(&nurse.act(&house, session, &confirm("1", says)));
    saved(&nurse.act(&house, session, &confirm("0", "nausea 6 of 10")));
    assert_eq!(nurse.act(&house, session, &confirm("1", says)).status, 409);
    assert_eq!(given(&house), (1, 1));
    assert!(!room(&mut nurse, session).contains("Chart: it was given<span"));

    // An unclear one stays a note.
    let note = [
        ("act", "note"),
        ("text", "ondansetron 4 mg IV if nausea comes back"),
    ];
    saved(&nurse.act(&house, session, &note));
    assert!(!room(&mut nurse, session).contains("Chart: it was given<span"));

    // In FHIR: pain and nausea as Observations, the medicine as an administration of its own.
    saved(&nurse.act(
        &house,
        session,
        &[("act", "experience"), ("rated", "pain:3")],
    ));
    let token = house.token();
    let search = |what: &str| {
        let bearer = format!("Bearer {token}");
        let answer = house.anyone(&get(what, &[("authorization", bearer.as_str())]));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.text().to_owned()
    };
    let pain = search("/fhir/Observation?code=http://loinc.org|72514-3");
    assert!(pain.contains("\"value\":3"), "{pain}");
    let nausea = search("/fhir/Observation?code=experience-nausea-0-10");
    assert!(nausea.contains("\"value\":6"), "{nausea}");
    let medicines = search("/fhir/MedicationAdministration?status=completed");
    assert!(
        medicines.contains("ondansetron 4 mg, IV, for nausea"),
        "{medicines}"
    );
}

#[test]
fn a_moment_a_rating_and_a_hand_over_take_one_tap_each_and_stand_in_the_record() {
    let house = House::staffed(|_| {});
    let (_, session) = house.ready_session("4711", "Room 1");
    let mut nurse = house.person("nurse");
    saved(&nurse.act(&house, session, &[("act", "take-room")]));
    saved(&nurse.act(&house, session, &[("act", "moment")]));
    saved(&nurse.act(
        &house,
        session,
        &[("act", "experience"), ("rated", "dissociation:7")],
    ));
    for wrong in ["dissociation:11", "dose:3", "dissociation", ""] {
        let answer = nurse.act(&house, session, &[("act", "experience"), ("rated", wrong)]);
        assert_eq!(answer.status, 422, "{wrong}");
    }
    let mut prescriber = house.person("prescriber");
    let shown = room(&mut prescriber, session);
    assert!(shown.contains("I have the room now"));
    saved(&prescriber.act(&house, session, &[("act", "take-room")]));
    let shown = room(&mut prescriber, session);
    assert!(shown.contains("you have the room"));
    assert!(shown.contains("taken over from"), "{shown}");
    // On the board too, and the chart has a lane of its own.
    let board = prescriber.page("/board").text().to_owned();
    assert!(board.contains("has the room"), "{board}");
    assert!(shown.contains("Di dissociation") && shown.contains("as felt"));
    let answer = prescriber.page(&format!("/sessions/{session}/record.pdf"));
    assert_eq!(answer.status, 200);
}

/// Somebody whose infusion has just ended, as they ask for their own pages.
fn afterwards(house: &House, number: &str) -> Own {
    let (patient, session) = house.ready_session(number, "Room 1");
    let now = house.application().clock.now();
    let start = Command::StartInfusion {
        override_reason: None,
        second_clinician: None,
    };
    house
        .tell(session, now - Span::from_minutes(1), start)
        .unwrap();
    let stop = Command::StopInfusion {
        why: Stop::Completed,
        note: String::new(),
    };
    house.tell(session, now, stop).unwrap();
    Own {
        patient,
        name: "Rosa Quill".to_owned(),
        language: Language::English,
        csrf: String::new(),
        way: Way::Link,
        login: [0; 32],
    }
}

fn keepsake(house: &House, own: &Own) -> clinical::course::keepsake::Keepsake {
    let known = house
        .wait_for(keepsakes::of(house.application(), own.patient))
        .unwrap();
    assert_eq!(known.state.all.len(), 1);
    known.state.all[0].clone()
}

#[test]
fn the_same_words_twice_at_once_are_kept_once_and_other_words_under_their_number_are_refused() {
    // Hazard: H21
    let house = House::staffed(|_| {});
    let own = afterwards(&house, "4711");
    let id = CommandId(Uuid::new_v4());
    let application = house.application();
    let keep = |words: &'static str| {
        let form = (Form::Word, "text/plain; charset=utf-8");
        keepsakes::keep(application, &own, id, form, words.as_bytes(), None)
    };
    let both = house.wait_for(async { tokio::join!(keep("a blue door"), keep("a blue door")) });
    assert!(both.0.is_ok() && both.1.is_ok(), "{both:?}");
    let refused = house.wait_for(keep("a red door")).unwrap_err();
    assert!(matches!(refused, Refused::Ruled(_)), "{refused:?}");
    let kept = keepsake(&house, &own);
    let contents = keepsakes::contents(application, own.patient, &kept);
    let contents = house.wait_for(contents).unwrap();
    assert_eq!(contents.as_deref(), Some(&b"a blue door"[..]));
}

#[test]
fn what_is_thrown_away_has_no_key_and_only_its_owner_throws_it_away() {
    // Hazard: H45
    let house = House::staffed(|_| {});
    let (own, other) = (afterwards(&house, "4711"), afterwards(&house, "4712"));
    let application = house.application();
    let form = (Form::Word, "text/plain; charset=utf-8");
    let id = || CommandId(Uuid::new_v4());
    let kept = keepsakes::keep(application, &own, id(), form, b"a blue door", None);
    house.wait_for(kept).unwrap();
    let kept = keepsake(&house, &own);
    let by_other = keepsakes::remove(application, &other, id(), kept.keepsake);
    assert!(house.wait_for(by_other).is_err());
    let contents = || house.wait_for(keepsakes::contents(application, own.patient, &kept));
    assert!(contents().unwrap().is_some());
    // The same form again finds it gone, and says the same.
    let once = id();
    for _ in 0..2 {
        let removed = keepsakes::remove(application, &own, once, kept.keepsake);
        house.wait_for(removed).unwrap();
    }
    assert_eq!(contents().unwrap(), None);
    let key = format!("keepsake-key:{}", kept.digest);
    let key = application.store.setting(application.tenant, &key);
    assert_eq!(house.wait_for(key).unwrap().as_deref(), Some(""));
}

#[test]
fn a_private_note_that_is_sent_again_with_other_words_is_refused_and_not_dropped() {
    // Hazard: H21
    let house = House::staffed(|_| {});
    let mut therapist = house.person("therapist");
    let (csrf, password) = (therapist.csrf(), therapist.password.clone());
    let mut send = |command: &str, fields: [(&str, &str); 2]| {
        let fixed = [("csrf", csrf.as_str()), ("command_id", command)];
        let fields = [fixed, fields].concat();
        therapist.post("/private-notes", &[("accept", "text/html")], &fields)
    };
    let (opens, writes) = (Uuid::new_v4().to_string(), Uuid::new_v4().to_string());
    let open = [("act", "open"), ("password", password.as_str())];
    assert_eq!(send(&opens, open).status, 303);
    for _ in 0..2 {
        let again = [("act", "write"), ("text", "she wept")];
        assert_eq!(send(&writes, again).status, 303);
    }
    let refused = send(&writes, [("act", "write"), ("text", "she laughed")]);
    assert_eq!(refused.status, 422);
    assert!(
        refused.text().contains("she laughed"),
        "what was typed stays"
    );
    let page = therapist.page("/private-notes").text().to_owned();
    assert_eq!(page.matches("she wept").count(), 1);
    assert!(!page.contains("she laughed"));
}
