use super::*;
use crate::advisory::Beyond;
use proptest::prelude::*;
use serde::Deserialize;

const CASES: &str = include_str!("../../../../../policies/advisory-limits.cases.toml");

/// A session with one device that sends once a second, second by second.
struct Bedside {
    engine: Engine,
    second: i64,
    changes: Vec<Change>,
}

fn at(second: i64) -> Moment {
    Moment::from_microseconds(second * 1_000_000)
}

fn numeric(signal: Signal, value: Decimal, second: i64) -> Numeric {
    Numeric {
        signal,
        value,
        quality: Quality::Good,
        device_at: at(second),
        received_at: at(second),
        corrected_at: at(second),
        aperiodic: signal.is_aperiodic(),
    }
}

impl Bedside {
    fn new() -> Self {
        let limits = Arc::new(Limits::shipped().unwrap());
        let mut engine = Engine::when_switched_on(true, limits, at(0)).unwrap();
        engine.set_baseline(Some(120.into()), Some(70.into()));
        engine.expect_feed(Some(Span::from_seconds(1)), at(0));
        engine.set_dosing(true, at(0));
        Self {
            engine,
            second: 0,
            changes: Vec::new(),
        }
    }

    /// One more second in which these arrive.
    fn second(&mut self, values: &[(Signal, i64)]) -> &mut Self {
        self.second += 1;
        for (signal, value) in values {
            let numeric = numeric(*signal, (*value).into(), self.second);
            self.changes.extend(self.engine.observe(&numeric));
        }
        self.changes.extend(self.engine.tick(at(self.second)));
        self
    }

    fn seconds(&mut self, count: i64, values: &[(Signal, i64)]) -> &mut Self {
        (0..count).for_each(|_| {
            self.second(values);
        });
        self
    }

    fn doubtful(&mut self, count: i64, signal: Signal, value: i64) -> &mut Self {
        for _ in 0..count {
            self.second += 1;
            let mut numeric = numeric(signal, value.into(), self.second);
            numeric.quality = Quality::Questionable;
            self.changes.extend(self.engine.observe(&numeric));
            self.changes.extend(self.engine.tick(at(self.second)));
        }
        self
    }

    fn cuff(&mut self, systolic: i64, diastolic: i64, measured: i64) -> &mut Self {
        for (signal, value) in [
            (Signal::CuffSystolic, systolic),
            (Signal::CuffDiastolic, diastolic),
        ] {
            let mut numeric = numeric(signal, value.into(), measured);
            numeric.received_at = at(self.second);
            self.changes.extend(self.engine.observe(&numeric));
        }
        self
    }

    fn tier(&self, condition: Condition) -> Option<Tier> {
        self.engine
            .active()
            .find(|a| a.condition == condition)
            .and_then(|a| a.tier)
    }

    fn priority(&self, condition: Condition) -> Option<Priority> {
        self.engine
            .active()
            .find(|a| a.condition == condition)
            .map(|a| a.priority)
    }

    fn raised(&self, condition: Condition) -> usize {
        let raised = |change: &&Change| matches!(change, Change::Raised { advisory } if advisory.condition == condition);
        self.changes.iter().filter(raised).count()
    }
}

const SPO2: Signal = Signal::OxygenSaturation;

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    row: String,
    condition: Condition,
    sign: Option<VitalSign>,
    value: Option<String>,
    seconds: i64,
    expected: String,
    said_instead: Option<Condition>,
}

#[test]
fn every_case_beside_the_limits_gives_its_tier() {
    let cases: Cases = toml::from_str(CASES).unwrap();
    for case in cases.case {
        let mut bedside = Bedside::new();
        let source = case.sign.map(|sign| sign.sources()[0]);
        match (source, &case.value) {
            (Some(signal), Some(value)) if signal.is_aperiodic() => {
                let value: i64 = value.parse().unwrap();
                bedside.second(&[(signal, value)]);
            }
            (Some(signal), Some(value)) => {
                let value: i64 = value.parse().unwrap();
                bedside.seconds(case.seconds + 1, &[(signal, value)]);
            }
            _ => {
                bedside.seconds(case.seconds, &[]);
            }
        }
        let tier = bedside.tier(case.condition).map_or("nothing", Tier::word);
        let (row, condition) = (&case.row, case.condition.word());
        assert_eq!(tier, case.expected, "{condition}, {row}, {:?}", case.value);
        if let Some(instead) = case.said_instead {
            assert!(
                bedside.priority(instead).is_some(),
                "{condition}: its absence is said"
            );
        }
    }
}

