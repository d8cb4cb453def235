//! The outcomes of everybody, over real sockets: who answered and who did not, what each definition
//! found, who ended and why, and what may be handed out.
//!
//! Witness: four invented people whose numbers are worked out by hand in the comments; the interval of
//! 2 of 4 is that of Wilson, 15.00 to 85.00 %.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person, nurse};
use crate::stranger::http::Answer;
use clinical::course::outcomes::everybody::{Point, WayOn, WhyMissing};
use clinical::course::outcomes::{EndReason, Missing};
use clinical::instrument::{Answer as Said, Answers, Points};
use clinical::policy::{Quantity, Unit};
use clinical::record::{CommandId, PatientId};
use server::clinic_outcomes::{ClinicOutcomes, Counted, Which};
use server::clock::{Clock, Hand};
use server::follow_up::keep;
use server::outcomes::{By, Entry, answer, enter};
use units::{Decimal, Moment, Span};
use uuid::Uuid;

/// 20 November 2026, 09:00 UTC.
const BEGAN: Moment = Moment::from_microseconds(1_795_165_200_000_000);

struct Clinic {
    house: House,
    hand: Hand,
    /// Well after a week, ill again since.
    ana: PatientId,
    /// Answers nothing.
    ben: PatientId,
    /// No score before the session.
    cleo: PatientId,
    /// Ended because of the cost.
    dan: PatientId,
}

fn by(patient: PatientId) -> By {
    By {
        command_id: CommandId(Uuid::now_v7()),
        actor: nurse(),
        patient,
    }
}

/// Four people with one session each, which ends a first series, and everything until 45 days later.
fn clinic() -> Clinic {
    let (clock, hand) = Clock::starting_at(BEGAN);
    let house = House::staffed(|configuration| configuration.clock = clock);
    // Each of these sessions counts as a person's second one.
    let two = Quantity {
        value: Decimal::TWO,
        unit: Unit::Count,
    };
    house.adopts("follow-up", "racemic_induction", two);
    // One after the other, on one day.
    let treated = |room: &str, before: Option<i32>| {
        let (patient, session) = house.ready_session(&format!("0042-{room}"), room);
        if let Some(total) = before {
            enter_total(&house, patient, total, BEGAN - days(1));
        }
        house.runs_and_goes_home(&hand, session);
        patient
    };
    let (ana, ben) = (treated("1", Some(20)), treated("2", Some(20)));
    let (cleo, dan) = (treated("3", None), treated("4", Some(18)));
    let clinic = Clinic {
        ana,
        ben,
        cleo,
        dan,
        house,
        hand,
    };
    clinic.later(days(4));
    let mut director = clinic.house.person("medical-director");
    assert_eq!(clinic.end(&mut director, "2026-11-23").status, 303);
    clinic.later(days(4));
    clinic.answer(clinic.ana, "not-at-all");
    clinic.answer(clinic.cleo, "nearly-every-day");
    clinic.later(days(37));
    clinic.enter(clinic.ana, 14, BEGAN + days(20));
    clinic.enter(clinic.ana, 15, BEGAN + days(30));
    clinic
}

fn enter_total(house: &House, patient: PatientId, total: i32, filled: Moment) {
    let entry = Entry {
        scale: "phq-9".to_owned(),
        answers: Answers::new(),
        total: Points::whole(total),
        filled: Some(filled),
    };
    let done = enter(house.application(), by(patient), entry);
    house.wait_for(done).unwrap();
}

const fn days(days: i64) -> Span {
    Span::from_hours(24 * days)
}

impl Clinic {
    /// Day by day, as the server does it.
    fn later(&self, span: Span) {
        let mut left = span;
        while left > Span::ZERO {
            let step = left.min(days(1));
            self.hand.advance(step);
            self.house.wait_for(keep(self.house.application())).unwrap();
            left = left - step;
        }
    }

    fn enter(&self, patient: PatientId, total: i32, filled: Moment) {
        enter_total(&self.house, patient, total, filled);
    }

