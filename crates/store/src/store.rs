//! The one trait that both engines stand behind.

use crate::{
    Account, ApiClient, ApiToken, AuditEntry, AuditRow, CourseRow, CourseSearch, Decision,
    DeviceRow, Document, Fault, Frame, FrameId, FrameOutcome, FrameState, FrameSummary, Head,
    LoginSession, MinuteRow, NewFrame, Outcome, PatientLink, PatientLogin, PatientRow,
    ProjectionWrite, Rebuilt, Resource, ResourcePage, ResourceSearch, SampleBlock, SessionRow,
    StoredEvent, Throttle, UnassignedDevice,
};
use async_trait::async_trait;
use clinical::record::{
    CommandId, DeviceId, Envelope, PatientId, SessionId, StaffId, StreamId, TenantId,
};
use tokio::sync::watch;
use units::Moment;
use uuid::Uuid;

/// A store. What a write answers is durable; what a read answers was committed.
#[async_trait]
pub trait Store: Send + Sync {
    // The record.

    /// Writes a decision, whole or not at all.
    async fn commit(&self, decision: Decision) -> Result<Outcome, Fault>;
    /// The stored answer of a command id, if it was executed.
    async fn answer(&self, tenant: TenantId, id: CommandId) -> Result<Option<Vec<u8>>, Fault>;
    /// A stream's events after a version, in order.
    async fn stream(
        &self,
        tenant: TenantId,
        stream: StreamId,
        after: u64,
    ) -> Result<Vec<Envelope>, Fault>;
    /// The events of several streams, each after its version and in order, in the order they are
    /// asked for: one journey to the database for whoever needs many.
    async fn streams(
        &self,
        tenant: TenantId,
        streams: &[(StreamId, u64)],
    ) -> Result<Vec<Vec<Envelope>>, Fault>;
    /// The tenant's events after a position, in order, at most this many.
    async fn events(
        &self,
        tenant: TenantId,
        after: u64,
        count: usize,
    ) -> Result<Vec<Envelope>, Fault>;
    /// The same, as they are filed and unchecked; for proving the log.
    async fn stored_events(
        &self,
        tenant: TenantId,
        after: u64,
        count: usize,
    ) -> Result<Vec<StoredEvent>, Fault>;
    /// Every tenant that has a log.
    async fn tenants(&self) -> Result<Vec<TenantId>, Fault>;
    /// The end of the tenant's log.
    async fn head(&self, tenant: TenantId) -> Result<Head, Fault>;
    /// Tells the highest position that was committed; receivers read the log again.
    fn committed(&self) -> watch::Receiver<u64>;
    /// Who did what, newest first, before an id.
    async fn audit(
        &self,
        tenant: TenantId,
        before: Option<u64>,
        count: usize,
    ) -> Result<Vec<AuditRow>, Fault>;
    /// The same of one record, whatever it was merged into.
    async fn audit_of(
        &self,
        tenant: TenantId,
        patient: PatientId,
        before: Option<u64>,
        count: usize,
    ) -> Result<Vec<AuditRow>, Fault>;
    /// Notes who read what of several records, all of it or nothing.
    async fn add_audits(&self, tenant: TenantId, entries: Vec<AuditEntry>) -> Result<(), Fault>;
    /// Notes who read what.
    async fn add_audit(&self, tenant: TenantId, entry: AuditEntry) -> Result<(), Fault>;

    // Projections.

    /// One session's row.
    async fn session(&self, tenant: TenantId, id: SessionId) -> Result<Option<SessionRow>, Fault>;
    /// Sessions that are planned or under way.
    async fn open_sessions(&self, tenant: TenantId) -> Result<Vec<SessionRow>, Fault>;
    /// Sessions that are neither planned nor under way, newest first by when they were to begin;
    /// a page goes on after the last row's `planned_for` and id.
    async fn closed_sessions(
        &self,
        tenant: TenantId,
        after: Option<(Moment, SessionId)>,
        count: usize,
    ) -> Result<Vec<SessionRow>, Fault>;
    /// A person's sessions, newest first.
    async fn sessions_of(
        &self,
        tenant: TenantId,
        patient: PatientId,
        count: usize,
    ) -> Result<Vec<SessionRow>, Fault>;
    /// One patient's row.
    async fn patient(&self, tenant: TenantId, id: PatientId) -> Result<Option<PatientRow>, Fault>;
    /// Patients by the beginning of name or number, in order of name.
    async fn patients(
        &self,
        tenant: TenantId,
        begins: &str,
        count: usize,
    ) -> Result<Vec<PatientRow>, Fault>;
    /// The ids of patients after an id, in order, at most this many: whoever goes through all of
    /// them this way misses none.
    async fn patient_ids(
        &self,
        tenant: TenantId,
        after: PatientId,
        count: usize,
    ) -> Result<Vec<PatientId>, Fault>;
    /// Every device.
    async fn devices(&self, tenant: TenantId) -> Result<Vec<DeviceRow>, Fault>;
    /// One resource.
    async fn resource(
        &self,
        tenant: TenantId,
        kind: &str,
        id: &str,
    ) -> Result<Option<Resource>, Fault>;
    /// Resources that fit a search.
    async fn search(
        &self,
        tenant: TenantId,
        search: &ResourceSearch,
    ) -> Result<ResourcePage, Fault>;
    /// Empties the tenant's projections; the first step of rebuilding them.
    async fn clear_projections(&self, tenant: TenantId) -> Result<(), Fault>;
    /// Writes projections without events; the second step of rebuilding them.
    async fn write_projections(
        &self,
        tenant: TenantId,
        writes: Vec<ProjectionWrite>,
    ) -> Result<(), Fault>;
    /// Empties the tenant's projections and writes them anew, in one transaction. `position` is
    /// where the log stood when the writes were folded from it; if it has moved on, nothing is
    /// written, so that no event is left out.
    async fn rebuild_projections(
        &self,
        tenant: TenantId,
        position: u64,
        writes: Vec<ProjectionWrite>,
    ) -> Result<Rebuilt, Fault>;
    /// A digest over every byte of the tenant's projections, in the order of their keys.
    async fn projection_digest(&self, tenant: TenantId) -> Result<[u8; 32], Fault>;

