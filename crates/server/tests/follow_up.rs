//! After a session, over real sockets: the contact, the answer on the phone, a warning sign that
//! nobody reads, with the provider down, until somebody has it in hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person, nurse};
use crate::post::text_service;
use crate::stranger::http::{Answer, Connection, get, post as sent};
use clinical::clinic::{ClinicEvent, ClockTime, Duty, DutyPerson, Hours, Weekday};
use clinical::course::follow_up::{ContactStanding, Ended, FollowUpRules, plan};
use clinical::course::screening::person::Product;
use clinical::leaflet::Language;
use clinical::patient::{Channel, Contacts, Patient, PatientEvent, WritingHours};
use clinical::policy::{Quantity, Unit};
use clinical::record::{CommandId, PatientId, SessionId, StaffId};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use server::clock::{Clock, Hand};
use server::follow_up::{FOLLOW_UP, Watch, keep, of, watch};
use server::journey::{Change, change};
use server::messages::{TextMessageService, hours, send_due};
use server::web::respond::Refused;
use std::collections::BTreeSet;
use store::CourseSearch;
use units::{Moment, Span};
use uuid::Uuid;

/// 20 November 2026, 09:00 UTC, a Friday.
const BEGAN: Moment = Moment::from_microseconds(1_795_165_200_000_000);

struct Clinic {
    house: House,
    hand: Hand,
    rosa: PatientId,
    session: SessionId,
}

/// A clinic in which Rosa has just gone home, with a service for text messages or none.
fn clinic(text: Option<String>) -> Clinic {
    let (clock, hand) = Clock::starting_at(BEGAN);
    let house = House::staffed(|configuration| {
        configuration.clock = clock;
        configuration.phone = "01 234 567".to_owned();
        configuration.text_messages =
            text.map(|url| TextMessageService::new(url, "a-long-secret".to_owned()).unwrap());
    });
    let (rosa, session) = house.ready_session("0042-118", "1");
    let contacts = Contacts {
        mobile: Some("+57 300 1234567".to_owned()),
        channels: vec![Channel::TextMessage],
        ..Contacts::unknown(Language::English)
    };
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
    house.runs_and_goes_home(&hand, session);
    Clinic {
        house,
        hand,
        rosa,
        session,
    }
}

impl Clinic {
    fn later(&self, span: Span) {
        self.hand.advance(span);
        self.house.wait_for(keep(self.house.application())).unwrap();
    }

    fn state(&self) -> clinical::course::follow_up::FollowUp {
        let kept = self.house.wait_for(of(self.house.application(), self.rosa));
        kept.unwrap().state
    }

    /// Rosa's cookie, through the door.
    fn enter(&self) -> String {
        self.house.through_the_door(self.rosa, "/my/follow-up")
    }

    fn page(&self, path: &str, cookie: &str) -> Answer {
        let mut connection = Connection::open(self.house.http()).unwrap();
        let headers = [("cookie", cookie), ("accept", "text/html")];
        connection.send(&get(path, &headers)).unwrap()
    }

    fn say(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let (_, secret) = cookie.split_once('=').unwrap();
        let csrf = hex::encode(server::identity::digest(&format!("form {secret}")));
        let id = Uuid::now_v7().to_string();
        let mut all = vec![("csrf", csrf.as_str()), ("command_id", id.as_str())];
        all.extend_from_slice(fields);
        let mut connection = Connection::open(self.house.http()).unwrap();
        connection
            .send(&sent(path, &[("cookie", cookie)], &all))
            .unwrap()
    }

    /// Two people on duty, who watch from 8 to 18 on weekdays.
    fn set_duty(&self) {
        let hours = Hours::new(
            ClockTime::new(8, 0).unwrap(),
            ClockTime::new(18, 0).unwrap(),
        );
        let person = |number: u128, name: &str| DutyPerson {
            staff: StaffId(Uuid::from_u128(number)),
            name: name.to_owned(),
            email: None,
            mobile: Some(format!("+57 300 000000{number}")),
        };
        let duty = Duty {
            people: vec![person(1, "Dana Reyes"), person(2, "Dr Lee")],
            hours: Weekday::ALL[..5]
                .iter()
                .map(|day| (*day, vec![hours.unwrap()]))
                .collect(),
        };
        let event = ClinicEvent::DutySet {
            duty,
            by: "Dr Lee".to_owned(),
            at: BEGAN,
        };
        self.house.of_the_clinic(vec![event]);
    }
}

/// Sends a form of staff with a number of its own.
fn act(who: &mut Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    let id = Uuid::now_v7().to_string();
    let mut all = vec![("command_id", id.as_str())];
    all.extend_from_slice(fields);
    who.send(path, &all)
}

