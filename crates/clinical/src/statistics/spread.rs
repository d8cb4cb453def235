//! The middle of many whole numbers, and how far they lie apart.

use rust_decimal::Decimal;

/// The three quarters of a set of whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quartiles {
    /// A quarter lies below it.
    pub lower: Decimal,
    /// Half lies below it.
    pub median: Decimal,
    /// Three quarters lie below it.
    pub upper: Decimal,
    /// How many numbers.
    pub count: usize,
}

impl Quartiles {
    /// Of numbers in any order; none of none.
    ///
    /// The median is the middle number, or half way between the two in the middle. The quartiles are
    /// the medians of the numbers below and above it, which leave the middle number out; of one
    /// number all three are it. Source: Moore and McCabe, Introduction to the Practice of Statistics.
    pub fn of(numbers: &mut [i64]) -> Option<Self> {
        numbers.sort_unstable();
        let half = numbers.len() / 2;
        let median = middle(numbers)?;
        Some(Self {
            lower: numbers.get(..half).and_then(middle).unwrap_or(median),
            median,
            upper: numbers
                .get(numbers.len() - half..)
                .and_then(middle)
                .unwrap_or(median),
            count: numbers.len(),
        })
    }
}

/// Of sorted numbers.
fn middle(sorted: &[i64]) -> Option<Decimal> {
    let half = sorted.len() / 2;
    let upper = Decimal::from(*sorted.get(half)?);
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = Decimal::from(*sorted.get(half.checked_sub(1)?)?);
    Some((lower + upper) / Decimal::TWO)
}

#[cfg(test)]
mod tests {
    //! Witness: the two worked examples that are printed beside the method in the usual textbooks,
    //! eleven numbers and six.

    use super::*;

    fn quartiles(numbers: &[i64]) -> Option<[String; 3]> {
        let found = Quartiles::of(&mut numbers.to_vec())?;
        Some([found.lower, found.median, found.upper].map(|one| one.normalize().to_string()))
    }

    #[test]
    fn quartiles_are_the_medians_of_both_halves_without_the_middle() {
        let eleven = [6, 7, 15, 36, 39, 40, 41, 42, 43, 47, 49];
        assert_eq!(quartiles(&eleven).unwrap(), ["15", "40", "43"]);
        let six = [41, 7, 36, 15, 40, 39];
        assert_eq!(quartiles(&six).unwrap(), ["15", "37.5", "40"]);
    }

    #[test]
    fn of_one_number_all_three_are_it_and_of_none_there_is_none() {
        assert_eq!(quartiles(&[61]).unwrap(), ["61", "61", "61"]);
        assert_eq!(quartiles(&[]), None);
    }
}
