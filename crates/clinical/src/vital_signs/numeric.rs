//! One number from a device, as it travels through Evenkeel.

use super::{Quality, Signal};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use units::{Moment, Span};

/// One number that a device measured, in the signal's canonical unit, with its three times.
///
/// Three times are kept, because in an incident they show together which clock drifted: advisories
/// and freshness use the receive time, the chart uses the corrected time (device reference D7).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Numeric {
    /// What was measured, and by which sensor.
    pub signal: Signal,
    /// The number, in [`Signal::unit`].
    pub value: Decimal,
    /// How far it can be trusted.
    pub quality: Quality,
    /// When it was measured, by the device's own clock.
    pub device_at: Moment,
    /// When it reached us.
    pub received_at: Moment,
    /// When it was measured, by our clock: device time less the device's offset.
    pub corrected_at: Moment,
    /// Measured once for each cycle, such as a cuff reading: has an age, not a rate.
    pub aperiodic: bool,
}

impl Numeric {
    /// The moment that this number may claim on a live screen: the earlier of measured and
    /// received, so that a backlog that arrives now does not look as if it were measured now.
    pub fn live_at(&self) -> Moment {
        self.corrected_at.min(self.received_at)
    }

    /// How old the number is.
    pub fn age(&self, now: Moment) -> Span {
        now - self.live_at()
    }
}
