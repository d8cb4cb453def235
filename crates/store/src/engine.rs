//! What the two SQL engines have in common: a queue of jobs, and how a batch of them is written.
//!
//! Everything that could be refused is looked up before the first row of a decision is written,
//! and one writer at a time works on a tenant: so a refused decision leaves no trace without
//! being rolled back. If a statement fails, the whole batch is rolled back and each job runs
//! again alone.

use crate::catalogue as sql;
use crate::projection::{ProjectionWrite, ResourceRow};
use crate::value::{Row, Value, Write, values};
use crate::{Append, AuditEntry, Decision, Fault, FrameId, NewFrame, Outcome, Receipt};
use clinical::record::merkle::Frontier;
use clinical::record::{Envelope, Header, TenantId};
use std::collections::BTreeMap;
use std::future::Future;
use tokio::sync::{oneshot, watch};

/// A database that statements can be sent to.
pub(crate) trait Engine: Send + Sync + 'static {
    /// Reads a few rows by an index.
    fn rows(
        &self,
        text: &'static str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<Row>, Fault>> + Send;
    /// Reads what may be many rows, without holding up anybody's point reads.
    fn many_rows(
        &self,
        text: &'static str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<Row>, Fault>> + Send;
    /// Puts a job into the writer's queue; `Busy` when the queue is full.
    fn submit(&self, job: Queued) -> Result<(), Fault>;
    /// Changes with every commit.
    fn committed(&self) -> watch::Receiver<u64>;
}

/// The writer's side of a database: inside one transaction.
pub(crate) trait Transaction: Send {
    /// Reads or writes one statement.
    fn rows(
        &mut self,
        text: &'static str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<Row>, Fault>> + Send;
    /// Writes all, in order; tells how many rows changed.
    fn all(&mut self, writes: Vec<Write>) -> impl Future<Output = Result<u64, Fault>> + Send;
}

/// A write that waits for its turn.
#[derive(Debug)]
pub(crate) enum Job {
    Commit(Box<Decision>),
    Frame {
        frame: NewFrame,
        packed: Vec<u8>,
    },
    Writes(Vec<Write>),
    /// Only if the tenant's log stands at this position.
    WritesAt(TenantId, u64, Vec<Write>),
}

impl Job {
    /// The tenant whose log or frames the job appends to.
    pub(crate) fn tenant(&self) -> Option<TenantId> {
        match self {
            Self::Commit(decision) => Some(decision.tenant),
            Self::Frame { frame, .. } => Some(frame.tenant),
            Self::WritesAt(tenant, ..) => Some(*tenant),
            Self::Writes(_) => None,
        }
    }
}

/// What a job is answered, once it is durable.
#[derive(Debug)]
pub(crate) enum Answer {
    Outcome(Outcome),
    Frame(FrameId),
    Changed(u64),
    /// The log stands elsewhere; nothing was written.
    NotThere(u64),
}

/// A job with whoever waits for it.
pub(crate) struct Queued {
    pub job: Job,
    pub reply: oneshot::Sender<Result<Answer, Fault>>,
}

/// Sends a job to the writer and waits until it is durable.
pub(crate) async fn send<E: Engine>(engine: &E, job: Job) -> Result<Answer, Fault> {
    let (reply, answer) = oneshot::channel();
    engine.submit(Queued { job, reply })?;
    answer.await.unwrap_or(Err(Fault::Stopped))
}

/// The tenants that a batch appends to, in order, so that two replicas lock them in one order.
pub(crate) fn tenants<'a>(jobs: impl Iterator<Item = &'a Job>) -> Vec<TenantId> {
    let mut tenants: Vec<TenantId> = jobs.filter_map(Job::tenant).collect();
    tenants.sort_unstable();
    tenants.dedup();
    tenants
}

/// What a batch gave: an answer for each job, and the highest position it wrote.
pub(crate) struct Written {
    pub answers: Vec<Answer>,
    pub highest: u64,
}

/// Writes a batch of jobs inside a transaction that the caller opened and will commit.
pub(crate) async fn write_batch<'a, T: Transaction>(
    transaction: &mut T,
    jobs: impl Iterator<Item = &'a Job> + Send,
) -> Result<Written, Fault> {
    let mut heads = Heads::default();
    let mut answers = Vec::new();
    for job in jobs {
        answers.push(match job {
            Job::Commit(decision) => {
                Answer::Outcome(write_decision(transaction, &mut heads, decision).await?)
            }
            Job::Frame { frame, packed } => {
                Answer::Frame(write_frame(transaction, frame, packed).await?)
            }
            Job::Writes(writes) => Answer::Changed(transaction.all(writes.clone()).await?),
            Job::WritesAt(tenant, position, writes) => {
                let actual = heads.load(transaction, *tenant).await?.frontier.size();
                if actual == *position {
                    Answer::Changed(transaction.all(writes.clone()).await?)
                } else {
                    Answer::NotThere(actual)
                }
            }
        });
    }
    let highest = heads.store(transaction).await?;
    Ok(Written { answers, highest })
}

