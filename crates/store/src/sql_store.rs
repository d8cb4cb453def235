//! The store on an SQL engine: every method is a statement or two of the catalogue.

use crate::catalogue::{self as sql, Form, Scope};
use crate::engine::{
    Answer, Engine, Job, add_audit, clear_projections, folded, read_head, send, write_projection,
};
use crate::frame::{compress, decompress};
use crate::value::{Row, Value, Write, values};
use crate::{
    Account, ApiClient, ApiToken, AuditEntry, AuditRow, CourseRow, CourseSearch, Decision,
    DeviceRow, Digest, Document, Fault, Frame, FrameId, FrameOutcome, FrameState, FrameSummary,
    Head, LoginSession, MinuteRow, NewFrame, Outcome, PatientLink, PatientLogin, PatientRow,
    ProjectionWrite, Rebuilt, Resource, ResourcePage, ResourceSearch, SampleBlock, SessionRow,
    SortKey, SortOrder, Store, StoredEvent, Throttle, UnassignedDevice,
};
use async_trait::async_trait;
use clinical::record::{
    Actor, CommandId, DeviceId, Envelope, PatientId, Role, SessionId, StaffId, StreamId,
    StreamKind, TenantId,
};
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::{oneshot, watch};
use units::Moment;
use uuid::Uuid;

/// How many rows the digest reads at once.
const PAGE: usize = 1_000;
/// How many frames are forgotten in one transaction, so that others get their turn.
const PURGE: usize = 500;

/// A store on an SQL engine.
pub(crate) struct SqlStore<E>(pub E);

impl<E: Engine> SqlStore<E> {
    async fn write(&self, writes: Vec<Write>) -> Result<(), Fault> {
        match send(&self.0, Job::Writes(writes)).await? {
            Answer::Done => Ok(()),
            Answer::Outcome(_) | Answer::Frame(_) | Answer::Changed(_) | Answer::NotThere(_) => {
                Err(mixed_up())
            }
        }
    }

    async fn write_one(&self, text: &'static str, values: Vec<Value>) -> Result<(), Fault> {
        self.write(vec![Write { text, values }]).await
    }

    /// Writes, and tells how many rows changed.
    async fn count(&self, writes: Vec<Write>) -> Result<u64, Fault> {
        match send(&self.0, Job::Counted(writes)).await? {
            Answer::Changed(rows) => Ok(rows),
            Answer::Outcome(_) | Answer::Frame(_) | Answer::Done | Answer::NotThere(_) => {
                Err(mixed_up())
            }
        }
    }

    async fn one<T>(
        &self,
        text: &'static str,
        values: Vec<Value>,
        read: impl Fn(&mut Row) -> Result<T, Fault> + Send,
    ) -> Result<Option<T>, Fault> {
        let rows = self.0.rows(text, values).await?;
        rows.into_iter()
            .next()
            .map(|mut row| read(&mut row))
            .transpose()
    }

    async fn some<T>(
        &self,
        text: &'static str,
        values: Vec<Value>,
        read: impl Fn(&mut Row) -> Result<T, Fault> + Send,
    ) -> Result<Vec<T>, Fault> {
        let rows = self.0.rows(text, values).await?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }

    async fn many<T>(
        &self,
        text: &'static str,
        values: Vec<Value>,
        read: impl Fn(&mut Row) -> Result<T, Fault> + Send,
    ) -> Result<Vec<T>, Fault> {
        let rows = self.0.many_rows(text, values).await?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }
}

fn mixed_up() -> Fault {
    Fault::Damaged("the writer answered another question".to_owned())
}

/// An event of a stream.
fn opened(row: &mut Row) -> Result<Envelope, Fault> {
    let position = row.count()?;
    Ok(Envelope::open(
        position,
        row.bytes()?,
        row.bytes()?,
        row.digest()?,
    )?)
}

#[async_trait]
impl<E: Engine> Store for SqlStore<E> {
    async fn commit(&self, decision: Decision) -> Result<Outcome, Fault> {
        match send(&self.0, Job::Commit(Box::new(decision))).await? {
            Answer::Outcome(outcome) => Ok(outcome),
            Answer::Frame(_) | Answer::Done | Answer::Changed(_) | Answer::NotThere(_) => {
                Err(mixed_up())
            }
        }
    }

    async fn answer(&self, tenant: TenantId, id: CommandId) -> Result<Option<Vec<u8>>, Fault> {
        self.one(sql::ANSWER, values![tenant.0, id.0], Row::bytes)
            .await
    }

    async fn tenants(&self) -> Result<Vec<TenantId>, Fault> {
        self.some(sql::TENANTS, vec![], |row| row.identifier().map(TenantId))
            .await
    }

    async fn stream(
        &self,
        tenant: TenantId,
        stream: StreamId,
        after: u64,
    ) -> Result<Vec<Envelope>, Fault> {
        self.many(
            sql::STREAM,
            values![tenant.0, stream.id, stream.kind.word(), after],
            opened,
        )
        .await
    }

    async fn streams(
        &self,
        tenant: TenantId,
        streams: &[(StreamId, u64)],
    ) -> Result<Vec<Vec<Envelope>>, Fault> {
        let each = streams
            .iter()
            .map(|(stream, after)| values![tenant.0, stream.id, stream.kind.word(), *after])
            .collect();
        let found = self.0.many_times(sql::STREAM, each).await?;
        found
            .into_iter()
            .map(|rows| rows.into_iter().map(|mut row| opened(&mut row)).collect())
            .collect()
    }

    async fn events(
        &self,
        tenant: TenantId,
        after: u64,
        count: usize,
    ) -> Result<Vec<Envelope>, Fault> {
        self.many(sql::EVENTS, values![tenant.0, after, count], |row| {
            let event = stored_event(row)?;
            Ok(Envelope::open(
                event.position,
                event.header,
                event.body,
                event.leaf,
            )?)
        })
        .await
    }

    async fn stored_events(
        &self,
        tenant: TenantId,
        after: u64,
        count: usize,
    ) -> Result<Vec<StoredEvent>, Fault> {
        self.many(sql::EVENTS, values![tenant.0, after, count], stored_event)
            .await
    }

    async fn head(&self, tenant: TenantId) -> Result<Head, Fault> {
        let rows = self.0.rows(sql::HEAD, values![tenant.0]).await?;
        let (last_leaf, frontier) = read_head(rows)?;
        Ok(Head {
            size: frontier.size(),
            root: frontier.root(),
            last_leaf,
        })
    }

