//! Live updates over server-sent events: bound to one session, resumed without gap or duplicate.

use super::access::{BOARD, CHART, Roles};
use super::board;
use super::pages::board::{BoardFragment, Shown};
use super::respond::Refused;
use crate::application::Application;
use crate::identity::{Viewer, still_holds};
use crate::live::{Tick, tiles};
use crate::session_registry::SessionCell;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::sse::{Event, Sse};
use clinical::course::session::Session;
use clinical::record::{Recorded, SessionId};
use futures_util::stream::Stream;
use serde_json::json;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// A stream is never silent for longer than this, so that silence means loss.
// Hazard: H03
const BEAT: Duration = Duration::from_secs(1);

/// Tiles are sent at most this often; what changes in between is in the next ones.
const SPACING: Duration = Duration::from_millis(200);

/// How often the board is sent at the most.
const BOARD_SPACING: Duration = Duration::from_secs(1);

/// Whoever has signed out, or lost the role, sees nothing new after this long.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Who opened a stream, looked at again while it is open.
struct Watcher {
    viewer: Viewer,
    roles: Roles,
    next: Instant,
}

impl Watcher {
    fn new(viewer: Viewer, roles: Roles) -> Self {
        Self {
            viewer,
            roles,
            next: Instant::now() + LOOK_AGAIN,
        }
    }

    /// True while the viewer may see what is sent. What cannot be found out is not a yes: the
    /// browser asks again by itself.
    async fn may_see(&mut self, application: &Application) -> bool {
        if Instant::now() < self.next {
            return true;
        }
        self.next = Instant::now() + LOOK_AGAIN;
        let may = |role| self.roles.include(role);
        match still_holds(application, &self.viewer, may).await {
            Ok(holds) => holds,
            Err(fault) => {
                tracing::error!(cause = format!("{:#}", fault.0), "a stream's sign-in");
                false
            }
        }
    }
}

/// A session's stream.
pub async fn session(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refused> {
    let cell = application.sessions.cell(id).await?;
    let state = cell.state();
    if state.version == 0 {
        return Err(Refused::NotFound);
    }
    // A first connection begins with what the page does not show yet: the page says its version.
    let from = last_event_id(&headers).unwrap_or(state.version);
    let watched = application.live.watch(id);
    let follower = Follower {
        ticks: watched.ticks(),
        entries: cell.changes(),
        sent: from.min(state.version),
        queue: VecDeque::new(),
        next_beat: Instant::now(),
        not_before: Instant::now(),
        ended: false,
        watcher: Watcher::new(viewer, CHART),
        application,
        cell,
        id,
    };
    Ok(Sse::new(futures_util::stream::unfold(
        follower,
        |mut follower| async move {
            let event = follower.next().await?;
            Some((Ok(event), follower))
        },
    )))
}

/// `Last-Event-ID: <frame>.<version>`: the record is resumed after the version.
fn last_event_id(headers: &HeaderMap) -> Option<u64> {
    let id = headers.get("last-event-id")?.to_str().ok()?;
    id.split_once('.')?.1.parse().ok()
}

struct Follower {
    application: Arc<Application>,
    cell: Arc<SessionCell>,
    id: SessionId,
    ticks: watch::Receiver<Tick>,
    entries: watch::Receiver<u64>,
    /// Entries up to this version have been sent.
    sent: u64,
    queue: VecDeque<Event>,
    next_beat: Instant,
    not_before: Instant,
    ended: bool,
    watcher: Watcher,
}

impl Follower {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Some(event);
            }
            if self.ended {
                return None;
            }
            self.wait().await;
            if !self.watcher.may_see(&self.application).await {
                self.ended = true;
            }
            if self.ended {
                return Some(Event::default().event("end").data("{}"));
            }
            self.gather();
        }
    }

    /// Waits for a frame, an entry, or the next beat.
    async fn wait(&mut self) {
        let stop = self.application.shutdown.clone();
        tokio::select! {
            _ = self.ticks.changed() => {}
            _ = self.entries.changed() => return,
            () = sleep_until(self.next_beat) => {}
            () = stop.cancelled() => self.ended = true,
        }
        if !self.ended && Instant::now() < self.not_before {
            // Tiles wait for their turn; what is in the record, such as a call, does not.
            // Hazard: H14, H60
            tokio::select! {
                () = sleep_until(self.not_before) => {}
                _ = self.entries.changed() => {}
            }
        }
    }

    fn gather(&mut self) {
        let now = Instant::now();
        self.next_beat = now + BEAT;
        self.not_before = now + SPACING;
        let frame = self.ticks.borrow_and_update().frame;
        self.entries.borrow_and_update();
        let session = self.cell.state();
        self.entries_of(&session, frame);
        match self.tiles_of(&session) {
            Ok(data) => self.queue.push_back(
                Event::default()
                    .event("tiles")
                    .id(format!("{frame}.{}", self.sent))
                    .data(data),
            ),
            Err(fault) => {
                tracing::error!(cause = format!("{:#}", fault.0), "tiles");
                self.ended = true;
            }
        }
    }

    /// Each entry after the last sent one, in order: no gap, no duplicate.
    fn entries_of(&mut self, session: &Session, frame: u64) {
        for entry in session
            .entries
            .iter()
            .filter(|entry| entry.version > self.sent)
        {
            let data = json!({
                "version": entry.version,
                "kind": entry.event.name(),
                "at": entry.occurred_at.milliseconds(),
            });
            self.queue.push_back(
                Event::default()
                    .event("entry")
                    .id(format!("{frame}.{}", entry.version))
                    .data(data.to_string()),
            );
        }
        self.sent = self.sent.max(session.version);
    }

    fn tiles_of(&self, session: &Session) -> Result<String, crate::fault::Fault> {
        let rules = self.application.rules_of(session)?;
        let watched = self.application.live.watch(self.id);
        let bedside = watched.bedside();
        let in_force = self.application.limits_are_on();
        let now = self.application.clock.now();
        let tiles = tiles(
            session,
            &bedside,
            &rules,
            in_force,
            &self.application.zone,
            now,
        );
        Ok(serde_json::to_string(&tiles)?)
    }
}

