//! How far somebody has come back: what is seen in one look after the drug, and the two published
//! scores that it makes together with the vital signs.
//!
//! Only what was seen is charted. The scores are worked out from it and from the vital signs as
//! they stand, so that a pressure that is put right puts the score right. What is not known makes
//! no points, and a score with a part that is not known has no sum.

use super::event::SessionEvent;
use super::experience::Rating;
use super::infusion::Infusion;
use super::state::Session;
use super::vocabulary::VitalSigns;
use crate::words::words;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use units::{Moment, Span};

words!(
    /// How the person moves when asked to. Source: clinical reference 5.1.
    Activity {
        /// All four limbs.
        FourLimbs = "four-limbs" says "all four limbs",
        /// Two limbs.
        TwoLimbs = "two-limbs" says "two limbs",
        /// None.
        None = "none" says "no limb",
    }
);

words!(
    /// How the person breathes. Source: clinical reference 5.1.
    Breathing {
        /// Deeply, and coughs.
        Deep = "deep" says "deep, and coughs",
        /// With effort or shallowly.
        Shallow = "shallow" says "short or shallow",
        /// Not.
        Apnoea = "apnoea" says "none",
    }
);

words!(
    /// How awake the person is. Source: clinical reference 5.1.
    Consciousness {
        /// Fully.
        Awake = "awake" says "fully awake",
        /// Rouses to voice.
        Rouses = "rouses" says "rouses to voice",
        /// Does not answer.
        None = "none" says "does not answer",
    }
);

words!(
    /// What the person breathes.
    Oxygen {
        /// Room air.
        RoomAir = "room-air" says "room air",
        /// Oxygen is given.
        Given = "given" says "oxygen",
    }
);

words!(
    /// What the person can say of.
    Orientation {
        /// Who they are.
        Person = "person" says "person",
        /// Where they are.
        Place = "place" says "place",
        /// What day it is.
        Time = "time" says "time",
    }
);

words!(
    /// How the person walks three metres and back. Source: clinical reference 5.2, 5.3 row 6.
    Walk {
        /// Steadily, without dizziness.
        Steady = "steady" says "3 m and back, steady",
        /// With help.
        WithHelp = "with-help" says "with help",
        /// Not, or dizzy.
        Not = "not" says "cannot, or dizzy",
    }
);

words!(
    /// How much there is of nausea, pain or bleeding. Source: clinical reference 5.2.
    Degree {
        /// None to speak of.
        Minimal = "minimal" says "minimal",
        /// Some, and treated.
        Moderate = "moderate" says "moderate, treated",
        /// Much.
        Severe = "severe" says "severe",
    }
);

words!(
    /// Psychosis, or new thoughts of ending their life. Source: clinical reference 5.3 row 5.
    Mind {
        /// Neither.
        Clear = "clear" says "no psychosis, no new thoughts of suicide",
        /// One or both.
        Something = "something" says "psychosis or new thoughts of suicide",
    }
);

words!(
    /// The cannula. Source: clinical reference 5.3 row 8.
    Cannula {
        /// Out, and the site was looked at.
        Out = "out" says "out, site looked at",
        /// There was none.
        NonePlaced = "none-placed" says "none was placed",
        /// Still there.
        In = "in" says "still in",
    }
);

/// One look at somebody after the drug.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCheck {
    /// Moving.
    pub activity: Activity,
    /// Breathing.
    pub breathing: Breathing,
    /// Being awake.
    pub consciousness: Consciousness,
    /// What is breathed.
    pub oxygen: Oxygen,
    /// What they can say of.
    pub oriented_to: BTreeSet<Orientation>,
    /// Walking.
    pub walk: Walk,
    /// Nausea and vomiting.
    pub nausea: Degree,
    /// Pain.
    pub pain: Degree,
    /// Bleeding where the needle was.
    pub bleeding: Degree,
    /// How far away they feel, 0 to 10.
    pub dissociation: Rating,
    /// What is new in their mind.
    pub mind: Mind,
    /// The cannula.
    pub cannula: Cannula,
    /// They drank; not said is not known, and nothing waits for it.
    pub drank: bool,
    /// They passed urine; as above.
    pub passed_urine: bool,
}

