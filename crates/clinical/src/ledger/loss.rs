//! By when a theft or a significant loss must be told. Source: clinical reference 10.1 (S115):
//! in writing within one business day of its discovery, and the form within 45 calendar days.

use crate::patient::CivilDate;

/// A day of which the week begins on it: the fifth of January 1970 was a Monday.
const A_MONDAY: (i16, u8, u8) = (1970, 1, 5);

/// The days by which it must be told and filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// The authority has it in writing by the end of this day.
    pub told_by: CivilDate,
    /// The form is filed by the end of this day.
    pub filed_by: CivilDate,
}

impl Deadlines {
    /// Of what was discovered on this day.
    ///
    /// Saturdays and Sundays are no business days. Public holidays count as business days here:
    /// nobody has told the ledger which there are, and the earlier day is the safer one.
    pub fn of(discovered_on: CivilDate, form_days: i32) -> Self {
        let mut told_by = discovered_on.plus_days(1);
        while is_weekend(told_by) {
            told_by = told_by.plus_days(1);
        }
        Self {
            told_by,
            filed_by: discovered_on.plus_days(form_days),
        }
    }
}

fn is_weekend(day: CivilDate) -> bool {
    let (year, month, date) = A_MONDAY;
    // A day of the calendar: the constant is tested.
    let Ok(monday) = CivilDate::new(year, month, date) else {
        return false;
    };
    day.days_since(monday).rem_euclid(7) >= 5
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> CivilDate {
        text.parse().expect("a date in a test")
    }

    fn told_by(discovered: &str) -> String {
        Deadlines::of(day(discovered), 45).told_by.to_string()
    }

    #[test]
    fn a_loss_is_told_on_the_next_day_that_is_no_saturday_and_no_sunday() {
        // Witness: `cal 11 2026`; the 27th is a Friday.
        assert_eq!(told_by("2026-11-24"), "2026-11-25");
        assert_eq!(told_by("2026-11-26"), "2026-11-27");
        assert_eq!(told_by("2026-11-27"), "2026-11-30");
        assert_eq!(told_by("2026-11-28"), "2026-11-30");
        assert_eq!(told_by("2026-11-29"), "2026-11-30");
    }

    #[test]
    fn the_form_is_filed_within_forty_five_days() {
        // Witness: `date -d "2026-11-24 + 45 days"`.
        let deadlines = Deadlines::of(day("2026-11-24"), 45);
        assert_eq!(deadlines.filed_by.to_string(), "2027-01-08");
    }
}
