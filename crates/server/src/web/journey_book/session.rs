//! What the book tells of each session: day, drug, dose, the drawing, what was felt.

use super::words::Words;
use clinical::course::screening::person::Product;
use clinical::course::session::experience::Side;
use clinical::course::session::{Session, SessionEvent, Stage};
use clinical::leaflet::Language;
use jiff::tz::TimeZone;
use report::book::{Block, Chapter};
use report::chart::{ChartInput, Theme, svg};
use std::collections::BTreeMap;
use units::Moment;

/// The sessions in which a drug was given, in order of time.
pub(super) fn chapter(sessions: &[&Session], zone: &TimeZone, words: &Words<'_>) -> Chapter {
    let mut chapter = Chapter::new(words.says("Your sessions", "Sus sesiones"));
    if sessions.is_empty() {
        chapter.words(words.says(
            "You have had no session yet.",
            "Todavía no ha tenido una sesión.",
        ));
    }
    for (index, session) in sessions.iter().enumerate() {
        told(&mut chapter, index + 1, session, zone, words);
    }
    chapter
}

fn told(
    chapter: &mut Chapter,
    number: usize,
    session: &Session,
    zone: &TimeZone,
    words: &Words<'_>,
) {
    let Some(began) = session.first_drug_at() else {
        return;
    };
    let heading = words.says("Session", "Sesión");
    chapter.heading(format!("{heading} {number}, {}", words.day(began)));
    if session.stage != Stage::Signed {
        chapter.small(words.says(
            "Staff have not signed the record of this session yet: something in it may still be put right.",
            "El equipo todavía no firmó el expediente de esta sesión: algo puede corregirse.",
        ));
    }
    chapter.words(given(session, began, words));
    let also = also_given(session, words);
    if !also.is_empty() {
        chapter.words(words.says("Besides:", "Además:"));
        chapter.list(also);
    }
    picture(chapter, session, began, zone, words);
    felt(chapter, session, words);
}

/// `You were given 24 mg of ketamine into a vein, from 10:00 to 10:45.`
fn given(session: &Session, began: Moment, words: &Words<'_>) -> String {
    let ended = session.drug_ended_at();
    let until = ended.or(session.recorded_at).unwrap_or(began);
    let product = match session.product() {
        Product::Racemic => words.says("ketamine", "ketamina"),
        Product::Esketamine => words.says("esketamine", "esketamina"),
    };
    let route = words.route(session.route());
    let from = words.clock.time(began);
    let to = ended.map(|at| words.clock.time(at));
    let amount = session
        .given(until)
        .map(|amount| amount.rounded(2).to_string());
    if ended.is_none() && session.stage.is_present() {
        return match words.language {
            Language::English => {
                format!("You are being given {product} {route} since {from}; this session goes on.")
            }
            Language::Spanish => {
                format!("Recibe {product} {route} desde {from}; esta sesión sigue.")
            }
        };
    }
    match (words.language, amount, to) {
        (Language::English, Some(amount), Some(to)) => {
            format!("You were given {amount} of {product} {route}, from {from} to {to}.")
        }
        (Language::English, None, Some(to)) => format!(
            "You were given {product} {route}, from {from} to {to}. How much went in is not known: a device or a spray failed."
        ),
        (Language::English, _, None) => format!(
            "You were given {product} {route}, from {from}. When it ended is not written down."
        ),
        (Language::Spanish, Some(amount), Some(to)) => {
            format!("Recibió {amount} de {product} {route}, de {from} a {to}.")
        }
        (Language::Spanish, None, Some(to)) => format!(
            "Recibió {product} {route}, de {from} a {to}. No se sabe cuánto entró: falló un aparato o un aerosol."
        ),
        (Language::Spanish, _, None) => {
            format!("Recibió {product} {route}, desde {from}. No está anotado cuándo terminó.")
        }
    }
}

/// Other medicines, as they were charted; why they were given is staff's words.
fn also_given(session: &Session, words: &Words<'_>) -> Vec<String> {
    let mut also = Vec::new();
    for entry in &session.entries {
        let (medicine, dose) = match entry.standing().as_deref() {
            Some(
                SessionEvent::MedicineGiven { medicine, dose, .. }
                | SessionEvent::CardMedicineGiven { medicine, dose, .. },
            ) => (medicine.clone(), dose.clone()),
            _other => continue,
        };
        let at = words.clock.time(entry.occurred_at);
        also.push(format!("{medicine} {dose}, {at}"));
    }
    also
}

