//! The chart is read back by somebody else's XML parser, and its marks are compared with what was
//! charted. Places are reckoned from the chart's own printed clock and scale, as a reader does.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::session::{
    Alongside, Correction, DistressScore, Order, SedationScore, Session, SessionEvent, Stop,
    VitalSigns, Way,
};
use clinical::policy::{Gate, Verdict};
use clinical::record::{
    Actor, CommandId, EventId, Header, PatientId, Recorded, Role, SessionId, StaffId, StreamId,
    TenantId,
};
use clinical::vital_signs::Source;
use jiff::tz::TimeZone;
use report::chart::{ChartInput, Predicted, PredictedLine, Theme, svg};
use roxmltree::{Document, Node};
use units::{
    BeatsPerMinute, BreathsPerMinute, Decimal, DegreesCelsius, Kilograms, Milligrams,
    MilligramsPerMillilitre, Millilitres, MillilitresPerHour, MillimetresOfMercury, Moment,
    OxygenSaturation, Span,
};

/// Across and down, in units of the drawing.
type Place = (f64, f64);

/// How far a mark may stand from its place, in units of the drawing: two tenths, for rounding.
const NEAR: f64 = 0.2;
const FIRST_DRUG: &str = "2025-11-20T12:49:00Z";

fn first_drug() -> Moment {
    Moment::parse(FIRST_DRUG).unwrap()
}

fn identity<T: std::str::FromStr>(number: u64) -> T
where
    T::Err: std::fmt::Debug,
{
    format!("00000000-0000-0000-0000-{number:012}")
        .parse()
        .unwrap()
}

/// A session whose entries happened so many minutes after the first drug.
fn session(events: Vec<(i64, SessionEvent)>) -> Session {
    let id: SessionId = identity(7);
    let mut session = Session::new(id);
    for (version, (minutes, event)) in (1..).zip(events) {
        let at = first_drug() + Span::from_minutes(minutes);
        let header = Header {
            tenant: identity::<TenantId>(1),
            position: version,
            stream: StreamId::session(id),
            stream_version: version,
            event_id: identity(100 + version),
            kind: event.name().to_owned(),
            schema_version: 1,
            actor: Actor::Person {
                id: identity::<StaffId>(3),
                name: "Nora <Quist> & \"Co\"".to_owned(),
                role: Role::Nurse,
            },
            command_id: identity::<CommandId>(version),
            occurred_at: at,
            recorded_at: at,
            previous: [0; 32],
        };
        session.apply(&header, event);
    }
    session
}

fn event_id(version: u64) -> EventId {
    identity(100 + version)
}

fn planned() -> SessionEvent {
    SessionEvent::SessionPlanned {
        patient: identity::<PatientId>(9),
        room: "Room 2".to_owned(),
        planned_for: first_drug(),
        earlier_sessions: 0,
        order: Order {
            drug: "ketamine".to_owned(),
            dose: Milligrams::new(Decimal::from(36)).unwrap(),
            concentration: MilligramsPerMillilitre::new(Decimal::ONE).unwrap(),
            volume: Millilitres::new(Decimal::from(50)).unwrap(),
            rate: MillilitresPerHour::new(Decimal::from(54)).unwrap(),
            dosing_weight: Kilograms::new(Decimal::from(72)).unwrap(),
            weight_kind: None,
            prescriber: "Dr Ivo Lange".to_owned(),
            beyond: None,
            reckoned: None,
            way: Way::default(),
            alongside: Alongside::default(),
            grounds: None,
        },
        rules: Vec::new(),
    }
}

fn started() -> SessionEvent {
    SessionEvent::DosingStarted {
        rate: MillilitresPerHour::new(Decimal::from(54)).unwrap(),
        verdict: Verdict {
            gate: Gate::StartInfusion,
            at: first_drug(),
            findings: Vec::new(),
        },
        overridden: None,
    }
}

