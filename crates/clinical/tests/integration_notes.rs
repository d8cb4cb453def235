//! Notes of integration: one author, signed, nothing overwritten; what is private, what must be told.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::follow_up::{Signs, Thoughts, Urgency};
use clinical::course::integration::{
    Action, AmendmentKind, Answer, ContactKind, Disclosed, Integration, IntegrationEvent, Mode,
    Note, Refusal, ReportCheck, named_in, note_of,
};
use clinical::patient::{Registration, Sex};
use clinical::record::{
    Actor, CommandId, EventId, Folded as _, Header, PatientId, Recorded as _, Role, StaffId,
    StreamId, StreamKind, TenantId,
};
use units::{Moment, Span};
use uuid::Uuid;

const NOW: Moment = Moment::from_microseconds(1_795_179_600_000_000);
const NOTE: Uuid = Uuid::from_u128(41);

fn actor(number: u128, name: &str, role: Role) -> Actor {
    Actor::Person {
        id: StaffId(Uuid::from_u128(number)),
        name: name.to_owned(),
        role,
    }
}

fn tess() -> Actor {
    actor(7, "Tess Moran", Role::Therapist)
}

fn petra() -> Actor {
    actor(8, "Petra Ivanova", Role::Prescriber)
}

fn taken(state: &mut Integration, events: &[IntegrationEvent], by: &Actor) {
    for event in events {
        let header = Header {
            tenant: TenantId(Uuid::nil()),
            position: 0,
            stream: StreamId::of(StreamKind::Integration, Uuid::nil()),
            stream_version: 0,
            event_id: EventId(Uuid::nil()),
            kind: event.name().to_owned(),
            schema_version: 1,
            actor: by.clone(),
            command_id: CommandId(Uuid::nil()),
            occurred_at: NOW,
            recorded_at: NOW,
            previous: [0; 32],
        };
        state.take(&header, event);
    }
}

fn note() -> Note {
    let mut note = Note::new(ContactKind::Other, NOW, Mode::InPerson);
    note.risk = Some(Thoughts::None);
    note.account = "I saw the house again.".to_owned();
    note.homework = vec!["Write one letter".to_owned(), "Walk on Sunday".to_owned()];
    note
}

fn drafted(note: Note) -> Integration {
    let mut state = Integration::default();
    let events = state.draft(NOTE, note, &tess(), |_| true, NOW).unwrap();
    taken(&mut state, &events, &tess());
    state
}

fn signed(note: Note) -> Integration {
    let mut state = drafted(note);
    let events = state.sign(NOTE, &tess()).unwrap();
    taken(&mut state, &events, &tess());
    state
}

#[test]
fn a_draft_is_written_and_signed_by_its_author_alone() {
    let state = drafted(note());
    let anothers = Refusal::AnothersDraft {
        by: "Tess Moran".to_owned(),
    };
    let further = state.draft(NOTE, note(), &petra(), |_| true, NOW);
    assert_eq!(further, Err(anothers.clone()));
    assert_eq!(state.sign(NOTE, &petra()), Err(anothers));
    assert!(state.sign(NOTE, &tess()).is_ok());
}

#[test]
fn a_signed_note_is_never_written_over() {
    let state = signed(note());
    let mut other = note();
    other.account = "Something else.".to_owned();
    let further = state.draft(NOTE, other, &tess(), |_| true, NOW);
    assert_eq!(further, Err(Refusal::Signed));
    assert_eq!(state.sign(NOTE, &tess()), Err(Refusal::Signed));
}

#[test]
fn a_correction_needs_a_reason_and_stands_beside_what_was_signed() {
    let mut state = signed(note());
    let without = state.amend(NOTE, AmendmentKind::Correction, "It was a flat.", " ");
    assert_eq!(without, Err(Refusal::NothingSaid));
    let events = state
        .amend(
            NOTE,
            AmendmentKind::Correction,
            "It was a flat.",
            "misheard",
        )
        .unwrap();
    taken(&mut state, &events, &petra());
    let known = state.note(NOTE).unwrap();
    assert_eq!(known.note.account, "I saw the house again.");
    assert_eq!(known.amendments[0].words, "It was a flat.");
    assert_eq!(known.amendments[0].reason, "misheard");
    let draft = drafted(note());
    let early = draft.amend(NOTE, AmendmentKind::Addendum, "More.", "");
    assert_eq!(early, Err(Refusal::NotSigned));
}

#[test]
fn nothing_is_signed_without_an_answer_to_the_risk_screen() {
    // Hazard: H68
    let mut unasked = note();
    unasked.risk = None;
    let state = drafted(unasked);
    assert_eq!(state.sign(NOTE, &tess()), Err(Refusal::RiskNotAsked));
}

#[test]
fn a_disclosed_trauma_is_not_signed_before_the_duty_to_report_is_checked() {
    // Hazard: H68
    let mut disclosed = note();
    disclosed.trauma = Some(Disclosed::Yes);
    let state = drafted(disclosed.clone());
    assert_eq!(state.sign(NOTE, &tess()), Err(Refusal::ReportUnchecked));
    disclosed.report_check = Some(ReportCheck::Asking);
    assert!(drafted(disclosed).sign(NOTE, &tess()).is_ok());
}

