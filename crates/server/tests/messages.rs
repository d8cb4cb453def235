//! Messages on real sockets: e-mail to a mail server that nobody here wrote, text messages to a
//! service over HTTP; what is refused, put off, withdrawn, and when nobody is written to.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person, nurse};
use crate::post::{MailServer, text_service};
use crate::stranger::http::{Answer, get, post as sent};
use clinical::course::message::Outgoing;
use clinical::leaflet::Language;
use clinical::patient::{Channel, Contacts, Patient, PatientEvent, WritingHours};
use clinical::record::{CommandId, PatientId};
use server::clock::{Clock, Hand};
use server::journey::{Change, change, read};
use server::messages::{Due, NewMessage, TextMessageService, queue, send_due, withdraw};
use server::web::respond::Refused;
use units::{Moment, Span};
use uuid::Uuid;

/// 20 November 2026, 09:00 UTC.
const BEGAN: Moment = Moment::from_microseconds(1_795_165_200_000_000);

struct Desk {
    house: House,
    hand: Hand,
    rosa: PatientId,
}

/// A clinic with these ways to write, and Rosa, reached as said.
fn desk(mail: Option<&str>, text: Option<String>, contacts: Contacts) -> Desk {
    let (clock, hand) = Clock::starting_at(BEGAN);
    let mail = mail.map(|url| {
        server::messages::MailServer::new(url, "The clinic <post@clinic.example>").unwrap()
    });
    let house = House::staffed(|configuration| {
        configuration.clock = clock;
        configuration.phone = "01 234 567".to_owned();
        configuration.mail = mail;
        configuration.text_messages =
            text.map(|url| TextMessageService::new(url, "a-long-secret".to_owned()).unwrap());
    });
    let rosa = house.register("0042-118", BEGAN);
    let wanted = Change {
        command_id: CommandId(Uuid::now_v7()),
        actor: nurse(),
        at: None,
        id: rosa.0,
        patient: Some(rosa),
        session: None,
        action: "record contacts",
        wanted: String::new(),
    };
    let event = PatientEvent::ContactsRecorded {
        contacts,
        at: BEGAN,
        by: "Frank Adeyemi".to_owned(),
    };
    let done = change(house.application(), wanted, |_: &Patient, _| {
        Ok::<_, Refused>(vec![event.clone()])
    });
    house.wait_for(done).unwrap();
    Desk { house, hand, rosa }
}

fn by_mail(address: &str) -> Contacts {
    Contacts {
        email: Some(address.to_owned()),
        channels: vec![Channel::Email],
        ..Contacts::unknown(Language::Spanish)
    }
}

fn by_text() -> Contacts {
    Contacts {
        mobile: Some("+57 300 1234567".to_owned()),
        channels: vec![Channel::TextMessage],
        ..Contacts::unknown(Language::English)
    }
}

impl Desk {
    fn queue(&self, number: u128, due: Due) -> Uuid {
        let id = Uuid::from_u128(number);
        let new = NewMessage {
            id,
            actor: nurse(),
            patient: self.rosa,
            session: None,
            kind: "reminder",
            language: Language::Spanish,
            subject: "Hay algo para leer antes de su visita".to_owned(),
            text: "Léalo aquí: {link} ¿Preguntas? Llame al {phone}.".to_owned(),
            leads_to: Some("/my/preparation".to_owned()),
            due,
        };
        self.house
            .wait_for(queue(self.house.application(), new))
            .unwrap();
        id
    }

    fn send(&self) {
        self.house
            .wait_for(send_due(self.house.application()))
            .unwrap();
    }

    fn message(&self, id: Uuid) -> Outgoing {
        let read = read::<Outgoing>(self.house.application(), id);
        self.house.wait_for(read).unwrap().state
    }

    fn standing(&self, id: Uuid) -> &'static str {
        self.message(id).standing.word()
    }
}

#[test]
fn an_e_mail_reaches_a_mail_server_with_a_link_that_lets_its_owner_in() {
    let server = MailServer::start();
    let desk = desk(Some(&server.url()), None, by_mail("rosa@example.org"));
    let id = desk.queue(1, Due::Now);
    desk.send();
    let mail = server.next().expect("an e-mail");
    assert_eq!(mail["to"][0], "rosa@example.org");
    assert_eq!(mail["from"], "post@clinic.example");
    let data = decoded(mail["data"].as_str().unwrap());
    assert!(data.contains("01 234 567"), "{data}");
    assert!(!data.to_lowercase().contains("ketamin"), "{data}");
    assert!(!data.contains("QUILL"), "{data}");
    assert_eq!(desk.standing(id), "sent");
    let (_, rest) = data.split_once("/p/").expect("a link");
    let path: String = rest
        .chars()
        .take_while(|one| one.is_ascii_alphanumeric() || "-_".contains(*one))
        .collect();
    let path = format!("/p/{path}");
    assert_eq!(desk.house.anyone(&get(&path, &[])).status, 200);
    let birth = [("day", "21"), ("month", "8"), ("year", "1979")];
    let inside = desk.house.anyone(&sent(&path, &[], &birth));
    assert_eq!(inside.header("location"), Some("/my/preparation"));
}

