//! What the tiles of a session room show at a moment: the one shape for page, stream and test.

use super::Bedside;
use clinical::advisory::{Condition, Priority};
use clinical::course::session::{
    Due, Infusion, Monitoring, Session, SessionEvent, Stage, VitalSigns, all_due, next_due,
};
use clinical::policy::Rules;
use clinical::vital_signs::{
    Freshness, HandCharted, Known, LastSeen, NotValid, Numeric, Reading, Shown, Signal, Source,
    VitalSign, choose,
};
use jiff::tz::TimeZone;
use serde::Serialize;
use std::collections::BTreeSet;
use units::{Decimal, Moment, Span};

/// Whether anything arrives from the bedside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feed {
    /// Frames arrive.
    Live,
    /// A device serves the session and is silent.
    Silent,
    /// No device serves the session.
    None,
    /// The session is charted by hand, deliberately.
    ByHand,
}

/// One tile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tile {
    /// The sign's word.
    pub sign: &'static str,
    /// The sign as staff say it.
    pub name: &'static str,
    /// The number, or dashes.
    pub text: String,
    /// Its unit.
    pub unit: &'static str,
    /// One of the six states, as a word for the page.
    pub state: &'static str,
    /// The state in words, with its time.
    pub says: String,
    /// When the shown value was measured, in milliseconds since 1970; the page ages it by itself.
    pub at: Option<i64>,
    /// The sensor, or who read it.
    pub from: &'static str,
    /// The priority of an open notice about this sign.
    pub priority: Option<Priority>,
    /// Beyond its limit upwards or downwards.
    pub arrow: &'static str,
}

/// The drug given so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// Milligrams, one decimal.
    pub mg: String,
    /// Milligrams for each kilogram, two decimals.
    pub mg_per_kg: String,
    /// The ordered dose in milligrams.
    pub ordered: String,
    /// The rate in mL/h; 0 while paused.
    pub rate: String,
    /// Since the first drug: `T+22:40`.
    pub elapsed: String,
    /// The pump runs.
    pub running: bool,
    /// Given of what the bag holds, in thousandths.
    pub permille: u32,
    /// The sum reached what the bag held: look at the pump.
    pub bag_should_be_empty: bool,
}

/// When one kind of reading is due next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NextCheck {
    /// The kind's word.
    pub check: &'static str,
    /// The kind as staff say it.
    pub name: &'static str,
    /// `waiting`, `due` or `overdue`.
    pub state: &'static str,
    /// When, in words: `13:15`, `now`, `overdue since 13:15`.
    pub says: String,
}

/// Everything that changes by itself in a session room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tiles {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Whether anything arrives.
    pub feed: Feed,
    /// The feed in words.
    pub feed_says: String,
    /// The device says that this is no patient.
    pub simulated: bool,
    /// What disagrees between the monitor's patient and this session, in words.
    pub conflict: Option<String>,
    /// Alarms that the monitor says are off.
    pub alarms_off: Vec<String>,
    /// The tiles.
    pub tiles: Vec<Tile>,
    /// What is due next of each kind, the soonest first.
    pub clocks: Vec<NextCheck>,
    /// The drug, from the first drug on.
    pub delivered: Option<Delivery>,
}

/// The tiles of a session at a moment.
pub fn tiles(
    session: &Session,
    bedside: &Bedside,
    rules: &Rules,
    limits_in_force: bool,
    zone: &TimeZone,
    now: Moment,
) -> Tiles {
    let simulated = bedside.is_simulated(now);
    let view = View {
        session,
        bedside,
        limits_in_force,
        zone,
        now,
        simulated,
        tolerated: tolerated_age(session, rules),
        charted: session.vital_signs(),
        left_out: left_out(session),
    };
    let feed = view.feed();
    Tiles {
        at: now.milliseconds(),
        feed,
        feed_says: view.feed_says(feed),
        simulated,
        conflict: view.conflict(),
        alarms_off: bedside.alarms_off.clone(),
        tiles: [
            VitalSign::Systolic,
            VitalSign::HeartRate,
            VitalSign::OxygenSaturation,
            VitalSign::RespiratoryRate,
            VitalSign::EndTidalCarbonDioxide,
            VitalSign::Temperature,
        ]
        .into_iter()
        .map(|sign| view.tile(sign))
        .collect(),
        clocks: all_due(session, rules)
            .iter()
            .map(|due| view.clock_of(due))
            .collect(),
        delivered: session
            .infusion()
            .map(|infusion| delivery(session, &infusion, now)),
    }
}

