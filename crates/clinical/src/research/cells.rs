//! Who could be known by sex and age, and what of them is told instead.

use crate::patient::Sex;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The widths of a band, in years.
const BAND: u16 = 5;
/// From this age on there is one band: the HIPAA safe harbour, 45 CFR 164.514(b)(2)(i)(C).
const OLDEST: u16 = 90;

/// Five years of age; from 90 on one band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgeBand(u16);

impl AgeBand {
    /// The band of an age in whole years.
    pub fn of(years: u16) -> Self {
        Self(years.min(OLDEST) / BAND * BAND)
    }
}

impl fmt::Display for AgeBand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 >= OLDEST {
            return write!(f, "{OLDEST}+");
        }
        write!(f, "{}-{}", self.0, self.0 + BAND - 1)
    }
}

/// What is known of a person by which somebody could find them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Their sex.
    pub sex: Sex,
    /// Their age; none where it is not known.
    pub age: Option<AgeBand>,
}

/// What is told of them; a level above the last hides more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Generalised {
    /// Sex and age.
    Whole,
    /// The sex; the age is withheld.
    WithoutAge,
    /// Neither.
    Neither,
}

/// What is told of everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guarded {
    /// Of each, in the order given.
    pub told: Vec<Generalised>,
    /// How many ages are withheld.
    pub without_age: usize,
    /// How many sexes are withheld too.
    pub without_sex: usize,
}

/// There are fewer people than a cell must have: nothing can be told of any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there are {people} people, and a table needs at least {needed}")]
pub struct TooFew {
    /// How many there are.
    pub people: usize,
    /// How many are needed.
    pub needed: u32,
}

/// A class of people of whom the same is told.
type Class = (Option<u8>, Option<Option<AgeBand>>);

const fn order(sex: Sex) -> u8 {
    match sex {
        Sex::Female => 0,
        Sex::Male => 1,
        Sex::Other => 2,
        Sex::Unknown => 3,
    }
}

const fn class(found: Found, told: Generalised) -> Class {
    match told {
        Generalised::Whole => (Some(order(found.sex)), Some(found.age)),
        Generalised::WithoutAge => (Some(order(found.sex)), None),
        Generalised::Neither => (None, None),
    }
}

/// What may be told of each, so that at least `small` people share all that is told.
///
/// Where a combination of sex and age is of fewer, the age of all of them is withheld; where what is
/// left is of fewer still, the sex too. If then fewer than `small` have neither, the smallest other
/// class joins them, so that nobody is left out and nobody stands alone.
///
/// Refuses: [`TooFew`] people altogether.
// Hazard: H71
pub fn generalise(people: &[Found], small: u32) -> Result<Guarded, TooFew> {
    let needed = usize::try_from(small).unwrap_or(usize::MAX);
    if people.len() < needed {
        return Err(TooFew {
            people: people.len(),
            needed: small,
        });
    }
    let mut told = vec![Generalised::Whole; people.len()];
    for (now, instead) in [
        (Generalised::Whole, Generalised::WithoutAge),
        (Generalised::WithoutAge, Generalised::Neither),
    ] {
        let sizes = sizes(people, &told);
        for (one, person) in told.iter_mut().zip(people) {
            let size = sizes.get(&class(*person, *one)).copied().unwrap_or(0);
            if *one == now && size < needed {
                *one = instead;
            }
        }
    }
    loop {
        let mut sizes = sizes(people, &told);
        let alone = sizes.remove(&(None, None)).unwrap_or(0);
        if alone == 0 || alone >= needed {
            break;
        }
        let Some((joins, _)) = sizes
            .into_iter()
            .min_by_key(|(class, size)| (*size, *class))
        else {
            break;
        };
        for (one, person) in told.iter_mut().zip(people) {
            if class(*person, *one) == joins {
                *one = Generalised::Neither;
            }
        }
    }
    let count = |least| told.iter().filter(|one| **one >= least).count();
    Ok(Guarded {
        without_age: count(Generalised::WithoutAge),
        without_sex: count(Generalised::Neither),
        told,
    })
}

fn sizes(people: &[Found], told: &[Generalised]) -> BTreeMap<Class, usize> {
    let mut sizes = BTreeMap::new();
    for (person, told) in people.iter().zip(told) {
        *sizes.entry(class(*person, *told)).or_default() += 1;
    }
    sizes
}

