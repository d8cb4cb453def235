//! Which device serves whom: commands to a device, durable before they count.

use super::{Devices, Located};
use crate::application::Application;
use crate::fault::Fault;
use crate::live::Bedside;
use crate::projection;
use anyhow::Context;
use clinical::device::{
    Agreement, Device, DeviceCommand, DeviceEvent, DeviceRefusal, EndReason, decide,
};
use clinical::record::{Actor, CommandId, DeviceId, EventId, Recorded, SessionId, StreamId};
use store::{Append, AuditEntry, Decision, Outcome};
use units::Moment;
use uuid::Uuid;

/// A command to a device.
pub struct DeviceOrder {
    /// Executed exactly once.
    pub command_id: CommandId,
    /// Which device.
    pub device: DeviceId,
    /// Who.
    pub actor: Actor,
    /// What.
    pub command: DeviceCommand,
    /// Since when; `None` is now.
    pub at: Option<Moment>,
}

/// Why a device's command was not done.
#[derive(Debug)]
pub enum DeviceRefused {
    /// The rules said no.
    Refusal(DeviceRefusal),
    /// Someone else changed the same device meanwhile.
    Conflict,
    /// The machine failed; nothing was saved.
    Fault(Fault),
}

impl From<Fault> for DeviceRefused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Accepts a device that was only seen, or that nobody has seen yet.
pub async fn register(
    application: &Application,
    actor: Actor,
    wire_key: &str,
    name: &str,
    profile: &str,
) -> Result<DeviceId, DeviceRefused> {
    let located = application.devices.at(wire_key);
    let known = located.lock().id;
    if let Some(id) = known {
        let name = located
            .lock()
            .device
            .registration
            .as_ref()
            .map_or_else(String::new, |known| known.name.clone());
        tracing::debug!(%id, "registered before");
        return Err(DeviceRefused::Refusal(DeviceRefusal::AlreadyRegistered {
            name,
        }));
    }
    let device = DeviceId(Uuid::now_v7());
    let command = DeviceCommand::RegisterDevice {
        device,
        wire_key: wire_key.to_owned(),
        name: name.to_owned(),
        profile: profile.to_owned(),
    };
    let order = DeviceOrder {
        command_id: CommandId(Uuid::now_v7()),
        device,
        actor,
        command,
        at: None,
    };
    carry_out(application, &located, order).await?;
    located.lock().id = Some(device);
    Ok(device)
}

/// Executes a command to a device.
pub async fn execute(application: &Application, order: DeviceOrder) -> Result<(), DeviceRefused> {
    let located = application
        .devices
        .by_id(order.device)
        .ok_or(DeviceRefused::Refusal(DeviceRefusal::NotRegistered))?;
    carry_out(application, &located, order).await
}

async fn carry_out(
    application: &Application,
    located: &Located,
    order: DeviceOrder,
) -> Result<(), DeviceRefused> {
    let now = order.at.unwrap_or_else(|| application.clock.now());
    let (before, version) = {
        let held = located.lock();
        (held.device.clone(), held.version)
    };
    let events = decide(&before, &order.command, now).map_err(DeviceRefused::Refusal)?;
    if events.is_empty() {
        return Ok(());
    }
    let mut after = before.clone();
    for event in &events {
        after.apply(event);
    }
    let outcome = application
        .store
        .commit(decision(application, &order, &after, version, &events, now))
        .await
        .context("committing a device's events")
        .map_err(Fault)?;
    match outcome {
        Outcome::Committed(_) => {}
        Outcome::Duplicate(_) => return Ok(()),
        Outcome::Conflict { .. } => {
            let wire_key = located.lock().wire_key.clone();
            Devices::read(application, order.device, &wire_key).await?;
            return Err(DeviceRefused::Conflict);
        }
    }
    {
        let mut held = located.lock();
        held.device = after.clone();
        held.version = version + events.len() as u64;
    }
    show(application, order.device, &before, &after);
    Ok(())
}

fn decision(
    application: &Application,
    order: &DeviceOrder,
    after: &Device,
    version: u64,
    events: &[DeviceEvent],
    now: Moment,
) -> Decision {
    let audit = match &order.actor {
        Actor::Person { .. } => vec![AuditEntry {
            at: now,
            actor: order.actor.clone(),
            action: "change a device's association".to_owned(),
            patient: None,
            session: after.session_now(),
            detail: order.device.to_string(),
        }],
        Actor::Device { .. } | Actor::System { .. } => Vec::new(),
    };
    // One moment for the record and for what is folded from it, so that folding it again gives
    // the same bytes.
    let recorded_at = application.clock.now();
    Decision {
        tenant: application.tenant,
        command_id: order.command_id,
        actor: order.actor.clone(),
        recorded_at,
        appends: vec![Append {
            stream: StreamId::device(order.device),
            expected_version: version,
            events: events
                .iter()
                .map(|event| event.to_new_event(EventId(Uuid::now_v7()), now))
                .collect(),
        }],
        projections: projection::after_device_events(
            after,
            version + events.len() as u64,
            recorded_at,
        ),
        audit,
        answer: b"{}".to_vec(),
    }
}

/// Lets the live side follow: the old session sees nothing of this device any more, the new one
/// begins empty. Hazard: H01
fn show(application: &Application, id: DeviceId, before: &Device, after: &Device) {
    let (was, is) = (before.session_now(), after.session_now());
    if was == is {
        return;
    }
    if let Some(session) = was {
        let watched = application.live.watch(session);
        let mut bedside = watched.bedside();
        if bedside.device == Some(id) {
            *bedside = Bedside::default();
        }
    }
    if let Some(session) = is {
        serve(application, session, id, after);
    }
    application.live.board_changed();
}

/// A session's live side begins to expect this device.
pub fn serve(application: &Application, session: SessionId, id: DeviceId, device: &Device) {
    let (name, profile) = device.registration.as_ref().map_or(("", ""), |known| {
        (known.name.as_str(), known.profile.as_str())
    });
    let period = application
        .devices
        .profile(profile, &application.zone)
        .period_milliseconds;
    let watched = application.live.watch(session);
    watched
        .bedside()
        .serve(id, name, units::Span::from_milliseconds(period));
    watched.frame_observed(0);
}

/// Records that the wire disagrees with the association; two strong signs end it.
pub async fn dispute(application: &Application, device: DeviceId, agreement: &Agreement) {
    let strong = matches!(agreement, Agreement::StrongConflict { .. });
    let reasons = agreement
        .reasons()
        .iter()
        .map(|reason| reason.says().to_owned())
        .collect();
    let order = DeviceOrder {
        command_id: CommandId(Uuid::now_v7()),
        device,
        actor: Actor::System {
            part: "identity on the wire".to_owned(),
        },
        command: DeviceCommand::DisputeAssociation { strong, reasons },
        at: None,
    };
    if let Err(error) = execute(application, order).await {
        tracing::warn!(?error, "a disagreement about the patient was not recorded");
    }
}

/// Ends the service of a session's device some time after the session has closed.
pub async fn release(application: &Application, device: DeviceId, reason: EndReason) {
    let order = DeviceOrder {
        command_id: CommandId(Uuid::now_v7()),
        device,
        actor: Actor::System {
            part: "association".to_owned(),
        },
        command: DeviceCommand::DisassociateDevice { reason },
        at: None,
    };
    if let Err(error) = execute(application, order).await {
        tracing::warn!(?error, "an association was not ended");
    }
}
