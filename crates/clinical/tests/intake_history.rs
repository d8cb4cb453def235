//! A history: who may say what, what holds, and what screening gets of it.
//! Expected values come from clinical reference 1 and 8, and from arithmetic by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::intake::measure::{
    Doubt, NoDay, TypedHeight, TypedWeight, height, past_day, weight,
};
use clinical::course::intake::{
    About, Command, Context, Intake, Intolerant, Item, Questionnaire, Refusal, Said, TakenMedicine,
    Through, decide, with_history,
};
use clinical::course::screening::Question;
use clinical::course::screening::medicine::{Medicine, MedicineList, Use};
use clinical::course::screening::person::{
    Answer, Intolerance, LastEvent, Reaction, Scale, Scored, Source, Weighing, Witness,
};
use clinical::instrument::{self, Library};
use clinical::leaflet::Language;
use clinical::patient::{Allergies, Allergy, Patient, Sex};
use clinical::record::{
    Actor, CommandId, EventId, Folded, Header, Recorded, Role, StreamId, StreamKind, TenantId,
};
use std::collections::BTreeSet;
use units::{Decimal, Kilograms, Moment};
use uuid::Uuid;

struct Told {
    intake: Intake,
    library: Library,
    questionnaire: Questionnaire,
    minute: i64,
    sex: Sex,
}

impl Told {
    fn new() -> Self {
        Self {
            intake: Intake::default(),
            library: Library::shipped().unwrap(),
            questionnaire: Questionnaire::shipped().unwrap(),
            minute: 0,
            sex: Sex::Unknown,
        }
    }

    fn wants(&mut self, source: Source, command: Command) -> Result<(), Refusal> {
        self.minute += 1;
        let at = Moment::from_microseconds(self.minute * 60_000_000);
        let context = Context {
            witness: Witness {
                source,
                name: "Ana Moreno".to_owned(),
                at,
            },
            through: Through::OwnDevice,
            today: "2026-03-02".parse().unwrap(),
            sex: self.sex,
            contacts_known: true,
            questionnaire: &self.questionnaire,
            library: &self.library,
        };
        for event in decide(&self.intake, command, &context)? {
            let body = serde_json::to_vec(&event).unwrap();
            let read = Recorded::read_body(1, Recorded::name(&event), 1, &body);
            assert_eq!(read, Ok(event.clone()), "written and read again");
            self.intake.take(&header(at), &event);
        }
        Ok(())
    }

    fn says(&mut self, source: Source, item: Item, answer: Said) -> Result<(), Refusal> {
        self.wants(source, Command::Say { item, answer })
    }

    fn of_scale(&mut self, instrument: &str, item: &str, option: &str) {
        let item = Item::OfScale {
            instrument: instrument.to_owned(),
            item: item.to_owned(),
        };
        let answer = instrument::Answer::Chosen(option.to_owned());
        self.says(Source::Patient, item, Said::OfScale(answer))
            .unwrap();
    }
}

fn header(at: Moment) -> Header {
    Header {
        tenant: TenantId(Uuid::nil()),
        position: 0,
        stream: StreamId::of(StreamKind::Intake, Uuid::nil()),
        stream_version: 1,
        event_id: EventId(Uuid::nil()),
        kind: String::new(),
        schema_version: 1,
        actor: Actor::System {
            part: "test".to_owned(),
        },
        command_id: CommandId(Uuid::nil()),
        occurred_at: at,
        recorded_at: at,
        previous: [0; 32],
    }
}

const NURSE: Source = Source::Staff(Role::Nurse);
const HEART: Item = Item::Question(Question::Hypertension);

#[test]
fn every_question_is_asked_of_patients_or_is_for_staff_only_and_never_both() {
    let pages = Questionnaire::shipped().unwrap();
    for item in Item::all() {
        let asked = pages.page_of(&item).is_some();
        assert_ne!(asked, item.is_for_staff_only(), "{item}");
    }
}

