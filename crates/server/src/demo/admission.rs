//! An invented person is asked their history, accepted by a prescriber, and agrees: by the very
//! commands that the pages give.

use crate::application::Application;
use crate::consent;
use crate::fault::Fault;
use crate::history::{self, Speaker};
use crate::journey::{self, Change};
use crate::patients;
use crate::standing;
use crate::web::pages::clock_face::today;
use crate::web::respond::Refused;
use anyhow::{Context as _, anyhow};
use clinical::course::consent::text::Kind;
use clinical::course::consent::{Command as Agree, Interpreting, Meeting, Wish};
use clinical::course::intake::{
    Command as Say, Intake, Intolerant, Item, PastTrial, Said, TakenMedicine, Through,
};
use clinical::course::screening::Question;
use clinical::course::screening::case;
use clinical::course::screening::person::{
    Answer, Examination, Intolerance, Person, Phase, Product, Reaction, Route, Scored, Test,
};
use clinical::course::screening::{Acceptance, Command, Context, Level, Plan, Refusal, decide};
use clinical::instrument::{self, Response, next_question};
use clinical::leaflet::Language;
use clinical::patient::{Allergies, Sex};
use clinical::policy::Gate;
use clinical::record::{Actor, CommandId, PatientId, Role, StaffId};
use jiff::tz::TimeZone;
use units::{Moment, Span};
use uuid::Uuid;

/// What an ordinary person tells; dates are filled in.
const HISTORY: &str = include_str!("history.toml");

/// The questionnaires of the history.
const SCALES: [&str; 3] = ["phq-9", "gad-7", "audit-c"];

/// Who accepts people in the demo.
pub fn prescriber() -> Actor {
    Actor::Person {
        id: StaffId(Uuid::new_v5(&Uuid::NAMESPACE_OID, b"staff petra")),
        name: "Dr Petra Ivanova".to_owned(),
        role: Role::Prescriber,
    }
}

/// The person themselves, as their phone names them.
pub fn patient(id: PatientId, name: &str) -> Actor {
    Actor::Person {
        id: StaffId(id.0),
        name: name.to_owned(),
        role: Role::Patient,
    }
}

/// What an ordinary person of today tells, with nothing against treatment.
pub fn ordinary(application: &Application) -> Result<Person, Fault> {
    let now = application.clock.now();
    let day = today(now, &application.zone).ok_or_else(|| anyhow!("a day outside the calendar"))?;
    let text = HISTORY
        .replace("{asked}", &by_the_clock(now, &application.zone)?)
        .replace(
            "{visit}",
            &by_the_clock(now + Span::from_hours(24), &application.zone)?,
        )
        .replace("{day}", &day.to_string());
    let case = case::read(&text).map_err(|problems| {
        let says: Vec<&str> = problems.iter().map(|one| one.says.as_str()).collect();
        anyhow!("the demo's history: {}", says.join("; "))
    })?;
    Ok(case.person)
}

/// A moment by the clinic's clock, with its offset: a case takes its day from what is written.
fn by_the_clock(moment: Moment, zone: &TimeZone) -> Result<String, Fault> {
    let at = jiff::Timestamp::from_microsecond(moment.microseconds())
        .context("a moment outside the calendar")?;
    let written = at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z");
    Ok(written.to_string())
}

/// Everything that a start of racemic ketamine by vein asks of the record.
pub async fn admit(
    application: &Application,
    id: PatientId,
    name: &str,
    can_become_pregnant: bool,
) -> Result<(), Fault> {
    let way = (Product::Racemic, Route::Intravenous);
    admit_for(application, id, name, can_become_pregnant, way).await
}

/// Everything that a start asks of the record: an ordinary history, the acceptance for what is given
/// by which route, the consent, and that it was confirmed today.
pub async fn admit_for(
    application: &Application,
    id: PatientId,
    name: &str,
    can_become_pregnant: bool,
    (product, route): (Product, Route),
) -> Result<(), Fault> {
    let mut history = ordinary(application)?;
    if !can_become_pregnant {
        cannot_become_pregnant(&mut history);
    }
    tells_again(application, id, &mut history).await?;
    tell_history(application, id, name, &history).await?;
    accept(application, id, product, route).await?;
    agree(application, id, name, Language::English, product).await?;
    agree_today(application, id, product).await
}

