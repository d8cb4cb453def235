//! Two independent tables of codes against each other: what the simulated person had is what the
//! listener's reader finds, for every maker and every trouble.

// A test that cannot read its own numbers has failed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::vital_signs::Signal;
use exchange::hl7v2::interpretation::{Arrival, Interpretation, Outcome, Stream, interpret};
use exchange::hl7v2::profile::Profile;
use exchange::hl7v2::repeat::{Novelty, Repeats};
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use simulator::monitor::{PatientOnWire, Settings};
use simulator::trouble::Troubles;
use simulator::{Maker, Monitor, Signs, SimulatedPatient};
use units::{Milligrams, Moment, Span};

const ZONE: &str = "America/New_York";

struct Bedside {
    patient: SimulatedPatient,
    monitor: Monitor,
    profile: Profile,
    at: Moment,
}

impl Bedside {
    fn new(maker: Maker, seed: u64) -> Self {
        let settings = Settings {
            device_key: "0200E5FFFE00ABCD".to_owned(),
            bed: "KETA^1^CHAIR1".to_owned(),
            patient: Some(PatientOnWire {
                identifier: "K-000123".to_owned(),
                family: "O'NEILL|ÅSA".to_owned(),
                given: "Ana".to_owned(),
                birth_date: String::new(),
                sex: String::new(),
            }),
            zone: TimeZone::get(ZONE).unwrap(),
            cuff_interval: Span::from_minutes(2),
            capnography: true,
        };
        Self {
            patient: SimulatedPatient::from_seed(seed),
            monitor: Monitor::new(maker, settings, seed),
            profile: Profile::builtin(maker.word())
                .unwrap()
                .in_zone(ZONE)
                .unwrap(),
            at: Moment::parse("2026-11-03T15:15:00Z").unwrap(),
        }
    }

    /// One second: the person's signs and what the listener makes of the message.
    fn second(&mut self, troubles: &Troubles) -> (Signs, Interpretation) {
        self.at = self.at + Span::from_seconds(1);
        let dose = Milligrams::new(Decimal::new(15, 3)).unwrap();
        let signs = self.patient.advance(Span::from_seconds(1), dose);
        let message = self.monitor.message(self.at, &signs, troubles);
        let arrival = Arrival::new("192.0.2.7", self.at + Span::from_milliseconds(40));
        (
            signs,
            interpret(message.text.as_bytes(), &self.profile, arrival),
        )
    }
}

fn expected(maker: Maker, signs: &Signs) -> Vec<(Signal, String)> {
    let mut all = vec![
        (Signal::HeartRate, signs.heart_rate.to_string()),
        (Signal::PulseFromOximeter, signs.pulse_rate.to_string()),
        (
            Signal::OxygenSaturation,
            signs.oxygen_saturation.to_string(),
        ),
    ];
    let breaths = signs.respiratory_rate.to_string();
    if maker == Maker::GeLike {
        all.push((Signal::RespiratoryRateFromImpedance, breaths.clone()));
        all.push((Signal::RespiratoryRateFromCarbonDioxide, breaths));
    } else {
        all.push((Signal::RespiratoryRate, breaths));
    }
    if maker != Maker::LowCost {
        all.push((Signal::Temperature, signs.temperature()));
        all.push((
            Signal::EndTidalCarbonDioxide,
            signs.end_tidal_carbon_dioxide.to_string(),
        ));
    }
    if [Maker::GenericPcd01, Maker::MindrayLike].contains(&maker) {
        all.push((Signal::PerfusionIndex, signs.perfusion_index()));
    }
    all
}

const OF_THE_PROBE: [Signal; 3] = [
    Signal::PulseFromOximeter,
    Signal::OxygenSaturation,
    Signal::PerfusionIndex,
];
const OF_THE_CUFF: [Signal; 3] = [
    Signal::CuffSystolic,
    Signal::CuffDiastolic,
    Signal::CuffMean,
];

