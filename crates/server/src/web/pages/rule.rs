//! One policy: its values with what is permitted, who adopted them, and the form to change them.

use super::around::Around;
use askama::Template;
use clinical::clinic::{Adoption, own_values};
use clinical::policy::{AdoptedPolicy, Parameter, Quantity, Unit};
use std::collections::BTreeMap;

/// A policy of the clinic.
pub struct RulePage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The policy as it is in force.
    pub policy: &'a AdoptedPolicy,
    /// Every adoption of this policy, oldest first.
    pub adoptions: Vec<&'a Adoption>,
    /// Why the newest adoption cannot be kept by this release.
    pub set_aside: Option<&'a str>,
    /// True for the medical director.
    pub may_adopt: bool,
    /// What was typed, by parameter, where it could not be taken: it is shown again.
    pub typed: BTreeMap<String, String>,
    /// What is wrong with it, by parameter.
    pub problems: BTreeMap<String, String>,
    /// What is wrong with the whole.
    pub refused: Option<String>,
}

#[derive(Template)]
#[template(path = "rule.html")]
struct Page<'a> {
    around: Around<'a>,
    id: &'a str,
    title: &'a str,
    version: u32,
    applies_to: String,
    counts_from: &'static str,
    source: &'a str,
    set_aside: Option<&'a str>,
    may_adopt: bool,
    refused: Option<String>,
    values: Vec<ValueLine<'a>>,
    sentences: Vec<String>,
    history: Vec<HistoryLine<'a>>,
}

struct ValueLine<'a> {
    name: &'a str,
    says: &'a str,
    in_force: String,
    shipped: Option<String>,
    range: Option<String>,
    /// What stands in the field.
    text: String,
    unit: &'static str,
    switch: bool,
    problem: Option<&'a str>,
    source: &'a str,
    unverified: bool,
}

struct HistoryLine<'a> {
    when: String,
    who: &'a str,
    statement: &'a str,
    version: u32,
    changes: Vec<String>,
}

impl RulePage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let policy = self.policy.policy();
        let values = policy
            .parameters
            .iter()
            .map(|(name, parameter)| self.value(name, parameter))
            .collect();
        let sentences = self
            .policy
            .requirements()
            .map(|requirement| self.policy.fill(&requirement.says))
            .collect();
        super::written(&Page {
            around: self.around,
            id: self.policy.id(),
            title: &policy.title,
            version: policy.version,
            applies_to: policy.applies_to.replace('-', " "),
            counts_from: counts_from(self.policy.id()),
            source: &policy.source,
            set_aside: self.set_aside,
            may_adopt: self.may_adopt,
            refused: self.refused.clone(),
            values,
            sentences,
            history: self.history(),
        })
    }

    fn value<'b>(&'b self, name: &'b str, parameter: &'b Parameter) -> ValueLine<'b> {
        let value = self.policy.value(name).unwrap_or(parameter.value);
        ValueLine {
            name,
            says: &parameter.says,
            in_force: value.to_string(),
            shipped: (value != parameter.value).then(|| parameter.value.to_string()),
            range: (!parameter.is_fixed()).then(|| range_says(parameter)),
            text: self
                .typed
                .get(name)
                .cloned()
                .unwrap_or_else(|| value.value.normalize().to_string()),
            unit: value.unit.shown(),
            switch: value.unit == Unit::Switch,
            problem: self.problems.get(name).map(String::as_str),
            source: &parameter.source,
            unverified: parameter.unverified,
        }
    }

    /// The newest first; each says what it changed against the one before.
    fn history(&self) -> Vec<HistoryLine<'_>> {
        let clock = self.around.clock();
        let mut before = BTreeMap::new();
        let mut lines: Vec<_> = self
            .adoptions
            .iter()
            .map(|adoption| {
                // What cannot be read is shown as it stands in the record.
                let values = own_values(adoption).unwrap_or_default();
                let changes = changes(self.policy, &before, &values);
                before = values;
                HistoryLine {
                    when: clock.when(adoption.at),
                    who: &adoption.signed_by,
                    statement: &adoption.statement,
                    version: adoption.version,
                    changes,
                }
            })
            .collect();
        lines.reverse();
        lines
    }
}