#[test]
fn every_limit_has_the_rows_unknown_just_below_exactly_and_just_above() {
    let cases: Cases = toml::from_str(CASES).unwrap();
    for rule in Limits::shipped().unwrap().rules {
        for row in ["unknown", "just below", "exactly", "just above"] {
            if rule.condition == Condition::NoBreath && row == "just below" {
                // Nothing is below zero.
                continue;
            }
            let found = cases
                .case
                .iter()
                .any(|c| c.condition == rule.condition && c.row == row);
            assert!(found, "{}: {row}", rule.name());
        }
    }
}

#[test]
fn while_the_clinic_has_not_switched_advisories_on_there_is_no_engine() {
    let limits = Arc::new(Limits::shipped().unwrap());
    assert!(Engine::when_switched_on(false, limits, at(0)).is_none());
}

#[test]
fn every_advisory_says_that_the_clinic_set_the_limit() {
    // Hazard: H17
    let mut bedside = Bedside::new();
    bedside
        .seconds(20, &[(SPO2, 80)])
        .seconds(90, &[])
        .cuff(190, 115, 110);
    assert!(bedside.changes.len() > 4);
    assert!(
        bedside
            .changes
            .iter()
            .all(|change| change.advisory().origin == Origin::ClinicLimit)
    );
}

#[test]
fn a_falling_saturation_escalates_and_says_which_limit() {
    // Hazard: H14
    let mut bedside = Bedside::new();
    bedside
        .seconds(60, &[(SPO2, 97)])
        .seconds(31, &[(SPO2, 93)]);
    assert_eq!(
        bedside.priority(Condition::OxygenSaturationLow),
        Some(Priority::Low)
    );
    bedside.seconds(16, &[(SPO2, 88)]);
    assert_eq!(
        bedside.priority(Condition::OxygenSaturationLow),
        Some(Priority::Medium)
    );
    bedside.seconds(6, &[(SPO2, 84)]);
    let advisory = bedside.engine.active().next().unwrap();
    assert_eq!(advisory.priority, Priority::High);
    assert_eq!(advisory.limit, Some(Beyond::Below(85.into())));
    assert_eq!(advisory.limit_shown().as_deref(), Some("<\u{a0}85\u{a0}%"));
    assert_eq!(advisory.measured().as_deref(), Some("84\u{a0}%"));
    assert_eq!(advisory.since, at(61));
    assert_eq!(bedside.raised(Condition::OxygenSaturationLow), 1);
}

#[test]
fn after_normal_values_the_whole_delay_passes_before_anything_is_raised() {
    // Hazard: H12. devices.md §13.4: below 90 % for 15 s.
    let mut bedside = Bedside::new();
    bedside
        .seconds(60, &[(SPO2, 97)])
        .seconds(15, &[(SPO2, 88)]);
    assert_eq!(bedside.tier(Condition::OxygenSaturationLow), None);
    bedside.seconds(1, &[(SPO2, 88)]);
    assert_eq!(
        bedside.tier(Condition::OxygenSaturationLow),
        Some(Tier::Act)
    );
}

#[test]
fn what_was_before_a_condition_ended_does_not_raise_it_again() {
    // Hazard: H12
    let mut bedside = Bedside::new();
    bedside.seconds(305, &[(SPO2, 97), (Signal::HeartRate, 130)]);
    assert_eq!(bedside.tier(Condition::HeartRateHigh), Some(Tier::Act));
    bedside.seconds(12, &[(SPO2, 97), (Signal::HeartRate, 100)]);
    assert_eq!(bedside.tier(Condition::HeartRateHigh), None);
    bedside.seconds(50, &[(SPO2, 97), (Signal::HeartRate, 130)]);
    assert_eq!(bedside.tier(Condition::HeartRateHigh), None);
    bedside.seconds(20, &[(SPO2, 97), (Signal::HeartRate, 130)]);
    assert_eq!(bedside.tier(Condition::HeartRateHigh), Some(Tier::Watch));
}

#[test]
fn silence_never_completes_a_delay() {
    // Hazard: H03
    let mut bedside = Bedside::new();
    bedside
        .seconds(280, &[(SPO2, 97), (Signal::HeartRate, 130)])
        .seconds(40, &[(SPO2, 97)]);
    assert_eq!(bedside.tier(Condition::HeartRateHigh), Some(Tier::Watch));
}

