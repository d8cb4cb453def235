//! The experience in a session: ratings, moments, support and touch, supporting medicines, and who
//! has the room.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::session_visit::*;
use clinical::course::session::handover::open_matters;
use clinical::course::session::*;
use clinical::course::wishes::{Touch, Wish, Wishes, WishesEvent};
use clinical::instrument::Library;
use clinical::record::{Actor, EventId, Folded, Role};
use std::collections::BTreeSet;
use units::Moment;

fn support(kind: SupportKind) -> Command {
    Command::GiveSupport {
        kind,
        note: String::new(),
        detail: SupportDetail::default(),
    }
}

fn rate(side: Side, points: u8, note: Option<EventId>) -> Command {
    Command::RateExperience {
        side,
        rating: points.try_into().unwrap(),
        note,
    }
}

fn ondansetron(note: Option<EventId>, again: bool) -> Command {
    Command::GiveMedicine {
        medicine: "ondansetron".to_owned(),
        dose: "4 mg".to_owned(),
        route: "IV".to_owned(),
        because: "nausea".to_owned(),
        note,
        again,
    }
}

#[test]
fn the_sides_are_those_of_the_instrument_and_one_for_dissociation() {
    // Witness: clinical reference 8.6 names ten items, 4.5 the single one.
    let library = Library::shipped().unwrap();
    let file = library.named("session-experience").unwrap();
    let items: BTreeSet<&str> = file.items.iter().map(|item| item.id.as_str()).collect();
    let mut sides: BTreeSet<&str> = Side::ALL.into_iter().map(Side::word).collect();
    assert!(sides.remove("dissociation"));
    assert_eq!(sides, items);
    assert_eq!(items.len(), 10);
}

#[test]
fn a_rating_is_charted_from_0_to_10_corrected_and_struck_like_every_entry() {
    let mut visit = Visit::running();
    for points in [0, 10] {
        visit.does(rate(Side::Nausea, points, None), minute(5));
    }
    assert!(Rating::try_from(11).is_err());
    let wrong = visit.does(rate(Side::Pain, 7, None), minute(6));
    let right = Correction::Rating {
        rating: 1.try_into().unwrap(),
    };
    visit.does(correct(wrong, right), minute(7));
    let stands = |visit: &Visit| {
        visit
            .session
            .ratings()
            .iter()
            .map(|(_, side, rating)| (*side, rating.points()))
            .collect::<Vec<_>>()
    };
    let pain = (Side::Pain, 1);
    assert_eq!(
        stands(&visit),
        [(Side::Nausea, 0), (Side::Nausea, 10), pain]
    );
    visit.does(correct(wrong, Correction::Struck), minute(8));
    assert_eq!(stands(&visit), [(Side::Nausea, 0), (Side::Nausea, 10)]);
    // A rating is no distress score.
    let other = Correction::Distress {
        score: 1.try_into().unwrap(),
    };
    let refused = visit.tries(correct(wrong, other), minute(9));
    assert_eq!(refused, Err(Refusal::DoesNotFit));
}

#[test]
fn a_moment_is_marked_without_a_word_and_given_one_later() {
    let mut visit = Visit::running();
    let marked = visit.does(
        Command::MarkMoment {
            note: String::new(),
        },
        minute(5),
    );
    let words = Correction::Text {
        text: "smiled".to_owned(),
    };
    visit.does(correct(marked, words), minute(20));
    let entry = &visit
        .session
        .entries
        .iter()
        .find(|one| one.event_id == marked);
    assert_eq!(
        entry.unwrap().standing().as_deref(),
        Some(&SessionEvent::MomentMarked {
            note: "smiled".to_owned()
        })
    );
}

#[test]
fn touch_is_charted_only_as_it_was_agreed() {
    // Hazard: H61
    let cases = [
        (None, [false, false, false]),
        (Some(Touch::NoTouch), [false, false, false]),
        (Some(Touch::AskMe), [false, false, false]),
        (Some(Touch::Hand), [true, false, true]),
        (Some(Touch::Shoulder), [false, true, true]),
        (Some(Touch::HandOrShoulder), [true, true, true]),
    ];
    let kinds = [
        SupportKind::Hand,
        SupportKind::Shoulder,
        SupportKind::AgreedTouch,
    ];
    for (touch, allowed) in cases {
        for (kind, allowed) in kinds.into_iter().zip(allowed) {
            let mut visit = Visit::running();
            visit.papers.touch = touch;
            let done = visit.tries(support(kind), minute(5));
            match allowed {
                true => assert!(done.is_ok(), "{touch:?} {kind:?}"),
                false => assert_eq!(done, Err(Refusal::TouchNotAgreed { stands: touch })),
            }
            // Presence and a voice need no agreement.
            assert!(visit.tries(support(SupportKind::Voice), minute(6)).is_ok());
        }
    }
}

