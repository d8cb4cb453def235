//! Emergency cards in the room: the list behind the button, the card that stands open, its
//! medicines, its end, and the draft of the adverse event.

use super::SessionRoom;
use super::acts::{kebab, person};
use crate::web::pages::clock_face::ClockFace;
use crate::web::pages::emergency_cards::NOT_APPROVED;
use crate::web::pages::entry_line::{actor_says, vital_signs_say};
use askama::Template;
use clinical::course::session::{
    AdverseEvent, AdverseOutcome, Because, CardInUse, CardOutcome, Criterion, Relatedness,
    SedationScore, Session, Severity,
};
use clinical::emergency::{Card, Medicine, Step, StepKind};
use clinical::record::CommandId;
use units::Span;

/// How long before a card was opened vital signs still belong to its story.
const BEFORE_OPENING: Span = Span::from_minutes(10);

/// What the cards' templates are made of.
pub(super) struct CardsInRoom<'a> {
    room: &'a SessionRoom<'a>,
    in_use: Vec<CardInUse>,
}

/// What stands in the room: open cards, and adverse events that wait.
#[derive(Template)]
#[template(path = "session_room/cards.html")]
pub(super) struct Stand<'a> {
    room: &'a SessionRoom<'a>,
    person: String,
    open: Vec<OpenView<'a>>,
    waiting: Vec<&'a CardInUse>,
    warning: &'static str,
    prescriber: String,
}

/// The panels that belong to them, among the other acts.
#[derive(Template)]
#[template(path = "session_room/card_panels.html")]
pub(super) struct Panels<'a> {
    room: &'a SessionRoom<'a>,
    name: String,
    person: String,
    offered: Vec<Offer<'a>>,
    list: Vec<(&'a Card, bool)>,
    not_approved: usize,
    open: Vec<OpenView<'a>>,
    drafts: Vec<Draft>,
    warning: &'static str,
}

/// A card that something in the session offers.
struct Offer<'a> {
    card: &'a Card,
    sedation: u8,
}

/// A card that stands open.
struct OpenView<'a> {
    opening: u32,
    title: String,
    letter: String,
    approved_by: Option<String>,
    since: String,
    since_milliseconds: i64,
    elapsed: String,
    because: String,
    done: usize,
    /// Whom to call, as the card says it.
    calls: Vec<String>,
    steps: Vec<StepView<'a>>,
    /// What was given that no step of the card named.
    other_medicines: Vec<String>,
}

struct StepView<'a> {
    id: String,
    kind: &'static str,
    says: String,
    time: Option<String>,
    questions: &'a [String],
    any_yes: Option<&'a str>,
    medicine: Option<&'a Medicine>,
    unverified: bool,
    done: Option<String>,
    any_yes_said: bool,
    given: Vec<String>,
}

/// An adverse event, half written: what is known stands in it, what a person must say does not.
struct Draft {
    opening: u32,
    title: String,
    description: String,
    began: String,
    ended: String,
    again: bool,
}

impl<'a> CardsInRoom<'a> {
    pub(super) fn of(room: &'a SessionRoom<'a>) -> Self {
        Self {
            room,
            in_use: room.session.cards(),
        }
    }