/// Where each log of the batch stands, read once and written back once.
#[derive(Default)]
struct Heads(BTreeMap<TenantId, LogEnd>);

struct LogEnd {
    frontier: Frontier,
    last_leaf: [u8; 32],
    changed: bool,
}

impl Heads {
    async fn load<T: Transaction>(
        &mut self,
        transaction: &mut T,
        tenant: TenantId,
    ) -> Result<&mut LogEnd, Fault> {
        use std::collections::btree_map::Entry;
        match self.0.entry(tenant) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(empty) => {
                let rows = transaction.rows(sql::HEAD, values![tenant.0]).await?;
                let (last_leaf, frontier) = read_head(rows)?;
                Ok(empty.insert(LogEnd {
                    frontier,
                    last_leaf,
                    changed: false,
                }))
            }
        }
    }

    async fn store<T: Transaction>(self, transaction: &mut T) -> Result<u64, Fault> {
        let mut highest = 0;
        let mut writes = Vec::new();
        for (tenant, end) in self.0 {
            if end.changed {
                highest = highest.max(end.frontier.size());
                writes.push(Write {
                    text: sql::PUT_HEAD,
                    values: values![
                        tenant.0,
                        end.frontier.size(),
                        &end.last_leaf,
                        end.frontier.subtrees().concat(),
                    ],
                });
            }
        }
        transaction.all(writes).await?;
        Ok(highest)
    }
}

/// A log's last leaf and frontier from the rows of [`sql::HEAD`].
pub(crate) fn read_head(rows: Vec<Row>) -> Result<([u8; 32], Frontier), Fault> {
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(([0; 32], Frontier::new()));
    };
    let size = row.count()?;
    let last_leaf = row.digest()?;
    let subtrees = row.bytes()?;
    let (hashes, rest) = subtrees.as_chunks::<32>();
    Frontier::from_parts(size, hashes.to_vec())
        .filter(|_| rest.is_empty())
        .map(|frontier| (last_leaf, frontier))
        .ok_or_else(|| Fault::Damaged("the log's Merkle frontier does not fit its size".to_owned()))
}

