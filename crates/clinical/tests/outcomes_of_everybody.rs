//! Counts over everybody: what was owed and what came, who has ended and why, what may leave the
//! house.
//!
//! Witness: the cases beside `policies/outcomes.toml`, worked out by hand; for what a reader of a table
//! can find out, every table that fits what is told, listed one by one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::follow_up::ContactKind;
use clinical::course::outcomes::everybody::{
    EndFact, HistoryFact, OUTCOMES, OnePerson, OutcomeRules, Point, RecordFacts, ScoreFact,
    SheetFact, Tally, WayOn, WhyMissing,
};
use clinical::course::outcomes::{Asking, ContactFact, EndReason, Missing, SCALES};
use clinical::course::screening::person::Product;
use clinical::instrument::{Library, Points};
use clinical::record::PatientId;
use clinical::statistics::{Cell, withhold};
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use units::{Moment, Span};
use uuid::Uuid;

/// 1 June 2026, 10:00 UTC.
const DRUG: Moment = Moment::from_microseconds(1_780_308_000_000_000);

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::shipped().unwrap());

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    away: Vec<Away>,
    small: Vec<Small>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Away {
    days: i64,
    booked: bool,
    #[serde(default)]
    ended: Option<EndReason>,
    stands: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Small {
    counts: Vec<u32>,
    #[serde(default)]
    total: Option<String>,
    told: Vec<String>,
}

fn days(days: i64) -> Span {
    Span::from_hours(24 * days)
}

fn whole(points: i32) -> ScoreFact {
    ScoreFact::Points(Points::whole(points).unwrap())
}

fn history(scale: &str, at: Moment, points: i32) -> HistoryFact {
    HistoryFact {
        scale: scale.to_owned(),
        at,
        score: whole(points),
    }
}

fn contact(number: u128, kind: ContactKind, after: i64, asking: Asking) -> ContactFact {
    ContactFact {
        contact: Uuid::from_u128(number),
        kind,
        ends_induction: kind == ContactKind::Week,
        due: DRUG + days(after),
        asking,
    }
}

fn sheet(contact: u128, scale: &str, after: i64, score: ScoreFact) -> SheetFact {
    SheetFact {
        scale: scale.to_owned(),
        contact: Some(Uuid::from_u128(contact)),
        at: DRUG + days(after),
        score,
        is_left: false,
    }
}

fn person(record: &RecordFacts) -> OnePerson {
    OnePerson::of(&[record], &[(DRUG, Product::Racemic)], &LIBRARY).unwrap()
}

fn tally(people: &[OnePerson], now: Moment) -> Tally {
    let rules = OutcomeRules::shipped().unwrap();
    let named = (1_u128..).map(|number| PatientId(Uuid::from_u128(number)));
    Tally::of(named.zip(people), &BTreeSet::new(), &LIBRARY, &rules, now)
}

fn says(cell: Cell) -> String {
    match cell {
        Cell::Exactly(count) => count.to_string(),
        Cell::FewerThan(_) => "few".to_owned(),
        Cell::Withheld => "withheld".to_owned(),
    }
}

#[test]
fn who_counts_as_away_is_what_the_cases_say() {
    let cases: Cases = toml::from_str(OUTCOMES.cases).unwrap();
    let rules = OutcomeRules::shipped().unwrap();
    for case in cases.away {
        let one = person(&RecordFacts {
            ended: case.ended.map(|because| EndFact {
                because,
                at: DRUG + days(1),
            }),
            ..RecordFacts::default()
        });
        let stands = match WayOn::of(&one, case.booked, &rules, DRUG + days(case.days)) {
            WayOn::GoesOn => "goes-on",
            WayOn::Ended(because) => because.word(),
            WayOn::NothingSaid => "nothing-said",
        };
        assert_eq!(stands, case.stands, "{} days", case.days);
    }
}

#[test]
fn what_is_small_and_what_would_give_it_away_is_withheld_as_the_cases_say() {
    // Hazard: H66
    let cases: Cases = toml::from_str(OUTCOMES.cases).unwrap();
    let small = OutcomeRules::shipped().unwrap().small;
    for case in cases.small {
        let shown = withhold(&case.counts, small);
        let told: Vec<String> = shown.cells.into_iter().map(says).collect();
        assert_eq!(told, case.told, "{:?}", case.counts);
        let all: u32 = case.counts.iter().sum();
        let total = case.total.unwrap_or_else(|| all.to_string());
        assert_eq!(says(shown.total), total, "{:?}", case.counts);
    }
}

/// Every table that fits what is told. `few`: something small is told beside what is withheld, which is
/// then known not to be small.
fn possible(told: &[Cell], total: u32, few: bool) -> Vec<Vec<u32>> {
    let mut tables = vec![(Vec::new(), total)];
    for cell in told {
        tables = tables
            .into_iter()
            .flat_map(|(table, left)| {
                let range: Vec<u32> = match cell {
                    Cell::Exactly(count) => vec![*count],
                    Cell::FewerThan(limit) => (1..*limit).collect(),
                    Cell::Withheld if few => (5..=left).collect(),
                    Cell::Withheld => (0..=left).collect(),
                };
                range
                    .into_iter()
                    .filter(move |count| *count <= left)
                    .map(move |count| {
                        let mut more: Vec<u32> = table.clone();
                        more.push(count);
                        (more, left - count)
                    })
                    .collect::<Vec<_>>()
            })
            .collect();
    }
    tables
        .into_iter()
        .filter(|(_, left)| *left == 0)
        .map(|(table, _)| table)
        .collect()
}

#[test]
fn whoever_has_no_score_is_unknown_and_in_no_denominator() {
    // Hazard: H65
    // Worked out by hand: 20 to 9 is 55 % less; 20 to 18 is 10 % less; 3 is below 5 whatever it was
    // before; without a score since nothing is known.
    let week = || vec![contact(1, ContactKind::Week, 7, Asking::Made)];
    let before = || vec![history("phq-9", DRUG - days(3), 20)];
    let one = |history: Vec<HistoryFact>, score: Option<i32>| {
        person(&RecordFacts {
            contacts: week(),
            history,
            sheets: score
                .map(|points| sheet(1, "phq-9", 8, whole(points)))
                .into_iter()
                .collect(),
            ..RecordFacts::default()
        })
    };
    let all = [
        one(before(), Some(9)),
        one(before(), Some(18)),
        one(Vec::new(), Some(3)),
        one(before(), None),
    ];
    let tally = tally(&all, DRUG + days(40));
    let changes = &LIBRARY.named("phq-9").unwrap().changes;
    let found = |id: &str| {
        let place = changes.iter().position(|rule| rule.id == id).unwrap();
        let one = &tally.scales[0].definitions[place];
        (one.met, one.known(), one.unknown.clone())
    };
    let (met, known, unknown) = found("response");
    assert_eq!((met, known), (1, 2));
    assert_eq!(unknown[&Missing::NoBaseline], 1);
    assert_eq!(unknown[&Missing::NoScoreSince], 1);
    let (met, known, unknown) = found("remission");
    assert_eq!((met, known), (1, 3));
    assert_eq!(
        unknown.into_iter().collect::<Vec<_>>(),
        [(Missing::NoScoreSince, 1)]
    );
    let end = &tally.scales[0].completion[&Point::SeriesEnd];
    assert_eq!((end.answered, end.owed()), (3, 4));
    assert_eq!(end.missing[&WhyMissing::Silent], 1);
    let start = &tally.scales[0].completion[&Point::Before];
    assert_eq!((start.answered, start.owed()), (3, 4));
    // 20 is in the bar from 18, 9 in the bar from 9.
    assert_eq!(
        tally.scales[0].scores[&Point::Before].bars,
        [0, 0, 0, 0, 0, 0, 3, 0, 0]
    );
    assert_eq!(
        tally.scales[0].scores[&Point::SeriesEnd].bars,
        [0, 1, 0, 1, 0, 0, 1, 0, 0]
    );
    assert_eq!(tally.scales.len(), SCALES.len());
}

#[test]
fn a_score_that_did_not_come_says_why() {
    let owed = |record: RecordFacts, now: i64| {
        let tally = tally(&[person(&record)], DRUG + days(now));
        let week = tally.scales[0]
            .completion
            .get(&Point::SeriesEnd)
            .cloned()
            .unwrap_or_default();
        (
            week.waiting,
            week.answered,
            week.missing.into_iter().collect::<Vec<_>>(),
        )
    };
    let record = |asking, score: Option<ScoreFact>| RecordFacts {
        contacts: vec![contact(1, ContactKind::Week, 7, asking)],
        sheets: score
            .map(|score| sheet(1, "phq-9", 8, score))
            .into_iter()
            .collect(),
        ..RecordFacts::default()
    };
    let missing = |why| (0, 0, vec![(why, 1)]);
    // Before its time nothing is owed; for 14 days after it there is time to answer.
    assert_eq!(owed(record(Asking::Planned, None), 6), (0, 0, Vec::new()));
    assert_eq!(owed(record(Asking::Made, None), 20), (1, 0, Vec::new()));
    assert_eq!(
        owed(record(Asking::Made, None), 21),
        missing(WhyMissing::Silent)
    );
    assert_eq!(
        owed(record(Asking::Planned, None), 21),
        missing(WhyMissing::NotAsked)
    );
    assert_eq!(
        owed(record(Asking::Overtaken, None), 21),
        missing(WhyMissing::Overtaken)
    );
    let declined = record(Asking::Made, Some(ScoreFact::Declined));
    assert_eq!(owed(declined, 21), missing(WhyMissing::Declined));
    let incomplete = record(Asking::Made, Some(ScoreFact::Incomplete));
    assert_eq!(owed(incomplete, 21), missing(WhyMissing::Incomplete));
    assert_eq!(
        owed(record(Asking::Made, Some(whole(4))), 21),
        (0, 1, Vec::new())
    );
    // A sheet on paper answers the newest contact that was due, for as long as answers are taken.
    let paper = |after| {
        let mut record = record(Asking::Made, Some(whole(4)));
        record.sheets[0].contact = None;
        record.sheets[0].at = DRUG + days(after);
        record
    };
    assert_eq!(owed(paper(6), 21), missing(WhyMissing::Silent));
    assert_eq!(owed(paper(7), 21), (0, 1, Vec::new()));
    assert_eq!(owed(paper(20), 21), (0, 1, Vec::new()));
    assert_eq!(owed(paper(21), 21), missing(WhyMissing::Silent));
    let mut later = paper(12);
    later
        .contacts
        .push(contact(2, ContactKind::Month, 10, Asking::Made));
    assert_eq!(owed(later, 25), missing(WhyMissing::Silent));
    let unwritten = RecordFacts {
        no_messages: true,
        ..record(Asking::Made, None)
    };
    assert_eq!(owed(unwritten, 21), missing(WhyMissing::NoMessages));
    let ended = RecordFacts {
        ended: Some(EndFact {
            because: EndReason::Cost,
            at: DRUG + days(3),
        }),
        ..record(Asking::Made, None)
    };
    assert_eq!(owed(ended, 21), missing(WhyMissing::Ended));
}

#[test]
fn records_that_were_merged_are_one_person_and_a_later_session_takes_an_end_back() {
    let old = RecordFacts {
        history: vec![history("phq-9", DRUG - days(9), 21)],
        ended: Some(EndFact {
            because: EndReason::Way,
            at: DRUG + days(2),
        }),
        ..RecordFacts::default()
    };
    let own = RecordFacts {
        contacts: vec![contact(1, ContactKind::Week, 7, Asking::Made)],
        sheets: vec![sheet(1, "phq-9", 8, whole(4))],
        ..RecordFacts::default()
    };
    let sessions = [
        (DRUG + days(1), Product::Racemic),
        (DRUG, Product::Esketamine),
    ];
    let one = OnePerson::of(&[&own, &old], &sessions, &LIBRARY).unwrap();
    assert_eq!(one.product, Product::Esketamine);
    assert_eq!(one.scales[0].before, Points::whole(21));
    assert!(one.ended.is_some());
    let again = [sessions[0], sessions[1], (DRUG + days(3), Product::Racemic)];
    let came = OnePerson::of(&[&own, &old], &again, &LIBRARY).unwrap();
    assert_eq!(came.ended, None);
    assert_eq!(tally(&[one], DRUG + days(30)).people, 1);
    assert!(OnePerson::of(&[&own], &[], &LIBRARY).is_none());
}

proptest! {
    #[test]
    fn no_small_count_can_be_worked_out_from_what_is_told(
        counts in proptest::collection::vec(0_u32..12, 2..5),
    ) {
        // Hazard: H66
        let shown = withhold(&counts, 5);
        let total: u32 = counts.iter().sum();
        prop_assume!(total >= 5);
        // What is withheld beside something small is known not to be small: said once for all cells.
        let few = shown.cells.iter().any(|cell| matches!(cell, Cell::FewerThan(_)));
        let tables: Vec<Vec<u32>> = possible(&shown.cells, total, few);
        prop_assert!(tables.contains(&counts));
        for (place, count) in counts.iter().enumerate() {
            if (1..5).contains(count) {
                let values: BTreeSet<u32> = tables.iter().map(|table| table[place]).collect();
                prop_assert!(values.len() > 1, "{counts:?} {:?}", shown.cells);
            }
        }
    }

    #[test]
    fn what_was_answered_and_what_is_missing_are_what_was_owed(
        people in proptest::collection::vec(
            (0_i64..60, 0_usize..6, 0_usize..6, proptest::option::of(0_i64..200)),
            0..40,
        ),
        now in 0_i64..400,
    ) {
        let asking = [Asking::Planned, Asking::Made, Asking::Overtaken];
        let score = |which: usize| match which {
            0 => Some(whole(12)),
            1 => Some(ScoreFact::Incomplete),
            2 => Some(ScoreFact::Declined),
            _ => None,
        };
        let all: Vec<OnePerson> = people
            .iter()
            .map(|(due, first, second, ended)| {
                let contacts = vec![
                    contact(1, ContactKind::Week, *due, asking[first % 3]),
                    contact(2, ContactKind::Month, due + 30, asking[second % 3]),
                ];
                let sheets = [(1, *first), (2, *second)]
                    .into_iter()
                    .filter_map(|(number, which)| {
                        Some(sheet(number, "phq-9", due + 1, score(which)?))
                    })
                    .collect();
                person(&RecordFacts {
                    contacts,
                    sheets,
                    ended: ended.map(|after| EndFact {
                        because: EndReason::Cost,
                        at: DRUG + days(after),
                    }),
                    ..RecordFacts::default()
                })
            })
            .collect();
        let now = DRUG + days(now);
        let tally = tally(&all, now);
        let mut owed = 0;
        for (place, scale) in tally.scales.iter().enumerate() {
            for (point, later) in [(Point::SeriesEnd, 0), (Point::Month, 30)] {
                // Whose time has come; a sheet counts whenever it was filled in.
                let come = people.iter().filter(|(due, first, second, _)| {
                    let which = if later == 0 { first } else { second };
                    DRUG + days(due + later) <= now || place == 0 && *which < 3
                });
                let counted = scale.completion.get(&point)
                    .map_or(0, |one| one.owed() + one.waiting);
                prop_assert_eq!(counted as usize, come.count(), "{:?}", point);
            }
            let before = scale.completion.get(&Point::Before).map_or(0, |one| one.owed());
            prop_assert_eq!(before as usize, all.len());
            owed += scale.completion.values().map(|one| one.owed()).sum::<u32>();
            let answered: u32 = scale.completion.values().map(|one| one.answered).sum();
            let drawn: u32 = scale.scores.values().flat_map(|one| &one.bars).sum();
            prop_assert_eq!(answered, drawn);
            for definition in &scale.definitions {
                let unknown: u32 = definition.unknown.values().sum();
                prop_assert_eq!(definition.known() + unknown, tally.people);
            }
        }
        let answered: u32 = tally.scales.iter().flat_map(|one| one.completion.values())
            .map(|one| one.answered).sum();
        prop_assert_eq!(owed, answered + tally.missing.len() as u32);
        let ways: u32 = tally.ends.by.values().map(|(all, _)| all).sum();
        prop_assert_eq!(ways, tally.people);
    }
}
