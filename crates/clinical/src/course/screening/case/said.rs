//! What people said: each block of a case has one witness.

use super::body::{
    WrittenHeight, WrittenWeight, ask_about_build, height, pressure, vitals_today, weight,
};
use super::is_word;
use super::sheet::{
    Entry, Problems, Table, WrittenMoment, date, list, moment, number, text, word, yes,
};
use crate::course::screening::medicine::{Medicine, Review, Use};
use crate::course::screening::person::{
    Answer, ChildPugh, Clearance, Examination, Indication, Intolerance, LastEvent, LastUse, Person,
    Reaction, Scale, Scored, Source, Substance, SuicideRisk, Test, TestValue, Trial, TrialOutcome,
    Witness,
};
use crate::course::screening::question::Question;
use crate::patient::{CivilDate, Sex};
use crate::record::Role;
use rust_decimal::Decimal;
use std::ops::Range;
use std::sync::Arc;

/// The oldest age that is not asked about.
const ASKED_AGE_DAYS: i32 = 120 * 366;

/// Lower and upper ends of what a test's number can be, with the unit in words.
const fn bounds(test: Test) -> Option<(i64, i64, &'static str)> {
    match test {
        Test::Electrocardiogram => Some((200, 800, "milliseconds")),
        Test::Liver => Some((0, 100, "multiples of the upper limit")),
        Test::Kidney => Some((0, 250, "mL/min/1.73 m²")),
        Test::Pregnancy
        | Test::Echocardiogram
        | Test::Urinalysis
        | Test::UrineDrugScreen
        | Test::Thyroid
        | Test::PrescriptionMonitoring => None,
    }
}

/// What the blocks of a case have said so far.
pub(super) struct Statements {
    asked: WrittenMoment,
    person: Person,
    height: Option<WrittenHeight>,
    weight: Option<WrittenWeight>,
}

/// One block while it is read.
struct Block<'p> {
    witness: Arc<Witness>,
    asked: WrittenMoment,
    person: &'p mut Person,
}

impl Statements {
    pub(super) fn new(asked: WrittenMoment) -> Self {
        Self {
            asked,
            person: Person::default(),
            height: None,
            weight: None,
        }
    }

    /// Takes in one `[[said]]`.
    pub(super) fn take_in(&mut self, entry: &Entry<'_>, problems: &mut Problems<'_>) {
        let Some(mut table) = Table::of(entry, problems) else {
            return;
        };
        let Some(witness) = witness(&mut table, self.asked, problems) else {
            return;
        };
        let witness = Arc::new(witness);
        if let Some(entry) = table.take("height")
            && let Some(written) = height(entry, problems)
        {
            let answer = Answer::Said(written.value, Arc::clone(&witness));
            give(&mut self.person.height, answer, &entry.span(), problems);
            self.height = Some(written);
        }
        if let Some(entry) = table.take("weight")
            && let Some(written) = weight(entry, problems)
        {
            past(written.value.on, self.asked, &entry.span(), problems);
            let answer = Answer::Said(written.value, Arc::clone(&witness));
            give(&mut self.person.weight, answer, &entry.span(), problems);
            self.weight = Some(written);
        }
        let mut block = Block {
            witness,
            asked: self.asked,
            person: &mut self.person,
        };
        block.questions(&mut table, problems);
        block.about_the_person(&mut table, problems);
        block.about_the_treatment(&mut table, problems);
        block.lists(&mut table, problems);
        block.tests_and_scales(&mut table, problems);
        table.finish(problems);
    }