/// How old a cuff value or a value by hand may be: the schedule's interval and its tolerance.
fn tolerated_age(session: &Session, rules: &Rules) -> Option<Span> {
    if session.stage == Stage::Preparation {
        return rules.value("time-out", "baseline_age")?.span();
    }
    let due = next_due(session, rules)?;
    Some(due.interval + (due.overdue_from - due.at))
}

struct View<'a> {
    session: &'a Session,
    bedside: &'a Bedside,
    limits_in_force: bool,
    zone: &'a TimeZone,
    now: Moment,
    simulated: bool,
    tolerated: Option<Span>,
    charted: Vec<(Moment, VitalSigns)>,
    left_out: Vec<LeftOut>,
}

/// A device's charted values that do not stand: an artefact, or struck.
struct LeftOut {
    /// By the device's own clock.
    device: Moment,
    /// Where the chart has it.
    charted: Moment,
    signs: BTreeSet<VitalSign>,
}

/// What is charted of a minute stands at its beginning.
const CHARTED_MINUTE: Span = Span::from_minutes(1);

fn left_out(session: &Session) -> Vec<LeftOut> {
    session
        .entries
        .iter()
        .filter(|entry| !entry.corrections.is_empty())
        .filter_map(|entry| {
            let SessionEvent::VitalSignsCharted {
                timing: Some(timing),
                ..
            } = &entry.event
            else {
                return None;
            };
            Some(LeftOut {
                device: timing.device,
                charted: timing.corrected,
                signs: entry.left_out(),
            })
        })
        .filter(|left_out| !left_out.signs.is_empty())
        .collect()
}