#[test]
fn no_page_asks_more_than_six_conditions_and_none_is_asked_twice() {
    let pages = Questionnaire::shipped().unwrap();
    let mut seen = BTreeSet::new();
    for page in pages.pages() {
        assert!(page.items().len() <= 6, "{}", page.id);
        for item in page.items() {
            assert!(seen.insert(item.clone()), "{item} twice");
        }
        for language in Language::ALL {
            assert!(!page.words(language).title.is_empty() && !page.words(language).why.is_empty());
        }
    }
}

#[test]
fn every_item_is_found_by_its_name() {
    for item in Item::all() {
        assert_eq!(Item::of_name(&item.name()), Some(item));
    }
}

// Hazard: H24
#[test]
fn what_nobody_said_is_not_asked_and_not_sure_is_never_no() {
    let mut told = Told::new();
    assert_eq!(
        told.intake
            .person(&told.library)
            .question(Question::Hypertension),
        &Answer::NotAsked
    );
    told.says(Source::Patient, HEART, Said::NotSure).unwrap();
    assert!(matches!(
        told.intake
            .person(&told.library)
            .question(Question::Hypertension),
        Answer::NotSure(_)
    ));
}

#[test]
fn the_newest_answer_holds_and_the_earlier_ones_are_kept() {
    let mut told = Told::new();
    told.says(Source::Patient, HEART, Said::Yes(false)).unwrap();
    told.says(NURSE, HEART, Said::Yes(true)).unwrap();
    let person = told.intake.person(&told.library);
    assert_eq!(person.question(Question::Hypertension).said(), Some(&true));
    let witness = person.question(Question::Hypertension).witness().unwrap();
    assert_eq!(witness.source, NURSE);
    let (_, all) = told.intake.statements().next().unwrap();
    assert_eq!(all.len(), 2);
}

#[test]
fn a_patient_does_not_answer_what_only_staff_answer() {
    let mut told = Told::new();
    let item = Item::Question(Question::Delirium);
    let refused = told.says(Source::Patient, item.clone(), Said::Yes(false));
    assert_eq!(refused, Err(Refusal::ForStaffOnly { item: item.clone() }));
    assert_eq!(told.says(NURSE, item, Said::Yes(false)), Ok(()));
    let desk = told.says(Source::Staff(Role::FrontDesk), HEART, Said::Yes(true));
    assert_eq!(desk, Err(Refusal::NotTheirs));
}

#[test]
fn what_is_not_asked_of_a_person_is_not_taken_from_their_page_and_staff_may_write_it() {
    // Hazard: H24
    let item: Item = Item::of_name("condition.pregnant").unwrap();
    for (sex, asked) in [
        (Sex::Male, false),
        (Sex::Female, true),
        (Sex::Other, true),
        (Sex::Unknown, true),
    ] {
        let mut told = Told::new();
        told.sex = sex;
        let own = told.says(Source::Patient, item.clone(), Said::Yes(false));
        let refusal = Err(Refusal::NotAsked { item: item.clone() });
        assert_eq!(own, if asked { Ok(()) } else { refusal }, "{sex:?}");
        let nurse = Source::Staff(Role::Nurse);
        assert_eq!(told.says(nurse, item.clone(), Said::Yes(true)), Ok(()));
    }
}

/// One of each: a new refusal is put here before this file compiles.
fn every_refusal() -> Vec<Refusal> {
    let item = Item::Weight;
    let all = vec![
        Refusal::ForStaffOnly { item: item.clone() },
        Refusal::NotTheirs,
        Refusal::NotAsked { item: item.clone() },
        Refusal::NoAnswerToThis { item: item.clone() },
        Refusal::ChangedMeanwhile { item: item.clone() },
        Refusal::NotYet { item: item.clone() },
        Refusal::Impossible { item },
        Refusal::WordsMissing,
        Refusal::NoSuchQuestion,
        Refusal::Repeated,
        Refusal::NothingToAcknowledge,
        Refusal::Unanswered { pages: 3 },
    ];
    for one in &all {
        match one {
            Refusal::ForStaffOnly { .. }
            | Refusal::NotTheirs
            | Refusal::NotAsked { .. }
            | Refusal::NoAnswerToThis { .. }
            | Refusal::ChangedMeanwhile { .. }
            | Refusal::NotYet { .. }
            | Refusal::Impossible { .. }
            | Refusal::WordsMissing
            | Refusal::NoSuchQuestion
            | Refusal::Repeated
            | Refusal::NothingToAcknowledge
            | Refusal::Unanswered { .. } => {}
        }
    }
    all
}

