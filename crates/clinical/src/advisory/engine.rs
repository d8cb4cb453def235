//! The advisory engine of one session: numerics, entries by hand and silence in; changes out.
//!
//! Source: device reference §13.4. It reads receive time as its clock, never fires for the past,
//! and treats *no data* as a condition of its own, never as a normal value and never as the last.

use super::limits::{Limits, Rule};
use super::window::{Holding, Sample, Window};
use super::{Acknowledgement, Advisory, AdvisorySource, Change, Condition, Origin, Priority, Tier};
use crate::vital_signs::{Numeric, Quality, Signal, Source, VitalSign};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::Arc;
use units::{Moment, Span};

/// The longest that audible signals can be paused. Source: device reference §13.2.
pub const LONGEST_AUDIO_PAUSE: Span = Span::from_seconds(120);

/// A reading that the schedule asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// When it is due.
    pub at: Moment,
    /// How late it may be.
    pub tolerance: Span,
    /// The schedule's interval: at one interval late the priority rises.
    pub interval: Span,
}

/// The state machine of one session. Nothing of it outlives the session.
#[derive(Clone, Debug)]
pub struct Engine {
    limits: Arc<Limits>,
    now: Moment,
    period: Span,
    systolic_baseline: Option<Decimal>,
    diastolic_baseline: Option<Decimal>,
    feed_expected_since: Option<Moment>,
    last_live: Option<Moment>,
    continuous_seen: bool,
    dosing_since: Option<Moment>,
    last_saturation: Option<Moment>,
    due: BTreeMap<Condition, Due>,
    repeats: BTreeMap<Channel, Moment>,
    /// Repetitions that an artefact has left to be done, whatever still holds.
    owed: BTreeMap<Channel, Moment>,
    windows: BTreeMap<Channel, Window>,
    last_of: BTreeMap<Signal, (Moment, Decimal)>,
    newest_reading: BTreeMap<Channel, Moment>,
    newest_cycle: BTreeMap<Signal, Moment>,
    ended: BTreeMap<Condition, Moment>,
    active: BTreeMap<Condition, Active>,
    audio_paused_until: Option<Moment>,
}

/// What is judged: a sign, or breath as carbon dioxide shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Channel {
    Saturation,
    HeartRate,
    Breathing,
    CarbonDioxide,
    Breath,
    Systolic,
    Diastolic,
}

#[derive(Clone, Debug)]
struct Active {
    advisory: Advisory,
    raised_at: Moment,
    inside: BTreeMap<Tier, Inside>,
}

/// From when to when a value has been inside a limit by the margin, without a gap.
#[derive(Clone, Copy, Debug)]
struct Inside {
    since: Moment,
    last: Moment,
}

/// A value on its way to being judged.
#[derive(Clone, Copy, Debug)]
struct Judged {
    value: Decimal,
    at: Moment,
    good: bool,
    source: AdvisorySource,
    /// One deliberate reading, by cuff or by hand: it needs no persistence to begin or to end.
    single: bool,
}

impl Engine {
    /// An engine with the clinic's limits, if the clinic has switched advisories on.
    ///
    /// `None` while the switch is off: then nothing can be raised. Every session begins with a
    /// new engine, so that no limit and no condition of the person before stays.
    pub fn when_switched_on(on: bool, limits: Arc<Limits>, now: Moment) -> Option<Self> {
        on.then(|| Self {
            limits,
            now,
            period: Span::from_seconds(1),
            systolic_baseline: None,
            diastolic_baseline: None,
            feed_expected_since: None,
            last_live: None,
            continuous_seen: false,
            dosing_since: None,
            last_saturation: None,
            due: BTreeMap::new(),
            repeats: BTreeMap::new(),
            owed: BTreeMap::new(),
            windows: BTreeMap::new(),
            last_of: BTreeMap::new(),
            newest_reading: BTreeMap::new(),
            newest_cycle: BTreeMap::new(),
            ended: BTreeMap::new(),
            active: BTreeMap::new(),
            audio_paused_until: None,
        })
    }