fn charted(values: VitalSigns, source: Source) -> SessionEvent {
    SessionEvent::VitalSignsCharted {
        values,
        source,
        timing: None,
    }
}

fn monitor() -> Source {
    Source::Device {
        device: "monitor-2".to_owned(),
    }
}

fn pressure(systolic: i64, diastolic: i64) -> VitalSigns {
    VitalSigns {
        systolic: Some(MillimetresOfMercury::new(Decimal::from(systolic)).unwrap()),
        diastolic: Some(MillimetresOfMercury::new(Decimal::from(diastolic)).unwrap()),
        ..VitalSigns::default()
    }
}

fn rates(pulse: i64, breathing: i64, saturation: i64) -> VitalSigns {
    VitalSigns {
        heart_rate: Some(BeatsPerMinute::new(Decimal::from(pulse)).unwrap()),
        respiratory_rate: Some(BreathsPerMinute::new(Decimal::from(breathing)).unwrap()),
        oxygen_saturation: Some(OxygenSaturation::new(Decimal::from(saturation)).unwrap()),
        ..VitalSigns::default()
    }
}

/// Values by hand, by device with a gap, one set corrected, one struck.
fn story() -> Session {
    let mut events = vec![
        (-300, planned()),
        (
            -12,
            charted(
                VitalSigns {
                    temperature: Some(DegreesCelsius::new(Decimal::new(368, 1)).unwrap()),
                    ..pressure(128, 76)
                },
                Source::Hand,
            ),
        ),
        (-12, charted(rates(71, 14, 98), Source::Hand)),
        (0, started()),
        (6, charted(pressure(141, 83), monitor())),
        (11, charted(pressure(241, 86), Source::Hand)),
        (
            12,
            SessionEvent::EntryCorrected {
                entry: event_id(6),
                correction: Correction::VitalSigns {
                    values: pressure(142, 86),
                },
                reason: "misread".to_owned(),
            },
        ),
        (16, charted(pressure(99, 44), Source::Hand)),
        (
            17,
            SessionEvent::EntryCorrected {
                entry: event_id(8),
                correction: Correction::Struck,
                reason: "other person".to_owned(),
            },
        ),
        (
            20,
            SessionEvent::SedationScored {
                score: SedationScore::try_from(4).unwrap(),
            },
        ),
        (
            21,
            SessionEvent::DistressScored {
                score: DistressScore::try_from(2).unwrap(),
            },
        ),
        (
            22,
            SessionEvent::NoteWritten {
                text: "<b>&\u{1}".to_owned(),
            },
        ),
    ];
    for minute in (23..28).chain(33..36) {
        events.push((minute, charted(rates(80 + minute, 12, 97), monitor())));
    }
    events.push((
        40,
        SessionEvent::InfusionStopped {
            why: Stop::Completed,
            note: String::new(),
        },
    ));
    session(events)
}

fn drawn(session: &Session, theme: Theme) -> String {
    let now = first_drug() + Span::from_minutes(45);
    svg(&ChartInput::new(session, now, &TimeZone::UTC, theme))
}

fn number(text: &str) -> f64 {
    text.parse().unwrap()
}

fn has_class(node: &Node<'_, '_>, class: &str) -> bool {
    node.attribute("class")
        .is_some_and(|classes| classes.split(' ').any(|known| known == class))
}

fn is_struck(node: &Node<'_, '_>) -> bool {
    node.ancestors().any(|around| has_class(&around, "struck"))
}

/// Where a mark stands: a circle's middle, a path's first point, a text's anchor.
fn place(node: &Node<'_, '_>) -> Option<(f64, f64)> {
    match node.tag_name().name() {
        "circle" => Some((number(node.attribute("cx")?), number(node.attribute("cy")?))),
        "text" => Some((number(node.attribute("x")?), number(node.attribute("y")?))),
        "path" => {
            let first = node.attribute("d")?.strip_prefix('M')?;
            let end = first.find(|c: char| c.is_ascii_alphabetic())?;
            let (x, y) = first.get(..end)?.split_once(' ')?;
            Some((number(x), number(y)))
        }
        _ => None,
    }
}