/// Quoted-printable and base64 bodies as text.
fn decoded(data: &str) -> String {
    let (head, body) = data
        .split_once("\r\n\r\n")
        .or_else(|| data.split_once("\n\n"))
        .unwrap();
    if head.to_lowercase().contains("base64") {
        use base64::Engine as _;
        let joined: String = body.split_whitespace().collect();
        let bytes = base64::engine::general_purpose::STANDARD.decode(joined);
        return String::from_utf8(bytes.unwrap()).unwrap();
    }
    body.replace("=\r\n", "")
        .replace("=\n", "")
        .replace("=3D", "=")
}

#[test]
fn the_same_message_queued_twice_is_sent_once() {
    let server = MailServer::start();
    let desk = desk(Some(&server.url()), None, by_mail("rosa@example.org"));
    desk.queue(1, Due::Now);
    desk.queue(1, Due::Now);
    desk.send();
    desk.send();
    assert!(server.next().is_some());
    assert!(server.has_nothing());
}

#[test]
fn a_recipient_that_the_mail_server_refuses_is_not_tried_again_and_the_desk_sees_why() {
    let server = MailServer::start();
    let desk = desk(Some(&server.url()), None, by_mail("refused@example.org"));
    let id = desk.queue(1, Due::Now);
    desk.send();
    assert_eq!(desk.standing(id), "failed");
    let why = desk.message(id).trouble.unwrap();
    assert!(
        why.contains("550") && why.contains("no such mailbox"),
        "{why}"
    );
    let failed = server::messages::failures(desk.house.application());
    assert_eq!(desk.house.wait_for(failed).unwrap().len(), 1);
}

#[test]
fn what_the_mail_server_puts_off_is_tried_again_a_minute_later() {
    let server = MailServer::start();
    let desk = desk(Some(&server.url()), None, by_mail("later@example.org"));
    let id = desk.queue(1, Due::Now);
    desk.send();
    assert_eq!(desk.standing(id), "waiting");
    assert!(desk.message(id).trouble.unwrap().contains("451"));
    desk.hand.advance(Span::from_seconds(59));
    desk.send();
    assert!(server.has_nothing());
    desk.hand.advance(Span::from_seconds(1));
    desk.send();
    assert!(server.next().is_some());
    assert_eq!(desk.standing(id), "sent");
}

#[test]
fn a_mail_server_that_is_gone_is_tried_again_and_given_up_in_sight_of_the_desk() {
    // A port that was just free: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("smtp://127.0.0.1:{port}");
    let desk = desk(Some(&url), None, by_mail("rosa@example.org"));
    let id = desk.queue(1, Due::Now);
    for _ in 0..7 {
        desk.send();
        desk.hand.advance(Span::from_hours(6));
    }
    assert_eq!(desk.standing(id), "failed");
    let why = desk.message(id).trouble.unwrap();
    assert!(why.contains("given up after 7 tries"), "{why}");
    assert!(why.contains("could not be reached"), "{why}");
}

#[test]
fn with_no_mail_server_the_message_says_so() {
    let desk = desk(None, None, by_mail("rosa@example.org"));
    let id = desk.queue(1, Due::Now);
    desk.send();
    let why = desk.message(id).trouble;
    assert_eq!(why.as_deref(), Some("no mail server is set up"));
}

#[test]
fn somebody_who_agreed_to_nothing_is_not_written_to() {
    let server = MailServer::start();
    let silent = Contacts {
        channels: Vec::new(),
        ..by_mail("rosa@example.org")
    };
    let desk = desk(Some(&server.url()), None, silent);
    let id = desk.queue(1, Due::Now);
    desk.send();
    assert_eq!(desk.standing(id), "failed");
    assert!(server.has_nothing());
}

#[test]
fn a_text_message_is_one_request_with_the_secret_and_the_same_key_at_every_try() {
    let (address, posted) = text_service(&[503, 202]);
    let url = format!("http://{address}/messages");
    let desk = desk(None, Some(url), by_text());
    let id = desk.queue(1, Due::Now);
    desk.send();
    assert_eq!(desk.standing(id), "waiting");
    desk.hand.advance(Span::from_minutes(1));
    desk.send();
    assert_eq!(desk.standing(id), "sent");
    let tries: Vec<_> = posted.try_iter().collect();
    assert_eq!(tries.len(), 2);
    for request in &tries {
        let head = request.head.to_lowercase();
        assert!(head.starts_with("post /messages "), "{head}");
        assert!(
            head.contains("authorization: bearer a-long-secret"),
            "{head}"
        );
        assert!(head.contains(&format!("idempotency-key: {id}")), "{head}");
        assert_eq!(request.body["to"], "+57 300 1234567");
        assert!(request.body["text"].as_str().unwrap().contains("/p/"));
    }
}