    /// Takes in one `[[clearance]]`.
    pub(super) fn take_in_clearance(&mut self, entry: &Entry<'_>, problems: &mut Problems<'_>) {
        let Some(mut table) = Table::of(entry, problems) else {
            return;
        };
        let about = table
            .need("about", problems)
            .and_then(|entry| text(entry, problems));
        let from = table
            .need("from", problems)
            .and_then(|entry| text(entry, problems));
        let dated = table.need("dated", problems).and_then(|entry| {
            let dated = date(entry, problems)?;
            past(dated, self.asked, &entry.span(), problems).then_some(dated)
        });
        let accepted = table.take("accepted").and_then(|entry| {
            let mut table = Table::of(entry, problems)?;
            let witness = witness(&mut table, self.asked, problems);
            let span = table.span().clone();
            table.finish(problems);
            let witness = witness?;
            let may = matches!(
                witness.source,
                Source::Staff(Role::Prescriber | Role::MedicalDirector)
            );
            if !may {
                problems.at(&span, "only a prescriber accepts a clearance");
            }
            may.then(|| Arc::new(witness))
        });
        table.finish(problems);
        if let (Some(about), Some(from), Some(dated)) = (about, from, dated) {
            self.person.clearances.push(Clearance {
                about: about.to_owned(),
                from: from.to_owned(),
                dated,
                accepted,
            });
        }
    }

    pub(super) fn into_person(self, problems: &mut Problems<'_>) -> Person {
        if let (Some(height), Some(weight)) = (&self.height, &self.weight) {
            ask_about_build(height, weight, problems);
        }
        self.person
    }
}

fn witness(
    table: &mut Table<'_, '_>,
    asked: WrittenMoment,
    problems: &mut Problems<'_>,
) -> Option<Witness> {
    let source = table
        .need("by", problems)
        .and_then(|entry| source(entry, problems));
    let name = table
        .need("name", problems)
        .and_then(|entry| text(entry, problems));
    let at = table.need("at", problems).and_then(|entry| {
        let written = moment(entry, problems)?;
        if written.moment > asked.moment {
            problems.at(&entry.span(), "this was said after the screening");
            return None;
        }
        Some(written.moment)
    });
    Some(Witness {
        source: source?,
        name: name?.to_owned(),
        at: at?,
    })
}

fn source(entry: &Entry<'_>, problems: &mut Problems<'_>) -> Option<Source> {
    let written = text(entry, problems)?;
    let known = match written {
        "patient" => Some(Source::Patient),
        "guardian" => Some(Source::Guardian),
        "companion" => Some(Source::Companion),
        "laboratory" => Some(Source::Laboratory),
        "document" => Some(Source::Document),
        "device" => Some(Source::Device),
        role => Role::from_word(role).map(Source::Staff),
    };
    if known.is_none() {
        let says = format!(
            "“{written}” is neither patient, guardian, companion, laboratory, document, device nor a role of staff"
        );
        problems.at(&entry.span(), says);
    }
    known
}

/// Gives an answer its place. What was answered twice is asked about: neither is taken for right.
fn give<T>(
    place: &mut Answer<T>,
    answer: Answer<T>,
    span: &Range<usize>,
    problems: &mut Problems<'_>,
) {
    match place {
        Answer::NotAsked => *place = answer,
        Answer::NotSure(_) | Answer::Said(..) => {
            problems.at(span, "this was answered before: keep the answer that holds");
        }
    }
}

/// False, with a problem, for a day that has not come yet.
fn past(
    date: CivilDate,
    asked: WrittenMoment,
    span: &Range<usize>,
    problems: &mut Problems<'_>,
) -> bool {
    let past = date <= asked.on;
    if !past {
        let says = format!("{date} has not come yet on the day of the screening");
        problems.at(span, says);
    }
    past
}

