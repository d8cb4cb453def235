//! What a tile may claim about its value: exactly six states, each with its own look.

use super::Numeric;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use units::{Moment, Span};

/// A continuous value is shown as live up to this age beyond its first second.
/// Source: device reference §12, hazard H03.
pub const GREYED_AFTER: Span = Span::from_seconds(5);
/// A continuous value is shown at all up to this age beyond its first second.
/// Source: device reference §12, hazard H03.
// Hazard: H03
pub const DASHES_AFTER: Span = Span::from_seconds(10);

/// The state of one tile. None of them is blank; only the first two look normal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "freshness", rename_all = "kebab-case")]
pub enum Freshness {
    /// "Measured just now, or by the last cuff cycle that was due, and watched against a limit."
    Live,
    /// "Somebody read this and wrote it down at that time; no device shows it now."
    ByHand {
        /// When it was read.
        at: Moment,
    },
    /// "Nothing good has arrived since then. What is shown is old: look at the patient."
    Stale {
        /// When the last good value was measured, or read by hand.
        since: Moment,
    },
    /// "There is a value, but nobody has set a limit for it: nothing watches it."
    NotAssessed,
    /// "The device sends something that is not a measurement: check the sensor."
    Invalid {
        /// What is wrong with it.
        why: NotValid,
    },
    /// "This has not been measured in this session."
    NeverMeasured,
}

/// Why what arrives is not a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotValid {
    /// The device itself says so: sensor off, invalid, not available.
    SaidByDevice,
    /// A measurement is going on, such as a cuff that inflates.
    Measuring,
    /// Artefact: outside what can be, or in disagreement with another sensor.
    Artefact,
    /// Simulated, demonstration or test data: never a person's.
    Simulated,
}

impl NotValid {
    /// In words that a nurse reads.
    pub const fn says(self) -> &'static str {
        match self {
            Self::SaidByDevice => "no valid signal from the sensor",
            Self::Measuring => "measuring",
            Self::Artefact => "artefact",
            Self::Simulated => "simulated data, not a patient",
        }
    }
}

/// What arrived last, good or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastSeen {
    /// Nothing yet.
    Nothing,
    /// A value at that time, accepted.
    Value(Moment),
    /// Something at that time that is not a measurement.
    NotAMeasurement(Moment, NotValid),
}

/// A value that somebody read and wrote down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandCharted {
    /// The value, in the signal's unit.
    pub value: Decimal,
    /// When it was read.
    pub at: Moment,
}

/// Everything that the state of a tile depends on, besides the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known<'a> {
    /// The last good value of the chosen source.
    pub last_good: Option<&'a Numeric>,
    /// What arrived last from that source.
    pub last_seen: LastSeen,
    /// The last value by hand.
    pub by_hand: Option<HandCharted>,
    /// True when a limit is in force for this sign in this session.
    pub limit_set: bool,
    /// How often the device sends this value.
    pub expected_period: Span,
    /// For cuff values and values by hand: the schedule's interval and its tolerance together;
    /// `None` when nothing is scheduled, and then such a value has an age but is never late.
    pub tolerated_age: Option<Span>,
    /// True when the stream is a simulation, a demonstration or a test.
    pub simulated: bool,
}

/// How a value may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "show", rename_all = "kebab-case")]
pub enum Shown {
    /// In ink.
    Value {
        /// The number.
        value: Decimal,
        /// When it was measured or read.
        at: Moment,
    },
    /// Greyed, with its age.
    Greyed {
        /// The number.
        value: Decimal,
        /// When it was measured or read.
        at: Moment,
    },
    /// `--`.
    Dashes,
}

/// What one tile shows at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Its state.
    pub freshness: Freshness,
    /// Its number.
    pub shown: Shown,
    /// True when the data are simulated; the tile and the page say so. Never `Live` then.
    pub simulated: bool,
}

impl Freshness {
    /// The state's word on the tile.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::ByHand { .. } => "by hand",
            Self::Stale { .. } => "stale",
            Self::NotAssessed => "not assessed",
            Self::Invalid { .. } => "invalid",
            Self::NeverMeasured => "never measured",
        }
    }
}

