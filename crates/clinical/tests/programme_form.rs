//! The safety programme's form: filled from what stands, its seven days, and what was sent.
//!
//! Witness: clinical reference 6.1 and 6.3, with the cases beside each form; the minutes, sums and
//! dates below are worked out by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::session_visit::*;
use clinical::clinic::ProgrammeSetting;
use clinical::course::reporting::{
    self, Account, CURRENT, Form, FormStanding, Forms, Refusal, Reporting, ReportingEvent, Said,
    SaidOf, Sending, Sources, Standing, Value, Way as SentBy, accounts, fill, open,
};
use clinical::course::screening::medicine::{Medicine, MedicineList, Use};
use clinical::course::screening::person::{
    Answer as Told, ChildPugh, Product, Route, Source as ToldBy, Witness,
};
use clinical::course::session::*;
use clinical::patient::{CivilDate, Enrolment, EnrolmentSaid, Registration, Sex};
use clinical::policy::Outcome;
use clinical::record::{
    CommandId, EventId, Folded, Header, PatientId, Recorded, Role, StreamId, StreamKind, TenantId,
};
use clinical::vital_signs::VitalSign;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use units::{Kilograms, MilligramsPerMillilitre, Millilitres, MillilitresPerHour};
use uuid::Uuid;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    minute: Vec<MinuteCase>,
    day: Vec<DayCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MinuteCase {
    taken: Vec<i64>,
    expect: toml::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DayCase {
    row: String,
    visit: String,
    today: String,
    expect: String,
}

const CASES: [(&str, &str); 2] = [
    (
        CURRENT,
        include_str!("../../../forms/esketamine-monitoring-later.cases.toml"),
    ),
    (
        "esketamine-monitoring-2021",
        include_str!("../../../forms/esketamine-monitoring-2021.cases.toml"),
    ),
];

fn forms() -> Forms {
    Forms::shipped().unwrap()
}

fn day(text: &str) -> CivilDate {
    text.parse().unwrap()
}

/// Devices of 28 mg in 0.2 mL. Source: clinical reference 3.1.
fn devices(number: u8) -> Order {
    let count = decimal(&number.to_string());
    Order {
        drug: "esketamine".to_owned(),
        dose: milligrams(&(28 * u32::from(number)).to_string()),
        concentration: MilligramsPerMillilitre::new(decimal("140")).unwrap(),
        volume: Millilitres::new(decimal("0.2") * count).unwrap(),
        rate: MillilitresPerHour::ZERO,
        way: Way {
            product: Product::Esketamine,
            route: Route::Intranasal,
            giving: Giving::Devices {
                number,
                each: milligrams("28"),
            },
        },
        grounds: Some(Grounds {
            age: Some(41),
            earlier: 3,
            in_seven_days: 1,
            last: Some(LastDose {
                at: minute(-6_000),
                dose: milligrams("56"),
                dosing_weight: Kilograms::new(decimal("72")).unwrap(),
            }),
            liver: Some(ChildPugh::NoDisease),
        }),
        ..order()
    }
}

fn device(fault: Option<&str>) -> Command {
    Command::GiveDose {
        amount: milligrams("28"),
        portion: Portion::Device {
            fault: fault.map(str::to_owned),
        },
        override_reason: None,
        second_clinician: None,
    }
}

/// Two devices at minutes 0 and 5, with the pressures of these minutes.
fn given(pressures: &[i64]) -> Visit {
    let mut visit = Visit::ready_with(devices(2), 3);
    visit.does(Command::TakeRoom, minute(0));
    visit.does(device(None), minute(0));
    visit.does(device(None), minute(5));
    visit.does(
        Command::EndDosing {
            why: Stop::Completed,
            note: String::new(),
        },
        minute(6),
    );
    for at in pressures {
        let systolic = 100 + u32::try_from(*at).unwrap();
        visit.does(chart(vital_signs(systolic, 80)), minute(*at));
    }
    visit
}

/// The same until the person has left at minute 130.
fn over(pressures: &[i64]) -> Visit {
    let mut visit = given(pressures);
    visit.comes_back(minute(129));
    visit.does(discharge("sister"), minute(130));
    visit
}

struct Desk {
    person: Registration,
    enrolment: EnrolmentSaid,
    medicines: Told<Vec<Medicine>>,
    list: MedicineList,
    setting: ProgrammeSetting,
    said: BTreeMap<String, SaidOf>,
    lots: Vec<String>,
    adverse: Vec<Account>,
}

fn witness() -> Arc<Witness> {
    Arc::new(Witness {
        source: ToldBy::Staff(Role::Nurse),
        name: "Nora Lind".to_owned(),
        at: START,
    })
}

fn takes(words: &str) -> Medicine {
    Medicine {
        words: words.to_owned(),
        codes: Vec::new(),
        status: Use::Current,
        last_taken: None,
        milligrams_per_day: None,
        morphine_equivalent: None,
        review: None,
    }
}

impl Desk {
    /// Everything that others know is there; what only a person knows is not said yet.
    fn new() -> Self {
        Self {
            person: Registration {
                patient: PatientId(Uuid::from_u128(7)),
                record_number: "0042-7".to_owned(),
                family_name: "Reyes".to_owned(),
                given_name: "Marta".to_owned(),
                birth_date: day("1980-05-06"),
                sex: Sex::Female,
            },
            enrolment: EnrolmentSaid {
                enrolment: Enrolment::Enrolled {
                    on: day("2026-09-01"),
                },
                at: START,
                by: "Åsa Berg".to_owned(),
            },
            medicines: Told::Said(Vec::new(), witness()),
            list: MedicineList::shipped().unwrap(),
            setting: ProgrammeSetting {
                name: "Harbour clinic".to_owned(),
                address_1: "1 Quay".to_owned(),
                address_2: String::new(),
                city: "Portland".to_owned(),
                state: "ME".to_owned(),
                postal_code: "04101".to_owned(),
                telephone: "555 0100".to_owned(),
                email: "watch@harbour.example".to_owned(),
            },
            said: BTreeMap::new(),
            lots: vec!["LOT-7".to_owned()],
            adverse: Vec::new(),
        }
    }

    fn say(&mut self, field: &str, said: Said) {
        let of = SaidOf {
            said,
            by: "Nora Lind".to_owned(),
            at: minute(140),
        };
        self.said.insert(field.to_owned(), of);
    }

    /// What only a person knows is said.
    fn complete(mut self) -> Self {
        let yes = |value| Said::Value {
            value: Value::YesNo(value),
        };
        self.say("acceptable-before", yes(true));
        self.say("acceptable-at-end", yes(true));
        self.say("dissociation", yes(false));
        self.say("respiratory-depression", yes(false));
        self.say("serious-event", yes(false));
        self.say(
            "ready-without-minimum",
            Said::Value {
                value: Value::Minutes(95),
            },
        );
        self
    }

    fn fill<'a>(&self, form: &'a Form, session: &Session) -> Vec<reporting::Filled<'a>> {
        let sources = Sources {
            session,
            visit_on: session.first_drug_at().map(|_| day("2026-09-21")),
            person: Some(&self.person),
            enrolment: Some(&self.enrolment),
            medicines: Some((&self.medicines, &self.list)),
            setting: Some(&self.setting),
            lots: Some(&self.lots),
            adverse: Some(&self.adverse),
            said: &self.said,
            when: &|at| format!("minute {}", (at - START).minutes()),
        };
        fill(form, &sources)
    }

    fn stands(&self, session: &Session, field: &str) -> Standing {
        let forms = forms();
        let form = forms.current().unwrap();
        let filled = self.fill(form, session);
        let found = filled.iter().find(|one| one.field.id == field);
        found.unwrap().standing.clone()
    }

    fn value(&self, session: &Session, field: &str) -> Option<Value> {
        self.stands(session, field).value().cloned()
    }
}

