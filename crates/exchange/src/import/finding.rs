//! What would not fit, and the count of every row.

use super::mapping::{Field, Kind};
use serde::Serialize;

/// What a finding costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Costs {
    /// A whole file is not brought.
    File,
    /// A row is not brought.
    Row,
    /// A value of a row is not brought; the row is.
    Value,
    /// Nothing; somebody should know.
    Nothing,
}

impl Costs {
    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::File => "file left out",
            Self::Row => "row left out",
            Self::Value => "value left out",
            Self::Nothing => "to know",
        }
    }
}

/// Why something does not fit. A closed list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The mapping has no name for this file.
    FileUnmapped,
    /// It is no CSV by its name.
    NotCsv,
    /// Two files of the folder have one name.
    FileTwice,
    /// More bytes than are read.
    FileTooLarge {
        /// How many are.
        largest: u64,
    },
    /// The bytes are no text in the encoding that the mapping names.
    NotText {
        /// What they seem to be.
        because: &'static str,
    },
    /// There is no line of headings.
    NoHeadings,
    /// The file has no column for what each row must tell.
    HeadingMissing {
        /// What.
        field: Field,
        /// The headings that are understood.
        understood: Vec<String>,
    },
    /// One heading stands there twice, and it would be read.
    HeadingTwice,
    /// The mapping does not read this column.
    ColumnUnmapped,
    /// What the file is about has no place here.
    NoPlace(Kind),
    /// A row with more or fewer cells than headings.
    CellsMissing {
        /// How many headings.
        headings: usize,
    },
    /// A row that must tell it does not.
    Empty(Field),
    /// Longer than a form takes.
    TooLong {
        /// The most characters.
        longest: usize,
    },
    /// No date as the mapping says that dates are written.
    NotADate,
    /// A day that has not come.
    DayToCome,
    /// Born before 1900.
    BornTooEarly,
    /// A word that the mapping does not know.
    UnknownWord(Field),
    /// The language is not told, or not one of ours; the mapping’s is taken.
    LanguageAssumed,
    /// No e-mail address.
    NotAnEmail,
    /// No telephone number.
    NotAPhone,
    /// A number for an emergency without a name, or a name without a number.
    HalfAContact,
    /// Says of somebody that there is none.
    SaysNone,
    /// Whether a medicine is still taken is not told.
    UseUnknown,
    /// No row of people has this person.
    NobodyOfThisKey,
    /// The person’s own row is left out.
    PersonLeftOut,
    /// The same person key stands in another row with other words.
    PersonTwice {
        /// On which line.
        other: u64,
    },
    /// The same name and birth date stand in another row.
    AlikeInTheExport {
        /// On which line.
        other: u64,
    },
    /// The same record number stands in another row.
    NumberTwice {
        /// On which line.
        other: u64,
    },
    /// The record has this person, by number, name and birth date.
    InTheRecord {
        /// Under which number.
        number: String,
    },
    /// The record may have this person under another number.
    MayBeInTheRecord {
        /// Under which number.
        number: String,
    },
    /// The number is somebody else’s here.
    NumberIsSomebodyElses,
    /// The scale is one that we do not have.
    NoSuchScale,
    /// No number.
    NotANumber,
    /// The scale has no such total.
    NoSuchTotal {
        /// In words.
        says: String,
    },
}

impl Problem {
    /// What it costs.
    pub const fn costs(&self) -> Costs {
        match self {
            Self::FileUnmapped
            | Self::NotCsv
            | Self::FileTwice
            | Self::FileTooLarge { .. }
            | Self::NotText { .. }
            | Self::NoHeadings
            | Self::HeadingMissing { .. }
            | Self::HeadingTwice
            | Self::NoPlace(_) => Costs::File,
            Self::CellsMissing { .. }
            | Self::Empty(_)
            | Self::TooLong { .. }
            | Self::NotADate
            | Self::DayToCome
            | Self::BornTooEarly
            | Self::SaysNone
            | Self::UseUnknown
            | Self::NobodyOfThisKey
            | Self::PersonLeftOut
            | Self::PersonTwice { .. }
            | Self::AlikeInTheExport { .. }
            | Self::NumberTwice { .. }
            | Self::InTheRecord { .. }
            | Self::MayBeInTheRecord { .. }
            | Self::NumberIsSomebodyElses
            | Self::NoSuchScale
            | Self::NotANumber
            | Self::NoSuchTotal { .. } => Costs::Row,
            Self::ColumnUnmapped
            | Self::UnknownWord(_)
            | Self::NotAnEmail
            | Self::NotAPhone
            | Self::HalfAContact => Costs::Value,
            Self::LanguageAssumed => Costs::Nothing,
        }
    }