#[test]
fn touch_that_was_not_agreed_cannot_hide_behind_another_support() {
    // Hazard: H61
    let mut visit = Visit::running();
    visit.papers.touch = Some(Touch::Shoulder);
    let hidden = Command::GiveSupport {
        kind: SupportKind::Voice,
        note: String::new(),
        detail: SupportDetail {
            also: [SupportKind::Hand].into(),
            observed: Some(Observed::Fearful),
            said: "where am I".to_owned(),
        },
    };
    let refused = Refusal::TouchNotAgreed {
        stands: Some(Touch::Shoulder),
    };
    assert_eq!(visit.tries(hidden, minute(5)), Err(refused));
}

#[test]
fn what_support_has_done_is_asked_after_five_minutes_and_not_before() {
    // Witness: clinical reference 4.7, "effect after 5 min".
    let mut visit = Visit::running();
    let given = visit.does(support(SupportKind::Voice), minute(10));
    let asked =
        |visit: &Visit, at: Moment| visit.session.effect_to_say(at).map(|entry| entry.event_id);
    assert_eq!(asked(&visit, second(10 * 60 + 299)), None);
    assert_eq!(asked(&visit, minute(15)), Some(given));
    assert_eq!(asked(&visit, minute(40)), Some(given));
    let seen = Command::SeeSupportEffect {
        support: given,
        effect: Effect::Easier,
        note: String::new(),
    };
    let of_nothing = Command::SeeSupportEffect {
        support: EventId(uuid::Uuid::from_u128(3)),
        effect: Effect::Easier,
        note: String::new(),
    };
    assert_eq!(
        visit.tries(of_nothing, minute(16)),
        Err(Refusal::NoSuchEntry)
    );
    visit.does(seen, minute(16));
    assert_eq!(asked(&visit, minute(40)), None);
}

#[test]
fn support_that_was_charted_before_details_existed_still_reads() {
    let old = r#"{"event":"SupportGiven","kind":"reassurance","note":"calm"}"#;
    let event: SessionEvent = serde_json::from_str(old).unwrap();
    assert_eq!(serde_json::to_string(&event).unwrap(), old);
}

#[test]
fn a_phrase_is_confirmed_once_and_the_same_dose_a_moment_later_is_asked_about() {
    // Hazard: H21
    let mut visit = Visit::running();
    let written = visit.does(note("nausea, ondansetron 4 mg IV"), minute(10));
    let nowhere = Some(EventId(uuid::Uuid::from_u128(3)));
    assert_eq!(
        visit.tries(ondansetron(nowhere, false), minute(10)),
        Err(Refusal::NoSuchEntry)
    );
    let given = visit.does(ondansetron(Some(written), false), minute(10));
    assert_eq!(
        visit.tries(ondansetron(Some(written), true), minute(30)),
        Err(Refusal::PhraseCharted)
    );
    let just_given = Refusal::MedicineJustGiven {
        medicine: "ondansetron".to_owned(),
        dose: "4 mg".to_owned(),
    };
    assert_eq!(
        visit.tries(ondansetron(None, false), second(10 * 60 + 59)),
        Err(just_given)
    );
    assert!(
        visit
            .tries(ondansetron(None, true), second(10 * 60 + 59))
            .is_ok()
    );
    // Struck because it was not given after all: the note may be confirmed again.
    visit.does(correct(given, Correction::Struck), minute(12));
    assert!(
        visit
            .tries(ondansetron(Some(written), false), minute(14))
            .is_ok()
    );

    let rated = visit.does(note("nausea 6/10"), minute(15));
    visit.does(rate(Side::Nausea, 6, Some(rated)), minute(15));
    assert_eq!(
        visit.tries(rate(Side::Nausea, 6, Some(rated)), minute(16)),
        Err(Refusal::PhraseCharted)
    );
}

#[test]
fn a_medicine_without_a_name_or_a_dose_is_not_charted() {
    let mut visit = Visit::running();
    for (medicine, dose) in [("", "4 mg"), ("ondansetron", " ")] {
        let command = Command::GiveMedicine {
            medicine: medicine.to_owned(),
            dose: dose.to_owned(),
            route: String::new(),
            because: String::new(),
            note: None,
            again: false,
        };
        assert_eq!(visit.tries(command, minute(5)), Err(Refusal::WordsMissing));
    }
}

