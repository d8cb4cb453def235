//! Numbers of the body, and the questions that an odd one raises. Asked, never guessed.

use super::sheet::{Entry, Problems, Table, date, number, yes};
use crate::course::screening::person::{Pressure, VitalsToday, Weighing};
use rust_decimal::Decimal;
use std::ops::Range;
use units::{
    BeatsPerMinute, BreathsPerMinute, Centimetres, DegreesCelsius, Implausible, Kilograms,
    MillimetresOfMercury, OxygenSaturation,
};

/// Below and above these heights the reader asks whether it was meant so.
/// Source: project default; they catch feet and inches, and refuse nobody who confirms.
const ASKED_HEIGHT: (i64, i64) = (120, 220);

/// From this body-mass index on, a weight that would be ordinary in pounds is asked about.
/// Source: clinical reference 1.4, C18; hazard H18 of the safety reference.
const ASKED_INDEX: i64 = 40;

/// The body-mass indices of ordinary weights, with which the reading in pounds is compared.
/// Source: general knowledge.
const ORDINARY_INDEX: (Decimal, Decimal) = (
    Decimal::from_parts(185, 0, 0, false, 1),
    Decimal::from_parts(35, 0, 0, false, 0),
);

/// Beyond these no adult's height and weight belong together.
/// Source: project default; asked, not refused.
const ASKED_EXTREMES: (i64, i64) = (13, 60);

/// Below this a systolic pressure may be one in kilopascals.
/// Source: project default; asked, not refused.
const ASKED_SYSTOLIC: i64 = 60;

/// Kilograms in a pound, exactly.
const KILOGRAMS_PER_POUND: Decimal = Decimal::from_parts(45_359_237, 0, 0, false, 8);
/// Centimetres in an inch, exactly.
const CENTIMETRES_PER_INCH: Decimal = Decimal::from_parts(254, 0, 0, false, 2);
/// Centimetres in a foot, exactly.
const CENTIMETRES_PER_FOOT: Decimal = Decimal::from_parts(3048, 0, 0, false, 2);
/// Millimetres of mercury in a kilopascal.
const MILLIMETRES_PER_KILOPASCAL: Decimal = Decimal::from_parts(7_500_617, 0, 0, false, 6);

/// A height as it was written, and whether somebody confirmed it.
pub(super) struct WrittenHeight {
    pub(super) value: Centimetres,
    confirmed: bool,
}

/// A weight as it was written, where, and whether somebody confirmed it.
pub(super) struct WrittenWeight {
    pub(super) value: Weighing,
    confirmed: bool,
    span: Range<usize>,
}

pub(super) fn height(entry: &Entry<'_>, problems: &mut Problems<'_>) -> Option<WrittenHeight> {
    let mut table = Table::of(entry, problems)?;
    for (unit, per) in [
        ("feet", CENTIMETRES_PER_FOOT),
        ("inches", CENTIMETRES_PER_INCH),
    ] {
        if let Some(other) = table.take(unit) {
            let value = number(other, problems)?;
            let says = format!(
                "heights are kept in centimetres: {value} {unit} would be {} cm; write that if it is right",
                shown(value * per)
            );
            problems.at(&other.span(), says);
            return None;
        }
    }
    let written = table.need("centimetres", problems);
    let confirmed = table.take("confirmed").and_then(|one| yes(one, problems));
    table.finish(problems);
    let written = written?;
    let value = number(written, problems)?;
    let confirmed = confirmed == Some(true);
    let ordinary = Decimal::from(ASKED_HEIGHT.0)..=Decimal::from(ASKED_HEIGHT.1);
    let plausible = Centimetres::new(value);
    if plausible.is_err() || (!confirmed && !ordinary.contains(&value)) {
        let mut says = format!("is {value} cm the height?");
        for (unit, per) in [
            ("feet", CENTIMETRES_PER_FOOT),
            ("inches", CENTIMETRES_PER_INCH),
        ] {
            let other = value * per;
            if ordinary.contains(&other) {
                says.push_str(&format!(" As {unit} it would be {} cm.", shown(other)));
            }
        }
        says.push_str(if plausible.is_ok() {
            " Write confirmed = true if it is."
        } else {
            " Nobody is that tall or small: write the height in centimetres."
        });
        problems.at(&written.span(), says);
        return None;
    }
    Some(WrittenHeight {
        value: plausible.ok()?,
        confirmed,
    })
}

pub(super) fn weight(entry: &Entry<'_>, problems: &mut Problems<'_>) -> Option<WrittenWeight> {
    let mut table = Table::of(entry, problems)?;
    if let Some(pounds) = table.take("pounds") {
        let value = number(pounds, problems)?;
        let says = format!(
            "weights are kept in kilograms: {value} pounds would be {} kg; write that if it is right",
            shown(value * KILOGRAMS_PER_POUND)
        );
        problems.at(&pounds.span(), says);
        return None;
    }
    let written = table.need("kilograms", problems);
    let on = table.need("on", problems);
    let confirmed = table.take("confirmed").and_then(|one| yes(one, problems));
    table.finish(problems);
    let (written, on) = (written?, on?);
    let value = number(written, problems)?;
    let on = date(on, problems)?;
    let kilograms = plausible(Kilograms::new(value), written, "", problems)?;
    Some(WrittenWeight {
        value: Weighing { kilograms, on },
        confirmed: confirmed == Some(true),
        span: written.span(),
    })
}

