//! Labelled stories from a seed: a simulated person, true events, and what only looks like one.
//!
//! Every story of a seed is the same on every machine. Magnitudes are choices of the simulation
//! (device reference §14, synthetic set); they predict nothing about a person.

use super::{Label, Message, Story};
use clinical::advisory::Condition;
use clinical::vital_signs::{Numeric, Quality, Signal};
use simulator::SimulatedPatient;
use simulator::chance::Chance;
use std::collections::BTreeMap;
use units::{Decimal, Milligrams, Moment, Span};

/// When every story begins.
const BEGIN: Moment = Moment::from_microseconds(1_790_000_000_000_000);
/// The infusion begins and ends, in seconds after the first message.
const DOSING: (i64, i64) = (600, 3_000);
/// Between two cuff cycles, in seconds.
const CUFF_EVERY: i64 = 300;
/// Between two troubles at least and at most, in seconds.
const BETWEEN: (f64, f64) = (240.0, 600.0);

/// What happens, for some seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Trouble {
    /// True: saturation falls to this and comes back.
    Desaturation(i64),
    /// True: the heart beats at this rate.
    HeartRate(i64),
    /// True: breathing at this rate.
    Breathing(i64),
    /// True: systolic pressure at the next cycle.
    Pressure(i64),
    /// True, technical: the probe is off.
    ProbeOff,
    /// True, technical: nothing arrives.
    Dropout,
    /// Not true: an arm that moves, short, as the probe shows it.
    Motion,
    /// Not true: cold fingers, low values with a low perfusion index.
    LowPerfusion,
    /// Not true: an electrode that is touched.
    ElectrodeTouched,
    /// Not true: what was measured before is sent again, late.
    LateAgain,
    /// Not true: every message twice.
    Duplicates,
    /// Not true: values that mean that there is none.
    Sentinels,
}

/// A story of so many minutes.
pub fn story(seed: u64, minutes: i64) -> Story {
    let mut chance = Chance::from_seed(seed ^ 0x5eed_ad15);
    let script = script(&mut chance, minutes * 60);
    let mut patient = SimulatedPatient::from_seed(seed);
    let mut teller = Teller::new(seed);
    for second in 0..minutes * 60 {
        let dosing = (DOSING.0..DOSING.1).contains(&second);
        // 36 mg over 40 minutes: 0.015 mg each second.
        let dose = if dosing {
            Decimal::new(15, 3)
        } else {
            Decimal::ZERO
        };
        let dose = Milligrams::new(dose).unwrap_or(Milligrams::ZERO);
        let signs = patient.advance(Span::from_seconds(1), dose);
        let on = script
            .iter()
            .find(|(from, lasts, _)| (*from..from + lasts).contains(&second));
        let calm = Values {
            saturation: i64::from(signs.oxygen_saturation).max(95),
            heart_rate: i64::from(signs.heart_rate).clamp(58, 105),
            breathing: i64::from(signs.respiratory_rate).clamp(13, 22),
            systolic: i64::from(signs.systolic).clamp(104, 140),
            diastolic: i64::from(signs.diastolic).clamp(60, 88),
        };
        teller.second(
            second,
            calm,
            on.map(|(from, lasts, trouble)| (second - from, *lasts, *trouble)),
        );
    }
    teller.end(minutes * 60)
}

/// What happens when: start and length in seconds. None overlaps another.
fn script(chance: &mut Chance, seconds: i64) -> Vec<(i64, i64, Trouble)> {
    let mut script = Vec::new();
    let mut at = whole(chance.between(400.0, 700.0));
    while at < seconds - 900 {
        let (lasts, trouble) = trouble(chance);
        script.push((at, lasts, trouble));
        at += lasts + whole(chance.between(BETWEEN.0, BETWEEN.1));
    }
    script
}

