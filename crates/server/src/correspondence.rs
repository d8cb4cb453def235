//! Whom a person agreed to have told of them, over every record of theirs, and what of the record a
//! letter tells.

use crate::application::Application;
use crate::book::{self, date_of};
use crate::fault::Fault;
use crate::follow_up;
use crate::identity::digest;
use crate::journey::{self, Change, Listed, Saved, read};
use crate::outcomes::{Told, score_says, told_outside};
use crate::web::pages::clock_face::ClockFace;
use crate::web::respond::Refused;
use anyhow::Context as _;
use clinical::course::correspondence::{
    Agreement, Correspondence, CorrespondenceEvent, Letter, Refusal, Section, SignedLetter, Topic,
};
use clinical::course::outcomes::Reading;
use clinical::course::reporting::{Reporting, accounts};
use clinical::course::session::{Session, Stage};
use clinical::patient::CivilDate;
use clinical::record::{Actor, CommandId, Header, PatientId};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::ProjectionWrite;
use units::Moment;
use uuid::Uuid;

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Ruled(refusal.says())
    }
}

impl Listed for Correspondence {
    /// No list shows letters.
    fn rows(&self, _header: &Header) -> Vec<ProjectionWrite> {
        Vec::new()
    }
}

/// What stands in each record of a person.
pub struct OfPerson(Vec<(PatientId, Correspondence)>);

impl OfPerson {
    /// Reads it.
    pub async fn read(application: &Application, records: &[PatientId]) -> Result<Self, Fault> {
        let mut all = Vec::with_capacity(records.len());
        for record in records {
            let kept = read::<Correspondence>(application, record.0).await?;
            all.push((*record, kept.state));
        }
        Ok(Self(all))
    }

    /// Every agreement, the newest first.
    pub fn agreements(&self) -> Vec<&Agreement> {
        let mut all: Vec<_> = self.0.iter().flat_map(|(_, of)| &of.agreements).collect();
        all.sort_by_key(|known| std::cmp::Reverse(known.at));
        all
    }

    /// Every letter, the newest first.
    pub fn letters(&self) -> Vec<&SignedLetter> {
        let mut all: Vec<_> = self.0.iter().flat_map(|(_, of)| &of.letters).collect();
        all.sort_by_key(|known| std::cmp::Reverse(known.at));
        all
    }

    /// An agreement, and the record in which it stands.
    pub fn agreement(&self, id: Uuid) -> Option<(PatientId, &Agreement)> {
        self.0
            .iter()
            .find_map(|(record, of)| Some((*record, of.agreement(id)?)))
    }

    /// A letter, and the record in which it stands.
    pub fn letter(&self, id: Uuid) -> Option<(PatientId, &SignedLetter)> {
        self.0
            .iter()
            .find_map(|(record, of)| Some((*record, of.letter(id)?)))
    }
}

/// Who writes what, into which record of a person.
pub struct Wish<'a> {
    /// Made by the form; executed exactly once.
    pub command_id: CommandId,
    /// Who.
    pub actor: Actor,
    /// The record.
    pub record: PatientId,
    /// What is done, in words, for the list of who did what.
    pub action: &'a str,
    /// What is wanted, as text.
    pub wanted: String,
}

/// Decides on what stands in a record and on the clinic's day, and writes what came of it.
pub async fn write(
    application: &Application,
    wish: Wish<'_>,
    decide: impl Fn(&Correspondence, CivilDate) -> Result<Vec<CorrespondenceEvent>, Refusal>
    + Send
    + Sync,
) -> Result<Saved, Refused> {
    let change = Change {
        command_id: wish.command_id,
        actor: wish.actor,
        at: None,
        id: wish.record.0,
        patient: Some(wish.record),
        session: None,
        action: wish.action,
        wanted: wish.wanted,
    };
    journey::change(application, change, |known: &Correspondence, now| {
        let today = date_of(&application.zone, now)?;
        decide(known, today).map_err(Refused::from)
    })
    .await
}

