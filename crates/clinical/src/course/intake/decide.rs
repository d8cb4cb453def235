//! A command and a history in; events or a refusal out.

use super::answer::{Intolerant, Said, TakenMedicine};
use super::command::{About, Command};
use super::course::{Questionnaire, Steps};
use super::event::{IntakeEvent, Through};
use super::item::Item;
use super::refusal::Refusal;
use super::state::{Attention, Intake};
use crate::course::screening::person::{
    Examination, LastEvent, LastUse, Source, SuicideRisk, Witness,
};
use crate::instrument::{self, Instrument, Library, Response, ScoringResult, Urgency, assess};
use crate::patient::{CivilDate, Sex};
use crate::record::Role;
use units::Moment;

/// What a decision may know besides the history.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// Who commands, in which capacity, when.
    pub witness: Witness,
    /// How it comes in.
    pub through: Through,
    /// Which day it is at the clinic.
    pub today: CivilDate,
    /// The registered sex: some pages are asked only where they apply.
    pub sex: Sex,
    /// True when somebody has said how the person is reached.
    pub contacts_known: bool,
    /// The pages that a patient is asked.
    pub questionnaire: &'a Questionnaire,
    /// The questionnaires.
    pub library: &'a Library,
}

/// Decides a command. Pure: the same history, command and context give the same answer.
pub fn decide(
    intake: &Intake,
    command: Command,
    context: &Context<'_>,
) -> Result<Vec<IntakeEvent>, Refusal> {
    let witness = context.witness.clone();
    match command {
        Command::Say { item, answer } => say(intake, item, answer, context),
        Command::Revise { item, answer, seen } => {
            clinician(context)?;
            if intake.times_said(&item) != seen {
                return Err(Refusal::ChangedMeanwhile { item });
            }
            say(intake, item, answer, context)
        }
        Command::AskPatient { question, about } => {
            clinician(context)?;
            if intake.question(question).is_some() {
                return Err(Refusal::Repeated);
            }
            let about = match about {
                About::Words(text) => About::Words(words(&text)?),
                About::Item(item) if item.is_for_staff_only() => {
                    return Err(Refusal::ForStaffOnly { item });
                }
                About::Item(item) => About::Item(item),
            };
            Ok(vec![IntakeEvent::PatientAsked {
                question,
                about,
                witness,
            }])
        }
        Command::AnswerQuestion {
            question,
            words: text,
        } => {
            speaker(context)?;
            let open = intake.question(question).filter(|known| known.is_open());
            if !open.is_some_and(|known| matches!(known.about, About::Words(_))) {
                return Err(Refusal::NoSuchQuestion);
            }
            Ok(vec![IntakeEvent::QuestionAnswered {
                question,
                words: words(&text)?,
                witness,
            }])
        }
        Command::Submit => {
            speaker(context)?;
            let steps = Steps::of(
                context.questionnaire,
                intake,
                context.sex,
                context.contacts_known,
                context.library,
            );
            match steps.open() {
                0 => Ok(vec![IntakeEvent::HistorySubmitted { witness }]),
                pages => Err(Refusal::Unanswered { pages }),
            }
        }
        Command::SayUnsafe => {
            speaker(context)?;
            Ok(said_unsafe(intake))
        }
        Command::Acknowledge { attention, note } => {
            clinician(context)?;
            if !intake.attention(&attention).is_some_and(Attention::is_open) {
                return Err(Refusal::NothingToAcknowledge);
            }
            Ok(vec![IntakeEvent::AttentionAcknowledged {
                attention,
                note: words(&note)?,
                witness,
            }])
        }
    }
}

/// The name of what was said before a visit.
const BEFORE_A_VISIT: &str = "before-a-visit/thoughts-of-death";

/// Calls for a person, unless somebody is called for already. Said again after it was seen to, it
/// calls again. Source: clinical reference 2.2, 8.3.
// Hazard: H40
fn said_unsafe(intake: &Intake) -> Vec<IntakeEvent> {
    let waits = intake
        .attention(BEFORE_A_VISIT)
        .is_some_and(Attention::is_open);
    if waits {
        return Vec::new();
    }
    vec![IntakeEvent::AttentionCalled {
        attention: BEFORE_A_VISIT.to_owned(),
        urgency: Urgency::SameDay,
        says: "Before a visit: thoughts of not living, or of harming themselves.".to_owned(),
        action: "Call the person today; safety plan; follow the clinic's procedure.".to_owned(),
    }]
}