    fn committed(&self) -> watch::Receiver<u64> {
        self.0.committed()
    }

    async fn audit(
        &self,
        tenant: TenantId,
        before: Option<u64>,
        count: usize,
    ) -> Result<Vec<AuditRow>, Fault> {
        let before = before.unwrap_or(i64::MAX.cast_unsigned());
        self.many(sql::AUDIT, values![tenant.0, before, count], audit_row)
            .await
    }

    async fn audit_of(
        &self,
        tenant: TenantId,
        patient: PatientId,
        before: Option<u64>,
        count: usize,
    ) -> Result<Vec<AuditRow>, Fault> {
        let before = before.unwrap_or(i64::MAX.cast_unsigned());
        let values = values![tenant.0, patient.0, before, count];
        self.many(sql::AUDIT_OF, values, audit_row).await
    }

    async fn add_audits(&self, tenant: TenantId, entries: Vec<AuditEntry>) -> Result<(), Fault> {
        let writes = entries.iter().map(|entry| add_audit(tenant, entry));
        self.write(writes.collect()).await
    }

    async fn add_audit(&self, tenant: TenantId, entry: AuditEntry) -> Result<(), Fault> {
        self.write(vec![add_audit(tenant, &entry)]).await
    }

    async fn session(&self, tenant: TenantId, id: SessionId) -> Result<Option<SessionRow>, Fault> {
        self.one(sql::SESSION, values![tenant.0, id.0], session_row)
            .await
    }

    async fn open_sessions(&self, tenant: TenantId) -> Result<Vec<SessionRow>, Fault> {
        self.some(sql::OPEN_SESSIONS, values![tenant.0], session_row)
            .await
    }

    async fn closed_sessions(
        &self,
        tenant: TenantId,
        after: Option<(Moment, SessionId)>,
        count: usize,
    ) -> Result<Vec<SessionRow>, Fault> {
        let (moment, id) = after.map_or((i64::MAX, Uuid::max()), |(moment, id)| {
            (moment.microseconds(), id.0)
        });
        self.some(
            sql::CLOSED_SESSIONS,
            values![tenant.0, moment, id, count],
            session_row,
        )
        .await
    }

    async fn sessions_of(
        &self,
        tenant: TenantId,
        patient: PatientId,
        count: usize,
    ) -> Result<Vec<SessionRow>, Fault> {
        self.some(
            sql::SESSIONS_OF,
            values![tenant.0, patient.0, count],
            session_row,
        )
        .await
    }

    async fn patient(&self, tenant: TenantId, id: PatientId) -> Result<Option<PatientRow>, Fault> {
        self.one(sql::PATIENT, values![tenant.0, id.0], patient_row)
            .await
    }

    async fn patients(
        &self,
        tenant: TenantId,
        begins: &str,
        count: usize,
    ) -> Result<Vec<PatientRow>, Fault> {
        let from = folded(begins);
        let until = format!("{from}{}", char::MAX);
        let mut found = BTreeMap::new();
        for text in [
            sql::PATIENTS_BY_FAMILY_NAME,
            sql::PATIENTS_BY_GIVEN_NAME,
            sql::PATIENTS_BY_RECORD_NUMBER,
        ] {
            let values = values![tenant.0, &from, &until, count];
            for row in self.some(text, values, patient_row).await? {
                found.insert(patient_order(&row), row);
            }
        }
        Ok(found.into_values().take(count).collect())
    }

    async fn patient_ids(
        &self,
        tenant: TenantId,
        after: PatientId,
        count: usize,
    ) -> Result<Vec<PatientId>, Fault> {
        let values = values![tenant.0, after.0, count];
        self.some(sql::PATIENT_IDS, values, |row| {
            row.identifier().map(PatientId)
        })
        .await
    }

    async fn devices(&self, tenant: TenantId) -> Result<Vec<DeviceRow>, Fault> {
        self.some(sql::DEVICES, values![tenant.0], device_row).await
    }

    async fn resource(
        &self,
        tenant: TenantId,
        kind: &str,
        id: &str,
    ) -> Result<Option<Resource>, Fault> {
        self.one(sql::RESOURCE, values![tenant.0, kind, id], |row| {
            found_resource(row).map(|found| found.resource)
        })
        .await
    }

    async fn search(
        &self,
        tenant: TenantId,
        search: &ResourceSearch,
    ) -> Result<ResourcePage, Fault> {
        let page = if search.is_sifted() {
            self.search_sifted(tenant, search).await?
        } else {
            self.search_plain(tenant, search).await?
        };
        Ok(page.into())
    }

    async fn clear_projections(&self, tenant: TenantId) -> Result<(), Fault> {
        self.write(clear_projections(tenant)).await
    }

    async fn write_projections(
        &self,
        tenant: TenantId,
        projections: Vec<ProjectionWrite>,
    ) -> Result<(), Fault> {
        let mut writes = Vec::new();
        for projection in &projections {
            write_projection(tenant, projection, &mut writes);
        }
        self.write(writes).await
    }

    async fn rebuild_projections(
        &self,
        tenant: TenantId,
        position: u64,
        projections: Vec<ProjectionWrite>,
    ) -> Result<Rebuilt, Fault> {
        let mut writes = clear_projections(tenant);
        for projection in &projections {
            write_projection(tenant, projection, &mut writes);
        }
        match send(&self.0, Job::WritesAt(tenant, position, writes)).await? {
            Answer::Done => Ok(Rebuilt::Done),
            Answer::NotThere(position) => Ok(Rebuilt::LogMovedOn { position }),
            Answer::Outcome(_) | Answer::Frame(_) | Answer::Changed(_) => Err(mixed_up()),
        }
    }