/// Asks when a weight fits the height better in pounds, or not at all.
// Hazard: H18
pub(super) fn ask_about_build(
    height: &WrittenHeight,
    weight: &WrittenWeight,
    problems: &mut Problems<'_>,
) {
    if weight.confirmed {
        return;
    }
    let index = |kilograms: Decimal| {
        crate::course::screening::fact::body_mass_index(kilograms, height.value.value())
    };
    let written = weight.value.kilograms.value();
    let as_pounds = written * KILOGRAMS_PER_POUND;
    let (Some(found), Some(in_pounds)) = (index(written), index(as_pounds)) else {
        return;
    };
    let ordinary = ORDINARY_INDEX.0..=ORDINARY_INDEX.1;
    if found >= Decimal::from(ASKED_INDEX) && ordinary.contains(&in_pounds) {
        let says = format!(
            "is {written} kg the weight? The body-mass index would be {found}; as pounds it would be {} kg with {in_pounds}. Write confirmed = true if kilograms are meant.",
            shown(as_pounds)
        );
        problems.at(&weight.span, says);
    } else if found < Decimal::from(ASKED_EXTREMES.0) || found > Decimal::from(ASKED_EXTREMES.1) {
        let doubt = if height.confirmed {
            ""
        } else {
            " Look at the height too."
        };
        let says = format!(
            "do {written} kg and {} belong to one person? The body-mass index would be {found}.{doubt} Write confirmed = true at the weight if they do.",
            height.value
        );
        problems.at(&weight.span, says);
    }
}

pub(super) fn pressure(entry: &Entry<'_>, problems: &mut Problems<'_>) -> Option<Pressure> {
    let mut table = Table::of(entry, problems)?;
    let systolic = table.need("systolic", problems);
    let diastolic = table.need("diastolic", problems);
    let on = table.need("on", problems);
    let confirmed = table.take("confirmed").and_then(|one| yes(one, problems));
    table.finish(problems);
    let (systolic, diastolic, on) = (systolic?, diastolic?, on?);
    let pair = pair(systolic, diastolic, confirmed == Some(true), problems);
    let on = date(on, problems);
    let ((systolic, diastolic), on) = (pair?, on?);
    Some(Pressure {
        systolic,
        diastolic,
        on,
    })
}

// Hazard: H06
fn pair(
    systolic: &Entry<'_>,
    diastolic: &Entry<'_>,
    confirmed: bool,
    problems: &mut Problems<'_>,
) -> Option<(MillimetresOfMercury, MillimetresOfMercury)> {
    let span = systolic.span();
    let high = number(systolic, problems)?;
    let low = number(diastolic, problems)?;
    if high < Decimal::from(ASKED_SYSTOLIC) && !confirmed {
        let says = format!(
            "is {high} mmHg the systolic pressure? From kilopascals it would be {} mmHg. Write confirmed = true if it is.",
            shown(high * MILLIMETRES_PER_KILOPASCAL)
        );
        problems.at(&span, says);
        return None;
    }
    let high = plausible(MillimetresOfMercury::new(high), systolic, "", problems)?;
    let low = plausible(MillimetresOfMercury::new(low), diastolic, "", problems)?;
    if low >= high {
        let says = "the diastolic pressure is not below the systolic one: were they exchanged?";
        problems.at(&span, says);
        return None;
    }
    Some((high, low))
}

pub(super) fn vitals_today(entry: &Entry<'_>, problems: &mut Problems<'_>) -> Option<VitalsToday> {
    let mut table = Table::of(entry, problems)?;
    let confirmed = table.take("confirmed").and_then(|one| yes(one, problems));
    let pressures = match (table.take("systolic"), table.take("diastolic")) {
        (Some(high), Some(low)) => pair(high, low, confirmed == Some(true), problems),
        (None, None) => None,
        (Some(alone), None) | (None, Some(alone)) => {
            problems.at(&alone.span(), "a blood pressure has two numbers");
            None
        }
    };
    let mut today = VitalsToday {
        systolic: pressures.map(|(high, _)| high),
        diastolic: pressures.map(|(_, low)| low),
        ..VitalsToday::default()
    };
    if let Some(one) = table.take("heart_rate") {
        let value = number(one, problems)?;
        today.heart_rate = plausible(BeatsPerMinute::new(value), one, "", problems);
    }
    if let Some(one) = table.take("respiratory_rate") {
        let value = number(one, problems)?;
        today.respiratory_rate = plausible(BreathsPerMinute::new(value), one, "", problems);
    }
    if let Some(one) = table.take("oxygen_saturation") {
        let value = number(one, problems)?;
        let fraction = value > Decimal::ZERO && value <= Decimal::ONE;
        let hint = if fraction {
            format!(
                "; as a fraction it would be {} %",
                shown(value * Decimal::ONE_HUNDRED)
            )
        } else {
            String::new()
        };
        today.oxygen_saturation = plausible(OxygenSaturation::new(value), one, &hint, problems);
    }
    if let Some(one) = table.take("temperature") {
        let value = number(one, problems)?;
        let celsius = (value - Decimal::from(32)) * Decimal::from(5) / Decimal::from(9);
        let hint = format!("; from Fahrenheit it would be {} °C", shown(celsius));
        today.temperature = plausible(DegreesCelsius::new(value), one, &hint, problems);
    }
    table.finish(problems);
    Some(today)
}

fn plausible<T>(
    value: Result<T, Implausible>,
    entry: &Entry<'_>,
    hint: &str,
    problems: &mut Problems<'_>,
) -> Option<T> {
    match value {
        Ok(value) => Some(value),
        Err(implausible) => {
            problems.at(&entry.span(), format!("{implausible}{hint}"));
            None
        }
    }
}

/// To one decimal, for a question.
fn shown(value: Decimal) -> Decimal {
    value.round_dp(1).normalize()
}
