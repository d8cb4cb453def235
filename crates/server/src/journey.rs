//! What changes on a person's way to treatment: a stream read, a command decided on it, and its
//! events written with everything that lists show of them, exactly once.

use crate::application::Application;
use crate::fault::Fault;
use crate::identity::digest;
use crate::web::form::Problem;
use crate::web::respond::Refused;
use anyhow::Context as _;
use clinical::record::{
    Actor, CommandId, Envelope, EventId, Folded, Header, PatientId, Recorded, SessionId, StreamId,
};
use serde::{Deserialize, Serialize};
use store::{Append, AuditEntry, Decision, Outcome, ProjectionWrite};
use units::Moment;
use uuid::Uuid;

/// How often a command is decided again after somebody else was faster.
const TRIES: usize = 8;

/// A stream as it stands.
#[derive(Clone, Debug, Default)]
pub struct Kept<A> {
    /// Its state; the empty one when nothing happened yet.
    pub state: A,
    /// How many events it has.
    pub version: u64,
}

/// Who wants what, of which stream.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// Made by the client before sending; executed exactly once.
    pub command_id: CommandId,
    /// Who.
    pub actor: Actor,
    /// When it happened; `None` is now.
    pub at: Option<Moment>,
    /// Which stream of its kind.
    pub id: Uuid,
    /// Whose record it touches.
    pub patient: Option<PatientId>,
    /// Which visit it is about.
    pub session: Option<SessionId>,
    /// What is done, in words, for the list of who did what.
    pub action: &'a str,
    /// What is wanted, as text: the same command id with other contents is asked about.
    pub wanted: String,
}

/// What "saved" means: the stream's version that holds it, durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The stream's version after the change; of several streams, the first one's.
    pub version: u64,
    /// When it was decided.
    pub at: Moment,
    /// A digest of what was wanted.
    wanted: String,
}

/// What has a stream, and rows in lists: each kind says in [`crate::projection`] which rows.
pub trait Listed: Folded {
    /// The rows that change with the newest event, whose header this is.
    fn rows(&self, header: &Header) -> Vec<ProjectionWrite>;
}

/// A stream, folded from its beginning.
pub async fn read<A: Folded>(application: &Application, id: Uuid) -> Result<Kept<A>, Fault> {
    let envelopes = application
        .store
        .stream(application.tenant, StreamId::of(A::KIND, id), 0)
        .await
        .with_context(|| format!("reading a stream of kind {}", A::KIND.word()))?;
    folded(&envelopes)
}

/// What the events of a whole stream come to.
pub fn folded<A: Folded>(envelopes: &[Envelope]) -> Result<Kept<A>, Fault> {
    let nothing = Kept {
        state: A::default(),
        version: 0,
    };
    folded_on(nothing, envelopes)
}

/// What a state comes to with the events after it.
pub fn folded_on<A: Folded>(mut kept: Kept<A>, envelopes: &[Envelope]) -> Result<Kept<A>, Fault> {
    for envelope in envelopes {
        kept.state
            .take(&envelope.header, &A::Event::read(envelope)?);
        kept.version = envelope.header.stream_version;
    }
    Ok(kept)
}

/// Decides a command on one stream and writes what came of it.
///
/// After `Ok` the events are durable. A repetition of the command id gives the same answer and
/// does nothing; with other contents it is a problem. When somebody else was faster, it is decided
/// again on what is true then.
pub async fn change<A, R>(
    application: &Application,
    change: Change<'_>,
    decide: impl Fn(&A, Moment) -> Result<Vec<A::Event>, R> + Send + Sync,
) -> Result<Saved, Refused>
where
    A: Listed,
    Refused: From<R>,
{
    let decide = |kept: &[Kept<A>], now| decide(&kept[0].state, now).map(|events| vec![events]);
    let ids = [change.id];
    change_several(application, change, &ids, decide).await
}

/// The same over several streams of one kind: all of it is written, or nothing.
///
/// `decide` gets them in the order of `ids`, and gives as many lists of events.
pub async fn change_several<A, R>(
    application: &Application,
    change: Change<'_>,
    ids: &[Uuid],
    decide: impl Fn(&[Kept<A>], Moment) -> Result<Vec<Vec<A::Event>>, R> + Send + Sync,
) -> Result<Saved, Refused>
where
    A: Listed,
    Refused: From<R>,
{
    let wanted = Wanted::of(&change);
    for _ in 0..TRIES {
        if let Some(saved) = wanted.before(application, &change).await? {
            return Ok(saved);
        }
        let mut kept = Vec::with_capacity(ids.len());
        for id in ids {
            kept.push(read::<A>(application, *id).await?);
        }
        let now = application.clock.now();
        let decided = decide(&kept, now)?;
        let at = change.at.unwrap_or(now);
        let mut appends = Vec::new();
        let mut projections = Vec::new();
        for ((id, kept), events) in ids.iter().zip(&kept).zip(decided) {
            if events.is_empty() {
                continue;
            }
            let (append, rows) = appended(application, &change, *id, kept, events, now, at);
            appends.push(append);
            projections.extend(rows);
        }
        let version = kept.first().map_or(0, |kept| kept.version);
        let done = wanted
            .commit(application, &change, (appends, projections), version, now)
            .await?;
        if let Some(saved) = done {
            return Ok(saved);
        }
    }
    Err(changed_meanwhile())
}