/// The values that are of fewer than `small` different people: each is withheld where it stands.
// Hazard: H71
pub fn few<'a, P: Ord + 'a, V: Ord + Clone + 'a>(
    values: impl IntoIterator<Item = (&'a P, &'a V)>,
    small: u32,
) -> BTreeSet<V> {
    let mut people: BTreeMap<&V, BTreeSet<&P>> = BTreeMap::new();
    for (person, value) in values {
        people.entry(value).or_default().insert(person);
    }
    let needed = usize::try_from(small).unwrap_or(usize::MAX);
    people
        .into_iter()
        .filter(|(_, people)| people.len() < needed)
        .map(|(value, _)| value.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn person(sex: Sex, years: u16) -> Found {
        Found {
            sex,
            age: Some(AgeBand::of(years)),
        }
    }

    fn times(count: usize, sex: Sex, years: u16) -> Vec<Found> {
        vec![person(sex, years); count]
    }

    #[test]
    fn ages_stand_in_bands_of_five_years_and_from_ninety_on_in_one() {
        // Hazard: H71
        let band = |years| AgeBand::of(years).to_string();
        assert_eq!(band(18), "15-19");
        assert_eq!(band(44), "40-44");
        assert_eq!(band(45), "45-49");
        assert_eq!(band(89), "85-89");
        assert_eq!(band(90), "90+");
        assert_eq!(band(104), "90+");
    }

    #[test]
    fn a_cell_of_exactly_the_limit_is_told_and_one_of_fewer_is_not() {
        // Hazard: H71
        let mut people = times(5, Sex::Female, 41);
        people.extend(times(4, Sex::Female, 46));
        people.extend(times(5, Sex::Female, 51));
        people.push(person(Sex::Female, 73));
        let guarded = generalise(&people, 5).unwrap();
        let expected = [
            vec![Generalised::Whole; 5],
            vec![Generalised::WithoutAge; 4],
            vec![Generalised::Whole; 5],
            vec![Generalised::WithoutAge],
        ]
        .concat();
        assert_eq!(guarded.told, expected);
        assert_eq!((guarded.without_age, guarded.without_sex), (5, 0));
    }

    #[test]
    fn one_person_of_a_sex_is_hidden_among_the_smallest_of_the_others() {
        // Hazard: H71
        let mut people = times(6, Sex::Female, 41);
        people.extend(times(5, Sex::Male, 41));
        people.push(person(Sex::Other, 41));
        let guarded = generalise(&people, 5).unwrap();
        let expected = [vec![Generalised::Whole; 6], vec![Generalised::Neither; 6]].concat();
        assert_eq!(guarded.told, expected);
        assert_eq!((guarded.without_age, guarded.without_sex), (6, 6));
    }

    #[test]
    fn of_fewer_people_than_the_limit_nothing_is_told() {
        // Hazard: H71
        let refused = generalise(&times(4, Sex::Male, 30), 5);
        let too_few = TooFew {
            people: 4,
            needed: 5,
        };
        assert_eq!(refused, Err(too_few));
        assert_eq!(generalise(&[], 5).map(|_| ()).unwrap_err().people, 0);
    }

    #[test]
    fn a_value_counts_people_and_not_how_often_it_stands() {
        // Hazard: H71
        let rows = [(1, "a"), (1, "a"), (1, "a"), (2, "b"), (3, "b"), (4, "b")];
        let values = rows.iter().map(|(person, value)| (person, value));
        assert_eq!(few(values, 3), BTreeSet::from(["a"]));
    }

    proptest! {
        #[test]
        fn nobody_shares_what_is_told_with_fewer_than_the_limit(
            drawn in proptest::collection::vec((0u8..4, 18u16..100), 0..80),
            small in 3u32..12,
        ) {
            // Hazard: H71
            let people: Vec<Found> = drawn
                .iter()
                .map(|(sex, years)| {
                    let sexes = [Sex::Female, Sex::Male, Sex::Other, Sex::Unknown];
                    person(sexes[usize::from(*sex)], *years)
                })
                .collect();
            match generalise(&people, small) {
                Err(_) => prop_assert!(people.len() < small as usize),
                Ok(guarded) => {
                    for size in sizes(&people, &guarded.told).values() {
                        prop_assert!(*size >= small as usize);
                    }
                }
            }
        }
    }
}
