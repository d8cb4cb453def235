//! Units of the wire (OBX-6): found by number, name, UCUM or accepted text; never guessed.
//!
//! Hazard: H06.

use crate::codes::{self, Unit};
use crate::hl7v2::message::Field;
use clinical::vital_signs::Signal;
use rust_decimal::{Decimal, RoundingStrategy};

/// How a unit cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnitProblem {
    /// Not in the table.
    #[error("the unit is not one we know")]
    Unknown,
    /// Its number and its name mean different things.
    #[error("the unit's number and its name disagree")]
    Disagreement,
    /// A unit, but of another kind of quantity.
    #[error("the unit does not belong to this measurement")]
    OtherQuantity,
}

/// Decimal places kept where a conversion does not end; far finer than any monitor's resolution.
const PLACES: u32 = 6;

/// The unit of an OBX-6: `Ok(None)` when it is empty.
///
/// Reads the MDC triplet (`266016^MDC_DIM_MMHG^MDC`), MDIL (`0004-0f20^mmHg^MDIL`), a missing
/// number (`^MDC_DIM_DEGC`), an alternate UCUM triplet, UCUM alone, or an accepted text.
/// Refuses an unknown unit, and one whose parts disagree. Source: device reference §5.3.
pub fn read(field: Field<'_>) -> Result<Option<&'static Unit>, UnitProblem> {
    if field.is_empty() {
        return Ok(None);
    }
    let mut found: Option<&'static Unit> = None;
    for (code, name) in [(1, 2), (4, 5)] {
        let (code, name) = (field.component(code).raw(), field.component(name).raw());
        let by_code = match (code, number(code)) {
            ("", _) => None,
            (_, Some(number)) => Some(codes::unit_by_number(number).ok_or(UnitProblem::Unknown)?),
            (text, None) => Some(
                codes::unit_by_text(text)
                    .or_else(|| codes::unit_by_name(text))
                    .ok_or(UnitProblem::Unknown)?,
            ),
        };
        let by_name = match codes::unit_by_name(name).or_else(|| codes::unit_by_text(name)) {
            Some(unit) => Some(unit),
            // A name that claims to be of the nomenclature and is not must not pass.
            None if name.starts_with("MDC_") => return Err(UnitProblem::Disagreement),
            None if by_code.is_none() && !name.is_empty() => return Err(UnitProblem::Unknown),
            None => None,
        };
        for unit in [by_code, by_name].into_iter().flatten() {
            match found {
                Some(earlier) if !earlier.means_the_same_as(unit) => {
                    return Err(UnitProblem::Disagreement);
                }
                Some(_) => {}
                None => found = Some(unit),
            }
        }
    }
    found.map(Some).ok_or(UnitProblem::Unknown)
}

/// An MDC number: decimal digits, or MDIL's `PPPP-CCCC` hexadecimal.
///
/// Source: device reference §3, the MDIL rule: partition × 65,536 + context-free code.
pub fn number(text: &str) -> Option<u32> {
    let bytes = text.as_bytes();
    if bytes.len() == 9 && bytes[4] == b'-' {
        let hexadecimal = |part: &[u8]| {
            part.iter().try_fold(0u32, |value, byte| {
                char::from(*byte)
                    .to_digit(16)
                    .map(|digit| value << 4 | digit)
            })
        };
        return Some(hexadecimal(&bytes[..4])? << 16 | hexadecimal(&bytes[5..])?);
    }
    // "1" alone is UCUM's unity, and no MDC number is that short.
    if !(4..=10).contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    text.parse().ok()
}

/// The value in the signal's canonical unit.
///
/// Exact, but for a conversion that has no end (°F), which is rounded half to even at six places.
/// Refuses a unit of another kind of quantity.
pub fn to_canonical(value: Decimal, unit: &Unit, signal: Signal) -> Result<Decimal, UnitProblem> {
    if unit.canonical != signal.unit() {
        return Err(UnitProblem::OtherQuantity);
    }
    if unit.subtract.is_zero() && unit.multiply == Decimal::ONE && unit.divide == Decimal::ONE {
        return Ok(value.normalize());
    }
    let multiplied = (value - unit.subtract) * unit.multiply;
    let canonical = if unit.divide == Decimal::ONE {
        multiplied
    } else {
        (multiplied / unit.divide)
            .round_dp_with_strategy(PLACES, RoundingStrategy::MidpointNearestEven)
    };
    Ok(canonical.normalize())
}
