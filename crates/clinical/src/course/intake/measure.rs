//! Height and weight as people type them: with their unit, and asked back where another unit
//! seems to be meant. Never guessed.

use crate::patient::CivilDate;
use rust_decimal::Decimal;
use units::{Centimetres, Kilograms};

/// Kilograms in a pound, exactly.
const KILOGRAMS_PER_POUND: Decimal = Decimal::from_parts(45_359_237, 0, 0, false, 8);
/// Centimetres in an inch, exactly.
const CENTIMETRES_PER_INCH: Decimal = Decimal::from_parts(254, 0, 0, false, 2);
/// Inches in a foot.
const INCHES_PER_FOOT: Decimal = Decimal::from_parts(12, 0, 0, false, 0);
/// From this body-mass index on, a weight that would be ordinary in the other unit is asked about.
/// Source: clinical reference 1.4, C18; hazard H18 of the safety reference.
const ASKED_INDEX: Decimal = Decimal::from_parts(40, 0, 0, false, 0);
/// The body-mass indices of ordinary weights. Source: general knowledge, as in the case reader.
const ORDINARY_INDEX: (Decimal, Decimal) = (
    Decimal::from_parts(185, 0, 0, false, 1),
    Decimal::from_parts(35, 0, 0, false, 0),
);
/// Beyond these no adult's height and weight belong together.
/// Source: project default, as in the case reader; asked, not refused.
const ASKED_EXTREMES: (Decimal, Decimal) = (
    Decimal::from_parts(13, 0, 0, false, 0),
    Decimal::from_parts(60, 0, 0, false, 0),
);
/// Without a height, weights outside of these are asked about. Source: clinical reference 1.4, C18.
const ASKED_WEIGHT: (Decimal, Decimal) = (
    Decimal::from_parts(45, 0, 0, false, 0),
    Decimal::from_parts(115, 0, 0, false, 0),
);
/// Heights outside of these are asked about. Source: project default, as in the case reader.
const ASKED_HEIGHT: (Decimal, Decimal) = (
    Decimal::from_parts(120, 0, 0, false, 0),
    Decimal::from_parts(220, 0, 0, false, 0),
);

/// A height as it was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedHeight {
    /// In centimetres.
    Centimetres(Decimal),
    /// In feet and inches.
    FeetAndInches(Decimal, Decimal),
}

/// A weight as it was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedWeight {
    /// In kilograms.
    Kilograms(Decimal),
    /// In pounds.
    Pounds(Decimal),
}

/// Why a number is asked back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Nobody has such a height.
    NoSuchHeight,
    /// Nobody has such a weight.
    NoSuchWeight,
    /// Twelve inches or more beside the feet.
    TooManyInches,
    /// The height is unusual; it may be right.
    UnusualHeight,
    /// The weight was typed in kilograms and looks like one in pounds; it may be right.
    PoundsMeant,
    /// The weight was typed in pounds and looks like one in kilograms; it may be right.
    KilogramsMeant,
    /// Height and weight hardly belong together; they may.
    UnusualBuild,
}

impl Doubt {
    /// True when the person may say that it is right all the same.
    pub const fn may_be_confirmed(self) -> bool {
        match self {
            Self::NoSuchHeight | Self::NoSuchWeight | Self::TooManyInches => false,
            Self::UnusualHeight | Self::PoundsMeant | Self::KilogramsMeant | Self::UnusualBuild => {
                true
            }
        }
    }
}

/// Reads a height; to a tenth of a centimetre.
pub fn height(typed: TypedHeight, confirmed: bool) -> Result<Centimetres, Doubt> {
    let centimetres = match typed {
        TypedHeight::Centimetres(value) => value,
        TypedHeight::FeetAndInches(_, inches) if inches >= INCHES_PER_FOOT => {
            return Err(Doubt::TooManyInches);
        }
        TypedHeight::FeetAndInches(feet, inches) => {
            let inches = feet
                .checked_mul(INCHES_PER_FOOT)
                .and_then(|whole| whole.checked_add(inches))
                .ok_or(Doubt::NoSuchHeight)?;
            inches
                .checked_mul(CENTIMETRES_PER_INCH)
                .ok_or(Doubt::NoSuchHeight)?
        }
    };
    let height = Centimetres::new(centimetres.round_dp(1)).map_err(|_| Doubt::NoSuchHeight)?;
    let ordinary = ASKED_HEIGHT.0..=ASKED_HEIGHT.1;
    if confirmed || ordinary.contains(&centimetres) {
        Ok(height)
    } else {
        Err(Doubt::UnusualHeight)
    }
}

/// Reads a weight; to a tenth of a kilogram.
// Hazard: H18
pub fn weight(
    typed: TypedWeight,
    height: Option<Centimetres>,
    confirmed: bool,
) -> Result<Kilograms, Doubt> {
    let pounds_to_kilograms = |value: Decimal| {
        value
            .checked_mul(KILOGRAMS_PER_POUND)
            .ok_or(Doubt::NoSuchWeight)
    };
    let (found, other, meant) = match typed {
        TypedWeight::Kilograms(value) => (value, pounds_to_kilograms(value)?, Doubt::PoundsMeant),
        TypedWeight::Pounds(value) => (pounds_to_kilograms(value)?, value, Doubt::KilogramsMeant),
    };
    let weight = Kilograms::new(found.round_dp(1)).map_err(|_| Doubt::NoSuchWeight)?;
    if confirmed {
        return Ok(weight);
    }
    let (doubtful, other_is_ordinary, extreme) = match height {
        Some(height) => {
            let (index, other) = (index(found, height), index(other, height));
            let ordinary = ORDINARY_INDEX.0..=ORDINARY_INDEX.1;
            (
                index >= ASKED_INDEX || index < ASKED_EXTREMES.0,
                ordinary.contains(&other),
                index < ASKED_EXTREMES.0 || index > ASKED_EXTREMES.1,
            )
        }
        None => {
            let ordinary = ASKED_WEIGHT.0..=ASKED_WEIGHT.1;
            (
                !ordinary.contains(&found),
                ordinary.contains(&other),
                !ordinary.contains(&found),
            )
        }
    };
    if doubtful && other_is_ordinary {
        Err(meant)
    } else if extreme {
        Err(Doubt::UnusualBuild)
    } else {
        Ok(weight)
    }
}

/// Weight by height squared. A height is at least a plausible one, so that nothing divides by zero.
fn index(kilograms: Decimal, height: Centimetres) -> Decimal {
    let metres = height.value() / Decimal::ONE_HUNDRED;
    kilograms
        .checked_div(metres * metres)
        .unwrap_or(Decimal::MAX)
}

/// Why three numbers are not a day that has been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoDay {
    /// The calendar has no such day.
    NotInCalendar,
    /// It has not come yet.
    NotYet,
    /// It is more than 120 years ago.
    TooLongAgo,
}

/// Reads a day that has been, from three numbers as they were typed.
pub fn past_day(year: &str, month: &str, day: &str, today: CivilDate) -> Result<CivilDate, NoDay> {
    let number = |text: &str| text.trim().parse::<u8>().map_err(|_| NoDay::NotInCalendar);
    let year: i16 = year.trim().parse().map_err(|_| NoDay::NotInCalendar)?;
    let found =
        CivilDate::new(year, number(month)?, number(day)?).map_err(|_| NoDay::NotInCalendar)?;
    if found > today {
        Err(NoDay::NotYet)
    } else if year < today.year() - 120 {
        Err(NoDay::TooLongAgo)
    } else {
        Ok(found)
    }
}
