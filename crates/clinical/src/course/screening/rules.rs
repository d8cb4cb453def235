//! The rules of screening: which policies, with which values, ready to be asked quickly.

use super::fact::FactName;
use super::medicine::{MedicineList, UnreadableList};
use super::person::{Product, Route, Visit};
use super::verdict::Rule;
use crate::policy::{
    AdoptedPolicy, BUILT_IN, BuiltIn, Comparison, Gate, NotAdoptable, OwnValues, Policy, Premise,
    Requirement, RulesInForce, UnreadablePolicy,
};
use std::collections::BTreeSet;
use std::sync::Arc;

macro_rules! built_in {
    ($name:literal) => {
        BuiltIn {
            file: concat!("policies/", $name, ".toml"),
            text: include_str!(concat!("../../../../../policies/", $name, ".toml")),
            cases: include_str!(concat!("../../../../../policies/", $name, ".cases.toml")),
        }
    };
}

/// The policies of screening that ship.
pub const SCREENING: [BuiltIn; 4] = [
    built_in!("eligibility"),
    built_in!("eligibility-on-the-day"),
    built_in!("interactions"),
    built_in!("tests"),
];

/// The session's policy that screening asks too on the day, so that its numbers stand once.
const ASKED_ON_THE_DAY_TOO: &str = "pre-dose-blood-pressure";

/// The policy and parameter that say how long a clearance holds.
const CLEARANCE_DAYS: (&str, &str) = ("eligibility", "clearance_days");

/// The policy of the clinic's times for letters: it asks nothing of anybody, and is taken as it
/// ships where it is not given.
const LETTERS: (&str, &str) = (
    "clearance",
    include_str!("../../../../../policies/clearance.toml"),
);

