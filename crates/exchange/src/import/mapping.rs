//! A mapping: how the files of another system are read. Data, with a small closed vocabulary.

use clinical::course::screening::medicine::Use;
use clinical::course::screening::person::Reaction;
use clinical::leaflet::Language;
use clinical::patient::{CivilDate, Sex};
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, IntoDeserializer as _};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The mappings that ship, by name.
const SHIPPED: [(&str, &str); 2] = [
    (
        "osmind",
        include_str!("../../../../codes/imports/osmind.toml"),
    ),
    (
        "optimantra",
        include_str!("../../../../codes/imports/optimantra.toml"),
    ),
];

/// What the rows of a file are about. A closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Who the people are, a row for each.
    People,
    /// What they do not tolerate.
    Allergies,
    /// What they take or took.
    Medicines,
    /// Totals of questionnaires and scales.
    Scores,
    /// Diagnoses with codes.
    Diagnoses,
    /// What clinicians wrote.
    Notes,
    /// School, work, family.
    SocialHistory,
    /// Appointments and treatments of the other system.
    Visits,
    /// Answers of questionnaires, one by one.
    Answers,
    /// The other system's questionnaires themselves, of nobody.
    QuestionnaireTemplates,
    /// Measurements.
    VitalSigns,
}

impl Kind {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Allergies => "allergies",
            Self::Medicines => "medicines",
            Self::Scores => "scores",
            Self::Diagnoses => "diagnoses",
            Self::Notes => "notes",
            Self::SocialHistory => "social-history",
            Self::Visits => "visits",
            Self::Answers => "answers",
            Self::QuestionnaireTemplates => "questionnaire-templates",
            Self::VitalSigns => "vital-signs",
        }
    }

    /// Why nothing of this kind is brought in; none for what has a place in the record.
    ///
    /// What somebody judged, measured or signed elsewhere is not made ours by copying it.
    pub const fn no_place(self) -> Option<&'static str> {
        match self {
            Self::People | Self::Allergies | Self::Medicines | Self::Scores => None,
            Self::Diagnoses => Some(
                "A diagnosis is a prescriber’s judgement here, and rules ask for it in their own \
                 words: a code of elsewhere does not answer them. Keep the file.",
            ),
            Self::Notes => Some(
                "A note here belongs to a session of this record and has its author’s signature. \
                 Keep the file.",
            ),
            Self::SocialHistory => Some("The record has no place for it. Keep the file."),
            Self::Visits => Some(
                "Visits of elsewhere are not sessions of this record; visits to come are booked \
                 here. Keep the file.",
            ),
            Self::Answers => Some(
                "Single answers would call for somebody today for what was answered long ago. \
                 Totals are brought; keep the file.",
            ),
            Self::QuestionnaireTemplates => {
                Some("These are the other system’s questionnaires, of no person.")
            }
            Self::VitalSigns => Some(
                "Doses and rules rest on what was weighed and measured here: measure again. Keep \
                 the file.",
            ),
        }
    }

    /// True where the file is about no person, so that nothing of anybody is left out.
    pub const fn is_of_nobody(self) -> bool {
        matches!(self, Self::QuestionnaireTemplates)
    }

    /// What a file of this kind may tell, and whether it must.
    const fn fields(self) -> &'static [(Field, bool)] {
        match self {
            Self::People => &[
                (Field::Person, true),
                (Field::RecordNumber, false),
                (Field::FamilyName, true),
                (Field::GivenName, true),
                (Field::BirthDate, true),
                (Field::Sex, false),
                (Field::Language, false),
                (Field::Email, false),
                (Field::Mobile, false),
                (Field::EmergencyName, false),
                (Field::EmergencyPhone, false),
                (Field::EmergencyRelationship, false),
            ],
            Self::Allergies => &[
                (Field::Person, true),
                (Field::Substance, true),
                (Field::Happened, false),
                (Field::Reaction, false),
            ],
            Self::Medicines => &[
                (Field::Person, true),
                (Field::Medicine, true),
                (Field::Dose, false),
                (Field::Frequency, false),
                (Field::Use, false),
                (Field::StoppedOn, false),
            ],
            Self::Scores => &[
                (Field::Person, true),
                (Field::Scale, true),
                (Field::Total, true),
                (Field::FilledOn, true),
            ],
            Self::Diagnoses
            | Self::Notes
            | Self::SocialHistory
            | Self::Visits
            | Self::Answers
            | Self::QuestionnaireTemplates
            | Self::VitalSigns => &[],
        }
    }

    /// What a file of this kind must have a column for.
    pub(super) fn needs(self) -> impl Iterator<Item = Field> {
        let fields = self.fields().iter();
        fields.filter(|(_, must)| *must).map(|(field, _)| *field)
    }
}

