//! The number that an answer or a score counts.

use rust_decimal::Decimal;
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

/// Points of an answer or of a score, or a measured number that an item asks for.
///
/// Exact. In a file: a whole number, or a decimal in quotes. Between minus and plus one million
/// and with at most six decimal places, so that no arithmetic of an instrument can overflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points(Decimal);

impl Points {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);
    const LARGEST: i64 = 1_000_000;
    const DECIMAL_PLACES: u32 = 6;

    /// Refuses (`None`) a number that no scale has; see the type.
    pub fn new(number: Decimal) -> Option<Self> {
        let number = number.normalize();
        let fits =
            number.abs() <= Decimal::from(Self::LARGEST) && number.scale() <= Self::DECIMAL_PLACES;
        fits.then_some(Self(number))
    }

    /// A small whole number.
    pub fn whole(number: i32) -> Option<Self> {
        Self::new(Decimal::from(number))
    }

    /// The number.
    pub const fn number(self) -> Decimal {
        self.0
    }

    /// True for 3, false for 3.5.
    pub fn is_whole(self) -> bool {
        self.0.is_integer()
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.normalize())
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

struct Number;

impl Visitor<'_> for Number {
    type Value = Points;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number, or a decimal in quotes")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Points, E> {
        Points::new(Decimal::from(number))
            .ok_or_else(|| E::custom(format!("{number} is too large for a scale")))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Points, E> {
        Points::new(Decimal::from(number))
            .ok_or_else(|| E::custom(format!("{number} is too large for a scale")))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Points, E> {
        text.parse()
            .ok()
            .and_then(Points::new)
            .ok_or_else(|| E::custom(format!("{text:?} is not a number that a scale has")))
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_no_scale_has_is_refused() {
        for text in ["1000001", "-1000001", "0.0000001", "1e9", "", "three"] {
            assert_eq!(text.parse().ok().and_then(Points::new), None, "{text}");
        }
        for text in ["1000000", "0.000001", "27", "7.875", "-1"] {
            assert!(text.parse().ok().and_then(Points::new).is_some(), "{text}");
        }
    }
}
