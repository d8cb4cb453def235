//! What a form says of an act that was kept on a tablet, or that stood on paper.

use super::form::{Fields, Problem};
use crate::command::Late;
use clinical::course::session::{Afterwards, HowLater};
use jiff::tz::TimeZone;
use units::{Moment, Span};

/// A tablet whose clock moved by more than this between charting and sending has a doubtful time.
/// Source: hazard H09, which names 120 s for a bedside device.
const CLOCK_MOVED: Span = Span::from_seconds(120);

/// An act that was charted with contact and took longer than this to arrive is no act of now: the
/// tablet sends it again, as one that happened when it was tapped. Longer than a page waits.
const UNDER_WAY: Span = Span::from_seconds(15);

/// The field that names an act which took too long.
pub const TOOK_TOO_LONG: &str = "tapped_at";

/// An act that happened before it came here.
pub struct LateAct {
    /// The moment of the tap, by the server's clock as the tablet reckoned it; of paper, the time
    /// that stands on it.
    pub at: Moment,
    /// How it was kept.
    pub late: Late,
}

/// Reads the marks of a late act; `None` where the act was charted with contact.
///
/// Gives a problem that names the field, for anything not fully understood.
pub fn read(fields: &Fields, zone: &TimeZone, now: Moment) -> Result<Option<LateAct>, Problem> {
    match fields.text("recorded") {
        "" => prompt(fields, now).map(|()| None),
        "offline" => offline(fields, now).map(Some),
        "paper" => paper(fields, zone).map(Some),
        _other => Err(Problem::new(
            "recorded",
            "How this was recorded is not known here.",
        )),
    }
}

/// Refuses what was on its way for too long, so that nothing is charted at a time at which it did
/// not happen. A form that does not say when it was tapped was sent by a page without scripts.
// Hazard: H10
fn prompt(fields: &Fields, now: Moment) -> Result<(), Problem> {
    if fields.text(TOOK_TOO_LONG).is_empty() {
        return Ok(());
    }
    let tapped = milliseconds(fields, TOOK_TOO_LONG)?;
    if (now - tapped).absolute() <= UNDER_WAY {
        return Ok(());
    }
    Err(Problem::new(
        TOOK_TOO_LONG,
        "Not saved yet: this was on its way for too long. The tablet sends it again with its own time.",
    ))
}

fn offline(fields: &Fields, now: Moment) -> Result<LateAct, Problem> {
    let at = milliseconds(fields, "happened_at")?;
    let tablet_at = milliseconds(fields, "tablet_at")?;
    let tablet_now = milliseconds(fields, "tablet_now")?;
    let tablet = fields.text("tablet");
    if tablet.is_empty() || tablet.len() > 64 {
        return Err(Problem::new(
            "tablet",
            "The tablet did not say which one it is.",
        ));
    }
    // Hazard: H10 — both clocks are kept; where they moved apart meanwhile, a person is asked.
    let moved = ((now - tablet_now) - (at - tablet_at)).absolute();
    let doubt = (moved > CLOCK_MOVED).then(|| {
        format!("The tablet’s clock moved by {moved} between charting and sending: check the time.")
    });
    Ok(LateAct {
        at,
        late: Late {
            typed: !fields.text("taken").is_empty(),
            afterwards: Afterwards {
                how: HowLater::WithoutContact,
                tablet: tablet.to_owned(),
                tablet_at: Some(tablet_at),
                doubt,
            },
        },
    })
}

fn paper(fields: &Fields, zone: &TimeZone) -> Result<LateAct, Problem> {
    let day: jiff::civil::Date = fields
        .text("day")
        .parse()
        .map_err(|_| Problem::new("day", "Choose the day that stands on the paper."))?;
    let wrong = || Problem::new("taken", "Write the time on the paper like 07:40.");
    let (hour, minute) = fields.text("taken").split_once(':').ok_or_else(wrong)?;
    let number = |text: &str| text.parse::<i8>().map_err(|_| wrong());
    let time = jiff::civil::Time::new(number(hour)?, number(minute)?, 0, 0).map_err(|_| wrong())?;
    let zoned = day
        .to_datetime(time)
        .to_zoned(zone.clone())
        .map_err(|_| wrong())?;
    Ok(LateAct {
        at: Moment::from_microseconds(zoned.timestamp().as_microsecond()),
        late: Late {
            typed: true,
            afterwards: Afterwards {
                how: HowLater::FromPaper,
                tablet: String::new(),
                tablet_at: None,
                doubt: None,
            },
        },
    })
}