/// The chart's own clock: minutes of the day by place, from two of its printed labels.
struct Clock {
    x: f64,
    minutes: f64,
    units_a_minute: f64,
}

impl Clock {
    fn read(document: &Document<'_>) -> Self {
        let labels: Vec<(f64, f64)> = document
            .descendants()
            .filter(|node| node.has_tag_name("text") && has_class(&node.parent().unwrap(), "clock"))
            .map(|node| {
                let (hours, minutes) = node.text().unwrap().split_once(':').unwrap();
                (
                    number(node.attribute("x").unwrap()),
                    number(hours) * 60.0 + number(minutes),
                )
            })
            .collect();
        let (first, last) = (labels[0], *labels.last().unwrap());
        Self {
            x: first.0,
            minutes: first.1,
            units_a_minute: (last.0 - first.0) / (last.1 - first.1),
        }
    }

    /// The place of a moment so many minutes after the first drug, which was at 12:49.
    fn x(&self, after_first_drug: i64) -> f64 {
        let minutes = 12.0 * 60.0 + 49.0 + after_first_drug as f64;
        self.x + (minutes - self.minutes) * self.units_a_minute
    }
}

/// The place of a value on a scale, from the printed numbers of that scale.
fn height(document: &Document<'_>, between: (f64, f64), value: f64) -> f64 {
    let label = |wanted: f64| {
        document
            .descendants()
            .filter(|node| node.has_tag_name("text") && has_class(&node.parent().unwrap(), "scale"))
            .find(|node| number(node.text().unwrap()) == wanted)
            .and_then(|node| place(&node))
            .map(|(_, baseline)| baseline - 5.0)
            .unwrap()
    };
    let (low, high) = (label(between.0), label(between.1));
    low + (high - low) * (value - between.0) / (between.1 - between.0)
}

/// The marks of one kind that stand, and those struck.
fn marks(document: &Document<'_>, class: &str) -> (Vec<Place>, Vec<Place>) {
    let mut standing = Vec::new();
    let mut struck = Vec::new();
    for node in document.descendants() {
        let alone = has_class(&node, class);
        let in_device_row = node
            .parent_element()
            .is_some_and(|group| has_class(&group, class) && has_class(&group, "device"));
        let in_key = node.ancestors().any(|around| has_class(&around, "legend"));
        if (alone || in_device_row)
            && !in_key
            && !has_class(&node, "device")
            && let Some(found) = place(&node)
        {
            if is_struck(&node) {
                struck.push(found);
            } else {
                standing.push(found);
            }
        }
    }
    (standing, struck)
}

/// Each expected place is held by exactly one mark, and there is no other mark.
fn are_exactly(found: &[(f64, f64)], expected: &[(f64, f64)]) {
    for (x, y) in expected {
        let here = found
            .iter()
            .filter(|(fx, fy)| (fx - x).abs() <= NEAR && (fy - y).abs() <= NEAR)
            .count();
        assert_eq!(here, 1, "marks at {x} {y}, among {found:?}");
    }
    assert_eq!(found.len(), expected.len(), "{found:?}");
}