/// Refuses everybody but clinical staff.
fn clinician(context: &Context<'_>) -> Result<(), Refusal> {
    match context.witness.source {
        Source::Staff(Role::Nurse | Role::Prescriber | Role::Therapist | Role::MedicalDirector) => {
            Ok(())
        }
        Source::Staff(_)
        | Source::Patient
        | Source::Guardian
        | Source::Companion
        | Source::Laboratory
        | Source::Document
        | Source::Device => Err(Refusal::NotTheirs),
    }
}

/// Refuses staff who do not write into a record. What stands on a paper or comes from a
/// laboratory is written down by whoever holds it.
fn speaker(context: &Context<'_>) -> Result<(), Refusal> {
    match context.witness.source {
        Source::Staff(_) => clinician(context),
        Source::Patient
        | Source::Guardian
        | Source::Companion
        | Source::Laboratory
        | Source::Document
        | Source::Device => Ok(()),
    }
}

fn words(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::WordsMissing);
    }
    Ok(text.to_owned())
}

fn say(
    intake: &Intake,
    item: Item,
    answer: Said,
    context: &Context<'_>,
) -> Result<Vec<IntakeEvent>, Refusal> {
    speaker(context)?;
    let own = matches!(
        context.witness.source,
        Source::Patient | Source::Guardian | Source::Companion
    );
    if own && item.is_for_staff_only() {
        return Err(Refusal::ForStaffOnly { item });
    }
    // Staff may know better than the registered sex; what they write down stays theirs.
    // Hazard: H24
    if own && !context.questionnaire.asks_of(&item, context.sex) {
        return Err(Refusal::NotAsked { item });
    }
    if !answer.is_about(&item) {
        return Err(Refusal::NoAnswerToThis { item });
    }
    if let Item::OfScale {
        instrument,
        item: of,
    } = &item
    {
        let known = context
            .library
            .named(instrument)
            .and_then(|instrument| Some((instrument, instrument.item(of)?)));
        let suits = known.is_some_and(|(instrument, known)| suits(instrument, known, &answer));
        if !suits {
            return Err(Refusal::NoAnswerToThis { item });
        }
    }
    if clinician(context).is_err() && judges(intake, &item, &answer) {
        return Err(Refusal::ForStaffOnly { item });
    }
    check(&item, &answer, context.today, context.witness.at)?;
    let before = flags(intake, &item, None, context.library);
    let after = flags(intake, &item, Some(&answer), context.library);
    let mut events = vec![IntakeEvent::AnswerGiven {
        item,
        answer: Box::new(answer),
        witness: context.witness.clone(),
        through: context.through,
    }];
    // What was seen already is called again only when the answer became so anew.
    // Hazard: H40
    let called = after.into_iter().filter(|flag| {
        let known = intake.attention(&flag.attention);
        known.is_none() || (!before.contains(flag) && !known.is_some_and(Attention::is_open))
    });
    events.extend(called.map(|flag| IntakeEvent::AttentionCalled {
        attention: flag.attention,
        urgency: flag.urgency,
        says: flag.says,
        action: flag.action,
    }));
    Ok(events)
}

/// True when an answer says more of what something is than is known already: what a medicine that
/// the list does not know belongs to, or whether a substance is the product. Clinicians judge that.
// Hazard: H25
fn judges(intake: &Intake, item: &Item, answer: &Said) -> bool {
    match (answer, intake.said(item)) {
        (Said::Medicines { list, .. }, before) => {
            let known = match before {
                Some(Said::Medicines { list, .. }) => list.as_slice(),
                _ => &[],
            };
            list.iter().any(|one| {
                let judged = |known: &TakenMedicine| {
                    known.medicine.words == one.medicine.words
                        && known.medicine.review == one.medicine.review
                };
                one.medicine.review.is_some() && !known.iter().any(judged)
            })
        }
        (Said::Intolerances { list, .. }, before) => {
            let known = match before {
                Some(Said::Intolerances { list, .. }) => list.as_slice(),
                _ => &[],
            };
            list.iter().any(|one| {
                let one = &one.intolerance;
                let judged = |known: &Intolerant| {
                    known.intolerance.substance == one.substance
                        && known.intolerance.is_of_the_product == one.is_of_the_product
                };
                one.is_of_the_product.is_some() && !known.iter().any(judged)
            })
        }
        _ => false,
    }
}

