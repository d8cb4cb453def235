//! A clinic's own files: what is taken, and what is refused with its line and a sentence.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::instrument::{
    Answer, Answers, Library, Points, ScoringResult, UnreadableInstrument, assess,
};

/// Two questions of a clinic's own.
const OWN: &str = r#"id = "sleep-diary"
version = 1
title = "Sleep diary"
measures = "sleep"
answered_by = "patient"
recall = "past-week"
worse = "higher"
principal = "total"
source = "our clinic"

[licence]
verdict = "ship"
holder = "Our clinic"
terms = "Ours."
source = "our clinic"

[options]
nights = [
  { id = "none", points = 0 },
  { id = "some", points = 1 },
  { id = "most", points = 2 },
]

[[item]]
id = "late"
options = "nights"

[[item]]
id = "how-late"
range = { from = 0, to = 2 }
ask_if = [[{ item = "late", one_of = ["some", "most"] }]]
when_not_asked = 0

[[score]]
id = "total"
title = "Total"
by = "sum"
of = ["late", "how-late"]
weights = { how-late = 2 }
when_missing = { count_as = 0 }
range = { from = 0, to = 6 }

[[band]]
id = "bad"
title = "Bad"
at_least = 3

[[band]]
id = "good"
title = "Good"

[wording.en]
instruction = "The last week:"
source = "our clinic"

[wording.en.item]
late = "I fell asleep late."
how-late = "How late?"

[wording.en.option.nights]
none = "No night"
some = "Some nights"
most = "Most nights"
"#;

fn read(text: &str) -> Result<Library, UnreadableInstrument> {
    let mut library = Library::default();
    library.add([("own.toml", text)].into_iter())?;
    Ok(library)
}

fn line_of(text: &str, words: &str) -> usize {
    let skipped = words.len() - words.trim_start().len();
    let at = text.find(words).expect(words) + skipped;
    text[..at].matches('\n').count() + 1
}

/// With one line changed, the file is refused at that line with these words.
fn refused(from: &str, to: &str, line_with: &str, says: &str) {
    assert!(OWN.contains(from), "{from}");
    let text = OWN.replacen(from, to, 1);
    let error = read(&text).expect_err(to);
    assert_eq!(error.file, "own.toml");
    assert_eq!(error.line, line_of(&text, line_with), "{error}");
    assert!(error.says.contains(says), "{error}");
    assert!(error.says.ends_with('.'), "{error}");
}

fn points(number: i32) -> Points {
    Points::whole(number).unwrap()
}

#[test]
fn a_clinics_own_file_is_read_and_scored() {
    let library = read(OWN).unwrap();
    let own = library.named("sleep-diary").unwrap();
    let answers = Answers::new()
        .with("late", Answer::Chosen("some".to_owned()))
        .with("how-late", Answer::Number(points(1)));
    let ScoringResult::Scored(scored) = assess(own, &answers).outcome else {
        panic!("whole");
    };
    // 1 + 2 × 1.
    assert_eq!(scored.total.unwrap().points, points(3));
    assert_eq!(scored.band.unwrap().id, "bad");
}

#[test]
fn an_item_that_is_not_asked_counts_what_the_file_says() {
    let library = read(OWN).unwrap();
    let own = library.named("sleep-diary").unwrap();
    let answers = Answers::new().with("late", Answer::Chosen("none".to_owned()));
    let ScoringResult::Scored(scored) = assess(own, &answers).outcome else {
        panic!("whole");
    };
    let total = scored.total.unwrap();
    assert_eq!(total.points, points(0));
    assert!(!total.estimated && scored.missing.is_empty());
}

#[test]
fn a_missing_answer_that_counts_is_listed_all_the_same() {
    let library = read(OWN).unwrap();
    let own = library.named("sleep-diary").unwrap();
    let answers = Answers::new().with("late", Answer::Chosen("most".to_owned()));
    let ScoringResult::Scored(scored) = assess(own, &answers).outcome else {
        panic!("whole");
    };
    assert_eq!(scored.missing, ["how-late"]);
    assert!(scored.total.unwrap().estimated);
}

#[test]
fn a_file_without_a_licence_is_refused() {
    let start = OWN.find("[licence]").unwrap();
    let end = OWN.find("[options]").unwrap();
    let text = format!("{}{}", &OWN[..start], &OWN[end..]);
    let error = read(&text).unwrap_err();
    assert!(error.says.contains("no [licence]"), "{error}");
    refused(
        "terms = \"Ours.\"",
        "terms = \" \"",
        "terms = ",
        "`terms` is empty",
    );
}

