//! One list of the history, as clinicians correct and judge it.

use super::around::Around;
use super::clock_face::ClockFace;
use super::identity_strip::IdentityStrip;
use super::review::{may_act, witness_says};
use crate::web::form::Fields;
use askama::Template;
use clinical::course::intake::{Intake, Intolerant, Item, PastTrial, Said, TakenMedicine};
use clinical::course::screening::medicine::{MedicineList, Use};
use clinical::course::screening::person::{LastUse, Reaction, TrialOutcome};
use clinical::patient::Patient;

/// A list of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// Medicines.
    Medicines,
    /// Allergies and intolerances.
    Allergies,
    /// Earlier antidepressants.
    Trials,
}

impl Listed {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Medicines, Self::Allergies, Self::Trials];

    /// The word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Medicines => "medicines",
            Self::Allergies => "allergies",
            Self::Trials => "antidepressants",
        }
    }

    /// The list of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }

    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Medicines => "Medicines",
            Self::Allergies => "Allergies and intolerances",
            Self::Trials => "Earlier antidepressants",
        }
    }

    /// What it is in the history.
    pub const fn item(self) -> Item {
        match self {
            Self::Medicines => Item::Medicines,
            Self::Allergies => Item::Intolerances,
            Self::Trials => Item::Trials,
        }
    }
}

/// The page.
pub struct ListPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Whose.
    pub patient: &'a Patient,
    /// What was said.
    pub intake: &'a Intake,
    /// The list of medicines that the rules read.
    pub medicines: &'a MedicineList,
    /// Which list.
    pub listed: Listed,
    /// It was saved just now.
    pub saved: bool,
    /// Why the form was not saved, and what was typed into it.
    pub not_done: Option<(&'a str, &'a Fields)>,
}

#[derive(Template)]
#[template(path = "history_lists.html")]
struct Page<'a> {
    around: Around<'a>,
    strip: IdentityStrip,
    listed: Listed,
    here: String,
    others: Vec<(String, &'static str)>,
    saved: bool,
    not_done: Option<&'a str>,
    may_act: bool,
    seen: usize,
    said_by: String,
    whole: bool,
    rows: Vec<Row<'a>>,
    names: Vec<&'a str>,
}

struct Row<'a> {
    place: usize,
    fields: &'a Fields,
    /// What the rules make of it: only of medicines that are there already.
    recognised: String,
    waits: bool,
    classes: Vec<(&'a str, &'a str, bool)>,
}

impl Row<'_> {
    fn name(&self, part: &str) -> String {
        format!("{}:{part}", self.place)
    }

    fn of(&self, part: &str) -> &str {
        self.fields.text(&self.name(part))
    }

    fn is(&self, part: &str, word: &str) -> bool {
        self.of(part) == word
    }

    /// True for a row in which nothing was said yet.
    fn is_new(&self) -> bool {
        self.of("name").is_empty() && self.of("was").is_empty()
    }

    /// The name that it had.
    fn was(&self) -> &str {
        match self.of("was") {
            "" => self.of("name"),
            was => was,
        }
    }

    /// Three answers to a question that may be open.
    fn three(&self) -> [(&'static str, &'static str); 3] {
        [("", "not known"), ("yes", "yes"), ("no", "no")]
    }
}

impl ListPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let clock = self.around.clock();
        let item = self.listed.item();
        let stands = as_fields(self.intake.said(&item), &clock, self.medicines);
        let fields = self.not_done.map_or(&stands, |(_, typed)| typed);
        let last = fields
            .0
            .iter()
            .filter_map(|(name, _)| name.split_once(':')?.0.parse::<usize>().ok())
            .max();
        let rows = last.map_or(0, |last| last + 1) + 1;
        let strip = IdentityStrip::of(self.patient, self.around.now, self.around.zone);
        let own = format!("{}/history", strip.own);
        super::written(&Page {
            around: self.around,
            listed: self.listed,
            here: format!("{own}/{}", self.listed.word()),
            others: Listed::ALL
                .into_iter()
                .filter(|other| *other != self.listed)
                .map(|other| (format!("{own}/{}", other.word()), other.says()))
                .collect(),
            strip,
            saved: self.saved,
            not_done: self.not_done.map(|(says, _)| says),
            may_act: self
                .around
                .viewer
                .is_some_and(|viewer| may_act(viewer.role)),
            seen: self.intake.times_said(&item),
            said_by: self.intake.statement(&item).map_or_else(
                || "Nobody has told of it yet.".to_owned(),
                |statement| {
                    format!(
                        "As it stands by {}.",
                        witness_says(&statement.witness, &clock)
                    )
                },
            ),
            whole: fields.text("whole") == "yes",
            rows: (0..rows).map(|place| self.row(place, fields)).collect(),
            names: self
                .medicines
                .ingredients()
                .iter()
                .map(|known| known.name.as_str())
                .collect(),
        })
    }

    fn row<'f>(&'f self, place: usize, fields: &'f Fields) -> Row<'f> {
        let words = fields.text(&format!("{place}:name"));
        let known = match self.intake.said(&Item::Medicines) {
            Some(Said::Medicines { list, .. }) => list
                .iter()
                .map(|one| &one.medicine)
                .find(|one| one.words == words),
            _ => None,
        };
        let ticked = format!("{place}:class");
        Row {
            place,
            recognised: known.map_or_else(String::new, |known| {
                let classes = self.medicines.classes_of(known);
                if !self.medicines.knows(known) {
                    "Not in the list of medicines: say what it is.".to_owned()
                } else if classes.is_empty() {
                    "No class that the rules ask about.".to_owned()
                } else {
                    format!("The rules read: {}.", classes.join(", "))
                }
            }),
            waits: known.is_some_and(|known| !self.medicines.knows(known)),
            classes: self
                .medicines
                .classes()
                .map(|(id, says)| (id, says, fields.all(&ticked).any(|class| class == id)))
                .collect(),
            fields,
        }
    }
}