impl Block<'_> {
    fn said<T>(&self, value: T) -> Answer<T> {
        Answer::Said(value, Arc::clone(&self.witness))
    }

    fn past_date(&self, entry: &Entry<'_>, problems: &mut Problems<'_>) -> Option<CivilDate> {
        let date = date(entry, problems)?;
        past(date, self.asked, &entry.span(), problems).then_some(date)
    }

    /// `never`, or a moment that has come.
    fn last_use(&self, entry: &Entry<'_>, problems: &mut Problems<'_>) -> Option<LastUse> {
        if is_word(entry, "never") {
            return Some(LastUse::Never);
        }
        let written = moment(entry, problems)?;
        if written.moment > self.asked.moment {
            problems.at(
                &entry.span(),
                "this has not come yet at the time of the screening",
            );
            return None;
        }
        Some(LastUse::At(written.moment))
    }

    fn questions(&mut self, table: &mut Table<'_, '_>, problems: &mut Problems<'_>) {
        for (key, answer) in [("yes", Some(true)), ("no", Some(false)), ("not_sure", None)] {
            let Some(names) = table.take(key).and_then(|entry| list(entry, problems)) else {
                continue;
            };
            for entry in names {
                let Some(name) = text(entry, problems) else {
                    continue;
                };
                match (Question::of_name(name), answer) {
                    (Some(question), answer) => {
                        let answer = answer.map_or_else(
                            || Answer::NotSure(Arc::clone(&self.witness)),
                            |yes| self.said(yes),
                        );
                        let place = self.person.questions.entry(question).or_default();
                        give(place, answer, &entry.span(), problems);
                    }
                    (None, None) if self.not_sure_of(name, &entry.span(), problems) => {}
                    (None, _) => {
                        problems.at(&entry.span(), format!("there is no question “{name}”"));
                    }
                }
            }
        }
    }

    /// "Not sure" about something that has more than two answers; false when there is no such.
    fn not_sure_of(
        &mut self,
        name: &str,
        span: &Range<usize>,
        problems: &mut Problems<'_>,
    ) -> bool {
        let by = &self.witness;
        let person = &mut *self.person;
        macro_rules! unsure {
            ($place:expr) => {
                give($place, Answer::NotSure(Arc::clone(by)), span, problems)
            };
        }
        match name {
            "birth_date" => unsure!(&mut person.birth_date),
            "sex" => unsure!(&mut person.sex),
            "height" => unsure!(&mut person.height),
            "weight" => unsure!(&mut person.weight),
            "blood_pressures" => unsure!(&mut person.pressures),
            "indication" => unsure!(&mut person.indication),
            "trials" => unsure!(&mut person.trials),
            "medicines" => unsure!(&mut person.medicines),
            "allergies" => unsure!(&mut person.intolerances),
            "acute_event" => unsure!(&mut person.acute_event),
            "liver" => unsure!(&mut person.liver),
            "suicide_risk" => unsure!(&mut person.suicide_risk),
            other => match other.split_once('.') {
                Some(("last_use", word)) => match Substance::of_word(word) {
                    Some(one) => unsure!(person.substances.entry(one).or_default()),
                    None => return false,
                },
                Some(("tests", word)) => match Test::of_word(word) {
                    Some(one) => unsure!(person.tests.entry(one).or_default()),
                    None => return false,
                },
                Some(("scales", word)) => match Scale::of_word(word) {
                    Some(one) => unsure!(person.scales.entry(one).or_default()),
                    None => return false,
                },
                Some(_) | None => return false,
            },
        }
        true
    }

    fn about_the_person(&mut self, table: &mut Table<'_, '_>, problems: &mut Problems<'_>) {
        if let Some(entry) = table.take("birth_date")
            && let Some(birth) = date(entry, problems)
        {
            if birth > self.asked.on {
                let says = format!("born on {birth}, which has not come yet: is the year right?");
                problems.at(&entry.span(), says);
            } else if self.asked.on.days_since(birth) > ASKED_AGE_DAYS {
                let says = format!("born on {birth}, more than 120 years ago: is the year right?");
                problems.at(&entry.span(), says);
            } else {
                let answer = self.said(birth);
                give(&mut self.person.birth_date, answer, &entry.span(), problems);
            }
        }
        if let Some(entry) = table.take("sex") {
            let all = [
                (Sex::Female, "female"),
                (Sex::Male, "male"),
                (Sex::Other, "other"),
                (Sex::Unknown, "unknown"),
            ];
            if let Some((sex, _)) = word(entry, &all, |(_, word)| word, problems) {
                let answer = self.said(sex);
                give(&mut self.person.sex, answer, &entry.span(), problems);
            }
        }
        if let Some(entry) = table.take("liver")
            && let Some(class) = word(entry, ChildPugh::ALL, ChildPugh::word, problems)
        {
            let answer = self.said(class);
            give(&mut self.person.liver, answer, &entry.span(), problems);
        }
        if let Some(entry) = table.take("acute_event") {
            let event = if is_word(entry, "never") {
                Some(LastEvent::Never)
            } else {
                self.past_date(entry, problems).map(LastEvent::On)
            };
            if let Some(event) = event {
                let answer = self.said(event);
                give(
                    &mut self.person.acute_event,
                    answer,
                    &entry.span(),
                    problems,
                );
            }
        }
        if let Some(entry) = table.take("today")
            && let Some(today) = vitals_today(entry, problems)
        {
            let answer = self.said(today);
            give(&mut self.person.today, answer, &entry.span(), problems);
        }
    }

    fn about_the_treatment(&mut self, table: &mut Table<'_, '_>, problems: &mut Problems<'_>) {
        if let Some(entry) = table.take("indication")
            && let Some(indication) = word(entry, Indication::ALL, Indication::word, problems)
        {
            let answer = self.said(indication);
            give(&mut self.person.indication, answer, &entry.span(), problems);
        }
        if let Some(entry) = table.take("suicide_risk")
            && let Some(risk) = word(entry, SuicideRisk::ALL, SuicideRisk::word, problems)
        {
            let answer = self.said(risk);
            give(
                &mut self.person.suicide_risk,
                answer,
                &entry.span(),
                problems,
            );
        }
        if let Some(entry) = table.take("last_use")
            && let Some(mut uses) = Table::of(entry, problems)
        {
            for (name, span, entry) in uses.all() {
                let Some(substance) = Substance::of_word(&name) else {
                    let words: Vec<_> = Substance::ALL.iter().map(|one| one.word()).collect();
                    let says = format!("“{name}” is none of: {}", words.join(", "));
                    problems.at(&span, says);
                    continue;
                };
                if let Some(last) = self.last_use(entry, problems) {
                    let answer = self.said(last);
                    let place = self.person.substances.entry(substance).or_default();
                    give(place, answer, &span, problems);
                }
            }
        }
    }

    fn lists(&mut self, table: &mut Table<'_, '_>, problems: &mut Problems<'_>) {
        if let Some(entry) = table.take("blood_pressures")
            && let Some(items) = list(entry, problems)
        {
            let pressures: Vec<_> = items
                .iter()
                .filter_map(|item| {
                    let one = pressure(item, problems)?;
                    past(one.on, self.asked, &item.span(), problems).then_some(one)
                })
                .collect();
            let answer = self.said(pressures);
            give(&mut self.person.pressures, answer, &entry.span(), problems);
        }
        if let Some(entry) = table.take("trials")
            && let Some(items) = list(entry, problems)
        {
            let trials = items
                .iter()
                .filter_map(|item| trial(item, problems))
                .collect();
            let answer = self.said(trials);
            give(&mut self.person.trials, answer, &entry.span(), problems);
        }
        if let Some(entry) = table.take("medicines")
            && let Some(items) = list(entry, problems)
        {
            let medicines = items
                .iter()
                .filter_map(|item| self.medicine(item, problems))
                .collect();
            let answer = self.said(medicines);
            give(&mut self.person.medicines, answer, &entry.span(), problems);
        }
        if let Some(entry) = table.take("allergies")
            && let Some(items) = list(entry, problems)
        {
            let all = items
                .iter()
                .filter_map(|item| intolerance(item, problems))
                .collect();
            let answer = self.said(all);
            give(
                &mut self.person.intolerances,
                answer,
                &entry.span(),
                problems,
            );
        }
    }

    fn medicine(&self, entry: &Entry<'_>, problems: &mut Problems<'_>) -> Option<Medicine> {
        let mut table = Table::of(entry, problems)?;
        let words = table
            .need("words", problems)
            .and_then(|entry| text(entry, problems));
        let codes = table
            .take("codes")
            .and_then(|entry| list(entry, problems))
            .unwrap_or_default()
            .iter()
            .filter_map(|entry| text(entry, problems).map(str::to_owned))
            .collect();
        let stopped = table.take("stopped").and_then(|entry| yes(entry, problems));
        let last_taken = table
            .take("last_taken")
            .and_then(|entry| self.last_use(entry, problems));
        let mut amount = |name: &str| {
            let entry = table.take(name)?;
            let value = number(entry, problems)?;
            if value < Decimal::ZERO {
                problems.at(&entry.span(), "an amount is not below zero");
                return None;
            }
            Some(value)
        };
        let milligrams_per_day = amount("milligrams_per_day");
        let morphine_equivalent = amount("morphine_equivalent");
        let review = table.take("review").and_then(|entry| {
            let mut table = Table::of(entry, problems)?;
            let classes = table.need("classes", problems)?;
            let classes = list(classes, problems)?
                .iter()
                .filter_map(|entry| text(entry, problems).map(str::to_owned))
                .collect();
            let by = witness(&mut table, self.asked, problems);
            let span = table.span().clone();
            table.finish(problems);
            let by = by?;
            let may = matches!(
                by.source,
                Source::Staff(Role::Prescriber | Role::Nurse | Role::MedicalDirector)
            );
            if !may {
                problems.at(&span, "only a clinician reviews a medicine");
            }
            may.then(|| Review {
                classes,
                by: Arc::new(by),
            })
        });
        table.finish(problems);
        Some(Medicine {
            words: words?.to_owned(),
            codes,
            status: if stopped == Some(true) {
                Use::Stopped
            } else {
                Use::Current
            },
            last_taken,
            milligrams_per_day,
            morphine_equivalent,
            review,
        })
    }

    fn tests_and_scales(&mut self, table: &mut Table<'_, '_>, problems: &mut Problems<'_>) {
        if let Some(entry) = table.take("tests")
            && let Some(mut tests) = Table::of(entry, problems)
        {
            for (name, span, entry) in tests.all() {
                let Some(test) = Test::of_word(&name) else {
                    problems.at(&span, format!("there is no test “{name}”"));
                    continue;
                };
                if let Some(examination) = self.examination(test, entry, problems) {
                    let answer = self.said(examination);
                    let place = self.person.tests.entry(test).or_default();
                    give(place, answer, &span, problems);
                }
            }
        }
        if let Some(entry) = table.take("scales")
            && let Some(mut scales) = Table::of(entry, problems)
        {
            for (name, span, entry) in scales.all() {
                let Some(scale) = Scale::of_word(&name) else {
                    problems.at(&span, format!("there is no scale “{name}”"));
                    continue;
                };
                if let Some(scored) = scored(scale, entry, problems) {
                    let answer = self.said(scored);
                    let place = self.person.scales.entry(scale).or_default();
                    give(place, answer, &span, problems);
                }
            }
        }
    }

    fn examination(
        &self,
        test: Test,
        entry: &Entry<'_>,
        problems: &mut Problems<'_>,
    ) -> Option<Examination> {
        if is_word(entry, "not-done") {
            return Some(Examination::NotDone);
        }
        let mut table = Table::of(entry, problems)?;
        let on = table
            .need("on", problems)
            .and_then(|entry| self.past_date(entry, problems));
        let value = match table.take("value") {
            // A result that nobody has yet is unknown, not normal.
            None => None,
            Some(entry) => Some(test_value(test, entry, problems)?),
        };
        table.finish(problems);
        Some(Examination::Done { on: on?, value })
    }
}

