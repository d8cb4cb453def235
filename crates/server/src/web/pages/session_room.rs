//! The session room: who, notices, live tiles, chart, dose, gate, acts, record.

use super::around::Around;
use super::clock_face::since_start;
use super::entry_line::EntryLine;
use super::gate::GatePanel;
use super::identity_strip::IdentityStrip;
use super::tile::Tile;
use clinical::course::session::state::Advisory;
use clinical::course::session::{Due, MonitorEvidence, Session, Stage};
use clinical::patient::Patient;
use clinical::policy::Verdict;
use clinical::record::EventId;
use serde::Serialize;
use units::Moment;

mod acts;
pub mod parts;

pub use parts::Fragments;

/// Everything that the session room shows.
pub struct SessionRoom<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The session as its events have made it.
    pub session: &'a Session,
    /// The person.
    pub patient: &'a Patient,
    /// The gate that stands next: the start before the first drug, leaving in the observation.
    pub gate: Option<&'a Verdict>,
    /// What is seen of the room's monitor.
    pub monitor: &'a MonitorEvidence,
    /// The monitor's name as staff say it, if one serves this session.
    pub device: Option<&'a str>,
    /// The tiles now, in the order of the strip.
    pub tiles: &'a [Tile],
    /// The chart as SVG, from the one chart renderer.
    pub chart: &'a str,
    /// The next set of vital signs.
    pub due: Option<Due>,
    /// True where the clinic uses notices on live numerics.
    pub advisories_on: bool,
    /// False for those who only read.
    pub may_act: bool,
    /// The entry whose correction form is open.
    pub correcting: Option<EventId>,
    /// Why the last act was not done, in one sentence; without script.
    pub refused: Option<&'a str>,
    /// When the last act was saved; without script.
    pub saved: Option<Moment>,
}

/// How the numbers reach this page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feed {
    /// Readings arrive.
    Live,
    /// A device is associated; nothing valid arrives.
    Silent,
    /// No device is associated.
    None,
    /// Vital signs are entered by hand, deliberately.
    ByHand,
}

impl Feed {
    /// The word in the stream and in `data-feed`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Silent => "silent",
            Self::None => "none",
            Self::ByHand => "by-hand",
        }
    }
}

/// What has been given, as the dose bar shows it and as the live stream sends it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeliveredNow {
    /// Milligrams, to one decimal.
    pub mg: String,
    /// Milligrams for each kilogram of dosing weight, to two decimals.
    pub mg_per_kg: String,
    /// Millilitres per hour.
    pub rate: String,
    /// `T+22:40`.
    pub elapsed: String,
    /// The pump runs.
    pub running: bool,
    /// Given of ordered, 0 to 1; only the width of a bar.
    pub fraction: f64,
    /// The sum reached what the bag held.
    pub bag_should_be_empty: bool,
}

/// What has been given at a moment; `None` before the first drug.
pub fn delivered_now(session: &Session, at: Moment) -> Option<DeliveredNow> {
    let infusion = session.infusion()?;
    let order = session.order.as_ref()?;
    let started = infusion.started_at()?;
    let delivered = infusion.delivered(at);
    let end = infusion.stopped_at().unwrap_or(at);
    let per_kilogram = delivered
        .amount
        .per_kilogram(order.dosing_weight)
        .map_or_else(|_| "not known".to_owned(), |dose| dose.value().to_string());
    let whole = order.dose.value();
    let share = if whole.is_zero() {
        units::Decimal::ZERO
    } else {
        delivered.amount.value() / whole
    };
    Some(DeliveredNow {
        mg: delivered.amount.rounded(1).value().to_string(),
        mg_per_kg: per_kilogram,
        rate: infusion.rate(at).value().to_string(),
        elapsed: since_start(end - started),
        running: matches!(session.stage, Stage::Infusion),
        fraction: share
            .min(units::Decimal::ONE)
            .round_dp(3)
            .to_string()
            .parse()
            .unwrap_or(0.0),
        bag_should_be_empty: delivered.bag_should_be_empty,
    })
}

impl SessionRoom<'_> {
    /// The page.
    pub fn html(&self) -> String {
        parts::page(self)
    }

    /// The parts that change with the record, for the page's scripts.
    pub fn fragments(&self) -> Fragments {
        parts::fragments(self)
    }

    /// How the numbers reach this page.
    pub fn feed(&self) -> Feed {
        let by_hand = self.session.time_out == Some(clinical::course::session::Monitoring::ByHand);
        match self.monitor {
            MonitorEvidence::Live => Feed::Live,
            MonitorEvidence::NotAssociated if by_hand => Feed::ByHand,
            MonitorEvidence::NotAssociated => Feed::None,
            MonitorEvidence::NoSignal
            | MonitorEvidence::DemoMode
            | MonitorEvidence::IdentityConflict => Feed::Silent,
        }
    }

    /// The monitor's standing in one sentence.
    fn monitor_says(&self) -> String {
        let name = self.device.map_or_else(
            || "The monitor".to_owned(),
            |name| format!("Monitor {name}"),
        );
        match (self.monitor, self.feed()) {
            (MonitorEvidence::Live, _) => format!("{name} sends readings."),
            (MonitorEvidence::NotAssociated, Feed::ByHand) => {
                "Vital signs are entered by hand in this session.".to_owned()
            }
            (MonitorEvidence::NotAssociated, Feed::Live | Feed::Silent | Feed::None) => {
                "No monitor serves this session. Nothing is measured by device.".to_owned()
            }
            (MonitorEvidence::NoSignal, _) => {
                format!("No signal from {name}. What it last sent is old: look at the monitor.")
            }
            (MonitorEvidence::DemoMode, _) => {
                format!("{name} is in demo or test mode: its numbers are not this person's.")
            }
            (MonitorEvidence::IdentityConflict, _) => {
                format!(
                    "{name} names another person: check who is connected. Its numbers are not charted here."
                )
            }
        }
    }

    fn strip(&self) -> IdentityStrip {
        IdentityStrip::of(self.patient, self.around.now, self.around.zone)
    }

    fn entries(&self) -> Vec<EntryLine> {
        let clock = self.around.clock();
        self.session
            .entries
            .iter()
            .rev()
            .map(|entry| EntryLine::of(entry, &clock))
            .collect()
    }

    fn gate_panel(&self) -> Option<GatePanel> {
        let role = self.around.viewer.map(|viewer| viewer.role);
        Some(GatePanel::of(self.gate?, role, &self.around.clock()))
    }

    fn open_advisories(&self) -> Vec<&Advisory> {
        self.session.open_advisories()
    }

    /// What is due next, in words; never blank while somebody is here.
    fn due_says(&self) -> (String, bool) {
        let clock = self.around.clock();
        match (self.due, self.session.stage.is_present()) {
            (Some(due), _) if due.is_overdue(self.around.now) => (
                format!("Vital signs overdue since {}", clock.time(due.at)),
                true,
            ),
            (Some(due), _) if due.at <= self.around.now => ("Vital signs due now".to_owned(), true),
            (Some(due), _) => (format!("Next vital signs {}", clock.time(due.at)), false),
            (None, true) => ("No vital signs scheduled".to_owned(), false),
            (None, false) => (String::new(), false),
        }
    }
}

pub mod sample;

#[cfg(test)]
mod tests;
