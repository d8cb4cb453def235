//! Sessions of the past, many of them: for measuring pages and programs against a full clinic.

use crate::application::Application;
use crate::fault::Fault;
use crate::projection::{self, KnownDevices};
use anyhow::Context;
use clinical::course::session::{
    Activity, AdverseEvent, Alongside, Answer, Because, Breathing, Cannula, CardOutcome, Command,
    Consciousness, Context as Circumstances, Degree, DistressScore, FastingAnswers, Grounds,
    Identifier, Line, Mind, MonitorEvidence, Monitoring, OpenedCard, Order, Orientation, Oxygen,
    Papers, Rating, RecoveryCheck, SedationScore, Session, SessionEvent, Stop, VitalSigns, Walk,
    Way, decide,
};
use clinical::patient::{Patient, PatientEvent, Sex};
use clinical::policy::Rules;
use clinical::record::{
    Actor, CommandId, EventId, Header, NewEvent, PatientId, Recorded, Role, SessionId, StaffId,
    StreamId,
};
use clinical::vital_signs::Source;
use store::{Append, Decision, ProjectionWrite};
use units::{
    BeatsPerMinute, BreathsPerMinute, Decimal, Kilograms, Milligrams, MilligramsPerMillilitre,
    Millilitres, MillilitresPerHour, MillimetresOfMercury, Moment, OxygenSaturation, Span,
};
use uuid::Uuid;

/// One person for this many sessions: a course of treatment and some maintenance.
const SESSIONS_OF_ONE: u32 = 10;

/// How many sessions go into one write.
const TOGETHER: u32 = 20;

/// Names of people who never were.
const FAMILIES: [&str; 8] = [
    "Abara",
    "Bianchi",
    "Castillo",
    "Dimitrov",
    "Eriksen",
    "Fontaine",
    "Grünwald",
    "Haddad",
];

/// Puts whole signed sessions of the past into the record.
pub async fn tell(application: &Application, sessions: u32) -> Result<(), Fault> {
    let now = application.clock.now();
    let rules = application.rules();
    for first in (0..sessions).step_by(TOGETHER as usize) {
        let mut appends = Vec::new();
        let mut rows = Vec::new();
        for number in first..(first + TOGETHER).min(sessions) {
            let person = number / SESSIONS_OF_ONE;
            let patient = PatientId(Uuid::new_v5(&Uuid::NAMESPACE_OID, &person.to_be_bytes()));
            let ago = Span::from_hours(24 * 2 + i64::from(number % 36_000));
            if number.is_multiple_of(SESSIONS_OF_ONE) {
                appends.push(person_of(patient, person, now, &mut rows)?);
            }
            appends.push(session_of(
                number,
                patient,
                (now - ago, now),
                (&rules, None),
                &mut rows,
            )?);
        }
        let decision = Decision {
            tenant: application.tenant,
            command_id: CommandId(Uuid::now_v7()),
            actor: nurse(),
            recorded_at: now,
            appends,
            projections: rows,
            audit: Vec::new(),
            answer: Vec::new(),
        };
        application
            .store
            .commit(decision)
            .await
            .context("writing past sessions")?;
    }
    Ok(())
}

fn nurse() -> Actor {
    Actor::Person {
        id: StaffId(Uuid::nil()),
        name: "Nora Lindqvist".to_owned(),
        role: Role::Prescriber,
    }
}

fn person_of(
    patient: PatientId,
    number: u32,
    now: Moment,
    rows: &mut Vec<ProjectionWrite>,
) -> Result<Append, Fault> {
    let event = PatientEvent::PatientRegistered {
        patient,
        record_number: format!("9{number:06}"),
        family_name: FAMILIES[number as usize % FAMILIES.len()].to_owned(),
        given_name: format!("No. {number}"),
        birth_date: format!(
            "19{:02}-0{}-1{}",
            50 + number % 50,
            1 + number % 9,
            number % 9
        )
        .parse()
        .context("a birth date")?,
        sex: Sex::Unknown,
    };
    let mut known = Patient::default();
    known.apply(&event);
    rows.extend(projection::after_patient_event(&known, 1, now));
    Ok(Append {
        stream: StreamId::patient(patient),
        expected_version: 0,
        events: vec![event.to_new_event(EventId(Uuid::now_v7()), now)],
    })
}

