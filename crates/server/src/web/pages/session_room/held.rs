//! How the person is held in the room: who has it, what is agreed and wished, what support has
//! done, and what a note says that can be charted; with the panels of these acts.

use super::SessionRoom;
use super::acts::{kebab, person};
use crate::web::experience_acts::says;
use crate::web::pages::clock_face::ClockFace;
use crate::web::pages::entry_line::{MonitorNames, actor_says};
use askama::Template;
use clinical::course::session::experience::{EFFECT_AFTER, support_says};
use clinical::course::session::{Effect, Observed, SessionEvent, Side, SupportKind};
use clinical::course::wishes::{Said, Touch, Wishes};
use clinical::phrase::{Recognised, Vocabulary, recognise};
use clinical::record::CommandId;
use std::fmt::Display;

/// The card beside the tiles.
#[derive(Template)]
#[template(path = "session_room/held.html")]
pub(super) struct Held<'a> {
    room: &'a SessionRoom<'a>,
    person: String,
    has_room: Option<String>,
    /// The reader has the room.
    mine: bool,
    open: &'a [String],
    touch: Option<(&'static str, String)>,
    no_touch: bool,
    lines: Vec<Line>,
    effect: Option<EffectAsked>,
    phrases: Vec<Phrase>,
    wishes_page: String,
}

/// A wish in words.
pub(in crate::web::pages) struct Line {
    pub(in crate::web::pages) label: &'static str,
    pub(in crate::web::pages) says: String,
    pub(in crate::web::pages) from: String,
}

/// Support whose effect is to be said.
struct EffectAsked {
    entry: String,
    at: String,
    says: String,
}

/// Something recognised in a note.
struct Phrase {
    note: String,
    form: String,
    at: String,
    place: usize,
    says: String,
    medicine: bool,
}

/// The panels.
#[derive(Template)]
#[template(path = "session_room/held_panels.html")]
pub(super) struct Panels<'a> {
    room: &'a SessionRoom<'a>,
    name: String,
    person: String,
    touch: Option<Touch>,
    touch_says: String,
}

impl<'a> Held<'a> {
    pub(super) fn of(room: &'a SessionRoom<'a>) -> Self {
        let clock = room.around.clock();
        let said = |said: &Said<Touch>| {
            let by = actor_says(&said.by, room.monitors);
            (said.what.says(), format!("{by}, {}", clock.when(said.at)))
        };
        let touch = room.wishes.touch();
        let effect = room
            .session
            .effect_to_say(room.around.now)
            .filter(|_| room.session.stage.is_present())
            .and_then(|entry| match &*entry.standing()? {
                SessionEvent::SupportGiven { kind, note, detail } => Some(EffectAsked {
                    entry: entry.event_id.to_string(),
                    at: clock.time(entry.occurred_at),
                    says: support_says(*kind, detail, note),
                }),
                _other => None,
            });
        let has_room = room.session.has_room();
        Self {
            room,
            person: person(room),
            mine: match (has_room, room.reader) {
                (Some((clinical::record::Actor::Person { id, .. }, _)), Some(reader)) => {
                    *id == reader
                }
                (Some(_) | None, Some(_) | None) => false,
            },
            has_room: has_room.map(|(actor, at)| {
                format!(
                    "{}, since {}",
                    actor_says(actor, room.monitors),
                    clock.when(at)
                )
            }),
            open: room.open,
            no_touch: touch.is_some_and(|said| said.what == Touch::NoTouch),
            touch: touch.map(said),
            lines: wish_lines(room.wishes, &room.around.clock(), room.monitors),
            effect,
            phrases: phrases(room),
            wishes_page: format!("/patients/{}/wishes", person(room)),
        }
    }

    fn command_id(&self, form: &str) -> CommandId {
        self.room.around.command_id(form)
    }

    /// The reader is a therapist.
    fn keeps_private_notes(&self) -> bool {
        self.room
            .around
            .viewer
            .is_some_and(|viewer| crate::web::access::THERAPIST.include(viewer.role))
    }

    fn effects(&self) -> Vec<(String, &'static str)> {
        Effect::ALL
            .into_iter()
            .map(|effect| (kebab(&effect), effect.says()))
            .collect()
    }
}