/// The board's stream: what has changed of its rows, once a second.
pub async fn board(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    follow(application, viewer, headers, uri, false)
}

/// The stream of a display on the wall.
pub async fn wall(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    follow(application, viewer, headers, uri, true)
}

fn follow(
    application: Arc<Application>,
    viewer: Viewer,
    headers: HeaderMap,
    uri: Uri,
    on_the_wall: bool,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let follower = BoardFollower {
        changes: application.live.board_changes(),
        next: Instant::now(),
        ended: false,
        sent: None,
        on_the_wall,
        watcher: Watcher::new(viewer, BOARD),
        application,
        headers,
        uri,
    };
    Sse::new(futures_util::stream::unfold(
        follower,
        |mut follower| async move {
            let event = follower.next().await?;
            Some((Ok(event), follower))
        },
    ))
}

struct BoardFollower {
    application: Arc<Application>,
    watcher: Watcher,
    headers: HeaderMap,
    uri: Uri,
    changes: watch::Receiver<u64>,
    next: Instant,
    ended: bool,
    /// The clinic's choice about names counts, and is looked at each time.
    on_the_wall: bool,
    /// What this viewer's board shows.
    sent: Option<BoardFragment>,
}

impl BoardFollower {
    async fn next(&mut self) -> Option<Event> {
        if self.ended {
            return None;
        }
        let stop = self.application.shutdown.clone();
        tokio::select! {
            () = sleep_until(self.next) => {}
            () = stop.cancelled() => {
                self.ended = true;
                return Some(Event::default().event("end").data("{}"));
            }
        }
        if !self.watcher.may_see(&self.application).await {
            self.ended = true;
            return Some(Event::default().event("end").data("{}"));
        }
        self.changes.borrow_and_update();
        self.next = Instant::now() + BOARD_SPACING;
        let viewer = &self.watcher.viewer;
        let for_whom = if self.on_the_wall {
            board::on_the_wall(&self.application)
        } else {
            Shown::Staff
        };
        let application = &self.application;
        let fragment =
            board::fragment(application, viewer, &self.headers, &self.uri, for_whom).await;
        let change = fragment.map_err(|fault| fault.0).and_then(|fragment| {
            let change = fragment.since(self.sent.as_ref());
            self.sent = Some(fragment);
            change
                .map(|change| serde_json::to_string(&change))
                .transpose()
                .map_err(anyhow::Error::from)
        });
        match change {
            Ok(Some(data)) => Some(Event::default().event("board").data(data)),
            // A stream is never silent: silence means loss.
            Ok(None) => Some(Event::default().event("beat").data("{}")),
            Err(error) => {
                tracing::error!(cause = format!("{error:#}"), "board");
                self.ended = true;
                Some(Event::default().event("end").data("{}"))
            }
        }
    }
}