// Hazard: H23
#[test]
fn every_standing_value_has_exactly_one_mark_at_its_time_and_value() {
    let text = drawn(&story(), Theme::Day);
    let document = Document::parse(&text).unwrap();
    let clock = Clock::read(&document);
    let beats = |value: f64| height(&document, (40.0, 120.0), value);
    let percent = |value: f64| height(&document, (90.0, 100.0), value);
    let at = |minutes: i64, y: f64| (clock.x(minutes), y);

    let systolic = [(-12, 128.0), (6, 141.0), (11, 142.0)].map(|(m, v)| at(m, beats(v)));
    are_exactly(&marks(&document, "systolic").0, &systolic);
    let diastolic = [(-12, 76.0), (6, 83.0), (11, 86.0)].map(|(m, v)| at(m, beats(v)));
    are_exactly(&marks(&document, "diastolic").0, &diastolic);

    let from_monitor: Vec<i64> = (23..28).chain(33..36).collect();
    let pulse: Vec<_> = std::iter::once(at(-12, beats(71.0)))
        .chain(from_monitor.iter().map(|m| at(*m, beats(80.0 + *m as f64))))
        .collect();
    are_exactly(&marks(&document, "pulse").0, &pulse);
    let breathing: Vec<_> = std::iter::once(at(-12, beats(14.0)))
        .chain(from_monitor.iter().map(|m| at(*m, beats(12.0))))
        .collect();
    are_exactly(&marks(&document, "breathing").0, &breathing);
    let saturation: Vec<_> = std::iter::once(at(-12, percent(98.0)))
        .chain(from_monitor.iter().map(|m| at(*m, percent(97.0))))
        .collect();
    are_exactly(&marks(&document, "saturation").0, &saturation);
}

#[test]
fn a_score_and_a_temperature_stand_as_numbers_at_their_time() {
    let text = drawn(&story(), Theme::Day);
    let document = Document::parse(&text).unwrap();
    let clock = Clock::read(&document);
    for (row, says, minutes) in [
        ("sedation", "4", 20),
        ("distress", "2", 21),
        ("temperature", "36.8", -12),
    ] {
        let found: Vec<Node<'_, '_>> = document
            .descendants()
            .filter(|node| node.has_tag_name("text") && node.text() == Some(says))
            .filter(|node| node.ancestors().any(|around| has_class(&around, row)))
            .collect();
        assert_eq!(found.len(), 1, "{row}");
        let (x, _) = place(&found[0]).unwrap();
        assert!((x - clock.x(minutes)).abs() <= NEAR, "{row} at {x}");
    }
}

#[test]
fn a_corrected_pressure_stands_struck_beside_the_right_one_and_a_struck_one_alone() {
    let text = drawn(&story(), Theme::Day);
    let document = Document::parse(&text).unwrap();
    let (_, struck) = marks(&document, "systolic");
    assert_eq!(struck.len(), 2);
    // The diastolic of the corrected set was right from the start: only the struck set's is struck.
    let (_, struck) = marks(&document, "diastolic");
    assert_eq!(struck.len(), 1);
    for wrong in ["241", "99", "44"] {
        let said = document
            .descendants()
            .filter(|node| node.has_tag_name("text") && node.text() == Some(wrong))
            .filter(|node| {
                is_struck(node) && node.attribute("text-decoration") == Some("line-through")
            })
            .count();
        assert_eq!(said, 1, "{wrong}");
    }
}

#[test]
fn no_line_crosses_minutes_in_which_nothing_was_measured() {
    let text = drawn(&story(), Theme::Day);
    let document = Document::parse(&text).unwrap();
    let clock = Clock::read(&document);
    let lines: Vec<Node<'_, '_>> = document
        .descendants()
        .filter(|node| has_class(node, "joined"))
        .collect();
    assert!(!lines.is_empty());
    for line in lines {
        let path = line.attribute("d").unwrap();
        for stroke in path.split('M').filter(|stroke| !stroke.is_empty()) {
            let places: Vec<f64> = stroke
                .split('L')
                .map(|point| number(point.split_once(' ').unwrap().0))
                .collect();
            let crosses =
                places.iter().any(|x| *x < clock.x(30)) && places.iter().any(|x| *x > clock.x(30));
            assert!(!crosses, "{stroke}");
        }
    }
}

#[test]
fn columns_are_five_minutes_wide_all_over_the_chart() {
    let text = drawn(&story(), Theme::Day);
    let document = Document::parse(&text).unwrap();
    let clock = Clock::read(&document);
    let mut columns: Vec<f64> = document
        .descendants()
        .filter(|node| has_class(node, "column"))
        .map(|node| place(&node).unwrap().0)
        .collect();
    columns.sort_by(f64::total_cmp);
    assert!(columns.len() >= 25);
    for pair in columns.windows(2) {
        let minutes = (pair[1] - pair[0]) / clock.units_a_minute;
        assert!((minutes - 5.0).abs() < 0.05, "{minutes}");
    }
}