/// The digest of a letter's contents, which its signature binds.
pub fn digest_of(contents: &Letter) -> Result<String, Fault> {
    let text = serde_json::to_string(contents).context("writing a letter out")?;
    Ok(hex::encode(digest(&text)))
}

/// What is read of a person for a letter.
pub struct Composing<'a> {
    /// Where from.
    pub application: &'a Application,
    /// Their sessions and scales.
    pub told: &'a Told,
    /// Every record of theirs.
    pub records: &'a [PatientId],
    /// The moment of reading.
    pub now: Moment,
    /// The first day that is told of.
    pub from: CivilDate,
    /// The last.
    pub until: CivilDate,
}

impl Composing<'_> {
    fn clock(&self) -> ClockFace<'_> {
        ClockFace {
            zone: &self.application.zone,
            now: self.now,
        }
    }

    fn is_told(&self, at: Moment) -> Result<bool, Fault> {
        let day = date_of(&self.application.zone, at)?;
        Ok(self.from <= day && day <= self.until)
    }

    /// One part for each thing that was agreed, and no other.
    // Hazard: H74
    pub async fn sections(&self, topics: &BTreeSet<Topic>) -> Result<Vec<Section>, Fault> {
        let mut sections = Vec::new();
        for topic in topics {
            sections.push(match topic {
                Topic::Sessions => self.sessions()?,
                Topic::Scales => self.scales()?,
                Topic::Effects => self.effects().await?,
                Topic::Next => self.next().await?,
            });
        }
        Ok(sections)
    }

    fn sessions(&self) -> Result<Section, Fault> {
        let mut rows = Vec::new();
        let mut before = 0_usize;
        for (began, session) in &self.told.sessions {
            let day = date_of(&self.application.zone, *began)?;
            before += usize::from(day < self.from);
            if self.is_told(*began)? {
                rows.push(self.session(*began, session));
            }
        }
        let count = match rows.len() {
            0 => "No session in this time.".to_owned(),
            1 => "One session in this time.".to_owned(),
            some => format!("{some} sessions in this time."),
        };
        let earlier = match before {
            0 => None,
            1 => Some("One session before it.".to_owned()),
            some => Some(format!("{some} sessions before it.")),
        };
        Ok(Section {
            topic: Topic::Sessions,
            lines: std::iter::once(count).chain(earlier).collect(),
            head: [
                "Day",
                "Drug and route",
                "Given",
                "Highest pressure",
                "Ended",
            ]
            .map(str::to_owned)
            .to_vec(),
            rows,
        })
    }

    fn session(&self, began: Moment, session: &Arc<Session>) -> Vec<String> {
        let given = session.given_in_all();
        let highest = session
            .vital_signs()
            .into_iter()
            .filter(|(at, _)| *at >= began)
            .filter_map(|(_, values)| Some((values.systolic?, values.diastolic?)))
            .max_by_key(|(systolic, _)| systolic.value());
        let ended = match (session.ended_early(), session.stage) {
            (Some(_), _) => "early".to_owned(),
            (None, Stage::Discharged | Stage::Signed) => "as planned".to_owned(),
            (None, _) => "not known".to_owned(),
        };
        let unknown = || "not known".to_owned();
        vec![
            self.clock().date(began),
            format!("{}, {}", session.product().says(), session.route().says()),
            given.map_or_else(unknown, |amount| amount.rounded(2).to_string()),
            highest.map_or_else(unknown, |(systolic, diastolic)| {
                format!("{}/{} mmHg", systolic.value(), diastolic.value())
            }),
            ended,
        ]
    }

    fn scales(&self) -> Result<Section, Fault> {
        let mut rows = Vec::new();
        let mut lines = Vec::new();
        let first_drug = self.told.first_drug();
        for instrument in told_outside(self.application.scales()) {
            let readings = self.told.readings(instrument);
            let before = |reading: &&Reading| first_drug.is_some_and(|first| reading.at < first);
            let baseline = readings
                .iter()
                .rev()
                .filter(before)
                .find_map(|reading| Some((score_says(instrument, reading)?, reading.at)));
            if let Some((score, at)) = baseline {
                lines.push(format!(
                    "{} before the first session: {score} ({}).",
                    instrument.title,
                    self.clock().date(at)
                ));
            }
            for reading in &readings {
                let Some(score) = score_says(instrument, reading) else {
                    continue;
                };
                if self.is_told(reading.at)? {
                    let row = vec![
                        self.clock().date(reading.at),
                        instrument.title.clone(),
                        score,
                        reading.band.clone().unwrap_or_default(),
                    ];
                    rows.push((reading.at, row));
                }
            }
        }
        rows.sort_by_key(|(at, _)| *at);
        if rows.is_empty() {
            lines.push("No scale was filled in whole in this time.".to_owned());
        }
        Ok(Section {
            topic: Topic::Scales,
            lines,
            head: ["Day", "Scale", "Score", "Band of the scale"]
                .map(str::to_owned)
                .to_vec(),
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        })
    }

    /// Adverse events of sessions and side effects as the person told them; warning signs are no
    /// part of what is agreed here.
    async fn effects(&self) -> Result<Section, Fault> {
        let mut rows = Vec::new();
        for (_, session) in &self.told.sessions {
            let kept = read::<Reporting>(self.application, session.id.0)
                .await?
                .state;
            for account in accounts(session, &kept) {
                let noted = &account.noted;
                if account.struck.is_none() && self.is_told(noted.began_at)? {
                    rows.push((
                        noted.began_at,
                        format!("{} ({})", noted.description, account.serious_says()),
                        "recorded by staff",
                    ));
                }
            }
        }
        let in_force = self.application.in_force();
        let signs = &in_force.follow_up.signs;
        for after in follow_up::of_records(self.application, self.records).await? {
            for report in &after.reports {
                // One that the clinic's list does not hold any more was told all the same.
                let says = |id: &String| {
                    signs.effect(id).map_or_else(
                        || format!("{id} (no more in the clinic’s list)"),
                        |effect| effect.en.clone(),
                    )
                };
                let words: Vec<String> = report.said.effects.iter().map(says).collect();
                if !words.is_empty() && self.is_told(report.at)? {
                    rows.push((report.at, words.join(", "), "told after a session"));
                }
            }
        }
        rows.sort_by_key(|(at, _, _)| *at);
        let lines = match rows.is_empty() {
            true => vec!["None was recorded or told in this time.".to_owned()],
            false => Vec::new(),
        };
        Ok(Section {
            topic: Topic::Effects,
            lines,
            head: ["Day", "What", "How it is known"]
                .map(str::to_owned)
                .to_vec(),
            rows: rows
                .into_iter()
                .map(|(at, what, how)| vec![self.clock().date(at), what, how.to_owned()])
                .collect(),
        })
    }

    async fn next(&self) -> Result<Section, Fault> {
        let mut next: Option<Moment> = None;
        for record in self.records {
            let of_record = book::next_visit(self.application, *record, self.now).await?;
            next = [next, of_record].into_iter().flatten().min();
        }
        let last = self.told.last_drug();
        let ended = self.told.sheets.ended_after(last).map(|ending| {
            // Why is the author's to say, if it is anybody's.
            format!("Treatment here ended on {}.", self.clock().date(ending.at))
        });
        let planned = next.map_or_else(
            || "No further session is booked.".to_owned(),
            |at| format!("The next session is booked for {}.", self.clock().date(at)),
        );
        Ok(Section {
            topic: Topic::Next,
            lines: ended.into_iter().chain([planned]).collect(),
            head: Vec::new(),
            rows: Vec::new(),
        })
    }
}

/// The day on which a letter begins where nobody says another: that of the last letter by this
/// agreement, else that of the first drug, else today.
pub fn begins(
    application: &Application,
    (known, told): (&OfPerson, &Told),
    agreement: Uuid,
    now: Moment,
) -> Result<CivilDate, Fault> {
    let mut before = known.letters().into_iter();
    if let Some(last) = before.find(|letter| letter.agreement == agreement) {
        return Ok(last.contents.until);
    }
    date_of(&application.zone, told.first_drug().unwrap_or(now))
}
