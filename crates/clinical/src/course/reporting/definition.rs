//! Forms as data: read strictly, so that a form that asks for something nobody knows does not load.

use super::source::{Kind, Source};
use crate::course::screening::person::Product;
use serde::Deserialize;
use std::collections::BTreeSet;

const SHIPPED: [(&str, &str); 2] = [
    (
        "forms/esketamine-monitoring-later.toml",
        include_str!("../../../../../forms/esketamine-monitoring-later.toml"),
    ),
    (
        "forms/esketamine-monitoring-2021.toml",
        include_str!("../../../../../forms/esketamine-monitoring-2021.toml"),
    ),
];

/// The form that is filled where nobody asks for another one: it asks everything that the other
/// asks, and more. Source: clinical reference 6.3.
pub const CURRENT: &str = "esketamine-monitoring-later";

/// A file that is not a form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {says}")]
pub struct UnreadableForm {
    /// Which.
    pub file: String,
    /// Why.
    pub says: String,
}

/// Where a form is sent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentTo {
    /// By telephone, for questions and what cannot wait.
    pub telephone: String,
    /// By fax.
    pub fax: String,
    /// Where the numbers come from.
    pub source: String,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in the record.
    pub id: String,
    /// What it asks, in our own words.
    pub says: String,
    /// Of what kind its value is.
    pub kind: Kind,
    /// The form is not complete without it.
    pub required: bool,
    /// Where its value comes from.
    pub from: Source,
    /// It is asked only where this field is answered with yes.
    pub only_if: Option<String>,
    /// A smaller number is sent, and said to be too small.
    pub at_least: Option<i64>,
    /// No source that we could read says it.
    pub unverified: bool,
}

/// Fields that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub id: String,
    /// In words.
    pub says: String,
    /// In the order of the form.
    pub fields: Vec<Field>,
}

/// A form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Its name.
    pub id: String,
    /// Its version, which counts up with each change of the file.
    pub version: u32,
    /// Its title.
    pub title: String,
    /// It is owed after each session with this product.
    pub product: Product,
    /// How many calendar days after the day of the visit it is due.
    pub due_in_days: i32,
    /// From which day on it is said to be soon due.
    pub soon_from_day: i32,
    /// Where it comes from.
    pub source: String,
    /// What of it could not be read by us.
    pub unverified: Vec<String>,
    /// Where it is sent.
    pub sent_to: SentTo,
    /// In the order of the form.
    pub groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormFile {
    id: String,
    version: u32,
    title: String,
    product: Product,
    due_in_days: i32,
    soon_from_day: i32,
    source: String,
    #[serde(default)]
    unverified: Vec<String>,
    sent_to: SentTo,
    group: Vec<GroupFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupFile {
    id: String,
    says: String,
    field: Vec<FieldFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldFile {
    id: String,
    says: String,
    kind: Kind,
    required: bool,
    from: String,
    #[serde(default)]
    only_if: Option<String>,
    #[serde(default)]
    at_least: Option<i64>,
    #[serde(default)]
    unverified: bool,
}

impl Form {
    /// Reads a form.
    ///
    /// Refuses a word of `from` that the vocabulary does not have, a kind that its source does not
    /// give, a name that stands twice, a condition that is no earlier yes-or-no field, and days that
    /// do not follow each other.
    pub fn read(file: &str, text: &str) -> Result<Self, UnreadableForm> {
        let wrong = |says: String| UnreadableForm {
            file: file.to_owned(),
            says,
        };
        let read: FormFile = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        if !(1..read.due_in_days).contains(&read.soon_from_day) {
            return Err(wrong("soon comes before due".to_owned()));
        }
        let mut known: BTreeSet<String> = BTreeSet::new();
        let mut conditions: BTreeSet<String> = BTreeSet::new();
        let mut groups = Vec::new();
        for group in read.group {
            let mut fields = Vec::new();
            for field in group.field {
                let from = Source::of_word(&field.from).ok_or_else(|| {
                    wrong(format!("{}: no value comes from {}", field.id, field.from))
                })?;
                if from.kind().is_some_and(|kind| kind != field.kind) {
                    return Err(wrong(format!(
                        "{}: {} is of another kind",
                        field.id, field.from
                    )));
                }
                if let Some(condition) = &field.only_if
                    && !conditions.contains(condition)
                {
                    return Err(wrong(format!(
                        "{}: {condition} is no question with yes and no before it",
                        field.id
                    )));
                }
                if !known.insert(field.id.clone()) {
                    return Err(wrong(format!("{} stands there twice", field.id)));
                }
                if field.kind == Kind::YesNo {
                    conditions.insert(field.id.clone());
                }
                fields.push(Field {
                    id: field.id,
                    says: field.says,
                    kind: field.kind,
                    required: field.required,
                    from,
                    only_if: field.only_if,
                    at_least: field.at_least,
                    unverified: field.unverified,
                });
            }
            groups.push(Group {
                id: group.id,
                says: group.says,
                fields,
            });
        }
        Ok(Self {
            id: read.id,
            version: read.version,
            title: read.title,
            product: read.product,
            due_in_days: read.due_in_days,
            soon_from_day: read.soon_from_day,
            source: read.source,
            unverified: read.unverified,
            sent_to: read.sent_to,
            groups,
        })
    }

    /// Every field, in the order of the form.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.groups.iter().flat_map(|group| &group.fields)
    }

    /// A field by its name.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields().find(|field| field.id == id)
    }
}

/// Every form that ships.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forms(Vec<Form>);

impl Forms {
    /// Reads what ships. Refuses a form of which [`Form::read`] refuses something, and a set of forms
    /// without the one that is filled by default.
    pub fn shipped() -> Result<Self, UnreadableForm> {
        let forms = SHIPPED
            .iter()
            .map(|(file, text)| Form::read(file, text))
            .collect::<Result<Vec<_>, _>>()?;
        match forms.first() {
            Some(first) if first.id == CURRENT => Ok(Self(forms)),
            Some(_) | None => Err(UnreadableForm {
                file: "forms/".to_owned(),
                says: format!("{CURRENT} does not come first"),
            }),
        }
    }

    /// All of them; the one that is filled by default comes first.
    pub fn all(&self) -> &[Form] {
        &self.0
    }

    /// The one that is filled by default.
    pub fn current(&self) -> Option<&Form> {
        self.0.first()
    }

    /// A form by its name.
    pub fn named(&self, id: &str) -> Option<&Form> {
        self.0.iter().find(|form| form.id == id)
    }
}
