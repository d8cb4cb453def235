//! What the kept facts come to for one person, over all records that were merged into theirs.

use super::super::asked::{ASKED_FOR, Asking, CameTo, ContactFact, Filled, SCALES, Stands, stands};
use super::super::definitions::{Course, Now, Relapse};
use super::super::reading::{Reading, Source};
use super::facts::{EndFact, RecordFacts, ScoreFact};
use crate::course::follow_up::ContactKind;
use crate::course::screening::person::Product;
use crate::instrument::{Instrument, Library, Points};
use crate::words::words;
use units::Moment;
use uuid::Uuid;

words!(
    /// Why a scale that was owed has no score.
    WhyMissing {
        /// Begun.
        Incomplete = "incomplete" says "begun, too much is missing",
        /// They said so.
        Declined = "declined" says "would rather not answer",
        /// Treatment was over.
        Ended = "ended" says "treatment had ended",
        /// Nobody may write to them.
        NoMessages = "no-messages" says "agreed to no messages",
        /// The clinic's omission.
        NotAsked = "not-asked" says "not asked",
        /// Asked in vain.
        Silent = "silent" says "asked, no answer",
        /// A newer question came.
        Overtaken = "overtaken" says "no answer before a newer contact came",
        /// Of the score before treatment.
        NoneBefore = "none-before" says "no score before the first session",
    }
);

/// A time at which a scale is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Point {
    /// Before the first session.
    Before,
    /// A week after a session that does not end a first series.
    Week,
    /// A week after the last session of a first series.
    SeriesEnd,
    /// A month after a first series.
    Month,
    /// So many quarters after a first series.
    Quarter(u32),
}

impl Point {
    const fn of(kind: ContactKind, ends_induction: bool) -> Option<Self> {
        match kind {
            ContactKind::Week if ends_induction => Some(Self::SeriesEnd),
            ContactKind::Week => Some(Self::Week),
            ContactKind::Month => Some(Self::Month),
            ContactKind::Quarter(number) => Some(Self::Quarter(number)),
            ContactKind::Evening | ContactKind::NextDay | ContactKind::ThreeDays => None,
        }
    }

    /// In words.
    pub fn says(self) -> String {
        match self {
            Self::Before => "before the first session".to_owned(),
            Self::Week => "a week after a session".to_owned(),
            Self::SeriesEnd => "end of the first series".to_owned(),
            Self::Month => "1 month after it".to_owned(),
            Self::Quarter(number) => format!("{} months after it", number * 3),
        }
    }
}

/// A scale that a contact asks of this person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AskedOnce {
    pub point: Point,
    pub due: Moment,
    pub scale: usize,
    asking: Asking,
    filled: Option<Filled>,
    pub points: Option<Points>,
}

/// What was owed of one scale once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owed {
    /// Not yet: it comes, or there is time to answer.
    NotYet,
    /// There is a score.
    Answered,
    /// There is none.
    Missing(WhyMissing),
}

/// One scale of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaleFound {
    /// The score before the first session.
    pub before: Option<Points>,
    /// What each definition found by the newest score, in the order of the scale's file.
    pub found: Vec<Now>,
    /// Whether there was a relapse.
    pub relapse: Relapse,
    /// Every score in order of time; none where a sheet came to no score.
    pub course: Vec<(Moment, Option<Points>)>,
}

/// One person who was given a drug.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnePerson {
    /// When for the first time.
    pub first_drug: Moment,
    /// When for the last time.
    pub last_drug: Moment,
    /// What, the first time.
    pub product: Product,
    /// A first series was finished.
    pub finished_series: bool,
    /// That treatment has ended, with no session since.
    pub ended: Option<EndFact>,
    /// The scales, in the order of [`SCALES`].
    pub scales: Vec<ScaleFound>,
    no_messages: bool,
    pub(super) asked: Vec<AskedOnce>,
}

impl OnePerson {
    /// Of the records of one person, their own first, and their sessions with a drug in any order;
    /// none without a session.
    pub fn of(
        records: &[&RecordFacts],
        sessions: &[(Moment, Product)],
        library: &Library,
    ) -> Option<Self> {
        let (first_drug, product) = *sessions.iter().min_by_key(|(at, _)| *at)?;
        let (last_drug, _) = *sessions.iter().max_by_key(|(at, _)| *at)?;
        let ended = records
            .iter()
            .filter_map(|record| record.ended)
            .max_by_key(|ended| ended.at)
            .filter(|ended| last_drug <= ended.at);
        let instruments = SCALES.map(|scale| library.named(scale));
        let mut asked: Vec<AskedOnce> = records
            .iter()
            .flat_map(|record| asked_of(record))
            .filter(|one| instruments.get(one.scale).is_some_and(Option::is_some))
            .collect();
        asked.sort_by_key(|one| (one.due, one.scale));
        Some(Self {
            first_drug,
            last_drug,
            product,
            finished_series: records
                .iter()
                .flat_map(|record| &record.contacts)
                .any(|contact| contact.kind == ContactKind::Month),
            ended,
            scales: instruments
                .into_iter()
                .flatten()
                .map(|instrument| found(instrument, records, first_drug))
                .collect(),
            no_messages: records.first().is_some_and(|record| record.no_messages),
            asked,
        })
    }

