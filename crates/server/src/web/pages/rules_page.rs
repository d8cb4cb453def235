//! The clinic's rules: every policy, every parameter, every requirement, with its source.

use super::around::Around;
use super::gate::{gate_says, roles_say};
use askama::Template;
use clinical::advisory::{LimitRules, Tier};
use clinical::clinic::Clinic;
use clinical::policy::{AdoptedPolicy, Requirement, Rules, Severity};

/// The rules as they are in force; each is changed on its own page.
pub struct ClinicRules<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The rules.
    pub rules: &'a Rules,
    /// The rules of screening, before any session.
    pub screening: &'a [AdoptedPolicy],
    /// Whether predictions are shown.
    pub prediction: &'a AdoptedPolicy,
    /// The limits for notices on live numerics, in use or not.
    pub limits: &'a LimitRules,
    /// The clinic: who adopted what, and whether notices are in use.
    pub clinic: &'a Clinic,
}

#[derive(Template)]
#[template(path = "rules_page.html")]
struct Page<'a> {
    around: Around<'a>,
    policies: Vec<PolicyView<'a>>,
    limits: Vec<LimitView<'a>>,
    limits_version: u32,
    limits_adopted: String,
    advisories_on: bool,
}

struct LimitView<'a> {
    says: &'static str,
    limit: String,
    shipped: Option<String>,
    range: String,
    tier: &'static str,
    priority: &'static str,
    persists: String,
    source: &'a str,
    unverified: bool,
}

struct PolicyView<'a> {
    id: &'a str,
    version: u32,
    title: &'a str,
    applies_to: String,
    source: &'a str,
    adopted: String,
    parameters: Vec<ParameterView<'a>>,
    requirements: Vec<RequirementView<'a>>,
}

struct ParameterView<'a> {
    says: &'a str,
    value: String,
    shipped: Option<String>,
    range: String,
    source: &'a str,
    unverified: bool,
}

struct RequirementView<'a> {
    id: &'a str,
    gate: &'static str,
    says: String,
    severity: &'static str,
    who: String,
    remedy: String,
    source: &'a str,
    hazard: &'a str,
}

impl ClinicRules<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let policies = self
            .rules
            .policies()
            .iter()
            .chain(self.screening.iter().filter(|one| {
                // A policy that both ask stands on the page once.
                let known = self.rules.policies();
                known.iter().all(|session| session.id() != one.id())
            }))
            .chain([self.prediction])
            .map(|adopted| PolicyView {
                id: adopted.id(),
                version: adopted.version(),
                title: &adopted.policy().title,
                applies_to: adopted.policy().applies_to.replace('-', " "),
                source: adopted.source(),
                adopted: self.adopted(adopted.id()),
                parameters: parameters(adopted),
                requirements: adopted
                    .requirements()
                    .map(|one| requirement(adopted, one))
                    .collect(),
            })
            .collect();
        super::written(&Page {
            around: self.around,
            policies,
            limits: self
                .limits
                .limits()
                .rules
                .iter()
                .map(|rule| limit(rule, self.limits.policy()))
                .collect(),
            limits_version: self.limits.policy().version(),
            limits_adopted: self.adopted(self.limits.policy().id()),
            advisories_on: self.clinic.advisories_on(),
        })
    }

    /// Who signed for a policy, and when.
    fn adopted(&self, policy: &str) -> String {
        self.clinic.adopted.get(policy).map_or_else(
            || "As shipped; this clinic has not signed it.".to_owned(),
            |adoption| {
                let when = self.around.clock().when(adoption.at);
                format!("Adopted {when} by {}.", adoption.signed_by)
            },
        )
    }
}

