//! From a dose to vial and syringe where nothing is pumped, and to nasal devices. Source: clinical
//! reference 3.1, 3.2 and 3.7.

use super::worked::{drawn, half_up, line};
use super::{Amount, Line, NotPossible};
use rust_decimal::Decimal;
use units::{Kilograms, Milligrams, MilligramsPerMillilitre, Millilitres};

/// What a prescriber wants to be given dose by dose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WantedDoses {
    /// How much in all.
    pub amount: Amount,
    /// The weight that it is reckoned with.
    pub weight: Kilograms,
    /// In how many doses.
    pub number: u8,
    /// The strength of the vial.
    pub vial: MilligramsPerMillilitre,
}

/// What it comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkedDoses {
    /// In all.
    pub dose: Milligrams,
    /// Each dose, to a tenth of a milligram.
    pub each: Milligrams,
    /// What is drawn or sprayed in all.
    pub volume: Millilitres,
    /// Strength of what is given, undiluted.
    pub concentration: MilligramsPerMillilitre,
    /// Every step.
    pub lines: Vec<Line>,
}

/// What one device holds by volume, in microlitres. Source: clinical reference 3.1.
const DEVICE_MICROLITRES: i64 = 200;

/// Works out doses from a vial, undiluted.
// Hazard: H19
pub fn work_out_doses(wanted: &WantedDoses) -> Result<WorkedDoses, NotPossible> {
    let weight = wanted.weight;
    let (asked, formula) = match wanted.amount {
        Amount::PerWeight(each) => {
            let exact = (each.value() * weight.value()).normalize();
            (exact, format!("{each} × {weight} = {exact}\u{a0}mg"))
        }
        Amount::Fixed(dose) => (dose.value(), "as ordered".to_owned()),
    };
    let whole = Milligrams::new(half_up(asked, 0))
        .ok()
        .filter(|dose| !dose.value().is_zero())
        .ok_or(NotPossible::NoDose)?;
    let number = Decimal::from(wanted.number);
    let each = whole
        .value()
        .checked_div(number)
        .and_then(|each| Milligrams::new(half_up(each, 1).normalize()).ok())
        .filter(|each| !each.value().is_zero())
        .ok_or(NotPossible::NoDose)?;
    // What is given is so many times one dose: a seventh of 50 mg has no last decimal.
    let dose =
        Milligrams::new((each.value() * number).normalize()).map_err(|_| NotPossible::NoDose)?;
    let volume = drawn(dose, wanted.vial).ok_or(NotPossible::NoDose)?;
    let vial = wanted.vial;
    let mut lines = vec![line("Dose", formula, whole.to_string())];
    if wanted.number > 1 {
        lines.push(line(
            "Each of them",
            format!("{whole} ÷ {}", wanted.number),
            each.to_string(),
        ));
    }
    lines.push(line(
        "Draw from the vial",
        format!("{dose} ÷ {vial}"),
        volume.to_string(),
    ));
    if wanted.number > 1 {
        let one = volume
            .value()
            .checked_div(number)
            .map_or_else(String::new, |one| {
                format!("{}\u{a0}mL", one.round_dp(3).normalize())
            });
        lines.push(line(
            "Volume of each",
            format!("{volume} ÷ {}", wanted.number),
            one,
        ));
    }
    if let Ok(each) = dose.per_kilogram(weight) {
        lines.push(line(
            "For each kilogram",
            format!("{dose} ÷ {weight}"),
            each.to_string(),
        ));
    }
    Ok(WorkedDoses {
        dose,
        each,
        volume,
        concentration: vial,
        lines,
    })
}

