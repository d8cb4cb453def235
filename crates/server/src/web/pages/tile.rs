//! One tile of the vital strip, as the page shows it and as the live stream sends it.

use super::clock_face::ClockFace;
use clinical::advisory::Priority;
use clinical::vital_signs::{Freshness, Reading, Shown, Signal, VitalSign};
use serde::Serialize;
use units::Moment;

/// The six states of a tile; each has its own look, and only the first two look normal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TileState {
    /// Measured just now.
    Live,
    /// Read and entered by a person.
    ByHand,
    /// Old.
    Stale,
    /// No limit watches it.
    NotAssessed,
    /// Not a measurement.
    Invalid,
    /// Not measured in this session.
    Never,
}

impl TileState {
    /// The word in the class name and in the stream.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::ByHand => "by-hand",
            Self::Stale => "stale",
            Self::NotAssessed => "not-assessed",
            Self::Invalid => "invalid",
            Self::Never => "never",
        }
    }
}

/// A value beyond a limit: which side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arrow {
    /// Above.
    Up,
    /// Below.
    Down,
}

impl Arrow {
    /// The sign beside the number.
    pub const fn shape(self) -> &'static str {
        match self {
            Self::Up => "↑",
            Self::Down => "↓",
        }
    }

    /// In words, for those who hear the page.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Up => "above the clinic's limit",
            Self::Down => "below the clinic's limit",
        }
    }
}

/// What a tile is about: the signs of the strip, blood pressure being one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TileSign {
    /// Systolic and diastolic by cuff.
    BloodPressure,
    /// Heart rate.
    HeartRate,
    /// Oxygen saturation.
    OxygenSaturation,
    /// Respiratory rate.
    RespiratoryRate,
    /// End-tidal carbon dioxide.
    EndTidalCarbonDioxide,
    /// Body temperature.
    Temperature,
}

impl TileSign {
    /// The word in the stream and in `data-sign`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::BloodPressure => "blood-pressure",
            Self::HeartRate => "heart-rate",
            Self::OxygenSaturation => "oxygen-saturation",
            Self::RespiratoryRate => "respiratory-rate",
            Self::EndTidalCarbonDioxide => "end-tidal-carbon-dioxide",
            Self::Temperature => "temperature",
        }
    }

    /// The sign's name on the tile.
    pub const fn label(self) -> &'static str {
        match self {
            Self::BloodPressure => "Blood pressure",
            Self::HeartRate => "Heart rate",
            Self::OxygenSaturation => "Oxygen saturation",
            Self::RespiratoryRate => "Respiratory rate",
            Self::EndTidalCarbonDioxide => "End-tidal CO₂",
            Self::Temperature => "Temperature",
        }
    }

    /// The unit as it is shown.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::BloodPressure | Self::EndTidalCarbonDioxide => "mmHg",
            Self::HeartRate | Self::RespiratoryRate => "/min",
            Self::OxygenSaturation => "%",
            Self::Temperature => "°C",
        }
    }

    /// The tile of a sign; `None` for the mean pressure, which is charted and has no tile.
    pub const fn of(sign: VitalSign) -> Option<Self> {
        match sign {
            VitalSign::Systolic | VitalSign::Diastolic => Some(Self::BloodPressure),
            VitalSign::MeanPressure => None,
            VitalSign::HeartRate => Some(Self::HeartRate),
            VitalSign::OxygenSaturation => Some(Self::OxygenSaturation),
            VitalSign::RespiratoryRate => Some(Self::RespiratoryRate),
            VitalSign::EndTidalCarbonDioxide => Some(Self::EndTidalCarbonDioxide),
            VitalSign::Temperature => Some(Self::Temperature),
        }
    }
}

/// One tile. Its fields are those of the live stream's `tiles` event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tile {
    /// What it is about.
    pub sign: TileSign,
    /// The number, or dashes; never empty.
    pub text: String,
    /// The unit.
    pub unit: &'static str,
    /// Its state.
    pub state: TileState,
    /// The state in words: `live`, `by hand 13:05`, `stale since 14:02`.
    pub says: String,
    /// Which sensor, or `by hand`.
    pub from: String,
    /// The priority of the gravest open notice about this sign.
    pub priority: Option<Priority>,
    /// Which side of the limit.
    pub arrow: Option<Arrow>,
    /// When the value was measured, in milliseconds since 1970; `None` without a value.
    pub measured_at: Option<i64>,
}

