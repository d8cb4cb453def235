//! The weight that a dose is reckoned with: as measured, ideal, or adjusted.

use crate::patient::Sex;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use units::{Centimetres, Kilograms};

/// Which weight. There is no consensus; the record keeps which one it was.
/// Source: clinical reference 3.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WeightKind {
    /// As measured.
    Actual,
    /// By height and sex alone.
    Ideal,
    /// Ideal, and 0.4 of what the person weighs more.
    Adjusted,
}

/// A person's weights, and what they rest on. What cannot be reckoned is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// As measured.
    pub actual: Kilograms,
    /// kg/m², to one decimal; none without a height.
    pub body_mass_index: Option<Decimal>,
    /// Devine's, to a tenth of a kilogram; none without a height or a sex that it knows, and below
    /// 152.4 cm, where it is not extrapolated.
    pub ideal: Option<Kilograms>,
    /// To a tenth of a kilogram, from a body-mass index of 30 on; none without an ideal one.
    pub adjusted: Option<Kilograms>,
}

/// From this body-mass index on there is an adjusted weight, and it is proposed. Source: clinical reference 3.6,
/// default of the project.
const ADJUSTED_FROM: i64 = 30;

impl Weights {
    /// Reckons them. Source: clinical reference 3.6 (Devine; adjusted = ideal + 0.4 × excess).
    pub fn of(actual: Kilograms, height: Option<Centimetres>, sex: Sex) -> Self {
        let ideal = height.and_then(|height| ideal(height, sex));
        let body_mass_index = height.and_then(|height| body_mass_index(actual, height));
        let heavy = body_mass_index.is_some_and(|index| index >= Decimal::from(ADJUSTED_FROM));
        Self {
            actual,
            body_mass_index,
            ideal: ideal.and_then(tenth),
            adjusted: ideal
                .filter(|_| heavy)
                .map(|ideal| ideal + Decimal::new(4, 1) * (actual.value() - ideal))
                .and_then(tenth),
        }
    }

    /// The one that is proposed: adjusted where there is one, otherwise as measured.
    pub const fn proposed(&self) -> WeightKind {
        match self.adjusted {
            Some(_) => WeightKind::Adjusted,
            None => WeightKind::Actual,
        }
    }

    /// One of them; none where it cannot be reckoned.
    pub const fn get(&self, kind: WeightKind) -> Option<Kilograms> {
        match kind {
            WeightKind::Actual => Some(self.actual),
            WeightKind::Ideal => self.ideal,
            WeightKind::Adjusted => self.adjusted,
        }
    }
}

impl WeightKind {
    /// Every kind, as measured first.
    pub const ALL: [Self; 3] = [Self::Actual, Self::Ideal, Self::Adjusted];

    /// The word in forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Actual => "actual",
            Self::Ideal => "ideal",
            Self::Adjusted => "adjusted",
        }
    }

    /// In words, as in "84 kg as measured".
    pub const fn says(self) -> &'static str {
        match self {
            Self::Actual => "as measured",
            Self::Ideal => "ideal, by height and sex",
            Self::Adjusted => "adjusted",
        }
    }

    /// The kind of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

fn tenth(kilograms: Decimal) -> Option<Kilograms> {
    Kilograms::new(kilograms.round_dp(1)).ok()
}

fn body_mass_index(actual: Kilograms, height: Centimetres) -> Option<Decimal> {
    let metres = height.value() / Decimal::ONE_HUNDRED;
    let index = actual.value().checked_div(metres * metres)?;
    Some(index.round_dp(1))
}

/// Kilograms, not rounded.
fn ideal(height: Centimetres, sex: Sex) -> Option<Decimal> {
    let base = match sex {
        Sex::Male => Decimal::from(50),
        Sex::Female => Decimal::new(455, 1),
        Sex::Other | Sex::Unknown => return None,
    };
    let inches = height.value() / Decimal::new(254, 2);
    let above = inches - Decimal::from(60);
    (above >= Decimal::ZERO).then(|| base + Decimal::new(23, 1) * above)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(kilograms: i64, centimetres: &str, sex: Sex) -> Weights {
        Weights::of(
            Kilograms::new(kilograms.into()).unwrap(),
            Some(Centimetres::new(centimetres.parse().unwrap()).unwrap()),
            sex,
        )
    }

    fn says(weights: &Weights) -> [String; 4] {
        let number = |kilograms: Option<Kilograms>| {
            kilograms.map_or("none".to_owned(), |known| known.value().to_string())
        };
        [
            weights.body_mass_index.unwrap().to_string(),
            number(Some(weights.actual)),
            number(weights.ideal),
            number(weights.adjusted),
        ]
    }

    #[test]
    fn the_three_examples_of_the_reference_come_out() {
        // Witness: clinical reference 3.6, the table of examples.
        let man = weights(130, "178", Sex::Male);
        assert_eq!(says(&man), ["41.0", "130", "73.2", "95.9"]);
        assert_eq!(man.proposed(), WeightKind::Adjusted);
        let woman = weights(118, "165", Sex::Female);
        assert_eq!(says(&woman), ["43.3", "118", "56.9", "81.3"]);
        assert_eq!(woman.proposed(), WeightKind::Adjusted);
        let slim = weights(62, "160", Sex::Female);
        assert_eq!(says(&slim), ["24.2", "62", "52.4", "none"]);
        assert_eq!(slim.proposed(), WeightKind::Actual);
    }

    #[test]
    fn what_cannot_be_reckoned_is_none_and_the_measured_weight_is_proposed() {
        // Witness: clinical reference 3.6: not extrapolated under 152.4 cm.
        assert!(weights(100, "152.3", Sex::Female).ideal.is_none());
        assert!(weights(100, "152.4", Sex::Female).ideal.is_some());
        let unknown = weights(130, "178", Sex::Unknown);
        assert!(unknown.ideal.is_none() && unknown.adjusted.is_none());
        assert_eq!(unknown.proposed(), WeightKind::Actual);
        let heavy = Kilograms::new(Decimal::from(130)).unwrap();
        let no_height = Weights::of(heavy, None, Sex::Male);
        assert!(no_height.body_mass_index.is_none() && no_height.ideal.is_none());
        assert_eq!(no_height.proposed(), WeightKind::Actual);
    }
}