    /// An engine of the schedule alone, for a clinic that uses no limits on numerics: that a
    /// reading is overdue follows from the record, and needs no device.
    pub fn of_the_schedule(limits: &Limits, now: Moment) -> Option<Self> {
        let none = Limits {
            rules: Vec::new(),
            ..limits.clone()
        };
        Self::when_switched_on(true, Arc::new(none), now)
    }

    /// Takes up a condition that the record says still holds, after a restart.
    ///
    /// The record keeps the priority; the tier that goes with it lets the condition ease and end.
    // Hazard: H15
    pub fn resume(&mut self, mut advisory: Advisory) {
        let raised_at = advisory.at;
        if advisory.tier.is_none() {
            advisory.tier = self
                .limits
                .of(advisory.condition)
                .filter(|rule| rule.priority == advisory.priority)
                .last()
                .map(|rule| rule.tier);
        }
        self.active.insert(
            advisory.condition,
            Active {
                advisory,
                raised_at,
                inside: BTreeMap::new(),
            },
        );
    }

    /// Takes up the newest pressure that the record holds, after a restart: it raises nothing, and
    /// where a condition of its sign still holds it is still to be repeated in its time.
    // Hazard: H24
    pub fn take_up(&mut self, sign: VitalSign, at: Moment) {
        let Some(channel) = Channel::of_sign(sign) else {
            return;
        };
        self.newest_reading.insert(channel, at);
        let holds = channel
            .conditions()
            .iter()
            .any(|condition| self.active.contains_key(condition));
        if holds {
            self.repeats.insert(channel, at + self.limits.repeat_within);
        }
    }

    /// A device serves this session from now on and sends every `period`; `None`: none does.
    pub fn expect_feed(&mut self, period: Option<Span>, now: Moment) -> Vec<Change> {
        self.advance(now);
        match period {
            Some(period) => {
                self.period = period.max(Span::from_milliseconds(1));
                self.feed_expected_since.get_or_insert(now);
                Vec::new()
            }
            None => {
                self.feed_expected_since = None;
                self.last_live = None;
                self.last_saturation = None;
                [Condition::FeedStale, Condition::SaturationSignalLost]
                    .into_iter()
                    .filter_map(|condition| self.end(condition, now))
                    .collect()
            }
        }
    }

    /// Drug is being given, or is not any more.
    pub fn set_dosing(&mut self, dosing: bool, now: Moment) -> Vec<Change> {
        self.advance(now);
        if dosing {
            self.dosing_since.get_or_insert(now);
            return Vec::new();
        }
        self.dosing_since = None;
        self.end(Condition::SaturationSignalLost, now)
            .into_iter()
            .collect()
    }

    /// This person's own baseline. Without one, a rise is not judged.
    pub fn set_baseline(&mut self, systolic: Option<Decimal>, diastolic: Option<Decimal>) {
        self.systolic_baseline = systolic;
        self.diastolic_baseline = diastolic;
    }

    /// The next readings that the schedule asks for, by the condition that says that one of them
    /// is overdue; what is not among them is not scheduled.
    pub fn schedule(&mut self, due: BTreeMap<Condition, Due>, now: Moment) -> Vec<Change> {
        self.advance(now);
        self.due = due;
        self.settle_overdue()
    }

    /// Takes in one number from the session's device.
    pub fn observe(&mut self, numeric: &Numeric) -> Vec<Change> {
        self.advance(numeric.received_at);
        let mut changes = self.hear(numeric);
        if numeric.quality == Quality::Early {
            return changes;
        }
        if numeric.aperiodic {
            changes.extend(self.cuff(numeric));
        } else if self.is_live(numeric) {
            changes.extend(self.continuous(numeric));
        }
        changes
    }