// Hazard: H46
#[test]
fn a_value_by_hand_has_another_shape_than_one_from_a_device_and_paper_is_black() {
    let values = || VitalSigns {
        mean: None,
        ..pressure(141, 83)
    };
    let shapes = |source: Source| {
        let session = session(vec![
            (-300, planned()),
            (0, started()),
            (6, charted(values(), source)),
        ]);
        let text = drawn(&session, Theme::Print);
        let document = Document::parse(&text).unwrap();
        let shape = document
            .descendants()
            .find(|node| has_class(node, "systolic"))
            .and_then(|node| node.attribute("d").map(str::to_owned));
        shape.unwrap()
    };
    assert_ne!(shapes(Source::Hand), shapes(monitor()));
    let text = drawn(&story(), Theme::Print);
    let document = Document::parse(&text).unwrap();
    for node in document.descendants() {
        for name in ["fill", "stroke"] {
            if let Some(colour) = node.attribute(name).and_then(|it| it.strip_prefix('#')) {
                let parts: Vec<&str> = match colour.len() {
                    3 => vec![&colour[..1], &colour[1..2], &colour[2..]],
                    _ => vec![&colour[..2], &colour[2..4], &colour[4..]],
                };
                assert!(parts.windows(2).all(|pair| pair[0] == pair[1]), "{colour}");
            }
        }
    }
}

#[test]
fn the_chart_keeps_the_pages_policy_and_is_the_same_text_every_time() {
    for theme in [Theme::Day, Theme::Dim, Theme::Print] {
        let text = drawn(&story(), theme);
        assert_eq!(text, drawn(&story(), theme));
        let document = Document::parse(&text).unwrap();
        for node in document.descendants() {
            assert_eq!(node.attribute("style"), None);
            assert!(!matches!(
                node.tag_name().name(),
                "script" | "style" | "foreignObject"
            ));
            assert!(node.attributes().all(|it| !it.name().starts_with("on")));
            assert!(
                node.attributes()
                    .all(|it| !it.value().contains("NaN") && !it.value().contains("inf"))
            );
        }
        assert!(document.root_element().has_attribute("viewBox"));
        assert!(
            document
                .descendants()
                .any(|node| node.has_tag_name("title"))
        );
        assert!(document.descendants().any(|node| node.has_tag_name("desc")));
    }
}

#[test]
fn a_chart_before_anything_was_charted_can_be_drawn_too() {
    let empty = Session::new(identity(7));
    assert!(Document::parse(&drawn(&empty, Theme::Dim)).is_ok());
    let planned = session(vec![(-300, planned())]);
    assert!(Document::parse(&drawn(&planned, Theme::Day)).is_ok());
}

#[test]
fn two_hours_of_minutes_from_a_monitor_fit_into_sixty_kilobytes() {
    let mut events = vec![(-300, planned()), (0, started())];
    for minute in 0..105 {
        events.push((
            minute,
            charted(rates(80 + minute % 9, 12 + minute % 5, 97), monitor()),
        ));
        if minute % 5 == 0 {
            events.push((minute, charted(pressure(140, 80), monitor())));
            events.push((
                minute,
                SessionEvent::SedationScored {
                    score: SedationScore::try_from(4).unwrap(),
                },
            ));
        }
    }
    let text = drawn(&session(events), Theme::Dim);
    assert!(text.len() <= 60_000, "{} bytes", text.len());
}

