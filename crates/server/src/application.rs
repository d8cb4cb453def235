//! Everything that a request may need, in one place.

use crate::clinic_outcomes::ClinicOutcomes;
use crate::clock::Clock;
use crate::configuration::Configuration;
use crate::consent_files;
use crate::devices::Devices;
use crate::expected::ExpectedPatients;
use crate::exports::Exports;
use crate::fault::Fault;
use crate::https::Certificates;
use crate::live::Hub;
use crate::prediction::Drawings;
use crate::private_notes::OpenKeys;
use crate::rescreen::Looks;
use crate::rules_in_force::InForce;
use crate::session_registry::{SessionCell, Sessions, fold};
use crate::signal::Signals;
use crate::web::fhir::Programs;
use anyhow::Context;
use clinical::advisory::Limits;
use clinical::clinic::{Clinic, ClinicEvent, EquipmentList};
use clinical::course::consent::texts::Texts;
use clinical::course::reporting::{Clocks, Forms};
use clinical::course::screening::ScreeningRules;
use clinical::course::session::Session;
use clinical::device::ClinicMark;
use clinical::emergency::Cards;
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
    /// The certificate that is shown; none where nothing is encrypted here.
    pub certificates: Option<Arc<Certificates>>,
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
    /// Held while the book is written: one desk after the other.
    pub booking: tokio::sync::Mutex<()>,
    /// Held while the work of a second is done: whoever does it again finds what was written before.
    pub watching: tokio::sync::Mutex<()>,
    /// Held while messages are handed over, so that none is sent by two at once.
    pub sending: tokio::sync::Mutex<()>,
    /// Held while people on duty are called, for the same; messages to patients do not hold it.
    pub calling: tokio::sync::Mutex<()>,
    /// Whom changes of the rules would affect, as far as somebody is looking.
    pub looks: Looks,
    /// Exports that somebody has asked for on a page.
    pub exports: Exports,
    /// Predictions that are drawn.
    pub predictions: Drawings,
    /// The outcomes of everybody, as far as they are held in memory.
    pub outcomes: ClinicOutcomes,
    /// Patients' signals.
    pub signals: Signals,
    equipment: EquipmentList,
    /// The keys of those whose private notes are open.
    pub private_keys: OpenKeys,
    leaflets: Vec<Leaflet>,
    scales: Library,
    consents: Texts,
    cards: Cards,
    forms: Forms,
    clocks: Clocks,
    clinic: RwLock<Arc<Clinic>>,
    /// The rules with what the clinic has adopted; a session keeps those it began with.
    in_force: RwLock<Arc<InForce>>,
    /// Held by every stream that outlives its request, so that a stop does not wait for it.
    pub shutdown: tokio_util::sync::CancellationToken,
}

impl Application {
    /// Opens the store and reads what must be known from the start.
    pub async fn open(configuration: Configuration) -> Result<Arc<Self>, Fault> {
        let store = store::open(&configuration.store)
            .await
            .context("opening the store")?;
        let certificates = Certificates::open(&configuration.https, configuration.clock.now())
            .map_err(|fault| {
                fault
                    .0
                    .context("the certificate cannot be used, and nothing was started")
            })?;
        let base_url = if configuration.public_url.is_empty() {
            configuration.https.address(configuration.http)
        } else {
            configuration.public_url.trim_end_matches('/').to_owned()
        };
        let tenant = SINGLE_CLINIC;
        let unusable = "the texts of consent cannot be used, and nothing was started";
        let consents = consent_files::read(configuration.consents.as_deref()).context(unusable)?;
        let application = Arc::new(Self {
            sessions: Sessions::new(Arc::clone(&store), tenant),
            devices: Devices::default(),
            expected: ExpectedPatients::default(),
            live: Hub::default(),
            programs: Programs::default(),
            booking: tokio::sync::Mutex::default(),
            watching: tokio::sync::Mutex::default(),
            sending: tokio::sync::Mutex::default(),
            calling: tokio::sync::Mutex::default(),
            looks: Looks::default(),
            exports: Exports::default(),
            outcomes: ClinicOutcomes::default(),
            private_keys: OpenKeys::default(),
            scales: Library::shipped().context("reading the shipped scales")?,
            consents,
            signals: Signals::default(),
            predictions: Drawings::shipped().context("reading the shipped models")?,
            equipment: EquipmentList::shipped().context("reading the list of equipment")?,
            cards: Cards::shipped().context("reading the emergency cards")?,
            forms: Forms::shipped().context("reading the forms of safety programmes")?,
            clocks: Clocks::shipped().context("reading the clocks of adverse events")?,
            leaflets: clinical::leaflet::shipped().context("reading the shipped leaflets")?,
            clinic: RwLock::default(),
            in_force: RwLock::new(Arc::new(InForce::shipped()?)),
            clock: configuration.clock.clone(),
            zone: configuration.zone.clone(),
            shutdown: tokio_util::sync::CancellationToken::new(),
            store,
            tenant,
            base_url,
            certificates,
            configuration,
        });
        application.read_clinic().await?;
        consent_files::check(application.consents(), &application.in_force()).context(unusable)?;
        Ok(application)
    }

