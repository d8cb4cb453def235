//! The safety programme over real sockets: the forms that wait, one that is filled, sent and
//! corrected, who is enrolled, and adverse events with what the regulator asks of them.
//!
//! Witness: the demo's story (a session five days ago and one nine days ago), clinical reference 6.1,
//! 6.3 and 6.4; days counted by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person, json, nurse};
use crate::stranger::http::Answer;
use clinical::course::reporting::{Countdown, Forms};
use clinical::course::session::{Command, Correction, Session, VitalSigns};
use clinical::patient::{Patient, PatientEvent};
use clinical::policy::Outcome;
use clinical::record::{CommandId, SessionId};
use clinical::vital_signs::Source;
use server::book::date_of;
use server::command::{Order, execute};
use server::journey;
use std::sync::Arc;
use units::{Moment, Span};
use uuid::Uuid;

struct Clinic {
    house: House,
    nurse: Person,
}

/// The demo as it opens.
fn clinic() -> Clinic {
    let house = House::demo();
    let nurse = house.person("nurse");
    Clinic { house, nurse }
}

/// Sends a form with a number of its own.
fn act(who: &mut Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    let id = Uuid::now_v7().to_string();
    let mut all = vec![("command_id", id.as_str())];
    all.extend_from_slice(fields);
    who.send(path, &all)
}

