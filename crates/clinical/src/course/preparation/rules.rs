//! The rules of preparation: hours, the way home, and what is said of medicines.

use super::vocabulary::MedicineDecision;
use crate::course::screening::person::{Product, Route};
use crate::leaflet::Language;
use crate::policy::{
    AdoptedPolicy, BuiltIn, NotAdoptable, OwnValues, Policy, Quantity, Rules, UnreadablePolicy,
};
use serde::Deserialize;
use std::sync::Arc;
use units::Span;

macro_rules! shipped {
    ($name:literal) => {
        BuiltIn {
            file: concat!("policies/", $name, ".toml"),
            text: include_str!(concat!("../../../../../policies/", $name, ".toml")),
            cases: include_str!(concat!("../../../../../policies/", $name, ".cases.toml")),
        }
    };
}

/// The policies of preparation that ship: its own, and fasting for the ways that the session's
/// policy of fasting is not about.
pub const PREPARATION: [BuiltIn; 3] = [
    shipped!("preparation"),
    shipped!("fasting-esketamine"),
    shipped!("fasting-other-ways"),
];

const INSTRUCTIONS: &str = include_str!("../../../../../policies/medicine-instructions.toml");

/// Rules of preparation that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnusableRules {
    /// A policy that ships is not whole.
    #[error(transparent)]
    Unreadable(#[from] UnreadablePolicy),
    /// A value that a policy does not permit.
    #[error(transparent)]
    NotAdoptable(#[from] NotAdoptable),
    /// The instructions about medicines are not whole.
    #[error("policies/medicine-instructions.toml: {0}")]
    Instructions(String),
}

/// What is usually said of a class of medicines; a prescriber decides for each person.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instruction {
    /// The class, as in `codes/medicine-classes.toml` or in the clinical reference.
    pub class: String,
    /// Further classes of which the same is said.
    #[serde(default)]
    pub also: Vec<String>,
    /// The class in words, for staff.
    pub says: String,
    /// What is usual: `take`, `ask`, or `hold`.
    pub usual: Usual,
    /// From how many hours before the visit on, where it is held.
    #[serde(default)]
    pub hours: Option<u32>,
    /// In the words that a person reads, in English.
    pub en: String,
    /// In Spanish.
    pub es: String,
    /// Where it comes from.
    pub source: String,
    /// True where the source could not be read by us.
    #[serde(default)]
    pub unverified: bool,
}

/// What is usual for a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Usual {
    /// Taken as usual.
    Take,
    /// Held, once a prescriber agrees.
    Hold,
    /// A prescriber is asked.
    Ask,
}

impl Instruction {
    /// What is usual, as a decision that a prescriber may make of it.
    pub const fn decision(&self) -> MedicineDecision {
        match (self.usual, self.hours) {
            (Usual::Take, _) => MedicineDecision::Take,
            (Usual::Hold, Some(hours)) => MedicineDecision::HoldFor { hours },
            (Usual::Ask, _) | (Usual::Hold, None) => MedicineDecision::Ask,
        }
    }

    /// The most careful comes last.
    const fn care(&self) -> u8 {
        match self.usual {
            Usual::Take => 0,
            Usual::Hold => 1,
            Usual::Ask => 2,
        }
    }

    /// The words of a language.
    pub fn words(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Spanish => &self.es,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Instructions {
    #[serde(rename = "source")]
    _source: String,
    always_en: String,
    always_es: String,
    instruction: Vec<Instruction>,
}

/// The rules of preparation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparationRules {
    own: AdoptedPolicy,
    esketamine: AdoptedPolicy,
    other_ways: AdoptedPolicy,
    instructions: Vec<Instruction>,
    always: [String; 2],
}

impl PreparationRules {
    /// The rules as they ship.
    pub fn shipped() -> Result<Self, UnusableRules> {
        Self::adopted(&OwnValues::new())
    }

    /// The rules with some values of the clinic's own.
    ///
    /// Refuses a value that a policy does not permit.
    pub fn adopted(own: &OwnValues) -> Result<Self, UnusableRules> {
        let [preparation, esketamine, other_ways] = PREPARATION;
        let adopt = |built_in: BuiltIn| -> Result<AdoptedPolicy, UnusableRules> {
            let policy = Arc::new(Policy::read(built_in.text)?);
            let values = own.get(&policy.id).cloned().unwrap_or_default();
            Ok(AdoptedPolicy::adopt(policy, values)?)
        };
        let instructions: Instructions = toml::from_str(INSTRUCTIONS)
            .map_err(|error| UnusableRules::Instructions(error.to_string()))?;
        Ok(Self {
            own: adopt(preparation)?,
            esketamine: adopt(esketamine)?,
            other_ways: adopt(other_ways)?,
            instructions: instructions.instruction,
            always: [instructions.always_en, instructions.always_es],
        })
    }

    /// Every policy, for the page of rules.
    pub const fn policies(&self) -> [&AdoptedPolicy; 3] {
        [&self.own, &self.esketamine, &self.other_ways]
    }

    /// The rules of fasting for a treatment, to be asked by
    /// [`crate::course::session::decide::fasting_verdict`].
    ///
    /// By vein, muscle and under the skin they are the session's own. Source: clinical reference
    /// 2.1.
    pub fn fasting(&self, session: &Rules, product: Product, route: Route) -> Rules {
        let policies = match (product, route) {
            (Product::Esketamine, _) => vec![self.esketamine.clone()],
            (Product::Racemic, Route::Intravenous | Route::Intramuscular | Route::Subcutaneous) => {
                let of_fasting = session.policies().iter();
                of_fasting
                    .filter(|policy| policy.id() == "fasting")
                    .cloned()
                    .collect()
            }
            (Product::Racemic, Route::Intranasal | Route::Oral | Route::Sublingual) => {
                vec![self.other_ways.clone()]
            }
        };
        Rules::new(policies)
    }

    /// A length of time of the policy; `None` where it has none of this name.
    pub fn span(&self, parameter: &str) -> Option<Span> {
        self.own.value(parameter).and_then(Quantity::span)
    }

    /// A number of the policy.
    pub fn value(&self, parameter: &str) -> Option<Quantity> {
        self.own.value(parameter)
    }

    /// Something that the clinic has switched on. What is not there is on: it asks for more.
    pub fn is_on(&self, parameter: &str) -> bool {
        self.own
            .value(parameter)
            .is_none_or(|value| !value.value.is_zero())
    }

    /// What is usually said of medicines, class by class.
    pub fn instructions(&self) -> &[Instruction] {
        &self.instructions
    }

    /// What is usually said of a medicine of these classes; of several the most careful, and none
    /// where none of them is known here: then a prescriber is asked.
    pub fn instruction<C: AsRef<str>>(&self, classes: &[C]) -> Option<&Instruction> {
        let is_of = |instruction: &&Instruction| {
            classes.iter().map(AsRef::as_ref).any(|class| {
                instruction.class == class || instruction.also.iter().any(|one| one == class)
            })
        };
        self.instructions
            .iter()
            .filter(is_of)
            .max_by_key(|instruction| instruction.care())
    }

    /// What stands below every word about medicines.
    pub fn always(&self, language: Language) -> &str {
        let [english, spanish] = &self.always;
        match language {
            Language::English => english,
            Language::Spanish => spanish,
        }
    }
}
