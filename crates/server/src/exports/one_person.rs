//! What the record holds of one person, over all records that were merged into theirs.

use super::people::Somebody;
use crate::application::Application;
use crate::fault::Fault;
use crate::journey::folded;
use crate::session_registry::fold;
use anyhow::Context as _;
use clinical::course::follow_up::FollowUp;
use clinical::course::intake::Intake;
use clinical::course::outcomes::Outcomes;
use clinical::course::reporting::Reporting;
use clinical::course::session::Session;
use clinical::record::{Envelope, Folded, SessionId, StreamId, StreamKind};
use units::Moment;

/// More visits than anybody has.
const VISITS: usize = 100_000;

/// How many visits are read at once.
const AT_ONCE: usize = 32;

/// Everything of one person that an export may tell of.
pub(super) struct WholePerson {
    /// Visits in order of time, with what was reported of each.
    pub sessions: Vec<(Session, Reporting)>,
    /// Scales, a record each.
    pub outcomes: Vec<Outcomes>,
    /// The time after visits, a record each.
    pub follow_ups: Vec<FollowUp>,
    /// Histories, a record each.
    pub intakes: Vec<Intake>,
}

fn as_it_stood(mut envelopes: Vec<Envelope>, until: u64) -> Vec<Envelope> {
    envelopes.retain(|envelope| envelope.header.position <= until);
    envelopes
}

fn state<A: Folded>(envelopes: Option<Vec<Envelope>>, until: u64) -> Result<A, Fault> {
    let envelopes = as_it_stood(envelopes.unwrap_or_default(), until);
    Ok(folded::<A>(&envelopes)?.state)
}

/// When the first drug of a session went in; none where nothing that went in stands any more.
pub(super) fn first_drug_of(session: &Session) -> Option<Moment> {
    session.first_drug_at().filter(|_| !session.gave_nothing())
}

impl WholePerson {
    /// When they were given a drug for the first time.
    pub(super) fn first_drug(&self) -> Option<Moment> {
        let sessions = self.sessions.iter();
        sessions
            .filter_map(|(session, _)| first_drug_of(session))
            .min()
    }

    /// Reads it as it stood at a position of the log.
    pub(super) async fn read(
        application: &Application,
        somebody: &Somebody,
        until: u64,
    ) -> Result<Self, Fault> {
        let mut whole = Self {
            sessions: Vec::new(),
            outcomes: Vec::new(),
            follow_ups: Vec::new(),
            intakes: Vec::new(),
        };
        let (store, tenant) = (&application.store, application.tenant);
        let mut visits: Vec<SessionId> = Vec::new();
        for record in &somebody.records {
            let kinds = [
                StreamKind::Outcomes,
                StreamKind::FollowUp,
                StreamKind::Intake,
            ];
            let streams = kinds.map(|kind| (StreamId::of(kind, record.0), 0));
            let mut read = store
                .streams(tenant, &streams)
                .await
                .context("reading a person's streams")?
                .into_iter();
            whole.outcomes.push(state(read.next(), until)?);
            whole.follow_ups.push(state(read.next(), until)?);
            whole.intakes.push(state(read.next(), until)?);
            let rows = store
                .sessions_of(tenant, *record, VISITS)
                .await
                .context("reading a person's visits")?;
            visits.extend(rows.into_iter().map(|row| row.session));
        }
        for some in visits.chunks(AT_ONCE) {
            let streams: Vec<(StreamId, u64)> = some
                .iter()
                .flat_map(|id| {
                    [
                        (StreamId::session(*id), 0),
                        (StreamId::of(StreamKind::Reporting, id.0), 0),
                    ]
                })
                .collect();
            let mut read = store
                .streams(tenant, &streams)
                .await
                .context("reading a person's sessions")?
                .into_iter();
            for id in some {
                let of_session = as_it_stood(read.next().unwrap_or_default(), until);
                let reporting = state(read.next(), until)?;
                let session = fold(*id, &of_session)?;
                if session.version > 0 {
                    whole.sessions.push((session, reporting));
                }
            }
        }
        whole.sessions.sort_by_key(|(session, _)| {
            (
                session.first_drug_at().or(session.planned_for),
                session.id.0,
            )
        });
        Ok(whole)
    }
}
