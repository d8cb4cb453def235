//! What belongs to one person alone: a therapist's private notes, and what a patient keeps of a
//! session. Nobody else's page, program or file has a word of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person};
use crate::stranger::http::{Answer, Connection, get};
use clinical::course::session::{Command, Stop};
use clinical::leaflet::Language;
use clinical::record::{PatientId, SessionId};
use server::identity::{Way, hash_password, let_in};
use units::Span;
use uuid::Uuid;

/// Words that stand nowhere else.
const PRIVATE: &str = "zinnia-lagoon-sevenfold";
const KEPT: &str = "marzipan-harbour-elevenfold";

const ROLES: [&str; 8] = [
    "patient",
    "front-desk",
    "nurse",
    "prescriber",
    "therapist",
    "medical-director",
    "owner",
    "auditor",
];

/// Every page, document and program's answer that reads something, with this person and session
/// in its place.
fn reading_routes(patient: PatientId, session: SessionId, keepsake: Uuid) -> Vec<String> {
    let patient = patient.to_string();
    let mut paths: Vec<String> = server::web::table()
        .iter()
        .filter(|route| route.method == "GET" && !route.path.ends_with("/live"))
        .map(|route| {
            let id = if route.path.starts_with("/patients") {
                patient.clone()
            } else {
                session.to_string()
            };
            route
                .path
                .replace("{id}", &id)
                .replace("{keepsake}", &keepsake.to_string())
                .replace("{list}", "medicines")
                .replace("{wish}", "intention")
                .replace("{group}", &Uuid::nil().to_string())
        })
        .collect();
    for kind in [
        "Patient",
        "Encounter",
        "Observation",
        "MedicationAdministration",
        "Device",
    ] {
        paths.push(format!("/fhir/{kind}?_count=200"));
    }
    paths
}

/// Everything that anybody but `but` gets to read, as text; documents as their bytes.
fn what_others_read(house: &House, paths: &[String], but: &str) -> Vec<(String, Answer)> {
    let mut read = Vec::new();
    for role in ROLES.iter().filter(|role| **role != but) {
        let mut person = house.person(role);
        for path in paths {
            read.push((format!("{path} as {role}"), person.page(path)));
        }
    }
    let bearer = format!("Bearer {}", house.token());
    for path in paths.iter().filter(|path| path.starts_with("/fhir")) {
        let answer = house.anyone(&get(path, &[("authorization", bearer.as_str())]));
        read.push((format!("{path} as a program"), answer));
    }
    read
}

fn holds(bytes: &[u8], words: &str) -> bool {
    bytes
        .windows(words.len())
        .any(|window| window == words.as_bytes())
}

/// Every byte that the store has written.
fn stored(house: &House) -> Vec<u8> {
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(house.folder()).unwrap() {
        bytes.extend(std::fs::read(file.unwrap().path()).unwrap_or_default());
    }
    bytes
}

fn act(person: &mut Person, fields: &[(&str, &str)]) -> Answer {
    let id = Uuid::new_v4().to_string();
    let csrf = person.csrf();
    let mut all = vec![("csrf", csrf.as_str()), ("command_id", id.as_str())];
    all.extend_from_slice(fields);
    person.post("/private-notes", &[("accept", "text/html")], &all)
}

fn notes(person: &mut Person) -> String {
    let answer = person.page("/private-notes");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text()
}

/// The therapist's password is changed as an owner would set a new one.
fn change_password(house: &House, password: &str) {
    let (store, tenant) = (&house.application().store, house.application().tenant);
    let mut account = house
        .wait_for(store.account_by_username(tenant, "therapist"))
        .unwrap()
        .unwrap();
    account.password_hash = house.wait_for(hash_password(password.to_owned())).unwrap();
    house.wait_for(store.put_account(tenant, account)).unwrap();
}