#[test]
fn words_that_the_licence_keeps_out_are_refused() {
    refused(
        "verdict = \"ship\"",
        "verdict = \"skeleton\"",
        "[wording.en]",
        "does not let the wording ship",
    );
    let permitted = OWN.replacen(
        "verdict = \"ship\"",
        "verdict = \"skeleton\"\npermission = \"letter of 3 May\"",
        1,
    );
    assert!(read(&permitted).is_ok());
}

#[test]
fn a_word_outside_the_vocabulary_is_refused_with_its_line() {
    refused(
        "by = \"sum\"",
        "by = \"median\"",
        "by = \"median\"",
        "median",
    );
    refused(
        "worse = \"higher\"",
        "worse = \"up\"",
        "worse = ",
        "Unknown variant `up`",
    );
    refused(
        "title = \"Total\"",
        "title = \"Total\"\nformula = \"a + b\"",
        "formula",
        "formula",
    );
    refused(
        "verdict = \"ship\"",
        "verdict = \"mine\"",
        "verdict",
        "mine",
    );
    refused("recall = \"past-week\"", "recall = past-week", "recall", "");
}

#[test]
fn a_name_that_leads_nowhere_is_refused_with_its_line() {
    refused(
        "of = [\"late\", \"how-late\"]",
        "of = [\"late\", \"early\"]",
        "\nof = [",
        "no item or earlier score \"early\"",
    );
    refused(
        "options = \"nights\"",
        "options = \"days\"",
        "options = \"days\"",
        "no options \"days\"",
    );
    refused(
        "one_of = [\"some\", \"most\"]",
        "one_of = [\"often\"]",
        "ask_if",
        "no option \"often\"",
    );
    refused(
        "item = \"late\", one_of",
        "item = \"how-late\", one_of",
        "ask_if",
        "no item \"how-late\" before this",
    );
    refused(
        "principal = \"total\"",
        "principal = \"sum\"",
        "principal",
        "no score \"sum\"",
    );
    refused(
        "weights = { how-late = 2 }",
        "weights = { early = 2 }",
        "weights",
        "not made of early",
    );
}

#[test]
fn a_range_that_the_items_do_not_give_is_refused() {
    // A wrong formula, such as (raw − 5) × 4, cannot pass.
    refused(
        "range = { from = 0, to = 6 }",
        "range = { from = 0, to = 4 }",
        "range = { from = 0, to = 4 }",
        "its items give 0 to 6",
    );
}

#[test]
fn an_item_that_may_be_skipped_must_say_what_it_counts() {
    refused(
        "when_not_asked = 0\n",
        "",
        "\nof = [",
        "does not say what it counts",
    );
    refused(
        "when_not_asked = 0",
        "when_not_asked = 9",
        "when_not_asked",
        "cannot count 9",
    );
}

#[test]
fn a_rule_for_missing_answers_that_cannot_be_meant_is_refused() {
    // The two parts count 0 to 2 each, so that they could stand in for each other, but not both.
    refused(
        "{ count_as = 0 }",
        "{ prorate = { answered_at_least = 3 } }",
        "when_missing",
        "Between 1 and 2",
    );
    refused(
        "{ count_as = 0 }",
        "{ count_as = 7 }",
        "when_missing",
        "Not every part can count 7",
    );
    refused(
        "when_missing = { count_as = 0 }",
        "",
        "[[score]]",
        "when_missing",
    );
}

#[test]
fn bands_that_leave_a_gap_or_stand_in_the_wrong_order_are_refused() {
    refused(
        "title = \"Good\"",
        "title = \"Good\"\nat_least = 1",
        "[[band]]\nid = \"good\"",
        "Every band has a limit, but the last",
    );
    let text = OWN.replacen(
        "[[band]]\nid = \"good\"",
        "[[band]]\nid = \"worse\"\ntitle = \"Worse\"\nat_least = 4\n\n[[band]]\nid = \"good\"",
        1,
    );
    let error = read(&text).unwrap_err();
    assert_eq!(error.line, line_of(&text, "at_least = 4"));
    assert!(error.says.contains("from the gravest"), "{error}");
}

#[test]
fn a_limit_that_no_answer_can_reach_is_refused() {
    refused(
        "at_least = 3",
        "at_least = 7",
        "[[band]]",
        "7 is not between 0 and 6",
    );
}