impl RecoveryCheck {
    /// The check in words, the sides that keep somebody here first.
    pub fn says(&self) -> String {
        let oriented: Vec<&str> = self.oriented_to.iter().map(|one| one.says()).collect();
        let mut parts = vec![
            self.consciousness.says().to_owned(),
            if oriented.is_empty() {
                "not oriented".to_owned()
            } else {
                format!("oriented to {}", oriented.join(", "))
            },
            format!("walks: {}", self.walk.says()),
            format!("moves {}", self.activity.says()),
            format!("breathing {}", self.breathing.says()),
            format!("on {}", self.oxygen.says()),
            format!(
                "nausea {}, pain {}, bleeding {}",
                self.nausea.says(),
                self.pain.says(),
                self.bleeding.says()
            ),
            format!("dissociation {} of 10", self.dissociation.points()),
            self.mind.says().to_owned(),
            format!("cannula {}", self.cannula.says()),
        ];
        if self.drank {
            parts.push("drank".to_owned());
        }
        if self.passed_urine {
            parts.push("passed urine".to_owned());
        }
        parts.join(" · ")
    }
}

/// A value beside what it was before the drug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Before the first drug.
    pub before: Decimal,
    /// Now.
    pub now: Decimal,
}

impl Compared {
    /// How far above what it was before, in percent; below is negative. Nothing where it was zero.
    pub fn percent_above(self) -> Option<Decimal> {
        ((self.now - self.before) * Decimal::ONE_HUNDRED).checked_div(self.before)
    }

    fn percent_off(self) -> Option<Decimal> {
        self.percent_above().map(|percent| percent.abs())
    }
}

/// The vital signs that stand beside a check; absent is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    /// Systolic pressure, mmHg.
    pub systolic: Option<Compared>,
    /// Diastolic pressure, mmHg.
    pub diastolic: Option<Compared>,
    /// Heart rate, per minute.
    pub heart_rate: Option<Compared>,
    /// Oxygen saturation, percent.
    pub oxygen_saturation: Option<Compared>,
    /// Oxygen saturation now, percent, whether or not it was measured before.
    pub oxygen_saturation_now: Option<Decimal>,
}

impl Readings {
    /// How far the pressure is from what it was, in percent: the arm that is further off. Either arm
    /// unknown is unknown.
    fn pressure_off(&self) -> Option<Decimal> {
        let systolic = self.systolic?.percent_off()?;
        let diastolic = self.diastolic?.percent_off()?;
        Some(systolic.max(diastolic))
    }
}

/// One side of a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain {
    /// What it is about.
    pub says: &'static str,
    /// 0 to 2; nothing where it is not known.
    pub points: Option<u8>,
}

/// A score of five sides, 0 to 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecoveryScore {
    /// Its sides, in the order of the paper form.
    pub domains: [Domain; 5],
}

impl RecoveryScore {
    /// The sum; nothing where a side is not known.
    pub fn total(&self) -> Option<u8> {
        self.domains
            .iter()
            .try_fold(0_u8, |sum, domain| sum.checked_add(domain.points?))
    }

    /// The score in words, with the sides that are short or not known.
    pub fn says(&self) -> String {
        let short: Vec<String> = self
            .domains
            .iter()
            .filter_map(|domain| match domain.points {
                Some(2) => None,
                Some(points) => Some(format!("{} {points}", domain.says)),
                None => Some(format!("{} not known", domain.says)),
            })
            .collect();
        let sum = self
            .total()
            .map_or_else(|| "not known".to_owned(), |sum| format!("{sum} of 10"));
        if short.is_empty() {
            sum
        } else {
            format!("{sum} ({})", short.join(", "))
        }
    }
}

