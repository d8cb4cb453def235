//! The scales that watch for harm: which contact asks which, what an answer calls for, what it closes,
//! and that what is missing is never "no".

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::recorded::take;
use clinical::course::follow_up::{
    ContactKind, Ended, FollowUp, FollowUpEvent, FollowUpRules, Found, Screen, Step, Urgency, plan,
};
use clinical::course::outcomes::{
    Asked, AskedStanding, Called, Outcomes, OverLimit, Refusal, SCALES, Score, WATCHED, askable,
    asked, given_by_record, open,
};
use clinical::course::screening::person::Product;
use clinical::instrument::{Answer, Answers, Library, Points};
use clinical::patient::Sex;
use clinical::record::{Role, SessionId};
use units::{Moment, Span};
use uuid::Uuid;

/// 1 June 2026, 10:40 UTC.
const ENDED: Moment = Moment::from_microseconds(1_780_310_400_000_000);

const BLADDER: &str = "urinary-symptoms";
const QUESTIONS: [&str; 4] = ["urgency", "frequency", "night", "pain"];

fn days(days: i64) -> Span {
    Span::from_hours(24 * days)
}

/// After the sixth session, which ends a first series of racemic ketamine.
struct World {
    library: Library,
    rules: FollowUpRules,
    after: FollowUp,
    outcomes: Outcomes,
    now: Moment,
}

impl World {
    fn new() -> Self {
        let rules = FollowUpRules::shipped().unwrap();
        let ended = Ended {
            session: SessionId(Uuid::from_u128(9)),
            product: Product::Racemic,
            number: 6,
            at: ENDED,
        };
        let mut after = FollowUp::default();
        let planned = plan(&ended, &rules, |moment| moment);
        let events = after.plan(&ended, planned);
        take(&mut after, ENDED, events);
        Self {
            library: Library::shipped().unwrap(),
            rules,
            after,
            outcomes: Outcomes::default(),
            now: ENDED,
        }
    }

    /// A world in which so many days have passed, and every contact was made at its time.
    fn at(day: i64) -> Self {
        let mut world = Self::new();
        world.until(day);
        world
    }

    fn until(&mut self, day: i64) {
        let end = ENDED + days(day);
        while let Some(at) = self.after.next_at().filter(|at| *at <= end) {
            for step in self.after.steps(at) {
                if let Step::Make { contact, reminder } = step {
                    let events = self.after.made(contact, reminder, &self.rules, at);
                    take(&mut self.after, at, events);
                }
            }
        }
        self.now = end;
    }

    fn askable(&self) -> Vec<Asked> {
        askable(&self.after, &self.outcomes, &self.library, self.now)
    }

    fn standing(&self, scale: &str) -> AskedStanding {
        let mut all = self.askable().into_iter();
        all.find(|one| one.scale == scale).unwrap().standing
    }

    /// An answer and what it does, as the server writes it: one record beside the other.
    fn say(&mut self, scale: &str, item: &str, answer: Answer) -> Vec<Called> {
        let asked = self.askable().into_iter().find(|one| one.scale == scale);
        let instrument = self.library.named(scale).unwrap();
        let taken = self
            .outcomes
            .answer(&asked.unwrap(), instrument, item, answer, self.now)
            .unwrap();
        let watch = taken.watch.unwrap();
        let beside = self.after.watch(taken.sheet, &watch.scale, watch.is_whole);
        take(&mut self.outcomes, self.now, taken.events);
        take(&mut self.after, self.now, beside);
        taken.signs
    }

    fn chosen(&mut self, scale: &str, item: &str, option: &str) -> Vec<Called> {
        self.say(scale, item, Answer::Chosen(option.to_owned()))
    }

    fn alcohol(&mut self, options: [&str; 3]) {
        for (item, option) in ["1", "2", "3"].into_iter().zip(options) {
            self.chosen("audit-c", item, option);
        }
    }

    fn over(&self, sex: Sex) -> Option<OverLimit> {
        let audit = self.library.named("audit-c").unwrap();
        self.outcomes.over_limit(audit, sex, self.now)
    }
}