    async fn projection_digest(&self, tenant: TenantId) -> Result<[u8; 32], Fault> {
        let mut digest = Digest::new();
        let mut after = Uuid::nil();
        loop {
            let page = self
                .many(
                    sql::SESSIONS_BY_KEY,
                    values![tenant.0, after, PAGE],
                    session_row,
                )
                .await?;
            page.iter().for_each(|row| digest.session(row));
            let Some(last) = page.last() else { break };
            after = last.session.0;
        }
        after = Uuid::nil();
        loop {
            let page = self
                .many(
                    sql::PATIENTS_BY_KEY,
                    values![tenant.0, after, PAGE],
                    patient_row,
                )
                .await?;
            page.iter().for_each(|row| digest.patient(row));
            let Some(last) = page.last() else { break };
            after = last.patient.0;
        }
        after = Uuid::nil();
        loop {
            let page = self
                .many(
                    sql::DEVICES_BY_KEY,
                    values![tenant.0, after, PAGE],
                    device_row,
                )
                .await?;
            page.iter().for_each(|row| digest.device(row));
            let Some(last) = page.last() else { break };
            after = last.device.0;
        }
        let mut after = (String::new(), String::new());
        loop {
            let values = values![tenant.0, &after.0, &after.1, PAGE];
            let page = self
                .many(sql::RESOURCES_BY_KEY, values, resource_row)
                .await?;
            page.iter().for_each(|row| digest.resource(row));
            let Some(last) = page.last() else { break };
            after = (last.kind.clone(), last.id.clone());
        }
        let mut after = (String::new(), String::new(), String::new());
        loop {
            let values = values![tenant.0, &after.0, &after.1, &after.2, PAGE];
            let page = self
                .many(sql::RESOURCE_CODES_BY_KEY, values, |row| {
                    Ok((row.text()?, row.text()?, row.text()?))
                })
                .await?;
            page.iter()
                .for_each(|(kind, id, code)| digest.code(kind, id, code));
            let Some(last) = page.into_iter().next_back() else {
                break;
            };
            after = last;
        }
        let mut after = (String::new(), Uuid::nil());
        loop {
            let values = values![tenant.0, &after.0, after.1, PAGE];
            let page = self.many(sql::COURSE_BY_KEY, values, course_row).await?;
            page.iter().for_each(|row| digest.course(row));
            let Some(last) = page.last() else { break };
            after = (last.part.clone(), last.id);
        }
        Ok(digest.finish())
    }

    async fn course_row(
        &self,
        tenant: TenantId,
        part: &str,
        id: Uuid,
    ) -> Result<Option<CourseRow>, Fault> {
        self.one(sql::COURSE_ROW, values![tenant.0, part, id], course_row)
            .await
    }

    async fn course_rows_named(
        &self,
        tenant: TenantId,
        part: &str,
        ids: &[Uuid],
    ) -> Result<Vec<Option<CourseRow>>, Fault> {
        let each = ids.iter().map(|id| values![tenant.0, part, *id]).collect();
        let found = self.0.many_times(sql::COURSE_ROW, each).await?;
        found
            .into_iter()
            .map(|mut rows| rows.first_mut().map(course_row).transpose())
            .collect()
    }

    async fn course_rows(
        &self,
        tenant: TenantId,
        search: &CourseSearch,
    ) -> Result<Vec<CourseRow>, Fault> {
        let (from, until) = search.stretch();
        let (moment, id) = search.place();
        let (text, values) = match &search.state {
            Some(state) => (
                sql::COURSE_ROWS_IN_STATE,
                values![
                    tenant.0,
                    &search.part,
                    state,
                    from,
                    until,
                    moment,
                    id,
                    search.count
                ],
            ),
            None => (
                sql::COURSE_ROWS,
                values![
                    tenant.0,
                    &search.part,
                    from,
                    until,
                    moment,
                    id,
                    search.count
                ],
            ),
        };
        self.some(text, values, course_row).await
    }

    async fn course_rows_by_id(
        &self,
        tenant: TenantId,
        part: &str,
        after: Uuid,
        count: usize,
    ) -> Result<Vec<CourseRow>, Fault> {
        let values = values![tenant.0, part, after, count];
        self.many(sql::COURSE_ROWS_BY_ID, values, course_row).await
    }

    async fn course_count(&self, tenant: TenantId, part: &str) -> Result<u64, Fault> {
        let values = values![tenant.0, part];
        let counted = self.one(sql::COURSE_COUNT, values, Row::count).await?;
        Ok(counted.unwrap_or(0))
    }

    async fn course_rows_of(
        &self,
        tenant: TenantId,
        patient: PatientId,
    ) -> Result<Vec<CourseRow>, Fault> {
        self.some(
            sql::COURSE_ROWS_OF,
            values![tenant.0, patient.0],
            course_row,
        )
        .await
    }

    async fn put_document(&self, tenant: TenantId, document: Document) -> Result<(), Fault> {
        let values = values![
            tenant.0,
            &document.digest,
            document.media_type,
            document.bytes
        ];
        self.write_one(sql::PUT_DOCUMENT, values).await
    }

    async fn document(
        &self,
        tenant: TenantId,
        digest: &[u8; 32],
    ) -> Result<Option<Document>, Fault> {
        self.one(sql::DOCUMENT, values![tenant.0, digest], |row| {
            Ok(Document {
                digest: row.digest()?,
                media_type: row.text()?,
                bytes: row.bytes()?,
            })
        })
        .await
    }

    async fn document_digests(
        &self,
        tenant: TenantId,
        after: Option<[u8; 32]>,
        count: usize,
    ) -> Result<Vec<[u8; 32]>, Fault> {
        // No bytes at all stand before every digest.
        let after = after.map_or_else(Vec::new, Vec::from);
        let values = values![tenant.0, after, count];
        self.some(sql::DOCUMENT_DIGESTS, values, |row| row.digest())
            .await
    }

    async fn append_frame(&self, frame: NewFrame) -> Result<FrameId, Fault> {
        let packed = compress(&frame.bytes)?;
        match send(&self.0, Job::Frame { frame, packed }).await? {
            Answer::Frame(id) => Ok(id),
            Answer::Outcome(_) | Answer::Done | Answer::Changed(_) | Answer::NotThere(_) => {
                Err(mixed_up())
            }
        }
    }

    async fn record_outcome(&self, id: FrameId, outcome: FrameOutcome) -> Result<(), Fault> {
        let values = values![
            outcome.state.number(),
            outcome.parser_version,
            // A key is what a stranger sent; PostgreSQL keeps no NUL in a text.
            outcome.device_key.map(|key| key.replace('\0', "\u{fffd}")),
            outcome.detail.replace('\0', "\u{fffd}"),
            id.0,
        ];
        // Nobody waits for it: it can be made again from the frame at any time.
        let (reply, _) = oneshot::channel();
        let job = Job::Writes(vec![Write {
            text: sql::PUT_OUTCOME,
            values,
        }]);
        self.0.submit(crate::engine::Queued { job, reply })
    }

