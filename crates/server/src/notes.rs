//! What clinicians write about a session, and sign.

use crate::application::Application;
use crate::fault::Fault;
use crate::journey::{Change, Kept, Listed, change, read};
use crate::web::pages::clock_face::ClockFace;
use crate::web::respond::Refused;
use anyhow::Context as _;
use clinical::course::note::{Chart, Composing, Focus, Notes, Paragraph, Refusal, Visit, composed};
use clinical::course::session::{Session, decide};
use clinical::record::{Actor, CommandId, Header, SessionId, StaffId, StreamId};
use store::ProjectionWrite;
use units::Moment;

/// What a signature under a note means.
pub const NOTE_MEANS: &str =
    "I wrote this note. It says what I saw, did and was told, and I stand by it.";
/// What a signature under an addendum means.
pub const ADDENDUM_MEANS: &str = "I add this to the note above. What was signed stays as it is.";
/// What a signature means that takes a note back.
pub const STRIKE_MEANS: &str = "I take my note above back. It stays readable, struck.";

impl Listed for Notes {
    /// No list shows notes.
    fn rows(&self, _header: &Header) -> Vec<ProjectionWrite> {
        Vec::new()
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Ruled(refusal.says().to_owned())
    }
}

/// The notes of a session.
pub async fn of(application: &Application, session: SessionId) -> Result<Kept<Notes>, Fault> {
    read::<Notes>(application, session.0).await
}

/// The digest of a session's last entry in the log, which binds all before it.
pub async fn last_leaf(application: &Application, session: &Session) -> Result<[u8; 32], Fault> {
    let last = application
        .store
        .stream(
            application.tenant,
            StreamId::session(session.id),
            session.version.saturating_sub(1),
        )
        .await
        .context("reading the last event")?;
    Ok(last
        .last()
        .map(|envelope| envelope.leaf)
        .unwrap_or_default())
}

/// What a note begins with, from the chart as it stands.
pub fn begins_with(
    application: &Application,
    session: &Session,
    focus: Focus,
) -> Result<Vec<Paragraph>, Fault> {
    let rules = application.rules_of(session)?;
    let face = ClockFace {
        zone: &application.zone,
        now: application.clock.now(),
    };
    let clock = |at: Moment| face.time(at);
    let composing = Composing {
        session,
        clock: &clock,
        recoveries: &decide::recoveries(session, &rules),
    };
    Ok(composed(&composing, focus))
}

/// Paragraphs as text: a heading on a line of its own, an empty line between two.
pub fn written_out(paragraphs: &[Paragraph]) -> String {
    let one =
        |paragraph: &Paragraph| format!("{}\n{}", paragraph.heading, paragraph.lines.join("\n"));
    paragraphs.iter().map(one).collect::<Vec<_>>().join("\n\n")
}

/// What somebody does with a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Keeps the words without a signature.
    Draft,
    /// Signs them.
    Sign,
    /// Adds them to somebody's signed note, or takes the own one back.
    Add {
        /// Whose note.
        to: StaffId,
        /// It should not stand any more.
        strikes: bool,
    },
}

/// Does it. After `Ok` it is durable.
///
/// `seen` is how many entries the chart had on the author's page.
pub async fn act(
    application: &Application,
    actor: Actor,
    session: &Session,
    (command_id, act): (CommandId, Act),
    (text, seen): (&str, u64),
) -> Result<(), Refused> {
    let chart = Chart {
        version: session.version,
        leaf: hex::encode(last_leaf(application, session).await?),
    };
    let visit = Visit {
        session: session.id,
        stage: session.stage,
        chart: &chart,
        seen,
    };
    let wanted = Change {
        command_id,
        actor: actor.clone(),
        at: None,
        id: session.id.0,
        patient: session.patient,
        session: Some(session.id),
        action: match act {
            Act::Draft => "keep a note about a session, not signed",
            Act::Sign => "sign a note about a session",
            Act::Add { strikes: false, .. } => "add to a note about a session",
            Act::Add { strikes: true, .. } => "take a note about a session back",
        },
        wanted: format!("{act:?} {text}"),
    };
    change(application, wanted, |notes: &Notes, now| match act {
        Act::Draft => notes.draft(&actor, text),
        Act::Sign => notes.sign(&actor, now, (text, NOTE_MEANS), &visit),
        Act::Add { to, strikes } => {
            let means = if strikes {
                STRIKE_MEANS
            } else {
                ADDENDUM_MEANS
            };
            notes.add(&actor, now, (text, means), (to, strikes), &visit)
        }
    })
    .await?;
    Ok(())
}