fn taken(reporting: &mut Reporting, events: Vec<ReportingEvent>) {
    for event in events {
        let header = Header {
            tenant: TenantId(Uuid::nil()),
            position: 0,
            stream: StreamId::of(StreamKind::Reporting, Uuid::from_u128(1)),
            stream_version: 1,
            event_id: EventId(Uuid::nil()),
            kind: event.name().to_owned(),
            schema_version: 1,
            actor: nurse(),
            command_id: CommandId(Uuid::nil()),
            occurred_at: minute(200),
            recorded_at: minute(200),
            previous: [0; 32],
        };
        reporting.take(&header, &event);
    }
}

fn owed() -> Reporting {
    let mut reporting = Reporting::default();
    let events = reporting.owe(PatientId(Uuid::from_u128(7)), day("2026-09-21"));
    taken(&mut reporting, events);
    reporting
}

fn sending(on: &str, because: &str) -> Sending {
    Sending {
        way: SentBy::Fax,
        reference: "F-12".to_owned(),
        on: day(on),
        because: because.to_owned(),
    }
}

#[test]
fn the_cases_beside_each_form_hold() {
    // Hazard: H67
    for (id, text) in CASES {
        let (forms, cases) = (forms(), toml::from_str::<Cases>(text).unwrap());
        let form = forms.named(id).unwrap();
        for case in &cases.minute {
            let visit = given(&case.taken);
            let filled = Desk::new().fill(form, &visit.session);
            let found = filled.iter().find(|one| one.field.id == "pressure-at-40");
            let found = &found.unwrap().standing;
            match case.expect.as_integer() {
                // The pressure of minute n is charted as 100 + n.
                Some(minute) => {
                    let Some(Value::Pressure { systolic, .. }) = found.value() else {
                        panic!("{:?}: {found:?}", case.taken)
                    };
                    assert_eq!(systolic.value(), (100 + minute).into(), "{:?}", case.taken);
                }
                None => assert!(
                    matches!(found, Standing::Missing { .. }),
                    "{:?}",
                    case.taken
                ),
            }
        }
        for case in &cases.day {
            let left = form.countdown(day(&case.visit), day(&case.today));
            let says = left.says().replace('\u{a0}', " ");
            assert_eq!(says, case.expect, "{id}: {}", case.row);
        }
    }
}