#[test]
fn words_must_be_there_for_every_question_and_for_nothing_else() {
    refused(
        "how-late = \"How late?\"\n",
        "",
        "[wording.en.item]",
        "words of question \"how-late\" are missing",
    );
    refused(
        "most = \"Most nights\"",
        "most = \"Most nights\"\nall = \"All\"",
        "all = \"All\"",
        "no option \"all\"",
    );
    let text = OWN.replace("[wording.en", "[wording.english");
    let error = read(&text).unwrap_err();
    assert_eq!(error.line, line_of(&text, "[wording.english]"), "{error}");
    assert!(
        error.says.contains("not a language of two letters"),
        "{error}"
    );
}

#[test]
fn the_id_of_a_shipped_instrument_is_taken() {
    let mut library = Library::shipped().unwrap();
    let text = OWN.replacen("id = \"sleep-diary\"", "id = \"phq-9\"", 1);
    let error = library.add([("own.toml", text.as_str())].into_iter());
    let says = error.unwrap_err().to_string();
    assert_eq!(
        says,
        "own.toml: There is an instrument phq-9 already; choose another id."
    );
}

/// The parts of the guide that are TOML, in order.
fn examples_of_the_guide() -> Vec<&'static str> {
    include_str!("../../../docs/adding-an-instrument.md")
        .split("```toml\n")
        .skip(1)
        .map(|part| part.split("```").next().unwrap())
        .collect()
}

#[test]
fn the_examples_of_the_guide_are_read() {
    let [licence, pack, instrument, _answers] = examples_of_the_guide()[..] else {
        panic!("the guide has four examples");
    };
    let own = read(&format!("{instrument}\n{licence}")).unwrap();
    assert!(own.named("sleep-diary").is_some());
    // The guide leaves out the words of items 2 to 5.
    let words = "2 = \"…\"\n3 = \"…\"\n4 = \"…\"\n5 = \"…\"\n";
    let pack = pack.replace("2 = \"…\"\n", words);
    let mut library = Library::shipped().unwrap();
    library
        .add([("pack.toml", pack.as_str())].into_iter())
        .unwrap();
}

const PACK: &str = r#"wording_for = "who-5"
version = 1
language = "en"
permission = "licence of our clinic, 3 May"

[wording]
instruction = "Our licensed text:"
ends = { from = "Never", to = "Always" }
source = "the owner's form"

[wording.item]
1 = "one"
2 = "two"
3 = "three"
4 = "four"
5 = "five"
"#;

#[test]
fn a_clinics_own_words_fill_a_skeleton() {
    let mut library = Library::shipped().unwrap();
    library.add([("who-5.en.toml", PACK)].into_iter()).unwrap();
    let who = library.named("who-5").unwrap();
    assert_eq!(who.wording["en"].item["3"], "three");
    assert_eq!(who.licence.permission, "licence of our clinic, 3 May");
}

#[test]
fn words_without_permission_or_for_another_version_are_refused() {
    for (from, to, says) in [
        (
            "permission = \"licence of our clinic, 3 May\"",
            "permission = \"\"",
            "`permission` is empty",
        ),
        ("version = 1", "version = 2", "for version 2"),
        ("who-5", "who-6", "no instrument who-6"),
        ("5 = \"five\"\n", "", "\"5\" are missing"),
    ] {
        let text = PACK.replacen(from, to, 1);
        let mut library = Library::shipped().unwrap();
        let error = library.add([("pack.toml", text.as_str())].into_iter());
        let error = error.expect_err(to);
        assert!(error.says.contains(says) && error.line > 0, "{error}");
    }
}

#[test]
fn words_that_ship_are_replaced_only_where_nobody_has_compared_them() {
    let pack = |language: &str| {
        PACK.replacen("who-5", "pain-nrs", 1)
            .replacen(
                "language = \"en\"",
                &format!("language = \"{language}\""),
                1,
            )
            .replacen(
                "1 = \"one\"\n2 = \"two\"\n3 = \"three\"\n4 = \"four\"\n5 = \"five\"\n",
                "pain = \"¿Dolor?\"\n",
                1,
            )
    };
    let add = |text: &str| {
        let mut library = Library::shipped().unwrap();
        library.add([("pack.toml", text)].into_iter())
    };
    assert!(add(&pack("es")).is_ok());
    let error = add(&pack("en")).unwrap_err();
    assert!(error.says.contains("has words in en already"), "{error}");
}

#[test]
fn a_refused_file_leaves_the_library_as_it_was() {
    let mut library = Library::shipped().unwrap();
    let before = library.clone();
    let files = [("own.toml", OWN), ("broken.toml", "id = ")];
    assert!(library.add(files.into_iter()).is_err());
    assert_eq!(library, before);
}