#[test]
fn a_condition_ends_only_after_ten_seconds_inside_by_the_margin() {
    // devices.md §13.4: clear when back inside the limit by 2 % SpO2 for 10 s.
    let mut bedside = Bedside::new();
    bedside
        .seconds(31, &[(SPO2, 93)])
        .seconds(60, &[(SPO2, 95)]);
    assert_eq!(
        bedside.tier(Condition::OxygenSaturationLow),
        Some(Tier::Watch)
    );
    bedside.seconds(10, &[(SPO2, 96)]);
    assert_eq!(
        bedside.tier(Condition::OxygenSaturationLow),
        Some(Tier::Watch)
    );
    bedside.seconds(1, &[(SPO2, 96)]);
    assert_eq!(bedside.tier(Condition::OxygenSaturationLow), None);
}

#[test]
fn a_condition_that_grows_better_eases_before_it_ends() {
    let mut bedside = Bedside::new();
    bedside.seconds(16, &[(SPO2, 89)]);
    assert_eq!(
        bedside.tier(Condition::OxygenSaturationLow),
        Some(Tier::Act)
    );
    bedside.seconds(11, &[(SPO2, 93)]);
    assert_eq!(
        bedside.tier(Condition::OxygenSaturationLow),
        Some(Tier::Watch)
    );
    assert_eq!(bedside.raised(Condition::OxygenSaturationLow), 1);
}

#[test]
fn one_artefact_does_not_raise_and_does_not_hide() {
    // Hazard: H12
    let mut bedside = Bedside::new();
    for _ in 0..20 {
        bedside.seconds(9, &[(SPO2, 97)]).seconds(1, &[(SPO2, 60)]);
    }
    assert_eq!(bedside.raised(Condition::OxygenSaturationLow), 0);
    // A true low with one artefact in it is still found.
    let mut bedside = Bedside::new();
    bedside
        .seconds(7, &[(SPO2, 88)])
        .seconds(1, &[(SPO2, 97)])
        .seconds(8, &[(SPO2, 88)]);
    assert_eq!(
        bedside.tier(Condition::OxygenSaturationLow),
        Some(Tier::Act)
    );
}

#[test]
fn a_doubtful_saturation_is_neither_low_nor_normal_but_a_lost_signal() {
    // Hazard: H12
    let mut bedside = Bedside::new();
    bedside.seconds(5, &[(SPO2, 97)]).doubtful(19, SPO2, 70);
    assert_eq!(bedside.changes, []);
    bedside.doubtful(1, SPO2, 70);
    assert_eq!(
        bedside.priority(Condition::SaturationSignalLost),
        Some(Priority::Medium)
    );
    assert_eq!(bedside.raised(Condition::OxygenSaturationLow), 0);
    bedside.seconds(1, &[(SPO2, 97)]);
    assert_eq!(bedside.priority(Condition::SaturationSignalLost), None);
}

#[test]
fn a_lost_signal_never_ends_a_low_saturation() {
    // Hazard: H03
    let mut bedside = Bedside::new();
    bedside
        .seconds(20, &[(SPO2, 88)])
        .seconds(300, &[(Signal::HeartRate, 70)]);
    assert_eq!(
        bedside.tier(Condition::OxygenSaturationLow),
        Some(Tier::Act)
    );
    // Nor do two good values with silence between them.
    bedside
        .second(&[(SPO2, 99)])
        .seconds(15, &[(Signal::HeartRate, 70)])
        .second(&[(SPO2, 99)]);
    assert_eq!(
        bedside.tier(Condition::OxygenSaturationLow),
        Some(Tier::Act)
    );
}

#[test]
fn a_doubtful_rate_can_begin_a_condition_and_never_end_one() {
    let mut bedside = Bedside::new();
    bedside.doubtful(11, Signal::HeartRate, 24);
    assert_eq!(bedside.tier(Condition::HeartRateLow), Some(Tier::Urgent));
    bedside.doubtful(60, Signal::HeartRate, 70);
    assert_eq!(bedside.tier(Condition::HeartRateLow), Some(Tier::Urgent));
}

#[test]
fn a_silent_feed_is_said_within_ten_seconds_and_becomes_grave_after_sixty_while_infusing() {
    // Hazard: H03
    let mut bedside = Bedside::new();
    bedside.seconds(30, &[(SPO2, 97)]).seconds(10, &[]);
    assert_eq!(bedside.priority(Condition::FeedStale), None);
    bedside.seconds(1, &[]);
    assert_eq!(
        bedside.priority(Condition::FeedStale),
        Some(Priority::Medium)
    );
    bedside.seconds(59, &[]);
    assert_eq!(
        bedside.priority(Condition::FeedStale),
        Some(Priority::Medium)
    );
    bedside.seconds(1, &[]);
    assert_eq!(bedside.priority(Condition::FeedStale), Some(Priority::High));
    // One cause, one advisory.
    assert_eq!(bedside.priority(Condition::SaturationSignalLost), None);
    bedside.seconds(1, &[(SPO2, 97)]);
    assert_eq!(bedside.priority(Condition::FeedStale), None);
}