#[test]
fn a_form_that_asks_for_what_nobody_knows_does_not_load() {
    let text = include_str!("../../../forms/esketamine-monitoring-2021.toml");
    let reads = |from: &str, to: &str| Form::read("f", &text.replacen(from, to, 1));
    assert!(Form::read("f", text).is_ok());
    for (from, to) in [
        ("patient.given-name", "patient.shoe-size"),
        (
            "from = \"patient.given-name\"",
            "from = \"patient.birth-date\"",
        ),
        ("id = \"middle-initial\"", "id = \"given-name\""),
        ("only_if = \"sedation\"", "only_if = \"seduction\""),
        ("soon_from_day = 5", "soon_from_day = 7"),
        ("required = true", "required = true\nremark = \"x\""),
    ] {
        assert!(reads(from, to).is_err(), "{to}");
    }
}

#[test]
fn the_later_form_asks_everything_of_2021_and_five_things_more_with_their_parts() {
    // Witness: clinical reference 6.3, the rows marked †: first treatment, enrolled, opioid,
    // respiratory depression; of the last one three parts are asked.
    let forms = forms();
    let ids = |id: &str| -> Vec<String> {
        let form = forms.named(id).unwrap();
        form.fields().map(|field| field.id.clone()).collect()
    };
    let (old, new) = (ids("esketamine-monitoring-2021"), ids(CURRENT));
    assert!(old.iter().all(|field| new.contains(field)));
    let more: Vec<&String> = new.iter().filter(|field| !old.contains(field)).collect();
    assert_eq!(
        more,
        [
            "first-treatment",
            "enrolled",
            "opioid",
            "respiratory-depression",
            "respiratory-depression-began",
            "respiratory-depression-ended",
            "respiratory-depression-treated"
        ]
    );
}

