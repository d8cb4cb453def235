//! From a booked visit to the door, over real sockets: the phone, the list of the day, check-in.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, nurse, order};
use crate::stranger::http::{Answer, Connection, get, post};
use clinical::course::booking::{CalendarEvent, DayBook, Place, Visit, day_id};
use clinical::course::message::Outgoing;
use clinical::course::screening::person::{Product, Route};
use clinical::course::session::{Command, Stage};
use clinical::leaflet::Language;
use clinical::patient::{Channel, Contacts, Patient, PatientEvent};
use clinical::record::{CommandId, PatientId, SessionId};
use jiff::tz::TimeZone;
use server::clock::Hand;
use server::journey::{Change, change, read};
use server::preparation::follow_the_book;
use server::web::respond::Refused;
use store::{CourseRow, CourseSearch};
use units::{Moment, Span};
use uuid::Uuid;

/// 20 November 2026, 09:00 UTC.
const BEGAN: Moment = Moment::from_microseconds(1_795_165_200_000_000);
/// The same day, 13:00 UTC.
const STARTS: Moment = Moment::from_microseconds(1_795_179_600_000_000);

struct Clinic {
    house: House,
    hand: Hand,
    rosa: PatientId,
    visit: SessionId,
}

/// A clinic in which Rosa has an order for 13:00 today.
fn clinic(language: Language) -> Clinic {
    let (house, hand) = House::telling(TimeZone::UTC, BEGAN);
    let rosa = house.register("0042-118", BEGAN);
    let contacts = Contacts {
        email: Some("rosa@example.org".to_owned()),
        channels: vec![Channel::Email],
        ..Contacts::unknown(language)
    };
    let event = PatientEvent::ContactsRecorded {
        contacts,
        at: BEGAN,
        by: "Frank Adeyemi".to_owned(),
    };
    let wanted = wish(rosa.0, Some(rosa));
    let done = change(house.application(), wanted, |_: &Patient, _| {
        Ok::<_, Refused>(vec![event.clone()])
    });
    house.wait_for(done).unwrap();
    let visit = SessionId(Uuid::now_v7());
    let plan = Command::PlanSession {
        patient: rosa,
        room: "1".to_owned(),
        planned_for: STARTS,
        earlier_sessions: 1,
        order: order(),
        rules: Vec::new(),
    };
    house.tell(visit, BEGAN, plan).unwrap();
    house
        .wait_for(follow_the_book(house.application()))
        .unwrap();
    Clinic {
        house,
        hand,
        rosa,
        visit,
    }
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
    /// Rosa's cookie, through the door.
    fn enter(&self) -> String {
        self.house.through_the_door(self.rosa, "/my/preparation")
    }

    fn page(&self, path: &str, cookie: &str) -> Answer {
        let mut connection = Connection::open(self.house.http()).unwrap();
        let headers = [("cookie", cookie), ("accept", "text/html")];
        connection.send(&get(path, &headers)).unwrap()
    }

    /// Sends a question's form.
    fn say(&self, question: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let (_, secret) = cookie.split_once('=').unwrap();
        let csrf = hex::encode(server::identity::digest(&format!("form {secret}")));
        let command = Uuid::new_v4().to_string();
        let mut all = vec![("csrf", csrf.as_str()), ("command_id", command.as_str())];
        all.extend_from_slice(fields);
        let path = format!("/my/preparation/{question}");
        let headers = [("cookie", cookie), ("accept", "text/html")];
        let mut connection = Connection::open(self.house.http()).unwrap();
        connection.send(&post(&path, &headers, &all)).unwrap()
    }

    fn messages(&self) -> Vec<CourseRow> {
        let application = self.house.application();
        let search = CourseSearch {
            part: "message".to_owned(),
            count: 100,
            ..CourseSearch::default()
        };
        self.house
            .wait_for(application.store.course_rows(application.tenant, &search))
            .unwrap()
    }

    fn book(&self, events: Vec<CalendarEvent>) {
        let day = day_id("2026-11-27".parse().unwrap());
        let done = change(
            self.house.application(),
            wish(day, None),
            |_: &DayBook, _| Ok::<_, Refused>(events.clone()),
        );
        self.house.wait_for(done).unwrap();
        self.follow();
    }

    fn follow(&self) {
        let follow = follow_the_book(self.house.application());
        self.house.wait_for(follow).unwrap();
    }
}