#[test]
fn without_an_infusion_a_silent_feed_stays_of_medium_priority() {
    let mut bedside = Bedside::new();
    bedside.engine.set_dosing(false, at(0));
    bedside.seconds(300, &[]);
    assert_eq!(
        bedside.priority(Condition::FeedStale),
        Some(Priority::Medium)
    );
}

#[test]
fn a_backlog_is_the_past_and_raises_nothing() {
    // Hazard: H12
    let mut bedside = Bedside::new();
    bedside.seconds(10, &[(SPO2, 97)]).seconds(120, &[]);
    let before = bedside.changes.len();
    for measured in 11..110 {
        let mut late = numeric(SPO2, 70.into(), measured);
        late.received_at = at(bedside.second);
        let changes = bedside.engine.observe(&late);
        bedside.changes.extend(changes);
    }
    assert_eq!(bedside.changes.len(), before);
    assert!(bedside.priority(Condition::FeedStale).is_some());
}

#[test]
fn a_late_low_value_between_normal_ones_raises_nothing() {
    let mut bedside = Bedside::new();
    bedside.seconds(60, &[(SPO2, 97)]);
    for measured in 20..60 {
        let mut late = numeric(SPO2, 70.into(), measured);
        late.received_at = at(60);
        assert_eq!(bedside.engine.observe(&late), []);
    }
    bedside.seconds(30, &[(SPO2, 97)]);
    assert_eq!(bedside.changes, []);
}

#[test]
fn a_repeated_cuff_reading_is_one_reading() {
    // Hazard: H08
    let mut bedside = Bedside::new();
    bedside.seconds(10, &[(SPO2, 97)]).cuff(185, 95, 10);
    assert_eq!(bedside.tier(Condition::SystolicHigh), Some(Tier::Act));
    for _ in 0..200 {
        bedside.second(&[(SPO2, 97)]).cuff(185, 95, 10);
    }
    assert_eq!(bedside.raised(Condition::SystolicHigh), 1);
    // The next cycle is inside the limits: it ends.
    bedside.cuff(140, 80, 205);
    assert_eq!(bedside.tier(Condition::SystolicHigh), None);
}

#[test]
fn an_old_cuff_reading_or_one_before_the_newest_raises_nothing() {
    // Hazard: H08
    let mut bedside = Bedside::new();
    bedside.seconds(400, &[(SPO2, 97)]).cuff(190, 115, 99);
    assert_eq!(bedside.changes, []);
    bedside
        .engine
        .charted(VitalSign::Systolic, 130.into(), at(390), at(400));
    bedside
        .engine
        .charted(VitalSign::Diastolic, 80.into(), at(390), at(400));
    bedside.cuff(190, 115, 380);
    assert_eq!(bedside.changes, []);
}

#[test]
fn a_pressure_beyond_its_limit_asks_to_be_repeated_within_five_minutes() {
    let mut bedside = Bedside::new();
    bedside.second(&[(SPO2, 97)]).cuff(165, 90, 1);
    let advisory = bedside
        .engine
        .active()
        .find(|a| a.condition == Condition::SystolicHigh);
    assert_eq!(advisory.unwrap().repeat_by, Some(at(301)));
    bedside.seconds(300, &[(SPO2, 97)]);
    assert_eq!(bedside.priority(Condition::ReadingOverdue), None);
    bedside.seconds(1, &[(SPO2, 97)]);
    assert_eq!(
        bedside.priority(Condition::ReadingOverdue),
        Some(Priority::Low)
    );
    bedside.cuff(150, 85, 300);
    assert_eq!(bedside.priority(Condition::ReadingOverdue), None);
}

#[test]
fn a_scheduled_reading_is_overdue_after_its_tolerance_and_graver_after_an_interval() {
    // clinical.md §4.2: ±1 min at a 5-min interval, second staff at one interval late.
    let mut bedside = Bedside::new();
    let due = Due {
        at: at(100),
        tolerance: Span::from_minutes(1),
        interval: Span::from_minutes(5),
    };
    let of = |due| BTreeMap::from([(Condition::ReadingOverdue, due)]);
    bedside.engine.schedule(of(due), at(0));
    bedside.seconds(160, &[(SPO2, 97)]);
    assert_eq!(bedside.priority(Condition::ReadingOverdue), None);
    bedside.seconds(1, &[(SPO2, 97)]);
    assert_eq!(
        bedside.priority(Condition::ReadingOverdue),
        Some(Priority::Low)
    );
    bedside.seconds(240, &[(SPO2, 97)]);
    assert_eq!(
        bedside.priority(Condition::ReadingOverdue),
        Some(Priority::Medium)
    );
    let changes = bedside
        .engine
        .schedule(of(Due { at: at(700), ..due }), at(402));
    assert!(matches!(changes.as_slice(), [Change::Ended { .. }]));
}

