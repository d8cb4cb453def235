//! Height and weight as staff type them: in their unit, and asked back where another unit seems to
//! be meant. Never guessed; a tick holds for the very number beside which it was asked for.

use super::form::{Fields, Problem};
use clinical::course::intake::measure::{self, Doubt, TypedHeight, TypedWeight};
use units::{Centimetres, Kilograms};

/// The field in which staff say that a number is right in its unit.
pub fn right(name: &str) -> String {
    format!("{name}:right")
}

fn is_right(fields: &Fields, name: &str, typed: &str) -> bool {
    fields.text(&right(name)) == fields.text(typed)
}

/// A weight in kilograms from the field `typed`; none where it was left empty.
// Hazard: H18
pub fn weight(
    fields: &Fields,
    name: &str,
    typed: &str,
    height: Option<Centimetres>,
) -> Result<Option<Kilograms>, Problem> {
    let Some(value) = fields.number(typed)? else {
        return Ok(None);
    };
    let confirmed = is_right(fields, name, typed);
    measure::weight(TypedWeight::Kilograms(value), height, confirmed)
        .map(Some)
        .map_err(|doubt| Problem::new(typed, says(doubt)))
}

/// A height in centimetres from the field `typed`; none where it was left empty.
// Hazard: H18
pub fn height(fields: &Fields, name: &str, typed: &str) -> Result<Option<Centimetres>, Problem> {
    let Some(value) = fields.number(typed)? else {
        return Ok(None);
    };
    let confirmed = is_right(fields, name, typed);
    measure::height(TypedHeight::Centimetres(value), confirmed)
        .map(Some)
        .map_err(|doubt| Problem::new(typed, says(doubt)))
}

const fn says(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::NoSuchHeight => {
            "Not saved: nobody has such a height. Check the number; it is in centimetres."
        }
        Doubt::NoSuchWeight => {
            "Not saved: nobody has such a weight. Check the number; it is in kilograms."
        }
        Doubt::TooManyInches => "Not saved: there are 12 inches in a foot.",
        Doubt::UnusualHeight => {
            "Not saved: that is an unusual height in centimetres. Were feet or inches meant? If it is right, tick so and save again."
        }
        Doubt::PoundsMeant => {
            "Not saved: that looks like pounds, but it stands in kilograms. Read the scales again. If it is right, tick so and save again."
        }
        Doubt::KilogramsMeant => "Not saved: that looks like kilograms, but it stands in pounds.",
        Doubt::UnusualBuild => {
            "Not saved: height and weight hardly fit together. Check both and their units. If they are right, tick so and save again."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        let mut fields = Fields::default();
        for (name, value) in pairs {
            fields.0.push(((*name).to_owned(), (*value).to_owned()));
        }
        fields
    }

    #[test]
    fn pounds_typed_as_kilograms_are_asked_back_and_the_tick_holds_for_that_number_alone() {
        // Hazard: H18
        let tall = Some(Centimetres::new(170.into()).unwrap());
        // 150 lb is 68 kg, an ordinary weight at 170 cm; 150 kg is not: index 51.9.
        let typed = fields(&[("weight:value", "150")]);
        let asked = weight(&typed, "weight", "weight:value", tall).unwrap_err();
        assert!(asked.says.contains("looks like pounds"), "{}", asked.says);
        let ticked = fields(&[("weight:value", "150"), ("weight:right", "150")]);
        let kept = weight(&ticked, "weight", "weight:value", tall).unwrap();
        assert_eq!(kept, Some(Kilograms::new(150.into()).unwrap()));
        let other = fields(&[("weight:value", "160"), ("weight:right", "150")]);
        assert!(weight(&other, "weight", "weight:value", tall).is_err());
    }

    #[test]
    fn feet_and_inches_typed_as_centimetres_are_asked_back() {
        // Hazard: H18
        for typed in ["5.9", "59", "69"] {
            let typed = fields(&[("height:value", typed)]);
            assert!(height(&typed, "height", "height:value").is_err());
        }
        let empty = fields(&[("height:value", "")]);
        assert_eq!(height(&empty, "height", "height:value"), Ok(None));
    }
}
