//! How counts over everybody are told: as they are to staff, and without what is small where the page
//! leaves the house.

use clinical::statistics::{Cell, Share, withhold};
use rust_decimal::RoundingStrategy;
use units::Decimal;

/// To whom it is told.
#[derive(Clone, Copy, Debug)]
pub struct Telling {
    /// The page leaves the house.
    pub outside: bool,
    /// A count of at least one and less than this does not.
    pub small: u32,
}

/// Counts that add up, as they are told.
pub struct Told {
    /// All of them together.
    pub total: Cell,
    /// Each, in the order given.
    pub cells: Vec<Cell>,
}

/// How many of how many, as it is told.
pub struct Ratio {
    /// How many.
    pub count: String,
    /// Of how many.
    pub of: String,
    /// Both; none where one of them is not told.
    pub share: Option<Share>,
}

impl Telling {
    /// Counts that add up.
    // Hazard: H66
    pub fn parts(self, counts: &[u32]) -> Told {
        if self.outside {
            let shown = withhold(counts, self.small);
            return Told {
                total: shown.total,
                cells: shown.cells,
            };
        }
        Told {
            total: Cell::Exactly(counts.iter().sum()),
            cells: counts.iter().copied().map(Cell::Exactly).collect(),
        }
    }

    /// One count that adds up with nothing else that is told.
    pub fn alone(self, count: u32) -> String {
        says(self.parts(&[count]).total)
    }

    /// So many of so many.
    pub fn ratio(self, count: u32, of: u32) -> Ratio {
        let told = self.parts(&[count, of.saturating_sub(count)]);
        let count = told.cells.first().copied().unwrap_or(Cell::Withheld);
        Ratio::of(count, told.total)
    }
}

impl Ratio {
    /// Of two counts as they are told.
    pub fn of(count: Cell, of: Cell) -> Self {
        Self {
            share: exact(count)
                .zip(exact(of))
                .and_then(|(count, of)| Share::new(count, of)),
            count: says(count),
            of: says(of),
        }
    }

    /// `56 %, 39–72`; nothing where it cannot be told.
    pub fn percent(&self) -> String {
        let Some((share, interval)) = self.ends(0) else {
            return String::new();
        };
        format!("{share}\u{a0}%, {interval}")
    }

    /// `5.0, 2.4–9.9`, of a hundred; nothing where it cannot be told.
    pub fn per_hundred(&self) -> String {
        let Some((share, interval)) = self.ends(1) else {
            return String::new();
        };
        format!("{share}, {interval}")
    }

    fn ends(&self, places: u32) -> Option<(String, String)> {
        let share = self.share?;
        let interval = share.wilson()?;
        let says = |number: Decimal| {
            let half = RoundingStrategy::MidpointAwayFromZero;
            let number = number.round_dp_with_strategy(places, half);
            format!("{number:.*}", usize::try_from(places).unwrap_or(0))
        };
        Some((
            says(share.percent()?),
            format!("{}–{}", says(interval.from), says(interval.to)),
        ))
    }

    /// The interval as a line on an axis from 0 to 100, in tenths: from, at, to.
    pub fn bar(&self) -> Option<(i64, i64, i64)> {
        let share = self.share?;
        let interval = share.wilson()?;
        // Where it lies in a picture: cut, so that it fits.
        let tenths = |number: Decimal| i64::try_from((number * Decimal::TEN).trunc()).unwrap_or(0);
        Some((
            tenths(interval.from),
            tenths(share.percent()?),
            tenths(interval.to),
        ))
    }
}

const fn exact(cell: Cell) -> Option<u32> {
    match cell {
        Cell::Exactly(count) => Some(count),
        Cell::FewerThan(_) | Cell::Withheld => None,
    }
}

/// A count in words.
pub fn says(cell: Cell) -> String {
    match cell {
        Cell::Exactly(count) => thousands(count),
        Cell::FewerThan(limit) => format!("fewer than {limit}"),
        Cell::Withheld => "withheld".to_owned(),
    }
}

/// `1,204`.
fn thousands(count: u32) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSIDE: Telling = Telling {
        outside: false,
        small: 5,
    };
    const OUTSIDE: Telling = Telling {
        outside: true,
        small: 5,
    };

    #[test]
    fn a_share_is_told_with_its_interval() {
        // Wilson, worked out by hand: 18 of 32 is 39.33 to 71.83 %.
        let ratio = INSIDE.ratio(18, 32);
        assert_eq!(ratio.percent(), "56\u{a0}%, 39–72");
        assert_eq!(ratio.bar(), Some((393, 562, 718)));
        // Newcombe 1998, table I: 15 of 148 is 6.24 to 16.05 %.
        assert_eq!(INSIDE.ratio(15, 148).per_hundred(), "10.1, 6.2–16.0");
        assert_eq!(INSIDE.ratio(0, 0).percent(), "");
        assert_eq!(INSIDE.alone(100_000), "100,000");
    }

    #[test]
    fn outside_a_small_count_is_neither_told_nor_to_be_reckoned() {
        // Hazard: H66
        let ratio = OUTSIDE.ratio(4, 38);
        assert_eq!(
            (ratio.count.as_str(), ratio.of.as_str()),
            ("fewer than 5", "38")
        );
        assert_eq!(ratio.percent(), "");
        assert_eq!(ratio.bar(), None);
        // All but three is as telling as three.
        let rest = OUTSIDE.ratio(35, 38);
        assert_eq!(
            (rest.count.as_str(), rest.percent().as_str()),
            ("withheld", "")
        );
        assert_eq!(OUTSIDE.ratio(5, 38).count, "5");
        assert_eq!(OUTSIDE.alone(3), "fewer than 5");
        assert_eq!(INSIDE.ratio(4, 38).count, "4");
    }
}
