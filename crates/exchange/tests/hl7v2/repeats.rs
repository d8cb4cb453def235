//! The same observation sent again is one reading. Source: device reference §2.7.

use super::{messages, profile, read, read_rows, read_rows_with};
use exchange::hl7v2::interpretation::Interpretation;
use exchange::hl7v2::repeat::{MOST_SERIES, Novelty, REMEMBERED, Repeats};
use proptest::prelude::*;

fn judge(repeats: &mut Repeats, read: &Interpretation) -> Vec<Novelty> {
    repeats.judge(read, read.live_readings())
}

fn heart_rate(value: u32, second: u32, status: &str) -> String {
    format!(
        "OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC|1.6.1.1|{value}|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||{status}|||202611031014{second:02}-0500"
    )
}

fn cuff(code: &str, value: u32, flags: &str, at: &str) -> String {
    format!("OBX|1|NM|{code}|1.1.9.1|{value}|266016^MDC_DIM_MMHG^MDC||{flags}|||R|||{at}")
}

// Hazard: H08
#[test]
fn a_cuff_reading_repeated_in_every_message_is_one_reading() {
    let message = messages()
        .into_iter()
        .find(|(name, _)| name == "mindray-like-live")
        .unwrap()
        .1;
    let text = String::from_utf8(message).unwrap();
    let mindray = profile("mindray-like");
    let mut repeats = Repeats::new();
    let mut charted = 0;
    for second in 2..60 {
        // The oximeter's rows move on; the cuff's keep the time of 09:50:44.
        let text = text.replace("101502.0000", &format!("1015{second:02}.0000"));
        let read = read(text.as_bytes(), &mindray);
        charted += judge(&mut repeats, &read)
            .iter()
            .zip(read.live_readings())
            .filter(|(novelty, reading)| reading.aperiodic && **novelty == Novelty::New)
            .count();
    }
    assert_eq!(charted, 3, "systolic, mean and diastolic, once each");
}

// Hazard: H08
#[test]
fn a_cuff_reading_whose_flag_changed_meanwhile_is_still_the_same_reading() {
    let at = "20261103101000-0500";
    let mut repeats = Repeats::new();
    let first = read_rows(&[&cuff("150301^MDC_PRESS_CUFF_SYS^MDC", 138, "", at)]);
    let again = read_rows(&[&cuff("150301^MDC_PRESS_CUFF_SYS^MDC", 138, "H", at)]);
    assert_eq!(judge(&mut repeats, &first), [Novelty::New]);
    assert_eq!(judge(&mut repeats, &again), [Novelty::Duplicate]);
}

// Hazard: H08
#[test]
fn without_a_time_of_its_own_a_cuff_reading_is_new_only_when_a_value_of_its_cycle_changed() {
    let message = |second: u32, systolic: u32, diastolic: u32| {
        let rows = [
            cuff("150021^MDC_PRESS_BLD_NONINV_SYS^MDC", systolic, "", ""),
            cuff("150022^MDC_PRESS_BLD_NONINV_DIA^MDC", diastolic, "", ""),
        ];
        let text = String::from_utf8(super::message_with(&[&rows[0], &rows[1]])).unwrap();
        let text = text.replace("20261103101500", &format!("202611031014{second:02}"));
        read(text.as_bytes(), &profile("ge-like"))
    };
    let mut repeats = Repeats::new();
    assert_eq!(judge(&mut repeats, &message(1, 120, 80)), [Novelty::New; 2]);
    assert_eq!(
        judge(&mut repeats, &message(2, 120, 80)),
        [Novelty::Duplicate; 2]
    );
    assert_eq!(judge(&mut repeats, &message(3, 120, 82)), [Novelty::New; 2]);
}

