//! Many rooms with an infusion running in each and a monitor beside it, put into the store while
//! no server runs.
//!
//! The demo has four rooms, and no page plans five hundred sessions; so this one part goes through
//! the core and the store. Everything in it was decided by the rules that decide a live session.

use crate::clinic::Clinic;
use anyhow::{Context as _, Result, anyhow};
use clinical::clinic::ClinicEvent;
use clinical::course::session::{
    Alongside, Answer, Command, Context, FastingAnswers, Grounds, Identifier, Line,
    MonitorEvidence, Monitoring, Order, Papers, Session, SessionEvent, Stop, VitalSigns, Way,
    decide,
};
use clinical::device::{Device, DeviceCommand, DeviceEvent, Method};
use clinical::patient::{Patient, PatientEvent, Sex};
use clinical::policy::Rules;
use clinical::record::{
    Actor, CommandId, DeviceId, EventId, Header, NewEvent, PatientId, Recorded, Role, SessionId,
    StaffId, StreamId,
};
use clinical::vital_signs::Source;
use server::application::SINGLE_CLINIC;
use server::projection::{self, KnownDevices};
use store::{Append, Decision, Outcome, ProjectionWrite, Store};
use units::{
    BeatsPerMinute, BreathsPerMinute, Decimal, Kilograms, Milligrams, MilligramsPerMillilitre,
    Millilitres, MillilitresPerHour, MillimetresOfMercury, Moment, OxygenSaturation, Span,
};
use uuid::Uuid;

/// A room with its session and its monitor.
#[derive(Clone, Debug)]
pub struct Room {
    /// The monitor's key on the wire.
    pub key: String,
    /// The session.
    pub session: String,
}

/// Puts this many rooms into the clinic's store: infusions that began ten minutes ago, and as the
/// first a session that began two hours ago and has been charted each minute since.
pub fn open(clinic: &Clinic, count: u32) -> Result<Vec<Room>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let store = store::open(&format!("sqlite:{}", clinic.database().display())).await?;
        let rules = Rules::shipped()?;
        let now = Moment::from_microseconds(crate::stranger::mllp::now() * 1_000);
        let mut rooms = Vec::new();
        let known = store
            .stream(SINGLE_CLINIC, StreamId::clinic(SINGLE_CLINIC), 0)
            .await?;
        let opened: Vec<NewEvent> = (0..count)
            .map(|number| {
                let name = format!("Bay {number}");
                let event = ClinicEvent::RoomOpened {
                    name,
                    position: 100 + number,
                };
                event.to_new_event(EventId(Uuid::now_v7()), now)
            })
            .collect();
        let stream = StreamId::clinic(SINGLE_CLINIC);
        let append = Append {
            stream,
            expected_version: known.len() as u64,
            events: opened,
        };
        commit(&*store, now, vec![append], Vec::new()).await?;
        for number in 0..count {
            let minutes = if number == 0 { 120 } else { 10 };
            let mut written = Written::default();
            let patient = person(number, now, &mut written)?;
            let session = session(number, patient, now, minutes, &rules, &mut written)?;
            let key = format!("0EBE{number:012X}");
            monitor(&key, session, number, now, &mut written)?;
            commit(&*store, now, written.appends, written.rows).await?;
            rooms.push(Room {
                key,
                session: session.to_string(),
            });
        }
        Ok(rooms)
    })
}

#[derive(Default)]
struct Written {
    appends: Vec<Append>,
    rows: Vec<ProjectionWrite>,
}

async fn commit(
    store: &dyn Store,
    now: Moment,
    appends: Vec<Append>,
    projections: Vec<ProjectionWrite>,
) -> Result<()> {
    let decision = Decision {
        tenant: SINGLE_CLINIC,
        command_id: CommandId(Uuid::now_v7()),
        actor: nurse(),
        recorded_at: now,
        appends,
        projections,
        audit: Vec::new(),
        answer: b"{}".to_vec(),
    };
    match store.commit(decision).await? {
        Outcome::Committed(_) => Ok(()),
        other => Err(anyhow!("the rooms were not written: {other:?}")),
    }
}

fn nurse() -> Actor {
    Actor::Person {
        id: StaffId(Uuid::nil()),
        name: "Bench".to_owned(),
        role: Role::Prescriber,
    }
}

fn person(number: u32, now: Moment, written: &mut Written) -> Result<PatientId> {
    let patient = PatientId(Uuid::now_v7());
    let event = PatientEvent::PatientRegistered {
        patient,
        record_number: format!("B{number:05}"),
        family_name: format!("Bench{number}"),
        given_name: "Invented".to_owned(),
        birth_date: "1980-01-02".parse()?,
        sex: Sex::Unknown,
    };
    let mut known = Patient::default();
    known.apply(&event);
    written
        .rows
        .extend(projection::after_patient_event(&known, 1, now));
    written.appends.push(Append {
        stream: StreamId::patient(patient),
        expected_version: 0,
        events: vec![event.to_new_event(EventId(Uuid::now_v7()), now)],
    });
    Ok(patient)
}