#[test]
fn notes_that_crowd_share_a_mark_and_every_number_and_word_can_be_found() {
    let note = |text: &str| SessionEvent::NoteWritten {
        text: text.to_owned(),
    };
    let words = ["calm", "asks for water", "warm hands", "smiles", "sleepy"];
    let mut events = vec![(-60, planned()), (0, started())];
    events.extend(words.iter().map(|text| (5, note(text))));
    events.push((30, note("awake")));
    let text = drawn(&session(events), Theme::Day);
    let document = Document::parse(&text).unwrap();
    let marks: Vec<_> = document
        .descendants()
        .filter(|node| has_class(node, "remark"))
        .collect();
    let inner = |node: &Node<'_, '_>, name: &str| -> String {
        let found = node.children().find(|child| child.has_tag_name(name));
        found.unwrap().text().unwrap().to_owned()
    };
    let numbers: Vec<_> = marks.iter().map(|mark| inner(mark, "text")).collect();
    assert_eq!(numbers, ["1", "2–5", "6"]);
    let said: String = marks.iter().map(|mark| inner(mark, "title")).collect();
    for word in words {
        assert!(said.contains(word), "{word}");
    }
}

/// Rises by one ng/mL each minute for an hour and falls again; the band is a tenth to either side.
fn predicted(known_until: Option<Moment>) -> Predicted {
    let values: Vec<i64> = (0..=120_i64)
        .map(|minute| 10 * minute.min(120 - minute))
        .collect();
    Predicted {
        title: "Ketamine in plasma by A model (arterial): predicted, not measured".to_owned(),
        analyte: "ketamine".to_owned(),
        from: first_drug(),
        band: values
            .iter()
            .map(|value| {
                [
                    value * 9 / 10,
                    value * 19 / 20,
                    *value,
                    value * 21 / 20,
                    value * 11 / 10,
                ]
            })
            .collect(),
        lines: vec![PredictedLine {
            scenario: None,
            values: values.clone(),
        }],
        beside: Some(values),
        ordered: None,
        known_until,
    }
}

// Hazard: H69
#[test]
fn what_is_predicted_has_its_name_its_band_before_its_line_and_a_break_where_nothing_is_known() {
    let session = story();
    let now = first_drug() + Span::from_minutes(45);
    let input = || ChartInput::new(&session, now, &TimeZone::UTC, Theme::Dim);
    assert!(
        !svg(&input()).contains("predicted"),
        "nothing unless it is asked for"
    );

    let text = svg(&input().with_predicted(predicted(None)));
    let document = Document::parse(&text).unwrap();
    let title = document
        .descendants()
        .find(|node| has_class(node, "predicted-title"))
        .unwrap();
    assert!(title.text().unwrap().ends_with("predicted, not measured"));
    assert!(text.find("predicted-wide").unwrap() < text.find("predicted-typical").unwrap());
    // One hue for all of it, and it is no alarm's. Source: look guide, --trace-predicted.
    assert_eq!(title.attribute("fill"), Some("#c3a9e6"));

    // Read back by the chart's own clock: the highest point stands an hour after the first drug.
    let clock = Clock::read(&document);
    let line = document
        .descendants()
        .find(|node| has_class(node, "predicted-typical"))
        .unwrap();
    let points = |node: &Node<'_, '_>| -> Vec<(f64, f64)> {
        let points = node.attribute("points").unwrap().split_whitespace();
        points
            .map(|point| {
                let (x, y) = point.split_once(',').unwrap();
                (number(x), number(y))
            })
            .collect()
    };
    let highest = points(&line)
        .into_iter()
        .min_by(|one, other| one.1.total_cmp(&other.1))
        .unwrap();
    let first = points(&line)[0];
    assert!((highest.0 - first.0 - 60.0 * clock.units_a_minute).abs() < 0.2);

    // From the moment on from which nothing is known, nothing is drawn, and that is said.
    let until = first_drug() + Span::from_minutes(20);
    let text = svg(&input().with_predicted(predicted(Some(until))));
    let document = Document::parse(&text).unwrap();
    let line = document
        .descendants()
        .find(|node| has_class(node, "predicted-typical"))
        .unwrap();
    assert_eq!(points(&line).len(), 21);
    assert!(text.contains("not known from"));
}