    /// How something that was asked stands at a moment.
    pub(super) fn owed(&self, one: &AskedOnce, now: Moment) -> Owed {
        let why = match stands(one.asking, one.due, one.filled, now) {
            Stands::CameTo(CameTo::Score | CameTo::Answered) => return Owed::Answered,
            Stands::Open => return Owed::NotYet,
            Stands::Coming if now < one.due + ASKED_FOR => return Owed::NotYet,
            Stands::Overtaken if now < one.due => return Owed::NotYet,
            Stands::CameTo(CameTo::Incomplete) => return Owed::Missing(WhyMissing::Incomplete),
            Stands::CameTo(CameTo::Declined) => return Owed::Missing(WhyMissing::Declined),
            Stands::Coming => WhyMissing::NotAsked,
            Stands::Silent => WhyMissing::Silent,
            Stands::Overtaken => WhyMissing::Overtaken,
        };
        Owed::Missing(match why {
            _ if self.ended.is_some_and(|ended| ended.at < one.due) => WhyMissing::Ended,
            WhyMissing::Silent if self.no_messages => WhyMissing::NoMessages,
            why => why,
        })
    }
}

fn asked_of(record: &RecordFacts) -> impl Iterator<Item = AskedOnce> {
    record.contacts.iter().flat_map(move |contact| {
        let point = Point::of(contact.kind, contact.ends_induction);
        SCALES.iter().enumerate().filter_map(move |(scale, name)| {
            let of_scale = || record.sheets.iter().filter(|sheet| sheet.scale == *name);
            let sheet = of_scale()
                .find(|sheet| sheet.contact == Some(contact.contact))
                .or_else(|| {
                    of_scale().find(|sheet| {
                        sheet.contact.is_none() && answers(record, sheet.at) == Some(contact)
                    })
                });
            Some(AskedOnce {
                point: point?,
                due: contact.due,
                scale,
                asking: contact.asking,
                filled: sheet.map(super::facts::SheetFact::filled),
                points: sheet.and_then(|sheet| sheet.score.points()),
            })
        })
    })
}

/// Which contact a sheet answers that was filled in on paper: the newest that was due, while its
/// answers are still taken. A sheet counts once.
fn answers(record: &RecordFacts, at: Moment) -> Option<&ContactFact> {
    record
        .contacts
        .iter()
        .filter(|contact| Point::of(contact.kind, contact.ends_induction).is_some())
        .filter(|contact| contact.due <= at && at < contact.due + ASKED_FOR)
        .max_by_key(|contact| contact.due)
}

fn found(instrument: &Instrument, records: &[&RecordFacts], first_drug: Moment) -> ScaleFound {
    let of_sheets = records
        .iter()
        .flat_map(|record| &record.sheets)
        .filter(|sheet| sheet.scale == instrument.id)
        // Which sheet it is does not matter to a definition.
        .map(|sheet| (sheet.at, sheet.score, Source::Sheet(Uuid::nil())));
    let of_history = records.iter().filter_map(|record| {
        record
            .history
            .iter()
            .filter(|fact| fact.scale == instrument.id && fact.at < first_drug)
            .max_by_key(|fact| fact.at)
            .map(|fact| (fact.at, fact.score, Source::History))
    });
    let mut all: Vec<(Moment, ScoreFact, Source)> = of_history.chain(of_sheets).collect();
    all.sort_by_key(|(at, _, source)| (*at, *source));
    let readings: Vec<Reading> = all
        .iter()
        .map(|(at, score, source)| score.reading(*at, *source))
        .collect();
    let course = Course::of(instrument, &readings, Some(first_drug));
    ScaleFound {
        before: course.baseline().points(),
        found: course
            .findings()
            .into_iter()
            .map(|finding| finding.now)
            .collect(),
        relapse: course.relapse(),
        course: all
            .iter()
            .map(|(at, score, _)| (*at, score.points()))
            .collect(),
    }
}