/// Works out nasal devices that hold so much base each.
///
/// Strength and volume are those of the spray, so that they give the dose as they do everywhere.
// Hazard: H19
pub fn work_out_devices(number: u8, each: Milligrams) -> Result<WorkedDoses, NotPossible> {
    let count = Decimal::from(number);
    let one = Decimal::new(DEVICE_MICROLITRES, 3);
    let dose = Milligrams::new(each.value() * count)
        .ok()
        .filter(|dose| !dose.value().is_zero())
        .ok_or(NotPossible::NoDose)?;
    let volume = Millilitres::new((one * count).normalize()).map_err(|_| NotPossible::NoDose)?;
    let concentration = each
        .value()
        .checked_div(one)
        .and_then(|strength| MilligramsPerMillilitre::new(strength.normalize()).ok())
        .ok_or(NotPossible::NoDose)?;
    Ok(WorkedDoses {
        dose,
        each,
        volume,
        concentration,
        lines: vec![
            line(
                "Dose",
                format!("{number} × {each} of base"),
                dose.to_string(),
            ),
            line(
                "Devices to open",
                "one after the other, a spray into each nostril".to_owned(),
                number.to_string(),
            ),
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use units::MilligramsPerKilogram;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn wanted(amount: Amount, kilograms: i64, number: u8, vial: i64) -> WantedDoses {
        WantedDoses {
            amount,
            weight: Kilograms::new(kilograms.into()).unwrap(),
            number,
            vial: MilligramsPerMillilitre::new(vial.into()).unwrap(),
        }
    }

    fn per_weight(each: &str) -> Amount {
        Amount::PerWeight(MilligramsPerKilogram::new(decimal(each)).unwrap())
    }

    #[test]
    fn the_injection_of_the_reference_comes_out() {
        // Hazard: H19
        // Witness: clinical reference 3.7: IM 80 kg × 0.7 = 56 mg from 100 mg/mL, 0.56 mL.
        let worked = work_out_doses(&wanted(per_weight("0.7"), 80, 1, 100)).unwrap();
        assert_eq!(worked.dose.value(), decimal("56"));
        assert_eq!(worked.volume.value(), decimal("0.56"));
        assert_eq!(worked.each, worked.dose);
        assert_eq!(
            worked.lines[0].formula,
            "0.7\u{a0}mg/kg × 80\u{a0}kg = 56\u{a0}mg"
        );
    }

    #[test]
    fn five_sprays_of_ten_milligrams_are_fifty() {
        // Witness: clinical reference 3.3: 50 mg in sprays of 10 mg; 50 ÷ 100 mg/mL = 0.5 mL.
        let fixed = Amount::Fixed(Milligrams::new(decimal("50")).unwrap());
        let worked = work_out_doses(&wanted(fixed, 70, 5, 100)).unwrap();
        assert_eq!(worked.each.value(), decimal("10"));
        assert_eq!(worked.volume.value(), decimal("0.5"));
        assert_eq!(worked.lines[3].result, "0.1\u{a0}mL");
    }

    #[test]
    fn so_many_doses_are_what_was_ordered_to_a_tenth_each() {
        // By hand: 50 ÷ 7 = 7.142… → 7.1; 7 × 7.1 = 49.7.
        let fixed = Amount::Fixed(Milligrams::new(decimal("50")).unwrap());
        let worked = work_out_doses(&wanted(fixed, 70, 7, 100)).unwrap();
        assert_eq!(worked.each.value(), decimal("7.1"));
        assert_eq!(worked.dose.value(), decimal("49.7"));
    }

    #[test]
    fn no_doses_and_no_devices_are_not_possible() {
        let none = work_out_doses(&wanted(per_weight("0.7"), 80, 0, 100));
        assert_eq!(none, Err(NotPossible::NoDose));
        let each = Milligrams::new(decimal("28")).unwrap();
        assert_eq!(work_out_devices(0, each), Err(NotPossible::NoDose));
    }

    #[test]
    fn three_devices_are_84_milligrams_of_base_in_0_6_millilitres() {
        // Hazard: H19
        // Witness: clinical reference 3.1: 28 mg of base in 0.2 mL; the 32.3 mg of salt are not used.
        let each = Milligrams::new(decimal("28")).unwrap();
        let worked = work_out_devices(3, each).unwrap();
        assert_eq!(worked.dose.value(), decimal("84"));
        assert_eq!(worked.volume.value(), decimal("0.6"));
        assert_eq!(worked.concentration.value(), decimal("140"));
    }
}
