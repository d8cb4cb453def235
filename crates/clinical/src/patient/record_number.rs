//! A record number is one person's. Each number has a stream of its own, so that two desks that
//! give the same number at the same moment cannot both succeed.

use crate::record::{Folded, Header, PatientId, Recorded, StreamKind};
use serde::{Deserialize, Serialize};

/// What became true of a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum RecordNumberEvent {
    /// It was given to somebody, who keeps it: no number is ever given twice.
    RecordNumberGiven {
        /// The number, as it was written.
        number: String,
        /// Whose it is.
        patient: PatientId,
    },
}

/// A number, folded from its stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordNumber {
    /// Whose it is.
    pub holder: Option<PatientId>,
}

/// The number is somebody else's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberTaken(pub PatientId);

impl Recorded for RecordNumberEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::RecordNumberGiven { .. } => "RecordNumberGiven",
        }
    }
}

impl Folded for RecordNumber {
    type Event = RecordNumberEvent;
    const KIND: StreamKind = StreamKind::RecordNumber;
    fn take(&mut self, _header: &Header, event: &RecordNumberEvent) {
        match event {
            RecordNumberEvent::RecordNumberGiven { number: _, patient } => {
                self.holder = Some(*patient);
            }
        }
    }
}

impl RecordNumber {
    /// Gives the number to somebody; nothing happens when it is theirs already.
    // Hazard: H02
    pub fn give(
        self,
        number: &str,
        patient: PatientId,
    ) -> Result<Vec<RecordNumberEvent>, NumberTaken> {
        match self.holder {
            Some(holder) if holder == patient => Ok(Vec::new()),
            Some(holder) => Err(NumberTaken(holder)),
            None => Ok(vec![RecordNumberEvent::RecordNumberGiven {
                number: number.to_owned(),
                patient,
            }]),
        }
    }
}

/// The number as it is compared: without spaces and case.
pub fn compared(number: &str) -> String {
    number
        .chars()
        .filter(|sign| !sign.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_number_that_is_somebodys_is_given_to_nobody_else() {
        // Hazard: H02
        let (ana, ben) = (PatientId(Uuid::from_u128(1)), PatientId(Uuid::from_u128(2)));
        let free = RecordNumber::default();
        assert_eq!(free.give("0042-118", ana).map(|events| events.len()), Ok(1));
        let hers = RecordNumber { holder: Some(ana) };
        assert_eq!(hers.give("0042-118", ana), Ok(vec![]));
        assert_eq!(hers.give("0042-118", ben), Err(NumberTaken(ana)));
    }

    #[test]
    fn a_number_is_the_same_however_it_is_spaced_and_whatever_its_case() {
        assert_eq!(compared(" 0042 - 11A"), compared("0042-11a"));
        assert_ne!(compared("0042-118"), compared("0042-119"));
    }

    #[test]
    fn the_event_is_read_back_as_it_was_written() {
        let event = RecordNumberEvent::RecordNumberGiven {
            number: "0042-118".into(),
            patient: PatientId(Uuid::from_u128(1)),
        };
        let body = serde_json::to_vec(&event).unwrap();
        assert_eq!(
            RecordNumberEvent::read_body(1, event.name(), 1, &body),
            Ok(event)
        );
    }
}
