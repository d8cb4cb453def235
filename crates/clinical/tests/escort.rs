//! Whoever takes a person home, asked by a link.
//!
//! Expected answers: hazard H39 and clinical reference 2.5 (a named adult; a taxi alone is not
//! enough), written by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::recorded::take;
use clinical::course::escort::{
    Comes, EscortAsks, LINK_OPENS_FOR, Refusal, Standing, Way, cannot_come, heard,
};
use clinical::course::preparation::{About, Check, Escort, Fixer, Ride, Standing as CheckStanding};
use clinical::leaflet::Language;
use units::{Moment, Span};
use uuid::Uuid;

const ASK: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn starts() -> Moment {
    at("2026-12-08T14:00:00Z")
}

fn asked_at() -> Moment {
    at("2026-12-07T10:00:00Z")
}

fn maria() -> Escort {
    Escort {
        name: "Maria Costa".to_owned(),
        phone: "+57 300 1234567".to_owned(),
        relationship: "sister".to_owned(),
        ride: Ride::CompanionDrives,
    }
}

fn ask(state: &mut EscortAsks, id: Uuid, whom: Escort) {
    let wanted = (id, whom, Way::TextMessage, Language::English);
    let events = state.ask(wanted, true, Some(starts()), asked_at()).unwrap();
    take(state, asked_at(), events);
}

/// Maria was asked.
fn asked() -> EscortAsks {
    let mut state = EscortAsks::default();
    ask(&mut state, ASK, maria());
    state
}

fn answered(comes: Comes) -> EscortAsks {
    let mut state = asked();
    let now = asked_at() + Span::from_minutes(5);
    let events = state.answer(ASK, comes, true, starts(), now).unwrap();
    take(&mut state, now, events);
    state
}

const DRIVES: Comes = Comes::Yes {
    ride: Ride::CompanionDrives,
};

/// The check of the way home when Maria is named.
fn met() -> Check {
    Check::met(
        About::WayHome,
        "Maria Costa, +57 300 1234567 takes them home.",
    )
}

// Hazard: H45
#[test]
fn nobody_is_written_to_whom_the_person_did_not_agree_to() {
    let nobody = EscortAsks::default();
    let wanted = (ASK, maria(), Way::TextMessage, Language::English);
    let refused = nobody.ask(wanted, false, Some(starts()), asked_at());
    assert_eq!(refused, Err(Refusal::NotAgreed));
}

#[test]
fn what_cannot_be_sent_is_refused_in_words() {
    let nobody = EscortAsks::default();
    let tried = |escort: Escort, way: Way, starts: Option<Moment>| {
        nobody.ask(
            (ASK, escort, way, Language::English),
            true,
            starts,
            asked_at(),
        )
    };
    let unnamed = Escort {
        name: "  ".to_owned(),
        ..maria()
    };
    let unnumbered = Escort {
        phone: "12a".to_owned(),
        ..maria()
    };
    assert_eq!(
        tried(unnamed, Way::Shown, Some(starts())),
        Err(Refusal::NoName)
    );
    assert_eq!(
        tried(unnumbered, Way::Shown, Some(starts())),
        Err(Refusal::NoNumber)
    );
    for address in [
        "",
        "maria",
        "maria@",
        "@example.org",
        "maria@example",
        "ma ria@example.org",
        "a@b@example.org",
    ] {
        let way = Way::Email {
            address: address.to_owned(),
        };
        assert_eq!(
            tried(maria(), way, Some(starts())),
            Err(Refusal::NoAddress),
            "{address}"
        );
    }
    assert_eq!(tried(maria(), Way::TextMessage, None), Err(Refusal::Over));
    let yesterday = asked_at() - LINK_OPENS_FOR;
    assert_eq!(
        tried(maria(), Way::TextMessage, Some(yesterday)),
        Err(Refusal::Over)
    );
    let just_open = yesterday + Span::from_microseconds(1);
    assert!(tried(maria(), Way::TextMessage, Some(just_open)).is_ok());
}

// Hazard: H39
#[test]
fn only_an_adult_who_comes_along_says_yes() {
    let state = asked();
    let now = asked_at();
    let say = |comes, adult| state.answer(ASK, comes, adult, starts(), now);
    assert_eq!(say(DRIVES, false), Err(Refusal::NotAnAdult));
    for ride in [Ride::TaxiAlone, Ride::NotSure] {
        assert_eq!(
            say(Comes::Yes { ride }, true),
            Err(Refusal::NoRide),
            "{ride:?}"
        );
    }
    assert_eq!(say(DRIVES, true).unwrap().len(), 1);
    // Nobody has to be an adult to say no.
    assert_eq!(say(Comes::No, false).unwrap().len(), 1);
}

#[test]
fn the_newest_answer_holds_and_the_same_one_is_written_once() {
    let mut state = answered(DRIVES);
    let now = asked_at() + Span::from_hours(1);
    assert_eq!(
        state.answer(ASK, DRIVES, true, starts(), now),
        Ok(Vec::new())
    );
    let events = state.answer(ASK, Comes::No, false, starts(), now).unwrap();
    take(&mut state, now, events);
    assert_eq!(state.standing(starts()), Standing::CannotCome { at: now });
}

// Hazard: H39
#[test]
fn a_yes_for_another_time_is_no_yes_for_this_one() {
    let state = answered(DRIVES);
    let said = asked_at() + Span::from_minutes(5);
    assert_eq!(
        state.standing(starts()),
        Standing::Comes {
            at: said,
            ride: Ride::CompanionDrives
        }
    );
    let moved = starts() + Span::from_hours(24);
    assert_eq!(state.standing(moved), Standing::ForAnotherTime { at: said });
    // The link still opens, and the same words are an answer again.
    assert_eq!(
        state.answer(ASK, DRIVES, true, moved, said).unwrap().len(),
        1
    );
}

