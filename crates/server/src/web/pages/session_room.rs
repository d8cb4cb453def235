//! The session room: who, notices, live tiles, chart, dose, gate, acts, record.

use super::around::Around;
use super::entry_line::{EntryLine, MonitorNames};
use super::gate::GatePanel;
use super::identity_strip::IdentityStrip;
use crate::live::{Feed, Tiles};
use crate::prediction::Said;
use clinical::clinic::Clinic;
use clinical::course::session::state::Advisory;
use clinical::course::session::{Present, Recovery, Session, SessionEvent};
use clinical::course::wishes::Wishes;
use clinical::emergency::Cards;
use clinical::patient::Patient;
use clinical::policy::Verdict;
use clinical::record::{EventId, StaffId};
use units::Moment;

mod acts;
mod cards;
mod doses;
pub(super) mod held;
mod leaving;
pub mod parts;
mod start;

pub use acts::kebab as word_of;
pub use leaving::Arranged;
pub use parts::Fragments;

/// Everything that the session room shows.
pub struct SessionRoom<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The session as its events have made it.
    pub session: &'a Session,
    /// The person.
    pub patient: &'a Patient,
    /// The acts are drawn for a time without contact: what is tapped until then is not in the session.
    pub ahead: bool,
    /// The gate that stands next: the start before the first drug, leaving in the observation.
    pub gate: Option<&'a Verdict>,
    /// The checks of the recovery, with their scores.
    pub recoveries: &'a [Recovery],
    /// What the bedside shows now: the same that the live stream sends.
    pub live: &'a Tiles,
    /// The chart as SVG, from the one chart renderer.
    pub chart: &'a str,
    /// What is predicted, in words; none where the clinic shows no predictions.
    pub predicted: Option<&'a Said>,
    /// The names of the monitors that charted.
    pub monitors: &'a MonitorNames,
    /// True where the clinic uses notices on live numerics.
    pub advisories_on: bool,
    /// False for those who only read.
    pub may_act: bool,
    /// The reader orders what is given.
    pub may_order: bool,
    /// The emergency cards.
    pub cards: &'a Cards,
    /// Who approved which of them.
    pub clinic: &'a Clinic,
    /// Who may be named as present.
    pub staff: &'a [Present],
    /// When the patient's signal was last heard.
    pub signal_heard: Option<Moment>,
    /// What the person wishes.
    pub wishes: &'a Wishes,
    /// What is open, as whoever takes over the room is told.
    pub open: &'a [String],
    /// What the link to the safety programme's form says; none where the product has none.
    pub programme: Option<&'a str>,
    /// What is arranged before they leave; empty while nobody is about to.
    pub arranged: &'a [Arranged],
    /// Who reads.
    pub reader: Option<StaffId>,
    /// The entry whose correction form is open.
    pub correcting: Option<EventId>,
    /// Why the last act was not done, in one sentence; without script.
    pub refused: Option<&'a str>,
    /// When the last act was saved; without script.
    pub saved: Option<Moment>,
}

/// The feed's word, for class names and `data-feed`.
const fn feed_word(feed: Feed) -> &'static str {
    match feed {
        Feed::Live => "live",
        Feed::Silent => "silent",
        Feed::None => "none",
        Feed::ByHand => "by-hand",
    }
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

    /// The acts alone.
    pub fn acts(&self) -> String {
        parts::acts(self)
    }

    /// The cards that stand open, and the panels that belong to them.
    pub fn open_cards(&self) -> (String, String) {
        parts::open_cards(self)
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
            // Its mark stands at the entry that it is about.
            .filter(|entry| !matches!(entry.event, SessionEvent::RecordedLater { .. }))
            .map(|entry| EntryLine::of(entry, &clock, self.monitors))
            .collect()
    }

    fn gate_panel(&self) -> Option<GatePanel> {
        let role = self.around.viewer.map(|viewer| viewer.role);
        Some(GatePanel::of(self.gate?, role, &self.around.clock()))
    }

    fn open_advisories(&self) -> Vec<&Advisory> {
        self.session.open_advisories()
    }
}

pub mod sample;

#[cfg(test)]
mod tests;
