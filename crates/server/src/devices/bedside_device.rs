//! What the server holds of one device while it runs; all of it is rebuilt from stored frames.

use crate::application::Application;
use crate::fault::Fault;
use anyhow::Context;
use clinical::device::{Device, DeviceEvent, OffsetEstimator};
use clinical::record::{DeviceId, Recorded, StreamId};
use clinical::vital_signs::{Judge, Numeric};
use exchange::hl7v2::profile::Profile;
use exchange::hl7v2::repeat::Repeats;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use units::Moment;

/// One device, registered or only seen.
pub struct BedsideDevice {
    /// Its key on the wire.
    pub wire_key: String,
    /// Our identity for it, once it is registered.
    pub id: Option<DeviceId>,
    /// As its events have made it.
    pub device: Device,
    /// How many events that were.
    pub version: u64,
    /// Observations seen before, from a patient.
    pub repeats: Repeats,
    /// Observations seen before, in demo or test mode.
    pub repeats_simulated: Repeats,
    /// Marks doubtful numbers.
    pub judge: Judge,
    /// The device's clock against ours.
    pub clock: OffsetEstimator,
    /// Numbers of the minute that is not sealed yet.
    pub unsealed: Vec<Numeric>,
    /// Up to here, by receive time, samples are sealed: what is read again is not sealed twice.
    pub sealed_until: Option<Moment>,
    /// The newest frame.
    pub last_frame: u64,
    /// When it came.
    pub last_frame_at: Option<Moment>,
    /// From which address.
    pub remote: String,
}

/// A device, held by one frame at a time.
#[derive(Clone)]
pub struct Located(Arc<Mutex<BedsideDevice>>);

impl Located {
    /// The device, for a moment; never held across a wait.
    pub fn lock(&self) -> MutexGuard<'_, BedsideDevice> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BedsideDevice {
    fn new(wire_key: &str) -> Self {
        Self {
            wire_key: wire_key.to_owned(),
            id: None,
            device: Device::default(),
            version: 0,
            repeats: Repeats::new(),
            repeats_simulated: Repeats::new(),
            judge: Judge::new(),
            clock: OffsetEstimator::new(clinical::device::clock::Resolution::Seconds),
            unsealed: Vec::new(),
            sealed_until: None,
            last_frame: 0,
            last_frame_at: None,
            remote: String::new(),
        }
    }

    /// A frame came.
    pub fn heard(&mut self, frame: u64, at: Moment, remote: &str) {
        self.last_frame = self.last_frame.max(frame);
        self.last_frame_at = self.last_frame_at.max(Some(at));
        remote.clone_into(&mut self.remote);
    }

    /// Holds numbers until their minute is sealed; what is sealed already is not held again.
    pub fn keep_until_sealed(&mut self, numerics: &[Numeric]) {
        let sealed_until = self.sealed_until;
        let unsealed = numerics
            .iter()
            .filter(|numeric| sealed_until.is_none_or(|until| numeric.received_at >= until))
            .cloned();
        self.unsealed.extend(unsealed);
    }
}

/// Every device, by its key on the wire.
#[derive(Default)]
pub struct Devices {
    by_key: Mutex<HashMap<String, Located>>,
    profiles: Mutex<HashMap<String, Arc<Profile>>>,
}

impl Devices {
    /// The device with this key; a new one is only seen, not registered.
    pub fn at(&self, wire_key: &str) -> Located {
        let mut by_key = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = by_key.get(wire_key) {
            return known.clone();
        }
        let located = Located(Arc::new(Mutex::new(BedsideDevice::new(wire_key))));
        by_key.insert(wire_key.to_owned(), located.clone());
        located
    }

    /// The device with this key, if it was ever heard or registered.
    pub fn known(&self, wire_key: &str) -> Option<Located> {
        self.by_key
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(wire_key)
            .cloned()
    }

    /// Every device, registered or only seen.
    pub fn all(&self) -> Vec<Located> {
        self.by_key
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect()
    }

    /// The device with this identity.
    pub fn by_id(&self, id: DeviceId) -> Option<Located> {
        self.all()
            .into_iter()
            .find(|located| located.lock().id == Some(id))
    }

    /// The gateway profile of this name in the clinic's zone; the generic one for a name that is
    /// not known.
    pub fn profile(&self, name: &str, zone: &jiff::tz::TimeZone) -> Arc<Profile> {
        let mut profiles = self.profiles.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = profiles.get(name) {
            return Arc::clone(known);
        }
        let built_in = Profile::builtin(name)
            .or_else(|| Profile::builtin("generic-pcd01"))
            .unwrap_or_else(|| unreachable!("the generic profile ships"));
        let zone = zone.iana_name().unwrap_or("UTC");
        let profile = Arc::new(built_in.in_zone(zone).unwrap_or_else(|_| built_in.clone()));
        profiles.insert(name.to_owned(), Arc::clone(&profile));
        profile
    }

    /// The profile for a frame: that of the registered device whose key its header carries, or
    /// the one that the operator set.
    pub fn profile_of(
        &self,
        frame: &[u8],
        otherwise: &str,
        zone: &jiff::tz::TimeZone,
    ) -> Arc<Profile> {
        let registered = exchange::hl7v2::header::Header::read(frame)
            .map(|header| String::from_utf8_lossy(header.component(3, 2)).to_uppercase())
            .and_then(|key| self.known(&key))
            .and_then(|located| {
                located
                    .lock()
                    .device
                    .registration
                    .as_ref()
                    .map(|known| known.profile.clone())
            });
        self.profile(registered.as_deref().unwrap_or(otherwise), zone)
    }

    /// Folds every registered device from the log; at the start.
    pub async fn read_all(application: &Application) -> Result<(), Fault> {
        let rows = application
            .store
            .devices(application.tenant)
            .await
            .context("reading the devices")?;
        for row in rows {
            Self::read(application, row.device, &row.wire_key).await?;
        }
        Ok(())
    }

    /// Folds one device from the log.
    pub async fn read(
        application: &Application,
        id: DeviceId,
        wire_key: &str,
    ) -> Result<Located, Fault> {
        let envelopes = application
            .store
            .stream(application.tenant, StreamId::device(id), 0)
            .await
            .context("reading a device's events")?;
        let mut device = Device::default();
        for envelope in &envelopes {
            device.apply(&DeviceEvent::read(envelope)?);
        }
        let sealed_until = application
            .store
            .sealed_until(application.tenant, id)
            .await
            .context("reading a device's newest block")?;
        let located = application.devices.at(wire_key);
        {
            let mut held = located.lock();
            held.id = Some(id);
            held.device = device;
            held.sealed_until = held.sealed_until.max(sealed_until);
            held.version = envelopes.len() as u64;
        }
        Ok(located)
    }
}
