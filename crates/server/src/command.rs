//! A session command, from its arrival to "saved": decide, commit, publish.

use crate::application::Application;
use crate::fault::Fault;
use crate::follow_up;
use crate::identity::digest;
use crate::ledger;
use crate::projection;
use crate::reporting;
use crate::session_registry::SessionCell;
use crate::standing;
use crate::web::form::Problem;
use crate::web::respond::Refused;
use crate::wishes;
use anyhow::Context as _;
use clinical::course::session::{
    Afterwards, Command, Context, MonitorEvidence, Papers, Refusal, Session, SessionEvent, Stage,
    decide, decide_afterwards,
};
use clinical::course::wishes::Touch;
use clinical::record::{Actor, CommandId, EventId, Header, Recorded, SessionId, StreamId};
use serde::{Deserialize, Serialize};
use store::{Append, AuditEntry, Decision, Outcome};
use units::{Moment, Span};
use uuid::Uuid;

/// How often a command is decided again after another replica was faster.
const TRIES: usize = 4;

/// A command on its way in.
pub struct Order {
    /// Made by the client before sending; executed exactly once.
    pub command_id: CommandId,
    /// Which session.
    pub session: SessionId,
    /// Who.
    pub actor: Actor,
    /// What.
    pub command: Command,
    /// When it happened; `None` is now.
    pub at: Option<Moment>,
}

/// What is known of an act that reached the server after it had happened.
#[derive(Clone, Debug)]
pub struct Late {
    /// How it was kept.
    pub afterwards: Afterwards,
    /// Its author gave its time in words; otherwise it is when they tapped.
    pub typed: bool,
}

/// What "saved" means: the session's version that holds it, durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The session's version after the command.
    pub version: u64,
    /// When it was decided.
    pub at: Moment,
}

/// An answer as it is kept beside its command's id.
#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    saved: Saved,
    /// What a person wanted, as a digest; nothing for a device, whose id is made of what it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wanted: Option<String>,
}

/// When a command is decided, and what is seen of the room's monitor then.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// The moment.
    pub now: Moment,
    /// The monitor.
    pub monitor: MonitorEvidence,
    /// What a start rests on.
    pub papers: Papers,
}

/// Executes a command: after `Ok` its events are durable, and a repetition of the same command
/// id gives the same answer and does nothing.
pub async fn execute(application: &Application, order: Order) -> Result<Saved, Refused> {
    carry_out(application, order, None, None).await
}

/// The same in given circumstances: how the demonstration tells what happened before it opened.
pub async fn execute_in(
    application: &Application,
    order: Order,
    given: Option<Circumstances>,
) -> Result<Saved, Refused> {
    carry_out(application, order, given, None).await
}

/// The same for an act that a tablet kept without contact, or that stood on paper: its time is in
/// `order.at`, and what the rules would have refused is charted and marked.
pub async fn execute_afterwards(
    application: &Application,
    order: Order,
    late: Late,
) -> Result<Saved, Refused> {
    carry_out(application, order, None, Some(late)).await
}

async fn carry_out(
    application: &Application,
    order: Order,
    given: Option<Circumstances>,
    late: Option<Late>,
) -> Result<Saved, Refused> {
    let wanted = wanted(&order, late.as_ref())?;
    let cell = application.sessions.cell(order.session).await?;
    let _gate = cell.commands.lock().await;
    for _ in 0..TRIES {
        let session = cell.state();
        let Circumstances {
            now,
            monitor,
            papers,
        } = match &given {
            Some(given) => given.clone(),
            None => seen(application, &order, &session).await?,
        };
        let at = order.at.unwrap_or(now);
        let rules = application.rules_of(&session)?;
        let context = Context {
            now,
            at,
            actor: &order.actor,
            monitor,
            papers: &papers,
            rules: &rules,
        };
        if let Some(saved) = already(application, &order, wanted.as_deref()).await? {
            if saved.version > session.version {
                // It was saved, and whoever saved it was gone before the state here followed.
                application.refold(order.session, &cell).await?;
            }
            return Ok(saved);
        }
        let events = match &late {
            None => at_once(&cell, &order, &session, &context)?,
            Some(late) => decide_afterwards(
                &session,
                order.command.clone(),
                &context,
                late.afterwards.clone(),
            )?,
        };
        let decided = Decided {
            events,
            now,
            at,
            wanted: wanted.as_deref(),
        };
        match commit(application, &order, &session, decided).await? {
            Committed::Saved(saved, after) => {
                cell.replace(*after);
                application.live.session_changed(&cell.state());
                return Ok(saved);
            }
            Committed::Before(saved) => return Ok(saved),
            Committed::Conflict => {
                // Another replica appended first: fold again and decide on what is true now.
                application.refold(order.session, &cell).await?;
            }
        }
    }
    Err(Refused::Fault(Fault(anyhow::anyhow!(
        "the session changed {TRIES} times meanwhile"
    ))))
}