    /// Every question of PHQ-9 with the same answer.
    fn answer(&self, patient: PatientId, chosen: &str) {
        for item in ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"] {
            let said = if item == "10" {
                Said::Declined
            } else {
                Said::Chosen(chosen.to_owned())
            };
            let done = answer(self.house.application(), by(patient), "phq-9", item, said);
            self.house.wait_for(done).unwrap();
        }
    }

    fn end(&self, who: &mut Person, day: &str) -> Answer {
        let (id, patient) = (Uuid::now_v7().to_string(), self.dan.to_string());
        let fields = [
            ("command_id", id.as_str()),
            ("patient", patient.as_str()),
            ("because", "cost"),
            ("day", day),
            ("note", "The insurance pays for no more."),
            ("what", "ended"),
        ];
        who.send(&format!("/patients/{}/outcomes", self.dan), &fields)
    }

    fn counted(&self) -> Counted {
        let application = self.house.application();
        let counted = application
            .outcomes
            .count(application, Which::default(), (0, 10));
        self.house.wait_for(counted).unwrap()
    }
}

#[test]
fn the_page_says_first_who_answered_then_what_came_of_it() {
    // Hazard: H65
    let clinic = clinic();
    let page = clinic.house.person("therapist").page("/outcomes").text();
    let place = |text: &str| {
        page.find(text)
            .unwrap_or_else(|| panic!("{text} is not in {page}"))
    };
    assert!(place("Who answered") < place("How the scores lie"));
    assert!(place("How the scores lie") < place("What each definition found"));
    // After the series Ana and Cleo answered; Ben did not before the month came; Dan had ended.
    let end = "<th scope=\"row\">End of the first series</th>\
        <td class=\"numbers\"><strong>2</strong></td><td class=\"numbers\">4</td>";
    place(end);
    place("50\u{a0}%, 15–85");
    place("<span class=\"numbers\">1</span> treatment had ended");
    place("<span class=\"numbers\">1</span> no answer before a newer contact came");
    // A month later nobody answered.
    let month = "<th scope=\"row\">1 month after it</th>\
        <td class=\"numbers\"><strong>0</strong></td><td class=\"numbers\">4</td>";
    place(month);
    place("<span class=\"numbers\">3</span> asked, no answer");
    // Of one person it can be said whether they responded: 15 of 20 is a quarter less.
    place("<strong>0</strong> of 1");
    place("<span class=\"numbers\">1</span> no score before the first session");
    place("<span class=\"numbers\">2</span> no score since the first session");
    // 0, then 14 and 15 ten days apart.
    place("<strong>1</strong> of 1<br><span class=\"soft\">who had come to remission");
    place("At least 50 % below the first score.");
    // Who is missing leads to their own page.
    for missing in [clinic.ben, clinic.dan] {
        place(&format!("/patients/{missing}/outcomes"));
    }
    let counted = clinic.counted();
    let scale = &counted.tally.scales[0];
    let end = &scale.completion[&Point::SeriesEnd];
    assert_eq!(end.missing[&WhyMissing::Ended], 1);
    assert_eq!(scale.definitions[0].unknown[&Missing::NoBaseline], 1);
    let ends = &counted.tally.ends.by;
    assert_eq!(ends[&WayOn::Ended(EndReason::Cost)], (1, 0));
    assert_eq!(ends[&WayOn::GoesOn], (3, 0));
    // Each stayed 46 and 15 minutes after the end of the drug.
    let leaving = counted.sessions.leaving.unwrap();
    assert_eq!((leaving.count, leaving.median), (4, Decimal::from(61)));
    assert_eq!(
        counted.sessions.stopped_early["ended early, the person asked"],
        4
    );
    // Without a session for 90 days, and with nothing booked, nobody has said why three are away.
    clinic.later(days(46));
    assert_eq!(clinic.counted().tally.ends.by[&WayOn::NothingSaid], (3, 0));
}

