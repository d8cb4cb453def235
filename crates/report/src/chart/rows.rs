//! The chart in words: the alternative for those who do not see the drawing.

use super::reading::{self, Sign};
use super::words::{actor, clock};
use clinical::course::session::VitalSigns;
use clinical::course::session::{Entry, Session, SessionEvent};
use jiff::tz::TimeZone;

/// One charted fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// When it happened, on the clinic's clock.
    pub time: String,
    /// What was charted: "vital signs", "MOAA/S", "bolus".
    pub what: &'static str,
    /// What stands now, with units; none when it was struck.
    pub value: Option<String>,
    /// What stood before corrections, oldest first.
    pub struck: Vec<String>,
    /// Why it was corrected, last reason last.
    pub reasons: Vec<String>,
    /// By hand, or by which device; empty where the question does not arise.
    pub source: String,
    /// Who charted it.
    pub by: String,
}

/// Every charted value in order of time, corrected ones with what stood before.
pub fn table(input: &super::ChartInput) -> &[Row] {
    &input.rows
}

/// A set in one line: `124/78 mmHg, pulse 72 /min, …`.
pub(crate) fn written(values: &VitalSigns) -> String {
    let mut parts = Vec::new();
    if let (Some(systolic), Some(diastolic)) = (values.systolic, values.diastolic) {
        parts.push(super::words::pressure(systolic, diastolic));
    }
    for sign in Sign::ALL {
        if matches!(sign, Sign::Systolic | Sign::Diastolic) {
            continue;
        }
        if let Some(value) = sign.written(values) {
            parts.push(format!("{} {value}", sign.says()));
        }
    }
    parts.join(", ")
}

pub(super) fn rows(session: &Session, zone: &TimeZone) -> Vec<Row> {
    let mut entries: Vec<_> = session.entries.iter().collect();
    entries.sort_by_key(|entry| (entry.occurred_at, entry.version));
    entries
        .into_iter()
        .filter_map(|entry| row(entry, zone))
        .collect()
}

fn row(entry: &Entry, zone: &TimeZone) -> Option<Row> {
    let mut source = String::new();
    let (what, value, struck) = if let Some((standing, struck)) = reading::vital_signs(entry) {
        source = reading::device(entry).unwrap_or_else(|| "by hand".to_owned());
        let struck = struck.iter().map(written).collect();
        ("vital signs", standing.as_ref().map(written), struck)
    } else if let Some((standing, struck)) = reading::rate(entry).filter(|_| pumps(entry)) {
        shown("infusion rate", standing, &struck)
    } else if let Some((standing, struck)) = reading::bolus(entry) {
        let what = match entry.counted() {
            SessionEvent::DoseGiven { portion, .. } => portion.kind(),
            _other => "bolus",
        };
        shown(what, standing, &struck)
    } else if let Some((standing, struck)) = reading::sedation(entry) {
        shown("MOAA/S", standing, &struck)
    } else if let Some((standing, struck)) = reading::distress(entry) {
        shown("distress", standing, &struck)
    } else if let Some((side, standing, struck)) = reading::felt(entry) {
        shown(side.says(), standing, &struck)
    } else {
        let (standing, struck) = reading::remark(entry)?;
        (reading::remark_kind(entry.counted()), standing, struck)
    };
    Some(Row {
        time: clock(entry.occurred_at, zone),
        what,
        value,
        struck,
        reasons: entry
            .corrections
            .iter()
            .map(|corrected| corrected.reason.clone())
            .collect(),
        source,
        by: actor(&entry.actor),
    })
}

/// A start at no rate is that of doses, which stand by themselves.
fn pumps(entry: &Entry) -> bool {
    !matches!(entry.counted(), SessionEvent::DosingStarted { rate, .. } if rate.value().is_zero())
}

fn shown<T: ToString>(
    what: &'static str,
    standing: Option<T>,
    struck: &[T],
) -> (&'static str, Option<String>, Vec<String>) {
    (
        what,
        standing.as_ref().map(ToString::to_string),
        struck.iter().map(ToString::to_string).collect(),
    )
}