    /// What is looked for in a room.
    pub const fn equipment(&self) -> &EquipmentList {
        &self.equipment
    }

    /// The clinic as its events have made it.
    pub fn clinic(&self) -> Arc<Clinic> {
        Arc::clone(&self.clinic.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Folds the clinic's stream again; what it has adopted is in force from now on.
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
        if clinic.adopted != self.clinic().adopted {
            let in_force = Arc::new(InForce::of(&clinic)?);
            for aside in &in_force.set_aside {
                tracing::error!(
                    policy = aside.policy,
                    why = aside.says,
                    "adoption set aside"
                );
            }
            *self
                .in_force
                .write()
                .unwrap_or_else(PoisonError::into_inner) = in_force;
        }
        *self.clinic.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(clinic);
        Ok(())
    }

    /// The mark that this clinic's labels carry, from the seal of its first entry; none where
    /// nothing was entered yet, not even a room.
    pub async fn clinic_mark(&self) -> Result<Option<ClinicMark>, Fault> {
        let envelopes = self
            .store
            .stream(self.tenant, StreamId::clinic(self.tenant), 0)
            .await
            .context("reading the clinic's first entry")?;
        Ok(envelopes
            .first()
            .map(|first| ClinicMark::of_seal(&first.leaf)))
    }

    /// The rules in force, all of them as they were at one moment.
    pub fn in_force(&self) -> Arc<InForce> {
        Arc::clone(&self.in_force.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The rules of screening in force.
    pub fn screening(&self) -> Arc<ScreeningRules> {
        Arc::clone(&self.in_force().screening)
    }

    /// Questionnaires and scales.
    pub fn scales(&self) -> &Library {
        &self.scales
    }

    /// What people consent to.
    pub const fn consents(&self) -> &Texts {
        &self.consents
    }

    /// What to do when something goes wrong.
    pub const fn cards(&self) -> &Cards {
        &self.cards
    }

    /// The forms of safety programmes.
    pub const fn forms(&self) -> &Forms {
        &self.forms
    }

    /// By when somebody is told of an adverse event.
    pub const fn clocks(&self) -> &Clocks {
        &self.clocks
    }

    /// What patients read.
    pub fn leaflets(&self) -> &[Leaflet] {
        &self.leaflets
    }

    /// A parameter as it is in force, whichever of the clinic's rules it belongs to.
    pub fn value_in_force(&self, policy: &str, parameter: &str) -> Option<Quantity> {
        self.in_force().value(policy, parameter)
    }

    /// The rules of the session in force: those that a new session begins with.
    pub fn rules(&self) -> Arc<Rules> {
        Arc::clone(&self.in_force().session)
    }

    /// True while the clinic has its limits for live numerics switched on.
    pub fn limits_are_on(&self) -> bool {
        self.clinic().advisories_on()
    }

    /// The limits by which this session is watched where the clinic has them switched on.
    pub fn limits_of(&self, session: &Session) -> Arc<Limits> {
        self.in_force().limits.of_session(&self.clinic(), session)
    }

    /// The rules that this session keeps.
    pub fn rules_of(&self, session: &Session) -> Result<Arc<Rules>, Fault> {
        let rules = self.rules();
        if session.rules.is_empty() || session.rules == rules.in_force() {
            return Ok(rules);
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
