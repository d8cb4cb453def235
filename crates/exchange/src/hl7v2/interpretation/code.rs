//! OBX-3: which of our signals a row is, if its parts agree. Source: device reference §2.3, §5.1.
//!
//! Hazard: H07.

use super::place::{channel, container, metric_code};
use super::types::ProblemKind;
use crate::codes::{self, Coded, Meaning, PressureChannel};
use crate::hl7v2::message::Segment;
use crate::hl7v2::profile::Profile;
use crate::hl7v2::unit;
use clinical::vital_signs::Signal;

/// What OBX-3 is.
pub(super) enum Found {
    /// One of our signals, perhaps with the place on the body.
    Signal {
        signal: Signal,
        site: Option<&'static str>,
    },
    /// Known, and not taken.
    NotTaken,
    /// Neither.
    Problem(ProblemKind, &'static str),
}

/// What each pressure channel of a patient group measures, by the prefix of OBX-4.
#[derive(Default)]
pub(super) struct Channels<'t>(Vec<(&'t str, PressureChannel)>);

impl<'t> Channels<'t> {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    fn of(&self, place: &str) -> Option<PressureChannel> {
        let own = channel(place);
        let contains = |prefix: &str| {
            !prefix.is_empty()
                && own
                    .strip_prefix(prefix)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.0
            .iter()
            .rev()
            .find(|(prefix, _)| contains(prefix))
            .map(|(_, pressure)| *pressure)
    }
}

/// Which of our signals a row is. A container row is remembered in `channels`.
pub(super) fn identify<'t>(
    segment: Segment<'_, 't>,
    profile: &Profile,
    channels: &mut Channels<'t>,
) -> Found {
    let field = segment.field(3);
    let (code, name) = (field.component(1).raw(), field.component(2).raw());
    if !profile.code_overrides.is_empty()
        && let Some(other) = profile
            .code_overrides
            .get(if code.is_empty() { name } else { code })
    {
        let agrees = other
            .name
            .as_deref()
            .is_none_or(|wanted| name.is_empty() || wanted == name);
        return match (agrees, other.signal) {
            (false, _) => disagreement(),
            (true, Some(signal)) => Found::Signal { signal, site: None },
            (true, None) => Found::NotTaken,
        };
    }
    let coded = match coded(code, name) {
        Ok(Some(coded)) => coded,
        Ok(None) => {
            let alternate = (field.component(4).raw(), field.component(5).raw());
            match coded_alternate(field.component(6).raw(), alternate) {
                Ok(Some(coded)) => coded,
                Ok(None) if field.component(3).raw().starts_with("99") => {
                    return Found::NotTaken;
                }
                Ok(None) => {
                    let says = "the code is in no table of ours";
                    return Found::Problem(ProblemKind::UnknownCode, says);
                }
                Err(Disagreement) => return disagreement(),
            }
        }
        Err(Disagreement) => return disagreement(),
    };
    let place = segment.field(4).raw();
    if let (Some(metric), Some(number)) = (metric_code(place), coded.code)
        && metric != number
    {
        return disagreement();
    }
    match coded.meaning {
        Meaning::VitalSign { signal, site } => Found::Signal { signal, site },
        Meaning::NotTaken => Found::NotTaken,
        Meaning::Container(pressure) => {
            if let Some(pressure) = pressure {
                channels.0.push((container(place), pressure));
            }
            Found::NotTaken
        }
        Meaning::ExpiredCarbonDioxide => {
            if profile.expired_carbon_dioxide_is_end_tidal {
                Found::Signal {
                    signal: Signal::EndTidalCarbonDioxide,
                    site: None,
                }
            } else {
                Found::Problem(
                    ProblemKind::NotConfirmed,
                    "expired carbon dioxide is not confirmed as end-tidal at this gateway",
                )
            }
        }
        Meaning::GenericPressure(generic) => match channels.of(place) {
            Some(PressureChannel::Cuff) => Found::Signal {
                signal: generic.cuff,
                site: None,
            },
            Some(PressureChannel::Arterial) => Found::Signal {
                signal: generic.arterial,
                site: None,
            },
            None => Found::Problem(
                ProblemKind::PressureChannel,
                "nothing says whether this pressure is by cuff or by arterial line",
            ),
        },
    }
}

struct Disagreement;

fn disagreement() -> Found {
    Found::Problem(
        ProblemKind::Disagreement,
        "the parts of the code disagree with each other",
    )
}

/// The row of the code table, if the number and the name agree on one.
fn coded(code: &str, name: &str) -> Result<Option<&'static Coded>, Disagreement> {
    let named = codes::by_name(name);
    if code.is_empty() {
        return Ok(named);
    }
    let Some(number) = unit::number(code) else {
        // Not a number: perhaps the name stands in its place.
        let found = codes::by_name(code);
        return match (found, named) {
            (Some(found), Some(named)) if !std::ptr::eq(found, named) => Err(Disagreement),
            (None, Some(_)) => Err(Disagreement),
            (found, _) => Ok(found),
        };
    };
    match (codes::by_number(number), named) {
        (Some(by_number), Some(by_name)) if std::ptr::eq(by_number, by_name) => Ok(Some(by_number)),
        (Some(_) | None, Some(_)) => Err(Disagreement),
        (None, None) => Ok(None),
        (Some(by_number), None) => {
            // A name of the nomenclature that we do not know beside a number whose name we do.
            if name.starts_with("MDC_") && !by_number.names.is_empty() {
                return Err(Disagreement);
            }
            if let (Some(label), Meaning::VitalSign { signal, .. }) =
                (codes::by_label(name), by_number.meaning)
                && !alike(label, signal)
            {
                return Err(Disagreement);
            }
            Ok(Some(by_number))
        }
    }
}

fn coded_alternate(
    system: &str,
    (code, name): (&str, &str),
) -> Result<Option<&'static Coded>, Disagreement> {
    if matches!(system, "MDC" | "MDIL") {
        coded(code, name)
    } else {
        Ok(None)
    }
}

/// Whether a printed label may stand beside a signal: makers print one word for several sources.
fn alike(label: Signal, signal: Signal) -> bool {
    let kind = |signal: Signal| match signal {
        Signal::HeartRate | Signal::PulseFromOximeter | Signal::PulseFromCuff | Signal::Pulse => {
            Some(Signal::Pulse)
        }
        Signal::RespiratoryRate
        | Signal::RespiratoryRateFromImpedance
        | Signal::RespiratoryRateFromCarbonDioxide
        | Signal::RespiratoryRateFromOximeter => Some(Signal::RespiratoryRate),
        Signal::OxygenSaturation
        | Signal::CuffSystolic
        | Signal::CuffDiastolic
        | Signal::CuffMean
        | Signal::ArterialSystolic
        | Signal::ArterialDiastolic
        | Signal::ArterialMean
        | Signal::EndTidalCarbonDioxide
        | Signal::InspiredCarbonDioxide
        | Signal::Temperature
        | Signal::PerfusionIndex
        | Signal::BispectralIndex => None,
    };
    label == signal || (kind(label).is_some() && kind(label) == kind(signal))
}