async fn write_decision<T: Transaction>(
    transaction: &mut T,
    heads: &mut Heads,
    decision: &Decision,
) -> Result<Outcome, Fault> {
    // Hazard: H21 — a repeated command finds its answer and changes nothing.
    let tenant = decision.tenant;
    let command = decision.command_id.0;
    let known = transaction
        .rows(sql::ANSWER, values![tenant.0, command])
        .await?;
    if let Some(mut row) = known.into_iter().next() {
        return Ok(Outcome::Duplicate(row.bytes()?));
    }
    // Hazard: H26 — nothing is written over what the decision did not see.
    if let Some(conflict) = conflict(transaction, decision).await? {
        return Ok(conflict);
    }
    let end = heads.load(transaction, tenant).await?;
    let first_position = end.frontier.size() + 1;
    let mut writes = Vec::new();
    for append in &decision.appends {
        for envelope in seal(decision, append, &mut end.frontier, &mut end.last_leaf) {
            end.changed = true;
            let header = envelope.header;
            writes.push(Write {
                text: sql::ADD_EVENT,
                values: values![
                    tenant.0,
                    header.position,
                    header.stream.kind.word(),
                    header.stream.id,
                    header.stream_version,
                    envelope.header_bytes,
                    envelope.body,
                    &envelope.leaf,
                ],
            });
        }
    }
    let last_position = end.frontier.size();
    for projection in &decision.projections {
        write_projection(tenant, projection, &mut writes);
    }
    writes.extend(decision.audit.iter().map(|entry| add_audit(tenant, entry)));
    writes.push(Write {
        text: sql::ADD_COMMAND,
        values: values![tenant.0, command, decision.answer.as_slice()],
    });
    transaction.all(writes).await?;
    Ok(Outcome::Committed(receipt(first_position, last_position)))
}

/// Where the events stand; zeros when there was none.
pub(crate) fn receipt(first_position: u64, last_position: u64) -> Receipt {
    if first_position > last_position {
        Receipt {
            first_position: 0,
            last_position: 0,
        }
    } else {
        Receipt {
            first_position,
            last_position,
        }
    }
}

/// The events of an append as the log holds them, next after the log's end.
pub(crate) fn seal(
    decision: &Decision,
    append: &Append,
    frontier: &mut Frontier,
    last_leaf: &mut [u8; 32],
) -> Vec<Envelope> {
    let mut sealed = Vec::with_capacity(append.events.len());
    for (version, event) in (append.expected_version + 1..).zip(&append.events) {
        let header = Header {
            tenant: decision.tenant,
            position: frontier.size() + 1,
            stream: append.stream,
            stream_version: version,
            event_id: event.event_id,
            kind: event.kind.clone(),
            schema_version: event.schema_version,
            actor: decision.actor.clone(),
            command_id: decision.command_id,
            occurred_at: event.occurred_at,
            recorded_at: decision.recorded_at,
            previous: *last_leaf,
        };
        let envelope = Envelope::seal(header, event.body.clone());
        frontier.append(envelope.leaf);
        *last_leaf = envelope.leaf;
        sealed.push(envelope);
    }
    sealed
}

/// The first stream that is not at the version that the decision was made on.
async fn conflict<T: Transaction>(
    transaction: &mut T,
    decision: &Decision,
) -> Result<Option<Outcome>, Fault> {
    let mut seen = BTreeMap::new();
    for append in &decision.appends {
        let stream = append.stream;
        let actual = match seen.get(&stream) {
            Some(version) => *version,
            None => {
                let rows = transaction
                    .rows(
                        sql::STREAM_VERSION,
                        values![decision.tenant.0, stream.id, stream.kind.word()],
                    )
                    .await?;
                match rows.into_iter().next().map(|mut row| row.value()) {
                    Some(Value::Integer(version)) => version.cast_unsigned(),
                    Some(_) | None => 0,
                }
            }
        };
        if actual != append.expected_version {
            return Ok(Some(Outcome::Conflict {
                stream,
                expected: append.expected_version,
                actual,
            }));
        }
        seen.insert(stream, actual + append.events.len() as u64);
    }
    Ok(None)
}

async fn write_frame<T: Transaction>(
    transaction: &mut T,
    frame: &NewFrame,
    packed: &[u8],
) -> Result<FrameId, Fault> {
    let rows = transaction
        .rows(
            sql::ADD_FRAME,
            values![
                frame.tenant.0,
                frame.received_at,
                frame.connection,
                &frame.remote,
                &frame.profile,
                frame.bytes.len(),
                packed,
            ],
        )
        .await?;
    rows.into_iter()
        .next()
        .ok_or_else(|| Fault::Damaged("a stored frame was given no number".to_owned()))?
        .count()
        .map(FrameId)
}