    async fn frame(&self, tenant: TenantId, id: FrameId) -> Result<Option<Frame>, Fault> {
        self.one(sql::FRAME, values![tenant.0, id.0], frame_row)
            .await
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
        match device_key {
            None => {
                let values = values![tenant.0, from, until, after.0, count];
                self.many(sql::FRAMES, values, frame_row).await
            }
            Some(key) => {
                let values = values![tenant.0, from, until, after.0, key, count];
                self.many(sql::FRAMES_OF_DEVICE, values, frame_row).await
            }
        }
    }

    async fn frames_in(
        &self,
        tenant: TenantId,
        state: FrameState,
        before: Option<FrameId>,
        count: usize,
    ) -> Result<Vec<FrameSummary>, Fault> {
        let before = before.map_or(i64::MAX.cast_unsigned(), |id| id.0);
        // The two lists that people work through have an index of their own.
        let text = match state {
            FrameState::Unread => sql::UNREAD_FRAMES,
            FrameState::Quarantined => sql::QUARANTINED_FRAMES,
            FrameState::Unassigned => sql::UNASSIGNED_FRAMES,
            FrameState::Read | FrameState::Partial | FrameState::Simulated => {
                let values = values![tenant.0, state.number(), before, count];
                return self.many(sql::FRAMES_IN_STATE, values, frame_summary).await;
            }
        };
        self.many(text, values![tenant.0, before, count], frame_summary)
            .await
    }

    async fn unassigned(&self, tenant: TenantId) -> Result<Vec<UnassignedDevice>, Fault> {
        self.many(sql::UNASSIGNED_DEVICES, values![tenant.0], |row| {
            Ok(UnassignedDevice {
                device_key: row.text()?,
                frames: row.count()?,
                first_at: row.moment()?,
                last_at: row.moment()?,
                last: FrameId(row.count()?),
            })
        })
        .await
    }

    async fn purge_frames(&self, tenant: TenantId, before: Moment) -> Result<u64, Fault> {
        let mut purged = 0;
        loop {
            let next = self
                .one(
                    sql::FRAME_TIME_AFTER,
                    values![tenant.0, before, PURGE],
                    Row::moment,
                )
                .await?;
            // Up to the five-hundredth; those that came in its moment go with it.
            let until = next.map_or(before, |moment| until_after(moment).min(before));
            let values = values![tenant.0, until];
            self.write_one(sql::PURGE_OUTCOMES, values.clone()).await?;
            let text = sql::PURGE_FRAMES;
            purged += self.count(vec![Write { text, values }]).await?;
            if next.is_none() {
                return Ok(purged);
            }
        }
    }

    async fn seal(
        &self,
        tenant: TenantId,
        blocks: Vec<SampleBlock>,
        minutes: Vec<(DeviceId, MinuteRow)>,
    ) -> Result<(), Fault> {
        let mut writes = Vec::with_capacity(blocks.len() + minutes.len());
        for block in blocks {
            writes.push(Write {
                text: sql::ADD_BLOCK,
                values: values![
                    tenant.0,
                    block.device.0,
                    block.received_from,
                    block.received_until,
                    block.count,
                    &block.hash,
                    block.bytes,
                ],
            });
        }
        for (device, row) in minutes {
            writes.push(Write {
                text: sql::PUT_MINUTE,
                values: values![
                    tenant.0,
                    device.0,
                    row.version,
                    row.minute.start,
                    row.minute.signal.word(),
                    // Strings, integers and decimals: writing them cannot fail.
                    serde_json::to_string(&row.minute).unwrap_or_default(),
                ],
            });
        }
        self.write(writes).await
    }

    async fn blocks(
        &self,
        tenant: TenantId,
        device: DeviceId,
        from: Moment,
        until: Moment,
    ) -> Result<Vec<SampleBlock>, Fault> {
        self.many(
            sql::BLOCKS,
            values![tenant.0, device.0, until, from],
            block_row,
        )
        .await
    }

    async fn all_blocks(
        &self,
        tenant: TenantId,
        after: Option<(DeviceId, Moment, [u8; 32])>,
        count: usize,
    ) -> Result<Vec<SampleBlock>, Fault> {
        let (device, from, hash) = after.map_or((Uuid::nil(), i64::MIN, [0; 32]), |after| {
            (after.0.0, after.1.microseconds(), after.2)
        });
        self.many(
            sql::BLOCKS_BY_KEY,
            values![tenant.0, device, from, &hash, count],
            block_row,
        )
        .await
    }

    async fn sealed_until(
        &self,
        tenant: TenantId,
        device: DeviceId,
    ) -> Result<Option<Moment>, Fault> {
        let values = values![tenant.0, device.0];
        let found = self
            .one(sql::SEALED_UNTIL, values, Row::optional_moment)
            .await?;
        Ok(found.flatten())
    }

    async fn minutes(
        &self,
        tenant: TenantId,
        device: DeviceId,
        from: Moment,
        until: Moment,
        version: &str,
    ) -> Result<Vec<MinuteRow>, Fault> {
        self.many(
            sql::MINUTES,
            values![tenant.0, device.0, version, from, until],
            |row| {
                Ok(MinuteRow {
                    version: row.text()?,
                    minute: serde_json::from_str(&row.text()?)
                        .map_err(|error| Fault::Damaged(format!("a minute: {error}")))?,
                })
            },
        )
        .await
    }

    async fn clear_minutes(&self, tenant: TenantId, version: &str) -> Result<(), Fault> {
        self.write_one(sql::CLEAR_MINUTES, values![tenant.0, version])
            .await
    }

    async fn put_account(&self, tenant: TenantId, account: Account) -> Result<(), Fault> {
        let values = values![
            tenant.0,
            account.staff.0,
            &account.username,
            folded(&account.username),
            account.display_name,
            account.role.word(),
            account.password_hash,
            account.patient.map(|id| id.0),
            account.disabled,
        ];
        self.write_one(sql::PUT_ACCOUNT, values).await
    }

    async fn account(&self, tenant: TenantId, staff: StaffId) -> Result<Option<Account>, Fault> {
        self.one(sql::ACCOUNT, values![tenant.0, staff.0], account_row)
            .await
    }

    async fn account_by_username(
        &self,
        tenant: TenantId,
        username: &str,
    ) -> Result<Option<Account>, Fault> {
        self.one(
            sql::ACCOUNT_BY_USERNAME,
            values![tenant.0, folded(username)],
            account_row,
        )
        .await
    }

    async fn accounts(&self, tenant: TenantId) -> Result<Vec<Account>, Fault> {
        self.some(sql::ACCOUNTS, values![tenant.0], account_row)
            .await
    }

