//! A share of a group, with the interval in which it lies.

use rust_decimal::Decimal;

/// How many of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many.
    pub count: u32,
    /// Of how many; never less than [`Self::count`].
    pub of: u32,
}

/// From where to where, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The lower end.
    pub from: Decimal,
    /// The upper end.
    pub to: Decimal,
}

/// The point of the normal distribution that leaves 2.5 % above it.
const Z: Decimal = Decimal::from_parts(2_903_650_710, 456_339, 0, false, 15);

/// How near a root comes, as a power of ten.
const ROOT_PLACES: u32 = 15;

impl Share {
    /// Of two numbers; none where there are more than there can be.
    pub fn new(count: u32, of: u32) -> Option<Self> {
        (count <= of).then_some(Self { count, of })
    }

    /// In percent; none of nobody.
    pub fn percent(self) -> Option<Decimal> {
        (Decimal::from(self.count) * Decimal::ONE_HUNDRED).checked_div(Decimal::from(self.of))
    }

    /// The interval of Wilson at 95 %, without correction for continuity; none of nobody.
    ///
    /// Of few people, and of none or all, it stays within 0 and 100, where the plain interval does
    /// not. Source: Wilson, J Am Stat Assoc 1927, 22:209; recommended by Newcombe, Stat Med 1998,
    /// 17:857, method 3.
    pub fn wilson(self) -> Option<Interval> {
        if self.of == 0 {
            return None;
        }
        let (count, of) = (Decimal::from(self.count), Decimal::from(self.of));
        let squared = Z * Z;
        let two = Decimal::TWO;
        let middle = two * count + squared;
        let root = root(squared + Decimal::from(4) * count * (of - count) / of);
        let whole = two * (of + squared);
        let end = |at: Decimal| {
            (Decimal::ONE_HUNDRED * at / whole).clamp(Decimal::ZERO, Decimal::ONE_HUNDRED)
        };
        // The root is cut: what is nobody, or everybody, is so exactly.
        Some(Interval {
            from: if self.count == 0 {
                Decimal::ZERO
            } else {
                end(middle - Z * root)
            },
            to: if self.count == self.of {
                Decimal::ONE_HUNDRED
            } else {
                end(middle + Z * root)
            },
        })
    }
}

/// The square root of a number that is at least one, by the method of Newton.
fn root(of: Decimal) -> Decimal {
    let near = Decimal::new(1, ROOT_PLACES);
    let mut guess = of;
    // Each step halves the exponent at first and doubles the right digits then: a number of ten
    // digits needs fewer than thirty.
    for _ in 0..64 {
        let better = (guess + of / guess) / Decimal::TWO;
        let is_there = (guess - better).abs() < near;
        guess = better;
        if is_there {
            break;
        }
    }
    guess
}

#[cfg(test)]
mod tests {
    //! Witness: Newcombe, Stat Med 1998, 17:857, table I, method 3, printed to four places; the last
    //! row is worked out by hand from the formula.

    use super::*;

    #[test]
    fn the_interval_is_that_of_the_published_table() {
        for (count, of, from, to) in [
            (81, 263, "25.53", "36.62"),
            (15, 148, "6.24", "16.05"),
            (0, 20, "0", "16.11"),
            (1, 29, "0.61", "17.18"),
            (18, 32, "39.33", "71.83"),
        ] {
            let found = Share::new(count, of).unwrap().wilson().unwrap();
            let says = |number: Decimal| number.round_dp(2).normalize().to_string();
            assert_eq!(
                (says(found.from).as_str(), says(found.to).as_str()),
                (from, to),
                "{count} of {of}"
            );
        }
    }

    #[test]
    fn of_nobody_there_is_no_share_and_no_interval() {
        let nobody = Share::default();
        assert_eq!(nobody.percent(), None);
        assert_eq!(nobody.wilson(), None);
        assert_eq!(Share::new(3, 2), None);
    }

    #[test]
    fn everybody_reaches_the_end_exactly_and_the_point_is_the_published_one() {
        // 1.959963984540054: Abramowitz and Stegun, table 26.5, to more places.
        assert_eq!(Z.to_string(), "1.959963984540054");
        let all = Share::new(20, 20).unwrap().wilson().unwrap();
        assert_eq!(all.to, Decimal::ONE_HUNDRED);
        assert_eq!(all.from.round_dp(2).to_string(), "83.89");
    }
}