    /// One thing on a person's way to treatment.
    async fn course_row(
        &self,
        tenant: TenantId,
        part: &str,
        id: Uuid,
    ) -> Result<Option<CourseRow>, Fault>;
    /// The rows of several ids of one part, in the order they are asked for: one journey to the
    /// database for whoever needs many.
    async fn course_rows_named(
        &self,
        tenant: TenantId,
        part: &str,
        ids: &[Uuid],
    ) -> Result<Vec<Option<CourseRow>>, Fault>;
    /// The rows of one part that fit, in order of when they are due.
    async fn course_rows(
        &self,
        tenant: TenantId,
        search: &CourseSearch,
    ) -> Result<Vec<CourseRow>, Fault>;
    /// The rows of one part after an id, in order of their ids, at most this many. An id never
    /// changes: whoever goes through all of them this way misses none of those there were.
    async fn course_rows_by_id(
        &self,
        tenant: TenantId,
        part: &str,
        after: Uuid,
        count: usize,
    ) -> Result<Vec<CourseRow>, Fault>;
    /// How many rows a part has.
    async fn course_count(&self, tenant: TenantId, part: &str) -> Result<u64, Fault>;
    /// Everything on one person's way, by part and then by when it is due.
    async fn course_rows_of(
        &self,
        tenant: TenantId,
        patient: PatientId,
    ) -> Result<Vec<CourseRow>, Fault>;

    // Documents.

    /// Keeps bytes under their digest; to keep them again changes nothing.
    async fn put_document(&self, tenant: TenantId, document: Document) -> Result<(), Fault>;
    /// The bytes of a digest.
    async fn document(
        &self,
        tenant: TenantId,
        digest: &[u8; 32],
    ) -> Result<Option<Document>, Fault>;

    /// The digests of documents after a digest, in order, at most this many.
    async fn document_digests(
        &self,
        tenant: TenantId,
        after: Option<[u8; 32]>,
        count: usize,
    ) -> Result<Vec<[u8; 32]>, Fault>;

    // Frames.

    /// Makes a frame durable.
    async fn append_frame(&self, frame: NewFrame) -> Result<FrameId, Fault>;
    /// Files what reading a frame gave; soon, not at once.
    async fn record_outcome(&self, id: FrameId, outcome: FrameOutcome) -> Result<(), Fault>;
    /// One frame.
    async fn frame(&self, tenant: TenantId, id: FrameId) -> Result<Option<Frame>, Fault>;
    /// Frames that came in a stretch of time, in order, after an id, at most this many; only one
    /// device's if it is given (frames that were not read yet always).
    async fn frames(
        &self,
        tenant: TenantId,
        device_key: Option<&str>,
        from: Moment,
        until: Moment,
        after: FrameId,
        count: usize,
    ) -> Result<Vec<Frame>, Fault>;
    /// Frames in a state, newest first, before an id.
    async fn frames_in(
        &self,
        tenant: TenantId,
        state: FrameState,
        before: Option<FrameId>,
        count: usize,
    ) -> Result<Vec<FrameSummary>, Fault>;
    /// Devices whose frames belong to nobody.
    async fn unassigned(&self, tenant: TenantId) -> Result<Vec<UnassignedDevice>, Fault>;
    /// Forgets frames that came before a moment; says how many.
    async fn purge_frames(&self, tenant: TenantId, before: Moment) -> Result<u64, Fault>;

    // Samples.

