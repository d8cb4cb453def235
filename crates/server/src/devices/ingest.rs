//! A stored frame, read: readings to the device, from there to the session that it serves.

use super::chart::{self, Cycle};
use super::{BedsideDevice, Located};
use crate::application::Application;
use crate::live::{Observed, Watched};
use clinical::advisory::Change;
use clinical::device::{Agreement, Expected, Placeholders, WireEvidence, compare};
use clinical::record::{DeviceId, SessionId};
use clinical::vital_signs::{NotValid, Numeric, Quality, Signal};
use exchange::hl7v2::acknowledgement::Disposition;
use exchange::hl7v2::interpretation::{
    Arrival, Interpretation, Outcome, PatientGroup, Reading, Stream, WhyAbsent, interpret,
};
use exchange::hl7v2::profile::Profile;
use exchange::hl7v2::repeat::Novelty;
use serde_json::json;
use std::collections::HashSet;
use store::{FrameId, FrameOutcome, FrameState};
use units::{Moment, Span};

/// The version of our reading of frames; a frame that an older one read can be read again.
pub const PARSER_VERSION: u32 = 1;

/// A frame that is durable.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// Its number in the store.
    pub frame: FrameId,
    /// When it came.
    pub received_at: Moment,
    /// From which address.
    pub remote: String,
}

/// A frame that has been read; what it means for the record follows.
pub struct Taken {
    frame: FrameId,
    outcome: FrameOutcome,
    charts: Vec<chart::CuffReading>,
    wrong: Vec<chart::WrongReading>,
    changes: Vec<(SessionId, Vec<Change>)>,
    conflicts: Vec<(DeviceId, Agreement)>,
}

/// Reads a frame, and shows at once what it brought.
///
/// Nothing here waits: the acknowledgement and the live screen come before the record's own
/// entries, which [`Taken::follow`] makes.
pub fn take_in(application: &Application, arrived: &Arrived, bytes: &[u8]) -> Taken {
    let zone = &application.zone;
    let otherwise = &application.configuration.profile;
    let profile = application.devices.profile_of(bytes, otherwise, zone);
    let mut interpretation = read(bytes, &profile, arrived);
    let located = application.devices.known(&interpretation.identity.device);
    // A device without a key in its header is known only after reading; then its own profile
    // reads it.
    if let Some(own) = located.and_then(|located| {
        located
            .lock()
            .device
            .registration
            .as_ref()
            .map(|known| known.profile.clone())
    }) && own != profile.name
    {
        interpretation = read(bytes, &application.devices.profile(&own, zone), arrived);
    }
    distribute(application, arrived, &interpretation)
}

fn read(bytes: &[u8], profile: &Profile, arrived: &Arrived) -> Interpretation {
    interpret(
        bytes,
        profile,
        Arrival::new(&arrived.remote, arrived.received_at),
    )
}

impl Taken {
    /// A frame without its end, or above the limit: kept and shown, never read as a message.
    pub fn set_aside(arrived: &Arrived, disposition: Disposition) -> Self {
        let why = match disposition {
            Disposition::Truncated => "the frame had no end",
            Disposition::TooLarge => "the frame was above the limit; only its beginning was kept",
            Disposition::Stored
            | Disposition::StoredUnreadable
            | Disposition::StorageFailed
            | Disposition::NotAllowed => "set aside",
        };
        Self {
            frame: arrived.frame,
            outcome: FrameOutcome {
                parser_version: PARSER_VERSION,
                state: FrameState::Quarantined,
                device_key: None,
                detail: json!({ "why": why }).to_string(),
            },
            charts: Vec::new(),
            wrong: Vec::new(),
            changes: Vec::new(),
            conflicts: Vec::new(),
        }
    }

    /// True when nothing of it could be read.
    pub fn is_quarantined(&self) -> bool {
        self.outcome.state == FrameState::Quarantined
    }

    /// The key of the device that sent it, if it could be read.
    pub fn device_key(&self) -> Option<&str> {
        self.outcome.device_key.as_deref()
    }