/// The same over two streams of different kinds under one id: both are written, or neither.
///
/// `beside` is decided on the second stream from what was decided on the first.
pub async fn change_with<A, B, T, R>(
    application: &Application,
    change: Change<'_>,
    decide: impl Fn(&A, &B, Moment) -> Result<(Vec<A::Event>, T), R> + Send + Sync,
    beside: impl Fn(&B, T) -> Vec<B::Event> + Send + Sync,
) -> Result<Saved, Refused>
where
    A: Listed,
    B: Listed,
    Refused: From<R>,
{
    let wanted = Wanted::of(&change);
    for _ in 0..TRIES {
        if let Some(saved) = wanted.before(application, &change).await? {
            return Ok(saved);
        }
        let first = read::<A>(application, change.id).await?;
        let second = read::<B>(application, change.id).await?;
        let now = application.clock.now();
        let (events, for_second) = decide(&first.state, &second.state, now)?;
        let others = beside(&second.state, for_second);
        let at = change.at.unwrap_or(now);
        let mut appends = Vec::new();
        let mut projections = Vec::new();
        if !events.is_empty() {
            let (append, rows) = appended(application, &change, change.id, &first, events, now, at);
            appends.push(append);
            projections.extend(rows);
        }
        if !others.is_empty() {
            let (append, rows) =
                appended(application, &change, change.id, &second, others, now, at);
            appends.push(append);
            projections.extend(rows);
        }
        let done = wanted
            .commit(
                application,
                &change,
                (appends, projections),
                first.version,
                now,
            )
            .await?;
        if let Some(saved) = done {
            return Ok(saved);
        }
    }
    Err(changed_meanwhile())
}

fn changed_meanwhile() -> Refused {
    Refused::Fault(Fault(anyhow::anyhow!(
        "the record changed {TRIES} times meanwhile"
    )))
}

/// A digest of what a command wants, by which its repetition is known.
struct Wanted(String);

impl Wanted {
    fn of(change: &Change<'_>) -> Self {
        Self(hex::encode(digest(&format!(
            "{:?} {} {} {}",
            change.patient, change.id, change.action, change.wanted
        ))))
    }

    /// The answer that this command had before.
    async fn before(
        &self,
        application: &Application,
        change: &Change<'_>,
    ) -> Result<Option<Saved>, Refused> {
        let before = application
            .store
            .answer(application.tenant, change.command_id)
            .await
            .context("looking for the command's answer")
            .map_err(Fault)?;
        before.map(|bytes| answered(&bytes, &self.0)).transpose()
    }

    /// Writes all of it; nothing when somebody else was faster.
    async fn commit(
        &self,
        application: &Application,
        change: &Change<'_>,
        (appends, projections): (Vec<Append>, Vec<ProjectionWrite>),
        version: u64,
        now: Moment,
    ) -> Result<Option<Saved>, Refused> {
        let saved = Saved {
            version: appends.first().map_or(version, |append| {
                append.expected_version + append.events.len() as u64
            }),
            at: now,
            wanted: self.0.clone(),
        };
        let decision = Decision {
            tenant: application.tenant,
            command_id: change.command_id,
            actor: change.actor.clone(),
            recorded_at: now,
            appends,
            projections,
            audit: vec![AuditEntry {
                at: now,
                actor: change.actor.clone(),
                action: change.action.to_owned(),
                patient: change.patient,
                session: change.session,
                detail: String::new(),
            }],
            answer: serde_json::to_vec(&saved)
                .context("writing the answer")
                .map_err(Fault)?,
        };
        let outcome = application
            .store
            .commit(decision)
            .await
            .context("committing")
            .map_err(Fault)?;
        match outcome {
            Outcome::Committed(_) => Ok(Some(saved)),
            Outcome::Duplicate(bytes) => answered(&bytes, &self.0).map(Some),
            Outcome::Conflict { .. } => Ok(None),
        }
    }
}

/// The answer that was kept, if it is an answer to this. `Hazard: H21`.
fn answered(bytes: &[u8], wanted: &str) -> Result<Saved, Refused> {
    let saved: Saved = serde_json::from_slice(bytes)
        .context("reading the command's answer")
        .map_err(Fault)?;
    if saved.wanted == wanted {
        return Ok(saved);
    }
    let says = "Not saved: this form was sent before with other contents. Reload the page.";
    Err(Problem::new("command_id", says).into())
}

/// Events as they are appended to a stream, with the rows that change.
pub fn appended<A: Listed>(
    application: &Application,
    change: &Change<'_>,
    id: Uuid,
    kept: &Kept<A>,
    events: Vec<A::Event>,
    now: Moment,
    at: Moment,
) -> (Append, Vec<ProjectionWrite>) {
    let stream = StreamId::of(A::KIND, id);
    let mut after = kept.clone();
    let mut new_events = Vec::with_capacity(events.len());
    let mut rows = Vec::new();
    for event in events {
        let event_id = EventId(Uuid::now_v7());
        new_events.push(event.to_new_event(event_id, at));
        after.version += 1;
        let header = Header {
            tenant: application.tenant,
            // The log gives the position when it commits; no state uses it.
            position: 0,
            stream,
            stream_version: after.version,
            event_id,
            kind: event.name().to_owned(),
            schema_version: A::Event::SCHEMA_VERSION,
            actor: change.actor.clone(),
            command_id: change.command_id,
            occurred_at: at,
            recorded_at: now,
            previous: [0; 32],
        };
        after.state.take(&header, &event);
        rows.extend(after.state.rows(&header));
    }
    let append = Append {
        stream,
        expected_version: kept.version,
        events: new_events,
    };
    (append, rows)
}