// Hazard: H07
#[test]
fn the_listener_reads_back_what_the_person_had_from_every_maker() {
    for maker in Maker::ALL {
        let mut bedside = Bedside::new(maker, 4);
        for second in 1..=180 {
            let (signs, read) = bedside.second(&Troubles::default());
            assert_eq!(
                read.outcome,
                Outcome::Parsed,
                "{maker:?}: {:#?}",
                read.problems
            );
            assert_eq!(read.stream, Stream::Live, "{maker:?}");
            let mut wanted = expected(maker, &signs);
            if let Some(cuff) = bedside.monitor.cuff_reading() {
                let pressures = [cuff.systolic, cuff.diastolic, cuff.mean].map(|p| p.to_string());
                wanted.extend(OF_THE_CUFF.into_iter().zip(pressures));
            }
            for (signal, value) in &wanted {
                let found = read
                    .live_readings()
                    .iter()
                    .filter(|reading| reading.signal == *signal);
                let found = found.map(|reading| reading.value).collect::<Vec<_>>();
                assert_eq!(
                    found,
                    [value.parse().unwrap()],
                    "{maker:?} {signal:?} at {second} s"
                );
            }
            assert_eq!(
                read.live_readings().len(),
                wanted.len(),
                "{maker:?} at {second} s"
            );
        }
    }
}

// Hazard: H09
#[test]
fn the_listener_finds_the_time_at_which_each_value_was_measured() {
    for maker in Maker::ALL {
        let mut bedside = Bedside::new(maker, 4);
        for _ in 0..60 {
            let (_, read) = bedside.second(&Troubles::default());
            for reading in read.live_readings() {
                let cuff = OF_THE_CUFF.contains(&reading.signal) && maker != Maker::GeLike;
                let wanted = if cuff {
                    bedside.monitor.cuff_reading().unwrap().clock
                } else {
                    bedside.at
                };
                assert_eq!(
                    reading.observed_at.moment, wanted,
                    "{maker:?} {:?}",
                    reading.signal
                );
                assert!(
                    !reading.observed_at.suspect,
                    "{maker:?} {:?}",
                    reading.signal
                );
            }
        }
    }
}

// Hazard: H08
#[test]
fn a_repeated_cuff_value_is_one_reading_for_each_cycle() {
    for maker in Maker::ALL {
        let mut bedside = Bedside::new(maker, 4);
        let mut repeats = Repeats::new();
        let (mut systolic, mut heart_rate, mut cycles) = (0, 0, Vec::new());
        for _ in 0..600 {
            let (_, read) = bedside.second(&Troubles::default());
            let novelty = repeats.judge(&read, read.live_readings());
            for (reading, novelty) in read.live_readings().iter().zip(novelty) {
                if novelty == Novelty::New {
                    systolic += usize::from(reading.signal == Signal::CuffSystolic);
                    heart_rate += usize::from(reading.signal == Signal::HeartRate);
                }
            }
            if let Some(cuff) = bedside.monitor.cuff_reading() {
                cycles.push(cuff);
            }
        }
        cycles.dedup();
        assert_eq!(heart_rate, 600, "{maker:?}");
        assert_eq!(cycles.len(), 5, "{maker:?}");
        assert_eq!(systolic, 5, "{maker:?}");
    }
}

// Hazard: H05
#[test]
fn a_probe_that_is_off_gives_no_number_and_costs_no_other() {
    let troubles = Troubles {
        cable_off: true,
        ..Troubles::default()
    };
    for maker in Maker::ALL {
        let mut bedside = Bedside::new(maker, 4);
        for _ in 0..30 {
            let (signs, read) = bedside.second(&troubles);
            let found = read.live_readings().iter().map(|reading| reading.signal);
            let found = found
                .filter(|s| !OF_THE_CUFF.contains(s))
                .collect::<Vec<_>>();
            assert!(
                !found.iter().any(|signal| OF_THE_PROBE.contains(signal)),
                "{maker:?}"
            );
            let others = expected(maker, &signs)
                .into_iter()
                .map(|(signal, _)| signal);
            for signal in others.filter(|signal| !OF_THE_PROBE.contains(signal)) {
                assert!(found.contains(&signal), "{maker:?} {signal:?}");
            }
            assert!(read.problems.is_empty(), "{maker:?}: {:?}", read.problems);
            let absent = read
                .absences
                .iter()
                .map(|absence| absence.signal)
                .collect::<Vec<_>>();
            // This maker leaves the rows out, so there is nothing to be absent.
            assert_eq!(
                absent.contains(&Signal::OxygenSaturation),
                maker != Maker::GeLike
            );
        }
    }
}

