//! Numbers of the wire, read strictly.

use rust_decimal::Decimal;

/// The most significant digits that a value may have. Source: device reference §2.3, OBX-5.
const MOST_SIGNIFICANT_DIGITS: usize = 9;
/// The most characters that a value may have, so that leading zeros have an end too.
const LONGEST: usize = 20;

/// A text that is not a number as a monitor may send it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a plain decimal number (digits, at most one point, at most nine significant digits)")]
pub struct NotANumber;

/// Reads `72`, `36.0`, `-100`, `+5`: ASCII digits, `.` only, a digit on both sides of it.
///
/// Refuses exponents, thousands separators, a decimal comma, spaces, other scripts' digits, and
/// more than nine significant digits: each would be a guess.
pub fn read(text: &str) -> Result<Decimal, NotANumber> {
    let bytes = text.as_bytes();
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, bytes),
    };
    if digits.is_empty() || digits.len() > LONGEST {
        return Err(NotANumber);
    }
    let mut mantissa: i64 = 0;
    let mut significant = 0usize;
    let mut scale: Option<u32> = None;
    let mut previous_was_digit = false;
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                if mantissa != 0 || *byte != b'0' {
                    significant += 1;
                }
                if significant > MOST_SIGNIFICANT_DIGITS {
                    return Err(NotANumber);
                }
                mantissa = mantissa * 10 + i64::from(byte - b'0');
                scale = scale.map(|places| places + 1);
                previous_was_digit = true;
            }
            b'.' if scale.is_none() && previous_was_digit => {
                scale = Some(0);
                previous_was_digit = false;
            }
            _ => return Err(NotANumber),
        }
    }
    if !previous_was_digit {
        return Err(NotANumber);
    }
    let sign = if negative { -1 } else { 1 };
    Ok(Decimal::new(sign * mantissa, scale.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_decimals_are_read_exactly() {
        for (text, expected) in [
            ("72", "72"),
            ("36.0", "36.0"),
            ("-100", "-100"),
            ("+5", "5"),
            ("007", "7"),
            ("0.02", "0.02"),
        ] {
            assert_eq!(
                read(text),
                Ok(expected.parse().expect("a decimal")),
                "{text}"
            );
        }
    }

    #[test]
    fn anything_else_is_refused_and_never_guessed() {
        for text in [
            "",
            " ",
            "72 ",
            " 72",
            "7 2",
            "99 - 101",
            "1,234",
            "36,6",
            ".5",
            "5.",
            ".",
            "-",
            "+",
            "--1",
            "1e3",
            "1E308",
            "NaN",
            "inf",
            "0x10",
            "٧٢",
            "７２",
            "72\u{200f}",
            "1.2.3",
            "1234567890",
            "0.1234567891",
            "72bpm",
            "\u{fffd}",
            "000000000000000000001",
        ] {
            assert_eq!(read(text), Err(NotANumber), "{text:?}");
        }
    }

    #[test]
    fn nine_significant_digits_are_read_and_ten_are_not() {
        assert!(read("123456789").is_ok());
        assert!(read("0.000123456789").is_ok());
        assert!(read("1234567890").is_err());
    }

    proptest! {
        #[test]
        fn every_number_of_nine_digits_is_read_as_the_decimal_library_reads_it(
            text in "[+-]?[0-9]{1,5}(\\.[0-9]{1,4})?"
        ) {
            prop_assert_eq!(read(&text).ok(), text.parse::<Decimal>().ok());
        }

        #[test]
        fn whatever_is_read_is_plain(text in "\\PC{0,24}") {
            if read(&text).is_ok() {
                prop_assert!(text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte)));
            }
        }
    }
}