impl View<'_> {
    fn feed(&self) -> Feed {
        let by_hand = self.session.time_out == Some(Monitoring::ByHand);
        match (self.bedside.device, self.bedside.is_silent(self.now)) {
            (Some(_), false) => Feed::Live,
            (Some(_), true) => Feed::Silent,
            (None, _) if by_hand => Feed::ByHand,
            (None, _) => Feed::None,
        }
    }

    fn feed_says(&self, feed: Feed) -> String {
        let name = &self.bedside.device_name;
        match feed {
            Feed::Live if self.simulated => format!("{name} is in demo or test mode"),
            Feed::Live => match self.bedside.last_valid_at {
                Some(at) if self.now - at <= Span::from_seconds(10) => format!("{name} live"),
                Some(_) | None => format!("{name} connected, no valid signal"),
            },
            Feed::Silent => match self.bedside.last_frame_at {
                Some(at) => format!("No signal from {name} since {}", self.clock(at)),
                None => format!("No signal from {name} yet"),
            },
            Feed::None => "No monitor serves this session".to_owned(),
            Feed::ByHand => "Charted by hand".to_owned(),
        }
    }

    fn conflict(&self) -> Option<String> {
        let reasons = self.bedside.agreement.as_ref()?.reasons();
        (!reasons.is_empty()).then(|| {
            reasons
                .iter()
                .map(|reason| reason.says())
                .collect::<Vec<_>>()
                .join("; ")
        })
    }

    fn clock(&self, at: Moment) -> String {
        at.timestamp()
            .to_zoned(self.zone.clone())
            .strftime("%H:%M:%S")
            .to_string()
    }

    fn minute(&self, at: Moment) -> String {
        at.timestamp()
            .to_zoned(self.zone.clone())
            .strftime("%H:%M")
            .to_string()
    }

    /// True for a value that was charted and does not stand: it is shown in no tile.
    // Hazard: H12
    fn is_left_out(&self, sign: VitalSign, numeric: &Numeric) -> bool {
        self.left_out.iter().any(|left_out| {
            let same = if numeric.aperiodic {
                numeric.device_at == left_out.device
            } else {
                let at = numeric.live_at();
                at >= left_out.charted && at < left_out.charted + CHARTED_MINUTE
            };
            same && left_out.signs.contains(&sign)
        })
    }

    fn clock_of(&self, due: &Due) -> NextCheck {
        let (state, says) = if due.is_overdue(self.now) {
            ("overdue", format!("overdue since {}", self.minute(due.at)))
        } else if due.is_due(self.now) {
            ("due", "now".to_owned())
        } else {
            ("waiting", self.minute(due.at))
        };
        NextCheck {
            check: due.check.word(),
            name: due.check.says(),
            state,
            says: if due.form {
                format!("{says}, for the monitoring form")
            } else {
                says
            },
        }
    }

    fn reading(&self, sign: VitalSign) -> (Reading, Option<Numeric>) {
        let fresh_for = |signal: Signal| {
            if signal.is_aperiodic() {
                self.tolerated.unwrap_or(Span::from_hours(24))
            } else {
                clinical::vital_signs::freshness::GREYED_AFTER
            }
        };
        // A sensor that has just said that it measures nothing gives way to one that measures.
        let measuring = choose(sign, self.standing(sign, true), fresh_for, self.now)
            .filter(|numeric| numeric.age(self.now) <= fresh_for(numeric.signal));
        let chosen =
            measuring.or_else(|| choose(sign, self.standing(sign, false), fresh_for, self.now));
        let seen = chosen
            .map(|numeric| numeric.signal)
            .and_then(|signal| self.bedside.sensors.get(&signal)?.seen)
            .or_else(|| self.last_seen(sign))
            .unwrap_or(LastSeen::Nothing);
        let known = Known {
            last_good: chosen,
            last_seen: seen,
            by_hand: self.by_hand(sign),
            limit_set: self.limits_in_force,
            expected_period: self.bedside.period,
            tolerated_age: self.tolerated,
            simulated: self.simulated,
        };
        (Reading::at(&known, self.now), chosen.cloned())
    }

    /// The last good values of the sensors, without those that do not stand; `measuring`: of the
    /// sensors alone that have not said since that they measure nothing.
    fn standing(&self, sign: VitalSign, measuring: bool) -> Vec<&Numeric> {
        let all: Vec<&Numeric> = if measuring {
            self.bedside.measuring().collect()
        } else {
            self.bedside.good().collect()
        };
        all.into_iter()
            .filter(|numeric| !self.is_left_out(sign, numeric))
            .collect()
    }

    /// What came last from any sensor of a sign.
    fn last_seen(&self, sign: VitalSign) -> Option<LastSeen> {
        sign.sources()
            .iter()
            .filter_map(|signal| {
                let sensor = self.bedside.sensors.get(signal)?;
                let marked = sensor
                    .good
                    .as_ref()
                    .is_some_and(|good| self.is_left_out(sign, good));
                match sensor.seen? {
                    LastSeen::Value(at) if marked => {
                        Some(LastSeen::NotAMeasurement(at, NotValid::Artefact))
                    }
                    seen @ (LastSeen::Nothing
                    | LastSeen::Value(_)
                    | LastSeen::NotAMeasurement(..)) => Some(seen),
                }
            })
            .max_by_key(|seen| match seen {
                LastSeen::Nothing => None,
                LastSeen::Value(at) | LastSeen::NotAMeasurement(at, _) => Some(*at),
            })
    }

    /// What the sensors say while only a value by hand is there to show.
    fn probe(&self, sign: VitalSign) -> Option<&'static str> {
        match self.last_seen(sign)? {
            LastSeen::NotAMeasurement(at, why)
                if !self.bedside.is_silent(self.now)
                    && self.now - at <= clinical::vital_signs::freshness::DASHES_AFTER =>
            {
                Some(why.says())
            }
            LastSeen::NotAMeasurement(..) | LastSeen::Value(_) | LastSeen::Nothing => None,
        }
    }

    /// The newest value that a person read; what a device charted is not by hand.
    fn by_hand(&self, sign: VitalSign) -> Option<HandCharted> {
        self.session
            .entries
            .iter()
            .filter(|entry| {
                matches!(
                    &entry.event,
                    SessionEvent::VitalSignsCharted {
                        source: Source::Hand,
                        ..
                    }
                )
            })
            .filter_map(|entry| {
                let value = value_of(sign, &entry.vital_signs()?)?;
                Some(HandCharted {
                    value,
                    at: entry.occurred_at,
                })
            })
            .max_by_key(|charted| charted.at)
    }

    fn tile(&self, sign: VitalSign) -> Tile {
        let (reading, chosen) = self.reading(sign);
        let (text, at) = self.text(sign, &reading);
        let (state, says) = match &reading.freshness {
            Freshness::Live => ("live", "live".to_owned()),
            Freshness::ByHand { at } => {
                let read = format!("by hand {}", self.minute(*at));
                let says = match self.probe(sign) {
                    Some(probe) => format!("{read}, {probe}"),
                    None => read,
                };
                ("by-hand", says)
            }
            Freshness::Stale { since } => ("stale", format!("since {}", self.clock(*since))),
            Freshness::NotAssessed => ("not-assessed", "no limit set".to_owned()),
            Freshness::Invalid { why } => ("invalid", why.says().to_owned()),
            Freshness::NeverMeasured => ("never", "not measured yet".to_owned()),
        };
        // A cuff value is as old as its cycle, and says so even while it counts as current.
        let cuff = chosen.as_ref().filter(|numeric| numeric.aperiodic);
        let says = match (state, cuff) {
            ("live", Some(numeric)) => self.minute(numeric.live_at()),
            _ => says,
        };
        let notice = self
            .session
            .open_advisories()
            .into_iter()
            .filter_map(|open| Some((open, Condition::from_word(&open.notice.condition)?)))
            .find(|(_, condition)| signs_of(*condition).contains(&sign));
        Tile {
            sign: sign.word(),
            name: name_of(sign),
            text,
            unit: unit_of(sign),
            state,
            says,
            at,
            from: chosen
                .as_ref()
                .map_or("", |numeric| sensor_of(numeric.signal)),
            priority: notice.as_ref().map(|(open, _)| open.notice.priority),
            arrow: notice.map_or("", |(_, condition)| arrow_of(condition)),
        }
    }

    fn text(&self, sign: VitalSign, reading: &Reading) -> (String, Option<i64>) {
        let (value, at) = match reading.shown {
            Shown::Value { value, at } | Shown::Greyed { value, at } => (value, at),
            Shown::Dashes => return ("--".to_owned(), None),
        };
        let text = if sign == VitalSign::Systolic {
            let diastolic = self.diastolic_at(at);
            let diastolic = diastolic.map_or_else(|| "--".to_owned(), |value| shown(value, 0));
            format!("{}/{diastolic}", shown(value, 0))
        } else {
            shown(value, if sign == VitalSign::Temperature { 1 } else { 0 })
        };
        (text, Some(at.milliseconds()))
    }

    /// The diastolic pressure of the same cuff cycle, or of the same entry by hand: two numbers
    /// of different moments are never shown as one pressure.
    fn diastolic_at(&self, at: Moment) -> Option<Decimal> {
        let cuff = self
            .bedside
            .sensors
            .get(&Signal::CuffDiastolic)
            .and_then(|sensor| sensor.good.as_ref())
            .filter(|numeric| numeric.live_at() == at)
            .map(|numeric| numeric.value);
        cuff.or_else(|| {
            self.charted
                .iter()
                .rev()
                .find(|(taken, values)| *taken == at && values.diastolic.is_some())
                .and_then(|(_, values)| values.diastolic.map(|value| value.value()))
        })
    }
}