#[test]
fn every_refusal_has_its_sentence_in_english_and_in_spanish() {
    for refusal in every_refusal() {
        let english = refusal.says(Language::English);
        let spanish = refusal.says(Language::Spanish);
        assert!(english.starts_with("Not "), "{english}");
        assert!(
            spanish.starts_with("No se ") || spanish.starts_with("Todavía no se "),
            "{spanish}"
        );
        // The names of items are English: none stands in a Spanish sentence.
        assert!(!spanish.contains(&Item::Weight.to_string()), "{spanish}");
        assert!(english.ends_with('.') && spanish.ends_with('.'));
    }
}

#[test]
fn a_day_that_has_not_come_is_refused_and_today_is_not() {
    let mut told = Told::new();
    let on = |day: &str| Said::AcuteEvent(LastEvent::On(day.parse().unwrap()));
    let refused = told.says(Source::Patient, Item::AcuteEvent, on("2026-03-03"));
    assert!(matches!(refused, Err(Refusal::NotYet { .. })));
    assert!(
        told.says(Source::Patient, Item::AcuteEvent, on("2026-03-02"))
            .is_ok()
    );
}

// Hazard: H24
#[test]
fn a_list_that_is_not_finished_keeps_its_medicines_and_still_waits_for_someone() {
    let mut told = Told::new();
    let named = TakenMedicine {
        medicine: Medicine {
            words: "sertraline".to_owned(),
            codes: Vec::new(),
            status: Use::Current,
            last_taken: None,
            milligrams_per_day: None,
            morphine_equivalent: None,
            review: None,
        },
        how: "100 mg in the morning".to_owned(),
    };
    let list = |whole| Said::Medicines {
        list: vec![named.clone()],
        whole,
    };
    let known = MedicineList::shipped().unwrap();
    told.says(Source::Patient, Item::Medicines, list(false))
        .unwrap();
    let person = told.intake.person(&told.library);
    let medicines = person.medicines.said().unwrap();
    assert_eq!(medicines[0].words, "sertraline");
    assert!(!medicines.iter().all(|one| known.knows(one)));
    told.says(Source::Patient, Item::Medicines, list(true))
        .unwrap();
    let person = told.intake.person(&told.library);
    assert!(
        person
            .medicines
            .said()
            .unwrap()
            .iter()
            .all(|one| known.knows(one))
    );
}

// Hazard: H40
#[test]
fn thoughts_of_death_call_a_person_at_once_and_once() {
    let mut told = Told::new();
    told.of_scale("phq-9", "9", "nearly-every-day");
    let open: Vec<_> = told.intake.open_attentions();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].attention, "phq-9/thoughts-of-death-often");
    told.of_scale("phq-9", "1", "not-at-all");
    assert_eq!(told.intake.attentions.len(), 1);
    let seen = Command::Acknowledge {
        attention: "phq-9/thoughts-of-death-often".to_owned(),
        note: "Spoke with Ana at 10:10; safety plan made.".to_owned(),
    };
    assert_eq!(
        told.wants(Source::Patient, seen.clone()),
        Err(Refusal::NotTheirs)
    );
    told.wants(NURSE, seen).unwrap();
    assert!(told.intake.open_attentions().is_empty());
    told.of_scale("phq-9", "2", "not-at-all");
    assert!(
        told.intake.open_attentions().is_empty(),
        "seen once is seen"
    );
}

// Hazard: H40
#[test]
fn thoughts_of_death_before_a_visit_call_a_person_once_and_again_after_they_were_seen_to() {
    let mut told = Told::new();
    told.wants(Source::Patient, Command::SayUnsafe).unwrap();
    told.wants(Source::Patient, Command::SayUnsafe).unwrap();
    let open = told.intake.open_attentions();
    assert_eq!(open.len(), 1);
    let attention = open[0].attention.clone();
    let note = "Called her at 09:10.".to_owned();
    told.wants(NURSE, Command::Acknowledge { attention, note })
        .unwrap();
    assert!(told.intake.open_attentions().is_empty());
    told.wants(Source::Patient, Command::SayUnsafe).unwrap();
    assert_eq!(told.intake.open_attentions().len(), 1);
}

