//! A note in; what was recognised in it out.

use super::vocabulary::{Kind, Vocabulary};
use crate::course::session::{Rating, Side};
use std::collections::BTreeSet;

/// Something that a note says, and that a person may confirm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// A medicine that was given, in the words in which it was typed.
    Medicine {
        /// Its name.
        medicine: String,
        /// The dose with its unit.
        dose: String,
        /// The route; empty where none was typed.
        route: String,
        /// The symptom of the note, where it names exactly one; may be empty.
        because: String,
    },
    /// A side of the experience, rated.
    Rated {
        /// Which side.
        side: Side,
        /// 0 to 10.
        rating: Rating,
    },
}

/// A note longer than this many words is prose.
const LONGEST: usize = 60;

/// What a note says, in its order.
///
/// A sentence in which a word of doubt stands gives nothing; so does a part of one that holds more
/// than a medicine with one dose and one route, or a side with its number of ten. Where anything
/// near a medicine is not understood, nothing at all is given: half of a note must not be offered
/// as the whole. The same where there is doubt anywhere and a medicine anywhere: "Not given." after
/// a dose is about that dose.
pub fn recognise(note: &str, vocabulary: &Vocabulary) -> Vec<Recognised> {
    if note.split_whitespace().count() > LONGEST {
        return Vec::new();
    }
    if in_doubt(note, vocabulary) && says(note, Kind::Medicine, vocabulary) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for sentence in sentences(note) {
        if in_doubt(&sentence, vocabulary) {
            continue;
        }
        match in_sentence(&sentence, vocabulary) {
            Some(recognised) => found.extend(recognised),
            // One sentence with a medicine that is not understood puts the others in doubt too.
            None => return Vec::new(),
        }
    }
    found
}

/// A question, or a word of doubt: what stands there may not have happened at all.
fn in_doubt(text: &str, vocabulary: &Vocabulary) -> bool {
    text.contains('?') || says(text, Kind::Unsure, vocabulary)
}

/// True when a word of this kind stands anywhere in a text, also in brackets or behind a dash.
fn says(text: &str, kind: Kind, vocabulary: &Vocabulary) -> bool {
    let apostrophe = |letter: char| matches!(letter, '\'' | '’');
    text.split(|letter: char| !letter.is_alphanumeric() && !apostrophe(letter))
        .any(|word| vocabulary.kind(word.trim_matches(apostrophe)) == Some(kind))
}

/// Sentences end with a full stop before a space, an exclamation mark, a line's end. A question
/// mark ends none: what follows it on the line is in doubt with what it asks.
fn sentences(note: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let letters: Vec<char> = note.chars().collect();
    for (index, letter) in letters.iter().enumerate() {
        let last = letters
            .get(index + 1)
            .is_none_or(|next| next.is_whitespace());
        let ends = matches!(letter, '\n' | '!') || (*letter == '.' && last);
        if ends {
            all.push(String::new());
        } else if let Some(open) = all.last_mut() {
            open.push(*letter);
        }
    }
    all.retain(|sentence| !sentence.trim().is_empty());
    all
}