fn value_of(sign: VitalSign, values: &VitalSigns) -> Option<Decimal> {
    match sign {
        VitalSign::Systolic => values.systolic.map(|value| value.value()),
        VitalSign::Diastolic => values.diastolic.map(|value| value.value()),
        VitalSign::MeanPressure => values.mean.map(|value| value.value()),
        VitalSign::HeartRate => values.heart_rate.map(|value| value.value()),
        VitalSign::OxygenSaturation => values.oxygen_saturation.map(|value| value.value()),
        VitalSign::RespiratoryRate => values.respiratory_rate.map(|value| value.value()),
        VitalSign::EndTidalCarbonDioxide => {
            values.end_tidal_carbon_dioxide.map(|value| value.value())
        }
        VitalSign::Temperature => values.temperature.map(|value| value.value()),
    }
}

fn shown(value: Decimal, decimals: u32) -> String {
    value
        .round_dp_with_strategy(
            decimals,
            rust_decimal::RoundingStrategy::MidpointAwayFromZero,
        )
        .normalize()
        .to_string()
}

const fn name_of(sign: VitalSign) -> &'static str {
    match sign {
        VitalSign::Systolic | VitalSign::Diastolic => "Blood pressure",
        VitalSign::MeanPressure => "Mean pressure",
        VitalSign::HeartRate => "Heart rate",
        VitalSign::OxygenSaturation => "Oxygen saturation",
        VitalSign::RespiratoryRate => "Respiratory rate",
        VitalSign::EndTidalCarbonDioxide => "End-tidal CO₂",
        VitalSign::Temperature => "Temperature",
    }
}