    async fn add_login(&self, tenant: TenantId, login: LoginSession) -> Result<(), Fault> {
        let values = values![
            tenant.0,
            &login.digest,
            login.staff.0,
            login.created_at,
            login.last_seen_at,
            login.expires_at,
        ];
        self.write_one(sql::ADD_LOGIN, values).await
    }

    async fn login(
        &self,
        tenant: TenantId,
        digest: &[u8; 32],
    ) -> Result<Option<(LoginSession, Account)>, Fault> {
        self.one(sql::LOGIN, values![tenant.0, digest], |row| {
            let login = LoginSession {
                digest: row.digest()?,
                staff: StaffId(row.identifier()?),
                created_at: row.moment()?,
                last_seen_at: row.moment()?,
                expires_at: row.moment()?,
            };
            Ok((login, account_row(row)?))
        })
        .await
    }

    async fn touch_login(
        &self,
        tenant: TenantId,
        digest: &[u8; 32],
        at: Moment,
    ) -> Result<(), Fault> {
        self.write_one(sql::TOUCH_LOGIN, values![at, tenant.0, digest])
            .await
    }

    async fn end_login(&self, tenant: TenantId, digest: &[u8; 32]) -> Result<(), Fault> {
        self.write_one(sql::END_LOGIN, values![tenant.0, digest])
            .await
    }

    async fn end_logins_of(&self, tenant: TenantId, staff: StaffId) -> Result<(), Fault> {
        self.write_one(sql::END_LOGINS_OF, values![tenant.0, staff.0])
            .await
    }

    async fn forget_expired(&self, tenant: TenantId, before: Moment) -> Result<u64, Fault> {
        let values = values![tenant.0, before];
        self.count(vec![
            Write {
                text: sql::EXPIRE_LOGINS,
                values: values.clone(),
            },
            Write {
                text: sql::EXPIRE_TOKENS,
                values: values.clone(),
            },
            Write {
                text: sql::EXPIRE_PATIENT_LINKS,
                values: values.clone(),
            },
            Write {
                text: sql::EXPIRE_PATIENT_LOGINS,
                values,
            },
        ])
        .await
    }

    async fn throttle(&self, tenant: TenantId, key: &str) -> Result<Option<Throttle>, Fault> {
        self.one(sql::THROTTLE, values![tenant.0, key], |row| {
            Ok(Throttle {
                failures: u32::try_from(row.integer()?).unwrap_or(u32::MAX),
                locked_until: row.optional_moment()?,
            })
        })
        .await
    }

    async fn set_throttle(
        &self,
        tenant: TenantId,
        key: &str,
        failures: u32,
        locked_until: Option<Moment>,
    ) -> Result<(), Fault> {
        self.write_one(
            sql::SET_THROTTLE,
            values![tenant.0, key, failures, locked_until],
        )
        .await
    }

    async fn clear_throttle(&self, tenant: TenantId, key: &str) -> Result<(), Fault> {
        self.write_one(sql::CLEAR_THROTTLE, values![tenant.0, key])
            .await
    }

    async fn add_patient_link(&self, tenant: TenantId, link: PatientLink) -> Result<(), Fault> {
        let values = values![
            tenant.0,
            &link.digest,
            link.patient.0,
            link.leads_to,
            link.created_at,
            link.expires_at,
            link.used_at,
        ];
        self.write_one(sql::ADD_PATIENT_LINK, values).await
    }

    async fn patient_link(
        &self,
        tenant: TenantId,
        digest: &[u8; 32],
    ) -> Result<Option<PatientLink>, Fault> {
        self.one(sql::PATIENT_LINK, values![tenant.0, digest], |row| {
            Ok(PatientLink {
                digest: row.digest()?,
                patient: PatientId(row.identifier()?),
                leads_to: row.text()?,
                created_at: row.moment()?,
                expires_at: row.moment()?,
                used_at: row.optional_moment()?,
            })
        })
        .await
    }

    async fn use_patient_link(
        &self,
        tenant: TenantId,
        digest: &[u8; 32],
        at: Moment,
    ) -> Result<bool, Fault> {
        let changed = self
            .count(vec![Write {
                text: sql::USE_PATIENT_LINK,
                values: values![at, tenant.0, digest],
            }])
            .await?;
        Ok(changed == 1)
    }

    async fn add_patient_login(&self, tenant: TenantId, login: PatientLogin) -> Result<(), Fault> {
        let values = values![
            tenant.0,
            &login.digest,
            login.patient.0,
            login.way,
            login.language,
            login.created_at,
            login.last_seen_at,
            login.expires_at,
        ];
        self.write_one(sql::ADD_PATIENT_LOGIN, values).await
    }

    async fn patient_login(
        &self,
        tenant: TenantId,
        digest: &[u8; 32],
    ) -> Result<Option<PatientLogin>, Fault> {
        self.one(sql::PATIENT_LOGIN, values![tenant.0, digest], |row| {
            Ok(PatientLogin {
                digest: row.digest()?,
                patient: PatientId(row.identifier()?),
                way: row.text()?,
                language: row.text()?,
                created_at: row.moment()?,
                last_seen_at: row.moment()?,
                expires_at: row.moment()?,
            })
        })
        .await
    }

    async fn end_patient_login(&self, tenant: TenantId, digest: &[u8; 32]) -> Result<(), Fault> {
        self.write_one(sql::END_PATIENT_LOGIN, values![tenant.0, digest])
            .await
    }

    async fn end_patient_access(&self, tenant: TenantId, patient: PatientId) -> Result<(), Fault> {
        self.write(
            [sql::END_PATIENT_LINKS_OF, sql::END_PATIENT_LOGINS_OF]
                .into_iter()
                .map(|text| Write {
                    text,
                    values: values![tenant.0, patient.0],
                })
                .collect(),
        )
        .await
    }

    async fn put_client(&self, tenant: TenantId, client: ApiClient) -> Result<(), Fault> {
        let values = values![
            tenant.0,
            client.client_id,
            client.staff.0,
            client.name,
            &client.secret_digest,
            client.scopes,
        ];
        self.write_one(sql::PUT_CLIENT, values).await
    }

    async fn client(&self, tenant: TenantId, client_id: &str) -> Result<Option<ApiClient>, Fault> {
        self.one(sql::CLIENT, values![tenant.0, client_id], |row| {
            Ok(ApiClient {
                client_id: row.text()?,
                staff: StaffId(row.identifier()?),
                name: row.text()?,
                secret_digest: row.digest()?,
                scopes: row.text()?,
            })
        })
        .await
    }