#[test]
fn a_session_fills_what_it_knows() {
    // Two devices of 28 mg are 56 mg; left at minute 130; the scores at minutes 114 and 129 were 5.
    let (visit, desk) = (over(&[41, 90]), Desk::new());
    let value = |field: &str| desk.value(&visit.session, field);
    assert_eq!(value("dose"), Some(Value::Amount(milligrams("56"))));
    assert_eq!(value("total-minutes"), Some(Value::Minutes(130)));
    assert_eq!(value("given-name"), Some(Value::Text("Marta".to_owned())));
    assert_eq!(
        value("observer-family-name"),
        Some(Value::Text("Lind".to_owned()))
    );
    assert_eq!(value("sedation"), Some(Value::YesNo(false)));
    assert_eq!(value("first-treatment"), Some(Value::YesNo(false)));
    assert_eq!(value("enrolled"), Some(Value::YesNo(true)));
    assert_eq!(value("lots"), Some(Value::Text("LOT-7".to_owned())));
    let pressure = value("pressure-before").unwrap();
    let words = pressure.says(|_| String::new(), |_| String::new());
    assert_eq!(words.replace('\u{a0}', " "), "120/70 mmHg");
}

#[test]
fn nothing_is_said_of_a_session_that_goes_on() {
    let (visit, desk) = (given(&[40]), Desk::new());
    for field in ["total-minutes", "sedation", "dissociation"] {
        let stands = desk.stands(&visit.session, field);
        assert!(
            matches!(stands, Standing::Missing { .. }),
            "{field}: {stands:?}"
        );
    }
}

#[test]
fn a_reading_that_was_struck_out_or_marked_as_an_artefact_does_not_stand_for_minute_40() {
    // Hazard: H67
    for correction in [
        Correction::Struck,
        Correction::Artefact {
            signs: [VitalSign::Systolic].into_iter().collect(),
        },
    ] {
        let mut visit = given(&[37, 40]);
        let wrong = visit
            .session
            .entries
            .iter()
            .find(|entry| entry.occurred_at == minute(40) && entry.vital_signs().is_some())
            .unwrap()
            .event_id;
        visit.does(correct(wrong, correction), minute(50));
        let value = Desk::new().value(&visit.session, "pressure-at-40");
        let Some(Value::Pressure { systolic, .. }) = value else {
            panic!("{value:?}")
        };
        // What is left was taken at minute 37, as 137.
        assert_eq!(systolic.value(), 137.into());
    }
}

#[test]
fn an_amount_that_nobody_knows_is_not_a_number_of_the_form() {
    // Hazard: H67
    let mut visit = Visit::ready_with(devices(2), 3);
    visit.does(device(None), minute(0));
    visit.does(device(Some("sprayed into the air")), minute(5));
    let stands = Desk::new().stands(&visit.session, "dose");
    assert!(matches!(stands, Standing::NotKnown { .. }), "{stands:?}");
}

#[test]
fn a_medicine_is_no_only_where_every_medicine_is_known() {
    // Hazard: H67
    let visit = over(&[40]);
    let mut desk = Desk::new();
    let answers = [
        (Told::NotAsked, "missing"),
        (Told::NotSure(witness()), "not known"),
        (Told::Said(Vec::new(), witness()), "no"),
        (Told::Said(vec![takes("lorazepam")], witness()), "yes"),
        (
            Told::Said(vec![takes("blue pills")], witness()),
            "not known",
        ),
        (
            Told::Said(vec![takes("blue pills"), takes("lorazepam")], witness()),
            "yes",
        ),
        (
            Told::Said(
                vec![Medicine {
                    status: Use::Stopped,
                    ..takes("lorazepam")
                }],
                witness(),
            ),
            "no",
        ),
    ];
    for (medicines, expected) in answers {
        desk.medicines = medicines;
        let stands = desk.stands(&visit.session, "benzodiazepine");
        let found = match &stands {
            Standing::Missing { .. } => "missing",
            Standing::NotKnown { .. } => "not known",
            Standing::Known {
                value: Value::YesNo(yes),
                ..
            } => ["no", "yes"][usize::from(*yes)],
            other => panic!("{other:?}"),
        };
        assert_eq!(found, expected, "{:?}", desk.medicines);
    }
}

