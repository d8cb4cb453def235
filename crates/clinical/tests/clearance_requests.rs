//! Letters from outside: asked, sent, received, reviewed, withdrawn, and what screening may count
//! on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::clearance::{
    ClearanceEvent, Clearances, Command, Context, MailOutcome, NotAPaper, Paper, Recipient,
    Refusal, Standing, Times, Way, decide,
};
use clinical::course::message::Tried;
use clinical::course::screening::ScreeningRules;
use clinical::course::screening::person::{Product, Route};
use clinical::patient::CivilDate;
use clinical::record::{Actor, ClearanceId, CommandId, Recorded, Role, StaffId};
use std::sync::LazyLock;
use units::Moment;
use uuid::Uuid;

static RULES: LazyLock<ScreeningRules> = LazyLock::new(|| ScreeningRules::shipped().unwrap());
const LETTER: ClearanceId = ClearanceId(Uuid::from_u128(0xC1));

fn day(text: &str) -> CivilDate {
    text.parse().unwrap()
}

fn actor(role: Role) -> Actor {
    Actor::Person {
        id: StaffId(Uuid::from_u128(7)),
        name: "Ines Falk".into(),
        role,
    }
}

/// When every command of these tests is decided.
const NOW: Moment = Moment::from_microseconds(1_790_000_000_000_000);

/// One person's file, and the day at the clinic.
struct Desk {
    file: Clearances,
    today: CivilDate,
}

impl Desk {
    fn on(today: &str) -> Self {
        Self {
            file: Clearances::default(),
            today: day(today),
        }
    }

    fn send(&mut self, role: Role, command: Command) -> Result<Vec<ClearanceEvent>, Refusal> {
        let actor = actor(role);
        let context = Context {
            today: self.today,
            now: NOW,
            actor: &actor,
            rules: &RULES,
            times: Times::of(&RULES).unwrap(),
        };
        let events = decide(&self.file, command, &context)?;
        for event in &events {
            self.file.apply(event, &actor, NOW);
            // What is written is what is read.
            let body = serde_json::to_vec(event).unwrap();
            let read = ClearanceEvent::read_body(1, event.name(), 1, &body);
            assert_eq!(read.as_ref(), Ok(event));
        }
        Ok(events)
    }

    fn asked(today: &str) -> Self {
        let mut desk = Self::on(today);
        desk.send(Role::Nurse, ask(LETTER, &["C01"], "primary care"))
            .unwrap();
        desk
    }

    fn received(today: &str, dated: Option<&str>) -> Self {
        let mut desk = Self::asked(today);
        desk.send(Role::Nurse, receive(dated)).unwrap();
        desk
    }

    fn standing(&self) -> Standing {
        let request = self.file.request(LETTER).unwrap();
        request.standing(self.today, Times::of(&RULES).unwrap())
    }
}

fn ask(clearance: ClearanceId, about: &[&str], from: &str) -> Command {
    Command::RequestClearance {
        clearance,
        about: about.iter().map(|one| (*one).to_owned()).collect(),
        from: from.into(),
        recipient: Recipient {
            name: "Dr Lena Ott".into(),
            email: None,
        },
        product: Product::Racemic,
        route: Route::Intravenous,
        question: String::new(),
        brought: false,
    }
}

fn receive(dated: Option<&str>) -> Command {
    Command::ReceiveClearance {
        clearance: LETTER,
        paper: Paper::Typed {
            words: "Pressure is controlled; no objection.".into(),
        },
        dated: dated.map(day),
        signed_by: "Dr Lena Ott".into(),
    }
}

fn accept() -> Command {
    Command::AcceptClearance {
        clearance: LETTER,
        statement: "I have read this letter.".into(),
    }
}

#[test]
fn a_letter_goes_from_asked_to_accepted_and_only_then_counts_as_accepted() {
    let mut desk = Desk::asked("2026-03-02");
    assert_eq!(desk.standing(), Standing::ToSend);
    desk.send(
        Role::Nurse,
        Command::NoteSent {
            clearance: LETTER,
            way: Way::Fax,
            on: day("2026-03-02"),
            note: String::new(),
        },
    )
    .unwrap();
    assert_eq!(
        desk.standing(),
        Standing::Waiting {
            chase_on: day("2026-03-09")
        }
    );
    assert!(desk.file.for_screening().is_empty());
    desk.send(Role::Nurse, receive(Some("2026-03-01"))).unwrap();
    assert_eq!(desk.standing(), Standing::ToReview);
    let counted = desk.file.for_screening();
    assert_eq!(counted.len(), 1);
    assert_eq!(counted[0].accepted, None);
    desk.send(Role::Prescriber, accept()).unwrap();
    let counted = desk.file.for_screening();
    assert_eq!(counted[0].about, "C01");
    assert_eq!(counted[0].dated, day("2026-03-01"));
    assert_eq!(counted[0].accepted.as_ref().unwrap().name, "Ines Falk");
    assert_eq!(
        desk.standing(),
        Standing::Holds {
            until: day("2026-05-30")
        }
    );
}

