//! A stored frame, read: readings to the device, from there to the session that it serves.

use super::Located;
use super::chart;
use crate::application::Application;
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
            changes: Vec::new(),
            conflicts: Vec::new(),
        }
    }

    /// True when nothing of it could be read.
    pub fn is_quarantined(&self) -> bool {
        self.outcome.state == FrameState::Quarantined
    }

    /// Makes the record's entries that follow from the frame, and files its outcome.
    pub async fn follow(self, application: &Application) {
        for reading in self.charts {
            chart::cuff_reading(application, reading).await;
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
struct Served {
    session: Option<SessionId>,
    cuff: Option<chart::CuffReading>,
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
    let mut served = Served {
        session: None,
        cuff: None,
        changes: Vec::new(),
        conflict: None,
    };
    let simulated = match interpretation.stream {
        Stream::Live => None,
        Stream::Simulated { why } => Some(why.word().to_owned()),
    };
    let mut device = located.lock();
    device.last_frame = device.last_frame.max(arrived.frame.0);
    device.last_frame_at = Some(arrived.received_at);
    device.remote.clone_from(&arrived.remote);
    let readings: Vec<Reading> = if simulated.is_some() {
        interpretation.simulated_readings()
    } else {
        interpretation.live_readings()
    }
    .iter()
    .filter(|reading| reading.group == index)
    .cloned()
    .collect();
    let novelties = if simulated.is_some() {
        device.repeats_simulated.judge(interpretation, &readings)
    } else {
        device.repeats.judge(interpretation, &readings)
    };
    if let Some(said) = readings.iter().find(|reading| !reading.aperiodic) {
        let said_at = said.observed_at.said.unwrap_or(arrived.received_at);
        if said.observed_at.said.is_some() {
            device.clock.observe(said_at, arrived.received_at);
        }
    }
    let mut fresh = Vec::new();
    let mut new_cuff = false;
    for (reading, novelty) in readings.iter().zip(&novelties) {
        let is_new = match novelty {
            Novelty::New | Novelty::OutOfOrder | Novelty::Correction | Novelty::Conflict => true,
            Novelty::Duplicate => false,
        };
        if !is_new || reading.beside {
            continue;
        }
        new_cuff |= reading.signal == Signal::CuffSystolic;
        let device_at = reading
            .observed_at
            .said
            .unwrap_or(reading.observed_at.moment);
        let corrected_at = device.clock.correct(device_at, arrived.received_at).at;
        fresh.push(Numeric {
            signal: reading.signal,
            value: reading.value,
            quality: reading.quality,
            device_at,
            received_at: arrived.received_at,
            corrected_at,
            aperiodic: reading.aperiodic,
        });
    }
    let Some(id) = device.id else { return served };
    let numerics: Vec<Numeric> = if simulated.is_some() {
        // Hazard: H04 — a simulated number goes nowhere.
        Vec::new()
    } else {
        device
            .judge
            .judge(fresh)
            .into_iter()
            .filter_map(clinical::vital_signs::Judgement::measurement)
            .collect()
    };
    let sealed_until = device.sealed_until;
    let unsealed = numerics
        .iter()
        .filter(|numeric| sealed_until.is_none_or(|until| numeric.received_at >= until))
        .cloned();
    device.unsealed.extend(unsealed);
    // Whose numbers these are is said by the association at the time they were measured, and by
    // nothing on the wire. Hazard: H01
    let now = application.clock.now();
    let Some(session) = device.device.session_at(arrived.received_at) else {
        return served;
    };
    let agreement = agreement(application, session, group);
    let mine: Vec<Numeric> = numerics
        .into_iter()
        .filter(|numeric| device.device.session_at(numeric.corrected_at) == Some(session))
        .collect();
    let name = device
        .device
        .registration
        .as_ref()
        .map_or("", |known| known.name.as_str());
    let period = application
        .devices
        .profile(
            device
                .device
                .registration
                .as_ref()
                .map_or("", |known| known.profile.as_str()),
            &application.zone,
        )
        .period_milliseconds;
    let watched = application.live.watch(session);
    {
        let mut bedside = watched.bedside();
        if bedside.device != Some(id) {
            bedside.serve(id, name, Span::from_milliseconds(period));
        }
        let before = bedside.agreement.clone();
        bedside.observe(crate::live::Observed {
            frame: arrived.frame.0,
            received_at: arrived.received_at,
            numerics: mine.clone(),
            absent: absent(interpretation, index),
            simulated: simulated.clone(),
            agreement: agreement.clone(),
            alarms_off: alarms_off(interpretation, index),
        });
        if before.as_ref() != Some(&agreement) && !agreement.reasons().is_empty() {
            served.conflict = Some((id, agreement.clone()));
        }
    }
    served.changes = watched.observe(&mine, now);
    watched.frame_observed(arrived.frame.0);
    if new_cuff {
        served.cuff = chart::CuffReading::of(session, &device, &mine, &watched, now);
    }
    served.session = Some(session);
    served
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
