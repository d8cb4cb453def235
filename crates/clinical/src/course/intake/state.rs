//! A person's history, folded from events.

use super::answer::Said;
use super::command::About;
use super::event::{IntakeEvent, Through};
use super::item::Item;
use crate::course::screening::Person;
use crate::course::screening::medicine::{Medicine, Use};
use crate::course::screening::person::{
    Answer, Intolerance, Reaction, Scale, Scored, Trial, Witness,
};
use crate::instrument::{self, Library, ScoreValue, ScoringResult, Urgency, assess};
use crate::record::{Folded, Header, StreamKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// What was said.
    pub said: Said,
    /// By whom, in which capacity, when.
    pub witness: Arc<Witness>,
    /// How it came in.
    pub through: Through,
}

/// A question that a clinician put to the patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenQuestion {
    /// Its identity.
    pub question: Uuid,
    /// What was asked.
    pub about: About,
    /// By whom.
    pub witness: Witness,
    /// True once its item was answered after it was put.
    pub answered: bool,
    /// The answer, of a question in free words.
    pub reply: Option<(String, Witness)>,
}

impl OpenQuestion {
    /// True while the patient has not answered.
    pub const fn is_open(&self) -> bool {
        !self.answered
    }
}

/// An answer that needs a person today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    /// Its name.
    pub attention: String,
    /// How soon.
    pub urgency: Urgency,
    /// What was answered.
    pub says: String,
    /// What to do.
    pub action: String,
    /// When it was called.
    pub at: units::Moment,
    /// What was done about it, and who says so.
    pub acknowledged: Option<(String, Witness)>,
}

impl Attention {
    /// True while nobody has seen to it.
    pub const fn is_open(&self) -> bool {
        self.acknowledged.is_none()
    }
}

/// Everything that has been said, in the order of saying.
///
/// It can be written down as it stands, for whoever reads many; a change of what is written needs
/// another word for its shape where it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intake {
    statements: BTreeMap<Item, Vec<Statement>>,
    /// What needs a person today, in the order in which it was called.
    pub attentions: Vec<Attention>,
    /// Questions to the patient, in the order of asking.
    pub questions: Vec<OpenQuestion>,
    /// Who handed the answers in last.
    pub submitted: Option<Witness>,
}

impl Folded for Intake {
    type Event = IntakeEvent;
    const KIND: StreamKind = StreamKind::Intake;
    fn take(&mut self, header: &Header, event: &IntakeEvent) {
        match event {
            IntakeEvent::AnswerGiven {
                item,
                answer,
                witness,
                through,
            } => {
                let statement = Statement {
                    said: (**answer).clone(),
                    witness: Arc::new(witness.clone()),
                    through: *through,
                };
                let all = self.statements.entry(item.clone()).or_default();
                // An answer may arrive late from a tablet: the newest saying holds.
                // Hazard: H23
                let place = all.partition_point(|known| known.witness.at <= witness.at);
                all.insert(place, statement);
                for question in &mut self.questions {
                    let asked = matches!(&question.about, About::Item(about) if about == item);
                    if asked && !answer.is_unfinished() {
                        question.answered = true;
                    }
                }
            }
            IntakeEvent::AttentionCalled {
                attention,
                urgency,
                says,
                action,
            } => {
                self.attentions
                    .retain(|known| known.attention != *attention);
                self.attentions.push(Attention {
                    attention: attention.clone(),
                    urgency: *urgency,
                    says: says.clone(),
                    action: action.clone(),
                    at: header.occurred_at,
                    acknowledged: None,
                });
            }
            IntakeEvent::AttentionAcknowledged {
                attention,
                note,
                witness,
            } => {
                let known = self.attentions.iter_mut();
                for one in known.filter(|known| known.attention == *attention) {
                    one.acknowledged = Some((note.clone(), witness.clone()));
                }
            }
            IntakeEvent::PatientAsked {
                question,
                about,
                witness,
            } => self.questions.push(OpenQuestion {
                question: *question,
                about: about.clone(),
                witness: witness.clone(),
                answered: false,
                reply: None,
            }),
            IntakeEvent::QuestionAnswered {
                question,
                words,
                witness,
            } => {
                let known = self.questions.iter_mut();
                for one in known.filter(|known| known.question == *question) {
                    one.answered = true;
                    one.reply = Some((words.clone(), witness.clone()));
                }
            }
            IntakeEvent::HistorySubmitted { witness } => self.submitted = Some(witness.clone()),
        }
    }
}