    pub(super) fn stand(&self) -> Stand<'_> {
        let order = self.room.session.order.as_ref();
        Stand {
            room: self.room,
            person: person(self.room),
            open: self.open(),
            waiting: self
                .in_use
                .iter()
                .filter(|card| card.adverse_event_is_missing())
                .collect(),
            warning: NOT_APPROVED,
            prescriber: order.map_or_else(String::new, |order| order.prescriber.clone()),
        }
    }

    pub(super) fn panels(&self) -> Panels<'_> {
        let room = self.room;
        let list: Vec<(&Card, bool)> = room
            .cards
            .all()
            .iter()
            .map(|card| (card, room.clinic.approval(card).is_some()))
            .collect();
        let sedation = room.session.sedation().map(|(_, score)| score);
        Panels {
            room,
            name: room.strip().name,
            person: person(room),
            offered: sedation
                .and_then(|score| self.offer(score))
                .into_iter()
                .collect(),
            not_approved: list.iter().filter(|(_, approved)| !approved).count(),
            list,
            open: self.open(),
            drafts: self
                .in_use
                .iter()
                .filter(|card| card.closed.is_some())
                .filter(|card| card.adverse_event_is_missing() || card.adverse_event.is_some())
                .map(|card| draft(card, room.session, &room.around.clock()))
                .collect(),
            warning: NOT_APPROVED,
        }
    }

    fn offer(&self, score: SedationScore) -> Option<Offer<'a>> {
        let card = self.room.cards.for_sedation(score)?;
        let stands = |known: &CardInUse| known.closed.is_none() && known.card.id == card.id;
        (!self.in_use.iter().any(stands)).then(|| Offer {
            card,
            sedation: score.points(),
        })
    }

    fn open(&self) -> Vec<OpenView<'a>> {
        self.in_use
            .iter()
            .filter(|card| card.closed.is_none())
            .map(|card| self.view(card))
            .collect()
    }

    fn view(&self, used: &CardInUse) -> OpenView<'a> {
        let room = self.room;
        let clock = room.around.clock();
        // The words of the file are shown while they are the words that were opened.
        let known = room.cards.card(&used.card.id);
        let known = known.filter(|card| card.digest == used.card.digest);
        let given = |step: Option<&str>| -> Vec<String> {
            used.medicines
                .iter()
                .filter(|given| given.step.as_deref() == step)
                .map(|given| {
                    let route = match given.route.as_str() {
                        "" => String::new(),
                        route => format!(", {route}"),
                    };
                    format!(
                        "{} {}{route}, {}, {}",
                        given.medicine,
                        given.dose,
                        clock.time(given.at),
                        actor_says(&given.by, room.monitors)
                    )
                })
                .collect()
        };
        let steps = used.card.steps.iter().map(|step| {
            let written: Option<&'a Step> = known.and_then(|card| card.step(&step.id));
            let done = used.step(&step.id);
            StepView {
                id: step.id.clone(),
                kind: written.map_or("Step", |step| step.kind.says()),
                says: written.map_or_else(|| step.says.clone(), |step| step.says.clone()),
                time: written
                    .and_then(|step| step.time)
                    .map(|time| time.to_string()),
                questions: written.map_or(&[], |step| step.questions.as_slice()),
                any_yes: written.and_then(|step| step.any_yes.as_deref()),
                medicine: written.and_then(|step| step.medicine.as_ref()),
                unverified: written.is_some_and(|step| step.unverified),
                any_yes_said: done.is_some_and(|done| {
                    done.answer == clinical::course::session::StepAnswer::AnyYes
                }),
                done: done.map(|done| {
                    let note = match done.note.as_str() {
                        "" => String::new(),
                        note => format!(": {note}"),
                    };
                    format!(
                        "{}{note}, {}, {}",
                        done.answer.says(),
                        clock.time(done.at),
                        actor_says(&done.by, room.monitors)
                    )
                }),
                given: given(Some(&step.id)),
            }
        });
        let calls = known.map_or(&[][..], |card| card.steps.as_slice());
        let elapsed = room.around.now - used.opened_at;
        OpenView {
            opening: used.opening,
            title: used.card.title.clone(),
            letter: used.card.letter.clone(),
            approved_by: used.card.approved_by.clone(),
            since: clock.time(used.opened_at),
            since_milliseconds: used.opened_at.microseconds() / 1_000,
            elapsed: format!("{}\u{a0}min", elapsed.microseconds().max(0) / 60_000_000),
            because: used.because.says(),
            done: used.done.len(),
            calls: calls
                .iter()
                .filter(|step| step.kind == StepKind::Call)
                .map(|step| step.says.clone())
                .collect(),
            steps: steps.collect(),
            other_medicines: given(None),
        }
    }
}

impl Stand<'_> {
    fn command_id(&self, form: &str) -> CommandId {
        self.room.around.command_id(form)
    }
}

