//! What a chart shows, read out of a session: every value with its time, its source and what
//! was put in its place.

use super::words::{actor, clock, pressure};
use clinical::course::session::experience::{Side, medicine_says, support_says};
use clinical::course::session::state::Corrected;
use clinical::course::session::{Correction, Entry, Session, SessionEvent, VitalSigns};
use clinical::record::Actor;
use clinical::vital_signs::Source;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use units::{Milligrams, MillilitresPerHour, Moment};

/// A set of vital signs at its time.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub at: Moment,
    /// The device's key on the wire; none for a value that a person read.
    pub device: Option<String>,
    /// None when the whole set was struck.
    pub standing: Option<VitalSigns>,
    /// What stood before each correction, oldest first.
    pub struck: Vec<VitalSigns>,
    /// Whether a person charted it at first.
    pub charted_by_hand: bool,
    /// In one line: when, by whom, why corrected.
    pub says: String,
}

/// A score at its time.
#[derive(Clone, Debug)]
pub(crate) struct Score {
    pub at: Moment,
    pub standing: Option<u8>,
    pub struck: Vec<u8>,
    pub says: String,
}

/// A rating of one side of the experience at its time.
#[derive(Clone, Debug)]
pub(crate) struct Felt {
    pub side: Side,
    pub score: Score,
}

/// A note, support given, or something else that stands in words.
#[derive(Clone, Debug)]
pub(crate) struct Remark {
    pub number: usize,
    pub at: Moment,
    pub standing: Option<String>,
    pub struck: Vec<String>,
    pub says: String,
}

/// An amount given at once.
#[derive(Clone, Debug)]
pub(crate) struct Bolus {
    pub at: Moment,
    pub standing: Option<Milligrams>,
    pub struck: Vec<Milligrams>,
}

/// A stretch of constant rate; zero while paused.
#[derive(Clone, Debug)]
pub(crate) struct Stretch {
    pub from: Moment,
    pub to: Moment,
    pub rate: MillilitresPerHour,
    /// Rates that were charted for this stretch and corrected.
    pub struck: Vec<MillilitresPerHour>,
}

/// An advisory and until when it lasted.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    pub at: Moment,
    pub until: Option<Moment>,
    pub priority: clinical::advisory::Priority,
    pub technical: bool,
    pub says: String,
}

/// Everything on the grid.
#[derive(Clone, Debug, Default)]
pub(crate) struct Course {
    pub readings: Vec<Reading>,
    pub sedation: Vec<Score>,
    pub distress: Vec<Score>,
    pub felt: Vec<Felt>,
    pub remarks: Vec<Remark>,
    pub boluses: Vec<Bolus>,
    pub stretches: Vec<Stretch>,
    pub advisories: Vec<Mark>,
    pub drug: String,
    /// Nothing is pumped: the lane has doses, each with its amount.
    pub by_dose: bool,
    pub ordered: Option<Milligrams>,
    pub given: Option<Milligrams>,
    pub started_at: Option<Moment>,
    pub stopped_at: Option<Moment>,
}

/// What stood before each correction, oldest first, and what stands now.
///
/// `pick` reads the value of an entry, `right` that of a correction. Shape: a struck entry has no
/// standing value, and what it said is among the struck.
fn history<T: Clone + PartialEq>(
    entry: &Entry,
    pick: impl Fn(&SessionEvent) -> Option<T>,
    right: impl Fn(&Correction) -> Option<T>,
) -> Option<(Option<T>, Vec<T>)> {
    let charted = pick(entry.counted())?;
    let standing = entry.standing().as_deref().and_then(&pick);
    let mut struck = Vec::new();
    let before = std::iter::once(Some(charted)).chain(
        entry
            .corrections
            .iter()
            .map(|corrected| right(&corrected.correction)),
    );
    for value in before.take(entry.corrections.len()).flatten() {
        if standing.as_ref() != Some(&value) && !struck.contains(&value) {
            struck.push(value);
        }
    }
    Some((standing, struck))
}

fn because(corrections: &[Corrected], zone: &TimeZone) -> String {
    corrections
        .iter()
        .map(|corrected| {
            format!(
                "; corrected {} by {}: {}",
                clock(corrected.at, zone),
                actor(&corrected.actor),
                corrected.reason
            )
        })
        .collect()
}