/// What a column tells. A closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// By what the files of the export name a person.
    Person,
    /// The record number that the person keeps here; without one, the clinic’s next free one.
    RecordNumber,
    /// Family name.
    FamilyName,
    /// Given name or names.
    GivenName,
    /// Date of birth.
    BirthDate,
    /// Administrative sex.
    Sex,
    /// In which language they are written to.
    Language,
    /// E-mail address.
    Email,
    /// Number of the mobile telephone.
    Mobile,
    /// Whom to call in an emergency.
    EmergencyName,
    /// That person’s number.
    EmergencyPhone,
    /// Who they are to the person.
    EmergencyRelationship,
    /// What was not tolerated.
    Substance,
    /// What happened then.
    Happened,
    /// Whether that was an allergy or a side effect.
    Reaction,
    /// A medicine.
    Medicine,
    /// How much of it.
    Dose,
    /// How often.
    Frequency,
    /// Whether it is still taken.
    Use,
    /// When it ended; anything but an empty cell says that it did.
    StoppedOn,
    /// Which questionnaire or scale.
    Scale,
    /// Its total.
    Total,
    /// When it was filled in.
    FilledOn,
}

impl Field {
    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Person => "which person it is",
            Self::RecordNumber => "the record number",
            Self::FamilyName => "the family name",
            Self::GivenName => "the given name",
            Self::BirthDate => "the date of birth",
            Self::Sex => "the sex",
            Self::Language => "the language",
            Self::Email => "the e-mail address",
            Self::Mobile => "the mobile number",
            Self::EmergencyName => "the name of the emergency contact",
            Self::EmergencyPhone => "the number of the emergency contact",
            Self::EmergencyRelationship => "who the emergency contact is",
            Self::Substance => "the substance",
            Self::Happened => "what happened",
            Self::Reaction => "whether it was an allergy",
            Self::Medicine => "the medicine",
            Self::Dose => "the dose",
            Self::Frequency => "how often it is taken",
            Self::Use => "whether it is still taken",
            Self::StoppedOn => "when it was stopped",
            Self::Scale => "the questionnaire",
            Self::Total => "the total",
            Self::FilledOn => "when it was filled in",
        }
    }
}

/// How a date is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum DateForm {
    #[serde(rename = "year-month-day")]
    YearMonthDay,
    #[serde(rename = "month/day/year")]
    MonthDayYear,
    #[serde(rename = "day/month/year")]
    DayMonthYear,
    #[serde(rename = "day.month.year")]
    DottedDayMonthYear,
}

impl DateForm {
    /// Between the parts, and where year, month and day stand.
    const fn shape(self) -> (char, [usize; 3]) {
        match self {
            Self::YearMonthDay => ('-', [0, 1, 2]),
            Self::MonthDayYear => ('/', [2, 0, 1]),
            Self::DayMonthYear => ('/', [2, 1, 0]),
            Self::DottedDayMonthYear => ('.', [2, 1, 0]),
        }
    }

    /// A year of two digits is not read: nobody can tell a child from a person of a hundred years.
    fn read(self, text: &str) -> Option<CivilDate> {
        let (between, [year, month, day]) = self.shape();
        let parts: Vec<&str> = text.split(between).collect();
        let number = |place: usize, digits: std::ops::RangeInclusive<usize>| {
            let part = *parts.get(place)?;
            let whole = part.bytes().all(|byte| byte.is_ascii_digit());
            (whole && digits.contains(&part.len())).then_some(part)
        };
        if parts.len() != 3 {
            return None;
        }
        let year = number(year, 4..=4)?.parse().ok()?;
        let month = number(month, 1..=2)?.parse().ok()?;
        let day = number(day, 1..=2)?.parse().ok()?;
        CivilDate::new(year, month, day).ok()
    }
}

/// How the bytes of the files are text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum Encoding {
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "windows-1252")]
    Windows1252,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MappingFile {
    id: String,
    version: u32,
    title: String,
    source: String,
    unverified: bool,
    encoding: Encoding,
    dates: Vec<DateForm>,
    language_when_not_told: Language,
    #[serde(default)]
    words: WordsFile,
    file: Vec<FileEntry>,
}