#[test]
fn without_a_baseline_a_rise_is_not_judged() {
    let mut bedside = Bedside::new();
    bedside.engine.set_baseline(None, None);
    bedside.second(&[(SPO2, 97)]).cuff(159, 99, 1);
    assert_eq!(bedside.changes, []);
}

#[test]
fn acknowledged_stays_quiet_until_it_grows_worse() {
    // Hazard: H15
    let mut bedside = Bedside::new();
    bedside.seconds(31, &[(SPO2, 93)]);
    assert!(bedside.engine.is_audible(at(31)));
    assert!(
        bedside
            .engine
            .acknowledge(Condition::OxygenSaturationLow, "Nurse Lee", at(31))
    );
    bedside.seconds(60, &[(SPO2, 93)]);
    assert!(!bedside.engine.is_audible(at(91)));
    bedside.seconds(16, &[(SPO2, 88)]);
    assert!(bedside.engine.is_audible(at(107)));
    assert_eq!(bedside.engine.active().next().unwrap().acknowledged, None);
}

#[test]
fn a_pause_of_sound_is_at_most_two_minutes_and_ends_at_a_new_condition() {
    // Hazard: H15
    let mut bedside = Bedside::new();
    bedside.seconds(31, &[(SPO2, 93)]);
    let until = bedside.engine.pause_audio(Span::from_hours(1), at(31));
    assert_eq!(until, at(151));
    assert!(!bedside.engine.is_audible(at(150)));
    assert!(bedside.engine.is_audible(at(151)));
    bedside.cuff(185, 95, 31);
    assert!(bedside.engine.is_audible(at(32)));
}

#[test]
fn a_new_session_begins_without_the_limits_and_conditions_of_the_one_before() {
    // Hazard: H16
    let mut bedside = Bedside::new();
    bedside.seconds(31, &[(SPO2, 80)]);
    assert!(bedside.engine.active().next().is_some());
    let next = Bedside::new();
    assert!(next.engine.active().next().is_none());
    assert_eq!(next.engine.limits(), &Limits::shipped().unwrap());
}

#[test]
fn a_value_by_hand_begins_at_once_and_ends_where_no_device_speaks() {
    let mut bedside = Bedside::new();
    bedside.engine.expect_feed(None, at(0));
    let raised = bedside
        .engine
        .charted(VitalSign::RespiratoryRate, 8.into(), at(5), at(6));
    let [Change::Raised { advisory }] = raised.as_slice() else {
        panic!("{raised:?}")
    };
    assert_eq!(
        (advisory.tier, advisory.source),
        (Some(Tier::Act), AdvisorySource::Hand)
    );
    let older = bedside
        .engine
        .charted(VitalSign::RespiratoryRate, 16.into(), at(3), at(7));
    assert_eq!(older, []);
    let ended = bedside
        .engine
        .charted(VitalSign::RespiratoryRate, 16.into(), at(20), at(21));
    assert!(matches!(ended.as_slice(), [Change::Ended { .. }]));
}

#[test]
fn carbon_dioxide_speaks_for_breathing_and_impedance_only_without_it() {
    let impedance = Signal::RespiratoryRateFromImpedance;
    let carbon_dioxide = Signal::RespiratoryRateFromCarbonDioxide;
    let mut bedside = Bedside::new();
    bedside.seconds(60, &[(SPO2, 97), (carbon_dioxide, 14), (impedance, 40)]);
    assert_eq!(bedside.changes, []);
    bedside.seconds(60, &[(SPO2, 97), (impedance, 40)]);
    assert_eq!(
        bedside.tier(Condition::RespiratoryRateHigh),
        Some(Tier::Act)
    );
}

#[test]
fn a_slow_sender_raises_from_the_values_it_sends() {
    let mut bedside = Bedside::new();
    bedside
        .engine
        .expect_feed(Some(Span::from_minutes(1)), at(0));
    bedside.second(&[(SPO2, 92)]).seconds(29, &[]);
    assert_eq!(bedside.tier(Condition::OxygenSaturationLow), None);
    bedside.seconds(2, &[]);
    assert_eq!(
        bedside.tier(Condition::OxygenSaturationLow),
        Some(Tier::Watch)
    );
}