#[test]
fn sedation_began_with_the_first_score_below_five_and_was_over_with_the_next_five() {
    let mut visit = given(&[40]);
    for (at, score) in [(20, 4), (30, 3), (45, 4), (60, 5)] {
        visit.does(sedation(score), minute(at));
    }
    let desk = Desk::new();
    let value = |field: &str| desk.value(&visit.session, field);
    assert_eq!(value("sedation"), Some(Value::YesNo(true)));
    assert_eq!(value("sedation-began"), Some(Value::Minutes(20)));
    assert_eq!(value("sedation-ended"), Some(Value::Minutes(60)));
}

#[test]
fn what_a_person_says_is_sent_and_what_the_chart_has_stands_beside_it() {
    let visit = over(&[40]);
    let mut desk = Desk::new();
    let value = Value::YesNo(true);
    desk.say("sedation", Said::Value { value });
    let stands = desk.stands(&visit.session, "sedation");
    let Standing::Said {
        value, otherwise, ..
    } = stands
    else {
        panic!("{stands:?}")
    };
    assert_eq!(value, Value::YesNo(true));
    assert_eq!(otherwise, Some(Value::YesNo(false)));
    // Its parts are asked now.
    let began = desk.stands(&visit.session, "sedation-began");
    assert!(matches!(began, Standing::Missing { .. }), "{began:?}");
}

#[test]
fn nobody_says_over_the_record_what_was_measured_or_who_somebody_is() {
    // Hazard: H67
    let forms = forms();
    let form = forms.current().unwrap();
    let text = || Said::Value {
        value: Value::Text("x".to_owned()),
    };
    for field in ["pressure-at-40", "dose", "family-name", "total-minutes"] {
        let refused = owed().say(form, vec![(field.to_owned(), text())]);
        assert!(
            matches!(refused, Err(Refusal::RecordAnswers { .. })),
            "{field}"
        );
    }
    let wrong = owed().say(form, vec![("acceptable-before".to_owned(), text())]);
    assert!(matches!(wrong, Err(Refusal::WrongKind { .. })));
}

#[test]
fn a_form_with_a_field_missing_is_not_sent_until_somebody_says_why() {
    // Hazard: H67
    let forms = forms();
    let form = forms.current().unwrap();
    let visit = over(&[46]);
    let mut desk = Desk::new().complete();
    let send = |desk: &Desk| {
        let filled = desk.fill(form, &visit.session);
        owed().send(
            form,
            &filled,
            sending("2026-09-24", ""),
            (day("2026-09-24"), true),
        )
    };
    let Err(Refusal::FieldsOpen { fields }) = send(&desk) else {
        panic!("sent")
    };
    assert_eq!(fields, ["Blood pressure 40 minutes after it"]);
    let because = "the cuff was off the arm".to_owned();
    desk.say("pressure-at-40", Said::Justified { because });
    assert!(send(&desk).is_ok());
}

#[test]
fn a_form_is_sent_on_a_day_that_has_come_after_the_visit_and_of_a_session_that_is_over() {
    let forms = forms();
    let form = forms.current().unwrap();
    let (visit, desk) = (over(&[40]), Desk::new().complete());
    let filled = desk.fill(form, &visit.session);
    assert_eq!(open(&filled).len(), 0, "{:?}", open(&filled));
    let send = |on: &str, today: &str, over: bool| {
        owed().send(form, &filled, sending(on, ""), (day(today), over))
    };
    assert_eq!(
        send("2026-09-25", "2026-09-24", true),
        Err(Refusal::InTheFuture)
    );
    assert_eq!(
        send("2026-09-20", "2026-09-24", true),
        Err(Refusal::BeforeTheVisit)
    );
    assert_eq!(
        send("2026-09-24", "2026-09-24", false),
        Err(Refusal::SessionGoesOn)
    );
    assert!(send("2026-09-21", "2026-09-24", true).is_ok());
}

