//! The advisory engine of one session, fed with frames, entries and the passing of time.

use clinical::advisory::{
    Advisory, AdvisorySource, Change, Condition, Due, Engine, Limits, Origin,
};
use clinical::course::session::{Session, SessionEvent, Stage, next_due};
use clinical::policy::Rules;
use clinical::vital_signs::{Numeric, Source, VitalSign};
use std::sync::Arc;
use units::{Moment, Span};

/// One session's engine, while the clinic has limits in force and the person is in the room.
#[derive(Default)]
pub struct Watchkeeper {
    engine: Option<Engine>,
    /// Entries up to this version have been told to the engine.
    told: u64,
}

impl Watchkeeper {
    /// What a frame brought.
    pub fn observe(&mut self, numerics: &[Numeric], now: Moment) -> Vec<Change> {
        let Some(engine) = self.engine.as_mut() else {
            return Vec::new();
        };
        // Only what reached us just now: a stored frame that is read again is the past.
        let fresh = |numeric: &&Numeric| now - numeric.received_at < Span::from_seconds(10);
        numerics
            .iter()
            .filter(fresh)
            .flat_map(|numeric| engine.observe(numeric))
            .collect()
    }

    /// The session as it now is, and the passing of time.
    pub fn keep_watch(
        &mut self,
        limits: Option<&Arc<Limits>>,
        session: &Session,
        rules: &Rules,
        feed_period: Option<Span>,
        now: Moment,
    ) -> Vec<Change> {
        let Some(limits) = limits.filter(|_| session.stage.is_present()) else {
            // Nothing of this person's limits outlives the session. Hazard: H16
            self.engine = None;
            self.told = 0;
            return Vec::new();
        };
        if self.engine.is_none() {
            self.engine = begin(limits, session, now);
            self.told = session.version;
        }
        let Some(engine) = self.engine.as_mut() else {
            return Vec::new();
        };
        let mut changes = engine.expect_feed(feed_period, now);
        changes.extend(engine.set_dosing(session.stage.is_dosing(), now));
        let baseline = baseline(session);
        engine.set_baseline(baseline.0, baseline.1);
        changes.extend(engine.schedule(due(session, rules), now));
        changes.extend(tell(engine, session, self.told, now));
        self.told = session.version;
        changes.extend(engine.tick(now));
        changes
    }
}

/// A new engine; after a restart it takes up what the record says still holds.
fn begin(limits: &Arc<Limits>, session: &Session, now: Moment) -> Option<Engine> {
    let mut engine = Engine::when_switched_on(true, Arc::clone(limits), now)?;
    for open in session.open_advisories() {
        let Some(condition) = Condition::from_word(&open.notice.condition) else {
            continue;
        };
        engine.resume(Advisory {
            condition,
            tier: None,
            priority: open.notice.priority,
            value: None,
            limit: None,
            since: open.notice.since,
            at: open.raised_at,
            source: AdvisorySource::Silence,
            origin: Origin::ClinicLimit,
            acknowledged: None,
            repeat_by: None,
        });
    }
    Some(engine)
}

/// What people have charted and acknowledged since the engine was last told.
fn tell(engine: &mut Engine, session: &Session, told: u64, now: Moment) -> Vec<Change> {
    let mut changes = Vec::new();
    for entry in session.entries.iter().filter(|entry| entry.version > told) {
        match &entry.event {
            SessionEvent::VitalSignsCharted {
                source: Source::Hand,
                values,
                ..
            } => {
                let given = [
                    (
                        VitalSign::Systolic,
                        values.systolic.map(|value| value.value()),
                    ),
                    (
                        VitalSign::Diastolic,
                        values.diastolic.map(|value| value.value()),
                    ),
                    (
                        VitalSign::HeartRate,
                        values.heart_rate.map(|value| value.value()),
                    ),
                    (
                        VitalSign::OxygenSaturation,
                        values.oxygen_saturation.map(|v| v.value()),
                    ),
                    (
                        VitalSign::RespiratoryRate,
                        values.respiratory_rate.map(|v| v.value()),
                    ),
                ];
                for (sign, value) in given {
                    let Some(value) = value else { continue };
                    changes.extend(engine.charted(sign, value, entry.occurred_at, now));
                }
            }
            SessionEvent::AdvisoryAcknowledged { advisory } => {
                let condition = session
                    .advisories
                    .get(advisory)
                    .and_then(|known| Condition::from_word(&known.notice.condition));
                if let Some(condition) = condition {
                    engine.acknowledge(condition, "staff", now);
                }
            }
            _other => {}
        }
    }
    changes
}

/// This person's own pressure before the first drug.
fn baseline(session: &Session) -> (Option<units::Decimal>, Option<units::Decimal>) {
    let start = session
        .infusion()
        .and_then(|infusion| infusion.started_at());
    let before = session
        .vital_signs()
        .into_iter()
        .rev()
        .find(|(at, values)| values.systolic.is_some() && start.is_some_and(|start| *at <= start));
    before.map_or((None, None), |(_, values)| {
        (
            values.systolic.map(|value| value.value()),
            values.diastolic.map(|value| value.value()),
        )
    })
}

fn due(session: &Session, rules: &Rules) -> Option<Due> {
    let scheduled = matches!(
        session.stage,
        Stage::Infusion | Stage::Paused | Stage::Stopped | Stage::Observation
    );
    let due = next_due(session, rules).filter(|_| scheduled)?;
    let parameter = if session.stage.is_dosing() {
        "during"
    } else {
        "after"
    };
    Some(Due {
        at: due.at,
        tolerance: due.overdue_from - due.at,
        interval: rules.value("monitoring-schedule", parameter)?.span()?,
    })
}