/// A moment in milliseconds since 1970, within the years that a clock can show.
fn milliseconds(fields: &Fields, name: &str) -> Result<Moment, Problem> {
    fields
        .text(name)
        .parse::<i64>()
        .ok()
        .filter(|at| (0..=4_102_444_800_000).contains(at))
        .and_then(|at| at.checked_mul(1_000))
        .map(Moment::from_microseconds)
        .ok_or_else(|| Problem::new(name, "The tablet did not say when this happened."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000_000;

    fn fields(tablet_at: i64, tablet_now: i64) -> Fields {
        let pairs = [
            ("recorded", "offline".to_owned()),
            ("happened_at", (NOW - 600_000).to_string()),
            ("tablet_at", tablet_at.to_string()),
            ("tablet_now", tablet_now.to_string()),
            ("tablet", "t-1".to_owned()),
        ];
        Fields(pairs.map(|(name, value)| (name.to_owned(), value)).to_vec())
    }

    fn read_at_now(fields: &Fields) -> Result<Option<LateAct>, Problem> {
        read(
            fields,
            &TimeZone::UTC,
            Moment::from_microseconds(NOW * 1_000),
        )
    }

    #[test]
    fn an_act_with_contact_has_no_marks() {
        assert!(read_at_now(&Fields::default()).unwrap().is_none());
    }

    #[test]
    fn an_act_that_was_on_its_way_for_more_than_a_quarter_of_a_minute_is_no_act_of_now() {
        // Hazard: H10
        let tapped =
            |before: i64| Fields(vec![(TOOK_TOO_LONG.to_owned(), (NOW - before).to_string())]);
        assert!(read_at_now(&tapped(15_000)).unwrap().is_none());
        let late = read_at_now(&tapped(15_001));
        assert_eq!(late.err().unwrap().field, TOOK_TOO_LONG);
    }

    #[test]
    fn a_tablet_that_is_steadily_wrong_gives_no_doubt() {
        // 40 s behind when it was charted and when it was sent.
        let act = read_at_now(&fields(NOW - 640_000, NOW - 40_000)).unwrap();
        assert_eq!(act.unwrap().late.afterwards.doubt, None);
    }

    #[test]
    fn a_tablet_whose_clock_moved_by_more_than_two_minutes_is_doubted() {
        // Hazard: H10
        let exactly = read_at_now(&fields(NOW - 600_000, NOW + 120_000)).unwrap();
        assert_eq!(exactly.unwrap().late.afterwards.doubt, None);
        let above = read_at_now(&fields(NOW - 600_000, NOW + 121_000)).unwrap();
        assert!(above.unwrap().late.afterwards.doubt.is_some());
    }

    #[test]
    fn a_time_that_no_clock_can_show_names_its_field() {
        for wrong in ["", "-1", "x", "9999999999999999"] {
            let mut given = fields(NOW, NOW);
            given.0.retain(|(name, _)| name != "tablet_at");
            given.0.push(("tablet_at".to_owned(), wrong.to_owned()));
            assert_eq!(read_at_now(&given).err().unwrap().field, "tablet_at");
        }
    }

    #[test]
    fn paper_needs_its_day_and_its_time() {
        let mut paper = Fields(vec![
            ("recorded".to_owned(), "paper".to_owned()),
            ("day".to_owned(), "2026-11-20".to_owned()),
        ]);
        assert_eq!(read_at_now(&paper).err().unwrap().field, "taken");
        paper.0.push(("taken".to_owned(), "07:40".to_owned()));
        let act = read_at_now(&paper).unwrap().unwrap();
        assert_eq!(act.at, Moment::parse("2026-11-20T07:40:00Z").unwrap());
    }
}