#[test]
fn a_chart_that_is_corrected_after_the_form_left_puts_it_back_with_what_differs() {
    // Hazard: H67
    let forms = forms();
    let form = forms.current().unwrap();
    let (visit, desk) = (over(&[37, 40]), Desk::new().complete());
    let mut reporting = owed();
    let today = (day("2026-09-24"), true);
    let filled = desk.fill(form, &visit.session);
    let sent = reporting.send(form, &filled, sending("2026-09-24", ""), today);
    taken(&mut reporting, sent.unwrap());
    assert_eq!(reporting.standing(), FormStanding::Sent);
    assert_eq!(
        reporting.newest_sent().unwrap().differs(&filled),
        Vec::<String>::new()
    );

    let mut after = visit.clone();
    let wrong = after
        .session
        .entries
        .iter()
        .find(|entry| entry.occurred_at == minute(40) && entry.vital_signs().is_some())
        .unwrap()
        .event_id;
    after.does(correct(wrong, Correction::Struck), minute(135));
    let now = desk.fill(form, &after.session);
    let differs = reporting.newest_sent().unwrap().differs(&now);
    assert_eq!(differs, ["pressure-at-40"]);
    let events = reporting.chart_changed(differs);
    taken(&mut reporting, events);
    assert_eq!(reporting.standing(), FormStanding::Differs);

    // What was looked at and accepted does not come back, and something else again does.
    let mut accepted = reporting.clone();
    let looked = accepted.accept_difference("the programme was told by telephone", &now);
    taken(&mut accepted, looked.unwrap());
    assert_eq!(accepted.standing(), FormStanding::Sent);
    let sent = accepted.newest_sent().unwrap();
    assert_eq!(sent.differs(&now), Vec::<String>::new());
    let back = desk.fill(form, &visit.session);
    assert_eq!(sent.differs(&back), Vec::<String>::new());
    let mut other = visit.clone();
    let values = vital_signs(171, 93);
    let reading = Correction::VitalSigns { values };
    other.does(correct(wrong, reading), minute(136));
    let other = desk.fill(form, &other.session);
    assert_eq!(sent.differs(&other), ["pressure-at-40"]);

    let again = reporting.send(form, &now, sending("2026-09-24", ""), today);
    assert_eq!(again, Err(Refusal::AlreadySent));
    let because = "a reading was struck out";
    let again = reporting.send(form, &now, sending("2026-09-24", because), today);
    taken(&mut reporting, again.unwrap());
    assert_eq!(reporting.standing(), FormStanding::Amended);
    assert_eq!(reporting.sent.len(), 2, "what was sent first stays");
}

#[test]
fn a_medicine_that_is_begun_later_is_no_correction_of_what_was_sent() {
    let forms = forms();
    let form = forms.current().unwrap();
    let (visit, mut desk) = (over(&[40]), Desk::new().complete());
    let mut reporting = owed();
    let filled = desk.fill(form, &visit.session);
    let today = (day("2026-09-24"), true);
    let sent = reporting.send(form, &filled, sending("2026-09-24", ""), today);
    taken(&mut reporting, sent.unwrap());
    desk.medicines = Told::Said(vec![takes("lorazepam")], witness());
    desk.setting.city = "Bangor".to_owned();
    let now = desk.fill(form, &visit.session);
    let differs = reporting.newest_sent().unwrap().differs(&now);
    assert_eq!(differs, Vec::<String>::new());
    // But somebody who says it of that day is believed.
    let value = Value::YesNo(true);
    desk.say("benzodiazepine", Said::Value { value });
    let now = desk.fill(form, &visit.session);
    let differs = reporting.newest_sent().unwrap().differs(&now);
    assert_eq!(differs, ["benzodiazepine"]);
}

#[test]
fn a_draft_follows_the_chart_and_is_not_marked() {
    let reporting = owed();
    assert!(reporting.chart_changed(vec!["dose".to_owned()]).is_empty());
    assert_eq!(reporting.standing(), FormStanding::Draft);
    assert!(
        reporting
            .owe(PatientId(Uuid::from_u128(7)), day("2026-09-22"))
            .is_empty()
    );
}