/// Rules that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnusableRules {
    /// A policy cannot be read.
    #[error(transparent)]
    Policy(#[from] UnreadablePolicy),
    /// A value is not permitted.
    #[error(transparent)]
    Value(#[from] NotAdoptable),
    /// The list of medicines cannot be read.
    #[error(transparent)]
    Medicines(#[from] UnreadableList),
    /// A requirement asks something that screening does not know.
    #[error("{policy}, requirement {requirement}: {reason}")]
    Requirement {
        /// The policy.
        policy: String,
        /// The requirement.
        requirement: String,
        /// Why not.
        reason: String,
    },
    /// A whole policy is missing or stands there twice.
    #[error("{0}")]
    Set(String),
}

/// A requirement with its names looked up and its sentences filled in.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    pub(super) rule: Arc<Rule>,
    pub(super) policy: usize,
    /// Where screening asks it.
    pub(super) gate: Gate,
    products: Vec<Product>,
    routes: Vec<Route>,
    pub(super) only_if: Vec<(FactName, Comparison)>,
    pub(super) fact: FactName,
    pub(super) requirement: Requirement,
}

impl Prepared {
    /// True when the rule is about what is planned.
    pub(super) fn is_about(&self, visit: &Visit) -> bool {
        (self.products.is_empty() || self.products.contains(&visit.product))
            && (self.routes.is_empty() || self.routes.contains(&visit.route))
    }

    /// True when the rule is asked at this gate: the day asks everything once more.
    pub(super) fn is_asked_at(&self, gate: Gate) -> bool {
        match gate {
            Gate::DayOfSession => true,
            Gate::AcceptForTreatment
            | Gate::Order
            | Gate::StartInfusion
            | Gate::NextDose
            | Gate::RaiseRate
            | Gate::Discharge => self.gate == gate,
        }
    }
}

/// The rules by which people are screened.
#[derive(Clone, Debug)]
pub struct ScreeningRules {
    pub(super) policies: Vec<AdoptedPolicy>,
    pub(super) prepared: Vec<Prepared>,
    pub(super) medicines: MedicineList,
    /// How many days a clearance holds.
    pub(super) clearance_days: i32,
    pub(super) in_force: Vec<RulesInForce>,
}

impl ScreeningRules {
    /// The rules that ship, with their shipped values.
    pub fn shipped() -> Result<Self, UnusableRules> {
        Self::adopted(&OwnValues::new())
    }

    /// The rules that ship, with some values of the clinic's own.
    ///
    /// Refuses a value that its policy does not permit.
    pub fn adopted(own: &OwnValues) -> Result<Self, UnusableRules> {
        let texts: Vec<&str> = SCREENING.iter().map(|built_in| built_in.text).collect();
        Self::read(&texts, own, MedicineList::shipped()?)
    }

    /// Rules from the texts of policies.
    ///
    /// Refuses a requirement that names a fact, product or route which screening does not know,
    /// a name that stands twice, a set without one of the policies that ship, and values of a
    /// policy that is not there. Where the policy of
    /// pressures before the drug is not among the texts, the one that ships is asked on the day.
    pub fn read(
        texts: &[&str],
        own: &OwnValues,
        medicines: MedicineList,
    ) -> Result<Self, UnusableRules> {
        let mut policies = texts
            .iter()
            .map(|text| Policy::read(text))
            .collect::<Result<Vec<_>, _>>()?;
        if !policies
            .iter()
            .any(|known| known.id == ASKED_ON_THE_DAY_TOO)
        {
            let shipped = BUILT_IN
                .iter()
                .filter(|known| known.file.contains(ASKED_ON_THE_DAY_TOO));
            for built_in in shipped {
                policies.push(Policy::read(built_in.text)?);
            }
        }
        if !policies.iter().any(|known| known.id == LETTERS.0) {
            policies.push(Policy::read(LETTERS.1)?);
        }
        let policies = policies
            .into_iter()
            .map(|policy| {
                let values = own.get(&policy.id).cloned().unwrap_or_default();
                AdoptedPolicy::adopt(Arc::new(policy), values)
            })
            .collect::<Result<Vec<_>, _>>()?;
        check_set(&policies, own)?;
        let prepared = policies
            .iter()
            .enumerate()
            .flat_map(|(place, policy)| {
                policy
                    .requirements()
                    .map(move |requirement| (place, policy, requirement))
            })
            .filter_map(|(place, policy, requirement)| {
                let gate = asked_at(policy, requirement)?;
                Some(prepare(place, policy, requirement, gate, &medicines))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let clearance_days = policies
            .iter()
            .find(|policy| policy.id() == CLEARANCE_DAYS.0)
            .and_then(|policy| policy.value(CLEARANCE_DAYS.1))
            .and_then(|value| i32::try_from(value.value).ok())
            .ok_or_else(|| {
                UnusableRules::Set(format!(
                    "the policy {} with its parameter {} is missing",
                    CLEARANCE_DAYS.0, CLEARANCE_DAYS.1
                ))
            })?;
        let in_force = crate::policy::Rules::new(policies.clone()).in_force();
        Ok(Self {
            policies,
            prepared,
            medicines,
            clearance_days,
            in_force,
        })
    }

    /// The rules by which an answer of the record was given, by what it says of them.
    ///
    /// Refuses a policy or version that this program does not ship any more, and another version
    /// of the list of medicines: an old answer is then not given again by other rules in silence.
    pub fn recorded(in_force: &[RulesInForce], medicine_list: u32) -> Result<Self, UnusableRules> {
        let own = in_force
            .iter()
            .filter(|recorded| !recorded.values.is_empty())
            .map(|recorded| (recorded.policy.clone(), recorded.values.clone()))
            .collect();
        let rules = Self::adopted(&own)?;
        let other = || "these rules are not known here in the version that is asked for".to_owned();
        if rules.in_force != in_force || rules.medicines.version() != medicine_list {
            return Err(UnusableRules::Set(other()));
        }
        Ok(rules)
    }

    /// True when a requirement has this name.
    pub(super) fn has_requirement(&self, name: &str) -> bool {
        self.rules().any(|rule| rule.requirement == name)
    }

    /// Every rule as it is asked.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.prepared.iter().map(|prepared| prepared.rule.as_ref())
    }

    /// The requirements behind the rules, with the policy each stands in.
    pub fn requirements(&self) -> impl Iterator<Item = (&AdoptedPolicy, &Requirement)> {
        self.prepared
            .iter()
            .map(|prepared| (&self.policies[prepared.policy], &prepared.requirement))
    }

    /// The list by which medicines are matched.
    pub const fn medicines(&self) -> &MedicineList {
        &self.medicines
    }

    /// The policies with their values.
    pub fn policies(&self) -> &[AdoptedPolicy] {
        &self.policies
    }
}

/// The policies without which nobody is screened: fewer rules would find less, in silence.
// Hazard: H24
const NEEDED: [&str; 4] = [
    "eligibility",
    "eligibility-on-the-day",
    "interactions",
    "tests",
];

fn check_set(policies: &[AdoptedPolicy], own: &OwnValues) -> Result<(), UnusableRules> {
    let mut names = BTreeSet::new();
    for policy in policies {
        if !names.insert(policy.id()) {
            let says = format!("the policy {} stands there twice", policy.id());
            return Err(UnusableRules::Set(says));
        }
    }
    if let Some(missing) = NEEDED.iter().find(|name| !names.contains(*name)) {
        let says = format!("the policy {missing} is missing, and nobody is screened without it");
        return Err(UnusableRules::Set(says));
    }
    if let Some(other) = own.keys().find(|name| !names.contains(name.as_str())) {
        return Err(UnusableRules::Set(format!("there is no policy {other}")));
    }
    let mut requirements = BTreeSet::new();
    for requirement in policies.iter().flat_map(AdoptedPolicy::requirements) {
        if !requirements.insert(requirement.id.as_str()) {
            let says = format!("the requirement {} stands there twice", requirement.id);
            return Err(UnusableRules::Set(says));
        }
    }
    Ok(())
}

/// The gate of screening at which a requirement is asked, if at any.
fn asked_at(policy: &AdoptedPolicy, requirement: &Requirement) -> Option<Gate> {
    match requirement.gate {
        Gate::AcceptForTreatment | Gate::DayOfSession => Some(requirement.gate),
        Gate::StartInfusion => (policy.id() == ASKED_ON_THE_DAY_TOO).then_some(Gate::DayOfSession),
        Gate::Order | Gate::NextDose | Gate::RaiseRate | Gate::Discharge => None,
    }
}

fn prepare(
    place: usize,
    policy: &AdoptedPolicy,
    requirement: &Requirement,
    gate: Gate,
    medicines: &MedicineList,
) -> Result<Prepared, UnusableRules> {
    let unusable = |reason: String| UnusableRules::Requirement {
        policy: policy.id().to_owned(),
        requirement: requirement.id.clone(),
        reason,
    };
    let fact = |name: &str| {
        let known = FactName::of_name(name, medicines)
            .ok_or_else(|| unusable(format!("screening knows no fact {name}")))?;
        if let FactName::Setting(parameter) = &known
            && policy.value(parameter).is_none()
        {
            return Err(unusable(format!("the policy has no parameter {parameter}")));
        }
        Ok(known)
    };
    let products = words(&requirement.products, Product::of_word)
        .map_err(|word| unusable(format!("there is no product {word}")))?;
    let routes = words(&requirement.routes, Route::of_word)
        .map_err(|word| unusable(format!("there is no route {word}")))?;
    let only_if = requirement
        .only_if
        .iter()
        .map(|Premise { fact: name, is }| Ok((fact(name)?, is.clone())))
        .collect::<Result<Vec<_>, UnusableRules>>()?;
    let filled = |texts: &[String]| texts.iter().map(|text| policy.fill(text)).collect();
    let source = if requirement.source.is_empty() {
        policy.source().to_owned()
    } else {
        requirement.source.clone()
    };
    Ok(Prepared {
        rule: Arc::new(Rule {
            requirement: requirement.id.clone(),
            code: requirement.code.clone(),
            policy: policy.id().to_owned(),
            version: policy.version(),
            severity: requirement.severity,
            says: policy.fill(&requirement.says),
            remedy: policy.fill(&requirement.remedy),
            adds: filled(&requirement.adds),
            cleared_by: requirement.cleared_by.clone(),
            may_be_overridden_by: requirement.may_be_overridden_by.clone(),
            second_clinician: requirement.second_clinician,
            source,
            unverified: requirement.unverified || names_unverified(policy, requirement),
        }),
        policy: place,
        gate,
        products,
        routes,
        only_if,
        fact: fact(&requirement.fact)?,
        requirement: requirement.clone(),
    })
}

fn words<T>(words: &[String], of_word: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, &str> {
    words
        .iter()
        .map(|word| of_word(word).ok_or(word.as_str()))
        .collect()
}

/// True when the requirement compares with a number that nobody has verified.
fn names_unverified(policy: &AdoptedPolicy, requirement: &Requirement) -> bool {
    let premises = requirement.only_if.iter().map(|premise| &premise.is);
    premises
        .chain([&requirement.must_be])
        .filter_map(|comparison| match comparison {
            Comparison::AtLeast(name)
            | Comparison::AtMost(name)
            | Comparison::Below(name)
            | Comparison::ElapsedAtLeast(name)
            | Comparison::ElapsedAtMost(name) => policy.policy().parameters.get(name),
            Comparison::OneOf(_)
            | Comparison::NoneOf(_)
            | Comparison::Answered(_)
            | Comparison::InForce(_) => None,
        })
        .any(|parameter| parameter.unverified)
}