// Hazard: H04
#[test]
fn demo_mode_never_looks_live() {
    let troubles = Troubles {
        demo_mode: true,
        ..Troubles::default()
    };
    for maker in Maker::ALL {
        let mut bedside = Bedside::new(maker, 4);
        for _ in 0..30 {
            let (_, read) = bedside.second(&troubles);
            assert!(matches!(read.stream, Stream::Simulated { .. }), "{maker:?}");
            assert!(read.live_readings().is_empty(), "{maker:?}");
            assert!(!read.simulated_readings().is_empty(), "{maker:?}");
        }
    }
}

// Hazard: H09
#[test]
fn a_wrong_clock_is_kept_as_said_and_doubted_where_the_reference_says_so() {
    // Device reference §2.7: more than 120 s ahead, or more than 24 h behind, is suspect.
    for (offset, suspect) in [
        (Span::from_minutes(-24), false),
        (Span::from_minutes(24), true),
        (Span::from_hours(-25), true),
    ] {
        let troubles = Troubles {
            clock_offset: offset,
            ..Troubles::default()
        };
        for maker in Maker::ALL {
            let mut bedside = Bedside::new(maker, 4);
            let (_, read) = bedside.second(&troubles);
            for reading in read.live_readings() {
                let time = reading.observed_at;
                assert_eq!(time.said, Some(bedside.at + offset), "{maker:?} {offset}");
                assert_eq!(time.suspect, suspect, "{maker:?} {offset}");
            }
        }
    }
}

// Hazard: H01
#[test]
fn the_patient_and_the_bed_on_the_wire_are_found_as_evidence() {
    let wrong = Troubles {
        wrong_patient: Some("K-999".to_owned()),
        wrong_bed: Some("KETA^9^CHAIR9".to_owned()),
        ..Troubles::default()
    };
    for maker in Maker::ALL {
        let mut bedside = Bedside::new(maker, 4);
        for (troubles, identifier, bed) in [
            (&Troubles::default(), "K-000123", "KETA/1/CHAIR1"),
            (&wrong, "K-999", "KETA/9/CHAIR9"),
        ] {
            let (_, read) = bedside.second(troubles);
            let [group] = read.groups.as_slice() else {
                panic!("one patient: {maker:?}")
            };
            assert_eq!(group.identifiers[0].id, identifier, "{maker:?}");
            assert_eq!(group.bed.as_deref(), Some(bed), "{maker:?}");
            assert_eq!(
                group.family_name.as_deref(),
                Some("O'NEILL|ÅSA"),
                "{maker:?}"
            );
            assert_eq!(read.identity.device, "0200E5FFFE00ABCD", "{maker:?}");
        }
    }
}

#[test]
fn a_monitor_without_a_patient_names_nobody() {
    for maker in Maker::ALL {
        let settings = Settings {
            device_key: "0200E5FFFE00ABCD".to_owned(),
            bed: String::new(),
            patient: None,
            zone: TimeZone::get(ZONE).unwrap(),
            cuff_interval: Span::from_minutes(2),
            capnography: false,
        };
        let mut monitor = Monitor::new(maker, settings, 1);
        let at = Moment::parse("2026-11-03T15:15:00Z").unwrap();
        let signs = SimulatedPatient::from_seed(1).signs();
        let text = monitor.message(at, &signs, &Troubles::default()).text;
        let profile = Profile::builtin(maker.word())
            .unwrap()
            .in_zone(ZONE)
            .unwrap();
        let read = interpret(text.as_bytes(), &profile, Arrival::new("192.0.2.7", at));
        let named = read.groups.iter().flat_map(|group| &group.identifiers);
        assert!(
            named.clone().all(|identifier| identifier.placeholder),
            "{maker:?}: {named:?}"
        );
        assert!(
            read.groups.iter().all(|group| group.bed.is_none()),
            "{maker:?}"
        );
    }
}