const fn unit_of(sign: VitalSign) -> &'static str {
    match sign {
        VitalSign::Systolic
        | VitalSign::Diastolic
        | VitalSign::MeanPressure
        | VitalSign::EndTidalCarbonDioxide => "mmHg",
        VitalSign::HeartRate | VitalSign::RespiratoryRate => "/min",
        VitalSign::OxygenSaturation => "%",
        VitalSign::Temperature => "°C",
    }
}

const fn sensor_of(signal: Signal) -> &'static str {
    match signal {
        Signal::HeartRate => "ECG",
        Signal::PulseFromOximeter | Signal::RespiratoryRateFromOximeter => "oximeter",
        Signal::OxygenSaturation | Signal::PerfusionIndex => "oximeter",
        Signal::PulseFromCuff | Signal::CuffSystolic | Signal::CuffDiastolic | Signal::CuffMean => {
            "cuff"
        }
        Signal::ArterialSystolic | Signal::ArterialDiastolic | Signal::ArterialMean => {
            "arterial line"
        }
        Signal::RespiratoryRateFromImpedance => "chest impedance",
        Signal::RespiratoryRateFromCarbonDioxide
        | Signal::EndTidalCarbonDioxide
        | Signal::InspiredCarbonDioxide => "CO₂",
        Signal::Pulse | Signal::RespiratoryRate | Signal::Temperature => "monitor",
        Signal::BispectralIndex => "EEG",
    }
}

const fn signs_of(condition: Condition) -> &'static [VitalSign] {
    match condition {
        Condition::OxygenSaturationLow | Condition::SaturationSignalLost => {
            &[VitalSign::OxygenSaturation]
        }
        Condition::HeartRateHigh | Condition::HeartRateLow => &[VitalSign::HeartRate],
        Condition::SystolicHigh
        | Condition::DiastolicHigh
        | Condition::SystolicLow
        | Condition::SystolicRise
        | Condition::DiastolicRise
        | Condition::ReadingOverdue => &[VitalSign::Systolic],
        Condition::RespiratoryRateLow | Condition::RespiratoryRateHigh | Condition::NoBreath => {
            &[VitalSign::RespiratoryRate]
        }
        Condition::EndTidalCarbonDioxideHigh => &[VitalSign::EndTidalCarbonDioxide],
        Condition::FeedStale | Condition::ResponsivenessOverdue | Condition::DistressOverdue => &[],
    }
}

const fn arrow_of(condition: Condition) -> &'static str {
    match condition {
        Condition::HeartRateHigh
        | Condition::SystolicHigh
        | Condition::DiastolicHigh
        | Condition::SystolicRise
        | Condition::DiastolicRise
        | Condition::RespiratoryRateHigh
        | Condition::EndTidalCarbonDioxideHigh => "up",
        Condition::OxygenSaturationLow
        | Condition::HeartRateLow
        | Condition::SystolicLow
        | Condition::RespiratoryRateLow
        | Condition::NoBreath => "down",
        Condition::SaturationSignalLost
        | Condition::FeedStale
        | Condition::ReadingOverdue
        | Condition::ResponsivenessOverdue
        | Condition::DistressOverdue => "",
    }
}

fn delivery(session: &Session, infusion: &Infusion, now: Moment) -> Delivery {
    let delivered = infusion.delivered(now);
    let milligrams = delivered.amount.value();
    let order = session.order.as_ref();
    let per_kilogram = order
        .and_then(|order| delivered.amount.per_kilogram(order.dosing_weight).ok())
        .map_or_else(|| "--".to_owned(), |value| shown(value.value(), 2));
    let ordered = order.map_or(Decimal::ONE, |order| order.dose.value());
    let permille = (milligrams * Decimal::ONE_THOUSAND / ordered).round();
    let pumped = session.way().is_infusion();
    // Where nothing is pumped the time since the first dose goes on: what it does comes later.
    let end = infusion.stopped_at().filter(|_| pumped).unwrap_or(now);
    let elapsed = infusion
        .started_at()
        .map_or(Span::ZERO, |start| end - start);
    Delivery {
        mg: shown(milligrams, 1),
        mg_per_kg: per_kilogram,
        ordered: shown(ordered, 1),
        rate: shown(infusion.rate(now).value(), 1),
        elapsed: format!("T+{:02}:{:02}", elapsed.minutes(), elapsed.seconds() % 60),
        running: session.stage == Stage::Infusion,
        permille: u32::try_from(permille).unwrap_or(1_000).min(1_000),
        bag_should_be_empty: pumped
            && delivered.bag_should_be_empty
            && session.stage == Stage::Infusion,
    }
}