    /// Makes the record's entries that follow from the frame, and files its outcome.
    pub async fn follow(self, application: &Application) {
        for reading in self.charts {
            chart::cuff_reading(application, reading).await;
        }
        for wrong in self.wrong {
            chart::wrong_reading(application, wrong).await;
        }
        for (session, changes) in self.changes {
            chart::advisory_changes(application, session, changes).await;
        }
        for (device, agreement) in self.conflicts {
            super::associate::dispute(application, device, &agreement).await;
        }
        if let Err(error) = application
            .store
            .record_outcome(self.frame, self.outcome)
            .await
        {
            // The frame itself is durable; only its place on the lists is missing until it is
            // read again at the next start.
            tracing::warn!(%error, "a frame's outcome was not filed");
        }
    }
}

fn distribute(
    application: &Application,
    arrived: &Arrived,
    interpretation: &Interpretation,
) -> Taken {
    let mut taken = Taken {
        frame: arrived.frame,
        outcome: FrameOutcome {
            parser_version: PARSER_VERSION,
            state: state_of(interpretation),
            device_key: Some(interpretation.identity.device.clone()),
            detail: detail(interpretation),
        },
        charts: Vec::new(),
        wrong: Vec::new(),
        changes: Vec::new(),
        conflicts: Vec::new(),
    };
    if taken.is_quarantined() {
        taken.outcome.device_key = None;
        return taken;
    }
    let mut keys = HashSet::new();
    let mut unassigned = interpretation.groups.is_empty();
    for (index, group) in interpretation.groups.iter().enumerate() {
        let key = if group.device.is_empty() {
            &interpretation.identity.device
        } else {
            &group.device
        };
        let located = application.devices.at(key);
        let served = one_group(application, arrived, interpretation, index, group, &located);
        unassigned |= served.session.is_none();
        if keys.insert(key.clone()) && keys.len() > 1 {
            taken.outcome.device_key = Some(interpretation.identity.device.clone());
        }
        taken.charts.extend(served.cuff);
        taken.wrong.extend(served.wrong);
        if let Some(session) = served.session {
            taken.changes.push((session, served.changes));
        }
        taken.conflicts.extend(served.conflict);
    }
    // An association that is missing matters more than a row that could not be read; a frame in
    // demo mode is nobody's data.
    let understood = matches!(taken.outcome.state, FrameState::Read | FrameState::Partial);
    if unassigned && understood && has_rows(interpretation) {
        taken.outcome.state = FrameState::Unassigned;
    }
    taken
}

fn has_rows(interpretation: &Interpretation) -> bool {
    !interpretation.live_readings().is_empty() || !interpretation.absences.is_empty()
}

/// What one patient group of a frame led to.
#[derive(Default)]
struct Served {
    session: Option<SessionId>,
    cuff: Option<chart::CuffReading>,
    wrong: Vec<chart::WrongReading>,
    changes: Vec<Change>,
    conflict: Option<(DeviceId, Agreement)>,
}