/// The modified Aldrete score (1995), for being awake. Source: clinical reference 5.1; where its
/// bounds overlap in print, the reference's own.
pub fn modified_aldrete(check: &RecoveryCheck, readings: &Readings) -> RecoveryScore {
    let activity = match check.activity {
        Activity::FourLimbs => 2,
        Activity::TwoLimbs => 1,
        Activity::None => 0,
    };
    let breathing = match check.breathing {
        Breathing::Deep => 2,
        Breathing::Shallow => 1,
        Breathing::Apnoea => 0,
    };
    let consciousness = match check.consciousness {
        Consciousness::Awake => 2,
        Consciousness::Rouses => 1,
        Consciousness::None => 0,
    };
    let circulation = readings.pressure_off().map(|off| {
        if off <= Decimal::from(20) {
            2
        } else if off < Decimal::from(50) {
            1
        } else {
            0
        }
    });
    let saturation = readings.oxygen_saturation_now.map(|percent| {
        if percent > Decimal::from(92) && check.oxygen == Oxygen::RoomAir {
            2
        } else if percent > Decimal::from(90) {
            1
        } else {
            0
        }
    });
    RecoveryScore {
        domains: [
            domain("activity", Some(activity)),
            domain("breathing", Some(breathing)),
            domain("circulation", circulation),
            domain("consciousness", Some(consciousness)),
            domain("saturation", saturation),
        ],
    }
}

/// The modified post-anaesthetic discharge score, for going home. Source: clinical reference 5.2;
/// vital signs are the worst of both pressures and the heart rate, bleeding is where the needle was.
pub fn modified_padss(check: &RecoveryCheck, readings: &Readings) -> RecoveryScore {
    let rate = readings.heart_rate.and_then(Compared::percent_off);
    let signs = readings.pressure_off().zip(rate).map(|(pressure, rate)| {
        let off = pressure.max(rate);
        if off <= Decimal::from(20) {
            2
        } else if off <= Decimal::from(40) {
            1
        } else {
            0
        }
    });
    let walk = match check.walk {
        Walk::Steady => 2,
        Walk::WithHelp => 1,
        Walk::Not => 0,
    };
    RecoveryScore {
        domains: [
            domain("vital signs", signs),
            domain("walking", Some(walk)),
            domain("nausea", Some(points(check.nausea))),
            domain("pain", Some(points(check.pain))),
            domain("bleeding", Some(points(check.bleeding))),
        ],
    }
}

const fn points(degree: Degree) -> u8 {
    match degree {
        Degree::Minimal => 2,
        Degree::Moderate => 1,
        Degree::Severe => 0,
    }
}

const fn domain(says: &'static str, points: Option<u8>) -> Domain {
    Domain { says, points }
}

/// A check with the scores that it makes as the record stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// When it was done.
    pub at: Moment,
    /// What was seen.
    pub check: RecoveryCheck,
    /// The vital signs beside it.
    pub readings: Readings,
    /// Being awake.
    pub aldrete: RecoveryScore,
    /// Going home.
    pub padss: RecoveryScore,
}

impl Recovery {
    /// Both scores reach these points; one that is not known does not.
    pub fn reaches(&self, aldrete: Decimal, padss: Decimal) -> bool {
        let reaches = |score: &RecoveryScore, least: Decimal| {
            score.total().is_some_and(|sum| Decimal::from(sum) >= least)
        };
        reaches(&self.aldrete, aldrete) && reaches(&self.padss, padss)
    }
}

