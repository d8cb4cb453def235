//! A scale that watches for harm, answered at its published limit or above: somebody talks with the person.

use super::asked::{ASKED_FOR, is_left};
use super::decide::{Refusal, Taken};
use super::event::OutcomesEvent;
use super::state::{Outcomes, Sheet};
use crate::course::follow_up::{LONGEST_WORDS, WATCHED};
use crate::instrument::{
    Answer, Answers, GivenBy, Holds, Instrument, Points, Response, ScoringResult, assess, limits,
};
use crate::patient::Sex;
use units::Moment;
use uuid::Uuid;

/// That a scale is at its published limit or above, or that nobody can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverLimit {
    /// The sheet.
    pub sheet: Uuid,
    /// When it was answered.
    pub at: Moment,
    /// The score; none where an answer is missing.
    pub points: Option<Points>,
    /// At it or above for certain; false where what is missing decides.
    pub is_certain: bool,
    /// Sex would decide, and the record does not say female or male.
    pub by_sex: bool,
    /// The limit in words, as the scale's file has it.
    pub says: String,
}

/// What the record gives of a scale, which nobody is asked: the sex, where it is known to be one that
/// the scale has a limit for. Anything else stays unanswered.
// Hazard: H65
pub fn given_by_record(instrument: &Instrument, sex: Sex) -> Answers {
    let word = match sex {
        Sex::Female => "female",
        Sex::Male => "male",
        Sex::Other | Sex::Unknown => return Answers::new(),
    };
    instrument
        .item("sex")
        .filter(|item| item.given_by == GivenBy::Record)
        .filter(|item| match &item.response {
            Response::Options(set) => instrument.choices(set).iter().any(|one| one.id == word),
            Response::Whole(_) | Response::Measured { .. } => false,
        })
        .map_or_else(Answers::new, |item| {
            Answers::new().with(&item.id, Answer::Chosen(word.to_owned()))
        })
}

/// True where every question that counts has an answer: one that was left out, or of which the person
/// is not sure, has none.
// Hazard: H65
pub fn is_whole(instrument: &Instrument, answers: &Answers) -> bool {
    match assess(instrument, answers).outcome {
        ScoringResult::Scored(scored) => scored.missing.is_empty(),
        ScoringResult::Incomplete(_) => false,
    }
}

/// How one sheet stands to the limits of its scale.
enum ByLimit {
    /// No answer says anything.
    Blank,
    /// Nobody can tell yet, and questions are still open.
    Open,
    /// Below every limit.
    Below,
    /// At one or above, or nobody will be able to tell.
    Over(OverLimit),
}

impl Sheet {
    /// What an answer decides is told at once; that nobody can tell, when nothing is left to ask, or
    /// [`ASKED_FOR`] after the last answer.
    fn by_limit(&self, instrument: &Instrument, sex: Sex, now: Moment) -> ByLimit {
        let says_something = self.total.is_some() || says_something(&self.answers);
        let reading = self.reading(instrument).filter(|_| says_something);
        let Some(reading) = reading else {
            return ByLimit::Blank;
        };
        let given = given_by_record(instrument, sex);
        let answers = given
            .iter()
            .fold(self.answers.clone(), |all, (item, answer)| {
                all.with(item, answer.clone())
            });
        let cuts = limits(instrument, &answers);
        let that = |holds: Holds| cuts.iter().find(move |cut| cut.passed == holds);
        let is_certain = that(Holds::Yes).is_some();
        let Some(cut) = that(Holds::Yes).or_else(|| that(Holds::Unknown)) else {
            return ByLimit::Below;
        };
        let is_finished = !is_left(self, instrument) || now >= self.at + ASKED_FOR;
        if !is_certain && !is_finished {
            return ByLimit::Open;
        }
        let points = reading.points();
        ByLimit::Over(OverLimit {
            sheet: self.sheet,
            at: reading.at,
            points,
            is_certain,
            by_sex: !is_certain && points.is_some() && given.iter().next().is_none(),
            says: cut.says.clone(),
        })
    }

    /// How the sheet stands to the published limits of its scale: at one or above, or not to be told;
    /// none below them, and none while that is open.
    pub fn over_limit(&self, instrument: &Instrument, sex: Sex, now: Moment) -> Option<OverLimit> {
        match self.by_limit(instrument, sex, now) {
            ByLimit::Over(over) => Some(over),
            ByLimit::Blank | ByLimit::Open | ByLimit::Below => None,
        }
    }
}

fn says_something(answers: &Answers) -> bool {
    answers.iter().any(|(_, answer)| match answer {
        Answer::Chosen(_) | Answer::Number(_) => true,
        Answer::NotSure | Answer::Declined => false,
    })
}

impl Outcomes {
    /// Whether a scale that watches for harm is at its limit or above, or nobody can tell, and nobody
    /// has said what was done since it was answered: by the newest sheet that says so or says
    /// otherwise. A newer one on which nothing is answered, or not enough yet, takes nothing away from
    /// an older one.
    ///
    /// `sex` is the record's. Source: clinical reference 7.5, 8.1.
    // Hazard: H65
    pub fn over_limit(&self, instrument: &Instrument, sex: Sex, now: Moment) -> Option<OverLimit> {
        if !WATCHED.contains(&instrument.id.as_str()) {
            return None;
        }
        let sheets = self.of_scale(&instrument.id);
        let told = sheets
            .into_iter()
            .rev()
            .map(|sheet| sheet.by_limit(instrument, sex, now));
        let mut decided = told.skip_while(|by| matches!(by, ByLimit::Blank | ByLimit::Open));
        match decided.next() {
            Some(ByLimit::Over(over)) => (!self.has_talked(over.sheet, over.at)).then_some(over),
            Some(ByLimit::Blank | ByLimit::Open | ByLimit::Below) | None => None,
        }
    }

    /// Somebody has said what was done, and no answer came after it.
    fn has_talked(&self, sheet: Uuid, answered: Moment) -> bool {
        let talked = self.talked.get(&sheet);
        talked.is_some_and(|talked| talked.at >= answered)
    }

    /// Somebody has talked with the person. Refuses what is not known, or said already, and silence
    /// about what was done.
    pub fn settle_limit(&self, sheet: Uuid, done: &str) -> Result<Taken, Refusal> {
        let done = done.trim();
        let known = self.sheets.get(&sheet).ok_or(Refusal::Unknown)?;
        if self.has_talked(sheet, known.at) {
            return Err(Refusal::Unknown);
        }
        if done.is_empty() || done.chars().count() > LONGEST_WORDS {
            return Err(Refusal::NotDone);
        }
        Ok(Taken {
            sheet,
            events: vec![OutcomesEvent::LimitSettled {
                sheet,
                done: done.to_owned(),
            }],
            ..Taken::default()
        })
    }
}