#[test]
fn a_private_note_is_read_by_its_author_alone_and_stands_nowhere_in_the_open() {
    // Hazard: H45
    let house = House::staffed(|_| {});
    let (patient, session) = house.ready_session("4711", "Room 1");
    let mut therapist = house.person("therapist");
    let password = therapist.password.clone();

    // Closed at first; only her own password opens.
    assert!(notes(&mut therapist).contains("Your password makes the key"));
    let wrong = act(&mut therapist, &[("act", "open"), ("password", "not hers")]);
    assert_eq!(wrong.status, 422);
    let early = act(&mut therapist, &[("act", "write"), ("text", PRIVATE)]);
    assert_eq!(early.status, 409);
    assert!(
        early.text().contains(PRIVATE),
        "what was typed is kept on her own screen"
    );
    let open = [("act", "open"), ("password", password.as_str())];
    assert_eq!(act(&mut therapist, &open).status, 303);
    let about = session.to_string();
    let write = [
        ("act", "write"),
        ("about", about.as_str()),
        ("text", PRIVATE),
    ];
    assert_eq!(act(&mut therapist, &write).status, 303);
    let page = notes(&mut therapist);
    assert!(
        page.contains(PRIVATE) && page.contains("Rosa QUILL"),
        "{page}"
    );

    // Open on her tablet, and yet in no other sign-in of hers.
    let mut elsewhere = house.person("therapist");
    assert!(!notes(&mut elsewhere).contains(PRIVATE));

    // Nobody else's page, document or program has it; nor has her own, but that page.
    let paths = reading_routes(patient, session, Uuid::nil());
    assert!(paths.len() > 80, "{}", paths.len());
    for (what, answer) in what_others_read(&house, &paths, "therapist") {
        assert!(!holds(&answer.body, PRIVATE), "{what}");
    }
    for path in paths.iter().filter(|path| *path != "/private-notes") {
        assert!(!holds(&therapist.page(path).body, PRIVATE), "{path}");
    }
    let bytes = stored(&house);
    assert!(bytes.len() > 10_000 && !holds(&bytes, PRIVATE));
    // What proves the log is whole, and has nothing of it.
    let (store, tenant) = (&house.application().store, house.application().tenant);
    let report = house
        .wait_for(store::verify(store.as_ref(), tenant, None))
        .unwrap();
    assert!(report.events > 0 && !format!("{:?}", report.findings).contains(PRIVATE));

    // Closed by hand, and by signing out.
    assert_eq!(act(&mut therapist, &[("act", "close")]).status, 303);
    assert!(!notes(&mut therapist).contains(PRIVATE));
    assert_eq!(act(&mut therapist, &open).status, 303);
    let csrf = therapist.csrf();
    therapist.post("/sign-out", &[], &[("csrf", csrf.as_str())]);
    let mut again = house.person("therapist");
    assert!(!notes(&mut again).contains(PRIVATE));
    assert_eq!(act(&mut again, &open).status, 303);
    assert!(notes(&mut again).contains(PRIVATE));
}

