//! Medicines and the classes that rules ask about.
//!
//! A medicine is matched by the code of its ingredient, or by the ingredient's whole name in the
//! list. Anything else is kept as it was said and waits for a clinician: it is never guessed at.

use super::person::{LastUse, Witness};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The list that ships.
const SHIPPED: &str = include_str!("../../../../../codes/medicine-classes.toml");

/// Whether a medicine is being taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Use {
    /// Now, daily or as needed.
    Current,
    /// Not any more.
    Stopped,
}

/// What a clinician made of a medicine that the list does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The classes it belongs to; none when it belongs to none of the list.
    pub classes: Vec<String>,
    /// Who judged, and when.
    #[serde(with = "super::person::shared")]
    pub by: Arc<Witness>,
}

/// One medicine, as it was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Medicine {
    /// In the words of whoever said it.
    pub words: String,
    /// The codes of its ingredients, where it is coded.
    pub codes: Vec<String>,
    /// Whether it is being taken.
    pub status: Use,
    /// When it was taken last, where that is known.
    pub last_taken: Option<LastUse>,
    /// Milligrams each day, where that is known.
    pub milligrams_per_day: Option<Decimal>,
    /// The day's dose as milligrams of morphine, as a clinician worked it out.
    pub morphine_equivalent: Option<Decimal>,
    /// What a clinician made of it.
    pub review: Option<Review>,
}

/// The place of a class in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClassIndex(u8);

/// Some classes of one list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Classes(u64);

impl Classes {
    pub(super) const fn has(self, class: ClassIndex) -> bool {
        self.0 & (1 << class.0) != 0
    }

    const fn with(self, class: ClassIndex) -> Self {
        Self(self.0 | (1 << class.0))
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// An ingredient of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ingredient {
    /// Its name, in lower case.
    pub name: String,
    /// Its code, where one is known.
    pub code: Option<String>,
    /// True when the code was seen in a release of the code system.
    pub verified: bool,
    /// Milligrams of diazepam that one milligram equals, where the reference says so.
    pub diazepam_equivalent: Option<Decimal>,
    classes: Classes,
}

/// The list of classes and their ingredients, in one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MedicineList {
    version: u32,
    classes: Vec<String>,
    class_words: Vec<String>,
    ingredients: Vec<Ingredient>,
    by_name: BTreeMap<String, usize>,
    by_code: BTreeMap<String, usize>,
}

