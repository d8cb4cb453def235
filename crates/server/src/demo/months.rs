//! People over months: one who comes to remission, one who relapses, one who stays away, one who is
//! partly better; and in short others, so that the outcomes of everybody have something to count. What they answered, question by question, follows from the demo's seed.

use super::people_over_months::{Person, Referred, Told, everybody};
use super::{admission, past};
use crate::application::Application;
use crate::book::date_of;
use crate::correspondence::Composing;
use crate::fault::Fault;
use crate::journey::{Change, Listed, appended, read};
use crate::messages::hours;
use crate::outcomes::Told as Read;
use crate::patients::{self, By, Entry};
use anyhow::{Context as _, anyhow};
use clinical::course::correspondence::{
    AgreedHow, Correspondence, CorrespondenceEvent, Letter, Part, Recipient, Refusal, Telling,
    Topic, Way,
};
use clinical::course::follow_up::{
    Ended, FollowUp, FollowUpEvent, Mood, NewReport, Step, Thoughts, plan,
};
use clinical::course::intake::{Intake, IntakeEvent, Item, Said, Through};
use clinical::course::outcomes::{Outcomes, OutcomesEvent, askable, asks_scales};
use clinical::course::screening::person::{Product, Source, Witness};
use clinical::course::session::{AdverseEvent, AdverseOutcome, OpenedCard, Relatedness};
use clinical::instrument::{Answer, Answers, Instrument, Points, Response};
use clinical::patient::{Contacts, WritingHours};
use clinical::record::{Actor, CommandId, PatientId, Role, SessionId, StaffId};
use std::collections::BTreeSet;
use store::Decision;
use units::{Moment, Span};
use uuid::Uuid;

/// Tells it.
pub async fn tell(application: &Application, seed: u64) -> Result<(), Fault> {
    for (person, number) in everybody().into_iter().zip(0_u32..) {
        let patient = register(application, &person).await?;
        let story = Story {
            application,
            seed,
            now: application.clock.now(),
            own: admission::patient(patient, &format!("{} {}", person.given, person.family)),
            person: &person,
            patient,
        };
        story.history().await?;
        story.sessions(number).await?;
        story.enter().await?;
        story.contacts().await?;
        story.decide().await?;
        story.end().await?;
        story.letters().await?;
    }
    Ok(())
}

async fn register(application: &Application, person: &Person) -> Result<PatientId, Fault> {
    let entry = Entry {
        record_number: None,
        family_name: person.family.to_owned(),
        given_name: person.given.to_owned(),
        birth_date: person.born.parse().context("a birth date")?,
        sex: person.sex,
        contacts: Contacts::unknown(person.language),
    };
    let by = By {
        command_id: CommandId(Uuid::now_v7()),
        actor: staff("Frank Adeyemi", Role::FrontDesk),
        name: "Frank Adeyemi".to_owned(),
    };
    patients::register_new(application, by, entry, Vec::new())
        .await
        .map_err(admission::told)
}

fn staff(name: &str, role: Role) -> Actor {
    Actor::Person {
        id: StaffId(Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())),
        name: name.to_owned(),
        role,
    }
}

fn itself() -> Actor {
    Actor::System {
        part: "follow-up".to_owned(),
    }
}

struct Story<'a> {
    application: &'a Application,
    seed: u64,
    now: Moment,
    own: Actor,
    person: &'a Person,
    patient: PatientId,
}