impl Panels<'_> {
    fn command_id(&self, form: &str) -> CommandId {
        self.room.around.command_id(form)
    }

    fn outcomes(&self) -> Vec<(String, &'static str)> {
        let all = CardOutcome::ALL.into_iter();
        all.map(|one| (kebab(&one), one.says())).collect()
    }

    fn criteria(&self) -> Vec<(String, &'static str)> {
        let all = Criterion::ALL.into_iter();
        all.map(|one| (kebab(&one), one.says())).collect()
    }

    fn severities(&self) -> Vec<(String, &'static str)> {
        let all = Severity::ALL.into_iter();
        all.map(|one| (kebab(&one), one.says())).collect()
    }

    fn relatedness(&self) -> Vec<(String, &'static str)> {
        let all = Relatedness::ALL.into_iter();
        all.map(|one| (kebab(&one), one.says())).collect()
    }

    fn adverse_outcomes(&self) -> Vec<(String, &'static str)> {
        let all = AdverseOutcome::ALL.into_iter();
        all.map(|one| (kebab(&one), one.says())).collect()
    }
}

/// What is known already: which card, when, the values around it, what was done and given, how it
/// ended. Whether it was serious, how severe, and why, a person says.
fn draft(used: &CardInUse, session: &Session, clock: &ClockFace<'_>) -> Draft {
    let closed_at = used.closed.as_ref().map(|(_, _, at)| *at);
    let because = match used.because {
        Because::Hand | Because::Sedation { .. } => used.because.says(),
        Because::Advisory { advisory } => {
            let notice = session.advisories.get(&advisory).map(|known| &known.notice);
            notice.map_or_else(
                || used.because.says(),
                |notice| {
                    let measured = notice.measured.clone().unwrap_or_default();
                    format!("because of: {} {measured}", notice.says)
                },
            )
        }
    };
    let mut lines = vec![format!(
        "{}, card {} opened {} {}.",
        used.card.title,
        used.card.letter,
        clock.time(used.opened_at),
        because.trim_end()
    )];
    let values = session
        .vital_signs()
        .into_iter()
        .filter(|(at, _)| *at >= used.opened_at - BEFORE_OPENING)
        .filter(|(at, _)| closed_at.is_none_or(|closed| *at <= closed))
        .map(|(at, values)| format!("{} {}", clock.time(at), vital_signs_say(&values)));
    lines.extend(listed("Values", values));
    let done = used.done.iter().map(|done| {
        let note = match done.note.as_str() {
            "" => String::new(),
            note => format!(": {note}"),
        };
        let says = used.card.step_says(&done.step);
        format!(
            "{} {}{note} · {says}",
            clock.time(done.at),
            done.answer.says()
        )
    });
    lines.extend(listed("Done", done));
    let given = used.medicines.iter().map(|given| {
        format!(
            "{} {} {} {}",
            clock.time(given.at),
            given.medicine,
            given.dose,
            given.route
        )
    });
    lines.extend(listed("Given", given));
    if let Some((outcome, note, at)) = &used.closed {
        let note = if note.is_empty() {
            String::new()
        } else {
            format!(": {note}")
        };
        lines.push(format!(
            "Closed {}: {}{note}.",
            clock.time(*at),
            outcome.says()
        ));
    }
    let settled = matches!(used.closed, Some((CardOutcome::Settled, _, _)));
    let before: Option<&AdverseEvent> = used.adverse_event.as_ref();
    Draft {
        opening: used.opening,
        title: used.card.title.clone(),
        description: before.map_or_else(|| lines.join("\n"), |known| known.description.clone()),
        began: clock.time(before.map_or(used.opened_at, |known| known.began_at)),
        ended: before
            .and_then(|known| known.ended_at)
            .or(closed_at.filter(|_| settled && before.is_none()))
            .map(|at| clock.time(at))
            .unwrap_or_default(),
        again: before.is_some(),
    }
}

fn listed(what: &str, lines: impl Iterator<Item = String>) -> Option<String> {
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then(|| format!("{what}: {}.", lines.join("; ")))
}
