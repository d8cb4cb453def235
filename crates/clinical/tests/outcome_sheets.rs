//! Scales after sessions: who is asked when, answers saved one by one, and what needs a person.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::recorded::take;
use clinical::course::follow_up::{
    ContactKind, Ended, FollowUp, FollowUpEvent, FollowUpRules, Mood, NewReport, Signs, Urgency,
    plan,
};
use clinical::course::outcomes::{
    AFTERWARDS, Asked, AskedStanding, Called, Outcomes, OutcomesEvent, Refusal, Score, afterwards,
    asked, open,
};
use clinical::course::screening::person::Product;
use clinical::instrument::{Answer, Answers, Library, Points};
use clinical::record::{Role, SessionId};
use units::{Moment, Span};
use uuid::Uuid;

/// 1 June 2026, 10:40 UTC.
const ENDED: Moment = Moment::from_microseconds(1_780_310_400_000_000);

fn days(days: i64) -> Span {
    Span::from_hours(24 * days)
}

struct World {
    library: Library,
    rules: FollowUpRules,
    follow_up: FollowUp,
    outcomes: Outcomes,
    now: Moment,
}

impl World {
    /// After one session of a series, the `number`th.
    fn after(number: u32) -> Self {
        let rules = FollowUpRules::shipped().unwrap();
        let ended = Ended {
            session: SessionId(Uuid::from_u128(9)),
            product: Product::Racemic,
            number,
            at: ENDED,
        };
        let mut follow_up = FollowUp::default();
        let planned = plan(&ended, &rules, |moment| moment);
        let events = follow_up.plan(&ended, planned);
        take(&mut follow_up, ENDED, events);
        Self {
            library: Library::shipped().unwrap(),
            rules,
            follow_up,
            outcomes: Outcomes::default(),
            now: ENDED,
        }
    }

    /// Time passes, and every contact is made when its time has come.
    fn until(&mut self, after: Span) {
        let end = ENDED + after;
        while let Some(at) = self.follow_up.next_at().filter(|at| *at <= end) {
            for step in self.follow_up.steps(at) {
                if let clinical::course::follow_up::Step::Make { contact, reminder } = step {
                    let events = self.follow_up.made(contact, reminder, &self.rules, at);
                    take(&mut self.follow_up, at, events);
                }
            }
        }
        self.now = end;
    }

    fn open(&self) -> Option<Asked> {
        open(&self.follow_up, &self.outcomes, &self.library, self.now)
    }

    fn asked(&self) -> Vec<Asked> {
        asked(&self.follow_up, &self.outcomes, &self.library, self.now)
    }

    fn say(&mut self, item: &str, answer: Answer) -> Vec<Called> {
        let asked = self.open().unwrap();
        let instrument = self.library.named(&asked.scale).unwrap();
        let taken = self
            .outcomes
            .answer(&asked, instrument, item, answer, self.now)
            .unwrap();
        take(&mut self.outcomes, self.now, taken.events);
        taken.signs
    }

    fn chosen(&mut self, item: &str, option: &str) -> Vec<Called> {
        self.say(item, Answer::Chosen(option.to_owned()))
    }
}

#[test]
fn the_evening_the_next_day_and_the_third_ask_for_no_scale() {
    let mut world = World::after(1);
    world.until(days(6));
    assert_eq!(world.open(), None);
}

#[test]
fn after_a_week_both_scales_are_asked_depression_first_and_for_two_weeks() {
    let mut world = World::after(1);
    world.until(days(7));
    let first = world.open().unwrap();
    assert_eq!(
        (first.scale.as_str(), first.kind),
        ("phq-9", ContactKind::Week)
    );
    assert!(!first.ends_induction);
    world.until(days(21) - Span::from_minutes(1));
    assert!(world.open().is_some());
    world.until(days(21));
    assert_eq!(world.open(), None);
    let standings: Vec<AskedStanding> = world.asked().into_iter().map(|one| one.standing).collect();
    assert_eq!(standings, [AskedStanding::Silent, AskedStanding::Silent]);
}

#[test]
fn the_week_after_the_last_of_a_series_is_its_end_and_months_follow() {
    // Six sessions of racemic ketamine make a first series: clinical reference 3.5.
    let world = World::after(6);
    let asked = world.asked();
    let kinds: Vec<(ContactKind, bool)> = asked
        .iter()
        .filter(|one| one.scale == "phq-9")
        .map(|one| (one.kind, one.ends_induction))
        .collect();
    assert_eq!(
        kinds[..3],
        [
            (ContactKind::Week, true),
            (ContactKind::Month, false),
            (ContactKind::Quarter(1), false)
        ]
    );
    assert!(
        asked
            .iter()
            .all(|one| one.standing == AskedStanding::Coming)
    );
}

