//! A person's history as staff read it.

use super::around::Around;
use super::clock_face::{ClockFace, civil_date};
use super::history_lists::Listed;
use super::identity_strip::IdentityStrip;
use super::review::{may_act, question_says, witness_says};
use crate::web::form::Fields;
use crate::web::weighing;
use askama::Template;
use clinical::course::intake::{Intake, Item, Said};
use clinical::course::screening::person::{
    ChildPugh, Examination, Indication, LastEvent, LastUse, SuicideRisk, TestValue,
};
use clinical::patient::Patient;

/// How staff enter an item. A closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Yes, no or not sure.
    YesNo,
    /// In centimetres.
    Height,
    /// In kilograms, weighed today.
    Weight,
    /// Two numbers and a day.
    Pressure,
    /// One of the indications.
    Indication,
    /// One of the classes.
    Liver,
    /// One of the triage.
    SuicideRisk,
    /// Points, or not done.
    Scale {
        /// The highest that exists.
        highest: u8,
    },
    /// A day and a result, or not done.
    Test,
}

/// How staff enter an item; none for what is told in lists or belongs to the day of a visit.
pub const fn entry_of(item: &Item) -> Option<Entry> {
    Some(match item {
        Item::Question(_) => Entry::YesNo,
        Item::Height => Entry::Height,
        Item::Weight => Entry::Weight,
        Item::Pressures => Entry::Pressure,
        Item::Indication => Entry::Indication,
        Item::Liver => Entry::Liver,
        Item::SuicideRisk => Entry::SuicideRisk,
        Item::Scale(scale) => Entry::Scale {
            highest: scale.highest(),
        },
        Item::Test(_) => Entry::Test,
        Item::Today
        | Item::Trials
        | Item::Medicines
        | Item::Intolerances
        | Item::LastUse(_)
        | Item::AcuteEvent
        | Item::Operations
        | Item::OfScale { .. } => return None,
    })
}

/// The page.
pub struct PatientHistory<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who.
    pub patient: &'a Patient,
    /// What was said.
    pub intake: &'a Intake,
    /// Why a form was not saved, and what was typed into it.
    pub not_done: Option<(&'a str, &'a Fields)>,
}

#[derive(Template)]
#[template(path = "patient_history.html")]
struct Page<'a> {
    around: Around<'a>,
    strip: IdentityStrip,
    here: String,
    review: String,
    not_done: Option<&'a str>,
    may_act: bool,
    groups: Vec<Group>,
}

struct Group {
    id: &'static str,
    heading: &'static str,
    lines: Vec<Line>,
}

struct Line {
    name: String,
    asks: String,
    answers: Vec<(String, String)>,
    entry: &'static str,
    highest: u8,
    choices: Vec<(&'static str, String)>,
    typed: Typed,
    /// The word of the page where the list is changed; empty for what is no list.
    list: &'static str,
}

/// What was typed of an item, while it is asked back.
struct Typed {
    word: String,
    value: String,
    on: String,
    systolic: String,
    diastolic: String,
}

impl Line {
    fn chosen(&self, word: &str) -> bool {
        self.typed.word == word
    }

    /// What was typed was asked back: staff may say that it is right. Hazard: H18
    fn asked_back(&self) -> bool {
        matches!(self.entry, "height" | "weight") && !self.typed.value.is_empty()
    }

    fn right(&self) -> String {
        weighing::right(&self.name)
    }
}

impl PatientHistory<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let (judged, told): (Vec<Item>, Vec<Item>) =
            Item::all().into_iter().partition(Item::is_for_staff_only);
        let lines = |items: Vec<Item>| items.iter().map(|item| self.line(item)).collect();
        let id = self
            .patient
            .registration
            .as_ref()
            .map(|known| known.patient.to_string())
            .unwrap_or_default();
        super::written(&Page {
            around: self.around,
            strip: IdentityStrip::of(self.patient, self.around.now, self.around.zone),
            here: format!("/patients/{id}/history"),
            review: format!("/patients/{id}/review"),
            not_done: self.not_done.map(|(says, _)| says),
            may_act: self
                .around
                .viewer
                .is_some_and(|viewer| may_act(viewer.role)),
            groups: vec![
                Group {
                    id: "judged",
                    heading: "What clinicians enter",
                    lines: lines(judged),
                },
                Group {
                    id: "told",
                    heading: "What the patient tells",
                    lines: lines(told),
                },
            ],
        })
    }

    fn line(&self, item: &Item) -> Line {
        let name = item.name();
        let clock = self.around.clock();
        let all = self
            .intake
            .statements()
            .find(|(known, _)| *known == item)
            .map_or(&[][..], |(_, all)| all);
        // The newest first; what was said before stays to be seen.
        let answers = all
            .iter()
            .rev()
            .map(|one| {
                (
                    said_says(&one.said, &clock),
                    witness_says(&one.witness, &clock),
                )
            })
            .collect();
        let text = |part: &str| {
            self.not_done
                .map(|(_, fields)| fields.text(&format!("{name}{part}")).to_owned())
                .unwrap_or_default()
        };
        let entry = entry_of(item);
        Line {
            asks: match item {
                Item::Question(question) => question.says().to_owned(),
                _ => question_says(&name),
            },
            answers,
            entry: match entry {
                Some(Entry::YesNo | Entry::Indication | Entry::Liver | Entry::SuicideRisk) => {
                    "choice"
                }
                Some(Entry::Height) => "height",
                Some(Entry::Weight) => "weight",
                Some(Entry::Pressure) => "pressure",
                Some(Entry::Scale { .. }) => "scale",
                Some(Entry::Test) => "test",
                None => "",
            },
            highest: match entry {
                Some(Entry::Scale { highest }) => highest,
                _ => 0,
            },
            choices: choices(entry),
            list: Listed::ALL
                .into_iter()
                .find(|listed| listed.item() == *item)
                .map_or("", Listed::word),
            typed: Typed {
                word: text(""),
                value: text(":value"),
                on: text(":on"),
                systolic: text(":systolic"),
                diastolic: text(":diastolic"),
            },
            name,
        }
    }
}