#[test]
fn what_is_handed_out_names_nobody_and_tells_no_small_count() {
    // Hazard: H66
    let clinic = clinic();
    let mut owner = clinic.house.person("owner");
    let inside = owner.page("/outcomes").text();
    // The owner sees true counts, and nobody's name: they may open no record.
    assert!(inside.contains("<strong>2</strong></td><td class=\"numbers\">4</td>"));
    assert!(!inside.contains("/patients/") && !inside.contains("QUILL"));
    assert!(inside.contains("href=\"/outcomes\" aria-current=\"page\""));
    let mut therapist = clinic.house.person("therapist");
    assert!(therapist.page("/outcomes").text().contains("QUILL"));
    let outside = therapist.page("/outcomes?share=1").text();
    assert!(!outside.contains("/patients/") && !outside.contains("QUILL"));
    assert!(outside.contains("fewer than 5"));
    for number in [
        "<strong>1</strong>",
        "<strong>2</strong>",
        "<strong>3</strong>",
        "<strong>4</strong>",
    ] {
        assert!(!outside.contains(number), "{number} in {outside}");
    }
    assert!(!outside.contains("50\u{a0}%"));
    // What is left out by the filter is in no count.
    let nobody = therapist.page("/outcomes?product=esketamine").text();
    assert!(
        nobody.contains("<strong class=\"numbers\">0</strong> people"),
        "{nobody}"
    );
    let later = therapist.page("/outcomes?from=2026-11-21").text();
    assert!(later.contains("<strong class=\"numbers\">0</strong> people"));
    let that_day = therapist
        .page("/outcomes?from=2026-11-20&to=2026-11-20")
        .text();
    assert!(that_day.contains("<strong class=\"numbers\">4</strong> people"));
    assert_eq!(therapist.page("/outcomes?from=tomorrow").status, 422);
    assert_eq!(therapist.page("/outcomes?product=tea").status, 422);
    assert_eq!(
        clinic.house.person("front-desk").page("/outcomes").status,
        403
    );
}

#[test]
fn staff_write_why_treatment_ended_and_take_it_back_with_a_reason() {
    let clinic = clinic();
    let mut prescriber = clinic.house.person("prescriber");
    let path = format!("/patients/{}/outcomes", clinic.dan);
    let page = prescriber.page(&path).text();
    assert!(page.contains("Ended 23 Nov 2026: cost or insurance. The insurance pays for no more."));
    let again = clinic.end(&mut prescriber, "2026-11-24");
    assert_eq!(again.status, 422);
    assert!(again.text().contains("Take that back first."));
    let take_back = |who: &mut Person, reason: &str| {
        let (id, patient) = (Uuid::now_v7().to_string(), clinic.dan.to_string());
        let fields = [
            ("command_id", id.as_str()),
            ("patient", patient.as_str()),
            ("reason", reason),
            ("what", "goes-on"),
        ];
        who.send(&path, &fields)
    };
    assert_eq!(take_back(&mut prescriber, " ").status, 422);
    assert_eq!(
        take_back(&mut prescriber, "They found the money.").status,
        303
    );
    let page = prescriber.page(&path).text();
    assert!(page.contains("<s>Ended 23 Nov 2026"), "{page}");
    assert!(page.contains("They found the money."));
    assert!(
        !clinic
            .counted()
            .tally
            .ends
            .by
            .contains_key(&WayOn::Ended(EndReason::Cost))
    );
    // Not before the last session, not in the future, not without a reason from the list.
    for (day, says) in [
        ("2026-11-19", "there was a session after that day"),
        ("2027-11-19", "this day has not come yet"),
        ("soon", "choose the day"),
    ] {
        let refused = clinic.end(&mut prescriber, day);
        assert_eq!(refused.status, 422, "{day}");
        assert!(refused.text().contains(says), "{day}");
    }
}

