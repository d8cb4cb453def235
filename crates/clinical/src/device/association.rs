//! Which device serves which session, and when: explicit, time-bounded, never from the wire.
//!
//! Samples keep their device and their time for ever; whose they are is a projection over the
//! intervals here. So a wrong-patient mistake is corrected by one event and stays auditable.
//! Source: device reference D6 and §10.

use super::Interval;
use crate::record::{DeviceId, Recorded, SessionId};
use serde::{Deserialize, Serialize};
use units::{Moment, Span};

/// What became true about a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum DeviceEvent {
    /// The clinic accepted a device: from now on its frames are known.
    DeviceRegistered {
        /// Our identity for it.
        device: DeviceId,
        /// Its key on the wire, as its gateway profile extracts it.
        wire_key: String,
        /// Its name as staff say it.
        name: String,
        /// The gateway profile that reads it.
        profile: String,
    },
    /// From `at` the device stands in this room and, if one is named, serves this session.
    DeviceAssociated {
        /// Which device.
        device: DeviceId,
        /// The room it stands in.
        room: String,
        /// The session it serves; `None`: it stands there and serves nobody.
        session: Option<SessionId>,
        /// How the people made sure.
        method: Method,
        /// From when.
        at: Moment,
    },
    /// From `at` the device serves no session.
    DeviceDisassociated {
        /// Which device.
        device: DeviceId,
        /// The session that it served.
        session: Option<SessionId>,
        /// Why.
        reason: EndReason,
        /// From when.
        at: Moment,
    },
    /// What the device says about its patient or place disagrees with the association.
    AssociationDisputed {
        /// Which device.
        device: DeviceId,
        /// The session it serves.
        session: SessionId,
        /// True when at least two strong signs disagree: attribution then ends as well.
        strong: bool,
        /// What disagrees, in words without the patient's data.
        reasons: Vec<String>,
        /// When it was noticed.
        at: Moment,
    },
    /// Somebody said, with a reason, whose data of an interval they are.
    AssociationCorrected {
        /// Which device.
        device: DeviceId,
        /// Whose they were taken for throughout the interval.
        from: Option<SessionId>,
        /// Whose they are.
        to: Option<SessionId>,
        /// Which interval, in corrected time.
        interval: Interval,
        /// Why.
        reason: String,
        /// When it was said.
        at: Moment,
    },
    /// The device's clock was set or jumped.
    ClockStepDetected {
        /// Which device.
        device: DeviceId,
        /// The offset (device less receive time) until then.
        before: Span,
        /// The offset from then on.
        after: Span,
        /// The receive time of the first message with the new offset.
        at: Moment,
    },
}

/// What someone wants of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command")]
pub enum DeviceCommand {
    /// Accept a device.
    RegisterDevice {
        /// Our identity for it.
        device: DeviceId,
        /// Its key on the wire.
        wire_key: String,
        /// Its name as staff say it.
        name: String,
        /// The gateway profile that reads it.
        profile: String,
    },
    /// Put the device into a room and, if a session is named, to its service.
    AssociateDevice {
        /// The room.
        room: String,
        /// The session; `None` only says where the device stands.
        session: Option<SessionId>,
        /// How the people made sure.
        method: Method,
        /// True: end another session's association at the same instant, knowingly.
        take_over: bool,
    },
    /// End the service.
    DisassociateDevice {
        /// Why.
        reason: EndReason,
    },
    /// Record that the wire disagrees with the association.
    DisputeAssociation {
        /// At least two strong signs.
        strong: bool,
        /// What disagrees.
        reasons: Vec<String>,
    },
    /// Say whose data of a past interval they are.
    ClaimInterval {
        /// The session, or nobody.
        to: Option<SessionId>,
        /// Which interval.
        interval: Interval,
        /// Why; asked for, never empty.
        reason: String,
    },
    /// Record that the device's clock jumped.
    NoteClockStep {
        /// The offset until then.
        before: Span,
        /// The offset from then on.
        after: Span,
        /// The receive time of the first message with the new offset.
        since: Moment,
    },
}

