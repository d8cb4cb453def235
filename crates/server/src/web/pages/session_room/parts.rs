//! The parts of the room, each its own template, so that the page and the live refresh are
//! written by the same hand.

use super::acts::{ActBar, ActPanels, alongside};
use super::cards::CardsInRoom;
use super::held::{Held, Panels as HeldPanels};
use super::start::{StartGate, StartPanels};
use super::{SessionRoom, feed_word};
use crate::live::{Delivery, NextCheck, Tiles};
use crate::prediction::{LIMITS, Said};
use crate::web::pages::clock_face::ClockFace;
use crate::web::pages::entry_line::{EntryLine, MonitorNames, actor_says};
use crate::web::pages::gate::GatePanel;
use crate::web::pages::identity_strip::IdentityStrip;
use crate::web::pages::tile::{TileView, bars};
use crate::web::pages::{around::Around, written};
use askama::Template;
use clinical::advisory::Condition;
use clinical::course::prediction::Changed;
use clinical::course::session::state::Advisory;
use clinical::course::session::{AdvisoryNotice, Stage, VitalSigns, form_pressures};
use serde::Serialize;
use units::Moment;

/// What `/sessions/{id}/fragments` answers: the parts that change with the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fragments {
    /// The session's version that these parts show.
    pub version: u64,
    /// The banner.
    pub banner: String,
    /// The gate; empty where none stands next.
    pub gate: String,
    /// The patient's signal, in one line; empty where nobody is here.
    pub signal: String,
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
    /// How the person is held: the room, wishes, what is to be said or charted.
    pub held: String,
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
    may_act: bool,
    live: &'a Tiles,
    refused: Option<&'a str>,
    saved: Option<String>,
    strip: IdentityStrip,
    parts: Fragments,
    programme: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "session_room/banner.html")]
struct Banner<'a> {
    strip: IdentityStrip,
    room: String,
    stage: &'static str,
    stage_since: Option<String>,
    elapsed: Option<String>,
    clocks: &'a [NextCheck],
    present: bool,
    now: String,
    now_milliseconds: i64,
    /// Where notes on the session are written, once its drug has ended.
    written: Option<String>,
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
    cause: Option<Cause>,
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
    /// When a second person was told.
    escalated: Option<String>,
    /// The emergency card that it offers: its name and letter, and the opening that stands.
    card: Option<(String, String, Option<u32>)>,
}

/// What notices have in common that one tap answers together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// A limit of the clinic.
    Limit(Condition),
    /// The patient's signal.
    Signal,
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
    /// How many of how many, where nothing is pumped.
    doses: Option<String>,
    /// How much of a device went in is not known.
    uncertain: bool,
    /// Other medicines, and what to do if.
    alongside: Vec<String>,
    /// What stands for the safety programme's monitoring form so far.
    form: Option<String>,
    given: Option<&'a Delivery>,
    bag_should_be_empty: bool,
    change: Option<String>,
    ledger: String,
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
        may_act: room.may_act,
        live: room.live,
        refused: room.refused,
        saved: room.saved.map(|at| room.around.clock().time(at)),
        strip: room.strip(),
        parts: fragments(room),
        programme: room.programme,
    })
}

pub(super) fn acts(room: &SessionRoom<'_>) -> String {
    let gate = room.gate_panel();
    let cards = CardsInRoom::of(room);
    // The patient's signal is used as long as somebody is here.
    let mut panels = written(&cards.panels());
    if room.session.stage.is_present() {
        panels.push_str(&written(&StartPanels::of(room)));
    }
    panels.push_str(&written(&HeldPanels::of(room)));
    format!(
        "{}{}",
        written(&ActBar::of(room, gate.as_ref())),
        written(&ActPanels::of(room, gate.as_ref(), panels))
    )
}

pub(super) fn open_cards(room: &SessionRoom<'_>) -> (String, String) {
    let cards = CardsInRoom::of(room);
    (written(&cards.stand()), written(&cards.panels()))
}

pub(super) fn fragments(room: &SessionRoom<'_>) -> Fragments {
    let gate = room.gate_panel();
    let cards = CardsInRoom::of(room);
    let acts = acts(room);
    Fragments {
        version: room.session.version,
        banner: banner(room),
        gate: match (&gate, room.session.stage) {
            (Some(panel), Stage::Preparation) => written(&StartGate::of(room, panel)),
            (Some(panel), _) => self::gate(panel),
            (None, _) => String::new(),
        },
        signal: signal(room),
        chart: chart(room),
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
        held: written(&Held::of(room)),
    }
}

/// A gate's panel alone.
pub fn gate(panel: &GatePanel) -> String {
    written(&Gate { panel })
}

#[derive(Template)]
#[template(path = "session_room/predicted.html")]
struct PredictedWords<'a> {
    said: &'a Said,
    limits: &'static str,
    /// Where the person's scores over time are, for whoever may open them.
    outcomes: Option<String>,
    /// Where a change of the pump is supposed, while there is one that could be changed.
    supposed: Option<String>,
}