    async fn add_token(&self, tenant: TenantId, token: ApiToken) -> Result<(), Fault> {
        let values = values![
            tenant.0,
            &token.digest,
            token.client_id,
            token.scopes,
            token.expires_at
        ];
        self.write_one(sql::ADD_TOKEN, values).await
    }

    async fn token(&self, tenant: TenantId, digest: &[u8; 32]) -> Result<Option<ApiToken>, Fault> {
        self.one(sql::TOKEN, values![tenant.0, digest], |row| {
            Ok(ApiToken {
                digest: row.digest()?,
                client_id: row.text()?,
                scopes: row.text()?,
                expires_at: row.moment()?,
            })
        })
        .await
    }

    async fn setting(&self, tenant: TenantId, name: &str) -> Result<Option<String>, Fault> {
        self.one(sql::SETTING, values![tenant.0, name], Row::text)
            .await
    }

    async fn put_setting(&self, tenant: TenantId, name: &str, value: &str) -> Result<(), Fault> {
        self.write_one(sql::PUT_SETTING, values![tenant.0, name, value])
            .await
    }
}

fn until_after(moment: Moment) -> Moment {
    Moment::from_microseconds(moment.microseconds().saturating_add(1))
}

/// A resource with its stored stretch of time.
struct FoundResource {
    stretch: (i64, i64),
    resource: Resource,
}

impl FoundResource {
    /// The moment that it is sorted by.
    fn key(&self, sort: SortKey) -> i64 {
        match sort {
            SortKey::Effective => self.stretch.0,
            SortKey::Updated => self.resource.updated.microseconds(),
        }
    }
}

/// How many resources are looked at together where an index alone does not answer.
const SIFTED: usize = 256;

/// A page of resources as they were found, and where the next begins.
#[derive(Default)]
struct FoundPage {
    found: Vec<FoundResource>,
    next: Option<(Moment, String)>,
    total: Option<u64>,
}

impl From<FoundPage> for ResourcePage {
    fn from(page: FoundPage) -> Self {
        Self {
            resources: page.found.into_iter().map(|one| one.resource).collect(),
            next: page.next,
            total: page.total,
        }
    }
}

impl<E: Engine> SqlStore<E> {
    async fn search_plain(
        &self,
        tenant: TenantId,
        search: &ResourceSearch,
    ) -> Result<FoundPage, Fault> {
        if search.ids.is_empty() {
            self.search_by_index(tenant, search).await
        } else {
            self.search_by_id(tenant, search).await
        }
    }

    /// Walks along the index and keeps what fulfils the conditions that no index serves. A total
    /// is counted by walking to the end.
    async fn search_sifted(
        &self,
        tenant: TenantId,
        search: &ResourceSearch,
    ) -> Result<FoundPage, Fault> {
        let mut walk = ResourceSearch {
            also: Vec::new(),
            not_within: Vec::new(),
            not_updated_within: Vec::new(),
            count: SIFTED,
            total: false,
            ..search.clone()
        };
        let mut kept = FoundPage::default();
        // One more than asked for tells whether there is a next page.
        let wanted = search.count.saturating_add(1);
        let mut more = true;
        while more && kept.found.len() < wanted {
            let found = self.sift(tenant, search, &walk).await?;
            kept.found.extend(found.found);
            more = found.next.is_some();
            walk.after = found.next;
        }
        let mut kept = page(kept.found, search, None);
        if search.total {
            walk.after = None;
            let mut total = 0_u64;
            loop {
                let found = self.sift(tenant, search, &walk).await?;
                total += found.found.len() as u64;
                walk.after = found.next;
                if walk.after.is_none() {
                    break;
                }
            }
            kept.total = Some(total);
        }
        Ok(kept)
    }

    /// One stretch of the walk, without what does not fulfil every condition.
    async fn sift(
        &self,
        tenant: TenantId,
        search: &ResourceSearch,
        walk: &ResourceSearch,
    ) -> Result<FoundPage, Fault> {
        let mut page = self.search_plain(tenant, walk).await?;
        let tokens = if search.also.is_empty() {
            BTreeMap::new()
        } else {
            self.tokens_of(tenant, &search.kind, &page.found).await?
        };
        page.found.retain(|one| {
            let has = tokens.get(&one.resource.id).map_or(&[][..], Vec::as_slice);
            search.sifts(one.stretch, one.resource.updated, has)
        });
        Ok(page)
    }

    /// The tokens of resources, by id.
    async fn tokens_of(
        &self,
        tenant: TenantId,
        kind: &str,
        resources: &[FoundResource],
    ) -> Result<BTreeMap<String, Vec<String>>, Fault> {
        let mut tokens: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for some in resources.chunks(sql::TOKENS_OF) {
            let mut values = values![tenant.0, kind];
            values.extend(some.iter().map(|one| Value::from(&one.resource.id)));
            // No resource has an empty id.
            values.resize(2 + sql::TOKENS_OF, Value::from(""));
            let rows = self
                .some(sql::tokens_of(), values, |row| {
                    Ok((row.text()?, row.text()?))
                })
                .await?;
            for (id, token) in rows {
                tokens.entry(id).or_default().push(token);
            }
        }
        Ok(tokens)
    }

    async fn search_by_index(
        &self,
        tenant: TenantId,
        search: &ResourceSearch,
    ) -> Result<FoundPage, Fault> {
        let form = match (search.sort, search.order) {
            (SortKey::Effective, SortOrder::NewestFirst) => Form::NewestFirst,
            (SortKey::Effective, SortOrder::OldestFirst) => Form::OldestFirst,
            (SortKey::Updated, SortOrder::NewestFirst) => Form::LatestChangeFirst,
            (SortKey::Updated, SortOrder::OldestFirst) => Form::EarliestChangeFirst,
        };
        // One more than asked for tells whether there is a next page.
        let wanted = search.count.saturating_add(1);
        let mut found = BTreeMap::new();
        for part in parts(search) {
            let (text, values) = query(tenant, search, part, form, wanted);
            for one in self.some(text, values, found_resource).await? {
                found.insert((one.key(search.sort), one.resource.id.clone()), one);
            }
        }
        let total = if search.total {
            Some(self.total(tenant, search).await?)
        } else {
            None
        };
        let in_order = match search.order {
            SortOrder::NewestFirst => found.into_values().rev().collect(),
            SortOrder::OldestFirst => found.into_values().collect(),
        };
        Ok(page(in_order, search, total))
    }