/// From when an adopted value of a policy counts, and for whom.
pub(super) fn counts_from(policy: &str) -> &'static str {
    if policy == clinical::advisory::POLICY {
        "Whoever is in a room now stays on the limits with which they came in, until they leave: \
         a signature never silences a notice about somebody under drug. Whoever comes in after it \
         is watched by the new limits, planned before or not."
    } else {
        "New sessions, screenings and leaflets follow it at once. A session that is planned or \
         under way keeps the rules it began with."
    }
}

/// `18 years to 21 years`.
fn range_says(parameter: &Parameter) -> String {
    if parameter.value.unit == Unit::Switch {
        return "on or off".to_owned();
    }
    format!(
        "{} to {}",
        parameter.may_be.at_least, parameter.may_be.at_most
    )
}

/// What differs between two sets of own values, in words: `minimum age: 18 years → 21 years`.
pub(super) fn changes(
    policy: &AdoptedPolicy,
    before: &BTreeMap<String, Quantity>,
    after: &BTreeMap<String, Quantity>,
) -> Vec<String> {
    policy
        .policy()
        .parameters
        .iter()
        .filter_map(|(name, parameter)| {
            let from = before.get(name).unwrap_or(&parameter.value);
            let to = after.get(name).unwrap_or(&parameter.value);
            (from != to).then(|| format!("{}: {from} → {to}", parameter.says))
        })
        .collect()
}

/// The policy of who may be treated, adopted once.
pub fn sample(policy: &AdoptedPolicy) -> RulePage<'_> {
    use super::around::{Here, Viewer, sample};
    RulePage {
        around: Around {
            here: Here::Rules,
            viewer: Some(Viewer {
                name: "Dr Maria Okonkwo",
                role: clinical::record::Role::MedicalDirector,
            }),
            ..sample::around("/rules/eligibility")
        },
        policy,
        adoptions: Vec::new(),
        set_aside: None,
        may_adopt: true,
        typed: BTreeMap::new(),
        problems: BTreeMap::new(),
        refused: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical::course::screening::ScreeningRules;
    use units::Moment;

    fn eligibility() -> AdoptedPolicy {
        let rules = ScreeningRules::shipped().unwrap();
        let policies = rules.policies();
        policies
            .iter()
            .find(|known| known.id() == "eligibility")
            .unwrap()
            .clone()
    }

    #[test]
    fn a_fixed_value_offers_no_field_and_another_says_what_is_permitted() {
        let policy = eligibility();
        let html = sample(&policy).html();
        assert!(html.contains("name=\"minimum_age\""));
        assert!(html.contains("18\u{a0}years to 21\u{a0}years"));
        assert!(!html.contains("name=\"youngest_age\""));
    }

    #[test]
    fn whoever_may_not_adopt_sees_the_values_and_no_form() {
        let policy = eligibility();
        let html = RulePage {
            may_adopt: false,
            ..sample(&policy)
        }
        .html();
        assert!(html.contains("minimum age without a programme"));
        assert!(!html.contains("name=\"minimum_age\""));
    }

    #[test]
    fn each_adoption_says_what_it_changed_and_what_was_before() {
        let policy = eligibility();
        let adoption = |years: &str, at| Adoption {
            policy: "eligibility".into(),
            version: 1,
            values: BTreeMap::from([("minimum_age".into(), format!(r#"{{"years":"{years}"}}"#))]),
            signed_by: "Dr Maria Okonkwo".into(),
            statement: "I adopt these values.".into(),
            at: Moment::from_microseconds(at),
        };
        let (first, second) = (adoption("21", 1), adoption("20", 2));
        let html = RulePage {
            adoptions: vec![&first, &second],
            ..sample(&policy)
        }
        .html();
        assert!(html.contains("18\u{a0}years → 21\u{a0}years"));
        assert!(html.contains("21\u{a0}years → 20\u{a0}years"));
    }
}