/// Puts what the clinic has recorded into what the person tells: the weight, so that nobody's order
/// rests on another one, and the allergies, as a clinician has judged them: none of them is
/// ketamine, or what it is dissolved in.
async fn tells_again(
    application: &Application,
    id: PatientId,
    history: &mut Person,
) -> Result<(), Fault> {
    let Some(patient) = patients::read(application, id).await? else {
        return Ok(());
    };
    if let (Some(known), Answer::Said(told, _)) = (patient.body_weight(), &mut history.weight) {
        told.kilograms = known.kilograms;
    }
    let Allergies::List(list) = patient.allergies else {
        return Ok(());
    };
    if let Answer::Said(told, _) = &mut history.intolerances {
        told.extend(list.into_iter().map(|allergy| Intolerance {
            substance: allergy.substance,
            is_of_the_product: Some(false),
            reaction: Reaction::Allergy,
        }));
    }
    Ok(())
}

/// Changes what a person tells to what is said of somebody who cannot become pregnant.
pub fn cannot_become_pregnant(person: &mut Person) {
    for question in [Question::Pregnant, Question::CouldBePregnant] {
        if let Some(Answer::Said(said, _)) = person.questions.get_mut(&question) {
            *said = false;
        }
    }
    if let Some(Answer::Said(test, _)) = person.tests.get_mut(&Test::Pregnancy) {
        *test = Examination::NotDone;
    }
}

/// Has a person tell their whole history on their phone, staff the rest, and hands it in.
pub async fn tell_history(
    application: &Application,
    id: PatientId,
    name: &str,
    person: &Person,
) -> Result<(), Fault> {
    let is_own = asked_of(application, id).await?;
    let (own, of_staff): (Vec<_>, Vec<_>) =
        said(person).into_iter().partition(|(item, _)| is_own(item));
    let scales = scale_answers(application)?;
    let phone = Speaker {
        actor: patient(id, name),
        through: Through::OwnDevice,
        language: Language::English,
    };
    let staff = Speaker {
        actor: prescriber(),
        through: Through::Staff,
        language: Language::English,
    };
    let own = own
        .into_iter()
        .map(|(item, said)| (item, unjudged(said)))
        .chain(scales)
        .chain([(Item::Operations, Said::Words("None.".to_owned()))]);
    say(application, id, &phone, own.collect()).await?;
    let reached = patients::read(application, id)
        .await?
        .is_some_and(|known| known.contacts.is_some());
    // Nobody hands in who has not said how they are reached.
    if reached {
        history_command(application, id, &phone, vec![Say::Submit]).await?;
    }
    let again = said(person).into_iter().filter(|(item, said)| {
        *item == Item::Weight || (is_own(item) && unjudged(said.clone()) != *said)
    });
    let of_staff = of_staff.into_iter().chain(again);
    say(application, id, &staff, of_staff.collect()).await
}

/// Which items the pages of this person ask.
async fn asked_of(
    application: &Application,
    id: PatientId,
) -> Result<impl Fn(&Item) -> bool, Fault> {
    let questionnaire = history::questionnaire()?;
    let sex = patients::read(application, id)
        .await?
        .map_or(Sex::Unknown, |known| history::sex_of(&known));
    Ok(move |item: &Item| !item.is_for_staff_only() && questionnaire.asks_of(item, sex))
}

/// What a person can tell of it: what a clinician has judged of it is left out.
fn unjudged(mut said: Said) -> Said {
    match &mut said {
        Said::Medicines { list, .. } => list.iter_mut().for_each(|one| one.medicine.review = None),
        Said::Intolerances { list, .. } => list
            .iter_mut()
            .for_each(|one| one.intolerance.is_of_the_product = None),
        _ => {}
    }
    said
}

/// Has a person tell some of it, and stop.
pub async fn tell_some(
    application: &Application,
    id: PatientId,
    name: &str,
    person: &Person,
    answers: usize,
) -> Result<(), Fault> {
    let phone = Speaker {
        actor: patient(id, name),
        through: Through::OwnDevice,
        language: Language::English,
    };
    let is_own = asked_of(application, id).await?;
    let own = said(person)
        .into_iter()
        .filter(|(item, _)| is_own(item))
        .map(|(item, said)| (item, unjudged(said)))
        .take(answers);
    say(application, id, &phone, own.collect()).await
}

