//! What a rule charts by itself: each cuff cycle, each minute, each change of an advisory.

use crate::application::Application;
use crate::command::{Order, derived_command_id, execute};
use crate::live::Watched;
use crate::web::respond::Refused;
use clinical::advisory::{Advisory, Change};
use clinical::course::session::escalation::to_escalate;
use clinical::course::session::{
    AdvisoryNotice, Command, Correction, DeviceTiming, Refusal, SessionEvent, VitalSigns,
};
use clinical::policy::Rules;
use clinical::record::{Actor, CommandId, EventId, SessionId};
use clinical::vital_signs::{Density, Numeric, Signal, Source, TrendMinute, VitalSign, choose};
use units::{
    BeatsPerMinute, BreathsPerMinute, Decimal, DegreesCelsius, MillimetresOfMercury, Moment,
    OxygenSaturation, PartialPressure, Span,
};
use uuid::Uuid;

/// A continuous value that is charted beside a cuff reading is no older than this.
const BESIDE_THE_CUFF: Span = clinical::vital_signs::freshness::GREYED_AFTER;

/// What a cuff cycle is, against those that were seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cycle {
    /// Not seen before.
    New,
    /// Seen before with other values: the device corrects itself.
    Corrected,
}

/// A cuff cycle, to be charted.
pub struct CuffReading {
    session: SessionId,
    device: String,
    cycle: Cycle,
    values: VitalSigns,
    timing: DeviceTiming,
}

impl CuffReading {
    /// The cuff cycle among these numerics, with what the other sensors show at that moment.
    ///
    /// `None` when there is no whole pressure: half of one is not charted.
    pub fn of(
        session: SessionId,
        device: &str,
        cycle: Cycle,
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
            device: device.to_owned(),
            cycle,
            values,
            timing: DeviceTiming {
                device: systolic.device_at,
                received: systolic.received_at,
                corrected: systolic.corrected_at.min(now),
            },
        })
    }
}

/// A cuff reading that its device says was wrong.
pub struct WrongReading {
    session: SessionId,
    device: String,
    said: Moment,
}

impl WrongReading {
    /// The reading of this time, by the device's own clock.
    pub fn new(session: SessionId, device: &str, said: Moment) -> Self {
        Self {
            session,
            device: device.to_owned(),
            said,
        }
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

/// Charts a cuff cycle, once, however often its frame is read; another content of the same cycle
/// corrects its entry.
pub async fn cuff_reading(application: &Application, reading: CuffReading) {
    let CuffReading {
        session,
        device,
        cycle,
        values,
        timing,
    } = reading;
    if cycle == Cycle::Corrected
        && let Some((entry, charted)) = charted_at(application, session, timing.device).await
    {
        if charted.systolic == values.systolic && charted.diastolic == values.diastolic {
            return;
        }
        let right = VitalSigns {
            systolic: values.systolic,
            diastolic: values.diastolic,
            mean: values.mean,
            ..charted
        };
        let correction = Correction::VitalSigns { values: right };
        correct(application, session, &device, entry, correction).await;
        return;
    }
    let what = format!("cuff {device} {}", timing.device.microseconds());
    let id = derived_command_id(session, &what);
    chart(application, session, &device, id, values, timing).await;
}

/// Strikes out a cuff reading that its device has taken back.
pub async fn wrong_reading(application: &Application, wrong: WrongReading) {
    let WrongReading {
        session,
        device,
        said,
    } = wrong;
    if let Some((entry, _)) = charted_at(application, session, said).await {
        correct(application, session, &device, entry, Correction::Struck).await;
    }
}

/// The standing entry of a device's cuff cycle, by the device's own time.
async fn charted_at(
    application: &Application,
    session: SessionId,
    said: Moment,
) -> Option<(EventId, VitalSigns)> {
    let known = application.sessions.session(session).await.ok().flatten()?;
    known.entries.iter().find_map(|entry| match &entry.event {
        SessionEvent::VitalSignsCharted {
            timing: Some(timing),
            values,
            ..
        } if timing.device == said && values.systolic.is_some() => {
            Some((entry.event_id, entry.vital_signs()?))
        }
        _other => None,
    })
}

async fn correct(
    application: &Application,
    session: SessionId,
    device: &str,
    entry: EventId,
    correction: Correction,
) {
    let what = format!("correct {entry} {correction:?}");
    let order = Order {
        command_id: derived_command_id(session, &what),
        session,
        actor: Actor::Device {
            name: device.to_owned(),
        },
        command: Command::CorrectEntry {
            entry,
            correction,
            reason: "the monitor took its own value back".to_owned(),
        },
        at: None,
    };
    let done = execute(application, order).await.map(|_| ());
    report(done, session, "a monitor's correction was not charted");
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

/// Puts the engine's changes into the record. What the machine could not write is owed, with all
/// that was said after it, and is written first the next time: at the latest in a second.
// Hazard: H15
pub async fn advisory_changes(application: &Application, session: SessionId, changes: Vec<Change>) {
    let watched = application.live.watch(session);
    let mut changes = watched.take_owed().into_iter().chain(changes);
    while let Some(change) = changes.next() {
        let done = advisory_change(application, session, &change).await;
        let failed = matches!(done, Err(Refused::Fault(_)));
        report(done, session, "a notice was not recorded");
        if failed {
            watched.owe(std::iter::once(change).chain(changes).collect());
            return;
        }
    }
}

async fn advisory_change(
    application: &Application,
    session: SessionId,
    change: &Change,
) -> Result<(), Refused> {
    let command = match change {
        Change::Raised { advisory }
        | Change::Escalated { advisory }
        | Change::Eased { advisory } => Some(Command::RaiseAdvisory {
            notice: notice(advisory),
        }),
        Change::Ended { advisory, .. } => {
            let known = application.sessions.session(session).await?;
            known.and_then(|known| {
                let word = advisory.condition.word();
                let open = known.open_advisories();
                let standing = open.iter().find(|open| open.notice.condition == word)?;
                Some(Command::ResolveAdvisories {
                    advisories: [standing.number].into(),
                    how: "ended by itself: back inside the limit".to_owned(),
                })
            })
        }
    };
    let Some(command) = command else {
        return Ok(());
    };
    let order = Order {
        command_id: CommandId(Uuid::now_v7()),
        session,
        actor: Actor::System {
            part: "clinic limits".to_owned(),
        },
        command,
        at: None,
    };
    execute(application, order).await.map(|_| ())
}

/// Tells a second person about what nobody has acknowledged in time, once for each notice.
///
/// The record says what was escalated: nothing is kept beside it that a restart could lose.
// Hazard: H15
pub async fn escalate(application: &Application, session: SessionId, rules: &Rules, now: Moment) {
    // What this second has raised stands in the record already: it is read again.
    let Ok(Some(known)) = application.sessions.session(session).await else {
        return;
    };
    for advisory in to_escalate(&known, rules, now) {
        let order = Order {
            command_id: derived_command_id(session, &format!("escalate {advisory}")),
            session,
            actor: Actor::System {
                part: "clinic rules".to_owned(),
            },
            command: Command::EscalateAdvisory { advisory },
            at: None,
        };
        let done = execute(application, order).await.map(|_| ());
        report(done, session, "a second person was not told");
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
