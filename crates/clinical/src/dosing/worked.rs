//! From a dose to vial, bag and pump. Source: clinical reference 3.7.

use rust_decimal::{Decimal, RoundingStrategy};
use units::{
    Kilograms, Milligrams, MilligramsPerKilogram, MilligramsPerMillilitre, Millilitres,
    MillilitresPerHour,
};

/// The strengths that vials come in, in mg/mL of base. Source: clinical reference 3.1.
pub const VIALS: [i64; 3] = [10, 50, 100];

/// How much is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// For each kilogram.
    PerWeight(MilligramsPerKilogram),
    /// In all.
    Fixed(Milligrams),
}

/// What a prescriber wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// How much.
    pub amount: Amount,
    /// The weight that it is reckoned with.
    pub weight: Kilograms,
    /// Over how many minutes.
    pub minutes: Decimal,
    /// The final volume of the bag, drug included.
    pub volume: Millilitres,
    /// The strength of the vial.
    pub vial: MilligramsPerMillilitre,
}

/// One step, as it is shown: what, by which formula from which numbers, and what it comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What.
    pub what: &'static str,
    /// With the numbers put in: `0.5 mg/kg × 70 kg`.
    pub formula: String,
    /// With its unit.
    pub result: String,
}

/// What it comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worked {
    /// The dose, to a whole milligram.
    pub dose: Milligrams,
    /// What is drawn from vials: to 0.01 mL up to 1 mL, beyond to 0.1 mL.
    pub drawn: Millilitres,
    /// What is added to it.
    pub diluent: Millilitres,
    /// Strength in the bag, to four decimals.
    pub concentration: MilligramsPerMillilitre,
    /// The rate, to two decimals.
    pub rate: MillilitresPerHour,
    /// Every step.
    pub lines: Vec<Line>,
}

/// Why it cannot be made as it is wanted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPossible {
    /// No dose is left after rounding to a whole milligram, or it is beyond every plausible one.
    #[error("this comes to no dose that can be given; look at the decimal point")]
    NoDose,
    /// No time, or a rate that no pump runs at.
    #[error("these minutes give no rate that a pump can run")]
    NoRate,
    /// The drug alone is more than the bag is to hold.
    #[error("{drawn} of this vial do not fit into a bag of {volume}")]
    DoesNotFit {
        /// What is drawn.
        drawn: Millilitres,
        /// The bag.
        volume: Millilitres,
    },
    /// 100 mg/mL by vein needs at least its own volume of diluent. Source: label, clinical
    /// reference 3.1.
    #[error(
        "a vial of 100 mg/mL needs at least as much diluent as drug; take a larger final volume"
    )]
    TooLittleDiluent,
}

/// The strength that must be diluted with at least as much again.
const STRONG: i64 = 100;

/// Works it out, exactly, rounding only where a person or a pump rounds.
// Hazard: H19
pub fn work_out(wanted: &Wanted) -> Result<Worked, NotPossible> {
    let weight = wanted.weight;
    let (asked, formula) = match wanted.amount {
        Amount::PerWeight(each) => {
            let exact = (each.value() * weight.value()).normalize();
            (exact, format!("{each} × {weight} = {exact}\u{a0}mg"))
        }
        Amount::Fixed(dose) => (dose.value(), "as ordered".to_owned()),
    };
    let dose = Milligrams::new(half_up(asked, 0))
        .ok()
        .filter(|dose| !dose.value().is_zero())
        .ok_or(NotPossible::NoDose)?;
    let drawn = drawn(dose, wanted.vial).ok_or(NotPossible::NoDose)?;
    let diluent = Millilitres::new(wanted.volume.value() - drawn.value()).map_err(|_| {
        NotPossible::DoesNotFit {
            drawn,
            volume: wanted.volume,
        }
    })?;
    if wanted.vial.value() >= Decimal::from(STRONG) && diluent < drawn {
        return Err(NotPossible::TooLittleDiluent);
    }
    // What is in the bag is what was drawn, not what was ordered: drawing rounds.
    let held = drawn.value() * wanted.vial.value();
    let concentration = held
        .checked_div(wanted.volume.value())
        .and_then(|strength| MilligramsPerMillilitre::new(strength.round_dp(4)).ok())
        .ok_or(NotPossible::NoDose)?;
    let rate = (wanted.volume.value() * Decimal::from(60))
        .checked_div(wanted.minutes)
        .map(|rate| rate.round_dp(2))
        .filter(|rate| !rate.is_zero())
        .and_then(|rate| MillilitresPerHour::new(rate).ok())
        .ok_or(NotPossible::NoRate)?;
    let (volume, vial, minutes) = (wanted.volume, wanted.vial, wanted.minutes.normalize());
    let mut lines = vec![
        line("Dose", formula, dose.to_string()),
        line(
            "Draw from the vial",
            format!("{dose} ÷ {vial}"),
            drawn.to_string(),
        ),
        line(
            "Diluent",
            format!("{volume} − {drawn}"),
            diluent.to_string(),
        ),
        line(
            "Strength in the bag",
            format!("{drawn} × {vial} ÷ {volume}"),
            concentration.to_string(),
        ),
        line(
            "Pump rate",
            format!("{volume} × 60 ÷ {minutes}\u{a0}min"),
            rate.to_string(),
        ),
    ];
    let per_minute = (dose.value() * Decimal::ONE_THOUSAND)
        .checked_div(weight.value() * wanted.minutes)
        .map(|each| each.round_dp(1).normalize());
    if let Some(each) = per_minute {
        lines.push(line(
            "For each kilogram and minute",
            format!("{dose} × 1000 ÷ {weight} ÷ {minutes}\u{a0}min"),
            format!("{each}\u{a0}µg/kg/min"),
        ));
    }
    Ok(Worked {
        dose,
        drawn,
        diluent,
        concentration,
        rate,
        lines,
    })
}