    /// In a plain sentence.
    pub fn says(&self) -> String {
        match self {
            Self::FileUnmapped => {
                "The mapping has no name for this file, so nobody knows what its rows are.".into()
            }
            Self::NotCsv => "Only files whose name ends in .csv are read.".into(),
            Self::FileTwice => "Another file of the folder has the same name.".into(),
            Self::FileTooLarge { largest } => {
                format!("The file is larger than {largest} bytes; split it.")
            }
            Self::NotText { because } => format!("The bytes are not read: {because}."),
            Self::NoHeadings => "The file has no line of headings.".into(),
            Self::HeadingMissing { field, understood } => format!(
                "No column tells {}; understood are: {}.",
                field.says(),
                understood.join(", ")
            ),
            Self::HeadingTwice => {
                "This heading stands there twice, so nobody knows which column is meant.".into()
            }
            Self::ColumnUnmapped => {
                "The mapping does not read this column; what stands in it is not brought.".into()
            }
            Self::NoPlace(kind) => kind.no_place().unwrap_or_default().into(),
            Self::CellsMissing { headings } => {
                format!("The row has another number of cells than the {headings} headings.")
            }
            Self::Empty(field) => format!("The row does not tell {}.", field.says()),
            Self::TooLong { longest } => format!("This is longer than {longest} characters."),
            Self::NotADate => "This is no date as the mapping says that dates are written.".into(),
            Self::DayToCome => "This day has not come yet.".into(),
            Self::BornTooEarly => "This is before 1900.".into(),
            Self::UnknownWord(field) => format!(
                "The mapping does not know this word for {}; it stays unknown.",
                field.says()
            ),
            Self::LanguageAssumed => {
                "No language of ours is told; the person is written to in the one that the mapping \
                 names."
                    .into()
            }
            Self::NotAnEmail => "This is not an e-mail address.".into(),
            Self::NotAPhone => "This is not a telephone number of 7 to 15 digits.".into(),
            Self::HalfAContact => {
                "An emergency contact needs a name and a number; one of them is missing.".into()
            }
            Self::SaysNone => {
                "The export says that there are none. That is not copied: the person is asked \
                 again here."
                    .into()
            }
            Self::UseUnknown => {
                "The row does not say in words that are known whether it is still taken.".into()
            }
            Self::NobodyOfThisKey => "No row of people has this person.".into(),
            Self::PersonLeftOut => "The row of this person is itself left out.".into(),
            Self::PersonTwice { other } => format!(
                "The same person stands on line {other} with other words; nobody knows which holds."
            ),
            Self::AlikeInTheExport { other } => format!(
                "Line {other} has the same name and birth date; register this one by hand after \
                 comparing."
            ),
            Self::NumberTwice { other } => {
                format!("Line {other} has the same record number.")
            }
            Self::InTheRecord { number } => format!(
                "This person is in the record already, as No. {number}; what is new is entered by \
                 hand."
            ),
            Self::MayBeInTheRecord { number } => format!(
                "This person may be No. {number}, who is in the record already; compare, and \
                 register by hand."
            ),
            Self::NumberIsSomebodyElses => {
                "This record number is somebody else’s here; register by hand with another.".into()
            }
            Self::NoSuchScale => {
                "The mapping does not know this questionnaire as one that we have.".into()
            }
            Self::NotANumber => "This is not a number.".into(),
            Self::NoSuchTotal { says } => format!("The scale does not have it: {says}"),
        }
    }
}

/// Something that would not fit, or that somebody should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// In which file.
    pub file: String,
    /// On which line of it, from 1; none where it is about the file.
    pub line: Option<u64>,
    /// In which column, by its heading.
    pub column: Option<String>,
    /// What stands there; empty where nothing does.
    pub found: String,
    /// How many rows or cells it is about.
    pub count: u64,
    /// Why it does not fit.
    pub problem: Problem,
}

/// Every row of one file, once: `read` is the sum of the three others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// The file.
    pub file: String,
    /// The SHA-256 of its bytes.
    pub sha256: String,
    /// What its rows are about; none where nobody knows.
    pub kind: Option<Kind>,
    /// Rows below the headings.
    pub read: u64,
    /// Rows that fit.
    pub fit: u64,
    /// Rows that do not; each has a finding, or its file has.
    pub unfit: u64,
    /// Rows that say nothing more: empty ones, those that say once more what another row says, and
    /// those of a file that is about nobody.
    pub ignored: u64,
}

/// What an export would bring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Fits {
    /// People.
    pub people: u64,
    /// Of them, those whom an earlier run of this very export has brought.
    pub brought_before: u64,
    /// Allergies and intolerances.
    pub allergies: u64,
    /// Medicines.
    pub medicines: u64,
    /// Totals of scales.
    pub scores: u64,
}
