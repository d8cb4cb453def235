//! What is told of few people in a research export.
//!
//! Witness: the cases beside `policies/research-export.toml`, worked out by hand.

use clinical::patient::Sex;
use clinical::policy::{Quantity, Unit};
use clinical::research::{AgeBand, Found, RESEARCH_EXPORT, ResearchRules, generalise};
use serde::Deserialize;
use std::collections::BTreeMap;
use units::Decimal;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    cells: Vec<Cells>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cells {
    /// Sex, age in years or -1 for not known, how many.
    people: Vec<(Sex, i16, usize)>,
    #[serde(default)]
    without_age: usize,
    #[serde(default)]
    without_sex: usize,
    #[serde(default)]
    refused: bool,
}

#[test]
fn what_few_people_share_is_withheld_as_the_cases_say() {
    // Hazard: H71
    let cases: Cases = toml::from_str(RESEARCH_EXPORT.cases).unwrap();
    let small = ResearchRules::shipped().unwrap().small;
    assert!(cases.cells.len() >= 6);
    for case in cases.cells {
        let people: Vec<Found> = case
            .people
            .iter()
            .flat_map(|(sex, years, count)| {
                let age = u16::try_from(*years).ok().map(AgeBand::of);
                std::iter::repeat_n(Found { sex: *sex, age }, *count)
            })
            .collect();
        match generalise(&people, small) {
            Ok(guarded) => {
                assert!(!case.refused, "{:?}", case.people);
                let withheld = (guarded.without_age, guarded.without_sex);
                assert_eq!(
                    withheld,
                    (case.without_age, case.without_sex),
                    "{:?}",
                    case.people
                );
            }
            Err(_) => assert!(case.refused, "{:?}", case.people),
        }
    }
}

#[test]
fn a_clinic_may_not_tell_of_two_nor_move_days_by_less_than_eight_weeks() {
    // Hazard: H71
    let adopted = |name: &str, value: i64, unit: Unit| {
        let value = Quantity {
            value: Decimal::from(value),
            unit,
        };
        ResearchRules::adopted(BTreeMap::from([(name.to_owned(), value)]))
    };
    assert!(adopted("small", 2, Unit::Count).is_err());
    assert_eq!(adopted("small", 3, Unit::Count).unwrap().small, 3);
    assert!(adopted("weeks-back", 7, Unit::Count).is_err());
    assert_eq!(adopted("weeks-back", 8, Unit::Count).unwrap().weeks_back, 8);
    assert!(adopted("shortest", 27, Unit::Days).is_err());
}