    /// Keeps sealed blocks and the minutes derived from them.
    async fn seal(
        &self,
        tenant: TenantId,
        blocks: Vec<SampleBlock>,
        minutes: Vec<(DeviceId, MinuteRow)>,
    ) -> Result<(), Fault>;
    /// A device's blocks that touch a stretch of time, in order.
    async fn blocks(
        &self,
        tenant: TenantId,
        device: DeviceId,
        from: Moment,
        until: Moment,
    ) -> Result<Vec<SampleBlock>, Fault>;
    /// The tenant's blocks by device, `received_from` and hash, after such a place, at most this
    /// many; for proving them.
    async fn all_blocks(
        &self,
        tenant: TenantId,
        after: Option<(DeviceId, Moment, [u8; 32])>,
        count: usize,
    ) -> Result<Vec<SampleBlock>, Fault>;
    /// The end of a device's newest block, by receive time.
    async fn sealed_until(
        &self,
        tenant: TenantId,
        device: DeviceId,
    ) -> Result<Option<Moment>, Fault>;
    /// A device's derived minutes of one version, in order.
    async fn minutes(
        &self,
        tenant: TenantId,
        device: DeviceId,
        from: Moment,
        until: Moment,
        version: &str,
    ) -> Result<Vec<MinuteRow>, Fault>;
    /// Forgets the derived minutes of one version, to derive them again.
    async fn clear_minutes(&self, tenant: TenantId, version: &str) -> Result<(), Fault>;

    // Identity.

    /// Writes an account, new or changed.
    async fn put_account(&self, tenant: TenantId, account: Account) -> Result<(), Fault>;
    /// The account of a name, upper and lower case alike.
    async fn account_by_username(
        &self,
        tenant: TenantId,
        username: &str,
    ) -> Result<Option<Account>, Fault>;
    /// One account.
    async fn account(&self, tenant: TenantId, staff: StaffId) -> Result<Option<Account>, Fault>;
    /// Every account, by username.
    async fn accounts(&self, tenant: TenantId) -> Result<Vec<Account>, Fault>;
    /// Begins a sign-in.
    async fn add_login(&self, tenant: TenantId, login: LoginSession) -> Result<(), Fault>;
    /// A sign-in and its account.
    async fn login(
        &self,
        tenant: TenantId,
        digest: &[u8; 32],
    ) -> Result<Option<(LoginSession, Account)>, Fault>;
    /// Notes a request.
    async fn touch_login(
        &self,
        tenant: TenantId,
        digest: &[u8; 32],
        at: Moment,
    ) -> Result<(), Fault>;
    /// Ends a sign-in.
    async fn end_login(&self, tenant: TenantId, digest: &[u8; 32]) -> Result<(), Fault>;
    /// Ends every sign-in of an account.
    async fn end_logins_of(&self, tenant: TenantId, staff: StaffId) -> Result<(), Fault>;
    /// Forgets sign-ins, links and tokens that ended before a moment; says how many.
    async fn forget_expired(&self, tenant: TenantId, before: Moment) -> Result<u64, Fault>;
    /// Wrong passwords for a key.
    async fn throttle(&self, tenant: TenantId, key: &str) -> Result<Option<Throttle>, Fault>;
    /// Notes a wrong password.
    async fn set_throttle(
        &self,
        tenant: TenantId,
        key: &str,
        failures: u32,
        locked_until: Option<Moment>,
    ) -> Result<(), Fault>;
    /// Forgets wrong passwords.
    async fn clear_throttle(&self, tenant: TenantId, key: &str) -> Result<(), Fault>;
    /// Keeps a link that lets one person in.
    async fn add_patient_link(&self, tenant: TenantId, link: PatientLink) -> Result<(), Fault>;
    /// A link, used or not.
    async fn patient_link(
        &self,
        tenant: TenantId,
        digest: &[u8; 32],
    ) -> Result<Option<PatientLink>, Fault>;
    /// Uses a link up; true for the one who did, and never again.
    async fn use_patient_link(
        &self,
        tenant: TenantId,
        digest: &[u8; 32],
        at: Moment,
    ) -> Result<bool, Fault>;
    /// Begins a patient's sign-in, or notes its last request and its language.
    async fn add_patient_login(&self, tenant: TenantId, login: PatientLogin) -> Result<(), Fault>;
    /// A patient's sign-in.
    async fn patient_login(
        &self,
        tenant: TenantId,
        digest: &[u8; 32],
    ) -> Result<Option<PatientLogin>, Fault>;
    /// Ends a patient's sign-in.
    async fn end_patient_login(&self, tenant: TenantId, digest: &[u8; 32]) -> Result<(), Fault>;
    /// Ends every link and every sign-in of a patient.
    async fn end_patient_access(&self, tenant: TenantId, patient: PatientId) -> Result<(), Fault>;
    /// Writes a program, new or changed.
    async fn put_client(&self, tenant: TenantId, client: ApiClient) -> Result<(), Fault>;
    /// A program.
    async fn client(&self, tenant: TenantId, client_id: &str) -> Result<Option<ApiClient>, Fault>;
    /// Keeps a token.
    async fn add_token(&self, tenant: TenantId, token: ApiToken) -> Result<(), Fault>;
    /// A token.
    async fn token(&self, tenant: TenantId, digest: &[u8; 32]) -> Result<Option<ApiToken>, Fault>;
    /// A setting of the installation.
    async fn setting(&self, tenant: TenantId, name: &str) -> Result<Option<String>, Fault>;
    /// Writes a setting, new or changed.
    async fn put_setting(&self, tenant: TenantId, name: &str, value: &str) -> Result<(), Fault>;
}