#[test]
fn one_low_value_before_silence_is_not_held_into_a_condition() {
    let mut bedside = Bedside::new();
    bedside
        .seconds(20, &[(SPO2, 97)])
        .second(&[(SPO2, 80)])
        .seconds(9, &[(Signal::HeartRate, 70)]);
    assert_eq!(bedside.raised(Condition::OxygenSaturationLow), 0);
}

#[test]
fn a_condition_that_the_record_still_holds_is_taken_up_after_a_restart() {
    let mut bedside = Bedside::new();
    bedside.seconds(31, &[(SPO2, 93)]);
    let held = bedside.engine.active().next().unwrap().clone();
    let read: Advisory = serde_json::from_str(&serde_json::to_string(&held).unwrap()).unwrap();
    assert_eq!(read, held);
    let mut after = Bedside::new();
    after.engine.resume(read);
    after.seconds(31, &[(SPO2, 93)]);
    assert_eq!(after.raised(Condition::OxygenSaturationLow), 0);
    after.seconds(11, &[(SPO2, 98)]);
    assert_eq!(after.tier(Condition::OxygenSaturationLow), None);
}

/// What can happen at the bedside, a dozen seconds at a time.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Normal,
    Watch,
    Act,
    Urgent,
    Doubtful,
    Silence,
    Acknowledge,
}

const STEPS: [Step; 7] = [
    Step::Normal,
    Step::Watch,
    Step::Act,
    Step::Urgent,
    Step::Doubtful,
    Step::Silence,
    Step::Acknowledge,
];

fn walk(bedside: &mut Bedside, step: Step) {
    match step {
        Step::Normal => bedside.seconds(12, &[(SPO2, 98)]),
        Step::Watch => bedside.seconds(31, &[(SPO2, 92)]),
        Step::Act => bedside.seconds(16, &[(SPO2, 88)]),
        Step::Urgent => bedside.seconds(6, &[(SPO2, 80)]),
        Step::Doubtful => bedside.doubtful(21, SPO2, 60),
        Step::Silence => bedside.seconds(12, &[]),
        Step::Acknowledge => {
            bedside
                .engine
                .acknowledge(Condition::OxygenSaturationLow, "Nurse", at(bedside.second));
            bedside
        }
    };
}

/// The least that must be so after each step, said without the engine's own notions.
fn model(step: Step, before: Option<Tier>, after: Option<Tier>) -> bool {
    match step {
        Step::Normal => after.is_none(),
        Step::Watch => after >= Some(Tier::Watch) && after <= before.max(Some(Tier::Watch)),
        Step::Act => after >= Some(Tier::Act),
        Step::Urgent => after == Some(Tier::Urgent),
        Step::Doubtful | Step::Silence | Step::Acknowledge => after == before,
    }
}

/// Every change fits the state before it: raised once, escalated upward, ended when held.
fn changes_fit(changes: &[Change]) -> bool {
    let mut held: BTreeMap<Condition, Priority> = BTreeMap::new();
    changes.iter().all(|change| {
        let advisory = change.advisory();
        match change {
            Change::Raised { .. } => {
                advisory.acknowledged.is_none()
                    && held.insert(advisory.condition, advisory.priority).is_none()
            }
            Change::Escalated { .. } => {
                advisory.acknowledged.is_none()
                    && held
                        .insert(advisory.condition, advisory.priority)
                        .is_some_and(|before| before < advisory.priority)
            }
            Change::Eased { .. } => held
                .insert(advisory.condition, advisory.priority)
                .is_some_and(|before| before > advisory.priority),
            Change::Ended { .. } => held.remove(&advisory.condition).is_some(),
        }
    })
}

#[test]
fn every_sequence_of_five_steps_keeps_the_rules_of_the_state_machine() {
    // Hazard: H15
    fn descend(bedside: &Bedside, depth: usize, walked: &mut usize) {
        if depth == 0 {
            assert!(changes_fit(&bedside.changes), "{:?}", bedside.changes);
            *walked += 1;
            return;
        }
        for step in STEPS {
            let mut next = Bedside {
                engine: bedside.engine.clone(),
                second: bedside.second,
                changes: bedside.changes.clone(),
            };
            let before = next.tier(Condition::OxygenSaturationLow);
            let acknowledged = next.engine.active().all(|a| a.acknowledged.is_some());
            walk(&mut next, step);
            let after = next.tier(Condition::OxygenSaturationLow);
            assert!(
                model(step, before, after),
                "{step:?}: {before:?} to {after:?}"
            );
            if acknowledged && after > before {
                // A higher priority is never quiet.
                assert!(next.engine.is_audible(at(next.second)), "{step:?}");
            }
            descend(&next, depth - 1, walked);
        }
    }
    let mut walked = 0;
    descend(&Bedside::new(), 5, &mut walked);
    assert_eq!(walked, 7usize.pow(5));
}

