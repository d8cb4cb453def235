//! The one place where the server reads a clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use units::{Moment, Span};

/// Wall time that never runs backwards within one run of the server.
///
/// The wall clock is read once at the start; from then on time is counted by the monotonic clock,
/// so that a stepped wall clock neither reorders entries nor misfires timers (hazard H10). The
/// difference to the wall clock is shown by [`Clock::step`].
#[derive(Clone, Debug)]
pub struct Clock(Runs);

#[derive(Clone, Debug)]
enum Runs {
    ByItself {
        started_at: Moment,
        started: Instant,
    },
    ByHand(Arc<AtomicI64>),
}

/// The hand of a clock that stands still until it is moved.
///
/// Only whoever made the clock holds it: the server itself is given the clock without its hand,
/// so that no request, job or page can move the time of a record.
#[derive(Debug)]
pub struct Hand(Arc<AtomicI64>);

impl Clock {
    /// Reads the wall clock.
    pub fn start() -> Self {
        Self(Runs::ByItself {
            started_at: wall(),
            started: Instant::now(),
        })
    }

    /// A clock that stands at a moment until its hand is moved, with the hand.
    ///
    /// With it a story of two hours is told through the real server in seconds, and every time in
    /// it is exact: a test can then ask for the milligrams at a moment, not near one. It is put
    /// into a [`Configuration`](crate::configuration::Configuration) by the program that starts
    /// the server; none of the binary's commands does so, and no option reads it.
    pub fn starting_at(moment: Moment) -> (Self, Hand) {
        let at = Arc::new(AtomicI64::new(moment.microseconds()));
        (Self(Runs::ByHand(Arc::clone(&at))), Hand(at))
    }

    /// Now.
    pub fn now(&self) -> Moment {
        match &self.0 {
            Runs::ByItself {
                started_at,
                started,
            } => {
                let elapsed = i64::try_from(started.elapsed().as_micros()).unwrap_or(i64::MAX);
                *started_at + Span::from_microseconds(elapsed)
            }
            Runs::ByHand(at) => Moment::from_microseconds(at.load(Ordering::SeqCst)),
        }
    }

    /// How far the wall clock has been stepped since the start; a clock that is moved by hand has
    /// no wall clock to be compared with.
    pub fn step(&self) -> Span {
        match self.0 {
            Runs::ByItself { .. } => wall() - self.now(),
            Runs::ByHand(_) => Span::ZERO,
        }
    }
}

impl Hand {
    /// Lets this much time pass; time never runs backwards.
    pub fn advance(&self, by: Span) {
        let forwards = by.microseconds().max(0);
        self.0.fetch_add(forwards, Ordering::SeqCst);
    }

    /// Lets time pass until a moment; one that is past already changes nothing.
    pub fn advance_to(&self, moment: Moment) {
        self.0.fetch_max(moment.microseconds(), Ordering::SeqCst);
    }
}

fn wall() -> Moment {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Moment::from_microseconds(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Moment = Moment::from_microseconds(1_790_000_000_000_000);

    #[test]
    fn a_clock_with_a_hand_stands_still_until_it_is_moved_and_never_runs_backwards() {
        let (clock, hand) = Clock::starting_at(T0);
        assert_eq!(clock.now(), T0);
        hand.advance(Span::from_seconds(3));
        hand.advance(Span::from_seconds(-2));
        hand.advance_to(T0);
        assert_eq!(clock.now(), T0 + Span::from_seconds(3));
    }
}
