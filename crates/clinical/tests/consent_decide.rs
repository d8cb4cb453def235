//! What may be done with a consent, and why not. Expected answers: clinical.md §10.2 (the elements
//! of a consent and its signatures), §10.3 (roles) and §1.1 (minors).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where its own rows are wrong"
)]

use clinical::course::consent::refusal::Missing;
use clinical::course::consent::{
    Command, ConsentEvent, Consents, Context, CopyWay, Interpreting, Meeting, Reason, Refusal,
    Shown, Wish, decide,
};
use clinical::course::screening::person::Product;
use clinical::leaflet::Language;
use clinical::patient::CivilDate;
use clinical::record::{Actor, PatientId, Recorded, Role, StaffId};
use uuid::Uuid;

const PRODUCT: Product = Product::Racemic;
const ANA: PatientId = PatientId(Uuid::from_u128(1));

fn day(year: i16, month: u8, day: u8) -> CivilDate {
    CivilDate::new(year, month, day).unwrap()
}

fn shown(text: &str, language: Language) -> Shown {
    Shown {
        text: text.to_owned(),
        version: 1,
        language,
    }
}

fn someone(id: u128, name: &str, role: Role) -> Actor {
    Actor::Person {
        id: StaffId(Uuid::from_u128(id)),
        name: name.to_owned(),
        role,
    }
}

/// A consent on file, and the circumstances in which something is wanted of it.
struct Clinic {
    file: Consents,
    today: CivilDate,
    adopted: Vec<Shown>,
    for_minors: Vec<Shown>,
    minor: Option<bool>,
    minors_treated: bool,
}

impl Clinic {
    fn new() -> Self {
        Self {
            file: Consents::default(),
            today: day(2026, 3, 2),
            adopted: vec![
                shown("english", Language::English),
                shown("spanish", Language::Spanish),
            ],
            for_minors: vec![shown("minors", Language::English)],
            minor: Some(false),
            minors_treated: false,
        }
    }

    fn minor(treated: bool) -> Self {
        Self {
            minor: Some(true),
            minors_treated: treated,
            ..Self::new()
        }
    }

    fn decides(
        &self,
        actor: &Actor,
        own: bool,
        command: Command,
    ) -> Result<Vec<ConsentEvent>, Refusal> {
        let context = Context {
            today: self.today,
            actor,
            patient: ANA,
            is_the_patient: own,
            adopted: &self.adopted,
            adopted_for_minors: &self.for_minors,
            holds_months: 12,
            renewal_days: 30,
            minor: self.minor,
            minors_treated: self.minors_treated,
        };
        decide(&self.file, command, &context)
    }

    fn ana(&mut self, command: Command) -> Result<&'static str, Refusal> {
        let actor = someone(1, "Ana Moreno", Role::Patient);
        let events = self.decides(&actor, true, command)?;
        Ok(self.keep(&events))
    }

    fn staff(&mut self, role: Role, command: Command) -> Result<&'static str, Refusal> {
        let actor = someone(7, "Ines Falk", role);
        let events = self.decides(&actor, false, command)?;
        Ok(self.keep(&events))
    }

    fn keep(&mut self, events: &[ConsentEvent]) -> &'static str {
        let [event] = events else {
            panic!("{events:?}");
        };
        self.file.absorb(event);
        event.name()
    }
}

fn sign(text: &str) -> Command {
    Command::SignConsent {
        product: PRODUCT,
        text: text.to_owned(),
        typed_name: "Ana Moreno".to_owned(),
        could_ask: true,
        agrees: true,
    }
}

fn countersign(text: &str) -> Command {
    Command::SignAsClinician {
        product: PRODUCT,
        text: text.to_owned(),
        way: Some(Meeting::InPerson),
        interpreting: Some(Interpreting::NotNeeded),
        signed_as: "Ines Falk".to_owned(),
    }
}

fn guardian(text: &str) -> Command {
    Command::SignAsGuardian {
        product: PRODUCT,
        text: text.to_owned(),
        typed_name: "Rosa Moreno".to_owned(),
        relationship: "mother".to_owned(),
    }
}

fn assent(text: &str) -> Command {
    Command::GiveAssent {
        product: PRODUCT,
        text: text.to_owned(),
        typed_name: "Ana Moreno".to_owned(),
        agrees: true,
    }
}

fn ask() -> Command {
    Command::AskQuestion {
        product: PRODUCT,
        about: "Food and drink".to_owned(),
        words: "May I have coffee?".to_owned(),
    }
}

fn withdraw() -> Command {
    Command::Withdraw {
        product: PRODUCT,
        words: String::new(),
    }
}

fn reconfirm(wish: Wish) -> Command {
    Command::Reconfirm {
        product: PRODUCT,
        visit: None,
        wish,
    }
}

