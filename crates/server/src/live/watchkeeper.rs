//! The advisory engine of one session, fed with frames, entries and the passing of time.

use clinical::advisory::{
    Advisory, AdvisorySource, Change, Condition, Due, Engine, Limits, Origin,
};
use clinical::course::session::{Check, Session, SessionEvent, Stage, VitalSigns, all_due};
use clinical::policy::Rules;
use clinical::record::EventId;
use clinical::vital_signs::{Numeric, Source, VitalSign};
use std::collections::BTreeMap;
use std::sync::Arc;
use units::{Moment, Span};

/// One session's engine, while the person is in the room.
#[derive(Default)]
pub struct Watchkeeper {
    engine: Option<Engine>,
    /// The engine watches the clinic's limits too; otherwise the schedule of readings alone.
    with_limits: bool,
    /// Entries up to this version have been told to the engine.
    told: u64,
    /// What the engine has said and the record could not be told: it is said again.
    owed: Vec<Change>,
}

impl Watchkeeper {
    /// What a frame brought.
    pub fn observe(&mut self, numerics: &[Numeric], now: Moment) -> Vec<Change> {
        let Some(engine) = self.engine.as_mut().filter(|_| self.with_limits) else {
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

    /// Keeps what the record could not be told of, in its order.
    // Hazard: H15
    pub fn owe(&mut self, changes: Vec<Change>) {
        self.owed.extend(changes);
    }

    /// What is owed to the record; whoever takes it tells the record of it first.
    pub fn take_owed(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.owed)
    }

    /// The session as it now is, and the passing of time. `on`: the clinic uses its limits.
    pub fn keep_watch(
        &mut self,
        limits: &Arc<Limits>,
        on: bool,
        session: &Session,
        rules: &Rules,
        feed_period: Option<Span>,
        now: Moment,
    ) -> Vec<Change> {
        if !session.stage.is_present() {
            // Nothing of this person's limits outlives the session. Hazard: H16
            *self = Self::default();
            return Vec::new();
        }
        let mut changes = Vec::new();
        if self.engine.is_none() || self.with_limits != on {
            let mut engine = begin(limits, on, session, now);
            let pressure = session.latest_blood_pressure();
            if let (Some(engine), true, Some((at, _))) = (engine.as_mut(), on, pressure) {
                engine.take_up(VitalSign::Systolic, at);
                engine.take_up(VitalSign::Diastolic, at);
            }
            self.engine = engine;
            self.with_limits = on;
            self.told = session.version;
        }
        let Some(engine) = self.engine.as_mut() else {
            return changes;
        };
        if on {
            changes.extend(engine.expect_feed(feed_period, now));
            changes.extend(engine.set_dosing(session.stage.is_dosing(), now));
            let baseline = baseline(session);
            engine.set_baseline(baseline.0, baseline.1);
        }
        changes.extend(engine.schedule(due(session, rules), now));
        changes.extend(tell(engine, session, self.told, now));
        self.told = session.version;
        changes.extend(engine.tick(now));
        changes
    }
}

/// A new engine; after a restart it takes up what the record says still holds.
fn begin(limits: &Arc<Limits>, on: bool, session: &Session, now: Moment) -> Option<Engine> {
    let mut engine = if on {
        Engine::when_switched_on(true, Arc::clone(limits), now)?
    } else {
        Engine::of_the_schedule(limits, now)?
    };
    for open in session.open_advisories() {
        let Some(condition) = Condition::from_word(&open.notice.condition)
            .filter(|condition| on || Condition::OVERDUE.contains(condition))
        else {
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

/// The numbers of a set that limits judge.
fn numbers(values: &VitalSigns) -> Vec<(VitalSign, units::Decimal)> {
    [
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
            values.oxygen_saturation.map(|value| value.value()),
        ),
        (
            VitalSign::RespiratoryRate,
            values.respiratory_rate.map(|value| value.value()),
        ),
    ]
    .into_iter()
    .filter_map(|(sign, value)| Some((sign, value?)))
    .collect()
}

/// What people have charted, marked and acknowledged since the engine was last told.
fn tell(engine: &mut Engine, session: &Session, told: u64, now: Moment) -> Vec<Change> {
    let mut changes = Vec::new();
    for entry in session.entries.iter().filter(|entry| entry.version > told) {
        match &entry.event {
            SessionEvent::VitalSignsCharted {
                source: Source::Hand,
                values,
                ..
            } => {
                for (sign, value) in numbers(values) {
                    changes.extend(engine.charted(sign, value, entry.occurred_at, now));
                }
            }
            SessionEvent::EntryCorrected { entry: wrong, .. } => {
                changes.extend(tell_put_right(engine, session, *wrong, now));
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

/// Tells the engine what does not stand as it was charted: an artefact and an entry that was struck
/// never were; another value in its place is judged as the reading of that time.
// Hazard: H12
fn tell_put_right(
    engine: &mut Engine,
    session: &Session,
    wrong: EventId,
    now: Moment,
) -> Vec<Change> {
    let Some(entry) = session.entries.iter().find(|known| known.event_id == wrong) else {
        return Vec::new();
    };
    let SessionEvent::VitalSignsCharted { source, values, .. } = entry.counted() else {
        return Vec::new();
    };
    let at = entry.occurred_at;
    let charted = numbers(values);
    let right = entry.vital_signs().as_ref().map_or_else(Vec::new, numbers);
    let mut changes = Vec::new();
    for (sign, value) in right.iter().filter(|value| !charted.contains(value)) {
        changes.extend(engine.charted(*sign, *value, at, now));
    }
    for sign in entry.left_out() {
        let standing = session.latest(|values| {
            let known = numbers(values)
                .into_iter()
                .find(|(known, _)| *known == sign);
            known.map(|(_, value)| value)
        });
        let standing = standing.map(|(at, value)| (value, at));
        changes.extend(engine.retract(sign, source, at, standing, now));
    }
    changes
}

/// This person's own pressure before the first drug.
fn baseline(session: &Session) -> (Option<units::Decimal>, Option<units::Decimal>) {
    let start = session.first_drug_at();
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

/// What the schedule asks for while drug is given and after it, by what says that it is overdue.
fn due(session: &Session, rules: &Rules) -> BTreeMap<Condition, Due> {
    let scheduled = matches!(
        session.stage,
        Stage::Infusion | Stage::Paused | Stage::Stopped | Stage::Observation
    );
    all_due(session, rules)
        .into_iter()
        .filter(|_| scheduled)
        .filter_map(|due| {
            let condition = match due.check {
                Check::VitalSigns => Condition::ReadingOverdue,
                Check::Responsiveness => Condition::ResponsivenessOverdue,
                Check::Distress => Condition::DistressOverdue,
                // Asked for by its clock alone: it does not interrupt.
                Check::Dissociation => return None,
            };
            let of_engine = Due {
                at: due.at,
                tolerance: due.overdue_from - due.at,
                interval: due.interval,
            };
            Some((condition, of_engine))
        })
        .collect()
}