proptest! {
    #[test]
    fn late_and_repeated_samples_keep_the_rules_and_leave_nothing_behind(
        values in prop::collection::vec(80i64..100, 40..80),
        delays in prop::collection::vec(0i64..9, 80),
        repeats in prop::collection::vec(1usize..4, 80),
    ) {
        let run = |arrivals: Vec<(i64, usize)>| {
            let mut bedside = Bedside::new();
            for (received, index) in arrivals {
                let mut sample = numeric(SPO2, values[index].into(), index as i64 + 1);
                sample.received_at = at(received);
                for _ in 0..repeats[index] {
                    let changes = bedside.engine.observe(&sample);
                    bedside.changes.extend(changes);
                }
                bedside.changes.extend(bedside.engine.tick(at(received)));
            }
            // Afterwards everything is normal for as long as any condition needs to settle.
            bedside.second = values.len() as i64 + 20;
            bedside.seconds(40, &[(SPO2, 99)]);
            prop_assert!(changes_fit(&bedside.changes));
            prop_assert_eq!(bedside.tier(Condition::OxygenSaturationLow), None);
            Ok(())
        };
        run((0..values.len()).map(|index| (index as i64 + 1, index)).collect())?;
        let mut late: Vec<(i64, usize)> =
            (0..values.len()).map(|index| (index as i64 + 1 + delays[index], index)).collect();
        late.sort();
        run(late)?;
    }

    #[test]
    fn a_sustained_low_is_always_found_within_its_delay_and_five_seconds(
        before in 0i64..60, low in 50i64..90, start in prop::collection::vec(94i64..100, 1..40),
    ) {
        // devices.md §14: sensitivity 100 % on sustained events of at least delay + 5 s.
        let mut bedside = Bedside::new();
        for _ in 0..before / 20 {
            start.iter().for_each(|value| { bedside.second(&[(SPO2, *value)]); });
        }
        bedside.seconds(20, &[(SPO2, low)]);
        prop_assert!(bedside.tier(Condition::OxygenSaturationLow) >= Some(Tier::Act));
    }
}

#[test]
fn each_kind_of_reading_that_is_overdue_is_said_by_itself_and_ends_by_itself() {
    // Hazard: H24
    let mut bedside = Bedside::new();
    let due = |second| Due {
        at: at(second),
        tolerance: Span::from_minutes(1),
        interval: Span::from_minutes(5),
    };
    let scheduled = BTreeMap::from([
        (Condition::ReadingOverdue, due(500)),
        (Condition::ResponsivenessOverdue, due(10)),
    ]);
    bedside.engine.schedule(scheduled, at(0));
    bedside.seconds(71, &[(SPO2, 97)]);
    assert_eq!(
        bedside.priority(Condition::ResponsivenessOverdue),
        Some(Priority::Low)
    );
    assert_eq!(bedside.priority(Condition::ReadingOverdue), None);
    let scored = BTreeMap::from([(Condition::ReadingOverdue, due(500))]);
    let changes = bedside.engine.schedule(scored, at(72));
    assert!(matches!(changes.as_slice(), [Change::Ended { .. }]));
}

#[test]
fn a_clinic_without_limits_is_told_what_is_overdue_and_nothing_else() {
    // Hazard: H24
    let limits = Limits::shipped().unwrap();
    let mut engine = Engine::of_the_schedule(&limits, at(0)).unwrap();
    assert_eq!(
        engine.charted(VitalSign::Systolic, 200.into(), at(1), at(1)),
        []
    );
    let due = Due {
        at: at(10),
        tolerance: Span::ZERO,
        interval: Span::from_minutes(5),
    };
    engine.schedule(BTreeMap::from([(Condition::ReadingOverdue, due)]), at(2));
    let changes = engine.tick(at(11));
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].advisory().condition, Condition::ReadingOverdue);
}

fn cuff_of_the_device() -> Source {
    Source::Device {
        device: "monitor".to_owned(),
    }
}

