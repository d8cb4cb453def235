//! How an event of the core becomes bytes in the log, and how those bytes are read again.

use super::{Envelope, EventId, Header, NewEvent, StreamKind, Unreadable};
use serde::Serialize;
use serde::de::DeserializeOwned;
use units::Moment;

/// An enum of events that stands in the log.
///
/// Its JSON is one object tagged with the event's name: `#[serde(tag = "event")]`.
pub trait Recorded: Sized + Serialize + DeserializeOwned {
    /// The version of the events' shape that is written today.
    const SCHEMA_VERSION: u16;

    /// The event's name, past tense, the same as its tag: `InfusionPaused`.
    fn name(&self) -> &'static str;

    /// Turns the body of an event that an older release wrote into today's shape.
    ///
    /// Called only for versions other than [`Self::SCHEMA_VERSION`]. `None` says that no reader
    /// of that version exists: the event is then unreadable, never guessed at.
    fn read_version(schema_version: u16, body: &[u8]) -> Option<Result<Self, String>> {
        let _ = (schema_version, body);
        None
    }

    /// The event on its way into the log.
    fn to_new_event(&self, event_id: EventId, occurred_at: Moment) -> NewEvent {
        NewEvent {
            event_id,
            kind: self.name().to_owned(),
            schema_version: Self::SCHEMA_VERSION,
            occurred_at,
            // Events hold strings, exact decimals and identifiers, and maps whose keys are
            // strings: writing them cannot fail. An empty body would be refused when read.
            body: serde_json::to_vec(self).unwrap_or_default(),
        }
    }

    /// Reads an event of a name and version from its body.
    ///
    /// Refuses an unknown version, a body that does not have the shape, and a body whose own
    /// name differs from the name it was filed under. `position` only tells where, in the error.
    fn read_body(
        position: u64,
        kind: &str,
        schema_version: u16,
        body: &[u8],
    ) -> Result<Self, Unreadable> {
        let unreadable = |reason: String| Unreadable { position, reason };
        let event = if schema_version == Self::SCHEMA_VERSION {
            std::str::from_utf8(body)
                .map_err(|error| error.to_string())
                .and_then(|text| serde_json::from_str(text).map_err(|error| error.to_string()))
        } else {
            Self::read_version(schema_version, body).unwrap_or_else(|| {
                Err(format!(
                    "no reader knows version {schema_version} of {kind}"
                ))
            })
        }
        .map_err(unreadable)?;
        // Asserted again after reading: header and body must tell of the same event.
        if event.name() != kind {
            let reason = format!("filed under {kind}, but its body says {}", event.name());
            return Err(unreadable(reason));
        }
        Ok(event)
    }

    /// Reads an event from its envelope.
    // Hazard: H33
    fn read(envelope: &Envelope) -> Result<Self, Unreadable> {
        let header = &envelope.header;
        Self::read_body(
            header.position,
            &header.kind,
            header.schema_version,
            &envelope.body,
        )
    }
}

/// What is folded from one stream: the state that the next command is decided on.
pub trait Folded: Clone + Default + Send + Sync + 'static {
    /// What may stand in the stream.
    type Event: Recorded + Clone + Send + Sync;
    /// The kind of the stream.
    const KIND: StreamKind;
    /// Takes in one event with what surrounds it; never fails.
    fn take(&mut self, header: &Header, event: &Self::Event);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use uuid::Uuid;

    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(tag = "event")]
    enum Lamp {
        LampLit { brightness: u8 },
        LampPutOut,
    }

    impl Recorded for Lamp {
        const SCHEMA_VERSION: u16 = 2;
        fn name(&self) -> &'static str {
            match self {
                Self::LampLit { .. } => "LampLit",
                Self::LampPutOut => "LampPutOut",
            }
        }
        fn read_version(schema_version: u16, body: &[u8]) -> Option<Result<Self, String>> {
            // Version 1 wrote no brightness.
            (schema_version == 1).then(|| {
                if body == br#"{"event":"LampLit"}"# {
                    Ok(Self::LampLit { brightness: 100 })
                } else {
                    Err("not a lamp of version 1".to_owned())
                }
            })
        }
    }

    #[test]
    fn what_is_written_is_read_back_exactly() {
        for event in [Lamp::LampLit { brightness: 7 }, Lamp::LampPutOut] {
            let id = EventId(Uuid::from_u128(1));
            let new = event.to_new_event(id, Moment::from_microseconds(5));
            assert_eq!(new.kind, event.name());
            assert_eq!(
                Lamp::read_body(1, &new.kind, new.schema_version, &new.body),
                Ok(event)
            );
        }
    }

    #[test]
    fn an_old_version_is_read_by_its_own_reader() {
        // Hazard: H33
        let read = Lamp::read_body(1, "LampLit", 1, br#"{"event":"LampLit"}"#);
        assert_eq!(read, Ok(Lamp::LampLit { brightness: 100 }));
    }

    #[test]
    fn an_unknown_version_is_an_error_and_never_a_guess() {
        // Hazard: H33
        assert!(Lamp::read_body(1, "LampPutOut", 3, br#"{"event":"LampPutOut"}"#).is_err());
    }

    #[test]
    fn a_body_filed_under_another_name_is_refused() {
        assert!(Lamp::read_body(1, "LampLit", 2, br#"{"event":"LampPutOut"}"#).is_err());
        assert!(Lamp::read_body(1, "LampPutOut", 2, b"").is_err());
    }
}
