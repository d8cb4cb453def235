//! Who may be registered already: names, birth dates, numbers and addresses compared as people
//! confuse them. It only says whom to look at; a person decides.

use super::{CivilDate, Contacts, Registration};
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// How many last digits two telephone numbers must share: country codes and zeros before them are
/// written in many ways.
const PHONE_DIGITS: usize = 9;

/// A number with fewer digits than this is not compared.
const LEAST_PHONE_DIGITS: usize = 7;

/// Why two people may be one. A closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Likeness {
    /// The same name, without case and accents.
    SameName,
    /// The same name with family and given name the other way round.
    SwappedName,
    /// A part of the name is the same.
    PartOfName,
    /// The same birth date.
    SameBirthDate,
    /// The same birth date with day and month the other way round.
    SwappedBirthDate,
    /// The same telephone number.
    SamePhone,
    /// The same e-mail address.
    SameEmail,
}

/// What is compared of a person.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Who they are.
    pub registration: &'a Registration,
    /// How they are reached.
    pub contacts: Option<&'a Contacts>,
}

impl Likeness {
    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::SameName => "the same name",
            Self::SwappedName => "the same names, family and given name the other way round",
            Self::PartOfName => "a part of the name is the same",
            Self::SameBirthDate => "the same birth date",
            Self::SwappedBirthDate => "the same birth date with day and month the other way round",
            Self::SamePhone => "the same telephone number",
            Self::SameEmail => "the same e-mail address",
        }
    }
}

/// Why two people may be one person; empty when nothing speaks for it.
///
/// A name alone, a birth date alone or a part of a name alone is no reason: too many share them.
// Hazard: H02
pub fn likeness(one: Known<'_>, other: Known<'_>) -> Vec<Likeness> {
    let mut found = Vec::new();
    let name = name_likeness(one.registration, other.registration);
    let born = birth_likeness(one.registration.birth_date, other.registration.birth_date);
    found.extend(name);
    found.extend(born);
    let mut reached = Vec::new();
    if shared(one, other, phone_of) {
        reached.push(Likeness::SamePhone);
    }
    if shared(one, other, email_of) {
        reached.push(Likeness::SameEmail);
    }
    let enough = !reached.is_empty() || (name.is_some() && born.is_some());
    found.extend(reached);
    if enough { found } else { Vec::new() }
}

/// The texts by which somebody who may be the same person is found: two people who are alike
/// share at least one. Each is named by what it is made of.
pub fn keys(person: Known<'_>) -> Vec<(&'static str, String)> {
    let born = person.registration.birth_date;
    let (low, high) = (born.day().min(born.month()), born.day().max(born.month()));
    // Day and month in one order: whoever types them the other way round has the same key.
    let mut keys = vec![("born", format!("{:04} {low:02} {high:02}", born.year()))];
    keys.extend(phone_of(person).map(|phone| ("phone", phone)));
    keys.extend(email_of(person).map(|email| ("email", email)));
    keys
}