// Hazard: H25
#[test]
fn only_an_adopted_text_can_be_signed_in_whichever_language_it_was_shown() {
    for text in ["english", "spanish"] {
        assert_eq!(Clinic::new().ana(sign(text)), Ok("ConsentSigned"));
    }
    for forged in ["", "an older text", "minors", "ENGLISH"] {
        let refused = Clinic::new().ana(sign(forged));
        assert_eq!(refused, Err(Refusal::NotTheText), "{forged}");
    }
    let mut clinic = Clinic::new();
    clinic.ana(sign("spanish")).unwrap();
    let known = clinic.file.of(PRODUCT).unwrap().patient.clone().unwrap();
    assert_eq!(known.shown, shown("spanish", Language::Spanish));
    assert_eq!(known.on, day(2026, 3, 2));
}

#[test]
fn nobody_signs_without_agreeing_without_the_chance_to_ask_or_without_a_name() {
    let with = |could_ask, agrees, name: &str| Command::SignConsent {
        product: PRODUCT,
        text: "english".to_owned(),
        typed_name: name.to_owned(),
        could_ask,
        agrees,
    };
    let rows = [
        (with(true, false, "Ana Moreno"), Refusal::NotAgreed),
        (with(false, true, "Ana Moreno"), Refusal::CouldNotAsk),
        (with(true, true, "  "), Refusal::WordsMissing(Missing::Name)),
    ];
    for (command, expected) in rows {
        assert_eq!(Clinic::new().ana(command), Err(expected));
    }
}

#[test]
fn only_the_patient_signs_for_the_patient() {
    for role in Role::ALL {
        let refused = Clinic::new().staff(role, sign("english"));
        assert_eq!(refused, Err(Refusal::NotThePatient), "{role:?}");
    }
}

#[test]
fn what_holds_is_not_begun_anew_until_thirty_days_before_its_end() {
    let mut clinic = Clinic::new();
    clinic.ana(sign("english")).unwrap();
    // It holds through 2 March 2027; thirty days before is 31 January.
    for (today, expected) in [
        (day(2026, 3, 2), Err(Refusal::SignedAlready)),
        (day(2027, 1, 30), Err(Refusal::SignedAlready)),
        (day(2027, 1, 31), Ok(())),
        (day(2027, 3, 3), Ok(())),
    ] {
        clinic.today = today;
        let actor = someone(1, "Ana Moreno", Role::Patient);
        let found = clinic.decides(&actor, true, sign("english")).map(|_| ());
        assert_eq!(found, expected, "{today}");
    }
    // Another language is another text; so is a changed one.
    clinic.today = day(2026, 3, 3);
    assert_eq!(clinic.ana(sign("spanish")), Ok("ConsentSigned"));
}

// Hazard: H25
#[test]
fn an_open_question_keeps_the_clinician_from_signing_until_it_is_answered() {
    let mut clinic = Clinic::new();
    assert_eq!(clinic.ana(ask()), Ok("QuestionAsked"));
    clinic.ana(sign("english")).unwrap();
    let refused = clinic.staff(Role::Prescriber, countersign("english"));
    assert_eq!(refused, Err(Refusal::QuestionsOpen { count: 1 }));
    let answer = |question| Command::AnswerQuestion {
        question,
        words: "Black, until two hours before.".to_owned(),
    };
    let refused = clinic.staff(Role::Nurse, answer(2));
    assert_eq!(refused, Err(Refusal::NoSuchQuestion));
    assert_eq!(
        clinic.staff(Role::FrontDesk, answer(1)),
        Err(Refusal::NotStaff)
    );
    assert_eq!(clinic.staff(Role::Nurse, answer(1)), Ok("QuestionAnswered"));
    let again = clinic.staff(Role::Nurse, answer(1));
    assert_eq!(again, Err(Refusal::AnsweredAlready));
    let done = clinic.staff(Role::Prescriber, countersign("english"));
    assert_eq!(done, Ok("ClinicianSigned"));
}

#[test]
fn the_clinician_is_a_prescriber_who_is_not_the_patient_and_signs_under_what_was_signed() {
    let mut clinic = Clinic::new();
    let early = clinic.staff(Role::Prescriber, countersign("english"));
    assert_eq!(early, Err(Refusal::NotYet(Reason::NotSigned)));
    clinic.ana(sign("english")).unwrap();
    for role in Role::ALL {
        let actor = someone(7, "Ines Falk", role);
        let found = clinic.decides(&actor, false, countersign("english"));
        let may = matches!(role, Role::Prescriber | Role::MedicalDirector);
        assert_eq!(found.is_ok(), may, "{role:?}");
        if !may {
            assert_eq!(found, Err(Refusal::NotAPrescriber));
        }
    }
    let herself = someone(1, "Ines Falk", Role::Prescriber);
    let found = clinic.decides(&herself, false, countersign("english"));
    assert_eq!(found, Err(Refusal::OwnConsent));
    let colleague = someone(7, "Ines Falk", Role::Prescriber);
    let found = clinic.decides(&colleague, true, countersign("english"));
    assert_eq!(found, Err(Refusal::OwnConsent));
    let other = clinic.staff(Role::Prescriber, countersign("spanish"));
    assert_eq!(other, Err(Refusal::NotTheText));
}