pub(super) fn line(what: &'static str, formula: String, result: String) -> Line {
    Line {
        what,
        formula,
        result,
    }
}

/// As a syringe is read: to 0.01 mL up to one millilitre, beyond to 0.1 mL.
pub(super) fn drawn(dose: Milligrams, vial: MilligramsPerMillilitre) -> Option<Millilitres> {
    let exact = dose.value().checked_div(vial.value())?;
    let places = if exact <= Decimal::ONE { 2 } else { 1 };
    let drawn = Millilitres::new(half_up(exact, places)).ok()?;
    (!drawn.value().is_zero()).then_some(drawn)
}

pub(super) fn half_up(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn wanted(each: &str, kilograms: &str, vial: i64, volume: &str, minutes: &str) -> Wanted {
        Wanted {
            amount: Amount::PerWeight(MilligramsPerKilogram::new(decimal(each)).unwrap()),
            weight: Kilograms::new(decimal(kilograms)).unwrap(),
            minutes: decimal(minutes),
            volume: Millilitres::new(decimal(volume)).unwrap(),
            vial: MilligramsPerMillilitre::new(vial.into()).unwrap(),
        }
    }

    #[test]
    fn the_worked_examples_of_the_reference_come_out() {
        // Hazard: H19
        // Witness: clinical reference 3.7, the table of worked examples.
        for (wanted, dose, drawn, concentration, rate, each) in [
            (
                wanted("0.5", "70", 50, "50", "40"),
                "35",
                "0.7",
                "0.7",
                "75",
                "12.5",
            ),
            (
                wanted("0.5", "70", 10, "100", "40"),
                "35",
                "3.5",
                "0.35",
                "150",
                "12.5",
            ),
            (
                wanted("0.5", "70", 100, "50", "40"),
                "35",
                "0.35",
                "0.7",
                "75",
                "12.5",
            ),
            (
                wanted("0.5", "62", 50, "50", "40"),
                "31",
                "0.62",
                "0.62",
                "75",
                "12.5",
            ),
        ] {
            let worked = work_out(&wanted).unwrap();
            assert_eq!(worked.dose.value(), decimal(dose));
            assert_eq!(worked.drawn.value(), decimal(drawn));
            assert_eq!(
                worked.diluent.value(),
                wanted.volume.value() - decimal(drawn)
            );
            assert_eq!(worked.concentration.value(), decimal(concentration));
            assert_eq!(worked.rate.value(), decimal(rate));
            assert_eq!(worked.lines[5].result, format!("{each}\u{a0}µg/kg/min"));
        }
    }

    #[test]
    fn a_strong_vial_is_diluted_by_as_much_again_or_not_at_all() {
        // Hazard: H19
        // Witness: label, clinical reference 3.1: at least an equal volume of diluent.
        let strong = |volume| work_out(&wanted("0.5", "70", 100, volume, "40"));
        assert_eq!(strong("0.69"), Err(NotPossible::TooLittleDiluent));
        assert!(strong("0.7").is_ok());
        let weak = work_out(&wanted("0.5", "70", 10, "3.4", "40"));
        assert!(matches!(weak, Err(NotPossible::DoesNotFit { .. })));
    }

    #[test]
    fn what_comes_to_nothing_is_not_possible() {
        let nothing = work_out(&wanted("0.001", "70", 50, "50", "40"));
        assert_eq!(nothing, Err(NotPossible::NoDose));
        for minutes in ["0", "0.001", "9999999"] {
            let none = work_out(&wanted("0.5", "70", 50, "50", minutes));
            assert_eq!(none, Err(NotPossible::NoRate), "{minutes}");
        }
    }

    #[test]
    fn drawing_rounds_by_less_than_five_percent_of_every_dose_in_use() {
        // Witness: clinical reference 3.7: the dose from the rounded volume is within 5 % of the
        // order. Doses of 10 mg and more are what the published ranges give an adult.
        for milligrams in 10..=200_i64 {
            for vial in VIALS {
                let dose = Milligrams::new(milligrams.into()).unwrap();
                let vial = MilligramsPerMillilitre::new(vial.into()).unwrap();
                let held = drawn(dose, vial).unwrap().value() * vial.value();
                let off = (held - dose.value()).abs() * Decimal::ONE_HUNDRED / dose.value();
                assert!(off <= Decimal::from(5), "{dose} from {vial}: {off} %");
            }
        }
    }
}