// Witness: AUDIT-C, clinical reference 8.1: three items from 0 to 4, added up.
#[test]
fn a_questionnaire_gives_its_score_to_screening_only_when_it_is_whole() {
    let mut told = Told::new();
    let options: Vec<String> = {
        let audit = told.library.named("audit-c").unwrap();
        ["1", "2", "3"]
            .iter()
            .map(|item| match &audit.item(item).unwrap().response {
                instrument::Response::Options(set) => audit.choices(set)[4].id.clone(),
                other => panic!("{other:?}"),
            })
            .collect()
    };
    told.of_scale("audit-c", "1", &options[0]);
    let scale = |told: &Told| told.intake.person(&told.library).scales[&Scale::Alcohol].clone();
    assert!(matches!(scale(&told), Answer::NotSure(_)));
    told.of_scale("audit-c", "2", &options[1]);
    told.of_scale("audit-c", "3", &options[2]);
    assert_eq!(scale(&told).said(), Some(&Scored::Points(12)));
}

#[test]
fn a_question_to_the_patient_is_open_until_it_is_answered() {
    let mut told = Told::new();
    let ask = |number, about| Command::AskPatient {
        question: Uuid::from_u128(number),
        about,
    };
    told.wants(NURSE, ask(1, About::Item(HEART))).unwrap();
    let words = About::Words("Which hospital was it?".to_owned());
    told.wants(NURSE, ask(2, words)).unwrap();
    assert_eq!(told.intake.open_questions().count(), 2);
    told.says(Source::Patient, HEART, Said::NotSure).unwrap();
    let reply = Command::AnswerQuestion {
        question: Uuid::from_u128(2),
        words: "San Ignacio".to_owned(),
    };
    told.wants(Source::Patient, reply).unwrap();
    assert_eq!(told.intake.open_questions().count(), 0);
}

#[test]
fn nothing_is_handed_in_while_a_page_has_no_answer() {
    let mut told = Told::new();
    let refused = told.wants(Source::Patient, Command::Submit);
    // Every page but the one of contacts, which are known.
    let pages = told.questionnaire.pages().len() - 1;
    assert_eq!(refused, Err(Refusal::Unanswered { pages }));
    told.sex = Sex::Male;
    let refused = told.wants(Source::Patient, Command::Submit);
    assert_eq!(refused, Err(Refusal::Unanswered { pages: pages - 1 }));
}

// Witness: by hand, 154 lb are 69.9 kg; with 170 cm an index of 24.2, and of 53.3 as kilograms.
// Hazard: H18
#[test]
fn a_weight_that_was_meant_in_pounds_is_asked_back_and_never_guessed() {
    let tall = height(TypedHeight::Centimetres(170.into()), false).unwrap();
    let typed = TypedWeight::Kilograms(154.into());
    assert_eq!(weight(typed, Some(tall), false), Err(Doubt::PoundsMeant));
    assert_eq!(weight(typed, None, false), Err(Doubt::PoundsMeant));
    assert_eq!(weight(typed, Some(tall), true).unwrap().value(), 154.into());
    let pounds = weight(TypedWeight::Pounds(154.into()), Some(tall), false).unwrap();
    assert_eq!(pounds.value().to_string(), "69.9");
    let meant = weight(TypedWeight::Pounds(70.into()), Some(tall), false);
    assert_eq!(meant, Err(Doubt::KilogramsMeant));
}

#[test]
fn feet_and_inches_become_centimetres_and_twelve_inches_are_asked_about() {
    let five_seven = TypedHeight::FeetAndInches(5.into(), 7.into());
    assert_eq!(
        height(five_seven, false).unwrap().value().to_string(),
        "170.2"
    );
    let twelve = TypedHeight::FeetAndInches(5.into(), 12.into());
    assert_eq!(height(twelve, false), Err(Doubt::TooManyInches));
    let feet_as_centimetres = TypedHeight::Centimetres(6.into());
    assert!(height(feet_as_centimetres, true).is_err());
}

