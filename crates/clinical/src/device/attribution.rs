//! Intervals of time, and whose a device was at a moment.

use super::association::Device;
use crate::record::SessionId;
use serde::{Deserialize, Serialize};
use units::Moment;

/// From a moment, itself included, until a moment, itself excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Interval {
    /// The first moment inside.
    pub from: Moment,
    /// The first moment after.
    pub until: Moment,
}

impl Interval {
    /// `None` when it would be empty or reversed.
    pub fn new(from: Moment, until: Moment) -> Option<Self> {
        (from < until).then_some(Self { from, until })
    }

    /// True when the moment lies inside.
    pub fn contains(&self, moment: Moment) -> bool {
        self.from <= moment && moment < self.until
    }
}

impl Device {
    /// The session that what this device measured at `moment` belongs to; `None`: nobody's, the
    /// unassigned page.
    ///
    /// The newest retrospective claim that covers the moment holds; otherwise the association of
    /// that time. `moment` is the corrected time of measuring.
    pub fn session_at(&self, moment: Moment) -> Option<SessionId> {
        match self
            .claims
            .iter()
            .rev()
            .find(|claim| claim.interval.contains(moment))
        {
            Some(claim) => claim.to,
            None => self
                .placement_at(moment)
                .and_then(|placement| placement.session),
        }
    }

    /// The room that the device stood in at `moment`, as far as anybody said.
    pub fn room_at(&self, moment: Moment) -> Option<&str> {
        self.placement_at(moment)
            .and_then(|placement| placement.room.as_deref())
    }

    /// True when what was measured at `moment` was attributed later, by somebody with a reason.
    pub fn attributed_later(&self, moment: Moment) -> Option<&super::Claim> {
        self.claims
            .iter()
            .rev()
            .find(|claim| claim.interval.contains(moment))
    }

    /// Cuts an interval where the answer of [`Self::session_at`] changes: each part with the one
    /// session that holds throughout.
    pub fn sessions_within(&self, interval: Interval) -> Vec<(Interval, Option<SessionId>)> {
        let mut cuts: Vec<Moment> = self
            .placements
            .iter()
            .map(|placement| placement.from)
            .chain(
                self.claims
                    .iter()
                    .flat_map(|claim| [claim.interval.from, claim.interval.until]),
            )
            .filter(|cut| interval.contains(*cut))
            .chain([interval.from, interval.until])
            .collect();
        cuts.sort_unstable();
        cuts.dedup();
        let mut parts: Vec<(Interval, Option<SessionId>)> = Vec::new();
        for pair in cuts.windows(2) {
            let (from, until) = (pair[0], pair[1]);
            let session = self.session_at(from);
            match parts.last_mut() {
                Some((last, known)) if *known == session => last.until = until,
                Some(_) | None => parts.push((Interval { from, until }, session)),
            }
        }
        parts
    }

    fn placement_at(&self, moment: Moment) -> Option<&super::Placement> {
        let after = self
            .placements
            .partition_point(|placement| placement.from <= moment);
        self.placements.get(after.checked_sub(1)?)
    }
}
