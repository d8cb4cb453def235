//! Scripted troubles: what goes wrong, when, and for how long.

use crate::patient::Disturbance;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use units::Span;

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TroubleKind {
    /// The person's systolic pressure climbs above 180 mmHg.
    PressureTooHigh,
    /// The person's oxygen saturation falls below 90 %.
    Desaturation,
    /// The oximeter's probe is off: saturation, pulse and perfusion are invalid, each in the
    /// maker's own way.
    CableOff,
    /// The monitor shows invented numbers and says so, in the maker's own way.
    DemoModeLeftOn,
    /// The gateway has no network; what was measured meanwhile is sent afterwards.
    GatewayOutage,
    /// The monitor's clock is off.
    WrongClock {
        /// Monitor time minus true time.
        offset: Span,
    },
    /// The cuff does not cycle: the last reading is repeated with its old time.
    CuffRepeats,
    /// Each message is sent twice.
    DuplicateFrames,
    /// The monitor names another patient.
    WrongPatient {
        /// The identifier that is sent in PID-3.1.
        identifier: String,
    },
    /// The monitor names another bed.
    WrongBed {
        /// What is sent in PV1-3.
        bed: String,
    },
}

/// One trouble in a script; times are counted from the first message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// What goes wrong.
    pub kind: TroubleKind,
    /// When it begins.
    pub starts: Span,
    /// How long it lasts.
    pub lasts: Span,
}

/// A text that is not a trouble.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a trouble: {why} (write NAME[=VALUE]@MM:SS+DURATION)")]
pub struct UnreadableTrouble {
    /// The text as it was given.
    pub text: String,
    /// What is wrong with it.
    pub why: String,
}

impl Trouble {
    /// Whether it is on, so long after the first message.
    pub fn is_on(&self, elapsed: Span) -> bool {
        elapsed >= self.starts && elapsed < self.starts + self.lasts
    }
}

/// The troubles that are on at one instant, folded into what each part needs to know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Troubles {
    /// What happens to the person.
    pub disturbance: Disturbance,
    /// The oximeter's probe is off.
    pub cable_off: bool,
    /// The monitor is in its demonstration mode.
    pub demo_mode: bool,
    /// The gateway has no network.
    pub outage: bool,
    /// Monitor time minus true time.
    pub clock_offset: Span,
    /// The cuff does not cycle.
    pub cuff_repeats: bool,
    /// Each message goes out twice.
    pub duplicate_frames: bool,
    /// The patient's identifier on the wire, when it is another one.
    pub wrong_patient: Option<String>,
    /// The bed on the wire, when it is another one.
    pub wrong_bed: Option<String>,
}

impl Troubles {
    /// Those of the script that are on, so long after the first message.
    pub fn at(script: &[Trouble], elapsed: Span) -> Self {
        let mut troubles = Self::default();
        for trouble in script.iter().filter(|trouble| trouble.is_on(elapsed)) {
            match &trouble.kind {
                // Above the red limit of the clinical reference §4.3 (180), with room for the wander.
                TroubleKind::PressureTooHigh => {
                    troubles.disturbance.systolic_towards = Some(192.0);
                }
                // Below its red limit (90 %).
                TroubleKind::Desaturation => {
                    troubles.disturbance.saturation_towards = Some(85.0);
                }
                TroubleKind::CableOff => troubles.cable_off = true,
                TroubleKind::DemoModeLeftOn => troubles.demo_mode = true,
                TroubleKind::GatewayOutage => troubles.outage = true,
                TroubleKind::WrongClock { offset } => troubles.clock_offset = *offset,
                TroubleKind::CuffRepeats => troubles.cuff_repeats = true,
                TroubleKind::DuplicateFrames => troubles.duplicate_frames = true,
                TroubleKind::WrongPatient { identifier } => {
                    troubles.wrong_patient = Some(identifier.clone());
                }
                TroubleKind::WrongBed { bed } => troubles.wrong_bed = Some(bed.clone()),
            }
        }
        troubles
    }
}

impl FromStr for Trouble {
    type Err = UnreadableTrouble;