/// The rules' no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "refusal")]
pub enum DeviceRefusal {
    /// There is no such device.
    #[error("this device is not registered")]
    NotRegistered,
    /// It was registered before.
    #[error("this device is already registered as {name}")]
    AlreadyRegistered {
        /// Under which name.
        name: String,
    },
    /// A name, key or reason was left empty.
    #[error("{what} is needed")]
    Missing {
        /// What was left empty.
        what: String,
    },
    /// It serves another session.
    #[error(
        "this device serves another session in room {room} since {since}; take it over knowingly"
    )]
    ServesAnotherSession {
        /// Which session.
        session: SessionId,
        /// Where.
        room: String,
        /// Since when.
        since: Moment,
    },
    /// A placement at set-up never gives a session.
    #[error("a device serves a session only after a scan, or two confirmed steps")]
    NeedsConfirmation,
    /// It serves no session.
    #[error("this device serves no session")]
    ServesNoSession,
    /// The moment lies before the last change of placement.
    #[error("this device was last placed at {last}; an earlier time is claimed with a reason")]
    BeforeLastChange {
        /// The last change.
        last: Moment,
    },
    /// A claim is about the past.
    #[error("the interval ends after now; only the past can be claimed")]
    IntervalNotPast,
    /// An interval that is empty or reversed.
    #[error("the interval is empty")]
    IntervalEmpty,
    /// The claim would change nothing.
    #[error("these data belong to that session already")]
    NothingToCorrect,
}

/// How the people made sure that this device is at this person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "kebab-case")]
pub enum Method {
    /// Device label and wristband were scanned at the bedside: the strongest.
    Scan,
    /// Picked from the list, two identifiers confirmed, live value compared with the screen.
    TwoStepConfirmed {
        /// What the comparison said.
        live_value_check: LiveValueCheck,
    },
    /// Put into a room at set-up. Says where the device stands, never whom it serves.
    PlacedInRoom,
}

/// "Monitor shows HR 84: is that this screen?"
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "live_value", rename_all = "kebab-case")]
pub enum LiveValueCheck {
    /// The value that was shown is on the monitor.
    Agreed {
        /// The value, as it was shown.
        shown: String,
    },
    /// No value arrived yet: there was nothing to compare.
    NothingToCompare,
}

/// Why a device stopped serving a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndReason {
    /// Staff ended it.
    EndedByStaff,
    /// Another session took the device over.
    TakenOver,
    /// The session had closed, and its time after closing was up.
    SessionClosed,
    /// No data for a long time.
    Idle,
    /// The patient on the monitor changed, or the monitor was set to a new patient.
    PatientChangedOnMonitor,
    /// Two strong signs disagreed.
    StrongConflict,
    /// The device left the room.
    RemovedFromRoom,
}

/// Who a device is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Our identity for it.
    pub device: DeviceId,
    /// Its key on the wire.
    pub wire_key: String,
    /// Its name as staff say it.
    pub name: String,
    /// The gateway profile that reads it.
    pub profile: String,
}

/// Where the device stood and whom it served, from a moment until the next placement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// From when.
    pub from: Moment,
    /// In which room.
    pub room: Option<String>,
    /// Serving whom.
    pub session: Option<SessionId>,
    /// How the people made sure, if it serves a session.
    pub method: Option<Method>,
}

/// An interval that somebody attributed afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Which interval.
    pub interval: Interval,
    /// Whose the data were taken for.
    pub from: Option<SessionId>,
    /// Whose they are.
    pub to: Option<SessionId>,
    /// Why.
    pub reason: String,
    /// When it was said.
    pub at: Moment,
}

/// A disagreement that was noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// The session that the device served.
    pub session: SessionId,
    /// At least two strong signs.
    pub strong: bool,
    /// What disagreed.
    pub reasons: Vec<String>,
    /// When.
    pub at: Moment,
}

/// A device, folded from its stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// Who it is; `None` before registration.
    pub registration: Option<Registration>,
    /// Where it stood and whom it served, in order of time.
    pub placements: Vec<Placement>,
    /// What was attributed afterwards, in order of saying.
    pub claims: Vec<Claim>,
    /// What disagreed, in order of noticing.
    pub disputes: Vec<Dispute>,
    /// When its clock jumped, by receive time, and the offset from then on.
    pub clock_steps: Vec<(Moment, Span)>,
}

impl Recorded for DeviceEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::DeviceRegistered { .. } => "DeviceRegistered",
            Self::DeviceAssociated { .. } => "DeviceAssociated",
            Self::DeviceDisassociated { .. } => "DeviceDisassociated",
            Self::AssociationDisputed { .. } => "AssociationDisputed",
            Self::AssociationCorrected { .. } => "AssociationCorrected",
            Self::ClockStepDetected { .. } => "ClockStepDetected",
        }
    }
}