impl Clinic {
    fn text(&mut self, path: &str) -> String {
        let answer = self.nurse.page(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.text().to_owned()
    }

    /// The session whose link bears this name on the list of forms.
    fn session_of(&mut self, name: &str) -> SessionId {
        let list = self.text("/programme");
        let (before, _) = list.split_once(name).unwrap();
        let (_, link) = before.rsplit_once("/sessions/").unwrap();
        link.split('/').next().unwrap().parse().unwrap()
    }

    fn session(&self, id: SessionId) -> Arc<Session> {
        self.house.session(id)
    }

    /// A form of a session's page, with the person it belongs to.
    fn of(&mut self, id: SessionId, page: &str, fields: &[(&str, &str)]) -> Answer {
        let patient = self.session(id).patient.unwrap().to_string();
        let session = id.to_string();
        let mut all = vec![("session", session.as_str()), ("patient", patient.as_str())];
        all.extend_from_slice(fields);
        act(&mut self.nurse, &format!("/sessions/{id}/{page}"), &all)
    }

    fn charts(&self, session: SessionId, command: Command, at: Option<Moment>) {
        let order = Order {
            command_id: CommandId(Uuid::now_v7()),
            session,
            actor: nurse(),
            command,
            at,
        };
        let done = execute(self.house.application(), order);
        self.house.wait_for(done).unwrap();
    }
}

/// What only a person knows of the demo's open form.
const SAID: [(&str, &str); 12] = [
    ("what", "say"),
    ("value-benzodiazepine", "no"),
    ("value-hypnotic", "no"),
    ("value-psychostimulant", "no"),
    ("value-monoamine-oxidase-inhibitor", "no"),
    ("value-opioid", "no"),
    ("value-acceptable-before", "yes"),
    ("value-acceptable-at-end", "yes"),
    ("value-respiratory-depression", "no"),
    ("value-serious-event", "no"),
    ("value-ready-without-minimum", "95"),
    ("value-sedation-treated", "nothing was needed"),
];

#[test]
fn the_list_says_what_is_due_and_what_was_sent() {
    // Hazard: H67
    let mut clinic = clinic();
    let list = clinic.text("/programme").replace('\u{a0}', " ");
    let (open, sent) = list.split_once("sent-heading").unwrap();
    assert!(open.contains("BERGER, Tessa"), "{open}");
    assert!(open.contains("soon due: 2 days left"), "{open}");
    assert!(open.contains("fields missing"), "{open}");
    assert!(sent.contains("VIRTANEN, Lena") && sent.contains("FX-30417"));
    // Marta Reyes was given two devices a few minutes ago.
    assert!(
        open.contains("REYES, Marta") && open.contains("7 days left"),
        "{open}"
    );
    let board = clinic.text("/board").replace('\u{a0}', " ");
    assert!(board.contains("Programme forms: 2"), "{board}");
}

#[test]
fn a_form_is_filled_from_the_chart_and_sent_when_nothing_is_missing() {
    // Hazard: H67
    let mut clinic = clinic();
    let id = clinic.session_of("BERGER, Tessa");
    let page = clinic
        .text(&format!("/sessions/{id}/programme"))
        .replace('\u{a0}', " ");
    assert!(page.contains("138/84 mmHg") && page.contains("56 mg") && page.contains("130 min"));
    assert!(page.contains("ES2790") && page.contains("Harbour Street Clinic"));
    let today = date_of(
        &clinic.house.application().zone,
        clinic.house.application().clock.now(),
    );
    let today = today.unwrap().to_string();
    let send = [("what", "send"), ("way", "fax"), ("on", today.as_str())];
    let refused = clinic.of(id, "programme", &send);
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(refused.text().contains("Obtain or justify"));
    let said = clinic.of(id, "programme", &SAID);
    assert_eq!(said.status, 303, "{}", said.text());
    let sent = clinic.of(id, "programme", &send);
    assert_eq!(sent.status, 303, "{}", sent.text());
    let list = clinic.text("/programme");
    let (open, sent) = list.split_once("sent-heading").unwrap();
    assert!(!open.contains("BERGER") && sent.contains("BERGER"));
    let print = clinic.text(&format!("/sessions/{id}/programme/print"));
    assert!(print.contains("Submitted by") && !print.contains("Not complete"));
}

#[test]
fn a_value_that_is_struck_out_after_the_form_left_puts_it_on_the_list_again() {
    // Hazard: H67
    let mut clinic = clinic();
    let id = clinic.session_of("VIRTANEN, Lena");
    let session = clinic.session(id);
    let first = session.first_drug_at().unwrap();
    let entry = session
        .entries
        .iter()
        .find(|entry| {
            entry.occurred_at == first + Span::from_minutes(41) && entry.vital_signs().is_some()
        })
        .unwrap()
        .event_id;
    let reason = "another person’s cuff".to_owned();
    let correction = Correction::Struck;
    let command = Command::CorrectEntry {
        entry,
        correction,
        reason,
    };
    clinic.charts(id, command, None);
    let list = clinic.text("/programme");
    let (open, _) = list.split_once("sent-heading").unwrap();
    assert!(
        open.contains("VIRTANEN") && open.contains("differs from what was sent"),
        "{open}"
    );
    let page = clinic.text(&format!("/sessions/{id}/programme"));
    assert!(
        page.contains("<li>Blood pressure 40 minutes after it</li>"),
        "{page}"
    );
}

#[test]
fn a_note_that_changes_no_field_leaves_a_form_as_it_was_sent() {
    let mut clinic = clinic();
    let id = clinic.session_of("VIRTANEN, Lena");
    let text = "called, all well".to_owned();
    clinic.charts(id, Command::WriteNote { text }, None);
    let list = clinic.text("/programme");
    let (open, _) = list.split_once("sent-heading").unwrap();
    assert!(!open.contains("VIRTANEN"), "{open}");
}

#[test]
fn an_adverse_event_is_entered_once_and_feeds_log_form_and_regulator() {
    // Hazard: H67
    let mut clinic = clinic();
    let id = clinic.session_of("VIRTANEN, Lena");
    let event = [
        ("description", "=admitted with a broken wrist"),
        ("began", "2020-01-02T10:00"),
        ("treatment", "plaster"),
        ("emergency_visit", "admitted"),
        ("severity", "severe"),
        ("expected", "not-listed"),
        ("relatedness", "possible"),
        ("outcome", "recovering"),
        ("told_by", "patient"),
    ];
    let refused = clinic.of(id, "adverse-events", &event);
    assert_eq!(refused.status, 409);
    assert!(
        refused.text().contains("say what makes it serious"),
        "{}",
        refused.text()
    );
    assert!(
        refused.text().contains("=admitted with a broken wrist"),
        "what was typed stays"
    );
    let mut serious = event.to_vec();
    serious.extend([
        ("serious", "hospitalisation"),
        ("serious", "other-important"),
    ]);
    let entered = clinic.of(id, "adverse-events", &serious);
    assert_eq!(entered.status, 303, "{}", entered.text());
    let own = entered.header("location").unwrap().to_owned();

    // The outcomes of everybody count it too.
    let everybody = clinic.text("/outcomes");
    assert!(
        everybody.contains("Entered after the session"),
        "{everybody}"
    );
    let log = clinic.text("/adverse-events");
    assert!(
        log.contains("serious: hospitalisation, new or prolonged; another important"),
        "{log}"
    );
    assert!(log.contains("no clock in our rules") && log.contains("same day"));
    let page = clinic.text(&own);
    assert!(page.contains("No clinician has looked at it yet"));

    // The form that was sent said that there was none.
    let form = clinic.text(&format!("/sessions/{id}/programme"));
    assert!(form.contains("Differs from what was sent"), "{form}");
    assert!(form.contains("plaster"));

    let medwatch = clinic.nurse.page(&format!("{own}/medwatch.json"));
    let data = json(&medwatch);
    let fields = data["fields"].as_array().unwrap();
    let value = |name: &str| {
        let found = fields.iter().find(|one| one["field"] == name).unwrap();
        found["value"].clone()
    };
    assert!(
        value("a-1-patient-identifier")
            .as_str()
            .unwrap()
            .starts_with("EK-")
    );
    assert_eq!(value("c-5-lot"), "ES2790");
    assert_eq!(value("c-4-reason"), serde_json::Value::Null);
    let text = medwatch.text().to_lowercase();
    for hidden in ["virtanen", "lena", "0042-234", "1991-08-30"] {
        assert!(!text.contains(hidden), "{hidden}");
    }
    let table = clinic.text(&format!("{own}/medwatch.csv"));
    assert!(
        table.contains("'=admitted"),
        "a spreadsheet takes it for a formula: {table}"
    );

    let mut act = |fields: &[(&str, &str)]| {
        let page = own.split_once("/adverse-events").unwrap().1;
        clinic.of(id, &format!("adverse-events{page}"), fields)
    };
    assert_eq!(act(&[("what", "close")]).status, 409);
    let learned = [
        ("what", "look"),
        ("learned", "two people at the stairs"),
        ("expected", "not-listed"),
        ("emergency_visit", "admitted"),
    ];
    let looked = act(&learned);
    assert_eq!(looked.status, 303, "{}", looked.text());
    let on = "2026-01-02";
    let told = act(&[
        ("what", "tell"),
        ("clock", "regulator"),
        ("on", on),
        ("reference", "MW-1"),
    ]);
    assert_eq!(told.status, 303, "{}", told.text());
    assert_eq!(act(&[("what", "close")]).status, 303);
    let log = clinic.text("/adverse-events");
    let (_, closed) = log.split_once("closed-heading").unwrap();
    assert!(closed.contains("two people at the stairs") && closed.contains("closed by"));

    // More is known later: it is entered anew on the same page, and counts once.
    let name = own.rsplit('/').next().unwrap();
    let again = clinic.text(&format!("/sessions/{id}/adverse-events?event={name}"));
    assert!(
        again.contains(&format!("name=\"event\" value=\"{name}\""))
            && again.contains("=admitted with a broken wrist")
            && again.contains("value=\"2020-01-02T10:00\""),
        "{again}"
    );
    let mut anew = serious.clone();
    anew.retain(|(field, _)| *field != "outcome");
    anew.extend([("outcome", "recovered"), ("event", name)]);
    let entered = clinic.of(id, "adverse-events", &anew);
    assert_eq!(entered.status, 303, "{}", entered.text());
    assert_eq!(entered.header("location"), Some(own.as_str()));
    let log = clinic.text("/adverse-events");
    let (open, _) = log.split_once("closed-heading").unwrap();
    assert_eq!(open.matches("=admitted with a broken wrist").count(), 1);
}

#[test]
fn the_adverse_event_of_the_demo_waits_with_its_question() {
    let mut clinic = clinic();
    let log = clinic.text("/adverse-events");
    let (open, _) = log.split_once("closed-heading").unwrap();
    assert!(
        open.contains("Open question: Did she drink enough that evening?"),
        "{open}"
    );
    assert!(open.contains("not serious"));
}

#[test]
fn enrolment_is_said_by_staff_and_its_exceptions_by_a_prescriber() {
    // Hazard: H67
    let house = House::staffed(|_| {});
    let (patient, session) = house.ready_session("0042-118", "1");
    let path = format!("/patients/{patient}/programme");
    let whose = patient.to_string();
    let paper = || {
        let session = house.session(session);
        let now = house.application().clock.now();
        let paper = server::reporting::enrolment_paper(house.application(), &session, now);
        house.wait_for(paper).unwrap().outcome
    };
    assert_eq!(paper(), Outcome::Unknown);
    let mut nurse = house.person("nurse");
    let outside = [
        ("patient", whose.as_str()),
        ("enrolment", "outside"),
        ("because", "an inpatient"),
    ];
    assert_eq!(act(&mut nurse, &path, &outside).status, 409);
    assert_eq!(paper(), Outcome::Unknown);
    let enrolled = [
        ("patient", whose.as_str()),
        ("enrolment", "enrolled"),
        ("on", "2020-11-03"),
    ];
    assert_eq!(act(&mut nurse, &path, &enrolled).status, 303);
    assert_eq!(paper(), Outcome::Met);
    let tomorrow = [
        ("patient", whose.as_str()),
        ("enrolment", "enrolled"),
        ("on", "2999-11-03"),
    ];
    assert_eq!(act(&mut nurse, &path, &tomorrow).status, 422);
    let mut prescriber = house.person("prescriber");
    assert_eq!(act(&mut prescriber, &path, &outside).status, 303);
    let page = prescriber.page(&path);
    assert!(
        page.text()
            .contains("outside the safety programme: an inpatient")
    );
    let read = journey::read::<Patient>(house.application(), patient.0);
    let kept = house.wait_for(read).unwrap();
    assert!(matches!(
        kept.state.enrolment().unwrap().enrolment,
        clinical::patient::Enrolment::OutsideProgramme { .. }
    ));
}

#[test]
fn a_record_that_was_merged_keeps_the_word_on_enrolment() {
    let said = |minutes: i64, on: &str| PatientEvent::EnrolmentSaid {
        enrolment: clinical::patient::Enrolment::Enrolled {
            on: on.parse().unwrap(),
        },
        at: Moment::from_microseconds(minutes * 60_000_000),
        by: "Nora".to_owned(),
    };
    let stays = Patient::fold([&said(1, "2026-01-01")]);
    let other = Patient::fold([&said(2, "2026-02-02")]);
    let both = stays.with_record_of(&other);
    let on = both.enrolment().unwrap().says(|date| date.to_string());
    assert_eq!(on, "enrolled on 2026-02-02");
}

#[test]
fn days_are_those_of_the_clinics_calendar_when_its_clocks_change() {
    // Hazard: H67. New York sets its clocks back on 1 November 2026 at 02:00: 23:30 on 31 October is
    // 03:30 UTC of the next day, 23:30 on 7 November is 04:30 UTC of the next day.
    let zone = jiff::tz::TimeZone::get("America/New_York").unwrap();
    let day = |text: &str| date_of(&zone, Moment::parse(text).unwrap()).unwrap();
    let forms = Forms::shipped().unwrap();
    let form = forms.current().unwrap();
    let visit = day("2026-11-01T03:30:00Z");
    assert_eq!(visit.to_string(), "2026-10-31");
    assert_eq!(form.last_day(visit).to_string(), "2026-11-07");
    let last = day("2026-11-08T04:30:00Z");
    assert_eq!(form.countdown(visit, last), Countdown::Soon { left: 0 });
    let after = day("2026-11-08T05:30:00Z");
    assert_eq!(form.countdown(visit, after), Countdown::Late { by: 1 });
}

#[test]
fn a_session_before_any_drug_owes_no_form() {
    let house = House::staffed(|_| {});
    let (_, session) = house.ready_session("0042-118", "1");
    let values = VitalSigns {
        heart_rate: Some(units::BeatsPerMinute::new(70.into()).unwrap()),
        ..VitalSigns::default()
    };
    let order = Order {
        command_id: CommandId(Uuid::now_v7()),
        session,
        actor: nurse(),
        command: Command::ChartVitalSigns {
            values,
            source: Source::Hand,
            timing: None,
        },
        at: None,
    };
    house.wait_for(execute(house.application(), order)).unwrap();
    let mut nurse = house.person("nurse");
    let list = nurse.page("/programme");
    assert!(list.text().contains("No form waits."), "{}", list.text());
}
