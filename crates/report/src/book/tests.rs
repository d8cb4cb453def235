//! The book is read back by poppler: its words, its contents, its bookmarks, and its pages as
//! pictures.

use super::curve::{Curve, curve};
use super::{Block, Book, Chapter, book};
use crate::chart::{ChartInput, Theme, svg};
use crate::sample::{at, visit, zone};
use clinical::leaflet::Language;
use std::io::Write as _;
use std::process::{Command, Stdio};

fn run(program: &str, arguments: &[&str], into: &[u8]) -> Vec<u8> {
    let mut reader = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a tool of poppler-utils is missing: install poppler-utils");
    let mut pipe = reader.stdin.take().unwrap();
    let bytes = into.to_vec();
    let writing = std::thread::spawn(move || pipe.write_all(&bytes));
    let output = reader.wait_with_output().unwrap();
    assert!(output.status.success(), "{program}");
    writing.join().unwrap().ok();
    output.stdout
}

fn pages(pdf: &[u8]) -> Vec<String> {
    String::from_utf8(run("pdftotext", &["-layout", "-", "-"], pdf))
        .unwrap()
        .split('\u{c}')
        .map(|page| page.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|page| !page.is_empty())
        .collect()
}

fn chart() -> Block {
    let input = ChartInput::new(&visit(true), at("11:50:00"), &zone(), Theme::Print);
    Block::Picture {
        svg: svg(&input.without_words()),
        alt: "The session drawn on a line of time.".to_owned(),
        caption: "From left to right: time.".to_owned(),
    }
}

fn sample(language: Language) -> Book {
    let mut wished = Chapter::new("What you wished");
    wished.quote("Peace & <quiet>, #panic() *no*", "3 Nov 2026");
    let mut sessions = Chapter::new("Your sessions");
    for number in 1..=3 {
        sessions.heading(format!("Session {number}"));
        sessions.words("You were given 24 mg of ketamine into a vein, from 10:00 to 10:45.");
        sessions.blocks.push(chart());
        sessions.table(
            vec!["How it was".to_owned(), "From 0 to 10".to_owned()],
            vec![vec!["Fear".to_owned(), "3 (10:15)".to_owned()]],
        );
    }
    let mut after = Chapter::new("How you were");
    after.blocks.push(Block::Picture {
        svg: curve(&Curve {
            dots: vec![(0, 700), (500, 400), (1_000, 300)],
            sessions: vec![200],
            above: "bothers you more often".to_owned(),
            below: "bothers you less often".to_owned(),
            first: "1 Oct 2026".to_owned(),
            last: "3 Nov 2026".to_owned(),
        }),
        alt: "A line that falls.".to_owned(),
        caption: "● what you told".to_owned(),
    });
    after.list(vec!["one".to_owned(), "two".to_owned()]);
    Book {
        language,
        clinic: "Evenkeel demo clinic".to_owned(),
        title: "My journey".to_owned(),
        person: "Ana Moreno".to_owned(),
        about: vec![("Born".to_owned(), "2 Mar 1984".to_owned())],
        made: vec!["You had this made on 3 Nov 2026, 12:00.".to_owned()],
        chapters: vec![wished, sessions, after],
        day: (2026, 11, 3),
        identity: "sample".to_owned(),
        software: "Evenkeel 0.1.0".to_owned(),
    }
}