#[test]
fn a_letter_without_a_date_stays_without_one_and_is_not_accepted() {
    // Hazard: H24
    let mut desk = Desk::received("2026-03-02", None);
    assert_eq!(desk.standing(), Standing::Undated);
    assert!(desk.file.for_screening().is_empty());
    assert_eq!(
        desk.send(Role::Prescriber, accept()),
        Err(Refusal::DateUnknown)
    );
    desk.send(
        Role::Nurse,
        Command::DateClearance {
            clearance: LETTER,
            dated: day("2026-02-20"),
            reason: "called the practice".into(),
        },
    )
    .unwrap();
    assert!(desk.send(Role::Prescriber, accept()).is_ok());
    let paper = desk.file.request(LETTER).unwrap().newest().unwrap();
    assert_eq!(paper.dated, Some(day("2026-02-20")));
    assert_eq!(paper.redated, [(None, "called the practice".to_owned())]);
}

#[test]
fn a_letter_is_accepted_by_prescribers_and_by_nobody_else() {
    for role in Role::ALL {
        let mut desk = Desk::received("2026-03-02", Some("2026-03-01"));
        let answer = desk.send(role, accept());
        match role {
            Role::Prescriber | Role::MedicalDirector => assert!(answer.is_ok()),
            _ => assert_eq!(answer, Err(Refusal::NotAPrescriber)),
        }
    }
}

#[test]
fn the_front_desk_and_therapists_neither_ask_for_letters_nor_take_them_in() {
    // Clinical reference 10.3: the front desk sees no clinical notes.
    for role in [Role::FrontDesk, Role::Therapist, Role::Owner, Role::Auditor] {
        let mut desk = Desk::on("2026-03-02");
        assert_eq!(
            desk.send(role, ask(LETTER, &["C01"], "primary care")),
            Err(Refusal::NotClinicalStaff)
        );
    }
}

#[test]
fn a_letter_dated_tomorrow_is_asked_about() {
    let mut desk = Desk::asked("2026-03-02");
    assert_eq!(
        desk.send(Role::Nurse, receive(Some("2026-03-03"))),
        Err(Refusal::NotYet {
            day: day("2026-03-03")
        })
    );
}

#[test]
fn a_letter_is_accepted_on_its_ninetieth_day_and_not_on_the_next() {
    // Clinical reference 0: 90 days. 1 January and 90 days are 1 April 2026.
    for (today, accepted) in [("2026-04-01", true), ("2026-04-02", false)] {
        let mut desk = Desk::received(today, Some("2026-01-01"));
        assert_eq!(
            desk.send(Role::Prescriber, accept()).is_ok(),
            accepted,
            "{today}"
        );
    }
}

#[test]
fn a_letter_is_asked_only_of_those_whom_the_rule_names() {
    let mut desk = Desk::on("2026-03-02");
    assert_eq!(
        desk.send(Role::Nurse, ask(LETTER, &["C01"], "ophthalmology")),
        Err(Refusal::NotTheirs {
            requirement: "C01".into(),
            from: "ophthalmology".into(),
            cleared_by: vec!["primary care".into(), "prescriber".into()],
        })
    );
    assert_eq!(
        desk.send(Role::Nurse, ask(LETTER, &["X06"], "psychiatry")),
        Err(Refusal::NotTheirs {
            requirement: "X06".into(),
            from: "psychiatry".into(),
            cleared_by: vec![],
        })
    );
    assert_eq!(
        desk.send(Role::Nurse, ask(LETTER, &["C99"], "psychiatry")),
        Err(Refusal::NoSuchRule {
            requirement: "C99".into()
        })
    );
    assert_eq!(
        desk.send(Role::Nurse, ask(LETTER, &[], "psychiatry")),
        Err(Refusal::AboutNothing)
    );
}

