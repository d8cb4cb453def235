//! Frames that could not be understood, wholly or in part: shown, never silently dropped.

use super::around::Around;
use askama::Template;
use units::Moment;

/// One frame without its bytes.
pub struct QuarantineRow<'a> {
    /// Its number.
    pub id: u64,
    /// When its last byte came.
    pub received_at: Moment,
    /// From which address.
    pub remote: &'a str,
    /// The device's key, if it could be read.
    pub device_key: Option<&'a str>,
    /// How far it was understood, in words.
    pub state: &'a str,
    /// The first problem, in words.
    pub problem: &'a str,
    /// How many bytes it has.
    pub length: u64,
}

/// The page of frames that could not be understood.
pub struct Quarantine<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The newest frames first.
    pub rows: Vec<QuarantineRow<'a>>,
    /// True when there are more than are shown.
    pub more: bool,
}

#[derive(Template)]
#[template(path = "quarantine.html")]
struct Page<'a> {
    around: Around<'a>,
    lines: Vec<(String, &'a QuarantineRow<'a>)>,
    more: bool,
}

impl Quarantine<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let clock = self.around.clock();
        let lines = self
            .rows
            .iter()
            .map(|row| (clock.when(row.received_at), row))
            .collect();
        super::written(&Page {
            around: self.around,
            lines,
            more: self.more,
        })
    }
}

/// One unreadable frame.
pub fn sample() -> Quarantine<'static> {
    Quarantine {
        around: Around {
            here: super::around::Here::Quarantine,
            ..super::around::sample::around("/quarantine")
        },
        rows: vec![QuarantineRow {
            id: 4_712,
            received_at: super::around::sample::NOW,
            remote: "10.0.0.7:50112",
            device_key: None,
            state: "quarantined",
            problem: "the message has no MSH segment",
            length: 212,
        }],
        more: false,
    }
}
