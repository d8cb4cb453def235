//! What a rule charts by itself: each cuff cycle, each minute, each change of an advisory.

use super::BedsideDevice;
use crate::application::Application;
use crate::command::{Order, derived_command_id, execute};
use crate::live::Watched;
use crate::web::respond::Refused;
use clinical::advisory::{Advisory, Change};
use clinical::course::session::{AdvisoryNotice, Command, DeviceTiming, Refusal, VitalSigns};
use clinical::record::{Actor, CommandId, SessionId};
use clinical::vital_signs::{Density, Numeric, Signal, Source, TrendMinute, VitalSign, choose};
use units::{
    BeatsPerMinute, BreathsPerMinute, Decimal, DegreesCelsius, MillimetresOfMercury, Moment,
    OxygenSaturation, PartialPressure, Span,
};
use uuid::Uuid;

/// A continuous value that is charted beside a cuff reading is no older than this.
const BESIDE_THE_CUFF: Span = clinical::vital_signs::freshness::GREYED_AFTER;

/// A new cuff cycle, to be charted.
pub struct CuffReading {
    session: SessionId,
    device: String,
    values: VitalSigns,
    timing: DeviceTiming,
}

impl CuffReading {
    /// The cuff cycle among these numerics, with what the other sensors show at that moment.
    ///
    /// `None` when there is no whole pressure: half of one is not charted.
    pub fn of(
        session: SessionId,
        device: &BedsideDevice,
        numerics: &[Numeric],
        watched: &Watched,
        now: Moment,
    ) -> Option<Self> {
        let find = |signal: Signal| numerics.iter().find(|numeric| numeric.signal == signal);
        let (systolic, diastolic) = (find(Signal::CuffSystolic)?, find(Signal::CuffDiastolic)?);
        let bedside = watched.bedside();
        let beside = |sign: VitalSign| {
            // A backlog's cuff cycle is charted alone: what is live now is not of its time.
            let current = now - systolic.corrected_at <= Span::from_minutes(2);
            choose(sign, bedside.good(), |_| BESIDE_THE_CUFF, now)
                .filter(|numeric| current && numeric.age(now) <= BESIDE_THE_CUFF)
                .map(|numeric| (numeric.signal, numeric.value))
        };
        let heart_rate = beside(VitalSign::HeartRate);
        let respiratory_rate = beside(VitalSign::RespiratoryRate);
        let mut values = signs(heart_rate, respiratory_rate, |sign| {
            beside(sign).map(|(_, value)| value)
        });
        values.systolic = MillimetresOfMercury::new(systolic.value).ok();
        values.diastolic = MillimetresOfMercury::new(diastolic.value).ok();
        values.mean =
            find(Signal::CuffMean).and_then(|mean| MillimetresOfMercury::new(mean.value).ok());
        Some(Self {
            session,
            device: device.wire_key.clone(),
            values,
            timing: DeviceTiming {
                device: systolic.device_at,
                received: systolic.received_at,
                corrected: systolic.corrected_at.min(now),
            },
        })
    }
}

fn signs(
    heart_rate: Option<(Signal, Decimal)>,
    respiratory_rate: Option<(Signal, Decimal)>,
    value: impl Fn(VitalSign) -> Option<Decimal>,
) -> VitalSigns {
    let heart_rate = heart_rate
        .and_then(|(signal, value)| Some((signal, BeatsPerMinute::new(value.round()).ok()?)));
    let respiratory_rate = respiratory_rate
        .and_then(|(signal, value)| Some((signal, BreathsPerMinute::new(value.round()).ok()?)));
    VitalSigns {
        heart_rate: heart_rate.map(|(_, rate)| rate),
        heart_rate_from: heart_rate.map(|(signal, _)| signal),
        respiratory_rate: respiratory_rate.map(|(_, rate)| rate),
        respiratory_rate_from: respiratory_rate.map(|(signal, _)| signal),
        oxygen_saturation: value(VitalSign::OxygenSaturation)
            .and_then(|value| OxygenSaturation::new(value).ok()),
        end_tidal_carbon_dioxide: value(VitalSign::EndTidalCarbonDioxide)
            .and_then(|value| PartialPressure::new(value).ok()),
        temperature: value(VitalSign::Temperature)
            .and_then(|value| DegreesCelsius::new(value).ok()),
        ..VitalSigns::default()
    }
}

