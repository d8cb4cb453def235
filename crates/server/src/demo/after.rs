//! People after their sessions: one who answers at night, one who fell, one who is silent, one who
//! was sick, one who is well; and who is told.

use super::{admission, drugs, past};
use crate::application::Application;
use crate::fault::Fault;
use crate::journey::{Change, change};
use crate::messages::hours;
use crate::patients::{self, By, Entry};
use crate::web::respond::Refused;
use anyhow::Context as _;
use clinical::clinic::{Clinic, ClinicEvent, ClockTime, Duty, DutyPerson, Hours, Weekday};
use clinical::course::follow_up::{
    Began, Detail, Ended, FollowUp, FollowUpEvent, FollowUpRules, Found, Lasted, Mood, NewReport,
    Screen, Severity, Step, Thoughts, plan,
};
use clinical::course::screening::person::Product;
use clinical::course::session::{Session, Stage};
use clinical::leaflet::Language;
use clinical::patient::{Contacts, Sex, WritingHours};
use clinical::record::{Actor, CommandId, ContainerId, PatientId, Role, StaffId};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Decision;
use units::{Moment, Span};
use uuid::Uuid;

/// What a person of the demo says.
struct Told {
    /// How long ago.
    ago: Span,
    said: NewReport,
    detail: Option<(&'static str, Detail)>,
}

struct Person {
    family: &'static str,
    given: &'static str,
    born: &'static str,
    sex: Sex,
    language: Language,
    /// Their sessions began so many hours ago.
    sessions: &'static [i64],
    told: Option<Told>,
    /// Somebody has their warning sign in hand.
    in_hand: bool,
    /// Screens for harm that were done, so many days ago.
    screens: &'static [(Screen, Found, &'static str, i64)],
}

fn said(
    mood: Option<Mood>,
    thoughts: Option<Thoughts>,
    effects: &[&str],
    signs: &[&str],
) -> NewReport {
    let all = |names: &[&str]| names.iter().map(|one| (*one).to_owned()).collect();
    NewReport {
        report: Uuid::now_v7(),
        mood,
        thoughts,
        effects: all(effects),
        signs: all(signs),
        words: String::new(),
    }
}

fn people() -> Vec<Person> {
    let minutes = Span::from_minutes;
    vec![
        Person {
            family: "Marín",
            given: "Lucía",
            born: "1991-04-17",
            sex: Sex::Female,
            language: Language::Spanish,
            sessions: &[26, 98, 194],
            told: Some(Told {
                ago: minutes(4),
                said: NewReport {
                    words: "No puedo dormir y no veo salida.".to_owned(),
                    ..said(Some(Mood::Worse), Some(Thoughts::Plan), &["anxiety"], &[])
                },
                detail: None,
            }),
            in_hand: false,
            screens: &[(Screen::Bladder, Found::Normal, "ICSI 2", 8)],
        },
        Person {
            family: "Okafor",
            given: "Chidi",
            born: "1968-09-30",
            sex: Sex::Male,
            language: Language::English,
            sessions: &[30],
            told: Some(Told {
                ago: minutes(95),
                said: said(
                    Some(Mood::Same),
                    Some(Thoughts::None),
                    &["dizziness"],
                    &["fall"],
                ),
                detail: None,
            }),
            in_hand: true,
            screens: &[],
        },
        Person {
            family: "Weiss",
            given: "Hannah",
            born: "1983-01-12",
            sex: Sex::Female,
            language: Language::English,
            sessions: &[78, 150],
            told: None,
            in_hand: false,
            screens: &[
                (Screen::Bladder, Found::Normal, "ICSI 1", 6),
                (Screen::Liver, Found::Normal, "", 6),
            ],
        },
        Person {
            family: "Baptiste",
            given: "Noël",
            born: "1977-06-05",
            sex: Sex::Male,
            language: Language::English,
            sessions: &[50, 122, 218, 290],
            told: Some(Told {
                ago: Span::from_hours(20),
                said: said(
                    Some(Mood::Better),
                    Some(Thoughts::None),
                    &["nausea", "headache"],
                    &[],
                ),
                detail: Some((
                    "nausea",
                    Detail {
                        severity: Some(Severity::Moderate),
                        began: Some(Began::Session),
                        lasted: Some(Lasted::Hours),
                        helped: "ginger tea and lying down".to_owned(),
                    },
                )),
            }),
            in_hand: false,
            screens: &[
                (Screen::Bladder, Found::Normal, "ICSI 3", 12),
                (
                    Screen::Liver,
                    Found::Hold,
                    "ALT 152 U/L, upper limit 40 U/L.",
                    1,
                ),
            ],
        },
        Person {
            family: "Rahman",
            given: "Aisha",
            born: "1995-12-02",
            sex: Sex::Female,
            language: Language::English,
            sessions: &[27],
            told: Some(Told {
                ago: Span::from_hours(2),
                said: said(Some(Mood::Better), Some(Thoughts::None), &[], &[]),
                detail: None,
            }),
            in_hand: false,
            screens: &[],
        },
    ]
}