/// What follows from a command at a moment, or the rules' no.
pub fn decide(
    device: &Device,
    command: &DeviceCommand,
    now: Moment,
) -> Result<Vec<DeviceEvent>, DeviceRefusal> {
    if let DeviceCommand::RegisterDevice {
        device: id,
        wire_key,
        name,
        profile,
    } = command
    {
        return register(device, *id, wire_key, name, profile);
    }
    let id = device
        .registration
        .as_ref()
        .ok_or(DeviceRefusal::NotRegistered)?
        .device;
    match command {
        DeviceCommand::RegisterDevice { .. } => Err(DeviceRefusal::NotRegistered),
        DeviceCommand::AssociateDevice {
            room,
            session,
            method,
            take_over,
        } => associate(device, id, room, *session, method, *take_over, now),
        DeviceCommand::DisassociateDevice { reason } => {
            let session = device.session_now();
            let stands = device
                .current()
                .is_some_and(|placement| placement.room.is_some());
            if session.is_none() && !(*reason == EndReason::RemovedFromRoom && stands) {
                return Err(DeviceRefusal::ServesNoSession);
            }
            not_before_last_change(device, now)?;
            Ok(vec![DeviceEvent::DeviceDisassociated {
                device: id,
                session,
                reason: *reason,
                at: now,
            }])
        }
        DeviceCommand::DisputeAssociation { strong, reasons } => {
            let session = device.session_now().ok_or(DeviceRefusal::ServesNoSession)?;
            not_before_last_change(device, now)?;
            let mut events = vec![DeviceEvent::AssociationDisputed {
                device: id,
                session,
                strong: *strong,
                reasons: reasons.clone(),
                at: now,
            }];
            if *strong {
                events.push(DeviceEvent::DeviceDisassociated {
                    device: id,
                    session: Some(session),
                    reason: EndReason::StrongConflict,
                    at: now,
                });
            }
            Ok(events)
        }
        DeviceCommand::ClaimInterval {
            to,
            interval,
            reason,
        } => claim(device, id, *to, *interval, reason, now),
        DeviceCommand::NoteClockStep {
            before,
            after,
            since,
        } => Ok(vec![DeviceEvent::ClockStepDetected {
            device: id,
            before: *before,
            after: *after,
            at: *since,
        }]),
    }
}

fn register(
    device: &Device,
    id: DeviceId,
    wire_key: &str,
    name: &str,
    profile: &str,
) -> Result<Vec<DeviceEvent>, DeviceRefusal> {
    if let Some(known) = &device.registration {
        return Err(DeviceRefusal::AlreadyRegistered {
            name: known.name.clone(),
        });
    }
    for (what, text) in [
        ("key on the wire", wire_key),
        ("name", name),
        ("profile", profile),
    ] {
        if text.trim().is_empty() {
            return Err(DeviceRefusal::Missing {
                what: what.to_owned(),
            });
        }
    }
    Ok(vec![DeviceEvent::DeviceRegistered {
        device: id,
        wire_key: wire_key.to_owned(),
        name: name.to_owned(),
        profile: profile.to_owned(),
    }])
}

fn associate(
    device: &Device,
    id: DeviceId,
    room: &str,
    session: Option<SessionId>,
    method: &Method,
    take_over: bool,
    now: Moment,
) -> Result<Vec<DeviceEvent>, DeviceRefusal> {
    if room.trim().is_empty() {
        return Err(DeviceRefusal::Missing {
            what: "room".to_owned(),
        });
    }
    if session.is_some() && *method == Method::PlacedInRoom {
        return Err(DeviceRefusal::NeedsConfirmation);
    }
    not_before_last_change(device, now)?;
    let mut events = Vec::new();
    let current = device.current();
    let served = current.and_then(|placement| Some((placement, placement.session?)));
    if let Some((placement, serving)) = served
        && Some(serving) != session
    {
        if !take_over {
            return Err(DeviceRefusal::ServesAnotherSession {
                session: serving,
                room: placement.room.clone().unwrap_or_default(),
                since: placement.from,
            });
        }
        // Both at one instant: no moment is left at which two sessions hold the device, and
        // none at which the old one still does.
        events.push(DeviceEvent::DeviceDisassociated {
            device: id,
            session: Some(serving),
            reason: EndReason::TakenOver,
            at: now,
        });
    }
    events.push(DeviceEvent::DeviceAssociated {
        device: id,
        room: room.to_owned(),
        session,
        method: method.clone(),
        at: now,
    });
    Ok(events)
}

