//! What OBX-8 and OBX-11 say. Source: device reference §2.5.

use super::read_rows;
use super::rows::{only_absence, only_problem, only_reading, saturation};
use clinical::vital_signs::{Quality, Signal};
use exchange::hl7v2::interpretation::{OutsideLimits, ProblemKind, WhyAbsent, WhyDeleted};

#[test]
fn the_flags_of_a_row_do_what_the_table_says() {
    for (flags, quality) in [
        ("", Quality::Good),
        ("N", Quality::Good),
        ("L", Quality::Good),
        ("AA", Quality::Good),
        ("VAL", Quality::Good),
        ("ALACT", Quality::Good),
        ("H~PM~SP", Quality::Good),
        ("MAKERS-OWN", Quality::Good),
        ("QUES", Quality::Questionable),
        ("EARLY", Quality::Early),
    ] {
        assert_eq!(
            only_reading(&[&saturation("97", flags, "R")]).quality,
            quality,
            "{flags}"
        );
    }
    for (flags, why) in [
        ("INV", WhyAbsent::Invalid),
        ("NAV", WhyAbsent::NotAvailable),
        ("CAL", WhyAbsent::Measuring),
        ("ONG", WhyAbsent::Measuring),
        ("BUSY", WhyAbsent::Measuring),
        ("L~INV", WhyAbsent::Invalid),
    ] {
        assert_eq!(only_absence(&saturation("97", flags, "R")), why, "{flags}");
    }
}

#[test]
fn what_the_monitor_says_about_a_value_is_kept() {
    let flags = only_reading(&[&saturation("97", "LL~VAL~ALACT~PM~XYZ", "R")]).monitor_flags;
    assert_eq!(flags.outside_limits, Some(OutsideLimits::VeryLow));
    assert!(flags.validated && flags.in_alarm && !flags.alarms_inhibited);
    assert_eq!(flags.other, ["PM", "XYZ"]);
}

#[test]
fn alarms_that_are_off_at_the_monitor_are_noticed_even_without_a_value() {
    let read = read_rows(&[&saturation("", "ALINH", "X")]);
    assert_eq!(read.alarms_inhibited[0].signal, Signal::OxygenSaturation);
}

#[test]
fn the_status_of_a_row_does_what_the_table_says() {
    for (status, quality) in [
        ("R", Quality::Good),
        ("F", Quality::Good),
        ("V", Quality::Good),
        ("U", Quality::Good),
        ("", Quality::Good),
        ("C", Quality::Good),
        ("P", Quality::Early),
        ("S", Quality::Early),
    ] {
        let reading = only_reading(&[&saturation("97", "", status)]);
        assert_eq!(
            (reading.quality, reading.correction),
            (quality, status == "C"),
            "{status}"
        );
    }
    for status in ["X", "O", "I", "N"] {
        assert_eq!(
            only_absence(&saturation("97", "", status)),
            WhyAbsent::NoResult,
            "{status}"
        );
    }
    for (status, why) in [("D", WhyDeleted::Deleted), ("W", WhyDeleted::Wrong)] {
        let read = read_rows(&[&saturation("97", "", status)]);
        assert_eq!(read.live_readings(), []);
        assert_eq!(read.deletions[0].why, why);
    }
    assert_eq!(
        only_problem(&saturation("97", "", "Q")),
        ProblemKind::Status
    );
}

#[test]
fn a_deletion_names_the_observation_that_was_wrong() {
    let first = read_rows(&[&saturation("97", "", "R")]);
    let gone = read_rows(&[&saturation("97", "", "W")]);
    assert_eq!(gone.deletions[0].key, first.live_readings()[0].key);
}