    /// Takes in a value that somebody read and entered.
    ///
    /// It can begin a condition at once. It ends one only where no device shows the sign live.
    /// A value that is older than the newest known one is the past, and changes nothing.
    pub fn charted(
        &mut self,
        sign: VitalSign,
        value: Decimal,
        at: Moment,
        now: Moment,
    ) -> Vec<Change> {
        self.advance(now);
        let Some(channel) = Channel::of_sign(sign) else {
            return Vec::new();
        };
        let at = at.min(now);
        let last_sample = self.last_sample(channel);
        let device_is_live = self.shows_live(channel, now);
        // Typing takes a while: against a live device an entry counts for as long as a reading
        // counts before it must be repeated; without one, the newest word holds.
        let is_past = self
            .newest_reading
            .get(&channel)
            .is_some_and(|newest| at < *newest)
            || if device_is_live {
                now - at > self.limits.repeat_within
            } else {
                last_sample.is_some_and(|last| at < last)
            };
        if is_past {
            return Vec::new();
        }
        self.newest_reading.insert(channel, at);
        self.repeats.remove(&channel);
        self.owed.remove(&channel);
        let judged = Judged {
            value,
            at,
            good: !device_is_live,
            source: AdvisorySource::Hand,
            single: true,
        };
        let mut changes = self.judge(channel, judged);
        changes.extend(self.settle_overdue());
        changes
    }

    fn last_sample(&self, channel: Channel) -> Option<Moment> {
        let last = self.windows.get(&channel).and_then(Window::last)?;
        Some(last.at)
    }

    /// True while a device shows this sign.
    fn shows_live(&self, channel: Channel, now: Moment) -> bool {
        self.last_sample(channel)
            .is_some_and(|last| now - last <= self.stale_after())
    }

    /// Somebody has marked the value of a sign, read at `at`, as an artefact: it never was.
    ///
    /// `standing` is the newest value of that sign that still stands, with its time. What only
    /// the artefact had raised ends; a repetition that it asked for is still asked for, so that
    /// the mark is followed by a reading. A device's samples of a continuous sign are left out of
    /// the window for that minute; what is beyond a limit beside them stays.
    /// Source: clinical reference §4.3, artefact path.
    // Hazard: H12
    pub fn retract(
        &mut self,
        sign: VitalSign,
        source: &Source,
        at: Moment,
        standing: Option<(Decimal, Moment)>,
        now: Moment,
    ) -> Vec<Change> {
        self.advance(now);
        let Some(channel) = Channel::of_sign(sign) else {
            return Vec::new();
        };
        // What a person typed wrongly says nothing of what the device measured beside it.
        if let (Source::Device { .. }, Some(window)) = (source, self.windows.get_mut(&channel)) {
            window.forget(at, at + Span::from_minutes(1));
        }
        // Another reading has taken its place already, or it never counted.
        if self.newest_reading.get(&channel) != Some(&at) {
            return Vec::new();
        }
        // A slip of the hand beside a live device: what holds is what the device goes on to show.
        if *source == Source::Hand && self.shows_live(channel, now) {
            self.newest_reading.remove(&channel);
            self.repeats.remove(&channel);
            return self.settle_overdue();
        }
        if let Some(by) = self.repeats.remove(&channel) {
            self.owed.insert(channel, by);
        }
        let mut changes = Vec::new();
        match standing {
            Some((value, taken)) => {
                self.newest_reading.insert(channel, taken);
                for condition in channel.conditions() {
                    if let Some(active) = self.active.get_mut(condition) {
                        active.inside.clear();
                    }
                }
                let judged = Judged {
                    value,
                    at: taken,
                    good: true,
                    source: AdvisorySource::Hand,
                    single: true,
                };
                changes.extend(self.judge(channel, judged));
            }
            None => {
                self.newest_reading.remove(&channel);
                for condition in channel.conditions() {
                    changes.extend(self.end(*condition, now));
                }
            }
        }
        changes.extend(self.settle_overdue());
        changes
    }

    /// Lets time pass: call it once a second. Silence is noticed here.
    pub fn tick(&mut self, now: Moment) -> Vec<Change> {
        self.advance(now);
        let mut changes = Vec::new();
        for channel in Channel::CONTINUOUS {
            changes.extend(self.judge_by_time(channel));
        }
        changes.extend(self.settle_feed());
        changes.extend(self.settle_saturation());
        changes.extend(self.settle_overdue());
        changes
    }

    /// Somebody takes notice of a condition and takes it on. `false` when it does not hold.
    ///
    /// It then stays quiet until it ends or grows worse; another condition is not touched.
    // Hazard: H15
    pub fn acknowledge(&mut self, condition: Condition, by: &str, now: Moment) -> bool {
        self.advance(now);
        match self.active.get_mut(&condition) {
            Some(active) => {
                active.advisory.acknowledged = Some(Acknowledgement {
                    by: by.to_owned(),
                    at: now,
                });
                true
            }
            None => false,
        }
    }