#[test]
fn a_number_that_the_service_refuses_is_not_tried_again() {
    let (address, _posted) = text_service(&[400]);
    let desk = desk(None, Some(format!("http://{address}/")), by_text());
    let id = desk.queue(1, Due::Now);
    desk.send();
    assert_eq!(desk.standing(id), "failed");
}

#[test]
fn outside_of_their_hours_by_their_own_clock_nobody_is_written_to() {
    // 09:00 UTC is 04:00 in Bogotá; from 8 on is 13:00 UTC.
    let server = MailServer::start();
    let contacts = Contacts {
        zone: Some("America/Bogota".to_owned()),
        hours: WritingHours::new(8, 20).unwrap(),
        ..by_mail("rosa@example.org")
    };
    let desk = desk(Some(&server.url()), None, contacts);
    let id = desk.queue(1, Due::From(BEGAN));
    desk.hand.advance(Span::from_minutes(239));
    desk.send();
    assert_eq!(desk.standing(id), "waiting");
    desk.hand.advance(Span::from_minutes(1));
    desk.send();
    assert_eq!(desk.standing(id), "sent");
    assert!(server.next().is_some());
}

#[test]
fn a_message_that_was_withdrawn_never_leaves() {
    let server = MailServer::start();
    let desk = desk(Some(&server.url()), None, by_mail("rosa@example.org"));
    let id = desk.queue(1, Due::From(BEGAN + Span::from_hours(1)));
    let application = desk.house.application();
    desk.house
        .wait_for(withdraw(application, id, "the visit moved"))
        .unwrap();
    desk.hand.advance(Span::from_hours(2));
    desk.send();
    assert_eq!(desk.standing(id), "withdrawn");
    assert!(server.has_nothing());
}

#[test]
fn the_record_holds_no_secret_of_a_link_that_was_sent() {
    // Hazard: H45
    let server = MailServer::start();
    let desk = desk(Some(&server.url()), None, by_mail("rosa@example.org"));
    let id = desk.queue(1, Due::Now);
    desk.send();
    assert!(server.next().is_some());
    let message = desk.message(id).message.unwrap();
    assert!(message.text.contains("{link}") && !message.text.contains("/p/"));
}

/// Rosa's letters, as a nurse asks for one of primary care.
struct Letters {
    desk: Desk,
    nurse: Person,
    path: String,
    letter: String,
}

impl Letters {
    fn asked(server: Option<&MailServer>) -> Self {
        let url = server.map(MailServer::url);
        let desk = desk(url.as_deref(), None, by_mail("rosa@example.org"));
        let mut nurse = desk.house.person("nurse");
        let path = format!("/patients/{}/clearances", desk.rosa);
        let letter = Uuid::new_v4().to_string();
        let csrf = nurse.csrf();
        let fields = [
            ("csrf", csrf.as_str()),
            ("command_id", letter.as_str()),
            ("act", "request"),
            ("about", "C01"),
            ("from", "primary care"),
            ("recipient", "Dr Lena Ott"),
            ("email", "office@practice.example"),
            ("product", "racemic-ketamine"),
            ("route", "intravenous"),
        ];
        let asked = nurse.post(&path, &[("accept", "text/html")], &fields);
        assert_eq!(asked.status, 303, "{}", asked.text());
        Self {
            desk,
            nurse,
            path,
            letter,
        }
    }

    fn mail(&mut self, command_id: &str, to: &str, checked: &str) -> Answer {
        let csrf = self.nurse.csrf();
        let fields = [
            ("csrf", csrf.as_str()),
            ("command_id", command_id),
            ("email", to),
            ("checked", checked),
            ("checked_with", "Ms Hall, by telephone"),
        ];
        let path = format!("{}/{}/mail", self.path, self.letter);
        self.nurse.post(&path, &[("accept", "text/html")], &fields)
    }

    fn page(&mut self) -> String {
        let path = self.path.clone();
        self.nurse.page(&path).text().to_string()
    }
}