#[test]
fn a_merged_record_is_one_person_and_what_is_held_is_what_the_rows_say() {
    let clinic = clinic();
    // Before her session Cleo filled in a scale, in a record that was made twice.
    let twice = clinic.house.register("0042-9", BEGAN - days(2));
    clinic.enter(twice, 24, BEGAN - days(1));
    assert_eq!(clinic.counted().tally.people, 4);
    let merge = |who: &mut Person, what: &str| {
        let (id, into) = (Uuid::now_v7().to_string(), clinic.cleo.to_string());
        let fields = [
            ("command_id", id.as_str()),
            ("into", into.as_str()),
            ("act", what),
            ("reason", "looked at the passport"),
        ];
        who.send(&format!("/patients/{twice}/merge"), &fields)
            .status
    };
    assert_eq!(
        merge(&mut clinic.house.person("front-desk"), "propose"),
        303
    );
    let known = |clinic: &Clinic| {
        let counted = clinic.counted();
        assert_eq!(counted.tally.people, 4);
        counted.tally.scales[0].definitions[0].known()
    };
    assert_eq!(known(&clinic), 1);
    assert_eq!(merge(&mut clinic.house.person("nurse"), "confirm"), 303);
    assert_eq!(known(&clinic), 2);
    let application = clinic.house.application();
    let fresh = ClinicOutcomes::default();
    let count = |held: &ClinicOutcomes| {
        let counted = held.count(application, Which::default(), (0, 10));
        clinic.house.wait_for(counted).unwrap()
    };
    let same = |one: &Counted, other: &Counted| {
        assert_eq!(one.tally, other.tally);
        assert_eq!(one.sessions, other.sessions);
        assert_eq!(one.people, other.people);
    };
    let before = count(&application.outcomes);
    same(&before, &count(&fresh));
    // Made anew from the log, every byte is the same.
    let digest = || {
        let digest = application.store.projection_digest(application.tenant);
        clinic.house.wait_for(digest).unwrap()
    };
    // What the house writes by itself meanwhile makes another log: then it is asked once more.
    let position = || *application.store.committed().borrow();
    let asked = (0..5).any(|_| {
        let (at, kept) = (position(), digest());
        let rebuilt = server::projection::rebuild(application);
        clinic.house.wait_for(rebuilt).unwrap();
        let made = digest();
        let alone = position() == at;
        if alone {
            assert_eq!(made, kept);
        }
        alone
    });
    assert!(asked, "the house never rests");
    same(
        &count(&application.outcomes),
        &count(&ClinicOutcomes::default()),
    );
    assert_eq!(merge(&mut clinic.house.person("nurse"), "undo"), 303);
    assert_eq!(known(&clinic), 1);
}

#[test]
fn a_session_whose_every_dose_was_struck_out_is_not_counted() {
    // Hazard: H66
    let house = House::demo();
    let mut reader = house.person("nurse");
    let forms = reader.page("/programme").text();
    let (before, _) = forms.split_once("VIRTANEN, Lena").unwrap();
    let (_, link) = before.rsplit_once("/sessions/").unwrap();
    let id: clinical::record::SessionId = link.split('/').next().unwrap().parse().unwrap();
    let counted = || {
        let held = ClinicOutcomes::default();
        let which = Which::default();
        let read = held.count(house.application(), which, (0, 0));
        house.wait_for(read).unwrap().sessions.sessions
    };
    let whole = counted();
    let session = house.session(id);
    let doses = session.doses();
    assert!(!doses.is_empty());
    for dose in doses {
        let order = server::command::Order {
            command_id: CommandId(Uuid::now_v7()),
            session: id,
            actor: nurse(),
            command: clinical::course::session::Command::CorrectEntry {
                entry: dose.entry,
                correction: clinical::course::session::Correction::Struck,
                reason: "another person's device".to_owned(),
            },
            at: None,
        };
        let done = server::command::execute(house.application(), order);
        house.wait_for(done).unwrap();
    }
    assert_eq!(counted(), whole - 1);
}