#[test]
fn after_a_change_of_password_the_earlier_one_opens_and_whoever_set_it_reads_nothing() {
    // Hazard: H45
    let house = House::staffed(|_| {});
    let mut therapist = house.person("therapist");
    let first = therapist.password.clone();
    let second = "a quite different password";
    let open = |password: &'static str| [("act", "open"), ("password", password)];
    act(
        &mut therapist,
        &[("act", "open"), ("password", first.as_str())],
    );
    act(&mut therapist, &[("act", "write"), ("text", PRIVATE)]);

    change_password(&house, second);
    act(&mut therapist, &[("act", "close")]);
    // Whoever has the new password alone, an owner who set it among them, sees that one is sealed.
    assert_eq!(act(&mut therapist, &open(second)).status, 303);
    let page = notes(&mut therapist);
    assert!(
        !page.contains(PRIVATE) && page.contains("One note does"),
        "{page}"
    );
    assert!(!page.contains("Seal and keep"));
    let guess = [
        ("act", "earlier"),
        ("password", second),
        ("earlier", "a guess of mine"),
    ];
    assert_eq!(act(&mut therapist, &guess).status, 422);
    assert!(!notes(&mut therapist).contains(PRIVATE));

    // A new key for new notes, where the earlier password is lost: the old one stays sealed.
    let anew = [("act", "anew"), ("password", second)];
    assert_eq!(act(&mut therapist, &anew).status, 303);
    let newer = "written under the second key";
    assert_eq!(
        act(&mut therapist, &[("act", "write"), ("text", newer)]).status,
        303
    );
    let page = notes(&mut therapist);
    assert!(page.contains(newer) && !page.contains(PRIVATE));

    // And found again: from then on the present one opens both.
    let earlier = [
        ("act", "earlier"),
        ("password", second),
        ("earlier", first.as_str()),
    ];
    assert_eq!(act(&mut therapist, &earlier).status, 303);
    act(&mut therapist, &[("act", "close")]);
    act(&mut therapist, &open(second));
    let page = notes(&mut therapist);
    assert!(page.contains(PRIVATE) && page.contains(newer) && !page.contains("earlier password"));
}

/// The pages of somebody who is let in.
struct Phone {
    connection: Connection,
    cookie: String,
    csrf: String,
}

impl Phone {
    fn of(house: &House, patient: PatientId) -> Self {
        let secret = let_in(house.application(), patient, Way::Tablet, Language::English);
        let secret = house.wait_for(secret).unwrap();
        let secret = secret.reveal();
        Self {
            connection: Connection::open(house.http()).unwrap(),
            cookie: format!("evenkeel-own={secret}"),
            csrf: hex::encode(server::identity::digest(&format!("form {secret}"))),
        }
    }

    fn ask(&mut self, path: &str) -> Answer {
        let headers = [("cookie", self.cookie.as_str()), ("accept", "text/html")];
        self.connection.send(&get(path, &headers)).unwrap()
    }