type Words = BTreeMap<String, Vec<String>>;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WordsFile {
    sex: Words,
    language: Words,
    #[serde(rename = "use")]
    taken: Words,
    reaction: Words,
    none: NoneWords,
    scale: Words,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct NoneWords {
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileEntry {
    kind: Kind,
    names: Vec<String>,
    #[serde(default)]
    column: BTreeMap<Field, Vec<String>>,
}

/// Why a mapping cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableMapping {
    /// It is no TOML of this shape.
    #[error("{0}")]
    Shape(String),
    /// A key that is not of the closed list.
    #[error("[words.{table}] has {key:?}, which is no word of ours")]
    Key {
        /// Of which table.
        table: &'static str,
        /// What stands there.
        key: String,
    },
    /// A word with two meanings.
    #[error("[words.{table}] has {word:?} twice")]
    WordTwice {
        /// Of which table.
        table: &'static str,
        /// Which.
        word: String,
    },
    /// Day before month and month before day.
    #[error("month/day/year and day/month/year stand side by side: 3/4/1990 would be two days")]
    DatesOfTwoWays,
    /// No way of writing a date.
    #[error("`dates` is empty")]
    NoDates,
    /// A kind of file cannot tell that.
    #[error("a file of {kind} does not tell {field}")]
    ForeignField {
        /// What the rows are about.
        kind: &'static str,
        /// What it cannot tell.
        field: &'static str,
    },
    /// A kind of file must tell that.
    #[error("a file of {kind} must tell {field}, and no heading is given for it")]
    FieldMissing {
        /// What the rows are about.
        kind: &'static str,
        /// What is missing.
        field: &'static str,
    },
    /// Nothing would be understood.
    #[error("there is no [[file]] of people")]
    NoPeople,
}

/// A word table: each word as it is compared, with what it means here.
pub(super) type Table<T> = BTreeMap<String, T>;

/// One kind of file of the export.
#[derive(Clone, Debug)]
pub(super) struct FileRule {
    pub(super) kind: Kind,
    /// As they are compared.
    names: Vec<String>,
    /// The headings of each field, as they are compared; the first that a file has is taken.
    pub(super) columns: BTreeMap<Field, Vec<String>>,
}

/// How the files of another system are read.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// Its name.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// What the other system is called.
    pub title: String,
    /// Where it was read.
    pub source: String,
    /// True where headings are our assumption.
    pub unverified: bool,
    pub(super) encoding: Encoding,
    dates: Vec<DateForm>,
    /// The language that people are written to in where the export does not tell it.
    pub(super) language_when_not_told: Language,
    pub(super) sex: Table<Sex>,
    pub(super) language: Table<Language>,
    pub(super) taken: Table<Use>,
    pub(super) reaction: Table<Reaction>,
    /// Instruments by the names that the export gives them.
    pub(super) scale: Table<String>,
    none: Vec<String>,
    files: Vec<FileRule>,
}

impl Mapping {
    /// The mappings that ship.
    ///
    /// # Errors
    ///
    /// Never in a program that was tested: a test reads each.
    pub fn shipped() -> Result<Vec<Self>, UnreadableMapping> {
        SHIPPED.iter().map(|(_, text)| Self::read(text)).collect()
    }

