//! The blood-pressure cuff: it measures once a cycle, and the monitor repeats the reading.

use crate::chance::Chance;
use crate::patient::Signs;
use units::{Moment, Span};

/// How long one inflation and deflation takes. Simulation choice.
const CYCLE: Span = Span::from_seconds(20);

/// One reading of the cuff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CuffReading {
    /// When it was measured, by the monitor's own clock.
    pub clock: Moment,
    /// Systolic pressure, mmHg.
    pub systolic: u16,
    /// Diastolic pressure, mmHg.
    pub diastolic: u16,
    /// Mean pressure, mmHg.
    pub mean: u16,
}

#[derive(Debug)]
pub(super) struct Cuff {
    interval: Span,
    chance: Chance,
    next: Option<Moment>,
    inflating_since: Option<Moment>,
    reading: Option<CuffReading>,
}

impl Cuff {
    pub(super) fn new(interval: Span, chance: Chance) -> Self {
        // A cuff cannot cycle faster than one measurement takes.
        let interval = interval.max(CYCLE + Span::from_seconds(10));
        Self {
            interval,
            chance,
            next: None,
            inflating_since: None,
            reading: None,
        }
    }

    /// The reading that the monitor shows this second.
    pub(super) fn second(
        &mut self,
        at: Moment,
        clock: Moment,
        signs: &Signs,
        stays_still: bool,
    ) -> Option<CuffReading> {
        if self
            .inflating_since
            .is_some_and(|since| at - since >= CYCLE)
        {
            self.inflating_since = None;
            // Two to three mmHg of scatter between a cuff and the pressure. Simulation choice.
            let scatter = |chance: &mut Chance| (chance.normal() * 2.0 + 100.5) as u16;
            let systolic = signs.systolic + scatter(&mut self.chance) - 100;
            let diastolic = (signs.diastolic + scatter(&mut self.chance) - 100).min(systolic - 10);
            let mean = diastolic + (systolic - diastolic) / 3;
            self.reading = Some(CuffReading {
                clock,
                systolic,
                diastolic,
                mean,
            });
        }
        let next = *self.next.get_or_insert(at);
        if at >= next && self.inflating_since.is_none() && !stays_still {
            self.inflating_since = Some(at);
            self.next = Some(at + self.interval);
        }
        self.reading
    }

    pub(super) const fn reading(&self) -> Option<CuffReading> {
        self.reading
    }
}