impl Intake {
    /// The statement that holds for an item.
    pub fn statement(&self, item: &Item) -> Option<&Statement> {
        self.statements.get(item)?.last()
    }

    /// What holds for an item.
    pub fn said(&self, item: &Item) -> Option<&Said> {
        self.statement(item).map(|statement| &statement.said)
    }

    /// How often something was said of an item.
    pub fn times_said(&self, item: &Item) -> usize {
        self.statements.get(item).map_or(0, Vec::len)
    }

    /// Everything that was said of each item, the newest last.
    pub fn statements(&self) -> impl Iterator<Item = (&Item, &[Statement])> {
        self.statements
            .iter()
            .map(|(item, all)| (item, all.as_slice()))
    }

    /// True when nobody has said anything yet.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// What is called for by a name.
    pub fn attention(&self, name: &str) -> Option<&Attention> {
        self.attentions.iter().find(|known| known.attention == name)
    }

    /// What nobody has seen to yet, the most urgent first.
    pub fn open_attentions(&self) -> Vec<&Attention> {
        let mut open: Vec<_> = self.attentions.iter().filter(|one| one.is_open()).collect();
        open.sort_by_key(|one| std::cmp::Reverse(one.urgency));
        open
    }

    /// A question to the patient.
    pub fn question(&self, question: Uuid) -> Option<&OpenQuestion> {
        self.questions
            .iter()
            .find(|known| known.question == question)
    }

    /// The questions that the patient has not answered.
    pub fn open_questions(&self) -> impl Iterator<Item = &OpenQuestion> {
        self.questions.iter().filter(|known| known.is_open())
    }

    /// The answers to a questionnaire so far.
    pub fn answers(&self, instrument: &str) -> instrument::Answers {
        let mut answers = instrument::Answers::new();
        for (item, all) in &self.statements {
            if let Item::OfScale {
                instrument: known,
                item,
            } = item
                && known == instrument
                && let Some(Said::OfScale(answer)) = all.last().map(|last| &last.said)
            {
                answers = answers.with(item, answer.clone());
            }
        }
        answers
    }

    /// Everything that screening may ask, as far as it was said here; the rest is unknown.
    ///
    /// A list that is not whole gets one entry that nobody knows: what was named counts, and the
    /// rules still see that something is missing. Birth date, sex and letters stand elsewhere.
    // Hazard: H24
    pub fn person(&self, library: &Library) -> Person {
        let mut person = Person::default();
        for (item, all) in &self.statements {
            if let Some(statement) = all.last() {
                put(&mut person, item, statement);
            }
        }
        self.score(&mut person, Scale::Alcohol, "audit-c", library);
        self.score(&mut person, Scale::Drugs, "dast-10", library);
        self.score(&mut person, Scale::SleepApnoea, "stop-bang", library);
        self.score(&mut person, Scale::UrinarySymptoms, "icsi", library);
        person
    }

    /// Puts what a questionnaire came to where no newer score was written down by staff.
    fn score(&self, person: &mut Person, scale: Scale, instrument: &str, library: &Library) {
        let Some(known) = library.named(instrument) else {
            return;
        };
        let newest = self
            .statements
            .iter()
            .filter(|(item, _)| {
                matches!(item, Item::OfScale { instrument: of, .. } if of == instrument)
            })
            .filter_map(|(_, all)| all.last())
            .max_by_key(|statement| statement.witness.at);
        let Some(newest) = newest else {
            return;
        };
        let written = person.scales.get(&scale).and_then(Answer::witness);
        if written.is_some_and(|written| written.at >= newest.witness.at) {
            return;
        }
        let total = match assess(known, &self.answers(instrument)).outcome {
            ScoringResult::Scored(scored) => scored.total,
            ScoringResult::Incomplete(_) => None,
        };
        let by = Arc::clone(&newest.witness);
        let answer = match total.as_ref().and_then(whole_points) {
            Some(points) => Answer::Said(Scored::Points(points), by),
            None => Answer::NotSure(by),
        };
        person.scales.insert(scale, answer);
    }
}

fn whole_points(total: &ScoreValue) -> Option<u8> {
    let number = total.points.number();
    if total.estimated || !number.is_integer() {
        return None;
    }
    u8::try_from(number).ok()
}

