//! How long the inspector's packet of two years of a busy clinic takes: at most 60 s is wanted.

#![allow(clippy::unwrap_used, missing_docs)]

use clinical::ledger::{Drug, Entry, Kind, Register, Strength};
use clinical::record::{ContainerId, PatientId, SessionId};
use jiff::tz::TimeZone;
use report::packet::{PacketInput, PacketParts, inspectors_packet};
use std::collections::BTreeMap;
use std::time::Instant;
use units::{Micrograms, Moment, Span};
use uuid::Uuid;

const T0: Moment = Moment::from_microseconds(1_772_400_000_000_000);

/// Twenty sessions a day, 250 days a year, two years: each a vial that is taken in, drawn from,
/// given and wasted.
const SESSIONS: u64 = 20 * 250 * 2;

fn line(session: u64, step: i64, kind: Kind, (amount, came, went): (u64, u64, u64)) -> Entry {
    let number = i64::try_from(session).unwrap();
    let of = kind != Kind::Received;
    Entry {
        at: T0 + Span::from_minutes(number * 90 + step),
        kind,
        container: ContainerId(Uuid::from_u128(u128::from(session))),
        mark: format!("K-{session:05}"),
        drug: Drug::Ketamine,
        strength: Strength::new(50),
        lot: format!("KT{}", session / 100),
        amount: Micrograms::new(amount),
        came: Micrograms::new(came),
        went: Micrograms::new(went),
        left: Micrograms::ZERO,
        given_more: Micrograms::ZERO,
        wasted_more: Micrograms::ZERO,
        given_back: Micrograms::ZERO,
        wasted_back: Micrograms::ZERO,
        came_back: Micrograms::ZERO,
        session: of.then_some(SessionId(Uuid::from_u128(u128::from(session)))),
        patient: of.then_some(PatientId(Uuid::from_u128(u128::from(session % 800)))),
        syringe: None,
        by: "Nora Lindqvist".to_owned(),
        witness: if kind == Kind::Wasted {
            "Dr Petra Ivanova".to_owned()
        } else {
            String::new()
        },
        words: if of {
            String::new()
        } else {
            "from Northbrook, invoice NB-1, 2026-03-01".to_owned()
        },
    }
}

fn main() {
    let mut lines = Vec::new();
    for session in 0..SESSIONS {
        lines.push(line(session, 0, Kind::Received, (500_000, 500_000, 0)));
        lines.push(line(session, 1, Kind::Drawn, (36_000, 0, 0)));
        lines.push(line(session, 2, Kind::Given, (20_000, 0, 20_000)));
        lines.push(line(session, 3, Kind::Wasted, (16_000, 0, 16_000)));
    }
    let names: BTreeMap<PatientId, String> = (0..800_u128)
        .map(|one| {
            let name = format!("FAMILY{one}, Given (0042-{one})");
            (PatientId(Uuid::from_u128(one)), name)
        })
        .collect();
    let begin = Instant::now();
    let until = T0 + Span::from_hours(24 * 365 * 3);
    let register = Register::of(lines, T0, until);
    let input = PacketInput::of(&PacketParts {
        clinic: "Harbour Street Clinic",
        registrant: None,
        from: "2026-03-01".parse().unwrap(),
        until: "2028-02-29".parse().unwrap(),
        made_at: T0,
        made_by: "Aud Itor",
        register: &register,
        names: &names,
        inventories: &[],
        cases: &[],
        matched: None,
        zone: &TimeZone::UTC,
    });
    let bytes = inspectors_packet(&input).unwrap().len();
    println!(
        "inspector's packet, {SESSIONS} sessions in two years: {:.1} s, {} kB",
        begin.elapsed().as_secs_f64(),
        bytes / 1_000
    );
}