/// True when an answer is one that the question of a questionnaire has.
fn suits(instrument: &Instrument, item: &instrument::Item, answer: &Said) -> bool {
    let Said::OfScale(answer) = answer else {
        return false;
    };
    match (answer, &item.response) {
        (instrument::Answer::NotSure | instrument::Answer::Declined, _) => true,
        (instrument::Answer::Chosen(chosen), Response::Options(set)) => instrument
            .choices(set)
            .iter()
            .any(|choice| choice.id == *chosen),
        (
            instrument::Answer::Number(number),
            Response::Whole(range) | Response::Measured { range, .. },
        ) => (range.from..=range.to).contains(number),
        // Points copied from a form on paper.
        (instrument::Answer::Number(_), Response::Options(_)) => true,
        (instrument::Answer::Chosen(_), Response::Whole(_) | Response::Measured { .. }) => false,
    }
}

/// Refuses what cannot be.
fn check(item: &Item, answer: &Said, today: CivilDate, now: Moment) -> Result<(), Refusal> {
    let past = |day: CivilDate| day <= today;
    let fits = match answer {
        Said::Weight(weighing) => past(weighing.on),
        Said::Pressures(list) => list.iter().all(|one| past(one.on)),
        Said::AcuteEvent(LastEvent::On(day)) => past(*day),
        Said::LastUse(LastUse::At(at)) => *at <= now,
        Said::Medicines { list, .. } => list
            .iter()
            .all(|one| !matches!(one.medicine.last_taken, Some(LastUse::At(at)) if at > now)),
        Said::Test(Examination::Done { on, .. }) => past(*on),
        Said::NotSure
        | Said::Yes(_)
        | Said::Height(_)
        | Said::Today(_)
        | Said::Indication(_)
        | Said::Trials { .. }
        | Said::Intolerances { .. }
        | Said::LastUse(LastUse::Never)
        | Said::AcuteEvent(LastEvent::Never)
        | Said::Liver(_)
        | Said::Test(Examination::NotDone)
        | Said::Points(_)
        | Said::SuicideRisk(_)
        | Said::Words(_)
        | Said::OfScale(_) => true,
    };
    if !fits {
        return Err(Refusal::NotYet { item: item.clone() });
    }
    match (item, answer) {
        (Item::Scale(scale), Said::Points(Some(points))) if *points > scale.highest() => {
            Err(Refusal::Impossible { item: item.clone() })
        }
        // Hazard: H06
        (_, Said::Pressures(list)) if list.iter().any(|one| one.diastolic >= one.systolic) => {
            Err(Refusal::Impossible { item: item.clone() })
        }
        (_, Said::Words(text)) => words(text).map(|_| ()),
        _ => Ok(()),
    }
}

/// What needs a person today.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Called {
    attention: String,
    urgency: Urgency,
    says: String,
    action: String,
}

/// What the answers to an item's questionnaire call for, with this answer or as they stand.
fn flags(intake: &Intake, item: &Item, answer: Option<&Said>, library: &Library) -> Vec<Called> {
    match item {
        Item::OfScale { instrument, item } => {
            let Some(known) = library.named(instrument) else {
                return Vec::new();
            };
            let mut answers = intake.answers(instrument);
            if let Some(Said::OfScale(answer)) = answer {
                answers = answers.with(item, answer.clone());
            }
            let raised = match assess(known, &answers).outcome {
                ScoringResult::Scored(scored) => scored.flags,
                ScoringResult::Incomplete(incomplete) => incomplete.flags,
            };
            raised
                .into_iter()
                .map(|flag| Called {
                    attention: format!("{instrument}/{}", flag.id),
                    urgency: flag.urgency,
                    says: flag.says,
                    action: flag.action,
                })
                .collect()
        }
        Item::SuicideRisk => {
            let said = answer.or_else(|| intake.said(item));
            // Source: clinical reference 8.3: moderate the same day, high within the hour.
            let (urgency, word) = match said {
                Some(Said::SuicideRisk(SuicideRisk::High)) => (Urgency::SameHour, "high"),
                Some(Said::SuicideRisk(SuicideRisk::Moderate)) => (Urgency::SameDay, "moderate"),
                _ => return Vec::new(),
            };
            vec![Called {
                attention: format!("suicide-risk/{word}"),
                urgency,
                says: format!("Suicide-risk triage: {word}."),
                action: "Speak with the person before they leave; safety plan; follow the clinic's procedure.".to_owned(),
            }]
        }
        _ => Vec::new(),
    }
}
