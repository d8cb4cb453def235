//! One newtype for each unit, each with its plausible bounds.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A number that cannot be a value of the kind asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{value} {unit} is not a plausible {kind} ({minimum} to {maximum} {unit})")]
pub struct Implausible {
    /// What the number was meant to be, in words.
    pub kind: &'static str,
    /// The number as it was given.
    pub value: Decimal,
    /// The unit it was given in.
    pub unit: &'static str,
    /// The smallest plausible value.
    pub minimum: Decimal,
    /// The largest plausible value.
    pub maximum: Decimal,
}

/// Declares a quantity: an exact decimal with a unit, a UCUM code and plausible bounds.
macro_rules! quantity {
    ($(#[$documentation:meta])* $name:ident, $kind:literal, $unit:literal, $ucum:literal, $minimum:literal ..= $maximum:literal) => {
        $(#[$documentation])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Decimal);

        impl $name {
            /// The unit as it is shown to people.
            pub const UNIT: &'static str = $unit;
            /// The unit's UCUM code.
            pub const UCUM: &'static str = $ucum;
            /// The smallest plausible value.
            pub const MINIMUM: Decimal = Decimal::from_parts($minimum, 0, 0, false, 0);
            /// The largest plausible value.
            pub const MAXIMUM: Decimal = Decimal::from_parts($maximum, 0, 0, false, 0);

            /// Refuses a number outside the plausible bounds.
            pub fn new(value: Decimal) -> Result<Self, Implausible> {
                if value < Self::MINIMUM || value > Self::MAXIMUM {
                    return Err(Implausible {
                        kind: $kind,
                        value,
                        unit: $unit,
                        minimum: Self::MINIMUM,
                        maximum: Self::MAXIMUM,
                    });
                }
                Ok(Self(value.normalize()))
            }

            /// The bare number, for arithmetic and for the edges.
            pub const fn value(self) -> Decimal {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}\u{a0}{}", self.0, $unit)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                let value = text.parse::<Decimal>().map_err(serde::de::Error::custom)?;
                Self::new(value).map_err(serde::de::Error::custom)
            }
        }
    };
}

quantity!(
    /// Mass of drug.
    Milligrams, "amount of drug", "mg", "mg", 0 ..= 10_000
);
quantity!(
    /// Dose for each kilogram of body weight.
    MilligramsPerKilogram, "dose per body weight", "mg/kg", "mg/kg", 0 ..= 20
);
quantity!(
    /// Strength of a solution.
    MilligramsPerMillilitre, "concentration", "mg/mL", "mg/mL", 0 ..= 200
);
quantity!(
    /// Volume of fluid.
    Millilitres, "volume", "mL", "mL", 0 ..= 5_000
);
quantity!(
    /// How fast a pump runs.
    MillilitresPerHour, "infusion rate", "mL/h", "mL/h", 0 ..= 1_200
);
quantity!(
    /// Body weight.
    Kilograms, "body weight", "kg", "kg", 20 ..= 350
);
quantity!(
    /// Body height.
    Centimetres, "body height", "cm", "cm", 50 ..= 250
);
quantity!(
    /// Blood pressure.
    MillimetresOfMercury, "blood pressure", "mmHg", "mm[Hg]", 10 ..= 300
);
quantity!(
    /// Heart rate or pulse rate.
    BeatsPerMinute, "heart rate", "/min", "/min", 10 ..= 350
);
quantity!(
    /// Respiratory rate; zero is a claim of apnoea and is kept.
    BreathsPerMinute, "respiratory rate", "/min", "/min", 0 ..= 120
);
quantity!(
    /// Oxygen saturation by pulse oximetry.
    OxygenSaturation, "oxygen saturation", "%", "%", 30 ..= 100
);
quantity!(
    /// Partial pressure of carbon dioxide; zero is a flat line and is kept.
    PartialPressure, "partial pressure", "mmHg", "mm[Hg]", 0 ..= 150
);
quantity!(
    /// Body temperature.
    DegreesCelsius, "temperature", "°C", "Cel", 20 ..= 45
);

impl MilligramsPerKilogram {
    /// The dose for this body weight, not rounded.
    pub fn times(self, weight: Kilograms) -> Result<Milligrams, Implausible> {
        Milligrams::new(self.0 * weight.0)
    }
}

impl Milligrams {
    /// No drug.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// This dose for each kilogram of this body weight, rounded to two decimals for display.
    pub fn per_kilogram(self, weight: Kilograms) -> Result<MilligramsPerKilogram, Implausible> {
        MilligramsPerKilogram::new((self.0 / weight.0).round_dp(2))
    }

    /// Rounded half-up to this many decimals.
    pub fn rounded(self, decimals: u32) -> Self {
        Self(
            self.0
                .round_dp_with_strategy(
                    decimals,
                    rust_decimal::RoundingStrategy::MidpointAwayFromZero,
                )
                .normalize(),
        )
    }
}

impl MillilitresPerHour {
    /// Not running.
    pub const ZERO: Self = Self(Decimal::ZERO);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a decimal in a test")
    }

    #[test]
    fn a_weight_of_seventy_two_times_half_a_milligram_per_kilogram_is_thirty_six_milligrams() {
        let weight = Kilograms::new(decimal("72")).expect("plausible");
        let dose = MilligramsPerKilogram::new(decimal("0.5")).expect("plausible");
        let total = dose.times(weight).expect("plausible");
        assert_eq!(total.to_string(), "36\u{a0}mg");
    }

    #[test]
    fn the_bounds_themselves_are_plausible_and_one_step_beyond_is_not() {
        assert!(Kilograms::new(Kilograms::MINIMUM).is_ok());
        assert!(Kilograms::new(Kilograms::MAXIMUM).is_ok());
        assert!(Kilograms::new(decimal("19.9")).is_err());
        assert!(Kilograms::new(decimal("350.1")).is_err());
    }

    #[test]
    fn a_trailing_zero_is_never_shown() {
        let dose = Milligrams::new(decimal("5.0")).expect("plausible");
        assert_eq!(dose.to_string(), "5\u{a0}mg");
    }

    #[test]
    fn an_implausible_number_in_a_record_is_refused_when_read() {
        assert!(serde_json::from_str::<OxygenSaturation>("\"100\"").is_ok());
        assert!(serde_json::from_str::<OxygenSaturation>("\"101\"").is_err());
        assert!(serde_json::from_str::<OxygenSaturation>("\"-100\"").is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_exactly(hundredths in 0i64..1_000_000) {
            let dose = Milligrams::new(Decimal::new(hundredths, 2)).expect("plausible");
            let text = serde_json::to_string(&dose).expect("writes");
            prop_assert_eq!(serde_json::from_str::<Milligrams>(&text).expect("reads"), dose);
        }
    }
}