/// Charts a cuff cycle, once, however often its frame is read.
pub async fn cuff_reading(application: &Application, reading: CuffReading) {
    let CuffReading {
        session,
        device,
        values,
        timing,
    } = reading;
    let what = format!("cuff {device} {}", timing.device.microseconds());
    let id = derived_command_id(session, &what);
    chart(application, session, &device, id, values, timing).await;
}

/// Charts one minute's medians for the session that the device served in it.
pub async fn minute(
    application: &Application,
    session: SessionId,
    device: &str,
    start: Moment,
    minutes: &[TrendMinute],
) {
    let median = |signal: Signal| {
        minutes
            .iter()
            .find(|minute| minute.signal == signal && minute.density == Density::Full)
            .and_then(|minute| minute.median)
    };
    let chosen = |sign: VitalSign| {
        sign.sources()
            .iter()
            .find_map(|signal| Some((*signal, median(*signal)?)))
    };
    let values = signs(
        chosen(VitalSign::HeartRate),
        chosen(VitalSign::RespiratoryRate),
        |sign| chosen(sign).map(|(_, value)| value),
    );
    if values.check().is_err() {
        return;
    }
    let id = derived_command_id(
        session,
        &format!("minute {device} {}", start.microseconds()),
    );
    let timing = DeviceTiming {
        device: start,
        received: start,
        corrected: start,
    };
    chart(application, session, device, id, values, timing).await;
}

async fn chart(
    application: &Application,
    session: SessionId,
    device: &str,
    command_id: CommandId,
    values: VitalSigns,
    timing: DeviceTiming,
) {
    let source = Source::Device {
        device: device.to_owned(),
    };
    let order = Order {
        command_id,
        session,
        actor: Actor::Device {
            name: device.to_owned(),
        },
        command: Command::ChartVitalSigns {
            values,
            source,
            timing: Some(timing),
        },
        at: Some(timing.corrected),
    };
    report(
        execute(application, order).await.map(|_| ()),
        session,
        "a reading was not charted",
    );
}

/// Puts the engine's changes into the record.
pub async fn advisory_changes(application: &Application, session: SessionId, changes: Vec<Change>) {
    for change in changes {
        let command = match &change {
            Change::Raised { advisory }
            | Change::Escalated { advisory }
            | Change::Eased { advisory } => Some(Command::RaiseAdvisory {
                notice: notice(advisory),
            }),
            Change::Ended { advisory, .. } => {
                let known = application.sessions.session(session).await.ok().flatten();
                known.and_then(|known| {
                    let word = advisory.condition.word();
                    let open = known.open_advisories();
                    let standing = open.iter().find(|open| open.notice.condition == word)?;
                    Some(Command::ResolveAdvisory {
                        advisory: standing.number,
                        how: "ended by itself: back inside the limit".to_owned(),
                    })
                })
            }
        };
        let Some(command) = command else { continue };
        let order = Order {
            command_id: CommandId(Uuid::now_v7()),
            session,
            actor: Actor::System {
                part: "clinic limits".to_owned(),
            },
            command,
            at: None,
        };
        let done = execute(application, order).await.map(|_| ());
        report(done, session, "a notice was not recorded");
    }
}

fn notice(advisory: &Advisory) -> AdvisoryNotice {
    AdvisoryNotice {
        condition: advisory.condition.word().to_owned(),
        says: advisory.says().to_owned(),
        priority: advisory.priority,
        technical: advisory.is_technical(),
        measured: advisory.measured(),
        limit: advisory.limit_shown(),
        since: advisory.since,
    }
}

/// A refusal of something that a device or a rule wanted is expected (the session had just
/// ended, the notice stands already); a fault is not.
fn report(done: Result<(), Refused>, session: SessionId, what: &str) {
    match done {
        Ok(()) => {}
        Err(Refused::Refusal(refusal)) => match *refusal {
            Refusal::AlreadyRaised | Refusal::NoSuchAdvisory | Refusal::NotNow { .. } => {}
            refusal => tracing::info!(%session, why = refusal.says(), "{what}"),
        },
        Err(other) => {
            other.log();
            tracing::warn!(%session, why = other.says(), "{what}");
        }
    }
}
