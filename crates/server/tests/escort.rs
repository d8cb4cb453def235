//! Whoever takes a person home, on their own phone: asked by a text message over a real socket, let
//! in by the person's name, answering, and reading the night's instructions.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::House;
use crate::post::{Posted, text_service};
use crate::stranger::http::{Answer, get, post as sent};
use clinical::course::escort::{EscortAsks, LINK_OPENS_FOR, Standing};
use clinical::course::message::Outgoing;
use clinical::record::SessionId;
use server::clock::{Clock, Hand};
use server::escort;
use server::journey::read;
use server::messages::{TextMessageService, escort_message, send_due};
use std::sync::mpsc::Receiver;
use units::{Moment, Span};
use uuid::Uuid;

/// 20 November 2026, 09:00 UTC: the visit's beginning.
const BEGAN: Moment = Moment::from_microseconds(1_795_165_200_000_000);

struct Visit {
    house: House,
    hand: Hand,
    visit: SessionId,
    posted: Receiver<Posted>,
}

/// Rosa is in the room, ready to start; text messages leave this house.
fn visit() -> Visit {
    let (address, posted) = text_service(&[202, 202, 202]);
    let (clock, hand) = Clock::starting_at(BEGAN);
    let house = House::staffed(|configuration| {
        configuration.clock = clock;
        configuration.phone = "01 234 567".to_owned();
        let url = format!("http://{address}/messages");
        configuration.text_messages =
            Some(TextMessageService::new(url, "a-long-secret".to_owned()).unwrap());
    });
    let (_, visit) = house.ready_session("0042-118", "1");
    Visit {
        house,
        hand,
        visit,
        posted,
    }
}

/// What the front desk types about Maria.
const MARIA: [(&str, &str); 6] = [
    ("name", "Maria Costa"),
    ("phone", "+57 300 7654321"),
    ("relationship", "sister"),
    ("ride", "companion-drives"),
    ("way", "text"),
    ("language", "en"),
];

impl Visit {
    fn path(&self) -> String {
        format!("/visits/{}/escort", self.visit)
    }

    fn desk(&self, fields: &[(&str, &str)]) -> Answer {
        let mut desk = self.house.person("front-desk");
        let command = Uuid::new_v4().to_string();
        let csrf = desk.csrf();
        let mut all = vec![("csrf", csrf.as_str()), ("command_id", command.as_str())];
        all.extend_from_slice(fields);
        desk.post(&self.path(), &[("accept", "text/html")], &all)
    }

    fn desk_reads(&self) -> String {
        let answer = self.house.person("front-desk").page(&self.path());
        assert_eq!(answer.status, 200);
        answer.text()
    }

    fn ask_maria(&self) {
        let mut fields = MARIA.to_vec();
        fields.push(("agreed", "yes"));
        let answer = self.desk(&fields);
        assert_eq!(answer.status, 303, "{}", answer.text());
        self.send();
    }

    fn send(&self) {
        let sent = send_due(self.house.application());
        self.house.wait_for(sent).unwrap();
    }

    /// The newest text message.
    fn text(&self) -> Posted {
        self.posted.try_iter().last().expect("a text message")
    }

    fn reads(&self, path: &str, cookie: &str) -> Answer {
        let headers = [("cookie", cookie), ("accept", "text/html")];
        self.house.anyone(&get(path, &headers))
    }

    fn says(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let headers = [("cookie", cookie), ("accept", "text/html")];
        let command = Uuid::new_v4().to_string();
        let mut all = vec![("command_id", command.as_str())];
        all.extend_from_slice(fields);
        self.house.anyone(&sent(path, &headers, &all))
    }

    /// Maria's cookie, after she has said whom she takes home.
    fn let_in(&self, path: &str) -> String {
        let answer = self.says(path, "", &[("whose", " rosa ")]);
        assert_eq!(answer.status, 303, "{}", answer.text());
        let set = answer.header("set-cookie").unwrap();
        assert!(
            set.contains("HttpOnly") && set.contains("SameSite=Strict"),
            "{set}"
        );
        set.split(';').next().unwrap().to_owned()
    }

    fn asks(&self) -> EscortAsks {
        let asks = escort::of(self.house.application(), self.visit);
        self.house.wait_for(asks).unwrap().state
    }

    fn standing(&self) -> Standing {
        self.asks().standing(BEGAN)
    }
}

/// The path of the link in a message.
fn link_in(text: &str) -> String {
    let from = text.find("/escort/").expect("a link");
    let path = text[from..].split(' ').next().unwrap();
    path.trim_end_matches('.').to_owned()
}

/// A yes with everything that it needs.
const YES: [(&str, &str); 3] = [
    ("comes", "yes"),
    ("ride", "companion-drives"),
    ("adult", "yes"),
];