fn one_group(
    application: &Application,
    arrived: &Arrived,
    interpretation: &Interpretation,
    index: usize,
    group: &PatientGroup,
    located: &Located,
) -> Served {
    let mut served = Served::default();
    let mut device = located.lock();
    device.heard(arrived.frame.0, arrived.received_at, &arrived.remote);
    let New { numerics, cuff } = what_is_new(&mut device, arrived, interpretation, index);
    let Some(id) = device.id else { return served };
    let numerics: Vec<Numeric> = match interpretation.stream {
        // Hazard: H04 — a simulated number goes nowhere.
        Stream::Simulated { .. } => Vec::new(),
        Stream::Live => device
            .judge
            .judge(numerics)
            .into_iter()
            .filter_map(clinical::vital_signs::Judgement::measurement)
            .collect(),
    };
    device.keep_until_sealed(&numerics);
    // Whose numbers these are is said by the association at the time they were measured, and by
    // nothing on the wire. Hazard: H01
    let now = application.clock.now();
    let Some(session) = device.device.session_at(arrived.received_at) else {
        return served;
    };
    served.session = Some(session);
    let mine: Vec<Numeric> = numerics
        .into_iter()
        .filter(|numeric| device.device.session_at(numeric.corrected_at) == Some(session))
        .collect();
    let watched = application.live.watch(session);
    // What is claimed for a session afterwards is charted; it never appears on a live tile.
    if device.device.session_now() == Some(session) {
        let agreement = agreement(application, session, group);
        let observed = Observed {
            frame: arrived.frame.0,
            received_at: arrived.received_at,
            numerics: mine.clone(),
            absent: absent(interpretation, index),
            simulated: match interpretation.stream {
                Stream::Live => None,
                Stream::Simulated { why } => Some(why.word().to_owned()),
            },
            agreement: agreement.clone(),
            alarms_off: alarms_off(interpretation, index),
        };
        if show(application, &device, id, &watched, observed) {
            served.conflict = Some((id, agreement));
        }
        served.changes = watched.observe(&mine, now);
        watched.frame_observed(arrived.frame.0);
    }
    let key = device.wire_key.clone();
    served.cuff =
        cuff.and_then(|is_new| chart::CuffReading::of(session, &key, is_new, &mine, &watched, now));
    served.wrong = deleted(interpretation, index)
        .map(|said| chart::WrongReading::new(session, &key, said))
        .collect();
    served
}

/// What a frame says that was not said before.
struct New {
    numerics: Vec<Numeric>,
    /// A cuff cycle: a new one, or another content of one that was seen.
    cuff: Option<Cycle>,
}

fn what_is_new(
    device: &mut BedsideDevice,
    arrived: &Arrived,
    interpretation: &Interpretation,
    index: usize,
) -> New {
    let (readings, repeats) = match interpretation.stream {
        Stream::Simulated { .. } => (
            interpretation.simulated_readings(),
            &mut device.repeats_simulated,
        ),
        Stream::Live => (interpretation.live_readings(), &mut device.repeats),
    };
    let readings: Vec<Reading> = readings
        .iter()
        .filter(|reading| reading.group == index)
        // A cuff's preliminary number comes again as the result of the same cycle: that one is
        // charted, and must not look like a repetition. Hazard: H42
        .filter(|reading| !(reading.aperiodic && reading.quality == Quality::Early))
        .cloned()
        .collect();
    let novelties = repeats.judge(interpretation, &readings);
    let said = readings
        .iter()
        .find(|reading| !reading.aperiodic)
        .and_then(|reading| reading.observed_at.said);
    if let Some(said) = said {
        device.clock.observe(said, arrived.received_at);
    }
    let mut new = New {
        numerics: Vec::new(),
        cuff: None,
    };
    for (reading, novelty) in readings.iter().zip(&novelties) {
        let cycle = match novelty {
            Novelty::New | Novelty::OutOfOrder => Cycle::New,
            Novelty::Correction | Novelty::Conflict => Cycle::Corrected,
            Novelty::Duplicate => continue,
        };
        if reading.beside {
            continue;
        }
        if reading.signal == Signal::CuffSystolic {
            new.cuff = Some(cycle);
        }
        let device_at = reading
            .observed_at
            .said
            .unwrap_or(reading.observed_at.moment);
        new.numerics.push(Numeric {
            signal: reading.signal,
            value: reading.value,
            quality: reading.quality,
            device_at,
            received_at: arrived.received_at,
            corrected_at: device.clock.correct(device_at, arrived.received_at).at,
            aperiodic: reading.aperiodic,
        });
    }
    new
}

/// Lets the live side see a frame. True when the patient on the wire disagrees, and did not with
/// the frame before.
fn show(
    application: &Application,
    device: &BedsideDevice,
    id: DeviceId,
    watched: &Watched,
    observed: Observed,
) -> bool {
    let (name, profile) = device
        .device
        .registration
        .as_ref()
        .map_or(("", ""), |known| {
            (known.name.as_str(), known.profile.as_str())
        });
    let mut bedside = watched.bedside();
    if bedside.device != Some(id) {
        let profile = application.devices.profile(profile, &application.zone);
        bedside.serve(
            id,
            name,
            Span::from_milliseconds(profile.period_milliseconds),
        );
    }
    let before = bedside.agreement.clone();
    let agreement = observed.agreement.clone();
    bedside.observe(observed);
    before.as_ref() != Some(&agreement) && !agreement.reasons().is_empty()
}