fn limit<'a>(rule: &'a clinical::advisory::Rule, policy: &AdoptedPolicy) -> LimitView<'a> {
    let name = rule.name();
    let shipped = policy.policy().parameters.get(&name);
    LimitView {
        shipped: shipped
            .filter(|_| policy.own().contains_key(&name))
            .map(|parameter| parameter.value.to_string()),
        says: rule.condition.says(),
        limit: format!("{}\u{a0}{}", rule.beyond, rule.condition.unit()),
        range: rule.may_be.map_or_else(
            || "fixed".to_owned(),
            |(least, most)| format!("{least} to {most}"),
        ),
        tier: match rule.tier {
            Tier::Watch => "watch",
            Tier::Act => "act",
            Tier::Urgent => "urgent",
        },
        priority: rule.priority.word(),
        persists: if rule.persists == units::Span::ZERO {
            "at once".to_owned()
        } else {
            rule.persists.to_string()
        },
        source: &rule.source,
        unverified: rule.unverified,
    }
}

fn parameters(adopted: &AdoptedPolicy) -> Vec<ParameterView<'_>> {
    adopted
        .policy()
        .parameters
        .iter()
        .map(|(name, parameter)| {
            let value = adopted.value(name).unwrap_or(parameter.value);
            ParameterView {
                says: &parameter.says,
                value: value.to_string(),
                shipped: (value != parameter.value).then(|| parameter.value.to_string()),
                range: format!(
                    "{} to {}",
                    parameter.may_be.at_least, parameter.may_be.at_most
                ),
                source: &parameter.source,
                unverified: parameter.unverified,
            }
        })
        .collect()
}

fn requirement<'a>(adopted: &'a AdoptedPolicy, one: &'a Requirement) -> RequirementView<'a> {
    let mut who = roles_say(&one.may_be_overridden_by);
    if one.second_clinician {
        who.push_str(", with a second clinician");
    }
    RequirementView {
        id: &one.id,
        gate: gate_says(one.gate),
        says: adopted.fill(&one.says),
        severity: severity_says(one.severity),
        who,
        remedy: adopted.fill(&one.remedy),
        source: if one.source.is_empty() {
            adopted.source()
        } else {
            &one.source
        },
        hazard: &one.hazard,
    }
}

/// What an unmet requirement does.
const fn severity_says(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "is shown",
        Severity::Caution => "is pointed out; does not block",
        Severity::HoldToday => "blocks today",
        Severity::Clearance => "blocks until a clearance is signed",
        Severity::Exclude => "blocks, whoever asks",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_policy_parameter_and_requirement_is_on_the_page() {
        let rules = Rules::shipped().unwrap();
        let screening = clinical::course::screening::ScreeningRules::shipped().unwrap();
        let prediction = clinical::course::prediction::PredictionRules::shipped().unwrap();
        let html = ClinicRules {
            around: super::super::around::sample::around("/rules"),
            rules: &rules,
            screening: screening.policies(),
            prediction: prediction.policy(),
            limits: &LimitRules::shipped().unwrap(),
            clinic: &Clinic::default(),
        }
        .html();
        let all: std::collections::BTreeMap<&str, &AdoptedPolicy> = rules
            .policies()
            .iter()
            .chain(screening.policies())
            .chain([prediction.policy()])
            .map(|adopted| (adopted.id(), adopted))
            .collect();
        for adopted in all.values() {
            assert!(
                html.contains(&format!("id=\"{}\"", adopted.id())),
                "{}",
                adopted.id()
            );
            for requirement in adopted.requirements() {
                assert!(
                    html.contains(&format!("id=\"{}\"", requirement.id)),
                    "{}",
                    requirement.id
                );
            }
        }
        let limits = LimitRules::shipped().unwrap();
        let of_limits = limits
            .limits()
            .rules
            .iter()
            .filter(|rule| rule.unverified)
            .count();
        let unverified = all
            .values()
            .flat_map(|adopted| adopted.policy().parameters.values())
            .filter(|parameter| parameter.unverified)
            .count();
        assert_eq!(
            html.matches("class=\"mark is-unverified\"").count(),
            unverified + of_limits
        );
        // Every number has found its place in the sentences.
        let open: Vec<&str> = html
            .split('{')
            .skip(1)
            .map(|rest| &rest[..rest.len().min(60)])
            .collect();
        assert!(open.is_empty(), "{open:?}");
    }
}
