//! GS1 element strings: what a scanner reads off a drug's package.
//!
//! Read: (01) trade item, (17) last day, (10) lot, (21) serial number; others are passed over.
//! Source: GS1 General Specifications, sections 3 (application identifiers) and 7.8 (FNC1).

use clinical::patient::CivilDate;

/// What separates fields of variable length: FNC1 as a scanner sends it.
const SEPARATOR: char = '\u{1d}';

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// The number of the trade item: 14 digits, whose last one was checked.
    pub trade_item: Option<String>,
    /// Its last day; the last of the month where no day is given.
    pub expires: Option<CivilDate>,
    /// The lot.
    pub lot: Option<String>,
    /// Its own number.
    pub serial: Option<String>,
}

/// Why it could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is none.
    #[error("this is no GS1 code: it begins with “{0}”")]
    NotOne(String),
    /// Something has ended before it should.
    #[error("the code is cut off in field ({0})")]
    CutOff(String),
    /// The last digit of the trade item's number does not fit the others.
    #[error("the number of the trade item was misread: its last digit does not fit")]
    CheckDigit,
    /// There is no such day.
    #[error("“{0}” is no day of the calendar")]
    NotADay(String),
    /// A field of variable length is longer than it may be.
    #[error(
        "lot or serial number is too long: the scanner sends no separator between them; type them instead"
    )]
    TooLong,
    /// The last field of variable length may hold another one, and no separator came.
    #[error(
        "field ({field}) may go on in field ({within}): the scanner sends no separator between them; type the code as it is printed, with its brackets"
    )]
    Together {
        /// The field.
        field: String,
        /// What may begin in the middle of it.
        within: String,
    },
    /// A field came twice with different contents.
    #[error("field ({0}) stands there twice")]
    Twice(String),
}

/// Reads an element string: as a scanner sends it, with or without the symbology's own prefix, or
/// as people read it, with application identifiers in brackets.
pub fn read(text: &str) -> Result<Scanned, Unreadable> {
    let text = text.trim();
    let text = ["]d2", "]C1", "]Q3", "]e0"]
        .into_iter()
        .find_map(|prefix| text.strip_prefix(prefix))
        .unwrap_or(text);
    let mut scanned = Scanned::default();
    if text.starts_with('(') {
        for field in text.split('(').skip(1) {
            let (identifier, value) = field
                .split_once(')')
                .ok_or_else(|| Unreadable::CutOff(field.to_owned()))?;
            scanned.take(identifier, value.trim())?;
        }
        return Ok(scanned);
    }
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(SEPARATOR);
        if rest.is_empty() {
            return Ok(scanned);
        }
        let identifier = rest.get(..2).unwrap_or(rest);
        let after = rest.get(2..).unwrap_or("");
        let length = match identifier {
            "01" | "02" => Some(14),
            "11" | "12" | "13" | "15" | "16" | "17" => Some(6),
            "20" => Some(2),
            "10" | "21" | "22" | "30" | "37" => None,
            _other => return Err(Unreadable::NotOne(identifier.to_owned())),
        };
        let (value, after) = match length {
            Some(length) => after
                .split_at_checked(length)
                .ok_or_else(|| Unreadable::CutOff(identifier.to_owned()))?,
            None => after.split_once(SEPARATOR).unwrap_or((after, "")),
        };
        scanned.take(identifier, value)?;
        // One separator shows that this scanner sends them: then the field ends where it ends.
        if length.is_none()
            && !text.contains(SEPARATOR)
            && let Some(within) = scanned.may_begin_in(value)
        {
            return Err(Unreadable::Together {
                field: identifier.to_owned(),
                within: within.to_owned(),
            });
        }
        rest = after;
    }
}

impl Scanned {
    fn take(&mut self, identifier: &str, value: &str) -> Result<(), Unreadable> {
        match identifier {
            "01" => {
                check_digit(value)?;
                once(&mut self.trade_item, identifier, value.to_owned())
            }
            "17" => once(&mut self.expires, identifier, last_day(value)?),
            "10" => once(&mut self.lot, identifier, short(identifier, value)?),
            "21" => once(&mut self.serial, identifier, short(identifier, value)?),
            _other => Ok(()),
        }
    }

    /// Which field that was not read yet may begin in the middle of this one.
    // Hazard: H20 — a lot and a serial number run together look like one long lot.
    fn may_begin_in(&self, value: &str) -> Option<&'static str> {
        let rests = value.char_indices().skip(1);
        let mut rests = rests.filter_map(|(from, _)| value.get(from..));
        rests.find_map(|rest| {
            let begins = |identifier: &str| {
                let after = rest.strip_prefix(identifier);
                after.filter(|after| !after.is_empty())
            };
            let a_day = |after: &str| after.get(..6).is_some_and(|day| last_day(day).is_ok());
            if self.expires.is_none() && begins("17").is_some_and(a_day) {
                Some("17")
            } else if self.lot.is_none() && begins("10").is_some() {
                Some("10")
            } else if self.serial.is_none() && begins("21").is_some() {
                Some("21")
            } else {
                None
            }
        })
    }

    /// The national drug code of the United States in the trade item, without its dashes: ten
    /// digits after `003`. None for packages of other countries, and for outer packages whose
    /// first digit is another.
    pub fn national_drug_code(&self) -> Option<&str> {
        let after = self.trade_item.as_deref()?.strip_prefix("003")?;
        after.get(..10)
    }
}

fn once<T: PartialEq>(place: &mut Option<T>, identifier: &str, value: T) -> Result<(), Unreadable> {
    if place.as_ref().is_some_and(|known| *known != value) {
        return Err(Unreadable::Twice(identifier.to_owned()));
    }
    *place = Some(value);
    Ok(())
}