/// Puts one statement into its place.
fn put(person: &mut Person, item: &Item, statement: &Statement) {
    let by = &statement.witness;
    let said = &statement.said;
    match item {
        Item::Question(question) => {
            let answer = read(said, by, |said| match said {
                Said::Yes(yes) => Some(*yes),
                _ => None,
            });
            person.questions.insert(*question, answer);
        }
        Item::Height => {
            person.height = read(said, by, |said| match said {
                Said::Height(height) => Some(*height),
                _ => None,
            });
        }
        Item::Weight => {
            person.weight = read(said, by, |said| match said {
                Said::Weight(weighing) => Some(*weighing),
                _ => None,
            });
        }
        Item::Pressures => {
            person.pressures = read(said, by, |said| match said {
                Said::Pressures(list) => Some(list.clone()),
                _ => None,
            });
        }
        Item::Today => {
            person.today = read(said, by, |said| match said {
                Said::Today(today) => Some(*today),
                _ => None,
            });
        }
        Item::Indication => {
            person.indication = read(said, by, |said| match said {
                Said::Indication(indication) => Some(*indication),
                _ => None,
            });
        }
        Item::Trials => person.trials = read(said, by, trials),
        Item::Medicines => person.medicines = read(said, by, medicines),
        Item::Intolerances => person.intolerances = read(said, by, intolerances),
        Item::LastUse(substance) => {
            let answer = read(said, by, |said| match said {
                Said::LastUse(last) => Some(*last),
                _ => None,
            });
            person.substances.insert(*substance, answer);
        }
        Item::AcuteEvent => {
            person.acute_event = read(said, by, |said| match said {
                Said::AcuteEvent(event) => Some(*event),
                _ => None,
            });
        }
        Item::Liver => {
            person.liver = read(said, by, |said| match said {
                Said::Liver(class) => Some(*class),
                _ => None,
            });
        }
        Item::Test(test) => {
            let answer = read(said, by, |said| match said {
                Said::Test(examination) => Some(*examination),
                _ => None,
            });
            person.tests.insert(*test, answer);
        }
        Item::Scale(scale) => {
            let answer = read(said, by, |said| match said {
                Said::Points(points) => Some(points.map_or(Scored::NotDone, Scored::Points)),
                _ => None,
            });
            person.scales.insert(*scale, answer);
        }
        Item::SuicideRisk => {
            person.suicide_risk = read(said, by, |said| match said {
                Said::SuicideRisk(risk) => Some(*risk),
                _ => None,
            });
        }
        // No rule reads these: the reviewer does.
        Item::Operations | Item::OfScale { .. } => {}
    }
}

/// An answer: what is not understood is "not sure", and never a value.
fn read<T>(said: &Said, by: &Arc<Witness>, value: impl Fn(&Said) -> Option<T>) -> Answer<T> {
    match value(said) {
        Some(value) => Answer::Said(value, Arc::clone(by)),
        None => Answer::NotSure(Arc::clone(by)),
    }
}

fn medicines(said: &Said) -> Option<Vec<Medicine>> {
    let Said::Medicines { list, whole } = said else {
        return None;
    };
    let rest = (!whole).then(|| Medicine {
        words: "perhaps more: the list is not finished".to_owned(),
        codes: Vec::new(),
        status: Use::Current,
        last_taken: None,
        milligrams_per_day: None,
        morphine_equivalent: None,
        review: None,
    });
    let named = list.iter().map(|one| one.medicine.clone());
    Some(named.chain(rest).collect())
}

fn trials(said: &Said) -> Option<Vec<Trial>> {
    let Said::Trials { list, whole } = said else {
        return None;
    };
    let rest = (!whole).then(|| Trial {
        drug: "perhaps more: the list is not finished".to_owned(),
        weeks_at_adequate_dose: None,
        taken_as_prescribed: None,
        in_this_episode: None,
        outcome: None,
    });
    let named = list.iter().map(|one| one.trial.clone());
    Some(named.chain(rest).collect())
}

fn intolerances(said: &Said) -> Option<Vec<Intolerance>> {
    let Said::Intolerances { list, whole } = said else {
        return None;
    };
    let rest = (!whole).then(|| Intolerance {
        substance: "perhaps more: the list is not finished".to_owned(),
        is_of_the_product: None,
        reaction: Reaction::Unknown,
    });
    let named = list.iter().map(|one| one.intolerance.clone());
    Some(named.chain(rest).collect())
}