#[test]
fn a_day_that_the_calendar_does_not_have_is_not_a_day() {
    let today = "2026-03-02".parse().unwrap();
    let read = |year, month, day| past_day(year, month, day, today);
    assert_eq!(read("2025", "2", "31"), Err(NoDay::NotInCalendar));
    assert_eq!(read("2025", "2", "29"), Err(NoDay::NotInCalendar));
    assert_eq!(read("2026", "3", "3"), Err(NoDay::NotYet));
    assert_eq!(read("1850", "3", "3"), Err(NoDay::TooLongAgo));
    assert!(read("2024", "2", "29").is_ok());
}

/// Nobody of the record, with what was told of allergies: a list that is whole, or not.
fn told(list: &[(&str, Reaction, &str)], whole: bool) -> Patient {
    let list = list.iter().map(|(substance, reaction, happened)| {
        let substance = (*substance).to_owned();
        Intolerant {
            intolerance: Intolerance {
                substance,
                is_of_the_product: None,
                reaction: *reaction,
            },
            happened: (*happened).to_owned(),
        }
    });
    let said = Said::Intolerances {
        list: list.collect(),
        whole,
    };
    let mut told = Told::new();
    told.says(Source::Patient, Item::Intolerances, said)
        .unwrap();
    with_history(Patient::default(), &told.intake, |_| None)
}

// Hazard: H24
#[test]
fn what_a_person_tells_of_allergies_stands_in_their_record_and_doubt_is_never_none() {
    let nobody_asked = with_history(Patient::default(), &Intake::default(), |_| None);
    assert_eq!(nobody_asked.allergies, Allergies::NotAsked);
    assert_eq!(told(&[], true).allergies, Allergies::NoneKnown);
    assert_eq!(told(&[], false).allergies, Allergies::NotSure);
    assert_eq!(
        told(
            &[
                ("penicillin", Reaction::Allergy, "rash"),
                ("morphine", Reaction::SideEffect, "vomiting"),
                ("latex", Reaction::Unknown, ""),
            ],
            false
        )
        .allergies
        .to_string(),
        "Allergies: penicillin (rash), morphine (vomiting; a side effect, as told), \
         latex (allergy or side effect not known)"
    );
}

// Hazard: H24
#[test]
fn an_allergy_that_staff_recorded_stays_when_the_person_tells_of_none() {
    let recorded = Patient {
        allergies: Allergies::List(vec![Allergy {
            substance: "latex".to_owned(),
            reaction: None,
        }]),
        ..Patient::default()
    };
    let mut history = Told::new();
    let none = Said::Intolerances {
        list: Vec::new(),
        whole: true,
    };
    history
        .says(Source::Patient, Item::Intolerances, none)
        .unwrap();
    let together = with_history(recorded.clone(), &history.intake, |_| None);
    assert_eq!(together.allergies, recorded.allergies);
}

// Hazard: H02
#[test]
fn what_a_person_says_they_weigh_is_no_weighing_and_what_staff_put_down_is() {
    let weighed = |source, begin: i64| {
        let mut history = Told::new();
        let weighing = Weighing {
            kilograms: Kilograms::new(Decimal::from(81)).unwrap(),
            on: "2026-03-01".parse().unwrap(),
        };
        history
            .says(source, Item::Weight, Said::Weight(weighing))
            .unwrap();
        with_history(Patient::default(), &history.intake, |day| {
            (day.to_string() == "2026-03-01").then(|| Moment::from_microseconds(begin))
        })
    };
    assert_eq!(weighed(Source::Patient, 0).body_weight(), None);
    // Put down two days after: it counts from the day's begin, and never looks fresher than it is.
    let two_days_before = -48 * 3_600 * 1_000_000;
    let later = weighed(NURSE, two_days_before);
    let weight = later.body_weight().unwrap();
    assert_eq!(weight.kilograms.to_string(), "81\u{a0}kg");
    assert_eq!(weight.at, Moment::from_microseconds(two_days_before));
    // Put down on the day, in the first minute of the test's clock: known to the minute.
    let on_the_day = weighed(NURSE, 0);
    let at = on_the_day.body_weight().unwrap().at;
    assert_eq!(at, Moment::from_microseconds(60_000_000));
}
