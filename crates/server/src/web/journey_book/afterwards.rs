//! What the book tells of the time after sessions: the line of the scales, the person's own
//! answers, and side effects as they told them.

use super::words::Words;
use crate::outcomes::Told;
use crate::web::pages::follow_up_own::{began_says, lasted_says, mood_says, severity_says};
use crate::web::pages::journey::places;
use clinical::course::follow_up::{Report, Signs};

use clinical::instrument::Library;
use report::book::curve::{Curve, curve as drawn};
use report::book::{Block, Chapter};

/// What somebody said of the time after a session.
pub(super) type Said = Report;

/// The line without numbers; nothing before there is a session or an answer.
pub(super) fn curve(told: &Told, library: &Library, words: &Words<'_>, chapter: &mut Chapter) {
    let Some(places) = places(told, library, words.clock.now) else {
        return;
    };
    let of = Curve {
        above: words
            .says("bothers you more often", "le molesta más seguido")
            .to_owned(),
        below: words
            .says("bothers you less often", "le molesta menos seguido")
            .to_owned(),
        first: words.day(places.first),
        last: words.day(words.clock.now),
        dots: places.dots,
        sessions: places.sessions,
    };
    chapter.blocks.push(Block::Picture {
        svg: drawn(&of),
        alt: words
            .says(
                "A line of how often low mood, poor sleep and such bothered you, over time, with your sessions below it. The same is said in words beneath.",
                "Una línea de qué tan seguido le molestaron el desánimo, el mal sueño y cosas así, con sus sesiones debajo. Lo mismo se dice con palabras abajo.",
            )
            .to_owned(),
        caption: words
            .says(
                "● what you told of two weeks · ■ a session",
                "● lo que contó de dos semanas · ■ una sesión",
            )
            .to_owned(),
    });
}

/// What they answered after sessions, in their own words too.
pub(super) fn answers(reports: &[Said], words: &Words<'_>, chapter: &mut Chapter) {
    if reports.is_empty() {
        return;
    }
    chapter.heading(words.says(
        "What you told us after sessions",
        "Lo que nos contó después de las sesiones",
    ));
    for report in reports {
        let at = words.moment(report.at);
        let mood = report.said.mood.map_or_else(
            || words.says("not said", "sin decir"),
            |mood| mood_says(mood, words.language),
        );
        chapter.facts(vec![(at.clone(), mood.to_owned())]);
        if !report.said.words.is_empty() {
            chapter.quote(&report.said.words, at);
        }
    }
}

/// Side effects as they told them.
pub(super) fn effects(reports: &[Said], signs: &Signs, words: &Words<'_>) -> Chapter {
    let mut chapter = Chapter::new(words.says("Side effects", "Efectos secundarios"));
    let mut rows = Vec::new();
    for report in reports {
        for id in &report.said.effects {
            let name = signs
                .effect(id)
                .map_or(id.as_str(), |effect| effect.says(words.language));
            let detail = report.details.get(id);
            let said = |text: Option<&'static str>| {
                text.unwrap_or_else(|| words.says("not said", "sin decir"))
                    .to_owned()
            };
            let severity = detail.and_then(|one| one.severity);
            let began = detail.and_then(|one| one.began);
            let lasted = detail.and_then(|one| one.lasted);
            rows.push(vec![
                words.day(report.at),
                name.to_owned(),
                said(severity.map(|one| severity_says(one, words.language))),
                said(began.map(|one| began_says(one, words.language))),
                said(lasted.map(|one| lasted_says(one, words.language))),
            ]);
        }
    }
    if rows.is_empty() {
        chapter.words(words.says(
            "You have told us of none. Staff may have written down others; ask them.",
            "No nos contó de ninguno. El equipo puede haber anotado otros; pregúnteles.",
        ));
        return chapter;
    }
    chapter.words(words.says(
        "As you told them. Staff may have written down others; ask them.",
        "Como los contó. El equipo puede haber anotado otros; pregúnteles.",
    ));
    chapter.table(
        vec![
            words.says("Told on", "Contado el").to_owned(),
            words.says("What", "Qué").to_owned(),
            words.says("How bad", "Cuánto molestó").to_owned(),
            words.says("Began", "Empezó").to_owned(),
            words.says("Lasted", "Duró").to_owned(),
        ],
        rows,
    );
    chapter
}