// Hazard: H39, H45
#[test]
fn whoever_takes_somebody_home_is_asked_says_yes_and_reads_what_to_do() {
    let visit = visit();
    let mut fields = MARIA.to_vec();
    fields.push(("agreed", ""));
    let refused = visit.desk(&fields);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("the person has to agree first"));
    assert!(
        refused.text().contains("Maria Costa"),
        "what was typed stays"
    );
    visit.send();
    assert!(visit.posted.try_recv().is_err(), "nothing left");

    // A visit that is in no book has no page there, and how they go home is not chosen for them.
    let page = visit.desk_reads();
    assert!(!page.contains(">The visit</a>"), "{page}");
    assert!(page.contains("value=\"not-sure\" selected"), "{page}");

    visit.ask_maria();
    let message = visit.text();
    assert_eq!(message.body["to"], "+57 300 7654321");
    let text = message.body["text"].as_str().unwrap();
    for word in ["Rosa", "QUILL", "Quill", "ketamine", "treatment"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
    assert!(text.contains("01 234 567"), "{text}");
    let link = link_in(text);

    let door = visit.reads(&link, "");
    assert_eq!(door.status, 200);
    for word in ["Rosa", "QUILL", "Maria", "ketamine"] {
        assert!(!door.text().contains(word), "{word} before the name");
    }
    let wrong = visit.says(&link, "", &[("whose", "Rita")]);
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("That is not the name"));
    let cookie = visit.let_in(&link);
    let page = visit.reads(&link, &cookie).text();
    assert!(page.contains("Rosa"), "{page}");
    assert!(
        !page.contains("QUILL") && !page.contains("0042-118"),
        "{page}"
    );
    assert!(page.contains("For whoever takes somebody home"), "{page}");
    assert!(page.contains("The times stand here when the medicine has ended"));

    let child = visit.says(&link, &cookie, &YES[..2]);
    assert_eq!(child.status, 422);
    assert!(child.text().contains("18 or older"));
    assert_eq!(visit.standing(), Standing::Waiting);
    let yes = visit.says(&link, &cookie, &YES);
    assert_eq!(yes.status, 303);
    assert!(matches!(visit.standing(), Standing::Comes { .. }));
    assert!(visit.reads(&link, &cookie).text().contains("You said: yes"));
    let desk = visit.desk_reads();
    assert!(
        desk.contains("Maria Costa said yes by their link"),
        "{desk}"
    );
    assert!(
        desk.contains("They have not opened the instructions"),
        "{desk}"
    );

    visit.house.runs_and_goes_home(&visit.hand, visit.visit);
    let evening = visit.reads(&link, &cookie).text();
    // What others see is told; what only the person knows is theirs to tell. Witness: the signs of
    // the reference, 7.4.
    for sign in [
        "Pain or pressure in the chest",
        "Fainted, fell, or hit your head",
    ] {
        assert!(evening.contains(sign), "{sign} in {evening}");
    }
    for own in [
        "pregnan",
        "Took ketamine",
        "Blood in your urine",
        "Passing water",
    ] {
        assert!(!evening.contains(own), "{own} in {evening}");
    }
    assert!(evening.contains("no alcohol, no cannabis"), "{evening}");
    assert!(!evening.contains("The times stand here when"), "{evening}");
    assert!(visit.desk_reads().contains("They opened the instructions"));
}

#[test]
fn the_page_speaks_the_language_that_was_chosen_for_them() {
    let visit = visit();
    let mut fields = MARIA.to_vec();
    fields[5] = ("language", "es");
    fields.push(("agreed", "yes"));
    assert_eq!(visit.desk(&fields).status, 303);
    visit.send();
    let message = visit.text();
    let text = message.body["text"].as_str().unwrap();
    assert!(text.starts_with("Alguien que usted conoce"), "{text}");
    let link = link_in(text);
    let cookie = visit.let_in(&link);
    let page = visit.reads(&link, &cookie).text();
    assert!(page.contains("Para quien lleva a alguien a casa"), "{page}");
    assert!(page.contains("lang=\"es\""));
    let english = visit.reads(&format!("{link}?language=en"), &cookie).text();
    assert!(english.contains("For whoever takes somebody home"));
}

// Hazard: H45
#[test]
fn a_link_opens_one_evening_and_no_record() {
    let visit = visit();
    visit.ask_maria();
    let link = link_in(visit.text().body["text"].as_str().unwrap());
    let cookie = visit.let_in(&link);
    // The cookie lets nobody in as the patient, and nowhere else.
    for path in ["/my", "/my/journey", "/my/record", "/board"] {
        let answer = visit.reads(path, &cookie);
        assert!(
            answer.status == 303 || answer.status == 401 || answer.status == 403,
            "{path}: {}",
            answer.status
        );
    }
    // Another token, another visit, the words of the proof in place of the link's.
    let (_, proof) = cookie.split_once('=').unwrap();
    for path in [
        format!("/escort/{}/{}", visit.visit, "0".repeat(32)),
        format!("/escort/{}/{proof}", visit.visit),
        link.replace(&visit.visit.to_string(), &Uuid::now_v7().to_string()),
    ] {
        assert_eq!(visit.reads(&path, &cookie).status, 410, "{path}");
        assert_eq!(visit.says(&path, &cookie, &YES).status, 410, "{path}");
    }
    // A cookie that somebody made up says nothing.
    let forged = "evenkeel-escort=00000000000000000000000000000000";
    let answer = visit.says(&link, forged, &YES);
    assert_eq!(answer.status, 422);
    assert_eq!(visit.standing(), Standing::Waiting);
}

