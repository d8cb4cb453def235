//! The store in memory: plain collections behind one lock. It is the model that the other engines
//! are compared with, and good for simulations; it lasts as long as it is held.

use crate::engine::{folded, receipt, seal};
use crate::sql_store::{among, patient_order};
use crate::{
    Account, ApiClient, ApiToken, AuditEntry, AuditRow, CourseRow, CourseSearch, Decision,
    DeviceRow, Digest, Document, Fault, Frame, FrameId, FrameOutcome, FrameState, FrameSummary,
    Head, LoginSession, MinuteRow, NewFrame, Outcome, PatientLink, PatientLogin, PatientRow,
    ProjectionWrite, Rebuilt, Resource, ResourcePage, ResourceRow, ResourceSearch, SampleBlock,
    SessionRow, SortKey, SortOrder, Store, StoredEvent, Throttle, UnassignedDevice,
};
use async_trait::async_trait;
use clinical::record::merkle::Frontier;
use clinical::record::{
    CommandId, DeviceId, Envelope, PatientId, SessionId, StaffId, StreamId, TenantId,
};
use clinical::vital_signs::Signal;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use units::Moment;
use uuid::Uuid;

/// A store in memory.
pub(crate) struct Memory {
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    tenants: BTreeMap<TenantId, Tenant>,
    frames: BTreeMap<FrameId, (TenantId, Frame)>,
    last_frame: u64,
    last_audit: u64,
}

#[derive(Default)]
struct Tenant {
    log: Vec<Envelope>,
    frontier: Frontier,
    last_leaf: [u8; 32],
    versions: BTreeMap<StreamId, u64>,
    answers: BTreeMap<CommandId, Vec<u8>>,
    audit: Vec<AuditRow>,
    projections: Rows,
    blocks: BTreeMap<(DeviceId, Moment, [u8; 32]), SampleBlock>,
    minutes: BTreeMap<(DeviceId, String, Moment, &'static str), MinuteRow>,
    accounts: BTreeMap<StaffId, Account>,
    logins: BTreeMap<[u8; 32], LoginSession>,
    throttles: BTreeMap<String, Throttle>,
    clients: BTreeMap<String, ApiClient>,
    tokens: BTreeMap<[u8; 32], ApiToken>,
    settings: BTreeMap<String, String>,
    documents: BTreeMap<[u8; 32], Document>,
    patient_links: BTreeMap<[u8; 32], PatientLink>,
    patient_logins: BTreeMap<[u8; 32], PatientLogin>,
}

#[derive(Default)]
struct Rows {
    sessions: BTreeMap<SessionId, SessionRow>,
    patients: BTreeMap<PatientId, PatientRow>,
    devices: BTreeMap<DeviceId, DeviceRow>,
    resources: BTreeMap<(String, String), ResourceRow>,
    course: BTreeMap<(String, Uuid), CourseRow>,
}

impl Rows {
    fn write(&mut self, write: ProjectionWrite) {
        match write {
            ProjectionWrite::PutSession(row) => {
                self.sessions.insert(row.session, row);
            }
            ProjectionWrite::PutPatient(row) => {
                self.patients.insert(row.patient, row);
            }
            ProjectionWrite::PutDevice(row) => {
                self.devices.insert(row.device, row);
            }
            ProjectionWrite::PutResource(mut row) => {
                row.codes.sort_unstable();
                row.codes.dedup();
                self.resources
                    .insert((row.kind.clone(), row.id.clone()), row);
            }
            ProjectionWrite::RemoveResource { kind, id } => {
                self.resources.remove(&(kind, id));
            }
            ProjectionWrite::PutCourse(row) => {
                self.course.insert((row.part.clone(), row.id), row);
            }
            ProjectionWrite::RemoveCourse { part, id } => {
                self.course.remove(&(part, id));
            }
        }
    }
}

impl Memory {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::default(),
            changed: watch::channel(0).0,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is read or written of one tenant, in one piece.
    fn of<T>(&self, tenant: TenantId, act: impl FnOnce(&mut Tenant) -> T) -> T {
        act(self.state().tenants.entry(tenant).or_default())
    }
}

fn commit(tenant: &mut Tenant, decision: Decision) -> Outcome {
    if let Some(answer) = tenant.answers.get(&decision.command_id) {
        return Outcome::Duplicate(answer.clone());
    }
    let mut versions = tenant.versions.clone();
    for append in &decision.appends {
        let actual = versions.get(&append.stream).copied().unwrap_or(0);
        if actual != append.expected_version {
            let stream = append.stream;
            return Outcome::Conflict {
                stream,
                expected: append.expected_version,
                actual,
            };
        }
        versions.insert(append.stream, actual + append.events.len() as u64);
    }
    let first = tenant.frontier.size() + 1;
    for append in &decision.appends {
        tenant.log.extend(seal(
            &decision,
            append,
            &mut tenant.frontier,
            &mut tenant.last_leaf,
        ));
    }
    tenant.versions = versions;
    tenant.answers.insert(decision.command_id, decision.answer);
    for write in decision.projections {
        tenant.projections.write(write);
    }
    Outcome::Committed(receipt(first, tenant.frontier.size()))
}

#[async_trait]
impl Store for Memory {
    async fn commit(&self, decision: Decision) -> Result<Outcome, Fault> {
        let mut state = self.state();
        let audit = decision.audit.clone();
        let tenant_id = decision.tenant;
        let tenant = state.tenants.entry(tenant_id).or_default();
        let outcome = commit(tenant, decision);
        let position = tenant.frontier.size();
        if let Outcome::Committed(receipt) = &outcome {
            for entry in audit {
                add_audit(&mut state, tenant_id, entry);
            }
            if receipt.last_position > 0 {
                self.changed
                    .send_modify(|known| *known = position.max(*known));
            }
        }
        Ok(outcome)
    }