fn claim(
    device: &Device,
    id: DeviceId,
    to: Option<SessionId>,
    interval: Interval,
    reason: &str,
    now: Moment,
) -> Result<Vec<DeviceEvent>, DeviceRefusal> {
    if reason.trim().is_empty() {
        return Err(DeviceRefusal::Missing {
            what: "reason".to_owned(),
        });
    }
    if interval.from >= interval.until {
        return Err(DeviceRefusal::IntervalEmpty);
    }
    if interval.until > now {
        return Err(DeviceRefusal::IntervalNotPast);
    }
    // One event for each part that had one owner, so that every correction says truly whose
    // the data were before.
    let events: Vec<DeviceEvent> = device
        .sessions_within(interval)
        .into_iter()
        .filter(|(_, from)| *from != to)
        .map(|(part, from)| DeviceEvent::AssociationCorrected {
            device: id,
            from,
            to,
            interval: part,
            reason: reason.to_owned(),
            at: now,
        })
        .collect();
    if events.is_empty() {
        Err(DeviceRefusal::NothingToCorrect)
    } else {
        Ok(events)
    }
}

fn not_before_last_change(device: &Device, now: Moment) -> Result<(), DeviceRefusal> {
    match device.current() {
        Some(placement) if placement.from > now => Err(DeviceRefusal::BeforeLastChange {
            last: placement.from,
        }),
        Some(_) | None => Ok(()),
    }
}

impl Device {
    /// Folds a stream from its beginning.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a DeviceEvent>) -> Self {
        let mut device = Self::default();
        events.into_iter().for_each(|event| device.apply(event));
        device
    }

    /// Takes in one event; never fails.
    pub fn apply(&mut self, event: &DeviceEvent) {
        match event {
            DeviceEvent::DeviceRegistered {
                device,
                wire_key,
                name,
                profile,
            } => {
                self.registration = Some(Registration {
                    device: *device,
                    wire_key: wire_key.clone(),
                    name: name.clone(),
                    profile: profile.clone(),
                });
            }
            DeviceEvent::DeviceAssociated {
                device: _,
                room,
                session,
                method,
                at,
            } => {
                self.place(Placement {
                    from: *at,
                    room: Some(room.clone()),
                    session: *session,
                    method: session.map(|_| method.clone()),
                });
            }
            DeviceEvent::DeviceDisassociated {
                device: _,
                session: _,
                reason,
                at,
            } => {
                // The device stays where it stands, unless that is what ended.
                let room = match reason {
                    EndReason::RemovedFromRoom => None,
                    EndReason::EndedByStaff
                    | EndReason::TakenOver
                    | EndReason::SessionClosed
                    | EndReason::Idle
                    | EndReason::PatientChangedOnMonitor
                    | EndReason::StrongConflict => {
                        self.current().and_then(|placement| placement.room.clone())
                    }
                };
                self.place(Placement {
                    from: *at,
                    room,
                    session: None,
                    method: None,
                });
            }
            DeviceEvent::AssociationDisputed {
                device: _,
                session,
                strong,
                reasons,
                at,
            } => {
                self.disputes.push(Dispute {
                    session: *session,
                    strong: *strong,
                    reasons: reasons.clone(),
                    at: *at,
                });
            }
            DeviceEvent::AssociationCorrected {
                device: _,
                from,
                to,
                interval,
                reason,
                at,
            } => {
                self.claims.push(Claim {
                    interval: *interval,
                    from: *from,
                    to: *to,
                    reason: reason.clone(),
                    at: *at,
                });
            }
            DeviceEvent::ClockStepDetected {
                device: _,
                before: _,
                after,
                at,
            } => {
                self.clock_steps.push((*at, *after));
            }
        }
    }

    /// The placement in force.
    pub fn current(&self) -> Option<&Placement> {
        self.placements.last()
    }

    /// The session that the device serves now.
    pub fn session_now(&self) -> Option<SessionId> {
        self.current().and_then(|placement| placement.session)
    }

    /// The room that the device stands in now.
    pub fn room_now(&self) -> Option<&str> {
        self.current()
            .and_then(|placement| placement.room.as_deref())
    }

    fn place(&mut self, mut placement: Placement) {
        // `decide` never goes back in time; a log that does is read so that time still runs
        // forward, and the later word holds from the later moment.
        if let Some(last) = self.placements.last() {
            placement.from = placement.from.max(last.from);
            if placement.from == last.from {
                self.placements.pop();
            }
        }
        self.placements.push(placement);
    }
}

#[cfg(test)]
mod tests;