fn trouble(chance: &mut Chance) -> (i64, Trouble) {
    let long = |chance: &mut Chance, low: f64, high: f64| whole(chance.between(low, high));
    match chance.below(12) {
        0 => (long(chance, 60.0, 150.0), Trouble::Desaturation(87)),
        1 => (long(chance, 45.0, 90.0), Trouble::Desaturation(81)),
        2 => (long(chance, 340.0, 420.0), Trouble::HeartRate(128)),
        3 => (long(chance, 40.0, 90.0), Trouble::HeartRate(36)),
        4 => (long(chance, 60.0, 120.0), Trouble::Breathing(8)),
        5 => (CUFF_EVERY, Trouble::Pressure(184)),
        6 => (long(chance, 40.0, 120.0), Trouble::ProbeOff),
        7 => (long(chance, 30.0, 90.0), Trouble::Dropout),
        8 => (3, Trouble::Motion),
        9 => (long(chance, 30.0, 90.0), Trouble::LowPerfusion),
        10 => (6, Trouble::ElectrodeTouched),
        _ => match chance.below(3) {
            0 => (30, Trouble::LateAgain),
            1 => (60, Trouble::Duplicates),
            _ => (60, Trouble::Sentinels),
        },
    }
}

#[allow(clippy::cast_possible_truncation)]
fn whole(seconds: f64) -> i64 {
    seconds.floor() as i64
}

#[derive(Clone, Copy)]
struct Values {
    saturation: i64,
    heart_rate: i64,
    breathing: i64,
    systolic: i64,
    diastolic: i64,
}

/// Writes a story second by second.
struct Teller {
    story: Story,
    labels: BTreeMap<Condition, (Moment, Moment)>,
}

impl Teller {
    fn new(seed: u64) -> Self {
        Self {
            story: Story {
                name: format!("story {seed}"),
                period: Span::from_seconds(1),
                dosing: Some((after(DOSING.0), after(DOSING.1))),
                baseline: Some((Decimal::from(120), Decimal::from(74))),
                messages: Vec::new(),
                truth: BTreeMap::new(),
                labels: Vec::new(),
            },
            labels: BTreeMap::new(),
        }
    }

    /// One second; `on` is how long the trouble has lasted, how long it lasts, and which.
    fn second(&mut self, second: i64, calm: Values, on: Option<(i64, i64, Trouble)>) {
        let at = after(second);
        let mut is = calm;
        let (passed, lasts, trouble) = match on {
            Some((passed, lasts, trouble)) => (passed, lasts, Some(trouble)),
            None => (0, 0, None),
        };
        match trouble {
            // Half a per cent each second down, and up again at the end.
            Some(Trouble::Desaturation(to)) => {
                let fallen = (passed / 2).min((lasts - passed) * 2);
                is.saturation = (is.saturation - fallen).max(to);
            }
            Some(Trouble::HeartRate(rate)) => is.heart_rate = rate,
            Some(Trouble::Breathing(rate)) => is.breathing = rate,
            Some(Trouble::Pressure(systolic)) => is.systolic = systolic,
            Some(
                Trouble::ProbeOff
                | Trouble::Dropout
                | Trouble::Motion
                | Trouble::LowPerfusion
                | Trouble::ElectrodeTouched
                | Trouble::LateAgain
                | Trouble::Duplicates
                | Trouble::Sentinels,
            )
            | None => {}
        }
        self.is_true(at, second, is);
        self.arrives(at, second, is, trouble);
    }

    fn is_true(&mut self, at: Moment, second: i64, is: Values) {
        let mut add = |signal, value: i64| {
            let values: &mut Vec<_> = self.story.truth.entry(signal).or_default();
            values.push((at, Decimal::from(value)));
        };
        add(Signal::OxygenSaturation, is.saturation);
        add(Signal::HeartRate, is.heart_rate);
        add(Signal::RespiratoryRate, is.breathing);
        if second % CUFF_EVERY == 0 {
            add(Signal::CuffSystolic, is.systolic);
            add(Signal::CuffDiastolic, is.diastolic);
        }
    }

