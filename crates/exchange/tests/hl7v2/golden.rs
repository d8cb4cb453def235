//! Every example of the device reference, against what it says must come out.

use super::{REMOTE, messages, moment, profile};
use clinical::vital_signs::Quality;
use exchange::hl7v2::acknowledgement::{Answering, Disposition, answer};
use exchange::hl7v2::interpretation::*;
use exchange::hl7v2::mllp::{Framed, Framer, wrap};
use serde::Deserialize;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    profile: String,
    received_at: String,
    outcome: String,
    device: String,
    stream: String,
    #[serde(default)]
    not_taken: usize,
    answers: Vec<String>,
    #[serde(default)]
    group: Vec<Group>,
    #[serde(default)]
    reading: Vec<Value>,
    #[serde(default)]
    absence: Vec<Why>,
    #[serde(default)]
    deletion: Vec<Why>,
    #[serde(default)]
    limits: Vec<Limits>,
    #[serde(default)]
    alarms_inhibited: Vec<Only>,
    #[serde(default)]
    problem: Vec<Trouble>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    identifiers: Vec<String>,
    bed: Option<String>,
    name: Option<String>,
    visit: Option<String>,
    device: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Value {
    signal: String,
    value: String,
    at: String,
    from: String,
    #[serde(default = "good")]
    quality: String,
    #[serde(default)]
    aperiodic: bool,
    #[serde(default)]
    zone_assumed: bool,
    #[serde(default)]
    coerced: bool,
    #[serde(default)]
    group: usize,
}

