//! Sessions made the only way there is: commands decided by the core.

use clinical::course::session::{
    Alongside, Answer, Command, Context, Correction, DistressScore, FastingAnswers, Grounds,
    Identifier, Line, MonitorEvidence, Monitoring, Order, Papers, Refusal, SedationScore, Session,
    SessionEvent, Stop, VitalSigns, Way, decide,
};
use clinical::policy::Rules;
use clinical::record::{
    Actor, CommandId, DeviceId, EventId, Header, PatientId, Recorded, Role, SessionId, StaffId,
    StreamId, TenantId,
};
use clinical::vital_signs::{Signal, Source};
use exchange::fhir::{DeviceFacts, Resource, SessionFacts, resources_of_session};
use std::collections::BTreeMap;
use units::{
    BeatsPerMinute, BreathsPerMinute, Decimal, DegreesCelsius, Kilograms, Milligrams,
    MilligramsPerMillilitre, Millilitres, MillilitresPerHour, MillimetresOfMercury, Moment,
    OxygenSaturation, PartialPressure, Span,
};
use uuid::Uuid;

pub const TENANT: TenantId = TenantId(Uuid::from_u128(0x7e));
pub const PATIENT: PatientId = PatientId(Uuid::from_u128(0xa1));
pub const SESSION: SessionId = SessionId(Uuid::from_u128(0x5e));
pub const DEVICE: DeviceId = DeviceId(Uuid::from_u128(0xde));

pub fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// Minutes after 10:00 on 3 November 2026, universal time.
pub fn at(minute: i64) -> Moment {
    Moment::parse("2026-11-03T10:00:00Z").unwrap() + Span::from_minutes(minute)
}

/// A session and its clock, told in commands.
pub struct Story {
    pub session: Session,
    pub rules: Rules,
    pub devices: BTreeMap<String, DeviceFacts>,
    events: u128,
}

impl Story {
    pub fn new() -> Self {
        let device = DeviceFacts {
            tenant: TENANT,
            device: DEVICE,
            wire_key: "MON-3".to_owned(),
            name: "Monitor room 3".to_owned(),
            version: 1,
            updated: at(-60),
        };
        Self {
            session: Session::new(SESSION),
            rules: Rules::shipped().unwrap(),
            devices: BTreeMap::from([("MON-3".to_owned(), device)]),
            events: 0,
        }
    }

    /// Tells one command at a moment; the events are applied as the store would.
    pub fn tell(&mut self, at: Moment, command: Command) -> Result<EventId, Refusal> {
        let actor = match &command {
            Command::ChartVitalSigns {
                source: Source::Device { device },
                ..
            } => Actor::Device {
                name: device.clone(),
            },
            _by_a_person => Actor::Person {
                id: StaffId(Uuid::from_u128(0x0f)),
                name: "Jo Tan RN".to_owned(),
                role: Role::Nurse,
            },
        };
        let context = Context {
            now: at,
            at,
            actor: &actor,
            monitor: MonitorEvidence::NotAssociated,
            papers: &Papers::in_force("seen"),
            rules: &self.rules,
        };
        let events = decide(&self.session, command, &context)?;
        let mut last = EventId(Uuid::nil());
        for event in events {
            last = self.stand(at, &actor, event);
        }
        Ok(last)
    }

    /// Applies one event as the store would.
    pub fn stand(&mut self, at: Moment, actor: &Actor, event: SessionEvent) -> EventId {
        self.events += 1;
        let event_id = EventId(Uuid::from_u128((0xe << 64) + self.events));
        let header = Header {
            tenant: TENANT,
            position: u64::try_from(self.events).unwrap(),
            stream: StreamId::session(SESSION),
            stream_version: u64::try_from(self.events).unwrap(),
            event_id,
            kind: event.name().to_owned(),
            schema_version: 1,
            actor: actor.clone(),
            command_id: CommandId(Uuid::from_u128(self.events)),
            occurred_at: at,
            // Recorded a quarter of a second after it happened.
            recorded_at: at + Span::from_milliseconds(250),
            previous: [0; 32],
        };
        self.session.apply(&header, event);
        event_id
    }