/// The chart, and below it what its predicted lane is. Hazard: H69
fn chart(room: &SessionRoom<'_>) -> String {
    let words = room.predicted.map_or_else(String::new, |said| {
        written(&PredictedWords {
            said,
            limits: LIMITS,
            outcomes: room
                .session
                .patient
                .filter(|_| room.may_act)
                .map(|patient| format!("/patients/{patient}/outcomes")),
            supposed: Changed::now(room.session, room.around.now)
                .filter(|_| said.broken.is_none())
                .map(|_| format!("/sessions/{}/supposed", room.session.id)),
        })
    });
    format!("{}{words}", room.chart)
}

#[derive(Template)]
#[template(path = "session_room/signal.html")]
struct SignalLine {
    session: String,
    says: String,
    last: String,
    connected: bool,
    may_act: bool,
}

/// The patient's signal in one line, in its one place. Hazard: H60
fn signal(room: &SessionRoom<'_>) -> String {
    if !room.session.stage.is_present() {
        return String::new();
    }
    let clock = room.around.clock();
    written(&SignalLine {
        session: room.session.id.to_string(),
        says: crate::web::pages::signal::stands(room.session, room.signal_heard, &clock),
        last: room.session.signal.last().map_or_else(String::new, |last| {
            format!("{}, {}", last.meaning.says(), clock.time(last.at))
        }),
        connected: room.session.signal.device.is_some(),
        may_act: room.may_act,
    })
}

fn banner(room: &SessionRoom<'_>) -> String {
    let stage = room.session.stage;
    written(&Banner {
        strip: room.strip(),
        room: room.session.room.clone(),
        stage: room.session.stage_says(),
        stage_since: room
            .session
            .stage_since
            .map(|at| room.around.clock().when(at)),
        elapsed: room
            .live
            .delivered
            .as_ref()
            .map(|given| given.elapsed.clone()),
        clocks: &room.live.clocks,
        present: stage.is_present(),
        now: room.around.time(),
        now_milliseconds: room.around.milliseconds(),
        written: matches!(
            stage,
            Stage::Stopped
                | Stage::Observation
                | Stage::Discharged
                | Stage::Cancelled
                | Stage::Signed
        )
        .then(|| format!("/sessions/{}/notes", room.session.id)),
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
                known.escalated = known.escalated.take().or(line.escalated);
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
        cause: if notice.is_of_the_signal() && !notice.technical {
            Some(Cause::Signal)
        } else {
            Condition::from_word(&notice.condition).map(|known| Cause::Limit(known.cause()))
        },
        priority: notice.priority.word(),
        bars: bars(notice.priority),
        technical: notice.technical,
        origin: if notice.technical {
            "signal"
        } else if notice.is_of_the_signal() {
            "the patient"
        } else if notice.condition == AdvisoryNotice::CONSENT_WITHDRAWN {
            "consent"
        } else {
            "clinic limit"
        },
        says: notice.says.clone(),
        detail,
        also: Vec::new(),
        since: clock.time(notice.since),
        escalated: advisory.escalated.map(|at| clock.time(at)),
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

/// What was given of the doses, and until when the person stays; none where a pump runs.
fn doses_say(room: &SessionRoom<'_>) -> Option<String> {
    let session = room.session;
    let (number, _) = session.way().doses()?;
    let one = session.way().one();
    let given = session.doses().len();
    let last = session.last_dose_at().map_or_else(String::new, |at| {
        format!(", the last one at {}", room.around.clock().time(at))
    });
    Some(if given == 0 {
        session.way().doses_say()?
    } else if number == 1 {
        format!("{one} given{last}")
    } else {
        format!("{given} of {number} {one}s given{last}")
    })
}

/// The pressures of the monitoring form: before, at its minute, and the newest one for leaving.
/// Source: clinical reference 6.3: a reading that is missing is said, and is not made up.
fn form_says(room: &SessionRoom<'_>) -> Option<String> {
    let form = form_pressures(room.session)?;
    let clock = room.around.clock();
    let says = |taken: &Option<(Moment, VitalSigns)>| {
        let (at, values) = taken.as_ref()?;
        let (systolic, diastolic) = (values.systolic?.value(), values.diastolic?);
        Some(format!("{systolic}/{diastolic} at {}", clock.time(*at)))
    };
    let before = says(&form.before).unwrap_or_else(|| "missing".to_owned());
    let at_the_minute = says(&form.at_the_minute).unwrap_or_else(|| {
        if room.around.now > form.minute_ends {
            "missing: obtain one now, and say why in a note".to_owned()
        } else {
            "to come".to_owned()
        }
    });
    let leaving = says(&form.latest).unwrap_or_else(|| "to come".to_owned());
    Some(format!(
        "Monitoring form · before: {before} · {} min: {at_the_minute} · before leaving: {leaving}",
        form.minute
    ))
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
        doses: doses_say(room),
        uncertain: room.session.delivery_is_uncertain(),
        alongside: alongside(order),
        form: form_says(room),
        ledger: format!("/sessions/{}/drug", room.session.id),
        change: (room.may_order
            && matches!(room.session.stage, Stage::Planned | Stage::Preparation))
        .then(|| format!("/sessions/{}/order", room.session.id)),
        bag_should_be_empty: given.is_some_and(|given| given.bag_should_be_empty),
        given,
    })
}