/// A list as its form would send it.
fn as_fields(said: Option<&Said>, clock: &ClockFace<'_>, medicines: &MedicineList) -> Fields {
    let mut form = Form(Vec::new());
    let whole = match said {
        Some(Said::Medicines { list, whole }) => {
            for (row, one) in list.iter().enumerate() {
                form.medicine(row, one, clock, medicines);
            }
            *whole
        }
        Some(Said::Intolerances { list, whole }) => {
            for (row, one) in list.iter().enumerate() {
                form.intolerance(row, one);
            }
            *whole
        }
        Some(Said::Trials { list, whole }) => {
            for (row, one) in list.iter().enumerate() {
                form.trial(row, one);
            }
            *whole
        }
        _ => false,
    };
    if whole {
        form.0.push(("whole".to_owned(), "yes".to_owned()));
    }
    Fields(form.0)
}

struct Form(Vec<(String, String)>);

impl Form {
    fn put(&mut self, row: usize, part: &str, value: impl Into<String>) {
        self.0.push((format!("{row}:{part}"), value.into()));
    }

    fn three(&mut self, row: usize, part: &str, value: Option<bool>) {
        self.put(
            row,
            part,
            match value {
                Some(true) => "yes",
                Some(false) => "no",
                None => "",
            },
        );
    }

    fn medicine(
        &mut self,
        row: usize,
        one: &TakenMedicine,
        clock: &ClockFace<'_>,
        medicines: &MedicineList,
    ) {
        let medicine = &one.medicine;
        self.put(row, "name", &medicine.words);
        self.put(row, "how", &one.how);
        match &medicine.review {
            Some(review) => {
                self.put(row, "is", "classes");
                for class in &review.classes {
                    self.put(row, "class", class);
                }
                if review.classes.is_empty() {
                    self.put(row, "none", "yes");
                }
            }
            None => {
                let coded = medicine.codes.first().and_then(|code| {
                    let all = medicines.ingredients().iter();
                    all.clone().find(|known| known.code.as_ref() == Some(code))
                });
                let by_its_words = medicines.named(&medicine.words);
                if let Some(known) = coded.filter(|known| by_its_words != Some(known)) {
                    self.put(row, "is", "ingredient");
                    self.put(row, "ingredient", &known.name);
                }
            }
        }
        if medicine.status == Use::Stopped {
            self.put(row, "status", "stopped");
        }
        if let Some(LastUse::At(at)) = medicine.last_taken {
            self.put(row, "last", clock.date_time_local(at));
        }
        if let Some(number) = medicine.milligrams_per_day {
            self.put(row, "milligrams", number.to_string());
        }
        if let Some(number) = medicine.morphine_equivalent {
            self.put(row, "morphine", number.to_string());
        }
    }

    fn intolerance(&mut self, row: usize, one: &Intolerant) {
        self.put(row, "name", &one.intolerance.substance);
        self.put(row, "happened", &one.happened);
        self.three(row, "product", one.intolerance.is_of_the_product);
        let reaction = match one.intolerance.reaction {
            Reaction::Allergy => "allergy",
            Reaction::SideEffect => "side-effect",
            Reaction::Unknown => "",
        };
        self.put(row, "reaction", reaction);
    }

    fn trial(&mut self, row: usize, one: &PastTrial) {
        self.put(row, "name", &one.trial.drug);
        self.put(row, "dose", &one.dose);
        if let Some(weeks) = one.trial.weeks_at_adequate_dose {
            self.put(row, "weeks", weeks.to_string());
        }
        self.three(row, "taken", one.trial.taken_as_prescribed);
        self.three(row, "now", one.trial.in_this_episode);
        let outcome = match one.trial.outcome {
            None => "",
            Some(TrialOutcome::Below25Percent) => "below-25",
            Some(TrialOutcome::From25To49Percent) => "25-to-49",
            Some(TrialOutcome::AtLeast50Percent) => "at-least-50",
            Some(TrialOutcome::StoppedForSideEffects) => "side-effects",
        };
        self.put(row, "outcome", outcome);
    }
}