fn shared(one: Known<'_>, other: Known<'_>, of: fn(Known<'_>) -> Option<String>) -> bool {
    of(one).is_some_and(|text| of(other) == Some(text))
}

fn name_likeness(one: &Registration, other: &Registration) -> Option<Likeness> {
    let family = |person: &Registration| folded(&person.family_name);
    let given = |person: &Registration| folded(&person.given_name);
    if family(one) == family(other) && given(one) == given(other) {
        return Some(Likeness::SameName);
    }
    if family(one) == given(other) && given(one) == family(other) {
        return Some(Likeness::SwappedName);
    }
    let parts = |person: &Registration| -> BTreeSet<String> {
        let both = format!("{} {}", family(person), given(person));
        both.split(' ').map(str::to_owned).collect()
    };
    // One initial is shared by everybody.
    let (one, other) = (parts(one), parts(other));
    let mut same = one.intersection(&other);
    same.any(|part| part.chars().count() > 1)
        .then_some(Likeness::PartOfName)
}

fn birth_likeness(one: CivilDate, other: CivilDate) -> Option<Likeness> {
    if one == other {
        return Some(Likeness::SameBirthDate);
    }
    (one.year() == other.year() && one.day() == other.month() && one.month() == other.day())
        .then_some(Likeness::SwappedBirthDate)
}

fn phone_of(person: Known<'_>) -> Option<String> {
    let digits: Vec<char> = person
        .contacts?
        .mobile
        .as_deref()?
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let from = digits.len().saturating_sub(PHONE_DIGITS);
    (digits.len() >= LEAST_PHONE_DIGITS).then(|| digits[from..].iter().collect())
}

fn email_of(person: Known<'_>) -> Option<String> {
    let email = person.contacts?.email.as_deref()?.trim();
    (!email.is_empty()).then(|| email.to_lowercase())
}

/// A name as it is compared: without case, accents and punctuation, one space between its parts.
pub fn folded(name: &str) -> String {
    let letters: String = name
        .nfd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
        .fold(String::new(), |mut text, letter| {
            match undecomposed(letter) {
                Some(plain) => text.push_str(plain),
                None if letter.is_alphanumeric() => text.push(letter),
                // An apostrophe stands inside a name, all else between its parts.
                None if matches!(letter, '\'' | '’' | 'ʼ') => {}
                None => text.push(' '),
            }
            text
        });
    let parts: Vec<&str> = letters.split_whitespace().collect();
    parts.join(" ")
}

/// Letters that are one to Unicode, and that people write with plain ones.
const fn undecomposed(letter: char) -> Option<&'static str> {
    match letter {
        'ß' => Some("ss"),
        'æ' => Some("ae"),
        'œ' => Some("oe"),
        'ø' => Some("o"),
        'ł' => Some("l"),
        'đ' | 'ð' => Some("d"),
        'þ' => Some("th"),
        'ı' => Some("i"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leaflet::Language;
    use crate::patient::Sex;
    use crate::record::PatientId;
    use uuid::Uuid;

    fn person(family: &str, given: &str, born: &str) -> Registration {
        Registration {
            patient: PatientId(Uuid::from_u128(1)),
            record_number: "1".into(),
            family_name: family.into(),
            given_name: given.into(),
            birth_date: born.parse().unwrap(),
            sex: Sex::Unknown,
        }
    }

    fn reached(email: Option<&str>, mobile: Option<&str>) -> Contacts {
        Contacts {
            email: email.map(str::to_owned),
            mobile: mobile.map(str::to_owned),
            ..Contacts::unknown(Language::English)
        }
    }

    fn alike(one: &Registration, other: &Registration) -> Vec<Likeness> {
        let known = |registration| Known {
            registration,
            contacts: None,
        };
        likeness(known(one), known(other))
    }

    #[test]
    fn accents_case_and_signs_make_no_other_name() {
        for (one, other) in [
            ("José", "JOSE"),
            ("José", "Jose\u{301}"),
            ("Weiß", "weiss"),
            ("Sørensen", "Sorensen"),
            ("O’Neill", "ONeill"),
            ("García-Márquez", "garcia marquez"),
            ("  Ana  María ", "ana maria"),
        ] {
            assert_eq!(folded(one), folded(other), "{one}");
        }
        assert_ne!(folded("Moreno"), folded("Morano"));
    }

    #[test]
    fn the_same_person_is_found_as_people_confuse_names_and_dates() {
        // Hazard: H02
        use Likeness::{PartOfName, SameBirthDate, SameName, SwappedBirthDate, SwappedName};
        let ana = person("Moreno", "Ana", "1984-03-02");
        for (other, expected) in [
            (
                person("MORENO", "Aná", "1984-03-02"),
                vec![SameName, SameBirthDate],
            ),
            (
                person("Ana", "Moreno", "1984-03-02"),
                vec![SwappedName, SameBirthDate],
            ),
            (
                person("Moreno", "Ana", "1984-02-03"),
                vec![SameName, SwappedBirthDate],
            ),
            (
                person("Ruiz", "Ana", "1984-03-02"),
                vec![PartOfName, SameBirthDate],
            ),
            (person("Moreno", "Ana", "1985-03-02"), vec![]),
            (person("Ruiz", "Eva", "1984-03-02"), vec![]),
        ] {
            assert_eq!(alike(&ana, &other), expected, "{other:?}");
        }
    }

    #[test]
    fn a_shared_telephone_or_address_is_a_reason_by_itself_however_it_is_written() {
        let (one, other) = (
            person("Moreno", "Ana", "1984-03-02"),
            person("Ruiz", "Eva", "1990-01-01"),
        );
        let compare = |mine: &Contacts, theirs: &Contacts| {
            let known = |registration, contacts| Known {
                registration,
                contacts: Some(contacts),
            };
            likeness(known(&one, mine), known(&other, theirs))
        };
        let mobile = reached(None, Some("+57 310 555 0142"));
        assert_eq!(
            compare(&mobile, &reached(None, Some("(310) 5550142"))),
            [Likeness::SamePhone]
        );
        let short = reached(None, Some("0142"));
        assert_eq!(compare(&short, &short), []);
        assert_eq!(
            compare(
                &reached(Some("Ana@Example.org"), None),
                &reached(Some("ana@example.org "), None)
            ),
            [Likeness::SameEmail]
        );
        assert_eq!(compare(&reached(None, None), &reached(None, None)), []);
    }

    #[test]
    fn two_people_who_are_alike_share_a_key() {
        let ana = person("Moreno", "Ana", "1984-03-02");
        fn of(registration: &Registration) -> Vec<(&'static str, String)> {
            keys(Known {
                registration,
                contacts: None,
            })
        }
        for other in [
            person("Ana", "Moreno", "1984-03-02"),
            person("Moreno", "Ana", "1984-02-03"),
        ] {
            assert!(!alike(&ana, &other).is_empty());
            assert_eq!(of(&ana), of(&other));
        }
    }
}