#[test]
fn the_clinician_says_how_it_was_explained_and_an_interpreter_attests_in_their_own_name() {
    let mut clinic = Clinic::new();
    clinic.ana(sign("spanish")).unwrap();
    let with = |way, interpreting, name: &str| Command::SignAsClinician {
        product: PRODUCT,
        text: "spanish".to_owned(),
        way,
        interpreting,
        signed_as: name.to_owned(),
    };
    let by = |name: &str, attests: &str| {
        Some(Interpreting::By {
            name: name.to_owned(),
            attests: attests.to_owned(),
        })
    };
    let video = Some(Meeting::Video);
    let none = Some(Interpreting::NotNeeded);
    let missing = |what| Err(Refusal::WordsMissing(what));
    let rows = [
        (
            with(None, none.clone(), "Ines Falk"),
            missing(Missing::Meeting),
        ),
        (
            with(video, None, "Ines Falk"),
            missing(Missing::Interpreting),
        ),
        (
            with(video, by(" ", "all of it"), "Ines Falk"),
            missing(Missing::Interpreter),
        ),
        (
            with(video, by("Teo Ruiz", ""), "Ines Falk"),
            missing(Missing::Attestation),
        ),
        (
            with(video, by("ines falk", "all of it"), "Ines Falk"),
            Err(Refusal::InterpreterIsClinician),
        ),
        (with(video, none, ""), missing(Missing::Name)),
        (
            with(video, by("Teo Ruiz", "all of it"), "Ana Moreno"),
            Err(Refusal::NameDiffers {
                name: "Ines Falk".to_owned(),
            }),
        ),
        (
            with(video, by("Teo Ruiz", "all of it"), "Ines Falk"),
            Ok("ClinicianSigned"),
        ),
    ];
    for (command, expected) in rows {
        assert_eq!(clinic.staff(Role::Prescriber, command), expected);
    }
    let again = clinic.staff(Role::Prescriber, countersign("spanish"));
    assert_eq!(again, Err(Refusal::SignedAlready));
}

// Hazard: H25
#[test]
fn a_text_that_changed_or_a_signature_that_is_too_old_is_not_countersigned() {
    let mut clinic = Clinic::new();
    clinic.ana(sign("english")).unwrap();
    clinic.today = day(2027, 3, 3);
    let refused = clinic.staff(Role::Prescriber, countersign("english"));
    assert_eq!(refused, Err(Refusal::NotYet(Reason::Expired)));
    clinic.today = day(2026, 3, 3);
    clinic.adopted = vec![shown("newer", Language::English)];
    let refused = clinic.staff(Role::Prescriber, countersign("english"));
    assert_eq!(refused, Err(Refusal::NotYet(Reason::OtherText)));
}

// Hazard: H25
#[test]
fn while_the_clinic_treats_no_minors_nobody_signs_for_one() {
    let mut clinic = Clinic::minor(false);
    assert_eq!(clinic.ana(sign("english")), Err(Refusal::MinorsNotTreated));
    assert_eq!(clinic.ana(assent("minors")), Err(Refusal::MinorsNotTreated));
    let refused = clinic.staff(Role::Nurse, guardian("english"));
    assert_eq!(refused, Err(Refusal::MinorsNotTreated));
    let refused = clinic.staff(Role::Prescriber, countersign("english"));
    assert_eq!(refused, Err(Refusal::MinorsNotTreated));
}

#[test]
fn for_a_minor_the_guardian_signs_the_young_person_agrees_and_the_clinician_comes_last() {
    let mut clinic = Clinic::minor(true);
    assert_eq!(clinic.ana(sign("english")), Err(Refusal::MinorSigns));
    let early = clinic.staff(Role::Prescriber, countersign("english"));
    assert_eq!(early, Err(Refusal::NotYet(Reason::GuardianMissing)));
    let forged = clinic.staff(Role::Nurse, guardian("minors"));
    assert_eq!(forged, Err(Refusal::NotTheText));
    assert_eq!(
        clinic.staff(Role::Nurse, guardian("english")),
        Ok("GuardianSigned")
    );
    let early = clinic.staff(Role::Prescriber, countersign("english"));
    assert_eq!(early, Err(Refusal::NotYet(Reason::AssentMissing)));
    // Nobody agrees in the young person's place.
    let refused = clinic.staff(Role::Nurse, assent("minors"));
    assert_eq!(refused, Err(Refusal::NotThePatient));
    let no = Command::GiveAssent {
        product: PRODUCT,
        text: "minors".to_owned(),
        typed_name: "Ana Moreno".to_owned(),
        agrees: false,
    };
    assert_eq!(clinic.ana(no), Err(Refusal::NotAgreed));
    assert_eq!(clinic.ana(assent("english")), Err(Refusal::NotTheText));
    assert_eq!(clinic.ana(assent("minors")), Ok("AssentGiven"));
    let done = clinic.staff(Role::Prescriber, countersign("english"));
    assert_eq!(done, Ok("ClinicianSigned"));
}

