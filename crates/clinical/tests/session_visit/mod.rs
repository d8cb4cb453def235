//! One visit under test: gives commands, applies what comes of them, and keeps the events.
#![allow(dead_code, reason = "each test file uses its own part of the builder")]

use clinical::advisory::Priority;
use clinical::course::session::*;
use clinical::policy::Rules;
use clinical::record::*;
use clinical::vital_signs::Source;
use rust_decimal::Decimal;
use units::*;
use uuid::Uuid;

pub const START: Moment = Moment::from_microseconds(1_790_000_000_000_000);

/// Minutes after the beginning of the visit.
pub fn minute(minutes: i64) -> Moment {
    START + Span::from_minutes(minutes)
}

pub fn second(seconds: i64) -> Moment {
    START + Span::from_seconds(seconds)
}

pub fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub fn milligrams(text: &str) -> Milligrams {
    Milligrams::new(decimal(text)).unwrap()
}

pub fn rate(text: &str) -> MillilitresPerHour {
    MillilitresPerHour::new(decimal(text)).unwrap()
}

pub fn person(name: &str, role: Role) -> Actor {
    Actor::Person {
        id: StaffId(Uuid::from_u128(name.len() as u128)),
        name: name.to_owned(),
        role,
    }
}

pub fn nurse() -> Actor {
    person("Nora Lind", Role::Nurse)
}

pub fn prescriber() -> Actor {
    person("Åsa Berg", Role::Prescriber)
}

pub fn engine() -> Actor {
    Actor::System {
        part: "advisories".to_owned(),
    }
}

/// 70 kg × 0.5 mg/kg = 35 mg in 50 mL at 75 mL/h. Source: clinical reference 3.7.
pub fn order() -> Order {
    prepared("35", "0.7", "50", "75", "70")
}

pub fn prepared(dose: &str, concentration: &str, volume: &str, at: &str, weight: &str) -> Order {
    Order {
        drug: "ketamine".to_owned(),
        dose: milligrams(dose),
        concentration: MilligramsPerMillilitre::new(decimal(concentration)).unwrap(),
        volume: Millilitres::new(decimal(volume)).unwrap(),
        rate: rate(at),
        dosing_weight: Kilograms::new(decimal(weight)).unwrap(),
        weight_kind: None,
        prescriber: "Åsa Berg".to_owned(),
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
    }
}

pub fn vital_signs(systolic: u32, diastolic: u32) -> VitalSigns {
    VitalSigns {
        systolic: Some(MillimetresOfMercury::new(systolic.into()).unwrap()),
        diastolic: Some(MillimetresOfMercury::new(diastolic.into()).unwrap()),
        heart_rate: Some(BeatsPerMinute::new(72.into()).unwrap()),
        oxygen_saturation: Some(OxygenSaturation::new(98.into()).unwrap()),
        ..VitalSigns::default()
    }
}

pub fn chart(values: VitalSigns) -> Command {
    Command::ChartVitalSigns {
        values,
        source: Source::Hand,
        timing: None,
    }
}

pub fn sedation(points: u8) -> Command {
    Command::ScoreSedation {
        score: points.try_into().unwrap(),
    }
}

pub fn distress(points: u8) -> Command {
    Command::ScoreDistress {
        score: points.try_into().unwrap(),
    }
}

pub fn fasted() -> FastingAnswers {
    FastingAnswers {
        clear_liquid: Answer::Is(minute(-300)),
        light_meal: Answer::Is(minute(-900)),
        heavy_meal: Answer::NoneSuch,
    }
}

pub fn plan(order: Order, earlier_sessions: u32) -> Command {
    Command::PlanSession {
        patient: PatientId(Uuid::from_u128(7)),
        room: "Room 1".to_owned(),
        planned_for: START,
        earlier_sessions,
        order,
        rules: Rules::shipped().unwrap().in_force(),
    }
}

pub fn check_in() -> Command {
    Command::CheckIn {
        fasting: fasted(),
        escort: None,
    }
}

pub fn identify() -> Command {
    Command::ConfirmIdentity {
        identifiers: vec![Identifier::FullName, Identifier::BirthDate],
    }
}

pub fn time_out(monitoring: Monitoring) -> Command {
    Command::CompleteTimeOut {
        lines: Line::ALL.to_vec(),
        monitoring,
    }
}

pub fn start() -> Command {
    start_with(None, None)
}

pub fn start_with(reason: Option<&str>, second: Option<&str>) -> Command {
    Command::StartInfusion {
        override_reason: reason.map(str::to_owned),
        second_clinician: second.map(str::to_owned),
    }
}

pub fn change_rate(to: &str) -> Command {
    Command::ChangeRate {
        rate: rate(to),
        reason: String::new(),
        override_reason: None,
    }
}

pub fn bolus(amount: &str) -> Command {
    Command::GiveBolus {
        amount: milligrams(amount),
        again: false,
    }
}

pub fn pause() -> Command {
    Command::PauseInfusion {
        reason: String::new(),
    }
}

pub fn stop() -> Command {
    Command::StopInfusion {
        why: Stop::Completed,
        note: String::new(),
    }
}

pub fn note(text: &str) -> Command {
    Command::WriteNote {
        text: text.to_owned(),
    }
}

pub fn correct(entry: EventId, correction: Correction) -> Command {
    Command::CorrectEntry {
        entry,
        correction,
        reason: "wrong line".to_owned(),
    }
}

