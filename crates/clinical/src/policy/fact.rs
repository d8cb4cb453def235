//! What is known when a gate is asked.

use super::Outcome;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use units::Moment;

/// One thing known, or not known, about the person and the visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Nobody has said, or the person was not sure.
    Unknown,
    /// A number in the unit that the requirement's parameter names.
    Number(Decimal),
    /// When something happened.
    At(Moment),
    /// A word from a closed list.
    Word(String),
    /// Something that was done and confirmed.
    Answered,
    /// It was asked, and there is nothing of the kind (no milk was drunk).
    NoneSuch,
    /// How something stands that another part of the record decides, in one sentence.
    Standing(Outcome, String),
}

/// Everything known, by the names that policies use. A name that is absent is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(BTreeMap<String, Fact>);

impl Facts {
    /// Nothing known.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more fact.
    pub fn with(mut self, name: &str, fact: Fact) -> Self {
        self.0.insert(name.to_owned(), fact);
        self
    }

    /// The fact of this name; absent is unknown.
    pub fn get(&self, name: &str) -> &Fact {
        self.0.get(name).unwrap_or(&Fact::Unknown)
    }

    /// A number, or unknown.
    pub fn number(value: Option<Decimal>) -> Fact {
        value.map_or(Fact::Unknown, Fact::Number)
    }

    /// A moment, or unknown.
    pub fn at(value: Option<Moment>) -> Fact {
        value.map_or(Fact::Unknown, Fact::At)
    }

    /// Done, or unknown: what nobody did is not the same as what somebody denied.
    pub fn answered(done: bool) -> Fact {
        if done { Fact::Answered } else { Fact::Unknown }
    }
}
