//! What another set of rules does to an answer: before and after, with the reasons.

use super::verdict::{Found, Level, Screening};

/// An answer that another set of rules gives differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// What it came to before.
    pub from: Level,
    /// What it comes to now.
    pub to: Level,
    /// Why, in sentences: first what has come up or weighs more, then what no longer counts.
    pub reasons: Vec<String>,
}

/// Compares two answers about one person and one visit.
///
/// `None` where every rule that needs an act of somebody weighs the same in both. What is only to
/// be read changes nothing for anybody, and is not a change here.
pub fn changed(before: &Screening, after: &Screening) -> Option<Changed> {
    let mut reasons = Vec::new();
    for found in needing_an_act(after) {
        let weighed = before
            .of(&found.rule.requirement)
            .map_or(Level::Clear, |known| known.level);
        if weighed != found.level {
            reasons.push(stands_against(found));
        }
    }
    for found in needing_an_act(before) {
        let weighs = after.of(&found.rule.requirement);
        if weighs.is_none_or(|now| now.level <= Level::Info) {
            reasons.push(format!(
                "{} This no longer stands against it.",
                found.rule.says
            ));
        }
    }
    (!reasons.is_empty()).then_some(Changed {
        from: before.level,
        to: after.level,
        reasons,
    })
}

fn needing_an_act(screening: &Screening) -> impl Iterator<Item = &Found> {
    screening
        .open
        .iter()
        .filter(|found| found.level > Level::Info)
}

fn stands_against(found: &Found) -> String {
    format!(
        "{} Needed: {}. Found: {}.",
        found.rule.says, found.needed, found.found
    )
}

#[cfg(test)]
mod tests {
    use super::super::case::{Case, read};
    use super::super::{OwnValues, ScreeningRules};
    use super::*;
    use crate::policy::{Quantity, Unit};
    use std::collections::BTreeMap;

    /// Ana of the clinical reference, born on another day; her visit is on 24 November 2026.
    fn born(birth: &str) -> Case {
        let text = include_str!("../../../../../scenarios/screening/1-ana.toml");
        read(&text.replace("1992-03-02", birth)).unwrap()
    }

    fn from_age(minimum_age: i64) -> ScreeningRules {
        let age = Quantity {
            value: minimum_age.into(),
            unit: Unit::Years,
        };
        let own = BTreeMap::from([("minimum_age".to_owned(), age)]);
        ScreeningRules::adopted(&OwnValues::from([("eligibility".to_owned(), own)])).unwrap()
    }

    fn when_raised(case: &Case) -> Option<Changed> {
        changed(&case.screen(&from_age(18)), &case.screen(&from_age(21)))
    }

    // Source of the ages: clinical reference 1.1, 18 by default and up to 21 as adopted.
    #[test]
    fn a_raised_minimum_age_changes_the_answer_of_those_between_and_of_nobody_else() {
        // Hazard: H27
        for (birth, changes) in [
            ("1992-03-02", false),
            ("2005-11-24", false),
            ("2005-11-25", true),
            ("2007-11-24", true),
            ("2008-11-24", true),
            ("2008-11-25", false),
        ] {
            assert_eq!(when_raised(&born(birth)).is_some(), changes, "{birth}");
        }
    }

    #[test]
    fn a_change_says_from_what_to_what_and_why() {
        let change = when_raised(&born("2007-11-24")).unwrap();
        assert_eq!((change.from, change.to), (Level::Clear, Level::Exclude));
        let [reason] = change.reasons.as_slice() else {
            panic!("{:?}", change.reasons)
        };
        assert_eq!(
            reason,
            "The person is at least 21\u{a0}years old on the day of the visit. \
             Needed: at least 21\u{a0}years. Found: 19\u{a0}years."
        );
    }

    #[test]
    fn a_rule_that_no_longer_stands_against_a_person_is_a_change_too() {
        let case = born("2007-11-24");
        let change = changed(&case.screen(&from_age(21)), &case.screen(&from_age(18))).unwrap();
        assert_eq!(change.from, Level::Exclude);
        assert!(change.reasons[0].ends_with("no longer stands against it."));
    }
}