/// Of sets in order of time, each sign at a moment beside the last one before the drug.
fn readings(taken: &[(Moment, VitalSigns)], started: Moment, at: Moment, holds: Span) -> Readings {
    let newest = |pick: &dyn Fn(&VitalSigns) -> Option<Decimal>, until: Moment| {
        taken
            .iter()
            .rev()
            .filter(|(when, _)| *when <= until)
            .find_map(|(when, values)| Some((*when, pick(values)?)))
    };
    let now = |pick: &dyn Fn(&VitalSigns) -> Option<Decimal>| {
        newest(pick, at)
            .filter(|(when, _)| *when > started && at - *when <= holds)
            .map(|(_, value)| value)
    };
    let compared = |pick: &dyn Fn(&VitalSigns) -> Option<Decimal>| {
        Some(Compared {
            before: newest(pick, started)?.1,
            now: now(pick)?,
        })
    };
    let saturation = |v: &VitalSigns| v.oxygen_saturation.map(|value| value.value());
    Readings {
        systolic: compared(&|v| v.systolic.map(|value| value.value())),
        diastolic: compared(&|v| v.diastolic.map(|value| value.value())),
        heart_rate: compared(&|v| v.heart_rate.map(|value| value.value())),
        oxygen_saturation: compared(&saturation),
        oxygen_saturation_now: now(&saturation),
    }
}

impl Session {
    /// The vital signs at a moment, each beside the last one before the first drug; those that were
    /// taken longer than `holds` before, or before the drug, are not known any more.
    pub fn readings_at(&self, at: Moment, holds: Span) -> Readings {
        let Some(started) = self.infusion().as_ref().and_then(Infusion::started_at) else {
            return Readings::default();
        };
        readings(&self.vital_signs(), started, at, holds)
    }

    /// The checks that stand since the drug ended, in order of time, each with its scores. A vital
    /// sign counts beside a check for `holds`.
    pub fn recoveries(&self, holds: Span) -> Vec<Recovery> {
        let started = self.infusion().as_ref().and_then(Infusion::started_at);
        let (Some(started), Some(from)) = (started, self.observed_from()) else {
            return Vec::new();
        };
        let mut checks: Vec<(Moment, RecoveryCheck)> = self
            .entries
            .iter()
            .filter(|entry| entry.occurred_at >= from)
            .filter_map(|entry| match &*entry.standing()? {
                SessionEvent::RecoveryChecked { check } => Some((entry.occurred_at, check.clone())),
                _other => None,
            })
            .collect();
        checks.sort_by_key(|(at, _)| *at);
        let taken = self.vital_signs();
        checks
            .into_iter()
            .map(|(at, check)| {
                let readings = readings(&taken, started, at, holds);
                Recovery {
                    at,
                    aldrete: modified_aldrete(&check, &readings),
                    padss: modified_padss(&check, &readings),
                    readings,
                    check,
                }
            })
            .collect()
    }

    /// For how long the score of responsiveness has been full: from the first to the latest of the
    /// full scores in a row, since the drug ended. Nothing where none was scored; zero where the
    /// latest is not full.
    pub fn alert_for(&self) -> Option<Span> {
        let from = self.observed_from()?;
        let mut scores: Vec<(Moment, u8)> = self
            .entries
            .iter()
            .filter(|entry| entry.occurred_at >= from)
            .filter_map(|entry| match &*entry.standing()? {
                SessionEvent::SedationScored { score } => Some((entry.occurred_at, score.points())),
                _other => None,
            })
            .collect();
        scores.sort_by_key(|(at, _)| *at);
        unbroken(scores.iter().map(|(at, points)| (*at, *points >= FULL)))
    }
}

/// The highest score of responsiveness, MOAA/S.
const FULL: u8 = 5;

/// How long something has held: from the first to the last of those in a row that hold, at the
/// end of a list in order of time. Nothing for an empty list; zero where the last does not hold.
pub(super) fn unbroken(
    looks: impl DoubleEndedIterator<Item = (Moment, bool)> + Clone,
) -> Option<Span> {
    let (last, _) = looks.clone().next_back()?;
    let first = looks
        .rev()
        .take_while(|(_, holds)| *holds)
        .last()
        .map_or(last, |(at, _)| at);
    Some(last - first)
}
