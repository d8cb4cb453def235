//! What is in the records at the end, against what was tapped.

use clinical::course::session::{Session, SessionEvent};
use clinical::record::{CommandId, SessionId};
use std::collections::BTreeMap;
use units::{Moment, Span};

/// What a person was told of an act, in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nothing yet, or that it is on the tablet.
    OnTheTablet,
    Saved,
    Refused,
}

/// An act as it was tapped.
#[derive(Clone, Debug)]
pub struct Tapped {
    pub tablet: usize,
    pub session: SessionId,
    /// When it truly happened.
    pub truly: Moment,
    /// When the tablet reckoned it, in whole milliseconds.
    pub reckoned: Moment,
    /// What its entry says, whether it counts or is held.
    pub what: String,
    pub told: Told,
}

/// An entry that is more than this from the truth must say that somebody should look.
const NOTICEABLE: Span = Span::from_seconds(140);
/// What was charted at once stands at the server's own time.
const UNDER_WAY: Span = Span::from_seconds(16);

/// The event that somebody charted, in words that tell two of them apart.
pub fn words(event: &SessionEvent) -> Option<String> {
    Some(match event {
        SessionEvent::NoteWritten { text } => format!("note {text}"),
        SessionEvent::VitalSignsCharted { values, .. } => {
            format!("pressure {}", values.systolic?.value())
        }
        SessionEvent::SedationScored { score } => format!("sedation {}", score.points()),
        SessionEvent::BolusGiven { amount } => format!("bolus {}", amount.value().normalize()),
        SessionEvent::DosingStarted { .. } => "start".to_owned(),
        SessionEvent::InfusionRateChanged { rate, .. } => {
            format!("rate {}", rate.value().normalize())
        }
        SessionEvent::InfusionPaused { .. } => "pause".to_owned(),
        SessionEvent::InfusionResumed {} => "resume".to_owned(),
        SessionEvent::InfusionStopped { .. } => "stop".to_owned(),
        SessionEvent::ObservationBegun {} => "observation".to_owned(),
        SessionEvent::ActHeld { act, .. } => return words(act),
        _ => return None,
    })
}

/// Everything that is wrong.
pub fn judge(
    sessions: &[Session],
    tapped: &BTreeMap<CommandId, Tapped>,
    left_on_tablets: usize,
) -> Vec<String> {
    let mut faults = Vec::new();
    if left_on_tablets > 0 {
        faults.push(format!("{left_on_tablets} acts never left their tablets"));
    }
    let mut seen: BTreeMap<CommandId, u32> = BTreeMap::new();
    for session in sessions {
        let mut last_of: BTreeMap<usize, (Moment, CommandId)> = BTreeMap::new();
        for entry in &session.entries {
            let Some(what) = words(&entry.event) else {
                continue;
            };
            let Some(act) = tapped.get(&entry.command_id) else {
                // What set the session up was tapped by nobody here.
                if entry.version > world_setup() {
                    faults.push(format!("nobody tapped entry {}: {what}", entry.version));
                }
                continue;
            };
            *seen.entry(entry.command_id).or_default() += 1;
            if act.session != session.id {
                faults.push(format!("{what} is in another session's record"));
            }
            if act.what != what {
                faults.push(format!("tapped {}, recorded {what}", act.what));
            }
            let marked = entry.later.as_ref();
            match marked {
                Some(_) if entry.occurred_at != act.reckoned => faults.push(format!(
                    "{what} was re-dated from {} to {}",
                    act.reckoned, entry.occurred_at
                )),
                Some(_) => {}
                None if (entry.occurred_at - act.truly).absolute() > UNDER_WAY => {
                    faults.push(format!(
                        "{what} was charted with contact, but {} from when it happened",
                        entry.occurred_at - act.truly
                    ));
                }
                None => {}
            }
            let off = (entry.occurred_at - act.truly).absolute();
            if off > NOTICEABLE && !entry.waits_for_review() {
                faults.push(format!(
                    "{what} is {off} from the truth, and nobody is told"
                ));
            }
            // In the order in which one tablet tapped.
            let order = last_of.insert(act.tablet, (act.truly, entry.command_id));
            if order.is_some_and(|(before, id)| before > act.truly && id != entry.command_id) {
                faults.push(format!("{what} stands after what was tapped after it"));
            }
        }
    }
    for (id, act) in tapped {
        let times = seen.get(id).copied().unwrap_or(0);
        match (act.told, times) {
            (Told::Saved | Told::OnTheTablet, 1) | (Told::Refused, 0) => {}
            (told, times) => faults.push(format!(
                "{} by tablet {}: told {told:?}, and it is there {times} times",
                act.what, act.tablet
            )),
        }
    }
    faults
}

/// The version at which a session is ready for the tablets.
pub const fn world_setup() -> u64 {
    super::world::SET_UP
}