fn test_value(test: Test, entry: &Entry<'_>, problems: &mut Problems<'_>) -> Option<TestValue> {
    match test {
        Test::Pregnancy | Test::UrineDrugScreen => {
            let all = [
                (TestValue::Positive, "positive"),
                (TestValue::Negative, "negative"),
            ];
            word(entry, &all, |(_, word)| word, problems).map(|(value, _)| value)
        }
        Test::Electrocardiogram | Test::Liver | Test::Kidney => {
            let value = number(entry, problems)?;
            let (low, high, unit) = bounds(test)?;
            let plausible = Decimal::from(low)..=Decimal::from(high);
            if plausible.contains(&value) {
                return Some(TestValue::Number(value));
            }
            let thousandfold = value * Decimal::ONE_THOUSAND;
            let hint = if plausible.contains(&thousandfold) {
                format!("; from seconds it would be {}", thousandfold.normalize())
            } else {
                String::new()
            };
            let says = format!("{value} is not plausible in {unit} ({low} to {high}){hint}");
            problems.at(&entry.span(), says);
            None
        }
        Test::Echocardiogram | Test::Urinalysis | Test::Thyroid | Test::PrescriptionMonitoring => {
            let all = [(TestValue::NoValue, "done")];
            word(entry, &all, |(_, word)| word, problems).map(|(value, _)| value)
        }
    }
}

