//! One frame as it came: its text made safe to look at, its problems beside what was understood.

use super::around::Around;
use askama::Template;
use clinical::record::CommandId;
use units::Moment;

/// More than this is cut on the page; the store keeps all of it.
const SHOWN_BYTES: usize = 64 * 1024;

/// One frame.
pub struct FramePage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Its number.
    pub id: u64,
    /// When its last byte came.
    pub received_at: Moment,
    /// On which connection.
    pub connection: u64,
    /// From which address.
    pub remote: &'a str,
    /// The profile of the listener.
    pub profile: &'a str,
    /// How far it was understood, in words.
    pub state: &'a str,
    /// The device's key, if it could be read.
    pub device_key: Option<&'a str>,
    /// The version of the reader.
    pub parser_version: u32,
    /// What could not be understood, in words.
    pub problems: Vec<String>,
    /// What was understood, in words.
    pub understood: Vec<String>,
    /// The bytes as they came.
    pub bytes: &'a [u8],
    /// Those who may have it read again.
    pub may_reprocess: bool,
}

#[derive(Template)]
#[template(path = "frame_page.html")]
struct Page<'a> {
    frame: &'a FramePage<'a>,
    around: Around<'a>,
    received: String,
    command_id: CommandId,
    segments: Vec<String>,
    cut: bool,
}

impl FramePage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(&Page {
            frame: self,
            around: self.around,
            received: format!(
                "{}, {}",
                self.around.clock().date(self.received_at),
                self.around.clock().time_with_seconds(self.received_at)
            ),
            command_id: self.around.command_id("reprocess"),
            segments: segments(self.bytes),
            cut: self.bytes.len() > SHOWN_BYTES,
        })
    }
}

/// The frame's segments, one a line; what is not printable is shown as a sign, never acted on.
fn segments(bytes: &[u8]) -> Vec<String> {
    let shown = bytes.get(..SHOWN_BYTES).unwrap_or(bytes);
    String::from_utf8_lossy(shown)
        .split(['\r', '\n'])
        .filter(|segment| !segment.is_empty())
        .map(|segment| segment.chars().map(visible).collect())
        .collect()
}

/// Controls become their picture; marks that turn the direction of text become a replacement.
fn visible(character: char) -> char {
    match character {
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => '\u{fffd}',
        other => other,
    }
}

/// A frame with a script in a name and a backspace in a value.
pub fn sample() -> FramePage<'static> {
    FramePage {
        around: Around {
            here: super::around::Here::Quarantine,
            ..super::around::sample::around("/frames/4712")
        },
        id: 4_712,
        received_at: super::around::sample::NOW,
        connection: 3,
        remote: "10.0.0.7:50112",
        profile: "generic-pcd-01",
        state: "read in part",
        device_key: Some("MON-2"),
        parser_version: 1,
        problems: vec!["OBX-5 “8\u{2408}8” is not a number".to_owned()],
        understood: vec!["oxygen saturation 97 %".to_owned()],
        bytes: b"MSH|^~\\&|MON-2|||||20251120131240||ORU^R01|1|P|2.6\rPID|||1||<script>alert(1)</script>\rOBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC||8\x088|/min\r",
        may_reprocess: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_that_carries_markup_is_shown_as_text() {
        let html = sample().html();
        assert!(!html.contains("<script>alert"));
        assert!(html.contains("alert(1)"));
        assert!(html.contains("8\u{2408}8"));
    }

    #[test]
    fn every_segment_stands_on_its_own_line() {
        assert_eq!(segments(b"MSH|a\rPID|b\r\nOBX|c").len(), 3);
    }
}