    async fn total(&self, tenant: TenantId, search: &ResourceSearch) -> Result<u64, Fault> {
        let (count, walk) = match search.sort {
            SortKey::Effective => (Form::Count, Form::OldestFirst),
            SortKey::Updated => (Form::CountChanges, Form::EarliestChangeFirst),
        };
        let several = parts(search);
        if search.codes.len() <= 1 {
            // A resource is of one person and one session: what the parts find has nothing in
            // common.
            let mut total = 0;
            for part in several {
                let (text, values) = query(tenant, search, part, count, 0);
                total += self.one(text, values, Row::count).await?.unwrap_or(0);
            }
            return Ok(total);
        }
        // A resource may have several of the codes, and is counted once.
        let all = ResourceSearch {
            after: None,
            ..search.clone()
        };
        let mut ids = BTreeSet::new();
        for part in several {
            let (text, values) = query(tenant, &all, part, walk, usize::MAX);
            ids.extend(self.many(text, values, Row::text).await?);
        }
        Ok(ids.len() as u64)
    }

    async fn search_by_id(
        &self,
        tenant: TenantId,
        search: &ResourceSearch,
    ) -> Result<FoundPage, Fault> {
        let mut found = BTreeMap::new();
        let ids: BTreeSet<&String> = search.ids.iter().collect();
        for id in ids {
            let key = values![tenant.0, &search.kind, id];
            let Some(one) = self.one(sql::RESOURCE, key.clone(), found_resource).await? else {
                continue;
            };
            let place = self
                .one(sql::RESOURCE_PLACE, key.clone(), |row| {
                    Ok((row.optional_identifier()?, row.optional_identifier()?))
                })
                .await?;
            let (patient, session) = place.unwrap_or((None, None));
            let has = self.some(sql::RESOURCE_CODES, key, Row::text).await?;
            let patient = patient.map(PatientId);
            let session = session.map(SessionId);
            let fits = among(&search.patients, patient)
                && among(&search.sessions, session)
                && (search.codes.is_empty() || search.codes.iter().any(|code| has.contains(code)))
                && search.date.holds(one.stretch.0)
                && search.ended.holds(one.stretch.1)
                && search.updated.holds(one.resource.updated.microseconds());
            if fits {
                found.insert((one.key(search.sort), one.resource.id.clone()), one);
            }
        }
        let total = search.total.then_some(found.len() as u64);
        let begins = search
            .after
            .as_ref()
            .map(|(moment, id)| (moment.microseconds(), id.clone()));
        let behind = found.into_iter().filter(|(key, _)| {
            begins.as_ref().is_none_or(|after| match search.order {
                SortOrder::NewestFirst => key < after,
                SortOrder::OldestFirst => key > after,
            })
        });
        let mut in_order: Vec<FoundResource> = behind.map(|(_, one)| one).collect();
        if search.order == SortOrder::NewestFirst {
            in_order.reverse();
        }
        Ok(page(in_order, search, total))
    }
}

/// Whether one is wanted: an empty list wants all.
pub(crate) fn among<T: PartialEq>(wanted: &[T], one: Option<T>) -> bool {
    wanted.is_empty() || one.is_some_and(|one| wanted.contains(&one))
}

/// What one walk along an index is narrowed to.
#[derive(Clone, Copy)]
struct Part<'a> {
    patient: Option<PatientId>,
    session: Option<SessionId>,
    code: Option<&'a str>,
}

/// Each person, each session and each code by itself; none of them is one too.
fn parts(search: &ResourceSearch) -> Vec<Part<'_>> {
    fn each<T: Ord + Clone>(list: impl Iterator<Item = T>) -> Vec<Option<T>> {
        let once: BTreeSet<T> = list.collect();
        if once.is_empty() {
            vec![None]
        } else {
            once.into_iter().map(Some).collect()
        }
    }
    let sessions = each(search.sessions.iter().copied());
    let codes = each(search.codes.iter().map(String::as_str));
    let mut parts = Vec::new();
    for patient in each(search.patients.iter().copied()) {
        for session in &sessions {
            for code in &codes {
                parts.push(Part {
                    patient,
                    session: *session,
                    code: *code,
                });
            }
        }
    }
    parts
}

fn query(
    tenant: TenantId,
    search: &ResourceSearch,
    part: Part<'_>,
    form: Form,
    wanted: usize,
) -> (&'static str, Vec<Value>) {
    let mut values = values![tenant.0, &search.kind];
    let scope = match (part.session, part.patient) {
        (None, None) => Scope::All,
        (None, Some(patient)) => {
            values.push(patient.0.into());
            Scope::Patient
        }
        (Some(session), None) => {
            values.push(session.0.into());
            Scope::Session
        }
        (Some(session), Some(patient)) => {
            values.extend(values![session.0, patient.0]);
            Scope::SessionOfPatient
        }
    };
    values.extend(part.code.map(Value::from));
    let (mut date, mut updated) = (search.date.ends(), search.updated.ends());
    let after = search
        .after
        .as_ref()
        .map(|(moment, id)| (moment.microseconds(), id.as_str()));
    // The index is entered where the page begins, however far down the list that is.
    if let Some((moment, _)) = after {
        let upper = moment.saturating_add(1);
        match form {
            Form::NewestFirst => date.1 = date.1.min(upper),
            Form::OldestFirst => date.0 = date.0.max(moment),
            Form::LatestChangeFirst => updated.1 = updated.1.min(upper),
            Form::EarliestChangeFirst => updated.0 = updated.0.max(moment),
            Form::Count | Form::CountChanges => {}
        }
    }
    for (from, until) in [date, search.ended.ends(), updated] {
        values.extend(values![from, until]);
    }
    match form {
        Form::Count | Form::CountChanges => {}
        Form::NewestFirst | Form::LatestChangeFirst => {
            let (moment, id) = after.unwrap_or((i64::MAX, ""));
            values.extend(values![moment, id, wanted]);
        }
        Form::OldestFirst | Form::EarliestChangeFirst => {
            let (moment, id) = after.unwrap_or((i64::MIN, ""));
            values.extend(values![moment, id, wanted]);
        }
    }
    (sql::search(scope, part.code.is_some(), form), values)
}

/// A page of what was found, in order; what is behind its end is only known to be there.
fn page(
    mut in_order: Vec<FoundResource>,
    search: &ResourceSearch,
    total: Option<u64>,
) -> FoundPage {
    let more = in_order.len() > search.count;
    in_order.truncate(search.count);
    let next = in_order.last().filter(|_| more).map(|last| {
        (
            Moment::from_microseconds(last.key(search.sort)),
            last.resource.id.clone(),
        )
    });
    FoundPage {
        found: in_order,
        next,
        total,
    }
}