/// Decides what was charted with contact. Whoever was told no is told so again.
fn at_once(
    cell: &SessionCell,
    order: &Order,
    session: &Session,
    context: &Context<'_>,
) -> Result<Vec<SessionEvent>, Refusal> {
    let by_person = matches!(order.actor, Actor::Person { .. });
    if let Some(refusal) = cell.refusal(order.command_id).filter(|_| by_person) {
        return Err(refusal);
    }
    decide(session, order.command.clone(), context).inspect_err(|refusal| {
        if by_person {
            cell.remember_refusal(order.command_id, refusal);
        }
    })
}

/// What is seen at the moment of a command. Only a start asks for papers, and only a signature
/// whether everything that was drawn is accounted for: nothing else waits until that is read.
async fn seen(
    application: &Application,
    order: &Order,
    session: &Session,
) -> Result<Circumstances, Fault> {
    let now = application.clock.now();
    let papers = match &order.command {
        Command::StartInfusion { .. } | Command::GiveDose { .. }
            if session.stage == Stage::Preparation =>
        {
            standing::papers(application, session, now).await?
        }
        Command::Sign { .. } => Papers {
            open_syringes: Some(ledger::open_of(application, session).await?),
            ..Papers::not_known()
        },
        // Hazard: H61 — what holds is what was agreed when it happened, not what is agreed now.
        Command::GiveSupport { .. } | Command::TakeRoom => Papers {
            touch: touch_at(application, session, order.at.unwrap_or(now)).await?,
            ..Papers::not_known()
        },
        _another => Papers::not_known(),
    };
    Ok(Circumstances {
        now,
        monitor: application.live.monitor_evidence(order.session, now),
        papers,
    })
}

async fn touch_at(
    application: &Application,
    session: &Session,
    at: Moment,
) -> Result<Option<Touch>, Fault> {
    let Some(patient) = session.patient else {
        return Ok(None);
    };
    let wishes = wishes::of(application, patient).await?;
    Ok(wishes.state.touch_at(at).map(|said| said.what))
}

/// The answer that this command id got before, if it was executed.
///
/// Asked before deciding, because the state has moved on: an infusion that was started by this
/// very command would now refuse to be started.
async fn already(
    application: &Application,
    order: &Order,
    wanted: Option<&str>,
) -> Result<Option<Saved>, Refused> {
    let answer = application
        .store
        .answer(application.tenant, order.command_id)
        .await
        .context("looking for the command's answer")
        .map_err(Fault)?;
    answer.map(|bytes| answered(&bytes, wanted)).transpose()
}

/// The answer that was kept, if it is an answer to this.
///
/// A form that is sent again with other contents, such as by going back in the browser, is
/// something else that is wanted: to call it saved would lose it. Hazard: H21
fn answered(bytes: &[u8], wanted: Option<&str>) -> Result<Saved, Refused> {
    let kept: Kept = serde_json::from_slice(bytes)
        .context("reading the command's answer")
        .map_err(Fault)?;
    if kept.wanted.is_some() && wanted.is_some() && kept.wanted.as_deref() != wanted {
        let says = "Not saved: this form was sent before with other contents. Reload the page.";
        return Err(Problem::new("command_id", says).into());
    }
    Ok(kept.saved)
}