pub(crate) fn vital_signs(entry: &Entry) -> Option<(Option<VitalSigns>, Vec<VitalSigns>)> {
    history(
        entry,
        |event| match event {
            SessionEvent::VitalSignsCharted { values, .. } => Some(values.clone()),
            _other => None,
        },
        |correction| match correction {
            Correction::VitalSigns { values } => Some(values.clone()),
            _other => None,
        },
    )
}

pub(crate) fn rate(entry: &Entry) -> Option<(Option<MillilitresPerHour>, Vec<MillilitresPerHour>)> {
    history(
        entry,
        |event| match event {
            SessionEvent::DosingStarted { rate, .. }
            | SessionEvent::InfusionRateChanged { rate, .. } => Some(*rate),
            _other => None,
        },
        |correction| match correction {
            Correction::Rate { rate } => Some(*rate),
            _other => None,
        },
    )
}

/// What was given at once: a bolus, or where no pump runs a dose.
pub(crate) fn bolus(entry: &Entry) -> Option<(Option<Milligrams>, Vec<Milligrams>)> {
    history(
        entry,
        |event| match event {
            SessionEvent::BolusGiven { amount } | SessionEvent::DoseGiven { amount, .. } => {
                Some(*amount)
            }
            _other => None,
        },
        |correction| match correction {
            Correction::Bolus { amount } | Correction::Dose { amount, .. } => Some(*amount),
            _other => None,
        },
    )
}

pub(crate) fn sedation(entry: &Entry) -> Option<(Option<u8>, Vec<u8>)> {
    history(
        entry,
        |event| match event {
            SessionEvent::SedationScored { score } => Some(score.points()),
            _other => None,
        },
        |correction| match correction {
            Correction::Sedation { score } => Some(score.points()),
            _other => None,
        },
    )
}

pub(crate) fn distress(entry: &Entry) -> Option<(Option<u8>, Vec<u8>)> {
    history(
        entry,
        |event| match event {
            SessionEvent::DistressScored { score } => Some(score.points()),
            _other => None,
        },
        |correction| match correction {
            Correction::Distress { score } => Some(score.points()),
            _other => None,
        },
    )
}

/// The side that an entry rates, with its ratings.
pub(crate) fn felt(entry: &Entry) -> Option<(Side, Option<u8>, Vec<u8>)> {
    let SessionEvent::ExperienceRated { side, .. } = entry.counted() else {
        return None;
    };
    let (standing, struck) = history(
        entry,
        |event| match event {
            SessionEvent::ExperienceRated { rating, .. } => Some(rating.points()),
            _other => None,
        },
        |correction| match correction {
            Correction::Rating { rating } => Some(rating.points()),
            _other => None,
        },
    )?;
    Some((*side, standing, struck))
}

/// What kind of thing stands in words among the notes.
pub(crate) const fn remark_kind(event: &SessionEvent) -> &'static str {
    match event {
        SessionEvent::SupportGiven { .. } => "support",
        SessionEvent::SupportEffectSeen { .. } => "effect",
        SessionEvent::MomentMarked { .. } => "moment",
        SessionEvent::MedicineGiven { .. } => "medicine",
        SessionEvent::TouchSaid { .. } => "touch",
        _other => "note",
    }
}

/// The words of what stands among the notes: notes, support and what it did, marked moments,
/// supporting medicines, what is agreed about touch.
pub(crate) fn remark(entry: &Entry) -> Option<(Option<String>, Vec<String>)> {
    let with = |says: &str, note: &str| {
        if note.is_empty() {
            says.to_owned()
        } else {
            format!("{says}: {note}")
        }
    };
    history(
        entry,
        |event| match event {
            SessionEvent::NoteWritten { text } => Some(text.clone()),
            SessionEvent::SupportGiven { kind, note, detail } => {
                Some(support_says(*kind, detail, note))
            }
            SessionEvent::SupportEffectSeen { effect, note, .. } => Some(with(effect.says(), note)),
            SessionEvent::MomentMarked { note } => Some(with("moment", note)),
            SessionEvent::MedicineGiven {
                medicine,
                dose,
                route,
                because,
                ..
            } => Some(medicine_says(medicine, dose, route, because)),
            SessionEvent::TouchSaid { touch } => Some(format!("touch: {}", touch.says())),
            _other => None,
        },
        |correction| match correction {
            Correction::Text { text } => Some(match entry.counted() {
                SessionEvent::SupportGiven { kind, detail, .. } => {
                    support_says(*kind, detail, text)
                }
                SessionEvent::MomentMarked { .. } => with("moment", text),
                _other => text.clone(),
            }),
            _other => None,
        },
    )
}