/// People by family name, given name and id, whatever the case.
pub(crate) fn patient_order(row: &PatientRow) -> (String, String, PatientId) {
    (
        folded(&row.family_name),
        folded(&row.given_name),
        row.patient,
    )
}

fn stored_event(row: &mut Row) -> Result<StoredEvent, Fault> {
    let position = row.count()?;
    let word = row.text()?;
    let kind = StreamKind::from_word(&word)
        .ok_or_else(|| Fault::Damaged(format!("event {position} is of no stream: {word}")))?;
    Ok(StoredEvent {
        position,
        stream: StreamId {
            kind,
            id: row.identifier()?,
        },
        stream_version: row.count()?,
        header: row.bytes()?,
        body: row.bytes()?,
        leaf: row.digest()?,
    })
}

fn actor(text: &str) -> Result<Actor, Fault> {
    serde_json::from_str(text).map_err(|error| Fault::Damaged(format!("an actor: {error}")))
}

fn session_row(row: &mut Row) -> Result<SessionRow, Fault> {
    Ok(SessionRow {
        session: SessionId(row.identifier()?),
        patient: PatientId(row.identifier()?),
        room: row.text()?,
        stage: row.text()?,
        open: row.truth()?,
        planned_for: row.moment()?,
        version: row.count()?,
        summary: row.text()?,
    })
}

fn patient_row(row: &mut Row) -> Result<PatientRow, Fault> {
    Ok(PatientRow {
        patient: PatientId(row.identifier()?),
        record_number: row.text()?,
        family_name: row.text()?,
        given_name: row.text()?,
        birth_date: row.text()?,
        version: row.count()?,
        summary: row.text()?,
    })
}

fn device_row(row: &mut Row) -> Result<DeviceRow, Fault> {
    Ok(DeviceRow {
        device: DeviceId(row.identifier()?),
        wire_key: row.text()?,
        name: row.text()?,
        version: row.count()?,
        summary: row.text()?,
    })
}

fn course_row(row: &mut Row) -> Result<CourseRow, Fault> {
    Ok(CourseRow {
        part: row.text()?,
        id: row.identifier()?,
        patient: row.optional_identifier()?.map(PatientId),
        state: row.text()?,
        due: crate::course::due(row.integer()?),
        version: row.count()?,
        summary: row.text()?,
    })
}

fn audit_row(row: &mut Row) -> Result<AuditRow, Fault> {
    Ok(AuditRow {
        id: row.count()?,
        entry: AuditEntry {
            at: row.moment()?,
            actor: actor(&row.text()?)?,
            action: row.text()?,
            patient: row.optional_identifier()?.map(PatientId),
            session: row.optional_identifier()?.map(SessionId),
            detail: row.text()?,
        },
    })
}

fn found_resource(row: &mut Row) -> Result<FoundResource, Fault> {
    let id = row.text()?;
    let stretch = (row.integer()?, row.integer()?);
    let resource = Resource {
        id,
        updated: row.moment()?,
        version: row.count()?,
        json: row.bytes()?,
    };
    Ok(FoundResource { stretch, resource })
}

fn resource_row(row: &mut Row) -> Result<crate::ResourceRow, Fault> {
    let (kind, id) = (row.text()?, row.text()?);
    let patient = row.optional_identifier()?.map(PatientId);
    let session = row.optional_identifier()?.map(SessionId);
    let (effective, effective_until) =
        crate::ResourceRow::moments((row.integer()?, row.integer()?));
    Ok(crate::ResourceRow {
        kind,
        id,
        patient,
        session,
        codes: Vec::new(),
        effective,
        effective_until,
        updated: row.moment()?,
        version: row.count()?,
        json: row.bytes()?,
    })
}

/// A frame without an outcome was not read yet.
fn outcome(row: &mut Row) -> Result<FrameOutcome, Fault> {
    let state = match row.value() {
        Value::Null => return Ok(FrameOutcome::unread()),
        Value::Integer(number) => FrameState::from_number(number),
        Value::Text(_) | Value::Bytes(_) | Value::Identifier(_) => None,
    };
    Ok(FrameOutcome {
        state: state.ok_or_else(|| Fault::Damaged("a frame is in no state".to_owned()))?,
        parser_version: u32::try_from(row.integer()?)
            .map_err(|_| Fault::Damaged("a reader's version is no version".to_owned()))?,
        device_key: row.optional_text()?,
        detail: row.text()?,
    })
}

fn frame_row(row: &mut Row) -> Result<Frame, Fault> {
    let id = FrameId(row.count()?);
    let received_at = row.moment()?;
    let connection = row.count()?;
    let remote = row.text()?;
    let profile = row.text()?;
    let length = usize::try_from(row.count()?)
        .map_err(|_| Fault::Damaged("a frame has no length".to_owned()))?;
    let bytes = decompress(&row.bytes()?, length)?;
    let outcome = outcome(row)?;
    Ok(Frame {
        id,
        received_at,
        connection,
        remote,
        profile,
        outcome,
        bytes,
    })
}

fn frame_summary(row: &mut Row) -> Result<FrameSummary, Fault> {
    let id = FrameId(row.count()?);
    let received_at = row.moment()?;
    let remote = row.text()?;
    let length = row.count()?;
    let outcome = outcome(row)?;
    Ok(FrameSummary {
        id,
        received_at,
        remote,
        outcome,
        length,
    })
}

fn block_row(row: &mut Row) -> Result<SampleBlock, Fault> {
    Ok(SampleBlock {
        device: DeviceId(row.identifier()?),
        received_from: row.moment()?,
        received_until: row.moment()?,
        count: u32::try_from(row.integer()?).unwrap_or(u32::MAX),
        hash: row.digest()?,
        bytes: row.bytes()?,
    })
}

fn account_row(row: &mut Row) -> Result<Account, Fault> {
    Ok(Account {
        staff: StaffId(row.identifier()?),
        username: row.text()?,
        display_name: row.text()?,
        role: Role::from_word(&row.text()?)
            .ok_or_else(|| Fault::Damaged("an account has no role we know".to_owned()))?,
        password_hash: row.text()?,
        patient: row.optional_identifier()?.map(PatientId),
        disabled: row.truth()?,
    })
}
