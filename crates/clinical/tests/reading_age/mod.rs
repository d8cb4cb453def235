//! Whether a child of eleven can read a text, by published formulas.
//!
//! English: Flesch–Kincaid grade (Kincaid and others 1975); grade 6 is about eleven years.
//! Spanish: Szigriszt-Pazos on the INFLESZ scale (Barrio-Cantalejo and others 2008); from 65 on
//! a text is "fairly easy", as in primary school.

use clinical::leaflet::Language;

/// Panics with the figure where a text is too hard.
pub fn check(name: &str, language: Language, texts: &[&str]) {
    match language {
        Language::English => {
            let (words, sentences, syllables) = counted(texts, english_syllables);
            let grade = 0.39 * words / sentences + 11.8 * syllables / words - 15.59;
            assert!(grade <= 6.0, "{name}: grade {grade:.1}");
        }
        Language::Spanish => {
            let (words, sentences, syllables) = counted(texts, spanish_syllables);
            let ease = 206.835 - 62.3 * syllables / words - words / sentences;
            assert!(ease >= 65.0, "{name}: ease {ease:.1}");
        }
    }
}

/// Words, sentences, syllables of the whole text.
fn counted(texts: &[&str], syllables: fn(&str) -> usize) -> (f64, f64, f64) {
    let (mut words, mut sentences, mut all) = (0, 0, 0);
    for text in texts {
        sentences += text
            .split(['.', '?', '!', ':'])
            .filter(|part| part.chars().any(char::is_alphabetic))
            .count();
        for word in text.split(|c: char| !c.is_alphabetic() && c != '\'') {
            if word.chars().any(char::is_alphabetic) {
                words += 1;
                all += syllables(&word.to_lowercase()).max(1);
            }
        }
    }
    (words as f64, sentences as f64, all as f64)
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
        let strong = |c: char| "aeoáéó".contains(c);
        let accented = |c: char| "íú".contains(c);
        let vowel = |c: char| strong(c) || accented(c) || "iuü".contains(c);
        let split = strong(pair[0]) && strong(pair[1])
            || vowel(pair[0]) && vowel(pair[1]) && (accented(pair[0]) || accented(pair[1]));
        count += usize::from(split);
    }
    count
}
