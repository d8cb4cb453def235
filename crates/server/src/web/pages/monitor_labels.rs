//! Labels to print, and the page that takes two scanned labels.

use super::around::Around;
use super::identity_strip::IdentityStrip;
use super::qr_code::picture;
use askama::Template;
use clinical::course::session::Session;
use clinical::patient::Patient;
use clinical::record::{CommandId, SessionId};

/// One label.
pub struct LabelLine {
    /// What it stands on: `Monitor`.
    pub kind: &'static str,
    /// Its name as staff say it.
    pub title: String,
    /// What else a person reads on it.
    pub facts: Vec<String>,
    /// What a scanner reads on it.
    pub code: String,
}

/// Labels to print.
pub struct Labels<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The labels.
    pub lines: Vec<LabelLine>,
    /// The session whose person wears it; none: the clinic's own labels.
    pub of_session: Option<SessionId>,
}

/// A second step, asked for because the monitor serves somebody else.
pub struct TakeOver {
    /// The label that was scanned first.
    pub first: String,
    /// The label that was scanned second.
    pub code: String,
    /// The act in words.
    pub says: String,
}

/// The page that takes two labels.
pub struct MonitorScan<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The code of the label that was scanned; empty: none yet.
    pub code: &'a str,
    /// The monitor that was scanned.
    pub monitor: Option<&'a str>,
    /// What it sends now.
    pub live_value: Option<String>,
    /// The visit that was scanned.
    pub person: Option<(&'a Session, &'a Patient)>,
    /// The place that was scanned.
    pub place: Option<&'a str>,
    /// The session whose room the page was opened from.
    pub wanted: Option<(&'a Session, &'a Patient)>,
    /// Why the last scan did nothing.
    pub refused: Option<&'a str>,
    /// A monitor was put into a room that nobody is in.
    pub placed: Option<&'a str>,
    /// The question whether to end another session's service.
    pub take_over: Option<TakeOver>,
}

#[derive(Template)]
#[template(path = "monitor_labels.html")]
struct LabelsTemplate<'a> {
    around: Around<'a>,
    lines: Vec<(&'a LabelLine, String)>,
    of_session: Option<String>,
}

#[derive(Template)]
#[template(path = "monitor_scan.html")]
struct ScanTemplate<'a> {
    page: &'a MonitorScan<'a>,
    around: Around<'a>,
    command_id: CommandId,
    take_over_id: CommandId,
    session: String,
    strip: Option<IdentityStrip>,
    person: Option<IdentityStrip>,
}

impl Labels<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(&LabelsTemplate {
            around: self.around,
            lines: self
                .lines
                .iter()
                .map(|line| (line, picture(&line.code, 160, "none")))
                .collect(),
            of_session: self.of_session.map(|id| id.to_string()),
        })
    }
}

impl MonitorScan<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let strip =
            |patient: &Patient| IdentityStrip::of(patient, self.around.now, self.around.zone);
        super::written(&ScanTemplate {
            page: self,
            around: self.around,
            command_id: self.around.command_id("scan"),
            take_over_id: self.around.command_id("take-over"),
            session: self
                .wanted
                .map(|(session, _)| session.id.to_string())
                .unwrap_or_default(),
            strip: self.wanted.map(|(_, patient)| strip(patient)),
            person: self.person.map(|(_, patient)| strip(patient)),
        })
    }

    /// What is scanned next, in words.
    const fn next(&self) -> &'static str {
        if self.monitor.is_some() {
            "Now scan the person’s label, or the room’s"
        } else if self.person.is_some() || self.place.is_some() {
            "Now scan the label on the monitor"
        } else {
            "Scan the label on the monitor"
        }
    }
}

/// A monitor was scanned from a person's room, and its second label is awaited.
pub fn sample<'a>(session: &'a Session, patient: &'a Patient) -> MonitorScan<'a> {
    MonitorScan {
        around: super::around::sample::around("/devices/scan"),
        code: "EK1M0A1B2C3D00000000000000000000000000000007",
        monitor: Some("Monitor 2"),
        live_value: Some("heart rate 84\u{a0}/min".to_owned()),
        person: None,
        place: None,
        wanted: Some((session, patient)),
        refused: None,
        placed: None,
        take_over: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_shows_its_name_and_a_picture_and_no_code_in_letters() {
        let html = Labels {
            around: super::super::around::sample::around("/devices/labels"),
            lines: vec![LabelLine {
                kind: "Monitor",
                title: "Monitor <2>".to_owned(),
                facts: vec!["0200E5FFFEAB0001".to_owned()],
                code: "EK1M0A1B2C3D00000000000000000000000000000007".to_owned(),
            }],
            of_session: None,
        }
        .html();
        assert!(html.contains("Monitor &#60;2&#62;"), "{html}");
        assert!(html.contains("<svg"));
        assert!(!html.contains("EK1M"));
    }

    #[test]
    fn the_second_label_is_asked_for_in_the_persons_own_name() {
        // Hazard: H01
        let session = super::super::session_room::sample::preparing().unwrap();
        let patient = Patient::default();
        let html = sample(&session, &patient).html();
        assert!(html.contains("Now scan the person’s label"));
        assert!(html.contains("Monitor 2"));
        assert!(html.contains("84\u{a0}/min"));
        assert!(
            html.contains("EK1M0A1B2C3D"),
            "the first label is kept in the form"
        );
    }
}