    /// Pauses audible signals, for 120 s at the most; gives the moment they come back. A new
    /// condition or a higher priority brings them back at once.
    pub fn pause_audio(&mut self, length: Span, now: Moment) -> Moment {
        self.advance(now);
        let until = now + length.min(LONGEST_AUDIO_PAUSE);
        self.audio_paused_until = Some(until);
        until
    }

    /// True when something not acknowledged holds and audio is not paused.
    pub fn is_audible(&self, now: Moment) -> bool {
        let paused = self.audio_paused_until.is_some_and(|until| now < until);
        !paused
            && self
                .active()
                .any(|advisory| advisory.acknowledged.is_none())
    }

    /// What holds now, the highest priority first.
    pub fn active(&self) -> impl Iterator<Item = &Advisory> {
        let mut all: Vec<&Advisory> = self
            .active
            .values()
            .map(|active| &active.advisory)
            .collect();
        all.sort_by_key(|advisory| (std::cmp::Reverse(advisory.priority), advisory.since));
        all.into_iter()
    }

    /// The limits in force for this session.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    fn advance(&mut self, now: Moment) {
        self.now = self.now.max(now);
    }

    fn stale_after(&self) -> Span {
        let periods =
            Span::from_microseconds(self.period.microseconds() * self.limits.stale_after_periods);
        periods.max(self.limits.stale_after_at_least)
    }

    fn holding(&self) -> Holding {
        Holding {
            period: self.period,
            hold: self.stale_after(),
            share: self.limits.share_of_window,
        }
    }

    /// A backlog that arrives now was measured then: it is late, not live.
    fn is_live(&self, numeric: &Numeric) -> bool {
        numeric.received_at - numeric.live_at() <= self.stale_after()
    }

    fn hear(&mut self, numeric: &Numeric) -> Vec<Change> {
        self.continuous_seen |= !numeric.aperiodic;
        // A cuff value is repeated with its old time; it shows a live feed only where the
        // device sends nothing else.
        let live = if numeric.aperiodic {
            !self.continuous_seen
        } else {
            self.is_live(numeric)
        };
        if !live {
            return Vec::new();
        }
        self.last_live = self.last_live.max(Some(numeric.received_at));
        self.end(Condition::FeedStale, self.now)
            .into_iter()
            .collect()
    }

    fn cuff(&mut self, numeric: &Numeric) -> Vec<Change> {
        let channel = match numeric.signal {
            Signal::CuffSystolic => Channel::Systolic,
            Signal::CuffDiastolic => Channel::Diastolic,
            Signal::HeartRate
            | Signal::PulseFromOximeter
            | Signal::PulseFromCuff
            | Signal::Pulse
            | Signal::OxygenSaturation
            | Signal::CuffMean
            | Signal::ArterialSystolic
            | Signal::ArterialDiastolic
            | Signal::ArterialMean
            | Signal::RespiratoryRate
            | Signal::RespiratoryRateFromImpedance
            | Signal::RespiratoryRateFromCarbonDioxide
            | Signal::RespiratoryRateFromOximeter
            | Signal::EndTidalCarbonDioxide
            | Signal::InspiredCarbonDioxide
            | Signal::Temperature
            | Signal::PerfusionIndex
            | Signal::BispectralIndex => return Vec::new(),
        };
        let at = numeric.live_at();
        // Repeated until the next cycle: one device time is one reading.
        if self
            .newest_cycle
            .get(&numeric.signal)
            .is_some_and(|seen| numeric.device_at <= *seen)
        {
            return Vec::new();
        }
        self.newest_cycle.insert(numeric.signal, numeric.device_at);
        let past = self
            .newest_reading
            .get(&channel)
            .is_some_and(|newest| at < *newest);
        // A reading older than the time in which it should have been repeated is the past.
        if past || self.now - at > self.limits.repeat_within {
            return Vec::new();
        }
        self.newest_reading.insert(channel, at);
        self.repeats.remove(&channel);
        self.owed.remove(&channel);
        let judged = Judged {
            value: numeric.value,
            at,
            good: numeric.quality == Quality::Good,
            source: AdvisorySource::Sensor {
                signal: numeric.signal,
            },
            single: true,
        };
        let mut changes = self.judge(channel, judged);
        changes.extend(self.settle_overdue());
        changes
    }

    fn continuous(&mut self, numeric: &Numeric) -> Vec<Change> {
        let good = numeric.quality == Quality::Good;
        if !good && needs_good_signal(numeric.signal) {
            return Vec::new();
        }
        let at = numeric.live_at();
        if self
            .last_of
            .get(&numeric.signal)
            .is_none_or(|(known, _)| at >= *known)
        {
            self.last_of.insert(numeric.signal, (at, numeric.value));
        }
        let mut changes = Vec::new();
        if numeric.signal == Signal::OxygenSaturation {
            self.last_saturation = self.last_saturation.max(Some(at));
            changes.extend(self.end(Condition::SaturationSignalLost, self.now));
        }
        for channel in Channel::of_signal(numeric.signal) {
            let value = match channel {
                Channel::Breath => self.least_breath(at).unwrap_or(numeric.value),
                Channel::Saturation
                | Channel::HeartRate
                | Channel::Breathing
                | Channel::CarbonDioxide
                | Channel::Systolic
                | Channel::Diastolic => {
                    if self.is_outranked(*channel, numeric.signal, at) {
                        continue;
                    }
                    numeric.value
                }
            };
            let newest = self
                .windows
                .entry(*channel)
                .or_default()
                .take(Sample { at, value, good });
            if newest {
                let judged = Judged {
                    value,
                    at,
                    good,
                    source: AdvisorySource::Sensor {
                        signal: numeric.signal,
                    },
                    single: false,
                };
                changes.extend(self.judge(*channel, judged));
            }
        }
        changes
    }

    /// Another sensor that is trusted more has spoken lately.
    fn is_outranked(&self, channel: Channel, signal: Signal, at: Moment) -> bool {
        let better = channel
            .sources()
            .iter()
            .take_while(|source| **source != signal);
        better
            .filter_map(|source| self.last_of.get(source))
            .any(|(last, _)| at - *last <= self.stale_after())
    }

    /// Breath is missing when either of the two signs of it is zero.
    fn least_breath(&self, at: Moment) -> Option<Decimal> {
        Channel::Breath
            .sources()
            .iter()
            .filter_map(|source| self.last_of.get(source))
            .filter(|(last, _)| at - *last <= self.stale_after())
            .map(|(_, value)| *value)
            .min()
    }

    fn judge(&mut self, channel: Channel, judged: Judged) -> Vec<Change> {
        channel
            .conditions()
            .iter()
            .filter_map(|condition| self.judge_condition(channel, *condition, judged))
            .collect()
    }

    fn judge_condition(
        &mut self,
        channel: Channel,
        condition: Condition,
        judged: Judged,
    ) -> Option<Change> {
        let value = match condition {
            Condition::SystolicRise => judged.value - self.systolic_baseline?,
            Condition::DiastolicRise => judged.value - self.diastolic_baseline?,
            Condition::OxygenSaturationLow
            | Condition::HeartRateHigh
            | Condition::HeartRateLow
            | Condition::SystolicHigh
            | Condition::DiastolicHigh
            | Condition::SystolicLow
            | Condition::RespiratoryRateLow
            | Condition::RespiratoryRateHigh
            | Condition::NoBreath
            | Condition::EndTidalCarbonDioxideHigh
            | Condition::SaturationSignalLost
            | Condition::FeedStale
            | Condition::ReadingOverdue
            | Condition::ResponsivenessOverdue
            | Condition::DistressOverdue => judged.value,
        };
        let judged = Judged { value, ..judged };
        let reached = if judged.single {
            self.limits
                .of(condition)
                .filter(|rule| rule.beyond.holds(value))
                .last()
                .map(|rule| (rule.clone(), judged.at))
        } else {
            self.reached(channel, condition, judged.at)
        };
        match reached {
            Some((rule, since)) => self
                .reach(&rule, since, channel, judged)
                .or_else(|| self.settle_inside(condition, judged)),
            None => self.settle_inside(condition, judged),
        }
    }

    /// The highest limit that has been passed for long enough, and since when.
    // Hazard: H12
    fn reached(
        &self,
        channel: Channel,
        condition: Condition,
        at: Moment,
    ) -> Option<(Rule, Moment)> {
        let window = self.windows.get(&channel)?;
        let not_before = self.ended.get(&condition).copied();
        let holding = self.holding();
        self.limits
            .of(condition)
            .filter_map(|rule| Some((rule, window.passed_since(rule, holding, not_before, at)?)))
            .last()
            .map(|(rule, since)| (rule.clone(), since))
    }

    fn judge_by_time(&mut self, channel: Channel) -> Vec<Change> {
        let Some(last) = self.windows.get(&channel).and_then(Window::last) else {
            return Vec::new();
        };
        let now = self.now;
        let signal = channel.sources().iter().copied().find(|source| {
            self.last_of
                .get(source)
                .is_some_and(|(at, _)| *at == last.at)
        });
        let source = signal.map_or(AdvisorySource::Silence, |signal| AdvisorySource::Sensor {
            signal,
        });
        let judged = Judged {
            value: last.value,
            at: now,
            good: last.good,
            source,
            single: false,
        };
        channel
            .conditions()
            .iter()
            .filter_map(|condition| {
                let (rule, since) = self.reached(channel, *condition, now)?;
                self.reach(&rule, since, channel, judged)
            })
            .collect()
    }

    fn reach(
        &mut self,
        rule: &Rule,
        since: Moment,
        channel: Channel,
        judged: Judged,
    ) -> Option<Change> {
        let repeat_by = judged
            .single
            .then_some(judged.at + self.limits.repeat_within);
        if let Some(by) = repeat_by {
            self.repeats.insert(channel, by);
        }
        let known = self.active.get(&rule.condition);
        if known.is_some_and(|active| active.advisory.tier >= Some(rule.tier)) {
            return None;
        }
        let since = known.map_or(since, |active| active.advisory.since);
        let advisory = Advisory {
            condition: rule.condition,
            tier: Some(rule.tier),
            priority: rule.priority,
            value: Some(judged.value),
            limit: Some(rule.beyond),
            since,
            at: self.now,
            source: judged.source,
            origin: Origin::ClinicLimit,
            acknowledged: None,
            repeat_by,
        };
        Some(self.begin(advisory))
    }

    /// Raises, or raises further. Either way nobody has acknowledged it yet, and audio is back.
    fn begin(&mut self, advisory: Advisory) -> Change {
        self.audio_paused_until = None;
        let condition = advisory.condition;
        let active = Active {
            advisory: advisory.clone(),
            raised_at: self.now,
            inside: BTreeMap::new(),
        };
        match self.active.insert(condition, active) {
            Some(_) => Change::Escalated { advisory },
            None => Change::Raised { advisory },
        }
    }

    /// Follows a value that is back inside: eases the condition, or ends it.
    fn settle_inside(&mut self, condition: Condition, judged: Judged) -> Option<Change> {
        let limits = Arc::clone(&self.limits);
        let (margin, hold) = (limits.margin(condition), self.stale_after());
        let clear_for = if judged.single {
            Span::ZERO
        } else {
            limits.clear_for
        };
        let active = self.active.get_mut(&condition)?;
        let tier = active.advisory.tier?;
        let up_to: Vec<&Rule> = limits
            .of(condition)
            .filter(|rule| rule.tier <= tier)
            .collect();
        for rule in &up_to {
            follow_inside(&mut active.inside, rule, margin, hold, judged);
        }
        let cleared = |rule: &Rule| {
            active.inside.get(&rule.tier).is_some_and(|inside| {
                inside.last == judged.at && inside.last - inside.since >= clear_for
            })
        };
        if !up_to.last().is_some_and(|rule| cleared(rule)) {
            return None;
        }
        match up_to.iter().rev().find(|rule| !cleared(rule)) {
            None => self.end(condition, self.now),
            Some(rule) => {
                active.advisory.tier = Some(rule.tier);
                active.advisory.priority = rule.priority;
                active.advisory.limit = Some(rule.beyond);
                active.advisory.value = Some(judged.value);
                active.advisory.source = judged.source;
                active.advisory.at = self.now;
                Some(Change::Eased {
                    advisory: active.advisory.clone(),
                })
            }
        }
    }

    fn end(&mut self, condition: Condition, at: Moment) -> Option<Change> {
        let active = self.active.remove(&condition)?;
        self.ended.insert(condition, at);
        let still = &self.active;
        self.repeats
            .retain(|channel, _| channel.conditions().iter().any(|c| still.contains_key(c)));
        Some(Change::Ended {
            advisory: active.advisory,
            at,
        })
    }

    fn settle_feed(&mut self) -> Vec<Change> {
        let Some(expected) = self.feed_expected_since else {
            return Vec::new();
        };
        let since = self.last_live.map_or(expected, |live| live.max(expected));
        if self.now - since <= self.stale_after() {
            return Vec::new();
        }
        let held = self
            .active
            .get(&Condition::FeedStale)
            .map(|active| active.raised_at);
        let grave = self.dosing_since.is_some()
            && held.is_some_and(|raised| self.now - raised >= self.limits.stale_is_high_after);
        let priority = if grave {
            Priority::High
        } else {
            Priority::Medium
        };
        self.technical(Condition::FeedStale, priority, since)
    }

    /// A silent feed says already that there is no saturation: one cause, one advisory.
    fn settle_saturation(&mut self) -> Vec<Change> {
        let (Some(dosing), Some(expected)) = (self.dosing_since, self.feed_expected_since) else {
            return Vec::new();
        };
        let since = self
            .last_saturation
            .map_or(dosing.max(expected), |last| last.max(dosing));
        if self.active.contains_key(&Condition::FeedStale)
            || self.now - since < self.limits.saturation_lost_after
        {
            return Vec::new();
        }
        self.technical(Condition::SaturationSignalLost, Priority::Medium, since)
    }

    fn settle_overdue(&mut self) -> Vec<Change> {
        Condition::OVERDUE
            .into_iter()
            .flat_map(|condition| self.settle_overdue_of(condition))
            .collect()
    }

    fn settle_overdue_of(&mut self, condition: Condition) -> Vec<Change> {
        // The schedule, or the repetition that a reading beyond a limit asks for.
        let asked = self.repeats.values().chain(self.owed.values());
        let repeat = asked.min().map(|by| Due {
            at: *by,
            tolerance: Span::ZERO,
            interval: self.limits.repeat_within,
        });
        let due = [
            self.due.get(&condition).copied(),
            repeat.filter(|_| condition == Condition::ReadingOverdue),
        ]
        .into_iter()
        .flatten()
        .filter(|due| self.now > due.at + due.tolerance)
        .min_by_key(|due| due.at);
        match due {
            None => self.end(condition, self.now).into_iter().collect(),
            Some(due) => {
                let late = self.now > due.at + due.interval;
                let priority = if late {
                    Priority::Medium
                } else {
                    Priority::Low
                };
                self.technical(condition, priority, due.at)
            }
        }
    }

    fn technical(
        &mut self,
        condition: Condition,
        priority: Priority,
        since: Moment,
    ) -> Vec<Change> {
        let known = self.active.get(&condition).map(|active| &active.advisory);
        if known.is_some_and(|known| known.priority >= priority) {
            return Vec::new();
        }
        let advisory = Advisory {
            condition,
            tier: None,
            priority,
            value: None,
            limit: None,
            since: known.map_or(since, |known| known.since),
            at: self.now,
            source: AdvisorySource::Silence,
            origin: Origin::ClinicLimit,
            acknowledged: None,
            repeat_by: None,
        };
        vec![self.begin(advisory)]
    }
}