#[test]
fn a_late_breakfast_is_read_back_as_the_time_from_which_it_can_begin() {
    // Hazard: H24
    let clinic = clinic(Language::English);
    let cookie = clinic.enter();
    let first = clinic.page("/my/preparation", &cookie).text();
    assert!(first.contains("Friday 20 November, 13:00"), "{first}");
    // Six hours before 13:00, and two.
    assert!(first.contains("Friday 20 November, 07:00"));
    assert!(first.contains("Friday 20 November, 11:00"));
    assert!(!first.contains("can begin"));
    for (question, fields) in [
        ("fatty-food", vec![("day", "none")]),
        ("food", vec![("day", "today"), ("time", "07:40")]),
        ("drinks", vec![("day", "today"), ("time", "08:50")]),
    ] {
        let answer = clinic.say(question, &cookie, &fields);
        assert_eq!(answer.status, 303, "{question}: {}", answer.text());
    }
    let after = clinic.page("/my/preparation", &cookie).text();
    assert!(
        after.contains("your session can begin from 13:40"),
        "{after}"
    );
}

#[test]
fn in_spanish_too_and_not_sure_is_an_answer_that_promises_nothing() {
    // Hazard: H24
    let clinic = clinic(Language::Spanish);
    let cookie = clinic.enter();
    for question in ["fatty-food", "food", "drinks"] {
        let answer = clinic.say(question, &cookie, &[("day", "not-sure")]);
        assert_eq!(answer.status, 303);
    }
    let page = clinic.page("/my/preparation", &cookie).text();
    assert!(page.contains("viernes 20 de noviembre, 13:00"), "{page}");
    assert!(!page.contains("su sesión puede empezar"));
}

#[test]
fn a_time_that_has_not_come_or_is_none_is_asked_about_in_words_and_nothing_is_saved() {
    let clinic = clinic(Language::English);
    let cookie = clinic.enter();
    for (time, says) in [
        ("23:59", "has not come yet"),
        ("25:00", "like 07:40"),
        ("", "like 07:40"),
    ] {
        let answer = clinic.say("food", &cookie, &[("day", "today"), ("time", time)]);
        assert_eq!(answer.status, 422, "{time}");
        assert!(answer.text().contains(says), "{time}");
    }
    let kept = server::preparation::of(clinic.house.application(), clinic.visit);
    let kept = clinic.house.wait_for(kept).unwrap();
    assert_eq!(kept.state.answered_at, None);
}

#[test]
fn a_booked_visit_has_two_reminders_and_moving_it_withdraws_the_old_ones() {
    let clinic = clinic(Language::English);
    let starts = Moment::parse("2026-11-27T10:00:00Z").unwrap();
    let visit = Visit {
        visit: SessionId(Uuid::now_v7()),
        patient: clinic.rosa,
        place: Place {
            room: "1".to_owned(),
            chair: 1,
        },
        product: Product::Esketamine,
        route: Route::Intranasal,
        starts,
        treatment: Span::from_minutes(45),
        recovery: Span::from_minutes(120),
    };
    clinic.book(vec![CalendarEvent::VisitBooked {
        visit: visit.clone(),
    }]);
    clinic.follow();
    let due = |state: &str| {
        let rows = clinic.messages().into_iter();
        rows.filter(|row| row.state == state)
            .filter_map(|row| row.due)
            .collect::<Vec<_>>()
    };
    let day = Span::from_hours(24);
    assert_eq!(
        due("waiting"),
        [starts - Span::from_hours(72), starts - day]
    );
    let moved = Moment::parse("2026-11-27T06:00:00Z").unwrap();
    clinic.book(vec![CalendarEvent::VisitMoved {
        visit: visit.visit,
        place: visit.place.clone(),
        starts: moved,
        reason: String::new(),
    }]);
    assert_eq!(due("withdrawn").len(), 2);
    // 06:00 is outside of the hours: the evening before, at 19:00, is the last time.
    let evening = Moment::parse("2026-11-25T19:00:00Z").unwrap();
    assert_eq!(due("waiting").last(), Some(&evening));
    clinic.book(vec![CalendarEvent::VisitCancelled {
        visit: visit.visit,
        reason: "asked to".to_owned(),
    }]);
    assert_eq!(due("waiting"), []);
}

