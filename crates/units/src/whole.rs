//! Whole micrograms and microlitres: what a drug ledger counts in, so that a balance closes exactly.

use crate::{Decimal, Milligrams, Millilitres};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::iter::Sum;

/// A number that is not a whole, countable amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{value} {unit} cannot be counted: write it to {step} {unit}, and not more than {most} {unit}"
)]
pub struct Uncountable {
    /// The number as it was given.
    pub value: Decimal,
    /// Its unit.
    pub unit: &'static str,
    /// The smallest step.
    pub step: &'static str,
    /// The largest amount.
    pub most: u64,
}

/// A thousand of the small unit make one of the unit in which people read it.
fn whole(value: Decimal, unit: &'static str, most: u64) -> Result<u64, Uncountable> {
    let wrong = Uncountable {
        value,
        unit,
        step: "0.001",
        most,
    };
    let small = value * Decimal::ONE_THOUSAND;
    if !small.fract().is_zero() || value > Decimal::from(most) {
        return Err(wrong);
    }
    u64::try_from(small).map_err(|_| wrong)
}

macro_rules! whole_amount {
    ($(#[$documentation:meta])* $name:ident, $large:ident, $unit:literal, $most:literal) => {
        $(#[$documentation])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize,
            Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(u64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);

            /// So many.
            pub const fn new(count: u64) -> Self {
                Self(count)
            }

            /// How many.
            pub const fn count(self) -> u64 {
                self.0
            }

            /// True when there is nothing.
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }

            /// What is left when this is taken away; none when there is less.
            pub fn less(self, taken: Self) -> Option<Self> {
                self.0.checked_sub(taken.0).map(Self)
            }

            /// Both together.
            #[must_use]
            pub const fn with(self, more: Self) -> Self {
                Self(self.0.saturating_add(more.0))
            }

            /// In the unit in which people read it.
            pub fn large(self) -> Decimal {
                (Decimal::from(self.0) / Decimal::ONE_THOUSAND).normalize()
            }
        }

        impl TryFrom<$large> for $name {
            type Error = Uncountable;
            /// Refuses what is finer than a thousandth.
            fn try_from(large: $large) -> Result<Self, Uncountable> {
                whole(large.value(), $unit, $most).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}\u{a0}{}", self.large(), $unit)
            }
        }

        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
                all.fold(Self::ZERO, Self::with)
            }
        }
    };
}

whole_amount!(
    /// Mass of drug in whole micrograms, as base.
    Micrograms, Milligrams, "mg", 10_000
);
whole_amount!(
    /// Volume in whole microlitres.
    Microlitres, Millilitres, "mL", 5_000
);

#[cfg(test)]
mod tests {
    use super::*;

    fn millilitres(text: &str) -> Millilitres {
        Millilitres::new(text.parse().expect("a decimal in a test")).expect("plausible")
    }

    #[test]
    fn a_thousandth_of_a_millilitre_is_the_least_that_is_counted() {
        let found = Microlitres::try_from(millilitres("0.385"));
        assert_eq!(found, Ok(Microlitres::new(385)));
        assert_eq!(
            Microlitres::try_from(millilitres("0")),
            Ok(Microlitres::ZERO)
        );
        let finer = Microlitres::try_from(millilitres("0.3855"));
        assert!(finer.is_err());
    }

    #[test]
    fn it_is_read_in_the_large_unit() {
        assert_eq!(Micrograms::new(19_250).to_string(), "19.25\u{a0}mg");
        assert_eq!(Microlitres::new(700).to_string(), "0.7\u{a0}mL");
    }

    #[test]
    fn nothing_is_taken_from_where_there_is_less() {
        assert_eq!(Microlitres::new(5).less(Microlitres::new(6)), None);
        assert_eq!(
            Microlitres::new(5).less(Microlitres::new(5)),
            Some(Microlitres::ZERO)
        );
    }
}
