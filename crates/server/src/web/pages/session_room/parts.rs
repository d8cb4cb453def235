//! The parts of the room, each its own template, so that the page and the live refresh are
//! written by the same hand.

use super::acts::{ActBar, ActPanels};
use super::cards::CardsInRoom;
use super::{SessionRoom, feed_word};
use crate::live::{Delivery, Tiles};
use crate::web::pages::clock_face::ClockFace;
use crate::web::pages::entry_line::{EntryLine, MonitorNames, actor_says};
use crate::web::pages::gate::GatePanel;
use crate::web::pages::identity_strip::IdentityStrip;
use crate::web::pages::tile::{TileView, bars};
use crate::web::pages::{around::Around, written};
use askama::Template;
use clinical::advisory::Condition;
use clinical::course::session::state::Advisory;
use clinical::course::session::{AdvisoryNotice, Stage};
use serde::Serialize;

/// What `/sessions/{id}/fragments` answers: the parts that change with the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fragments {
    /// The session's version that these parts show.
    pub version: u64,
    /// The banner.
    pub banner: String,
    /// The gate; empty where none stands next.
    pub gate: String,
    /// The chart as SVG.
    pub chart: String,
    /// The band of notices.
    pub advisories: String,
    /// Emergency cards that stand open, and adverse events that wait.
    pub cards: String,
    /// The record.
    pub entries: String,
    /// The acts: the bar and its panels.
    pub acts: String,
    /// The strip of tiles.
    pub tiles: String,
    /// The dose.
    pub dose: String,
}

#[derive(Template)]
#[template(path = "session_room/page.html")]
struct Page<'a> {
    around: Around<'a>,
    session: String,
    person: String,
    version: u64,
    feed: &'static str,
    advisories_on: bool,
    live: &'a Tiles,
    refused: Option<&'a str>,
    saved: Option<String>,
    strip: IdentityStrip,
    parts: Fragments,
}

#[derive(Template)]
#[template(path = "session_room/banner.html")]
struct Banner {
    strip: IdentityStrip,
    room: String,
    stage: Stage,
    stage_since: Option<String>,
    elapsed: Option<String>,
    due: String,
    due_now: bool,
    now: String,
    now_milliseconds: i64,
    record: Option<String>,
}

#[derive(Template)]
#[template(path = "session_room/notices.html")]
struct Notices<'a> {
    room: &'a SessionRoom<'a>,
    lines: Vec<NoticeLine>,
}

struct NoticeLine {
    number: u32,
    /// All that are shown as this one, itself among them.
    numbers: Vec<u32>,
    condition: Option<Condition>,
    cause: Option<Condition>,
    priority: &'static str,
    bars: &'static str,
    technical: bool,
    /// Where it comes from.
    origin: &'static str,
    says: String,
    detail: String,
    /// What else has the same cause, with its numbers.
    also: Vec<String>,
    since: String,
    ended: Option<String>,
    acknowledged: Option<String>,
    /// The emergency card that it offers: its name and letter, and the opening that stands.
    card: Option<(String, String, Option<u32>)>,
}

impl NoticeLine {
    /// The same cause in the same state: one tap answers both.
    fn is_like(&self, other: &Self) -> bool {
        self.cause == other.cause
            && self.acknowledged.is_some() == other.acknowledged.is_some()
            && self.ended.is_some() == other.ended.is_some()
    }
}

#[derive(Template)]
#[template(path = "session_room/gate.html")]
struct Gate<'a> {
    panel: &'a GatePanel,
}

#[derive(Template)]
#[template(path = "session_room/tiles.html")]
struct Strip<'a> {
    tiles: Vec<TileView<'a>>,
    scores: Vec<(&'static str, String, String)>,
}

#[derive(Template)]
#[template(path = "session_room/dose.html")]
struct Dose<'a> {
    drug: String,
    ordered: String,
    ordered_per_kilogram: String,
    weight: String,
    concentration: String,
    volume: String,
    rate: String,
    stage: Stage,
    given: Option<&'a Delivery>,
    bag_should_be_empty: bool,
    change: Option<String>,
}

#[derive(Template)]
#[template(path = "session_room/entries.html")]
struct Entries {
    session: String,
    lines: Vec<EntryLine>,
    may_act: bool,
}

pub(super) fn page(room: &SessionRoom<'_>) -> String {
    written(&Page {
        around: room.around,
        session: room.session.id.to_string(),
        person: room
            .session
            .patient
            .map(|person| person.to_string())
            .unwrap_or_default(),
        version: room.session.version,
        feed: feed_word(room.live.feed),
        advisories_on: room.advisories_on,
        live: room.live,
        refused: room.refused,
        saved: room.saved.map(|at| room.around.clock().time(at)),
        strip: room.strip(),
        parts: fragments(room),
    })
}

pub(super) fn fragments(room: &SessionRoom<'_>) -> Fragments {
    let gate = room.gate_panel();
    let cards = CardsInRoom::of(room);
    let acts = format!(
        "{}{}",
        written(&ActBar::of(room, gate.as_ref())),
        written(&ActPanels::of(
            room,
            gate.as_ref(),
            written(&cards.panels())
        ))
    );
    Fragments {
        version: room.session.version,
        banner: banner(room),
        gate: gate.as_ref().map_or_else(String::new, self::gate),
        chart: room.chart.to_owned(),
        advisories: notices(room),
        cards: written(&cards.stand()),
        entries: written(&Entries {
            session: room.session.id.to_string(),
            lines: room.entries(),
            may_act: room.may_act && !matches!(room.session.stage, Stage::Signed),
        }),
        acts,
        tiles: tiles(room),
        dose: dose(room),
    }
}