    async fn answer(&self, tenant: TenantId, id: CommandId) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.of(tenant, |tenant| tenant.answers.get(&id).cloned()))
    }

    async fn stream(
        &self,
        tenant: TenantId,
        stream: StreamId,
        after: u64,
    ) -> Result<Vec<Envelope>, Fault> {
        Ok(self.of(tenant, |tenant| {
            let of_stream = tenant
                .log
                .iter()
                .filter(|event| event.header.stream == stream);
            of_stream
                .filter(|event| event.header.stream_version > after)
                .cloned()
                .collect()
        }))
    }

    async fn streams(
        &self,
        tenant: TenantId,
        streams: &[(StreamId, u64)],
    ) -> Result<Vec<Vec<Envelope>>, Fault> {
        let mut found = Vec::with_capacity(streams.len());
        for (stream, after) in streams {
            found.push(self.stream(tenant, *stream, *after).await?);
        }
        Ok(found)
    }

    async fn events(
        &self,
        tenant: TenantId,
        after: u64,
        count: usize,
    ) -> Result<Vec<Envelope>, Fault> {
        let after = usize::try_from(after).unwrap_or(usize::MAX);
        Ok(self.of(tenant, |tenant| {
            tenant.log.iter().skip(after).take(count).cloned().collect()
        }))
    }

    async fn stored_events(
        &self,
        tenant: TenantId,
        after: u64,
        count: usize,
    ) -> Result<Vec<StoredEvent>, Fault> {
        let events = self.events(tenant, after, count).await?;
        Ok(events
            .into_iter()
            .map(|event| StoredEvent {
                position: event.header.position,
                stream: event.header.stream,
                stream_version: event.header.stream_version,
                header: event.header_bytes,
                body: event.body,
                leaf: event.leaf,
            })
            .collect())
    }

    async fn tenants(&self) -> Result<Vec<TenantId>, Fault> {
        let state = self.state();
        let with_a_log = state
            .tenants
            .iter()
            .filter(|(_, tenant)| !tenant.log.is_empty());
        Ok(with_a_log.map(|(id, _)| *id).collect())
    }

    async fn head(&self, tenant: TenantId) -> Result<Head, Fault> {
        Ok(self.of(tenant, |tenant| Head {
            size: tenant.frontier.size(),
            root: tenant.frontier.root(),
            last_leaf: tenant.last_leaf,
        }))
    }

    fn committed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    async fn audit(
        &self,
        tenant: TenantId,
        before: Option<u64>,
        count: usize,
    ) -> Result<Vec<AuditRow>, Fault> {
        Ok(self.of(tenant, |tenant| {
            let older = tenant.audit.iter().rev();
            let older = older.filter(|row| before.is_none_or(|before| row.id < before));
            older.take(count).cloned().collect()
        }))
    }

    async fn audit_of(
        &self,
        tenant: TenantId,
        patient: PatientId,
        before: Option<u64>,
        count: usize,
    ) -> Result<Vec<AuditRow>, Fault> {
        Ok(self.of(tenant, |tenant| {
            let of_one = |row: &&AuditRow| row.entry.patient == Some(patient);
            let older = tenant.audit.iter().rev().filter(of_one);
            let older = older.filter(|row| before.is_none_or(|before| row.id < before));
            older.take(count).cloned().collect()
        }))
    }

    async fn add_audits(&self, tenant: TenantId, entries: Vec<AuditEntry>) -> Result<(), Fault> {
        let mut state = self.state();
        for entry in entries {
            add_audit(&mut state, tenant, entry);
        }
        Ok(())
    }

    async fn add_audit(&self, tenant: TenantId, entry: AuditEntry) -> Result<(), Fault> {
        add_audit(&mut self.state(), tenant, entry);
        Ok(())
    }

    async fn session(&self, tenant: TenantId, id: SessionId) -> Result<Option<SessionRow>, Fault> {
        Ok(self.of(tenant, |tenant| {
            tenant.projections.sessions.get(&id).cloned()
        }))
    }

    async fn open_sessions(&self, tenant: TenantId) -> Result<Vec<SessionRow>, Fault> {
        Ok(self.of(tenant, |tenant| {
            let mut rows: Vec<SessionRow> = tenant
                .projections
                .sessions
                .values()
                .filter(|row| row.open)
                .cloned()
                .collect();
            rows.sort_by_key(|row| (row.planned_for, row.session));
            rows
        }))
    }

    async fn closed_sessions(
        &self,
        tenant: TenantId,
        after: Option<(Moment, SessionId)>,
        count: usize,
    ) -> Result<Vec<SessionRow>, Fault> {
        Ok(self.of(tenant, |tenant| {
            newest_first(tenant.projections.sessions.values().filter(|row| {
                !row.open && after.is_none_or(|after| (row.planned_for, row.session) < after)
            }))
            .take(count)
            .collect()
        }))
    }

    async fn sessions_of(
        &self,
        tenant: TenantId,
        patient: PatientId,
        count: usize,
    ) -> Result<Vec<SessionRow>, Fault> {
        Ok(self.of(tenant, |tenant| {
            let sessions = tenant.projections.sessions.values();
            newest_first(sessions.filter(|row| row.patient == patient))
                .take(count)
                .collect()
        }))
    }

    async fn patient(&self, tenant: TenantId, id: PatientId) -> Result<Option<PatientRow>, Fault> {
        Ok(self.of(tenant, |tenant| {
            tenant.projections.patients.get(&id).cloned()
        }))
    }

    async fn patients(
        &self,
        tenant: TenantId,
        begins: &str,
        count: usize,
    ) -> Result<Vec<PatientRow>, Fault> {
        let begins = folded(begins);
        Ok(self.of(tenant, |tenant| {
            let mut rows: Vec<PatientRow> = tenant
                .projections
                .patients
                .values()
                .filter(|row| {
                    [&row.family_name, &row.given_name, &row.record_number]
                        .into_iter()
                        .any(|text| folded(text).starts_with(&begins))
                })
                .cloned()
                .collect();
            rows.sort_by_key(patient_order);
            rows.truncate(count);
            rows
        }))
    }

    async fn patient_ids(
        &self,
        tenant: TenantId,
        after: PatientId,
        count: usize,
    ) -> Result<Vec<PatientId>, Fault> {
        Ok(self.of(tenant, |tenant| {
            let ids = tenant.projections.patients.keys();
            ids.filter(|id| **id > after).take(count).copied().collect()
        }))
    }

    async fn devices(&self, tenant: TenantId) -> Result<Vec<DeviceRow>, Fault> {
        Ok(self.of(tenant, |tenant| {
            let mut rows: Vec<DeviceRow> = tenant.projections.devices.values().cloned().collect();
            rows.sort_by(|a, b| (&a.name, a.device).cmp(&(&b.name, b.device)));
            rows
        }))
    }

    async fn resource(
        &self,
        tenant: TenantId,
        kind: &str,
        id: &str,
    ) -> Result<Option<Resource>, Fault> {
        let key = (kind.to_owned(), id.to_owned());
        Ok(self.of(tenant, |tenant| {
            tenant.projections.resources.get(&key).map(resource)
        }))
    }

    async fn search(
        &self,
        tenant: TenantId,
        search: &ResourceSearch,
    ) -> Result<ResourcePage, Fault> {
        Ok(self.of(tenant, |tenant| {
            let mut fitting: Vec<&ResourceRow> = tenant
                .projections
                .resources
                .values()
                .filter(|row| fits(row, search))
                .collect();
            fitting.sort_by_key(|row| place(row, search.sort));
            if search.order == SortOrder::NewestFirst {
                fitting.reverse();
            }
            let total = search.total.then_some(fitting.len() as u64);
            if let Some((moment, id)) = &search.after {
                let after = (*moment, id.as_str());
                fitting.retain(|row| match search.order {
                    SortOrder::NewestFirst => place(row, search.sort) < after,
                    SortOrder::OldestFirst => place(row, search.sort) > after,
                });
            }
            let more = fitting.len() > search.count;
            fitting.truncate(search.count);
            let next = fitting.last().filter(|_| more).map(|last| {
                let (moment, id) = place(last, search.sort);
                (moment, id.to_owned())
            });
            ResourcePage {
                resources: fitting.into_iter().map(resource).collect(),
                next,
                total,
            }
        }))
    }

    async fn clear_projections(&self, tenant: TenantId) -> Result<(), Fault> {
        self.of(tenant, |tenant| tenant.projections = Rows::default());
        Ok(())
    }

    async fn write_projections(
        &self,
        tenant: TenantId,
        writes: Vec<ProjectionWrite>,
    ) -> Result<(), Fault> {
        self.of(tenant, |tenant| {
            writes
                .into_iter()
                .for_each(|write| tenant.projections.write(write));
        });
        Ok(())
    }

    async fn rebuild_projections(
        &self,
        tenant: TenantId,
        position: u64,
        writes: Vec<ProjectionWrite>,
    ) -> Result<Rebuilt, Fault> {
        Ok(self.of(tenant, |tenant| {
            if tenant.frontier.size() != position {
                return Rebuilt::LogMovedOn {
                    position: tenant.frontier.size(),
                };
            }
            tenant.projections = Rows::default();
            writes
                .into_iter()
                .for_each(|write| tenant.projections.write(write));
            Rebuilt::Done
        }))
    }

    async fn projection_digest(&self, tenant: TenantId) -> Result<[u8; 32], Fault> {
        Ok(self.of(tenant, |tenant| {
            let mut digest = Digest::new();
            let rows = &tenant.projections;
            rows.sessions.values().for_each(|row| digest.session(row));
            rows.patients.values().for_each(|row| digest.patient(row));
            rows.devices.values().for_each(|row| digest.device(row));
            rows.resources.values().for_each(|row| digest.resource(row));
            for row in rows.resources.values() {
                row.codes
                    .iter()
                    .for_each(|code| digest.code(&row.kind, &row.id, code));
            }
            rows.course.values().for_each(|row| digest.course(row));
            digest.finish()
        }))
    }

    async fn course_row(
        &self,
        tenant: TenantId,
        part: &str,
        id: Uuid,
    ) -> Result<Option<CourseRow>, Fault> {
        let key = (part.to_owned(), id);
        Ok(self.of(tenant, |tenant| {
            tenant.projections.course.get(&key).cloned()
        }))
    }

    async fn course_rows_named(
        &self,
        tenant: TenantId,
        part: &str,
        ids: &[Uuid],
    ) -> Result<Vec<Option<CourseRow>>, Fault> {
        let mut rows = Vec::with_capacity(ids.len());
        for id in ids {
            rows.push(self.course_row(tenant, part, *id).await?);
        }
        Ok(rows)
    }

    async fn course_rows(
        &self,
        tenant: TenantId,
        search: &CourseSearch,
    ) -> Result<Vec<CourseRow>, Fault> {
        let (from, until) = search.stretch();
        let place = search.place();
        Ok(self.of(tenant, |tenant| {
            let mut rows: Vec<CourseRow> = tenant
                .projections
                .course
                .values()
                .filter(|row| {
                    let due = crate::course::stored(row.due);
                    row.part == search.part
                        && search
                            .state
                            .as_ref()
                            .is_none_or(|state| row.state == *state)
                        && (from..=until).contains(&due)
                        && (due, row.id) > place
                })
                .cloned()
                .collect();
            rows.sort_by_key(|row| (crate::course::stored(row.due), row.id));
            rows.truncate(search.count);
            rows
        }))
    }

    async fn course_rows_by_id(
        &self,
        tenant: TenantId,
        part: &str,
        after: Uuid,
        count: usize,
    ) -> Result<Vec<CourseRow>, Fault> {
        Ok(self.of(tenant, |tenant| {
            let all = tenant.projections.course.values();
            let mut rows: Vec<CourseRow> = all
                .filter(|row| row.part == part && row.id > after)
                .cloned()
                .collect();
            rows.sort_by_key(|row| row.id);
            rows.truncate(count);
            rows
        }))
    }

    async fn course_count(&self, tenant: TenantId, part: &str) -> Result<u64, Fault> {
        Ok(self.of(tenant, |tenant| {
            let all = tenant.projections.course.values();
            all.filter(|row| row.part == part).count() as u64
        }))
    }

    async fn course_rows_of(
        &self,
        tenant: TenantId,
        patient: PatientId,
    ) -> Result<Vec<CourseRow>, Fault> {
        Ok(self.of(tenant, |tenant| {
            let all = tenant.projections.course.values();
            let mut rows: Vec<CourseRow> = all
                .filter(|row| row.patient == Some(patient))
                .cloned()
                .collect();
            rows.sort_by(|a, b| {
                let key = |row: &CourseRow| (crate::course::stored(row.due), row.id);
                a.part.cmp(&b.part).then_with(|| key(a).cmp(&key(b)))
            });
            rows
        }))
    }

    async fn put_document(&self, tenant: TenantId, document: Document) -> Result<(), Fault> {
        self.of(tenant, |tenant| {
            tenant.documents.entry(document.digest).or_insert(document);
        });
        Ok(())
    }

    async fn document(
        &self,
        tenant: TenantId,
        digest: &[u8; 32],
    ) -> Result<Option<Document>, Fault> {
        Ok(self.of(tenant, |tenant| tenant.documents.get(digest).cloned()))
    }

    async fn document_digests(
        &self,
        tenant: TenantId,
        after: Option<[u8; 32]>,
        count: usize,
    ) -> Result<Vec<[u8; 32]>, Fault> {
        Ok(self.of(tenant, |tenant| {
            let digests = tenant.documents.keys();
            digests
                .filter(|digest| after.is_none_or(|after| **digest > after))
                .take(count)
                .copied()
                .collect()
        }))
    }

    async fn append_frame(&self, frame: NewFrame) -> Result<FrameId, Fault> {
        let mut state = self.state();
        state.last_frame += 1;
        let id = FrameId(state.last_frame);
        let stored = Frame {
            id,
            received_at: frame.received_at,
            connection: frame.connection,
            remote: frame.remote,
            profile: frame.profile,
            outcome: FrameOutcome::unread(),
            bytes: frame.bytes,
        };
        state.frames.insert(id, (frame.tenant, stored));
        Ok(id)
    }

    async fn record_outcome(&self, id: FrameId, outcome: FrameOutcome) -> Result<(), Fault> {
        if let Some((_, frame)) = self.state().frames.get_mut(&id) {
            frame.outcome = outcome;
        }
        Ok(())
    }

    async fn frame(&self, tenant: TenantId, id: FrameId) -> Result<Option<Frame>, Fault> {
        let state = self.state();
        let found = state.frames.get(&id).filter(|(owner, _)| *owner == tenant);
        Ok(found.map(|(_, frame)| frame.clone()))
    }

    async fn frames(
        &self,
        tenant: TenantId,
        device_key: Option<&str>,
        from: Moment,
        until: Moment,
        after: FrameId,
        count: usize,
    ) -> Result<Vec<Frame>, Fault> {
        let state = self.state();
        let later = state.frames.values().filter(|(owner, frame)| {
            *owner == tenant
                && frame.id > after
                && from <= frame.received_at
                && frame.received_at < until
                && (device_key.is_none()
                    || frame.outcome.state == FrameState::Unread
                    || frame.outcome.device_key.as_deref() == device_key)
        });
        Ok(later.map(|(_, frame)| frame.clone()).take(count).collect())
    }

    async fn frames_in(
        &self,
        tenant: TenantId,
        wanted: FrameState,
        before: Option<FrameId>,
        count: usize,
    ) -> Result<Vec<FrameSummary>, Fault> {
        let state = self.state();
        let older = state.frames.values().rev().filter(|(owner, frame)| {
            *owner == tenant
                && frame.outcome.state == wanted
                && before.is_none_or(|before| frame.id < before)
        });
        Ok(older
            .take(count)
            .map(|(_, frame)| FrameSummary {
                id: frame.id,
                received_at: frame.received_at,
                remote: frame.remote.clone(),
                outcome: frame.outcome.clone(),
                length: frame.bytes.len() as u64,
            })
            .collect())
    }

    async fn unassigned(&self, tenant: TenantId) -> Result<Vec<UnassignedDevice>, Fault> {
        let state = self.state();
        let mut devices: BTreeMap<String, UnassignedDevice> = BTreeMap::new();
        for (owner, frame) in state.frames.values() {
            if *owner != tenant || frame.outcome.state != FrameState::Unassigned {
                continue;
            }
            let key = frame.outcome.device_key.clone().unwrap_or_default();
            let device = devices.entry(key.clone()).or_insert(UnassignedDevice {
                device_key: key,
                frames: 0,
                first_at: frame.received_at,
                last_at: frame.received_at,
                last: frame.id,
            });
            device.frames += 1;
            device.first_at = device.first_at.min(frame.received_at);
            device.last_at = device.last_at.max(frame.received_at);
            device.last = device.last.max(frame.id);
        }
        let mut devices: Vec<UnassignedDevice> = devices.into_values().collect();
        devices.sort_by(|a, b| {
            b.last_at
                .cmp(&a.last_at)
                .then(a.device_key.cmp(&b.device_key))
        });
        Ok(devices)
    }

    async fn purge_frames(&self, tenant: TenantId, before: Moment) -> Result<u64, Fault> {
        let mut state = self.state();
        let had = state.frames.len();
        state
            .frames
            .retain(|_, (owner, frame)| *owner != tenant || frame.received_at >= before);
        Ok((had - state.frames.len()) as u64)
    }

    async fn seal(
        &self,
        tenant: TenantId,
        blocks: Vec<SampleBlock>,
        minutes: Vec<(DeviceId, MinuteRow)>,
    ) -> Result<(), Fault> {
        self.of(tenant, |tenant| {
            for block in blocks {
                let key = (block.device, block.received_from, block.hash);
                tenant.blocks.insert(key, block);
            }
            for (device, row) in minutes {
                let signal: Signal = row.minute.signal;
                let key = (device, row.version.clone(), row.minute.start, signal.word());
                tenant.minutes.insert(key, row);
            }
        });
        Ok(())
    }

    async fn blocks(
        &self,
        tenant: TenantId,
        device: DeviceId,
        from: Moment,
        until: Moment,
    ) -> Result<Vec<SampleBlock>, Fault> {
        Ok(self.of(tenant, |tenant| {
            let touching = tenant.blocks.values().filter(|block| {
                block.device == device
                    && block.received_from < until
                    && block.received_until >= from
            });
            touching.cloned().collect()
        }))
    }

    async fn all_blocks(
        &self,
        tenant: TenantId,
        after: Option<(DeviceId, Moment, [u8; 32])>,
        count: usize,
    ) -> Result<Vec<SampleBlock>, Fault> {
        Ok(self.of(tenant, |tenant| {
            let later = tenant
                .blocks
                .iter()
                .filter(|(key, _)| after.is_none_or(|a| **key > a));
            later.map(|(_, block)| block.clone()).take(count).collect()
        }))
    }

    async fn sealed_until(
        &self,
        tenant: TenantId,
        device: DeviceId,
    ) -> Result<Option<Moment>, Fault> {
        Ok(self.of(tenant, |tenant| {
            let of_device = tenant
                .blocks
                .values()
                .filter(|block| block.device == device);
            of_device.map(|block| block.received_until).max()
        }))
    }

    async fn minutes(
        &self,
        tenant: TenantId,
        device: DeviceId,
        from: Moment,
        until: Moment,
        version: &str,
    ) -> Result<Vec<MinuteRow>, Fault> {
        Ok(self.of(tenant, |tenant| {
            let fitting = tenant
                .minutes
                .iter()
                .filter(|((of, derived_by, start, _), _)| {
                    *of == device && derived_by == version && from <= *start && *start < until
                });
            fitting.map(|(_, row)| row.clone()).collect()
        }))
    }

    async fn clear_minutes(&self, tenant: TenantId, version: &str) -> Result<(), Fault> {
        self.of(tenant, |tenant| {
            tenant
                .minutes
                .retain(|(_, derived_by, _, _), _| derived_by != version);
        });
        Ok(())
    }

    async fn put_account(&self, tenant: TenantId, account: Account) -> Result<(), Fault> {
        self.of(tenant, |tenant| {
            let name = folded(&account.username);
            let taken = tenant
                .accounts
                .values()
                .any(|other| other.staff != account.staff && folded(&other.username) == name);
            if taken {
                return Err(Fault::Unusable("this username is taken".to_owned()));
            }
            tenant.accounts.insert(account.staff, account);
            Ok(())
        })
    }

    async fn account(&self, tenant: TenantId, staff: StaffId) -> Result<Option<Account>, Fault> {
        Ok(self.of(tenant, |tenant| tenant.accounts.get(&staff).cloned()))
    }

    async fn account_by_username(
        &self,
        tenant: TenantId,
        username: &str,
    ) -> Result<Option<Account>, Fault> {
        let name = folded(username);
        Ok(self.of(tenant, |tenant| {
            tenant
                .accounts
                .values()
                .find(|account| folded(&account.username) == name)
                .cloned()
        }))
    }

    async fn accounts(&self, tenant: TenantId) -> Result<Vec<Account>, Fault> {
        Ok(self.of(tenant, |tenant| {
            let mut accounts: Vec<Account> = tenant.accounts.values().cloned().collect();
            accounts.sort_by_key(|account| folded(&account.username));
            accounts
        }))
    }

    async fn add_login(&self, tenant: TenantId, login: LoginSession) -> Result<(), Fault> {
        self.of(tenant, |tenant| tenant.logins.insert(login.digest, login));
        Ok(())
    }

    async fn login(
        &self,
        tenant: TenantId,
        digest: &[u8; 32],
    ) -> Result<Option<(LoginSession, Account)>, Fault> {
        Ok(self.of(tenant, |tenant| {
            let login = tenant.logins.get(digest)?.clone();
            let account = tenant.accounts.get(&login.staff)?.clone();
            Some((login, account))
        }))
    }

    async fn touch_login(
        &self,
        tenant: TenantId,
        digest: &[u8; 32],
        at: Moment,
    ) -> Result<(), Fault> {
        self.of(tenant, |tenant| {
            if let Some(login) = tenant.logins.get_mut(digest) {
                login.last_seen_at = at;
            }
        });
        Ok(())
    }

    async fn end_login(&self, tenant: TenantId, digest: &[u8; 32]) -> Result<(), Fault> {
        self.of(tenant, |tenant| tenant.logins.remove(digest));
        Ok(())
    }

    async fn end_logins_of(&self, tenant: TenantId, staff: StaffId) -> Result<(), Fault> {
        self.of(tenant, |tenant| {
            tenant.logins.retain(|_, login| login.staff != staff)
        });
        Ok(())
    }

    async fn forget_expired(&self, tenant: TenantId, before: Moment) -> Result<u64, Fault> {
        Ok(self.of(tenant, |tenant| {
            let number = |tenant: &Tenant| {
                let people = tenant.logins.len() + tenant.patient_logins.len();
                people + tenant.tokens.len() + tenant.patient_links.len()
            };
            let had = number(tenant);
            tenant.logins.retain(|_, login| login.expires_at >= before);
            tenant.tokens.retain(|_, token| token.expires_at >= before);
            tenant
                .patient_links
                .retain(|_, link| link.expires_at >= before);
            tenant
                .patient_logins
                .retain(|_, login| login.expires_at >= before);
            (had - number(tenant)) as u64
        }))
    }

    async fn throttle(&self, tenant: TenantId, key: &str) -> Result<Option<Throttle>, Fault> {
        Ok(self.of(tenant, |tenant| tenant.throttles.get(key).cloned()))
    }

    async fn set_throttle(
        &self,
        tenant: TenantId,
        key: &str,
        failures: u32,
        locked_until: Option<Moment>,
    ) -> Result<(), Fault> {
        let throttle = Throttle {
            failures,
            locked_until,
        };
        self.of(tenant, |tenant| {
            tenant.throttles.insert(key.to_owned(), throttle)
        });
        Ok(())
    }

    async fn clear_throttle(&self, tenant: TenantId, key: &str) -> Result<(), Fault> {
        self.of(tenant, |tenant| tenant.throttles.remove(key));
        Ok(())
    }

    async fn add_patient_link(&self, tenant: TenantId, link: PatientLink) -> Result<(), Fault> {
        self.of(tenant, |tenant| {
            tenant.patient_links.insert(link.digest, link)
        });
        Ok(())
    }

    async fn patient_link(
        &self,
        tenant: TenantId,
        digest: &[u8; 32],
    ) -> Result<Option<PatientLink>, Fault> {
        Ok(self.of(tenant, |tenant| tenant.patient_links.get(digest).cloned()))
    }

    async fn use_patient_link(
        &self,
        tenant: TenantId,
        digest: &[u8; 32],
        at: Moment,
    ) -> Result<bool, Fault> {
        Ok(self.of(tenant, |tenant| {
            let link = tenant.patient_links.get_mut(digest);
            link.filter(|link| link.used_at.is_none())
                .map(|link| link.used_at = Some(at))
                .is_some()
        }))
    }

    async fn add_patient_login(&self, tenant: TenantId, login: PatientLogin) -> Result<(), Fault> {
        self.of(tenant, |tenant| {
            tenant.patient_logins.insert(login.digest, login)
        });
        Ok(())
    }

    async fn patient_login(
        &self,
        tenant: TenantId,
        digest: &[u8; 32],
    ) -> Result<Option<PatientLogin>, Fault> {
        Ok(self.of(tenant, |tenant| tenant.patient_logins.get(digest).cloned()))
    }

    async fn end_patient_login(&self, tenant: TenantId, digest: &[u8; 32]) -> Result<(), Fault> {
        self.of(tenant, |tenant| tenant.patient_logins.remove(digest));
        Ok(())
    }

    async fn end_patient_access(&self, tenant: TenantId, patient: PatientId) -> Result<(), Fault> {
        self.of(tenant, |tenant| {
            tenant
                .patient_links
                .retain(|_, link| link.patient != patient);
            tenant
                .patient_logins
                .retain(|_, login| login.patient != patient);
        });
        Ok(())
    }

    async fn put_client(&self, tenant: TenantId, client: ApiClient) -> Result<(), Fault> {
        self.of(tenant, |tenant| {
            tenant.clients.insert(client.client_id.clone(), client)
        });
        Ok(())
    }

    async fn client(&self, tenant: TenantId, client_id: &str) -> Result<Option<ApiClient>, Fault> {
        Ok(self.of(tenant, |tenant| tenant.clients.get(client_id).cloned()))
    }

    async fn add_token(&self, tenant: TenantId, token: ApiToken) -> Result<(), Fault> {
        self.of(tenant, |tenant| tenant.tokens.insert(token.digest, token));
        Ok(())
    }

    async fn token(&self, tenant: TenantId, digest: &[u8; 32]) -> Result<Option<ApiToken>, Fault> {
        Ok(self.of(tenant, |tenant| tenant.tokens.get(digest).cloned()))
    }

    async fn setting(&self, tenant: TenantId, name: &str) -> Result<Option<String>, Fault> {
        Ok(self.of(tenant, |tenant| tenant.settings.get(name).cloned()))
    }

    async fn put_setting(&self, tenant: TenantId, name: &str, value: &str) -> Result<(), Fault> {
        self.of(tenant, |tenant| {
            tenant.settings.insert(name.to_owned(), value.to_owned())
        });
        Ok(())
    }
}