// Hazard: H08
#[test]
fn an_equal_value_after_the_monitor_said_that_it_measures_is_a_new_reading() {
    let row = cuff("150021^MDC_PRESS_BLD_NONINV_SYS^MDC", 120, "", "");
    let busy = cuff("150021^MDC_PRESS_BLD_NONINV_SYS^MDC", 120, "BUSY", "");
    let at = |row: &str, second: u32| {
        let text = String::from_utf8(super::message_with(&[row])).unwrap();
        let text = text.replace("20261103101500", &format!("202611031014{second:02}"));
        read(text.as_bytes(), &profile("ge-like"))
    };
    let mut repeats = Repeats::new();
    assert_eq!(judge(&mut repeats, &at(&row, 1)), [Novelty::New]);
    assert_eq!(judge(&mut repeats, &at(&busy, 2)), []);
    assert_eq!(judge(&mut repeats, &at(&row, 3)), [Novelty::New]);
}

#[test]
fn a_message_sent_again_is_a_duplicate_even_under_another_control_id() {
    let mut repeats = Repeats::new();
    let row = heart_rate(84, 1, "R");
    let text = String::from_utf8(super::message_with(&[&row])).unwrap();
    let again = text.replace("ORU_R01|1|P", "ORU_R01|2|P");
    assert_ne!(text, again);
    let generic = profile("generic-pcd01");
    assert_eq!(
        judge(&mut repeats, &read(text.as_bytes(), &generic)),
        [Novelty::New]
    );
    assert_eq!(
        judge(&mut repeats, &read(again.as_bytes(), &generic)),
        [Novelty::Duplicate]
    );
}

#[test]
fn one_control_id_for_ever_hides_nothing() {
    let mut repeats = Repeats::new();
    for second in 0..60 {
        let read = read_rows(&[&heart_rate(84, second, "R")]);
        assert_eq!(judge(&mut repeats, &read), [Novelty::New]);
    }
}

#[test]
fn the_same_observation_with_another_value_is_a_correction_or_a_conflict() {
    let mut repeats = Repeats::new();
    let mut judge = |row: &str| judge(&mut repeats, &read_rows(&[row]))[0];
    assert_eq!(judge(&heart_rate(84, 1, "R")), Novelty::New);
    assert_eq!(judge(&heart_rate(85, 1, "R")), Novelty::Conflict);
    assert_eq!(judge(&heart_rate(86, 1, "C")), Novelty::Correction);
    assert_eq!(judge(&heart_rate(86, 1, "C")), Novelty::Duplicate);
}

#[test]
fn an_earlier_observation_that_comes_later_is_out_of_order_once() {
    let mut repeats = Repeats::new();
    let mut judge = |second| judge(&mut repeats, &read_rows(&[&heart_rate(84, second, "R")]))[0];
    assert_eq!(judge(10), Novelty::New);
    assert_eq!(judge(5), Novelty::OutOfOrder);
    assert_eq!(judge(5), Novelty::Duplicate);
    assert_eq!(judge(11), Novelty::New);
}

// Hazard: H08, H09
#[test]
fn a_cuff_reading_under_a_clock_days_behind_is_still_one_reading() {
    let row = cuff(
        "150301^MDC_PRESS_CUFF_SYS^MDC",
        138,
        "",
        "20261020101000-0500",
    );
    let mut repeats = Repeats::new();
    let read = read_rows(&[&row]);
    assert!(read.live_readings()[0].observed_at.suspect);
    assert_eq!(judge(&mut repeats, &read), [Novelty::New]);
    assert_eq!(judge(&mut repeats, &read), [Novelty::Duplicate]);
}

// Hazard: H08, H09
#[test]
fn a_cuff_reading_whose_time_cannot_be_read_is_still_one_reading() {
    let row = cuff("150301^MDC_PRESS_CUFF_SYS^MDC", 138, "", "20260332101000");
    let mut repeats = Repeats::new();
    let generic = profile("generic-pcd01");
    for (index, received) in ["15:15:00Z", "15:15:01Z", "15:15:02Z"]
        .into_iter()
        .enumerate()
    {
        let arrival = exchange::hl7v2::interpretation::Arrival::new(
            super::REMOTE,
            super::moment(&format!("2026-11-03T{received}")),
        );
        let read = exchange::hl7v2::interpretation::interpret(
            &super::message_with(&[&row]),
            &generic,
            arrival,
        );
        let expected = if index == 0 {
            Novelty::New
        } else {
            Novelty::Duplicate
        };
        assert_eq!(judge(&mut repeats, &read), [expected]);
    }
}