/// An emergency card that was opened in a session of the past, and its adverse event.
pub(super) struct Trouble {
    /// The card.
    pub card: OpenedCard,
    /// The adverse event as it was signed.
    pub report: AdverseEvent,
}

impl Trouble {
    fn commands(&self, start: Moment) -> [(Moment, Command); 3] {
        let at = start + Span::from_minutes(40);
        [
            (
                at,
                Command::OpenCard {
                    card: self.card.clone(),
                    because: Because::Hand,
                },
            ),
            (
                at,
                Command::CloseCard {
                    opening: 1,
                    outcome: CardOutcome::Settled,
                    note: String::new(),
                },
            ),
            (
                at,
                Command::RecordAdverseEvent {
                    opening: 1,
                    report: self.report.clone(),
                },
            ),
        ]
    }
}

/// One whole session that began then and is recorded now, decided by the very rules that decide a
/// live one.
pub(super) fn session_of(
    number: u32,
    patient: PatientId,
    (start, now): (Moment, Moment),
    (rules, trouble): (&Rules, Option<&Trouble>),
    rows: &mut Vec<ProjectionWrite>,
) -> Result<Append, Fault> {
    let id = SessionId(Uuid::now_v7());
    let mut session = Session::new(id);
    let mut events: Vec<NewEvent> = Vec::new();
    let mut latest: Vec<ProjectionWrite> = Vec::new();
    let devices = KnownDevices::default();
    for (at, command) in commands(number, patient, start, (rules, trouble))? {
        let actor = nurse();
        let context = Circumstances {
            now: at,
            at,
            actor: &actor,
            monitor: MonitorEvidence::Live,
            papers: &Papers::in_force("in force, as this invented session has it"),
            rules,
        };
        let decided = decide(&session, command, &context)
            .map_err(|refusal| anyhow::anyhow!("a past session: {}", refusal.says()))?;
        for event in decided {
            let event_id = EventId(Uuid::now_v7());
            events.push(event.to_new_event(event_id, at));
            session.apply(&header(&session, &event, event_id, (at, now)), event);
            latest.extend(projection::after_session_event(&session, &devices));
        }
    }
    rows.extend(projection::newest_only(latest));
    Ok(Append {
        stream: StreamId::session(id),
        expected_version: 0,
        events,
    })
}

fn header(
    session: &Session,
    event: &SessionEvent,
    event_id: EventId,
    (at, now): (Moment, Moment),
) -> Header {
    Header {
        tenant: crate::application::SINGLE_CLINIC,
        position: 0,
        stream: StreamId::session(session.id),
        stream_version: session.version + 1,
        event_id,
        kind: event.name().to_owned(),
        schema_version: SessionEvent::SCHEMA_VERSION,
        actor: nurse(),
        command_id: CommandId(Uuid::nil()),
        occurred_at: at,
        recorded_at: now,
        previous: [0; 32],
    }
}

