//! My journey: a patient's sessions and what they told of the last weeks, in one picture and in plain
//! words. No score and no judgement of the person: whether things bothered them less or more often.

use super::my_frame::Frame;
use crate::outcomes::Told;
use askama::Template;
use clinical::course::outcomes::{BaselineScore, Course, Finding, Now, Relapse};
use clinical::instrument::{Instrument, Library, Points};
use clinical::leaflet::Language;
use units::{Decimal, Moment, Span};

/// The width of the picture.
const WIDTH: i64 = 360;
/// Left and right of what is drawn.
const MARGIN: i64 = 16;
/// Where the line of answers is highest and lowest.
const TOP: i64 = 26;
const FOOT: i64 = 136;

/// What is drawn: the scale that every contact asks first.
const DRAWN: &str = "phq-9";

/// A patient's own way.
#[derive(Template)]
#[template(path = "journey.html")]
pub struct OwnJourney<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// Everything about their scales and sessions.
    pub told: &'a Told,
    /// The scales that are known.
    pub library: &'a Library,
    /// When their next visit is.
    pub next_visit: Option<Moment>,
    /// Questions wait for answers.
    pub open: bool,
}

/// Where the dots and the sessions of one's way stand, in thousandths from left to right and from
/// the foot upwards.
pub(crate) struct Places {
    /// The answers.
    pub dots: Vec<(i64, i64)>,
    /// The sessions.
    pub sessions: Vec<i64>,
    /// Where it begins.
    pub first: Moment,
}

/// The same as the picture of the page; none where there is neither a session nor an answer.
pub(crate) fn places(told: &Told, library: &Library, now: Moment) -> Option<Places> {
    let instrument = library.named(DRAWN);
    let readings = instrument.map_or_else(Vec::new, |one| told.readings(one));
    let scores: Vec<(Moment, Points)> = readings
        .into_iter()
        .filter_map(|reading| Some((reading.at, reading.points()?)))
        .collect();
    let moments = scores.iter().map(|(at, _)| *at);
    let first = moments
        .chain(told.sessions.iter().map(|(at, _)| *at))
        .min()?;
    let all = (now.max(first + Span::from_hours(24)) - first)
        .seconds()
        .max(1);
    let place = |at: Moment| (at - first).seconds() * 1_000 / all;
    let most = instrument
        .and_then(|one| one.score(one.principal.as_deref()?))
        .map_or(Decimal::ONE, |score| score.range.to.number());
    let dots = scores.iter().map(|(at, points)| {
        let up = points.number() * Decimal::from(1_000) / most.max(Decimal::ONE);
        (place(*at), i64::try_from(up.round()).unwrap_or(0))
    });
    Some(Places {
        dots: dots.collect(),
        sessions: told.sessions.iter().map(|(at, _)| place(*at)).collect(),
        first,
    })
}

/// Less or more often, by the scale's own definitions of a change that is more than chance.
pub(crate) fn answers_say(told: &Told, library: &Library, language: Language) -> &'static str {
    let says = |en: &'static str, es: &'static str| match language {
        Language::English => en,
        Language::Spanish => es,
    };
    let Some(instrument) = library.named(DRAWN) else {
        return "";
    };
    let readings = told.readings(instrument);
    let course = Course::of(instrument, &readings, told.first_drug());
    let findings = course.findings();
    let is = |id: &str, now: Now| {
        findings
            .iter()
            .any(|one: &Finding| one.id == id && one.now == now)
    };
    let known = matches!(course.baseline(), BaselineScore::Known { .. })
        && (is("deterioration", Now::Known(true)) || is("deterioration", Now::Known(false)));
    if !known {
        return says(
            "There are not yet two times to compare.",
            "Todavía no hay dos momentos para comparar.",
        );
    }
    if is("deterioration", Now::Known(true)) {
        return says(
            "In your last answers, low mood, poor sleep and such bothered you more often than before your first session. That happens, and it is not your fault. Please talk with your team about it; you need not wait for a visit.",
            "En sus últimas respuestas, el desánimo, el mal sueño y cosas así le molestaron más seguido que antes de su primera sesión. Eso pasa, y no es su culpa. Hable con su equipo; no tiene que esperar a una visita.",
        );
    }
    if matches!(
        course.relapse(),
        Relapse::OneScore { .. } | Relapse::Relapsed { .. }
    ) {
        return says(
            "For a time, low mood, poor sleep and such bothered you less. In your last answers, they bothered you more often again. That happens, and it is not your fault. Please talk with your team about it; you need not wait for a visit.",
            "Por un tiempo, el desánimo, el mal sueño y cosas así le molestaron menos. En sus últimas respuestas, otra vez le molestaron más seguido. Eso pasa, y no es su culpa. Hable con su equipo; no tiene que esperar a una visita.",
        );
    }
    if is("reliable-improvement", Now::Known(true)) {
        return says(
            "In your last answers, low mood, poor sleep and such bothered you less often than before your first session.",
            "En sus últimas respuestas, el desánimo, el mal sueño y cosas así le molestaron menos seguido que antes de su primera sesión.",
        );
    }
    says(
        "In your last answers, low mood, poor sleep and such bothered you about as often as before your first session. It can take time; talk with your team about it.",
        "En sus últimas respuestas, el desánimo, el mal sueño y cosas así le molestaron más o menos igual que antes de su primera sesión. Puede tomar tiempo; hable con su equipo.",
    )
}

