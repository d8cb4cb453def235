//! The codes on the clinic's own labels: a monitor's, a place's, and a visit's.
//!
//! A code says only which thing it is and which clinic printed it: no name, no number of a
//! record. Capital letters and digits alone, because a hand scanner types them alike on every
//! keyboard. Source: device reference §10, rank 1.

use crate::record::{DeviceId, SessionId};
use uuid::Uuid;

/// What every code begins with: ours, first shape.
const HEAD: &str = "EK1";

/// Digits of the clinic's mark, and of what the label names.
const CLINIC_DIGITS: usize = 8;
const NAMED_DIGITS: usize = 32;

/// The clinic that printed a label, by the first bytes of the seal of its first entry: no two
/// clinics share it, and it stays as long as the record does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClinicMark(u32);

/// A place by its name in one clinic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceMark(Uuid);

/// What a label stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// A monitor.
    Monitor(DeviceId),
    /// A room, or a chair in it.
    Place(PlaceMark),
    /// A person for one visit: worn, or fixed to the chair's papers.
    Visit(SessionId),
}

/// Why a code is none of ours, in words for who scanned it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabelProblem {
    /// A medicine's code, a link, half a code.
    #[error(
        "This is not a label of a monitor, a place or a visit. Nothing was connected. Scan the label once more."
    )]
    NotALabel,
    /// Another clinic printed it.
    #[error(
        "Another clinic printed this label. Nothing was connected. Print this clinic’s own under Monitors, Labels."
    )]
    AnotherClinic,
}

impl ClinicMark {
    /// From the seal of the clinic's first entry.
    pub const fn of_seal(seal: &[u8; 32]) -> Self {
        Self(u32::from_be_bytes([seal[0], seal[1], seal[2], seal[3]]))
    }
}

impl PlaceMark {
    /// The mark of a place: the same for the same name in the same clinic.
    pub fn of(clinic: ClinicMark, name: &str) -> Self {
        let words = format!("{:08X} {name}", clinic.0);
        Self(Uuid::new_v5(&Uuid::NAMESPACE_OID, words.as_bytes()))
    }
}

impl Label {
    /// The code as it is printed.
    pub fn code(self, clinic: ClinicMark) -> String {
        let (letter, named) = match self {
            Self::Monitor(device) => ('M', device.0),
            Self::Place(place) => ('P', place.0),
            Self::Visit(session) => ('V', session.0),
        };
        format!("{HEAD}{letter}{:08X}{:032X}", clinic.0, named.as_u128())
    }

    /// What a scanned or typed code stands on. Spaces and small letters are read too.
    pub fn read(text: &str, clinic: ClinicMark) -> Result<Self, LabelProblem> {
        let text: String = text
            .chars()
            .filter(|letter| !letter.is_whitespace())
            .map(|letter| letter.to_ascii_uppercase())
            .collect();
        let rest = text.strip_prefix(HEAD).ok_or(LabelProblem::NotALabel)?;
        let plain = rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !plain || rest.len() != 1 + CLINIC_DIGITS + NAMED_DIGITS {
            return Err(LabelProblem::NotALabel);
        }
        let (letter, rest) = rest.split_at(1);
        let (printed_by, named) = rest.split_at(CLINIC_DIGITS);
        let printed_by =
            u32::from_str_radix(printed_by, 16).map_err(|_| LabelProblem::NotALabel)?;
        let named =
            Uuid::from_u128(u128::from_str_radix(named, 16).map_err(|_| LabelProblem::NotALabel)?);
        let label = match letter {
            "M" => Self::Monitor(DeviceId(named)),
            "P" => Self::Place(PlaceMark(named)),
            "V" => Self::Visit(SessionId(named)),
            _ => return Err(LabelProblem::NotALabel),
        };
        // A code that is whole is asked where it comes from, whatever it names: the identities of
        // two clinics never meet.
        if printed_by == clinic.0 {
            Ok(label)
        } else {
            Err(LabelProblem::AnotherClinic)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: ClinicMark = ClinicMark(0x0a1b_2c3d);
    const ELSEWHERE: ClinicMark = ClinicMark(0x0a1b_2c3e);

    fn labels() -> [Label; 3] {
        [
            Label::Monitor(DeviceId(Uuid::from_u128(7))),
            Label::Place(PlaceMark::of(HERE, "Room 2, chair A")),
            Label::Visit(SessionId(Uuid::from_u128(u128::MAX))),
        ]
    }

    #[test]
    fn what_is_printed_is_read_back_and_names_nobody() {
        for label in labels() {
            let code = label.code(HERE);
            assert_eq!(Label::read(&code, HERE), Ok(label), "{code}");
            assert_eq!(Label::read(&code.to_lowercase(), HERE), Ok(label));
            assert!(code.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
    }

    #[test]
    fn another_clinics_label_is_told_apart_from_nonsense() {
        // Hazard: H01
        for label in labels() {
            assert_eq!(
                Label::read(&label.code(ELSEWHERE), HERE),
                Err(LabelProblem::AnotherClinic)
            );
        }
        let whole = labels()[0].code(HERE);
        for nonsense in [
            "",
            "EK1",
            "K-H27GQ",
            "0100361414455014172805311 0LOT",
            &whole[..whole.len() - 1],
            &format!("{whole}0"),
            &whole.replacen("EK1M", "EK1X", 1),
            &whole.replacen("EK1", "EK2", 1),
            &format!("{}+", &whole[..whole.len() - 1]),
            &format!("{}Ä", &whole[..whole.len() - 2]),
        ] {
            assert_eq!(
                Label::read(nonsense, HERE),
                Err(LabelProblem::NotALabel),
                "{nonsense}"
            );
        }
    }

    #[test]
    fn a_place_has_one_mark_in_each_clinic() {
        assert_eq!(PlaceMark::of(HERE, "2"), PlaceMark::of(HERE, "2"));
        assert_ne!(PlaceMark::of(HERE, "2"), PlaceMark::of(HERE, "3"));
        assert_ne!(PlaceMark::of(HERE, "2"), PlaceMark::of(ELSEWHERE, "2"));
    }
}