/// A digest of what a person wants, of which session and for when.
fn wanted(order: &Order, late: Option<&Late>) -> Result<Option<String>, Fault> {
    match &order.actor {
        Actor::Person { .. } => {}
        Actor::Device { .. } | Actor::System { .. } => return Ok(None),
    }
    // Forms say whole minutes, and one that has not quite come is taken as now: the end of the
    // minute is the same however often it is sent. A tablet that is not sure whether its first
    // try arrived sends the act again with the time at which it was tapped; that is the same act.
    let minute = Span::from_minutes(1);
    let at = order
        .at
        .filter(|_| late.is_none_or(|late| late.typed))
        .map(|at| (at + minute - Span::from_microseconds(1)).start_of(minute));
    let text = serde_json::to_string(&(order.session, at, &order.command))
        .context("writing what is wanted")?;
    Ok(Some(hex::encode(digest(&text))))
}

/// What a decision gave, and when.
struct Decided<'a> {
    events: Vec<SessionEvent>,
    now: Moment,
    at: Moment,
    wanted: Option<&'a str>,
}

enum Committed {
    Saved(Saved, Box<Session>),
    Before(Saved),
    Conflict,
}

async fn commit(
    application: &Application,
    order: &Order,
    session: &Session,
    decided: Decided<'_>,
) -> Result<Committed, Refused> {
    let Decided {
        events,
        now,
        at,
        wanted,
    } = decided;
    let mut after = session.clone();
    let mut new_events = Vec::with_capacity(events.len());
    let mut projections = Vec::new();
    let devices = projection::KnownDevices::of(&application.devices);
    for event in events {
        let event_id = EventId(Uuid::now_v7());
        new_events.push(event.to_new_event(event_id, at));
        let header = Header {
            tenant: application.tenant,
            // The log gives the position when it commits; the session's state does not use it.
            position: 0,
            stream: StreamId::session(order.session),
            stream_version: after.version + 1,
            event_id,
            kind: event.name().to_owned(),
            schema_version: SessionEvent::SCHEMA_VERSION,
            actor: order.actor.clone(),
            command_id: order.command_id,
            occurred_at: at,
            recorded_at: now,
            previous: [0; 32],
        };
        after.apply(&header, event);
        projections.extend(projection::after_session_event(&after, &devices));
    }
    let saved = Saved {
        version: after.version,
        at: now,
    };
    let kept = Kept {
        saved: saved.clone(),
        wanted: wanted.map(str::to_owned),
    };
    let mut appends = vec![Append {
        stream: StreamId::session(order.session),
        expected_version: session.version,
        events: new_events,
    }];
    let by = (order.command_id, &order.actor);
    let beside = wishes::beside(application, session, &order.command, by, (now, at)).await?;
    if let Some((append, rows)) = beside {
        appends.push(append);
        projections.extend(rows);
    }
    // What follows a session is planned with its last act, or neither is saved.
    let follows = follow_up::beside(application, &after, order, (now, at)).await?;
    if let Some((append, rows)) = follows {
        appends.push(append);
        projections.extend(rows);
    }
    let reported = reporting::beside(application, (session, &after), order, (now, at)).await?;
    if let Some((append, rows)) = reported {
        appends.push(append);
        projections.extend(rows);
    }
    let decision = Decision {
        tenant: application.tenant,
        command_id: order.command_id,
        actor: order.actor.clone(),
        recorded_at: now,
        appends,
        projections,
        audit: audit(order, session, now),
        answer: serde_json::to_vec(&kept)
            .context("writing the answer")
            .map_err(Fault)?,
    };
    match application
        .store
        .commit(decision)
        .await
        .context("committing")
        .map_err(Fault)?
    {
        Outcome::Committed(_) => Ok(Committed::Saved(saved, Box::new(after))),
        Outcome::Duplicate(answer) => Ok(Committed::Before(answered(&answer, wanted)?)),
        Outcome::Conflict { .. } => Ok(Committed::Conflict),
    }
}

/// Who did what to whom; what devices and rules chart stands in the record itself.
fn audit(order: &Order, session: &Session, now: Moment) -> Vec<AuditEntry> {
    match &order.actor {
        Actor::Person { .. } => vec![AuditEntry {
            at: now,
            actor: order.actor.clone(),
            action: order.command.says().to_owned(),
            patient: session.patient,
            session: Some(order.session),
            detail: String::new(),
        }],
        Actor::Device { .. } | Actor::System { .. } => Vec::new(),
    }
}

/// A command id that is the same whenever the same thing is charted again: a replay after a
/// restart then charts nothing twice.
pub fn derived_command_id(session: SessionId, what: &str) -> CommandId {
    CommandId(Uuid::new_v5(&session.0, what.as_bytes()))
}