// Witness: device reference §15, "any permutation and 0–5× duplication of a 10-min capture".
#[test]
fn ten_minutes_sent_again_backwards_bring_nothing_new() {
    let rows: Vec<String> = (0..600)
        .map(|second| {
            let at = format!("20261103{:04}{:02}", 900 + second / 60, second % 60);
            heart_rate(60 + second % 40, 1, "R").replace("20261103101401", &at)
        })
        .collect();
    let generic = profile("generic-pcd01");
    let mut repeats = Repeats::new();
    for row in &rows {
        let read = read_rows_with(&[row], &generic);
        assert_eq!(judge(&mut repeats, &read), [Novelty::New]);
    }
    for row in rows.iter().rev() {
        let read = read_rows_with(&[row], &generic);
        assert_eq!(judge(&mut repeats, &read), [Novelty::Duplicate]);
    }
}

// Hazard: H09
#[test]
fn a_clock_that_jumps_by_years_and_back_brings_nothing_twice() {
    let mut repeats = Repeats::new();
    for (year, novelty) in [
        ("2026", Novelty::New),
        ("2021", Novelty::New),
        ("2021", Novelty::Duplicate),
        ("2026", Novelty::Duplicate),
        ("0226", Novelty::New),
        ("0226", Novelty::Duplicate),
    ] {
        let row = heart_rate(84, 1, "R").replace("202611031014", &format!("{year}11031014"));
        assert_eq!(
            judge(&mut repeats, &read_rows(&[&row])),
            [novelty],
            "{year}"
        );
    }
}

#[test]
fn the_memory_stays_bounded() {
    let mut repeats = Repeats::new();
    let generic = profile("generic-pcd01");
    for channel in 0..200 {
        let row = heart_rate(84, 1, "R").replace("1.6.1.1", &format!("1.6.{channel}.1"));
        judge(&mut repeats, &read_rows_with(&[&row], &generic));
    }
    for second in 0..60 {
        for minute in 0..15 {
            let row = heart_rate(84, second, "R")
                .replace("2026110310", "2026110309")
                .replace("0914", &format!("09{minute:02}"));
            judge(&mut repeats, &read_rows_with(&[&row], &generic));
        }
    }
    assert!(repeats.series_remembered() <= MOST_SERIES);
    assert!(repeats.remembered() <= REMEMBERED + MOST_SERIES);
}

proptest! {
    #[test]
    fn any_order_and_any_repetition_of_a_capture_gives_each_reading_once(
        seconds in prop::collection::vec(0u32..40, 1..120)
    ) {
        let generic = profile("generic-pcd01");
        let mut repeats = Repeats::new();
        let mut kept = std::collections::BTreeSet::new();
        for second in &seconds {
            let read = read_rows_with(&[&heart_rate(60 + second, *second, "R")], &generic);
            match judge(&mut repeats, &read)[0] {
                Novelty::New | Novelty::OutOfOrder => prop_assert!(kept.insert(*second)),
                Novelty::Duplicate => prop_assert!(kept.contains(second)),
                Novelty::Correction | Novelty::Conflict => prop_assert!(false, "nothing changed"),
            }
        }
        prop_assert_eq!(kept, seconds.into_iter().collect());
    }

    #[test]
    fn replaying_the_same_messages_gives_the_same_judgements(
        seconds in prop::collection::vec((0u32..20, 60u32..63), 1..60)
    ) {
        let generic = profile("generic-pcd01");
        let play = || {
            let mut repeats = Repeats::new();
            seconds
                .iter()
                .map(|(second, value)| {
                    let row = heart_rate(*value, *second, "R");
                    judge(&mut repeats, &read_rows_with(&[&row], &generic))[0]
                })
                .collect::<Vec<_>>()
        };
        prop_assert_eq!(play(), play());
    }
}