/// A doubted value of these sensors is neither low nor normal: it is no trustworthy signal.
///
/// A doubted value of the others can begin a condition, because the doubt is often the very
/// danger (a rate below 25, three breaths a minute); it never ends one.
/// Source: device reference §13.4: good pleth quality; impedance only without a motion flag.
const fn needs_good_signal(signal: Signal) -> bool {
    matches!(
        signal,
        Signal::OxygenSaturation
            | Signal::RespiratoryRateFromImpedance
            | Signal::RespiratoryRateFromOximeter
    )
}

fn follow_inside(
    inside: &mut BTreeMap<Tier, Inside>,
    rule: &Rule,
    margin: Decimal,
    hold: Span,
    judged: Judged,
) {
    if !rule.beyond.is_inside_by(judged.value, margin) {
        inside.remove(&rule.tier);
        return;
    }
    if !judged.good {
        return;
    }
    let at = judged.at;
    let known = inside.entry(rule.tier).or_insert(Inside {
        since: at,
        last: at,
    });
    // Across a gap nothing is known: the time inside begins again.
    if at - known.last > hold {
        known.since = at;
    }
    known.last = at;
}

impl Channel {
    const CONTINUOUS: [Self; 5] = [
        Self::Saturation,
        Self::HeartRate,
        Self::Breathing,
        Self::CarbonDioxide,
        Self::Breath,
    ];

