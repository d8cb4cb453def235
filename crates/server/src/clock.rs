//! The one place where the server reads a clock.

use std::time::{Instant, SystemTime, UNIX_EPOCH};
use units::Moment;

/// Wall time that never runs backwards within one run of the server.
///
/// The wall clock is read once at the start; from then on time is counted by the monotonic clock,
/// so that a stepped wall clock neither reorders entries nor misfires timers (hazard H10). The
/// difference to the wall clock is shown by [`Clock::step`].
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started_at: Moment,
    started: Instant,
}

impl Clock {
    /// Reads the wall clock.
    pub fn start() -> Self {
        Self {
            started_at: wall(),
            started: Instant::now(),
        }
    }

    /// Now.
    pub fn now(&self) -> Moment {
        let elapsed = i64::try_from(self.started.elapsed().as_micros()).unwrap_or(i64::MAX);
        self.started_at + units::Span::from_microseconds(elapsed)
    }

    /// How far the wall clock has been stepped since the start.
    pub fn step(&self) -> units::Span {
        wall() - self.now()
    }
}

fn wall() -> Moment {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Moment::from_microseconds(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