/// A list that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the list of medicines: {0}")]
pub struct UnreadableList(pub String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListFile {
    version: u32,
    #[serde(rename = "code_system")]
    _code_system: String,
    #[serde(rename = "source")]
    _source: String,
    class: Vec<ClassEntry>,
    ingredient: Vec<IngredientEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassEntry {
    id: String,
    says: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IngredientEntry {
    name: String,
    code: Option<String>,
    #[serde(default)]
    verified: bool,
    classes: Vec<String>,
    #[serde(default)]
    also: Vec<String>,
    diazepam_equivalent: Option<String>,
}

/// What the list makes of one medicine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Recognised {
    pub(super) classes: Classes,
    /// False while a clinician still has to say what it is.
    pub(super) whole: bool,
}

impl MedicineList {
    /// The list that ships.
    pub fn shipped() -> Result<Self, UnreadableList> {
        Self::read(SHIPPED)
    }

    /// Reads a list: every class that an ingredient names exists, and no name or code stands twice.
    pub fn read(text: &str) -> Result<Self, UnreadableList> {
        let file: ListFile =
            toml::from_str(text).map_err(|error| UnreadableList(error.to_string()))?;
        if file.class.len() > 64 {
            return Err(UnreadableList("more than 64 classes".to_owned()));
        }
        let mut list = Self {
            version: file.version,
            class_words: file.class.iter().map(|class| class.says.clone()).collect(),
            classes: file.class.into_iter().map(|class| class.id).collect(),
            ingredients: Vec::new(),
            by_name: BTreeMap::new(),
            by_code: BTreeMap::new(),
        };
        for entry in file.ingredient {
            list.take_in(entry)?;
        }
        Ok(list)
    }

    fn take_in(&mut self, entry: IngredientEntry) -> Result<(), UnreadableList> {
        let IngredientEntry {
            name,
            code,
            verified,
            classes,
            also,
            diazepam_equivalent,
        } = entry;
        let mut found = Classes::default();
        for class in &classes {
            let index = self
                .class(class)
                .ok_or_else(|| UnreadableList(format!("{name}: no class {class}")))?;
            found = found.with(index);
        }
        let diazepam_equivalent = diazepam_equivalent
            .map(|text| text.parse())
            .transpose()
            .map_err(|_| UnreadableList(format!("{name}: its equivalent is not a decimal")))?;
        let place = self.ingredients.len();
        for known in also.iter().chain([&name]) {
            if self.by_name.insert(known.to_lowercase(), place).is_some() {
                return Err(UnreadableList(format!("{known} stands there twice")));
            }
        }
        if let Some(code) = &code
            && self.by_code.insert(code.clone(), place).is_some()
        {
            return Err(UnreadableList(format!("{code} stands there twice")));
        }
        self.ingredients.push(Ingredient {
            name: name.to_lowercase(),
            code,
            verified,
            diazepam_equivalent,
            classes: found,
        });
        Ok(())
    }

    /// The list's version: every verdict names it.
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// Every ingredient.
    pub fn ingredients(&self) -> &[Ingredient] {
        &self.ingredients
    }

    /// The place of a class.
    pub fn class(&self, id: &str) -> Option<ClassIndex> {
        let place = self.classes.iter().position(|known| known == id)?;
        u8::try_from(place).ok().map(ClassIndex)
    }

    /// The name of a class.
    pub fn class_name(&self, class: ClassIndex) -> &str {
        self.classes
            .get(usize::from(class.0))
            .map_or("", String::as_str)
    }

    /// Every class: its name, and what belongs to it in words.
    pub fn classes(&self) -> impl Iterator<Item = (&str, &str)> {
        let words = self.class_words.iter().map(String::as_str);
        self.classes.iter().map(String::as_str).zip(words)
    }

    /// The classes of an ingredient of the list; none when the list has no such name.
    pub fn classes_named(&self, words: &str) -> Vec<String> {
        let Some(known) = self.named(words) else {
            return Vec::new();
        };
        let all = self.classes.iter().enumerate().filter(|(place, _)| {
            u8::try_from(*place).is_ok_and(|place| known.classes.has(ClassIndex(place)))
        });
        all.map(|(_, name)| name.clone()).collect()
    }

    /// The ingredients that the list finds in a medicine.
    pub(super) fn found_in(&self, medicine: &Medicine) -> Vec<&Ingredient> {
        let mut places: Vec<usize> = medicine
            .codes
            .iter()
            .filter_map(|code| self.by_code.get(code).copied())
            .collect();
        if let Some(place) = self.place_by_name(&medicine.words)
            && !places.contains(&place)
        {
            places.push(place);
        }
        places
            .into_iter()
            .filter_map(|place| self.ingredients.get(place))
            .collect()
    }

    /// The names of the classes that a medicine belongs to, as the list and a review tell.
    pub fn classes_of(&self, medicine: &Medicine) -> Vec<&str> {
        let found = self.recognise(medicine).classes;
        self.classes
            .iter()
            .enumerate()
            .filter(|(place, _)| {
                u8::try_from(*place).is_ok_and(|place| found.has(ClassIndex(place)))
            })
            .map(|(_, name)| name.as_str())
            .collect()
    }

    /// True when nobody has to say any more what a medicine is.
    pub fn knows(&self, medicine: &Medicine) -> bool {
        self.recognise(medicine).whole
    }

    /// The ingredient that these words name, by its own name or a trade name; never a guess.
    pub fn named(&self, words: &str) -> Option<&Ingredient> {
        self.ingredients.get(self.place_by_name(words)?)
    }

    fn place_by_name(&self, words: &str) -> Option<usize> {
        self.by_name.get(&words.trim().to_lowercase()).copied()
    }

    /// What a medicine is, as far as the list and a clinician's review tell.
    pub(super) fn recognise(&self, medicine: &Medicine) -> Recognised {
        // Every class that is found counts, whether or not the medicine is understood as a whole:
        // a doubt never takes a warning away.
        let mut classes = self
            .found_in(medicine)
            .into_iter()
            .fold(Classes::default(), |all, one| all.and(one.classes));
        let coded: Vec<Option<usize>> = medicine
            .codes
            .iter()
            .map(|code| self.by_code.get(code).copied())
            .collect();
        let named = self.place_by_name(&medicine.words);
        let whole = match (coded.is_empty(), named) {
            (true, named) => named.is_some(),
            (false, None) => coded.iter().all(Option::is_some),
            // Words of one drug with the code of another are no match.
            (false, Some(_)) => coded.contains(&named) && coded.iter().all(Option::is_some),
        };
        if let Some(review) = &medicine.review {
            let given = review.classes.iter().map(|class| self.class(class));
            let mut all_known = true;
            for class in given {
                match class {
                    Some(class) => classes = classes.with(class),
                    None => all_known = false,
                }
            }
            return Recognised {
                classes,
                whole: all_known,
            };
        }
        Recognised { classes, whole }
    }
}
