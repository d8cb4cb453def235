//! A tablet as the page's scripts make it: a store that survives, a clock that may be wrong, one
//! try at once, and then again and again in order.

use clinical::record::{CommandId, SessionId, StaffId};
use units::{Moment, Span};

/// How long a page waits for an answer. `outbox.ts`: PATIENCE.
pub const PATIENCE: Span = Span::from_seconds(8);
/// How long it waits before the next pass. `outbox.ts`: AGAIN_AFTER.
pub const AGAIN_AFTER: Span = Span::from_seconds(3);
/// A wall clock that fell behind by more was set back. `tablet_clock.ts`: SET_BACK.
const SET_BACK: Span = Span::from_seconds(2);

/// An act that lies in the tablet's store.
#[derive(Clone, Debug)]
pub struct Kept {
    pub id: CommandId,
    pub session: SessionId,
    /// The form's own fields.
    pub fields: Vec<(String, String)>,
    pub happened_at: Moment,
    pub tablet_at: Moment,
}

/// What the tablet waits for.
#[derive(Clone, Debug)]
pub struct UnderWay {
    pub attempt: u64,
    pub id: CommandId,
    /// The first try, without marks.
    pub at_once: bool,
}

/// What the page knows of the server's clock since it was loaded.
#[derive(Clone, Copy, Debug)]
struct Anchor {
    server: Moment,
    wall: Moment,
    /// The true time: the running clock of a page is right while the page lives.
    running: Moment,
}

/// A tablet.
pub struct Tablet {
    pub number: usize,
    pub staff: StaffId,
    /// What its wall clock shows beyond the true time.
    pub wrong_by: Span,
    anchor: Option<Anchor>,
    offset: Span,
    /// Its store.
    pub outbox: Vec<Kept>,
    pub under_way: Option<UnderWay>,
    pub cut: bool,
    pub signed_in: bool,
    /// A pass over what waits is planned.
    pub pass_planned: bool,
}

impl Tablet {
    pub fn new(number: usize, staff: StaffId, wrong_by: Span) -> Self {
        Self {
            number,
            staff,
            wrong_by,
            anchor: None,
            offset: Span::ZERO,
            outbox: Vec::new(),
            under_way: None,
            cut: false,
            signed_in: true,
            pass_planned: false,
        }
    }

    /// Its own clock.
    pub fn wall(&self, now: Moment) -> Moment {
        now + self.wrong_by
    }

    /// The server has said what time it is.
    pub fn heard(&mut self, server: Moment, now: Moment) {
        self.offset = server - self.wall(now);
        self.anchor = Some(Anchor {
            server,
            wall: self.wall(now),
            running: now,
        });
    }

    /// The server's clock, reckoned.
    pub fn server_now(&self, now: Moment) -> Moment {
        let Some(anchor) = self.anchor else {
            return self.wall(now) + self.offset;
        };
        let (wall, running) = (self.wall(now) - anchor.wall, now - anchor.running);
        let set_back = wall.microseconds() < running.microseconds() - SET_BACK.microseconds();
        anchor.server + if set_back { running } else { wall }
    }

    /// The page is loaded anew: what lies in the store is there, what was under way is not.
    pub fn restart(&mut self) {
        self.anchor = None;
        self.under_way = None;
    }
}