#[test]
fn going_home_plans_the_contacts_and_an_answer_on_the_phone_ends_the_asking() {
    let clinic = clinic(None);
    // Witness: the drug ended at 09:30; clinical reference 7.3, by hand, in the hours 8 to 20.
    let due: Vec<String> = clinic
        .state()
        .in_order()
        .iter()
        .map(|one| one.due.to_string())
        .collect();
    assert_eq!(
        due,
        [
            "2026-11-20T13:30:00.000000Z",
            "2026-11-21T09:30:00.000000Z",
            "2026-11-23T09:30:00.000000Z",
            "2026-11-27T09:30:00.000000Z"
        ]
    );
    clinic.later(Span::from_hours(4));
    assert!(clinic.state().silent_at().is_some());
    let cookie = clinic.enter();
    let form = clinic.page("/my/follow-up", &cookie).text();
    assert!(
        form.contains("How are you?") && form.contains("Feeling sick"),
        "{form}"
    );
    let empty = clinic.say("/my/follow-up", &cookie, &[]);
    assert_eq!(empty.status, 422);
    let answer = clinic.say(
        "/my/follow-up",
        &cookie,
        &[
            ("mood", "better"),
            ("effect", "nausea"),
            ("effect", "headache"),
        ],
    );
    assert_eq!(answer.header("location"), Some("/my/follow-up/effects"));
    let state = clinic.state();
    assert_eq!(state.silent_at(), None);
    let report = state.reports[0].said.report.to_string();
    let more = clinic.say(
        "/my/follow-up/effects",
        &cookie,
        &[
            ("report", report.as_str()),
            ("effect", "nausea"),
            ("effect", "headache"),
            ("severity-nausea", "moderate"),
            ("began-nausea", "session"),
            ("lasted-nausea", "hours"),
            ("helped-nausea", "ginger tea"),
        ],
    );
    assert_eq!(more.header("location"), Some("/my/follow-up/thanks"));
    assert_eq!(clinic.state().reports[0].details.len(), 1);
    let mut nurse = clinic.house.person("nurse");
    let list = nurse.page("/follow-up").text();
    assert!(
        list.contains("Better than before") && list.contains("Feeling sick"),
        "{list}"
    );
    let person = nurse
        .page(&format!("/patients/{}/follow-up", clinic.rosa))
        .text();
    assert!(person.contains("what helped: ginger tea"), "{person}");
}

#[test]
fn whoever_is_silent_is_asked_again_and_stands_on_the_list_to_be_called() {
    let clinic = clinic(None);
    clinic.later(Span::from_hours(4));
    clinic.later(Span::from_hours(12));
    clinic.later(Span::from_hours(25));
    let mut nurse = clinic.house.person("nurse");
    let list = nurse.page("/follow-up").text();
    let silent = list.split("Silent: please call").nth(1).unwrap();
    assert!(silent.contains("no answer"), "{list}");
    let made = clinic
        .state()
        .contacts
        .values()
        .filter(|one| matches!(one.standing, ContactStanding::Made { .. }))
        .count();
    assert_eq!(made, 1);
    let patient = clinic.rosa.to_string();
    let path = format!("/patients/{patient}/follow-up");
    let fields = [
        ("patient", patient.as_str()),
        ("what", "called"),
        ("reached", "yes"),
        ("words", "She is well."),
    ];
    assert_eq!(act(&mut nurse, &path, &fields).status, 303);
    assert_eq!(clinic.state().silent_at(), None);
}

