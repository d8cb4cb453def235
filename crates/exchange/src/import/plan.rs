//! What an export would make of the record, typed.

use clinical::course::intake::{Intolerant, TakenMedicine};
use clinical::instrument::Points;
use clinical::patient::{CivilDate, Contacts, Sex};
use std::collections::BTreeMap;

/// Where a row stands: what it becomes is named by this, so that a second run makes nothing twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct From {
    /// The SHA-256 of its file.
    pub sha256: String,
    /// Its line, from 1.
    pub line: u64,
}

/// Somebody who would be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedPerson {
    /// The row.
    pub from: From,
    /// By what the export names them.
    pub key: String,
    /// The number that they keep; none: the clinic’s next free one.
    pub record_number: Option<String>,
    /// Family name.
    pub family_name: String,
    /// Given name or names.
    pub given_name: String,
    /// Date of birth.
    pub birth_date: CivilDate,
    /// Administrative sex; unknown where it is not told.
    pub sex: Sex,
    /// How they are reached. They have agreed to no message yet.
    pub contacts: Contacts,
    /// What they do not tolerate.
    pub allergies: Vec<PlannedAllergy>,
    /// What they take or took.
    pub medicines: Vec<PlannedMedicine>,
    /// Totals of scales.
    pub scores: Vec<PlannedScore>,
}

/// What somebody does not tolerate, as the export says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedAllergy {
    /// The row.
    pub from: From,
    /// What; nobody has judged it yet.
    pub intolerant: Intolerant,
}

/// A medicine, as the export says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedMedicine {
    /// The row.
    pub from: From,
    /// Which.
    pub taken: TakenMedicine,
}

/// The total of a scale that was filled in elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedScore {
    /// The row.
    pub from: From,
    /// Which scale, by the id of its file.
    pub scale: String,
    /// Its total.
    pub total: Points,
    /// On which day it was filled in.
    pub filled_on: CivilDate,
}

/// How somebody of the export stands in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Here {
    /// An earlier run of this export has registered them.
    BroughtBefore,
    /// They are here under this number, which the export gives them too.
    Registered(String),
    /// They may be the person of this number.
    Alike(String),
    /// Their number is somebody else’s.
    NumberOfAnother,
}

/// What the record knows of the people of an export, by the row of each; who is not named is new.
pub type Known = BTreeMap<(String, u64), Here>;