#[test]
fn each_contact_asks_what_the_schedule_of_the_reference_says() {
    // Witness: clinical reference 7.3 (7 d: PHQ-9 and GAD-7; 1, 3, 6, 12 months and quarterly: the
    // full set), 7.5 (the bladder every 3 months) and 8.1 (AUDIT-C 6-monthly).
    let both: &[&str] = &["phq-9", "gad-7"];
    let bladder: &[&str] = &["phq-9", "gad-7", "urinary-symptoms"];
    let alcohol: &[&str] = &["phq-9", "gad-7", "urinary-symptoms", "audit-c"];
    let world = World::new();
    let all = asked(&world.after, &world.outcomes, &world.library, world.now);
    for (kind, expected) in [
        (ContactKind::Evening, &[][..]),
        (ContactKind::NextDay, &[]),
        (ContactKind::ThreeDays, &[]),
        (ContactKind::Week, both),
        (ContactKind::Month, bladder),
        (ContactKind::Quarter(1), bladder),
        (ContactKind::Quarter(2), alcohol),
        (ContactKind::Quarter(3), bladder),
        (ContactKind::Quarter(4), alcohol),
        (ContactKind::Quarter(5), bladder),
        (ContactKind::Quarter(6), alcohol),
        (ContactKind::Quarter(7), bladder),
        (ContactKind::Quarter(8), alcohol),
    ] {
        let scales: Vec<&str> = all
            .iter()
            .filter(|one| one.kind == kind)
            .map(|one| one.scale.as_str())
            .collect();
        assert_eq!(scales, expected, "{kind:?}");
    }
    // The response and remission of a clinic are counted by the same two scales as before.
    assert_eq!(SCALES, ["phq-9", "gad-7"]);
    assert!(WATCHED.iter().all(|scale| !SCALES.contains(scale)));
}

#[test]
fn what_is_asked_at_a_contact_is_written_down_with_it() {
    for (day, expected) in [
        (7, &["phq-9", "gad-7"][..]),
        (30, &["phq-9", "gad-7", "urinary-symptoms"]),
        (91, &["phq-9", "gad-7", "urinary-symptoms"]),
        (182, &["phq-9", "gad-7", "urinary-symptoms", "audit-c"]),
        (273, &["phq-9", "gad-7", "urinary-symptoms"]),
        (364, &["phq-9", "gad-7", "urinary-symptoms", "audit-c"]),
    ] {
        let world = World::at(day);
        let scales: Vec<String> = world.askable().into_iter().map(|one| one.scale).collect();
        assert_eq!(scales, expected, "day {day}");
        let first = open(&world.after, &world.outcomes, &world.library, world.now);
        assert_eq!(first.unwrap().scale, "phq-9");
    }
}

#[test]
fn a_contact_that_was_made_before_these_questions_is_not_said_to_have_asked_them() {
    let mut world = World::new();
    let month = world.after.in_order();
    let month = month.iter().find(|one| one.kind == ContactKind::Month);
    let (id, due) = month.map(|one| (one.id, one.due)).unwrap();
    // As the event was written then.
    let written = serde_json::json!({
        "event": "ContactMade", "contact": id, "reminder": 0, "silent_at": due + days(2),
    });
    let old: FollowUpEvent = serde_json::from_value(written).unwrap();
    take(&mut world.after, due, vec![old]);
    world.now = due;
    let scales: Vec<String> = world.askable().into_iter().map(|one| one.scale).collect();
    assert_eq!(scales, SCALES);
    // What comes is asked.
    let all = asked(&world.after, &world.outcomes, &world.library, world.now);
    let quarter = all.iter().filter(|one| one.kind == ContactKind::Quarter(1));
    assert_eq!(quarter.count(), 3);
}

#[test]
fn the_bladder_questions_are_answered_or_incomplete_and_never_a_number() {
    let mut world = World::at(91);
    for (count, item) in (1..).zip(QUESTIONS) {
        world.chosen(BLADDER, item, "none");
        match world.standing(BLADDER) {
            AskedStanding::Open { answered, .. } if count < 4 => assert_eq!(answered, count),
            AskedStanding::Answered(reading) if count == 4 => {
                assert_eq!(reading.score, Score::Answered);
                assert_eq!((reading.points(), reading.band), (None, None));
                assert_eq!(reading.undecided, Vec::<String>::new());
            }
            other => panic!("{count}: {other:?}"),
        }
    }
}

#[test]
fn a_question_about_the_bladder_that_was_left_out_is_not_no() {
    // Hazard: H65
    for answer in [Answer::Declined, Answer::NotSure] {
        let mut world = World::at(91);
        for item in ["urgency", "frequency", "night"] {
            world.chosen(BLADDER, item, "none");
        }
        assert_eq!(world.say(BLADDER, "pain", answer), []);
        let AskedStanding::Incomplete(reading) = world.standing(BLADDER) else {
            panic!("{:?}", world.standing(BLADDER));
        };
        let missing = vec!["pain".to_owned()];
        assert_eq!(reading.undecided, missing);
        assert_eq!(reading.score, Score::Incomplete { missing });
        // And it closes nothing.
        assert_eq!(world.after.screens_done().get(&Screen::Bladder), None);
    }
}