/// What stands where there is no number.
pub const DASHES: &str = "--";

impl Tile {
    /// A tile of one reading. `from` names the sensor; see [`sensor_says`].
    pub fn of(sign: TileSign, reading: &Reading, from: &str, clock: &ClockFace<'_>) -> Self {
        let (text, at) = shown(&reading.shown);
        Self {
            sign,
            text,
            unit: sign.unit(),
            state: state(&reading.freshness),
            says: state_says(&reading.freshness, clock),
            from: from.to_owned(),
            priority: None,
            arrow: None,
            measured_at: at.map(Moment::milliseconds),
        }
    }

    /// The blood pressure tile of its two readings: the worse state of the two holds, and half a
    /// pressure shows dashes for the missing half.
    pub fn pressure(
        systolic: &Reading,
        diastolic: &Reading,
        from: &str,
        clock: &ClockFace<'_>,
    ) -> Self {
        let worse = if rank(&diastolic.freshness) > rank(&systolic.freshness) {
            diastolic
        } else {
            systolic
        };
        let mut tile = Self::of(TileSign::BloodPressure, worse, from, clock);
        let (upper, upper_at) = shown(&systolic.shown);
        let (lower, lower_at) = shown(&diastolic.shown);
        tile.text = match (upper_at, lower_at) {
            (None, None) => DASHES.to_owned(),
            (Some(_), Some(_)) | (Some(_), None) | (None, Some(_)) => format!("{upper}/{lower}"),
        };
        tile.measured_at = upper_at.or(lower_at).map(Moment::milliseconds);
        // A cuff reading is minutes old by its nature: its time is said, not only "live".
        if let (TileState::Live, Some(at)) = (tile.state, upper_at) {
            tile.says = format!("live, cuff at {}", clock.time(at));
        }
        tile
    }

    /// With the priority and side of an open notice about this sign.
    pub fn noticed(mut self, priority: Option<Priority>, arrow: Option<Arrow>) -> Self {
        self.priority = priority;
        self.arrow = arrow;
        self
    }

    /// Class names: state, and priority if any.
    pub fn classes(&self) -> String {
        let priority = self
            .priority
            .map_or(String::new(), |priority| format!(" is-{}", priority.word()));
        format!("tile is-{}{priority}", self.state.word())
    }

    /// The priority's word, or nothing.
    pub fn priority_word(&self) -> &'static str {
        self.priority.map_or("", Priority::word)
    }

    /// For the board: the number and its unit, with the state where it is not normal.
    pub fn spoken(&self) -> String {
        format!(
            "{}: {} {}, {}",
            self.sign.label(),
            self.text,
            self.unit,
            self.says
        )
    }
}

fn shown(shown: &Shown) -> (String, Option<Moment>) {
    match shown {
        Shown::Value { value, at } | Shown::Greyed { value, at } => {
            (value.normalize().to_string(), Some(*at))
        }
        Shown::Dashes => (DASHES.to_owned(), None),
    }
}

const fn state(freshness: &Freshness) -> TileState {
    match freshness {
        Freshness::Live => TileState::Live,
        Freshness::ByHand { .. } => TileState::ByHand,
        Freshness::Stale { .. } => TileState::Stale,
        Freshness::NotAssessed => TileState::NotAssessed,
        Freshness::Invalid { .. } => TileState::Invalid,
        Freshness::NeverMeasured => TileState::Never,
    }
}

/// How far from normal, for the worse of two.
const fn rank(freshness: &Freshness) -> u8 {
    match freshness {
        Freshness::Live => 0,
        Freshness::ByHand { .. } => 1,
        Freshness::NotAssessed => 2,
        Freshness::Stale { .. } => 3,
        Freshness::Invalid { .. } => 4,
        Freshness::NeverMeasured => 5,
    }
}

fn state_says(freshness: &Freshness, clock: &ClockFace<'_>) -> String {
    match freshness {
        Freshness::Live => "live".to_owned(),
        Freshness::ByHand { at } => format!("by hand {}", clock.when(*at)),
        Freshness::Stale { since } => format!("stale since {}", clock.when(*since)),
        Freshness::NotAssessed => "not assessed: no limit set".to_owned(),
        Freshness::Invalid { why } => format!("invalid: {}", why.says()),
        Freshness::NeverMeasured => "never measured".to_owned(),
    }
}

