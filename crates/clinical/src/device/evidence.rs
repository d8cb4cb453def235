//! What a monitor says about its patient and place, against what the association says.
//!
//! Evidence, never authority: a disagreement is shown, and two strong ones stop attribution, but
//! nothing on the wire ever *makes* an association. Source: device reference §2.3 and §10.

use super::name::folded;
use crate::patient::CivilDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What came on the wire, as written there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WireEvidence {
    /// Every patient identifier (PID-3).
    pub patient_ids: Vec<String>,
    /// Family name (PID-5.1).
    pub family_name: Option<String>,
    /// Given name (PID-5.2).
    pub given_name: Option<String>,
    /// Birth date (PID-7).
    pub birth_date: Option<CivilDate>,
    /// Unit, room, bed and facility (PV1-3), those that are not empty.
    pub bed: Vec<String>,
}

/// What the association says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected<'a> {
    /// The clinic's number for the patient.
    pub record_number: &'a str,
    /// Family name.
    pub family_name: &'a str,
    /// Given name.
    pub given_name: &'a str,
    /// Birth date.
    pub birth_date: CivilDate,
    /// The room, and every other name under which monitors know it.
    pub rooms: &'a [String],
}

/// Identifiers that say nothing, because a device sends them when nobody entered one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placeholders(BTreeSet<String>);

/// Which sign disagrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The patient identifier is another one.
    PatientIdentifier,
    /// The birth date is another one.
    BirthDate,
    /// No part of the name is the same.
    Name,
    /// A part of the name is the same.
    NamePartly,
    /// The bed is not this room's.
    Bed,
}

/// How wire and association stand to each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "agreement", rename_all = "kebab-case")]
pub enum Agreement {
    /// The wire says nothing that could be compared.
    NoEvidence,
    /// Something could be compared, and nothing disagrees.
    Agrees,
    /// Something disagrees: data keep flowing, flagged, under a banner.
    WeakConflict {
        /// What.
        reasons: Vec<Reason>,
    },
    /// Two or more strong signs disagree: data are attributed to nobody.
    StrongConflict {
        /// What.
        reasons: Vec<Reason>,
    },
}

impl Reason {
    /// Strong signs tell persons apart; weak ones tell places or spellings apart.
    ///
    /// The reference ranks a name as a weak *ground for* an association. As a sign *against*
    /// one, a name without any part in common is counted as strong: with a second sign of that
    /// kind it is far likelier to be another person than a slip of typing.
    pub const fn is_strong(self) -> bool {
        match self {
            Self::PatientIdentifier | Self::BirthDate | Self::Name => true,
            Self::NamePartly | Self::Bed => false,
        }
    }

    /// In words that a nurse reads, without the patient's data.
    pub const fn says(self) -> &'static str {
        match self {
            Self::PatientIdentifier => "the monitor carries another patient number",
            Self::BirthDate => "the monitor carries another birth date",
            Self::Name => "the monitor carries another name",
            Self::NamePartly => "the name on the monitor is partly different",
            Self::Bed => "the monitor says it stands at another bed",
        }
    }
}

impl Agreement {
    /// What disagrees.
    pub fn reasons(&self) -> &[Reason] {
        match self {
            Self::NoEvidence | Self::Agrees => &[],
            Self::WeakConflict { reasons } | Self::StrongConflict { reasons } => reasons,
        }
    }
}

impl Placeholders {
    /// The identifiers that a profile or a clinic names, besides those that say nothing anyhow:
    /// empty ones, and ones of a single repeated digit or letter such as `99999` or `0`.
    pub fn new(named: impl IntoIterator<Item = String>) -> Self {
        Self(named.into_iter().map(|id| normal(&id)).collect())
    }

    /// True when the identifier says nothing.
    pub fn contains(&self, id: &str) -> bool {
        let id = normal(id);
        let repeats = id
            .chars()
            .next()
            .is_none_or(|first| id.chars().all(|c| c == first));
        repeats || self.0.contains(&id)
    }
}

impl Default for Placeholders {
    /// `99999` is seen on Mindray monitors (device reference §2.3).
    fn default() -> Self {
        Self::new(["99999".to_owned()])
    }
}

/// Compares what came on the wire with the association.
pub fn compare(wire: &WireEvidence, expected: &Expected, placeholders: &Placeholders) -> Agreement {
    let ids = patient_identifier(wire, expected, placeholders);
    let signs = [
        ids,
        birth_date(wire, expected),
        name(wire, expected),
        bed(wire, expected),
    ];
    let compared = signs.iter().flatten().count();
    let reasons: Vec<Reason> = signs
        .into_iter()
        .flatten()
        .filter_map(|sign| sign.err())
        .collect();
    match reasons.iter().filter(|reason| reason.is_strong()).count() {
        0 if reasons.is_empty() && compared == 0 => Agreement::NoEvidence,
        0 if reasons.is_empty() => Agreement::Agrees,
        0 | 1 => Agreement::WeakConflict { reasons },
        _ => Agreement::StrongConflict { reasons },
    }
}

/// `None`: nothing to compare.
type Sign = Option<Result<(), Reason>>;

fn patient_identifier(
    wire: &WireEvidence,
    expected: &Expected,
    placeholders: &Placeholders,
) -> Sign {
    let mut real = wire
        .patient_ids
        .iter()
        .filter(|id| !placeholders.contains(id))
        .peekable();
    real.peek()?;
    // A patient may have several numbers; one that is ours is enough.
    let ours = normal(expected.record_number);
    Some(if real.any(|id| normal(id) == ours) {
        Ok(())
    } else {
        Err(Reason::PatientIdentifier)
    })
}

fn birth_date(wire: &WireEvidence, expected: &Expected) -> Sign {
    let said = wire.birth_date?;
    Some(if said == expected.birth_date {
        Ok(())
    } else {
        Err(Reason::BirthDate)
    })
}

fn name(wire: &WireEvidence, expected: &Expected) -> Sign {
    let whole = |family: Option<&str>, given: Option<&str>| {
        format!(
            "{} {}",
            family.unwrap_or_default(),
            given.unwrap_or_default()
        )
    };
    let said = whole(wire.family_name.as_deref(), wire.given_name.as_deref());
    let known = whole(Some(expected.family_name), Some(expected.given_name));
    if folded(&said, false).is_empty() {
        return None;
    }
    // Each way of writing ä, ö, ü on either side.
    let (said, known) = (
        [folded(&said, false), folded(&said, true)],
        [folded(&known, false), folded(&known, true)],
    );
    let pairs = || {
        said.iter()
            .flat_map(|said| known.iter().map(move |known| (said, known)))
    };
    // A monitor may carry fewer parts than the record, such as the family name alone.
    let agrees = pairs().any(|(said, known)| said.iter().all(|part| known.contains(part)));
    let partly = pairs().any(|(said, known)| said.iter().any(|part| known.contains(part)));
    Some(match (agrees, partly) {
        (true, true | false) => Ok(()),
        (false, true) => Err(Reason::NamePartly),
        (false, false) => Err(Reason::Name),
    })
}

fn bed(wire: &WireEvidence, expected: &Expected) -> Sign {
    let said: Vec<String> = wire
        .bed
        .iter()
        .map(|part| normal(part))
        .filter(|part| !part.is_empty())
        .collect();
    if said.is_empty() || expected.rooms.is_empty() {
        return None;
    }
    let known: Vec<String> = expected.rooms.iter().map(|room| normal(room)).collect();
    Some(if said.iter().any(|part| known.contains(part)) {
        Ok(())
    } else {
        Err(Reason::Bed)
    })
}

/// Letters and digits only, upper case.
fn normal(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests;