    fn arrives(&mut self, at: Moment, second: i64, is: Values, trouble: Option<Trouble>) {
        let (mut saturation, mut heart_rate) = (Some(is.saturation), is.heart_rate);
        let (mut pulse, mut perfusion) = (is.heart_rate, Decimal::new(25, 1));
        match trouble {
            Some(Trouble::Dropout) => {
                self.held(Condition::FeedStale, at);
                return;
            }
            Some(Trouble::ProbeOff) => {
                saturation = None;
                self.no_saturation(second, at);
            }
            Some(Trouble::Motion) => {
                saturation = Some(78);
                pulse = is.heart_rate + 40;
            }
            Some(Trouble::LowPerfusion) => {
                // Not low: not to be trusted, and that is said.
                saturation = Some(82 + second % 3);
                perfusion = Decimal::new(2, 1);
                self.no_saturation(second, at);
            }
            Some(Trouble::ElectrodeTouched) => heart_rate = 185,
            Some(Trouble::Sentinels) => {
                saturation = Some(-100);
                heart_rate = 0;
                self.no_saturation(second, at);
            }
            Some(
                Trouble::Desaturation(_)
                | Trouble::HeartRate(_)
                | Trouble::Breathing(_)
                | Trouble::Pressure(_)
                | Trouble::LateAgain
                | Trouble::Duplicates,
            )
            | None => {}
        }
        let mut numerics = vec![
            numeric(Signal::HeartRate, Decimal::from(heart_rate), at),
            numeric(Signal::RespiratoryRate, Decimal::from(is.breathing), at),
            numeric(Signal::PerfusionIndex, perfusion, at),
        ];
        if let Some(saturation) = saturation {
            numerics.push(numeric(Signal::PulseFromOximeter, Decimal::from(pulse), at));
            numerics.push(numeric(
                Signal::OxygenSaturation,
                Decimal::from(saturation),
                at,
            ));
        }
        if second % CUFF_EVERY == 0 {
            numerics.push(numeric(
                Signal::CuffSystolic,
                Decimal::from(is.systolic),
                at,
            ));
            numerics.push(numeric(
                Signal::CuffDiastolic,
                Decimal::from(is.diastolic),
                at,
            ));
        }
        match trouble {
            Some(Trouble::LateAgain) => {
                // Low values that were measured two minutes ago reach us now.
                let then = at - Span::from_minutes(2);
                let late = Numeric {
                    device_at: then,
                    corrected_at: then,
                    ..numeric(Signal::OxygenSaturation, Decimal::from(80), at)
                };
                self.message(at, vec![late]);
                self.message(at, numerics);
            }
            Some(Trouble::Duplicates) => {
                self.message(at, numerics.clone());
                self.message(at, numerics);
            }
            Some(_) | None => self.message(at, numerics),
        }
    }

    /// While drug is given, the missing saturation is a condition of its own.
    fn no_saturation(&mut self, second: i64, at: Moment) {
        if (DOSING.0..DOSING.1).contains(&second) {
            self.held(Condition::SaturationSignalLost, at);
        }
    }

    fn message(&mut self, at: Moment, numerics: Vec<Numeric>) {
        self.story.messages.push(Message { at, numerics });
    }

    /// A technical condition holds now; one that held a second ago goes on.
    fn held(&mut self, condition: Condition, at: Moment) {
        let next = at + Span::from_seconds(1);
        match self.labels.get_mut(&condition) {
            Some((_, until)) if *until == at => *until = next,
            _ => {
                self.close(condition);
                self.labels.insert(condition, (at, next));
            }
        }
    }

    fn close(&mut self, condition: Condition) {
        if let Some((onset, until)) = self.labels.remove(&condition) {
            self.story.labels.push(Label {
                condition,
                onset,
                until,
            });
        }
    }

    fn end(mut self, seconds: i64) -> Story {
        for condition in Condition::ALL {
            self.close(condition);
        }
        // The last moment at which time is let pass.
        self.message(after(seconds), Vec::new());
        self.story
    }
}

fn after(seconds: i64) -> Moment {
    BEGIN + Span::from_seconds(seconds)
}

fn numeric(signal: Signal, value: Decimal, at: Moment) -> Numeric {
    Numeric {
        signal,
        value,
        quality: Quality::Good,
        device_at: at,
        received_at: at,
        corrected_at: at,
        aperiodic: signal.is_aperiodic(),
    }
}