async fn say(
    application: &Application,
    id: PatientId,
    speaker: &Speaker,
    all: Vec<(Item, Said)>,
) -> Result<(), Fault> {
    let commands = all
        .into_iter()
        .map(|(item, answer)| Say::Say { item, answer });
    history_command(application, id, speaker, commands.collect()).await
}

async fn history_command(
    application: &Application,
    id: PatientId,
    speaker: &Speaker,
    commands: Vec<Say>,
) -> Result<(), Fault> {
    let wanted = format!("{commands:?}");
    let command_id = CommandId(Uuid::new_v5(&id.0, wanted.as_bytes()));
    let asked = |_: &Intake| commands.clone();
    history::change(application, command_id, speaker, id, wanted, asked)
        .await
        .map_err(told)?;
    Ok(())
}

/// Asks the rules about a person and has the prescriber accept them, with a plan for each caution.
/// Refused where something stands against it.
pub async fn accept(
    application: &Application,
    id: PatientId,
    product: Product,
    route: Route,
) -> Result<(), Fault> {
    let now = application.clock.now();
    let visit = standing::visit(application, now, product, route, Phase::Series)?;
    ask_rules(application, id, visit).await?;
    let acceptance = journey::read::<Acceptance>(application, id.0).await?.state;
    let cautions = acceptance
        .latest
        .iter()
        .flat_map(|latest| &latest.open)
        .filter(|found| found.level == Level::Caution)
        .map(|found| Plan {
            requirement: found.rule.requirement.clone(),
            plan: "Watched closely; told what to look out for.".to_owned(),
        });
    let confirm = Command::ConfirmEligibility {
        plans: cautions.collect(),
        passed: Vec::new(),
        statement: "I have read the history and accept this person for treatment.".to_owned(),
    };
    screening_command(application, id, confirm, "accept for treatment").await
}

/// Asks the rules about a person, for a prescriber to read.
pub async fn ask_rules(
    application: &Application,
    id: PatientId,
    visit: clinical::course::screening::Visit,
) -> Result<(), Fault> {
    let ask = Command::AskRules {
        visit,
        gate: Gate::AcceptForTreatment,
    };
    screening_command(application, id, ask, "ask the rules of screening").await
}

async fn screening_command(
    application: &Application,
    id: PatientId,
    command: Command,
    action: &str,
) -> Result<(), Fault> {
    let known = standing::known(application, id)
        .await?
        .ok_or_else(|| anyhow!("nobody of this identity is registered"))?;
    let actor = prescriber();
    let rules = application.screening();
    let change = Change {
        command_id: CommandId(Uuid::now_v7()),
        actor: actor.clone(),
        at: None,
        id: id.0,
        patient: Some(id),
        session: None,
        action,
        wanted: format!("{command:?}"),
    };
    journey::change::<Acceptance, Refusal>(application, change, |acceptance, now| {
        let context = Context {
            at: now,
            actor: &actor,
            person: &known.person,
            rules: &rules,
        };
        decide(acceptance, command.clone(), &context)
    })
    .await
    .map_err(told)?;
    Ok(())
}

/// Has a person sign the text of today in their language, and the clinician who explained it.
pub async fn agree(
    application: &Application,
    id: PatientId,
    name: &str,
    language: Language,
    product: Product,
) -> Result<(), Fault> {
    let text = consent::text(application, product, Kind::Consent, language)
        .context("a text to sign")?
        .shown
        .text;
    let signs = Agree::SignConsent {
        product,
        text: text.clone(),
        typed_name: name.to_owned(),
        could_ask: true,
        agrees: true,
    };
    consents(application, id, product, patient(id, name), signs).await?;
    let explained = Agree::SignAsClinician {
        product,
        text,
        way: Some(Meeting::InPerson),
        interpreting: Some(Interpreting::NotNeeded),
        signed_as: "Dr Petra Ivanova".to_owned(),
    };
    consents(application, id, product, prescriber(), explained).await
}

/// The person is asked, as at every dose, and says yes.
pub async fn agree_today(
    application: &Application,
    id: PatientId,
    product: Product,
) -> Result<(), Fault> {
    let asked = Agree::Reconfirm {
        product,
        visit: None,
        wish: Wish::Yes,
    };
    consents(application, id, product, prescriber(), asked).await
}