#[test]
fn the_list_of_the_day_says_stop_with_its_reasons_and_the_front_desk_reads_nobodys_health() {
    // Hazard: H45
    let clinic = clinic(Language::English);
    let cookie = clinic.enter();
    clinic.say("safety", &cookie, &[("said", "yes")]);
    clinic.say("way-home", &cookie, &[("nobody", "none")]);
    let nurse = clinic
        .house
        .person("nurse")
        .page("/ready?day=2026-11-20")
        .text();
    assert!(
        nurse.contains("QUILL, Rosa") && nurse.contains("Stop"),
        "{nurse}"
    );
    assert!(nurse.contains("Nobody takes them home"));
    assert!(nurse.contains("thoughts of not living"));
    let desk = clinic
        .house
        .person("front-desk")
        .page("/ready?day=2026-11-20")
        .text();
    assert!(desk.contains("Nobody takes them home"));
    assert!(!desk.contains("thoughts of not living"));
}

#[test]
fn the_desk_sends_a_reminder_again_and_sees_that_it_did_not_arrive() {
    let clinic = clinic(Language::English);
    let mut desk = clinic.house.person("front-desk");
    let (csrf, command) = (desk.csrf(), Uuid::new_v4().to_string());
    let path = format!("/ready/{}/remind", clinic.visit);
    let fields = [
        ("csrf", csrf.as_str()),
        ("command_id", &command),
        ("day", "2026-11-20"),
    ];
    for _ in 0..2 {
        assert_eq!(desk.post(&path, &[], &fields).status, 303);
    }
    assert_eq!(clinic.messages().len(), 1);
    let send = server::messages::send_due(clinic.house.application());
    clinic.house.wait_for(send).unwrap();
    let page = desk.page("/ready?day=2026-11-20").text();
    assert!(page.contains("no mail server is set up"), "{page}");
    let id = clinic.messages()[0].id;
    let sent = read::<Outgoing>(clinic.house.application(), id);
    let message = clinic.house.wait_for(sent).unwrap().state.message.unwrap();
    assert!(!message.text.to_lowercase().contains("ketamin"));
}

#[test]
fn at_the_door_one_form_checks_in_and_the_session_has_what_its_gate_needs() {
    // Hazard: H25
    let clinic = clinic(Language::English);
    let cookie = clinic.enter();
    clinic.say("food", &cookie, &[("day", "today"), ("time", "06:30")]);
    clinic.hand.advance_to(STARTS - Span::from_minutes(20));
    let mut nurse = clinic.house.person("nurse");
    let path = format!("/visits/{}/check-in", clinic.visit);
    let page = nurse.page(&path).text();
    // Prefilled from the phone.
    assert!(page.contains("value=\"06:30\""), "{page}");
    let (csrf, command) = (nurse.csrf(), Uuid::new_v4().to_string());
    let mut fields = vec![
        ("csrf", csrf.as_str()),
        ("command_id", &command),
        ("identifier", "full-name"),
        ("heavy_meal", "none"),
        ("light_meal", "at"),
        ("light_meal_time", "06:30"),
        ("clear_liquid", "at"),
        ("clear_liquid_time", "10:00"),
        ("name", "Sam Lee"),
        ("phone", "01 234 568"),
        ("ride", "companion-drives"),
        ("systolic", "152"),
        ("diastolic", "84"),
    ];
    let one = nurse.post(&path, &[], &fields);
    assert_eq!(one.status, 409, "one identifier is not enough");
    assert_eq!(clinic.house.session(clinic.visit).stage, Stage::Planned);
    fields.push(("identifier", "birth-date"));
    for _ in 0..2 {
        let done = nurse.post(&path, &[], &fields);
        assert_eq!(done.status, 303, "{}", done.text());
    }
    let session = clinic.house.session(clinic.visit);
    assert_eq!(session.stage, Stage::Preparation);
    assert!(session.identity_confirmed);
    assert_eq!(session.escort.as_deref(), Some("Sam Lee, 01 234 568"));
    assert_eq!(session.vital_signs().len(), 1);
    // Above 140: ten minutes of rest, and again. Source: clinical reference 1.5.
    let after = nurse.page(&path).text();
    assert!(after.contains("measure again at 12:50"), "{after}");
}