    fn keep(&mut self, words: &str, file: &[u8]) -> Answer {
        let boundary = "what-is-mine";
        let mut body = Vec::new();
        let id = Uuid::new_v4().to_string();
        for (name, value) in [
            ("csrf", self.csrf.as_str()),
            ("command_id", id.as_str()),
            ("words", words),
        ] {
            body.extend_from_slice(
                format!(
                    "--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                )
                .as_bytes(),
            );
        }
        body.extend_from_slice(
            format!(
                "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x.png\"\r\n\
                 content-type: image/png\r\n\r\n"
            )
            .as_bytes(),
        );
        body.extend_from_slice(file);
        body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        let mut request = format!(
            "POST /my/keepsakes HTTP/1.1\r\nhost: localhost\r\ncookie: {}\r\naccept: text/html\r\n\
             content-type: multipart/form-data; boundary={boundary}\r\ncontent-length: {}\r\n\r\n",
            self.cookie,
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(&body);
        self.connection.send(&request).unwrap()
    }

    fn act(&mut self, keepsake: Uuid, act: &str) -> Answer {
        let id = Uuid::new_v4().to_string();
        let fields = [
            ("csrf", self.csrf.as_str()),
            ("command_id", id.as_str()),
            ("act", act),
        ];
        let path = format!("/my/keepsakes/{keepsake}");
        let headers = [("cookie", self.cookie.as_str()), ("accept", "text/html")];
        let request = crate::stranger::http::post(&path, &headers, &fields);
        self.connection.send(&request).unwrap()
    }
}

/// A person whose infusion ended a while ago.
fn ended(house: &House, number: &str) -> (PatientId, SessionId) {
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
    (patient, session)
}

fn kept(house: &House, patient: PatientId) -> Vec<clinical::course::keepsake::Keepsake> {
    house
        .wait_for(server::keepsakes::of(house.application(), patient))
        .unwrap()
        .state
        .all
}

/// The beginning of a PNG; what follows it nobody here looks at.
fn picture() -> Vec<u8> {
    let mut bytes = vec![0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a];
    bytes.extend_from_slice(KEPT.as_bytes());
    bytes
}

#[test]
fn what_a_person_keeps_is_theirs_until_they_share_it_and_again_when_they_stop() {
    // Hazard: H45
    let house = House::staffed(|_| {});
    let (patient, session) = ended(&house, "4711");
    let mut phone = Phone::of(&house, patient);
    assert!(phone.ask("/my").text().contains("/my/keepsakes"));
    assert_eq!(phone.keep("", &[]).status, 422);
    assert_eq!(phone.keep("", b"<svg onload=x>").status, 422);
    assert_eq!(phone.keep(KEPT, &[]).status, 303);
    assert_eq!(phone.keep("", &picture()).status, 303);
    let all = kept(&house, patient);
    let [word, drawing] = [all[0].keepsake, all[1].keepsake];
    let own = phone.ask("/my/keepsakes").text();
    assert!(own.contains(KEPT) && own.contains("Only you see this."));
    let shown = phone.ask(&format!("/my/keepsakes/{drawing}"));
    assert_eq!(shown.body, picture());
    assert_eq!(shown.header("content-type"), Some("image/png"));

    // Nobody else has a way to it, or learns that it is there.
    for keepsake in [word, drawing] {
        let paths = reading_routes(patient, session, keepsake);
        for (what, answer) in what_others_read(&house, &paths, "") {
            assert!(!holds(&answer.body, KEPT), "{what}");
        }
        let mut nurse = house.person("nurse");
        let path = format!("/patients/{patient}/keepsakes/{keepsake}");
        assert_eq!(nurse.page(&path).status, 404);
        let page = nurse.page(&format!("/patients/{patient}/keepsakes")).text();
        assert!(page.contains("Nothing is shared now."));
    }
    assert!(!holds(&stored(&house), KEPT));
    let mut stranger = Phone::of(&house, ended(&house, "4712").0);
    assert_eq!(stranger.ask(&format!("/my/keepsakes/{word}")).status, 404);
    assert_eq!(stranger.act(word, "share").status, 409);

    // One is shared, and that one alone; then not any more.
    let mut nurse = house.person("nurse");
    let staff = format!("/patients/{patient}/keepsakes");
    assert_eq!(phone.act(word, "share").status, 303);
    assert!(nurse.page(&staff).text().contains(KEPT));
    assert_eq!(nurse.page(&format!("{staff}/{drawing}")).status, 404);
    assert_eq!(phone.act(word, "unshare").status, 303);
    assert!(!nurse.page(&staff).text().contains(KEPT));
    assert_eq!(nurse.page(&format!("{staff}/{word}")).status, 404);

    // Thrown away it is gone for its owner too, and cannot be shared any more.
    assert_eq!(phone.act(drawing, "remove").status, 303);
    assert_eq!(phone.ask(&format!("/my/keepsakes/{drawing}")).status, 404);
    assert_eq!(phone.act(drawing, "share").status, 409);
    let key = format!("keepsake-key:{}", all[1].digest);
    let setting = house
        .application()
        .store
        .setting(house.application().tenant, &key);
    assert_eq!(house.wait_for(setting).unwrap().as_deref(), Some(""));
}

#[test]
fn nothing_is_kept_before_a_session_has_ended() {
    let house = House::staffed(|_| {});
    let (patient, _) = house.ready_session("4711", "Room 1");
    let mut phone = Phone::of(&house, patient);
    let page = phone.ask("/my/keepsakes").text();
    assert!(
        page.contains("opens when your first session has ended") && !page.contains("<textarea")
    );
    let answer = phone.keep(KEPT, &[]);
    assert_eq!(answer.status, 422);
    assert!(kept(&house, patient).is_empty());
}
