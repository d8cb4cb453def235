//! Text of a message, cut at its own delimiters. Nothing is copied until a text is unescaped.

use super::header::{self, Delimiters, Header};
use super::profile::Charset;
use std::borrow::Cow;

/// The most segments in a message. Hazard: H43. Source: device reference §15.
pub const MOST_SEGMENTS: usize = 2_000;
/// The most fields in a segment. Source: device reference §15.
pub const MOST_FIELDS: usize = 500;
/// The longest field, in bytes of UTF-8. Source: device reference §15.
pub const LONGEST_FIELD: usize = 64 * 1_024;

/// Why a frame is not a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No usable first segment.
    #[error("the message does not begin with a readable MSH segment")]
    Header,
    /// Two messages in one frame: whose the later rows are cannot be told. Hazard: H01.
    #[error("the frame holds a second message (segment {segment})")]
    SecondHeader {
        /// Counted from one.
        segment: usize,
    },
    /// More segments than any monitor sends.
    #[error("the message has more than {MOST_SEGMENTS} segments")]
    TooManySegments,
    /// More fields than any segment has.
    #[error("segment {segment} has more than {MOST_FIELDS} fields")]
    TooManyFields {
        /// Counted from one.
        segment: usize,
    },
    /// A field longer than any value.
    #[error("field {field} of segment {segment} is longer than {LONGEST_FIELD} bytes")]
    FieldTooLong {
        /// Counted from one.
        segment: usize,
        /// Counted from one.
        field: usize,
    },
}

/// The frame as text.
///
/// MSH-18 is honoured; without it UTF-8 is tried and then the profile's charset. Bytes that are
/// no text become U+FFFD, which no number, code or time contains: those must be ASCII.
pub fn decode(frame: &[u8], fallback: Charset) -> Cow<'_, str> {
    let frame = header::start(frame);
    let utf8 = std::str::from_utf8(frame);
    if let Ok(text) = utf8
        && text.is_ascii()
    {
        return Cow::Borrowed(text);
    }
    // GB18030's second bytes may be delimiters, so the text is decoded before it is cut.
    let declared = Header::read(frame).and_then(|header| declared_charset(header.field(18)));
    let charset = match (declared, utf8) {
        (None | Some(Charset::Utf8), Ok(text)) => return Cow::Borrowed(text),
        (Some(declared), _) => declared,
        (None, Err(_)) => fallback,
    };
    match charset {
        Charset::Utf8 => String::from_utf8_lossy(frame),
        Charset::Windows1252 => {
            encoding_rs::WINDOWS_1252
                .decode_without_bom_handling(frame)
                .0
        }
        Charset::Gb18030 => encoding_rs::GB18030.decode_without_bom_handling(frame).0,
    }
}

/// The charset that an MSH-18 names; `None` when it is empty or names none that we know.
fn declared_charset(field: &[u8]) -> Option<Charset> {
    let text = field.to_ascii_uppercase();
    let contains = |part: &[u8]| text.windows(part.len()).any(|window| window == part);
    if contains(b"UNICODE") || contains(b"UTF-8") || contains(b"UTF8") {
        Some(Charset::Utf8)
    } else if contains(b"18030") || contains(b"GB2312") || contains(b"GBK") {
        Some(Charset::Gb18030)
    } else if contains(b"8859") || contains(b"1252") {
        Some(Charset::Windows1252)
    } else {
        None
    }
}

/// A message, cut into segments and fields.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    delimiters: Delimiters,
    fields: Vec<&'a str>,
    segments: Vec<Extent>,
}

#[derive(Clone, Copy, Debug)]
struct Extent {
    first: u32,
    after: u32,
}

impl<'a> Message<'a> {
    /// Cuts a text into segments (at CR, CRLF or LF) and fields, in one pass.
    ///
    /// Refuses a text without a readable header, and one beyond the limits above.
    pub fn read(text: &'a str) -> Result<Self, Unreadable> {
        let delimiters = Header::read(text.as_bytes())
            .ok_or(Unreadable::Header)?
            .delimiters;
        let mut fields = Vec::with_capacity(text.len() / 6);
        let mut segments = Vec::with_capacity(24);
        for line in text.split(['\r', '\n']) {
            if line.is_empty() {
                continue;
            }
            let segment = segments.len() + 1;
            if segment > MOST_SEGMENTS {
                return Err(Unreadable::TooManySegments);
            }
            if segment > 1 && line.split(char::from(delimiters.field)).next() == Some("MSH") {
                return Err(Unreadable::SecondHeader { segment });
            }
            let first = fields.len();
            for field in line.split(char::from(delimiters.field)) {
                if field.len() > LONGEST_FIELD {
                    let field = fields.len() - first;
                    return Err(Unreadable::FieldTooLong { segment, field });
                }
                // The segment's name stands before its fields.
                if fields.len() - first > MOST_FIELDS {
                    return Err(Unreadable::TooManyFields { segment });
                }
                fields.push(field);
            }
            segments.push(Extent {
                first: position(first),
                after: position(fields.len()),
            });
        }
        Ok(Self {
            delimiters,
            fields,
            segments,
        })
    }

    /// As declared in MSH.
    pub const fn delimiters(&self) -> Delimiters {
        self.delimiters
    }