impl Reading {
    /// What a tile shows at `now`.
    ///
    /// A continuous value from a device is live up to 5 s of age, then greyed, and `--` from
    /// 10 s on; for a device that sends more slowly than once a second, both begin when its next
    /// value was due. It is greyed at once when the device says that it measures no more. A cuff value stays readable with its age, and is stale once the next
    /// cycle is late. A value by hand counts when no device shows a live one and it is newer.
    /// Receive time counts, but a backlog that arrives now is as old as its measuring.
    pub fn at(known: &Known, now: Moment) -> Self {
        let device = known
            .last_good
            .map(|numeric| device_value(numeric, known, now));
        let reading = match (device, known.by_hand) {
            (Some(Device::Fresh(shown)), Some(_) | None) => {
                (assessed(Freshness::Live, known), shown)
            }
            (Some(Device::Old { shown: _, at }), Some(hand)) if hand.at > at => {
                by_hand(hand, known, now)
            }
            (Some(Device::Old { shown, at }), Some(_) | None) => (not_fresh(known, at, now), shown),
            (None, Some(hand)) => by_hand(hand, known, now),
            (None, None) => (never(known), Shown::Dashes),
        };
        let (freshness, shown) = reading;
        if known.simulated && freshness != Freshness::NeverMeasured {
            // Simulated data never look live, even to a page that reads only the state.
            let shown = match shown {
                Shown::Value { value, at } | Shown::Greyed { value, at } => {
                    Shown::Greyed { value, at }
                }
                Shown::Dashes => Shown::Dashes,
            };
            let freshness = Freshness::Invalid {
                why: NotValid::Simulated,
            };
            return Self {
                freshness,
                shown,
                simulated: true,
            };
        }
        Self {
            freshness,
            shown,
            simulated: known.simulated,
        }
    }
}

enum Device {
    Fresh(Shown),
    Old { shown: Shown, at: Moment },
}

fn device_value(numeric: &Numeric, known: &Known, now: Moment) -> Device {
    let (value, at, age) = (numeric.value, numeric.live_at(), numeric.age(now));
    if numeric.aperiodic {
        return match known.tolerated_age {
            Some(tolerated) if age > tolerated => Device::Old {
                shown: Shown::Greyed { value, at },
                at,
            },
            Some(_) | None => Device::Fresh(Shown::Value { value, at }),
        };
    }
    let taken_back = matches!(
        known.last_seen,
        LastSeen::NotAMeasurement(seen, _) if seen > numeric.received_at
    );
    // At one value a second these are 5 s and 10 s exactly; nobody waits for a slow sender's next
    // value once it has said that there is none.
    let waiting = if taken_back {
        Span::ZERO
    } else {
        known.expected_period.max(Span::from_seconds(1)) - Span::from_seconds(1)
    };
    if age <= GREYED_AFTER + waiting && !taken_back {
        Device::Fresh(Shown::Value { value, at })
    } else if age <= DASHES_AFTER + waiting {
        Device::Old {
            shown: Shown::Greyed { value, at },
            at,
        }
    } else {
        Device::Old {
            shown: Shown::Dashes,
            at,
        }
    }
}

fn assessed(freshness: Freshness, known: &Known) -> Freshness {
    if known.limit_set {
        freshness
    } else {
        Freshness::NotAssessed
    }
}

fn by_hand(hand: HandCharted, known: &Known, now: Moment) -> (Freshness, Shown) {
    let HandCharted { value, at } = hand;
    match known.tolerated_age {
        Some(tolerated) if now - at > tolerated => {
            (Freshness::Stale { since: at }, Shown::Greyed { value, at })
        }
        Some(_) | None => (
            assessed(Freshness::ByHand { at }, known),
            Shown::Value { value, at },
        ),
    }
}

/// The device has no fresh value: it sends something that is none, or it is silent.
fn not_fresh(known: &Known, since: Moment, now: Moment) -> Freshness {
    match known.last_seen {
        LastSeen::NotAMeasurement(at, why) if at > since && is_recent(known, at, now) => {
            Freshness::Invalid { why }
        }
        LastSeen::NotAMeasurement(..) | LastSeen::Value(_) | LastSeen::Nothing => {
            Freshness::Stale { since }
        }
    }
}

fn is_recent(known: &Known, at: Moment, now: Moment) -> bool {
    let waiting = known.expected_period.max(Span::from_seconds(1)) - Span::from_seconds(1);
    now - at <= DASHES_AFTER + waiting
}

fn never(known: &Known) -> Freshness {
    match known.last_seen {
        LastSeen::NotAMeasurement(_, why) => Freshness::Invalid { why },
        LastSeen::Value(_) | LastSeen::Nothing => Freshness::NeverMeasured,
    }
}

#[cfg(test)]
mod tests;