#[test]
fn a_session_within_the_week_takes_over_its_questions_and_none_of_them_is_missing() {
    let mut world = World::after(1);
    let second = Ended {
        session: SessionId(Uuid::from_u128(10)),
        product: Product::Racemic,
        number: 2,
        at: ENDED + days(3),
    };
    world.until(days(3));
    let planned = plan(&second, &world.rules, |moment| moment);
    let events = world.follow_up.plan(&second, planned);
    take(&mut world.follow_up, second.at, events);
    let due: Vec<Moment> = world.asked().iter().map(|one| one.due).collect();
    assert_eq!(due, [ENDED + days(10), ENDED + days(10)]);
}

#[test]
fn a_week_that_nobody_answered_before_the_next_session_stays_to_be_seen() {
    // Hazard: H65
    let mut world = World::after(1);
    world.until(days(8));
    let second = Ended {
        session: SessionId(Uuid::from_u128(10)),
        product: Product::Racemic,
        number: 2,
        at: ENDED + days(8),
    };
    let planned = plan(&second, &world.rules, |moment| moment);
    let events = world.follow_up.plan(&second, planned);
    take(&mut world.follow_up, second.at, events);
    world.until(days(9));
    let first = &world.asked()[0];
    assert_eq!(
        (first.due, &first.standing),
        (ENDED + days(7), &AskedStanding::Overtaken)
    );
}

#[test]
fn every_answer_is_kept_and_the_scale_is_gone_on_with_where_it_was_left() {
    let mut world = World::after(1);
    world.until(days(7));
    world.chosen("1", "several-days");
    world.chosen("2", "more-than-half");
    world.until(days(9));
    let asked = world.open().unwrap();
    let AskedStanding::Open { answered, .. } = asked.standing else {
        panic!("{asked:?}");
    };
    assert_eq!(answered, 2);
    for item in ["3", "4", "5", "6", "7", "8"] {
        world.chosen(item, "not-at-all");
    }
    world.say("9", Answer::Declined);
    world.say("10", Answer::Declined);
    // The other scale is next.
    assert_eq!(world.open().unwrap().scale, "gad-7");
    let first = &world.asked()[0];
    let AskedStanding::Scored(reading) = &first.standing else {
        panic!("{first:?}");
    };
    // 1 + 2 over eight answers, times nine: 3.375; cut after two places, and never rounded up.
    // Clinical reference 8.2.
    assert_eq!(
        reading.score,
        Score::Complete {
            points: Points::new("3.37".parse().unwrap()).unwrap(),
            estimated: true
        }
    );
    // Hazard: H40. Nobody knows what the answer to item 9 is: it does not count as no.
    assert_eq!(reading.undecided, ["9"]);
}

#[test]
fn two_missing_answers_are_no_score() {
    let mut world = World::after(1);
    world.until(days(7));
    for item in ["1", "2", "3", "4", "5", "6", "7"] {
        world.chosen(item, "nearly-every-day");
    }
    for item in ["8", "9", "10"] {
        world.say(item, Answer::NotSure);
    }
    let first = &world.asked()[0];
    let AskedStanding::Incomplete(reading) = &first.standing else {
        panic!("{first:?}");
    };
    assert_eq!(
        reading.score,
        Score::Incomplete {
            missing: vec!["8".to_owned(), "9".to_owned()]
        }
    );
}

#[test]
fn thoughts_of_death_call_at_once_however_little_else_is_answered() {
    // Hazard: H40, H62. Source: clinical reference 7.4.
    for (option, expected) in [
        ("not-at-all", None),
        (
            "several-days",
            Some(("phq-9/thoughts-of-death-some-days", Urgency::SameDay)),
        ),
        (
            "more-than-half",
            Some(("phq-9/thoughts-of-death-often", Urgency::SameHour)),
        ),
        (
            "nearly-every-day",
            Some(("phq-9/thoughts-of-death-often", Urgency::SameHour)),
        ),
    ] {
        let mut world = World::after(1);
        world.until(days(7));
        let signs = world.chosen("9", option);
        let found = signs.first().map(|one| (one.sign.as_str(), one.urgency));
        assert_eq!(found, expected, "{option}");
        // The same again calls nobody again, and another answer to another question neither.
        assert_eq!(world.chosen("9", option), [], "{option}");
        assert_eq!(world.chosen("1", "nearly-every-day"), [], "{option}");
    }
}