/// What the person wishes besides touch, each with who said it and when.
pub(in crate::web::pages) fn wish_lines(
    wishes: &Wishes,
    clock: &ClockFace<'_>,
    monitors: &MonitorNames,
) -> Vec<Line> {
    let from = |by: &clinical::record::Actor, at| {
        format!("{}, {}", actor_says(by, monitors), clock.when(at))
    };
    let words = |label, said: &Option<Said<String>>| {
        said.as_ref().map(|said| Line {
            label,
            says: said.what.clone(),
            from: from(&said.by, said.at),
        })
    };
    let chosen = |says: &str, words: &String| {
        if words.is_empty() {
            says.to_owned()
        } else {
            format!("{says}: {words}")
        }
    };
    [
        words("intention", &wishes.intention),
        wishes.music.as_ref().map(|said| Line {
            label: "music",
            says: chosen(said.what.0.says(), &said.what.1),
            from: from(&said.by, said.at),
        }),
        wishes.light.as_ref().map(|said| Line {
            label: "light",
            says: chosen(said.what.0.says(), &said.what.1),
            from: from(&said.by, said.at),
        }),
        words("what helps", &wishes.helps),
        words("what frightens", &wishes.frightens),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What notes say that nobody has charted yet, newest note first.
fn phrases(room: &SessionRoom<'_>) -> Vec<Phrase> {
    let Some(vocabulary) = Vocabulary::shipped().filter(|_| room.may_act) else {
        return Vec::new();
    };
    let clock = room.around.clock();
    let mut phrases = Vec::new();
    for entry in room.session.entries.iter().rev() {
        let standing = entry.standing();
        let Some(SessionEvent::NoteWritten { text }) = standing.as_deref() else {
            continue;
        };
        for (place, recognised) in recognise(text, vocabulary).iter().enumerate() {
            let charted = match recognised {
                Recognised::Medicine { medicine, dose, .. } => {
                    room.session.medicines_given().any(|known| {
                        known.note == Some(entry.event_id)
                            && known.medicine == medicine
                            && known.dose == dose
                    })
                }
                Recognised::Rated { side, .. } => room.session.entries.iter().any(|known| {
                    matches!(&known.event, SessionEvent::ExperienceRated { side: rated, note, .. }
                        if rated == side && *note == Some(entry.event_id))
                        && known.standing().is_some()
                }),
            };
            if !charted {
                phrases.push(Phrase {
                    note: entry.event_id.to_string(),
                    form: format!("phrase-{}-{place}", entry.event_id),
                    at: clock.time(entry.occurred_at),
                    place,
                    says: says(recognised),
                    medicine: matches!(recognised, Recognised::Medicine { .. }),
                });
            }
        }
    }
    phrases
}

impl<'a> Panels<'a> {
    pub(super) fn of(room: &'a SessionRoom<'a>) -> Self {
        let touch = room.wishes.touch();
        Self {
            room,
            name: room.strip().name,
            person: person(room),
            touch: touch.map(|said| said.what),
            touch_says: touch.map_or_else(
                || "Nobody has asked yet: no touch is charted before.".to_owned(),
                |said| {
                    format!(
                        "{}, said {} by {}",
                        said.what.says(),
                        room.around.clock().when(said.at),
                        actor_says(&said.by, room.monitors)
                    )
                },
            ),
        }
    }

    fn command_id(&self, form: &str) -> CommandId {
        self.room.around.command_id(form)
    }

    fn sides(&self) -> [Side; 11] {
        Side::ALL
    }

    fn points(&self) -> std::ops::RangeInclusive<u8> {
        0..=10
    }

    fn touches(&self) -> [Touch; 5] {
        Touch::ALL
    }

    fn observed(&self) -> Vec<(String, &'static str)> {
        Observed::ALL
            .into_iter()
            .map(|one| (kebab(&one), one.says()))
            .collect()
    }

    /// Each kind, and whether it is agreed: what was not agreed cannot be chosen.
    fn supports(&self) -> Vec<(String, &'static str, bool)> {
        SupportKind::OFFERED
            .into_iter()
            .map(|kind| {
                let agreed = match kind {
                    SupportKind::Hand => self.touch.is_some_and(Touch::allows_hand),
                    SupportKind::Shoulder => self.touch.is_some_and(Touch::allows_shoulder),
                    _no_touch => true,
                };
                (kebab(&kind), kind.says(), agreed)
            })
            .collect()
    }

    fn effect_minutes(&self) -> impl Display {
        EFFECT_AFTER.seconds() / 60
    }
}