/// Tells it; after the accounts, because they stand in the list of duty. Says who they are, by
/// family name.
pub async fn tell(application: &Application) -> Result<BTreeMap<&'static str, PatientId>, Fault> {
    set_duty(application).await?;
    let people = people();
    let count = u8::try_from(people.len()).unwrap_or(u8::MAX);
    let vials = drugs::of_the_weeks_before(application, count).await?;
    let mut told = BTreeMap::new();
    for ((person, vial), number) in people.into_iter().zip(vials).zip(0_u32..) {
        let patient = follow(application, &person, vial, number).await?;
        told.insert(person.family, patient);
    }
    Ok(told)
}

async fn set_duty(application: &Application) -> Result<(), Fault> {
    let accounts = application
        .store
        .accounts(application.tenant)
        .await
        .context("reading accounts")?;
    let person = |username: &str, mobile: &str| {
        accounts
            .iter()
            .find(|account| account.username == username)
            .map(|account| DutyPerson {
                staff: account.staff,
                name: account.display_name.clone(),
                email: Some(format!("{username}@clinic.example")),
                mobile: Some(mobile.to_owned()),
            })
    };
    let people = [
        person("nora", "01 555 0170"),
        person("petra", "01 555 0171"),
        person("maria", "01 555 0172"),
    ];
    let hours = ClockTime::new(8, 0)
        .zip(ClockTime::new(20, 0))
        .and_then(|(from, until)| Hours::new(from, until))
        .context("the demo's hours of duty")?;
    let duty = Duty {
        people: people.into_iter().flatten().collect(),
        hours: Weekday::ALL
            .into_iter()
            .map(|day| (day, vec![hours]))
            .collect::<BTreeMap<_, _>>(),
    };
    let wanted = Change {
        command_id: CommandId(Uuid::now_v7()),
        actor: actor("Dr Maria Okonkwo", Role::MedicalDirector),
        at: None,
        id: application.tenant.0,
        patient: None,
        session: None,
        action: "set who is told of warning signs",
        wanted: "the demo's duty".to_owned(),
    };
    change::<Clinic, Refused>(application, wanted, |_, at| {
        Ok(vec![ClinicEvent::DutySet {
            duty: duty.clone(),
            by: "Dr Maria Okonkwo".to_owned(),
            at,
        }])
    })
    .await
    .map_err(admission::told)?;
    application.read_clinic().await
}

fn actor(name: &str, role: Role) -> Actor {
    Actor::Person {
        id: StaffId(Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())),
        name: name.to_owned(),
        role,
    }
}