fn commands(
    number: u32,
    patient: PatientId,
    start: Moment,
    (rules, trouble): (&Rules, Option<&Trouble>),
) -> Result<Vec<(Moment, Command)>, Fault> {
    let after = |minutes: i64| start + Span::from_minutes(minutes);
    // Nobody is ready to leave at the same minute.
    let stay = i64::from(number % 5) * 8;
    let ago = |hours: i64| Answer::Is(start - Span::from_hours(hours));
    let mut commands = vec![
        (
            after(-60),
            Command::PlanSession {
                patient,
                room: format!("{}", 1 + number % 4),
                planned_for: start,
                earlier_sessions: number % SESSIONS_OF_ONE,
                order: Order {
                    drug: "ketamine".to_owned(),
                    dose: Milligrams::new(Decimal::from(35))?,
                    concentration: MilligramsPerMillilitre::new(Decimal::new(7, 1))?,
                    volume: Millilitres::new(Decimal::from(50))?,
                    rate: MillilitresPerHour::new(Decimal::from(75))?,
                    dosing_weight: Kilograms::new(Decimal::from(70))?,
                    weight_kind: None,
                    prescriber: "Dr Petra Ivanova".to_owned(),
                    beyond: None,
                    reckoned: None,
                    way: Way::default(),
                    alongside: Alongside::default(),
                    grounds: Some(Grounds {
                        age: Some(41),
                        earlier: 0,
                        in_seven_days: 1,
                        last: None,
                        liver: None,
                    }),
                },
                rules: rules.in_force(),
            },
        ),
        (
            after(-20),
            Command::CheckIn {
                fasting: FastingAnswers {
                    clear_liquid: ago(3),
                    light_meal: ago(10),
                    heavy_meal: Answer::NoneSuch,
                },
                escort: Some("friend".to_owned()),
            },
        ),
        (
            after(-18),
            Command::ConfirmIdentity {
                identifiers: vec![Identifier::FullName, Identifier::BirthDate],
            },
        ),
        (after(-5), signs(number, 0)?),
        (
            after(-2),
            Command::CompleteTimeOut {
                lines: Line::ALL.to_vec(),
                monitoring: Monitoring::Monitor,
            },
        ),
        (
            start,
            Command::StartInfusion {
                override_reason: None,
                second_clinician: None,
            },
        ),
    ];
    for minute in (5..=40).step_by(5) {
        commands.push((after(minute), signs(number, minute)?));
    }
    if let Some(trouble) = trouble {
        commands.extend(trouble.commands(start));
    }
    let stop = Command::StopInfusion {
        why: Stop::Completed,
        note: String::new(),
    };
    commands.extend([
        (after(40), stop),
        (after(41), Command::BeginObservation),
        (after(83 + stay), signs(number, 0)?),
        (
            after(84 + stay),
            Command::ScoreSedation {
                score: SedationScore::try_from(5)?,
            },
        ),
        (after(84 + stay), recovered()?),
        (after(99 + stay), signs(number, 0)?),
        (
            after(100 + stay),
            Command::ScoreSedation {
                score: SedationScore::try_from(5)?,
            },
        ),
        (
            after(100 + stay),
            Command::ScoreDistress {
                score: DistressScore::try_from(0)?,
            },
        ),
        (after(100 + stay), recovered()?),
        (
            after(101 + stay),
            Command::Discharge {
                escort: "friend".to_owned(),
                instructions_given: true,
                stable: true,
                override_reason: None,
            },
        ),
        (
            after(105 + stay),
            Command::Sign {
                statement: "Complete and correct.".to_owned(),
            },
        ),
    ]);
    Ok(commands)
}

/// Somebody who has come back in every respect.
pub(super) fn recovered() -> Result<Command, Fault> {
    let check = RecoveryCheck {
        activity: Activity::FourLimbs,
        breathing: Breathing::Deep,
        consciousness: Consciousness::Awake,
        oxygen: Oxygen::RoomAir,
        oriented_to: Orientation::ALL.iter().copied().collect(),
        walk: Walk::Steady,
        nausea: Degree::Minimal,
        pain: Degree::Minimal,
        bleeding: Degree::Minimal,
        dissociation: Rating::try_from(0)?,
        mind: Mind::Clear,
        cannula: Cannula::Out,
        drank: true,
        passed_urine: true,
    };
    Ok(Command::CheckRecovery { check })
}

fn signs(number: u32, minute: i64) -> Result<Command, Fault> {
    let wave = i64::from(number % 7) + minute / 4;
    let values = VitalSigns {
        systolic: Some(MillimetresOfMercury::new(Decimal::from(118 + wave))?),
        diastolic: Some(MillimetresOfMercury::new(Decimal::from(72 + wave / 2))?),
        heart_rate: Some(BeatsPerMinute::new(Decimal::from(68 + wave / 2))?),
        respiratory_rate: Some(BreathsPerMinute::new(Decimal::from(14))?),
        oxygen_saturation: Some(OxygenSaturation::new(Decimal::from(98))?),
        ..VitalSigns::default()
    };
    Ok(Command::ChartVitalSigns {
        values,
        source: Source::Hand,
        timing: None,
    })
}
