//! Quantities with their units, at the doors of this crate.
//!
//! Each is built by a constructor that refuses what is no number, or lies outside what such a
//! quantity can be at all. Inside the engines numbers are plain, in milligrams, minutes and litres.

use std::fmt;

/// A number that cannot be the quantity it is said to be.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{what} must lie between {at_least} and {at_most} {unit}; {found} does not.")]
pub struct Implausible {
    what: &'static str,
    unit: &'static str,
    at_least: f64,
    at_most: f64,
    found: f64,
}

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $new:ident, $get:ident, $what:literal, $unit:literal, $least:literal ..= $most:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
        pub struct $name(f64);

        impl $name {
            #[doc = concat!("In ", $unit, ". Refuses what is no number, and what is not from ", stringify!($least), " to ", stringify!($most), ".")]
            pub fn $new(value: f64) -> Result<Self, Implausible> {
                if ($least..=$most).contains(&value) {
                    Ok(Self(value))
                } else {
                    Err(Implausible { what: $what, unit: $unit, at_least: $least, at_most: $most, found: value })
                }
            }

            #[doc = concat!("In ", $unit, ".")]
            pub const fn $get(self) -> f64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} {}", self.0, $unit)
            }
        }
    };
}

quantity!(
    /// What a person weighs.
    BodyWeight, from_kilograms, kilograms, "Body weight", "kg", 1.0 ..= 400.0
);
quantity!(
    /// How old a person is.
    Age, from_years, years, "Age", "years", 0.0 ..= 120.0
);
quantity!(
    /// An amount of drug, as base.
    Milligrams, new, milligrams, "An amount of drug", "mg", 0.0 ..= 10_000.0
);
quantity!(
    /// The rate constant of an effect site (ke0).
    EffectSiteRate, from_per_minute, per_minute, "The rate constant of the effect site", "/min", 0.000_001 ..= 100.0
);
quantity!(
    /// A concentration of drug in blood plasma.
    Concentration, from_nanograms_per_millilitre, nanograms_per_millilitre, "A concentration", "ng/mL", 0.0 ..= 100_000.0
);

const MILLISECONDS_IN_A_MINUTE: f64 = 60_000.0;
/// Nothing is predicted for longer than this.
const LONGEST_DAYS: i64 = 14;

/// Time since the zero of a plan, in whole milliseconds.
///
/// Whole, so that steps of the same length are the same number, however they were added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Elapsed(i64);

impl Elapsed {
    /// The zero of the plan.
    pub const ZERO: Self = Self(0);
    /// The longest that anything lasts here: 14 days.
    pub const LONGEST: Self = Self(LONGEST_DAYS * 24 * 60 * 60_000);

    /// Rounded to the millisecond. Refuses what is no number, is negative, or longer than 14 days.
    pub fn from_minutes(minutes: f64) -> Result<Self, Implausible> {
        let milliseconds = (minutes * MILLISECONDS_IN_A_MINUTE).round();
        let longest = Self::LONGEST.0 as f64;
        if (0.0..=longest).contains(&milliseconds) {
            Ok(Self(milliseconds as i64))
        } else {
            Err(Implausible {
                what: "A time",
                unit: "min",
                at_least: 0.0,
                at_most: longest / MILLISECONDS_IN_A_MINUTE,
                found: minutes,
            })
        }
    }

    /// Of this many seconds, held to 14 days.
    pub const fn from_seconds(seconds: u32) -> Self {
        let milliseconds = seconds as i64 * 1_000;
        if milliseconds > Self::LONGEST.0 {
            Self::LONGEST
        } else {
            Self(milliseconds)
        }
    }

    /// In minutes.
    pub const fn minutes(self) -> f64 {
        self.0 as f64 / MILLISECONDS_IN_A_MINUTE
    }

    /// In whole milliseconds.
    pub const fn milliseconds(self) -> i64 {
        self.0
    }

    /// The later of two times, this one being counted from the other.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// How long after `other` this is; zero where it is before.
    #[must_use]
    pub const fn since(self, other: Self) -> Self {
        let gap = self.0.saturating_sub(other.0);
        Self(if gap < 0 { 0 } else { gap })
    }
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} min", self.minutes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_no_quantity() {
        assert!(BodyWeight::from_kilograms(f64::NAN).is_err());
        assert!(Milligrams::new(f64::INFINITY).is_err());
        assert!(Milligrams::new(-1.0).is_err());
        assert!(Elapsed::from_minutes(f64::NAN).is_err());
        assert!(Elapsed::from_minutes(-0.1).is_err());
    }

    #[test]
    fn a_refusal_is_a_sentence_with_its_unit() {
        let refused = BodyWeight::from_kilograms(7000.0).map_err(|error| error.to_string());
        assert_eq!(
            refused,
            Err("Body weight must lie between 1 and 400 kg; 7000 does not.".to_owned())
        );
    }

    #[test]
    fn steps_of_ten_seconds_are_all_the_same() {
        let step = Elapsed::from_minutes(1.0 / 6.0).unwrap();
        assert_eq!(step.milliseconds(), 10_000);
    }
}