    /// The shipped mapping of this name, as a file; none where none has it.
    pub fn shipped_text(id: &str) -> Option<&'static str> {
        let found = SHIPPED.iter().find(|(name, _)| *name == id)?;
        Some(found.1)
    }

    /// Reads a mapping.
    ///
    /// # Errors
    ///
    /// What is not of the closed vocabulary, a word with two meanings, dates that could be two
    /// days, and a file of people, allergies, medicines or scores without a heading for what a row
    /// must tell.
    pub fn read(text: &str) -> Result<Self, UnreadableMapping> {
        let file: MappingFile =
            toml::from_str(text).map_err(|error| UnreadableMapping::Shape(error.to_string()))?;
        if file.dates.is_empty() {
            return Err(UnreadableMapping::NoDates);
        }
        if [DateForm::MonthDayYear, DateForm::DayMonthYear]
            .iter()
            .all(|form| file.dates.contains(form))
        {
            return Err(UnreadableMapping::DatesOfTwoWays);
        }
        let files = file.file.into_iter().map(rule);
        let files = files.collect::<Result<Vec<_>, _>>()?;
        if !files.iter().any(|rule| rule.kind == Kind::People) {
            return Err(UnreadableMapping::NoPeople);
        }
        Ok(Self {
            id: file.id,
            version: file.version,
            title: file.title,
            source: file.source,
            unverified: file.unverified,
            encoding: file.encoding,
            dates: file.dates,
            language_when_not_told: file.language_when_not_told,
            sex: table("sex", &file.words.sex)?,
            language: table("language", &file.words.language)?,
            taken: table("use", &file.words.taken)?,
            reaction: table("reaction", &file.words.reaction)?,
            scale: table("scale", &file.words.scale)?,
            none: file
                .words
                .none
                .words
                .iter()
                .map(|word| plain(word))
                .collect(),
            files,
        })
    }

    /// The ids of the scales that it names, each once.
    pub fn scales(&self) -> BTreeSet<&str> {
        self.scale.values().map(String::as_str).collect()
    }

    /// A date as the export writes it; a time of day behind it is not read.
    pub(super) fn date(&self, text: &str) -> Option<CivilDate> {
        let text = text.trim();
        let day = match text.split_once([' ', 'T']) {
            Some((day, time)) if is_time(time) => day,
            Some(_) => return None,
            None => text,
        };
        self.dates.iter().find_map(|form| form.read(day))
    }

    /// True where the words say that somebody was asked and has none.
    pub(super) fn says_none(&self, words: &str) -> bool {
        self.none.contains(&plain(words))
    }

    /// Which kind of file a name belongs to: the one whose name stands in it whole, the longest
    /// such; none where no name does, or two of the same length would.
    pub(super) fn rule_of(&self, file_name: &str) -> Option<&FileRule> {
        let stem = file_name
            .rsplit_once('.')
            .map_or(file_name, |(stem, _)| stem);
        let stem = format!(" {} ", plain(stem));
        let length = |rule: &FileRule| {
            let within = rule
                .names
                .iter()
                .filter(|name| stem.contains(&format!(" {name} ")));
            within.map(String::len).max()
        };
        let longest = self.files.iter().filter_map(length).max()?;
        let mut found = self
            .files
            .iter()
            .filter(|rule| length(rule) == Some(longest));
        let rule = found.next()?;
        found.next().is_none().then_some(rule)
    }
}

fn rule(entry: FileEntry) -> Result<FileRule, UnreadableMapping> {
    let kind = entry.kind;
    let known = kind.fields();
    for field in entry.column.keys() {
        if !known.iter().any(|(known, _)| known == field) {
            return Err(UnreadableMapping::ForeignField {
                kind: kind.word(),
                field: field.says(),
            });
        }
    }
    for field in kind.needs() {
        if entry.column.get(&field).is_none_or(Vec::is_empty) {
            return Err(UnreadableMapping::FieldMissing {
                kind: kind.word(),
                field: field.says(),
            });
        }
    }
    let compared = |words: &[String]| words.iter().map(|word| plain(word)).collect();
    Ok(FileRule {
        kind,
        names: compared(&entry.names),
        columns: entry
            .column
            .iter()
            .map(|(field, headings)| (*field, compared(headings)))
            .collect(),
    })
}

fn table<T: DeserializeOwned + Clone>(
    name: &'static str,
    words: &Words,
) -> Result<Table<T>, UnreadableMapping> {
    let mut table = Table::new();
    for (key, words) in words {
        let deserializer: StrDeserializer<'_, serde::de::value::Error> =
            key.as_str().into_deserializer();
        let meaning = T::deserialize(deserializer).map_err(|_| UnreadableMapping::Key {
            table: name,
            key: key.clone(),
        })?;
        for word in words {
            if table.insert(plain(word), meaning.clone()).is_some() {
                return Err(UnreadableMapping::WordTwice {
                    table: name,
                    word: word.clone(),
                });
            }
        }
    }
    Ok(table)
}

/// A heading, a name or a word as it is compared: without case, and with one space for every run of
/// spaces, underscores and hyphens.
pub(super) fn plain(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|sign| match sign {
            '_' | '-' => ' ',
            other => other,
        })
        .flat_map(char::to_lowercase)
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What may stand behind a date: a time of day, with seconds and a zone or without.
fn is_time(text: &str) -> bool {
    let text = text.trim();
    text.starts_with(|first: char| first.is_ascii_digit())
        && text.contains(':')
        && text
            .chars()
            .all(|sign| sign.is_ascii_digit() || ":.+- ZAPMapm".contains(sign))
}
