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
use clinical::record::{CommandId, Envelope, Header, StreamId, TenantId};
use std::collections::{BTreeMap, BTreeSet};
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
    /// The same statement with each of these values, in their order; as [`Self::many_rows`].
    fn many_times(
        &self,
        text: &'static str,
        each: Vec<Vec<Value>>,
    ) -> impl Future<Output = Result<Vec<Vec<Row>>, Fault>> + Send;
    /// Puts a job into the writer's queue; `Busy` when the queue is full.
    fn submit(&self, job: Queued) -> Result<(), Fault>;
    /// Changes with every commit.
    fn committed(&self) -> watch::Receiver<u64>;
}

/// The writer's side of a database: inside one transaction.
pub(crate) trait Transaction: Send {
    /// Executes all, in order, without waiting for one before sending the next; gives the rows
    /// of each.
    fn each(
        &mut self,
        statements: Vec<Write>,
    ) -> impl Future<Output = Result<Vec<Vec<Row>>, Fault>> + Send;
    /// The same; tells how many rows changed.
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
    /// Writes of which somebody wants to know how many rows they changed.
    Counted(Vec<Write>),
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
            Self::Writes(_) | Self::Counted(_) => None,
        }
    }
}

/// What a job is answered, once it is durable.
#[derive(Debug)]
pub(crate) enum Answer {
    Outcome(Outcome),
    Frame(FrameId),
    Done,
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
///
/// What must be known is asked for all jobs at once, and what is written is sent at once: over a
/// network a batch takes a few journeys, however many jobs are in it.
pub(crate) async fn write_batch<'a, T: Transaction>(
    transaction: &mut T,
    jobs: impl Iterator<Item = &'a Job> + Clone + Send,
) -> Result<Written, Fault> {
    let mut known = Known::ask(transaction, jobs.clone()).await?;
    let mut pending = Pending::default();
    for job in jobs {
        match job {
            Job::Commit(decision) => {
                let outcome = known.decide(decision, &mut pending.writes);
                pending.answers.push(Answer::Outcome(outcome));
            }
            Job::Frame { frame, packed } => pending.add_frame(frame, packed),
            Job::Writes(writes) => {
                pending.writes.extend(writes.iter().cloned());
                pending.answers.push(Answer::Done);
            }
            Job::Counted(writes) => {
                pending.send(transaction).await?;
                let changed = transaction.all(writes.clone()).await?;
                pending.answers.push(Answer::Changed(changed));
            }
            Job::WritesAt(tenant, position, writes) => {
                let actual = known.end(*tenant).frontier.size();
                let answer = if actual == *position {
                    pending.writes.extend(writes.iter().cloned());
                    Answer::Done
                } else {
                    Answer::NotThere(actual)
                };
                pending.answers.push(answer);
            }
        }
    }
    let highest = known.put_heads(&mut pending.writes);
    pending.send(transaction).await?;
    Ok(Written {
        answers: pending.answers,
        highest,
    })
}

/// Writes that are decided and not yet sent, and the answers so far.
#[derive(Default)]
struct Pending {
    writes: Vec<Write>,
    /// Which write gives the number of which answer's frame.
    frames: Vec<(usize, usize)>,
    answers: Vec<Answer>,
}

impl Pending {
    fn add_frame(&mut self, frame: &NewFrame, packed: &[u8]) {
        self.frames.push((self.writes.len(), self.answers.len()));
        self.writes.push(Write {
            text: sql::ADD_FRAME,
            values: values![
                frame.tenant.0,
                frame.received_at,
                frame.connection,
                &frame.remote,
                &frame.profile,
                frame.bytes.len(),
                packed,
            ],
        });
        // The number is not known before it is written.
        self.answers.push(Answer::Frame(FrameId(0)));
    }

    async fn send<T: Transaction>(&mut self, transaction: &mut T) -> Result<(), Fault> {
        let mut rows = transaction.each(std::mem::take(&mut self.writes)).await?;
        for (write, answer) in self.frames.drain(..) {
            let number = rows
                .get_mut(write)
                .and_then(Vec::pop)
                .ok_or_else(|| Fault::Damaged("a frame was given no number".to_owned()))?
                .count()?;
            if let Some(answer) = self.answers.get_mut(answer) {
                *answer = Answer::Frame(FrameId(number));
            }
        }
        Ok(())
    }
}

/// What the decisions of a batch depend on: as it was before the batch, and then as each decision
/// of it leaves it to the next.
#[derive(Default)]
struct Known {
    ends: BTreeMap<TenantId, LogEnd>,
    answers: BTreeMap<(TenantId, CommandId), Vec<u8>>,
    versions: BTreeMap<(TenantId, StreamId), u64>,
}

/// Where a log stands.
#[derive(Default)]
struct LogEnd {
    frontier: Frontier,
    last_leaf: [u8; 32],
    changed: bool,
}

