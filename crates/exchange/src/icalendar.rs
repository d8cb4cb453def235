//! Visits as iCalendar (RFC 5545): what a calendar programme reads, and no word more than it is
//! given.

use std::fmt::Write as _;
use units::Moment;

/// One entry of a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Always the same for the same visit, whatever changes about it.
    pub uid: String,
    /// What the calendar shows.
    pub summary: String,
    /// Where it leads; empty: nowhere.
    pub link: String,
    /// From when.
    pub starts: Moment,
    /// Until when.
    pub ends: Moment,
    /// Counts its changes.
    pub sequence: u64,
}

/// The longest line in bytes, without its end. Source: RFC 5545, 3.1.
const LONGEST_LINE: usize = 75;

/// A calendar with these entries, made at a moment.
///
/// Times are written in universal time, so that no zone has to be told.
pub fn calendar(name: &str, entries: &[Entry], made: Moment) -> String {
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Evenkeel//Evenkeel//EN".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        "METHOD:PUBLISH".to_owned(),
        format!("X-WR-CALNAME:{}", text(name)),
    ];
    for entry in entries {
        lines.extend([
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}", text(&entry.uid)),
            format!("DTSTAMP:{}", time(made)),
            format!("SEQUENCE:{}", entry.sequence),
            format!("DTSTART:{}", time(entry.starts)),
            format!("DTEND:{}", time(entry.ends)),
            format!("SUMMARY:{}", text(&entry.summary)),
        ]);
        if !entry.link.is_empty() {
            // A value of kind URI is not escaped; a line's end in it would begin another property.
            let link: String = entry.link.chars().filter(|c| !c.is_control()).collect();
            lines.push(format!("URL:{link}"));
        }
        lines.push("END:VEVENT".to_owned());
    }
    lines.push("END:VCALENDAR".to_owned());
    let mut written = String::new();
    for line in lines {
        fold(&line, &mut written);
    }
    written
}

/// `20261102T090000Z`.
fn time(moment: Moment) -> String {
    moment.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A value of kind TEXT. Source: RFC 5545, 3.3.11.
fn text(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '\\' | ';' | ',' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            '\n' => escaped.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// Writes a line in pieces that are short enough, cut between letters and never inside one.
fn fold(line: &str, written: &mut String) {
    let mut left = LONGEST_LINE;
    for letter in line.chars() {
        if letter.len_utf8() > left {
            written.push_str("\r\n ");
            // The space that continues a line counts.
            left = LONGEST_LINE - 1;
        }
        left -= letter.len_utf8();
        // Writing into a text does not fail.
        let _ = written.write_char(letter);
    }
    written.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(summary: &str) -> Entry {
        Entry {
            uid: "0190@clinic".to_owned(),
            summary: summary.to_owned(),
            link: String::new(),
            starts: Moment::parse("2026-11-02T09:00:00Z").unwrap(),
            ends: Moment::parse("2026-11-02T10:55:00Z").unwrap(),
            sequence: 3,
        }
    }

    #[test]
    fn no_line_is_longer_than_75_bytes_and_no_letter_is_cut() {
        let long = "ñ".repeat(200);
        let written = calendar("C", &[entry(&long)], Moment::from_microseconds(0));
        assert!(written.lines().all(|line| line.len() <= 75), "{written}");
        assert!(written.replace("\r\n ", "").contains(&long));
        assert!(written.ends_with("END:VCALENDAR\r\n"));
    }

    #[test]
    fn what_is_shown_cannot_begin_a_property_of_its_own() {
        let written = calendar(
            "C",
            &[entry("A;B,C\\D\r\nURL:evil")],
            Moment::from_microseconds(0),
        );
        assert!(
            written.contains("SUMMARY:A\\;B\\,C\\\\D\\nURL:evil\r\n"),
            "{written}"
        );
        assert_eq!(written.matches("\r\nURL:").count(), 0);
    }
}