#[test]
fn a_warning_sign_is_told_again_while_the_provider_is_down_until_somebody_has_it_in_hand() {
    // Hazard: H62
    let (address, posted) = text_service(&[503, 503, 503, 200, 200, 200, 200, 200]);
    let clinic = clinic(Some(format!("http://{address}/")));
    clinic.set_duty();
    let application = clinic.house.application();
    let cookie = clinic.enter();
    let answer = clinic.say(
        "/my/follow-up",
        &cookie,
        &[("sign", "seizure"), ("thoughts", "none")],
    );
    assert_eq!(answer.header("location"), Some("/my/follow-up/now"));
    let now = clinic.page("/my/follow-up/now", &cookie).text();
    assert!(
        now.contains("112, 911 or 999") && now.contains("Dana Reyes is on duty"),
        "{now}"
    );
    assert!(now.contains("Nobody has read it yet"));
    let send = || clinic.house.wait_for(send_due(application)).unwrap();
    // The provider is down; a crash between telling and writing it down is the same step once more.
    clinic.house.wait_for(keep(application)).unwrap();
    send();
    assert_eq!(clinic.state().flags[0].told.len(), 1);
    clinic.later(Span::from_minutes(5));
    send();
    assert_eq!(clinic.state().flags[0].told.len(), 2);
    assert_eq!(clinic.state().flags[0].told[1].1.len(), 2);
    clinic.later(Span::from_minutes(5));
    send();
    clinic.later(Span::from_minutes(5));
    send();
    assert!(clinic.state().flags[0].is_escalating());
    let bodies: Vec<String> = posted.try_iter().map(|one| one.body.to_string()).collect();
    assert!(bodies.iter().any(|body| body.contains("0000001")));
    assert!(bodies.iter().any(|body| body.contains("0000002")));
    for body in &bodies {
        assert!(
            !body.contains("seizure") && !body.contains("Rosa"),
            "{body}"
        );
    }
    // A nurse opens the list, and has it in hand.
    let mut nurse = clinic.house.person("nurse");
    let list = nurse.page("/follow-up").text();
    assert!(
        list.contains("Emergency number now") && list.contains("nobody has it in hand"),
        "{list}"
    );
    let patient = clinic.rosa.to_string();
    let flag = clinic.state().flags[0].flag.to_string();
    let path = format!("/patients/{patient}/follow-up");
    let fields = [
        ("patient", patient.as_str()),
        ("flag", flag.as_str()),
        ("what", "acknowledge"),
        ("words", ""),
    ];
    assert_eq!(act(&mut nurse, &path, &fields).status, 303);
    let rounds = clinic.state().flags[0].told.len();
    clinic.later(Span::from_hours(1));
    assert_eq!(clinic.state().flags[0].told.len(), rounds);
    // The sign-in has ended by itself meanwhile: she comes back by another link.
    let cookie = clinic.enter();
    let now = clinic.page("/my/follow-up/now", &cookie).text();
    assert!(now.contains("has it in hand"), "{now}");
    // Without a word of what was done it stays open.
    let mut settle = fields;
    settle[2] = ("what", "settle");
    assert_eq!(act(&mut nurse, &path, &settle).status, 422);
    settle[3] = ("words", "Ambulance; her sister is with her.");
    assert_eq!(act(&mut nurse, &path, &settle).status, 303);
    assert!(clinic.state().open_flags().is_empty());
}

#[test]
fn the_patient_is_told_truthfully_whether_anybody_watches() {
    // Hazard: H62
    let (address, _posted) = text_service(&[]);
    let clinic = clinic(Some(format!("http://{address}/")));
    let application = clinic.house.application();
    assert_eq!(watch(application, BEGAN).unwrap(), Watch::NoWay);
    clinic.set_duty();
    let name = "Dana Reyes".to_owned();
    assert_eq!(watch(application, BEGAN).unwrap(), Watch::Somebody { name });
    // Friday 18:00, and Monday 08:00.
    let evening = BEGAN + Span::from_hours(9);
    let from = Some(BEGAN + Span::from_hours(71));
    assert_eq!(watch(application, evening).unwrap(), Watch::Nobody { from });
}

#[test]
fn what_stands_in_the_lists_can_be_built_anew() {
    let clinic = clinic(None);
    clinic.later(Span::from_hours(4));
    let application = clinic.house.application();
    let search = CourseSearch {
        part: FOLLOW_UP.to_owned(),
        count: 10,
        ..CourseSearch::default()
    };
    let rows = || {
        let rows = application.store.course_rows(application.tenant, &search);
        clinic.house.wait_for(rows).unwrap()
    };
    let before = rows();
    assert_eq!(before.len(), 1);
    let rebuilt = server::projection::rebuild(application);
    clinic.house.wait_for(rebuilt).unwrap();
    assert_eq!(rows(), before);
}

proptest! {
    #[test]
    fn no_contact_is_skipped_or_repeated_where_the_clocks_change_or_the_person_moves(
        second in 1_767_225_600_i64..1_830_297_600,
        zones in prop::collection::vec(prop::sample::select(vec![
            "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Bogota",
            "Pacific/Apia", "Asia/Kathmandu", "Africa/Casablanca",
        ]), 1..4),
        from in 5..14_u8,
        lasts in 1..10_u8,
        number in 1..10_u32,
        esketamine in any::<bool>(),
    ) {
        let rules = FollowUpRules::shipped().unwrap();
        let writing = WritingHours { from, until: from + lasts };
        let ended = Ended {
            session: SessionId(Uuid::from_u128(1)),
            product: if esketamine { Product::Esketamine } else { Product::Racemic },
            number,
            at: Moment::from_microseconds(second * 1_000_000),
        };
        let mut identities: Option<Vec<Uuid>> = None;
        for name in zones {
            let zone = TimeZone::get(name).unwrap();
            let planned = plan(&ended, &rules, |moment| hours::from(&zone, writing, moment));
            let wanted = rules.contacts(ended.product, ended.number);
            prop_assert_eq!(planned.len(), wanted.len());
            for (one, (kind, after)) in planned.iter().zip(wanted) {
                prop_assert_eq!(one.kind, kind);
                // Never early, never a day late, and inside the person's own hours.
                prop_assert!(one.due >= ended.at + after);
                prop_assert!(one.due <= ended.at + after + Span::from_hours(25));
                let here = one.due.timestamp().to_zoned(zone.clone());
                let hour = u8::try_from(here.hour()).unwrap();
                prop_assert!(hour >= writing.from && hour < writing.until, "{}", here);
            }
            prop_assert!(planned.is_sorted_by_key(|one| one.due));
            let ids: Vec<Uuid> = planned.iter().map(|one| one.id).collect();
            prop_assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
            match &identities {
                None => identities = Some(ids),
                Some(known) => prop_assert_eq!(known, &ids),
            }
        }
    }
}