#[test]
fn medicines_are_decided_by_a_prescriber_and_by_nobody_else() {
    let clinic = clinic(Language::English);
    let path = format!("/visits/{}/medicines", clinic.visit);
    for (role, status) in [("nurse", 409), ("prescriber", 303)] {
        let mut person = clinic.house.person(role);
        let (csrf, command) = (person.csrf(), Uuid::new_v4().to_string());
        let fields = [
            ("csrf", csrf.as_str()),
            ("command_id", command.as_str()),
            ("medicines", "Sertraline: take\nZolpidem: hold 12"),
        ];
        let answer = person.post(&path, &[], &fields);
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    let cookie = clinic.enter();
    let page = clinic.page("/my/preparation", &cookie).text();
    assert!(page.contains("From now on no Zolpidem"), "{page}");
    assert!(page.contains("Do not stop a medicine on your own"));
}

#[test]
fn what_lists_show_is_the_same_after_it_is_made_again_from_the_record() {
    let clinic = clinic(Language::English);
    let cookie = clinic.enter();
    clinic.say("illness", &cookie, &[("said", "no")]);
    clinic.say("ill", &cookie, &[("said", "no")]);
    let application = clinic.house.application();
    let digest = || {
        let digest = application.store.projection_digest(application.tenant);
        clinic.house.wait_for(digest).unwrap()
    };
    let before = digest();
    let rebuilt = server::projection::rebuild(application);
    clinic.house.wait_for(rebuilt).unwrap();
    assert_eq!(before, digest());
}

/// The prescriber's list of medicines, for a clinic with a visit today.
fn settle(clinic: &Clinic, medicines: &str) {
    let mut prescriber = clinic.house.person("prescriber");
    let (csrf, command) = (prescriber.csrf(), Uuid::new_v4().to_string());
    let fields = [
        ("csrf", csrf.as_str()),
        ("command_id", command.as_str()),
        ("medicines", medicines),
    ];
    let path = format!("/visits/{}/medicines", clinic.visit);
    assert_eq!(prescriber.post(&path, &[], &fields).status, 303);
}

#[test]
fn a_sleeping_pill_that_was_to_be_left_out_and_was_taken_is_a_prescribers_before_the_visit() {
    // Hazard: H24
    let clinic = clinic(Language::English);
    settle(&clinic, "Sertraline: take\nZolpidem: hold 12");
    let cookie = clinic.enter();
    let overview = clinic.page("/my/preparation", &cookie).text();
    assert!(
        overview.contains("/my/preparation/medicine/2"),
        "{overview}"
    );
    let page = clinic.page("/my/preparation/medicine/2", &cookie).text();
    // Twelve hours before 13:00 today.
    assert!(
        page.contains("Have you taken Zolpidem since Friday 20 November, 01:00?"),
        "{page}"
    );
    let nothing = clinic.say("medicine/2", &cookie, &[("medicine", "Zolpidem")]);
    assert_eq!(nothing.status, 422, "an answer is not chosen for anybody");
    let gone = [("medicine", "Lithium"), ("said", "yes")];
    let gone = clinic.say("medicine/2", &cookie, &gone);
    assert_eq!(gone.status, 409, "{}", gone.text());
    assert!(gone.text().contains("list of medicines was changed"));

    let list = |role: &str| {
        clinic
            .house
            .person(role)
            .page("/ready?day=2026-11-20")
            .text()
            .to_string()
    };
    assert!(list("nurse").contains("Whether it was taken is not known: Sertraline; Zolpidem"));
    for (place, name) in [("medicine/1", "Sertraline"), ("medicine/2", "Zolpidem")] {
        let said = [("medicine", name), ("said", "yes")];
        let saved = clinic.say(place, &cookie, &said);
        assert_eq!(saved.status, 303, "{}", saved.text());
    }
    let overview = clinic.page("/my/preparation", &cookie).text();
    assert!(
        overview.contains("Please call the clinic before you come"),
        "{overview}"
    );
    let nurse = list("nurse");
    assert!(
        nurse.contains("Zolpidem was to be left out for 12 hours and was taken"),
        "{nurse}"
    );
    // Hazard: H45
    assert!(!list("front-desk").contains("Zolpidem"));
    let door = clinic
        .house
        .person("nurse")
        .page(&format!("/visits/{}/check-in", clinic.visit))
        .text()
        .to_string();
    assert!(door.contains("Zolpidem was to be left out for 12 hours and was taken"));
    assert!(door.contains("name=\"taken_1\" value=\"yes\" checked"));

    // The prescriber speaks with her and decides anew: nothing differs any more.
    settle(&clinic, "Sertraline: take\nZolpidem: take");
    assert!(!list("nurse").contains("Not as decided"));
}

#[test]
fn in_spanish_a_person_who_is_not_sure_says_so_and_it_is_still_open_at_the_door() {
    // Hazard: H24, H47
    let clinic = clinic(Language::Spanish);
    settle(&clinic, "Zolpidem: hold 12");
    let cookie = clinic.enter();
    let page = clinic.page("/my/preparation/medicine/1", &cookie).text();
    assert!(page.contains("¿Ha tomado Zolpidem desde el viernes 20 de noviembre, 01:00?"));
    let said = [("medicine", "Zolpidem"), ("said", "not-sure")];
    assert_eq!(clinic.say("medicine/1", &cookie, &said).status, 303);
    let mut nurse = clinic.house.person("nurse");
    let path = format!("/visits/{}/check-in", clinic.visit);
    let door = nurse.page(&path).text().to_string();
    assert!(door.contains("Whether it was taken is not known: Zolpidem"));
    let (csrf, command) = (nurse.csrf(), Uuid::new_v4().to_string());
    let fields = [
        ("csrf", csrf.as_str()),
        ("command_id", &command),
        ("identifier", "full-name"),
        ("identifier", "birth-date"),
        ("heavy_meal", "none"),
        ("light_meal", "none"),
        ("clear_liquid", "none"),
        ("medicine_0", "Zolpidem"),
        ("taken_0", "no"),
    ];
    let done = nurse.post(&path, &[], &fields);
    assert_eq!(done.status, 303, "{}", done.text());
    let door = nurse.page(&path).text().to_string();
    assert!(!door.contains("Whether it was taken"), "asked at the door");
}

#[test]
fn days_before_whoever_has_nobody_to_go_with_reads_that_it_cannot_begin_and_where_to_name_somebody()
{
    // Hazard: H24, H39
    for (language, says) in [
        (
            Language::English,
            "Without an adult who does, your session cannot begin",
        ),
        (
            Language::Spanish,
            "Sin una persona adulta que lo haga, su sesión no puede empezar",
        ),
    ] {
        let clinic = clinic(language);
        let cookie = clinic.enter();
        let before = clinic.page("/my/preparation", &cookie).text();
        assert!(!before.contains(says), "nothing was asked yet");
        clinic.say("way-home", &cookie, &[("nobody", "none")]);
        let page = clinic.page("/my/preparation", &cookie).text();
        assert!(page.contains(says), "{page}");
        assert!(page.contains("href=\"/my/preparation/way-home\""));
        let again = clinic.page("/my/preparation/way-home", &cookie).text();
        assert!(again.contains("value=\"none\" checked"), "{again}");
        let named = [
            ("name", "Sam Lee"),
            ("phone", "01 234 568"),
            ("ride", "together"),
        ];
        // A name beside “nobody” is asked about, and stays.
        let both = [&named[..], &[("nobody", "none")]].concat();
        let asked = clinic.say("way-home", &cookie, &both);
        assert_eq!(asked.status, 422);
        assert!(asked.text().contains("value=\"Sam Lee\""));
        let somebody = [&named[..], &[("nobody", "somebody")]].concat();
        assert_eq!(clinic.say("way-home", &cookie, &somebody).status, 303);
        let page = clinic.page("/my/preparation", &cookie).text();
        assert!(!page.contains(says), "{page}");
    }
}

#[test]
fn thoughts_of_not_living_lead_to_what_to_do_now_and_stand_first_until_somebody_has_called() {
    // Hazard: H40
    let clinic = clinic(Language::English);
    let cookie = clinic.enter();
    let answer = clinic.say("safety", &cookie, &[("said", "yes")]);
    assert_eq!(
        answer.header("location"),
        Some("/my/history/help?after=preparation")
    );
    let help = clinic
        .page("/my/history/help?after=preparation", &cookie)
        .text();
    assert!(help.contains("href=\"/my/preparation\""), "{help}");
    let mut prescriber = clinic.house.person("prescriber");
    let list = prescriber.page("/review").text();
    assert!(
        list.contains("Before a visit: thoughts of not living"),
        "{list}"
    );
    let page = clinic.page("/my/preparation", &cookie).text();
    assert!(page.contains("You are not alone with this"), "{page}");
}

#[test]
fn at_the_door_a_weight_is_asked_back_when_it_looks_like_pounds_and_nothing_typed_is_lost() {
    // Hazard: H18
    let clinic = clinic(Language::English);
    clinic.hand.advance_to(STARTS - Span::from_minutes(20));
    let mut nurse = clinic.house.person("nurse");
    let path = format!("/visits/{}/check-in", clinic.visit);
    let csrf = nurse.csrf();
    let arrives = |weight: &'static str, right: &'static str| {
        vec![
            ("identifier", "full-name"),
            ("identifier", "birth-date"),
            ("heavy_meal", "none"),
            ("light_meal", "none"),
            ("clear_liquid", "at"),
            ("clear_liquid_time", "10:15"),
            ("name", "Sam Lee"),
            ("phone", "01 234 568"),
            ("ride", "together"),
            ("note", "lenses out"),
            ("systolic", "118"),
            ("diastolic", "74"),
            ("weight", weight),
            ("weight:right", right),
        ]
    };
    let mut send = |fields: Vec<(&'static str, &'static str)>| {
        let command = Uuid::new_v4().to_string();
        let mut all = vec![("csrf", csrf.as_str()), ("command_id", command.as_str())];
        all.extend(fields);
        nurse.post(&path, &[("accept", "text/html")], &all)
    };
    // 140 kg without a height: more than 115, and 140 lb is 63.5 kg.
    let asked = send(arrives("140", ""));
    assert_eq!(asked.status, 422, "{}", asked.text());
    let page = asked.text();
    for kept in [
        "looks like pounds",
        "value=\"10:15\"",
        "lenses out",
        "value=\"118\"",
        "birth-date\" checked",
        "140 kg is right",
    ] {
        assert!(page.contains(kept), "{kept}: {page}");
    }
    assert_eq!(clinic.house.session(clinic.visit).stage, Stage::Planned);
    assert_eq!(send(arrives("140", "140")).status, 303);
    let kept = clinic
        .house
        .wait_for(server::history::read(
            clinic.house.application(),
            clinic.rosa,
        ))
        .unwrap();
    let weight = kept.state.said(&clinical::course::intake::Item::Weight);
    assert!(format!("{weight:?}").contains("140"), "{weight:?}");
    let page = nurse.page(&path).text();
    assert!(!page.contains("No weight is recorded"), "{page}");
}

#[test]
fn a_prescriber_is_offered_the_medicines_of_the_history_with_what_is_usual_for_each_class() {
    // Witness: clinical reference 2.3: antidepressants as usual, hypnotics not within 12 hours,
    // benzodiazepines are the prescriber's.
    use clinical::course::intake::{Command as Say, Item, Said, TakenMedicine, Through};
    use clinical::course::screening::medicine::{Medicine, Use};
    let clinic = clinic(Language::Spanish);
    let list =
        ["Sertraline", "Zolpidem", "Lorazepam", "Grandmother's drops"].map(|words| TakenMedicine {
            medicine: Medicine {
                words: words.to_owned(),
                codes: Vec::new(),
                status: Use::Current,
                last_taken: None,
                milligrams_per_day: None,
                morphine_equivalent: None,
                review: None,
            },
            how: String::new(),
        });
    let speaker = server::history::Speaker {
        actor: nurse(),
        through: Through::Staff,
        language: Language::English,
    };
    let told = server::history::change(
        clinic.house.application(),
        CommandId(Uuid::now_v7()),
        &speaker,
        clinic.rosa,
        "list".to_owned(),
        |_| {
            let answer = Said::Medicines {
                list: list.to_vec(),
                whole: true,
            };
            vec![Say::Say {
                item: Item::Medicines,
                answer,
            }]
        },
    );
    clinic.house.wait_for(told).unwrap();
    let mut prescriber = clinic.house.person("prescriber");
    let page = prescriber
        .page(&format!("/visits/{}/check-in", clinic.visit))
        .text();
    let offered =
        "Sertraline: take\nZolpidem: hold 12\nLorazepam: ask\nGrandmother&#39;s drops: ask";
    assert!(page.contains(offered), "{page}");
    settle(&clinic, "Sertraline: take\nZolpidem: hold 12");
    let cookie = clinic.enter();
    let own = clinic.page("/my/preparation", &cookie).text();
    assert!(
        own.contains("Su médico acordó que no lo tome en las 12 horas"),
        "{own}"
    );
}

#[test]
fn whoever_says_no_by_their_link_stops_the_visit_until_somebody_else_is_named() {
    // Hazard: H39
    let clinic = clinic(Language::English);
    let cookie = clinic.enter();
    let page = clinic.page("/my/preparation/way-home", &cookie).text();
    assert!(
        !page.contains("name=\"ask_them\""),
        "no text message leaves this house, and none is offered"
    );
    let maria = [
        ("name", "Maria Costa"),
        ("phone", "+57 300 7654321"),
        ("ride", "together"),
        ("nobody", "somebody"),
        ("ask_them", "yes"),
    ];
    let saved = clinic.say("way-home", &cookie, &maria);
    assert_eq!(saved.status, 303, "{}", saved.text());
    let application = clinic.house.application();
    let asks = || {
        let asks = server::escort::of(application, clinic.visit);
        clinic.house.wait_for(asks).unwrap().state
    };
    let ask = asks().current().expect("Maria is asked").clone();
    assert_eq!(ask.escort.says(), "Maria Costa, +57 300 7654321");
    let ready = || {
        let mut nurse = clinic.house.person("nurse");
        nurse.page("/ready?day=2026-11-20").text()
    };
    assert!(ready().contains("They were asked by a link, and have not answered."));
    let own = |page: &str| clinic.page(page, &cookie).text();
    assert!(own("/my/preparation/way-home").contains("have not answered yet"));

    // It could not be sent, and the list does not say that a message to Rosa failed.
    let sent = server::messages::send_due(application);
    clinic.house.wait_for(sent).unwrap();
    assert!(
        ready().contains("Whoever takes QUILL, Rosa home"),
        "{}",
        ready()
    );

    let link = server::escort::link(application, clinic.visit, ask.id);
    let link = clinic.house.wait_for(link).unwrap();
    let (_, path) = link.split_once("/escort/").unwrap();
    let path = format!("/escort/{path}");
    let say = |cookie: &str, fields: &[(&str, &str)]| {
        let command = Uuid::new_v4().to_string();
        let mut all = vec![("command_id", command.as_str())];
        all.extend_from_slice(fields);
        let headers = [("cookie", cookie), ("accept", "text/html")];
        clinic.house.anyone(&post(&path, &headers, &all))
    };
    let inside = say("", &[("whose", "Quill")]);
    let marias = inside.header("set-cookie").unwrap().split(';').next();
    let marias = marias.unwrap().to_owned();
    assert_eq!(say(&marias, &[("comes", "no")]).status, 303);

    let list = ready();
    assert!(list.contains("Maria Costa said by their link that they cannot come."));
    assert!(list.contains("Ask who takes them home instead"), "{list}");
    assert!(own("/my/preparation/way-home").contains("They said that they cannot come"));
    assert!(own("/my/preparation").contains("Whoever you named cannot come"));

    // The front desk asks somebody else: whoever is asked is who is named.
    let mut desk = clinic.house.person("front-desk");
    let (csrf, command) = (desk.csrf(), Uuid::new_v4().to_string());
    let bruno = [
        ("csrf", csrf.as_str()),
        ("command_id", command.as_str()),
        ("name", "Bruno Costa"),
        ("phone", "+57 300 1112223"),
        ("ride", "companion-drives"),
        ("way", "shown"),
        ("agreed", "yes"),
        ("language", "en"),
    ];
    let path = format!("/visits/{}/escort", clinic.visit);
    assert_eq!(desk.post(&path, &[], &bruno).status, 303);
    let list = ready();
    assert!(!list.contains("cannot come"), "{list}");
    assert!(
        list.contains("Bruno Costa, +57 300 1112223 takes them home."),
        "{list}"
    );
    // Sent twice, the form asks once.
    assert_eq!(desk.post(&path, &[], &bruno).status, 303);
    assert_eq!(asks().asks.len(), 2);

    // A visit that is called off has no link any more.
    let link = server::escort::link(application, clinic.visit, asks().current().unwrap().id);
    let link = clinic.house.wait_for(link).unwrap();
    let (_, path) = link.split_once("/escort/").unwrap();
    let path = format!("/escort/{path}");
    assert_eq!(clinic.page(&path, "").status, 200);
    let cancel = Command::CancelSession {
        reason: "ill".to_owned(),
    };
    clinic.house.tell(clinic.visit, BEGAN, cancel).unwrap();
    assert_eq!(clinic.page(&path, "").status, 410);
}