#[test]
fn the_same_is_not_asked_twice_of_the_same_people_while_it_is_open() {
    let mut desk = Desk::asked("2026-03-02");
    let other = ClearanceId(Uuid::from_u128(0xC2));
    assert!(matches!(
        desk.send(Role::Nurse, ask(other, &["C01"], "primary care")),
        Err(Refusal::AskedAlready { .. })
    ));
    desk.send(
        Role::Nurse,
        Command::WithdrawClearance {
            clearance: LETTER,
            reason: "wrong practice".into(),
        },
    )
    .unwrap();
    assert_eq!(desk.standing(), Standing::Withdrawn);
    assert!(
        desk.send(Role::Nurse, ask(other, &["C01"], "primary care"))
            .is_ok()
    );
}

#[test]
fn an_acceptance_is_taken_back_with_a_reason_and_lifts_nothing_any_more() {
    // Hazard: H24
    let mut desk = Desk::received("2026-03-02", Some("2026-03-01"));
    desk.send(Role::Prescriber, accept()).unwrap();
    let reject = |reason: &str| Command::RejectClearance {
        clearance: LETTER,
        reason: reason.into(),
    };
    assert!(matches!(
        desk.send(Role::Prescriber, reject(" ")),
        Err(Refusal::WordsMissing { .. })
    ));
    desk.send(Role::Prescriber, reject("it is about somebody else"))
        .unwrap();
    assert_eq!(desk.standing(), Standing::Rejected);
    assert!(desk.file.for_screening().is_empty());
    // A better one may come for the same request.
    desk.send(Role::Nurse, receive(Some("2026-03-02"))).unwrap();
    assert_eq!(desk.standing(), Standing::ToReview);
    assert_eq!(desk.file.request(LETTER).unwrap().papers.len(), 2);
}

#[test]
fn one_letter_lifts_every_requirement_it_was_asked_about() {
    let mut desk = Desk::on("2026-03-02");
    desk.send(
        Role::Nurse,
        ask(LETTER, &["C02-valve", "C02-event"], "cardiology"),
    )
    .unwrap();
    desk.send(Role::Nurse, receive(Some("2026-03-01"))).unwrap();
    desk.send(Role::Prescriber, accept()).unwrap();
    let about: Vec<_> = desk
        .file
        .for_screening()
        .into_iter()
        .map(|one| one.about)
        .collect();
    assert_eq!(about, ["C02-valve", "C02-event"]);
}

#[test]
fn a_file_is_told_by_its_bytes_and_not_by_its_name() {
    // Witness: ISO 32000 7.5.2, the PNG specification 5.2, ISO 10918-1 B.1.1.
    let pdf = b"%PDF-1.7\n".as_slice();
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice();
    let jpeg = b"\xff\xd8\xff\xe0\0\x10JFIF".as_slice();
    for (name, bytes) in [
        ("letter.pdf", pdf),
        ("LETTER.PDF", pdf),
        ("letter", pdf),
        ("scan.png", png),
        ("photo.jpeg", jpeg),
        ("photo.JPG", jpeg),
    ] {
        assert!(Paper::file(name, bytes).is_ok(), "{name}");
    }
    for (name, bytes) in [
        ("letter.pdf", b"MZ\x90\0".as_slice()),
        ("letter.pdf", b"<html><script>"),
        ("letter.pdf", b" %PDF-1.7"),
        ("letter.png", b"\x89PNG\n\x1a\n"),
        ("letter.svg", b"<svg/>"),
        ("letter.docx", b"PK\x03\x04"),
    ] {
        assert_eq!(
            Paper::file(name, bytes),
            Err(NotAPaper::AnotherKind),
            "{name}"
        );
    }
    assert!(matches!(
        Paper::file("letter.pdf", png),
        Err(NotAPaper::Disguised { .. })
    ));
    assert_eq!(Paper::file("letter.pdf", b""), Err(NotAPaper::Empty));
}

#[test]
fn a_file_is_kept_under_the_digest_of_its_bytes() {
    // Witness: sha256sum of the five bytes `%PDF-`.
    let Paper::File { digest, size, .. } = Paper::file("letter.pdf", b"%PDF-").unwrap() else {
        panic!("a file");
    };
    assert_eq!(size, 5);
    assert_eq!(
        digest,
        "38523c087796e5d5dd1cf9bad1fb026781a838dd9dd2cf8af58b9f6502a46778"
    );
}

