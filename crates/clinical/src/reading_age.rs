//! Whether a child of eleven can read a text, by published formulas.
//!
//! English: Flesch–Kincaid grade (Kincaid and others 1975); grade 6 is about eleven years.
//! Spanish: Szigriszt-Pazos on the INFLESZ scale (Barrio-Cantalejo and others 2008); from 65 on
//! a text is "fairly easy", as in primary school.

use crate::leaflet::Language;
use rust_decimal::Decimal;
use std::fmt;

/// How hard a text is to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadingAge {
    /// Flesch–Kincaid: the school grade. The higher, the harder.
    Grade(Decimal),
    /// Szigriszt-Pazos: the ease, up to about 100. The lower, the harder.
    Ease(Decimal),
}

impl ReadingAge {
    /// Of the whole of some texts in a language; `None` where they have no words.
    pub fn of(language: Language, texts: &[&str]) -> Option<Self> {
        let count = match language {
            Language::English => Counted::of(texts, english_syllables),
            Language::Spanish => Counted::of(texts, spanish_syllables),
        };
        let words_in_a_sentence = count.words.checked_div(count.sentences)?;
        let syllables_in_a_word = count.syllables.checked_div(count.words)?;
        Some(match language {
            Language::English => Self::Grade(
                Decimal::new(39, 2) * words_in_a_sentence
                    + Decimal::new(118, 1) * syllables_in_a_word
                    - Decimal::new(15_59, 2),
            ),
            Language::Spanish => Self::Ease(
                Decimal::new(206_835, 3)
                    - Decimal::new(623, 1) * syllables_in_a_word
                    - words_in_a_sentence,
            ),
        })
    }

    /// Whether a child of eleven can read it.
    pub fn suits_eleven(self) -> bool {
        match self {
            Self::Grade(grade) => grade <= Decimal::from(6),
            Self::Ease(ease) => ease >= Decimal::from(65),
        }
    }
}

impl fmt::Display for ReadingAge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Grade(grade) => write!(f, "grade {grade:.1}"),
            Self::Ease(ease) => write!(f, "ease {ease:.1}"),
        }
    }
}

/// What a text is made of.
struct Counted {
    words: Decimal,
    sentences: Decimal,
    syllables: Decimal,
}

impl Counted {
    fn of(texts: &[&str], of_word: fn(&str) -> usize) -> Self {
        let (mut words, mut sentences, mut syllables) = (0_usize, 0_usize, 0_usize);
        for text in texts {
            sentences += text
                .split(['.', '?', '!', ':'])
                .filter(|part| part.chars().any(char::is_alphabetic))
                .count();
            for word in text.split(|c: char| !c.is_alphabetic() && c != '\'') {
                if word.chars().any(char::is_alphabetic) {
                    words += 1;
                    syllables += of_word(&word.to_lowercase()).max(1);
                }
            }
        }
        Self {
            words: words.into(),
            sentences: sentences.into(),
            syllables: syllables.into(),
        }
    }
}

fn vowel_groups(word: &str, is_vowel: fn(char) -> bool) -> usize {
    let mut count = 0;
    let mut inside = false;
    for letter in word.chars() {
        let vowel = is_vowel(letter);
        count += usize::from(vowel && !inside);
        inside = vowel;
    }
    count
}

fn english_syllables(word: &str) -> usize {
    let groups = vowel_groups(word, |c| "aeiouy".contains(c));
    let silent = word.ends_with('e') && !word.ends_with("le")
        || word.ends_with("es")
        || word.ends_with("ed");
    groups - usize::from(silent && groups > 1)
}

fn spanish_syllables(word: &str) -> usize {
    // Two strong vowels side by side, or an accented weak one, are two syllables.
    let mut count = vowel_groups(word, |c| "aeiouáéíóúü".contains(c));
    let letters: Vec<char> = word.chars().collect();
    for pair in letters.windows(2) {
        let [one, other] = [pair[0], pair[1]];
        let strong = |c: char| "aeoáéó".contains(c);
        let accented = |c: char| "íú".contains(c);
        let vowel = |c: char| strong(c) || accented(c) || "iuü".contains(c);
        let split = strong(one) && strong(other)
            || vowel(one) && vowel(other) && (accented(one) || accented(other));
        count += usize::from(split);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formulas_give_what_is_worked_out_by_hand_and_no_words_give_nothing() {
        // Kincaid 1975 with 6 words, 1 sentence, 6 syllables: 0.39 × 6 + 11.8 × 1 − 15.59.
        let english = ReadingAge::of(Language::English, &["The cat sat on the mat."]);
        assert_eq!(english, Some(ReadingAge::Grade(Decimal::new(-145, 2))));
        // Szigriszt-Pazos with 4 words, 1 sentence, 6 syllables: 206.835 − 62.3 × 1.5 − 4.
        let spanish = ReadingAge::of(Language::Spanish, &["El gato come pan."]);
        assert_eq!(spanish, Some(ReadingAge::Ease(Decimal::new(109_385, 3))));
        assert_eq!(ReadingAge::of(Language::English, &["24."]), None);
    }

    #[test]
    fn grade_six_and_ease_sixty_five_are_the_last_that_suit() {
        for (age, suits) in [
            (ReadingAge::Grade(Decimal::new(60, 1)), true),
            (ReadingAge::Grade(Decimal::new(61, 1)), false),
            (ReadingAge::Ease(Decimal::new(650, 1)), true),
            (ReadingAge::Ease(Decimal::new(649, 1)), false),
        ] {
            assert_eq!(age.suits_eleven(), suits, "{age}");
        }
    }
}