    /// A visit up to the time-out: everything that the start asks for.
    pub fn prepared() -> Self {
        let mut story = Self::new();
        story.tell(at(-60), plan()).unwrap();
        story
            .tell(
                at(-10),
                Command::CheckIn {
                    fasting: FastingAnswers {
                        clear_liquid: Answer::NoneSuch,
                        light_meal: Answer::NoneSuch,
                        heavy_meal: Answer::NoneSuch,
                    },
                    escort: Some("Sam Lee".to_owned()),
                },
            )
            .unwrap();
        story
            .tell(
                at(-9),
                Command::ConfirmIdentity {
                    identifiers: vec![Identifier::FullName, Identifier::BirthDate],
                },
            )
            .unwrap();
        story
            .tell(at(-5), by_hand(set(Some(("124", "78")), "72", "98")))
            .unwrap();
        story
            .tell(
                at(-2),
                Command::CompleteTimeOut {
                    lines: Line::ALL.to_vec(),
                    monitoring: Monitoring::ByHand,
                },
            )
            .unwrap();
        story
    }

    /// The same with the pump running since 10:00 at 60 mL/h.
    pub fn started() -> Self {
        let mut story = Self::prepared();
        story.tell(at(0), start()).unwrap();
        story
    }

    pub fn facts(&self) -> SessionFacts<'_> {
        SessionFacts {
            devices: &self.devices,
        }
    }

    pub fn resources(&self) -> Vec<Resource> {
        resources_of_session(&self.session, &self.facts())
    }
}

/// 36 mg in 60 mL, 0.6 mg/mL, at 60 mL/h: 36 mg in an hour.
pub fn plan() -> Command {
    Command::PlanSession {
        patient: PATIENT,
        room: "Room 3".to_owned(),
        planned_for: at(0),
        earlier_sessions: 1,
        order: Order {
            drug: "ketamine".to_owned(),
            dose: Milligrams::new(decimal("36")).unwrap(),
            concentration: MilligramsPerMillilitre::new(decimal("0.6")).unwrap(),
            volume: Millilitres::new(decimal("60")).unwrap(),
            rate: rate("60"),
            dosing_weight: Kilograms::new(decimal("72")).unwrap(),
            weight_kind: None,
            prescriber: "Dr Alex Kim".to_owned(),
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
        rules: Vec::new(),
    }
}

pub fn start() -> Command {
    Command::StartInfusion {
        override_reason: None,
        second_clinician: None,
    }
}

pub fn stop(why: Stop) -> Command {
    Command::StopInfusion {
        why,
        note: String::new(),
    }
}

pub fn rate(text: &str) -> MillilitresPerHour {
    MillilitresPerHour::new(decimal(text)).unwrap()
}

pub fn mmhg(text: &str) -> MillimetresOfMercury {
    MillimetresOfMercury::new(decimal(text)).unwrap()
}

/// A set of pressure, heart rate and saturation.
pub fn set(pressure: Option<(&str, &str)>, heart_rate: &str, saturation: &str) -> VitalSigns {
    VitalSigns {
        systolic: pressure.map(|(systolic, _)| mmhg(systolic)),
        diastolic: pressure.map(|(_, diastolic)| mmhg(diastolic)),
        heart_rate: Some(BeatsPerMinute::new(decimal(heart_rate)).unwrap()),
        oxygen_saturation: Some(OxygenSaturation::new(decimal(saturation)).unwrap()),
        ..VitalSigns::default()
    }
}

/// One value of every sign.
pub fn full_set() -> VitalSigns {
    VitalSigns {
        mean: Some(mmhg("97")),
        heart_rate_from: Some(Signal::PulseFromOximeter),
        respiratory_rate: Some(BreathsPerMinute::new(decimal("14")).unwrap()),
        respiratory_rate_from: Some(Signal::RespiratoryRateFromCarbonDioxide),
        end_tidal_carbon_dioxide: Some(PartialPressure::new(decimal("38.5")).unwrap()),
        temperature: Some(DegreesCelsius::new(decimal("36.9")).unwrap()),
        ..set(Some(("134", "79")), "81", "97")
    }
}

pub fn by_hand(values: VitalSigns) -> Command {
    Command::ChartVitalSigns {
        values,
        source: Source::Hand,
        timing: None,
    }
}

pub fn by_device(values: VitalSigns) -> Command {
    Command::ChartVitalSigns {
        values,
        source: Source::Device {
            device: "MON-3".to_owned(),
        },
        timing: None,
    }
}

pub fn correct(entry: EventId, correction: Correction) -> Command {
    Command::CorrectEntry {
        entry,
        correction,
        reason: "Wrong field".to_owned(),
    }
}

pub fn sedation(points: u8) -> SedationScore {
    SedationScore::try_from(points).unwrap()
}

pub fn distress(points: u8) -> DistressScore {
    DistressScore::try_from(points).unwrap()
}