#[test]
fn a_file_of_ten_megabytes_is_taken_and_one_byte_more_is_not() {
    let mut bytes = b"%PDF-".to_vec();
    bytes.resize(10 * 1024 * 1024, b' ');
    assert!(Paper::file("letter.pdf", &bytes).is_ok());
    bytes.push(b' ');
    assert_eq!(Paper::file("letter.pdf", &bytes), Err(NotAPaper::TooLarge));
}

fn by_mail(to: &str, checked: bool, checked_with: &str) -> Command {
    Command::SendByMail {
        clearance: LETTER,
        mail: CommandId(Uuid::from_u128(71)),
        attempt: Uuid::from_u128(72),
        to: to.to_owned(),
        checked,
        checked_with: checked_with.to_owned(),
    }
}

#[test]
fn a_letter_leaves_by_e_mail_only_to_an_address_that_somebody_checked() {
    // Hazard: H45
    let mut desk = Desk::asked("2026-11-20");
    let refused = |desk: &mut Desk, role, to, checked, with| {
        desk.send(role, by_mail(to, checked, with)).unwrap_err()
    };
    let good = "office@practice.example";
    let with = "Ms Hall, by telephone";
    assert_eq!(
        refused(&mut desk, Role::FrontDesk, good, true, with),
        Refusal::NotClinicalStaff
    );
    assert_eq!(
        refused(&mut desk, Role::Nurse, good, false, with),
        Refusal::AddressNotChecked
    );
    assert!(matches!(
        refused(&mut desk, Role::Nurse, good, true, "  "),
        Refusal::WordsMissing { .. }
    ));
    for slip in [
        "office",
        "office@practice",
        "a@b.c, d@e.f",
        "@practice.example",
    ] {
        assert!(matches!(
            refused(&mut desk, Role::Nurse, slip, true, with),
            Refusal::NotAnAddress { .. }
        ));
    }
    assert!(desk.file.requests[0].mails.is_empty());
    desk.send(Role::Nurse, by_mail(good, true, with)).unwrap();
    let mail = desk.file.requests[0].newest_mail().unwrap();
    assert_eq!((mail.to.as_str(), mail.checked_with.as_str()), (good, with));
    assert_eq!(mail.outcome, MailOutcome::NotKnown);
}

#[test]
fn a_letter_counts_as_sent_when_the_mail_server_took_it_and_not_before() {
    let mut desk = Desk::asked("2026-11-20");
    let today = day("2026-11-20");
    let times = Times::of(&RULES).unwrap();
    let good = by_mail("office@practice.example", true, "Ms Hall, by telephone");
    desk.send(Role::Nurse, good.clone()).unwrap();
    let standing = |desk: &Desk| desk.file.requests[0].standing(today, times);
    assert_eq!(standing(&desk), Standing::ToSend);
    assert_eq!(desk.send(Role::Nurse, good), Err(Refusal::BeingSent));
    let mail = CommandId(Uuid::from_u128(71));
    let tried = |desk: &mut Desk, tried| {
        let events = desk.file.requests[0].mail_tried(mail, tried, today);
        for event in &events {
            desk.file.apply(event, &actor(Role::Nurse), NOW);
        }
        events.len()
    };
    let failed = Tried::Never {
        why: "550 no such mailbox".to_owned(),
    };
    assert_eq!(tried(&mut desk, failed.clone()), 1);
    assert_eq!(standing(&desk), Standing::ToSend);
    // What is known is not told twice, and not otherwise.
    assert_eq!(tried(&mut desk, failed), 0);

    let again = Command::SendByMail {
        clearance: LETTER,
        mail: CommandId(Uuid::from_u128(73)),
        attempt: Uuid::from_u128(74),
        to: "desk@practice.example".to_owned(),
        checked: true,
        checked_with: "Ms Hall, by telephone".to_owned(),
    };
    desk.send(Role::Nurse, again).unwrap();
    let taken = Tried::Taken {
        receipt: "250 OK".to_owned(),
    };
    let mail = CommandId(Uuid::from_u128(73));
    let events = desk.file.requests[0].mail_tried(mail, taken, today);
    desk.file.apply(&events[0], &actor(Role::Nurse), NOW);
    // Source: policy `clearance`, chase_days: 7.
    let chase_on = day("2026-11-27");
    assert_eq!(standing(&desk), Standing::Waiting { chase_on });
}