#[test]
fn an_artefact_ends_what_it_alone_has_raised_and_its_repetition_is_still_asked_for() {
    // clinical.md §4.3: artefact path, "repeat/manual" before treatment; §4.3: repeat within 5 min.
    // Hazard: H12
    let mut bedside = Bedside::new();
    bedside.second(&[(SPO2, 97)]).cuff(125, 72, 1);
    bedside.seconds(60, &[(SPO2, 97)]).cuff(190, 72, 61);
    assert_eq!(bedside.tier(Condition::SystolicHigh), Some(Tier::Act));
    let changes = bedside.engine.retract(
        VitalSign::Systolic,
        &cuff_of_the_device(),
        at(61),
        Some((125.into(), at(1))),
        at(62),
    );
    assert!(
        changes
            .iter()
            .all(|change| matches!(change, Change::Ended { .. }))
    );
    assert_eq!(bedside.tier(Condition::SystolicHigh), None);
    assert_eq!(bedside.tier(Condition::SystolicRise), None);
    // The same cuff value comes again, with its old time: it stays an artefact.
    bedside.second = 62;
    bedside.second(&[(SPO2, 97)]).cuff(190, 72, 61);
    assert_eq!(bedside.tier(Condition::SystolicHigh), None);
    // 61 s and 5 min: 361 s.
    bedside.seconds(298, &[(SPO2, 97)]);
    assert_eq!(bedside.priority(Condition::ReadingOverdue), None);
    bedside.seconds(1, &[(SPO2, 97)]);
    assert_eq!(
        bedside.priority(Condition::ReadingOverdue),
        Some(Priority::Low)
    );
    bedside.cuff(126, 72, 362);
    assert_eq!(bedside.priority(Condition::ReadingOverdue), None);
}

#[test]
fn a_slip_of_the_hand_that_is_struck_does_not_end_what_the_device_shows_live() {
    // Hazard: H12
    let mut bedside = Bedside::new();
    bedside.seconds(120, &[(SPO2, 86)]);
    let shown = bedside.tier(Condition::OxygenSaturationLow);
    assert!(shown.is_some());
    bedside
        .engine
        .charted(VitalSign::OxygenSaturation, 58.into(), at(121), at(121));
    bedside.engine.retract(
        VitalSign::OxygenSaturation,
        &Source::Hand,
        at(121),
        None,
        at(122),
    );
    assert!(bedside.tier(Condition::OxygenSaturationLow) >= shown);
}

#[test]
fn an_artefact_does_not_end_what_the_reading_before_it_shows_too() {
    // Hazard: H12
    let mut bedside = Bedside::new();
    bedside.second(&[(SPO2, 97)]).cuff(182, 72, 1);
    bedside.seconds(60, &[(SPO2, 97)]).cuff(190, 72, 61);
    bedside.engine.retract(
        VitalSign::Systolic,
        &cuff_of_the_device(),
        at(61),
        Some((182.into(), at(1))),
        at(62),
    );
    assert_eq!(bedside.tier(Condition::SystolicHigh), Some(Tier::Act));
}

#[test]
fn what_the_record_says_still_holds_can_end_after_a_restart() {
    // Hazard: H15
    let limits = Arc::new(Limits::shipped().unwrap());
    let mut engine = Engine::when_switched_on(true, limits, at(0)).unwrap();
    engine.resume(Advisory {
        condition: Condition::OxygenSaturationLow,
        tier: None,
        priority: Priority::Medium,
        value: None,
        limit: None,
        since: at(-30),
        at: at(-15),
        source: AdvisorySource::Silence,
        origin: Origin::ClinicLimit,
        acknowledged: None,
        repeat_by: None,
    });
    let mut changes = Vec::new();
    for second in 1..=12 {
        changes.extend(engine.observe(&numeric(SPO2, 97.into(), second)));
    }
    assert!(
        changes
            .iter()
            .any(|change| matches!(change, Change::Ended { .. }))
    );
}

#[test]
fn a_repetition_that_is_owed_is_still_owed_after_a_restart() {
    // clinical.md §4.3: repeat within 5 min.
    // Hazard: H24
    let limits = Arc::new(Limits::shipped().unwrap());
    let mut engine = Engine::when_switched_on(true, limits, at(100)).unwrap();
    let advisory = |condition| Advisory {
        condition,
        tier: None,
        priority: Priority::High,
        value: None,
        limit: None,
        since: at(10),
        at: at(10),
        source: AdvisorySource::Silence,
        origin: Origin::ClinicLimit,
        acknowledged: None,
        repeat_by: None,
    };
    engine.resume(advisory(Condition::SystolicHigh));
    engine.take_up(VitalSign::Systolic, at(10));
    engine.take_up(VitalSign::Diastolic, at(10));
    assert_eq!(engine.tick(at(310)), []);
    let changes = engine.tick(at(311));
    assert_eq!(changes[0].advisory().condition, Condition::ReadingOverdue);
    assert_eq!(changes.len(), 1);
}
