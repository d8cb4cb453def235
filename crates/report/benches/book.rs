//! How long a book of forty pages takes (at most 1.5 s is wanted), and the record of one session
//! (at most 150 ms and 300 kB).

#![allow(clippy::unwrap_used, missing_docs, dead_code)]

// The story that the tests tell: a whole visit with a value for each minute.
#[path = "../src/sample.rs"]
mod sample;

use clinical::course::note::Notes;
use clinical::leaflet::Language;
use report::book::{Block, Book, Chapter, book};
use report::chart::{ChartInput, Theme, svg};
use report::document::{DocumentInput, session_record};
use std::time::Instant;

/// So many sessions, one page each, fill forty pages with the cover and the contents.
const SESSIONS: usize = 37;

fn main() {
    let visit = sample::visit(true);
    let chart = || {
        let input = ChartInput::new(
            &visit,
            sample::at("11:50:00"),
            &sample::zone(),
            Theme::Print,
        );
        svg(&input.without_words())
    };
    let mut sessions = Chapter::new("Your sessions");
    for number in 1..=SESSIONS {
        sessions.heading(format!("Session {number}, 3 Nov 2026"));
        sessions.words("You were given 24 mg of ketamine into a vein, from 10:00 to 10:45.");
        sessions.blocks.push(Block::Picture {
            svg: chart(),
            alt: "The session drawn on a line of time".to_owned(),
            caption: "From left to right: time".to_owned(),
        });
        sessions.quote(
            &"It was quiet, and then it was not. ".repeat(8),
            "3 Nov 2026",
        );
        let row = || vec!["Fear".to_owned(), "3 (10:15), 1 (10:30)".to_owned()];
        let head = vec!["How it was".to_owned(), "From 0 to 10".to_owned()];
        sessions.table(head, (0..6).map(|_| row()).collect());
    }
    let whole = Book {
        language: Language::English,
        clinic: "Harbour Street Clinic".to_owned(),
        title: "My journey".to_owned(),
        person: "Ana Moreno".to_owned(),
        about: Vec::new(),
        made: Vec::new(),
        chapters: vec![sessions],
        day: (2026, 11, 3),
        identity: "bench".to_owned(),
        software: "Evenkeel".to_owned(),
    };
    for round in ["first", "second"] {
        let begin = Instant::now();
        let bytes = book(&whole).unwrap();
        println!(
            "a book of {SESSIONS} sessions, {round} time: {:.2} s, {} kB",
            begin.elapsed().as_secs_f64(),
            bytes.len() / 1_000
        );
        if let (Ok(path), "first") = (std::env::var("BOOK_TO"), round) {
            std::fs::write(path, &bytes).unwrap();
        }
    }
    let input = DocumentInput::from_session(
        &visit,
        (&sample::person(), &Notes::default()),
        &sample::LEAF,
        "Harbour Street Clinic",
        &sample::zone(),
    );
    let begin = Instant::now();
    let bytes = session_record(&input).unwrap();
    println!(
        "the record of one session: {:.0} ms, {} kB",
        begin.elapsed().as_secs_f64() * 1_000.0,
        bytes.len() / 1_000
    );
}