pub fn raise(priority: Priority, technical: bool) -> Command {
    Command::RaiseAdvisory {
        notice: AdvisoryNotice {
            condition: "systolic-high".to_owned(),
            says: "Systolic pressure is high.".to_owned(),
            priority,
            technical,
            measured: None,
            limit: None,
            since: START,
        },
    }
}

/// Somebody who has come back in every respect.
pub fn back() -> RecoveryCheck {
    RecoveryCheck {
        activity: Activity::FourLimbs,
        breathing: Breathing::Deep,
        consciousness: Consciousness::Awake,
        oxygen: Oxygen::RoomAir,
        oriented_to: Orientation::ALL.iter().copied().collect(),
        walk: Walk::Steady,
        nausea: Degree::Minimal,
        pain: Degree::Minimal,
        bleeding: Degree::Minimal,
        dissociation: 0.try_into().unwrap(),
        mind: Mind::Clear,
        cannula: Cannula::Out,
        drank: true,
        passed_urine: false,
    }
}

pub fn check(check: RecoveryCheck) -> Command {
    Command::CheckRecovery { check }
}

pub fn discharge(escort: &str) -> Command {
    discharge_with(escort, None)
}

/// With everything said that is said when somebody leaves.
pub fn discharge_with(escort: &str, override_reason: Option<&str>) -> Command {
    Command::Discharge {
        escort: escort.to_owned(),
        instructions_given: true,
        stable: true,
        override_reason: override_reason.map(str::to_owned),
    }
}

pub fn acknowledge(advisories: &[u32]) -> Command {
    Command::AcknowledgeAdvisories {
        advisories: advisories.iter().copied().collect(),
    }
}

pub fn cancel() -> Command {
    Command::CancelSession {
        reason: "the person is unwell".to_owned(),
    }
}

pub fn sign() -> Command {
    Command::Sign {
        statement: "I have reviewed this record.".to_owned(),
    }
}

#[derive(Clone)]
pub struct Visit {
    pub session: Session,
    pub rules: Rules,
    pub monitor: MonitorEvidence,
    pub papers: Papers,
    pub events: Vec<(Header, SessionEvent)>,
}

impl Visit {
    pub fn new() -> Self {
        Self {
            session: Session::new(SessionId(Uuid::from_u128(1))),
            rules: Rules::shipped().unwrap(),
            monitor: MonitorEvidence::Live,
            papers: Papers::in_force("seen"),
            events: Vec::new(),
        }
    }

    /// Planned an hour before and checked in at minute 0.
    pub fn checked_in(order: Order, earlier_sessions: u32) -> Self {
        let mut visit = Self::new();
        visit.does(plan(order, earlier_sessions), minute(-60));
        visit.does(check_in(), START);
        visit
    }

    /// Everything for a start is there; measured at minute 0.
    pub fn ready() -> Self {
        Self::ready_with(order(), 0)
    }

    pub fn ready_with(order: Order, earlier_sessions: u32) -> Self {
        let mut visit = Self::checked_in(order, earlier_sessions);
        visit.does(identify(), START);
        visit.does(chart(vital_signs(120, 70)), START);
        visit.does(time_out(Monitoring::Monitor), START);
        visit
    }

    /// The pump runs since minute 0.
    pub fn running() -> Self {
        let mut visit = Self::ready();
        visit.does(start(), START);
        visit
    }

    /// Looked at, scored and measured as somebody who has come back, at this moment and a quarter
    /// of an hour before it.
    pub fn comes_back(&mut self, at: Moment) {
        for at in [at - Span::from_minutes(15), at] {
            for fact in [
                sedation(5),
                distress(0),
                chart(vital_signs(120, 70)),
                check(back()),
            ] {
                self.does(fact, at);
            }
        }
    }

    pub fn by(
        &mut self,
        actor: &Actor,
        command: Command,
        at: Moment,
        now: Moment,
    ) -> Result<Vec<SessionEvent>, Refusal> {
        let context = Context {
            now,
            at,
            actor,
            monitor: self.monitor.clone(),
            papers: &self.papers,
            rules: &self.rules,
        };
        let events = decide(&self.session, command, &context)?;
        for event in &events {
            let version = self.session.version + 1;
            let header = Header {
                tenant: TenantId(Uuid::from_u128(2)),
                position: version,
                stream: StreamId {
                    kind: StreamKind::Session,
                    id: self.session.id.0,
                },
                stream_version: version,
                event_id: EventId(Uuid::from_u128(1_000 + u128::from(version))),
                kind: event.name().to_owned(),
                schema_version: SessionEvent::SCHEMA_VERSION,
                actor: actor.clone(),
                command_id: CommandId(Uuid::from_u128(u128::from(version))),
                occurred_at: at,
                recorded_at: now,
                previous: [0; 32],
            };
            self.session.apply(&header, event.clone());
            self.events.push((header, event.clone()));
        }
        Ok(events)
    }

    pub fn tries(&mut self, command: Command, at: Moment) -> Result<Vec<SessionEvent>, Refusal> {
        self.by(&nurse(), command, at, at)
    }

    pub fn does(&mut self, command: Command, at: Moment) -> EventId {
        self.tries(command, at).unwrap();
        self.session.entries.last().unwrap().event_id
    }

    pub fn given(&self, at: Moment) -> Milligrams {
        self.session.infusion().unwrap().delivered(at).amount
    }

    pub fn left(&self, at: Moment) -> Milligrams {
        self.session.infusion().unwrap().remaining(at)
    }
}
