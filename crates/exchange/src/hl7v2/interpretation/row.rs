//! One OBX after another: code, status, flags, value, unit, bounds, time.

use super::read::Arrival;
use super::types::*;
use crate::codes::{self, Coded, Meaning, PressureChannel, Unit};
use crate::hl7v2::message::{Field, Segment};
use crate::hl7v2::profile::{AperiodicMarker, OwnTime, Profile, needs_its_unit};
use crate::hl7v2::{number, time, unit};
use clinical::vital_signs::{Quality, Signal};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use units::{Moment, Span};

/// Beyond these a time is not believed. Source: device reference §2.7.
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
    /// What each pressure channel of this group measures, by the prefix of OBX-4.
    channels: Vec<(&'t str, PressureChannel)>,
}

/// A time field and what became of it, kept because the rows of a message share theirs.
#[derive(Clone, Copy)]
struct Stated<'t> {
    text: &'t str,
    time: DeviceTime,
}

/// What OBX-3 is.
enum Found {
    Signal {
        signal: Signal,
        site: Option<&'static str>,
    },
    NotTaken,
    Problem(ProblemKind, &'static str),
}

/// What OBX-8 says.
#[derive(Default)]
struct Flags {
    simulated: Option<WhySimulated>,
    absent: Option<WhyAbsent>,
    questionable: bool,
    early: bool,
    monitor: MonitorFlags,
}

/// What OBX-11 says.
enum Status {
    Result { early: bool, correction: bool },
    NoResult,
    Gone(WhyDeleted),
    Unknown,
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
            channels: Vec::new(),
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
        let (signal, site) = match self.identify(segment) {
            Found::Signal { signal, site } => (signal, site),
            Found::NotTaken => {
                self.out.not_taken += 1;
                return;
            }
            // A row without a value and with status X is a container that we do not know.
            Found::Problem(ProblemKind::UnknownCode, _)
                if value_field.is_empty() && matches!(status, Status::NoResult) =>
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
        let identity = self.key(segment, observed_at, aperiodic);
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
            body: body(segment),
            series: identity.series,
        });
    }

    /// Judges what only the whole message can tell, and closes the outcome.
    pub(super) fn finish(mut self) {
        self.two_sensors();
        cuff_consistency(&mut self.out.readings);
        self.out.outcome = match self.problems {
            0 => Outcome::Parsed,
            problems => Outcome::PartiallyParsed { problems },
        };
    }

    // ------------------------------------------------------------ what is measured

    fn identify(&mut self, segment: Segment<'_, 't>) -> Found {
        let field = segment.field(3);
        let (code, name) = (field.component(1).raw(), field.component(2).raw());
        if !self.profile.code_overrides.is_empty()
            && let Some(other) =
                self.profile
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
                    self.channels.push((container(place), pressure));
                }
                Found::NotTaken
            }
            Meaning::ExpiredCarbonDioxide => {
                if self.profile.expired_carbon_dioxide_is_end_tidal {
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
            Meaning::GenericPressure(generic) => match self.pressure_channel(place) {
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

    fn pressure_channel(&self, place: &str) -> Option<PressureChannel> {
        let own = channel(place);
        self.channels
            .iter()
            .rev()
            .find(|(prefix, _)| {
                !prefix.is_empty()
                    && own
                        .strip_prefix(prefix)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
            .map(|(_, pressure)| *pressure)
    }

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

    fn key(&self, segment: Segment<'_, 't>, observed_at: DeviceTime, aperiodic: bool) -> Keyed {
        let field = segment.field(3);
        let code = field.component(1).raw();
        let code = if code.is_empty() {
            field.component(2).raw()
        } else {
            code
        };
        let device = self.out.groups[self.group].device.as_bytes();
        let channel = channel(segment.field(4).raw());
        let mut digest = Sha256::new();
        for part in [device, code.as_bytes(), channel.as_bytes()] {
            update(&mut digest, part);
        }
        match observed_at.said {
            Some(said) => digest.update(said.milliseconds().to_be_bytes()),
            // A repeated value whose time cannot be read is known by its value and that text.
            None if aperiodic => {
                update(&mut digest, segment.field(14).raw().as_bytes());
                update(&mut digest, segment.field(5).raw().as_bytes());
            }
            None => digest.update(self.arrival.received_at.milliseconds().to_be_bytes()),
        }
        let mut series = DefaultHasher::new();
        (device, code, channel).hash(&mut series);
        Keyed {
            key: truncated(digest),
            series: series.finish(),
        }
    }

    // ------------------------------------------------------------ the whole message

    /// Two sensors for one signal: the profile names the charted one, or neither is charted.
    ///
    /// Hazard: H07.
    fn two_sensors(&mut self) {
        let mut sensors: HashMap<(usize, Signal), Vec<usize>> = HashMap::new();
        for (index, reading) in self.out.readings.iter().enumerate() {
            sensors
                .entry((reading.group, reading.signal))
                .or_default()
                .push(index);
        }
        let mut several: Vec<_> = sensors
            .into_iter()
            .filter(|(_, indices)| {
                let first = self.out.readings[indices[0]].series;
                indices
                    .iter()
                    .any(|index| self.out.readings[*index].series != first)
            })
            .collect();
        several.sort_by_key(|(_, indices)| indices[0]);
        for ((_, signal), indices) in several {
            self.choose_sensor(signal, &indices);
        }
    }

    fn choose_sensor(&mut self, signal: Signal, indices: &[usize]) {
        let readings = &mut self.out.readings;
        for index in indices {
            let reading = &mut readings[*index];
            if reading.site.is_none() && !reading.channel.is_empty() {
                reading.site = Some(reading.channel.clone());
            }
        }
        let named = self.profile.charted_sites.get(&signal);
        let is_named = |reading: &Reading| {
            named
                .is_some_and(|site| reading.site.as_ref() == Some(site) || &reading.channel == site)
        };
        if indices.iter().any(|index| is_named(&readings[*index])) {
            for index in indices {
                readings[*index].beside = !is_named(&readings[*index]);
            }
            return;
        }
        let first = (
            readings[indices[0]].value,
            readings[indices[0]].observed_at.moment,
        );
        let all_agree = indices
            .iter()
            .all(|index| (readings[*index].value, readings[*index].observed_at.moment) == first);
        for (place, index) in indices.iter().enumerate() {
            readings[*index].beside = !all_agree || place > 0;
        }
        if !all_agree {
            let path = format_path(readings[indices[0]].row, 3);
            let says = format!(
                "several sensors send {} and the profile names none to chart",
                signal.word()
            );
            self.problem(path, ProblemKind::TwoSensors, &says, signal.word());
        }
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

struct Keyed {
    key: [u8; 16],
    series: u64,
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
            match (codes::by_label(name), by_number.meaning) {
                (Some(label), Meaning::VitalSign { signal, .. }) if !alike(label, signal) => {
                    Err(Disagreement)
                }
                _ => Ok(Some(by_number)),
            }
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

fn read_flags(field: Field<'_>) -> Flags {
    let mut flags = Flags::default();
    if field.is_empty() {
        return flags;
    }
    for repetition in field.repetitions() {
        match repetition.raw() {
            "" | "N" => {}
            "L" => flags.monitor.outside_limits = Some(OutsideLimits::Low),
            "LL" => flags.monitor.outside_limits = Some(OutsideLimits::VeryLow),
            "H" => flags.monitor.outside_limits = Some(OutsideLimits::High),
            "HH" => flags.monitor.outside_limits = Some(OutsideLimits::VeryHigh),
            "A" | "AA" => flags.monitor.outside_limits = Some(OutsideLimits::Abnormal),
            "INV" => flags.absent = Some(WhyAbsent::Invalid),
            "NAV" => flags.absent = Some(WhyAbsent::NotAvailable),
            "CAL" | "ONG" | "BUSY" => flags.absent = Some(WhyAbsent::Measuring),
            "QUES" => flags.questionable = true,
            "EARLY" => flags.early = true,
            "DEMO" => flags.simulated = Some(WhySimulated::DemoMode),
            "TEST" => flags.simulated = Some(WhySimulated::TestMode),
            "VAL" => flags.monitor.validated = true,
            "ALACT" => flags.monitor.in_alarm = true,
            "ALINH" => flags.monitor.alarms_inhibited = true,
            other => flags.monitor.other.push(shortened(other)),
        }
    }
    flags
}

fn read_status(text: &str) -> Status {
    match text {
        "R" | "F" | "V" | "U" | "" | "\"\"" => Status::Result {
            early: false,
            correction: false,
        },
        "P" | "S" => Status::Result {
            early: true,
            correction: false,
        },
        "C" => Status::Result {
            early: false,
            correction: true,
        },
        "X" | "O" | "I" | "N" => Status::NoResult,
        "D" => Status::Gone(WhyDeleted::Deleted),
        "W" => Status::Gone(WhyDeleted::Wrong),
        _ => Status::Unknown,
    }
}

/// Diastolic ≤ mean ≤ systolic, and systolic at least 10 mmHg above diastolic, else all are
/// questionable. Source: device reference §2.8.
fn cuff_consistency(readings: &mut [Reading]) {
    let is_cuff = |signal: Signal| {
        matches!(
            signal,
            Signal::CuffSystolic | Signal::CuffDiastolic | Signal::CuffMean
        )
    };
    let mut cuff: Vec<usize> = (0..readings.len())
        .filter(|index| is_cuff(readings[*index].signal))
        .collect();
    let cycle = |reading: &Reading| (reading.group, reading.observed_at.moment);
    cuff.sort_by_key(|index| cycle(&readings[*index]));
    let mut rest = cuff.as_slice();
    while let Some(first) = rest.first() {
        let one = cycle(&readings[*first]);
        let length = rest
            .iter()
            .take_while(|index| cycle(&readings[**index]) == one)
            .count();
        let (together, after) = rest.split_at(length);
        rest = after;
        // Of several values of one kind the extremes are compared, so that each is held to all.
        let of = |wanted: Signal| {
            let values = together
                .iter()
                .map(|index| &readings[*index])
                .filter(move |reading| reading.signal == wanted)
                .map(|reading| reading.value);
            (values.clone().min(), values.max())
        };
        let (systolic, _) = of(Signal::CuffSystolic);
        let (_, diastolic) = of(Signal::CuffDiastolic);
        let (lowest_mean, highest_mean) = of(Signal::CuffMean);
        let above = |low: Option<Decimal>, high: Option<Decimal>, least: Decimal| {
            low.zip(high).is_none_or(|(low, high)| high - low >= least)
        };
        let consistent = above(diastolic, systolic, Decimal::TEN)
            && above(diastolic, lowest_mean, Decimal::ZERO)
            && above(highest_mean, systolic, Decimal::ZERO);
        if !consistent {
            for index in together {
                let quality = &mut readings[*index].quality;
                *quality = match *quality {
                    Quality::Good | Quality::Questionable => Quality::Questionable,
                    Quality::Early => Quality::Early,
                };
            }
        }
    }
}

/// `MDS.VMD.CHAN` of an OBX-4; the whole of it when it has fewer parts.
fn channel(place: &str) -> &str {
    match place.match_indices('.').nth(2) {
        Some((end, _)) => &place[..end],
        None => place,
    }
}

/// The prefix that a container row stands for: its OBX-4 without the trailing unused levels.
fn container(place: &str) -> &str {
    let mut prefix = channel(place);
    while let Some(shorter) = prefix.strip_suffix(".0") {
        prefix = shorter;
    }
    prefix
}

/// The fourth part of OBX-4, where it is a code of the nomenclature rather than an ordinal.
fn metric_code(place: &str) -> Option<u32> {
    let metric: u32 = place.split('.').nth(3)?.parse().ok()?;
    (metric > 0xFFFF).then_some(metric)
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

fn body(segment: Segment<'_, '_>) -> [u8; 16] {
    let mut digest = Sha256::new();
    for number in [5, 6, 8, 11] {
        update(&mut digest, segment.field(number).raw().as_bytes());
    }
    truncated(digest)
}

/// With its length, so that two parts never run into one.
fn update(digest: &mut Sha256, part: &[u8]) {
    digest.update((part.len() as u64).to_be_bytes());
    digest.update(part);
}

fn truncated(digest: Sha256) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&digest.finalize()[..16]);
    short
}

fn format_path(row: usize, field: usize) -> String {
    format!("OBX[{row}]-{field}")
}

fn shortened(text: &str) -> String {
    text.chars().take(KEPT_TEXT).collect()
}