#[test]
fn pain_or_frequency_on_three_days_or_more_calls_the_same_day() {
    // Hazard: H62. Witness: clinical reference 7.4: painful or frequent urination for 3 d or more.
    for (item, option, is_called) in [
        ("pain", "none", false),
        ("pain", "one-or-two", false),
        ("pain", "three-or-more", true),
        ("frequency", "one-or-two", false),
        ("frequency", "three-or-more", true),
        ("urgency", "three-or-more", false),
        ("night", "three-or-more", false),
    ] {
        let mut world = World::at(30);
        let signs = world.chosen(BLADDER, item, option);
        let found: Vec<(&str, Urgency)> = signs
            .iter()
            .map(|one| (one.sign.as_str(), one.urgency))
            .collect();
        let expected: &[(&str, Urgency)] = if is_called {
            &[("urinary-symptoms/bladder", Urgency::SameDay)]
        } else {
            &[]
        };
        assert_eq!(found, expected, "{item} {option}");
    }
}

#[test]
fn four_answers_about_the_bladder_close_what_is_due_of_it_until_one_is_taken_back() {
    // Hazard: H65
    let mut world = World::at(91);
    for item in ["urgency", "frequency", "night"] {
        world.chosen(BLADDER, item, "none");
        assert_eq!(world.after.screens_done().get(&Screen::Bladder), None);
    }
    world.chosen(BLADDER, "pain", "one-or-two");
    let done = |world: &World| world.after.screens_done().get(&Screen::Bladder).copied();
    assert_eq!(done(&world), Some(ENDED + days(91)));
    // Another answer a day later is still a whole set, of the day on which it became one.
    world.until(92);
    world.chosen(BLADDER, "pain", "none");
    assert_eq!(done(&world), Some(ENDED + days(91)));
    world.say(BLADDER, "pain", Answer::Declined);
    assert_eq!(done(&world), None);
}

#[test]
fn answers_lift_no_finding_that_holds_treatment() {
    // Hazard: H62
    let mut world = World::at(90);
    let held = world
        .after
        .screened(Screen::Bladder, Found::Hold, "Blood.", Role::Nurse);
    take(&mut world.after, world.now, held.unwrap());
    world.until(91);
    for item in QUESTIONS {
        world.chosen(BLADDER, item, "none");
    }
    assert!(world.after.held_by().is_some());
    assert_eq!(
        world.after.screens_done().get(&Screen::Bladder),
        Some(&(ENDED + days(91)))
    );
}

#[test]
fn alcohol_is_asked_and_drugs_are_not_so_that_nothing_is_closed_by_it() {
    let mut world = World::at(182);
    world.alcohol(["never", "1-or-2", "never"]);
    assert_eq!(world.after.last_watched("audit-c"), Some(ENDED + days(182)));
    assert!(world.after.screens_done().is_empty());
}

#[test]
fn the_limit_of_audit_c_is_by_sex_and_unknown_stays_unknown() {
    // Hazard: H65. Witness: clinical reference 8.1: men 4 or more, women 3 or more.
    let twice_a_week = ["2-to-3-a-week", "1-or-2", "never"];
    let and_more = ["2-to-3-a-week", "3-or-4", "never"];
    let monthly = ["2-to-4-a-month", "1-or-2", "never"];
    for (options, sex, expected) in [
        (monthly, Sex::Female, None),
        (twice_a_week, Sex::Female, Some(true)),
        (and_more, Sex::Female, Some(true)),
        (twice_a_week, Sex::Male, None),
        (and_more, Sex::Male, Some(true)),
        (monthly, Sex::Unknown, None),
        (twice_a_week, Sex::Unknown, Some(false)),
        (twice_a_week, Sex::Other, Some(false)),
        (and_more, Sex::Unknown, Some(true)),
        (and_more, Sex::Other, Some(true)),
    ] {
        let mut world = World::at(182);
        world.alcohol(options);
        let over = world.over(sex);
        let certain = over.as_ref().map(|over| over.is_certain);
        assert_eq!(certain, expected, "{options:?} {sex:?}");
        let by_sex = over.as_ref().is_some_and(|over| over.by_sex);
        assert_eq!(by_sex, expected == Some(false), "{options:?} {sex:?}");
        // It goes to a list for a talk, and not to whoever is on duty.
        assert!(world.after.flags.is_empty());
    }
}