    /// Most trusted first.
    const fn sources(self) -> &'static [Signal] {
        match self {
            Self::Saturation => VitalSign::OxygenSaturation.sources(),
            Self::HeartRate => VitalSign::HeartRate.sources(),
            Self::Breathing => VitalSign::RespiratoryRate.sources(),
            Self::CarbonDioxide => VitalSign::EndTidalCarbonDioxide.sources(),
            Self::Breath => &[
                Signal::RespiratoryRateFromCarbonDioxide,
                Signal::EndTidalCarbonDioxide,
            ],
            Self::Systolic => &[Signal::CuffSystolic],
            Self::Diastolic => &[Signal::CuffDiastolic],
        }
    }

    const fn conditions(self) -> &'static [Condition] {
        match self {
            Self::Saturation => &[Condition::OxygenSaturationLow],
            Self::HeartRate => &[Condition::HeartRateHigh, Condition::HeartRateLow],
            Self::Breathing => &[
                Condition::RespiratoryRateLow,
                Condition::RespiratoryRateHigh,
            ],
            Self::CarbonDioxide => &[Condition::EndTidalCarbonDioxideHigh],
            Self::Breath => &[Condition::NoBreath],
            Self::Systolic => &[
                Condition::SystolicHigh,
                Condition::SystolicLow,
                Condition::SystolicRise,
            ],
            Self::Diastolic => &[Condition::DiastolicHigh, Condition::DiastolicRise],
        }
    }

    const fn of_sign(sign: VitalSign) -> Option<Self> {
        match sign {
            VitalSign::Systolic => Some(Self::Systolic),
            VitalSign::Diastolic => Some(Self::Diastolic),
            VitalSign::HeartRate => Some(Self::HeartRate),
            VitalSign::OxygenSaturation => Some(Self::Saturation),
            VitalSign::RespiratoryRate => Some(Self::Breathing),
            VitalSign::EndTidalCarbonDioxide => Some(Self::CarbonDioxide),
            VitalSign::MeanPressure | VitalSign::Temperature => None,
        }
    }

    /// The continuous channels that a sensor feeds.
    const fn of_signal(signal: Signal) -> &'static [Self] {
        match signal {
            Signal::OxygenSaturation => &[Self::Saturation],
            Signal::HeartRate | Signal::PulseFromOximeter | Signal::Pulse => &[Self::HeartRate],
            Signal::RespiratoryRate
            | Signal::RespiratoryRateFromImpedance
            | Signal::RespiratoryRateFromOximeter => &[Self::Breathing],
            Signal::RespiratoryRateFromCarbonDioxide => &[Self::Breathing, Self::Breath],
            Signal::EndTidalCarbonDioxide => &[Self::CarbonDioxide, Self::Breath],
            Signal::PulseFromCuff
            | Signal::CuffSystolic
            | Signal::CuffDiastolic
            | Signal::CuffMean
            | Signal::ArterialSystolic
            | Signal::ArterialDiastolic
            | Signal::ArterialMean
            | Signal::InspiredCarbonDioxide
            | Signal::Temperature
            | Signal::PerfusionIndex
            | Signal::BispectralIndex => &[],
        }
    }
}

#[cfg(test)]
mod tests;
