//! What a person may report: warning signs and side effects, as data.

use super::vocabulary::{Thoughts, Urgency};
use crate::leaflet::Language;
use serde::Deserialize;

const RED_FLAGS: &str = include_str!("../../../../../policies/red-flags.toml");
const SIDE_EFFECTS: &str = include_str!("../../../../../policies/side-effects.toml");

/// A file that is not whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("policies/{file}.toml: {says}")]
pub struct UnreadableSigns {
    /// Which.
    pub file: &'static str,
    /// Why.
    pub says: String,
}

/// A warning sign.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    /// Its name in the record.
    pub id: String,
    /// How fast somebody must act.
    pub urgency: Urgency,
    /// It stands among those that can be ticked; the others come of another question.
    #[serde(default = "yes")]
    pub asked: bool,
    /// For the patient, in English.
    pub en: String,
    /// In Spanish.
    pub es: String,
    /// For staff.
    pub staff: String,
    /// What staff are to do.
    pub action: String,
    /// The next session waits until a prescriber has decided.
    #[serde(default)]
    pub hold: bool,
    /// Whoever is with the person may see it, and is told what to call for. What only the person knows
    /// is theirs to tell.
    #[serde(default)]
    pub others_see: bool,
    /// It is about thoughts of ending one's life, whichever question it comes of.
    #[serde(default)]
    pub of_thoughts: bool,
    /// Where it comes from.
    pub source: String,
    /// True where no source says it.
    #[serde(default)]
    pub unverified: bool,
}

const fn yes() -> bool {
    true
}

/// A term of a side effect.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// Its name in the record.
    pub id: String,
    /// Its group.
    pub group: String,
    /// It stands on the first page.
    #[serde(default)]
    pub common: bool,
    /// For the patient, in English.
    pub en: String,
    /// In Spanish.
    pub es: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RedFlags {
    #[serde(rename = "source")]
    _source: String,
    thoughts_plan: String,
    thoughts_only: String,
    thoughts_talk: String,
    sign: Vec<Sign>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SideEffects {
    #[serde(rename = "source")]
    _source: String,
    effect: Vec<Effect>,
}

/// Everything that can be reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signs {
    /// The warning signs, the fastest first.
    pub signs: Vec<Sign>,
    /// The side effects, the common ones first.
    pub effects: Vec<Effect>,
    plan: String,
    thoughts: String,
    talk: String,
}

impl Signs {
    /// What ships.
    ///
    /// Refuses a file in which an answer about thoughts of suicide leads to no sign.
    pub fn shipped() -> Result<Self, UnreadableSigns> {
        let unreadable = |file: &'static str, says: String| UnreadableSigns { file, says };
        let flags: RedFlags = toml::from_str(RED_FLAGS)
            .map_err(|error| unreadable("red-flags", error.to_string()))?;
        let effects: SideEffects = toml::from_str(SIDE_EFFECTS)
            .map_err(|error| unreadable("side-effects", error.to_string()))?;
        let signs = Self {
            signs: flags.sign,
            effects: effects.effect,
            plan: flags.thoughts_plan,
            thoughts: flags.thoughts_only,
            talk: flags.thoughts_talk,
        };
        for name in [&signs.plan, &signs.thoughts, &signs.talk] {
            if signs.sign(name).is_none() {
                return Err(unreadable("red-flags", format!("there is no sign {name}")));
            }
        }
        Ok(signs)
    }

    /// A sign by its name.
    pub fn sign(&self, id: &str) -> Option<&Sign> {
        self.signs.iter().find(|sign| sign.id == id)
    }

    /// A side effect by its name.
    pub fn effect(&self, id: &str) -> Option<&Effect> {
        self.effects.iter().find(|effect| effect.id == id)
    }

    /// The sign that an answer about thoughts of ending one's life comes to.
    pub fn of_thoughts(&self, thoughts: Thoughts) -> Option<&Sign> {
        match thoughts {
            Thoughts::None => None,
            Thoughts::Thoughts => self.sign(&self.thoughts),
            Thoughts::Plan => self.sign(&self.plan),
            Thoughts::Talk => self.sign(&self.talk),
        }
    }

    /// True for a sign that an answer about ending one's life comes to.
    pub fn is_of_thoughts(&self, id: &str) -> bool {
        [&self.plan, &self.thoughts, &self.talk].contains(&&id.to_owned())
            || self.sign(id).is_some_and(|sign| sign.of_thoughts)
    }

    /// Everything that an answer comes to, the fastest first.
    // Hazard: H62
    pub fn raised(&self, ticked: &[String], thoughts: Option<Thoughts>) -> Vec<&Sign> {
        let mut raised: Vec<&Sign> = ticked
            .iter()
            .filter_map(|id| self.sign(id))
            .chain(thoughts.and_then(|thoughts| self.of_thoughts(thoughts)))
            .collect();
        raised.sort_by(|a, b| b.urgency.cmp(&a.urgency).then_with(|| a.id.cmp(&b.id)));
        raised.dedup_by(|a, b| a.id == b.id);
        raised
    }
}

impl Sign {
    /// For the patient.
    pub fn says(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Spanish => &self.es,
        }
    }
}

impl Effect {
    /// For the patient.
    pub fn says(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Spanish => &self.es,
        }
    }
}