async fn consents(
    application: &Application,
    id: PatientId,
    product: Product,
    actor: Actor,
    command: Agree,
) -> Result<(), Fault> {
    let is_the_patient = matches!(
        &actor,
        Actor::Person {
            role: Role::Patient,
            ..
        }
    );
    let wanted = consent::Wanted {
        command_id: CommandId(Uuid::now_v7()),
        actor,
        is_the_patient,
        patient: id,
        product,
        command,
        language: Language::English,
    };
    consent::act(application, wanted).await.map_err(told)?;
    Ok(())
}

/// What was refused, for whoever starts the demo.
pub fn told(refused: Refused) -> Fault {
    Fault(anyhow!("the demo's way to treatment: {}", refused.says()))
}

/// Every item of a questionnaire, answered with its second option.
fn scale_answers(application: &Application) -> Result<Vec<(Item, Said)>, Fault> {
    let mut all = Vec::new();
    for id in SCALES {
        let instrument = application
            .scales()
            .named(id)
            .with_context(|| format!("{id} does not ship"))?;
        let mut answers = instrument::Answers::default();
        while let Some(item) = next_question(instrument, &answers) {
            let answer = match &item.response {
                // The last item of PHQ-9 asks about thoughts of death.
                Response::Options(set) => instrument
                    .choices(set)
                    .get(usize::from((id, item.id.as_str()) != ("phq-9", "9")))
                    .map_or(instrument::Answer::Declined, |choice| {
                        instrument::Answer::Chosen(choice.id.clone())
                    }),
                Response::Whole(_) | Response::Measured { .. } => instrument::Answer::Declined,
            };
            answers = answers.with(&item.id, answer.clone());
            let item = Item::OfScale {
                instrument: id.to_owned(),
                item: item.id.clone(),
            };
            all.push((item, Said::OfScale(answer)));
        }
    }
    Ok(all)
}

/// A person's answers, item by item.
fn said(person: &Person) -> Vec<(Item, Said)> {
    fn one<T: Clone>(
        item: Item,
        answer: &Answer<T>,
        said: impl Fn(T) -> Said,
    ) -> Option<(Item, Said)> {
        match answer {
            Answer::Said(value, _) => Some((item, said(value.clone()))),
            Answer::NotSure(_) => Some((item, Said::NotSure)),
            Answer::NotAsked => None,
        }
    }
    let questions = person
        .questions
        .iter()
        .map(|(question, answer)| one(Item::Question(*question), answer, Said::Yes));
    let substances = person
        .substances
        .iter()
        .map(|(substance, answer)| one(Item::LastUse(*substance), answer, Said::LastUse));
    let tests = person
        .tests
        .iter()
        .map(|(test, answer)| one(Item::Test(*test), answer, Said::Test));
    let scales = person.scales.iter().map(|(scale, answer)| {
        one(Item::Scale(*scale), answer, |scored| {
            Said::Points(match scored {
                Scored::NotDone => None,
                Scored::Points(points) => Some(points),
            })
        })
    });
    let others = [
        one(Item::Height, &person.height, Said::Height),
        one(Item::Weight, &person.weight, Said::Weight),
        one(Item::Pressures, &person.pressures, Said::Pressures),
        one(Item::Indication, &person.indication, Said::Indication),
        one(Item::AcuteEvent, &person.acute_event, Said::AcuteEvent),
        one(Item::Liver, &person.liver, Said::Liver),
        one(Item::SuicideRisk, &person.suicide_risk, Said::SuicideRisk),
        one(Item::Trials, &person.trials, |all| Said::Trials {
            list: all
                .into_iter()
                .map(|trial| PastTrial {
                    trial,
                    dose: String::new(),
                })
                .collect(),
            whole: true,
        }),
        one(Item::Medicines, &person.medicines, |all| Said::Medicines {
            list: all
                .into_iter()
                .map(|medicine| TakenMedicine {
                    medicine,
                    how: String::new(),
                })
                .collect(),
            whole: true,
        }),
        one(Item::Intolerances, &person.intolerances, |all| {
            Said::Intolerances {
                list: all
                    .into_iter()
                    .map(|intolerance| Intolerant {
                        intolerance,
                        happened: String::new(),
                    })
                    .collect(),
                whole: true,
            }
        }),
    ];
    questions
        .chain(substances)
        .chain(tests)
        .chain(scales)
        .chain(others)
        .flatten()
        .collect()
}