#[test]
fn every_flag_of_a_scale_that_is_asked_or_entered_is_a_warning_sign_that_holds_treatment() {
    // Hazard: H62
    let library = Library::shipped().unwrap();
    let signs = Signs::shipped().unwrap();
    let mut count = 0;
    for scale in ["phq-9", "gad-7", "madrs", "urinary-symptoms", "audit-c"] {
        for flag in &library.named(scale).unwrap().flags {
            let sign = signs.sign(&format!("{scale}/{}", flag.id));
            let sign = sign.unwrap_or_else(|| panic!("{scale}/{}", flag.id));
            assert!(sign.hold && !sign.asked, "{}", sign.id);
            let is_of_thoughts = scale != "urinary-symptoms";
            assert_eq!(sign.of_thoughts, is_of_thoughts, "{}", sign.id);
            assert_eq!(signs.is_of_thoughts(&sign.id), is_of_thoughts);
            assert_eq!(
                sign.urgency.word(),
                format!(
                    "{}",
                    match flag.urgency {
                        clinical::instrument::Urgency::SameDay => "same-day",
                        clinical::instrument::Urgency::SameHour => "same-hour",
                    }
                )
            );
            count += 1;
        }
    }
    // Two of PHQ-9, one of MADRS, one of the bladder questions.
    assert_eq!(count, 4);
}

#[test]
fn a_flag_of_an_answer_stands_once_and_a_graver_answer_raises_another() {
    // Hazard: H62
    let mut state = FollowUp::default();
    let answered = Uuid::from_u128(77);
    let raise = |state: &FollowUp, flag: u128, urgency| {
        let signs = vec!["phq-9/thoughts-of-death-some-days".to_owned()];
        state.raise(Uuid::from_u128(flag), answered, signs, urgency)
    };
    let first = raise(&state, 1, Urgency::SameDay);
    assert!(matches!(first[..], [FollowUpEvent::FlagRaised { .. }]));
    take(&mut state, ENDED, first);
    assert!(state.open_flags()[0].is_escalating());
    assert_eq!(raise(&state, 2, Urgency::SameDay), []);
    let graver = raise(&state, 3, Urgency::SameHour);
    assert_eq!(graver.len(), 1);
    // Dealt with, the same answer given anew raises one again.
    let events = state.acknowledge(Uuid::from_u128(1)).unwrap();
    take(&mut state, ENDED, events);
    let rules = FollowUpRules::shipped().unwrap();
    let settled = state.settle(Uuid::from_u128(1), "Spoke.", Role::Prescriber, &rules.signs);
    take(&mut state, ENDED, settled.unwrap());
    assert_eq!(raise(&state, 4, Urgency::SameDay).len(), 1);
}

#[test]
fn who_would_rather_not_is_not_asked_again_and_is_no_score() {
    let mut world = World::after(1);
    world.until(days(7));
    world.chosen("1", "several-days");
    let asked = world.open().unwrap();
    let instrument = world.library.named("phq-9").unwrap().clone();
    let taken = world
        .outcomes
        .decline(&asked, &instrument, world.now)
        .unwrap();
    take(&mut world.outcomes, world.now, taken.events);
    assert_eq!(world.open().unwrap().scale, "gad-7");
    assert_eq!(world.asked()[0].standing, AskedStanding::Declined);
}

#[test]
fn what_is_not_asked_or_no_answer_is_refused() {
    let mut world = World::after(1);
    world.until(days(7));
    let asked = world.open().unwrap();
    let instrument = world.library.named("phq-9").unwrap().clone();
    let say = |item: &str, answer, now| {
        world
            .outcomes
            .answer(&asked, &instrument, item, answer, now)
    };
    let chosen = |option: &str| Answer::Chosen(option.to_owned());
    assert_eq!(
        say("11", chosen("not-at-all"), world.now),
        Err(Refusal::NoSuchQuestion)
    );
    assert!(matches!(
        say("1", chosen("always"), world.now),
        Err(Refusal::Impossible { .. })
    ));
    let late = ENDED + days(21);
    assert_eq!(say("1", chosen("not-at-all"), late), Err(Refusal::NotAsked));
}