/// The device that a value came from. A value that a person put right is that person's.
pub(crate) fn device(entry: &Entry) -> Option<String> {
    let by_person = entry
        .corrections
        .iter()
        .any(|corrected| matches!(corrected.actor, Actor::Person { .. }));
    match entry.counted() {
        SessionEvent::VitalSignsCharted {
            source: Source::Device { device },
            ..
        } if !by_person => Some(device.clone()),
        _other => None,
    }
}

impl Course {
    /// Reads a session up to a moment.
    pub(crate) fn of(session: &Session, now: Moment, zone: &TimeZone) -> Self {
        let mut course = Self::default();
        let mut entries: Vec<_> = session.entries.iter().collect();
        // Entries may reach us late; the chart is over the time when things happened.
        // Hazard: H23
        entries.sort_by_key(|entry| (entry.occurred_at, entry.version));
        for entry in &entries {
            course.take_in(entry, zone);
        }
        course.by_dose = !session.way().is_infusion();
        course.take_in_drug(session, &entries, now);
        course.advisories = session
            .advisories
            .values()
            .map(|advisory| Mark {
                at: advisory.raised_at,
                until: advisory.resolved.as_ref().map(|(_, at)| *at),
                priority: advisory.notice.priority,
                technical: advisory.notice.technical,
                says: format!(
                    "{} {} priority: {}",
                    clock(advisory.raised_at, zone),
                    advisory.notice.priority.word(),
                    advisory.notice.says
                ),
            })
            .collect();
        course
            .advisories
            .sort_by_key(|mark| (mark.at, mark.says.clone()));
        course
    }

    fn take_in(&mut self, entry: &Entry, zone: &TimeZone) {
        let at = entry.occurred_at;
        let says = |what: String| {
            format!(
                "{} {what}, {}{}",
                clock(at, zone),
                actor(&entry.actor),
                because(&entry.corrections, zone)
            )
        };
        if let Some((standing, struck)) = vital_signs(entry) {
            let device = device(entry);
            let what = standing
                .as_ref()
                .or(struck.last())
                .and_then(|values| Some(pressure(values.systolic?, values.diastolic?)))
                .unwrap_or_else(|| "vital signs".to_owned());
            let how = if device.is_some() {
                "by device"
            } else {
                "by hand"
            };
            self.readings.push(Reading {
                at,
                device,
                standing,
                struck,
                charted_by_hand: !matches!(
                    entry.counted(),
                    SessionEvent::VitalSignsCharted {
                        source: Source::Device { .. },
                        ..
                    }
                ),
                says: says(format!("{what} {how}")),
            });
        }
        if let Some((standing, struck)) = sedation(entry) {
            self.sedation.push(Score {
                at,
                standing,
                struck,
                says: says("MOAA/S".to_owned()),
            });
        }
        if let Some((standing, struck)) = distress(entry) {
            self.distress.push(Score {
                at,
                standing,
                struck,
                says: says("distress".to_owned()),
            });
        }
        if let Some((side, standing, struck)) = felt(entry) {
            self.felt.push(Felt {
                side,
                score: Score {
                    at,
                    standing,
                    struck,
                    says: says(side.says().to_owned()),
                },
            });
        }
        if let Some((standing, struck)) = remark(entry) {
            let words = standing.as_ref().or(struck.last()).cloned();
            self.remarks.push(Remark {
                number: self.remarks.len() + 1,
                at,
                standing,
                struck,
                says: says(words.unwrap_or_default()),
            });
        }
        if let Some((standing, struck)) = bolus(entry) {
            self.boluses.push(Bolus {
                at,
                standing,
                struck,
            });
        }
    }