/// The drawing of the session, without what staff wrote into it.
// Hazard: H72
fn picture(
    chapter: &mut Chapter,
    session: &Session,
    began: Moment,
    zone: &TimeZone,
    words: &Words<'_>,
) {
    let until = session.recorded_at.unwrap_or(began);
    let input = ChartInput::new(session, until, zone, Theme::Print).without_words();
    chapter.blocks.push(Block::Picture {
        svg: svg(&input),
        alt: words
            .says(
                "The session drawn on a line of time: the drug, blood pressure, pulse, oxygen and breathing.",
                "La sesión dibujada en el tiempo: el medicamento, la presión, el pulso, el oxígeno y la respiración.",
            )
            .to_owned(),
        caption: words
            .says(
                "From left to right: time. ∨ and ∧ are blood pressure, ● pulse, ○ breathing; oxygen has a lane of its own, and the drug is drawn at the foot. A value that was put right stands beside the right one.",
                "De izquierda a derecha: el tiempo. ∨ y ∧ son la presión, ● el pulso, ○ la respiración; el oxígeno tiene su propia franja y el medicamento está abajo. Las palabras del dibujo están en inglés, como en el expediente. Un valor corregido queda al lado del correcto.",
            )
            .to_owned(),
    });
}

/// What the person said of how it was, from 0 to 10, and the moments that were marked.
fn felt(chapter: &mut Chapter, session: &Session, words: &Words<'_>) {
    let mut sides: BTreeMap<Side, Vec<(Moment, u8)>> = BTreeMap::new();
    let mut marked = Vec::new();
    for entry in &session.entries {
        match entry.standing().as_deref() {
            Some(SessionEvent::ExperienceRated { side, rating, .. }) => sides
                .entry(*side)
                .or_default()
                .push((entry.occurred_at, rating.points())),
            Some(SessionEvent::MomentMarked { .. }) => marked.push(entry.occurred_at),
            _other => {}
        }
    }
    let rows: Vec<Vec<String>> = sides
        .into_iter()
        .map(|(side, mut ratings)| {
            ratings.sort();
            let said: Vec<String> = ratings
                .iter()
                .map(|(at, points)| format!("{points} ({})", words.clock.time(*at)))
                .collect();
            vec![words.side(side).to_owned(), said.join(", ")]
        })
        .collect();
    chapter.table(
        vec![
            words.says("How it was", "Cómo fue").to_owned(),
            words
                .says("From 0 to 10 (when)", "De 0 a 10 (cuándo)")
                .to_owned(),
        ],
        rows,
    );
    marked.sort();
    let times: Vec<String> = marked.iter().map(|at| words.clock.time(*at)).collect();
    if !times.is_empty() {
        let says = words.says("Moments that were marked:", "Momentos que se marcaron:");
        chapter.words(format!("{says} {}", times.join(", ")));
    }
}

/// What kind of entry was put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Signs,
    Drug,
    Rating,
    Other,
}

const fn kind(event: &SessionEvent) -> Kind {
    match event {
        SessionEvent::VitalSignsCharted { .. } => Kind::Signs,
        SessionEvent::DosingStarted { .. }
        | SessionEvent::InfusionRateChanged { .. }
        | SessionEvent::BolusGiven { .. }
        | SessionEvent::DoseGiven { .. }
        | SessionEvent::MedicineGiven { .. }
        | SessionEvent::CardMedicineGiven { .. } => Kind::Drug,
        SessionEvent::ExperienceRated { .. }
        | SessionEvent::SedationScored { .. }
        | SessionEvent::DistressScored { .. } => Kind::Rating,
        _other => Kind::Other,
    }
}

/// What was put right since it was written, counted for each session.
pub(super) fn put_right(sessions: &[&Session], words: &Words<'_>) -> Chapter {
    let mut chapter =
        Chapter::new(words.says("What was put right since", "Lo que se corrigió después"));
    let mut rows = Vec::new();
    for (index, session) in sessions.iter().enumerate() {
        let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
        for entry in &session.entries {
            if !entry.corrections.is_empty() {
                *counts.entry(kind(&entry.event)).or_default() += entry.corrections.len();
            }
        }
        for (kind, count) in counts {
            let what = match kind {
                Kind::Signs => words.says(
                    "blood pressure, pulse and such",
                    "presión, pulso y parecidos",
                ),
                Kind::Drug => words.says("what was given", "lo que se dio"),
                Kind::Rating => words.says("a score", "un puntaje"),
                Kind::Other => words.says("something else", "otra cosa"),
            };
            let day = session.first_drug_at().map(|at| words.day(at));
            rows.push(vec![
                format!("{}, {}", index + 1, day.unwrap_or_default()),
                what.to_owned(),
                count.to_string(),
            ]);
        }
    }
    if rows.is_empty() {
        chapter.words(words.says(
            "Nothing in the record of a session was corrected.",
            "No se corrigió nada en el expediente de las sesiones.",
        ));
        return chapter;
    }
    chapter.words(words.says(
        "In these entries something else was written first. The record keeps both, with who corrected it and why; this book counts by what is right now.",
        "En estas anotaciones primero decía otra cosa. El expediente guarda las dos, con quién corrigió y por qué; este libro cuenta con lo que vale ahora.",
    ));
    chapter.table(
        vec![
            words.says("Session", "Sesión").to_owned(),
            words.says("What", "Qué").to_owned(),
            words.says("How often", "Cuántas veces").to_owned(),
        ],
        rows,
    );
    chapter
}