impl Story<'_> {
    fn days_ago(&self, days: i64) -> Moment {
        self.now - Span::from_hours(24 * days)
    }

    fn scale(&self, id: &str) -> Result<&Instrument, Fault> {
        let known = self.application.scales().named(id);
        known.ok_or_else(|| Fault(anyhow!("{id} does not ship")))
    }

    /// The points of each question: together the total, the ninth as it is given, none above 3.
    fn spread(&self, items: &[&str], total: i32, ninth: i32, occasion: &str) -> Vec<i32> {
        let mut order: Vec<usize> = (0..items.len()).collect();
        order.sort_by_key(|place| {
            let name = format!(
                "{} {} {occasion} {}",
                self.seed, self.person.family, items[*place]
            );
            Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
        });
        let mut points = vec![0; items.len()];
        let mut left = total;
        if let Some(last) = items.iter().position(|item| *item == "9") {
            points[last] = ninth;
            left -= ninth;
            order.retain(|place| *place != last);
        }
        while left > 0 && order.iter().any(|place| points[*place] < 3) {
            for place in &order {
                if left > 0 && points[*place] < 3 {
                    points[*place] += 1;
                    left -= 1;
                }
            }
        }
        points
    }

    /// Each scored question with the option that has its points.
    fn chosen(
        &self,
        instrument: &Instrument,
        total: i32,
        ninth: i32,
        occasion: &str,
    ) -> Vec<(String, Answer)> {
        let items: Vec<&str> = instrument
            .items
            .iter()
            .filter(|item| !item.optional)
            .map(|item| item.id.as_str())
            .collect();
        let points = self.spread(&items, total, ninth, occasion);
        counting(instrument, &points)
    }

    /// The scales of the history, before treatment.
    async fn history(&self) -> Result<(), Fault> {
        let Some((days, (first, second))) = self.person.baseline else {
            return Ok(());
        };
        let at = self.days_ago(days);
        let mut events = Vec::new();
        for (scale, total) in [("phq-9", first), ("gad-7", second)] {
            let instrument = self.scale(scale)?;
            for (item, answer) in self.chosen(instrument, total, 0, "history") {
                let event = IntakeEvent::AnswerGiven {
                    item: Item::OfScale {
                        instrument: scale.to_owned(),
                        item,
                    },
                    answer: Box::new(Said::OfScale(answer)),
                    witness: Witness {
                        source: Source::Patient,
                        name: format!("{} {}", self.person.given, self.person.family),
                        at,
                    },
                    through: Through::OwnDevice,
                };
                events.push((at, event));
            }
        }
        self.write::<Intake>(self.own.clone(), events).await
    }

    async fn sessions(&self, number: u32) -> Result<(), Fault> {
        let rules = self.application.rules();
        let following = std::sync::Arc::clone(&self.application.in_force().follow_up);
        let mut appends = Vec::new();
        let mut rows = Vec::new();
        let mut planned = Vec::new();
        let mut after = FollowUp::default();
        for (days, earlier) in self.person.sessions.iter().zip(0_u32..) {
            let start = self.days_ago(*days);
            let place = (start, self.now);
            let number = 100 * (number + 1) + earlier;
            let trouble = self.trouble(earlier, start)?;
            let append = past::session_of(
                number,
                self.patient,
                place,
                (&rules, trouble.as_ref()),
                &mut rows,
            )?;
            let ended = Ended {
                session: SessionId(append.stream.id),
                product: Product::Racemic,
                number: earlier + 1,
                at: start + Span::from_minutes(40),
            };
            appends.push(append);
            // What was asked in the days after each session was answered, and is not told here.
            let contacts = plan(&ended, &following, |moment| {
                hours::from(&self.application.zone, WritingHours::DAYTIME, moment)
            })
            .into_iter()
            .filter(|contact| asks_scales(contact.kind))
            .collect();
            for event in after.plan(&ended, contacts) {
                fold(&mut after, ended.at, &event);
                planned.push((ended.at, event));
            }
        }
        let decision = Decision {
            tenant: self.application.tenant,
            command_id: CommandId(Uuid::now_v7()),
            actor: staff("Nora Lindqvist", Role::Nurse),
            recorded_at: self.now,
            appends,
            projections: rows,
            audit: Vec::new(),
            answer: Vec::new(),
        };
        let store = &self.application.store;
        store
            .commit(decision)
            .await
            .context("writing sessions of the past")?;
        self.write::<FollowUp>(itself(), planned).await
    }

    /// What went wrong in one of the sessions, which count from 0.
    fn trouble(&self, session: u32, start: Moment) -> Result<Option<past::Trouble>, Fault> {
        let Some((which, card, severity, says)) = self.person.trouble else {
            return Ok(None);
        };
        if usize::try_from(session) != Ok(which) {
            return Ok(None);
        }
        let application = self.application;
        let known = application
            .cards()
            .all()
            .iter()
            .find(|known| known.id == card);
        let known = known.ok_or_else(|| Fault(anyhow!("card {card} does not ship")))?;
        Ok(Some(past::Trouble {
            card: OpenedCard::of(known, &application.clinic()),
            report: AdverseEvent {
                description: says.to_owned(),
                began_at: start + Span::from_minutes(28),
                ended_at: Some(start + Span::from_minutes(39)),
                severity,
                serious: BTreeSet::new(),
                relatedness: Relatedness::Probable,
                outcome: AdverseOutcome::Recovered,
                statement: "Complete and correct.".to_owned(),
            },
        }))
    }

    /// What comes next, where a prescriber has written it.
    async fn decide(&self) -> Result<(), Fault> {
        let Some((step, days, why)) = self.person.decided else {
            return Ok(());
        };
        let taken = Outcomes::default()
            .decide_next(step, why)
            .map_err(|refusal| anyhow!("a decision of the demo: {}", refusal.says()))?;
        let at = self.days_ago(days);
        let events = taken.events.into_iter().map(|event| (at, event)).collect();
        self.write::<Outcomes>(admission::prescriber(), events)
            .await
    }

    /// That treatment has ended, where somebody has written it.
    async fn end(&self) -> Result<(), Fault> {
        let Some((because, days, note)) = self.person.ended else {
            return Ok(());
        };
        let at = self.days_ago(days);
        let last = self.person.sessions.iter().min().copied();
        let last = last.map(|days| self.days_ago(days));
        let known = read::<Outcomes>(self.application, self.patient.0).await?;
        let taken = known
            .state
            .end_treatment((because, note), at, last, self.now)
            .map_err(|refusal| anyhow!("an end of the demo: {}", refusal.says()))?;
        let events = taken.events.into_iter().map(|event| (at, event)).collect();
        self.write::<Outcomes>(admission::prescriber(), events)
            .await
    }

    /// Whom they agreed to have told, and the letter that told.
    async fn letters(&self) -> Result<(), Fault> {
        let Some(Referred {
            name,
            agreed,
            letter: (days, words),
        }) = self.person.referred
        else {
            return Ok(());
        };
        let day = |days| date_of(&self.application.zone, self.days_ago(days));
        let telling = Telling {
            to: Recipient {
                name: name.to_owned(),
                part: Part::Referrer,
                address: "12 Harbour Street".to_owned(),
            },
            topics: [Topic::Sessions, Topic::Scales].into(),
            how: AgreedHow::OnPaper,
            until: None,
        };
        let refused = |refusal: Refusal| anyhow!("a letter of the demo: {}", refusal.says());
        let agreement = Uuid::now_v7();
        let nobody = Correspondence::default();
        let said = nobody
            .agree(agreement, telling.clone(), day(agreed)?)
            .map_err(refused)?;
        let at = self.days_ago(agreed);
        let said = said.into_iter().map(|event| (at, event)).collect();
        self.write::<Correspondence>(staff("Nora Lindqvist", Role::Nurse), said)
            .await?;
        let Some(first) = self.person.sessions.iter().max() else {
            return Ok(());
        };
        let person = patients::read(self.application, self.patient)
            .await?
            .context("somebody of the demo")?;
        let told = Read::of(self.application, &person, self.patient, self.now).await?;
        let composing = Composing {
            application: self.application,
            told: &told,
            records: &[self.patient],
            now: self.now,
            from: day(*first)?,
            until: day(days)?,
        };
        let Actor::Person { name, role, .. } = admission::prescriber() else {
            return Ok(());
        };
        let contents = Letter {
            from: composing.from,
            until: composing.until,
            sections: composing.sections(&telling.topics).await?,
            words: words.to_owned(),
            name,
            role,
        };
        let known = read::<Correspondence>(self.application, self.patient.0).await?;
        let signed = Uuid::now_v7();
        let events = known
            .state
            .sign(signed, agreement, contents, day(days)?)
            .map_err(refused)?;
        let at = self.days_ago(days);
        let left = CorrespondenceEvent::LetterLeft {
            letter: signed,
            way: Way::Post,
            note: String::new(),
        };
        let events = events.into_iter().chain([left]).map(|event| (at, event));
        self.write::<Correspondence>(admission::prescriber(), events.collect())
            .await
    }

    /// What staff rated.
    async fn enter(&self) -> Result<(), Fault> {
        let mut events = Vec::new();
        for (scale, total, days) in self.person.entered {
            let instrument = self.scale(scale)?;
            let name = format!("{scale} {days}");
            let sheet = Uuid::new_v5(&self.patient.0, name.as_bytes());
            let at = self.days_ago(*days);
            let zero = Answer::Number(Points::ZERO);
            let given = (Answers::new().with("10", zero), Points::whole(*total));
            let taken = Outcomes::default()
                .enter(sheet, instrument, given, at, self.now)
                .map_err(|refusal| anyhow!("a scale of the demo: {}", refusal.says()))?;
            events.extend(taken.events.into_iter().map(|event| (at, event)));
        }
        self.write::<Outcomes>(admission::prescriber(), events)
            .await
    }

    /// Every contact whose time has come, made then, and answered by those who answer.
    async fn contacts(&self) -> Result<(), Fault> {
        let rules = std::sync::Arc::clone(&self.application.in_force().follow_up);
        loop {
            let after = read::<FollowUp>(self.application, self.patient.0).await?;
            let next = after.state.next_at().filter(|at| *at <= self.now);
            let Some(at) = next else { return Ok(()) };
            let mut made = Vec::new();
            let mut kind = None;
            for step in after.state.steps(at) {
                if let Step::Make { contact, reminder } = step {
                    let events = after.state.made(contact, reminder, &rules, at);
                    made.extend(events.into_iter().map(|event| (at, event)));
                    kind = after.state.contacts.get(&contact).map(|known| known.kind);
                }
            }
            if made.is_empty() {
                return Err(Fault(anyhow!("a contact of the demo is not made")));
            }
            self.write::<FollowUp>(itself(), made).await?;
            let answers = self
                .person
                .told
                .iter()
                .find(|told| Some(told.contact) == kind);
            if let Some(told) = answers {
                self.answer(told, at + Span::from_hours(3)).await?;
            }
        }
    }

    async fn answer(&self, told: &Told, at: Moment) -> Result<(), Fault> {
        let occasion = told.contact.word();
        let mut after = read::<FollowUp>(self.application, self.patient.0)
            .await?
            .state;
        let mut known = read::<Outcomes>(self.application, self.patient.0)
            .await?
            .state;
        let mut answers: Vec<(Moment, OutcomesEvent)> = Vec::new();
        let mut flags: Vec<(Moment, FollowUpEvent)> = Vec::new();
        let library = self.application.scales();
        let mut talked: Vec<OutcomesEvent> = Vec::new();
        for asked in askable(&after, &known, library, at) {
            let instrument = self.scale(&asked.scale)?;
            let said = self.said(told, instrument, &occasion);
            // Whoever stopped in the middle has not come to the scales after it.
            let is_last = told.open > 0 && asked.scale == "gad-7";
            for (item, answer) in said {
                let taken = known
                    .answer(&asked, instrument, &item, answer, at)
                    .map_err(|refusal| anyhow!("an answer of the demo: {}", refusal.says()))?;
                for event in taken.events {
                    fold_as(&mut known, &self.own, (at, self.now), &event);
                    answers.push((at, event));
                }
                let watched = taken.watch.map_or_else(Vec::new, |watch| {
                    after.watch(taken.sheet, &watch.scale, watch.is_whole)
                });
                let raised = taken.signs.into_iter().flat_map(|called| {
                    let flag = Uuid::new_v5(&taken.sheet, b"flag");
                    after.raise(flag, taken.sheet, vec![called.sign], called.urgency)
                });
                let beside: Vec<FollowUpEvent> = watched.into_iter().chain(raised).collect();
                for event in beside {
                    fold_as(&mut after, &self.own, (at, self.now), &event);
                    flags.push((at, event));
                }
            }
            let over = known.over_limit(instrument, self.person.sex, at);
            if let Some((over, done)) = over.zip(told.acted) {
                let taken = known
                    .settle_limit(over.sheet, done)
                    .map_err(|refusal| anyhow!("a talk of the demo: {}", refusal.says()))?;
                talked.extend(taken.events);
            }
            if is_last {
                break;
            }
        }
        let report = NewReport {
            report: Uuid::new_v5(&self.patient.0, occasion.as_bytes()),
            mood: Some(Mood::Same),
            thoughts: (told.ninth == 0).then_some(Thoughts::None),
            effects: Vec::new(),
            signs: Vec::new(),
            words: String::new(),
        };
        let raised: Vec<Uuid> = flags
            .iter()
            .filter_map(|(_, event)| match event {
                FollowUpEvent::FlagRaised { flag, .. } => Some(*flag),
                _another => None,
            })
            .collect();
        let mut said = vec![(at, FollowUpEvent::Reported { report })];
        said.extend(flags);
        self.write::<Outcomes>(self.own.clone(), answers).await?;
        self.write::<FollowUp>(self.own.clone(), said).await?;
        // Somebody had it in hand that day, and dealt with it.
        let done = told.acted.unwrap_or(
            "Spoke by telephone; C-SSRS screener: no plan. Safety plan gone through again.",
        );
        let dealt = raised.into_iter().flat_map(|flag| {
            [
                (
                    at + Span::from_minutes(9),
                    FollowUpEvent::FlagAcknowledged { flag },
                ),
                (
                    at + Span::from_minutes(50),
                    FollowUpEvent::FlagSettled {
                        flag,
                        done: done.to_owned(),
                    },
                ),
            ]
        });
        self.write::<FollowUp>(admission::prescriber(), dealt.collect())
            .await?;
        let after_a_day = at + Span::from_hours(20);
        let talked = talked.into_iter().map(|event| (after_a_day, event));
        self.write::<Outcomes>(admission::prescriber(), talked.collect())
            .await
    }

    /// What a person says to a scale after a contact, question by question.
    fn said(&self, told: &Told, instrument: &Instrument, occasion: &str) -> Vec<(String, Answer)> {
        match instrument.id.as_str() {
            "urinary-symptoms" => counting(instrument, &told.bladder),
            "audit-c" => counting(instrument, &told.alcohol),
            "phq-9" => {
                let mut all = self.chosen(instrument, told.totals.0, told.ninth, occasion);
                all.push(("10".to_owned(), Answer::Declined));
                all
            }
            _another => {
                let mut all = self.chosen(instrument, told.totals.1, told.ninth, occasion);
                for (_, answer) in all.iter_mut().rev().take(told.left_out) {
                    *answer = Answer::Declined;
                }
                all.truncate(all.len().saturating_sub(told.open));
                all
            }
        }
    }

    /// Writes events that happened at different times, by one person.
    async fn write<A: Listed>(
        &self,
        actor: Actor,
        events: Vec<(Moment, A::Event)>,
    ) -> Result<(), Fault> {
        if events.is_empty() {
            return Ok(());
        }
        let mut kept = read::<A>(self.application, self.patient.0).await?;
        let expected = kept.version;
        let mut whole: Option<store::Append> = None;
        let mut projections = Vec::new();
        let change = Change {
            command_id: CommandId(Uuid::now_v7()),
            actor: actor.clone(),
            at: None,
            id: self.patient.0,
            patient: Some(self.patient),
            session: None,
            action: "tell the demo's months",
            wanted: String::new(),
        };
        for (at, event) in events {
            let told = vec![event.clone()];
            let id = self.patient.0;
            let (append, rows) = appended(self.application, &change, id, &kept, told, self.now, at);
            projections = rows;
            fold_as(&mut kept.state, &actor, (at, self.now), &event);
            kept.version += 1;
            match &mut whole {
                Some(known) => known.events.extend(append.events),
                None => whole = Some(append),
            }
        }
        let appends: Vec<store::Append> = whole
            .into_iter()
            .map(|append| store::Append {
                expected_version: expected,
                ..append
            })
            .collect();
        let decision = Decision {
            tenant: self.application.tenant,
            command_id: change.command_id,
            actor,
            recorded_at: self.now,
            appends,
            projections,
            audit: Vec::new(),
            answer: Vec::new(),
        };
        let store = &self.application.store;
        store.commit(decision).await.context("writing the months")?;
        Ok(())
    }
}