fn good() -> String {
    "good".to_owned()
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Why {
    signal: String,
    why: String,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    signal: String,
    low: Option<String>,
    high: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Only {
    signal: String,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trouble {
    path: String,
    kind: String,
}

fn expected(name: &str) -> Expected {
    let path = format!("{}/tests/messages/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    toml::from_str(&std::fs::read_to_string(path).expect("an expectation")).expect("reads")
}

/// What came out, in the words of an expectation.
fn found(message: &[u8], wanted: &Expected) -> Expected {
    let profile = profile(&wanted.profile);
    let received_at = moment(&wanted.received_at);
    let read = interpret(message, &profile, Arrival::new(REMOTE, received_at));
    let readings = match read.stream {
        Stream::Live => read.live_readings(),
        Stream::Simulated { .. } => read.simulated_readings(),
    };
    let single = read.groups.len() == 1;
    let answering = Answering {
        at: received_at,
        control_ids: ["A", "B"],
    };
    Expected {
        profile: wanted.profile.clone(),
        received_at: wanted.received_at.clone(),
        outcome: match &read.outcome {
            Outcome::Parsed => "parsed",
            Outcome::PartiallyParsed { problems } => {
                assert_eq!(*problems, read.problems.len());
                "partial"
            }
            Outcome::NotTaken { .. } => "not-taken",
            Outcome::Quarantined(_) => "quarantined",
        }
        .to_owned(),
        device: read.identity.device.clone(),
        stream: match read.stream {
            Stream::Live => "live".to_owned(),
            Stream::Simulated { why } => why.word().to_owned(),
        },
        not_taken: read.not_taken,
        answers: answer(message, &profile, Disposition::Stored, answering)
            .iter()
            .map(|answer| msa(answer, 1))
            .collect(),
        group: read
            .groups
            .iter()
            .map(|group| Group {
                identifiers: group
                    .identifiers
                    .iter()
                    .map(|one| match one.placeholder {
                        true => format!("{} (placeholder)", one.id),
                        false => one.id.clone(),
                    })
                    .collect(),
                bed: group.bed.clone(),
                name: group.family_name.as_ref().map(|family| {
                    format!(
                        "{family}, {}",
                        group.given_name.as_deref().unwrap_or_default()
                    )
                }),
                visit: group.visit.clone(),
                device: (!single).then(|| group.device.clone()),
            })
            .collect(),
        reading: readings.iter().map(value).collect(),
        absence: read
            .absences
            .iter()
            .map(|absence| Why {
                signal: absence.signal.word().to_owned(),
                why: match absence.why {
                    WhyAbsent::Empty => "empty",
                    WhyAbsent::NoResult => "no-result",
                    WhyAbsent::Invalid => "invalid",
                    WhyAbsent::NotAvailable => "not-available",
                    WhyAbsent::Measuring => "measuring",
                    WhyAbsent::Sentinel => "sentinel",
                    WhyAbsent::OutsideBounds => "outside-bounds",
                }
                .to_owned(),
            })
            .collect(),
        deletion: read
            .deletions
            .iter()
            .map(|deletion| Why {
                signal: deletion.signal.word().to_owned(),
                why: match deletion.why {
                    WhyDeleted::Deleted => "deleted",
                    WhyDeleted::Wrong => "wrong",
                }
                .to_owned(),
            })
            .collect(),
        limits: read
            .limits
            .iter()
            .map(|limits| Limits {
                signal: limits.signal.word().to_owned(),
                low: limits.low.map(|low| low.to_string()),
                high: limits.high.map(|high| high.to_string()),
            })
            .collect(),
        alarms_inhibited: read
            .alarms_inhibited
            .iter()
            .map(|one| Only {
                signal: one.signal.word().to_owned(),
            })
            .collect(),
        problem: read
            .problems
            .iter()
            .map(|problem| Trouble {
                path: problem.path.clone(),
                kind: format!("{:?}", problem.kind),
            })
            .collect(),
    }
}

fn value(reading: &Reading) -> Value {
    assert!(!reading.observed_at.suspect);
    Value {
        signal: reading.signal.word().to_owned(),
        value: reading.value.to_string(),
        at: moment_as_written(reading),
        from: match reading.observed_at.from {
            TimeSource::Obx14 => "obx-14",
            TimeSource::Obr7 => "obr-7",
            TimeSource::Msh7 => "msh-7",
            TimeSource::Received => "received",
        }
        .to_owned(),
        quality: match reading.quality {
            Quality::Good => "good",
            Quality::Questionable => "questionable",
            Quality::Early => "early",
        }
        .to_owned(),
        aperiodic: reading.aperiodic,
        zone_assumed: reading.observed_at.zone_assumed,
        coerced: reading.coerced,
        group: reading.group,
    }
}

fn moment_as_written(reading: &Reading) -> String {
    reading
        .observed_at
        .moment
        .to_string()
        .replace(".000000Z", "Z")
}

/// Field `number` of the MSA segment of an answer.
fn msa(answer: &[u8], number: usize) -> String {
    let text = std::str::from_utf8(answer).expect("text");
    let segment = text
        .split('\r')
        .find(|line| line.starts_with("MSA"))
        .expect("an MSA");
    segment
        .split('|')
        .nth(number)
        .expect("the field")
        .to_owned()
}

// Hazard: H01, H04, H05, H06, H07
#[test]
fn every_example_of_the_reference_comes_out_as_it_says() {
    let messages = messages();
    assert!(messages.len() >= 9);
    for (name, message) in messages {
        let wanted = expected(&name);
        assert_eq!(found(&message, &wanted), wanted, "{name}");
    }
}

#[test]
fn line_feeds_and_carriage_returns_with_line_feeds_end_segments_too() {
    for (name, message) in messages() {
        let wanted = expected(&name);
        let text = String::from_utf8(message).expect("text");
        for ends in ["\n", "\r\n"] {
            assert_eq!(
                found(text.replace('\r', ends).as_bytes(), &wanted),
                wanted,
                "{name}"
            );
        }
    }
}

// Hazard: H43
#[test]
fn every_example_split_at_every_byte_gives_the_same_readings() {
    let now = moment("2026-11-03T15:15:00Z");
    for (name, message) in messages() {
        let wanted = expected(&name);
        let framed = wrap(&message);
        for split in 0..=framed.len() {
            let mut framer = Framer::new();
            let mut frames = Vec::new();
            framer.push(&framed[..split], now, &mut frames);
            framer.push(&framed[split..], now, &mut frames);
            assert_eq!(
                frames,
                [Framed::Complete(message.clone())],
                "{name} split at {split}"
            );
        }
        assert_eq!(found(&message, &wanted), wanted, "{name}");
    }
}

// Hazard: H04
#[test]
fn nothing_of_a_demonstration_is_among_the_live_readings() {
    let message = messages()
        .into_iter()
        .find(|(name, _)| name == "mindray-like-demo")
        .unwrap()
        .1;
    let read = super::read(&message, &profile("mindray-like"));
    assert!(read.live_readings().is_empty());
    assert_eq!(read.simulated_readings().len(), 5);
}