fn session(
    number: u32,
    patient: PatientId,
    now: Moment,
    minutes: i64,
    rules: &Rules,
    written: &mut Written,
) -> Result<SessionId> {
    let id = SessionId(Uuid::now_v7());
    let mut session = Session::new(id);
    let mut events = Vec::new();
    let devices = KnownDevices::default();
    for (at, command) in commands(number, patient, now, minutes, rules)? {
        let actor = nurse();
        let monitor = MonitorEvidence::Live;
        let context = Context {
            now: at,
            at,
            actor: &actor,
            monitor,
            papers: &Papers::in_force("in force, as this invented session has it"),
            rules,
        };
        let decided = decide(&session, command, &context)
            .map_err(|refusal| anyhow!("a room's session: {}", refusal.says()))?;
        for event in decided {
            let event_id = EventId(Uuid::now_v7());
            events.push(event.to_new_event(event_id, at));
            let header = Header {
                tenant: SINGLE_CLINIC,
                position: 0,
                stream: StreamId::session(id),
                stream_version: session.version + 1,
                event_id,
                kind: event.name().to_owned(),
                schema_version: SessionEvent::SCHEMA_VERSION,
                actor: nurse(),
                command_id: CommandId(Uuid::nil()),
                occurred_at: at,
                recorded_at: at,
                previous: [0; 32],
            };
            session.apply(&header, event);
            written
                .rows
                .extend(projection::after_session_event(&session, &devices));
        }
    }
    let stream = StreamId::session(id);
    written.appends.push(Append {
        stream,
        expected_version: 0,
        events,
    });
    Ok(id)
}

fn commands(
    number: u32,
    patient: PatientId,
    now: Moment,
    minutes: i64,
    rules: &Rules,
) -> Result<Vec<(Moment, Command)>> {
    let start = now - Span::from_minutes(minutes);
    let after = |minutes: i64| start + Span::from_minutes(minutes);
    let ago = |hours: i64| Answer::Is(start - Span::from_hours(hours));
    let order = Order {
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
    };
    let planned = Command::PlanSession {
        patient,
        room: format!("Bay {number}"),
        planned_for: start,
        earlier_sessions: 0,
        order,
        rules: rules.in_force(),
    };
    let fasting = FastingAnswers {
        clear_liquid: ago(3),
        light_meal: ago(10),
        heavy_meal: Answer::NoneSuch,
    };
    let identifiers = vec![Identifier::FullName, Identifier::BirthDate];
    let time_out = Command::CompleteTimeOut {
        lines: Line::ALL.to_vec(),
        monitoring: Monitoring::Monitor,
    };
    let mut commands = vec![
        (after(-60), planned),
        (
            after(-20),
            Command::CheckIn {
                fasting,
                escort: Some("friend".to_owned()),
            },
        ),
        (after(-18), Command::ConfirmIdentity { identifiers }),
        (after(-5), signs(0)?),
        (after(-2), time_out),
        (
            start,
            Command::StartInfusion {
                override_reason: None,
                second_clinician: None,
            },
        ),
    ];
    for minute in 1..minutes {
        if minutes > 60 || minute % 5 == 0 {
            commands.push((after(minute), signs(minute)?));
        }
        if minute == 40 {
            let stop = Command::StopInfusion {
                why: Stop::Completed,
                note: String::new(),
            };
            commands.push((after(minute), stop));
            commands.push((after(minute), Command::BeginObservation));
        }
    }
    Ok(commands)
}

fn signs(minute: i64) -> Result<Command> {
    let wave = minute % 9;
    let cuff = minute % 5 == 0;
    let pressure = |value: i64| MillimetresOfMercury::new(Decimal::from(value));
    let values = VitalSigns {
        systolic: if cuff {
            Some(pressure(118 + wave)?)
        } else {
            None
        },
        diastolic: if cuff {
            Some(pressure(72 + wave)?)
        } else {
            None
        },
        heart_rate: Some(BeatsPerMinute::new(Decimal::from(68 + wave))?),
        respiratory_rate: Some(BreathsPerMinute::new(Decimal::from(14))?),
        oxygen_saturation: Some(OxygenSaturation::new(Decimal::from(97))?),
        ..VitalSigns::default()
    };
    Ok(Command::ChartVitalSigns {
        values,
        source: Source::Hand,
        timing: None,
    })
}

fn monitor(
    key: &str,
    session: SessionId,
    number: u32,
    now: Moment,
    written: &mut Written,
) -> Result<()> {
    let id = DeviceId(Uuid::now_v7());
    let mut device = Device::default();
    let commands = [
        DeviceCommand::RegisterDevice {
            device: id,
            wire_key: key.to_owned(),
            name: format!("Monitor {number}"),
            profile: "generic-pcd01".to_owned(),
        },
        DeviceCommand::AssociateDevice {
            room: format!("Bay {number}"),
            session: Some(session),
            method: Method::Scan,
            take_over: false,
        },
    ];
    let at = now - Span::from_minutes(10);
    let mut events: Vec<DeviceEvent> = Vec::new();
    for command in &commands {
        for event in clinical::device::decide(&device, command, at).context("a room's monitor")? {
            device.apply(&event);
            events.push(event);
        }
    }
    written.rows.extend(projection::after_device_events(
        &device,
        events.len() as u64,
        now,
    ));
    written.appends.push(Append {
        stream: StreamId::device(id),
        expected_version: 0,
        events: events
            .iter()
            .map(|event| event.to_new_event(EventId(Uuid::now_v7()), at))
            .collect(),
    });
    Ok(())
}