#[test]
fn nobody_falls_out_of_the_list_of_duty_unsaid_and_what_was_typed_is_kept() {
    // Hazard: H62
    let clinic = clinic(None);
    let mut director = clinic.house.person("medical-director");
    let gone = Uuid::from_u128(99).to_string();
    for (fields, says) in [
        (
            vec![("email-2", "second@clinic.example")],
            "choose who is reached so, in line 2",
        ),
        (
            vec![("staff-1", gone.as_str())],
            "line 1 has no account any more",
        ),
        (
            vec![("from-monday", "08:00")],
            "the hours of Monday need a beginning and a later end",
        ),
        (
            vec![("from-friday", "8 am"), ("until-friday", "18:00")],
            "write the times of Friday like 08:30",
        ),
    ] {
        let answer = act(&mut director, "/follow-up/duty", &fields);
        assert_eq!(answer.status, 422);
        let page = answer.text();
        assert!(page.contains(says), "{says}: {page}");
        for (_, typed) in fields.iter().filter(|(name, _)| !name.starts_with("staff")) {
            assert!(page.contains(&format!("value=\"{typed}\"")), "{typed}");
        }
    }
    assert!(clinic.house.application().clinic().duty.people.is_empty());
}

#[test]
fn what_is_taken_home_says_until_when_on_paper_and_on_the_phone_and_ends_by_itself() {
    // Hazard: H39. Witness: clinical reference 5.4, 24 h and 4 h; the drug ended at 9:30.
    let clinic = clinic(None);
    let sheet = |language: &str| {
        let path = format!(
            "/sessions/{}/going-home?language={language}",
            clinic.session
        );
        clinic.house.person("nurse").page(&path).text()
    };
    let times = [
        "<strong>Fri 20 Nov 2026, 13:30</strong> no strong pain pills",
        "<strong>Sat 21 Nov 2026, 09:30</strong> no alcohol",
        "<strong>Sat 21 Nov 2026, 09:30</strong> and not before a full night of sleep: no driving",
    ];
    let english = sheet("en");
    for expected in times {
        assert!(english.contains(expected), "{expected}");
    }
    assert!(
        english.contains("Sam Lee"),
        "whoever takes them home signs too"
    );
    assert!(english.contains("01 234 567"));
    assert!(sheet("es").contains("<strong>21/11/2026, 09:30</strong> nada de alcohol"));
    let cookie = clinic.enter();
    let home = |cookie: &str| clinic.page("/my", cookie).text();
    assert!(home(&cookie).contains("/my/going-home"));
    let phone = clinic.page("/my/going-home", &cookie).text();
    for expected in times {
        assert!(phone.contains(expected), "{expected}");
    }
    assert!(!phone.contains("Sam Lee"), "nobody signs on a phone");
    // An hour and a minute have passed since the end; the last of it ends after 24 h.
    clinic.hand.advance(Span::from_minutes(22 * 60 + 58));
    let cookie = clinic.enter();
    assert!(home(&cookie).contains("/my/going-home"));
    clinic.hand.advance(Span::from_minutes(2));
    assert!(!home(&cookie).contains("/my/going-home"));
}

#[test]
fn where_the_clinic_forbids_driving_for_two_days_the_phone_says_so_for_two_days() {
    // Hazard: H39. Witness: policies/preparation.toml permits 24 to 48 h; the drug ended at 9:30.
    let clinic = clinic(None);
    let two_days = Quantity {
        value: units::Decimal::from(48),
        unit: Unit::Hours,
    };
    clinic.house.adopts("preparation", "no_driving", two_days);
    // An hour and a minute have passed since the end: on the second day, at 8:30.
    clinic.hand.advance(Span::from_minutes(46 * 60 - 1));
    let cookie = clinic.enter();
    assert!(
        clinic
            .page("/my", &cookie)
            .text()
            .contains("/my/going-home")
    );
    let phone = clinic.page("/my/going-home", &cookie).text();
    let expected = "<strong>Sun 22 Nov 2026, 09:30</strong> and not before a full night of sleep";
    assert!(phone.contains(expected), "{phone}");
}