/// Each question that counts, in order, with the option that has so many points.
fn counting(instrument: &Instrument, points: &[i32]) -> Vec<(String, Answer)> {
    instrument
        .items
        .iter()
        .filter(|item| !item.optional)
        .zip(points)
        .filter_map(|(item, points)| {
            let Response::Options(set) = &item.response else {
                return None;
            };
            let choice = instrument
                .choices(set)
                .iter()
                .find(|choice| choice.points == Points::whole(*points))?;
            Some((item.id.clone(), Answer::Chosen(choice.id.clone())))
        })
        .collect()
}

fn fold<A: Listed>(state: &mut A, at: Moment, event: &A::Event) {
    fold_as(state, &itself(), (at, at), event);
}

/// As the record will read it back.
fn fold_as<A: Listed>(
    state: &mut A,
    actor: &Actor,
    (occurred_at, recorded_at): (Moment, Moment),
    event: &A::Event,
) {
    use clinical::record::{EventId, Header, Recorded as _, StreamId};
    let header = Header {
        tenant: crate::application::SINGLE_CLINIC,
        position: 0,
        stream: StreamId::of(A::KIND, Uuid::nil()),
        stream_version: 0,
        event_id: EventId(Uuid::nil()),
        kind: event.name().to_owned(),
        schema_version: 1,
        actor: actor.clone(),
        command_id: CommandId(Uuid::nil()),
        occurred_at,
        recorded_at,
        previous: [0; 32],
    };
    state.take(&header, event);
}