#[test]
fn whoever_is_asked_anew_takes_the_place_of_whoever_was_asked_before() {
    let mut state = answered(DRIVES);
    let bruno = Escort {
        name: "Bruno Costa".to_owned(),
        ..maria()
    };
    ask(&mut state, OTHER, bruno);
    assert_eq!(state.standing(starts()), Standing::Waiting);
    assert_eq!(
        state.answer(ASK, Comes::No, true, starts(), asked_at()),
        Err(Refusal::Closed)
    );
    assert!(state.open(ASK, starts(), asked_at()).is_none());
    assert!(state.open(OTHER, starts(), asked_at()).is_some());
}

#[test]
fn a_link_opens_through_the_night_and_no_longer() {
    let state = asked();
    let last = starts() + LINK_OPENS_FOR - Span::from_microseconds(1);
    assert!(state.open(ASK, starts(), last).is_some());
    assert!(
        state
            .open(ASK, starts(), starts() + LINK_OPENS_FOR)
            .is_none()
    );
}

#[test]
fn a_closed_link_opens_nothing_and_is_closed_once() {
    let mut state = asked();
    let events = state.close(ASK, "the clinic closed it");
    assert_eq!(events.len(), 1);
    take(&mut state, asked_at(), events);
    assert!(state.open(ASK, starts(), asked_at()).is_none());
    assert_eq!(state.standing(starts()), Standing::NotAsked);
    assert!(state.close(ASK, "again").is_empty());
}

#[test]
fn that_the_instructions_were_opened_is_noted_once() {
    let mut state = asked();
    let evening = starts() + Span::from_hours(3);
    let events = state.read(ASK, starts(), evening);
    assert_eq!(events.len(), 1);
    take(&mut state, evening, events);
    assert_eq!(state.current().unwrap().read_at, Some(evening));
    assert!(state.read(ASK, starts(), evening).is_empty());
}

// Hazard: H39
#[test]
fn who_said_no_takes_nobody_home() {
    let no = answered(Comes::No);
    let check = heard(met(), Some(&maria()), &no, starts());
    assert_eq!(check.standing, CheckStanding::Stop);
    assert_eq!(
        check.says,
        "Maria Costa said by their link that they cannot come."
    );
    let named = maria().says();
    assert_eq!(cannot_come(&no, Some(&named)), Some(check.says));
    // Somebody else was named meanwhile: what Maria said is not about them.
    let bruno = Escort {
        name: "Bruno Costa".to_owned(),
        ..maria()
    };
    assert_eq!(heard(met(), Some(&bruno), &no, starts()), met());
    assert_eq!(cannot_come(&no, Some(&bruno.says())), None);
    assert_eq!(cannot_come(&no, None), None);
}

#[test]
fn what_is_known_stands_beside_who_is_named() {
    let says = |state: &EscortAsks, starts| {
        let check = heard(met(), Some(&maria()), state, starts);
        assert_eq!(check.standing, CheckStanding::Met);
        check.says
    };
    assert!(says(&answered(DRIVES), starts()).ends_with("They said yes by their link."));
    assert!(says(&asked(), starts()).ends_with("have not answered."));
    let moved = starts() + Span::from_hours(2);
    assert!(says(&answered(DRIVES), moved).ends_with("they are to answer again."));
    assert_eq!(says(&EscortAsks::default(), starts()), met().says);
}

// Hazard: H39
#[test]
fn a_yes_opens_no_check_that_is_closed() {
    let open = Check::open(
        About::WayHome,
        CheckStanding::Stop,
        "A taxi alone is planned; nobody comes along.",
        "Ask for an adult who comes along.",
        Fixer::Person,
    );
    let yes = answered(DRIVES);
    assert_eq!(heard(open.clone(), Some(&maria()), &yes, starts()), open);
}

// Hazard: H39
#[test]
fn a_no_stays_one_when_the_link_is_closed_or_somebody_else_was_asked_meanwhile() {
    let mut no = answered(Comes::No);
    let closed = no.close(ASK, "the clinic closed it");
    take(&mut no, asked_at(), closed);
    let stop = |state: &EscortAsks| heard(met(), Some(&maria()), state, starts()).standing;
    assert_eq!(stop(&no), CheckStanding::Stop);
    assert!(cannot_come(&no, Some(&maria().says())).is_some());
    let bruno = Escort {
        name: "Bruno Costa".to_owned(),
        phone: "+57 300 1112223".to_owned(),
        ..maria()
    };
    ask(&mut no, OTHER, bruno);
    assert_eq!(stop(&no), CheckStanding::Stop, "Maria is named again");
    // Asked once more, what she says then holds.
    ask(&mut no, Uuid::from_u128(3), maria());
    assert_eq!(stop(&no), CheckStanding::Met);
    assert!(cannot_come(&no, Some(&maria().says())).is_none());
}

// Hazard: H39
#[test]
fn whoever_is_named_in_the_room_in_other_words_is_known_again() {
    let no = answered(Comes::No);
    for named in [
        "Maria Costa",
        "sister maria costa, by car",
        "MARIA COSTA, +57 300 1234567",
    ] {
        assert!(cannot_come(&no, Some(named)).is_some(), "{named}");
    }
    for named in ["Maria", "Bruno Costa", "partner, by car", ""] {
        assert!(cannot_come(&no, Some(named)).is_none(), "{named}");
    }
}