/// An audit entry as a write.
pub(crate) fn add_audit(tenant: TenantId, entry: &AuditEntry) -> Write {
    Write {
        text: sql::ADD_AUDIT,
        values: values![
            tenant.0,
            entry.at,
            // An actor holds only strings and identifiers: writing it cannot fail.
            serde_json::to_string(&entry.actor).unwrap_or_default(),
            &entry.action,
            entry.patient.map(|id| id.0),
            entry.session.map(|id| id.0),
            &entry.detail,
        ],
    }
}

/// The moment by which a resource without a time is sorted.
pub(crate) const NO_TIME: i64 = i64::MIN;

/// The start of a text as it is compared: case does not matter.
pub(crate) fn folded(text: &str) -> String {
    text.to_lowercase()
}

/// A projection write as statements.
pub(crate) fn write_projection(
    tenant: TenantId,
    projection: &ProjectionWrite,
    writes: &mut Vec<Write>,
) {
    match projection {
        ProjectionWrite::PutSession(row) => writes.push(Write {
            text: sql::PUT_SESSION,
            values: values![
                tenant.0,
                row.session.0,
                row.patient.0,
                &row.room,
                &row.stage,
                row.open,
                row.planned_for,
                row.version,
                &row.summary,
            ],
        }),
        ProjectionWrite::PutPatient(row) => writes.push(Write {
            text: sql::PUT_PATIENT,
            values: values![
                tenant.0,
                row.patient.0,
                &row.record_number,
                &row.family_name,
                &row.given_name,
                &row.birth_date,
                row.version,
                &row.summary,
                folded(&row.record_number),
                folded(&row.family_name),
                folded(&row.given_name),
            ],
        }),
        ProjectionWrite::PutDevice(row) => writes.push(Write {
            text: sql::PUT_DEVICE,
            values: values![
                tenant.0,
                row.device.0,
                &row.wire_key,
                &row.name,
                row.version,
                &row.summary,
            ],
        }),
        ProjectionWrite::PutResource(row) => put_resource(tenant, row, writes),
        ProjectionWrite::RemoveResource { kind, id } => {
            for text in [sql::REMOVE_RESOURCE_CODES, sql::REMOVE_RESOURCE] {
                writes.push(Write {
                    text,
                    values: values![tenant.0, kind, id],
                });
            }
        }
    }
}

fn put_resource(tenant: TenantId, row: &ResourceRow, writes: &mut Vec<Write>) {
    let effective = row.effective.map_or(NO_TIME, units::Moment::microseconds);
    let patient = row.patient.map(|id| id.0);
    writes.push(Write {
        text: sql::REMOVE_RESOURCE_CODES,
        values: values![tenant.0, &row.kind, &row.id],
    });
    writes.push(Write {
        text: sql::PUT_RESOURCE,
        values: values![
            tenant.0,
            &row.kind,
            &row.id,
            patient,
            row.session.map(|id| id.0),
            effective,
            row.updated,
            row.version,
            row.json.as_slice(),
        ],
    });
    let mut codes: Vec<&String> = row.codes.iter().collect();
    codes.sort_unstable();
    codes.dedup();
    for code in codes {
        writes.push(Write {
            text: sql::ADD_RESOURCE_CODE,
            values: values![tenant.0, &row.kind, &row.id, code, patient, effective],
        });
    }
}

/// Empties a tenant's projections.
pub(crate) fn clear_projections(tenant: TenantId) -> Vec<Write> {
    [
        sql::CLEAR_SESSIONS,
        sql::CLEAR_PATIENTS,
        sql::CLEAR_DEVICES,
        sql::CLEAR_RESOURCE_CODES,
        sql::CLEAR_RESOURCES,
    ]
    .into_iter()
    .map(|text| Write {
        text,
        values: values![tenant.0],
    })
    .collect()
}