#[test]
fn nobody_having_said_it_closes_the_start_as_not_enrolled_does() {
    // Hazard: H67
    let paper = |enrolment: Enrolment| {
        let said = EnrolmentSaid {
            enrolment,
            at: START,
            by: "Åsa Berg".to_owned(),
        };
        let today = day("2026-09-21");
        EnrolmentSaid::paper(Some(&said), today, |date| date.to_string()).outcome
    };
    let on = |text: &str| Enrolment::Enrolled { on: day(text) };
    let because = || "inpatient".to_owned();
    assert_eq!(paper(on("2026-09-21")), Outcome::Met);
    assert_eq!(paper(on("2026-09-22")), Outcome::Unmet);
    let not = Enrolment::NotEnrolled { because: because() };
    assert_eq!(paper(not), Outcome::Unmet);
    let outside = Enrolment::OutsideProgramme { because: because() };
    assert_eq!(paper(outside), Outcome::Met);
    let unsaid = EnrolmentSaid::paper(None, day("2026-09-21"), |date| date.to_string());
    assert_eq!(unsaid.outcome, Outcome::Unknown);

    let mut visit = Visit::ready_with(devices(2), 3);
    visit.papers.room.enrolment = unsaid;
    let refused = visit.tries(device(None), minute(0)).unwrap_err();
    let open = refused.verdict().unwrap().open();
    let names: Vec<&str> = open.iter().map(|one| one.requirement.as_str()).collect();
    assert_eq!(names, ["enrolled"]);
}

#[test]
fn a_visit_that_is_past_keeps_what_was_known_of_the_enrolment_on_its_day() {
    // Hazard: H67. The visit is on 21 September 2026, and so is `START`.
    let visit = day("2026-09-21");
    let said = |enrolment: Enrolment, minutes: i64| EnrolmentSaid {
        enrolment,
        at: minute(minutes),
        by: format!("after {minutes}"),
    };
    let on = |text: &str| Enrolment::Enrolled { on: day(text) };
    let not = || Enrolment::NotEnrolled {
        because: "left the programme".to_owned(),
    };
    const WEEK: i64 = 7 * 24 * 60;
    let holds = |all: &[EnrolmentSaid]| {
        let by_then = |at| at < minute(600);
        EnrolmentSaid::for_visit(all, visit, by_then).map(|said| said.by.clone())
    };
    assert_eq!(holds(&[]), None);
    // Whoever left the programme since was enrolled.
    let left = [said(on("2026-09-01"), 0), said(not(), WEEK)];
    assert_eq!(holds(&left).as_deref(), Some("after 0"));
    // Who had left before was not.
    let had_left = [said(on("2026-09-01"), 0), said(not(), 1)];
    assert_eq!(holds(&had_left).as_deref(), Some("after 1"));
    // An enrolment that is written down later reaches back by its own date, and no further.
    let back = [said(not(), 0), said(on("2026-09-21"), WEEK)];
    assert_eq!(holds(&back), Some(format!("after {WEEK}")));
    let after = [said(not(), 0), said(on("2026-09-22"), WEEK)];
    assert_eq!(holds(&after).as_deref(), Some("after 0"));
    // Where nobody had said anything by then, the first word holds.
    let late = [said(not(), WEEK), said(not(), 2 * WEEK)];
    assert_eq!(holds(&late), Some(format!("after {WEEK}")));
}

#[test]
fn a_session_of_another_product_asks_for_no_enrolment() {
    let mut visit = Visit::ready();
    visit.papers.room.enrolment = Paper::not_known();
    visit.does(start(), START);
    assert_eq!(visit.session.stage, Stage::Infusion);
}

#[test]
fn a_serious_event_of_a_card_is_on_the_form_whatever_was_said_before() {
    // Hazard: H67
    let visit = over(&[40]);
    let mut desk = Desk::new().complete();
    desk.adverse = crate::adverse_events::of_a_card(&visit);
    let stands = desk.stands(&visit.session, "serious-event");
    assert_eq!(stands.value(), Some(&Value::YesNo(true)), "{stands:?}");
    let value = |field: &str| desk.value(&visit.session, field);
    assert_eq!(
        value("serious-treatment"),
        Some(Value::Text("Labetalol 10 mg IV over 2 min".to_owned()))
    );
    assert_eq!(value("serious-began"), Some(Value::Moment(minute(132))));
    assert!(accounts(&visit.session, &Reporting::default()).is_empty());
}