/// The device's own times of cuff readings that it says were wrong.
fn deleted(interpretation: &Interpretation, index: usize) -> impl Iterator<Item = Moment> {
    interpretation
        .deletions
        .iter()
        .filter(move |deletion| deletion.group == index && deletion.signal.is_aperiodic())
        .map(|deletion| {
            deletion
                .observed_at
                .said
                .unwrap_or(deletion.observed_at.moment)
        })
}

fn absent(interpretation: &Interpretation, index: usize) -> Vec<(Signal, NotValid)> {
    interpretation
        .absences
        .iter()
        .filter(|absence| absence.group == index)
        .map(|absence| {
            let why = match absence.why {
                WhyAbsent::Measuring => NotValid::Measuring,
                WhyAbsent::OutsideBounds => NotValid::Artefact,
                WhyAbsent::Empty
                | WhyAbsent::NoResult
                | WhyAbsent::Invalid
                | WhyAbsent::NotAvailable
                | WhyAbsent::Sentinel => NotValid::SaidByDevice,
            };
            (absence.signal, why)
        })
        .collect()
}

fn alarms_off(interpretation: &Interpretation, index: usize) -> Vec<String> {
    interpretation
        .alarms_inhibited
        .iter()
        .filter(|off| off.group == index)
        .map(|off| off.signal.word().replace('-', " "))
        .collect()
}

/// How the patient on the wire stands to the session's patient and room.
fn agreement(application: &Application, session: SessionId, group: &PatientGroup) -> Agreement {
    let Some(expected) = application.expected.get(session) else {
        return Agreement::NoEvidence;
    };
    let wire = WireEvidence {
        patient_ids: group
            .identifiers
            .iter()
            .filter(|identifier| !identifier.placeholder)
            .map(|identifier| identifier.id.clone())
            .collect(),
        family_name: group.family_name.clone(),
        given_name: group.given_name.clone(),
        birth_date: group
            .birth_date
            .as_deref()
            .and_then(|date| date.parse().ok()),
        bed: group
            .bed
            .iter()
            .flat_map(|bed| bed.split('/'))
            .map(str::to_owned)
            .collect(),
    };
    let expected = Expected {
        record_number: &expected.record_number,
        family_name: &expected.family_name,
        given_name: &expected.given_name,
        birth_date: expected.birth_date,
        rooms: &expected.rooms,
    };
    compare(&wire, &expected, &Placeholders::default())
}

fn state_of(interpretation: &Interpretation) -> FrameState {
    match (&interpretation.outcome, interpretation.stream) {
        (Outcome::Quarantined(_), _) => FrameState::Quarantined,
        (_, Stream::Simulated { .. }) => FrameState::Simulated,
        (Outcome::PartiallyParsed { .. }, Stream::Live) => FrameState::Partial,
        (Outcome::Parsed | Outcome::NotTaken { .. }, Stream::Live) => FrameState::Read,
    }
}

/// What the lists show of a frame: no patient data, only what was not understood.
fn detail(interpretation: &Interpretation) -> String {
    let why = match &interpretation.outcome {
        Outcome::Quarantined(why) => why.to_string(),
        Outcome::NotTaken { message_type } => format!("{message_type} is stored and not read"),
        Outcome::Parsed | Outcome::PartiallyParsed { .. } => String::new(),
    };
    let problems: Vec<_> = interpretation
        .problems
        .iter()
        .take(20)
        .map(|problem| json!({ "path": problem.path, "says": problem.says }))
        .collect();
    let good = interpretation
        .live_readings()
        .iter()
        .filter(|reading| reading.quality == Quality::Good)
        .count();
    if why.is_empty() && problems.is_empty() {
        return json!({ "readings": good, "absent": interpretation.absences.len() }).to_string();
    }
    json!({
        "why": why,
        "problems": problems,
        "readings": good,
        "absent": interpretation.absences.len(),
    })
    .to_string()
}