#[test]
fn a_risk_screen_that_says_yes_is_the_warning_sign_of_the_list_and_no_is_none() {
    // Hazard: H68
    // Witness: the table of clinical reference 7.4: a plan is the same hour, thoughts the same day.
    let signs = Signs::shipped().unwrap();
    let risk = |thoughts: Option<Thoughts>| {
        let mut note = note();
        note.risk = thoughts;
        Integration::risk(NOTE, &note, &signs)
    };
    assert_eq!(risk(None), None);
    assert_eq!(risk(Some(Thoughts::None)), None);
    let plan = risk(Some(Thoughts::Plan)).unwrap();
    assert_eq!(
        (plan.sign.as_str(), plan.urgency),
        ("suicidal-plan", Urgency::SameHour)
    );
    let thoughts = risk(Some(Thoughts::Thoughts)).unwrap();
    let of_thoughts = (thoughts.sign.as_str(), thoughts.urgency);
    assert_eq!(of_thoughts, ("suicidal-thoughts", Urgency::SameDay));
    // The same answer is one flag, a graver one another.
    assert_eq!(risk(Some(Thoughts::Plan)).unwrap().flag, plan.flag);
    assert_ne!(plan.flag, thoughts.flag);
}

#[test]
fn a_private_account_is_read_by_its_author_alone_and_the_person_changes_their_mind() {
    // Hazard: H68
    let mut private = note();
    private.account_private = true;
    let mut state = signed(private);
    let read = |state: &Integration, who: &Actor| {
        let known = state.note(NOTE).unwrap();
        known.account_for(who).map(str::to_owned)
    };
    let words = Some("I saw the house again.".to_owned());
    assert_eq!(read(&state, &tess()), words);
    assert_eq!(read(&state, &petra()), None);
    let events = state.mark_account(NOTE, false).unwrap();
    taken(&mut state, &events, &petra());
    assert_eq!(read(&state, &petra()), words);
    let events = state.mark_account(NOTE, true).unwrap();
    taken(&mut state, &events, &petra());
    assert_eq!(read(&state, &petra()), None);
    assert_eq!(read(&state, &tess()), words);
}

#[test]
fn homework_comes_with_the_signature_and_each_answer_stays() {
    let mut state = drafted(note());
    assert!(state.homework.is_empty());
    let events = state.sign(NOTE, &tess()).unwrap();
    taken(&mut state, &events, &tess());
    assert_eq!(state.homework.len(), 2);
    let first = state.homework[0].homework;
    for answer in [Answer::NotYet, Answer::Done] {
        let events = state.answer(first, answer).unwrap();
        assert_eq!(events.len(), 1);
        taken(&mut state, &events, &tess());
    }
    assert_eq!(state.answer(first, Answer::Done), Ok(Vec::new()));
    assert_eq!(state.homework[0].answers.len(), 2);
    assert_eq!(state.homework[0].answer(), Some(Answer::Done));
    let unknown = state.answer(Uuid::from_u128(99), Answer::Done);
    assert_eq!(unknown, Err(Refusal::Unknown));
}

#[test]
fn what_was_not_held_yet_and_more_than_the_form_takes_are_refused() {
    let state = Integration::default();
    let draft = |note: Note| state.draft(NOTE, note, &tess(), |theme| theme != "lunch", NOW);
    let mut ahead = note();
    ahead.held_at = NOW + Span::from_seconds(1);
    assert_eq!(draft(ahead), Err(Refusal::InFuture));
    let mut long = note();
    long.insights = "x".repeat(6_001);
    assert_eq!(draft(long), Err(Refusal::TooLong));
    let mut many = note();
    many.actions = vec![
        Action {
            words: "one".to_owned(),
            by: None,
        };
        11
    ];
    assert_eq!(draft(many), Err(Refusal::TooLong));
    let mut theme = note();
    theme.themes.insert("lunch".to_owned());
    assert_eq!(draft(theme), Err(Refusal::UnknownTheme));
    let late = state.book(
        NOTE,
        (ContactKind::Other, None),
        (NOW, Mode::Phone, None),
        NOW,
    );
    assert_eq!(late, Err(Refusal::InPast));
    let held = (NOW, Mode::Group, Some(NOTE));
    let group = state.book(NOTE, (ContactKind::Other, None), held, NOW);
    assert_eq!(group.map(|events| events.len()), Ok(1));
    assert_eq!(
        state.miss(ContactKind::First, None, " "),
        Err(Refusal::NothingSaid)
    );
}

fn person(number: u128, family: &str, given: &str) -> Registration {
    Registration {
        patient: PatientId(Uuid::from_u128(number)),
        record_number: number.to_string(),
        family_name: family.to_owned(),
        given_name: given.to_owned(),
        birth_date: "1980-01-01".parse().unwrap(),
        sex: Sex::Unknown,
    }
}

#[test]
fn somebody_elses_name_is_found_in_a_text_whatever_its_case_and_accents() {
    // Hazard: H68
    let others = [person(1, "Núñez", "Zoë"), person(2, "de la Cruz", "Al")];
    let named = |text: &str| named_in(text, others.iter()).map(|one| one.record_number.clone());
    assert_eq!(named("nunez spoke of her mother"), Some("1".to_owned()));
    assert_eq!(named("With ZOE, about grief."), Some("1".to_owned()));
    assert_eq!(named("the Cruz family"), Some("2".to_owned()));
    // Parts of words, and short parts of names that stand in any text, name nobody.
    assert_eq!(named("zoetrope; al fresco; de facto"), None);
    assert_ne!(
        note_of(NOTE, Uuid::from_u128(1)),
        note_of(NOTE, Uuid::from_u128(2))
    );
}
