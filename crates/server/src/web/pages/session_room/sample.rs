//! A session in mid-infusion, folded from its own events, with every kind of entry.

use super::super::around::sample::NOW;
use clinical::advisory::Priority;
use clinical::course::session::{
    AdvisoryNotice, Alongside, Answer, Correction, DistressScore, FastingAnswers, Identifier, Line,
    Monitoring, Order, SedationScore, Session, SessionEvent, SupportDetail, SupportKind,
    VitalSigns, Way,
};
use clinical::policy::{Gate, Verdict};
use clinical::record::{
    Actor, CommandId, EventId, Header, PatientId, Recorded, Role, SessionId, StaffId, StreamId,
    TenantId,
};
use clinical::vital_signs::Source;
use units::{
    BeatsPerMinute, BreathsPerMinute, Decimal, Implausible, Kilograms, Milligrams,
    MilligramsPerMillilitre, Millilitres, MillilitresPerHour, MillimetresOfMercury, Moment,
    OxygenSaturation, Span,
};
use uuid::Uuid;

/// The sample session's identity.
pub const SESSION: SessionId = SessionId(Uuid::from_u128(0x5e55));

/// The order of all samples: 36 mg in 50 mL over 40 minutes for 72 kg.
///
/// Refuses nothing in practice: the numbers are plausible.
pub fn order() -> Result<Order, Implausible> {
    Ok(Order {
        drug: "ketamine".to_owned(),
        dose: Milligrams::new(Decimal::from(36))?,
        concentration: MilligramsPerMillilitre::new(Decimal::new(72, 2))?,
        volume: Millilitres::new(Decimal::from(50))?,
        rate: MillilitresPerHour::new(Decimal::from(75))?,
        dosing_weight: Kilograms::new(Decimal::from(72))?,
        weight_kind: None,
        prescriber: "Dr Ivo Lange".to_owned(),
        beyond: None,
        reckoned: None,
        way: Way::default(),
        alongside: Alongside::default(),
        grounds: None,
    })
}

/// A set of vital signs.
///
/// Refuses what is implausible.
pub fn vital_signs(
    systolic: i64,
    diastolic: i64,
    pulse: i64,
    saturation: i64,
) -> Result<VitalSigns, Implausible> {
    Ok(VitalSigns {
        systolic: Some(MillimetresOfMercury::new(Decimal::from(systolic))?),
        diastolic: Some(MillimetresOfMercury::new(Decimal::from(diastolic))?),
        heart_rate: Some(BeatsPerMinute::new(Decimal::from(pulse))?),
        oxygen_saturation: Some(OxygenSaturation::new(Decimal::from(saturation))?),
        respiratory_rate: Some(BreathsPerMinute::new(Decimal::from(14))?),
        ..VitalSigns::default()
    })
}

/// Applies events to a new session, each at its minutes before now, by one nurse.
pub fn folded(events: Vec<(i64, SessionEvent)>) -> Session {
    let mut session = Session::new(SESSION);
    for (index, (minutes_ago, event)) in events.into_iter().enumerate() {
        let version = u64::try_from(index).unwrap_or(0) + 1;
        let at: Moment = NOW - Span::from_minutes(minutes_ago);
        let header = Header {
            tenant: TenantId(Uuid::from_u128(1)),
            position: version,
            stream: StreamId::session(SESSION),
            stream_version: version,
            event_id: event_id(version),
            kind: event.name().to_owned(),
            schema_version: 1,
            actor: Actor::Person {
                id: StaffId(Uuid::from_u128(3)),
                name: "Nora Quist".to_owned(),
                role: Role::Nurse,
            },
            command_id: CommandId(Uuid::from_u128(u128::from(version))),
            occurred_at: at,
            recorded_at: at,
            previous: [0; 32],
        };
        session.apply(&header, event);
    }
    session
}

/// The identity of the sample's entry with this number.
pub fn event_id(version: u64) -> EventId {
    EventId(Uuid::from_u128(0xe000 + u128::from(version)))
}

/// The events up to and with check-in.
///
/// Refuses nothing in practice: the numbers are plausible.
pub fn prepared() -> Result<Vec<(i64, SessionEvent)>, Implausible> {
    Ok(vec![
        (
            300,
            SessionEvent::SessionPlanned {
                patient: PatientId(Uuid::from_u128(118)),
                room: "Room 2".to_owned(),
                planned_for: NOW - Span::from_minutes(45),
                earlier_sessions: 1,
                order: order()?,
                rules: Vec::new(),
            },
        ),
        (
            55,
            SessionEvent::PatientCheckedIn {
                fasting: FastingAnswers {
                    clear_liquid: Answer::Is(NOW - Span::from_hours(4)),
                    light_meal: Answer::Is(NOW - Span::from_minutes(332)),
                    heavy_meal: Answer::NoneSuch,
                },
                escort: None,
            },
        ),
    ])
}

/// The whole story, to 22 minutes after the start.
///
/// Refuses nothing in practice: the numbers are plausible.
pub fn running() -> Result<Session, Box<dyn std::error::Error>> {
    let mut events = prepared()?;
    let verdict = Verdict {
        gate: Gate::StartInfusion,
        at: NOW,
        findings: Vec::new(),
    };
    events.extend([
        (
            40,
            SessionEvent::IdentityConfirmed {
                identifiers: vec![Identifier::FullName, Identifier::BirthDate],
            },
        ),
        (
            35,
            SessionEvent::VitalSignsCharted {
                values: vital_signs(128, 80, 72, 98)?,
                source: Source::Hand,
                timing: None,
            },
        ),
        (
            30,
            SessionEvent::TimeOutCompleted {
                lines: Line::ALL.to_vec(),
                monitoring: Monitoring::Monitor,
            },
        ),
        (
            22,
            SessionEvent::DosingStarted {
                rate: order()?.rate,
                verdict,
                overridden: None,
            },
        ),
        (
            17,
            SessionEvent::VitalSignsCharted {
                values: vital_signs(184, 82, 80, 97)?,
                source: Source::Hand,
                timing: None,
            },
        ),
        (
            16,
            SessionEvent::EntryCorrected {
                entry: event_id(7),
                correction: Correction::VitalSigns {
                    values: vital_signs(148, 82, 80, 97)?,
                },
                reason: "typed 8 for 4".to_owned(),
            },
        ),
        (
            12,
            SessionEvent::NoteWritten {
                text: "Music changed at her wish.".to_owned(),
            },
        ),
        (
            8,
            SessionEvent::SedationScored {
                score: SedationScore::try_from(5)?,
            },
        ),
        (
            7,
            SessionEvent::DistressScored {
                score: DistressScore::try_from(2)?,
            },
        ),
        (
            6,
            SessionEvent::SupportGiven {
                kind: SupportKind::Grounding,
                note: "breathing together".to_owned(),
                detail: SupportDetail::default(),
            },
        ),
        (
            2,
            SessionEvent::AdvisoryRaised {
                advisory: 1,
                notice: AdvisoryNotice {
                    condition: "systolic-high".to_owned(),
                    says: "Systolic above 160 for 2 readings".to_owned(),
                    priority: Priority::Medium,
                    technical: false,
                    measured: Some("168\u{a0}mmHg".to_owned()),
                    limit: Some("160\u{a0}mmHg".to_owned()),
                    since: NOW - Span::from_minutes(2),
                },
            },
        ),
    ]);
    Ok(folded(events))
}

/// A session that waits for its start.
///
/// Refuses nothing in practice: the numbers are plausible.
pub fn preparing() -> Result<Session, Box<dyn std::error::Error>> {
    Ok(folded(prepared()?))
}