    /// The segments in their order.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'_, 'a>> {
        self.segments.iter().map(|extent| Segment {
            parts: &self.fields[extent.first as usize..extent.after as usize],
            delimiters: self.delimiters,
        })
    }
}

// At most MOST_SEGMENTS × (MOST_FIELDS + 1) fields exist, which fits.
fn position(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// One segment.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'m, 'a> {
    parts: &'m [&'a str],
    delimiters: Delimiters,
}

impl<'a> Segment<'_, 'a> {
    /// `MSH`, `PID`, `OBX` …; whatever stands before the first delimiter.
    pub fn name(&self) -> &'a str {
        self.parts.first().copied().unwrap_or_default()
    }

    /// The number of the last field present; zero when only the name is there.
    pub fn last_field(&self) -> usize {
        let after_name = self.parts.len().saturating_sub(1);
        if self.name() == "MSH" {
            after_name + 1
        } else {
            after_name
        }
    }

    /// Field `number`, counted as the standard counts; empty when absent.
    pub fn field(&self, number: usize) -> Field<'a> {
        // In MSH the delimiter itself is field 1, so that everything stands one place earlier.
        let place = if self.name() == "MSH" {
            number.saturating_sub(1)
        } else {
            number
        };
        let text = if place == 0 {
            ""
        } else {
            self.parts.get(place).copied().unwrap_or_default()
        };
        Field {
            text,
            delimiters: self.delimiters,
        }
    }
}

/// One field, one repetition of it, one component or one sub-component.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    text: &'a str,
    delimiters: Delimiters,
}

impl<'a> Field<'a> {
    /// As it stands on the wire.
    pub const fn raw(&self) -> &'a str {
        self.text
    }

    /// Nothing there, or the two quotation marks with which HL7 says "nothing".
    pub fn is_empty(&self) -> bool {
        matches!(self.text, "" | "\"\"")
    }

    /// The repetitions; one empty repetition when the field is empty.
    pub fn repetitions(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        pieces(*self, self.delimiters.repetition)
    }

    /// Component `number` of the first repetition, counted from one; empty when absent.
    pub fn component(&self, number: usize) -> Field<'a> {
        let first = piece(*self, self.delimiters.repetition, 1);
        piece(first, Some(self.delimiters.component), number)
    }

    /// How many components the first repetition has.
    pub fn components(&self) -> usize {
        let first = piece(*self, self.delimiters.repetition, 1);
        pieces(first, Some(self.delimiters.component)).count()
    }

    /// Sub-component `number` of this component, counted from one; empty when absent.
    pub fn subcomponent(&self, number: usize) -> Field<'a> {
        piece(*self, self.delimiters.subcomponent, number)
    }

    /// The text with its escapes resolved.
    ///
    /// `\F\ \S\ \T\ \R\ \E\` become the message's delimiters, `\Xhh\` the bytes (U+FFFD where
    /// they are no UTF-8), `\.br\` a line end; highlighting is dropped; anything else stays as
    /// it is written.
    pub fn unescaped(&self) -> Cow<'a, str> {
        match self.delimiters.escape.map(char::from) {
            Some(escape) if self.text.contains(escape) => {
                Cow::Owned(unescape(self.text, escape, self.delimiters))
            }
            Some(_) | None => Cow::Borrowed(self.text),
        }
    }
}

fn pieces<'a>(
    field: Field<'a>,
    delimiter: Option<u8>,
) -> impl Iterator<Item = Field<'a>> + use<'a> {
    // An undeclared delimiter cuts nothing: U+0000 is refused as a delimiter, and a field that
    // held it would only be cut into pieces that are no number and no code.
    let delimiter = delimiter.map_or('\0', char::from);
    field.text.split(delimiter).map(move |text| Field {
        text,
        delimiters: field.delimiters,
    })
}

fn piece<'a>(field: Field<'a>, delimiter: Option<u8>, number: usize) -> Field<'a> {
    let text = match delimiter {
        Some(delimiter) => field
            .text
            .split(char::from(delimiter))
            .nth(number.saturating_sub(1))
            .unwrap_or_default(),
        None if number <= 1 => field.text,
        None => "",
    };
    Field {
        text,
        delimiters: field.delimiters,
    }
}

fn unescape(text: &str, escape: char, delimiters: Delimiters) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(escape) {
        plain.push_str(before);
        let Some((sequence, remainder)) = after.split_once(escape) else {
            // An escape that never ends is only a sign.
            plain.push(escape);
            rest = after;
            continue;
        };
        let known = match sequence {
            "F" => Some(delimiters.field),
            "S" => Some(delimiters.component),
            "T" => delimiters.subcomponent,
            "R" => delimiters.repetition,
            "E" => delimiters.escape,
            _ => None,
        };
        match (known, sequence) {
            (Some(delimiter), _) => plain.push(char::from(delimiter)),
            (None, ".br") => plain.push('\n'),
            (None, "H" | "N") => {}
            (None, _) => match sequence
                .strip_prefix('X')
                .and_then(|digits| hex::decode(digits).ok())
            {
                Some(bytes) => plain.push_str(&String::from_utf8_lossy(&bytes)),
                None => {
                    plain.push(escape);
                    plain.push_str(sequence);
                    plain.push(escape);
                }
            },
        }
        rest = remainder;
    }
    plain.push_str(rest);
    plain
}