#[test]
fn a_letter_reaches_a_practice_as_a_file_and_its_outside_says_nothing_of_whom_it_is_about() {
    // Hazard: H45
    let server = MailServer::start();
    let mut letters = Letters::asked(Some(&server));
    assert!(letters.page().contains("value=\"office@practice.example\""));

    let id = Uuid::new_v4().to_string();
    let unchecked = letters.mail(&id, "office@practice.example", "");
    assert_eq!(unchecked.status, 409);
    let says = unchecked.text().to_string();
    assert!(says.contains("Check the address with the practice first"));
    assert!(
        says.contains("Ms Hall, by telephone"),
        "what was typed stays"
    );
    assert!(server.has_nothing());

    // The same form twice, as by a second tap.
    for _ in 0..2 {
        let sent = letters.mail(&id, "office@practice.example", "yes");
        assert_eq!(sent.status, 303, "{}", sent.text());
    }
    let mail = server.next().expect("an e-mail");
    assert!(server.has_nothing(), "one form is one e-mail");
    assert_eq!(mail["to"][0], "office@practice.example");
    let data = mail["data"].as_str().unwrap();
    assert!(
        data.contains("Subject: A letter for your practice"),
        "{data}"
    );
    assert!(data.contains("application/pdf") && data.contains("JVBERi0"));
    let outside = data.split("JVBERi0").next().unwrap().to_lowercase();
    for word in [
        "quill",
        "rosa",
        "ketamin",
        "0042",
        "hypertension",
        "treatment",
    ] {
        assert!(
            !outside.contains(word),
            "{word} stands outside of the letter"
        );
    }
    let page = letters.page();
    assert!(page.contains("The mail server took it"), "{page}");
    assert!(page.contains("address checked: Ms Hall, by telephone"));
    assert!(page.contains("Waiting for an answer"));
}

#[test]
fn a_letter_that_the_mail_server_refused_is_shown_on_the_list_and_sent_again() {
    let server = MailServer::start();
    let mut letters = Letters::asked(Some(&server));
    let first = Uuid::new_v4().to_string();
    assert_eq!(
        letters
            .mail(&first, "refused@practice.example", "yes")
            .status,
        303
    );
    let page = letters.page();
    assert!(
        page.contains("550") && page.contains("no such mailbox"),
        "{page}"
    );
    assert!(page.contains("It has not gone out yet."));
    let list = letters.nurse.page("/review").text().to_string();
    assert!(
        list.contains("The e-mail was not taken: send it again."),
        "{list}"
    );

    let second = Uuid::new_v4().to_string();
    assert_eq!(
        letters.mail(&second, "desk@practice.example", "yes").status,
        303
    );
    assert!(server.next().is_some());
    let list = letters.nurse.page("/review").text().to_string();
    assert!(!list.contains("The e-mail was not taken"));

    let application = letters.desk.house.application();
    let digest = || {
        let digest = application.store.projection_digest(application.tenant);
        letters.desk.house.wait_for(digest).unwrap()
    };
    let before = digest();
    let rebuilt = server::projection::rebuild(application);
    letters.desk.house.wait_for(rebuilt).unwrap();
    assert_eq!(before, digest());
}

#[test]
fn without_a_mail_server_no_letter_is_offered_by_e_mail() {
    let mut letters = Letters::asked(None);
    let page = letters.page();
    assert!(page.contains("Letter as PDF"), "{page}");
    assert!(!page.contains("Send the letter by e-mail"));
}

#[test]
fn a_text_message_that_cannot_arrive_goes_by_e_mail_where_the_person_agreed_to_both() {
    let server = MailServer::start();
    let (address, _posted) = text_service(&[400]);
    let both = Contacts {
        email: Some("rosa@example.org".to_owned()),
        channels: vec![Channel::TextMessage, Channel::Email],
        ..by_text()
    };
    let url = format!("http://{address}/");
    let desk = desk(Some(&server.url()), Some(url), both);
    let id = desk.queue(1, Due::Now);
    desk.send();
    assert_eq!(desk.standing(id), "waiting");
    desk.send();
    assert_eq!(desk.standing(id), "sent");
    assert_eq!(server.next().unwrap()["to"][0], "rosa@example.org");
}

#[test]
fn a_message_that_another_server_is_about_to_send_is_left_to_it_until_its_claim_has_run_out() {
    let server = MailServer::start();
    let desk = desk(Some(&server.url()), None, by_mail("rosa@example.org"));
    let id = desk.queue(1, Due::Now);
    let elsewhere = Change {
        command_id: CommandId(Uuid::now_v7()),
        actor: nurse(),
        at: None,
        id,
        patient: Some(desk.rosa),
        session: None,
        action: "take a message to be sent",
        wanted: String::new(),
    };
    let claimed = change(
        desk.house.application(),
        elsewhere,
        |known: &Outgoing, now| Ok::<_, Refused>(known.claim(Uuid::now_v7(), now)),
    );
    desk.house.wait_for(claimed).unwrap();
    desk.send();
    assert!(server.has_nothing(), "the other one sends it");
    // The other machine died before it sent, or before it could say so.
    desk.hand.advance(Span::from_minutes(5));
    desk.send();
    assert!(server.next().is_some());
    assert_eq!(desk.standing(id), "sent");
}