#[test]
fn whoever_takes_over_the_room_is_told_what_is_open_and_the_record_says_so() {
    let mut visit = Visit::running();
    assert!(visit.session.has_room().is_none());
    visit.does(Command::TakeRoom, minute(1));
    assert_eq!(
        visit.tries(Command::TakeRoom, minute(2)),
        Err(Refusal::HasRoomAlready)
    );
    visit.does(distress(6), minute(6));
    visit.does(ondansetron(None, false), minute(7));
    visit.papers.touch = Some(Touch::NoTouch);
    let therapist = person("Tomás Ibarra", Role::Therapist);
    let events = visit
        .by(&therapist, Command::TakeRoom, minute(10), minute(10))
        .unwrap();
    let SessionEvent::RoomTaken { from, open } = &events[0] else {
        panic!("{events:?}")
    };
    assert_eq!(from.as_deref(), Some("Nora Lind"));
    // 75 mL/h of 0.7 mg/mL for 10 minutes: 75 × 0.7 ÷ 6 = 8.75, to one decimal 8.8 mg.
    assert!(
        open.iter().any(|line| line.contains("8.8\u{a0}mg given")),
        "{open:?}"
    );
    for says in [
        "distress 6 of 10, 4 min ago",
        "also given: ondansetron 4 mg",
        "touch: no touch",
    ] {
        assert!(open.iter().any(|line| line == says), "{says}: {open:?}");
    }
    let (Actor::Person { name, .. }, _) = visit.session.has_room().unwrap() else {
        panic!("a person")
    };
    assert_eq!(name, "Tomás Ibarra");
    assert_eq!(
        visit.by(&engine(), Command::TakeRoom, minute(11), minute(11)),
        Err(Refusal::NotForMachines)
    );
}

#[test]
fn what_nobody_has_asked_is_said_at_a_hand_over() {
    let visit = Visit::running();
    let open = open_matters(&visit.session, &visit.rules, None, minute(3));
    for says in [
        "touch: nobody has asked",
        "MOAA/S: never scored",
        "distress: never scored",
    ] {
        assert!(open.iter().any(|line| line == says), "{says}: {open:?}");
    }
    let before = Visit::ready();
    let open = open_matters(&before.session, &before.rules, None, START);
    assert!(
        !open.iter().any(|line| line.contains("never scored")),
        "{open:?}"
    );
}

fn wishes(said: &[(i64, Wish)]) -> Wishes {
    let mut visit = Visit::running();
    let mut wishes = Wishes::default();
    for (minutes, wish) in said {
        // Any header will do: what matters is when it was said.
        visit.does(note("x"), minute(*minutes));
        let (header, _) = visit.events.last().unwrap().clone();
        for event in wishes.say(wish.clone(), None).unwrap() {
            wishes.take(&header, &event);
        }
    }
    wishes
}

#[test]
fn the_newest_word_about_touch_holds_from_the_moment_it_is_said() {
    // Hazard: H61
    let touch = |touch| Wish::Touch { touch };
    let wishes = wishes(&[(5, touch(Touch::Hand)), (20, touch(Touch::NoTouch))]);
    let at = |minutes| wishes.touch_at(minute(minutes)).map(|said| said.what);
    assert_eq!(at(4), None);
    assert_eq!(at(5), Some(Touch::Hand));
    assert_eq!(at(19), Some(Touch::Hand));
    assert_eq!(at(20), Some(Touch::NoTouch));
    assert_eq!(wishes.touch().map(|said| said.what), Some(Touch::NoTouch));
}

#[test]
fn words_are_taken_back_by_saying_none_and_too_many_are_refused() {
    let words = |words: &str| Wish::Intention {
        words: words.to_owned(),
    };
    let some = wishes(&[(1, words("to sleep again"))]);
    assert_eq!(some.intention.as_ref().unwrap().what, "to sleep again");
    assert_eq!(some.say(words(" to sleep again "), None), Ok(Vec::new()));
    let none = wishes(&[(1, words("to sleep again")), (2, words("  "))]);
    assert!(none.is_empty());
    assert!(some.say(words(&"é".repeat(2_000)), None).is_ok());
    assert!(some.say(words(&"é".repeat(2_001)), None).is_err());
    let _closed: fn(WishesEvent) = |event| match event {
        WishesEvent::WishSaid { .. } => {}
    };
}