/// A gate's panel alone.
pub fn gate(panel: &GatePanel) -> String {
    written(&Gate { panel })
}

fn banner(room: &SessionRoom<'_>) -> String {
    let (due, due_now) = room.due_says();
    let stage = room.session.stage;
    written(&Banner {
        strip: room.strip(),
        room: room.session.room.clone(),
        stage,
        stage_since: room
            .session
            .stage_since
            .map(|at| room.around.clock().when(at)),
        elapsed: room
            .live
            .delivered
            .as_ref()
            .map(|given| given.elapsed.clone()),
        due,
        due_now,
        now: room.around.time(),
        now_milliseconds: room.around.milliseconds(),
        record: (stage == Stage::Signed)
            .then(|| format!("/sessions/{}/record.pdf", room.session.id)),
    })
}

fn notices(room: &SessionRoom<'_>) -> String {
    let clock = room.around.clock();
    // What ended by itself is shown until somebody has seen it: nothing is signed before.
    let ended = room.session.advisories.values().filter(|one| {
        one.resolved.is_some() && one.acknowledged.is_none() && !one.notice.technical
    });
    let mut lines: Vec<NoticeLine> = Vec::new();
    for advisory in room.open_advisories().into_iter().chain(ended) {
        let line = notice_line(advisory, clock, room.monitors);
        // The gravest of one cause speaks; the others stand in its words. Hazard: H12
        let leading = lines
            .iter_mut()
            .find(|known| known.cause.is_some() && known.is_like(&line));
        match leading {
            Some(known) => {
                known.numbers.extend(line.numbers);
                known.also.push(format!("{} {}", line.says, line.detail));
            }
            None => lines.push(line),
        }
    }
    let standing = room.session.cards();
    for line in &mut lines {
        // Hazard: H56
        line.card = line
            .condition
            .and_then(|condition| room.cards.for_condition(condition))
            .map(|card| {
                let stands = standing
                    .iter()
                    .find(|known| known.closed.is_none() && known.card.id == card.id);
                (
                    card.id.clone(),
                    card.letter.clone(),
                    stands.map(|known| known.opening),
                )
            });
    }
    written(&Notices { room, lines })
}

fn notice_line(advisory: &Advisory, clock: ClockFace<'_>, monitors: &MonitorNames) -> NoticeLine {
    let notice = &advisory.notice;
    let detail = match (&notice.measured, &notice.limit) {
        (Some(measured), Some(limit)) => format!("{measured}, limit {limit}"),
        (Some(one), None) | (None, Some(one)) => one.clone(),
        (None, None) => String::new(),
    };
    NoticeLine {
        number: advisory.number,
        numbers: vec![advisory.number],
        condition: Condition::from_word(&notice.condition),
        card: None,
        cause: Condition::from_word(&notice.condition).map(Condition::cause),
        priority: notice.priority.word(),
        bars: bars(notice.priority),
        technical: notice.technical,
        origin: if notice.technical {
            "signal"
        } else if notice.condition == AdvisoryNotice::CONSENT_WITHDRAWN {
            "consent"
        } else {
            "clinic limit"
        },
        says: notice.says.clone(),
        detail,
        also: Vec::new(),
        since: clock.time(notice.since),
        ended: advisory
            .resolved
            .as_ref()
            .map(|(how, at)| format!("{}: {how}", clock.time(*at))),
        acknowledged: advisory
            .acknowledged
            .as_ref()
            .map(|(actor, at)| format!("{} at {}", actor_says(actor, monitors), clock.time(*at))),
    }
}

fn tiles(room: &SessionRoom<'_>) -> String {
    let clock = room.around.clock();
    let mut scores = Vec::new();
    scores.push(room.session.sedation().map_or_else(
        || {
            (
                "Responsiveness",
                "--".to_owned(),
                "MOAA/S, never scored".to_owned(),
            )
        },
        |(at, score)| {
            let says = format!("MOAA/S of 5, {}", clock.when(at));
            ("Responsiveness", score.points().to_string(), says)
        },
    ));
    scores.push(room.session.distress().map_or_else(
        || {
            (
                "Distress",
                "--".to_owned(),
                "of 10, never scored".to_owned(),
            )
        },
        |(at, score)| {
            (
                "Distress",
                score.points().to_string(),
                format!("of 10, {}", clock.when(at)),
            )
        },
    ));
    written(&Strip {
        tiles: room.live.tiles.iter().map(TileView).collect(),
        scores,
    })
}

fn dose(room: &SessionRoom<'_>) -> String {
    let Some(order) = &room.session.order else {
        return "<p class=\"soft\">No order is recorded for this visit.</p>".to_owned();
    };
    let given = room.live.delivered.as_ref();
    written(&Dose {
        drug: order.drug.clone(),
        ordered: order.dose.to_string(),
        ordered_per_kilogram: order
            .dose
            .per_kilogram(order.dosing_weight)
            .map_or_else(|_| "not known".to_owned(), |dose| dose.to_string()),
        weight: order.dosing_weight.to_string(),
        concentration: order.concentration.to_string(),
        volume: order.volume.to_string(),
        rate: order.rate.to_string(),
        stage: room.session.stage,
        change: (room.may_order
            && matches!(room.session.stage, Stage::Planned | Stage::Preparation))
        .then(|| format!("/sessions/{}/order", room.session.id)),
        bag_should_be_empty: given.is_some_and(|given| given.bag_should_be_empty),
        given,
    })
}