async fn follow(
    application: &Application,
    person: &Person,
    vial: ContainerId,
    number: u32,
) -> Result<PatientId, Fault> {
    let entry = Entry {
        record_number: None,
        family_name: person.family.to_owned(),
        given_name: person.given.to_owned(),
        birth_date: person.born.parse().context("a birth date")?,
        sex: person.sex,
        contacts: Contacts::unknown(person.language),
    };
    let by = By {
        command_id: CommandId(Uuid::now_v7()),
        actor: actor("Frank Adeyemi", Role::FrontDesk),
        name: "Frank Adeyemi".to_owned(),
    };
    let patient = patients::register_new(application, by, entry, Vec::new())
        .await
        .map_err(admission::told)?;
    let now = application.clock.now();
    let rules = application.rules();
    let following = std::sync::Arc::clone(&application.in_force().follow_up);
    let count = u32::try_from(person.sessions.len()).unwrap_or(0);
    let mut last = None;
    for (ago, earlier) in person.sessions.iter().rev().zip(0..count) {
        let start = now - Span::from_hours(*ago);
        let mut rows = Vec::new();
        let append = past::session_of(
            number * 10 + earlier,
            patient,
            (start, now),
            (&rules, None),
            &mut rows,
        )?;
        let session = clinical::record::SessionId(append.stream.id);
        last = Some(session);
        let decision = Decision {
            tenant: application.tenant,
            command_id: CommandId(Uuid::now_v7()),
            actor: actor("Nora Lindqvist", Role::Nurse),
            recorded_at: now,
            appends: vec![append],
            projections: rows,
            audit: Vec::new(),
            answer: Vec::new(),
        };
        application
            .store
            .commit(decision)
            .await
            .context("writing a session of the past")?;
        let known = application.sessions.session(session).await?;
        let known = known.context("a session of the past")?;
        // As it stood then: nothing is drawn for somebody who has left.
        let then = Arc::new(Session {
            stage: Stage::Infusion,
            ..(*known).clone()
        });
        drugs::draw_for(application, vial, &then).await?;
        let ended = Ended {
            session,
            product: Product::Racemic,
            number: earlier + 1,
            at: start + Span::from_minutes(40),
        };
        let contacts = plan(&ended, &following, |moment| {
            hours::from(&application.zone, WritingHours::DAYTIME, moment)
        });
        write(application, patient, ended.at, itself(), |state| {
            state.plan(&ended, contacts.clone())
        })
        .await?;
    }
    // The last session of the first person is written about.
    if let (0, Some(session)) = (number, last) {
        super::written::tell(application, session).await?;
    }
    drugs::waste_rest(application, vial, now - Span::from_hours(24)).await?;
    for (screen, found, note, days) in person.screens {
        let at = now - Span::from_hours(24 * days);
        let by = actor("Nora Lindqvist", Role::Nurse);
        write(application, patient, at, by, |state| {
            state
                .screened(*screen, *found, note, Role::Nurse)
                .unwrap_or_default()
        })
        .await?;
    }
    ask(application, patient, &following, now).await?;
    let Some(told) = &person.told else {
        return Ok(patient);
    };
    let own = Actor::Person {
        id: StaffId(patient.0),
        name: format!("{} {}", person.given, person.family),
        role: Role::Patient,
    };
    write(application, patient, now - told.ago, own.clone(), |state| {
        state
            .report(told.said.clone(), &following)
            .unwrap_or_default()
    })
    .await?;
    if let Some((effect, detail)) = &told.detail {
        write(application, patient, now - told.ago, own, |state| {
            state
                .describe(told.said.report, effect, detail.clone())
                .unwrap_or_default()
        })
        .await?;
    }
    if person.in_hand {
        let flag = Uuid::new_v5(&told.said.report, b"flag");
        let by = actor("Dr Petra Ivanova", Role::Prescriber);
        write(
            application,
            patient,
            now - told.ago + Span::from_minutes(6),
            by,
            |state| state.acknowledge(flag).unwrap_or_default(),
        )
        .await?;
    }
    Ok(patient)
}

/// The contacts whose time has come were made when it came.
async fn ask(
    application: &Application,
    patient: PatientId,
    rules: &FollowUpRules,
    now: Moment,
) -> Result<(), Fault> {
    for _ in 0..40 {
        let state = crate::follow_up::of(application, patient).await?.state;
        let Some(at) = state.next_at().filter(|at| *at <= now) else {
            return Ok(());
        };
        for step in state.steps(at) {
            if let Step::Make { contact, reminder } = step {
                write(application, patient, at, itself(), |state| {
                    state.made(contact, reminder, rules, at)
                })
                .await?;
            }
        }
    }
    Ok(())
}

fn itself() -> Actor {
    Actor::System {
        part: "follow-up".to_owned(),
    }
}

async fn write(
    application: &Application,
    patient: PatientId,
    at: Moment,
    actor: Actor,
    events: impl Fn(&FollowUp) -> Vec<FollowUpEvent> + Send + Sync,
) -> Result<(), Fault> {
    let wanted = Change {
        command_id: CommandId(Uuid::now_v7()),
        actor,
        at: Some(at),
        id: patient.0,
        patient: Some(patient),
        session: None,
        action: "tell the demo's time after a session",
        wanted: String::new(),
    };
    change(application, wanted, |state: &FollowUp, _now| {
        Ok::<_, Refused>(events(state))
    })
    .await
    .map(|_| ())
    .map_err(admission::told)
}
