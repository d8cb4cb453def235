//! One OBX after another: code, status, flags, value, unit, bounds, time.

use super::code::{self, Channels, Found};
use super::flags::{Status, read_flags, read_status};
use super::place::channel;
use super::read::Arrival;
use super::types::*;
use super::{key, sensors};
use crate::codes::{self, Unit};
use crate::hl7v2::message::{Field, Segment};
use crate::hl7v2::profile::{AperiodicMarker, OwnTime, Profile, needs_its_unit};
use crate::hl7v2::{number, time, unit};
use clinical::vital_signs::{Quality, Signal};
use rust_decimal::Decimal;
use units::{Moment, Span};

/// Beyond these a time is not believed. Hazard: H09. Source: device reference §2.7.
const FARTHEST_AHEAD: Span = Span::from_seconds(120);
const FARTHEST_BEHIND: Span = Span::from_hours(24);
/// Problems kept in one interpretation; the rest are only counted.
const KEPT_PROBLEMS: usize = 100;
/// Characters of received text kept in a problem.
const KEPT_TEXT: usize = 80;

/// The rows of one message while they are read.
pub(super) struct Rows<'i, 'p, 't> {
    out: &'i mut Interpretation,
    profile: &'p Profile,
    arrival: Arrival<'p>,
    group: usize,
    row: usize,
    problems: usize,
    header_time: Stated<'t>,
    order_time: Stated<'t>,
    own_time: Stated<'t>,
    channels: Channels<'t>,
}

/// A time field and what became of it, kept because the rows of a message share theirs.
#[derive(Clone, Copy)]
struct Stated<'t> {
    text: &'t str,
    time: DeviceTime,
}

impl<'i, 'p, 't> Rows<'i, 'p, 't> {
    pub(super) fn new(
        out: &'i mut Interpretation,
        profile: &'p Profile,
        arrival: Arrival<'p>,
    ) -> Self {
        let received = Stated {
            text: "",
            time: received(arrival.received_at),
        };
        Self {
            out,
            profile,
            arrival,
            group: 0,
            row: 0,
            problems: 0,
            header_time: received,
            order_time: received,
            own_time: received,
            channels: Channels::default(),
        }
    }

    /// The following segments belong to this group; an order's time ends with its patient.
    pub(super) fn in_group(&mut self, group: usize) {
        if group != self.group {
            self.group = group;
            self.order_time = self.header_time;
            self.channels.clear();
        }
    }

    pub(super) fn header(&mut self, segment: Segment<'_, 't>) {
        self.header_time = self.stated(
            segment.field(7),
            TimeSource::Msh7,
            "MSH-7",
            self.header_time,
        );
        self.out.identity.sent_at = self.header_time.time.said;
        self.order_time = self.header_time;
    }

    pub(super) fn order(&mut self, segment: Segment<'_, 't>) {
        self.order_time = self.header_time;
        let field = segment.field(7);
        if !field.is_empty() {
            self.order_time = self.stated(field, TimeSource::Obr7, "OBR-7", self.order_time);
        }
    }

    pub(super) fn stray(&mut self, line: usize, text: &str) {
        self.problem(
            format!("line {line}"),
            ProblemKind::Segment,
            "the line is no segment",
            text,
        );
    }