#[test]
fn nobody_signs_for_an_adult_and_nobody_at_all_while_the_age_is_not_known() {
    let mut clinic = Clinic::new();
    let refused = clinic.staff(Role::Nurse, guardian("english"));
    assert_eq!(refused, Err(Refusal::OfAge));
    assert_eq!(clinic.ana(assent("minors")), Err(Refusal::OfAge));
    clinic.minor = None;
    clinic.minors_treated = true;
    for refused in [
        clinic.ana(sign("english")),
        clinic.ana(assent("minors")),
        clinic.staff(Role::Nurse, guardian("english")),
        clinic.staff(Role::Prescriber, countersign("english")),
    ] {
        assert_eq!(refused, Err(Refusal::AgeUnknown));
    }
}

// Hazard: H25
#[test]
fn it_can_be_taken_back_at_any_time_and_only_a_new_signature_brings_it_back() {
    let mut clinic = Clinic::new();
    assert_eq!(clinic.ana(withdraw()), Err(Refusal::NothingSigned));
    clinic.ana(sign("english")).unwrap();
    clinic
        .staff(Role::Prescriber, countersign("english"))
        .unwrap();
    clinic.ana(reconfirm(Wish::Yes)).unwrap();
    assert_eq!(clinic.ana(withdraw()), Ok("ConsentWithdrawn"));
    assert_eq!(clinic.ana(withdraw()), Err(Refusal::Withdrawn));
    for refused in [
        clinic.ana(reconfirm(Wish::Yes)),
        clinic.staff(Role::Prescriber, countersign("english")),
    ] {
        assert_eq!(refused, Err(Refusal::Withdrawn));
    }
    assert_eq!(clinic.ana(sign("english")), Ok("ConsentSigned"));
    assert_eq!(
        clinic.staff(Role::Therapist, withdraw()),
        Ok("ConsentWithdrawn")
    );
    for role in [Role::Auditor, Role::Owner, Role::IntegrationClient] {
        let refused = clinic.staff(role, withdraw());
        assert_eq!(refused, Err(Refusal::NotStaff), "{role:?}");
    }
}

#[test]
fn the_question_of_the_day_and_a_copy_are_noted_only_of_what_was_signed() {
    let mut clinic = Clinic::new();
    let copy = Command::NoteCopy {
        product: PRODUCT,
        way: CopyWay::Paper,
    };
    let refused = clinic.staff(Role::Nurse, reconfirm(Wish::Yes));
    assert_eq!(refused, Err(Refusal::NothingSigned));
    let refused = clinic.staff(Role::Nurse, copy.clone());
    assert_eq!(refused, Err(Refusal::NothingSigned));
    clinic.ana(sign("english")).unwrap();
    assert_eq!(clinic.staff(Role::Nurse, copy), Ok("CopyGiven"));
    for wish in Wish::ALL {
        let done = clinic.staff(Role::Nurse, reconfirm(wish));
        assert_eq!(done, Ok("ConsentReconfirmed"));
        let known = clinic.file.of(PRODUCT).unwrap();
        assert_eq!(known.asked, Some((clinic.today, wish)));
    }
}

#[test]
fn every_no_says_something_in_both_languages() {
    let all = [
        Refusal::NotThePatient,
        Refusal::AgeUnknown,
        Refusal::MinorSigns,
        Refusal::OfAge,
        Refusal::MinorsNotTreated,
        Refusal::NotTheText,
        Refusal::NotAgreed,
        Refusal::CouldNotAsk,
        Refusal::WordsMissing(Missing::Name),
        Refusal::WordsMissing(Missing::Question),
        Refusal::SignedAlready,
        Refusal::NothingSigned,
        Refusal::Withdrawn,
    ];
    for refusal in all {
        let english = refusal.says(Language::English);
        let spanish = refusal.says(Language::Spanish);
        assert!(
            english.ends_with('.') && spanish.ends_with('.'),
            "{english} {spanish}"
        );
        assert_ne!(english, spanish);
    }
}