#[test]
fn a_total_on_paper_is_a_score_within_the_range_of_the_scale() {
    let library = Library::shipped().unwrap();
    let madrs = library.named("madrs").unwrap();
    let state = Outcomes::default();
    let enter = |total: &str, filled: Moment| {
        let total = Points::new(total.parse().unwrap());
        state.enter(
            Uuid::from_u128(1),
            madrs,
            (Answers::new(), total),
            filled,
            ENDED,
        )
    };
    // 0 to 60: clinical reference 8.1.
    for total in ["61", "-1", "20.5"] {
        assert!(
            matches!(enter(total, ENDED), Err(Refusal::Impossible { .. })),
            "{total}"
        );
    }
    assert_eq!(
        enter("20", ENDED + Span::from_minutes(1)),
        Err(Refusal::NotYet)
    );
    let mut state = Outcomes::default();
    let taken = enter("60", ENDED).unwrap();
    assert_eq!(taken.signs, []);
    take(&mut state, ENDED, taken.events);
    let reading = state
        .sheets
        .values()
        .next()
        .unwrap()
        .reading(madrs)
        .unwrap();
    assert_eq!(reading.points(), Points::whole(60));
    assert_eq!(reading.band.as_deref(), Some("Severe"));
    // Hazard: H40. A total says nothing of item 10.
    assert_eq!(reading.undecided, ["10"]);
    let struck = state
        .strike(Uuid::from_u128(1), "Another person's form.")
        .unwrap();
    assert!(matches!(
        struck.events[..],
        [OutcomesEvent::SheetStruck { .. }]
    ));
    take(&mut state, ENDED, struck.events);
    assert_eq!(state.sheets.values().next().unwrap().reading(madrs), None);
    assert_eq!(
        state.strike(Uuid::from_u128(1), "Again."),
        Err(Refusal::Unknown)
    );
}

#[test]
fn suicidal_thoughts_that_a_rater_found_call_the_same_day() {
    // Hazard: H40, H62
    let library = Library::shipped().unwrap();
    let madrs = library.named("madrs").unwrap();
    let answers = Answers::new().with("10", Answer::Number(Points::whole(1).unwrap()));
    let total = Points::whole(22);
    let taken = Outcomes::default()
        .enter(Uuid::from_u128(1), madrs, (answers, total), ENDED, ENDED)
        .unwrap();
    assert_eq!(taken.signs.len(), 1);
    assert_eq!(taken.signs[0].sign, "madrs/item-10");
    assert_eq!(taken.signs[0].urgency, Urgency::SameDay);
}

#[test]
fn what_a_patient_answered_cannot_be_struck_by_staff() {
    let mut world = World::after(1);
    world.until(days(7));
    world.chosen("1", "several-days");
    let sheet = *world.outcomes.sheets.keys().next().unwrap();
    assert_eq!(
        world.outcomes.strike(sheet, "Wrong."),
        Err(Refusal::OfThePatient)
    );
}

/// PHQ-9 totals that staff entered, a week apart.
fn of_totals(totals: &[i32]) -> Outcomes {
    let library = Library::shipped().unwrap();
    let instrument = library.named("phq-9").unwrap();
    let mut state = Outcomes::default();
    for (week, total) in (0..).zip(totals) {
        let at = ENDED + days(7 * week);
        let sheet = Uuid::from_u128(100 + week.unsigned_abs() as u128);
        let told = (Answers::new(), Points::whole(*total));
        let taken = state.enter(sheet, instrument, told, at, at).unwrap();
        take(&mut state, at, taken.events);
    }
    state
}

#[test]
fn a_score_that_has_risen_from_the_lowest_calls_for_somebody() {
    // Hazard: H65. Witness: clinical reference 7.5: a rise of 5 or more from the lowest, or 10 or more.
    let library = Library::shipped().unwrap();
    let instrument = library.named("phq-9").unwrap();
    for (totals, expected) in [
        (&[12, 7][..], None),
        (&[18], None),
        (&[4, 8], None),
        (&[4, 9], Some((9, 4))),
        (&[9, 10], Some((10, 9))),
        (&[10, 14], None),
        (&[10, 15], Some((15, 10))),
        (&[20, 4, 7, 9], Some((9, 4))),
        (&[4, 12, 5], None),
    ] {
        let found = of_totals(totals).rise(instrument);
        let whole = |points: i32| Points::whole(points).unwrap();
        assert_eq!(
            found.map(|rise| (rise.points, rise.lowest)),
            expected.map(|(points, lowest)| (whole(points), whole(lowest))),
            "{totals:?}"
        );
    }
    let worry = library.named("gad-7").unwrap();
    assert_eq!(of_totals(&[4, 20]).rise(worry), None, "of another scale");
}