#[test]
fn the_cover_names_whose_it_is_and_when_it_was_made_and_the_contents_lead_to_the_pages() {
    let pages = pages(&book(&sample(Language::English)).unwrap());
    for text in [
        "My journey",
        "Ana Moreno",
        "Born 2 Mar 1984",
        "You had this made on 3 Nov 2026",
    ] {
        assert!(pages[0].contains(text), "{text:?} is not in: {}", pages[0]);
    }
    assert!(
        pages[1].starts_with("Ana Moreno Evenkeel demo clinic Contents"),
        "{}",
        pages[1]
    );
    // Each chapter begins a page, and the contents name it.
    for heading in ["What you wished", "Your sessions", "How you were"] {
        let place = pages
            .iter()
            .skip(2)
            .position(|page| {
                page.starts_with(&format!("Ana Moreno Evenkeel demo clinic {heading}"))
            })
            .unwrap()
            + 3;
        let line = pages[1].split(heading).nth(1).unwrap();
        let number: String = line
            .chars()
            .skip_while(|letter| !letter.is_ascii_digit())
            .take_while(char::is_ascii_digit)
            .collect();
        assert_eq!(number, place.to_string(), "{heading}: {}", pages[1]);
    }
    assert!(pages[1].contains("Session 3"));
    for (index, page) in pages.iter().enumerate().skip(1) {
        let says = format!("page {} of {}", index + 1, pages.len());
        assert!(page.contains(&says), "{says} is not in: {page}");
    }
}

#[test]
fn the_frame_speaks_the_persons_language() {
    let pdf = book(&sample(Language::Spanish)).unwrap();
    let pages = pages(&pdf);
    assert!(pages[1].contains("Contenido"), "{}", pages[1]);
    assert!(pages[2].contains("página 3 de"), "{}", pages[2]);
    let text = String::from_utf8_lossy(&pdf);
    assert!(text.contains("/Lang(es"), "the document says its language");
    assert!(text.contains("pdfuaid:part") && text.contains("/Marked true"));
}

#[test]
fn the_same_book_gives_the_same_bytes_and_markup_in_somebodys_words_is_words() {
    let one = book(&sample(Language::English)).unwrap();
    assert_eq!(one, book(&sample(Language::English)).unwrap());
    let all = pages(&one).join(" ");
    assert!(all.contains("Peace & <quiet>, #panic() *no*"), "{all}");
}

// Hazard: H72
#[test]
fn the_drawing_for_the_person_has_no_word_that_staff_wrote() {
    let session = visit(true);
    let drawn = |words: bool| {
        let input = ChartInput::new(&session, at("11:50:00"), &zone(), Theme::Print);
        svg(&if words { input } else { input.without_words() })
    };
    assert!(drawn(true).contains("asked for water"));
    assert!(!drawn(false).contains("asked for water"));
    // What was measured is drawn the same.
    for mark in ["<circle", "<path"] {
        let lost = drawn(true).matches(mark).count() - drawn(false).matches(mark).count();
        assert!(
            drawn(false).matches(mark).count() > 10 && lost < 10,
            "{mark}: {lost}"
        );
    }
}

/// One page as grey values: width, height, bytes.
fn picture(pdf: &[u8], page: usize) -> (usize, usize, Vec<u8>) {
    let number = page.to_string();
    let shot = run(
        "pdftoppm",
        &["-gray", "-r", "50", "-f", &number, "-l", &number, "-"],
        pdf,
    );
    // PGM: `P5`, width, height, largest value, then one byte a dot.
    let mut parts = shot.splitn(4, |byte| byte.is_ascii_whitespace());
    assert_eq!(parts.next().unwrap(), b"P5");
    let number = |text: &[u8]| -> usize { std::str::from_utf8(text).unwrap().parse().unwrap() };
    let (width, height) = (number(parts.next().unwrap()), number(parts.next().unwrap()));
    let rest = parts.next().unwrap();
    let dots = rest[rest.len() - width * height..].to_vec();
    (width, height, dots)
}

#[test]
fn nothing_is_drawn_beyond_the_margins_and_no_page_is_empty() {
    let pdf = book(&sample(Language::English)).unwrap();
    let count = pages(&pdf).len();
    for page in 1..=count {
        let (width, height, dots) = picture(&pdf, page);
        let ink = |x: usize, y: usize| dots[y * width + x] < 200;
        let inked = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let inked = inked.filter(|(x, y)| ink(*x, *y)).count();
        assert!(inked > 100, "page {page} is empty");
        // 15 mm of 210 at either side; the margin is 25 mm.
        let edge = width * 15 / 210;
        for y in 0..height {
            for x in (0..edge).chain(width - edge..width) {
                assert!(!ink(x, y), "page {page} has ink in its margin at {x}, {y}");
            }
        }
    }
}