impl Known {
    async fn ask<'a, T: Transaction>(
        transaction: &mut T,
        jobs: impl Iterator<Item = &'a Job> + Clone + Send,
    ) -> Result<Self, Fault> {
        let mut known = Self::default();
        let mut commands = BTreeSet::new();
        let mut streams = BTreeSet::new();
        let mut heads = BTreeSet::new();
        for job in jobs {
            match job {
                Job::Commit(decision) => {
                    heads.insert(decision.tenant);
                    commands.insert((decision.tenant, decision.command_id));
                    let appends = decision.appends.iter();
                    streams.extend(appends.map(|append| (decision.tenant, append.stream)));
                }
                Job::WritesAt(tenant, ..) => {
                    heads.insert(*tenant);
                }
                Job::Frame { .. } | Job::Writes(_) | Job::Counted(_) => {}
            }
        }
        let of_heads = heads.iter().map(|tenant| Write {
            text: sql::HEAD,
            values: values![tenant.0],
        });
        let of_commands = commands.iter().map(|(tenant, command)| Write {
            text: sql::ANSWER,
            values: values![tenant.0, command.0],
        });
        let of_streams = streams.iter().map(|(tenant, stream)| Write {
            text: sql::STREAM_VERSION,
            values: values![tenant.0, stream.id, stream.kind.word()],
        });
        let questions = of_heads.chain(of_commands).chain(of_streams).collect();
        let mut told = transaction.each(questions).await?.into_iter();
        for (tenant, rows) in heads.iter().zip(told.by_ref()) {
            let (last_leaf, frontier) = read_head(rows)?;
            let end = LogEnd {
                frontier,
                last_leaf,
                changed: false,
            };
            known.ends.insert(*tenant, end);
        }
        for (command, rows) in commands.iter().zip(told.by_ref()) {
            if let Some(mut row) = rows.into_iter().next() {
                known.answers.insert(*command, row.bytes()?);
            }
        }
        for (stream, rows) in streams.iter().zip(told) {
            let version = match rows.into_iter().next().map(|mut row| row.value()) {
                Some(Value::Integer(version)) => version.cast_unsigned(),
                // A stream without events has no highest version.
                Some(_) | None => 0,
            };
            known.versions.insert(*stream, version);
        }
        Ok(known)
    }

    fn end(&mut self, tenant: TenantId) -> &mut LogEnd {
        self.ends.entry(tenant).or_default()
    }

    /// What becomes of a decision; its rows go to the writes only if all of it is committed.
    fn decide(&mut self, decision: &Decision, writes: &mut Vec<Write>) -> Outcome {
        let tenant = decision.tenant;
        let command = (tenant, decision.command_id);
        // Hazard: H21 — a repeated command finds its answer and changes nothing.
        if let Some(answer) = self.answers.get(&command) {
            return Outcome::Duplicate(answer.clone());
        }
        // Hazard: H26 — nothing is written over what the decision did not see.
        let versions = match self.versions_after(decision) {
            Ok(versions) => versions,
            Err(conflict) => return conflict,
        };
        self.versions.extend(versions);
        self.answers.insert(command, decision.answer.clone());
        let end = self.end(tenant);
        let first_position = end.frontier.size() + 1;
        for append in &decision.appends {
            for envelope in seal(decision, append, &mut end.frontier, &mut end.last_leaf) {
                end.changed = true;
                writes.push(add_event(envelope));
            }
        }
        let last_position = end.frontier.size();
        for projection in &decision.projections {
            write_projection(tenant, projection, writes);
        }
        writes.extend(decision.audit.iter().map(|entry| add_audit(tenant, entry)));
        writes.push(Write {
            text: sql::ADD_COMMAND,
            values: values![tenant.0, decision.command_id.0, decision.answer.as_slice()],
        });
        Outcome::Committed(receipt(first_position, last_position))
    }

    /// The versions that the decision's streams will have, or the first stream that is not at the
    /// version that the decision was made on.
    fn versions_after(
        &self,
        decision: &Decision,
    ) -> Result<BTreeMap<(TenantId, StreamId), u64>, Outcome> {
        let mut after = BTreeMap::new();
        for append in &decision.appends {
            let stream = (decision.tenant, append.stream);
            let known = after.get(&stream).or_else(|| self.versions.get(&stream));
            let actual = known.copied().unwrap_or(0);
            if actual != append.expected_version {
                return Err(Outcome::Conflict {
                    stream: append.stream,
                    expected: append.expected_version,
                    actual,
                });
            }
            after.insert(stream, actual + append.events.len() as u64);
        }
        Ok(after)
    }

    /// Where each log stands now; gives the highest position.
    fn put_heads(self, writes: &mut Vec<Write>) -> u64 {
        let mut highest = 0;
        for (tenant, end) in self.ends {
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
        highest
    }
}

fn add_event(envelope: Envelope) -> Write {
    let header = envelope.header;
    Write {
        text: sql::ADD_EVENT,
        values: values![
            header.tenant.0,
            header.position,
            header.stream.kind.word(),
            header.stream.id,
            header.stream_version,
            envelope.header_bytes,
            envelope.body,
            &envelope.leaf,
        ],
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
        ProjectionWrite::PutCourse(row) => writes.push(Write {
            text: sql::PUT_COURSE,
            values: values![
                tenant.0,
                &row.part,
                row.id,
                row.patient.map(|id| id.0),
                &row.state,
                crate::course::stored(row.due),
                row.version,
                &row.summary,
            ],
        }),
        ProjectionWrite::RemoveCourse { part, id } => writes.push(Write {
            text: sql::REMOVE_COURSE,
            values: values![tenant.0, part, *id],
        }),
    }
}

fn put_resource(tenant: TenantId, row: &ResourceRow, writes: &mut Vec<Write>) {
    let (effective, effective_until) = row.stretch();
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
            effective_until,
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
        sql::CLEAR_COURSE,
    ]
    .into_iter()
    .map(|text| Write {
        text,
        values: values![tenant.0],
    })
    .collect()
}
