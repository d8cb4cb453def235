//! Everything that a request may need, in one place.

use crate::clock::Clock;
use crate::configuration::Configuration;
use crate::devices::Devices;
use crate::expected::ExpectedPatients;
use crate::fault::Fault;
use crate::live::Hub;
use crate::session_registry::{SessionCell, Sessions, fold};
use crate::web::fhir::Programs;
use anyhow::Context;
use clinical::advisory::Limits;
use clinical::clinic::{Clinic, ClinicEvent};
use clinical::course::screening::ScreeningRules;
use clinical::course::session::Session;
use clinical::instrument::Library;
use clinical::leaflet::Leaflet;
use clinical::policy::{Quantity, Rules};
use clinical::record::{Recorded, SessionId, StreamId, TenantId};
use jiff::tz::TimeZone;
use std::sync::{Arc, PoisonError, RwLock};
use store::Store;
use uuid::Uuid;

/// The tenant of a single clinic. A group gives each clinic its own.
pub const SINGLE_CLINIC: TenantId =
    TenantId(Uuid::from_u128(0x0e7e_2c3e_e100_4000_8000_0000_0000_0001));

/// The running application.
pub struct Application {
    /// Where everything durable is.
    pub store: Arc<dyn Store>,
    /// Whose data.
    pub tenant: TenantId,
    /// The one clock.
    pub clock: Clock,
    /// The clinic's time zone.
    pub zone: TimeZone,
    /// The address that people and programs use.
    pub base_url: String,
    /// What the operator set.
    pub configuration: Configuration,
    /// Sessions in memory.
    pub sessions: Sessions,
    /// What is live.
    pub live: Hub,
    /// Bedside devices.
    pub devices: Devices,
    /// Whom each session's monitor should be talking about.
    pub expected: ExpectedPatients,
    /// What is kept in memory for programs.
    pub programs: Programs,
    /// The rules as they ship; a session keeps the version it began with.
    rules: Arc<Rules>,
    limits: Arc<Limits>,
    screening: ScreeningRules,
    leaflets: Vec<Leaflet>,
    scales: Library,
    clinic: RwLock<Arc<Clinic>>,
    /// Held by every stream that outlives its request, so that a stop does not wait for it.
    pub shutdown: tokio_util::sync::CancellationToken,
}

impl Application {
    /// Opens the store and reads what must be known from the start.
    pub async fn open(configuration: Configuration) -> Result<Arc<Self>, Fault> {
        let store = store::open(&configuration.store)
            .await
            .context("opening the store")?;
        let base_url = if configuration.public_url.is_empty() {
            format!("http://{}", configuration.http)
        } else {
            configuration.public_url.trim_end_matches('/').to_owned()
        };
        let tenant = SINGLE_CLINIC;
        let application = Arc::new(Self {
            sessions: Sessions::new(Arc::clone(&store), tenant),
            devices: Devices::default(),
            expected: ExpectedPatients::default(),
            live: Hub::default(),
            programs: Programs::default(),
            rules: Arc::new(Rules::shipped().context("reading the shipped policies")?),
            limits: Arc::new(Limits::shipped().context("reading the shipped limits")?),
            screening: ScreeningRules::shipped()
                .context("reading the shipped rules of screening")?,
            scales: Library::shipped().context("reading the shipped scales")?,
            leaflets: clinical::leaflet::shipped().context("reading the shipped leaflets")?,
            clinic: RwLock::default(),
            clock: configuration.clock.clone(),
            zone: configuration.zone.clone(),
            shutdown: tokio_util::sync::CancellationToken::new(),
            store,
            tenant,
            base_url,
            configuration,
        });
        application.read_clinic().await?;
        Ok(application)
    }

    /// The clinic as its events have made it.
    pub fn clinic(&self) -> Arc<Clinic> {
        Arc::clone(&self.clinic.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Folds the clinic's stream again.
    pub async fn read_clinic(&self) -> Result<(), Fault> {
        let envelopes = self
            .store
            .stream(self.tenant, StreamId::clinic(self.tenant), 0)
            .await
            .context("reading the clinic's events")?;
        let mut clinic = Clinic::default();
        for envelope in &envelopes {
            clinic.apply(&ClinicEvent::read(envelope)?);
        }
        *self.clinic.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(clinic);
        Ok(())
    }

    /// The rules of screening as they ship.
    pub fn screening(&self) -> &ScreeningRules {
        &self.screening
    }

    /// Questionnaires and scales.
    pub fn scales(&self) -> &Library {
        &self.scales
    }

    /// What patients read.
    pub fn leaflets(&self) -> &[Leaflet] {
        &self.leaflets
    }

    /// A parameter as it is in force, whichever of the clinic's rules it belongs to.
    pub fn value_in_force(&self, policy: &str, parameter: &str) -> Option<Quantity> {
        self.rules.value(policy, parameter).or_else(|| {
            let mut screening = self.screening.policies().iter();
            screening
                .find(|known| known.id() == policy)?
                .value(parameter)
        })
    }

    /// The rules as they ship.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The clinic limits, in use or not.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The clinic limits, while the clinic has them switched on.
    pub fn limits_in_force(&self) -> Option<Arc<Limits>> {
        self.clinic()
            .advisories_on()
            .then(|| Arc::clone(&self.limits))
    }

    /// The rules that this session keeps.
    pub fn rules_of(&self, session: &Session) -> Result<Arc<Rules>, Fault> {
        if session.rules.is_empty() || session.rules == self.rules.in_force() {
            return Ok(Arc::clone(&self.rules));
        }
        Ok(Arc::new(Rules::recorded(&session.rules)?))
    }

    /// The session's cell, folded again from the log.
    pub async fn refold(&self, id: SessionId, cell: &SessionCell) -> Result<(), Fault> {
        let envelopes = self
            .store
            .stream(self.tenant, StreamId::session(id), 0)
            .await
            .context("reading a session's events")?;
        cell.replace(fold(id, &envelopes)?);
        Ok(())
    }

    /// The name of the cookie; where the address is https the browser is told to hold it there.
    pub fn cookie_name(&self) -> &'static str {
        if self.base_url.starts_with("https://") {
            "__Host-evenkeel"
        } else {
            "evenkeel"
        }
    }
}