// Hazard: H45
#[test]
fn five_wrong_names_close_the_link_and_the_sixth_right_one_opens_nothing() {
    let visit = visit();
    visit.ask_maria();
    let link = link_in(visit.text().body["text"].as_str().unwrap());
    for tries in 1..=4 {
        assert_eq!(
            visit.says(&link, "", &[("whose", "Rita")]).status,
            422,
            "{tries}"
        );
    }
    assert_eq!(visit.says(&link, "", &[("whose", "Rita")]).status, 410);
    assert_eq!(visit.says(&link, "", &[("whose", "Rosa")]).status, 410);
    let desk = visit.desk_reads();
    assert!(
        desk.contains("five names were typed that are not the person’s"),
        "{desk}"
    );
    // Asked anew, there is another link.
    visit.ask_maria();
    let anew = link_in(visit.text().body["text"].as_str().unwrap());
    assert_ne!(anew, link);
    visit.let_in(&anew);
}

#[test]
fn a_link_that_was_closed_before_it_left_is_not_sent() {
    let visit = visit();
    let mut fields = MARIA.to_vec();
    fields.push(("agreed", "yes"));
    assert_eq!(visit.desk(&fields).status, 303);
    let ask = visit.asks().current().unwrap().id;
    let close = ask.to_string();
    assert_eq!(visit.desk(&[("close", &close)]).status, 303);
    visit.send();
    assert!(visit.posted.try_recv().is_err());
    let message = read::<Outgoing>(visit.house.application(), escort_message(ask));
    let kept = visit.house.wait_for(message).unwrap();
    assert_eq!(kept.state.standing.word(), "withdrawn");
    assert!(visit.asks().current().is_none());
}

#[test]
fn whoever_stands_at_the_door_reads_the_link_from_the_clinics_screen() {
    let visit = visit();
    let mut fields = MARIA.to_vec();
    fields[4] = ("way", "shown");
    fields.push(("agreed", "yes"));
    assert_eq!(visit.desk(&fields).status, 303);
    visit.send();
    assert!(visit.posted.try_recv().is_err(), "no message");
    let desk = visit.desk_reads();
    assert!(desk.contains("<svg"), "the picture");
    let from = desk.find("/escort/").unwrap();
    let link = desk[from..].split('"').next().unwrap();
    let cookie = visit.let_in(link);
    assert_eq!(visit.says(link, &cookie, &[("comes", "no")]).status, 303);
    assert!(matches!(visit.standing(), Standing::CannotCome { .. }));
    assert!(
        visit
            .desk_reads()
            .contains("Maria Costa said by their link that they cannot come")
    );
}

// Hazard: H39
#[test]
fn through_the_night_it_opens_and_the_day_after_it_does_not() {
    let visit = visit();
    visit.ask_maria();
    let link = link_in(visit.text().body["text"].as_str().unwrap());
    visit.hand.advance(LINK_OPENS_FOR - Span::from_minutes(1));
    assert_eq!(visit.reads(&link, "").status, 200);
    visit.hand.advance(Span::from_minutes(1));
    let over = visit.reads(&link, "");
    assert_eq!(over.status, 410);
    assert!(over.text().contains("This link is closed"));
}

// Hazard: H39
#[test]
fn before_somebody_leaves_the_room_says_what_is_arranged_and_what_is_not() {
    let visit = visit();
    visit.house.runs_and_comes_back(&visit.hand, visit.visit);
    let room = || {
        let mut nurse = visit.house.person("nurse");
        nurse.page(&format!("/sessions/{}", visit.visit)).text()
    };
    let nothing = room();
    for says in [
        "Nobody is asked by a link.",
        "No visit is booked.",
        "None is booked.",
        "No message reaches them: call them",
    ] {
        assert!(nothing.contains(says), "{says} in {nothing}");
    }
    visit.ask_maria();
    assert!(room().contains("Maria Costa was asked by a link, and has not answered."));
    let link = link_in(visit.text().body["text"].as_str().unwrap());
    let cookie = visit.let_in(&link);
    assert_eq!(visit.says(&link, &cookie, &YES).status, 303);
    let said = room();
    assert!(
        said.contains("Maria Costa said yes by their link"),
        "{said}"
    );
    assert!(
        said.contains("They have not opened the instructions"),
        "{said}"
    );
    visit.reads(&link, &cookie);
    assert!(room().contains("They opened the instructions after the drug"));
}