/// The parts of a sentence: a comma before a space, a semicolon, a plus. A comma inside a number
/// stays in it, and makes it unreadable.
fn parts(sentence: &str) -> Vec<Vec<&str>> {
    let mut parts = vec![Vec::new()];
    for word in sentence.split_whitespace() {
        let bare = word.trim_end_matches([',', ';', ':']);
        if bare == "+" {
            parts.push(Vec::new());
            continue;
        }
        if let Some(open) = parts.last_mut()
            && !bare.is_empty()
        {
            open.push(bare);
        }
        if bare.len() < word.len() {
            parts.push(Vec::new());
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// What a sentence without doubt says; `None` where a medicine stands in it that is not understood.
fn in_sentence(sentence: &str, vocabulary: &Vocabulary) -> Option<Vec<Recognised>> {
    let parts = parts(sentence);
    let is = |word: &str, kind: Kind| vocabulary.kind(word) == Some(kind);
    let words = || parts.iter().flatten().copied();
    let medicine_named = words().any(|word| is(word, Kind::Medicine));
    let symptoms: BTreeSet<&str> = words()
        .filter_map(|word| vocabulary.symptom(word))
        .collect();
    let because = match symptoms.iter().collect::<Vec<_>>().as_slice() {
        [only] => (**only).to_owned(),
        _none_or_several => String::new(),
    };
    let mut found = Vec::new();
    for part in &parts {
        if part.iter().any(|word| is(word, Kind::Medicine)) {
            found.push(medicine(part, vocabulary, &because)?);
        } else if let Some(rated) = rated(part) {
            found.push(rated);
        } else if medicine_named && part.iter().any(|word| begins_as_number(word)) {
            // Another number beside a medicine could be its dose, or another one's.
            return None;
        }
    }
    Some(found)
}

fn begins_as_number(word: &str) -> bool {
    word.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.')
}

/// A number as forms read it, hazard H20: digits, one point, a digit before it and after it.
fn is_number(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(fraction) && text.len() <= 6
}

/// Exactly: medicine, number, unit, perhaps a route, with words between that say nothing, and
/// perhaps the symptom.
fn medicine(part: &[&str], vocabulary: &Vocabulary, because: &str) -> Option<Recognised> {
    let mut left = part
        .iter()
        .copied()
        .filter(|word| !matches!(vocabulary.kind(word), Some(Kind::Filler | Kind::Symptom)))
        .peekable();
    let name = left.next()?;
    if vocabulary.kind(name) != Some(Kind::Medicine) {
        return None;
    }
    let amount = left.next()?;
    let dose = if is_number(amount) {
        let unit = left.next()?;
        (vocabulary.kind(unit) == Some(Kind::Unit)).then(|| format!("{amount} {unit}"))?
    } else {
        // "4mg" in one word.
        let digits = amount.find(|letter: char| letter.is_ascii_alphabetic())?;
        let (number, unit) = amount.split_at(digits);
        (is_number(number) && vocabulary.kind(unit) == Some(Kind::Unit))
            .then(|| amount.to_owned())?
    };
    let route = match left.next() {
        None => "",
        Some(word) => (vocabulary.kind(word) == Some(Kind::Route)).then_some(word)?,
    };
    if left.next().is_some() {
        return None;
    }
    Some(Recognised::Medicine {
        medicine: name.to_owned(),
        dose,
        route: route.to_owned(),
        because: because.to_owned(),
    })
}

/// "nausea 6/10", "pain 3 of 10": the scale is said, or it is no rating.
fn rated(part: &[&str]) -> Option<Recognised> {
    let (word, number) = match part {
        [word, number] => (*word, number.strip_suffix("/10")?),
        [word, number, "of", "10"] => (*word, *number),
        _other => return None,
    };
    let side = Side::ALL
        .into_iter()
        .filter(|side| {
            matches!(
                side,
                Side::Dissociation | Side::Nausea | Side::Pain | Side::Fear | Side::Calm
            )
        })
        .find(|side| side.word().eq_ignore_ascii_case(word))?;
    let points: u8 = number.parse().ok()?;
    let rating = Rating::try_from(points).ok()?;
    Some(Recognised::Rated { side, rating })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(note: &str) -> Vec<Recognised> {
        recognise(note, Vocabulary::shipped().unwrap())
    }

    fn given(medicine: &str, dose: &str, route: &str, because: &str) -> Recognised {
        Recognised::Medicine {
            medicine: medicine.to_owned(),
            dose: dose.to_owned(),
            route: route.to_owned(),
            because: because.to_owned(),
        }
    }

    #[test]
    fn a_medicine_is_recognised_as_it_was_typed() {
        for (note, expected) in [
            (
                "nausea, ondansetron 4 mg IV",
                vec![given("ondansetron", "4 mg", "IV", "nausea")],
            ),
            (
                "Ondansetron 4mg iv given for nausea.",
                vec![given("Ondansetron", "4mg", "iv", "nausea")],
            ),
            (
                "gave clonidine 0.1 mg oral",
                vec![given("clonidine", "0.1 mg", "oral", "")],
            ),
            (
                "Nausea 6/10, ondansetron 4 mg IV; paracetamol 1 g po",
                vec![
                    Recognised::Rated {
                        side: Side::Nausea,
                        rating: Rating::try_from(6).unwrap(),
                    },
                    given("ondansetron", "4 mg", "IV", "nausea"),
                    given("paracetamol", "1 g", "po", "nausea"),
                ],
            ),
        ] {
            assert_eq!(read(note), expected, "{note}");
        }
    }

    #[test]
    fn what_could_mean_something_else_stays_a_note() {
        // Hazard: H19, H20 — each of these has been somebody's note; none of them says for certain
        // that one amount of one medicine was given now.
        for note in [
            "no ondansetron 4 mg IV given",
            "ondansetron 4 mg IV if nausea comes back",
            "ondansetron 4-8 mg IV",
            "ondansetron 4 or 8 mg IV",
            "ondansetron 4 mg, 8 mg IV",
            "ondansetron 4 mg IV 8 mg",
            "ondansetron 0,5 mg IV",
            "ondansetron .5 mg IV",
            "ondansetron 5. mg IV",
            "ondansetron 4 IV",
            "ondansetron IV",
            "ondansetron 4 mg intrathecal",
            "ondansetron 4 mg IV midazolam 1 mg IV",
            "midazolam 2 mg IV?",
            "ondansetron 4 mg IV prepared",
            "took lorazepam 1 mg at home",
            "allergic to ibuprofen 400 mg",
            "ondansetron4 mg IV",
            "ondansetron 4 milligrams IV",
            "ondansetron 4 mg IV, midazolam in the other hand",
            "zofran 4 mg IV",
            "ketamine 20 mg IV",
            "ondansetron 4 mg IV. Not given: midazolam 1 mg",
            "Ondansetron 4 mg IV. Not given.",
            "Ondansetron 4 mg IV. Declined.",
            "Ondansetron 4 mg IV. (Not given.)",
            "Ondansetron 4 mg IV\ndidn't need it",
            "Ondansetron 4 mg IV. She didn’t get it.",
            "Ondansetron 4 mg IV. Was it given?",
            "Ondansetron 4 mg IV. It wasn't given.",
            "Ondansetron 4 mg IV. Withheld.",
            "Ondansetron 4 mg IV! Omitted!",
            "Skipped. Ondansetron 4 mg IV.",
            "Cancelled. Ondansetron 4 mg IV.",
            "Ondansetron 4 mg IV. Syringe discarded.",
            "Nausea 6/10? Ondansetron 4 mg IV.",
            "pain 3",
            "nausea 11/10",
            "fear of flying 3/10",
        ] {
            assert_eq!(read(note), Vec::new(), "{note}");
        }
    }

    #[test]
    fn doubt_about_no_medicine_leaves_the_other_sentences() {
        let rated = Recognised::Rated {
            side: Side::Nausea,
            rating: Rating::try_from(6).unwrap(),
        };
        assert_eq!(read("Not anxious now. Nausea 6/10."), vec![rated]);
        assert_eq!(read("Anxious? Nausea 6/10."), Vec::new());
    }

    #[test]
    fn a_long_story_is_prose() {
        let story = format!("{} ondansetron 4 mg IV", "and then she smiled ".repeat(20));
        assert_eq!(read(&story), Vec::new());
    }

    #[test]
    fn no_word_stands_for_two_things() {
        assert!(Vocabulary::shipped().is_some());
        let twice = "dose = { units = [\"mg\"] }\nroute = []\nsymptom = []\nunsure = { words = [\"mg\"] }\nfiller = { words = [] }\nmedicine = []";
        assert_eq!(
            Vocabulary::parse(twice),
            Err(UnusableVocabulary::Twice("mg".to_owned()))
        );
    }

    use super::super::UnusableVocabulary;
}