fn add_audit(state: &mut State, tenant: TenantId, entry: AuditEntry) {
    state.last_audit += 1;
    let id = state.last_audit;
    state
        .tenants
        .entry(tenant)
        .or_default()
        .audit
        .push(AuditRow { id, entry });
}

fn newest_first<'a>(
    rows: impl Iterator<Item = &'a SessionRow>,
) -> impl Iterator<Item = SessionRow> {
    let mut rows: Vec<SessionRow> = rows.cloned().collect();
    rows.sort_by_key(|row| (row.planned_for, row.session));
    rows.into_iter().rev()
}

fn resource(row: &ResourceRow) -> Resource {
    Resource {
        id: row.id.clone(),
        updated: row.updated,
        version: row.version,
        json: row.json.clone(),
    }
}

/// What has no moment is the oldest.
fn place(row: &ResourceRow, sort: SortKey) -> (Moment, &str) {
    let at = match sort {
        SortKey::Effective => Moment::from_microseconds(row.stretch().0),
        SortKey::Updated => row.updated,
    };
    (at, &row.id)
}

fn fits(row: &ResourceRow, search: &ResourceSearch) -> bool {
    row.kind == search.kind
        && (search.ids.is_empty() || search.ids.contains(&row.id))
        && among(&search.patients, row.patient)
        && among(&search.sessions, row.session)
        && (search.codes.is_empty() || search.codes.iter().any(|code| row.codes.contains(code)))
        && search.date.holds(row.stretch().0)
        && search.ended.holds(row.stretch().1)
        && search.updated.holds(row.updated.microseconds())
        && search.sifts(row.stretch(), row.updated, &row.codes)
}