/// The picture.
struct Picture {
    line: String,
    dots: Vec<(i64, i64)>,
    sessions: Vec<i64>,
    first: String,
    last: String,
    says: String,
}

impl OwnJourney<'_> {
    const fn says(&self, en: &'static str, es: &'static str) -> &'static str {
        match self.frame.language {
            Language::English => en,
            Language::Spanish => es,
        }
    }

    fn instrument(&self) -> Option<&Instrument> {
        self.library.named(DRAWN)
    }

    fn scores(&self) -> Vec<(Moment, Points)> {
        let Some(instrument) = self.instrument() else {
            return Vec::new();
        };
        let readings = self.told.readings(instrument);
        readings
            .into_iter()
            .filter_map(|reading| Some((reading.at, reading.points()?)))
            .collect()
    }

    fn day(&self, at: Moment) -> String {
        let clock = self.frame.around.clock();
        match self.frame.language {
            Language::English => clock.date(at),
            Language::Spanish => clock.date_in_numbers(at),
        }
    }

    /// None where nothing can be drawn yet: neither a session nor two answers.
    fn picture(&self) -> Option<Picture> {
        let scores = self.scores();
        let moments = scores.iter().map(|(at, _)| *at);
        let moments = moments.chain(self.told.sessions.iter().map(|(at, _)| *at));
        let first = moments.min()?;
        let now = self.frame.around.now;
        let until = now.max(first + Span::from_hours(24));
        let place = |at: Moment| {
            let all = (until - first).seconds().max(1);
            MARGIN + (at - first).seconds() * (WIDTH - 2 * MARGIN) / all
        };
        let most = self
            .instrument()
            .and_then(|one| one.score(one.principal.as_deref()?))
            .map_or(Decimal::ONE, |score| score.range.to.number());
        let dots: Vec<(i64, i64)> = scores
            .iter()
            .map(|(at, points)| {
                let part = points.number() * Decimal::from(FOOT - TOP) / most.max(Decimal::ONE);
                let part = i64::try_from(part.round()).unwrap_or(0);
                (place(*at), FOOT - part)
            })
            .collect();
        let line: Vec<String> = dots.iter().map(|(x, y)| format!("{x},{y}")).collect();
        Some(Picture {
            line: line.join(" "),
            sessions: self
                .told
                .sessions
                .iter()
                .map(|(at, _)| place(*at))
                .collect(),
            dots,
            first: self.day(first),
            last: self.says("today", "hoy").to_owned(),
            says: format!("{} {}", self.sessions_say(), self.answers_say()),
        })
    }

    fn sessions_say(&self) -> String {
        let days: Vec<String> = self
            .told
            .sessions
            .iter()
            .map(|(at, _)| self.day(*at))
            .collect();
        match (days.as_slice(), self.frame.language) {
            ([], Language::English) => "You have had no session yet.".to_owned(),
            ([], Language::Spanish) => "Todavía no ha tenido una sesión.".to_owned(),
            ([one], Language::English) => format!("You have had one session, on {one}."),
            ([one], Language::Spanish) => format!("Ha tenido una sesión, el {one}."),
            ([first, .., last], Language::English) => format!(
                "You have had {} sessions, from {first} to {last}.",
                days.len()
            ),
            ([first, .., last], Language::Spanish) => {
                format!("Ha tenido {} sesiones, del {first} al {last}.", days.len())
            }
        }
    }

    fn answers_say(&self) -> &'static str {
        answers_say(self.told, self.library, self.frame.language)
    }

    fn next(&self) -> Vec<String> {
        let clock = self.frame.around.clock();
        let mut next = Vec::new();
        if let Some(starts) = self.next_visit {
            next.push(match self.frame.language {
                Language::English => format!("Your next visit: {}.", clock.full(starts)),
                Language::Spanish => format!("Su próxima visita: {}.", clock.in_numbers(starts)),
            });
        }
        if let Some(due) = self.told.next_contact {
            next.push(match self.frame.language {
                Language::English => format!("We write to you: {}.", self.day(due)),
                Language::Spanish => format!("Le escribimos: {}.", self.day(due)),
            });
        }
        if next.is_empty() {
            let nothing = self.says(
                "Nothing is planned now. You can write to us at any time.",
                "Ahora no hay nada planeado. Puede escribirnos cuando quiera.",
            );
            next.push(nothing.to_owned());
        }
        next
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}