/// A sensor as the tile names it.
pub const fn sensor_says(signal: Signal) -> &'static str {
    match signal {
        Signal::HeartRate => "ECG",
        Signal::PulseFromOximeter | Signal::OxygenSaturation | Signal::PerfusionIndex => "oximeter",
        Signal::PulseFromCuff | Signal::CuffSystolic | Signal::CuffDiastolic | Signal::CuffMean => {
            "cuff"
        }
        Signal::Pulse => "pulse, sensor not named",
        Signal::ArterialSystolic | Signal::ArterialDiastolic | Signal::ArterialMean => {
            "arterial line"
        }
        Signal::RespiratoryRate => "sensor not named",
        Signal::RespiratoryRateFromImpedance => "chest impedance",
        Signal::RespiratoryRateFromCarbonDioxide
        | Signal::EndTidalCarbonDioxide
        | Signal::InspiredCarbonDioxide => "capnometer",
        Signal::RespiratoryRateFromOximeter => "oximeter waveform",
        Signal::Temperature => "thermometer",
        Signal::BispectralIndex => "electroencephalogram",
    }
}

/// Tiles in all six states.
pub fn sample() -> Vec<Tile> {
    let tile = |sign: TileSign, text: &str, state, says: &str, from: &str| Tile {
        sign,
        text: text.to_owned(),
        unit: sign.unit(),
        state,
        says: says.to_owned(),
        from: from.to_owned(),
        priority: None,
        arrow: None,
        measured_at: Some(super::around::sample::NOW.milliseconds()),
    };
    vec![
        tile(
            TileSign::BloodPressure,
            "168/96",
            TileState::Live,
            "live, cuff at 13:10",
            "cuff",
        )
        .noticed(Some(Priority::Medium), Some(Arrow::Up)),
        tile(TileSign::HeartRate, "88", TileState::Live, "live", "ECG"),
        tile(
            TileSign::OxygenSaturation,
            "97",
            TileState::Stale,
            "stale since 13:12",
            "oximeter",
        ),
        tile(
            TileSign::RespiratoryRate,
            "14",
            TileState::ByHand,
            "by hand 13:05",
            "by hand",
        ),
        tile(
            TileSign::EndTidalCarbonDioxide,
            DASHES,
            TileState::Invalid,
            "invalid: no valid signal from the sensor",
            "capnometer",
        ),
        tile(
            TileSign::Temperature,
            DASHES,
            TileState::Never,
            "never measured",
            "",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;
    use units::{Decimal, Span};

    const NOW: Moment = super::super::around::sample::NOW;

    fn reading(freshness: Freshness, shown: Shown) -> Reading {
        Reading {
            freshness,
            shown,
            simulated: false,
        }
    }

    #[test]
    fn no_state_of_a_tile_is_blank() {
        // Hazard: H03
        let clock = ClockFace {
            zone: &TimeZone::UTC,
            now: NOW,
        };
        let since = NOW - Span::from_minutes(3);
        for freshness in [
            Freshness::Live,
            Freshness::ByHand { at: since },
            Freshness::Stale { since },
            Freshness::NotAssessed,
            Freshness::Invalid {
                why: clinical::vital_signs::NotValid::SaidByDevice,
            },
            Freshness::NeverMeasured,
        ] {
            let tile = Tile::of(
                TileSign::HeartRate,
                &reading(freshness, Shown::Dashes),
                "ECG",
                &clock,
            );
            assert_eq!(tile.text, DASHES);
            assert!(!tile.says.is_empty());
        }
    }

    #[test]
    fn half_a_blood_pressure_shows_which_half_is_missing() {
        // Hazard: H03
        let clock = ClockFace {
            zone: &TimeZone::UTC,
            now: NOW,
        };
        let value = Shown::Value {
            value: Decimal::from(128),
            at: NOW,
        };
        let tile = Tile::pressure(
            &reading(Freshness::Live, value),
            &reading(Freshness::NeverMeasured, Shown::Dashes),
            "cuff",
            &clock,
        );
        assert_eq!(tile.text, "128/--");
        assert_eq!(tile.state, TileState::Never);
    }

    #[test]
    fn the_stream_carries_the_words_of_the_contract() {
        let json = serde_json::to_value(&sample()[0]).unwrap();
        assert_eq!(json["sign"], "blood-pressure");
        assert_eq!(json["state"], "live");
        assert_eq!(json["priority"], "medium");
        assert_eq!(json["arrow"], "up");
    }
}