/// Three times every other digit from the last but one, and the others once, make whole tens.
fn check_digit(value: &str) -> Result<(), Unreadable> {
    let digits: Option<Vec<u32>> = value.chars().map(|one| one.to_digit(10)).collect();
    let digits = digits.filter(|digits| digits.len() == 14);
    let digits = digits.ok_or_else(|| Unreadable::CutOff("01".to_owned()))?;
    let sum: u32 = digits
        .iter()
        .zip([3, 1].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    if sum.is_multiple_of(10) {
        Ok(())
    } else {
        Err(Unreadable::CheckDigit)
    }
}

fn last_day(value: &str) -> Result<CivilDate, Unreadable> {
    let wrong = || Unreadable::NotADay(value.to_owned());
    if value.len() != 6 || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let number = |from: usize| {
        value
            .get(from..from + 2)
            .and_then(|part| part.parse::<u8>().ok())
    };
    let (Some(year), Some(month), Some(day)) = (number(0), number(2), number(4)) else {
        return Err(wrong());
    };
    // A package that is still in date belongs to this century.
    let year = 2000 + i16::from(year);
    let found = if day == 0 {
        (28..=31)
            .rev()
            .find_map(|day| CivilDate::new(year, month, day).ok())
    } else {
        CivilDate::new(year, month, day).ok()
    };
    found.ok_or_else(wrong)
}

fn short(identifier: &str, value: &str) -> Result<String, Unreadable> {
    match value.chars().count() {
        0 => Err(Unreadable::CutOff(identifier.to_owned())),
        1..=20 => Ok(value.to_owned()),
        _more => Err(Unreadable::TooLong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whole() -> Scanned {
        Scanned {
            trade_item: Some("09506000134352".to_owned()),
            expires: "2026-12-31".parse().ok(),
            lot: Some("ABC123".to_owned()),
            serial: Some("12345XYZ".to_owned()),
        }
    }

    #[test]
    fn the_example_of_the_specification_is_read_as_a_scanner_sends_it_and_as_people_write_it() {
        // Witness: the trade item 09506000134352 is GS1's own example.
        let sent = "]d201095060001343521726123110ABC123\u{1d}2112345XYZ";
        assert_eq!(read(sent), Ok(whole()));
        let written = "(01)09506000134352(17)261231(10)ABC123(21)12345XYZ";
        assert_eq!(read(written), Ok(whole()));
    }

    #[test]
    fn a_date_without_a_day_is_the_last_of_its_month() {
        let on = |text: &str| read(&format!("17{text}")).map(|scanned| scanned.expires);
        assert_eq!(on("280200"), Ok("2028-02-29".parse().ok()));
        assert_eq!(on("270200"), Ok("2027-02-28".parse().ok()));
        assert!(matches!(on("271301"), Err(Unreadable::NotADay(_))));
        assert!(matches!(on("270230"), Err(Unreadable::NotADay(_))));
    }

    #[test]
    fn a_misread_digit_is_found() {
        assert_eq!(read("0109506000134353"), Err(Unreadable::CheckDigit));
    }

    #[test]
    fn what_is_too_long_cut_off_double_or_something_else_is_said() {
        let together = "10ABC1232112345XYZ0000000000000000";
        assert_eq!(read(together), Err(Unreadable::TooLong));
        assert!(matches!(read("hello"), Err(Unreadable::NotOne(_))));
        assert!(matches!(read("0109506"), Err(Unreadable::CutOff(_))));
        assert!(matches!(read("10A\u{1d}10B"), Err(Unreadable::Twice(_))));
        assert_eq!(read(""), Ok(Scanned::default()));
    }

    #[test]
    fn a_last_field_that_may_hold_another_one_is_not_guessed_where_no_separator_came() {
        // Hazard: H20
        let together = |field: &str, within: &str| {
            Err(Unreadable::Together {
                field: field.to_owned(),
                within: within.to_owned(),
            })
        };
        let without = "01095060001343521726123110ABC1232112345XYZ";
        assert_eq!(read(without), together("10", "21"));
        assert_eq!(read("2112345XYZ10ABC"), together("21", "10"));
        assert_eq!(read("10ABC17261231"), together("10", "17"));
        // By brackets or a separator it is known where it ends.
        let lot = |text: &str| read(text).map(|scanned| scanned.lot);
        let one = Some("ABC1232112345".to_owned());
        assert_eq!(lot("(17)261231(10)ABC1232112345"), Ok(one.clone()));
        assert_eq!(lot("10ABC1232112345\u{1d}17261231"), Ok(one));
        // A month that is none, nothing after it, and what was read before hide no other field.
        assert_eq!(lot("10ABC17271301"), Ok(Some("ABC17271301".to_owned())));
        assert_eq!(lot("10ABC21"), Ok(Some("ABC21".to_owned())));
        assert_eq!(
            lot("1726123110AB17261231"),
            Ok(Some("AB17261231".to_owned()))
        );
    }

    #[test]
    fn the_national_drug_code_stands_in_an_american_package() {
        // Witness: NDC 50458-028-02 (clinical reference 3.1); the check digit by hand:
        // 3·(0+3+0+5+0+8+2) + (0+5+4+8+2+0) = 54 + 19 = 73, so it is 7.
        let scanned = read("0100350458028027").map(|scanned| {
            let code = scanned.national_drug_code().map(str::to_owned);
            (scanned.trade_item, code)
        });
        let item = Some("00350458028027".to_owned());
        assert_eq!(scanned, Ok((item, Some("5045802802".to_owned()))));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(text in ".{0,60}") {
            let _ = read(&text);
        }
    }
}