    /// One OBX.
    pub(super) fn observation(&mut self, segment: Segment<'_, 't>) {
        self.row += 1;
        // Flags first and on every row: one row of a demonstration makes the message one.
        // Hazard: H04.
        let flags = read_flags(segment.field(8));
        if let (Some(why), Stream::Live) = (flags.simulated, self.out.stream) {
            self.out.stream = Stream::Simulated { why };
        }
        let status = read_status(segment.field(11).raw());
        let value_field = segment.field(5);
        let (signal, site) = match code::identify(segment, self.profile, &mut self.channels) {
            Found::Signal { signal, site } => (signal, site),
            Found::NotTaken => {
                self.out.not_taken += 1;
                return;
            }
            // A row without type and value and with status X is a container that we do not know:
            // what carries no value cannot mislead.
            Found::Problem(ProblemKind::UnknownCode | ProblemKind::Disagreement, _)
                if segment.field(2).is_empty()
                    && value_field.is_empty()
                    && matches!(status, Status::NoResult) =>
            {
                self.out.not_taken += 1;
                return;
            }
            Found::Problem(kind, says) => {
                self.row_problem(3, kind, says, segment.field(3).raw());
                return;
            }
        };
        if matches!(segment.field(2).raw(), "NA" | "ED") {
            self.out.not_taken += 1;
            return;
        }
        let observed_at = self.observed_at(segment);
        let aperiodic = signal.is_aperiodic() || self.marked_aperiodic(segment);
        let device = &self.out.groups[self.group].device;
        let identity = key::key(
            segment,
            device,
            observed_at,
            aperiodic,
            self.arrival.received_at,
        );
        let unit = unit::read(segment.field(6));
        self.limits(segment.field(7), signal, unit.ok().flatten());
        if flags.monitor.alarms_inhibited {
            self.out.alarms_inhibited.push(AlarmsInhibited {
                signal,
                group: self.group,
            });
        }
        let (early, correction) = match status {
            Status::Result { early, correction } => (early, correction),
            Status::NoResult => {
                self.absent(signal, WhyAbsent::NoResult, value_field, observed_at);
                return;
            }
            Status::Gone(why) => {
                self.out.deletions.push(Deletion {
                    signal,
                    why,
                    received: shortened(value_field.raw()),
                    key: identity.key,
                    observed_at,
                    group: self.group,
                    row: self.row,
                });
                return;
            }
            Status::Unknown => {
                let received = segment.field(11).raw();
                self.row_problem(
                    11,
                    ProblemKind::Status,
                    "the status is not a known one",
                    received,
                );
                return;
            }
        };
        if let Some(why) = flags.absent {
            self.absent(signal, why, value_field, observed_at);
            return;
        }
        if value_field.is_empty() {
            self.absent(signal, WhyAbsent::Empty, value_field, observed_at);
            return;
        }
        let Some((value, coerced)) = self.value(segment) else {
            return;
        };
        // Sentinels before anything else is made of the number. Hazard: H05.
        let negative = value.is_sign_negative() && !value.is_zero();
        if negative || self.profile.sentinels.contains(&value) {
            self.absent(signal, WhyAbsent::Sentinel, value_field, observed_at);
            return;
        }
        let Some(unit) = self.unit(segment.field(6), unit, signal) else {
            return;
        };
        let Ok(canonical) = unit::to_canonical(value, unit, signal) else {
            let says = "the unit does not belong to this measurement";
            self.row_problem(6, ProblemKind::Unit, says, segment.field(6).raw());
            return;
        };
        let (low, high) = signal.hard_bounds();
        if canonical < low || canonical > high {
            self.absent(signal, WhyAbsent::OutsideBounds, value_field, observed_at);
            return;
        }
        let outside_soft = codes::vital_sign(signal)
            .questionable_outside
            .is_some_and(|(low, high)| canonical < low || canonical > high);
        let quality = if early || flags.early {
            Quality::Early
        } else if flags.questionable || outside_soft {
            Quality::Questionable
        } else {
            Quality::Good
        };
        let unit_field = segment.field(6);
        self.out.readings.push(Reading {
            signal,
            value: canonical,
            original_value: value_field.raw().to_owned(),
            original_unit: if unit_field.is_empty() {
                String::new()
            } else {
                unit_field.raw().to_owned()
            },
            quality,
            observed_at,
            aperiodic,
            site: site.map(str::to_owned),
            beside: false,
            channel: channel(segment.field(4).raw()).to_owned(),
            monitor_flags: flags.monitor,
            coerced,
            correction,
            group: self.group,
            row: self.row,
            key: identity.key,
            body: key::body(segment),
            series: identity.series,
        });
    }

    /// Judges what only the whole message can tell, and closes the outcome.
    pub(super) fn finish(mut self) {
        for (row, signal) in sensors::two_sensors(&mut self.out.readings, self.profile) {
            let says = "several sensors send this signal and the profile names none to chart";
            self.problem(
                format_path(row, 3),
                ProblemKind::TwoSensors,
                says,
                signal.word(),
            );
        }
        sensors::cuff_consistency(&mut self.out.readings);
        self.out.outcome = match self.problems {
            0 => Outcome::Parsed,
            problems => Outcome::PartiallyParsed { problems },
        };
    }

    // ------------------------------------------------------------ what is measured

    fn marked_aperiodic(&self, segment: Segment<'_, 't>) -> bool {
        let marked = |number: usize| {
            let field = segment.field(number);
            field.component(1).raw() == "APERIODIC" || field.component(2).raw() == "APERIODIC"
        };
        match self.profile.aperiodic_marker {
            AperiodicMarker::Obx13 => marked(13),
            AperiodicMarker::Obx17 => marked(17),
            AperiodicMarker::Either => marked(13) || marked(17),
            AperiodicMarker::None => false,
        }
    }

    // ------------------------------------------------------------ value and unit

    fn value(&mut self, segment: Segment<'_, 't>) -> Option<(Decimal, bool)> {
        let coerced = match segment.field(2).raw() {
            "NM" => false,
            "ST" => true,
            other => {
                self.row_problem(
                    2,
                    ProblemKind::ValueType,
                    "the value's type is no number",
                    other,
                );
                return None;
            }
        };
        let text = segment.field(5).raw();
        match number::read(text) {
            Ok(value) => Some((value, coerced)),
            Err(problem) => {
                self.row_problem(5, ProblemKind::Value, &problem.to_string(), text);
                None
            }
        }
    }

