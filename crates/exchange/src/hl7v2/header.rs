//! The message header as bytes, readable even when the rest of the message is not.
//!
//! Acknowledgements echo these fields byte for byte, so they are never decoded here.

/// The delimiters that a message declares in MSH-1 and MSH-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delimiters {
    /// Between fields.
    pub field: u8,
    /// Between components.
    pub component: u8,
    /// Between repetitions, if declared.
    pub repetition: Option<u8>,
    /// Around escapes, if declared.
    pub escape: Option<u8>,
    /// Between sub-components, if declared.
    pub subcomponent: Option<u8>,
}

/// The first segment, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    /// As declared by the message.
    pub delimiters: Delimiters,
    /// MSH-2 as it stands.
    pub encoding_characters: &'a [u8],
    /// The segment after `MSH|`.
    body: &'a [u8],
}

/// The bytes without a byte-order mark and without leading line ends, which some senders put.
pub(crate) fn start(frame: &[u8]) -> &[u8] {
    let mut rest = frame.strip_prefix(b"\xef\xbb\xbf").unwrap_or(frame);
    while let [b'\r' | b'\n', after @ ..] = rest {
        rest = after;
    }
    rest
}

impl<'a> Header<'a> {
    /// Reads MSH from the start of a frame; `None` if it is not there or its delimiters cannot be.
    ///
    /// A delimiter must be a printable ASCII sign, neither letter nor digit, and no two the same.
    pub fn read(frame: &'a [u8]) -> Option<Self> {
        let rest = start(frame).strip_prefix(b"MSH")?;
        let (field, body) = rest.split_first()?;
        let end = body
            .iter()
            .position(|byte| matches!(byte, b'\r' | b'\n'))
            .unwrap_or(body.len());
        let body = &body[..end];
        let encoding_characters = body.split(|byte| byte == field).next()?;
        let mut all = [*field, 0, 0, 0, 0];
        let count = encoding_characters.len();
        if !(1..=5).contains(&count) {
            return None;
        }
        let named = count.min(4);
        all[1..=named].copy_from_slice(&encoding_characters[..named]);
        let given = &all[..=named];
        let distinct = given
            .iter()
            .enumerate()
            .all(|(at, byte)| !given[..at].contains(byte));
        if !distinct || !given.iter().all(u8::is_ascii_punctuation) {
            return None;
        }
        let optional = |position: usize| given.get(position).copied();
        Some(Self {
            delimiters: Delimiters {
                field: *field,
                component: all[1],
                repetition: optional(2),
                escape: optional(3),
                subcomponent: optional(4),
            },
            encoding_characters,
            body,
        })
    }

    /// MSH-`number`, as bytes; empty when absent. Numbers start at 2 (the encoding characters).
    pub fn field(&self, number: usize) -> &'a [u8] {
        let delimiter = self.delimiters.field;
        match number.checked_sub(2) {
            Some(skip) => self
                .body
                .split(|byte| *byte == delimiter)
                .nth(skip)
                .unwrap_or_default(),
            None => &[],
        }
    }

    /// One component of MSH-`number`, as bytes; empty when absent.
    pub fn component(&self, number: usize, component: usize) -> &'a [u8] {
        let delimiter = self.delimiters.component;
        self.field(number)
            .split(|byte| *byte == delimiter)
            .nth(component.saturating_sub(1))
            .unwrap_or_default()
    }
}