    fn take_in_drug(&mut self, session: &Session, entries: &[&Entry], now: Moment) {
        let Some(order) = &session.order else {
            return;
        };
        self.drug.clone_from(&order.drug);
        self.ordered = Some(order.dose);
        let Some(infusion) = session.infusion() else {
            return;
        };
        self.started_at = infusion.started_at();
        self.stopped_at = infusion.stopped_at();
        self.given = Some(infusion.delivered(now).amount);
        let stretches = infusion.stretches();
        self.stretches = stretches
            .iter()
            .enumerate()
            .map(|(index, stretch)| Stretch {
                from: stretch.from,
                to: stretches.get(index + 1).map_or(now, |next| next.from),
                rate: stretch.rate,
                struck: entries
                    .iter()
                    .filter(|entry| entry.occurred_at == stretch.from)
                    .filter_map(|entry| rate(entry))
                    .flat_map(|(_, struck)| struck)
                    .collect(),
            })
            .filter(|stretch| stretch.to > stretch.from)
            .collect();
    }

    /// Every moment at which something was measured, said or given.
    pub(crate) fn moments(&self) -> impl Iterator<Item = Moment> + '_ {
        let readings = self.readings.iter().map(|reading| reading.at);
        let scores = self.sedation.iter().chain(&self.distress);
        readings
            .chain(scores.map(|score| score.at))
            .chain(self.felt.iter().map(|felt| felt.score.at))
            .chain(self.remarks.iter().map(|remark| remark.at))
            .chain(self.boluses.iter().map(|bolus| bolus.at))
            .chain(self.stretches.iter().map(|stretch| stretch.from))
            .chain(self.stopped_at)
    }
}

/// One number of a set, by the lane that it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Systolic,
    Diastolic,
    Mean,
    Pulse,
    Breathing,
    CarbonDioxide,
    Saturation,
    Temperature,
}

impl Sign {
    pub(crate) const ALL: [Self; 8] = [
        Self::Systolic,
        Self::Diastolic,
        Self::Mean,
        Self::Pulse,
        Self::Breathing,
        Self::CarbonDioxide,
        Self::Saturation,
        Self::Temperature,
    ];

    /// The class of its marks.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Systolic => "systolic",
            Self::Diastolic => "diastolic",
            Self::Mean => "mean",
            Self::Pulse => "pulse",
            Self::Breathing => "breathing",
            Self::CarbonDioxide => "carbon-dioxide",
            Self::Saturation => "saturation",
            Self::Temperature => "temperature",
        }
    }

    /// In words.
    pub(crate) const fn says(self) -> &'static str {
        match self {
            Self::Systolic => "systolic",
            Self::Diastolic => "diastolic",
            Self::Mean => "mean pressure",
            Self::Pulse => "pulse",
            Self::Breathing => "breathing",
            Self::CarbonDioxide => "end-tidal CO\u{2082}",
            Self::Saturation => "oxygen saturation",
            Self::Temperature => "temperature",
        }
    }

    /// The number in a set.
    pub(crate) fn of(self, values: &VitalSigns) -> Option<Decimal> {
        match self {
            Self::Systolic => values.systolic.map(|value| value.value()),
            Self::Diastolic => values.diastolic.map(|value| value.value()),
            Self::Mean => values.mean.map(|value| value.value()),
            Self::Pulse => values.heart_rate.map(|value| value.value()),
            Self::Breathing => values.respiratory_rate.map(|value| value.value()),
            Self::CarbonDioxide => values.end_tidal_carbon_dioxide.map(|value| value.value()),
            Self::Saturation => values.oxygen_saturation.map(|value| value.value()),
            Self::Temperature => values.temperature.map(|value| value.value()),
        }
    }

    /// The number with its unit.
    pub(crate) fn written(self, values: &VitalSigns) -> Option<String> {
        match self {
            Self::Systolic => values.systolic.map(|value| value.to_string()),
            Self::Diastolic => values.diastolic.map(|value| value.to_string()),
            Self::Mean => values.mean.map(|value| value.to_string()),
            Self::Pulse => values.heart_rate.map(|value| value.to_string()),
            Self::Breathing => values.respiratory_rate.map(|value| value.to_string()),
            Self::CarbonDioxide => values
                .end_tidal_carbon_dioxide
                .map(|value| value.to_string()),
            Self::Saturation => values.oxygen_saturation.map(|value| value.to_string()),
            Self::Temperature => values.temperature.map(|value| value.to_string()),
        }
    }
}