    fn unit(
        &mut self,
        field: Field<'_>,
        read: Result<Option<&'static Unit>, unit::UnitProblem>,
        signal: Signal,
    ) -> Option<&'static Unit> {
        match read {
            Ok(Some(unit)) => Some(unit),
            Ok(None) => {
                let usual = self.profile.unit_defaults.get(&signal).copied();
                // Hazard: H06. kPa and mmHg, °F and °C cannot be told apart by the number.
                if usual.is_none() || needs_its_unit(signal) {
                    self.row_problem(6, ProblemKind::Unit, "the unit is missing", field.raw());
                    return None;
                }
                usual
            }
            Err(problem) => {
                self.row_problem(6, ProblemKind::Unit, &problem.to_string(), field.raw());
                None
            }
        }
    }

    fn limits(&mut self, field: Field<'_>, signal: Signal, unit: Option<&'static Unit>) {
        if field.is_empty() {
            return;
        }
        let text = field.raw();
        let separator = self.profile.limits_separator;
        let (low, high) = if field.components() > 1 {
            (field.component(1).raw(), field.component(2).raw())
        } else if let Some(parts) = text.split_once(separator).or_else(|| text.split_once('-')) {
            parts
        } else if let Some(low) = text.strip_prefix('>') {
            (low, "")
        } else {
            ("", text.strip_prefix('<').unwrap_or(""))
        };
        let canonical = |text: &str| {
            let unit = unit.or_else(|| self.profile.unit_defaults.get(&signal).copied())?;
            unit::to_canonical(number::read(text).ok()?, unit, signal).ok()
        };
        self.out.limits.push(MonitorLimits {
            signal,
            low: canonical(low),
            high: canonical(high),
            received: shortened(text),
            group: self.group,
        });
    }

    fn absent(
        &mut self,
        signal: Signal,
        why: WhyAbsent,
        field: Field<'_>,
        observed_at: DeviceTime,
    ) {
        self.out.absences.push(Absence {
            signal,
            why,
            received: shortened(field.raw()),
            observed_at,
            group: self.group,
            row: self.row,
        });
    }

    // ------------------------------------------------------------ time and identity

    /// The first time present: on the row, on the order, in the header, else the receive time.
    fn observed_at(&mut self, segment: Segment<'_, 't>) -> DeviceTime {
        let field = segment.field(14);
        if self.profile.obx14_policy == OwnTime::Ignore || field.is_empty() {
            return self.order_time.time;
        }
        if field.component(1).raw() != self.own_time.text {
            let path = format_path(self.row, 14);
            self.own_time = self.stated(field, TimeSource::Obx14, &path, self.own_time);
        }
        self.own_time.time
    }

    fn stated(
        &mut self,
        field: Field<'t>,
        from: TimeSource,
        path: &str,
        without: Stated<'t>,
    ) -> Stated<'t> {
        if field.is_empty() {
            return without;
        }
        let text = field.component(1).raw();
        let received_at = self.arrival.received_at;
        let expected = received_at + self.arrival.clock_offset;
        let zone = self.profile.zone.as_ref();
        let read = time::read(text).and_then(|time| time.resolve(zone, expected));
        let time = match read {
            Ok((said, zone_assumed)) => {
                let suspect =
                    said > received_at + FARTHEST_AHEAD || said < received_at - FARTHEST_BEHIND;
                DeviceTime {
                    moment: if suspect { received_at } else { said },
                    said: Some(said),
                    from,
                    zone_assumed,
                    suspect,
                }
            }
            Err(problem) => {
                self.problem(
                    path.to_owned(),
                    ProblemKind::Time,
                    &problem.to_string(),
                    text,
                );
                DeviceTime {
                    suspect: true,
                    ..received(received_at)
                }
            }
        };
        Stated { text, time }
    }

    fn row_problem(&mut self, field: usize, kind: ProblemKind, says: &str, received: &str) {
        let path = format_path(self.row, field);
        self.problem(path, kind, says, received);
    }

    fn problem(&mut self, path: String, kind: ProblemKind, says: &str, received: &str) {
        self.problems += 1;
        if self.out.problems.len() < KEPT_PROBLEMS {
            self.out.problems.push(Problem {
                path,
                says: says.to_owned(),
                received: shortened(received),
                kind,
            });
        }
    }
}

fn received(at: Moment) -> DeviceTime {
    DeviceTime {
        moment: at,
        said: None,
        from: TimeSource::Received,
        zone_assumed: false,
        suspect: false,
    }
}

fn format_path(row: usize, field: usize) -> String {
    format!("OBX[{row}]-{field}")
}

pub(super) fn shortened(text: &str) -> String {
    text.chars().take(KEPT_TEXT).collect()
}