#[test]
fn what_is_missing_of_audit_c_is_told_and_never_taken_for_little() {
    // Hazard: H65
    let mut world = World::at(182);
    world.chosen("audit-c", "1", "2-to-4-a-month");
    // She may still go on.
    assert_eq!(world.over(Sex::Female), None);
    world.say("audit-c", "2", Answer::Declined);
    world.say("audit-c", "3", Answer::NotSure);
    let over = world.over(Sex::Female).unwrap();
    assert_eq!(
        (over.points, over.is_certain, over.by_sex),
        (None, false, false)
    );
    // Whoever stops in the middle is told of when nothing is taken any more.
    let mut world = World::at(182);
    world.chosen("audit-c", "1", "2-to-4-a-month");
    world.now = world.now + days(14) - Span::from_minutes(1);
    assert_eq!(world.over(Sex::Female), None);
    world.now = world.now + Span::from_minutes(1);
    assert!(world.over(Sex::Female).is_some());
    // Who says nothing at all has said nothing.
    let mut world = World::at(182);
    for item in ["1", "2", "3"] {
        world.say("audit-c", item, Answer::Declined);
    }
    assert_eq!(world.over(Sex::Female), None);
    assert_eq!(world.after.last_watched("audit-c"), None);
}

#[test]
fn an_answer_at_the_limit_stands_until_somebody_has_talked_and_again_after_another_answer() {
    let mut world = World::at(182);
    // Four of men's four with one answer: what is missing cannot take it away.
    world.chosen("audit-c", "1", "4-or-more-a-week");
    let over = world.over(Sex::Male).unwrap();
    assert!(over.is_certain);
    assert_eq!(over.points, None);
    let settle = |world: &World, done: &str| world.outcomes.settle_limit(over.sheet, done);
    assert_eq!(settle(&world, "  "), Err(Refusal::NotDone));
    let taken = settle(&world, " Talked; two evenings a week. ").unwrap();
    take(&mut world.outcomes, world.now, taken.events);
    assert_eq!(world.over(Sex::Male), None);
    let done = &world.outcomes.talked[&over.sheet].done;
    assert_eq!(done, "Talked; two evenings a week.");
    assert_eq!(settle(&world, "again"), Err(Refusal::Unknown));
    // What she says after the talk was no part of it.
    world.until(183);
    world.alcohol(["2-to-3-a-week", "10-or-more", "weekly"]);
    assert_eq!(world.over(Sex::Male).unwrap().points, Points::whole(10));
}

#[test]
fn a_newer_sheet_that_says_nothing_takes_no_older_answer_away() {
    // Hazard: H65
    let mut world = World::at(182);
    world.alcohol(["4-or-more-a-week", "3-or-4", "monthly"]);
    let before = world.over(Sex::Female).unwrap();
    world.until(364);
    world.say("audit-c", "1", Answer::Declined);
    assert_eq!(world.over(Sex::Female).as_ref(), Some(&before));
    world.alcohol(["never", "1-or-2", "never"]);
    assert_eq!(world.over(Sex::Female), None);
}

#[test]
fn what_staff_enter_closes_and_calls_as_an_answer_at_home_does_and_a_strike_takes_it_back() {
    // Hazard: H62, H65
    let library = Library::shipped().unwrap();
    let bladder = library.named(BLADDER).unwrap();
    let sheet = Uuid::from_u128(1);
    let answers = QUESTIONS.iter().fold(Answers::new(), |all, item| {
        all.with(item, Answer::Chosen("three-or-more".to_owned()))
    });
    let mut outcomes = Outcomes::default();
    let mut after = FollowUp::default();
    let taken = outcomes
        .enter(sheet, bladder, (answers, None), ENDED, ENDED)
        .unwrap();
    assert_eq!(taken.signs[0].sign, "urinary-symptoms/bladder");
    let watch = taken.watch.unwrap();
    let beside = after.watch(sheet, &watch.scale, watch.is_whole);
    take(&mut after, ENDED, beside);
    take(&mut outcomes, ENDED, taken.events);
    assert!(after.screens_done().contains_key(&Screen::Bladder));
    let total = outcomes.enter(
        Uuid::from_u128(2),
        bladder,
        (Answers::new(), Points::whole(4)),
        ENDED,
        ENDED,
    );
    assert_eq!(total, Err(Refusal::Unknown), "there is no total");
    let struck = outcomes.strike(sheet, "Another person's form.").unwrap();
    let watch = struck.watch.unwrap();
    let beside = after.watch(sheet, &watch.scale, watch.is_whole);
    take(&mut after, ENDED, beside);
    assert!(after.screens_done().is_empty());
}

#[test]
fn sex_is_taken_from_the_record_only_where_the_scale_has_it() {
    let library = Library::shipped().unwrap();
    let audit = library.named("audit-c").unwrap();
    let given = |sex| given_by_record(audit, sex).to("sex").cloned();
    assert_eq!(given(Sex::Male), Some(Answer::Chosen("male".to_owned())));
    assert_eq!(given(Sex::Other), None);
    assert_eq!(given(Sex::Unknown), None);
    let phq = library.named("phq-9").unwrap();
    assert_eq!(given_by_record(phq, Sex::Female), Answers::new());
}