#[test]
fn who_has_risen_is_called_once_for_each_score_and_never_silently() {
    // Hazard: H65
    let library = Library::shipped().unwrap();
    let instrument = library.named("phq-9").unwrap();
    let mut state = of_totals(&[4, 12]);
    let rise = state.rise(instrument).unwrap();
    assert_eq!(state.settle_rise(rise.sheet, "  "), Err(Refusal::NotDone));
    assert_eq!(
        state.settle_rise(Uuid::from_u128(7), "called"),
        Err(Refusal::Unknown)
    );
    let taken = state
        .settle_rise(rise.sheet, " Called; comes on Monday. ")
        .unwrap();
    take(&mut state, ENDED + days(8), taken.events);
    assert_eq!(state.rise(instrument), None);
    assert_eq!(state.settled[&rise.sheet].done, "Called; comes on Monday.");
    assert_eq!(
        state.settle_rise(rise.sheet, "again"),
        Err(Refusal::Unknown)
    );
    // The next score is a question of its own.
    let at = ENDED + days(14);
    let told = (Answers::new(), Points::whole(13));
    let taken = state
        .enter(Uuid::from_u128(102), instrument, told, at, at)
        .unwrap();
    take(&mut state, at, taken.events);
    assert_eq!(state.rise(instrument).unwrap().sheet, Uuid::from_u128(102));
    // What was entered wrongly and is struck calls for nobody.
    let taken = state
        .strike(Uuid::from_u128(102), "another person's")
        .unwrap();
    take(&mut state, at, taken.events);
    assert_eq!(state.rise(instrument), None);
}

// Hazard: H65
#[test]
fn what_is_told_in_hours_and_days_stands_with_the_session_before_it() {
    let mut world = World::after(1);
    let report = |world: &mut World, after: Span, mood: Option<Mood>, id: u128| {
        let report = NewReport {
            report: Uuid::from_u128(id),
            mood,
            thoughts: None,
            effects: Vec::new(),
            signs: Vec::new(),
            words: String::new(),
        };
        let event = FollowUpEvent::Reported { report };
        take(&mut world.follow_up, ENDED + after, vec![event]);
    };
    let hours = Span::from_hours;
    report(&mut world, hours(6), Some(Mood::Better), 1);
    report(&mut world, hours(20), None, 2);
    report(&mut world, hours(72), Some(Mood::Same), 3);
    // A second session on the fourth day; what is told after it is told of it.
    let second = Ended {
        session: SessionId(Uuid::from_u128(10)),
        product: Product::Racemic,
        number: 2,
        at: ENDED + hours(80),
    };
    let planned = plan(&second, &world.rules, |moment| moment);
    let events = world.follow_up.plan(&second, planned);
    take(&mut world.follow_up, second.at, events);
    report(&mut world, hours(80), Some(Mood::Worse), 4);
    report(
        &mut world,
        hours(80) + AFTERWARDS - Span::from_microseconds(1),
        Some(Mood::Better),
        5,
    );
    report(&mut world, hours(80) + AFTERWARDS, Some(Mood::Worse), 6);
    let told: Vec<Vec<(Span, Mood)>> = afterwards(&world.follow_up)
        .into_iter()
        .map(|one| one.told)
        .collect();
    assert_eq!(
        told,
        [
            vec![(hours(6), Mood::Better), (hours(72), Mood::Same)],
            vec![
                (Span::from_hours(0), Mood::Worse),
                (AFTERWARDS - Span::from_microseconds(1), Mood::Better)
            ],
        ]
    );
}

// Hazard: H65
#[test]
fn the_contact_that_nobody_answered_is_named_and_a_newer_one_takes_its_place() {
    let mut world = World::after(1);
    assert!(afterwards(&world.follow_up)[0].silent.is_empty());
    for (hours, silent) in [(10, ContactKind::Evening), (30, ContactKind::NextDay)] {
        world.until(Span::from_hours(hours));
        assert_eq!(afterwards(&world.follow_up)[0].silent, [silent]);
    }
}