fn choices(entry: Option<Entry>) -> Vec<(&'static str, String)> {
    let plain = |word: &'static str| (word, word.replace('-', " "));
    let mut all: Vec<(&'static str, String)> = match entry {
        Some(Entry::YesNo) => ["yes", "no"].map(plain).to_vec(),
        Some(Entry::Indication) => Indication::ALL
            .iter()
            .map(|one| plain(one.word()))
            .collect(),
        Some(Entry::Liver) => ChildPugh::ALL
            .iter()
            .map(|one| match one {
                ChildPugh::NoDisease => (one.word(), "no liver disease".to_owned()),
                ChildPugh::A | ChildPugh::B | ChildPugh::C => (
                    one.word(),
                    format!("Child-Pugh {}", one.word().to_uppercase()),
                ),
            })
            .collect(),
        Some(Entry::SuicideRisk) => SuicideRisk::ALL
            .iter()
            .map(|one| plain(one.word()))
            .collect(),
        _ => return Vec::new(),
    };
    all.push(("not-sure", "not sure".to_owned()));
    all
}

/// An answer in words.
fn said_says(said: &Said, clock: &ClockFace<'_>) -> String {
    let list = |lines: Vec<String>, whole: bool| {
        let mut text = if lines.is_empty() {
            "none".to_owned()
        } else {
            lines.join("; ")
        };
        if !whole {
            text.push_str(" (not finished)");
        }
        text
    };
    match said {
        Said::NotSure => "not sure".to_owned(),
        Said::Yes(true) => "yes".to_owned(),
        Said::Yes(false) => "no".to_owned(),
        Said::Height(height) => height.to_string(),
        Said::Weight(weighing) => {
            format!("{} on {}", weighing.kilograms, civil_date(weighing.on))
        }
        Said::Pressures(all) => all
            .iter()
            .map(|one| {
                format!(
                    "{}/{} mmHg on {}",
                    one.systolic.value(),
                    one.diastolic.value(),
                    civil_date(one.on)
                )
            })
            .collect::<Vec<_>>()
            .join("; "),
        Said::Today(_) => "measured on the day".to_owned(),
        Said::Indication(indication) => indication.word().replace('-', " "),
        Said::Trials { list: all, whole } => list(
            all.iter()
                .map(|one| {
                    let weeks = one.trial.weeks_at_adequate_dose.map_or_else(
                        || "weeks not known".to_owned(),
                        |weeks| format!("{weeks} weeks"),
                    );
                    format!("{}, {weeks}", one.trial.drug)
                })
                .collect(),
            *whole,
        ),
        Said::Medicines { list: all, whole } => list(
            all.iter()
                .map(|one| {
                    let code = if one.medicine.codes.is_empty() {
                        "not coded: look it up".to_owned()
                    } else {
                        format!("RxNorm {}", one.medicine.codes.join(", "))
                    };
                    format!("{} {} ({code})", one.medicine.words, one.how)
                })
                .collect(),
            *whole,
        ),
        Said::Intolerances { list: all, whole } => list(
            all.iter()
                .map(|one| format!("{} {}", one.intolerance.substance, one.happened))
                .collect(),
            *whole,
        ),
        Said::LastUse(LastUse::Never) | Said::AcuteEvent(LastEvent::Never) => "never".to_owned(),
        Said::LastUse(LastUse::At(at)) => format!("last on {}", clock.date(*at)),
        Said::AcuteEvent(LastEvent::On(day)) => format!("on {}", civil_date(*day)),
        Said::Liver(class) => match class {
            ChildPugh::NoDisease => "no liver disease".to_owned(),
            ChildPugh::A | ChildPugh::B | ChildPugh::C => {
                format!("Child-Pugh {}", class.word().to_uppercase())
            }
        },
        Said::Test(Examination::NotDone) | Said::Points(None) => "not done".to_owned(),
        Said::Test(Examination::Done { on, value }) => {
            let value = match value {
                Some(TestValue::Number(number)) => number.to_string(),
                Some(TestValue::Positive) => "positive".to_owned(),
                Some(TestValue::Negative) => "negative".to_owned(),
                Some(TestValue::NoValue) => "done".to_owned(),
                None => "result not known yet".to_owned(),
            };
            format!("{value}, on {}", civil_date(*on))
        }
        Said::Points(Some(points)) => format!("{points} points"),
        Said::SuicideRisk(risk) => format!("{} risk", risk.word()),
        Said::Words(words) => words.clone(),
        Said::OfScale(_) => "answered".to_owned(),
    }
}