fn scored(scale: Scale, entry: &Entry<'_>, problems: &mut Problems<'_>) -> Option<Scored> {
    if is_word(entry, "not-done") {
        return Some(Scored::NotDone);
    }
    let value = number(entry, problems)?;
    let points = if value.is_integer() {
        u8::try_from(value).ok()
    } else {
        None
    };
    match points {
        Some(points) if points <= scale.highest() => Some(Scored::Points(points)),
        Some(_) | None => {
            let says = format!(
                "{value} is not a score of {}: whole points from 0 to {}",
                scale.word(),
                scale.highest()
            );
            problems.at(&entry.span(), says);
            None
        }
    }
}

fn trial(entry: &Entry<'_>, problems: &mut Problems<'_>) -> Option<Trial> {
    let mut table = Table::of(entry, problems)?;
    let drug = table
        .need("drug", problems)
        .and_then(|entry| text(entry, problems));
    let weeks = match table.take("weeks_at_adequate_dose") {
        None => None,
        Some(entry) => {
            let value = number(entry, problems)?;
            let weeks = u16::try_from(value).ok().filter(|_| value.is_integer());
            if weeks.is_none() {
                problems.at(&entry.span(), format!("{value} is not a number of weeks"));
            }
            weeks
        }
    };
    let taken_as_prescribed = table
        .take("taken_as_prescribed")
        .and_then(|entry| yes(entry, problems));
    let in_this_episode = table
        .take("in_this_episode")
        .and_then(|entry| yes(entry, problems));
    let outcome = table.take("outcome").and_then(|entry| {
        let all = [
            (TrialOutcome::Below25Percent, "below-25-percent"),
            (TrialOutcome::From25To49Percent, "25-to-49-percent"),
            (TrialOutcome::AtLeast50Percent, "at-least-50-percent"),
            (
                TrialOutcome::StoppedForSideEffects,
                "stopped-for-side-effects",
            ),
        ];
        word(entry, &all, |(_, word)| word, problems).map(|(outcome, _)| outcome)
    });
    table.finish(problems);
    Some(Trial {
        drug: drug?.to_owned(),
        weeks_at_adequate_dose: weeks,
        taken_as_prescribed,
        in_this_episode,
        outcome,
    })
}

fn intolerance(entry: &Entry<'_>, problems: &mut Problems<'_>) -> Option<Intolerance> {
    let mut table = Table::of(entry, problems)?;
    let substance = table
        .need("substance", problems)
        .and_then(|entry| text(entry, problems));
    let is_of_the_product = table
        .take("of_the_product")
        .and_then(|entry| yes(entry, problems));
    let all = [
        (Reaction::Allergy, "allergy"),
        (Reaction::SideEffect, "side-effect"),
        (Reaction::Unknown, "unknown"),
    ];
    let reaction = table
        .need("reaction", problems)
        .and_then(|entry| word(entry, &all, |(_, word)| word, problems));
    table.finish(problems);
    Some(Intolerance {
        substance: substance?.to_owned(),
        is_of_the_product,
        reaction: reaction?.0,
    })
}