    /// Reads `NAME@MM:SS+DURATION`, as `pressure-too-high@00:30+05:00`.
    ///
    /// Three names carry a value: `wrong-clock=-24:00@…`, `wrong-patient=K-000999@…`,
    /// `wrong-bed=INF^R9^CHAIR9@…`. Times are `MM:SS`, `HH:MM:SS`, `90s`, `5m` or `2h`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |why: &str| UnreadableTrouble {
            text: text.to_owned(),
            why: why.to_owned(),
        };
        let (what, when) = text
            .rsplit_once('@')
            .ok_or_else(|| refuse("no @ with its start"))?;
        let (starts, lasts) = when
            .split_once('+')
            .ok_or_else(|| refuse("no + with its duration"))?;
        let starts = read_span(starts).ok_or_else(|| refuse("its start is not a time"))?;
        let lasts = read_span(lasts).ok_or_else(|| refuse("its duration is not a time"))?;
        let (name, value) = match what.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (what, None),
        };
        let plain = name.to_lowercase().replace(['-', '_'], "");
        let kind = match (plain.as_str(), value) {
            ("pressuretoohigh", None) => TroubleKind::PressureTooHigh,
            ("desaturation", None) => TroubleKind::Desaturation,
            ("cableoff", None) => TroubleKind::CableOff,
            ("demomodelefton" | "demomode", None) => TroubleKind::DemoModeLeftOn,
            ("gatewayoutage", None) => TroubleKind::GatewayOutage,
            ("cuffrepeats", None) => TroubleKind::CuffRepeats,
            ("duplicateframes", None) => TroubleKind::DuplicateFrames,
            ("wrongclock", Some(offset)) => TroubleKind::WrongClock {
                offset: read_offset(offset).ok_or_else(|| refuse("its offset is not a time"))?,
            },
            ("wrongpatient", Some(identifier)) => TroubleKind::WrongPatient {
                identifier: identifier.to_owned(),
            },
            ("wrongbed", Some(bed)) => TroubleKind::WrongBed {
                bed: bed.to_owned(),
            },
            ("wrongclock" | "wrongpatient" | "wrongbed", None) => {
                return Err(refuse("this one needs =VALUE"));
            }
            (_, Some(_)) => return Err(refuse("unknown name, or one that takes no value")),
            (_, None) => return Err(refuse("unknown name")),
        };
        Ok(Self {
            kind,
            starts,
            lasts,
        })
    }
}

fn read_offset(text: &str) -> Option<Span> {
    match text.strip_prefix('-') {
        Some(rest) => read_span(rest).map(|span| Span::ZERO - span),
        None => read_span(text.strip_prefix('+').unwrap_or(text)),
    }
}

/// `MM:SS`, `HH:MM:SS`, `90s`, `5m` or `2h`; at most a week.
pub(crate) fn read_span(text: &str) -> Option<Span> {
    let whole = |digits: &str| {
        (!digits.is_empty() && digits.len() <= 6 && digits.bytes().all(|b| b.is_ascii_digit()))
            .then(|| digits.parse::<i64>().ok())
            .flatten()
    };
    let seconds = if let Some(digits) = text.strip_suffix('s') {
        whole(digits)?
    } else if let Some(digits) = text.strip_suffix('m') {
        60 * whole(digits)?
    } else if let Some(digits) = text.strip_suffix('h') {
        3_600 * whole(digits)?
    } else {
        let parts = text.split(':').map(whole).collect::<Option<Vec<_>>>()?;
        match parts.as_slice() {
            [minutes, seconds] if *seconds < 60 => 60 * minutes + seconds,
            [hours, minutes, seconds] if *minutes < 60 && *seconds < 60 => {
                3_600 * hours + 60 * minutes + seconds
            }
            _ => return None,
        }
    };
    (seconds <= 7 * 86_400).then(|| Span::from_seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_is_read_as_the_help_text_writes_it() {
        let trouble = "pressure-too-high@00:30+05:00".parse::<Trouble>().unwrap();
        assert_eq!(trouble.kind, TroubleKind::PressureTooHigh);
        assert_eq!(trouble.starts, Span::from_seconds(30));
        assert_eq!(trouble.lasts, Span::from_minutes(5));
    }

    #[test]
    fn a_clock_may_be_slow_and_a_bed_may_hold_any_sign() {
        let clock = "wrong-clock=-24:00@00:00+2h".parse::<Trouble>().unwrap();
        assert_eq!(
            clock.kind,
            TroubleKind::WrongClock {
                offset: Span::from_minutes(-24)
            }
        );
        let bed = "wrong-bed=INF^R9^A@B@01:00+90s".parse::<Trouble>().unwrap();
        assert_eq!(
            bed.kind,
            TroubleKind::WrongBed {
                bed: "INF^R9^A@B".to_owned()
            }
        );
        assert_eq!(bed.lasts, Span::from_seconds(90));
    }

    #[test]
    fn a_name_may_be_written_without_hyphens() {
        for name in [
            "PressureTooHigh",
            "Desaturation",
            "CableOff",
            "DemoModeLeftOn",
            "GatewayOutage",
            "CuffRepeats",
            "DuplicateFrames",
        ] {
            assert!(
                format!("{name}@00:00+01:00").parse::<Trouble>().is_ok(),
                "{name}"
            );
        }
    }

    #[test]
    fn what_is_not_a_trouble_is_refused_with_the_reason() {
        for (text, why) in [
            ("cable-off", "no @ with its start"),
            ("cable-off@00:10", "no + with its duration"),
            ("cable-off@0:99+1m", "its start is not a time"),
            ("cable-off@00:10+soon", "its duration is not a time"),
            (
                "cable-off=3@00:10+1m",
                "unknown name, or one that takes no value",
            ),
            ("wrong-clock@00:10+1m", "this one needs =VALUE"),
            ("bad-luck@00:10+1m", "unknown name"),
        ] {
            assert_eq!(text.parse::<Trouble>().unwrap_err().why, why, "{text}");
        }
    }

    #[test]
    fn a_trouble_is_on_from_its_start_until_just_before_its_end() {
        let trouble = "cable-off@00:10+5s".parse::<Trouble>().unwrap();
        for (second, on) in [(9, false), (10, true), (14, true), (15, false)] {
            assert_eq!(trouble.is_on(Span::from_seconds(second)), on, "{second} s");
        }
    }
}
